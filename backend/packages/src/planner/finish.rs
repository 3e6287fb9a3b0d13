//! From the chosen packages to the plan: what nobody needs, what differs, what must be downloaded.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use rusqlite::OptionalExtension;

use super::{Outcome, Planner};
use crate::error::Error;
use crate::plan::{ChangeKind, PackageChange, Plan, Refusal};
use crate::request::Orphans;
use crate::resolve::{Graph, Universe};
use crate::selection::{Selected, Selection};

impl Planner<'_> {
    /// Drops what nobody needs, and compares with the active state.
    pub(super) fn finish(&self, universe: &Universe<'_>, outcome: Outcome) -> Result<Plan, Error> {
        let Outcome { chosen, explicit, .. } = &outcome;
        let names: Vec<String> = chosen.iter().map(|one| universe.offer(*one).name.clone()).collect();
        let graph = Graph::of(universe, chosen)?;
        let numbers = |which: &dyn Fn(usize, &String) -> bool| -> Vec<usize> {
            let found = names.iter().enumerate().filter(|(number, name)| which(*number, name));
            found.map(|(number, _)| number).collect()
        };
        let roots = numbers(&|_, name| explicit.contains(name) || self.held.contains(name));
        let needed = graph.needed(roots.iter().copied(), &BTreeSet::new());
        let unneeded = |number: usize| !needed.get(number).copied().unwrap_or_default();
        // What the solver took along without need goes; what was there stays if it may.
        let spared = numbers(&|number, name| {
            unneeded(number) && outcome.orphans == Orphans::Keep && self.hash_of(name).is_some()
        });
        let stays = graph.needed(roots.into_iter().chain(spared), &BTreeSet::new());
        let mut packages = Vec::with_capacity(chosen.len());
        let mut orphans = Vec::new();
        for (number, candidate) in chosen.iter().enumerate() {
            let Some(name) = names.get(number).filter(|_| stays.get(number) == Some(&true)) else {
                continue;
            };
            if unneeded(number) {
                orphans.push(name.clone());
            }
            packages.push(
                self.local
                    .selected(&universe.offer(*candidate), explicit.contains(name))?,
            );
        }
        if packages.is_empty() {
            return Err(Error::Refused(Refusal::NothingLeft));
        }
        packages.sort_by(|one, other| one.name.cmp(&other.name));
        orphans.sort();
        let selection = Selection {
            packages,
            took: Duration::ZERO,
        };
        let packages = self.changes(&selection, &outcome.again);
        let download_bytes = self.download_bytes(&selection, &outcome.again)?;
        Ok(Plan {
            from: self.from,
            summary: outcome.summary,
            selection: Selection {
                took: self.begun.elapsed(),
                ..selection
            },
            packages,
            orphans,
            kept_back: outcome.kept_back,
            download_bytes,
            content_bytes: None,
            model: None,
        })
    }

    fn changes(&self, selection: &Selection, again: &HashSet<String>) -> Vec<PackageChange> {
        let mut old: HashMap<&str, &Selected> = HashMap::new();
        old.extend(
            self.installed
                .iter()
                .map(|present| (present.selected.name.as_str(), &present.selected)),
        );
        let mut changes = Vec::new();
        for new in &selection.packages {
            let old = old.remove(new.name.as_str());
            let kind = match old {
                None => ChangeKind::Install,
                Some(old) if old.hash == new.hash => match (again.contains(&new.hash), old.explicit == new.explicit) {
                    (true, _) => ChangeKind::Reinstall,
                    (false, true) => continue,
                    (false, false) => ChangeKind::Mark,
                },
                Some(old) => {
                    let release = |one: &Selected| (one.source_release, one.build_release);
                    match release(new).cmp(&release(old)) {
                        std::cmp::Ordering::Greater => ChangeKind::Upgrade,
                        std::cmp::Ordering::Less => ChangeKind::Downgrade,
                        std::cmp::Ordering::Equal => ChangeKind::Reinstall,
                    }
                }
            };
            changes.push(PackageChange {
                name: new.name.clone(),
                kind,
                old: old.cloned(),
                new: Some(new.clone()),
            });
        }
        changes.extend(old.into_values().map(|old| PackageChange {
            name: old.name.clone(),
            kind: ChangeKind::Remove,
            old: Some(old.clone()),
            new: None,
        }));
        changes.sort_by(|one, other| one.name.cmp(&other.name));
        changes
    }

    fn download_bytes(&self, selection: &Selection, again: &HashSet<String>) -> Result<u64, Error> {
        let mut unpacked = self
            .connection
            .prepare_cached("SELECT 1 FROM unpacked WHERE hash = ?1")?;
        let mut bytes = 0u64;
        for package in &selection.packages {
            if package.url.scheme() == "file" {
                continue;
            }
            let stored = unpacked.query_row([&package.hash], |_| Ok(())).optional()?.is_some();
            let missing = || {
                !self
                    .root
                    .own("downloads")
                    .join(format!("{}.stone", package.hash))
                    .is_file()
            };
            if (!stored || again.contains(&package.hash)) && missing() {
                bytes = bytes.saturating_add(package.size);
            }
        }
        Ok(bytes)
    }
}
