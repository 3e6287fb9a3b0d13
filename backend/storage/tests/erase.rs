//! Whole installs onto real loop disks, looked at with tools that the crate does not use for writing.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt};
use std::sync::Mutex;

use moult_storage::loop_disk::LoopDisk;
use moult_storage::*;
use support::*;

fn commit_and_look(filesystem: Filesystem, sector: u32, size: u64) {
    let bench = Bench::new();
    let disk = bench.disk("target.img", size, sector);
    if sector == 512 {
        lived_in(&disk);
    }
    let options = options();
    let plan = plan_for(&disk, filesystem, &options);
    let watch = Recorder::default();

    let prepared = commit(&plan, &plan.digest(), &options, &watch).unwrap();

    // The table, read anew.
    let found = seen(&disk, &options);
    let table = found.table.clone().unwrap();
    assert_eq!(table.kind, TableKind::Gpt);
    assert_eq!(table.id.as_deref(), Some(plan.table.id.as_str()));
    assert_eq!(
        table
            .partitions
            .iter()
            .map(|p| (p.number, p.start, p.size, p.type_id.as_str()))
            .collect::<Vec<_>>(),
        plan.table
            .partitions
            .iter()
            .map(|p| (p.number, p.range.start, p.range.size, p.type_id.as_str()))
            .collect::<Vec<_>>()
    );
    assert_eq!(found.refusal, None);

    // The file systems, through the partition's nodes and through the image file.
    let [esp, root] = [&plan.table.partitions[0].range, &plan.table.partitions[1].range];
    let in_image = blkid(disk.image(), root.start, root.size);
    assert_eq!(in_image["TYPE"], filesystem.name());
    assert_eq!(in_image["UUID"], prepared.root.uuid);
    assert_eq!(blkid(&prepared.root.node, 0, root.size)["UUID"], prepared.root.uuid);
    let fat = blkid(disk.image(), esp.start, esp.size);
    assert_eq!(
        (fat["TYPE"].as_str(), fat["VERSION"].as_str(), fat["UUID"].as_str()),
        ("vfat", "FAT32", &*prepared.esp.uuid)
    );
    run(
        "/usr/sbin/fsck.vfat",
        &["-n", &prepared.esp.node.display().to_string()],
        "",
    );
    for node in [&prepared.esp.node, &prepared.root.node] {
        assert!(node.metadata().unwrap().file_type().is_block_device());
    }

    // Firmware tells FAT32 from FAT16 by the number of clusters alone.
    let mut boot = [0; 64];
    fs::File::open(disk.image())
        .unwrap()
        .read_exact_at(&mut boot, esp.start)
        .unwrap();
    let word = |at: usize| u32::from(u16::from_le_bytes([boot[at], boot[at + 1]]));
    let long = |at: usize| u32::from_le_bytes([boot[at], boot[at + 1], boot[at + 2], boot[at + 3]]);
    let clusters = (long(32) - word(14) - u32::from(boot[16]) * long(36)) / u32::from(boot[13]);
    assert_eq!(word(11), sector);
    assert!(clusters >= 65_525, "{clusters} clusters are FAT16");

    // Mounted, written to, unmounted, and there again.
    let at = bench.path("target");
    let mounted = prepared.mount(&at).unwrap();
    assert!(is_mounted(&at));
    assert_eq!(fs::metadata(&at).unwrap().mode() & 0o7777, 0o755);
    fs::write(at.join("kept"), "x").unwrap();
    assert_eq!(
        seen(&disk, &options).refusal,
        Some(Refusal::InUse(Use::Mounted {
            at: at.display().to_string()
        }))
    );
    if filesystem == Filesystem::Btrfs {
        assert!(is_mounted(&at.join("home")));
        fs::write(at.join("home/photo"), "x").unwrap();
    }
    assert_eq!(
        mounted.esp().is_some(),
        fs::read_to_string("/proc/filesystems").unwrap().contains("\tvfat")
    );
    mounted.unmount().unwrap();
    assert!(!is_mounted(&at));
    drop(prepared.mount(&at).unwrap());
    assert!(!is_mounted(&at), "dropping unmounts");

    let steps = watch.steps.into_inner().unwrap();
    assert_eq!(
        &steps[..3],
        [
            "Intent 0 wipe-signatures",
            &format!("0/{} wipe-signatures", plan.steps.len()),
            "Done 0 wipe-signatures"
        ]
    );
    assert_eq!(steps.len(), plan.steps.len() * 3);
    assert_eq!(seen(&disk, &options).refusal, None);
}

#[test]
fn ext4_is_made_over_an_old_table_with_file_systems() {
    commit_and_look(Filesystem::Ext4, 512, 4 * GIB);
}

#[test]
fn xfs_is_made_over_an_old_table_with_file_systems() {
    commit_and_look(Filesystem::Xfs, 512, 2 * GIB + 12345 * 512);
}

#[test]
fn btrfs_is_made_over_an_old_table_with_file_systems() {
    commit_and_look(Filesystem::Btrfs, 512, 3 * GIB);
}

#[test]
fn ext4_is_made_on_sectors_of_4096_bytes() {
    commit_and_look(Filesystem::Ext4, 4096, 2 * GIB);
}

#[test]
fn xfs_is_made_on_sectors_of_4096_bytes() {
    commit_and_look(Filesystem::Xfs, 4096, 2 * GIB);
}

#[test]
fn btrfs_is_made_on_sectors_of_4096_bytes() {
    commit_and_look(Filesystem::Btrfs, 4096, 2 * GIB);
}

#[test]
fn the_smallest_disk_takes_every_file_system() {
    for filesystem in Filesystem::ALL {
        commit_and_look(filesystem, 512, smallest_disk());
    }
}

#[test]
fn btrfs_mounts_its_root_subvolume_when_none_is_named() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let plan = plan_for(&disk, Filesystem::Btrfs, &options());
    let prepared = commit(&plan, &plan.digest(), &options(), &Silent).unwrap();

    let at = bench.path("target");
    let mounted = prepared.mount(&at).unwrap();
    fs::write(at.join("this-is-at"), "").unwrap();
    mounted.unmount().unwrap();

    run(
        "/usr/bin/mount",
        &[
            "-t",
            "btrfs",
            &prepared.root.node.display().to_string(),
            &at.display().to_string(),
        ],
        "",
    );
    let there = at.join("this-is-at").exists();
    run("/usr/bin/umount", &[&at.display().to_string()], "");
    assert!(there);
}

#[test]
fn a_disk_can_be_installed_again_and_again() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);

    for filesystem in [Filesystem::Xfs, Filesystem::Btrfs, Filesystem::Ext4, Filesystem::Xfs] {
        let plan = plan_for(&disk, filesystem, &options());
        commit(&plan, &plan.digest(), &options(), &Silent).unwrap();
    }
}

#[test]
fn what_lies_on_the_whole_disk_without_a_table_is_replaced() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    run(
        "/usr/sbin/mkfs.btrfs",
        &["-q", "-L", "Whole", &disk.node().display().to_string()],
        "",
    );

    let found = seen(&disk, &options());
    assert_eq!(found.table, None);
    assert_eq!(found.signature.as_ref().and_then(|s| s.label.as_deref()), Some("Whole"));
    assert_eq!(found.occupied(), 2 * GIB);

    let plan = plan_for(&disk, Filesystem::Ext4, &options());
    commit(&plan, &plan.digest(), &options(), &Silent).unwrap();
    assert_eq!(seen(&disk, &options()).signature, None);
}

#[test]
fn an_mbr_with_logical_partitions_is_seen_and_replaced() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let node = disk.node().display().to_string();
    let script = format!(
        "label: dos\n{node}p1: size=100M, type=7\n{node}p2: size=1G, type=5\n{node}p5: size=100M, type=83\n{node}p6: size=100M, type=82\n"
    );
    run(
        "/usr/sbin/sfdisk",
        &["--no-reread", "--no-tell-kernel", "-q", &node],
        &script,
    );

    let found = seen(&disk, &options());
    let table = found.table.as_ref().unwrap();
    assert_eq!(table.kind, TableKind::Mbr);
    assert_eq!(
        table.partitions.iter().map(|p| p.number).collect::<Vec<_>>(),
        [1, 2, 5, 6]
    );
    assert_eq!(
        found.segments().iter().filter(|s| s.kind != SegmentKind::Free).count(),
        3,
        "the extended one is a frame"
    );

    let plan = plan_for(&disk, Filesystem::Xfs, &options());
    commit(&plan, &plan.digest(), &options(), &Silent).unwrap();
    assert_eq!(seen(&disk, &options()).table.unwrap().kind, TableKind::Gpt);
}

#[test]
fn an_install_changes_no_byte_of_the_disk_beside_it() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let neighbour = bench.disk("neighbour.img", 2 * GIB, 512);
    lived_in(&neighbour);
    let before = fingerprint(&neighbour);

    for filesystem in Filesystem::ALL {
        let plan = plan_for(&disk, filesystem, &options());
        commit(&plan, &plan.digest(), &options(), &Silent).unwrap();
        assert_eq!(
            fingerprint(&neighbour),
            before,
            "an install onto one disk changed another"
        );
    }
}

/// Looks at everything outside a step's ranges before and after the step.
struct Guard<'a> {
    disk: &'a LoopDisk,
    plan: &'a Plan,
    before: Mutex<Option<blake3::Hash>>,
}

impl Watch for Guard<'_> {
    fn journal(&self, mark: Mark, index: usize, action: &Action) -> std::io::Result<()> {
        let now = fingerprint_outside(self.disk, &self.plan.steps[index].ranges);
        let before = self.before.lock().unwrap().replace(now);

        if mark == Mark::Done {
            assert_eq!(before, Some(now), "{} wrote outside its ranges", action.name());
        }
        Ok(())
    }
}

#[test]
fn no_step_writes_a_byte_outside_its_ranges() {
    let bench = Bench::new();

    for filesystem in Filesystem::ALL {
        let disk = bench.disk(&format!("{filesystem}.img"), smallest_disk() + 5 * 512, 512);
        lived_in(&disk);
        // A mark in every 64 KiB behind the old partitions, up to the last sector.
        let node = std::fs::OpenOptions::new().write(true).open(disk.node()).unwrap();
        for at in (700 * MIB..smallest_disk() + 4 * 512)
            .step_by(1 << 16)
            .chain([smallest_disk() + 4 * 512])
        {
            node.write_all_at(&[0xa5; 512], at).unwrap();
        }
        drop(node);
        disk.sync().unwrap();

        let plan = plan_for(&disk, filesystem, &options());
        // And one right beside every range that will be wiped.
        let node = std::fs::OpenOptions::new().write(true).open(disk.node()).unwrap();
        for range in &plan.steps[0].ranges {
            let (before, behind) = (range.start.checked_sub(512), range.end().unwrap());
            for at in before.into_iter().chain((behind < plan.disk.size).then_some(behind)) {
                node.write_all_at(&[0x5a; 512], at).unwrap();
            }
        }
        drop(node);
        disk.sync().unwrap();

        let guard = Guard {
            disk: &disk,
            plan: &plan,
            before: Mutex::new(None),
        };
        commit(&plan, &plan.digest(), &options(), &guard).unwrap();
    }
}

#[test]
fn a_stale_node_of_an_older_partition_is_replaced() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    // A /dev that nobody fills, with a node for the first partition that is the null device's.
    let dev = bench.path("dev");
    fs::create_dir(&dev).unwrap();
    for (name, kind, major, minor) in [
        (
            disk.name().to_owned(),
            "b",
            7,
            disk.name().trim_start_matches("loop").parse::<u32>().unwrap(),
        ),
        (format!("{}p1", disk.name()), "b", 1, 0),
    ] {
        let node = dev.join(name).display().to_string();
        run(
            "/usr/bin/mknod",
            &[&node, kind, &major.to_string(), &minor.to_string()],
            "",
        );
    }
    let options = ProbeOptions { dev, ..options() };

    let plan = plan_for(&disk, Filesystem::Ext4, &options);
    let prepared = commit(&plan, &plan.digest(), &options, &Silent).unwrap();

    assert!(prepared.root.node.starts_with(&options.dev));
    assert_eq!(
        blkid(&prepared.root.node, 0, plan.table.partitions[1].range.size)["UUID"],
        prepared.root.uuid
    );
}

#[test]
fn fstab_names_file_systems_by_uuid_with_options_that_exist() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let plan = plan_for(&disk, Filesystem::Btrfs, &options());
    let prepared = commit(&plan, &plan.digest(), &options(), &Silent).unwrap();

    let lines: Vec<String> = prepared.fstab().lines().skip(1).map(str::to_owned).collect();
    assert_eq!(
        lines,
        [
            format!("UUID={} / btrfs subvol=@ 0 0", prepared.root.uuid),
            format!("UUID={} /home btrfs subvol=@home 0 0", prepared.root.uuid),
            format!(
                "UUID={} /efi vfat umask=0077,nosuid,nodev,noexec,nofail 0 2",
                prepared.esp.uuid
            ),
        ]
    );

    let ext4 = Prepared {
        filesystem: Filesystem::Ext4,
        ..prepared.clone()
    }
    .fstab();
    assert!(
        ext4.contains(&format!("UUID={} / ext4 defaults 0 1\n", prepared.root.uuid)),
        "{ext4}"
    );
    let xfs = Prepared {
        filesystem: Filesystem::Xfs,
        ..prepared.clone()
    }
    .fstab();
    assert!(
        xfs.contains(&format!("UUID={} / xfs defaults 0 0\n", prepared.root.uuid)),
        "{xfs}"
    );
}
