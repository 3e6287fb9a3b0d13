//! The frame of the store: the bar with the search field, the sections beside it (above it, in a narrow window), the
//! screen, and a bar at its foot that says what the last operation came to.

use iced::widget::{Column, column, container, space as blank};
use iced::{Center, Fill, Padding, Size};
use moult_i18n::{count, explain, fl};

use super::{Above, Message, Notice, Program, SEARCH, Section};
use crate::app::bar;
use crate::keyboard;
use crate::screen::store::Look;
use crate::screen::store::part::headed;
use crate::store::{NotOpened, Operation, said};
use crate::theme::{self, Element, Theme, font_strong, size, space};
use crate::widget::{Direction, Icon, banner, button, excerpt, focusable, icon, progress_bar, text_field, words};

/// Sections, in the order of the rail.
const SECTIONS: [Section; 5] = [
    Section::Explore,
    Section::Installed,
    Section::Updates,
    Section::History,
    Section::Sources,
];
/// The widest a search field gets.
const WIDEST_SEARCH: f32 = 460.0;

impl Section {
    fn id(self) -> &'static str {
        match self {
            Self::Explore => "go-explore",
            Self::Installed => "go-installed",
            Self::Updates => "go-updates",
            Self::History => "go-history",
            Self::Sources => "go-sources",
            Self::Queue => "go-queue",
        }
    }

    fn sign(self) -> Icon {
        match self {
            Self::Explore => Icon::Compass,
            Self::Installed => Icon::Package,
            Self::Updates => Icon::RefreshCw,
            Self::History => Icon::History,
            Self::Sources => Icon::Server,
            Self::Queue => Icon::ListOrdered,
        }
    }
}

impl Program {
    fn is_narrow(&self) -> bool {
        self.size.width < size::NARROW
    }

    fn name(&self, section: Section) -> String {
        let language = self.language;

        match section {
            Section::Explore => fl!(language, "store-explore"),
            Section::Installed => fl!(language, "store-installed"),
            Section::Updates => fl!(language, "store-updates"),
            Section::History => fl!(language, "store-history"),
            Section::Sources => fl!(language, "store-sources"),
            Section::Queue => fl!(language, "store-queue"),
        }
    }

    pub(super) fn framed(&self) -> Element<'_, Message> {
        let language = self.language;
        let is_narrow = self.is_narrow();
        let notice = self.notice_bar();
        let above = self.said_first();
        let mut height = self.size.height - size::BAR - 1.0;
        if is_narrow {
            height -= size::TARGET + space::S;
        }
        if notice.is_some() {
            height -= size::BAR + 1.0;
        }
        if above.is_some() {
            height -= size::BAR + space::S;
        }
        let (edge, rail) = if is_narrow {
            (space::M, 0.0)
        } else {
            (space::XL, size::SECTIONS + 1.0)
        };
        let look = Look {
            language,
            direction: self.direction(),
            keyboard: &self.keyboard,
            pictures: self.reader.pictures(),
            queue: &self.queue,
            width: (self.size.width - rail - 2.0 * edge).max(200.0),
            height: (height - space::L).max(200.0),
            now: now(),
        };
        let mut page = Column::new().spacing(space::S).height(Fill);
        if let Some(above) = above {
            page = page.push(above);
        }
        let page = container(page.push(self.screen(look)))
            .padding(Padding {
                top: space::L,
                right: edge,
                bottom: 0.0,
                left: edge,
            })
            .width(Fill)
            .height(Fill);

        let mut middle = Column::new().width(Fill).height(Fill).push(page);
        if let Some(notice) = notice {
            middle = middle.push(hairline()).push(notice);
        }
        let below: Element<'_, Message> = if is_narrow {
            column![self.sections_in_a_row(), middle].into()
        } else {
            self.direction()
                .row([self.sections_in_a_rail(), upright_line(), middle.into()])
                .into()
        };

        keyboard::root(
            column![self.top(), hairline(), below].width(Fill).height(Fill),
            &self.keyboard,
            Message::Tab,
        )
    }

    fn top(&self) -> Element<'_, Message> {
        let language = self.language;
        let search = container(
            text_field(SEARCH, "", &self.search)
                .bare()
                .placeholder(fl!(language, "store-search"))
                .on_input(Message::Search)
                .on_submit(Message::SearchEntered),
        )
        .max_width(WIDEST_SEARCH);
        // It has the room that is left; what stands at the end stands at the end.
        let search = container(search).width(Fill).align_x(self.direction().start());

        // Always the first part, so that the field beside it stays the same one, with its focus. An app's page has a way
        // back of its own.
        let back: Element<'_, Message> = match self.above.last() {
            None | Some((_, Above::Item(_) | Above::Review(_))) => blank::horizontal().width(0.0).into(),
            Some(_) => button::bare(icon(match self.direction() {
                Direction::LeftToRight => Icon::ArrowLeft,
                Direction::RightToLeft => Icon::ArrowRight,
            }))
            .id("go-back")
            .called(fl!(language, "back"))
            .on_press(Message::Back)
            .into(),
        };
        let mut parts: Vec<Element<'_, Message>> = vec![container(back).into(), search.into()];
        parts.extend(self.queue_sign());
        if let Some(bar) = &self.bar {
            parts.push(bar.keyboard_menu(language).map(Message::Bar));
        }
        parts.push(
            bar::appearance(language, self.theme.scheme).map(|message| match message {
                bar::Message::Appearance(scheme) => Message::Appearance(scheme),
                other => Message::Bar(other),
            }),
        );

        container(
            self.direction()
                .row(parts)
                .spacing(space::S)
                .align_y(Center)
                .width(Fill),
        )
        .padding(Padding::from([0.0, space::M]))
        .width(Fill)
        .height(size::BAR)
        .align_y(Center)
        .into()
    }

    /// What is being done, small: how many things, and how far the first one is.
    fn queue_sign(&self) -> Option<Element<'_, Message>> {
        let language = self.language;
        let open = self.queue.open();
        if open == 0 && self.queue.entries().next().is_none() {
            return None;
        }

        let text = match self.queue.current() {
            Some(current) => fl!(
                language,
                "store-queue-at-work",
                count = count(language, open as u64),
                percent = count(language, (current.progress * 100.0).floor() as u64)
            ),
            None if open > 0 => fl!(language, "store-queue-waiting", count = count(language, open as u64)),
            None => fl!(language, "store-queue"),
        };

        Some(
            button::bare(
                self.direction()
                    .row([icon(Icon::ListOrdered).into(), words::body(text).into()])
                    .spacing(space::XS)
                    .align_y(Center),
            )
            .id(Section::Queue.id())
            .on_press(Message::Go(Section::Queue))
            .into(),
        )
    }

    fn section_button(&self, section: Section, is_wide: bool) -> Element<'_, Message> {
        let is_here = self.section == section && self.above.is_empty();
        let (sign, name) = (icon(section.sign()), words::body(self.name(section)));
        let (sign, name) = if is_here {
            (sign.style(theme::accent), name.font(font_strong()))
        } else {
            (sign.style(theme::quiet), name)
        };
        let mut parts: Vec<Element<'_, Message>> = vec![sign.into(), name.into()];
        let updates = match &self.screens.updates {
            Some(updates) => updates.count(),
            None => self.newer,
        };
        if let (Section::Updates, Some(updates @ 1..)) = (section, updates) {
            parts.push(
                words::small(count(self.language, updates as u64))
                    .style(theme::accent)
                    .into(),
            );
        }
        let inner = self.direction().row(parts).spacing(space::S).align_y(Center);
        let control = focusable(inner).padding([0.0, space::S]).id(section.id());
        let control = if is_wide {
            control.width(Fill).align(self.direction().start())
        } else {
            control
        };

        control.on_press(Message::Go(section)).into()
    }

    fn sections_in_a_rail(&self) -> Element<'_, Message> {
        let sections = SECTIONS.map(|section| self.section_button(section, true));

        container(column(sections).spacing(space::XXS))
            .padding(Padding::from([space::L, space::S]))
            .width(size::SECTIONS)
            .height(Fill)
            .into()
    }

    fn sections_in_a_row(&self) -> Element<'_, Message> {
        let sections = SECTIONS.map(|section| self.section_button(section, false));

        container(self.direction().row(sections).spacing(space::XXS))
            .padding(Padding::from([space::XXS, space::XS]))
            .width(Fill)
            .align_x(self.direction().start())
            .into()
    }

    /// What has to be known before anything else: no reader, or things that a window before this one left.
    fn said_first(&self) -> Option<Element<'_, Message>> {
        let language = self.language;

        if self.left_over > 0 {
            let text = fl!(language, "store-left-over", count = self.left_over);
            let forget = button::secondary(fl!(language, "store-left-over-forget"))
                .id("left-over-forget")
                .on_press(Message::LeftOverForget);
            let go_on = button::primary(fl!(language, "continue"))
                .id("left-over-continue")
                .on_press(Message::LeftOverContinue);
            return Some(self.said([banner::info(text), forget.into(), go_on.into()]));
        }
        // What is shown is of before: it cannot be asked anew.
        if self.no_reader.is_some() && self.screens.explore.is_some() {
            let again = button::primary(fl!(language, "store-try-again"))
                .id("try-again")
                .on_press(Message::TryAgain);
            return Some(self.said([banner::warn(fl!(language, "store-reader-gone")), again.into()]));
        }

        None
    }

    fn said<'a>(&self, parts: impl IntoIterator<Item = Element<'a, Message>>) -> Element<'a, Message> {
        self.direction().row(parts).spacing(space::S).align_y(Center).into()
    }

    /// In place of a screen that cannot be there yet.
    pub(super) fn not_there_yet(&self) -> Element<'_, Message> {
        let language = self.language;
        let Some(failure) = &self.no_reader else {
            return words::body(fl!(language, "store-starting")).style(theme::quiet).into();
        };
        let text = explain(language, failure, "");

        let said = column![
            words::heading(text.what),
            words::body(text.todo),
            words::small(&failure.detail).style(theme::quiet),
            button::primary(fl!(language, "store-try-again"))
                .id("try-again")
                .on_press(Message::TryAgain),
        ]
        .spacing(space::M)
        .align_x(self.direction().start())
        .max_width(size::COLUMN);

        container(said).width(Fill).align_x(self.direction().start()).into()
    }

    /// As much of it as the bar at the foot holds.
    fn short<'a>(&self, text: String) -> Element<'a, Message> {
        excerpt(text, 2).direction(self.direction()).into()
    }

    fn notice_bar(&self) -> Option<Element<'_, Message>> {
        let language = self.language;
        let direction = self.direction();
        let away = button::bare(icon(Icon::X))
            .id("notice-away")
            .called(fl!(language, "store-notice-away"))
            .on_press(Message::NoticePutAway);

        if let Some(current) = self.queue.current() {
            let parts: Vec<Element<'_, Message>> = vec![
                self.short(
                    current
                        .job
                        .as_ref()
                        .and_then(|job| said::waits_for(job, language))
                        .unwrap_or_else(|| said::now(&current.operation, current.extent, language)),
                ),
                container(progress_bar(current.progress as f32)).width(160.0).into(),
                words::small(fl!(
                    language,
                    "store-percent",
                    percent = count(language, (current.progress * 100.0).floor() as u64)
                ))
                .into(),
            ];
            return Some(foot(direction.row(parts).spacing(space::M).align_y(Center).into()));
        }

        match self.notice.as_ref()? {
            Notice::Changed { operation, extent, .. } => {
                let undo = button::secondary(fl!(language, "store-undo"))
                    .id("undo")
                    .on_press(Message::Undo);
                let parts: Vec<Element<'_, Message>> = vec![
                    icon(Icon::Check).style(theme::good).into(),
                    self.short(said::done(operation, *extent, language)),
                    undo.into(),
                    away.into(),
                ];

                Some(foot(direction.row(parts).spacing(space::S).align_y(Center).into()))
            }
            Notice::NotOpened { why, .. } => {
                let short = |name: &str| headed(name, self.size.width / 3.0, size::BODY);
                let text = match why {
                    NotOpened::Nothing => return None,
                    NotOpened::Elsewhere(name) => fl!(language, "store-dropped-elsewhere", name = short(name)),
                    NotOpened::NoPackage(name) => fl!(language, "store-dropped-no-package", name = short(name)),
                };
                let parts: Vec<Element<'_, Message>> = vec![
                    icon(Icon::CircleAlert).style(theme::warn).into(),
                    self.short(text),
                    away.into(),
                ];

                Some(foot(direction.row(parts).spacing(space::S).align_y(Center).into()))
            }
            Notice::Overtaken(operation) => {
                let (section, text) = match &**operation {
                    Operation::Hold { .. } => (Section::Installed, fl!(language, "store-undo-overtaken-this")),
                    Operation::EnableRepository { .. }
                    | Operation::AddRepository(_)
                    | Operation::RemoveRepository { .. }
                    | Operation::BringBackRepository { .. }
                    | Operation::Follow { .. }
                    | Operation::FollowBack { .. } => (Section::Sources, fl!(language, "store-undo-overtaken-this")),
                    Operation::NameState { .. }
                    | Operation::PinState { .. }
                    | Operation::StartOnce { .. }
                    | Operation::StartAsBefore { .. } => (Section::History, fl!(language, "store-undo-overtaken-this")),
                    _ => (Section::History, fl!(language, "store-undo-overtaken")),
                };
                let look = button::secondary(self.name(section))
                    .id("overtaken-look")
                    .on_press(Message::Go(section));
                let parts: Vec<Element<'_, Message>> = vec![
                    icon(Icon::CircleAlert).style(theme::warn).into(),
                    self.short(text),
                    look.into(),
                    away.into(),
                ];

                Some(foot(direction.row(parts).spacing(space::S).align_y(Center).into()))
            }
            Notice::Failed(entry) => {
                let entry = self.queue.get(*entry)?;
                let crate::store::Stage::Failed(failure) = &entry.stage else {
                    return None;
                };
                let text = explain(language, failure, "");
                let more = button::secondary(fl!(language, "store-failed-more"))
                    .id("failed-more")
                    .on_press(Message::Go(Section::Queue));
                let parts: Vec<Element<'_, Message>> = vec![
                    icon(Icon::CircleAlert).style(theme::danger).into(),
                    self.short(text.what),
                    more.into(),
                    away.into(),
                ];

                Some(foot(direction.row(parts).spacing(space::S).align_y(Center).into()))
            }
        }
    }
}

fn foot<'a>(content: Element<'a, Message>) -> Element<'a, Message> {
    container(content)
        .padding(Padding::from([0.0, space::M]))
        .width(Fill)
        .height(size::BAR)
        .align_y(Center)
        .style(theme::raised)
        .into()
}

fn hairline<'a>() -> Element<'a, Message> {
    container(blank::horizontal())
        .width(Fill)
        .height(1.0)
        .style(line)
        .into()
}

fn upright_line<'a>() -> Element<'a, Message> {
    container(blank::vertical()).width(1.0).height(Fill).style(line).into()
}

fn line(theme: &Theme) -> container::Style {
    container::Style {
        background: Some(theme.palette.line.into()),
        ..container::Style::default()
    }
}

/// In tests it is always the same time.
#[cfg(test)]
fn now() -> i64 {
    crate::samples::NOW
}

/// Seconds since 1970.
#[cfg(not(test))]
fn now() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |age| i64::try_from(age.as_secs()).unwrap_or(i64::MAX))
}

/// A size that a window has before it says one.
impl Default for super::Options {
    fn default() -> Self {
        Self {
            kiosk: false,
            opening: None,
            size: Size::new(1280.0, 800.0),
            state: None,
            instance: None,
        }
    }
}
