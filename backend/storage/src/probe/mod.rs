//! Looks at the disks of this machine. Reads and never writes.

mod content;
mod identity;
mod sysfs;
mod usage;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use moult_tool::{SYSTEM_DIRECTORIES, Toolbox};
use rustix::fs::FlockOperation;

use crate::error::Error;
use crate::graph::{DeviceGraph, Disk, DiskId, Refusal, Use};
use crate::plan::Filesystem;
use crate::sys;
use crate::tool;

pub(crate) use content::{Content, read_content};
pub(crate) use sysfs::{BlockDevice, KernelPartition, Number, block_device_named, block_devices};

/// A disk that does not answer within this is unreadable: one dying disk must not stop the installer.
const ANSWER: Duration = Duration::from_secs(10);

/// Whoever only asks whether a disk is claimed has it for less than this.
const ASKING: Duration = Duration::from_millis(200);

/// Where to look. Tests point it at made-up trees; the product uses the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeOptions {
    /// /sys.
    pub sysfs: PathBuf,
    /// /proc.
    pub proc: PathBuf,
    /// /dev. Missing nodes of new partitions are made here.
    pub dev: PathBuf,
    /// Show loop devices that have a file as disks.
    pub loop_devices: bool,
    /// Disks of fewer bytes are refused as too small. 0 = only [`crate::smallest_disk`] counts.
    pub minimum: u64,
    /// Where tools are looked for.
    pub tools: Vec<PathBuf>,
}

impl Default for ProbeOptions {
    fn default() -> Self {
        Self {
            sysfs: "/sys".into(),
            proc: "/proc".into(),
            dev: "/dev".into(),
            loop_devices: false,
            minimum: 0,
            tools: SYSTEM_DIRECTORIES.map(PathBuf::from).into(),
        }
    }
}

impl ProbeOptions {
    pub(crate) fn toolbox(&self) -> Toolbox {
        Toolbox::new(self.tools.iter().cloned())
    }
}

/// Finds every disk, with its identity, what is on it, and whether it may be chosen.
///
/// # Errors
/// When the system does not list its block devices or mounts. Trouble with one disk is that disk's [`Refusal`].
pub fn probe(options: &ProbeOptions) -> Result<DeviceGraph, Error> {
    let devices = block_devices(options)?;
    let usage = usage::Usage::read(options, &devices)?;
    let mut disks: Vec<Disk> = devices
        .iter()
        .filter(|device| identity::is_disk(device, options))
        .map(|device| look_at(device, &usage, options))
        .collect();

    tell_twins_apart(&mut disks);
    Ok(DeviceGraph { disks })
}

/// The file systems that this machine can both make and mount.
pub fn filesystems(options: &ProbeOptions) -> Vec<Filesystem> {
    let made_by = |filesystem| match filesystem {
        Filesystem::Ext4 => tool::MKFS_EXT4,
        Filesystem::Xfs => tool::MKFS_XFS,
        Filesystem::Btrfs => tool::MKFS_BTRFS,
    };

    Filesystem::ALL
        .into_iter()
        .filter(|filesystem| {
            options.toolbox().find(made_by(*filesystem)).is_ok() && mountable(filesystem.name(), options)
        })
        .collect()
}

/// The kernel has the file system, or a module for it that mount will load.
pub(crate) fn mountable(name: &str, options: &ProbeOptions) -> bool {
    let known = fs::read_to_string(options.proc.join("filesystems")).unwrap_or_default();
    if known.lines().any(|line| line.split_whitespace().last() == Some(name)) {
        return true;
    }

    let release = fs::read_to_string(options.proc.join("sys/kernel/osrelease")).unwrap_or_default();
    let modules = Path::new("/lib/modules").join(release.trim()).join("modules.dep");
    let file = format!("/{name}.ko");
    fs::read_to_string(modules).unwrap_or_default().lines().any(|line| {
        let module = line.split(':').next().unwrap_or_default();
        module.ends_with(&file) || module.contains(&format!("{file}."))
    })
}

fn look_at(device: &BlockDevice, usage: &usage::Usage, options: &ProbeOptions) -> Disk {
    let mut disk = identity::identify(device);
    let node = options.dev.join(&device.name);

    let reachable = reach(&node, device.number, usage.of(&device.name).is_none());
    let content = match &reachable {
        Reach::Readable | Reach::Claimed => read_content(&node, disk.size, disk.sector_size, options),
        Reach::Unreadable(reason) => Err(reason.clone()),
    };

    let unreadable = match content {
        Ok(Content { table, signature }) => {
            disk.table = table;
            disk.signature = signature;
            None
        }
        Err(reason) => Some(Refusal::Unreadable { reason }),
    };

    let needed = options.minimum.max(crate::smallest_disk());
    disk.refusal = usage
        .of(&device.name)
        .cloned()
        .or_else(|| matches!(reachable, Reach::Claimed).then_some(Refusal::InUse(Use::Claimed)))
        .or_else(|| disk.read_only.then_some(Refusal::ReadOnly))
        .or(unreadable)
        .or_else(|| (disk.size < needed).then_some(Refusal::TooSmall { needed }));
    disk
}

enum Reach {
    Readable,
    Claimed,
    Unreadable(String),
}

/// Opens the disk, asks whether anybody holds it, reads its first and last sector; all on a thread that may hang.
fn reach(node: &Path, number: Number, idle: bool) -> Reach {
    let (to, from) = mpsc::channel();
    let node = node.to_owned();

    thread::spawn(move || {
        let _nobody_waits = to.send(reach_now(&node, number, idle));
    });

    match from.recv_timeout(ANSWER) {
        Ok(Ok(reach)) => reach,
        Ok(Err(error)) => Reach::Unreadable(error.to_string()),
        Err(_) => Reach::Unreadable(format!("it did not answer within {} s", ANSWER.as_secs())),
    }
}

fn reach_now(node: &Path, number: Number, idle: bool) -> io::Result<Reach> {
    let device = open_device(node)?;
    assert_number(&device, node, number)?;

    let claimed = claimed(&device, node, idle)?;

    if idle && !claimed {
        // What a partition's node wrote must be seen through the disk's node. Only root may; for anybody else nothing was written.
        let _not_root = sys::flush_buffers(&device);
    }

    let mut sector = [0; 512];
    device.read_exact_at(&mut sector, 0)?;
    device.read_exact_at(&mut sector, sys::device_size(&device)?.saturating_sub(512))?;

    Ok(if claimed { Reach::Claimed } else { Reach::Readable })
}

/// Whether somebody has it. Where nothing is known of it that would be in the way, that is asked for a while: a second window may
/// ask at the same moment, and a program that was just started has what its starter had until it is itself.
fn claimed(device: &File, node: &Path, idle: bool) -> io::Result<bool> {
    let begun = Instant::now();
    loop {
        // Whoever changes a disk holds its lock (systemd's "block device locking"). Only without one may the question below be
        // asked: for the blink of an eye it would keep a mkfs from claiming its partition.
        let locked = rustix::fs::flock(device, FlockOperation::NonBlockingLockShared).is_err();
        if !locked && !held(node)? {
            return Ok(false);
        }
        if !idle || begun.elapsed() > ASKING {
            return Ok(true);
        }
        // Nobody who wants to claim it waits for this.
        rustix::fs::flock(device, FlockOperation::Unlock)?;
        thread::sleep(Duration::from_millis(2));
    }
}

/// An exclusive open fails when the disk or any partition is mounted (in whatever namespace), is swap, or carries another device.
fn held(node: &Path) -> io::Result<bool> {
    match OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_EXCL | libc::O_NONBLOCK)
        .open(node)
    {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::ResourceBusy => Ok(true),
        Err(error) => Err(error),
    }
}

fn open_device(node: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(node)
}

/// A stale node could be another disk's: the node must be the device that sysfs means.
pub(crate) fn assert_number(device: &File, node: &Path, number: Number) -> io::Result<()> {
    let metadata = device.metadata()?;

    if metadata.file_type().is_block_device() && Number::of(metadata.rdev()) == number {
        Ok(())
    } else {
        Err(io::Error::other(format!(
            "{} is not the device {number}",
            node.display()
        )))
    }
}

/// Cheap sticks share one serial number. Then the id must also say which of them is meant.
fn tell_twins_apart(disks: &mut [Disk]) {
    let mut count: BTreeMap<DiskId, usize> = BTreeMap::new();
    for disk in disks.iter() {
        *count.entry(disk.id.clone()).or_default() += 1;
    }

    for disk in disks
        .iter_mut()
        .filter(|disk| count.get(&disk.id).is_some_and(|twins| *twins > 1))
    {
        disk.id = DiskId::mint(&["twin", disk.id.as_str(), &disk.kernel_name]);
    }
}
