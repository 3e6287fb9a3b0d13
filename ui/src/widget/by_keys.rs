//! A list without anything to press in it that is scrolled by keys all the same: one Tab stop around it.

use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::widget::operation::{scroll_by, snap_to, snap_to_end};
use iced::widget::scrollable::{AbsoluteOffset, RelativeOffset};
use iced::{Event, Length, Rectangle, Renderer, Size, Task, Vector, touch};

use super::focus::{Focus, draw_ring};
use crate::theme::{Element, Theme};

/// Which way a key wants to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// One row towards the start.
    Up,
    /// One row towards the end.
    Down,
    /// A page towards the start.
    PageUp,
    /// A page towards the end.
    PageDown,
    /// To the start.
    Home,
    /// To the end.
    End,
}

impl Move {
    fn of(key: Named) -> Option<Self> {
        Some(match key {
            Named::ArrowUp => Self::Up,
            Named::ArrowDown => Self::Down,
            Named::PageUp => Self::PageUp,
            Named::PageDown => Self::PageDown,
            Named::Home => Self::Home,
            Named::End => Self::End,
            _ => return None,
        })
    }

    /// Scrolls the list of this id, whose rows and pages are this high.
    pub fn scroll<T: Send + 'static>(self, list: impl Into<Id>, row: f32, page: f32) -> Task<T> {
        let list = list.into();
        let by = |y: f32| scroll_by(list.clone(), AbsoluteOffset { x: 0.0, y });

        match self {
            Self::Up => by(-row),
            Self::Down => by(row),
            Self::PageUp => by(-page),
            Self::PageDown => by(page),
            Self::Home => snap_to(list.clone(), RelativeOffset::START),
            Self::End => snap_to_end(list.clone()),
        }
    }
}

/// A Tab stop around `content`, which has none of its own. `on_move` should lead to [`Move::scroll`].
pub fn by_keys<'a, Message: 'a>(
    id: impl Into<Id>,
    content: impl Into<Element<'a, Message>>,
    on_move: impl Fn(Move) -> Message + 'a,
) -> Element<'a, Message> {
    Element::new(ByKeys {
        id: id.into(),
        content: content.into(),
        on_move: Box::new(on_move),
    })
}

struct ByKeys<'a, Message> {
    id: Id,
    content: Element<'a, Message>,
    on_move: Box<dyn Fn(Move) -> Message + 'a>,
}

impl<Message> Widget<Message, Theme, Renderer> for ByKeys<'_, Message> {
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
        operation.focusable(Some(&self.id), layout.bounds(), tree.state.downcast_mut::<Focus>());
        self.content
            .as_widget_mut()
            .operate(&mut tree.children[0], layout, renderer, operation);
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
        let child = &mut tree.children[0];
        self.content
            .as_widget_mut()
            .update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
        let focus = tree.state.downcast_mut::<Focus>();

        match event {
            Event::Mouse(mouse::Event::ButtonPressed(_)) | Event::Touch(touch::Event::FingerPressed { .. })
                if focus.pointed(cursor.is_over(layout.bounds())) =>
            {
                shell.request_redraw();
            }
            Event::Keyboard(keyboard::Event::KeyPressed {
                modified_key: Key::Named(key),
                ..
            }) => {
                let Some(step) = Move::of(*key).filter(|_| focus.is_on() && !shell.is_event_captured()) else {
                    return;
                };

                focus.typed();
                shell.publish((self.on_move)(step));
                shell.capture_event();
                shell.request_redraw();
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

        if tree.state.downcast_ref::<Focus>().has_ring() {
            draw_ring(renderer, theme, layout.bounds());
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

#[cfg(test)]
mod tests {
    use iced::advanced::widget::Id as WidgetId;
    use iced::widget::{Space, container};
    use iced_test::Simulator;

    use super::*;
    use crate::theme;

    #[test]
    fn keys_scroll_only_what_has_the_focus() {
        let list = || {
            let content = container(Space::new().width(100).height(100)).id(WidgetId::new("inside"));
            by_keys("list", content, |step| step)
        };
        let size = Size::new(200.0, 200.0);
        let mut unfocused: Simulator<'_, Move, Theme> = Simulator::with_size(theme::settings(), size, list());
        let _ = unfocused.tap_key(Named::PageDown);
        assert_eq!(unfocused.into_messages().count(), 0);

        let mut focused: Simulator<'_, Move, Theme> = Simulator::with_size(theme::settings(), size, list());
        let _ = focused.click(WidgetId::new("inside")).unwrap();
        for key in [Named::ArrowDown, Named::PageUp, Named::End, Named::Enter] {
            let _ = focused.tap_key(key);
        }
        let moves: Vec<_> = focused.into_messages().collect();
        assert_eq!(moves, [Move::Down, Move::PageUp, Move::End]);
    }
}
