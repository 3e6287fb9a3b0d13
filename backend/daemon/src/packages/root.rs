//! Which system is worked on: the running one, or the one in a folder that root named.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use moult_install::Menu;
use moult_packages::Engine;

use crate::boot;

/// One system root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    path: PathBuf,
}

/// Why a folder cannot be worked on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error("{} cannot be opened: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("{} can be exchanged by somebody who is not root: user {owner}, mode {mode:o}", path.display())]
    Exchangeable { path: PathBuf, owner: u32, mode: u32 },
}

impl Place {
    /// The running system.
    pub(crate) fn running() -> Place {
        Place {
            path: PathBuf::from("/"),
        }
    }

    /// A folder that is only looked at, with the caller's own rights.
    pub(crate) fn seen(folder: &Path) -> Result<Place, PlaceError> {
        let unreadable = |source| PlaceError::Unreadable {
            path: folder.to_owned(),
            source,
        };
        let path = fs::canonicalize(folder).map_err(unreadable)?;
        if !fs::metadata(&path).map_err(unreadable)?.is_dir() {
            return Err(PlaceError::NotAFolder(path));
        }
        Ok(Place { path })
    }

    /// A folder that is changed as root. Nobody else may be able to put another folder in its place half-way: each one
    /// down to it is root's, and written by root alone or sticky.
    pub(crate) fn changed(folder: &Path) -> Result<Place, PlaceError> {
        let place = Place::seen(folder)?;
        for path in place.path.ancestors() {
            let stat = fs::symlink_metadata(path).map_err(|source| PlaceError::Unreadable {
                path: path.to_owned(),
                source,
            })?;
            let (owner, mode) = (stat.uid(), stat.mode() & 0o7777);
            let others_write = mode & 0o022 != 0 && mode & 0o1000 == 0;
            if owner != 0 || others_write {
                return Err(PlaceError::Exchangeable {
                    path: path.to_owned(),
                    owner,
                    mode,
                });
            }
        }
        Ok(place)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A word for the folder of this root's jobs; empty for the running system.
    pub(crate) fn tag(&self) -> io::Result<String> {
        if self.path == Path::new("/") {
            return Ok(String::new());
        }
        let stat = fs::metadata(&self.path)?;
        Ok(format!("root-{:x}-{:x}", stat.dev(), stat.ino()))
    }

    /// The engine, for changes. That of the running system keeps the boot menu.
    pub(crate) fn open(&self) -> Result<Engine, moult_packages::Error> {
        let mut engine = Engine::open(&self.path)?;
        if *self == Place::running() {
            engine.set_boot(Box::new(Menu::of_running(|machine| boot::keep(&boot::look(machine)))));
        }
        Ok(engine)
    }

    /// The engine, for questions: takes no lock, repairs nothing.
    pub(crate) fn look(&self) -> Result<Engine, moult_packages::Error> {
        Engine::open_reader(&self.path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use std::os::unix::fs::{PermissionsExt, chown};

    use super::*;

    #[test]
    fn a_folder_that_others_could_exchange_is_not_changed_as_root() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("root");
        fs::create_dir(&inner).unwrap();
        let _ = Place::changed(&inner).unwrap();

        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(Place::changed(&inner), Err(PlaceError::Exchangeable { .. })));
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        let _ = Place::changed(&inner).unwrap();
        chown(&inner, Some(1000), None).unwrap();
        assert!(matches!(Place::changed(&inner), Err(PlaceError::Exchangeable { .. })));
        let _ = Place::seen(&inner).unwrap();
    }

    #[test]
    fn a_file_is_no_root() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(Place::seen(file.path()), Err(PlaceError::NotAFolder(_))));
    }
}
