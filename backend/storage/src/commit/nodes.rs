//! Makes the kernel see the new partitions, and finds or makes their nodes.
//!
//! Not every kernel reads partition tables by itself, and where one does it may read while we write. So nothing is asked for and
//! hoped: the kernel's list is brought to what the table says, entry by entry (BLKPG), and then looked at.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};

use crate::plan::NewPartition;
use crate::probe::{KernelPartition, Number, ProbeOptions, assert_number, block_device_named};
use crate::sys;

/// How long udev or another program may keep an old partition open.
const PATIENCE: Duration = Duration::from_secs(10);
/// devtmpfs makes nodes at once; a /dev without it never does.
const NODE_PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// What the kernel does not do; the number is the partition's.
pub(super) struct Failure {
    pub(super) partition: u32,
    pub(super) reason: String,
}

/// Brings the kernel's list of partitions to exactly `wanted`.
pub(super) fn show(disk: &File, name: &str, wanted: &[NewPartition], options: &ProbeOptions) -> Result<(), Failure> {
    let begun = Instant::now();

    loop {
        let known = block_device_named(name, options)
            .map(|device| device.partitions)
            .unwrap_or_default();
        let result = converge(disk, &known, wanted);

        match result {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(failure) if begun.elapsed() > PATIENCE => return Err(failure),
            Err(_) => thread::sleep(PAUSE),
        }
        if begun.elapsed() > PATIENCE * 2 {
            let reason = "its list does not settle".to_owned();
            return Err(Failure { partition: 0, reason });
        }
    }
}

/// One round: true when nothing was left to do.
fn converge(disk: &File, known: &[KernelPartition], wanted: &[NewPartition]) -> Result<bool, Failure> {
    let failure = |partition| {
        move |error: io::Error| Failure {
            partition,
            reason: error.to_string(),
        }
    };
    let matches = |known: &KernelPartition, wanted: &NewPartition| {
        (known.index, known.start, known.size) == (wanted.number, wanted.range.start, wanted.range.size)
    };
    let mut settled = true;

    for old in known.iter().filter(|old| !wanted.iter().any(|new| matches(old, new))) {
        sys::forget_partition(disk, old.index).map_err(failure(old.index))?;
        settled = false;
    }
    for new in wanted.iter().filter(|new| !known.iter().any(|old| matches(old, new))) {
        sys::add_partition(disk, new.number, new.range.start, new.range.size).map_err(failure(new.number))?;
        settled = false;
    }

    Ok(settled)
}

/// The node of a partition: waited for, else made; in any case proved to be the device that is meant.
pub(super) fn node(name: &str, wanted: &NewPartition, options: &ProbeOptions) -> Result<PathBuf, Failure> {
    let failure = |reason: String| Failure {
        partition: wanted.number,
        reason,
    };
    let known = kernel_partition(name, wanted, options).ok_or_else(|| failure("it is not in its list".to_owned()))?;
    let path = options.dev.join(&known.name);
    let begun = Instant::now();

    while !is_node(&path, known.number) {
        if begun.elapsed() > NODE_PATIENCE {
            make_node(&path, known.number).map_err(|error| failure(format!("{}: {error}", path.display())))?;
            break;
        }
        thread::sleep(PAUSE);
    }

    prove(&path, name, wanted, options).map_err(|error| failure(format!("{}: {error}", path.display())))?;
    Ok(path)
}

/// Claims the partition for a moment: its node is the right device, it lies where the plan says, and nobody uses it.
pub(super) fn prove(path: &Path, name: &str, wanted: &NewPartition, options: &ProbeOptions) -> io::Result<()> {
    let known = kernel_partition(name, wanted, options)
        .ok_or_else(|| io::Error::other("the kernel does not show the partition where the plan has it"))?;
    let device = super::claim::patiently(|| {
        OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_EXCL)
            .open(path)
    })?;

    assert_number(&device, path, known.number)?;
    if sys::device_size(&device)? == wanted.range.size {
        Ok(())
    } else {
        Err(io::Error::other("its size is not what the plan says"))
    }
}

fn kernel_partition(name: &str, wanted: &NewPartition, options: &ProbeOptions) -> Option<KernelPartition> {
    let known = block_device_named(name, options)?.partitions;

    known
        .into_iter()
        .find(|known| (known.index, known.start, known.size) == (wanted.number, wanted.range.start, wanted.range.size))
}

fn is_node(path: &Path, number: Number) -> bool {
    fs::metadata(path).is_ok_and(|node| node.file_type().is_block_device() && Number::of(node.rdev()) == number)
}

/// Replaces a stale node of an older partition in one step.
fn make_node(path: &Path, number: Number) -> io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".moult");
    let fresh = PathBuf::from(fresh);

    let _left_over = fs::remove_file(&fresh);
    mknodat(
        CWD,
        &fresh,
        FileType::BlockDevice,
        Mode::from_raw_mode(0o660),
        makedev(number.major, number.minor),
    )?;
    fs::rename(&fresh, path)
}
