//! The store: what everything in it shares, and the program itself.

mod operation;
mod pictures;
mod queue;
mod reader;
mod writer;

pub use operation::Operation;
pub use pictures::Pictures;
pub use queue::{Entry, EntryId, Queue, Stage};
pub use reader::{Reader, plan_of};
pub use writer::{Begun, Event, Writer};
