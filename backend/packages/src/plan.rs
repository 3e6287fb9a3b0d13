//! A change before it is made: what comes, what goes, what it costs.

use crate::selection::{Selected, Selection};

/// What a [`Request`](crate::Request) comes to. Nothing has been written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The state it was made from; None on a root without any. Applying it to another one is refused.
    pub from: Option<u64>,
    /// One line for the new state, for people.
    pub summary: String,
    /// Every package of the new state.
    pub selection: Selection,
    /// What differs from the active state, sorted by name.
    pub packages: Vec<PackageChange>,
    /// Packages of the new state that nobody chose and nobody needs, sorted.
    pub orphans: Vec<String>,
    /// Bytes that must be downloaded: only what is missing.
    pub download_bytes: u64,
}

/// What happens to one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageChange {
    /// Its name.
    pub name: String,
    /// In which way.
    pub kind: ChangeKind,
    /// What is there now.
    pub old: Option<Selected>,
    /// What will be there.
    pub new: Option<Selected>,
}

/// In which way a package changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It comes.
    Install,
    /// It goes.
    Remove,
    /// To a newer release.
    Upgrade,
    /// To an older release.
    Downgrade,
    /// Same release, other content or fetched again.
    Reinstall,
    /// Only whether it was chosen.
    Mark,
}

/// The difference between two trees, each list sorted by path. Paths are below `/usr`, as bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChanges {
    /// Files that come.
    pub added: Vec<FileChange>,
    /// Files whose content, kind, owner or mode changes.
    pub changed: Vec<FileChange>,
    /// Files that go.
    pub removed: Vec<FileChange>,
    /// What the new state takes on the disk beside what is there: content that is not stored yet, bytes.
    pub disk_bytes: u64,
}

/// One file of a difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileChange {
    /// Below `/usr`.
    pub path: Vec<u8>,
    /// The package that brings it (or brought it, when it goes). Empty for what a trigger made.
    pub package: String,
    /// What deserves a second look.
    pub marks: Vec<Mark>,
}

/// Why a file deserves a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
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
