//! `SIGKILL` at the system calls of whole changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use moult_packages::{Engine, Unwatched};

use crate::data::{ALL, FEW, SOME, Shop};
use crate::lab;
use crate::trace::{self, Call, End};
use crate::verify::{self, Packages, Whole};

/// A change that is cut off at many points.
pub(crate) struct Change {
    pub(crate) name: &'static str,
    /// A root that is ready for it.
    pub(crate) root: PathBuf,
    /// The program's arguments without the root: `install NAME...`.
    command: Vec<String>,
    /// What the active state is made of when the change is done.
    new: Packages,
    /// How many points are tried by default.
    pub(crate) points: usize,
}

pub(crate) fn changes(shop: &Shop, folder: &Path) -> Vec<Change> {
    let (empty, before, after) = (folder.join("empty"), folder.join("before"), folder.join("after"));
    drop(lab::know(&empty, &shop.index("new.index")));
    lab::before(shop, &before);
    lab::copy(&before, &after);
    lab::install(&mut Engine::open(&after).unwrap(), &ALL).unwrap();
    let spare = folder.join("spare");
    lab::copy(&before, &spare);
    Engine::open(&spare).unwrap().prepare_spare(&Unwatched).unwrap();
    let (pruned, making) = (folder.join("pruned"), folder.join("making"));
    lab::copy(&after, &pruned);
    Engine::open(&pruned).unwrap().prepare_spare(&Unwatched).unwrap();
    lab::copy(&before, &making);
    let change = Change::new;
    vec![
        change("install", &before, "install", &ALL, shop.hashes(&ALL, 2), 90),
        change("remove", &after, "remove", &ALL[3..], shop.hashes(&FEW, 2), 60),
        change("undo", &after, "activate", &["2"], shop.hashes(&SOME, 1), 45),
        change("first install", &empty, "install", &SOME, shop.hashes(&SOME, 2), 40),
        change(
            "install into a spare tree",
            &spare,
            "install",
            &ALL,
            shop.hashes(&ALL, 2),
            30,
        ),
        change("prune", &pruned, "prune", &["1"], shop.hashes(&ALL, 2), 40),
        change("make a spare tree", &making, "spare", &[], shop.hashes(&SOME, 1), 15),
    ]
}

impl Change {
    pub(crate) fn new(
        name: &'static str,
        root: &Path,
        command: &str,
        words: &[&str],
        new: Packages,
        points: usize,
    ) -> Change {
        Change {
            name,
            root: root.to_owned(),
            command: [command].iter().chain(words).map(|word| (*word).to_owned()).collect(),
            new,
            points,
        }
    }

    /// Makes it in a copy of its root, in one thread, and writes down its calls. Also says what was and what came.
    pub(crate) fn record(&self, shop: &Shop, program: &Path, scratch: &Path) -> ([Whole; 2], Vec<Call>) {
        let (root, log) = (scratch.join("recorded"), scratch.join("calls"));
        lab::copy(&self.root, &root);
        let (arguments, log) = (self.arguments(&root), &log);
        let record = move || {
            trace::pin(0);
            trace::record(program, &arguments, log)
        };
        let (end, calls) = std::thread::scope(|scope| scope.spawn(record).join().unwrap());
        assert!(matches!(end, End::Done(_)), "{}: {end:?}", self.name);
        let pictures = [&self.root, &root].map(|root| verify::whole(shop, root).unwrap());
        let made = pictures[1].packages().cloned().unwrap_or_default();
        assert_eq!(made, self.new, "{}", self.name);
        std::fs::remove_dir_all(&root).unwrap();
        (pictures, calls)
    }

    pub(crate) fn arguments(&self, root: &Path) -> Vec<String> {
        let (command, words) = self.command.split_first().unwrap();
        let mut arguments = vec![command.clone(), root.to_str().unwrap().to_owned()];
        arguments.extend_from_slice(words);
        arguments
    }
}

/// What came of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Killed, and the old state is there.
    Old,
    /// Killed, and the new state is there.
    New,
    /// It got to its end: the call was not made this time.
    Ended,
}

/// Kills the change at a call in a copy of its root, and proves that the root is as before or as after, and whole.
fn kill(
    shop: &Shop,
    program: &Path,
    change: &Change,
    pictures: &[Whole; 2],
    call: &Call,
    root: &Path,
) -> Result<Outcome, String> {
    lab::copy(&change.root, root);
    // Every other time a process is there that has the root open all the while, as a daemon has.
    let open = match call.when % 2 {
        0 => Some(Engine::open(root).map_err(|error| error.to_string())?),
        _ => None,
    };
    let end = trace::disturb(program, &change.arguments(root), call, "signal=KILL");
    after(shop, pictures, open, &end, root)
}

/// Proves that a root is whole after its change was killed, and goes on.
pub(crate) fn after(
    shop: &Shop,
    [before, after]: &[Whole; 2],
    mut open: Option<Engine>,
    end: &End,
    root: &Path,
) -> Result<Outcome, String> {
    // As it stands, before anything repairs anything: this is what would boot.
    let candidates: Vec<&Packages> = before.packages().into_iter().chain(after.packages()).collect();
    let standing = verify::standing(shop, root, &candidates)?;
    // That process makes a change, one that keeps everything. The next start comes in any case.
    if let Some(open) = &mut open {
        let kept = open.prune(usize::MAX, &Unwatched);
        kept.map_err(|error| format!("a change of another process fails: {error}"))?;
    }
    drop(open);
    drop(Engine::open(root).map_err(|error| format!("the next start fails: {error}"))?);
    let found = verify::whole(shop, root)?;
    if found.active != standing {
        let active = found.active;
        return Err(format!(
            "{standing:?} was in place, and recovery made {active:?} active"
        ));
    }
    // Nothing that was there is lost, and nothing came but what was to come.
    let said_done = matches!(end, End::Killed { said } if said.contains("done"));
    let outcome = match end {
        End::Killed { .. } if found == *after && (said_done || after != before) => Outcome::New,
        End::Killed { .. } if found == *before && !said_done => Outcome::Old,
        End::Done(_) if found == *after => Outcome::Ended,
        _ => return Err(format!("it ended with {end:?}, and then there is {found:?}")),
    };
    goes_on(shop, root)?;
    Ok(outcome)
}

/// Proves that the next change works: it learns of the newest packages, installs some, and leaves nothing behind.
pub(crate) fn goes_on(shop: &Shop, root: &Path) -> Result<(), String> {
    let mut engine = Engine::open(root).map_err(|error| error.to_string())?;
    for (id, refreshed) in engine.refresh_all(&Unwatched).map_err(|error| error.to_string())? {
        refreshed.map_err(|error| format!("{id} cannot be refreshed: {error}"))?;
    }
    engine
        .hold(&["tiny-a".to_owned()], false)
        .map_err(|error| error.to_string())?;
    lab::install(&mut engine, shop.next).map_err(|error| format!("the next change fails: {error}"))?;
    drop(engine);
    let next = verify::whole(shop, root).map_err(|reason| format!("after the next change: {reason}"))?;
    if next.packages() != Some(&shop.hashes(shop.next, 2)) {
        return Err(format!("the next change left {next:?}"));
    }
    verify::no_downloads(root)
}

#[test]
fn a_change_that_is_killed_at_any_call_leaves_the_old_or_the_new_state_whole() {
    if !lab::alone("kill::a_change_that_is_killed_at_any_call_leaves_the_old_or_the_new_state_whole") {
        return;
    }
    let (shop, scratch, program) = (Shop::open(), lab::scratch(), lab::transaction());
    let changes = changes(&shop, scratch.path());
    let mut pictures: Vec<[Whole; 2]> = Vec::new();

    // The calls of an undisturbed run of each, in one thread and in two.
    let mut points: Vec<(usize, bool, Call)> = Vec::new();
    for (number, change) in changes.iter().enumerate() {
        let before = verify::whole(&shop, &change.root).unwrap();
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
            let after = verify::whole(&shop, &root).unwrap();
            assert_eq!(after.packages(), Some(&change.new), "{}", change.name);
            if pinned {
                pictures.push([before.clone(), after]);
            }
            std::fs::remove_dir_all(&root).unwrap();
            let wanted = match (lab::full(), pinned) {
                (true, _) => usize::MAX,
                (false, true) => change.points,
                (false, false) => change.points / 6,
            };
            let chosen = trace::choose(&calls, wanted);
            let threads = if pinned { "one thread" } else { "two threads" };
            println!("{}, {threads}: {} of {} calls", change.name, chosen.len(), calls.len());
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
            let outcome = kill(&shop, &program, change, &pictures[*number], call, &root);
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
    // Both sides of the moment that counts were tried.
    for (change, [before, after]) in changes.iter().zip(&pictures) {
        let reached = |outcome| outcomes.contains_key(&(change.name, outcome));
        assert!(
            before == after || (reached(Outcome::Old) && reached(Outcome::New)),
            "{}",
            change.name
        );
    }
}

#[test]
fn a_repair_that_is_killed_at_any_call_can_be_made_again() {
    if !lab::alone("kill::a_repair_that_is_killed_at_any_call_can_be_made_again") {
        return;
    }
    let (shop, scratch, program) = (Shop::open(), lab::scratch(), lab::transaction());
    let template = scratch.path().join("template");
    lab::before(&shop, &template);
    let whole = verify::whole(&shop, &template).unwrap();
    // A content that the active state and an archived one share, a file of each alone, and a link.
    std::fs::write(template.join("usr/bin/sh"), "other bytes").unwrap();
    for (state, name) in [("usr", "share/docs/0/0"), (".moult/states/1/usr", "lib/ld.so")] {
        let path = template.join(state).join(name);
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "another file").unwrap();
    }
    std::fs::remove_file(template.join(".moult/states/1/usr/sbin/su")).unwrap();
    verify::whole(&shop, &template).expect_err("the damage is seen");

    let arguments = |root: &Path| vec!["repair".to_owned(), root.to_str().unwrap().to_owned()];
    let recorded = scratch.path().join("recorded");
    lab::copy(&template, &recorded);
    let run = || {
        trace::pin(0);
        trace::record(&program, &arguments(&recorded), &scratch.path().join("calls"))
    };
    let (end, calls) = std::thread::scope(|scope| scope.spawn(run).join().unwrap());
    assert_eq!(end, End::Done(2));
    assert_eq!(verify::whole(&shop, &recorded).unwrap(), whole);
    let points = trace::choose(&calls, if lab::full() { usize::MAX } else { 40 });
    let work = |worker: usize, call: &Call| {
        trace::pin(worker);
        let root = scratch.path().join(format!("repaired-{worker}"));
        lab::copy(&template, &root);
        let end = trace::disturb(&program, &arguments(&root), call, "signal=KILL");
        let outcome = (|| {
            // A damaged system is still the one that boots.
            let number = std::fs::read_to_string(root.join("usr/lib/moult/state"));
            if number.as_deref().map_err(|error| error.to_string())? != "2\n" {
                return Err(format!("/usr is state {number:?}"));
            }
            let mut engine = Engine::open(&root).map_err(|error| format!("the next start fails: {error}"))?;
            let verified = engine
                .verify(true, &Unwatched)
                .map_err(|error| format!("the repair fails: {error}"))?;
            drop(engine);
            let found = verify::whole(&shop, &root)?;
            let clean = verified.left.is_empty() && found == whole;
            if clean {
                Ok(())
            } else {
                Err(format!("left: {:?}, {found:?}", verified.left))
            }
        })();
        std::fs::remove_dir_all(&root).unwrap();
        outcome.map_err(|reason| format!("repair killed at {call:?} ({end:?}): {reason}"))
    };
    let wrong = lab::each(&points, work);
    println!(
        "a repair killed at {} points, {} of them wrong",
        points.len(),
        wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "{} points:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}
