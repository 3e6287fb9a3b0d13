//! What a transaction trigger did to `/usr`: the `upper` folder of its overlay becomes a list of changes, and the contents
//! of its files go into the store.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use crate::error::{Error, lossy};
use crate::package::{Item, Rights, What};
use crate::picture::Generated;
use crate::root::DIRECTORY;
use crate::state;
use crate::store::Store;
use crate::tree::{Tree, split};

/// A path in a tree may be so long; the kernel takes little more in one call.
const LONGEST: usize = 4000;

/// How much one trigger may make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Changed paths.
    pub(crate) paths: usize,
    /// Bytes of content.
    pub(crate) bytes: u64,
}

/// A kernel's initial RAM disks, or the caches of all icons there are, are far below this.
pub(crate) const BOUNDS: Bounds = Bounds {
    paths: 200_000,
    bytes: 8 << 30,
};

/// Reads what one trigger did.
pub(crate) struct Reader<'a, 'r> {
    pub(crate) trigger: &'a str,
    /// The overlay's.
    pub(crate) upper: &'a Path,
    /// The staged tree as the trigger found it.
    pub(crate) usr: &'a Path,
    /// The plan of that tree.
    pub(crate) tree: &'a Tree,
    pub(crate) store: &'a Store<'r>,
    pub(crate) bounds: Bounds,
}

/// What is being collected.
struct Found {
    changes: Vec<Generated>,
    bytes: u64,
}

impl Reader<'_, '_> {
    /// Every change, parents before their children. A path that is as it was is none.
    pub(crate) fn read(&self) -> Result<Vec<Generated>, Error> {
        let open = |path: &Path| {
            rustix::fs::open(path, DIRECTORY, Mode::empty()).map_err(|error| self.failed(b"", error.into()))
        };
        let (upper, staged) = (open(self.upper)?, open(self.usr)?);
        let mut found = Found {
            changes: Vec::new(),
            bytes: 0,
        };
        // With whether nothing of the staged tree shows through any more.
        let mut folders: Vec<(Vec<u8>, bool)> = vec![(Vec::new(), false)];
        while let Some((folder, fresh)) = folders.pop() {
            let failed = |error: Errno| self.failed(&folder, error.into());
            let at = beneath(&upper, &folder).map_err(failed)?;
            let mut names = Vec::new();
            for entry in rustix::fs::Dir::read_from(&at).map_err(failed)? {
                let name = entry.map_err(failed)?.file_name().to_bytes().to_vec();
                if !matches!(name.as_slice(), b"." | b"..") {
                    names.push(name);
                }
            }
            // The same work gives the same list.
            names.sort_unstable();
            for name in names {
                let mut path = folder.clone();
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(&name);
                if path.len() > LONGEST {
                    return Err(self.refused(&folder, "the paths below it are too long".to_owned()));
                }
                let before = if fresh { None } else { self.before(&staged, &path)? };
                if let Some(fresh) = self.one(&at, &name, &path, before, fresh, &mut found)? {
                    folders.push((path, fresh));
                }
                if found.changes.len() > self.bounds.paths {
                    let reason = format!("it changes more than {} paths", self.bounds.paths);
                    return Err(self.refused(b"", reason));
                }
            }
        }
        Ok(found.changes)
    }

    /// One entry. For a folder whether nothing of the staged one shows through.
    fn one(
        &self,
        at: &OwnedFd,
        name: &[u8],
        path: &[u8],
        before: Option<Before>,
        fresh: bool,
        found: &mut Found,
    ) -> Result<Option<bool>, Error> {
        let failed = |error: Errno| self.failed(path, error.into());
        let stat = rustix::fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW).map_err(failed)?;
        let rights = Rights::of(&stat);
        let was_folder = before
            .as_ref()
            .is_some_and(|before| kind(&before.stat) == FileType::Directory);
        let what = match kind(&stat) {
            FileType::Directory => {
                let folder = beneath(at, name).map_err(failed)?;
                let opaque = opaque(&folder).map_err(failed)?;
                self.allowed(path, was_folder && !opaque)?;
                if before.is_some() && (opaque || !was_folder) {
                    self.push(found, path, None);
                }
                let same = before.as_ref().is_some_and(|before| Rights::of(&before.stat) == rights);
                if opaque || !was_folder || !same {
                    self.push(found, path, Some((rights, What::Directory)));
                }
                return Ok(Some(fresh || opaque || !was_folder));
            }
            FileType::CharacterDevice if stat.st_rdev == 0 => {
                if before.is_some() {
                    self.allowed(path, false)?;
                    self.push(found, path, None);
                }
                return Ok(None);
            }
            FileType::RegularFile if stat.st_size == 0 => What::Empty,
            FileType::RegularFile => {
                let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let mut file = File::from(rustix::fs::openat(at, name, flags, Mode::empty()).map_err(failed)?);
                let left = self.bounds.bytes.saturating_sub(found.bytes);
                if u64::try_from(stat.st_size).unwrap_or(u64::MAX) > left {
                    let reason = format!("it makes more than {} bytes", self.bounds.bytes);
                    return Err(self.refused(path, reason));
                }
                let (key, size) = self.store.absorb(&mut file, rights, left)?;
                found.bytes = found.bytes.saturating_add(size);
                What::Stored(key.content)
            }
            FileType::Symlink => {
                let target = rustix::fs::readlinkat(at, name, Vec::new()).map_err(failed)?;
                What::Link(target.into_bytes())
            }
            other => {
                let reason = format!("it is a special file ({other:?})").to_lowercase();
                return Err(self.refused(path, reason));
            }
        };
        if !before.is_some_and(|before| self.same(&before, rights, &what)) {
            self.allowed(path, false)?;
            self.push(found, path, Some((rights, what)));
        }
        Ok(None)
    }

    fn push(&self, found: &mut Found, path: &[u8], item: Option<(Rights, What)>) {
        let item = item.map(|(rights, what)| Item {
            path: path.to_vec(),
            rights,
            what,
        });
        found.changes.push(Generated {
            trigger: self.trigger.to_owned(),
            path: path.to_vec(),
            item,
        });
    }

    /// What the staged tree has at this path.
    fn before(&self, staged: &OwnedFd, path: &[u8]) -> Result<Option<Before>, Error> {
        let failed = |error: Errno| self.failed(path, error.into());
        let (parent, name) = split(path);
        let parent = match beneath(staged, parent) {
            Ok(parent) => parent,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let stat = match rustix::fs::statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let target = match kind(&stat) {
            FileType::Symlink => {
                let target = rustix::fs::readlinkat(&parent, name, Vec::new()).map_err(failed)?;
                Some(target.into_bytes())
            }
            _ => None,
        };
        Ok(Some(Before { stat, target }))
    }

    /// Whether the staged tree has just this already: a program may write what was there.
    fn same(&self, before: &Before, now: Rights, what: &What) -> bool {
        let stat = &before.stat;
        match what {
            What::Link(target) => {
                let owner = (stat.st_uid, stat.st_gid) == (now.uid, now.gid);
                owner && before.target.as_ref() == Some(target)
            }
            What::Empty => kind(stat) == FileType::RegularFile && stat.st_size == 0 && Rights::of(stat) == now,
            // A file of the staged tree is a link into the store.
            What::Stored(content) => self.store.inode(*content, now) == Some((stat.st_dev, stat.st_ino)),
            What::Directory | What::Packed(_) => false,
        }
    }

    /// Refuses what would be in the way of Moult's own files, which are added after the triggers. A folder that stays
    /// is not.
    fn allowed(&self, path: &[u8], stays: bool) -> Result<(), Error> {
        let above = |own: &[u8]| own.strip_prefix(path).is_some_and(|rest| rest.starts_with(b"/"));
        let link = matches!(path, b"lib32" | b"lib64") && !self.tree.has(path);
        let own = state::OWN.iter().any(|own| path == *own || (!stays && above(own)));
        if link || own {
            return Err(self.refused(path, "it belongs to Moult itself".to_owned()));
        }
        Ok(())
    }

    fn refused(&self, path: &[u8], reason: String) -> Error {
        Error::TriggerOutput {
            trigger: self.trigger.to_owned(),
            path: lossy(path),
            reason,
        }
    }

    fn failed(&self, path: &[u8], error: std::io::Error) -> Error {
        Error::io(
            "reading what a trigger made",
            self.upper.join(PathBuf::from(lossy(path))),
            error,
        )
    }
}

/// Something in the staged tree.
struct Before {
    stat: Stat,
    /// Of a link.
    target: Option<Vec<u8>>,
}

fn kind(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

fn beneath(at: &OwnedFd, path: &[u8]) -> rustix::io::Result<OwnedFd> {
    let path: &[u8] = if path.is_empty() { b"." } else { path };
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    rustix::fs::openat2(at, path, DIRECTORY, Mode::empty(), resolve)
}

/// Whether a folder of the overlay hides everything below it. Only the kernel can have said so: programs in the sandbox
/// may not set this attribute.
fn opaque(folder: &OwnedFd) -> rustix::io::Result<bool> {
    let mut value = [0u8; 8];
    match rustix::fs::fgetxattr(folder, "trusted.overlay.opaque", &mut value[..]) {
        Ok(size) => Ok(size == 1 && value[0] == b'y'),
        Err(Errno::NODATA | Errno::OPNOTSUPP | Errno::RANGE) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
    use std::collections::HashMap;

    use super::*;
    use crate::root::Root;

    /// What is read of an upper folder that `fill` fills.
    fn reading(bounds: Bounds, fill: impl FnOnce(&Path)) -> Result<Vec<Generated>, Error> {
        let at = tempfile::tempdir().unwrap();
        for name in ["root", "upper", "usr"] {
            std::fs::create_dir(at.path().join(name)).unwrap();
        }
        let root = Root::open(&at.path().join("root")).unwrap();
        let store = Store::open(&root, HashMap::new()).unwrap();
        fill(&at.path().join("upper"));
        let reader = Reader {
            trigger: "t",
            upper: &at.path().join("upper"),
            usr: &at.path().join("usr"),
            tree: &Tree::plan(&[], &state::OWN).unwrap(),
            store: &store,
            bounds,
        };
        reader.read()
    }

    fn files(names: &[&str]) -> impl FnOnce(&Path) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        move |upper| {
            for name in names {
                std::fs::write(upper.join(name), "ten bytes.").unwrap();
            }
        }
    }

    #[test]
    fn more_paths_or_bytes_than_the_bounds_are_refused_and_as_many_are_not() {
        let bounds = |paths, bytes| Bounds { paths, bytes };
        let three = ["a", "b", "c"];
        assert_eq!(reading(bounds(3, 30), files(&three)).unwrap().len(), 3);
        for (bounds, said) in [(bounds(2, 30), "2 paths"), (bounds(3, 29), "29 bytes")] {
            match reading(bounds, files(&three)) {
                Err(Error::TriggerOutput { trigger, reason, .. }) => {
                    assert!(trigger == "t" && reason.contains(said), "{reason}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_file_of_terabytes_without_content_is_refused_unread() {
        let hole = |upper: &Path| {
            let file = std::fs::File::create(upper.join("hole")).unwrap();
            file.set_len(1 << 40).unwrap();
        };
        assert!(matches!(reading(BOUNDS, hole), Err(Error::TriggerOutput { path, .. }) if path == "hole"));
    }

    #[test]
    fn a_path_that_is_too_long_is_refused() {
        let deep = |upper: &Path| {
            let mut at = rustix::fs::open(upper, DIRECTORY, Mode::empty()).unwrap();
            for _ in 0..20 {
                let name = "n".repeat(250);
                rustix::fs::mkdirat(&at, &name, Mode::from_raw_mode(0o755)).unwrap();
                at = rustix::fs::openat(&at, &name, DIRECTORY, Mode::empty()).unwrap();
            }
        };
        let bounds = Bounds { paths: 100, bytes: 0 };
        assert!(
            matches!(reading(bounds, deep), Err(Error::TriggerOutput { reason, .. }) if reason.contains("too long"))
        );
    }
}
