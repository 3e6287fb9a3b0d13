//! A long list of rows of one height, one of which may be unfolded. Only what is in sight is made.

use std::ops::Range;

use iced::advanced::widget::Id;
use iced::widget::scrollable::{self, Scrollbar};
use iced::widget::{Space, container, keyed_column};
use iced::{Fill, Padding};

use super::Scroll;
use crate::theme::{Element, space};

/// The highest that what is unfolded may be, in rows: so many more are made above, because how far the list is scrolled
/// says nothing of its height.
const HIGHEST: usize = 16;

/// A child of the list, as its key: a row keeps the focus while the list moves below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Row(usize),
    Unfolded,
    /// Room for the rows of a range that are not made.
    Room(Place, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Above,
    Between,
    Below,
}

/// A list of `count` rows, each `height` high, in a room that is `room` high at most; below the row `open.0` stands
/// `open.1`, which should be lower than 16 rows.
pub fn unfolding<'a, Message: 'a>(
    id: impl Into<Id>,
    scroll: Scroll,
    (count, height, room): (usize, f32, f32),
    row: impl Fn(usize) -> Element<'a, Message>,
    open: Option<(usize, Element<'a, Message>)>,
    on_scroll: impl Fn(Scroll) -> Message + 'a,
) -> Element<'a, Message> {
    let (at, mut unfolded) = open.unzip();
    let parts = parts(scroll.in_sight(count, height, room), count, at);
    let children = parts.into_iter().filter_map(|part| {
        let child = match part {
            Part::Row(number) => container(row(number)).height(height).width(Fill).into(),
            Part::Unfolded => unfolded.take()?,
            Part::Room(_, rows) => Space::new().height(height * rows as f32).width(Fill).into(),
        };
        let key = match part {
            // Room is room, however much there is.
            Part::Room(place, _) => Part::Room(place, 0),
            part => part,
        };
        Some((key, child))
    });

    iced::widget::scrollable(super::sheet(
        keyed_column(children)
            .width(Fill)
            .padding(Padding::ZERO.right(space::S)),
    ))
    .id(id)
    .direction(scrollable::Direction::Vertical(
        Scrollbar::new().width(6).scroller_width(6).margin(2),
    ))
    .on_scroll(move |viewport| on_scroll(viewport.into()))
    .width(Fill)
    .height(Fill)
    .into()
}

/// What the list has from top to bottom, of which the rows `made` are in sight.
fn parts(made: Range<usize>, count: usize, open: Option<usize>) -> Vec<Part> {
    let open = open.filter(|at| *at < count);
    let first = match open {
        Some(_) => made.start.saturating_sub(HIGHEST),
        None => made.start,
    };
    let last = made.end.max(first);
    let mut parts = Vec::with_capacity(last - first + 4);

    match open {
        Some(at) if at < first => parts.extend([
            Part::Room(Place::Above, at + 1),
            Part::Unfolded,
            Part::Room(Place::Between, first - at - 1),
        ]),
        _ => parts.push(Part::Room(Place::Above, first)),
    }
    for number in first..last {
        parts.push(Part::Row(number));
        if open == Some(number) {
            parts.push(Part::Unfolded);
        }
    }
    match open {
        Some(at) if at >= last => parts.extend([
            Part::Room(Place::Between, at + 1 - last),
            Part::Unfolded,
            Part::Room(Place::Below, count - at - 1),
        ]),
        _ => parts.push(Part::Room(Place::Below, count - last)),
    }

    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_room_and_what_is_unfolded_stands_below_its_own() {
        for made in [0..0, 0..13, 40..60, 95..100] {
            for open in [None, Some(0), Some(5), Some(30), Some(50), Some(99)] {
                let mut rows = 0;
                let mut unfolded = None;
                for part in parts(made.clone(), 100, open) {
                    match part {
                        Part::Row(number) => {
                            assert_eq!(number, rows, "{made:?} {open:?}");
                            rows += 1;
                        }
                        Part::Unfolded => unfolded = Some(rows - 1),
                        Part::Room(_, room) => rows += room,
                    }
                }
                assert_eq!((rows, unfolded), (100, open), "{made:?}");
            }
        }
    }

    #[test]
    fn a_row_that_is_gone_is_not_unfolded() {
        assert_eq!(
            parts(0..3, 3, Some(3)),
            [
                Part::Room(Place::Above, 0),
                Part::Row(0),
                Part::Row(1),
                Part::Row(2),
                Part::Room(Place::Below, 0)
            ]
        );
    }
}
