//! How much a reader accepts.

/// The bounds of a reader. What goes beyond the bounds of a component costs that component, or that field; what goes
/// beyond the bounds of a file ends that file, with what was read from it kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one file as it is stored. Default 256 MiB.
    pub stored: u64,
    /// Bytes of one file after decompression. Debian's largest has about 25 MiB. Default 512 MiB.
    pub plain: u64,
    /// Bytes of one component with all its languages. Debian's largest has 100 KiB. Default 2 MiB.
    pub component: usize,
    /// Components of all files together. Default 200,000.
    pub components: usize,
    /// Files. Default 256.
    pub files: usize,
    /// Bytes of a cache file. Default 512 MiB.
    pub cache: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        const MIB: u64 = 1 << 20;
        Limits {
            stored: 256 * MIB,
            plain: 512 * MIB,
            component: 2 << 20,
            components: 200_000,
            files: 256,
            cache: 512 * MIB,
        }
    }
}

/// Bytes of an id, a package name, an origin.
pub(crate) const ID: usize = 255;
/// Bytes of a name, a summary, a keyword, a caption.
pub(crate) const TEXT: usize = 4096;
/// Bytes of an address.
pub(crate) const URL: usize = 2048;
/// Bytes of one paragraph or item.
pub(crate) const PARAGRAPH: usize = 16 << 10;
/// Blocks and items of one description.
pub(crate) const BLOCKS: usize = 512;
/// Items of one short list: categories, keywords, icons, screenshots and their images, addresses.
pub(crate) const LIST: usize = 256;
/// Items of one long list: what a component provides.
pub(crate) const LONG_LIST: usize = 4096;
/// Releases kept, the newest ones.
pub(crate) const RELEASES: usize = 32;
/// How deep elements or nodes may lie in one another.
pub(crate) const DEPTH: usize = 32;
/// Attributes of one element.
pub(crate) const ATTRIBUTES: usize = 64;
/// Nodes of one YAML document.
pub(crate) const NODES: usize = 200_000;
/// Skipped components of one file of which the reason is kept; the others are only counted.
pub(crate) const REASONS: usize = 32;
/// Components of one file without an end that are searched for the next beginning.
pub(crate) const RESTARTS: u32 = 64;
