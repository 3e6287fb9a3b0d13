//! How Moult looks: the only place that knows a colour, a size or a font.
//!
//! Widgets ask for roles ("quiet", "accent", "danger"), never for colours. All measures are logical pixels.

mod faces;

use std::borrow::Cow;

use iced::theme::{Base, Mode};
use iced::widget::{button, checkbox, container, progress_bar, rule, scrollable, svg, text, text_editor, text_input};
use iced::{Background, Border, Color, Font, Shadow, border};

/// An iced element drawn with Moult's [`Theme`].
pub type Element<'a, Message> = iced::Element<'a, Message, Theme>;

/// Distances between things, in logical pixels.
pub mod space {
    /// Between an icon and its word, between a label and its field.
    pub const XXS: f32 = 4.0;
    /// Between words of one thing.
    pub const XS: f32 = 8.0;
    /// Inside controls.
    pub const S: f32 = 12.0;
    /// Between controls that belong together.
    pub const M: f32 = 16.0;
    /// Between groups, and around the content column.
    pub const L: f32 = 24.0;
    /// Between a page's title and its body.
    pub const XL: f32 = 32.0;
    /// Around lonely things.
    pub const XXL: f32 = 48.0;
    /// Around very lonely things.
    pub const XXXL: f32 = 64.0;
}

/// Type sizes, in logical pixels. The line height is always [`LINE_HEIGHT`].
pub mod size {
    /// Hints, messages under fields.
    pub const SMALL: f32 = 13.0;
    /// Text.
    pub const BODY: f32 = 15.0;
    /// What leads a section or a row.
    pub const SECTION: f32 = 17.0;
    /// The heading of a page.
    pub const HEADING: f32 = 22.0;
    /// Once a screen at most.
    pub const DISPLAY: f32 = 30.0;
    /// Icons.
    pub const ICON: f32 = 20.0;
    /// The least height of anything that can be pressed.
    pub const TARGET: f32 = 40.0;
    /// The height of the bar at the top.
    pub const BAR: f32 = 56.0;
    /// The widest a column of text gets in the installer.
    pub const COLUMN: f32 = 720.0;
    /// The width of the installer's rail of steps.
    pub const RAIL: f32 = 200.0;
    /// The width of the store's rail of sections: the longest is German, in bold, and has a number after it.
    pub const SECTIONS: f32 = 248.0;
    /// Below this window width the rail becomes one line.
    pub const NARROW: f32 = 960.0;
}

/// Line height, relative to the type size.
pub const LINE_HEIGHT: f32 = 1.4;
/// The radius of the corners of controls and cards.
pub const CORNER: f32 = 6.0;
/// The width of the focus ring.
pub const RING: f32 = 2.0;
/// The distance between a focused control and its ring.
pub const RING_GAP: f32 = 2.0;

/// Text.
#[must_use]
pub fn font() -> Font {
    faces::chosen().0
}

/// Text that leads.
#[must_use]
pub fn font_strong() -> Font {
    faces::chosen().1
}

/// Numbers and logs that must line up.
pub const FONT_MONO: Font = Font::MONOSPACE;
/// The icons; see [`fonts`].
pub const FONT_ICONS: Font = Font::with_name("lucide");

/// The fonts that the program brings along (only the icons); give them to `iced::application(..).font(..)`.
#[must_use]
pub fn fonts() -> Vec<Cow<'static, [u8]>> {
    vec![Cow::Borrowed(lucide_icons::LUCIDE_FONT_BYTES)]
}

/// The settings every window and every test of widgets starts with: our fonts, our text size.
#[must_use]
pub fn settings() -> iced::Settings {
    iced::Settings {
        fonts: fonts(),
        default_font: font(),
        default_text_size: size::BODY.into(),
        antialiasing: true,
        ..iced::Settings::default()
    }
}

/// Which of the three sets of colours is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    /// Dark ink on a warm ground.
    #[default]
    Light,
    /// Light ink on a green-black ground.
    Dark,
    /// White on black with yellow, for people who need it.
    Contrast,
}

/// The colours of one scheme, by role.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Behind everything.
    pub ground: Color,
    /// Fields, menus.
    pub surface: Color,
    /// Hovered or chosen rows, tracks of bars.
    pub raised: Color,
    /// Hairlines. Decoration only: the edge of a control is `quiet`.
    pub line: Color,
    /// Text.
    pub ink: Color,
    /// Text that stands back, edges of controls.
    pub quiet: Color,
    /// The one primary action; focus; what is chosen.
    pub accent: Color,
    /// Text on `accent`.
    pub on_accent: Color,
    /// What destroys or failed.
    pub danger: Color,
    /// What deserves care.
    pub warn: Color,
    /// What went well.
    pub good: Color,
}

impl Palette {
    const LIGHT: Self = Self {
        ground: rgb(0xF7F6F2),
        surface: rgb(0xFFFFFF),
        raised: rgb(0xEFEDE6),
        line: rgb(0xD9D5CA),
        ink: rgb(0x1C2321),
        quiet: rgb(0x56605C),
        accent: rgb(0x0B6B5B),
        on_accent: rgb(0xFFFFFF),
        danger: rgb(0xA5261B),
        warn: rgb(0x7A4E00),
        good: rgb(0x1B6B3A),
    };

    const DARK: Self = Self {
        ground: rgb(0x121615),
        surface: rgb(0x1A201E),
        raised: rgb(0x242B29),
        line: rgb(0x3A4340),
        ink: rgb(0xECEFEA),
        quiet: rgb(0xA3AEA9),
        accent: rgb(0x4FC7B0),
        on_accent: rgb(0x06231D),
        danger: rgb(0xFF8A7A),
        warn: rgb(0xF0B54A),
        good: rgb(0x6FD08C),
    };

    const CONTRAST: Self = Self {
        ground: rgb(0x000000),
        surface: rgb(0x000000),
        raised: rgb(0x000000),
        line: rgb(0xFFFFFF),
        ink: rgb(0xFFFFFF),
        quiet: rgb(0xFFFFFF),
        accent: rgb(0xFFD400),
        on_accent: rgb(0x000000),
        danger: rgb(0xFF9C8F),
        warn: rgb(0xFFD400),
        good: rgb(0x8CFF9E),
    };
}

const fn rgb(hex: u32) -> Color {
    Color::from_rgb8((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// Moult's theme: a scheme and its colours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Theme {
    /// Which set of colours this is.
    pub scheme: Scheme,
    /// The colours.
    pub palette: Palette,
}

impl Theme {
    /// The theme of a scheme.
    #[must_use]
    pub const fn new(scheme: Scheme) -> Self {
        let palette = match scheme {
            Scheme::Light => Palette::LIGHT,
            Scheme::Dark => Palette::DARK,
            Scheme::Contrast => Palette::CONTRAST,
        };

        Self { scheme, palette }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Scheme::Light)
    }
}

impl Base for Theme {
    fn default(preference: Mode) -> Self {
        Self::new(match preference {
            Mode::Dark => Scheme::Dark,
            Mode::Light | Mode::None => Scheme::Light,
        })
    }

    fn mode(&self) -> Mode {
        match self.scheme {
            Scheme::Light => Mode::Light,
            Scheme::Dark | Scheme::Contrast => Mode::Dark,
        }
    }

    fn base(&self) -> iced::theme::Style {
        iced::theme::Style {
            background_color: self.palette.ground,
            text_color: self.palette.ink,
        }
    }

    fn palette(&self) -> Option<iced::theme::Palette> {
        Some(iced::theme::Palette {
            background: self.palette.ground,
            text: self.palette.ink,
            primary: self.palette.accent,
            success: self.palette.good,
            warning: self.palette.warn,
            danger: self.palette.danger,
        })
    }

    fn name(&self) -> &str {
        match self.scheme {
            Scheme::Light => "Moult light",
            Scheme::Dark => "Moult dark",
            Scheme::Contrast => "Moult high contrast",
        }
    }
}

/// Text styles: `text("..").style(theme::quiet)`.
#[must_use]
pub fn quiet(theme: &Theme) -> text::Style {
    text::Style {
        color: Some(theme.palette.quiet),
    }
}

/// Text in the accent colour.
#[must_use]
pub fn accent(theme: &Theme) -> text::Style {
    text::Style {
        color: Some(theme.palette.accent),
    }
}

/// Text that tells of danger or failure.
#[must_use]
pub fn danger(theme: &Theme) -> text::Style {
    text::Style {
        color: Some(theme.palette.danger),
    }
}

/// Text that asks for care.
#[must_use]
pub fn warn(theme: &Theme) -> text::Style {
    text::Style {
        color: Some(theme.palette.warn),
    }
}

/// Text that tells of something good.
#[must_use]
pub fn good(theme: &Theme) -> text::Style {
    text::Style {
        color: Some(theme.palette.good),
    }
}

/// A container with the colour of fields and a hairline around it. Keep it small: big rounded boxes are dear.
#[must_use]
pub fn surface(theme: &Theme) -> container::Style {
    container::Style {
        background: Some(theme.palette.surface.into()),
        border: border::rounded(CORNER).width(1.0).color(theme.palette.line),
        ..container::Style::default()
    }
}

/// A container that stands out from the ground.
#[must_use]
pub fn raised(theme: &Theme) -> container::Style {
    container::Style {
        background: Some(theme.palette.raised.into()),
        ..container::Style::default()
    }
}

impl text::Catalog for Theme {
    type Class<'a> = text::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| text::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> text::Style {
        class(self)
    }
}

impl container::Catalog for Theme {
    type Class<'a> = container::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| container::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> container::Style {
        class(self)
    }
}

impl rule::Catalog for Theme {
    type Class<'a> = rule::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme| rule::Style {
            color: theme.palette.line,
            radius: 0.0.into(),
            fill_mode: rule::FillMode::Full,
            snap: true,
        })
    }

    fn style(&self, class: &Self::Class<'_>) -> rule::Style {
        class(self)
    }
}

impl svg::Catalog for Theme {
    type Class<'a> = svg::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_, _| svg::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>, status: svg::Status) -> svg::Style {
        class(self, status)
    }
}

impl progress_bar::Catalog for Theme {
    type Class<'a> = progress_bar::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme| progress_bar::Style {
            background: theme.palette.raised.into(),
            bar: theme.palette.accent.into(),
            border: border::rounded(0).width(1.0).color(theme.palette.quiet),
        })
    }

    fn style(&self, class: &Self::Class<'_>) -> progress_bar::Style {
        class(self)
    }
}

/// The plain iced button, for code that needs one; screens use [`crate::widget::button`].
impl button::Catalog for Theme {
    type Class<'a> = button::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| button::Style {
            background: matches!(status, button::Status::Hovered | button::Status::Pressed)
                .then_some(Background::Color(theme.palette.raised)),
            text_color: theme.palette.ink,
            border: border::rounded(CORNER).width(1.0).color(theme.palette.quiet),
            ..button::Style::default()
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: button::Status) -> button::Style {
        class(self, status)
    }
}

impl checkbox::Catalog for Theme {
    type Class<'a> = checkbox::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let (checked, enabled) = match status {
                checkbox::Status::Active { is_checked } | checkbox::Status::Hovered { is_checked } => {
                    (is_checked, true)
                }
                checkbox::Status::Disabled { is_checked } => (is_checked, false),
            };
            let palette = &theme.palette;

            checkbox::Style {
                background: if checked { palette.accent } else { palette.surface }.into(),
                icon_color: palette.on_accent,
                border: border::rounded(4)
                    .width(1.0)
                    .color(if enabled { palette.quiet } else { palette.line }),
                text_color: (!enabled).then_some(palette.quiet),
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: checkbox::Status) -> checkbox::Style {
        class(self, status)
    }
}

impl text_input::Catalog for Theme {
    type Class<'a> = text_input::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let palette = &theme.palette;
            let edge = match status {
                text_input::Status::Active => palette.quiet,
                text_input::Status::Hovered | text_input::Status::Focused { .. } => palette.ink,
                text_input::Status::Disabled => palette.line,
            };

            text_input::Style {
                background: palette.surface.into(),
                border: border::rounded(CORNER).width(1.0).color(edge),
                icon: palette.quiet,
                placeholder: palette.quiet,
                value: palette.ink,
                selection: palette.accent.scale_alpha(0.35),
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: text_input::Status) -> text_input::Style {
        class(self, status)
    }
}

impl text_editor::Catalog for Theme {
    type Class<'a> = text_editor::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, _| text_editor::Style {
            background: theme.palette.surface.into(),
            border: border::rounded(CORNER).width(1.0).color(theme.palette.quiet),
            placeholder: theme.palette.quiet,
            value: theme.palette.ink,
            selection: theme.palette.accent.scale_alpha(0.35),
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: text_editor::Status) -> text_editor::Style {
        class(self, status)
    }
}

impl scrollable::Catalog for Theme {
    type Class<'a> = scrollable::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let palette = &theme.palette;
            let busy = matches!(
                status,
                scrollable::Status::Hovered {
                    is_vertical_scrollbar_hovered: true,
                    ..
                } | scrollable::Status::Dragged { .. }
            );
            let rail = scrollable::Rail {
                background: None,
                border: Border::default(),
                scroller: scrollable::Scroller {
                    background: if busy { palette.quiet } else { palette.line }.into(),
                    border: Border::default(),
                },
            };

            scrollable::Style {
                container: container::Style::default(),
                vertical_rail: rail,
                horizontal_rail: rail,
                gap: None,
                auto_scroll: scrollable::AutoScroll {
                    background: palette.surface.into(),
                    border: border::rounded(CORNER).width(1.0).color(palette.quiet),
                    shadow: Shadow::default(),
                    icon: palette.ink,
                },
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: scrollable::Status) -> scrollable::Style {
        class(self, status)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// WCAG relative luminance.
    fn luminance(color: Color) -> f32 {
        let channel = |c: f32| {
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };

        0.2126 * channel(color.r) + 0.7152 * channel(color.g) + 0.0722 * channel(color.b)
    }

    /// WCAG contrast.
    pub(crate) fn contrast(a: Color, b: Color) -> f32 {
        let (a, b) = (luminance(a), luminance(b));

        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_colour_is_readable_on_every_ground() {
        for scheme in [Scheme::Light, Scheme::Dark, Scheme::Contrast] {
            let p = Theme::new(scheme).palette;
            let least = if scheme == Scheme::Contrast { 10.0 } else { 4.5 };

            for ground in [p.ground, p.surface, p.raised] {
                for ink in [p.ink, p.quiet, p.accent, p.danger, p.warn, p.good] {
                    assert!(contrast(ink, ground) >= least, "{scheme:?}: {ink:?} on {ground:?}");
                }
            }

            assert!(contrast(p.on_accent, p.accent) >= 4.5, "{scheme:?}: text on accent");
        }
    }
}
