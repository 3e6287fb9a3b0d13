//! The lab's only unsafe code: the loop device's ioctls, a network namespace of a thread's own, a process's clock.
#![allow(unsafe_code)]

use std::{
    fs::File,
    io, mem,
    os::fd::{AsRawFd, RawFd},
    time::Duration,
};

use rustix::thread::UnshareFlags;

const LOOP_CONFIGURE: libc::c_ulong = 0x4C0A;
const LOOP_CTL_GET_FREE: libc::c_ulong = 0x4C82;
const LO_FLAGS_AUTOCLEAR: u32 = 4;
const LO_FLAGS_PARTSCAN: u32 = 8;

/// `struct loop_info64` of linux/loop.h.
#[repr(C)]
struct LoopInfo {
    device: u64,
    inode: u64,
    rdevice: u64,
    offset: u64,
    size_limit: u64,
    number: u32,
    encrypt_type: u32,
    encrypt_key_size: u32,
    flags: u32,
    file_name: [u8; 64],
    crypt_name: [u8; 64],
    encrypt_key: [u8; 32],
    init: [u64; 2],
}

/// `struct loop_config` of linux/loop.h.
#[repr(C)]
struct LoopConfig {
    fd: u32,
    block_size: u32,
    info: LoopInfo,
    reserved: [u64; 8],
}

/// What all threads of a process have run so far, also those that have ended.
pub(super) fn processor_time(pid: u32) -> io::Result<Duration> {
    let mut clock: libc::clockid_t = 0;
    // SAFETY: it writes one number, which lives until after the call.
    let failed = unsafe { libc::clock_getcpuclockid(pid.cast_signed(), &raw mut clock) };
    if failed != 0 {
        return Err(io::Error::from_raw_os_error(failed));
    }
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: it writes one `struct timespec`, which lives until after the call.
    if unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or(0);
    Ok(Duration::new(seconds, nanoseconds))
}

/// The number of a loop device that was free a moment ago.
pub(super) fn free_loop(control: &File) -> io::Result<u32> {
    // SAFETY: LOOP_CTL_GET_FREE takes no argument and returns a number.
    let number = unsafe { libc::ioctl(control.as_raw_fd(), LOOP_CTL_GET_FREE) };
    u32::try_from(number).map_err(|_| io::Error::last_os_error())
}

/// Puts `backing` behind the loop device. The device frees itself when its last descriptor is closed.
/// `block_size` in bytes; 0 means the kernel's own choice.
pub(super) fn configure_loop(device: &File, backing: RawFd, block_size: u32) -> io::Result<()> {
    // SAFETY: both structures are plain integers, for which all zeroes is a value.
    let mut config: LoopConfig = unsafe { mem::zeroed() };
    config.fd = u32::try_from(backing).map_err(|_| io::ErrorKind::InvalidInput)?;
    config.block_size = block_size;
    config.info.flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_PARTSCAN;
    // SAFETY: LOOP_CONFIGURE reads one `struct loop_config`, which lives until after the call.
    let done = unsafe { libc::ioctl(device.as_raw_fd(), LOOP_CONFIGURE, &raw const config) };
    if done == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Moves the calling thread into a new network namespace; what it starts from now on is in there too.
pub(super) fn own_network() -> io::Result<()> {
    // SAFETY: only CLONE_NEWNET is asked for: descriptors and memory stay shared with the other threads.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET) }?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_structures_are_as_large_as_the_kernel_says() {
        assert_eq!((mem::size_of::<LoopInfo>(), mem::size_of::<LoopConfig>()), (232, 304));
    }
}
