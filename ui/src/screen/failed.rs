//! Failed: the state of the disk first and large, then what happened, then what to do. Details are folded.

use iced::widget::column;
use moult_api::{Failure, StateOfThings};
use moult_i18n::{explain, fl};

use super::progress::log_lines;
use super::{Look, Page, section};
use crate::power::End;
use crate::theme::{self, FONT_MONO, space as gap};
use crate::widget::{Direction, banner, button, disclosure, words};

/// A failure and the log that led to it.
#[derive(Debug)]
pub struct Failed {
    failure: Failure,
    subject: String,
    job: Option<String>,
    log: Vec<String>,
    is_log_asked: bool,
    details: bool,
    /// Why the computer would not end.
    stays: Option<String>,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// Details were opened or closed.
    DetailsPressed,
    /// The log.
    Log(Vec<String>),
    /// Begin again.
    StartOver,
    /// Leave the program.
    Quit,
    /// End the computer's work.
    End(End),
    /// It would not end, and why.
    Stays(String),
}

/// What the program shall do.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    None,
    /// Ask for the log of a job.
    Log(String),
    /// Begin again.
    StartOver,
    /// Leave the program.
    Quit,
    /// End the computer's work.
    End(End),
}

impl Failed {
    /// A failure about a disk (`subject`, may be empty), of a job if there was one.
    pub fn new(failure: Failure, subject: String, job: Option<String>) -> Self {
        Self {
            failure,
            subject,
            job,
            log: Vec::new(),
            is_log_asked: false,
            details: false,
            stays: None,
        }
    }

    /// The job that failed.
    pub fn job(&self) -> Option<&str> {
        self.job.as_deref()
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::DetailsPressed => {
                self.details = !self.details;

                if let (true, false, Some(job)) = (self.details, self.is_log_asked, &self.job) {
                    self.is_log_asked = true;
                    return Action::Log(job.clone());
                }
                Action::None
            }
            Message::Log(lines) => {
                self.log = lines;
                Action::None
            }
            Message::StartOver => Action::StartOver,
            Message::Quit => Action::Quit,
            Message::End(end) => Action::End(end),
            Message::Stays(reason) => {
                self.stays = Some(reason);
                Action::None
            }
        }
    }

    /// The calm page. A kiosk has nothing that could be gone back to: there, the computer is switched off.
    pub fn view<'a>(&'a self, look: Look<'a>, is_kiosk: bool) -> Page<'a, Message> {
        let language = look.language;
        let text = explain(language, &self.failure, &self.subject);
        let state = words::display(text.state).style(match self.failure.state {
            StateOfThings::Untouched
            | StateOfThings::SystemIntact
            | StateOfThings::Installed
            | StateOfThings::Activated => theme::good,
            StateOfThings::DiskUnfinished => theme::danger,
            StateOfThings::Unknown => theme::warn,
        });
        let details = disclosure(
            "details",
            if self.details {
                fl!(language, "details-hide")
            } else {
                fl!(language, "details-show")
            },
            self.details,
            Direction::default(),
            Message::DetailsPressed,
            || {
                let detail = match self.failure.detail.as_str() {
                    "" => words::small(fl!(language, "failed-no-details")).style(theme::quiet),
                    detail => words::small(detail).font(FONT_MONO),
                };
                let mut details = column![words::strong(fl!(language, "failed-details")), detail].spacing(gap::S);
                if !self.log.is_empty() {
                    details = details.push(log_lines(language, &self.log));
                }
                details.into()
            },
        );

        let mut body = column![
            state,
            section(fl!(language, "failed-what"), words::body(text.what)),
            section(fl!(language, "failed-todo"), words::body(text.todo)),
            details,
        ]
        .spacing(gap::L)
        .width(iced::Fill);
        if let Some(reason) = &self.stays {
            body = body.push(banner::warn(fl!(language, "computer-stays", reason = reason.clone())));
        }

        Page {
            body: body.into(),
            buttons: Vec::new(),
        }
        .button(if is_kiosk {
            button::secondary(fl!(language, "computer-off"))
                .id("power-off")
                .on_press(Message::End(End::Off))
        } else {
            button::secondary(fl!(language, "quit"))
                .id("quit")
                .on_press(Message::Quit)
        })
        .button(
            button::primary(fl!(language, "start-over"))
                .id("start-over")
                .on_press(Message::StartOver),
        )
    }
}
