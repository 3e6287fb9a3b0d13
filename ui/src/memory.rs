//! What the allocator keeps for us. The store stays open while nobody looks at it: what a page of before took
//! should not stay with it.

#![allow(unsafe_code, reason = "the allocator's settings are two calls of C")]

use std::time::Duration;

/// A page is drawn and has its pictures by then.
const SOON: Duration = Duration::from_secs(2);

/// From now on all threads share their memory, and large pieces come straight from the kernel and go back to it. Called
/// before there are threads.
pub fn be_small() {
    #[cfg(target_env = "gnu")]
    for (what, value) in [
        (libc::M_ARENA_MAX, 1),
        (libc::M_MMAP_THRESHOLD, 2 << 20),
        (libc::M_TRIM_THRESHOLD, 4 << 20),
    ] {
        // SAFETY: mallopt(3) takes two numbers and touches nothing but the allocator's own settings. One that it does not
        // know changes nothing.
        let _ = unsafe { libc::mallopt(what, value) };
    }
}

/// Gives whole free pages back to the kernel.
fn give_back() {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: malloc_trim(3) may be called at any time and by any thread; it only lets go of pages that hold nothing.
        let _ = unsafe { libc::malloc_trim(0) };
    }
}

/// The same in a moment, when what the page of before held is let go of.
pub async fn give_back_soon() {
    tokio::time::sleep(SOON).await;
    drop(tokio::task::spawn_blocking(give_back).await);
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
