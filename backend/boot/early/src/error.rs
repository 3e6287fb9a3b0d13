//! What can go wrong before the system is there.

use std::io;
use std::path::{Path, PathBuf};

/// Everything that can go wrong. The texts are for the person in front of the machine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A call of the system failed.
    #[error("{doing} ({}): {source}", .path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The root is none of ours.
    #[error("{} is not a system that Moult keeps: it has no folder .moult", .0.display())]
    NotOurs(PathBuf),
    /// Another process changes the system.
    #[error("another program is changing this system (process {}); nothing was changed", .pid.map_or("unknown".to_owned(), |pid| pid.to_string()))]
    Busy {
        /// Its number, as far as it is known.
        pid: Option<u32>,
    },
    /// The state cannot become `/usr`.
    #[error("state {state} cannot be used: {reason}")]
    Unusable {
        /// The state that was asked for.
        state: u64,
        /// Why not.
        reason: String,
    },
    /// The list of states cannot be read.
    #[error("the list of states ({}) cannot be read: {source}", .path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// Why not.
        source: rusqlite::Error,
    },
    /// Something that is not ours is where `/usr` must be.
    #[error("{} is {found}, where a folder is expected", .path.display())]
    Blocked {
        /// What is in the way.
        path: PathBuf,
        /// What it is.
        found: String,
    },
    /// The new state is in place, but the work around it is not done. The next start does the rest.
    #[error("state {state} is in place, but tidying up after it failed; the next start does that: {source}")]
    AfterSwap {
        /// The state that is in place now.
        state: u64,
        /// What failed.
        source: Box<Error>,
    },
    /// A word of the kernel command line means nothing.
    #[error("the kernel command line says {word:?}: {reason}")]
    CommandLine {
        /// The word.
        word: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The root is encrypted.
    #[error("the {what} asks for an encrypted root, which this initrd cannot open")]
    Encrypted {
        /// "kernel command line", or the device.
        what: String,
    },
    /// No device is what the command line names.
    #[error("{wanted} did not appear within {seconds} seconds")]
    NotFound {
        /// What was looked for.
        wanted: String,
        /// How long.
        seconds: u64,
    },
    /// A file system of a kind that nobody here knows.
    #[error("{} holds no file system that is known here", .0.display())]
    UnknownFileSystem(PathBuf),
    /// There is too little memory for what was asked.
    #[error(
        "copying {needed} MiB into memory needs more than the {free} MiB that can be spared; start without \"moult.toram\""
    )]
    NoMemory {
        /// MiB that are needed.
        needed: u64,
        /// MiB that may be used.
        free: u64,
    },
    /// The medium does not hold what it should.
    #[error("{} is not a Moult medium: {reason}", .path.display())]
    NotAMedium {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The root has no first program.
    #[error("the system has no program to start with: neither {}", .0.join(" nor "))]
    NoInit(Vec<String>),
    /// The state that was asked for is not active.
    #[error("{0}")]
    NotActivated(String),
    /// What was asked of the maker of the initrd is not possible.
    #[error("{0}")]
    Initrd(String),
}

impl Error {
    pub(crate) fn io(doing: &'static str, path: impl AsRef<Path>, source: impl Into<io::Error>) -> Error {
        Error::Io {
            doing,
            path: path.as_ref().to_owned(),
            source: source.into(),
        }
    }
}
