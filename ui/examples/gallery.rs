//! Every widget on a few pages, drawn to PNG files without a window: `cargo run --example gallery -- FOLDER`.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use iced::widget::{column, container, row};
use iced::{Center, Event, Fill, Size, mouse};
use iced_test::Simulator;
use iced_test::simulator::{click, tap_key};
use moult_ui::keyboard::{Keyboard, root};
use moult_ui::theme::{self, Element, Scheme, Theme, space};
use moult_ui::widget::{
    Choice, Direction, Frame, Icon, Item, Kind, Note, Segment, banner, button, choices, disclosure, dropdown, icon,
    meter, progress_bar, rail, secret_field, segments, step_line, text_field, words,
};
use secrecy::SecretString;

#[derive(Debug, Clone)]
struct Happened;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned()));
    let secret = SecretString::from("correct horse");
    let languages = ["Deutsch", "English", "Español", "Français"].map(Item::new);
    let layouts: Vec<_> = moult_ui::keyboard::Layouts::load("en")
        .all()
        .iter()
        .map(|layout| Item {
            label: layout.name.clone(),
            detail: format!("{} {}", layout.code, layout.variant),
            keywords: layout.keywords(),
        })
        .collect();

    for (name, scheme) in [
        ("light", Scheme::Light),
        ("dark", Scheme::Dark),
        ("contrast", Scheme::Contrast),
    ] {
        let theme = Theme::new(scheme);

        for (page, size, direction) in [
            ("disk", Size::new(1280.0, 800.0), Direction::LeftToRight),
            ("controls", Size::new(1280.0, 900.0), Direction::LeftToRight),
            ("narrow", Size::new(800.0, 600.0), Direction::LeftToRight),
            ("mirrored", Size::new(1280.0, 800.0), Direction::RightToLeft),
            ("menu", Size::new(1280.0, 800.0), Direction::LeftToRight),
        ] {
            let content = match page {
                "controls" => controls(&secret),
                _ => disks(direction),
            };
            let screen = frame(content, direction, &languages, &layouts);
            let mut screen = Simulator::with_size(
                theme::settings(),
                size,
                root(screen, &Keyboard::new(), |_backward| Happened),
            );

            if page == "menu" {
                let position = iced::Point::new(470.0, 28.0);
                screen.point_at(position);
                let _ = screen.simulate([Event::Mouse(mouse::Event::CursorMoved { position })]);
                let _ = screen.simulate(click());
                let _ = screen.simulate(tap_key(iced::keyboard::key::Named::ArrowDown, None));
                let _ = screen.typewrite("ger");
            }

            if page == "controls" {
                let _ = screen.click(iced::widget::Id::new("full-name"));
            }

            let _ = screen
                .snapshot(&theme)?
                .matches_image(folder.join(format!("{page}-{name}.png")))?;
        }
    }

    Ok(())
}

fn frame<'a>(
    content: Element<'a, Happened>,
    direction: Direction,
    languages: &'a [Item],
    layouts: &'a [Item],
) -> Element<'a, Happened> {
    let menus = direction
        .row([
            dropdown("language", languages, Some(3), |_| Happened)
                .trigger(Icon::Languages, "Français")
                .plain()
                .into(),
            dropdown("keyboard", layouts, Some(20), |_| Happened)
                .trigger(Icon::Keyboard, "FR (AZERTY)")
                .hint("Type to search")
                .nothing("Nothing found")
                .plain()
                .into(),
        ])
        .spacing(space::XS);

    let signs = direction
        .row([
            icon(Icon::Wifi).into(),
            words::small("100 %").into(),
            icon(Icon::CircleQuestionMark).into(),
        ])
        .spacing(space::S)
        .align_y(Center);

    let name = container(words::section("Moult")).padding([0.0, space::XS]).width(160);
    let bar = direction
        .row([
            name.align_x(direction.start()).into(),
            container(menus).width(Fill).align_x(direction.start()).into(),
            container(signs).padding([0.0, space::XS]).into(),
        ])
        .align_y(Center)
        .width(Fill);

    let steps = [
        "Welcome", "Keyboard", "Network", "Disk", "Account", "Time", "Software", "Summary",
    ];

    Frame::new(content)
        .bar(bar)
        .steps(
            rail(steps.map(str::to_owned), 3, direction),
            step_line("Step 4 of 8: Disk"),
        )
        .buttons([
            button::secondary("Back").id("back").on_press(Happened).into(),
            button::primary("Continue").id("next").on_press(Happened).into(),
        ])
        .direction(direction)
        .into()
}

fn segment(kind: Kind, label: &str, gigabytes: u64) -> Segment {
    Segment {
        kind,
        label: label.to_owned(),
        size: format!("{gigabytes} GB"),
        bytes: gigabytes * 1_000_000_000,
    }
}

fn disks<'a>(direction: Direction) -> Element<'a, Happened> {
    let big = vec![
        segment(Kind::Boot, "EFI", 1),
        segment(Kind::Kept, "Windows", 412),
        segment(Kind::Free, "free", 518),
        segment(Kind::Boot, "Recovery", 20),
    ];
    let after = vec![segment(Kind::Boot, "EFI", 1), segment(Kind::New, "Moult", 950)];
    let lost = vec![
        segment(Kind::Boot, "EFI", 1),
        segment(Kind::Lost, "Windows", 412),
        segment(Kind::Free, "free", 538),
    ];
    let legend = moult_ui::widget::segments::legend(&big);

    let rows = [
        Choice::new("disk-0", "Samsung SSD 980 1 TB")
            .details("NVMe · S/N …4F2K · Windows 11, used today")
            .body(segments(big)),
        Choice::new("disk-1", "Kingston DataTraveler 64 GB")
            .details("USB")
            .refused("You are running from it, so it cannot be chosen."),
        Choice::new("disk-2", "WD Blue 2 TB")
            .details("SATA · S/N …9A11 · empty")
            .body(segments(vec![segment(Kind::Free, "free", 2000)])),
    ];

    column![
        column![
            words::heading("Where should the system go?"),
            words::body("Nothing is written before you confirm on the last page.").style(theme::quiet),
        ]
        .spacing(space::XXS)
        .align_x(direction.start())
        .width(Fill),
        choices("disks", rows, Some(0), direction, |_| Happened),
        legend,
        words::strong("Before and after"),
        segments(lost),
        segments(after),
    ]
    .spacing(space::L)
    .into()
}

fn controls<'a>(secret: &'a SecretString) -> Element<'a, Happened> {
    let keyboard = Keyboard::new();

    column![
        words::display("A calm page"),
        row![
            button::primary("Primary").on_press(Happened),
            button::secondary("Secondary").on_press(Happened),
            button::secondary("Disabled"),
            button::danger("Danger").on_press(Happened),
            button::quiet("Quiet").on_press(Happened),
            button::hold("Hold to erase", Duration::from_secs(1)).on_press(Happened),
        ]
        .spacing(space::S),
        row![
            text_field("full-name", "Your name", "Ada Lovelace").on_input(|_| Happened).note(Note::Hint("As others see it.".into())),
            text_field("user", "Account name", "ada lovelace").on_input(|_| Happened).note(Note::Error("No spaces.".into())),
        ]
        .spacing(space::M),
        secret_field("password", "Password", secret).on_secret(|_| Happened).caps(&keyboard).layout("FR", Happened),
        meter(3, "Good: it would take years to guess"),
        progress_bar(0.34),
        banner::info("The network is not needed for this."),
        banner::warn("The battery is at 12 %. It would be good to plug in the power before the installation starts, so that it cannot stop half-way."),
        banner::danger("412 GB of files will be lost."),
        banner::good("Your system is ready."),
        disclosure("details", "Details", true, Direction::default(), Happened, || words::small("mkfs.ext4: 231 MB written").style(theme::quiet).into()),
    ]
    .spacing(space::M)
    .into()
}
