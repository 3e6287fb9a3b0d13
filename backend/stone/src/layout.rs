//! Layout records: the files, links and directories of a package, below `/usr`.

use serde::{Serialize, Serializer};

use crate::error::{Error, PathFault};
use crate::fields::{Fields, strip_nuls};
use crate::header::PayloadKind;
use crate::index::hex;

/// The fewest bytes that one record takes: everything but source and path.
pub(crate) const SMALLEST: u64 = 32;

/// One file, link, directory or special file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct LayoutEntry {
    /// Where it goes, relative to `/usr` and without a leading slash. Bytes, not UTF-8; use [`check`](Self::check)
    /// before it names anything on a disk.
    #[serde(serialize_with = "text")]
    pub path: Vec<u8>,
    /// Numeric owner.
    pub uid: u32,
    /// Numeric group.
    pub gid: u32,
    /// Permissions, set-id and sticky bits, with the file type in the bits of `S_IFMT`.
    pub mode: u32,
    /// Always 0 so far.
    pub tag: u32,
    /// What it is, and what it holds.
    pub kind: EntryKind,
}

/// What a layout entry is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A regular file.
    Regular {
        /// XXH3-128 of its content.
        #[serde(serialize_with = "hex")]
        digest: u128,
    },
    /// A symbolic link.
    Symlink {
        /// The text of the link.
        #[serde(serialize_with = "text")]
        target: Vec<u8>,
    },
    /// A directory.
    Directory,
    /// A character device; the format has no device number.
    CharacterDevice,
    /// A block device; the format has no device number.
    BlockDevice,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A kind that this version does not know.
    Unknown {
        /// Its number in the file.
        kind: u8,
        /// The bytes where other kinds have their digest or link text.
        #[serde(serialize_with = "text")]
        source: Vec<u8>,
    },
}

impl LayoutEntry {
    /// Whether the entry may be made below a directory: its path passes [`check_path`], and a link has a target
    /// without NUL. Link targets may be absolute or climb; whoever follows links has to stay below its root.
    pub fn check(&self) -> Result<(), Error> {
        check_path(&self.path)?;
        match &self.kind {
            EntryKind::Symlink { target } => check_target(&self.path, target),
            _ => Ok(()),
        }
    }
}

/// Whether a path is relative and stays below where it is put: not empty, no leading slash, no NUL, and no component
/// that is empty, `.` or `..`.
pub fn check_path(path: &[u8]) -> Result<(), Error> {
    let fault = if path.is_empty() {
        PathFault::Empty
    } else if path.starts_with(b"/") {
        PathFault::Absolute
    } else if path.contains(&0) {
        PathFault::Nul
    } else {
        let of_component = |component: &[u8]| match component {
            b"" => Some(PathFault::EmptyComponent),
            b"." => Some(PathFault::Dot),
            b".." => Some(PathFault::DotDot),
            _ => None,
        };
        match path.split(|byte| *byte == b'/').find_map(of_component) {
            Some(fault) => fault,
            None => return Ok(()),
        }
    };
    Err(Error::Path {
        path: lossy(path),
        fault,
    })
}

pub(crate) fn check_target(path: &[u8], target: &[u8]) -> Result<(), Error> {
    if target.is_empty() || target.contains(&0) {
        Err(Error::LinkTarget(lossy(path)))
    } else {
        Ok(())
    }
}

/// Bytes for a person to read.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Bytes as text for `--json`: what is not UTF-8 is replaced.
pub(crate) fn text<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(bytes))
}

/// One record. `number` counts from 0 and is for the error only.
pub(crate) fn read(fields: &mut Fields<'_>, number: u32) -> Result<LayoutEntry, Error> {
    let malformed = |reason| Error::Record {
        kind: PayloadKind::Layout,
        record: number,
        reason,
    };
    let parsed = (|| {
        let (uid, gid, mode, tag) = (fields.u32()?, fields.u32()?, fields.u32()?, fields.u32()?);
        let (source, path) = (fields.u16()?, fields.u16()?);
        let kind = fields.u8()?;
        fields.array::<11>()?; // padding
        let (source, path) = (fields.bytes(source.into())?, fields.bytes(path.into())?);
        Some((uid, gid, mode, tag, kind, source, path))
    })();
    let (uid, gid, mode, tag, kind, source, path) = parsed.ok_or_else(|| malformed("it is cut off"))?;
    let kind = match kind {
        1 => match <[u8; 16]>::try_from(source) {
            Ok(digest) => EntryKind::Regular {
                digest: u128::from_be_bytes(digest),
            },
            Err(_) => return Err(malformed("the digest of its content has not 16 bytes")),
        },
        2 => EntryKind::Symlink {
            target: strip_nuls(source).to_vec(),
        },
        3 => EntryKind::Directory,
        4 => EntryKind::CharacterDevice,
        5 => EntryKind::BlockDevice,
        6 => EntryKind::Fifo,
        7 => EntryKind::Socket,
        other => EntryKind::Unknown {
            kind: other,
            source: source.to_vec(),
        },
    };
    Ok(LayoutEntry {
        path: strip_nuls(path).to_vec(),
        uid,
        gid,
        mode,
        tag,
        kind,
    })
}

pub(crate) fn write(out: &mut Vec<u8>, entry: &LayoutEntry) -> Result<(), Error> {
    let (kind, source) = match &entry.kind {
        EntryKind::Regular { digest } => (1, digest.to_be_bytes().to_vec()),
        EntryKind::Symlink { target } => (2, target.clone()),
        EntryKind::Directory => (3, Vec::new()),
        EntryKind::CharacterDevice => (4, Vec::new()),
        EntryKind::BlockDevice => (5, Vec::new()),
        EntryKind::Fifo => (6, Vec::new()),
        EntryKind::Socket => (7, Vec::new()),
        EntryKind::Unknown { kind, source } => (*kind, source.clone()),
    };
    for number in [entry.uid, entry.gid, entry.mode, entry.tag] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(&short_length("a link target", &source)?.to_be_bytes());
    out.extend_from_slice(&short_length("a path", &entry.path)?.to_be_bytes());
    out.push(kind);
    out.extend_from_slice(&[0; 11]);
    out.extend_from_slice(&source);
    out.extend_from_slice(&entry.path);
    Ok(())
}

/// The length for a u16 field; an error where other writers cut it.
pub(crate) fn short_length(what: &'static str, bytes: &[u8]) -> Result<u16, Error> {
    let too_long = |_| Error::TooLong {
        what,
        found: bytes.len() as u64,
        maximum: u16::MAX.into(),
    };
    u16::try_from(bytes.len()).map_err(too_long)
}
