//! A long list of rows of one height, of which only those in sight are made.

use iced::Fill;
use iced::advanced::widget::Id;
use iced::widget::scrollable::{self, Scrollbar, Viewport};
use iced::widget::{Column, Space};

use super::sheet;
use crate::theme::{Element, Theme};

/// Rows beyond both edges that are made too, so that the next Tab finds one.
const BEYOND: usize = 3;

/// How far a list is scrolled. Belongs to the state of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scroll {
    offset: f32,
    height: f32,
}

impl Scroll {
    /// The list was scrolled: give the message of [`rows`] here.
    pub fn scrolled(&mut self, scroll: Self) {
        *self = scroll;
    }

    /// A list that a test scrolled.
    #[cfg(test)]
    pub(crate) fn at(offset: f32, height: f32) -> Self {
        Self { offset, height }
    }

    /// The first row is in sight.
    #[must_use]
    pub fn is_at_the_top(&self) -> bool {
        self.offset <= 0.0
    }

    /// It is scrolled back to its first row.
    pub fn to_the_top(&mut self) {
        self.offset = 0.0;
    }

    /// How high the list was when it was last scrolled; 0 before that.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.height
    }

    /// The numbers of the rows that are made, of `count` rows of this height. Until the list was scrolled for the first
    /// time, `room` is how high it is at most.
    #[must_use]
    pub fn in_sight(&self, count: usize, height: f32, room: f32) -> std::ops::Range<usize> {
        if height <= 0.0 {
            return 0..count;
        }
        let shown = if self.height > 0.0 { self.height } else { room };
        let first = ((self.offset / height).floor().max(0.0) as usize).saturating_sub(BEYOND);
        let last = ((self.offset + shown) / height).ceil().max(0.0) as usize + BEYOND;

        first.min(count)..last.min(count)
    }
}

impl From<Viewport> for Scroll {
    fn from(viewport: Viewport) -> Self {
        Self {
            offset: viewport.absolute_offset().y,
            height: viewport.bounds().height,
        }
    }
}

/// A list of `count` rows, each `height` high, in a room that is `room` high at most.
pub fn rows<'a, Message: 'a>(
    id: impl Into<Id>,
    scroll: Scroll,
    (count, height, room): (usize, f32, f32),
    row: impl Fn(usize) -> Element<'a, Message>,
    on_scroll: impl Fn(Scroll) -> Message + 'a,
) -> Element<'a, Message> {
    let made = scroll.in_sight(count, height, room);
    let gap = |rows: usize| Space::new().height(height * rows as f32).width(Fill);
    let mut column: Column<'a, Message, Theme> = iced::widget::column![gap(made.start)].width(Fill);
    for at in made.clone() {
        column = column.push(iced::widget::container(row(at)).height(height).width(Fill));
    }
    let column = column.push(gap(count - made.end));

    iced::widget::scrollable(sheet(column))
        .id(id)
        .direction(scrollable::Direction::Vertical(
            Scrollbar::new().width(6).scroller_width(6).margin(2),
        ))
        .on_scroll(move |viewport| on_scroll(viewport.into()))
        .width(Fill)
        .height(Fill)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_in_sight_and_a_few_beyond_are_made() {
        let at_first = Scroll::default();
        assert_eq!(at_first.in_sight(60_000, 50.0, 500.0), 0..13);

        let far = Scroll {
            offset: 50_000.0,
            height: 400.0,
        };
        assert_eq!(far.in_sight(60_000, 50.0, 500.0), 997..1011);
    }

    #[test]
    fn a_list_that_became_shorter_is_not_asked_for_rows_that_it_lacks() {
        let far = Scroll {
            offset: 50_000.0,
            height: 400.0,
        };
        assert_eq!(far.in_sight(4, 50.0, 500.0), 4..4);
        assert_eq!(far.in_sight(0, 50.0, 500.0), 0..0);
    }
}
