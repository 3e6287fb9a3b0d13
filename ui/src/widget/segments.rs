//! What is on a disk, to scale: one bar, a colour *and* a pattern for each kind, names and sizes where there is room.

use iced::advanced::text::paragraph;
use iced::advanced::widget::{Tree, tree};
use iced::advanced::{Layout, Renderer as _, Widget, layout, mouse, renderer, text};
use iced::alignment::Vertical;
use iced::widget::{Row, container, row};
use iced::{Center, Color, Length, Pixels, Point, Rectangle, Renderer, Size, border};

use super::button::mix;
use super::words;
use crate::theme::{self, Element, LINE_HEIGHT, Palette, Theme, font, size, space};

/// What a part of a disk is to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something of theirs, which stays.
    Kept,
    /// Something of theirs, which will be lost.
    Lost,
    /// Nothing.
    Free,
    /// What the installation makes.
    New,
    /// Small parts that the machine needs to start.
    Boot,
}

/// How a kind is told from the others without its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    Plain,
    /// Crossed out: upright lines.
    Lines,
    Dots,
    Outline,
}

impl Kind {
    fn look(self, palette: &Palette) -> (Color, Color, Pattern) {
        // The fill, and what is drawn on it.
        match self {
            Self::Kept => (mix(palette.surface, palette.quiet, 0.25), palette.ink, Pattern::Plain),
            Self::Lost => (
                mix(palette.surface, palette.danger, 0.18),
                palette.danger,
                Pattern::Lines,
            ),
            Self::Free => (palette.surface, palette.quiet, Pattern::Dots),
            Self::New => (palette.accent, palette.on_accent, Pattern::Plain),
            Self::Boot => (palette.raised, palette.ink, Pattern::Outline),
        }
    }
}

/// One part of a disk, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What it is to the person.
    pub kind: Kind,
    /// What it is called: "Windows", "free".
    pub label: String,
    /// Its size in words: "412 GB".
    pub size: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The bar. Parts too small to see are drawn a little wider than they are.
#[must_use]
pub fn segments<'a>(parts: Vec<Segment>) -> Segments<'a> {
    let scale = parts.iter().map(|part| part.bytes).fold(0, u64::saturating_add);

    Segments {
        parts,
        scale,
        height: HEIGHT,
        _life: std::marker::PhantomData,
    }
}

/// The bar's parts in words: a swatch, the name and the size of each. For everything that did not fit into the bar.
pub fn legend<'a, Message: 'a>(parts: &[Segment]) -> Element<'a, Message> {
    let entries = parts.iter().map(|part| {
        let kind = part.kind;
        let swatch = container(Element::<Message>::new(Swatch(kind))).width(14).height(14);
        let words = words::small(format!("{} {}", part.label, part.size)).style(theme::quiet);

        row![swatch, words].spacing(space::XS).align_y(Center).into()
    });

    Row::with_children(entries)
        .spacing(space::M)
        .wrap()
        .vertical_spacing(space::XXS)
        .into()
}

const HEIGHT: f32 = 32.0;
const LEAST: f32 = 4.0;

/// See [`segments`].
#[derive(Debug, Clone)]
pub struct Segments<'a> {
    parts: Vec<Segment>,
    scale: u64,
    height: f32,
    _life: std::marker::PhantomData<&'a ()>,
}

impl Segments<'_> {
    /// How many bytes the whole width stands for; the sum of the parts otherwise. Give two bars the same scale and they
    /// can be compared.
    #[must_use]
    pub fn scale(mut self, bytes: u64) -> Self {
        self.scale = bytes.max(self.scale);
        self
    }

    /// How high it is; 32 otherwise.
    #[must_use]
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }
}

/// How wide each part is drawn: to scale, but never less than can be seen.
fn widths(parts: &[Segment], scale: u64, width: f32) -> Vec<f32> {
    let scale = scale.max(1) as f32;
    let exact: Vec<_> = parts
        .iter()
        .map(|part| (part.bytes as f32 / scale * width).max(0.0))
        .collect();
    let drawn: Vec<_> = exact.iter().map(|width| width.max(LEAST)).collect();

    // What the small ones took too much, the large ones give.
    let too_much = (drawn.iter().sum::<f32>() - exact.iter().sum::<f32>().min(width)).max(0.0);
    let spare: f32 = drawn.iter().map(|width| width - LEAST).sum();
    let share = if spare > 0.0 { (too_much / spare).min(1.0) } else { 0.0 };

    drawn.iter().map(|width| width - (width - LEAST) * share).collect()
}

type Line = paragraph::Plain<<Renderer as text::Renderer>::Paragraph>;

#[derive(Default)]
struct State {
    /// For each part: its name with its size, and its name alone.
    words: Vec<(Line, Line)>,
}

fn line(content: &str) -> text::Text<&str, iced::Font> {
    text::Text {
        content,
        bounds: Size::INFINITE,
        size: Pixels(size::SMALL),
        line_height: text::LineHeight::Relative(LINE_HEIGHT),
        font: font(),
        align_x: text::Alignment::Default,
        align_y: Vertical::Top,
        shaping: text::Shaping::Advanced,
        wrapping: text::Wrapping::None,
    }
}

impl<Message> Widget<Message, Theme, Renderer> for Segments<'_> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fixed(self.height))
    }

    fn layout(&mut self, tree: &mut Tree, _renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        let state = tree.state.downcast_mut::<State>();
        state.words.resize_with(self.parts.len(), Default::default);

        for (part, (whole, name)) in self.parts.iter().zip(&mut state.words) {
            let _ = whole.update(line(&format!("{} {}", part.label, part.size)));
            let _ = name.update(line(&part.label));
        }

        layout::atomic(limits, Length::Fill, self.height)
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        _viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<State>();
        let bounds = layout.bounds();
        let mut x = bounds.x;
        let mut end = bounds.x;

        for ((part, width), (whole, name)) in self
            .parts
            .iter()
            .zip(widths(&self.parts, self.scale, bounds.width))
            .zip(&state.words)
        {
            let cell = Rectangle {
                x: x.round(),
                width: ((x + width).round() - x.round()).max(1.0),
                ..bounds
            };
            x += width;
            end = cell.x + cell.width;

            let ink = draw_kind(renderer, &theme.palette, part.kind, cell);

            // A hairline between neighbours.
            fill(
                renderer,
                Rectangle {
                    x: end - 1.0,
                    width: 1.0,
                    ..cell
                },
                theme.palette.ground,
            );

            let room = cell.width - 2.0 * space::XS;
            let Some(words) = [whole, name].into_iter().find(|words| words.min_width() <= room) else {
                continue;
            };
            let place = words.min_bounds();
            let at = Point::new(cell.x + space::XS, cell.y + (cell.height - place.height) / 2.0);

            // The pattern must not run through the words.
            let (behind, _, pattern) = part.kind.look(&theme.palette);
            if pattern != Pattern::Plain {
                let room = Rectangle {
                    x: at.x - 3.0,
                    y: at.y,
                    width: place.width + 6.0,
                    height: place.height,
                };
                fill(renderer, room, behind);
            }

            renderer_text(renderer, words, at, ink, cell);
        }

        // The edge of the whole.
        let edge = Rectangle {
            width: (end - bounds.x).max(1.0),
            ..bounds
        };
        renderer.fill_quad(
            renderer::Quad {
                bounds: edge,
                border: border::rounded(0).width(1.0).color(theme.palette.quiet),
                ..renderer::Quad::default()
            },
            Color::TRANSPARENT,
        );
    }
}

fn renderer_text(renderer: &mut Renderer, words: &Line, at: Point, color: Color, clip: Rectangle) {
    text::Renderer::fill_paragraph(
        renderer,
        words.raw(),
        Point::new(at.x.round(), at.y.round()),
        color,
        clip,
    );
}

/// Draws the fill and the pattern of a kind; returns the colour of text on it.
fn draw_kind(renderer: &mut Renderer, palette: &Palette, kind: Kind, cell: Rectangle) -> Color {
    let (background, ink, pattern) = kind.look(palette);
    fill(renderer, cell, background);

    match pattern {
        Pattern::Plain => {}
        Pattern::Lines => {
            for at in steps(cell.width, 6.0) {
                fill(
                    renderer,
                    Rectangle {
                        x: cell.x + at,
                        width: 1.0,
                        ..cell
                    },
                    ink.scale_alpha(0.55),
                );
            }
        }
        Pattern::Dots => {
            let y = (cell.y + cell.height - 6.0).max(cell.y);

            for at in steps(cell.width, 8.0) {
                fill(
                    renderer,
                    Rectangle {
                        x: cell.x + at,
                        y,
                        width: 2.0,
                        height: 2.0,
                    },
                    ink.scale_alpha(0.7),
                );
            }
        }
        Pattern::Outline => {
            fill(
                renderer,
                Rectangle {
                    y: cell.y + cell.height - 4.0,
                    height: 4.0,
                    ..cell
                },
                ink.scale_alpha(0.6),
            );
        }
    }

    ink
}

/// Where marks go along a width: never more than a screen has.
fn steps(width: f32, step: f32) -> impl Iterator<Item = f32> {
    (1..4096u16)
        .map(move |nth| f32::from(nth) * step)
        .take_while(move |at| *at < width - 1.0)
}

fn fill(renderer: &mut Renderer, bounds: Rectangle, color: Color) {
    renderer.fill_quad(
        renderer::Quad {
            bounds,
            ..renderer::Quad::default()
        },
        color,
    );
}

impl<'a, Message: 'a> From<Segments<'a>> for Element<'a, Message> {
    fn from(segments: Segments<'a>) -> Self {
        Element::new(segments)
    }
}

/// A small square with the look of a kind.
struct Swatch(Kind);

impl<Message> Widget<Message, Theme, Renderer> for Swatch {
    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(&mut self, _tree: &mut Tree, _renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        layout::atomic(limits, Length::Fill, Length::Fill)
    }

    fn draw(
        &self,
        _tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        _viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let _ink = draw_kind(renderer, &theme.palette, self.0, bounds);
        renderer.fill_quad(
            renderer::Quad {
                bounds,
                border: border::rounded(0).width(1.0).color(theme.palette.quiet),
                ..renderer::Quad::default()
            },
            Color::TRANSPARENT,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(bytes: u64) -> Segment {
        Segment {
            kind: Kind::Kept,
            label: String::new(),
            size: String::new(),
            bytes,
        }
    }

    #[test]
    fn parts_are_to_scale_and_fill_the_bar() {
        let drawn = widths(&[part(300), part(100)], 400, 800.0);

        assert_eq!(drawn, [600.0, 200.0]);
    }

    #[test]
    fn a_tiny_part_can_still_be_seen_and_the_bar_does_not_grow() {
        let drawn = widths(&[part(1), part(1_000_000), part(1)], 1_000_002, 800.0);

        assert!(drawn[0] >= LEAST && drawn[2] >= LEAST);
        assert!(drawn.iter().sum::<f32>() <= 800.01);
    }

    #[test]
    fn two_disks_with_one_scale_can_be_compared() {
        let drawn = widths(&[part(100)], 400, 800.0);

        assert_eq!(drawn, [200.0]);
    }

    #[test]
    fn an_empty_disk_and_no_room_do_not_panic() {
        assert_eq!(widths(&[], 0, 800.0), Vec::<f32>::new());
        let _ = widths(&[part(0), part(u64::MAX)], u64::MAX, 0.0);
    }
}
