//! What the next start makes of a root whose change was cut off at a certain point.

use std::fs;
use std::path::PathBuf;

use moult_packages::{Error, Status};
use rusqlite::Connection;
use rustix::fs::{CWD, RenameFlags};

use crate::lab::{Root, Shop, bytes, package};

/// A root with states 1 and 2; 2 is active.
fn two_states() -> (Shop, Root) {
    let mut shop = Shop::new();
    shop.add(package("one"), |writer| {
        writer.file(b"share/one", 0o644, 0, 0, bytes("one")).unwrap()
    });
    shop.add(package("two"), |writer| {
        writer.file(b"share/two", 0o644, 0, 0, bytes("two")).unwrap()
    });
    let root = shop.root();
    root.install(&["one"]).unwrap();
    root.install(&["two"]).unwrap();
    (shop, root)
}

fn own(root: &Root, path: &str) -> PathBuf {
    root.path().join(".moult").join(path)
}

fn database(root: &Root) -> Connection {
    Connection::open(own(root, "moult.db")).unwrap()
}

fn statuses(root: &Root) -> Vec<(u64, Status)> {
    root.engine()
        .states()
        .unwrap()
        .iter()
        .map(|state| (state.id, state.status))
        .collect()
}

#[test]
fn a_crash_right_after_the_swap_is_finished() {
    let (_shop, root) = two_states();
    // As it is between the swap and what follows: both rows as before, the old tree where the new one was.
    database(&root)
        .execute_batch(
            "UPDATE states SET status = 'active' WHERE id = 1; UPDATE states SET status = 'pending' WHERE id = 2",
        )
        .unwrap();
    fs::rename(own(&root, "states/1"), own(&root, "states/2")).unwrap();
    assert_eq!(statuses(&root), [(1, Status::Archived), (2, Status::Active)]);
    assert!(own(&root, "states/1/usr/share/one").exists() && !own(&root, "states/2").exists());
    assert!(root.usr("share/two").exists());
}

#[test]
fn a_crash_right_before_the_swap_is_undone() {
    let (_shop, root) = two_states();
    // As it is when the row is written and nothing is swapped: the new tree waits.
    database(&root)
        .execute_batch(
            "UPDATE states SET status = 'active' WHERE id = 1; UPDATE states SET status = 'pending' WHERE id = 2",
        )
        .unwrap();
    let archived = own(&root, "states/1/usr");
    rustix::fs::renameat_with(CWD, &archived, CWD, root.path().join("usr"), RenameFlags::EXCHANGE).unwrap();
    fs::rename(own(&root, "states/1"), own(&root, "states/2")).unwrap();
    assert_eq!(statuses(&root), [(1, Status::Active)]);
    assert!(root.usr("share/one").exists() && !own(&root, "states/2").exists());
    // Its number is not given again.
    assert_eq!(root.install(&["two"]).unwrap().state, 3);
}

#[test]
fn a_change_that_the_early_boot_went_back_from_is_dropped_wherever_that_was_cut_off() {
    for settled in [false, true] {
        let (_shop, root) = two_states();
        // The change died after its swap; then an initrd swapped the old state in again, and was cut off or not.
        database(&root)
            .execute_batch(
                "UPDATE states SET status = 'active' WHERE id = 1; UPDATE states SET status = 'pending' WHERE id = 2",
            )
            .unwrap();
        let archived = own(&root, "states/1/usr");
        rustix::fs::renameat_with(CWD, &archived, CWD, root.path().join("usr"), RenameFlags::EXCHANGE).unwrap();
        if settled {
            fs::rename(own(&root, "states/1"), own(&root, "states/2")).unwrap();
        }
        assert_eq!(statuses(&root), [(1, Status::Active)]);
        assert!(root.usr("share/one").exists());
        assert_eq!(fs::read_dir(own(&root, "states")).unwrap().count(), 0);
    }
}

#[test]
fn a_crash_while_unpacking_or_composing_leaves_nothing() {
    let (_shop, root) = two_states();
    let before = root.picture();
    fs::create_dir_all(own(&root, "states/3/usr/bin")).unwrap();
    fs::write(own(&root, "unpacking"), "").unwrap();
    fs::write(
        own(&root, format!("store/ab/{}", "ab".repeat(32)).as_str()),
        "half of a",
    )
    .unwrap();
    fs::write(own(&root, "store/incoming/0"), "half of another").unwrap();
    fs::write(own(&root, "downloads/x.part"), "half").unwrap();
    assert_ne!(root.picture(), before);
    drop(root.engine());
    assert_eq!(root.picture(), before);
    assert!(!own(&root, "downloads/x.part").exists() && !own(&root, "unpacking").exists());
}

#[test]
fn a_file_in_the_store_that_was_never_written_down_is_not_trusted() {
    let (mut shop, root) = two_states();
    // A leftover with the right name and half its content, without the marker that would have it swept.
    let content = "the whole content";
    let hex = blake3::hash(content.as_bytes()).to_hex();
    fs::write(own(&root, &format!("store/{}/{hex}", &hex[..2])), "the whole").unwrap();
    shop.add(package("three"), |writer| {
        writer.file(b"share/three", 0o644, 0, 0, bytes(content)).unwrap()
    });
    shop.index();
    root.engine().refresh("shop", &crate::lab::Eye::default()).unwrap();
    root.install(&["three"]).unwrap();
    assert_eq!(fs::read_to_string(root.usr("share/three")).unwrap(), content);
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let (_shop, root) = two_states();
    database(&root).execute_batch("PRAGMA user_version = 99").unwrap();
    let refused = moult_packages::Engine::open(root.path());
    assert!(matches!(refused, Err(Error::NewerDatabase { found: 99, .. })));
}

#[test]
fn what_a_state_was_made_of_is_known_when_the_repository_has_forgotten_it() {
    let (mut shop, root) = two_states();
    shop.packages.retain(|package| package.name == "two");
    shop.index();
    root.engine().refresh("shop", &crate::lab::Eye::default()).unwrap();
    let kept: i64 = database(&root)
        .query_row(
            "SELECT count(*) FROM selections s JOIN packages p ON p.hash = s.hash AND p.repository IS NULL
             JOIN provides g ON g.package = p.id AND g.target = p.name WHERE p.name = 'one'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(kept, 1);
}
