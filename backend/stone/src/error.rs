//! What can be wrong with a stone, one variant each.

use std::io;
use std::path::PathBuf;

use crate::header::{FileType, PayloadKind};

/// A stone could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The source or the destination itself failed.
    #[error("input or output failed")]
    Io(#[source] io::Error),
    /// The first four bytes are not those of a stone.
    #[error("not a .stone file (it does not begin with the stone magic)")]
    Magic,
    /// The fixed check bytes of the header are wrong.
    #[error("the file header is damaged (its fixed check bytes are wrong)")]
    DamagedHeader,
    /// The format version is not 1.
    #[error("the file has format version {0}, and only version 1 is known")]
    Version(u32),
    /// A payload of a known kind has a version other than 1.
    #[error("the {kind} payload at byte {offset} has version {version}, and only version 1 is known")]
    PayloadVersion {
        /// The kind of the payload.
        kind: PayloadKind,
        /// Where its body begins in the file.
        offset: u64,
        /// The version it claims.
        version: u16,
    },
    /// The file is another kind of stone than was asked for.
    #[error("the file is a {found}, and a {expected} was expected")]
    FileType {
        /// What was asked for.
        expected: FileType,
        /// What the header says.
        found: FileType,
    },
    /// The file ends before what its headers promise.
    #[error("the file is truncated: {needed} bytes are needed at byte {offset}, and {available} are there")]
    Truncated {
        /// Where the missing part begins.
        offset: u64,
        /// How many bytes it has by the header.
        needed: u64,
        /// How many bytes the file still has there.
        available: u64,
    },
    /// Bytes follow the last payload.
    #[error("the last payload ends at byte {offset}, and {extra} unexpected bytes follow")]
    TrailingBytes {
        /// Where the last payload ends.
        offset: u64,
        /// How many bytes follow.
        extra: u64,
    },
    /// A size is larger than this reader was told to accept.
    #[error("{what} needs {found} bytes, and the limit is {limit}")]
    Limit {
        /// What is too large.
        what: &'static str,
        /// The configured bound, in bytes.
        limit: u64,
        /// The size found, in bytes.
        found: u64,
    },
    /// The stored bytes of a payload are not those that were written.
    #[error(
        "the {kind} payload at byte {offset} is damaged: its XXH3-64 is {found:016x}, and {expected:016x} was expected"
    )]
    Checksum {
        /// The kind of the payload.
        kind: PayloadKind,
        /// Where its body begins in the file.
        offset: u64,
        /// What the payload header says.
        expected: u64,
        /// What the stored bytes give.
        found: u64,
    },
    /// A payload's body does not have the size its header states.
    #[error("the {kind} payload at byte {offset} does not decode to the {expected} bytes that its header states")]
    PlainSize {
        /// The kind of the payload.
        kind: PayloadKind,
        /// Where its body begins in the file.
        offset: u64,
        /// The plain size by the payload header.
        expected: u64,
    },
    /// A payload's body is not exactly one complete zstd frame.
    #[error("the {kind} payload at byte {offset} is not one complete zstd frame: {reason}")]
    Frame {
        /// The kind of the payload.
        kind: PayloadKind,
        /// Where its body begins in the file.
        offset: u64,
        /// What zstd or the frame check says.
        reason: String,
    },
    /// A payload states more records than its bytes can hold, or has bytes left after the last one.
    #[error("the {kind} payload has {plain_size} bytes, which do not hold exactly {records} records")]
    RecordCount {
        /// The kind of the payload.
        kind: PayloadKind,
        /// The number of records by the payload header.
        records: u32,
        /// The plain bytes that should hold them.
        plain_size: u64,
    },
    /// One record cannot be understood.
    #[error("record {record} of the {kind} payload is malformed: {reason}")]
    Record {
        /// The kind of the payload.
        kind: PayloadKind,
        /// The record's number, counted from 0.
        record: u32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An index entry points outside the content payload, or ends before it starts.
    #[error("index entry {digest:032x} spans bytes {start} to {end} of a content payload of {plain_size} bytes")]
    IndexRange {
        /// XXH3-128 of the content.
        digest: u128,
        /// First byte.
        start: u64,
        /// One past the last byte.
        end: u64,
        /// The content payload's plain size, 0 when there is none.
        plain_size: u64,
    },
    /// Two index entries claim the same bytes.
    #[error("index entry {digest:032x} overlaps another one at byte {start} of the content")]
    IndexOverlap {
        /// XXH3-128 of the second content.
        digest: u128,
        /// Where it begins.
        start: u64,
    },
    /// A content is not what the index says.
    #[error("the content with digest {expected:032x} is damaged: its bytes give {found:032x}")]
    ContentDigest {
        /// XXH3-128 by the index.
        expected: u128,
        /// XXH3-128 of the bytes.
        found: u128,
    },
    /// A regular file's content is nowhere in the package.
    #[error("the package has no content {digest:032x} for its file {path}")]
    MissingContent {
        /// The file.
        path: String,
        /// XXH3-128 of the content that it should have.
        digest: u128,
    },
    /// The package's metadata lacks something that every package has.
    #[error("the package metadata lacks its {0}")]
    MissingField(&'static str),
    /// A number in the package's metadata is negative.
    #[error("the package metadata has a negative {0}")]
    NegativeField(&'static str),
    /// One package of an index is broken.
    #[error("package {number} of the index ({name}) is broken")]
    InPackage {
        /// Which metadata payload, counted from 0.
        number: usize,
        /// The package's name, or `unnamed` when it could not be read.
        name: String,
        /// What is wrong with it.
        #[source]
        source: Box<Error>,
    },
    /// A text is not of the form `kind(target)` with a known kind.
    #[error("{0:?} is neither a package name nor of the form kind(target) with a known kind")]
    Provider(String),
    /// A path cannot be one below `/usr`.
    #[error("the path {path:?} is not acceptable: {fault}")]
    Path {
        /// The path, with bytes that are not UTF-8 replaced.
        path: String,
        /// What is wrong with it.
        fault: PathFault,
    },
    /// A symbolic link has no target, or one with a NUL byte in it.
    #[error("the symbolic link {0:?} has an empty target or one with a NUL byte")]
    LinkTarget(String),
    /// Two entries of one package have the same path.
    #[error("the path {0:?} is in the package twice")]
    DuplicatePath(String),
    /// Something is too long for its length field.
    #[error("{what} has {found} bytes or items, and the format can state {maximum}")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// Its length.
        found: u64,
        /// The largest length that the format has room for.
        maximum: u64,
    },
    /// Another number of payloads was written than announced.
    #[error("{written} payloads were written, and {announced} were announced")]
    PayloadCount {
        /// What the file header says.
        announced: u16,
        /// What was written.
        written: u32,
    },
    /// Only zstd and no compression can be written.
    #[error("compression {0} cannot be written")]
    CannotCompress(u8),
    /// A source file could not be read.
    #[error("{path} could not be read")]
    SourceFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A source changed between the hashing pass and the compressing pass.
    #[error("the content of {0:?} changed while the package was written")]
    SourceChanged(String),
}

/// What makes a path unacceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// No path at all.
    #[error("it is empty")]
    Empty,
    /// It begins with a slash.
    #[error("it is absolute")]
    Absolute,
    /// It has a NUL byte in it.
    #[error("it contains a NUL byte")]
    Nul,
    /// Two slashes follow each other, or a slash ends it.
    #[error("it has an empty component")]
    EmptyComponent,
    /// A component is `.`.
    #[error("it has the component \".\"")]
    Dot,
    /// A component is `..`.
    #[error("it has the component \"..\"")]
    DotDot,
}

impl From<io::Error> for Error {
    /// Takes out an [`Error`] that travelled inside an [`io::Error`], as from [`ContentReader`](crate::ContentReader).
    fn from(error: io::Error) -> Error {
        match error.downcast::<Error>() {
            Ok(own) => own,
            Err(foreign) => Error::Io(foreign),
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        match error {
            Error::Io(error) => error,
            own @ Error::Truncated { .. } => io::Error::new(io::ErrorKind::UnexpectedEof, own),
            own => io::Error::new(io::ErrorKind::InvalidData, own),
        }
    }
}
