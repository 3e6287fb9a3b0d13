//! Search over everything that repositories offer and everything that is installed.
//!
//! Each repository has an [`index`] that is made while its package list is read and committed with it, so that it
//! always fits. Searching happens in memory: all packages get a [`Tier`] for each word that was typed; the best come
//! first.

mod among;
mod fit;
mod index;
mod list;
mod memory;
pub mod words;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

pub use among::Among;
pub use fit::Tier;
pub(crate) use index::{Builder, Index, VERSION, digest};
pub use list::Listed;
pub(crate) use memory::Memory;

use among::Bits;
use fit::{Fit, fits};
use index::Card;
use words::Loosely;

/// Characters of a search term that count, and words.
const LONGEST: usize = 256;
const MOST_WORDS: usize = 12;

/// Source and build release of a package: what is compared to find the newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Release {
    /// Goes up with each change of the recipe.
    pub source: u64,
    /// Goes up with each build of the same recipe.
    pub build: u64,
}

/// One package name that a search found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// The version of the preferred offer, for people; of the installed package, if nobody offers it.
    pub version: String,
    /// The release of the same.
    pub release: Release,
    /// One line for people.
    pub summary: String,
    /// The repository of the preferred offer; empty if it is only installed.
    pub repository: String,
    /// What is installed of it in the active state.
    pub installed: Option<Release>,
    /// Whether the preferred offer is newer than what is installed.
    pub newer: bool,
}

/// The name of a package that a search found, and how well it fits: less is better, in this order. What is shown of it is
/// asked for with [`Searcher::preferred`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked<'s> {
    /// How the word fits that fits worst.
    pub worst: Tier,
    /// The places of all words' tiers together.
    pub sum: u16,
    /// Bytes of the name as it is compared.
    pub length: u16,
    /// Its name.
    pub name: &'s str,
}

/// All that can be found, in memory: opened once, it answers with each key that is pressed. It remembers how the words
/// that were typed before fit, so that the next key costs only the word that it changes.
///
/// It is a picture of the moment in which it was made; [`Engine::renew`](crate::Engine::renew) brings it up to date.
pub struct Searcher {
    /// The preferred repository first; what nobody offers is last.
    pub(crate) parts: Vec<Part>,
    /// By name.
    pub(crate) installed: HashMap<String, Release>,
    /// The state that this is of.
    pub(crate) state: Option<u64>,
}

/// The index of one repository.
pub(crate) struct Part {
    /// Empty for what is only installed.
    pub(crate) repository: String,
    pub(crate) priority: u64,
    /// What tells this index from a later one.
    pub(crate) digest: i64,
    pub(crate) index: Index,
    pub(crate) memory: Memory,
}

impl std::fmt::Debug for Searcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let packages: usize = self.parts.iter().map(|part| part.index.len()).sum();
        f.debug_struct("Searcher")
            .field("packages", &packages)
            .finish_non_exhaustive()
    }
}

/// A term as it is compared.
struct Query {
    key: String,
    words: Vec<String>,
}

impl Query {
    fn new(term: &str) -> Query {
        let end = term.char_indices().nth(LONGEST).map_or(term.len(), |(end, _)| end);
        let term = term.get(..end).unwrap_or_default();
        let mut all: Vec<String> = Vec::new();
        for word in words::words(&words::fold(term)) {
            if all.len() < MOST_WORDS && !all.iter().any(|known| known == word) {
                all.push(word.to_owned());
            }
        }
        Query {
            key: words::key(term),
            words: all,
        }
    }
}

/// The packages of one index that fit, the best first; sorted, and compared loosely, only as far as they are asked for.
struct Hits<'s> {
    part: &'s Part,
    heap: BinaryHeap<Reverse<Hit>>,
    /// How each word of the term fits.
    words: Vec<Arc<[Fit]>>,
}

/// Compared in this order. `place` is the place among the sorted keys. One that is not `sure` is no better than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    worst: Tier,
    sum: u16,
    length: u16,
    place: u32,
    package: u32,
    sure: bool,
}

impl Searcher {
    /// The packages that fit all words of `term`, the best first: a package called exactly so, names that begin so,
    /// words of names, words of summaries, then names that are one typing error apart or have the letters in this
    /// order, and words of descriptions. Case and accents make no difference. Of several offers of one name the
    /// preferred is shown. The same packages and term always give the same answer; a term without letters or digits
    /// finds only names that begin so, an empty one nothing.
    pub fn search(&self, term: &str, limit: usize) -> Vec<Found> {
        let ranked = self.ranked(term, limit, None, None).into_iter();
        ranked.filter_map(|ranked| self.preferred(ranked.name)).collect()
    }

    /// As [`search`](Self::search), with how well each fits; if not all packages are wanted, of those that are `among` some
    /// and whose names are `wanted`.
    pub fn ranked(
        &self,
        term: &str,
        limit: usize,
        among: Option<&Among>,
        wanted: Option<&dyn Fn(&str) -> bool>,
    ) -> Vec<Ranked<'_>> {
        let query = Query::new(term);
        let mut matcher = Loosely::default();
        let parts = self.parts.iter().enumerate();
        let mut hits: Vec<Hits<'_>> = parts
            .map(|(at, part)| Hits::find(part, &query, among.map(|among| among.of(at)), wanted))
            .collect();
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        while found.len() < limit {
            let best = hits.iter_mut().enumerate().filter_map(|(at, hits)| {
                let hit = hits.best(&query, &mut matcher)?;
                let key = hits.part.index.key(hit.package);
                Some(((hit.worst, hit.sum, hit.length, key, at), hit.package))
            });
            let Some(((worst, sum, length, _, at), package)) = best.min() else {
                break;
            };
            let Some(hits) = hits.get_mut(at) else { break };
            hits.heap.pop();
            let name = hits.part.index.name(package);
            if seen.insert(name) {
                found.push(Ranked {
                    worst,
                    sum,
                    length,
                    name,
                });
            }
        }
        found
    }

    /// Forgets the words that were typed before. They change no answer, only how long it takes.
    pub fn forget(&self) {
        self.parts.iter().for_each(|part| part.memory.forget());
    }

    /// Everything there is, sorted by name.
    pub fn all(&self) -> Vec<Found> {
        let mut offers = Vec::new();
        for part in &self.parts {
            let cards = part
                .index
                .order()
                .iter()
                .filter_map(|package| part.index.card(*package));
            offers.extend(cards.map(|card| (card, part)));
        }
        let rank = |card: &Card<'_>, part: &Part| Reverse((part.priority, card.release()));
        // A stable sort: of equal ones the repository that comes first.
        offers.sort_by(|(one, here), (other, there)| {
            let by_name = one.name.cmp(other.name);
            by_name.then_with(|| rank(one, here).cmp(&rank(other, there)))
        });
        offers.dedup_by(|(later, _), (first, _)| later.name == first.name);
        offers.into_iter().map(|(card, part)| self.found(&card, part)).collect()
    }

    /// What is known of a name: the offer of the preferred repository, the newest there, or else what is installed.
    pub fn preferred(&self, name: &str) -> Option<Found> {
        self.offers(name, &mut |_, _| {})
    }

    /// The same; whatever is called so is from now on among some.
    pub fn preferred_among(&self, name: &str, among: &mut Among) -> Option<Found> {
        self.offers(name, &mut |part, package| among.add(part, package))
    }

    /// The preferred offer of a name; `each` gets all of them.
    fn offers(&self, name: &str, each: &mut dyn FnMut(usize, u32)) -> Option<Found> {
        let key = words::key(name);
        let mut best: Option<(u64, Release, &Part, Card<'_>)> = None;
        for (at, part) in self.parts.iter().enumerate() {
            let same = part.index.beginning(&key).iter();
            for package in same.take_while(|package| part.index.key(**package) == key) {
                let Some(card) = part.index.card(*package) else {
                    continue;
                };
                let release = card.release();
                let better = best
                    .as_ref()
                    .is_none_or(|(priority, known, ..)| (part.priority, release) > (*priority, *known));
                if card.name != name {
                    continue;
                }
                each(at, *package);
                if better {
                    best = Some((part.priority, release, part, card));
                }
            }
        }
        let (.., part, card) = best?;
        Some(self.found(&card, part))
    }

    fn found(&self, card: &Card<'_>, part: &Part) -> Found {
        let release = card.release();
        let installed = self.installed.get(card.name).copied();
        Found {
            name: card.name.to_owned(),
            version: card.version.to_owned(),
            release,
            summary: card.summary.to_owned(),
            repository: part.repository.clone(),
            installed,
            newer: installed.is_some_and(|installed| release > installed),
        }
    }

    #[cfg(test)]
    fn of_index(index: Index) -> Searcher {
        let part = Part {
            repository: "test".into(),
            priority: 0,
            digest: 0,
            index,
            memory: Memory::default(),
        };
        Searcher {
            parts: vec![part],
            installed: HashMap::new(),
            state: None,
        }
    }
}

impl Card<'_> {
    fn release(&self) -> Release {
        Release {
            source: self.source_release,
            build: self.build_release,
        }
    }
}

impl<'s> Hits<'s> {
    /// `among` is None for all packages, and Some(None) for none.
    fn find(
        part: &'s Part,
        query: &Query,
        among: Option<Option<&Bits>>,
        wanted: Option<&dyn Fn(&str) -> bool>,
    ) -> Hits<'s> {
        let index = &part.index;
        let words = query.words.iter();
        let words: Vec<Arc<[Fit]>> = words
            .map(|word| part.memory.recall(word, || fits(index, word)))
            .collect();
        let mut known = words.iter();
        // The worst tier, their sum, and whether they are sure.
        let mut all: Vec<(Tier, u16, bool)> = match known.next() {
            Some(first) => first
                .iter()
                .map(|fit| (fit.best(), fit.best() as u16, !fit.maybe()))
                .collect(),
            None => vec![(Tier::Nowhere, 0, true); index.len()],
        };
        for fits in known {
            for ((worst, sum, sure), fit) in all.iter_mut().zip(fits.iter()) {
                *worst = fit.best().max(*worst);
                *sum += fit.best() as u16;
                *sure &= !fit.maybe();
            }
        }
        if !query.key.is_empty() {
            for package in index.beginning(&query.key) {
                let whole = index.key(*package).len() == query.key.len();
                if let Some(fit) = all.get_mut(*package as usize) {
                    *fit = (if whole { Tier::Name } else { Tier::NameBegins }, 0, true);
                }
            }
        }
        let hits = (0..).zip(index.order()).filter_map(|(place, package)| {
            let (worst, sum, sure) = *all.get(*package as usize)?;
            if worst == Tier::Nowhere || among.is_some_and(|some| some.is_none_or(|bits| !bits.has(*package))) {
                return None;
            }
            if wanted.is_some_and(|wanted| !wanted(index.name(*package))) {
                return None;
            }
            let length = u16::try_from(index.key(*package).len()).unwrap_or(u16::MAX);
            Some(Reverse(Hit {
                worst,
                sum,
                length,
                place,
                package: *package,
                sure,
            }))
        });
        let heap = hits.collect();
        Hits { part, heap, words }
    }

    /// The best one.
    fn best(&mut self, query: &Query, matcher: &mut Loosely) -> Option<Hit> {
        loop {
            let Reverse(mut hit) = *self.heap.peek()?;
            if hit.sure {
                return Some(hit);
            }
            self.heap.pop();
            let key = self.part.index.key(hit.package);
            (hit.worst, hit.sum, hit.sure) = (Tier::Name, 0, true);
            for (word, fits) in query.words.iter().zip(&self.words) {
                let fit = fits.get(hit.package as usize).copied().unwrap_or(Fit::NONE);
                let tier = match fit.maybe() && matcher.fits(word, key) {
                    true => Tier::NameLoosely,
                    false => fit.tier(),
                };
                hit.worst = hit.worst.max(tier);
                hit.sum += tier as u16;
            }
            if hit.worst != Tier::Nowhere {
                self.heap.push(Reverse(hit));
            }
        }
    }
}

#[cfg(test)]
mod tests;
