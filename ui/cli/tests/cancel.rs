//! Ctrl-C while a package is on its way.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests use the rest")]
mod lab;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::lab::{Lab, package, program, stderr};

/// Serves a folder, but for whole packages: those begin and never go on. Says so when one begins.
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
        let content = std::fs::read(folder.join(&name)).ok()?;
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
                    std::thread::sleep(Duration::from_secs(600));
                }
                to.write_all(&content).ok()?;
            }
        }
    }
}

#[test]
fn ctrl_c_stops_a_download_and_says_that_the_system_is_whole() {
    let mut lab = Lab::new();
    let noise: String = (0..200_000u64)
        .map(|at| char::from(33 + (at.wrapping_mul(2_654_435_761) >> 13) as u8 % 90))
        .collect();
    lab.offer(package("large", 1), &[("share/large", 0o644, &noise)]);
    lab.index();
    let (port, stalled) = serve(lab.root().with_file_name("repo"));
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
