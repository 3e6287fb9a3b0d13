//! A change from its packages to the swap: fetch, store, compose, triggers, make durable, swap, archive.
//!
//! Everything before the swap can be given up at no cost: what was added is taken away again, and the old state is as it
//! was. After the swap nothing can be given up; what then fails is repaired by the next start.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::compose;
use crate::crew;
use crate::error::Error;
use crate::fetch::{self, Fetched};
use crate::ledger;
use crate::model::Model;
use crate::package::{Item, Package, What};
use crate::plan::Plan;
use crate::root::{Root, make_directory, remove_tree};
use crate::schema;
use crate::selection::{Selected, Selection};
use crate::spare;
use crate::state;
use crate::store::{Key, Store};
use crate::tree::Tree;
use crate::triggers;
use crate::watch::{Meter, Phase, Watch};
use crate::web::Web;

use super::Engine;

/// What a file costs beside its content: directory entry and database row, roundly.
const OVERHEAD: u64 = 512;
/// Kept free for the database's log and the like.
const SLACK: u64 = 1 << 20;

/// What [`Engine::apply`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The new state's number.
    pub state: u64,
    /// Where the time went.
    pub timings: Timings,
    /// Packages that were decoded; the others were in the store.
    pub unpacked: u64,
    /// What went wrong without harm to the new state: a trigger file that cannot be used, a system trigger, the boot
    /// loader's entries. Each is for people.
    pub warnings: Vec<String>,
}

/// Where the time of a change went, and how much passed.
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
    /// Transaction triggers.
    pub triggers: Duration,
    /// Waiting for the disk (`syncfs`), before the swap.
    pub sync: Duration,
    /// Database, swap, archive.
    pub swap: Duration,
    /// System triggers and the boot loader, after the swap.
    pub after: Duration,
    /// Bytes of the package files that were read or downloaded.
    pub fetched_bytes: u64,
    /// Bytes of content that were decoded.
    pub unpacked_bytes: u64,
    /// Files and links in the new `/usr`.
    pub files: u64,
    /// Whether a tree that was prepared in idle time was used.
    pub spare: bool,
}

/// The packages of a new state, all in the store, and the plan of their tree.
pub(super) struct Prepared<'r> {
    pub(super) packages: Vec<Package>,
    pub(super) tree: Tree,
    /// Which of the packages were unpacked now.
    pub(super) fresh: Vec<usize>,
    /// What was added to the store; dropped, it is taken away again.
    pub(super) store: Option<Store<'r>>,
}

impl Engine {
    /// Carries a plan out: makes the new state and puts it in the place of `/usr`.
    ///
    /// On any failure but [`Error::AfterSwap`], and when cancelled, the root is as it was: the old `/usr` in place and
    /// no new state. When this returns, the new state survives a loss of power. A plan that was made from another state
    /// than the active one is refused ([`Error::Outdated`]).
    pub fn apply(&mut self, plan: &Plan, watch: &dyn Watch) -> Result<Installed, Error> {
        let _lock = self.begin()?;
        let active = state::active(&self.connection)?;
        if active != plan.from {
            return Err(Error::Outdated {
                planned: plan.from,
                active,
            });
        }
        self.change(&plan.selection, &plan.summary, plan.model.as_ref(), watch)
    }

    /// Makes a state of exactly the selected packages, and makes it `/usr`; otherwise as [`apply`](Self::apply).
    pub fn install(&mut self, selection: &Selection, summary: &str, watch: &dyn Watch) -> Result<Installed, Error> {
        let _lock = self.begin()?;
        self.change(selection, summary, None, watch)
    }

    /// The lock is held.
    fn change(
        &mut self,
        selection: &Selection,
        summary: &str,
        base: Option<&Model>,
        watch: &dyn Watch,
    ) -> Result<Installed, Error> {
        if selection.packages.is_empty() {
            return Err(Error::NothingSelected);
        }
        state::check_root(&self.root)?;
        let mut timings = Timings {
            resolve: selection.took,
            ..Timings::default()
        };
        let model = self.next_model(base, selection, watch)?;
        let none = HashSet::new();
        let mut prepared = prepare(
            &self.root,
            &self.connection,
            &self.web,
            selection,
            &none,
            watch,
            &mut timings,
        )?;
        let Prepared {
            packages, tree, store, ..
        } = &mut prepared;
        let (packages, tree) = (&*packages, &*tree);
        let before = state::active(&self.connection)?;

        let begun = Instant::now();
        let id = state::next(&self.connection)?;
        let meter = Meter::begin(watch, Phase::Compose, 0, tree.leaves());
        let staging = match spare::take(&self.root, &self.connection, id, tree, packages, &meter)? {
            Some(staging) => {
                timings.spare = true;
                staging
            }
            None => {
                let staging = Staging::make(&self.root, id)?;
                compose::compose(&self.root, &staging.usr(), tree, packages, &meter)?;
                staging
            }
        };
        meter.end();
        timings.compose += begun.elapsed();

        let begun = Instant::now();
        let usr = staging.usr();
        let change = triggers::Change {
            root: &self.root,
            connection: &self.connection,
            usr: &usr,
            tree,
            packages,
            from: before,
            surroundings: triggers::Surroundings::Root,
            date: 0,
            limit: self.trigger_limit,
            watch,
        };
        let triggered = triggers::transaction(&change, store)?;
        compose::own(
            &staging.usr(),
            tree,
            &[(state::NUMBER, &format!("{id}\n")), (state::MODEL, &model)],
        )?;
        timings.triggers = begun.elapsed();

        let begun = Instant::now();
        let meter = Meter::begin(watch, Phase::Activate, 0, 2);
        meter.check()?;
        state::link(&self.root)?;
        let unpacked = prepared.fresh.len() as u64;
        let transaction = self.connection.transaction()?;
        // The rows are made while the disk writes the files, and committed only when it has.
        let root = &self.root;
        std::thread::scope(|scope| {
            let synced = std::thread::Builder::new().spawn_scoped(scope, || root.sync());
            prepared.record(&transaction)?;
            state::pending(&transaction, id, summary, selection)?;
            ledger::record_triggers(&transaction, id, &triggered.runs, &triggered.generated)?;
            match synced.map(|synced| synced.join()) {
                Ok(Ok(synced)) => synced,
                // Without a further thread it is only later.
                Ok(Err(_)) | Err(_) => root.sync(),
            }
        })?;
        meter.items(1, "");
        // The last moment to turn back.
        meter.check()?;
        timings.sync = begun.elapsed();

        let begun = Instant::now();
        if let Err(error) = transaction.commit() {
            return Err(prepared.not_committed(&self.connection, error));
        }
        if let Some(store) = prepared.store {
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

        let begun = Instant::now();
        let mut warnings = triggered.warnings;
        warnings.extend(triggers::system(
            &self.root,
            &self.connection,
            id,
            before,
            self.trigger_limit,
            watch,
        ));
        warnings.extend(self.hand_over(watch));
        timings.after = begun.elapsed();
        Ok(Installed {
            state: id,
            timings,
            unpacked,
            warnings,
        })
    }
}

/// Brings everything selected into the store, and plans the tree. No state is made.
///
/// What `damaged` names does not count as stored: it is brought again, and so are the packages that have it.
pub(super) fn prepare<'r>(
    root: &'r Root,
    connection: &Connection,
    web: &Web,
    selection: &Selection,
    damaged: &HashSet<Key>,
    watch: &dyn Watch,
    timings: &mut Timings,
) -> Result<Prepared<'r>, Error> {
    let begun = Instant::now();
    let fetched = fetch(root, connection, web, selection, damaged, watch, timings)?;
    timings.fetch = begun.elapsed();

    let begun = Instant::now();
    let mut packages = inspect(selection, fetched, watch)?;
    timings.store = begun.elapsed();

    let begun = Instant::now();
    let tree = Tree::plan(&packages, &state::OWN)?;
    timings.files = tree.leaves();
    require_room(root, &packages, &tree)?;
    timings.compose = begun.elapsed();

    let begun = Instant::now();
    let packed = |(at, package): (usize, &Package)| package.packed.is_some().then_some(at);
    let fresh = packages.iter().enumerate().filter_map(packed).collect();
    let store = unpack(root, connection, &mut packages, damaged, watch, timings)?;
    timings.store += begun.elapsed();
    Ok(Prepared {
        packages,
        tree,
        fresh,
        store,
    })
}

impl Prepared<'_> {
    /// Writes down what was added to the store. The files must be on the disk by now.
    pub(super) fn record(&self, transaction: &rusqlite::Transaction<'_>) -> Result<(), Error> {
        let fresh: Vec<&Package> = self.fresh.iter().filter_map(|at| self.packages.get(*at)).collect();
        let added = self.store.as_ref().map_or_else(HashMap::new, Store::added);
        ledger::record(transaction, &fresh, &added)
    }

    /// After a commit that failed. It may be in the log all the same, to the last byte, and come to light when the
    /// database is opened anew: what it names may be taken away only when that cannot be any more.
    pub(super) fn not_committed(&mut self, connection: &Connection, error: rusqlite::Error) -> Error {
        if schema::overrule(connection).is_err()
            && let Some(store) = self.store.take()
        {
            store.leave();
        }
        error.into()
    }
}

/// Brings what the store does not have. In the order of the selection; None for what the store has.
fn fetch(
    root: &Root,
    connection: &Connection,
    web: &Web,
    selection: &Selection,
    damaged: &HashSet<Key>,
    watch: &dyn Watch,
    timings: &mut Timings,
) -> Result<Vec<Result<Fetched, Vec<Item>>>, Error> {
    let mut known = Vec::with_capacity(selection.packages.len());
    for package in &selection.packages {
        let whole = |item: &Item| !item.key().is_some_and(|key| damaged.contains(&key));
        known.push(ledger::unpacked(connection, package)?.filter(|items| items.iter().all(whole)));
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
    root.require_room(
        "fetching packages",
        downloads.saturating_add(bytes),
        missing.len() as u64,
    )?;
    let meter = Meter::begin(watch, Phase::Fetch, bytes, missing.len() as u64);
    let fetched = fetch::fetch(root, web, &missing, &meter);
    if matches!(fetched, Err(Error::Cancelled)) {
        fetch::clean(root, true);
    }
    let mut fetched = fetched?.into_iter();
    meter.end();
    timings.fetched_bytes = bytes;
    let either = |known: Option<_>| known.map(Err).or_else(|| fetched.next().map(Ok));
    Ok(known.into_iter().filter_map(either).collect())
}

/// Reads the layouts of what was fetched.
fn inspect(
    selection: &Selection,
    fetched: Vec<Result<Fetched, Vec<Item>>>,
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

fn require_room(root: &Root, packages: &[Package], tree: &Tree) -> Result<(), Error> {
    let directories = tree.directories.len() as u64;
    let others = tree.leaves().saturating_add(directories);
    let (mut bytes, mut files) = (SLACK.saturating_add(triggers::room(tree)), others);
    bytes = bytes
        .saturating_add(directories.saturating_mul(4096))
        .saturating_add(others.saturating_mul(OVERHEAD));
    for packed in packages.iter().filter_map(|package| package.packed.as_ref()) {
        let (more, inodes) = packed.room();
        bytes = bytes.saturating_add(more);
        files = files.saturating_add(inodes);
    }
    root.require_room("unpacking packages", bytes, files)
}

/// Brings packages into the store again that have damaged contents. No state is made. On a failure what is written down
/// stays as it was.
pub(crate) fn again(
    root: &Root,
    connection: &mut Connection,
    web: &Web,
    packages: Vec<Selected>,
    damaged: &HashSet<Key>,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let selection = Selection {
        packages,
        took: Duration::ZERO,
    };
    let mut prepared = prepare(
        root,
        connection,
        web,
        &selection,
        damaged,
        watch,
        &mut Timings::default(),
    )?;
    root.sync()?;
    let transaction = connection.transaction()?;
    prepared.record(&transaction)?;
    if let Err(error) = transaction.commit() {
        return Err(prepared.not_committed(connection, error));
    }
    if let Some(store) = prepared.store {
        store.finish();
    }
    fetch::clean(root, true);
    Ok(())
}

/// Unpacks what is packed, the largest package first. The store is returned so that what was added can be written
/// down; dropped, it takes that away.
fn unpack<'r>(
    root: &'r Root,
    connection: &Connection,
    packages: &mut [Package],
    damaged: &HashSet<Key>,
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
    let mut known = ledger::contents(connection)?;
    known.retain(|key, _| !damaged.contains(key));
    let store = Store::open(root, known)?;
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

/// The folder of a state that is being made. Removed when dropped.
pub(crate) struct Staging {
    path: PathBuf,
    kept: bool,
}

impl Staging {
    pub(crate) fn make(root: &Root, id: u64) -> Result<Staging, Error> {
        let path = root.own("states").join(id.to_string());
        remove_tree(&path)?;
        make_directory(root.moult(), &format!("states/{id}"), 0o700, &path)?;
        let staging = Staging { path, kept: false };
        make_directory(root.moult(), &format!("states/{id}/usr"), 0o755, &staging.path)?;
        Ok(staging)
    }

    /// A folder for making a state's tree again, or one of no state.
    pub(crate) fn half_done(root: &Root, id: impl std::fmt::Display) -> Result<Staging, Error> {
        let name = format!("{}{id}", state::HALF_DONE);
        let path = root.own("states").join(&name);
        remove_tree(&path)?;
        make_directory(root.moult(), &format!("states/{name}"), 0o700, &path)?;
        let staging = Staging { path, kept: false };
        make_directory(root.moult(), &format!("states/{name}/usr"), 0o755, &staging.path)?;
        Ok(staging)
    }

    /// The staging folder of a state out of a tree that is there already.
    pub(crate) fn take(root: &Root, id: u64, tree: &Path) -> Result<Staging, Error> {
        let path = root.own("states").join(id.to_string());
        remove_tree(&path)?;
        std::fs::rename(tree, &path).map_err(|error| Error::io("taking a spare tree", tree, error))?;
        Ok(Staging { path, kept: false })
    }

    pub(crate) fn usr(&self) -> PathBuf {
        self.path.join("usr")
    }

    pub(crate) fn keep(mut self) {
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
