//! The store: what everything in it shares, and the program itself.

mod before;
pub mod check;
pub mod colours;
mod dropped;
mod instance;
mod keeper;
pub mod launch;
mod leave;
mod opening;
mod operation;
pub mod pictures;
#[cfg(test)]
pub(crate) mod private_bus;
mod program;
mod queue;
mod reader;
pub mod said;
pub mod saved;
mod writer;

pub use before::{Before, Known};
pub use instance::{Claim, Instance, Wanted};
pub use leave::Leave;
pub use opening::{NotOpened, NotUnderstood, Opening};
pub use operation::Operation;
pub use pictures::{Pictures, Reach, ShotFailure};
pub use program::{Message, Options, PageId, Program, Section};
pub use queue::{Entry, EntryId, Extent, Queue, Stage};
pub use reader::{Reader, plan_of};
pub use writer::{Begun, Event, Writer};

#[cfg(test)]
pub(crate) use program::scenes;
