//! States: their rows, the swap, and what to do after a crash.
//!
//! The files of the active state are `/usr`; those of every other state are `/.moult/states/<id>/usr`. A state knows its
//! number: `/usr/lib/moult/state`.
//!
//! The order of a change: the new tree is made in `states/<id>/usr` and synced; the row is committed as *pending*; one
//! rename swaps the trees, so that the old one is now in `states/<id>/usr`; it is moved to its own number; the row
//! becomes *active*. Whoever finds a pending row at the start looks at the number in `/usr`: it is that state's, then
//! the rest is done; it is not, then the row and the tree are dropped.

use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use rustix::fs::{AtFlags, FileType, Mode, RenameFlags};
use rustix::io::Errno;

use crate::catalogue;
use crate::error::Error;
use crate::root::{DIRECTORY, Root, make_directory, remove_tree};
use crate::selection::Selection;

/// Where a state's number is, below `/usr`.
pub(crate) const NUMBER: &str = "lib/moult/state";
/// Where a state's model is, below `/usr`.
pub(crate) const MODEL: &str = "lib/system-model.kdl";
/// Moult's own files of every state: no package may bring them.
pub(crate) const OWN: [&[u8]; 2] = [NUMBER.as_bytes(), MODEL.as_bytes()];

/// Whether a state is in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is `/usr`.
    Active,
    /// It can become `/usr` again.
    Archived,
    /// It is about to become `/usr`; only seen while another process is at it.
    Pending,
}

/// One state of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its number. Never used again, also when the state is gone.
    pub id: u64,
    /// When it was made: seconds since 1970.
    pub created: i64,
    /// Why, in one line.
    pub summary: String,
    /// Whether it is in place.
    pub status: Status,
    /// Packages in it.
    pub packages: u64,
    /// What the person calls it; empty for most.
    pub name: String,
    /// Never pruned.
    pub pinned: bool,
}

/// All states, the oldest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<State>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT id, created, summary, status, (SELECT count(*) FROM selections WHERE state = id), name, pinned
         FROM states ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| {
        let status = match row.get_ref(3)?.as_str()? {
            "active" => Status::Active,
            "archived" => Status::Archived,
            _ => Status::Pending,
        };
        let number = |column| {
            row.get::<_, i64>(column)
                .map(|number| u64::try_from(number).unwrap_or(0))
        };
        Ok(State {
            id: number(0)?,
            created: row.get(1)?,
            summary: row.get(2)?,
            status,
            packages: number(4)?,
            name: row.get(5)?,
            pinned: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The number of the next state.
pub(crate) fn next(connection: &Connection) -> Result<u64, Error> {
    let last: i64 = connection.query_row(
        "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'states'), 0),
                    coalesce((SELECT max(id) FROM states), 0))",
        [],
        |row| row.get(0),
    )?;
    Ok(u64::try_from(last).unwrap_or(0).saturating_add(1))
}

/// Writes the row of a state that is about to be swapped in.
pub(crate) fn pending(
    transaction: &Transaction<'_>,
    id: u64,
    summary: &str,
    selection: &Selection,
) -> Result<(), Error> {
    transaction.execute(
        "INSERT INTO states (id, created, summary, status) VALUES (?1, unixepoch(), ?2, 'pending')",
        params![signed(id), summary],
    )?;
    let mut insert =
        transaction.prepare_cached("INSERT INTO selections (state, hash, explicit) VALUES (?1, ?2, ?3)")?;
    for package in &selection.packages {
        insert.execute(params![signed(id), package.hash, package.explicit])?;
        catalogue::keep(transaction, &package.repository, &package.hash)?;
    }
    Ok(())
}

/// The state is in place: its row says so, and no other's does.
pub(crate) fn activated(connection: &mut Connection, id: u64) -> Result<(), Error> {
    let transaction = connection.transaction()?;
    transaction.execute("UPDATE states SET status = 'archived' WHERE status = 'active'", [])?;
    transaction.execute("UPDATE states SET status = 'active' WHERE id = ?1", [signed(id)])?;
    transaction.commit()?;
    Ok(())
}

/// The state never came into place.
pub(crate) fn dropped(connection: &Connection, id: u64) -> Result<(), Error> {
    connection.execute("DELETE FROM states WHERE id = ?1 AND status = 'pending'", [signed(id)])?;
    Ok(())
}

/// SQLite counts up to `i64::MAX`, and so did the numbers come from there.
pub(crate) fn signed(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// The number in a tree; None if it is not one of ours.
pub(crate) fn number(usr: &Path) -> Option<u64> {
    let mut text = String::new();
    let file = crate::fetch::open(&usr.join(NUMBER)).ok()?;
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// The links of the root, and where they lead: the same for every state, so that no swap ever has to change them. A
/// state without `lib32` or `lib64` has such a link to `lib` in its `/usr` ([`compose::own`](crate::compose::own)).
pub(crate) const LINKS: [(&str, &str); 5] = [
    ("bin", "usr/bin"),
    ("sbin", "usr/sbin"),
    ("lib", "usr/lib"),
    ("lib32", "usr/lib32"),
    ("lib64", "usr/lib64"),
];

/// Fails if something that is not ours is where `/usr` or a link of the root must be. Changes nothing.
pub(crate) fn check_root(root: &Root) -> Result<(), Error> {
    for name in ["usr", "bin", "sbin", "lib", "lib32", "lib64"] {
        let found = match rustix::fs::statat(root.directory(), name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => continue,
            Err(error) => return Err(Error::io("looking at the root", root.path().join(name), error)),
            Ok(stat) => FileType::from_raw_mode(stat.st_mode),
        };
        let wanted = if name == "usr" {
            FileType::Directory
        } else {
            FileType::Symlink
        };
        if found != wanted {
            let found = format!("a {found:?}, where a {wanted:?} is expected").to_lowercase();
            return Err(Error::RootBlocked {
                path: root.path().join(name),
                found,
            });
        }
    }
    Ok(())
}

/// Folders in `states/` whose names begin so are trees that are being made or repaired: nothing counts on them.
pub(crate) const HALF_DONE: &str = "half-done-";

/// The active state's number; None on a root without any.
pub(crate) fn active(connection: &Connection) -> Result<Option<u64>, Error> {
    let mut statement = connection.prepare_cached("SELECT id FROM states WHERE status = 'active'")?;
    let id: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(id.and_then(|id| u64::try_from(id).ok()))
}

/// One state.
pub(crate) fn one(connection: &Connection, id: u64) -> Result<State, Error> {
    let found = list(connection)?.into_iter().find(|state| state.id == id);
    found.ok_or(Error::UnknownState(id))
}

/// Makes the links of the root that are not there or lead elsewhere; each at once, by a rename.
pub(crate) fn link(root: &Root) -> Result<(), Error> {
    for (name, target) in LINKS {
        let failed = |error: Errno| Error::io("linking the root", root.path().join(name), error);
        let now = rustix::fs::readlinkat(root.directory(), name, Vec::new());
        if now.is_ok_and(|now| now.as_bytes() == target.as_bytes()) {
            continue;
        }
        let next = format!("{name}.next");
        match rustix::fs::unlinkat(root.directory(), &next, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(failed(error)),
        }
        rustix::fs::symlinkat(target, root.directory(), &next).map_err(failed)?;
        rustix::fs::renameat(root.directory(), &next, root.directory(), name).map_err(failed)?;
    }
    Ok(())
}

/// Puts the state's tree in the place of `/usr` in one step. The old `/usr`, if there was one, is then where the new one
/// was.
pub(crate) fn swap(root: &Root, id: u64) -> Result<(), Error> {
    let failed = |error: Errno| Error::io("swapping the new system in", root.path().join("usr"), error);
    let staged = rustix::fs::openat(root.moult(), format!("states/{id}"), DIRECTORY, Mode::empty()).map_err(failed)?;
    let exists = rustix::fs::statat(root.directory(), "usr", AtFlags::SYMLINK_NOFOLLOW).is_ok();
    let flags = if exists {
        RenameFlags::EXCHANGE
    } else {
        RenameFlags::NOREPLACE
    };
    rustix::fs::renameat_with(&staged, "usr", root.directory(), "usr", flags).map_err(failed)
}

/// After the swap: makes it durable, and moves the old tree to its own number.
pub(crate) fn settle(root: &Root, id: u64) -> Result<(), Error> {
    let path = root.own("states");
    let failed = |error: Errno| Error::io("archiving the old system", &path, error);
    let states = rustix::fs::openat(root.moult(), "states", DIRECTORY, Mode::empty()).map_err(failed)?;
    rustix::fs::fsync(root.directory()).map_err(failed)?;
    let here = path.join(id.to_string());
    if here.join("usr").exists() {
        let free = |name: &String| !path.join(name).join("usr").exists();
        let old = number(&here.join("usr")).map(|old| old.to_string()).filter(free);
        // Not one of our states: kept all the same.
        let old = old.unwrap_or_else(|| format!("before-{id}"));
        make_directory(&states, &old, 0o700, &path)?;
        rustix::fs::renameat(&states, format!("{id}/usr"), &states, format!("{old}/usr")).map_err(failed)?;
    }
    match rustix::fs::unlinkat(&states, id.to_string(), AtFlags::REMOVEDIR) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(failed(error)),
    }
    root.sync()
}

/// Finishes or drops what a process that died left half-done. Needs the lock.
pub(crate) fn recover(root: &Root, connection: &mut Connection) -> Result<(), Error> {
    let active = number(&root.path().join("usr"));
    for state in list(connection)? {
        if state.status != Status::Pending {
            continue;
        }
        if active == Some(state.id) {
            tracing::info!(state = state.id, "finishing a swap that was interrupted");
            settle(root, state.id)?;
            activated(connection, state.id)?;
        } else {
            tracing::info!(state = state.id, "dropping a state that was never swapped in");
            remove_tree(&root.own("states").join(state.id.to_string()))?;
            dropped(connection, state.id)?;
        }
    }
    // A swap to an archived state writes no row before it: the number in `/usr` is the truth. One that an initrd did
    // (`backend/boot/early`) may have undone a change that was cut off: then the row says active already.
    let shown = |state: &&State| Some(state.id) == active && state.status != Status::Pending;
    if let Some(state) = list(connection)?.iter().find(shown) {
        let archived = state.status == Status::Archived;
        if archived || root.own("states").join(state.id.to_string()).exists() {
            tracing::info!(state = state.id, "finishing a swap that was interrupted");
            settle(root, state.id)?;
        }
        if archived {
            activated(connection, state.id)?;
        }
    }
    for (name, target) in LINKS {
        let next = format!("{name}.next");
        let ours = rustix::fs::readlinkat(root.directory(), &next, Vec::new());
        if ours.is_ok_and(|ours| ours.as_bytes() == target.as_bytes()) {
            rustix::fs::unlinkat(root.directory(), &next, AtFlags::empty())
                .map_err(|error| Error::io("removing an unfinished link", root.path().join(&next), error))?;
        }
    }
    // Trees whose state has no row were being composed, or were being removed.
    let failed = |error| Error::io("looking for unfinished states", root.own("states"), error);
    for folder in std::fs::read_dir(root.own("states")).map_err(failed)?.flatten() {
        let name = folder.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.starts_with(HALF_DONE) {
            remove_tree(&folder.path())?;
        }
        let Ok(id) = name.parse::<i64>() else { continue };
        let mut statement = connection.prepare_cached("SELECT 1 FROM states WHERE id = ?1")?;
        if statement.query_row([id], |_| Ok(())).optional()?.is_none() {
            remove_tree(&folder.path())?;
        }
    }
    Ok(())
}
