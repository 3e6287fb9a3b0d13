//! The file systems that are not the default one take a system too, and the choice is told apart from another.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::time::Duration;

use moult_tests::lab::Options;
use moult_tests::lab::drive::{self, Choices};
use moult_tests::sample::tree;
use support::image::Root;
use support::{GIB, configuration, kiosk, small_repository, world};

fn install(filesystem: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (repo, disk) = (folder.path().join("repo"), folder.path().join("disk.img"));
    small_repository(&repo);
    let options = Options {
        configuration: Some(configuration("file:///repo/stone.index", 2 * GIB)),
        ..world(&repo, &disk, 4 * GIB)
    };
    let choices = Choices {
        filesystem: Some(filesystem.into()),
        ..Choices::default()
    };
    let mut kiosk = kiosk(&options);
    let _ = drive::install(&mut kiosk, &choices, Duration::from_secs(600), |_, _| Ok(())).unwrap();
    drop(kiosk);

    let root = Root::mount(&disk, &folder.path().join("root"));
    let mounts = fs::read_to_string("/proc/mounts").unwrap();
    let mounted = mounts
        .lines()
        .find(|line| line.contains(root.path.to_str().unwrap()))
        .unwrap();
    assert_eq!(mounted.split_whitespace().nth(2), Some(filesystem));
    assert_eq!(tree::check(&repo, &root.path, None).unwrap().packages, 1);
    let fstab = root.read("etc/fstab");
    let line = |at: &str| {
        fstab
            .lines()
            .find(|line| line.split_whitespace().nth(1) == Some(at))
            .map(str::to_owned)
    };
    let slash = line("/").expect("a root in fstab");
    assert_eq!(slash.split_whitespace().nth(2), Some(filesystem), "{fstab}");
    if filesystem == "btrfs" {
        // The default subvolume is what a plain mount shows.
        assert!(slash.contains("subvol=/@") || slash.contains("subvol=@"), "{fstab}");
        assert!(line("/home").is_some_and(|home| home.contains("@home")), "{fstab}");
    }
}

#[test]
fn xfs_takes_a_system() {
    install("xfs");
}

#[test]
fn btrfs_takes_a_system_with_its_subvolumes() {
    install("btrfs");
}
