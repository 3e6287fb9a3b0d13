//! What must not happen does not happen, and the window says so: each refusal once, through every real boundary.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use moult_tests::lab::drive::{self, Choices};
use moult_tests::lab::{Kiosk, Lab, Options, User};
use support::image::fingerprint;
use support::{GIB, configuration, kiosk, noise, package, repository, small_files, small_repository, world};

const LIMIT: Duration = Duration::from_secs(600);
const URI: &str = "file:///repo/stone.index";

/// A folder with a small repository in it, and a lab's options for it.
fn small_world(size: u64) -> (tempfile::TempDir, Options) {
    let folder = tempfile::tempdir().unwrap();
    small_repository(&folder.path().join("repo"));
    let options = options(folder.path(), size);
    (folder, options)
}

fn options(folder: &Path, size: u64) -> Options {
    Options {
        configuration: Some(configuration(URI, 2 * GIB)),
        ..world(&folder.join("repo"), &folder.join("disk.img"), size)
    }
}

fn to_summary(kiosk: &mut Kiosk) {
    drive::to_summary(kiosk, &Choices::default(), &mut |_, _| Ok(())).unwrap();
}

fn confirm(kiosk: &mut Kiosk) {
    let _ = kiosk.hold("confirm").unwrap();
}

/// The job ended as failed, and the window shows the page that says so.
fn expect_failure(kiosk: &Kiosk) {
    let job = kiosk
        .trace
        .wait_job(&["done", "failed", "cancelled", "interrupted"], LIMIT)
        .unwrap();
    assert_eq!(job.state, "failed", "{}", kiosk.trace.summary());
    kiosk.wait_screen("failed").unwrap();
    let _ = kiosk.wait_widget("start-over").unwrap();
}

/// The state file of the job, as root sees it: the code of the failure and the state of the disk.
fn failure(lab: &Lab) -> (String, String) {
    let job: serde_json::Value =
        serde_json::from_slice(&fs::read(lab.path("/run/moult/backend/job.json")).unwrap()).unwrap();
    let word = |name: &str| job["failure"][name].as_str().unwrap_or_default().to_owned();
    (word("code"), word("state"))
}

#[test]
fn a_stone_with_a_wrong_checksum_is_refused_and_the_disk_is_said_to_be_unfinished() {
    let (folder, options) = small_world(4 * GIB);
    let stone = folder.path().join("repo/base.stone");
    let mut bytes = fs::read(&stone).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&stone, bytes).unwrap();

    let mut kiosk = kiosk(&options);
    to_summary(&mut kiosk);
    confirm(&mut kiosk);
    expect_failure(&kiosk);
    assert_eq!(
        failure(&kiosk.lab),
        ("package-damaged".into(), "disk-unfinished".into())
    );
}

#[test]
fn a_truncated_index_is_refused_before_the_disk_is_touched() {
    let (folder, options) = small_world(4 * GIB);
    let mut kiosk = kiosk(&options);
    to_summary(&mut kiosk);
    let before = fingerprint(&folder.path().join("disk.img"));
    let index = folder.path().join("repo/stone.index");
    let bytes = fs::read(&index).unwrap();
    fs::write(&index, &bytes[..bytes.len() / 2]).unwrap();

    confirm(&mut kiosk);
    expect_failure(&kiosk);
    assert_eq!(failure(&kiosk.lab), ("repository-damaged".into(), "untouched".into()));
    assert_eq!(fingerprint(&folder.path().join("disk.img")), before);
}

#[test]
fn a_repository_that_vanishes_half_way_ends_in_a_clear_failure() {
    let folder = tempfile::tempdir().unwrap();
    let mut base = package("base");
    base.dependencies.push("name(large)".parse().unwrap());
    let noise = noise(1, 8 << 20);
    let packages = vec![(base, small_files()), (package("large"), vec![("share/noise", noise)])];
    repository(&folder.path().join("repo"), packages);
    let options = Options {
        configuration: Some(configuration("http://127.0.0.1:8631/stone.index", 2 * GIB)),
        ..world(&folder.path().join("repo"), &folder.path().join("disk.img"), 4 * GIB)
    };
    let mut kiosk = kiosk(&options);
    // Enough for every reading of the index and for the first package, not for the second.
    let arguments = [
        "serve",
        "--repo",
        "/repo",
        "--address",
        "127.0.0.1:8631",
        "--stop-after-bytes",
        "2000000",
    ];
    let mut server = kiosk
        .lab
        .command(User::Live, "moult-sample", &arguments)
        .unwrap()
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    to_summary(&mut kiosk);
    confirm(&mut kiosk);
    expect_failure(&kiosk);
    assert_eq!(
        failure(&kiosk.lab),
        ("repository-unreachable".into(), "disk-unfinished".into())
    );
    let _ = server.kill();
    let _ = server.wait();
}

#[test]
fn a_disk_that_changed_after_the_summary_is_refused_and_not_written() {
    let (folder, options) = small_world(4 * GIB);
    let mut kiosk = kiosk(&options);
    to_summary(&mut kiosk);
    let node = format!("/dev/{}", kiosk.lab.disks()[0].name());
    let script = folder.path().join("table");
    fs::write(&script, "label: gpt\nsize=100M\n").unwrap();
    let made = Command::new("/usr/sbin/sfdisk")
        .args(["--quiet", "--no-reread", "--no-tell-kernel", &node])
        .stdin(fs::File::open(&script).unwrap())
        .status()
        .unwrap();
    assert!(made.success());
    assert!(Command::new("/usr/bin/sync").arg(&node).status().unwrap().success());
    let before = fingerprint(&folder.path().join("disk.img"));

    confirm(&mut kiosk);
    expect_failure(&kiosk);
    assert_eq!(failure(&kiosk.lab), ("disk-changed".into(), "untouched".into()));
    assert_eq!(fingerprint(&folder.path().join("disk.img")), before);
}

#[test]
fn a_disk_that_is_too_small_is_shown_and_cannot_be_chosen() {
    let (_folder, options) = small_world(GIB);
    let mut kiosk = kiosk(&options);
    for screen in ["welcome", "network"] {
        kiosk.wait_screen(screen).unwrap();
        kiosk.click("continue").unwrap();
    }
    kiosk.wait_screen("disk").unwrap();
    // A click on the disk, and then on the way on if that is open: neither leads to the next screen.
    kiosk.click("disk-0").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let (x, y) = kiosk.trace.wait_widget("continue", LIMIT).unwrap().middle();
    kiosk.seat().unwrap().click(x, y).unwrap();
    let on = kiosk.trace.wait_screen("account", Duration::from_secs(3));
    assert!(on.is_err(), "a refused disk was chosen: {}", kiosk.trace.summary());
}

#[test]
fn a_disk_that_fills_up_half_way_ends_in_a_clear_failure() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = small_files();
    // Compresses to nothing and needs more room than the disk has.
    let zeros = (0..6_u8).map(|number| {
        let mut content = vec![0; 400 << 20];
        content[0] = number;
        (
            ["share/0", "share/1", "share/2", "share/3", "share/4", "share/5"][usize::from(number)],
            content,
        )
    });
    files.extend(zeros);
    repository(&folder.path().join("repo"), vec![(package("base"), files)]);
    let options = options(folder.path(), 2 * GIB + (64 << 20));
    let mut kiosk = kiosk(&options);
    to_summary(&mut kiosk);
    confirm(&mut kiosk);
    expect_failure(&kiosk);
    assert_eq!(failure(&kiosk.lab), ("disk-full".into(), "disk-unfinished".into()));
}

#[test]
fn without_permission_the_window_says_so_and_nothing_is_touched() {
    let (folder, options) = small_world(4 * GIB);
    let options = Options {
        kiosk_rule: false,
        ..options
    };
    let kiosk = kiosk(&options);
    kiosk.wait_screen("failed").unwrap();
    let image = folder.path().join("disk.img");
    assert_eq!(
        fs::metadata(&image)
            .map(|meta| std::os::unix::fs::MetadataExt::blocks(&meta))
            .unwrap(),
        0
    );
}

/// The number of the one process of the lab with this program, as the lab counts.
fn kill_program(lab: &Lab, name: &str) {
    let _ = lab
        .run(User::Root, "pkill", &["--signal", "KILL", "--exact", name])
        .unwrap();
}

/// A repository whose install takes some seconds.
fn slow_world() -> (tempfile::TempDir, Options) {
    let folder = tempfile::tempdir().unwrap();
    let mut files = small_files();
    let names: Vec<String> = (0..40).map(|number| format!("share/{number}")).collect();
    let bulk = names
        .iter()
        .zip(1..)
        .map(|(name, seed)| (name.as_str(), noise(seed, 5 << 20)));
    files.extend(bulk.map(|(name, content)| (&*name.to_owned().leak(), content)));
    repository(&folder.path().join("repo"), vec![(package("base"), files)]);
    let options = options(folder.path(), 4 * GIB);
    (folder, options)
}

#[test]
fn a_backend_that_is_killed_half_way_is_told_with_the_state_of_the_disk() {
    let (_folder, options) = slow_world();
    let mut kiosk = kiosk(&options);
    to_summary(&mut kiosk);
    confirm(&mut kiosk);
    kiosk.wait_screen("progress").unwrap();
    wait_for_phase(&kiosk, &["fetch", "store", "compose"]);
    kill_program(&kiosk.lab, "moult-backend");

    kiosk.wait_screen("failed").unwrap();
    assert_eq!(
        failure(&kiosk.lab),
        ("backend-stopped".into(), "disk-unfinished".into())
    );
    // It offers to start over, and starting over works to the end.
    kiosk.click("start-over").unwrap();
    to_summary(&mut kiosk);
    confirm(&mut kiosk);
    let begun = std::time::Instant::now();
    while kiosk.trace.wait_screen("done", Duration::from_secs(1)).is_err() {
        assert!(begun.elapsed() < LIMIT, "{}", kiosk.trace.summary());
    }
}

#[test]
fn a_window_that_dies_comes_back_and_finds_its_job() {
    let (_folder, options) = slow_world();
    let mut kiosk = kiosk(&options);
    to_summary(&mut kiosk);
    confirm(&mut kiosk);
    kiosk.wait_screen("progress").unwrap();
    wait_for_phase(&kiosk, &["partition", "fetch", "store"]);
    let backends = || {
        kiosk
            .lab
            .run(User::Root, "pgrep", &["--exact", "moult-backend"])
            .unwrap_or_default()
    };
    let before = backends();
    kill_program(&kiosk.lab, "moult");

    let begun = std::time::Instant::now();
    while backends().lines().count() < 2 && kiosk.trace.wait_screen("done", Duration::from_millis(200)).is_err() {
        assert!(
            begun.elapsed() < LIMIT,
            "no second backend came; {}",
            kiosk.trace.summary()
        );
    }
    assert!(!before.is_empty());
    while kiosk.trace.wait_screen("done", Duration::from_secs(1)).is_err() {
        assert!(begun.elapsed() < LIMIT, "{}", kiosk.trace.summary());
    }
    assert_eq!(failure(&kiosk.lab).0, "none");
}

fn wait_for_phase(kiosk: &Kiosk, phases: &[&str]) {
    let begun = std::time::Instant::now();
    loop {
        let job = kiosk.trace.wait_job(&["running", "done", "failed"], LIMIT).unwrap();
        if phases.contains(&job.phase.as_str()) {
            return;
        }
        assert!(
            job.state == "running" && begun.elapsed() < LIMIT,
            "{job:?}; {}",
            kiosk.trace.summary()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_window_refuses_to_run_as_root() {
    let options = Options {
        programs: Some(support::programs()),
        buses: false,
        ..Options::default()
    };
    let lab = Lab::start(&options).unwrap();
    let output = lab.try_run(User::Root, "moult", &["install"]).unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("root"), "{output:?}");
}

#[test]
fn the_backend_refuses_callers_that_pkexec_did_not_name() {
    let options = Options {
        programs: Some(support::programs()),
        buses: false,
        ..Options::default()
    };
    let lab = Lab::start(&options).unwrap();
    let backend = "/usr/libexec/moult/moult-backend";
    for (user, role) in [
        (User::Root, "--admin"),
        (User::Live, "--admin"),
        (User::Live, "--reader"),
        (User::Root, "--x"),
    ] {
        // Standard input is no socket here, and nobody went through pkexec.
        let output = lab
            .command(user, backend, &[role])
            .unwrap()
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            !output.status.success() && !output.stderr.is_empty(),
            "{role}: {output:?}"
        );
    }
}
