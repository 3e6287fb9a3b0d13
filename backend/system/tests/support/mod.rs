//! A room of its own for a test: mounts, processes, network and system bus that nobody else sees, gone with the test.
//!
//! The test runs itself again inside `unshare`; that second process is init of its own process namespace, so whatever it
//! starts ends with it. The machine's network, bus and files stay out of reach.

#![allow(dead_code, unreachable_pub)]

use std::{
    fs,
    future::Future,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use moult_system::network::{NetworkManager, Status};
use zbus::Connection;

const INSIDE: &str = "MOULT_SYSTEM_LAB";
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";
/// No test takes longer; a stuck one ends with a message.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs `body` in a room of its own. `test` is the name of the calling test.
pub fn in_room<F: Future<Output = ()>>(test: &str, body: impl FnOnce() -> F) {
    if std::env::var_os(INSIDE).is_some() {
        furnish();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime
            .block_on(async { tokio::time::timeout(LIMIT, body()).await })
            .expect("the test is stuck");
        return;
    }
    assert!(
        rustix::process::geteuid().is_root(),
        "this test makes namespaces: run it as root"
    );
    for (program, package) in [
        ("/usr/sbin/NetworkManager", "network-manager"),
        ("/usr/sbin/dnsmasq", "dnsmasq-base"),
        ("/usr/bin/dbus-daemon", "dbus"),
        ("/usr/lib/python3/dist-packages/dbusmock", "python3-dbusmock"),
        ("/usr/bin/unshare", "util-linux"),
    ] {
        assert!(
            Path::new(program).exists(),
            "this test needs {program}: install the package {package}"
        );
    }
    let output = Command::new("/usr/bin/unshare")
        .args(["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env_clear()
        .env("PATH", PATH)
        .env("RUST_BACKTRACE", "1")
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// Private /run, /etc and network state, and a system bus.
fn furnish() {
    run("mount", &["--make-rprivate", "/"]);
    run("mount", &["-t", "tmpfs", "tmpfs", "/run"]);
    for folder in [
        "/run/lab/upper",
        "/run/lab/work",
        "/run/dbus",
        "/run/NetworkManager",
        "/run/udev",
    ] {
        fs::create_dir_all(folder).unwrap();
    }
    run(
        "mount",
        &[
            "-t",
            "overlay",
            "-o",
            "lowerdir=/etc,upperdir=/run/lab/upper,workdir=/run/lab/work",
            "overlay",
            "/etc",
        ],
    );
    fs::create_dir_all("/var/lib/NetworkManager").unwrap();
    run("mount", &["-t", "tmpfs", "tmpfs", "/var/lib/NetworkManager"]);
    run("dbus-uuidgen", &["--ensure=/etc/machine-id"]);
    run("ip", &["link", "set", "lo", "up"]);
    run("dbus-daemon", &["--system", "--fork", "--nopidfile"]);
}

/// Runs a program to its end; its output.
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A program that runs beside the test; its log is shown when it should be.
#[derive(Debug)]
pub struct Service {
    child: Child,
    log: String,
}

impl Service {
    pub fn start(program: &str, arguments: &[&str]) -> Service {
        let name = arguments
            .iter()
            .find(|argument| argument.contains("mock"))
            .copied()
            .unwrap_or(program);
        let log = format!("/run/lab/{}.log", name.rsplit('/').next().unwrap());
        let out = fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        Service { child, log }
    }

    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<_> = log.lines().rev().take(60).collect();
            eprintln!("--- {}", self.log);
            tail.into_iter().rev().for_each(|line| eprintln!("{line}"));
        }
        self.stop();
    }
}

pub async fn bus() -> Connection {
    Connection::system().await.unwrap()
}

/// Reads the status until it is as wanted.
pub async fn until(network: &NetworkManager, what: &str, wanted: impl Fn(&Status) -> bool) -> Status {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let status = network.status().await.unwrap();
        if wanted(&status) {
            return status;
        }
        assert!(Instant::now() < end, "never came: {what}; last: {status:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
