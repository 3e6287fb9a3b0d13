//! The tables of `/.moult/moult.db`, and how it is opened.

use std::collections::HashMap;
use std::fs::{File, Permissions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, FileControl, OpenFlags};

use crate::error::Error;
use crate::root::{DATABASE, Root};

/// The newest format that this program knows (`PRAGMA user_version`).
const FORMAT: i64 = 3;

/// To how many bytes the log is cut when it is begun anew.
const LARGEST_LOG: u64 = 1 << 20;

/// The tables of the database, format 3.
///
/// `packages.repository` NULL is the copy that states keep of a package: it stays when the repository drops it.
/// `requires.relation` is 0 for what is needed and 1 for what is refused.
/// `search.words` is what `src/search/index.rs` describes, `digest` its checksum: committed with the packages it is made of.
/// `layouts.items` is a zstd frame of `plain` bytes. For each item, in the order of the package: its kind, one byte (0 empty
/// file, 1 file, 2 link, 3 directory); mode, uid, gid; the length of its path, and the path; for a link the length of its
/// text, and the text; for a file its size. Numbers are LEB128. `layouts.contents` has the BLAKE3 of each file, 32 bytes.
/// `contents` is what triggers ever made; what packages brought to the store is in `layouts` alone.
/// `repositories` is what is known of each by its last refresh; what the administrator wrote about them is in files.
/// `states.name` is empty for most.
/// `generated` is what triggers made in a state: `kind` is 1 file, 2 link, 3 directory, and 0 for a path they took away;
/// `content` is BLAKE3, and NULL for an empty file; `key` in
/// `trigger_runs` is the BLAKE3 over a trigger and everything it looked at.
pub const TABLES: &str = "
CREATE TABLE repositories (
    id          TEXT PRIMARY KEY,
    uri         TEXT NOT NULL,
    priority    INTEGER NOT NULL,
    description TEXT NOT NULL,
    refreshed   INTEGER,
    etag        TEXT,
    modified    TEXT,
    digest      BLOB,
    sequence    INTEGER,
    expires     INTEGER,
    signed_by   TEXT,
    history     TEXT,
    format      TEXT,
    failure     TEXT
);
CREATE TABLE packages (
    id             INTEGER PRIMARY KEY,
    repository     TEXT REFERENCES repositories (id) ON DELETE CASCADE,
    hash           TEXT NOT NULL,
    name           TEXT NOT NULL,
    version        TEXT NOT NULL,
    source_release INTEGER NOT NULL,
    build_release  INTEGER NOT NULL,
    architecture   TEXT NOT NULL,
    summary        TEXT NOT NULL,
    description    TEXT NOT NULL,
    source_id      TEXT NOT NULL,
    homepage       TEXT NOT NULL,
    licenses       TEXT NOT NULL,
    uri            TEXT NOT NULL,
    size           INTEGER NOT NULL,
    UNIQUE (repository, hash)
);
CREATE INDEX packages_name ON packages (name);
CREATE UNIQUE INDEX packages_kept ON packages (hash) WHERE repository IS NULL;
CREATE TABLE provides (
    kind    INTEGER NOT NULL,
    target  TEXT NOT NULL,
    package INTEGER NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, target, package)
) WITHOUT ROWID;
CREATE INDEX provides_package ON provides (package);
CREATE TABLE requires (
    package  INTEGER NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    relation INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    target   TEXT NOT NULL,
    PRIMARY KEY (package, relation, kind, target)
) WITHOUT ROWID;
CREATE TABLE search (
    repository TEXT PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
    version    INTEGER NOT NULL,
    digest     INTEGER NOT NULL,
    words      BLOB NOT NULL
);
CREATE TRIGGER search_moved AFTER UPDATE OF uri ON repositories WHEN old.uri <> new.uri
BEGIN DELETE FROM search WHERE repository = old.id; END;
CREATE TABLE contents (
    content BLOB NOT NULL,
    mode    INTEGER NOT NULL,
    uid     INTEGER NOT NULL,
    gid     INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    PRIMARY KEY (content, mode, uid, gid)
) WITHOUT ROWID;
CREATE TABLE unpacked (
    id             INTEGER PRIMARY KEY,
    hash           TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    source_release INTEGER NOT NULL,
    build_release  INTEGER NOT NULL
);
CREATE TABLE layouts (
    package  INTEGER PRIMARY KEY REFERENCES unpacked (id) ON DELETE CASCADE,
    plain    INTEGER NOT NULL,
    items    BLOB NOT NULL,
    contents BLOB NOT NULL
);
CREATE TABLE states (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    created INTEGER NOT NULL,
    summary TEXT NOT NULL,
    status  TEXT NOT NULL CHECK (status IN ('pending', 'active', 'archived')),
    name    TEXT NOT NULL DEFAULT '',
    pinned  INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE selections (
    state    INTEGER NOT NULL REFERENCES states (id) ON DELETE CASCADE,
    hash     TEXT NOT NULL,
    explicit INTEGER NOT NULL,
    PRIMARY KEY (state, hash)
) WITHOUT ROWID;
CREATE TABLE holds (
    name TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE trigger_runs (
    state   INTEGER NOT NULL REFERENCES states (id) ON DELETE CASCADE,
    trigger TEXT NOT NULL,
    key     BLOB NOT NULL,
    PRIMARY KEY (state, trigger)
) WITHOUT ROWID;
CREATE TABLE generated (
    state   INTEGER NOT NULL REFERENCES states (id) ON DELETE CASCADE,
    trigger TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    path    BLOB NOT NULL,
    kind    INTEGER NOT NULL,
    mode    INTEGER NOT NULL,
    uid     INTEGER NOT NULL,
    gid     INTEGER NOT NULL,
    content BLOB,
    target  BLOB,
    PRIMARY KEY (state, trigger, ordinal)
) WITHOUT ROWID;
";

/// Opens the database of a root, and makes its tables when it is new.
pub(crate) fn open(root: &Root) -> Result<Connection, Error> {
    let path = root.own(DATABASE);
    make_readable(&path)?;
    let mut connection = Connection::open(&path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    // A state is only real once its rows are on the disk: each commit is synced.
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA journal_size_limit = {LARGEST_LOG};",
    ))?;
    // The log's files stay when the last writer goes: who may not write could not make them, and not read without them.
    connection.file_control(Some(c"main"), FileControl::PersistWal(&mut 1))?;
    // Closing would take the whole database for itself to empty the log, and readers would wait: see `tidy`.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found == 0 {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another process may have been faster.
        let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found == 0 {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
        }
        transaction.commit()?;
    } else {
        check(found)?;
    }
    Ok(connection)
}

/// Commits a transaction that changes nothing.
///
/// A process that was killed while it committed may have left a whole transaction in the log that the connections of
/// that time do not see, and that comes to light when the database is opened anew: long after what belongs to it was
/// swept away. The first commit after it puts an end to that.
pub(crate) fn overrule(connection: &Connection) -> Result<(), Error> {
    Ok(connection.pragma_update(None, "user_version", FORMAT)?)
}

/// Fails if nothing can be written. When a file of the database cannot be opened for writing, SQLite opens it for reading
/// and says so only at the first write, which for a change of states may be after the swap. Needs the lock: it would wait
/// for another writer.
pub(crate) fn require_writable(connection: &Connection) -> Result<(), Error> {
    Ok(connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?)
}

/// Takes what is in the log into the database as far as that is possible without anybody waiting, so that whoever opens
/// it next has little to read.
///
/// The log is never cut to nothing: a process that dies between the first bytes of a new log, its head, and the first
/// entry would leave a log of a head alone, and SQLite tells those who may not write "locking protocol" for it until
/// somebody who may comes by.
pub(crate) fn tidy(root: &Root, connection: &Connection) {
    let taken = connection.busy_timeout(Duration::ZERO).and_then(|()| {
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get(0))?;
        let log = std::fs::metadata(root.own(format!("{DATABASE}-wal")));
        if busy == 0 && log.is_ok_and(|log| log.len() > LARGEST_LOG) {
            // The commit begins the log anew, in its place, and cuts it to what `journal_size_limit` says.
            connection.pragma_update(None, "user_version", FORMAT)?;
        }
        Ok(())
    });
    if let Err(error) = taken {
        tracing::debug!(%error, "the database's log stays as it is");
    }
}

/// Opens the database for queries only. They see the last commit, whatever a writer is doing.
pub(crate) fn open_reader(root: &Root) -> Result<Connection, Error> {
    let path = root.own(DATABASE);
    let without_log = |error: &rusqlite::Error| {
        let code = error.sqlite_error_code();
        matches!(
            code,
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly)
        )
    };
    let opened = match open_to_read(&path, "") {
        // The memory that the users of the database share is a file, which cannot grow on a full disk. It has to only
        // where nobody else has the database open, and then it can be read as it is. Not `readonly_shm`, unless there is
        // a log: a writer of the same process would be bound by that. The same holds where the log and that memory are not
        // there and must not be made by who reads: of a system that was copied without them, or that another program than the
        // engine looked at last.
        Err(error) if without_log(&error) => {
            let log = root.own(format!("{DATABASE}-wal"));
            let taken_in = taken_in(&path, &log).unwrap_or(false);
            open_to_read(&path, if taken_in { "&immutable=1" } else { "&readonly_shm=1" })
        }
        opened => opened,
    };
    let (connection, found) = opened.map_err(|error| Error::Unreadable {
        path: path.clone(),
        reason: error.to_string(),
    })?;
    check(found)?;
    Ok(connection)
}

/// Whether everything that is in the log is in the database, too: each page as the log has it last. Salts tell the frames of
/// this log from older ones behind them ("WAL-mode File Format" of SQLite). What was not committed counts as well, so the
/// answer may be no too often, never yes.
fn taken_in(database: &Path, log: &Path) -> std::io::Result<bool> {
    const HEAD: usize = 32;
    const FRAME: usize = 24;
    const LARGEST: u64 = 64 << 20;
    let mut bytes = Vec::new();
    match File::open(log) {
        Ok(file) => drop(file.take(LARGEST.saturating_add(1)).read_to_end(&mut bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    }
    let Some((head, mut frames)) = bytes.split_at_checked(HEAD) else {
        return Ok(true);
    };
    let number = |at: usize| -> Option<u32> { Some(u32::from_be_bytes(*head.get(at..)?.first_chunk()?)) };
    let page = number(8).filter(|size| size.is_power_of_two() && (512..=65_536).contains(size));
    let (Some(page), Some(salts)) = (page, head.get(16..24)) else {
        return Ok(false);
    };
    if bytes.len() as u64 > LARGEST {
        return Ok(false);
    }
    let mut last: HashMap<u32, &[u8]> = HashMap::new();
    while let Some((frame, behind)) = frames.split_at_checked(FRAME) {
        let (Some(content), Some(number)) = (behind.get(..page as usize), frame.first_chunk()) else {
            break;
        };
        if frame.get(8..16) != Some(salts) {
            break;
        }
        let _ = last.insert(u32::from_be_bytes(*number), content);
        frames = behind.get(page as usize..).unwrap_or_default();
    }
    let database = File::open(database)?;
    let mut there = vec![0; page as usize];
    for (number, content) in last {
        let Some(before) = number.checked_sub(1) else {
            return Ok(false);
        };
        match database.read_exact_at(&mut there, u64::from(before) * u64::from(page)) {
            Ok(()) if there == content => {}
            Ok(()) => return Ok(false),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// Also returns the format. `how` are further parameters of the address.
fn open_to_read(path: &Path, how: &str) -> rusqlite::Result<(Connection, i64)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    // Everything that could mean something in an address is written as a number.
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'_' | b'-' => address.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(*byte)),
            byte => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address.push_str("?mode=ro");
    address.push_str(how);
    let connection = Connection::open_with_flags(&address, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok((connection, found))
}

fn check(found: i64) -> Result<(), Error> {
    match found {
        FORMAT => Ok(()),
        0..FORMAT => Err(Error::DamagedDatabase(format!("format {found} was never released"))),
        found => Err(Error::NewerDatabase { found, known: FORMAT }),
    }
}

/// Makes the database's file readable for everybody: browsing needs no rights. SQLite gives its log the same rights.
fn make_readable(path: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::io("opening the package database", path, error);
    let made = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o644)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
        .open(path)
        .map_err(failed)?;
    if made.metadata().map_err(failed)?.mode() & 0o777 != 0o644 {
        made.set_permissions(Permissions::from_mode(0o644)).map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
    use super::*;

    #[test]
    fn a_log_counts_as_taken_in_when_the_database_has_its_last_pages() {
        let at = tempfile::TempDir::new().unwrap();
        let (path, log) = (at.path().join("x.db"), at.path().join("x.db-wal"));
        assert!(taken_in(&path, &log).unwrap(), "there is none");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE a (b)")
            .unwrap();
        assert!(!taken_in(&path, &log).unwrap(), "the table is in the log alone");
        let take = || {
            connection
                .query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))
                .unwrap()
        };
        take();
        assert!(std::fs::metadata(&log).unwrap().len() > 0 && taken_in(&path, &log).unwrap());
        // The log begins anew, with older frames behind the new ones.
        connection.execute_batch("INSERT INTO a VALUES (1)").unwrap();
        assert!(!taken_in(&path, &log).unwrap());
        take();
        assert!(taken_in(&path, &log).unwrap());
        drop(connection);
        std::fs::write(&log, [7; 200]).unwrap();
        assert!(!taken_in(&path, &log).unwrap(), "nobody knows what this is");
    }

    #[test]
    fn no_question_by_name_provider_or_package_reads_a_whole_table() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(TABLES).unwrap();
        for question in [
            "SELECT * FROM packages WHERE name = ?1",
            "SELECT * FROM packages WHERE repository = ?1 AND hash = ?1",
            "SELECT * FROM packages WHERE repository IS NULL AND hash = ?1",
            "SELECT * FROM provides WHERE kind = ?1 AND target = ?1",
            "SELECT * FROM provides WHERE package = ?1",
            "SELECT * FROM requires WHERE package = ?1 AND relation = 0",
            "SELECT * FROM layouts WHERE package = ?1",
            "DELETE FROM layouts WHERE package = ?1",
            "SELECT * FROM unpacked WHERE hash = ?1",
            "SELECT * FROM selections WHERE state = ?1",
            "SELECT * FROM generated WHERE state = ?1",
        ] {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {question}")).unwrap();
            let rows = statement.query_map(["x"], |row| row.get::<_, String>(3)).unwrap();
            let plan: Vec<String> = rows.map(Result::unwrap).collect();
            assert!(
                plan.iter().all(|step| step.starts_with("SEARCH")),
                "{question}: {plan:?}"
            );
        }
    }
}
