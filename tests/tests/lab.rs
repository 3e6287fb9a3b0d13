//! The lab itself: what it promises to the tests that live in it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::{
    fs,
    os::unix::fs::{FileExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use moult_tests::lab::{Bind, Disk, Kiosk, Lab, Network, Options, Screen, User, evdev};
use support::processes_below;

const MIB: u64 = 1 << 20;
/// How long something may take to come, or to be gone.
const LIMIT: Duration = Duration::from_secs(120);

fn loop_is_free(name: &str) -> bool {
    !Path::new("/sys/block").join(name).join("loop/backing_file").exists()
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < LIMIT, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A stand-in for the backend: a script at the one path that the policy names.
fn with_stand_in(mut options: Options, folder: &Path) -> Options {
    let script = folder.join("moult-backend");
    fs::write(&script, "#!/bin/sh\necho \"$1 $(id -u) $PKEXEC_UID\"\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    options.binds.push(Bind {
        host: script,
        inside: "/usr/libexec/moult/moult-backend".into(),
        read_only: true,
    });
    options
}

#[test]
fn the_kiosks_rule_lets_live_start_the_backend_as_root_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let lab = Lab::start(&with_stand_in(Options::default(), folder.path())).unwrap();

    let backend = "/usr/libexec/moult/moult-backend";
    assert_eq!(
        lab.run(User::Live, "pkexec", &[backend, "--admin"]).unwrap(),
        "--admin 0 4242\n"
    );
    for refused in [
        &[backend, "--reader"][..],
        &[backend],
        &["/usr/bin/id"],
        &["/bin/sh", "-c", "id"],
    ] {
        let output = lab.try_run(User::Live, "pkexec", refused).unwrap();
        assert!(
            !output.status.success() && output.stdout.is_empty(),
            "{refused:?}: {output:?}"
        );
    }
    // The rule is for `live`, not for whoever asks.
    let nobody = [
        "--reuid",
        "nobody",
        "--regid",
        "nogroup",
        "--clear-groups",
        "pkexec",
        backend,
        "--admin",
    ];
    assert!(!lab.try_run(User::Root, "setpriv", &nobody).unwrap().status.success());
}

#[test]
fn without_the_rule_live_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        kiosk_rule: false,
        ..Options::default()
    };
    let lab = Lab::start(&with_stand_in(options, folder.path())).unwrap();
    let output = lab
        .try_run(User::Live, "pkexec", &["/usr/libexec/moult/moult-backend", "--admin"])
        .unwrap();
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
}

#[test]
fn the_lab_sees_its_own_disks_and_none_of_the_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("disk.img");
    let lab = Lab::start(&Options {
        disks: vec![(image, 64 * MIB)],
        buses: false,
        ..Options::default()
    })
    .unwrap();
    let own = lab.disks()[0].name();

    assert_eq!(lab.run(User::Root, "ls", &["/sys/block"]).unwrap(), format!("{own}\n"));
    let nodes = lab.run(User::Root, "find", &["/dev", "-type", "b"]).unwrap();
    assert_eq!(nodes, format!("/dev/{own}\n"));
    let size = lab
        .run(User::Root, "blockdev", &["--getsize64", &format!("/dev/{own}")])
        .unwrap();
    assert_eq!(size, format!("{}\n", 64 * MIB));
}

#[test]
fn what_is_done_in_the_lab_stays_in_the_lab() {
    let lab = Lab::start(&Options {
        buses: false,
        ..Options::default()
    })
    .unwrap();
    let _ = lab
        .run(
            User::Root,
            "touch",
            &["/etc/only-here", "/usr/bin/only-here", "/tmp/moult-only-here"],
        )
        .unwrap();
    drop(lab);
    let lab = Lab::start(&Options {
        buses: false,
        ..Options::default()
    })
    .unwrap();
    for path in ["/etc/only-here", "/usr/bin/only-here", "/tmp/moult-only-here"] {
        assert!(!lab.path(path).exists() && !Path::new(path).exists(), "{path}");
    }
    assert!(
        lab.try_run(User::Live, "touch", &["/etc/mine"])
            .unwrap()
            .stdout
            .is_empty()
    );
    assert!(!lab.path("/etc/mine").exists());
}

#[test]
fn network_manager_gets_an_address_by_dhcp() {
    let lab = Lab::start(&Options {
        network: Network::Real,
        ..Options::default()
    })
    .unwrap();
    let address = lab.wait_online(LIMIT).unwrap();
    assert!(address.starts_with("10.88.0."), "{address}");
    let devices = lab.run(User::Root, "ls", &["/sys/class/net"]).unwrap();
    assert_eq!(
        devices.split_whitespace().collect::<Vec<_>>(),
        ["eth0", "lo"],
        "only the lab's own devices"
    );
}

#[test]
fn the_mock_answers_for_network_manager() {
    let lab = Lab::start(&Options {
        network: Network::Mock,
        ..Options::default()
    })
    .unwrap();
    let manager = [
        "--system",
        "call",
        "org.freedesktop.NetworkManager",
        "/org/freedesktop/NetworkManager",
    ];
    let add = [
        "org.freedesktop.DBus.Mock",
        "AddWiFiDevice",
        "ssu",
        "wifi1",
        "wlan0",
        "30",
    ];
    let said = lab
        .run(User::Root, "busctl", &[&manager[..], &add[..]].concat())
        .unwrap();
    assert!(said.contains("/org/freedesktop/NetworkManager/Devices/wifi1"), "{said}");
}

/// Adds a partition the way the backend does where the kernel does not read tables.
fn add_partition(disk: &Disk) {
    let table = "label: gpt\nstart=2048, size=4096\n";
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("table");
    fs::write(&script, table).unwrap();
    let node = format!("/dev/{}", disk.name());
    let sfdisk = Command::new("/usr/sbin/sfdisk")
        .args(["--quiet", "--no-reread", "--no-tell-kernel", &node])
        .stdin(fs::File::open(&script).unwrap())
        .status()
        .unwrap();
    assert!(sfdisk.success());
    assert!(
        Command::new("/usr/bin/partx")
            .args(["--add", &node])
            .status()
            .unwrap()
            .success()
    );
    assert!(Path::new(&format!("/sys/block/{0}/{0}p1", disk.name())).exists());
}

#[test]
fn a_dropped_disk_takes_its_partitions_along() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::attach(&folder.path().join("disk.img"), 16 * MIB).unwrap();
    let name = disk.name();
    add_partition(&disk);
    drop(disk);
    wait_until("the loop device stayed", || loop_is_free(&name));
    // The kernel takes them away after the file behind the device.
    for path in [format!("/sys/block/{name}/{name}p1"), format!("/dev/{name}p1")] {
        wait_until(&format!("{path} stayed"), || !Path::new(&path).exists());
    }
}

#[test]
fn a_disk_may_have_large_sectors() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::attach_with_blocks(&folder.path().join("disk.img"), 16 * MIB, 4096).unwrap();
    let sector = fs::read_to_string(format!("/sys/block/{}/queue/logical_block_size", disk.name())).unwrap();
    assert_eq!(sector.trim(), "4096");
    disk.device().write_all_at(&[7; 4096], 8192).unwrap();
}

/// A lab in a process of its own, with a mount on its disk, that says its loop device and then waits.
#[test]
fn after_kill_9_nothing_of_a_lab_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("disk.img");
    let script = "mkfs.ext4 -q $1 && mount $1 /mnt && echo $1 && sleep 300";
    let mut child = Command::new(env!("CARGO_BIN_EXE_moult-lab"))
        .args(["run", "--disk-size", "1", "--disk"])
        .arg(&image)
        .args(["--", "/bin/sh", "-c", &format!("set -- /dev/loop*; {script}")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let _ = std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut said).unwrap();
    let name = said.trim().trim_start_matches("/dev/").to_owned();
    assert!(name.starts_with("loop") && !loop_is_free(&name), "{said:?}");

    let inside: Vec<PathBuf> = processes_below(child.id());
    assert!(inside.len() >= 3, "unshare, the first process and more: {inside:?}");
    child.kill().unwrap();
    let _ = child.wait().unwrap();
    wait_until("a process stayed", || inside.iter().all(|process| !process.exists()));
    wait_until("the loop device stayed", || loop_is_free(&name));
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains("moult-lab") && !mounts.contains(&name), "{mounts}");
}

/// A stand-in for moult-session: cage with a program that draws nothing, and a log like the window's.
const STAND_IN: &str = "mkdir -m 700 $XDG_RUNTIME_DIR/moult; echo '{\"screen\":\"welcome\"}' > $XDG_RUNTIME_DIR/moult/gui.log; \
                        exec cage -d -- sleep 300 2> $XDG_RUNTIME_DIR/moult/cage.log";

#[test]
fn cage_comes_up_takes_input_and_is_photographed() {
    let folder = tempfile::tempdir().unwrap();
    let mut kiosk = Kiosk::start_session(
        &Options::default(),
        &Screen::Headless(1024, 768),
        &["/bin/sh", "-c", STAND_IN],
    )
    .unwrap();
    kiosk.wait_screen("welcome").unwrap();
    kiosk.seat().unwrap().click(1000, 700).unwrap();
    kiosk.seat().unwrap().chord(&[evdev::LEFT_CTRL, evdev::A]).unwrap();
    kiosk.seat().unwrap().type_us("Hello, world?").unwrap();

    let shot = kiosk.shot().unwrap();
    assert_eq!((shot.width, shot.height), (1024, 768));
    // Nothing draws here but cage: the pointer on an empty screen.
    assert!(shot.colours() > 1, "not even a pointer");
    let path = folder.path().join("picture.png");
    kiosk.picture(&path).unwrap();
    assert!(fs::read(&path).unwrap().starts_with(b"\x89PNG"));
}

/// The desktop is another lab's cage, whose socket lies in a folder of the host.
#[test]
fn the_kiosk_opens_as_a_window_of_a_wayland_desktop() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Bind {
        host: folder.path().to_owned(),
        inside: "/run/user/4242".into(),
        read_only: false,
    };
    let options = Options {
        binds: vec![runtime],
        buses: false,
        ..Options::default()
    };
    let desktop = Kiosk::start_session(&options, &Screen::Headless(1280, 720), &["/bin/sh", "-c", STAND_IN]).unwrap();
    let socket = folder.path().join("wayland-0");

    let kiosk = Kiosk::start_session(
        &Options::default(),
        &Screen::Wayland(socket),
        &["/bin/sh", "-c", STAND_IN],
    )
    .unwrap();
    kiosk.wait_screen("welcome").unwrap();
    assert!(kiosk.shot().unwrap().width >= 640);
    drop((kiosk, desktop));
}

#[test]
fn a_session_that_cannot_start_cage_says_why() {
    let error = Kiosk::start_session(
        &Options::default(),
        &Screen::Headless(800, 600),
        &["/bin/sh", "-c", "exit 9"],
    )
    .unwrap_err()
    .to_string();
    assert!(error.contains("cage did not start"), "{error}");
}

/// The window is a script: it dies once there is a certain file, is started again under the same cage, and dies at once.
#[test]
fn moult_session_restarts_the_window_under_the_same_cage_and_then_gives_up() {
    let folder = tempfile::tempdir().unwrap();
    let window = folder.path().join("moult");
    let script = "#!/bin/sh\nid -u >&2\necho $PPID $WAYLAND_DISPLAY >&2\n\
                  until [ -e /run/lab/end ]; do sleep 0.1; done\nexit 3\n";
    fs::write(&window, script).unwrap();
    fs::set_permissions(&window, fs::Permissions::from_mode(0o755)).unwrap();
    let session = moult_tests::lab::target_folder().join("debug/moult-session");
    assert!(session.exists(), "run `cargo build -p moult-session` first");
    let options = Options {
        binds: vec![
            Bind {
                host: window,
                inside: "/usr/bin/moult".into(),
                read_only: true,
            },
            Bind {
                host: session,
                inside: "/usr/bin/moult-session".into(),
                read_only: true,
            },
        ],
        ..Options::default()
    };
    let mut kiosk = Kiosk::start(&options, &Screen::Headless(1280, 720), &[]).unwrap();
    let log = kiosk.lab.path("/run/user/4242/moult/gui.log");
    fs::write(kiosk.lab.path("/run/lab/end"), "").unwrap();
    assert!(!kiosk.wait_end(LIMIT).unwrap().success());

    let said = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 6, "{said}");
    assert_eq!(
        (lines[0], lines[3]),
        ("4242", "4242"),
        "as the unprivileged user: {said}"
    );
    assert_eq!(lines[1], lines[4], "the same inner session and the same screen: {said}");
    assert_eq!(fs::metadata(&log).unwrap().mode() & 0o777, 0o600);
}
