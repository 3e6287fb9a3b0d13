//! AppStream catalogues.
#![deny(missing_docs)]

mod component;
mod error;
mod languages;
mod limits;
mod text;

pub use component::*;
pub use error::{Error, Failure, FileReport, Report, SkipReason, Skipped};
pub use languages::Languages;
pub use limits::Limits;
