//! The window's own authentication agent against the real polkit, pkexec, set-uid helper and PAM: somebody without a rule is
//! asked, a wrong password is none, the right one is, and no password is anywhere where others could read it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use moult_tests::lab::{Bind, Lab, Options, User, target_folder};

const LIMIT: Duration = Duration::from_secs(120);
const PROBE: &str = "/usr/libexec/moult/agent-probe";
const RIGHT: &str = "Kupfer kannte 9 Geigen";
const WRONG: &str = "Zinn kannte 8 Pauken";
const ADMINISTRATORS: &str = r#"polkit.addAdminRule(function(action, subject) {
    return ["unix-user:boss", "unix-user:deputy"];
});
"#;

fn lab() -> Lab {
    let probe = target_folder().join("debug/examples/agent");
    assert!(
        probe.is_file(),
        "the probe is not built: cargo build --workspace --all-targets"
    );
    let options = Options {
        programs: Some(support::programs()),
        // Nobody may do anything just like that.
        kiosk_rule: false,
        binds: vec![Bind {
            host: probe,
            inside: PROBE.into(),
            read_only: true,
        }],
        files: vec![("/etc/polkit-1/rules.d/10-lab.rules".into(), ADMINISTRATORS.into())],
        ..Options::default()
    };
    let lab = Lab::start(&options).unwrap();
    let helper = fs::metadata(lab.path("/usr/lib/polkit-1/polkit-agent-helper-1")).unwrap();
    assert_eq!(
        (helper.uid(), helper.mode() & 0o4000),
        (0, 0o4000),
        "the helper is not set-uid"
    );
    for (user, name) in [("boss", "Berta Boss"), ("deputy", "")] {
        lab.run(User::Root, "useradd", &["--no-create-home", "--comment", name, user])
            .unwrap();
    }
    let mut change = lab
        .command(User::Root, "chpasswd", &[])
        .unwrap()
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let passwords = format!("boss:{RIGHT}\ndeputy:{RIGHT}\n");
    change.stdin.take().unwrap().write_all(passwords.as_bytes()).unwrap();
    assert!(change.wait().unwrap().success());
    lab
}

/// A request in busctl's words.
const CALL: [&str; 15] = [
    "/org/moult/AuthenticationAgent",
    "org.freedesktop.PolicyKit1.AuthenticationAgent",
    "BeginAuthentication",
    "sssa{ss}sa(sa{sv})",
    "org.moult.store",
    "Give me your password",
    "",
    "0",
    "cookie",
    "1",
    "unix-user",
    "1",
    "uid",
    "u",
    "0",
];

/// The agent at work on one program, as `live`.
struct Probe {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    heard: Vec<String>,
}

impl Probe {
    fn start(lab: &Lab, program: &[&str]) -> Self {
        let mut child = lab
            .command(User::Live, PROBE, program)
            .unwrap()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::from(fs::File::create(lab.path("/run/lab/probe.log")).unwrap()))
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        drop(std::thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(sender.send(line)));
        }));
        let mut probe = Self {
            input: child.stdin.take().unwrap(),
            child,
            lines,
            heard: Vec::new(),
        };
        let _ = probe.wait("registered");
        probe
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    fn wait(&mut self, begin: &str) -> String {
        loop {
            let line = self
                .lines
                .recv_timeout(LIMIT)
                .unwrap_or_else(|_| panic!("{begin} did not come: {:#?}", self.heard));
            self.heard.push(line.clone());
            if line.starts_with(begin) {
                return line;
            }
        }
    }

    /// What it has said so far that begins so and was not waited for.
    fn hear(&mut self, begin: &str) -> Option<String> {
        while let Ok(line) = self.lines.try_recv() {
            self.heard.push(line.clone());
            if line.starts_with(begin) {
                return Some(line);
            }
        }
        None
    }

    fn begin(&mut self, user: &str) {
        self.tell(&format!("begin {user}"));
        assert_eq!(self.wait("said"), r#"said Question { text: "Password:", echo: false }"#);
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// That a secret is in no argument and no environment of the lab's processes, and in nothing that they wrote. Gives how often the
/// helper that has it was looked at.
fn is_nowhere(lab: &Lab, probe: &Probe, secret: &str) -> usize {
    let holds = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).contains(secret);
    let mut looked = 0;
    // The lab's own processes, and those that were sent into it.
    for process in support::processes_below(std::process::id()) {
        for name in ["cmdline", "environ"] {
            // A process may end while we look.
            let Ok(content) = fs::read(process.join(name)) else {
                continue;
            };
            looked += usize::from(String::from_utf8_lossy(&content).contains("polkit-agent-helper-1"));
            assert!(!holds(content), "{}/{name}", process.display());
        }
    }
    for log in fs::read_dir(lab.path("/run/lab")).unwrap() {
        let path = log.unwrap().path();
        assert!(!holds(fs::read(&path).unwrap()), "{}", path.display());
    }
    assert!(
        !probe.heard.iter().any(|line| line.contains(secret)),
        "{:#?}",
        probe.heard
    );
    looked
}

#[test]
fn a_wrong_password_is_asked_for_again_and_the_right_one_starts_the_program_as_root() {
    let lab = lab();
    let mut probe = Probe::start(&lab, &["/usr/bin/id", "-un"]);
    let asked = probe.wait("asked");
    assert!(
        asked.starts_with("asked org.freedesktop.policykit.exec own=true boss,deputy "),
        "{asked}"
    );

    probe.begin("boss");
    probe.tell(&format!("say {WRONG}"));
    // PAM lets a wrong password wait for some seconds: the helper is there to be looked at.
    let (begun, mut looked) = (Instant::now(), 0);
    let ended = loop {
        looked += is_nowhere(&lab, &probe, WRONG);
        if let Some(ended) = probe.hear("said Ended") {
            break ended;
        }
        assert!(begun.elapsed() < LIMIT, "{:#?}", probe.heard);
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(ended, "said Ended(Refused)");
    assert!(looked > 0, "nobody looked at the helper");

    probe.begin("deputy");
    probe.tell(&format!("say {RIGHT}"));
    assert_eq!(probe.wait("said Ended"), "said Ended(Granted)");
    probe.tell("answer given");
    let _ = probe.wait("root");
    assert_eq!(probe.wait("exit"), "exit 0");
    for secret in [RIGHT, WRONG] {
        let _ = is_nowhere(&lab, &probe, secret);
    }
}

/// The message is all that some desktops' prompts show.
#[test]
fn the_prompt_says_what_will_be_done_in_the_persons_language() {
    const PLAN: &str = "Krita installieren: 3 Pakete, 38 MB herunterzuladen (− alt 4, + krita 5.2.9)";
    let lab = lab();
    for (role, action) in [("--store", "org.moult.store"), ("--admin", "org.moult.admin")] {
        let mut probe = Probe::start(&lab, &["/usr/libexec/moult/moult-backend", role, "--plan", PLAN]);
        let asked = probe.wait("asked");
        assert!(
            asked.starts_with(&format!("asked {action} own=true boss,deputy ")),
            "{asked}"
        );
        assert!(asked.contains(" braucht einen Verwalter: /usr/"), "{asked}");
        assert!(asked.ends_with(PLAN), "{asked}");
        probe.tell("answer dismissed");
        assert_eq!(probe.wait("exit"), "exit 126");
    }
}

#[test]
fn who_cancels_gets_nothing_and_polkit_is_told_that_it_was_the_persons_no() {
    let lab = lab();
    let mut probe = Probe::start(&lab, &["/usr/bin/id", "-un"]);
    let _ = probe.wait("asked");
    probe.begin("boss");
    probe.tell("stop");
    let _ = probe.wait("over");
    probe.tell("answer dismissed");
    // pkexec(1): 126 when the person dismissed it, 127 when it was not allowed.
    assert_eq!(probe.wait("exit"), "exit 126");

    let mut probe = Probe::start(&lab, &["/usr/bin/id", "-un"]);
    let _ = probe.wait("asked");
    probe.tell("answer refused");
    assert_eq!(probe.wait("exit"), "exit 127");
    // Saying that somebody is believed does not make it so: polkit believes its own helper only.
    let mut probe = Probe::start(&lab, &["/usr/bin/id", "-un"]);
    let _ = probe.wait("asked");
    probe.tell("answer given");
    assert_eq!(probe.wait("exit"), "exit 127");
}

#[test]
fn a_request_that_nobody_waits_for_any_more_is_withdrawn() {
    let lab = lab();
    let mut probe = Probe::start(&lab, &["/usr/bin/id", "-un"]);
    let _ = probe.wait("asked");
    probe.begin("boss");
    let _ = lab
        .run(User::Root, "pkill", &["--signal", "KILL", "--exact", "pkexec"])
        .unwrap();
    assert_eq!(probe.wait("withdrawn"), "withdrawn true");
}

#[test]
fn a_second_agent_for_the_same_is_not_needed_and_no_error() {
    let lab = lab();
    let mut probe = Probe::start(&lab, &["/usr/bin/id", "-un"]);
    let _ = probe.wait("asked");
    probe.tell("again");
    assert_eq!(probe.wait("second"), "second false");
}

#[test]
fn a_polkit_that_was_started_anew_finds_the_agent() {
    let lab = lab();
    let mut probe = Probe::start(&lab, &["/usr/bin/id", "-un"]);
    let _ = probe.wait("asked");
    let _ = lab
        .run(User::Root, "pkill", &["--signal", "KILL", "--exact", "polkitd"])
        .unwrap();
    // It ends with the lab.
    let mut polkit = lab
        .command(User::Root, "/usr/lib/polkit-1/polkitd", &["--no-debug"])
        .unwrap()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    loop {
        std::thread::sleep(Duration::from_millis(100));
        probe.tell("again");
        if probe.wait("second") == "second false" {
            break;
        }
        assert!(begun.elapsed() < LIMIT, "{:#?}", probe.heard);
    }
    drop(probe);
    drop(lab);
    let _ = polkit.kill();
    let _ = polkit.wait();
}

#[test]
fn nobody_but_polkit_can_make_it_ask() {
    let lab = lab();
    let mut probe = Probe::start(&lab, &["/usr/bin/id", "-un"]);
    let _ = probe.wait("asked");
    let names = lab
        .run(User::Root, "busctl", &["--system", "--no-legend", "list"])
        .unwrap();
    let names: Vec<&str> = names
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| name.starts_with(':'))
        .collect();
    assert!(names.len() > 3, "{names:?}");
    for name in names {
        let call = [&["--system", "call", name][..], &CALL].concat();
        for user in [User::Live, User::Root] {
            let output = lab.try_run(user, "busctl", &call).unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success(), "{name}: {said}");
        }
    }
    probe.tell("answer dismissed");
    let _ = probe.wait("exit");
    let asked = probe.heard.iter().filter(|line| line.starts_with("asked")).count();
    assert_eq!(asked, 1, "{:#?}", probe.heard);
}
