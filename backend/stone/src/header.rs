//! The 32-byte header of the file and the 32-byte header of each payload.

use std::fmt;

use crate::error::Error;
use crate::fields::Fields;

/// Bytes of the file header, and of each payload header.
pub(crate) const HEADER_SIZE: u64 = 32;

/// The only format version, and the only payload version.
pub(crate) const VERSION: u32 = 1;

const MAGIC: [u8; 4] = *b"\0mos";
const CHECK: [u8; 21] = [0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0, 5, 0, 0, 6, 0, 0, 7];

/// What a stone as a whole is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileType {
    /// A binary package.
    Package,
    /// A delta between two packages; nothing writes them.
    Delta,
    /// A repository index: one metadata payload for each package.
    Index,
    /// A build manifest.
    Manifest,
    /// A type that this version does not know.
    Unknown(u8),
}

impl FileType {
    pub(crate) fn from_byte(byte: u8) -> FileType {
        match byte {
            1 => FileType::Package,
            2 => FileType::Delta,
            3 => FileType::Index,
            4 => FileType::Manifest,
            other => FileType::Unknown(other),
        }
    }

    pub(crate) fn byte(self) -> u8 {
        match self {
            FileType::Package => 1,
            FileType::Delta => 2,
            FileType::Index => 3,
            FileType::Manifest => 4,
            FileType::Unknown(other) => other,
        }
    }
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileType::Package => f.write_str("binary package"),
            FileType::Delta => f.write_str("delta"),
            FileType::Index => f.write_str("repository index"),
            FileType::Manifest => f.write_str("build manifest"),
            FileType::Unknown(byte) => write!(f, "stone of unknown type {byte}"),
        }
    }
}

/// What a payload holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PayloadKind {
    /// Metadata records.
    Meta,
    /// All unique file contents, one after the other.
    Content,
    /// The files, links and directories below `/usr`.
    Layout,
    /// Where each unique content is in the content payload.
    Index,
    /// Free key-value pairs.
    Attributes,
    /// A kind that this version does not know; its body is skipped.
    Unknown(u8),
}

impl PayloadKind {
    pub(crate) fn from_byte(byte: u8) -> PayloadKind {
        match byte {
            1 => PayloadKind::Meta,
            2 => PayloadKind::Content,
            3 => PayloadKind::Layout,
            4 => PayloadKind::Index,
            5 => PayloadKind::Attributes,
            other => PayloadKind::Unknown(other),
        }
    }

    pub(crate) fn byte(self) -> u8 {
        match self {
            PayloadKind::Meta => 1,
            PayloadKind::Content => 2,
            PayloadKind::Layout => 3,
            PayloadKind::Index => 4,
            PayloadKind::Attributes => 5,
            PayloadKind::Unknown(other) => other,
        }
    }
}

impl fmt::Display for PayloadKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PayloadKind::Meta => f.write_str("meta"),
            PayloadKind::Content => f.write_str("content"),
            PayloadKind::Layout => f.write_str("layout"),
            PayloadKind::Index => f.write_str("index"),
            PayloadKind::Attributes => f.write_str("attributes"),
            PayloadKind::Unknown(byte) => write!(f, "unknown({byte})"),
        }
    }
}

/// How the body of a payload is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compression {
    /// As it is.
    None,
    /// As one zstd frame.
    Zstd,
    /// In a way that this version does not know; the body is skipped.
    Unknown(u8),
}

impl Compression {
    pub(crate) fn from_byte(byte: u8) -> Compression {
        match byte {
            1 => Compression::None,
            2 => Compression::Zstd,
            other => Compression::Unknown(other),
        }
    }

    pub(crate) fn byte(self) -> u8 {
        match self {
            Compression::None => 1,
            Compression::Zstd => 2,
            Compression::Unknown(other) => other,
        }
    }
}

/// One payload's header, and where its body is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Payload {
    /// Where the body begins in the file, in bytes.
    pub offset: u64,
    /// What the payload holds.
    pub kind: PayloadKind,
    /// How the body is stored.
    pub compression: Compression,
    /// Always 1 for the kinds that are known.
    pub version: u16,
    /// How many records the body has; 0 for content.
    pub records: u32,
    /// Bytes of the body in the file.
    pub stored_size: u64,
    /// Bytes of the body after decompression.
    pub plain_size: u64,
    /// XXH3-64 (seed 0) of the stored bytes.
    pub checksum: u64,
}

/// The file header: the type, and how many payloads follow.
pub(crate) fn read_file_header(bytes: &[u8; 32]) -> Result<(FileType, u16), Error> {
    let mut fields = Fields::new(bytes);
    let parsed = (|| {
        Some((
            fields.array::<4>()?,
            fields.u16()?,
            fields.array::<21>()?,
            fields.u8()?,
            fields.u32()?,
        ))
    })();
    let Some((magic, payloads, check, file_type, version)) = parsed else {
        return Err(Error::DamagedHeader);
    };
    if magic != MAGIC {
        return Err(Error::Magic);
    }
    if check != CHECK {
        return Err(Error::DamagedHeader);
    }
    if version != VERSION {
        return Err(Error::Version(version));
    }
    Ok((FileType::from_byte(file_type), payloads))
}

pub(crate) fn write_file_header(file_type: FileType, payloads: u16) -> Vec<u8> {
    let mut out = Vec::with_capacity(32);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&payloads.to_be_bytes());
    out.extend_from_slice(&CHECK);
    out.push(file_type.byte());
    out.extend_from_slice(&VERSION.to_be_bytes());
    out
}

/// A payload header whose body begins at `offset`. None never happens for 32 bytes.
pub(crate) fn read_payload_header(bytes: &[u8; 32], offset: u64) -> Option<Payload> {
    let mut fields = Fields::new(bytes);
    Some(Payload {
        offset,
        stored_size: fields.u64()?,
        plain_size: fields.u64()?,
        checksum: fields.u64()?,
        records: fields.u32()?,
        version: fields.u16()?,
        kind: PayloadKind::from_byte(fields.u8()?),
        compression: Compression::from_byte(fields.u8()?),
    })
}

pub(crate) fn write_payload_header(payload: &Payload) -> Vec<u8> {
    let mut out = Vec::with_capacity(32);
    out.extend_from_slice(&payload.stored_size.to_be_bytes());
    out.extend_from_slice(&payload.plain_size.to_be_bytes());
    out.extend_from_slice(&payload.checksum.to_be_bytes());
    out.extend_from_slice(&payload.records.to_be_bytes());
    out.extend_from_slice(&payload.version.to_be_bytes());
    out.push(payload.kind.byte());
    out.push(payload.compression.byte());
    out
}
