//! What was, what is and what will be, on one line: a notch for each, to slide along by pointer or by keys.
//!
//! What is now is filled, what comes with the next start has a ring around it, what is kept for ever has a pin above. The
//! chosen notch stands on a raised ground, and the line is thick between it and what it is compared with. Where there are
//! more notches than room, the strip below shows which part is in sight, and slides through all of it.

mod draw;
mod scale;

use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::{Color, Event, Length, Point, Rectangle, Renderer, Size, border, touch};

use draw::{circle, draw_strip, fill, pillar, write};
use scale::Scale;

use super::direction::Direction;
use super::focus::{Focus, draw_ring};
use super::icon::Icon;
use crate::theme::{CORNER, Element, FONT_ICONS, Palette, Theme, font, font_strong, size};

/// Room for the pins, the notches, their labels and the days.
const NOTCHES: f32 = 92.0;
/// The middle of the notches, from the top.
const MIDDLE: f32 = 38.0;
/// The strip that shows which part is in sight.
const STRIP: f32 = 16.0;
/// Notches that a page key passes.
const PAGE: usize = 10;
/// A notch from side to side.
const DOT: f32 = 12.0;

/// One notch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notch {
    /// Its name, for tests.
    pub id: String,
    /// One short word below it.
    pub label: String,
    /// The day on which it was made, if it is the first one of that day; else empty.
    pub day: String,
    /// It is what is now.
    pub is_current: bool,
    /// It comes with the next start.
    pub is_next: bool,
    /// It is kept for ever.
    pub is_pinned: bool,
    /// It is not whole yet, so that it cannot be gone to.
    pub is_unfinished: bool,
}

/// A line of notches in order of time, one of them chosen. `on_select` gets the index of the one that is to be.
pub fn timeline<'a, Message>(
    id: impl Into<Id>,
    notches: Vec<Notch>,
    selected: Option<usize>,
    direction: Direction,
    on_select: impl Fn(usize) -> Message + 'a,
) -> Timeline<'a, Message> {
    Timeline {
        id: id.into(),
        notches,
        selected,
        compared: None,
        direction,
        on_select: Box::new(on_select),
    }
}

/// See [`timeline`].
pub struct Timeline<'a, Message> {
    id: Id,
    notches: Vec<Notch>,
    selected: Option<usize>,
    compared: Option<usize>,
    direction: Direction,
    on_select: Box<dyn Fn(usize) -> Message + 'a>,
}

impl<Message> std::fmt::Debug for Timeline<'_, Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timeline")
            .field("id", &self.id)
            .field("notches", &self.notches.len())
            .field("selected", &self.selected)
            .finish_non_exhaustive()
    }
}

impl<Message> Timeline<'_, Message> {
    /// What the chosen one is compared with.
    #[must_use]
    pub fn compared(mut self, with: Option<usize>) -> Self {
        self.compared = with;
        self
    }

    fn scale(&self, width: f32) -> Scale {
        Scale {
            count: self.notches.len(),
            width,
            mirrored: self.direction == Direction::RightToLeft,
        }
    }

    fn choose(&self, at: usize, shell: &mut Shell<'_, Message>) {
        if at < self.notches.len() && self.selected != Some(at) {
            shell.publish((self.on_select)(at));
        }
    }

    /// Where a key leads.
    fn by_key(&self, key: Named) -> Option<usize> {
        let last = self.notches.len().checked_sub(1)?;
        let at = self.selected.unwrap_or(last);
        let forward = match self.direction {
            Direction::LeftToRight => Named::ArrowRight,
            Direction::RightToLeft => Named::ArrowLeft,
        };

        Some(match key {
            Named::ArrowLeft | Named::ArrowRight if key == forward => (at + 1).min(last),
            Named::ArrowLeft | Named::ArrowRight => at.saturating_sub(1),
            Named::PageDown => (at + PAGE).min(last),
            Named::PageUp => at.saturating_sub(PAGE),
            Named::Home => 0,
            Named::End => last,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grip {
    Line,
    Strip,
}

#[derive(Debug, Default)]
struct State {
    focus: Focus,
    /// How much of the line is scrolled away.
    offset: f32,
    /// What was chosen, and how much room there was, when it was last brought into sight.
    revealed: Option<(Option<usize>, usize, f32)>,
    grip: Option<Grip>,
}

impl<Message> Widget<Message, Theme, Renderer> for Timeline<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fixed(NOTCHES + STRIP))
    }

    fn layout(&mut self, tree: &mut Tree, _renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let node = layout::atomic(limits, Length::Fill, NOTCHES + STRIP);
        let state = tree.state.downcast_mut::<State>();
        let width = node.size().width;
        let scale = self.scale(width);
        let shown = (self.selected, self.notches.len(), width);

        if state.revealed != Some(shown) {
            state.revealed = Some(shown);
            let at = self.selected.unwrap_or_else(|| self.notches.len().saturating_sub(1));
            state.offset = scale.reveal(at, state.offset);
        }

        node
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, _renderer: &Renderer, operation: &mut dyn Operation) {
        let bounds = layout.bounds();
        let state = tree.state.downcast_mut::<State>();
        let offset = state.offset;

        if !self.notches.is_empty() {
            operation.focusable(Some(&self.id), bounds, &mut state.focus);
        }

        let scale = self.scale(bounds.width);
        for at in scale.in_sight(offset) {
            if let Some(notch) = self.notches.get(at).filter(|notch| !notch.id.is_empty()) {
                let Some(seen) = pillar(scale, bounds, at, offset).intersection(&bounds) else {
                    continue;
                };
                operation.container(Some(&Id::from(notch.id.clone())), seen);
                operation.text(None, seen, &notch.label);
            }
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
        let bounds = layout.bounds();
        let scale = self.scale(bounds.width);
        let state = tree.state.downcast_mut::<State>();

        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerPressed { .. }) => {
                let at = cursor.position_over(bounds).filter(|_| !shell.is_event_captured());
                if state.focus.pointed(at.is_some()) {
                    shell.request_redraw();
                }
                if let Some(at) = at {
                    let is_strip = at.y - bounds.y >= NOTCHES && scale.hidden() > 0.0;
                    state.grip = Some(if is_strip { Grip::Strip } else { Grip::Line });
                    self.slide(state, scale, at.x - bounds.x, shell);
                    shell.capture_event();
                }
            }
            Event::Mouse(mouse::Event::CursorMoved { .. }) | Event::Touch(touch::Event::FingerMoved { .. }) => {
                if let (Some(_), Some(at)) = (state.grip, cursor.land().position()) {
                    self.slide(state, scale, at.x - bounds.x, shell);
                    shell.capture_event();
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerLifted { .. } | touch::Event::FingerLost { .. })
                if state.grip.take().is_some() =>
            {
                shell.capture_event();
            }
            Event::Mouse(mouse::Event::WheelScrolled { delta }) if cursor.is_over(bounds) && scale.hidden() > 0.0 => {
                let turned = match delta {
                    mouse::ScrollDelta::Lines { x, y } => (x + y) * -2.0 * scale.step(),
                    mouse::ScrollDelta::Pixels { x, y } => -(x + y),
                };
                state.offset = (state.offset + turned).clamp(0.0, scale.hidden());
                shell.capture_event();
                shell.request_redraw();
            }
            Event::Keyboard(keyboard::Event::KeyPressed {
                modified_key: Key::Named(key),
                ..
            }) => {
                let wanted = self
                    .by_key(*key)
                    .filter(|_| state.focus.is_on() && !shell.is_event_captured());
                if let Some(at) = wanted {
                    state.focus.typed();
                    self.choose(at, shell);
                    shell.capture_event();
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
        _viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        if tree.state.downcast_ref::<State>().grip.is_some() {
            mouse::Interaction::Grabbing
        } else if cursor.is_over(layout.bounds()) {
            mouse::Interaction::Grab
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
        _cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let Some(seen) = bounds.intersection(viewport) else {
            return;
        };
        let state = tree.state.downcast_ref::<State>();
        let scale = self.scale(bounds.width);
        let palette = &theme.palette;

        renderer.with_layer(seen, |renderer| {
            self.draw_line(renderer, palette, bounds, scale, state.offset);
            for at in scale.in_sight(state.offset) {
                if let Some(notch) = self.notches.get(at) {
                    self.draw_notch(renderer, palette, bounds, (scale, at, state.offset), notch);
                }
            }
            self.draw_days(renderer, palette, bounds, scale, state.offset);
            draw_strip(renderer, palette, bounds, scale, state.offset);
        });

        if state.focus.has_ring() {
            draw_ring(renderer, theme, bounds);
        }
    }
}

impl<Message> Timeline<'_, Message> {
    fn slide(&self, state: &State, scale: Scale, x: f32, shell: &mut Shell<'_, Message>) {
        let at = match state.grip {
            Some(Grip::Strip) => scale.on_strip(x),
            _ => scale.nearest(x, state.offset),
        };
        if let Some(at) = at {
            self.choose(at, shell);
        }
    }

    /// Whether there is room for a label: where notches stand closely, every second or third has one, but none beside a
    /// strong one.
    fn has_label(&self, scale: Scale, at: usize, notch: &Notch) -> bool {
        let needed = notch.label.chars().count() as f32 * 9.0 + 8.0;
        let each = (needed / scale.step()).ceil().max(1.0) as usize;
        let is_near = |other: Option<usize>| other.is_some_and(|other| other.abs_diff(at) < each);
        let current = || self.notches.iter().position(|notch| notch.is_current);

        at.is_multiple_of(each) && (each == 1 || !(is_near(self.selected) || is_near(current())))
    }

    /// The notches with a day for which there is room, from the first one on.
    fn days(&self, scale: Scale) -> Vec<usize> {
        let mut free_from = 0.0_f32;
        let mut shown = Vec::new();
        for (at, notch) in self.notches.iter().enumerate() {
            let along = scale.along(at, 0.0);
            if !notch.day.is_empty() && along >= free_from {
                free_from = along + half_of_day(&notch.day) * 2.0 + 10.0;
                shown.push(at);
            }
        }

        shown
    }

    fn draw_days(&self, renderer: &mut Renderer, palette: &Palette, bounds: Rectangle, scale: Scale, offset: f32) {
        let in_sight = scale.in_sight(offset);
        for at in self.days(scale).into_iter().filter(|at| in_sight.contains(at)) {
            let Some(notch) = self.notches.get(at) else { continue };
            // That of the first one would begin before the line does.
            let half = half_of_day(&notch.day).min(bounds.width / 2.0);
            let x = scale.x(scale.along(at, offset)).clamp(half, bounds.width - half);
            let place = Point::new(bounds.x + x, bounds.y + MIDDLE + 34.0);
            write(
                renderer,
                notch.day.clone(),
                (size::SMALL, font()),
                place,
                palette.quiet,
                bounds,
            );
        }
    }

    fn draw_line(&self, renderer: &mut Renderer, palette: &Palette, bounds: Rectangle, scale: Scale, offset: f32) {
        let Some(last) = self.notches.len().checked_sub(1) else {
            return;
        };
        let mut stretch = |from: usize, to: usize, height: f32, color: Color| {
            let (a, b) = (scale.x(scale.along(from, offset)), scale.x(scale.along(to, offset)));
            fill(
                renderer,
                Rectangle {
                    x: bounds.x + a.min(b),
                    y: bounds.y + MIDDLE - height / 2.0,
                    width: (a - b).abs(),
                    height,
                },
                color,
            );
        };

        stretch(0, last, 2.0, palette.quiet);
        if let (Some(selected), Some(compared)) = (self.selected, self.compared) {
            stretch(selected, compared, 6.0, palette.accent);
        }
    }

    fn draw_notch(
        &self,
        renderer: &mut Renderer,
        palette: &Palette,
        bounds: Rectangle,
        (scale, at, offset): (Scale, usize, f32),
        notch: &Notch,
    ) {
        let is_selected = self.selected == Some(at);
        let middle = Point::new(bounds.x + scale.x(scale.along(at, offset)), bounds.y + MIDDLE);

        if is_selected {
            renderer.fill_quad(
                renderer::Quad {
                    bounds: pillar(scale, bounds, at, offset).shrink([2.0, 0.0]),
                    border: border::rounded(CORNER).width(2.0).color(palette.accent),
                    ..renderer::Quad::default()
                },
                palette.raised,
            );
            // The line goes on under the raised ground.
            let step = scale.step();
            fill(
                renderer,
                Rectangle::new(Point::new(middle.x - step / 2.0, middle.y - 1.0), Size::new(step, 2.0)),
                palette.quiet,
            );
        }
        if notch.is_next {
            circle(renderer, middle, DOT + 12.0, palette.ground, palette.accent, 2.0);
        }

        let (inside, edge) = if notch.is_current {
            (palette.accent, palette.accent)
        } else if notch.is_unfinished {
            (palette.ground, palette.line)
        } else {
            (palette.surface, palette.quiet)
        };
        circle(renderer, middle, DOT, inside, edge, 2.0);

        if notch.is_pinned {
            let glyph = Icon::Pin.unicode().to_string();
            let place = Point::new(middle.x, middle.y - 30.0);
            write(renderer, glyph, (14.0, FONT_ICONS), place, palette.ink, bounds);
        }

        let strong = is_selected || notch.is_current;
        let half = notch.label.chars().count() as f32 * 4.5;
        let is_whole = middle.x - half >= bounds.x && middle.x + half <= bounds.x + bounds.width;
        if strong || (is_whole && self.has_label(scale, at, notch)) {
            let color = if strong { palette.ink } else { palette.quiet };
            let face = if strong { font_strong() } else { font() };
            let place = Point::new(middle.x, middle.y + 16.0);
            write(renderer, notch.label.clone(), (size::SMALL, face), place, color, bounds);
        }
    }
}

/// About half the width of a day.
fn half_of_day(day: &str) -> f32 {
    day.chars().count() as f32 * 4.0
}

impl<'a, Message: 'a> From<Timeline<'a, Message>> for Element<'a, Message> {
    fn from(timeline: Timeline<'a, Message>) -> Self {
        Element::new(timeline)
    }
}

#[cfg(test)]
mod tests;
