//! Package sources: `repo …`, and what `sync` does about them first.

mod add;
mod bridge;
mod publish;
mod refresh;
mod secret;
mod show;
mod versions;

use clap::ArgMatches;
use moult_api::RepositoryRow;
use moult_i18n::fl;

pub(crate) use self::bridge::sync;

use crate::Answer;
use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::print::{json, visible};
use crate::session::Session;
use crate::{path, word};

pub(crate) async fn run(session: &Session, matches: &ArgMatches) -> Answer {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok((String::new(), None));
    };
    let name = || word(matches, "name");
    let keys = || add::keys(session.language, matches);
    let text = match command {
        "add" => add::add(session, &add::request(session.language, matches)?).await?,
        "list" => list(session).await?,
        "remove" => remove(session, &name()).await?,
        "enable" => add::enable(session, &name()).await?,
        "disable" => disable(session, &name()).await?,
        "refresh" => return refresh::refresh(session, &name()).await,
        "versions" => versions::versions(session, &name()).await?,
        "follow" => return versions::follow(session, &name(), &word(matches, "version")).await,
        "bridge" => {
            let package = matches.get_one::<String>("package").map(String::as_str);
            bridge::bridge(session, &name(), package, matches.get_flag("dry-run")).await?
        }
        "index" => publish::index(session, &path(matches, "folder"), &publish::signing(matches)).await?,
        "verify" => return publish::verify(session, &word(matches, "uri"), &keys()?).await,
        _ => String::new(),
    };

    Ok((text, None))
}

async fn list(session: &Session) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let all = backend.packages().await?.repositories().await?;

    Ok(if session.json {
        json(&all)
    } else {
        show::all(session, &all)
    })
}

async fn remove(session: &Session, name: &str) -> Result<String, Error> {
    let language = session.language;
    let backend = Backend::start(session, Role::Admin).await?;
    let removed = backend.changes().await?.remove_repository(name).await?;
    if session.json {
        return Ok(json(&removed));
    }

    Ok(if removed.masked.is_empty() {
        fl!(language, "ctl-repo-removed", name = visible(name))
    } else {
        let again = session.command(&["repo", "enable", name]);
        let file = visible(&removed.masked);
        fl!(
            language,
            "ctl-repo-masked",
            name = visible(name),
            file = file,
            command = again
        )
    } + "\n")
}

async fn disable(session: &Session, name: &str) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Admin).await?;
    backend.changes().await?.enable_repository(name, false).await?;
    if session.json {
        return Ok(json(&row(&backend, name).await?));
    }

    Ok(fl!(session.language, "ctl-repo-disabled", name = visible(name)) + "\n")
}

/// The one repository of this name; None if it is gone by now.
async fn row(backend: &Backend, name: &str) -> Result<Option<RepositoryRow>, Error> {
    let all = backend.packages().await?.repositories().await?;
    Ok(all.repositories.into_iter().find(|row| row.name == name))
}
