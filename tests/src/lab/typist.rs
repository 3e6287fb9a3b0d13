//! A person at a real keyboard: which keys make a character in a layout, and QEMU's names of them.

use super::Error;

/// A layout that somebody types in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// United States.
    Us,
    /// Germany.
    German,
}

/// What is held while a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Nothing,
    Shift,
    AltGr,
}

/// A row of keys: what each types alone, with Shift, with AltGr (a space: nothing), and the evdev code of the first.
type Row = (&'static str, &'static str, &'static str, u32);

const US: [Row; 4] = [
    ("1234567890-=", "!@#$%^&*()_+", "", 2),
    ("qwertyuiop[]", "QWERTYUIOP{}", "", 16),
    ("asdfghjkl;'`", "ASDFGHJKL:\"~", "", 30),
    ("\\zxcvbnm,./", "|ZXCVBNM<>?", "", 43),
];

/// Dead keys (´ ` ^) type nothing alone and are not in it.
const GERMAN: [Row; 5] = [
    ("1234567890ß", "!\"§$%&/()=?", "      {[]}\\", 2),
    ("qwertzuiopü+", "QWERTZUIOPÜ*", "@          ~", 16),
    ("asdfghjklöä", "ASDFGHJKLÖÄ", "", 30),
    ("#yxcvbnm,.-", "'YXCVBNM;:_", "", 43),
    ("<", ">", "|", 86),
];

/// The keys to press for a character, in the order in which they go down, as values for QMP's `send-key`.
///
/// # Errors
/// [`Error::NoKey`] if the layout has none.
pub(crate) fn keys(layout: Layout, character: char) -> Result<Vec<Key>, Error> {
    match character {
        ' ' => return Ok(vec![Key::Code(57)]),
        '\n' => return Ok(vec![Key::Named("ret")]),
        '\t' => return Ok(vec![Key::Named("tab")]),
        _ => {}
    }
    let rows: &[Row] = match layout {
        Layout::Us => &US,
        Layout::German => &GERMAN,
    };
    let (code, held) = rows
        .iter()
        .find_map(|row| on_row(row, character))
        .ok_or(Error::NoKey(character))?;
    let mut keys = match held {
        Held::Nothing => Vec::new(),
        Held::Shift => vec![Key::Named("shift")],
        Held::AltGr => vec![Key::Named("alt_r")],
    };
    keys.push(Key::Code(code));
    Ok(keys)
}

fn on_row((plain, shifted, third, first): &Row, character: char) -> Option<(u32, Held)> {
    let at = |level: &str, held| {
        let at = level.chars().position(|other| other == character)?;
        Some((first + u32::try_from(at).ok()?, held))
    };
    at(plain, Held::Nothing)
        .or_else(|| at(shifted, Held::Shift))
        .or_else(|| at(third, Held::AltGr))
}

/// A key of QMP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// QEMU's name of it, for keys that every layout has in the same place.
    Named(&'static str),
    /// Its code: up to 88 evdev's codes are those of the AT keyboard, which QEMU counts in.
    Code(u32),
}

impl Key {
    /// A `KeyValue` of QMP.
    pub(crate) fn value(&self) -> serde_json::Value {
        match self {
            Key::Named(name) => serde_json::json!({"type": "qcode", "data": name}),
            Key::Code(code) => serde_json::json!({"type": "number", "data": code}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(layout: Layout, character: char) -> Vec<Key> {
        keys(layout, character).unwrap()
    }

    #[test]
    fn every_printable_ascii_character_has_a_key_but_for_germanys_dead_ones() {
        for character in ' '..='~' {
            assert!(keys(Layout::Us, character).is_ok(), "{character:?}");
            let dead = "^`".contains(character);
            assert_eq!(keys(Layout::German, character).is_err(), dead, "{character:?}");
        }
    }

    #[test]
    fn the_same_key_is_y_in_one_layout_and_z_in_the_other() {
        assert_eq!(typed(Layout::Us, 'y'), typed(Layout::German, 'z'));
        assert_eq!(typed(Layout::German, 'y'), [Key::Code(44)]);
        assert_eq!(typed(Layout::German, '/'), [Key::Named("shift"), Key::Code(8)]);
        assert_eq!(typed(Layout::German, '|'), [Key::Named("alt_r"), Key::Code(86)]);
        assert_eq!(typed(Layout::German, '\\'), [Key::Named("alt_r"), Key::Code(12)]);
        assert_eq!(typed(Layout::German, '@'), [Key::Named("alt_r"), Key::Code(16)]);
        assert_eq!(typed(Layout::German, '~'), [Key::Named("alt_r"), Key::Code(27)]);
        assert!(matches!(keys(Layout::Us, 'ß'), Err(Error::NoKey('ß'))));
    }
}
