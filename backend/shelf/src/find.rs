//! Search: components and packages in one order.

use std::collections::HashMap;

use crate::index::Tier;
use crate::item::{Filter, Page};
use crate::shelf::{Shelf, system_item, wants_system};

/// Packages that a search looks for: nobody reads further.
const MOST: usize = 500;

/// How good a find is; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    class: Class,
    /// What a catalogue describes comes first within a class.
    undescribed: bool,
    worst: Tier,
    sum: u16,
    length: u16,
}

/// What fits, roughly: finer differences do not put a package before an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// It is the name.
    Exact,
    /// Words of the name, or their beginnings.
    Name,
    /// Somewhere in the name.
    InName,
    Keyword,
    Summary,
    /// The name, one typing error apart.
    NameSlip,
    NameLoosely,
    Slip,
    Description,
}

impl Rank {
    fn new(worst: Tier, sum: u16, length: u16, undescribed: bool) -> Option<Rank> {
        let class = match worst {
            Tier::Name => Class::Exact,
            Tier::NameBegins | Tier::NameWord | Tier::NameWordBegins => Class::Name,
            Tier::NameContains => Class::InName,
            Tier::Keyword | Tier::KeywordBegins => Class::Keyword,
            Tier::SummaryWord | Tier::SummaryWordBegins => Class::Summary,
            Tier::NameSlip | Tier::NameSlipBegins => Class::NameSlip,
            Tier::NameLoosely => Class::NameLoosely,
            Tier::KeywordSlip | Tier::SummarySlip => Class::Slip,
            Tier::DescriptionWord | Tier::DescriptionWordBegins => Class::Description,
            Tier::Nowhere => return None,
        };
        Some(Rank {
            class,
            undescribed,
            worst,
            sum,
            length,
        })
    }
}

/// Something that was found.
enum Hit<'s> {
    Card(u32),
    Package(&'s str),
}

impl Shelf {
    /// The best items for a search term, best first, `limit` at most: names before keywords before summaries before
    /// descriptions; within these what a catalogue describes before what is only a package. Case, accents and single
    /// typing errors make no difference. A package that a component stands for is found as that component.
    /// [`Page::total`] is how many were found; some hundred packages are looked for at most.
    pub fn find(&self, term: &str, filter: &Filter, limit: usize) -> Page {
        let mut cards: HashMap<u32, Rank> = HashMap::new();
        for hit in self.stock.index().find(term) {
            if self.wanted(hit.card, filter)
                && let Some(rank) = Rank::new(hit.worst, hit.sum, hit.length, false)
            {
                let _ = cards.insert(hit.card, rank);
            }
        }
        let system = wants_system(filter);
        // To compare names is slow: it is done where it leaves something out.
        let among = (!system).then_some(&self.described);
        let installed: &dyn Fn(&str) -> bool = &|name: &str| self.searcher.is_installed(name);
        let packages = self
            .searcher
            .ranked(term, MOST, among, filter.installed.then_some(installed));
        // Of equal ones the first by name, and by id.
        let mut hits: Vec<(Rank, (&str, &str), Hit<'_>)> = Vec::new();
        for ranked in packages {
            let (worst, sum, length) = (ranked.worst.into(), ranked.sum, ranked.length);
            match self.covered.get(ranked.name) {
                Some(numbers) => {
                    for number in numbers.iter().filter(|number| self.wanted(**number, filter)) {
                        if let Some(rank) = Rank::new(worst, sum, length, false) {
                            let known = cards.entry(*number).or_insert(rank);
                            *known = rank.min(*known);
                        }
                    }
                }
                None => {
                    // What is not installed is not among them if only that is wanted.
                    let offered = || self.searcher.preferred(ranked.name);
                    let wanted = filter.repository.is_empty()
                        || offered().is_some_and(|found| filter.stock(found.installed.is_some(), &found.repository));
                    if system
                        && wanted
                        && let Some(rank) = Rank::new(worst, sum, length, true)
                    {
                        hits.push((rank, (ranked.name, ""), Hit::Package(ranked.name)));
                    }
                }
            }
        }
        for (number, rank) in cards {
            if let Some(card) = self.stock.card(number) {
                hits.push((rank, (&card.key, &card.id), Hit::Card(number)));
            }
        }
        hits.sort_by_key(|(rank, name, _)| (*rank, *name));
        let mut page = Page {
            items: Vec::with_capacity(limit.min(hits.len())),
            total: hits.len() as u64,
        };
        for (.., hit) in hits.into_iter().take(limit) {
            match hit {
                Hit::Card(number) => page.items.extend(self.item_of(number)),
                Hit::Package(name) => page.items.extend(self.searcher.preferred(name).map(system_item)),
            }
        }
        page
    }
}
