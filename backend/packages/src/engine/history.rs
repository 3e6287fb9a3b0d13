//! The states of a root: what they are, how they differ, going back and forth between them, and letting go of old ones.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rusqlite::params;

use crate::boot::Coming;
use crate::error::{Error, shown_state};
use crate::plan::{ChangeKind, PackageChange};
use crate::present;
use crate::prune::{self, Pruned};
use crate::selection::Selected;
use crate::spare;
use crate::state::{self, State, Status};
use crate::triggers;
use crate::verify::{self, Verified};
use crate::watch::{Meter, Phase, Watch};

use super::Engine;

/// Everything about one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDetails {
    /// What the list says of it.
    pub state: State,
    /// Its packages, sorted by name.
    pub packages: Vec<Selected>,
    /// Bytes of content that only this state holds: what removing it gives back, 0 for the active one.
    pub frees: u64,
}

/// How two states differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// From this state.
    pub from: u64,
    /// To this one.
    pub to: u64,
    /// Packages, sorted by name.
    pub packages: Vec<PackageChange>,
}

/// What [`Engine::activate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activated {
    /// The state that is `/usr` now.
    pub state: u64,
    /// The state that was.
    pub before: Option<u64>,
    /// From the call to the state being in place and durable.
    pub took: Duration,
    /// What went wrong after the swap without harm to the state. Each is for people.
    pub warnings: Vec<String>,
}

impl Engine {
    /// All states, the oldest first.
    pub fn states(&self) -> Result<Vec<State>, Error> {
        state::list(&self.connection)
    }

    /// The state that is `/usr`; None on a root without any.
    pub fn active(&self) -> Result<Option<u64>, Error> {
        state::active(&self.connection)
    }

    /// One state with its packages.
    pub fn state(&self, id: u64) -> Result<StateDetails, Error> {
        let state = state::one(&self.connection, id)?;
        let frees = match state.status {
            Status::Active => 0,
            _ => prune::frees(&self.connection, &[id])?,
        };
        Ok(StateDetails {
            state,
            packages: present::selected(&self.root, &self.connection, id)?,
            frees,
        })
    }

    /// The packages in which two states differ.
    pub fn diff(&self, from: u64, to: u64) -> Result<Difference, Error> {
        state::one(&self.connection, from)?;
        state::one(&self.connection, to)?;
        let old = present::selected(&self.root, &self.connection, from)?;
        let new = present::selected(&self.root, &self.connection, to)?;
        Ok(Difference {
            from,
            to,
            packages: changes(&old, &new),
        })
    }

    /// Gives a state a name for people; an empty one takes it away.
    pub fn name_state(&mut self, id: u64, name: &str) -> Result<(), Error> {
        let _lock = self.begin_on_full()?;
        state::one(&self.connection, id)?;
        let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        self.connection.execute(
            "UPDATE states SET name = ?2 WHERE id = ?1",
            params![state::signed(id), name.trim()],
        )?;
        Ok(())
    }

    /// Keeps a state from being pruned, or lets go of it again.
    pub fn pin_state(&mut self, id: u64, pinned: bool) -> Result<(), Error> {
        let _lock = self.begin_on_full()?;
        state::one(&self.connection, id)?;
        self.connection.execute(
            "UPDATE states SET pinned = ?2 WHERE id = ?1",
            params![state::signed(id), pinned],
        )?;
        Ok(())
    }

    /// Puts another state in the place of `/usr`: back or forth, in one step, whatever its size. The state that was
    /// active stays as it is. Nothing is copied.
    ///
    /// On any failure but [`Error::AfterSwap`] the active state is the one that was.
    pub fn activate(&mut self, id: u64, watch: &dyn Watch) -> Result<Activated, Error> {
        self.activate_if(id, None, watch)
    }

    /// The same, if `from` is the active state. Nothing comes between that look and the swap: both are under the lock.
    ///
    /// # Errors
    /// [`Error::Overtaken`] if another one is; and those of [`activate`](Self::activate).
    pub fn activate_from(&mut self, id: u64, from: u64, watch: &dyn Watch) -> Result<Activated, Error> {
        self.activate_if(id, Some(from), watch)
    }

    fn activate_if(&mut self, id: u64, from: Option<u64>, watch: &dyn Watch) -> Result<Activated, Error> {
        let begun = Instant::now();
        let _lock = self.begin_on_full()?;
        let before = state::active(&self.connection)?;
        if from.is_some() && before != from {
            let what = format!("the system, of which {} is active,", shown_state(before));
            return Err(Error::Overtaken { what });
        }
        let target = state::one(&self.connection, id)?;
        let meter = Meter::begin(watch, Phase::Activate, 0, 1);
        if target.status == Status::Active {
            meter.end();
            return Ok(Activated {
                state: id,
                before,
                took: begun.elapsed(),
                warnings: Vec::new(),
            });
        }
        state::check_root(&self.root)?;
        let found = state::number(&self.root.own("states").join(id.to_string()).join("usr"));
        if found != Some(id) {
            let reason = match found {
                Some(found) => format!("its folder holds state {found}"),
                None => "its tree is not there".to_owned(),
            };
            return Err(Error::DamagedState { state: id, reason });
        }
        meter.check()?;
        self.check_menu(Coming::Tree(id, &self.root.own("states").join(id.to_string())))?;
        state::link(&self.root)?;
        state::swap(&self.root, id)?;
        let settled = state::settle(&self.root, id).and_then(|()| state::activated(&mut self.connection, id));
        settled.map_err(|source| Error::AfterSwap {
            state: id,
            source: Box::new(source),
        })?;
        meter.items(1, "");
        meter.end();
        let took = begun.elapsed();
        let limit = self.trigger_limit;
        let mut warnings = triggers::system(&self.root, &self.connection, id, before, limit, watch);
        warnings.extend(self.hand_over(watch));
        Ok(Activated {
            state: id,
            before,
            took,
            warnings,
        })
    }

    /// Looks at the store and at every state: contents by their BLAKE3, trees against what was written down. With
    /// `repair`, damaged contents are fetched again, triggers make again what they made, and damaged trees are made
    /// again. One damage that cannot be repaired keeps no other from being repaired: [`Verified::failures`] says why.
    pub fn verify(&mut self, repair: bool, watch: &dyn Watch) -> Result<Verified, Error> {
        let _lock = self.begin()?;
        let limit = self.trigger_limit;
        verify::verify(&self.root, &mut self.connection, &self.web, repair, limit, watch)
    }

    /// Removes old states: all but the newest `keep`, the active one and those that are pinned. What no other state
    /// needs leaves the store with them, and what nothing ever used.
    pub fn prune(&mut self, keep: usize, watch: &dyn Watch) -> Result<Pruned, Error> {
        let _lock = self.begin_on_full()?;
        let doomed = prune::doomed(&state::list(&self.connection)?, keep);
        self.let_go(&doomed, watch)
    }

    /// What [`prune`](Self::prune) would remove, and the bytes that it would give back.
    pub fn prunable(&self, keep: usize) -> Result<Pruned, Error> {
        let states = prune::doomed(&state::list(&self.connection)?, keep);
        let bytes = prune::frees(&self.connection, &states)?;
        Ok(Pruned {
            states,
            bytes,
            ..Pruned::default()
        })
    }

    /// Whether these states can all be removed.
    ///
    /// # Errors
    /// [`Error::UnknownState`], [`Error::StateActive`] or [`Error::StatePinned`] for the first one that cannot.
    pub fn check_removable(&self, states: &[u64]) -> Result<(), Error> {
        for id in states {
            let state = state::one(&self.connection, *id)?;
            if state.status != Status::Archived {
                return Err(Error::StateActive(*id));
            }
            if state.pinned {
                return Err(Error::StatePinned(*id));
            }
        }
        Ok(())
    }

    /// Removes these states, or none if one of them cannot be ([`check_removable`](Self::check_removable)). What no
    /// other state needs leaves the store with them.
    pub fn remove_states(&mut self, states: &[u64], watch: &dyn Watch) -> Result<Pruned, Error> {
        let _lock = self.begin_on_full()?;
        self.check_removable(states)?;
        self.let_go(states, watch)
    }

    /// Prepares the next change in idle time: a copy of the active tree that the change then only has to alter.
    pub fn prepare_spare(&mut self, watch: &dyn Watch) -> Result<(), Error> {
        let _lock = self.begin()?;
        let meter = Meter::begin(watch, Phase::Compose, 0, 0);
        spare::make(&self.root, &self.connection, &meter)?;
        meter.end();
        Ok(())
    }

    /// The lock is held. The entries leave the menu first: none may lead to a tree that is half gone.
    fn let_go(&mut self, doomed: &[u64], watch: &dyn Watch) -> Result<Pruned, Error> {
        let mut warnings = Vec::new();
        if let Some(boot) = self.boot.as_ref().filter(|_| !doomed.is_empty()) {
            let mut staying = state::list(&self.connection)?;
            staying.retain(|state| !doomed.contains(&state.id));
            let told = boot.states_leave(self.root.path(), &staying, watch);
            warnings = told.map_err(Error::Boot)?;
        }
        let mut pruned = prune::remove(&self.root, &mut self.connection, doomed, watch)?;
        warnings.append(&mut pruned.warnings);
        pruned.warnings = warnings;
        Ok(pruned)
    }
}

/// Longest name of a state, characters.
const LONGEST_NAME: usize = 120;

/// How one list of packages becomes the other; both are sorted by name.
pub(crate) fn changes(old: &[Selected], new: &[Selected]) -> Vec<PackageChange> {
    let mut pairs: BTreeMap<&str, (Option<&Selected>, Option<&Selected>)> = BTreeMap::new();
    for package in old {
        pairs.entry(&package.name).or_default().0 = Some(package);
    }
    for package in new {
        pairs.entry(&package.name).or_default().1 = Some(package);
    }
    let release = |package: &Selected| (package.source_release, package.build_release);
    let kind = |old: Option<&Selected>, new: Option<&Selected>| match (old, new) {
        (None, _) => Some(ChangeKind::Install),
        (_, None) => Some(ChangeKind::Remove),
        (Some(old), Some(new)) if release(old) < release(new) => Some(ChangeKind::Upgrade),
        (Some(old), Some(new)) if release(old) > release(new) => Some(ChangeKind::Downgrade),
        (Some(old), Some(new)) if old.hash != new.hash => Some(ChangeKind::Reinstall),
        (Some(old), Some(new)) if old.explicit != new.explicit => Some(ChangeKind::Mark),
        _ => None,
    };
    let change = |(name, (old, new)): (&str, (Option<&Selected>, Option<&Selected>))| {
        Some(PackageChange {
            name: name.to_owned(),
            kind: kind(old, new)?,
            old: old.cloned(),
            new: new.cloned(),
        })
    };
    pairs.into_iter().filter_map(change).collect()
}
