//! Something that is chosen or not, with a word beside it.

use iced::Center;
use iced::advanced::widget::Id;
use iced::widget::text::IntoFragment;

use super::icon::{Icon, icon};
use super::{Control, Direction, button, words};
use crate::theme::{self, Element, space};

/// How a box stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Not chosen.
    Off,
    /// Chosen.
    On,
    /// Of a group: some of it.
    Some,
}

impl Tick {
    /// Of a group, by how many of how many are chosen.
    #[must_use]
    pub fn of(chosen: usize, all: usize) -> Self {
        match chosen {
            0 => Self::Off,
            _ if chosen >= all => Self::On,
            _ => Self::Some,
        }
    }
}

impl From<bool> for Tick {
    fn from(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }
}

/// A box with its word; with an empty word, the box alone. Without a message it cannot be pressed, and stands back.
pub fn check<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    tick: Tick,
    label: impl IntoFragment<'a>,
    direction: Direction,
    on_press: Option<Message>,
) -> Control<'a, Message> {
    let sign = match tick {
        Tick::Off => icon(Icon::Square),
        Tick::On => icon(Icon::SquareCheck),
        Tick::Some => icon(Icon::SquareMinus),
    };
    let sign = match (on_press.is_some(), tick) {
        (false, _) | (true, Tick::Off) => sign.style(theme::quiet),
        _ => sign.style(theme::accent),
    };
    let label = label.into_fragment();
    let content: Element<'a, Message> = if label.is_empty() {
        sign.into()
    } else {
        direction
            .row([sign.into(), words::body(label).into()])
            .spacing(space::XS)
            .align_y(Center)
            .into()
    };

    button::bare(content)
        .padding([0.0, (40.0 - theme::size::ICON) / 2.0])
        .id(id)
        .on_press_maybe(on_press)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_chosen_only_when_all_of_it_is() {
        assert_eq!(Tick::of(0, 3), Tick::Off);
        assert_eq!(Tick::of(2, 3), Tick::Some);
        assert_eq!(Tick::of(3, 3), Tick::On);
        assert_eq!(Tick::of(0, 0), Tick::Off);
    }
}
