//! Damaged and truncated stones: an error or the same result, never a panic, never something else.

mod common;

use std::io::{Cursor, Read};

use common::*;
use moult_stone::*;

/// Everything that can be read out of a stone.
fn all_of(bytes: &[u8]) -> Result<(Stone, Vec<u8>), Error> {
    let stone = read(bytes)?;
    let mut plain = Vec::new();
    if stone.content.is_some() {
        plain = content(&stone, bytes)?;
    }
    stone.verify_content(Cursor::new(bytes), &Limits::default())?;
    Ok((stone, plain))
}

/// The bytes that no checksum covers and every value of which is legal: the file type, each payload's kind and
/// compression, and the number of records of the content. A change of them shows in `file_type` or `payloads`.
fn unprotected(stone: &Stone) -> Vec<u64> {
    let mut all = vec![27];
    for payload in &stone.payloads {
        all.extend(payload.offset - 2..payload.offset);
        if payload.kind == PayloadKind::Content {
            all.extend(payload.offset - 8..payload.offset - 4);
        }
    }
    all
}

#[test]
fn every_flipped_bit_is_noticed() {
    for make in [plain, packed] {
        let good = file(1, &package(make));
        let (expected, _) = all_of(&good).unwrap();
        let unprotected = unprotected(&expected);
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bytes = good.clone();
                bytes[at] ^= 1 << bit;
                match all_of(&bytes) {
                    Err(_) => {}
                    Ok((stone, _)) => {
                        assert!(
                            unprotected.contains(&(at as u64)),
                            "bit {bit} of byte {at} went unnoticed"
                        );
                        let shown = (&stone.file_type, &stone.payloads) != (&expected.file_type, &expected.payloads);
                        assert!(shown, "bit {bit} of byte {at} does not show");
                    }
                }
            }
        }
    }
}

#[test]
fn a_damaged_body_is_a_wrong_checksum_and_nothing_stranger() {
    let good = file(1, &package(packed));
    let payloads = read(&good).unwrap().payloads;
    for payload in payloads {
        for at in payload.offset..payload.offset + payload.stored_size {
            let mut bytes = good.clone();
            bytes[at as usize] ^= 0xff;
            let error = all_of(&bytes).unwrap_err();
            assert!(
                matches!(error, Error::Checksum { kind, .. } if kind == payload.kind),
                "byte {at}: {error:?}"
            );
        }
    }
}

#[test]
fn a_stone_cut_anywhere_is_an_error() {
    for make in [plain, packed] {
        let good = file(1, &package(make));
        for length in 0..good.len() {
            let error = read(&good[..length]).unwrap_err();
            assert!(matches!(error, Error::Truncated { .. }), "{length} bytes: {error:?}");
        }
        let good = file(3, &[body(make, META, &mandatory())]);
        for length in 0..good.len() {
            assert!(
                read_index(&mut Cursor::new(&good[..length]), &Limits::default()).is_err(),
                "{length} bytes"
            );
        }
    }
}

#[test]
fn a_file_that_shrinks_while_its_content_is_read_is_truncated() {
    let noise: Vec<u8> = (0..400_000_u32)
        .flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes())
        .collect();
    for make in [plain, packed] {
        let good = file(1, &[make(CONTENT, 0, &noise)]);
        let stone = read(&good).unwrap();
        let shorter = &good[..good.len() - 1];
        let mut reader = stone
            .content
            .unwrap()
            .decode(Cursor::new(shorter), &Limits::default())
            .unwrap();
        let mut read = Vec::new();
        let error = Error::from(reader.read_to_end(&mut read).unwrap_err());
        assert!(
            matches!(
                error,
                Error::Truncated {
                    needed: 1..,
                    available: 0,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(reader.finish().is_err(), "a reader that failed cannot end well");
    }
}

#[test]
fn finish_reads_what_is_left_and_notices_its_damage() {
    let noise: Vec<u8> = (0..400_000_u32)
        .flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes())
        .collect();
    for make in [plain, packed] {
        let mut bytes = file(1, &[make(CONTENT, 0, &noise)]);
        let stone = read(&bytes).unwrap();
        let decode = |bytes: &[u8]| {
            let content = stone.content.as_ref().unwrap();
            let mut reader = content.decode(Cursor::new(bytes.to_vec()), &Limits::default()).unwrap();
            reader.read_exact(&mut [0; 10]).unwrap();
            reader.finish()
        };
        decode(&bytes).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        assert!(matches!(
            decode(&bytes),
            Err(Error::Checksum {
                kind: PayloadKind::Content,
                ..
            })
        ));
    }
}
