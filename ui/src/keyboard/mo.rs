//! Just enough of GNU gettext's `.mo` files to read the names that xkeyboard-config's layouts have in other languages.
//!
//! Format: <https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html>. Anything odd reads as "no translation".

use std::path::Path;

const MAGIC: u32 = 0x9504_12de;
/// xkeyboard-config's catalogues are under 100 KB.
const LARGEST: u64 = 4 << 20;

/// The translations of one language.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    bytes: Vec<u8>,
    big_endian: bool,
}

impl Catalogue {
    /// Reads a catalogue; an empty one if there is none.
    pub(super) fn open(path: &Path) -> Self {
        let small = std::fs::metadata(path).is_ok_and(|file| file.len() <= LARGEST);

        match std::fs::read(path) {
            Ok(bytes) if small => Self::new(bytes).unwrap_or_default(),
            _ => Self::default(),
        }
    }

    fn new(bytes: Vec<u8>) -> Option<Self> {
        let magic = u32::from_le_bytes(bytes.first_chunk().copied()?);

        match magic {
            MAGIC => Some(Self {
                bytes,
                big_endian: false,
            }),
            _ if magic.swap_bytes() == MAGIC => Some(Self {
                bytes,
                big_endian: true,
            }),
            _ => None,
        }
    }

    /// The translation of `text`, if there is one.
    pub(super) fn get(&self, text: &str) -> Option<&str> {
        let count = self.number(8)?;
        let originals = self.number(12)?;
        let translations = self.number(16)?;

        // Originals are sorted by their bytes.
        let (mut low, mut high) = (0, count);

        while low < high {
            let middle = low + (high - low) / 2;

            match self.string(originals, middle)?.cmp(text.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    let found = std::str::from_utf8(self.string(translations, middle)?).ok()?;

                    return (!found.is_empty()).then_some(found);
                }
            }
        }

        None
    }

    fn number(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?.first_chunk().copied()?;
        let number = if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        };

        usize::try_from(number).ok()
    }

    fn string(&self, table: usize, index: usize) -> Option<&[u8]> {
        let entry = table.checked_add(index.checked_mul(8)?)?;
        let length = self.number(entry)?;
        let offset = self.number(entry.checked_add(4)?)?;

        self.bytes.get(offset..offset.checked_add(length)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A catalogue with sorted pairs, assembled field by field.
    fn catalogue(pairs: &[(&str, &str)]) -> Vec<u8> {
        let count = pairs.len() as u32;
        let (originals, translations) = (28, 28 + count * 8);
        let mut heap = translations + count * 8;
        let mut tables = [Vec::new(), Vec::new()];
        let mut strings = Vec::new();

        for (side, table) in tables.iter_mut().enumerate() {
            for pair in pairs {
                let text = if side == 0 { pair.0 } else { pair.1 };
                table.extend((text.len() as u32).to_le_bytes());
                table.extend(heap.to_le_bytes());
                strings.extend(text.as_bytes());
                strings.push(0);
                heap += text.len() as u32 + 1;
            }
        }

        let header = [MAGIC, 0, count, originals, translations, 0, 0]
            .map(u32::to_le_bytes)
            .concat();

        [header, tables.concat(), strings].concat()
    }

    #[test]
    fn a_translation_is_found_and_a_missing_one_is_not() {
        let read = Catalogue::new(catalogue(&[("French", "Französisch"), ("German", "Deutsch")])).unwrap();

        assert_eq!(read.get("German"), Some("Deutsch"));
        assert_eq!(read.get("French"), Some("Französisch"));
        assert_eq!(read.get("Greek"), None);
    }

    #[test]
    fn a_truncated_catalogue_translates_nothing_and_does_not_panic() {
        let whole = catalogue(&[("French", "Französisch"), ("German", "Deutsch")]);

        for length in 0..whole.len() {
            if let Some(read) = Catalogue::new(whole[..length].to_vec()) {
                let _ = read.get("German");
                let _ = read.get("zzz");
            }
        }
    }
}
