//! Making repositories, and checking them as a client would.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use minisign::{PublicKey, SecretKey, SecretKeyBox};
use moult_stone::{FileType, Limits, Package, Stone};
use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};
use url::Url;

pub use super::check::verify;
use super::trust::{Document, id_text};
use super::{LARGEST_STATEMENT, RepositoryError};
use crate::crew;
use crate::error::Error;
use crate::fetch;
use crate::watch::{Meter, Phase, Watch};
use crate::web::hex;

const INDEX: &str = "stone.index";
const STATEMENT: &str = "stone.index.json";
const SIGNATURE: &str = "stone.index.json.minisig";
/// Folders in folders.
const DEPTH: usize = 64;
const CHUNK: usize = 256 * 1024;

/// How a package list is signed.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    /// The text of a minisign secret key file.
    pub secret_key: &'a str,
    /// Its password, if it has one.
    pub password: Option<&'a str>,
    /// How long the list is good. Clients refuse it afterwards: sign again before.
    pub valid: Duration,
}

impl<'a> Signing<'a> {
    /// With a key that has no password, for 90 days.
    pub fn new(secret_key: &'a str) -> Signing<'a> {
        Signing {
            secret_key,
            password: None,
            valid: Duration::from_secs(90 * 86_400),
        }
    }

    fn key(&self) -> Result<SecretKey, RepositoryError> {
        let bad = |error: minisign::PError| RepositoryError::BadKey(error.to_string());
        let key = SecretKeyBox::from_string(self.secret_key).map_err(bad)?;
        match self.password {
            // Without a password, the other function would ask for one on the terminal.
            None => key.into_unencrypted_secret_key().map_err(bad),
            Some(password) => match key.clone().into_unencrypted_secret_key() {
                Ok(key) => Ok(key),
                Err(_) => key.into_secret_key(Some(password.to_owned())).map_err(bad),
            },
        }
    }
}

impl std::fmt::Debug for Signing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signing")
            .field("valid", &self.valid)
            .finish_non_exhaustive()
    }
}

/// What [`make`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Packages in the list.
    pub packages: u64,
    /// Bytes of their files.
    pub bytes: u64,
    /// Files that were left out for a newer release of the same package, or because they are another's copy; sorted.
    pub left_out: Vec<PathBuf>,
    /// Who signed, with which number, and until when (seconds since 1970, UTC) that is good.
    pub signed: Option<Signed>,
}

/// The signature of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The id of the key.
    pub key: String,
    /// The public key that belongs in a repository's `keys`.
    pub public_key: String,
    /// The number of the list: larger than that of any before.
    pub sequence: u64,
    /// Seconds since 1970 (UTC).
    pub expires: i64,
}

/// Lists every `*.stone` in a folder and its sub-folders, of each package the newest by source release, then build
/// release. The new list takes the place of the old one in one step each for `stone.index`, the statement and its
/// signature; a client that comes in between sees that they do not fit, and comes again.
///
/// Links to files are followed, links to folders are not.
///
/// # Errors
/// [`RepositoryError::SameRelease`] for two different files of the same release, [`RepositoryError::TooManyPackages`],
/// [`RepositoryError::NotListable`] for a file that is no package, [`RepositoryError::BadKey`]. Nothing was written then.
pub fn make(folder: &Path, signing: Option<&Signing<'_>>, watch: &dyn Watch) -> Result<Report, Error> {
    let key = signing
        .map(|signing| Ok::<_, Error>((signing, signing.key()?)))
        .transpose()?;
    let base = folder_url(folder)?;
    let files = files(folder)?;
    let bytes = files.iter().fold(0u64, |sum, (_, size)| sum.saturating_add(*size));
    let meter = Meter::begin(watch, Phase::Refresh, bytes, files.len() as u64);
    let read = crew::run(crew::processors(), &files, |(path, _)| {
        meter.check()?;
        let package = read(path, &base, &meter)?;
        meter.items(1, &package.name);
        Ok(package)
    })?;
    let (packages, left_out) = newest(files.into_iter().map(|(path, _)| path).zip(read))?;
    if packages.len() > usize::from(u16::MAX) {
        let found = packages.len();
        return Err(RepositoryError::TooManyPackages { found }.into());
    }
    let mut list = Vec::new();
    moult_stone::write_index(&mut list, &packages).map_err(|source| Error::Stone {
        package: INDEX.to_owned(),
        source,
    })?;
    let statement = match &key {
        Some((signing, key)) => Some(state(folder, &list, signing, key)?),
        None => None,
    };
    meter.check()?;
    replace(folder, INDEX, &list)?;
    match &statement {
        Some((_, document, signature)) => {
            replace(folder, STATEMENT, document)?;
            replace(folder, SIGNATURE, signature)?;
        }
        None => {
            // They would be about another list.
            for name in [SIGNATURE, STATEMENT] {
                let path = folder.join(name);
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(Error::io("removing an old signature", path, error));
                    }
                    _ => {}
                }
            }
        }
    }
    meter.end();
    Ok(Report {
        packages: packages.len() as u64,
        bytes: packages
            .iter()
            .filter_map(|package| package.size)
            .fold(0, u64::saturating_add),
        left_out,
        signed: statement.map(|(signed, ..)| signed),
    })
}

fn not_listable(path: &Path, reason: impl ToString) -> Error {
    let (path, reason) = (path.to_owned(), reason.to_string());
    Error::Repository(RepositoryError::NotListable { path, reason })
}

fn folder_url(folder: &Path) -> Result<Url, Error> {
    let absolute = std::path::absolute(folder).map_err(|error| Error::io("looking at a folder", folder, error))?;
    Url::from_directory_path(absolute).map_err(|()| not_listable(folder, "it has no absolute path"))
}

/// All package files, sorted, with their sizes.
fn files(folder: &Path) -> Result<Vec<(PathBuf, u64)>, Error> {
    let absolute = std::path::absolute(folder).map_err(|error| Error::io("looking at a folder", folder, error))?;
    let mut files = Vec::new();
    let mut folders = vec![(absolute, 0)];
    while let Some((folder, depth)) = folders.pop() {
        let failed = |error| Error::io("listing a folder", &folder, error);
        if depth > DEPTH {
            return Err(not_listable(&folder, "its folders are nested too deeply"));
        }
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            if entry.file_type().map_err(failed)?.is_dir() {
                folders.push((path, depth + 1));
            } else if path.extension().is_some_and(|extension| extension == "stone") {
                let metadata = std::fs::metadata(&path).map_err(|error| Error::io("listing a folder", &path, error))?;
                files.extend(metadata.is_file().then_some((path, metadata.len())));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What a list says of a file.
fn read(path: &Path, base: &Url, meter: &Meter<'_>) -> Result<Package, Error> {
    let mut file = fetch::open(path)?;
    let failed = |error| Error::io("reading a package", path, error);
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut size = 0u64;
    loop {
        meter.check()?;
        let read = file.read(&mut chunk).map_err(failed)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        hasher.update(bytes);
        size = size.saturating_add(read as u64);
        meter.bytes(read as u64, "");
    }
    file.rewind().map_err(failed)?;
    let said = |error: moult_stone::Error| match error {
        moult_stone::Error::Io(error) if error.raw_os_error().is_some() => failed(error),
        error => not_listable(path, error),
    };
    let stone = Stone::read(&mut BufReader::new(file), &Limits::default()).map_err(said)?;
    if stone.file_type != FileType::Package {
        return Err(not_listable(path, "it is a stone, but not a package"));
    }
    let package = stone.package().map_err(said)?;
    if package.name.is_empty() || package.name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(not_listable(path, format!("the package is called {:?}", package.name)));
    }
    Ok(Package {
        uri: Some(relative(base, path)?),
        hash: Some(hex(&hasher.finalize())),
        size: Some(size),
        ..package
    })
}

/// The address of a file relative to the list.
fn relative(base: &Url, path: &Path) -> Result<String, Error> {
    let url = Url::from_file_path(path).map_err(|()| not_listable(path, "it has no absolute path"))?;
    let text = base.make_relative(&url).unwrap_or_default();
    let leads = |text: &str| base.join(text).is_ok_and(|joined| joined == url);
    // A colon before the first slash would make it an absolute address.
    [format!("./{text}"), text.clone()]
        .into_iter()
        .filter(|text| leads(text))
        .min_by_key(String::len)
        .ok_or_else(|| not_listable(path, "its name cannot be written as an address"))
}

/// The newest of each name, sorted by name, and the files that were left out.
fn newest(all: impl Iterator<Item = (PathBuf, Package)>) -> Result<(Vec<Package>, Vec<PathBuf>), Error> {
    let mut left_out = Vec::new();
    let mut newest: BTreeMap<String, (PathBuf, Package)> = BTreeMap::new();
    let mut seen: BTreeMap<(String, u64, u64), (PathBuf, Option<String>)> = BTreeMap::new();
    for (path, package) in all {
        let release = (package.source_release, package.build_release);
        let same = seen.entry((package.name.clone(), release.0, release.1));
        let (one, hash) = same.or_insert_with(|| (path.clone(), package.hash.clone()));
        if *hash != package.hash {
            return Err(RepositoryError::SameRelease {
                name: package.name,
                source_release: release.0,
                build_release: release.1,
                one: one.clone(),
                other: path,
            }
            .into());
        }
        match newest.get_mut(&package.name) {
            Some((old, known)) if (known.source_release, known.build_release) < release => {
                left_out.push(std::mem::replace(old, path));
                *known = package;
            }
            Some(_) => left_out.push(path),
            None => drop(newest.insert(package.name.clone(), (path, package))),
        }
    }
    left_out.sort();
    Ok((newest.into_values().map(|(_, package)| package).collect(), left_out))
}

type Stated = (Signed, Vec<u8>, Vec<u8>);

/// The statement about a list, and its signature.
fn state(folder: &Path, list: &[u8], signing: &Signing<'_>, key: &SecretKey) -> Result<Stated, Error> {
    let now = Timestamp::now();
    let valid = i64::try_from(signing.valid.as_secs()).unwrap_or(i64::MAX);
    let expires = now.as_second().saturating_add(valid);
    let expires = Timestamp::from_second(expires)
        .map_err(|error| RepositoryError::BadKey(format!("its signature would be good for too long: {error}")))?;
    let sequence = match former(folder)? {
        // Also with a clock that was set back, numbers grow; and they grow across folders of one repository.
        Some(former) => former
            .saturating_add(1)
            .max(u64::try_from(now.as_second()).unwrap_or(0)),
        None => u64::try_from(now.as_second()).unwrap_or(0),
    };
    let digest = blake3::hash(list);
    let document = Document::new(digest.as_bytes(), list.len() as u64, sequence, expires);
    let mut text = serde_json::to_vec(&document).map_err(|error| not_listable(&folder.join(STATEMENT), error))?;
    text.push(b'\n');
    let bad = |error: minisign::PError| RepositoryError::BadKey(error.to_string());
    let comment = format!("timestamp:{}\tfile:{STATEMENT}", now.as_second());
    let signature = minisign::sign(
        None,
        key,
        io::Cursor::new(&text),
        Some(&comment),
        Some("a Moult package list"),
    );
    let signature = signature.map_err(bad)?.to_bytes();
    let public = PublicKey::from_secret_key(key).map_err(bad)?;
    let signed = Signed {
        key: id_text(key.keynum()),
        public_key: public.to_base64(),
        sequence,
        expires: expires.as_second(),
    };
    Ok((signed, text, signature))
}

/// The number of the list that is there.
fn former(folder: &Path) -> Result<Option<u64>, Error> {
    let path = folder.join(STATEMENT);
    let file = match fetch::open(&path) {
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.take(LARGEST_STATEMENT)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io("reading a repository", &path, error))?;
    match Document::read(&bytes) {
        Ok(document) => Ok(Some(document.sequence)),
        // With a smaller number, every client would refuse the new list.
        Err(reason) => Err(not_listable(
            &path,
            format!("the number of the former list cannot be read: {reason}"),
        )),
    }
}

/// Puts a file in the place of another, durably.
fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let (temporary, path) = (folder.join(format!(".{name}.new")), folder.join(name));
    let failed = |error: io::Error| Error::io("writing a package list", &path, error);
    let write = || -> io::Result<()> {
        match std::fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = File::options().write(true).create_new(true).open(&temporary)?;
        rustix::fs::fchmod(&file, Mode::from_raw_mode(0o644))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, &path)?;
        let folder = rustix::fs::open(
            folder,
            OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        Ok(rustix::fs::fsync(folder)?)
    };
    write().map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        failed(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_addresses_become_some() {
        let base = Url::parse("file:///repo/").unwrap();
        for name in [
            "a.stone",
            "c:d.stone",
            "50%.stone",
            "a?b#c.stone",
            "ä b.stone",
            "x/c:d.stone",
        ] {
            let path = Path::new("/repo").join(name);
            let text = relative(&base, &path).unwrap();
            assert_eq!(base.join(&text).unwrap().to_file_path().unwrap(), path, "{text}");
        }
        assert_eq!(relative(&base, Path::new("/repo/x/a.stone")).unwrap(), "x/a.stone");
    }
}
