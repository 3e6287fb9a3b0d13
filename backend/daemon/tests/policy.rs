//! The polkit files and the program that they let start must say the same.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

const POLICY: &str = include_str!("../../../cage-session/polkit/org.moult.backend.policy");
const RULE: &str = include_str!("../../../cage-session/polkit/50-moult-kiosk.rules");

/// The text between two marks.
fn between<'t>(text: &'t str, begin: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(begin)?;
    Some(rest.split_once(end)?.0)
}

/// Id, the argument that chooses it, and the whole action.
fn actions() -> Vec<(&'static str, &'static str, &'static str)> {
    let actions = POLICY.split("<action ").skip(1);
    actions
        .map(|action| {
            let argument = between(action, "policykit.exec.argv1\">", "<").unwrap();
            (between(action, "id=\"", "\"").unwrap(), argument, action)
        })
        .collect()
}

#[test]
fn each_action_starts_the_backend_in_a_role_of_its_own_that_it_knows() {
    let found: Vec<(&str, &str)> = actions().iter().map(|(id, argument, _)| (*id, *argument)).collect();
    assert_eq!(found, [("org.moult.admin", "--admin"), ("org.moult.store", "--store")]);
    for (_, argument, action) in actions() {
        let program = between(action, "policykit.exec.path\">", "<").unwrap();
        assert_eq!(program, "/usr/libexec/moult/moult-backend");
        let (_ours, theirs) = UnixStream::pair().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_moult-backend"))
            .arg(argument)
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .output()
            .unwrap();
        // Not 2, which is a line that it does not understand.
        assert_eq!(output.status.code(), Some(1), "{argument}: {output:?}");
    }
}

#[test]
fn nobody_does_either_without_an_administrator_and_only_the_store_is_remembered() {
    for (id, _, action) in actions() {
        let allowed = |who: &str| between(action, &format!("<{who}>"), "<").unwrap();
        assert_eq!(
            (allowed("allow_any"), allowed("allow_inactive")),
            ("auth_admin", "auth_admin"),
            "{id}"
        );
        let here = if id == "org.moult.store" {
            "auth_admin_keep"
        } else {
            "auth_admin"
        };
        assert_eq!(allowed("allow_active"), here, "{id}");
    }
}

#[test]
fn each_action_is_explained_in_every_language() {
    for (id, _, action) in actions() {
        for text in ["description", "message"] {
            for begin in [
                format!("<{text}>"),
                format!("<{text} xml:lang=\"de\">"),
                format!("<{text} xml:lang=\"fr\">"),
            ] {
                assert!(
                    between(action, &begin, "<").is_some_and(|said| said.len() > 20),
                    "{id}: {begin}"
                );
            }
        }
    }
}

#[test]
fn the_live_image_lets_its_own_user_start_exactly_these() {
    let named: Vec<&str> = RULE
        .split("action.id == \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let ids: Vec<&str> = actions().iter().map(|(id, ..)| *id).collect();
    assert_eq!(named, ids);
    assert_eq!(between(RULE, "subject.user == \"", "\""), Some("live"));
    assert_eq!(RULE.matches("polkit.Result.YES").count(), 1);
    // The user counts for each of them.
    assert!(RULE.contains(") && subject.user"));
}
