//! How texts are compared: without case and accents, word by word, one typing error apart.

use nucleo_matcher::{Config, Matcher, Utf32Str, chars};

/// Words are compared by so many characters.
const LONGEST: usize = 32;

/// A text without case and accents. Combining accents are left out.
pub fn fold(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{300}'..='\u{36f}' => None,
        c if c.is_ascii() => Some(c.to_ascii_lowercase()),
        c => Some(chars::to_lower_case(chars::normalize(c))),
    };
    text.chars().filter_map(plain).collect()
}

/// A name, or what may be one, in the form in which names are compared as a whole: folded, and every `-`, `_`, `.`
/// and run of spaces is one `-`. It has no line breaks.
pub fn key(name: &str) -> String {
    let folded = fold(name);
    let mut key = String::with_capacity(folded.len());
    for part in folded.split(|c: char| "-_.".contains(c) || c.is_whitespace() || c.is_control()) {
        if part.is_empty() {
            continue;
        }
        if !key.is_empty() {
            key.push('-');
        }
        key.push_str(part);
    }
    key
}

/// The words of a folded text. `+` and `#` belong to a word: C++ and C# are not C.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    let within = |c: char| c.is_alphanumeric() || c == '+' || c == '#';
    let pieces = folded.split(move |c: char| !within(c)).filter(|word| !word.is_empty());
    pieces.map(|word| match word.char_indices().nth(LONGEST) {
        Some((end, _)) => word.get(..end).unwrap_or(word),
        None => word,
    })
}

/// One bit for each letter that is in a folded text: what is missing in it is found without looking at it. The two
/// highest bits are never set.
pub fn letters(folded: &str) -> u64 {
    folded.chars().fold(0, |set, c| {
        let bit = match c {
            'a'..='z' => u32::from(c) - u32::from('a'),
            '0'..='9' => 26 + u32::from(c) - u32::from('0'),
            c => 36 + u32::from(c) % 26,
        };
        set | 1 << bit
    })
}

/// Compares loosely: whether a key has the letters of a word in their order, and not by chance, as many long names do:
/// they must stand together or begin words.
#[derive(Debug)]
pub struct Loosely {
    matcher: Matcher,
    word: Vec<char>,
    key: Vec<char>,
}

impl Default for Loosely {
    fn default() -> Loosely {
        Loosely {
            matcher: Matcher::new(Config::DEFAULT),
            word: Vec::new(),
            key: Vec::new(),
        }
    }
}

impl Loosely {
    /// Whether the word fits the key; both are folded.
    pub fn fits(&mut self, word: &str, key: &str) -> bool {
        let word = Utf32Str::new(word, &mut self.word);
        let enough = u16::try_from(word.len() * 18).unwrap_or(u16::MAX);
        let score = self.matcher.fuzzy_match(Utf32Str::new(key, &mut self.key), word);
        score.is_some_and(|score| score >= enough)
    }
}

/// How a word is one typing error away from what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// The whole word is.
    Whole,
    /// Its beginning is.
    Beginning,
}

/// Whether one letter left out, put in, mistaken for another or swapped with its neighbour leads from `typed` to the
/// word, or to its beginning. The word itself, and a word that begins so, is no slip.
pub fn slip(typed: &str, word: &str) -> Option<Slip> {
    // Mostly both are ASCII; then bytes are letters.
    if typed.is_ascii() && word.is_ascii() {
        compare(typed.as_bytes(), word.as_bytes())
    } else {
        let (typed, word): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
        compare(&typed, &word)
    }
}

fn compare<T: PartialEq>(typed: &[T], word: &[T]) -> Option<Slip> {
    let same = typed.iter().zip(word).take_while(|(a, b)| a == b).count();
    if same == typed.len() {
        return None;
    }
    let rest =
        |of: &[T], from: usize| -> Option<std::ops::Range<usize>> { (from <= of.len()).then_some(from..of.len()) };
    let follows = |skip_typed: usize, skip_word: usize| -> Option<Slip> {
        let typed = typed.get(rest(typed, same + skip_typed)?)?;
        let word = word.get(rest(word, same + skip_word)?)?;
        match word.strip_prefix(typed) {
            Some([]) => Some(Slip::Whole),
            Some(_) => Some(Slip::Beginning),
            None => None,
        }
    };
    let swapped =
        typed.get(same) == word.get(same + 1) && typed.get(same + 1) == word.get(same) && typed.get(same + 1).is_some();
    let all = [
        follows(1, 1),
        follows(1, 0),
        follows(0, 1),
        if swapped { follows(2, 2) } else { None },
    ];
    let found = |wanted| all.contains(&Some(wanted)).then_some(wanted);
    found(Slip::Whole).or_else(|| found(Slip::Beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_the_way_an_accent_is_written_make_no_difference() {
        assert_eq!(fold("Éditeur ÅNGSTRÖM"), "editeur angstrom");
        assert_eq!(fold("e\u{301}diteur"), "editeur");
        assert_eq!(fold("МИР"), "мир");
    }

    #[test]
    fn a_name_is_the_same_with_spaces_dots_and_dashes() {
        assert_eq!(key("Visual  Studio_code.1"), "visual-studio-code-1");
        assert_eq!(key("a\nb"), "a-b");
        assert_eq!(key("g++"), "g++");
    }

    #[test]
    fn a_text_falls_into_its_words() {
        let found: Vec<&str> = words("gtk-4.0 (c++), f# 世界").collect();
        assert_eq!(found, ["gtk", "4", "0", "c++", "f#", "世界"]);
        assert_eq!(words(&"ä".repeat(99)).next().map(str::len), Some(2 * LONGEST));
    }

    #[test]
    fn one_typing_error_of_each_kind_is_seen_and_two_are_not() {
        for typed in [
            "firefx", "firefoxx", "firefix", "fierfox", "irefox", "xfirefox", "firefxo",
        ] {
            assert_eq!(slip(typed, "firefox"), Some(Slip::Whole), "{typed}");
        }
        assert_eq!(slip("fief", "firefox"), Some(Slip::Beginning));
        assert_eq!(slip("fierf", "firefox"), Some(Slip::Beginning));
        assert_eq!(slip("möbl", "möbel"), Some(Slip::Whole));
        for typed in ["fiefx", "ifreofx", "thunder", "firefox", "fire"] {
            assert_eq!(slip(typed, "firefox"), None, "{typed}");
        }
        assert_eq!(slip("", "x"), None);
    }

    #[test]
    fn the_two_highest_bits_of_the_letters_are_free() {
        let every: String = (0..0x3000u32).filter_map(char::from_u32).collect();
        assert_eq!(letters(&every) >> 62, 0);
        assert_eq!(letters("aab"), 0b11);
    }
}
