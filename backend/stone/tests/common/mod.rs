//! Stones put together field by field from the description of the format, without this crate's writer.
#![allow(dead_code)] // Each test file uses its own part.
#![allow(clippy::unwrap_used)] // Only tests call this.

use std::io::{Cursor, Read};

use moult_stone::{Error, Limits, Stone};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

pub(crate) const META: u8 = 1;
pub(crate) const CONTENT: u8 = 2;
pub(crate) const LAYOUT: u8 = 3;
pub(crate) const INDEX: u8 = 4;
pub(crate) const ATTRIBUTES: u8 = 5;

/// The whole file.
pub(crate) fn file(file_type: u8, payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"\0mos".to_vec();
    out.extend((payloads.len() as u16).to_be_bytes());
    out.extend([0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0, 5, 0, 0, 6, 0, 0, 7]);
    out.push(file_type);
    out.extend([0, 0, 0, 1]);
    assert_eq!(out.len(), 32);
    out.extend(payloads.concat());
    out
}

/// A payload with every header field as given.
pub(crate) fn payload(kind: u8, compression: u8, records: u32, plain_size: u64, stored: &[u8]) -> Vec<u8> {
    let mut out = (stored.len() as u64).to_be_bytes().to_vec();
    out.extend(plain_size.to_be_bytes());
    out.extend(xxh3_64(stored).to_be_bytes());
    out.extend(records.to_be_bytes());
    out.extend([0, 1, kind, compression]);
    assert_eq!(out.len(), 32);
    out.extend(stored);
    out
}

/// A payload that is not compressed.
pub(crate) fn plain(kind: u8, records: u32, body: &[u8]) -> Vec<u8> {
    payload(kind, 1, records, body.len() as u64, body)
}

/// A payload compressed with zstd.
pub(crate) fn packed(kind: u8, records: u32, body: &[u8]) -> Vec<u8> {
    payload(
        kind,
        2,
        records,
        body.len() as u64,
        &zstd::bulk::compress(body, 3).unwrap(),
    )
}

/// A metadata record whose length field is the length of its value.
pub(crate) fn meta(tag: u16, kind: u8, value: &[u8]) -> Vec<u8> {
    let mut out = (value.len() as u32).to_be_bytes().to_vec();
    out.extend(tag.to_be_bytes());
    out.extend([kind, 0]);
    out.extend(value);
    out
}

/// A metadata text, with its NUL.
pub(crate) fn text(tag: u16, text: &str) -> Vec<u8> {
    meta(tag, 9, &[text.as_bytes(), &[0]].concat())
}

/// The nine records that every package has.
pub(crate) fn mandatory() -> Vec<Vec<u8>> {
    vec![
        text(1, "nano"),
        text(3, "8.2"),
        meta(11, 8, &7_u64.to_be_bytes()),
        meta(13, 8, &2_u64.to_be_bytes()),
        text(2, "x86_64"),
        text(4, "A small editor"),
        text(5, "Edits text, and gets out of the way."),
        text(7, "nano"),
        text(6, "https://nano-editor.org/"),
    ]
}

/// A layout record of user 1 and group 2.
pub(crate) fn entry(kind: u8, mode: u32, source: &[u8], path: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for number in [1, 2, mode, 0] {
        out.extend(u32::to_be_bytes(number));
    }
    out.extend((source.len() as u16).to_be_bytes());
    out.extend((path.len() as u16).to_be_bytes());
    out.push(kind);
    out.extend([0; 11]);
    assert_eq!(out.len(), 32);
    out.extend(source);
    out.extend(path);
    out
}

/// An index record for `content` at `start`.
pub(crate) fn span(start: u64, content: &[u8]) -> Vec<u8> {
    let mut out = start.to_be_bytes().to_vec();
    out.extend((start + content.len() as u64).to_be_bytes());
    out.extend(xxh3_128(content).to_be_bytes());
    out
}

/// An attribute record.
pub(crate) fn attribute(key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = (key.len() as u64).to_be_bytes().to_vec();
    out.extend((value.len() as u64).to_be_bytes());
    out.extend(key);
    out.extend(value);
    out
}

/// Records of one payload.
pub(crate) fn body(make: fn(u8, u32, &[u8]) -> Vec<u8>, kind: u8, records: &[Vec<u8>]) -> Vec<u8> {
    make(kind, records.len() as u32, &records.concat())
}

pub(crate) const PROGRAM: &[u8] = b"#!/bin/sh\nexec true\n";
pub(crate) const NOTES: &[u8] = b"read me";

/// The five payloads of a package with a program, notes, an empty file, a link and a directory.
pub(crate) fn package(make: fn(u8, u32, &[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    let digest = |content: &[u8]| xxh3_128(content).to_be_bytes();
    let layout = [
        entry(1, 0o104_755, &digest(PROGRAM), b"bin/nano"),
        entry(2, 0o120_777, b"nano", b"bin/pico"),
        entry(1, 0o100_644, &digest(NOTES), b"share/doc/nano/README"),
        entry(1, 0o100_644, &digest(b""), b"share/doc/nano/empty"),
        entry(3, 0o040_700, b"", b"share/nano"),
    ];
    let end = (PROGRAM.len() + NOTES.len()) as u64;
    let index = [span(0, PROGRAM), span(PROGRAM.len() as u64, NOTES), span(end, b"")];
    vec![
        body(make, META, &mandatory()),
        body(make, LAYOUT, &layout),
        body(make, INDEX, &index),
        make(CONTENT, 0, &[PROGRAM, NOTES].concat()),
        body(make, ATTRIBUTES, &[attribute(b"key", b"value")]),
    ]
}

pub(crate) fn read(bytes: &[u8]) -> Result<Stone, Error> {
    Stone::read(&mut Cursor::new(bytes), &Limits::default())
}

/// The plain content, read to its verified end.
pub(crate) fn content(stone: &Stone, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut plain = Vec::new();
    let content = stone.content.as_ref().unwrap();
    let mut reader = content.decode(Cursor::new(bytes), &Limits::default())?;
    reader.read_to_end(&mut plain)?;
    reader.finish()?;
    Ok(plain)
}
