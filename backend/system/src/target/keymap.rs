//! The console keymap that types what a layout of xkeyboard-config types, among those that the target has.
//!
//! systemd's table says which are meant for a layout, but not which of them type its letters: `de` has brackets where a German keyboard
//! has ä, ö and ü, `de-latin1` has the letters. A password that holds one could not be typed. And most layouts are not in the table: `at`
//! is none of a console's, and types what `de` types. So keys are compared, one by one, with those that the table calls equal first, and
//! then with all that there are.

mod keys;

use std::collections::BTreeMap;

use self::keys::Keys;
use super::keyboard::Keyboard;
use super::root::Root;
use crate::Error;

const MODEL_MAP: &str = "usr/share/systemd/kbd-model-map";
/// Where packages of console keymaps put them: kbd's own place, Debian's, older ones.
const KEYMAPS: [&str; 4] = [
    "usr/share/kbd/keymaps",
    "usr/share/keymaps",
    "usr/lib/kbd/keymaps",
    "usr/share/consolekeymaps",
];
/// Folders of machines whose keys have other numbers.
const OTHER_MACHINES: [&str; 6] = ["amiga", "atari", "mac", "pine", "ppc", "sun"];
const SUFFIXES: [&str; 5] = [".map.gz", ".map", ".kmap.gz", ".kmap", ".map.zst"];
/// Of what keymaps include.
const INCLUDED: [&str; 2] = [".inc.gz", ".inc"];
/// What a keymap that has letters beyond ASCII is called beside one that has none.
const WITH_LETTERS: [&str; 2] = ["-latin1", "-latin9"];
const FILE_LIMIT: u64 = 1 << 20;

/// The files of the keymaps that a target has, by name.
#[derive(Debug, Default)]
struct Files {
    keymaps: BTreeMap<String, String>,
    included: BTreeMap<String, String>,
}

impl Files {
    fn of(root: &Root) -> Result<Self, Error> {
        let mut files = Self::default();
        for folder in KEYMAPS {
            for path in root.files_below(folder, 6)? {
                let (folders, file) = path.rsplit_once('/').unwrap_or(("", &path));
                if folders.split('/').any(|folder| OTHER_MACHINES.contains(&folder)) {
                    continue;
                }
                let without = |suffixes: &[&str]| suffixes.iter().find_map(|suffix| file.strip_suffix(suffix));
                if let Some(name) = without(&SUFFIXES) {
                    let _ = files.keymaps.entry(name.to_owned()).or_insert_with(|| path.clone());
                } else if let Some(name) = without(&INCLUDED) {
                    let _ = files.included.entry(name.to_owned()).or_insert_with(|| path.clone());
                }
            }
        }
        Ok(files)
    }

    /// What a keymap's line `include` means by a name, which may have its suffix.
    fn included(&self, name: &str) -> Option<&String> {
        let suffixes = [".inc", ".kmap", ".map"];
        let name = suffixes
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .unwrap_or(name);
        self.included.get(name).or_else(|| self.keymaps.get(name))
    }
}

/// The console keymap to use; `None` = the target has none that fits.
pub(super) fn find(root: &Root, keyboard: &Keyboard) -> Result<Option<String>, Error> {
    let map = root.read_text(MODEL_MAP, FILE_LIMIT)?.unwrap_or_default();
    let files = Files::of(root)?;
    let mut candidates = candidates(keyboard, &map);
    candidates.retain(|(_, name)| files.keymaps.contains_key(name));
    let nearest = candidates.first().map_or(0, |(near, _)| *near);
    let meant: Vec<&String> = candidates
        .iter()
        .take_while(|(near, _)| *near == nearest)
        .map(|(_, name)| name)
        .collect();

    let layout = Keys::of_layout(keyboard);
    let meant = best(root, &files, &layout, &meant)?;
    if meant.as_ref().is_some_and(|(_, types_all)| *types_all) || !layout.has_letters() {
        return Ok(meant.map(|(name, _)| name));
    }
    // Of equals the kernel's own, then the one whose name says least. (`bg` types like `us`, too, until it is switched.)
    let mut all: Vec<&String> = files.keymaps.keys().collect();
    all.sort_by_key(|name| (*name != "us", name.len()));
    Ok(match best(root, &files, &layout, &all)? {
        Some((name, true)) => Some(name),
        // What is meant for the layout is nearer than nothing.
        _ => meant.map(|(name, _)| name),
    })
}

/// Of some keymaps the first one that has most in common with a layout, of those that type all of its letters if there are any;
/// and whether it does.
fn best(root: &Root, files: &Files, layout: &Keys, names: &[&String]) -> Result<Option<(String, bool)>, Error> {
    let mut best: Option<((bool, usize), &String)> = None;
    for name in names {
        let Some(path) = files.keymaps.get(*name) else { continue };
        let keys = Keys::of_keymap(root, files, path)?;
        let rank = (layout.letters_are_in(&keys), layout.in_common(&keys));
        if best.as_ref().is_none_or(|(most, _)| rank > *most) {
            best = Some((rank, name));
        }
    }
    Ok(best.map(|((types_all, _), name)| (name.clone(), types_all)))
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
}
