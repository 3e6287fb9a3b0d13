//! The `.stone` v1 container, read and write.
//!
//! A stone is a 32-byte header followed by payloads: metadata records, the layout of the files below `/usr`, the
//! index of the unique file contents, those contents as one compressed stream, and attributes. A repository index is
//! a stone that holds one metadata payload for each package. All integers are big-endian.
//!
//! Reading starts at [`Stone::read`] (everything but the contents) or [`read_index`]; contents are streamed by
//! [`Content::decode`]. Writing starts at [`PackageWriter`] or [`write_index`]; [`StoneWriter`] is the layer below.
//!
//! Nothing read from a file is trusted: every count and size is bounded by [`Limits`] and by the bytes that are really
//! there, every checksum is verified over exactly the stored bytes, and no input makes this crate panic.
#![deny(missing_docs)]

mod attribute;
mod content;
mod error;
mod fields;
mod frame;
mod header;
mod index;
mod layout;
mod limits;
mod meta;
mod package;
mod package_writer;
mod payload;
mod provider;
mod stone;
mod writer;

pub use attribute::Attribute;
pub use content::{Content, ContentReader};
pub use error::{Error, PathFault};
pub use header::{Compression, FileType, Payload, PayloadKind};
pub use index::{EMPTY_DIGEST, IndexEntry};
pub use layout::{EntryKind, LayoutEntry, check_path};
pub use limits::Limits;
pub use meta::{MetaRecord, Tag, Value};
pub use package::Package;
pub use package_writer::{PackageWriter, Source};
pub use provider::{Kind, Provider};
pub use stone::{Stone, each_in_index, read_index};
pub use writer::{StoneWriter, write_index};
