//! An index in memory, and what it is asked.

use memchr::memmem;
use xxhash_rust::xxh3::xxh3_64;

use super::{IN_NAME, IN_SUMMARY, MAGIC, short, span, take};
use crate::search::words::letters;

/// What an index says of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::search) struct Card<'i> {
    pub(in crate::search) name: &'i str,
    pub(in crate::search) version: &'i str,
    pub(in crate::search) summary: &'i str,
    pub(in crate::search) source_release: u64,
    pub(in crate::search) build_release: u64,
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
    /// The words of names and summaries, and the letters of each.
    prominent: Vec<u32>,
    prominent_letters: Vec<u64>,
    near: Vec<u8>,
    near_ends: Vec<u32>,
    far: Vec<u8>,
    far_ends: Vec<u32>,
    /// The packages whose name is not their key, ascending.
    named: Vec<u32>,
    names: String,
    name_ends: Vec<u32>,
}

impl Index {
    /// Reads an index; None if it is of another version or damaged: then it is made anew.
    pub(crate) fn read(bytes: &[u8]) -> Option<Index> {
        let mut rest = bytes.strip_prefix(&MAGIC)?;
        let checksum = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
        if xxh3_64(rest) != checksum {
            return None;
        }
        let counts = numbers(rest.split_off(..36)?);
        let [packages, word_count, cards, keys, words, near, far, named, names] = counts.try_into().ok()?;
        let mut part = |count: u32, size: usize| rest.split_off(..(count as usize).checked_mul(size)?);
        let card_ends = numbers(part(packages, 4)?);
        let key_ends = numbers(part(packages, 4)?);
        let key_letters = long_numbers(part(packages, 8)?);
        let order = numbers(part(packages, 4)?);
        let word_ends = numbers(part(word_count, 4)?);
        let (prominent, prominent_letters) = prominent(part(word_count, 8)?);
        let index = Index {
            card_ends,
            key_ends,
            key_letters,
            order,
            word_ends,
            prominent,
            prominent_letters,
            near_ends: numbers(part(word_count, 4)?),
            far_ends: numbers(part(word_count, 4)?),
            named: numbers(part(named, 4)?),
            name_ends: numbers(part(named, 4)?),
            cards: part(cards, 1)?.to_vec(),
            keys: str::from_utf8(part(keys, 1)?).ok()?.to_owned(),
            names: str::from_utf8(part(names, 1)?).ok()?.to_owned(),
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
    pub(in crate::search) fn order(&self) -> &[u32] {
        &self.order
    }

    pub(in crate::search) fn card(&self, package: u32) -> Option<Card<'_>> {
        let mut bytes = self.cards.get(span(&self.card_ends, package)?)?;
        let mut text = || {
            let length = usize::try_from(take(&mut bytes)?).ok()?;
            str::from_utf8(bytes.split_off(..length)?).ok()
        };
        Some(Card {
            name: self.name(package),
            version: text()?,
            summary: text()?,
            source_release: take(&mut bytes)?,
            build_release: take(&mut bytes)?,
        })
    }

    /// A package's name.
    pub(in crate::search) fn name(&self, package: u32) -> &str {
        let Ok(at) = self.named.binary_search(&package) else {
            return self.key(package);
        };
        let name = span(&self.name_ends, short(at)).and_then(|range| self.names.get(range));
        name.unwrap_or_default()
    }

    /// A package's name as it is compared.
    pub(in crate::search) fn key(&self, package: u32) -> &str {
        let key = span(&self.key_ends, package).and_then(|range| self.keys.get(range));
        key.and_then(|key| key.strip_suffix('\n')).unwrap_or_default()
    }

    /// The packages whose keys begin so, sorted by key.
    pub(in crate::search) fn beginning(&self, key: &str) -> &[u32] {
        let begin = self.order.partition_point(|package| self.key(*package) < key);
        let rest = self.order.get(begin..).unwrap_or_default();
        let end = rest.partition_point(|package| self.key(*package).starts_with(key));
        rest.get(..end).unwrap_or_default()
    }

    /// Calls with each package that has all these letters in its key.
    pub(in crate::search) fn lettered(&self, wanted: u64, mut each: impl FnMut(u32)) {
        for (package, letters) in (0..).zip(&self.key_letters) {
            if wanted & !letters == 0 {
                each(package);
            }
        }
    }

    /// Calls with each package whose key has this text, which has no line break, in it.
    pub(in crate::search) fn containing(&self, text: &str, mut each: impl FnMut(u32)) {
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
    pub(in crate::search) fn words_beginning(&self, text: &str, mut each: impl FnMut(Word<'_>, bool)) {
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
    pub(in crate::search) fn words_near(&self, typed: &str, mut each: impl FnMut(Word<'_>, &str)) {
        let wanted = letters(typed);
        for (number, letters) in self.prominent.iter().zip(&self.prominent_letters) {
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
pub(in crate::search) struct Word<'i> {
    index: &'i Index,
    number: u32,
}

impl Word<'_> {
    /// Calls with each package that has it in its name or, second, only in its summary.
    pub(in crate::search) fn near(self, mut each: impl FnMut(u32, bool)) {
        let list = span(&self.index.near_ends, self.number).and_then(|range| self.index.near.get(range));
        let mut bytes = list.unwrap_or_default();
        let mut package = 0u32;
        while let Some(entry) = take(&mut bytes) {
            package = package.wrapping_add((entry >> 1) as u32);
            each(package, entry & 1 == 0);
        }
    }

    /// Calls with each package that has it in its description alone.
    pub(in crate::search) fn far(self, mut each: impl FnMut(u32)) {
        let list = span(&self.index.far_ends, self.number).and_then(|range| self.index.far.get(range));
        let mut bytes = list.unwrap_or_default();
        let mut package = 0u32;
        while let Some(distance) = take(&mut bytes) {
            package = package.wrapping_add(distance as u32);
            each(package);
        }
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

/// The words of names and summaries, and the letters of each.
fn prominent(letters: &[u8]) -> (Vec<u32>, Vec<u64>) {
    let numbered = (0..).zip(long_numbers(letters));
    let found = numbered.filter(|(_, letters)| letters & (IN_NAME | IN_SUMMARY) != 0);
    let (mut words, mut letters): (Vec<u32>, Vec<u64>) = found.unzip();
    words.shrink_to_fit();
    letters.shrink_to_fit();
    (words, letters)
}
