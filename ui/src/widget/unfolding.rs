//! A long list of rows of one height, one of which may be unfolded. Only what is in sight is made.

use iced::advanced::widget::Id;
use iced::widget::scrollable::{self, Scrollbar};
use iced::widget::{Space, container, keyed_column};
use iced::{Fill, Padding};

use super::Scroll;
use crate::theme::{Element, space};

/// The highest that what is unfolded may be, in rows: so many more are made above, because how far the list is scrolled
/// says nothing of its height.
const HIGHEST: usize = 16;

/// What a child of the list is. Kept apart, so that a row keeps the focus while the list moves below it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Above,
    Row(usize),
    Unfolded,
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
    let mut made = scroll.in_sight(count, height, room);
    if open.is_some() {
        made.start = made.start.saturating_sub(HIGHEST);
    }
    let (at, unfolded) = match open {
        Some((at, unfolded)) if at < count => (Some(at), Some(unfolded)),
        _ => (None, None),
    };
    let gap = |rows: usize| Element::from(Space::new().height(height * rows as f32).width(Fill));

    let mut parts: Vec<(Part, Element<'a, Message>)> = Vec::new();
    let mut unfolded = unfolded.map(|content| (Part::Unfolded, content));
    match at {
        Some(at) if at < made.start => {
            parts.push((Part::Above, gap(at + 1)));
            parts.extend(unfolded.take());
            parts.push((Part::Between, gap(made.start - at - 1)));
        }
        _ => parts.push((Part::Above, gap(made.start))),
    }
    for number in made.clone() {
        parts.push((
            Part::Row(number),
            container(row(number)).height(height).width(Fill).into(),
        ));
        if at == Some(number) {
            parts.extend(unfolded.take());
        }
    }
    match at {
        Some(at) if unfolded.is_some() => {
            parts.push((Part::Between, gap(at + 1 - made.end)));
            parts.extend(unfolded.take());
            parts.push((Part::Below, gap(count - at - 1)));
        }
        _ => parts.push((Part::Below, gap(count - made.end))),
    }

    iced::widget::scrollable(keyed_column(parts).width(Fill).padding(Padding::ZERO.right(space::S)))
        .id(id)
        .direction(scrollable::Direction::Vertical(
            Scrollbar::new().width(6).scroller_width(6).margin(2),
        ))
        .on_scroll(move |viewport| on_scroll(viewport.into()))
        .width(Fill)
        .height(Fill)
        .into()
}
