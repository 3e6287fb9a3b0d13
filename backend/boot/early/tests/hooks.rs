//! The script that dracut and initramfs-tools run, with the real program.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod lab;

use std::fs;
use std::path::Path;
use std::process::Command;

use lab::Root;
use moult_early::activate::active;
use rustix::mount::{MountFlags, UnmountFlags};

/// The script with this command line of the kernel; nothing is said on this machine's consoles.
fn hook(root: &Path, line: &str) -> bool {
    let folder = tempfile::TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("cmdline"), line).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/dracut/moult-activate.sh");
    let script = fs::read_to_string(script).unwrap();
    let here = script
        .replace("/usr/lib/moult/moult-early", env!("CARGO_BIN_EXE_moult-early"))
        .replace("/proc/cmdline", &path("cmdline"))
        .replace("--console", &format!("--run {}", path("run")));
    assert_ne!(here, script);
    fs::write(path("script"), here).unwrap();
    Command::new("/bin/sh")
        .arg(path("script"))
        .arg(root)
        .status()
        .unwrap()
        .success()
}

/// A mount that goes with the test.
struct Mounted(tempfile::TempDir);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = rustix::mount::unmount(self.0.path(), UnmountFlags::empty());
    }
}

#[test]
fn the_hook_activates_the_last_state_of_the_line_and_leaves_the_root_read_only_as_it_was() {
    let root = Root::with_states(3);
    assert!(hook(root.path(), "quiet root=/dev/vda\n"));
    assert_eq!(active(root.path()), Some(3), "nothing was asked for");
    assert!(hook(root.path(), "moult.state=2 quiet moult.state=1 * \n"));
    root.is_whole(1, &[1, 2, 3]);
    assert!(!hook(root.path(), "moult.state=9"));
    assert_eq!(active(root.path()), Some(1));

    let disk = Mounted(tempfile::TempDir::new().unwrap());
    let at = disk.0.path();
    rustix::mount::mount("tmpfs", at, "tmpfs", MountFlags::empty(), None::<&std::ffi::CStr>).unwrap();
    assert!(
        Command::new("/bin/cp")
            .arg("-aT")
            .arg(root.path())
            .arg(at)
            .status()
            .unwrap()
            .success()
    );
    rustix::mount::mount_remount(at, MountFlags::RDONLY, "").unwrap();
    assert!(hook(at, "ro moult.state=2"));
    assert_eq!(active(at), Some(2));
    assert!(fs::write(at.join("x"), "").is_err(), "it is read-only again");
}
