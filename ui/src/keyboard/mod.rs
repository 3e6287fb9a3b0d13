//! Keyboard layouts that switch live: physical keys become text here, in the layout the person chose, whatever keymap
//! the compositor has (a kiosk's compositor cannot change its own).
//!
//! | what | where |
//! |---|---|
//! | `Layouts::load(language)`, `.all()`, `.get(code, variant)`, `.search(text)`, `.default_for(language)` | [`layouts`] |
//! | `Layout { code, variant, english, name, label }` | [`layouts`] |
//! | `Keyboard::new()`, `.switch(code, variant)`, `.set_language(language)`, `.caps_lock()`, `.is_composing()` | [`Keyboard`] |
//! | `root(content, &keyboard, on_tab)`: wraps the whole window, overlays too | [`root`] |
//! | `Translator::translate(event) -> events`: the work, without any widget | [`translator`] |
//!
//! Subscriptions (`iced::keyboard::listen`, `iced::event::listen`) see the *untranslated* events: shortcuts belong in
//! widgets under the root. The modifiers that the compositor reports are dropped and made anew from the keys.
//! No preedit is ever sent: a pending dead key shows nowhere in a field, least of all in a password.

pub mod evdev;
mod keymap;
pub mod keysym;
pub mod layouts;
mod mo;
pub mod root;
#[cfg(test)]
mod tests;
pub mod translator;

use std::cell::RefCell;
use std::rc::Rc;

pub use layouts::{Layout, Layouts};
pub use root::root;
pub use translator::Translator;

/// What can go wrong with a keyboard layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The layout is unknown to the installed xkeyboard-config, or broken. The old layout stays.
    #[error("the keyboard layout \u{201c}{code}{}\u{201d} gives no letters", if variant.is_empty() { String::new() } else { format!("({variant})") })]
    NoSymbols {
        /// The layout's code, as in `/usr/share/X11/xkb/symbols`.
        code: String,
        /// The layout's variant; empty for the plain layout.
        variant: String,
    },
}

/// The one keyboard of the program: a handle that the root widget and the view share.
///
/// A new keyboard passes every event through as the compositor made it, until [`Keyboard::switch`] succeeds once.
#[derive(Debug, Clone, Default)]
pub struct Keyboard(Rc<RefCell<Translator>>);

impl Keyboard {
    /// A keyboard that still leaves everything to the compositor.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Types in another layout from now on. Locks (Caps, Num) and held keys live on. Takes about 10 ms.
    ///
    /// # Errors
    /// [`Error::NoSymbols`] when the layout does not compile; the old layout stays.
    pub fn switch(&self, code: &str, variant: &str) -> Result<(), Error> {
        self.0.borrow_mut().switch(code, variant)
    }

    /// Chooses the Compose table of a language ("de", "pt-BR"); it is read when the next key is pressed.
    pub fn set_language(&self, language: &str) {
        self.0.borrow_mut().set_language(language);
    }

    /// Whether Caps Lock is on.
    #[must_use]
    pub fn caps_lock(&self) -> bool {
        self.0.borrow().caps_lock()
    }

    /// Whether Num Lock is on.
    #[must_use]
    pub fn num_lock(&self) -> bool {
        self.0.borrow().num_lock()
    }

    /// Whether a dead key or Compose waits for the next key.
    #[must_use]
    pub fn is_composing(&self) -> bool {
        self.0.borrow().is_composing()
    }

    /// Turns one event of the compositor into what widgets get. For the root widget.
    fn translate(&self, event: &iced::Event) -> Vec<iced::Event> {
        self.0.borrow_mut().translate(event)
    }
}
