//! The archive that the kernel unpacks: cpio in its "newc" form (`Documentation/driver-api/early-userspace/buffer-format.rst`).
//!
//! Sorted, owners 0, one date, numbers given in order: the same content is the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::Error;

/// An archive that is being made.
#[derive(Debug)]
pub struct Archive {
    date: u32,
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    mode: u32,
    device: (u32, u32),
    bytes: Vec<u8>,
}

const FOLDER: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
const CHARACTER: u32 = 0o020_000;

impl Archive {
    /// An empty one whose files have this date, in seconds since 1970.
    #[must_use]
    pub fn new(date: u32) -> Archive {
        Archive {
            date,
            entries: BTreeMap::new(),
        }
    }

    /// A folder, 0755, and those above it.
    ///
    /// # Errors
    /// [`Error::Initrd`] if the path has odd parts, or something else is there.
    pub fn folder(&mut self, path: &str) -> Result<(), Error> {
        self.put(
            path,
            Entry {
                mode: FOLDER | 0o755,
                device: (0, 0),
                bytes: Vec::new(),
            },
        )
    }

    /// A file.
    ///
    /// # Errors
    /// As [`folder`](Self::folder).
    pub fn file(&mut self, path: &str, mode: u32, bytes: Vec<u8>) -> Result<(), Error> {
        let mode = FILE | mode;
        self.put(
            path,
            Entry {
                mode,
                device: (0, 0),
                bytes,
            },
        )
    }

    /// A file of this machine; it is 0755 if its owner may run it, and else 0644.
    ///
    /// # Errors
    /// As [`folder`](Self::folder), and [`Error::Io`].
    pub fn program(&mut self, path: &str, source: &Path) -> Result<(), Error> {
        let failed = |error| Error::io("reading what is to be added", source, error);
        let mode = fs::metadata(source).map_err(failed)?.permissions().mode();
        let bytes = fs::read(source).map_err(failed)?;
        self.file(path, if mode & 0o100 == 0 { 0o644 } else { 0o755 }, bytes)
    }

    /// A symbolic link.
    ///
    /// # Errors
    /// As [`folder`](Self::folder).
    pub fn link(&mut self, path: &str, target: &str) -> Result<(), Error> {
        self.put(
            path,
            Entry {
                mode: LINK | 0o777,
                device: (0, 0),
                bytes: target.as_bytes().to_vec(),
            },
        )
    }

    /// A character device.
    ///
    /// # Errors
    /// As [`folder`](Self::folder).
    pub fn device(&mut self, path: &str, mode: u32, major: u32, minor: u32) -> Result<(), Error> {
        self.put(
            path,
            Entry {
                mode: CHARACTER | mode,
                device: (major, minor),
                bytes: Vec::new(),
            },
        )
    }

    /// Whether something is at this path.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.entries.contains_key(path.trim_matches('/'))
    }

    fn put(&mut self, path: &str, entry: Entry) -> Result<(), Error> {
        let path = path.trim_matches('/');
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) || path.contains('\0') {
            return Err(Error::Initrd(format!("{path:?} is no path in an initrd")));
        }
        if u32::try_from(entry.bytes.len()).is_err() {
            return Err(Error::Initrd(format!(
                "{path} is larger than a file of an initrd may be"
            )));
        }
        if let Some((above, _)) = path.rsplit_once('/') {
            self.folder(above)?;
        }
        match self.entries.get(path) {
            Some(there) if *there != entry => Err(Error::Initrd(format!("two different files are to be {path}"))),
            Some(_) => Ok(()),
            None => {
                let _ = self.entries.insert(path.to_owned(), entry);
                Ok(())
            }
        }
    }

    /// The bytes of the archive. A folder comes before what is in it, as its path is the beginning of theirs.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut number = 0;
        for (path, entry) in &self.entries {
            number += 1;
            header(&mut out, number, self.date, path, entry);
        }
        let end = Entry {
            mode: 0,
            device: (0, 0),
            bytes: Vec::new(),
        };
        header(&mut out, 0, 0, "TRAILER!!!", &end);
        // Other programs read it in blocks of this size.
        pad(&mut out, 512);
        out
    }
}

fn header(out: &mut Vec<u8>, number: u32, date: u32, path: &str, entry: &Entry) {
    let links = if entry.mode & FOLDER == FOLDER && entry.mode & FILE != FILE {
        2
    } else {
        1
    };
    let fields = [
        number,
        entry.mode,
        0,
        0,
        links,
        date,
        entry.bytes.len() as u32,
        0,
        0,
        entry.device.0,
        entry.device.1,
        path.len() as u32 + 1,
        0,
    ];
    out.extend_from_slice(b"070701");
    for field in fields {
        out.extend_from_slice(format!("{field:08X}").as_bytes());
    }
    out.extend_from_slice(path.as_bytes());
    out.push(0);
    pad(out, 4);
    out.extend_from_slice(&entry.bytes);
    pad(out, 4);
}

fn pad(out: &mut Vec<u8>, to: usize) {
    out.resize(out.len().next_multiple_of(to), 0);
}
