//! Where the store is measured: a system of the sample repository that also knows a list as long as a distribution's.

use std::path::{Path, PathBuf};

use super::{Costs, Effort, measure};
use crate::lab::desktop::Desktop;
use crate::lab::{Bind, Error, Lab, Options, User, target_folder};

/// Where the lab has the system.
pub(super) const SYSTEM: &str = "/srv/system";

/// What is measured, and with what.
#[derive(Debug, Clone)]
pub struct World {
    /// The folder with the programs that are measured.
    pub programs: PathBuf,
    /// The sample repository: the system, and the catalogue with its icons.
    pub repository: PathBuf,
    /// A folder with the `stone.index` of some ten thousand packages, which are never fetched.
    pub list: PathBuf,
    /// Where pictures of what was measured go.
    pub album: Option<PathBuf>,
}

impl World {
    /// Makes the system, and measures the store in it.
    ///
    /// # Errors
    /// When the system cannot be made, or the store does not answer.
    pub fn measure(&self, effort: Effort) -> Result<Costs, Error> {
        let folder = target_folder();
        let root = tempfile::tempdir_in(&folder).map_err(Error::file("making a folder in", folder))?;
        let lab = self.lab(root.path(), Vec::new(), Vec::new())?;
        let desktop = Desktop::prepare(&lab, SYSTEM)?;
        // The system has programs of its own; these are the ones in question.
        for program in ["/usr/bin/moult", "/usr/libexec/moult/moult-backend"] {
            lab.run(User::Root, "mount", &["--bind", program, &format!("{SYSTEM}{program}")])?;
        }
        let screen = desktop.screen("store")?;
        measure(&desktop, &screen, effort, self.album.as_deref())
    }

    /// A lab with the system in `root`, which is empty yet.
    pub(super) fn lab(&self, root: &Path, binds: Vec<Bind>, files: Vec<(PathBuf, String)>) -> Result<Lab, Error> {
        let mut options = Options {
            programs: Some(self.programs.clone()),
            repository: Some(self.repository.clone()),
            binds,
            files,
            ..Options::default()
        };
        for (host, inside, read_only) in [(root, SYSTEM, false), (&self.list, "/srv/list", true)] {
            options.binds.push(Bind {
                host: std::fs::canonicalize(host).map_err(Error::file("looking for", host))?,
                inside: inside.into(),
                read_only,
            });
        }
        let lab = Lab::start(&options)?;
        let moultctl = |arguments: &[&str]| {
            let all = [&["--root", SYSTEM, "--yes"], arguments].concat();
            lab.run(User::Root, "/usr/bin/moultctl", &all).map(drop)
        };
        moultctl(&["repo", "add", "sample", "file:///repo/stone.index", "--priority", "10"])?;
        moultctl(&["install", "moult-sample"])?;
        moultctl(&["repo", "add", "list", "file:///srv/list/stone.index"])?;
        Ok(lab)
    }
}
