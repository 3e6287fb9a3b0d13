//! Text in the five sizes of the look.

use iced::widget::Text;
use iced::widget::text::{IntoFragment, LineHeight, Wrapping};

use crate::theme::{LINE_HEIGHT, Theme, font, font_strong, size};

fn words<'a>(text: impl IntoFragment<'a>, size: f32) -> Text<'a, Theme> {
    iced::widget::text(text)
        .size(size)
        .font(font())
        .line_height(LineHeight::Relative(LINE_HEIGHT))
        // An address or a name of strangers may be one word that is longer than its line.
        .wrapping(Wrapping::WordOrGlyph)
}

/// The largest text, once a screen at most.
pub fn display<'a>(text: impl IntoFragment<'a>) -> Text<'a, Theme> {
    words(text, size::DISPLAY).font(font_strong())
}

/// The heading of a page.
pub fn heading<'a>(text: impl IntoFragment<'a>) -> Text<'a, Theme> {
    words(text, size::HEADING).font(font_strong())
}

/// What leads a section.
pub fn section<'a>(text: impl IntoFragment<'a>) -> Text<'a, Theme> {
    words(text, size::SECTION).font(font_strong())
}

/// Text.
pub fn body<'a>(text: impl IntoFragment<'a>) -> Text<'a, Theme> {
    words(text, size::BODY)
}

/// Text that stands out among text.
pub fn strong<'a>(text: impl IntoFragment<'a>) -> Text<'a, Theme> {
    words(text, size::BODY).font(font_strong())
}

/// Hints and small print.
pub fn small<'a>(text: impl IntoFragment<'a>) -> Text<'a, Theme> {
    words(text, size::SMALL)
}
