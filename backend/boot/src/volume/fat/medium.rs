//! What a FAT lies on, as bytes.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;

/// Reads smaller than this are answered out of one block that is kept: fatfs reads directories and tables a few bytes at a time.
const BLOCK: usize = 4096;

/// Bytes that hold a FAT file system.
pub trait Medium: Debug + Send {
    /// Fills `into` from `at`.
    ///
    /// # Errors
    /// When it cannot be read, or ends before.
    fn read_at(&mut self, into: &mut [u8], at: u64) -> io::Result<()>;

    /// Writes all of `bytes` to `at`.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()>;

    /// Returns when all that was written is on the medium.
    ///
    /// # Errors
    /// When it could not be brought there.
    fn sync(&mut self) -> io::Result<()>;

    /// Has the next reads come from the medium, not from memory, as far as that is possible.
    ///
    /// # Errors
    /// When what was written could not be brought to the medium.
    fn forget(&mut self) -> io::Result<()> {
        self.sync()
    }

    /// Length in bytes, as far as it is known.
    ///
    /// # Errors
    /// When it cannot be found out.
    fn length(&mut self) -> io::Result<u64>;
}

/// A device or a file, from an offset on.
#[derive(Debug)]
pub(super) struct Window {
    file: File,
    offset: u64,
}

impl Window {
    pub(super) fn new(file: File, offset: u64) -> Self {
        Self { file, offset }
    }

    fn place(&self, at: u64) -> io::Result<u64> {
        self.offset
            .checked_add(at)
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
    }
}

impl Medium for Window {
    fn read_at(&mut self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.file.read_exact_at(into, self.place(at)?)
    }

    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.file.write_all_at(bytes, self.place(at)?)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }

    fn forget(&mut self) -> io::Result<()> {
        self.file.sync_all()?;
        // A hint: pages that somebody else holds stay.
        let _kept = rustix::fs::fadvise(&self.file, 0, None, rustix::fs::Advice::DontNeed);
        Ok(())
    }

    fn length(&mut self) -> io::Result<u64> {
        let end = self.file.seek(SeekFrom::End(0))?;
        Ok(end.saturating_sub(self.offset))
    }
}

/// A medium as fatfs wants it.
pub(super) struct Stream<'a> {
    medium: &'a mut dyn Medium,
    at: u64,
    /// A block that was read, and where it begins.
    kept: Option<(u64, Vec<u8>)>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(medium: &'a mut dyn Medium) -> Self {
        Self {
            medium,
            at: 0,
            kept: None,
        }
    }

    /// The block at `start`; short where the medium ends.
    fn block(&mut self, start: u64) -> io::Result<&[u8]> {
        let hit = matches!(&self.kept, Some((at, _)) if *at == start);
        if !hit {
            let left = self.medium.length()?.saturating_sub(start);
            let mut bytes = vec![0; usize::try_from(left).unwrap_or(BLOCK).min(BLOCK)];
            self.medium.read_at(&mut bytes, start)?;
            self.kept = Some((start, bytes));
        }
        Ok(self
            .kept
            .as_ref()
            .map(|(_, bytes)| bytes.as_slice())
            .unwrap_or_default())
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.len() >= BLOCK {
            self.medium.read_at(into, self.at)?;
            self.at += into.len() as u64;
            return Ok(into.len());
        }

        let within = (self.at % BLOCK as u64) as usize;
        let start = self.at - within as u64;
        let from = self.block(start)?.get(within..).unwrap_or_default();
        let length = from.len().min(into.len());
        if let (Some(into), Some(from)) = (into.get_mut(..length), from.get(..length)) {
            into.copy_from_slice(from);
        }
        self.at += length as u64;
        Ok(length)
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.medium.write_at(bytes, self.at)?;

        if let Some((start, block)) = &mut self.kept {
            let end = *start + block.len() as u64;
            let inside = self.at >= *start && self.at + bytes.len() as u64 <= end;
            if inside {
                let from = (self.at - *start) as usize;
                if let Some(place) = block.get_mut(from..from + bytes.len()) {
                    place.copy_from_slice(bytes);
                }
            } else if self.at < end && self.at + bytes.len() as u64 > *start {
                self.kept = None;
            }
        }

        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Stream<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.medium.length()?.checked_add_signed(by),
        };
        self.at = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
