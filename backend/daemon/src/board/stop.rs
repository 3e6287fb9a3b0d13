//! Whether a running job shall stop, and for how long.

use std::sync::atomic::{AtomicU8, Ordering};

const NO: u8 = 0;
const PAUSE: u8 = 1;
const CANCEL: u8 = 2;

/// Asked by the job's thread, set by whoever asks the job to stop. Who once cancelled cannot pause any more.
#[derive(Debug, Default)]
pub(crate) struct Stop(AtomicU8);

impl Stop {
    /// The job shall stop for good.
    pub(crate) fn cancel(&self) {
        let _ = self.0.fetch_max(CANCEL, Ordering::Relaxed);
    }

    /// The job shall stop, and will be begun again.
    pub(crate) fn pause(&self) {
        let _ = self.0.fetch_max(PAUSE, Ordering::Relaxed);
    }

    /// Whether the job shall stop.
    pub(crate) fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed) != NO
    }

    /// Whether it will be begun again: what it has fetched is of use.
    pub(crate) fn is_pause(&self) -> bool {
        self.0.load(Ordering::Relaxed) == PAUSE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_becomes_a_cancellation_and_never_the_other_way_round() {
        let stop = Stop::default();
        assert!(!stop.is_wanted() && !stop.is_pause());
        stop.pause();
        assert!(stop.is_wanted() && stop.is_pause());
        stop.cancel();
        stop.pause();
        assert!(stop.is_wanted() && !stop.is_pause());
    }
}
