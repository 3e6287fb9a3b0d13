//! What the tests of these screens share: what a screen may know, what it shows, and pictures of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use iced::Size;
use iced::advanced::widget::Id;
use iced_test::Simulator;
use moult_i18n::Language;

use super::Look;
use crate::keyboard::Keyboard;
use crate::store::{Pictures, Queue};
use crate::theme::{self, Element, Scheme, Theme};
use crate::widget::Direction;

/// The moment of every test: 2026-11-28 12:00 UTC.
pub(super) const NOW: i64 = 1_795_867_200;

/// What a screen may know.
#[derive(Debug)]
pub(super) struct Scene {
    keyboard: Keyboard,
    pub(super) pictures: Pictures,
    pub(super) queue: Queue,
    pub(super) language: Language,
    size: (f32, f32),
}

impl Scene {
    /// Higher than any page, so that nothing is scrolled away.
    pub(super) fn new(language: Language) -> Self {
        Self {
            keyboard: Keyboard::new(),
            pictures: Pictures::default(),
            queue: Queue::default(),
            language,
            size: (1280.0, 4000.0),
        }
    }

    pub(super) fn look(&self) -> Look<'_> {
        Look {
            language: self.language,
            direction: Direction::default(),
            keyboard: &self.keyboard,
            pictures: &self.pictures,
            queue: &self.queue,
            width: self.size.0,
            height: self.size.1,
            now: NOW,
        }
    }

    fn simulator<'a, Message>(&self, view: Element<'a, Message>) -> Simulator<'a, Message, Theme> {
        Simulator::with_size(theme::settings(), Size::new(self.size.0, self.size.1), view)
    }

    /// Whether this text is shown.
    pub(super) fn shows<Message>(&self, view: Element<'_, Message>, text: &str) -> bool {
        self.simulator(view).find(text).is_ok()
    }

    /// Clicks the control with this id: what it says.
    pub(super) fn click<Message>(&self, view: Element<'_, Message>, id: &str) -> Vec<Message> {
        let mut simulator = self.simulator(view);
        let _ = simulator
            .click(Id::from(id.to_owned()))
            .unwrap_or_else(|error| panic!("{id}: {error:?}"));

        simulator.into_messages().collect()
    }

    /// A picture in every scheme, language and size, for eyes: `MOULT_PICTURES=folder cargo test -p moult-ui pictures`.
    pub(super) fn pictures<Screen, Message>(
        mut self,
        name: &str,
        screen: &Screen,
        view: for<'a> fn(&'a Screen, Look<'a>) -> Element<'a, Message>,
    ) {
        let Some(folder) = std::env::var_os("MOULT_PICTURES").map(std::path::PathBuf::from) else {
            return;
        };

        for (language, scheme, called, size) in [
            (Language::English, Scheme::Light, "en-light", (1080.0, 744.0)),
            (Language::German, Scheme::Dark, "de-dark", (1080.0, 744.0)),
            (Language::French, Scheme::Contrast, "fr-contrast", (1080.0, 744.0)),
            (Language::German, Scheme::Light, "de-light", (640.0, 520.0)),
            (Language::French, Scheme::Light, "fr-light", (640.0, 520.0)),
        ] {
            self.language = language;
            self.size = size;
            let snapshot = self
                .simulator(view(screen, self.look()))
                .snapshot(&Theme::new(scheme))
                .unwrap();
            let file = folder.join(format!("store-{name}-{called}-{}.png", size.0));
            assert!(
                snapshot.matches_image(file).unwrap(),
                "{name}: another picture is there"
            );
        }
    }
}
