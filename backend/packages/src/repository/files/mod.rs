//! The files that say which repositories there are.
//!
//! Read in the order of [`FOLDERS`]: what comes later replaces what came earlier under the same name, so the
//! administrator wins over the vendor. Everything is looked up inside of the root, also where a link leads elsewhere:
//! the root may be that of another system.
//!
//! Here they are read; [`mod@write`] changes those of ours, and [`mod@aside`] keeps those of a repository that was removed.

mod aside;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use kdl::KdlDocument;
use rustix::fs::{Dir, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::config::{self, Entry, Malformed};
use super::{Repository, RepositoryError};
use crate::error::Error;
use crate::model;
use crate::plan::Refusal;
use crate::root::Root;

pub(crate) use aside::{bring_back, put_aside};
pub use write::Removed;
pub(crate) use write::{remove, save, sweep};

/// Below the root. In each: `repo.yaml` and `repo.kdl`, then everything in `repo.d`, sorted by name.
const FOLDERS: [&str; 4] = ["usr/share/moss", "usr/share/moult", "etc/moss", "etc/moult"];
const LARGEST: u64 = 1 << 20;
/// Names in one folder.
const MOST: usize = 4096;

/// A configuration file, or one entry of it, that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenFile {
    /// The file, below the root (`/etc/…`).
    pub path: PathBuf,
    /// Line and column, from 1, where that is known.
    pub place: Option<(usize, usize)>,
    /// The one repository that it is about; None if the whole file cannot be read. What other files say of it does not
    /// count either: a slip in a file that restricts a repository must not set it free.
    pub repository: Option<String>,
    /// What is wrong, for people.
    pub reason: String,
}

impl fmt::Display for BrokenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some((line, column)) = self.place {
            write!(f, ", line {line}, column {column}")?;
        }
        if let Some(id) = &self.repository {
            write!(f, ", repository {id:?}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Everything that the files say.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    /// By id, with the file that counts.
    pub(crate) repositories: BTreeMap<String, (Repository, PathBuf)>,
    pub(crate) broken: Vec<BrokenFile>,
}

impl Definitions {
    fn take(&mut self, file: &Path, entries: Vec<Entry>, text: &str) {
        for (id, read) in entries {
            match read {
                Ok(repository) => drop(self.repositories.insert(id, (repository, file.to_owned()))),
                Err(malformed) => {
                    self.repositories.remove(&id);
                    self.broken.push(broken(file, Some(id), &malformed, text));
                }
            }
        }
    }

    fn fail(&mut self, file: &Path, reason: impl fmt::Display) {
        self.broken.push(BrokenFile {
            path: file.to_owned(),
            place: None,
            repository: None,
            reason: reason.to_string(),
        });
    }

    /// Fails unless a repository that a model names is there, in use, and the same: at the same address, and as trusted.
    pub(crate) fn holds(&self, wanted: &Repository) -> Result<(), Error> {
        let id = &wanted.id;
        let Some((own, _)) = self.repositories.get(id) else {
            let about = |broken: &&BrokenFile| broken.repository.as_ref() == Some(id);
            // That is why it is not there.
            return Err(match self.broken.iter().find(about) {
                Some(broken) => RepositoryError::BrokenFile(broken.clone()).into(),
                None => Error::UnknownRepository(id.clone()),
            });
        };
        if own.source.key() != wanted.source.key() {
            return Err(Error::Refused(Refusal::OtherRepository {
                repository: id.clone(),
                model: wanted.source.to_string(),
                configured: own.source.to_string(),
            }));
        }
        if !own.enabled {
            return Err(Error::BadRepository {
                id: id.clone(),
                reason: "it is switched off".to_owned(),
            });
        }
        // A list may be signed by any key of the system's: each must be one that the model trusts.
        let trusted = own.keys.iter().all(|key| wanted.keys.contains(key)) && !own.keys.is_empty();
        if !wanted.keys.is_empty() && !trusted {
            return Err(Error::Refused(Refusal::OtherKeys(id.clone())));
        }
        Ok(())
    }

    /// Those that count, the preferred first.
    pub(crate) fn enabled(&self) -> Vec<&Repository> {
        let all = self.repositories.values().map(|(repository, _)| repository);
        let mut enabled: Vec<&Repository> = all.filter(|one| one.enabled).collect();
        enabled.sort_by(|one, other| (other.priority, &one.id).cmp(&(one.priority, &other.id)));
        enabled
    }
}

fn broken(file: &Path, repository: Option<String>, malformed: &Malformed, text: &str) -> BrokenFile {
    // YAML says the place in words.
    let place = (malformed.offset > 0 || is_kdl(file)).then(|| {
        let before = text.get(..malformed.offset).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    });
    BrokenFile {
        path: file.to_owned(),
        place,
        repository,
        reason: malformed.reason.clone(),
    }
}

fn is_kdl(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "kdl")
}

/// Reads all files of a root.
pub(crate) fn read_all(root: &Root) -> Definitions {
    read_except(root, &|_| false)
}

/// `skipped` files count as if they were not there.
fn read_except(root: &Root, skipped: &dyn Fn(&str) -> bool) -> Definitions {
    let mut all = Definitions::default();
    for folder in FOLDERS {
        let files = [format!("{folder}/repo.kdl"), format!("{folder}/repo.yaml")];
        if !read_file(root, &files[0], skipped, &mut all) {
            read_file(root, &files[1], skipped, &mut all);
        }
        let dropped = format!("{folder}/repo.d");
        for stem in stems(root, &dropped, &mut all) {
            if !read_file(root, &format!("{dropped}/{stem}.kdl"), skipped, &mut all) {
                read_file(root, &format!("{dropped}/{stem}.yaml"), skipped, &mut all);
            }
        }
    }
    all
}

/// Names of configuration files in a folder without their endings, sorted.
fn stems(root: &Root, folder: &str, all: &mut Definitions) -> Vec<String> {
    let shown = Path::new("/").join(folder);
    let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
    let names = match below(root, folder, flags).and_then(|folder| names(&folder)) {
        Ok(names) => names,
        Err(Errno::NOENT) => return Vec::new(),
        Err(error) => {
            all.fail(&shown, io::Error::from(error));
            return Vec::new();
        }
    };
    if names.len() > MOST {
        all.fail(&shown, format!("it has more than {MOST} files"));
        return Vec::new();
    }
    let mut stems = Vec::new();
    for name in names {
        let Ok(name) = String::from_utf8(name) else {
            all.fail(&shown, "the name of a file in it is not UTF-8");
            continue;
        };
        let stem = name.strip_suffix(".kdl").or_else(|| name.strip_suffix(".yaml"));
        stems.extend(
            stem.filter(|stem| !stem.is_empty() && !stem.starts_with('.'))
                .map(str::to_owned),
        );
    }
    stems.sort_unstable();
    stems.dedup();
    stems
}

fn names(folder: &OwnedFd) -> Result<Vec<Vec<u8>>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)?.take(MOST + 3) {
        let entry = entry?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") && entry.file_type() != FileType::Directory {
            names.push(entry.file_name().to_bytes().to_vec());
        }
    }
    Ok(names)
}

/// Opens what is at a path inside of the root, wherever links lead.
fn below(root: &Root, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    let inside = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    for _ in 0..8 {
        match rustix::fs::openat2(root.directory(), path, flags, Mode::empty(), inside) {
            // Somebody renamed something on the way just now.
            Err(Errno::AGAIN) => {}
            opened => return opened,
        }
    }
    Err(Errno::AGAIN)
}

/// The text of a file; None if there is none.
fn text(root: &Root, path: &str) -> Result<Option<String>, String> {
    // NONBLOCK: opening a pipe would wait.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match below(root, path, flags) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(io::Error::from(error).to_string()),
    };
    let said = |error: io::Error| error.to_string();
    if !file.metadata().map_err(said)?.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(said)?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("it has more than {LARGEST} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    Ok(Some(text))
}

/// Whether there is such a file.
fn read_file(root: &Root, path: &str, skipped: &dyn Fn(&str) -> bool, all: &mut Definitions) -> bool {
    let shown = Path::new("/").join(path);
    if skipped(path) {
        return true;
    }
    match text(root, path) {
        Ok(None) => return false,
        Ok(Some(text)) => match entries(&shown, &text) {
            Ok(entries) => all.take(&shown, entries, &text),
            Err(broken) => all.broken.push(broken),
        },
        Err(reason) => all.fail(&shown, reason),
    }
    true
}

/// What a text would say as a file of this name.
pub(crate) fn read_text(file: &Path, text: &str) -> Definitions {
    let mut all = Definitions::default();
    match entries(file, text) {
        Ok(entries) => all.take(file, entries, text),
        Err(broken) => all.broken.push(broken),
    }
    all
}

/// The entries of a text.
fn entries(file: &Path, text: &str) -> Result<Vec<Entry>, BrokenFile> {
    if is_kdl(file) {
        return Ok(config::entries(&document(file, text)?));
    }
    config::entries_of_yaml(text).map_err(|malformed| broken(file, None, &malformed, text))
}

fn document(file: &Path, text: &str) -> Result<KdlDocument, BrokenFile> {
    model::document(text).map_err(|error| BrokenFile {
        path: file.to_owned(),
        place: Some((error.line, error.column)),
        repository: None,
        reason: error.reason,
    })
}
