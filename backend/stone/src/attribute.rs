//! Attribute records: free key-value pairs. Nothing known writes them; they are shown and otherwise ignored.

use crate::error::Error;
use crate::fields::Fields;
use crate::header::PayloadKind;
use crate::layout::text;

/// The fewest bytes that one record takes: the two u64 lengths.
pub(crate) const SMALLEST: u64 = 16;

/// One key-value pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Attribute {
    /// The key, of any bytes.
    #[serde(serialize_with = "text")]
    pub key: Vec<u8>,
    /// The value, of any bytes.
    #[serde(serialize_with = "text")]
    pub value: Vec<u8>,
}

/// One record. `number` counts from 0 and is for the error only.
pub(crate) fn read(fields: &mut Fields<'_>, number: u32) -> Result<Attribute, Error> {
    let parsed = (|| {
        let (key, value) = (fields.u64()?, fields.u64()?);
        Some(Attribute {
            key: fields.bytes(key)?.to_vec(),
            value: fields.bytes(value)?.to_vec(),
        })
    })();
    parsed.ok_or(Error::Record {
        kind: PayloadKind::Attributes,
        record: number,
        reason: "it is cut off",
    })
}

pub(crate) fn write(out: &mut Vec<u8>, attribute: &Attribute) -> Result<(), Error> {
    out.extend_from_slice(&(attribute.key.len() as u64).to_be_bytes());
    out.extend_from_slice(&(attribute.value.len() as u64).to_be_bytes());
    out.extend_from_slice(&attribute.key);
    out.extend_from_slice(&attribute.value);
    Ok(())
}
