//! The queue: what is being done, what waits, and what came of the rest. It asks nothing; the program's own
//! [`crate::store::Queue`] is what it shows.

mod told;

use std::collections::HashSet;

use iced::widget::scrollable::{Direction, Scrollbar};
use iced::widget::{Column, column, scrollable};
use iced::{Center, Fill, Padding};
use moult_api::{Failure, JobKind, Phase};
use moult_i18n::{Language, bytes, count, explain, fl, time_left};

use super::{Action, Look};
use crate::format;
use crate::store::{Entry, EntryId, Stage, said};
use crate::theme::{self, Element, FONT_MONO, space as gap};
use crate::widget::progress::hairline;
use crate::widget::{Control, Icon, button, disclosure, icon, progress_bar, words};

/// Below this width things stack.
const NARROW: f32 = 700.0;

/// What is unfolded of the queue.
#[derive(Debug, Default)]
pub struct Queue {
    details: HashSet<EntryId>,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// Stop an operation, or take it out of the queue.
    Cancel(EntryId),
    /// Hold the queue, or let it go on.
    Pause(bool),
    /// Take an ended operation off the list.
    Dismiss(EntryId),
    /// Try an operation once more.
    Again(EntryId),
    /// Look at the plan that waits to be approved.
    Look(EntryId),
    /// The details of a failure were opened or closed.
    DetailsPressed(EntryId),
    /// The kernels of these states are in the way: show what can go.
    SpacePressed(Vec<u64>),
}

impl Queue {
    /// Nothing unfolded.
    pub fn new() -> (Self, iced::Task<Message>) {
        (Self::default(), iced::Task::none())
    }

    /// The queue is always the one of now.
    pub fn refresh(&mut self) -> iced::Task<Message> {
        iced::Task::none()
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::Cancel(id) => Action::Cancel(id),
            Message::Pause(is_paused) => Action::Pause(is_paused),
            Message::Dismiss(id) => {
                let _ = self.details.remove(&id);
                Action::Dismiss(id)
            }
            Message::Again(id) => {
                let _ = self.details.remove(&id);
                Action::Again(id)
            }
            Message::Look(id) => Action::Decide(id),
            Message::SpacePressed(states) => Action::FreeSpace(states),
            Message::DetailsPressed(id) => {
                if !self.details.remove(&id) {
                    let _ = self.details.insert(id);
                }
                Action::None
            }
        }
    }

    /// What is being done, what waits, what ended.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Element<'a, Message> {
        let language = look.language;
        let edge = if look.width < NARROW { gap::M } else { gap::L };
        let mut page = column![head(look)].spacing(gap::M).width(Fill);

        if look.queue.is_paused() {
            page = page.push(words::body(fl!(language, "store-queue-paused")).style(theme::warn));
        }
        if look.queue.entries().next().is_none() {
            page = page.push(
                column![
                    words::body(fl!(language, "store-queue-empty")),
                    words::body(fl!(language, "store-queue-empty-more")).style(theme::quiet)
                ]
                .spacing(gap::XS),
            );
        }

        let open: Vec<&Entry> = look.queue.entries().filter(|entry| !entry.stage.is_ended()).collect();
        let first_waiting = open
            .iter()
            .find(|entry| entry.stage == Stage::Waiting)
            .map(|entry| entry.id);
        let mut list: Column<'a, Message, theme::Theme> = column![].width(Fill);
        for entry in open {
            let is_next = first_waiting == Some(entry.id);
            list = list.push(self.entry(look, entry, is_next)).push(hairline());
        }
        page = page.push(list);

        let mut ended = look
            .queue
            .entries()
            .rev()
            .filter(|entry| entry.stage.is_ended())
            .peekable();
        if ended.peek().is_some() {
            let mut list: Column<'a, Message, theme::Theme> =
                column![words::section(fl!(language, "store-queue-ended"))].width(Fill);
            for entry in ended {
                list = list.push(self.entry(look, entry, false)).push(hairline());
            }
            page = page.push(list);
        }

        scrollable(page.padding(Padding::from([gap::M, edge])))
            .id("queue-page")
            .direction(Direction::Vertical(
                Scrollbar::new().width(6).scroller_width(6).margin(2),
            ))
            .width(look.width)
            .height(look.height)
            .into()
    }

    fn entry<'a>(&'a self, look: Look<'a>, entry: &'a Entry, is_next: bool) -> Element<'a, Message> {
        let language = look.language;
        let (sign, title) = title(language, entry);
        let about = self.about(look, entry, is_next);
        let controls = look
            .direction
            .row(controls(language, entry))
            .spacing(gap::XS)
            .wrap()
            .vertical_spacing(gap::XS);

        let mut text = column![words::strong(title), about]
            .spacing(gap::XXS)
            .align_x(look.direction.start())
            .width(Fill);
        if look.width < NARROW {
            text = text.push(controls);
            return framed(look.direction.row([sign, text.into()]).spacing(gap::S));
        }

        framed(
            look.direction
                .row([sign, text.into(), iced::widget::Space::new().into(), controls.into()])
                .spacing(gap::S),
        )
    }

    /// What is to be said of an entry, by its stage.
    fn about<'a>(&'a self, look: Look<'a>, entry: &'a Entry, is_next: bool) -> Element<'a, Message> {
        let language = look.language;
        let quiet = |text: String| Element::from(words::body(text).style(theme::quiet));

        match &entry.stage {
            Stage::Waiting if is_next && entry.downloaded > 0 => {
                let size = bytes(language, entry.downloaded);
                quiet(fl!(language, "store-queue-next-kept", size = size))
            }
            Stage::Waiting if is_next => quiet(fl!(language, "store-queue-next")),
            Stage::Waiting => quiet(fl!(language, "store-queue-waits")),
            Stage::Starting => quiet(fl!(language, "store-queue-starting")),
            Stage::Asking(_) => words::body(fl!(language, "store-queue-asking")).into(),
            Stage::Running | Stage::Stopping(_) => running(look, entry),
            Stage::Done(outcome) => {
                let lines = told::outcome(language, &entry.operation, outcome);
                Column::with_children(lines.into_iter().map(quiet))
                    .spacing(gap::XXS)
                    .align_x(look.direction.start())
                    .into()
            }
            Stage::Cancelled => quiet(fl!(language, "store-queue-cancelled")),
            Stage::Failed(failure) => self.failed(look, entry.id, failure),
        }
    }

    fn failed<'a>(&'a self, look: Look<'a>, id: EntryId, failure: &'a Failure) -> Element<'a, Message> {
        let language = look.language;
        let text = explain(language, failure, "");
        let mut about = column![
            words::body(text.what),
            words::body(text.todo),
            words::body(text.state).style(theme::quiet),
        ]
        .spacing(gap::XXS)
        .align_x(look.direction.start());

        if !failure.detail.is_empty() {
            let is_open = self.details.contains(&id);
            let title = if is_open {
                fl!(language, "details-hide")
            } else {
                fl!(language, "details-show")
            };
            about = about.push(disclosure(
                format!("queue-details-{}", id.number()),
                title,
                is_open,
                look.direction,
                Message::DetailsPressed(id),
                || words::small(failure.detail.as_str()).font(FONT_MONO).into(),
            ));
        }

        about.into()
    }
}

/// An entry with room above and below it.
fn framed<'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    iced::widget::container(content)
        .padding([gap::S, 0.0])
        .width(Fill)
        .into()
}

/// The title, and the button that holds the queue.
fn head<'a>(look: Look<'a>) -> Element<'a, Message> {
    let language = look.language;
    let title = words::heading(fl!(language, "store-queue-title"));
    let title = iced::widget::container(title)
        .width(Fill)
        .align_x(look.direction.start());
    let pause = |sign, label: String| {
        let shown = look.direction.row([icon(sign).into(), words::body(label).into()]);
        button::bare(shown.spacing(gap::XS).align_y(Center)).id("queue-pause")
    };
    let pause: Option<Control<'a, Message>> = if look.queue.is_paused() {
        Some(pause(Icon::Play, fl!(language, "store-queue-continue")).on_press(Message::Pause(false)))
    } else if look.queue.open() > 0 {
        Some(pause(Icon::Pause, fl!(language, "store-queue-pause")).on_press(Message::Pause(true)))
    } else {
        None
    };

    look.direction
        .row(std::iter::once(title.into()).chain(pause.map(Element::from)))
        .align_y(Center)
        .width(Fill)
        .into()
}

fn title<'a>(language: Language, entry: &Entry) -> (Element<'a, Message>, String) {
    let operation = &entry.operation;

    match &entry.stage {
        Stage::Waiting => (
            icon(Icon::Clock).style(theme::quiet).into(),
            said::wish(operation, language),
        ),
        Stage::Asking(_) => (
            icon(Icon::CircleQuestionMark).style(theme::warn).into(),
            said::wish(operation, language),
        ),
        Stage::Starting | Stage::Running => (
            icon(Icon::LoaderCircle).style(theme::accent).into(),
            said::now(operation, entry.extent, language),
        ),
        Stage::Stopping(_) => (
            icon(Icon::CircleX).style(theme::quiet).into(),
            said::now(operation, entry.extent, language),
        ),
        // A list that could not be read is no success, though nothing failed that was begun.
        Stage::Done(outcome) if is_in_part(outcome) => (
            icon(Icon::TriangleAlert).style(theme::warn).into(),
            said::done(operation, entry.extent, language),
        ),
        Stage::Done(_) => (
            icon(Icon::CircleCheck).style(theme::good).into(),
            said::done(operation, entry.extent, language),
        ),
        Stage::Cancelled => (
            icon(Icon::CircleX).style(theme::quiet).into(),
            said::wish(operation, language),
        ),
        Stage::Failed(_) => (
            icon(Icon::CircleAlert).style(theme::danger).into(),
            fl!(language, "store-queue-failed", what = said::wish(operation, language)),
        ),
    }
}

/// The bar, what happens now, how far it is, and what cancelling means.
fn running<'a>(look: Look<'a>, entry: &'a Entry) -> Element<'a, Message> {
    let language = look.language;
    let percent = (entry.progress * 100.0).floor() as u64;
    let bar = look
        .direction
        .row([
            iced::widget::container(progress_bar(entry.progress as f32))
                .width(Fill)
                .into(),
            words::small(fl!(language, "store-queue-percent", percent = count(language, percent))).into(),
        ])
        .spacing(gap::S)
        .align_y(Center);
    let mut about = column![bar].spacing(gap::XXS).align_x(look.direction.start());

    if let Some(job) = &entry.job {
        let phase = match (job.kind, job.phase) {
            // The installer's sentence for it speaks of the disk.
            (JobKind::Packages, Phase::Check) => fl!(language, "store-queue-check"),
            (_, phase) => format::phase(language, phase),
        };
        let mut counts = format::job_counts(language, job);
        counts.push(time_left(language, job.seconds_left));
        counts.extend(format::job_current(job));
        about = about
            .push(match said::waits_for(job, language) {
                Some(reason) => words::body(reason).style(theme::warn),
                None => words::body(phase),
            })
            .push(words::small(counts.join(" · ")).style(theme::quiet));
    }
    let cancelling = match &entry.stage {
        Stage::Stopping(true) => fl!(language, "store-queue-stopping-again"),
        Stage::Stopping(false) => fl!(language, "cancel-stopping"),
        _ if entry.can_cancel() => fl!(language, "cancel-means-free"),
        _ => fl!(language, "cancel-means-no"),
    };

    about.push(words::small(cancelling).style(theme::quiet)).into()
}

/// What can be done with an entry.
fn controls<'a>(language: Language, entry: &Entry) -> Vec<Element<'a, Message>> {
    let id = entry.id;
    let named = |what: &str| format!("queue-{what}-{}", id.number());
    let cancel = || {
        button::secondary(fl!(language, "cancel"))
            .id(named("cancel"))
            .on_press_maybe(entry.can_cancel().then_some(Message::Cancel(id)))
            .into()
    };
    let again = || {
        button::secondary(fl!(language, "try-again"))
            .id(named("again"))
            .on_press(Message::Again(id))
            .into()
    };
    let dismiss = || {
        button::quiet(fl!(language, "store-queue-dismiss"))
            .id(named("dismiss"))
            .on_press(Message::Dismiss(id))
            .into()
    };

    match entry.stage {
        Stage::Failed(ref failure) if !failure.in_the_way().is_empty() => vec![
            dismiss(),
            button::secondary(fl!(language, "store-history-room"))
                .id(named("space"))
                .on_press(Message::SpacePressed(failure.in_the_way()))
                .into(),
            again(),
        ],
        Stage::Asking(_) => vec![
            cancel(),
            button::primary(fl!(language, "store-queue-look"))
                .id(named("look"))
                .on_press(Message::Look(id))
                .into(),
        ],
        Stage::Failed(_) | Stage::Cancelled => vec![dismiss(), again()],
        Stage::Done(ref outcome) if is_in_part(outcome) => vec![dismiss(), again()],
        Stage::Done(_) => vec![dismiss()],
        _ => vec![cancel()],
    }
}

/// Whether a repository could not be read.
fn is_in_part(outcome: &moult_api::Outcome) -> bool {
    outcome
        .refreshed
        .iter()
        .any(|row| row.result == moult_api::RefreshResult::Failed)
}

#[cfg(test)]
pub(super) mod tests;
