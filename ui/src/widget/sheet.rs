//! What scrolls as a whole is drawn as a whole.
//!
//! tiny-skia draws each part of a picture that changed for itself, and for each of them it prepares a mask as large as the
//! window: a page of fifty words and pictures that moved a little costs fifty masks. A layer whose edges changed is drawn
//! at once. So a sheet is a layer, and its lower edge is another one wherever it was scrolled to, by less than can be seen.
//!
//! tiny-skia does not cut off what is within a layer by its numbers and beyond it by some pixels: the tail of a letter, the
//! half of a line that lies between two rows of pixels. Nobody would draw over these in the next frame, and they would stay.
//! So the sheet has a layer of nothing around it, which changes with it: all that is below it is drawn anew.

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

/// How far letters, and lines between two rows of pixels, reach beyond the place that they are drawn in, in logical pixels.
const BEYOND: f32 = 2.0;

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

/// What is drawn anew with a sheet: also what its content leaves beyond its edges.
fn around(edges: Rectangle) -> Rectangle {
    edges.expand(BEYOND)
}

/// Has a place drawn anew whenever `what` is shown there is another number, with what reaches beyond it. Letters that change
/// would be cut off where the place ends by its numbers, and leave there what they drew before.
pub(super) fn anew(renderer: &mut Renderer, place: Rectangle, what: u64) {
    /// So many places differ by more than a number of this size can tell.
    const PLACES: u16 = 1021;

    let part = u16::try_from(what % u64::from(PLACES)).unwrap_or_default();
    let mut place = around(place);
    place.width -= SLIP * f32::from(part) / f32::from(PLACES);
    renderer.with_layer(place, |_| {});
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
        renderer.with_layer(around(edges(*viewport)), |_| {});
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
    use iced::Fill;
    use iced::widget::container;

    use super::*;
    use crate::theme;
    use crate::widget::film::Film;
    use crate::widget::progress::hairline;
    use crate::widget::{Icon, icon, text_field, words};

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

    /// Rows with words that reach beyond their places, lines between them and pictures, below words of an odd height.
    fn page(shown: usize) -> Element<'static, ()> {
        let row = |number: usize| -> Element<'static, ()> {
            iced::widget::column![
                iced::widget::row![
                    icon(Icon::Package),
                    words::strong(format!("jf {number} fjord")),
                    words::small("Jäger, Öl und ÅÉ: fff").style(theme::quiet),
                    iced::widget::space::horizontal(),
                    words::body("yjgf"),
                ]
                .spacing(6.3),
                hairline(),
            ]
            .spacing(3.7)
            .into()
        };
        let list = iced::widget::scrollable(sheet(iced::widget::Column::with_children((0..40).map(row))))
            .width(Fill)
            .height(Fill);

        iced::widget::column![
            words::heading("jfj"),
            words::small(format!("{shown} %")),
            iced::widget::row![words::body("left"), list, words::body("fright")],
            words::small("below, jfy"),
        ]
        .into()
    }

    #[test]
    fn what_was_scrolled_is_what_it_is_when_it_is_drawn_as_a_whole() {
        for scale in [1.0, 1.25, 1.5, 2.0, 3.0] {
            let mut film = Film::new((660, 500), scale, page(7));
            film.point_at(150.0, 100.0);
            for turn in [
                0.0, -12.0, -7.3, -0.6, -33.0, 5.5, -100.0, 4.0, 4.0, -4.0, -4.0, 61.7, 0.0,
            ] {
                film.scroll(turn);
                assert_eq!(film.frame(), Ok(()), "scale {scale}, turned by {turn}");
            }
        }
    }

    #[test]
    fn words_that_change_leave_nothing_of_those_before() {
        for scale in [1.0, 1.25, 1.5] {
            let mut film = Film::new((660, 500), scale, page(7));
            for shown in [7, 8, 9, 10, 11, 40, 41, 47, 77, 9, 0] {
                film.show(page(shown));
                assert_eq!(film.frame(), Ok(()), "scale {scale}, {shown} %");
            }
        }
    }

    #[test]
    fn letters_that_are_typed_are_drawn_with_what_reaches_beyond_their_place() {
        let field = |text: &'static str| -> Element<'static, ()> {
            container(text_field("search", "", text).bare().on_input(|_| ()))
                .padding(20)
                .into()
        };
        let mut film = Film::new((400, 120), 1.0, field(""));
        for text in ["j", "jf", "jfÅ", "jfÅy"] {
            film.show(field(text));
            assert_eq!(film.frame(), Ok(()), "{text:?}");
        }
    }
}
