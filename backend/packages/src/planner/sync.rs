//! An update, and what it leaves behind.

use std::collections::{BTreeSet, HashMap, HashSet};

use resolvo::SolvableId;

use super::{Outcome, Planner, is_held, list};
use crate::error::Error;
use crate::plan::{KeptBack, Plan};
use crate::request::Orphans;
use crate::resolve::{Fresh, Graph, Taste, Universe};

impl Planner<'_> {
    pub(super) fn sync(&self, only: &[String], orphans: Orphans) -> Result<Plan, Error> {
        if self.installed.is_empty() {
            return Err(Error::NothingSelected);
        }
        let fresh = if only.is_empty() {
            Fresh::Everything
        } else {
            let named = self.find(only)?;
            if let Some(held) = only.iter().find(|name| self.held.contains(*name)) {
                return Err(is_held(held, Vec::new()));
            }
            let (here, all) = self.here()?;
            let needed = Graph::of(&here, &all)?.needed(named, &BTreeSet::new());
            let needed = needed.iter().enumerate().filter(|(_, needed)| **needed);
            Fresh::Only(needed.map(|(number, _)| self.name(number).to_owned()).collect())
        };
        let keep = orphans == Orphans::Keep;
        let universe = self.universe(self.taste(fresh.clone()));
        let chosen = self.solve(&universe, &[], keep)?;
        let kept_back = self.kept_back(&universe, &chosen, &fresh, keep)?;
        let summary = if only.is_empty() {
            "Update the system".to_owned()
        } else {
            format!("Update {}", list(only))
        };
        self.finish(
            &universe,
            Outcome {
                chosen,
                explicit: self.chosen_before(),
                orphans,
                again: HashSet::new(),
                summary,
                kept_back,
            },
        )
    }

    /// What stays although the repositories prefer another release, and which holds are to blame.
    fn kept_back(
        &self,
        universe: &Universe<'_>,
        chosen: &[SolvableId],
        fresh: &Fresh,
        keep: bool,
    ) -> Result<Vec<KeptBack>, Error> {
        let free = self.universe(Taste {
            held: HashSet::new(),
            ..self.taste(fresh.clone())
        });
        let mut behind = Vec::new();
        for one in chosen {
            let offer = universe.offer(*one);
            let concerned = universe.taste.fresh(&offer.name) && self.hash_of(&offer.name).is_some();
            let Some(first) = free.named(&offer.name)?.first().copied().filter(|_| concerned) else {
                continue;
            };
            let preferred = free.offer(first);
            if preferred.hash != offer.hash {
                behind.push((offer.name.clone(), preferred));
            }
        }
        if behind.is_empty() {
            return Ok(Vec::new());
        }
        // Without any hold, which of them would move, and which of the held packages with them?
        let mut moving: HashMap<String, String> = HashMap::new();
        if !self.held.is_empty() {
            for one in self.solve(&free, &[], keep)? {
                let offer = free.offer(one);
                moving.insert(offer.name.clone(), offer.hash.clone());
            }
        }
        let moves = |name: &String| {
            moving
                .get(name)
                .is_some_and(|hash| self.hash_of(name) != Some(hash.as_str()))
        };
        let mut in_the_way: Vec<String> = self.held.iter().filter(|name| moves(name)).cloned().collect();
        in_the_way.sort();
        let mut kept = Vec::with_capacity(behind.len());
        for (name, preferred) in behind {
            let held = if self.held.contains(&name) {
                vec![name.clone()]
            } else if moving.get(&name) == Some(&preferred.hash) {
                in_the_way.clone()
            } else {
                Vec::new()
            };
            kept.push(KeptBack {
                preferred: self.local.selected(&preferred, false)?,
                name,
                held,
            });
        }
        Ok(kept)
    }
}
