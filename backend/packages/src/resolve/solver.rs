//! A [`Universe`] as resolvo wants it.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::hash::Hash;

use resolvo::{
    Candidates, Condition, ConditionId, ConditionalRequirement, Dependencies, DependencyProvider, Interner,
    KnownDependencies, NameId, Requirement, SolvableId, Solver, SolverCache, StringId, UnsolvableOrCancelled,
    VersionSetId, VersionSetUnionId,
};

use super::universe::{Universe, What};
use crate::error::Error;

/// Packages that together are and have everything required, sorted by name; None if there are none.
pub(crate) fn solve(universe: &Universe<'_>, required: &[What]) -> Result<Option<Vec<SolvableId>>, Error> {
    let view = View {
        universe,
        names: RefCell::default(),
        whats: RefCell::default(),
        sets: RefCell::default(),
        unions: RefCell::default(),
        failed: Cell::new(false),
        failure: RefCell::new(None),
    };
    let mut requirements = Vec::with_capacity(required.len());
    for one in required {
        requirements.push(ConditionalRequirement::from(view.requirement(one)?));
    }
    let mut solver = Solver::new(view);
    match solver.solve(resolvo::Problem::new().requirements(requirements)) {
        Ok(mut chosen) => {
            chosen.sort_by_cached_key(|candidate| universe.offer(*candidate).name.clone());
            Ok(Some(chosen))
        }
        Err(UnsolvableOrCancelled::Unsolvable(_)) => Ok(None),
        Err(UnsolvableOrCancelled::Cancelled(_)) => Err(solver.provider().failure.take().unwrap_or(Error::Cancelled)),
    }
}

/// What resolvo calls a version set: of the packages with one name, those that do or do not give something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Set {
    name: NameId,
    /// Its number in [`View::whats`].
    what: u32,
    given: bool,
}

struct View<'u, 'c> {
    universe: &'u Universe<'c>,
    names: RefCell<Table<String>>,
    whats: RefCell<Table<What>>,
    sets: RefCell<Table<Set>>,
    unions: RefCell<Vec<Vec<VersionSetId>>>,
    failed: Cell<bool>,
    failure: RefCell<Option<Error>>,
}

impl View<'_, '_> {
    fn name(&self, name: &str) -> NameId {
        NameId::from_raw(self.names.borrow_mut().number(name))
    }

    fn set(&self, name: NameId, what: u32, given: bool) -> VersionSetId {
        VersionSetId(self.sets.borrow_mut().number(&Set { name, what, given }))
    }

    fn requirement(&self, what: &What) -> Result<Requirement, Error> {
        let number = self.whats.borrow_mut().number(what);
        let sets: Vec<VersionSetId> = self
            .names_giving(what, None)?
            .into_iter()
            .map(|name| self.set(name, number, true))
            .collect();
        Ok(match sets.as_slice() {
            // No package has such a name: the set is empty, and the solver finds that out.
            [] => self.set(self.name(&format!("\0{what}")), number, true).into(),
            [one] => (*one).into(),
            _ => {
                let mut unions = self.unions.borrow_mut();
                unions.push(sets);
                VersionSetUnionId((unions.len() - 1) as u32).into()
            }
        })
    }

    /// The names of the packages that give this, in the order of their best, without one.
    fn names_giving(&self, what: &What, without: Option<&str>) -> Result<Vec<NameId>, Error> {
        let mut seen = HashSet::new();
        let mut names = Vec::new();
        for candidate in self.universe.giving(what)?.iter() {
            let offer = self.universe.offer(*candidate);
            let name = self.name(&offer.name);
            if without != Some(&offer.name) && seen.insert(name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn dependencies(&self, candidate: SolvableId) -> Result<KnownDependencies, Error> {
        let relations = self.universe.relations(candidate)?;
        let (needs, refuses) = &*relations;
        let mut known = KnownDependencies::default();
        for what in needs {
            // What a package brings itself it does not need from another.
            let what = What::Need(what.clone());
            if !self.universe.giving(&what)?.contains(&candidate) {
                known.requirements.push(self.requirement(&what)?.into());
            }
        }
        // A package may give what it refuses ("only one of these"): it never refuses itself.
        let own = self.universe.offer(candidate).name.clone();
        for what in refuses {
            let what = What::Need(what.clone());
            let names = self.names_giving(&what, Some(&own))?;
            let number = self.whats.borrow_mut().number(&what);
            known
                .constrains
                .extend(names.into_iter().map(|name| self.set(name, number, false)));
        }
        Ok(known)
    }

    /// Remembers a failure of the database, which makes the solver stop at its next step.
    fn note<T: Default>(&self, result: Result<T, Error>) -> T {
        result.unwrap_or_else(|error| {
            self.failed.set(true);
            self.failure.borrow_mut().get_or_insert(error);
            T::default()
        })
    }
}

impl Interner for View<'_, '_> {
    type NameId = NameId;
    type SolvableId = SolvableId;

    fn display_solvable(&self, solvable: SolvableId) -> impl Display + '_ {
        let offer = self.universe.offer(solvable);
        format!("{} {}-{}", offer.name, offer.version, offer.source_release)
    }

    fn display_name(&self, name: NameId) -> impl Display + '_ {
        self.names.borrow().get(name.into_raw()).cloned().unwrap_or_default()
    }

    fn display_version_set(&self, set: VersionSetId) -> impl Display + '_ {
        let what = self.sets.borrow().get(set.0).map(|set| set.what);
        let whats = self.whats.borrow();
        what.and_then(|what| whats.get(what))
            .map(What::to_string)
            .unwrap_or_default()
    }

    fn display_string(&self, _: StringId) -> impl Display + '_ {
        ""
    }

    fn version_set_name(&self, set: VersionSetId) -> NameId {
        self.sets
            .borrow()
            .get(set.0)
            .map_or(NameId::from_raw(0), |set| set.name)
    }

    fn solvable_name(&self, solvable: SolvableId) -> NameId {
        self.name(&self.universe.offer(solvable).name)
    }

    fn version_sets_in_union(&self, union: VersionSetUnionId) -> impl Iterator<Item = VersionSetId> {
        self.unions
            .borrow()
            .get(union.0 as usize)
            .cloned()
            .unwrap_or_default()
            .into_iter()
    }

    fn resolve_condition(&self, _: ConditionId) -> Condition {
        // No requirement of ours has a condition; nobody asks.
        Condition::Requirement(VersionSetId(0))
    }
}

impl DependencyProvider for View<'_, '_> {
    async fn filter_candidates(&self, candidates: &[SolvableId], set: VersionSetId, inverse: bool) -> Vec<SolvableId> {
        let Some(set) = self.sets.borrow().get(set.0).copied() else {
            return Vec::new();
        };
        let Some(what) = self.whats.borrow().get(set.what).cloned() else {
            return Vec::new();
        };
        let giving = self.note(self.universe.giving(&what));
        let fits = |candidate: &SolvableId| (giving.contains(candidate) == set.given) != inverse;
        candidates.iter().copied().filter(fits).collect()
    }

    async fn get_candidates(&self, name: NameId) -> Option<Candidates<SolvableId>> {
        let name = self.names.borrow().get(name.into_raw()).cloned()?;
        let candidates = self.note(self.universe.named(&name)).to_vec();
        Some(Candidates {
            candidates,
            ..Candidates::default()
        })
    }

    async fn sort_candidates(&self, _: &SolverCache<Self>, solvables: &mut [SolvableId]) {
        if solvables.len() > 1 {
            solvables.sort_by(|one, other| self.universe.prefer(None, *one, *other));
        }
    }

    async fn get_dependencies(&self, solvable: SolvableId) -> Dependencies {
        Dependencies::Known(self.note(self.dependencies(solvable)))
    }

    fn should_cancel_with_value(&self) -> Option<Box<dyn Any>> {
        (self.failed.get() || self.universe.cancelled()).then(|| Box::new(()) as Box<dyn Any>)
    }
}

/// Values and their numbers.
struct Table<T> {
    values: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table {
            values: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Table<T> {
    fn number<Q>(&mut self, value: &Q) -> u32
    where
        T: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = T> + ?Sized,
    {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        let number = self.values.len() as u32;
        self.values.push(value.to_owned());
        self.numbers.insert(value.to_owned(), number);
        number
    }

    fn get(&self, number: u32) -> Option<&T> {
        self.values.get(number as usize)
    }
}
