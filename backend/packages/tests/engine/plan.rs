//! What a wish comes to: an install, a release, a mark, a model.

use moult_packages::{Error, Model, Orphans, Plan, Problem, Provider, Refusal, Request, Wanted};
use moult_stone::Package;

use crate::lab::{Eye, Shop, needing, package, providers};
use crate::network::Server;
use crate::wishes::{
    add, apply, changes, contents, giving, install, plan, problems, refusal, refusing, release, released, remove,
    restock, root_with, sync,
};

#[test]
fn an_install_adds_to_what_is_there_and_keeps_it_at_its_release() {
    let (mut shop, root) = root_with(vec![package("a"), package("other")], &["a", "other"]);
    restock(
        &root,
        &mut shop,
        vec![released("a", 2), released("other", 2), needing("b", &["a"])],
    );
    let plan = plan(&root, &install(&["b"]));
    assert_eq!(contents(&plan.selection), ["a 1*", "b 1*", "other 1*"]);
    assert_eq!(changes(&plan), ["install b"]);
    assert_eq!((plan.from, plan.summary.as_str()), (Some(1), "Install b"));
}

#[test]
fn an_install_moves_an_installed_package_only_when_the_wish_needs_another_release() {
    let (mut shop, root) = root_with(vec![package("a"), package("other")], &["a", "other"]);
    let newer = giving("a", 2, &["binary(new)"]);
    restock(
        &root,
        &mut shop,
        vec![newer, released("other", 2), needing("b", &["binary(new)"])],
    );
    let plan = plan(&root, &install(&["b"]));
    assert_eq!(changes(&plan), ["upgrade a", "install b"]);
    assert_eq!(contents(&plan.selection), ["a 2*", "b 1*", "other 1*"]);
}

#[test]
fn to_install_what_is_there_because_another_needs_it_makes_it_chosen() {
    let (_shop, root) = root_with(vec![needing("app", &["lib"]), package("lib")], &["app"]);
    let marked = apply(&root, &install(&["lib"]));
    assert_eq!(changes(&marked), ["mark lib"]);
    assert_eq!(contents(&marked.selection), ["app 1*", "lib 1*"]);
    let again = plan(&root, &install(&["lib"]));
    assert_eq!(changes(&again), [""; 0], "nothing is left to do");
}

#[test]
fn what_no_repository_offers_any_more_stays_and_gives_what_it_gave() {
    let (mut shop, root) = root_with(vec![giving("old", 1, &["binary(x)"])], &["old"]);
    restock(&root, &mut shop, vec![needing("b", &["binary(x)"])]);
    let found = plan(&root, &install(&["b"]));
    assert_eq!(contents(&found.selection), ["b 1*", "old 1*"]);
    assert_eq!(found.selection.packages[1].repository, "");
    assert_eq!(contents(&plan(&root, &sync()).selection), ["old 1*"]);
}

#[test]
fn what_is_installed_is_preferred_over_a_newer_package_that_gives_the_same() {
    let mail = || {
        vec![
            giving("exim", 1, &["binary(mta)", "mail"]),
            needing("app", &["binary(mta)"]),
        ]
    };
    let (mut shop, root) = root_with(mail(), &["exim"]);
    let more = [giving("postfix", 9, &["binary(mta)"]), package("mail")];
    restock(&root, &mut shop, mail().into_iter().chain(more).collect());
    assert_eq!(changes(&plan(&root, &install(&["app"]))), ["install app"]);
    // Who asks for a name means the package that is called so.
    assert_eq!(changes(&plan(&root, &install(&["mail"]))), ["install mail"]);
}

#[test]
fn a_wish_of_an_unknown_kind_is_a_typed_error_and_no_crash() {
    let failed = "foo(bar)".parse::<Provider>();
    assert!(matches!(failed, Err(moult_stone::Error::Provider(text)) if text == "foo(bar)"));
    let (_shop, root) = root_with(vec![package("a")], &[]);
    assert!(matches!(refusal(&root, &install(&[])), Error::NothingSelected));
    let (found, words) = problems(&root, &install(&["nothing"]));
    assert!(matches!(&found[..], [Problem::Missing { .. }]), "{found:?}");
    assert_eq!(words, "no repository has name(nothing)");
}

#[test]
fn a_release_can_be_asked_for_also_one_that_only_an_older_state_still_has() {
    let (mut shop, root) = root_with(vec![released("x", 1), released("x", 2), released("x", 3)], &["x"]);
    let down = apply(&root, &release("x", 1, None));
    assert_eq!(changes(&down), ["downgrade x"]);
    assert!(matches!(
        refusal(&root, &release("x", 1, Some(7))),
        Error::Refused(Refusal::NoRelease { known, .. }) if known == [(1, 1), (3, 1), (2, 1)]
    ));
    restock(&root, &mut shop, vec![released("x", 1)]);
    let stored = plan(&root, &release("x", 3, None));
    assert_eq!(changes(&stored), ["upgrade x"]);
    assert_eq!(stored.selection.packages[0].repository, "");
    let never = refusal(&root, &release("x", 2, None)).to_string();
    assert_eq!(never, "x has no release 2; there is 1-1");
    let never = refusal(&root, &release("y", 2, Some(4))).to_string();
    assert_eq!(never, "y has no release 2-4; nothing offers the package");
}

#[test]
fn a_reinstall_brings_what_is_there_again() {
    let (_shop, root) = root_with(vec![needing("app", &["lib"]), package("lib"), package("new")], &["app"]);
    let again = Request::Install {
        wanted: providers(&["app", "new"]).into_iter().map(Wanted::Provider).collect(),
        reinstall: true,
    };
    assert_eq!(changes(&plan(&root, &again)), ["reinstall app", "install new"]);
}

#[test]
fn a_mark_changes_only_whether_a_package_was_chosen() {
    let (_shop, root) = root_with(
        vec![needing("app", &["lib"]), package("lib"), package("c")],
        &["app", "c"],
    );
    let mark = |name: &str, explicit| Request::Mark {
        packages: vec![name.into()],
        explicit,
    };
    let plan_of = |request| plan(&root, &request);
    assert_eq!(changes(&plan_of(mark("lib", true))), ["mark lib"]);
    let automatic = plan_of(mark("c", false));
    assert_eq!(changes(&automatic), ["mark c"]);
    assert_eq!(automatic.orphans, ["c"]);
    assert_eq!(contents(&automatic.selection), ["app 1*", "c 1", "lib 1"]);
    assert_eq!(changes(&plan_of(mark("app", true))), [""; 0]);
    assert!(matches!(
        refusal(&root, &mark("x", true)),
        Error::Refused(Refusal::NotInstalled(_))
    ));
}

#[test]
fn what_was_chosen_never_gives_way_and_what_was_not_does() {
    let stock = || {
        vec![
            package("chosen"),
            needing("app", &["binary(x)"]),
            giving("auto", 2, &["binary(x)"]),
            giving("spare", 1, &["binary(x)"]),
            refusing("one", &["chosen"]),
            refusing("two", &["auto"]),
        ]
    };
    let (_shop, root) = root_with(stock(), &["chosen", "app"]);
    let (found, words) = problems(&root, &install(&["one"]));
    assert!(matches!(&found[..], [Problem::Conflict { installed, .. }] if installed == &["chosen"]));
    assert_eq!(
        words,
        "one and chosen cannot be installed together (one refuses name(chosen)); chosen is installed"
    );
    let plan = plan(&root, &install(&["two"]));
    assert_eq!(changes(&plan), ["remove auto", "install spare", "install two"]);
    assert_eq!(contents(&plan.selection), ["app 1*", "chosen 1*", "spare 1", "two 1*"]);
}

#[test]
fn what_gives_way_takes_no_more_along_than_it_must() {
    let stock = vec![
        needing("app", &["auto"]),
        package("auto"),
        needing("auto-user", &["auto"]),
        needing("app2", &["auto-user", "bystander"]),
        package("bystander"),
        refusing("two", &["auto"]),
    ];
    let (_shop, root) = root_with(stock, &["app", "app2"]);
    // Nothing is chosen any more, and everything else stays.
    apply(&root, &remove(&["app", "app2"], Orphans::Keep));
    let plan = plan(&root, &install(&["two"]));
    assert_eq!(changes(&plan), ["remove auto", "remove auto-user", "install two"]);
    assert_eq!(plan.orphans, ["bystander"]);
}

#[test]
fn two_wishes_for_different_releases_of_one_thing_are_named_together() {
    let (_shop, root) = root_with(
        vec![
            giving("x", 1, &["binary(one)"]),
            giving("x", 2, &["binary(two)"]),
            needing("a", &["binary(one)"]),
            needing("b", &["binary(two)"]),
            package("c"),
        ],
        &["c", "a"],
    );
    let (found, words) = problems(&root, &install(&["b"]));
    assert_eq!(
        found,
        [Problem::Together {
            wanted: providers(&["b"]),
            installed: vec!["a".into()],
            held: Vec::new(),
        }]
    );
    assert_eq!(words, "these cannot be installed together: name(b), a; a is installed");
}

#[test]
fn a_model_is_made_of_its_own_repositories_alone() {
    let (_shop, root) = root_with(vec![released("x", 9), package("old"), package("lib")], &["old"]);
    let mut second = Shop::new();
    add(
        &mut second,
        Package {
            dependencies: providers(&["lib"]),
            ..released("x", 1)
        },
    );
    add(&mut second, package("lib"));
    let mut engine = root.engine();
    engine.add_repository(&second.repository("second")).unwrap();
    engine.refresh("second", &Eye::default()).unwrap();
    let model = |ids: &[&str], packages: &[&str]| {
        let all = engine.repositories().unwrap();
        let mut repositories: Vec<_> = all.into_iter().filter(|one| ids.contains(&one.id.as_str())).collect();
        if ids.contains(&"unknown") {
            repositories.push(second.repository("unknown"));
        }
        Request::Model(Model::new(repositories, providers(packages)))
    };
    let plan = |request: &Request| engine.plan(request, &Eye::default());
    let found = plan(&model(&["second"], &["x"])).unwrap();
    assert_eq!(contents(&found.selection), ["lib 1", "x 1*"]);
    assert_eq!(changes(&found), ["install lib", "remove old", "install x"]);
    assert!(matches!(
        plan(&model(&["second"], &["old"])),
        Err(Error::Unresolvable(_))
    ));
    assert!(matches!(plan(&model(&["unknown"], &["x"])), Err(Error::UnknownRepository(id)) if id == "unknown"));
    assert!(matches!(plan(&model(&["second"], &[])), Err(Error::NothingSelected)));
}

#[test]
fn only_what_is_missing_counts_as_download() {
    let mut shop = Shop::new();
    add(&mut shop, needing("app", &["lib"]));
    add(&mut shop, package("lib"));
    add(&mut shop, package("more"));
    let server = Server::start(shop.folder.path());
    let root = server.root(&shop);
    let size = |name: &str| shop.packages.iter().find(|one| one.name == name).unwrap().size.unwrap();
    let first = apply(&root, &install(&["app"]));
    assert_eq!(first.download_bytes, size("app") + size("lib"));
    assert_eq!(plan(&root, &install(&["more"])).download_bytes, size("more"));
    let again = Request::Install {
        wanted: vec![Wanted::Provider(Provider::name("lib"))],
        reinstall: true,
    };
    assert_eq!(plan(&root, &again).download_bytes, size("lib"));
    apply(&root, &remove(&["app"], Orphans::Keep));
    assert_eq!(
        plan(&root, &install(&["app"])).download_bytes,
        0,
        "it is still in the store"
    );
}

#[test]
fn the_same_wish_gives_the_same_plan_every_time_and_in_any_order() {
    let mut stock = Vec::new();
    for number in 0..40 {
        let needs = [
            format!("binary(b{})", (number * 7) % 15),
            format!("binary(b{})", (number * 3 + 1) % 15),
        ];
        stock.push(Package {
            dependencies: needs.iter().map(|text| text.parse().unwrap()).collect(),
            providers: providers(&[&format!("binary(b{})", number % 15)]),
            ..package(&format!("p{number}"))
        });
    }
    let (_shop, root) = root_with(stock, &["p1", "p20"]);
    let strip = |mut plan: Plan| {
        plan.selection.took = std::time::Duration::ZERO;
        (plan.selection, plan.packages, plan.orphans)
    };
    let first = strip(plan(&root, &install(&["p3", "p5", "p9"])));
    for _ in 0..5 {
        assert_eq!(strip(plan(&root, &install(&["p9", "p3", "p5", "p3"]))), first);
    }
}

#[test]
fn planning_can_be_cancelled() {
    let (_shop, root) = root_with(vec![package("a")], &[]);
    let eye = Eye::default();
    eye.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let cancelled = root.engine().plan(&install(&["a"]), &eye);
    assert!(matches!(cancelled, Err(Error::Cancelled)));
}

#[test]
fn a_plan_is_told_to_machines_in_a_fixed_shape() {
    let (mut shop, root) = root_with(vec![package("a"), package("b")], &["a", "b"]);
    restock(&root, &mut shop, vec![released("a", 2)]);
    let found = plan(&root, &sync());
    let json = found.json(None);
    assert_eq!(json["format"], 1);
    assert_eq!(json["from"], 1);
    assert_eq!(json["packages"][0]["change"], "upgrade");
    assert_eq!(json["packages"][0]["old"]["source_release"], 1);
    assert_eq!(json["packages"][0]["new"]["explicit"], true);
    assert_eq!(json["packages"][0]["new"]["repository"], "shop");
    assert_eq!(json["total"], 2);
    assert!(json["files"].is_null() && json["disk_bytes"].is_null());
    let files = root.engine().difference(&found, &Eye::default()).unwrap();
    let json = found.json(Some(&files));
    let expected = serde_json::json!({"path": "/usr/share/a", "escaped": false, "package": "a", "marks": []});
    assert_eq!(json["files"]["changed"][0], expected);
    assert_eq!(json["disk_bytes"], 3);
}
