//! What a sync moves, and what is held.

use moult_packages::{Error, Model, Orphans, Problem, Refusal, Request};
use moult_stone::Package;

use crate::lab::{Eye, Shop, bytes, needing, package, providers};
use crate::wishes::{
    add, apply, changes, contents, giving, hold, install, plan, problems, refusal, refusing, release, released, remove,
    restock, root_with, sync,
};

#[test]
fn a_sync_follows_priority_then_source_release_then_build_release_also_downwards() {
    let build = |build_release| Package {
        build_release,
        ..released("built", 5)
    };
    let (mut shop, root) = root_with(
        vec![released("x", 5), build(1), released("gone", 3)],
        &["x", "built", "gone"],
    );
    restock(
        &root,
        &mut shop,
        vec![released("x", 9), build(1), build(2), released("other", 1)],
    );
    assert_eq!(changes(&plan(&root, &sync())), ["upgrade built", "upgrade x"]);
    let mut high = Shop::new();
    add(&mut high, released("x", 2));
    let mut repository = high.repository("high");
    repository.priority = 5;
    let mut engine = root.engine();
    engine.add_repository(&repository).unwrap();
    engine.refresh("high", &Eye::default()).unwrap();
    drop(engine);
    let plan = plan(&root, &sync());
    assert_eq!(changes(&plan), ["upgrade built", "downgrade x"]);
    assert_eq!(contents(&plan.selection), ["built 5*", "gone 3*", "x 2*"]);
    assert_eq!(plan.kept_back, []);
}

#[test]
fn a_rebuild_with_the_same_release_is_brought_by_a_sync() {
    let (mut shop, root) = root_with(vec![package("x")], &["x"]);
    shop.packages.clear();
    shop.add(package("x"), |writer| {
        writer.file(b"share/x", 0o644, 0, 0, bytes("built again")).unwrap();
    });
    shop.index();
    root.engine().refresh("shop", &Eye::default()).unwrap();
    assert_eq!(changes(&plan(&root, &sync())), ["reinstall x"]);
}

#[test]
fn a_held_package_stays_and_a_sync_says_what_stays_because_of_it() {
    let app = |release, needs: &str| Package {
        dependencies: providers(&[needs]),
        ..released("app", release)
    };
    let old = || vec![app(1, "lib"), giving("lib", 1, &["soname(lib.so.1)"]), package("free")];
    let (mut shop, root) = root_with(old(), &["app", "free"]);
    let new = [
        app(2, "soname(lib.so.2)"),
        giving("lib", 2, &["soname(lib.so.2)"]),
        released("free", 2),
    ];
    restock(&root, &mut shop, old().into_iter().chain(new).collect());
    assert_eq!(
        changes(&plan(&root, &sync())),
        ["upgrade app", "upgrade free", "upgrade lib"]
    );
    hold(&root, "lib");
    let plan = plan(&root, &sync());
    assert_eq!(changes(&plan), ["upgrade free"]);
    let kept: Vec<_> = plan
        .kept_back
        .iter()
        .map(|kept| (kept.name.as_str(), kept.preferred.source_release))
        .collect();
    assert_eq!(kept, [("app", 2), ("lib", 2)]);
    assert_eq!(plan.kept_back[0].held, ["lib"]);
    assert_eq!(plan.kept_back[1].held, ["lib"]);
}

#[test]
fn a_wish_that_fails_because_of_a_hold_says_so() {
    let (mut shop, root) = root_with(vec![giving("lib", 1, &["binary(a)"])], &["lib"]);
    let needs = needing("tool", &["binary(b)"]);
    let both = vec![
        giving("lib", 2, &["binary(b)"]),
        needs,
        refusing("enemy", &["binary(a)"]),
    ];
    restock(&root, &mut shop, both);
    hold(&root, "lib");
    let (found, words) = problems(&root, &install(&["tool"]));
    let expected = Problem::Held {
        package: "lib".into(),
        release: (2, 1),
        what: "binary(b)".parse().unwrap(),
        needed_by: vec!["tool".into()],
    };
    assert_eq!(found, [expected]);
    assert_eq!(
        words,
        "lib is held, and only its release 2-1 has binary(b), which is needed by tool"
    );
    let (_, words) = problems(&root, &install(&["enemy"]));
    assert_eq!(
        words,
        "enemy and lib cannot be installed together (enemy refuses binary(a)); lib is held"
    );
    let (_, words) = problems(&root, &release("lib", 2, None));
    assert_eq!(words, "lib is held, and its release 2-1 was asked for");
    let only = Request::Sync {
        only: vec!["lib".into()],
        orphans: Orphans::Keep,
    };
    assert!(matches!(refusal(&root, &only), Error::Refused(Refusal::Held { .. })));
}

#[test]
fn a_sync_of_one_package_moves_it_and_what_it_needs() {
    let stock = |release| {
        let app = Package {
            dependencies: providers(&["lib"]),
            ..released("app", release)
        };
        vec![app, released("lib", release), released("other", release)]
    };
    let (mut shop, root) = root_with(stock(1), &["app", "other"]);
    restock(&root, &mut shop, stock(2));
    let only = |name: &str| Request::Sync {
        only: vec![name.into()],
        orphans: Orphans::Keep,
    };
    assert_eq!(changes(&plan(&root, &only("app"))), ["upgrade app", "upgrade lib"]);
    assert_eq!(changes(&plan(&root, &only("lib"))), ["upgrade lib"]);
    assert!(matches!(
        refusal(&root, &only("x")),
        Error::Refused(Refusal::NotInstalled(_))
    ));
}

#[test]
fn a_hold_binds_a_model_too() {
    let (mut shop, root) = root_with(vec![package("x"), package("y")], &["x", "y"]);
    restock(
        &root,
        &mut shop,
        vec![released("x", 2), released("y", 2), refusing("enemy", &["x"])],
    );
    hold(&root, "x");
    let model =
        |packages: &[&str]| Request::Model(Model::new(root.engine().repositories().unwrap(), providers(packages)));
    let kept = plan(&root, &model(&["y"]));
    assert_eq!(contents(&kept.selection), ["x 1", "y 2*"]);
    let (_, words) = problems(&root, &model(&["enemy"]));
    assert_eq!(
        words,
        "enemy and x cannot be installed together (enemy refuses name(x)); x is held"
    );
}

#[test]
fn an_update_that_pushes_an_unchosen_package_out_keeps_what_was_chosen() {
    let app = |release, refuses: &[&str]| Package {
        conflicts: providers(refuses),
        ..released("app", release)
    };
    let (mut shop, root) = root_with(
        vec![app(1, &[]), needing("user", &["auto"]), package("auto")],
        &["app", "user"],
    );
    apply(&root, &remove(&["user"], Orphans::Keep));
    restock(&root, &mut shop, vec![app(2, &["auto"]), package("auto")]);
    // Everything can stay as it is, so it does; and what stays behind is said.
    let plan_of = |orphans| {
        plan(
            &root,
            &Request::Sync {
                only: Vec::new(),
                orphans,
            },
        )
    };
    let kept = plan_of(Orphans::Keep);
    assert_eq!(changes(&kept), [""; 0]);
    assert_eq!(
        (kept.kept_back[0].name.as_str(), kept.kept_back[0].held.len()),
        ("app", 0)
    );
    assert_eq!(changes(&plan_of(Orphans::Remove)), ["upgrade app", "remove auto"]);
}
