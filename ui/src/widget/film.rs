//! For tests: frames as a window gets them, each drawn over the one before the last, only where something changed; and where
//! such a frame is not what it would be if it were drawn as a whole.

use iced::advanced::graphics::text::font_system;
use iced::advanced::graphics::{Viewport, damage};
use iced::advanced::{clipboard, mouse, renderer};
use iced::theme::Base as _;
use iced::{Event, Point, Rectangle, Renderer, Size, window};
use iced_test::runtime::{UserInterface, user_interface::Cache};
use iced_tiny_skia::Layer;

use crate::theme::{self, Element, Scheme, Theme};

/// What a window draws into by turns.
const BUFFERS: usize = 2;

/// What draws, with our fonts.
pub(crate) fn renderer() -> Renderer {
    for font in theme::fonts() {
        font_system().write().unwrap().load_font(font);
    }

    iced_test::futures::futures::executor::block_on(<Renderer as renderer::Headless>::new(
        theme::font(),
        theme::size::BODY.into(),
        None,
    ))
    .unwrap()
}

/// A window without a compositor, of which each frame is looked at.
pub(crate) struct Film<'a, Message> {
    window: Option<UserInterface<'a, Message, Theme, Renderer>>,
    renderer: Renderer,
    theme: Theme,
    viewport: Viewport,
    cursor: mouse::Cursor,
    buffers: [Buffer; BUFFERS],
    frames: usize,
    pub(crate) messages: Vec<Message>,
}

/// One of the window's two pictures, and what was last drawn into it.
struct Buffer {
    pixels: Vec<u8>,
    layers: Option<Vec<Layer>>,
}

/// How a frame differs from a whole one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) frame: usize,
    pub(crate) pixels: usize,
    /// The smallest rectangle around them: left, top, right, bottom, in pixels.
    pub(crate) around: (u32, u32, u32, u32),
    /// The most that a channel of one of them is off.
    pub(crate) most: u8,
}

impl<'a, Message> Film<'a, Message> {
    /// A window of so many pixels, `scale` of which are one logical one.
    pub(crate) fn new((width, height): (u32, u32), scale: f32, content: Element<'a, Message>) -> Self {
        let renderer = renderer();
        let viewport = Viewport::with_physical_size(Size::new(width, height), scale);
        let buffer = || Buffer {
            pixels: vec![0; (width * height * 4) as usize],
            layers: None,
        };
        let mut film = Self {
            window: None,
            renderer,
            theme: Theme::new(Scheme::Light),
            viewport,
            cursor: mouse::Cursor::Unavailable,
            buffers: [buffer(), buffer()],
            frames: 0,
            messages: Vec::new(),
        };
        film.show(content);
        film
    }

    /// The content is another one; what its widgets know stays.
    pub(crate) fn show(&mut self, content: Element<'a, Message>) {
        let cache = self
            .window
            .take()
            .map_or_else(Cache::default, UserInterface::into_cache);
        let size = self.viewport.logical_size();
        self.window = Some(UserInterface::build(content, size, cache, &mut self.renderer));
    }

    /// The pointer is here, in logical pixels.
    pub(crate) fn point_at(&mut self, x: f32, y: f32) {
        let position = Point::new(x, y);
        self.cursor = mouse::Cursor::Available(position);
        self.happen(Event::Mouse(iced::mouse::Event::CursorMoved { position }));
    }

    /// Something happens.
    pub(crate) fn happen(&mut self, event: Event) {
        let window = self.window.as_mut().unwrap();
        let redraw = Event::Window(window::Event::RedrawRequested(iced::time::Instant::now()));
        for event in [event, redraw] {
            let _ = window.update(
                &[event],
                self.cursor,
                &mut self.renderer,
                &mut clipboard::Null,
                &mut self.messages,
            );
        }
    }

    /// The wheel is turned by so many logical pixels; downward if that is negative.
    pub(crate) fn scroll(&mut self, y: f32) {
        self.happen(Event::Mouse(iced::mouse::Event::WheelScrolled {
            delta: iced::mouse::ScrollDelta::Pixels { x: 0.0, y },
        }));
    }

    /// Draws the next frame as a window does, and once more as a whole.
    pub(crate) fn frame(&mut self) -> Result<(), Wrong> {
        let base = self.theme.base();
        let style = renderer::Style {
            text_color: base.text_color,
        };
        let window = self.window.as_mut().unwrap();
        window.draw(&mut self.renderer, &self.theme, &style, self.cursor);

        let everything = Rectangle::with_size(self.viewport.logical_size());
        let layers = self.renderer.layers().to_vec();
        let buffer = &mut self.buffers[self.frames % BUFFERS];
        let changed = match &buffer.layers {
            Some(before) => damage::diff(before, &layers, |layer| vec![layer.bounds], Layer::damage),
            None => vec![everything],
        };
        let changed = damage::group(changed, everything);
        draw(
            &mut self.renderer,
            &mut buffer.pixels,
            &self.viewport,
            &changed,
            base.background_color,
        );
        buffer.layers = Some(layers);

        let mut whole = vec![0; buffer.pixels.len()];
        draw(
            &mut self.renderer,
            &mut whole,
            &self.viewport,
            &[everything],
            base.background_color,
        );
        let frame = self.frames;
        self.frames += 1;

        wrong(frame, &buffer.pixels, &whole, self.viewport.physical_width())
    }
}

fn draw(renderer: &mut Renderer, pixels: &mut [u8], viewport: &Viewport, changed: &[Rectangle], ground: iced::Color) {
    let (width, height) = (viewport.physical_width(), viewport.physical_height());
    let mut mask = tiny_skia::Mask::new(width, height).unwrap();
    let mut pixels = tiny_skia::PixmapMut::from_bytes(pixels, width, height).unwrap();
    if !changed.is_empty() {
        renderer.draw(&mut pixels, &mut mask, viewport, changed, ground);
    }
}

fn wrong(frame: usize, drawn: &[u8], whole: &[u8], width: u32) -> Result<(), Wrong> {
    let mut wrong = Wrong {
        frame,
        pixels: 0,
        around: (u32::MAX, u32::MAX, 0, 0),
        most: 0,
    };
    for (at, (one, other)) in (0..).zip(drawn.chunks_exact(4).zip(whole.chunks_exact(4))) {
        if one == other {
            continue;
        }
        let (x, y): (u32, u32) = (at % width, at / width);
        let (left, top, right, bottom) = wrong.around;
        wrong.around = (left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1));
        wrong.pixels += 1;
        let off = one.iter().zip(other).map(|(one, other)| one.abs_diff(*other));
        wrong.most = wrong.most.max(off.max().unwrap_or_default());
    }

    if wrong.pixels == 0 { Ok(()) } else { Err(wrong) }
}
