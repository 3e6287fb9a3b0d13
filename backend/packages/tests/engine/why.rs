//! Why a package is there.

use moult_packages::{Error, Refusal, Why};
use moult_stone::Package;

use crate::lab::{needing, package, providers};
use crate::wishes::root_with;

fn chains(why: &Why) -> Vec<String> {
    let text = |chain: &Vec<moult_packages::Link>| {
        let steps = chain.iter().map(|link| format!("{} -{}", link.package, link.needs));
        steps.collect::<Vec<_>>().join("> ")
    };
    why.chains.iter().map(text).collect()
}

#[test]
fn the_chains_begin_at_what_was_chosen_and_the_shortest_comes_first() {
    let tool = |name: &str| Package {
        providers: providers(&["binary(tool)"]),
        ..package(name)
    };
    let (_shop, root) = root_with(
        vec![
            needing("far", &["middle"]),
            needing("middle", &["lib", "far"]),
            needing("near", &["lib", "binary(tool)"]),
            needing("lib", &["middle"]),
            tool("tool-a"),
            tool("tool-b"),
        ],
        &["far", "near", "tool-a", "tool-b"],
    );
    let engine = root.engine();
    let why = engine.why("lib").unwrap();
    assert!(!why.package.explicit && !why.held);
    assert_eq!(
        chains(&why),
        ["near -name(lib)", "far -name(middle)> middle -name(lib)"]
    );
    let dependents: Vec<_> = why
        .dependents
        .iter()
        .map(|one| (one.package.as_str(), one.needs.clone()))
        .collect();
    assert_eq!(
        dependents,
        [("middle", providers(&["lib"])), ("near", providers(&["lib"]))]
    );
    assert!(why.dependents.iter().all(|one| !one.replaceable));

    let why = engine.why("tool-a").unwrap();
    assert!(why.package.explicit);
    assert_eq!(chains(&why), ["near -binary(tool)"]);
    assert!(why.dependents[0].replaceable, "tool-b gives it, too");

    let why = engine.why("near").unwrap();
    assert!(why.package.explicit && why.chains.is_empty() && why.dependents.is_empty());
    assert!(matches!(engine.why("x"), Err(Error::Refused(Refusal::NotInstalled(name))) if name == "x"));
}

#[test]
fn a_hold_can_be_seen() {
    let (_shop, root) = root_with(vec![package("a")], &["a"]);
    root.engine().hold(&["a".to_owned()], true).unwrap();
    assert!(root.engine().why("a").unwrap().held);
}
