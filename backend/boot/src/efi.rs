//! Firmware variables.

use std::path::PathBuf;

/// What the firmware checks before it starts a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecureBoot {
    /// Only signed programs are started.
    On,
    /// Everything is started.
    Off,
    /// Everything is started, and keys can be enrolled.
    Setup,
    /// The firmware does not say.
    Unknown,
}

/// Firmware variables, by way of a mounted efivarfs.
#[derive(Debug, Clone)]
pub struct EfiVariables {
    directory: PathBuf,
}

impl EfiVariables {
    /// Variables in `directory`, which is an efivarfs, or for tests a folder of files in its form (`Name-GUID`, four bytes of attributes first).
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// The running machine's; `None` = it has none, or they cannot be reached.
    pub fn of_running() -> Option<Self> {
        let variables = Self::new("/sys/firmware/efi/efivars");
        std::fs::read_dir(&variables.directory)
            .ok()?
            .next()
            .is_some()
            .then_some(variables)
    }
}
