//! The screens of the installer. A screen is its state, a `Message`, an `Action`, and `new`, `update`, `view`.
//!
//! No screen knows another one: `update` answers with an [`Action`](welcome::Action) of its own, and the program decides
//! where to go. What a screen shows comes as a [`Page`], which the program puts into the frame.

pub mod account;
pub mod disk;
pub mod done;
pub mod failed;
pub mod network;
pub mod progress;
pub mod store;
pub mod summary;
pub mod welcome;

use iced::widget::{column, row, space};
use iced::{Center, Fill};
use moult_i18n::{Language, fl};

use crate::keyboard::Keyboard;
use crate::theme::{self, Element, space as gap};
use crate::widget::{button, words};

/// What every screen may know when it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The language of its words.
    pub language: Language,
    /// The keyboard, for fields that show Caps Lock.
    pub keyboard: &'a Keyboard,
    /// The short name of the layout in use ("FR").
    pub layout_short: &'a str,
    /// The whole name of the layout in use ("French (AZERTY)").
    pub layout_name: &'a str,
}

/// Where the way goes, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Language and keyboard.
    Welcome,
    /// Cable and Wi-Fi.
    Network,
    /// Which disk.
    Disk,
    /// Who uses the computer.
    Account,
    /// What will happen.
    Summary,
    /// It happens.
    Progress,
    /// It happened.
    Done,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Welcome,
        Self::Network,
        Self::Disk,
        Self::Account,
        Self::Summary,
        Self::Progress,
        Self::Done,
    ];

    /// Its name in the rail.
    pub fn name(self, language: Language) -> String {
        match self {
            Self::Welcome => fl!(language, "step-welcome"),
            Self::Network => fl!(language, "step-network"),
            Self::Disk => fl!(language, "step-disk"),
            Self::Account => fl!(language, "step-account"),
            Self::Summary => fl!(language, "step-summary"),
            Self::Progress => fl!(language, "step-install"),
            Self::Done => fl!(language, "step-done"),
        }
    }
}

/// What a screen shows: a title, a body, and the buttons at its foot.
pub struct Page<'a, Message> {
    /// Title, lead and content, top to bottom.
    pub body: Element<'a, Message>,
    /// The buttons, in reading order; the last one is the primary one.
    pub buttons: Vec<Element<'a, Message>>,
}

impl<Message> std::fmt::Debug for Page<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page")
            .field("buttons", &self.buttons.len())
            .finish_non_exhaustive()
    }
}

impl<'a, Message: Clone + 'a> Page<'a, Message> {
    /// A page with a title, a quiet sentence below it, and its content.
    pub fn new(title: String, lead: String, content: impl IntoIterator<Item = Element<'a, Message>>) -> Self {
        let head = column![words::heading(title), words::body(lead).style(theme::quiet)].spacing(gap::XS);

        Self {
            body: column![head].extend(content).spacing(gap::L).width(Fill).into(),
            buttons: Vec::new(),
        }
    }

    /// One more button.
    #[must_use]
    pub fn button(mut self, button: impl Into<Element<'a, Message>>) -> Self {
        self.buttons.push(button.into());
        self
    }

    /// The way back.
    #[must_use]
    pub fn back(self, language: Language, message: Message) -> Self {
        self.button(button::secondary(fl!(language, "back")).id("back").on_press(message))
    }

    /// The way on; closed without a message.
    #[must_use]
    pub fn go_on(self, language: Language, message: Option<Message>) -> Self {
        self.button(
            button::primary(fl!(language, "continue"))
                .id("continue")
                .on_press_maybe(message),
        )
    }

    /// The same page, speaking to the program.
    pub fn map<Other: 'a>(self, to: impl Fn(Message) -> Other + Copy + 'a) -> Page<'a, Other> {
        Page {
            body: self.body.map(to),
            buttons: self.buttons.into_iter().map(|button| button.map(to)).collect(),
        }
    }
}

/// A heading and what stands under it.
fn section<'a, Message: 'a>(title: String, content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    column![words::section(title), content.into()]
        .spacing(gap::S)
        .width(Fill)
        .into()
}

/// Something on the left, something on the right.
fn beside<'a, Message: 'a>(
    left: impl Into<Element<'a, Message>>,
    right: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    row![left.into(), space::horizontal(), right.into()]
        .spacing(gap::S)
        .align_y(Center)
        .width(Fill)
        .into()
}
