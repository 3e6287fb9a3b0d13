//! Why a state was made, in the reader's language. The engine writes it down in English when the state is made, as the
//! journal of the system; what is not known here is shown as it was written.

use moult_i18n::{Language, fl};

/// The engine's line about a state, as a sentence.
pub(super) fn summary(language: Language, line: &str) -> String {
    let after = |start: &str| line.strip_prefix(start).filter(|rest| !rest.is_empty());

    if line == "Update the system" {
        return fl!(language, "store-history-did-update-all");
    }
    if line == "Follow a system model" {
        return fl!(language, "store-history-did-model");
    }
    if let Some(names) = after("Mark ").and_then(|rest| rest.strip_suffix(" as not chosen")) {
        return fl!(
            language,
            "store-history-did-mark-automatic",
            names = list(language, names)
        );
    }
    if let Some(names) = after("Mark ").and_then(|rest| rest.strip_suffix(" as chosen")) {
        return fl!(language, "store-history-did-mark", names = list(language, names));
    }
    if let Some(names) = after("Install ") {
        return fl!(language, "store-history-did-install", names = list(language, names));
    }
    if let Some(names) = after("Reinstall ") {
        return fl!(language, "store-history-did-reinstall", names = list(language, names));
    }
    if let Some(names) = after("Remove ") {
        return fl!(language, "store-history-did-remove", names = list(language, names));
    }
    if let Some(names) = after("Update ") {
        return fl!(language, "store-history-did-update", names = list(language, names));
    }
    if let Some(names) = after("Bring the newer ") {
        return fl!(language, "store-history-did-bring", names = names);
    }

    line.to_owned()
}

/// "a, b and 3 more": names, and how many the engine left out.
fn list(language: Language, names: &str) -> String {
    let cut = names
        .strip_suffix(" more")
        .and_then(|names| names.rsplit_once(" and "))
        .and_then(|(names, more)| Some((names, more.parse::<u64>().ok()?)));

    match cut {
        Some((names, more)) => fl!(language, "store-history-names-more", names = names, count = more),
        None => names.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_engine_wrote_is_told_in_the_readers_language() {
        assert_eq!(
            summary(Language::German, "Install krita, gimp"),
            "krita, gimp installiert"
        );
        assert_eq!(
            summary(Language::English, "Update a, b, c, d and 3 more"),
            "Updated a, b, c, d and 3 more"
        );
        assert_eq!(summary(Language::French, "Update the system"), "Système mis à jour");
        assert_eq!(
            summary(Language::English, "Mark bash as not chosen"),
            "bash is only there as long as others need it"
        );
    }

    #[test]
    fn what_is_not_known_is_shown_as_it_was_written() {
        assert_eq!(summary(Language::German, "Something else"), "Something else");
        assert_eq!(summary(Language::German, ""), "");
    }
}
