//! Some packages of a search, by their numbers: to ask each of 60,000 packages for its name takes longer than to find it.

use super::Searcher;

/// Packages among which is searched; good for as long as the search is not renewed.
#[derive(Debug, Clone, Default)]
pub struct Among(Vec<Bits>);

/// A bit for each package of an index.
#[derive(Debug, Clone, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Whether a package is among them.
    pub(super) fn has(&self, package: u32) -> bool {
        let word = self.0.get(package as usize / 64);
        word.is_some_and(|word| word >> (package % 64) & 1 == 1)
    }

    fn set(&mut self, package: u32) {
        if let Some(word) = self.0.get_mut(package as usize / 64) {
            *word |= 1 << (package % 64);
        }
    }
}

impl Among {
    /// Those of one index, by its number among those of the search.
    pub(super) fn of(&self, part: usize) -> Option<&Bits> {
        self.0.get(part)
    }

    pub(super) fn add(&mut self, part: usize, package: u32) {
        if let Some(bits) = self.0.get_mut(part) {
            bits.set(package);
        }
    }
}

impl Searcher {
    /// No package, to begin with.
    pub fn among_none(&self) -> Among {
        let parts = self.parts.iter();
        Among(parts.map(|part| Bits(vec![0; part.index.len().div_ceil(64)])).collect())
    }
}
