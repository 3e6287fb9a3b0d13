//! Stones that claim more than they hold. Each test runs with an address space of 512 MiB: an allocation that follows
//! a claim ends the process.

mod common;

use std::io::{Cursor, Read};

use common::*;
use moult_stone::*;
use rustix::process::{Resource, Rlimit, setrlimit};

#[allow(clippy::unwrap_used)] // Only tests call this.
fn with_little_memory() {
    let little = Some(512 << 20);
    setrlimit(
        Resource::As,
        Rlimit {
            current: little,
            maximum: little,
        },
    )
    .unwrap();
}

#[test]
fn four_billion_records_in_a_few_bytes_are_refused() {
    with_little_memory();
    for kind in [META, LAYOUT, INDEX, ATTRIBUTES] {
        for make in [plain, packed] {
            let error = read(&file(1, &[make(kind, u32::MAX, &[0; 64])])).unwrap_err();
            assert!(
                matches!(error, Error::RecordCount { records: u32::MAX, .. }),
                "{error:?}"
            );
        }
    }
}

#[test]
fn sizes_up_to_the_largest_number_are_refused() {
    with_little_memory();
    for kind in [META, CONTENT, LAYOUT, INDEX, ATTRIBUTES, 77] {
        for compression in [1, 2, 3] {
            for stored_size in [65, 1 << 40, u64::MAX - 64, u64::MAX] {
                let mut part = payload(kind, compression, 1, stored_size, &[0; 64]);
                part[..8].copy_from_slice(&stored_size.to_be_bytes());
                let error = read(&file(1, &[part])).unwrap_err();
                assert!(
                    matches!(error, Error::Truncated { needed, .. } if needed == stored_size),
                    "{error:?}"
                );
            }
        }
    }
    for kind in [META, CONTENT, LAYOUT, INDEX, ATTRIBUTES] {
        for compression in [1, 2] {
            for plain_size in [64 * 32_768 + 1, u64::MAX] {
                let error = read(&file(1, &[payload(kind, compression, 1, plain_size, &[0; 64])])).unwrap_err();
                assert!(matches!(error, Error::PlainSize { .. }), "{error:?}");
            }
        }
    }
}

#[test]
fn lengths_within_records_are_held_against_the_bytes_that_are_there() {
    with_little_memory();
    let mut long_text = text(1, "name");
    long_text[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    let mut long_unknown = meta(1, 99, b"name");
    long_unknown[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    let mut long_key = attribute(b"key", b"value");
    long_key[..8].copy_from_slice(&u64::MAX.to_be_bytes());
    let mut long_value = attribute(b"key", b"value");
    long_value[8..16].copy_from_slice(&(u64::MAX - 3).to_be_bytes());
    let mut long_path = entry(3, 0, b"", b"path");
    long_path[18..20].copy_from_slice(&u16::MAX.to_be_bytes());
    let cases = [
        (META, long_text),
        (META, long_unknown),
        (META, meta(8, 10, b"")),
        (META, meta(1, 9, b"\xff\xfe")),
        (ATTRIBUTES, long_key),
        (ATTRIBUTES, long_value),
        (LAYOUT, long_path),
        (LAYOUT, entry(1, 0, b"fifteen bytes..", b"path")),
        (LAYOUT, entry(1, 0, b"seventeen bytes..", b"path")),
    ];
    for (kind, record) in cases {
        let error = read(&file(1, &[body(plain, kind, &[record])])).unwrap_err();
        assert!(matches!(error, Error::Record { record: 0, .. }), "{error:?}");
    }
}

/// A frame of one RLE block for each 128 KiB of zeros, behind the given frame header.
fn bomb(header: &[u8], blocks: u32) -> Vec<u8> {
    let mut frame = [&[0x28, 0xb5, 0x2f, 0xfd], header].concat();
    for number in 1..=blocks {
        let block = (128_u32 << 10) << 3 | 1 << 1 | u32::from(number == blocks);
        frame.extend(&block.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}

#[test]
fn a_window_of_terabytes_costs_no_memory() {
    with_little_memory();
    for descriptor in [0xff, 31 << 3, 21 << 3] {
        let frame = bomb(&[0, descriptor], 3);
        let part = payload(META, 2, 3 << 14, 3 << 17, &frame);
        assert_eq!(
            read(&file(1, &[part])).unwrap().metas[0].len(),
            3 << 14,
            "window descriptor {descriptor:#x}"
        );
    }
}

#[test]
fn a_payload_that_unpacks_above_its_limit_is_refused_unopened() {
    with_little_memory();
    let blocks = 16_384; // 2 GiB out of 64 KiB
    let frame = bomb(&[0, 0x50], blocks);
    for kind in [META, LAYOUT, INDEX, ATTRIBUTES] {
        let error = read(&file(1, &[payload(kind, 2, 1, u64::from(blocks) << 17, &frame)])).unwrap_err();
        assert!(matches!(error, Error::Limit { found: 0x8000_0000, .. }), "{error:?}");
    }
}

#[test]
fn a_frame_that_unpacks_to_more_than_stated_is_stopped_there() {
    with_little_memory();
    let frame = bomb(&[0, 0x50], 16_384);
    for kind in [META, LAYOUT] {
        let error = read(&file(1, &[payload(kind, 2, 1, 1 << 20, &frame)])).unwrap_err();
        assert!(
            matches!(
                error,
                Error::PlainSize {
                    expected: 0x10_0000,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[test]
fn many_payloads_together_are_bounded() {
    with_little_memory();
    // 15 MiB of zeros are two million empty texts... of type 0, which is unknown: 8 bytes each.
    let part = payload(META, 2, 0, 15 << 20, &bomb(&[0, 0x50], 120));
    let parts: Vec<Vec<u8>> = (0..3).map(|_| part.clone()).collect();
    let mut limits = Limits::default();
    limits.held = 14 << 20;
    let error = Stone::read(&mut Cursor::new(file(3, &parts)), &limits).unwrap_err();
    assert!(matches!(error, Error::Limit { limit: 0xe0_0000, .. }), "{error:?}");
    let error = read_index(&mut Cursor::new(file(3, &parts)), &limits).unwrap_err();
    assert!(matches!(error, Error::InPackage { number: 0, .. }), "{error:?}");
}

#[test]
fn a_content_of_gigabytes_streams_through_little_memory() {
    with_little_memory();
    let blocks = 16_384;
    let plain_size = u64::from(blocks) << 17;
    let bytes = file(1, &[payload(CONTENT, 2, 0, plain_size, &bomb(&[0, 0x50], blocks))]);
    let stone = read(&bytes).unwrap();
    let mut reader = stone
        .content
        .unwrap()
        .decode(Cursor::new(&bytes), &Limits::default())
        .unwrap();
    let mut buffer = vec![1; 1 << 20];
    reader.read_exact(&mut buffer).unwrap();
    assert!(buffer.iter().all(|byte| *byte == 0));
    reader.finish().unwrap();

    let mut limits = Limits::default();
    limits.content = plain_size - 1;
    assert!(matches!(
        Stone::read(&mut Cursor::new(&bytes), &limits),
        Err(Error::Limit { .. })
    ));
}
