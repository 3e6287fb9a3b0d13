//! What a `.stone` file holds, as shown by `moultctl inspect`.

use serde::{Deserialize, Serialize};
use zbus::Type;

/// One payload of the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PayloadRow {
    /// "meta", "content", "layout", "index", "attributes" or "unknown(N)".
    pub kind: String,
    /// "none", "zstd" or "unknown(N)".
    pub compression: String,
    /// Records.
    pub records: u32,
    /// Bytes in the file.
    pub stored: u64,
    /// Bytes when unpacked.
    pub plain: u64,
    /// XXH3-64 of the stored bytes, 16 hex digits.
    pub checksum: String,
}

/// One metadata record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MetaRow {
    /// Number of the meta payload in the file, from 0 (an index has one a package).
    pub payload: u32,
    /// Tag ("name", "depends", "unknown(99)").
    pub tag: String,
    /// Value as text.
    pub value: String,
}

/// One entry below `/usr`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LayoutRow {
    /// "regular", "symlink", "directory", …
    pub kind: String,
    /// Path below `/usr`; bytes that are no UTF-8 are shown as `\xNN`.
    pub path: String,
    /// `st_mode`.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// XXH3-128 of the content (32 hex digits), the link's text, or empty.
    pub source: String,
    /// Bytes of a regular file's content as the index says; 0 otherwise.
    pub size: u64,
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StoneReport {
    /// "package", "delta", "index", "manifest" or "unknown(N)".
    pub file_type: String,
    /// Format version.
    pub version: u32,
    /// Payloads in file order.
    pub payloads: Vec<PayloadRow>,
    /// Metadata.
    pub meta: Vec<MetaRow>,
    /// Files.
    pub layout: Vec<LayoutRow>,
    /// Attributes as key and value, in hex.
    pub attributes: Vec<(String, String)>,
    /// Every payload and every file's content was read and matches its checksum.
    pub verified: bool,
}
