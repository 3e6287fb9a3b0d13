//! `repo refresh`: each repository says what came of it.

use moult_api::{Outcome, RefreshResult, RefreshedRow};
use moult_i18n::{count, explain, fl};

use super::bridge;
use super::show;
use crate::Answer;
use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::print::{json, visible};
use crate::progress::Follower;
use crate::session::Session;

pub(super) async fn refresh(session: &Session, name: &str) -> Answer {
    let backend = Backend::start(session, Role::Admin).await?;
    let follower = Follower::listen(session, &backend).await?;
    let job = backend.changes().await?.refresh(name).await?;
    let outcome = follower.finish(&job).await?;

    answer(session, backend, &outcome, String::new()).await
}

/// What came of it, on stdout; it ends with 1 if a repository could not be read.
pub(super) async fn answer(session: &Session, backend: Backend, outcome: &Outcome, said: String) -> Answer {
    let failed = |row: &RefreshedRow| row.result == RefreshResult::Failed;
    let bad = outcome.refreshed.iter().any(failed).then_some(Error::Shown);
    if session.json {
        return Ok((json(outcome), bad));
    }
    let text = said + &describe(session, outcome);
    let outgrown = outcome.refreshed.iter().find(|row| !row.bridge.is_empty());
    if let Some(row) = outgrown
        && session.somebody_is_there()
    {
        return bridge::offer(session, backend, &row.name, text, bad).await;
    }

    Ok((text, bad))
}

/// What became of each, and of all.
pub(super) fn describe(session: &Session, outcome: &Outcome) -> String {
    let language = session.language;
    let mut text = String::new();
    for row in &outcome.refreshed {
        text += &line(session, row);
        text.push('\n');
    }
    if outcome.refreshed.len() != 1 {
        let packages = count(language, outcome.packages);
        text += &fl!(language, "ctl-refresh-done", packages = packages);
        text.push('\n');
    }
    for warning in &outcome.warnings {
        text += &fl!(language, "ctl-warning", text = visible(warning));
        text.push('\n');
    }
    text
}

fn line(session: &Session, row: &RefreshedRow) -> String {
    let language = session.language;
    let (name, packages) = (visible(&row.name), count(language, row.packages));
    match row.result {
        RefreshResult::Updated => fl!(language, "ctl-refresh-updated", name = name, packages = packages),
        RefreshResult::Unchanged => fl!(language, "ctl-refresh-unchanged", name = name, packages = packages),
        RefreshResult::Moved => {
            let to = row.moved_to.first();
            let command = to.map(|wish| show::adding(session, wish)).unwrap_or_default();
            fl!(
                language,
                "ctl-refresh-moved",
                name = name,
                packages = packages,
                command = command
            )
        }
        RefreshResult::NeedsNewerEngine if row.bridge.is_empty() => {
            let format = visible(&row.format);
            fl!(language, "ctl-refresh-newer-nowhere", name = name, format = format)
        }
        RefreshResult::NeedsNewerEngine => show::newer(session, &row.name, &row.format),
        RefreshResult::Failed => {
            let reasons = row.failure.iter().map(|failure| {
                let what = visible(&explain(language, failure, "").what);
                let detail = visible(&failure.detail);
                if what.contains(&detail) {
                    what
                } else {
                    format!("{what} ({detail})")
                }
            });
            let reason = reasons.collect::<Vec<_>>().join("; ");
            fl!(language, "ctl-refresh-failed", name = name, reason = reason)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use moult_api::RepositoryRequest;
    use moult_i18n::Language;

    use super::*;

    /// The addresses of which a list can be one of the past belong to others: no test can ask there.
    #[test]
    fn a_list_of_the_past_says_how_to_move_on_in_a_command_and_in_json() {
        let session = Session {
            language: Language::English,
            json: false,
            yes: false,
            root: None,
        };
        let wish = RepositoryRequest {
            name: "vendor".into(),
            uri: "https://packages.example.org/".into(),
            description: "it's old".into(),
            priority: 10,
            keys: vec!["RWQkey".into()],
            mirrors: Vec::new(),
            version: "stream/unstable".into(),
            channel: "main".into(),
            architecture: "x86_64".into(),
        };
        let outcome = Outcome {
            packages: 3,
            refreshed: vec![RefreshedRow {
                name: "vendor".into(),
                result: RefreshResult::Moved,
                packages: 3,
                moved_to: vec![wish],
                format: String::new(),
                bridge: String::new(),
                failure: Vec::new(),
            }],
            ..Outcome::default()
        };
        let said = describe(&session, &outcome);
        let command = said.split_once("moultctl ").expect("it names a command").1.trim_end();
        assert_eq!(
            command,
            "repo add vendor https://packages.example.org/ --version stream/unstable --channel main --architecture x86_64 \
             --description 'it'\\''s old' --priority 10 --key RWQkey"
        );
        assert!(
            said.starts_with("vendor (packages: 3): the list at this address is one of the past."),
            "{said}"
        );

        let told: serde_json::Value = serde_json::from_str(&json(&outcome)).unwrap();
        let row = &told["refreshed"][0];
        assert_eq!((&row["result"], &row["packages"]), (&"moved".into(), &3.into()));
        assert_eq!(row["moved_to"][0]["version"], "stream/unstable");
    }
}
