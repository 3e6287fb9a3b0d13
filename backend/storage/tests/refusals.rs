//! What must not be written is not written: the image is compared byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use moult_storage::loop_disk::LoopDisk;
use moult_storage::*;
use support::*;

/// Commits a plan after something happened to the disk; the commit must fail and the disk must stay as it was.
fn refused_after(change: impl FnOnce(&LoopDisk)) -> Error {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let plan = plan_for(&disk, Filesystem::Ext4, &options());

    change(&disk);
    let before = fingerprint(&disk);
    let error = commit(&plan, &plan.digest(), &options(), &Silent).unwrap_err();

    assert_eq!(
        fingerprint(&disk),
        before,
        "a refused commit wrote to the disk: {error}"
    );
    assert_eq!(error.disk_state(), DiskState::Untouched);
    error
}

fn changes(error: &Error) -> &[Difference] {
    match error {
        Error::Changed { differences, .. } => differences,
        other => panic!("expected Changed, got {other}"),
    }
}

#[test]
fn an_unchanged_disk_is_not_refused() {
    // The control for every test below.
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let plan = plan_for(&disk, Filesystem::Ext4, &options());

    commit(&plan, &plan.digest(), &options(), &Silent).unwrap();
}

#[test]
fn a_partition_added_after_the_proposal_is_a_change() {
    let error = refused_after(|disk| {
        let node = disk.node().display().to_string();
        run(
            "/usr/sbin/sfdisk",
            &["--no-reread", "--no-tell-kernel", "-q", "--append", &node],
            "size=50M, name=\"Diary\"\n",
        );
    });

    assert_eq!(
        changes(&error),
        [Difference::NewPartition {
            number: 4,
            size: 50 * MIB
        }]
    );
    assert!(
        error.to_string().contains("partition 4 of 52428800 bytes is new"),
        "{error}"
    );
}

#[test]
fn a_partition_removed_or_grown_after_the_proposal_is_a_change() {
    let error = refused_after(|disk| {
        run(
            "/usr/sbin/sfdisk",
            &[
                "--no-reread",
                "--no-tell-kernel",
                "-q",
                "--delete",
                &disk.node().display().to_string(),
                "3",
            ],
            "",
        );
    });
    assert_eq!(
        changes(&error),
        [Difference::LostPartition {
            number: 3,
            size: 100 * MIB
        }]
    );

    let error = refused_after(|disk| {
        let node = disk.node().display().to_string();
        run(
            "/usr/sbin/sfdisk",
            &["--no-reread", "--no-tell-kernel", "-q", "-N", "3", &node],
            ", 200M\n",
        );
    });
    assert!(
        matches!(changes(&error), [Difference::Partition { number: 3, fact, .. }] if fact == "size in bytes"),
        "{error}"
    );
}

#[test]
fn a_file_system_made_after_the_proposal_is_a_change() {
    // Same table, but partition 3 is not empty any more.
    let error = refused_after(|disk| {
        run(
            "/usr/sbin/mkfs.ext4",
            &["-q", "-L", "Thesis", &format!("{}p3", disk.node().display())],
            "",
        );
    });

    assert!(
        matches!(changes(&error), [Difference::Partition { number: 3, fact, .. }] if fact == "content"),
        "{error}"
    );
    assert!(error.to_string().contains("Thesis"), "{error}");
}

#[test]
fn a_new_table_with_the_same_partitions_is_a_change() {
    let error = refused_after(|disk| {
        let node = disk.node().display().to_string();
        run(
            "/usr/sbin/sfdisk",
            &[
                "--no-reread",
                "--no-tell-kernel",
                "-q",
                "--disk-id",
                &node,
                "11111111-2222-4333-8444-555555555555",
            ],
            "",
        );
    });

    assert!(
        matches!(changes(&error), [Difference::Disk { fact, .. }] if fact == "partition table's id"),
        "{error}"
    );
}

#[test]
fn a_disk_replaced_by_a_larger_one_is_a_change() {
    let bench = Bench::new();
    let first = bench.disk("a.img", 2 * GIB, 512);
    let plan = plan_for(&first, Filesystem::Ext4, &options());
    let name = first.name().to_owned();
    drop(first);
    assert!(gone(&name), "{name} is still there");
    // A loop device's identity is its place, its file and its size.
    let second = bench.disk("b.img", 3 * GIB, 512);
    assert_eq!(second.name(), name, "another program took the loop device meanwhile");
    lived_in(&second);
    let before = fingerprint(&second);

    let error = commit(&plan, &plan.digest(), &options(), &Silent).unwrap_err();

    let text = error.to_string();
    assert!(
        text.contains("size in bytes was 2147483648 and is 3221225472"),
        "{text}"
    );
    assert!(text.contains("a.img") && text.contains("b.img"), "{text}");
    assert_eq!(error.disk_state(), DiskState::Untouched);
    assert_eq!(fingerprint(&second), before);
}

#[test]
fn a_disk_that_was_pulled_out_is_gone() {
    let bench = Bench::new();
    let disk = bench.disk("a.img", 2 * GIB, 512);
    let plan = plan_for(&disk, Filesystem::Ext4, &options());
    let (name, image) = (disk.name().to_owned(), disk.image().to_owned());
    drop(disk);
    assert!(gone(&name), "{name} is still there");
    let before = fingerprint_of_file(&image);

    let error = commit(&plan, &plan.digest(), &options(), &Silent).unwrap_err();
    assert_eq!(changes(&error), [Difference::Gone]);
    assert_eq!(fingerprint_of_file(&image), before);
}

#[test]
fn a_digest_of_another_plan_is_no_approval() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let before = fingerprint(&disk);
    let plan = plan_for(&disk, Filesystem::Ext4, &options());
    let other = plan_for(&disk, Filesystem::Xfs, &options());

    for digest in [other.digest(), "0".repeat(64).parse().unwrap()] {
        let error = commit(&plan, &digest, &options(), &Silent).unwrap_err();
        assert!(matches!(error, Error::NotApproved), "{error}");
    }
    assert_eq!(fingerprint(&disk), before);
}

#[test]
fn a_plan_that_was_tampered_with_and_sealed_again_is_unsound() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let before = fingerprint(&disk);
    let mut plan = plan_for(&disk, Filesystem::Ext4, &options());
    plan.table.partitions[1].range.size += 64 * MIB;

    let error = commit(&plan, &plan.digest(), &options(), &Silent).unwrap_err();
    assert!(matches!(error, Error::Unsound(_)), "{error}");
    assert_eq!(fingerprint(&disk), before);
}

#[test]
fn a_mounted_disk_is_refused_by_probe_propose_and_commit() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let plan = plan_for(&disk, Filesystem::Ext4, &options());
    let at = bench.path("photos");
    fs::create_dir(&at).unwrap();
    run(
        "/usr/bin/mount",
        &[
            "-r",
            "-o",
            "noload",
            &format!("{}p2", disk.node().display()),
            &at.display().to_string(),
        ],
        "",
    );
    let before = fingerprint_of_file(disk.image());

    let found = seen(&disk, &options());
    let graph = probe(&options()).unwrap();
    let proposed = propose(
        &Request {
            disk: found.id.clone(),
            filesystem: Filesystem::Ext4,
            minimum: 0,
            seed: [1; 16],
        },
        &graph,
    );
    let committed = commit(&plan, &plan.digest(), &options(), &Silent);
    run("/usr/bin/umount", &[&at.display().to_string()], "");

    let mounted = Refusal::InUse(Use::Mounted {
        at: at.display().to_string(),
    });
    assert_eq!(found.refusal, Some(mounted.clone()));
    assert!(matches!(proposed, Err(ProposeError::Refused { refusal, .. }) if refusal == mounted));
    assert!(matches!(committed, Err(Error::Refused { refusal, .. }) if refusal == mounted));
    assert_eq!(fingerprint_of_file(disk.image()), before);
}

#[test]
fn a_disk_mounted_in_another_namespace_is_in_use() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let plan = plan_for(&disk, Filesystem::Ext4, &options());
    // Its own mount namespace; `cat` keeps it alive until its input ends.
    let script = "mount -r -o noload \"$1\" /mnt && echo ready && exec cat";
    let mut other = Command::new("/usr/bin/unshare")
        .args([
            "-m",
            "/bin/sh",
            "-c",
            script,
            "sh",
            &format!("{}p2", disk.node().display()),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = [0; 6];
    std::io::Read::read_exact(other.stdout.as_mut().unwrap(), &mut ready).unwrap();
    let before = fingerprint_of_file(disk.image());

    let found = seen(&disk, &options());
    let committed = commit(&plan, &plan.digest(), &options(), &Silent);
    drop(other.stdin.take());
    other.wait().unwrap();

    assert_eq!(found.refusal, Some(Refusal::InUse(Use::Claimed)));
    assert!(matches!(
        committed,
        Err(Error::Refused {
            refusal: Refusal::InUse(Use::Claimed),
            ..
        })
    ));
    assert_eq!(fingerprint_of_file(disk.image()), before);
}

#[test]
fn swap_on_a_partition_is_in_use() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let swap = disk.add_partition(1, MIB, 64 * MIB).unwrap().display().to_string();
    run("/usr/sbin/mkswap", &[&swap], "");
    run("/usr/sbin/swapon", &[&swap], "");
    let found = seen(&disk, &options());
    run("/usr/sbin/swapoff", &[&swap], "");

    assert_eq!(found.refusal, Some(Refusal::InUse(Use::Swap { device: swap })));
    assert_eq!(seen(&disk, &options()).refusal, None);
}

#[test]
fn a_disk_that_somebody_locked_is_in_use() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let holder = fs::File::open(disk.node()).unwrap();
    rustix::fs::flock(&holder, rustix::fs::FlockOperation::LockExclusive).unwrap();

    assert_eq!(seen(&disk, &options()).refusal, Some(Refusal::InUse(Use::Claimed)));
    drop(holder);
    assert_eq!(seen(&disk, &options()).refusal, None);
}

#[test]
fn a_disk_too_small_is_listed_with_the_bytes_needed_and_refused() {
    let bench = Bench::new();
    let disk = bench.disk("small.img", smallest_disk() - 512, 512);
    let before = fingerprint(&disk);

    let found = seen(&disk, &options());
    assert_eq!(
        found.refusal,
        Some(Refusal::TooSmall {
            needed: smallest_disk()
        })
    );

    let large = ProbeOptions {
        minimum: 8 * GIB,
        ..options()
    };
    assert_eq!(seen(&disk, &large).refusal, Some(Refusal::TooSmall { needed: 8 * GIB }));

    // The minimum of a request counts when the probe's does not.
    let roomy = bench.disk("roomy.img", 2 * GIB, 512);
    let graph = probe(&options()).unwrap();
    let id = graph
        .disks
        .iter()
        .find(|disk| disk.kernel_name == roomy.name())
        .unwrap()
        .id
        .clone();
    let error = propose(
        &Request {
            disk: id,
            filesystem: Filesystem::Xfs,
            minimum: 4 * GIB,
            seed: [0; 16],
        },
        &graph,
    )
    .unwrap_err();
    assert!(matches!(error, ProposeError::Refused { refusal: Refusal::TooSmall { needed }, .. } if needed == 4 * GIB));
    assert_eq!(fingerprint(&disk), before);
}

#[test]
fn a_write_protected_disk_is_listed_and_refused() {
    let bench = Bench::new();
    drop(bench.disk("locked.img", 2 * GIB, 512));
    let disk = LoopDisk::attach(&bench.path("locked.img"), 512, true).unwrap();

    let found = seen(&disk, &options());
    assert!(found.read_only);
    assert_eq!(found.refusal, Some(Refusal::ReadOnly));
}

#[test]
fn a_disk_that_became_write_protected_is_refused() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let plan = plan_for(&disk, Filesystem::Ext4, &options());
    let before = fingerprint(&disk);
    run(
        "/usr/sbin/blockdev",
        &["--setro", &disk.node().display().to_string()],
        "",
    );
    let error = commit(&plan, &plan.digest(), &options(), &Silent).unwrap_err();
    run(
        "/usr/sbin/blockdev",
        &["--setrw", &disk.node().display().to_string()],
        "",
    );

    assert!(
        error.to_string().contains("write protection was off and is on"),
        "{error}"
    );
    assert_eq!(fingerprint(&disk), before);
}

#[test]
fn a_table_that_cannot_be_understood_makes_a_disk_unreadable() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let fake = bench.path("tools");
    fs::create_dir(&fake).unwrap();
    script(&fake.join("sfdisk"), "#!/bin/sh\necho '{\"partitiontable\": 7}'\n");
    let mut options = options();
    options.tools.insert(0, fake);

    assert!(matches!(seen(&disk, &options).refusal, Some(Refusal::Unreadable { reason }) if reason.contains("sfdisk")));
}

#[test]
fn the_disk_of_the_running_system_is_the_live_medium() {
    // While it probes, it has the disks of others, too.
    let _bench = Bench::new();
    // Whatever this machine's root stands on: if it is a disk at all, it is marked.
    let graph = probe(&options()).unwrap();
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let root = mounts.lines().find(|line| line.split(' ').nth(4) == Some("/")).unwrap();
    let number = root.split(' ').nth(2).unwrap();
    let Ok(folder) = fs::canonicalize(Path::new("/sys/dev/block").join(number)) else {
        return;
    };

    let name = folder.components().rev().filter_map(|part| part.as_os_str().to_str());
    let disk = name
        .filter_map(|name| graph.disks.iter().find(|disk| disk.kernel_name == name))
        .next();
    if let Some(disk) = disk {
        assert_eq!(disk.refusal, Some(Refusal::LiveMedium), "{}", disk.kernel_name);
    }
}
