//! One change of a root, made by a process of its own: what `tests/crash` kills, starves and disturbs.
//!
//!     transaction setup ROOT INDEX        make the root know the repository of this stone.index
//!     transaction know ROOT INDEX         the same without reading it
//!     transaction install ROOT NAME...    a state of exactly these packages and what they need
//!     transaction remove ROOT NAME...     these packages go
//!     transaction activate ROOT STATE     another state becomes the active one
//!     transaction prune ROOT KEEP         old states go, but this many
//!     transaction spare ROOT              prepare the next change
//!     transaction repair ROOT             look at everything, and repair what can be
//!     transaction refresh ROOT            read all package lists anew
//!     transaction sync ROOT               everything to the releases that the repositories have
//!     transaction model ROOT FILE         take in a system model, and make the system what it says
//!     transaction import ROOT FILE        take in a package file, and install it
//!     transaction hold ROOT NAME...       packages stay at their releases
//!     transaction name ROOT STATE NAME    a state gets a name
//!     transaction pin ROOT STATE          a state is never pruned
//!     transaction aside ROOT REPOSITORY   a repository goes, and its files are kept
//!     transaction back ROOT REPOSITORY NAME  it comes back
//!     transaction ask ROOT                questions of each kind, without the right to write anything
//!     transaction open ROOT               finish or drop what a process that died left
//!     transaction serve ROOT [FILE]       the commands above without ROOT, one a line from a file or standard input
//!
//! One line of answer to each: `done NUMBER` with the active state's number, or `refused STANDING ERROR`, and exit 1.

use std::io::{BufRead, Write};
use std::path::Path;

use moult_packages::{Engine, Error, Orphans, Provider, Repository, Request, Unwatched, Url, Wanted};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, root, words @ ..] = arguments.as_slice() else {
        return Err("usage: transaction COMMAND ROOT [WORD...]".into());
    };
    let root = Path::new(root);
    if command == "ask" {
        let asked = Engine::open_reader(root).and_then(|reader| ask(&reader));
        if !answer(asked)? {
            std::process::exit(1);
        }
        return Ok(());
    }
    if command != "serve" {
        let mut engine = match Engine::open(root) {
            Ok(engine) => engine,
            Err(error) => return answer(Err(error)).map(|_| std::process::exit(1)),
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if !answer(run(&mut engine, command, &words))? {
            std::process::exit(1);
        }
        return Ok(());
    }
    let mut engine = Engine::open(root)?;
    let lines: Box<dyn BufRead> = match words {
        [file, ..] => Box::new(std::io::BufReader::new(std::fs::File::open(file)?)),
        [] => Box::new(std::io::stdin().lock()),
    };
    for line in lines.lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        if let [command, words @ ..] = words.as_slice() {
            answer(run(&mut engine, command, words))?;
        }
    }
    Ok(())
}

/// Tells the outcome; false if it is a refusal.
fn answer(outcome: Result<u64, Error>) -> Result<bool, Failure> {
    let mut out = std::io::stdout().lock();
    match &outcome {
        Ok(state) => writeln!(out, "done {state}")?,
        Err(error) => writeln!(out, "refused {:?} {error:?}", error.standing())?,
    }
    out.flush()?;
    Ok(outcome.is_ok())
}

fn run(engine: &mut Engine, command: &str, words: &[&str]) -> Result<u64, Error> {
    match (command, words) {
        ("setup" | "know", [index]) => {
            let wrong = |reason: &str| Error::BadRepository {
                id: "shop".to_owned(),
                reason: reason.to_owned(),
            };
            let uri = Url::from_file_path(index).map_err(|()| wrong("not an absolute path"))?;
            engine.add_repository(&Repository::direct("shop", uri))?;
            if command == "setup" {
                engine.refresh("shop", &Unwatched)?;
            }
        }
        ("install", names) => {
            let wanted: Vec<Provider> = names.iter().filter_map(|name| name.parse().ok()).collect();
            let selection = engine.resolve(&wanted)?;
            engine.install(&selection, "a transaction", &Unwatched)?;
        }
        ("remove", names) => {
            let request = Request::Remove {
                packages: names.iter().map(|name| (*name).to_owned()).collect(),
                orphans: Orphans::Keep,
            };
            let plan = engine.plan(&request, &Unwatched)?;
            engine.apply(&plan, &Unwatched)?;
        }
        ("activate", [state]) => {
            engine.activate(state.parse().unwrap_or(0), &Unwatched)?;
        }
        ("prune", [keep]) => {
            engine.prune(keep.parse().unwrap_or(usize::MAX), &Unwatched)?;
        }
        ("spare", []) => engine.prepare_spare(&Unwatched)?,
        ("refresh", []) => {
            for (_, refreshed) in engine.refresh_all(&Unwatched)? {
                refreshed?;
            }
        }
        ("sync", []) => {
            let request = Request::Sync {
                only: Vec::new(),
                orphans: Orphans::Keep,
            };
            let plan = engine.plan(&request, &Unwatched)?;
            engine.apply(&plan, &Unwatched)?;
        }
        ("model", [file]) => {
            let text = std::fs::read_to_string(file).map_err(|error| unread(file, error))?;
            let model = engine.import_model(&text, &Unwatched)?.model;
            let plan = engine.plan(&Request::Model(model), &Unwatched)?;
            engine.apply(&plan, &Unwatched)?;
        }
        ("import", [file]) => {
            let package = std::fs::File::open(file).map_err(|error| unread(file, error))?;
            let package = engine.import(package, &Unwatched)?;
            let request = Request::Install {
                wanted: vec![Wanted::Imported(package.hash)],
                reinstall: false,
            };
            let plan = engine.plan(&request, &Unwatched)?;
            engine.apply(&plan, &Unwatched)?;
        }
        ("hold", names) => {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            engine.hold(&names, true)?;
        }
        ("name", [state, name]) => engine.name_state(state.parse().unwrap_or(0), name)?,
        ("pin", [state]) => engine.pin_state(state.parse().unwrap_or(0), true)?,
        ("aside", [repository]) => drop(engine.put_repository_aside(repository)?),
        ("back", [repository, name]) => drop(engine.bring_repository_back(repository, name)?),
        ("repair", []) => {
            let left = engine.verify(true, &Unwatched)?.left;
            if !left.is_empty() {
                let reason = format!("{left:?}");
                return Err(Error::DamagedState { state: 0, reason });
            }
        }
        // Opening was all.
        _ => {}
    }
    Ok(engine.active()?.unwrap_or(0))
}

fn unread(file: &str, source: std::io::Error) -> Error {
    Error::Io {
        doing: "reading a file",
        path: file.into(),
        source,
    }
}

/// What a store without rights asks.
fn ask(reader: &Engine) -> Result<u64, Error> {
    for state in reader.states()? {
        reader.state(state.id)?;
    }
    reader.installed()?;
    reader.holds()?;
    let found = reader.list_available();
    if let Some(first) = found?.first() {
        reader.info(&first.name)?;
    }
    Ok(reader.active()?.unwrap_or(0))
}
