//! How the layout of a package is written down: one row for all its files.
//!
//! A row for each file would be four times as large, and everything in the database is written twice. `items` is
//! compressed; `contents` has the checksums, which no compression makes smaller. [`TABLES`](crate::TABLES) has the form.

use crate::error::{Error, lossy};
use crate::package::{Item, Rights, What};
use crate::store::Key;

/// The numbers of a layout's items, and of `generated.kind`.
pub(crate) const EMPTY: u8 = 0;
pub(crate) const REGULAR: u8 = 1;
pub(crate) const LINK: u8 = 2;
pub(crate) const DIRECTORY: u8 = 3;

/// No layout is larger: a stone's is not.
const MOST: usize = 1 << 30;
const LEVEL: i32 = 3;
const DIGEST: usize = 32;

/// The columns of one row.
pub(crate) struct Columns {
    pub(crate) items: Vec<u8>,
    /// Bytes of `items` when they are decompressed.
    pub(crate) plain: usize,
    pub(crate) contents: Vec<u8>,
}

/// Makes the row of a package. `size` knows the bytes of everything that is in the store.
pub(crate) fn write(items: &[Item], size: &dyn Fn(&Key) -> Option<u64>) -> Result<Columns, Error> {
    let (mut plain, mut contents) = (Vec::new(), Vec::new());
    for item in items {
        let Rights { mode, uid, gid } = item.rights;
        plain.push(match &item.what {
            What::Stored(_) => REGULAR,
            What::Empty | What::Packed(_) => EMPTY,
            What::Link(_) => LINK,
            What::Directory => DIRECTORY,
        });
        for right in [mode, uid, gid] {
            number(&mut plain, right.into());
        }
        text(&mut plain, &item.path);
        if let What::Link(target) = &item.what {
            text(&mut plain, target);
        }
        if let Some(key) = item.key() {
            let size = size(&key).ok_or_else(|| Error::DamagedDatabase(unknown(&item.path)))?;
            number(&mut plain, size);
            contents.extend_from_slice(&key.content);
        }
    }
    let items = zstd::bulk::compress(&plain, LEVEL).map_err(|error| Error::DamagedDatabase(error.to_string()))?;
    let plain = plain.len();
    Ok(Columns { items, plain, contents })
}

fn unknown(path: &[u8]) -> String {
    format!("how large {:?} is was not written down", lossy(path))
}

fn text(out: &mut Vec<u8>, bytes: &[u8]) {
    number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// LEB128.
fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// One row, read.
pub(crate) struct Layout<'c> {
    plain: Vec<u8>,
    contents: &'c [u8],
}

/// One item of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry<'l> {
    pub(crate) path: &'l [u8],
    pub(crate) rights: Rights,
    pub(crate) what: Kind<'l>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'l> {
    /// BLAKE3 and bytes.
    Stored([u8; DIGEST], u64),
    Empty,
    Link(&'l [u8]),
    Directory,
}

impl Entry<'_> {
    /// Its file in the store, and the bytes of it.
    pub(crate) fn stored(&self) -> Option<(Key, u64)> {
        let Kind::Stored(content, size) = self.what else {
            return None;
        };
        let rights = self.rights;
        Some((Key { content, rights }, size))
    }

    pub(crate) fn item(&self) -> Item {
        Item {
            path: self.path.to_owned(),
            rights: self.rights,
            what: match self.what {
                Kind::Stored(content, _) => What::Stored(content),
                Kind::Empty => What::Empty,
                Kind::Link(target) => What::Link(target.to_owned()),
                Kind::Directory => What::Directory,
            },
        }
    }
}

impl<'c> Layout<'c> {
    pub(crate) fn read(items: &[u8], plain: i64, contents: &'c [u8]) -> Result<Layout<'c>, Error> {
        let size = usize::try_from(plain).ok().filter(|size| *size <= MOST);
        let plain = size.and_then(|size| zstd::bulk::decompress(items, size).ok());
        let plain = plain.ok_or_else(damaged)?;
        Ok(Layout { plain, contents })
    }

    /// In the order of the package.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<Entry<'_>, Error>> {
        let (mut left, mut contents) = (self.plain.as_slice(), self.contents);
        std::iter::from_fn(move || {
            if left.is_empty() {
                return (!contents.is_empty()).then(|| {
                    contents = &[];
                    Err(damaged())
                });
            }
            let entry = take(&mut left, &mut contents);
            if entry.is_none() {
                (left, contents) = (&[], &[]);
            }
            Some(entry.ok_or_else(damaged))
        })
    }
}

fn damaged() -> Error {
    Error::DamagedDatabase("the layout of a package cannot be read".to_owned())
}

fn take<'l>(left: &mut &'l [u8], contents: &mut &[u8]) -> Option<Entry<'l>> {
    let (kind, rest) = left.split_first()?;
    *left = rest;
    let mut small = || u32::try_from(take_number(left)?).ok();
    let rights = Rights {
        mode: small()?,
        uid: small()?,
        gid: small()?,
    };
    let path = take_text(left)?;
    let what = match *kind {
        EMPTY => Kind::Empty,
        REGULAR => {
            let size = take_number(left)?;
            let (content, rest) = contents.split_first_chunk::<DIGEST>()?;
            *contents = rest;
            Kind::Stored(*content, size)
        }
        LINK => Kind::Link(take_text(left)?),
        DIRECTORY => Kind::Directory,
        _ => return None,
    };
    Some(Entry { path, rights, what })
}

fn take_text<'l>(left: &mut &'l [u8]) -> Option<&'l [u8]> {
    let length = usize::try_from(take_number(left)?).ok()?;
    let (text, rest) = left.split_at_checked(length)?;
    *left = rest;
    Some(text)
}

fn take_number(left: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = left.split_first()?;
        *left = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item() -> impl Strategy<Value = Item> {
        let what = prop_oneof![
            any::<[u8; 32]>().prop_map(What::Stored),
            Just(What::Empty),
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(What::Link),
            Just(What::Directory),
        ];
        let rights = (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(mode, uid, gid)| Rights { mode, uid, gid });
        (proptest::collection::vec(any::<u8>(), 0..300), rights, what).prop_map(|(path, rights, what)| Item {
            path,
            rights,
            what,
        })
    }

    proptest! {
        #[test]
        fn a_layout_is_read_as_it_was_written(items in proptest::collection::vec(item(), 0..40), size: u64) {
            let row = write(&items, &|_| Some(size)).unwrap();
            let layout = Layout::read(&row.items, row.plain as i64, &row.contents).unwrap();
            let entries: Vec<Entry<'_>> = layout.entries().collect::<Result<_, _>>().unwrap();
            let read: Vec<Item> = entries.iter().map(Entry::item).collect();
            prop_assert_eq!(&read, &items);
            for (entry, item) in entries.iter().zip(&items) {
                prop_assert_eq!(entry.stored(), item.key().map(|key| (key, size)));
            }
        }

        #[test]
        fn no_bytes_of_a_layout_panic(plain in proptest::collection::vec(any::<u8>(), 0..200), contents in proptest::collection::vec(any::<u8>(), 0..70)) {
            let layout = Layout { plain, contents: &contents };
            let _ = layout.entries().take(1000).count();
        }
    }

    #[test]
    fn a_layout_with_a_checksum_too_few_or_too_many_is_damaged() {
        let rights = Rights {
            mode: 0o644,
            uid: 0,
            gid: 0,
        };
        let items = [Item {
            path: b"a".to_vec(),
            rights,
            what: What::Stored([7; 32]),
        }];
        let row = write(&items, &|_| Some(1)).unwrap();
        for contents in [&row.contents[..31], &[&row.contents[..], &[0]].concat()] {
            let layout = Layout::read(&row.items, row.plain as i64, contents).unwrap();
            assert!(layout.entries().any(|entry| entry.is_err()));
        }
        assert!(Layout::read(&row.items, row.plain as i64 - 1, &row.contents).is_err());
        assert!(Layout::read(&row.items, i64::MAX, &row.contents).is_err());
    }
}
