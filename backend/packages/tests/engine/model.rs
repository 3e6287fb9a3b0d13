//! The system model through the whole engine: followed, kept with each state, brought in and compared.

use std::fs;
use std::path::{Path, PathBuf};

use moult_packages::{Engine, Error, Model, Orphans, Refusal, Request, Target, Wanted, compose};

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
fn a_password_in_a_model_gets_into_no_state_and_comments_do() {
    let shop = shop();
    let root = shop.root();
    let away = "} // near\n  away { uri \"https://me:secret@example.org/stone.index\"; priority 1; enabled #false }\n";
    let text = hand(&shop, "    a\n").replace("} // near\n", away);
    follow(&root, &Request::Model(Model::parse(&text).unwrap()));
    let kept = kept(&root.engine());
    assert!(!kept.contains("secret"), "{kept}");
    for stays in [
        "// my system",
        "// near",
        "// the first",
        "away",
        "https://example.org/stone.index",
    ] {
        assert!(kept.contains(stays), "{stays}: {kept}");
    }
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
    let unversioned = text.replace("uri \"", "base-uri \"");
    let wrong = engine.import_model(&unversioned, &Eye::default()).unwrap_err();
    assert!(wrong.to_string().contains("no version"), "{wrong}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert!(engine.states().unwrap().is_empty());
}

#[test]
fn no_link_leads_a_model_out_of_the_root() {
    let shop = shop();
    let root = shop.root();
    let outside = tempfile::TempDir::new().unwrap();
    // Where the repository stays known.
    fs::rename(root.path().join("etc/moult"), root.path().join("etc/moss")).unwrap();
    std::os::unix::fs::symlink(outside.path(), root.path().join("etc/moult")).unwrap();
    let mut engine = root.engine();
    let refused = engine.import_model(&hand(&shop, "    a\n"), &Eye::default());
    assert!(matches!(refused, Err(Error::Io { .. })), "{refused:?}");
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

/// A second shop with one package.
fn other(name: &str) -> Shop {
    let mut shop = Shop::new();
    shop.add(package(name), |writer| {
        let path = format!("share/{name}");
        writer.file(path.as_bytes(), 0o644, 0, 0, bytes("other")).unwrap();
    });
    shop
}

fn naming(shop: &Shop, id: &str, packages: &str) -> String {
    let uri = shop.repository(id).address();
    format!("repositories {{ {id} {{ uri \"{uri}\"; priority 3 }} }}\npackages {{ {packages} }}\n")
}

fn names(engine: &Engine) -> Vec<(String, u64)> {
    let all = engine.repositories().unwrap().into_iter();
    all.map(|one| (one.id, one.priority)).collect()
}

#[test]
fn a_repository_that_a_model_names_is_added_and_read_and_gone_again_when_the_model_cannot_be_met() {
    let (ours, theirs) = (shop(), other("d"));
    let root = ours.root();
    let mut engine = root.engine();
    let before = names(&engine);
    for (text, code) in [
        (naming(&theirs, "theirs", "nobody-has-this"), "unresolvable"),
        (
            naming(&theirs, "theirs", "d").replace("stone.index", "none"),
            "unreachable",
        ),
    ] {
        let error = engine.import_model(&text, &Eye::default()).unwrap_err();
        match code {
            "unresolvable" => assert!(matches!(error, Error::Unresolvable(_)), "{error}"),
            _ => assert!(matches!(error, Error::Unreachable { .. } | Error::Io { .. }), "{error}"),
        }
        assert_eq!(names(&engine), before, "{error}");
        assert!(!root.path().join("etc/moult/system-model.kdl").exists());
    }
    let imported = engine
        .import_model(&naming(&theirs, "theirs", "d"), &Eye::default())
        .unwrap();
    assert_eq!(imported.added, ["theirs"]);
    assert_eq!(names(&engine), [("theirs".to_owned(), 3), ("shop".to_owned(), 0)]);
    let again = engine.import_model(imported.model.text(), &Eye::default()).unwrap();
    assert_eq!(again.added, Vec::<String>::new());
}

#[test]
fn a_repository_of_the_same_name_elsewhere_is_refused_and_both_are_named() {
    let (ours, theirs) = (shop(), other("a"));
    let root = ours.root();
    let mut engine = root.engine();
    let text = naming(&theirs, "shop", "a");
    let model = Model::parse(&text).unwrap();
    let followed = engine.plan(&Request::Model(model), &Eye::default()).map(drop);
    for refused in [followed, engine.import_model(&text, &Eye::default()).map(drop)] {
        let error = refused.unwrap_err();
        let Error::Refused(Refusal::OtherRepository { repository, .. }) = &error else {
            panic!("{error}");
        };
        assert_eq!(repository, "shop");
        let said = error.to_string();
        for shop in [&ours, &theirs] {
            assert!(said.contains(shop.repository("shop").address().as_str()), "{said}");
        }
    }
}

#[test]
fn a_repository_that_was_switched_off_is_not_switched_on_by_a_model() {
    let ours = shop();
    let root = ours.root();
    let mut engine = root.engine();
    engine.set_enabled("shop", false).unwrap();
    let refused = engine.import_model(&hand(&ours, "    a\n"), &Eye::default());
    assert!(matches!(refused, Err(Error::BadRepository { .. })), "{refused:?}");
    assert!(names(&engine).is_empty());
}

#[test]
fn keys_that_a_model_asks_for_are_not_given_up() {
    let ours = shop();
    let root = ours.root();
    let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    let text = hand(&ours, "    a\n").replace("priority 0", &format!("priority 0; keys {key}"));
    let refused = root.engine().import_model(&text, &Eye::default());
    assert!(
        matches!(&refused, Err(Error::Refused(Refusal::OtherKeys(id))) if id == "shop"),
        "{refused:?}"
    );
}

#[test]
fn the_priorities_of_a_model_count_wherever_it_is_followed() {
    let (one, two) = (shop(), other("a"));
    let model = |first: u64, second: u64| {
        let [one, two] = [&one, &two].map(|shop| shop.repository("x").address());
        let text = format!(
            "repositories {{ one {{ uri \"{one}\"; priority {first} }}; two {{ uri \"{two}\"; priority {second} }} }}\npackages {{ a }}\n"
        );
        Model::parse(&text).unwrap()
    };
    let root = Root {
        folder: tempfile::TempDir::new().unwrap(),
    };
    root.engine().adopt(&model(1, 2), &Eye::default()).unwrap();
    for (first, second, content) in [(1, 2, "other"), (2, 1, "x")] {
        follow(&root, &Request::Model(model(first, second)));
        assert_eq!(fs::read_to_string(root.usr("share/a")).unwrap(), content);
    }
}

#[test]
fn a_model_that_is_followed_keeps_its_text_whatever_other_repositories_there_are() {
    let (ours, theirs) = (shop(), other("d"));
    let root = ours.root();
    root.engine().add_repository(&theirs.repository("theirs")).unwrap();
    let text = hand(&ours, "    a\n");
    follow(&root, &Request::Model(Model::parse(&text).unwrap()));
    assert_eq!(kept(&root.engine()), text);
}

#[test]
fn a_repository_that_moved_has_its_new_address_in_the_next_states_model() {
    let (ours, theirs) = (shop(), shop());
    let root = ours.root();
    let text = hand(&ours, "    a\n");
    follow(&root, &Request::Model(Model::parse(&text).unwrap()));
    let mut engine = root.engine();
    engine.add_repository(&theirs.repository("shop")).unwrap();
    engine.refresh("shop", &Eye::default()).unwrap();
    drop(engine);
    let wanted = providers(&["c"]).into_iter().map(Wanted::Provider).collect();
    let reinstall = false;
    follow(&root, &Request::Install { wanted, reinstall });
    let next = kept(&root.engine());
    assert!(
        next.starts_with("// my system\n") && next.contains("} // near\n"),
        "{next}"
    );
    assert!(next.contains("    // the first\n    a\n"), "{next}");
    let model = Model::parse(&next).unwrap();
    assert_eq!(model.repositories[0].address(), theirs.repository("shop").address());
    assert_eq!(model.packages, providers(&["a", "c"]));
}

#[test]
fn an_imported_model_with_a_password_is_for_root_alone() {
    let shop = shop();
    let root = shop.root();
    let text = hand(&shop, "    a\n").replace("// my system", "// https://me:secret@example.org/");
    root.engine().import_model(&text, &Eye::default()).unwrap();
    let path = Path::new("etc/moult/system-model.kdl");
    assert_eq!(tree(root.path())[path].mode, 0o100_600);
    follow(&root, &Request::Model(Model::parse(&text).unwrap()));
    assert!(!kept(&root.engine()).contains("secret"));
}

#[test]
fn a_system_is_composed_without_one_and_is_the_same_each_time() {
    let shop = shop();
    let text = hand(&shop, "    a\n");
    let model = Model::parse(&text).unwrap();
    let made = || {
        let scratch = tempfile::TempDir::new().unwrap();
        let mut archive = Vec::new();
        let done = compose(scratch.path(), &model, Target::Tar(&mut archive), 7, &Eye::default()).unwrap();
        assert_eq!(done.packages, 2);
        archive
    };
    let one = made();
    assert!(one == made(), "the archives differ");
    let within = |what: &[u8]| one.windows(what.len()).any(|part| part == what);
    assert!(within(text.as_bytes()), "the model is in it as it was written");
}
