//! When a trigger is run, for what, and what is made of what it did.

use std::fs;
use std::os::unix::fs::MetadataExt;

use moult_packages::{Error, Phase};

use crate::lab::{Eye, bytes, package, select};
use crate::shop::{WANTED, cache, clean, read, ready, shop, trigger, with};

#[test]
fn a_cache_is_carried_over_while_nothing_changes_and_made_anew_when_an_input_does() {
    let mut shop = shop();
    with(&mut shop, 1, &[("tx", "cache", cache())], "first");
    shop.add(package("two"), |w| {
        w.file(b"share/other", 0o644, 0, 0, bytes("x")).unwrap()
    });
    shop.add(package("three"), |w| {
        w.file(b"share/in/three", 0o644, 0, 0, bytes("third")).unwrap()
    });
    let root = shop.root();
    root.install(&WANTED).unwrap();
    assert_eq!(read(&root, "lib/cache/all"), "first");
    let run = read(&root, "lib/cache/run");
    clean(&root);

    root.install(&["tools", "one", "two"]).unwrap();
    assert_eq!(read(&root, "lib/cache/run"), run, "nothing that it looks at changed");
    clean(&root);

    // The spare tree has the old cache in it.
    root.engine().prepare_spare(&Eye::default()).unwrap();
    let installed = root.install(&["tools", "one", "two", "three"]).unwrap();
    assert!(installed.timings.spare && installed.warnings.is_empty());
    assert_eq!(read(&root, "lib/cache/all"), "firstthird");
    assert_ne!(read(&root, "lib/cache/run"), run);
    clean(&root);

    // Only the newest state is left, and so are the contents that it has.
    root.engine().prune(1, &Eye::default()).unwrap();
    assert_eq!(read(&root, "lib/cache/all"), "firstthird");
    clean(&root);
    root.install(&["tools", "two"]).unwrap();
    assert!(!root.usr("lib/cache").exists(), "the trigger is gone, and what it made");
    clean(&root);
}

#[test]
fn what_is_written_in_place_leaves_the_store_alone() {
    let script = "echo more >> /usr/share/in/one; rm /usr/share/gone; rm -r /usr/share/dir; mkdir /usr/share/dir; echo new > /usr/share/dir/new";
    let mut shop = shop();
    with(&mut shop, 1, &[("tx", "t", trigger("t", "", script))], "first");
    shop.add(package("two"), |w| {
        w.file(b"share/gone", 0o644, 0, 0, bytes("gone")).unwrap();
        w.file(b"share/dir/old/er", 0o644, 0, 0, bytes("old")).unwrap();
        w.file(b"share/same", 0o644, 0, 0, bytes("first")).unwrap();
    });
    let root = shop.root();
    root.install(&["tools", "one", "two"]).unwrap();
    assert_eq!(read(&root, "share/in/one"), "firstmore\n");
    assert_eq!(read(&root, "share/same"), "first", "it had the same inode");
    assert!(!root.usr("share/gone").exists() && !root.usr("share/dir/old").exists());
    assert_eq!(read(&root, "share/dir/new"), "new\n");
    assert_eq!(fs::metadata(root.usr("share/dir/new")).unwrap().mode() & 0o777, 0o644);
    clean(&root);
}

#[test]
fn one_trigger_sees_what_those_before_it_made() {
    let (_shop, root) = ready(&[
        ("tx", "a", trigger("a", "after: b", "cat /usr/share/b > /usr/share/a")),
        ("tx", "b", trigger("b", "", "echo from b > /usr/share/b")),
    ]);
    root.install(&WANTED).unwrap();
    assert_eq!(read(&root, "share/a"), "from b\n");
    clean(&root);
}

#[test]
fn delete_takes_away_what_is_below_usr_and_nothing_else() {
    let delete = |path: &str| {
        format!(
            "name: d\nhandlers: {{ h: {{ delete: ['{path}'] }} }}\npaths: {{ '/usr/share/in/(n:*)': {{ handlers: [h] }} }}\n"
        )
    };
    let (_shop, root) = ready(&[("tx", "d", delete("/usr/share/in/$(n)"))]);
    root.install(&WANTED).unwrap();
    assert!(root.usr("share/in").exists() && !root.usr("share/in/one").exists());
    clean(&root);
    for path in ["/etc/$(n)", "/usr/../etc/$(n)", "/usr/lib/moult", "/usr/lib"] {
        let (_shop, root) = ready(&[("tx", "d", delete(path))]);
        let error = root.refused(|engine| {
            let selection = select(engine, &WANTED);
            engine.install(&selection, "a test", &Eye::default()).map(drop)
        });
        assert!(matches!(error, Error::TriggerOutput { .. }), "{path}: {error}");
    }
}

#[test]
fn an_inhibited_trigger_does_not_run_until_nothing_inhibits_it() {
    let more = "inhibitors: { paths: [/etc/no-cache] }";
    let live = "inhibitors: { environment: [chroot] }";
    let (_shop, root) = ready(&[
        ("tx", "t", trigger("t", more, "echo > /usr/share/made")),
        ("tx", "l", trigger("l", live, "echo > /usr/share/never")),
    ]);
    fs::write(root.path().join("etc/no-cache"), "").unwrap();
    root.install(&WANTED).unwrap();
    assert!(!root.usr("share/made").exists());
    fs::remove_file(root.path().join("etc/no-cache")).unwrap();
    root.install(&WANTED).unwrap();
    assert!(root.usr("share/made").exists() && !root.usr("share/never").exists());
    clean(&root);
}

#[test]
fn a_type_and_a_capture_choose_what_a_trigger_is_run_for() {
    let text = "name: depmod\ndescription: lists modules\nhandlers: { h: { run: /bin/sh, args: ['-c', 'echo $0 >> /usr/lib/modules/$0/list', '$(version)'] } }\npaths: { '/usr/lib/modules/(version:*)/kernel': { handlers: [h], type: directory } }\n";
    let mut shop = shop();
    with(&mut shop, 1, &[("tx", "depmod", text.to_owned())], "first");
    shop.add(package("two"), |w| {
        // The folder has no record of its own, and many files; it is one.
        for name in ["a", "b/c"] {
            let path = format!("lib/modules/6.1/kernel/{name}.ko");
            w.file(path.as_bytes(), 0o644, 0, 0, bytes(name)).unwrap();
        }
        w.symlink(b"lib/modules/6.2/kernel", b"../6.1/kernel", 0, 0).unwrap();
        w.file(b"lib/modules/6.3/kernel", 0o644, 0, 0, bytes("x")).unwrap();
    });
    let root = shop.root();
    root.install(&["tools", "one", "two"]).unwrap();
    assert_eq!(read(&root, "lib/modules/6.1/list"), "6.1\n");
    assert!(!root.usr("lib/modules/6.2/list").exists() && !root.usr("lib/modules/6.3/list").exists());
    clean(&root);
}

#[test]
fn a_broken_file_and_a_circle_are_warnings() {
    let (_shop, root) = ready(&[
        ("tx", "a", trigger("a", "after: b", "echo >> /usr/share/made")),
        ("tx", "b", trigger("b", "after: a", "echo >> /usr/share/made")),
        ("tx", "c", "name: [".to_owned()),
    ]);
    let warnings = root.install(&WANTED).unwrap().warnings;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(
        warnings[0].contains("tx.d/c.yaml") && warnings[1].ends_with("a, b"),
        "{warnings:?}"
    );
    assert_eq!(read(&root, "share/made"), "\n\n");
}

#[test]
fn without_triggers_there_is_no_phase_and_nothing_is_run() {
    let (_shop, root) = ready(&[]);
    let mut engine = root.engine();
    let (selection, eye) = (select(&engine, &WANTED), Eye::default());
    engine.install(&selection, "a test", &eye).unwrap();
    assert!(
        eye.seen
            .lock()
            .unwrap()
            .iter()
            .all(|progress| progress.phase != Phase::Triggers)
    );
    assert!(!root.path().join("var").exists());
}

#[test]
fn a_system_trigger_runs_after_the_swap_when_what_it_looks_at_changed_and_may_fail() {
    let mut shop = shop();
    let script = "cat /usr/share/in/one >> /etc/seen; cat /usr/lib/moult/state >> /var/seen; echo > /usr/no 2>/dev/null && exit 9; true";
    let good = ("sys", "good", trigger("good", "", script));
    let bad = (
        "sys",
        "bad",
        trigger("bad", "", "echo >> /etc/tried; echo why >&2; exit 4"),
    );
    with(&mut shop, 1, &[good, bad], "first,");
    shop.add(package("two"), |w| {
        w.file(b"share/other", 0o644, 0, 0, bytes("x")).unwrap()
    });
    shop.add(package("three"), |w| {
        w.file(b"share/in/three", 0o644, 0, 0, bytes("x")).unwrap()
    });
    let root = shop.root();
    let seen = |path: &str| fs::read_to_string(root.path().join(path)).unwrap();
    let warnings = root.install(&WANTED).unwrap().warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains("bad") && warnings[0].ends_with("ended with status 4: why"),
        "{warnings:?}"
    );
    assert_eq!((seen("etc/seen"), seen("var/seen")), ("first,".into(), "1\n".into()));

    // Nothing changed for it; the other one is tried again.
    root.install(&["tools", "one", "two"]).unwrap();
    assert_eq!((seen("etc/seen"), seen("etc/tried")), ("first,".into(), "\n\n".into()));
    root.install(&["tools", "one", "three"]).unwrap();
    assert_eq!(seen("etc/seen"), "first,first,");
    root.engine().activate(2, &Eye::default()).unwrap();
    assert_eq!(seen("etc/seen"), "first,first,first,", "three is gone");
    let warnings = root.engine().activate(1, &Eye::default()).unwrap().warnings;
    assert_eq!(
        (seen("etc/seen").as_str(), warnings.len()),
        ("first,first,first,", 1),
        "the same again"
    );
    assert_eq!(seen("var/seen"), "1\n3\n2\n");
    clean(&root);
}
