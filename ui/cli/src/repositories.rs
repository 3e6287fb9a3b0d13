//! Package sources: `repo …`.

use moult_api::{Outcome, Repositories, RepositoryRow, Trust};
use moult_i18n::{Language, count, fl};

use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::print::{json, table, visible};
use crate::progress::Follower;
use crate::session::Session;

pub(crate) async fn list(session: &Session) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let all = backend.packages().await?.repositories().await?;

    Ok(if session.json {
        json(&all)
    } else {
        describe(session.language, &all)
    })
}

pub(crate) async fn add(session: &Session, name: &str, uri: &str, priority: u64) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Admin).await?;
    let changes = backend.changes().await?;
    changes.add_repository(name, uri, priority).await?;
    // What was added but cannot be read would only be found out much later.
    let follower = Follower::listen(session, &backend).await?;
    let job = changes.refresh(name).await?;
    let outcome = follower.finish(&job).await?;

    let all = backend.packages().await?.repositories().await?;
    let Some(added) = all.repositories.iter().find(|row| row.name == name) else {
        return Ok(refreshed(session, &outcome));
    };
    if session.json {
        return Ok(json(added));
    }
    let said = match added.trust {
        Trust::Unsigned => fl!(session.language, "ctl-repo-added", name = visible(name)),
        Trust::Signed => fl!(session.language, "ctl-repo-added-signed", name = visible(name)),
    };

    Ok(format!("{said}\n{}", refreshed(session, &outcome)))
}

pub(crate) async fn refresh(session: &Session, name: &str) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Admin).await?;
    let follower = Follower::listen(session, &backend).await?;
    let job = backend.changes().await?.refresh(name).await?;
    let outcome = follower.finish(&job).await?;

    Ok(refreshed(session, &outcome))
}

fn refreshed(session: &Session, outcome: &Outcome) -> String {
    if session.json {
        return json(outcome);
    }
    let packages = count(session.language, outcome.packages);
    let mut text = fl!(session.language, "ctl-refresh-done", packages = packages) + "\n";
    for warning in &outcome.warnings {
        text += &fl!(session.language, "ctl-warning", text = visible(warning));
        text.push('\n');
    }
    text
}

fn describe(language: Language, all: &Repositories) -> String {
    if all.repositories.is_empty() {
        return fl!(language, "ctl-repo-none") + "\n";
    }
    let mut rows = vec![vec![
        fl!(language, "ctl-repo-head-name"),
        fl!(language, "ctl-repo-head-priority"),
        fl!(language, "ctl-repo-head-trust"),
        fl!(language, "ctl-repo-head-uri"),
    ]];
    rows.extend(all.repositories.iter().map(|row| line(language, row)));

    table(&rows)
}

fn line(language: Language, row: &RepositoryRow) -> Vec<String> {
    vec![
        visible(&row.name),
        row.priority.to_string(),
        match row.trust {
            Trust::Signed => fl!(language, "ctl-repo-signed"),
            Trust::Unsigned => fl!(language, "ctl-repo-unsigned"),
        },
        visible(&row.uri),
    ]
}
