//! The sample system under real firmware: the boot loader, the kernel, the initrd, a login at the console, and the way back.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use moult_api::{BootVerdict, BootedBy};
use moult_boot::Health;
use moult_tests::lab::{Drive, Hardware, Machine};
use moult_tests::sample::moving::Kernel;
use support::computer::{Computer, Root};
use support::person::{self, BOOT, active, answer, become_root, is_back, log_in, told, told_root, wait_login};

/// Held by the test that runs: each machine takes both processors, and the engine refuses a stone whose links another test counts anew.
static ONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hardware(computer: &Computer) -> Hardware {
    Hardware {
        memory: 1024,
        drives: vec![Drive::disk(&computer.image)],
        ..Hardware::default()
    }
}

/// The boot partition's check ends when the system has long come up: a start is found good all the same.
fn check_slowly(root: &Path) {
    let folder = root.join("etc/systemd/system/systemd-fsck@.service.d");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("slow.conf"), "[Service]\nExecStartPre=/usr/bin/sleep 20\n").unwrap();
}

/// Waits for what the initrd says of the states, and for the login.
fn starts(machine: &mut Machine, words: &str) {
    let _ = machine.wait_serial(words, BOOT).unwrap();
    wait_login(machine);
    println!("{words}: login {} s after the start", machine.uptime().as_secs());
}

/// A new kernel and twenty packages came after the install, and the machine has no network. A person who types in German logs in, sees
/// that the new state was found good, restarts, takes the older one out of the menu, and can go forth again.
#[test]
fn the_newest_state_is_found_good_and_the_older_one_comes_back_from_the_menu_offline() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let computer = Computer::install(folder.path(), Root::Ext4);
    computer.change(|root, _| check_slowly(root));
    computer.update(20, Kernel::Starts);
    println!("installed and updated: {} s", begun.elapsed().as_secs());
    let counted = &computer.menu().entries[0];
    assert_eq!((counted.state, counted.tries_left), (2, Some(3)));

    let mut machine = Machine::start(&hardware(&computer), &folder.path().join("machine")).unwrap();
    starts(&mut machine, "asked 2, before 2, now 2, result already");
    log_in(&mut machine);
    // The login comes before the last of the units that a good start needs.
    answer(
        &mut machine,
        "until systemctl -q is-active systemd-bless-boot;do sleep 1;done",
    );
    answer(&mut machine, "moultctl state list");
    let _ = machine.keep("boot-newest").unwrap();
    let (start, states) = told(&mut machine);
    assert_eq!((start.booted.by, start.booted.state), (BootedBy::Usual, 2), "{start:?}");
    assert_eq!(active(&states), 2);
    let first = &start.entries[0];
    assert_eq!((first.state, first.verdict), (2, BootVerdict::Good), "{start:?}");
    println!("logged in, found good: {} s", begun.elapsed().as_secs());

    machine.press(&["ctrl", "alt", "delete"]).unwrap();
    let _ = machine.wait_serial("state 1", BOOT).unwrap();
    // The loader has not written anything yet: this is what systemd left.
    let blessed = &computer.menu().entries[0];
    assert_eq!(
        (blessed.state, blessed.tries_left, blessed.health),
        (2, None, Health::Good)
    );
    machine.press(&["down"]).unwrap();
    let _ = machine.keep("boot-menu").unwrap();
    machine.press(&["ret"]).unwrap();
    starts(&mut machine, "asked 1, before 2, now 1, result activated");
    let states = is_back(&mut machine, "boot-older");
    // What undo goes to.
    assert!(
        states.iter().any(|state| state.id == 2 && state.status == "archived"),
        "{states:?}"
    );
    println!("back: {} s", begun.elapsed().as_secs());
}

/// The new kernel dies before anything of the system runs; nobody touches the machine.
#[test]
fn when_the_kernel_of_the_newest_state_panics_the_machine_comes_back_by_itself() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let computer = Computer::install(folder.path(), Root::Ext4);
    computer.update(1, Kernel::Panics);
    let mut machine = Machine::start(&hardware(&computer), &folder.path().join("machine")).unwrap();
    // It has three tries.
    for _ in 0..3 {
        let _ = machine.wait_serial("Kernel panic", BOOT).unwrap();
    }
    let _ = machine.keep("boot-panic").unwrap();
    starts(&mut machine, "asked 1, before 2, now 1, result activated");
    assert!(machine.events().unwrap().iter().any(|event| event == "RESET"));
    let _ = machine.keep("boot-panic-back").unwrap();

    become_root(&mut machine);
    let (start, states) = told_root(&mut machine);
    let booted = &start.booted;
    assert_eq!(
        (booted.by, booted.state, booted.failed),
        (BootedBy::Fallback, 1, 2),
        "{start:?}"
    );
    assert_eq!(active(&states), 1);
    let failed = start.entries.iter().find(|entry| entry.state == 2).unwrap();
    assert_eq!(
        (failed.verdict, failed.tries_left, failed.next),
        (BootVerdict::Bad, 0, false),
        "{start:?}"
    );
    assert_eq!(start.next, 1);
    let (code, said) = person::run(&mut machine, "moultctl boot status", person::STEP);
    println!("{said}");
    assert!(code == 0 && said.contains("state 2 did not start"), "{said}");
    println!("back by itself: {} s", begun.elapsed().as_secs());
}
