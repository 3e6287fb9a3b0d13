//! What a desktop and systemd read of ours: checked by the programs that read it, in every language of the window.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use moult_tests::lab::{Lab, Options, User, checkout};

fn session(path: &str) -> PathBuf {
    checkout().join("cage-session").join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(session(path)).unwrap()
}

/// Runs a program of the system to its end, which has to be a good one.
fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error} (tests/packages-debian)"));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{program}: {said}");
    said
}

#[test]
fn the_desktop_entries_are_valid_and_speak_every_language() {
    for name in ["org.moult.Store", "org.moult.Installer"] {
        let path = format!("desktop/{name}.desktop");
        let said = run("desktop-file-validate", &[session(&path).to_str().unwrap()]);
        assert!(!said.contains("warning"), "{said}");
        let entry = read(&path);
        for key in ["Name", "Comment", "Keywords"] {
            for language in ["", "[de]", "[fr]"] {
                let begin = format!("{key}{language}=");
                assert!(entry.lines().any(|line| line.starts_with(&begin)), "{name}: {begin}");
            }
        }
        assert!(entry.contains("Icon=org.moult.Store\n"), "{name}");
    }
    let store = read("desktop/org.moult.Store.desktop");
    assert!(store.contains("\nExec=moult store %U\n"));
    assert!(store.contains("\nMimeType=application/x-stone;x-scheme-handler/appstream;\n"));
}

#[test]
fn the_stores_own_appstream_data_is_valid() {
    let path = session("desktop/org.moult.Store.metainfo.xml");
    let said = run("appstreamcli", &["validate", "--no-net", path.to_str().unwrap()]);
    assert!(!said.contains("W: ") && !said.contains("E: "), "{said}");
}

#[test]
fn a_stone_is_told_by_its_first_bytes_and_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("packages")).unwrap();
    let types = session("desktop/org.moult.stone.xml");
    let _ = fs::copy(types, folder.path().join("packages/org.moult.stone.xml")).unwrap();
    let _ = run("update-mime-database", &[folder.path().to_str().unwrap()]);
    let globs = fs::read_to_string(folder.path().join("globs2")).unwrap();
    assert!(globs.contains(":application/x-stone:*.stone\n"), "{globs}");

    support::small_repository(&folder.path().join("repo"));
    let stone = fs::read(folder.path().join("repo/base.stone")).unwrap();
    // The file that was compiled: `>offset=`, the length in two bytes, the bytes.
    let rule = [&b">0=\x00\x04"[..], &stone[..4], b"\n"].concat();
    let magic = fs::read(folder.path().join("magic")).unwrap();
    assert!(
        magic.windows(rule.len()).any(|part| part == rule),
        "{}",
        String::from_utf8_lossy(&magic)
    );
}

#[test]
fn the_units_are_ones_that_systemd_takes() {
    // A manager of a user's units wants to be started by one who has a runtime folder.
    let kinds = [("system", User::Root), ("user", User::Live)];
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let mut units = Vec::new();
    for (folder, user) in kinds {
        for entry in fs::read_dir(session("systemd").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let inside = format!("/etc/systemd/{folder}/{name}");
            files.push((Path::new(&inside).into(), read(&format!("systemd/{folder}/{name}"))));
            units.push((folder, user, inside));
        }
    }
    assert_eq!(units.len(), 6, "{units:?}");
    let lab = Lab::start(&Options {
        programs: Some(support::programs()),
        files,
        buses: false,
        ..Options::default()
    })
    .unwrap();
    for (kind, user, unit) in units {
        let as_what = format!("--{kind}");
        let output = lab
            .try_run(
                user,
                "systemd-analyze",
                &["verify", &as_what, "--man=no", "--recursive-errors=no", &unit],
            )
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let name = unit.rsplit('/').next().unwrap();
        let complaints: Vec<_> = said.lines().filter(|line| line.contains(name)).collect();
        assert!(output.status.success() && complaints.is_empty(), "{unit}: {said}");
    }
}
