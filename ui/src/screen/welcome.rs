//! Welcome: language and keyboard.

use iced::widget::column;
use moult_i18n::{Language, fl};

use super::{Look, Page, beside, section};
use crate::theme::{self, space as gap};
use crate::widget::{Choice, Direction, Icon, Note, button, choices, icon, text_field, words};

/// The screen's state: what was typed to try the keys.
#[derive(Debug, Default)]
pub struct Welcome {
    typed: String,
}

/// What happens on this screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// A language was chosen, by its place in [`Language::ALL`].
    Language(usize),
    /// Another keyboard layout is wanted.
    KeyboardPressed,
    /// Keys are tried.
    Typed(String),
    /// On.
    Continue,
}

/// What the program shall do.
#[derive(Debug)]
pub enum Action {
    /// Nothing.
    None,
    /// Speak this language from now on.
    Speak(Language),
    /// Open the menu of keyboard layouts.
    OpenKeyboardMenu,
    /// Go on.
    Continue,
}

impl Welcome {
    /// The screen as it opens.
    pub fn new() -> Self {
        Self::default()
    }

    /// Handles a message.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Language(at) => Language::ALL
                .get(at)
                .map_or(Action::None, |language| Action::Speak(*language)),
            Message::KeyboardPressed => Action::OpenKeyboardMenu,
            Message::Typed(text) => {
                self.typed = text;
                Action::None
            }
            Message::Continue => Action::Continue,
        }
    }

    /// Languages, the layout at hand, and a field to try it.
    pub fn view<'a>(&'a self, look: Look<'a>) -> Page<'a, Message> {
        let language = look.language;
        let spoken = Language::ALL.iter().position(|other| *other == language);
        let languages = Language::ALL
            .into_iter()
            .map(|language| Choice::new(format!("language-{}", language.code()), language.name()));

        let layout = iced::widget::row![icon(Icon::Keyboard).style(theme::quiet), words::body(look.layout_name)]
            .spacing(gap::XS)
            .align_y(iced::Center);
        let another = button::secondary(fl!(language, "welcome-keyboard-change"))
            .id("welcome-keyboard")
            .on_press(Message::KeyboardPressed);
        let test = text_field("welcome-test", fl!(language, "welcome-test"), &self.typed)
            .on_input(Message::Typed)
            .on_submit(Message::Continue)
            .note(Note::Hint(fl!(language, "welcome-test-hint")));

        Page::new(
            fl!(language, "welcome-title"),
            fl!(language, "welcome-lead"),
            [
                section(
                    fl!(language, "welcome-language"),
                    choices("languages", languages, spoken, Direction::default(), Message::Language),
                ),
                section(
                    fl!(language, "welcome-keyboard"),
                    column![beside(layout, another), test].spacing(gap::S),
                ),
            ],
        )
        .go_on(language, Some(Message::Continue))
    }
}
