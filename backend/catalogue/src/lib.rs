//! AppStream catalogues: read, merged, kept in one cache file and looked up.
//!
//! [`Sources`] says where catalogues lie: the `swcatalog` folders below a root, and files handed in, such as a
//! repository's own. [`Catalogue::open`] reads them, in one of two forms (AppStream XML, DEP-11 YAML), plain or gz, and
//! keeps the texts of the person's [`Languages`] only. The next time it opens the cache, unless a file changed.
//!
//! ```no_run
//! use std::path::Path;
//! use moult_catalogue::{Catalogue, Languages, Limits, Sources};
//!
//! let sources = Sources::system(Path::new("/"));
//! let languages = Languages::new(["de_AT.UTF-8", "fr"]);
//! let cache = Path::new("/var/cache/moult/catalogue");
//! let (catalogue, _) = Catalogue::open(&sources, &languages, Some(cache), &Limits::default())?;
//! for file in &catalogue.report().files {
//!     println!("{}: {} components, {} skipped", file.path.display(), file.components, file.skipped);
//! }
//! if let Some(maps) = catalogue.get("org.gnome.Maps")? {
//!     println!("{}: {}", maps.name, maps.summary);
//! }
//! # Ok::<(), moult_catalogue::Error>(())
//! ```
//!
//! Everything here was written by strangers. A component that cannot be read is skipped and counted, with its reason,
//! and costs no other; every length and depth has a bound; addresses are `http` or `https`; names of files are never
//! paths; no text has markup, control characters or line breaks. A cache with one wrong byte is made anew. No input
//! makes this crate panic.
#![deny(missing_docs)]

mod cache;
mod catalogue;
mod component;
mod draft;
mod error;
mod frame;
mod languages;
mod limits;
mod markup;
mod merge;
mod node;
mod pack;
mod read;
mod sources;
mod text;
mod xml;
mod yaml;

pub use catalogue::{CacheUse, Catalogue, SearchEntry};
pub use component::{
    Block, Brief, Color, Component, ContentRating, Developer, Icon, Image, Kind, Language, Link, Release, Screenshot,
    Span, Style, Typed, Urgency,
};
pub use error::{Error, Failure, FileReport, Report, SkipReason, Skipped};
pub use languages::Languages;
pub use limits::Limits;
pub use sources::{FOLDERS, Source, Sources};

/// Reads one catalogue out of a plain (not compressed) stream, without merging; each component goes to `each`.
pub fn read(
    input: impl std::io::Read,
    languages: &Languages,
    limits: &Limits,
    mut each: impl FnMut(Component),
) -> FileReport {
    read::Reading { languages, limits }.stream(input, &mut |read| each(read.component))
}
