//! Writing a binary package from files.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use crate::error::Error;
use crate::header::FileType;
use crate::index::IndexEntry;
use crate::layout::{EntryKind, LayoutEntry, check_path, check_target, lossy, short_length};
use crate::package::Package;
use crate::writer::{LEVEL, StoneWriter};

const REGULAR: u32 = 0o100_000;
const SYMLINK: u32 = 0o120_000;
const DIRECTORY: u32 = 0o040_000;
const PERMISSIONS: u32 = 0o7777;

/// Where a file's content comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Out of memory.
    Bytes(Vec<u8>),
    /// Out of a regular file. It is read twice while the package is written, never loaded whole, and must not change.
    File(PathBuf),
}

/// Collects the metadata and the files of a package, and writes them as a stone.
///
/// The same input gives the same bytes, in whatever order the entries were added.
#[derive(Debug)]
pub struct PackageWriter {
    package: Package,
    level: i32,
    threads: u32,
    entries: BTreeMap<Vec<u8>, (LayoutEntry, Option<Source>)>,
}

impl PackageWriter {
    /// A package without files.
    pub fn new(package: Package) -> PackageWriter {
        PackageWriter {
            package,
            level: LEVEL,
            threads: 0,
            entries: BTreeMap::new(),
        }
    }

    /// The zstd level, 18 by default; out of range means the nearest.
    #[must_use]
    pub fn level(mut self, level: i32) -> PackageWriter {
        self.level = level;
        self
    }

    /// How many threads of its own zstd may use; 0, the default, for none. With any, the compressed bytes differ.
    #[must_use]
    pub fn threads(mut self, threads: u32) -> PackageWriter {
        self.threads = threads;
        self
    }

    /// Adds a directory. Parents are implicit: only empty directories and those with unusual rights need this.
    /// Of `mode`, the permissions, set-id and sticky bits count.
    ///
    /// # Errors
    /// [`Error::Path`], [`Error::TooLong`] and [`Error::DuplicatePath`].
    pub fn directory(&mut self, path: &[u8], mode: u32, uid: u32, gid: u32) -> Result<(), Error> {
        self.add(
            path,
            DIRECTORY | mode & PERMISSIONS,
            uid,
            gid,
            EntryKind::Directory,
            None,
        )
    }

    /// Adds a symbolic link with the text `target`.
    ///
    /// # Errors
    /// [`Error::LinkTarget`] and those of [`directory`](Self::directory).
    pub fn symlink(&mut self, path: &[u8], target: &[u8], uid: u32, gid: u32) -> Result<(), Error> {
        check_target(path, target)?;
        short_length("a link target", target)?;
        self.add(
            path,
            SYMLINK | 0o777,
            uid,
            gid,
            EntryKind::Symlink {
                target: target.to_vec(),
            },
            None,
        )
    }

    /// Adds a regular file. The source is read by [`write`](Self::write). Of `mode`, the permissions, set-id and sticky
    /// bits count.
    ///
    /// # Errors
    /// Those of [`directory`](Self::directory).
    pub fn file(&mut self, path: &[u8], mode: u32, uid: u32, gid: u32, source: Source) -> Result<(), Error> {
        // The digest is filled in by the hashing pass.
        self.add(
            path,
            REGULAR | mode & PERMISSIONS,
            uid,
            gid,
            EntryKind::Regular { digest: 0 },
            Some(source),
        )
    }

    fn add(
        &mut self,
        path: &[u8],
        mode: u32,
        uid: u32,
        gid: u32,
        kind: EntryKind,
        source: Option<Source>,
    ) -> Result<(), Error> {
        check_path(path)?;
        short_length("a path", path)?;
        let entry = LayoutEntry {
            path: path.to_vec(),
            uid,
            gid,
            mode,
            tag: 0,
            kind,
        };
        match self.entries.insert(path.to_vec(), (entry, source)) {
            Some(_) => Err(Error::DuplicatePath(lossy(path))),
            None => Ok(()),
        }
    }

    /// Hashes all files, then writes metadata, layout, index and content. Payloads that would have no records are left
    /// out. Equal contents are stored once, the largest first.
    ///
    /// # Errors
    /// [`Error::SourceFile`], [`Error::SourceChanged`], [`Error::TooLong`] and [`Error::Io`]. What was written by then is
    /// no valid stone.
    pub fn write<W: Write + Seek>(self, to: W) -> Result<(), Error> {
        let mut unique: HashMap<u128, Unique> = HashMap::new();
        let mut layout = Vec::with_capacity(self.entries.len());
        for (path, (mut entry, source)) in self.entries {
            if let Some(source) = source {
                let (digest, size) = hash(&source)?;
                entry.kind = EntryKind::Regular { digest };
                unique.entry(digest).or_insert(Unique {
                    path,
                    digest,
                    size,
                    source,
                });
            }
            layout.push(entry);
        }
        let mut unique: Vec<Unique> = unique.into_values().collect();
        unique.sort_by_key(|content| (std::cmp::Reverse(content.size), content.digest));
        let mut index = Vec::with_capacity(unique.len());
        let mut at: u64 = 0;
        for content in &unique {
            let end = at.checked_add(content.size).ok_or(Error::TooLong {
                what: "the content",
                found: u64::MAX,
                maximum: u64::MAX,
            })?;
            index.push(IndexEntry {
                start: at,
                end,
                digest: content.digest,
            });
            at = end;
        }

        let payloads = 1 + u16::from(!layout.is_empty()) + 2 * u16::from(!index.is_empty());
        let writer = StoneWriter::new(to, FileType::Package, payloads)?;
        let mut writer = writer.level(self.level).threads(self.threads);
        writer.meta(&self.package.to_records())?;
        if !layout.is_empty() {
            writer.layout(&layout)?;
        }
        if !index.is_empty() {
            writer.index(&index)?;
            writer.content(
                &mut Contents {
                    left: unique.iter(),
                    open: None,
                },
                at,
            )?;
        }
        writer.finish()?;
        Ok(())
    }
}

/// One content, and the first of the paths that have it.
struct Unique {
    path: Vec<u8>,
    digest: u128,
    size: u64,
    source: Source,
}

/// All contents in order, each checked again to be what was hashed.
struct Contents<'a> {
    left: std::slice::Iter<'a, Unique>,
    open: Option<Open<'a>>,
}

struct Open<'a> {
    content: &'a Unique,
    reader: Box<dyn Read + 'a>,
    hash: Xxh3,
    size: u64,
}

impl Read for Contents<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.open.is_none() {
                let Some(content) = self.left.next() else { return Ok(0) };
                let reader = open(&content.source)?;
                self.open = Some(Open {
                    content,
                    reader,
                    hash: Xxh3::new(),
                    size: 0,
                });
            }
            let Some(open) = &mut self.open else { return Ok(0) };
            let length = match open.reader.read(out) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(in_source(&open.content.source, error).into()),
            };
            let changed = || Error::SourceChanged(lossy(&open.content.path));
            open.size = open.size.saturating_add(length as u64);
            if open.size > open.content.size {
                return Err(changed().into());
            }
            if length > 0 {
                open.hash.update(out.get(..length).unwrap_or_default());
                return Ok(length);
            }
            if open.size != open.content.size || open.hash.digest128() != open.content.digest {
                return Err(changed().into());
            }
            self.open = None;
        }
    }
}

fn open(source: &Source) -> Result<Box<dyn Read + '_>, Error> {
    match source {
        Source::Bytes(bytes) => Ok(Box::new(bytes.as_slice())),
        Source::File(path) => Ok(Box::new(open_file(path).map_err(|error| in_source(source, error))?)),
    }
}

/// Opens a regular file; a pipe would wait for ever.
fn open_file(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    File::open(path)
}

fn in_source(source: &Source, error: io::Error) -> Error {
    match source {
        Source::Bytes(_) => Error::Io(error),
        Source::File(path) => Error::SourceFile {
            path: path.clone(),
            source: error,
        },
    }
}

/// XXH3-128 and size of a source.
fn hash(source: &Source) -> Result<(u128, u64), Error> {
    let mut reader = open(source)?;
    let mut buffer = vec![0; 128 << 10];
    let (mut hash, mut size) = (Xxh3::new(), 0_u64);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((hash.digest128(), size)),
            Ok(length) => {
                hash.update(buffer.get(..length).unwrap_or_default());
                size = size.saturating_add(length as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(in_source(source, error)),
        }
    }
}
