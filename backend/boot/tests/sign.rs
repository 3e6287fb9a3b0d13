//! Signatures with the administrator's key.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use moult_boot::{Error, Policy};

use support::Lab;

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn key(directory: &Path) {
    fs::create_dir_all(directory).unwrap();
    let (key, certificate) = (directory.join("db.key"), directory.join("db.crt"));
    #[rustfmt::skip]
    run("/usr/bin/openssl", &[
        "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test/",
        "-keyout", key.to_str().unwrap(), "-out", certificate.to_str().unwrap(),
    ]);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn kernels_and_loader_are_signed_once_with_the_administrators_key() {
    let mut lab = Lab::new();
    let directory = lab.folder.path().join("etc/moult/secure-boot");
    key(&directory);
    lab.state(1);
    let report = lab.sync();

    let certificate = directory.join("db.crt");
    let mut programs = 0;
    for written in &report.written {
        if written.path.contains("vmlinuz") || written.path.ends_with(".efi") || written.path.ends_with(".EFI") {
            let file = lab.esp().join(&written.path);
            run(
                "/usr/bin/sbverify",
                &["--cert", certificate.to_str().unwrap(), file.to_str().unwrap()],
            );
            programs += 1;
        }
    }
    assert_eq!(programs, 3);

    let again = lab.sync();
    assert_eq!(
        (again.written, again.pruned),
        (vec![], vec![]),
        "nothing is signed twice"
    );

    let kernel = report
        .written
        .iter()
        .find(|written| written.path.contains("vmlinuz"))
        .unwrap();
    fs::write(lab.esp().join(&kernel.path), b"rubbish").unwrap();
    assert_eq!(lab.sync().written.len(), 1, "a broken one is signed again");

    // Another key: everything is signed anew.
    key(&directory);
    let programs = lab
        .sync()
        .written
        .into_iter()
        .filter(|written| !written.path.ends_with(".conf"));
    assert_eq!(programs.count(), 3);

    fs::remove_dir_all(&directory).unwrap();
    lab.sync();
    assert_eq!(
        lab.read("EFI/BOOT/BOOTX64.EFI"),
        support::loader("257.7"),
        "without a key as the state brings it"
    );
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let mut lab = Lab::new();
    let directory = lab.folder.path().join("etc/moult/secure-boot");
    key(&directory);
    fs::set_permissions(directory.join("db.key"), fs::Permissions::from_mode(0o640)).unwrap();
    lab.state(1);
    let error = lab.machine.sync(&lab.trees, &Policy::default()).unwrap_err();
    assert!(matches!(error, Error::Key { .. }), "{error}");
    assert!(lab.machine.esp.list("").unwrap().is_empty());

    fs::remove_file(directory.join("db.key")).unwrap();
    assert!(lab.machine.sync(&lab.trees, &Policy::default()).is_err(), "half a pair");
}
