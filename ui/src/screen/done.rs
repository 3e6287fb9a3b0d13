//! Done: what was made, and what to do next.

use iced::widget::column;
use moult_i18n::fl;

use super::{Look, Page};
use crate::power::End;
use crate::theme::space as gap;
use crate::widget::{banner, button, words};

/// What was made.
#[derive(Debug)]
pub struct Done {
    disk: String,
    user: String,
    /// A computer can be started from the disk; `None` = another window planned it, and only it knows.
    boots: Option<bool>,
    /// Why the computer would not end.
    stays: Option<String>,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
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
    /// Leave the program.
    Quit,
    /// End the computer's work.
    End(End),
}

impl Done {
    /// A system on a disk, for a user; both may be unknown (empty) when another window started the job.
    pub fn new(disk: String, user: String, boots: Option<bool>) -> Self {
        Self {
            disk,
            user,
            boots,
            stays: None,
        }
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Quit => Action::Quit,
            Message::End(end) => Action::End(end),
            Message::Stays(reason) => {
                self.stays = Some(reason);
                Action::None
            }
        }
    }

    /// The good news first. A kiosk has nothing that could be gone back to: there, the computer is restarted.
    pub fn view<'a>(&'a self, look: Look<'a>, is_kiosk: bool) -> Page<'a, Message> {
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

        if let Some(reason) = &self.stays {
            next = next.push(banner::warn(fl!(language, "computer-stays", reason = reason.clone())));
        }

        let page = Page::new(
            fl!(language, "done-title"),
            fl!(language, "done-lead"),
            [banner::good(fl!(language, "done-disk", disk = disk)), next.into()],
        );
        if is_kiosk {
            page.button(
                button::secondary(fl!(language, "computer-off"))
                    .id("power-off")
                    .on_press(Message::End(End::Off)),
            )
            .button(
                button::primary(fl!(language, "computer-restart"))
                    .id("restart")
                    .on_press(Message::End(End::Restart)),
            )
        } else {
            page.button(
                button::primary(fl!(language, "quit"))
                    .id("quit")
                    .on_press(Message::Quit),
            )
        }
    }
}
