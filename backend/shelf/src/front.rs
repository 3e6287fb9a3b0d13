//! What is worth looking at first. Nothing here is chosen by hand.

use xxhash_rust::xxh3::xxh3_64;

use crate::category::{CATEGORIES, SYSTEM};
use crate::item::{Item, ItemKind};
use crate::shelf::Shelf;

/// Apps that are shown first.
const FEATURED: usize = 8;
/// Apps with new releases.
const FRESH: usize = 12;
/// Apps of one category among those that are shown first.
const ALIKE: usize = 2;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// The first page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Front {
    /// Well described apps, other ones each day.
    pub featured: Vec<Item>,
    /// The apps with the newest releases, newest first.
    pub fresh: Vec<Item>,
    /// Categories with something in them and how much, in the order of [`CATEGORIES`].
    pub categories: Vec<(&'static str, u64)>,
    /// Items in all.
    pub items: u64,
    /// Packages in all.
    pub packages: u64,
}

impl Shelf {
    /// The first page of the day that is `day` days after 1970-01-01. The same shelf and day give the same page.
    pub fn front(&self, day: u32) -> Front {
        let featured = self.featured(day);
        let fresh = self.fresh(day, &featured);
        let items = |numbers: Vec<u32>| numbers.into_iter().filter_map(|number| self.item_of(number)).collect();
        Front {
            featured: items(featured),
            fresh: items(fresh),
            categories: self.categories(),
            items: self.len() as u64,
            packages: self.package_count() as u64,
        }
    }

    /// Of the apps that are described best, those whose turn it is: all of them are shown once before one is again.
    fn featured(&self, day: u32) -> Vec<u32> {
        let cards = (0u32..).zip(&self.stock.cards);
        let mut worth: Vec<(u32, u64, u32)> = cards
            .filter(|(number, card)| card.worth > 0 && self.brought(*number).is_some())
            .map(|(number, card)| (card.worth, xxh3_64(card.id.as_bytes()), number))
            .collect();
        // The better half takes turns, but enough of them for a week.
        worth.sort_unstable_by_key(|(worth, order, number)| (std::cmp::Reverse(*worth), *order, *number));
        worth.truncate((worth.len() / 2).max(7 * FEATURED));
        worth.sort_unstable_by_key(|(_, order, number)| (*order, *number));
        let Some(start) = (day as usize).wrapping_mul(FEATURED).checked_rem(worth.len()) else {
            return Vec::new();
        };
        let turn = worth
            .iter()
            .cycle()
            .skip(start)
            .take(worth.len())
            .map(|(.., number)| *number);
        let mut chosen = Vec::with_capacity(FEATURED);
        let mut alike = [0usize; CATEGORIES.len()];
        for number in turn.clone() {
            let category = self.stock.card(number).and_then(|card| card.categories.first());
            if let Some(count) = category.and_then(|category| alike.get_mut(category)) {
                if *count == ALIKE {
                    continue;
                }
                *count += 1;
            }
            chosen.push(number);
            if chosen.len() == FEATURED {
                return chosen;
            }
        }
        // Few categories: more of the same is better than less.
        for number in turn {
            if chosen.len() < FEATURED && !chosen.contains(&number) {
                chosen.push(number);
            }
        }
        chosen
    }

    /// Apps by newest release. What says that it comes from the future is not new.
    fn fresh(&self, day: u32, without: &[u32]) -> Vec<u32> {
        let tomorrow = (i64::from(day) + 1).saturating_mul(DAY);
        let mut fresh = Vec::with_capacity(FRESH);
        for (id, time) in self.stock.catalogue.newest() {
            if time >= tomorrow {
                continue;
            }
            let Some(number) = self.card_of(id) else { continue };
            let app = self.stock.card(number).is_some_and(|card| card.kind == ItemKind::App);
            if app && self.brought(number).is_some() && !without.contains(&number) {
                fresh.push(number);
            }
            if fresh.len() == FRESH {
                break;
            }
        }
        fresh
    }

    fn categories(&self) -> Vec<(&'static str, u64)> {
        let mut counts = [0u64; CATEGORIES.len()];
        let items = self
            .stock
            .cards
            .iter()
            .zip(&self.brought)
            .filter(|(_, brought)| brought.is_some());
        for (card, _) in items {
            for (number, count) in counts.iter_mut().enumerate() {
                *count += u64::from(card.categories.has(number));
            }
        }
        let named = CATEGORIES.into_iter().zip(counts);
        named
            .map(|(name, count)| match name {
                SYSTEM => (name, count + self.undescribed() as u64),
                _ => (name, count),
            })
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}
