//! What scrolls as a whole is drawn as a whole.
//!
//! tiny-skia draws each part of a picture that changed for itself, and for each of them it prepares a mask as large as the
//! window: a page of fifty words and pictures that moved a little costs fifty masks. A layer whose edges changed is drawn
//! at once. So a sheet is a layer, and its lower edge is another one wherever it was scrolled to, by less than can be seen.

use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, overlay, renderer};
use iced::{Event, Length, Rectangle, Renderer, Size, Vector};

use crate::theme::{Element, Theme};

/// The most that the edge moves, in logical pixels: on no screen does it reach the middle of a pixel.
const SLIP: f32 = 0.1;
/// Multiples of it have no period: no two places that are near one another have the same edge.
const IRRATIONAL: f64 = 0.618_033_988_749_895;

/// Content of something that scrolls.
pub fn sheet<'a, Message: 'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    Element::new(Sheet {
        content: content.into(),
    })
}

struct Sheet<'a, Message> {
    content: Element<'a, Message>,
}

/// The edges of the layer for what is in sight of the content.
fn edges(in_sight: Rectangle) -> Rectangle {
    let part = (f64::from(in_sight.y) * IRRATIONAL).rem_euclid(1.0) as f32;

    Rectangle {
        height: (in_sight.height - SLIP * part).max(0.0),
        ..in_sight
    }
}

impl<Message> Widget<Message, Theme, Renderer> for Sheet<'_, Message> {
    fn tag(&self) -> tree::Tag {
        self.content.as_widget().tag()
    }

    fn state(&self) -> tree::State {
        self.content.as_widget().state()
    }

    fn children(&self) -> Vec<Tree> {
        self.content.as_widget().children()
    }

    fn diff(&self, tree: &mut Tree) {
        self.content.as_widget().diff(tree);
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        self.content.as_widget_mut().layout(tree, renderer, limits)
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        self.content.as_widget_mut().operate(tree, layout, renderer, operation);
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
        self.content
            .as_widget_mut()
            .update(tree, event, layout, cursor, renderer, clipboard, shell, viewport);
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
            .mouse_interaction(tree, layout, cursor, viewport, renderer)
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
        renderer.with_layer(edges(*viewport), |renderer| {
            self.content
                .as_widget()
                .draw(tree, renderer, theme, style, layout, cursor, viewport);
        });
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
            .overlay(tree, layout, renderer, viewport, translation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(y: f32) -> Rectangle {
        Rectangle {
            x: 0.0,
            y,
            width: 1000.0,
            height: 900.0,
        }
    }

    #[test]
    fn each_place_has_an_edge_of_its_own_which_nobody_sees() {
        let heights: Vec<f32> = (0..200).map(|step| edges(at(12.0 * step as f32)).height).collect();
        for (number, height) in heights.iter().enumerate() {
            assert!((899.9..=900.0).contains(height), "{height}");
            // Frames are compared with the last one and the one before that.
            for before in heights.iter().skip(number.saturating_sub(2)).take(number.min(2)) {
                assert_ne!(height, before, "{number}");
            }
        }
        // Far down in a list of 60,000 rows, too.
        assert_ne!(edges(at(4_000_000.0)), edges(at(4_000_012.0)));
        assert_ne!(edges(at(4_000_000.0)).height, edges(at(4_000_012.0)).height);
        // Where nothing moved, nothing is drawn.
        assert_eq!(edges(at(77.0)), edges(at(77.0)));
        assert_eq!(edges(Rectangle { height: 0.0, ..at(5.0) }).height, 0.0);
    }
}
