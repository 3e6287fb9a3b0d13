//! Which of many translations a person gets.

/// The languages of a person, in order, each followed by what it falls back to; the untranslated text comes last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Languages {
    accepted: Vec<String>,
}

/// Locales that are looked at; a person has a few.
const MAXIMUM: usize = 32;

impl Languages {
    /// Takes locale names such as `de_AT.UTF-8`, `sr@latin` or `pt-BR`, the preferred one first. `de_AT` is followed
    /// by `de`. `C` and `POSIX` stand for the untranslated text and end the list.
    pub fn new<I, S>(locales: I) -> Languages
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let mut accepted: Vec<String> = Vec::new();
        for locale in locales {
            let locale = normal(locale.as_ref());
            if matches!(locale.as_str(), "" | "c" | "posix") {
                break;
            }
            let (base, variant) = match locale.split_once('@') {
                Some((base, variant)) => (base, Some(variant)),
                None => (locale.as_str(), None),
            };
            let language = base.split('_').next().unwrap_or(base);
            let mut offer = |candidate: String| {
                if !accepted.contains(&candidate) && accepted.len() < MAXIMUM {
                    accepted.push(candidate);
                }
            };
            if let Some(variant) = variant {
                offer(format!("{base}@{variant}"));
                offer(format!("{language}@{variant}"));
            }
            offer(base.to_owned());
            offer(language.to_owned());
        }
        Languages { accepted }
    }

    /// How good a translation is for this person: 0 is best, `None` is not wanted. Nothing, `C` and `en` are the
    /// untranslated text.
    pub(crate) fn rank(&self, language: Option<&str>) -> Option<u16> {
        let fallback = self.fallback();
        let Some(language) = language else {
            return Some(fallback);
        };
        // Most of a catalogue are translations into other languages: those must cost little.
        let found = if language.contains('-') || language.contains('.') {
            let language = normal(language);
            self.accepted.iter().position(|accepted| *accepted == language)
        } else {
            self.accepted
                .iter()
                .position(|accepted| accepted.eq_ignore_ascii_case(language))
        };
        match found {
            Some(found) => u16::try_from(found).ok(),
            None if matches!(language, "" | "C" | "en" | "POSIX") => Some(fallback),
            None => None,
        }
    }

    /// The rank of the untranslated text.
    pub(crate) fn fallback(&self) -> u16 {
        u16::try_from(self.accepted.len()).unwrap_or(u16::MAX - 1)
    }

    /// The names that are accepted, in order.
    pub fn accepted(&self) -> &[String] {
        &self.accepted
    }
}

/// `de_AT.UTF-8` and `de-AT` are `de_at`, `sr-Latn-RS` is `sr_rs@latin`, `zh-Hant` is `zh_tw`.
fn normal(locale: &str) -> String {
    let lower: String = locale
        .trim()
        .chars()
        .take(64)
        .map(|character| {
            if character == '-' {
                '_'
            } else {
                character.to_ascii_lowercase()
            }
        })
        .collect();
    let (rest, mut variant) = match lower.split_once('@') {
        Some((rest, variant)) => (rest, Some(variant)),
        None => (lower.as_str(), None),
    };
    let rest = rest.split('.').next().unwrap_or(rest);
    let mut parts = Vec::new();
    for part in rest.split('_') {
        match part {
            "latn" => variant = variant.or(Some("latin")),
            "cyrl" => variant = variant.or(Some("cyrillic")),
            "hans" if !rest.contains("_cn") && !rest.contains("_sg") => parts.push("cn"),
            "hant" if !rest.contains("_tw") && !rest.contains("_hk") => parts.push("tw"),
            "hans" | "hant" => {}
            part => parts.push(part),
        }
    }
    let mut normal = parts.join("_");
    if let Some(variant) = variant {
        normal.push('@');
        normal.push_str(variant);
    }
    normal
}

/// Keeps the best translation that it is offered.
#[derive(Debug)]
pub(crate) struct Best<T> {
    rank: Option<u16>,
    value: T,
}

impl<T: Default> Default for Best<T> {
    fn default() -> Best<T> {
        Best {
            rank: None,
            value: T::default(),
        }
    }
}

impl<T: Default> Best<T> {
    /// Whether a text of this rank would be kept; of two equal ones the first is.
    pub(crate) fn wants(&self, rank: Option<u16>) -> bool {
        rank.is_some_and(|rank| self.rank.is_none_or(|kept| rank < kept))
    }

    /// Keeps it if it is better.
    pub(crate) fn offer(&mut self, rank: Option<u16>, value: T) {
        if self.wants(rank) {
            self.rank = rank;
            self.value = value;
        }
    }

    /// What was kept, or nothing.
    pub(crate) fn take(self) -> T {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(person: &[&str], offered: &[&'a str]) -> &'a str {
        let languages = Languages::new(person);
        let mut best = Best::default();
        for language in offered {
            best.offer(languages.rank(Some(language)), *language);
        }
        best.take()
    }

    #[test]
    fn a_country_falls_back_to_its_language_and_then_to_the_untranslated_text() {
        assert_eq!(best(&["de_AT.UTF-8"], &["C", "de", "de_AT", "fr"]), "de_AT");
        assert_eq!(best(&["de_AT.UTF-8"], &["C", "de", "de_CH", "fr"]), "de");
        assert_eq!(best(&["de_AT.UTF-8"], &["fr", "C", "de_CH"]), "C");
        assert_eq!(best(&["de_AT.UTF-8"], &["fr"]), "");
    }

    #[test]
    fn a_second_language_comes_before_the_untranslated_text() {
        assert_eq!(best(&["de_AT", "fr_FR"], &["C", "fr"]), "fr");
        assert_eq!(best(&["de_AT", "C", "fr_FR"], &["C", "fr"]), "C");
    }

    #[test]
    fn a_variant_is_another_writing_of_the_language() {
        assert_eq!(best(&["sr_RS@latin"], &["sr", "C", "sr@latin"]), "sr@latin");
        assert_eq!(best(&["sr_RS@latin"], &["sr", "C", "sr-Latn"]), "sr-Latn");
        assert_eq!(best(&["sr_RS"], &["C", "sr@latin", "sr"]), "sr");
        assert_eq!(best(&["ca_ES@valencia"], &["C", "ca"]), "ca");
    }

    #[test]
    fn both_ways_to_write_a_locale_are_the_same() {
        assert_eq!(best(&["pt_BR.UTF-8"], &["pt", "pt-BR"]), "pt-BR");
        assert_eq!(best(&["pt-br"], &["pt", "pt_BR"]), "pt_BR");
        assert_eq!(best(&["zh_TW"], &["C", "zh-Hans-CN", "zh-Hant-TW"]), "zh-Hant-TW");
    }
}
