//! What the disks of this machine are: pure data, filled by [`crate::probe`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// Type GUID of an EFI system partition.
pub const fn esp_type() -> &'static str {
    "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
}

/// Type GUID of an x86-64 root partition (Discoverable Partitions Specification).
pub const fn root_type() -> &'static str {
    "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"
}

/// Every disk that was found, those that cannot be chosen included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceGraph {
    /// In the order of their kernel names.
    pub disks: Vec<Disk>,
}

impl DeviceGraph {
    /// The disk with this id.
    pub fn disk(&self, id: &DiskId) -> Option<&Disk> {
        self.disks.iter().find(|disk| disk.id == *id)
    }
}

/// Names a disk. Minted from what the hardware says of itself, never a path: the same disk at another port keeps its id, and another
/// disk at the same port gets another one. 32 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiskId(String);

impl DiskId {
    /// An id as a client gave it. Any text is accepted: one that no disk has is simply not found.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Hash of the facts, each with its length before it, so that no two lists of facts read the same.
    pub(crate) fn mint(facts: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("moult-storage disk identity v1");

        for fact in facts {
            hasher.update(&(fact.len() as u64).to_le_bytes());
            hasher.update(fact.as_bytes());
        }

        Self(hasher.finalize().to_hex().as_str().chars().take(32).collect())
    }
}

impl fmt::Display for DiskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One whole disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// The only way to name it in a [`crate::Request`].
    pub id: DiskId,
    /// Kernel name ("nvme0n1"). For display and for finding the node; says nothing about identity.
    pub kernel_name: String,
    /// For display, never empty.
    pub model: String,
    /// Serial number, if the disk has one.
    pub serial: Option<String>,
    /// World wide name or another id that is unique in the world, if it has one.
    pub wwn: Option<String>,
    /// How it is attached.
    pub bus: Bus,
    /// Bytes.
    pub size: u64,
    /// Bytes of a logical sector.
    pub sector_size: u32,
    /// It can be pulled out.
    pub removable: bool,
    /// It spins.
    pub rotational: bool,
    /// It refuses writes.
    pub read_only: bool,
    /// The file behind a loop device.
    pub backing_file: Option<String>,
    /// Its partition table.
    pub table: Option<Table>,
    /// What the whole disk holds without a partition table (or beside it, as a hybrid ISO image does).
    pub signature: Option<Signature>,
    /// Why it cannot be chosen; `None` = it can.
    pub refusal: Option<Refusal>,
}

/// How a disk is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bus {
    /// NVM Express.
    Nvme,
    /// SATA or IDE.
    Ata,
    /// USB.
    Usb,
    /// SCSI or SAS.
    Scsi,
    /// SD card or eMMC.
    Mmc,
    /// A virtual machine's disk.
    Virtio,
    /// A file shown as a disk.
    Loop,
    /// Anything else.
    Other,
}

/// A partition table as it is on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// GPT, MBR or another.
    pub kind: TableKind,
    /// Disk GUID, or the MBR's signature ("0x1234abcd"); lower case.
    pub id: Option<String>,
    /// In the order of their first byte.
    pub partitions: Vec<Partition>,
}

/// Kind of a partition table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// GUID partition table.
    Gpt,
    /// Master boot record.
    Mbr,
    /// Another one, by the name that sfdisk or blkid gives it.
    Other(String),
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// From 1.
    pub number: u32,
    /// First byte.
    pub start: u64,
    /// Bytes.
    pub size: u64,
    /// Type GUID, or the MBR's type in hex digits; lower case.
    pub type_id: String,
    /// PARTUUID, lower case.
    pub uuid: Option<String>,
    /// Name in the table; may be empty.
    pub name: String,
    /// What it holds.
    pub signature: Option<Signature>,
}

/// What a partition or a disk holds, by its superblock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The name blkid gives it: "ext4", "ntfs", "crypto_LUKS", "swap", "LVM2_member"; "ambiguous" = several contradict.
    pub kind: String,
    /// UUID in its own spelling.
    pub uuid: Option<String>,
    /// Label.
    pub label: Option<String>,
}

/// Why a disk cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It carries the running system, directly or through images and overlays.
    #[error("the running system was started from it")]
    LiveMedium,
    /// Something uses it.
    #[error("it is in use: {0}")]
    InUse(Use),
    /// It cannot be written.
    #[error("it cannot be written")]
    ReadOnly,
    /// It could not be read, or what is on it could not be understood.
    #[error("it could not be read: {reason}")]
    Unreadable {
        /// Words for a log or for details.
        reason: String,
    },
    /// It is too small.
    #[error("it is too small: {needed} bytes are needed")]
    TooSmall {
        /// Bytes needed.
        needed: u64,
    },
}

/// What uses a disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// A file system on it is mounted.
    #[error("mounted at {at}")]
    Mounted {
        /// The mount point.
        at: String,
    },
    /// Swap.
    #[error("{device} is used as swap")]
    Swap {
        /// As /proc/swaps names it.
        device: String,
    },
    /// Another block device stands on it (LVM, RAID, an opened encrypted volume).
    #[error("{device} stands on it")]
    Holder {
        /// Its kernel name ("dm-0").
        device: String,
    },
    /// The kernel says that somebody has claimed it: a mount in another namespace, or a program.
    #[error("another program or another mount namespace holds it")]
    Claimed,
}
