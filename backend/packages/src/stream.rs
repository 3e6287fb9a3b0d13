//! The content payload of a package, read once from front to back.

use std::io::Read;
use std::path::PathBuf;

use moult_stone::IndexEntry;

use crate::error::Error;
use crate::package::Package;
use crate::store::CHUNK;
use crate::watch::Meter;

/// A content payload while it is decoded.
pub(crate) struct Stream<'s, R> {
    package: &'s Package,
    reader: &'s mut R,
    at: u64,
    meter: &'s Meter<'s>,
}

impl<'s, R: Read> Stream<'s, R> {
    pub(crate) fn new(package: &'s Package, reader: &'s mut R, meter: &'s Meter<'s>) -> Stream<'s, R> {
        Stream {
            package,
            reader,
            at: 0,
            meter,
        }
    }

    /// Bytes that were read.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Reads exactly `size` bytes into the emptied buffer.
    pub(crate) fn fill(&mut self, buffer: &mut Vec<u8>, size: usize) -> Result<(), Error> {
        self.meter.check()?;
        buffer.resize(size, 0);
        self.reader.read_exact(buffer).map_err(|error| {
            let path = self
                .package
                .packed
                .as_ref()
                .map_or_else(PathBuf::new, |packed| packed.file.path.clone());
            Error::stone(&self.package.name, &path, error.into())
        })?;
        self.at = self.at.saturating_add(size as u64);
        self.meter.bytes(size as u64, &self.package.name);
        Ok(())
    }

    /// Passes over bytes that no entry of the index names.
    pub(crate) fn skip_to(&mut self, start: u64, buffer: &mut Vec<u8>) -> Result<(), Error> {
        while self.at < start {
            let size = usize::try_from(start - self.at).unwrap_or(CHUNK).min(CHUNK);
            self.fill(buffer, size)?;
        }
        Ok(())
    }

    pub(crate) fn damaged(&self, entry: &IndexEntry) -> Error {
        Error::WrongFile {
            package: self.package.name.clone(),
            path: self.package.path_of(entry.digest),
        }
    }
}
