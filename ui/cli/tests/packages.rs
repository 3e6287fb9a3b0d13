//! The real program with the real backend, on a root in a folder.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests use the rest")]
mod lab;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::lab::{Lab, names, needing, package, place_program, program, stderr};

#[test]
fn a_system_is_installed_asked_about_updated_and_emptied_again() {
    let mut lab = Lab::usual();

    let found = lab.tells(&["search", "tool"]);
    assert_eq!(names(&found)[0], "tool");
    assert_eq!(found[0]["installed"], false);

    let rehearsal = lab.tells(&["install", "tool", "--dry-run"]);
    assert_eq!(names(&rehearsal["packages"]), ["library", "tool"]);
    assert_eq!(rehearsal["packages"][1]["change"], "install");
    assert_eq!(rehearsal["packages"][1]["new"][0]["source_release"], 1);
    assert_eq!(rehearsal["files_added"], 3);
    let files = rehearsal["files"].as_array().unwrap();
    let marked: Vec<_> = files.iter().filter(|file| file["marks"][0] == "set-id").collect();
    assert_eq!(marked.len(), 1);
    assert_eq!(marked[0]["path"], "bin/tool-as-root");
    assert!(!lab.usr("bin").exists(), "a rehearsal changes nothing");

    let done = lab.tells(&["--yes", "install", "tool"]);
    assert_eq!(done["changed"], true);
    assert_eq!(done["outcome"]["state"], 1);
    assert_eq!(fs::read_to_string(lab.usr("bin/tool")).unwrap(), "one");

    let listed = lab.tells(&["list"]);
    assert_eq!(names(&listed), ["library", "tool"]);
    assert_eq!(listed[0]["explicit"], false);
    assert_eq!(listed[1]["explicit"], true);

    let info = lab.tells(&["info", "tool"]);
    assert_eq!(info["package"]["installed"], true);
    assert_eq!(info["needs"][0].as_str().unwrap(), "library");
    assert_eq!(info["offers"][0]["repository"], "shop");

    let files = lab.tells(&["files", "tool"]);
    assert_eq!(files[0]["path"], "bin/tool");
    assert_eq!(files[0]["size"], 3);

    let why = lab.tells(&["why", "library"]);
    assert_eq!(why["explicit"], false);
    assert_eq!(why["needed_by"][0]["package"], "tool");

    lab.offer(package("library", 2), &[("lib/library.so", 0o644, "two")]);
    lab.offer(needing("tool", 2, &["library"]), &[("bin/tool", 0o755, "two")]);
    lab.index();
    let _ = lab.does(&["repo", "refresh"]);
    let _ = lab.does(&["hold", "tool"]);
    assert_eq!(lab.tells(&["hold"]), serde_json::json!(["tool"]));
    let done = lab.tells(&["--yes", "sync"]);
    assert_eq!(names(&done["plan"]["packages"]), ["library"]);
    assert_eq!(done["plan"]["kept_back"][0]["name"], "tool");
    assert_eq!(fs::read_to_string(lab.usr("bin/tool")).unwrap(), "one");
    let _ = lab.does(&["unhold", "tool"]);
    let done = lab.tells(&["-y", "sync"]);
    assert_eq!(done["plan"]["packages"][0]["change"], "upgrade");
    assert_eq!(fs::read_to_string(lab.usr("bin/tool")).unwrap(), "two");

    let done = lab.tells(&["-y", "install", "tool=1-1"]);
    assert_eq!(done["plan"]["packages"][0]["change"], "downgrade");
    assert_eq!(fs::read_to_string(lab.usr("bin/tool")).unwrap(), "one");

    let _ = lab.does(&["-y", "install", "game"]);
    let done = lab.tells(&["-y", "remove", "tool"]);
    assert_eq!(names(&done["plan"]["packages"]), ["tool"]);
    assert_eq!(done["plan"]["orphans"], serde_json::json!(["library"]));
    let done = lab.tells(&["-y", "remove", "--orphans"]);
    assert_eq!(names(&done["plan"]["packages"]), ["library"]);
    let done = lab.tells(&["-y", "sync"]);
    assert_eq!(done["changed"], false);
}

#[test]
fn a_local_file_is_installed_with_what_it_needs() {
    let lab = Lab::usual();
    let stone = lab.stone(&needing("local", 7, &["library"]), &[("bin/local", 0o755, "local")]);
    let done = lab.tells(&["--yes", "install", stone.to_str().unwrap()]);
    assert_eq!(names(&done["plan"]["packages"]), ["library", "local"]);
    assert_eq!(fs::read_to_string(lab.usr("bin/local")).unwrap(), "local");
    assert_eq!(lab.tells(&["info", "local"])["package"]["repository"], "");

    let broken = lab.root().with_file_name("broken.stone");
    fs::write(&broken, b"\0mos and nothing after it").unwrap();
    let failure = lab.refuses(&["--yes", "install", broken.to_str().unwrap()]);
    assert_eq!(failure["code"], "package-damaged");
}

#[test]
fn states_are_listed_compared_named_pinned_and_gone_back_to() {
    let lab = Lab::usual();
    let _ = lab.does(&["-y", "install", "tool"]);
    let _ = lab.does(&["-y", "install", "game"]);

    let states = lab.tells(&["state", "list"]);
    assert_eq!(states.as_array().unwrap().len(), 2);
    assert_eq!(states[1]["status"], "active");
    assert_eq!(
        names(&lab.tells(&["state", "show", "1"])["packages"]),
        ["library", "tool"]
    );

    let difference = lab.tells(&["state", "diff", "1", "2"]);
    assert_eq!(names(&difference["packages"]), ["game"]);
    let paths: Vec<_> = difference["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert!(paths.contains(&"bin/game"), "{paths:?}");

    let named = lab.tells(&["state", "name", "1", "before the game"]);
    assert_eq!(named["name"], "before the game");
    assert_eq!(lab.tells(&["state", "pin", "1"])["pinned"], true);

    let done = lab.tells(&["--yes", "state", "activate", "1"]);
    assert_eq!(done["state"], 1);
    assert!(!lab.usr("bin/game").exists());
    let _ = lab.does(&["--yes", "state", "activate", "2"]);
    assert!(lab.usr("bin/game").exists());

    let pruned = lab.tells(&["--yes", "state", "prune", "--keep", "1"]);
    assert_eq!(pruned["removed_states"], serde_json::json!([]), "it is pinned");
    let _ = lab.does(&["state", "unpin", "1"]);
    let pruned = lab.tells(&["--yes", "state", "prune", "--keep", "1"]);
    assert_eq!(pruned["removed_states"], serde_json::json!([1]));

    let _ = lab.does(&["-y", "remove", "game"]);
    assert_eq!(lab.refuses(&["-y", "state", "remove", "3"])["code"], "state-active");
    let removed = lab.tells(&["-y", "state", "remove", "2"]);
    assert_eq!(removed["removed_states"], serde_json::json!([2]));

    let verified = lab.tells(&["state", "verify"]);
    assert_eq!(verified["damage"], serde_json::json!([]));
    assert!(verified["checked_files"].as_u64().unwrap() > 0);
}

#[test]
fn damage_is_found_ends_with_1_and_is_repaired() {
    let lab = Lab::usual();
    let _ = lab.does(&["-y", "install", "game"]);
    fs::remove_file(lab.usr("bin/game")).unwrap();

    let output = lab.run(&["state", "verify"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("bin/game") && text.contains("--repair"), "{text}");

    let repaired = lab.tells(&["state", "verify", "--repair"]);
    assert_eq!(repaired["damage"][0]["repaired"], true);
    assert_eq!(fs::read_to_string(lab.usr("bin/game")).unwrap(), "game");
    let _ = lab.does(&["state", "verify"]);
}

#[test]
fn what_cannot_be_done_ends_with_1_and_leaves_everything_as_it_was() {
    let mut lab = Lab::usual();
    let _ = lab.does(&["-y", "install", "tool"]);
    lab.offer(needing("greedy", 1, &["no-such-thing"]), &[("bin/greedy", 0o755, "")]);
    lab.offer(package("rival", 1), &[("bin/tool", 0o755, "mine")]);
    let eaten = lab.offer(package("eaten", 1), &[("bin/eaten", 0o755, "whole")]);
    lab.index();
    let _ = lab.does(&["repo", "refresh", "shop"]);
    fs::write(eaten, b"\0mos eaten").unwrap();

    for (arguments, code) in [
        (&["-y", "install", "nothing-like-it"][..], "unresolvable"),
        (&["-y", "install", "greedy"], "unresolvable"),
        (&["-y", "install", "rival"], "file-conflict"),
        (&["-y", "install", "eaten"], "package-damaged"),
        (&["-y", "install", "tool=99"], "packages-refused"),
        (&["-y", "install", "tool=new"], "bad-input"),
        (&["-y", "remove", "game"], "package-not-installed"),
        (&["hold", "game"], "package-not-installed"),
        (&["info", "nothing-like-it"], "package-unknown"),
        (&["state", "show", "99"], "state-unknown"),
        (&["-y", "state", "activate", "99"], "state-unknown"),
        (&["repo", "refresh", "nowhere"], "repository-unknown"),
        (
            &["repo", "add", "gone", "file:///nowhere/stone.index"],
            "repository-unreachable",
        ),
        (&["repo", "add", "odd", "ftp://example.org/stone.index"], "bad-input"),
        (&["install", "game"], "not-confirmed"),
        (&["remove", "tool"], "not-confirmed"),
        (&["state", "prune"], "not-confirmed"),
        (&["state", "remove", "1"], "not-confirmed"),
    ] {
        let failure = lab.refuses(arguments);
        assert_eq!(failure["code"], code, "{arguments:?}: {failure}");
        assert!(
            ["untouched", "system-intact"].contains(&failure["state"].as_str().unwrap()),
            "{failure}"
        );
        assert!(!failure["message"].as_str().unwrap().is_empty());
    }
    let conflict = lab.refuses(&["-y", "install", "rival"]);
    assert_eq!(conflict["args"]["path"], "/usr/bin/tool");
}

#[test]
fn a_refusal_is_told_to_a_person_in_three_parts() {
    let lab = Lab::usual();
    let output = lab.run(&["-y", "remove", "tool"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output).lines().take(3).collect::<Vec<_>>(),
        [
            "tool is not installed.",
            "The system you had is whole and still starts.",
            "“moultctl list” shows what is installed.",
        ]
    );
}

#[test]
fn a_person_reads_aligned_columns_and_no_progress_in_a_pipe() {
    let lab = Lab::usual();
    let output = lab.run(&["-y", "install", "tool", "game"]);
    assert_eq!(stderr(&output), "");
    let text = String::from_utf8(output.stdout).unwrap();
    let at = |line: &str| text.lines().find(|text| text.contains(line)).unwrap().find("1.0-1-1");
    assert_eq!(at(" library "), at(" game "), "{text}");
    assert!(text.ends_with("State 1 is active.\n"), "{text}");

    assert!(lab.does(&["why", "library"]).contains("tool needs library"));
    assert!(lab.does(&["repo", "list"]).contains("not signed"));
    assert!(lab.does(&["files", "tool"]).contains("-rwsr-xr-x"));
    assert!(lab.does(&["state", "list"]).contains("active"));
}

#[test]
fn two_changes_at_once_do_not_mix_and_queries_do_not_wait() {
    let lab = Lab::usual();
    let start = |name: &str| {
        program()
            .arg("--root")
            .arg(lab.root())
            .args(["--yes", "--json", "install", name])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let (one, other) = (start("tool"), start("game"));
    let _ = lab.tells(&["search", "game"]);
    let outputs = [one.wait_with_output().unwrap(), other.wait_with_output().unwrap()];
    for output in &outputs {
        if output.status.code() == Some(1) {
            let failure: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
            // Somebody else is at it, or was and the plan no longer fits.
            assert!(
                ["busy", "plan-unknown"].contains(&failure["code"].as_str().unwrap()),
                "{failure}"
            );
        }
    }
    assert!(outputs.iter().any(|output| output.status.code() == Some(0)));
    let _ = lab.does(&["state", "verify"]);
}

#[test]
fn somebody_who_is_not_root_can_look_but_not_change_another_root() {
    let lab = Lab::usual();
    let _ = lab.does(&["-y", "install", "tool"]);
    fs::set_permissions(lab.root().parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    // The build folder may be closed to others.
    let programs = tempfile::tempdir().unwrap();
    fs::set_permissions(programs.path(), fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["moultctl", "moult-backend"] {
        let _ = place_program(name, programs.path());
    }
    let nobody = |arguments: &[&str]| {
        Command::new(programs.path().join("moultctl"))
            .arg("--root")
            .arg(lab.root())
            .args(arguments)
            .env("LC_ALL", "C")
            .uid(65_534)
            .gid(65_534)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };

    let listed = nobody(&["--json", "list"]);
    assert_eq!(listed.status.code(), Some(0), "{}", stderr(&listed));
    assert_eq!(
        names(&serde_json::from_slice(&listed.stdout).unwrap()),
        ["library", "tool"]
    );
    let planned = nobody(&["install", "game", "--dry-run"]);
    assert_eq!(planned.status.code(), Some(0), "{}", stderr(&planned));

    let refused = nobody(&["--yes", "install", "game"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("Only root"), "{}", stderr(&refused));
    assert!(!lab.usr("bin/game").exists());
}

#[test]
fn a_root_that_somebody_else_could_exchange_is_not_changed() {
    let lab = Lab::usual();
    fs::set_permissions(lab.root().parent().unwrap(), fs::Permissions::from_mode(0o777)).unwrap();
    let output = lab.run(&["-y", "install", "game"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("can be exchanged"), "{}", stderr(&output));
    assert!(!lab.usr("bin/game").exists());
}

#[test]
fn man_page_and_completions_are_generated() {
    let folder = tempfile::tempdir().unwrap();
    let output = program().arg("generate").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for (name, word) in [
        ("moultctl.1", "moultctl"),
        ("moultctl-install.1", "reinstall"),
        ("moultctl-state-prune.1", "keep"),
        ("moultctl-model-import.1", "administrator"),
        ("moultctl-compose.1", "oci"),
        ("moultctl.bash", "dry-run"),
        ("_moultctl", "dry-run"),
        ("moultctl.fish", "dry-run"),
    ] {
        let text = fs::read_to_string(folder.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(text.contains(word), "{name}");
    }
}
