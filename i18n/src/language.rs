//! The languages, and where their sentences are kept.

use std::borrow::Cow;
use std::sync::LazyLock;

use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed::{I18nAssets, LanguageLoader};
use unic_langid::LanguageIdentifier;

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
    pub fn words(self) -> &'static FluentLanguageLoader {
        static ENGLISH: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(Language::English));
        static GERMAN: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(Language::German));
        static FRENCH: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(Language::French));

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

fn load(language: Language) -> FluentLanguageLoader {
    let loader = FluentLanguageLoader::new("moult", Language::English.identifier());

    // English stands behind each language, so a key that were missing would still be a sentence; tests see to it that none is.
    let _ = loader.load_languages(&Compiled, &[language.identifier()]);
    // The marks would keep right-to-left names apart; these three languages run one way, and not every font hides the marks.
    loader.set_use_isolating(false);

    loader
}

/// The files, inside the program.
struct Compiled;

impl I18nAssets for Compiled {
    fn get_files(&self, path: &str) -> Vec<Cow<'_, [u8]>> {
        Language::ALL
            .into_iter()
            .filter(|language| path.strip_suffix("/moult.ftl") == Some(language.code()))
            .map(|language| Cow::Borrowed(language.source().as_bytes()))
            .collect()
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(
            Language::ALL
                .into_iter()
                .map(|language| format!("{}/moult.ftl", language.code())),
        )
    }
}
