//! How long work tells where it is, and hears that it should stop.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::error::Error;

/// Called from the threads that work; must return soon.
pub trait Watch: Sync {
    /// Where the work is. At most about 20 calls a second, plus one at each end of a phase. Within a phase no number
    /// ever goes down.
    fn progress(&self, progress: Progress);

    /// Whether the work should stop. Asked for each chunk of data; nothing is asked any more once the swap begins.
    fn cancelled(&self) -> bool;

    /// Whether what was downloaded is to stay when the work is cancelled: it is only paused. Otherwise its room is given back.
    fn keeps_downloads(&self) -> bool {
        false
    }

    /// The work waits for something that may pass, such as a server that does not answer, and will try again by itself.
    /// Progress that comes later says that it goes on.
    fn waits(&self, error: &Error) {
        let _ = error;
    }

    /// One line for the log that a person can open. Never holds a secret.
    fn log(&self, line: &str) {
        let _ = line;
    }
}

/// A watch that looks away.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _: Progress) {}

    fn cancelled(&self) -> bool {
        false
    }
}

/// The steps of a change, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Reading a repository's package list.
    Refresh,
    /// Choosing packages.
    Resolve,
    /// Bringing packages here and comparing them with the list.
    Fetch,
    /// Unpacking into the content store.
    Store,
    /// Building the new `/usr`.
    Compose,
    /// Running transaction triggers.
    Triggers,
    /// Making it durable and swapping it in.
    Activate,
    /// Comparing the store and the states with what was written down.
    Verify,
    /// Letting go of old states.
    Prune,
    /// Writing a system elsewhere.
    Export,
}

/// Where a phase is. A total of 0 means: not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Which step.
    pub phase: Phase,
    /// Bytes done in this phase.
    pub bytes_done: u64,
    /// Bytes to do in this phase.
    pub bytes_total: u64,
    /// Packages (fetch, store) or files (compose) done.
    pub items_done: u64,
    /// Packages or files to do.
    pub items_total: u64,
    /// What is being worked on: a package's name, mostly. May be empty.
    pub current: String,
}

const INTERVAL: Duration = Duration::from_millis(50);

/// One phase's counters, shared by its threads.
pub(crate) struct Meter<'a> {
    watch: &'a dyn Watch,
    phase: Phase,
    bytes_total: u64,
    items_total: u64,
    bytes: AtomicU64,
    items: AtomicU64,
    told: Mutex<Instant>,
}

impl<'a> Meter<'a> {
    /// Begins a phase, and says so.
    pub(crate) fn begin(watch: &'a dyn Watch, phase: Phase, bytes_total: u64, items_total: u64) -> Meter<'a> {
        let zero = AtomicU64::new(0);
        let meter = Meter {
            watch,
            phase,
            bytes_total,
            items_total,
            bytes: zero,
            items: AtomicU64::new(0),
            told: Mutex::new(Instant::now()),
        };
        meter.tell("", true);
        meter
    }

    /// Fails if the person cancelled.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.watch.cancelled() {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }

    /// Whether the person cancelled, and will go on later.
    pub(crate) fn is_paused(&self) -> bool {
        self.watch.cancelled() && self.watch.keeps_downloads()
    }

    /// Says what is waited for.
    pub(crate) fn waits(&self, error: &Error) {
        self.watch.waits(error);
    }

    pub(crate) fn bytes(&self, more: u64, current: &str) {
        self.bytes.fetch_add(more, Ordering::Relaxed);
        self.tell(current, false);
    }

    pub(crate) fn items(&self, more: u64, current: &str) {
        self.items.fetch_add(more, Ordering::Relaxed);
        self.tell(current, false);
    }

    /// Ends the phase.
    pub(crate) fn end(&self) {
        self.tell("", true);
    }

    /// The lock is held during the call: two threads never tell out of order.
    fn tell(&self, current: &str, always: bool) {
        let told = if always {
            self.told.lock().ok()
        } else {
            self.told.try_lock().ok()
        };
        let Some(mut told) = told else { return };
        if !always && told.elapsed() < INTERVAL {
            return;
        }
        *told = Instant::now();
        self.watch.progress(Progress {
            phase: self.phase,
            bytes_done: self.bytes.load(Ordering::Relaxed),
            bytes_total: self.bytes_total,
            items_done: self.items.load(Ordering::Relaxed),
            items_total: self.items_total,
            current: current.to_owned(),
        });
    }
}
