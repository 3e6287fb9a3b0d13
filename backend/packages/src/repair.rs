//! Repairs what [`verify`](crate::verify) found.
//!
//! Damaged contents are fetched again from where their package came from, checked like any other package. A damaged tree
//! is never mended in place: it is made again beside the old one and swapped in. What a trigger made cannot be fetched:
//! the trigger is run again for each state that has it. What cannot be repaired keeps nothing else from being repaired.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use rusqlite::Connection;
use rustix::io::Errno;

use crate::engine::{Staging, again};
use crate::error::Error;
use crate::package::{Item, Package};
use crate::picture::Generated;
use crate::root::Root;
use crate::selection::Selected;
use crate::state;
use crate::store::{self, Key};
use crate::tree::Tree;
use crate::verify::{Damage, usr};
use crate::watch::{Meter, Phase, Watch};
use crate::web::Web;
use crate::{compose, ledger, present, prune, spare, triggers};

/// Repairs what can be repaired; what cannot is found again by the next look. Returns why, for people. `limit` is how
/// long one program of a trigger may run.
pub(crate) fn mend(
    root: &Root,
    connection: &mut Connection,
    web: &Web,
    limit: Duration,
    problems: &[Damage],
    watch: &dyn Watch,
) -> Result<Vec<String>, Error> {
    let mut repair = Repair {
        root,
        web,
        limit,
        watch,
        failures: Vec::new(),
    };
    repair.mend(connection, problems)?;
    Ok(repair.failures)
}

/// A repair that is going on.
struct Repair<'a> {
    root: &'a Root,
    web: &'a Web,
    limit: Duration,
    watch: &'a dyn Watch,
    failures: Vec<String>,
}

impl Repair<'_> {
    /// Notes what went wrong with one thing, so that the others can go on; only whoever cancels stops it all.
    fn note(&mut self, done: Result<(), Error>) -> Result<(), Error> {
        match done {
            Err(Error::Cancelled) => Err(Error::Cancelled),
            Err(error) => {
                let failure = error.to_string();
                self.watch.log(&failure);
                self.failures.push(failure);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn mend(&mut self, connection: &mut Connection, problems: &[Damage]) -> Result<(), Error> {
        let (mut files, mut states, mut links) = (HashSet::new(), BTreeSet::new(), false);
        for problem in problems {
            match problem {
                Damage::Content { file, .. } => drop(files.insert(file.clone())),
                Damage::Path { state, .. } | Damage::State { state, .. } => drop(states.insert(*state)),
                Damage::Link { .. } => links = true,
                Damage::Leftover { .. } => {}
            }
        }
        if links {
            let linked = state::link(self.root);
            self.note(linked)?;
        }
        let known = ledger::contents(connection)?;
        let damaged: HashSet<Key> = known.into_keys().filter(|key| files.contains(&key.path())).collect();
        if !damaged.is_empty() {
            self.bring(connection, &damaged, &mut states)?;
        }
        store::mark(self.root)?;
        let swept = store::sweep(self.root, &|| ledger::contents(connection));
        self.note(swept)?;
        for id in states {
            let remade = self.remake(connection, id, &damaged);
            self.note(remade)?;
        }
        if !damaged.is_empty() {
            let gone = prune::unheld(self.root, connection, &damaged);
            self.note(gone)?;
        }
        Ok(())
    }

    /// Brings the packages again that have damaged contents, and adds the states to `states` that have such packages or
    /// whose triggers made such a content: their trees hold the damaged files, too.
    fn bring(
        &mut self,
        connection: &mut Connection,
        damaged: &HashSet<Key>,
        states: &mut BTreeSet<u64>,
    ) -> Result<(), Error> {
        ledger::forget_triggers(connection, damaged)?;
        let broken = |item: &Item| item.key().is_some_and(|key| damaged.contains(&key));
        let mut packages: BTreeMap<String, Selected> = BTreeMap::new();
        for state in state::list(connection)? {
            let made = ledger::generated(connection, state.id)?;
            if made.iter().any(|made| made.item.as_ref().is_some_and(broken)) {
                states.insert(state.id);
            }
            let (held, _) = ledger::state(self.root, connection, state.id)?;
            let hashes: HashSet<&str> = held
                .iter()
                .filter(|package| package.items.iter().any(broken))
                .map(|package| package.hash.as_str())
                .collect();
            if hashes.is_empty() {
                continue;
            }
            states.insert(state.id);
            for package in present::selected(self.root, connection, state.id)? {
                if hashes.contains(package.hash.as_str()) {
                    packages.insert(package.hash.clone(), package);
                }
            }
        }
        // One by one: two releases of a package would be refused together.
        for package in packages.into_values() {
            let brought = again(self.root, connection, self.web, vec![package], damaged, self.watch);
            self.note(brought)?;
        }
        Ok(())
    }

    /// Makes a state's tree again and puts it in the place of the damaged one. A trigger that made something damaged is
    /// run again; where that fails, the tree is at least made with all that is there.
    fn remake(&mut self, connection: &mut Connection, id: u64, damaged: &HashSet<Key>) -> Result<(), Error> {
        let (packages, tree) = ledger::state(self.root, connection, id)?;
        let mut generated = ledger::generated(connection, id)?;
        let key = |made: &Generated| made.item.as_ref().and_then(Item::key);
        let lost = |made: &Generated| key(made).is_some_and(|key| damaged.contains(&key));
        if generated.iter().any(lost) {
            let made = self.run_triggers(connection, id, &packages, &tree);
            if made.is_ok() {
                return Ok(());
            }
            self.note(made)?;
            let store = store::directory(self.root)?;
            generated.retain(|made| key(made).is_none_or(|key| store::read(&store, &key).is_ok()));
        }
        let staging = self.composed(id, &packages, &tree)?;
        compose::generated(self.root, &staging.usr(), &generated)?;
        self.place(connection, id, staging, &tree)
    }

    /// Makes a state's tree again with what its triggers make of it now, and writes that down.
    fn run_triggers(
        &self,
        connection: &mut Connection,
        id: u64,
        packages: &[Package],
        tree: &Tree,
    ) -> Result<(), Error> {
        let staging = self.composed(id, packages, tree)?;
        let mut store = None;
        let change = triggers::Change {
            root: self.root,
            connection,
            usr: &staging.usr(),
            tree,
            packages,
            from: Some(id),
            surroundings: triggers::Surroundings::Root,
            date: 0,
            limit: self.limit,
            watch: self.watch,
        };
        let ran = triggers::transaction(&change, &mut store)?;
        self.root.sync()?;
        let transaction = connection.transaction()?;
        ledger::clear_triggers(&transaction, id)?;
        if let Some(store) = &store {
            ledger::record(&transaction, &[], store)?;
        }
        ledger::record_triggers(&transaction, id, &ran.runs, &ran.generated)?;
        transaction.commit()?;
        if let Some(store) = store {
            store.finish();
        }
        self.place(connection, id, staging, tree)
    }

    /// The tree of a state's packages, beside the damaged one.
    fn composed(&self, id: u64, packages: &[Package], tree: &Tree) -> Result<Staging, Error> {
        let meter = Meter::begin(self.watch, Phase::Compose, 0, tree.leaves());
        let staging = Staging::half_done(self.root, id)?;
        compose::compose(self.root, &staging.usr(), tree, packages, &meter)?;
        meter.end();
        Ok(staging)
    }

    /// Puts a tree that was made again in the place of the damaged one.
    fn place(&self, connection: &Connection, id: u64, staging: Staging, tree: &Tree) -> Result<(), Error> {
        let root = self.root;
        let old = usr(root, &state::one(connection, id)?);
        let kept = std::fs::read_to_string(old.join(state::MODEL)).unwrap_or_default();
        let number = format!("{id}\n");
        compose::own(&staging.usr(), tree, &[(state::NUMBER, &number), (state::MODEL, &kept)])?;
        root.sync()?;
        let failed = |error: Errno| Error::io("putting a repaired state in its place", &old, error);
        if old.exists() {
            let flags = rustix::fs::RenameFlags::EXCHANGE;
            rustix::fs::renameat_with(rustix::fs::CWD, staging.usr(), rustix::fs::CWD, &old, flags).map_err(failed)?;
        } else {
            if let Some(parent) = old.parent() {
                std::fs::create_dir_all(parent).map_err(|error| Error::io("repairing a state", parent, error))?;
            }
            std::fs::rename(staging.usr(), &old).map_err(|error| Error::io("repairing a state", &old, error))?;
        }
        root.sync()?;
        drop(staging);
        spare::clear(root)
    }
}
