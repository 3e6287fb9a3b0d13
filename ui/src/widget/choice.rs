//! One of several: rows with a title, details and what else there is to see. The whole group is one Tab stop; the arrows
//! choose in it. What cannot be chosen is shown too, and says why.

use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::widget::{column, container};
use iced::{Event, Fill, Length, Padding, Rectangle, Renderer, Size, Vector, border, touch};

use super::control::{Control, Style};
use super::direction::Direction;
use super::focus::{Focus, draw_ring};
use super::icon::{Icon, icon};
use super::words;
use crate::theme::{self, CORNER, Element, Theme, space};

/// One row of [`choices`].
pub struct Choice<'a, Message> {
    id: Id,
    title: String,
    details: Option<String>,
    body: Option<Element<'a, Message>>,
    refused: Option<String>,
}

impl<Message> std::fmt::Debug for Choice<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Choice")
            .field("id", &self.id)
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

impl<'a, Message: 'a> Choice<'a, Message> {
    /// A row with a title.
    pub fn new(id: impl Into<Id>, title: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            details: None,
            body: None,
            refused: None,
        }
    }

    /// What stands quietly under the title.
    #[must_use]
    pub fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// What is shown below, such as a disk's [`super::segments()`].
    #[must_use]
    pub fn body(mut self, body: impl Into<Element<'a, Message>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// It cannot be chosen, and why.
    #[must_use]
    pub fn refused(mut self, reason: impl Into<String>) -> Self {
        self.refused = Some(reason.into());
        self
    }
}

/// The rows; `on_select` gets the index of the chosen one.
pub fn choices<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    rows: impl IntoIterator<Item = Choice<'a, Message>>,
    selected: Option<usize>,
    direction: Direction,
    on_select: impl Fn(usize) -> Message + 'a,
) -> Element<'a, Message> {
    let mut can_be_chosen = Vec::new();
    let mut content = column![].spacing(space::XS).width(Fill);

    for (at, choice) in rows.into_iter().enumerate() {
        let is_free = choice.refused.is_none();
        can_be_chosen.push(is_free);

        content = content
            .push(self::row_of(choice, selected == Some(at), direction).on_press_maybe(is_free.then(|| on_select(at))));
    }

    Element::new(Group {
        id: id.into(),
        content: content.into(),
        can_be_chosen,
        selected,
        on_select: Box::new(on_select),
    })
}

fn row_of<'a, Message: Clone + 'a>(
    choice: Choice<'a, Message>,
    is_selected: bool,
    direction: Direction,
) -> Control<'a, Message> {
    let is_free = choice.refused.is_none();

    let sign = match (is_free, is_selected) {
        (false, _) => icon(Icon::Ban).style(theme::quiet),
        (true, true) => icon(Icon::CircleDot).style(theme::accent),
        (true, false) => icon(Icon::Circle).style(theme::quiet),
    };

    let title = words::strong(choice.title);
    let mut about = column![if is_free { title } else { title.style(theme::quiet) }]
        .spacing(space::XXS)
        .align_x(direction.start())
        .width(Fill);

    about = about.push(choice.details.map(|details| words::small(details).style(theme::quiet)));
    about = about.push(choice.refused.map(|reason| words::small(reason).style(theme::warn)));
    about = about.push(
        choice
            .body
            .map(|body| container(body).padding(Padding::ZERO.top(space::XXS))),
    );

    let shown = direction
        .row([container(sign).padding(Padding::ZERO.top(1)).into(), about.into()])
        .spacing(space::S);

    Control::new(shown)
        .id(choice.id)
        .pointer_only()
        .width(Fill)
        .padding([space::S, space::S])
        .style(move |theme, status| Style {
            background: if is_selected || (status.enabled && status.hovered) {
                theme.palette.raised
            } else {
                iced::Color::TRANSPARENT
            },
            border: if is_selected {
                border::rounded(CORNER).width(1.0).color(theme.palette.accent)
            } else {
                border::rounded(CORNER)
            },
            ..Style::plain(theme)
        })
}

struct Group<'a, Message> {
    id: Id,
    content: Element<'a, Message>,
    can_be_chosen: Vec<bool>,
    selected: Option<usize>,
    on_select: Box<dyn Fn(usize) -> Message + 'a>,
}

impl<Message> Group<'_, Message> {
    /// The next row that can be chosen, in one direction or the other.
    fn neighbour(&self, backward: bool) -> Option<usize> {
        let free = |at: &usize| self.can_be_chosen.get(*at).copied().unwrap_or_default();
        let count = self.can_be_chosen.len();

        match (self.selected, backward) {
            (None, false) => (0..count).find(free),
            (None, true) => (0..count).rev().find(free),
            (Some(at), false) => (at + 1..count).find(free),
            (Some(at), true) => (0..at).rev().find(free),
        }
    }

    /// The row that the ring is around.
    fn current(&self) -> Option<usize> {
        self.selected.or_else(|| self.neighbour(false))
    }
}

impl<'a, Message: Clone + 'a> Widget<Message, Theme, Renderer> for Group<'a, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<Focus>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(Focus::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        self.content
            .as_widget_mut()
            .layout(&mut tree.children[0], renderer, limits)
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        if self.can_be_chosen.contains(&true) {
            // Where the chosen row is: that is what must scroll into view.
            let bounds = self
                .current()
                .and_then(|at| layout.children().nth(at))
                .map_or(layout.bounds(), |row| row.bounds());

            operation.focusable(Some(&self.id), bounds, tree.state.downcast_mut::<Focus>());
        }

        self.content
            .as_widget_mut()
            .operate(&mut tree.children[0], layout, renderer, operation);
    }

    #[expect(clippy::collapsible_match, reason = "a guard of a match should change nothing")]
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
        let child = &mut tree.children[0];
        self.content
            .as_widget_mut()
            .update(child, event, layout, cursor, renderer, clipboard, shell, viewport);

        let focus = tree.state.downcast_mut::<Focus>();

        match event {
            Event::Mouse(mouse::Event::ButtonPressed(_)) | Event::Touch(touch::Event::FingerPressed { .. }) => {
                if focus.pointed(cursor.is_over(layout.bounds())) {
                    shell.request_redraw();
                }
            }
            Event::Keyboard(keyboard::Event::KeyPressed {
                modified_key: Key::Named(key),
                ..
            }) if focus.is_on() && !shell.is_event_captured() => {
                let chosen = match key {
                    Named::ArrowDown | Named::ArrowRight => self.neighbour(false),
                    Named::ArrowUp | Named::ArrowLeft => self.neighbour(true),
                    Named::Space | Named::Enter if self.selected.is_none() => self.current(),
                    Named::Space => None,
                    _ => return,
                };

                focus.typed();
                shell.capture_event();
                shell.request_redraw();

                if let Some(at) = chosen {
                    shell.publish((self.on_select)(at));
                }
            }
            _ => {}
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
        self.content
            .as_widget()
            .mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
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
            .as_widget()
            .draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);

        if tree.state.downcast_ref::<Focus>().has_ring()
            && let Some(row) = self.current().and_then(|at| layout.children().nth(at))
        {
            draw_ring(renderer, theme, row.bounds());
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
        self.content
            .as_widget_mut()
            .overlay(&mut tree.children[0], layout, renderer, viewport, translation)
    }
}
