//! The program as a person meets it: what it prints and how it exits.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::process::{Command, Output, Stdio};

fn moultctl(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_moultctl"))
        .args(arguments)
        .env("LC_ALL", "C")
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn wrong_use_exits_with_2_and_help_with_0() {
    assert_eq!(moultctl(&[]).status.code(), Some(2));
    assert_eq!(moultctl(&["inspect"]).status.code(), Some(2));
    assert_eq!(moultctl(&["dance"]).status.code(), Some(2));

    let help = moultctl(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(
        String::from_utf8(help.stdout)
            .unwrap()
            .contains("Moult without a window")
    );
}

#[test]
fn help_speaks_the_language_of_the_reader() {
    let help = Command::new(env!("CARGO_BIN_EXE_moultctl"))
        .arg("--help")
        .env("LC_ALL", "fr_FR.UTF-8")
        .output()
        .unwrap();

    assert!(String::from_utf8(help.stdout).unwrap().contains("Moult sans fenêtre"));
}

#[test]
fn a_missing_file_and_a_folder_are_named() {
    let missing = moultctl(&["inspect", "/nowhere/a.stone"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(
        stderr(&missing).starts_with("/nowhere/a.stone cannot be opened: "),
        "{}",
        stderr(&missing)
    );

    let folder = moultctl(&["inspect", "/usr"]);
    assert_eq!(folder.status.code(), Some(1));
    assert_eq!(stderr(&folder), "/usr is not a file.\n");
}

#[test]
fn a_damaged_stone_is_an_error_in_words_not_a_panic() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"\0mos but nothing after it").unwrap();
    let output = moultctl(&["inspect", file.path().to_str().unwrap()]);

    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    assert!(!stderr(&output).contains("panicked"));
}

#[test]
fn a_closed_pipe_is_no_reason_to_panic() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_moultctl"))
        .arg("--help")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();

    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
}
