//! The content store, `/.moult/store`: one file for each content *and* rights.
//!
//! A state's files are hard links to store files, and an inode has one owner and one mode. So a content that is needed
//! with two different rights is two store files (the second is a reflink of the first where the file system can). The
//! name is `<2 hex>/<BLAKE3 in hex>` for 0644 root:root, and has `.<mode>-<uid>-<gid>` (octal, decimal, decimal) at its
//! end for anything else.
//!
//! Unpacking decodes a package's content payload once, from front to back. Each content is checked against the
//! XXH3-128 of the layout and hashed with BLAKE3 while it passes; what the store has already is not written again. A
//! file here counts only once the database says so (see [`ledger`](crate::ledger)), which is after it was synced; the
//! marker `/.moult/unpacking` tells the next start that there may be others.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use moult_stone::{IndexEntry, Limits};
use rustix::fs::{AtFlags, Gid, Mode, OFlags, Uid};
use rustix::io::Errno;
use xxhash_rust::xxh3::Xxh3;

use crate::ahead::Ahead;
use crate::error::Error;
use crate::package::{Package, Rights};
use crate::root::{DIRECTORY, Root, make_directory};
use crate::stream::Stream;
use crate::watch::Meter;

/// Contents up to this size are held in memory until their BLAKE3 is known; larger ones go through a file.
pub(crate) const HELD: usize = 1 << 20;
pub(crate) const CHUNK: usize = 1 << 18;
/// What a file has until it gets its rights.
const HIDDEN: Mode = Mode::RUSR.union(Mode::WUSR);
const MARKER: &str = "unpacking";
/// Where large contents are until their name is known, below the store.
const INCOMING: &str = "incoming";

/// The name of a store file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    /// BLAKE3.
    pub(crate) content: [u8; 32],
    pub(crate) rights: Rights,
}

impl Key {
    /// Relative to the store.
    pub(crate) fn path(&self) -> String {
        let hex = blake3::Hash::from_bytes(self.content).to_hex();
        let Rights { mode, uid, gid } = self.rights;
        match (mode, uid, gid) {
            (0o644, 0, 0) => format!("{}/{hex}", &hex[..2]),
            _ => format!("{}/{hex}.{mode:o}-{uid}-{gid}", &hex[..2]),
        }
    }

    fn parse(name: &str) -> Option<Key> {
        let (hex, rights) = name.split_once('.').unwrap_or((name, "644-0-0"));
        let content = *blake3::Hash::from_hex(hex).ok()?.as_bytes();
        let (mode, owner) = rights.split_once('-')?;
        let (uid, gid) = owner.split_once('-')?;
        let mode = u32::from_str_radix(mode, 8).ok()?;
        Some(Key {
            content,
            rights: Rights {
                mode,
                uid: uid.parse().ok()?,
                gid: gid.parse().ok()?,
            },
        })
    }
}

/// The store, opened for adding to it.
pub(crate) struct Store<'r> {
    root: &'r Root,
    fd: OwnedFd,
    /// What is in it for sure.
    known: HashMap<Key, u64>,
    /// What this run adds. Whoever enters a key here first writes the file.
    added: Mutex<HashMap<Key, u64>>,
    /// What triggers made, also what was there already.
    made: Mutex<HashMap<Key, u64>>,
    incoming: AtomicU64,
    finished: bool,
}

impl<'r> Store<'r> {
    pub(crate) fn open(root: &'r Root, known: HashMap<Key, u64>) -> Result<Store<'r>, Error> {
        let path = root.own("store");
        let failed = |error: Errno| Error::io("opening the content store", &path, error);
        let fd = rustix::fs::openat(root.moult(), "store", DIRECTORY, Mode::empty()).map_err(failed)?;
        for first in 0..=255u8 {
            make_directory(&fd, &format!("{first:02x}"), 0o700, &path)?;
        }
        make_directory(&fd, INCOMING, 0o700, &path)?;
        mark(root)?;
        let (added, made, incoming) = (Mutex::default(), Mutex::default(), AtomicU64::new(0));
        Ok(Store {
            root,
            fd,
            known,
            added,
            made,
            incoming,
            finished: false,
        })
    }

    /// Takes the contents of a package out of its stone. Returns the BLAKE3 of each XXH3-128 that the layout names.
    pub(crate) fn unpack(
        &self,
        package: &Package,
        ahead: &Ahead,
        meter: &Meter<'_>,
    ) -> Result<HashMap<u128, [u8; 32]>, Error> {
        let mut contents = HashMap::new();
        let Some(packed) = &package.packed else {
            return Ok(contents);
        };
        let Some(content) = &packed.content else {
            return Ok(contents);
        };
        let wrong = |error| Error::stone(&package.name, &packed.file.path, error);
        let file = packed.file.open(&package.name)?;
        let again = file
            .try_clone()
            .map_err(|error| Error::io("reading a package", &packed.file.path, error))?;
        let mut reader = content.decode(file, &Limits::default()).map_err(wrong)?;
        let mut stream = Stream::new(package, &mut reader, meter);
        let mut buffer = Vec::with_capacity(CHUNK);
        for entry in packed.index.iter().filter(|entry| entry.size() > 0) {
            stream.skip_to(entry.start, &mut buffer)?;
            let rights = packed.needs.get(&entry.digest).map(Vec::as_slice).unwrap_or_default();
            let blake3 = match usize::try_from(entry.size()) {
                Ok(size) if size <= HELD => self.small(&mut stream, entry, size, rights, ahead, &mut buffer)?,
                _ => self.large(&mut stream, entry, rights, ahead, &mut buffer)?,
            };
            contents.insert(entry.digest, blake3);
        }
        reader.finish().map_err(wrong)?;
        packed.file.unchanged(&package.name, &again)?;
        Ok(contents)
    }

    fn small(
        &self,
        stream: &mut Stream<'_, impl Read>,
        entry: &IndexEntry,
        size: usize,
        rights: &[Rights],
        ahead: &Ahead,
        buffer: &mut Vec<u8>,
    ) -> Result<[u8; 32], Error> {
        stream.fill(buffer, size)?;
        if xxhash_rust::xxh3::xxh3_128(buffer) != entry.digest {
            return Err(stream.damaged(entry));
        }
        let content = *blake3::hash(buffer).as_bytes();
        for rights in rights {
            let key = Key {
                content,
                rights: *rights,
            };
            if self.claim(key, entry.size()) {
                let name = key.path();
                let mut file = self.create(&name, at_first(*rights))?;
                file.write_all(buffer).map_err(|error| self.failed(&name, error))?;
                ensure(&file, *rights).map_err(|error| self.failed(&name, error))?;
                ahead.offer(file, entry.size());
            }
        }
        Ok(content)
    }

    fn large(
        &self,
        stream: &mut Stream<'_, impl Read>,
        entry: &IndexEntry,
        rights: &[Rights],
        ahead: &Ahead,
        buffer: &mut Vec<u8>,
    ) -> Result<[u8; 32], Error> {
        let incoming = format!("{INCOMING}/{}", self.incoming.fetch_add(1, Ordering::Relaxed));
        let failed = |error: std::io::Error| self.failed(&incoming, error);
        let mut file = self.create(&incoming, HIDDEN)?;
        let (mut xxh3, mut blake3) = (Xxh3::new(), blake3::Hasher::new());
        while stream.at() < entry.end {
            let size = usize::try_from(entry.end - stream.at()).unwrap_or(CHUNK).min(CHUNK);
            stream.fill(buffer, size)?;
            xxh3.update(buffer);
            blake3.update(buffer);
            file.write_all(buffer).map_err(failed)?;
        }
        if xxh3.digest128() != entry.digest {
            return Err(stream.damaged(entry));
        }
        let content = *blake3.finalize().as_bytes();
        let claimed: Vec<Key> = rights
            .iter()
            .map(|rights| Key {
                content,
                rights: *rights,
            })
            .filter(|key| self.claim(*key, entry.size()))
            .collect();
        for key in claimed.iter().skip(1) {
            let name = key.path();
            let copy = self.create(&name, HIDDEN)?;
            clone(&file, &copy).map_err(|error| self.failed(&name, error))?;
            give(&copy, key.rights).map_err(|error| self.failed(&name, error))?;
        }
        match claimed.first() {
            Some(first) => {
                give(&file, first.rights).map_err(failed)?;
                rustix::fs::renameat(&self.fd, &incoming, &self.fd, first.path()).map_err(|e| failed(e.into()))?;
                ahead.offer(file, entry.size());
            }
            None => rustix::fs::unlinkat(&self.fd, &incoming, AtFlags::empty()).map_err(|e| failed(e.into()))?,
        }
        Ok(content)
    }

    /// Takes a file that a trigger made: a copy of its content with these rights. Nothing that the file has beside them
    /// comes along. Fails with [`Errno::FBIG`] when there are more than `most` bytes.
    pub(crate) fn absorb(&self, file: &mut File, rights: Rights, most: u64) -> Result<(Key, u64), Error> {
        let incoming = format!("{INCOMING}/{}", self.incoming.fetch_add(1, Ordering::Relaxed));
        let failed = |error: std::io::Error| self.failed(&incoming, error);
        let mut copy = self.create(&incoming, HIDDEN)?;
        let (mut blake3, mut size, mut chunk) = (blake3::Hasher::new(), 0u64, vec![0; CHUNK]);
        loop {
            let read = match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => chunk.get(..read).unwrap_or_default(),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(failed(error)),
            };
            size = size.saturating_add(read.len() as u64);
            if size > most {
                return Err(failed(Errno::FBIG.into()));
            }
            blake3.update(read);
            copy.write_all(read).map_err(failed)?;
        }
        let content = *blake3.finalize().as_bytes();
        let key = Key { content, rights };
        let _ = guard(&self.made).insert(key, size);
        if self.claim(key, size) || !self.holds(&key, size) {
            give(&copy, rights).map_err(failed)?;
            rustix::fs::renameat(&self.fd, &incoming, &self.fd, key.path()).map_err(|e| failed(e.into()))?;
        } else {
            rustix::fs::unlinkat(&self.fd, &incoming, AtFlags::empty()).map_err(|e| failed(e.into()))?;
        }
        Ok((key, size))
    }

    /// Device and inode of a content; None if it is not there.
    pub(crate) fn inode(&self, content: [u8; 32], rights: Rights) -> Option<(u64, u64)> {
        let key = Key { content, rights };
        let stat = rustix::fs::statat(&self.fd, key.path(), AtFlags::SYMLINK_NOFOLLOW);
        stat.ok().map(|stat| (stat.st_dev, stat.st_ino))
    }

    /// Whether a content is really there. Nobody can bring again what a trigger made, so a damaged one must not be
    /// counted on when the trigger makes it anew.
    fn holds(&self, key: &Key, size: u64) -> bool {
        let look = || -> std::io::Result<bool> {
            let file = read(&self.fd, key)?;
            let stat = rustix::fs::fstat(&file)?;
            let mut blake3 = blake3::Hasher::new();
            let same = Rights::of(&stat) == key.rights && u64::try_from(stat.st_size).ok() == Some(size);
            Ok(same && *blake3.update_reader(file)?.finalize().as_bytes() == key.content)
        };
        look().unwrap_or(false)
    }

    /// Whether the caller has to write this file.
    fn claim(&self, key: Key, size: u64) -> bool {
        if self.known.contains_key(&key) {
            return false;
        }
        guard(&self.added).insert(key, size).is_none()
    }

    /// Makes a file. One of that name is a leftover that nobody counts on.
    fn create(&self, name: &str, mode: Mode) -> Result<File, Error> {
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let create = || rustix::fs::openat(&self.fd, name, flags, mode);
        let made = create().or_else(|error| match error {
            Errno::EXIST => {
                rustix::fs::unlinkat(&self.fd, name, AtFlags::empty())?;
                create()
            }
            error => Err(error),
        });
        made.map(File::from).map_err(|error| self.failed(name, error.into()))
    }

    fn failed(&self, name: &str, error: std::io::Error) -> Error {
        Error::io(
            "unpacking into the content store",
            self.root.own("store").join(name),
            error,
        )
    }

    /// What this run added so far.
    fn added(&self) -> HashMap<Key, u64> {
        guard(&self.added).clone()
    }

    /// What triggers made, sorted.
    pub(crate) fn made(&self) -> Vec<(Key, u64)> {
        let mut made: Vec<_> = guard(&self.made).iter().map(|(key, size)| (*key, *size)).collect();
        made.sort_unstable();
        made
    }

    /// Bytes of a content that is there.
    pub(crate) fn size(&self, key: &Key) -> Option<u64> {
        self.known
            .get(key)
            .copied()
            .or_else(|| guard(&self.added).get(key).copied())
    }

    /// What was added is written down: it stays.
    pub(crate) fn finish(mut self) {
        self.finished = true;
        let _ = rustix::fs::unlinkat(self.root.moult(), MARKER, AtFlags::empty());
    }

    /// Leaves everything as it is: whether it was written down is only known when the root is next opened or changed,
    /// which sweeps what was not.
    pub(crate) fn leave(mut self) {
        self.finished = true;
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A run that fails takes away what it added: on a full disk that is just what is needed.
impl Drop for Store<'_> {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let mut gone = true;
        for key in self.added().keys() {
            let removed = rustix::fs::unlinkat(&self.fd, key.path(), AtFlags::empty());
            gone &= matches!(removed, Ok(()) | Err(Errno::NOENT));
        }
        for number in 0..self.incoming.load(Ordering::Relaxed) {
            let _ = rustix::fs::unlinkat(&self.fd, format!("{INCOMING}/{number}"), AtFlags::empty());
        }
        if gone {
            let _ = rustix::fs::unlinkat(self.root.moult(), MARKER, AtFlags::empty());
        }
    }
}

/// Says that the store may hold files that nobody counts on, until [`unmark`].
pub(crate) fn mark(root: &Root) -> Result<(), Error> {
    let failed = |error: Errno| Error::io("opening the content store", root.own(MARKER), error);
    let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    rustix::fs::openat(root.moult(), MARKER, flags, Mode::from_raw_mode(0o600)).map_err(failed)?;
    rustix::fs::fsync(root.moult()).map_err(failed)
}

/// Whether [`mark`] was called and [`unmark`] was not.
pub(crate) fn marked(root: &Root) -> bool {
    rustix::fs::accessat(root.moult(), MARKER, rustix::fs::Access::EXISTS, AtFlags::empty()).is_ok()
}

/// The store holds nothing but what is written down.
pub(crate) fn unmark(root: &Root) -> Result<(), Error> {
    match rustix::fs::unlinkat(root.moult(), MARKER, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(Error::io("cleaning the content store", root.own(MARKER), error)),
    }
}

/// Removes these files; what is gone already is fine.
pub(crate) fn remove<'k>(root: &Root, keys: impl Iterator<Item = &'k Key>) -> Result<(), Error> {
    let store = directory(root)?;
    for key in keys {
        match rustix::fs::unlinkat(&store, key.path(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(Error::io("cleaning the content store", root.own("store"), error)),
        }
    }
    Ok(())
}

/// Removes what a run that was killed left in the store.
pub(crate) fn sweep(root: &Root, known: &dyn Fn() -> Result<HashMap<Key, u64>, Error>) -> Result<(), Error> {
    if !marked(root) {
        return Ok(());
    }
    let known = known()?;
    let path = root.own("store");
    let failed = |error| Error::io("cleaning the content store", &path, error);
    for folder in std::fs::read_dir(&path).map_err(failed)?.flatten() {
        for file in std::fs::read_dir(folder.path()).map_err(failed)?.flatten() {
            let key = file.file_name().to_str().and_then(Key::parse);
            if key.is_none_or(|key| !known.contains_key(&key)) {
                std::fs::remove_file(file.path()).map_err(failed)?;
            }
        }
    }
    let removed = rustix::fs::unlinkat(root.moult(), MARKER, AtFlags::empty());
    removed.map_err(|error| failed(error.into()))
}

/// The mode to make a file with, so that most need no other one later. Nobody else gets into the store, so nobody sees a file
/// before its content is whole; set-id bits come last all the same.
fn at_first(rights: Rights) -> Mode {
    match rights.mode & !0o777 {
        0 => Mode::from_raw_mode(rights.mode),
        _ => HIDDEN,
    }
}

/// Gives a new file its rights, if it was not made with them.
fn ensure(file: &File, rights: Rights) -> std::io::Result<()> {
    match Rights::of(&rustix::fs::fstat(file)?) == rights {
        true => Ok(()),
        false => give(file, rights),
    }
}

/// Sets owner, then mode: the other way round the kernel would take the set-id bits away. Needs no umask.
pub(crate) fn give(file: impl AsFd, rights: Rights) -> std::io::Result<()> {
    let Rights { mode, uid, gid } = rights;
    if (uid, gid) != (0, 0) || rustix::process::geteuid().as_raw() != 0 {
        rustix::fs::fchown(&file, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)))?;
    }
    Ok(rustix::fs::fchmod(&file, Mode::from_raw_mode(mode))?)
}

/// Gives `to` the content of `from`: shared blocks where the file system can, else a copy.
pub(crate) fn clone(from: &File, to: &File) -> std::io::Result<()> {
    if rustix::fs::ioctl_ficlone(to, from).is_ok() {
        return Ok(());
    }
    let (mut from, mut to) = (from, to);
    std::io::Seek::rewind(&mut from)?;
    std::io::copy(&mut from, &mut to).map(drop)
}

/// The store file with this key, opened to be read. For a content that cannot be linked any more (EMLINK).
pub(crate) fn read(store: &OwnedFd, key: &Key) -> rustix::io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(store, key.path(), flags, Mode::empty()).map(File::from)
}

/// The store directory, for linking out of it.
pub(crate) fn directory(root: &Root) -> Result<OwnedFd, Error> {
    rustix::fs::openat(root.moult(), "store", DIRECTORY, Mode::empty())
        .map_err(|error| Error::io("opening the content store", root.own("store"), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_store_file_says_its_content_and_rights() {
        let key = |mode, uid, gid| Key {
            content: [0xab; 32],
            rights: Rights { mode, uid, gid },
        };
        assert_eq!(key(0o644, 0, 0).path(), format!("ab/{}", "ab".repeat(32)));
        assert_eq!(key(0o4755, 0, 7).path(), format!("ab/{}.4755-0-7", "ab".repeat(32)));
        for key in [key(0o644, 0, 0), key(0o4755, 0, 7), key(0, 1, 0)] {
            assert_eq!(Key::parse(&key.path()[3..]), Some(key));
        }
    }

    #[test]
    fn a_file_has_its_rights_whatever_the_umask() {
        let folder = tempfile::tempdir().unwrap();
        let modes = [0o644, 0o755, 0o4755, 0o2711, 0o777, 0];
        for mask in [0o000, 0o022, 0o077, 0o777] {
            let path = folder.path().join(format!("{mask:o}"));
            std::thread::scope(|scope| {
                let _ = scope.spawn(|| {
                    // A umask of this thread's own.
                    #[expect(deprecated, reason = "no file descriptors stop being shared")]
                    rustix::thread::unshare(rustix::thread::UnshareFlags::FS).unwrap();
                    let _ = rustix::process::umask(Mode::from_raw_mode(mask));
                    for mode in modes {
                        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR;
                        let rights = Rights { mode, uid: 0, gid: 0 };
                        let name = format!("{}.{mode:o}", path.display());
                        let file = File::from(rustix::fs::open(&name, flags, at_first(rights)).unwrap());
                        ensure(&file, rights).unwrap();
                        assert_eq!(Rights::of(&rustix::fs::fstat(&file).unwrap()), rights, "{name}");
                    }
                });
            });
        }
    }
}
