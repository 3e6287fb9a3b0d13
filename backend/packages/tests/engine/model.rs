//! The system model through the whole engine: followed, kept with each state, brought in and compared.

use std::fs;
use std::path::{Path, PathBuf};

use moult_packages::{Engine, Error, Model, Orphans, Request, Wanted};

use crate::lab::{Entry, Eye, Root, Shop, bytes, needing, package, providers, tree};

fn shop() -> Shop {
    let mut shop = Shop::new();
    for package in [needing("a", &["b"]), package("b"), package("c")] {
        let path = format!("share/{}", package.name);
        shop.add(package, |writer| {
            writer.file(path.as_bytes(), 0o644, 0, 0, bytes("x")).unwrap();
        });
    }
    shop
}

/// As somebody writes it.
fn hand(shop: &Shop, packages: &str) -> String {
    let uri = shop.repository("shop").address();
    format!(
        "// my system\nrepositories {{\n  shop {{ uri \"{uri}\"; description \"for tests\"\n    priority 0 }} // near\n}}\npackages {{\n    // the first\n{packages}}}\n"
    )
}

fn follow(root: &Root, request: &Request) {
    let mut engine = root.engine();
    let plan = engine.plan(request, &Eye::default()).unwrap();
    engine.apply(&plan, &Eye::default()).unwrap();
}

fn usr(root: &Root) -> Vec<(PathBuf, Entry)> {
    let plain = |(path, entry): (PathBuf, Entry)| (path, Entry { inode: 0, ..entry });
    tree(&root.path().join("usr")).into_iter().map(plain).collect()
}

fn kept(engine: &Engine) -> String {
    engine.model(None).unwrap()
}

#[test]
fn the_same_model_gives_the_same_tree_on_two_roots() {
    let shop = shop();
    let model = Model::parse(&hand(&shop, "    a\n    c\n")).unwrap();
    let [one, other] = [shop.root(), shop.root()];
    follow(&one, &Request::Model(model.clone()));
    follow(&other, &Request::Model(model));
    let seen = usr(&one);
    assert!(seen.iter().any(|(path, _)| path == Path::new("share/b")));
    assert_eq!(seen, usr(&other));
}

#[test]
fn comments_survive_from_state_to_state() {
    let shop = shop();
    let root = shop.root();
    let text = hand(&shop, "    a\n");
    follow(&root, &Request::Model(Model::parse(&text).unwrap()));
    assert_eq!(kept(&root.engine()), text);
    let wanted = providers(&["c"]).into_iter().map(Wanted::Provider).collect();
    let reinstall = false;
    follow(&root, &Request::Install { wanted, reinstall });
    let with = kept(&root.engine());
    assert_eq!(with, text.replace("    a\n", "    a\n    // Added by Moult\n    c\n"));
    let (packages, orphans) = (vec!["a".to_owned()], Orphans::Remove);
    follow(&root, &Request::Remove { packages, orphans });
    let without = kept(&root.engine());
    assert_eq!(without, with.replace("    a\n", ""));
    let engine = root.engine();
    assert_eq!(engine.model(Some(1)).unwrap(), text);
    assert_eq!(engine.model(Some(2)).unwrap(), with);
    assert!(matches!(engine.model(Some(9)), Err(Error::UnknownState(9))));
}

#[test]
fn a_password_in_a_model_gets_into_no_state() {
    let shop = shop();
    let root = shop.root();
    let text = hand(&shop, "    a\n").replace("file://", "https://me:secret@example.org");
    follow(&root, &Request::Model(Model::parse(&text).unwrap()));
    let kept = kept(&root.engine());
    assert!(!kept.contains("secret"), "{kept}");
    assert_eq!(Model::parse(&kept).unwrap().packages, providers(&["a"]));
}

#[test]
fn an_imported_model_keeps_every_byte() {
    let shop = shop();
    let root = shop.root();
    let text = hand(&shop, "    a\n");
    let mut engine = root.engine();
    assert!(engine.administered_model().unwrap().is_none());
    engine.import_model(&text, &Eye::default()).unwrap();
    let file = root.path().join("etc/moult/system-model.kdl");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(engine.administered_model().unwrap().unwrap().text(), text);
    assert_eq!(
        tree(root.path())[Path::new("etc/moult/system-model.kdl")].mode,
        0o100_644
    );

    // What is no model, and what cannot be met, leaves the one that is there.
    let wrong = engine.import_model("packages {", &Eye::default()).unwrap_err();
    assert!(matches!(wrong, Error::Model(_)), "{wrong}");
    let lacking = engine.import_model(&hand(&shop, "    nobody-has-this\n"), &Eye::default());
    assert!(matches!(lacking, Err(Error::Unresolvable(_))), "{lacking:?}");
    let versioned = text.replace("uri \"", "base-uri \"");
    assert!(matches!(
        engine.import_model(&versioned, &Eye::default()),
        Err(Error::Model(_))
    ));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert!(engine.states().unwrap().is_empty());
}

#[test]
fn no_link_leads_a_model_out_of_the_root() {
    let shop = shop();
    let root = shop.root();
    let outside = tempfile::TempDir::new().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    std::os::unix::fs::symlink(outside.path(), root.path().join("etc/moult")).unwrap();
    let mut engine = root.engine();
    assert!(engine.import_model(&hand(&shop, "    a\n"), &Eye::default()).is_err());
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn a_model_and_the_system_are_compared() {
    let shop = shop();
    let root = shop.root();
    follow(&root, &Request::Model(Model::parse(&hand(&shop, "    a\n")).unwrap()));
    let engine = root.engine();
    let same = Model::parse(&kept(&engine)).unwrap();
    assert!(engine.model_difference(&same).unwrap().is_empty());
    let text = hand(&shop, "    b\n    c\n").replace("priority 0", "priority 7");
    let difference = engine.model_difference(&Model::parse(&text).unwrap()).unwrap();
    assert_eq!(difference.missing, providers(&["c"]));
    assert_eq!(difference.beyond, ["a"]);
    assert_eq!(difference.repositories, ["shop"]);
}
