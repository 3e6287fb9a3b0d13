//! The strokes that a timeline is drawn with.

use iced::advanced::text::{self, Renderer as _};
use iced::advanced::{Renderer as _, renderer};
use iced::alignment::Vertical;
use iced::{Border, Color, Pixels, Point, Rectangle, Renderer, Size};

use super::scale::{MOST, Scale};
use super::{NOTCHES, STRIP};
use crate::theme::{LINE_HEIGHT, Palette};

/// The ground of a notch.
pub(super) fn pillar(scale: Scale, bounds: Rectangle, at: usize, offset: f32) -> Rectangle {
    let step = scale.step();
    let middle = bounds.x + scale.x(scale.along(at, offset));

    Rectangle {
        x: middle - step / 2.0,
        y: bounds.y,
        width: step,
        height: NOTCHES,
    }
}

/// Which part of the line is in sight, if not all of it is.
pub(super) fn draw_strip(renderer: &mut Renderer, palette: &Palette, bounds: Rectangle, scale: Scale, offset: f32) {
    let hidden = scale.hidden();
    if hidden <= 0.0 {
        return;
    }
    let whole = hidden + scale.width;
    let track = Rectangle {
        y: bounds.y + NOTCHES + (STRIP - 6.0) / 2.0,
        height: 6.0,
        ..bounds
    };
    fill(renderer, track, palette.line);

    let width = (scale.width / whole * scale.width).max(24.0);
    let along = offset / hidden * (scale.width - width);
    let x = if scale.mirrored {
        scale.width - along - width
    } else {
        along
    };
    fill(
        renderer,
        Rectangle {
            x: bounds.x + x,
            width,
            ..track
        },
        palette.quiet,
    );
}

pub(super) fn circle(renderer: &mut Renderer, middle: Point, across: f32, inside: Color, edge: Color, width: f32) {
    renderer.fill_quad(
        renderer::Quad {
            bounds: Rectangle::new(
                Point::new(middle.x - across / 2.0, middle.y - across / 2.0),
                Size::new(across, across),
            ),
            border: Border {
                color: edge,
                width,
                radius: (across / 2.0).into(),
            },
            ..renderer::Quad::default()
        },
        inside,
    );
}

pub(super) fn write(
    renderer: &mut Renderer,
    content: String,
    (size, font): (f32, iced::Font),
    top: Point,
    color: Color,
    clip: Rectangle,
) {
    renderer.fill_text(
        text::Text {
            content,
            bounds: Size::new(MOST * 2.0, size * LINE_HEIGHT),
            size: Pixels(size),
            line_height: text::LineHeight::Relative(LINE_HEIGHT),
            font,
            align_x: text::Alignment::Center,
            align_y: Vertical::Top,
            shaping: text::Shaping::Advanced,
            wrapping: text::Wrapping::None,
        },
        top,
        color,
        clip,
    );
}

pub(super) fn fill(renderer: &mut Renderer, bounds: Rectangle, color: Color) {
    renderer.fill_quad(
        renderer::Quad {
            bounds,
            ..renderer::Quad::default()
        },
        color,
    );
}
