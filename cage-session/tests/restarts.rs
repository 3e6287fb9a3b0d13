//! What happens when the window dies: the inner half with a fake window, and the outer half with a fake cage that just
//! runs what it is given.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    /// `window` is a shell script; it finds how often it was started before in $n.
    fn new(window: &str) -> Self {
        let stage = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::set_permissions(stage.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let starts = stage.starts();
        let count = format!(
            "n=$(cat {0} 2>/dev/null || echo 0); echo $((n + 1)) > {0}",
            starts.display()
        );
        script(&stage.path().join("window"), &format!("{count}\n{window}"));
        script(&stage.path().join("cage"), "shift 2; \"$@\"");
        stage
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn starts(&self) -> PathBuf {
        self.path().join("starts")
    }

    fn times_started(&self) -> String {
        fs::read_to_string(self.starts()).unwrap().trim().to_owned()
    }

    fn log(&self) -> PathBuf {
        self.path().join("moult/gui.log")
    }

    fn inside(&self) -> Output {
        self.session(&["--inside"])
    }

    fn session(&self, first: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_moult-session"))
            .args(first)
            .arg("--gui")
            .arg(self.path().join("window"))
            .arg("install")
            .env("XDG_RUNTIME_DIR", self.path())
            .output()
            .unwrap()
    }
}

fn script(path: &Path, text: &str) {
    let written = path.with_extension("text");
    fs::write(&written, format!("#!/bin/sh\n{text}\n")).unwrap();
    place(&written, path);
}

/// Puts a program where it will be started. Another process writes it: what this one has open for writing, a child of another test may
/// still have between its fork and its exec, and a file that is being written cannot be started.
fn place(from: &Path, to: &Path) {
    assert!(Command::new("/bin/cp").arg(from).arg(to).status().unwrap().success());
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_window_that_ends_well_ends_the_session() {
    let stage = Stage::new("exit 0");
    assert!(stage.inside().status.success());
    assert_eq!(stage.times_started(), "1");
}

#[test]
fn a_window_that_dies_is_started_again() {
    let stage = Stage::new("[ $n = 0 ] && kill -SEGV $$; exit 0");
    assert!(stage.inside().status.success());
    assert_eq!(stage.times_started(), "2");
    let log = fs::read_to_string(stage.log()).unwrap();
    assert!(log.contains("was ended by signal 11"), "{log}");
}

#[test]
fn a_window_that_dies_twice_quickly_is_given_up() {
    let stage = Stage::new("echo out of ideas >&2; exit 7");
    assert!(!stage.inside().status.success());
    assert_eq!(stage.times_started(), "2");
    let reason = fs::read_to_string(stage.path().join("moult/reason")).unwrap();
    assert_eq!(reason, "The window ended with exit code 7, twice within ten seconds.");
}

#[test]
fn the_windows_log_can_be_read_by_its_owner_alone() {
    let stage = Stage::new("echo hello >&2; exit 0");
    assert!(stage.inside().status.success());
    let mode = fs::metadata(stage.log()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read_to_string(stage.log()).unwrap(), "hello\n");
}

/// The outer half refuses to run as root, so it is run as another user of this machine.
#[test]
fn when_the_window_is_given_up_the_console_says_why_and_what_to_do() {
    let stage = Stage::new("echo out of ideas >&2; exit 7");
    let nobody = 65534;
    for name in ["", "window", "cage"] {
        std::os::unix::fs::chown(stage.path().join(name), Some(nobody), Some(nobody)).unwrap();
    }
    let program = stage.path().join("moult-session");
    place(Path::new(env!("CARGO_BIN_EXE_moult-session")), &program);
    let output = Command::new("/usr/bin/setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"])
        .arg(&program)
        .arg("--cage")
        .arg(stage.path().join("cage"))
        .arg("--gui")
        .arg(stage.path().join("window"))
        .env_clear()
        .env("XDG_RUNTIME_DIR", stage.path())
        .env("SECRET", "not for the window")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{said}");
    let log = stage.log();
    for part in [
        "ended with exit code 7",
        "out of ideas",
        "Start it again:  moult-session",
        log.to_str().unwrap(),
    ] {
        assert!(
            said.contains(part),
            "{part} is not on\n{said}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_window_sees_only_the_listed_environment() {
    let stage = Stage::new("/usr/bin/env | /usr/bin/sort >&2; exit 0");
    for name in ["", "window", "cage"] {
        std::os::unix::fs::chown(stage.path().join(name), Some(65534), Some(65534)).unwrap();
    }
    let program = stage.path().join("moult-session");
    place(Path::new(env!("CARGO_BIN_EXE_moult-session")), &program);
    let status = Command::new("/usr/bin/setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"])
        .arg(&program)
        .arg("--cage")
        .arg(stage.path().join("cage"))
        .arg("--gui")
        .arg(stage.path().join("window"))
        .env_clear()
        .env("XDG_RUNTIME_DIR", stage.path())
        .env("LANG", "de_DE.UTF-8")
        .env("LD_PRELOAD_NOT", "x")
        .env("SECRET", "not for the window")
        .status()
        .unwrap();
    assert!(status.success());
    let seen = fs::read_to_string(stage.log()).unwrap();
    assert!(
        seen.contains("LANG=de_DE.UTF-8") && seen.contains("XDG_RUNTIME_DIR="),
        "{seen}"
    );
    assert!(!seen.contains("SECRET") && !seen.contains("LD_PRELOAD"), "{seen}");
}

/// On a terminal the page is a question; the person first reads the log, then tries once more, and by then the window ends well.
#[test]
fn on_a_terminal_a_key_shows_the_log_and_another_tries_again() {
    let stage = Stage::new("[ $n -ge 2 ] && exit 0; echo out of ideas >&2; exit 7");
    for name in ["", "window", "cage"] {
        std::os::unix::fs::chown(stage.path().join(name), Some(65534), Some(65534)).unwrap();
    }
    let program = stage.path().join("moult-session");
    place(Path::new(env!("CARGO_BIN_EXE_moult-session")), &program);

    let flags = rustix::pty::OpenptFlags::RDWR | rustix::pty::OpenptFlags::NOCTTY;
    let person = fs::File::from(rustix::pty::openpt(flags).unwrap());
    rustix::pty::grantpt(&person).unwrap();
    rustix::pty::unlockpt(&person).unwrap();
    let name = rustix::pty::ptsname(&person, Vec::new()).unwrap();
    let terminal = fs::File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    let mut session = Command::new("/usr/bin/setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"])
        .arg(&program)
        .arg("--cage")
        .arg(stage.path().join("cage"))
        .arg("--gui")
        .arg(stage.path().join("window"))
        .env_clear()
        .env("XDG_RUNTIME_DIR", stage.path())
        .stdin(terminal.try_clone().unwrap())
        .stdout(terminal)
        .spawn()
        .unwrap();

    let mut screen = String::new();
    let mut see = |what: &str| {
        while !screen.contains(what) {
            let mut bytes = [0; 4096];
            let count = (&person).read(&mut bytes).unwrap();
            screen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        std::mem::take(&mut screen)
    };
    let page = see("The last it said:");
    for part in [
        "ended with exit code 7",
        "T  Try again",
        "S  Try again with safe graphics",
        "R  Restart",
        "P  Switch",
    ] {
        assert!(page.contains(part), "{part} is not on\n{page}");
    }
    (&person).write_all(b"?l").unwrap();
    let log = see("The end of");
    assert!(
        log.contains("moult-session: the window ended with exit code 7"),
        "{log}"
    );
    (&person).write_all(b"t").unwrap();
    assert!(session.wait().unwrap().success());
    assert_eq!(stage.times_started(), "3");
}
