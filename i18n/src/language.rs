//! The languages, and where their sentences are kept.

use std::sync::LazyLock;

use unic_langid::LanguageIdentifier;

use crate::sentences::Sentences;

/// A language that Moult speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::French];

    /// ISO 639-1 code ("de").
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
        }
    }

    /// Its own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
        }
    }

    /// The locale that a new system gets with this language.
    pub fn locale(self) -> &'static str {
        match self {
            Self::English => "en_US.UTF-8",
            Self::German => "de_DE.UTF-8",
            Self::French => "fr_FR.UTF-8",
        }
    }

    /// The keyboard layout (xkeyboard-config) that most people with this language have.
    pub fn keyboard(self) -> &'static str {
        match self {
            Self::English => "us",
            Self::German => "de",
            Self::French => "fr",
        }
    }

    /// The language of a POSIX locale ("de_AT.UTF-8", "fr", "C"); `None` if Moult does not speak it.
    pub fn from_locale(locale: &str) -> Option<Self> {
        let code = locale.split(['_', '.', '@', '-']).next().unwrap_or_default();

        match code {
            "C" | "POSIX" => Some(Self::English),
            _ => Self::ALL.into_iter().find(|language| language.code() == code),
        }
    }

    /// The language of this process's environment (`LC_ALL`, `LC_MESSAGES`, `LANG`); English if there is none.
    pub fn of_environment() -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .and_then(|value| Self::from_locale(&value))
            .unwrap_or_default()
    }

    /// The sentences of this language. Used by [`fl!`](crate::fl).
    #[doc(hidden)]
    pub fn words(self) -> &'static Sentences {
        static ENGLISH: LazyLock<Sentences> = LazyLock::new(|| sentences(Language::English));
        static GERMAN: LazyLock<Sentences> = LazyLock::new(|| sentences(Language::German));
        static FRENCH: LazyLock<Sentences> = LazyLock::new(|| sentences(Language::French));

        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
            Self::French => &FRENCH,
        }
    }

    fn identifier(self) -> LanguageIdentifier {
        self.code().parse().unwrap_or_default()
    }

    /// The text of the whole Fluent file.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../locales/en/moult.ftl"),
            Self::German => include_str!("../locales/de/moult.ftl"),
            Self::French => include_str!("../locales/fr/moult.ftl"),
        }
    }
}

fn sentences(language: Language) -> Sentences {
    Sentences::new(language.identifier(), language.source())
}
