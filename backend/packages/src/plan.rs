//! A change before it is made: what comes, what goes, what it costs.

mod json;

use crate::model::Model;
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
    /// What a sync leaves at another release than the repositories prefer, sorted by name.
    pub kept_back: Vec<KeptBack>,
    /// Bytes that must be downloaded: only what is missing.
    pub download_bytes: u64,
    /// [`FileChanges::disk_bytes`] of it, once somebody found them out: room is asked for before anything is downloaded.
    pub content_bytes: Option<u64>,
    /// The model that was followed: the new state's is made out of its text.
    pub model: Option<Model>,
}

/// A package that a sync leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBack {
    /// Its name.
    pub name: String,
    /// What the repositories prefer.
    pub preferred: Selected,
    /// The held packages because of which it stays, itself among them; empty if it stays for what other packages need
    /// or refuse.
    pub held: Vec<String>,
}

/// Why a wish cannot become a plan, apart from packages that do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only an installed package can be removed, marked, held or updated.
    #[error("{0} is not installed")]
    NotInstalled(String),
    /// A held package stays as it is.
    #[error("{package} is held{}", because(.needs))]
    Held {
        /// The held package.
        package: String,
        /// The packages that it needs and that would leave; empty if it was named itself.
        needs: Vec<String>,
    },
    /// Nothing has this release of the package.
    #[error("{name} has no release {source_release}{}{}", build(.build_release), releases(.known))]
    NoRelease {
        /// The package.
        name: String,
        /// The source release asked for.
        source_release: u64,
        /// The build release asked for.
        build_release: Option<u64>,
        /// The releases that there are (source, build), the preferred first.
        known: Vec<(u64, u64)>,
    },
    /// A model means another repository than the one that has this name here.
    #[error("the model's repository {repository} is {model}, and the one of this name here is {configured}")]
    OtherRepository {
        /// Its name.
        repository: String,
        /// The address (and version) that the model says, without a password.
        model: String,
        /// That of the one here.
        configured: String,
    },
    /// A model trusts other keys for a repository than this system does.
    #[error(
        "the model has keys for the repository {0}, and this system takes lists of it that others signed, or nobody"
    )]
    OtherKeys(String),
    /// No package with this checksum was imported, or it was cleaned away since.
    #[error("no package with the checksum {0} was imported")]
    NotImported(String),
    /// A system without any package cannot be.
    #[error("nothing would be left")]
    NothingLeft,
}

fn build(release: &Option<u64>) -> String {
    release.map_or_else(String::new, |release| format!("-{release}"))
}

fn because(needs: &[String]) -> String {
    if needs.is_empty() {
        String::new()
    } else {
        format!(", and it needs {}", needs.join(", "))
    }
}

fn releases(known: &[(u64, u64)]) -> String {
    const MOST: usize = 10;
    let texts: Vec<String> = known
        .iter()
        .take(MOST)
        .map(|(source, build)| format!("{source}-{build}"))
        .collect();
    if texts.is_empty() {
        "; nothing offers the package".to_owned()
    } else {
        format!("; there is {}", texts.join(", "))
    }
}

/// Why a package is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The package.
    pub package: Selected,
    /// Whether it is held.
    pub held: bool,
    /// Ways from packages that were chosen down to this one, the shortest first, at most 64: for each chosen package
    /// that needs it, over any number of steps, one of its shortest. Empty if only the person's choice (or nothing)
    /// keeps it.
    pub chains: Vec<Vec<Link>>,
    /// Every package that needs this one directly, sorted by name.
    pub dependents: Vec<Dependent>,
}

/// One step of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// A package.
    pub package: String,
    /// What it needs, and the next package of the chain gives.
    pub needs: moult_stone::Provider,
}

/// A package that needs another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependent {
    /// Its name.
    pub package: String,
    /// What it needs of the other one.
    pub needs: Vec<moult_stone::Provider>,
    /// Whether every one of these is also given by another installed package.
    pub replaceable: bool,
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
