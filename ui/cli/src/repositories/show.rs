//! How repositories are shown to a person.

use moult_api::{BrokenRow, Repositories, RepositoryRequest, RepositoryRow, Trust};
use moult_i18n::{Language, count, fl, moment};

use crate::print::{table, visible};
use crate::session::Session;

/// All of them, what is to be known of some, and every file that is broken.
pub(super) fn all(session: &Session, all: &Repositories) -> String {
    let language = session.language;
    let mut sections = Vec::new();
    if all.repositories.is_empty() {
        sections.push(fl!(language, "ctl-repo-none") + "\n");
    } else {
        let mut rows = vec![vec![
            fl!(language, "ctl-repo-head-name"),
            fl!(language, "ctl-repo-head-priority"),
            fl!(language, "ctl-repo-head-packages"),
            fl!(language, "ctl-repo-head-refreshed"),
            fl!(language, "ctl-repo-head-trust"),
            fl!(language, "ctl-repo-head-uri"),
        ]];
        rows.extend(all.repositories.iter().map(|row| line(language, row)));
        sections.push(table(&rows));
    }
    for notes in [
        all.repositories.iter().flat_map(|row| notes(session, row)).collect(),
        all.broken.iter().map(|file| broken(language, file)).collect::<Vec<_>>(),
    ] {
        if !notes.is_empty() {
            sections.push(notes.join("\n") + "\n");
        }
    }

    sections.join("\n")
}

fn line(language: Language, row: &RepositoryRow) -> Vec<String> {
    vec![
        visible(&row.name),
        row.priority.to_string(),
        count(language, row.packages),
        if row.refreshed == 0 {
            fl!(language, "ctl-repo-never")
        } else {
            moment(language, row.refreshed)
        },
        if row.enabled {
            trust(language, row.trust, &row.signed_by, row.expires)
        } else {
            format!(
                "{}, {}",
                fl!(language, "ctl-repo-off"),
                trust(language, row.trust, &row.signed_by, row.expires)
            )
        },
        visible(&row.uri),
    ]
}

/// Whether somebody vouches for a list, in plain words.
pub(super) fn trust(language: Language, trust: Trust, key: &str, expires: i64) -> String {
    match trust {
        Trust::Unsigned => fl!(language, "ctl-repo-unsigned"),
        Trust::NotYet => fl!(language, "ctl-repo-not-yet"),
        Trust::Signed => {
            let date = moment(language, expires);
            fl!(language, "ctl-repo-signed-by", key = visible(key), date = date)
        }
    }
}

fn notes(session: &Session, row: &RepositoryRow) -> Vec<String> {
    let language = session.language;
    let name = visible(&row.name);
    let mut notes = Vec::new();
    if !row.description.is_empty() {
        notes.push(format!("{name}: {}", visible(&row.description)));
    }
    let version = visible(&row.version);
    if !row.history.is_empty() {
        let history = visible(&row.history);
        notes.push(fl!(
            language,
            "ctl-repo-uses",
            name = name.clone(),
            version = version,
            history = history
        ));
    } else if !version.is_empty() {
        notes.push(fl!(
            language,
            "ctl-repo-follows",
            name = name.clone(),
            version = version
        ));
    }
    if !row.newer_format.is_empty() {
        notes.push(newer(session, &row.name, &row.newer_format));
    } else if !row.failure.is_empty() {
        let (date, reason) = (moment(language, row.failed), visible(&row.failure));
        notes.push(fl!(
            language,
            "ctl-repo-failed",
            name = name,
            date = date,
            reason = reason
        ));
    }
    notes
}

/// Only a newer engine reads this repository: what to do.
pub(super) fn newer(session: &Session, name: &str, format: &str) -> String {
    fl!(
        session.language,
        "ctl-repo-newer",
        name = visible(name),
        format = visible(format),
        command = session.command(&["repo", "bridge", name])
    )
}

/// A file that does not count, by its name and its place in it.
fn broken(language: Language, broken: &BrokenRow) -> String {
    let mut file = visible(&broken.path);
    if broken.line > 0 {
        file += &format!(":{}:{}", broken.line, broken.column);
    }
    let reason = visible(&broken.reason);
    if broken.repository.is_empty() {
        fl!(language, "ctl-repo-broken", file = file, reason = reason)
    } else {
        fl!(
            language,
            "ctl-repo-broken-of",
            name = visible(&broken.repository),
            file = file,
            reason = reason
        )
    }
}

/// The command that writes a repository down as it should be. What is not named would be lost: all of it is.
pub(super) fn adding(session: &Session, wish: &RepositoryRequest) -> String {
    let priority = wish.priority.to_string();
    let mut words = vec!["repo", "add", &wish.name, &wish.uri];
    for (option, value) in [
        ("--version", &wish.version),
        ("--channel", &wish.channel),
        ("--architecture", &wish.architecture),
        ("--description", &wish.description),
    ] {
        if !value.is_empty() {
            words.extend([option, value]);
        }
    }
    words.extend(["--priority", &priority]);
    for (option, values) in [("--key", &wish.keys), ("--mirror", &wish.mirrors)] {
        words.extend(values.iter().flat_map(|value| [option, value.as_str()]));
    }

    session.command(&words)
}
