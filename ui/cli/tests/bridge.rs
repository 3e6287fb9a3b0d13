//! Versioned repositories, through the real program with the real backend: followed, stayed behind in, and outgrown, with a
//! newer program that goes on. Needs root, and bubblewrap for a system of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests use the rest")]
mod lab;

use std::fs;
use std::path::Path;
use std::process::Command;

use moult_stone::Package;

use crate::lab::{Lab, names, package, program, stderr};

/// Publishes a list of stones below a versioned repository's base.
fn publish(lab: &Lab, history: &str, packages: &[(Package, &str)]) {
    let folder = lab.beside("base").join(format!("main/history/{history}/x86_64"));
    fs::create_dir_all(&folder).unwrap();
    for (package, content) in packages {
        let path = format!("bin/{}", package.name);
        let stone = lab.stone(package, &[(&path, 0o755, content)]);
        fs::rename(&stone, folder.join(stone.file_name().unwrap())).unwrap();
    }
    let _ = lab.tells(&["repo", "index", folder.to_str().unwrap()]);
}

const ROOT_INDEX: &str = r#"{
    "formats": { "v0": { "upgrade_via": "tag/last" }, "v7": {} },
    "streams": { "unstable": { "format": "v0", "history": "h2" } },
    "tags": { "t1": { "format": "v0", "history": "h1" }, "last": { "format": "v0", "history": "h9" } },
    "history": { "h1": { "format": "v0" }, "h2": { "format": "v0" }, "h3": { "format": "v7" },
                 "h9": { "format": "v0" } } }"#;

/// A versioned repository that is followed.
fn versioned() -> Lab {
    let lab = Lab::new();
    let engine = package("moult-backend", 1);
    publish(
        &lab,
        "h1",
        &[(package("app", 1), "app one"), (engine.clone(), "engine one")],
    );
    publish(&lab, "h2", &[(package("app", 2), "app two"), (engine, "engine one")]);
    publish(&lab, "h9", &[(package("moult-backend", 9), "engine nine")]);
    root_index(&lab, ROOT_INDEX);
    let base = format!("file://{}/", lab.beside("base").display());
    let _ = lab.does(&["repo", "add", "main", &base, "--version", "stream/unstable"]);
    lab
}

fn root_index(lab: &Lab, text: &str) {
    fs::write(lab.beside("base/main/moss-root-index.json"), text).unwrap();
}

/// The stream comes to have a format of the future.
fn outgrow(lab: &Lab) {
    let now = r#""unstable": { "format": "v0", "history": "h2""#;
    let text = ROOT_INDEX.replace(now, r#""unstable": { "format": "v7", "history": "h3""#);
    assert_ne!(text, ROOT_INDEX);
    root_index(lab, &text);
}

#[test]
fn a_person_stays_on_a_tag_or_an_older_list_sees_which_and_moves_on() {
    let lab = versioned();
    let row = lab.only();
    assert_eq!(
        (&row["version"], &row["history"]),
        (&"stream/unstable".into(), &"h2".into())
    );
    assert!(
        lab.does(&["repo", "list"])
            .contains("main follows stream/unstable; the list h2 is in use.")
    );
    for (version, list, release) in [
        ("tag/t1", "h1", 1),
        ("history/h2", "h2", 2),
        ("stream/unstable", "h2", 2),
    ] {
        let outcome = lab.tells(&["repo", "follow", "main", version]);
        assert_eq!(outcome["refreshed"][0]["result"], "updated");
        let versions = lab.tells(&["repo", "versions", "main"]);
        assert_eq!(
            (&versions["following"], &versions["current"]),
            (&version.into(), &list.into())
        );
        assert_eq!(versions["streams"].as_array().unwrap().len(), 1);
        assert_eq!(versions["tags"].as_array().unwrap().len(), 2);
        assert_eq!(versions["history"].as_array().unwrap().len(), 4);
        let plan = lab.tells(&["install", "app", "--dry-run"]);
        assert_eq!(plan["packages"][0]["new"][0]["source_release"], release);
    }
    let text = lab.does(&["repo", "versions", "main"]);
    let line = |start: &str| text.lines().find(|line| line.trim_start().starts_with(start)).unwrap();
    assert!(line("stream/unstable").ends_with("followed, in use"), "{text}");
    assert!(line("history/h3").contains("needs a newer Moult (v7)"), "{text}");

    assert_eq!(
        lab.refuses(&["repo", "follow", "main", "tag/none"])["code"],
        "packages-refused"
    );
    assert_eq!(
        lab.refuses(&["repo", "follow", "main", "sometime"])["code"],
        "bad-input"
    );
    assert_eq!(lab.only()["version"], "stream/unstable");
    let lab = Lab::usual();
    assert_eq!(lab.refuses(&["repo", "versions", "shop"])["code"], "packages-refused");
}

#[test]
fn a_repository_that_outgrew_this_program_is_no_error_and_a_bridge_leads_on() {
    let lab = versioned();
    let _ = lab.does(&["-y", "install", "app", "moult-backend"]);
    outgrow(&lab);
    let outcome = lab.tells(&["repo", "refresh"]);
    let row = &outcome["refreshed"][0];
    assert_eq!(
        (&row["result"], &row["format"]),
        (&"needs-newer-engine".into(), &"v7".into())
    );
    assert!(
        row["bridge"]
            .as_str()
            .unwrap()
            .ends_with("main/history/h9/x86_64/stone.index")
    );
    let root = lab.root().display().to_string();
    let command = format!("moultctl --root {root} repo bridge main");
    for arguments in [
        &["repo", "refresh"][..],
        &["repo", "refresh", "main"],
        &["repo", "list"],
    ] {
        let text = lab.does(arguments);
        assert!(
            text.contains("only a newer Moult reads") && text.contains(&command),
            "{text}"
        );
    }
    assert_eq!(lab.only()["newer_format"], "v7");
    assert_eq!(lab.only()["packages"], 2, "the list before stays in use");
    let plan = lab.tells(&["sync", "--dry-run"]);
    assert_eq!(plan["outgrown"], serde_json::json!(["main"]));
    assert!(
        lab.does(&["sync", "--dry-run"])
            .contains("can only be read by a newer Moult")
    );

    // No package brings /usr/bin/moult-backend in this root but the one of that name.
    let rehearsed = lab.tells(&["repo", "bridge", "main", "--dry-run"]);
    assert_eq!(names(&rehearsed["packages"]), ["moult-backend"]);
    assert_eq!(fs::read_to_string(lab.usr("bin/moult-backend")).unwrap(), "engine one");
    assert_eq!(lab.refuses(&["repo", "bridge", "main"])["code"], "not-confirmed");
    assert_eq!(
        lab.refuses(&["-y", "repo", "bridge", "main", "motor"])["code"],
        "packages-refused"
    );

    let said = lab.does(&["-y", "sync"]);
    assert!(said.contains("The newer Moult is in place"), "{said}");
    assert!(said.contains(&format!("moultctl --root {root} sync")), "{said}");
    assert_eq!(fs::read_to_string(lab.usr("bin/moult-backend")).unwrap(), "engine nine");
    assert_eq!(fs::read_to_string(lab.usr("bin/app")).unwrap(), "app two");

    // What was brought does not read it either: that is said, and goes round in no circle.
    let again = lab.does(&["-y", "sync"]);
    assert!(again.contains("installed already"), "{again}");
    // The newer program reads the list that this one could not.
    root_index(&lab, ROOT_INDEX);
    let _ = lab.does(&["-y", "sync"]);
    assert_eq!(lab.only()["newer_format"], "");
}

#[test]
fn where_no_package_brings_this_program_one_has_to_be_named() {
    let lab = versioned();
    let _ = lab.does(&["-y", "install", "app"]);
    outgrow(&lab);
    let _ = lab.does(&["repo", "refresh"]);
    let failure = lab.refuses(&["-y", "repo", "bridge", "main"]);
    assert!(
        failure["message"].as_str().unwrap().contains("repo bridge main PKG"),
        "{failure}"
    );
    let said = lab.does(&["-y", "sync"]);
    assert!(said.contains("repo bridge main PKG"), "{said}");
    let done = lab.tells(&["-y", "repo", "bridge", "main", "moult-backend"]);
    assert_eq!(done["changed"], true);
    assert_eq!(done["plan"]["unsigned"], serde_json::json!(["main"]));
    assert_eq!(fs::read_to_string(lab.usr("bin/moult-backend")).unwrap(), "engine nine");
}

/// What a dynamic program needs to start, where a system of packages has it.
fn libraries(programs: &[&Path]) -> Vec<(String, u32, Vec<u8>)> {
    let listed = Command::new("ldd").args(programs).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let words = listed
        .split_whitespace()
        .filter(|word| word.starts_with('/') && !word.ends_with(':'));
    let mut files: Vec<_> = words
        .map(|path| {
            let content = fs::read(path).unwrap();
            (
                path.trim_start_matches("/usr").trim_start_matches('/').to_owned(),
                0o755,
                content,
            )
        })
        .collect();
    files.sort();
    files.dedup();
    files
}

#[test]
fn the_newer_program_goes_on_in_the_system_that_runs() {
    let lab = versioned();
    let moultctl = program().get_program().to_owned();
    let moultctl = Path::new(&moultctl);
    let shell = fs::canonicalize("/bin/sh").unwrap();
    let mut files = libraries(&[moultctl, &moultctl.with_file_name("moult-backend"), &shell]);
    files.push(("bin/sh".into(), 0o755, fs::read(&shell).unwrap()));
    let real = fs::read(moultctl.with_file_name("moult-backend")).unwrap();
    let engine = |front: Vec<u8>| {
        vec![
            ("bin/moultctl".to_owned(), 0o755, front),
            ("libexec/moult/moult-backend".to_owned(), 0o755, real.clone()),
        ]
    };
    let newer = "#!/usr/bin/sh\necho \"newer: $# $* in $PWD, secret: ${SECRET-none}, language: $LC_ALL\"\nexec /opt/moultctl state list\n";
    for (history, package, files) in [
        ("h1", package("base", 1), files.clone()),
        ("h2", package("base", 1), files),
        ("h1", package("moult-backend", 1), engine(fs::read(moultctl).unwrap())),
        ("h2", package("moult-backend", 1), engine(fs::read(moultctl).unwrap())),
        ("h9", package("moult-backend", 9), engine(newer.into())),
    ] {
        let folder = lab.beside("base/main/history").join(history).join("x86_64");
        let stone = lab.stone_of(&package, files);
        fs::rename(&stone, folder.join(stone.file_name().unwrap())).unwrap();
        let _ = lab.tells(&["repo", "index", folder.to_str().unwrap()]);
    }
    let _ = lab.does(&["repo", "follow", "main", "tag/t1"]);
    let _ = lab.does(&["-y", "install", "base", "moult-backend", "app"]);
    let _ = lab.does(&["repo", "follow", "main", "stream/unstable"]);
    outgrow(&lab);

    // The root is the system that runs, for the program and all that it starts.
    let root = lab.root();
    let kept = root.parent().unwrap();
    let run = |arguments: &[&str]| {
        Command::new("bwrap")
            .args(["--die-with-parent", "--unshare-pid", "--cap-add", "ALL", "--bind"])
            .arg(&root)
            .args(["/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run", "--ro-bind"])
            .args([kept, kept])
            .arg("--ro-bind")
            .args([moultctl.parent().unwrap(), Path::new("/opt")])
            .arg("/usr/bin/moultctl")
            .args(arguments)
            .env("LC_ALL", "C")
            .env("SECRET", "leaked")
            .output()
            .unwrap()
    };
    assert_eq!(run(&["repo", "refresh"]).status.code(), Some(0));
    let output = run(&["--yes", "sync"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    let (before, after) = said
        .split_once("newer: ")
        .unwrap_or_else(|| panic!("it went on with nothing: {said}"));
    assert!(before.contains("The newer Moult is in place"), "{said}");
    let (call, states) = after.split_once('\n').unwrap();
    assert_eq!(call, "2 --yes sync in /, secret: none, language: C");
    // The lock is free for it, and the new state is the active one.
    assert!(states.contains('2'), "{said}");
    assert!(fs::read_to_string(lab.usr("bin/moultctl")).unwrap() == newer);
    let states = lab.tells(&["state", "list"]);
    assert_eq!(states.as_array().unwrap().len(), 2, "{states}");
}
