//! `SIGKILL` at the system calls of whole changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use moult_packages::Engine;

use crate::data::{ALL, FEW, SOME, Shop};
use crate::lab;
use crate::trace::{self, Call, End};
use crate::verify::{self, Packages, Whole};

/// A change that is cut off at many points.
struct Change {
    name: &'static str,
    /// A root that is ready for it.
    root: PathBuf,
    /// The program's arguments without the root: `install NAME...`.
    command: Vec<String>,
    /// What the active state is made of when the change is done.
    new: Packages,
    /// How many points are tried by default.
    points: usize,
}

fn words(command: &str, names: &[&str]) -> Vec<String> {
    [command].iter().chain(names).map(|word| (*word).to_owned()).collect()
}

fn changes(shop: &Shop, folder: &Path) -> Vec<Change> {
    let (empty, before, after) = (folder.join("empty"), folder.join("before"), folder.join("after"));
    drop(lab::know(&empty, &shop.index("new.index")));
    lab::before(shop, &before);
    lab::copy(&before, &after);
    lab::install(&mut Engine::open(&after).unwrap(), &ALL).unwrap();
    let change = |name, root: &Path, command, new, points| Change {
        name,
        root: root.to_owned(),
        command,
        new,
        points,
    };
    vec![
        change("install", &before, words("install", &ALL), shop.hashes(&ALL, 2), 140),
        change("remove", &after, words("install", &FEW), shop.hashes(&FEW, 2), 110),
        change(
            "first install",
            &empty,
            words("install", &SOME),
            shop.hashes(&SOME, 2),
            60,
        ),
    ]
}

impl Change {
    fn arguments(&self, root: &Path) -> Vec<String> {
        let (command, words) = self.command.split_first().unwrap();
        let mut arguments = vec![command.clone(), root.to_str().unwrap().to_owned()];
        arguments.extend_from_slice(words);
        arguments
    }
}

/// What came of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Killed, and the old state is there.
    Old,
    /// Killed, and the new state is there.
    New,
    /// It got to its end: the call was not made this time.
    Ended,
}

/// Kills the change at a call in a copy of its root, and proves that the old or the new state is there, whole.
fn kill(
    shop: &Shop,
    program: &Path,
    change: &Change,
    before: &Whole,
    call: &Call,
    root: &Path,
) -> Result<Outcome, String> {
    lab::copy(&change.root, root);
    let end = trace::disturb(program, &change.arguments(root), call, "signal=KILL");

    // As it stands, before anything repairs anything: this is what would boot.
    let old = before.packages();
    let candidates: Vec<&Packages> = old.into_iter().chain([&change.new]).collect();
    let standing = verify::standing(shop, root, &candidates)?;
    // The next start.
    drop(Engine::open(root).map_err(|error| format!("the next start fails: {error}"))?);
    let after = verify::whole(shop, root)?;
    if after.active != standing {
        return Err(format!(
            "{standing:?} was in place, and recovery made {:?} active",
            after.active
        ));
    }
    let outcome = match (
        &end,
        after.active == before.active,
        after.packages() == Some(&change.new),
    ) {
        (End::Killed { said }, true, _) if !said.contains("done") => Outcome::Old,
        (End::Killed { .. }, false, true) => Outcome::New,
        (End::Done(state), false, true) if after.active == Some(*state) => Outcome::Ended,
        _ => return Err(format!("it ended with {end:?}, and then there is {after:?}")),
    };
    // Nothing that was there is lost, and nothing but the new state came.
    let others = |whole: &Whole| -> BTreeMap<u64, Packages> {
        let mut states = whole.states.clone();
        states.retain(|id, _| before.states.contains_key(id));
        states
    };
    let came = after.states.len() - others(&after).len();
    if others(&after) != before.states || came > usize::from(outcome != Outcome::Old) {
        return Err(format!(
            "the states were {:?} and are {:?}",
            before.states, after.states
        ));
    }
    // And it goes on from there.
    let mut engine = Engine::open(root).map_err(|error| error.to_string())?;
    lab::install(&mut engine, &ALL[..9]).map_err(|error| format!("the next change fails: {error}"))?;
    drop(engine);
    let next = verify::whole(shop, root).map_err(|reason| format!("after the next change: {reason}"))?;
    if next.packages() != Some(&shop.hashes(&ALL[..9], 2)) {
        return Err(format!("the next change left {next:?}"));
    }
    Ok(outcome)
}

#[test]
fn a_change_that_is_killed_at_any_call_leaves_the_old_or_the_new_state_whole() {
    let (shop, scratch, program) = (Shop::open(), lab::scratch(), lab::transaction());
    let changes = changes(&shop, scratch.path());
    let wholes: Vec<Whole> = changes
        .iter()
        .map(|change| verify::whole(&shop, &change.root).unwrap())
        .collect();

    // The calls of an undisturbed run of each, in one thread and in two.
    let mut points: Vec<(usize, bool, Call)> = Vec::new();
    for (number, change) in changes.iter().enumerate() {
        for pinned in [true, false] {
            let root = scratch.path().join("recorded");
            lab::copy(&change.root, &root);
            let log = scratch.path().join("calls");
            let arguments = change.arguments(&root);
            let (program, log) = (&program, &log);
            let record = move || {
                if pinned {
                    trace::pin(0);
                }
                trace::record(program, &arguments, log)
            };
            let (end, calls) = std::thread::scope(|scope| scope.spawn(record).join().unwrap());
            assert!(matches!(end, End::Done(_)), "{end:?}");
            assert_eq!(
                verify::whole(&shop, &root).unwrap().packages(),
                Some(&change.new),
                "{}",
                change.name
            );
            std::fs::remove_dir_all(&root).unwrap();
            let wanted = if lab::full() {
                usize::MAX
            } else if pinned {
                change.points
            } else {
                change.points / 6
            };
            let chosen = trace::choose(&calls, wanted);
            println!(
                "{}, {}: {} of {} calls",
                change.name,
                if pinned { "one thread" } else { "two threads" },
                chosen.len(),
                calls.len()
            );
            points.extend(chosen.into_iter().map(|call| (number, pinned, call)));
        }
    }

    let outcomes: Mutex<BTreeMap<(&str, Outcome), usize>> = Mutex::default();
    let (once, twice): (Vec<_>, Vec<_>) = points.into_iter().partition(|(_, pinned, _)| *pinned);
    let mut wrong = Vec::new();
    for points in [once, twice] {
        let work = |worker: usize, (number, pinned, call): &(usize, bool, Call)| {
            if *pinned {
                trace::pin(worker);
            }
            let change = &changes[*number];
            let root = scratch.path().join(format!("killed-{worker}"));
            let outcome = kill(&shop, &program, change, &wholes[*number], call, &root);
            std::fs::remove_dir_all(&root).unwrap();
            let outcome = outcome.map_err(|reason| format!("{} killed at {call:?}: {reason}", change.name))?;
            *outcomes.lock().unwrap().entry((change.name, outcome)).or_default() += 1;
            Ok(())
        };
        wrong.extend(lab::each(&points, work));
    }
    let outcomes = outcomes.into_inner().unwrap();
    println!("{outcomes:?}");
    let killed: usize = outcomes
        .iter()
        .filter(|((_, outcome), _)| *outcome != Outcome::Ended)
        .map(|(_, count)| count)
        .sum();
    println!("killed at {killed} points, {} of them wrong", wrong.len());
    assert!(
        wrong.is_empty(),
        "{} points:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert!(killed >= 300, "only {killed} points were reached");
    // Both sides of the swap were tried.
    for change in &changes {
        assert!(
            outcomes.contains_key(&(change.name, Outcome::Old)) && outcomes.contains_key(&(change.name, Outcome::New))
        );
    }
}
