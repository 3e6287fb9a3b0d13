//! A window without a compositor, and a person before it.

use std::time::Duration;

use iced::advanced::clipboard;
use iced::advanced::renderer::{self, Headless as _};
use iced::advanced::widget::operation::{self, Operation, Outcome};
use iced::keyboard::key::Named;
use iced::time::Instant;
use iced::widget::container;
use iced::{Event, Point, Renderer, Size, mouse, window};
use iced_test::runtime::{UserInterface, user_interface::Cache};
use iced_test::simulator::{tap_key, typewrite};

use super::Message;
use crate::keyboard::{Keyboard, root};
use crate::theme::Theme;
use crate::widget::trace::{self, Placed};
use crate::widget::{Element, film, focus};

const SIZE: Size = Size::new(1024.0, 600.0);

/// A window without a compositor.
pub(super) struct Stage<'a> {
    window: UserInterface<'a, Message, Theme, Renderer>,
    renderer: Renderer,
    cursor: mouse::Cursor,
    now: Instant,
    pub(super) messages: Vec<Message>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(content: impl Into<Element<'a, Message>>) -> Self {
        Self::bare(container(content).padding(20))
    }

    pub(super) fn bare(content: impl Into<Element<'a, Message>>) -> Self {
        Self::with_keyboard(content, &Keyboard::new())
    }

    pub(super) fn with_keyboard(content: impl Into<Element<'a, Message>>, keyboard: &Keyboard) -> Self {
        let mut renderer = film::renderer();
        let content = root(content, keyboard, |backward| Message::Tab { backward });
        let window = UserInterface::build(content, SIZE, Cache::default(), &mut renderer);

        Self {
            window,
            renderer,
            cursor: mouse::Cursor::Unavailable,
            now: Instant::now(),
            messages: Vec::new(),
        }
    }

    pub(super) fn send(&mut self, events: impl IntoIterator<Item = Event>) -> &mut Self {
        for event in events {
            let _ = self.send_at_once(&[event]);
        }

        self
    }

    pub(super) fn send_at_once(&mut self, events: &[Event]) -> &mut Self {
        let (_state, _statuses) = self.window.update(
            events,
            self.cursor,
            &mut self.renderer,
            &mut clipboard::Null,
            &mut self.messages,
        );

        self
    }

    /// A frame, some time later.
    pub(super) fn wait(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self.send([Event::Window(window::Event::RedrawRequested(self.now))])
    }

    pub(super) fn tap(&mut self, key: Named) -> &mut Self {
        self.send(tap_key(key, None))
    }

    pub(super) fn typed(&mut self, text: &str) -> &mut Self {
        self.send(typewrite(text).collect::<Vec<_>>())
    }

    pub(super) fn run<T: 'static>(&mut self, operation: impl Operation<T> + 'static) -> Option<T> {
        let mut next: Option<Box<dyn Operation<T>>> = Some(Box::new(operation));

        while let Some(mut operation) = next.take() {
            self.window
                .operate(&self.renderer, &mut operation::black_box(&mut operation));

            match operation.finish() {
                Outcome::None => {}
                Outcome::Some(outcome) => return Some(outcome),
                Outcome::Chain(chained) => next = Some(chained),
            }
        }

        None
    }

    /// What [`focus::next`] does.
    pub(super) fn tab(&mut self) -> &mut Self {
        let _: Option<()> = self.run(focus::Step::new(false));
        let _: Option<()> = self.run(focus::Find::default());
        self
    }

    pub(super) fn back_tab(&mut self) -> &mut Self {
        let _: Option<()> = self.run(focus::Step::new(true));
        self
    }

    pub(super) fn trace(&mut self) -> Vec<Placed> {
        self.run(trace::Collect::default()).unwrap()
    }

    pub(super) fn placed(&mut self, id: &str) -> Placed {
        self.trace()
            .into_iter()
            .find(|placed| placed.id == id)
            .unwrap_or_else(|| panic!("nothing is called {id}"))
    }

    pub(super) fn focused(&mut self) -> String {
        self.trace()
            .into_iter()
            .filter(|placed| placed.focused)
            .map(|placed| placed.id)
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(super) fn point(&mut self, x: f32, y: f32) -> &mut Self {
        self.cursor = mouse::Cursor::Available(Point::new(x, y));
        self.send([Event::Mouse(mouse::Event::CursorMoved {
            position: Point::new(x, y),
        })])
    }

    pub(super) fn point_at(&mut self, id: &str) -> &mut Self {
        let placed = self.placed(id);
        self.point(placed.x + placed.w / 2.0, placed.y + placed.h / 2.0)
    }

    pub(super) fn click(&mut self, id: &str) -> &mut Self {
        self.point_at(id).send([pointer_down(), pointer_up()])
    }

    pub(super) fn pixels(&mut self, theme: &Theme) -> Vec<u8> {
        let _frame = self.wait(Duration::ZERO);
        let style = renderer::Style {
            text_color: theme.palette.ink,
        };
        self.window.draw(&mut self.renderer, theme, &style, self.cursor);

        self.renderer.screenshot(
            Size::new(SIZE.width as u32, SIZE.height as u32),
            1.0,
            theme.palette.ground,
        )
    }
}

pub(super) fn pointer_down() -> Event {
    Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
}

pub(super) fn pointer_up() -> Event {
    Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
}
