//! Index records: where each unique content is in the content payload.

use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::fields::Fields;
use crate::header::PayloadKind;

/// XXH3-128 of no bytes at all. An index may leave it out: an empty file needs no content.
pub const EMPTY_DIGEST: u128 = 0x99aa_06d3_0147_98d8_6001_c324_468d_497f;

/// Bytes of one record.
pub(crate) const SIZE: u64 = 32;

/// One unique content. The span is in bytes of the *decompressed* content payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct IndexEntry {
    /// First byte.
    pub start: u64,
    /// One past the last byte; never before `start` in what was read.
    pub end: u64,
    /// XXH3-128 of the content.
    #[serde(serialize_with = "hex")]
    pub digest: u128,
}

impl IndexEntry {
    /// Bytes of the content.
    pub fn size(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// A digest as 32 hexadecimal digits.
pub(crate) fn hex<S: Serializer>(digest: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{digest:032x}"))
}

/// One record. `number` counts from 0 and is for the error only.
pub(crate) fn read(fields: &mut Fields<'_>, number: u32) -> Result<IndexEntry, Error> {
    let malformed = |reason| Error::Record {
        kind: PayloadKind::Index,
        record: number,
        reason,
    };
    let parsed = (|| {
        Some(IndexEntry {
            start: fields.u64()?,
            end: fields.u64()?,
            digest: fields.u128()?,
        })
    })();
    let entry = parsed.ok_or_else(|| malformed("it is cut off"))?;
    if entry.end < entry.start {
        return Err(malformed("it ends before it starts"));
    }
    Ok(entry)
}

pub(crate) fn write(out: &mut Vec<u8>, entry: &IndexEntry) -> Result<(), Error> {
    out.extend_from_slice(&entry.start.to_be_bytes());
    out.extend_from_slice(&entry.end.to_be_bytes());
    out.extend_from_slice(&entry.digest.to_be_bytes());
    Ok(())
}
