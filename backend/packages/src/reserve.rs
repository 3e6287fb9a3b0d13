//! Room that is kept for the moment in which the disk is full: the database, a lock and a folder need a little even to
//! free something. A file of no content takes it; it is given back when there is nothing else, and taken again when there
//! is plenty.

use rustix::fs::{AtFlags, FallocateFlags, Mode, OFlags};
use rustix::io::Errno;

use crate::error::Error;
use crate::fetch;
use crate::root::Root;
use crate::spare;

/// The file, below `/.moult`.
const NAME: &str = "reserve";
/// Its size: enough to write down that many states are gone.
const SIZE: u64 = 8 << 20;
/// With less free than this, what frees space gets the reserve first.
const SCARCE: u64 = 4 << 20;
/// Left free when the reserve is taken again on a disk that stays full.
const MARGIN: u64 = 256 << 10;

/// Makes the reserve, if it is missing: where ten times as much is free, or, `again`, out of what was given back.
pub(crate) fn keep(root: &Root, again: bool) {
    let Ok(free) = root.free() else { return };
    let size = match again {
        false if free < 10 * SIZE => return,
        _ => SIZE.min(free.saturating_sub(MARGIN)),
    };
    if size < MARGIN {
        return;
    }
    let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let made = rustix::fs::openat(root.moult(), NAME, flags, Mode::from_raw_mode(0o600)).and_then(|file| {
        // One that is empty is of a process that was killed here.
        match rustix::fs::fstat(&file)?.st_size {
            0 => rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, size),
            _ => Ok(()),
        }
    });
    if let Err(error) = made {
        // Nothing depends on it: then there is none.
        let _ = rustix::fs::unlinkat(root.moult(), NAME, AtFlags::empty());
        tracing::debug!(%error, "no room is kept for a full disk");
    }
}

/// Whether so little is free that even freeing something could fail.
pub(crate) fn scarce(root: &Root) -> bool {
    root.free().is_ok_and(|free| free < SCARCE)
}

/// Gives back all that nobody counts on: the reserve and, unless another process is at work, what was downloaded and the
/// tree that was prepared for the next change.
pub(crate) fn give_back(root: &Root, locked: bool) -> Result<(), Error> {
    let failed = |error: Errno| Error::io("giving back room", root.own(NAME), error);
    // Emptied first: on a file system that copies on write this needs less than removing it does.
    let flags = OFlags::WRONLY | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let _ = rustix::fs::openat(root.moult(), NAME, flags, Mode::empty());
    match rustix::fs::unlinkat(root.moult(), NAME, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(failed(error)),
    }
    let lock = if locked { None } else { root.lock().ok() };
    if locked || lock.is_some() {
        fetch::clean(root, true);
        spare::clear(root)?;
    }
    // What was freed can be used once the file system has written that down.
    rustix::fs::syncfs(root.moult()).map_err(failed)
}
