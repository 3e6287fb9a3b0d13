//! Makes another state the active one, before anything of it runs.
//!
//! It does what the package engine does (`backend/packages/src/state.rs`), in the same order, so that whichever of the two
//! comes next finds what it expects: one rename swaps `/usr` and `/.moult/states/N/usr`; the folder that then holds the old
//! tree becomes `/.moult/states/OLD`. The number in `/usr/lib/moult/state` is the truth; the table
//! `states` follows it when the engine next starts, so nothing is written to the database here.
//!
//! Which trees are whole the table alone knows: the row of a state is committed after its tree is on the disk, and deleted
//! before its tree is. So a tree counts only with its row, and not with one that is pending.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, FileControl, OpenFlags, OptionalExtension};
use rustix::fs::{AtFlags, CWD, FileType, FlockOperation, Mode, OFlags, RenameFlags, ResolveFlags};
use rustix::io::Errno;

use crate::Error;

const NUMBER: &str = "lib/moult/state";
const DIRECTORY: OFlags = OFlags::DIRECTORY
    .union(OFlags::RDONLY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// What an activation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activated {
    /// The state that was asked for, and is active now.
    pub state: u64,
    /// The state that was active before; None if `/usr` was none of ours.
    pub before: Option<u64>,
    /// Whether trees were swapped; otherwise the state was active already.
    pub swapped: bool,
}

/// The number of the state that is `/usr` of this root; None if it is none of ours.
#[must_use]
pub fn active(root: &Path) -> Option<u64> {
    let usr = rustix::fs::open(root.join("usr"), DIRECTORY, Mode::empty()).ok()?;
    number(&usr)
}

/// Makes `state` the active one of the system in `root`, whose file system must be writable.
///
/// Takes the same few calls whatever the size of the state. It may be cut off at any of them: the old or the new state is
/// then whole and in place, and calling this again, or the engine's next start, does the rest.
///
/// # Errors
/// On [`Error::AfterSwap`] the new state is in place. On any other the state that was active still is.
pub fn activate(root: &Path, state: u64) -> Result<Activated, Error> {
    let root = Root::open(root)?;
    let _lock = root.lock()?;
    let before = root.active()?;
    // What a swap before this one left half-done comes first: the folder of the active state holds another one's tree.
    if let Some(before) = before
        && root.holds_tree(before)?
    {
        root.settle(before)?;
    }
    if before == Some(state) {
        return Ok(Activated {
            state,
            before,
            swapped: false,
        });
    }
    root.check(state)?;
    root.swap(state)?;
    root.settle(state).map_err(|source| Error::AfterSwap {
        state,
        source: Box::new(source),
    })?;
    Ok(Activated {
        state,
        before,
        swapped: true,
    })
}

/// The right to change a system. Given back when dropped; the kernel gives it back when the process dies.
struct Lock(File);

impl Drop for Lock {
    /// Closing the file alone would not do: a program that another thread is just starting may still have it open.
    fn drop(&mut self) {
        // What cannot be given back here goes with the file.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}

/// A system root and its folders, opened.
struct Root {
    path: PathBuf,
    directory: OwnedFd,
    moult: OwnedFd,
    states: OwnedFd,
}

impl Root {
    fn open(path: &Path) -> Result<Root, Error> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let directory =
            rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(|e| Error::io("opening the root", path, e))?;
        let moult =
            rustix::fs::openat(&directory, ".moult", DIRECTORY, Mode::empty()).map_err(|error| match error {
                Errno::NOENT => Error::NotOurs(path.to_owned()),
                error => Error::io("opening the package folder", path.join(".moult"), error),
            })?;
        let states = rustix::fs::openat(&moult, "states", DIRECTORY, Mode::empty())
            .map_err(|error| Error::io("opening the folder of states", path.join(".moult/states"), error))?;
        Ok(Root {
            path: path.to_owned(),
            directory,
            moult,
            states,
        })
    }

    /// Takes the engine's lock, without waiting.
    fn lock(&self) -> Result<Lock, Error> {
        let failed = |error: io::Error| Error::io("locking the system", self.path.join(".moult/lock"), error);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = rustix::fs::openat(&self.moult, "lock", flags, Mode::from_raw_mode(0o600))
            .map(File::from)
            .map_err(|error| failed(error.into()))?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                let mut text = String::new();
                let _ = (&mut file).take(16).read_to_string(&mut text);
                return Err(Error::Busy {
                    pid: text.trim().parse().ok(),
                });
            }
            Err(error) => return Err(failed(error.into())),
        }
        // The number is only for the message of whoever finds the lock taken; on a full disk it is left out.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Lock(file))
    }

    /// The number in `/usr`. Fails if something else than a folder is there.
    fn active(&self) -> Result<Option<u64>, Error> {
        let path = self.path.join("usr");
        match rustix::fs::openat(&self.directory, "usr", DIRECTORY, Mode::empty()) {
            Ok(usr) => Ok(number(&usr)),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::NOTDIR | Errno::LOOP) => {
                let found = rustix::fs::statat(&self.directory, "usr", AtFlags::SYMLINK_NOFOLLOW)
                    .map_err(|error| Error::io("looking at the root", &path, error))?;
                let found = format!("a {:?}", FileType::from_raw_mode(found.st_mode)).to_lowercase();
                Err(Error::Blocked { path, found })
            }
            Err(error) => Err(Error::io("opening the active state", path, error)),
        }
    }

    /// Whether there is a tree in the folder of this state.
    fn holds_tree(&self, state: u64) -> Result<bool, Error> {
        self.exists(&format!("{state}/usr"))
    }

    fn exists(&self, name: &str) -> Result<bool, Error> {
        match rustix::fs::statat(&self.states, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(Error::io("looking at a state", self.shown(name), error)),
        }
    }

    fn shown(&self, name: &str) -> PathBuf {
        self.path.join(".moult/states").join(name)
    }

    /// Fails unless the state is archived and its tree whole.
    fn check(&self, state: u64) -> Result<(), Error> {
        let unusable = |reason: String| Err(Error::Unusable { state, reason });
        match self.status(state)?.as_deref() {
            Some("active" | "archived") => {}
            Some(_) => return unusable("it was never finished".to_owned()),
            None => return unusable("the list of states does not have it (any more)".to_owned()),
        }
        let tree = match rustix::fs::openat(&self.states, format!("{state}/usr"), DIRECTORY, Mode::empty()) {
            Ok(tree) => tree,
            Err(Errno::NOENT) => return unusable("its files are not there".to_owned()),
            Err(error) => return unusable(format!("its files cannot be opened: {error}")),
        };
        match number(&tree) {
            Some(found) if found == state => Ok(()),
            Some(found) => unusable(format!("its folder holds state {found}")),
            None => unusable("its files do not say which state they are".to_owned()),
        }
    }

    /// What the table `states` says of a state.
    ///
    /// The database is opened for writing and for this process alone, and nothing is written. So SQLite keeps the index of the
    /// log in memory instead of a file beside it, which could not grow on a full disk, and what a loss of power left in the
    /// log counts, as it does for the engine. Opened for reading alone, or as a file that does not change, it would not.
    fn status(&self, state: u64) -> Result<Option<String>, Error> {
        let path = self.path.join(".moult/moult.db");
        let read = || -> rusqlite::Result<Option<String>> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&path, flags)?;
            connection.busy_timeout(Duration::ZERO)?;
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            connection.pragma_update(None, "query_only", true)?;
            // Nor may closing it take the log into the database, or remove it: that is the engine's.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            connection.file_control(Some(c"main"), FileControl::PersistWal(&mut 1))?;
            let id = i64::try_from(state).unwrap_or(i64::MAX);
            connection
                .query_row("SELECT status FROM states WHERE id = ?1", [id], |row| row.get(0))
                .optional()
        };
        read().map_err(|source| Error::Database {
            path: path.clone(),
            source,
        })
    }

    /// Puts the state's tree in the place of `/usr`, in one step.
    fn swap(&self, state: u64) -> Result<(), Error> {
        let failed = |error: Errno| Error::io("swapping the state in", self.path.join("usr"), error);
        let folder = rustix::fs::openat(&self.states, state.to_string(), DIRECTORY, Mode::empty()).map_err(failed)?;
        let there = rustix::fs::statat(&self.directory, "usr", AtFlags::SYMLINK_NOFOLLOW).is_ok();
        let flags = if there {
            RenameFlags::EXCHANGE
        } else {
            RenameFlags::NOREPLACE
        };
        rustix::fs::renameat_with(&folder, "usr", &self.directory, "usr", flags).map_err(failed)
    }

    /// After a swap to `state`: makes it durable, and gives the old tree, which is in the folder of `state`, its own one.
    fn settle(&self, state: u64) -> Result<(), Error> {
        let failed = |error: Errno| Error::io("archiving the old state", self.shown(""), error);
        rustix::fs::fsync(&self.directory).map_err(failed)?;
        let here = format!("{state}/usr");
        if self.exists(&here)? {
            let old = match rustix::fs::openat(&self.states, &here, DIRECTORY, Mode::empty()) {
                Ok(tree) => number(&tree),
                Err(_) => None,
            };
            let free = match old {
                Some(old) if !self.exists(&format!("{old}/usr"))? => Some(old.to_string()),
                _ => None,
            };
            // Not one of our states: kept all the same.
            let old = free.unwrap_or_else(|| format!("before-{state}"));
            // The engine makes the new folder, moves the tree and removes the old folder. The folder as a whole gets the new
            // name here: one step, which needs no room on a full disk. An empty one that is there already gives way.
            rustix::fs::renameat(&self.states, state.to_string(), &self.states, &old).map_err(failed)?;
        } else {
            match rustix::fs::unlinkat(&self.states, state.to_string(), AtFlags::REMOVEDIR) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        rustix::fs::syncfs(&self.moult).map_err(failed)
    }
}

/// The number in a tree; None if it is not one of ours. Nothing outside of the tree is read, wherever links lead.
fn number(usr: impl AsFd) -> Option<u64> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::openat2(usr, NUMBER, flags, Mode::empty(), ResolveFlags::BENEATH).ok()?;
    let file = File::from(file);
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
