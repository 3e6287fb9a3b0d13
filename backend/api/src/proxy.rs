//! Typed proxies: the whole surface of the backend.

use zbus::Fd;
use zbus::proxy;

use crate::{
    Disk, Failure, InstallRequest, Job, JoinRequest, NetworkStatus, Offer, Proposal, StoneReport, WiredRequest,
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
    /// "admin" or "reader".
    fn role(&self) -> Result<String, Failure>;
}

/// Reading packages. Served by `--reader` and `--admin`.
#[proxy(
    interface = "org.moult.Inspector1",
    default_service = "org.moult.Backend1",
    default_path = "/org/moult/Backend1"
)]
pub trait Inspector {
    /// Reads the `.stone` behind an open, seekable file descriptor.
    fn inspect(&self, file: Fd<'_>) -> Result<StoneReport, Failure>;
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
    /// Looks at every disk.
    fn disks(&self) -> Result<Vec<Disk>, Failure>;
    /// Plans an install. Writes nothing.
    fn propose(&self, request: &InstallRequest) -> Result<Proposal, Failure>;
    /// Starts the approved plan and returns the job's id. The descriptor yields the account's password until its end
    /// ([`crate::SECRET_LIMIT`] bytes at most).
    fn commit(&self, digest: &str, password: Fd<'_>) -> Result<String, Failure>;
}

/// Running changes. Served by `--admin` only.
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
