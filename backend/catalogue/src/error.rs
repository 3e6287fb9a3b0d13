//! What can go wrong, and what was left out.

use std::io;
use std::path::PathBuf;

/// The catalogue could not be opened at all, or a part of it not be read. Broken sources are no errors: they are in the
/// [`Report`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system's root cannot be opened.
    #[error("the root {path} could not be opened")]
    Root {
        /// The root.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The cache could not be read after it had been opened.
    #[error("the catalogue's cache could not be read")]
    Read(#[source] io::Error),
    /// The cache's bytes changed after they had been checked: open the catalogue again.
    #[error("the catalogue's cache was damaged while it was in use")]
    Damaged,
}

/// Which sources there were, and what was left out of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Each file, in the order of precedence.
    pub files: Vec<FileReport>,
    /// Components left out because there were more than [`Limits::components`](crate::Limits).
    pub beyond_limit: u64,
    /// Files left out because there were more than [`Limits::files`](crate::Limits).
    pub files_beyond_limit: u64,
}

impl Report {
    /// How many components were skipped in all files.
    pub fn skipped(&self) -> u64 {
        self.files.iter().map(|file| file.skipped).sum()
    }
}

/// What was found in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileReport {
    /// The file, as it is named below the root.
    pub path: PathBuf,
    /// The folder that has the folder of its icons (`icons/ORIGIN/64x64`).
    pub icons: Option<PathBuf>,
    /// The origin that it states, or its name without endings.
    pub origin: String,
    /// Components read from it, before merging.
    pub components: u64,
    /// Components skipped.
    pub skipped: u64,
    /// The first of those, with the reason.
    pub reasons: Vec<Skipped>,
    /// Why nothing more could be read from it. What came before is kept.
    pub failure: Option<Failure>,
}

/// A component that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its id, empty when that could not be read.
    pub id: String,
    /// Where it begins in the plain file, in bytes.
    pub offset: u64,
    /// Why.
    pub reason: SkipReason,
}

/// Why a component was left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// It is not well-formed.
    #[error("it is malformed: {0}")]
    Malformed(String),
    /// It has bytes that are not UTF-8.
    #[error("it is not UTF-8 text")]
    NotUtf8,
    /// It has more bytes than [`Limits::component`](crate::Limits), or more parts than are accepted.
    #[error("it is too large")]
    TooLarge,
    /// Its elements lie in one another too deeply.
    #[error("it is nested too deeply")]
    TooDeep,
    /// It has an entity that is neither predefined nor a character.
    #[error("it uses the entity {0:?}, which nobody defines")]
    Entity(String),
    /// It has a YAML alias, which no catalogue needs.
    #[error("it uses a YAML alias")]
    Alias,
    /// It begins and does not end.
    #[error("it has no end")]
    Unfinished,
    /// It has no id, or one that cannot be one.
    #[error("it has no usable id")]
    Id,
    /// It has no name.
    #[error("it has no name")]
    Name,
    /// A field is of another type than it must be.
    #[error("its field {0} has the wrong type")]
    WrongType(String),
}

/// Why nothing more could be read from a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The system does not let it be read.
    #[error("it could not be read: {0}")]
    Unreadable(String),
    /// It is no regular file.
    #[error("it is not a regular file")]
    NotAFile,
    /// The compressed stream is damaged or cut off.
    #[error("its compressed data are damaged: {0}")]
    Compression(String),
    /// It has more bytes than the limit.
    #[error("it has more than {0} bytes")]
    TooLarge(u64),
    /// It ends before its last element does.
    #[error("it is cut off")]
    CutOff,
    /// There is no catalogue in it.
    #[error("it is not an AppStream catalogue")]
    NotACatalogue,
    /// Too many components in it have no end.
    #[error("too much of it is damaged")]
    TooDamaged,
}
