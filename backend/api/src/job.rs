//! A job is one running change. It outlives the window that started it.

use serde::{Deserialize, Serialize};
use zbus::Type;

use crate::Failure;

/// What kind of change a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// A system is put on a disk.
    Install,
    /// Packages, states or repositories of a system change.
    Packages,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// It is at work.
    Running,
    /// It ended as it should.
    Done,
    /// It ended with [`Job::failure`].
    Failed,
    /// The person cancelled it; [`Job::failure`] says in which state that left things.
    Cancelled,
    /// Its backend stopped half-way; [`Job::failure`] says in which state that left things.
    Interrupted,
}

/// What a job does now, in the order in which a change passes through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Looking at the disk again and comparing it with the approved plan.
    Check,
    /// Reading package lists anew.
    Refresh,
    /// Reading the package list and choosing packages.
    Resolve,
    /// Writing the partition table and file systems.
    Partition,
    /// Downloading packages.
    Fetch,
    /// Unpacking packages into the content store.
    Store,
    /// Building the new `/usr`.
    Compose,
    /// Running what the packages ask for.
    Triggers,
    /// Account, host name, keyboard, network profiles.
    Configure,
    /// Writing the boot menu, reading it back.
    Boot,
    /// Writing everything out, reading back, unmounting.
    Finish,
    /// Putting the new state in the place of the old one.
    Activate,
    /// Comparing a state's files with what they should be.
    Verify,
    /// Removing old states.
    Prune,
    /// Writing a system to another place.
    Export,
}

/// What cancelling means right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Cancel {
    /// It stops at once and nothing has changed.
    Free,
    /// It stops at once; the approved disk is already erased and stays unfinished.
    LeavesDiskUnfinished,
    /// It cannot be cancelled any more.
    No,
}

/// One running (or ended) change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Job {
    /// Unique for this machine since it was started.
    pub id: String,
    /// What kind of change it is.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// What it does now, or did last.
    pub phase: Phase,
    /// 0.0 to 1.0; never smaller than it was.
    pub progress: f64,
    /// Bytes done in this phase.
    pub bytes_done: u64,
    /// Bytes to do in this phase; 0 = not counted in bytes.
    pub bytes_total: u64,
    /// Items (packages, steps) done in this phase.
    pub items_done: u64,
    /// Items to do in this phase.
    pub items_total: u64,
    /// The item at hand (a package's name, a step), for display; may be empty.
    pub current: String,
    /// Seconds until the end as far as can be told; -1 = not known yet.
    pub seconds_left: i64,
    /// What cancelling means right now.
    pub cancel: Cancel,
    /// The name of the disk or system that is changed ("Samsung SSD 980"), for display.
    pub subject: String,
    /// Why it ended, when it did not end as it should. Of a running job: what it waits for and will try again by itself.
    pub failure: Failure,
}
