//! The sample system under real firmware: the boot loader, the kernel, the initrd, a login at the console, and the way back.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use moult_tests::lab::{Drive, Hardware, Machine};
use moult_tests::sample::moving::Kernel;
use support::computer::{Computer, Root};
use support::person::{BOOT, STEP, log_in, state, wait_login};

/// Held by the test that runs: each machine takes both processors, and the engine refuses a stone whose links another test counts anew.
static ONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A new kernel and twenty packages; the newest state first, then the older one out of the menu. No machine here has a network.
#[test]
fn the_newest_state_boots_and_the_older_one_comes_back_from_the_menu_offline() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let computer = Computer::install(folder.path(), Root::Ext4);
    computer.update(20, Kernel::Starts);
    println!("installed and updated: {} s", begun.elapsed().as_secs());

    let hardware = Hardware {
        memory: 1024,
        drives: vec![Drive::disk(&computer.image)],
        ..Hardware::default()
    };
    let mut machine = Machine::start(&hardware, &folder.path().join("machine")).unwrap();
    wait_login(&mut machine);
    println!("login: {} s after the start", machine.uptime().as_secs());
    log_in(&mut machine);
    assert_eq!(state(&mut machine), "2");
    let _ = machine.keep("boot-newest").unwrap();

    // The same machine once more, and now the person chooses.
    machine.power_button().unwrap();
    machine.wait_off(STEP).unwrap();
    let mut machine = Machine::start(&hardware, &folder.path().join("machine")).unwrap();
    let _ = machine.wait_serial("state 1", BOOT).unwrap();
    machine.press(&["down"]).unwrap();
    let _ = machine.keep("boot-menu").unwrap();
    machine.press(&["ret"]).unwrap();
    wait_login(&mut machine);
    println!(
        "the older state: login {} s after the start",
        machine.uptime().as_secs()
    );
    log_in(&mut machine);
    assert_eq!(state(&mut machine), "1");
    let _ = machine.keep("boot-older").unwrap();
}

/// The new kernel dies before anything of the system runs; nobody touches the machine.
#[test]
fn a_kernel_that_panics_comes_back_to_the_state_before_by_itself() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let computer = Computer::install(folder.path(), Root::Ext4);
    computer.update(1, Kernel::Panics);
    let hardware = Hardware {
        memory: 1024,
        drives: vec![Drive::disk(&computer.image)],
        ..Hardware::default()
    };
    let mut machine = Machine::start(&hardware, &folder.path().join("machine")).unwrap();
    let _ = machine.wait_serial("Kernel panic", BOOT).unwrap();
    let _ = machine.keep("boot-panic").unwrap();
    wait_login(&mut machine);
    println!(
        "back from a panic: login {} s after the start",
        machine.uptime().as_secs()
    );
    log_in(&mut machine);
    assert_eq!(state(&mut machine), "1");
    assert!(machine.events().unwrap().iter().any(|event| event == "RESET"));
    let _ = machine.keep("boot-panic-back").unwrap();
}
