//! A folder of root's own for the time of a composing.
//!
//! It is on a disk, as a whole system is in it. Whoever is killed leaves one behind; the next one that is made sweeps it:
//! a lock, which the kernel gives back with the process, says whether somebody is still at work in it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags};

/// For large things that outlive nothing.
const PARENT: &str = "/var/tmp";
const PREFIX: &str = "moult-compose-";
const LOCK: &str = "lock";
/// Where the system is made.
const ROOT: &str = "root";
/// Names that are tried.
const TRIES: u32 = 64;

/// Removed when dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    root: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Makes one, and removes those that nobody works in any more.
    pub(crate) fn make() -> Result<Scratch, (PathBuf, io::Error)> {
        Scratch::below(Path::new(PARENT))
    }

    fn below(parent: &Path) -> Result<Scratch, (PathBuf, io::Error)> {
        let failed = |error| (parent.to_owned(), error);
        sweep(parent).map_err(failed)?;
        let (folder, lock) = claimed(parent).map_err(failed)?;
        let root = folder.join(ROOT);
        let scratch = Scratch {
            root,
            folder,
            _lock: lock,
        };
        // 0755, as the root of a system is.
        fs::DirBuilder::new()
            .mode(0o755)
            .create(&scratch.root)
            .map_err(|error| (scratch.root.clone(), error))?;
        Ok(scratch)
    }

    /// An empty directory.
    pub(crate) fn path(&self) -> &Path {
        &self.root
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, "{} is left behind", self.folder.display());
        }
    }
}

/// A new folder that nobody else can look into, with its lock taken.
fn claimed(parent: &Path) -> io::Result<(PathBuf, File)> {
    for number in 0..TRIES {
        let folder = parent.join(format!("{PREFIX}{}-{number}", std::process::id()));
        match fs::DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            made => made?,
        }
        let lock = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(folder.join(LOCK));
        let locked = lock.and_then(|lock| {
            rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
            Ok(lock)
        });
        match locked {
            // Somebody who sweeps may have been faster.
            Ok(lock) if folder.join(LOCK).exists() => return Ok((folder, lock)),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotFound) => {}
            Err(error) => {
                let _ = fs::remove_dir_all(&folder);
                return Err(error);
            }
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// Removes what killed processes left. Anybody may make names here: only folders of our own user count.
fn sweep(parent: &Path) -> io::Result<()> {
    let own = rustix::process::geteuid().as_raw();
    for entry in fs::read_dir(parent)?.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let folder = entry.path();
        let stat = fs::symlink_metadata(&folder);
        if !ours || !stat.is_ok_and(|stat| stat.is_dir() && stat.uid() == own && stat.mode() & 0o077 == 0) {
            continue;
        }
        let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
        let lock = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(folder.join(LOCK));
        let Ok(lock) = lock else {
            // One that is just being made has none yet.
            continue;
        };
        if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = fs::remove_dir_all(&folder);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;

    #[test]
    fn a_folder_is_gone_with_its_user_and_one_that_was_left_goes_with_the_next() {
        let parent = tempfile::tempdir().unwrap();
        let one = Scratch::below(parent.path()).unwrap();
        let two = Scratch::below(parent.path()).unwrap();
        assert!(one.path().is_dir() && two.path().is_dir(), "who is at work stays");
        let left = two.path().join("file");
        fs::write(&left, "x").unwrap();
        let Scratch { _lock, .. } = &two;
        rustix::fs::flock(_lock, FlockOperation::Unlock).unwrap();
        // As if the process had been killed.
        std::mem::forget(two);
        let three = Scratch::below(parent.path()).unwrap();
        assert!(!left.exists() && one.path().is_dir());
        drop((one, three));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_not_ours_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        let theirs = parent.path().join(format!("{PREFIX}theirs"));
        fs::create_dir(&theirs).unwrap();
        fs::write(theirs.join(LOCK), "").unwrap();
        // Everybody may write there, so who knows who made it.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        fs::set_permissions(&theirs, open).unwrap();
        drop(Scratch::below(parent.path()).unwrap());
        assert!(theirs.exists());
    }
}
