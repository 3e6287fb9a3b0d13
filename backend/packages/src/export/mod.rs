//! A whole system written elsewhere: as a folder, a tar archive or an OCI image. The same selection and repositories give
//! the same bytes on every machine: everything is sorted, owners are numbers, and there is one date.

mod directory;
mod oci;
mod tar;

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use crate::error::{Error, lossy};
use crate::package::{Package, Rights, What};
use crate::picture::{self, Generated};
use crate::root::Root;
use crate::state;
use crate::store::{self, Key};
use crate::tree::{PLAIN, Tree};
use crate::watch::Meter;

pub(crate) use directory::{directory, opened};
pub(crate) use oci::{image, layer, oci};
pub(crate) use tar::tar;

const CHUNK: usize = 1 << 18;
/// The directories of a root beside `usr`, and their modes.
const DIRECTORIES: [(&str, u32); 9] = [
    ("dev", 0o755),
    ("etc", 0o755),
    ("home", 0o755),
    ("proc", 0o755),
    ("root", 0o700),
    ("run", 0o755),
    ("sys", 0o755),
    ("tmp", 0o1777),
    ("var", 0o755),
];
/// Transaction triggers, below `/usr`.
const TRIGGERS: [&[u8]; 2] = [b"share/moss/triggers/tx", b"share/moult/triggers/tx"];

/// Where [`Engine::export`](crate::Engine::export) writes.
pub enum Target<'t> {
    /// A folder, which must be missing or empty.
    Directory(PathBuf),
    /// An open directory without anything in it.
    Opened(OwnedFd),
    /// One tar archive, as GNU tar writes them.
    Tar(&'t mut dyn Write),
    /// A folder in the OCI image layout with one image, tagged `latest`; it must be missing or empty.
    Oci(PathBuf),
    /// Only the layer of such an image: [`Exported::image`] has the other files. For a folder that somebody else may
    /// write.
    Layer(&'t mut dyn Write),
}

impl std::fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::Directory(path) => f.debug_tuple("Directory").field(path).finish(),
            Target::Opened(_) => f.write_str("Opened"),
            Target::Tar(_) => f.write_str("Tar"),
            Target::Oci(path) => f.debug_tuple("Oci").field(path).finish(),
            Target::Layer(_) => f.write_str("Layer"),
        }
    }
}

/// What [`Engine::export`](crate::Engine::export) wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// Packages in it.
    pub packages: u64,
    /// Files, links and directories.
    pub entries: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// None for what is no image.
    pub image: Option<Image>,
    /// What a person should know about the result: trigger files that cannot be used.
    pub warnings: Vec<String>,
}

/// An OCI image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its identity: the digest of its manifest, `sha256:…`.
    pub digest: String,
    /// The path of its one layer in the image's folder.
    pub layer: String,
    /// Path and text of every other file; `index.json` is the last one.
    pub files: Vec<(String, String)>,
}

/// Why a system cannot be written there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// What is there is never overwritten.
    #[error("{} is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The date for the result is not one.
    #[error("{0} seconds since 1970 are too late for an archive")]
    BadDate(u64),
    /// A file of the content store is not what it was; verifying repairs it.
    #[error("the stored content of /{0} is damaged")]
    Damaged(String),
}

impl Target<'_> {
    /// Fails early for a folder with something in it. The writers look again.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (Target::Directory(path) | Target::Oci(path)) = self else {
            return Ok(());
        };
        match std::fs::read_dir(path) {
            Ok(mut entries) => match entries.next() {
                Some(_) => Err(ExportError::NotEmpty(path.clone()).into()),
                None => Ok(()),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io("writing a system", path, error)),
        }
    }
}

/// One path of the system.
pub(crate) struct Entry {
    /// Below the root.
    pub(crate) path: Vec<u8>,
    pub(crate) rights: Rights,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Directory,
    Stored(Key),
    /// A small file, mostly without anything in it.
    Text(String),
    Link(Vec<u8>),
}

/// What is written, and how.
pub(crate) struct Job<'j> {
    pub(crate) store: OwnedFd,
    /// Sorted: parents before their children.
    pub(crate) entries: Vec<Entry>,
    /// Seconds since 1970: the date of everything.
    pub(crate) date: u64,
    /// As the packages say it; the host's if there are none of its own.
    pub(crate) architecture: String,
    pub(crate) meter: &'j Meter<'j>,
}

impl Job<'_> {
    /// Copies a stored content of this many bytes, and proves it on the way.
    fn copy(&self, entry: &Entry, key: &Key, out: &mut dyn FnMut(&[u8]) -> Result<(), Error>) -> Result<u64, Error> {
        let failed = |error: std::io::Error| Error::io("reading the content store", key.path(), error);
        let mut file = store::read(&self.store, key).map_err(|error| failed(error.into()))?;
        let (mut hash, mut sum) = (blake3::Hasher::new(), 0u64);
        let mut buffer = vec![0; CHUNK];
        loop {
            self.meter.check()?;
            let read = file.read(&mut buffer).map_err(failed)?;
            let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else {
                break;
            };
            hash.update(part);
            sum = sum.saturating_add(part.len() as u64);
            out(part)?;
            self.meter.bytes(part.len() as u64, "");
        }
        if *hash.finalize().as_bytes() != key.content {
            return Err(ExportError::Damaged(lossy(&entry.path)).into());
        }
        Ok(sum)
    }
}

/// Every path of a system root with this tree, sorted.
pub(crate) fn entries(tree: &Tree, packages: &[Package], generated: &[Generated], model: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut add = |path: Vec<u8>, rights: Rights, body: Body| entries.push(Entry { path, rights, body });
    let link = |target: &str| Body::Link(target.as_bytes().to_vec());
    for (name, mode) in DIRECTORIES {
        add(name.into(), Rights { mode, ..PLAIN }, Body::Directory);
    }
    for (name, target) in state::LINKS {
        add(name.into(), PLAIN, link(target));
    }
    let top = tree.directories.iter().find(|directory| directory.path.is_empty());
    let usr = top.map_or(PLAIN, |directory| directory.rights);
    add(b"usr".to_vec(), usr, Body::Directory);
    for name in ["lib32", "lib64"] {
        if !tree.has(name.as_bytes()) {
            add(format!("usr/{name}").into(), PLAIN, link("lib"));
        }
    }
    let rights = Rights { mode: 0o644, ..PLAIN };
    let own = format!("usr/{}", state::MODEL);
    add(own.into(), rights, Body::Text(model.to_owned()));
    for (path, node) in picture::picture(tree, packages, generated) {
        let rights = node.rights;
        let body = match node.what {
            What::Directory => Body::Directory,
            What::Stored(content) => Body::Stored(Key {
                content: *content,
                rights,
            }),
            What::Empty => Body::Text(String::new()),
            What::Link(target) => Body::Link(target.clone()),
            // By now everything is unpacked.
            What::Packed(_) => continue,
        };
        add([b"usr/", path.as_slice()].concat(), rights, body);
    }
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    entries
}

/// Whether a package brings what may be a transaction trigger.
pub(crate) fn has_triggers(tree: &Tree, packages: &[Package]) -> bool {
    let picture = picture::picture(tree, packages, &[]);
    picture
        .keys()
        .any(|path| TRIGGERS.iter().any(|triggers| path.starts_with(triggers)))
}

/// Fails for a date that a tar header has no room for.
pub(crate) fn check_date(date: u64) -> Result<(), Error> {
    if date < 1 << 33 {
        return Ok(());
    }
    Err(ExportError::BadDate(date).into())
}

/// What the entries of this engine's store are read from.
pub(crate) fn job<'j>(
    root: &Root,
    entries: Vec<Entry>,
    date: u64,
    architecture: String,
    meter: &'j Meter<'j>,
) -> Result<Job<'j>, Error> {
    Ok(Job {
        store: store::directory(root)?,
        entries,
        date,
        architecture,
        meter,
    })
}
