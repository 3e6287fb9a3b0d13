//! Ctrl-C, or the end of moultctl itself, while a package is on its way. Needs root.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests use the rest")]
mod lab;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::lab::{Lab, package, program, stderr};

/// Serves a folder, but for whole packages: those begin, and go on only when there is a file `go` beside them. Says so
/// when one begins.
fn serve(folder: PathBuf) -> (u16, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stalled, told) = channel();
    drop(std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (folder, stalled) = (folder.clone(), stalled.clone());
            drop(std::thread::spawn(move || answer(stream, &folder, &stalled)));
        }
    }));
    (port, told)
}

fn answer(stream: TcpStream, folder: &Path, stalled: &Sender<()>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut to = stream;
    loop {
        let request = lines.next()?.ok()?;
        let name = request.split(' ').nth(1)?.trim_start_matches('/').to_owned();
        let mut range = None;
        loop {
            let line = lines.next()?.ok()?.to_lowercase();
            if let Some(text) = line.strip_prefix("range: bytes=") {
                range = text.split_once('-').map(|(from, to)| (from.to_owned(), to.to_owned()));
            }
            if line.is_empty() {
                break;
            }
        }
        let content = fs::read(folder.join(&name)).ok()?;
        let size = content.len();
        match range {
            Some((from, last)) if !last.is_empty() => {
                let from: usize = from.parse().ok()?;
                let to_byte = last.parse::<usize>().ok()?.min(size - 1);
                let head = format!(
                    "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {from}-{to_byte}/{size}\r\n\r\n",
                    to_byte + 1 - from
                );
                to.write_all(head.as_bytes()).ok()?;
                to.write_all(content.get(from..=to_byte)?).ok()?;
            }
            _ => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
                to.write_all(head.as_bytes()).ok()?;
                if name.ends_with(".stone") {
                    to.write_all(content.get(..1000)?).ok()?;
                    let _ = stalled.send(());
                    let begun = Instant::now();
                    while !folder.join("go").exists() && begun.elapsed() < Duration::from_secs(600) {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                    to.write_all(content.get(1000..)?).ok()?;
                } else {
                    to.write_all(&content).ok()?;
                }
            }
        }
    }
}

/// What is in the package `large`.
fn noise() -> String {
    (0..200_000u64)
        .map(|at| char::from(33 + (at.wrapping_mul(2_654_435_761) >> 13) as u8 % 90))
        .collect()
}

/// A repository with the package, and what [`serve`] gives.
fn slow() -> (Lab, u16, Receiver<()>) {
    let mut lab = Lab::new();
    lab.offer(package("large", 1), &[("share/large", 0o644, &noise())]);
    lab.index();
    let (port, stalled) = serve(lab.root().with_file_name("repo"));
    (lab, port, stalled)
}

#[test]
fn ctrl_c_stops_a_download_and_says_that_the_system_is_whole() {
    let (lab, port, stalled) = slow();
    let uri = format!("http://127.0.0.1:{port}/stone.index");
    let _ = lab.does(&["repo", "add", "slow", &uri]);

    let child = program()
        .arg("--root")
        .arg(lab.root())
        .args(["--json", "--yes", "install", "large"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    stalled.recv_timeout(Duration::from_secs(60)).unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();

    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let failure: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(failure["code"], "cancelled");
    assert_eq!(failure["state"], "system-intact");
    assert!(!lab.usr("share/large").exists());
    assert_eq!(lab.tells(&["state", "list"]), serde_json::json!([]));
}

/// The backend that a moultctl started.
fn backend_of(moultctl: u32) -> Pid {
    let tasks = fs::read_dir(format!("/proc/{moultctl}/task")).unwrap();
    let children = tasks.map(|task| fs::read_to_string(task.unwrap().path().join("children")).unwrap());
    let children: String = children.collect();
    let mut children = children.split_whitespace();
    let only = children.next().expect("it has a backend");
    assert_eq!(children.next(), None);
    Pid::from_raw(only.parse().unwrap()).unwrap()
}

/// Nobody has to have waited for it; but its last thread is gone, and what it had open is closed.
fn wait_for_end(process: Pid) {
    let begun = Instant::now();
    let of_it = format!("/proc/{}", process.as_raw_nonzero());
    let threads = || fs::read_dir(format!("{of_it}/task")).map_or(0, Iterator::count);
    while let Ok(text) = fs::read_to_string(format!("{of_it}/stat"))
        && (!text.contains(") Z ") || threads() > 1)
    {
        assert!(begun.elapsed() < Duration::from_secs(60), "the backend goes on: {text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_install_goes_on_when_the_program_that_asked_for_it_is_killed() {
    let (lab, port, stalled) = slow();
    let uri = format!("http://127.0.0.1:{port}/stone.index");
    let _ = lab.does(&["repo", "add", "slow", &uri]);
    let mut child = program()
        .arg("--root")
        .arg(lab.root())
        .args(["--yes", "install", "large"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    stalled.recv_timeout(Duration::from_secs(60)).unwrap();
    let backend = backend_of(child.id());
    child.kill().unwrap();
    // Also the other ends of the pipes on which the two talked are gone with it.
    drop(child.wait_with_output().unwrap());
    fs::write(lab.root().with_file_name("repo").join("go"), "").unwrap();
    wait_for_end(backend);
    assert_eq!(fs::read_to_string(lab.usr("share/large")).unwrap(), noise());
    let states = lab.tells(&["state", "list"]);
    assert_eq!(states.as_array().unwrap().len(), 1, "{states}");
    // Nothing stands in the way of what comes next.
    let _ = lab.does(&["hold", "large"]);
}

/// Kills moultctl, and its backend with it if `both`, while it composes to `to` and waits for a package.
fn kill_compose(model: &Path, to: &str, both: bool, stalled: &Receiver<()>) {
    let mut child = program()
        .args(["--json", "compose", "--model"])
        .arg(model)
        .args(["--to", to])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    stalled.recv_timeout(Duration::from_secs(60)).unwrap();
    let backend = backend_of(child.id());
    if both {
        kill_process(backend, Signal::KILL).unwrap();
    }
    child.kill().unwrap();
    let _ = child.wait().unwrap();
    // Else it sees that nobody waits for it any more.
    wait_for_end(backend);
}

#[test]
fn who_is_killed_while_composing_leaves_nothing_that_looks_whole_or_stands_in_the_way() {
    let (lab, port, stalled) = slow();
    let model = |name: &str, uri: &str| {
        let path = lab.root().with_file_name(name);
        let text = format!("repositories {{ shop {{ uri \"{uri}\"; priority 0 }} }}\npackages {{ large }}\n");
        fs::write(&path, text).unwrap();
        path
    };
    let slow = model("slow.kdl", &format!("http://127.0.0.1:{port}/stone.index"));
    let quick = model("quick.kdl", &lab.uri());
    let dir = lab.root().with_file_name("out");
    fs::create_dir(&dir).unwrap();
    let names = || {
        let entries = fs::read_dir(&dir).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let at = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    let mut whole = Vec::new();
    for (name, to) in [
        ("folder", at("folder")),
        ("image", format!("oci:{}", at("image"))),
        ("x.tar", at("x.tar")),
    ] {
        for both in [false, true] {
            kill_compose(&slow, &to, both, &stalled);
            assert!(!names().iter().any(|found| found == name), "{to}: {:?}", names());
            if name == "x.tar" {
                assert_eq!(names(), whole, "an archive leaves nothing at all");
            }
        }
        let output = program()
            .args(["compose", "--model"])
            .arg(&quick)
            .args(["--to", &to])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{to}: {}", stderr(&output));
        whole.push(name.to_owned());
        assert_eq!(names(), whole, "nothing but what was asked for");
    }
    assert_eq!(fs::read_to_string(dir.join("folder/usr/share/large")).unwrap(), noise());
    assert!(dir.join("image/index.json").exists());
    assert!(fs::metadata(dir.join("x.tar")).unwrap().len() > 200_000);
}
