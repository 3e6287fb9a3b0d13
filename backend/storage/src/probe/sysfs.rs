//! /sys/block: which block devices there are, and their partitions as the kernel knows them.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::probe::ProbeOptions;

/// Device number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl Number {
    pub(crate) fn of(device: u64) -> Self {
        Self {
            major: rustix::fs::major(device),
            minor: rustix::fs::minor(device),
        }
    }

    /// "254:0".
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.trim().split_once(':')?;
        Some(Self {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
        })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

/// A whole block device.
#[derive(Debug, Clone)]
pub(crate) struct BlockDevice {
    pub(crate) name: String,
    pub(crate) number: Number,
    /// Its folder in sysfs.
    pub(crate) folder: PathBuf,
    pub(crate) partitions: Vec<KernelPartition>,
    /// Devices that stand on it or on a partition of it.
    pub(crate) holders: Vec<String>,
    /// Devices that it stands on.
    pub(crate) slaves: Vec<String>,
}

/// A partition as the kernel knows it, which need not be what the table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KernelPartition {
    pub(crate) name: String,
    pub(crate) number: Number,
    /// From 1.
    pub(crate) index: u32,
    /// Bytes.
    pub(crate) start: u64,
    /// Bytes.
    pub(crate) size: u64,
}

impl BlockDevice {
    /// An attribute as text, trimmed; `None` when missing or empty.
    pub(crate) fn text(&self, attribute: &str) -> Option<String> {
        text(&self.folder.join(attribute))
    }

    pub(crate) fn number_in(&self, attribute: &str) -> Option<u64> {
        self.text(attribute)?.parse().ok()
    }

    pub(crate) fn flag(&self, attribute: &str) -> bool {
        self.number_in(attribute).is_some_and(|value| value != 0)
    }

    /// Bytes. sysfs counts in 512 bytes, whatever the sector.
    pub(crate) fn size(&self) -> u64 {
        self.number_in("size").unwrap_or(0).saturating_mul(512)
    }
}

/// Every whole block device, by name.
pub(crate) fn block_devices(options: &ProbeOptions) -> Result<Vec<BlockDevice>, Error> {
    let folder = options.sysfs.join("block");
    let mut devices: Vec<BlockDevice> = fs::read_dir(&folder)
        .map_err(Error::probe(&folder))?
        .filter_map(|entry| block_device(&entry.ok()?.path()))
        .collect();

    devices.sort_by_key(|device| natural(&device.name));
    Ok(devices)
}

/// One device by name, read afresh.
pub(crate) fn block_device_named(name: &str, options: &ProbeOptions) -> Option<BlockDevice> {
    block_device(&options.sysfs.join("block").join(name))
}

fn block_device(folder: &Path) -> Option<BlockDevice> {
    let name = folder.file_name()?.to_str()?.to_owned();
    let number = Number::parse(&text(&folder.join("dev"))?)?;
    let mut partitions = Vec::new();
    let mut holders = names(&folder.join("holders"));

    for child in fs::read_dir(folder).ok()?.filter_map(Result::ok) {
        if let Some(partition) = kernel_partition(&child.path()) {
            holders.extend(names(&child.path().join("holders")));
            partitions.push(partition);
        }
    }
    partitions.sort_by_key(|partition| partition.index);

    Some(BlockDevice {
        name,
        number,
        folder: folder.to_owned(),
        partitions,
        holders,
        slaves: names(&folder.join("slaves")),
    })
}

fn kernel_partition(folder: &Path) -> Option<KernelPartition> {
    // Sectors of 512 bytes here too.
    let bytes = |attribute| text(&folder.join(attribute))?.parse::<u64>().ok()?.checked_mul(512);

    Some(KernelPartition {
        index: text(&folder.join("partition"))?.parse().ok()?,
        name: folder.file_name()?.to_str()?.to_owned(),
        number: Number::parse(&text(&folder.join("dev"))?)?,
        start: bytes("start")?,
        size: bytes("size")?,
    })
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect()
}

fn text(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');

    (!text.is_empty()).then(|| text.to_owned())
}

/// "sda10" behind "sda9".
fn natural(name: &str) -> (String, u64) {
    let word = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (word.to_owned(), name[word.len()..].parse().unwrap_or(0))
}
