//! An independent proof that a plan stays where it may be.
//!
//! Shares no arithmetic with [`crate::propose`] on purpose: the numbers below come from the UEFI specification and from what the
//! tools need, not from the planner.

use std::collections::BTreeSet;

use crate::graph::DeviceGraph;
use crate::plan::{Action, ByteRange, Filesystem, NewPartition, Plan, Role};
use crate::segment::Segment;

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The disk is not in the graph.
    #[error("the plan's disk is not there")]
    NoSuchDisk,
    /// The disk in the graph is not the one that the plan was made for.
    #[error("the plan was made for another state of the disk")]
    OtherDisk,
    /// The disk cannot be chosen.
    #[error("the plan's disk may not be written")]
    Forbidden,
    /// A range is empty, out of the disk, not in whole sectors, or overlaps its neighbour.
    #[error("step {step}: the range from {} of {} bytes is not on the disk or not well formed", range.start, range.size)]
    BadRange {
        /// Index of the step.
        step: usize,
        /// The range.
        range: ByteRange,
    },
    /// A step may write where it has no business.
    #[error("step {step} may write outside its own place")]
    Trespass {
        /// Index of the step.
        step: usize,
    },
    /// The steps are not the expected ones in the expected order.
    #[error("the steps are not wipe, table, ESP, root (and subvolumes)")]
    Order,
    /// The table's usable area is wrong.
    #[error("the usable area of the partition table is wrong")]
    UsableArea,
    /// A partition is misplaced.
    #[error("partition {number} {fault}")]
    Partition {
        /// Its number.
        number: u32,
        /// What is wrong, in words.
        fault: &'static str,
    },
    /// An id is malformed or used twice.
    #[error("the id “{0}” is malformed or used twice")]
    Id(String),
    /// A step that destroys is not marked.
    #[error("step {step} is irreversible and does not say so")]
    NotMarked {
        /// Index of the step.
        step: usize,
    },
    /// The picture shown to the person is not what will be done.
    #[error("the picture does not show what the plan does")]
    Picture,
}

/// Proves that every byte the plan may write lies on its disk, that partitions are aligned, apart and inside the table's usable area,
/// and that each step keeps to its own place.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(plan: &Plan, graph: &DeviceGraph) -> Result<(), Violation> {
    let disk = graph.disk(&plan.disk.id).ok_or(Violation::NoSuchDisk)?;

    if *disk != plan.disk {
        return Err(Violation::OtherDisk);
    }
    if disk.refusal.is_some() || disk.read_only {
        return Err(Violation::Forbidden);
    }

    let sector = match disk.sector_size {
        size @ (512 | 1024 | 2048 | 4096) => u64::from(size),
        _ => return Err(Violation::Forbidden),
    };

    ranges(plan, disk.size, sector)?;
    table(plan, disk.size / sector, sector)?;
    order(plan)?;
    places(plan)?;
    ids(plan)?;
    picture(plan, disk.size)
}

fn ranges(plan: &Plan, size: u64, sector: u64) -> Result<(), Violation> {
    for (index, step) in plan.steps.iter().enumerate() {
        if !step.irreversible {
            return Err(Violation::NotMarked { step: index });
        }
        if step.ranges.is_empty() {
            return Err(Violation::Trespass { step: index });
        }

        let mut behind = 0;
        for &range in &step.ranges {
            let bad = Violation::BadRange { step: index, range };
            let Some(end) = range.start.checked_add(range.size) else {
                return Err(bad);
            };

            if range.size == 0
                || range.start < behind
                || end > size
                || range.start % sector != 0
                || range.size % sector != 0
            {
                return Err(bad);
            }
            behind = end;
        }
    }

    Ok(())
}

/// UEFI 2.10, 5.3: protective MBR in sector 0, header in 1, at least 16 KiB of entries from 2; the same mirrored at the end.
fn table(plan: &Plan, sectors: u64, sector: u64) -> Result<(), Violation> {
    let entries = if sector > 16384 { 1 } else { 16384 / sector };
    let lowest = 2 + entries;
    let highest = sectors.checked_sub(entries + 2).ok_or(Violation::UsableArea)?;
    let (first, last) = (plan.table.first_lba, plan.table.last_lba);

    if first < lowest || last > highest || first >= last {
        return Err(Violation::UsableArea);
    }

    let usable = first.saturating_mul(sector)..=last.saturating_mul(sector).saturating_add(sector - 1);
    let mut behind = 0;

    for partition in &plan.table.partitions {
        let number = partition.number;
        let wrong = |fault| Err(Violation::Partition { number, fault });
        let ByteRange { start, size } = partition.range;

        let Some(last_byte) = start.checked_add(size).and_then(|end| end.checked_sub(1)) else {
            return wrong("has no end");
        };
        if size == 0 || !usable.contains(&start) || !usable.contains(&last_byte) {
            return wrong("is not inside the usable area");
        }
        if start < behind {
            return wrong("overlaps its neighbour");
        }
        if start & 0xf_ffff != 0 || size & 0xf_ffff != 0 {
            return wrong("is not aligned to 1 MiB");
        }
        behind = last_byte + 1;
    }

    match plan.table.partitions.as_slice() {
        [esp, root] if esp.role == Role::Esp && root.role == Role::Root => purpose(esp, root),
        _ => Err(Violation::Order),
    }
}

fn purpose(esp: &NewPartition, root: &NewPartition) -> Result<(), Violation> {
    // Fewer than 65525 clusters (of 4 KiB, as mkfs is told) would not be FAT32.
    let fat32 = 65_525 * 4096 + (2 << 20);

    if (esp.number, root.number) != (1, 2) {
        return Err(Violation::Order);
    }
    if esp.range.size < fat32 {
        return Err(Violation::Partition {
            number: 1,
            fault: "is too small for FAT32",
        });
    }
    if esp.type_id != "c12a7328-f81f-11d2-ba4b-00a0c93ec93b" {
        return Err(Violation::Partition {
            number: 1,
            fault: "does not have the type of an EFI system partition",
        });
    }
    if root.type_id != "4f68bce3-e8cd-4db1-96e7-fbcaf984b709" {
        return Err(Violation::Partition {
            number: 2,
            fault: "does not have the type of a root partition",
        });
    }
    if root.range.size < 300_000_000 {
        return Err(Violation::Partition {
            number: 2,
            fault: "is too small for a root",
        });
    }

    Ok(())
}

fn order(plan: &Plan) -> Result<(), Violation> {
    let kinds: Vec<u8> = plan
        .steps
        .iter()
        .map(|step| match step.action {
            Action::WipeSignatures => 0,
            Action::WriteTable => 1,
            Action::MakeEsp { .. } => 2,
            Action::MakeRoot { .. } => 3,
            Action::MakeSubvolumes { .. } => 4,
        })
        .collect();

    let right = match plan.filesystem {
        Filesystem::Btrfs => kinds == [0, 1, 2, 3, 4],
        Filesystem::Ext4 | Filesystem::Xfs => kinds == [0, 1, 2, 3],
    };

    if right { Ok(()) } else { Err(Violation::Order) }
}

/// Each step writes only what is its own: a file system exactly its partition, the table nothing of any partition.
fn places(plan: &Plan) -> Result<(), Violation> {
    let range_of = |number: u32, role: Role| {
        let found = plan
            .table
            .partitions
            .iter()
            .find(|partition| partition.number == number);
        found
            .filter(|partition| partition.role == role)
            .map(|partition| vec![partition.range])
    };

    for (index, step) in plan.steps.iter().enumerate() {
        let kept = match &step.action {
            // The mode is to erase the disk: any byte of it may be zeroed. That it is on the disk is proved above.
            Action::WipeSignatures => true,
            Action::WriteTable => {
                let partitions = plan.table.partitions.iter().map(|partition| partition.range);
                partitions
                    .into_iter()
                    .all(|place| step.ranges.iter().all(|&range| apart(range, place)))
            }
            Action::MakeEsp { partition, .. } => range_of(*partition, Role::Esp).as_ref() == Some(&step.ranges),
            Action::MakeRoot {
                partition, filesystem, ..
            } => *filesystem == plan.filesystem && range_of(*partition, Role::Root).as_ref() == Some(&step.ranges),
            Action::MakeSubvolumes { partition, names } => {
                names == &["@", "@home"] && range_of(*partition, Role::Root).as_ref() == Some(&step.ranges)
            }
        };

        if !kept {
            return Err(Violation::Trespass { step: index });
        }
    }

    Ok(())
}

fn apart(a: ByteRange, b: ByteRange) -> bool {
    a.start.saturating_add(a.size) <= b.start || b.start.saturating_add(b.size) <= a.start
}

fn ids(plan: &Plan) -> Result<(), Violation> {
    let mut seen = BTreeSet::new();
    let mut uuids = vec![&plan.table.id];
    uuids.extend(plan.table.partitions.iter().map(|partition| &partition.uuid));

    for step in &plan.steps {
        match &step.action {
            Action::MakeRoot { uuid, .. } => uuids.push(uuid),
            Action::MakeEsp { volume_id, .. } => {
                let hex = volume_id.len() == 8 && volume_id.bytes().all(|byte| byte.is_ascii_hexdigit());
                if !hex || volume_id == "00000000" {
                    return Err(Violation::Id(volume_id.clone()));
                }
            }
            _ => {}
        }
    }

    for uuid in uuids {
        let shape = uuid.len() == 36
            && uuid.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            });
        if !shape || !seen.insert(uuid) {
            return Err(Violation::Id(uuid.clone()));
        }
    }

    // They become one line of a script and one argument of a program.
    let words = plan
        .table
        .partitions
        .iter()
        .map(|partition| &partition.name)
        .chain(plan.steps.iter().filter_map(|step| match &step.action {
            Action::MakeEsp { label, .. } | Action::MakeRoot { label, .. } => Some(label),
            _ => None,
        }));
    for word in words {
        if word.is_empty() || word.len() > 11 || !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Violation::Id(word.clone()));
        }
    }

    Ok(())
}

/// What the person sees must be what happens.
fn picture(plan: &Plan, size: u64) -> Result<(), Violation> {
    let on_disk = |segment: &Segment| segment.start.checked_add(segment.size).is_some_and(|end| end <= size);
    let new: Vec<ByteRange> = plan
        .after
        .iter()
        .filter(|segment| segment.kind == crate::segment::SegmentKind::New)
        .map(|segment| ByteRange {
            start: segment.start,
            size: segment.size,
        })
        .collect();
    let made: Vec<ByteRange> = plan.table.partitions.iter().map(|partition| partition.range).collect();
    let in_order = plan.after.windows(2).all(|pair| match pair {
        [a, b] => a.start.saturating_add(a.size) <= b.start,
        _ => true,
    });

    if new == made && in_order && plan.after.iter().all(on_disk) && plan.before == plan.disk.segments() {
        Ok(())
    } else {
        Err(Violation::Picture)
    }
}
