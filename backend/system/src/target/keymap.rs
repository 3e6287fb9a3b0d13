//! The console keymap that types what a layout of xkeyboard-config types, among those that the target has.
//!
//! systemd's table says which are meant for a layout, but not which of them type its letters: `de` has brackets where a German keyboard
//! has ä, ö and ü, `de-latin1` has the letters. A password that holds one could not be typed. So of those that the table calls equal, the
//! one that has most letters in common with the layout is taken, key by key.

use std::collections::BTreeMap;
use std::io::Read;

use super::keyboard::Keyboard;
use super::root::Root;
use crate::Error;

const MODEL_MAP: &str = "usr/share/systemd/kbd-model-map";
/// Where xkeyboard-config keeps its layouts.
const SYMBOLS: &str = "usr/share/X11/xkb/symbols";
/// Where packages of console keymaps put them: kbd's own place, Debian's, older ones.
const KEYMAPS: [&str; 4] = [
    "usr/share/kbd/keymaps",
    "usr/share/keymaps",
    "usr/lib/kbd/keymaps",
    "usr/share/consolekeymaps",
];
const SUFFIXES: [&str; 5] = [".map.gz", ".map", ".kmap.gz", ".kmap", ".map.zst"];
/// What a keymap that has letters beyond ASCII is called beside one that has none.
const WITH_LETTERS: [&str; 2] = ["-latin1", "-latin9"];
const FILE_LIMIT: u64 = 1 << 20;

/// Rows of keys: xkeyboard-config's name without the number, how many there are, the first one's code.
const ROWS: [(&str, u32, u32); 4] = [("AE", 12, 2), ("AD", 12, 16), ("AC", 11, 30), ("AB", 10, 44)];
const KEYS: [(&str, u32); 4] = [("TLDE", 41), ("BKSL", 43), ("AC12", 43), ("LSGT", 86)];

/// ASCII's signs as keysyms. Its letters and digits have names of one character, or are called alike everywhere.
const ASCII: [&str; 32] = [
    "exclam",
    "quotedbl",
    "numbersign",
    "dollar",
    "percent",
    "ampersand",
    "apostrophe",
    "parenleft",
    "parenright",
    "asterisk",
    "plus",
    "comma",
    "minus",
    "period",
    "slash",
    "colon",
    "semicolon",
    "less",
    "equal",
    "greater",
    "question",
    "at",
    "bracketleft",
    "backslash",
    "bracketright",
    "asciicircum",
    "underscore",
    "grave",
    "braceleft",
    "bar",
    "braceright",
    "asciitilde",
];

/// What keys type, by their code: names of keysyms, alone and with Shift.
type Keys = BTreeMap<u32, Vec<String>>;

/// The console keymap to use; `None` = the target has none that fits.
pub(super) fn find(root: &Root, keyboard: &Keyboard) -> Result<Option<String>, Error> {
    let map = root.read_text(MODEL_MAP, FILE_LIMIT)?.unwrap_or_default();
    let mut there = BTreeMap::new();
    for folder in KEYMAPS {
        for path in root.files_below(folder, 6)? {
            let file = path.rsplit_once('/').map_or(path.as_str(), |(_, file)| file);
            if let Some(name) = SUFFIXES.iter().find_map(|suffix| file.strip_suffix(suffix)) {
                let _ = there.entry(name.to_owned()).or_insert_with(|| path.clone());
            }
        }
    }
    let mut candidates = candidates(keyboard, &map);
    candidates.retain(|(_, name)| there.contains_key(name));
    let Some((nearest, _)) = candidates.first().cloned() else {
        return Ok(None);
    };

    let layout = layout_keys(root, keyboard)?;
    // Stable in its order: of equals the first.
    let mut best: Option<(usize, String)> = None;
    for (_, name) in candidates.into_iter().take_while(|(near, _)| *near == nearest) {
        let keys = match there.get(&name) {
            Some(path) => keymap_keys(root, path)?,
            None => continue,
        };
        let common = in_common(&layout, &keys);
        if best.as_ref().is_none_or(|(most, _)| common > *most) {
            best = Some((common, name));
        }
    }
    Ok(best.map(|(_, name)| name))
}

/// Names of console keymaps, best first, with how near they come. `map` is systemd's kbd-model-map.
fn candidates(keyboard: &Keyboard, map: &str) -> Vec<(u32, String)> {
    let mut rows: Vec<(u32, String)> = Vec::new();
    for line in map.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = line
            .split_whitespace()
            .map(|field| if field == "-" { "" } else { field })
            .collect();
        let [console, layout, model, variant, ..] = fields[..] else {
            continue;
        };
        let first = |list: &str| list.split(',').next().unwrap_or_default().to_owned();
        let near = if layout == keyboard.layout {
            10
        } else if first(layout) == first(&keyboard.layout) {
            5
        } else {
            continue;
        };
        // The variant decides over the model; another variant is worse than none.
        let variant = match variant {
            same if same == keyboard.variant => 4,
            "" => 2,
            _ => 0,
        };
        let near = near + variant + u32::from(model == keyboard.model);
        rows.push((near, console.to_owned()));
        rows.extend(WITH_LETTERS.map(|suffix| (near, format!("{console}{suffix}"))));
    }
    // Stable: of equals the table's first is the usual one.
    rows.sort_by_key(|(near, _)| std::cmp::Reverse(*near));

    if !keyboard.variant.is_empty() {
        rows.push((1, format!("{}-{}", keyboard.layout, keyboard.variant)));
    }
    rows.push((0, keyboard.layout.clone()));
    rows.extend(WITH_LETTERS.map(|suffix| (0, format!("{}{suffix}", keyboard.layout))));
    rows
}

/// How many keys and shifted keys type the same beyond ASCII. (ASCII often comes by inclusion, which is not followed.)
fn in_common(layout: &Keys, keymap: &Keys) -> usize {
    let beyond = |symbol: &str| symbol.len() > 1 && !ASCII.contains(&symbol);
    let same = |(code, typed): (&u32, &Vec<String>)| {
        let other = keymap.get(code).map(Vec::as_slice).unwrap_or_default();
        typed.iter().zip(other).filter(|(a, b)| a == b && beyond(a)).count()
    };
    layout.iter().map(same).sum()
}

/// What a layout and its variant say themselves, without what they include; nothing if the target has no such layout.
fn layout_keys(root: &Root, keyboard: &Keyboard) -> Result<Keys, Error> {
    // Of several layouts the console has the first.
    let first = |list: &str| list.split(',').next().unwrap_or_default().to_owned();
    let path = format!("{SYMBOLS}/{}", first(&keyboard.layout));
    let text = root.read_text(&path, FILE_LIMIT)?.unwrap_or_default();
    let (variant, mut section, mut sections) = (first(&keyboard.variant), String::new(), 0);
    let mut keys = Keys::new();
    for line in text.lines().map(without_comment) {
        if let Some((_, name)) = line.split_once("xkb_symbols") {
            name.trim()
                .trim_end_matches('{')
                .trim()
                .trim_matches('"')
                .clone_into(&mut section);
            sections += 1;
        }
        // The first one is the layout's usual one, which variants change.
        if sections != 1 && section != variant {
            continue;
        }
        if let Some((code, typed)) = layout_key(line) {
            let _ = keys.insert(code, typed);
        }
    }
    Ok(keys)
}

/// `key <AC10> {[ odiaeresis, Odiaeresis, … ]};`
fn layout_key(line: &str) -> Option<(u32, Vec<String>)> {
    let (name, rest) = line
        .trim_start()
        .strip_prefix("key")?
        .split_once('<')?
        .1
        .split_once('>')?;
    let (_, list) = rest.split_once('[')?;
    let list = list.split(']').next().unwrap_or_default();
    let typed = list.split(',').take(2).map(|symbol| symbol.trim().to_owned()).collect();
    Some((code(name.trim())?, typed))
}

/// The kernel's number of a key of xkeyboard-config.
fn code(name: &str) -> Option<u32> {
    if let Some((_, code)) = KEYS.iter().find(|(key, _)| *key == name) {
        return Some(*code);
    }
    let (row, number) = name.split_at_checked(2)?;
    let number: u32 = number.parse().ok()?;
    let (_, _, first) = ROWS
        .iter()
        .find(|(key, count, _)| *key == row && (1..=*count).contains(&number))?;
    Some(first + number - 1)
}

/// What a keymap says itself; nothing of one that cannot be read.
fn keymap_keys(root: &Root, path: &str) -> Result<Keys, Error> {
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
        return Ok(Keys::new());
    }
    Ok(String::from_utf8_lossy(&plain).lines().filter_map(keymap_key).collect())
}

/// `keycode  39 = +odiaeresis  +Odiaeresis`
fn keymap_key(line: &str) -> Option<(u32, Vec<String>)> {
    let (code, symbols) = line.trim_start().strip_prefix("keycode")?.split_once('=')?;
    // A plus sign: Caps Lock is Shift for this key.
    let symbols = symbols.split_whitespace().take(2);
    let typed = symbols.map(|symbol| symbol.trim_start_matches('+').to_owned());
    Some((code.trim().parse().ok()?, typed.collect()))
}

fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "# comment\n\
        sg ch pc105 de_nodeadkeys terminate:ctrl_alt_bksp\n\
        de de pc105 - terminate:ctrl_alt_bksp\n\
        de-latin1-nodeadkeys de pc105 nodeadkeys terminate:ctrl_alt_bksp\n\
        fr_CH ch pc105 fr terminate:ctrl_alt_bksp\n\
        us us pc105+inet - terminate:ctrl_alt_bksp\n\
        dvorak us pc105 dvorak terminate:ctrl_alt_bksp\n\
        ru ru,us pc105 - terminate:ctrl_alt_bksp,grp:shifts_toggle\n\
        short line\n";

    fn best(layout: &str, variant: &str) -> String {
        candidates(&Keyboard::new(layout, variant), MAP).remove(0).1
    }

    #[test]
    fn the_nearest_console_keymap_comes_first() {
        assert_eq!(best("de", ""), "de");
        assert_eq!(best("de", "nodeadkeys"), "de-latin1-nodeadkeys");
        assert_eq!(best("de", "neo"), "de");
        assert_eq!(best("ch", "fr"), "fr_CH");
        assert_eq!(best("us", ""), "us");
        assert_eq!(best("us", "dvorak"), "dvorak");
        assert_eq!(best("ru", ""), "ru");
        assert_eq!(best("xx", "yy"), "xx-yy");
    }

    #[test]
    fn keys_of_a_layout_and_of_a_keymap_are_read_alike() {
        let umlaut = Some((39, vec!["odiaeresis".to_owned(), "Odiaeresis".to_owned()]));
        assert_eq!(
            layout_key("    key <AC10>\t{[ odiaeresis, Odiaeresis, dead_doubleacute ]};"),
            umlaut
        );
        assert_eq!(keymap_key("keycode  39 = +odiaeresis       +Odiaeresis"), umlaut);
        assert_eq!(keymap_key("\talt keycode  39 = Meta_a"), None);
        assert_eq!(code("TLDE"), Some(41));
        assert_eq!(code("AB11"), None);
        assert_eq!(code("Ä"), None);
    }
}
