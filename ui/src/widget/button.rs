//! Buttons. One primary action a screen.

use std::time::Duration;

use iced::widget::text::IntoFragment;
use iced::{Color, border};

use super::Control;
use super::control::{Status, Style};
use super::words;
use crate::theme::{CORNER, Element, Palette, Theme, font_strong, space};

/// What the screen is for.
pub fn primary<'a, Message: Clone + 'a>(label: impl IntoFragment<'a>) -> Control<'a, Message> {
    button(label, |theme, status| filled(theme, status, theme.palette.accent))
}

/// Something else that can be done.
pub fn secondary<'a, Message: Clone + 'a>(label: impl IntoFragment<'a>) -> Control<'a, Message> {
    button(label, outlined)
}

/// What destroys something; only where nothing more needs to be confirmed. See [`hold`].
pub fn danger<'a, Message: Clone + 'a>(label: impl IntoFragment<'a>) -> Control<'a, Message> {
    button(label, |theme, status| filled(theme, status, theme.palette.danger))
}

/// A button that looks like a link.
pub fn quiet<'a, Message: Clone + 'a>(label: impl IntoFragment<'a>) -> Control<'a, Message> {
    button(label, |theme, status| Style {
        text: if status.enabled {
            theme.palette.accent
        } else {
            theme.palette.quiet
        },
        background: under_pointer(&theme.palette, status),
        ..Style::plain(theme)
    })
    .padding([0.0, space::XS])
}

/// What destroys something for good: it must be held, by pointer or key, and says so once.
pub fn hold<'a, Message: Clone + 'a>(label: impl IntoFragment<'a>, time: Duration) -> Control<'a, Message> {
    button(label, |theme, status| {
        let palette = &theme.palette;
        let color = if status.enabled { palette.danger } else { palette.quiet };

        Style {
            background: if status.hovered {
                palette.raised
            } else {
                palette.surface
            },
            border: border::rounded(CORNER).width(2.0).color(color),
            text: color,
            fill: mix(palette.surface, palette.danger, 0.3),
        }
    })
    .hold(time)
}

/// A button around an icon and words of its own.
pub fn bare<'a, Message: Clone + 'a>(content: impl Into<Element<'a, Message>>) -> Control<'a, Message> {
    Control::new(content)
        .padding([0.0, space::XS])
        .style(|theme, status| Style {
            background: under_pointer(&theme.palette, status),
            ..Style::plain(theme)
        })
}

fn button<'a, Message: Clone + 'a>(
    label: impl IntoFragment<'a>,
    style: impl Fn(&Theme, Status) -> Style + 'a,
) -> Control<'a, Message> {
    Control::new(words::body(label).font(font_strong()))
        .padding([0.0, space::M])
        .align(iced::alignment::Horizontal::Center)
        .style(style)
}

fn filled(theme: &Theme, status: Status, color: Color) -> Style {
    let palette = &theme.palette;

    if !status.enabled {
        return outlined(theme, status);
    }

    let background = match (status.pressed, status.hovered) {
        (true, _) => mix(color, palette.ink, 0.25),
        (_, true) => mix(color, palette.ink, 0.12),
        _ => color,
    };

    Style {
        background,
        text: palette.on_accent,
        border: border::rounded(CORNER),
        fill: palette.ink,
    }
}

pub(super) fn outlined(theme: &Theme, status: Status) -> Style {
    let palette = &theme.palette;
    let (edge, text) = if status.enabled {
        (palette.quiet, palette.ink)
    } else {
        (palette.line, palette.quiet)
    };

    Style {
        background: under_pointer(palette, status),
        text,
        border: border::rounded(CORNER).width(1.0).color(edge),
        fill: palette.raised,
    }
}

pub(super) fn under_pointer(palette: &Palette, status: Status) -> Color {
    if status.enabled && (status.hovered || status.pressed) {
        palette.raised
    } else {
        Color::TRANSPARENT
    }
}

/// `part` of the way from one colour to another.
pub(super) fn mix(from: Color, to: Color, part: f32) -> Color {
    let channel = |a: f32, b: f32| a + (b - a) * part;

    Color::from_rgb(channel(from.r, to.r), channel(from.g, to.g), channel(from.b, to.b))
}
