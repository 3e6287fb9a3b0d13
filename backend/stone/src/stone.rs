//! Reading a whole stone, or the packages of a repository index.

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};

use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;

use crate::attribute::{self, Attribute};
use crate::content::{Content, ContentReader};
use crate::error::Error;
use crate::fields::Fields;
use crate::header::{
    Compression, FileType, HEADER_SIZE, Payload, PayloadKind, VERSION, read_file_header, read_payload_header,
};
use crate::index::{self, EMPTY_DIGEST, IndexEntry};
use crate::layout::{self, EntryKind, LayoutEntry, lossy};
use crate::limits::Limits;
use crate::meta::{self, MetaRecord, Tag};
use crate::package::Package;
use crate::payload::{PayloadReader, check_sizes};

/// Everything in a stone but the file contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stone {
    /// What the stone as a whole is.
    pub file_type: FileType,
    /// The format version: 1.
    pub version: u32,
    /// The headers of all payloads in the order of the file, also of those that were skipped.
    pub payloads: Vec<Payload>,
    /// The records of each metadata payload. A package has one, an index has one for each package.
    pub metas: Vec<Vec<MetaRecord>>,
    /// The files below `/usr`. The paths are not checked; see [`LayoutEntry::check`].
    pub layout: Vec<LayoutEntry>,
    /// Where each unique content is. Within the content payload if there is one; see [`contents`](Self::contents).
    pub index: Vec<IndexEntry>,
    /// Free key-value pairs.
    pub attributes: Vec<Attribute>,
    /// The first content payload.
    pub content: Option<Content>,
}

impl Stone {
    /// Reads and verifies all but the contents. The stone begins at the start of `source` and is all of it.
    ///
    /// Payloads of an unknown kind or compression are skipped; their row in [`payloads`](Self::payloads) stays.
    ///
    /// # Errors
    /// Anything in [`Error`] that says what is wrong with a file; [`Error::Io`] if `source` fails.
    pub fn read<R: Read + Seek>(source: &mut R, limits: &Limits) -> Result<Stone, Error> {
        let mut walk = Walk::start(source, limits)?;
        let mut stone = Stone {
            file_type: walk.file_type,
            version: VERSION,
            payloads: Vec::new(),
            metas: Vec::new(),
            layout: Vec::new(),
            index: Vec::new(),
            attributes: Vec::new(),
            content: None,
        };
        while let Some(payload) = walk.next()? {
            if known(&payload)? {
                match payload.kind {
                    PayloadKind::Meta => stone.metas.push(walk.records(&payload, meta::SMALLEST, meta::read)?),
                    PayloadKind::Layout => {
                        stone
                            .layout
                            .append(&mut walk.records(&payload, layout::SMALLEST, layout::read)?);
                    }
                    PayloadKind::Index => stone
                        .index
                        .append(&mut walk.records(&payload, index::SIZE, index::read)?),
                    PayloadKind::Attributes => {
                        let mut attributes = walk.records(&payload, attribute::SMALLEST, attribute::read)?;
                        stone.attributes.append(&mut attributes);
                    }
                    PayloadKind::Content if stone.content.is_none() => {
                        check_sizes(&payload, limits)?;
                        stone.content = Some(Content(payload.clone()));
                    }
                    PayloadKind::Content | PayloadKind::Unknown(_) => {}
                }
            }
            stone.payloads.push(payload);
        }
        if stone.content.is_some() {
            stone.check_ranges()?;
        }
        Ok(stone)
    }

    /// The package that the first metadata payload describes.
    ///
    /// # Errors
    /// [`Error::MissingField`] and [`Error::NegativeField`].
    pub fn package(&self) -> Result<Package, Error> {
        Package::from_records(self.metas.first().map(Vec::as_slice).unwrap_or_default())
    }

    /// The index in the order of the content payload, proved to lie within it and to be free of overlaps: what
    /// somebody needs who takes the contents out of the stream one by one. There may be gaps.
    ///
    /// # Errors
    /// [`Error::IndexRange`], also when there are contents and no content payload; [`Error::IndexOverlap`].
    pub fn contents(&self) -> Result<Vec<IndexEntry>, Error> {
        self.check_ranges()?;
        let mut sorted = self.index.clone();
        sorted.sort_by_key(|entry| (entry.start, entry.end));
        let mut end = 0;
        for entry in &sorted {
            if entry.start < end && entry.size() > 0 {
                return Err(Error::IndexOverlap {
                    digest: entry.digest,
                    start: entry.start,
                });
            }
            end = end.max(entry.end);
        }
        Ok(sorted)
    }

    /// Reads all contents, and checks each against its XXH3-128, the payload against its checksum, and that no regular
    /// file lacks its content. `source` is the file that this stone was read from.
    ///
    /// # Errors
    /// [`Error::ContentDigest`], [`Error::MissingContent`], and those of [`contents`](Self::contents) and
    /// [`ContentReader::finish`].
    pub fn verify_content<R: Read + Seek>(&self, source: R, limits: &Limits) -> Result<(), Error> {
        let contents = self.contents()?;
        let present: HashSet<u128> = contents
            .iter()
            .map(|entry| entry.digest)
            .chain([EMPTY_DIGEST])
            .collect();
        for entry in &self.layout {
            match entry.kind {
                EntryKind::Regular { digest } if !present.contains(&digest) => {
                    return Err(Error::MissingContent {
                        path: lossy(&entry.path),
                        digest,
                    });
                }
                _ => {}
            }
        }
        let mut reader = self
            .content
            .as_ref()
            .map(|content| content.decode(source, limits))
            .transpose()?;
        let mut buffer = vec![0; 64 << 10];
        let mut at = 0;
        for entry in contents {
            let mut hash = Xxh3::new();
            if let Some(reader) = reader.as_mut().filter(|_| entry.size() > 0) {
                read_span(reader, entry.start - at, &mut buffer, |_| {})?;
                read_span(reader, entry.size(), &mut buffer, |bytes| hash.update(bytes))?;
                at = entry.end;
            }
            let found = hash.digest128();
            if found != entry.digest {
                return Err(Error::ContentDigest {
                    expected: entry.digest,
                    found,
                });
            }
        }
        reader.map_or(Ok(()), ContentReader::finish)
    }

    fn check_ranges(&self) -> Result<(), Error> {
        let plain_size = self.content.as_ref().map_or(0, Content::plain_size);
        match self
            .index
            .iter()
            .find(|entry| entry.start > entry.end || entry.end > plain_size)
        {
            Some(&IndexEntry { start, end, digest }) => Err(Error::IndexRange {
                digest,
                start,
                end,
                plain_size,
            }),
            None => Ok(()),
        }
    }
}

/// Reads the packages of a repository index, in the order of the file. Payloads other than metadata are skipped.
///
/// # Errors
/// [`Error::FileType`] for any other stone, [`Error::InPackage`] if one package is broken, and all of [`Stone::read`].
pub fn read_index<R: Read + Seek>(source: &mut R, limits: &Limits) -> Result<Vec<Package>, Error> {
    let mut packages = Vec::new();
    each_in_index(source, limits, |package| {
        packages.push(package);
        Ok::<(), Error>(())
    })?;
    Ok(packages)
}

/// Like [`read_index`], one package at a time: only one is in memory. What `visit` fails with ends the reading.
///
/// # Errors
/// Those of [`read_index`], and those of `visit`. An error may come after packages that were good.
pub fn each_in_index<R, E>(
    source: &mut R,
    limits: &Limits,
    mut visit: impl FnMut(Package) -> Result<(), E>,
) -> Result<(), E>
where
    R: Read + Seek,
    E: From<Error>,
{
    let mut walk = Walk::start(source, limits)?;
    if walk.file_type != FileType::Index {
        return Err(E::from(Error::FileType {
            expected: FileType::Index,
            found: walk.file_type,
        }));
    }
    let mut number = 0;
    while let Some(payload) = walk.next()? {
        if payload.kind != PayloadKind::Meta {
            continue;
        }
        let broken = |name: &str, error| Error::InPackage {
            number,
            name: name.to_owned(),
            source: Box::new(error),
        };
        let records = match known(&payload) {
            Ok(true) => walk.records(&payload, meta::SMALLEST, meta::read),
            Ok(false) => continue,
            Err(error) => Err(error),
        };
        let records = records.map_err(|error| broken("unnamed", error))?;
        let package = Package::from_records(&records).map_err(|error| {
            let name = records
                .iter()
                .filter(|record| record.tag == Tag::Name)
                .find_map(|record| record.value.text());
            broken(name.unwrap_or("unnamed"), error)
        })?;
        visit(package)?;
        number += 1;
    }
    Ok(())
}

/// Whether the body can be understood. A known kind in an unknown version is an error: guessing would be worse.
fn known(payload: &Payload) -> Result<bool, Error> {
    let &Payload {
        kind,
        compression,
        version,
        offset,
        ..
    } = payload;
    if matches!(kind, PayloadKind::Unknown(_)) || matches!(compression, Compression::Unknown(_)) {
        return Ok(false);
    }
    if u32::from(version) != VERSION {
        return Err(Error::PayloadVersion { kind, offset, version });
    }
    Ok(true)
}

/// Goes from payload to payload by their headers alone, so that a body is never needed to find the next one.
struct Walk<'a, R> {
    source: &'a mut R,
    limits: &'a Limits,
    file_type: FileType,
    /// Bytes of the file.
    length: u64,
    /// Where the next payload header begins.
    at: u64,
    /// Payloads that are still to come.
    left: u16,
    /// Plain bytes of the payloads decoded so far.
    held: u64,
}

impl<'a, R: Read + Seek> Walk<'a, R> {
    fn start(source: &'a mut R, limits: &'a Limits) -> Result<Walk<'a, R>, Error> {
        let length = source.seek(SeekFrom::End(0))?;
        let file_type = FileType::Unknown(0);
        let mut walk = Walk {
            source,
            limits,
            file_type,
            length,
            at: 0,
            left: 0,
            held: 0,
        };
        let header = walk.header()?;
        (walk.file_type, walk.left) = read_file_header(&header)?;
        Ok(walk)
    }

    /// The next payload; None after the last one, which must end the file.
    fn next(&mut self) -> Result<Option<Payload>, Error> {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None if self.at < self.length => {
                return Err(Error::TrailingBytes {
                    offset: self.at,
                    extra: self.length - self.at,
                });
            }
            None => return Ok(None),
        }
        let header = self.header()?;
        let Some(payload) = read_payload_header(&header, self.at) else {
            return Ok(None);
        };
        self.advance(payload.stored_size)?;
        Ok(Some(payload))
    }

    fn header(&mut self) -> Result<[u8; HEADER_SIZE as usize], Error> {
        let mut header = [0; HEADER_SIZE as usize];
        let begin = self.at;
        self.advance(HEADER_SIZE)?;
        self.source.seek(SeekFrom::Start(begin))?;
        self.source.read_exact(&mut header)?;
        Ok(header)
    }

    /// Steps over bytes that must be there.
    fn advance(&mut self, needed: u64) -> Result<(), Error> {
        let available = self.length.saturating_sub(self.at);
        if needed > available {
            return Err(Error::Truncated {
                offset: self.at,
                needed,
                available,
            });
        }
        self.at += needed;
        Ok(())
    }

    /// Decodes and verifies a body that consists of records of at least `smallest` bytes each.
    fn records<T>(
        &mut self,
        payload: &Payload,
        smallest: u64,
        read: fn(&mut Fields<'_>, u32) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let &Payload {
            kind,
            records,
            plain_size,
            ..
        } = payload;
        let wrong_count = || Error::RecordCount {
            kind,
            records,
            plain_size,
        };
        check_sizes(payload, self.limits)?;
        self.held = self.held.saturating_add(plain_size);
        if self.held > self.limits.held {
            let what = "all metadata, layout and index payloads together";
            return Err(Error::Limit {
                what,
                limit: self.limits.held,
                found: self.held,
            });
        }
        let mut reader = PayloadReader::new(&mut *self.source, payload, self.limits)?;
        let mut body = Vec::new();
        reader.read_to_end(&mut body)?;
        reader.finish()?;
        if u64::from(records).saturating_mul(smallest) > plain_size {
            return Err(wrong_count());
        }
        let mut fields = Fields::new(&body);
        let all = (0..records)
            .map(|number| read(&mut fields, number))
            .collect::<Result<Vec<T>, Error>>()?;
        if fields.is_empty() { Ok(all) } else { Err(wrong_count()) }
    }
}

/// Reads exactly `length` bytes, in pieces.
fn read_span(
    reader: &mut impl Read,
    mut length: u64,
    buffer: &mut [u8],
    mut each: impl FnMut(&[u8]),
) -> Result<(), Error> {
    while length > 0 {
        let most = usize::try_from(length).unwrap_or(usize::MAX).min(buffer.len());
        let piece = buffer.get_mut(..most).unwrap_or_default();
        reader.read_exact(piece)?;
        each(piece);
        length -= piece.len() as u64;
    }
    Ok(())
}
