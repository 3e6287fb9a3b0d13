//! How things are put on a terminal: columns, names that steer nothing, JSON.

use std::fmt::Write;

use serde::Serialize;

/// One JSON value and a line break.
pub(crate) fn json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// A package's version with its releases: "5.2.37-12-1".
pub(crate) fn release(version: &str, source: u64, build: u64) -> String {
    visible(&format!("{version}-{source}-{build}"))
}

/// Kind and permissions as `ls -l` would have them.
pub(crate) fn mode(kind: &str, mode: u32) -> String {
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
pub(crate) fn visible(text: &str) -> String {
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

pub(crate) fn titled(title: &str, rows: &[Vec<String>]) -> String {
    let body: String = table(rows).lines().map(|line| format!("  {line}\n")).collect();

    format!("{title}\n{body}")
}

/// Columns that line up; the last one runs free.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
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
