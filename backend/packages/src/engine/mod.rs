//! The engine of one root: the order in which everything happens.

mod plan;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use moult_stone::{Limits, Provider};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::catalogue;
use crate::compose;
use crate::crew;
use crate::error::Error;
use crate::fetch::{self, Fetched};
use crate::import::Local;
use crate::ledger;
use crate::model;
use crate::package::{Package, What};
use crate::repository::{Repository, shown};
use crate::resolve;
use crate::root::{Root, make_directory, remove_tree};
use crate::schema;
use crate::selection::{Selected, Selection};
use crate::state::{self, State};
use crate::store::{self, Store};
use crate::tree::Tree;
use crate::watch::{Meter, Phase, Watch};
use crate::web::{Sink, Web, hex};

/// A package list may have this many bytes. The format's largest has about 100 MiB.
const LARGEST_INDEX: u64 = 512 << 20;
/// What a file costs beside its content: directory entry and database row, roundly.
const OVERHEAD: u64 = 512;
/// Kept free for the database's log and the like.
const SLACK: u64 = 1 << 20;

/// The package engine of one system root.
///
/// Queries need no lock. What changes the root takes its lock for as long as it runs, and fails with [`Error::Busy`]
/// when somebody else has it.
pub struct Engine {
    root: Root,
    connection: Connection,
    web: Web,
}

/// What [`Engine::install`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The new state's number.
    pub state: u64,
    /// Where the time went.
    pub timings: Timings,
    /// Packages that were decoded; the others were in the store.
    pub unpacked: u64,
}

/// Where the time of an install went, and how much passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Choosing the packages.
    pub resolve: Duration,
    /// Bringing and verifying the package files.
    pub fetch: Duration,
    /// Reading their layouts, and unpacking into the store.
    pub store: Duration,
    /// Planning and making the new `/usr`.
    pub compose: Duration,
    /// Waiting for the disk (`syncfs`), before the swap.
    pub sync: Duration,
    /// Database, swap, archive.
    pub swap: Duration,
    /// Bytes of the package files that were read or downloaded.
    pub fetched_bytes: u64,
    /// Bytes of content that were decoded.
    pub unpacked_bytes: u64,
    /// Files and links in the new `/usr`.
    pub files: u64,
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
            Ok(_lock) => {
                state::recover(&root, &mut connection)?;
                store::sweep(&root, &|| ledger::contents(&connection))?;
                fetch::clean(&root, false);
            }
            // Whoever has the lock is alive, and so is what it is doing.
            Err(Error::Busy { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(Engine {
            root,
            connection,
            web: Web::default(),
        })
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

    /// All states, the oldest first.
    pub fn states(&self) -> Result<Vec<State>, Error> {
        state::list(&self.connection)
    }

    /// Makes a state of exactly the selected packages, and makes it `/usr`.
    ///
    /// On any failure but [`Error::AfterSwap`], and when cancelled, the root is as it was: the old `/usr` in place and
    /// no new state. When this returns, the new state survives a loss of power.
    pub fn install(&mut self, selection: &Selection, summary: &str, watch: &dyn Watch) -> Result<Installed, Error> {
        let _lock = self.root.lock()?;
        if selection.packages.is_empty() {
            return Err(Error::NothingSelected);
        }
        state::check_root(&self.root)?;
        let mut timings = Timings {
            resolve: selection.took,
            ..Timings::default()
        };

        let begun = Instant::now();
        let fetched = self.fetch(selection, watch, &mut timings)?;
        timings.fetch = begun.elapsed();

        let begun = Instant::now();
        let mut packages = self.inspect(selection, fetched, watch)?;
        timings.store = begun.elapsed();

        let begun = Instant::now();
        let tree = Tree::plan(&packages, &[state::NUMBER.as_bytes(), state::MODEL.as_bytes()])?;
        timings.files = tree.leaves();
        self.require_room(&packages, &tree)?;
        timings.compose = begun.elapsed();

        let begun = Instant::now();
        let unpacked: Vec<usize> = packages
            .iter()
            .enumerate()
            .filter(|(_, package)| package.packed.is_some())
            .map(|(at, _)| at)
            .collect();
        let store = unpack(&self.root, &self.connection, &mut packages, watch, &mut timings)?;
        timings.store += begun.elapsed();

        let begun = Instant::now();
        let id = state::next(&self.connection)?;
        let staging = Staging::make(&self.root, id)?;
        let meter = Meter::begin(watch, Phase::Compose, 0, tree.leaves());
        compose::compose(&self.root, &staging.usr(), &tree, &packages, &meter)?;
        compose::add(&staging.usr(), state::NUMBER, &format!("{id}\n"))?;
        compose::add(
            &staging.usr(),
            state::MODEL,
            &model::snapshot(&self.repositories()?, selection),
        )?;
        meter.end();
        timings.compose += begun.elapsed();

        let begun = Instant::now();
        let meter = Meter::begin(watch, Phase::Activate, 0, 2);
        meter.check()?;
        state::link(&self.root, &tree)?;
        self.root.sync()?;
        meter.items(1, "");
        // The last moment to turn back.
        meter.check()?;
        timings.sync = begun.elapsed();

        let begun = Instant::now();
        let transaction = self.connection.transaction()?;
        let fresh: Vec<&Package> = unpacked.iter().filter_map(|at| packages.get(*at)).collect();
        ledger::record(
            &transaction,
            &fresh,
            &store.as_ref().map_or_else(HashMap::new, Store::added),
        )?;
        state::pending(&transaction, id, summary, selection)?;
        transaction.commit()?;
        if let Some(store) = store {
            store.finish();
        }
        if let Err(error) = state::swap(&self.root, id) {
            drop(staging);
            state::dropped(&self.connection, id)?;
            return Err(error);
        }
        staging.keep();
        let settled = state::settle(&self.root, id).and_then(|()| state::activated(&mut self.connection, id));
        settled.map_err(|source| Error::AfterSwap {
            state: id,
            source: Box::new(source),
        })?;
        fetch::clean(&self.root, true);
        timings.swap = begun.elapsed();
        meter.items(1, "");
        meter.end();
        Ok(Installed {
            state: id,
            timings,
            unpacked: fresh.len() as u64,
        })
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

    /// Brings what the store does not have. In the order of the selection; None for what the store has.
    fn fetch(
        &self,
        selection: &Selection,
        watch: &dyn Watch,
        timings: &mut Timings,
    ) -> Result<Vec<Result<Fetched, Vec<crate::package::Item>>>, Error> {
        let mut known = Vec::with_capacity(selection.packages.len());
        for package in &selection.packages {
            known.push(ledger::unpacked(&self.connection, package)?);
        }
        let missing: Vec<&Selected> = selection
            .packages
            .iter()
            .zip(&known)
            .filter(|(_, known)| known.is_none())
            .map(|(package, _)| package)
            .collect();
        let sum = |packages: &mut dyn Iterator<Item = &&Selected>| {
            packages.fold(0u64, |sum, package| sum.saturating_add(package.size))
        };
        let bytes = sum(&mut missing.iter());
        let downloads = sum(&mut missing.iter().filter(|package| package.url.scheme() != "file"));
        // The content is never smaller than its package, by any amount that matters; how much larger is known later.
        self.root.require_room(
            "fetching packages",
            downloads.saturating_add(bytes),
            missing.len() as u64,
        )?;
        let meter = Meter::begin(watch, Phase::Fetch, bytes, missing.len() as u64);
        let fetched = fetch::fetch(&self.root, &self.web, &missing, &meter);
        if matches!(fetched, Err(Error::Cancelled)) {
            fetch::clean(&self.root, true);
        }
        let mut fetched = fetched?.into_iter();
        meter.end();
        timings.fetched_bytes = bytes;
        let either = |known: Option<_>| known.map(Err).or_else(|| fetched.next().map(Ok));
        Ok(known.into_iter().filter_map(either).collect())
    }

    /// Reads the layouts of what was fetched.
    fn inspect(
        &self,
        selection: &Selection,
        fetched: Vec<Result<Fetched, Vec<crate::package::Item>>>,
        watch: &dyn Watch,
    ) -> Result<Vec<Package>, Error> {
        let mut packages = Vec::with_capacity(fetched.len());
        for (selected, fetched) in selection.packages.iter().zip(fetched) {
            if watch.cancelled() {
                return Err(Error::Cancelled);
            }
            packages.push(match fetched {
                Ok(file) => Package::inspect(selected, file, watch)?,
                Err(items) => {
                    let (name, hash) = (selected.name.clone(), selected.hash.clone());
                    Package {
                        name,
                        hash,
                        release: selected.release(),
                        items,
                        packed: None,
                    }
                }
            });
        }
        Ok(packages)
    }

    fn require_room(&self, packages: &[Package], tree: &Tree) -> Result<(), Error> {
        let directories = tree.directories.len() as u64;
        let others = tree.leaves().saturating_add(directories);
        let (mut bytes, mut files) = (SLACK, others);
        bytes = bytes
            .saturating_add(directories.saturating_mul(4096))
            .saturating_add(others.saturating_mul(OVERHEAD));
        for packed in packages.iter().filter_map(|package| package.packed.as_ref()) {
            let (more, inodes) = packed.room();
            bytes = bytes.saturating_add(more);
            files = files.saturating_add(inodes);
        }
        self.root.require_room("unpacking packages", bytes, files)
    }
}

/// Unpacks what is packed, the largest package first. The store is returned so that what was added can be written
/// down; dropped, it takes that away.
fn unpack<'r>(
    root: &'r Root,
    connection: &Connection,
    packages: &mut [Package],
    watch: &dyn Watch,
    timings: &mut Timings,
) -> Result<Option<Store<'r>>, Error> {
    let size = |package: &Package| package.packed.as_ref().map_or(0, |packed| packed.plain_size());
    let bytes = packages
        .iter()
        .fold(0u64, |sum, package| sum.saturating_add(size(package)));
    let mut queue: Vec<(usize, &Package)> = packages
        .iter()
        .enumerate()
        .filter(|(_, package)| package.packed.is_some())
        .collect();
    queue.sort_by_key(|(_, package)| std::cmp::Reverse(size(package)));
    let meter = Meter::begin(watch, Phase::Store, bytes, queue.len() as u64);
    if queue.is_empty() {
        meter.end();
        return Ok(None);
    }
    let store = Store::open(root, ledger::contents(connection)?)?;
    let contents = crew::run(crew::processors(), &queue, |(at, package)| {
        let contents = store.unpack(package, &meter)?;
        meter.items(1, &package.name);
        Ok((*at, contents))
    })?;
    meter.end();
    timings.unpacked_bytes = bytes;
    for (at, contents) in contents {
        let Some(package) = packages.get_mut(at) else { continue };
        package.packed = None;
        for item in &mut package.items {
            if let What::Packed(digest) = item.what
                && let Some(content) = contents.get(&digest)
            {
                item.what = What::Stored(*content);
            }
        }
    }
    Ok(Some(store))
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

/// The folder of a state that is being made. Removed when dropped.
struct Staging {
    path: PathBuf,
    kept: bool,
}

impl Staging {
    fn make(root: &Root, id: u64) -> Result<Staging, Error> {
        let path = root.own("states").join(id.to_string());
        remove_tree(&path)?;
        make_directory(root.moult(), &format!("states/{id}"), 0o700, &path)?;
        let staging = Staging { path, kept: false };
        make_directory(root.moult(), &format!("states/{id}/usr"), 0o755, &staging.path)?;
        Ok(staging)
    }

    fn usr(&self) -> PathBuf {
        self.path.join("usr")
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is removed at the next start.
            let _ = remove_tree(&self.path);
        }
    }
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
