//! The files that say which repositories there are.
//!
//! Read in the order of [`FOLDERS`]: what comes later replaces what came earlier under the same name, so the
//! administrator wins over the vendor. Everything is looked up inside of the root, also where a link leads elsewhere:
//! the root may be that of another system.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use kdl::{KdlDocument, KdlNode};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::config::{self, Entry, Flag, Malformed};
use super::{Repository, RepositoryError};
use crate::error::Error;
use crate::model;
use crate::plan::Refusal;
use crate::root::{Root, make_directory};

/// Below the root. In each: `repo.yaml` and `repo.kdl`, then everything in `repo.d`, sorted by name.
const FOLDERS: [&str; 4] = ["usr/share/moss", "usr/share/moult", "etc/moss", "etc/moult"];
/// What we write.
const OWN: &str = "etc/moult/repo.d";
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

/// What became of a repository that was to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// It is gone.
    Gone,
    /// A file that is not ours to change still describes it: it is switched off by a file of ours.
    Masked {
        /// The file that still describes it, below the root.
        file: PathBuf,
    },
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

/// What a file in which a repository is written by us is called, without its ending.
fn stem_of(id: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    id.chars().map(kept).collect()
}

/// Names of the files in our folder that describe a repository, without their endings; the last one counts.
fn own_stems(root: &Root, id: &str) -> Vec<String> {
    let mut ignored = Definitions::default();
    let mut stems = stems(root, OWN, &mut ignored);
    stems.retain(|stem| {
        let mut found = Definitions::default();
        let kdl = format!("{OWN}/{stem}.kdl");
        if !read_file(root, &kdl, &|_| false, &mut found) {
            read_file(root, &format!("{OWN}/{stem}.yaml"), &|_| false, &mut found);
        }
        let named = |broken: &BrokenFile| broken.repository.as_deref() == Some(id);
        found.repositories.contains_key(id) || found.broken.iter().any(named)
    });
    stems
}

/// Writes a repository down: where our folder has it already, else in a file of its own. It counts from then on. What
/// other files say already is only taken out of ours, so that a change of the vendor's is followed again.
pub(crate) fn save(root: &Root, repository: &Repository) -> Result<(), Error> {
    repository.check()?;
    let mut own = own_stems(root, &repository.id);
    let without = without(root, &own);
    if without
        .repositories
        .get(&repository.id)
        .is_some_and(|(one, _)| one == repository)
    {
        return take_out(root, &own, &repository.id);
    }
    rewrite(
        root,
        &own.pop().unwrap_or_else(|| stem_of(&repository.id)),
        &|document| {
            let mut node = config::write_node(repository, Flag::Active, true);
            node.autoformat();
            put(document, node);
        },
    )
}

/// Takes a repository out of our files. If another file describes it, it is switched off instead.
pub(crate) fn remove(root: &Root, id: &str) -> Result<Removed, Error> {
    let own = own_stems(root, id);
    if let Some((repository, file)) = without(root, &own).repositories.get(id) {
        let mask = Repository {
            enabled: false,
            ..repository.clone()
        };
        save(root, &mask)?;
        return Ok(Removed::Masked { file: file.clone() });
    }
    if own.is_empty() {
        return Err(Error::UnknownRepository(id.to_owned()));
    }
    take_out(root, &own, id)?;
    Ok(Removed::Gone)
}

/// What all files say but these of our folder.
fn without(root: &Root, stems: &[String]) -> Definitions {
    read_except(root, &|path| {
        let name = path.strip_prefix(OWN).and_then(|rest| rest.strip_prefix('/'));
        let stem = name.and_then(|name| name.rsplit_once('.')).map(|(stem, _)| stem);
        stem.is_some_and(|stem| stems.iter().any(|known| known == stem))
    })
}

/// Takes a repository out of these files of our folder.
fn take_out(root: &Root, stems: &[String], id: &str) -> Result<(), Error> {
    // The one that counts goes last.
    for stem in stems {
        rewrite(root, stem, &|document| {
            document.nodes_mut().retain(|node| node.name().value() != id);
        })?;
    }
    Ok(())
}

/// Puts a node in the place of the one with its name, or at the end.
fn put(document: &mut KdlDocument, mut node: KdlNode) {
    let nodes = document.nodes_mut();
    match nodes
        .iter_mut()
        .find(|known| known.name().value() == node.name().value())
    {
        Some(known) => {
            // What stands above a node, comments too, is part of its own format.
            if let (Some(old), Some(new)) = (known.format(), node.format_mut()) {
                new.leading.clone_from(&old.leading);
            }
            *known = node;
        }
        None => nodes.push(node),
    }
}

/// Changes a file of our folder in one step; one that is empty afterwards goes. YAML becomes KDL.
fn rewrite(root: &Root, stem: &str, change: &dyn Fn(&mut KdlDocument)) -> Result<(), Error> {
    let kdl = format!("{OWN}/{stem}.kdl");
    let yaml = format!("{OWN}/{stem}.yaml");
    let unreadable = |path: &str, reason: String| {
        Error::Repository(RepositoryError::BrokenFile(BrokenFile {
            path: Path::new("/").join(path),
            place: None,
            repository: None,
            reason,
        }))
    };
    let old = text(root, &kdl).map_err(|reason| unreadable(&kdl, reason))?;
    let old_yaml = text(root, &yaml).map_err(|reason| unreadable(&yaml, reason))?;
    let broken = |broken| Error::Repository(RepositoryError::BrokenFile(broken));
    let mut new = match (&old, &old_yaml) {
        (Some(text), _) => document(&Path::new("/").join(&kdl), text).map_err(broken)?,
        (None, Some(text)) => from_yaml(&Path::new("/").join(&yaml), text).map_err(broken)?,
        (None, None) => KdlDocument::new(),
    };
    change(&mut new);
    let folder = own_folder(root)?;
    let shown = root.path().join(&kdl);
    let name = format!("{stem}.kdl");
    if new.nodes().is_empty() {
        // The YAML first: without the KDL, it would count.
        for name in [format!("{stem}.yaml"), name] {
            match rustix::fs::unlinkat(&folder, &name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(error) => return Err(Error::io("removing a repository", &shown, error)),
            }
        }
        return durable(&folder, &shown);
    }
    let text = new.to_string();
    let secret = config::entries(&new)
        .iter()
        .any(|(_, read)| read.as_ref().map_or(true, Repository::has_secret));
    replace(&folder, &name, &text, if secret { 0o600 } else { 0o644 }, &shown)?;
    if old_yaml.is_some() {
        // The KDL counts already.
        let gone = rustix::fs::unlinkat(&folder, format!("{stem}.yaml"), AtFlags::empty());
        gone.map_err(|error| Error::io("removing a repository", &shown, error))?;
        durable(&folder, &shown)?;
    }
    Ok(())
}

fn from_yaml(file: &Path, text: &str) -> Result<KdlDocument, BrokenFile> {
    let entries = config::entries_of_yaml(text).map_err(|malformed| broken(file, None, &malformed, text))?;
    let mut document = KdlDocument::new();
    for (id, read) in entries {
        let repository = read.map_err(|malformed| broken(file, Some(id), &malformed, text))?;
        let mut node = config::write_node(&repository, Flag::Active, true);
        node.autoformat();
        document.nodes_mut().push(node);
    }
    Ok(document)
}

/// Our folder, made when it is missing.
fn own_folder(root: &Root) -> Result<OwnedFd, Error> {
    let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
    let mut path = String::new();
    let mut folder: Option<OwnedFd> = None;
    for name in OWN.split('/') {
        let shown = root.path().join(&path).join(name);
        let parent = folder.as_ref().unwrap_or(root.directory());
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(name);
        let opened = match below(root, &path, flags) {
            Err(Errno::NOENT) => {
                make_directory(parent, name, 0o755, &shown)?;
                durable(parent, &shown)?;
                below(root, &path, flags)
            }
            opened => opened,
        };
        folder = Some(opened.map_err(|error| Error::io("opening a folder", &shown, error))?);
    }
    folder.ok_or_else(|| Error::io("opening a folder", root.path(), Errno::NOENT))
}

/// Puts a file in the place of another: whole or not at all, also after a loss of power.
fn replace(folder: &OwnedFd, name: &str, text: &str, mode: u32, shown: &Path) -> Result<(), Error> {
    let failed = |error: io::Error| Error::io("writing a repository down", shown, error);
    let temporary = format!(".{name}.new");
    // From a process that died; whoever has the lock is the only one here.
    let _ = rustix::fs::unlinkat(folder, &temporary, AtFlags::empty());
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let written = rustix::fs::openat(folder, &temporary, flags, Mode::from_raw_mode(0o600))
        .map_err(io::Error::from)
        .and_then(|file| {
            let mut file = File::from(file);
            rustix::fs::fchmod(&file, Mode::from_raw_mode(mode))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            Ok(rustix::fs::renameat(folder, &temporary, folder, name)?)
        });
    if let Err(error) = written {
        let _ = rustix::fs::unlinkat(folder, &temporary, AtFlags::empty());
        return Err(failed(error));
    }
    durable(folder, shown)
}

/// Takes away files that a process was writing when it died; one may have a password in it. Needs the lock.
pub(crate) fn sweep(root: &Root) {
    let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
    let Ok(folder) = below(root, OWN, flags) else { return };
    let Ok(entries) = Dir::read_from(&folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name.to_bytes().starts_with(b".") && name.to_bytes().ends_with(b".kdl.new") {
            // What cannot be removed now is by the next start.
            let _ = rustix::fs::unlinkat(&folder, name, AtFlags::empty());
        }
    }
}

fn durable(folder: &OwnedFd, shown: &Path) -> Result<(), Error> {
    rustix::fs::fsync(folder).map_err(|error| Error::io("writing a repository down", shown, error))
}
