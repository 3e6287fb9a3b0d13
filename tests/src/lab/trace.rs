//! The ear: what the window says on stderr when it is started with `--trace`, one JSON line an event. Other lines are
//! people's and are kept for errors.
//!
//! ```text
//! {"screen":"disk"}
//! {"layout":[{"id":"continue","x":1000,"y":600,"w":120,"h":40,"focused":true}]}
//! {"job":{"id":"packages-17","state":"running","phase":"fetch","progress":0.41}}
//! {"found":{"letters":5,"items":2}}
//! ```

use std::{
    collections::VecDeque,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::Error;

/// How long after a screen opened something may have no focus: then nothing has it before the first Tab.
const UNFOCUSED: Duration = Duration::from_secs(1);
/// How long a Tab may take to be seen. One that leads to where the focus is, or to what has no name, is never seen.
const UNMOVED: Duration = Duration::from_secs(10);
/// No screen has more Tab stops.
const MOST_TABS: usize = 40;

/// A widget that can have the focus, in the window's pixels.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[allow(missing_docs)]
pub struct Widget {
    pub id: String,
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
    #[serde(default)]
    pub focused: bool,
    /// What is switched off cannot have the focus.
    #[serde(default = "yes")]
    pub focusable: bool,
}

fn yes() -> bool {
    true
}

impl Widget {
    /// The pixel in its middle.
    pub fn middle(&self) -> (u32, u32) {
        let pixel = |value: f64| value.clamp(0.0, 65_535.0).round() as u32;
        (pixel(self.x + self.w / 2.0), pixel(self.y + self.h / 2.0))
    }
}

/// What the window last heard of its job.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[allow(missing_docs)]
pub struct JobLine {
    /// No two jobs have the same.
    #[serde(default)]
    pub id: String,
    pub state: String,
    #[serde(default)]
    pub phase: String,
    #[serde(default)]
    pub progress: f64,
    /// Why it ended or what it waits for; empty or "none" if neither.
    #[serde(default)]
    pub trouble: String,
}

/// One line; what a newer window adds to it is passed over.
#[derive(Debug, Default, Deserialize)]
struct Event {
    screen: Option<String>,
    layout: Option<Vec<Widget>>,
    job: Option<JobLine>,
    found: Option<FoundLine>,
}

/// A search was answered; its term has so many letters.
#[derive(Debug, Deserialize)]
struct FoundLine {
    letters: usize,
}

/// Everything heard so far.
#[derive(Debug, Default)]
struct Heard {
    screens: Vec<String>,
    layout: Vec<Widget>,
    layout_at: Option<Instant>,
    jobs: Vec<JobLine>,
    /// How many letters the term of each search had that was answered.
    found: Vec<usize>,
    others: VecDeque<String>,
}

impl Heard {
    fn line(&mut self, line: &str) {
        let event = if line.starts_with('{') {
            serde_json::from_str(line).unwrap_or_default()
        } else {
            Event::default()
        };
        let is_other = event.screen.is_none() && event.layout.is_none() && event.job.is_none() && event.found.is_none();
        if is_other {
            self.others.push_back(line.to_owned());
            if self.others.len() > 40 {
                let _ = self.others.pop_front();
            }
        }
        if let Some(name) = event.screen {
            self.screens.push(name);
            // What is known of the last screen's widgets does not hold for this one.
            self.layout.clear();
            self.layout_at = None;
        }
        if let Some(widgets) = event.layout {
            self.layout = widgets;
            self.layout_at = Some(Instant::now());
        }
        self.jobs.extend(event.job);
        self.found.extend(event.found.map(|found| found.letters));
    }

    fn focused(&self) -> Option<&str> {
        let focused = self.layout.iter().find(|widget| widget.focused);
        focused.map(|widget| widget.id.as_str())
    }

    fn summary(&self) -> String {
        let ids: Vec<&str> = self.layout.iter().map(|widget| widget.id.as_str()).collect();
        let others: Vec<&str> = self.others.iter().map(String::as_str).collect();
        format!(
            "screens {:?}, widgets {ids:?}, job {:?}, other lines:\n{}",
            self.screens,
            self.jobs.last(),
            others.join("\n")
        )
    }
}

#[derive(Debug, Default)]
struct Shared {
    heard: Mutex<Heard>,
    news: Condvar,
    stop: AtomicBool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows the trace of one window, also over its restarts.
#[derive(Debug)]
pub struct Trace {
    shared: Arc<Shared>,
}

impl Trace {
    /// Follows a file that grows, from its beginning. It need not be there yet.
    pub fn follow(path: PathBuf) -> Trace {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        drop(std::thread::spawn(move || follow(&path, &theirs)));
        Trace { shared }
    }

    /// The name of the screen that is open.
    pub fn screen(&self) -> Option<String> {
        self.shared.lock().screens.last().cloned()
    }

    /// Every screen so far, in order.
    pub fn screens(&self) -> Vec<String> {
        self.shared.lock().screens.clone()
    }

    /// The widgets on the screen.
    pub fn layout(&self) -> Vec<Widget> {
        self.shared.lock().layout.clone()
    }

    /// Every word about the job so far, in order.
    pub fn jobs(&self) -> Vec<JobLine> {
        self.shared.lock().jobs.clone()
    }

    /// Waits until the named screen is open.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_screen(&self, name: &str, limit: Duration) -> Result<(), Error> {
        self.wait(&format!("the screen {name:?}"), limit, |heard| {
            (heard.screens.last().map(String::as_str) == Some(name)).then_some(())
        })
    }

    /// Waits until one of the named screens is open, and says which.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_any_screen(&self, names: &[&str], limit: Duration) -> Result<String, Error> {
        self.wait(&format!("one of the screens {names:?}"), limit, |heard| {
            heard
                .screens
                .last()
                .filter(|open| names.contains(&open.as_str()))
                .cloned()
        })
    }

    /// Waits until a screen has opened after the first `before` ones, and gives the name of the first of them, also if it
    /// is gone again.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_next_screen(&self, before: usize, limit: Duration) -> Result<String, Error> {
        self.wait("another screen", limit, |heard| heard.screens.get(before).cloned())
    }

    /// How many searches were answered so far.
    pub fn answers(&self) -> usize {
        self.shared.lock().found.len()
    }

    /// Waits until a search for so many letters is answered, after the first `before` answers.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_found(&self, before: usize, letters: usize, limit: Duration) -> Result<(), Error> {
        self.wait(&format!("what {letters} letters find"), limit, |heard| {
            let mut answers = heard.found.iter().skip(before);
            answers.any(|of| *of == letters).then_some(())
        })
    }

    /// Waits until a widget is on the screen and has not moved for a moment.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_widget(&self, id: &str, limit: Duration) -> Result<Widget, Error> {
        const STILL: Duration = Duration::from_millis(60);
        self.wait(&format!("the widget {id:?}"), limit, |heard| {
            let still = heard.layout_at.is_some_and(|at| at.elapsed() >= STILL);
            let found = heard
                .layout
                .iter()
                .find(|widget| widget.id == id && widget.w > 0.0 && widget.h > 0.0);
            found.filter(|_| still).cloned()
        })
    }

    /// The same, and that it is not switched off.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_enabled(&self, id: &str, limit: Duration) -> Result<Widget, Error> {
        let begun = Instant::now();
        self.wait(&format!("{id:?} to be switched on"), limit, |heard| {
            heard
                .layout
                .iter()
                .any(|widget| widget.id == id && widget.focusable)
                .then_some(())
        })?;
        self.wait_widget(id, limit.saturating_sub(begun.elapsed()))
    }

    /// Waits until the named widget has the focus.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_focus(&self, id: &str, limit: Duration) -> Result<(), Error> {
        self.wait(&format!("the focus on {id:?}"), limit, |heard| {
            heard
                .layout
                .iter()
                .any(|widget| widget.id == id && widget.focused)
                .then_some(())
        })
    }

    /// Has Tab pressed, as `press` does it, until the named widget has the focus. The next one is pressed once it is seen
    /// where the last one has led, so that none is on its way at the end.
    ///
    /// # Errors
    /// When Tab does not lead there, or cannot be pressed.
    pub fn tab_to(&self, id: &str, mut press: impl FnMut() -> Result<(), Error>) -> Result<(), Error> {
        let mut focus = self.other_focus(None, UNFOCUSED);
        for _ in 0..MOST_TABS {
            if focus.as_deref() == Some(id) {
                return Ok(());
            }
            press()?;
            focus = self.other_focus(focus, UNMOVED);
        }
        self.wait_focus(id, Duration::ZERO)
    }

    /// What has the focus, once that is something else than before; the same if it takes longer than `limit`.
    fn other_focus(&self, before: Option<String>, limit: Duration) -> Option<String> {
        let moved = self.wait("another focus", limit, |heard| {
            let focused = heard.focused();
            (focused != before.as_deref()).then(|| focused.map(str::to_owned))
        });
        moved.unwrap_or(before)
    }

    /// Waits until the job is in one of these states and gives its last word.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_job(&self, states: &[&str], limit: Duration) -> Result<JobLine, Error> {
        self.wait(&format!("a job that is {states:?}"), limit, |heard| {
            heard
                .jobs
                .last()
                .filter(|job| states.contains(&job.state.as_str()))
                .cloned()
        })
    }

    /// Everything heard, in words; for errors.
    pub fn summary(&self) -> String {
        self.shared.lock().summary()
    }

    fn wait<T>(&self, what: &str, limit: Duration, found: impl Fn(&Heard) -> Option<T>) -> Result<T, Error> {
        let begun = Instant::now();
        let mut heard = self.shared.lock();
        loop {
            if let Some(found) = found(&heard) {
                return Ok(found);
            }
            if begun.elapsed() >= limit {
                return Err(Error::Timeout {
                    what: what.to_owned(),
                    waited: limit,
                    seen: heard.summary(),
                });
            }
            // Being still is no news: look again after a while.
            let again = self.shared.news.wait_timeout(heard, Duration::from_millis(20));
            heard = again.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }
}

fn follow(path: &Path, shared: &Shared) {
    let mut read = 0_u64;
    let mut unfinished = Vec::new();
    while !shared.stop.load(Ordering::Relaxed) {
        if let Some(more) = read_more(path, &mut read) {
            unfinished.extend_from_slice(&more);
            let whole = unfinished
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at.saturating_add(1));
            let lines: Vec<u8> = unfinished.drain(..whole).collect();
            let mut heard = shared.lock();
            String::from_utf8_lossy(&lines)
                .lines()
                .for_each(|line| heard.line(line));
            drop(heard);
            shared.news.notify_all();
        } else {
            std::thread::sleep(Duration::from_millis(15));
        }
    }
}

/// What was appended since the last time; `None` when nothing was.
fn read_more(path: &Path, read: &mut u64) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    if length < *read {
        // A new file in the old one's place.
        *read = 0;
    }
    let _ = file.seek(SeekFrom::Start(*read)).ok()?;
    let mut more = Vec::new();
    let _ = file.take(1 << 20).read_to_end(&mut more).ok()?;
    *read += more.len() as u64;
    (!more.is_empty()).then_some(more)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const RECORDED: &str = r#"warning: no seat
{"screen":"welcome"}
{"layout":[{"id":"language-en","x":10,"y":20,"w":100,"h":40,"focused":true},{"id":"gone","x":0,"y":0,"w":0,"h":0}]}
{"something":"newer"}
{"screen":"disk","since":3}
{"job":{"id":"packages-17","state":"running","phase":"fetch","progress":0.41,"items":3}}
{"found":{"letters":5,"items":2}}
{"layout":[{"id":"continue","x":900.5,"y":600.25,"w":120,"h":40,"focused":false}]}
thread 'main' panicked
{"job":{"state":"done"}}
"#;
    const SOON: Duration = Duration::from_secs(5);
    const AT_ONCE: Duration = Duration::from_millis(100);

    fn heard(lines: &str) -> Heard {
        let mut heard = Heard::default();
        lines.lines().for_each(|line| heard.line(line));
        heard
    }

    #[test]
    fn recorded_lines_are_understood_and_others_kept() {
        let heard = heard(RECORDED);
        assert_eq!(
            heard.layout.iter().map(|widget| widget.id.as_str()).collect::<Vec<_>>(),
            ["continue"]
        );
        assert_eq!(heard.layout[0].middle(), (961, 620));
        assert_eq!(heard.screens, ["welcome", "disk"]);
        assert_eq!(
            heard.jobs.iter().map(|job| job.state.as_str()).collect::<Vec<_>>(),
            ["running", "done"]
        );
        assert_eq!((heard.jobs[0].id.as_str(), &heard.found[..]), ("packages-17", &[5][..]));
        assert!(
            heard.others.contains(&"thread 'main' panicked".to_owned()),
            "{:?}",
            heard.others
        );
    }

    #[test]
    fn a_new_screen_forgets_the_old_ones_widgets() {
        let heard = heard("{\"layout\":[{\"id\":\"a\",\"x\":0,\"y\":0,\"w\":1,\"h\":1}]}\n{\"screen\":\"next\"}");
        assert_eq!((heard.screens, heard.layout), (vec!["next".to_owned()], vec![]));
    }

    #[test]
    fn a_file_is_followed_while_it_grows_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gui.log");
        let trace = Trace::follow(path.clone());
        let mut file = File::create(&path).unwrap();
        for piece in RECORDED.as_bytes().chunks(37) {
            file.write_all(piece).unwrap();
            std::thread::sleep(Duration::from_millis(3));
        }
        trace.wait_screen("disk", SOON).unwrap();
        assert_eq!(trace.wait_job(&["failed", "done"], SOON).unwrap().state, "done");
        assert_eq!(trace.wait_widget("continue", SOON).unwrap().y, 600.25);
        assert_eq!(trace.screens(), ["welcome", "disk"]);
    }

    #[test]
    fn tab_is_pressed_once_for_each_step_however_late_that_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gui.log");
        let focus = |path: &Path, id: &str| {
            let mut log = File::options().create(true).append(true).open(path).unwrap();
            let widget = format!("{{\"id\":\"{id}\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,\"focused\":true}}");
            writeln!(log, "{{\"layout\":[{widget}]}}").unwrap();
        };
        focus(&path, "a");
        let trace = Trace::follow(path.clone());
        let (mut way, mut pressed) = (["b", "c", "d"].into_iter(), 0);
        let press = || {
            pressed += 1;
            let (path, next) = (path.clone(), way.next().unwrap());
            drop(std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(700));
                focus(&path, next);
            }));
            Ok(())
        };
        trace.tab_to("c", press).unwrap();
        assert_eq!(pressed, 2);
    }

    #[test]
    fn a_window_that_was_started_again_is_heard_in_its_new_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gui.log");
        std::fs::write(&path, RECORDED).unwrap();
        let trace = Trace::follow(path.clone());
        trace.wait_screen("disk", SOON).unwrap();
        std::fs::write(&path, "{\"screen\":\"progress\"}\n").unwrap();
        trace.wait_screen("progress", SOON).unwrap();
    }

    #[test]
    fn a_wait_that_fails_tells_what_was_heard_instead() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gui.log");
        std::fs::write(&path, RECORDED).unwrap();
        let trace = Trace::follow(path);
        trace.wait_screen("disk", SOON).unwrap();
        let error = trace.wait_screen("summary", AT_ONCE).unwrap_err().to_string();
        assert!(error.contains("summary") && error.contains("panicked"), "{error}");
        assert!(trace.wait_widget("nowhere", AT_ONCE).is_err());
        assert!(trace.wait_focus("continue", AT_ONCE).is_err());
    }
}
