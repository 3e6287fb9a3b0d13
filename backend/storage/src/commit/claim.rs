//! Takes a disk for this process alone, and proves that it is the disk that is meant.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::FlockOperation;

use crate::error::Error;
use crate::graph::Disk;
use crate::probe::{Number, ProbeOptions, assert_number, block_device_named};
use crate::sys;

/// udev looks at a disk for a moment whenever something changes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A claimed disk.
#[derive(Debug)]
pub(super) struct Claim {
    node: PathBuf,
    number: Number,
    /// Holds the lock that keeps udev from rereading the disk meanwhile (systemd's "block device locking").
    lock: File,
    /// While it is open, nobody can mount anything of the disk. Tools that make file systems claim their partition themselves, which
    /// the kernel refuses as long as this is held.
    exclusive: Option<File>,
}

impl Claim {
    pub(super) fn take(disk: &Disk, options: &ProbeOptions) -> Result<Self, Error> {
        let node = options.dev.join(&disk.kernel_name);
        let error = |source| Error::Claim {
            path: node.clone(),
            source,
        };

        let device = block_device_named(&disk.kernel_name, options).ok_or_else(|| {
            error(io::Error::new(
                io::ErrorKind::NotFound,
                "the kernel does not know it any more",
            ))
        })?;
        let lock = open(&node, 0).map_err(error)?;
        assert_number(&lock, &node, device.number).map_err(error)?;
        patiently(|| rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from))
            .map_err(error)?;

        let exclusive = patiently(|| open(&node, libc::O_EXCL)).map_err(error)?;
        assert_number(&exclusive, &node, device.number).map_err(error)?;
        assert_geometry(&exclusive, disk).map_err(error)?;
        sys::flush_buffers(&exclusive).map_err(error)?;

        Ok(Self {
            node,
            number: device.number,
            lock,
            exclusive: Some(exclusive),
        })
    }

    pub(super) fn node(&self) -> &Path {
        &self.node
    }

    /// The disk, open for writing.
    pub(super) fn disk(&self) -> &File {
        self.exclusive.as_ref().unwrap_or(&self.lock)
    }

    /// Lets the partitions be claimed one by one. The lock stays.
    pub(super) fn hand_over(&mut self) {
        self.exclusive = None;
    }

    /// The node still is the disk that was claimed.
    pub(super) fn assert_same(&self) -> io::Result<()> {
        assert_number(&open(&self.node, 0)?, &self.node, self.number)
    }
}

fn open(node: &Path, flags: i32) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(node)
}

fn assert_geometry(device: &File, disk: &Disk) -> io::Result<()> {
    let size = sys::device_size(device)?;
    let sector = rustix::fs::ioctl_blksszget(device)?;

    if (size, sector) == (disk.size, disk.sector_size) {
        Ok(())
    } else {
        Err(io::Error::other(format!(
            "it has {size} bytes in sectors of {sector} now"
        )))
    }
}

/// Again and again while somebody else is just looking.
pub(super) fn patiently<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let begun = Instant::now();

    loop {
        match attempt() {
            Err(error)
                if begun.elapsed() < PATIENCE
                    && matches!(error.kind(), io::ErrorKind::ResourceBusy | io::ErrorKind::WouldBlock) =>
            {
                thread::sleep(Duration::from_millis(50));
            }
            result => return result,
        }
    }
}
