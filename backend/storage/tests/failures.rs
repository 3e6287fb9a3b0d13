//! Trouble half-way: each failure is typed and says what state the disk is in.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use moult_storage::loop_disk::LoopDisk;
use moult_storage::*;
use support::*;

fn tool(folder: &Path, name: &str, text: &str) {
    fs::create_dir_all(folder).unwrap();
    script(&folder.join(name), text);
}

fn with_tools(folder: &Path) -> ProbeOptions {
    let mut options = options();
    options.tools.insert(0, folder.to_owned());
    options
}

#[test]
fn a_failing_mkfs_is_told_with_its_own_words_and_the_disk_is_erased() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let tools = bench.path("tools");
    tool(
        &tools,
        "mkfs.xfs",
        "#!/bin/sh\necho 'the platters fell off' >&2\nexit 3\n",
    );
    let options = with_tools(&tools);
    let plan = plan_for(&disk, Filesystem::Xfs, &options);

    let error = commit(&plan, &plan.digest(), &options, &Silent).unwrap_err();

    assert!(
        matches!(&error, Error::Tool { action: "make-root", source: ToolError::Failed { stderr, .. }, .. }
        if stderr == "the platters fell off")
    );
    assert_eq!(error.disk_state(), DiskState::Erased);
    // And it can be tried again.
    let plan = plan_for(&disk, Filesystem::Xfs, &support::options());
    commit(&plan, &plan.digest(), &support::options(), &Silent).unwrap();
}

#[test]
fn a_missing_tool_is_found_out_before_anything_is_written() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let before = fingerprint(&disk);
    let plan = plan_for(&disk, Filesystem::Btrfs, &options());
    let tools = bench.path("tools");
    fs::create_dir(&tools).unwrap();
    for name in ["sfdisk", "blkid", "mkfs.vfat"] {
        std::os::unix::fs::symlink(Path::new("/usr/sbin").join(name), tools.join(name)).unwrap();
    }
    let bare = ProbeOptions {
        tools: vec![tools],
        ..options()
    };

    let error = commit(&plan, &plan.digest(), &bare, &Silent).unwrap_err();

    assert!(matches!(
        error,
        Error::MissingTool(ToolError::Missing {
            tool: "mkfs.btrfs",
            package: "btrfs-progs"
        })
    ));
    assert_eq!(fingerprint(&disk), before);
    assert_eq!(filesystems(&bare), []);
    assert_eq!(filesystems(&options()), Filesystem::ALL);
}

#[test]
fn an_mkfs_that_lies_is_caught_when_the_disk_is_read_back() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let tools = bench.path("tools");
    tool(&tools, "mkfs.ext4", "#!/bin/sh\nexit 0\n");
    let options = with_tools(&tools);
    let plan = plan_for(&disk, Filesystem::Ext4, &options);

    let error = commit(&plan, &plan.digest(), &options, &Silent).unwrap_err();

    assert!(matches!(&error, Error::ReadBack { .. }), "{error}");
    assert!(error.to_string().contains("partition 2"), "{error}");
    assert_eq!(error.disk_state(), DiskState::Erased);
}

#[test]
fn an_sfdisk_that_writes_another_table_is_caught_when_the_disk_is_read_back() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let tools = bench.path("tools");
    // Drops the names on the way.
    tool(
        &tools,
        "sfdisk",
        "#!/bin/sh\n[ \"$1\" = --json ] && exec /usr/sbin/sfdisk \"$@\"\nsed 's/, name=.*//' | /usr/sbin/sfdisk \"$@\"\n",
    );
    let options = with_tools(&tools);
    let plan = plan_for(&disk, Filesystem::Ext4, &options);

    let error = commit(&plan, &plan.digest(), &options, &Silent).unwrap_err();
    assert!(
        matches!(&error, Error::ReadBack { differences, .. } if differences.len() == 2),
        "{error}"
    );
}

/// A place for files that has room for so many MiB and is gone with the descriptor.
fn cramped(mib: u64) -> std::os::fd::OwnedFd {
    use rustix::mount::*;

    let context = fsopen("tmpfs", FsOpenFlags::FSOPEN_CLOEXEC).unwrap();
    fsconfig_set_string(&context, "size", format!("{mib}m")).unwrap();
    fsconfig_create(&context).unwrap();
    fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::empty()).unwrap()
}

#[test]
fn a_disk_that_begins_to_fail_half_way_is_a_typed_failure() {
    let mut failed_in = Vec::new();

    // The image is sparse; the disk takes so many MiB of new data and then answers every write with an error.
    for mib in [2, 22, 30] {
        let bench = Bench::new();
        let room = cramped(mib);
        let image = PathBuf::from(format!("/proc/self/fd/{}/target.img", room.as_raw_fd()));
        let disk = LoopDisk::create(&image, 2 * GIB, 512).unwrap();
        let plan = plan_for(&disk, Filesystem::Ext4, &options());

        let error = commit(&plan, &plan.digest(), &options(), &Silent).unwrap_err();

        assert_eq!(error.disk_state(), DiskState::Erased);
        match error {
            Error::Tool { action, .. } | Error::Write { action, .. } => failed_in.push(action),
            other => panic!("with {mib} MiB: {other}"),
        }
        drop(bench);
    }

    assert_eq!(failed_in.first(), Some(&"wipe-signatures"));
    assert_eq!(failed_in.last(), Some(&"make-root"));
}

#[test]
fn a_person_may_cancel_before_the_first_step_and_between_steps() {
    for cancel_before in 0..3 {
        let bench = Bench::new();
        let disk = bench.disk("target.img", 2 * GIB, 512);
        lived_in(&disk);
        let before = fingerprint(&disk);
        let plan = plan_for(&disk, Filesystem::Ext4, &options());
        // Three records a step: intent, step, done.
        let watch = Recorder {
            cancel_before: Some(cancel_before * 3),
            ..Recorder::default()
        };

        let error = commit(&plan, &plan.digest(), &options(), &watch).unwrap_err();

        let state = if cancel_before == 0 {
            DiskState::Untouched
        } else {
            DiskState::Erased
        };
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        assert_eq!(error.disk_state(), state);
        assert_eq!(fingerprint(&disk) == before, state == DiskState::Untouched);
        assert_eq!(watch.steps.into_inner().unwrap().len(), cancel_before * 3);
    }
}

struct FullJournal;

impl Watch for FullJournal {
    fn journal(&self, _: Mark, _: usize, _: &Action) -> std::io::Result<()> {
        Err(std::io::ErrorKind::StorageFull.into())
    }
}

#[test]
fn without_a_journal_nothing_is_begun() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let before = fingerprint(&disk);
    let plan = plan_for(&disk, Filesystem::Ext4, &options());

    let error = commit(&plan, &plan.digest(), &options(), &FullJournal).unwrap_err();

    assert!(
        matches!(
            error,
            Error::Journal {
                state: DiskState::Untouched,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(fingerprint(&disk), before);
}

#[test]
fn a_busy_mount_is_not_called_unmounted() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let plan = plan_for(&disk, Filesystem::Ext4, &options());
    let prepared = commit(&plan, &plan.digest(), &options(), &Silent).unwrap();
    let at = bench.path("target");
    let mounted = prepared.mount(&at).unwrap();
    let busy = fs::File::create(at.join("open")).unwrap();

    let error = mounted.unmount().unwrap_err();
    assert!(
        matches!(&error, Error::Unmount { at: named, .. } if *named == at),
        "{error}"
    );
    drop(busy);
}

/// Probes all the time, as a second window would, while a commit runs: neither may disturb the other.
#[test]
fn a_commit_is_not_disturbed_by_somebody_who_keeps_probing() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    let stop = std::sync::atomic::AtomicBool::new(false);

    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = probe(&options()).unwrap();
            }
        });
        let results: Vec<_> = (0..5)
            .map(|_| {
                let graph = probe(&options()).unwrap();
                let found = graph
                    .disks
                    .iter()
                    .find(|found| found.kernel_name == disk.name())
                    .unwrap();
                let request = Request {
                    disk: found.id.clone(),
                    filesystem: Filesystem::Ext4,
                    minimum: 0,
                    seed: [3; 16],
                };
                let plan = propose(&request, &graph).map_err(|error| error.to_string())?;
                commit(&plan, &plan.digest(), &options(), &Silent).map_err(|error| error.to_string())
            })
            .collect();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        for result in results {
            result.unwrap();
        }
    });
}
