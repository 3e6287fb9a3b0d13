//! Writing a stone payload by payload.

use std::io::{self, Read, Seek, SeekFrom, Write};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::attribute::{self, Attribute};
use crate::error::Error;
use crate::header::{
    Compression, FileType, HEADER_SIZE, Payload, PayloadKind, VERSION, write_file_header, write_payload_header,
};
use crate::index::{self, IndexEntry};
use crate::layout::{self, LayoutEntry};
use crate::meta::{self, MetaRecord};
use crate::package::Package;

/// The zstd level that packages are published with.
pub(crate) const LEVEL: i32 = 18;

/// Bytes copied at once into the content payload.
const PIECE: usize = 128 << 10;

/// Writes the payloads of one stone in the order they are given. The number of payloads is announced first, because
/// the file header states it; [`finish`](Self::finish) holds the writer to it.
#[derive(Debug)]
pub struct StoneWriter<W> {
    to: W,
    compression: Compression,
    level: i32,
    threads: u32,
    announced: u16,
    written: u32,
}

impl<W: Write> StoneWriter<W> {
    /// Writes the file header. Compresses with zstd level 18 in the calling thread until told otherwise.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn new(mut to: W, file_type: FileType, payloads: u16) -> Result<StoneWriter<W>, Error> {
        to.write_all(&write_file_header(file_type, payloads))?;
        let compression = Compression::Zstd;
        Ok(StoneWriter {
            to,
            compression,
            level: LEVEL,
            threads: 0,
            announced: payloads,
            written: 0,
        })
    }

    /// The zstd level of the payloads that follow; out of range means the nearest.
    #[must_use]
    pub fn level(mut self, level: i32) -> StoneWriter<W> {
        self.level = level;
        self
    }

    /// The compression of the payloads that follow.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> StoneWriter<W> {
        self.compression = compression;
        self
    }

    /// How many threads of its own zstd may use for the content; 0 for none.
    #[must_use]
    pub fn threads(mut self, threads: u32) -> StoneWriter<W> {
        self.threads = threads;
        self
    }

    /// Writes one metadata payload.
    ///
    /// # Errors
    /// [`Error::TooLong`] and [`Error::Io`].
    pub fn meta(&mut self, records: &[MetaRecord]) -> Result<(), Error> {
        self.records(PayloadKind::Meta, records, meta::write)
    }

    /// Writes one layout payload. The paths are not checked.
    ///
    /// # Errors
    /// [`Error::TooLong`] and [`Error::Io`].
    pub fn layout(&mut self, entries: &[LayoutEntry]) -> Result<(), Error> {
        self.records(PayloadKind::Layout, entries, layout::write)
    }

    /// Writes one index payload.
    ///
    /// # Errors
    /// [`Error::TooLong`] and [`Error::Io`].
    pub fn index(&mut self, entries: &[IndexEntry]) -> Result<(), Error> {
        self.records(PayloadKind::Index, entries, index::write)
    }

    /// Writes one attributes payload.
    ///
    /// # Errors
    /// [`Error::TooLong`] and [`Error::Io`].
    pub fn attributes(&mut self, attributes: &[Attribute]) -> Result<(), Error> {
        self.records(PayloadKind::Attributes, attributes, attribute::write)
    }

    /// Ends the stone and gives the destination back.
    ///
    /// # Errors
    /// [`Error::PayloadCount`] and [`Error::Io`].
    pub fn finish(mut self) -> Result<W, Error> {
        if self.written != u32::from(self.announced) {
            return Err(Error::PayloadCount {
                announced: self.announced,
                written: self.written,
            });
        }
        self.to.flush()?;
        Ok(self.to)
    }

    fn records<T>(
        &mut self,
        kind: PayloadKind,
        records: &[T],
        write: fn(&mut Vec<u8>, &T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut plain = Vec::new();
        for record in records {
            write(&mut plain, record)?;
        }
        let count = u32::try_from(records.len()).map_err(|_| Error::TooLong {
            what: "a payload",
            found: records.len() as u64,
            maximum: u32::MAX.into(),
        })?;
        let plain_size = plain.len() as u64;
        let stored = match self.compression {
            Compression::None => plain,
            Compression::Zstd => zstd::bulk::compress(&plain, self.level)?,
            Compression::Unknown(byte) => return Err(Error::CannotCompress(byte)),
        };
        let payload = self.payload(kind, count, plain_size, stored.len() as u64, xxh3_64(&stored));
        self.count()?;
        self.to.write_all(&write_payload_header(&payload))?;
        self.to.write_all(&stored)?;
        Ok(())
    }

    fn payload(&self, kind: PayloadKind, records: u32, plain_size: u64, stored_size: u64, checksum: u64) -> Payload {
        let compression = self.compression;
        let version = VERSION as u16;
        Payload {
            offset: 0,
            kind,
            compression,
            version,
            records,
            stored_size,
            plain_size,
            checksum,
        }
    }

    fn count(&mut self) -> Result<(), Error> {
        self.written = self.written.saturating_add(1);
        if self.written > u32::from(self.announced) {
            return Err(Error::PayloadCount {
                announced: self.announced,
                written: self.written,
            });
        }
        Ok(())
    }
}

impl<W: Write + Seek> StoneWriter<W> {
    /// Writes the content payload: all of `source`, which has `plain_size` bytes. The payload's header is filled in
    /// afterwards.
    ///
    /// # Errors
    /// [`Error::PlainSize`] if the source has another size, and [`Error::Io`].
    pub fn content(&mut self, source: &mut impl Read, plain_size: u64) -> Result<(), Error> {
        self.count()?;
        let header_at = self.to.stream_position()?;
        self.to.write_all(&[0; HEADER_SIZE as usize])?;
        let mut stored = Stored {
            to: &mut self.to,
            size: 0,
            hash: Xxh3::new(),
        };
        let copied = match self.compression {
            Compression::None => copy(source, &mut stored)?,
            Compression::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(&mut stored, self.level)?;
                encoder.set_pledged_src_size(Some(plain_size))?;
                if self.threads > 0 {
                    encoder.multithread(self.threads)?;
                }
                let copied = copy(source, &mut encoder)?;
                if copied == plain_size {
                    encoder.finish()?;
                }
                copied
            }
            Compression::Unknown(byte) => return Err(Error::CannotCompress(byte)),
        };
        let (size, checksum) = (stored.size, stored.hash.digest());
        if copied != plain_size {
            let offset = header_at.saturating_add(HEADER_SIZE);
            return Err(Error::PlainSize {
                kind: PayloadKind::Content,
                offset,
                expected: plain_size,
            });
        }
        let end = self.to.stream_position()?;
        let header = write_payload_header(&self.payload(PayloadKind::Content, 0, plain_size, size, checksum));
        self.to.seek(SeekFrom::Start(header_at))?;
        self.to.write_all(&header)?;
        self.to.seek(SeekFrom::Start(end))?;
        Ok(())
    }
}

/// Writes a repository index: one metadata payload for each package, in the given order.
///
/// # Errors
/// [`Error::TooLong`] for more than 65535 packages, before anything is written; [`Error::Io`].
pub fn write_index<W: Write>(to: W, packages: &[Package]) -> Result<(), Error> {
    let count = u16::try_from(packages.len()).map_err(|_| Error::TooLong {
        what: "a repository index",
        found: packages.len() as u64,
        maximum: u16::MAX.into(),
    })?;
    let mut writer = StoneWriter::new(to, FileType::Index, count)?;
    for package in packages {
        writer.meta(&package.to_records())?;
    }
    writer.finish()?;
    Ok(())
}

/// Counts and hashes what is really stored.
struct Stored<W> {
    to: W,
    size: u64,
    hash: Xxh3,
}

impl<W: Write> Write for Stored<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        self.hash.update(bytes.get(..length).unwrap_or_default());
        self.size += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn copy(from: &mut impl Read, to: &mut impl Write) -> Result<u64, Error> {
    let mut buffer = vec![0; PIECE];
    let mut copied = 0;
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) => return Ok(copied),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        to.write_all(buffer.get(..length).unwrap_or_default())?;
        copied += length as u64;
    }
}
