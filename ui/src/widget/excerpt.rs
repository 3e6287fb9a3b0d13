//! Text that is cut off after some lines, with "…": names and summaries that strangers wrote, where room is given.

use std::borrow::Cow;

use iced::advanced::text::{self, Paragraph as _, paragraph};
use iced::advanced::widget::{Operation, Tree, text as plain, tree};
use iced::advanced::{Layout, Widget, layout, mouse, renderer};
use iced::widget::text::{LineHeight, Shaping, Wrapping};
use iced::{Fill, Font, Length, Rectangle, Renderer, Shrink, Size, alignment};

use super::direction::Direction;
use crate::theme::{Element, LINE_HEIGHT, Theme, font, font_strong, size};

/// More of a text is never laid out.
const LONGEST: usize = 600;

type Paragraph = <Renderer as text::Renderer>::Paragraph;

/// `lines` lines of a text at most; as wide as there is room.
pub fn excerpt<'a>(text: impl Into<Cow<'a, str>>, lines: u16) -> Excerpt<'a> {
    Excerpt {
        text: text.into(),
        lines: lines.max(1),
        size: size::BODY,
        font: font(),
        align: text::Alignment::Default,
        style: |_| plain::Style::default(),
    }
}

/// See [`excerpt`].
#[derive(Debug)]
pub struct Excerpt<'a> {
    text: Cow<'a, str>,
    lines: u16,
    size: f32,
    font: Font,
    align: text::Alignment,
    style: fn(&Theme) -> plain::Style,
}

impl Excerpt<'_> {
    /// The type size.
    #[must_use]
    pub fn size(mut self, size: f32) -> Self {
        self.size = size;
        self
    }

    /// In the weight of what leads.
    #[must_use]
    pub fn strong(mut self) -> Self {
        self.font = font_strong();
        self
    }

    /// Its colour.
    #[must_use]
    pub fn style(mut self, style: fn(&Theme) -> plain::Style) -> Self {
        self.style = style;
        self
    }

    /// It starts where reading starts.
    #[must_use]
    pub fn direction(mut self, direction: Direction) -> Self {
        self.align = match direction {
            Direction::LeftToRight => text::Alignment::Left,
            Direction::RightToLeft => text::Alignment::Right,
        };
        self
    }

    fn height(&self) -> f32 {
        self.size * LINE_HEIGHT * f32::from(self.lines)
    }

    fn paragraph(&self, content: String, width: f32) -> paragraph::Plain<Paragraph> {
        paragraph::Plain::new(text::Text {
            content,
            bounds: Size::new(width, f32::INFINITY),
            size: self.size.into(),
            line_height: LineHeight::Relative(LINE_HEIGHT),
            font: self.font,
            align_x: self.align,
            align_y: alignment::Vertical::Top,
            shaping: Shaping::Advanced,
            wrapping: Wrapping::WordOrGlyph,
        })
    }

    /// The text, or as much of it as its lines hold.
    fn cut(&self, width: f32) -> paragraph::Plain<Paragraph> {
        /// How often a piece that is still too long becomes shorter.
        const ATTEMPTS: usize = 24;

        let mut content: String = self.text.chars().take(LONGEST).collect();
        if content.contains(['\n', '\r', '\t']) {
            content = content.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        let fits = |paragraph: &paragraph::Plain<Paragraph>| paragraph.min_height() <= self.height() + 0.5;
        let whole = self.paragraph(content.clone(), width);
        if fits(&whole) {
            return whole;
        }

        // The end of the last line that is shown.
        let at = iced::Point::new(width, self.height() - self.size * LINE_HEIGHT / 2.0);
        let mut end = match whole.raw().hit_test(at) {
            Some(text::Hit::CharOffset(end)) => content.floor_char_boundary(end.min(content.len())),
            None => 0,
        };
        let mut piece = self.paragraph("…".to_owned(), width);
        for _ in 0..ATTEMPTS {
            let start = content.get(..end).unwrap_or_default().trim_end();
            let shorter = self.paragraph(format!("{start}…"), width);
            if fits(&shorter) {
                piece = shorter;
                break;
            }
            end = content.floor_char_boundary(start.len().saturating_sub(1));
        }

        piece
    }
}

#[derive(Default)]
struct State {
    /// Text, lines, width and type size that the paragraph is made of.
    of: (String, u16, f32, f32),
    paragraph: paragraph::Plain<Paragraph>,
}

impl<Message> Widget<Message, Theme, Renderer> for Excerpt<'_> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Fill, Shrink)
    }

    fn layout(&mut self, tree: &mut Tree, _renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let state = tree.state.downcast_mut::<State>();
        let width = limits.max().width;
        let is_same = state.of.0 == self.text && (state.of.1, state.of.2, state.of.3) == (self.lines, width, self.size);

        if !is_same {
            state.paragraph = self.cut(width);
            state.of = (self.text.clone().into_owned(), self.lines, width, self.size);
        }

        layout::Node::new(Size::new(width, state.paragraph.min_height().min(self.height())))
    }

    fn operate(&mut self, _tree: &mut Tree, layout: Layout<'_>, _renderer: &Renderer, operation: &mut dyn Operation) {
        // All of it: a test, or one day a screen reader, has no narrow window.
        operation.text(None, layout.bounds(), &self.text);
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<State>();

        plain::draw(
            renderer,
            style,
            layout.bounds(),
            state.paragraph.raw(),
            (self.style)(theme),
            viewport,
        );
    }
}

impl<'a, Message: 'a> From<Excerpt<'a>> for Element<'a, Message> {
    fn from(excerpt: Excerpt<'a>) -> Self {
        Element::new(excerpt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, lines: u16, width: f32) -> String {
        excerpt(text, lines).cut(width).content().to_owned()
    }

    #[test]
    fn what_fits_is_shown_whole_and_what_does_not_ends_with_dots() {
        assert_eq!(shown("Krita", 1, 300.0), "Krita");

        let long = "Digital painting for people who draw comics, textures and concept art";
        let one = shown(long, 1, 200.0);
        let two = shown(long, 2, 200.0);
        assert!(
            one.ends_with('…') && long.starts_with(one.trim_end_matches('…')),
            "{one}"
        );
        assert!(two.ends_with('…') && two.len() > one.len(), "{two}");
        assert_eq!(shown(long, 9, 200.0), long);
    }

    #[test]
    fn whatever_strangers_wrote_is_cut_without_a_panic() {
        let words = [
            "",
            "\n\n\n",
            "a\u{301}\u{301}é漢字🦀",
            "عربى و English",
            "\u{202e}\u{0}x",
        ];

        for text in words.map(|word| word.repeat(400)) {
            for width in [0.0, 1.0, 7.5, 120.0] {
                let cut = excerpt(text.as_str(), 2).cut(width);
                assert!(cut.content().chars().count() <= LONGEST + 1);
            }
        }
    }
}
