//! How far, and how strong.

use iced::widget::text::IntoFragment;
use iced::widget::{container, row, rule};
use iced::{Center, Fill, FillPortion, Length};

use super::words;
use crate::theme::{self, Element, Palette, Theme, space};

/// The height of the bar of progress.
const HEIGHT: f32 = 8.0;
/// Steps of the bar; iced lays out in whole portions.
const STEPS: u16 = 1000;

/// A bar that is filled from 0 to 1. It shows what it is given: that it never goes backwards is the job's promise.
pub fn progress_bar<'a, Message: 'a>(fraction: f32) -> Element<'a, Message> {
    let fraction = if fraction.is_finite() {
        fraction.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let done = (fraction * f32::from(STEPS)).round() as u16;

    bar(done, STEPS - done, |palette| palette.accent)
}

/// How strong a password is, 0 to 4, and the word for it.
pub fn meter<'a, Message: 'a>(score: u8, word: impl IntoFragment<'a>) -> Element<'a, Message> {
    let color: fn(&Palette) -> iced::Color = match score {
        0 | 1 => |palette| palette.danger,
        2 => |palette| palette.warn,
        _ => |palette| palette.good,
    };

    let parts = (1..=4).map(|part| block(Fill, 4.0, if part <= score { color } else { |palette| palette.line }));

    let words = words::small(word).style(theme::quiet);

    row![row(parts).spacing(space::XXS).width(160), words]
        .spacing(space::S)
        .align_y(Center)
        .into()
}

fn bar<'a, Message: 'a>(done: u16, left: u16, color: fn(&Palette) -> iced::Color) -> Element<'a, Message> {
    let part = |portion: u16, color| (portion > 0).then(|| block(FillPortion(portion), HEIGHT, color));
    let parts = [part(done, color), part(left, |palette| palette.line)]
        .into_iter()
        .flatten();

    row(parts).width(Fill).into()
}

fn block<'a, Message: 'a>(width: Length, height: f32, color: fn(&Palette) -> iced::Color) -> Element<'a, Message> {
    container("")
        .width(width)
        .height(height)
        .style(move |theme: &Theme| container::Style {
            background: Some(color(&theme.palette).into()),
            ..container::Style::default()
        })
        .into()
}

/// A hairline across.
#[must_use]
pub fn hairline<'a, Message: 'a>() -> Element<'a, Message> {
    rule::horizontal::<Theme>(1).into()
}
