//! The contract's values in words. Numbers, sizes and times come from `moult-i18n`.

use moult_api::{Bus, Connectivity, Disk, Filesystem, Job, LinkState, Phase, Segment, SegmentKind, WiredLink};
use moult_i18n::{Language, fl};

pub use moult_i18n::{bytes, count, time_left};

/// Between facts that stand beside one another.
const BESIDE: &str = " · ";
/// How many characters of a serial number are shown; enough to tell two disks of one model apart.
const SERIAL_TAIL: usize = 4;

/// Size, bus and serial number of a disk: "500 GB · NVMe · S/N …4F2K".
pub fn disk_facts(language: Language, disk: &Disk) -> String {
    let mut facts = vec![bytes(language, disk.size), bus(language, disk.bus)];

    if !disk.serial.is_empty() {
        let skipped = disk.serial.chars().count().saturating_sub(SERIAL_TAIL);
        let tail: String = disk.serial.chars().skip(skipped).collect();
        facts.push(fl!(language, "disk-serial", tail = tail));
    }
    if disk.removable {
        facts.push(fl!(language, "disk-removable"));
    }
    if !disk.kernel_name.is_empty() {
        facts.push(disk.kernel_name.clone());
    }

    facts.join(BESIDE)
}

/// What is on a disk: "Debian GNU/Linux 12 · 412 GB, Data · 80 GB"; free space is left out.
pub fn disk_holds(language: Language, disk: &Disk) -> String {
    let held: Vec<_> = disk
        .segments
        .iter()
        .filter(|segment| segment.kind != SegmentKind::Free)
        .map(|segment| {
            fl!(
                language,
                "segment-with-size",
                name = segment_name(language, segment),
                size = bytes(language, segment.size)
            )
        })
        .collect();

    if held.is_empty() {
        fl!(language, "disk-empty")
    } else {
        held.join(", ")
    }
}

/// How a disk is attached.
pub fn bus(language: Language, bus: Bus) -> String {
    match bus {
        Bus::Nvme => fl!(language, "bus-nvme"),
        Bus::Ata => fl!(language, "bus-ata"),
        Bus::Usb => fl!(language, "bus-usb"),
        Bus::Scsi => fl!(language, "bus-scsi"),
        Bus::Mmc => fl!(language, "bus-mmc"),
        Bus::Virtio => fl!(language, "bus-virtio"),
        Bus::Loop => fl!(language, "bus-loop"),
        Bus::Other => fl!(language, "bus-other"),
    }
}

/// A part of a disk by its own name, or else by what it is.
pub fn segment_name(language: Language, segment: &Segment) -> String {
    if !segment.name.is_empty() && !matches!(segment.kind, SegmentKind::Free | SegmentKind::Esp) {
        return segment.name.clone();
    }

    match segment.kind {
        SegmentKind::Free => fl!(language, "segment-free"),
        SegmentKind::Esp => fl!(language, "segment-esp"),
        SegmentKind::System => fl!(language, "segment-system"),
        SegmentKind::Data => fl!(language, "segment-data"),
        SegmentKind::Swap => fl!(language, "segment-swap"),
        SegmentKind::Encrypted => fl!(language, "segment-encrypted"),
        SegmentKind::Unknown => fl!(language, "segment-unknown"),
        SegmentKind::New => fl!(language, "segment-new"),
    }
}

/// The name of a file system.
pub fn filesystem(language: Language, filesystem: Filesystem) -> String {
    match filesystem {
        Filesystem::Ext4 => fl!(language, "filesystem-ext4"),
        Filesystem::Xfs => fl!(language, "filesystem-xfs"),
        Filesystem::Btrfs => fl!(language, "filesystem-btrfs"),
    }
}

/// What a file system is good for.
pub fn filesystem_note(language: Language, filesystem: Filesystem) -> String {
    match filesystem {
        Filesystem::Ext4 => fl!(language, "filesystem-ext4-note"),
        Filesystem::Xfs => fl!(language, "filesystem-xfs-note"),
        Filesystem::Btrfs => fl!(language, "filesystem-btrfs-note"),
    }
}

/// What a phase does, as a sentence.
pub fn phase(language: Language, phase: Phase) -> String {
    match phase {
        Phase::Check => fl!(language, "phase-check"),
        Phase::Refresh => fl!(language, "phase-refresh"),
        Phase::Resolve => fl!(language, "phase-resolve"),
        Phase::Partition => fl!(language, "phase-partition"),
        Phase::Fetch => fl!(language, "phase-fetch"),
        Phase::Store => fl!(language, "phase-store"),
        Phase::Compose => fl!(language, "phase-compose"),
        Phase::Triggers => fl!(language, "phase-triggers"),
        Phase::Configure => fl!(language, "phase-configure"),
        Phase::Boot => fl!(language, "phase-boot"),
        Phase::Finish => fl!(language, "phase-finish"),
        Phase::Activate => fl!(language, "phase-activate"),
        Phase::Verify => fl!(language, "phase-verify"),
        Phase::Prune => fl!(language, "phase-prune"),
        Phase::Export => fl!(language, "phase-export"),
    }
}

/// How far a phase is: bytes and items, as far as they are counted.
pub fn job_counts(language: Language, job: &Job) -> Vec<String> {
    let mut counts = Vec::new();

    if job.bytes_total > 0 {
        let (done, total) = (bytes(language, job.bytes_done), bytes(language, job.bytes_total));
        counts.push(fl!(language, "progress-bytes", done = done, total = total));
    }
    if job.items_total > 0 {
        let total = job.items_total;
        let (shown_done, shown_total) = (count(language, job.items_done), count(language, total));

        counts.push(if matches!(job.phase, Phase::Fetch | Phase::Store | Phase::Resolve) {
            fl!(
                language,
                "progress-packages",
                shown_done = shown_done,
                shown_total = shown_total,
                total = total
            )
        } else {
            fl!(
                language,
                "progress-steps",
                shown_done = shown_done,
                shown_total = shown_total,
                total = total
            )
        });
    }

    counts
}

/// What a phase is at, if that has a name for people, as packages have. Steps on a disk have names for logs.
pub fn job_current(job: &Job) -> Option<String> {
    (job.phase != Phase::Partition && !job.current.is_empty()).then(|| job.current.clone())
}

/// How far the network reaches, for the indicator.
pub fn connectivity(language: Language, connectivity: Connectivity) -> String {
    match connectivity {
        Connectivity::Unavailable => fl!(language, "indicator-unavailable"),
        Connectivity::Offline => fl!(language, "indicator-offline"),
        Connectivity::Connecting => fl!(language, "indicator-connecting"),
        Connectivity::Online => fl!(language, "indicator-online"),
    }
}

/// How a wired link is.
pub fn link(language: Language, link: &WiredLink) -> String {
    match link.state {
        LinkState::Unplugged => fl!(language, "network-link-unplugged"),
        LinkState::Disconnected => fl!(language, "network-link-disconnected"),
        LinkState::Connecting => fl!(language, "network-link-connecting"),
        LinkState::Connected if link.address.is_empty() => fl!(language, "network-link-connected"),
        LinkState::Connected => fl!(language, "network-link-address", address = link.address.clone()),
        LinkState::Failed => fl!(language, "network-link-failed"),
    }
}
