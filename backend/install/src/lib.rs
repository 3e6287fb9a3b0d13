//! One install: a disk is planned, approved, erased, filled and finished, out of `storage`, `packages`, `boot` and
//! `system`.
//!
//! [`Installer::propose`] writes nothing to a disk; [`Installer::run`] does exactly what was proposed, or refuses.
#![deny(missing_docs)]

mod boot;
mod error;
mod journal;
mod medium;
mod menu;
mod progress;
mod proposal;
mod run;

pub use error::{Cause, DiskState, Error};
pub use journal::{Entry, Journal};
pub use medium::Medium;
pub use menu::Menu;
pub use progress::{Phase, Progress};
pub use proposal::{Installer, Offer, Proposal, Request, Source};
pub use run::{Report, Watch};
