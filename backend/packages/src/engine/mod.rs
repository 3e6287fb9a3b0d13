//! The engine of one root: how it is opened, and what its parts share.

mod apply;
mod export;
mod history;
mod menu;
mod model;
mod plan;
mod prepare;
mod query;
mod refresh;
mod repositories;
mod room;
mod staging;
mod versions;

use std::path::Path;
use std::time::Duration;

use moult_stone::Provider;
use rusqlite::Connection;

pub use apply::{Installed, Timings};
pub use export::compose;
pub use history::{Activated, Difference, StateDetails};
pub use menu::Asked;
pub use model::{ImportedModel, ModelDifference};
pub(crate) use prepare::again;
pub use query::{FileKind, Info, PackageFile, PackageFiles, QueryError};
pub use refresh::{Refreshed, RefreshedOne};
pub use repositories::{Configuration, Configured, RefreshFailure, RefreshTrouble, RepositoryStatus};
pub(crate) use staging::Staging;

use crate::boot::Boot;
use crate::error::Error;
use crate::fetch;
use crate::heads::Heads;
use crate::import;
use crate::ledger;
use crate::repository;
use crate::reserve;
use crate::resolve;
use crate::root::{Lock, Root};
use crate::schema;
use crate::selection::Selection;
use crate::state;
use crate::store;
use crate::triggers;
use crate::web::Web;

/// The package engine of one system root.
///
/// Queries need no lock. What changes the root takes its lock for as long as it runs, and fails with [`Error::Busy`]
/// when somebody else has it.
pub struct Engine {
    root: Root,
    connection: Connection,
    web: Web,
    boot: Option<Box<dyn Boot>>,
    trigger_limit: Duration,
    /// Whether the room that is kept for a full disk was given back.
    gave: bool,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("root", &self.root.path())
            .finish_non_exhaustive()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.connection.is_readonly("main").is_ok_and(|readonly| !readonly) {
            schema::tidy(&self.root, &self.connection);
            if self.gave {
                reserve::keep(&self.root, true);
            }
        }
    }
}

impl Engine {
    /// Opens the engine of `root`, an existing directory; makes `/.moult` when it is missing. If a process died in the
    /// middle of a change, that change is finished or dropped here. On a full disk the room that is kept for that is
    /// given back first.
    pub fn open(root: &Path) -> Result<Engine, Error> {
        let root = Root::open(root)?;
        let (opened, gave) = match start(&root) {
            Err(Error::NoSpace { .. }) => {
                reserve::give_back(&root, false)?;
                (start(&root)?, true)
            }
            opened => (opened?, false),
        };
        let (connection, lock) = opened;
        let mut engine = Engine {
            root,
            connection,
            web: Web::default(),
            boot: None,
            trigger_limit: triggers::LIMIT,
            gave,
        };
        if lock.is_some() && !gave {
            reserve::keep(&engine.root, false);
        }
        match &lock {
            Some(_) => engine.follow_files(),
            None => engine.know_places(&repository::read_all(&engine.root)),
        }
        drop(lock);
        Ok(engine)
    }

    /// Opens the engine of `root` for queries only: takes no lock, repairs nothing, makes nothing, and never waits for
    /// a process that changes the root. What would change something fails.
    pub fn open_reader(root: &Path) -> Result<Engine, Error> {
        let root = Root::look_at(root)?;
        let connection = schema::open_reader(&root)?;
        let engine = Engine {
            root,
            connection,
            web: Web::default(),
            boot: None,
            trigger_limit: triggers::LIMIT,
            gave: false,
        };
        engine.know_places(&repository::read_all(&engine.root));
        Ok(engine)
    }

    /// Takes the lock for a change. What a change before this one left half-done, of this process or of another one, is
    /// finished or dropped first: an engine may be open for days.
    fn begin(&mut self) -> Result<Lock, Error> {
        let lock = self.root.lock()?;
        schema::require_writable(&self.connection)?;
        recover(&self.root, &mut self.connection)?;
        self.follow_files();
        if self.gave {
            // It is not for what makes the disk fuller.
            reserve::keep(&self.root, true);
        }
        Ok(lock)
    }

    /// As [`begin`](Self::begin), for what frees space or needs nearly none: on a full disk it gets what is kept for that.
    fn begin_on_full(&mut self) -> Result<Lock, Error> {
        let lock = self.root.lock()?;
        if reserve::scarce(&self.root) {
            self.gave = true;
            reserve::give_back(&self.root, true)?;
        }
        recover(&self.root, &mut self.connection)?;
        self.follow_files();
        Ok(lock)
    }

    /// Makes the database follow the files that say which repositories there are. Needs the lock.
    fn follow_files(&mut self) {
        // What may be chosen is decided by the files themselves: the rows can follow later.
        if let Err(error) = self.settle() {
            tracing::warn!("the repositories could not be written down: {error}");
        }
    }

    /// Keeps in this folder what comes of package files to look at them, so that it need not come again. Whoever can write there can
    /// make a plan say something wrong of files; what is installed is proven whole.
    pub fn keep_heads(&mut self, folder: &Path) {
        self.web.heads = Some(Heads::new(folder));
    }

    /// Has the boot menu kept by `boot` from now on.
    pub fn set_boot(&mut self, boot: Box<dyn Boot>) {
        self.boot = Some(boot);
    }

    /// How long one program of a trigger may run; 15 minutes unless told otherwise.
    pub fn set_trigger_limit(&mut self, limit: Duration) {
        self.trigger_limit = limit;
    }

    /// Chooses the packages that give everything wanted, with all they need. The same repositories and wishes always
    /// give the same selection.
    pub fn resolve(&self, wanted: &[Provider]) -> Result<Selection, Error> {
        resolve::resolve(&self.root, &self.connection, wanted)
    }
}

/// Opens the database and, unless another process is at work, the lock, and finishes what was left half-done.
fn start(root: &Root) -> Result<(Connection, Option<Lock>), Error> {
    let mut connection = schema::open(root)?;
    match root.lock() {
        Ok(lock) => {
            recover(root, &mut connection)?;
            Ok((connection, Some(lock)))
        }
        // Whoever has the lock is alive, and so is what it is doing.
        Err(Error::Busy { .. }) => Ok((connection, None)),
        Err(error) => Err(error),
    }
}

/// Finishes or drops what was left half-done. Needs the lock.
fn recover(root: &Root, connection: &mut Connection) -> Result<(), Error> {
    if store::marked(root) {
        schema::overrule(connection)?;
    }
    state::recover(root, connection)?;
    store::sweep(root, &|| ledger::contents(connection))?;
    fetch::clean(root, false);
    import::sweep(root);
    repository::sweep(root);
    model::sweep(root);
    Ok(())
}
