//! The keyboard layout, said once to each of those who ask for it: console, X11, Wayland, localed.

use super::root::{Access, Root};
use crate::Error;

const MODEL_MAP: &str = "usr/share/systemd/kbd-model-map";
/// Where packages of console keymaps put them: kbd's own place, Debian's, older ones.
const KEYMAPS: [&str; 4] = [
    "usr/share/kbd/keymaps",
    "usr/share/keymaps",
    "usr/lib/kbd/keymaps",
    "usr/share/consolekeymaps",
];
const SUFFIXES: [&str; 5] = [".map.gz", ".map", ".kmap.gz", ".kmap", ".map.zst"];
const FILE_LIMIT: u64 = 1 << 20;

/// A keyboard in the terms of xkeyboard-config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyboard {
    /// Model; "pc105" for any common keyboard.
    pub model: String,
    /// Layout ("de").
    pub layout: String,
    /// Variant ("nodeadkeys"); empty = the plain layout.
    pub variant: String,
}

impl Keyboard {
    /// A common keyboard with this layout and variant.
    pub fn new(layout: impl Into<String>, variant: impl Into<String>) -> Keyboard {
        Keyboard {
            model: "pc105".into(),
            layout: layout.into(),
            variant: variant.into(),
        }
    }

    /// Checks that each part is a word of xkeyboard-config.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn validate(&self) -> Result<(), Error> {
        let word = |c: char| c.is_ascii_alphanumeric() || "_-.,+".contains(c);
        for (what, text) in [
            ("keyboard model", &self.model),
            ("keyboard layout", &self.layout),
            ("keyboard variant", &self.variant),
        ] {
            if text.len() > 64 || !text.chars().all(word) {
                return Err(Error::invalid(what, text, "it may hold only letters, digits and _-.,+"));
            }
        }
        if self.layout.is_empty() {
            return Err(Error::invalid("keyboard layout", "", "it is empty"));
        }
        Ok(())
    }
}

/// Names of console keymaps that come nearest, best first. `map` is systemd's kbd-model-map.
fn console_candidates(keyboard: &Keyboard, map: &str) -> Vec<String> {
    let mut rows: Vec<(u32, &str)> = Vec::new();
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
        rows.push((near + variant + u32::from(model == keyboard.model), console));
    }
    // Stable: of equals the table's first is the usual one.
    rows.sort_by_key(|(score, _)| std::cmp::Reverse(*score));

    let exact = match keyboard.variant.as_str() {
        "" => keyboard.layout.clone(),
        variant => format!("{}-{variant}", keyboard.layout),
    };
    let mut names: Vec<String> = rows.into_iter().map(|(_, console)| console.to_owned()).collect();
    names.extend([exact, format!("{}-latin1", keyboard.layout), keyboard.layout.clone()]);
    names
}

/// The console keymap to use; `None` = the target has none that fits.
fn console_keymap(root: &Root, keyboard: &Keyboard) -> Result<Option<String>, Error> {
    let map = root.read_text(MODEL_MAP, FILE_LIMIT)?.unwrap_or_default();
    let mut there = std::collections::BTreeSet::new();
    for folder in KEYMAPS {
        for file in root.files_below(folder, 6)? {
            if let Some(name) = SUFFIXES.iter().find_map(|suffix| file.strip_suffix(suffix)) {
                there.insert(name.to_owned());
            }
        }
    }
    Ok(console_candidates(keyboard, &map)
        .into_iter()
        .find(|name| there.contains(name)))
}

/// Writes every file that names the layout; gives the console keymap that fits, if the target has one.
pub(super) fn write(root: &Root, keyboard: &Keyboard) -> Result<Option<String>, Error> {
    keyboard.validate()?;
    let console = console_keymap(root, keyboard)?;
    let Keyboard { model, layout, variant } = keyboard;

    let keymap = console
        .as_ref()
        .map_or(String::new(), |name| format!("KEYMAP={name}\n"));
    let xkb = format!("XKBMODEL={model}\nXKBLAYOUT={layout}\nXKBVARIANT={variant}\nXKBOPTIONS=\n");
    // systemd reads the first; Debian's systemd makes it a link to the second at boot. So both say all.
    root.write(
        "etc/vconsole.conf",
        format!("{keymap}{xkb}").as_bytes(),
        Access::root(0o644),
    )?;
    let debian = format!("{keymap}{xkb}BACKSPACE=guess\n");
    root.write("etc/default/keyboard", debian.as_bytes(), Access::root(0o644))?;

    let option = |name: &str, value: &str| match value {
        "" => String::new(),
        value => format!("        Option \"{name}\" \"{value}\"\n"),
    };
    let xorg = format!(
        "Section \"InputClass\"\n        Identifier \"system-keyboard\"\n        MatchIsKeyboard \"on\"\n{}{}{}EndSection\n",
        option("XkbLayout", layout),
        option("XkbModel", model),
        option("XkbVariant", variant),
    );
    root.write(
        "etc/X11/xorg.conf.d/00-keyboard.conf",
        xorg.as_bytes(),
        Access::root(0o644),
    )?;

    // What libxkbcommon falls back to, and with it wlroots' compositors.
    let wayland = format!("XKB_DEFAULT_MODEL={model}\nXKB_DEFAULT_LAYOUT={layout}\nXKB_DEFAULT_VARIANT={variant}\n");
    root.write(
        "etc/environment.d/10-keyboard.conf",
        wayland.as_bytes(),
        Access::root(0o644),
    )?;
    Ok(console)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "# comment\n\
        sg ch pc105 de_nodeadkeys terminate:ctrl_alt_bksp\n\
        de de pc105 - terminate:ctrl_alt_bksp\n\
        de-latin1 de pc105 - terminate:ctrl_alt_bksp\n\
        de-latin1-nodeadkeys de pc105 nodeadkeys terminate:ctrl_alt_bksp\n\
        fr_CH ch pc105 fr terminate:ctrl_alt_bksp\n\
        us us pc105+inet - terminate:ctrl_alt_bksp\n\
        dvorak us pc105 dvorak terminate:ctrl_alt_bksp\n\
        ru ru,us pc105 - terminate:ctrl_alt_bksp,grp:shifts_toggle\n\
        short line\n";

    fn best(layout: &str, variant: &str) -> String {
        console_candidates(&Keyboard::new(layout, variant), MAP).remove(0)
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
    fn a_layout_cannot_smuggle_lines_into_the_files() {
        for bad in ["", "de\nKEYMAP=x", "de\"", "de$(x)", "de us", "../x"] {
            assert!(Keyboard::new(bad, "").validate().is_err(), "{bad:?}");
        }
        assert!(Keyboard::new("de,us", "neo,").validate().is_ok());
    }
}
