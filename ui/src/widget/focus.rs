//! Moving the focus by keyboard, and showing where it is.

use iced::advanced::widget::operation::scrollable::AbsoluteOffset;
use iced::advanced::widget::operation::{Focusable, Operation, Outcome, Scrollable, focusable};
use iced::advanced::widget::{Id, operate};
use iced::advanced::{Renderer as _, renderer};
use iced::{Border, Color, Rectangle, Task, Vector};

use crate::theme::{CORNER, RING, RING_GAP, Theme, space};

/// Focuses the next Tab stop, after the last the first, and scrolls it into view.
pub fn next<T: Send + 'static>() -> Task<T> {
    operate(Step::new(false)).chain(reveal())
}

/// Focuses the Tab stop before, before the first the last, and scrolls it into view.
pub fn previous<T: Send + 'static>() -> Task<T> {
    operate(Step::new(true)).chain(reveal())
}

/// Moves the focus by one Tab stop at once, before whatever else was typed already: `walk` goes with an operation through all widgets.
pub(crate) fn step(backward: bool, mut walk: impl FnMut(&mut dyn Operation)) {
    let steps: [Box<dyn Operation>; 2] = [Box::new(Step::new(backward)), Box::new(Find::default())];

    for mut operation in steps {
        loop {
            walk(operation.as_mut());

            match operation.finish() {
                Outcome::Chain(next) => operation = next,
                Outcome::None | Outcome::Some(()) => break,
            }
        }
    }
}

/// Focuses the widget with this id and scrolls it into view.
pub fn to<T: Send + 'static>(id: impl Into<Id>) -> Task<T> {
    operate(focusable::focus(id.into())).chain(reveal())
}

/// Scrolls what has the focus into view.
pub fn reveal<T: Send + 'static>() -> Task<T> {
    operate(Find::default())
}

/// Whether a widget has the focus, and whether a ring says so: not for the pointer, which knows where it is.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Focus {
    on: bool,
    ring: bool,
}

impl Focus {
    /// The pointer was pressed on the widget or elsewhere; `true` if that changed anything.
    pub(super) fn pointed(&mut self, on_it: bool) -> bool {
        let before = (self.on, self.ring);
        *self = Self { on: on_it, ring: false };

        before != (self.on, self.ring)
    }

    /// A key was used on it: from now on the person needs to see where the focus is.
    pub(super) fn typed(&mut self) {
        self.ring = self.on;
    }

    pub(super) fn is_on(self) -> bool {
        self.on
    }

    pub(super) fn has_ring(self) -> bool {
        self.ring
    }
}

impl Focusable for Focus {
    fn is_focused(&self) -> bool {
        self.on
    }

    fn focus(&mut self) {
        *self = Self { on: true, ring: true };
    }

    fn unfocus(&mut self) {
        *self = Self::default();
    }
}

/// Draws the ring around a widget: outside of its bounds, after a gap.
pub(super) fn draw_ring(renderer: &mut iced::Renderer, theme: &Theme, bounds: Rectangle) {
    let out = RING + RING_GAP;

    renderer.fill_quad(
        renderer::Quad {
            bounds: bounds.expand(out),
            border: Border {
                color: theme.palette.accent,
                width: RING,
                radius: (CORNER + out).into(),
            },
            ..renderer::Quad::default()
        },
        Color::TRANSPARENT,
    );
}

/// Moves the focus by one Tab stop, round and round (iced's own operation has a stop between the last and the first
/// where nothing has the focus). First walk: counts.
pub(super) struct Step {
    backward: bool,
    met: usize,
    focused: Option<usize>,
}

impl Step {
    pub(super) fn new(backward: bool) -> Self {
        Self {
            backward,
            met: 0,
            focused: None,
        }
    }
}

impl<T> Operation<T> for Step {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn focusable(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Focusable) {
        if state.is_focused() {
            self.focused = Some(self.met);
        }

        self.met += 1;
    }

    fn finish(&self) -> Outcome<T> {
        let Some(last) = self.met.checked_sub(1) else {
            return Outcome::None;
        };

        let nth = match (self.focused, self.backward) {
            (None | Some(0), true) => last,
            (Some(at), true) => at - 1,
            (Some(at), false) if at < last => at + 1,
            (_, false) => 0,
        };

        Outcome::Chain(Box::new(FocusNth { nth, met: 0 }))
    }
}

/// Second walk: focuses the one, and nothing else.
struct FocusNth {
    nth: usize,
    met: usize,
}

impl<T> Operation<T> for FocusNth {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn focusable(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Focusable) {
        if self.met == self.nth {
            state.focus()
        } else {
            state.unfocus()
        }

        self.met += 1;
    }
}

/// A scrollable around the widget at hand. It has no name: it is the n-th that is met.
#[derive(Clone, Copy)]
struct Around {
    nth: usize,
    bounds: Rectangle,
    scrolled: Vector,
}

/// First walk: which scrollable hides what has the focus, and how far it must scroll.
#[derive(Default)]
pub(super) struct Find {
    met: usize,
    entering: Option<Around>,
    around: Vec<Around>,
    scroll: Option<(usize, f32)>,
}

impl<T: Send + 'static> Operation<T> for Find {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        let entered = self.entering.take();
        self.around.extend(entered);

        operate(self);

        if entered.is_some() {
            let _left = self.around.pop();
        }
    }

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        bounds: Rectangle,
        _content: Rectangle,
        scrolled: Vector,
        _state: &mut dyn Scrollable,
    ) {
        self.entering = Some(Around {
            nth: self.met,
            bounds,
            scrolled,
        });
        self.met += 1;
    }

    fn focusable(&mut self, _id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        if state.is_focused()
            && let Some(around) = self.around.last()
        {
            self.scroll = offset(around, bounds).map(|y| (around.nth, y));
        }
    }

    fn finish(&self) -> Outcome<T> {
        match self.scroll {
            Some((nth, y)) => Outcome::Chain(Box::new(ScrollTo { nth, y, met: 0 })),
            None => Outcome::None,
        }
    }
}

/// Where a scrollable must be for a widget in it to be seen; `None` if it already is.
fn offset(around: &Around, widget: Rectangle) -> Option<f32> {
    let top = around.bounds.y + around.scrolled.y;
    let bottom = top + around.bounds.height;
    let (first, last) = (widget.y - space::M, widget.y + widget.height + space::M);

    if first < top || widget.height > around.bounds.height {
        Some((first - around.bounds.y).max(0.0))
    } else if last > bottom {
        Some(last - around.bounds.y - around.bounds.height)
    } else {
        None
    }
}

/// Second walk: scrolls it.
struct ScrollTo {
    nth: usize,
    y: f32,
    met: usize,
}

impl<T> Operation<T> for ScrollTo {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        _bounds: Rectangle,
        _content: Rectangle,
        _scrolled: Vector,
        state: &mut dyn Scrollable,
    ) {
        if self.met == self.nth {
            state.scroll_to(AbsoluteOffset {
                x: None,
                y: Some(self.y),
            });
        }

        self.met += 1;
    }
}

#[cfg(test)]
mod tests {
    use iced::{Point, Size};

    use super::*;

    fn around(scrolled: f32) -> Around {
        let bounds = Rectangle::new(Point::new(0.0, 100.0), Size::new(400.0, 300.0));

        Around {
            nth: 0,
            bounds,
            scrolled: Vector::new(0.0, scrolled),
        }
    }

    fn widget(y: f32) -> Rectangle {
        Rectangle::new(Point::new(0.0, y), Size::new(100.0, 40.0))
    }

    #[test]
    fn what_is_in_view_is_left_where_it_is() {
        assert_eq!(offset(&around(0.0), widget(200.0)), None);
    }

    #[test]
    fn what_is_below_or_above_scrolls_just_into_view() {
        // 40 high and 16 of air; the view is 300 high and starts at 100.
        assert_eq!(offset(&around(0.0), widget(500.0)), Some(500.0 + 40.0 + 16.0 - 400.0));
        assert_eq!(offset(&around(300.0), widget(200.0)), Some(200.0 - 16.0 - 100.0));
        assert_eq!(offset(&around(300.0), widget(105.0)), Some(0.0));
    }
}
