//! The packages that may be chosen, in the order in which they are preferred.

use std::cell::RefCell;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::rc::Rc;

use moult_stone::{Kind, Provider};
use resolvo::SolvableId;
use rusqlite::Connection;

use crate::catalogue::{self, Offer};
use crate::error::Error;
use crate::watch::Watch;

/// Something that a chosen package must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum What {
    /// A person asked for whatever gives this.
    Wish(Provider),
    /// A package needs or refuses this.
    Need(Provider),
    /// A package that is there already is to stay, in whatever release.
    Called(String),
    /// A release of a package; any build release if None.
    Release(String, u64, Option<u64>),
    /// A package by its name and SHA-256.
    File(String, String),
}

impl What {
    /// In the words of a need, for messages.
    pub(crate) fn provider(&self) -> Provider {
        match self {
            What::Wish(provider) | What::Need(provider) => provider.clone(),
            What::Called(name) | What::Release(name, ..) | What::File(name, _) => Provider::name(name),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Release(name, source, build) => {
                write!(f, "{name} {source}")?;
                build.map_or(Ok(()), |build| write!(f, "-{build}"))
            }
            what => what.provider().fmt(f),
        }
    }
}

/// Which installed packages give way to what repositories offer.
#[derive(Debug, Clone, Default)]
pub(crate) enum Fresh {
    /// None: what is installed is preferred at its release.
    #[default]
    Nothing,
    Everything,
    Only(HashSet<String>),
}

/// What may be chosen, and what is preferred.
#[derive(Debug, Default)]
pub(crate) struct Taste {
    /// The rows of what is installed, by checksum.
    pub(crate) installed: HashMap<String, i64>,
    /// The checksums of what is installed, by name.
    pub(crate) names: HashMap<String, String>,
    pub(crate) fresh: Fresh,
    /// Names of installed packages that stay exactly as they are.
    pub(crate) held: HashSet<String>,
    /// Only these repositories count.
    pub(crate) repositories: Option<HashSet<String>>,
    /// What repositories count here, whatever their rows say.
    pub(crate) priorities: HashMap<String, u64>,
    /// Kept copies that may be chosen, beside those of installed packages: by checksum.
    pub(crate) copies: HashSet<String>,
    /// Nothing but what is installed may be chosen.
    pub(crate) nothing_new: bool,
}

impl Taste {
    fn allows(&self, offer: &Offer) -> bool {
        if let Some(row) = self.installed.get(&offer.hash) {
            return *row == offer.id;
        }
        let held = self.held.contains(&offer.name) && self.names.contains_key(&offer.name);
        let offered = match &offer.repository {
            Some((id, _)) => self.repositories.as_ref().is_none_or(|only| only.contains(id)),
            None => self.copies.contains(&offer.hash),
        };
        offered && !held && !self.nothing_new
    }

    /// Whether packages of this name give way to what repositories offer.
    pub(crate) fn fresh(&self, name: &str) -> bool {
        match &self.fresh {
            Fresh::Nothing => false,
            Fresh::Everything => true,
            Fresh::Only(names) => names.contains(name),
        }
    }

    /// Whether this is better than other packages of its name: because it is there, and is to stay at its release.
    fn keeps(&self, offer: &Offer) -> bool {
        self.installed.contains_key(&offer.hash) && !self.fresh(&offer.name)
    }
}

/// What a package needs, and what it refuses.
pub(crate) type Relations = Rc<(Vec<Provider>, Vec<Provider>)>;

/// The catalogue as the solver sees it. Rows are read when somebody asks for them, each once.
pub(crate) struct Universe<'c> {
    connection: &'c Connection,
    watch: &'c dyn Watch,
    pub(crate) taste: Taste,
    offers: RefCell<Vec<Rc<Offer>>>,
    /// None for a row that may not be chosen.
    rows: RefCell<HashMap<i64, Option<SolvableId>>>,
    giving: RefCell<HashMap<What, Rc<Vec<SolvableId>>>>,
    relations: RefCell<HashMap<SolvableId, Relations>>,
}

impl<'c> Universe<'c> {
    pub(crate) fn new(connection: &'c Connection, taste: Taste, watch: &'c dyn Watch) -> Universe<'c> {
        Universe {
            connection,
            watch,
            taste,
            offers: RefCell::default(),
            rows: RefCell::default(),
            giving: RefCell::default(),
            relations: RefCell::default(),
        }
    }

    /// Whether the person turned away.
    pub(crate) fn cancelled(&self) -> bool {
        self.watch.cancelled()
    }

    pub(crate) fn offer(&self, candidate: SolvableId) -> Rc<Offer> {
        Rc::clone(&self.offers.borrow()[candidate.into_raw() as usize])
    }

    fn candidate(&self, offer: Offer) -> Option<SolvableId> {
        *self.rows.borrow_mut().entry(offer.id).or_insert_with(|| {
            self.taste.allows(&offer).then(|| {
                let mut offers = self.offers.borrow_mut();
                offers.push(Rc::new(offer));
                SolvableId::from_raw((offers.len() - 1) as u32)
            })
        })
    }

    /// The candidate of a row, if it may be chosen.
    pub(crate) fn at(&self, row: i64) -> Result<Option<SolvableId>, Error> {
        if let Some(known) = self.rows.borrow().get(&row) {
            return Ok(*known);
        }
        // The solver asks for the others of that name next.
        let mut named = Vec::new();
        let mut name = String::new();
        for offer in catalogue::offers_beside(self.connection, row)? {
            name.clone_from(&offer.name);
            named.extend(self.candidate(offer));
        }
        self.keep(What::Called(name), named);
        Ok(self.rows.borrow().get(&row).copied().flatten())
    }

    fn keep(&self, what: What, mut candidates: Vec<SolvableId>) -> Rc<Vec<SolvableId>> {
        if candidates.len() > 1 {
            candidates.sort_by(|one, other| self.prefer(Some(&what), *one, *other));
        }
        let candidates = Rc::new(candidates);
        self.giving.borrow_mut().insert(what, Rc::clone(&candidates));
        candidates
    }

    /// Everything of this name, the preferred first.
    pub(crate) fn named(&self, name: &str) -> Result<Rc<Vec<SolvableId>>, Error> {
        self.giving(&What::Called(name.to_owned()))
    }

    /// Everything that gives this, the preferred first.
    pub(crate) fn giving(&self, what: &What) -> Result<Rc<Vec<SolvableId>>, Error> {
        if let Some(known) = self.giving.borrow().get(what) {
            return Ok(Rc::clone(known));
        }
        let mut candidates = Vec::new();
        match what {
            What::Wish(provider) | What::Need(provider) => {
                for row in catalogue::rows_giving(self.connection, provider)? {
                    candidates.extend(self.at(row)?);
                }
            }
            What::Called(name) => {
                for offer in catalogue::offers_named(self.connection, name)? {
                    candidates.extend(self.candidate(offer));
                }
            }
            What::Release(name, source, build) => {
                candidates = self.named(name)?.to_vec();
                candidates.retain(|candidate| {
                    let offer = self.offer(*candidate);
                    offer.source_release == *source && build.is_none_or(|build| offer.build_release == build)
                });
            }
            What::File(name, hash) => {
                candidates = self.named(name)?.to_vec();
                candidates.retain(|candidate| self.offer(*candidate).hash == *hash);
                // A repository may have the same file: the copy that is here is nearer.
                if candidates
                    .iter()
                    .any(|candidate| self.offer(*candidate).repository.is_none())
                {
                    candidates.retain(|candidate| self.offer(*candidate).repository.is_none());
                }
            }
        }
        Ok(self.keep(what.clone(), candidates))
    }

    /// Held packages of which another release would give this, with that release.
    pub(crate) fn barred(&self, what: &What) -> Result<BTreeMap<String, Offer>, Error> {
        let offers = match what {
            What::Wish(provider) | What::Need(provider) => catalogue::rows_giving(self.connection, provider)?
                .into_iter()
                .map(|row| catalogue::offer_at(self.connection, row))
                .collect::<Result<Vec<Offer>, Error>>()?,
            What::Called(name) | What::Release(name, ..) | What::File(name, _) => {
                catalogue::offers_named(self.connection, name)?
            }
        };
        let mut barred = BTreeMap::new();
        for offer in offers {
            let wanted = match what {
                What::Release(_, source, build) => {
                    offer.source_release == *source && build.is_none_or(|build| offer.build_release == build)
                }
                What::File(_, hash) => offer.hash == *hash,
                _ => true,
            };
            let other = self
                .taste
                .names
                .get(&offer.name)
                .is_some_and(|hash| *hash != offer.hash);
            if wanted && other && self.taste.held.contains(&offer.name) && offer.repository.is_some() {
                barred.insert(offer.name.clone(), offer);
            }
        }
        Ok(barred)
    }

    /// What a candidate needs and what it refuses.
    pub(crate) fn relations(&self, candidate: SolvableId) -> Result<Relations, Error> {
        if let Some(known) = self.relations.borrow().get(&candidate) {
            return Ok(Rc::clone(known));
        }
        let relations = Rc::new(catalogue::relations(self.connection, self.offer(candidate).id)?);
        self.relations.borrow_mut().insert(candidate, Rc::clone(&relations));
        Ok(relations)
    }

    /// The preferred comes first: a name that is there already, what is there if it is to stay at its release, the
    /// repository's priority, a package called so, the releases, name and checksum.
    ///
    /// For a wish by name only a package of that name counts as being there: who asks for `mail` means the package
    /// `mail`, also where another one gives that name.
    pub(crate) fn prefer(&self, what: Option<&What>, one: SolvableId, other: SolvableId) -> Ordering {
        let called = |offer: &Offer| match what {
            Some(What::Wish(what) | What::Need(what)) => what.kind == Kind::Name && what.target == offer.name,
            _ => false,
        };
        let there = |offer: &Offer| match what {
            Some(What::Wish(what)) if what.kind == Kind::Name && what.target != offer.name => false,
            _ => self.taste.names.contains_key(&offer.name),
        };
        let (one, other) = (self.offer(one), self.offer(other));
        let rank = |offer: &Offer| {
            let said = |(id, row): &(String, u64)| self.taste.priorities.get(id).copied().unwrap_or(*row);
            let priority = offer.repository.as_ref().map(said);
            let release = (offer.source_release, offer.build_release);
            Reverse((
                there(offer),
                there(offer) && self.taste.keeps(offer),
                priority,
                called(offer),
                release,
            ))
        };
        let tie = |offer: &Rc<Offer>| {
            let id = offer.repository.as_ref().map(|(id, _)| id.clone());
            (offer.name.clone(), offer.hash.clone(), id)
        };
        rank(&one).cmp(&rank(&other)).then_with(|| tie(&one).cmp(&tie(&other)))
    }
}
