//! Brings the selected packages here and compares each with what its repository promises.
//!
//! A package of a `file:` repository is read where it is, and nothing is copied: its head, to know what it would change; all of
//! it for its SHA-256 ([`Fetched::prove`]), right before it is unpacked, so that one package is read while another one is
//! decoded; then its content. A [`Stamp`] (device, inode, size, change time) makes sure that each time it was the same
//! file. Nothing that was made of an unproven head is ever said or kept without the proof.
//!
//! A package from the network goes to `/.moult/downloads/<sha256>.part` and is named `<sha256>.stone` once it is whole
//! and verified. After a successful change that folder is emptied: nothing in it is needed twice. After one that failed
//! because a server could not be reached, that was paused, or that was killed, it stays, so that the next attempt only brings
//! what is missing: a part of a package is read for its SHA-256, and the rest of it is asked for.

use std::fs::{File, Metadata};
use std::io::Read;
use std::num::NonZeroU64;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::crew;
use crate::error::Error;
use crate::root::Root;
use crate::selection::Selected;
use crate::watch::{Meter, Watch};
use crate::web::{Sink, To, Web, hex};

/// Files that are waited for at once.
pub(crate) const AT_ONCE: usize = 4;
const CHUNK: usize = 256 * 1024;
/// Bytes of a package that are read before they are asked for.
const EXPECTED: Option<NonZeroU64> = NonZeroU64::new(64 << 20);

/// A package file that is here.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    pub(crate) path: PathBuf,
    stamp: Stamp,
    /// Whether its SHA-256 was compared.
    proven: bool,
}

/// What tells whether a file is still the one that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl Fetched {
    /// Opens the file again, if it still is the one that was verified.
    pub(crate) fn open(&self, package: &str) -> Result<File, Error> {
        let file = open(&self.path)?;
        self.unchanged(package, &file)?;
        Ok(file)
    }

    /// Has the kernel read the file while the processors are busy with another one, its first part at least.
    pub(crate) fn expect(&self) {
        if let Ok(file) = open(&self.path) {
            // Only advice: who needs the file reads it, and says what is wrong with it.
            let _ = rustix::fs::fadvise(&file, 0, EXPECTED, rustix::fs::Advice::WillNeed);
        }
    }

    /// Reads the whole file for its SHA-256, if nobody has yet. `check` is asked after each part.
    pub(crate) fn prove(
        &self,
        package: &str,
        hash: &str,
        check: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.proven {
            return Ok(());
        }
        let promise = Promise {
            package,
            hash,
            size: self.stamp.size,
        };
        let file = self.open(package)?;
        let proven = verify(file, &self.path, promise, &mut |_| check())?;
        match proven.stamp == self.stamp {
            true => Ok(()),
            false => Err(self.changed(package)),
        }
    }

    /// Fails if the file is not the one that was verified.
    pub(crate) fn unchanged(&self, package: &str, file: &File) -> Result<(), Error> {
        let metadata = file
            .metadata()
            .map_err(|error| Error::io("reading a package", &self.path, error))?;
        if Stamp::of(&metadata) == self.stamp {
            return Ok(());
        }
        Err(self.changed(package))
    }

    fn changed(&self, package: &str) -> Error {
        Error::SourceChanged {
            package: package.to_owned(),
            path: self.path.clone(),
        }
    }
}

/// What a repository says of a package file.
#[derive(Debug, Clone, Copy)]
struct Promise<'a> {
    package: &'a str,
    /// SHA-256 in hex.
    hash: &'a str,
    size: u64,
}

impl<'a> Promise<'a> {
    fn of(package: &'a Selected) -> Promise<'a> {
        Promise {
            package: &package.name,
            hash: &package.hash,
            size: package.size,
        }
    }
}

/// Brings all of them, and verifies what comes from a network; the results are in the order of `packages`.
pub(crate) fn fetch(root: &Root, web: &Web, packages: &[&Selected], meter: &Meter<'_>) -> Result<Vec<Fetched>, Error> {
    // The largest first: they then do not come last, alone.
    let mut order: Vec<usize> = (0..packages.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(packages.get(*at).map_or(0, |package| package.size)));
    let queue: Vec<(usize, &Selected)> = order
        .into_iter()
        .filter_map(|at| packages.get(at).map(|package| (at, *package)))
        .collect();
    let mut fetched = crew::run(AT_ONCE, &queue, |(at, package)| {
        meter.check()?;
        let file = match package.url.to_file_path() {
            Ok(path) if package.url.scheme() == "file" => local(&path, package, meter)?,
            _ => remote(root, web, package, meter)?,
        };
        meter.items(1, &package.name);
        Ok((*at, file))
    })?;
    fetched.sort_unstable_by_key(|(at, _)| *at);
    Ok(fetched.into_iter().map(|(_, file)| file).collect())
}

fn local(path: &Path, package: &Selected, meter: &Meter<'_>) -> Result<Fetched, Error> {
    let file = match open(path) {
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            let url = crate::repository::shown(&package.url);
            return Err(Error::Unreachable {
                url,
                reason: "the file is not there".to_owned(),
            });
        }
        opened => opened?,
    };
    let metadata = file
        .metadata()
        .map_err(|error| Error::io("reading a package", path, error))?;
    let stamp = Stamp::of(&metadata);
    if stamp.size != package.size {
        return Err(wrong_size(Promise::of(package), stamp.size));
    }
    meter.bytes(stamp.size, &package.name);
    Ok(Fetched {
        path: path.to_owned(),
        stamp,
        proven: false,
    })
}

fn remote(root: &Root, web: &Web, package: &Selected, meter: &Meter<'_>) -> Result<Fetched, Error> {
    let whole = root.own("downloads").join(format!("{}.stone", package.hash));
    if let Ok(file) = open(&whole) {
        // From an attempt before this one. The bytes are counted only if it is good.
        match verify(file, &whole, Promise::of(package), &mut |_| meter.check()) {
            Ok(fetched) => {
                meter.bytes(package.size, &package.name);
                return Ok(fetched);
            }
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(_) => drop(std::fs::remove_file(&whole)),
        }
    }
    let mut part = Part::open(root.own("downloads").join(format!("{}.part", package.hash)))?;
    let mut file = part
        .file
        .try_clone()
        .map_err(|error| Error::io("downloading", &part.path, error))?;
    let mut sink = Sink {
        to: To::File(&mut file, &part.path),
        limit: package.size,
        resume: true,
        judge: Some(&|size, sha256| promised(Promise::of(package), size, sha256)),
        known: None,
        waits: Some(&|error| meter.waits(error)),
    };
    let addresses = web.addresses(&package.repository, &package.url);
    let arrived = web.download(&addresses, &mut sink, &mut |bytes| {
        meter.bytes(bytes, &package.name);
        meter.check()
    });
    match arrived {
        Err(Error::TooLarge { limit, .. }) => Err(wrong_size(Promise::of(package), limit.saturating_add(1))),
        Err(error) => {
            part.is_worth_keeping = match error {
                Error::Unreachable { .. } => true,
                Error::Cancelled => meter.is_paused(),
                _ => false,
            };
            Err(error)
        }
        Ok(_) => part.keep_as(&whole),
    }
}

/// A download that is not whole: removed when dropped, unless it can be gone on with.
struct Part {
    path: PathBuf,
    file: File,
    is_worth_keeping: bool,
}

impl Part {
    /// With what an attempt before this one left in it.
    fn open(path: PathBuf) -> Result<Part, Error> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        match options
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
            .open(&path)
        {
            Ok(file) => Ok(Part {
                path,
                file,
                is_worth_keeping: false,
            }),
            Err(error) => Err(Error::io("downloading", path, error)),
        }
    }

    fn keep_as(mut self, name: &Path) -> Result<Fetched, Error> {
        std::fs::rename(&self.path, name).map_err(|error| Error::io("downloading", name, error))?;
        // It has another name now.
        self.is_worth_keeping = true;
        let metadata = self
            .file
            .metadata()
            .map_err(|error| Error::io("downloading", name, error))?;
        Ok(Fetched {
            path: name.to_owned(),
            stamp: Stamp::of(&metadata),
            proven: true,
        })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let is_empty = self.file.metadata().is_ok_and(|found| found.len() == 0);
        if !self.is_worth_keeping || is_empty {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Reads the whole file for its SHA-256.
fn verify(
    mut file: File,
    path: &Path,
    package: Promise<'_>,
    advance: &mut dyn FnMut(u64) -> Result<(), Error>,
) -> Result<Fetched, Error> {
    let failed = |error| Error::io("reading a package", path, error);
    let stamp = Stamp::of(&file.metadata().map_err(failed)?);
    if stamp.size != package.size {
        return Err(wrong_size(package, stamp.size));
    }
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut size = 0u64;
    loop {
        let read = file.read(&mut chunk).map_err(failed)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        size = size.saturating_add(read as u64);
        if size > package.size {
            return Err(wrong_size(package, size));
        }
        hasher.update(bytes);
        advance(read as u64)?;
    }
    promised(package, size, &hex(&hasher.finalize()))?;
    let fetched = Fetched {
        path: path.to_owned(),
        stamp,
        proven: true,
    };
    fetched.unchanged(package.package, &file)?;
    Ok(fetched)
}

fn promised(package: Promise<'_>, size: u64, sha256: &str) -> Result<(), Error> {
    if size != package.size {
        return Err(wrong_size(package, size));
    }
    if sha256 != package.hash {
        let (package, expected) = (package.package.to_owned(), package.hash.to_owned());
        return Err(Error::WrongChecksum {
            package,
            expected,
            found: sha256.to_owned(),
        });
    }
    Ok(())
}

fn wrong_size(package: Promise<'_>, found: u64) -> Error {
    Error::WrongSize {
        package: package.package.to_owned(),
        expected: package.size,
        found,
    }
}

/// Opens a regular file. Never waits, as opening a pipe would.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    let failed = |error| Error::io("opening a file", path, error);
    let flags = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    let file = File::options()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(failed(std::io::Error::other("it is not a regular file")));
    }
    Ok(file)
}

/// Bytes of a package that are not here yet, nor in the folder of a repository.
pub(crate) fn missing_bytes(root: &Root, package: &Selected) -> u64 {
    if package.url.scheme() == "file" {
        return 0;
    }
    let here = |end: &str| {
        let path = root.own("downloads").join(format!("{}.{end}", package.hash));
        std::fs::symlink_metadata(path).map_or(0, |found| found.len())
    };
    package.size.saturating_sub(here("stone").max(here("part")))
}

/// After work that was cancelled, gives the room of what it downloaded back; unless it is only paused.
pub(crate) fn unless_paused<T>(root: &Root, done: Result<T, Error>, watch: &dyn Watch) -> Result<T, Error> {
    if matches!(done, Err(Error::Cancelled)) && !watch.keeps_downloads() {
        clean(root, true);
    }
    done
}

/// Empties the folder of downloads; `all` also takes packages and parts of packages.
pub(crate) fn clean(root: &Root, all: bool) {
    let Ok(entries) = std::fs::read_dir(root.own("downloads")) else {
        return;
    };
    for entry in entries.flatten() {
        if all || !is_package(&entry.path()) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether a name is `<sha256>.stone` or `<sha256>.part`.
fn is_package(path: &Path) -> bool {
    let is_hash = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .is_some_and(|stem| stem.len() == 64 && stem.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
    is_hash && path.extension().is_some_and(|end| end == "stone" || end == "part")
}
