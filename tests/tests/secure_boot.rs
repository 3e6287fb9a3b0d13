//! Secure Boot under real firmware: what a signature covers starts, and what was changed does not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use moult_api::SecureBoot;
use moult_boot::Volume;
use moult_packages::Unwatched;
use moult_tests::lab::{Drive, Hardware, Machine, SECURE_KEY};
use support::computer::{Computer, Root};
use support::person::{BOOT, STEP, become_root, run, told_root, wait_login};

/// Gives the system the key that the firmware trusts, and has its menu written anew.
fn sign(computer: &Computer) {
    computer.change(|root, engine| {
        let folder = root.join("etc/moult/secure-boot");
        fs::create_dir_all(&folder).unwrap();
        let [key, certificate] = SECURE_KEY;
        let opened = Command::new("/usr/bin/openssl")
            .args(["rsa", "-in", key, "-passin", "pass:snakeoil", "-out"])
            .arg(folder.join("db.key"))
            .output()
            .unwrap();
        assert!(opened.status.success(), "{opened:?}");
        fs::set_permissions(folder.join("db.key"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::copy(certificate, folder.join("db.crt")).unwrap();
        assert_eq!(engine.sync_boot(&Unwatched).unwrap(), Vec::<String>::new());
    });
}

/// The path of the only image.
fn image(computer: &Computer) -> String {
    let esp = computer.esp();
    let entries = esp.list("loader/entries").unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let entry = esp
        .read(&format!("loader/entries/{}", entries[0].name))
        .unwrap()
        .unwrap();
    let entry = String::from_utf8(entry).unwrap();
    entry
        .lines()
        .find_map(|line| line.strip_prefix("efi /"))
        .unwrap_or_else(|| panic!("no image: {entry}"))
        .to_owned()
}

/// Without its signature.
fn unsigned(folder: &Path, image: &[u8]) -> Vec<u8> {
    let copy = folder.join("unsigned.efi");
    fs::write(&copy, image).unwrap();
    let removed = Command::new("/usr/bin/sbattach")
        .arg("--remove")
        .arg(&copy)
        .output()
        .unwrap();
    assert!(removed.status.success(), "{removed:?}");
    fs::read(copy).unwrap()
}

/// Somebody with a screwdriver changes the command line within the image, or brings one that nobody signed; the firmware will have none of it.
#[test]
#[ignore = "three emulated starts, some minutes: tests/run --long"]
fn a_signed_image_starts_with_secure_boot_and_a_changed_one_does_not() {
    const VARIABLE: &str = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let computer = Computer::install(folder.path(), Root::Ext4);
    sign(&computer);
    let image = image(&computer);
    let hardware = Hardware {
        memory: 1024,
        drives: vec![Drive::disk(&computer.image)],
        secure_boot: true,
        ..Hardware::default()
    };

    let place = folder.path().join("machine");
    let mut machine = Machine::start(&hardware, &place).unwrap();
    let _ = machine.wait_serial("Secure boot enabled", BOOT).unwrap();
    let _ = machine
        .wait_serial("asked 1, before 1, now 1, result already", BOOT)
        .unwrap();
    wait_login(&mut machine);
    println!("signed: login {} s after the start", machine.uptime().as_secs());
    become_root(&mut machine);
    let (code, said) = run(&mut machine, &format!("od -An -tu1 {VARIABLE}"), STEP);
    // Four bytes of attributes, then the value.
    assert_eq!((code, said.split_whitespace().next_back()), (0, Some("1")), "{said}");
    let (start, _) = told_root(&mut machine);
    assert_eq!((start.secure_boot, start.next), (SecureBoot::On, 1), "{start:?}");
    let (code, said) = run(&mut machine, "moultctl boot status", STEP);
    println!("{said}");
    assert_eq!(code, 0);
    machine.cut_power().unwrap();

    let signed = computer.esp().read(&image).unwrap().unwrap();
    let mut changed = signed.clone();
    let at = changed
        .windows(14)
        .position(|bytes| bytes == b" moult.state=1")
        .unwrap();
    changed[at..at + 14].copy_from_slice(b" init=/bin/sh ");
    for (name, bytes) in [("changed", changed), ("unsigned", unsigned(folder.path(), &signed))] {
        computer.esp().write_new(&image, &mut bytes.as_slice()).unwrap();
        let mut machine = Machine::start(&hardware, &place).unwrap();
        let (which, said) = machine
            .wait_serial_any(&["Linux version", "ecurity violation", "Access denied"], BOOT)
            .unwrap();
        let _ = machine.keep(&format!("secure-boot-{name}")).unwrap();
        assert_ne!(which, 0, "it started: {said}");
        println!("{name}: refused {} s after the start", machine.uptime().as_secs());
    }

    // What was signed starts again: nothing but the image was at fault.
    computer.esp().write_new(&image, &mut signed.as_slice()).unwrap();
    let mut machine = Machine::start(&hardware, &place).unwrap();
    let _ = machine.wait_serial("Secure boot enabled", BOOT).unwrap();
    println!("Secure Boot: {} s", begun.elapsed().as_secs());
}
