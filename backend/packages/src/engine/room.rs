//! Whether there is room, asked before anything is written that needs it.
//!
//! Before the first byte is fetched, only what is certain counts: a change that would fit is never refused. What unpacking
//! takes is known when the packages are here; what the store has already takes no room again.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use rusqlite::Connection;
use xxhash_rust::xxh3::Xxh3;

use crate::crew;
use crate::error::Error;
use crate::fetch;
use crate::ledger;
use crate::package::{BLOCK, Package, Rights};
use crate::root::Root;
use crate::selection::Selected;
use crate::store::{self, CHUNK, HELD, Key};
use crate::tree::Tree;
use crate::triggers;
use crate::watch::Watch;

/// What a file costs beside its content: directory entry and database row, roundly.
const OVERHEAD: u64 = 512;
/// Kept free for the database's log and the like.
const SLACK: u64 = 1 << 20;

/// Fails unless the packages can be brought here and, as far as that is known, unpacked. `content` is what a plan found out
/// that the store will hold beside what it holds now, in bytes.
pub(super) fn to_fetch(
    root: &Root,
    connection: &Connection,
    missing: &[&Selected],
    content: Option<u64>,
) -> Result<(), Error> {
    let sum = |each: &dyn Fn(&Selected) -> u64| missing.iter().fold(0u64, |sum, one| sum.saturating_add(each(one)));
    let downloads = sum(&|package| fetch::missing_bytes(root, package));
    let content = match content {
        Some(content) => content,
        // A new system has nothing in common with what is there, and a content is not smaller than its package, by any
        // amount that matters.
        None if ledger::is_empty(connection)? => sum(&|package| package.size),
        None => 0,
    };
    root.require_room(
        "fetching packages",
        downloads.saturating_add(content),
        missing.len() as u64,
    )
}

/// Fails unless the packages can be unpacked and the tree be made. `damaged` is not counted on.
pub(super) fn to_unpack(
    root: &Root,
    connection: &Connection,
    packages: &[Package],
    tree: &Tree,
    damaged: &HashSet<Key>,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let directories = tree.directories.len() as u64;
    let others = tree.leaves().saturating_add(directories);
    let bytes = SLACK
        .saturating_add(triggers::room(tree))
        .saturating_add(directories.saturating_mul(4096))
        .saturating_add(others.saturating_mul(OVERHEAD));
    let doing = "unpacking packages";
    let (most, files) = content(packages, &HashSet::new());
    let room = root.require_room(doing, bytes.saturating_add(most), others.saturating_add(files));
    if !matches!(room, Err(Error::NoSpace { .. } | Error::NoFiles { .. })) {
        return room;
    }
    // Only now is it worth reading the store.
    let stored = stored(root, connection, packages, damaged, watch)?;
    let (less, files) = content(packages, &stored);
    let passing = passing(packages, &stored);
    root.require_room(
        doing,
        bytes.saturating_add(less).saturating_add(passing),
        others.saturating_add(files),
    )
}

type Stored = HashSet<(u128, Rights)>;

/// Each content that unpacking brings, with the rights that it is needed with, and its bytes.
fn contents(packages: &[Package]) -> impl Iterator<Item = (u128, Rights, u64)> {
    let packed = packages.iter().filter_map(|package| package.packed.as_ref());
    packed.flat_map(|packed| {
        packed.index.iter().flat_map(move |entry| {
            let needed = packed.needs.get(&entry.digest).into_iter().flatten();
            needed.map(move |rights| (entry.digest, *rights, entry.size()))
        })
    })
}

/// Bytes and files that unpacking adds to the store, but for what it has, each content once.
fn content(packages: &[Package], stored: &Stored) -> (u64, u64) {
    let mut counted = Stored::new();
    contents(packages)
        .filter(|(digest, rights, _)| !stored.contains(&(*digest, *rights)) && counted.insert((*digest, *rights)))
        .fold((0u64, 0u64), |(bytes, files), (_, _, size)| {
            let blocks = size.div_ceil(BLOCK).saturating_mul(BLOCK);
            (bytes.saturating_add(blocks), files.saturating_add(1))
        })
}

/// Bytes that are written and taken away again: a large content is only known when it is in a file.
fn passing(packages: &[Package], stored: &Stored) -> u64 {
    let mut large: Vec<u64> = contents(packages)
        .filter(|(digest, rights, size)| *size > HELD as u64 && stored.contains(&(*digest, *rights)))
        .map(|(_, _, size)| size)
        .collect();
    large.sort_unstable_by(|one, other| other.cmp(one));
    large.into_iter().take(crew::processors()).fold(0, u64::saturating_add)
}

/// What of the packages' contents the store has. Files of a wanted size and rights are read, each once.
fn stored(
    root: &Root,
    connection: &Connection,
    packages: &[Package],
    damaged: &HashSet<Key>,
    watch: &dyn Watch,
) -> Result<Stored, Error> {
    let mut wanted: HashMap<(u64, Rights), HashSet<u128>> = HashMap::new();
    for (digest, rights, size) in contents(packages) {
        let _ = wanted.entry((size, rights)).or_default().insert(digest);
    }
    let folder = store::directory(root)?;
    let mut stored = Stored::new();
    let mut chunk = vec![0; CHUNK];
    for (key, size) in ledger::contents(connection)? {
        let Some(digests) = wanted.get(&(size, key.rights)).filter(|_| !damaged.contains(&key)) else {
            continue;
        };
        // One that cannot be read is not there.
        if let Ok(file) = store::read(&folder, &key)
            && let Some(digest) = digest(file, &mut chunk, watch)?
            && digests.contains(&digest)
        {
            let _ = stored.insert((digest, key.rights));
        }
    }
    Ok(stored)
}

/// The XXH3-128 of a file; None if it cannot be read.
fn digest(mut file: impl Read, chunk: &mut [u8], watch: &dyn Watch) -> Result<Option<u128>, Error> {
    let mut hash = Xxh3::new();
    loop {
        if watch.cancelled() {
            return Err(Error::Cancelled);
        }
        match file.read(chunk) {
            Ok(0) => return Ok(Some(hash.digest128())),
            Ok(read) => hash.update(chunk.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(None),
        }
    }
}
