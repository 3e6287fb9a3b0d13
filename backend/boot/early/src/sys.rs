//! The few kernel calls that rustix does not have. The crate's only unsafe code.
//!
//! Numbers and layouts are those of linux/loop.h and linux/btrfs.h.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::io;
use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, Setter, ioctl};

const LOOP_CTL_GET_FREE: Opcode = 0x4c82;
const LOOP_CONFIGURE: Opcode = 0x4c0a;
const LO_FLAGS_READ_ONLY: u32 = 1;
const LO_FLAGS_AUTOCLEAR: u32 = 4;
const BTRFS_IOC_SCAN_DEV: Opcode = 0x5000_9404;

/// `struct loop_config` with its `loop_info64`.
#[repr(C)]
struct LoopConfig {
    file: u32,
    block_size: u32,
    /// Device, inode, rdevice, offset, size limit.
    places: [u64; 5],
    /// Number, two of encryption, flags.
    numbers: [u32; 4],
    names: [u8; 64 + 64 + 32],
    init: [u64; 2],
    reserved: [u64; 8],
}

const _: () = assert!(size_of::<LoopConfig>() == 304);

/// `struct btrfs_ioctl_vol_args`.
#[repr(C)]
struct BtrfsVolume {
    fd: i64,
    name: [u8; 4088],
}

const _: () = assert!(size_of::<BtrfsVolume>() == 4096);

struct FreeLoop;

// SAFETY: the call takes no argument, and its answer is the returned number alone.
unsafe impl Ioctl for FreeLoop {
    type Output = i32;
    const IS_MUTATING: bool = false;

    fn opcode(&self) -> Opcode {
        LOOP_CTL_GET_FREE
    }

    fn as_ptr(&mut self) -> *mut c_void {
        std::ptr::null_mut()
    }

    unsafe fn output_from_ptr(number: IoctlOutput, _: *mut c_void) -> io::Result<i32> {
        Ok(number)
    }
}

/// The number of a loop device that nobody uses.
pub(crate) fn free_loop(control: &File) -> io::Result<i32> {
    // SAFETY: see the implementation above.
    unsafe { ioctl(control, FreeLoop) }
}

/// Puts a file behind a loop device, read-only. The device is given back when its last user is gone.
pub(crate) fn attach(device: &File, file: &File) -> io::Result<()> {
    let config = LoopConfig {
        // A descriptor is never negative.
        file: file.as_raw_fd().unsigned_abs(),
        block_size: 0,
        places: [0; 5],
        numbers: [0, 0, 0, LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR],
        names: [0; 160],
        init: [0; 2],
        reserved: [0; 8],
    };
    // SAFETY: LOOP_CONFIGURE reads a `struct loop_config`, whose layout this has, and keeps no pointer.
    unsafe { ioctl(device.as_fd(), Setter::<LOOP_CONFIGURE, LoopConfig>::new(config)) }
}

/// Tells btrfs about one device of a file system that may have several.
pub(crate) fn register_btrfs(control: &File, device: &Path) -> io::Result<()> {
    let mut volume = BtrfsVolume { fd: 0, name: [0; 4088] };
    let path = device.as_os_str().as_bytes();
    let Some(name) = volume.name.get_mut(..path.len()).filter(|_| path.len() < 4087) else {
        return Err(io::Errno::NAMETOOLONG);
    };
    name.copy_from_slice(path);
    // SAFETY: BTRFS_IOC_SCAN_DEV reads a `struct btrfs_ioctl_vol_args`, whose layout this has, and keeps no pointer.
    unsafe { ioctl(control, Setter::<BTRFS_IOC_SCAN_DEV, BtrfsVolume>::new(volume)) }
}
