//! Welcome: language and keyboard, and whether the medium is good.

use iced::widget::column;
use moult_api::Failure;
use moult_i18n::{Language, explain, fl};

use super::{Look, Page, beside, section};
use crate::theme::{self, Element, space as gap};
use crate::widget::{Choice, Direction, Icon, Note, banner, button, choices, icon, text_field, words};

/// The screen's state: what was typed to try the keys, and what is known of the medium.
#[derive(Debug, Default)]
pub struct Welcome {
    typed: String,
    medium: Medium,
}

/// The medium that this system runs from.
#[derive(Debug, Default)]
enum Medium {
    /// There is none, or nobody has said so yet.
    #[default]
    None,
    Unchecked,
    Checking,
    Good,
    Damaged,
    Failed(Failure),
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
    /// Whether this system runs from a medium that can be checked.
    Carried(bool),
    /// The medium shall be checked.
    CheckPressed,
    /// It was: whether it is good.
    Checked(Result<bool, Failure>),
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
    /// Have the medium checked.
    CheckMedium,
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
            // A backend that was started again says so again, and what is known stays.
            Message::Carried(true) if !matches!(self.medium, Medium::None) => Action::None,
            Message::Carried(is_carried) => {
                self.medium = if is_carried { Medium::Unchecked } else { Medium::None };
                Action::None
            }
            Message::CheckPressed => {
                self.medium = Medium::Checking;
                Action::CheckMedium
            }
            Message::Checked(answer) => {
                self.medium = match answer {
                    Ok(true) => Medium::Good,
                    Ok(false) => Medium::Damaged,
                    Err(failure) => Medium::Failed(failure),
                };
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

        let mut sections = vec![
            section(
                fl!(language, "welcome-language"),
                choices("languages", languages, spoken, Direction::default(), Message::Language),
            ),
            section(
                fl!(language, "welcome-keyboard"),
                column![beside(layout, another), test].spacing(gap::S),
            ),
        ];
        if let Some(medium) = self.medium.view(language) {
            sections.push(section(fl!(language, "welcome-medium"), medium));
        }

        Page::new(fl!(language, "welcome-title"), fl!(language, "welcome-lead"), sections)
            .go_on(language, Some(Message::Continue))
    }
}

impl Medium {
    /// What is known of it, and the button.
    fn view<'a>(&self, language: Language) -> Option<Element<'a, Message>> {
        let check = |is_free: bool| {
            button::secondary(fl!(language, "welcome-medium-check"))
                .id("check-medium")
                .on_press_maybe(is_free.then_some(Message::CheckPressed))
        };
        let quiet = |text: String| words::body(text).style(theme::quiet);

        Some(match self {
            Self::None => return None,
            Self::Unchecked => beside(quiet(fl!(language, "welcome-medium-unchecked")), check(true)),
            Self::Checking => beside(quiet(fl!(language, "welcome-medium-checking")), check(false)),
            Self::Good => banner::good(fl!(language, "welcome-medium-good")),
            Self::Damaged => banner::danger(fl!(language, "welcome-medium-damaged")),
            Self::Failed(failure) => {
                let text = explain(language, failure, "");
                column![banner::warn(text.what), beside(quiet(text.todo), check(true))]
                    .spacing(gap::S)
                    .into()
            }
        })
    }
}
