//! What the repositories offer, in the database.

use std::collections::HashSet;

use moult_stone::{Kind, Package, Provider};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use url::Url;

use crate::error::Error;
use crate::repository::{self, Definitions, Repository, key_id, package_url, shown};
use crate::root::Root;
use crate::search;
use crate::web::Marks;

/// `PRAGMA cache_size` while a list is replaced, in KiB below zero. With too little, each page of the sorted tables goes
/// to the log again and again: with 24 MiB, 60,000 packages wrote 420 MB.
const REFRESH_CACHE: i64 = -56 << 10;
/// So many rows for `provides` are collected.
const MOST_GIVEN: usize = 50_000;
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

/// What is known of a repository from its last refresh.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cached {
    pub(crate) id: String,
    /// [`Source::key`](crate::repository::Source::key): the place and the version.
    place: String,
    version: String,
    priority: i64,
    description: String,
    /// Seconds since 1970 (UTC) of the last refresh that did not fail; None if there is no list.
    pub(crate) refreshed: Option<i64>,
    pub(crate) list: List,
    pub(crate) failure: Option<String>,
}

/// What belongs to a package list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct List {
    /// What its server calls it.
    pub(crate) marks: Marks,
    /// BLAKE3.
    pub(crate) digest: Option<[u8; 32]>,
    pub(crate) sequence: Option<u64>,
    pub(crate) expires: Option<i64>,
    /// The key's id.
    pub(crate) signed_by: Option<String>,
    /// Of a versioned repository.
    pub(crate) history: Option<String>,
    pub(crate) format: Option<String>,
}

/// Everything that is known of repositories.
pub(crate) fn cached(connection: &Connection) -> Result<Vec<Cached>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT id, uri, priority, description, refreshed, etag, modified, digest, sequence, expires, signed_by,
         history, format, failure FROM repositories ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| {
        let uri: String = row.get(1)?;
        let (place, version) = uri.split_once(VERSION_MARK).unwrap_or((&uri, ""));
        Ok(Cached {
            id: row.get(0)?,
            place: place.to_owned(),
            version: version.to_owned(),
            priority: row.get(2)?,
            description: row.get(3)?,
            refreshed: row.get(4)?,
            list: List {
                marks: Marks {
                    etag: row.get(5)?,
                    modified: row.get(6)?,
                },
                digest: row.get(7)?,
                sequence: row
                    .get::<_, Option<i64>>(8)?
                    .and_then(|number| u64::try_from(number).ok()),
                expires: row.get(9)?,
                signed_by: row.get(10)?,
                history: row.get(11)?,
                format: row.get(12)?,
            },
            failure: row.get(13)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Between the place and the version in `repositories.uri`. No address has a space.
const VERSION_MARK: &str = " @ ";

fn address(repository: &Repository) -> String {
    match repository.source.key() {
        (place, version) if version.is_empty() => place,
        (place, version) => format!("{place}{VERSION_MARK}{version}"),
    }
}

impl Cached {
    /// Whether what is known comes from where this repository is, and may be used.
    pub(crate) fn belongs_to(&self, repository: &Repository) -> bool {
        self.place == repository.source.key().0 && self.vouched_for(repository)
    }

    /// Whether the list was signed as it must be.
    fn vouched_for(&self, repository: &Repository) -> bool {
        let signed_by = |id: &String| repository.keys.iter().any(|key| key_id(key).as_ref() == Some(id));
        repository.keys.is_empty() || self.list.signed_by.as_ref().is_some_and(signed_by)
    }
}

/// What must be done so that the database knows the repositories of the configuration.
enum Mend<'c> {
    Add(&'c Repository),
    /// Priority and description.
    Describe(&'c Repository),
    /// Another version of the same place: the list stays until there is a better one, its number does not count.
    Follow(&'c Repository),
    /// Another place, or a list that nobody vouches for.
    Move(&'c Repository),
    /// Switched off: what is offered goes, and what was seen last stays in mind.
    Silence(&'c str),
    Drop(&'c str),
}

/// Makes the rows those of the configuration. Writes only what differs.
pub(crate) fn settle(connection: &mut Connection, definitions: &Definitions) -> Result<(), Error> {
    let known = cached(connection)?;
    let mut todo = Vec::new();
    for repository in definitions.enabled() {
        let Some(row) = known.iter().find(|row| row.id == repository.id) else {
            todo.push(Mend::Add(repository));
            continue;
        };
        let (place, version) = repository.source.key();
        if row.place != place || (row.refreshed.is_some() && !row.vouched_for(repository)) {
            todo.push(Mend::Move(repository));
        } else if row.version != version {
            todo.push(Mend::Follow(repository));
        } else if (row.priority, &row.description) != (priority(repository), &repository.description) {
            todo.push(Mend::Describe(repository));
        }
    }
    for row in &known {
        match definitions.repositories.get(&row.id) {
            Some((repository, _)) if repository.enabled => {}
            Some(_) if row.refreshed.is_some() => todo.push(Mend::Silence(&row.id)),
            Some(_) => {}
            // A file that cannot be read may be about it.
            None if definitions.broken.is_empty() => todo.push(Mend::Drop(&row.id)),
            None => {}
        }
    }
    if todo.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for mend in todo {
        mend.carry_out(&transaction)?;
    }
    transaction.commit()?;
    Ok(())
}

fn priority(repository: &Repository) -> i64 {
    i64::try_from(repository.priority).unwrap_or(i64::MAX)
}

impl Mend<'_> {
    fn carry_out(&self, transaction: &Transaction<'_>) -> Result<(), Error> {
        let describe = |repository: &Repository| {
            transaction.execute(
                "UPDATE repositories SET uri = ?2, priority = ?3, description = ?4 WHERE id = ?1",
                params![
                    repository.id,
                    address(repository),
                    priority(repository),
                    repository.description
                ],
            )
        };
        let empty = |id: &str| transaction.execute("DELETE FROM packages WHERE repository = ?1", [id]);
        match self {
            Mend::Add(repository) => {
                transaction.execute(
                    "INSERT INTO repositories (id, uri, priority, description) VALUES (?1, ?2, ?3, ?4)",
                    params![
                        repository.id,
                        address(repository),
                        priority(repository),
                        repository.description
                    ],
                )?;
            }
            Mend::Describe(repository) => drop(describe(repository)?),
            Mend::Follow(repository) => {
                transaction.execute(
                    "UPDATE repositories SET etag = NULL, modified = NULL, sequence = NULL WHERE id = ?1",
                    [&repository.id],
                )?;
                describe(repository)?;
            }
            Mend::Move(repository) => {
                empty(&repository.id)?;
                transaction.execute(
                    "UPDATE repositories SET refreshed = NULL, etag = NULL, modified = NULL, digest = NULL,
                     sequence = NULL, expires = NULL, signed_by = NULL, history = NULL, format = NULL, failure = NULL
                     WHERE id = ?1",
                    [&repository.id],
                )?;
                describe(repository)?;
                transaction.execute("DELETE FROM search WHERE repository = ?1", [&repository.id])?;
            }
            Mend::Silence(id) => {
                empty(id)?;
                transaction.execute(
                    "UPDATE repositories SET refreshed = NULL, etag = NULL, modified = NULL, digest = NULL,
                     failure = NULL WHERE id = ?1",
                    [id],
                )?;
                transaction.execute("DELETE FROM search WHERE repository = ?1", [id])?;
            }
            Mend::Drop(id) => drop(transaction.execute("DELETE FROM repositories WHERE id = ?1", [id])?),
        }
        Ok(())
    }
}

/// Writes down that a list is still the one that is known.
pub(crate) fn confirm(connection: &Connection, id: &str, list: &List, now: i64) -> Result<(), Error> {
    let sequence = list.sequence.and_then(|number| i64::try_from(number).ok());
    connection.execute(
        "UPDATE repositories SET refreshed = ?2, etag = ?3, modified = ?4, digest = ?5, sequence = ?6, expires = ?7,
         signed_by = ?8, history = ?9, format = ?10, failure = NULL WHERE id = ?1",
        params![
            id,
            now,
            list.marks.etag,
            list.marks.modified,
            list.digest,
            sequence,
            list.expires,
            list.signed_by,
            list.history,
            list.format
        ],
    )?;
    Ok(())
}

/// Writes down why a refresh failed.
pub(crate) fn failed(connection: &Connection, id: &str, failure: &str) -> Result<(), Error> {
    connection.execute("UPDATE repositories SET failure = ?2 WHERE id = ?1", [id, failure])?;
    Ok(())
}

/// Writes down that a repository is in a format that this program does not read. The list stays.
pub(crate) fn outgrown(connection: &Connection, id: &str, format: &str, failure: &str) -> Result<(), Error> {
    let update = "UPDATE repositories SET format = ?2, failure = ?3 WHERE id = ?1";
    connection.execute(update, [id, format, failure])?;
    Ok(())
}

/// Packages that a repository offers.
pub(crate) fn count(connection: &Connection, id: &str) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM packages WHERE repository = ?1")?;
    Ok(statement.query_row([id], |row| unsigned(row, 0))?)
}

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

/// Writes a repository's search index.
pub(crate) fn put_words(transaction: &Transaction<'_>, repository: &str, words: &[u8]) -> Result<(), Error> {
    transaction.execute(
        "INSERT OR REPLACE INTO search (repository, version, digest, words) VALUES (?1, ?2, ?3, ?4)",
        params![repository, search::VERSION, search::digest(words), words],
    )?;
    Ok(())
}

/// Makes a repository's search index from its packages.
pub(crate) fn make_words(connection: &Connection, repository: &str) -> Result<Vec<u8>, Error> {
    let mut statement = connection.prepare_cached(&format!("{WORDS} WHERE p.repository = ?1 ORDER BY p.id"))?;
    words(statement.query([repository])?)
}

/// Makes a search index of what a state has and nobody offers under its name.
pub(crate) fn make_words_unoffered(connection: &Connection, state: i64) -> Result<Vec<u8>, Error> {
    let mut statement = connection.prepare_cached(&format!(
        "{WORDS} JOIN selections s ON s.hash = p.hash WHERE s.state = ?1 AND p.repository IS NULL
         AND NOT EXISTS (SELECT 1 FROM packages o WHERE o.name = p.name AND o.repository IS NOT NULL) ORDER BY p.name, p.hash"
    ))?;
    words(statement.query([state])?)
}

const WORDS: &str =
    "SELECT p.name, p.version, p.source_release, p.build_release, p.summary, p.description FROM packages p";

fn words(mut rows: rusqlite::Rows<'_>) -> Result<Vec<u8>, Error> {
    let mut words = search::Builder::default();
    while let Some(row) = rows.next()? {
        let text = |column| row.get_ref(column).and_then(|value| Ok(value.as_str()?));
        words.add(
            text(0)?,
            text(1)?,
            (unsigned(row, 2)?, unsigned(row, 3)?),
            text(4)?,
            text(5)?,
        );
    }
    Ok(words.finish())
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

/// The repositories whose packages may be chosen: in use, and with a list that is theirs.
pub(crate) fn counted(root: &Root, connection: &Connection) -> Result<HashSet<String>, Error> {
    let definitions = repository::read_all(root);
    let known = cached(connection)?;
    let enabled = definitions.enabled().into_iter();
    let counts = |one: &&Repository| known.iter().any(|row| row.id == one.id && row.belongs_to(one));
    Ok(enabled.filter(counts).map(|one| one.id.clone()).collect())
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

/// SQLite has no unsigned numbers; negative ones were never written.
fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}
