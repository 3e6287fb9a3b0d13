//! `moultctl model` with the real backend, on a root in a folder.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests need the rest of it")]
mod lab;

use std::fs;
use std::path::PathBuf;

use crate::lab::{Lab, names, package, stderr};

/// As somebody writes it.
fn hand(uri: &str, packages: &str) -> String {
    format!(
        "// my machine\nrepositories {{\n  shop {{ uri \"{uri}\"; description \"near\"\n    priority 0 }} // the only one\n}}\n\npackages {{\n    /* first */ tool\n{packages}}}\n"
    )
}

/// Writes a model beside the root.
fn file(lab: &Lab, text: &str) -> PathBuf {
    let path = lab.root().with_file_name("system.kdl");
    fs::write(&path, text).unwrap();
    path
}

fn kept(lab: &Lab) -> String {
    fs::read_to_string(lab.root().join("etc/moult/system-model.kdl")).unwrap()
}

#[test]
fn a_model_by_hand_keeps_its_form_from_import_to_export() {
    let lab = Lab::usual();
    let text = hand(&lab.uri(), "");
    let path = file(&lab, &text);
    let path = path.to_str().unwrap();

    let said = lab.does(&["model", "import", path]);
    assert!(said.contains("moultctl model sync"), "{said}");
    assert_eq!(kept(&lab), text);
    assert!(!lab.usr("bin").exists(), "importing changes no package");

    let difference = lab.tells(&["model", "diff"]);
    assert_eq!(difference["missing"], serde_json::json!(["tool"]));
    assert_eq!(difference["unknown"], serde_json::json!([]));
    let rehearsal = lab.tells(&["model", "sync", "--dry-run"]);
    assert_eq!(names(&rehearsal["packages"]), ["library", "tool"]);
    assert_eq!(rehearsal["files"].as_array().unwrap().len(), 3);
    assert!(!lab.usr("bin").exists(), "a rehearsal changes nothing");

    let done = lab.tells(&["--yes", "model", "sync"]);
    assert_eq!(done["changed"], true);
    assert_eq!(done["outcome"]["state"], 1);
    assert_eq!(done["outcome"]["repositories"], serde_json::json!([]));
    assert_eq!(lab.does(&["model", "export"]), text);
    assert_eq!(lab.tells(&["--yes", "model", "sync"])["changed"], false);
    assert_eq!(lab.does(&["model", "diff"]), "The model and the system agree.\n");

    let _ = lab.does(&["-y", "install", "game"]);
    let with = lab.does(&["model", "export"]);
    assert_eq!(
        with,
        text.replace(" tool\n", " tool\n    // Added by Moult\n    game\n")
    );
    assert_eq!(lab.does(&["model", "export", "1"]), text);
    let told = lab.tells(&["model", "export", "1"]);
    assert_eq!(
        (&told["state"], told["model"].as_str()),
        (&1.into(), Some(text.as_str()))
    );

    let said = lab.does(&["model", "diff"]);
    assert!(said.contains("Not in the model\n  game"), "{said}");
    assert_eq!(lab.tells(&["model", "diff"])["beyond"], serde_json::json!(["game"]));
    let done = lab.tells(&["--yes", "model", "sync"]);
    assert_eq!(names(&done["plan"]["packages"]), ["game"]);
    assert!(!lab.usr("bin/game").exists());
}

/// A root that knows nothing.
fn bare() -> (Lab, String) {
    let mut lab = Lab::new();
    lab.offer(package("tool", 1), &[("bin/tool", 0o755, "one")]);
    lab.index();
    let text = hand(&lab.uri(), "");
    (lab, text)
}

fn repositories(lab: &Lab) -> Vec<String> {
    let all = lab.tells(&["repo", "list"]);
    names(&all["repositories"]).into_iter().map(str::to_owned).collect()
}

#[test]
fn repositories_that_a_model_names_are_added_said_and_taken_away_when_it_cannot_be_met() {
    let (lab, text) = bare();
    // Before there is anything of ours, there is nothing to look at.
    let _ = lab.does(&["repo", "add", "other", &lab.uri()]);

    let path = file(&lab, &text.replace("tool", "nobody-has-this"));
    let failure = lab.refuses(&["model", "import", path.to_str().unwrap()]);
    assert_eq!(failure["code"], "unresolvable");
    assert_eq!(repositories(&lab), ["other"]);
    assert!(!lab.root().join("etc/moult/system-model.kdl").exists());

    let path = file(&lab, &text);
    let rehearsal = lab.tells(&["model", "import", path.to_str().unwrap(), "--dry-run"]);
    assert_eq!(rehearsal["difference"]["unknown"], serde_json::json!(["shop"]));
    assert_eq!(rehearsal["plan"], serde_json::Value::Null);
    let said = lab.does(&["model", "import", path.to_str().unwrap(), "--dry-run"]);
    assert!(said.contains("would be added: shop"), "{said}");
    assert_eq!(repositories(&lab), ["other"]);

    let said = lab.does(&["model", "import", path.to_str().unwrap()]);
    assert!(said.starts_with("Added for the model: shop\n"), "{said}");
    assert_eq!(repositories(&lab), ["other", "shop"]);
    let rehearsal = lab.tells(&["model", "import", path.to_str().unwrap(), "--dry-run"]);
    assert_eq!(names(&rehearsal["plan"]["packages"]), ["tool"]);
}

#[test]
fn sync_adds_what_a_model_put_there_by_hand_names() {
    let (lab, text) = bare();
    let _ = lab.does(&["repo", "add", "other", &lab.uri()]);
    let place = lab.root().join("etc/moult/system-model.kdl");
    fs::write(&place, text.replace("tool", "nobody-has-this")).unwrap();
    assert_eq!(lab.refuses(&["--yes", "model", "sync"])["code"], "unresolvable");
    assert_eq!(repositories(&lab), ["other"]);

    fs::write(&place, &text).unwrap();
    let failure = lab.refuses(&["model", "sync", "--dry-run"]);
    assert_eq!(failure["code"], "repository-unknown");
    assert!(failure["message"].as_str().unwrap().contains("shop"), "{failure}");
    assert_eq!(lab.refuses(&["model", "sync"])["code"], "not-confirmed");
    assert_eq!(repositories(&lab), ["other"]);

    let done = lab.tells(&["--yes", "model", "sync"]);
    assert_eq!(done["outcome"]["repositories"], serde_json::json!(["shop"]));
    assert_eq!(fs::read_to_string(lab.usr("bin/tool")).unwrap(), "one");
    assert_eq!(lab.does(&["model", "export"]), text);
}

#[test]
fn a_model_that_cannot_be_used_is_refused_and_nothing_changes() {
    let lab = Lab::usual();
    let _ = lab.does(&["-y", "install", "game"]);
    let import = |text: &str| {
        let path = file(&lab, text);
        lab.refuses(&["model", "import", path.to_str().unwrap()])
    };
    let failure = import("packages {\n  \"nonsense(x)\"\n}");
    assert_eq!(failure["code"], "model-invalid");
    assert!(failure["message"].as_str().unwrap().contains("line 2"), "{failure}");

    let other = lab.uri().replace("stone.index", "other.index");
    let failure = import(&hand(&other, ""));
    assert_eq!(failure["code"], "packages-refused");
    let said = failure["message"].as_str().unwrap();
    assert!(said.contains(&other) && said.contains(&lab.uri()), "{said}");
    assert_eq!(import(&hand(&lab.uri(), "    no-such-thing\n"))["code"], "unresolvable");
    assert_eq!(import("packages { }")["code"], "packages-refused");

    let binary = lab.root().with_file_name("binary.kdl");
    fs::write(&binary, b"\xff\xfe").unwrap();
    for path in [binary.to_str().unwrap(), "/no/such/model.kdl", "/etc"] {
        assert_eq!(lab.refuses(&["model", "import", path])["code"], "bad-input");
        assert_eq!(lab.refuses(&["model", "diff", path])["code"], "bad-input");
    }
    assert_eq!(lab.refuses(&["model", "export", "99"])["code"], "state-unknown");
    for command in [
        &["--yes", "model", "sync"][..],
        &["model", "sync", "--dry-run"],
        &["model", "diff"],
    ] {
        let failure = lab.refuses(command);
        assert_eq!(failure["code"], "model-invalid");
        assert!(
            failure["message"].as_str().unwrap().contains("model import"),
            "{failure}"
        );
    }
    assert!(!lab.root().join("etc/moult/system-model.kdl").exists());
}

#[test]
fn two_models_are_compared_without_changing_anything() {
    let lab = Lab::usual();
    let _ = lab.does(&["-y", "install", "game"]);
    let path = file(&lab, &hand(&lab.uri(), "").replace("priority 0", "priority 5"));
    let output = lab.run(&["model", "diff", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "Missing\n  tool",
        "Not in the model\n  game",
        "Repositories that differ\n  shop",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
