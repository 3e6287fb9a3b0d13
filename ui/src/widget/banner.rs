//! Something the person should know, with an icon beside it: colour never speaks alone.

use iced::widget::text::IntoFragment;
use iced::widget::{container, row};
use iced::{Fill, Padding, border};

use super::icon::{Icon, icon};
use super::words;
use crate::theme::{Element, Palette, Theme, space};

/// Good to know.
pub fn info<'a, Message: 'a>(text: impl IntoFragment<'a>) -> Element<'a, Message> {
    banner(Icon::Info, text, |palette| palette.accent)
}

/// Deserves care.
pub fn warn<'a, Message: 'a>(text: impl IntoFragment<'a>) -> Element<'a, Message> {
    banner(Icon::TriangleAlert, text, |palette| palette.warn)
}

/// Something is lost, or has failed.
pub fn danger<'a, Message: 'a>(text: impl IntoFragment<'a>) -> Element<'a, Message> {
    banner(Icon::OctagonAlert, text, |palette| palette.danger)
}

/// Something went well.
pub fn good<'a, Message: 'a>(text: impl IntoFragment<'a>) -> Element<'a, Message> {
    banner(Icon::CircleCheck, text, |palette| palette.good)
}

fn banner<'a, Message: 'a>(
    sign: Icon,
    text: impl IntoFragment<'a>,
    color: fn(&Palette) -> iced::Color,
) -> Element<'a, Message> {
    let edge = container("")
        .width(3)
        .height(Fill)
        .style(move |theme: &Theme| container::Style {
            background: Some(color(&theme.palette).into()),
            ..container::Style::default()
        });

    let colored = move |theme: &Theme| iced::widget::text::Style {
        color: Some(color(&theme.palette)),
    };
    let words = row![icon(sign).style(colored), container(words::body(text)).width(Fill)].spacing(space::S);

    container(row![edge, container(words).padding(Padding::from([space::S, space::M]))].height(iced::Shrink))
        .width(Fill)
        .style(|theme: &Theme| container::Style {
            background: Some(theme.palette.raised.into()),
            border: border::rounded(0),
            ..container::Style::default()
        })
        .into()
}
