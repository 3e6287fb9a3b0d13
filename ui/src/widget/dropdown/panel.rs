//! How an open menu is drawn and pointed at, over everything else.

use iced::advanced::text::Renderer as _;
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, layout, mouse, overlay, renderer, text};
use iced::alignment::{Horizontal, Vertical};
use iced::{Color, Event, Font, Pixels, Point, Rectangle, Renderer, Size, border, touch};

use super::Item;
use super::menu::{Line, Menu, ROWS};
use crate::theme::{CORNER, FONT_ICONS, LINE_HEIGHT, Theme, font, size, space};
use crate::widget::Icon;

const ROW: f32 = size::TARGET;
const MENU_WIDTH: f32 = 420.0;

/// The open menu, over everything else.
pub(super) struct Panel<'b, Message> {
    pub(super) menu: &'b mut Option<Menu>,
    pub(super) items: &'b [Item],
    pub(super) selected: Option<usize>,
    pub(super) on_select: &'b dyn Fn(usize) -> Message,
    pub(super) hint: &'b str,
    pub(super) nothing: &'b str,
    /// The closed menu.
    pub(super) anchor: Rectangle,
}

impl<Message> Panel<'_, Message> {
    /// Which of the rows in view the pointer is over.
    fn row_at(bounds: Rectangle, cursor: mouse::Cursor) -> Option<usize> {
        let y = cursor.position_over(bounds)?.y - bounds.y - ROW;

        (y >= 0.0).then_some((y / ROW) as usize)
    }
}

fn line(content: &str, font: Font, size: f32, width: f32) -> text::Text<&str, Font> {
    text::Text {
        content,
        bounds: Size::new(width, ROW),
        size: Pixels(size),
        line_height: text::LineHeight::Relative(LINE_HEIGHT),
        font,
        align_x: text::Alignment::Default,
        align_y: Vertical::Top,
        shaping: text::Shaping::Advanced,
        wrapping: text::Wrapping::None,
    }
}

/// Draws one line of text in a row, in the middle of its height.
fn draw_line(renderer: &mut Renderer, line: &Line, row: Rectangle, align: Horizontal, color: Color) {
    let size = line.min_bounds();
    let x = match align {
        Horizontal::Left => row.x,
        Horizontal::Center => row.x + (row.width - size.width) / 2.0,
        Horizontal::Right => row.x + row.width - size.width,
    };
    let y = row.y + (row.height - size.height) / 2.0;

    renderer.fill_paragraph(line.raw(), Point::new(x.round(), y.round()), color, row);
}

/// Keeps an icon as a line of text.
fn keep_icon(line: &mut Line, sign: Icon) {
    let mut buffer = [0; 4];
    let content = self::line(
        sign.unicode().encode_utf8(&mut buffer),
        FONT_ICONS,
        size::ICON,
        size::ICON * 2.0,
    );
    let _ = line.update(text::Text {
        line_height: text::LineHeight::Relative(1.0),
        ..content
    });
}

impl<Message> overlay::Overlay<Message, Theme, Renderer> for Panel<'_, Message> {
    fn layout(&mut self, _renderer: &Renderer, window: Size) -> layout::Node {
        let Some(menu) = self.menu else {
            return layout::Node::new(Size::ZERO);
        };

        let width = MENU_WIDTH.max(self.anchor.width).min(window.width - 2.0 * space::XS);
        let below = window.height - self.anchor.y - self.anchor.height - space::XXS - space::XS;
        let above = self.anchor.y - space::XXS - space::XS;
        let is_below = below >= ROW * 4.0 || below >= above;

        let room = if is_below { below } else { above };
        let most = ((room / ROW) as usize).saturating_sub(1).clamp(1, ROWS);
        menu.rows = menu.found.len().clamp(1, most);
        menu.follow_if_hidden();

        // The height stays while typing, so that the menu does not jump.
        let rows = self.items.len().clamp(1, most);
        let size = Size::new(width, ROW * (rows + 1) as f32);

        let typed = if menu.typed.is_empty() { self.hint } else { &menu.typed };
        let text_width = width - 2.0 * space::S - size::ICON - space::XS;
        let _ = menu.lines.typed.update(line(typed, font(), size::BODY, text_width));

        keep_icon(&mut menu.lines.search, Icon::Search);
        keep_icon(&mut menu.lines.check, Icon::Check);

        let in_view: Vec<_> = menu.in_view().filter_map(|at| self.items.get(at)).collect();
        menu.lines.rows.resize_with(in_view.len().max(1), Default::default);

        if in_view.is_empty()
            && let Some((label, detail)) = menu.lines.rows.first_mut()
        {
            let _ = label.update(line(self.nothing, font(), size::BODY, text_width));
            let _ = detail.update(line("", font(), size::SMALL, text_width));
        }

        for (item, (label, detail)) in in_view.into_iter().zip(&mut menu.lines.rows) {
            let _ = label.update(line(&item.label, font(), size::BODY, text_width));
            let _ = detail.update(line(&item.detail, font(), size::SMALL, text_width / 2.0));
        }

        let x = self.anchor.x.min(window.width - width - space::XS).max(space::XS);
        let y = if is_below {
            self.anchor.y + self.anchor.height + space::XXS
        } else {
            self.anchor.y - space::XXS - size.height
        };

        layout::Node::new(size).move_to(Point::new(x, y))
    }

    fn update(
        &mut self,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _renderer: &Renderer,
        _clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
    ) {
        let bounds = layout.bounds();
        let Some(menu) = self.menu else { return };

        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerPressed { .. }) => {
                if !cursor.is_over(bounds) {
                    *self.menu = None;
                } else if let Some(chosen) = Self::row_at(bounds, cursor).and_then(|row| menu.in_view().nth(row)) {
                    shell.publish((self.on_select)(chosen));
                    *self.menu = None;
                }

                shell.capture_event();
                shell.request_redraw();
            }
            Event::Mouse(mouse::Event::CursorMoved { .. }) => {
                if let Some(row) = Self::row_at(bounds, cursor)
                    && row < menu.in_view().count()
                    && menu.at != menu.first + row
                {
                    menu.at = menu.first + row;
                    shell.request_redraw();
                }
            }
            Event::Mouse(mouse::Event::WheelScrolled { delta }) if cursor.is_over(bounds) => {
                let rows = match delta {
                    mouse::ScrollDelta::Lines { y, .. } => -y * 3.0,
                    mouse::ScrollDelta::Pixels { y, .. } => -y / ROW,
                };

                menu.scroll(if rows < 0.0 { rows.floor() } else { rows.ceil() } as isize);
                menu.at = menu.at.clamp(menu.first, (menu.first + menu.rows).saturating_sub(1));
                shell.capture_event();
                shell.request_redraw();
            }
            _ => {}
        }
    }

    fn mouse_interaction(&self, layout: Layout<'_>, cursor: mouse::Cursor, _renderer: &Renderer) -> mouse::Interaction {
        match Self::row_at(layout.bounds(), cursor) {
            Some(_) => mouse::Interaction::Pointer,
            None if cursor.is_over(layout.bounds()) => mouse::Interaction::Idle,
            None => mouse::Interaction::None,
        }
    }

    fn draw(
        &self,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
    ) {
        let Some(menu) = self.menu.as_ref() else { return };
        let palette = &theme.palette;
        let bounds = layout.bounds();

        // A layer of its own: what lies below is text too, and text is drawn last in a layer.
        renderer.with_layer(bounds.expand(1.0), |renderer| {
            renderer.fill_quad(
                renderer::Quad {
                    bounds,
                    border: border::rounded(CORNER).width(1.0).color(palette.quiet),
                    ..renderer::Quad::default()
                },
                palette.surface,
            );

            let row = |nth: usize| Rectangle {
                x: bounds.x + space::S,
                y: bounds.y + ROW * nth as f32,
                width: bounds.width - 2.0 * space::S,
                height: ROW,
            };
            let indented = |row: Rectangle| Rectangle {
                x: row.x + size::ICON + space::XS,
                width: row.width - size::ICON - space::XS,
                ..row
            };

            let top = row(0);
            let typed = if menu.typed.is_empty() {
                palette.quiet
            } else {
                palette.ink
            };
            draw_line(renderer, &menu.lines.search, top, Horizontal::Left, palette.quiet);
            draw_line(renderer, &menu.lines.typed, indented(top), Horizontal::Left, typed);

            if !menu.typed.is_empty() {
                let end = top.x + size::ICON + space::XS + menu.lines.typed.min_bounds().width + 1.0;
                fill(
                    renderer,
                    Rectangle {
                        x: end,
                        y: top.y + 10.0,
                        width: 1.0,
                        height: ROW - 20.0,
                    },
                    palette.ink,
                );
            }

            fill(
                renderer,
                Rectangle {
                    x: bounds.x + 1.0,
                    y: bounds.y + ROW - 1.0,
                    width: bounds.width - 2.0,
                    height: 1.0,
                },
                palette.line,
            );

            if menu.found.is_empty()
                && let Some((label, _)) = menu.lines.rows.first()
            {
                draw_line(renderer, label, indented(row(1)), Horizontal::Left, palette.quiet);
            }

            for (nth, (at, (label, detail))) in menu.in_view().zip(&menu.lines.rows).enumerate() {
                let row = row(nth + 1);
                let is_here = menu.first + nth == menu.at;

                if is_here {
                    let whole = Rectangle {
                        x: bounds.x + 1.0,
                        width: bounds.width - 2.0,
                        ..row
                    };
                    fill(renderer, whole, palette.raised);
                    // Colour alone does not show it in high contrast.
                    fill(renderer, Rectangle { width: 3.0, ..whole }, palette.accent);
                }

                if self.selected == Some(at) {
                    draw_line(renderer, &menu.lines.check, row, Horizontal::Left, palette.accent);
                }

                let text = indented(row);

                draw_line(renderer, label, text, Horizontal::Left, palette.ink);

                // The name goes first.
                if label.min_width() + space::M + detail.min_width() <= text.width {
                    draw_line(renderer, detail, text, Horizontal::Right, palette.quiet);
                }
            }

            // Where in the list the rows in view are.
            if menu.found.len() > menu.rows {
                let track = bounds.height - ROW - 4.0;
                let all = menu.found.len() as f32;
                let height = (track * menu.rows as f32 / all).max(16.0);
                let start = (track - height) * menu.first as f32 / (menu.found.len() - menu.rows) as f32;

                fill(
                    renderer,
                    Rectangle {
                        x: bounds.x + bounds.width - 6.0,
                        y: bounds.y + ROW + 2.0 + start,
                        width: 3.0,
                        height,
                    },
                    palette.quiet,
                );
            }
        });
    }
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
