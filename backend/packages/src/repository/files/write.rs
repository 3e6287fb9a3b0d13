//! Changing the files of our folder: each in one step, so that it is whole also after a loss of power. Files of others are
//! never changed; what one of them says is overruled by a file of ours.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use kdl::{KdlDocument, KdlNode};
use rustix::fs::{AtFlags, Dir, Mode, OFlags};
use rustix::io::Errno;

use super::{BrokenFile, Definitions, aside, below, broken, document, read_except, read_file, stems, text};
use crate::error::Error;
use crate::repository::config::{self, Flag};
use crate::repository::{Repository, RepositoryError};
use crate::root::{Root, make_directory};

/// What we write.
pub(super) const OWN: &str = "etc/moult/repo.d";

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

/// What a file in which a repository is written by us is called, without its ending.
pub(super) fn stem_of(id: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    id.chars().map(kept).collect()
}

/// Names of the files in our folder that describe a repository, without their endings; the last one counts.
pub(super) fn own_stems(root: &Root, id: &str) -> Vec<String> {
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
    aside::forget(root, &repository.id)?;
    write_down(root, repository)
}

fn write_down(root: &Root, repository: &Repository) -> Result<(), Error> {
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
    aside::forget(root, id)?;
    take_away(root, id)
}

/// The same, and what is kept of one of this name stays.
pub(super) fn take_away(root: &Root, id: &str) -> Result<Removed, Error> {
    let own = own_stems(root, id);
    if let Some((repository, file)) = without(root, &own).repositories.get(id) {
        let mask = Repository {
            enabled: false,
            ..repository.clone()
        };
        write_down(root, &mask)?;
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
pub(super) fn own_folder(root: &Root) -> Result<OwnedFd, Error> {
    folder(root, OWN, 0o755)
}

/// A folder below the root; what is missing on the way is made, with these rights.
pub(super) fn folder(root: &Root, whole: &str, mode: u32) -> Result<OwnedFd, Error> {
    let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
    let mut path = String::new();
    let mut folder: Option<OwnedFd> = None;
    for name in whole.split('/') {
        let shown = root.path().join(&path).join(name);
        let parent = folder.as_ref().unwrap_or(root.directory());
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(name);
        let opened = match below(root, &path, flags) {
            Err(Errno::NOENT) => {
                make_directory(parent, name, mode, &shown)?;
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
pub(super) fn replace(folder: &OwnedFd, name: &str, text: &str, mode: u32, shown: &Path) -> Result<(), Error> {
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
    aside::sweep(root);
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

pub(super) fn durable(folder: &OwnedFd, shown: &Path) -> Result<(), Error> {
    rustix::fs::fsync(folder).map_err(|error| Error::io("writing a repository down", shown, error))
}
