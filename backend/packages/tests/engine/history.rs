//! States: going back and forth, names and pins, looking for damage and repairing it, letting go.

use std::fs;
use std::os::unix::fs::MetadataExt;

use moult_packages::{ChangeKind, Damage, Engine, Error, Status};

use crate::lab::{Eye, Root, Shop, bytes, package, providers, tree};

fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.add(package("one"), |writer| {
        writer.file(b"share/one", 0o644, 0, 0, bytes("one")).unwrap();
        writer.file(b"bin/su", 0o4755, 0, 0, bytes("a program")).unwrap();
    });
    shop.add(package("two"), |writer| {
        writer.file(b"share/two", 0o640, 3, 4, bytes("two")).unwrap();
        writer.file(b"share/same", 0o644, 0, 0, bytes("one")).unwrap();
        writer.file(b"share/empty", 0o644, 0, 0, bytes("")).unwrap();
        writer.symlink(b"share/link", b"two", 0, 0).unwrap();
    });
    shop
}

/// State 1 has one, state 2 has one and two and is active.
fn two_states() -> (Shop, Root) {
    let shop = shop();
    let root = shop.root();
    root.install(&["one"]).unwrap();
    root.install(&["one", "two"]).unwrap();
    (shop, root)
}

fn clean(engine: &mut Engine) {
    let verified = engine.verify(false, &Eye::default()).unwrap();
    assert_eq!(verified.problems, []);
}

#[test]
fn any_state_comes_back_whole_and_forth_again() {
    let (_shop, root) = two_states();
    let second = tree(&root.path().join("usr"));
    let mut engine = root.engine();
    let went = engine.activate(1, &Eye::default()).unwrap();
    assert_eq!((went.state, went.before), (1, Some(2)));
    assert!(root.usr("share/one").exists() && !root.usr("share/two").exists());
    let statuses: Vec<_> = engine.states().unwrap().iter().map(|state| state.status).collect();
    assert_eq!(statuses, [Status::Active, Status::Archived]);
    clean(&mut engine);
    engine.activate(2, &Eye::default()).unwrap();
    assert_eq!(tree(&root.path().join("usr")), second);
    clean(&mut engine);
    assert!(matches!(
        engine.activate(9, &Eye::default()),
        Err(Error::UnknownState(9))
    ));
    // The next state after a step back gets a number of its own.
    engine.activate(1, &Eye::default()).unwrap();
    assert_eq!(root.install(&["two"]).unwrap().state, 3);
}

#[test]
fn a_state_is_gone_back_to_only_from_the_one_that_was_meant() {
    let (_shop, root) = two_states();
    let mut engine = root.engine();
    engine.activate_from(1, 2, &Eye::default()).unwrap();
    // Somebody else's engine, which has been open since before.
    let mut other = root.engine();
    assert!(matches!(
        other.activate_from(2, 2, &Eye::default()),
        Err(Error::Overtaken { .. })
    ));
    // Nor does that which is active already become so.
    assert!(matches!(
        other.activate_from(1, 2, &Eye::default()),
        Err(Error::Overtaken { .. })
    ));
    assert_eq!(engine.active().unwrap(), Some(1));
    assert!(!root.usr("share/two").exists());
    other.activate_from(2, 1, &Eye::default()).unwrap();
    assert!(root.usr("share/two").exists());
}

#[test]
fn a_crash_right_after_going_back_is_finished() {
    let (_shop, root) = two_states();
    let states = root.path().join(".moult/states");
    // Just the swap, and nothing after it.
    rustix::fs::renameat_with(
        rustix::fs::CWD,
        states.join("1/usr"),
        rustix::fs::CWD,
        root.path().join("usr"),
        rustix::fs::RenameFlags::EXCHANGE,
    )
    .unwrap();
    let mut engine = root.engine();
    assert_eq!(engine.active().unwrap(), Some(1));
    assert!(states.join("2/usr/share/two").exists());
    clean(&mut engine);
}

#[test]
fn a_state_whose_tree_is_gone_is_not_activated() {
    let (_shop, root) = two_states();
    fs::remove_dir_all(root.path().join(".moult/states/1")).unwrap();
    let before = tree(&root.path().join("usr"));
    let refused = root.engine().activate(1, &Eye::default());
    assert!(matches!(refused, Err(Error::DamagedState { state: 1, .. })));
    assert_eq!(tree(&root.path().join("usr")), before);
}

#[test]
fn names_and_pins_stay_and_the_difference_is_in_packages() {
    let (_shop, root) = two_states();
    let mut engine = root.engine();
    engine.name_state(1, "before\nthe change ").unwrap();
    engine.pin_state(1, true).unwrap();
    let first = engine.state(1).unwrap();
    assert_eq!(
        (first.state.name.as_str(), first.state.pinned),
        ("beforethe change", true)
    );
    assert_eq!(
        first.packages.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
        ["one"]
    );
    let difference = engine.diff(1, 2).unwrap();
    let kinds: Vec<_> = difference.packages.iter().map(|p| (p.name.as_str(), p.kind)).collect();
    assert_eq!(kinds, [("two", ChangeKind::Install)]);
    assert_eq!(engine.diff(2, 1).unwrap().packages[0].kind, ChangeKind::Remove);
}

#[test]
fn pruning_takes_old_states_and_gives_back_what_only_they_held() {
    let (_shop, root) = two_states();
    root.install(&["one"]).unwrap();
    let mut engine = root.engine();
    // Only "two" with its rights; its other content is that of "one".
    let would = engine.prunable(1).unwrap();
    assert_eq!((would.states.as_slice(), would.bytes), (&[1, 2][..], 3));
    assert_eq!(engine.state(2).unwrap().frees, 3);
    engine.pin_state(2, true).unwrap();
    assert_eq!(engine.prune(1, &Eye::default()).unwrap().states, [1]);
    assert!(root.path().join(".moult/states/2/usr/share/two").exists());
    clean(&mut engine);
    engine.pin_state(2, false).unwrap();
    assert!(matches!(
        engine.remove_states(&[3], &Eye::default()),
        Err(Error::StateActive(3))
    ));
    engine.pin_state(2, true).unwrap();
    assert!(matches!(
        engine.remove_states(&[2], &Eye::default()),
        Err(Error::StatePinned(2))
    ));
    engine.pin_state(2, false).unwrap();
    assert!(matches!(
        engine.remove_states(&[2, 99], &Eye::default()),
        Err(Error::UnknownState(99))
    ));
    assert_eq!(engine.states().unwrap().len(), 2, "none goes if one cannot");
    assert_eq!(engine.prune(1, &Eye::default()).unwrap().bytes, 3);
    assert_eq!(engine.states().unwrap().len(), 1);
    clean(&mut engine);
    // What is gone can come again.
    root.install(&["one", "two"]).unwrap();
    clean(&mut root.engine());
}

#[test]
fn every_kind_of_damage_is_found_and_repaired() {
    let (_shop, root) = two_states();
    let store = root.path().join(".moult/store");
    let inode = fs::metadata(root.usr("share/one")).unwrap().ino();
    // The content of both states' share/one, in place: as a failing disk or a careless root would.
    fs::write(root.usr("share/one"), "eno").unwrap();
    fs::remove_file(root.usr("share/link")).unwrap();
    fs::write(root.usr("share/new"), "x").unwrap();
    fs::write(root.path().join(".moult/states/1/usr/extra"), "x").unwrap();
    fs::write(store.join("00/leftover"), "x").unwrap();
    fs::remove_file(root.path().join("lib64")).unwrap();
    fs::write(root.usr("share/empty"), "x").unwrap();
    let mut engine = root.engine();
    let found = engine.verify(false, &Eye::default()).unwrap();
    assert_eq!(found.left, found.problems);
    let kinds = |wanted: fn(&Damage) -> bool| found.problems.iter().filter(|damage| wanted(damage)).count();
    assert_eq!(kinds(|damage| matches!(damage, Damage::Content { .. })), 1);
    assert_eq!(kinds(|damage| matches!(damage, Damage::Leftover { .. })), 1);
    assert_eq!(kinds(|damage| matches!(damage, Damage::Path { state: 1, .. })), 1);
    assert_eq!(kinds(|damage| matches!(damage, Damage::Path { state: 2, .. })), 3);
    assert_eq!(kinds(|damage| matches!(damage, Damage::Link { .. })), 1);

    let repaired = engine.verify(true, &Eye::default()).unwrap();
    assert_eq!(repaired.left, []);
    clean(&mut engine);
    assert_eq!(fs::read(root.usr("share/one")).unwrap(), b"one");
    assert_ne!(fs::metadata(root.usr("share/one")).unwrap().ino(), inode);
    assert_eq!(
        fs::read(root.path().join(".moult/states/1/usr/share/one")).unwrap(),
        b"one"
    );
}

#[test]
fn a_repair_that_cannot_reach_its_repository_leaves_things_as_they_were() {
    let (shop, root) = two_states();
    fs::write(root.usr("share/one"), "eno").unwrap();
    for entry in fs::read_dir(shop.folder.path()).unwrap().flatten() {
        fs::remove_file(entry.path()).unwrap();
    }
    let mut engine = root.engine();
    fs::remove_file(root.usr("share/link")).unwrap();
    let repaired = engine.verify(true, &Eye::default()).unwrap();
    assert_eq!(
        (repaired.problems.len(), repaired.left.len()),
        (2, 1),
        "the link is there again: {repaired:?}"
    );
    let said = &repaired.failures;
    assert!(
        said.len() == 2 && said.iter().all(|said| said.contains("could not be fetched")),
        "of both packages that have it: {said:?}"
    );
    let after = engine.verify(false, &Eye::default()).unwrap();
    assert_eq!(after.problems.len(), 1, "{:?}", after.problems);
    // Still in use, and the other state can still be gone to.
    engine.activate(1, &Eye::default()).unwrap();
}

#[test]
fn a_spare_tree_gives_the_same_result_as_a_new_one() {
    let (_shop, root) = two_states();
    let mut engine = root.engine();
    engine.prepare_spare(&Eye::default()).unwrap();
    engine.prepare_spare(&Eye::default()).unwrap();
    let with = root.install(&["two"]).unwrap();
    assert!(with.timings.spare);
    let spared = tree(&root.path().join("usr"));
    clean(&mut root.engine());
    assert!(!root.path().join(".moult/spare").exists());
    let mut again = root.engine();
    let selection = again.resolve(&providers(&["two"])).unwrap();
    let without = again.install(&selection, "again", &Eye::default()).unwrap();
    assert!(!without.timings.spare);
    let mut plain = tree(&root.path().join("usr"));
    let mut spared = spared;
    for tree in [&mut plain, &mut spared] {
        tree.remove(std::path::Path::new("lib/moult/state"));
        // Directories, links and empty files have an inode of their own in each tree.
        for entry in tree
            .values_mut()
            .filter(|entry| entry.mode & 0o170_000 != 0o100_000 || entry.content.is_empty())
        {
            entry.inode = 0;
        }
        let model = tree.get_mut(std::path::Path::new("lib/system-model.kdl"));
        model.unwrap().inode = 0;
    }
    assert_eq!(plain, spared);
}

#[test]
fn a_reader_sees_everything_and_can_change_nothing() {
    let (_shop, root) = two_states();
    let mut reader = Engine::open_reader(root.path()).unwrap();
    assert_eq!(reader.states().unwrap().len(), 2);
    assert_eq!(reader.resolve(&providers(&["one"])).unwrap().packages.len(), 1);
    assert!(reader.name_state(1, "x").is_err());
    let empty = tempfile::TempDir::new().unwrap();
    assert!(matches!(Engine::open_reader(empty.path()), Err(Error::NotOurs(_))));
}

#[test]
fn somebody_without_rights_reads_while_a_writer_is_at_work_and_after_it() {
    let (_shop, root) = two_states();
    fs::set_permissions(root.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let states = || {
        let script = "import os,sqlite3,sys\nos.setgroups([]);os.setgid(65534);os.setuid(65534)\n\
            print(sqlite3.connect('file:'+sys.argv[1]+'?mode=ro',uri=True).execute('select count(*) from states').fetchone()[0])";
        let database = root.path().join(".moult/moult.db");
        let output = std::process::Command::new("/usr/bin/python3")
            .args(["-c", script])
            .arg(database)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(states(), "2");
    let writer = rusqlite::Connection::open(root.path().join(".moult/moult.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; DELETE FROM states").unwrap();
    assert_eq!(states(), "2");
    let reader = Engine::open_reader(root.path()).unwrap();
    assert_eq!(reader.states().unwrap().len(), 2);
    writer.execute_batch("ROLLBACK").unwrap();
}
