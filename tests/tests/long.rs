//! What takes too long for CI: `tests/run --long`. Each test says its time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use moult_tests::lab::{Drive, Hardware, Machine};
use moult_tests::sample::moving::Kernel;
use support::computer::{Computer, Root};
use support::person::{BOOT, log_in, state, wait_login};

fn hardware(computer: &Computer, memory: u32) -> Hardware {
    Hardware {
        memory,
        drives: vec![Drive::disk(&computer.image)],
        ..Hardware::default()
    }
}

/// Switches it on and chooses an entry of the menu, counted from the newest.
fn choose(computer: &Computer, folder: &Path, memory: u32, entry: usize) -> Machine {
    let mut machine = Machine::start(&hardware(computer, memory), &folder.join("machine")).unwrap();
    let _ = machine.wait_serial("state 1", BOOT).unwrap();
    for _ in 0..entry {
        machine.press(&["down"]).unwrap();
    }
    machine.press(&["ret"]).unwrap();
    machine
}

/// The older state of two, with a new kernel between them, out of the menu.
fn goes_back(root: Root, memory: u32) {
    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let computer = Computer::install(folder.path(), root);
    computer.update(20, Kernel::Starts);
    let mut machine = choose(&computer, folder.path(), memory, 1);
    wait_login(&mut machine);
    log_in(&mut machine);
    assert_eq!(state(&mut machine), "1");
    let _ = machine.keep(&format!("back-{root:?}").to_lowercase()).unwrap();
    println!("{root:?} in {memory} MiB: {} s", begun.elapsed().as_secs());
}

#[test]
#[ignore = "minutes: tests/run --long"]
fn a_root_on_xfs_goes_back_in_768_mb() {
    goes_back(Root::Xfs, 768);
}

#[test]
#[ignore = "minutes: tests/run --long"]
fn a_root_in_a_subvolume_of_btrfs_goes_back() {
    goes_back(Root::Btrfs, 1024);
}

/// The plug is taken out at ten moments from the initrd's first line on, while it brings the other state back; each time the machine
/// starts again and has the state that was asked for, whole.
#[test]
#[ignore = "many minutes: tests/run --long"]
fn power_cuts_while_a_state_comes_back_leave_a_system_that_boots() {
    const MOMENTS: u64 = 10;

    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let computer = Computer::install(folder.path(), Root::Ext4);
    computer.update(20, Kernel::Starts);
    for moment in 0..MOMENTS {
        // State 2 is active at first: the other one, each time.
        let entry = usize::from(moment % 2 == 0);
        let mut machine = choose(&computer, folder.path(), 1024, entry);
        let _ = machine.wait_serial("Run /init", BOOT).unwrap();
        sleep(Duration::from_millis(moment * 400));
        machine.cut_power().unwrap();

        let mut machine = choose(&computer, folder.path(), 1024, entry);
        wait_login(&mut machine);
        log_in(&mut machine);
        assert_eq!(
            state(&mut machine),
            if entry == 0 { "2" } else { "1" },
            "moment {moment}"
        );
        println!(
            "cut {} ms after the initrd began: {} s",
            moment * 400,
            begun.elapsed().as_secs()
        );
    }
}
