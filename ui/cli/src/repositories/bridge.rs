//! "Updates for ever": a repository that outgrew this program says where a newer one is. It is brought as any package is,
//! and goes on from there.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use moult_api::{Action, ChangePlan, ChangeRequest, FailureCode};
use moult_i18n::fl;

use super::refresh;
use crate::Answer;
use crate::backend::{Backend, Role};
use crate::change;
use crate::error::Error;
use crate::print::visible;
use crate::progress::Follower;
use crate::session::Session;

/// This program in a system whose packages bring it.
const SUCCESSOR: &str = "/usr/bin/moultctl";
/// What the newer program needs of this one's environment: the reader's language and clock, and the terminal.
const ENVIRONMENT: [&str; 5] = ["LC_ALL", "LC_MESSAGES", "LANG", "TZ", "TERM"];

/// `repo bridge NAME [PKG]`.
pub(super) async fn bridge(
    session: &Session,
    name: &str,
    package: Option<&str>,
    dry_run: bool,
) -> Result<String, Error> {
    if !dry_run {
        session.can_confirm()?;
    }
    // Also a rehearsal reads a list that the system does not know yet.
    let backend = Backend::start(session, Role::Admin).await?;
    let package = match package {
        Some(package) => package.to_owned(),
        None => own_package(session, &backend, name).await?,
    };
    let plan = planned(session, &backend, name, &package).await?;
    let packages = backend.packages().await?;
    let text = change::approve(session, &backend, &packages, &plan, dry_run, true).await?;
    if dry_run || session.json {
        return Ok(text);
    }

    go_on(session, backend, &plan, name, text)
}

/// `sync`. Lists that could not be read are tried again first. Where one needs a newer program, that is offered before
/// anything else: what it brings can only be read by it.
pub(crate) async fn sync(
    session: &Session,
    packages: Vec<String>,
    remove_orphans: bool,
    dry_run: bool,
) -> Result<String, Error> {
    if !dry_run {
        session.can_confirm()?;
    }
    let backend = Backend::start(session, if dry_run { Role::Reader } else { Role::Admin }).await?;
    let mut said = String::new();
    if !dry_run {
        let all = backend.packages().await?.repositories().await?;
        for row in all.repositories.iter().filter(|row| row.enabled && row.failed != 0) {
            said += &try_again(session, &backend, &row.name).await?;
        }
    }
    let request = ChangeRequest {
        action: Action::Sync,
        packages,
        imported: Vec::new(),
        remove_orphans,
    };
    if session.json {
        return change::carry_out(session, &backend, &request, dry_run).await;
    }
    if !dry_run {
        let all = backend.packages().await?.repositories().await?;
        let outgrown = |row: &&moult_api::RepositoryRow| row.enabled && !row.newer_format.is_empty();
        if let Some(row) = all.repositories.iter().find(outgrown) {
            match crossed(session, &backend, &row.name).await? {
                Crossed::Over(plan, text) => return go_on(session, backend, &plan, &row.name, said + &text),
                Crossed::Not(why) => said += &why,
            }
        }
    }

    Ok(said + &change::carry_out(session, &backend, &request, dry_run).await?)
}

/// Reads a list again whose last refresh failed. That it still cannot be read is said, and stops nothing.
async fn try_again(session: &Session, backend: &Backend, name: &str) -> Result<String, Error> {
    let follower = Follower::listen(session, backend).await?;
    let job = backend.changes().await?.refresh(name).await?;
    match follower.finish(&job).await {
        Ok(outcome) => Ok(refresh::describe(session, &outcome)),
        Err(Error::Failure(failure)) if failure.code == FailureCode::Cancelled => Err(failure.into()),
        Err(error) => Ok(noted(session, &error)),
    }
}

fn noted(session: &Session, error: &Error) -> String {
    let language = session.language;
    let report = error.report(language, false);
    let text = report.lines().next().unwrap_or_default();
    fl!(language, "ctl-warning", text = text) + "\n"
}

/// Whether the newer program is in place.
enum Crossed {
    Over(Box<ChangePlan>, String),
    Not(String),
}

/// Offers the newer program. A person who declines, and a bridge that is not there, leave things as they are.
async fn crossed(session: &Session, backend: &Backend, name: &str) -> Result<Crossed, Error> {
    let package = match own_package(session, backend, name).await {
        Ok(package) => package,
        Err(error) => return Ok(Crossed::Not(noted(session, &error))),
    };
    let plan = match planned(session, backend, name, &package).await {
        Ok(plan) if plan.packages.is_empty() => return Ok(Crossed::Not(nothing_newer(session, name))),
        Ok(plan) => plan,
        Err(Error::Failure(failure)) if failure.code == FailureCode::Cancelled => return Err(failure.into()),
        Err(error) => return Ok(Crossed::Not(noted(session, &error))),
    };
    let packages = backend.packages().await?;
    if !session.yes {
        let _ = writeln!(
            std::io::stderr().lock(),
            "{}",
            fl!(session.language, "ctl-bridge-offer", name = visible(name))
        );
    }
    match change::approve(session, backend, &packages, &plan, false, true).await {
        Ok(text) => Ok(Crossed::Over(Box::new(plan), text)),
        Err(Error::Said { failure, text }) if failure.code == FailureCode::NotConfirmed => {
            Ok(Crossed::Not(text + "\n"))
        }
        Err(error) => Err(error),
    }
}

/// Offers the newer program after a refresh said that it is needed; `text` is what else there is to say.
pub(super) async fn offer(session: &Session, backend: Backend, name: &str, text: String, bad: Option<Error>) -> Answer {
    match crossed(session, &backend, name).await? {
        Crossed::Over(plan, brought) => Ok((go_on(session, backend, &plan, name, text + &brought)?, bad)),
        Crossed::Not(why) => Ok((text + &why, bad)),
    }
}

async fn own_package(session: &Session, backend: &Backend, name: &str) -> Result<String, Error> {
    let package = backend.packages().await?.engine_package().await?;
    if package.is_empty() {
        let command = session.command(&["repo", "bridge", name, "PKG"]);
        let text = fl!(session.language, "ctl-bridge-which", command = command);
        return Err(Error::said(FailureCode::PackageUnknown, text));
    }
    Ok(package)
}

async fn planned(session: &Session, backend: &Backend, name: &str, package: &str) -> Result<ChangePlan, Error> {
    let follower = Follower::listen(session, backend).await?;
    let job = backend.changes().await?.bridge(name, package).await?;
    let outcome = follower.finish(&job).await?;

    Ok(backend.packages().await?.planned(&outcome.plan).await?)
}

fn nothing_newer(session: &Session, name: &str) -> String {
    fl!(session.language, "ctl-bridge-nothing", name = visible(name)) + "\n"
}

/// The newer program is in place: it goes on, if it is that of the running system.
fn go_on(session: &Session, backend: Backend, plan: &ChangePlan, name: &str, text: String) -> Result<String, Error> {
    let language = session.language;
    if plan.packages.is_empty() {
        return Ok(nothing_newer(session, name));
    }
    let Some(mut successor) = successor(session) else {
        let command = session.command(&["sync"]);
        return Ok(text + &fl!(language, "ctl-bridge-done", command = command) + "\n");
    };
    // It ends before the newer one starts its own.
    drop(backend);
    let mut stdout = std::io::stdout().lock();
    let said = text + &fl!(language, "ctl-bridge-continues") + "\n";
    let _ = stdout.write_all(said.as_bytes()).and_then(|()| stdout.flush());
    drop(stdout);
    let error = successor.exec();
    let command = session.command(&["sync"]);
    let text = fl!(
        language,
        "ctl-bridge-cannot-continue",
        command = command,
        reason = error.to_string()
    );
    Err(Error::said(FailureCode::Internal, text))
}

/// The newer program with `sync`; None if the system that was changed is not the one that runs, or has none.
fn successor(session: &Session) -> Option<Command> {
    let running = session.root.as_deref().is_none_or(|root| root == Path::new("/"));
    if !running || !Path::new(SUCCESSOR).is_file() {
        return None;
    }
    let mut command = Command::new(SUCCESSOR);
    let _ = command.env_clear().current_dir("/");
    for name in ENVIRONMENT {
        if let Some(value) = std::env::var_os(name) {
            let _ = command.env(name, value);
        }
    }
    if session.yes {
        let _ = command.arg("--yes");
    }
    let _ = command.arg("sync");
    Some(command)
}

#[cfg(test)]
mod tests {
    use moult_i18n::Language;

    use super::*;

    #[test]
    fn another_root_is_never_continued_in_by_its_own_program() {
        let session = Session {
            language: Language::English,
            json: false,
            yes: true,
            root: Some("/mnt".into()),
        };
        assert!(successor(&session).is_none());
        assert_eq!(session.command(&["sync"]), "moultctl --root /mnt sync");
    }
}
