//! A menu to choose one of few or of hundreds: typing searches it, arrows move in it, Enter chooses, Escape leaves.
//!
//! iced's own pick list is repainted by halves under tiny-skia (the damage of its labels ignores their alignment), so
//! this one is drawn from paragraphs. Only the rows in view exist.

mod menu;
mod panel;

use iced::advanced::widget::{Id, Operation, Tree, operate, tree};
use iced::advanced::{
    Clipboard, Layout, Renderer as _, Shell, Widget, input_method, layout, mouse, overlay, renderer, text,
};
use iced::keyboard::{self, Key, key::Named};
use iced::widget::row;
use iced::{Center, Event, Length, Point, Rectangle, Renderer, Size, Task, Vector, border, touch, window};

use self::menu::Menu;
use self::panel::Panel;
use super::button::{outlined, under_pointer};
use super::control::Status;
use super::focus::{Focus, draw_ring};
use super::icon::{Icon, icon};
use super::words;
use crate::theme::{CORNER, Element, Theme, size, space};

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// What is read.
    pub label: String,
    /// What stands behind it, quietly.
    pub detail: String,
    /// What it may be found by besides: codes, other names.
    pub keywords: String,
}

impl Item {
    /// An item that is only its label.
    #[must_use]
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }
}

/// A menu of `items`; `selected` is ticked.
pub fn dropdown<'a, Message: 'a>(
    id: impl Into<Id>,
    items: &'a [Item],
    selected: Option<usize>,
    on_select: impl Fn(usize) -> Message + 'a,
) -> Dropdown<'a, Message> {
    let label = selected
        .and_then(|at| items.get(at))
        .map(|item| item.label.as_str())
        .unwrap_or_default();

    Dropdown {
        id: id.into(),
        items,
        selected,
        on_select: Box::new(on_select),
        trigger: trigger(None, label),
        hint: String::new(),
        nothing: String::new(),
        is_plain: false,
    }
}

/// Opens the menu with this id, as if it had been pressed, and gives it the focus.
pub fn open<T: Send + 'static>(id: impl Into<Id>) -> Task<T> {
    super::focus::to(id).chain(operate(Open))
}

/// The menu that has the focus opens.
pub(super) struct Open;

impl<T> Operation<T> for Open {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn custom(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn std::any::Any) {
        if let Some(state) = state.downcast_mut::<State>()
            && state.focus.is_on()
        {
            state.wants_open = true;
        }
    }
}

fn trigger<'a, Message: 'a>(sign: Option<Icon>, label: &'a str) -> Element<'a, Message> {
    let mut shown = row![].spacing(space::XS).align_y(Center);

    if let Some(sign) = sign {
        shown = shown.push(icon(sign));
    }

    shown
        .push(words::body(label).wrapping(text::Wrapping::None))
        .push(icon(Icon::ChevronDown).size(16.0))
        .into()
}

/// See [`dropdown`].
pub struct Dropdown<'a, Message> {
    id: Id,
    items: &'a [Item],
    selected: Option<usize>,
    on_select: Box<dyn Fn(usize) -> Message + 'a>,
    trigger: Element<'a, Message>,
    hint: String,
    nothing: String,
    is_plain: bool,
}

impl<Message> std::fmt::Debug for Dropdown<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dropdown")
            .field("id", &self.id)
            .field("selected", &self.selected)
            .finish_non_exhaustive()
    }
}

impl<'a, Message: 'a> Dropdown<'a, Message> {
    /// What stands on the closed menu: an icon, and a label when the selected item's own is too long.
    #[must_use]
    pub fn trigger(mut self, sign: Icon, label: &'a str) -> Self {
        self.trigger = trigger(Some(sign), label);
        self
    }

    /// What the line of search says while nothing is typed: "Type to search".
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// What is said when nothing fits: "Nothing found".
    #[must_use]
    pub fn nothing(mut self, nothing: impl Into<String>) -> Self {
        self.nothing = nothing.into();
        self
    }

    /// Without an edge, for the bar.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.is_plain = true;
        self
    }
}

#[derive(Default)]
struct State {
    focus: Focus,
    wants_open: bool,
    menu: Option<Menu>,
}

impl<'a, Message: 'a> Widget<Message, Theme, Renderer> for Dropdown<'a, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.trigger)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.trigger));
    }

    fn size(&self) -> Size<Length> {
        Size {
            width: Length::Shrink,
            height: Length::Shrink,
        }
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let state = tree.state.downcast_mut::<State>();

        // The focus went on to something else, by Tab.
        if !state.focus.is_on() {
            state.menu = None;
        }

        let inner = layout::Limits::new(
            Size::ZERO,
            Size::new((limits.max().width - 2.0 * space::S).max(0.0), size::TARGET),
        );
        let shown = self
            .trigger
            .as_widget_mut()
            .layout(&mut tree.children[0], renderer, &inner);
        let size = Size::new(shown.size().width + 2.0 * space::S, size::TARGET);
        let y = ((size.height - shown.size().height) / 2.0).max(0.0);

        layout::Node::with_children(size, vec![shown.move_to(Point::new(space::S, y))])
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, _renderer: &Renderer, operation: &mut dyn Operation) {
        let state = tree.state.downcast_mut::<State>();

        operation.focusable(Some(&self.id), layout.bounds(), &mut state.focus);
        operation.custom(Some(&self.id), layout.bounds(), state);

        if std::mem::take(&mut state.wants_open) {
            state.menu = Some(Menu::new(self.items, self.selected));
        }

        if !state.focus.is_on() {
            state.menu = None;
        }
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _renderer: &Renderer,
        _clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        _viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();

        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerPressed { .. }) => {
                let here = cursor.is_over(layout.bounds()) && !shell.is_event_captured();

                if state.focus.pointed(here) {
                    shell.request_redraw();
                }

                if here {
                    state.menu = Some(Menu::new(self.items, self.selected));
                    shell.capture_event();
                    shell.invalidate_layout();
                    shell.request_redraw();
                }
            }
            Event::Mouse(mouse::Event::CursorMoved { .. } | mouse::Event::CursorLeft) => shell.request_redraw(),
            Event::Window(window::Event::Resized(_)) => state.menu = None,
            Event::Keyboard(keyboard::Event::KeyPressed {
                modified_key,
                text,
                modifiers,
                ..
            }) if state.focus.is_on() && !shell.is_event_captured() && !modifiers.control() && !modifiers.alt() => {
                state.focus.typed();

                let Some(menu) = &mut state.menu else {
                    if let Key::Named(Named::Enter | Named::Space | Named::ArrowDown | Named::ArrowUp) = modified_key {
                        state.menu = Some(Menu::new(self.items, self.selected));
                        shell.capture_event();
                        shell.request_redraw();
                    }

                    return;
                };

                let page = isize::try_from(menu.rows).unwrap_or(1);

                match modified_key {
                    Key::Named(Named::ArrowDown) => menu.step(1),
                    Key::Named(Named::ArrowUp) => menu.step(-1),
                    Key::Named(Named::PageDown) => menu.step(page),
                    Key::Named(Named::PageUp) => menu.step(-page),
                    Key::Named(Named::Home) => menu.step(isize::MIN),
                    Key::Named(Named::End) => menu.step(isize::MAX),
                    Key::Named(Named::Escape) => state.menu = None,
                    Key::Named(Named::Enter) => {
                        if let Some(chosen) = menu.found.get(menu.at) {
                            shell.publish((self.on_select)(*chosen));
                            state.menu = None;
                        }
                    }
                    Key::Named(Named::Backspace) => {
                        let _removed = menu.typed.pop();
                        menu.find(self.items);
                    }
                    _ => match text {
                        Some(text) => {
                            menu.typed.extend(text.chars().filter(|c| !c.is_control()));
                            menu.find(self.items);
                        }
                        None => return,
                    },
                }

                shell.capture_event();
                shell.request_redraw();
            }
            Event::InputMethod(input_method::Event::Commit(text)) if state.focus.is_on() => {
                if let Some(menu) = &mut state.menu {
                    menu.typed.push_str(text);
                    menu.find(self.items);
                    shell.capture_event();
                    shell.request_redraw();
                }
            }
            _ => {}
        }
    }

    fn mouse_interaction(
        &self,
        _tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        if cursor.is_over(layout.bounds()) {
            mouse::Interaction::Pointer
        } else {
            mouse::Interaction::None
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
            enabled: true,
            hovered: cursor.is_over(bounds),
            pressed: state.menu.is_some(),
        };

        if self.is_plain {
            renderer.fill_quad(
                renderer::Quad {
                    bounds,
                    border: border::rounded(CORNER),
                    ..renderer::Quad::default()
                },
                under_pointer(&theme.palette, status),
            );
        } else {
            let style = outlined(theme, status);
            renderer.fill_quad(
                renderer::Quad {
                    bounds,
                    border: style.border,
                    ..renderer::Quad::default()
                },
                style.background,
            );
        }

        if let Some(inner) = layout.children().next() {
            let text = renderer::Style {
                text_color: theme.palette.ink,
            };
            self.trigger
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
        _renderer: &Renderer,
        _viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        let state = tree.state.downcast_mut::<State>();

        if !state.focus.is_on() {
            state.menu = None;
        }

        let _open = state.menu.as_ref()?;

        Some(overlay::Element::new(Box::new(Panel {
            menu: &mut state.menu,
            items: self.items,
            selected: self.selected,
            on_select: &self.on_select,
            hint: &self.hint,
            nothing: &self.nothing,
            anchor: layout.bounds() + translation,
        })))
    }
}

impl<'a, Message: 'a> From<Dropdown<'a, Message>> for Element<'a, Message> {
    fn from(dropdown: Dropdown<'a, Message>) -> Self {
        Element::new(dropdown)
    }
}
