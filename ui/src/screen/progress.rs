//! Progress: one bar, one sentence, and what cancelling would mean right now.

use iced::Fill;
use iced::widget::{column, row};
use moult_api::{Cancel, Job, JobState};
use moult_i18n::{Language, fl, time_left};

use super::{Look, Page};
use crate::format;
use crate::theme::{self, Element, FONT_MONO, space as gap};
use crate::widget::{Direction, banner, button, disclosure, progress_bar, words};

/// How many log lines are shown; the log itself stays with the backend.
const LINES: usize = 200;

/// A running job.
#[derive(Debug)]
pub struct Progress {
    job: Job,
    /// What the bar shows: never less than it showed.
    shown: f64,
    log: Vec<String>,
    /// A question for the log is on its way.
    is_asking_log: bool,
    details: bool,
    asking: bool,
    is_stopping: bool,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// The job moved.
    Moved(Job),
    /// Details were opened or closed.
    DetailsPressed,
    /// More lines of the log.
    Log(Vec<String>),
    /// Cancel: asks first.
    CancelPressed,
    /// Do not cancel.
    Keep,
    /// Do cancel.
    Stop,
}

/// What the program shall do.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    None,
    /// Ask for the log from a line on.
    Log(String, u32),
    /// Ask the job to stop.
    Cancel(String),
    /// The job ended.
    Ended(Job),
}

impl Progress {
    /// A job as it was found.
    pub fn new(job: Job) -> Self {
        let shown = job.progress;

        Self {
            job,
            shown,
            log: Vec::new(),
            is_asking_log: false,
            details: false,
            asking: false,
            is_stopping: false,
        }
    }

    /// The job as last heard.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// How much of the bar is filled.
    pub fn shown(&self) -> f64 {
        self.shown
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Moved(job) if job.id != self.job.id => {}
            Message::Moved(job) => {
                // A job of another backend may have been found again: its bar does not start over.
                if job.progress.is_finite() {
                    self.shown = self.shown.max(job.progress);
                }
                self.job = job;

                if self.job.cancel == Cancel::No {
                    self.asking = false;
                }
                if self.job.state != JobState::Running {
                    return Action::Ended(self.job.clone());
                }
                return self.ask_log();
            }
            Message::DetailsPressed => {
                self.details = !self.details;
                return self.ask_log();
            }
            Message::Log(lines) => {
                self.is_asking_log = false;
                self.log.extend(lines);
            }
            Message::CancelPressed => self.asking = self.job.cancel != Cancel::No && !self.is_stopping,
            Message::Keep => self.asking = false,
            Message::Stop if self.asking => {
                self.asking = false;
                self.is_stopping = true;
                return Action::Cancel(self.job.id.clone());
            }
            Message::Stop => {}
        }

        Action::None
    }

    fn ask_log(&mut self) -> Action {
        if !self.details || self.is_asking_log {
            return Action::None;
        }
        self.is_asking_log = true;

        Action::Log(self.job.id.clone(), u32::try_from(self.log.len()).unwrap_or(u32::MAX))
    }

    /// The bar and what stands under it.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Page<'a, Message> {
        let language = look.language;
        let job = &self.job;
        let mut counts = format::job_counts(language, job);
        counts.extend(format::job_current(job));

        let bar = column![
            words::section(format::phase(language, job.phase)),
            progress_bar(self.shown as f32),
            row![
                iced::widget::container(words::small(counts.join(" · ")).style(theme::quiet)).width(Fill),
                words::small(time_left(language, job.seconds_left)).style(theme::quiet)
            ]
            .spacing(gap::M),
        ]
        .spacing(gap::S);
        let log = disclosure(
            "details",
            if self.details {
                fl!(language, "details-hide")
            } else {
                fl!(language, "details-show")
            },
            self.details,
            Direction::default(),
            Message::DetailsPressed,
            || log_lines(language, &self.log),
        );

        let page = Page::new(
            fl!(language, "progress-title", disk = job.subject.clone()),
            fl!(language, "progress-nothing-else"),
            [bar.into(), self.cancelling(language), log],
        );

        if self.asking {
            let keep = button::primary(fl!(language, "cancel-keep"))
                .id("cancel-keep")
                .on_press(Message::Keep);
            let stop = button::danger(fl!(language, "cancel-stop"))
                .id("cancel-stop")
                .on_press(Message::Stop);

            page.button(stop).button(keep)
        } else {
            let may = job.cancel != Cancel::No && !self.is_stopping;
            let cancel = button::secondary(fl!(language, "cancel")).id("cancel");

            page.button(cancel.on_press_maybe(may.then_some(Message::CancelPressed)))
        }
    }

    /// What cancelling means now; once more, loudly, when it is asked for.
    fn cancelling<'a>(&self, language: Language) -> Element<'a, Message> {
        let disk = self.job.subject.clone();

        match (self.is_stopping, self.asking, self.job.cancel) {
            (true, ..) => words::body(fl!(language, "cancel-stopping")).into(),
            (_, true, Cancel::LeavesDiskUnfinished) => {
                banner::danger(fl!(language, "cancel-ask-unfinished", disk = disk))
            }
            (_, true, _) => banner::info(fl!(language, "cancel-ask-free")),
            (_, _, Cancel::Free) => words::body(fl!(language, "cancel-means-free"))
                .style(theme::quiet)
                .into(),
            (_, _, Cancel::LeavesDiskUnfinished) => words::body(fl!(language, "cancel-means-unfinished", disk = disk))
                .style(theme::quiet)
                .into(),
            (_, _, Cancel::No) => words::body(fl!(language, "cancel-means-no")).style(theme::quiet).into(),
        }
    }
}

/// The end of a log.
pub(super) fn log_lines<'a, Message: 'a>(language: Language, log: &'a [String]) -> Element<'a, Message> {
    if log.is_empty() {
        return words::small(fl!(language, "progress-log-empty"))
            .style(theme::quiet)
            .into();
    }

    let lines = log.get(log.len().saturating_sub(LINES)..).unwrap_or_default();
    let lines = lines.iter().rev().map(|line| words::small(line).font(FONT_MONO).into());

    column(lines).spacing(gap::XXS).width(Fill).into()
}
