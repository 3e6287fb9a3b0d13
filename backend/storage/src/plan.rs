//! A plan: everything that will be written to one disk, exact to the byte, before anything is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::graph::{Disk, DiskId};
use crate::segment::Segment;

/// What a person asks for. One mode for now: erase the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The disk.
    pub disk: DiskId,
    /// File system of the root.
    pub filesystem: Filesystem,
    /// Smallest disk in bytes that the system fits on. [`crate::smallest_disk`] is the floor below it.
    pub minimum: u64,
    /// Randomness for the UUIDs, fresh for every request. The plan holds the UUIDs themselves, so it is exact.
    pub seed: [u8; 16],
}

/// File system of the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filesystem {
    /// ext4.
    Ext4,
    /// XFS.
    Xfs,
    /// Btrfs with subvolumes `@` and `@home`.
    Btrfs,
}

impl Filesystem {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ext4, Self::Xfs, Self::Btrfs];

    /// The name that the kernel, blkid and fstab use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ext4 => "ext4",
            Self::Xfs => "xfs",
            Self::Btrfs => "btrfs",
        }
    }
}

impl fmt::Display for Filesystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Bytes of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ByteRange {
    /// First byte.
    pub start: u64,
    /// How many.
    pub size: u64,
}

impl ByteRange {
    /// The byte after the last; `None` when it does not fit in 64 bits.
    pub const fn end(self) -> Option<u64> {
        self.start.checked_add(self.size)
    }
}

/// What will be done to one disk, sealed by [`Plan::digest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The disk as it was when the plan was made. Commit refuses a disk that differs.
    pub disk: Disk,
    /// File system of the root.
    pub filesystem: Filesystem,
    /// The new partition table.
    pub table: NewTable,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// The disk as it is.
    pub before: Vec<Segment>,
    /// The disk as it will be.
    pub after: Vec<Segment>,
}

/// The GPT that will be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTable {
    /// Disk GUID.
    pub id: String,
    /// First sector that a partition may use.
    pub first_lba: u64,
    /// Last sector that a partition may use.
    pub last_lba: u64,
    /// By number.
    pub partitions: Vec<NewPartition>,
}

/// A partition that will be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPartition {
    /// From 1.
    pub number: u32,
    /// What it is for.
    pub role: Role,
    /// Where it is.
    pub range: ByteRange,
    /// Type GUID.
    pub type_id: String,
    /// PARTUUID.
    pub uuid: String,
    /// Name in the table.
    pub name: String,
}

/// What a new partition is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// EFI system partition.
    Esp,
    /// The root.
    Root,
}

/// One action with the bytes that it may write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// The only bytes that it may write: in order, apart from each other.
    pub ranges: Vec<ByteRange>,
    /// What was on the disk cannot be brought back once this has begun.
    pub irreversible: bool,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Write zeros over the step's ranges: old tables and old superblocks, and where the new ones will be.
    WipeSignatures,
    /// Write [`Plan::table`] and tell the kernel.
    WriteTable,
    /// Make the FAT32 file system of the EFI system partition.
    MakeEsp {
        /// Number of the partition.
        partition: u32,
        /// Volume id, 8 hex digits.
        volume_id: String,
        /// Label.
        label: String,
    },
    /// Make the root file system.
    MakeRoot {
        /// Number of the partition.
        partition: u32,
        /// Its kind.
        filesystem: Filesystem,
        /// Its UUID.
        uuid: String,
        /// Label.
        label: String,
    },
    /// Make btrfs subvolumes; the first becomes the default.
    MakeSubvolumes {
        /// Number of the partition.
        partition: u32,
        /// Their names.
        names: Vec<String>,
    },
}

impl Action {
    /// Name for logs and journals.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::WipeSignatures => "wipe-signatures",
            Self::WriteTable => "write-table",
            Self::MakeEsp { .. } => "make-esp",
            Self::MakeRoot { .. } => "make-root",
            Self::MakeSubvolumes { .. } => "make-subvolumes",
        }
    }
}

impl Plan {
    /// The seal: BLAKE3 over the whole plan in canonical form, and so over every fact that was probed about its disk.
    pub fn digest(&self) -> Digest {
        Digest::of(self)
    }

    /// Bytes of partitions and file systems that will be lost.
    pub fn lost(&self) -> u64 {
        self.disk.occupied()
    }

    /// The new partition with this role.
    pub fn partition(&self, role: Role) -> Option<&NewPartition> {
        self.table.partitions.iter().find(|partition| partition.role == role)
    }
}
