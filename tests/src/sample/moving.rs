//! A signed repository that moves on: releases of the sample repository, one after the other, over HTTP on loopback.
//!
//! A folder of its own, so that the sample repository stays what it is:
//!
//! ```text
//! FOLDER/repo/      what is served: stones (hard links where they can be), stone.index, its statement and signature
//! FOLDER/key        the minisign secret key, made for this folder; no password, so never for anything else
//! FOLDER/key.pub    the public key, as a repository's `keys` wants it
//! ```
//!
//! The mirror offers one kernel, so the next release of [`LINUX`] is the same one in a folder of another version: its modules stay where the
//! kernel itself says that they are.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, Read};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use minisign::KeyPair;
use moult_packages::Unwatched;
use moult_packages::index::{self, Signing};
use moult_stone::{EntryKind, Limits, Package, Stone};

use super::deb::{Kind, Node};
use super::draft::Draft;
use super::linux::{INITRD, LINUX};
use super::make::SAMPLE;
use super::stones::{list, write_stone};
use super::{Error, in_parallel, serve};

/// Compression of the changed stones: they are small and soon gone.
const LEVEL: i32 = 3;

/// A repository with a key.
#[derive(Debug)]
pub struct Moving {
    folder: PathBuf,
    secret: String,
    public: String,
}

/// A package that has a newer release now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advanced {
    /// Its name.
    pub name: String,
    /// Version and source release before.
    pub before: (String, u64),
    /// Version and source release now.
    pub now: (String, u64),
    /// The file that has another content, or is new if there was none to change; below `/usr`.
    pub changed: String,
    /// Bytes of its stone.
    pub size: u64,
}

/// What the next release of the kernel does when it is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kernel {
    /// It starts.
    #[default]
    Starts,
    /// Its initrd has no first program: it panics, and restarts the machine after some seconds.
    Panics,
}

impl Moving {
    /// Publishes the repository `from` in `folder` (made, or emptied) as its first signed release.
    pub fn publish(from: &Path, folder: &Path) -> Result<Moving, Error> {
        let repo = folder.join("repo");
        if repo.exists() {
            fs::remove_dir_all(&repo).map_err(Error::io("empty", &repo))?;
        }
        for package in list(from)? {
            let uri = package.uri.as_deref().unwrap_or_default();
            let (source, target) = (from.join(uri), repo.join(uri));
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(Error::io("make", parent))?;
            }
            // Another file system has no links to here.
            if fs::hard_link(&source, &target).is_err() {
                let _ = fs::copy(&source, &target).map_err(Error::io("copy", &source))?;
            }
        }
        if !folder.join("key").exists() {
            new_key(folder)?;
        }
        let moving = Moving::open(folder)?;
        let _ = moving.sign(&moving.secret)?;
        Ok(moving)
    }

    /// What [`publish`](Self::publish) made earlier.
    pub fn open(folder: &Path) -> Result<Moving, Error> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(Error::io("read", &path))
        };
        Ok(Moving {
            folder: folder.to_owned(),
            secret: read("key")?,
            public: read("key.pub")?.trim().to_owned(),
        })
    }

    /// The key that a client should name.
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// The folder to serve.
    pub fn repo(&self) -> PathBuf {
        self.folder.join("repo")
    }

    /// Serves it. A release that is published meanwhile is what the next request gets.
    pub fn serve(&self, address: SocketAddr, knobs: serve::Knobs) -> Result<serve::Server, Error> {
        serve::Server::start(&self.repo(), address, knobs)
    }

    /// Names of the smallest packages of the system that have a file to change: a choice that is quick to rewrite.
    pub fn smallest(&self, count: usize) -> Result<Vec<String>, Error> {
        let mut packages = list(&self.repo())?;
        let system: BTreeSet<String> = packages
            .iter()
            .filter(|package| package.name == SAMPLE)
            .flat_map(|package| &package.dependencies)
            .map(|provider| provider.target.clone())
            .collect();
        packages.retain(|package| system.contains(&package.name));
        packages.sort_by_key(|package| package.size);
        Ok(packages.into_iter().take(count).map(|package| package.name).collect())
    }

    /// Whether it has a package of that name.
    pub fn has(&self, name: &str) -> Result<bool, Error> {
        Ok(list(&self.repo())?.iter().any(|package| package.name == name))
    }

    /// Publishes the next release: each of `packages` has a higher version and release, and a file with another content, or the kernel
    /// another folder. The sequence number of the list grows.
    pub fn advance(&self, packages: &[String]) -> Result<Vec<Advanced>, Error> {
        self.advance_with(packages, Kernel::Starts)
    }

    /// The same, with a kernel that does what it is told, should it be among `packages`.
    pub fn advance_with(&self, packages: &[String], kernel: Kernel) -> Result<Vec<Advanced>, Error> {
        let repo = self.repo();
        let known = list(&repo)?;
        let chosen = packages
            .iter()
            .map(|name| {
                let found = known.iter().find(|package| package.name == *name);
                found.ok_or_else(|| Error::package(name, "it is not in the repository"))
            })
            .collect::<Result<Vec<&Package>, Error>>()?;
        let advanced = in_parallel(chosen, |package| advance(&repo, package, kernel))?;
        let _ = self.sign(&self.secret)?;
        // Only now: until the list is new, the old one names them.
        for (old, _) in &advanced {
            fs::remove_file(old).map_err(Error::io("remove", old))?;
        }
        Ok(advanced.into_iter().map(|(_, advanced)| advanced).collect())
    }

    /// Signs the list as it is with a key that no client knows: what an attacker could do. [`advance`](Self::advance) with nothing
    /// signs it properly again.
    pub fn sign_by_a_stranger(&self) -> Result<(), Error> {
        let pair = pair()?;
        self.sign(&secret(&pair)?).map(drop)
    }

    fn sign(&self, key: &str) -> Result<index::Report, Error> {
        let repo = self.repo();
        index::make(&repo, Some(&Signing::new(key)), &Unwatched)
            .map_err(|error| Error::package("stone.index", error.to_string()))
    }
}

fn pair() -> Result<KeyPair, Error> {
    KeyPair::generate_unencrypted_keypair().map_err(|error| Error::package("key", error.to_string()))
}

fn secret(pair: &KeyPair) -> Result<String, Error> {
    let text = pair
        .sk
        .to_box(None)
        .map_err(|error| Error::package("key", error.to_string()))?;
    Ok(text.to_string())
}

fn new_key(folder: &Path) -> Result<(), Error> {
    use std::io::Write;

    let pair = pair()?;
    let text = secret(&pair)?;
    let path = folder.join("key");
    let mut options = fs::OpenOptions::new();
    options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(Error::io("write", &path))?;
    let path = folder.join("key.pub");
    fs::write(&path, pair.pk.to_base64() + "\n").map_err(Error::io("write", &path))
}

/// Writes the next release of a package beside the one that is there, and gives the path of that.
fn advance(repo: &Path, package: &Package, kernel: Kernel) -> Result<(PathBuf, Advanced), Error> {
    let old = repo.join(package.uri.as_deref().unwrap_or_default());
    let mut draft = read(&old, package)?;
    let before = (package.version.clone(), package.source_release);
    let release = package.source_release + 1;
    // `1.2-3` -> `1.2-3+next20001` -> `1.2-3+next20002`
    let plain = package.version.split("+next").next().unwrap_or_default();
    let now = (format!("{plain}+next{release}"), release);

    let changed = if package.name == LINUX {
        change_kernel(&mut draft, release, kernel)?
    } else {
        change(&mut draft, &now.0)?
    };
    let next = Package {
        version: now.0.clone(),
        source_release: release,
        uri: None,
        hash: None,
        size: None,
        ..package.clone()
    };
    let written = write_stone(next, draft, repo, LEVEL)?;
    let advanced = Advanced {
        name: package.name.clone(),
        before,
        now,
        changed,
        size: written.size.unwrap_or(0),
    };
    Ok((old, advanced))
}

/// Gives one file another content that nothing can stumble over: a line at the end of the copyright file, or a file of its own.
fn change(draft: &mut Draft, version: &str) -> Result<String, Error> {
    let path = format!("share/doc/{}/copyright", draft.name);
    let line = format!("\nThis is release {version}, made for a test of updates.\n");
    match draft.files.get_mut(path.as_bytes()) {
        Some(node) if node.content().is_some() => {
            let mut content = node.content().unwrap_or_default().to_vec();
            content.extend_from_slice(line.as_bytes());
            *node = Node {
                mode: node.mode,
                uid: node.uid,
                gid: node.gid,
                ..Node::file(0, content)
            };
            Ok(path)
        }
        _ => {
            let path = format!("share/doc/{}/release", draft.name);
            let _ = draft
                .files
                .insert(path.clone().into_bytes(), Node::file(0o644, line.into_bytes()));
            Ok(path)
        }
    }
}

/// Where kernels are, below `/usr`.
const KERNELS: &str = "lib/kernel/";

/// Moves the kernel into the folder of its next version: `6.12.1` -> `6.12.1.next20001` -> `6.12.1.next20002`.
fn change_kernel(draft: &mut Draft, release: u64, kernel: Kernel) -> Result<String, Error> {
    let wrong = |reason: &str| Error::package(LINUX, reason);
    let mut folder = None;
    let mut files = std::collections::BTreeMap::new();
    for (path, mut node) in std::mem::take(&mut draft.files) {
        let text = String::from_utf8_lossy(&path).into_owned();
        let Some((version, name)) = text.strip_prefix(KERNELS).and_then(|rest| rest.split_once('/')) else {
            let _ = files.insert(path, node);
            continue;
        };
        let plain = version.split(".next").next().unwrap_or_default();
        let next = format!("{KERNELS}{plain}.next{release}");
        match name {
            // What an earlier release that panicked had.
            PANIC => continue,
            INITRD if kernel == Kernel::Panics => node = Node::file(0o644, archive_of_nothing()),
            _ => {}
        }
        let _ = files.insert(format!("{next}/{name}").into_bytes(), node);
        folder = Some(next);
    }
    let folder = folder.ok_or_else(|| wrong("it has no kernel"))?;
    if kernel == Kernel::Panics {
        let line = format!("panic={PAUSE}\n").into_bytes();
        let _ = files.insert(format!("{folder}/{PANIC}").into_bytes(), Node::file(0o644, line));
    }
    draft.files = files;
    Ok(format!("{folder}/vmlinuz"))
}

/// Has the kernel restart the machine.
const PANIC: &str = "panic.cmdline";
/// Seconds between a panic and the restart.
const PAUSE: u32 = 5;

/// A cpio archive (newc) with nothing in it but its end.
fn archive_of_nothing() -> Vec<u8> {
    const NAME: &[u8] = b"TRAILER!!!\0";

    let mut archive = b"070701".to_vec();
    for field in 0..13 {
        // One link, and the length of the name.
        let value = match field {
            4 => 1,
            11 => NAME.len(),
            _ => 0,
        };
        archive.extend(format!("{value:08x}").bytes());
    }
    archive.extend(NAME);
    archive.resize(archive.len().next_multiple_of(512), 0);
    archive
}

/// The files of a stone, to be written again.
fn read(path: &Path, package: &Package) -> Result<Draft, Error> {
    let wrong = |source| Error::Stone {
        path: path.to_owned(),
        source,
    };
    let limits = Limits::default();
    let file = fs::File::open(path).map_err(Error::io("open", path))?;
    let stone = Stone::read(&mut BufReader::new(&file), &limits).map_err(wrong)?;

    let mut contents = std::collections::BTreeMap::new();
    if let Some(content) = &stone.content {
        let mut reader = content.decode(BufReader::new(&file), &limits).map_err(wrong)?;
        let mut at = 0;
        for part in stone.contents().map_err(wrong)? {
            let gap = part.start.saturating_sub(at);
            let _ =
                std::io::copy(&mut (&mut reader).take(gap), &mut std::io::sink()).map_err(Error::io("read", path))?;
            let mut bytes = Vec::new();
            let _ = (&mut reader)
                .take(part.size())
                .read_to_end(&mut bytes)
                .map_err(Error::io("read", path))?;
            at = part.end;
            let _ = contents.insert(part.digest, bytes);
        }
        reader.finish().map_err(wrong)?;
    }

    let mut draft = Draft::own(&package.name);
    for entry in stone.layout {
        entry.check().map_err(wrong)?;
        let kind = match entry.kind {
            EntryKind::Regular { digest } => Kind::File(contents.get(&digest).cloned().unwrap_or_default().into()),
            EntryKind::Symlink { target } => Kind::Symlink(target),
            EntryKind::Directory => Kind::Directory,
            other => return Err(Error::package(&package.name, format!("it has a {other:?}"))),
        };
        let node = Node {
            mode: entry.mode & 0o7777,
            uid: entry.uid,
            gid: entry.gid,
            kind,
        };
        draft.insert(entry.path, node)?;
    }
    Ok(draft)
}
