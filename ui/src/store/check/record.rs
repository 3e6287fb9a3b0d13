//! What was told last, so that nobody is told twice: a small file of the user's own.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Larger than the list of any system's packages.
const LONGEST: u64 = 4 << 20;

/// What was told last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The updates, a line each, sorted.
    pub(super) updates: Vec<String>,
    /// The notification's number, as its server counts.
    pub(super) notification: u32,
    /// Which server that was.
    pub(super) server: String,
    /// The person has been at the updates since.
    pub(super) seen: bool,
}

impl Record {
    /// Where it is for this user; `None` without a home.
    pub(super) fn place() -> Option<PathBuf> {
        let folder = |name: &str| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;

        Some(state.join("moult/updates.json"))
    }

    /// The record; an empty one if there is none, or none that can be read: then one is told once more.
    pub(super) fn read(path: &Path) -> Self {
        let read = || -> io::Result<Self> {
            let mut text = String::new();
            let _ = File::open(path)?.take(LONGEST).read_to_string(&mut text)?;
            Ok(serde_json::from_str(&text)?)
        };

        read().unwrap_or_default()
    }

    /// Replaces it in one step.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().ok_or_else(|| io::Error::other("no folder"))?;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let new = path.with_extension("new");
        let mut file = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(&serde_json::to_vec(self)?)?;

        fs::rename(new, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_what_is_damaged_counts_as_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("moult/updates.json");
        assert_eq!(Record::read(&path), Record::default());
        let record = Record {
            updates: vec!["krita 5-1".into()],
            notification: 7,
            server: ":1.5".into(),
            seen: false,
        };
        record.write(&path).unwrap();
        assert_eq!(Record::read(&path), record);
        fs::write(&path, b"{\"updates\": 7").unwrap();
        assert_eq!(Record::read(&path), Record::default());
    }
}
