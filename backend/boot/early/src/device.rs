//! Block devices as the kernel lists them, and what the command line may call them. There is no udev here.

use std::fmt;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::superblock::{self, Superblock};

/// A block device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    /// The kernel's name: `sda1`.
    pub(crate) name: String,
    /// Its node.
    pub(crate) path: PathBuf,
    /// Bytes.
    pub(crate) size: u64,
    /// The disk that it is a part of, and its number there.
    part_of: Option<(String, u32)>,
}

/// All of them that hold something: whole disks first, sorted by name. Loop devices and RAM disks are not among them.
pub(crate) fn list() -> Vec<Device> {
    let Ok(entries) = fs::read_dir("/sys/class/block") else {
        return Vec::new();
    };
    let mut devices: Vec<Device> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_str()?.to_owned();
            if name.starts_with("loop") || name.starts_with("ram") {
                return None;
            }
            // Links lead to …/block/sda/sda1.
            let folder = fs::canonicalize(entry.path()).ok()?;
            let number = |file: &str| fs::read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok();
            let parent = folder.parent()?.file_name()?.to_str()?.to_owned();
            let partition = number("partition").and_then(|number| u32::try_from(number).ok());
            Some(Device {
                path: Path::new("/dev").join(name.replace('!', "/")),
                name,
                // Always in units of 512 bytes.
                size: number("size")?.saturating_mul(512),
                part_of: partition.map(|number| (parent, number)),
            })
        })
        .filter(|device| device.size > 0)
        .collect();
    devices.sort_by(|a, b| (a.part_of.is_some(), &a.name).cmp(&(b.part_of.is_some(), &b.name)));
    devices
}

impl Device {
    /// What is on it; None if nothing known is, or it cannot be read (a drive without a disc).
    pub(crate) fn superblock(&self) -> Option<Superblock> {
        superblock::read(&File::open(&self.path).ok()?).ok()?
    }

    /// Its identity in the partition table.
    fn partition(&self) -> Option<Partition> {
        let (disk, number) = self.part_of.as_ref()?;
        let block = fs::read_to_string(format!("/sys/class/block/{disk}/queue/logical_block_size")).ok()?;
        let file = File::open(Path::new("/dev").join(disk.replace('!', "/"))).ok()?;
        partition(&file, *number, block.trim().parse().ok()?)
    }

    fn is(&self, wanted: &Wanted) -> bool {
        let same = |found: Option<String>, name: &String| found.is_some_and(|found| found.eq_ignore_ascii_case(name));
        match wanted {
            Wanted::Path(path) => self.path == *path,
            Wanted::Uuid(uuid) => same(self.superblock().and_then(|found| found.uuid), uuid),
            Wanted::Label(label) => self.superblock().and_then(|found| found.label).as_ref() == Some(label),
            Wanted::PartUuid(uuid) => same(self.partition().map(|found| found.uuid), uuid),
            Wanted::PartLabel(label) => self.partition().and_then(|found| found.label).as_ref() == Some(label),
        }
    }
}

impl fmt::Display for Device {
    /// One line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {} MiB", self.path.display(), self.size >> 20)?;
        let Some(found) = self.superblock() else {
            return write!(f, "  nothing known");
        };
        write!(f, "  {}", found.kind.driver())?;
        if let Some(uuid) = found.uuid {
            write!(f, "  UUID={uuid}")?;
        }
        if let Some(label) = found.label {
            write!(f, "  LABEL={label}")?;
        }
        Ok(())
    }
}

/// What the command line calls a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Uuid(String),
    Label(String),
    PartUuid(String),
    PartLabel(String),
    Path(PathBuf),
}

impl Wanted {
    /// `UUID=…`, `LABEL=…`, `PARTUUID=…`, `PARTLABEL=…`, `/dev/…`; None for anything else. The links of udev are understood.
    pub(crate) fn parse(text: &str) -> Option<Wanted> {
        type Make = fn(String) -> Wanted;
        let names: [(&str, &str, Make); 4] = [
            ("UUID=", "/dev/disk/by-uuid/", Wanted::Uuid),
            ("LABEL=", "/dev/disk/by-label/", Wanted::Label),
            ("PARTUUID=", "/dev/disk/by-partuuid/", Wanted::PartUuid),
            ("PARTLABEL=", "/dev/disk/by-partlabel/", Wanted::PartLabel),
        ];
        for (short, link, make) in names {
            if let Some(name) = text.strip_prefix(short).or_else(|| text.strip_prefix(link)) {
                return (!name.is_empty()).then(|| make(name.to_owned()));
            }
        }
        let path = text.strip_prefix("/dev/").filter(|name| !name.is_empty());
        path.map(|_| Wanted::Path(PathBuf::from(text)))
    }

    /// The first device that is it.
    pub(crate) fn find(&self) -> Option<Device> {
        list().into_iter().find(|device| device.is(self))
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Uuid(name) => write!(f, "the file system with the UUID {name}"),
            Wanted::Label(name) => write!(f, "the file system with the label {name}"),
            Wanted::PartUuid(name) => write!(f, "the partition with the UUID {name}"),
            Wanted::PartLabel(name) => write!(f, "the partition with the name {name}"),
            Wanted::Path(path) => write!(f, "the device {}", path.display()),
        }
    }
}

/// A partition's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partition {
    pub(crate) uuid: String,
    pub(crate) label: Option<String>,
}

/// Reads the identity of partition `number` out of a disk's GPT, or else of its MBR, which has numbers and no names.
pub(crate) fn partition(disk: &File, number: u32, block: u64) -> Option<Partition> {
    let mut head = [0; 92];
    disk.read_exact_at(&mut head, block).ok()?;
    let field = |at: usize| head.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    if head.starts_with(b"EFI PART") {
        let start = u64::from_le_bytes(*head.get(72..)?.first_chunk()?);
        let (count, size) = (field(80)?, field(84)?);
        let at = number.checked_sub(1).filter(|at| *at < count)?;
        let at = start.checked_mul(block)?.checked_add(u64::from(at) * u64::from(size))?;
        let mut entry = [0; 128];
        disk.read_exact_at(&mut entry, at).ok()?;
        return gpt(&entry);
    }
    let mut sector = [0; 512];
    disk.read_exact_at(&mut sector, 0).ok()?;
    let signature = u32::from_le_bytes(*sector.get(440..)?.first_chunk()?);
    (sector.ends_with(&[0x55, 0xaa]) && signature != 0).then(|| Partition {
        uuid: format!("{signature:08x}-{number:02x}"),
        label: None,
    })
}

fn gpt(entry: &[u8; 128]) -> Option<Partition> {
    let mut id: [u8; 16] = *entry.get(16..)?.first_chunk()?;
    if id == [0; 16] {
        return None;
    }
    // The first three parts are numbers with the least byte first.
    for part in [0..4, 4..6, 6..8] {
        id.get_mut(part)?.reverse();
    }
    let name: Vec<u16> = entry
        .get(56..)?
        .chunks_exact(2)
        .filter_map(|pair| Some(u16::from_le_bytes(*pair.first_chunk()?)))
        .take_while(|unit| *unit != 0)
        .collect();
    let label = String::from_utf16_lossy(&name);
    Some(Partition {
        uuid: superblock::uuid(id),
        label: (!label.is_empty()).then_some(label),
    })
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
