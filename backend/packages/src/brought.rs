//! A package file that somebody brings, before it is taken in: while it is looked at, the database seems to have it.
//!
//! Temporary tables hold its rows, and temporary views of the names of the real tables show both. They are in memory and
//! belong to one connection, so a reader without any rights can do it, and nobody else sees it.

use moult_stone::Package;
use rusqlite::{Connection, params};

use crate::error::Error;
use crate::import;

/// The tables that have rows of a package.
const SEEN: [&str; 3] = ["packages", "provides", "requires"];

/// Does something while a package is in the database of this connection as [`import::import`] would put it there.
pub(crate) fn with<T>(
    connection: &mut Connection,
    package: &Package,
    work: impl FnOnce(&Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    let shown = show(connection, package);
    let done = shown.and_then(|()| work(connection));
    let hidden = hide(connection);
    let done = done?;
    hidden.map(|()| done)
}

fn show(connection: &mut Connection, package: &Package) -> Result<(), Error> {
    let hash = package.hash.as_deref().unwrap_or_default();
    // It becomes part of a statement below.
    if hash.is_empty() || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::DamagedDatabase(format!("{hash:?} is no checksum")));
    }
    connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF")?;
    hide(connection)?;
    for table in SEEN {
        let made: String = connection.query_row(
            "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?1",
            [table],
            |row| row.get(0),
        )?;
        let made = made
            .strip_prefix("CREATE TABLE")
            .ok_or_else(|| Error::DamagedDatabase(format!("the table {table} was made by {made:?}")))?;
        connection.execute_batch(&format!("CREATE TEMP TABLE {made}"))?;
    }
    // A state may have kept a copy of this very package; then only its file is new.
    let kept = connection
        .prepare("SELECT 1 FROM main.packages WHERE repository IS NULL AND hash = ?1")?
        .exists([hash])?;
    if !kept {
        // Unqualified names mean the temporary tables now.
        let offer = import::record(connection, package, hash, package.size.unwrap_or(0))?;
        let free = "(SELECT coalesce(max(id), 0) + 1 FROM main.packages)";
        connection.execute(
            &format!("UPDATE temp.packages SET id = {free} WHERE id = ?1"),
            params![offer.id],
        )?;
        for table in ["provides", "requires"] {
            connection.execute(
                &format!("UPDATE temp.{table} SET package = {free} WHERE package = ?1"),
                params![offer.id],
            )?;
        }
    }
    for table in SEEN {
        let statement = connection.prepare(&format!("SELECT * FROM main.{table}"))?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        drop(statement);
        let all = columns.join(", ");
        // The kept copy counts as the file that is brought. The cast keeps both halves alike: only then does SQLite look
        // for rows in each by its own index.
        let address = import::address(hash);
        let main: Vec<String> = columns
            .into_iter()
            .map(|column| match column.as_str() {
                "uri" => {
                    format!("CAST(iif(repository IS NULL AND hash = '{hash}', '{address}', uri) AS TEXT) AS uri")
                }
                _ => column,
            })
            .collect();
        let main = main.join(", ");
        connection.execute_batch(&format!(
            "ALTER TABLE temp.{table} RENAME TO brought_{table};
             CREATE TEMP VIEW {table} AS SELECT {main} FROM main.{table} UNION ALL SELECT {all} FROM temp.brought_{table}"
        ))?;
    }
    Ok(())
}

fn hide(connection: &Connection) -> Result<(), Error> {
    connection.flush_prepared_statement_cache();
    let found: Vec<(String, String)> = connection
        .prepare("SELECT type, name FROM temp.sqlite_schema WHERE type IN ('view', 'table') ORDER BY type DESC")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (kind, name) in found {
        let ours = SEEN
            .iter()
            .any(|seen| name == *seen || name.strip_prefix("brought_") == Some(*seen));
        if ours {
            connection.execute_batch(&format!("DROP {kind} temp.{name}"))?;
        }
    }
    Ok(())
}
