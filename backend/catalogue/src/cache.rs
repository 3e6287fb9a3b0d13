//! The one file that a catalogue is kept in: a header, a table and one record for each component.
//!
//! ```text
//! 0   8  "MOULTCAT"          32  8  bytes of the table
//! 8   4  FORMAT              40  8  bytes of the records
//! 12  4  0                   48  8  XXH3-64 of table and records
//! 16 16  key of the sources  56  8  XXH3-64 of bytes 0..56
//! 64     the table, the records
//! ```
//! All integers are little-endian. A cache is good when every one of its bytes is as it was written; anything else is
//! as if there were none.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::component::{Brief, Component};
use crate::error::{Error, Report};
use crate::limits::Limits;
use crate::pack::{Pack, fields, whole};

/// Another number for every change of what is written, or of how components are read.
pub(crate) const FORMAT: u32 = 3;

const MAGIC: &[u8; 8] = b"MOULTCAT";
const HEADER: usize = 64;
/// Bytes read at once.
const CHUNK: usize = 256 << 10;

/// What is in memory of each component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) brief: Brief,
    pub(crate) newest: Option<i64>,
    /// Where its record begins, after the table.
    pub(crate) offset: u64,
    pub(crate) length: u32,
    /// XXH3-64 of the record.
    pub(crate) sum: u64,
}

fields!(Entry {
    brief,
    newest,
    offset,
    length,
    sum
});

/// What is in memory of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) report: Report,
    pub(crate) entries: Vec<Entry>,
}

fields!(Table { report, entries });

/// Where the records are.
#[derive(Debug)]
enum Records {
    File { file: File, start: u64 },
    Memory(Vec<u8>),
}

/// A checked cache, or one that could not be kept in a file.
#[derive(Debug)]
pub(crate) struct Cache {
    pub(crate) table: Table,
    records: Records,
}

impl Cache {
    /// Opens the file if it is whole and was made from sources with this key.
    pub(crate) fn open(path: &Path, key: u128, limits: &Limits) -> io::Result<Option<Cache>> {
        let file = File::options()
            .read(true)
            .custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed())
            .open(path)?;
        let metadata = file.metadata()?;
        let size = metadata.len();
        if !metadata.is_file() || size < HEADER as u64 || size > limits.cache {
            return Ok(None);
        }
        let mut header = [0; HEADER];
        file.read_exact_at(&mut header, 0)?;
        let Some(header) = Header::read(&header).filter(|header| header.key == key) else {
            return Ok(None);
        };
        let body = header.table.checked_add(header.records);
        if body.and_then(|body| body.checked_add(HEADER as u64)) != Some(size) {
            return Ok(None);
        }
        let Ok(length) = usize::try_from(header.table) else {
            return Ok(None);
        };
        let mut table = vec![0; length];
        file.read_exact_at(&mut table, HEADER as u64)?;
        let start = HEADER as u64 + header.table;
        let mut sum = Xxh3::new();
        sum.update(&table);
        let mut chunk = vec![0; CHUNK];
        let mut at = start;
        while at < size {
            let length = usize::try_from(size - at).unwrap_or(CHUNK).min(CHUNK);
            let Some(chunk) = chunk.get_mut(..length) else {
                return Ok(None);
            };
            file.read_exact_at(chunk, at)?;
            sum.update(chunk);
            at += length as u64;
        }
        if sum.digest() != header.sum {
            return Ok(None);
        }
        let table = whole::<Table>(&table).filter(|table| table.fits(header.records));
        Ok(table.map(|table| Cache {
            table,
            records: Records::File { file, start },
        }))
    }

    /// Makes one in memory out of components that are sorted by id.
    pub(crate) fn build(components: Vec<Component>, report: Report) -> Cache {
        let mut records = Vec::new();
        let mut entries = Vec::with_capacity(components.len());
        for component in components {
            let offset = records.len();
            component.pack(&mut records);
            let record = records.get(offset..).unwrap_or_default();
            entries.push(Entry {
                newest: component.newest_release().and_then(|release| release.time),
                offset: offset as u64,
                length: u32::try_from(record.len()).unwrap_or(u32::MAX),
                sum: xxh3_64(record),
                brief: Brief::from(component),
            });
        }
        Cache {
            table: Table { report, entries },
            records: Records::Memory(records),
        }
    }

    /// Writes a cache that is in memory: beside its place first, then in one step to it.
    pub(crate) fn write(&self, path: &Path, key: u128) -> io::Result<()> {
        let Records::Memory(records) = &self.records else {
            return Ok(());
        };
        let mut table = Vec::new();
        self.table.pack(&mut table);
        let mut sum = Xxh3::new();
        sum.update(&table);
        sum.update(records);
        let header = Header {
            key,
            table: table.len() as u64,
            records: records.len() as u64,
            sum: sum.digest(),
        }
        .bytes();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let (beside, mut file) = beside(path)?;
        let written = file
            .write_all(&header)
            .and_then(|()| file.write_all(&table))
            .and_then(|()| file.write_all(records))
            .and_then(|()| file.sync_data())
            .and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            // It is only in the way; the first error is what matters.
            let _ = fs::remove_file(&beside);
        }
        written
    }

    /// The component of an entry.
    pub(crate) fn component(&self, entry: &Entry) -> Result<Component, Error> {
        let length = usize::try_from(entry.length).map_err(|_| Error::Damaged)?;
        match &self.records {
            Records::Memory(records) => {
                let start = usize::try_from(entry.offset).map_err(|_| Error::Damaged)?;
                let end = start.checked_add(length).ok_or(Error::Damaged)?;
                decode(entry, records.get(start..end).ok_or(Error::Damaged)?)
            }
            Records::File { file, start } => {
                let mut record = vec![0; length];
                let at = start.checked_add(entry.offset).ok_or(Error::Damaged)?;
                file.read_exact_at(&mut record, at)
                    .map_err(|error| match error.kind() {
                        io::ErrorKind::UnexpectedEof => Error::Damaged,
                        _ => Error::Read(error),
                    })?;
                decode(entry, &record)
            }
        }
    }
}

fn decode(entry: &Entry, record: &[u8]) -> Result<Component, Error> {
    if xxh3_64(record) != entry.sum {
        return Err(Error::Damaged);
    }
    whole::<Component>(record)
        .filter(|component| component.id == entry.brief.id)
        .ok_or(Error::Damaged)
}

impl Table {
    /// Whether each record lies in the records and the ids are in order.
    fn fits(&self, records: u64) -> bool {
        let inside = |entry: &Entry| {
            entry
                .offset
                .checked_add(u64::from(entry.length))
                .is_some_and(|end| end <= records)
        };
        let in_order = self
            .entries
            .iter()
            .zip(self.entries.iter().skip(1))
            .all(|(one, two)| one.brief.id < two.brief.id);
        in_order && self.entries.iter().all(inside)
    }
}

/// A new file beside another one, with a name that nobody has.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::other("the cache's path has no file name"))?;
    for number in 0..1000_u32 {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{number}", std::process::id()));
        let beside = path.with_file_name(hidden);
        match File::options().write(true).create_new(true).mode(0o644).open(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => return Ok((beside, file)),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// The first bytes of a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    key: u128,
    table: u64,
    records: u64,
    sum: u64,
}

impl Header {
    fn bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&self.key.to_le_bytes());
        bytes.extend_from_slice(&self.table.to_le_bytes());
        bytes.extend_from_slice(&self.records.to_le_bytes());
        bytes.extend_from_slice(&self.sum.to_le_bytes());
        let sum = xxh3_64(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
    }

    fn read(bytes: &[u8; HEADER]) -> Option<Header> {
        let number = |at: usize| {
            let bytes = bytes.get(at..at + 8)?;
            Some(u64::from_le_bytes(bytes.try_into().ok()?))
        };
        let header = Header {
            key: u128::from_le_bytes(bytes.get(16..32)?.try_into().ok()?),
            table: number(32)?,
            records: number(40)?,
            sum: number(48)?,
        };
        // Whatever is not exactly what would be written is foreign.
        (header.bytes() == bytes).then_some(header)
    }
}
