//! Secrets: read from a descriptor or a terminal, kept in memory that is wiped, handed over as a descriptor.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

use rustix::fs::MemfdFlags;
use zeroize::Zeroizing;

use crate::terminal::{Asking, CTRL_C};

/// How the base64 of a minisign secret key begins that is locked with a password (`Ed`, `Sc`).
const LOCKED: &[u8] = b"RWRTY";
const CTRL_D: u8 = 4;
const CTRL_U: u8 = 21;

/// Reads all there is, which must not be more than `limit` bytes.
pub(super) fn read(from: impl Read, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    // One allocation: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit.saturating_add(1)));
    let mut from = from;
    let mut part = Zeroizing::new([0_u8; 512]);
    loop {
        let read = from.read(part.as_mut_slice())?;
        let Some(part) = part.get(..read).filter(|part| !part.is_empty()) else {
            return Ok(bytes);
        };
        if bytes.len().saturating_add(part.len()) > limit {
            return Err(io::Error::other(format!("more than {limit} bytes")));
        }
        bytes.extend_from_slice(part);
    }
}

/// Whether a minisign secret key is locked with a password.
pub(super) fn has_password(key: &[u8]) -> bool {
    key.split(|byte| *byte == b'\n').any(|line| line.starts_with(LOCKED))
}

/// A secret in memory without a name, at its beginning.
pub(super) fn hand_over(secret: &[u8]) -> io::Result<File> {
    let mut memory = File::from(rustix::fs::memfd_create("secret", MemfdFlags::CLOEXEC)?);
    memory.write_all(secret)?;
    memory.rewind()?;
    Ok(memory)
}

/// Asks on the terminal, which does not show what is typed. None if there is no terminal, or whoever is there declines.
pub(super) fn ask(question: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let Ok(terminal) = File::options().read(true).write(true).open("/dev/tty") else {
        return Ok(None);
    };
    let quiet = Asking::silent(&terminal)?;
    let mut screen = &terminal;
    screen.write_all(question.as_bytes())?;
    screen.write_all(b" ")?;
    let typed = typed(&mut &terminal, moult_api::SECRET_LIMIT);
    drop(quiet);
    screen.write_all(b"\n")?;
    typed
}

/// One line, byte by byte; None if it was broken off.
fn typed(from: &mut impl Read, limit: usize) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(limit));
    loop {
        let mut byte = [0];
        if from.read(&mut byte)? == 0 {
            return Ok(None);
        }
        match byte {
            [b'\r' | b'\n'] => return Ok(Some(line)),
            [CTRL_C | CTRL_D] => return Ok(None),
            [CTRL_U] => line.clear(),
            [8 | 127] => {
                // A character may have several bytes.
                while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            [byte] if line.len() < limit => line.push(byte),
            _ => return Err(io::Error::other(format!("more than {limit} bytes"))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;

    fn line(bytes: &[u8]) -> Option<Vec<u8>> {
        typed(&mut io::Cursor::new(bytes), 8).unwrap().map(|line| line.to_vec())
    }

    #[test]
    fn what_is_typed_can_be_mended_and_broken_off() {
        assert_eq!(line(b"abc\n").as_deref(), Some(&b"abc"[..]));
        assert_eq!(line("aé\u{7f}b\r".as_bytes()).as_deref(), Some(&b"ab"[..]));
        assert_eq!(line(b"abc\x15d\n").as_deref(), Some(&b"d"[..]));
        assert_eq!(line(b"abc\x03"), None);
        assert_eq!(line(b"abc"), None);
        assert!(typed(&mut io::Cursor::new(b"123456789\n"), 8).is_err());
    }

    #[test]
    fn a_secret_is_read_whole_or_not_at_all() {
        assert_eq!(*read(&b"12345678"[..], 8).unwrap(), b"12345678");
        assert!(read(&b"123456789"[..], 8).is_err());
    }
}
