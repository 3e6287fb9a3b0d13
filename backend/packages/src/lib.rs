//! The package engine: repositories, resolver, fetch, content store, compose and states of one system root.
//!
//! Everything starts at [`Engine::open`]. A root's own data is below `/.moult` (the README draws it); the system itself
//! is `/usr`, which is never changed in place: each change composes a whole new `/usr` beside the old one, makes it
//! durable and swaps it in with one rename.
//!
//! Nothing here is asynchronous, and nothing waits for anybody: long work reports through [`Watch`], which also
//! carries the wish to cancel. Every failure before the swap leaves the old state as it was ([`Error::standing`]).
#![deny(missing_docs)]

mod catalogue;
mod compose;
mod crew;
mod engine;
mod error;
mod explain;
mod fetch;
mod ledger;
mod model;
mod package;
mod plan;
mod repository;
mod request;
mod resolve;
mod root;
mod schema;
mod selection;
mod state;
mod store;
mod tree;
mod watch;
mod web;

pub use engine::{Engine, Installed, Timings};
pub use error::{Error, Standing};
pub use explain::{Problem, Unresolvable};
pub use model::{Model, ModelError};
pub use moult_stone::{Kind, Provider};
pub use plan::{ChangeKind, FileChange, FileChanges, Mark, PackageChange, Plan};
pub use repository::Repository;
pub use request::{Orphans, Request, Wanted};
pub use selection::{Selected, Selection};
pub use state::{State, Status};
pub use url::Url;
pub use watch::{Phase, Progress, Unwatched, Watch};
