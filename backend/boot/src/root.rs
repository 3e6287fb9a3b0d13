//! Where the kernel finds the root file system.

use std::path::Path;

use crate::error::Error;

/// Where the root file system is found at boot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RootSource {
    /// UUID of the file system.
    pub uuid: Option<String>,
    /// UUID of its partition: what is used where the file system's is not known.
    pub partuuid: Option<String>,
    /// Its kind as the kernel calls it ("ext4").
    pub filesystem: String,
    /// Btrfs: path of the subvolume ("@").
    pub subvolume: Option<String>,
    /// UUIDs of the LUKS layers below it, the outermost first.
    pub luks: Vec<String>,
}

impl RootSource {
    /// The file system that is mounted at `root` in this system.
    ///
    /// # Errors
    /// When it cannot be found out, or is on no disk.
    pub fn of_mounted(root: &Path) -> Result<Self, Error> {
        Err(Error::Read {
            path: root.to_owned(),
            source: std::io::ErrorKind::Unsupported.into(),
        })
    }
}
