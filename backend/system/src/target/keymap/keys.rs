//! What keys type: of a layout of xkeyboard-config, as the window has it, and of a console keymap's file.

use std::collections::BTreeMap;
use std::io::Read;

use kbvm::lookup::LookupTable;
use kbvm::xkb::Context;
use kbvm::xkb::diagnostic::{Diagnostic, DiagnosticHandler, DiagnosticKind};
use kbvm::xkb::rmlvo::Group;
use kbvm::{GroupIndex, Keycode, Keysym, ModifierMask};

use super::{FILE_LIMIT, Files, Root};
use crate::Error;
use crate::target::Keyboard;

/// Keys with signs, by the kernel's numbers: the rows of a pc105 keyboard from left to right.
const SIGNS: [std::ops::RangeInclusive<u32>; 5] = [2..=13, 16..=27, 30..=41, 43..=53, 86..=86];
/// Keymaps that include one another, at most.
const DEPTH: u32 = 5;
/// Digits have names in a keymap.
const DIGITS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// What keys type, by their number: alone and with Shift.
#[derive(Debug, Default)]
pub(super) struct Keys(BTreeMap<u32, [Option<Keysym>; 2]>);

/// Nobody reads here what is wrong in the system's files.
struct Silent;

impl DiagnosticHandler for Silent {
    fn filter(&self, _kind: DiagnosticKind, _is_fatal: bool) -> bool {
        false
    }

    fn handle(&mut self, _diagnostic: Diagnostic) {}
}

impl Keys {
    /// Those of a layout, by the running system's xkeyboard-config: that is where a person chose it. None of an unknown one.
    pub(super) fn of_layout(keyboard: &Keyboard) -> Self {
        let mut builder = Context::builder();
        builder.enable_environment(false);
        // Of several layouts the console has the first.
        let groups = [Group {
            layout: first(&keyboard.layout),
            variant: first(&keyboard.variant),
        }];
        let keymap =
            builder
                .build()
                .keymap_from_names(Silent, Some("evdev"), Some(&keyboard.model), Some(&groups), Some(&[]));
        let table = keymap.to_builder().build_lookup_table();
        let codes = SIGNS.into_iter().flatten();
        Self(
            codes
                .map(|code| {
                    let typed = [ModifierMask::NONE, ModifierMask::SHIFT].map(|held| typed(&table, code, held));
                    (code, typed)
                })
                .collect(),
        )
    }

    /// Those of a keymap's file and of what it includes; what cannot be read types nothing.
    pub(super) fn of_keymap(root: &Root, files: &Files, path: &str) -> Result<Self, Error> {
        let mut keys = Self::default();
        keys.add(root, files, path, DEPTH)?;
        Ok(keys)
    }

    fn add(&mut self, root: &Root, files: &Files, path: &str, depth: u32) -> Result<(), Error> {
        for line in text(root, path)?.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("include") {
                let name = name.split('"').nth(1).unwrap_or_default();
                if let Some(included) = files.included(name)
                    && depth > 0
                {
                    self.add(root, files, included, depth - 1)?;
                }
            } else if let Some((code, typed)) = keymap_key(line) {
                let key = self.0.entry(code).or_default();
                for (symbol, new) in key.iter_mut().zip(typed) {
                    *symbol = new.or(*symbol);
                }
            }
        }
        Ok(())
    }

    /// Whether it types a letter at all.
    pub(super) fn has_letters(&self) -> bool {
        self.letters().next().is_some()
    }

    /// Whether all of its letters are on the same keys there.
    pub(super) fn letters_are_in(&self, other: &Self) -> bool {
        self.has_letters()
            && self
                .letters()
                .all(|(code, level, letter)| other.get(code, level) == Some(letter))
    }

    /// How many of its letters, signs and dead keys are on the same keys there.
    pub(super) fn in_common(&self, other: &Self) -> usize {
        let same = |(code, level, symbol): &(u32, usize, Keysym)| other.get(*code, *level) == Some(*symbol);
        self.all().filter(same).count()
    }

    fn get(&self, code: u32, level: usize) -> Option<Keysym> {
        *self.0.get(&code)?.get(level)?
    }

    /// Key, level, what it types.
    fn all(&self) -> impl Iterator<Item = (u32, usize, Keysym)> {
        let levels = |(code, typed): (&u32, &[Option<Keysym>; 2])| {
            let code = *code;
            let typed = typed.iter().enumerate();
            typed
                .filter_map(move |(level, symbol)| Some((code, level, (*symbol)?)))
                .collect::<Vec<_>>()
        };
        self.0.iter().flat_map(levels)
    }

    fn letters(&self) -> impl Iterator<Item = (u32, usize, Keysym)> {
        self.all()
            .filter(|(_, _, symbol)| symbol.char().is_some_and(char::is_alphabetic))
    }
}

fn first(list: &str) -> &str {
    list.split(',').next().unwrap_or_default()
}

fn typed(table: &LookupTable, code: u32, held: ModifierMask) -> Option<Keysym> {
    let symbols = table.lookup(GroupIndex::ZERO, held, Keycode::from_evdev(code));
    // Shift with a key that has no second level types what the key types alone: as on a console.
    symbols.into_iter().next().map(|symbol| symbol.keysym())
}

/// `keycode  39 = +odiaeresis  +Odiaeresis`, `plain keycode 39 = …`, `shift keycode 39 = …`
fn keymap_key(line: &str) -> Option<(u32, [Option<Keysym>; 2])> {
    let (held, rest) = line.split_once("keycode")?;
    let (code, symbols) = rest.split_once('=')?;
    let code = code.trim().parse().ok()?;
    let mut symbols = symbols
        .split_whitespace()
        .take_while(|symbol| !symbol.starts_with(['#', '!']));
    let first = symbols.next().and_then(keysym);
    let typed = match held.trim() {
        "" => {
            let second = match symbols.next() {
                Some(name) => keysym(name),
                // A single letter: the others of the row follow from it.
                None => first.map(Keysym::to_uppercase),
            };
            [first, second]
        }
        "plain" => [first, None],
        "shift" => [None, first],
        _ => return None,
    };
    Some((code, typed))
}

/// What a keymap calls by this name.
fn keysym(name: &str) -> Option<Keysym> {
    // A plus sign: Caps Lock is Shift for this key.
    let name = name.trim_start_matches('+');
    if let Some(digit) = DIGITS.iter().position(|word| *word == name) {
        return Keysym::from_str(&digit.to_string());
    }
    match name.strip_prefix("U+") {
        Some(number) => char::from_u32(u32::from_str_radix(number, 16).ok()?).map(Keysym::from_char),
        None => Keysym::from_str(name),
    }
}

/// A keymap's text; empty if it cannot be read.
fn text(root: &Root, path: &str) -> Result<String, Error> {
    let bytes = root.read(path, FILE_LIMIT)?.unwrap_or_default();
    let mut plain = Vec::new();
    let read = if path.ends_with(".gz") {
        flate2::read::GzDecoder::new(bytes.as_slice())
            .take(FILE_LIMIT)
            .read_to_end(&mut plain)
    } else if path.ends_with(".zst") {
        zstd::Decoder::new(bytes.as_slice()).and_then(|packed| packed.take(FILE_LIMIT).read_to_end(&mut plain))
    } else {
        plain = bytes;
        Ok(plain.len())
    };
    if let Err(error) = read {
        tracing::warn!("the keymap {path} cannot be read: {error}");
        plain.clear();
    }
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<(u32, [Option<char>; 2])> {
        keymap_key(line).map(|(code, typed)| (code, typed.map(|symbol| symbol.and_then(Keysym::char))))
    }

    #[test]
    fn keys_of_a_layout_and_of_a_keymap_are_read_alike() {
        let german = Keys::of_layout(&Keyboard::new("de", ""));
        let umlaut = (39, [Some('ö'), Some('Ö')]);
        assert_eq!(
            german.0.get(&39).unwrap().map(|symbol| symbol.unwrap().char()),
            umlaut.1
        );
        assert_eq!(of("keycode  39 = +odiaeresis       +Odiaeresis"), Some(umlaut));
        assert_eq!(of("keycode  39 = U+00f6 U+00d6 # ö"), Some(umlaut));
        assert_eq!(of("keycode 16 = q"), Some((16, [Some('q'), Some('Q')])));
        assert_eq!(of("keycode 8 = seven slash"), Some((8, [Some('7'), Some('/')])));
        assert_eq!(of("shift keycode 8 = slash"), Some((8, [None, Some('/')])));
        assert_eq!(of("\talt keycode  39 = Meta_a"), None);
        assert!(!Keys::of_layout(&Keyboard::new("nowhere", "")).has_letters());
    }
}
