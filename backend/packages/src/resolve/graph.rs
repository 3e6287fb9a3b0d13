//! Who needs whom among packages that are there together.

use std::collections::{BTreeSet, HashMap, VecDeque};

use moult_stone::Provider;
use resolvo::SolvableId;

use super::universe::{Universe, What};
use crate::error::Error;

/// The needs of a set of packages. Packages are numbered as in the list that the graph was made from.
pub(crate) struct Graph {
    /// Of each package: what it needs from others, and every package of the set that gives it. What it gives itself
    /// and what nothing in the set gives is left out.
    needs: Vec<Vec<(Provider, Vec<usize>)>>,
}

impl Graph {
    pub(crate) fn of(universe: &Universe<'_>, packages: &[SolvableId]) -> Result<Graph, Error> {
        let numbers: HashMap<SolvableId, usize> = packages.iter().copied().zip(0..).collect();
        let mut needs = Vec::with_capacity(packages.len());
        for (at, package) in packages.iter().enumerate() {
            let mut own = Vec::new();
            for need in &universe.relations(*package)?.0 {
                let giving = universe.giving(&What::Need(need.clone()))?;
                let mut givers: Vec<usize> = giving.iter().filter_map(|one| numbers.get(one).copied()).collect();
                if !givers.is_empty() && !givers.contains(&at) {
                    givers.sort_unstable();
                    own.push((need.clone(), givers));
                }
            }
            needs.push(own);
        }
        Ok(Graph { needs })
    }

    /// What a package needs from others, each with all that give it.
    pub(crate) fn needs(&self, package: usize) -> &[(Provider, Vec<usize>)] {
        self.needs.get(package).map_or(&[], Vec::as_slice)
    }

    /// Everything that cannot be without these: they, and whatever then lacks something that it has now.
    ///
    /// A need is lost with the last package that gives it, so packages that need each other in a circle are right, too.
    pub(crate) fn leaving(&self, gone: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        // How many still give each need, and which needs each package gives.
        let mut left: Vec<usize> = Vec::new();
        let mut gives: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.needs.len()];
        for (package, needs) in self.needs.iter().enumerate() {
            for (_, givers) in needs {
                for giver in givers {
                    if let Some(gives) = gives.get_mut(*giver) {
                        gives.push((left.len(), package));
                    }
                }
                left.push(givers.len());
            }
        }
        let mut leaving = BTreeSet::new();
        let mut queue: Vec<usize> = gone.into_iter().collect();
        while let Some(package) = queue.pop() {
            if !leaving.insert(package) {
                continue;
            }
            for (need, user) in gives.get(package).into_iter().flatten() {
                if let Some(left) = left.get_mut(*need) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        queue.push(*user);
                    }
                }
            }
        }
        leaving
    }

    /// Which packages are among the roots or needed by one of them, over any number of steps, without those that are
    /// gone. Of several that give the same, each counts as needed.
    pub(crate) fn needed(&self, roots: impl IntoIterator<Item = usize>, gone: &BTreeSet<usize>) -> Vec<bool> {
        let mut needed = vec![false; self.needs.len()];
        let mut queue: Vec<usize> = roots.into_iter().collect();
        while let Some(package) = queue.pop() {
            match needed.get_mut(package) {
                Some(known) if !*known && !gone.contains(&package) => *known = true,
                _ => continue,
            }
            queue.extend(self.needs(package).iter().flat_map(|(_, givers)| givers).copied());
        }
        needed
    }

    /// For each package the shortest way to `target`: the next package on it, and what is needed of that. None for
    /// `target` itself and for what does not need it.
    pub(crate) fn ways_to(&self, target: usize) -> Vec<Option<(usize, Provider)>> {
        let mut users: Vec<Vec<(usize, &Provider)>> = vec![Vec::new(); self.needs.len()];
        for (package, needs) in self.needs.iter().enumerate() {
            for (need, givers) in needs {
                for giver in givers {
                    if let Some(users) = users.get_mut(*giver) {
                        users.push((package, need));
                    }
                }
            }
        }
        let mut ways: Vec<Option<(usize, Provider)>> = vec![None; self.needs.len()];
        let mut queue = VecDeque::from([target]);
        while let Some(package) = queue.pop_front() {
            for (user, need) in users.get(package).into_iter().flatten() {
                match ways.get_mut(*user) {
                    Some(way @ None) if *user != target => *way = Some((package, (*need).clone())),
                    _ => continue,
                }
                queue.push_back(*user);
            }
        }
        ways
    }
}
