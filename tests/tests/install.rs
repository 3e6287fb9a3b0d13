//! One real install through the window: real input events in, a real system on a real disk out.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use moult_tests::lab::drive::{self, Choices};
use moult_tests::lab::{Kiosk, Network, Options};
use moult_tests::sample::make::SAMPLE;
use moult_tests::sample::tree;
use support::image::{self, Root};
use support::login::Console;
use support::{GIB, kiosk, menu, sample, world};

const LIMIT: Duration = Duration::from_secs(15 * 60);
/// How long each thing at the console may take.
const STEP: Duration = Duration::from_secs(120);

/// The whole way, in German, with the network, and everything that must hold afterwards.
#[test]
fn a_newcomer_installs_through_the_window_and_logs_in() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk.img");
    let mut options = Options {
        network: Network::Real,
        ..world(&sample(), &disk, 8 * GIB)
    };
    // A second disk with something on it, as large as the first: not one byte of it may change.
    let neighbour = folder.path().join("neighbour.img");
    fs::write(&neighbour, b"somebody's photographs\n".repeat(10_000)).unwrap();
    fs::File::options()
        .write(true)
        .open(&neighbour)
        .unwrap()
        .set_len(8 * GIB)
        .unwrap();
    options.disks.push((neighbour.clone(), 8 * GIB));
    let others = image::fingerprint(&neighbour);
    let choices = Choices {
        language: "de".into(),
        ..Choices::default()
    };
    let mut kiosk = kiosk(&options);
    let pictures = moult_tests::lab::target_folder().join("pictures");
    fs::create_dir_all(&pictures).unwrap();

    let before = image::fingerprint(&disk);
    let mut album = drive::album(&pictures);
    drive::to_summary(&mut kiosk, &choices, &mut album).unwrap();
    assert_eq!(
        image::fingerprint(&disk),
        before,
        "something was written before the person confirmed"
    );

    assert_eq!(kiosk.hold("confirm").unwrap(), "progress");
    watch_for_the_password(&kiosk, &choices.password);
    let job = kiosk
        .trace
        .wait_job(&["done", "failed", "cancelled", "interrupted"], LIMIT)
        .unwrap();
    assert_eq!(job.state, "done", "{}", kiosk.trace.summary());
    kiosk.wait_screen("done").unwrap();
    album(&kiosk, "done").unwrap();
    no_secret_was_left_in_the_lab(&kiosk, &choices.password);
    drop(kiosk);
    assert_eq!(image::fingerprint(&neighbour), others, "another disk was written");

    let root = Root::mount(&disk, &folder.path().join("root"));
    the_files_are_those_of_the_stones(&root);
    the_system_is_configured(&root, &choices);
    menu::starts_the_first_state(&disk, &root, "ext4");
    assert_eq!(
        image::files_with(&root.path.join("etc"), choices.password.as_bytes()),
        Vec::<std::path::PathBuf>::new()
    );
    assert_eq!(
        image::files_with(&root.path.join("var"), choices.password.as_bytes()),
        Vec::<std::path::PathBuf>::new()
    );
    the_person_logs_in(&root, &choices);
}

fn the_files_are_those_of_the_stones(root: &Root) {
    let checked = tree::check(&sample(), &root.path, Some(SAMPLE)).unwrap();
    assert!(checked.packages >= 120, "{checked:?}");
    assert!(checked.files > 1000, "{checked:?}");
}

fn the_system_is_configured(root: &Root, choices: &Choices) {
    assert_eq!(root.read("etc/hostname").trim(), choices.hostname);
    assert_eq!(root.read("etc/machine-id").trim(), "uninitialized");
    let fstab = root.read("etc/fstab");
    let line = fstab
        .lines()
        .find(|line| line.split_whitespace().nth(1) == Some("/"))
        .expect("a root in fstab");
    assert!(
        line.starts_with("UUID=") && line.split_whitespace().nth(2) == Some("ext4"),
        "{fstab}"
    );
    assert!(
        root.read("etc/vconsole.conf")
            .lines()
            .any(|line| line == "XKBLAYOUT=de" || line == "XKBLAYOUT=\"de\"")
    );
    assert!(root.read("etc/X11/xorg.conf.d/00-keyboard.conf").contains("\"de\""));
    let shadow = root.read("etc/shadow");
    let of = |name: &str| {
        shadow
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}:")))
            .unwrap_or("")
            .to_owned()
    };
    assert!(of(&choices.user_name).starts_with("$y$"), "yescrypt");
    assert!(of("root").starts_with('!'), "root is locked");
    let mode = |path: &str| fs::metadata(root.path.join(path)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode("etc/shadow") & 0o007, 0);
    assert_eq!(mode("tmp"), 0o1777);
    assert_eq!(mode(&format!("home/{}", choices.user_name)), 0o700);
    assert_eq!(mode("usr/bin/su") & 0o4000, 0o4000, "set-id survives");
    assert_eq!(fs::read_link(root.path.join("bin")).unwrap(), Path::new("usr/bin"));
    let profiles = root.path.join("etc/NetworkManager/system-connections");
    for profile in fs::read_dir(&profiles).into_iter().flatten().flatten() {
        let meta = profile.metadata().unwrap();
        assert_eq!((meta.mode() & 0o7777, meta.uid()), (0o600, 0), "{:?}", profile.path());
    }
}

fn the_person_logs_in(root: &Root, choices: &Choices) {
    let mut console = Console::boot(&root.path);
    let _ = console.expect("login:", LIMIT);
    console.type_line(&choices.user_name);
    let _ = console.expect("assword:", STEP);
    console.type_line("not the password");
    let _ = console.expect("ncorrect", STEP);
    let _ = console.expect("login:", STEP);
    console.type_line(&choices.user_name);
    let _ = console.expect("assword:", STEP);
    console.type_line(&choices.password);
    // login throws away what is typed before the shell asks.
    let _ = console.expect("$ ", STEP);
    assert_eq!(console.run("id -un"), choices.user_name);
    assert_eq!(console.run("hostname"), choices.hostname);
    let machine = console.run("cat /etc/machine-id");
    assert!(
        machine.len() == 32 && machine.chars().all(|c| c.is_ascii_hexdigit()),
        "{machine}"
    );
    // One can log in before everything has started.
    let begun = Instant::now();
    loop {
        let reached = console.run("systemctl is-active multi-user.target");
        if reached == "active" {
            break;
        }
        assert!(begun.elapsed() < LIMIT, "{reached}");
        std::thread::sleep(Duration::from_millis(500));
    }
    // The system has its own store, knows where it came from, and what else there is.
    let repositories = console.run("moultctl repo list | cat");
    assert!(repositories.contains("file:///repo/stone.index"), "{repositories}");
    let found = console.run("moultctl search gnome-sudoku | cat");
    assert!(found.contains("gnome-sudoku"), "{found}");
    // A container has no device with the UUID that fstab names, so the root cannot be remounted by it there.
    let failed = console.run("systemctl --failed --no-legend --plain | cat");
    let failed: Vec<&str> = failed
        .lines()
        .filter(|line| !line.starts_with("systemd-remount-fs.service"))
        .collect();
    assert_eq!(failed, Vec::<&str>::new());
}

/// Looks at every process of the lab, several times while the install runs. Those that know it cannot leave a core file.
fn watch_for_the_password(kiosk: &Kiosk, password: &str) {
    let mut coreless = std::collections::BTreeSet::new();
    for _ in 0..20 {
        for process in fs::read_dir(kiosk.lab.path("/proc")).unwrap().flatten() {
            for part in ["cmdline", "environ"] {
                let content = fs::read(process.path().join(part)).unwrap_or_default();
                let found = content
                    .windows(password.len())
                    .any(|window| window == password.as_bytes());
                assert!(!found, "the password is in {part} of {:?}", process.path());
            }
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            let limits = fs::read_to_string(process.path().join("limits")).unwrap_or_default();
            let core = limits
                .lines()
                .find_map(|line| line.strip_prefix("Max core file size"))
                .unwrap_or_default();
            if core.split_whitespace().take(2).all(|limit| limit == "0") && !core.is_empty() {
                let _ = coreless.insert(name.trim().to_owned());
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    for name in ["moult", "moult-backend"] {
        assert!(
            coreless.contains(name),
            "{name} may leave a core file: only {coreless:?} may not"
        );
    }
}

/// Logs, job files, temporary files, homes: everything that the lab wrote.
fn no_secret_was_left_in_the_lab(kiosk: &Kiosk, password: &str) {
    for folder in ["/run", "/tmp", "/var", "/root", "/home", "/etc"] {
        let found = image::files_with(&kiosk.lab.path(folder), password.as_bytes());
        assert!(found.is_empty(), "the password is in {found:?}");
    }
    let runtime = kiosk.lab.path(&format!("/run/user/{}", kiosk.lab.live()));
    let found = image::files_with(&runtime, password.as_bytes());
    assert!(found.is_empty(), "the password is in {found:?}");
}
