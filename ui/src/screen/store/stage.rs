//! For tests: a screen of the store in a room of some size, without a window and without a program around it.

use std::path::Path;

use iced::advanced::widget::Id;
use iced_test::Simulator;
use moult_i18n::Language;

use super::Look;
use crate::keyboard::Keyboard;
use crate::store::{Pictures, Queue};
use crate::theme::{self, Element, Scheme, Theme};
use crate::widget::Direction;

/// Seconds since 1970: now, for every test.
pub(super) const NOW: i64 = 1_795_439_100;

/// A screen that a stage can show.
pub(super) trait Screen {
    type Message: Clone + std::fmt::Debug + 'static;

    fn draw<'a>(&'a self, look: Look<'a>) -> Element<'a, Self::Message>;
}

/// Where a screen is shown, and what it may know.
pub(super) struct Stage {
    pub(super) language: Language,
    pub(super) direction: Direction,
    pub(super) queue: Queue,
    keyboard: Keyboard,
    pictures: Pictures,
    size: (f32, f32),
}

impl Stage {
    /// A room in a window of 1280 x 800, in English.
    pub(super) fn wide() -> Self {
        Self::new(Language::English, (1080.0, 744.0))
    }

    /// A room of this width and height.
    pub(super) fn new(language: Language, size: (f32, f32)) -> Self {
        Self {
            language,
            direction: Direction::LeftToRight,
            queue: Queue::default(),
            keyboard: Keyboard::new(),
            pictures: Pictures::default(),
            size,
        }
    }

    pub(super) fn simulator<'a, S: Screen>(&'a self, screen: &'a S) -> Simulator<'a, S::Message, Theme> {
        let look = Look {
            language: self.language,
            direction: self.direction,
            keyboard: &self.keyboard,
            pictures: &self.pictures,
            queue: &self.queue,
            width: self.size.0,
            height: self.size.1,
            now: NOW,
        };
        let size = iced::Size::new(self.size.0, self.size.1);

        Simulator::with_size(theme::settings(), size, screen.draw(look))
    }

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

    /// Where a control is: x, y, width, height.
    pub(super) fn bounds(&self, screen: &impl Screen, id: &str) -> iced::Rectangle {
        self.simulator(screen)
            .find(Id::from(id.to_owned()))
            .unwrap_or_else(|error| panic!("{:?} {id}: {error:?}", self.language))
            .bounds()
    }

    /// A control can be hit with a finger and is in the room as a whole.
    pub(super) fn assert_within(&self, screen: &impl Screen, id: &str) {
        let bounds = self.bounds(screen, id);
        let room = iced::Rectangle::with_size(iced::Size::new(self.size.0, self.size.1));

        assert!(bounds.height >= 40.0, "{:?} {id}: {bounds:?}", self.language);
        assert!(bounds.is_within(&room), "{:?} {id}: {bounds:?}", self.language);
    }
}

/// Pictures of a screen, for eyes: light, dark and contrast; English, German and French; wide, narrow, and mirrored.
pub(super) fn pictures(folder: &Path, name: &str, screen: &impl Screen) {
    for (language, scheme, direction, size) in [
        (
            Language::English,
            Scheme::Light,
            Direction::LeftToRight,
            (1080.0, 744.0),
        ),
        (Language::German, Scheme::Dark, Direction::LeftToRight, (640.0, 500.0)),
        (
            Language::French,
            Scheme::Contrast,
            Direction::RightToLeft,
            (1080.0, 744.0),
        ),
    ] {
        let mut stage = Stage::new(language, size);
        stage.direction = direction;
        let snapshot = stage.simulator(screen).snapshot(&Theme::new(scheme)).unwrap();
        let file = folder.join(format!("store-{name}-{}.png", language.code()));
        assert!(snapshot.matches_image(file).unwrap(), "{name}");
    }
}
