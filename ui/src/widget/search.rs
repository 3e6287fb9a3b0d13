//! Finding one of many names by what was typed.

/// How well `text` fits what was typed, more is better; `None` if it does not. Every typed word must occur; the start of
/// the text counts most, then the start of a word.
#[must_use]
pub fn rank(text: &str, typed: &str) -> Option<u32> {
    let text = fold(text);
    let mut total = 0;

    for word in fold(typed).split_whitespace() {
        let best = text
            .match_indices(word)
            .map(|(at, _)| {
                let starts = text
                    .get(..at)
                    .is_some_and(|before| !before.ends_with(char::is_alphanumeric));
                let ends = text
                    .get(at + word.len()..)
                    .is_some_and(|after| !after.starts_with(char::is_alphanumeric));

                match (at, starts, ends) {
                    (0, _, true) => 16,
                    (_, true, true) => 12,
                    (0, _, false) => 8,
                    (_, true, false) => 4,
                    _ => 1,
                }
            })
            .max()?;

        total += best;
    }

    Some(total)
}

/// Lower case, and without the accents that people leave out.
fn fold(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .map(|c| match c {
            'à'..='å' => 'a',
            'ç' => 'c',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ñ' => 'n',
            'ò'..='ö' | 'ø' => 'o',
            'ù'..='ü' => 'u',
            'ý' | 'ÿ' => 'y',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_name_beats_its_middle() {
        assert!(rank("German", "ger") > rank("Swiss German", "ger"));
        assert!(rank("Swiss German", "ger") > rank("Algeria", "ger"));
        assert_eq!(rank("French", "ger"), None);
    }

    #[test]
    fn accents_and_case_do_not_matter() {
        assert!(rank("Français (bépo)", "FRANCAIS bepo").is_some());
    }

    #[test]
    fn nothing_typed_fits_everything() {
        assert_eq!(rank("anything", "  "), Some(0));
    }
}
