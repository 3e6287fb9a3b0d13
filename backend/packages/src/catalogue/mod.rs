//! What the repositories offer, in the database.
//!
//! Here is what is asked of it. [`repositories`] keeps the rows of the repositories, [`packages`] writes what their lists
//! offer, and [`words`] keeps the search index of each.

mod packages;
mod repositories;
mod words;

use std::collections::HashSet;

use moult_stone::{Kind, Provider};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Row, Transaction, params};

use crate::error::Error;
use crate::repository::{self, Repository};
use crate::root::Root;

pub(crate) use packages::{Incoming, keep, keep_unlisted, relate, replace};
pub(crate) use repositories::{Cached, List, Seen, cached, confirm, count, failed, outgrown, saw, settle};
pub(crate) use words::{make_words, make_words_unoffered, put_words};

/// What is needed, in `requires.relation`.
const NEEDS: i64 = 0;
/// What is refused, in `requires.relation`.
const REFUSES: i64 = 1;

/// One package that a repository offers, or of which a state keeps a copy.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) source_release: u64,
    pub(crate) build_release: u64,
    pub(crate) hash: String,
    /// Its repository and that one's priority; None for a kept copy.
    pub(crate) repository: Option<(String, u64)>,
    pub(crate) architecture: String,
    pub(crate) summary: String,
    pub(crate) uri: String,
    pub(crate) size: u64,
}

/// The repositories whose packages may be chosen: in use, and with a list that is theirs.
pub(crate) fn counted(root: &Root, connection: &Connection) -> Result<HashSet<String>, Error> {
    let definitions = repository::read_all(root);
    let known = cached(connection)?;
    let enabled = definitions.enabled().into_iter();
    let counts = |one: &&Repository| known.iter().any(|row| row.id == one.id && row.belongs_to(one));
    Ok(enabled.filter(counts).map(|one| one.id.clone()).collect())
}

/// The columns of an [`Offer`], out of `packages p` and its `repositories r`.
pub(crate) const OFFER: &str = "p.id, p.name, p.version, p.source_release, p.build_release, p.hash, r.id, r.priority,
     p.architecture, p.summary, p.uri, p.size";

/// Reads the columns of [`OFFER`].
pub(crate) fn offer(row: &Row<'_>) -> rusqlite::Result<Offer> {
    let repository: Option<String> = row.get(6)?;
    Ok(Offer {
        id: row.get(0)?,
        name: row.get(1)?,
        version: row.get(2)?,
        source_release: unsigned(row, 3)?,
        build_release: unsigned(row, 4)?,
        hash: row.get(5)?,
        repository: match repository {
            Some(id) => Some((id, unsigned(row, 7)?)),
            None => None,
        },
        architecture: row.get(8)?,
        summary: row.get(9)?,
        uri: row.get(10)?,
        size: unsigned(row, 11)?,
    })
}

/// Every offer and kept copy with this name, in no order.
pub(crate) fn offers_named(connection: &Connection, name: &str) -> Result<Vec<Offer>, Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {OFFER} FROM packages p LEFT JOIN repositories r ON r.id = p.repository WHERE p.name = ?1"
    ))?;
    Ok(statement.query_map([name], offer)?.collect::<Result<_, _>>()?)
}

/// The offer or kept copy with this row number.
pub(crate) fn offer_at(connection: &Connection, id: i64) -> Result<Offer, Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {OFFER} FROM packages p LEFT JOIN repositories r ON r.id = p.repository WHERE p.id = ?1"
    ))?;
    Ok(statement.query_row([id], offer)?)
}

/// The offer or kept copy with this row number, and all others of its name.
pub(crate) fn offers_beside(connection: &Connection, id: i64) -> Result<Vec<Offer>, Error> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {OFFER} FROM packages p LEFT JOIN repositories r ON r.id = p.repository
         WHERE p.name = (SELECT name FROM packages WHERE id = ?1)"
    ))?;
    Ok(statement.query_map([id], offer)?.collect::<Result<_, _>>()?)
}

/// One look at the database: what is read until this is dropped belongs together, and thousands of questions take one
/// lock. Made for many small questions: SQLite then does not think each over anew for each value.
pub(crate) fn look(connection: &Connection) -> Result<Transaction<'_>, Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection.unchecked_transaction()?)
}

/// The row numbers of all offers and kept copies that give this.
pub(crate) fn rows_giving(connection: &Connection, wanted: &Provider) -> Result<Vec<i64>, Error> {
    let mut statement = connection.prepare_cached("SELECT package FROM provides WHERE kind = ?1 AND target = ?2")?;
    let rows = statement.query_map(params![wanted.kind.number(), wanted.target], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What a package needs and what it refuses, each sorted.
pub(crate) fn relations(connection: &Connection, package: i64) -> Result<(Vec<Provider>, Vec<Provider>), Error> {
    let mut statement = connection
        .prepare_cached("SELECT relation, kind, target FROM requires WHERE package = ?1 ORDER BY kind, target")?;
    let mut rows = statement.query([package])?;
    let (mut needs, mut refuses) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let number: u8 = row.get(1)?;
        let kind = Kind::from_number(number)
            .ok_or_else(|| Error::DamagedDatabase(format!("{number} is not a kind of dependency")))?;
        let list = if row.get::<_, i64>(0)? == NEEDS {
            &mut needs
        } else {
            &mut refuses
        };
        list.push(Provider::new(kind, row.get::<_, String>(2)?));
    }
    Ok((needs, refuses))
}

/// SQLite has no unsigned numbers; negative ones were never written.
fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}
