//! The package engine: repositories, resolver, fetch, content store, compose and states of one system root.
//!
//! Everything starts at [`Engine::open`]. A root's own data is below `/.moult` (the README draws it); the system itself
//! is `/usr`, which is never changed in place: each change composes a whole new `/usr` beside the old one, makes it
//! durable and swaps it in with one rename.
//!
//! What is on the disk, so that another program could read it: see the [layout](#on-the-disk) below; the tables are
//! [`TABLES`].
//!
//! Nothing here is asynchronous, and nothing waits for anybody: long work reports through [`Watch`], which also
//! carries the wish to cancel. Every failure before the swap leaves the old state as it was ([`Error::standing`]).
//!
#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod ahead;
mod boot;
mod brought;
mod catalogue;
mod compose;
mod crew;
mod difference;
mod engine;
mod error;
mod explain;
mod export;
mod fetch;
mod head;
mod heads;
mod import;
mod kernels;
mod layouts;
mod ledger;
mod model;
mod package;
mod picture;
mod plan;
mod planner;
mod present;
mod prune;
mod repair;
mod repository;
mod request;
mod reserve;
mod resolve;
mod root;
mod schema;
mod search;
mod selection;
mod spare;
mod state;
mod store;
mod stream;
mod tree;
mod triggers;
mod verify;
mod watch;
mod web;

pub use boot::{Boot, BootRefusal, Coming, KernelFile};
pub use engine::{
    Activated, Asked, Configuration, Configured, Difference, Engine, FileKind, ImportedModel, Info, Installed,
    ModelDifference, PackageFile, PackageFiles, QueryError, RefreshFailure, RefreshTrouble, Refreshed, RefreshedOne,
    RepositoryStatus, StateDetails, Timings, compose,
};
pub use error::{Error, Standing};
pub use explain::{Problem, Unresolvable};
pub use export::{ExportError, Exported, Image, Target};
pub use model::{Model, ModelError};
pub use moult_stone::{Kind, Provider};
pub use plan::{
    ChangeKind, Dependent, FileChange, FileChanges, KeptBack, Link, Mark, PackageChange, Plan, Refusal, Why,
};
pub use prune::Pruned;
pub use repository::{
    BrokenFile, Fault, Removed, Repository, RepositoryError, RootIndex, Source, Trust, TrustFault, VerifyReport,
    Version, VersionInfo, Versions, Warning, index,
};
pub use request::{Orphans, Request, Wanted};
pub use schema::TABLES;
pub use search::{Among, Found, Listed, Ranked, Release, Searcher, Tier, words};
pub use selection::{Selected, Selection};
pub use state::{State, Status};
pub use url::Url;
pub use verify::{Damage, Verified};
pub use watch::{Phase, Progress, Unwatched, Watch};
pub use web::Patience;
