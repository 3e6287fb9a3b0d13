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
    /// What the kernel's command line says of it: `rd.luks.uuid=`, `root=`, `rootfstype=`, `rootflags=`.
    pub fn arguments(&self) -> Vec<String> {
        let mut words: Vec<String> = self.luks.iter().map(|uuid| format!("rd.luks.uuid={uuid}")).collect();

        // A partition below LUKS is not where the file system is, so its UUID leads nowhere.
        match (&self.uuid, &self.partuuid) {
            (Some(uuid), _) => words.push(format!("root=UUID={uuid}")),
            (None, Some(partuuid)) if self.luks.is_empty() => words.push(format!("root=PARTUUID={partuuid}")),
            _ => {}
        }
        if !self.filesystem.is_empty() {
            words.push(format!("rootfstype={}", self.filesystem));
        }
        if let Some(subvolume) = &self.subvolume {
            words.push(format!("rootflags=subvol={subvolume}"));
        }
        words
    }

    /// By what files on the ESP are known as this installation's. Two installations of one system share an ESP and not this.
    pub(crate) fn token(&self) -> String {
        let identity = self.uuid.as_ref().or(self.partuuid.as_ref());
        let mut hasher = blake3::Hasher::new();
        hasher.update(identity.map_or("", |uuid| uuid).to_lowercase().as_bytes());
        hasher.update(b"/");
        hasher.update(self.subvolume.as_deref().unwrap_or_default().as_bytes());
        let hash = hasher.finalize().to_hex();
        format!("moult-{}", hash.get(..8).unwrap_or_default())
    }

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
