//! Packages that a person brings as a file. Each is copied to `/.moult/local/<sha256>.stone`, which stays as long as a
//! state has the package: no repository could give it again.
//!
//! In the database such a package is a kept copy (`packages.repository` is NULL) whose address is `local:<sha256>.stone`.
//! That way it does not matter where the root is mounted.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use moult_stone::{FileType, Limits, Package, Stone};
use rusqlite::{Connection, params};
use rustix::fs::{AtFlags, Mode, OFlags};
use sha2::{Digest, Sha256};
use url::Url;

use crate::catalogue::{self, Offer};
use crate::error::Error;
use crate::package;
use crate::root::{DIRECTORY, Root, make_directory};
use crate::selection::Selected;
use crate::watch::{Meter, Phase, Watch};
use crate::web::hex;

/// The folder, below `/.moult`.
const FOLDER: &str = "local";
const SCHEME: &str = "local";
/// The copy until it is whole.
const PART: &str = "incoming.part";
/// A package file may have this many bytes: the largest content payload that is read, and something around it.
const LARGEST: u64 = 65 << 30;
const CHUNK: usize = 256 * 1024;
/// How a file without a name is called.
const LABEL: &str = "the package file";

/// Where imported packages are.
#[derive(Debug, Clone)]
pub(crate) struct Local(PathBuf);

impl Local {
    pub(crate) fn of(root: &Root) -> Result<Local, Error> {
        let path = root.own(FOLDER);
        let absolute = std::path::absolute(&path).map_err(|error| Error::io("looking at the root", path, error))?;
        Ok(Local(absolute))
    }

    /// An offer as it is selected.
    pub(crate) fn selected(&self, offer: &Offer, explicit: bool) -> Result<Selected, Error> {
        let damaged = |reason: &str| Error::DamagedDatabase(format!("{:?} {reason}", offer.uri));
        let url = Url::parse(&offer.uri).map_err(|error| damaged(&format!("is not an address: {error}")))?;
        let url = if url.scheme() == SCHEME {
            // A name, never a path: only what `import` wrote is followed.
            if url.path() != file_name(&offer.hash) {
                return Err(damaged("is not an imported package"));
            }
            Url::from_file_path(self.0.join(url.path())).map_err(|()| damaged("is not a path"))?
        } else {
            url
        };
        Ok(Selected {
            name: offer.name.clone(),
            version: offer.version.clone(),
            source_release: offer.source_release,
            build_release: offer.build_release,
            architecture: offer.architecture.clone(),
            summary: offer.summary.clone(),
            repository: offer.repository.as_ref().map_or_else(String::new, |(id, _)| id.clone()),
            url,
            hash: offer.hash.clone(),
            size: offer.size,
            explicit,
        })
    }
}

fn file_name(hash: &str) -> String {
    format!("{hash}.stone")
}

/// Copies a stone in and writes down what it is. Needs the lock.
pub(crate) fn import(
    root: &Root,
    connection: &mut Connection,
    file: &mut File,
    watch: &dyn Watch,
) -> Result<Selected, Error> {
    let shown = root.own(FOLDER);
    let size = size(file)?;
    let meter = Meter::begin(watch, Phase::Fetch, size, 1);
    meter.check()?;
    root.require_room("copying the package", size, 2)?;
    make_directory(root.moult(), FOLDER, 0o700, &shown)?;
    let folder = folder(root)?;
    let part = Part::create(&folder, shown.join(PART))?;
    let hash = part.copy(file, size, &meter)?;
    let package = inspect(&part.file, &part.path, &hash, size, watch)?;
    meter.check()?;
    part.keep_as(&file_name(&hash))?;
    meter.items(1, &package.name);
    let offer = record(connection, &package, &hash, size)?;
    meter.end();
    Local::of(root)?.selected(&offer, false)
}

/// Bytes of a package file.
fn size(file: &File) -> Result<u64, Error> {
    let failed = |error: std::io::Error| Error::io("reading the package file", LABEL, error);
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(failed(std::io::Error::other("it is not a regular file")));
    }
    match metadata.len() {
        size if size > LARGEST => Err(Error::TooLarge {
            url: LABEL.to_owned(),
            limit: LARGEST,
        }),
        size => Ok(size),
    }
}

/// A package file that is only looked at: what it is, and its head.
pub(crate) fn look(file: &mut File, watch: &dyn Watch) -> Result<(Package, Stone), Error> {
    let failed = |error: std::io::Error| Error::io("reading the package file", LABEL, error);
    let size = size(file)?;
    let meter = Meter::begin(watch, Phase::Fetch, size, 1);
    file.rewind().map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    // One byte more shows that it grew.
    let mut limited = (&*file).take(size.saturating_add(1));
    let mut done = 0u64;
    loop {
        meter.check()?;
        let read = limited.read(&mut chunk).map_err(failed)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        hasher.update(bytes);
        done = done.saturating_add(read as u64);
        meter.bytes(read as u64, "");
    }
    if done != size {
        return Err(changed());
    }
    let package = inspect(file, Path::new(LABEL), &hex(&hasher.finalize()), size, watch)?;
    file.rewind().map_err(failed)?;
    let stone = Stone::read(&mut BufReader::new(&*file), &Limits::default());
    let stone = stone.map_err(|source| Error::stone(LABEL, Path::new(LABEL), source))?;
    meter.items(1, &package.name);
    meter.end();
    Ok((package, stone))
}

fn changed() -> Error {
    Error::SourceChanged {
        package: "the package".to_owned(),
        path: PathBuf::from(LABEL),
    }
}

fn folder(root: &Root) -> Result<OwnedFd, Error> {
    rustix::fs::openat(root.moult(), FOLDER, DIRECTORY, Mode::empty())
        .map_err(|error| Error::io("opening the folder of imported packages", root.own(FOLDER), error))
}

/// The copy while it is not whole: removed when dropped.
struct Part<'f> {
    folder: &'f OwnedFd,
    file: File,
    path: PathBuf,
    kept: bool,
}

impl<'f> Part<'f> {
    fn create(folder: &'f OwnedFd, path: PathBuf) -> Result<Part<'f>, Error> {
        // From a process that died; whoever has the lock is the only one here.
        let _ = rustix::fs::unlinkat(folder, PART, AtFlags::empty());
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(folder, PART, flags, Mode::from_raw_mode(0o600))
            .map_err(|error| Error::io("copying the package", &path, error))?;
        Ok(Part {
            folder,
            file: File::from(file),
            path,
            kept: false,
        })
    }

    fn failed(&self, error: impl Into<std::io::Error>) -> Error {
        Error::io("copying the package", &self.path, error)
    }

    /// Brings the content over, and returns the SHA-256 of the copy.
    fn copy(&self, from: &mut File, size: u64, meter: &Meter<'_>) -> Result<String, Error> {
        let mut to = &self.file;
        let shared = rustix::fs::ioctl_ficlone(&self.file, &*from).is_ok();
        let mut source = if shared { &self.file } else { &*from };
        source.rewind().map_err(|error| self.failed(error))?;
        let mut hasher = Sha256::new();
        let mut chunk = vec![0; CHUNK];
        let mut done = 0u64;
        loop {
            meter.check()?;
            let read = source.read(&mut chunk).map_err(|error| self.failed(error))?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            done = done.saturating_add(read as u64);
            if done > size {
                break;
            }
            hasher.update(bytes);
            if !shared {
                to.write_all(bytes).map_err(|error| self.failed(error))?;
            }
            meter.bytes(read as u64, "");
        }
        if done != size {
            return Err(changed());
        }
        self.file.sync_all().map_err(|error| self.failed(error))?;
        Ok(hex(&hasher.finalize()))
    }

    fn keep_as(mut self, name: &str) -> Result<(), Error> {
        rustix::fs::renameat(self.folder, PART, self.folder, name).map_err(|error| self.failed(error))?;
        self.kept = true;
        rustix::fs::fsync(self.folder).map_err(|error| self.failed(error))
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        if !self.kept {
            let _ = rustix::fs::unlinkat(self.folder, PART, AtFlags::empty());
        }
    }
}

/// Takes away a copy that a process was making when it died. Needs the lock.
pub(crate) fn sweep(root: &Root) {
    if let Ok(folder) = folder(root) {
        // What cannot be removed now is by the next start.
        let _ = rustix::fs::unlinkat(&folder, PART, AtFlags::empty());
    }
}

/// Reads what the copy is, and refuses now what an install would refuse later.
fn inspect(file: &File, path: &Path, hash: &str, size: u64, watch: &dyn Watch) -> Result<Package, Error> {
    let label = LABEL;
    let wrong = |source| Error::stone(label, path, source);
    let mut source = BufReader::new(file);
    source
        .rewind()
        .map_err(|error| Error::io("reading the package file", path, error))?;
    let stone = Stone::read(&mut source, &Limits::default()).map_err(wrong)?;
    if stone.file_type != FileType::Package {
        return Err(wrong(moult_stone::Error::FileType {
            expected: FileType::Package,
            found: stone.file_type,
        }));
    }
    let package = stone.package().map_err(wrong)?;
    if package.name.is_empty() || package.name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Error::WrongPackage {
            package: label.to_owned(),
            found: format!("{:?}, which is no name", package.name),
        });
    }
    stone.contents().map_err(wrong)?;
    for entry in stone.layout {
        package::item(&package.name, entry, watch)?;
    }
    Ok(Package {
        hash: Some(hash.to_owned()),
        size: Some(size),
        ..package
    })
}

/// The address of an imported package in the database.
pub(crate) fn address(hash: &str) -> String {
    format!("{SCHEME}:{}", file_name(hash))
}

pub(crate) fn record(connection: &mut Connection, package: &Package, hash: &str, size: u64) -> Result<Offer, Error> {
    let number = |number: u64| {
        i64::try_from(number).map_err(|_| Error::WrongPackage {
            package: package.name.clone(),
            found: format!("a release {number}, which is too large"),
        })
    };
    let transaction = connection.transaction()?;
    // A state may have kept a copy of this very package already; its file is here now.
    let updated = transaction.execute(
        "UPDATE packages SET uri = ?2 WHERE repository IS NULL AND hash = ?1",
        params![hash, address(hash)],
    )?;
    if updated == 0 {
        transaction.execute(
            "INSERT INTO packages (repository, hash, name, version, source_release, build_release, architecture,
             summary, description, source_id, homepage, licenses, uri, size)
             VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                hash,
                package.name,
                package.version,
                number(package.source_release)?,
                number(package.build_release)?,
                package.architecture,
                package.summary,
                package.description,
                package.source_id,
                package.homepage,
                package.licenses.join("\n"),
                address(hash),
                number(size)?,
            ],
        )?;
        catalogue::relate(&transaction, transaction.last_insert_rowid(), package)?;
    }
    let id = transaction.query_row(
        "SELECT id FROM packages WHERE repository IS NULL AND hash = ?1",
        [hash],
        |row| row.get(0),
    )?;
    let offer = catalogue::offer_at(&transaction, id)?;
    transaction.commit()?;
    Ok(offer)
}

/// Removes imported packages that no state has, and returns how many bytes that freed. Needs the lock.
pub(crate) fn clean(root: &Root, connection: &Connection) -> Result<u64, Error> {
    connection.execute(
        "DELETE FROM packages WHERE repository IS NULL AND uri LIKE 'local:%'
         AND hash NOT IN (SELECT hash FROM selections)",
        [],
    )?;
    let mut statement =
        connection.prepare_cached("SELECT hash FROM packages WHERE repository IS NULL AND uri LIKE 'local:%'")?;
    let used: HashSet<String> = statement
        .query_map([], |row| row.get::<_, String>(0))?
        .map(|hash| hash.map(|hash| file_name(&hash)))
        .collect::<Result<_, _>>()?;
    let path = root.own(FOLDER);
    let failed = |path: &Path, error| Error::io("removing imported packages", path, error);
    let entries = match std::fs::read_dir(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        entries => entries.map_err(|error| failed(&path, error))?,
    };
    let mut freed = 0u64;
    for entry in entries {
        let entry = entry.map_err(|error| failed(&path, error))?;
        if entry.file_name().to_str().is_some_and(|name| used.contains(name)) {
            continue;
        }
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        std::fs::remove_file(entry.path()).map_err(|error| failed(&entry.path(), error))?;
        freed = freed.saturating_add(size);
    }
    Ok(freed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;
    use crate::schema;
    use crate::watch::Unwatched;

    fn stone(folder: &Path, name: &str) -> File {
        let package = Package {
            name: name.into(),
            ..Package::default()
        };
        let path = folder.join(name);
        moult_stone::PackageWriter::new(package)
            .write(File::create(&path).unwrap())
            .unwrap();
        File::open(path).unwrap()
    }

    #[test]
    fn what_a_state_has_stays_and_everything_else_is_cleaned() {
        let folder = tempfile::TempDir::new().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let mut connection = schema::open(&root).unwrap();
        let mut take = |name| import(&root, &mut connection, &mut stone(folder.path(), name), &Unwatched).unwrap();
        let (used, unused) = (take("used"), take("unused"));
        assert_eq!(take("used"), used, "a second time is the same");
        connection
            .execute_batch("INSERT INTO states (id, created, summary, status) VALUES (1, 0, '', 'active')")
            .unwrap();
        connection
            .execute("INSERT INTO selections VALUES (1, ?1, 1)", [&used.hash])
            .unwrap();
        std::fs::write(root.own(FOLDER).join(PART), "half").unwrap();
        assert_eq!(clean(&root, &connection).unwrap(), unused.size + 4);
        let left: Vec<_> = std::fs::read_dir(root.own(FOLDER)).unwrap().collect();
        assert_eq!(left.len(), 1);
        let rows: i64 = connection
            .query_row("SELECT count(*) FROM packages", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 1);
        assert_eq!(clean(&root, &connection).unwrap(), 0);

        // Wherever the root is mounted, its copies are found below it.
        let moved = crate::present::of(&connection, &Local(PathBuf::from("/elsewhere")), 1).unwrap();
        let expected = format!("file:///elsewhere/{}.stone", used.hash);
        assert_eq!(moved[0].selected.url.as_str(), expected);
    }

    #[test]
    fn an_address_that_is_no_name_of_a_copy_is_refused() {
        let offer = |uri: &str| Offer {
            id: 1,
            name: "x".into(),
            version: String::new(),
            source_release: 1,
            build_release: 1,
            hash: "ab".into(),
            repository: None,
            architecture: String::new(),
            summary: String::new(),
            uri: uri.into(),
            size: 1,
        };
        let local = Local(PathBuf::from("/root"));
        assert!(local.selected(&offer("local:ab.stone"), false).is_ok());
        for uri in ["local:../ab.stone", "local:/etc/passwd", "local:", "no address"] {
            let refused = local.selected(&offer(uri), false);
            assert!(matches!(refused, Err(Error::DamagedDatabase(_))), "{uri}");
        }
    }
}
