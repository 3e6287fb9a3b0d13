//! A FAT volume as the firmware sees it, whoever does the reading and writing: the kernel or this program itself.

mod fat;
mod mounted;

use std::fmt::Debug;
use std::io::{self, Read, Write};

pub use fat::{Fat, Medium};
pub use mounted::Mounted;

/// A temporary copy beside its target is called so. Loader and firmware do not look at such names; [`crate::Machine::sync`] removes what a
/// kill left of them.
pub(crate) const TEMPORARY: &str = ".moult-new";

/// What is in a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Its name as it was written (FAT keeps the case and ignores it).
    pub name: String,
    /// A directory, not a file.
    pub directory: bool,
    /// Length of a file; 0 for a directory.
    pub bytes: u64,
}

/// How much fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes of the whole volume.
    pub total: u64,
    /// Bytes that a file takes at least; every length is rounded up to a multiple of it.
    pub cluster: u64,
}

/// A FAT file system: the EFI system partition or XBOOTLDR.
///
/// Paths are relative to the volume, with `/` between the parts ("EFI/BOOT/BOOTX64.EFI"; a leading `/` is ignored). Case is ignored. A part may not
/// be empty, `.` or `..`, nor hold a character that FAT cannot: such a path is `InvalidInput`.
pub trait Volume: Send + Sync + Debug {
    /// Where it is, for people ("/efi", "/dev/sda1").
    fn name(&self) -> String;

    /// Writes the file's bytes into `into` and returns how many; `None` = there is no such file.
    ///
    /// # Errors
    /// When the volume cannot be read, `into` not written, or the path is a directory.
    fn copy_out(&self, path: &str, into: &mut dyn Write) -> io::Result<Option<u64>>;

    /// What is in a directory, by name; one that does not exist is empty. `""` is the volume's root.
    ///
    /// # Errors
    /// When the volume cannot be read.
    fn list(&self, directory: &str) -> io::Result<Vec<Item>>;

    /// Writes a file that appears whole or not at all, in place of one that may be there: under a temporary name, synced, read back through the
    /// file system and compared, renamed, synced. Missing directories are made. Returns how many bytes there were.
    ///
    /// # Errors
    /// When something cannot be read or written, or when what was read back is not what was written (`InvalidData`). The temporary copy is
    /// removed again if that is possible.
    fn write_new(&self, path: &str, from: &mut dyn Read) -> io::Result<u64>;

    /// Gives a file another name in any directory of the volume that exists, and syncs. At every moment one of the names is there.
    ///
    /// # Errors
    /// `NotFound` without `from`; `AlreadyExists` when there is a `to`.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file or an empty directory, and syncs. What is not there is removed already.
    ///
    /// # Errors
    /// When the directory is not empty or the volume cannot be written.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// How much fits.
    ///
    /// # Errors
    /// When the volume cannot be read.
    fn space(&self) -> io::Result<Space>;

    /// The whole file; `None` = there is none.
    ///
    /// # Errors
    /// As [`Volume::copy_out`].
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        Ok(self.copy_out(path, &mut bytes)?.map(|_| bytes))
    }

    /// BLAKE3 of a file; `None` = there is none.
    ///
    /// # Errors
    /// As [`Volume::copy_out`].
    fn hash(&self, path: &str) -> io::Result<Option<blake3::Hash>> {
        let mut hasher = blake3::Hasher::new();
        Ok(self.copy_out(path, &mut hasher)?.map(|_| hasher.finalize()))
    }
}

/// The parts of a path on a volume.
pub(crate) fn parts(path: &str) -> io::Result<Vec<&str>> {
    let path = path.trim_matches('/');
    if path.is_empty() {
        return Ok(Vec::new());
    }

    path.split('/')
        .map(|part| {
            let bad = part.is_empty()
                || part.len() > 255
                || part.starts_with(' ')
                || part.ends_with(['.', ' '])
                || part
                    .chars()
                    .any(|c| c.is_control() || matches!(c, '"' | '*' | ':' | '<' | '>' | '?' | '\\' | '|'));

            if bad {
                Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("“{path}” is not a name that a FAT file system can hold"),
                ))
            } else {
                Ok(part)
            }
        })
        .collect()
}

/// The parts of a file's path: its directories and its name.
pub(crate) fn split(path: &str) -> io::Result<(Vec<&str>, &str)> {
    let mut directories = parts(path)?;
    let name = directories
        .pop()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the volume itself is no file"))?;
    Ok((directories, name))
}

/// Reads and hashes in one go.
pub(crate) struct Hashing<'a> {
    pub(crate) from: &'a mut dyn Read,
    pub(crate) hasher: blake3::Hasher,
}

impl<'a> Hashing<'a> {
    pub(crate) fn new(from: &'a mut dyn Read) -> Self {
        Self {
            from,
            hasher: blake3::Hasher::new(),
        }
    }
}

impl Read for Hashing<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.hasher.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

pub(crate) fn not_what_was_written(path: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("{path} does not read back as it was written: the medium may be failing"),
    )
}

/// Days since 1970 as year, month and day of the Gregorian calendar.
pub(crate) fn calendar(days: u64) -> (u64, u64, u64) {
    // Eras of 400 years that begin in March, so that the leap day is the last of a year.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}
