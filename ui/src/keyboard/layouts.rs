//! All keyboard layouts that the system knows (xkeyboard-config), found by name in any language.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::path::Path;

use super::keymap::{Silent, context};
use super::mo::Catalogue;
use crate::widget::search;

/// A keyboard layout or a variant of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// xkeyboard-config's code: `de`, `fr`.
    pub code: String,
    /// The variant, `nodeadkeys`; empty for the plain layout.
    pub variant: String,
    /// The description in English: "German (no dead keys)".
    pub english: String,
    /// The description in the language of [`Layouts::load`], English when it has none.
    pub name: String,
    /// Short, for the bar: "DE", "FR (AZERTY)".
    pub label: String,
    /// ISO 639-3 codes of the languages it is for.
    languages: Vec<String>,
}

impl Layout {
    /// Two or three letters for narrow places: "DE".
    #[must_use]
    pub fn short(&self) -> String {
        self.code.to_uppercase()
    }

    /// Everything it may be searched by, besides its name.
    #[must_use]
    pub fn keywords(&self) -> String {
        format!(
            "{} {} {} {}",
            self.english,
            self.code,
            self.variant,
            self.languages.join(" ")
        )
    }
}

/// The layouts of the system, in the order of their names.
#[derive(Debug, Clone, Default)]
pub struct Layouts(Vec<Layout>);

impl Layouts {
    /// Reads `evdev.xml` and `evdev.extras.xml`, and the names in a language ("fr", "pt-BR") where the system has them.
    /// Empty when xkeyboard-config is missing. Some 30 ms.
    #[must_use]
    pub fn load(language: &str) -> Self {
        let registry = context().registry(Silent, "evdev");
        let names = catalogue(language);
        let name = |english: &str| names.get(english).unwrap_or(english).to_owned();

        let mut seen = HashSet::new();
        let mut layouts = Vec::new();

        for layout in registry.layouts {
            let english = layout.description.unwrap_or_else(|| layout.name.clone());

            let plain = Layout {
                code: layout.name.clone(),
                variant: String::new(),
                name: name(&english),
                label: label(&layout.name, &english),
                english,
                languages: layout.languages.clone(),
            };

            let variants = layout.variants.into_iter().map(|variant| {
                let english = variant.description.unwrap_or_else(|| variant.name.clone());

                Layout {
                    code: layout.name.clone(),
                    variant: variant.name,
                    name: name(&english),
                    label: label(&layout.name, &english),
                    english,
                    languages: if variant.languages.is_empty() {
                        layout.languages.clone()
                    } else {
                        variant.languages
                    },
                }
            });

            for layout in std::iter::once(plain).chain(variants) {
                if NOT_FOR_TYPING.contains(&(&layout.code, "*"))
                    || NOT_FOR_TYPING.contains(&(&layout.code, &layout.variant))
                {
                    continue;
                }

                // The extras repeat the layouts that they add variants to.
                if seen.insert((layout.code.clone(), layout.variant.clone())) {
                    layouts.push(layout);
                }
            }
        }

        layouts.sort_by_cached_key(|layout| layout.name.to_lowercase());

        Self(layouts)
    }

    /// All of them, in the order of their names.
    #[must_use]
    pub fn all(&self) -> &[Layout] {
        &self.0
    }

    /// The layout with this code and variant.
    #[must_use]
    pub fn get(&self, code: &str, variant: &str) -> Option<&Layout> {
        self.position(code, variant).and_then(|at| self.0.get(at))
    }

    /// Where in [`Layouts::all`] a layout is.
    #[must_use]
    pub fn position(&self, code: &str, variant: &str) -> Option<usize> {
        self.0
            .iter()
            .position(|layout| layout.code == code && layout.variant == variant)
    }

    /// The layouts that fit what was typed, best first: by their own name, English name, code or language.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<&Layout> {
        let mut found: Vec<_> = self
            .0
            .iter()
            .filter_map(|layout| {
                let by_name = search::rank(&layout.name, text).map(|rank| rank * 2 + 1);
                let by_rest = search::rank(&layout.keywords(), text).map(|rank| rank * 2);

                Some((by_name.max(by_rest)?, layout))
            })
            .collect();

        found.sort_by_key(|(rank, _)| Reverse(*rank));

        found.into_iter().map(|(_, layout)| layout).collect()
    }

    /// The layout most people of a language ("de", "pt-BR", "fr-CH") have in front of them; American when unknown.
    #[must_use]
    pub fn default_for(&self, language: &str) -> Option<&Layout> {
        let (code, variant) = usual(language);

        self.get(code, variant).or_else(|| self.get("us", ""))
    }
}

/// What xkeyboard-config lists and nobody could type a name with: a placeholder for a file of the administrator's, keys
/// that give dots of Braille for an input method, and signs to be put on top of another layout. `*` is every variant.
const NOT_FOR_TYPING: [(&str, &str); 3] = [("custom", "*"), ("brai", "*"), ("cz", "typo")];

/// Short label of a layout: its code, and what its description has in brackets unless that says the code again.
fn label(code: &str, english: &str) -> String {
    let short = code.to_uppercase();

    let Some((_, rest)) = english.split_once(" (") else {
        return short;
    };
    let detail = rest.trim_end_matches(')');
    let detail = detail
        .strip_prefix(&short)
        .map_or(detail, |rest| rest.trim_start_matches([',', ' ']));

    if detail.is_empty() {
        short
    } else {
        format!("{short} ({detail})")
    }
}

/// xkeyboard-config's translations for a language, or for what it is a dialect of.
fn catalogue(language: &str) -> Catalogue {
    let exact = language.replace('-', "_");
    let broad = exact.split('_').next().unwrap_or(&exact).to_owned();

    // A language tag names a folder here: it must not be able to name any other.
    [exact, broad]
        .into_iter()
        .filter(|tag| !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '@'))
        .map(|tag| {
            Path::new("/usr/share/locale")
                .join(tag)
                .join("LC_MESSAGES/xkeyboard-config.mo")
        })
        .find(|path| path.exists())
        .map(|path| Catalogue::open(&path))
        .unwrap_or_default()
}

fn usual(language: &str) -> (&'static str, &'static str) {
    let tag = language.replace('_', "-").to_lowercase();

    // Where a country's keyboard differs from its language's.
    match tag.as_str() {
        "en-gb" | "en-ie" => return ("gb", ""),
        "de-ch" => return ("ch", ""),
        "fr-ch" => return ("ch", "fr"),
        "de-at" => return ("at", ""),
        "fr-be" | "nl-be" => return ("be", ""),
        "fr-ca" => return ("ca", ""),
        "pt-br" => return ("br", ""),
        "es-mx" | "es-ar" | "es-co" | "es-cl" | "es-pe" | "es-419" => return ("latam", ""),
        _ => {}
    }

    match tag.split('-').next().unwrap_or_default() {
        "ar" => ("ara", ""),
        "be" => ("by", ""),
        "bg" => ("bg", ""),
        "bn" => ("bd", ""),
        "bs" => ("ba", ""),
        "ca" => ("es", "cat"),
        "cs" => ("cz", ""),
        "da" => ("dk", ""),
        "de" => ("de", ""),
        "el" => ("gr", ""),
        "eo" => ("epo", ""),
        "es" => ("es", ""),
        "et" => ("ee", ""),
        "fa" => ("ir", ""),
        "fi" => ("fi", ""),
        "fr" => ("fr", ""),
        "ga" => ("ie", ""),
        "he" => ("il", ""),
        "hi" => ("in", ""),
        "hr" => ("hr", ""),
        "hu" => ("hu", ""),
        "hy" => ("am", ""),
        "is" => ("is", ""),
        "it" => ("it", ""),
        "ja" => ("jp", ""),
        "ka" => ("ge", ""),
        "kk" => ("kz", ""),
        "km" => ("kh", ""),
        "ko" => ("kr", ""),
        "lt" => ("lt", ""),
        "lv" => ("lv", ""),
        "mk" => ("mk", ""),
        "mn" => ("mn", ""),
        "nb" | "nn" | "no" => ("no", ""),
        "nl" => ("us", "intl"),
        "pl" => ("pl", ""),
        "pt" => ("pt", ""),
        "ro" => ("ro", ""),
        "ru" => ("ru", ""),
        "sk" => ("sk", ""),
        "sl" => ("si", ""),
        "sq" => ("al", ""),
        "sr" => ("rs", ""),
        "sv" => ("se", ""),
        "th" => ("th", ""),
        "tr" => ("tr", ""),
        "uk" => ("ua", ""),
        "ur" => ("pk", ""),
        "vi" => ("vn", ""),
        _ => ("us", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_layout_exists() {
        let layouts = Layouts::load("en");

        for language in ["de", "fr", "en", "pt-BR", "fr-CH", "nl", "es-MX", "ca", "sr", "xx", ""] {
            let (code, variant) = usual(language);

            assert!(
                layouts.get(code, variant).is_some(),
                "{language}: {code}({variant}) is not installed"
            );
        }

        assert_eq!(layouts.default_for("de").unwrap().code, "de");
        assert_eq!(layouts.default_for("fr-FR").unwrap().code, "fr");
        assert_eq!(layouts.default_for("tlh").unwrap().code, "us");
    }

    #[test]
    fn labels_are_short_and_say_nothing_twice() {
        assert_eq!(label("de", "German"), "DE");
        assert_eq!(label("us", "English (US)"), "US");
        assert_eq!(label("fr", "French (AZERTY)"), "FR (AZERTY)");
        assert_eq!(
            label("us", "English (US, intl., with dead keys)"),
            "US (intl., with dead keys)"
        );
    }

    #[test]
    fn typed_text_finds_the_layout_by_code_by_english_and_by_its_own_name() {
        let layouts = Layouts::load("de");
        let first = |text: &str| {
            layouts
                .search(text)
                .first()
                .map(|layout| layout.code.clone())
                .unwrap_or_default()
        };

        assert_eq!(first("german"), "de");
        assert_eq!(first("fr"), "fr");
        assert_eq!(first("hungar"), "hu");
        assert!(layouts.search("dvorak").len() > 10);
        assert!(layouts.search("there is no such keyboard").is_empty());
    }

    #[test]
    fn names_come_in_the_language_asked_for() {
        let layouts = Layouts::load("de");

        if !Path::new("/usr/share/locale/de/LC_MESSAGES/xkeyboard-config.mo").exists() {
            assert_eq!(
                layouts.get("fr", "").unwrap().name,
                layouts.get("fr", "").unwrap().english
            );
            return;
        }

        assert_eq!(layouts.get("de", "").unwrap().name, "Deutsch");
    }

    #[test]
    fn a_language_tag_cannot_leave_the_folder_of_translations() {
        assert!(catalogue("../../etc").get("German").is_none());
    }
}
