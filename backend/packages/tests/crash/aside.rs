//! A repository is put aside and brought back: the process is killed, or the disk fails, at every call that writes.

use std::collections::BTreeMap;
use std::path::Path;

use moult_packages::{Engine, Error, Repository};

use crate::faults::NEED_ROOM;
use crate::lab;
use crate::trace::{self, Call, End};

/// One file is of others too and becomes KDL, one goes, and the last one counts.
const FILES: [(&str, &str); 3] = [
    (
        "a.yaml",
        "other:\n  uri: file:///o/stone.index # theirs\nshop:\n  uri: file:///1/stone.index\n",
    ),
    ("b.kdl", "shop { uri \"file:///2/stone.index\" }\n"),
    (
        "c.kdl",
        "// by hand\nshop { uri \"https://ada:tr0ub4dor@localhost/stone.index\"; priority 3 }\n",
    ),
];

fn files(root: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(root.join("etc/moult/repo.d")).unwrap();
    let file = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        (entry.file_name().into_string().unwrap(), text)
    };
    entries.map(|entry| file(entry.unwrap())).collect()
}

fn shop(engine: &Engine) -> Option<Repository> {
    let all = engine.configuration().unwrap().repositories.into_iter();
    all.map(|one| one.repository).find(|one| one.id == "shop")
}

/// What the removal is called, if it is kept as a whole.
fn name(root: &Path) -> Option<String> {
    let left = std::fs::read(root.join("etc/moult/removed/shop.d/.left")).ok()?;
    let left: serde_json::Value = serde_json::from_slice(&left).unwrap();
    Some(left["name"].as_str().unwrap().to_owned())
}

/// Each call that writes, of a command in a copy of a root, with what happens there.
fn points(program: &Path, scratch: &Path, root: &Path, words: &[&str]) -> Vec<(String, Call)> {
    let copy = scratch.join("recorded");
    lab::copy(root, &copy);
    let (arguments, log) = (arguments(&copy, words), scratch.join("calls"));
    let record = || {
        trace::pin(0);
        trace::record(program, &arguments, &log)
    };
    let (end, calls) = std::thread::scope(|scope| scope.spawn(record).join().unwrap());
    assert!(matches!(end, End::Done(_)), "{words:?}: {end:?}");
    std::fs::remove_dir_all(&copy).unwrap();
    let mut points = Vec::new();
    for call in calls.into_iter().filter(|call| call.of.is_some()) {
        let room = NEED_ROOM.contains(&call.name.as_str()).then_some("error=ENOSPC");
        let hows = ["signal=KILL", "error=EIO"].into_iter().chain(room);
        points.extend(hows.map(|how| (how.to_owned(), call.clone())));
    }
    points
}

fn arguments(root: &Path, words: &[&str]) -> Vec<String> {
    let (command, words) = words.split_first().unwrap();
    let mut arguments = vec![(*command).to_owned(), root.to_str().unwrap().to_owned()];
    arguments.extend(words.iter().map(|&word| word.to_owned()));
    arguments
}

#[test]
fn a_repository_is_as_it_was_or_gone_or_as_it_was_again_whatever_call_fails() {
    if !lab::alone("aside::a_repository_is_as_it_was_or_gone_or_as_it_was_again_whatever_call_fails") {
        return;
    }
    let (scratch, program) = (lab::scratch(), lab::transaction());
    let (before, after) = (scratch.path().join("before"), scratch.path().join("after"));
    for (name, text) in FILES {
        let path = before.join("etc/moult/repo.d").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let original = shop(&Engine::open(&before).unwrap()).unwrap();
    let texts = files(&before);
    lab::copy(&before, &after);
    let (_, kept) = Engine::open(&after).unwrap().put_repository_aside("shop").unwrap();

    let mut tries = Vec::new();
    for (root, words) in [(&before, vec!["aside", "shop"]), (&after, vec!["back", "shop", &kept])] {
        let points = points(&program, scratch.path(), root, &words);
        println!("{words:?}: {} points", points.len());
        tries.extend(points.into_iter().map(|point| (root.as_path(), words.clone(), point)));
    }
    let work = |worker: usize, (from, words, (how, call)): &(&Path, Vec<&str>, (String, Call))| {
        trace::pin(worker);
        let root = scratch.path().join(format!("run-{worker}"));
        let log = scratch.path().join(format!("log-{worker}"));
        lab::copy(from, &root);
        let (end, _) = trace::inject(&program, &arguments(&root, words), call, how, &log);
        let result = judge(&root, words[0], &end, (&original, &texts, &kept));
        std::fs::remove_dir_all(&root).unwrap();
        result.map_err(|reason| format!("{words:?}, {how} at {}: {end:?}: {reason}", call.text))
    };
    let wrong = lab::each(&tries, work);
    assert!(tries.len() > 60, "{}", tries.len());
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        tries.len(),
        wrong.join("\n")
    );
}

fn judge(
    root: &Path,
    command: &str,
    end: &End,
    (original, texts, kept): (&Repository, &BTreeMap<String, String>, &str),
) -> Result<(), String> {
    let said = |error: Error| error.to_string();
    let mut engine = Engine::open(root).map_err(said)?;
    let is_gone = match shop(&engine) {
        None => true,
        Some(found) if found == *original => false,
        Some(found) => return Err(format!("it is another one: {found:?}")),
    };
    let is_whole = || files(root) == *texts;
    match (command, end) {
        ("aside", End::Refused { .. }) if !is_whole() => {
            return Err(format!("it said no and changed {:?}", files(root)));
        }
        ("aside", End::Done(_)) if !is_gone => return Err("it is still there".to_owned()),
        ("aside", End::Done(_)) => {
            let name = name(root).ok_or("it is not kept")?;
            let _ = engine.bring_repository_back("shop", &name).map_err(said)?;
        }
        ("back", _) => match engine.bring_repository_back("shop", kept) {
            // All was done already.
            Ok(_) | Err(Error::UnknownRepository(_)) => {}
            Err(error) => return Err(error.to_string()),
        },
        _ => {}
    }
    if (command == "back" || matches!(end, End::Done(_))) && !is_whole() {
        return Err(format!("it is not as it was: {:?}", files(root)));
    }
    // Nothing of a password stays where it can be forgotten.
    drop(engine);
    let left = std::fs::read_dir(root.join("etc/moult/removed")).map_or(0, Iterator::count);
    let may_stay = command == "aside" && name(root).is_some();
    match left {
        0 => Ok(()),
        _ if may_stay => Ok(()),
        more => Err(format!("{more} are kept")),
    }
}
