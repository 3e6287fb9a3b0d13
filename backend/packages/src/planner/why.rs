//! Why a package is there.

use moult_stone::Provider;

use super::Planner;
use crate::error::Error;
use crate::plan::{Dependent, Link, Refusal, Why};
use crate::resolve::Graph;

/// More ways to one package help nobody.
const MOST_CHAINS: usize = 64;

impl Planner<'_> {
    /// Why an installed package is there.
    pub(crate) fn why(&self, name: &str) -> Result<Why, Error> {
        let number = self.find(&[name.to_owned()])?.into_iter().next().unwrap_or_default();
        let present = self.installed.get(number);
        let present = present.ok_or_else(|| Error::Refused(Refusal::NotInstalled(name.to_owned())))?;
        let (universe, all) = self.here()?;
        let graph = Graph::of(&universe, &all)?;
        let ways = graph.ways_to(number);
        let mut chains = Vec::new();
        for (from, present) in self
            .installed
            .iter()
            .enumerate()
            .filter(|(_, one)| one.selected.explicit)
        {
            let mut chain = Vec::new();
            let mut at = from;
            while let Some(Some((next, needs))) = ways.get(at) {
                chain.push(Link {
                    package: self.name(at).to_owned(),
                    needs: needs.clone(),
                });
                at = *next;
            }
            if !chain.is_empty() {
                chains.push((chain.len(), present.selected.name.clone(), chain));
            }
        }
        chains.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        let mut dependents = Vec::new();
        for user in 0..self.installed.len() {
            let mine = graph.needs(user).iter().filter(|(_, givers)| givers.contains(&number));
            let mine: Vec<&(Provider, Vec<usize>)> = mine.collect();
            if !mine.is_empty() {
                dependents.push(Dependent {
                    package: self.name(user).to_owned(),
                    needs: mine.iter().map(|(need, _)| need.clone()).collect(),
                    replaceable: mine.iter().all(|(_, givers)| givers.len() > 1),
                });
            }
        }
        Ok(Why {
            package: present.selected.clone(),
            held: self.held.contains(name),
            chains: chains.into_iter().take(MOST_CHAINS).map(|(.., chain)| chain).collect(),
            dependents,
        })
    }
}
