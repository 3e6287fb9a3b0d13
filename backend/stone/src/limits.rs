//! How much a reader accepts.

/// The bounds of a reader, in bytes. Each is checked against what a file *claims*, before anything is allocated; on
/// top of them every claim is checked against the bytes that are really there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Plain size of one metadata payload. Real ones have about 3 KiB. Default 16 MiB.
    pub meta: u64,
    /// Plain size of one layout payload: 32 bytes and the path for each entry. Default 128 MiB.
    pub layout: u64,
    /// Plain size of one index payload: 32 bytes for each unique content. Default 64 MiB (two million).
    pub index: u64,
    /// Plain size of one attributes payload. Default 16 MiB.
    pub attributes: u64,
    /// Plain size of all payloads together that are held in memory while one file is read, that is, all but content.
    /// Default 256 MiB (a full repository index has about 200 MiB). Parsed records take up to six times as much.
    pub held: u64,
    /// Plain size of the content payload. It is streamed, never held. Default 64 GiB.
    pub content: u64,
    /// Memory for the window of one zstd decoder. Default 2 GiB, the largest window of the format.
    pub window: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        const MIB: u64 = 1 << 20;
        Limits {
            meta: 16 * MIB,
            layout: 128 * MIB,
            index: 64 * MIB,
            attributes: 16 * MIB,
            held: 256 * MIB,
            content: 65_536 * MIB,
            window: 2_048 * MIB,
        }
    }
}
