//! The packages of one root: `org.moult.Packages1` for questions, `org.moult.Changes1` for changes.

mod catalogue;
mod changes;
mod convert;
mod failure;
mod models;
mod plans;
mod queries;
mod root;
mod scratch;
mod work;

pub(crate) use catalogue::trust;
pub(crate) use changes::Changes;
pub(crate) use convert::planned;
pub(crate) use failure::{bad, failure};
pub(crate) use plans::{Plans, Sealed};
pub(crate) use queries::{Packages, blocking};
pub(crate) use root::{Place, PlaceError};
