//! A line of text to fill in, with a label above and a line for hints and errors below.
//!
//! What is secret goes through here as [`SecretString`]: zeroed when dropped, never shown by `Debug`. iced's own
//! text input keeps its value as plain strings while the field is on screen and clones them at every key; those copies
//! are freed, not zeroed. Whoever needs more must not use iced's text input.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer, text};
use iced::widget::text::LineHeight;
use iced::widget::{column, text_input};
use iced::{Center, Event, Fill, Length, Padding, Rectangle, Renderer, Size, Vector, window};
use secrecy::{ExposeSecret, SecretString};

use super::direction::Direction;
use super::focus::draw_ring;
use super::icon::{Icon, icon};
use super::{button, sheet, words};
use crate::keyboard::Keyboard;
use crate::theme::{self, Element, LINE_HEIGHT, Theme, font, size, space};

/// What the line under a field says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Nothing; the line stays free so that nothing jumps.
    None,
    /// What belongs in the field.
    Hint(String),
    /// What is wrong with what is in it.
    Error(String),
}

/// A field for text that everybody may see.
pub fn text_field<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    label: impl Into<String>,
    value: &'a str,
) -> Field<'a, Message> {
    Field {
        id: id.into(),
        label: label.into(),
        value,
        is_secret: false,
        is_bare: false,
        placeholder: String::new(),
        note: Note::None,
        on_input: None,
        on_submit: None,
        layout: None,
        keyboard: None,
        direction: Direction::default(),
    }
}

/// A field that shows dots. Give it `.layout(..)`, so that the person sees in which layout they type what they cannot see.
pub fn secret_field<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    label: impl Into<String>,
    value: &'a SecretString,
) -> Field<'a, Message> {
    Field {
        is_secret: true,
        ..text_field(id, label, value.expose_secret())
    }
}

type OnInput<'a, Message> = Box<dyn Fn(String) -> Message + 'a>;

/// A labelled line of text.
pub struct Field<'a, Message> {
    id: Id,
    label: String,
    value: &'a str,
    is_secret: bool,
    is_bare: bool,
    placeholder: String,
    note: Note,
    on_input: Option<OnInput<'a, Message>>,
    on_submit: Option<Message>,
    layout: Option<(String, Message)>,
    keyboard: Option<Keyboard>,
    direction: Direction,
}

impl<Message> std::fmt::Debug for Field<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the value: it may be a password.
        f.debug_struct("Field")
            .field("id", &self.id)
            .field("is_secret", &self.is_secret)
            .finish_non_exhaustive()
    }
}

impl<'a, Message: Clone + 'a> Field<'a, Message> {
    /// What is said at every change. Without this (or [`Field::on_secret`]) the field is disabled.
    #[must_use]
    pub fn on_input(mut self, on_input: impl Fn(String) -> Message + 'a) -> Self {
        self.on_input = Some(Box::new(on_input));
        self
    }

    /// What is said at every change of a secret.
    #[must_use]
    pub fn on_secret(mut self, on_input: impl Fn(SecretString) -> Message + 'a) -> Self {
        self.on_input = Some(Box::new(move |value| on_input(SecretString::from(value))));
        self
    }

    /// What is said at Enter.
    #[must_use]
    pub fn on_submit(mut self, message: Message) -> Self {
        self.on_submit = Some(message);
        self
    }

    /// Without its label and the line for notes: where the place says what it is for.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.is_bare = true;
        self
    }

    /// What is shown while it is empty. No replacement for a label.
    #[must_use]
    pub fn placeholder(mut self, placeholder: impl Into<String>) -> Self {
        self.placeholder = placeholder.into();
        self
    }

    /// What the line below says.
    #[must_use]
    pub fn note(mut self, note: Note) -> Self {
        self.note = note;
        self
    }

    /// Shows the short name of the keyboard layout at the end of the field; pressing it says `on_press` (which should
    /// open the menu of layouts: [`super::dropdown::open`]).
    #[must_use]
    pub fn layout(mut self, short: impl Into<String>, on_press: Message) -> Self {
        self.layout = Some((short.into(), on_press));
        self
    }

    /// Which way it is read.
    #[must_use]
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// Shows an arrow while Caps Lock is on.
    #[must_use]
    pub fn caps(mut self, keyboard: &Keyboard) -> Self {
        self.keyboard = Some(keyboard.clone());
        self
    }
}

impl<'a, Message: Clone + 'a> From<Field<'a, Message>> for Element<'a, Message> {
    fn from(field: Field<'a, Message>) -> Self {
        let line = size::BODY * LINE_HEIGHT;

        let input = text_input(&field.placeholder, field.value)
            .id(field.id.clone())
            .secure(field.is_secret)
            .on_input_maybe(field.on_input)
            .on_submit_maybe(field.on_submit)
            .font(font())
            .size(size::BODY)
            .line_height(LineHeight::Relative(LINE_HEIGHT))
            .padding(Padding::from([(size::TARGET - line) / 2.0, space::S]))
            .width(Fill);

        let ring = Ring {
            content: input.into(),
            shown: shown(field.value, field.is_secret),
        };
        let mut line: Vec<Element<'a, Message>> = vec![ring.into()];

        if let Some(keyboard) = field.keyboard {
            let content = icon(Icon::ArrowBigUp).style(theme::warn).into();
            line.push(Caps { keyboard, content }.into());
        }

        if let Some((short, on_press)) = field.layout {
            let shown = field
                .direction
                .row([icon(Icon::Keyboard).into(), words::body(short).into()])
                .spacing(space::XXS)
                .align_y(Center);

            line.push(
                button::bare(shown)
                    .id(format!("{}-layout", text_of(&field.id)))
                    .on_press(on_press)
                    .into(),
            );
        }

        let note: Element<'a, Message> = match field.note {
            Note::None => words::small(" ").into(),
            Note::Hint(hint) => words::small(hint).style(theme::quiet).into(),
            Note::Error(error) => field
                .direction
                .row([
                    icon(Icon::CircleAlert).size(16.0).style(theme::danger).into(),
                    words::small(error).style(theme::danger).into(),
                ])
                .spacing(space::XXS)
                .align_y(Center)
                .into(),
        };

        let line = field.direction.row(line).spacing(space::XS).align_y(Center);
        if field.is_bare {
            return line.width(Fill).into();
        }

        column![words::strong(field.label), line, note]
            .spacing(space::XXS)
            .align_x(field.direction.start())
            .width(Fill)
            .into()
    }
}

/// The name of an id, for the ids of a widget's parts.
fn text_of(id: &Id) -> String {
    super::trace::name(id).unwrap_or_default()
}

/// A text input with our focus ring: outside, after a gap. Its cursor stops blinking after a while, as long as nobody
/// types: a window that is left alone draws nothing.
struct Ring<'a, Message> {
    content: Element<'a, Message>,
    /// Another number for other letters.
    shown: u64,
}

/// A number for what a field shows: of a secret its length, which can be seen anyway.
fn shown(value: &str, is_secret: bool) -> u64 {
    if is_secret {
        return value.chars().count() as u64;
    }
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);

    hasher.finish()
}

type InputState = text_input::State<<Renderer as text::Renderer>::Paragraph>;

/// How long a cursor blinks after the last key.
const BLINKS: Duration = Duration::from_secs(10);
/// It is there for so long, and then away for so long.
const BLINK: Duration = Duration::from_millis(500);

/// Since when nobody has done anything with a field. None: it has not the focus.
#[derive(Debug, Default)]
struct Rest {
    since: Option<Instant>,
}

impl Rest {
    /// Something happened while the field has the focus, or has it no longer.
    fn heard(&mut self, event: &Event, is_focused: bool) {
        let is_deed = matches!(
            event,
            Event::Keyboard(_)
                | Event::InputMethod(_)
                | Event::Touch(_)
                | Event::Mouse(mouse::Event::ButtonPressed(_) | mouse::Event::ButtonReleased(_))
                | Event::Window(window::Event::Focused)
        );
        self.since = match self.since {
            _ if !is_focused => None,
            Some(since) if !is_deed => Some(since),
            _ => Some(Instant::now()),
        };
    }

    /// Whether the cursor may stay as it is drawn now, instead of changing at `next`: it has blinked for long enough, and
    /// has just come back. It came with the last deed, so that it is there at even numbers of blinks since then.
    fn stays(&self, now: Instant, next: Instant) -> bool {
        let Some(since) = self.since else {
            return false;
        };
        let rested = now.saturating_duration_since(since);
        let has_just_changed = next.saturating_duration_since(now) > BLINK * 3 / 4;
        let phase = (rested + BLINK / 2).as_millis() % (BLINK * 2).as_millis();

        rested >= BLINKS && has_just_changed && phase < BLINK.as_millis()
    }
}

impl<Message> Ring<'_, Message> {
    fn is_focused(tree: &Tree) -> bool {
        tree.children
            .first()
            .is_some_and(|input| input.state.downcast_ref::<InputState>().is_focused())
    }
}

impl<Message> Widget<Message, Theme, Renderer> for Ring<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<Rest>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(Rest::default())
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
        let before = shell.redraw_request();
        self.content.as_widget_mut().update(
            &mut tree.children[0],
            event,
            layout,
            cursor,
            renderer,
            clipboard,
            shell,
            viewport,
        );

        let is_focused = Self::is_focused(tree);
        let rest = tree.state.downcast_mut::<Rest>();
        rest.heard(event, is_focused);
        if let (Event::Window(window::Event::RedrawRequested(now)), window::RedrawRequest::At(next)) =
            (event, shell.redraw_request())
            && shell.redraw_request() != before
            && rest.stays(*now, next)
        {
            Shell::replace_redraw_request(shell, before);
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
        sheet::anew(renderer, layout.bounds(), self.shown);
        self.content
            .as_widget()
            .draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);

        if Self::is_focused(tree) {
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

impl<'a, Message: 'a> From<Ring<'a, Message>> for Element<'a, Message> {
    fn from(ring: Ring<'a, Message>) -> Self {
        Element::new(ring)
    }
}

/// An icon that is drawn only while Caps Lock is on. Its place stays free otherwise.
struct Caps<'a, Message> {
    keyboard: Keyboard,
    content: Element<'a, Message>,
}

impl<Message> Widget<Message, Theme, Renderer> for Caps<'_, Message> {
    fn tag(&self) -> tree::Tag {
        self.content.as_widget().tag()
    }

    fn state(&self) -> tree::State {
        self.content.as_widget().state()
    }

    fn diff(&self, tree: &mut Tree) {
        self.content.as_widget().diff(tree);
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        self.content.as_widget_mut().layout(tree, renderer, limits)
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
        if self.keyboard.caps_lock() {
            self.content
                .as_widget()
                .draw(tree, renderer, theme, style, layout, cursor, viewport);
        }
    }
}

impl<'a, Message: 'a> From<Caps<'a, Message>> for Element<'a, Message> {
    fn from(caps: Caps<'a, Message>) -> Self {
        Element::new(caps)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;

    #[test]
    fn a_cursor_stops_after_a_while_and_only_where_it_can_be_seen() {
        let begun = Instant::now();
        let rest = Rest { since: Some(begun) };
        let at = |milliseconds: u64| begun + Duration::from_millis(milliseconds);
        // It changes each half second, a moment after or before what is known here.
        for late in [0, 8] {
            assert!(!rest.stays(at(9_000 + late), at(9_500)), "it blinks still");
            assert!(!rest.stays(at(10_500 + late), at(11_000)), "it is away");
            assert!(rest.stays(at(11_000 + late), at(11_500)), "it is there");
        }
        assert!(rest.stays(at(10_992), at(11_492)));
        assert!(!rest.stays(at(10_492), at(10_992)));
        // Something else was drawn in between, near the end of the half second in which it is away.
        assert!(!rest.stays(at(10_900), at(11_000)));
        assert!(!Rest::default().stays(at(11_000), at(11_500)), "it has not the focus");
    }

    #[test]
    fn every_deed_has_it_blink_again_and_frames_do_not() {
        let mut rest = Rest::default();
        let frame = Event::Window(window::Event::RedrawRequested(Instant::now()));
        rest.heard(&frame, true);
        let first = rest.since.unwrap();
        rest.heard(&frame, true);
        assert_eq!(rest.since, Some(first));

        std::thread::sleep(Duration::from_millis(2));
        rest.heard(&Event::Mouse(mouse::Event::CursorLeft), true);
        assert_eq!(rest.since, Some(first));
        rest.heard(&Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)), true);
        assert!(rest.since.unwrap() > first);
        rest.heard(&frame, false);
        assert_eq!(rest.since, None);
    }
}
