//! `org.moult.Inspector1`: what a `.stone` file holds.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;

use moult_api::{Failure, FailureCode, LayoutRow, MetaRow, PayloadRow, StoneReport};
use moult_stone::{Compression, EntryKind, FileType, LayoutEntry, Limits, MetaRecord, Payload, Stone, Tag, Value};
use zbus::interface;

/// Reads stones that a client opened itself.
#[derive(Debug)]
pub(crate) struct Inspector;

#[interface(name = "org.moult.Inspector1")]
impl Inspector {
    async fn inspect(&self, file: zbus::OwnedFd) -> Result<StoneReport, Failure> {
        let file = File::from(std::os::fd::OwnedFd::from(file));
        match tokio::task::spawn_blocking(move || report(file)).await {
            Ok(report) => report,
            Err(_) => Err(Failure::new(FailureCode::Internal, "reading the file stopped")),
        }
    }
}

fn report(file: File) -> Result<StoneReport, Failure> {
    let kind = file.metadata().map_err(|error| bad(error.to_string()))?;
    if !kind.is_file() {
        return Err(bad("this is not a regular file"));
    }
    let limits = Limits::default();
    let mut source = BufReader::new(file);
    let stone = Stone::read(&mut source, &limits).map_err(|error| bad(error.to_string()))?;
    stone
        .verify_content(&mut source, &limits)
        .map_err(|error| bad(error.to_string()))?;

    let sizes: HashMap<u128, u64> = stone.index.iter().map(|entry| (entry.digest, entry.size())).collect();
    Ok(StoneReport {
        file_type: match stone.file_type {
            FileType::Package => "package".into(),
            FileType::Delta => "delta".into(),
            FileType::Index => "index".into(),
            FileType::Manifest => "manifest".into(),
            FileType::Unknown(byte) => format!("unknown({byte})"),
        },
        version: stone.version,
        payloads: stone.payloads.iter().map(payload_row).collect(),
        meta: (0..)
            .zip(&stone.metas)
            .flat_map(|(at, meta)| meta.iter().map(move |record| meta_row(at, record)))
            .collect(),
        layout: stone.layout.iter().map(|entry| layout_row(entry, &sizes)).collect(),
        attributes: stone
            .attributes
            .iter()
            .map(|pair| (hex(&pair.key), hex(&pair.value)))
            .collect(),
        verified: true,
    })
}

fn bad(reason: impl Into<String>) -> Failure {
    let reason = reason.into();
    Failure::new(FailureCode::BadInput, reason.clone())
        .arg("field", "file")
        .arg("reason", reason)
}

fn payload_row(payload: &Payload) -> PayloadRow {
    PayloadRow {
        kind: payload.kind.to_string(),
        compression: match payload.compression {
            Compression::None => "none".into(),
            Compression::Zstd => "zstd".into(),
            Compression::Unknown(byte) => format!("unknown({byte})"),
        },
        records: payload.records,
        stored: payload.stored_size,
        plain: payload.plain_size,
        checksum: format!("{:016x}", payload.checksum),
    }
}

fn meta_row(payload: u32, record: &MetaRecord) -> MetaRow {
    let tag = match record.tag {
        Tag::Unknown(number) => format!("unknown({number})"),
        known => word(&known),
    };
    let value = match &record.value {
        Value::Text(text) => text.clone(),
        Value::Dependency { kind, target } | Value::Provider { kind, target } => {
            match moult_stone::Kind::from_number(*kind) {
                Some(kind) => format!("{}({target})", kind.as_str()),
                None => format!("unknown-{kind}({target})"),
            }
        }
        Value::Unknown { kind, bytes } => format!("type {kind}: {}", hex(bytes)),
        number => number.integer().map(|number| number.to_string()).unwrap_or_default(),
    };
    MetaRow { payload, tag, value }
}

/// The word that serde has for a variant without content.
fn word(tag: &Tag) -> String {
    match serde_json::to_value(tag) {
        Ok(serde_json::Value::String(word)) => word,
        _ => format!("{tag:?}"),
    }
}

fn layout_row(entry: &LayoutEntry, sizes: &HashMap<u128, u64>) -> LayoutRow {
    let (kind, source, size) = match &entry.kind {
        EntryKind::Regular { digest } => (
            "regular".to_owned(),
            format!("{digest:032x}"),
            sizes.get(digest).copied().unwrap_or(0),
        ),
        EntryKind::Symlink { target } => ("symlink".to_owned(), shown(target), 0),
        EntryKind::Directory => ("directory".to_owned(), String::new(), 0),
        EntryKind::CharacterDevice => ("character-device".to_owned(), String::new(), 0),
        EntryKind::BlockDevice => ("block-device".to_owned(), String::new(), 0),
        EntryKind::Fifo => ("fifo".to_owned(), String::new(), 0),
        EntryKind::Socket => ("socket".to_owned(), String::new(), 0),
        EntryKind::Unknown { kind, source } => (format!("unknown({kind})"), shown(source), 0),
    };
    LayoutRow {
        kind,
        path: shown(&entry.path),
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        source,
        size,
    }
}

/// Bytes as text; what is no UTF-8, a control character or a backslash is escaped, so that nothing is ambiguous.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => text.push_str("\\\\"),
                c if c.is_control() => {
                    for byte in c.to_string().bytes() {
                        let _ = write!(text, "\\x{byte:02x}");
                    }
                }
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_text_are_shown_without_ambiguity() {
        assert_eq!(shown(b"a\xffb"), "a\\xffb");
        assert_eq!(shown(b"a\\xffb"), "a\\\\xffb");
        assert_eq!(shown(b"line\nbreak"), "line\\x0abreak");
    }
}
