//! Up and Down among the rows of a list.

use iced::advanced::widget::operation::{Focusable, Operation, Outcome};
use iced::advanced::widget::{Id, Tree, operate};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::{Event, Length, Rectangle, Renderer, Size, Task, Vector};

use super::focus;
use crate::theme::{Element, Theme};

/// Says when Up (true) or Down was pressed and nothing in `content` had a use for it.
pub fn arrows<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    on_arrow: impl Fn(bool) -> Message + 'a,
) -> Element<'a, Message> {
    Element::new(Arrows {
        content: content.into(),
        on_arrow: Box::new(on_arrow),
    })
}

/// Moves the focus to the neighbour of the row that has it, and scrolls it into view; if none has it, to the first one.
/// Before the first and after the last one it stays where it is.
pub fn step<T: Send + 'static>(rows: Vec<Id>, up: bool) -> Task<T> {
    operate(Step {
        rows,
        up,
        focused: None,
    })
    .chain(focus::reveal())
}

struct Step {
    rows: Vec<Id>,
    up: bool,
    focused: Option<usize>,
}

impl<T: 'static> Operation<T> for Step {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn focusable(&mut self, id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Focusable) {
        if state.is_focused() {
            self.focused = id.and_then(|id| self.rows.iter().position(|row| row == id));
        }
    }

    fn finish(&self) -> Outcome<T> {
        let to = match (self.focused, self.up) {
            (None, _) => 0,
            (Some(at), true) => at.saturating_sub(1),
            (Some(at), false) => at + 1,
        };

        match self.rows.get(to) {
            Some(id) => Outcome::Chain(Box::new(iced::advanced::widget::operation::focusable::focus(
                id.clone(),
            ))),
            None => Outcome::None,
        }
    }
}

struct Arrows<'a, Message> {
    content: Element<'a, Message>,
    on_arrow: Box<dyn Fn(bool) -> Message + 'a>,
}

impl<Message> Widget<Message, Theme, Renderer> for Arrows<'_, Message> {
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
        let node = self
            .content
            .as_widget_mut()
            .layout(&mut tree.children[0], renderer, limits);

        layout::Node::with_children(node.size(), vec![node])
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        if let Some(inner) = layout.children().next() {
            self.content
                .as_widget_mut()
                .operate(&mut tree.children[0], inner, renderer, operation);
        }
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
        if let Some(inner) = layout.children().next() {
            let child = &mut tree.children[0];
            self.content
                .as_widget_mut()
                .update(child, event, inner, cursor, renderer, clipboard, shell, viewport);
        }

        if let Event::Keyboard(keyboard::Event::KeyPressed {
            modified_key: Key::Named(key @ (Named::ArrowUp | Named::ArrowDown)),
            ..
        }) = event
            && !shell.is_event_captured()
        {
            shell.publish((self.on_arrow)(*key == Named::ArrowUp));
            shell.capture_event();
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
        layout.children().next().map_or(mouse::Interaction::None, |inner| {
            self.content
                .as_widget()
                .mouse_interaction(&tree.children[0], inner, cursor, viewport, renderer)
        })
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
        if let Some(inner) = layout.children().next() {
            self.content
                .as_widget()
                .draw(&tree.children[0], renderer, theme, style, inner, cursor, viewport);
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
        self.content.as_widget_mut().overlay(
            &mut tree.children[0],
            layout.children().next()?,
            renderer,
            viewport,
            translation,
        )
    }
}
