//! One monotonic 0..1 out of phases that count in different units.

use serde::{Deserialize, Serialize};

/// What an install does now, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Comparing the disk with the approved plan.
    Check,
    /// Reading the package list and choosing packages.
    Resolve,
    /// Partition table and file systems.
    Partition,
    /// Downloading.
    Fetch,
    /// Unpacking into the content store.
    Store,
    /// Building the new `/usr`.
    Compose,
    /// Account, host name, keyboard, network profiles.
    Configure,
    /// The boot menu: kernels, entries, reading back.
    Boot,
    /// Writing everything out, reading back, unmounting.
    Finish,
}

/// Share of the whole that each phase took, measured with the sample system (150 packages, 200 MB) on two cores.
const SHARES: [(Phase, f64); 9] = [
    (Phase::Check, 0.01),
    (Phase::Resolve, 0.04),
    (Phase::Partition, 0.06),
    (Phase::Fetch, 0.24),
    (Phase::Store, 0.40),
    (Phase::Compose, 0.15),
    (Phase::Configure, 0.02),
    (Phase::Boot, 0.02),
    (Phase::Finish, 0.06),
];

/// Where an install stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What it does now.
    pub phase: Phase,
    /// Share of the whole, 0.0 to 1.0.
    pub whole: f64,
    /// Bytes done and to do in this phase; (0, 0) = not counted in bytes.
    pub bytes: (u64, u64),
    /// Items done and to do in this phase.
    pub items: (u64, u64),
    /// The item at hand; may be empty.
    pub current: String,
}

impl Progress {
    /// Places a phase's own count in the whole. Bytes speak before items.
    pub fn new(phase: Phase, bytes: (u64, u64), items: (u64, u64), current: impl Into<String>) -> Self {
        let (done, total) = if bytes.1 > 0 { bytes } else { items };
        let within = if total > 0 {
            (done as f64 / total as f64).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let mut before = 0.0;
        let mut whole = 1.0;
        for (other, share) in SHARES {
            if other == phase {
                whole = before + share * within;
                break;
            }
            before += share;
        }
        Self {
            phase,
            whole,
            bytes,
            items,
            current: current.into(),
        }
    }

    /// A phase that has just begun.
    pub fn begin(phase: Phase) -> Self {
        Self::new(phase, (0, 0), (0, 0), "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_make_one_whole() {
        let sum: f64 = SHARES.iter().map(|(_, share)| share).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn the_end_of_a_phase_is_the_beginning_of_the_next() {
        for pair in SHARES.windows(2) {
            let end = Progress::new(pair[0].0, (5, 5), (0, 0), "").whole;
            let begin = Progress::begin(pair[1].0).whole;
            assert!((end - begin).abs() < 1e-9);
        }
        assert!((Progress::new(Phase::Finish, (0, 0), (3, 3), "").whole - 1.0).abs() < 1e-9);
    }
}
