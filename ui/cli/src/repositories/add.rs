//! `repo add` and `repo enable`: a repository comes into use, and its list is read at once.

use std::io::Read;
use std::path::Path;

use clap::ArgMatches;
use moult_api::{RepositoryRequest, Trust};
use moult_i18n::{Language, fl};

use super::{refresh, row, show};
use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::inspect;
use crate::print::{json, visible};
use crate::progress::Follower;
use crate::session::Session;
use crate::word;

/// Characters of a minisign public key.
const KEY: usize = 56;
/// Bytes that are read of a file with one.
const LARGEST: u64 = 4096;

/// What the command line says of a new repository.
pub(super) fn request(language: Language, matches: &ArgMatches) -> Result<RepositoryRequest, Error> {
    Ok(RepositoryRequest {
        name: word(matches, "name"),
        uri: word(matches, "uri"),
        priority: matches.get_one("priority").copied().unwrap_or(0),
        description: word(matches, "description"),
        keys: keys(language, matches)?,
        mirrors: many(matches, "mirror"),
        version: word(matches, "follow"),
        channel: word(matches, "channel"),
        architecture: word(matches, "architecture"),
    })
}

fn many(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches.get_many::<String>(name).unwrap_or_default().cloned().collect()
}

/// Public keys: each as it is, or out of a file that is read with the person's own rights.
pub(super) fn keys(language: Language, matches: &ArgMatches) -> Result<Vec<String>, Error> {
    let read = |text: String| {
        if is_key(&text) {
            Ok(text)
        } else {
            key_of(language, Path::new(&text))
        }
    };
    many(matches, "key").into_iter().map(read).collect()
}

fn is_key(text: &str) -> bool {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    text.len() == KEY && text.starts_with("RW") && text.bytes().all(base64)
}

fn key_of(language: Language, file: &Path) -> Result<String, Error> {
    let shown = visible(&file.to_string_lossy());
    let mut bytes = Vec::new();
    if let Err(error) = inspect::open(language, file)?.take(LARGEST).read_to_end(&mut bytes) {
        let reason = error.to_string();
        return Err(Error::wrong_file(fl!(
            language,
            "ctl-cannot-open",
            file = shown,
            reason = reason
        )));
    }
    let text = String::from_utf8_lossy(&bytes);
    let found = text.lines().map(str::trim).find(|line| is_key(line));
    found
        .map(str::to_owned)
        .ok_or_else(|| Error::wrong_file(fl!(language, "ctl-repo-no-key", file = shown)))
}

pub(super) async fn add(session: &Session, wish: &RepositoryRequest) -> Result<String, Error> {
    let language = session.language;
    let backend = Backend::start(session, Role::Admin).await?;
    backend.changes().await?.add_repository(wish).await?;
    let name = visible(&wish.name);
    let said = |trust| match trust {
        Trust::Unsigned => fl!(language, "ctl-repo-added", name = name.clone()),
        Trust::Signed | Trust::NotYet => fl!(language, "ctl-repo-added-signed", name = name.clone()),
    };

    first_list(session, &backend, &wish.name, said).await
}

pub(super) async fn enable(session: &Session, name: &str) -> Result<String, Error> {
    let backend = Backend::start(session, Role::Admin).await?;
    backend.changes().await?.enable_repository(name, true).await?;
    let said = |_| fl!(session.language, "ctl-repo-enabled", name = visible(name));

    first_list(session, &backend, name, said).await
}

/// Reads a list that nobody read before: what is written down but cannot be read would only be found out much later.
async fn first_list(
    session: &Session,
    backend: &Backend,
    name: &str,
    said: impl Fn(Trust) -> String,
) -> Result<String, Error> {
    let language = session.language;
    let follower = Follower::listen(session, backend).await?;
    let read = match backend.changes().await?.refresh(name).await {
        Ok(job) => follower.finish(&job).await,
        Err(failure) => Err(failure.into()),
    };
    let row = row(backend, name).await?;
    let outcome = match read {
        Ok(outcome) => outcome,
        Err(Error::Failure(failure)) => {
            let what = Error::Failure(failure.clone()).report(language, false);
            let packages = row.map_or(0, |row| row.packages);
            let now = if packages == 0 {
                fl!(
                    language,
                    "ctl-repo-offers-nothing",
                    name = visible(name),
                    again = session.command(&["repo", "refresh", name]),
                    away = session.command(&["repo", "remove", name])
                )
            } else {
                fl!(language, "ctl-repo-offers-old", name = visible(name))
            };
            let text = format!("{what}{now}");
            return Err(Error::Said { failure, text });
        }
        Err(other) => return Err(other),
    };
    if session.json {
        return Ok(json(&row));
    }
    let trust = row.as_ref().map_or(Trust::Unsigned, |row| row.trust);
    let mut text = said(trust) + "\n";
    if let Some(row) = row.filter(|row| row.trust == Trust::Signed) {
        text += &visible(&row.name);
        text += ": ";
        text += &show::trust(language, row.trust, &row.signed_by, row.expires);
        text.push('\n');
    }

    Ok(text + &refresh::describe(session, &outcome))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;

    const SOME: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

    #[test]
    fn a_key_is_read_out_of_its_file_and_nothing_else_is_taken_for_one() {
        assert!(is_key(SOME));
        assert!(!is_key("RWQf.pub") && !is_key(&SOME.replace('Q', "-")));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("minisign.pub");
        std::fs::write(&file, format!("untrusted comment: minisign public key\n{SOME}\n")).unwrap();
        assert_eq!(key_of(Language::English, &file).unwrap(), SOME);
        std::fs::write(&file, "untrusted comment: nothing\n").unwrap();
        assert!(key_of(Language::English, &file).is_err());
    }
}
