//! Making an index, package by package.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::{IN_NAME, IN_SUMMARY, MAGIC, put, short, span};
use crate::search::words::{fold, key, letters, words};

/// Magic, checksum and nine counts.
const HEADER: usize = 52;
/// Bytes of a description whose words count.
const READ: usize = 32 << 10;

/// Where a word is. The smaller is the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Name,
    Summary,
    Description,
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
    /// The packages whose name is not their key, and the names.
    named: Vec<u32>,
    names: String,
    name_ends: Vec<u32>,
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
        for text in [version, summary] {
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
        if name != key {
            self.named.push(package);
            self.names.push_str(name);
            self.name_ends.push(short(self.names.len()));
        }

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
        let tables = self.card_ends.len() * 20 + sorted.len() * 20 + self.named.len() * 8;
        let texts = self.cards.len() + self.keys.len() + self.names.len() + word_bytes;
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
            self.named.len(),
            self.names.len(),
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
        put_numbers(&mut out, self.named);
        put_numbers(&mut out, self.name_ends);
        out.extend_from_slice(&self.cards);
        out.extend_from_slice(self.keys.as_bytes());
        out.extend_from_slice(self.names.as_bytes());
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

fn sum(end: &mut usize, length: usize) -> u32 {
    *end += length;
    short(*end)
}

fn put_numbers(out: &mut Vec<u8>, numbers: impl IntoIterator<Item = u32>) {
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes());
    }
}
