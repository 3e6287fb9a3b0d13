//! Looks at everything that is on the disk, and compares it with what was written down.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use crate::error::{Error, lossy};
use crate::package::{Package, Rights, What};
use crate::picture::{Generated, Node, picture};
use crate::repair;
use crate::root::{DIRECTORY, Root};
use crate::state::{self, Status};
use crate::store::{self, Key};
use crate::tree::Tree;
use crate::watch::{Meter, Phase, Watch};
use crate::web::Web;
use crate::{crew, ledger};

const CHUNK: usize = 1 << 18;

/// What [`Engine::verify`](crate::Engine::verify) found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Contents that were read whole.
    pub contents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// States whose trees were compared.
    pub states: u64,
    /// Everything that is wrong; empty means clean.
    pub problems: Vec<Damage>,
    /// What is still wrong after a repair; the same as `problems` without one.
    pub left: Vec<Damage>,
    /// Why a repair did not repair all. Each is for people.
    pub failures: Vec<String>,
}

/// One thing that is not as it was written down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Damage {
    /// A file of the content store is not there, or has another content, owner or mode.
    Content {
        /// Its name in the store.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file in the store that nobody counts on.
    Leftover {
        /// Its name in the store.
        file: String,
    },
    /// A path of a state's tree is not there, is another thing, or should not be there.
    Path {
        /// The state.
        state: u64,
        /// Below `/usr`.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A state's tree is not there at all.
    State {
        /// The state.
        state: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A link of the root is not there or leads elsewhere.
    Link {
        /// Its name.
        name: String,
    },
}

pub(crate) fn verify(
    root: &Root,
    connection: &mut Connection,
    web: &Web,
    repair: bool,
    limit: Duration,
    watch: &dyn Watch,
) -> Result<Verified, Error> {
    let mut found = look(root, connection, watch)?;
    if repair && !found.problems.is_empty() {
        found.failures = repair::mend(root, connection, web, limit, &found.problems, watch)?;
        found.left = look(root, connection, watch)?.problems;
    } else {
        found.left = found.problems.clone();
    }
    Ok(found)
}

fn look(root: &Root, connection: &Connection, watch: &dyn Watch) -> Result<Verified, Error> {
    let mut verified = Verified::default();
    let contents = ledger::contents(connection)?;
    let total = contents.values().fold(0u64, |sum, size| sum.saturating_add(*size));
    let meter = Meter::begin(watch, Phase::Verify, total, contents.len() as u64);

    let store = store::directory(root)?;
    let mut keys: Vec<(Key, u64)> = contents.iter().map(|(key, size)| (*key, *size)).collect();
    keys.sort_by_key(|(key, size)| (std::cmp::Reverse(*size), key.path()));
    let groups: Vec<&[(Key, u64)]> = keys.chunks(16).collect();
    let damaged = crew::run(crew::processors(), &groups, |group| {
        let mut damaged = Vec::new();
        for (key, size) in *group {
            meter.check()?;
            if let Some(reason) = content(&store, key, *size, &meter)? {
                damaged.push(Damage::Content {
                    file: key.path(),
                    reason,
                });
            }
            meter.items(1, "");
        }
        Ok(damaged)
    })?;
    verified.contents = keys.len() as u64;
    verified.bytes = total;
    verified.problems.extend(damaged.into_iter().flatten());
    verified.problems.extend(leftovers(root, &contents)?);

    for state in state::list(connection)? {
        meter.check()?;
        verified.states += 1;
        let usr = usr(root, &state);
        if state::number(&usr) != Some(state.id) {
            verified.problems.push(Damage::State {
                state: state.id,
                reason: "its tree is not there, or is not its own".to_owned(),
            });
            continue;
        }
        let (packages, tree) = ledger::state(root, connection, state.id)?;
        let generated = ledger::generated(connection, state.id)?;
        let wrong = compare(root, state.id, &usr, &packages, &tree, &generated, &meter)?;
        verified.problems.extend(wrong);
    }
    for (name, target) in state::LINKS {
        let now = rustix::fs::readlinkat(root.directory(), name, Vec::new());
        let started = verified.states > 0;
        if started && !now.is_ok_and(|now| now.as_bytes() == target.as_bytes()) {
            verified.problems.push(Damage::Link { name: name.to_owned() });
        }
    }
    verified.problems.sort();
    meter.end();
    Ok(verified)
}

/// Where a state's tree is.
pub(crate) fn usr(root: &Root, state: &state::State) -> PathBuf {
    match state.status {
        Status::Active => root.path().join("usr"),
        _ => root.own("states").join(state.id.to_string()).join("usr"),
    }
}

/// What is wrong with a file of the store; None if nothing is.
fn content(store: &OwnedFd, key: &Key, size: u64, meter: &Meter<'_>) -> Result<Option<String>, Error> {
    let mut file = match store::read(store, key) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(Some("it is not there".to_owned())),
        Err(error) => return Ok(Some(format!("it cannot be opened: {error}"))),
    };
    let stat = match rustix::fs::fstat(&file) {
        Ok(stat) => stat,
        Err(error) => return Ok(Some(format!("it cannot be looked at: {error}"))),
    };
    if let Some(reason) = wrong_rights(&stat, key.rights) {
        return Ok(Some(reason));
    }
    if u64::try_from(stat.st_size).ok() != Some(size) {
        return Ok(Some(format!("it has {} bytes instead of {size}", stat.st_size)));
    }
    match hash(&mut file, meter)? {
        Ok(found) if found == key.content => Ok(None),
        Ok(_) => Ok(Some("its content changed".to_owned())),
        Err(error) => Ok(Some(format!("it cannot be read: {error}"))),
    }
}

fn wrong_rights(stat: &Stat, rights: Rights) -> Option<String> {
    let found = Rights::of(stat);
    (found != rights).then(|| {
        let Rights { mode, uid, gid } = rights;
        format!(
            "it is {:o} {}:{} instead of {mode:o} {uid}:{gid}",
            found.mode, found.uid, found.gid
        )
    })
}

/// BLAKE3 of a file. The outer failure is a cancellation, the inner one the disk's.
fn hash(file: &mut File, meter: &Meter<'_>) -> Result<std::io::Result<[u8; 32]>, Error> {
    let mut hasher = blake3::Hasher::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        meter.check()?;
        match file.read(&mut chunk) {
            Ok(0) => return Ok(Ok(*hasher.finalize().as_bytes())),
            Ok(read) => {
                hasher.update(chunk.get(..read).unwrap_or_default());
                meter.bytes(read as u64, "");
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(Err(error)),
        }
    }
}

fn leftovers(root: &Root, known: &HashMap<Key, u64>) -> Result<Vec<Damage>, Error> {
    let names: HashSet<String> = known.keys().map(Key::path).collect();
    let store = root.own("store");
    let mut found = Vec::new();
    for folder in entries(&store)? {
        for name in entries(&store.join(&folder))? {
            let file = format!("{folder}/{name}");
            if !names.contains(&file) {
                found.push(Damage::Leftover { file });
            }
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<String>, Error> {
    let failed = |error| Error::io("looking at the content store", folder, error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        names.push(lossy(entry.map_err(failed)?.file_name().as_bytes()));
    }
    Ok(names)
}

/// Everything that differs between a tree and what was written down.
fn compare(
    root: &Root,
    id: u64,
    usr: &Path,
    packages: &[Package],
    tree: &Tree,
    generated: &[Generated],
    meter: &Meter<'_>,
) -> Result<Vec<Damage>, Error> {
    let expected = picture(tree, packages, generated);
    let mut looker = Looker {
        state: id,
        store: store::directory(root)?,
        problems: Vec::new(),
        meter,
    };
    let top =
        rustix::fs::open(usr, DIRECTORY, Mode::empty()).map_err(|error| Error::io("looking at a state", usr, error))?;
    let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut folders = vec![Vec::new()];
    while let Some(folder) = folders.pop() {
        meter.check()?;
        let at = match open(&top, &folder) {
            Ok(at) => at,
            Err(error) => {
                looker.wrong(&folder, format!("it cannot be opened: {error}"));
                continue;
            }
        };
        let failed = |error: Errno| Error::io("looking at a state", usr.join(PathBuf::from(lossy(&folder))), error);
        for entry in rustix::fs::Dir::read_from(&at).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") {
                continue;
            }
            let mut path = folder.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(name);
            let stat = rustix::fs::statat(&at, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW).map_err(failed)?;
            if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
                folders.push(path.clone());
            }
            match expected.get(&path) {
                Some(node) => looker.check(&at, name, &path, node, &stat)?,
                None if own(&path, tree) => {}
                None => looker.wrong(&path, "nothing put it there".to_owned()),
            }
            seen.insert(path);
        }
    }
    for path in expected.keys().filter(|path| !seen.contains(*path)) {
        looker.wrong(path, "it is not there".to_owned());
    }
    Ok(looker.problems)
}

fn open(top: &OwnedFd, path: &[u8]) -> rustix::io::Result<OwnedFd> {
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    let path: &[u8] = if path.is_empty() { b"." } else { path };
    rustix::fs::openat2(top, path, DIRECTORY, Mode::empty(), beneath)
}

/// Whether a path is one of Moult's own.
fn own(path: &[u8], tree: &Tree) -> bool {
    let link = matches!(path, b"lib32" | b"lib64") && !tree.has(path);
    link || state::OWN.contains(&path)
}

struct Looker<'a> {
    state: u64,
    store: OwnedFd,
    problems: Vec<Damage>,
    meter: &'a Meter<'a>,
}

impl Looker<'_> {
    fn wrong(&mut self, path: &[u8], reason: String) {
        self.problems.push(Damage::Path {
            state: self.state,
            path: lossy(path),
            reason,
        });
    }

    fn check(&mut self, at: &OwnedFd, name: &[u8], path: &[u8], node: &Node<'_>, stat: &Stat) -> Result<(), Error> {
        let found = FileType::from_raw_mode(stat.st_mode);
        let wanted = match node.what {
            What::Directory => FileType::Directory,
            What::Link(_) => FileType::Symlink,
            What::Empty | What::Stored(_) | What::Packed(_) => FileType::RegularFile,
        };
        if found != wanted {
            self.wrong(
                path,
                format!("it is a {found:?} instead of a {wanted:?}").to_lowercase(),
            );
            return Ok(());
        }
        match node.what {
            What::Link(target) => {
                let text = rustix::fs::readlinkat(at, name, Vec::new()).map(|text| text.into_bytes());
                if text.as_deref() != Ok(target.as_slice()) {
                    self.wrong(path, "it leads elsewhere".to_owned());
                } else if (stat.st_uid, stat.st_gid) != (node.rights.uid, node.rights.gid) {
                    self.wrong(path, "it has another owner".to_owned());
                }
                return Ok(());
            }
            What::Empty if stat.st_size != 0 => {
                self.wrong(path, "it is not empty".to_owned());
                return Ok(());
            }
            _ => {}
        }
        if let Some(reason) = wrong_rights(stat, node.rights) {
            self.wrong(path, reason);
            return Ok(());
        }
        let What::Stored(content) = node.what else {
            return Ok(());
        };
        let key = Key {
            content: *content,
            rights: node.rights,
        };
        // The same inode as in the store was looked at there already.
        let stored = rustix::fs::statat(&self.store, key.path(), AtFlags::SYMLINK_NOFOLLOW);
        if stored.is_ok_and(|stored| (stored.st_dev, stored.st_ino) == (stat.st_dev, stat.st_ino)) {
            return Ok(());
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let right = match rustix::fs::openat(at, name, flags, Mode::empty()) {
            Ok(file) => matches!(hash(&mut File::from(file), self.meter)?, Ok(found) if found == *content),
            Err(_) => false,
        };
        if !right {
            self.wrong(path, "its content changed".to_owned());
        }
        Ok(())
    }
}
