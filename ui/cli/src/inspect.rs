//! `moultctl inspect`: what a `.stone` holds, for a person or for a program.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;

use moult_api::{FailureCode, InspectorProxy, LayoutRow, StoneReport};
use moult_i18n::{Language, bytes, count, explain, fl};
use zbus::Fd;

use crate::backend::{Backend, Role};
use crate::error::Error;
use crate::print::{json, mode, table, titled, visible};
use crate::session::Session;

/// Reads a file through the backend and puts it into text, or JSON.
pub(crate) async fn run(session: &Session, file: &Path) -> Result<String, Error> {
    let language = session.language;
    let shown = visible(&file.to_string_lossy());
    let opened = open(language, file)?;
    let backend = Backend::start(session, Role::Stranger).await?;
    let inspector = InspectorProxy::new(backend.connection()).await?;
    let report = inspector
        .inspect(Fd::from(opened.as_fd()))
        .await
        .map_err(|failure| match failure.code {
            // A reader that died over a file has not refused it.
            FailureCode::BackendStopped => Error::silent(language, &failure.detail),
            _ => {
                let reason = match failure.detail.as_str() {
                    "" => explain(language, &failure, "").what,
                    detail => visible(detail),
                };
                let text = fl!(language, "ctl-refused", file = shown.clone(), reason = reason);
                Error::Said { failure, text }
            }
        })?;

    Ok(if session.json {
        json(&report)
    } else {
        describe(language, &file.to_string_lossy(), &report)
    })
}

/// Opens a regular file for reading.
pub(crate) fn open(language: Language, file: &Path) -> Result<File, Error> {
    let shown = visible(&file.to_string_lossy());
    let unreadable = |error: std::io::Error| {
        let text = fl!(
            language,
            "ctl-cannot-open",
            file = shown.clone(),
            reason = error.to_string()
        );
        Error::wrong_file(text)
    };

    // Asked before it is opened: opening a pipe would wait for somebody to write.
    if !std::fs::metadata(file).map_err(unreadable)?.is_file() {
        return Err(Error::wrong_file(fl!(language, "ctl-not-a-file", file = shown.clone())));
    }

    File::open(file).map_err(unreadable)
}

fn describe(language: Language, file: &str, report: &StoneReport) -> String {
    let kind = fl!(
        language,
        "ctl-kind-version",
        kind = report.file_type.clone(),
        version = report.version
    );
    let verified = if report.verified {
        fl!(language, "ctl-verified-yes")
    } else {
        fl!(language, "ctl-verified-no")
    };
    let mut sections = vec![table(&[
        vec![fl!(language, "ctl-file"), visible(file)],
        vec![fl!(language, "ctl-kind"), visible(&kind)],
        vec![fl!(language, "ctl-verified"), verified],
    ])];

    let mut payloads = vec![vec![
        fl!(language, "ctl-payload-head"),
        fl!(language, "ctl-compression-head"),
        fl!(language, "ctl-records-head"),
        fl!(language, "ctl-stored-head"),
        fl!(language, "ctl-plain-head"),
        fl!(language, "ctl-checksum-head"),
    ]];
    payloads.extend(report.payloads.iter().map(|payload| {
        vec![
            visible(&payload.kind),
            visible(&payload.compression),
            count(language, u64::from(payload.records)),
            bytes(language, payload.stored),
            bytes(language, payload.plain),
            visible(&payload.checksum),
        ]
    }));
    sections.push(titled(&fl!(language, "ctl-payloads"), &payloads));

    for rows in report.meta.chunk_by(|a, b| a.payload == b.payload) {
        let title = match rows.first() {
            Some(row) if report.meta.last().is_some_and(|last| last.payload > 0) => {
                let number = u64::from(row.payload) + 1;
                fl!(language, "ctl-meta-of", number = number)
            }
            _ => fl!(language, "ctl-meta"),
        };
        let rows: Vec<_> = rows
            .iter()
            .map(|row| vec![visible(&row.tag), visible(&row.value)])
            .collect();
        sections.push(titled(&title, &rows));
    }

    if !report.layout.is_empty() {
        let number = report.layout.len();
        let title = fl!(
            language,
            "ctl-layout",
            count = number,
            shown = count(language, number as u64)
        );
        let rows: Vec<_> = report.layout.iter().map(|row| entry(language, row)).collect();
        sections.push(titled(&title, &rows));
    }

    if !report.attributes.is_empty() {
        let rows: Vec<_> = report
            .attributes
            .iter()
            .map(|(key, value)| vec![visible(key), visible(value)])
            .collect();
        sections.push(titled(&fl!(language, "ctl-attributes"), &rows));
    }

    sections.join("\n")
}

/// One line of a listing, as `ls -l` would have it.
fn entry(language: Language, row: &LayoutRow) -> Vec<String> {
    let is_file = row.kind == "regular";
    let path = match row.kind.as_str() {
        "symlink" => format!("{} -> {}", visible(&row.path), visible(&row.source)),
        _ => visible(&row.path),
    };

    vec![
        mode(&row.kind, row.mode),
        format!("{}:{}", row.uid, row.gid),
        if is_file {
            bytes(language, row.size)
        } else {
            String::new()
        },
        if is_file { visible(&row.source) } else { String::new() },
        path,
    ]
}

#[cfg(test)]
mod tests {
    use moult_api::{MetaRow, PayloadRow};

    use super::*;

    fn report() -> StoneReport {
        let payload = |kind: &str| PayloadRow {
            kind: kind.into(),
            compression: "zstd".into(),
            records: 2,
            stored: 120,
            plain: 8_600,
            checksum: "0123456789abcdef".into(),
        };
        let row = |kind: &str, path: &str, source: &str, size| LayoutRow {
            kind: kind.into(),
            path: path.into(),
            mode: 0o104755,
            uid: 0,
            gid: 0,
            source: source.into(),
            size,
        };

        StoneReport {
            file_type: "package".into(),
            version: 1,
            payloads: vec![payload("meta"), payload("attributes")],
            meta: vec![MetaRow {
                payload: 0,
                tag: "name".into(),
                value: "evil\u{1b}[2J".into(),
            }],
            layout: vec![row("regular", "bin/su", "ff", 8_600), row("symlink", "bin/s", "su", 0)],
            attributes: vec![],
            verified: true,
        }
    }

    #[test]
    fn a_stone_is_shown_in_columns_that_line_up() {
        let text = describe(Language::English, "a.stone", &report());
        let column = |needle: &str, part: &str| {
            let line = text.lines().find(|line| line.trim_start().starts_with(needle)).unwrap();
            line[..line.find(part).unwrap()].chars().count()
        };

        assert_eq!(
            column("meta", "0123456789abcdef"),
            column("attributes", "0123456789abcdef"),
            "{text}"
        );
        assert!(text.contains("-rwsr-xr-x  0:0  8.6\u{a0}kB  ff  bin/su\n"), "{text}");
        assert!(text.contains("bin/s -> su"), "{text}");
        assert!(text.contains("2 entries below /usr"), "{text}");
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let text = describe(Language::German, "a\u{202e}.stone", &report());

        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
        assert!(text.contains("evil\\u{1b}[2J"), "{text}");
    }

    #[test]
    fn modes_read_as_in_ls() {
        assert_eq!(mode("directory", 0o41777), "drwxrwxrwt");
        assert_eq!(mode("regular", 0o102644), "-rw-r-Sr--");
        assert_eq!(mode("symlink", 0o120777), "lrwxrwxrwx");
    }
}
