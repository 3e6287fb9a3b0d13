//! What is on a page: its controls, its words and what scrolls, as they are laid out; and its text as it is drawn.

use iced::advanced::graphics::text::Text;
use iced::advanced::graphics::text::cosmic_text::{Buffer, BufferLine};
use iced::advanced::mouse;
use iced::advanced::renderer::{self, Headless as _};
use iced::advanced::text::Paragraph as _;
use iced::advanced::widget::operation::{Focusable, Operation, Outcome, Scrollable, TextInput};
use iced::advanced::widget::{Id, operation};
use iced::{Background, Color, Rectangle, Renderer, Size, Vector};
use iced_test::runtime::{UserInterface, user_interface::Cache};

use crate::theme::{Element, Theme};
use crate::widget::{film, focus, trace};

/// A page without a compositor.
pub(super) struct Page<'a> {
    window: UserInterface<'a, (), Theme, Renderer>,
    renderer: Renderer,
}

/// What a page has, at its places as if nothing were scrolled.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// In the order of Tab.
    pub(super) controls: Vec<Control>,
    pub(super) words: Vec<Words>,
    pub(super) rooms: Vec<Room>,
    entering: Option<Entering>,
    around: Vec<Entering>,
    /// What is told next is a field.
    is_input: bool,
}

/// What can be pressed or typed into, or could if it were not disabled.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) id: Option<String>,
    pub(super) bounds: Rectangle,
    pub(super) is_stop: bool,
    pub(super) is_input: bool,
    pub(super) room: Option<usize>,
}

/// A text that a widget has.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) bounds: Rectangle,
    pub(super) room: Option<usize>,
}

/// Something that scrolls.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) bounds: Rectangle,
    pub(super) content: Rectangle,
    pub(super) room: Option<usize>,
}

/// A text as it is drawn.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) text: String,
    pub(super) bounds: Rectangle,
    /// Lines for which its room has no height.
    pub(super) hidden: usize,
    /// A word that goes on in the next line.
    pub(super) broken: Option<String>,
    /// What it was given to stand in.
    pub(super) room: Size,
    /// Beyond this nothing of it is seen.
    pub(super) seen: Rectangle,
    pub(super) color: Color,
    /// What is drawn below it.
    pub(super) ground: Color,
}

#[derive(Debug, Clone, Copy)]
enum Entering {
    Plain,
    Room(usize),
    /// It gave way to something else: none of it is drawn.
    Nowhere,
}

impl<'a> Page<'a> {
    pub(super) fn new(size: Size, content: Element<'a, ()>) -> Self {
        let mut renderer = film::renderer();
        let window = UserInterface::build(content, size, Cache::default(), &mut renderer);

        Self { window, renderer }
    }

    pub(super) fn survey(&mut self) -> Survey {
        let mut survey = Survey::default();
        self.window.operate(&self.renderer, &mut survey);
        survey
    }

    /// Tab, or Shift and Tab: what has the focus then, where it is seen.
    pub(super) fn tab(&mut self, backward: bool) -> Vec<trace::Placed> {
        focus::step(backward, |operation| self.window.operate(&self.renderer, operation));
        let mut places = trace::Collect::default();
        self.window
            .operate(&self.renderer, &mut operation::black_box(&mut places));
        let Outcome::Some(mut places) = places.finish() else {
            return Vec::new();
        };
        places.retain(|placed| placed.focused);

        places
    }

    /// Scrolls everything down by so much: whether anything went.
    pub(super) fn scroll(&mut self, y: f32) -> bool {
        let mut scroll = ScrollBy { y, has_moved: false };
        self.window.operate(&self.renderer, &mut scroll);

        scroll.has_moved
    }

    /// What was drawn last, four bytes a pixel.
    pub(super) fn pixels(&mut self, size: Size, theme: &Theme) -> Vec<u8> {
        self.renderer.screenshot(
            Size::new(size.width as u32, size.height as u32),
            1.0,
            theme.palette.ground,
        )
    }

    /// The text that is in sight.
    pub(super) fn drawn(&mut self, theme: &Theme) -> Vec<Drawn> {
        let style = renderer::Style {
            text_color: theme.palette.ink,
        };
        self.window
            .draw(&mut self.renderer, theme, &style, mouse::Cursor::Unavailable);
        let layers = self.renderer.layers();
        let mut drawn = Vec::new();

        for (at, layer) in layers.iter().enumerate() {
            let below = || layers.iter().take(at + 1);
            for item in &layer.text {
                for text in item.as_slice() {
                    let Text::Paragraph {
                        paragraph,
                        position,
                        color,
                        clip_bounds,
                        transformation,
                    } = text
                    else {
                        continue;
                    };
                    let transformation = item.transformation() * *transformation;
                    let bounds = Rectangle::new(*position, paragraph.min_bounds) * transformation;
                    let seen = (*clip_bounds * transformation).intersection(&layer.bounds);
                    let in_sight = seen.and_then(|seen| bounds.intersection(&seen));
                    let paragraph = paragraph.upgrade().expect("the page still has it");
                    let lines = &paragraph.buffer().lines;
                    let text = lines.iter().map(|line| line.text()).collect::<Vec<_>>().join("\n");
                    let (Some(seen), Some(in_sight), false) = (seen, in_sight, text.trim().is_empty()) else {
                        continue;
                    };
                    let middle = in_sight.center();
                    let ground = below()
                        .filter(|layer| layer.bounds.contains(middle))
                        .flat_map(|layer| &layer.quads)
                        .filter(|(quad, _)| quad.bounds.contains(middle))
                        .fold(theme.palette.ground, |ground, (_, background)| match background {
                            Background::Color(color) => over(*color, ground),
                            Background::Gradient(_) => ground,
                        });
                    drawn.push(Drawn {
                        hidden: hidden(paragraph.buffer()),
                        broken: lines.iter().find_map(broken),
                        text,
                        bounds,
                        room: paragraph.bounds(),
                        seen,
                        color: *color,
                        ground,
                    });
                }
            }
        }

        drawn
    }
}

/// What is not laid out at all counts as one line each.
fn hidden(buffer: &Buffer) -> usize {
    let lines = buffer.lines.iter().map(|line| line.layout_opt().map_or(1, Vec::len));

    lines.sum::<usize>().saturating_sub(buffer.layout_runs().count())
}

/// The word that a line breaks, unless its end is left out anyway.
fn broken(line: &BufferLine) -> Option<String> {
    let text = line.text();
    let ends = line.layout_opt()?.iter();
    let ends = ends.filter_map(|line| line.glyphs.iter().map(|glyph| glyph.end).max());

    ends.map(|end| text.split_at(end)).find_map(|(before, after)| {
        let is_letter = |letter: char| letter.is_alphanumeric();
        let begin = before.trim_end_matches(is_letter).len();
        let (word, rest) = after.split_at(after.find(|letter| !is_letter(letter)).unwrap_or(after.len()));
        let is_broken = begin < before.len() && !word.is_empty() && !rest.starts_with('…');

        is_broken.then(|| format!("{}{word}", &before[begin..]))
    })
}

fn over(color: Color, ground: Color) -> Color {
    let channel = |of: fn(Color) -> f32| of(color) * color.a + of(ground) * (1.0 - color.a);

    Color::from_rgb(channel(|c| c.r), channel(|c| c.g), channel(|c| c.b))
}

impl Survey {
    fn is_nowhere(&self) -> bool {
        self.around.iter().any(|around| matches!(around, Entering::Nowhere))
    }

    fn room(&self) -> Option<usize> {
        self.around.iter().rev().find_map(|around| match around {
            Entering::Room(at) => Some(*at),
            _ => None,
        })
    }

    fn add(&mut self, id: Option<&Id>, bounds: Rectangle, is_stop: bool) {
        if self.is_nowhere() {
            return;
        }
        self.controls.push(Control {
            id: id.and_then(trace::name),
            bounds,
            is_stop,
            is_input: std::mem::take(&mut self.is_input),
            room: self.room(),
        });
        self.entering = Some(Entering::Plain);
    }
}

impl Operation for Survey {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        self.around.push(self.entering.take().unwrap_or(Entering::Plain));
        operate(self);
        let _left = self.around.pop();
    }

    fn container(&mut self, id: Option<&Id>, bounds: Rectangle) {
        self.entering = (bounds.size() == Size::ZERO).then_some(Entering::Nowhere);
        if id.is_some() {
            self.add(id, bounds, false);
        }
    }

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        _translation: Vector,
        _state: &mut dyn Scrollable,
    ) {
        self.rooms.push(Room {
            bounds,
            content,
            room: self.room(),
        });
        self.entering = Some(Entering::Room(self.rooms.len() - 1));
    }

    fn focusable(&mut self, id: Option<&Id>, bounds: Rectangle, _state: &mut dyn Focusable) {
        self.add(id, bounds, true);
    }

    fn text_input(&mut self, _id: Option<&Id>, _bounds: Rectangle, _state: &mut dyn TextInput) {
        self.is_input = true;
    }

    fn text(&mut self, _id: Option<&Id>, bounds: Rectangle, text: &str) {
        self.entering = None;
        if !self.is_nowhere() {
            self.words.push(Words {
                text: text.to_owned(),
                bounds,
                room: self.room(),
            });
        }
    }
}

struct ScrollBy {
    y: f32,
    has_moved: bool,
}

impl Operation for ScrollBy {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        translation: Vector,
        state: &mut dyn Scrollable,
    ) {
        let most = (content.height - bounds.height).max(0.0);
        if translation.y + 0.5 < most {
            self.has_moved = true;
            let by = operation::scrollable::AbsoluteOffset { x: 0.0, y: self.y };
            state.scroll_by(by, bounds, content);
        }
    }
}
