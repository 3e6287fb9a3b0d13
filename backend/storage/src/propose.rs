//! From a request and what is there to a plan. Pure: no clock, no randomness but the request's seed, no disk.

use crate::graph::{DeviceGraph, Disk, DiskId, Refusal, esp_type, root_type};
use crate::plan::{Action, ByteRange, Filesystem, NewPartition, NewTable, Plan, Request, Role, Step};
use crate::segment::{Segment, SegmentKind, fill_gaps};

const MIB: u64 = 1 << 20;
/// Every partition begins and ends on a multiple of this.
const ALIGNMENT: u64 = MIB;
/// Room for several kernels and their initrds.
const ESP_SIZE: u64 = 512 * MIB;
/// mkfs.xfs wants 300 MB; nothing sensible fits on less than this.
const SMALLEST_ROOT: u64 = 1024 * MIB;
/// GPT: 128 entries of 128 bytes.
const ENTRIES_SIZE: u64 = 128 * 128;
/// Superblocks live at the beginning (LUKS2's last secondary header: 4 MiB) ...
const WIPED_HEAD: u64 = 8 * MIB;
/// ... and at the end (RAID, ZFS, the backup GPT).
const WIPED_TAIL: u64 = 2 * MIB;

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProposeError {
    /// No disk has this id.
    #[error("no disk has the id {0}")]
    NoSuchDisk(DiskId),
    /// The disk cannot be chosen.
    #[error("{disk} cannot be chosen: {refusal}")]
    Refused {
        /// Model of the disk.
        disk: String,
        /// Why.
        refusal: Refusal,
    },
    /// The sector size is none of 512, 1024, 2048 and 4096.
    #[error("{disk} has sectors of {sector_size} bytes, which is not supported")]
    SectorSize {
        /// Model of the disk.
        disk: String,
        /// Bytes.
        sector_size: u32,
    },
}

/// The smallest disk in bytes that any plan fits on.
pub const fn smallest_disk() -> u64 {
    // The table in front, the two partitions, and the backup table, which costs one alignment unit.
    ALIGNMENT + ESP_SIZE + SMALLEST_ROOT + ALIGNMENT
}

/// Plans to erase the disk: GPT, EFI system partition, root on all the rest.
///
/// # Errors
/// When the disk is unknown, refused, too small for the request, or of an unsupported sector size.
pub fn propose(request: &Request, graph: &DeviceGraph) -> Result<Plan, ProposeError> {
    let disk = graph
        .disk(&request.disk)
        .ok_or_else(|| ProposeError::NoSuchDisk(request.disk.clone()))?;
    let refused = |refusal| ProposeError::Refused {
        disk: disk.model.clone(),
        refusal,
    };

    if let Some(refusal) = &disk.refusal {
        return Err(refused(refusal.clone()));
    }
    if disk.read_only {
        return Err(refused(Refusal::ReadOnly));
    }
    if !matches!(disk.sector_size, 512 | 1024 | 2048 | 4096) {
        return Err(ProposeError::SectorSize {
            disk: disk.model.clone(),
            sector_size: disk.sector_size,
        });
    }

    let needed = request.minimum.max(smallest_disk());
    if disk.size < needed {
        return Err(refused(Refusal::TooSmall { needed }));
    }

    let too_small = || refused(Refusal::TooSmall { needed });
    let table = lay_out(disk, &Uuids::new(request, disk)).ok_or_else(too_small)?;
    let [esp, root] = table.partitions.as_slice() else {
        return Err(too_small());
    };
    let (esp, root) = (esp.clone(), root.clone());

    let uuids = Uuids::new(request, disk);
    let mut steps = vec![
        step(Action::WipeSignatures, wiped_ranges(disk, &table)),
        step(Action::WriteTable, table_ranges(disk, &root)),
        step(
            Action::MakeEsp {
                partition: esp.number,
                volume_id: uuids.volume_id(),
                label: "ESP".to_owned(),
            },
            vec![esp.range],
        ),
        step(
            Action::MakeRoot {
                partition: root.number,
                filesystem: request.filesystem,
                uuid: uuids.uuid("root file system"),
                label: "root".to_owned(),
            },
            vec![root.range],
        ),
    ];
    if request.filesystem == Filesystem::Btrfs {
        let names = vec!["@".to_owned(), "@home".to_owned()];
        steps.push(step(
            Action::MakeSubvolumes {
                partition: root.number,
                names,
            },
            vec![root.range],
        ));
    }

    let after = vec![
        picture(&esp, "vfat", "ESP"),
        picture(&root, request.filesystem.name(), "root"),
    ];

    Ok(Plan {
        disk: disk.clone(),
        filesystem: request.filesystem,
        before: disk.segments(),
        after: fill_gaps(after, disk.size),
        table,
        steps,
    })
}

/// Nothing of the old content can be promised back from the first step on.
fn step(action: Action, ranges: Vec<ByteRange>) -> Step {
    Step {
        action,
        ranges,
        irreversible: true,
    }
}

fn picture(partition: &NewPartition, filesystem: &str, name: &str) -> Segment {
    Segment {
        kind: SegmentKind::New,
        start: partition.range.start,
        size: partition.range.size,
        filesystem: filesystem.to_owned(),
        name: name.to_owned(),
    }
}

fn lay_out(disk: &Disk, uuids: &Uuids) -> Option<NewTable> {
    let sector = u64::from(disk.sector_size);
    let sectors = disk.size / sector;
    // At the end of the disk: the entries, then the header in the last sector.
    let last_lba = sectors.checked_sub(ENTRIES_SIZE.div_ceil(sector) + 2)?;
    let usable_end = last_lba.checked_add(1)?.checked_mul(sector)?;

    let esp = ByteRange {
        start: ALIGNMENT,
        size: ESP_SIZE,
    };
    let root_start = esp.end()?;
    let root_end = usable_end - usable_end % ALIGNMENT;
    let root = ByteRange {
        start: root_start,
        size: root_end.checked_sub(root_start)?,
    };
    if root.size < SMALLEST_ROOT {
        return None;
    }

    Some(NewTable {
        id: uuids.uuid("disk"),
        first_lba: ALIGNMENT / sector,
        last_lba,
        partitions: vec![
            NewPartition {
                number: 1,
                role: Role::Esp,
                range: esp,
                type_id: esp_type().to_owned(),
                uuid: uuids.uuid("esp partition"),
                name: "esp".to_owned(),
            },
            NewPartition {
                number: 2,
                role: Role::Root,
                range: root,
                type_id: root_type().to_owned(),
                uuid: uuids.uuid("root partition"),
                name: "root".to_owned(),
            },
        ],
    })
}

/// Before the first partition and behind the last: nothing else is written by a partition table.
fn table_ranges(disk: &Disk, last: &NewPartition) -> Vec<ByteRange> {
    let tail = last.range.start + last.range.size;

    vec![
        ByteRange {
            start: 0,
            size: ALIGNMENT,
        },
        ByteRange {
            start: tail,
            size: whole_sectors(disk) - tail,
        },
    ]
}

/// Head and tail of the disk, of every old partition and of every new one, merged.
fn wiped_ranges(disk: &Disk, table: &NewTable) -> Vec<ByteRange> {
    let end = whole_sectors(disk);
    let old = disk
        .table
        .iter()
        .flat_map(|table| &table.partitions)
        .map(|old| (old.start, old.size));
    let new = table.partitions.iter().map(|new| (new.range.start, new.range.size));

    let mut pieces: Vec<(u64, u64)> = std::iter::once((0, end))
        .chain(old)
        .chain(new)
        .flat_map(|(start, size)| {
            // A broken table may name bytes that the disk does not have.
            let (from, to) = (start.min(end), start.saturating_add(size).min(end));
            let head = (from, from.saturating_add(WIPED_HEAD).min(to));
            let tail = (to.saturating_sub(WIPED_TAIL).max(from), to);
            [head, tail]
        })
        .map(|(from, to)| outwards(from, to, u64::from(disk.sector_size), end))
        .filter(|(from, to)| from < to)
        .collect();
    pieces.sort_unstable();

    let mut merged: Vec<(u64, u64)> = Vec::new();
    for (from, to) in pieces {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }

    merged
        .into_iter()
        .map(|(from, to)| ByteRange {
            start: from,
            size: to - from,
        })
        .collect()
}

/// To whole sectors, never over the end.
fn outwards(from: u64, to: u64, sector: u64, end: u64) -> (u64, u64) {
    (
        from - from % sector,
        to.checked_next_multiple_of(sector).unwrap_or(end).min(end),
    )
}

/// Bytes of the disk in whole sectors.
fn whole_sectors(disk: &Disk) -> u64 {
    disk.size - disk.size % u64::from(disk.sector_size)
}

/// UUIDs out of the request's seed. The disk is mixed in, so that a seed used twice does not make twins.
struct Uuids([u8; 32]);

impl Uuids {
    fn new(request: &Request, disk: &Disk) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("moult-storage uuids v1");
        hasher.update(&request.seed);
        hasher.update(disk.id.as_str().as_bytes());

        Self(*hasher.finalize().as_bytes())
    }

    fn bytes(&self, purpose: &str) -> [u8; 16] {
        let hash = blake3::keyed_hash(&self.0, purpose.as_bytes());
        let mut bytes = [0; 16];

        bytes.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
        bytes
    }

    /// Marked as version 4 (random), variant 1.
    fn uuid(&self, purpose: &str) -> String {
        let mut number = u128::from_be_bytes(self.bytes(purpose));
        number = number & !(0xf << 76) | 0x4 << 76;
        number = number & !(0x3 << 62) | 0x2 << 62;
        let hex = format!("{number:032x}");

        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    fn volume_id(&self) -> String {
        // Zero would mean "none".
        let [a, b, c, d, ..] = self.bytes("esp file system");
        format!("{:08x}", u32::from_be_bytes([a, b, c, d]).max(1))
    }
}
