//! The rows of the packages: a list is taken in as a whole, and what a state has is kept when its repository drops it.

use moult_stone::Package;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use url::Url;

use super::repositories::{List, confirm};
use super::words::put_words;
use super::{NEEDS, REFUSES};
use crate::error::Error;
use crate::repository::{package_url, shown};
use crate::search;

/// `PRAGMA cache_size` while a list is replaced, in KiB below zero. With too little, each page of the sorted tables goes
/// to the log again and again: with 24 MiB, 60,000 packages wrote 420 MB.
const REFRESH_CACHE: i64 = -56 << 10;
/// So many rows for `provides` are collected.
const MOST_GIVEN: usize = 50_000;

/// The list that is to replace another.
pub(crate) struct Incoming<'r> {
    pub(crate) repository: &'r str,
    /// Its main address: packages are found relative to it, wherever it came from.
    pub(crate) url: &'r Url,
    /// Where it came from, for messages.
    pub(crate) from: &'r Url,
    pub(crate) list: &'r List,
    /// Seconds since 1970 (UTC).
    pub(crate) now: i64,
}

/// Replaces everything a repository offers by what `feed` gives, one package at a time, in one transaction: readers see
/// the old list or the new one, and the search index that belongs to it. Returns how many packages there are.
pub(crate) fn replace(
    connection: &mut Connection,
    incoming: &Incoming<'_>,
    cancelled: &dyn Fn() -> bool,
    feed: impl FnOnce(&mut dyn FnMut(Package) -> Result<(), Error>) -> Result<(), Error>,
) -> Result<u64, Error> {
    let usual: i64 = connection.query_row("PRAGMA cache_size", [], |row| row.get(0))?;
    connection.pragma_update(None, "cache_size", REFRESH_CACHE)?;
    let replaced = replace_all(connection, incoming, cancelled, feed);
    connection.pragma_update(None, "cache_size", usual)?;
    replaced
}

fn replace_all(
    connection: &mut Connection,
    incoming: &Incoming<'_>,
    cancelled: &dyn Fn() -> bool,
    feed: impl FnOnce(&mut dyn FnMut(Package) -> Result<(), Error>) -> Result<(), Error>,
) -> Result<u64, Error> {
    let transaction = connection.transaction()?;
    transaction.execute("DELETE FROM packages WHERE repository = ?1", [incoming.repository])?;
    let mut words = search::Builder::default();
    let mut given = Given::default();
    let mut count = 0u64;
    feed(&mut |package| {
        if count.is_multiple_of(256) && cancelled() {
            return Err(Error::Cancelled);
        }
        count += 1;
        insert(&transaction, incoming, Some(incoming.repository), &package, &mut given)?;
        words.add(
            &package.name,
            &package.version,
            (package.source_release, package.build_release),
            &package.summary,
            &package.description,
        );
        Ok(())
    })?;
    given.write(&transaction)?;
    put_words(&transaction, incoming.repository, &words.finish())?;
    confirm(&transaction, incoming.repository, incoming.list, incoming.now)?;
    transaction.commit()?;
    Ok(count)
}

/// Rows for `provides`, written many at a time in the order of their table: one by one, each would be somewhere else.
#[derive(Default)]
struct Given(Vec<(u8, String, i64)>);

impl Given {
    fn write(&mut self, transaction: &Transaction<'_>) -> Result<(), Error> {
        self.0.sort_unstable();
        let mut insert =
            transaction.prepare_cached("INSERT OR IGNORE INTO provides (kind, target, package) VALUES (?1, ?2, ?3)")?;
        for (kind, target, package) in self.0.drain(..) {
            insert.execute(params![kind, target, package])?;
        }
        Ok(())
    }
}

fn insert(
    transaction: &Transaction<'_>,
    incoming: &Incoming<'_>,
    repository: Option<&str>,
    package: &Package,
    given: &mut Given,
) -> Result<(), Error> {
    let damaged = |reason: String| Error::DamagedIndex {
        repository: incoming.repository.to_owned(),
        url: shown(incoming.from),
        reason: format!("{}: {reason}", package.name),
    };
    let number =
        |number: u64, what: &str| i64::try_from(number).map_err(|_| damaged(format!("its {what} is {number}")));
    let hash = package
        .hash
        .as_deref()
        .ok_or_else(|| damaged("it has no checksum".to_owned()))?;
    if hash.len() != 64 || !hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(damaged(format!(
            "its checksum is {hash:?}, not a SHA-256 in lower-case hexadecimal"
        )));
    }
    let size = package.size.ok_or_else(|| damaged("it has no size".to_owned()))?;
    let relative = package
        .uri
        .as_deref()
        .ok_or_else(|| damaged("it has no address".to_owned()))?;
    let url = package_url(incoming.url, relative).map_err(damaged)?;
    // A name ends up in messages and in the system model; it never names a file.
    if package.name.is_empty() || package.name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(damaged(format!("its name is {:?}", package.name)));
    }
    let inserted = transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO packages (repository, hash, name, version, source_release, build_release,
             architecture, summary, description, source_id, homepage, licenses, uri, size)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            repository,
            hash,
            package.name,
            package.version,
            number(package.source_release, "release")?,
            number(package.build_release, "build release")?,
            package.architecture,
            package.summary,
            package.description,
            package.source_id,
            package.homepage,
            package.licenses.join("\n"),
            url.as_str(),
            number(size, "size")?,
        ])?;
    if inserted == 0 {
        return Err(damaged("its checksum is that of another package, too".to_owned()));
    }
    let id = transaction.last_insert_rowid();
    let all = package.all_providers();
    given.0.extend(all.map(|one| (one.kind.number(), one.target, id)));
    if given.0.len() >= MOST_GIVEN {
        given.write(transaction)?;
    }
    need(transaction, id, package)
}

/// Keeps a package of a list that is not the repository's own, as states keep them, and returns its checksum. Unless a
/// state comes to have it, it goes with the next pruning.
pub(crate) fn keep_unlisted(
    connection: &mut Connection,
    incoming: &Incoming<'_>,
    package: &Package,
) -> Result<String, Error> {
    let hash = package.hash.clone().unwrap_or_default();
    let transaction = connection.transaction()?;
    let kept = "SELECT 1 FROM packages WHERE repository IS NULL AND hash = ?1";
    if !transaction.prepare_cached(kept)?.exists([&hash])? {
        let mut given = Given::default();
        insert(&transaction, incoming, None, package, &mut given)?;
        given.write(&transaction)?;
    }
    transaction.commit()?;
    Ok(hash)
}

/// Writes down what a package gives, needs and refuses.
pub(crate) fn relate(transaction: &Transaction<'_>, id: i64, package: &Package) -> Result<(), Error> {
    let all = package.all_providers();
    Given(all.map(|one| (one.kind.number(), one.target, id)).collect()).write(transaction)?;
    need(transaction, id, package)
}

fn need(transaction: &Transaction<'_>, id: i64, package: &Package) -> Result<(), Error> {
    let mut requires = transaction
        .prepare_cached("INSERT OR IGNORE INTO requires (package, relation, kind, target) VALUES (?1, ?2, ?3, ?4)")?;
    for (relation, list) in [(NEEDS, &package.dependencies), (REFUSES, &package.conflicts)] {
        for one in list {
            requires.execute(params![id, relation, one.kind.number(), one.target])?;
        }
    }
    Ok(())
}

/// Keeps a copy of a package's metadata that stays when its repository drops it.
pub(crate) fn keep(transaction: &Transaction<'_>, repository: &str, hash: &str) -> Result<(), Error> {
    let mut statement = transaction.prepare_cached("SELECT id FROM packages WHERE repository = ?1 AND hash = ?2")?;
    let found = statement
        .query_row([repository, hash], |row| row.get::<_, i64>(0))
        .optional()?;
    let Some(package) = found else {
        let mut kept = transaction.prepare_cached("SELECT 1 FROM packages WHERE repository IS NULL AND hash = ?1")?;
        // A refresh since the plan may have dropped it: without its row nobody would know what the state holds.
        return match kept.exists([hash])? {
            true => Ok(()),
            false => Err(Error::NoLongerOffered {
                repository: repository.to_owned(),
                hash: hash.to_owned(),
            }),
        };
    };
    let inserted = transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO packages (repository, hash, name, version, source_release, build_release,
             architecture, summary, description, source_id, homepage, licenses, uri, size)
             SELECT NULL, hash, name, version, source_release, build_release, architecture, summary, description,
             source_id, homepage, licenses, uri, size FROM packages WHERE id = ?1",
        )?
        .execute([package])?;
    if inserted == 0 {
        return Ok(());
    }
    let copy = transaction.last_insert_rowid();
    for copy_rows in [
        "INSERT INTO provides (kind, target, package) SELECT kind, target, ?2 FROM provides WHERE package = ?1",
        "INSERT INTO requires (package, relation, kind, target)
         SELECT ?2, relation, kind, target FROM requires WHERE package = ?1",
    ] {
        transaction.prepare_cached(copy_rows)?.execute([package, copy])?;
    }
    Ok(())
}
