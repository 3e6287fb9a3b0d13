//! The root widget: everything below it, overlays too, gets keys in the layout of the person instead of the compositor's.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::{Event, Length, Rectangle, Size, Vector, touch, window};

use super::Keyboard;
use crate::widget::focus;

/// Wraps the whole window. Tab and Shift+Tab never reach the content: they move the focus, at once, so that what is typed right
/// after them goes to where it belongs however slow the machine is. Below an overlay, `on_tab(backward)` is published instead,
/// which should move it ([`crate::widget::focus::next`]): the overlay has only a part of the stops.
pub fn root<'a, Message, Theme, R>(
    content: impl Into<iced::Element<'a, Message, Theme, R>>,
    keyboard: &Keyboard,
    on_tab: fn(bool) -> Message,
) -> iced::Element<'a, Message, Theme, R>
where
    Message: 'a,
    Theme: 'a,
    R: Renderer + 'a,
{
    iced::Element::new(Root {
        content: content.into(),
        keyboard: keyboard.clone(),
        on_tab,
    })
}

struct Root<'a, Message, Theme, R> {
    content: iced::Element<'a, Message, Theme, R>,
    keyboard: Keyboard,
    on_tab: fn(bool) -> Message,
}

/// What was translated for an overlay and still has to reach what lies under it. A key must be fed to the layout's
/// state machine once, though iced offers the event to each overlay and then to the tree.
#[derive(Default, Clone)]
struct Pending(Rc<RefCell<VecDeque<Translated>>>);

#[derive(Clone)]
struct Translated {
    event: Event,
    /// What the layout made of it.
    events: Vec<Event>,
    /// The lowest level that has had it: 0 is the tree, 1 its overlay, 2 the overlay's overlay.
    level: usize,
}

/// More than one frame ever brings; what iced never delivered below is forgotten beyond that.
const MOST_PENDING: usize = 64;

impl Pending {
    /// The translation of an event at a level: kept from a higher level, or made now.
    fn take(&self, keyboard: &Keyboard, event: &Event, level: usize) -> Vec<Event> {
        let mut queue = self.0.borrow_mut();

        if let Some(at) = queue
            .iter()
            .position(|entry| entry.level > level && entry.event == *event)
        {
            if level == 0 {
                return queue.remove(at).map(|entry| entry.events).unwrap_or_default();
            }

            if let Some(entry) = queue.get_mut(at) {
                entry.level = level;
                return entry.events.clone();
            }
        }

        let events = keyboard.translate(event);

        if level > 0 {
            queue.push_back(Translated {
                event: event.clone(),
                events: events.clone(),
                level,
            });

            if queue.len() > MOST_PENDING {
                let _oldest = queue.pop_front();
            }
        }

        events
    }

    /// An overlay captured the event: nothing below will ask for it.
    fn captured(&self, event: &Event, level: usize) {
        self.0
            .borrow_mut()
            .retain(|entry| entry.level != level || entry.event != *event);
    }
}

/// Only these mean something to a keyboard; all else goes through untouched.
fn concerns_keyboard(event: &Event) -> bool {
    matches!(
        event,
        Event::Keyboard(_)
            | Event::Window(window::Event::Unfocused)
            | Event::Mouse(mouse::Event::ButtonPressed(_))
            | Event::Touch(touch::Event::FingerPressed { .. })
    )
}

/// What a translated event is for.
enum Delivered<'e> {
    /// The focus; whether backward.
    Tab(bool),
    Content(&'e Event),
}

/// Hands translated events on.
fn deliver<Message>(
    events: &[Event],
    shell: &mut Shell<'_, Message>,
    mut to: impl FnMut(Delivered<'_>, &mut Shell<'_, Message>),
) {
    for event in events {
        if let Event::Keyboard(keyboard::Event::KeyPressed {
            modified_key,
            modifiers,
            ..
        }) = event
            && *modified_key == Key::Named(Named::Tab)
        {
            to(Delivered::Tab(modifiers.shift()), shell);
            shell.capture_event();
            continue;
        }

        // A shell of its own: that one event was captured must not hide the next one.
        let mut messages = Vec::new();
        let mut own = Shell::new(&mut messages);
        to(Delivered::Content(event), &mut own);
        shell.merge(own, |message| message);
    }

    if events.iter().any(|event| matches!(event, Event::Keyboard(_))) {
        // Caps Lock and waiting accents are shown.
        shell.request_redraw();
    }
}

impl<Message, Theme, R: Renderer> Widget<Message, Theme, R> for Root<'_, Message, Theme, R> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<Pending>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(Pending::default())
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

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &R, limits: &layout::Limits) -> layout::Node {
        self.content
            .as_widget_mut()
            .layout(&mut tree.children[0], renderer, limits)
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &R, operation: &mut dyn Operation) {
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
        renderer: &R,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let content = &mut self.content;
        let child = &mut tree.children[0];

        if !concerns_keyboard(event) {
            return content
                .as_widget_mut()
                .update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
        }

        let events = tree.state.downcast_ref::<Pending>().take(&self.keyboard, event, 0);

        deliver(&events, shell, |event, shell| match event {
            Delivered::Tab(backward) => focus::step(backward, |operation| {
                content.as_widget_mut().operate(child, layout, renderer, operation);
            }),
            Delivered::Content(event) => content
                .as_widget_mut()
                .update(child, event, layout, cursor, renderer, clipboard, shell, viewport),
        });
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &R,
    ) -> mouse::Interaction {
        self.content
            .as_widget()
            .mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut R,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        self.content
            .as_widget()
            .draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &R,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, R>> {
        let pending = tree.state.downcast_ref::<Pending>().clone();
        let keyboard = self.keyboard.clone();

        let inner =
            self.content
                .as_widget_mut()
                .overlay(&mut tree.children[0], layout, renderer, viewport, translation)?;

        Some(overlay::Element::new(Box::new(Above {
            inner,
            keyboard,
            on_tab: self.on_tab,
            pending,
            level: 1,
        })))
    }
}

/// An overlay that gets translated keys, and so do the overlays it opens.
struct Above<'b, Message, Theme, R> {
    inner: overlay::Element<'b, Message, Theme, R>,
    keyboard: Keyboard,
    on_tab: fn(bool) -> Message,
    pending: Pending,
    level: usize,
}

impl<Message, Theme, R: Renderer> overlay::Overlay<Message, Theme, R> for Above<'_, Message, Theme, R> {
    fn layout(&mut self, renderer: &R, bounds: Size) -> layout::Node {
        self.inner.as_overlay_mut().layout(renderer, bounds)
    }

    fn draw(
        &self,
        renderer: &mut R,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
    ) {
        self.inner.as_overlay().draw(renderer, theme, style, layout, cursor);
    }

    fn operate(&mut self, layout: Layout<'_>, renderer: &R, operation: &mut dyn Operation) {
        self.inner.as_overlay_mut().operate(layout, renderer, operation);
    }

    fn update(
        &mut self,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &R,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
    ) {
        let inner = &mut self.inner;

        if !concerns_keyboard(event) {
            return inner
                .as_overlay_mut()
                .update(event, layout, cursor, renderer, clipboard, shell);
        }

        let events = self.pending.take(&self.keyboard, event, self.level);

        let on_tab = self.on_tab;

        deliver(&events, shell, |event, shell| match event {
            Delivered::Tab(backward) => shell.publish(on_tab(backward)),
            Delivered::Content(event) => {
                inner
                    .as_overlay_mut()
                    .update(event, layout, cursor, renderer, clipboard, shell);
            }
        });

        if shell.is_event_captured() {
            self.pending.captured(event, self.level);
        }
    }

    fn mouse_interaction(&self, layout: Layout<'_>, cursor: mouse::Cursor, renderer: &R) -> mouse::Interaction {
        self.inner.as_overlay().mouse_interaction(layout, cursor, renderer)
    }

    fn overlay<'c>(&'c mut self, layout: Layout<'c>, renderer: &R) -> Option<overlay::Element<'c, Message, Theme, R>> {
        let inner = self.inner.as_overlay_mut().overlay(layout, renderer)?;

        Some(overlay::Element::new(Box::new(Above {
            inner,
            keyboard: self.keyboard.clone(),
            on_tab: self.on_tab,
            pending: self.pending.clone(),
            level: self.level + 1,
        })))
    }

    fn index(&self) -> f32 {
        self.inner.as_overlay().index()
    }
}
