//! A list of which some pages are known.

use std::collections::{BTreeMap, BTreeSet};

use moult_api::{Item, ItemPage};

/// Items of a page.
pub(super) const PAGE: usize = 100;
/// Pages that are kept on both sides of the one in sight.
const NEAR: usize = 6;

/// Items by their number, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct List {
    pages: BTreeMap<usize, Vec<Item>>,
    /// Pages that were asked for and have not come.
    asked: BTreeSet<usize>,
    total: usize,
    is_whole: bool,
}

impl List {
    /// How long it is.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// There is no more than [`total`](Self::total).
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub(super) fn get(&self, at: usize) -> Option<&Item> {
        self.pages.get(&(at / PAGE))?.get(at % PAGE)
    }

    /// These and no others.
    pub(super) fn replace(&mut self, items: Vec<Item>, is_whole: bool) {
        self.total = items.len();
        self.is_whole = is_whole;
        self.asked.clear();
        self.pages.clear();
        let mut items = items.into_iter();
        for number in 0..self.total.div_ceil(PAGE) {
            let _ = self.pages.insert(number, items.by_ref().take(PAGE).collect());
        }
    }

    /// Another list, of which this is the first page.
    pub(super) fn restart(&mut self, first: ItemPage) {
        self.pages.clear();
        self.asked.clear();
        self.is_whole = true;
        self.put(0, first);
    }

    /// A page, from the item of this number on.
    pub(super) fn put(&mut self, from: u64, page: ItemPage) {
        let Ok(from) = usize::try_from(from) else { return };
        let number = from / PAGE;
        let mut items = page.items;
        items.truncate(PAGE);
        // However long the reader says it is: a list of that height can still be drawn.
        self.total = usize::try_from(page.total).unwrap_or(usize::MAX).min(200_000);
        let _ = self.asked.remove(&number);
        let _ = self.pages.insert(number, items);
    }

    /// Notes that a page is asked for; false if it is already.
    pub(super) fn ask(&mut self, page: usize) -> bool {
        self.asked.insert(page)
    }

    /// Whatever was asked for was of another list.
    pub(super) fn forget_asked(&mut self) {
        self.asked.clear();
    }

    /// The page is neither there nor on its way.
    pub(super) fn lacks(&self, page: usize) -> bool {
        page * PAGE < self.total && !self.pages.contains_key(&page) && !self.asked.contains(&page)
    }

    /// Forgets pages that are far from this one.
    pub(super) fn keep_near(&mut self, page: usize) {
        let near = page.saturating_sub(NEAR)..=page.saturating_add(NEAR);
        self.pages.retain(|number, _| *number == 0 || near.contains(number));
    }
}
