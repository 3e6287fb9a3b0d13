//! The steps of the installer: what is done, what is now, what comes.

use iced::widget::text::IntoFragment;
use iced::widget::{column, container, row};
use iced::{Center, Fill, Padding};

use super::Direction;
use super::icon::{Icon, icon};
use super::words;
use crate::theme::{self, Element, Theme, font_strong, size, space};

/// The steps by name; those before `current` are done.
pub fn rail<'a, Message: 'a>(
    steps: impl IntoIterator<Item = String>,
    current: usize,
    direction: Direction,
) -> Element<'a, Message> {
    let steps = steps.into_iter().enumerate().map(|(at, name)| {
        let (sign, name) = match at.cmp(&current) {
            std::cmp::Ordering::Less => (
                icon(Icon::Check).style(theme::good),
                words::body(name).style(theme::quiet),
            ),
            std::cmp::Ordering::Equal => (
                icon(Icon::CircleDot).style(theme::accent),
                words::body(name).font(font_strong()),
            ),
            std::cmp::Ordering::Greater => (
                icon(Icon::Circle).style(theme::quiet),
                words::body(name).style(theme::quiet),
            ),
        };

        let step = direction
            .row([sign.into(), name.into()])
            .spacing(space::S)
            .align_y(Center);

        container(step)
            .width(Fill)
            .height(size::TARGET)
            .align_x(direction.start())
            .align_y(Center)
            .into()
    });

    column(steps)
        .padding(Padding::from([space::L, space::L]))
        .width(Fill)
        .into()
}

/// "Step 3 of 8: Disk", for windows too narrow for the rail.
pub fn step_line<'a, Message: 'a>(text: impl IntoFragment<'a>) -> Element<'a, Message> {
    container(row![words::body(text).style(theme::quiet)])
        .padding(Padding::from([space::XS, space::L]))
        .width(Fill)
        .style(|theme: &Theme| container::Style {
            background: Some(theme.palette.raised.into()),
            ..container::Style::default()
        })
        .into()
}
