//! A change from its packages to the swap: fetch, store, compose, triggers, make durable, swap, archive.
//!
//! Everything before the swap can be given up at no cost: what was added is taken away again, and the old state is as it
//! was. After the swap nothing can be given up; what then fails is repaired by the next start.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::Engine;
use super::prepare::{Prepared, Wanted, prepare};
use super::staging::Staging;
use crate::boot::Coming;
use crate::compose;
use crate::error::Error;
use crate::fetch;
use crate::ledger;
use crate::model::Model;
use crate::plan::Plan;
use crate::selection::Selection;
use crate::spare;
use crate::state;
use crate::triggers;
use crate::watch::{Meter, Phase, Watch};

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
        let done = self.change(
            &plan.selection,
            &plan.summary,
            plan.model.as_ref(),
            plan.content_bytes,
            watch,
        );
        fetch::unless_paused(&self.root, done, watch)
    }

    /// Makes a state of exactly the selected packages, and makes it `/usr`; otherwise as [`apply`](Self::apply).
    pub fn install(&mut self, selection: &Selection, summary: &str, watch: &dyn Watch) -> Result<Installed, Error> {
        let _lock = self.begin()?;
        let done = self.change(selection, summary, None, None, watch);
        fetch::unless_paused(&self.root, done, watch)
    }

    /// The lock is held.
    fn change(
        &mut self,
        selection: &Selection,
        summary: &str,
        base: Option<&Model>,
        content_bytes: Option<u64>,
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
        self.foresee_menu(selection, watch)?;
        let none = HashSet::new();
        let wanted = Wanted {
            selection,
            damaged: &none,
            content_bytes,
        };
        let mut prepared = prepare(&self.root, &self.connection, &self.web, &wanted, watch, &mut timings)?;
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
        self.check_menu(Coming::Tree(id, staging.path()))?;
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
