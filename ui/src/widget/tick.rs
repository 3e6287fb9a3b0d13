//! A box to tick, with its word: on or off.

use iced::Center;
use iced::widget::text::IntoFragment;

use super::control::Control;
use super::direction::Direction;
use super::icon::{Icon, icon};
use super::{button, words};
use crate::theme::{self, space};

/// A box to tick. Give it an id and a message.
pub fn tick<'a, Message: Clone + 'a>(
    direction: Direction,
    label: impl IntoFragment<'a>,
    is_on: bool,
) -> Control<'a, Message> {
    let sign = if is_on {
        icon(Icon::SquareCheck).style(theme::accent)
    } else {
        icon(Icon::Square).style(theme::quiet)
    };

    button::bare(
        direction
            .row([sign.into(), words::body(label).into()])
            .spacing(space::XS)
            .align_y(Center),
    )
}
