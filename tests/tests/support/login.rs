//! Boots an installed system in a container and logs in at its console, as a person would.
#![allow(unsafe_code, reason = "a pseudo terminal")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(300);

/// A booted system and its console.
pub(crate) struct Console {
    child: Child,
    keys: File,
    seen: Arc<Mutex<String>>,
}

impl Console {
    pub(crate) fn boot(root: &Path) -> Self {
        let (mut ours, mut theirs) = (0, 0);
        // SAFETY: both pointers are to live integers; the optional arguments may be null.
        let made = unsafe {
            libc::openpty(
                &mut ours,
                &mut theirs,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            )
        };
        assert_eq!(made, 0, "no pseudo terminal");
        // SAFETY: openpty gave both descriptors to us alone.
        let (ours, theirs) = unsafe { (OwnedFd::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) };
        let terminal = |fd: &OwnedFd| Stdio::from(fd.try_clone().unwrap());
        let child = Command::new("/usr/bin/systemd-nspawn")
            .args([
                "--register=no",
                "--keep-unit",
                "--private-network",
                "--boot",
                "--console=interactive",
                "--directory",
            ])
            .arg(root)
            .env("TERM", "dumb")
            .stdin(terminal(&theirs))
            .stdout(terminal(&theirs))
            .stderr(terminal(&theirs))
            .spawn()
            .unwrap();
        drop(theirs);
        let keys = File::from(ours);
        let seen = Arc::new(Mutex::new(String::new()));
        let (mut screen, kept) = (keys.try_clone().unwrap(), seen.clone());
        let _ = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Self { child, keys, seen }
    }

    /// Waits until the console has shown `text` after what was waited for before, and forgets everything up to it.
    pub(crate) fn expect(&mut self, text: &str, limit: Duration) -> String {
        let begun = Instant::now();
        loop {
            {
                let mut seen = self.seen.lock().unwrap();
                if let Some(at) = seen.find(text) {
                    let before = seen[..at + text.len()].to_owned();
                    *seen = seen[at + text.len()..].to_owned();
                    return before;
                }
                assert!(
                    begun.elapsed() < limit,
                    "waited for {text:?}, the console shows:\n{seen}"
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn type_line(&mut self, text: &str) {
        self.keys.write_all(format!("{text}\r").as_bytes()).unwrap();
    }

    /// Types a command and gives what it printed. The shell's own echo of the line does not hold the marks.
    pub(crate) fn run(&mut self, command: &str) -> String {
        self.type_line(&format!("echo begin'-'mark; {command}; echo end'-'mark"));
        let _ = self.expect("begin-mark", LIMIT);
        let printed = self.expect("end-mark", LIMIT);
        printed.trim_end_matches("end-mark").replace('\r', "").trim().to_owned()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // SIGTERM to nspawn powers the container off; it is killed if that takes long.
        if let Some(pid) = rustix::process::Pid::from_raw(self.child.id().cast_signed()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        for _ in 0..100 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        // A container outlives a killed nspawn: its first process has to go too.
        let pid = self.child.id();
        let inside = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let _ = self.child.kill();
        let _ = self.child.wait();
        for pid in inside
            .split_whitespace()
            .filter_map(|pid| rustix::process::Pid::from_raw(pid.parse().ok()?))
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}
