//! Makes the planned `/usr` in an empty directory: directories level by level, then the files of each directory, by as
//! many threads as there are processors. Files are hard links into the store.
//!
//! Everything happens relative to open directories, and no path in a [`Tree`] passes through a link: nothing outside of
//! the new tree can be reached. One directory is one piece of work, because the kernel lets only one thread at a time
//! add to a directory anyway.

use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Gid, Mode, OFlags, ResolveFlags, Timespec, Timestamps, Uid};
use rustix::io::Errno;

use crate::crew;
use crate::error::{Error, lossy};
use crate::package::{Item, Package, Rights, What};
use crate::picture::Generated;
use crate::root::{DIRECTORY, Root};
use crate::store::{self, Key};
use crate::tree::{Directory, Leaf, Tree, split};
use crate::watch::Meter;

/// How many files are made between two questions whether to stop.
const PATIENCE: usize = 64;

/// Makes the tree at `usr`, which must be an empty directory.
pub(crate) fn compose(
    root: &Root,
    usr: &Path,
    tree: &Tree,
    packages: &[Package],
    meter: &Meter<'_>,
) -> Result<(), Error> {
    let failed = |error: Errno| Error::io("composing the new system", usr, error);
    let top = rustix::fs::open(usr, DIRECTORY, Mode::empty()).map_err(failed)?;
    let compose = Compose {
        composer: Composer::open(root)?,
        top,
        usr,
        packages,
        meter,
    };

    let mut levels: Vec<Vec<&Directory>> = Vec::new();
    for directory in tree.directories.iter().filter(|directory| !directory.path.is_empty()) {
        let depth = directory.path.iter().filter(|byte| **byte == b'/').count();
        if levels.len() <= depth {
            levels.resize_with(depth + 1, Vec::new);
        }
        levels[depth].push(directory);
    }
    for level in &levels {
        meter.check()?;
        let groups: Vec<&[&Directory]> = level.chunks(PATIENCE).collect();
        crew::run(crew::processors(), &groups, |group| {
            group.iter().try_for_each(|one| compose.make(one))
        })?;
    }

    let mut largest: Vec<&Directory> = tree.directories.iter().collect();
    largest.sort_by_key(|directory| std::cmp::Reverse(directory.leaves.len()));
    let groups = group(&largest);
    crew::run(crew::processors(), &groups, |group| {
        group.iter().try_for_each(|one| compose.fill(one))
    })?;
    Ok(())
}

/// Large directories alone, small ones together: fewer rounds through the common list.
fn group<'a, 'd>(largest: &'a [&'d Directory]) -> Vec<&'a [&'d Directory]> {
    let small = largest.partition_point(|directory| directory.leaves.len() > PATIENCE);
    let (large, small) = largest.split_at(small);
    large.chunks(1).chain(small.chunks(16)).collect()
}

/// Puts single files in their place.
pub(crate) struct Composer {
    store: OwnedFd,
}

struct Compose<'a> {
    composer: Composer,
    top: OwnedFd,
    usr: &'a Path,
    packages: &'a [Package],
    meter: &'a Meter<'a>,
}

impl Compose<'_> {
    fn failed(&self, path: &[u8], error: impl Into<std::io::Error>) -> Error {
        Error::io(
            "composing the new system",
            self.usr.join(PathBuf::from(lossy(path))),
            error,
        )
    }

    fn make(&self, directory: &Directory) -> Result<(), Error> {
        // The rights follow when it is filled; until then nobody else is to look into it.
        rustix::fs::mkdirat(&self.top, directory.path.as_slice(), Mode::from_raw_mode(0o700))
            .map_err(|error| self.failed(&directory.path, error))
    }

    fn fill(&self, directory: &Directory) -> Result<(), Error> {
        let failed = |error: Errno| self.failed(&directory.path, error);
        let path: &[u8] = if directory.path.is_empty() {
            b"."
        } else {
            &directory.path
        };
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let at = rustix::fs::openat2(&self.top, path, DIRECTORY, Mode::empty(), beneath).map_err(failed)?;
        for leaves in directory.leaves.chunks(PATIENCE) {
            self.meter.check()?;
            for leaf in leaves {
                self.leaf(&at, leaf).map_err(|error| self.failed(&leaf.name, error))?;
            }
            self.meter.items(leaves.len() as u64, "");
        }
        store::give(&at, directory.rights).map_err(|error| self.failed(&directory.path, error))
    }

    fn leaf(&self, at: &OwnedFd, leaf: &Leaf) -> std::io::Result<()> {
        let item = self
            .packages
            .get(leaf.package)
            .and_then(|package| package.items.get(leaf.item));
        let Some(Item { rights, what, .. }) = item else {
            return Ok(());
        };
        self.composer.put(at, &leaf.name, *rights, what)
    }
}

impl Composer {
    pub(crate) fn open(root: &Root) -> Result<Composer, Error> {
        let store = store::directory(root)?;
        Ok(Composer { store })
    }

    /// Makes a file or a link of this name, which must not be there.
    pub(crate) fn put(&self, at: &OwnedFd, name: &[u8], rights: Rights, what: &What) -> std::io::Result<()> {
        match what {
            What::Stored(content) => self.link(
                at,
                name,
                &Key {
                    content: *content,
                    rights,
                },
            ),
            What::Empty => store::give(create(at, name)?, rights),
            What::Link(target) => {
                rustix::fs::symlinkat(target.as_slice(), at, name)?;
                if (rights.uid, rights.gid) != (0, 0) {
                    let (uid, gid) = (Uid::from_raw(rights.uid), Gid::from_raw(rights.gid));
                    rustix::fs::chownat(at, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?;
                }
                Ok(())
            }
            // Directories are no leaves, and by now everything is unpacked.
            What::Directory | What::Packed(_) => Err(std::io::Error::other("a file that was not unpacked")),
        }
    }

    fn link(&self, at: &OwnedFd, name: &[u8], key: &Key) -> std::io::Result<()> {
        match rustix::fs::linkat(&self.store, key.path(), at, name, AtFlags::empty()) {
            // ext4 has at most 65,000 names for an inode.
            Err(Errno::MLINK) => {
                let copy = create(at, name)?;
                store::clone(&store::read(&self.store, key)?, &copy)?;
                store::give(&copy, key.rights)
            }
            linked => Ok(linked?),
        }
    }
}

/// A new file in an open directory.
fn create(at: &OwnedFd, name: &[u8]) -> std::io::Result<File> {
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::openat(
        at,
        name,
        flags,
        Mode::from_raw_mode(0o600),
    )?))
}

/// Lays what triggers made over a composed tree. Nothing is written into: what is there is replaced.
pub(crate) fn generated(root: &Root, usr: &Path, generated: &[Generated]) -> Result<(), Error> {
    if generated.is_empty() {
        return Ok(());
    }
    let composer = Composer::open(root)?;
    let failed = |path: &[u8], error: std::io::Error| {
        let path = usr.join(PathBuf::from(lossy(path)));
        Error::io("composing the new system", path, error)
    };
    let top = rustix::fs::open(usr, DIRECTORY, Mode::empty()).map_err(|error| failed(b"", error.into()))?;
    for change in generated {
        place(&composer, &top, change).map_err(|error| failed(&change.path, error))?;
    }
    Ok(())
}

fn place(composer: &Composer, top: &OwnedFd, change: &Generated) -> std::io::Result<()> {
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    let (parent, name) = split(&change.path);
    let parent: &[u8] = if parent.is_empty() { b"." } else { parent };
    let parent = rustix::fs::openat2(top, parent, DIRECTORY, Mode::empty(), beneath)?;
    let directory = || rustix::fs::openat2(&parent, name, DIRECTORY, Mode::empty(), beneath);
    if let Some(item) = change.item.as_ref().filter(|item| item.what == What::Directory) {
        match rustix::fs::mkdirat(&parent, name, Mode::from_raw_mode(0o700)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        return store::give(directory()?, item.rights);
    }
    match rustix::fs::unlinkat(&parent, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(Errno::ISDIR) => crate::root::remove_below(&parent, name)?,
        Err(error) => return Err(error.into()),
    }
    match &change.item {
        Some(item) => composer.put(&parent, name, item.rights, &item.what),
        None => Ok(()),
    }
}

/// Gives everything in a tree, and the tree itself, one date.
pub(crate) fn date(usr: &Path, date: u64) -> Result<(), Error> {
    let when = Timespec {
        tv_sec: i64::try_from(date).unwrap_or(i64::MAX),
        tv_nsec: 0,
    };
    let times = Timestamps {
        last_access: when,
        last_modification: when,
    };
    let failed = |error: Errno| Error::io("dating the new system", usr, error);
    let top = rustix::fs::open(usr, DIRECTORY, Mode::empty()).map_err(failed)?;
    dated(&top, &times).map_err(failed)
}

fn dated(folder: &OwnedFd, times: &Timestamps) -> rustix::io::Result<()> {
    for entry in rustix::fs::Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        match rustix::fs::openat(folder, name, DIRECTORY, Mode::empty()) {
            Ok(inner) => dated(&inner, times)?,
            Err(Errno::NOTDIR | Errno::LOOP) => {
                rustix::fs::utimensat(folder, name, times, AtFlags::SYMLINK_NOFOLLOW)?;
            }
            Err(error) => return Err(error),
        }
    }
    rustix::fs::futimens(folder, times)
}

/// Adds Moult's own files, 0644 root:root, to a composed tree, and the links that the root's links count on. One that is
/// there already (in a spare tree) is replaced, never written into.
pub(crate) fn own(usr: &Path, tree: &Tree, files: &[(&str, &str)]) -> Result<(), Error> {
    let failed = |path: &str, error: std::io::Error| Error::io("composing the new system", usr.join(path), error);
    let top = rustix::fs::open(usr, DIRECTORY, Mode::empty()).map_err(|error| failed("", error.into()))?;
    let absent = |path: &str| match rustix::fs::unlinkat(&top, path, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(failed(path, error.into())),
    };
    for (path, text) in files {
        absent(path)?;
        let mut file = create(&top, path.as_bytes()).map_err(|error| failed(path, error))?;
        let rights = Rights {
            mode: 0o644,
            uid: 0,
            gid: 0,
        };
        file.write_all(text.as_bytes())
            .and_then(|()| store::give(&file, rights))
            .map_err(|error| failed(path, error))?;
    }
    for name in ["lib32", "lib64"] {
        if !tree.has(name.as_bytes()) {
            absent(name)?;
            rustix::fs::symlinkat("lib", &top, name).map_err(|error| failed(name, error.into()))?;
        }
    }
    Ok(())
}
