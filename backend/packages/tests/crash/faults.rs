//! Disks that are full or fail, at each kind of call that changes something: a typed refusal, the old state intact, and
//! the next attempt works.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

use moult_packages::Engine;

use crate::data::{ALL, Shop};
use crate::kill::{self, Change, changes};
use crate::lab;
use crate::trace::{self, Call, End};
use crate::verify::{self, Packages, Whole};

/// Calls that may need room. The others cannot run out of it.
pub(crate) const NEED_ROOM: [&str; 14] = [
    "openat",
    "mkdirat",
    "mkdir",
    "write",
    "pwrite64",
    "writev",
    "linkat",
    "symlinkat",
    "renameat",
    "renameat2",
    "rename",
    "fsync",
    "fdatasync",
    "syncfs",
];

/// What came of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Refused, and the old state is there.
    Refused,
    /// Refused after the swap: the new state is there.
    AfterSwap,
    /// Not needed: the change was made all the same.
    Done,
}

fn fail(
    shop: &Shop,
    program: &Path,
    change: &Change,
    pictures: &[Whole; 2],
    (call, error): (&Call, &str),
    root: &Path,
) -> Result<Outcome, String> {
    lab::copy(&change.root, root);
    let end = trace::disturb(program, &change.arguments(root), call, &format!("error={error}"));
    judge(shop, pictures, &end, (call, error), root)
}

/// Proves that a root is whole after a call of its change failed, that the failure was told, and that it goes on.
pub(crate) fn judge(
    shop: &Shop,
    [before, after]: &[Whole; 2],
    end: &End,
    (call, error): (&Call, &str),
    root: &Path,
) -> Result<Outcome, String> {
    let candidates: Vec<&Packages> = before.packages().into_iter().chain(after.packages()).collect();
    let standing = verify::standing(shop, root, &candidates)?;
    let (outcome, expected) = match end {
        End::Refused { standing, .. } if standing == "Intact" => (Outcome::Refused, before),
        End::Refused { .. } => (Outcome::AfterSwap, after),
        End::Done(_) => (Outcome::Done, after),
        End::Killed { .. } => return Err("it was killed".to_owned()),
    };
    if standing != expected.active {
        return Err(format!(
            "{end:?}, and {standing:?} is in place, not {:?}",
            expected.active
        ));
    }
    if let End::Refused { error: told, .. } = end {
        let kinds: &[&str] = match (error, call.name.as_str()) {
            // SQLite does not tell why its shared memory cannot grow, or why a sync failed.
            // It opens what cannot be opened for writing only to be read, and does not tell why.
            ("ENOSPC", "openat") if call.text.contains("/moult.db") => &["NoSpace", "ReadOnly"],
            ("EIO", "openat") if call.text.contains("/moult.db") => &["DiskFailed", "ReadOnly"],
            ("EIO", "ftruncate" | "pwrite64") | ("ENOSPC", "fsync" | "fdatasync") => &["NoSpace", "DiskFailed"],
            ("EIO", _) => &["DiskFailed"],
            _ => &["NoSpace"],
        };
        let inner = told
            .strip_prefix("AfterSwap")
            .and_then(|told| told.split_once("source: "))
            .map_or(told.as_str(), |(_, inner)| inner);
        if !kinds.iter().any(|kind| inner.starts_with(kind)) {
            return Err(format!("not a {kinds:?}: {told}"));
        }
    } else if call.name == "syncfs" || call.text.contains("RENAME_EXCHANGE") {
        return Err("it said that all was well".to_owned());
    }
    // The disk is well again.
    drop(Engine::open(root).map_err(|error| format!("the next start fails: {error}"))?);
    let found = verify::whole(shop, root)?;
    // What makes no state may have been done when something beside it failed.
    let same_states = before.states == after.states && before.active == after.active;
    if found != *expected && !(same_states && found == *after) {
        return Err(format!("{end:?}, and then there is {found:?}"));
    }
    kill::goes_on(shop, root)?;
    Ok(outcome)
}

#[test]
fn a_disk_that_is_full_or_fails_at_any_call_leaves_the_old_state_and_says_so() {
    if !lab::alone("faults::a_disk_that_is_full_or_fails_at_any_call_leaves_the_old_state_and_says_so") {
        return;
    }
    let (shop, scratch, program) = (Shop::open(), lab::scratch(), lab::transaction());
    let changes = changes(&shop, scratch.path());
    let mut pictures = Vec::new();
    let mut points: Vec<(usize, &'static str, Call)> = Vec::new();
    for (number, change) in changes.iter().enumerate() {
        let root = scratch.path().join("recorded");
        lab::copy(&change.root, &root);
        let (arguments, log) = (change.arguments(&root), scratch.path().join("calls"));
        let (program, log) = (&program, &log);
        let record = move || {
            trace::pin(0);
            trace::record(program, &arguments, log)
        };
        let (end, calls) = std::thread::scope(|scope| scope.spawn(record).join().unwrap());
        assert!(matches!(end, End::Done(_)), "{end:?}");
        pictures.push([
            verify::whole(&shop, &change.root).unwrap(),
            verify::whole(&shop, &root).unwrap(),
        ]);
        std::fs::remove_dir_all(&root).unwrap();
        let wanted = if lab::full() { 1200 } else { change.points / 5 };
        for call in trace::choose(&calls, wanted) {
            if NEED_ROOM.contains(&call.name.as_str()) {
                points.push((number, "ENOSPC", call.clone()));
            }
            points.push((number, "EIO", call));
        }
    }

    let outcomes: Mutex<BTreeMap<(&str, Outcome), usize>> = Mutex::default();
    let tolerated: Mutex<BTreeSet<String>> = Mutex::default();
    let work = |worker: usize, (number, error, call): &(usize, &'static str, Call)| {
        trace::pin(worker);
        let change = &changes[*number];
        let root = scratch.path().join(format!("failed-{worker}"));
        let outcome = fail(&shop, &program, change, &pictures[*number], (call, error), &root);
        std::fs::remove_dir_all(&root).unwrap();
        let outcome = outcome.map_err(|reason| format!("{}, {error} at {call:?}: {reason}", change.name))?;
        if outcome == Outcome::Done {
            tolerated.lock().unwrap().insert(call.text.clone());
        }
        *outcomes.lock().unwrap().entry((*error, outcome)).or_default() += 1;
        Ok(())
    };
    let wrong = lab::each(&points, work);
    let outcomes = outcomes.into_inner().unwrap();
    println!("{} faults: {outcomes:?}, {} wrong", points.len(), wrong.len());
    println!("not minded: {:#?}", tolerated.into_inner().unwrap());
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    for error in ["ENOSPC", "EIO"] {
        assert!(
            outcomes.contains_key(&(error, Outcome::Refused)),
            "{error} was never felt"
        );
    }
}

/// A daemon does not start again after a failure: the next change must work in the same process.
#[test]
fn after_a_failure_the_same_process_can_go_on() {
    if !lab::alone("faults::after_a_failure_the_same_process_can_go_on") {
        return;
    }
    let (shop, scratch, program) = (Shop::open(), lab::scratch(), lab::transaction());
    let changes = changes(&shop, scratch.path());
    let change = &changes[0];
    let script = scratch.path().join("script");
    let nine = format!("install {}", ALL[..9].join(" "));
    let commands = [
        format!("install {}", ALL.join(" ")),
        nine.clone(),
        nine,
        "prune 1".to_owned(),
    ];
    std::fs::write(&script, commands.join("\n")).unwrap();
    let arguments = |root: &Path| -> Vec<String> {
        ["serve", root.to_str().unwrap(), script.to_str().unwrap()]
            .map(str::to_owned)
            .to_vec()
    };
    let recorded = scratch.path().join("recorded");
    lab::copy(&change.root, &recorded);
    let run = || {
        trace::pin(0);
        trace::record(&program, &arguments(&recorded), &scratch.path().join("calls")).1
    };
    let calls = std::thread::scope(|scope| scope.spawn(run).join().unwrap());
    // Some from the lock of the first change to its swap, and all from there to the lock of the second.
    let locks: Vec<usize> = (0..calls.len()).filter(|at| calls[*at].name == "flock").collect();
    let swap = calls
        .iter()
        .position(|call| call.text.contains("RENAME_EXCHANGE"))
        .unwrap();
    let next = locks.iter().find(|lock| **lock > swap).unwrap();
    let mut points = trace::choose(&calls[locks[1]..swap], if lab::full() { 400 } else { 20 });
    points.extend(
        calls[swap..*next]
            .iter()
            .filter(|call| !call.text.contains("\"lock\""))
            .cloned(),
    );
    // strace counts in each thread, and waiting for the disk has a new one each time: all changes would fail.
    points.retain(|call| call.name != "syncfs");
    let felt: Mutex<BTreeMap<&str, usize>> = Mutex::default();
    let work = |worker: usize, call: &Call| {
        trace::pin(worker);
        let root = scratch.path().join(format!("goes-on-{worker}"));
        lab::copy(&change.root, &root);
        let said = trace::said(&program, &arguments(&root), call, "error=EIO");
        let outcome = (|| {
            if said.len() != 4 {
                return Err(format!("it said {said:#?}"));
            }
            // The order of writes into the database is not always the same: it may be the second that fails.
            let failed = said[..2].iter().find(|said| !said.starts_with("done"));
            let kind = match failed.and_then(|said| said.split(' ').nth(1)) {
                None => "done",
                Some("Intact") => "refused",
                Some(_) => "after the swap",
            };
            if said.iter().filter(|said| !said.starts_with("done")).count() > 1 {
                return Err(format!("it said {said:#?}"));
            }
            let found = verify::whole(&shop, &root)?;
            if found.packages() != Some(&shop.hashes(&ALL[..9], 2)) || found.states.len() != 1 {
                return Err(format!("it said {said:#?}, and then there is {found:?}"));
            }
            *felt.lock().unwrap().entry(kind).or_default() += 1;
            Ok(())
        })();
        std::fs::remove_dir_all(&root).unwrap();
        outcome.map_err(|reason| format!("EIO at {call:?}: {reason}"))
    };
    let wrong = lab::each(&points, work);
    let felt = felt.into_inner().unwrap();
    println!("{} faults: {felt:?}, {} wrong", points.len(), wrong.len());
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert!(
        felt.contains_key("refused") && felt.contains_key("after the swap"),
        "{felt:?}"
    );
}
