//! The store: what everything in it shares, and the program itself.

pub mod launch;
mod operation;
mod pictures;
mod program;
pub mod pictures;
pub mod check;
mod instance;
mod opening;
mod operation;
mod pictures;
#[cfg(test)]
mod private_bus;
mod queue;
mod reader;
mod writer;

pub use instance::{Claim, Instance, Wanted};
pub use opening::{NotUnderstood, Opening};
pub use operation::Operation;
pub use pictures::Pictures;
pub use program::{Message, Opening, Options, PageId, Program, Section};
pub use pictures::{Pictures, Reach, ShotFailure};
pub use queue::{Entry, EntryId, Queue, Stage};
pub use reader::{Reader, plan_of};
pub use writer::{Begun, Event, Writer};
