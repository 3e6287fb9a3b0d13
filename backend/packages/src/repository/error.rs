//! What can be wrong with a repository.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;

use super::{BrokenFile, Version};

/// A repository cannot be used, or not as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepositoryError {
    /// A package list that is not vouched for as it must be. The list known before stays in use.
    #[error("the package list of {repository} cannot be trusted: {fault}")]
    Untrusted {
        /// The repository.
        repository: String,
        /// Why not.
        fault: TrustFault,
    },
    /// The document that says which versions a repository has cannot be read.
    #[error("the root index of {repository} ({url}) is damaged: {reason}")]
    DamagedRootIndex {
        /// The repository.
        repository: String,
        /// Where it came from, without a password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A repository has no such version.
    #[error("{repository} has no {version}; it has {}", known.join(", "))]
    NoSuchVersion {
        /// The repository.
        repository: String,
        /// What was asked for.
        version: Version,
        /// What there is of that sort.
        known: Vec<String>,
    },
    /// Only a versioned repository has streams, tags and a history.
    #[error("{0} is one package list, it has no versions")]
    NotVersioned(String),
    /// The way to a newer engine is only asked for where it is needed.
    #[error("{0} needs no newer engine, or does not say where to find it")]
    NoBridge(String),
    /// The index that should hold the newer engine does not.
    #[error("the index that {repository} names for the newer engine has no package {package}")]
    BridgeLacks {
        /// The repository.
        repository: String,
        /// The package that was looked for.
        package: String,
    },
    /// A configuration file must be repaired, by hand, before it can be changed.
    #[error("{0}")]
    BrokenFile(BrokenFile),
    /// An index has at most 65,535 packages: split the repository.
    #[error("{found} packages are too many for one index: it holds {most}", most = u16::MAX)]
    TooManyPackages {
        /// Packages of different names.
        found: usize,
    },
    /// Two files that differ claim to be the same release of the same package.
    #[error("{} and {} differ, and both are {name} {source_release}-{build_release}", one.display(), other.display())]
    SameRelease {
        /// The package's name.
        name: String,
        /// Its source release.
        source_release: u64,
        /// Its build release.
        build_release: u64,
        /// One file.
        one: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// A file that cannot be listed.
    #[error("{} cannot be listed: {reason}", path.display())]
    NotListable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A key that cannot be used, or a wrong password for it.
    #[error("the key cannot be used: {0}")]
    BadKey(String),
}

/// Why a package list cannot be trusted. Times are seconds since 1970 (UTC).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustFault {
    /// A key is named for the repository, and there is no signature.
    Unsigned,
    /// Signed by a key that is not named for the repository.
    UnknownKey {
        /// The key's id.
        key: String,
    },
    /// The signature is not over what came with it.
    BadSignature {
        /// What the check says.
        reason: String,
    },
    /// What was signed is not what this program understands.
    Unreadable {
        /// What is wrong.
        reason: String,
    },
    /// Nobody vouches for it any more.
    Expired {
        /// Until when it was good.
        expires: i64,
    },
    /// The clock says a time before the last refresh: whether the list expired cannot be known.
    WrongClock {
        /// What the clock says.
        now: i64,
        /// When the list was last read.
        seen: i64,
    },
    /// Older than one that was seen before.
    RolledBack {
        /// Its number.
        found: u64,
        /// The number of the newest that was seen.
        seen: u64,
    },
    /// The list is not the one that was signed.
    Mixed {
        /// How it differs.
        reason: String,
    },
}

impl fmt::Display for TrustFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrustFault::Unsigned => f.write_str("it is not signed"),
            TrustFault::UnknownKey { key } => {
                write!(f, "it is signed by {key}, which is none of the repository's keys")
            }
            TrustFault::BadSignature { reason } => write!(f, "its signature is wrong ({reason})"),
            TrustFault::Unreadable { reason } => write!(f, "what was signed cannot be read ({reason})"),
            TrustFault::Expired { expires } => write!(f, "it expired on {}", date(*expires)),
            TrustFault::WrongClock { now, seen } => write!(
                f,
                "the clock is wrong: it says {}, and the list was last read on {}",
                date(*now),
                date(*seen)
            ),
            TrustFault::RolledBack { found, seen } => {
                write!(
                    f,
                    "it is older (number {found}) than one that was seen before (number {seen})"
                )
            }
            TrustFault::Mixed { reason } => write!(f, "it is not the list that was signed ({reason})"),
        }
    }
}

/// A time for people.
pub(crate) fn date(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| format!("{seconds} s"), |time| time.to_string())
}
