//! Where things are: lets a test from outside click widgets by their names.

use iced::advanced::widget::operation::{Focusable, Operation, Outcome, Scrollable};
use iced::advanced::widget::{Id, operate};
use iced::{Rectangle, Task, Vector};

/// A widget with an id, and where it is in the window, in logical pixels. What is scrolled away lies outside of the window.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The name it was given.
    pub id: String,
    /// The left edge.
    pub x: f32,
    /// The upper edge.
    pub y: f32,
    /// The width.
    pub w: f32,
    /// The height.
    pub h: f32,
    /// Whether it has the focus.
    pub focused: bool,
    /// Whether it can have the focus; what is disabled cannot.
    pub focusable: bool,
}

/// Collects every widget that has an id.
pub fn collect() -> Task<Vec<Placed>> {
    operate(Collect::default())
}

#[derive(Default)]
pub(crate) struct Collect {
    found: Vec<Placed>,
    /// How far the scrollables around the widget at hand are scrolled.
    scrolled: Vec<Vector>,
    entering: Option<Vector>,
}

impl Collect {
    fn add(&mut self, id: Option<&Id>, bounds: Rectangle, focused: bool, focusable: bool) {
        let Some(id) = id.and_then(name) else { return };

        let bounds = self.scrolled.iter().fold(bounds, |bounds, scrolled| bounds - *scrolled);
        let placed = Placed {
            id,
            x: bounds.x,
            y: bounds.y,
            w: bounds.width,
            h: bounds.height,
            focused,
            focusable,
        };

        self.found.push(placed);
    }
}

impl Operation<Vec<Placed>> for Collect {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<Vec<Placed>>)) {
        let entered = self.entering.take();
        self.scrolled.extend(entered);

        operate(self);

        if entered.is_some() {
            let _left = self.scrolled.pop();
        }
    }

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        _bounds: Rectangle,
        _content: Rectangle,
        translation: Vector,
        _state: &mut dyn Scrollable,
    ) {
        self.entering = Some(translation);
    }

    fn container(&mut self, id: Option<&Id>, bounds: Rectangle) {
        self.add(id, bounds, false, false);
    }

    fn focusable(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        self.add(id, bounds, state.is_focused(), true);
    }

    fn finish(&self) -> Outcome<Vec<Placed>> {
        Outcome::Some(self.found.clone())
    }
}

/// The name in an id. iced shows it only through `Debug`: `Id(Custom("name"))`.
pub(crate) fn name(id: &Id) -> Option<String> {
    let shown = format!("{id:?}");

    Some(shown.strip_prefix("Id(Custom(\"")?.strip_suffix("\"))")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_id_tells_its_name_and_a_unique_one_none() {
        assert_eq!(name(&Id::new("disk-0")).as_deref(), Some("disk-0"));
        assert_eq!(name(&Id::from(format!("disk-{}", 1))).as_deref(), Some("disk-1"));
        assert_eq!(name(&Id::unique()), None);
    }
}
