//! What can go wrong, and what state the disk is in then.

use std::io;
use std::path::PathBuf;

/// An install could not be planned or carried out.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// Something about the disk.
    #[error(transparent)]
    Storage(#[from] moult_storage::Error),
    /// The request cannot be planned.
    #[error(transparent)]
    Propose(#[from] moult_storage::ProposeError),
    /// Something about the packages.
    #[error(transparent)]
    Packages(#[from] moult_packages::Error),
    /// Nothing could be started from the new disk.
    #[error(transparent)]
    Boot(#[from] moult_boot::Error),
    /// Something about the target's configuration.
    #[error(transparent)]
    System(#[from] moult_system::Error),
    /// A configured repository has no usable address.
    #[error("the repository {id:?} has no usable address: {reason}")]
    Repository {
        /// Its id.
        id: String,
        /// What is wrong.
        reason: String,
    },
    /// A configured package name cannot be read.
    #[error("the configuration names a package {0:?} that cannot be read")]
    PackageName(String),
    /// This machine's firmware is not UEFI.
    #[error("this machine was not started by UEFI: what is installed could not be started")]
    NoUefi,
    /// The packages that are offered now are not those that were approved.
    #[error("the packages on offer have changed since the plan was made")]
    OfferChanged,
    /// The person cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The operating system failed.
    #[error("{doing}: {}: {source}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The state in which a failed install leaves the approved disk. No other disk is ever written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskState {
    /// Not one byte was written.
    Untouched,
    /// What was on it is lost; it holds no whole system.
    Unfinished,
    /// It holds the whole new system; only what comes after failed.
    Installed,
}

/// A cause, and the state of the disk.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Error {
    /// What happened.
    #[source]
    pub cause: Cause,
    /// The approved disk.
    pub disk: DiskState,
}

impl Error {
    /// The person asked for it.
    pub fn is_cancel(&self) -> bool {
        matches!(
            self.cause,
            Cause::Cancelled
                | Cause::Packages(moult_packages::Error::Cancelled)
                | Cause::Storage(moult_storage::Error::Cancelled { .. })
        )
    }
}

impl Cause {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }

    /// The failure with the disk as it was.
    pub(crate) fn untouched(self) -> Error {
        let disk = match &self {
            Self::Storage(error) if error.disk_state() == moult_storage::DiskState::Erased => DiskState::Unfinished,
            _ => DiskState::Untouched,
        };
        Error { cause: self, disk }
    }

    /// The failure after the first write.
    pub(crate) fn unfinished(self) -> Error {
        Error {
            cause: self,
            disk: DiskState::Unfinished,
        }
    }
}
