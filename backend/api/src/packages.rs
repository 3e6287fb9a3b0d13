//! Packages, repositories, plans and states: what is shown, what is approved, what came of it.
//!
//! `moultctl --json` prints these types as they are: a field's name is part of the promise to scripts.

use serde::{Deserialize, Serialize};
use zbus::Type;

use crate::RefreshedRow;

/// One package of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PackageRow {
    /// Name.
    pub name: String,
    /// Version, for people.
    pub version: String,
    /// Source release.
    pub source_release: u64,
    /// Build release.
    pub build_release: u64,
    /// Architecture.
    pub architecture: String,
    /// One line for people.
    pub summary: String,
    /// Repository that it comes from; empty = from a local file.
    pub repository: String,
    /// Bytes to download.
    pub size: u64,
    /// A package of this name is in the active state.
    pub installed: bool,
    /// It was chosen, not only needed by another. False when it is not installed.
    pub explicit: bool,
    /// It is held at its release.
    pub held: bool,
}

/// One package that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FoundRow {
    /// Name.
    pub name: String,
    /// Version of the preferred offer (or of what is installed, if nobody offers it), for people.
    pub version: String,
    /// Its source release.
    pub source_release: u64,
    /// Its build release.
    pub build_release: u64,
    /// One line for people.
    pub summary: String,
    /// The repository that offers it; empty = none does any more.
    pub repository: String,
    /// A package of this name is in the active state.
    pub installed: bool,
    /// The offer is newer than what is installed.
    pub newer: bool,
}

/// Everything about one package: of the installed one if it is, else of the preferred offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PackageDetails {
    /// What a list shows.
    pub package: PackageRow,
    /// Longer text for people; may be empty.
    pub description: String,
    /// Web page; may be empty.
    pub homepage: String,
    /// SPDX identifiers.
    pub licenses: Vec<String>,
    /// The recipe it was built from.
    pub source: String,
    /// What it needs.
    pub needs: Vec<String>,
    /// What it gives beside its name.
    pub provides: Vec<String>,
    /// What it refuses.
    pub conflicts: Vec<String>,
    /// SHA-256 of its file.
    pub hash: String,
    /// What the repositories offer under this name, the preferred first.
    pub offers: Vec<Offered>,
}

/// One release that a repository offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Offered {
    /// Repository.
    pub repository: String,
    /// Version, for people.
    pub version: String,
    /// Source release.
    pub source_release: u64,
    /// Build release.
    pub build_release: u64,
    /// Bytes to download.
    pub size: u64,
}

/// One thing that a package puts below `/usr`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FileRow {
    /// "regular", "symlink" or "directory".
    pub kind: String,
    /// Path below `/usr`; bytes that are no UTF-8 are shown as `\xNN`.
    pub path: String,
    /// Permissions, set-id and sticky bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes of a regular file; 0 otherwise.
    pub size: u64,
    /// A link's text; empty otherwise.
    pub target: String,
}

/// Why a package is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WhyReport {
    /// Its name.
    pub package: String,
    /// It was chosen.
    pub explicit: bool,
    /// It is held at its release.
    pub held: bool,
    /// Ways from packages that were chosen down to this one, the shortest first.
    pub chains: Vec<Vec<WhyLink>>,
    /// Every installed package that needs it directly, by name.
    pub needed_by: Vec<Dependent>,
}

/// One step on the way from a chosen package to the one asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WhyLink {
    /// A package.
    pub package: String,
    /// What it needs, and the next package gives.
    pub needs: String,
}

/// A package that needs another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Dependent {
    /// Its name.
    pub package: String,
    /// What it needs of the other one.
    pub needs: Vec<String>,
    /// Another installed package gives all of that too.
    pub replaceable: bool,
}

/// What a person wants of the packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Bring packages in.
    Install,
    /// Bring packages in again.
    Reinstall,
    /// Take packages away.
    Remove,
    /// Bring everything to what the repositories prefer now.
    Sync,
    /// Remember that they were chosen.
    MarkExplicit,
    /// Remember that they are only there because others need them.
    MarkAutomatic,
}

/// One wish about packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeRequest {
    /// What shall happen.
    pub action: Action,
    /// Names. To install: also what a package gives ("binary(bash)"), or one release of it ("bash=12", "bash=12-1").
    pub packages: Vec<String>,
    /// Local packages, by what [`crate::ChangesProxy::import`] returned.
    pub imported: Vec<String>,
    /// Packages that nobody chose and nobody needs go too.
    pub remove_orphans: bool,
}

/// What happens to a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum PackageChange {
    /// It comes.
    Install,
    /// It goes.
    Remove,
    /// To a newer release.
    Upgrade,
    /// To an older release.
    Downgrade,
    /// The same release again.
    Reinstall,
    /// Only whether it was chosen.
    Mark,
}

/// One package of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlannedPackage {
    /// Name.
    pub name: String,
    /// What happens to it.
    pub change: PackageChange,
    /// What is there now; empty or one.
    pub old: Vec<Offered>,
    /// What will be there; empty or one.
    pub new: Vec<Offered>,
    /// It will be there because it was chosen.
    pub explicit: bool,
}

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum FileChange {
    /// It comes.
    Added,
    /// Its content, kind, owner or mode changes.
    Changed,
    /// It goes.
    Removed,
}

/// Why a file deserves a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// It runs with the rights of its owner or group.
    SetId,
    /// A kernel, or a part of one.
    Kernel,
    /// What the firmware or the boot loader reads, or the initrd.
    Boot,
    /// A unit or another thing that starts by itself.
    Service,
}

/// One file of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangedFile {
    /// What happens to it.
    pub change: FileChange,
    /// Path below `/usr`; bytes that are no UTF-8 are shown as `\xNN`.
    pub path: String,
    /// The package that brings it, or brought it.
    pub package: String,
    /// What deserves a second look.
    pub marks: Vec<Mark>,
}

/// A package that a sync leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeptBack {
    /// Name.
    pub name: String,
    /// What the repositories prefer.
    pub preferred: Offered,
    /// The held packages because of which it stays; empty = because of what others need or refuse.
    pub held: Vec<String>,
}

/// A change before it is made, for the person to approve. Nothing has been written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangePlan {
    /// Seals it (BLAKE3, 64 hex digits). Apply takes only this.
    pub digest: String,
    /// The state it starts from; 0 = none.
    pub from: u64,
    /// One line.
    pub summary: String,
    /// What changes, sorted by name. Empty = nothing to do.
    pub packages: Vec<PlannedPackage>,
    /// Packages of the new state that nobody chose and nobody needs.
    pub orphans: Vec<String>,
    /// What a sync leaves at another release than the repositories prefer.
    pub kept_back: Vec<KeptBack>,
    /// Repositories, sorted, that packages come from and whose lists nobody signed: no key is named for them.
    pub unsigned: Vec<String>,
    /// Repositories, sorted, that only a newer engine reads by now: nothing newer comes from them.
    pub outgrown: Vec<String>,
    /// Bytes to download: only what is missing.
    pub download_bytes: u64,
    /// Bytes that the disk will hold beside what it holds now, as far as is known before downloading.
    pub disk_bytes: u64,
    /// Files that come.
    pub files_added: u64,
    /// Files that change.
    pub files_changed: u64,
    /// Files that go.
    pub files_removed: u64,
}

/// One state of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StateRow {
    /// Number; never used again.
    pub id: u64,
    /// Seconds since 1970.
    pub created: i64,
    /// Why it was made.
    pub summary: String,
    /// "active", "archived" or "pending".
    pub status: String,
    /// What a person calls it; may be empty.
    pub name: String,
    /// Pruning leaves it alone.
    pub pinned: bool,
    /// Packages in it.
    pub packages: u64,
    /// Bytes that the disk gains when it goes, and only it.
    pub frees_bytes: u64,
}

/// A state with its packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StateReport {
    /// What a list shows.
    pub state: StateRow,
    /// Its packages, sorted by name.
    pub packages: Vec<PackageRow>,
}

/// What differs between two states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StateDifference {
    /// The state it starts from.
    pub from: u64,
    /// The state it leads to.
    pub to: u64,
    /// Packages, sorted by name.
    pub packages: Vec<PlannedPackage>,
    /// Files that come; [`crate::PackagesProxy::state_files`] has them all.
    pub files_added: u64,
    /// Files that change.
    pub files_changed: u64,
    /// Files that go.
    pub files_removed: u64,
}

/// Something in a state that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Damage {
    /// The file.
    pub path: String,
    /// What is wrong with it.
    pub problem: String,
    /// It is as it should be again.
    pub repaired: bool,
}

/// What a finished job brought. Fields that the job has nothing to say about are 0 or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Outcome {
    /// The state that is active now.
    pub state: u64,
    /// Packages unpacked, or packages in the refreshed lists.
    pub packages: u64,
    /// States that went.
    pub removed_states: Vec<u64>,
    /// Bytes that the disk gained.
    pub freed_bytes: u64,
    /// Files looked at.
    pub checked_files: u64,
    /// What was not as it should be.
    pub damage: Vec<Damage>,
    /// Repositories that were added for a model.
    pub repositories: Vec<String>,
    /// What became of each repository that was read anew.
    pub refreshed: Vec<RefreshedRow>,
    /// A plan to approve: [`crate::PackagesProxy::planned`] shows it. Empty = none.
    pub plan: String,
    /// What deserves to be known: a trigger that failed, a boot loader that is not there.
    pub warnings: Vec<String>,
}
