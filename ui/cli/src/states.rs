//! States of the system: `state …`.

use moult_api::{ChangedFile, Outcome, PAGE, StateDifference, StateReport, StateRow};
use moult_i18n::{Language, bytes, count, fl, moment};
use serde::Serialize;

use crate::backend::{Backend, Role};
use crate::change::{changes, ended, file_row};
use crate::error::Error;
use crate::packages::list_of;
use crate::print::{json, table, titled, visible};
use crate::progress::Follower;
use crate::session::Session;

pub(crate) async fn list(session: &Session) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let rows = backend.packages().await?.states().await?;

    Ok(if session.json {
        json(&rows)
    } else if rows.is_empty() {
        fl!(session.language, "ctl-state-none") + "\n"
    } else {
        states(session.language, &rows)
    })
}

pub(crate) async fn show(session: &Session, id: u64) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Reader).await?;
    let report = backend.packages().await?.state(id).await?;

    Ok(if session.json {
        json(&report)
    } else {
        let StateReport { state, packages } = &report;
        format!(
            "{}\n{}",
            states(session.language, std::slice::from_ref(state)),
            list_of(session.language, packages)
        )
    })
}

/// What a difference printed as JSON says: its own fields, and every file.
#[derive(Serialize)]
struct Compared<'a> {
    #[serde(flatten)]
    difference: &'a StateDifference,
    files: &'a [ChangedFile],
}

pub(crate) async fn diff(session: &Session, from: u64, to: u64) -> Result<String, Error> {
    let language = session.language;
    let backend = Backend::start(session, Role::Reader).await?;
    let packages = backend.packages().await?;
    let difference = packages.state_difference(from, to).await?;
    let mut files = Vec::new();
    loop {
        let next = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let page = packages.state_files(from, to, next).await?;
        let last = page.len() < PAGE as usize;
        files.extend(page);
        if last {
            break;
        }
    }

    if session.json {
        return Ok(json(&Compared {
            difference: &difference,
            files: &files,
        }));
    }
    let mut sections = Vec::new();
    if difference.packages.is_empty() {
        sections.push(fl!(language, "ctl-state-same") + "\n");
    } else {
        sections.push(table(&changes(language, &difference.packages)));
    }
    if !files.is_empty() {
        let rows: Vec<_> = files.iter().map(|file| file_row(language, file)).collect();
        sections.push(titled(&fl!(language, "ctl-plan-files"), &rows));
    }

    Ok(sections.join("\n"))
}

pub(crate) async fn activate(session: &Session, id: u64) -> Result<String, Error> {
    let language = session.language;
    session.confirm(&fl!(language, "ctl-state-activate-ask", state = id.to_string()))?;
    let backend = Backend::start(session, Role::Admin).await?;
    let follower = Follower::listen(session, &backend).await?;
    let job = backend.changes().await?.activate(id, 0).await?;
    let outcome = follower.finish(&job).await?;

    Ok(if session.json {
        json(&outcome)
    } else {
        ended(language, &outcome)
    })
}

pub(crate) async fn name(session: &Session, id: u64, name: &str) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Admin).await?;
    backend.changes().await?.name_state(id, name).await?;
    let said = if name.is_empty() {
        fl!(session.language, "ctl-state-unnamed", state = id.to_string())
    } else {
        fl!(
            session.language,
            "ctl-state-named",
            state = id.to_string(),
            name = visible(name)
        )
    };

    after(session, &backend, id, &said).await
}

pub(crate) async fn pin(session: &Session, id: u64, pinned: bool) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Admin).await?;
    backend.changes().await?.pin_state(id, pinned).await?;
    let said = if pinned {
        fl!(session.language, "ctl-state-is-pinned", state = id.to_string())
    } else {
        fl!(session.language, "ctl-state-is-unpinned", state = id.to_string())
    };

    after(session, &backend, id, &said).await
}

async fn after(session: &Session, backend: &Backend, id: u64, said: &str) -> Result<String, Error> {
    if session.json {
        return Ok(json(&backend.packages().await?.state(id).await?.state));
    }
    Ok(format!("{said}\n"))
}

/// Damage that is left ends the program with 1.
pub(crate) async fn verify(session: &Session, repair: bool) -> Result<(String, Option<Error>), Error> {
    let language = session.language;
    let backend = Backend::start(session, Role::Admin).await?;
    let follower = Follower::listen(session, &backend).await?;
    let job = backend.changes().await?.verify(repair).await?;
    let outcome = follower.finish(&job).await?;

    let damaged = outcome.damage.iter().any(|damage| !damage.repaired);
    let text = if session.json {
        json(&outcome)
    } else if outcome.damage.is_empty() {
        fl!(
            language,
            "ctl-verify-whole",
            files = count(language, outcome.checked_files)
        ) + "\n"
    } else {
        let rows: Vec<_> = outcome
            .damage
            .iter()
            .map(|damage| {
                let word = if damage.repaired {
                    fl!(language, "ctl-verify-repaired")
                } else {
                    fl!(language, "ctl-verify-damaged")
                };
                vec![word, visible(&damage.path), visible(&damage.problem)]
            })
            .collect();
        let mut text = table(&rows);
        if damaged && !repair {
            text += &fl!(language, "ctl-verify-todo");
            text.push('\n');
        }
        text
    };

    Ok((text, damaged.then_some(Error::Shown)))
}

pub(crate) async fn prune(session: &Session, keep: u32) -> Result<String, Error> {
    let language = session.language;
    session.can_confirm()?;
    let backend = Backend::start(session, Role::Admin).await?;
    let going = backend.packages().await?.prunable(keep).await?;
    if going.is_empty() {
        return Ok(if session.json {
            json(&moult_api::Outcome::default())
        } else {
            fl!(language, "ctl-prune-none") + "\n"
        });
    }
    ask(session, &going)?;
    let follower = Follower::listen(session, &backend).await?;
    let job = backend.changes().await?.prune(keep).await?;
    let outcome = follower.finish(&job).await?;

    Ok(removed(session, &outcome))
}

/// Lets go of these states, for the room that they take.
pub(crate) async fn remove(session: &Session, ids: &[u64]) -> Result<String, Error> {
    session.can_confirm()?;
    let backend = Backend::start(session, Role::Admin).await?;
    let packages = backend.packages().await?;
    let mut going = Vec::new();
    for id in ids {
        going.push(packages.state(*id).await?.state);
    }
    ask(session, &going)?;
    let follower = Follower::listen(session, &backend).await?;
    let job = backend.changes().await?.remove_states(ids).await?;
    let outcome = follower.finish(&job).await?;

    Ok(removed(session, &outcome))
}

fn ask(session: &Session, going: &[StateRow]) -> Result<(), Error> {
    let language = session.language;

    session.confirm(&format!(
        "{}\n{}",
        fl!(language, "ctl-prune-ask"),
        states(language, going)
    ))
}

fn removed(session: &Session, outcome: &Outcome) -> String {
    if session.json {
        return json(outcome);
    }
    let removed: Vec<_> = outcome.removed_states.iter().map(u64::to_string).collect();

    fl!(
        session.language,
        "ctl-prune-done",
        states = removed.join(", "),
        bytes = bytes(session.language, outcome.freed_bytes)
    ) + "\n"
}

fn states(language: Language, rows: &[StateRow]) -> String {
    let mut lines = vec![vec![
        fl!(language, "ctl-state-head-number"),
        fl!(language, "ctl-state-head-created"),
        fl!(language, "ctl-state-head-packages"),
        fl!(language, "ctl-state-head-frees"),
        String::new(),
        fl!(language, "ctl-state-head-what"),
    ]];
    lines.extend(rows.iter().map(|row| {
        let mut words = Vec::new();
        match row.status.as_str() {
            "active" => words.push(fl!(language, "ctl-state-active")),
            "pending" => words.push(fl!(language, "ctl-state-pending")),
            _ => {}
        }
        if row.pinned {
            words.push(fl!(language, "ctl-state-pinned"));
        }
        let what = if row.name.is_empty() {
            visible(&row.summary)
        } else {
            format!("{} · {}", visible(&row.name), visible(&row.summary))
        };
        vec![
            row.id.to_string(),
            moment(language, row.created),
            count(language, row.packages),
            bytes(language, row.frees_bytes),
            words.join(", "),
            what,
        ]
    }));

    table(&lines)
}
