//! Versioned repositories, through the real program with the real backend: followed, and outgrown by a stream that only a
//! newer program reads.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests need the rest of it")]
mod lab;

use std::fs;

use moult_stone::Package;

use crate::lab::{Lab, names, only, package};

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
    let row = only(&lab);
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
    assert_eq!(only(&lab)["version"], "stream/unstable");
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
    assert_eq!(only(&lab)["newer_format"], "v7");
    assert_eq!(only(&lab)["packages"], 2, "the list before stays in use");
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
    assert_eq!(only(&lab)["newer_format"], "");
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
