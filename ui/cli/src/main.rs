//! `moultctl`: Moult without a window.
//!
//! It exits with 0 when it is done, 1 when it was refused or failed (what was there is intact), 2 when it was used
//! wrongly.

mod arguments;
mod backend;
mod boot;
mod change;
mod compose;
mod error;
mod generate;
mod inspect;
mod model;
mod packages;
mod print;
mod progress;
mod repositories;
mod session;
mod states;
mod terminal;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgMatches;
use clap::error::ErrorKind;
use moult_api::{Action, BootSpan, FailureCode};
use moult_i18n::{Language, fl};

use crate::error::Error;
use crate::session::Session;

/// What goes to stdout, and what may still be wrong about it.
pub(crate) type Answer = Result<(String, Option<Error>), Error>;

fn main() -> ExitCode {
    let language = Language::of_environment();
    let matches = match arguments::command(language).try_get_matches_from(std::env::args_os()) {
        Ok(matches) => matches,
        Err(error) => {
            // Help goes to stdout and is no mistake. A closed pipe is none either.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let mut session = Session {
        language,
        json: matches.get_flag("json"),
        yes: matches.get_flag("yes"),
        root: None,
    };

    match answer(&mut session, &matches) {
        Ok((text, bad)) => match std::io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
            _ if bad.is_some() => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        },
        Err(error) => {
            let text = error.report(language, session.json);
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn answer(session: &mut Session, matches: &ArgMatches) -> Answer {
    if let Some(("generate", matches)) = matches.subcommand() {
        let command = arguments::command(session.language);
        return Ok((generate::run(command, &path(matches, "folder"))?, None));
    }
    session.root = match matches.get_one::<OsString>("root") {
        Some(root) => Some(absolute(session.language, Path::new(root))?),
        None => None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::silent(session.language, &error.to_string()))?;

    runtime.block_on(run(session, matches))
}

/// The backend has its own working folder, so a relative root would be another one there.
fn absolute(language: Language, root: &Path) -> Result<PathBuf, Error> {
    std::fs::canonicalize(root).map_err(|error| {
        let text = fl!(
            language,
            "ctl-root-cannot",
            root = print::visible(&root.to_string_lossy()),
            reason = error.to_string()
        );
        Error::said(FailureCode::BadInput, text)
    })
}

async fn run(session: &Session, matches: &ArgMatches) -> Answer {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok((String::new(), None));
    };
    let dry_run = || matches.get_flag("dry-run");
    let orphans = || matches.get_flag("orphans");
    let text = match name {
        "install" => {
            let wanted: Vec<_> = matches
                .get_many::<OsString>("package")
                .unwrap_or_default()
                .cloned()
                .collect();
            change::install(session, &wanted, matches.get_flag("reinstall"), dry_run()).await?
        }
        "remove" => change::change(session, Action::Remove, names(matches), orphans(), dry_run()).await?,
        "sync" => repositories::sync(session, names(matches), orphans(), dry_run()).await?,
        "mark" => {
            let action = if matches.get_flag("explicit") {
                Action::MarkExplicit
            } else {
                Action::MarkAutomatic
            };
            change::change(session, action, names(matches), false, false).await?
        }
        "hold" => change::hold(session, &names(matches), true).await?,
        "unhold" => change::hold(session, &names(matches), false).await?,
        "search" => {
            let words: Vec<_> = matches
                .get_many::<String>("term")
                .unwrap_or_default()
                .map(String::as_str)
                .collect();
            let limit = matches.get_one("limit").copied().unwrap_or(1);
            packages::search(session, &words.join(" "), limit).await?
        }
        "list" => packages::list(session).await?,
        "info" => packages::info(session, &word(matches, "package")).await?,
        "files" => packages::files(session, &word(matches, "package")).await?,
        "why" => packages::why(session, &word(matches, "package")).await?,
        "repo" => return repositories::run(session, matches).await,
        "state" => return state(session, matches).await,
        "boot" => boot(session, matches).await?,
        "model" => model(session, matches).await?,
        "compose" => {
            let to = compose::To::parse(path(matches, "to").as_os_str());
            let to = match to {
                Some(to) if session.root.is_none() => to,
                found => wrong_compose(session.language, found.is_some(), &path(matches, "to")),
            };
            compose::run(session, &path(matches, "model"), &to).await?
        }
        "inspect" => inspect::run(session, &path(matches, "file")).await?,
        _ => String::new(),
    };

    Ok((text, None))
}

async fn boot(session: &Session, matches: &ArgMatches) -> Result<String, Error> {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok(String::new());
    };
    match name {
        "status" => boot::status(session).await,
        "sync" => boot::sync(session).await,
        "set-next" => {
            let span = match matches.get_flag("always") {
                true => BootSpan::Always,
                false => BootSpan::Once,
            };
            boot::set_next(session, number(matches, "state"), span).await
        }
        _ => Ok(String::new()),
    }
}

async fn model(session: &Session, matches: &ArgMatches) -> Result<String, Error> {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok(String::new());
    };
    let dry_run = || matches.get_flag("dry-run");
    match name {
        "export" => model::export(session, number(matches, "state")).await,
        "import" => model::import(session, &path(matches, "file"), dry_run()).await,
        "sync" => model::sync(session, dry_run()).await,
        "diff" => {
            let file = matches.get_one::<OsString>("file").map(Path::new);
            model::diff(session, file).await
        }
        _ => Ok(String::new()),
    }
}

/// Says what is wrong with a use of `compose`, and ends with 2.
fn wrong_compose(language: Language, understood: bool, to: &Path) -> ! {
    let (kind, text) = if understood {
        (ErrorKind::ArgumentConflict, fl!(language, "ctl-compose-root"))
    } else {
        let to = print::visible(&to.to_string_lossy());
        (
            ErrorKind::ValueValidation,
            fl!(language, "ctl-compose-to-wrong", to = to),
        )
    };
    arguments::command(language).error(kind, text).exit()
}

async fn state(session: &Session, matches: &ArgMatches) -> Answer {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok((String::new(), None));
    };
    let id = || number(matches, "state");
    let text = match name {
        "list" => states::list(session).await?,
        "show" => states::show(session, id()).await?,
        "diff" => states::diff(session, number(matches, "from"), number(matches, "to")).await?,
        "activate" => states::activate(session, id()).await?,
        "name" => states::name(session, id(), &word(matches, "text")).await?,
        "pin" => states::pin(session, id(), true).await?,
        "unpin" => states::pin(session, id(), false).await?,
        "verify" => return states::verify(session, matches.get_flag("repair")).await,
        "remove" => {
            let ids: Vec<u64> = matches.get_many::<u64>("state").unwrap_or_default().copied().collect();
            states::remove(session, &ids).await?
        }
        "prune" => states::prune(session, matches.get_one("keep").copied().unwrap_or(u32::MAX)).await?,
        _ => String::new(),
    };

    Ok((text, None))
}

pub(crate) fn names(matches: &ArgMatches) -> Vec<String> {
    matches
        .get_many::<String>("package")
        .unwrap_or_default()
        .cloned()
        .collect()
}

pub(crate) fn word(matches: &ArgMatches, name: &str) -> String {
    matches.get_one::<String>(name).cloned().unwrap_or_default()
}

fn number(matches: &ArgMatches, name: &str) -> u64 {
    matches.get_one(name).copied().unwrap_or(0)
}

pub(crate) fn path(matches: &ArgMatches, name: &str) -> PathBuf {
    matches.get_one::<OsString>(name).map(PathBuf::from).unwrap_or_default()
}
