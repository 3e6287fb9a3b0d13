//! A package on its way into a state: what it puts where, read from its stone or from the database.

use std::collections::HashMap;

use moult_stone::{Content, EMPTY_DIGEST, EntryKind, FileType, IndexEntry, LayoutEntry, Limits, Stone};
use rustix::fs::Stat;

use crate::error::{Error, lossy};
use crate::fetch::Fetched;
use crate::selection::Selected;
use crate::store::Key;
use crate::watch::Watch;

/// Space that a file really takes is a multiple of this.
pub(crate) const BLOCK: u64 = 4096;

/// Who owns a file and what they may do: everything of an inode that is not its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Rights {
    /// Permissions, set-id and sticky bits.
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Rights {
    /// Those of a file that is there.
    pub(crate) fn of(stat: &Stat) -> Rights {
        Rights {
            mode: stat.st_mode & 0o7777,
            uid: stat.st_uid,
            gid: stat.st_gid,
        }
    }
}

/// One thing that a package puts below `/usr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) path: Vec<u8>,
    pub(crate) rights: Rights,
    pub(crate) what: What,
}

impl Item {
    /// Its file in the store; None for what has none.
    pub(crate) fn key(&self) -> Option<Key> {
        let What::Stored(content) = self.what else { return None };
        let rights = self.rights;
        Some(Key { content, rights })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// A regular file that is not in the store yet: the XXH3-128 of its content.
    Packed(u128),
    /// A regular file in the store: BLAKE3.
    Stored([u8; 32]),
    /// A regular file without any content.
    Empty,
    /// The text of a symbolic link.
    Link(Vec<u8>),
    Directory,
}

/// A package of the new state.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) hash: String,
    /// Source and build release.
    pub(crate) release: (i64, i64),
    pub(crate) items: Vec<Item>,
    /// What is still to be unpacked; None when the store has all of it.
    pub(crate) packed: Option<Packed>,
}

/// Where the contents of a package are.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) file: Fetched,
    pub(crate) content: Option<Content>,
    /// In the order of the content payload.
    pub(crate) index: Vec<IndexEntry>,
    /// With which rights each content is needed.
    pub(crate) needs: HashMap<u128, Vec<Rights>>,
}

impl Package {
    /// Reads everything but the contents, and refuses what must not be followed.
    pub(crate) fn inspect(selected: &Selected, file: Fetched, watch: &dyn Watch) -> Result<Package, Error> {
        let wrong = |source| Error::stone(&selected.name, &file.path, source);
        let mut source = std::io::BufReader::new(file.open(&selected.name)?);
        let stone = Stone::read(&mut source, &Limits::default()).map_err(wrong)?;
        if stone.file_type != FileType::Package {
            let found = stone.file_type;
            return Err(wrong(moult_stone::Error::FileType {
                expected: FileType::Package,
                found,
            }));
        }
        let inside = stone.package().map_err(wrong)?;
        let same = inside.name == selected.name
            && inside.source_release == selected.source_release
            && inside.build_release == selected.build_release;
        if !same {
            let found = format!(
                "{}, release {}-{}",
                inside.name, inside.source_release, inside.build_release
            );
            return Err(Error::WrongPackage {
                package: selected.name.clone(),
                found,
            });
        }
        let index = stone.contents().map_err(wrong)?;
        let sizes: HashMap<u128, u64> = index.iter().map(|entry| (entry.digest, entry.size())).collect();
        let mut items = Vec::with_capacity(stone.layout.len());
        let mut needs: HashMap<u128, Vec<Rights>> = HashMap::new();
        for entry in stone.layout {
            let Some(item) = item(&selected.name, entry, watch)? else {
                continue;
            };
            if let What::Packed(digest) = item.what {
                if sizes.get(&digest).is_none_or(|size| *size == 0) {
                    let path = lossy(&item.path);
                    return Err(wrong(moult_stone::Error::MissingContent { path, digest }));
                }
                let needed = needs.entry(digest).or_default();
                if !needed.contains(&item.rights) {
                    needed.push(item.rights);
                }
            }
            items.push(item);
        }
        let (name, hash) = (selected.name.clone(), selected.hash.clone());
        Ok(Package {
            name,
            hash,
            release: selected.release(),
            items,
            packed: Some(Packed {
                file,
                content: stone.content,
                index,
                needs,
            }),
        })
    }

    /// The first path that has this content, for messages.
    pub(crate) fn path_of(&self, digest: u128) -> String {
        let found = self.items.iter().find(|item| item.what == What::Packed(digest));
        found.map_or_else(|| "(no file)".to_owned(), |item| lossy(&item.path))
    }
}

impl Packed {
    /// Bytes to decode.
    pub(crate) fn plain_size(&self) -> u64 {
        self.content.as_ref().map_or(0, Content::plain_size)
    }
}

/// Device nodes, pipes and sockets are left out, as in every system this format was made for: the format has no device
/// numbers, and `/usr` has no use for the others. Kinds that nobody knows yet are left out, too.
pub(crate) fn item(package: &str, entry: LayoutEntry, watch: &dyn Watch) -> Result<Option<Item>, Error> {
    let path = lossy(&entry.path);
    let hostile = |reason: String| Error::HostileEntry {
        package: package.to_owned(),
        path: path.clone(),
        reason,
    };
    entry.check().map_err(|error| hostile(error.to_string()))?;
    // For chown these mean "leave it".
    if entry.uid == u32::MAX || entry.gid == u32::MAX {
        return Err(hostile("its owner is not a user".to_owned()));
    }
    let what = match entry.kind {
        EntryKind::Regular { digest: EMPTY_DIGEST } => What::Empty,
        EntryKind::Regular { digest } => What::Packed(digest),
        EntryKind::Symlink { target } => What::Link(target),
        EntryKind::Directory => What::Directory,
        EntryKind::CharacterDevice
        | EntryKind::BlockDevice
        | EntryKind::Fifo
        | EntryKind::Socket
        | EntryKind::Unknown { .. } => {
            watch.log(&format!("{package}: {path:?} is a special file and was left out"));
            return Ok(None);
        }
    };
    let rights = Rights {
        mode: entry.mode & 0o7777,
        uid: entry.uid,
        gid: entry.gid,
    };
    Ok(Some(Item {
        path: entry.path,
        rights,
        what,
    }))
}
