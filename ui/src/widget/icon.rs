//! Icons: lucide, 20 pixels, in the colour of the text around them.

use iced::widget::Text;
use iced::widget::text::{LineHeight, Shaping};

use crate::theme::{FONT_ICONS, Theme, size};

pub use lucide_icons::Icon;

/// An icon. Colour it like text: `icon(Icon::Check).style(theme::good)`.
#[must_use]
pub fn icon<'a>(icon: Icon) -> Text<'a, Theme> {
    iced::widget::text(icon.unicode())
        .font(FONT_ICONS)
        .size(size::ICON)
        .line_height(LineHeight::Relative(1.0))
        .shaping(Shaping::Basic)
}
