//! Metadata records: a tag, and a typed value.

use crate::error::Error;
use crate::fields::{Fields, strip_nuls};
use crate::header::PayloadKind;

/// Bytes before the value of a record: u32 length, u16 tag, u8 type, one pad byte.
const RECORD_HEAD: u64 = 8;

/// The fewest bytes that one record takes.
pub(crate) const SMALLEST: u64 = RECORD_HEAD;

/// What a record says about the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // The names are the format's own.
pub enum Tag {
    Name,
    Architecture,
    Version,
    Summary,
    Description,
    Homepage,
    SourceId,
    Depends,
    Provides,
    Conflicts,
    Release,
    License,
    BuildRelease,
    PackageUri,
    PackageHash,
    PackageSize,
    BuildDepends,
    SourceUri,
    SourcePath,
    SourceRef,
    /// A tag that this version does not know.
    Unknown(u16),
}

/// The tags in the order of their numbers, from 1.
const TAGS: [Tag; 20] = [
    Tag::Name,
    Tag::Architecture,
    Tag::Version,
    Tag::Summary,
    Tag::Description,
    Tag::Homepage,
    Tag::SourceId,
    Tag::Depends,
    Tag::Provides,
    Tag::Conflicts,
    Tag::Release,
    Tag::License,
    Tag::BuildRelease,
    Tag::PackageUri,
    Tag::PackageHash,
    Tag::PackageSize,
    Tag::BuildDepends,
    Tag::SourceUri,
    Tag::SourcePath,
    Tag::SourceRef,
];

impl Tag {
    /// The tag with this number in the file.
    pub fn from_number(number: u16) -> Tag {
        usize::from(number)
            .checked_sub(1)
            .and_then(|at| TAGS.get(at))
            .copied()
            .unwrap_or(Tag::Unknown(number))
    }

    /// The number of the tag in the file.
    pub fn number(self) -> u16 {
        match self {
            Tag::Unknown(number) => number,
            known => (1..)
                .zip(TAGS)
                .find(|(_, tag)| *tag == known)
                .map_or(0, |(number, _)| number),
        }
    }
}

/// The value of a record, in the type it is stored with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // The integers say themselves what they are.
pub enum Value {
    I8(i8),
    U8(u8),
    I16(i16),
    U16(u16),
    I32(i32),
    U32(u32),
    I64(i64),
    U64(u64),
    /// A text, without the NUL that ends it in the file.
    Text(String),
    /// Something needed: the number of a [`Kind`](crate::Kind), which may be unknown, and the target.
    Dependency {
        kind: u8,
        target: String,
    },
    /// Something given (or, under [`Tag::Conflicts`], refused): the number of a kind, and the target.
    Provider {
        kind: u8,
        target: String,
    },
    /// A value of a type that this version does not know.
    Unknown {
        kind: u8,
        bytes: Vec<u8>,
    },
}

impl Value {
    /// The number as an `i128`, whatever integer type it is stored with.
    pub fn integer(&self) -> Option<i128> {
        match self {
            Value::I8(number) => Some((*number).into()),
            Value::U8(number) => Some((*number).into()),
            Value::I16(number) => Some((*number).into()),
            Value::U16(number) => Some((*number).into()),
            Value::I32(number) => Some((*number).into()),
            Value::U32(number) => Some((*number).into()),
            Value::I64(number) => Some((*number).into()),
            Value::U64(number) => Some((*number).into()),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// One metadata record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct MetaRecord {
    /// What it says.
    pub tag: Tag,
    /// The value.
    pub value: Value,
}

impl MetaRecord {
    /// A record.
    pub fn new(tag: Tag, value: Value) -> MetaRecord {
        MetaRecord { tag, value }
    }
}

/// One record. `number` counts from 0 and is for the error only.
pub(crate) fn read(fields: &mut Fields<'_>, number: u32) -> Result<MetaRecord, Error> {
    let malformed = |reason| Error::Record {
        kind: PayloadKind::Meta,
        record: number,
        reason,
    };
    let short = || malformed("it is cut off");
    let length = fields.u32().ok_or_else(short)?;
    let tag = Tag::from_number(fields.u16().ok_or_else(short)?);
    let kind = fields.u8().ok_or_else(short)?;
    fields.u8().ok_or_else(short)?; // padding
    let text = |bytes: &[u8]| match std::str::from_utf8(strip_nuls(bytes)) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(malformed("its text is not UTF-8")),
    };
    // The integers have the width of their type, whatever the length field says.
    let value = match kind {
        1 => Value::I8(i8::from_be_bytes(fields.array().ok_or_else(short)?)),
        2 => Value::U8(fields.u8().ok_or_else(short)?),
        3 => Value::I16(i16::from_be_bytes(fields.array().ok_or_else(short)?)),
        4 => Value::U16(fields.u16().ok_or_else(short)?),
        5 => Value::I32(i32::from_be_bytes(fields.array().ok_or_else(short)?)),
        6 => Value::U32(fields.u32().ok_or_else(short)?),
        7 => Value::I64(i64::from_be_bytes(fields.array().ok_or_else(short)?)),
        8 => Value::U64(fields.u64().ok_or_else(short)?),
        9 => Value::Text(text(fields.bytes(length.into()).ok_or_else(short)?)?),
        10 | 11 => {
            let bytes = fields.bytes(length.into()).ok_or_else(short)?;
            let (of, target) = bytes
                .split_first()
                .ok_or_else(|| malformed("it has no dependency kind"))?;
            let target = text(target)?;
            match kind {
                10 => Value::Dependency { kind: *of, target },
                _ => Value::Provider { kind: *of, target },
            }
        }
        other => Value::Unknown {
            kind: other,
            bytes: fields.bytes(length.into()).ok_or_else(short)?.to_vec(),
        },
    };
    Ok(MetaRecord { tag, value })
}

pub(crate) fn write(out: &mut Vec<u8>, record: &MetaRecord) -> Result<(), Error> {
    let terminated = |head: &[u8], text: &str| [head, text.as_bytes(), &[0]].concat();
    let (kind, bytes) = match &record.value {
        Value::I8(number) => (1, number.to_be_bytes().to_vec()),
        Value::U8(number) => (2, number.to_be_bytes().to_vec()),
        Value::I16(number) => (3, number.to_be_bytes().to_vec()),
        Value::U16(number) => (4, number.to_be_bytes().to_vec()),
        Value::I32(number) => (5, number.to_be_bytes().to_vec()),
        Value::U32(number) => (6, number.to_be_bytes().to_vec()),
        Value::I64(number) => (7, number.to_be_bytes().to_vec()),
        Value::U64(number) => (8, number.to_be_bytes().to_vec()),
        Value::Text(text) => (9, terminated(&[], text)),
        Value::Dependency { kind, target } => (10, terminated(&[*kind], target)),
        Value::Provider { kind, target } => (11, terminated(&[*kind], target)),
        Value::Unknown { kind, bytes } => (*kind, bytes.clone()),
    };
    let length = u32::try_from(bytes.len()).map_err(|_| Error::TooLong {
        what: "a metadata value",
        found: bytes.len() as u64,
        maximum: u32::MAX.into(),
    })?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&record.tag.number().to_be_bytes());
    out.extend_from_slice(&[kind, 0]);
    out.extend_from_slice(&bytes);
    Ok(())
}
