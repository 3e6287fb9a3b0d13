//! Chooses packages with the resolvo solver.
//!
//! A package name is what resolvo calls a name, and of each name at most one package is chosen. Something needed is a
//! union over all names that have a package giving exactly that. Something refused is a constraint on each such name.
//!
//! Preference, everywhere the same: the repository's priority, then a package that is called what is needed, then the
//! source release, then the build release, then name and checksum. So the same catalogue and the same wishes always
//! give the same selection, in whatever order the wishes come.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Display;
use std::hash::Hash;
use std::rc::Rc;
use std::time::Instant;

use moult_stone::{Kind, Provider};
use resolvo::{
    Candidates, Condition, ConditionId, ConditionalRequirement, Dependencies, DependencyProvider, Interner,
    KnownDependencies, NameId, Requirement, SolvableId, Solver, SolverCache, StringId, UnsolvableOrCancelled,
    VersionSetId, VersionSetUnionId,
};
use rusqlite::Connection;

use crate::catalogue::{self, Offer};
use crate::error::Error;
use crate::explain;
use crate::selection::{Selected, Selection};

/// Chooses packages so that everything wanted is given, everything needed is there and nothing refused is.
pub(crate) fn resolve(connection: &Connection, wanted: &[Provider]) -> Result<Selection, Error> {
    let begun = Instant::now();
    let mut wanted = wanted.to_vec();
    wanted.sort();
    wanted.dedup();
    if wanted.is_empty() {
        return Err(Error::NothingSelected);
    }
    let universe = Universe::new(connection);
    let mut requirements = Vec::with_capacity(wanted.len());
    for one in &wanted {
        requirements.push(ConditionalRequirement::from(universe.requirement(one)?));
    }
    let mut solver = Solver::new(universe);
    let problem = resolvo::Problem::new().requirements(requirements);
    let chosen = match solver.solve(problem) {
        Ok(chosen) => chosen,
        Err(UnsolvableOrCancelled::Unsolvable(_)) => {
            return Err(Error::Unresolvable(explain::explain(solver.provider(), &wanted)?));
        }
        Err(UnsolvableOrCancelled::Cancelled(_)) => {
            let failure = solver.provider().failure.take();
            return Err(failure.unwrap_or(Error::Cancelled));
        }
    };
    let universe = solver.provider();
    let chosen: HashSet<SolvableId> = chosen.into_iter().collect();
    let mut explicit = HashSet::new();
    for one in &wanted {
        let giving = universe.giving(one)?;
        explicit.extend(giving.iter().copied().find(|candidate| chosen.contains(candidate)));
    }
    let mut packages = Vec::with_capacity(chosen.len());
    for candidate in chosen {
        let offer = universe.offer(candidate);
        let (architecture, summary, url, size) = catalogue::details(connection, offer.id)?;
        packages.push(Selected {
            name: offer.name.clone(),
            version: offer.version.clone(),
            source_release: offer.source_release,
            build_release: offer.build_release,
            architecture,
            summary,
            repository: offer.repository.clone(),
            url,
            hash: offer.hash.clone(),
            size,
            explicit: explicit.contains(&candidate),
        });
    }
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Selection {
        packages,
        took: begun.elapsed(),
    })
}

/// What resolvo calls a version set: of the packages with one name, those that do or do not give something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Set {
    name: NameId,
    what: Provider,
    given: bool,
}

/// The catalogue as the solver sees it. Rows are read when the solver asks for them, each once.
pub(crate) struct Universe<'c> {
    connection: &'c Connection,
    names: RefCell<Table<String>>,
    sets: RefCell<Table<Set>>,
    unions: RefCell<Vec<Vec<VersionSetId>>>,
    offers: RefCell<Vec<Rc<Offer>>>,
    rows: RefCell<HashMap<i64, SolvableId>>,
    giving: RefCell<HashMap<Provider, Rc<Vec<SolvableId>>>>,
    failed: Cell<bool>,
    failure: RefCell<Option<Error>>,
}

impl<'c> Universe<'c> {
    fn new(connection: &'c Connection) -> Universe<'c> {
        Universe {
            connection,
            names: RefCell::default(),
            sets: RefCell::default(),
            unions: RefCell::default(),
            offers: RefCell::default(),
            rows: RefCell::default(),
            giving: RefCell::default(),
            failed: Cell::new(false),
            failure: RefCell::new(None),
        }
    }

    pub(crate) fn offer(&self, candidate: SolvableId) -> Rc<Offer> {
        Rc::clone(&self.offers.borrow()[candidate.into_raw() as usize])
    }

    fn candidate(&self, offer: Offer) -> SolvableId {
        *self.rows.borrow_mut().entry(offer.id).or_insert_with(|| {
            let mut offers = self.offers.borrow_mut();
            offers.push(Rc::new(offer));
            SolvableId::from_raw((offers.len() - 1) as u32)
        })
    }

    /// Everything that gives this, the preferred first.
    pub(crate) fn giving(&self, what: &Provider) -> Result<Rc<Vec<SolvableId>>, Error> {
        if let Some(known) = self.giving.borrow().get(what) {
            return Ok(Rc::clone(known));
        }
        let offers = catalogue::offers_giving(self.connection, what)?;
        let mut candidates: Vec<SolvableId> = offers.into_iter().map(|offer| self.candidate(offer)).collect();
        candidates.sort_by(|one, other| self.prefer(Some(what), *one, *other));
        let candidates = Rc::new(candidates);
        self.giving.borrow_mut().insert(what.clone(), Rc::clone(&candidates));
        Ok(candidates)
    }

    /// What a candidate needs and what it refuses.
    pub(crate) fn relations(&self, candidate: SolvableId) -> Result<(Vec<Provider>, Vec<Provider>), Error> {
        catalogue::relations(self.connection, self.offer(candidate).id)
    }

    fn prefer(&self, what: Option<&Provider>, one: SolvableId, other: SolvableId) -> Ordering {
        let called = |offer: &Offer| what.is_some_and(|what| what.kind == Kind::Name && what.target == offer.name);
        let (one, other) = (self.offer(one), self.offer(other));
        let rank = |offer: &Offer| Reverse((offer.priority, called(offer), offer.source_release, offer.build_release));
        let tie = || (&one.name, &one.hash, &one.repository).cmp(&(&other.name, &other.hash, &other.repository));
        rank(&one).cmp(&rank(&other)).then_with(tie)
    }

    fn name(&self, name: &str) -> NameId {
        NameId::from_raw(self.names.borrow_mut().number(name.to_owned()))
    }

    fn set(&self, name: NameId, what: &Provider, given: bool) -> VersionSetId {
        VersionSetId(self.sets.borrow_mut().number(Set {
            name,
            what: what.clone(),
            given,
        }))
    }

    fn requirement(&self, what: &Provider) -> Result<Requirement, Error> {
        let sets: Vec<VersionSetId> = self
            .names_giving(what, None)?
            .into_iter()
            .map(|name| self.set(name, what, true))
            .collect();
        Ok(match sets.as_slice() {
            // No package has such a name: the set is empty, and the solver finds that out.
            [] => self.set(self.name(&format!("\0{what}")), what, true).into(),
            [one] => (*one).into(),
            _ => {
                let mut unions = self.unions.borrow_mut();
                unions.push(sets);
                VersionSetUnionId((unions.len() - 1) as u32).into()
            }
        })
    }

    /// The names of the packages that give this, in the order of their best, without one.
    fn names_giving(&self, what: &Provider, without: Option<&str>) -> Result<Vec<NameId>, Error> {
        let mut seen = HashSet::new();
        let mut names = Vec::new();
        for candidate in self.giving(what)?.iter() {
            let offer = self.offer(*candidate);
            if without != Some(&offer.name) && seen.insert(offer.name.clone()) {
                names.push(self.name(&offer.name));
            }
        }
        Ok(names)
    }

    fn dependencies(&self, candidate: SolvableId) -> Result<KnownDependencies, Error> {
        let (needs, refuses) = self.relations(candidate)?;
        let mut known = KnownDependencies::default();
        for what in &needs {
            // What a package brings itself it does not need from another.
            if !self.giving(what)?.contains(&candidate) {
                known.requirements.push(self.requirement(what)?.into());
            }
        }
        // A package may give what it refuses ("only one of these"): it never refuses itself.
        let own = self.offer(candidate).name.clone();
        for what in &refuses {
            let names = self.names_giving(what, Some(&own))?;
            known
                .constrains
                .extend(names.into_iter().map(|name| self.set(name, what, false)));
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

impl Interner for Universe<'_> {
    type NameId = NameId;
    type SolvableId = SolvableId;

    fn display_solvable(&self, solvable: SolvableId) -> impl Display + '_ {
        let offer = self.offer(solvable);
        format!("{} {}-{}", offer.name, offer.version, offer.source_release)
    }

    fn display_name(&self, name: NameId) -> impl Display + '_ {
        self.names.borrow().get(name.into_raw()).cloned().unwrap_or_default()
    }

    fn display_version_set(&self, set: VersionSetId) -> impl Display + '_ {
        self.sets
            .borrow()
            .get(set.0)
            .map(|set| set.what.to_string())
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
        self.name(&self.offer(solvable).name)
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

impl DependencyProvider for Universe<'_> {
    async fn filter_candidates(&self, candidates: &[SolvableId], set: VersionSetId, inverse: bool) -> Vec<SolvableId> {
        let Some(set) = self.sets.borrow().get(set.0).cloned() else {
            return Vec::new();
        };
        let giving = self.note(self.giving(&set.what));
        let fits = |candidate: &SolvableId| (giving.contains(candidate) == set.given) != inverse;
        candidates.iter().copied().filter(fits).collect()
    }

    async fn get_candidates(&self, name: NameId) -> Option<Candidates> {
        let name = self.names.borrow().get(name.into_raw()).cloned()?;
        let offers = self.note(catalogue::offers_named(self.connection, &name));
        let mut candidates: Vec<SolvableId> = offers.into_iter().map(|offer| self.candidate(offer)).collect();
        candidates.sort_by(|one, other| self.prefer(None, *one, *other));
        Some(Candidates {
            candidates,
            ..Candidates::default()
        })
    }

    async fn sort_candidates(&self, _: &SolverCache<Self>, solvables: &mut [SolvableId]) {
        solvables.sort_by(|one, other| self.prefer(None, *one, *other));
    }

    async fn get_dependencies(&self, solvable: SolvableId) -> Dependencies {
        Dependencies::Known(self.note(self.dependencies(solvable)))
    }

    fn should_cancel_with_value(&self) -> Option<Box<dyn Any>> {
        self.failed.get().then(|| Box::new(()) as Box<dyn Any>)
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
    fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = self.values.len() as u32;
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    fn get(&self, number: u32) -> Option<&T> {
        self.values.get(number as usize)
    }
}

/// Packages in the order of their names, for [`explain`].
pub(crate) type ByName = BTreeMap<String, SolvableId>;
