//! Small choices that stand beside one another, and a switch. Each is a Tab stop of its own.

use iced::widget::row;
use iced::widget::text::IntoFragment;
use iced::{Center, Color, border};

use super::control::Style;
use super::icon::{Icon, icon};
use super::{Control, button, words};
use crate::theme::{self, CORNER, space};

/// One of a few choices in a row. The chosen one has a tick, and is told apart without its colour.
pub fn chip<'a, Message: Clone + 'a>(label: impl IntoFragment<'a>, is_on: bool) -> Control<'a, Message> {
    let sign = is_on.then(|| icon(Icon::Check).size(16.0).style(theme::accent));
    let shown = row![]
        .push(sign)
        .push(words::body(label))
        .spacing(space::XXS)
        .align_y(Center);

    Control::new(shown)
        .padding([0.0, space::S])
        .style(move |theme, status| Style {
            background: if is_on || (status.enabled && status.hovered) {
                theme.palette.raised
            } else {
                Color::TRANSPARENT
            },
            border: border::rounded(CORNER).width(1.0).color(if is_on {
                theme.palette.accent
            } else {
                theme.palette.quiet
            }),
            ..Style::plain(theme)
        })
}

/// Something that is on or off; the word says which.
pub fn switch<'a, Message: Clone + 'a>(word: impl IntoFragment<'a>, is_on: bool) -> Control<'a, Message> {
    let sign = if is_on {
        icon(Icon::ToggleRight).size(28.0).style(theme::accent)
    } else {
        icon(Icon::ToggleLeft).size(28.0).style(theme::quiet)
    };

    button::bare(row![sign, words::body(word)].spacing(space::XS).align_y(Center))
}
