//! What a trigger made and was damaged is made again.

use std::fs;
use std::os::unix::fs::MetadataExt;

use moult_packages::Damage;

use crate::lab::{Eye, Root};
use crate::shop::{WANTED, cache, clean, read, ready, trigger};

/// Takes a file of a state away, and the content it shares with the store.
fn lose(root: &Root, path: &str) {
    let inode = fs::metadata(root.usr(path)).unwrap().ino();
    let mut lost = 0;
    for folder in fs::read_dir(root.path().join(".moult/store")).unwrap().flatten() {
        for file in fs::read_dir(folder.path()).unwrap().flatten() {
            if file.metadata().unwrap().ino() == inode {
                fs::remove_file(file.path()).unwrap();
                lost += 1;
            }
        }
    }
    assert_eq!(lost, 1);
    fs::remove_file(root.usr(path)).unwrap();
}

#[test]
fn what_a_trigger_made_and_is_damaged_or_gone_is_made_again_by_a_repair() {
    // No package has this content.
    let own = cache().replace("cat /usr/share/in/*", "(echo of; cat /usr/share/in/*)");
    let (_shop, root) = ready(&[("tx", "cache", own)]);
    root.install(&WANTED).unwrap();
    // The next state takes it over: both have the same file.
    root.install(&WANTED).unwrap();
    let inode = || fs::metadata(root.usr("lib/cache/all")).unwrap().ino();
    let (old, run) = (inode(), read(&root, "lib/cache/run"));
    fs::write(root.usr("lib/cache/all"), "worse").unwrap();
    let look = root.engine().verify(false, &Eye::default()).unwrap();
    assert!(
        matches!(look.left.as_slice(), [Damage::Content { .. }]),
        "{:?}",
        look.left
    );
    let found = root.engine().verify(true, &Eye::default()).unwrap();
    assert_eq!((found.left, found.failures), (vec![], vec![]));
    assert_eq!(read(&root, "lib/cache/all"), "of\nfirst");
    assert!(inode() != old && read(&root, "lib/cache/run") != run);
    clean(&root);
    root.engine().activate(1, &Eye::default()).unwrap();
    assert_eq!(read(&root, "lib/cache/all"), "of\nfirst");

    lose(&root, "lib/cache/all");
    // What comes out differently each time leaves the store with the last state that has it.
    lose(&root, "lib/cache/run");
    let found = root.engine().verify(true, &Eye::default()).unwrap();
    assert_eq!((found.left, found.failures), (vec![], vec![]));
    assert_eq!(read(&root, "lib/cache/all"), "of\nfirst");
    clean(&root);
    // The repaired state is one like any other: its results are taken over.
    let run = read(&root, "lib/cache/run");
    root.install(&WANTED).unwrap();
    assert_eq!(read(&root, "lib/cache/run"), run);
    clean(&root);
}

#[test]
fn a_trigger_that_fails_in_a_repair_is_a_damage_that_is_left_and_stops_no_other_repair() {
    let (_shop, root) = ready(&[("tx", "t", trigger("t", "", "cat /etc/word > /usr/lib/made"))]);
    fs::write(root.path().join("etc/word"), "word").unwrap();
    root.install(&WANTED).unwrap();
    assert_eq!(read(&root, "lib/made"), "word");
    fs::remove_file(root.path().join("etc/word")).unwrap();
    lose(&root, "lib/made");
    fs::remove_file(root.usr("share/in/one")).unwrap();
    fs::remove_file(root.path().join("lib64")).unwrap();
    let found = root.engine().verify(true, &Eye::default()).unwrap();
    assert_eq!(found.problems.len(), 4, "{:?}", found.problems);
    assert!(
        matches!(found.left.as_slice(), [Damage::Content { .. }, Damage::Path { state: 1, path, .. }] if path == "lib/made"),
        "{:?}",
        found.left
    );
    assert!(
        matches!(found.failures.as_slice(), [said] if said.contains("the trigger t failed") && said.contains("word")),
        "{:?}",
        found.failures
    );
    assert_eq!(read(&root, "share/in/one"), "first");
    assert!(root.path().join("lib64").exists());

    fs::write(root.path().join("etc/word"), "word").unwrap();
    assert_eq!(root.engine().verify(true, &Eye::default()).unwrap().left, []);
    assert_eq!(read(&root, "lib/made"), "word");
    clean(&root);
}
