//! What was about to happen and what has happened, one line each, on storage before the deed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// An install begins: what is installed onto which disk. Holds no secret.
    Begin {
        /// Digest that the person approved, 64 hex digits.
        digest: String,
        /// The disk's name for display.
        disk: String,
    },
    /// This is about to be done.
    Intent(String),
    /// This has been done.
    Done(String),
    /// The install ended; empty text = as it should.
    End(String),
}

/// An append-only file, synced after every line.
#[derive(Debug)]
pub struct Journal(File);

impl Journal {
    /// Begins a new journal at `path`, replacing an older one. Mode 0600.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .map(Self)
    }

    /// Adds one line and waits until it is stored.
    ///
    /// # Errors
    /// When it cannot be stored: the deed must not be done then.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.0.write_all(&line)?;
        self.0.sync_data()
    }

    /// Reads a journal; a last line that was cut off is left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Vec<Entry>> {
        let text = std::fs::read_to_string(path)?;
        Ok(text.lines().map_while(|line| serde_json::from_str(line).ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_off_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let mut journal = Journal::create(&path).unwrap();
        journal.write(&Entry::Intent("table".into())).unwrap();
        journal.write(&Entry::Done("table".into())).unwrap();
        drop(journal);
        let mut text = std::fs::read(&path).unwrap();
        text.truncate(text.len() - 3);
        std::fs::write(&path, text).unwrap();
        assert_eq!(Journal::read(&path).unwrap(), [Entry::Intent("table".into())]);
    }
}
