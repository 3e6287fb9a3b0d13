//! The rows of the search indexes: each is made of the packages that it finds.

use rusqlite::{Connection, Transaction, params};

use super::unsigned;
use crate::error::Error;
use crate::search;

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
