//! The engine of one root: how it is opened, and what its parts share.

mod apply;
mod export;
mod history;
mod model;
mod plan;
mod query;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use moult_stone::{Limits, Provider};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

pub use apply::{Installed, Timings};
pub(crate) use apply::{Staging, again};
pub use history::{Activated, Difference, StateDetails};
pub use model::ModelDifference;
pub use query::{FileKind, Info, PackageFile, PackageFiles, QueryError};

use crate::boot::Boot;
use crate::catalogue;
use crate::error::Error;
use crate::fetch;
use crate::import::Local;
use crate::ledger;
use crate::repository::{Repository, shown};
use crate::resolve;
use crate::root::{Lock, Root};
use crate::schema;
use crate::selection::Selection;
use crate::state;
use crate::store;
use crate::triggers;
use crate::watch::{Meter, Phase, Watch};
use crate::web::{Sink, Web, hex};

/// A package list may have this many bytes. The format's largest has about 100 MiB.
const LARGEST_INDEX: u64 = 512 << 20;
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
            schema::tidy(&self.connection);
        }
    }
}

impl Engine {
    /// Opens the engine of `root`, an existing directory; makes `/.moult` when it is missing. If a process died in the
    /// middle of a change, that change is finished or dropped here.
    pub fn open(root: &Path) -> Result<Engine, Error> {
        let root = Root::open(root)?;
        let mut connection = schema::open(&root)?;
        match root.lock() {
            Ok(_lock) => recover(&root, &mut connection)?,
            // Whoever has the lock is alive, and so is what it is doing.
            Err(Error::Busy { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(Engine {
            root,
            connection,
            web: Web::default(),
            boot: None,
            trigger_limit: triggers::LIMIT,
        })
    }

    /// Opens the engine of `root` for queries only: takes no lock, repairs nothing, makes nothing, and never waits for
    /// a process that changes the root. What would change something fails.
    pub fn open_reader(root: &Path) -> Result<Engine, Error> {
        let root = Root::look_at(root)?;
        let connection = schema::open_reader(&root)?;
        Ok(Engine {
            root,
            connection,
            web: Web::default(),
            boot: None,
            trigger_limit: triggers::LIMIT,
        })
    }

    /// Takes the lock for a change. What a change before this one left half-done, of this process or of another one, is
    /// finished or dropped first: an engine may be open for days.
    fn begin(&mut self) -> Result<Lock, Error> {
        let lock = self.root.lock()?;
        recover(&self.root, &mut self.connection)?;
        Ok(lock)
    }

    /// Has the boot menu kept by `boot` from now on.
    pub fn set_boot(&mut self, boot: Box<dyn Boot>) {
        self.boot = Some(boot);
    }

    /// How long one program of a trigger may run; 15 minutes unless told otherwise.
    pub fn set_trigger_limit(&mut self, limit: Duration) {
        self.trigger_limit = limit;
    }

    /// Adds a repository, or changes the one with the same id. Its packages are known after a [`refresh`](Self::refresh).
    pub fn add_repository(&mut self, repository: &Repository) -> Result<(), Error> {
        let _lock = self.root.lock()?;
        catalogue::put_repository(&mut self.connection, repository)
    }

    /// All repositories, the preferred first.
    pub fn repositories(&self) -> Result<Vec<Repository>, Error> {
        catalogue::repositories(&self.connection)
    }

    /// Reads a repository's package list anew and returns how many packages it has. Until the whole list is read and
    /// found good, the former one stays in use.
    pub fn refresh(&mut self, id: &str, watch: &dyn Watch) -> Result<usize, Error> {
        let _lock = self.root.lock()?;
        let repository = catalogue::repository(&self.connection, id)?;
        let meter = Meter::begin(watch, Phase::Refresh, 0, 0);
        let (file, path, _temporary) = match repository.uri.to_file_path() {
            Ok(path) if repository.uri.scheme() == "file" => match fetch::open(&path) {
                Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                    let reason = "the file is not there".to_owned();
                    return Err(Error::Unreachable {
                        url: shown(&repository.uri),
                        reason,
                    });
                }
                opened => (opened?, path, None),
            },
            _ => {
                let (file, temporary) = self.download_index(&repository, &meter)?;
                (file, temporary.0.clone(), Some(temporary))
            }
        };
        meter.check()?;
        let count = catalogue::replace(&mut self.connection, &repository, &|| watch.cancelled(), |visit| {
            read_index(&repository, file, &path, visit)
        })?;
        meter.items(count, id);
        meter.end();
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Chooses the packages that give everything wanted, with all they need. The same repositories and wishes always
    /// give the same selection.
    pub fn resolve(&self, wanted: &[Provider]) -> Result<Selection, Error> {
        resolve::resolve(&self.connection, &Local::of(&self.root)?, wanted)
    }

    fn download_index(&self, repository: &Repository, meter: &Meter<'_>) -> Result<(File, Temporary), Error> {
        let name = format!("{}.index", hex(&Sha256::digest(&repository.id)));
        let path = self.root.own("downloads").join(name);
        let temporary = Temporary::make(path)?;
        let mut file = temporary.open()?;
        let mut sink = Sink {
            file: &mut file,
            path: &temporary.0,
            limit: LARGEST_INDEX,
            resume: false,
        };
        self.web.download(&repository.uri, &mut sink, &mut |bytes| {
            meter.bytes(bytes, &repository.id);
            meter.check()
        })?;
        Ok((file, temporary))
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
    Ok(())
}

/// Reads a package list, one package at a time.
fn read_index(
    repository: &Repository,
    file: File,
    path: &Path,
    visit: &mut dyn FnMut(moult_stone::Package) -> Result<(), Error>,
) -> Result<(), Error> {
    /// What ended the reading: the list itself, or what was done with a package.
    enum Ended {
        List(moult_stone::Error),
        Visit(Error),
    }
    impl From<moult_stone::Error> for Ended {
        fn from(error: moult_stone::Error) -> Ended {
            Ended::List(error)
        }
    }
    let mut source = std::io::BufReader::new(file);
    let read = moult_stone::each_in_index(&mut source, &Limits::default(), |package| {
        visit(package).map_err(Ended::Visit)
    });
    read.map_err(|ended| match ended {
        Ended::Visit(error) => error,
        Ended::List(moult_stone::Error::Io(error)) if error.raw_os_error().is_some() => {
            Error::io("reading a package list", path, error)
        }
        Ended::List(error) => {
            let mut reason = error.to_string();
            let mut inner = std::error::Error::source(&error);
            while let Some(source) = inner {
                reason = format!("{reason}: {source}");
                inner = source.source();
            }
            Error::DamagedIndex {
                repository: repository.id.clone(),
                url: shown(&repository.uri),
                reason,
            }
        }
    })
}

/// A file that is removed when dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn make(path: PathBuf) -> Result<Temporary, Error> {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("downloading", path, error)),
            _ => Ok(Temporary(path)),
        }
    }

    fn open(&self) -> Result<File, Error> {
        let opened = File::options().read(true).write(true).create_new(true).open(&self.0);
        opened.map_err(|error| Error::io("downloading", &self.0, error))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
