//! What the store holds, in the database. A file in the store counts only if it is written down here, in the layout of a
//! package or as made by a trigger: a row is committed after its files are on the disk, so a crash never leaves a row
//! without a whole file.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::error::Error;
use crate::layouts::{self, DIRECTORY, Entry, LINK, Layout, REGULAR};
use crate::package::{Item, Package, Rights, What};
use crate::picture::Generated;
use crate::present;
use crate::root::Root;
use crate::selection::Selected;
use crate::state;
use crate::store::{Key, Store};
use crate::tree::{PLAIN, Tree};

/// In `generated.kind`: a trigger took it away.
const REMOVED: u8 = 0;

/// The items of a package of which the store has everything; None if it has not.
///
/// What a package is was read from itself when it was unpacked: a list that calls it something else is refused here,
/// as it would have been then.
pub(crate) fn unpacked(connection: &Connection, selected: &Selected) -> Result<Option<Vec<Item>>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT id, name, source_release, build_release FROM unpacked WHERE hash = ?1")?;
    let found = statement
        .query_row([&selected.hash], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                (row.get(2)?, row.get(3)?),
            ))
        })
        .optional()?;
    let Some((id, name, release)) = found else {
        return Ok(None);
    };
    if name != selected.name || release != selected.release() {
        let found = format!("{name}, release {}-{}", release.0, release.1);
        return Err(Error::WrongPackage {
            package: selected.name.clone(),
            found,
        });
    }
    let mut items = Vec::new();
    layout(connection, id, |entry| items.push(entry.item()))?;
    Ok(Some(items))
}

/// Looks at each item of an unpacked package, in its order.
pub(crate) fn layout(connection: &Connection, package: i64, mut each: impl FnMut(Entry<'_>)) -> Result<(), Error> {
    let mut statement = connection.prepare_cached("SELECT items, plain, contents FROM layouts WHERE package = ?1")?;
    let mut rows = statement.query([package])?;
    let row = rows.next()?.ok_or_else(|| {
        let what = format!("the layout of the unpacked package {package} is not there");
        Error::DamagedDatabase(what)
    })?;
    read_layout(row, 0, &mut each)
}

/// The same for all packages; `each` also gets the package's number.
pub(crate) fn layouts(connection: &Connection, mut each: impl FnMut(i64, Entry<'_>)) -> Result<(), Error> {
    let mut statement = connection.prepare_cached("SELECT package, items, plain, contents FROM layouts")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let package = row.get(0)?;
        read_layout(row, 1, &mut |entry| each(package, entry))?;
    }
    Ok(())
}

fn read_layout(row: &Row<'_>, first: usize, each: &mut dyn FnMut(Entry<'_>)) -> Result<(), Error> {
    let blob = |column| row.get_ref(column).and_then(|value| Ok(value.as_blob()?));
    let layout = Layout::read(blob(first)?, row.get(first + 1)?, blob(first + 2)?)?;
    layout.entries().try_for_each(|entry| entry.map(&mut *each))
}

/// Everything a state is made of but what triggers made, as it was unpacked, and its tree.
pub(crate) fn state(root: &Root, connection: &Connection, id: u64) -> Result<(Vec<Package>, Tree), Error> {
    state_beside(root, connection, id, &[])
}

/// The same, when some packages are `known` already: two states that follow each other have most of them in common.
pub(crate) fn state_beside(
    root: &Root,
    connection: &Connection,
    id: u64,
    known: &[Package],
) -> Result<(Vec<Package>, Tree), Error> {
    let known: HashMap<&str, &Package> = known.iter().map(|package| (package.hash.as_str(), package)).collect();
    let mut packages = Vec::new();
    for selected in present::selected(root, connection, id)? {
        let same = |package: &&Package| package.name == selected.name && package.release == selected.release();
        let items = match known.get(selected.hash.as_str()).copied().filter(same) {
            Some(package) => package.items.clone(),
            None => unpacked(connection, &selected)?.ok_or_else(|| {
                let what = format!("{} of state {id} is not written down as unpacked", selected.name);
                Error::DamagedDatabase(what)
            })?,
        };
        packages.push(Package {
            release: selected.release(),
            name: selected.name,
            hash: selected.hash,
            items,
            packed: None,
        });
    }
    let tree = Tree::plan(&packages, &state::OWN)?;
    Ok((packages, tree))
}

/// What triggers made in a state, in the order in which they ran.
pub(crate) fn generated(connection: &Connection, id: u64) -> Result<Vec<Generated>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT path, kind, mode, uid, gid, content, target, trigger FROM generated WHERE state = ?1 ORDER BY ordinal",
    )?;
    let rows = statement.query_map([state::signed(id)], |row| {
        let there = row.get::<_, u8>(1)? != REMOVED;
        Ok(Generated {
            trigger: row.get(7)?,
            path: row.get(0)?,
            item: there.then(|| item(row)).transpose()?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The keys of the triggers that ran in a state, by what [`record_triggers`] calls them.
pub(crate) fn trigger_runs(connection: &Connection, id: u64) -> Result<HashMap<String, [u8; 32]>, Error> {
    let mut statement = connection.prepare_cached("SELECT trigger, key FROM trigger_runs WHERE state = ?1")?;
    let rows = statement.query_map([state::signed(id)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes down which triggers ran in a state, and what they made. Its row must be there, and the contents in the store.
pub(crate) fn record_triggers(
    transaction: &Transaction<'_>,
    id: u64,
    runs: &[(String, [u8; 32])],
    generated: &[Generated],
) -> Result<(), Error> {
    let mut insert =
        transaction.prepare_cached("INSERT INTO trigger_runs (state, trigger, key) VALUES (?1, ?2, ?3)")?;
    for (name, key) in runs {
        insert.execute(params![state::signed(id), name, key])?;
    }
    let mut insert = transaction.prepare_cached(
        "INSERT INTO generated (state, trigger, ordinal, path, kind, mode, uid, gid, content, target)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for (ordinal, change) in (0i64..).zip(generated) {
        let (kind, content, target) = match change.item.as_ref().map(|item| &item.what) {
            None => (REMOVED, None, None),
            Some(What::Stored(content)) => (REGULAR, Some(content), None),
            Some(What::Link(target)) => (LINK, None, Some(target)),
            Some(What::Directory) => (DIRECTORY, None, None),
            Some(What::Empty | What::Packed(_)) => (REGULAR, None, None),
        };
        let Rights { mode, uid, gid } = change.item.as_ref().map_or(PLAIN, |item| item.rights);
        insert.execute(params![
            state::signed(id),
            change.trigger,
            ordinal,
            change.path,
            kind,
            mode,
            uid,
            gid,
            content,
            target
        ])?;
    }
    Ok(())
}

/// Has every trigger that made one of these contents run anew: nobody can bring them again.
pub(crate) fn forget_triggers(connection: &Connection, damaged: &HashSet<Key>) -> Result<(), Error> {
    let mut delete = connection.prepare_cached(
        "DELETE FROM trigger_runs WHERE EXISTS (SELECT 1 FROM generated g WHERE g.state = trigger_runs.state
         AND trigger_runs.trigger = 'tx/' || g.trigger
         AND g.content = ?1 AND g.mode = ?2 AND g.uid = ?3 AND g.gid = ?4)",
    )?;
    for Key { content, rights } in damaged {
        delete.execute(params![content, rights.mode, rights.uid, rights.gid])?;
    }
    Ok(())
}

/// Takes away what the transaction triggers of a state did, so that it can be written down anew.
pub(crate) fn clear_triggers(transaction: &Transaction<'_>, id: u64) -> Result<(), Error> {
    let id = state::signed(id);
    transaction.execute("DELETE FROM generated WHERE state = ?1", [id])?;
    transaction.execute(
        "DELETE FROM trigger_runs WHERE state = ?1 AND substr(trigger, 1, 3) = 'tx/'",
        [id],
    )?;
    Ok(())
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let what = match row.get(1)? {
        LINK => What::Link(row.get(6)?),
        DIRECTORY => What::Directory,
        _ => row.get::<_, Option<[u8; 32]>>(5)?.map_or(What::Empty, What::Stored),
    };
    Ok(Item {
        path: row.get(0)?,
        rights: rights(row, 2)?,
        what,
    })
}

fn rights(row: &Row<'_>, first: usize) -> rusqlite::Result<Rights> {
    Ok(Rights {
        mode: row.get(first)?,
        uid: row.get(first + 1)?,
        gid: row.get(first + 2)?,
    })
}

/// Every content that the store is known to hold: what packages brought, and what triggers made.
pub(crate) fn contents(connection: &Connection) -> Result<HashMap<Key, u64>, Error> {
    let mut known = HashMap::new();
    layouts(connection, |_, entry| known.extend(entry.stored()))?;
    let mut statement = connection.prepare_cached("SELECT content, mode, uid, gid, size FROM contents")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (content, rights, size) = (row.get(0)?, rights(row, 1)?, row.get::<_, i64>(4)?);
        known.insert(Key { content, rights }, u64::try_from(size).unwrap_or(0));
    }
    Ok(known)
}

/// Whether no package was ever unpacked.
pub(crate) fn is_empty(connection: &Connection) -> Result<bool, Error> {
    Ok(connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM layouts)", [], |row| row.get(0))?)
}

/// Writes down what packages brought to the store, and what triggers made. The files must be on the disk by the time that
/// this is committed.
pub(crate) fn record(transaction: &Transaction<'_>, packages: &[&Package], store: &Store<'_>) -> Result<(), Error> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR REPLACE INTO contents (content, mode, uid, gid, size) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (Key { content, rights }, size) in store.made() {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        insert.execute(params![content, rights.mode, rights.uid, rights.gid, size])?;
    }
    let mut insert =
        transaction.prepare_cached("INSERT INTO layouts (package, plain, items, contents) VALUES (?1, ?2, ?3, ?4)")?;
    for package in packages {
        // There is one already when it was brought again for a repair.
        transaction.execute("DELETE FROM unpacked WHERE hash = ?1", [&package.hash])?;
        transaction
            .prepare_cached("INSERT INTO unpacked (hash, name, source_release, build_release) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                package.hash,
                package.name,
                package.release.0,
                package.release.1
            ])?;
        let id = transaction.last_insert_rowid();
        let layout = layouts::write(&package.items, &|key| store.size(key))?;
        let plain = i64::try_from(layout.plain).unwrap_or(i64::MAX);
        insert.execute(params![id, plain, layout.items, layout.contents])?;
    }
    Ok(())
}
