//! What a removal takes along, and what nobody needs any more.

use moult_packages::{Error, Orphans, Refusal, Request};

use crate::lab::{needing, package};
use crate::wishes::{apply, changes, contents, giving, hold, plan, refusal, remove, root_with, sync};

#[test]
fn everything_that_needs_what_is_removed_leaves_also_in_a_circle_and_is_shown() {
    let (_shop, root) = root_with(
        vec![
            needing("a", &["b"]),
            needing("b", &["a"]),
            needing("user", &["b"]),
            package("alone"),
        ],
        &["user", "alone", "a"],
    );
    let plan = plan(&root, &remove(&["a"], Orphans::Keep));
    assert_eq!(changes(&plan), ["remove a", "remove b", "remove user"]);
    let user = plan.packages[2].old.as_ref().unwrap();
    assert!(user.explicit, "that it was chosen can be seen");
    assert_eq!(contents(&plan.selection), ["alone 1*"]);
}

#[test]
fn what_another_installed_package_also_gives_is_not_missed() {
    let (_shop, root) = root_with(
        vec![
            giving("exim", 1, &["binary(mta)"]),
            giving("postfix", 1, &["binary(mta)"]),
            needing("app", &["binary(mta)"]),
            package("rest"),
        ],
        &["app", "exim", "postfix", "rest"],
    );
    assert_eq!(
        changes(&plan(&root, &remove(&["exim"], Orphans::Keep))),
        ["remove exim"]
    );
    let both = plan(&root, &remove(&["exim", "postfix"], Orphans::Keep));
    assert_eq!(changes(&both), ["remove app", "remove exim", "remove postfix"]);
}

#[test]
fn orphans_are_shown_and_go_only_on_request_also_those_that_need_each_other() {
    let (_shop, root) = root_with(
        vec![
            needing("app", &["ring"]),
            needing("ring", &["rang"]),
            needing("rang", &["ring"]),
            package("alone"),
        ],
        &["app", "alone"],
    );
    let kept = plan(&root, &remove(&["app"], Orphans::Keep));
    assert_eq!(changes(&kept), ["remove app"]);
    assert_eq!(kept.orphans, ["rang", "ring"]);
    let all = plan(&root, &remove(&["app"], Orphans::Remove));
    assert_eq!(changes(&all), ["remove app", "remove rang", "remove ring"]);
    assert_eq!(all.orphans, [""; 0]);

    apply(&root, &remove(&["app"], Orphans::Keep));
    assert_eq!(plan(&root, &sync()).orphans, ["rang", "ring"]);
    let clean = Request::Sync {
        only: Vec::new(),
        orphans: Orphans::Remove,
    };
    assert_eq!(changes(&plan(&root, &clean)), ["remove rang", "remove ring"]);
}

#[test]
fn what_cannot_be_removed_is_said_in_words() {
    let (_shop, root) = root_with(
        vec![needing("app", &["lib"]), package("lib"), package("c")],
        &["app", "c"],
    );
    let gone = |names: &[&str]| refusal(&root, &remove(names, Orphans::Keep));
    assert!(matches!(gone(&["x"]), Error::Refused(Refusal::NotInstalled(name)) if name == "x"));
    assert!(matches!(gone(&["lib", "c"]), Error::Refused(Refusal::NothingLeft)));
    hold(&root, "app");
    assert_eq!(gone(&["app"]).to_string(), "app is held");
    assert_eq!(gone(&["lib"]).to_string(), "app is held, and it needs lib");
    assert!(matches!(
        root.refused(|engine| engine.hold(&["x".to_owned()], true)),
        Error::Refused(Refusal::NotInstalled(_))
    ));
    assert_eq!(root.engine().holds().unwrap(), ["app"]);
    root.engine().hold(&["app".to_owned()], false).unwrap();
    assert_eq!(root.engine().holds().unwrap(), [""; 0]);
}
