//! Wishes, roots that have something for them, and what a plan says in short, for the tests.

use moult_packages::{ChangeKind, Error, Orphans, Plan, Problem, Request, Selection, Wanted};
use moult_stone::Package;

use crate::lab::{Eye, Root, Shop, bytes, package, providers};

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

pub(crate) fn refusal(root: &Root, request: &Request) -> Error {
    root.refused(|engine| engine.plan(request, &Eye::default()).map(drop))
}

pub(crate) fn problems(root: &Root, request: &Request) -> (Vec<Problem>, String) {
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
pub(crate) fn add(shop: &mut Shop, package: Package) {
    let (name, release) = (package.name.clone(), package.source_release);
    shop.add(package, |writer| {
        let path = format!("share/{name}");
        let content = bytes(&format!("{name} {release}"));
        writer.file(path.as_bytes(), 0o644, 0, 0, content).unwrap();
    });
}

pub(crate) fn restock(root: &Root, shop: &mut Shop, packages: Vec<Package>) {
    shop.packages.clear();
    for package in packages {
        add(shop, package);
    }
    shop.index();
    root.engine().refresh("shop", &Eye::default()).unwrap();
}

pub(crate) fn hold(root: &Root, name: &str) {
    root.engine().hold(&[name.to_owned()], true).unwrap();
}

pub(crate) fn released(name: &str, source_release: u64) -> Package {
    Package {
        source_release,
        ..package(name)
    }
}

pub(crate) fn giving(name: &str, source_release: u64, gives: &[&str]) -> Package {
    Package {
        providers: providers(gives),
        ..released(name, source_release)
    }
}

pub(crate) fn refusing(name: &str, refuses: &[&str]) -> Package {
    Package {
        conflicts: providers(refuses),
        ..package(name)
    }
}

/// Each change as `kind name`.
pub(crate) fn changes(plan: &Plan) -> Vec<String> {
    let text = |kind: ChangeKind| format!("{kind:?}").to_lowercase();
    plan.packages
        .iter()
        .map(|change| format!("{} {}", text(change.kind), change.name))
        .collect()
}

/// Each package as `name release`, with a star if it was chosen.
pub(crate) fn contents(selection: &Selection) -> Vec<String> {
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

pub(crate) fn release(name: &str, source_release: u64, build_release: Option<u64>) -> Request {
    Request::Install {
        wanted: vec![Wanted::Release {
            name: name.into(),
            source_release,
            build_release,
        }],
        reinstall: false,
    }
}
