//! The search index of one repository: a few flat tables that are read into memory and used as they are.
//!
//! ```text
//! 8  MAGIC; the last byte is the version        then, for p packages and w words, all numbers little-endian:
//! 8  XXH3 of all that follows                    p x u32  end of each package's card in `cards`
//! 4  p    4  w                                    p x u32  end of each package's key in `keys`
//! 4  bytes of cards   4  of keys                  p x u64  the letters of each key
//! 4  bytes of words   4  of near   4  of far      p x u32  the packages, sorted by key
//!                                                 w x u32  end of each word in `words`; the words are sorted
//!                                                 w x u64  the letters of each word; bit 62: in a name, 63: in a summary
//!                                                 w x u32  end of each word's list in `near`, and then of those in `far`
//! cards   for each package its name, version and summary, each behind its length; source and build release
//! keys    the names as they are compared, each with a line break
//! words   all words of names, summaries and descriptions
//! near    for each word the packages that have it in name or summary, ascending: (distance to the one before << 1 |
//!         1 if it is only in the summary)
//! far     for each word the packages that have it in the description alone, ascending: distances
//! ```
//! Lengths, releases and list entries are LEB128 numbers.

use std::collections::HashMap;

use memchr::memmem;
use xxhash_rust::xxh3::xxh3_64;

use super::words::{fold, key, letters, words};

/// Goes up with each change of the format or of what a word is.
pub(crate) const VERSION: u8 = 2;
const MAGIC: [u8; 8] = [b'M', b'L', b'T', b'W', b'O', b'R', b'D', VERSION];
/// Magic, checksum and seven counts.
const HEADER: usize = 44;
/// Bytes of a description whose words count.
const READ: usize = 32 << 10;

const IN_NAME: u64 = 1 << 62;
const IN_SUMMARY: u64 = 1 << 63;

/// Where a word is. The smaller is the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Name,
    Summary,
    Description,
}

/// What an index says of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card<'i> {
    pub(super) name: &'i str,
    pub(super) version: &'i str,
    pub(super) summary: &'i str,
    pub(super) source_release: u64,
    pub(super) build_release: u64,
}

/// Makes an index, package by package.
#[derive(Default)]
pub(crate) struct Builder {
    numbers: HashMap<Box<str>, u32>,
    lists: Vec<List>,
    cards: Vec<u8>,
    card_ends: Vec<u32>,
    keys: String,
    key_ends: Vec<u32>,
    found: Vec<(u32, Field)>,
}

#[derive(Default)]
struct List {
    near: Entries,
    far: Entries,
    fields: u64,
}

/// Ascending numbers of packages.
#[derive(Default)]
struct Entries {
    bytes: Vec<u8>,
    last: u32,
}

impl Entries {
    fn distance(&mut self, package: u32) -> u64 {
        u64::from(package.wrapping_sub(std::mem::replace(&mut self.last, package)))
    }
}

impl Builder {
    /// Takes a package in.
    pub(crate) fn add(&mut self, name: &str, version: &str, releases: (u64, u64), summary: &str, description: &str) {
        let package = short(self.card_ends.len());
        for text in [name, version, summary] {
            put(&mut self.cards, text.len() as u64);
            self.cards.extend_from_slice(text.as_bytes());
        }
        put(&mut self.cards, releases.0);
        put(&mut self.cards, releases.1);
        self.card_ends.push(short(self.cards.len()));
        let key = key(name);
        self.keys.push_str(&key);
        self.keys.push('\n');
        self.key_ends.push(short(self.keys.len()));

        self.note(&key, Field::Name);
        self.note(&fold(summary), Field::Summary);
        let end = description.floor_char_boundary(READ);
        self.note(&fold(description.get(..end).unwrap_or_default()), Field::Description);
        self.found.sort_unstable();
        self.found.dedup_by_key(|(word, _)| *word);
        for (word, field) in self.found.drain(..) {
            let Some(list) = self.lists.get_mut(word as usize) else {
                continue;
            };
            if field == Field::Description {
                let distance = list.far.distance(package);
                put(&mut list.far.bytes, distance);
            } else {
                let distance = list.near.distance(package);
                put(&mut list.near.bytes, distance << 1 | field as u64);
                list.fields |= if field == Field::Name { IN_NAME } else { IN_SUMMARY };
            }
        }
    }

    fn note(&mut self, folded: &str, field: Field) {
        for word in words(folded) {
            let number = match self.numbers.get(word) {
                Some(number) => *number,
                None => {
                    let number = short(self.lists.len());
                    self.numbers.insert(word.into(), number);
                    self.lists.push(List::default());
                    number
                }
            };
            self.found.push((number, field));
        }
    }

    /// The finished index.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut sorted: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        sorted.sort_unstable();
        let key_of = |package: u32| span(&self.key_ends, package).and_then(|range| self.keys.get(range));
        let mut order: Vec<u32> = (0..short(self.key_ends.len())).collect();
        order.sort_by_key(|package| key_of(*package));
        let word_bytes: usize = sorted.iter().map(|(word, _)| word.len()).sum();
        let near_bytes: usize = self.lists.iter().map(|list| list.near.bytes.len()).sum();
        let far_bytes: usize = self.lists.iter().map(|list| list.far.bytes.len()).sum();
        let tables = self.card_ends.len() * 20 + sorted.len() * 20;
        let texts = self.cards.len() + self.keys.len() + word_bytes;
        let all = HEADER + tables + texts + near_bytes + far_bytes;

        let mut out = Vec::with_capacity(all);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&[0; 8]);
        let counts = [
            self.card_ends.len(),
            sorted.len(),
            self.cards.len(),
            self.keys.len(),
            word_bytes,
            near_bytes,
            far_bytes,
        ];
        put_numbers(&mut out, counts.map(short));
        put_numbers(&mut out, self.card_ends.iter().copied());
        put_numbers(&mut out, self.key_ends.iter().copied());
        for package in 0..short(self.key_ends.len()) {
            out.extend_from_slice(&letters(key_of(package).unwrap_or_default().trim_end()).to_le_bytes());
        }
        put_numbers(&mut out, order);
        let list_of = |number: u32| self.lists.get(number as usize);
        let mut end = 0;
        put_numbers(&mut out, sorted.iter().map(|(word, _)| sum(&mut end, word.len())));
        for (word, number) in &sorted {
            let fields = list_of(*number).map_or(0, |list| list.fields);
            out.extend_from_slice(&(letters(word) | fields).to_le_bytes());
        }
        let near = |number: u32| list_of(number).map_or(&[][..], |list| &list.near.bytes);
        let far = |number: u32| list_of(number).map_or(&[][..], |list| &list.far.bytes);
        end = 0;
        put_numbers(
            &mut out,
            sorted.iter().map(|(_, number)| sum(&mut end, near(*number).len())),
        );
        end = 0;
        put_numbers(
            &mut out,
            sorted.iter().map(|(_, number)| sum(&mut end, far(*number).len())),
        );
        out.extend_from_slice(&self.cards);
        out.extend_from_slice(self.keys.as_bytes());
        for (word, _) in &sorted {
            out.extend_from_slice(word.as_bytes());
        }
        for (_, number) in &sorted {
            out.extend_from_slice(near(*number));
        }
        for (_, number) in &sorted {
            out.extend_from_slice(far(*number));
        }
        let checksum = xxh3_64(out.get(16..).unwrap_or_default());
        if let Some(place) = out.get_mut(8..16) {
            place.copy_from_slice(&checksum.to_le_bytes());
        }
        out
    }
}

/// What tells an index from any other: its checksum.
pub(crate) fn digest(index: &[u8]) -> i64 {
    let checksum = index.get(8..).and_then(<[u8]>::first_chunk);
    checksum.map_or(0, |checksum| i64::from_le_bytes(*checksum))
}

/// An index in memory.
pub(crate) struct Index {
    cards: Vec<u8>,
    card_ends: Vec<u32>,
    keys: String,
    key_ends: Vec<u32>,
    key_letters: Vec<u64>,
    order: Vec<u32>,
    words: String,
    word_ends: Vec<u32>,
    /// The words of names and summaries, with their letters.
    prominent: Vec<(u32, u64)>,
    near: Vec<u8>,
    near_ends: Vec<u32>,
    far: Vec<u8>,
    far_ends: Vec<u32>,
}

impl Index {
    /// Reads an index; None if it is of another version or damaged: then it is made anew.
    pub(crate) fn read(bytes: &[u8]) -> Option<Index> {
        let mut rest = bytes.strip_prefix(&MAGIC)?;
        let checksum = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
        if xxh3_64(rest) != checksum {
            return None;
        }
        let counts = numbers(rest.split_off(..28)?);
        let [packages, word_count, cards, keys, words, near, far] = counts.try_into().ok()?;
        let mut part = |count: u32, size: usize| rest.split_off(..(count as usize).checked_mul(size)?);
        let index = Index {
            card_ends: numbers(part(packages, 4)?),
            key_ends: numbers(part(packages, 4)?),
            key_letters: long_numbers(part(packages, 8)?),
            order: numbers(part(packages, 4)?),
            word_ends: numbers(part(word_count, 4)?),
            prominent: prominent(part(word_count, 8)?),
            near_ends: numbers(part(word_count, 4)?),
            far_ends: numbers(part(word_count, 4)?),
            cards: part(cards, 1)?.to_vec(),
            keys: str::from_utf8(part(keys, 1)?).ok()?.to_owned(),
            words: str::from_utf8(part(words, 1)?).ok()?.to_owned(),
            near: part(near, 1)?.to_vec(),
            far: part(far, 1)?.to_vec(),
        };
        rest.is_empty().then_some(index)
    }

    /// How many packages are in it.
    pub(crate) fn len(&self) -> usize {
        self.card_ends.len()
    }

    /// Packages sorted by their keys.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    pub(super) fn card(&self, package: u32) -> Option<Card<'_>> {
        let mut bytes = self.cards.get(span(&self.card_ends, package)?)?;
        let mut text = || {
            let length = usize::try_from(take(&mut bytes)?).ok()?;
            str::from_utf8(bytes.split_off(..length)?).ok()
        };
        Some(Card {
            name: text()?,
            version: text()?,
            summary: text()?,
            source_release: take(&mut bytes)?,
            build_release: take(&mut bytes)?,
        })
    }

    /// A package's name as it is compared.
    pub(super) fn key(&self, package: u32) -> &str {
        let key = span(&self.key_ends, package).and_then(|range| self.keys.get(range));
        key.and_then(|key| key.strip_suffix('\n')).unwrap_or_default()
    }

    /// The packages whose keys begin so, sorted by key.
    pub(super) fn beginning(&self, key: &str) -> &[u32] {
        let begin = self.order.partition_point(|package| self.key(*package) < key);
        let rest = self.order.get(begin..).unwrap_or_default();
        let end = rest.partition_point(|package| self.key(*package).starts_with(key));
        rest.get(..end).unwrap_or_default()
    }

    /// Calls with each package that has all these letters in its key.
    pub(super) fn lettered(&self, wanted: u64, mut each: impl FnMut(u32)) {
        for (package, letters) in (0..).zip(&self.key_letters) {
            if wanted & !letters == 0 {
                each(package);
            }
        }
    }

    /// Calls with each package whose key has this text, which has no line break, in it.
    pub(super) fn containing(&self, text: &str, mut each: impl FnMut(u32)) {
        let (keys, text) = (self.keys.as_bytes(), memmem::Finder::new(text));
        let mut ends = (0..).zip(&self.key_ends);
        let mut from = 0;
        while let Some(found) = keys.get(from..).and_then(|rest| text.find(rest)) {
            let at = from + found;
            let Some((package, end)) = ends.find(|(_, end)| **end as usize > at) else {
                return;
            };
            each(package);
            from = *end as usize;
        }
    }

    fn word(&self, number: u32) -> &str {
        let word = span(&self.word_ends, number).and_then(|range| self.words.get(range));
        word.unwrap_or_default()
    }

    /// Calls with each word that begins so, and whether that is all of it.
    pub(super) fn words_beginning(&self, text: &str, mut each: impl FnMut(Word<'_>, bool)) {
        let count = short(self.word_ends.len());
        let (mut begin, mut end) = (0, count);
        while begin < end {
            let middle = begin + (end - begin) / 2;
            if self.word(middle) < text {
                begin = middle + 1;
            } else {
                end = middle;
            }
        }
        for number in begin..count {
            let word = self.word(number);
            if !word.starts_with(text) {
                return;
            }
            each(Word { index: self, number }, word.len() == text.len());
        }
    }

    /// Calls with each word of a name or a summary that has all but one of the letters of `typed`.
    pub(super) fn words_near(&self, typed: &str, mut each: impl FnMut(Word<'_>, &str)) {
        let wanted = letters(typed);
        for (number, letters) in &self.prominent {
            let missing = wanted & !letters;
            // One bit at most.
            if missing & missing.wrapping_sub(1) == 0 {
                let word = Word {
                    index: self,
                    number: *number,
                };
                each(word, self.word(*number));
            }
        }
    }
}

/// One word of an index.
#[derive(Clone, Copy)]
pub(super) struct Word<'i> {
    index: &'i Index,
    number: u32,
}

impl Word<'_> {
    /// Calls with each package that has it in its name or, second, only in its summary.
    pub(super) fn near(self, mut each: impl FnMut(u32, bool)) {
        let list = span(&self.index.near_ends, self.number).and_then(|range| self.index.near.get(range));
        let mut bytes = list.unwrap_or_default();
        let mut package = 0u32;
        while let Some(entry) = take(&mut bytes) {
            package = package.wrapping_add((entry >> 1) as u32);
            each(package, entry & 1 == 0);
        }
    }

    /// Calls with each package that has it in its description alone.
    pub(super) fn far(self, mut each: impl FnMut(u32)) {
        let list = span(&self.index.far_ends, self.number).and_then(|range| self.index.far.get(range));
        let mut bytes = list.unwrap_or_default();
        let mut package = 0u32;
        while let Some(distance) = take(&mut bytes) {
            package = package.wrapping_add(distance as u32);
            each(package);
        }
    }
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

fn sum(end: &mut usize, length: usize) -> u32 {
    *end += length;
    short(*end)
}

fn put_numbers(out: &mut Vec<u8>, numbers: impl IntoIterator<Item = u32>) {
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes());
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|four| u32::from_le_bytes(*four))
        .collect()
}

fn long_numbers(bytes: &[u8]) -> Vec<u64> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|eight| u64::from_le_bytes(*eight))
        .collect()
}

fn prominent(letters: &[u8]) -> Vec<(u32, u64)> {
    let numbered = (0..).zip(long_numbers(letters));
    numbered
        .filter(|(_, letters)| letters & (IN_NAME | IN_SUMMARY) != 0)
        .collect()
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
    use super::*;

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
