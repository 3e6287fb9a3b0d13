//! For tests: a screen of the store in a room of some size, without a window and without a program around it.

use iced::advanced::widget::Id;
use iced_test::Simulator;
use moult_i18n::Language;

use super::{Look, authenticate, browse, explore, history, installed, item, queue, review, sources, updates};
use crate::keyboard::Keyboard;
use crate::samples::NOW;
use crate::store::{Pictures, Queue};
use crate::theme::{self, Element, Theme};
use crate::widget::Direction;

/// A screen that a stage can show.
pub(super) trait Screen {
    type Message: Clone + std::fmt::Debug + 'static;

    fn draw<'a>(&'a self, look: Look<'a>) -> Element<'a, Self::Message>;
}

macro_rules! screens {
    ($($screen:ty => $message:ty $(, $more:expr)?;)*) => {$(
        impl Screen for $screen {
            type Message = $message;

            fn draw<'a>(&'a self, look: Look<'a>) -> Element<'a, $message> {
                self.view(look $(, $more)?)
            }
        }
    )*};
}

screens! {
    authenticate::Authenticate => authenticate::Message, ("DE", "Deutsch");
    browse::Browse => browse::Message;
    explore::Explore => explore::Message;
    history::History => history::Message;
    installed::Installed => installed::Message;
    item::AppPage => item::Message;
    queue::Queue => queue::Message;
    review::Review => review::Message;
    sources::Sources => sources::Message;
    updates::Updates => updates::Message;
}

/// Where a screen is shown, and what it may know.
pub(super) struct Stage {
    pub(super) language: Language,
    pub(super) direction: Direction,
    pub(super) queue: Queue,
    keyboard: Keyboard,
    pictures: Pictures,
    size: iced::Size,
}

impl Stage {
    /// The room of a window of 1280 x 800, in English.
    pub(super) fn wide() -> Self {
        Self::new(Language::English)
    }

    /// The room of a window of 1280 x 800.
    pub(super) fn new(language: Language) -> Self {
        Self {
            language,
            direction: Direction::LeftToRight,
            queue: Queue::default(),
            keyboard: Keyboard::new(),
            pictures: Pictures::default(),
            size: iced::Size::new(1080.0, 744.0),
        }
    }

    /// Higher than any page, so that nothing is scrolled away.
    pub(super) fn high(language: Language) -> Self {
        Self::new(language).sized(1080.0, 5000.0)
    }

    pub(super) fn sized(self, width: f32, height: f32) -> Self {
        Self {
            size: iced::Size::new(width, height),
            ..self
        }
    }

    pub(super) fn simulator<'a, S: Screen>(&'a self, screen: &'a S) -> Simulator<'a, S::Message, Theme> {
        let look = Look {
            language: self.language,
            direction: self.direction,
            keyboard: &self.keyboard,
            pictures: &self.pictures,
            queue: &self.queue,
            width: self.size.width,
            height: self.size.height,
            now: NOW,
        };

        Simulator::with_size(theme::settings(), self.size, screen.draw(look))
    }

    /// Whether a text is somewhere on the page.
    pub(super) fn shows(&self, screen: &impl Screen, text: &str) -> bool {
        self.simulator(screen).find(text).is_ok()
    }

    /// What a screen says when a control is pressed.
    pub(super) fn click<S: Screen>(&self, screen: &S, id: &str) -> Vec<S::Message> {
        let mut simulator = self.simulator(screen);
        let _ = simulator
            .click(Id::from(id.to_owned()))
            .unwrap_or_else(|error| panic!("{id}: {error:?}"));

        simulator.into_messages().collect()
    }

    /// A control can be hit with a finger and is in the room as a whole, without scrolling.
    pub(super) fn assert_within(&self, screen: &impl Screen, id: &str) {
        let bounds = self
            .simulator(screen)
            .find(Id::from(id.to_owned()))
            .unwrap_or_else(|error| panic!("{:?} {id}: {error:?}", self.language))
            .bounds();
        let room = iced::Rectangle::with_size(self.size);

        assert!(bounds.height >= 40.0, "{:?} {id}: {bounds:?}", self.language);
        assert!(bounds.is_within(&room), "{:?} {id}: {bounds:?}", self.language);
    }
}
