//! The widgets as a person uses them: by keyboard and by pointer, through the root widget, without a compositor.

mod menu;
mod stage;

use std::time::Duration;

use iced::Event;
use iced::keyboard::Key;
use iced::keyboard::key::{Code, Named, Physical};
use iced::widget::{Column, column, container, scrollable};
use iced_test::simulator::{press_key, release_key, tap_key, typewrite};
use secrecy::{ExposeSecret, SecretString};

use stage::{Stage, pointer_down, pointer_up};

use super::*;
use crate::keyboard::Keyboard;
use crate::theme::{self, Scheme, Theme};

#[derive(Debug, Clone, PartialEq)]
enum Message {
    Tab { backward: bool },
    Pressed(&'static str),
    Chosen(usize),
    Typed(String),
}

fn two_buttons<'a>() -> Element<'a, Message> {
    column![
        button::primary("Continue").id("one").on_press(Message::Pressed("one")),
        button::secondary("Disabled").id("off"),
        button::secondary("Back").id("two").on_press(Message::Pressed("two")),
    ]
    .spacing(20)
    .into()
}

#[test]
fn tab_moves_the_focus_and_never_reaches_the_content() {
    let mut stage = Stage::new(two_buttons());

    assert_eq!(stage.tap(Named::Tab).focused(), "one");
    assert_eq!(stage.tap(Named::Tab).focused(), "two");
    assert_eq!(stage.messages, []);
}

/// On a slow machine a person is some keys ahead of the window, which then gets all of them at once.
#[test]
fn what_is_typed_right_after_tab_goes_to_the_next_field() {
    let mut stage = Stage::new(column![
        text_field("first", "First", "").on_input(|text| Message::Typed(format!("first {text}"))),
        text_field("second", "Second", "").on_input(|text| Message::Typed(format!("second {text}"))),
    ]);
    let _ = stage.tap(Named::Tab);
    let typed: Vec<Event> = typewrite("a")
        .chain(tap_key(Named::Tab, None))
        .chain(typewrite("b"))
        .collect();
    let _ = stage.send_at_once(&typed);

    assert_eq!(
        stage.messages,
        [
            Message::Typed("first a".to_owned()),
            Message::Typed("second b".to_owned())
        ]
    );
}

#[test]
fn the_focus_goes_round_and_leaves_out_what_is_disabled() {
    let mut stage = Stage::new(two_buttons());

    assert_eq!(stage.focused(), "");
    assert_eq!(stage.tab().focused(), "one");
    assert_eq!(stage.tab().focused(), "two");
    assert_eq!(stage.tab().focused(), "one");
    assert_eq!(stage.back_tab().focused(), "two");
}

#[test]
fn enter_and_space_press_what_has_the_focus_once() {
    let mut stage = Stage::new(two_buttons());
    let _ = stage.tap(Named::Enter);
    assert_eq!(stage.messages, [], "nothing had the focus");

    let _ = stage.tab().tap(Named::Enter).tab().tap(Named::Space);
    assert_eq!(stage.messages, [Message::Pressed("one"), Message::Pressed("two")]);
}

#[test]
fn a_click_counts_where_it_is_let_go() {
    let mut stage = Stage::new(two_buttons());
    let _ = stage.click("two").click("off");
    assert_eq!(stage.messages, [Message::Pressed("two")]);

    let _ = stage
        .point_at("one")
        .send([pointer_down()])
        .point(900.0, 500.0)
        .send([pointer_up()]);
    assert_eq!(stage.messages.len(), 1, "the pointer had slid off");
}

#[test]
fn everything_that_can_be_pressed_is_at_least_forty_high() {
    for placed in Stage::new(two_buttons()).trace() {
        assert!(placed.h >= 40.0, "{placed:?}");
    }
}

#[test]
fn the_keyboard_focus_can_be_seen_in_every_scheme() {
    for scheme in [Scheme::Light, Scheme::Dark, Scheme::Contrast] {
        let theme = Theme::new(scheme);
        let mut stage = Stage::new(two_buttons());
        let before = stage.pixels(&theme);
        let after = stage.tab().pixels(&theme);

        let accent = theme.palette.accent.into_rgba8();
        let count = |pixels: &[u8]| pixels.chunks_exact(4).filter(|pixel| *pixel == accent).count();
        assert!(count(&after) > count(&before) + 300, "{scheme:?}: no ring");
    }
}

fn held<'a>() -> Element<'a, Message> {
    column![
        button::hold("Erase", Duration::from_secs(1))
            .id("erase")
            .on_press(Message::Pressed("erase"))
    ]
    .into()
}

const MOMENT: Duration = Duration::from_millis(100);

#[test]
fn a_hold_button_wants_to_be_held_for_its_whole_time_by_key() {
    let mut stage = Stage::new(held());
    let _ = stage.tab().tap(Named::Enter).wait(MOMENT).wait(Duration::from_secs(2));
    assert_eq!(stage.messages, [], "a tap is not enough");

    let _ = stage
        .send([press_key(Named::Enter, None)])
        .wait(MOMENT)
        .wait(MOMENT * 9);
    assert_eq!(stage.messages, [], "900 ms are not enough");
    let _ = stage.send([release_key(Named::Enter)]).wait(MOMENT * 9);
    assert_eq!(stage.messages, [], "it was let go");

    let _ = stage
        .send([press_key(Named::Space, None)])
        .wait(MOMENT)
        .wait(MOMENT * 5)
        .wait(MOMENT * 5);
    assert_eq!(stage.messages, [Message::Pressed("erase")]);
    let _ = stage.wait(MOMENT * 20).send([release_key(Named::Space)]).wait(MOMENT);
    assert_eq!(stage.messages.len(), 1, "it says so once");
}

#[test]
fn a_hold_button_wants_to_be_held_by_the_pointer_and_forgives() {
    let mut stage = Stage::new(held());
    let _ = stage.click("erase").wait(MOMENT).wait(MOMENT * 20);
    assert_eq!(stage.messages, [], "a click is not enough");

    let _ = stage
        .point_at("erase")
        .send([pointer_down()])
        .wait(MOMENT)
        .wait(MOMENT * 5);
    let _ = stage.point(900.0, 500.0).wait(MOMENT * 20).send([pointer_up()]);
    assert_eq!(stage.messages, [], "sliding off is a change of mind");

    let _ = stage
        .point_at("erase")
        .send([pointer_down()])
        .wait(MOMENT)
        .wait(MOMENT * 11)
        .send([pointer_up()]);
    assert_eq!(stage.messages, [Message::Pressed("erase")]);
}

/// A physical key, down and up, as a compositor with an American keymap tells it.
fn physical(code: Code, american: &'static str) -> [Event; 2] {
    let mut events = [
        press_key(Key::Character(american.into()), Some(american.into())),
        release_key(Key::Character(american.into())),
    ];

    for event in &mut events {
        if let Event::Keyboard(
            iced::keyboard::Event::KeyPressed { physical_key, .. }
            | iced::keyboard::Event::KeyReleased { physical_key, .. },
        ) = event
        {
            *physical_key = Physical::Code(code);
        }
    }

    events
}

#[test]
fn fields_and_open_menus_get_each_key_once_in_the_chosen_layout() {
    let keyboard = Keyboard::new();
    keyboard.switch("de", "").unwrap();

    let mut stage = Stage::with_keyboard(text_field("name", "Name", "").on_input(Message::Typed), &keyboard);
    let _ = stage.tab().send(physical(Code::KeyY, "y"));
    assert_eq!(stage.messages, [Message::Typed("z".into())]);

    // A dead key that were fed twice, for the menu and for what lies under it, would be an accent by itself.
    let items = ["Nicaragua", "Panamá, República de"].map(Item::new);
    let mut stage = Stage::with_keyboard(dropdown("land", &items, None, Message::Chosen), &keyboard);
    let _ = stage.tab().send(physical(Code::Enter, "\r"));
    for (code, american) in [(Code::KeyM, "m"), (Code::Equal, "="), (Code::KeyA, "a")] {
        let _ = stage.wait(MOMENT).send(physical(code, american));
    }
    let _ = stage.send(physical(Code::Enter, "\r"));
    assert_eq!(
        stage.messages,
        [Message::Chosen(1)],
        "it did not find \u{201c}m\u{e1}\u{201d}"
    );

    let _ = stage.send(physical(Code::CapsLock, ""));
    assert!(keyboard.caps_lock());
    let _ = stage
        .send(physical(Code::Enter, "\r"))
        .send(physical(Code::CapsLock, ""));
    assert!(!keyboard.caps_lock(), "Caps Lock was fed twice while the menu was open");
}

fn disks<'a>(selected: Option<usize>) -> Element<'a, Message> {
    choices(
        "disks",
        [
            Choice::new("disk-0", "The stick")
                .details("USB")
                .refused("You are running from it."),
            Choice::new("disk-1", "Samsung SSD"),
            Choice::new("disk-2", "Too small").refused("It is too small."),
            Choice::new("disk-3", "Kingston"),
        ],
        selected,
        Direction::LeftToRight,
        Message::Chosen,
    )
}

#[test]
fn what_cannot_be_chosen_is_shown_and_cannot_be_chosen() {
    let mut stage = Stage::new(disks(None));
    let refused = stage.placed("disk-0");
    assert!(!refused.focusable);

    let _ = stage.click("disk-0").click("disk-2").click("disk-1");
    assert_eq!(stage.messages, [Message::Chosen(1)]);
}

#[test]
fn arrows_choose_among_rows_and_step_over_refused_ones() {
    let mut stage = Stage::new(disks(Some(1)));
    assert_eq!(stage.tab().focused(), "disks");

    let _ = stage.tap(Named::ArrowDown);
    assert_eq!(stage.messages, [Message::Chosen(3)]);
    let _ = stage.tap(Named::ArrowUp);
    assert_eq!(stage.messages.len(), 1, "above is only what was refused");

    let mut stage = Stage::new(disks(None));
    let _ = stage.tab().tap(Named::Space);
    assert_eq!(stage.messages, [Message::Chosen(1)], "the first that can be chosen");
}

#[test]
fn fields_take_text_submit_and_are_found_by_their_ids() {
    let secret = SecretString::from("");
    let mut stage = Stage::new(column![
        text_field("name", "Name", "")
            .on_input(Message::Typed)
            .on_submit(Message::Pressed("submit")),
        secret_field("password", "Password", &secret)
            .on_secret(|secret| Message::Typed(format!("secret {}", secret.expose_secret())))
            .layout("FR", Message::Pressed("layout")),
    ]);

    let _ = stage.tab().typed("a").tap(Named::Enter);
    assert_eq!(stage.messages, [Message::Typed("a".into()), Message::Pressed("submit")]);
    assert_eq!(stage.focused(), "name");

    let _ = stage.tab().typed("b");
    assert_eq!(stage.messages.last(), Some(&Message::Typed("secret b".into())));
    assert_eq!(stage.tab().focused(), "password-layout");
    let _ = stage.click("password-layout");
    assert_eq!(stage.messages.last(), Some(&Message::Pressed("layout")));
}

#[test]
fn a_secret_is_not_on_the_screen_nor_in_a_debug_print() {
    let (short, other) = (SecretString::from("aaaa"), SecretString::from("zzzz"));
    let theme = Theme::default();
    let one = Stage::new(secret_field("p", "Password", &short).on_secret(|_| Message::Pressed(""))).pixels(&theme);
    let two = Stage::new(secret_field("p", "Password", &other).on_secret(|_| Message::Pressed(""))).pixels(&theme);
    assert!(one == two, "two secrets of one length look different");

    let shown = format!("{:?}", secret_field::<Message>("p", "Password", &short));
    assert!(!shown.contains("aaaa"), "{shown}");
}

#[test]
fn the_focus_scrolls_into_view() {
    let rows = (0..30).map(|nth| {
        button::secondary(format!("{nth}"))
            .id(format!("row-{nth}"))
            .on_press(Message::Chosen(nth))
            .into()
    });
    let mut stage = Stage::bare(scrollable(Column::with_children(rows).spacing(8)).height(300));

    for _ in 0..20 {
        let _ = stage.tab();
    }

    assert_eq!(stage.focused(), "row-19");
    let placed = stage.placed("row-19");
    assert!(placed.y >= 0.0 && placed.y + placed.h <= 300.0, "{placed:?}");

    let _ = stage.click("row-19");
    assert_eq!(
        stage.messages,
        [Message::Chosen(19)],
        "the trace is where things are on the screen"
    );
}

#[test]
fn the_frame_gives_the_rail_up_in_a_narrow_window_and_keeps_the_order_of_tab() {
    let frame = |id: &'static str| {
        Frame::new(button::primary("Content").id(id).on_press(Message::Pressed("content")))
            .bar(button::quiet("Bar").id("bar").on_press(Message::Pressed("bar")))
            .steps(
                rail(["One".to_owned(), "Two".to_owned()], 0, Direction::LeftToRight),
                step_line("Step 1 of 2"),
            )
            .buttons([
                button::secondary("Back")
                    .id("back")
                    .on_press(Message::Pressed("back"))
                    .into(),
                button::primary("Next")
                    .id("next")
                    .on_press(Message::Pressed("next"))
                    .into(),
            ])
    };

    let mut stage = Stage::bare(Element::from(frame("inside")));
    let order: Vec<_> = (0..4).map(|_| stage.tab().focused()).collect();
    assert_eq!(order, ["bar", "inside", "back", "next"]);
    let wide = stage.placed("inside").x;
    assert!(wide > theme::size::RAIL);

    let mut stage = Stage::bare(container(Element::from(frame("inside"))).width(800).height(600));
    assert!(stage.placed("inside").x < 100.0);
    let next = stage.placed("next");
    assert!(next.x + next.w <= 800.0 && next.y + next.h <= 600.0, "{next:?}");
}

#[test]
fn a_mirrored_row_starts_at_the_right() {
    let row = |direction: Direction| {
        let one = button::primary("One")
            .id("one")
            .on_press(Message::Pressed("one"))
            .into();
        let two = button::primary("Two")
            .id("two")
            .on_press(Message::Pressed("two"))
            .into();
        direction.row([one, two])
    };

    let mut stage = Stage::new(row(Direction::LeftToRight));
    assert!(stage.placed("one").x < stage.placed("two").x);
    let mut stage = Stage::new(row(Direction::RightToLeft));
    assert!(stage.placed("one").x > stage.placed("two").x);
    assert_eq!(Direction::of("ar-EG"), Direction::RightToLeft);
    assert_eq!(Direction::of("de"), Direction::LeftToRight);
}
