//! What an open menu knows: what was typed, what fits, where the arrows are.

use std::cmp::Reverse;

use iced::Renderer;
use iced::advanced::text::{self, paragraph};

use super::Item;
use crate::widget::search;

/// How many rows a menu shows at most.
pub(super) const ROWS: usize = 8;

pub(super) type Line = paragraph::Plain<<Renderer as text::Renderer>::Paragraph>;

/// An open menu.
#[derive(Default)]
pub(super) struct Menu {
    pub(super) typed: String,
    /// The items that fit, best first.
    pub(super) found: Vec<usize>,
    /// Which of `found` the arrows are at.
    pub(super) at: usize,
    /// The first of `found` in view.
    pub(super) first: usize,
    /// How many rows are in view; the layout decides.
    pub(super) rows: usize,
    pub(super) lines: Lines,
}

#[derive(Default)]
pub(super) struct Lines {
    /// Paragraphs must live as long as the frame: the renderer keeps only weak references.
    pub(super) search: Line,
    pub(super) check: Line,
    pub(super) typed: Line,
    pub(super) rows: Vec<(Line, Line)>,
}

impl Menu {
    pub(super) fn new(items: &[Item], selected: Option<usize>) -> Self {
        let mut menu = Self {
            rows: ROWS,
            ..Self::default()
        };
        menu.find(items);
        menu.at = selected.unwrap_or(0);
        menu.follow();

        menu
    }

    pub(super) fn find(&mut self, items: &[Item]) {
        let mut found: Vec<_> = items
            .iter()
            .enumerate()
            .filter_map(|(at, item)| {
                let own = search::rank(&item.label, &self.typed).map(|rank| rank * 2 + 1);
                let other = search::rank(
                    &format!("{} {} {}", item.keywords, item.label, item.detail),
                    &self.typed,
                );

                Some((own.max(other)?, at))
            })
            .collect();

        if !self.typed.trim().is_empty() {
            found.sort_by_key(|(rank, _)| Reverse(*rank));
        }

        self.found = found.into_iter().map(|(_, at)| at).collect();
        self.at = 0;
        self.first = 0;
    }

    pub(super) fn step(&mut self, by: isize) {
        self.at = self
            .at
            .saturating_add_signed(by)
            .min(self.found.len().saturating_sub(1));
        self.follow();
    }

    pub(super) fn scroll(&mut self, by: isize) {
        let last = self.found.len().saturating_sub(self.rows);
        self.first = self.first.saturating_add_signed(by).min(last);
    }

    /// Keeps the row at the arrows in view.
    pub(super) fn follow(&mut self) {
        let rows = self.rows.max(1);
        self.first = self.first.clamp((self.at + 1).saturating_sub(rows), self.at);
        self.scroll(0);
    }

    pub(super) fn in_view(&self) -> impl Iterator<Item = usize> + '_ {
        self.found.iter().skip(self.first).take(self.rows).copied()
    }
}

impl Menu {
    /// After the number of rows changed: the row at the arrows must not be lost.
    pub(super) fn follow_if_hidden(&mut self) {
        if self.at < self.first || self.at >= self.first + self.rows {
            self.follow();
        } else {
            self.scroll(0);
        }
    }
}
