//! What the allocator keeps for us. A reader lives as long as its window and is asked something now and then:
//! what an answer took should not stay with it until the next one.

#![allow(unsafe_code, reason = "the allocator's settings are two calls of C")]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How long nothing is asked before memory is given back: never between two keys of somebody who types.
const PAUSE: Duration = Duration::from_millis(1500);

/// Questions so far.
static ASKED: AtomicU64 = AtomicU64::new(0);
/// Whether this process gives memory back.
static IS_SMALL: AtomicBool = AtomicBool::new(false);

/// From now on all threads share their memory, and large pieces come straight from the kernel and go back to it. Called
/// before there are threads.
pub(crate) fn be_small() {
    IS_SMALL.store(true, Ordering::Relaxed);
    #[cfg(target_env = "gnu")]
    for (what, value) in [
        (libc::M_ARENA_MAX, 1),
        (libc::M_MMAP_THRESHOLD, 2 << 20),
        (libc::M_TRIM_THRESHOLD, 4 << 20),
    ] {
        // SAFETY: mallopt(3) takes two numbers and touches nothing but the allocator's own settings.
        let taken = unsafe { libc::mallopt(what, value) };
        if taken == 0 {
            tracing::debug!(what, "the allocator does not know this");
        }
    }
}

/// Something was answered: memory goes back if nothing else is asked for a moment.
pub(crate) fn answered() {
    if !IS_SMALL.load(Ordering::Relaxed) {
        return;
    }
    let asked = ASKED.fetch_add(1, Ordering::Relaxed) + 1;
    drop(tokio::spawn(async move {
        tokio::time::sleep(PAUSE).await;
        if ASKED.load(Ordering::Relaxed) == asked {
            drop(tokio::task::spawn_blocking(give_back));
        }
    }));
}

/// Gives whole free pages back to the kernel.
fn give_back() {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: malloc_trim(3) may be called at any time and by any thread; it only lets go of pages that hold nothing.
        let _ = unsafe { libc::malloc_trim(0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_goes_on_without_what_it_gave_back() {
        let kept = vec![7u8; 3 << 20];
        give_back();
        give_back();
        assert!(kept.iter().all(|byte| *byte == 7));
    }
}
