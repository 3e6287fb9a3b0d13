//! `moultctl inspect`: what a `.stone` holds, for a person or for a program.

use std::fmt::Write;
use std::fs::File;
use std::path::PathBuf;

use moult_api::{LayoutRow, StoneReport};
use moult_i18n::{Language, bytes, count, explain, fl};

use crate::backend;

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The file cannot be opened.
    #[error("{}: {error}", file.display())]
    Unreadable { file: PathBuf, error: std::io::Error },
    /// A folder, a pipe, a device.
    #[error("{} is not a file", .0.display())]
    NotAFile(PathBuf),
    /// The backend says no, or nothing.
    #[error("{}: {error}", file.display())]
    Backend { file: PathBuf, error: backend::Error },
}

impl Error {
    /// The error in a language, in one line or two.
    pub(crate) fn text(&self, language: Language) -> String {
        let shown = |file: &PathBuf| visible(&file.to_string_lossy());

        match self {
            Self::Unreadable { file, error } => {
                fl!(
                    language,
                    "ctl-cannot-open",
                    file = shown(file),
                    reason = error.to_string()
                )
            }
            Self::NotAFile(file) => fl!(language, "ctl-not-a-file", file = shown(file)),
            Self::Backend {
                error: backend::Error::Missing(path),
                ..
            } => {
                fl!(language, "ctl-no-backend", path = path.to_string_lossy().into_owned())
            }
            Self::Backend {
                error: backend::Error::Silent(reason),
                ..
            } => {
                fl!(language, "ctl-backend-failed", reason = visible(reason))
            }
            Self::Backend {
                file,
                error: backend::Error::Refused(failure),
            } => {
                let reason = match failure.detail.as_str() {
                    "" => explain(language, failure, "").what,
                    detail => visible(detail),
                };
                fl!(language, "ctl-refused", file = shown(file), reason = reason)
            }
        }
    }
}

/// Reads a file through the backend and puts it into text, or JSON.
pub(crate) fn run(language: Language, file: PathBuf, json: bool) -> Result<String, Error> {
    let unreadable = |error| Error::Unreadable {
        file: file.clone(),
        error,
    };

    // Asked before it is opened: opening a pipe would wait for somebody to write.
    if !std::fs::metadata(&file).map_err(unreadable)?.is_file() {
        return Err(Error::NotAFile(file));
    }
    let opened = File::open(&file).map_err(unreadable)?;
    let report = backend::inspect(&opened).map_err(|error| Error::Backend {
        file: file.clone(),
        error,
    })?;

    if json {
        let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
        text.push('\n');
        return Ok(text);
    }

    Ok(describe(language, &file.to_string_lossy(), &report))
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

fn mode(kind: &str, mode: u32) -> String {
    let letter = match kind {
        "regular" => '-',
        "symlink" => 'l',
        "directory" => 'd',
        "character-device" => 'c',
        "block-device" => 'b',
        "fifo" => 'p',
        "socket" => 's',
        _ => '?',
    };
    let mut text = String::from(letter);

    for (shift, special, set, unset) in [(6, 0o4000, 's', 'S'), (3, 0o2000, 's', 'S'), (0, 0o1000, 't', 'T')] {
        let bits = mode >> shift;

        text.push(if bits & 4 == 0 { '-' } else { 'r' });
        text.push(if bits & 2 == 0 { '-' } else { 'w' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => set,
            (false, true) => unset,
            (true, false) => 'x',
            (false, false) => '-',
        });
    }

    text
}

/// What strangers wrote must not steer the terminal: control characters are shown, not sent.
fn visible(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut shown, character| {
            // Bidirectional marks could make a path read otherwise than it is.
            if character.is_control()
                || matches!(character, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            {
                let _ = write!(shown, "{}", character.escape_default());
            } else {
                shown.push(character);
            }
            shown
        })
}

fn titled(title: &str, rows: &[Vec<String>]) -> String {
    let body: String = table(rows).lines().map(|line| format!("  {line}\n")).collect();

    format!("{title}\n{body}")
}

/// Columns that line up; the last one runs free.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<_> = (0..columns)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        })
        .collect();
    let mut text = String::new();

    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }

    text
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
