//! The store: what everything in it shares, and the program itself.

pub mod check;
mod instance;
mod opening;
mod operation;
mod pictures;
#[cfg(test)]
pub(crate) mod private_bus;
mod queue;
mod reader;
mod writer;

pub use instance::{Claim, Instance, Wanted};
pub use opening::{NotUnderstood, Opening};
pub use operation::Operation;
pub use pictures::Pictures;
pub use queue::{Entry, EntryId, Queue, Stage};
pub use reader::{Reader, plan_of};
pub use writer::{Begun, Event, Writer};
