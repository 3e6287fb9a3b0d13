//! What can go wrong, one variant each, and what state things are in afterwards.

use std::io;
use std::path::{Path, PathBuf};

use crate::explain::Unresolvable;

/// A package operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The [`Watch`](crate::Watch) asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// Another process is changing this root.
    #[error("another process ({}) is changing the system at {}", pid.map_or("unknown".to_owned(), |pid| format!("pid {pid}")), root.display())]
    Busy {
        /// The root both want.
        root: PathBuf,
        /// The other process, when it left its number.
        pid: Option<u32>,
    },
    /// The file system is full, or would be.
    #[error("no space left at {} while {doing}{}", path.display(), needed.map_or(String::new(), |(needed, free)| format!(": {needed} bytes are needed and {free} are free")))]
    NoSpace {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Bytes needed and bytes free, when it was found out before writing.
        needed: Option<(u64, u64)>,
    },
    /// The file system has no room for more files.
    #[error("{needed} more files are needed at {} and the file system has room for {free}", path.display())]
    NoFiles {
        /// Where.
        path: PathBuf,
        /// Files needed.
        needed: u64,
        /// Files the file system can still make.
        free: u64,
    },
    /// The device itself failed (EIO).
    #[error("the disk failed at {} while {doing}", path.display())]
    DiskFailed {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
    },
    /// The file system may only be read.
    #[error("the file system at {} is read-only ({doing})", path.display())]
    ReadOnly {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
    },
    /// Another failure of the operating system.
    #[error("{doing} failed at {}: {source}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database failed.
    #[error("the package database failed: {0}")]
    Database(#[source] rusqlite::Error),
    /// The database was written by a newer Moult.
    #[error("the package database has format {found}; this program understands up to {known}")]
    NewerDatabase {
        /// The format found.
        found: i64,
        /// The newest format this program knows.
        known: i64,
    },
    /// The database says something impossible.
    #[error("the package database is damaged: {0}")]
    DamagedDatabase(String),
    /// A repository's description cannot be used.
    #[error("the repository {id:?} cannot be used: {reason}")]
    BadRepository {
        /// The repository.
        id: String,
        /// Why not.
        reason: String,
    },
    /// There is no repository with this id.
    #[error("there is no repository {0:?}")]
    UnknownRepository(String),
    /// A repository cannot be reached, or stopped answering.
    #[error("{url} could not be fetched: {reason}")]
    Unreachable {
        /// What was asked for, without any password.
        url: String,
        /// Why it failed, after the retries.
        reason: String,
    },
    /// An answer is larger than anything sensible, or than was announced.
    #[error("{url} is larger than {limit} bytes")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// The bound.
        limit: u64,
    },
    /// A repository's package list is damaged. The list known before stays in use.
    #[error("the package list of {repository} ({url}) is damaged: {reason}")]
    DamagedIndex {
        /// The repository.
        repository: String,
        /// Where the list came from.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The packages do not fit together.
    #[error("{0}")]
    Unresolvable(Unresolvable),
    /// A selection without any package.
    #[error("nothing was selected")]
    NothingSelected,
    /// A package file has another size than its repository says.
    #[error("{package} has {found} bytes and its repository says {expected}")]
    WrongSize {
        /// The package.
        package: String,
        /// Bytes by the index.
        expected: u64,
        /// Bytes that are there (a lower bound when reading stopped there).
        found: u64,
    },
    /// A package file is not the one its repository promises.
    #[error("{package} is damaged or was replaced: its SHA-256 is {found}, the repository says {expected}")]
    WrongChecksum {
        /// The package.
        package: String,
        /// SHA-256 by the index.
        expected: String,
        /// SHA-256 of what came.
        found: String,
    },
    /// A package file changed while it was read.
    #[error("the file of {package} changed while it was read: {}", path.display())]
    SourceChanged {
        /// The package.
        package: String,
        /// The file.
        path: PathBuf,
    },
    /// A package cannot be read, although its checksum is the promised one.
    #[error("{package} cannot be read: {source}")]
    Stone {
        /// The package.
        package: String,
        /// What is wrong inside.
        source: moult_stone::Error,
    },
    /// A package's own metadata says another name or release than the repository.
    #[error("{package} is another package inside: {found}")]
    WrongPackage {
        /// The package that was asked for.
        package: String,
        /// What the file says it is.
        found: String,
    },
    /// A file inside a package has not the content its layout promises.
    #[error("{package} is damaged: the content of /usr/{path} is not what the package itself promises")]
    WrongFile {
        /// The package.
        package: String,
        /// The first path with that content, below `/usr`.
        path: String,
    },
    /// A path, link or owner in a package that must not be followed.
    #[error("{package} has an unacceptable entry {path:?}: {reason}")]
    HostileEntry {
        /// The package.
        package: String,
        /// The path as the package says it.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// Two packages bring the same file.
    #[error("/usr/{path} is in both {first} and {second}")]
    FileConflict {
        /// The path below `/usr`.
        path: String,
        /// One package.
        first: String,
        /// The other.
        second: String,
    },
    /// Two packages want different permissions or owners for one directory.
    #[error("{first} and {second} disagree about the permissions or the owner of the directory /usr/{path}")]
    DirectoryConflict {
        /// The path below `/usr`.
        path: String,
        /// One package.
        first: String,
        /// The other.
        second: String,
    },
    /// Something that is not ours is where a link of the root must be.
    #[error("{} is in the way: {found}", path.display())]
    RootBlocked {
        /// The path.
        path: PathBuf,
        /// What is there.
        found: String,
    },
    /// The plan was made from another state than the one that is active now. Nothing was changed; plan again.
    #[error("the system changed since this was planned: from {} to {}", shown_state(*planned), shown_state(*active))]
    Outdated {
        /// The state it was planned from.
        planned: Option<u64>,
        /// The state that is active.
        active: Option<u64>,
    },
    /// What was to be taken back is not as it was left: somebody else has changed it since. Nothing was changed.
    #[error("{what} was changed since then: nothing is taken back")]
    Overtaken {
        /// What is another one.
        what: String,
    },
    /// A refresh dropped a package since the plan was made. Nothing was changed; plan again.
    #[error("the repository {repository:?} has no package with the SHA-256 {hash} any more")]
    NoLongerOffered {
        /// The repository.
        repository: String,
        /// The package.
        hash: String,
    },
    /// The active state, or one that is about to be, cannot be removed.
    #[error("state {0} is the active one and stays")]
    StateActive(u64),
    /// A pinned state is not removed.
    #[error("state {0} is pinned and stays")]
    StatePinned(u64),
    /// There is no state with this number.
    #[error("there is no state {0}")]
    UnknownState(u64),
    /// A state's tree is not there or is not what it should be; [`Engine::verify`](crate::Engine::verify) repairs it.
    #[error("state {state} is damaged: {reason}")]
    DamagedState {
        /// The state.
        state: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The root has no package database.
    #[error("{} is not a system of Moult's: it has no /.moult", .0.display())]
    NotOurs(PathBuf),
    /// The database cannot be read with the rights of this process.
    #[error("the package database at {} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The database.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A wish cannot become a plan.
    #[error("{0}")]
    Refused(crate::plan::Refusal),
    /// A question about packages that has no answer.
    #[error("{0}")]
    Query(#[from] crate::engine::QueryError),
    /// A repository is not what it should be.
    #[error("{0}")]
    Repository(#[from] crate::repository::RepositoryError),
    /// A program of a transaction trigger failed or took too long. Nothing was changed.
    #[error("the trigger {trigger} failed: {command} {}{}{output}", shown_end(*ended), if output.is_empty() { "" } else { ": " })]
    Trigger {
        /// The trigger's name.
        trigger: String,
        /// Program and arguments.
        command: String,
        /// Its exit status; negative for the signal that ended it; None when it took too long.
        ended: Option<i32>,
        /// The end of what it said, errors last.
        output: String,
    },
    /// What a transaction trigger did cannot be part of a state. Nothing was changed.
    #[error("the trigger {trigger} cannot be used: /usr/{path}: {reason}")]
    TriggerOutput {
        /// The trigger's name.
        trigger: String,
        /// Below `/usr`.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A text is no system model.
    #[error("{0}")]
    Model(#[from] crate::model::ModelError),
    /// A system cannot be written elsewhere.
    #[error("{0}")]
    Export(#[from] crate::export::ExportError),
    /// The boot menu cannot take the new state, or cannot be written before old ones go. Nothing was changed.
    #[error("{0}")]
    Boot(crate::boot::BootRefusal),
    /// The new state is in place, and what follows failed. The next start repairs it.
    #[error("state {state} is active, but finishing failed: {source}")]
    AfterSwap {
        /// The state that is active now.
        state: u64,
        /// What failed.
        source: Box<Error>,
    },
}

pub(crate) fn shown_state(state: Option<u64>) -> String {
    state.map_or_else(|| "no state".to_owned(), |state| format!("state {state}"))
}

/// How a program ended, for people.
pub(crate) fn shown_end(ended: Option<i32>) -> String {
    match ended {
        None => "took too long".to_owned(),
        Some(status @ ..0) => format!("was ended by signal {}", status.unsigned_abs()),
        Some(status) => format!("ended with status {status}"),
    }
}

/// What state the system is in after an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The state that was active (or none, on a fresh root) is active and whole.
    Intact,
    /// The new state is active and whole; the next start finishes the book-keeping.
    Activated,
}

impl Error {
    /// What state the system is in after this failure.
    pub fn standing(&self) -> Standing {
        match self {
            Error::AfterSwap { .. } => Standing::Activated,
            _ => Standing::Intact,
        }
    }

    /// A failure of the operating system, sorted into the kinds that a person can do something about.
    pub(crate) fn io(doing: &'static str, path: impl AsRef<Path>, source: impl Into<io::Error>) -> Error {
        let (path, source) = (path.as_ref().to_owned(), source.into());
        match source.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
            Some(rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT) => Error::NoSpace {
                doing,
                path,
                needed: None,
            },
            Some(rustix::io::Errno::IO) => Error::DiskFailed { doing, path },
            Some(rustix::io::Errno::ROFS) => Error::ReadOnly { doing, path },
            _ => Error::Io { doing, path, source },
        }
    }

    /// A stone that cannot be read: a failure of the disk below it stays one.
    pub(crate) fn stone(package: &str, path: &Path, source: moult_stone::Error) -> Error {
        match source {
            moult_stone::Error::Io(source) if source.raw_os_error().is_some() => {
                Error::io("reading a package", path, source)
            }
            source => Error::Stone {
                package: package.to_owned(),
                source,
            },
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        const DOING: &str = "writing the package database";
        let path = || PathBuf::from(crate::root::DATABASE);
        let extended = error.sqlite_error().map(|error| error.extended_code);
        match error.sqlite_error_code() {
            // SQLite calls it an I/O error when its shared memory, a file beside the database, cannot grow.
            Some(rusqlite::ErrorCode::SystemIoFailure) if extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => {
                Error::NoSpace {
                    doing: DOING,
                    path: path(),
                    needed: None,
                }
            }
            Some(rusqlite::ErrorCode::DiskFull) => Error::NoSpace {
                doing: DOING,
                path: path(),
                needed: None,
            },
            Some(rusqlite::ErrorCode::SystemIoFailure) => Error::DiskFailed {
                doing: DOING,
                path: path(),
            },
            Some(rusqlite::ErrorCode::ReadOnly) => Error::ReadOnly {
                doing: DOING,
                path: path(),
            },
            _ => Error::Database(error),
        }
    }
}

/// Bytes of a path for a person to read.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
