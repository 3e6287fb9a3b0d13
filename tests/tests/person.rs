//! A person at a terminal: `moultctl` as an ordinary user, who may do what an administrator may by pkexec and
//! polkit, or may not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Output;

use moult_tests::lab::{Lab, Options, User};
use serde_json::Value;

const ROOT: &str = "/srv/system";

fn lab(kiosk_rule: bool) -> Lab {
    let options = Options {
        programs: Some(support::programs()),
        repository: Some(support::sample()),
        kiosk_rule,
        ..Options::default()
    };
    let lab = Lab::start(&options).unwrap();
    lab.run(User::Root, "mkdir", &["-p", "-m", "755", ROOT]).unwrap();
    lab
}

fn moultctl(lab: &Lab, user: User, arguments: &[&str]) -> Output {
    let all = [&["--root", ROOT, "--json", "--yes"], arguments].concat();
    lab.try_run(user, "/usr/bin/moultctl", &all).unwrap()
}

fn done(lab: &Lab, user: User, arguments: &[&str]) -> Value {
    let output = moultctl(lab, user, arguments);
    let (said, wrong) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {wrong}");
    serde_json::from_slice(said).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {said:?}"))
}

fn active(lab: &Lab) -> String {
    fs::read_to_string(lab.path(&format!("{ROOT}/usr/lib/moult/state"))).unwrap()
}

#[test]
fn a_person_whom_polkit_lets_changes_the_running_system_and_everything_is_roots() {
    let lab = lab(true);
    // The lab's own root. (Its /usr is another machine's and stays: only what is beside it changes.)
    let run = |arguments: &[&str]| {
        let all = [&["--json", "--yes"], arguments].concat();
        lab.try_run(User::Live, "/usr/bin/moultctl", &all).unwrap()
    };
    let added = run(&["repo", "add", "sample", "file:///repo/stone.index", "--priority", "7"]);
    assert!(added.status.success(), "{added:?}");
    for path in ["/.moult/moult.db", "/etc/moult/repo.d/sample.kdl"] {
        let file = fs::symlink_metadata(lab.path(path)).unwrap();
        assert_eq!((file.uid(), file.gid(), file.mode() & 0o7777), (0, 0, 0o644), "{path}");
    }
    let listed = run(&["repo", "list"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let sample = &listed["repositories"][0];
    assert_eq!((&sample["name"], &sample["priority"]), (&"sample".into(), &7.into()));
    let planned = run(&["install", "sed", "--dry-run"]);
    let planned: Value = serde_json::from_slice(&planned.stdout).unwrap();
    assert!(planned["packages"].to_string().contains("\"sed\""), "{planned}");

    // Another folder is root's alone, whatever polkit says: its content would be the person's to choose.
    let output = moultctl(&lab, User::Live, &["repo", "add", "sample", "file:///repo/stone.index"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("not-authorized"),
        "{output:?}"
    );
}

#[test]
fn a_person_whom_polkit_refuses_can_look_and_changes_nothing() {
    let lab = lab(false);
    // The administrator can: the first system is there.
    let _ = done(&lab, User::Root, &["repo", "add", "sample", "file:///repo/stone.index"]);
    let _ = done(&lab, User::Root, &["install", "sed"]);

    for change in [
        &["install", "grep"][..],
        &["repo", "add", "other", "file:///repo/stone.index"],
        &["repo", "refresh"],
        &["hold", "sed"],
        &["state", "prune"],
    ] {
        let all = [&["--json", "--yes"], change].concat();
        let output = lab.try_run(User::Live, "/usr/bin/moultctl", &all).unwrap();
        assert_eq!(output.status.code(), Some(1), "{change:?}: {output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{change:?}: {error}: {said}"));
        assert_eq!(
            (&said["code"], &said["state"]),
            (&"not-authorized".into(), &"untouched".into()),
            "{said}"
        );
    }
    assert!(!lab.path("/.moult").exists() && !lab.path("/etc/moult/repo.d").exists());
    // Looking needs nobody's leave.
    let _ = done(&lab, User::Live, &["install", "grep", "--dry-run"]);
    let found = done(&lab, User::Live, &["search", "grep"]);
    assert!(found.to_string().contains("\"grep\""), "{found}");
    let states = done(&lab, User::Live, &["state", "list"]);
    assert_eq!(states.as_array().map(Vec::len), Some(1), "{states}");
    assert_eq!(states[0]["name"], "", "{states}");
    let repositories = done(&lab, User::Live, &["repo", "list"]).to_string();
    assert!(!repositories.contains("\"other\""), "{repositories}");
    assert_eq!(active(&lab), "1\n");
}
