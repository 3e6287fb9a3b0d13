//! Done: what was made, and what to do next.

use iced::widget::column;
use moult_i18n::fl;

use super::{Look, Page};
use crate::theme::space as gap;
use crate::widget::{banner, button, words};

/// What was made.
#[derive(Debug)]
pub struct Done {
    disk: String,
    user: String,
    /// A computer can be started from the disk; `None` = another window planned it, and only it knows.
    boots: Option<bool>,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// Leave the program.
    Quit,
}

/// What the program shall do.
#[derive(Debug)]
pub enum Action {
    /// End.
    Quit,
}

impl Done {
    /// A system on a disk, for a user; both may be unknown (empty) when another window started the job.
    pub fn new(disk: String, user: String, boots: Option<bool>) -> Self {
        Self { disk, user, boots }
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Quit => Action::Quit,
        }
    }

    /// The good news first.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Page<'a, Message> {
        let language = look.language;
        let disk = if self.disk.is_empty() {
            fl!(language, "the-disk")
        } else {
            self.disk.clone()
        };
        let mut next = column![].spacing(gap::M);

        if !self.user.is_empty() {
            next = next.push(words::body(fl!(language, "done-account", user = self.user.clone())));
        }
        match self.boots {
            Some(true) => next = next.push(words::body(fl!(language, "done-boots"))),
            Some(false) => next = next.push(banner::warn(fl!(language, "no-boot-loader"))),
            None => {}
        }

        Page::new(
            fl!(language, "done-title"),
            fl!(language, "done-lead"),
            [banner::good(fl!(language, "done-disk", disk = disk)), next.into()],
        )
        .button(
            button::primary(fl!(language, "quit"))
                .id("quit")
                .on_press(Message::Quit),
        )
    }
}
