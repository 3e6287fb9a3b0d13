//! The seal of a plan.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::plan::Plan;

/// BLAKE3 of a plan. What a person approved; the only thing that [`crate::commit`] takes as approval.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Canonical form: JSON of the plan. Its types hold no map and no float, and serde writes fields in the order of their
    /// declaration, so equal plans give equal bytes and different plans give different ones.
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("moult-storage plan v1");

        if serde_json::to_writer(&mut hasher, plan).is_err() {
            // Neither the types nor the hasher can fail. Were it ever otherwise, the seal must match nothing.
            return Self([0; 32]);
        }

        Self(*hasher.finalize().as_bytes())
    }

    /// True for the value that stands for "could not be computed": never an approval.
    pub(crate) fn is_void(&self) -> bool {
        self.0 == [0; 32]
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Not 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 hex digits")]
pub struct NotADigest;

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        blake3::Hash::from_hex(text)
            .map(|hash| Self(*hash.as_bytes()))
            .map_err(|_| NotADigest)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
