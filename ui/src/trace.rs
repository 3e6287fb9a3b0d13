//! `--trace`: what the window shows, as JSON lines on stderr, for tests that drive it from outside.
//!
//! Never anything that was typed: only names of screens, ids and places of controls, and how far a job is.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use iced::{Event, Subscription, event, window};
use moult_api::Job;
use serde_json::{Value, json};

use crate::widget::trace::Placed;

/// How often a traced program looks where its controls are.
const LOOK: Duration = Duration::from_millis(100);

/// What only a traced program is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// The first frame is drawn.
    FirstFrame,
    /// It is time to look where the controls are.
    Time,
}

/// Where the events go.
#[derive(Debug, Default)]
pub struct Trace {
    started: Option<Instant>,
    screen: &'static str,
    placed: Vec<Placed>,
    /// The first page has been told of.
    has_content: bool,
    found: Option<Found>,
}

/// A search that is answered, and its answer is what the list shows from the next frame on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The page that the list is on.
    pub page: u64,
    /// The number of the question.
    pub question: u64,
    /// How many characters the term has; never which.
    pub letters: usize,
    /// How many items the list has.
    pub items: usize,
}

impl Trace {
    /// A trace that writes nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// A trace that writes to stderr and counts time from `started`.
    pub fn on(started: Instant) -> Self {
        Self {
            started: Some(started),
            ..Self::default()
        }
    }

    /// Whether anything is written.
    pub fn is_on(&self) -> bool {
        self.started.is_some()
    }

    /// What a traced program listens to. Untraced, nothing.
    pub fn looks(&self) -> Subscription<Looked> {
        if !self.is_on() {
            return Subscription::none();
        }

        let first = event::listen_raw(|event, _, _| {
            static SEEN: AtomicBool = AtomicBool::new(false);

            let is_frame = matches!(event, Event::Window(window::Event::RedrawRequested(_)));
            (is_frame && !SEEN.swap(true, Ordering::Relaxed)).then_some(Looked::FirstFrame)
        });

        Subscription::batch([first, iced::time::every(LOOK).map(|_| Looked::Time)])
    }

    /// A screen opened.
    pub fn screen(&mut self, name: &'static str) {
        if self.screen != name {
            self.screen = name;
            // A reader forgets the last screen's controls; those of this one are news even where they stand the same.
            self.placed.clear();
            self.write(&json!({ "screen": name }));
        }
    }

    /// The first frame is on its way to the screen.
    pub fn first_frame(&self) {
        if let Some(started) = self.started {
            let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.write(&json!({ "first_frame_ms": milliseconds }));
        }
    }

    /// What the first page shows is there; the next frame draws it. Written once.
    pub fn content(&mut self) {
        if !self.has_content {
            self.has_content = true;
            self.write(&json!({ "content": true }));
        }
    }

    /// A search is answered; the next frame draws its list. Written once for each answer.
    pub fn found(&mut self, found: Found) {
        if self.found != Some(found) {
            self.found = Some(found);
            self.write(&json!({ "found": { "letters": found.letters, "items": found.items } }));
        }
    }

    /// Where the controls are now; written when it is not where they were.
    pub fn layout(&mut self, placed: Vec<Placed>) -> bool {
        let is_news = placed != self.placed;

        if is_news {
            self.write(&layout(&placed));
            self.placed = placed;
        }

        is_news
    }

    /// A job moved.
    pub fn job(&self, job: &Job) {
        self.write(&json!({ "job": {
            "id": job.id, "state": job.state, "phase": job.phase, "progress": job.progress,
            "trouble": job.failure.code,
        } }));
    }

    fn write(&self, line: &Value) {
        if self.is_on() {
            // Nobody may be listening any more; that is no reason to stop installing.
            // In one piece: the backend's lines go to the same place, and must not come between.
            let _ = std::io::stderr().lock().write_all(format!("{line}\n").as_bytes());
        }
    }
}

fn layout(placed: &[Placed]) -> Value {
    let whole = |pixels: f32| pixels.round() as i64;
    let rows: Vec<_> = placed
        .iter()
        .map(|control| {
            json!({
                "id": control.id,
                "x": whole(control.x),
                "y": whole(control.y),
                "w": whole(control.w),
                "h": whole(control.h),
                "focused": control.focused,
                "focusable": control.focusable,
            })
        })
        .collect();

    json!({ "layout": rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(y: f32) -> Vec<Placed> {
        let (id, x, w, h) = ("continue".to_owned(), 10.4, 80.0, 40.0);

        vec![Placed {
            id,
            x,
            y,
            w,
            h,
            focused: true,
            focusable: true,
        }]
    }

    #[test]
    fn a_layout_is_written_only_when_it_changed() {
        let mut trace = Trace::off();

        assert!(trace.layout(placed(1.0)));
        assert!(!trace.layout(placed(1.0)));
        assert!(trace.layout(placed(2.0)));
    }

    #[test]
    fn a_layout_line_has_places_and_names_only() {
        assert_eq!(
            layout(&placed(2.6)).to_string(),
            r#"{"layout":[{"focusable":true,"focused":true,"h":40,"id":"continue","w":80,"x":10,"y":3}]}"#
        );
    }
}
