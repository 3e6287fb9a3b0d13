//! Which files differ between two trees.
//!
//! Both trees are planned as a whole, exactly as a change would make them: paths through links go where they lead, and
//! a file that two packages bring is refused. Directories are only listed when the rights of one that stays change.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;

use moult_stone::Stone;
use rusqlite::{Connection, params};
use rustix::fs::OFlags;
use xxhash_rust::xxh3::Xxh3;

use crate::crew;
use crate::error::{Error, lossy};
use crate::head;
use crate::import::Local;
use crate::layouts;
use crate::ledger;
use crate::package::{self, Item, Package, Rights, What};
use crate::plan::{FileChange, FileChanges, Mark, Plan};
use crate::present;
use crate::root::Root;
use crate::selection::Selected;
use crate::state;
use crate::store::{self, Key};
use crate::tree::Tree;
use crate::watch::{Meter, Phase, Watch};
use crate::web::Web;

/// Heads that are read at once.
const AT_ONCE: usize = 4;
const CHUNK: usize = 256 * 1024;

/// What a plan changes in the active state. `brought` is the head of a package by its checksum, which is not there yet.
pub(crate) fn of_plan(
    root: &Root,
    connection: &Connection,
    web: &Web,
    plan: &Plan,
    brought: Option<(&str, Stone)>,
    watch: &dyn Watch,
) -> Result<FileChanges, Error> {
    let old = match plan.from {
        Some(state) => present::of(connection, &Local::of(root)?, state)?,
        None => Vec::new(),
    };
    let old: Vec<Selected> = old.into_iter().map(|present| present.selected).collect();
    let mut layouts = Layouts::default();
    if let Some((hash, stone)) = brought
        && let Some(package) = plan.selection.packages.iter().find(|package| package.hash == hash)
        && ledger::unpacked(connection, package)?.is_none()
    {
        let (items, sizes) = laid_out(&package.name, stone, watch)?;
        layouts.items.insert(package.hash.clone(), items);
        layouts.sizes.extend(sizes);
    }
    layouts.read(root, connection, web, &[&old, &plan.selection.packages], watch)?;
    let (old, new) = (layouts.tree(&old)?, layouts.tree(&plan.selection.packages)?);
    let mut contents = Contents {
        root,
        sizes: None,
        connection,
        packed: &layouts.sizes,
        watch,
        known: HashMap::new(),
        active: true,
    };
    let mut changes = compare(&old, &new, &mut |path, one, other| contents.same(path, one, other))?;
    // What is the same as a stored file takes no room again.
    let mut fresh: HashSet<(u128, Rights)> = HashSet::new();
    for leaf in new.leaves.values() {
        if let What::Packed(digest) = leaf.what
            && contents
                .known
                .get(&digest)
                .is_none_or(|stored| !stored.contains(&leaf.rights))
        {
            fresh.insert((digest, leaf.rights));
        }
    }
    let size = |digest: &u128| layouts.sizes.get(digest).copied().unwrap_or(0);
    changes.disk_bytes = fresh
        .iter()
        .fold(0u64, |sum, (digest, _)| sum.saturating_add(size(digest)));
    Ok(changes)
}

/// What differs between two states, with what triggers made in them.
pub(crate) fn of_states(
    root: &Root,
    connection: &Connection,
    web: &Web,
    (old, new): (u64, u64),
    watch: &dyn Watch,
) -> Result<FileChanges, Error> {
    let local = Local::of(root)?;
    let packages = |state| -> Result<Vec<Selected>, Error> {
        let packages = present::of(connection, &local, state)?;
        Ok(packages.into_iter().map(|present| present.selected).collect())
    };
    let (before, after) = (packages(old)?, packages(new)?);
    let mut layouts = Layouts::default();
    layouts.read(root, connection, web, &[&before, &after], watch)?;
    let (mut before, mut after) = (layouts.tree(&before)?, layouts.tree(&after)?);
    before.generated(connection, old)?;
    after.generated(connection, new)?;
    let mut contents = Contents {
        root,
        sizes: None,
        connection,
        packed: &layouts.sizes,
        watch,
        known: HashMap::new(),
        active: false,
    };
    compare(&before, &after, &mut |path, one, other| contents.same(path, one, other))
}

/// What a package that is not stored puts where, and the bytes of its contents.
pub(crate) fn laid_out(name: &str, stone: Stone, watch: &dyn Watch) -> Result<(Vec<Item>, HashMap<u128, u64>), Error> {
    let wrong = |source| Error::Stone {
        package: name.to_owned(),
        source,
    };
    let index = stone.contents().map_err(wrong)?;
    let sizes: HashMap<u128, u64> = index.iter().map(|entry| (entry.digest, entry.size())).collect();
    let mut items = Vec::with_capacity(stone.layout.len());
    for entry in stone.layout {
        let Some(item) = package::item(name, entry, watch)? else {
            continue;
        };
        if let What::Packed(digest) = item.what
            && sizes.get(&digest).is_none_or(|size| *size == 0)
        {
            let path = lossy(&item.path);
            return Err(wrong(moult_stone::Error::MissingContent { path, digest }));
        }
        items.push(item);
    }
    Ok((items, sizes))
}

/// What packages put where, by their checksums.
#[derive(Default)]
struct Layouts {
    items: HashMap<String, Vec<Item>>,
    /// Bytes of contents that are not stored.
    sizes: HashMap<u128, u64>,
}

impl Layouts {
    /// Reads the layouts of all packages: from the database, or from the heads of their files.
    fn read(
        &mut self,
        root: &Root,
        connection: &Connection,
        web: &Web,
        lists: &[&[Selected]],
        watch: &dyn Watch,
    ) -> Result<(), Error> {
        let mut missing: Vec<&Selected> = Vec::new();
        for package in lists.iter().copied().flatten() {
            if watch.cancelled() {
                return Err(Error::Cancelled);
            }
            if self.items.contains_key(&package.hash) || missing.iter().any(|known| known.hash == package.hash) {
                continue;
            }
            match ledger::unpacked(connection, package)? {
                Some(items) => drop(self.items.insert(package.hash.clone(), items)),
                None => missing.push(package),
            }
        }
        let meter = Meter::begin(watch, Phase::Fetch, 0, missing.len() as u64);
        let heads = crew::run(AT_ONCE, &missing, |package| {
            meter.check()?;
            let stone = head::read(root, web, package, watch)?;
            let (items, sizes) = laid_out(&package.name, stone, watch)?;
            meter.items(1, &package.name);
            Ok((package.hash.clone(), items, sizes))
        })?;
        meter.end();
        if !missing.is_empty()
            && let Some(kept) = &web.heads
        {
            kept.tidy();
        }
        for (hash, items, sizes) in heads {
            self.items.insert(hash, items);
            self.sizes.extend(sizes);
        }
        Ok(())
    }

    /// The tree that these packages make.
    fn tree(&self, packages: &[Selected]) -> Result<Flat, Error> {
        let packages: Vec<Package> = packages
            .iter()
            .map(|package| Package {
                name: package.name.clone(),
                hash: package.hash.clone(),
                release: package.release(),
                items: self.items.get(&package.hash).cloned().unwrap_or_default(),
                packed: None,
            })
            .collect();
        let tree = Tree::plan(&packages, &[state::NUMBER.as_bytes(), state::MODEL.as_bytes()])?;
        let mut flat = Flat::default();
        for directory in tree.directories {
            for leaf in directory.leaves {
                let Some(package) = packages.get(leaf.package) else {
                    continue;
                };
                let Some(item) = package.items.get(leaf.item) else {
                    continue;
                };
                let mut path = directory.path.clone();
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(&leaf.name);
                flat.leaves.insert(
                    path,
                    Leaf {
                        package: package.name.clone(),
                        rights: item.rights,
                        what: item.what.clone(),
                    },
                );
            }
            flat.directories.insert(directory.path, directory.rights);
        }
        Ok(flat)
    }
}

/// A tree as a list of paths.
#[derive(Default)]
struct Flat {
    leaves: BTreeMap<Vec<u8>, Leaf>,
    directories: BTreeMap<Vec<u8>, Rights>,
}

/// A file or a link.
struct Leaf {
    package: String,
    rights: Rights,
    what: What,
}

impl Flat {
    /// Lays over it what triggers made in a state. `kind` 0 is a path that they took away.
    fn generated(&mut self, connection: &Connection, state: u64) -> Result<(), Error> {
        let state = i64::try_from(state).unwrap_or(i64::MAX);
        let mut statement = connection.prepare_cached(
            "SELECT path, kind, mode, uid, gid, content, target FROM generated WHERE state = ?1
             ORDER BY trigger, ordinal",
        )?;
        let mut rows = statement.query(params![state])?;
        while let Some(row) = rows.next()? {
            let path: Vec<u8> = row.get(0)?;
            let rights = Rights {
                mode: row.get(2)?,
                uid: row.get(3)?,
                gid: row.get(4)?,
            };
            let what = match row.get::<_, u8>(1)? {
                0 => {
                    self.leaves.remove(&path);
                    continue;
                }
                layouts::LINK => What::Link(row.get(6)?),
                layouts::DIRECTORY => {
                    self.directories.insert(path, rights);
                    continue;
                }
                _ => row.get::<_, Option<[u8; 32]>>(5)?.map_or(What::Empty, What::Stored),
            };
            let package = String::new();
            self.leaves.insert(path, Leaf { package, rights, what });
        }
        Ok(())
    }
}

type Same<'s> = dyn FnMut(&[u8], &Leaf, &Leaf) -> Result<bool, Error> + 's;

fn compare(old: &Flat, new: &Flat, same: &mut Same<'_>) -> Result<FileChanges, Error> {
    let mut changes = FileChanges::default();
    for (path, leaf) in &new.leaves {
        match old.leaves.get(path) {
            None => changes.added.push(listed(path, leaf, &[leaf])),
            // Both are looked at even if the rights differ: what is stored already is then known.
            Some(before) => {
                if !same(path, before, leaf)? {
                    changes.changed.push(listed(path, leaf, &[before, leaf]));
                }
            }
        }
    }
    for (path, leaf) in &old.leaves {
        if !new.leaves.contains_key(path) {
            changes.removed.push(listed(path, leaf, &[leaf]));
        }
    }
    for (path, rights) in &new.directories {
        let before = old.directories.get(path);
        if let Some(before) = before.filter(|before| *before != rights) {
            let mut marks = marks(path);
            if (before.mode | rights.mode) & 0o6000 != 0 {
                marks.insert(0, Mark::SetId);
            }
            changes.changed.push(FileChange {
                path: path.clone(),
                package: String::new(),
                marks,
            });
        }
    }
    changes.changed.sort();
    Ok(changes)
}

fn listed(path: &[u8], leaf: &Leaf, looks: &[&Leaf]) -> FileChange {
    let mut marks = marks(path);
    let file = |leaf: &Leaf| matches!(leaf.what, What::Packed(_) | What::Stored(_) | What::Empty);
    if looks.iter().any(|leaf| file(leaf) && leaf.rights.mode & 0o6000 != 0) {
        marks.insert(0, Mark::SetId);
    }
    FileChange {
        path: path.to_vec(),
        package: leaf.package.clone(),
        marks,
    }
}

const KERNEL: &[&[u8]] = &[b"lib/kernel/", b"lib/modules/"];
const BOOT: &[&[u8]] = &[
    b"lib/systemd/boot/",
    b"lib/initcpio/",
    b"lib/dracut/",
    b"lib/initrd/",
    b"lib/efi/",
    b"share/efi/",
    b"share/initramfs-tools/",
    b"share/mkinitcpio/",
    b"share/grub/",
    b"lib/grub/",
];
const SERVICE: &[&[u8]] = &[
    b"lib/systemd/system/",
    b"lib/systemd/user/",
    b"lib/systemd/system-generators/",
    b"lib/systemd/user-generators/",
    b"lib/systemd/system-environment-generators/",
    b"lib/systemd/user-environment-generators/",
    b"lib/systemd/system-preset/",
    b"lib/systemd/user-preset/",
    b"lib/systemd/system-shutdown/",
    b"lib/systemd/system-sleep/",
    b"share/dbus-1/",
    b"share/xdg/autostart/",
    b"share/defaults/xdg/autostart/",
    b"share/defaults/etc/xdg/autostart/",
    b"lib/udev/rules.d/",
    b"lib/tmpfiles.d/",
    b"lib/sysusers.d/",
    b"share/polkit-1/",
    b"share/moss/triggers/",
];

/// What a path alone says.
fn marks(path: &[u8]) -> Vec<Mark> {
    let within = |folders: &[&[u8]]| folders.iter().any(|folder| path.starts_with(folder));
    let mut marks = Vec::new();
    if within(KERNEL) {
        marks.push(Mark::Kernel);
    }
    let image = path.ends_with(b".efi") || path.ends_with(b".initrd");
    if within(BOOT) || image {
        marks.push(Mark::Boot);
    }
    if within(SERVICE) {
        marks.push(Mark::Service);
    }
    marks
}

/// Tells whether two files are the same, also when only one of them is stored.
struct Contents<'a> {
    root: &'a Root,
    /// Sizes of what is stored; read when they are needed.
    sizes: Option<HashMap<Key, u64>>,
    connection: &'a Connection,
    packed: &'a HashMap<u128, u64>,
    watch: &'a dyn Watch,
    /// Contents that are not unpacked yet and are stored all the same, with which rights.
    known: HashMap<u128, Vec<Rights>>,
    /// Whether the old tree is `/usr`.
    active: bool,
}

impl Contents<'_> {
    fn same(&mut self, path: &[u8], old: &Leaf, new: &Leaf) -> Result<bool, Error> {
        // The mode of a link means nothing.
        let rights = match (&old.what, &new.what) {
            (What::Link(_), What::Link(_)) => (old.rights.uid, old.rights.gid) == (new.rights.uid, new.rights.gid),
            _ => old.rights == new.rights,
        };
        match (&old.what, &new.what) {
            (What::Stored(content), What::Packed(digest)) | (What::Packed(digest), What::Stored(content)) => {
                let stored = if matches!(old.what, What::Stored(_)) {
                    old.rights
                } else {
                    new.rights
                };
                let key = Key {
                    content: *content,
                    rights: stored,
                };
                if !self.holds(path, &key, *digest)? {
                    return Ok(false);
                }
                self.known.entry(*digest).or_default().push(stored);
                Ok(rights)
            }
            (one, other) => Ok(rights && one == other),
        }
    }

    /// Whether the stored file has the content with this XXH3-128. What not everybody may read is taken as another one:
    /// the answer is part of what a person approves, and must be the same whoever asks.
    fn holds(&mut self, path: &[u8], key: &Key, digest: u128) -> Result<bool, Error> {
        if self.watch.cancelled() {
            return Err(Error::Cancelled);
        }
        let sizes = match &mut self.sizes {
            Some(sizes) => sizes,
            none => none.insert(ledger::contents(self.connection)?),
        };
        if sizes.get(key) != self.packed.get(&digest) || key.rights.mode & 0o004 == 0 {
            return Ok(false);
        }
        let shown = self.root.own("store").join(key.path());
        let failed = |error: std::io::Error| Error::io("reading the content store", &shown, error);
        let stored = match store::directory(self.root) {
            Ok(folder) => store::read(&folder, key).map_err(|error| failed(error.into())),
            Err(error) => Err(error),
        };
        let mut file = match stored {
            Ok(file) => file,
            // The store is root's alone, but the same file is in place.
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::PermissionDenied => {
                match self.in_place(path) {
                    Some(file) => file,
                    None => return Ok(false),
                }
            }
            Err(error) => return Err(error),
        };
        let mut hash = Xxh3::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = file.read(&mut chunk).map_err(failed)?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
                return Ok(hash.digest128() == digest);
            };
            hash.update(bytes);
            if self.watch.cancelled() {
                return Err(Error::Cancelled);
            }
        }
    }

    /// A file of the active state, if it can be read.
    fn in_place(&self, path: &[u8]) -> Option<File> {
        let path = self.root.path().join("usr").join(OsStr::from_bytes(path));
        let file = File::options()
            .read(true)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(path);
        file.ok()
            .filter(|file| self.active && file.metadata().is_ok_and(|metadata| metadata.is_file()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_deserves_a_second_look() {
        assert_eq!(marks(b"lib/modules/6.1/kernel/x.ko"), [Mark::Kernel]);
        assert_eq!(marks(b"lib/systemd/boot/efi/systemd-bootx64.efi"), [Mark::Boot]);
        assert_eq!(marks(b"lib/kernel/6.1/a.initrd"), [Mark::Kernel, Mark::Boot]);
        assert_eq!(marks(b"lib/systemd/system/a.service"), [Mark::Service]);
        assert_eq!(marks(b"share/dbus-1/system-services/a"), [Mark::Service]);
        assert_eq!(marks(b"share/doc/lib/modules/x"), []);
        assert_eq!(marks(b"lib/systemd/systemd"), []);
    }
}
