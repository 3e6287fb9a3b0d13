//! Signatures with the administrator's key.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use moult_boot::{EfiVariables, Error, Policy, Report, SecureStep, Signature, Warning, When};

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

const STUB: &str = "lib/systemd/boot/efi/linuxx64.efi.stub";

/// A lab with a key, and a state with systemd's stub.
fn lab() -> (Lab, PathBuf) {
    let mut lab = Lab::new();
    let directory = lab.folder.path().join("etc/moult/secure-boot");
    key(&directory);
    let usr = lab.state(1);
    fs::write(usr.join(STUB), support::stub()).unwrap();
    (lab, directory)
}

fn verify(directory: &Path, program: &Path) {
    let certificate = directory.join("db.crt");
    run(
        "/usr/bin/sbverify",
        &["--cert", certificate.to_str().unwrap(), program.to_str().unwrap()],
    );
}

/// What binutils, not we, find in a section.
fn section(program: &Path, name: &str) -> Vec<u8> {
    let folder = support::folder();
    let out = folder.path().join("section");
    #[rustfmt::skip]
    run("/usr/bin/objcopy", &[
        "--dump-section", &format!("{name}={}", out.display()),
        program.to_str().unwrap(), folder.path().join("rest").to_str().unwrap(),
    ]);
    fs::read(out).unwrap()
}

/// The programs that a sync wrote.
fn programs(report: &Report) -> Vec<&str> {
    let paths = report.written.iter().map(|written| written.path.as_str());
    paths
        .filter(|path| path.contains("vmlinuz") || path.to_lowercase().ends_with(".efi"))
        .collect()
}

#[test]
fn with_a_key_one_signature_covers_kernel_initrds_and_command_line() {
    let (lab, directory) = lab();
    let report = lab.sync();
    assert_eq!(report.warnings, []);

    let programs = programs(&report);
    assert_eq!(programs.len(), 3, "{programs:?}");
    for path in &programs {
        verify(&directory, &lab.esp().join(path));
    }
    let text = lab.text(1);
    let image = text.lines().find_map(|line| line.strip_prefix("efi /")).unwrap();
    assert!(programs.contains(&image), "{text}");
    assert!(
        !text.contains("\nlinux ") && !text.contains("\ninitrd ") && !text.contains("\noptions "),
        "{text}"
    );
    assert!(lab.entry(1).ends_with("+3.conf"), "it is counted as any other");

    let image = lab.esp().join(image);
    let kernel = support::program(b"kernel of 1");
    assert_eq!(section(&image, ".linux")[..kernel.len()], kernel);
    assert_eq!(section(&image, ".initrd"), b"microcode\0\0\0initrd\0\0");
    let line = String::from_utf8(section(&image, ".cmdline")).unwrap();
    assert!(
        line.starts_with("root=UUID=") && line.ends_with(" moult.state=1"),
        "{line}"
    );
    assert_eq!(section(&image, ".uname"), b"6.1.0");
    assert!(section(&image, ".osrel").starts_with(b"ID=aerynos\n"));

    let again = lab.sync();
    assert_eq!(
        (again.written, again.pruned),
        (vec![], vec![]),
        "nothing is signed twice"
    );
    let status = lab.machine.status().unwrap();
    assert_eq!(status.entries[0].signature, Signature::Whole);
    assert_eq!(
        (status.secure_step, status.entries[0].fault.as_deref()),
        (SecureStep::Nothing, None)
    );
}

#[test]
fn what_is_signed_and_not_looked_at_is_said() {
    let (mut lab, _directory) = lab();
    let variables = lab.folder.path().join("efivars");
    fs::create_dir(&variables).unwrap();
    lab.machine.variables = Some(EfiVariables::new(&variables));
    lab.sync();
    for (on, expected) in [(0, SecureStep::Enrol), (1, SecureStep::Nothing)] {
        let name = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
        fs::write(variables.join(name), [7, 0, 0, 0, on]).unwrap();
        assert_eq!(lab.machine.status().unwrap().secure_step, expected);
    }
}

#[test]
fn what_was_changed_in_an_image_is_made_anew_and_what_is_old_goes() {
    let (mut lab, directory) = lab();
    let report = lab.sync();
    let image = programs(&report)
        .into_iter()
        .find(|path| path.contains("unified"))
        .unwrap()
        .to_owned();
    let path = lab.esp().join(&image);

    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(6).position(|bytes| bytes == b"initrd").unwrap();
    bytes[at] = b'I';
    fs::write(&path, bytes).unwrap();
    assert_eq!(lab.machine.status().unwrap().secure_step, SecureStep::Sync);
    assert_eq!(programs(&lab.sync()), [image.as_str()]);
    verify(&directory, &path);

    // Another word for the kernel makes another image.
    fs::create_dir_all(lab.folder.path().join("etc/kernel/cmdline.d")).unwrap();
    fs::write(lab.folder.path().join("etc/kernel/cmdline.d/50.cmdline"), "quiet").unwrap();
    let report = lab.sync();
    assert_eq!(programs(&report).len(), 1);
    assert_eq!(report.pruned, std::slice::from_ref(&image));
    assert!(!path.exists());

    // A choice changes the order of the entries, and no image: the key is not needed for it.
    let usr = lab.state(2);
    fs::write(usr.join(STUB), support::stub()).unwrap();
    assert_eq!(programs(&lab.sync()).len(), 1);
    fs::remove_file(directory.join("db.key")).unwrap();
    fs::remove_file(directory.join("db.crt")).unwrap();
    lab.machine.set_next(1, When::Always).unwrap();
    assert_eq!(lab.next(), Some(1));
}

#[test]
fn without_systemds_stub_kernels_are_signed_and_that_is_said() {
    let (lab, directory) = lab();
    let stub = lab.usr(1).join(STUB);
    // Too little room for a kernel in its header; and none.
    for content in [
        Some(support::program(b"#### LoaderInfo: systemd-stub 257.7 ####")),
        None,
    ] {
        match content {
            Some(content) => fs::write(&stub, content).unwrap(),
            None => fs::remove_file(&stub).unwrap(),
        }
        let report = lab.sync();
        assert!(
            matches!(&report.warnings[..], [Warning::KernelOnly { state: 1, reason }] if reason.contains("linuxx64.efi.stub")),
            "{:?}",
            report.warnings
        );
        let text = lab.text(1);
        let kernel = text.lines().find_map(|line| line.strip_prefix("linux /")).unwrap();
        verify(&directory, &lab.esp().join(kernel));
        let status = lab.machine.status().unwrap();
        assert_eq!(
            (status.entries[0].signature, status.secure_step),
            (Signature::Kernel, SecureStep::AddStub)
        );
    }
}

#[test]
fn another_key_signs_everything_anew_and_none_leaves_it_as_the_state_brings_it() {
    let (lab, directory) = lab();
    lab.sync();
    key(&directory);
    assert_eq!(lab.machine.status().unwrap().secure_step, SecureStep::Sync);
    assert_eq!(programs(&lab.sync()).len(), 3);
    assert_eq!(lab.machine.status().unwrap().secure_step, SecureStep::Nothing);

    fs::remove_dir_all(&directory).unwrap();
    lab.sync();
    assert_eq!(lab.read("EFI/BOOT/BOOTX64.EFI"), support::loader("257.7"));
    let text = lab.text(1);
    assert!(text.contains("\nlinux /") && text.contains("\noptions "), "{text}");
    let status = lab.machine.status().unwrap();
    assert_eq!(
        (status.entries[0].signature, status.secure_step),
        (Signature::None, SecureStep::Nothing)
    );
}

#[test]
fn systemds_own_stub_takes_a_kernel_where_it_is_installed() {
    let real = Path::new("/usr/lib/systemd/boot/efi/linuxx64.efi.stub");
    if !real.exists() {
        return;
    }
    let (lab, directory) = lab();
    fs::copy(real, lab.usr(1).join(STUB)).unwrap();
    let report = lab.sync();
    let image = programs(&report)
        .into_iter()
        .find(|path| path.contains("unified"))
        .unwrap();
    let image = lab.esp().join(image);
    verify(&directory, &image);
    assert!(section(&image, ".cmdline").ends_with(b" moult.state=1"));
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
