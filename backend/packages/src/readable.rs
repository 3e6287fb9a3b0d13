//! What a reader without rights needs of a database that nobody has open.
//!
//! SQLite removes the log and its index when the last writer closes the database, and a process that may not write the
//! folder cannot make them: it could then not read at all. Empty ones do: there is nothing in the log.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Makes the two files when dropped, unless they are there. Kept in a field after the connection, which is closed first.
#[derive(Debug)]
pub(crate) struct Readable(pub(crate) PathBuf);

impl Drop for Readable {
    fn drop(&mut self) {
        for suffix in ["-wal", "-shm"] {
            let mut path = self.0.clone().into_os_string();
            path.push(suffix);
            // Somebody who opened the database meanwhile has made them; on a full disk browsing waits for the next writer.
            let made = File::options().write(true).create_new(true).open(path);
            let _ = made.and_then(|made| made.set_permissions(Permissions::from_mode(0o644)));
        }
    }
}
