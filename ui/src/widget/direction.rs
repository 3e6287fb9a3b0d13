//! Left to right or right to left. iced mirrors nothing by itself: rows that mean a direction are built here.

use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::alignment::{Horizontal, Vertical};
use iced::widget::row::{Row, Wrapping};
use iced::{Event, Length, Padding, Pixels, Point, Rectangle, Renderer, Size, Vector};

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

    /// A row whose first child is where reading starts, and where Tab comes first.
    pub fn row<'a, Message: 'a>(self, children: impl IntoIterator<Item = Element<'a, Message>>) -> Line<'a, Message> {
        Directed {
            content: Row::with_children(children),
            direction: self,
        }
    }

    /// Room around something, of which `left` is where reading starts.
    #[must_use]
    pub fn padding(self, padding: Padding) -> Padding {
        match self {
            Self::LeftToRight => padding,
            Self::RightToLeft => Padding {
                left: padding.right,
                right: padding.left,
                ..padding
            },
        }
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

/// See [`Direction::row`].
pub type Line<'a, Message> = Directed<Row<'a, Message, Theme>>;

/// What is laid out from left to right, and where it is read the other way is seen in a mirror. Its children keep their
/// order, which is that of Tab.
#[derive(Debug)]
pub struct Directed<W> {
    content: W,
    direction: Direction,
}

impl<W> Directed<W> {
    fn map<T>(self, change: impl FnOnce(W) -> T) -> Directed<T> {
        Directed {
            content: change(self.content),
            direction: self.direction,
        }
    }
}

impl<'a, Message: 'a> Line<'a, Message> {
    /// The distance between its children.
    #[must_use]
    pub fn spacing(self, amount: impl Into<Pixels>) -> Self {
        self.map(|row| row.spacing(amount))
    }

    /// How its children stand to one another.
    #[must_use]
    pub fn align_y(self, align: impl Into<Vertical>) -> Self {
        self.map(|row| row.align_y(align))
    }

    /// Its width; as wide as its children otherwise.
    #[must_use]
    pub fn width(self, width: impl Into<Length>) -> Self {
        self.map(|row| row.width(width))
    }

    /// Its height; as high as its children otherwise.
    #[must_use]
    pub fn height(self, height: impl Into<Length>) -> Self {
        self.map(|row| row.height(height))
    }

    /// The room around its children; `left` is where reading starts.
    #[must_use]
    pub fn padding(self, padding: impl Into<Padding>) -> Self {
        self.map(|row| row.padding(padding))
    }

    /// What does not fit stands in a line below.
    #[must_use]
    pub fn wrap(self) -> Directed<Wrapping<'a, Message, Theme>> {
        self.map(Row::wrap)
    }
}

impl<'a, Message: 'a> Directed<Wrapping<'a, Message, Theme>> {
    /// The distance between its lines.
    #[must_use]
    pub fn vertical_spacing(self, amount: impl Into<Pixels>) -> Self {
        self.map(|lines| lines.vertical_spacing(amount))
    }
}

impl<Message, W: Widget<Message, Theme, Renderer>> Widget<Message, Theme, Renderer> for Directed<W> {
    fn tag(&self) -> tree::Tag {
        self.content.tag()
    }

    fn state(&self) -> tree::State {
        self.content.state()
    }

    fn children(&self) -> Vec<Tree> {
        self.content.children()
    }

    fn diff(&self, tree: &mut Tree) {
        self.content.diff(tree);
    }

    fn size(&self) -> Size<Length> {
        self.content.size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.size_hint()
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let node = self.content.layout(tree, renderer, limits);
        if self.direction == Direction::LeftToRight {
            return node;
        }
        let size = node.size();
        let mirrored = node.children().iter().map(|child| {
            let Rectangle { x, y, width, .. } = child.bounds();
            child.clone().move_to(Point::new(size.width - x - width, y))
        });

        layout::Node::with_children(size, mirrored.collect())
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        self.content.operate(tree, layout, renderer, operation);
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        self.content
            .update(tree, event, layout, cursor, renderer, clipboard, shell, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        self.content.mouse_interaction(tree, layout, cursor, viewport, renderer)
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        self.content
            .draw(tree, renderer, theme, style, layout, cursor, viewport);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        self.content.overlay(tree, layout, renderer, viewport, translation)
    }
}

impl<'a, Message: 'a, W: Widget<Message, Theme, Renderer> + 'a> From<Directed<W>> for Element<'a, Message> {
    fn from(directed: Directed<W>) -> Self {
        Element::new(directed)
    }
}
