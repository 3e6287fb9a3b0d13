//! What can go wrong before and around the window.

use std::{io, path::PathBuf};

/// One thing that can go wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line makes no sense.
    #[error("unknown arguments")]
    Usage,
    /// A file, folder or program could not be used.
    #[error("{what} {path}: {source}")]
    File {
        /// What was being done.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A system call failed.
    #[error("{what}: {source}")]
    System {
        /// What was being done.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// The account that the kiosk runs as is not there.
    #[error("there is no user \"{0}\" to run as")]
    NoUser(String),
    /// The account that the kiosk runs as is an administrator's.
    #[error("user \"{0}\" is root: the window must not run as root")]
    UserIsRoot(String),
    /// The frame buffer cannot be drawn on.
    #[error("the frame buffer: {0}")]
    FrameBuffer(String),
    /// The window died too often; the page with the reason is on the console.
    #[error("the window closed unexpectedly, twice within ten seconds")]
    GaveUp,
}

impl Error {
    pub(crate) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
        let path = path.into();
        move |source| Error::File { what, path, source }
    }

    pub(crate) fn system<E: Into<io::Error>>(what: &'static str) -> impl FnOnce(E) -> Error {
        move |source| Error::System {
            what,
            source: source.into(),
        }
    }
}
