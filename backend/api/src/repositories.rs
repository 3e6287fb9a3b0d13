//! Repositories: what they are, what became of reading them, which versions they have, how they are made and checked.

use serde::{Deserialize, Serialize};
use zbus::Type;

use crate::Failure;

/// How far a repository's package list can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// No key was named for it: anybody between here and there could have changed the list.
    Unsigned,
    /// A key is named, and no list was read since.
    NotYet,
    /// The list in use was signed by one of its keys.
    Signed,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RepositoryRow {
    /// Name.
    pub name: String,
    /// Address, without a password: of the package list, or the base of a versioned repository.
    pub uri: String,
    /// Other addresses with the same content, without passwords, in the order in which they are tried.
    pub mirrors: Vec<String>,
    /// A larger number is preferred.
    pub priority: u64,
    /// For people; may be empty.
    pub description: String,
    /// It is in use; one that is switched off offers nothing.
    pub enabled: bool,
    /// The file that says so, below the root (`/etc/…`).
    pub file: String,
    /// Whether its list is signed.
    pub trust: Trust,
    /// The id of the key that signed the list in use; empty unless it is signed.
    pub signed_by: String,
    /// Until when that list is good: seconds since 1970; 0 unless it is signed.
    pub expires: i64,
    /// The last refresh that did not fail: seconds since 1970; 0 = there is no list, so that it offers nothing.
    pub refreshed: i64,
    /// Packages that it offers.
    pub packages: u64,
    /// Why the last refresh failed, for people; empty = it did not. The list before it is in use.
    pub failure: String,
    /// The same as a failure that can be explained in any language: empty or one.
    pub trouble: Vec<Failure>,
    /// When that was: seconds since 1970; 0 = the last refresh did not fail.
    pub failed: i64,
    /// What is followed of a versioned repository ("stream/unstable"); empty for one that is a single list.
    pub version: String,
    /// The published list of a versioned repository that is in use; empty = none.
    pub history: String,
    /// The format that the version has by now, if only a newer engine reads it; empty = this one does.
    pub newer_format: String,
    /// The public keys of which one must have signed its list, in base64 (`RW…`); none = it needs no signature.
    pub keys: Vec<String>,
    /// Channel of a versioned repository; empty for one that is a single list.
    pub channel: String,
    /// Architecture of a versioned repository; empty for one that is a single list.
    pub architecture: String,
}

/// A configuration file, or one entry of it, that does not count because it cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BrokenRow {
    /// The file, below the root (`/etc/…`).
    pub path: String,
    /// Line, from 1; 0 = not known.
    pub line: u64,
    /// Column, from 1; 0 = not known.
    pub column: u64,
    /// The one repository that it is about; empty = the whole file cannot be read.
    pub repository: String,
    /// What is wrong, for people.
    pub reason: String,
}

/// All repositories, the preferred first, those that are switched off last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Repositories {
    /// The repositories.
    pub repositories: Vec<RepositoryRow>,
    /// What cannot be used. Whoever shows the repositories shows these, too.
    pub broken: Vec<BrokenRow>,
}

/// A repository as a person describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RepositoryRequest {
    /// Name: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// Address of its package list; with a version, the base of a versioned repository.
    pub uri: String,
    /// A larger number is preferred.
    pub priority: u64,
    /// For people; may be empty.
    pub description: String,
    /// Minisign public keys, in base64 (`RW…`). With any, the list must be signed by one of them.
    pub keys: Vec<String>,
    /// Other addresses with the same content.
    pub mirrors: Vec<String>,
    /// What to follow: "stream/X", "tag/X" or "history/X"; empty = the address is that of a single list.
    pub version: String,
    /// Channel of a versioned repository; empty = the usual one.
    pub channel: String,
    /// Architecture of a versioned repository; empty = the usual one.
    pub architecture: String,
}

/// What became of a repository that was to be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RemovedRepository {
    /// Name.
    pub name: String,
    /// The vendor's file that still describes it, so that it is only switched off; empty = it is gone.
    pub masked: String,
}

/// What a refresh came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum RefreshResult {
    /// There is a new list.
    Updated,
    /// The list is the one that was there.
    Unchanged,
    /// The list is one of the past: the repository is found in another way now.
    Moved,
    /// Only a newer engine reads what it is now. The list before stays in use.
    NeedsNewerEngine,
    /// It could not be read. The list before stays in use.
    Failed,
}

/// One repository that was read anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RefreshedRow {
    /// Name.
    pub name: String,
    /// What came of it.
    pub result: RefreshResult,
    /// Packages in the list that was found good; 0 if none was.
    pub packages: u64,
    /// How to write it down after it moved; empty or one.
    pub moved_to: Vec<RepositoryRequest>,
    /// The format that needs a newer engine; empty otherwise.
    pub format: String,
    /// The list that holds the newer engine, without a password; empty = the repository names none.
    pub bridge: String,
    /// Why it failed; empty or one.
    pub failure: Vec<Failure>,
}

/// One version of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VersionRow {
    /// How to ask for it: "stream/X", "tag/X" or "history/X".
    pub version: String,
    /// The published list that it is now.
    pub history: String,
    /// The tag at that point; empty = none is known.
    pub tag: String,
    /// The format of that list.
    pub format: String,
    /// This engine reads that format.
    pub supported: bool,
    /// It is the one that is followed.
    pub followed: bool,
    /// Its list is the one in use.
    pub in_use: bool,
}

/// What can be followed in a versioned repository, and what is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VersionsReport {
    /// What is followed.
    pub following: String,
    /// The published list in use; empty = none.
    pub current: String,
    /// What moves on, sorted.
    pub streams: Vec<VersionRow>,
    /// Points that stay, sorted.
    pub tags: Vec<VersionRow>,
    /// Every published list, sorted.
    pub history: Vec<VersionRow>,
}

/// The signature of a list that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SignedBy {
    /// The id of the key.
    pub key: String,
    /// The public key that belongs to the repository's keys.
    pub public_key: String,
    /// The number of the list: larger than that of any before.
    pub sequence: u64,
    /// Until when it is good: seconds since 1970.
    pub expires: i64,
}

/// A package list that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct IndexReport {
    /// Packages in it.
    pub packages: u64,
    /// Bytes of their files.
    pub bytes: u64,
    /// Files that were left out for a newer release of the same package, or because they are another's copy.
    pub left_out: Vec<String>,
    /// Who signed it; empty = nobody, or one.
    pub signed: Vec<SignedBy>,
}

/// A package that a client could not install.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FaultRow {
    /// Its name.
    pub package: String,
    /// Its address.
    pub uri: String,
    /// What is wrong.
    pub reason: String,
}

/// What in a repository may be an oversight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CheckWarning {
    /// The package.
    pub package: String,
    /// Releases ("12-1") of which only the newest is ever installed; empty if it is there once.
    pub releases: Vec<String>,
    /// What it needs and no package of the list gives; empty if that is not it.
    pub needs: String,
}

/// What a check of a repository found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CheckReport {
    /// Packages in the list.
    pub packages: u64,
    /// Bytes of their files, by the list.
    pub bytes: u64,
    /// Whether a signature was asked for, and good.
    pub trust: Trust,
    /// The id of the key; empty unless it is signed.
    pub signed_by: String,
    /// Until when that is good: seconds since 1970; 0 unless it is signed.
    pub expires: i64,
    /// Packages that a client could not install.
    pub faults: Vec<FaultRow>,
    /// What deserves a look, and may be right.
    pub warnings: Vec<CheckWarning>,
}
