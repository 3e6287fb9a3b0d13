//! moultctl at a terminal: passwords that are not shown, and questions that are declined. Needs root and setsid.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests use the rest")]
mod lab;

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use minisign::KeyPair;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::lab::{Lab, package, program};

const PATIENCE: Duration = Duration::from_secs(60);

/// The program at a terminal of its own.
struct Terminal {
    child: Child,
    keys: File,
    heard: Receiver<Vec<u8>>,
    /// Everything that was on the screen.
    shown: String,
}

impl Terminal {
    fn start(arguments: &[&str]) -> Terminal {
        let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keys).unwrap();
        unlockpt(&keys).unwrap();
        let name = ptsname(&keys, Vec::new()).unwrap();
        let open = || {
            let name = OsStr::from_bytes(name.as_bytes());
            OpenOptions::new().read(true).write(true).open(name).unwrap()
        };
        let moultctl = program();
        // It must be the terminal of the process: `/dev/tty` and Ctrl-C are.
        let child = Command::new("setsid")
            .args(["--ctty", "--wait"])
            .arg(moultctl.get_program())
            .args(arguments)
            .envs(moultctl.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .stdin(open())
            .stdout(open())
            .stderr(open())
            .spawn()
            .unwrap();
        let keys = File::from(keys);
        let mut screen = keys.try_clone().unwrap();
        let (tell, heard) = channel();
        drop(std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // It fails when nobody has the terminal open any more.
            while let Ok(read) = screen.read(&mut buffer) {
                if read == 0 || tell.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        }));
        Terminal {
            child,
            keys,
            heard,
            shown: String::new(),
        }
    }

    /// Waits until this is on the screen.
    #[track_caller]
    fn shows(&mut self, text: &str) {
        while !self.shown.contains(text) {
            let piece = self.heard.recv_timeout(PATIENCE);
            let piece = piece.unwrap_or_else(|error| panic!("{error}, no {text:?}: {}", self.shown));
            self.shown += &String::from_utf8(piece).unwrap();
        }
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Whether the terminal shows what is typed, and Ctrl-C is a signal.
    fn is_usual(&self) -> bool {
        let modes = tcgetattr(&self.keys).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    /// The exit code and all that was shown.
    #[track_caller]
    fn ends(mut self) -> (Option<i32>, String) {
        loop {
            match self.heard.recv_timeout(PATIENCE) {
                Ok(piece) => self.shown += &String::from_utf8(piece).unwrap(),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end: {}", self.shown),
            }
        }
        let status = self.child.wait().unwrap();
        assert!(self.is_usual(), "the terminal is not what it was");
        (status.code(), self.shown)
    }
}

/// Ways of saying no: in words, with nothing, by ending the input, by breaking off.
const DECLINED: [&str; 5] = ["n\n", "\n", "\u{4}", "\u{3}", "y\u{3}"];

#[test]
fn a_password_is_not_shown_while_it_is_typed_and_the_terminal_is_as_before() {
    let mut lab = Lab::new();
    lab.offer(package("app", 1), &[("bin/app", 0o755, "one")]);
    lab.index();
    let pair = KeyPair::generate_encrypted_keypair(Some("open sesame".into())).unwrap();
    let key = lab.root().with_file_name("locked.key");
    fs::write(&key, pair.sk.to_box(None).unwrap().into_string()).unwrap();
    let pool = lab.root().with_file_name("repo");
    let signature = pool.join("stone.index.json.minisig");
    let asked = || {
        let mut terminal = Terminal::start(&["repo", "index", pool.to_str().unwrap(), "--sign", key.to_str().unwrap()]);
        terminal.shows("assword");
        terminal
    };
    for (typed, said) in [
        ("close\n", "password"),
        ("\n", "password"),
        ("open ses\u{3}", "password"),
        ("\u{4}", "password"),
    ] {
        let mut terminal = asked();
        assert!(!terminal.is_usual(), "what is typed would be shown");
        terminal.types(typed);
        let (code, shown) = terminal.ends();
        assert_eq!(code, Some(1), "{shown}");
        let answer = shown.lines().skip(1).collect::<String>();
        assert!(answer.contains(said), "{shown}");
        assert!(!shown.contains("open ses") && !shown.contains("close"), "{shown}");
        assert!(!signature.exists(), "{typed:?}");
    }
    let mut terminal = asked();
    terminal.types("opn\u{7f}en sesame\n");
    let (code, shown) = terminal.ends();
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains("sesame"), "{shown}");
    assert!(signature.exists());
}

/// Packages `tool` and `extra`, of which a model that lies in `/etc` wants one; its repository is not known yet.
fn ready() -> Lab {
    let mut lab = Lab::new();
    lab.offer(package("tool", 1), &[("bin/tool", 0o755, "one")]);
    lab.offer(package("extra", 1), &[("bin/extra", 0o755, "two")]);
    lab.index();
    let _ = lab.does(&["repo", "add", "other", &lab.uri()]);
    let text = format!(
        "repositories {{ shop {{ uri \"{}\"; priority 0 }} }}\npackages {{ tool }}\n",
        lab.uri()
    );
    fs::write(lab.root().join("etc/moult/system-model.kdl"), text).unwrap();
    lab
}

fn at<'a>(root: &'a str, arguments: &[&'a str]) -> Terminal {
    let all: Vec<&str> = ["--root", root].into_iter().chain(arguments.iter().copied()).collect();
    Terminal::start(&all)
}

#[test]
fn who_declines_a_change_or_breaks_the_question_off_has_changed_nothing() {
    let lab = ready();
    let root = lab.root();
    let root = root.to_str().unwrap();
    let before = lab.tells(&["repo", "list"]);
    for arguments in [&["install", "extra"][..], &["model", "sync"]] {
        for answer in DECLINED {
            let mut terminal = at(root, arguments);
            terminal.shows("[y/N]");
            assert!(!terminal.is_usual());
            terminal.types(answer);
            let (code, shown) = terminal.ends();
            assert_eq!(code, Some(1), "{arguments:?}, {answer:?}: {shown}");
            assert!(
                shown.contains("Nothing was changed."),
                "{arguments:?}, {answer:?}: {shown}"
            );
            assert_eq!(lab.tells(&["state", "list"]), serde_json::json!([]));
            assert_eq!(lab.tells(&["repo", "list"]), before, "{arguments:?}, {answer:?}");
        }
    }
    for (arguments, file) in [
        (&["install", "extra"][..], "bin/extra"),
        (&["model", "sync"], "bin/tool"),
    ] {
        let mut terminal = at(root, arguments);
        terminal.shows("[y/N]");
        terminal.types("Yes\n");
        let (code, shown) = terminal.ends();
        assert_eq!(code, Some(0), "{shown}");
        assert!(lab.usr(file).exists());
    }
}
