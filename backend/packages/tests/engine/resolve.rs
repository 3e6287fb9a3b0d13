use moult_packages::{Error, Problem, Provider, Selection};
use moult_stone::Package;

use crate::lab::{Eye, Root, Shop, needing, package, providers};

fn root(packages: Vec<Package>) -> Root {
    let mut shop = Shop::new();
    for package in packages {
        shop.add(package, |_| {});
    }
    shop.root()
}

fn names(selection: &Selection) -> Vec<&str> {
    selection.packages.iter().map(|package| package.name.as_str()).collect()
}

fn chosen(root: &Root, wanted: &[&str]) -> Vec<String> {
    let selection = root.engine().resolve(&providers(wanted)).unwrap();
    names(&selection).into_iter().map(str::to_owned).collect()
}

fn problems(root: &Root, wanted: &[&str]) -> (Vec<Problem>, String) {
    match root.engine().resolve(&providers(wanted)) {
        Err(Error::Unresolvable(why)) => (why.problems.clone(), why.to_string()),
        other => panic!("{other:?}"),
    }
}

fn giving(name: &str, gives: &[&str]) -> Package {
    Package {
        providers: providers(gives),
        ..package(name)
    }
}

fn released(name: &str, source_release: u64, build_release: u64) -> Package {
    Package {
        source_release,
        build_release,
        ..package(name)
    }
}

#[test]
fn everything_needed_comes_along_and_what_was_asked_for_is_marked() {
    let root = root(vec![
        needing("app", &["soname(libx.so.1(x86_64))", "binary(tool)", "app"]),
        Package {
            dependencies: providers(&["app"]),
            ..giving("libx", &["soname(libx.so.1(x86_64))"])
        },
        giving("tools", &["binary(tool)"]),
        package("unrelated"),
    ]);
    let selection = root.engine().resolve(&providers(&["app"])).unwrap();
    assert_eq!(names(&selection), ["app", "libx", "tools"]);
    assert_eq!(
        selection
            .explicit()
            .map(|package| package.name.as_str())
            .collect::<Vec<_>>(),
        ["app"]
    );
    assert_eq!(
        selection.download_bytes(),
        selection.packages.iter().map(|package| package.size).sum::<u64>()
    );
}

#[test]
fn only_exactly_what_is_needed_counts() {
    let root = root(vec![
        needing("app", &["soname(libx.so.1(x86_64))"]),
        giving("near", &["soname(libx.so.1(386))"]),
    ]);
    assert!(matches!(
        root.engine().resolve(&providers(&["app"])),
        Err(Error::Unresolvable(_))
    ));
}

#[test]
fn priority_counts_before_release_and_release_before_build() {
    let mut high = Shop::new();
    high.add(released("x", 1, 1), |_| {});
    let mut low = Shop::new();
    for (source, build) in [(9, 1), (10, 1), (10, 2), (3, 99)] {
        low.add(released("x", source, build), |_| {});
    }
    let root = low.root();
    let mut engine = root.engine();
    let found = |selection: Selection| {
        (
            selection.packages[0].source_release,
            selection.packages[0].build_release,
        )
    };
    assert_eq!(found(engine.resolve(&providers(&["x"])).unwrap()), (10, 2));
    let mut repository = high.repository("high");
    repository.priority = 5;
    engine.add_repository(&repository).unwrap();
    engine.refresh("high", &Eye::default()).unwrap();
    assert_eq!(found(engine.resolve(&providers(&["x"])).unwrap()), (1, 1));
    assert_eq!(engine.repositories().unwrap()[0].id, "high");
}

#[test]
fn of_two_packages_that_give_the_same_the_newer_is_taken_and_the_name_breaks_a_tie() {
    let packages = |old: &str, new: &str| {
        let old = Package {
            source_release: 1,
            ..giving(old, &["binary(mta)"])
        };
        let new = Package {
            source_release: 2,
            ..giving(new, &["binary(mta)"])
        };
        vec![needing("app", &["binary(mta)"]), old, new]
    };
    assert_eq!(chosen(&root(packages("exim", "postfix")), &["app"]), ["app", "postfix"]);
    assert_eq!(chosen(&root(packages("postfix", "exim")), &["app"]), ["app", "exim"]);
    let tie = vec![
        needing("app", &["binary(mta)"]),
        giving("postfix", &["binary(mta)"]),
        giving("exim", &["binary(mta)"]),
    ];
    assert_eq!(chosen(&root(tie), &["app"]), ["app", "exim"]);
    let named = vec![
        package("mail"),
        Package {
            source_release: 9,
            ..giving("other", &["mail"])
        },
    ];
    assert_eq!(
        chosen(&root(named), &["mail"]),
        ["mail"],
        "a package that is called so comes first"
    );
}

#[test]
fn conflicts_are_enforced_and_ways_around_them_are_found() {
    let refusing = |name: &str, refuses: &[&str]| Package {
        conflicts: providers(refuses),
        ..package(name)
    };
    let root = root(vec![
        refusing("a", &["binary(x)"]),
        Package {
            source_release: 2,
            ..giving("x-new", &["binary(x)", "binary(y)"])
        },
        giving("y-only", &["binary(y)"]),
        needing("wants-y", &["binary(y)"]),
        Package {
            conflicts: providers(&["binary(one)"]),
            ..giving("one-of-many", &["binary(one)"])
        },
    ]);
    assert_eq!(chosen(&root, &["wants-y"]), ["wants-y", "x-new"]);
    assert_eq!(chosen(&root, &["wants-y", "a"]), ["a", "wants-y", "y-only"]);
    assert_eq!(chosen(&root, &["one-of-many"]), ["one-of-many"]);
    let (problems, words) = problems(&root, &["a", "x-new"]);
    let expected = Problem::Conflict {
        package: "a".into(),
        refuses: "binary(x)".parse().unwrap(),
        other: "x-new".into(),
        installed: Vec::new(),
        held: Vec::new(),
    };
    assert_eq!(problems, [expected]);
    assert_eq!(words, "a and x-new cannot be installed together (a refuses binary(x))");
}

#[test]
fn what_nothing_gives_is_named_with_the_packages_that_need_it() {
    let root = root(vec![
        needing("app", &["middle"]),
        needing("middle", &["deep"]),
        needing("deep", &["binary(gone)"]),
    ]);
    let (found, words) = problems(&root, &["app"]);
    let needed_by = ["deep", "middle", "app"].map(str::to_owned).to_vec();
    assert_eq!(
        found,
        [Problem::Missing {
            what: "binary(gone)".parse().unwrap(),
            needed_by
        }]
    );
    assert_eq!(
        words,
        "no repository has binary(gone), which is needed by deep, needed by middle, needed by app"
    );
    let (found, words) = problems(&root, &["nonsense"]);
    assert_eq!(
        found,
        [Problem::Missing {
            what: Provider::name("nonsense"),
            needed_by: Vec::new()
        }]
    );
    assert_eq!(words, "no repository has name(nonsense)");
}

#[test]
fn a_candidate_that_cannot_be_installed_is_passed_over() {
    let broken = Package {
        dependencies: providers(&["gone"]),
        source_release: 9,
        ..package("x")
    };
    let root = root(vec![broken, released("x", 1, 1)]);
    assert_eq!(
        root.engine().resolve(&providers(&["x"])).unwrap().packages[0].source_release,
        1
    );
}

#[test]
fn the_same_wishes_give_the_same_selection_every_time_and_in_any_order() {
    let mut packages = Vec::new();
    for number in 0..60 {
        let needs = [
            format!("binary(b{})", (number * 7) % 20),
            format!("binary(b{})", (number * 3 + 1) % 20),
        ];
        let gives = [format!("binary(b{})", number % 20)];
        packages.push(Package {
            dependencies: needs.iter().map(|text| text.parse().unwrap()).collect(),
            providers: gives.iter().map(|text| text.parse().unwrap()).collect(),
            ..package(&format!("p{number}"))
        });
    }
    let root = root(packages);
    let hashes = |wanted: &[&str]| -> Vec<String> {
        let selection = root.engine().resolve(&providers(wanted)).unwrap();
        selection.packages.into_iter().map(|package| package.hash).collect()
    };
    let first = hashes(&["p1", "p2", "p3", "p59"]);
    for _ in 0..10 {
        assert_eq!(hashes(&["p59", "p3", "p1", "p2", "p1"]), first);
    }
}

#[test]
fn a_refresh_replaces_the_whole_list() {
    let mut shop = Shop::new();
    shop.add(package("old"), |_| {});
    let root = shop.root();
    shop.packages.clear();
    shop.add(package("new"), |_| {});
    shop.index();
    assert_eq!(root.engine().refresh("shop", &Eye::default()).unwrap().packages(), 1);
    assert_eq!(chosen(&root, &["new"]), ["new"]);
    assert!(matches!(
        root.engine().resolve(&providers(&["old"])),
        Err(Error::Unresolvable(_))
    ));
    assert!(matches!(root.engine().resolve(&[]), Err(Error::NothingSelected)));
    assert!(matches!(
        root.engine().refresh("other", &Eye::default()),
        Err(Error::UnknownRepository(_))
    ));
}
