//! What the repositories offer, in the database.

use moult_stone::{Kind, Package, Provider};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use url::Url;

use crate::error::Error;
use crate::repository::{Repository, shown};

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

/// Adds a repository, or changes the one with this id. Its packages stay if its address does.
pub(crate) fn put_repository(connection: &mut Connection, repository: &Repository) -> Result<(), Error> {
    repository.check()?;
    let reason = || "its priority is too large".to_owned();
    let priority = i64::try_from(repository.priority).map_err(|_| Error::BadRepository {
        id: repository.id.clone(),
        reason: reason(),
    })?;
    let transaction = connection.transaction()?;
    transaction.execute(
        "DELETE FROM packages WHERE repository = (SELECT id FROM repositories WHERE id = ?1 AND uri <> ?2)",
        params![repository.id, repository.uri.as_str()],
    )?;
    transaction.execute(
        "INSERT INTO repositories (id, uri, priority, description) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET uri = ?2, priority = ?3, description = ?4",
        params![repository.id, repository.uri.as_str(), priority, repository.description],
    )?;
    transaction.commit()?;
    Ok(())
}

/// All repositories, the preferred first.
pub(crate) fn repositories(connection: &Connection) -> Result<Vec<Repository>, Error> {
    let mut statement = connection
        .prepare_cached("SELECT id, uri, priority, description FROM repositories ORDER BY priority DESC, id")?;
    let rows = statement.query_map([], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            unsigned(row, 2)?,
            row.get(3)?,
        ))
    })?;
    rows.map(|row| {
        let (id, uri, priority, description) = row?;
        let uri = Url::parse(&uri).map_err(|error| Error::DamagedDatabase(format!("{uri:?}: {error}")))?;
        Ok(Repository {
            id,
            uri,
            priority,
            description,
        })
    })
    .collect()
}

pub(crate) fn repository(connection: &Connection, id: &str) -> Result<Repository, Error> {
    let found = repositories(connection)?
        .into_iter()
        .find(|repository| repository.id == id);
    found.ok_or_else(|| Error::UnknownRepository(id.to_owned()))
}

/// Replaces everything a repository offers, in one transaction: readers see the old list or the new one.
pub(crate) fn replace(
    connection: &mut Connection,
    repository: &Repository,
    packages: &[Package],
    cancelled: &dyn Fn() -> bool,
) -> Result<(), Error> {
    let transaction = connection.transaction()?;
    transaction.execute("DELETE FROM packages WHERE repository = ?1", [&repository.id])?;
    for (count, package) in packages.iter().enumerate() {
        if count % 256 == 0 && cancelled() {
            return Err(Error::Cancelled);
        }
        insert(&transaction, repository, package)?;
    }
    transaction.execute(
        "UPDATE repositories SET refreshed = unixepoch() WHERE id = ?1",
        [&repository.id],
    )?;
    transaction.commit()?;
    Ok(())
}

fn insert(transaction: &Transaction<'_>, repository: &Repository, package: &Package) -> Result<(), Error> {
    let damaged = |reason: String| Error::DamagedIndex {
        repository: repository.id.clone(),
        url: shown(&repository.uri),
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
    let url = repository.package_url(relative).map_err(damaged)?;
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
            repository.id,
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
    relate(transaction, transaction.last_insert_rowid(), package)
}

/// Writes down what a package gives, needs and refuses.
pub(crate) fn relate(transaction: &Transaction<'_>, id: i64, package: &Package) -> Result<(), Error> {
    let mut provides =
        transaction.prepare_cached("INSERT OR IGNORE INTO provides (kind, target, package) VALUES (?1, ?2, ?3)")?;
    for given in package.all_providers() {
        provides.execute(params![given.kind.number(), given.target, id])?;
    }
    let mut requires = transaction
        .prepare_cached("INSERT OR IGNORE INTO requires (package, relation, kind, target) VALUES (?1, ?2, ?3, ?4)")?;
    for (relation, list) in [(NEEDS, &package.dependencies), (REFUSES, &package.conflicts)] {
        for one in list {
            requires.execute(params![id, relation, one.kind.number(), one.target])?;
        }
    }
    Ok(())
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

/// Keeps a copy of a package's metadata that stays when its repository drops it.
pub(crate) fn keep(transaction: &Transaction<'_>, repository: &str, hash: &str) -> Result<(), Error> {
    let mut statement = transaction.prepare_cached("SELECT id FROM packages WHERE repository = ?1 AND hash = ?2")?;
    let found = statement
        .query_row([repository, hash], |row| row.get::<_, i64>(0))
        .optional()?;
    // A refresh since the resolution may have dropped it. The package itself is still the one that was chosen.
    let Some(package) = found else { return Ok(()) };
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

/// SQLite has no unsigned numbers; negative ones were never written.
fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}
