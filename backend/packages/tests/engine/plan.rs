//! Wishes and what they come to.

use std::fs::{self, File};

use moult_packages::{
    ChangeKind, Engine, Error, Model, Orphans, Plan, Problem, Provider, Refusal, Request, Selection, Wanted,
};
use moult_stone::Package;

use crate::lab::{Eye, Root, Shop, bytes, file_name, needing, package, providers};
use crate::network::Server;
use crate::refuse::{empty, forge};

pub(crate) fn install(wanted: &[&str]) -> Request {
    Request::Install {
        wanted: providers(wanted).into_iter().map(Wanted::Provider).collect(),
        reinstall: false,
    }
}

pub(crate) fn remove(packages: &[&str], orphans: Orphans) -> Request {
    Request::Remove {
        packages: packages.iter().map(|name| (*name).to_owned()).collect(),
        orphans,
    }
}

pub(crate) fn sync() -> Request {
    Request::Sync {
        only: Vec::new(),
        orphans: Orphans::Keep,
    }
}

pub(crate) fn plan(root: &Root, request: &Request) -> Plan {
    root.engine().plan(request, &Eye::default()).unwrap()
}

fn refusal(root: &Root, request: &Request) -> Error {
    root.refused(|engine| engine.plan(request, &Eye::default()).map(drop))
}

fn problems(root: &Root, request: &Request) -> (Vec<Problem>, String) {
    match refusal(root, request) {
        Error::Unresolvable(why) => (why.problems.clone(), why.to_string()),
        other => panic!("{other:?}"),
    }
}

/// Plans it and carries it out.
pub(crate) fn apply(root: &Root, request: &Request) -> Plan {
    let mut engine = root.engine();
    let plan = engine.plan(request, &Eye::default()).unwrap();
    engine.install(&plan.selection, &plan.summary, &Eye::default()).unwrap();
    plan
}

/// A root whose shop has these, with some of them installed.
pub(crate) fn root_with(packages: Vec<Package>, wanted: &[&str]) -> (Shop, Root) {
    let mut shop = Shop::new();
    for package in packages {
        add(&mut shop, package);
    }
    let root = shop.root();
    if !wanted.is_empty() {
        apply(&root, &install(wanted));
    }
    (shop, root)
}

/// With a file, so that each stone is another one.
fn add(shop: &mut Shop, package: Package) {
    let (name, release) = (package.name.clone(), package.source_release);
    shop.add(package, |writer| {
        let path = format!("share/{name}");
        let content = bytes(&format!("{name} {release}"));
        writer.file(path.as_bytes(), 0o644, 0, 0, content).unwrap();
    });
}

fn restock(root: &Root, shop: &mut Shop, packages: Vec<Package>) {
    shop.packages.clear();
    for package in packages {
        add(shop, package);
    }
    shop.index();
    root.engine().refresh("shop", &Eye::default()).unwrap();
}

fn hold(root: &Root, name: &str) {
    root.engine().hold(&[name.to_owned()], true).unwrap();
}

fn released(name: &str, source_release: u64) -> Package {
    Package {
        source_release,
        ..package(name)
    }
}

fn giving(name: &str, source_release: u64, gives: &[&str]) -> Package {
    Package {
        providers: providers(gives),
        ..released(name, source_release)
    }
}

fn refusing(name: &str, refuses: &[&str]) -> Package {
    Package {
        conflicts: providers(refuses),
        ..package(name)
    }
}

/// Each change as `kind name`.
fn changes(plan: &Plan) -> Vec<String> {
    let text = |kind: ChangeKind| format!("{kind:?}").to_lowercase();
    plan.packages
        .iter()
        .map(|change| format!("{} {}", text(change.kind), change.name))
        .collect()
}

/// Each package as `name release`, with a star if it was chosen.
fn contents(selection: &Selection) -> Vec<String> {
    selection
        .packages
        .iter()
        .map(|one| {
            format!(
                "{} {}{}",
                one.name,
                one.source_release,
                if one.explicit { "*" } else { "" }
            )
        })
        .collect()
}

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

fn release(name: &str, source_release: u64, build_release: Option<u64>) -> Request {
    Request::Install {
        wanted: vec![Wanted::Release {
            name: name.into(),
            source_release,
            build_release,
        }],
        reinstall: false,
    }
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

fn import(engine: &mut Engine, path: &std::path::Path) -> Result<moult_packages::Selected, Error> {
    engine.import(File::open(path).unwrap(), &Eye::default())
}

fn imported(hash: &str) -> Request {
    Request::Install {
        wanted: vec![Wanted::Imported(hash.into())],
        reinstall: false,
    }
}

#[test]
fn a_stone_from_a_file_is_copied_and_installed_with_what_it_needs_from_the_repositories() {
    let (_shop, root) = root_with(vec![package("lib"), released("mine", 9)], &[]);
    let mut own = Shop::new();
    let path = own.add(needing("mine", &["lib"]), |writer| {
        writer.file(b"bin/mine", 0o755, 0, 0, bytes("#!/bin/sh")).unwrap();
    });
    let mut engine = root.engine();
    let found = import(&mut engine, &path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!((found.name.as_str(), found.source_release), ("mine", 1));
    assert_eq!((found.repository.as_str(), found.explicit), ("", false));
    let copy = root.path().join(".moult/local").join(format!("{}.stone", found.hash));
    assert_eq!(found.url.to_file_path().unwrap(), copy);
    assert_eq!(crate::lab::sha256(&copy), found.hash);
    drop(engine);

    // Only the wish for exactly this file sees it.
    assert_eq!(contents(&plan(&root, &install(&["mine"])).selection), ["mine 9*"]);
    let done = apply(&root, &imported(&found.hash));
    assert_eq!(contents(&done.selection), ["lib 1", "mine 1*"]);
    assert_eq!(done.summary, "Install mine");
    assert_eq!(fs::read(root.usr("bin/mine")).unwrap(), b"#!/bin/sh");
    assert_eq!(changes(&plan(&root, &imported(&found.hash))), [""; 0]);
    assert!(matches!(
        refusal(&root, &imported(&"0".repeat(64))),
        Error::Refused(Refusal::NotImported(_))
    ));
}

#[test]
fn what_is_no_package_is_not_imported_and_leaves_nothing() {
    let (shop, root) = root_with(vec![package("lib")], &["lib"]);
    let folder = shop.folder.path();
    fs::write(folder.join("text"), "this is no stone").unwrap();
    let mut hostile = Shop::new();
    forge(&mut hostile, "bad", &[empty(b"../etc/passwd")], &[], b"");
    let hostile = hostile.folder.path().join(file_name(&package("bad")));
    for path in [
        folder.join("text"),
        folder.join("stone.index"),
        hostile,
        folder.to_owned(),
    ] {
        root.refused(|engine| import(engine, &path).map(drop));
        let left = fs::read_dir(root.path().join(".moult/local")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "after {path:?}");
    }
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
