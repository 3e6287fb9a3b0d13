//! Signatures for Secure Boot, with a key of the administrator's.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use blake3::Hash;
use moult_tool::{ToolError, Toolbox};

use crate::error::Error;
use crate::menu::on;
use crate::tool;
use crate::volume::Volume;

/// Where the key pair is, below `/etc`.
const DIRECTORY: &str = "moult/secure-boot";
/// Longest that one signature may take.
const LIMIT: Duration = Duration::from_secs(60);

/// The administrator's key pair.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    key: PathBuf,
    certificate: PathBuf,
    /// BLAKE3 of the certificate.
    pub(crate) hash: Hash,
}

impl Key {
    /// The key pair below an `/etc`; `None` = there is none.
    ///
    /// # Errors
    /// [`Error::Key`] when one half is missing, or others than root may read the key.
    pub(crate) fn find(etc: &Path) -> Result<Option<Self>, Error> {
        let key = etc.join(DIRECTORY).join("db.key");
        let certificate = etc.join(DIRECTORY).join("db.crt");
        let about = match fs::symlink_metadata(&key) {
            Ok(about) => about,
            Err(_) if !certificate.exists() => return Ok(None),
            Err(source) => return Err(Error::Read { path: key, source }),
        };

        let refused = |reason: &str| Error::Key {
            path: key.clone(),
            reason: reason.to_owned(),
        };
        if !about.is_file() {
            return Err(refused("is not a file"));
        }
        if about.uid() != 0 || about.mode() & 0o077 != 0 {
            return Err(refused(
                "must belong to root and be readable by root alone (chown root, chmod 600)",
            ));
        }
        let bytes = fs::read(&certificate).map_err(|source| Error::Read {
            path: certificate.clone(),
            source,
        })?;
        Ok(Some(Self {
            hash: blake3::hash(&bytes),
            key,
            certificate,
        }))
    }

    /// Whether this machine can sign with it: asked before anything is written.
    ///
    /// # Errors
    /// Which program is missing.
    pub(crate) fn can_sign(&self) -> Result<(), ToolError> {
        let toolbox = Toolbox::default();
        let _found = [toolbox.find(tool::SBSIGN)?, toolbox.find(tool::SBVERIFY)?];
        Ok(())
    }

    /// A signed copy of a program, in a file that goes when it is dropped.
    ///
    /// # Errors
    /// When `sbsign` is missing or fails.
    pub(crate) fn sign(&self, program: &Path) -> Result<tempfile::NamedTempFile, Error> {
        let signed = temporary()?;
        let arguments = [
            "--key".into(),
            self.key.clone().into_os_string(),
            "--cert".into(),
            self.certificate.clone().into_os_string(),
            "--output".into(),
            signed.path().as_os_str().to_owned(),
            program.as_os_str().to_owned(),
        ];
        Toolbox::default().run(tool::SBSIGN, &arguments, &[], LIMIT)?;
        Ok(signed)
    }

    /// Whether a program on a volume is signed with this key, as the firmware will look at it.
    ///
    /// # Errors
    /// When it cannot be read, or `sbverify` is missing.
    pub(crate) fn has_signed(&self, volume: &dyn Volume, path: &str) -> Result<bool, Error> {
        let mut copy = temporary()?;
        if volume.copy_out(path, &mut copy).map_err(on(volume, path))?.is_none() {
            return Ok(false);
        }
        let arguments = [
            "--cert".into(),
            self.certificate.clone().into_os_string(),
            copy.path().as_os_str().to_owned(),
        ];
        match Toolbox::default().run(tool::SBVERIFY, &arguments, &[], LIMIT) {
            Ok(_) => Ok(true),
            Err(ToolError::Failed { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn temporary() -> Result<tempfile::NamedTempFile, Error> {
    tempfile::NamedTempFile::new().map_err(|source| Error::Read {
        path: std::env::temp_dir(),
        source,
    })
}
