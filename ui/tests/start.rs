//! How `moult` starts, and when it does not. Runs as root, as the whole test run does.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::process::{Command, Output};

fn moult(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_moult"))
        .args(arguments)
        .env("LC_ALL", "C")
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn the_window_refuses_to_run_as_root() {
    assert!(
        rustix::process::geteuid().is_root(),
        "this test proves something only as root"
    );
    let output = moult(&["install"]);

    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).starts_with("moult does not run as root"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_store_opens_one_thing_and_nobody_chooses_its_backend() {
    for wrong in [
        &["store", "--backend", "/tmp/mine"][..],
        &["store", "--updates", "appstream:org.gnome.Maps"],
        &["store", "a.stone", "b.stone"],
    ] {
        assert_eq!(moult(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn wrong_use_exits_with_2_and_help_with_0() {
    assert_eq!(moult(&[]).status.code(), Some(2));
    assert_eq!(
        moult(&["install", "--backend", "/tmp/mine"]).status.code(),
        Some(2),
        "nobody chooses the backend"
    );
    assert_eq!(moult(&["--help"]).status.code(), Some(0));
}
