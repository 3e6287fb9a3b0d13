//! Operations that have not ended, in a file: they survive the closing of the window, a crash and a loss of power.
//!
//! The file is this user's alone and is replaced in one step, so that there is always a whole one. Whatever else is found
//! there is set aside and forgotten: the queue of yesterday is never a reason not to open the store. Other things that the
//! store remembers are written and read in the same way.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use super::Operation;

const FILE: &str = "queue.json";
/// Where a file is written before it takes the place of the one that is there: its name with this end.
const NEW: &str = ".new";
/// Where a file goes that cannot be read.
const DAMAGED: &str = "queue.json.damaged";
/// The form of the file.
const VERSION: u32 = 1;
/// A longer file is none of ours, in bytes.
const LONGEST: u64 = 1 << 20;
/// More operations than anybody waits for.
const MOST: usize = 1000;

#[derive(Serialize, Deserialize)]
struct Saved {
    version: u32,
    operations: Vec<serde_json::Value>,
}

/// The folder of this user for what the store remembers: `$XDG_STATE_HOME/moult`, usually `~/.local/state/moult`. None if
/// the environment names no absolute place.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let place = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };

    place("XDG_STATE_HOME")
        .or_else(|| place("HOME").map(|home| home.join(".local/state")))
        .map(|state| state.join("moult"))
}

/// The operations that were left in a folder, in order. A file that cannot be read, or is none of ours, is set aside.
#[must_use]
pub fn load(folder: &Path) -> Vec<Operation> {
    match operations(folder) {
        Ok(operations) => operations,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            tracing::warn!("the saved queue is set aside: {error}");
            if let Err(error) = fs::rename(folder.join(FILE), folder.join(DAMAGED)) {
                tracing::warn!("the saved queue cannot be set aside: {error}");
            }
            Vec::new()
        }
    }
}

/// Keeps the operations in a folder, durably; without any, the file goes. A repository whose address holds a password is
/// left out: it has to be added again rather than be written down here.
///
/// # Errors
/// The folder cannot be written; what was kept before is still there.
pub fn save(folder: &Path, operations: &[Operation]) -> io::Result<()> {
    let operations: Vec<_> = operations
        .iter()
        .filter(|operation| !holds_secret(operation))
        // A path that is no text cannot be kept in this file.
        .filter_map(|operation| serde_json::to_value(operation).ok())
        .take(MOST)
        .collect();
    if operations.is_empty() {
        return match fs::remove_file(folder.join(FILE)) {
            Ok(()) => File::open(folder)?.sync_all(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        };
    }

    let text = serde_json::to_vec(&Saved {
        version: VERSION,
        operations,
    })?;

    write(folder, FILE, &text)
}

/// Puts a text into a file of a folder, in one step and durably: this user's alone.
pub(super) fn write(folder: &Path, name: &str, text: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let new = folder.join(format!("{name}{NEW}"));
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&new, folder.join(name))?;

    File::open(folder)?.sync_all()
}

/// The text of a file of a folder, if it is a file and no longer than this.
pub(super) fn read(folder: &Path, name: &str, longest: u64) -> io::Result<Vec<u8>> {
    let file = OpenOptions::new()
        .read(true)
        // Neither another's file through a link nor something that never ends.
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
        .open(folder.join(name))?;
    let about = file.metadata()?;
    if !about.is_file() || about.len() > longest {
        return Err(bad("it is no file of ours"));
    }

    let mut text = Vec::new();
    let _ = file.take(longest).read_to_end(&mut text)?;

    Ok(text)
}

fn bad(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

fn operations(folder: &Path) -> io::Result<Vec<Operation>> {
    let text = read(folder, FILE, LONGEST)?;
    let saved: Saved = serde_json::from_slice(&text)?;
    if saved.version != VERSION || saved.operations.len() > MOST {
        return Err(bad("it is the queue of another Moult"));
    }

    saved
        .operations
        .into_iter()
        .map(|operation| serde_json::from_value(operation).map_err(io::Error::from))
        .collect()
}

/// Whether an operation holds what must not be written down: a name and password in an address.
fn holds_secret(operation: &Operation) -> bool {
    let named = |uri: &str| {
        uri.split_once("://")
            .map_or(uri, |(_, rest)| rest)
            .split(['/', '?', '#'])
            .next()
            .is_some_and(|authority| authority.contains('@'))
    };

    match operation {
        Operation::AddRepository(request) => named(&request.uri) || request.mirrors.iter().any(|uri| named(uri)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use std::os::unix::fs::PermissionsExt;

    use moult_api::{Action, ChangeRequest, RepositoryRequest};

    use super::*;

    fn some() -> Vec<Operation> {
        vec![
            Operation::Change {
                request: ChangeRequest {
                    action: Action::Install,
                    packages: vec!["krita".into()],
                    imported: vec![],
                    remove_orphans: false,
                },
                names: vec!["Krita".into()],
                digest: "d1".into(),
            },
            Operation::Activate { state: 12 },
            Operation::Local {
                path: "/home/ana/a.stone".into(),
                name: "a".into(),
                digest: String::new(),
            },
        ]
    }

    #[test]
    fn what_was_kept_is_there_at_the_next_start_in_the_same_order() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/moult");
        assert_eq!(load(&folder), []);

        save(&folder, &some()).unwrap();
        assert_eq!(load(&folder), some());
        save(&folder, &some()[1..]).unwrap();
        assert_eq!(load(&folder), some()[1..]);
        assert!(!folder.join("queue.json.new").exists());
    }

    #[test]
    fn only_this_user_may_read_it() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("moult");
        save(&folder, &some()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;

        assert_eq!(mode(&folder.join(FILE)), 0o600);
        assert_eq!(mode(&folder), 0o700);
    }

    #[test]
    fn the_file_goes_with_the_last_operation() {
        let home = tempfile::tempdir().unwrap();
        save(home.path(), &[]).unwrap();
        save(home.path(), &some()).unwrap();
        save(home.path(), &[]).unwrap();

        assert!(!home.path().join(FILE).exists());
    }

    #[test]
    fn a_damaged_file_is_set_aside_and_the_queue_is_empty() {
        let long = format!(r#"{{"version":1,"operations":[]}}{}"#, " ".repeat(LONGEST as usize));
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "{",
            "[]",
            r#"{"version":2,"operations":[]}"#,
            r#"{"version":1,"operations":["Unknown"]}"#,
            deep.as_str(),
            long.as_str(),
        ] {
            let home = tempfile::tempdir().unwrap();
            fs::write(home.path().join(FILE), text).unwrap();

            assert_eq!(load(home.path()), []);
            assert!(!home.path().join(FILE).exists() && home.path().join(DAMAGED).exists());
            save(home.path(), &some()).unwrap();
            assert_eq!(load(home.path()), some());
        }
    }

    #[test]
    fn a_link_to_another_file_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        save(other.path(), &some()).unwrap();
        std::os::unix::fs::symlink(other.path().join(FILE), home.path().join(FILE)).unwrap();

        assert_eq!(load(home.path()), []);
        assert_eq!(load(other.path()), some());
    }

    #[test]
    fn what_a_crash_left_half_written_is_in_nobodys_way() {
        let home = tempfile::tempdir().unwrap();
        save(home.path(), &some()).unwrap();
        fs::write(home.path().join("queue.json.new"), "{\"vers").unwrap();

        assert_eq!(load(home.path()), some());
        save(home.path(), &some()[..1]).unwrap();
        assert_eq!(load(home.path()), some()[..1]);
    }

    #[test]
    fn a_password_in_an_address_is_not_written_down() {
        let home = tempfile::tempdir().unwrap();
        let add = |uri: &str| {
            Operation::AddRepository(RepositoryRequest {
                name: "work".into(),
                uri: uri.into(),
                ..RepositoryRequest::default()
            })
        };
        let open = add("https://example.org/a@b/stone.index");
        save(
            home.path(),
            &[add("https://ana:tr0ub4dor@example.org/stone.index"), open.clone()],
        )
        .unwrap();

        assert!(
            !fs::read_to_string(home.path().join(FILE))
                .unwrap()
                .contains("tr0ub4dor")
        );
        assert_eq!(load(home.path()), [open]);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_and_not_a_panic() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("file"), "").unwrap();

        assert!(save(&home.path().join("file/moult"), &some()).is_err());
        assert_eq!(load(&home.path().join("file/moult")), []);
    }
}
