//! Stones that a person brings as a file.

use std::fs::{self, File};

use moult_packages::{Engine, Error, Refusal, Request, Wanted};

use crate::lab::{Eye, Shop, bytes, file_name, needing, package};
use crate::refuse::{empty, forge};
use crate::wishes::{apply, changes, contents, install, plan, refusal, released, root_with};

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
