//! Left to right or right to left. iced mirrors nothing by itself: rows that mean a direction are built here.

use iced::alignment::Horizontal;
use iced::widget::Row;

use crate::theme::{Element, Theme};

/// The direction a language is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// As in English.
    #[default]
    LeftToRight,
    /// As in Arabic and Hebrew.
    RightToLeft,
}

impl Direction {
    /// The direction of a language tag.
    #[must_use]
    pub fn of(language: &str) -> Self {
        match language.split(['-', '_']).next().unwrap_or_default() {
            "ar" | "dv" | "fa" | "he" | "ps" | "sd" | "ug" | "ur" | "yi" => Self::RightToLeft,
            _ => Self::LeftToRight,
        }
    }

    /// A row whose first child is where reading starts.
    pub fn row<'a, Message: 'a>(
        self,
        children: impl IntoIterator<Item = Element<'a, Message>>,
    ) -> Row<'a, Message, Theme> {
        let mut children: Vec<_> = children.into_iter().collect();

        if self == Self::RightToLeft {
            children.reverse();
        }

        Row::with_children(children)
    }

    /// The side where reading starts; for `align_x` of text and containers.
    #[must_use]
    pub fn start(self) -> Horizontal {
        match self {
            Self::LeftToRight => Horizontal::Left,
            Self::RightToLeft => Horizontal::Right,
        }
    }

    /// The side where reading ends.
    #[must_use]
    pub fn end(self) -> Horizontal {
        match self {
            Self::LeftToRight => Horizontal::Right,
            Self::RightToLeft => Horizontal::Left,
        }
    }
}
