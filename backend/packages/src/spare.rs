//! A spare tree: a copy of the active state's `/usr`, made in idle time, that the next change only has to alter.
//!
//! It is `/.moult/spare/<id>/usr`, whole and on the disk before it gets that name. A change takes it by renaming it to its
//! own staging folder; from then on nothing counts on it, and a crash drops it like any other unfinished tree.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rustix::fs::{AtFlags, Mode, ResolveFlags};
use rustix::io::Errno;

use crate::compose::{self, Composer};
use crate::engine::Staging;
use crate::error::{Error, lossy};
use crate::ledger;
use crate::package::{Package, What};
use crate::picture::{Node, Picture, differing};
use crate::root::{DIRECTORY, Root, make_directory, remove_tree};
use crate::state;
use crate::store;
use crate::tree::{PLAIN, Tree, split};
use crate::watch::Meter;

/// Where it is, below `/.moult`. Moult's own files are not in it.
const SPARE: &str = "spare";

/// Makes the spare tree of the active state, unless it is there. Whatever other spare there was goes.
pub(crate) fn make(root: &Root, connection: &Connection, meter: &Meter<'_>) -> Result<(), Error> {
    let Some(id) = state::active(connection)? else {
        return Ok(());
    };
    let ready = root.own(SPARE).join(id.to_string());
    if ready.exists() {
        return Ok(());
    }
    clear(root)?;
    let (making, name) = half_done(root);
    make_directory(root.moult(), &name, 0o700, &making)?;
    make_directory(root.moult(), &format!("{name}/usr"), 0o755, &making)?;
    let (packages, tree) = ledger::state(root, connection, id)?;
    let generated = ledger::generated(connection, id)?;
    let usr = making.join("usr");
    compose::compose(root, &usr, &tree, &packages, meter)?;
    compose::generated(root, &usr, &generated)?;
    root.sync()?;
    make_directory(root.moult(), SPARE, 0o700, &root.own(SPARE))?;
    std::fs::rename(&making, &ready).map_err(|error| Error::io("keeping a spare tree", &ready, error))
}

/// Removes any spare tree. It loses its name first, in one step and for good: a tree that is half gone must not be
/// taken for a whole one.
pub(crate) fn clear(root: &Root) -> Result<(), Error> {
    let (gone, _) = half_done(root);
    remove_tree(&gone)?;
    let failed = |error| Error::io("removing a spare tree", root.own(SPARE), error);
    match std::fs::rename(root.own(SPARE), &gone) {
        Ok(()) => rustix::fs::fsync(root.moult()).map_err(|error| failed(error.into()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    }
    remove_tree(&gone)
}

/// Where a spare tree is while it is made or removed; the next start clears that. The path, and that below `/.moult`.
fn half_done(root: &Root) -> (PathBuf, String) {
    let name = format!("states/{}{SPARE}", state::HALF_DONE);
    (root.own(&name), name)
}

/// Makes the staging folder of state `id` out of the spare tree of the active state; None when there is none.
pub(crate) fn take(
    root: &Root,
    connection: &Connection,
    id: u64,
    tree: &Tree,
    packages: &[Package],
    meter: &Meter<'_>,
) -> Result<Option<Staging>, Error> {
    let Some(active) = state::active(connection)? else {
        return Ok(None);
    };
    let spare = root.own(SPARE).join(active.to_string());
    if !spare.join("usr").is_dir() {
        return Ok(None);
    }
    let (old_packages, old_tree) = ledger::state_beside(root, connection, active, packages)?;
    let old_generated = ledger::generated(connection, active)?;
    let staging = Staging::take(root, id, &spare)?;
    let (old, new) = differing((&old_tree, &old_packages, &old_generated), (tree, packages));
    let alter = Alter::open(root, &staging.usr())?;
    alter.alter(&old, &new, meter)?;
    let top = tree.directories.first().map_or(PLAIN, |directory| directory.rights);
    store::give(&alter.top, top).map_err(|error| alter.failed(b"", error))?;
    clear(root)?;
    Ok(Some(staging))
}

struct Alter {
    composer: Composer,
    top: OwnedFd,
    usr: PathBuf,
}

impl Alter {
    fn open(root: &Root, usr: &Path) -> Result<Alter, Error> {
        let top = rustix::fs::open(usr, DIRECTORY, Mode::empty())
            .map_err(|error| Error::io("altering a spare tree", usr, error))?;
        Ok(Alter {
            composer: Composer::open(root)?,
            top,
            usr: usr.to_owned(),
        })
    }

    fn failed(&self, path: &[u8], error: impl Into<std::io::Error>) -> Error {
        Error::io(
            "altering a spare tree",
            self.usr.join(PathBuf::from(lossy(path))),
            error,
        )
    }

    /// Makes a tree that is `old` into `new`. What is the same is not touched.
    fn alter(&self, old: &Picture<'_>, new: &Picture<'_>, meter: &Meter<'_>) -> Result<(), Error> {
        let keeps = |node: &Node<'_>| *node.what == What::Directory;
        // Children before their parents.
        for (path, was) in old.iter().rev() {
            let now = new.get(path);
            let stays = now.is_some_and(|now| now == was || (keeps(now) && keeps(was)));
            if !stays {
                meter.check()?;
                self.remove(path, *was)?;
            }
        }
        for (path, now) in new {
            match old.get(path) {
                Some(was) if was == now => {}
                Some(was) if keeps(now) && keeps(was) => {
                    store::give(self.directory(path)?, now.rights).map_err(|error| self.failed(path, error))?;
                }
                _ => {
                    meter.check()?;
                    self.add(path, now)?;
                }
            }
        }
        Ok(())
    }

    fn directory(&self, path: &[u8]) -> Result<OwnedFd, Error> {
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let path = if path.is_empty() { b"." } else { path };
        rustix::fs::openat2(&self.top, path, DIRECTORY, Mode::empty(), beneath)
            .map_err(|error| self.failed(path, error))
    }

    fn remove(&self, path: &[u8], was: Node<'_>) -> Result<(), Error> {
        let (parent, name) = split(path);
        let flags = if *was.what == What::Directory {
            AtFlags::REMOVEDIR
        } else {
            AtFlags::empty()
        };
        rustix::fs::unlinkat(self.directory(parent)?, name, flags).map_err(|error| self.failed(path, error))
    }

    fn add(&self, path: &[u8], now: &Node<'_>) -> Result<(), Error> {
        let (parent, name) = split(path);
        let parent = self.directory(parent)?;
        let failed = |error| self.failed(path, error);
        if *now.what == What::Directory {
            match rustix::fs::mkdirat(&parent, name, Mode::from_raw_mode(0o700)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(failed(error.into())),
            }
            return store::give(self.directory(path)?, now.rights).map_err(failed);
        }
        self.composer.put(&parent, name, now.rights, now.what).map_err(failed)
    }
}
