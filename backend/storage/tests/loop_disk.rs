//! Loop disks leave nothing behind, however the process ends.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use moult_storage::loop_disk::LoopDisk;
use support::*;

const CHILD: &str = "MOULT_LOOP_DISK_CHILD";

/// Not a test by itself: what the killed process does.
#[test]
fn child_that_is_killed() {
    let Ok(image) = std::env::var(CHILD) else { return };
    let disk = LoopDisk::create(Path::new(&image), 64 * MIB, 512).unwrap();
    disk.add_partition(1, MIB, 8 * MIB).unwrap();

    // Past the test harness, which captures what is printed.
    std::io::Write::write_all(
        &mut std::io::stderr(),
        format!("loop disk {}\n", disk.name()).as_bytes(),
    )
    .unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_killed_process_leaves_neither_loop_device_nor_partition() {
    let bench = Bench::new();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_is_killed", "--nocapture"])
        .env(CHILD, bench.path("killed.img"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = said
        .map_while(Result::ok)
        .find(|line| line.starts_with("loop disk "))
        .expect("the child made no loop disk");
    let name = line.trim_start_matches("loop disk ").to_owned();
    assert!(Path::new("/sys/block").join(&name).join(format!("{name}p1")).exists());

    child.kill().unwrap();
    child.wait().unwrap();
    assert!(gone(&name), "{name} is still there");
}

#[test]
fn dropping_removes_the_device_and_keeps_the_file() {
    let bench = Bench::new();
    let disk = bench.disk("kept.img", 64 * MIB, 512);
    let (name, image) = (disk.name().to_owned(), disk.image().to_owned());
    disk.add_partition(1, MIB, 8 * MIB).unwrap();

    drop(disk);
    assert!(gone(&name));
    assert_eq!(image.metadata().unwrap().len(), 64 * MIB);
}
