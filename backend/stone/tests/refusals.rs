//! Stones assembled by hand that contradict themselves, and the error that each gives.

mod common;

use std::io::{Cursor, Write};

use common::*;
use moult_stone::*;

#[test]
fn what_is_not_a_stone_of_this_version_is_refused() {
    let good = file(1, &package(plain));
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        read(&bytes).unwrap_err()
    };
    assert!(matches!(with(0, 1), Error::Magic));
    assert!(matches!(with(8, 0), Error::DamagedHeader));
    assert!(matches!(with(31, 2), Error::Version(2)));
    assert!(matches!(
        with(32 + 29, 2),
        Error::PayloadVersion {
            kind: PayloadKind::Meta,
            version: 2,
            ..
        }
    ));
    let mut longer = good.clone();
    longer.push(0);
    assert!(matches!(
        read(&longer).unwrap_err(),
        Error::TrailingBytes { extra: 1, .. }
    ));
}

#[test]
fn an_index_entry_outside_the_content_is_refused() {
    let outside = file(1, &[body(plain, INDEX, &[span(1, b"abc")]), plain(CONTENT, 0, b"abc")]);
    assert!(matches!(
        read(&outside).unwrap_err(),
        Error::IndexRange {
            start: 1,
            end: 4,
            plain_size: 3,
            ..
        }
    ));
    let mut backwards = span(0, b"");
    backwards[7] = 1;
    let error = read(&file(1, &[body(plain, INDEX, &[backwards])])).unwrap_err();
    assert!(matches!(
        error,
        Error::Record {
            kind: PayloadKind::Index,
            record: 0,
            ..
        }
    ));
    let twice = file(
        1,
        &[
            body(plain, INDEX, &[span(0, b"abc"), span(2, b"c")]),
            plain(CONTENT, 0, b"abc"),
        ],
    );
    assert!(matches!(
        read(&twice).unwrap().contents(),
        Err(Error::IndexOverlap { start: 2, .. })
    ));
    let nowhere = file(1, &[body(plain, INDEX, &[span(0, b"abc")])]);
    assert!(matches!(
        read(&nowhere).unwrap().contents(),
        Err(Error::IndexRange { plain_size: 0, .. })
    ));
}

#[test]
fn a_content_that_is_not_what_its_digest_says_is_found() {
    let bytes = file(1, &[body(plain, INDEX, &[span(0, b"abc")]), plain(CONTENT, 0, b"abd")]);
    let error = read(&bytes)
        .unwrap()
        .verify_content(Cursor::new(&bytes), &Limits::default())
        .unwrap_err();
    assert!(matches!(error, Error::ContentDigest { .. }), "{error:?}");
    let layout = [entry(1, 0o100_644, &[7; 16], b"share/lost")];
    let bytes = file(1, &[body(plain, LAYOUT, &layout)]);
    let error = read(&bytes)
        .unwrap()
        .verify_content(Cursor::new(&bytes), &Limits::default())
        .unwrap_err();
    assert!(matches!(error, Error::MissingContent { path, .. } if path == "share/lost"));
}

#[test]
fn a_body_must_be_exactly_one_frame_of_the_stated_size() {
    let frame = |body: &[u8]| zstd::bulk::compress(body, 3).unwrap();
    let content_of = |stored: &[u8], plain_size| {
        let bytes = file(1, &[payload(CONTENT, 2, 0, plain_size, stored)]);
        content(&read(&bytes)?, &bytes)
    };
    let one = frame(b"abcdef");
    assert_eq!(content_of(&one, 6).unwrap(), b"abcdef");
    assert!(matches!(content_of(&one, 5), Err(Error::PlainSize { expected: 5, .. })));
    assert!(matches!(content_of(&one, 7), Err(Error::PlainSize { expected: 7, .. })));
    assert!(matches!(content_of(&one[..one.len() - 1], 6), Err(Error::Frame { .. })));
    assert!(matches!(
        content_of(&[one.clone(), one.clone()].concat(), 6),
        Err(Error::Frame { .. })
    ));
    assert!(matches!(
        content_of(&[one.as_slice(), b"x"].concat(), 6),
        Err(Error::Frame { .. })
    ));

    // A frame that does not state its size, from a writer that did not know it.
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    encoder.write_all(b"abcdef").unwrap();
    let streamed = encoder.finish().unwrap();
    assert_eq!(content_of(&streamed, 6).unwrap(), b"abcdef");
    assert!(matches!(content_of(&streamed, 5), Err(Error::PlainSize { .. })));
    assert!(matches!(content_of(&streamed, 7), Err(Error::PlainSize { .. })));
}

#[test]
fn a_record_count_that_does_not_fit_the_bytes_is_refused() {
    let records = mandatory();
    for count in [0, 8, 10] {
        let error = read(&file(1, &[plain(META, count, &records.concat())])).unwrap_err();
        let expected = matches!(error, Error::RecordCount { .. } | Error::Record { record: 9, .. });
        assert!(expected, "{count} records: {error:?}");
    }
}
