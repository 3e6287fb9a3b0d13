//! The few kernel calls that rustix does not have. The crate's only unsafe code.
//!
//! Numbers and layouts are those of linux/blkpg.h, linux/fs.h, linux/loop.h and linux/btrfs.h.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd};

const BLKPG: u64 = 0x1269;
const BLKFLSBUF: u64 = 0x1261;
const BLKGETSIZE64: u64 = 0x8008_1272;
const BLKPG_ADD_PARTITION: i32 = 1;
const BLKPG_DEL_PARTITION: i32 = 2;
const BTRFS_IOC_SUBVOL_CREATE: u64 = 0x5000_940e;
const BTRFS_IOC_INO_LOOKUP: u64 = 0xd000_9412;
const BTRFS_IOC_DEFAULT_SUBVOL: u64 = 0x4008_9413;
/// Inode of every subvolume's root.
const BTRFS_FIRST_FREE_OBJECTID: u64 = 256;

#[repr(C)]
struct BlkpgPartition {
    start: i64,
    length: i64,
    number: i32,
    names: [u8; 128],
}

#[repr(C)]
struct BlkpgCall {
    operation: i32,
    flags: i32,
    length: i32,
    data: *mut BlkpgPartition,
}

#[repr(C)]
struct BtrfsVolume {
    fd: i64,
    name: [u8; 4088],
}

#[repr(C)]
struct BtrfsLookup {
    tree: u64,
    object: u64,
    name: [u8; 4080],
}

const _: () = assert!(size_of::<BlkpgPartition>() == 152);
const _: () = assert!(size_of::<BtrfsVolume>() == 4096 && size_of::<BtrfsLookup>() == 4096);

/// # Safety
/// `argument` must be what `request` expects: a valid pointer to its structure, or a plain number.
unsafe fn ioctl(fd: impl AsFd, request: u64, argument: *mut libc::c_void) -> io::Result<i32> {
    // SAFETY: the descriptor is open for the length of the call; the caller answers for the argument.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), request as _, argument) };

    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

fn blkpg(disk: impl AsFd, operation: i32, number: u32, start: u64, length: u64) -> io::Result<()> {
    let signed = |value: u64| i64::try_from(value).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput));
    let number = i32::try_from(number).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut partition = BlkpgPartition {
        start: signed(start)?,
        length: signed(length)?,
        number,
        names: [0; 128],
    };
    let mut call = BlkpgCall {
        operation,
        flags: 0,
        length: size_of::<BlkpgPartition>() as i32,
        data: &raw mut partition,
    };

    // SAFETY: BLKPG takes a blkpg_ioctl_arg whose data points to a blkpg_partition; both live until the call is over.
    unsafe { ioctl(disk, BLKPG, (&raw mut call).cast()) }.map(drop)
}

/// Tells the kernel of a partition. Bytes.
pub(crate) fn add_partition(disk: impl AsFd, number: u32, start: u64, length: u64) -> io::Result<()> {
    blkpg(disk, BLKPG_ADD_PARTITION, number, start, length)
}

/// Makes the kernel forget a partition; nothing is written.
pub(crate) fn forget_partition(disk: impl AsFd, number: u32) -> io::Result<()> {
    blkpg(disk, BLKPG_DEL_PARTITION, number, 0, 0)
}

/// Writes back and drops what the kernel remembers of the device: partitions and whole disk have separate caches, so that a read of
/// the one can otherwise miss a write to the other.
pub(crate) fn flush_buffers(device: impl AsFd) -> io::Result<()> {
    // SAFETY: BLKFLSBUF takes no argument.
    unsafe { ioctl(device, BLKFLSBUF, std::ptr::null_mut()) }.map(drop)
}

/// Bytes of a block device.
pub(crate) fn device_size(device: impl AsFd) -> io::Result<u64> {
    let mut size: u64 = 0;

    // SAFETY: BLKGETSIZE64 writes one u64.
    unsafe { ioctl(device, BLKGETSIZE64, (&raw mut size).cast()) }?;
    Ok(size)
}

/// Makes a subvolume in an open directory of a btrfs file system.
pub(crate) fn create_subvolume(directory: impl AsFd, name: &str) -> io::Result<()> {
    let mut volume = BtrfsVolume { fd: 0, name: [0; 4088] };

    // One byte stays zero: the end of the name.
    if name.is_empty() || name.len() > 255 || name.contains(['/', '\0']) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    volume
        .name
        .iter_mut()
        .zip(name.bytes())
        .for_each(|(to, from)| *to = from);

    // SAFETY: BTRFS_IOC_SUBVOL_CREATE reads one btrfs_ioctl_vol_args.
    unsafe { ioctl(directory, BTRFS_IOC_SUBVOL_CREATE, (&raw mut volume).cast()) }.map(drop)
}

/// Makes the subvolume whose root is open the one that is mounted when none is named.
pub(crate) fn set_default_subvolume(subvolume: impl AsFd) -> io::Result<()> {
    let mut lookup = BtrfsLookup {
        tree: 0,
        object: BTRFS_FIRST_FREE_OBJECTID,
        name: [0; 4080],
    };

    // SAFETY: BTRFS_IOC_INO_LOOKUP reads and writes one btrfs_ioctl_ino_lookup_args.
    unsafe { ioctl(&subvolume, BTRFS_IOC_INO_LOOKUP, (&raw mut lookup).cast()) }?;
    let mut tree = lookup.tree;

    // SAFETY: BTRFS_IOC_DEFAULT_SUBVOL reads one u64.
    unsafe { ioctl(&subvolume, BTRFS_IOC_DEFAULT_SUBVOL, (&raw mut tree).cast()) }.map(drop)
}

#[cfg(feature = "loop-disk")]
pub(crate) mod loops {
    use std::io;
    use std::os::fd::{AsFd, AsRawFd};

    const LOOP_CTL_GET_FREE: u64 = 0x4c82;
    const LOOP_CONFIGURE: u64 = 0x4c0a;
    const READ_ONLY: u32 = 1;
    const AUTOCLEAR: u32 = 4;
    const PARTSCAN: u32 = 8;

    #[repr(C)]
    struct LoopStatus {
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

    #[repr(C)]
    struct LoopConfig {
        fd: u32,
        block_size: u32,
        status: LoopStatus,
        reserved: [u64; 8],
    }

    const _: () = assert!(size_of::<LoopStatus>() == 232 && size_of::<LoopConfig>() == 304);

    /// Number of a loop device that nobody uses now.
    pub(crate) fn free_number(control: impl AsFd) -> io::Result<i32> {
        // SAFETY: LOOP_CTL_GET_FREE takes no argument.
        unsafe { super::ioctl(control, LOOP_CTL_GET_FREE, std::ptr::null_mut()) }
    }

    /// Ties a file to a loop device that goes away with its last open descriptor.
    pub(crate) fn configure(device: impl AsFd, file: impl AsFd, sector_size: u32, read_only: bool) -> io::Result<()> {
        let mut config = LoopConfig {
            fd: u32::try_from(file.as_fd().as_raw_fd()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?,
            block_size: sector_size,
            status: LoopStatus {
                device: 0,
                inode: 0,
                rdevice: 0,
                offset: 0,
                size_limit: 0,
                number: 0,
                encrypt_type: 0,
                encrypt_key_size: 0,
                flags: AUTOCLEAR | PARTSCAN | if read_only { READ_ONLY } else { 0 },
                file_name: [0; 64],
                crypt_name: [0; 64],
                encrypt_key: [0; 32],
                init: [0; 2],
            },
            reserved: [0; 8],
        };

        // SAFETY: LOOP_CONFIGURE reads one loop_config.
        unsafe { super::ioctl(device, LOOP_CONFIGURE, (&raw mut config).cast()) }.map(drop)
    }
}
