//! The rows of the repositories: what is known of each from its last refresh, and that they follow the configuration.

use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use super::unsigned;
use crate::error::Error;
use crate::repository::{Definitions, Repository, key_id};
use crate::web::Marks;

/// Between the place and the version in `repositories.uri`. No address has a space.
const VERSION_MARK: &str = " @ ";

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

/// A signed list that was seen: an older one is refused from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    sequence: u64,
    /// The key's id.
    signed_by: String,
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

    /// The last signed list that was seen.
    pub(crate) fn seen(&self) -> Option<Seen> {
        let (sequence, signed_by) = self.list.sequence.zip(self.list.signed_by.clone())?;
        Some(Seen { sequence, signed_by })
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

/// Writes down which signed list was seen of a repository of which no list is known.
pub(crate) fn saw(connection: &Connection, id: &str, seen: &Seen) -> Result<(), Error> {
    let sequence = i64::try_from(seen.sequence).unwrap_or(i64::MAX);
    connection.execute(
        "UPDATE repositories SET sequence = ?2, signed_by = ?3 WHERE id = ?1 AND refreshed IS NULL",
        params![id, sequence, seen.signed_by],
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
