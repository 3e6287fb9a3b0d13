//! The search index of one repository: a few flat tables that are read into memory and used as they are. [`build`] makes
//! them, [`read`] looks into them; here is what both know of the bytes.
//!
//! ```text
//! 8  MAGIC; the last byte is the version        then, for p packages and w words, all numbers little-endian:
//! 8  XXH3 of all that follows                    p x u32  end of each package's card in `cards`
//! 4  p    4  w                                    p x u32  end of each package's key in `keys`
//! 4  bytes of cards   4  of keys                  p x u64  the letters of each key
//! 4  bytes of words   4  of near   4  of far      p x u32  the packages, sorted by key
//! 4  n    4  bytes of names                       w x u32  end of each word in `words`; the words are sorted
//!                                                 w x u64  the letters of each word; bit 62: in a name, 63: in a summary
//!                                                 w x u32  end of each word's list in `near`, and then of those in `far`
//!                                                 n x u32  the packages whose name is not their key, ascending
//!                                                 n x u32  end of each of these names in `names`
//! cards   for each package its version and summary, each behind its length; source and build release
//! keys    the names as they are compared, each with a line break
//! names   those that are not their key
//! words   all words of names, summaries and descriptions
//! near    for each word the packages that have it in name or summary, ascending: (distance to the one before << 1 |
//!         1 if it is only in the summary)
//! far     for each word the packages that have it in the description alone, ascending: distances
//! ```
//! Lengths, releases and list entries are LEB128 numbers.

mod build;
mod read;

pub(crate) use build::Builder;
pub(crate) use read::Index;
pub(super) use read::{Card, Word};

/// Goes up with each change of the format or of what a word is.
pub(crate) const VERSION: u8 = 3;
const MAGIC: [u8; 8] = [b'M', b'L', b'T', b'W', b'O', b'R', b'D', VERSION];

const IN_NAME: u64 = 1 << 62;
const IN_SUMMARY: u64 = 1 << 63;

/// What tells an index from any other: its checksum.
pub(crate) fn digest(index: &[u8]) -> i64 {
    let checksum = index.get(8..).and_then(<[u8]>::first_chunk);
    checksum.map_or(0, |checksum| i64::from_le_bytes(*checksum))
}

/// The part of a table that belongs to this number.
fn span(ends: &[u32], number: u32) -> Option<std::ops::Range<usize>> {
    let number = number as usize;
    let begin = match number.checked_sub(1) {
        Some(before) => *ends.get(before)? as usize,
        None => 0,
    };
    let end = *ends.get(number)? as usize;
    (begin <= end).then_some(begin..end)
}

/// A package list is far from 4 GiB; what is beyond could not be found.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    // Most numbers are small.
    if let Some((byte, rest)) = bytes.split_first()
        && *byte <= 0x7f
    {
        *bytes = rest;
        return Some(u64::from(*byte));
    }
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;
    use crate::search::words::letters;

    fn index() -> Vec<u8> {
        let mut builder = Builder::default();
        builder.add("zlib", "1.3", (7, 1), "Compression library", "Deflate & Ínflate");
        builder.add(
            "Bash",
            "5.2",
            (300, u64::MAX),
            "A shell",
            "GNU's shell; compression of effort",
        );
        builder.finish()
    }

    #[test]
    fn an_index_is_read_as_it_was_made() {
        let index = Index::read(&index()).unwrap();
        assert_eq!(index.len(), 2);
        let card = index.card(1).unwrap();
        assert_eq!((card.name, card.version, card.summary), ("Bash", "5.2", "A shell"));
        assert_eq!((card.source_release, card.build_release), (300, u64::MAX));
        assert_eq!(index.order(), [1, 0]);
        assert_eq!(index.beginning("ba"), [1]);
        assert_eq!((index.key(0), index.key(1), index.key(2)), ("zlib", "bash", ""));
        let mut found = Vec::new();
        index.words_beginning("compress", |word, whole| {
            word.near(|package, in_name| found.push((package, Some(in_name), whole)));
            word.far(|package| found.push((package, None, whole)));
        });
        assert_eq!(found, [(0, Some(false), false), (1, None, false)]);
        let mut found = Vec::new();
        index.lettered(letters("sa"), |package| found.push(package));
        assert_eq!(found, [1]);
        assert_eq!(super::super::words::fold("Ínflate"), "inflate");
    }

    #[test]
    fn an_index_that_was_cut_or_changed_anywhere_is_not_read() {
        let whole = index();
        for end in 0..whole.len() {
            assert!(Index::read(&whole[..end]).is_none(), "cut at {end}");
            let mut changed = whole.clone();
            changed[end] ^= 0x10;
            assert!(Index::read(&changed).is_none(), "changed at {end}");
        }
    }

    #[test]
    fn an_index_that_lies_under_a_right_checksum_harms_nobody() {
        let whole = index();
        for at in 16..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[at] = value;
                let checksum = xxh3_64(&changed[16..]).to_le_bytes();
                changed[8..16].copy_from_slice(&checksum);
                let Some(index) = Index::read(&changed) else { continue };
                let searcher = super::super::Searcher::of_index(index);
                for term in ["z", "shell", "shel", "compresion", "bash 5", "e"] {
                    let _ = searcher.search(term, 10);
                }
            }
        }
    }
}
