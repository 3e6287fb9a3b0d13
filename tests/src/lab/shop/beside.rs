//! What goes from the store's window to another program's, and back: what is dragged, and what is copied.

use std::time::{Duration, Instant};

use super::{PATIENCE, Shop};
use crate::lab::{Error, Fate, Neighbour, evdev};

/// How long a paste may lead nowhere before it is tried again.
const SILENT: Duration = Duration::from_secs(5);

impl Shop<'_> {
    /// Drags something in the form `mime` from a window of another program to the middle of this one, and lets go of it there
    /// once it can become of it what is expected.
    ///
    /// # Errors
    /// When it cannot be dragged, or nobody says what became of it.
    pub fn drop_on(&mut self, mime: &str, content: &[u8], expected: Fate) -> Result<Fate, Error> {
        let (width, height) = self.size;
        let middle = (width / 2, height / 2);
        let mut neighbour = Neighbour::open(&self.screen.socket())?;
        neighbour.drag(&mut self.seat, mime, content, middle, expected)
    }

    /// Copies a text in a window of another program.
    ///
    /// # Errors
    /// When that has no window, or cannot be clicked.
    pub fn copy_beside(&mut self, text: &str) -> Result<Neighbour, Error> {
        let mut neighbour = Neighbour::open(&self.screen.socket())?;
        neighbour.copy(&mut self.seat, text)?;
        Ok(neighbour)
    }

    /// Pastes over what is in the field that has the focus what was copied in another program, until that leads to a screen.
    /// The window waits for a second only until it is handed over.
    ///
    /// # Errors
    /// When it does not lead there.
    pub fn paste_from(&mut self, neighbour: &mut Neighbour, screen: &str) -> Result<(), Error> {
        let begun = Instant::now();
        loop {
            self.seat.chord(&[evdev::LEFT_CTRL, evdev::A])?;
            self.seat.chord(&[evdev::LEFT_CTRL, evdev::V])?;
            neighbour.hand_over_once(SILENT)?;
            let led = self.trace.wait_screen(screen, SILENT);
            if led.is_ok() || begun.elapsed() > PATIENCE {
                return led;
            }
        }
    }

    /// Copies what is in the field that has the focus, and gives what another program pastes then: what is expected, if that
    /// comes at all.
    ///
    /// # Errors
    /// When the compositor is gone, or nothing was copied.
    pub fn paste_beside(&mut self, neighbour: &mut Neighbour, expected: &str) -> Result<String, Error> {
        self.seat.chord(&[evdev::LEFT_CTRL, evdev::A])?;
        self.seat.chord(&[evdev::LEFT_CTRL, evdev::C])?;
        neighbour.paste(&mut self.seat, expected)
    }

    /// Copies what is in the field that has the focus, and pastes it twice over it.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn double(&mut self) -> Result<(), Error> {
        for key in [evdev::A, evdev::C, evdev::V, evdev::V] {
            self.seat.chord(&[evdev::LEFT_CTRL, key])?;
        }
        Ok(())
    }
}
