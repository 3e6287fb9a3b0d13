//! The activation, against the real engine: what it leaves is what the engine expects, wherever it was cut off.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod lab;

use std::fs::{self, File};
use std::process::Command;

use lab::{Root, own};
use moult_early::activate::{Activated, activate, active};
use moult_early::{Error, choice};
use moult_packages::{Engine, Status};
use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// Runs SQL and leaves it in the log, as a loss of power would.
fn sql(root: &Root, text: &str) {
    let connection = Connection::open(own(root, "moult.db")).unwrap();
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .unwrap();
    connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    connection.execute_batch(text).unwrap();
}

#[test]
fn the_engine_agrees_with_what_the_early_boot_did() {
    let root = Root::with_states(3);
    assert_eq!(active(root.path()), Some(3));
    for (state, before) in [(1, 3), (2, 1), (3, 2)] {
        let done = activate(root.path(), state).unwrap();
        let wanted = Activated {
            state,
            before: Some(before),
            swapped: true,
        };
        assert_eq!(done, wanted);
        assert!(own(&root, &format!("states/{before}/usr")).is_dir());
        assert!(!own(&root, &format!("states/{state}")).exists());
        assert!(
            !activate(root.path(), state).unwrap().swapped,
            "a second time there is nothing to do"
        );
        root.is_whole(state, &[1, 2, 3]);
    }
}

#[test]
fn several_times_before_the_engine_starts_is_as_good_as_once() {
    let root = Root::with_states(3);
    for state in [1, 2, 1, 3, 2] {
        assert!(activate(root.path(), state).unwrap().swapped);
    }
    root.is_whole(2, &[1, 2, 3]);
}

#[test]
fn the_database_is_as_it_was() {
    let root = Root::with_states(2);
    let files = || ["moult.db", "moult.db-wal"].map(|name| fs::read(own(&root, name)).unwrap());
    let before = files();
    let _ = activate(root.path(), 1).unwrap();
    assert!(before == files());
}

#[test]
fn a_tree_counts_only_with_a_row_of_a_finished_state() {
    let reason = |root: &Root, state| {
        let before = root.picture();
        let refused = activate(root.path(), state).unwrap_err();
        assert_eq!(root.picture(), before, "{refused}");
        assert_eq!(active(root.path()), Some(2));
        refused.to_string()
    };
    // The row goes first, then the tree: half of it is still there, with its number.
    let pruned = Root::with_states(2);
    sql(&pruned, "DELETE FROM states WHERE id = 1");
    fs::remove_dir_all(own(&pruned, "states/1/usr/share")).unwrap();
    assert!(reason(&pruned, 1).contains("does not have it"));
    root_still_works(&pruned, &[2]);

    let pending = Root::with_states(2);
    sql(&pending, "UPDATE states SET status = 'pending' WHERE id = 1");
    assert!(reason(&pending, 1).contains("never finished"));

    let gone = Root::with_states(2);
    fs::remove_dir_all(own(&gone, "states/1")).unwrap();
    assert!(reason(&gone, 1).contains("not there"));
    assert!(reason(&gone, 7).contains("does not have it"));

    let other = Root::with_states(2);
    fs::write(own(&other, "states/1/usr/lib/moult/state"), "9\n").unwrap();
    assert!(reason(&other, 1).contains("holds state 9"));
    fs::remove_file(own(&other, "states/1/usr/lib/moult/state")).unwrap();
    std::os::unix::fs::symlink("/proc/1/stat", own(&other, "states/1/usr/lib/moult/state")).unwrap();
    assert!(reason(&other, 1).contains("do not say"));

    let broken = Root::with_states(2);
    for name in ["moult.db", "moult.db-wal"] {
        fs::write(own(&broken, name), [7; 8192]).unwrap();
    }
    assert!(reason(&broken, 1).contains("cannot be read"));
}

fn root_still_works(root: &Root, states: &[u64]) {
    root.is_whole(2, states);
}

#[test]
fn a_root_that_is_none_of_ours_is_left_alone() {
    let folder = tempfile::TempDir::new().unwrap();
    fs::create_dir(folder.path().join("usr")).unwrap();
    assert!(matches!(activate(folder.path(), 1), Err(Error::NotOurs(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(matches!(
        activate(&folder.path().join("none"), 1),
        Err(Error::Io { .. })
    ));

    let root = Root::with_states(2);
    fs::rename(root.path().join("usr"), root.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", root.path().join("usr")).unwrap();
    assert!(matches!(activate(root.path(), 1), Err(Error::Blocked { .. })));
}

#[test]
fn while_somebody_changes_the_system_it_is_refused() {
    let root = Root::with_states(2);
    let lock = File::options().write(true).open(own(&root, "lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let refused = activate(root.path(), 1).unwrap_err();
    assert!(
        matches!(refused, Error::Busy { pid: Some(pid) } if pid == std::process::id()),
        "{refused}"
    );
    drop(lock);
    assert!(activate(root.path(), 1).unwrap().swapped);
}

/// As power went right after the swap of an update: its row is pending, the old tree where the new one was.
fn unfinished_update() -> Root {
    let root = Root::with_states(2);
    sql(
        &root,
        "UPDATE states SET status = 'active' WHERE id = 1; UPDATE states SET status = 'pending' WHERE id = 2",
    );
    fs::rename(own(&root, "states/1"), own(&root, "states/2")).unwrap();
    root
}

#[test]
fn an_update_that_was_cut_off_after_its_swap_is_kept_or_gone_back_from() {
    let root = unfinished_update();
    let done = activate(root.path(), 2).unwrap();
    assert!(!done.swapped && own(&root, "states/1/usr").is_dir() && !own(&root, "states/2").exists());
    root.is_whole(2, &[1, 2]);

    let root = unfinished_update();
    assert!(activate(root.path(), 1).unwrap().swapped);
    // It had not been finished, and its row says so: it is as if it had never been.
    root.is_whole(1, &[1]);
}

/// The program, killed when it enters its `nth` call of those that change something. Whether it got that far.
fn killed(root: &Root, state: u64, call: &str, nth: usize, run: &std::path::Path) -> bool {
    let status = Command::new("timeout")
        .args(["-s", "KILL", "60", "strace", "-f", "-q", "-o", "/dev/null", "-e"])
        .arg(format!("trace={call}"))
        .args(["-e", &format!("inject={call}:signal=KILL:when={nth}")])
        .arg(env!("CARGO_BIN_EXE_moult-early"))
        .args(["activate", "--state", &state.to_string(), "--root"])
        .arg(root.path())
        .arg("--run")
        .arg(run)
        .output()
        .expect("strace can be run");
    !status.status.success()
}

#[test]
fn killed_at_any_call_the_old_or_the_new_state_is_whole() {
    let calls = [
        "openat",
        "openat2",
        "mkdir",
        "flock",
        "ftruncate",
        "write",
        "fcntl",
        "renameat2",
        "renameat",
        "rename",
        "unlinkat",
        "fsync",
        "syncfs",
        "pread64",
    ];
    let run = tempfile::TempDir::new().unwrap();
    let originals = [
        (Root::with_states(2), vec![1, 2], vec![1, 2]),
        (unfinished_update(), vec![1], vec![1, 2]),
    ];
    let mut points = 0;
    for (at, (original, with_old, with_new)) in originals.iter().enumerate() {
        for call in calls {
            for nth in 1.. {
                let root = original.copy();
                if !killed(&root, 1, call, nth, run.path()) {
                    break;
                }
                points += 1;
                assert!(nth < 200, "strace does not work here");
                let now = active(root.path());
                assert!(matches!(now, Some(1 | 2)), "{at} {call} {nth}: {now:?}");
                if nth % 2 == 0 {
                    // The engine comes next.
                    let states = if now == Some(1) { with_old } else { with_new };
                    root.is_whole(now.unwrap(), states);
                } else {
                    // The same entry of the boot menu is chosen again.
                    let _ = activate(root.path(), 1).unwrap();
                    root.is_whole(1, with_old);
                }
            }
        }
    }
    println!("killed at {points} calls");
    assert!(points > 60, "{points}");
}

#[test]
fn it_says_how_long_it_took_and_it_is_written_down() {
    let root = Root::with_states(2);
    let run = tempfile::TempDir::new().unwrap();
    let begun = std::time::Instant::now();
    let record = choice::make_quietly(root.path(), run.path(), "1");
    let took = begun.elapsed();
    println!("activated in {took:?}");
    assert_eq!((record.before, record.now), (Some(2), Some(1)));
    let text = fs::read_to_string(run.path().join("moult/boot")).unwrap();
    assert!(
        text.starts_with("asked 1\nbefore 2\nnow 1\nresult activated\nreason this state has no modules"),
        "{text}"
    );

    let record = choice::make_quietly(root.path(), run.path(), "1");
    assert_eq!(record.result, Ok(false));
    let text = fs::read_to_string(run.path().join("moult/boot")).unwrap();
    assert!(text.contains("\nresult already\n"), "{text}");

    for (asked, reason) in [
        ("9", "list of states"),
        ("one", "not a number"),
        ("-1", "not a number"),
        ("", "not a number"),
    ] {
        let record = choice::make_quietly(root.path(), run.path(), asked);
        assert!(
            record.result.as_ref().is_err_and(|said| said.contains(reason)),
            "{record:?}"
        );
        let text = fs::read_to_string(run.path().join("moult/boot")).unwrap();
        assert!(
            text.contains("\nnow 1\nresult failed\nreason ") && text.lines().count() == 5,
            "{text}"
        );
    }
    let states = Engine::open(root.path()).unwrap().states().unwrap();
    let statuses: Vec<Status> = states.iter().map(|state| state.status).collect();
    assert_eq!(statuses, [Status::Active, Status::Archived]);
}
