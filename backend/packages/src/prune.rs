//! Letting go of old states, and of what only they hold.
//!
//! The rows go first, in one transaction: from then on no state counts on the files. The marker that unpacking uses tells
//! the next start to sweep the store, should the process die before the files are gone.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Transaction, params};

use crate::error::Error;
use crate::import;
use crate::ledger;
use crate::package::Rights;
use crate::root::{Root, remove_tree};
use crate::schema;
use crate::spare;
use crate::state::{self, State, Status};
use crate::store::{self, Key};
use crate::watch::{Meter, Phase, Watch};

/// What pruning removed, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The states.
    pub states: Vec<u64>,
    /// Bytes of content that no state holds any more.
    pub bytes: u64,
    /// What went wrong afterwards without harm. Each is for people.
    pub warnings: Vec<String>,
}

/// The states that go when the newest `keep` stay, and the active one, and those that are pinned.
pub(crate) fn doomed(states: &[State], keep: usize) -> Vec<u64> {
    let older = states.iter().rev().skip(keep);
    let mut doomed: Vec<u64> = older
        .filter(|state| state.status == Status::Archived && !state.pinned)
        .map(|state| state.id)
        .collect();
    doomed.sort_unstable();
    doomed
}

/// Bytes of content that only these states hold, or nobody.
pub(crate) fn frees(connection: &Connection, states: &[u64]) -> Result<u64, Error> {
    let kept = kept(connection, states)?;
    Ok(sizes(connection)?
        .into_iter()
        .filter(|(key, _)| !kept.contains(key))
        .fold(0, |sum, (_, size)| sum.saturating_add(size)))
}

/// Removes these states.
pub(crate) fn remove(
    root: &Root,
    connection: &mut Connection,
    states: &[u64],
    watch: &dyn Watch,
) -> Result<Pruned, Error> {
    let meter = Meter::begin(watch, Phase::Prune, 0, states.len() as u64);
    meter.check()?;
    let kept = kept(connection, states)?;
    let gone: Vec<(Key, u64)> = sizes(connection)?
        .into_iter()
        .filter(|(key, _)| !kept.contains(key))
        .collect();
    let bytes = gone.iter().fold(0u64, |sum, (_, size)| sum.saturating_add(*size));
    store::mark(root)?;
    match forget(connection, states, &gone) {
        Ok(()) => {}
        // On a full disk: the rows of the states alone are few, and their trees are worth more than the rest.
        Err(Error::NoSpace { .. }) => {
            let transaction = connection.transaction()?;
            forget_states(&transaction, states)?;
            let committed = transaction.commit();
            settled(connection, committed)?;
            let rest = trees(root, states, &meter).and_then(|()| root.sync());
            if let Err(error) = rest.and_then(|()| forget(connection, states, &gone)) {
                meter.end();
                return Ok(Pruned {
                    states: states.to_vec(),
                    bytes: 0,
                    warnings: vec![format!("what these states held goes with the next pruning: {error}")],
                });
            }
        }
        Err(error) => return Err(error),
    }
    // The states are gone. From here on everything only gives back space; the next start does what is left of it.
    let freed = free(root, states, &gone, &meter).and_then(|()| import::clean(root, connection));
    meter.end();
    Ok(Pruned {
        states: states.to_vec(),
        bytes: bytes.saturating_add(*freed.as_ref().unwrap_or(&0)),
        warnings: freed.err().iter().map(Error::to_string).collect(),
    })
}

fn forget_states(transaction: &Transaction<'_>, states: &[u64]) -> Result<(), Error> {
    for id in states {
        transaction.execute(
            "DELETE FROM states WHERE id = ?1 AND status = 'archived'",
            [state::signed(*id)],
        )?;
    }
    Ok(())
}

/// Takes all rows away of these states and of what only they held, or none.
fn forget(connection: &mut Connection, states: &[u64], gone: &[(Key, u64)]) -> Result<(), Error> {
    let transaction = connection.transaction()?;
    forget_states(&transaction, states)?;
    transaction.execute_batch(
        "DELETE FROM unpacked WHERE hash NOT IN (SELECT hash FROM selections);
         DELETE FROM packages WHERE repository IS NULL AND hash NOT IN (SELECT hash FROM selections)",
    )?;
    {
        let mut delete = transaction
            .prepare_cached("DELETE FROM contents WHERE content = ?1 AND mode = ?2 AND uid = ?3 AND gid = ?4")?;
        for (Key { content, rights }, _) in gone {
            delete.execute(params![content, rights.mode, rights.uid, rights.gid])?;
        }
    }
    let committed = transaction.commit();
    settled(connection, committed)
}

/// A commit that failed may come to light later as done: it is overruled. If that fails, too, the next start finishes it.
fn settled(connection: &Connection, committed: rusqlite::Result<()>) -> Result<(), Error> {
    if let Err(error) = committed {
        let _ = schema::overrule(connection);
        return Err(error.into());
    }
    Ok(())
}

fn trees(root: &Root, states: &[u64], meter: &Meter<'_>) -> Result<(), Error> {
    for id in states {
        remove_tree(&root.own("states").join(id.to_string()))?;
        meter.items(1, &id.to_string());
    }
    spare::clear(root)
}

fn free(root: &Root, states: &[u64], gone: &[(Key, u64)], meter: &Meter<'_>) -> Result<(), Error> {
    trees(root, states, meter)?;
    store::remove(root, gone.iter().map(|(key, _)| key))?;
    store::unmark(root)
}

/// When nobody holds some of these contents any more: takes what nobody holds out of the store.
pub(crate) fn unheld(root: &Root, connection: &mut Connection, contents: &HashSet<Key>) -> Result<(), Error> {
    let kept = kept(connection, &[])?;
    if contents.is_subset(&kept) {
        return Ok(());
    }
    let gone: Vec<(Key, u64)> = sizes(connection)?
        .into_iter()
        .filter(|(key, _)| !kept.contains(key))
        .collect();
    store::mark(root)?;
    forget(connection, &[], &gone)?;
    store::remove(root, gone.iter().map(|(key, _)| key))?;
    store::unmark(root)
}

/// Every content that is still held when these states are gone.
fn kept(connection: &Connection, without: &[u64]) -> Result<HashSet<Key>, Error> {
    let without: HashSet<i64> = without.iter().map(|id| state::signed(*id)).collect();
    let mut packages: HashSet<i64> = HashSet::new();
    let mut statement =
        connection.prepare_cached("SELECT s.state, u.id FROM selections s JOIN unpacked u ON u.hash = s.hash")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if !without.contains(&row.get(0)?) {
            packages.insert(row.get(1)?);
        }
    }
    let mut kept = HashSet::new();
    ledger::layouts(connection, |package, entry| {
        if packages.contains(&package) {
            kept.extend(entry.stored().map(|(key, _)| key));
        }
    })?;
    let mut statement =
        connection.prepare_cached("SELECT state, content, mode, uid, gid FROM generated WHERE content IS NOT NULL")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if !without.contains(&row.get(0)?) {
            kept.insert(key(row)?);
        }
    }
    Ok(kept)
}

fn key(row: &rusqlite::Row<'_>) -> rusqlite::Result<Key> {
    let rights = Rights {
        mode: row.get(2)?,
        uid: row.get(3)?,
        gid: row.get(4)?,
    };
    Ok(Key {
        content: row.get(1)?,
        rights,
    })
}

fn sizes(connection: &Connection) -> Result<HashMap<Key, u64>, Error> {
    ledger::contents(connection)
}
