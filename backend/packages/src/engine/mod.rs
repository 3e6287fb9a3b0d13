//! The engine of one root: how it is opened, and what its parts share.

mod apply;
mod history;
mod plan;

use std::path::{Path, PathBuf};

use moult_stone::{Limits, Provider};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

pub use apply::{Installed, Timings};
pub(crate) use apply::{Staging, again};
pub use history::{Activated, Difference, StateDetails};

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
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("root", &self.root.path())
            .finish_non_exhaustive()
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
        let packages = match repository.uri.to_file_path() {
            Ok(path) if repository.uri.scheme() == "file" => match fetch::open(&path) {
                Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                    let reason = "the file is not there".to_owned();
                    return Err(Error::Unreachable {
                        url: shown(&repository.uri),
                        reason,
                    });
                }
                opened => read_index(&repository, opened?, &path)?,
            },
            _ => self.download_index(&repository, &meter)?,
        };
        meter.check()?;
        catalogue::replace(&mut self.connection, &repository, &packages, &|| watch.cancelled())?;
        meter.items(packages.len() as u64, id);
        meter.end();
        Ok(packages.len())
    }

    /// Chooses the packages that give everything wanted, with all they need. The same repositories and wishes always
    /// give the same selection.
    pub fn resolve(&self, wanted: &[Provider]) -> Result<Selection, Error> {
        resolve::resolve(&self.connection, &Local::of(&self.root)?, wanted)
    }

    fn download_index(&self, repository: &Repository, meter: &Meter<'_>) -> Result<Vec<moult_stone::Package>, Error> {
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
        read_index(repository, file, &temporary.0)
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

fn read_index(repository: &Repository, file: std::fs::File, path: &Path) -> Result<Vec<moult_stone::Package>, Error> {
    let mut source = std::io::BufReader::new(file);
    moult_stone::read_index(&mut source, &Limits::default()).map_err(|error| match error {
        moult_stone::Error::Io(error) if error.raw_os_error().is_some() => {
            Error::io("reading a package list", path, error)
        }
        error => {
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

    fn open(&self) -> Result<std::fs::File, Error> {
        let opened = std::fs::File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&self.0);
        opened.map_err(|error| Error::io("downloading", &self.0, error))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
