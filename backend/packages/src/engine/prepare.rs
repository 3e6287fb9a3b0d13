//! What a new state is made of: its packages are fetched, looked at and unpacked into the store, and its tree is planned.
//! Nothing counts before it is written down; until then it is taken away again when it is dropped.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::apply::Timings;
use super::room;
use crate::ahead::Ahead;
use crate::crew;
use crate::error::Error;
use crate::fetch::{self, Fetched};
use crate::ledger;
use crate::package::{Item, Package, What};
use crate::root::Root;
use crate::schema;
use crate::selection::{Selected, Selection};
use crate::state;
use crate::store::{Key, Store};
use crate::tree::Tree;
use crate::watch::{Meter, Phase, Watch};
use crate::web::Web;

/// What is to be brought into the store.
pub(super) struct Wanted<'a> {
    pub(super) selection: &'a Selection,
    /// Does not count as stored: it is brought again, and so are the packages that have it.
    pub(super) damaged: &'a HashSet<Key>,
    /// Bytes that the store will hold beside what it holds now, if a plan found them out.
    pub(super) content_bytes: Option<u64>,
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

/// Brings everything selected into the store, and plans the tree. No state is made.
pub(super) fn prepare<'r>(
    root: &'r Root,
    connection: &Connection,
    web: &Web,
    wanted: &Wanted<'_>,
    watch: &dyn Watch,
    timings: &mut Timings,
) -> Result<Prepared<'r>, Error> {
    let begun = Instant::now();
    let fetched = fetch(root, connection, web, wanted, watch, timings);
    let fetched = fetch::unless_paused(root, fetched, watch)?;
    timings.fetch = begun.elapsed();

    let files = files(wanted.selection, &fetched);
    let planned = plan(root, connection, wanted, fetched, watch, timings);
    // A damaged file may look like anything: that it is damaged is what has to be said.
    let (mut packages, tree) = match planned {
        Err(error) if !matches!(error, Error::Cancelled) => {
            for (selected, file) in &files {
                file.prove(&selected.name, &selected.hash, &mut || asked(watch))?;
            }
            return Err(error);
        }
        planned => planned?,
    };

    let begun = Instant::now();
    let packed = |(at, package): (usize, &Package)| package.packed.is_some().then_some(at);
    let fresh = packages.iter().enumerate().filter_map(packed).collect();
    let store = unpack(root, connection, &mut packages, wanted.damaged, watch, timings)?;
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
        match &self.store {
            Some(store) => ledger::record(transaction, &fresh, store),
            None => Ok(()),
        }
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
    wanted: &Wanted<'_>,
    watch: &dyn Watch,
    timings: &mut Timings,
) -> Result<Vec<Result<Fetched, Vec<Item>>>, Error> {
    let selection = wanted.selection;
    let mut known = Vec::with_capacity(selection.packages.len());
    for package in &selection.packages {
        let whole = |item: &Item| !item.key().is_some_and(|key| wanted.damaged.contains(&key));
        known.push(ledger::unpacked(connection, package)?.filter(|items| items.iter().all(whole)));
    }
    let missing: Vec<&Selected> = selection
        .packages
        .iter()
        .zip(&known)
        .filter(|(_, known)| known.is_none())
        .map(|(package, _)| package)
        .collect();
    room::to_fetch(root, connection, &missing, wanted.content_bytes)?;
    let bytes = missing
        .iter()
        .fold(0u64, |sum, package| sum.saturating_add(package.size));
    let meter = Meter::begin(watch, Phase::Fetch, bytes, missing.len() as u64);
    let fetched = fetch::fetch(root, web, &missing, &meter);
    let mut fetched = fetched?.into_iter();
    meter.end();
    timings.fetched_bytes = bytes;
    let either = |known: Option<_>| known.map(Err).or_else(|| fetched.next().map(Ok));
    Ok(known.into_iter().filter_map(either).collect())
}

fn asked(watch: &dyn Watch) -> Result<(), Error> {
    if watch.cancelled() {
        return Err(Error::Cancelled);
    }
    Ok(())
}

/// The package files, with what is to be known of each. Proving one from the network costs nothing: it was proven on its way.
fn files<'s>(selection: &'s Selection, fetched: &[Result<Fetched, Vec<Item>>]) -> Vec<(&'s Selected, Fetched)> {
    let packages = selection.packages.iter().zip(fetched);
    packages
        .filter_map(|(selected, file)| Some((selected, file.as_ref().ok()?.clone())))
        .collect()
}

/// Reads the layouts of what was fetched, plans the tree, and looks whether there is room for all of it.
fn plan(
    root: &Root,
    connection: &Connection,
    wanted: &Wanted<'_>,
    fetched: Vec<Result<Fetched, Vec<Item>>>,
    watch: &dyn Watch,
    timings: &mut Timings,
) -> Result<(Vec<Package>, Tree), Error> {
    let begun = Instant::now();
    let packages = inspect(wanted.selection, fetched, watch)?;
    timings.store = begun.elapsed();

    let begun = Instant::now();
    let tree = Tree::plan(&packages, &state::OWN)?;
    timings.files = tree.leaves();
    room::to_unpack(root, connection, &packages, &tree, wanted.damaged, watch)?;
    timings.compose = begun.elapsed();
    Ok((packages, tree))
}

/// Several at once: a disk that has to look for each is waited for less often.
fn inspect(
    selection: &Selection,
    fetched: Vec<Result<Fetched, Vec<Item>>>,
    watch: &dyn Watch,
) -> Result<Vec<Package>, Error> {
    let files: Vec<(&Selected, &Fetched)> = selection
        .packages
        .iter()
        .zip(&fetched)
        .filter_map(|(selected, file)| Some((selected, file.as_ref().ok()?)))
        .collect();
    let inspected = crew::run(fetch::AT_ONCE, &files, |(selected, file)| {
        asked(watch)?;
        Package::inspect(selected, Fetched::clone(file), watch)
    })?;
    let mut inspected = inspected.into_iter();
    let stored = |selected: &Selected, items| Package {
        name: selected.name.clone(),
        hash: selected.hash.clone(),
        release: selected.release(),
        items,
        packed: None,
    };
    let packages = selection.packages.iter().zip(fetched);
    Ok(packages
        .filter_map(|(selected, file)| match file {
            Ok(_) => inspected.next(),
            Err(items) => Some(stored(selected, items)),
        })
        .collect())
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
    let wanted = Wanted {
        selection: &selection,
        damaged,
        content_bytes: None,
    };
    let mut prepared = prepare(root, connection, web, &wanted, watch, &mut Timings::default())?;
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
    let ahead = Ahead::start();
    let threads = crew::processors();
    let queue: Vec<(usize, &(usize, &Package))> = queue.iter().enumerate().collect();
    let contents = crew::run(threads, &queue, |(place, (at, package))| {
        // The list is worked off in its order: this is begun when one of those before it is done.
        if let Some((_, (_, soon))) = queue.get(place + threads)
            && let Some(packed) = &soon.packed
        {
            packed.file.expect();
        }
        if let Some(packed) = &package.packed {
            let proven = packed.file.prove(&package.name, &package.hash, &mut || meter.check());
            proven?;
        }
        let contents = store.unpack(package, &ahead, &meter)?;
        meter.items(1, &package.name);
        Ok((*at, contents))
    });
    drop(ahead);
    let contents = contents?;
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
