//! Typed proxies: the whole surface of the backend.

use zbus::Fd;
use zbus::proxy;

use crate::{
    BootSpan, BootStatus, ChangePlan, ChangeRequest, ChangedFile, CheckReport, ComposeFormat, Composed, Disk, Failure,
    FileRow, Filter, FoundRow, Front, ImageFile, IndexReport, InstallRequest, ItemDetails, ItemPage, Job, JoinRequest,
    ModelDifference, NetworkStatus, Offer, Outcome, PackageDetails, PackageRow, Proposal, RemovedRepository,
    Repositories, RepositoryRequest, RestartReport, StateDifference, StateReport, StateRow, StoneReport, UpdateRow,
    VersionsReport, WhyReport, WiredRequest,
};

/// Who answers. Served by every backend.
#[proxy(
    interface = "org.moult.Service1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Service {
    /// Version of the contract ([`crate::CONTRACT`]).
    fn contract(&self) -> Result<u32, Failure>;
    /// "admin", "store" or "reader".
    fn role(&self) -> Result<String, Failure>;
}

/// Reading package files. Served by every backend.
#[proxy(
    interface = "org.moult.Inspector1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Inspector {
    /// Reads the `.stone` behind an open, seekable file descriptor.
    fn inspect(&self, file: Fd<'_>) -> Result<StoneReport, Failure>;
}

/// Asking about packages, repositories and states of one root. Served by every backend. Nothing here changes
/// anything or waits for a change that is running.
///
/// The root is the machine's own unless the backend was started with another one.
#[proxy(
    interface = "org.moult.Packages1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Packages {
    /// Every installed package, by name.
    fn installed(&self) -> Result<Vec<PackageRow>, Failure>;
    /// The best packages for a search term, best first.
    fn search(&self, term: &str, limit: u32) -> Result<Vec<FoundRow>, Failure>;
    /// Everything about a package.
    fn info(&self, name: &str) -> Result<PackageDetails, Failure>;
    /// Files of a package by path: [`crate::PAGE`] at most, from a number on.
    fn files(&self, name: &str, from: u32) -> Result<Vec<FileRow>, Failure>;
    /// Why a package is installed.
    fn why(&self, name: &str) -> Result<WhyReport, Failure>;
    /// Held packages, by name.
    fn holds(&self) -> Result<Vec<String>, Failure>;
    /// Repositories, the preferred first, those that are switched off last; and every configuration file that is broken.
    fn repositories(&self) -> Result<Repositories, Failure>;
    /// The versions of a versioned repository. Asks the repository.
    fn versions(&self, repository: &str) -> Result<VersionsReport, Failure>;
    /// The installed package that brings this backend's program; empty = none does.
    fn engine_package(&self) -> Result<String, Failure>;
    /// Works out what installing a local package, behind an open regular file, would change. Takes nothing in and writes
    /// nothing. As long as the system is the same, the digest is that of the plan of [`ChangesProxy::import`]'s package,
    /// whichever backend makes it.
    fn plan_local(&self, stone: Fd<'_>) -> Result<ChangePlan, Failure>;
    /// A plan of this backend, by its digest.
    fn planned(&self, digest: &str) -> Result<ChangePlan, Failure>;
    /// Works out a change. Writes nothing.
    fn plan(&self, request: &ChangeRequest) -> Result<ChangePlan, Failure>;
    /// The same from what is at hand: nothing is fetched, so files and `disk_bytes` are not known, and it cannot be applied.
    fn plan_packages(&self, request: &ChangeRequest) -> Result<ChangePlan, Failure>;
    /// Files of a plan of this backend by path: [`crate::PAGE`] at most, from a number on.
    fn plan_files(&self, digest: &str, from: u32) -> Result<Vec<ChangedFile>, Failure>;
    /// The number of the active state; 0 = there is none. Cheap, as [`states`](PackagesProxy::states) is not.
    fn active(&self) -> Result<u64, Failure>;
    /// States, the oldest first, with what each would free.
    fn states(&self) -> Result<Vec<StateRow>, Failure>;
    /// A state with its packages.
    fn state(&self, id: u64) -> Result<StateReport, Failure>;
    /// What differs between two states.
    fn state_difference(&self, from: u64, to: u64) -> Result<StateDifference, Failure>;
    /// Files that differ between two states by path: [`crate::PAGE`] at most, from a number on.
    fn state_files(&self, first: u64, second: u64, from: u32) -> Result<Vec<ChangedFile>, Failure>;
    /// What a pruning that keeps this many states would remove, with the bytes each would free.
    fn prunable(&self, keep: u32) -> Result<Vec<StateRow>, Failure>;
    /// The text of a state's model; 0 = the active state's.
    fn model(&self, state: u64) -> Result<String, Failure>;
    /// The text of the administrator's model; empty = there is none.
    fn administered_model(&self) -> Result<String, Failure>;
    /// How a model, by its text, and the active state differ.
    fn model_difference(&self, model: &str) -> Result<ModelDifference, Failure>;
    /// Works out the change that makes the system what a model says. Writes nothing.
    fn plan_model(&self, model: &str) -> Result<ChangePlan, Failure>;
}

/// Browsing: apps and packages as one. Served by `--reader`, `--admin` and `--store`. Nothing here changes anything.
#[proxy(
    interface = "org.moult.Store1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Store {
    /// The languages of names and texts, the preferred first (`de_AT.UTF-8`, `fr`). Until it is called: English.
    fn speak(&self, languages: &[&str]) -> Result<(), Failure>;
    /// What is worth looking at first, for the day that is `day` days after 1970-01-01.
    fn front(&self, day: u32) -> Result<Front, Failure>;
    /// Items of a filter by name, from a number on, `limit` at most.
    fn items(&self, filter: &Filter, from: u64, limit: u32) -> Result<ItemPage, Failure>;
    /// The best items for a search term, best first: names before keywords before summaries before descriptions; case,
    /// accents and single typing errors make no difference.
    fn find(&self, term: &str, filter: &Filter, limit: u32) -> Result<ItemPage, Failure>;
    /// An item's page, by its id. An id of a component that is not known, or `package:NAME` of nothing, is
    /// [`crate::FailureCode::PackageUnknown`].
    fn item(&self, id: &str) -> Result<ItemDetails, Failure>;
    /// Packages, by name, as items: what a catalogue says of them, or the package itself. Unknown ones are left out.
    fn of_packages(&self, packages: &[&str]) -> Result<Vec<crate::Item>, Failure>;
    /// Bytes of the regular files of each of these packages on the disk, in their order; 0 for one that is not installed.
    fn installed_sizes(&self, packages: &[&str]) -> Result<Vec<u64>, Failure>;
    /// The packages of a plan of this backend for a list of updates: by group, then by name.
    fn updates(&self, digest: &str) -> Result<Vec<UpdateRow>, Failure>;
    /// What still runs from a system of before. As complete as the backend's rights allow.
    fn restart(&self) -> Result<RestartReport, Failure>;
}

/// How the machine starts. Served by every backend; only `--admin` and `--store` change it or see all of it, elsewhere the
/// changes are [`crate::FailureCode::NotAuthorized`]. On another root than the machine's own there is nothing to see.
#[proxy(
    interface = "org.moult.Boot1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Boot {
    /// Firmware, boot loader, menu, and how this start went.
    fn status(&self) -> Result<BootStatus, Failure>;
    /// Starts to write the menu anew out of the states, and to read it back: a job whose
    /// [`outcome`](ChangesProxy::outcome) has warnings. [`crate::FailureCode::NotBootable`] if nothing could be started.
    fn sync(&self) -> Result<String, Failure>;
    /// Has a state started next time, or from now on. Nothing that runs changes.
    fn set_next(&self, state: u64, span: BootSpan) -> Result<(), Failure>;
    /// Has a state started next time alone, if `from` is what is chosen for that by now; 0 = nothing is chosen, in either
    /// place. Otherwise it is [`crate::FailureCode::Overtaken`], and nothing changes.
    fn set_once(&self, state: u64, from: u64) -> Result<(), Failure>;
}

/// Changing packages, repositories and states of one root. Served by `--admin` and `--store`. What takes longer than a moment is
/// a job ([`JobsProxy`]); the methods that start one return its id, and [`outcome`](ChangesProxy::outcome) what came of it.
#[proxy(
    interface = "org.moult.Changes1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Changes {
    /// Takes a local package in, so that a plan can name it. The descriptor is a regular file.
    fn import(&self, stone: Fd<'_>) -> Result<String, Failure>;
    /// Starts the plan with this digest, which this backend made. Refused when the system changed since.
    fn apply(&self, digest: &str) -> Result<String, Failure>;
    /// Starts to read a repository's list anew; empty = every repository's.
    fn refresh(&self, repository: &str) -> Result<String, Failure>;
    /// Starts to make a state the active one; with `from`, only if that one is active until then: otherwise the job fails with
    /// [`crate::FailureCode::Overtaken`], and nothing changes. 0 = whichever is active.
    fn activate(&self, state: u64, from: u64) -> Result<String, Failure>;
    /// Starts to compare the active state with what it should be, and to repair it if asked.
    fn verify(&self, repair: bool) -> Result<String, Failure>;
    /// Starts to remove old states: all but the newest `keep`, the pinned and the active ones.
    fn prune(&self, keep: u32) -> Result<String, Failure>;
    /// Starts to remove exactly these states. Refused, before anything is removed, if one is not known
    /// ([`crate::FailureCode::StateUnknown`]), active ([`StateActive`](crate::FailureCode::StateActive)) or pinned
    /// ([`StatePinned`](crate::FailureCode::StatePinned)).
    fn remove_states(&self, states: &[u64]) -> Result<String, Failure>;
    /// What an ended job of this backend brought.
    fn outcome(&self, job: &str) -> Result<Outcome, Failure>;
    /// Adds a repository, or changes the one of this name. Its packages are known after a refresh.
    fn add_repository(&self, repository: &RepositoryRequest) -> Result<(), Failure>;
    /// Takes a repository and its packages away.
    fn remove_repository(&self, name: &str) -> Result<RemovedRepository, Failure>;
    /// The same, and how it is written down is kept for a day, for root alone. What is returned names that for
    /// [`bring_repository_back`](ChangesProxy::bring_repository_back), and says nothing of what it is.
    fn put_repository_aside(&self, name: &str) -> Result<String, Failure>;
    /// Starts to bring back a repository that was put aside, written down exactly as it was, and to read its list if it is
    /// in use. If that list cannot be read, [`RefreshedRow`](crate::RefreshedRow) says why, and it is back all the same.
    /// The job fails with [`crate::FailureCode::RepositoryUnknown`] if nothing of it is kept, and with
    /// [`crate::FailureCode::Overtaken`] if somebody wrote something else down since; then nothing changes.
    fn bring_repository_back(&self, name: &str, kept: &str) -> Result<String, Failure>;
    /// Switches a repository on or off. One that is switched on needs a refresh.
    fn enable_repository(&self, name: &str, enabled: bool) -> Result<(), Failure>;
    /// Starts to follow another version of a versioned repository ("stream/X", "tag/X", "history/X"), and to read its
    /// list. If that list cannot be read, [`RefreshedRow`](crate::RefreshedRow) says why, and the version is followed all
    /// the same. With `from`, only if that one is followed until then: otherwise the job fails with
    /// [`crate::FailureCode::Overtaken`], and nothing changes. Empty = whichever is followed.
    fn follow(&self, repository: &str, version: &str, from: &str) -> Result<String, Failure>;
    /// Starts to plan the way to a newer engine, for a repository whose refresh asked for one: `package` holds the
    /// engine. The outcome has the plan.
    fn bridge(&self, repository: &str, package: &str) -> Result<String, Failure>;
    /// Holds packages at their release, or lets go of them.
    fn hold(&self, packages: &[&str], held: bool) -> Result<(), Failure>;
    /// Names a state; empty takes the name away.
    fn name_state(&self, id: u64, name: &str) -> Result<(), Failure>;
    /// Keeps a state from pruning, or no longer.
    fn pin_state(&self, id: u64, pinned: bool) -> Result<(), Failure>;
}

/// System models, and systems made of them. Served by `--admin` and `--store`. What a job of these brought is asked of
/// [`ChangesProxy::outcome`].
#[proxy(
    interface = "org.moult.Models1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Models {
    /// Starts to make a text the administrator's model. Repositories that it names and that are not there are added and
    /// read; they are gone again if the model cannot be met.
    fn import(&self, model: &str) -> Result<String, Failure>;
    /// Starts to add the repositories that a model names and that are not there, so that it can be planned.
    fn adopt(&self, model: &str) -> Result<String, Failure>;
    /// Takes away what a job of [`adopt`](ModelsProxy::adopt) added: the model is not followed.
    fn abandon(&self, job: &str) -> Result<(), Failure>;
    /// Starts to make the system that a model says, and to write it into an open file or directory. Its dates are seconds
    /// since 1970. No system is asked or changed.
    fn compose(&self, model: &str, format: ComposeFormat, date: u64, to: Fd<'_>) -> Result<String, Failure>;
    /// What an ended job of [`compose`](ModelsProxy::compose) brought.
    fn composed(&self, job: &str) -> Result<Composed, Failure>;
    /// The files of the image that an ended job of [`compose`](ModelsProxy::compose) brought, its layer first.
    fn image(&self, job: &str) -> Result<Vec<ImageFile>, Failure>;
}

/// Making and checking repositories, with the caller's own rights. Served by `--reader` only: no folder is written and no
/// key is read that the caller could not.
#[proxy(
    interface = "org.moult.Publisher1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Publisher {
    /// Lists every package in an open directory. `key` is empty or one: it yields a minisign secret key until its end;
    /// `password` as well, the key's password. `valid_days` is how long a signature is good; 0 = as long as is usual.
    fn index(
        &self,
        folder: Fd<'_>,
        key: &[Fd<'_>],
        password: &[Fd<'_>],
        valid_days: u32,
    ) -> Result<IndexReport, Failure>;
    /// Checks the repository whose list is at an address as a client would that was given these keys.
    fn verify(&self, uri: &str, keys: &[&str]) -> Result<CheckReport, Failure>;
}

/// Installing. Served by `--admin` only.
#[proxy(
    interface = "org.moult.Installer1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Installer {
    /// What can be installed.
    fn offer(&self) -> Result<Offer, Failure>;
    /// Reads all of the medium that this system runs from, and compares it with its checksum: whether it is what it was made
    /// as. Takes as long as reading it. Refused if there is none ([`Offer::medium`]).
    fn check_medium(&self) -> Result<bool, Failure>;
    /// Looks at every disk.
    fn disks(&self) -> Result<Vec<Disk>, Failure>;
    /// Plans an install. Writes nothing.
    fn propose(&self, request: &InstallRequest) -> Result<Proposal, Failure>;
    /// Starts the approved plan and returns the job's id. The descriptor yields the account's password until its end
    /// ([`crate::SECRET_LIMIT`] bytes at most).
    fn commit(&self, digest: &str, password: Fd<'_>) -> Result<String, Failure>;
}

/// Running changes. Served by `--admin` and `--store`.
#[proxy(
    interface = "org.moult.Jobs1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Jobs {
    /// Jobs that run, and ended ones that nobody dismissed, oldest first; also those that another backend runs.
    fn list(&self) -> Result<Vec<Job>, Failure>;
    /// Asks a job to stop. Its [`Job::cancel`] says what that means.
    fn cancel(&self, id: &str) -> Result<(), Failure>;
    /// Asks a job to stop for now: as cancelling, but what it has downloaded is kept for the same change when it is begun
    /// again.
    fn pause(&self, id: &str) -> Result<(), Failure>;
    /// Forgets an ended job.
    fn dismiss(&self, id: &str) -> Result<(), Failure>;
    /// Log lines of a job, from the given line on.
    fn log(&self, id: &str, from: u32) -> Result<Vec<String>, Failure>;
    /// A job moved (at most about ten times a second).
    #[zbus(signal)]
    fn job_changed(&self, job: Job) -> zbus::Result<()>;
}

/// The network. Served by `--admin` only.
#[proxy(
    interface = "org.moult.Network1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Network {
    /// The network at a glance.
    fn status(&self) -> Result<NetworkStatus, Failure>;
    /// Asks the wireless device to look around; the result comes as the signal `NetworkChanged`.
    fn scan(&self) -> Result<(), Failure>;
    /// Joins a wireless network; returns when it is connected, or with the reason why it is not.
    fn join(&self, request: &JoinRequest, key: Fd<'_>) -> Result<(), Failure>;
    /// Changes a wired link; returns when it has its address, or with the reason why it has none.
    fn set_wired(&self, request: &WiredRequest) -> Result<(), Failure>;
    /// Something changed.
    #[zbus(signal)]
    fn network_changed(&self, status: NetworkStatus) -> zbus::Result<()>;
}
