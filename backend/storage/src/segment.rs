//! The picture of a disk: its parts in order, free space included.

use serde::{Deserialize, Serialize};

use crate::graph::{Disk, Partition, Signature, TableKind, esp_type, root_type};

/// Smaller gaps are alignment, not free space.
const SMALLEST_GAP: u64 = 2 << 20;

/// A contiguous part of a disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// What it is.
    pub kind: SegmentKind,
    /// First byte.
    pub start: u64,
    /// Bytes.
    pub size: u64,
    /// File system ("ext4", "ntfs", "vfat"); empty = none known.
    pub filesystem: String,
    /// The file system's label, else the partition's name; may be empty.
    pub name: String,
}

/// What a part of a disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SegmentKind {
    /// Belongs to no partition.
    Free,
    /// An EFI system partition.
    Esp,
    /// Holds an operating system, by its partition type.
    System,
    /// Holds a file system.
    Data,
    /// Swap.
    Swap,
    /// Encrypted; what is inside is not known.
    Encrypted,
    /// A partition whose content is not known.
    Unknown,
    /// Will be made by a plan.
    New,
}

impl Disk {
    /// The disk as it is now, in order. Gaps under 2 MiB are left out.
    pub fn segments(&self) -> Vec<Segment> {
        let Some(table) = &self.table else {
            return match &self.signature {
                None => fill_gaps(Vec::new(), self.size),
                Some(signature) => vec![Segment {
                    kind: kind_of_signature(Some(signature)),
                    start: 0,
                    size: self.size,
                    filesystem: signature.kind.clone(),
                    name: signature.label.clone().unwrap_or_default(),
                }],
            };
        };

        let parts = table
            .partitions
            .iter()
            .filter(|partition| !is_extended(&table.kind, partition))
            .map(|partition| Segment {
                kind: kind_of(partition),
                start: partition.start,
                size: partition.size,
                filesystem: partition
                    .signature
                    .as_ref()
                    .map(|found| found.kind.clone())
                    .unwrap_or_default(),
                name: partition
                    .signature
                    .as_ref()
                    .and_then(|found| found.label.clone())
                    .unwrap_or_else(|| partition.name.clone()),
            })
            .collect();

        fill_gaps(parts, self.size)
    }

    /// Bytes in partitions and file systems: what is lost at most when it is erased.
    pub fn occupied(&self) -> u64 {
        self.segments()
            .iter()
            .filter(|segment| segment.kind != SegmentKind::Free)
            .fold(0, |sum: u64, segment| sum.saturating_add(segment.size))
    }
}

/// Adds free segments where nothing is. A broken table may hold overlapping or endless partitions: no arithmetic here trusts them.
pub(crate) fn fill_gaps(mut parts: Vec<Segment>, disk_size: u64) -> Vec<Segment> {
    parts.sort_by_key(|part| part.start);

    let mut all = Vec::with_capacity(parts.len() * 2 + 1);
    let mut at = 0;

    for part in parts {
        push_gap(&mut all, at, part.start.min(disk_size));
        at = at.max(part.start.saturating_add(part.size));
        all.push(part);
    }

    push_gap(&mut all, at, disk_size);
    all
}

fn push_gap(all: &mut Vec<Segment>, from: u64, to: u64) {
    let size = to.saturating_sub(from);

    if size >= SMALLEST_GAP {
        all.push(Segment {
            kind: SegmentKind::Free,
            start: from,
            size,
            filesystem: String::new(),
            name: String::new(),
        });
    }
}

/// An MBR's extended partition is only the frame around the logical ones.
fn is_extended(table: &TableKind, partition: &Partition) -> bool {
    *table == TableKind::Mbr && matches!(partition.type_id.as_str(), "5" | "f" | "85")
}

fn kind_of(partition: &Partition) -> SegmentKind {
    match partition.type_id.as_str() {
        id if id == esp_type() || id == "ef" => SegmentKind::Esp,
        id if id == root_type() => SegmentKind::System,
        _ => kind_of_signature(partition.signature.as_ref()),
    }
}

fn kind_of_signature(signature: Option<&Signature>) -> SegmentKind {
    match signature.map(|found| found.kind.as_str()) {
        Some("swap") => SegmentKind::Swap,
        Some("crypto_LUKS" | "BitLocker") => SegmentKind::Encrypted,
        None | Some("ambiguous" | "LVM2_member" | "linux_raid_member" | "zfs_member") => SegmentKind::Unknown,
        Some(_) => SegmentKind::Data,
    }
}
