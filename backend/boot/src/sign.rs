//! Signatures for Secure Boot, with a key of the administrator's.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use blake3::Hash;

use crate::error::Error;
use crate::tool::{self, Tool};

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

    /// A signed copy of a program, in a file that goes when it is dropped.
    ///
    /// # Errors
    /// When `sbsign` is missing or fails.
    pub(crate) fn sign(&self, program: &Path) -> Result<tempfile::NamedTempFile, Error> {
        let signed = tempfile::NamedTempFile::new().map_err(|source| Error::Read {
            path: std::env::temp_dir(),
            source,
        })?;
        let arguments = [
            "--key".into(),
            self.key.clone().into_os_string(),
            "--cert".into(),
            self.certificate.clone().into_os_string(),
            "--output".into(),
            signed.path().as_os_str().to_owned(),
            program.as_os_str().to_owned(),
        ];
        tool::run(Tool::Sbsign, &arguments, LIMIT)?;
        Ok(signed)
    }
}
