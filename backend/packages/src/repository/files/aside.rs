//! Repositories that were put aside: their files as they were, for whoever takes the removal back.
//!
//! Of each file that a removal touches there is a second name in a folder of root's alone: the file itself is kept with all that
//! it is, and a password gets into no other one. It is kept until it is brought back, until a repository of this name is
//! written down or removed again, and for a day at most.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{AtFlags, Dir, Mode, OFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::write::{OWN, Removed, durable, folder, own_folder, own_stems, replace, stem_of, take_away};
use super::{LARGEST, below, read_all, text};
use crate::catalogue::Seen;
use crate::error::Error;
use crate::repository::config::{self, Flag};
use crate::root::{DIRECTORY, Root, remove_below};

/// In it: a folder for each repository that is kept.
const ASIDE: &str = "etc/moult/removed";
/// In that: what the removal left. No file of ours is called so.
const LEFT: &str = ".left";
/// How the two are opened, wherever links lead inside of the root.
const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::RDONLY).union(OFlags::CLOEXEC);
/// What is kept goes after this many seconds.
const DAY: u64 = 24 * 60 * 60;

/// What a removal left.
#[derive(Debug, Serialize, Deserialize)]
struct Left {
    /// Names the removal. It says nothing of what is kept: it may be written down anywhere.
    name: String,
    /// When it was: seconds since 1970.
    at: u64,
    /// The last signed list that was seen.
    seen: Option<Seen>,
    /// The files of our folder that it touched.
    files: BTreeMap<String, Touched>,
    /// What all files say of the repository since then.
    said: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Touched {
    /// The file was there before, so that it is kept here.
    kept: bool,
    /// What it has been since: the digest of its text; None = it is gone.
    since: Option<String>,
}

/// Removes a repository from our files, and keeps those. Needs the lock.
pub(crate) fn put_aside(root: &Root, id: &str, seen: Option<Seen>) -> Result<(Removed, String), Error> {
    let known = || Error::UnknownRepository(id.to_owned());
    let kept_in = place(id).ok_or_else(known)?;
    forget(root, id)?;

    let mut stems = own_stems(root, id);
    stems.push(stem_of(id));
    let names = stems
        .iter()
        .flat_map(|stem| [format!("{stem}.kdl"), format!("{stem}.yaml")]);
    let own = own_folder(root)?;
    drop(folder(root, ASIDE, 0o700)?);
    let aside = folder(root, &kept_in, 0o700)?;
    let shown = root.path().join(&kept_in);
    let mut files = BTreeMap::new();
    for name in names {
        let kept = match rustix::fs::linkat(&own, &name, &aside, &name, AtFlags::empty()) {
            Ok(()) => true,
            Err(Errno::NOENT) => false,
            // Of two stems that are one.
            Err(Errno::EXIST) => continue,
            Err(error) => return Err(Error::io("keeping a repository", &shown, error)),
        };
        let _ = files.insert(name, Touched { kept, since: None });
    }
    durable(&aside, &shown)?;

    let removed = match take_away(root, id) {
        Ok(removed) => removed,
        Err(error) => {
            put_back(&own, &aside, &files, &shown)?;
            forget(root, id)?;
            return Err(error);
        }
    };
    files.retain(|name, touched| match is_one(&own, &aside, name) {
        // It has nothing to do with it. What cannot be removed goes with the folder.
        true => {
            let _ = rustix::fs::unlinkat(&aside, name, AtFlags::empty());
            false
        }
        false => {
            touched.since = since(root, name);
            touched.kept || touched.since.is_some()
        }
    });
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = Left {
        name: format!("{:x}", now.as_nanos()),
        at: now.as_secs(),
        seen,
        files,
        said: said(root, id),
    };
    // Without it nothing could be brought back.
    if let Err(error) = write(&aside, &left, &shown) {
        put_back(&own, &aside, &left.files, &shown)?;
        forget(root, id)?;
        return Err(error);
    }
    Ok((removed, left.name))
}

/// Puts the files of a repository back that were kept when it was removed. Needs the lock. Returns the last signed list
/// that was seen.
pub(crate) fn bring_back(root: &Root, id: &str, name: &str) -> Result<Option<Seen>, Error> {
    let unknown = || Error::UnknownRepository(id.to_owned());
    let kept_in = place(id).ok_or_else(unknown)?;
    let shown = root.path().join(&kept_in);
    let aside = match below(root, &kept_in, FOLDER) {
        Ok(aside) => aside,
        Err(Errno::NOENT) => return Err(unknown()),
        Err(error) => return Err(Error::io("opening a folder", &shown, error)),
    };
    let left = read(&aside).ok_or_else(unknown)?;
    // One that died in the middle of this has put some back already.
    let is_back = |name: &str, touched: &Touched| {
        touched.kept && rustix::fs::statat(&aside, name, AtFlags::SYMLINK_NOFOLLOW).is_err()
    };
    let is_begun = left.files.iter().any(|(name, touched)| is_back(name, touched));
    let is_left = |(name, touched): (&String, &Touched)| {
        let now = since(root, name);
        is_back(name, touched) || now == touched.since || (is_begun && !touched.kept && now.is_none())
    };
    let is_said = is_begun || said(root, id) == left.said;
    if left.name != name || !left.files.iter().all(is_left) || !is_said {
        let what = format!("what is written down of {id}");
        return Err(Error::Overtaken { what });
    }

    put_back(&own_folder(root)?, &aside, &left.files, &shown)?;
    forget(root, id)?;
    Ok(left.seen)
}

/// Forgets what is kept of a repository. Needs the lock.
pub(super) fn forget(root: &Root, id: &str) -> Result<(), Error> {
    let Some(kept_in) = place(id) else { return Ok(()) };
    let failed = |error| Error::io("removing a repository", root.path().join(&kept_in), error);
    match below(root, ASIDE, FOLDER) {
        Ok(folder) => match remove_below(&folder, folder_of(id).as_bytes()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
            _ => durable(&folder, &root.path().join(ASIDE)),
        },
        Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(failed(error.into())),
    }
}

/// Forgets what is too old, and what a process that died did not keep as a whole. Needs the lock.
pub(super) fn sweep(root: &Root) {
    let Ok(folder) = below(root, ASIDE, FOLDER) else { return };
    let Ok(entries) = Dir::read_from(&folder) else { return };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    for entry in entries.flatten() {
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let left = rustix::fs::openat(&folder, name, DIRECTORY, Mode::empty()).map(|aside| read(&aside));
        // A time to come is that of a clock that was wrong.
        let is_good = |left: &Left| now.checked_sub(left.at).is_some_and(|age| age < DAY);
        if !left.is_ok_and(|left| left.is_some_and(|left| is_good(&left))) {
            // What cannot be removed now is by the next start.
            let _ = remove_below(&folder, name.to_bytes());
        }
    }
}

/// What the folder of a repository is called; it is never one of the two that every folder has.
fn folder_of(id: &str) -> String {
    format!("{id}.d")
}

/// That folder, below the root; None for what no repository is called.
fn place(id: &str) -> Option<String> {
    let usable = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_name = !id.is_empty() && id.len() <= 128 && id.chars().all(usable);
    is_name.then(|| format!("{ASIDE}/{}", folder_of(id)))
}

/// Whether the file of this name is the one that is kept.
fn is_one(own: &OwnedFd, aside: &OwnedFd, name: &str) -> bool {
    let inode = |folder| {
        let found = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some((found.st_dev, found.st_ino))
    };
    inode(own).is_some_and(|one| inode(aside) == Some(one))
}

/// What a file of our folder is: the digest of its text; None = there is none.
fn since(root: &Root, name: &str) -> Option<String> {
    match text(root, &format!("{OWN}/{name}")) {
        Ok(text) => text.map(|text| digest(&text)),
        Err(reason) => Some(reason),
    }
}

/// What all files say of a repository; None = nothing.
fn said(root: &Root, id: &str) -> Option<String> {
    let all = read_all(root);
    let broken = all
        .broken
        .iter()
        .filter(|broken| broken.repository.as_deref() == Some(id));
    let mut said: Vec<String> = broken.map(ToString::to_string).collect();
    if let Some((repository, file)) = all.repositories.get(id) {
        let node = config::write_node(repository, Flag::Active, true);
        said.push(format!("{} {node}", file.display()));
    }
    (!said.is_empty()).then(|| digest(&said.join("\n")))
}

fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn write(aside: &OwnedFd, left: &Left, shown: &Path) -> Result<(), Error> {
    let text = serde_json::to_string(left)
        .map_err(|error| Error::io("keeping a repository", shown, std::io::Error::from(error)))?;
    replace(aside, LEFT, &text, 0o600, shown)
}

fn read(aside: &OwnedFd) -> Option<Left> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::openat(aside, LEFT, flags, Mode::empty()).ok()?);
    let mut bytes = Vec::new();
    let _ = file.take(LARGEST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Puts back what is kept, and takes away what the removal wrote.
fn put_back(own: &OwnedFd, aside: &OwnedFd, files: &BTreeMap<String, Touched>, shown: &Path) -> Result<(), Error> {
    let failed = |error| Error::io("bringing a repository back", shown, error);
    let (mut kept, new): (Vec<_>, Vec<_>) = files.keys().partition(|name| files[*name].kept);
    // The one that counts comes first: what it overrules must not count meanwhile.
    kept.sort_by_key(|name| {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        (Reverse(stem), ending != "kdl")
    });
    for name in kept {
        match rustix::fs::renameat(aside, name, own, name) {
            // Each is on the disk before the next one, and all of them before what stands in their place goes.
            Ok(()) => durable(own, shown)?,
            // It is back already.
            Err(Errno::NOENT) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    for name in new {
        match rustix::fs::unlinkat(own, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    durable(own, shown)
}
