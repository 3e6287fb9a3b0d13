//! The process as it is started, rightly and wrongly.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Output, Stdio};

fn start(arguments: &[&str], caller: Option<&str>, stdin: Stdio) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moult-backend"));
    let _ = command.args(arguments).env_remove("PKEXEC_UID").stdin(stdin);
    if let Some(caller) = caller {
        let _ = command.env("PKEXEC_UID", caller);
    }
    command.output().unwrap()
}

fn socket() -> (UnixStream, Stdio) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    (ours, Stdio::from(OwnedFd::from(theirs)))
}

#[track_caller]
fn refused(output: &Output, code: i32, because: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(because), "{said}");
}

#[test]
fn a_line_that_makes_no_sense_ends_with_2() {
    refused(&start(&["--dance"], None, Stdio::null()), 2, "usage:");
    refused(&start(&["--admin", "--keep-user"], None, Stdio::null()), 2, "usage:");
}

#[test]
fn without_a_socket_there_is_nobody_to_serve() {
    refused(
        &start(&["--reader"], None, Stdio::null()),
        1,
        "started by Moult, not by hand",
    );
}

#[test]
fn an_admin_serves_only_the_user_that_was_authorized() {
    assert!(rustix::process::geteuid().is_root(), "this test needs root");
    let (_ours, stdin) = socket();
    refused(&start(&["--admin"], None, stdin), 1, "PKEXEC_UID is not set");
    let (_ours, stdin) = socket();
    refused(&start(&["--admin"], Some("1000"), stdin), 1, "user 1000 was authorized");
    // The store is no less careful.
    let (_ours, stdin) = socket();
    refused(&start(&["--store"], None, stdin), 1, "PKEXEC_UID is not set");
    let (_ours, stdin) = socket();
    refused(&start(&["--store"], Some("1000"), stdin), 1, "user 1000 was authorized");
}

#[test]
fn a_root_that_is_not_there_is_named() {
    assert!(rustix::process::geteuid().is_root(), "this test needs root");
    let (_ours, stdin) = socket();
    let output = start(&["--admin", "--root", "/nowhere/at/all"], Some("0"), stdin);
    refused(&output, 1, "/nowhere/at/all cannot be opened");
}
