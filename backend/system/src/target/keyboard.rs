//! The keyboard layout, said once to each of those who ask for it: console, X11, Wayland, localed.

use super::keymap;
use super::root::{Access, Root};
use crate::Error;

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

/// Writes every file that names the layout; gives the console keymap that fits, if the target has one.
pub(super) fn write(root: &Root, keyboard: &Keyboard) -> Result<Option<String>, Error> {
    keyboard.validate()?;
    let console = keymap::find(root, keyboard)?;
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

    #[test]
    fn a_layout_cannot_smuggle_lines_into_the_files() {
        for bad in ["", "de\nKEYMAP=x", "de\"", "de$(x)", "de us", "../x"] {
            assert!(Keyboard::new(bad, "").validate().is_err(), "{bad:?}");
        }
        assert!(Keyboard::new("de,us", "neo,").validate().is_ok());
    }
}
