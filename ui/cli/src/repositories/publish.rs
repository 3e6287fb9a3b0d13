//! `repo index` and `repo verify`: for whoever publishes packages. A reader does it, with the caller's own rights.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use moult_api::{CheckReport, FailureCode, IndexReport, KEY_LIMIT, PublisherProxy, SECRET_LIMIT, Trust};
use moult_i18n::{bytes, count, fl, moment};
use zbus::Fd;

use super::{secret, show};
use crate::Answer;
use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::inspect;
use crate::print::{json, titled, visible};
use crate::session::Session;

/// How a list is to be signed.
pub(super) struct Wish {
    key: Option<PathBuf>,
    password: Option<i32>,
    /// 0 = as long as is usual.
    days: u32,
}

pub(super) fn signing(matches: &ArgMatches) -> Wish {
    Wish {
        key: matches.get_one::<std::ffi::OsString>("sign").map(PathBuf::from),
        password: matches.get_one("password-fd").copied(),
        days: matches.get_one("valid").copied().unwrap_or(0),
    }
}

pub(super) async fn index(session: &Session, folder: &Path, wish: &Wish) -> Result<String, Error> {
    let language = session.language;
    let shown = visible(&folder.to_string_lossy());
    let cannot = |error: std::io::Error| {
        let reason = error.to_string();
        Error::wrong_file(fl!(language, "ctl-cannot-open", file = shown.clone(), reason = reason))
    };
    let folder = File::open(folder).map_err(cannot)?;
    let (key, password) = match &wish.key {
        Some(path) => secrets(session, path, wish.password)?,
        None => (None, None),
    };
    let backend = Backend::start(session, Role::Reader).await?;
    let publisher = PublisherProxy::new(backend.connection()).await?;
    let report = publisher
        .index(
            Fd::from(folder.as_fd()),
            &descriptors(key.as_ref()),
            &descriptors(password.as_ref()),
            wish.days,
        )
        .await?;

    Ok(if session.json {
        json(&report)
    } else {
        made(session, &report)
    })
}

fn descriptors(file: Option<&File>) -> Vec<Fd<'_>> {
    file.into_iter().map(|file| Fd::from(file.as_fd())).collect()
}

/// The key and, if it has one, its password: in memory that only its descriptors name.
fn secrets(session: &Session, path: &Path, password: Option<i32>) -> Result<(Option<File>, Option<File>), Error> {
    let language = session.language;
    let shown = visible(&path.to_string_lossy());
    let unreadable = |error: std::io::Error| {
        let reason = error.to_string();
        Error::wrong_file(fl!(language, "ctl-cannot-open", file = shown.clone(), reason = reason))
    };
    let key = secret::read(inspect::open(language, path)?, KEY_LIMIT).map_err(unreadable)?;
    let no_password = |error: std::io::Error| {
        let text = fl!(language, "ctl-password-cannot", reason = error.to_string());
        Error::said(FailureCode::BadInput, text)
    };
    let password = match password {
        Some(number) => {
            let from = File::open(format!("/proc/self/fd/{number}")).map_err(no_password)?;
            let mut password = secret::read(from, SECRET_LIMIT).map_err(no_password)?;
            if password.last() == Some(&b'\n') {
                let _ = password.pop();
            }
            Some(password)
        }
        None if secret::has_password(&key) => {
            let asked = secret::ask(&fl!(language, "ctl-password-ask")).map_err(no_password)?;
            Some(asked.ok_or_else(|| Error::said(FailureCode::NotConfirmed, fl!(language, "ctl-password-none")))?)
        }
        None => None,
    };
    let hand_over = |secret: &[u8]| secret::hand_over(secret).map_err(unreadable);
    let password = password.as_ref().map(|password| hand_over(password)).transpose()?;

    Ok((Some(hand_over(&key)?), password))
}

fn made(session: &Session, report: &IndexReport) -> String {
    let language = session.language;
    let (packages, size) = (count(language, report.packages), bytes(language, report.bytes));
    let mut text = fl!(language, "ctl-index-done", packages = packages, bytes = size) + "\n";
    match report.signed.first() {
        None => text += &fl!(language, "ctl-index-unsigned"),
        Some(signed) => {
            let date = moment(language, signed.expires);
            text += &fl!(
                language,
                "ctl-index-signed",
                key = visible(&signed.key),
                sequence = signed.sequence.to_string(),
                date = date,
                public = visible(&signed.public_key)
            );
        }
    }
    text.push('\n');
    if !report.left_out.is_empty() {
        let rows: Vec<_> = report.left_out.iter().map(|file| vec![visible(file)]).collect();
        text.push('\n');
        text += &titled(&fl!(language, "ctl-index-left-out"), &rows);
    }
    text
}

pub(super) async fn verify(session: &Session, uri: &str, keys: &[String]) -> Answer {
    let backend = Backend::start(session, Role::Reader).await?;
    let publisher = PublisherProxy::new(backend.connection()).await?;
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let report = publisher.verify(uri, &keys).await?;
    let bad = (!report.faults.is_empty()).then_some(Error::Shown);
    let text = if session.json {
        json(&report)
    } else {
        checked(session, &report)
    };

    Ok((text, bad))
}

fn checked(session: &Session, report: &CheckReport) -> String {
    let language = session.language;
    let (packages, size) = (count(language, report.packages), bytes(language, report.bytes));
    let trust = match report.trust {
        Trust::Unsigned | Trust::NotYet => fl!(language, "ctl-check-unsigned"),
        Trust::Signed => {
            let trust = show::trust(language, report.trust, &report.signed_by, report.expires);
            fl!(language, "ctl-check-signed", trust = trust)
        }
    };
    let mut sections = Vec::new();
    if report.faults.is_empty() {
        let good = fl!(language, "ctl-check-good", packages = packages, bytes = size);
        sections.push(format!("{good}\n{trust}\n"));
    } else {
        let rows: Vec<_> = report
            .faults
            .iter()
            .map(|fault| vec![visible(&fault.package), visible(&fault.uri), visible(&fault.reason)])
            .collect();
        let faults = count(language, report.faults.len() as u64);
        let bad = fl!(language, "ctl-check-bad", faults = faults, packages = packages);
        sections.push(titled(&bad, &rows));
        sections.push(trust + "\n");
    }
    let mut of = |title: String, rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            sections.push(titled(&title, &rows));
        }
    };
    let twice = report.warnings.iter().filter(|warning| !warning.releases.is_empty());
    let twice = twice.map(|warning| vec![visible(&warning.package), visible(&warning.releases.join(", "))]);
    of(fl!(language, "ctl-check-twice"), twice.collect());
    let missing = report.warnings.iter().filter(|warning| !warning.needs.is_empty());
    let missing = missing.map(|warning| vec![visible(&warning.package), visible(&warning.needs)]);
    of(fl!(language, "ctl-check-missing"), missing.collect());

    sections.join("\n")
}
