//! The frame of every screen: a bar at the top, the rail of steps beside, a column of content that scrolls, buttons below.
//! In a narrow window the rail gives way to one line.

use iced::advanced::widget::{Id, Operation, Tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, overlay, renderer};
use iced::widget::{Space, container, scrollable};
use iced::{Center, Event, Fill, Length, Padding, Point, Rectangle, Renderer, Shrink, Size, Vector};

use super::direction::Direction;
use crate::theme::{Element, Theme, size, space};

/// The id of the scrollable that holds every screen's content.
pub const CONTENT: Id = Id::new("content");

/// See the module.
pub struct Frame<'a, Message> {
    bar: Element<'a, Message>,
    rail: Element<'a, Message>,
    line: Element<'a, Message>,
    content: Element<'a, Message>,
    buttons: Vec<Element<'a, Message>>,
    direction: Direction,
}

impl<Message> std::fmt::Debug for Frame<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("direction", &self.direction)
            .finish_non_exhaustive()
    }
}

impl<'a, Message: 'a> Frame<'a, Message> {
    /// A frame around the content of a screen. The content scrolls: its height must not be `Fill`.
    pub fn new(content: impl Into<Element<'a, Message>>) -> Self {
        let nothing = || Space::new().into();

        Self {
            bar: nothing(),
            rail: nothing(),
            line: nothing(),
            content: content.into(),
            buttons: Vec::new(),
            direction: Direction::default(),
        }
    }

    /// What stands in the bar; build it with [`Direction::row`] and `width(Fill)`.
    #[must_use]
    pub fn bar(mut self, bar: impl Into<Element<'a, Message>>) -> Self {
        self.bar = bar.into();
        self
    }

    /// The steps: [`super::rail`] for wide windows, [`super::step_line`] for narrow ones.
    #[must_use]
    pub fn steps(mut self, rail: impl Into<Element<'a, Message>>, line: impl Into<Element<'a, Message>>) -> Self {
        self.rail = rail.into();
        self.line = line.into();
        self
    }

    /// The buttons at the end, the primary one last.
    #[must_use]
    pub fn buttons(mut self, buttons: impl IntoIterator<Item = Element<'a, Message>>) -> Self {
        self.buttons = buttons.into_iter().collect();
        self
    }

    /// Which way it is read.
    #[must_use]
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }
}

/// The children, in the order of Tab.
const BAR: usize = 0;
const RAIL: usize = 1;
const LINE: usize = 2;
const CONTENT_AREA: usize = 3;
const BUTTONS: usize = 4;

impl<'a, Message: 'a> From<Frame<'a, Message>> for Element<'a, Message> {
    fn from(frame: Frame<'a, Message>) -> Self {
        let direction = frame.direction;

        let bar = container(frame.bar)
            .padding(Padding::from([0.0, space::M]))
            .width(Fill)
            .height(size::BAR)
            .align_y(Center);

        let column = container(frame.content)
            .max_width(size::COLUMN)
            .width(Fill)
            .align_x(direction.start());
        let content = scrollable(
            container(column)
                .padding(Padding::from([space::XL, space::XL]))
                .width(Fill)
                .align_x(direction.start()),
        )
        .id(CONTENT)
        .direction(scrollable::Direction::Vertical(
            scrollable::Scrollbar::new().width(6).scroller_width(6).margin(2),
        ))
        .width(Fill)
        .height(Fill);

        let buttons = direction.row(frame.buttons).spacing(space::S).align_y(Center);
        let buttons = container(buttons)
            .padding(Padding::from([space::M, space::XL]))
            .width(Fill)
            .height(Shrink)
            .align_x(direction.end());

        Element::new(Framed {
            parts: [bar.into(), frame.rail, frame.line, content.into(), buttons.into()],
            direction,
        })
    }
}

struct Framed<'a, Message> {
    parts: [Element<'a, Message>; 5],
    direction: Direction,
}

/// A part that gives way: its children stay, because widgets count on theirs, but it takes no room.
fn without_size(node: layout::Node) -> layout::Node {
    layout::Node::with_children(Size::ZERO, node.children().to_vec())
}

impl<Message> Widget<Message, Theme, Renderer> for Framed<'_, Message> {
    fn children(&self) -> Vec<Tree> {
        self.parts.iter().map(Tree::new).collect()
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(&self.parts);
    }

    fn size(&self) -> Size<Length> {
        Size::new(Fill, Fill)
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let window = limits.max();
        let is_narrow = window.width < size::NARROW;

        let mut place = |part: usize, room: Rectangle| -> layout::Node {
            let limits = layout::Limits::new(Size::ZERO, Size::new(room.width.max(0.0), room.height.max(0.0)));

            match (self.parts.get_mut(part), tree.children.get_mut(part)) {
                (Some(element), Some(tree)) => element
                    .as_widget_mut()
                    .layout(tree, renderer, &limits)
                    .move_to(Point::new(room.x, room.y)),
                _ => layout::Node::new(Size::ZERO),
            }
        };

        let bar = place(
            BAR,
            Rectangle {
                x: 0.0,
                y: 0.0,
                width: window.width,
                height: size::BAR,
            },
        );
        // One of the two has no size and is not drawn.
        let (rail_width, line_height) = if is_narrow {
            (0.0, window.height)
        } else {
            (size::RAIL, 0.0)
        };
        let below_bar = size::BAR + 1.0;

        let line = place(
            LINE,
            Rectangle {
                x: 0.0,
                y: below_bar,
                width: window.width,
                height: line_height,
            },
        );
        let line = if is_narrow { line } else { without_size(line) };
        let top = if is_narrow {
            below_bar + line.size().height
        } else {
            below_bar
        };

        let is_mirrored = self.direction == Direction::RightToLeft;
        let rail_x = if is_mirrored { window.width - rail_width } else { 0.0 };
        let rail = place(
            RAIL,
            Rectangle {
                x: rail_x,
                y: top,
                width: rail_width,
                height: window.height - top,
            },
        );

        let rail = if is_narrow { without_size(rail) } else { rail };

        let x = if is_mirrored || is_narrow {
            0.0
        } else {
            rail_width + 1.0
        };
        let width = window.width - if is_narrow { 0.0 } else { rail_width + 1.0 };

        let buttons = place(
            BUTTONS,
            Rectangle {
                x,
                y: 0.0,
                width,
                height: window.height - top,
            },
        );
        let buttons_height = buttons.size().height;
        let bottom = (window.height - buttons_height).max(top);
        let buttons = buttons.move_to(Point::new(x, bottom));

        let content = place(
            CONTENT_AREA,
            Rectangle {
                x,
                y: top,
                width,
                height: bottom - top - 1.0,
            },
        );

        layout::Node::with_children(window, vec![bar, rail, line, content, buttons])
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        operation.traverse(&mut |operation| {
            for ((part, tree), layout) in self.parts.iter_mut().zip(&mut tree.children).zip(layout.children()) {
                part.as_widget_mut().operate(tree, layout, renderer, operation);
            }
        });
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
        for ((part, tree), layout) in self.parts.iter_mut().zip(&mut tree.children).zip(layout.children()) {
            part.as_widget_mut()
                .update(tree, event, layout, cursor, renderer, clipboard, shell, viewport);
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        self.parts
            .iter()
            .zip(&tree.children)
            .zip(layout.children())
            .map(|((part, tree), layout)| {
                part.as_widget()
                    .mouse_interaction(tree, layout, cursor, viewport, renderer)
            })
            .max()
            .unwrap_or_default()
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
        for ((part, tree), layout) in self.parts.iter().zip(&tree.children).zip(layout.children()) {
            let bounds = layout.bounds();

            if bounds.width > 0.0 && bounds.height > 0.0 {
                part.as_widget()
                    .draw(tree, renderer, theme, style, layout, cursor, viewport);
            }
        }

        let bounds = layout.bounds();
        let mut line = |bounds: Rectangle| {
            renderer.fill_quad(
                renderer::Quad {
                    bounds,
                    ..renderer::Quad::default()
                },
                theme.palette.line,
            );
        };

        line(Rectangle {
            x: bounds.x,
            y: bounds.y + size::BAR,
            width: bounds.width,
            height: 1.0,
        });

        let mut parts = layout.children();

        if let Some(rail) = parts.nth(RAIL).map(|rail| rail.bounds())
            && rail.width > 0.0
        {
            let x = if self.direction == Direction::RightToLeft {
                rail.x - 1.0
            } else {
                rail.x + rail.width
            };
            line(Rectangle {
                x,
                y: rail.y,
                width: 1.0,
                height: bounds.height - rail.y,
            });
        }

        if let Some(buttons) = layout.children().nth(BUTTONS).map(|buttons| buttons.bounds()) {
            line(Rectangle {
                y: buttons.y - 1.0,
                height: 1.0,
                ..buttons
            });
        }
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        overlay::from_children(&mut self.parts, tree, layout, renderer, viewport, translation)
    }
}
