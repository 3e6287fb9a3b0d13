//! The one kernel call that rustix does not have. The crate's only unsafe code.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, AsRawFd};

/// Tells the kernel to begin writing what a file has in memory, and does not wait for it. Nothing may count on it: it is
/// `syncfs` that waits, and that says what went wrong.
pub(crate) fn begin_writing(file: impl AsFd) {
    // SAFETY: the descriptor is open as long as it is borrowed, and no memory is passed.
    let _ = unsafe { libc::sync_file_range(file.as_fd().as_raw_fd(), 0, 0, libc::SYNC_FILE_RANGE_WRITE) };
}
