//! A terminal while a question is open on it. What it was before comes back when the question goes.

use std::io::{self, Read};
use std::os::fd::AsFd;

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// What Ctrl-C is as a byte.
pub(crate) const CTRL_C: u8 = 3;

/// A terminal in another mode. In all of them Ctrl-C is a byte: a process that is killed could not put things back, and
/// one that listens for signals would not hear of it before the line is complete.
pub(crate) struct Asking<F: AsFd> {
    terminal: F,
    before: Termios,
}

impl<F: AsFd> Asking<F> {
    /// Lines are shown and can be mended as ever; Ctrl-C ends one.
    pub(crate) fn aloud(terminal: F) -> io::Result<Asking<F>> {
        Asking::with(terminal, OptionalActions::Now, |modes| {
            modes.local_modes -= LocalModes::ISIG;
            modes.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
        })
    }

    /// Nothing is shown, and each byte comes by itself. What was typed before the question is no answer.
    pub(crate) fn silent(terminal: F) -> io::Result<Asking<F>> {
        Asking::with(terminal, OptionalActions::Flush, |modes| {
            modes.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
            modes.special_codes[SpecialCodeIndex::VMIN] = 1;
            modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        })
    }

    fn with(terminal: F, when: OptionalActions, change: impl FnOnce(&mut Termios)) -> io::Result<Asking<F>> {
        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        change(&mut modes);
        tcsetattr(&terminal, when, &modes)?;
        Ok(Asking { terminal, before })
    }
}

impl<F: AsFd> Drop for Asking<F> {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

/// One line without its end; None if it was broken off by Ctrl-C or the end of the input.
///
/// # Errors
///
/// When it cannot be read, is longer than `limit` bytes or is no text.
pub(crate) fn line(from: &mut impl Read, limit: usize) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        match from.read(&mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        match byte {
            [b'\n'] => return String::from_utf8(line).map(Some).map_err(io::Error::other),
            [CTRL_C] => return Ok(None),
            [byte] if line.len() < limit => line.push(byte),
            _ => return Err(io::Error::other(format!("more than {limit} bytes"))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;

    #[test]
    fn a_line_is_whole_or_broken_off() {
        let line = |bytes: &[u8]| line(&mut io::Cursor::new(bytes), 4);
        assert_eq!(line(b"yes\nno\n").unwrap().as_deref(), Some("yes"));
        assert_eq!(line(b"yes").unwrap(), None);
        assert_eq!(line(b"yes\x03").unwrap(), None);
        assert!(line(b"perhaps\n").is_err() && line(b"\xff\n").is_err());
    }
}
