//! Every call that writes, of small changes of each kind: it fails with `ENOSPC`, it fails with `EIO`, the process is
//! killed there. The packages come over HTTP from this process.
//!
//! A call is found by its name and its path, so that no thread of a download is in the way of another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use minisign::KeyPair;
use moult_packages::index::{self, Signing};
use moult_packages::{Engine, Repository, Unwatched};

use crate::data::{Shop, TINY};
use crate::faults::{self, NEED_ROOM};
use crate::kill::{self, Change};
use crate::lab;
use crate::site::Site;
use crate::trace::{self, Call, End};
use crate::verify::{self, Whole};

/// A repository of the tiny packages on a server, and changes of roots that know it.
pub(crate) struct Place {
    pub(crate) shop: Shop,
    /// Ends with the test.
    _site: Site,
    pub(crate) changes: Vec<Change>,
}

/// Publishes the packages of these releases as a history of a stream, signed.
fn publish(shop: &Shop, history: &str, releases: &[u64], pair: &KeyPair) {
    let top = shop.folder.path().join("stream/main");
    let folder = top.join(format!("history/{history}/x86_64"));
    std::fs::create_dir_all(&folder).unwrap();
    for release in releases {
        for name in TINY {
            let file = format!("{name}-{release}.stone");
            std::fs::copy(shop.folder.path().join(&file), folder.join(&file)).unwrap();
        }
    }
    let key = pair.sk.to_box(None).unwrap().into_string();
    index::make(&folder, Some(&Signing::new(&key)), &Unwatched).unwrap();
    let text = format!(
        r#"{{"formats": {{"v0": {{}}}}, "streams": {{"unstable": {{"format": "v0", "history": "{history}"}}}},
            "tags": {{}}, "history": {{"h1": {{"format": "v0"}}, "h2": {{"format": "v0"}}}}}}"#
    );
    std::fs::write(top.join("moss-root-index.json"), text).unwrap();
}

impl Place {
    pub(crate) fn open(folder: &Path) -> Place {
        let shop = Shop::tiny();
        let site = Site::new(shop.folder.path());
        let at = |name: &str| folder.join(name);
        let publish_list = |name: &str| std::fs::copy(shop.index(name), shop.index("stone.index")).unwrap();
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();

        // Two states of the first release, from a list that had no other.
        let (stale, before, after) = (at("stale"), at("before"), at("after"));
        publish_list("old.index");
        let mut engine = lab::know_of(&stale, &site.repository("shop"));
        lab::install(&mut engine, &TINY[..1]).unwrap();
        lab::install(&mut engine, &TINY[..2]).unwrap();
        drop(engine);
        let versioned = at("versioned");
        publish(&shop, "h1", &[1], &pair);
        let mut repository = Repository::versioned("shop", site.url("stream/"), "stream/unstable".parse().unwrap());
        repository.keys = vec![pair.pk.to_base64()];
        drop(lab::know_of(&versioned, &repository));
        publish(&shop, "h2", &[1, 2], &pair);

        publish_list("new.index");
        lab::copy(&stale, &before);
        Engine::open(&before).unwrap().refresh("shop", &Unwatched).unwrap();
        lab::copy(&before, &after);
        lab::install(&mut Engine::open(&after).unwrap(), &TINY).unwrap();
        let model = at("model.kdl");
        let text = Engine::open(&after).unwrap().model(None).unwrap();
        std::fs::write(&model, format!("// written by hand\n{text}")).unwrap();
        let spare = at("spare");
        lab::copy(&after, &spare);
        Engine::open(&spare).unwrap().prepare_spare(&Unwatched).unwrap();

        let (few, two, all) = (
            shop.hashes(&TINY[..1], 1),
            shop.hashes(&TINY[..2], 1),
            shop.hashes(&TINY, 2),
        );
        let synced = shop.hashes(&TINY[..2], 2);
        let rest = shop.hashes(&TINY[..2], 2);
        let imported: BTreeSet<String> = two.union(&shop.hashes(&TINY[2..], 1)).cloned().collect();
        let (model, stone) = (
            model.display().to_string(),
            shop.index("tiny-c-1.stone").display().to_string(),
        );
        let list = shop.index("new.index").display().to_string();
        let none = BTreeSet::new();
        let change = Change::new;
        let mut changes = vec![
            change("install", &before, "install", &TINY, all.clone(), 60),
            change("remove", &after, "remove", &TINY[2..], rest.clone(), 40),
            change("activate", &after, "activate", &["1"], few, 20),
            change("prune", &after, "prune", &["1"], all.clone(), 30),
            change("remove with a spare tree", &spare, "remove", &TINY[2..], rest, 20),
            change("refresh", &stale, "refresh", &[], two.clone(), 20),
            change("refresh a signed stream", &versioned, "refresh", &[], none, 20),
            change("change a repository", &stale, "know", &[list.as_str()], two.clone(), 20),
            change("sync", &before, "sync", &[], synced, 20),
            change("follow a model", &before, "model", &[model.as_str()], all, 20),
            change("import", &before, "import", &[stone.as_str()], imported, 20),
            change("hold", &before, "hold", &TINY[..1], two.clone(), 8),
            change("name", &before, "name", &["1", "mine"], two.clone(), 8),
            change("pin", &before, "pin", &["1"], two, 8),
        ];
        if let Some(only) = std::env::var_os("MOULT_CRASH_CHANGE") {
            changes.retain(|change| only == change.name);
        }
        Place {
            shop,
            _site: site,
            changes,
        }
    }
}

/// A part of the calls, or all of them; only those with a path of the root.
fn points(calls: &[Call], part: usize) -> Vec<Call> {
    let with_path: Vec<Call> = calls.iter().filter(|call| call.of.is_some()).cloned().collect();
    trace::choose(&with_path, if lab::full() { usize::MAX } else { part })
}

/// What came of all points of a kind.
#[derive(Default)]
struct Sum {
    by: Mutex<BTreeMap<String, usize>>,
    missed: Mutex<Vec<String>>,
}

impl Sum {
    fn count(&self, what: String) {
        *self.by.lock().unwrap().entry(what).or_default() += 1;
    }

    fn end(self, what: &str, tried: usize, wrong: &[String]) {
        let (by, missed) = (self.by.into_inner().unwrap(), self.missed.into_inner().unwrap());
        println!(
            "{what}: {tried} points, {} wrong, {} not made: {by:#?}",
            wrong.len(),
            missed.len()
        );
        println!("not made: {:#?}", &missed[..missed.len().min(20)]);
        assert!(
            wrong.is_empty(),
            "{} points:\n{}",
            wrong.len(),
            wrong[..wrong.len().min(60)].join("\n")
        );
        // The order of rows and of downloads is not always the same; nearly all calls are.
        assert!(
            missed.len() * 20 <= tried,
            "{} of {tried} calls were not made",
            missed.len()
        );
    }
}

#[test]
fn every_call_that_writes_may_fail_and_the_old_or_the_new_state_is_whole() {
    if !lab::alone("every::every_call_that_writes_may_fail_and_the_old_or_the_new_state_is_whole") {
        return;
    }
    let (scratch, program) = (lab::scratch(), lab::transaction());
    let place = Place::open(scratch.path());
    let (mut pictures, mut tries) = (Vec::new(), Vec::new());
    for (number, change) in place.changes.iter().enumerate() {
        let (picture, calls) = change.record(&place.shop, &program, scratch.path());
        pictures.push(picture);
        let mut chosen = points(&calls, change.points / 3);
        // What decides whether something was done.
        if ["install", "activate", "prune"].contains(&change.name) {
            chosen.extend(
                calls
                    .iter()
                    .filter(|call| call.of.is_some() && call.name == "fsync")
                    .cloned(),
            );
            chosen.sort();
            chosen.dedup();
        }
        println!("{}: {} of {} calls", change.name, chosen.len(), calls.len());
        for call in chosen {
            if NEED_ROOM.contains(&call.name.as_str()) {
                tries.push((number, "ENOSPC", call.clone()));
            }
            tries.push((number, "EIO", call));
        }
    }
    let sum = Sum::default();
    let work = |worker: usize, (number, error, call): &(usize, &'static str, Call)| {
        trace::pin(worker);
        let change = &place.changes[*number];
        let (root, log) = (
            scratch.path().join(format!("run-{worker}")),
            scratch.path().join(format!("log-{worker}")),
        );
        lab::copy(&change.root, &root);
        let (end, felt) = trace::inject(
            &program,
            &change.arguments(&root),
            call,
            &format!("error={error}"),
            &log,
        );
        let outcome = if felt {
            faults::judge(&place.shop, &pictures[*number], &end, (call, error), &root)
        } else {
            sum.missed
                .lock()
                .unwrap()
                .push(format!("{}: {}", change.name, call.text));
            finished(&place.shop, &pictures[*number], &end, &root).map(|()| faults::Outcome::Done)
        };
        std::fs::remove_dir_all(&root).unwrap();
        let outcome = outcome.map_err(|reason| format!("{}, {error} at {}: {reason}", change.name, call.text))?;
        sum.count(format!("{}, {error}: {outcome:?}", change.name));
        Ok(())
    };
    let wrong = lab::each(&tries, work);
    sum.end("failing calls", tries.len(), &wrong);
}

/// The call was not made this time: all is well.
fn finished(shop: &Shop, [_, after]: &[Whole; 2], end: &End, root: &Path) -> Result<(), String> {
    let found = verify::whole(shop, root)?;
    if !matches!(end, End::Done(_)) || found != *after {
        return Err(format!("it was not disturbed and ended with {end:?}: {found:?}"));
    }
    Ok(())
}

#[test]
fn changes_of_each_kind_may_be_killed_at_every_call_that_writes() {
    if !lab::alone("every::changes_of_each_kind_may_be_killed_at_every_call_that_writes") {
        return;
    }
    let (scratch, program) = (lab::scratch(), lab::transaction());
    let place = Place::open(scratch.path());
    let (mut pictures, mut tries) = (Vec::new(), Vec::new());
    for (number, change) in place.changes.iter().enumerate() {
        let (picture, calls) = change.record(&place.shop, &program, scratch.path());
        pictures.push(picture);
        // The first kinds are those of `kill`, with larger packages.
        let part = if number == 0 || number > 4 {
            change.points / 2
        } else {
            4
        };
        tries.extend(points(&calls, part).into_iter().map(|call| (number, call)));
    }
    let sum = Sum::default();
    let asked: Mutex<usize> = Mutex::default();
    let work = |worker: usize, (number, call): &(usize, Call)| {
        trace::pin(worker);
        let change = &place.changes[*number];
        let (root, log) = (
            scratch.path().join(format!("run-{worker}")),
            scratch.path().join(format!("log-{worker}")),
        );
        lab::copy(&change.root, &root);
        let open = match call.when % 2 {
            0 => Some(Engine::open(&root).map_err(|error| error.to_string())?),
            _ => None,
        };
        let (end, _) = trace::inject(&program, &change.arguments(&root), call, "signal=KILL", &log);
        let outcome = crate::readers::ask(&program, &root).and_then(|_| {
            *asked.lock().unwrap() += 1;
            kill::after(&place.shop, &pictures[*number], open, &end, &root)
        });
        std::fs::remove_dir_all(&root).unwrap();
        let outcome = outcome.map_err(|reason| format!("{} killed at {}: {reason}", change.name, call.text))?;
        if outcome == kill::Outcome::Ended {
            sum.missed
                .lock()
                .unwrap()
                .push(format!("{}: {}", change.name, call.text));
        }
        sum.count(format!("{}: {outcome:?}", change.name));
        Ok(())
    };
    let wrong = lab::each(&tries, work);
    println!("asked without rights after {} kills", asked.into_inner().unwrap());
    sum.end("kills", tries.len(), &wrong);
}

/// A damaged root in which every call of a repair fails once.
#[test]
fn every_call_of_a_repair_may_fail_and_the_next_repair_works() {
    if !lab::alone("every::every_call_of_a_repair_may_fail_and_the_next_repair_works") {
        return;
    }
    let (scratch, program) = (lab::scratch(), lab::transaction());
    let place = Place::open(scratch.path());
    let template: PathBuf = scratch.path().join("before");
    let whole = verify::whole(&place.shop, &template).unwrap();
    // A content that two states share, and a file of the archived one.
    std::fs::write(template.join("usr/bin/tiny-a"), "other bytes").unwrap();
    std::fs::remove_file(template.join(".moult/states/1/usr/share/tiny-a/empty")).unwrap();
    verify::whole(&place.shop, &template).expect_err("the damage is seen");
    let arguments = |root: &Path| vec!["repair".to_owned(), root.display().to_string()];
    let recorded = scratch.path().join("recorded");
    lab::copy(&template, &recorded);
    let run = || {
        trace::pin(0);
        trace::record(&program, &arguments(&recorded), &scratch.path().join("calls"))
    };
    let (end, calls) = std::thread::scope(|scope| scope.spawn(run).join().unwrap());
    assert_eq!(end, End::Done(2));
    assert_eq!(verify::whole(&place.shop, &recorded).unwrap(), whole);
    let mut tries = Vec::new();
    for call in points(&calls, 16) {
        if NEED_ROOM.contains(&call.name.as_str()) {
            tries.push(("ENOSPC", call.clone()));
        }
        tries.push(("EIO", call));
    }
    let sum = Sum::default();
    let work = |worker: usize, (error, call): &(&'static str, Call)| {
        trace::pin(worker);
        let (root, log) = (
            scratch.path().join(format!("run-{worker}")),
            scratch.path().join(format!("log-{worker}")),
        );
        lab::copy(&template, &root);
        let (end, felt) = trace::inject(&program, &arguments(&root), call, &format!("error={error}"), &log);
        if !felt {
            sum.missed.lock().unwrap().push(format!("repair: {}", call.text));
        }
        let outcome = (|| {
            let mut engine = Engine::open(&root).map_err(|error| format!("the next start fails: {error}"))?;
            if engine.active().map_err(|error| error.to_string())? != Some(2) {
                return Err("state 2 is not active any more".to_owned());
            }
            let verified = engine.verify(true, &Unwatched).map_err(|error| error.to_string())?;
            drop(engine);
            let found = verify::whole(&place.shop, &root)?;
            if !verified.left.is_empty() || found != whole {
                return Err(format!("left: {:?}, {found:?}", verified.left));
            }
            kill::goes_on(&place.shop, &root)
        })();
        std::fs::remove_dir_all(&root).unwrap();
        outcome.map_err(|reason| format!("repair, {error} at {} ({end:?}): {reason}", call.text))?;
        let kind = match end {
            End::Done(_) => "done",
            _ => "refused",
        };
        sum.count(format!("{error}: {kind}"));
        Ok(())
    };
    let wrong = lab::each(&tries, work);
    sum.end("failing calls of a repair", tries.len(), &wrong);
}
