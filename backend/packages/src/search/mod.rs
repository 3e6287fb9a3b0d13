//! Search over everything that repositories offer and everything that is installed.
//!
//! Each repository has an [`index`] that is made while its package list is read and committed with it, so that it
//! always fits. Searching happens in memory: all packages get a [`Tier`] for each word that was typed; the best come
//! first.

mod index;
mod words;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use nucleo_matcher::{Config, Matcher, Utf32Str};

pub(crate) use index::{Builder, Index, VERSION, digest};

use index::{Card, Field, Word};
use words::Slip;

/// Characters of a search term that count, and words.
const LONGEST: usize = 256;
const MOST_WORDS: usize = 12;
/// A name longer than this is not compared loosely.
const LOOSE: usize = 128;

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

/// How well a word fits a package, the best first. What was typed comes before what may have been meant, but for
/// descriptions, which have too many words to say much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Tier {
    Name,
    NameBegins,
    NameWord,
    NameWordBegins,
    NameContains,
    SummaryWord,
    SummaryWordBegins,
    /// One typing error apart.
    NameSlip,
    NameSlipBegins,
    /// All letters, in their order.
    NameLoosely,
    SummarySlip,
    DescriptionWord,
    DescriptionWordBegins,
    Nowhere,
}

/// All that can be found, in memory: opened once, it answers with each key that is pressed.
///
/// It is a picture of the moment in which it was made; [`Engine::renew`](crate::Engine::renew) brings it up to date.
pub struct Searcher {
    /// The preferred repository first; what nobody offers is last.
    pub(crate) parts: Vec<Part>,
    /// By name.
    pub(crate) installed: HashMap<String, Release>,
}

/// The index of one repository.
pub(crate) struct Part {
    /// Empty for what is only installed.
    pub(crate) repository: String,
    pub(crate) priority: u64,
    /// What tells this index from a later one.
    pub(crate) digest: i64,
    pub(crate) index: Index,
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

/// The packages of one index that fit, the best first; sorted only as far as they are asked for.
struct Hits(BinaryHeap<Reverse<Hit>>);

/// Compared in this order. `place` is the place among the sorted keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    worst: Tier,
    sum: u16,
    length: u16,
    place: u32,
    package: u32,
}

impl Searcher {
    /// The packages that fit all words of `term`, the best first: a package called exactly so, names that begin so,
    /// words of names, words of summaries, then names that are one typing error apart or have the letters in this
    /// order, and words of descriptions. Case and accents make no difference. Of several offers of one name the
    /// preferred is shown. The same packages and term always give the same answer; a term without letters or digits
    /// finds only names that begin so, an empty one nothing.
    pub fn search(&self, term: &str, limit: usize) -> Vec<Found> {
        let query = Query::new(term);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut hits: Vec<Hits> = self
            .parts
            .iter()
            .map(|part| hits(&part.index, &query, &mut matcher))
            .collect();
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        while found.len() < limit {
            let best = hits
                .iter()
                .zip(&self.parts)
                .enumerate()
                .filter_map(|(at, (hits, part))| {
                    let Reverse(hit) = *hits.0.peek()?;
                    Some((
                        (hit.worst, hit.sum, hit.length, part.index.key(hit.package), at),
                        hit.package,
                    ))
                });
            let Some(((.., at), package)) = best.min() else { break };
            let Some((hits, part)) = hits.get_mut(at).zip(self.parts.get(at)) else {
                break;
            };
            hits.0.pop();
            if let Some(card) = part.index.card(package)
                && seen.insert(card.name)
            {
                found.extend(self.preferred(card.name));
            }
        }
        found
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

    /// What is shown of a name: the offer of the preferred repository, the newest there.
    fn preferred(&self, name: &str) -> Option<Found> {
        let key = words::key(name);
        let mut best: Option<(u64, Release, &Part, Card<'_>)> = None;
        for part in &self.parts {
            let same = part.index.beginning(&key).iter();
            for package in same.take_while(|package| part.index.key(**package) == key) {
                let Some(card) = part.index.card(*package) else {
                    continue;
                };
                let release = card.release();
                let better = best
                    .as_ref()
                    .is_none_or(|(priority, known, ..)| (part.priority, release) > (*priority, *known));
                if card.name == name && better {
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
        };
        Searcher {
            parts: vec![part],
            installed: HashMap::new(),
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

fn hits(index: &Index, query: &Query, matcher: &mut Matcher) -> Hits {
    let mut fits = vec![(Tier::Nowhere, 0u16); index.len()];
    for (at, word) in query.words.iter().enumerate() {
        let tiers = tiers(index, word, matcher);
        for ((worst, sum), tier) in fits.iter_mut().zip(tiers) {
            *worst = if at == 0 { tier } else { tier.max(*worst) };
            *sum += tier as u16;
        }
    }
    if !query.key.is_empty() {
        for package in index.beginning(&query.key) {
            let whole = index.key(*package).len() == query.key.len();
            if let Some(fit) = fits.get_mut(*package as usize) {
                *fit = (if whole { Tier::Name } else { Tier::NameBegins }, 0);
            }
        }
    }
    let hits = (0..).zip(index.order()).filter_map(|(place, package)| {
        let (worst, sum) = *fits.get(*package as usize)?;
        if worst == Tier::Nowhere {
            return None;
        }
        let length = u16::try_from(index.key(*package).len()).unwrap_or(u16::MAX);
        Some(Reverse(Hit {
            worst,
            sum,
            length,
            place,
            package: *package,
        }))
    });
    Hits(hits.collect())
}

/// How well one word fits each package.
fn tiers(index: &Index, typed: &str, matcher: &mut Matcher) -> Vec<Tier> {
    let mut tiers = vec![Tier::Nowhere; index.len()];
    let mut better = |package: u32, tier: Tier| {
        if let Some(known) = tiers.get_mut(package as usize) {
            *known = tier.min(*known);
        }
    };
    let letters = typed.chars().count();
    index.words_beginning(typed, |word: Word<'_>, whole| {
        // Every description has a word that begins with any one letter.
        if letters == 1 && !whole && !word.prominent() {
            return;
        }
        word.packages(|package, field| {
            let tier = match (field, whole) {
                (Field::Name, true) => Tier::NameWord,
                (Field::Name, false) => Tier::NameWordBegins,
                (Field::Summary, true) => Tier::SummaryWord,
                (Field::Summary, false) => Tier::SummaryWordBegins,
                (Field::Description, true) => Tier::DescriptionWord,
                (Field::Description, false) if letters == 1 => return,
                (Field::Description, false) => Tier::DescriptionWordBegins,
            };
            better(package, tier);
        });
    });
    // Nearly everything is one typing error away from three letters.
    if letters >= 4 {
        index.words_near(typed, |word, text| {
            let (in_name, in_summary) = match words::slip(typed, text) {
                Some(Slip::Whole) => (Tier::NameSlip, Some(Tier::SummarySlip)),
                Some(Slip::Beginning) => (Tier::NameSlipBegins, None),
                None => return,
            };
            word.packages(|package, field| match (field, in_summary) {
                (Field::Name, _) => better(package, in_name),
                (Field::Summary, Some(tier)) => better(package, tier),
                _ => {}
            });
        });
    }
    let (mut buffer, mut more) = (Vec::new(), Vec::new());
    let needle = Utf32Str::new(typed, &mut buffer);
    // Letters in their order are in many long names by chance: they must stand together or begin words.
    let enough = u16::try_from(letters * 18).unwrap_or(u16::MAX);
    index.lettered(words::letters(typed), |package| {
        let Some(known) = tiers.get_mut(package as usize) else {
            return;
        };
        if *known <= Tier::NameContains {
            return;
        }
        let key = index.key(package);
        if key.contains(typed) {
            *known = Tier::NameContains;
        } else if letters >= 3 && *known > Tier::NameLoosely && key.len() <= LOOSE {
            let score = matcher.fuzzy_match(Utf32Str::new(key, &mut more), needle);
            if score.is_some_and(|score| score >= enough) {
                *known = Tier::NameLoosely;
            }
        }
    });
    tiers
}

#[cfg(test)]
mod tests;
