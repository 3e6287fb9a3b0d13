//! The folder in which the tree of a state is made before anything counts on it.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::root::{Root, make_directory, remove_tree};
use crate::state;

/// The folder of a state that is being made. Removed when dropped.
pub(crate) struct Staging {
    path: PathBuf,
    kept: bool,
}

impl Staging {
    pub(crate) fn make(root: &Root, id: u64) -> Result<Staging, Error> {
        let path = root.own("states").join(id.to_string());
        remove_tree(&path)?;
        make_directory(root.moult(), &format!("states/{id}"), 0o700, &path)?;
        let staging = Staging { path, kept: false };
        make_directory(root.moult(), &format!("states/{id}/usr"), 0o755, &staging.path)?;
        Ok(staging)
    }

    /// A folder for making a state's tree again, or one of no state.
    pub(crate) fn half_done(root: &Root, id: impl std::fmt::Display) -> Result<Staging, Error> {
        let name = format!("{}{id}", state::HALF_DONE);
        let path = root.own("states").join(&name);
        remove_tree(&path)?;
        make_directory(root.moult(), &format!("states/{name}"), 0o700, &path)?;
        let staging = Staging { path, kept: false };
        make_directory(root.moult(), &format!("states/{name}/usr"), 0o755, &staging.path)?;
        Ok(staging)
    }

    /// The staging folder of a state out of a tree that is there already.
    pub(crate) fn take(root: &Root, id: u64, tree: &Path) -> Result<Staging, Error> {
        let path = root.own("states").join(id.to_string());
        remove_tree(&path)?;
        std::fs::rename(tree, &path).map_err(|error| Error::io("taking a spare tree", tree, error))?;
        Ok(Staging { path, kept: false })
    }

    /// The folder that has the `usr`.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn usr(&self) -> PathBuf {
        self.path.join("usr")
    }

    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is removed at the next start.
            let _ = remove_tree(&self.path);
        }
    }
}
