//! `repo versions` and `repo follow`: streams, tags and the history of a versioned repository.

use moult_api::VersionRow;
use moult_i18n::{Language, fl};

use super::refresh;
use crate::Answer;
use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::print::{json, titled, visible};
use crate::progress::Follower;
use crate::session::Session;

pub(super) async fn versions(session: &Session, name: &str) -> Result<String, Error> {
    let language = session.language;
    let backend = Backend::start(session, Role::Reader).await?;
    let report = backend.packages().await?.versions(name).await?;
    if session.json {
        return Ok(json(&report));
    }
    let sections: Vec<_> = [
        (fl!(language, "ctl-versions-streams"), &report.streams),
        (fl!(language, "ctl-versions-tags"), &report.tags),
        (fl!(language, "ctl-versions-history"), &report.history),
    ]
    .into_iter()
    .filter(|(_, rows)| !rows.is_empty())
    .map(|(title, rows)| {
        let rows: Vec<_> = rows.iter().map(|row| line(language, row)).collect();
        titled(&title, &rows)
    })
    .collect();

    Ok(sections.join("\n"))
}

fn line(language: Language, row: &VersionRow) -> Vec<String> {
    let mut notes = Vec::new();
    if row.followed {
        notes.push(fl!(language, "ctl-versions-followed"));
    }
    if row.in_use {
        notes.push(fl!(language, "ctl-versions-in-use"));
    }
    if !row.supported {
        let format = visible(&row.format);
        notes.push(fl!(language, "ctl-versions-newer", format = format));
    }

    vec![
        visible(&row.version),
        visible(&row.history),
        visible(&row.tag),
        notes.join(", "),
    ]
}

pub(super) async fn follow(session: &Session, name: &str, version: &str) -> Answer {
    let backend = Backend::start(session, Role::Admin).await?;
    let follower = Follower::listen(session, &backend).await?;
    let job = backend.changes().await?.follow(name, version, "").await?;
    let outcome = follower.finish(&job).await?;
    let (name, version) = (visible(name), visible(version));
    let said = fl!(session.language, "ctl-repo-followed", name = name, version = version) + "\n";

    refresh::answer(session, backend, &outcome, said).await
}
