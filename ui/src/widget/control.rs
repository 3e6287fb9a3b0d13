//! What everything that can be pressed is made of: a Tab stop with a ring, a pointer target at least 40 high, Enter and
//! Space, and (if asked) a press that must be held.

use std::borrow::Cow;
use std::time::Duration;

use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, overlay, renderer};
use iced::alignment::Horizontal;
use iced::keyboard::{self, Key, key::Named};
use iced::time::Instant;
use iced::{Border, Color, Event, Length, Padding, Point, Rectangle, Renderer, Size, Vector, border, touch, window};

use super::focus::{Focus, draw_ring};
use crate::theme::{CORNER, Element, Theme, size};

/// Makes any content a Tab stop that does something when it is pressed.
pub fn focusable<'a, Message: Clone + 'a>(content: impl Into<Element<'a, Message>>) -> Control<'a, Message> {
    Control::new(content)
}

/// How a control stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// It has something to do when pressed.
    pub enabled: bool,
    /// The pointer is over it.
    pub hovered: bool,
    /// It is held down.
    pub pressed: bool,
}

/// How a control looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Behind the content.
    pub background: Color,
    /// Around it.
    pub border: Border,
    /// The text of the content.
    pub text: Color,
    /// What fills it while it is held.
    pub fill: Color,
}

impl Style {
    /// No background, no border.
    #[must_use]
    pub fn plain(theme: &Theme) -> Self {
        Self {
            background: Color::TRANSPARENT,
            border: border::rounded(CORNER),
            text: theme.palette.ink,
            fill: theme.palette.raised,
        }
    }
}

type StyleFn<'a> = Box<dyn Fn(&Theme, Status) -> Style + 'a>;

/// Something to press.
pub struct Control<'a, Message> {
    content: Element<'a, Message>,
    id: Option<Id>,
    name: Option<Cow<'a, str>>,
    on_press: Option<Message>,
    hold: Option<Duration>,
    is_tab_stop: bool,
    width: Length,
    height: f32,
    padding: Padding,
    align: Horizontal,
    style: StyleFn<'a>,
}

impl<'a, Message> std::fmt::Debug for Control<'a, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("id", &self.id)
            .field("enabled", &self.on_press.is_some())
            .finish_non_exhaustive()
    }
}

impl<'a, Message: Clone + 'a> Control<'a, Message> {
    pub(super) fn new(content: impl Into<Element<'a, Message>>) -> Self {
        Self {
            content: content.into(),
            id: None,
            name: None,
            on_press: None,
            hold: None,
            is_tab_stop: true,
            width: Length::Shrink,
            height: size::TARGET,
            padding: Padding::ZERO,
            align: Horizontal::Left,
            style: Box::new(|theme, _| Style::plain(theme)),
        }
    }

    /// Its name, for [`super::focus::to`] and for tests.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// What it is called, where an icon alone is seen: a test, or one day a screen reader, cannot see it.
    #[must_use]
    pub fn called(mut self, name: impl Into<Cow<'a, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What is said when it is pressed. Without this it is disabled.
    #[must_use]
    pub fn on_press(mut self, message: Message) -> Self {
        self.on_press = Some(message);
        self
    }

    /// What is said when it is pressed; disabled if nothing.
    #[must_use]
    pub fn on_press_maybe(mut self, message: Option<Message>) -> Self {
        self.on_press = message;
        self
    }

    /// It must be held this long before it counts; let go earlier, nothing happens.
    #[must_use]
    pub fn hold(mut self, time: Duration) -> Self {
        self.hold = Some(time);
        self
    }

    /// The width; as wide as the content otherwise.
    #[must_use]
    pub fn width(mut self, width: impl Into<Length>) -> Self {
        self.width = width.into();
        self
    }

    /// The distance between the edge and the content.
    #[must_use]
    pub fn padding(mut self, padding: impl Into<Padding>) -> Self {
        self.padding = padding.into();
        self
    }

    /// Where the content is when the control is wider.
    #[must_use]
    pub fn align(mut self, align: Horizontal) -> Self {
        self.align = align;
        self
    }

    /// How it looks.
    #[must_use]
    pub fn style(mut self, style: impl Fn(&Theme, Status) -> Style + 'a) -> Self {
        self.style = Box::new(style);
        self
    }

    /// Leaves focus and keys to what is around it: for the rows of a group.
    #[must_use]
    pub(super) fn pointer_only(mut self) -> Self {
        self.is_tab_stop = false;
        self
    }

    fn is_enabled(&self) -> bool {
        self.on_press.is_some()
    }

    /// The press begins: it counts now, or once it was held long enough.
    fn press(&self, state: &mut State, by: By, shell: &mut Shell<'_, Message>) {
        state.pressed = Some(by);

        if self.hold.is_some() {
            // The clock starts with the next frame: its time is the one the fill is drawn by.
            state.since = Clock::Starts;
        } else if by == By::Key {
            self.publish(shell);
        }

        shell.capture_event();
        shell.request_redraw();
    }

    fn publish(&self, shell: &mut Shell<'_, Message>) {
        if let Some(message) = self.on_press.clone() {
            shell.publish(message);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Pointer,
    Key,
}

#[derive(Debug, Default, Clone, Copy)]
enum Clock {
    #[default]
    Stopped,
    Starts,
    Runs {
        since: Instant,
        /// 0 to 1.
        filled: f32,
    },
    /// It was held long enough and has said so.
    Done,
}

#[derive(Debug, Default)]
struct State {
    focus: Focus,
    hovered: bool,
    pressed: Option<By>,
    since: Clock,
}

impl State {
    fn let_go(&mut self, by: By) -> bool {
        let was = self.pressed == Some(by);

        if was {
            self.pressed = None;
            self.since = Clock::Stopped;
        }

        was
    }
}

impl<'a, Message: Clone + 'a> Widget<Message, Theme, Renderer> for Control<'a, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        if !self.is_enabled() {
            *tree.state.downcast_mut::<State>() = State::default();
        }

        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        Size {
            width: self.width,
            height: Length::Shrink,
        }
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let (across, along) = (
            self.padding.left + self.padding.right,
            self.padding.top + self.padding.bottom,
        );
        let limits = limits.width(self.width);
        let room = limits.max();

        let inner = Size::new((room.width - across).max(0.0), (room.height - along).max(0.0));
        let content = self.content.as_widget_mut().layout(
            &mut tree.children[0],
            renderer,
            &layout::Limits::new(Size::ZERO, inner),
        );

        let needed = Size::new(
            content.size().width + across,
            (content.size().height + along).max(self.height),
        );
        let size = limits.resolve(self.width, Length::Shrink, needed);

        let spare = (size.width - across - content.size().width).max(0.0);
        let x = self.padding.left
            + match self.align {
                Horizontal::Left => 0.0,
                Horizontal::Center => spare / 2.0,
                Horizontal::Right => spare,
            };
        let y = self.padding.top + ((size.height - along - content.size().height) / 2.0).max(0.0);

        layout::Node::with_children(size, vec![content.move_to(Point::new(x, y))])
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        if self.is_tab_stop && self.is_enabled() {
            operation.focusable(
                self.id.as_ref(),
                layout.bounds(),
                &mut tree.state.downcast_mut::<State>().focus,
            );
        } else {
            operation.container(self.id.as_ref(), layout.bounds());
        }

        if let Some(inner) = layout.children().next() {
            let (content, child, name) = (&mut self.content, &mut tree.children[0], &self.name);

            operation.traverse(&mut |operation| {
                if let Some(name) = name {
                    operation.text(None, layout.bounds(), name);
                }
                content.as_widget_mut().operate(child, inner, renderer, operation);
            });
        }
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
        if let Some(inner) = layout.children().next() {
            let child = &mut tree.children[0];
            self.content
                .as_widget_mut()
                .update(child, event, inner, cursor, renderer, clipboard, shell, viewport);
        }

        let state = tree.state.downcast_mut::<State>();
        let over = cursor.is_over(layout.bounds());

        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerPressed { .. }) => {
                let here = over && !shell.is_event_captured();

                if self.is_tab_stop && state.focus.pointed(here && self.is_enabled()) {
                    shell.request_redraw();
                }

                if here && self.is_enabled() {
                    self.press(state, By::Pointer, shell);
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerLifted { .. }) => {
                if state.let_go(By::Pointer) {
                    if over && self.hold.is_none() {
                        self.publish(shell);
                    }

                    shell.capture_event();
                    shell.request_redraw();
                }
            }
            Event::Touch(touch::Event::FingerLost { .. }) | Event::Window(window::Event::Unfocused) => {
                if state.let_go(By::Pointer) | state.let_go(By::Key) {
                    shell.request_redraw();
                }
            }
            Event::Mouse(mouse::Event::CursorMoved { .. } | mouse::Event::CursorLeft) => {
                if state.hovered != over {
                    state.hovered = over;
                    shell.request_redraw();
                }

                // A held press that slides off is a change of mind.
                if !over && self.hold.is_some() && state.let_go(By::Pointer) {
                    shell.request_redraw();
                }
            }
            Event::Keyboard(keyboard::Event::KeyPressed {
                modified_key: Key::Named(Named::Enter | Named::Space),
                repeat,
                ..
            }) if state.focus.is_on() && self.is_enabled() && !shell.is_event_captured() => {
                if *repeat {
                    shell.capture_event();
                } else {
                    state.focus.typed();
                    self.press(state, By::Key, shell);
                }
            }
            Event::Keyboard(keyboard::Event::KeyReleased {
                modified_key: Key::Named(Named::Enter | Named::Space),
                ..
            }) => {
                if state.let_go(By::Key) {
                    shell.capture_event();
                    shell.request_redraw();
                }
            }
            Event::Window(window::Event::RedrawRequested(now)) => {
                let Some(time) = self.hold else { return };

                if state.pressed.is_none() || !(self.is_enabled()) {
                    state.since = Clock::Stopped;
                    return;
                }

                state.since = match state.since {
                    Clock::Stopped | Clock::Done => state.since,
                    Clock::Starts => Clock::Runs {
                        since: *now,
                        filled: 0.0,
                    },
                    Clock::Runs { since, .. } => {
                        let filled = now.duration_since(since).as_secs_f32() / time.as_secs_f32().max(f32::EPSILON);

                        if filled >= 1.0 {
                            self.publish(shell);
                            Clock::Done
                        } else {
                            Clock::Runs { since, filled }
                        }
                    }
                };

                if matches!(state.since, Clock::Runs { .. }) {
                    shell.request_redraw();
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
        let inner = layout.children().next().map(|inner| {
            self.content
                .as_widget()
                .mouse_interaction(&tree.children[0], inner, cursor, viewport, renderer)
        });

        match inner {
            Some(interaction) if interaction != mouse::Interaction::None => interaction,
            _ if self.is_enabled() && cursor.is_over(layout.bounds()) => mouse::Interaction::Pointer,
            _ => mouse::Interaction::None,
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<State>();
        let bounds = layout.bounds();
        let status = Status {
            enabled: self.is_enabled(),
            hovered: self.is_enabled() && cursor.is_over(bounds),
            pressed: state.pressed.is_some(),
        };
        let style = (self.style)(theme, status);

        if style.background != Color::TRANSPARENT || style.border.width > 0.0 {
            renderer.fill_quad(
                renderer::Quad {
                    bounds,
                    border: style.border,
                    ..renderer::Quad::default()
                },
                style.background,
            );
        }

        let filled = match state.since {
            Clock::Runs { filled, .. } => filled,
            Clock::Done => 1.0,
            Clock::Stopped | Clock::Starts => 0.0,
        };

        if filled > 0.0 {
            let edge = style.border.width;
            let inside = bounds.shrink(edge);

            renderer.fill_quad(
                renderer::Quad {
                    bounds: Rectangle {
                        width: inside.width * filled,
                        ..inside
                    },
                    border: border::rounded(CORNER - edge),
                    ..renderer::Quad::default()
                },
                style.fill,
            );
        }

        if let Some(inner) = layout.children().next() {
            let text = renderer::Style { text_color: style.text };
            self.content
                .as_widget()
                .draw(&tree.children[0], renderer, theme, &text, inner, cursor, viewport);
        }

        if state.focus.has_ring() {
            draw_ring(renderer, theme, bounds);
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

impl<'a, Message: Clone + 'a> From<Control<'a, Message>> for Element<'a, Message> {
    fn from(control: Control<'a, Message>) -> Self {
        Element::new(control)
    }
}
