//! The store before a screen: `moult store` in an installed system of the lab, with a hand and an ear.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use super::desktop::{Desktop, Screen, Tree};
use super::{Error, JobLine, Seat, Shot, Trace, User, Widget, evdev, program};

mod beside;
pub mod cost;

/// How long something may take to come. Unoptimised programs on a loaded machine are slow.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a button that was pressed may do nothing before it is pressed again.
const SILENT: Duration = Duration::from_secs(20);
/// The field of search.
const SEARCH: &str = "search";
/// What the store calls itself before the compositor.
const APPLICATION: &str = "org.moult.Store";

/// A running store. It runs as the unprivileged user, in the system's own root.
#[derive(Debug)]
pub struct Shop<'a> {
    /// What the window says.
    pub trace: Trace,
    seat: Seat,
    size: (u32, u32),
    desktop: &'a Desktop<'a>,
    screen: &'a Screen<'a>,
    window: Option<Tree>,
    log: PathBuf,
    arguments: Vec<String>,
    manner: Manner,
}

/// How a window is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// It tells its screens and where its controls are, for which it looks ten times a second.
    Traced,
    /// The same, and what it says to the compositor, each with its time.
    Timed,
    /// It only tells what it says to the compositor: nothing else keeps it busy.
    Alone,
}

/// A program of the system, to be run as the person.
fn person(desktop: &Desktop<'_>, screen: &Screen<'_>, name: &str) -> Result<Command, Error> {
    let live = desktop.lab().live().to_string();
    let runtime = format!("XDG_RUNTIME_DIR={}", screen.runtime());
    let root = desktop.root();
    let mut arguments = vec![root, "/usr/bin/setpriv", "--reuid", &live, "--regid", &live];
    arguments.extend(["--init-groups", "--", "/usr/bin/env", "--ignore-environment"]);
    arguments.extend(["--chdir=/home/live", &runtime, "HOME=/home/live", "USER=live"]);
    arguments.extend(["LOGNAME=live", "LANG=C.UTF-8", "PATH=/usr/bin:/usr/sbin"]);
    arguments.extend(["WAYLAND_DISPLAY=wayland-0", name]);
    desktop.lab().command(User::Root, "chroot", &arguments)
}

/// Shows the store to whoever sits before the screen, which is a window of theirs, until they close it.
///
/// # Errors
/// When the program cannot be started, or fails.
pub fn show(desktop: &Desktop<'_>, screen: &mut Screen<'_>) -> Result<(), Error> {
    let log = screen.folder().join("store.log");
    let said = fs::File::create(&log).map_err(Error::file("making", &log))?;
    let child = person(desktop, screen, "/usr/bin/moult")?
        .args(["store", "--kiosk"])
        .stdin(Stdio::null())
        .stderr(said)
        .spawn()
        .map_err(Error::file("starting", "/usr/bin/moult"))?;
    let mut window = Tree::of(child);
    while !screen.has_ended()? {
        match window.ended()? {
            Some(status) if status.success() => break,
            Some(status) => {
                let said = fs::read_to_string(&log).unwrap_or_default();
                return Err(Error::Start(format!("the store ended with {status}: {said}")));
            }
            None => sleep(Duration::from_millis(50)),
        }
    }
    Ok(())
}

impl<'a> Shop<'a> {
    /// Opens `moult store` with more `arguments` on a screen of this size; as a kiosk unless it is a desktop's.
    ///
    /// # Errors
    /// When the screen cannot be used or the program not be started.
    pub fn open(
        desktop: &'a Desktop<'a>,
        screen: &'a Screen<'a>,
        (width, height): (u32, u32),
        arguments: &[&str],
    ) -> Result<Shop<'a>, Error> {
        Self::open_as(desktop, screen, (width, height), arguments, Manner::Traced)
    }

    fn open_as(
        desktop: &'a Desktop<'a>,
        screen: &'a Screen<'a>,
        (width, height): (u32, u32),
        arguments: &[&str],
        manner: Manner,
    ) -> Result<Shop<'a>, Error> {
        screen.resize(width, height)?;
        let seat = Seat::connect(
            &screen.socket(),
            (width, height),
            &desktop.lab().path("/usr/share/X11/xkb"),
        )?;
        let log = screen.folder().join("store.log");
        drop(fs::File::create(&log).map_err(Error::file("making", &log))?);
        let mut shop = Shop {
            trace: Trace::follow(log.clone()),
            seat,
            size: (width, height),
            desktop,
            screen,
            window: None,
            log,
            arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
            manner,
        };
        shop.start()?;
        Ok(shop)
    }

    /// Starts the window, or starts it again after [`kill`](Self::kill).
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(&mut self) -> Result<(), Error> {
        let (program, arguments): (&str, &[&str]) = match self.manner {
            // The desktop has what a kiosk has not.
            Manner::Traced if self.screen.is_desktop() => ("/usr/bin/moult", &["store", "--trace"]),
            Manner::Traced => ("/usr/bin/moult", &["store", "--kiosk", "--trace"]),
            Manner::Timed => (
                "WAYLAND_DEBUG=client",
                &["/usr/bin/moult", "store", "--kiosk", "--trace"],
            ),
            Manner::Alone => ("WAYLAND_DEBUG=client", &["/usr/bin/moult", "store", "--kiosk"]),
        };
        let mut command = person(self.desktop, self.screen, program)?;
        let said = fs::File::options()
            .append(true)
            .open(&self.log)
            .map_err(Error::file("opening", &self.log))?;
        let child = command
            .args(arguments)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .map_err(Error::file("starting", "/usr/bin/moult"))?;
        self.window = Some(Tree::of(child));
        Ok(())
    }

    /// Ends the window as `kill -9` does. What it had started as root lives on.
    ///
    /// # Errors
    /// When there is none.
    pub fn kill(&mut self) -> Result<(), Error> {
        let window = self
            .window
            .take()
            .ok_or_else(|| Error::Start("no window is open".into()))?;
        window.kill_only("moult");
        Ok(())
    }

    /// Ends what the window has started with this word in its command line, as `kill -9` does; gives how many there were.
    ///
    /// # Errors
    /// When no window is open.
    pub fn kill_part(&self, word: &str) -> Result<usize, Error> {
        let window = self.window.as_ref();
        let window = window.ok_or_else(|| Error::Start("no window is open".into()))?;
        Ok(window.kill_part(word))
    }

    /// Waits until a screen is open.
    ///
    /// # Errors
    /// When it does not come.
    pub fn wait_screen(&self, name: &str) -> Result<(), Error> {
        self.trace.wait_screen(name, PATIENCE)
    }

    /// Waits until the window shows what its reader knows.
    ///
    /// # Errors
    /// When that does not come.
    pub fn wait_front(&self) -> Result<(), Error> {
        self.wait_screen("explore")?;
        self.wait_any("explore-featured-").map(drop)
    }

    /// Waits for a widget that is switched on.
    ///
    /// # Errors
    /// When it does not come.
    pub fn wait(&self, id: &str) -> Result<Widget, Error> {
        self.trace.wait_enabled(id, PATIENCE)
    }

    /// Waits for a widget of which the name begins so, and gives the first one.
    ///
    /// # Errors
    /// When none comes.
    pub fn wait_any(&self, begins: &str) -> Result<Widget, Error> {
        let begun = Instant::now();
        loop {
            if let Some(found) = self
                .trace
                .layout()
                .into_iter()
                .find(|widget| widget.id.starts_with(begins) && widget.focusable)
            {
                return Ok(found);
            }
            if begun.elapsed() > PATIENCE {
                return Err(Error::Timeout {
                    what: format!("a widget {begins}…"),
                    waited: PATIENCE,
                    seen: self.trace.summary(),
                });
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// Whether a widget is on the screen now, switched on or off.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.trace.layout().iter().any(|widget| widget.id == id)
    }

    /// Whether a widget is on the screen now, and switched on.
    #[must_use]
    pub fn can(&self, id: &str) -> bool {
        self.trace
            .layout()
            .iter()
            .any(|widget| widget.id == id && widget.focusable)
    }

    /// Whether a widget of which the name begins so is on the screen now.
    #[must_use]
    pub fn has_any(&self, begins: &str) -> bool {
        self.trace.layout().iter().any(|widget| widget.id.starts_with(begins))
    }

    /// Clicks a widget once it is there and stands still.
    ///
    /// # Errors
    /// When it does not come.
    pub fn click(&mut self, id: &str) -> Result<(), Error> {
        let begun = Instant::now();
        let mut last = self.wait(id)?;
        // Answers that come in move what is below them.
        loop {
            sleep(Duration::from_millis(250));
            let now = self.wait(id)?;
            if (now.x, now.y) == (last.x, last.y) || begun.elapsed() > PATIENCE {
                let (x, y) = now.middle();
                return self.seat.click(x, y);
            }
            last = now;
        }
    }

    /// Clicks a part of a control that has a name of its own, such as a notch of the timeline.
    ///
    /// # Errors
    /// When it does not come.
    pub fn click_part(&mut self, id: &str) -> Result<(), Error> {
        let (x, y) = self.trace.wait_widget(id, PATIENCE)?.middle();
        self.seat.click(x, y)
    }

    /// Clicks a field and types over what is in it, on a us keyboard.
    ///
    /// # Errors
    /// When the field does not come.
    pub fn type_over(&mut self, id: &str, text: &str) -> Result<(), Error> {
        self.click(id)?;
        self.trace.wait_focus(id, PATIENCE)?;
        let answers = self.trace.answers();
        self.seat.chord(&[evdev::LEFT_CTRL, evdev::A])?;
        self.seat.type_us(text)?;
        let typed = Instant::now();
        // What is found as one types comes and goes until the last letter.
        if id == SEARCH {
            self.trace.wait_found(answers, text.trim().chars().count(), PATIENCE)?;
        }
        sleep(Duration::from_secs(1).saturating_sub(typed.elapsed()));
        Ok(())
    }

    /// Presses a button that changes the system, and waits for what that leads to: a job, or somebody whose leave is asked. Or
    /// what it would change is shown first, and waits for a yes: then this gives true. (So it is on an app's page before it is
    /// known what comes along.)
    ///
    /// # Errors
    /// When it does not come, or leads nowhere.
    pub fn press(&mut self, id: &str) -> Result<bool, Error> {
        let (begun, heard) = (Instant::now(), self.heard());
        loop {
            self.click(id)?;
            let pressed = Instant::now();
            // A button that was about to be switched off has not noticed.
            while pressed.elapsed() < SILENT || !self.can(id) {
                match self.trace.screen().as_deref() {
                    Some("review") => return Ok(true),
                    Some("authenticate") => return Ok(false),
                    _ if !self.heard_since(heard).is_empty() => return Ok(false),
                    _ => sleep(Duration::from_millis(20)),
                }
                if begun.elapsed() > PATIENCE {
                    return Err(Error::Timeout {
                        what: format!("what {id:?} leads to"),
                        waited: PATIENCE,
                        seen: self.trace.summary(),
                    });
                }
            }
        }
    }

    /// Presses a key.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub fn key(&mut self, code: u32) -> Result<(), Error> {
        self.seat.key(code)
    }

    /// Asks the window to close, and gives how its program ended. On a desktop's screen only.
    ///
    /// # Errors
    /// When it does not end.
    pub fn close(&mut self) -> Result<ExitStatus, Error> {
        let mut window = self
            .window
            .take()
            .ok_or_else(|| Error::Start("no window is open".into()))?;
        self.screen.close(APPLICATION)?;
        let begun = Instant::now();
        loop {
            if let Some(status) = window.ended()? {
                return Ok(status);
            }
            if begun.elapsed() > PATIENCE {
                return Err(Error::Timeout {
                    what: "the window's end".to_owned(),
                    waited: PATIENCE,
                    seen: self.trace.summary(),
                });
            }
            sleep(Duration::from_millis(10));
        }
    }

    /// How many jobs were heard of that ended as `state`.
    #[must_use]
    pub fn ended(&self, state: &str) -> usize {
        let jobs = self.trace.jobs();
        let ends = jobs.iter().filter(|job| job.state == state);
        ends.map(|job| &job.id).collect::<BTreeSet<_>>().len()
    }

    /// Waits until one more job than `before` has ended as done.
    ///
    /// # Errors
    /// When it takes longer than `limit`, or another one ends otherwise.
    pub fn wait_done(&self, before: usize, limit: Duration) -> Result<(), Error> {
        let begun = Instant::now();
        while self.ended("done") <= before {
            let last: Option<JobLine> = self.trace.jobs().pop();
            let went_wrong = last
                .as_ref()
                .is_some_and(|job| ["failed", "cancelled", "interrupted"].contains(&job.state.as_str()));
            if begun.elapsed() > limit || went_wrong {
                return Err(Error::Install(format!("{last:?}; {}", self.trace.summary())));
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// How many words about jobs were heard so far: those after it are about what is done next.
    #[must_use]
    pub fn heard(&self) -> usize {
        self.trace.jobs().len()
    }

    /// The words about jobs after the first `before` ones, but for those about a job that was heard of in these.
    fn heard_since(&self, before: usize) -> Vec<JobLine> {
        let mut jobs = self.trace.jobs();
        let mut since = jobs.split_off(before.min(jobs.len()));
        let known: BTreeSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
        since.retain(|job| !known.contains(job.id.as_str()));
        since
    }

    /// Waits until one of the words about jobs that were not heard of in the first `before` words is what is looked for, and
    /// gives it.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_job(
        &self,
        before: usize,
        what: &str,
        limit: Duration,
        is_it: impl Fn(&JobLine) -> bool,
    ) -> Result<JobLine, Error> {
        let begun = Instant::now();
        loop {
            if let Some(found) = self.heard_since(before).into_iter().find(|job| is_it(job)) {
                return Ok(found);
            }
            if begun.elapsed() > limit {
                return Err(Error::Timeout {
                    what: format!("a job that {what}"),
                    waited: limit,
                    seen: self.trace.summary(),
                });
            }
            sleep(Duration::from_millis(2));
        }
    }

    /// Takes a picture, once what the last click changed is drawn.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub fn picture(&self, path: &Path) -> Result<(), Error> {
        sleep(Duration::from_millis(700));
        fs::write(path, self.screen.grim("png")?).map_err(Error::file("writing", path))
    }

    /// What is on the screen, pixel by pixel.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn shot(&self) -> Result<Shot, Error> {
        Shot::from_ppm(&self.screen.grim("ppm")?)
    }

    /// What the window has said, for an error.
    #[must_use]
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Runs a program of the system as root.
    ///
    /// # Errors
    /// When it fails.
    pub fn run_as_root(&self, name: &str, arguments: &[&str]) -> Result<String, Error> {
        let all = [&[self.desktop.root(), name], arguments].concat();
        let mut command = self.desktop.lab().command(User::Root, "chroot", &all)?;
        let output = program::output(&mut command)?;
        Ok(String::from_utf8_lossy(&output).into_owned())
    }
}

/// What a newcomer does in a store: looks round, finds something, installs it, looks at updates, goes back. `picture` is
/// called with the name of each screen once it is complete.
///
/// # Errors
/// When something does not come, or an operation ends otherwise than done.
pub fn tour(
    shop: &mut Shop<'_>,
    term: &str,
    item: &str,
    mut picture: impl FnMut(&Shop<'_>, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    shop.wait_front()?;
    picture(shop, "explore")?;
    shop.type_over(SEARCH, term)?;
    let found = format!("browse-item-{item}");
    let _ = shop.wait(&found)?;
    picture(shop, "search")?;
    shop.click(&found)?;
    shop.wait_screen("item")?;
    let _ = shop.wait("item-deed")?;
    // Until what comes along is known.
    sleep(Duration::from_secs(2));
    picture(shop, "app")?;

    let done = shop.ended("done");
    // What deserves a second look (a source that nobody signed, say) is shown before it is done.
    if shop.press("item-deed")? {
        let _ = shop.wait("review-approve")?;
        picture(shop, "review")?;
        shop.click("review-approve")?;
    }
    shop.wait_done(done, PATIENCE * 4)?;
    let _ = shop.wait("undo")?;
    picture(shop, "installed")?;

    shop.click("go-updates")?;
    shop.wait_screen("updates")?;
    let _ = shop.wait("updates-check")?;
    picture(shop, "updates")?;
    let done = shop.ended("done");
    shop.click("undo")?;
    shop.wait_done(done, PATIENCE)?;
    shop.click("go-history")?;
    shop.wait_screen("history")?;
    // Chooses what would be gone to, and shows the difference. It goes nowhere.
    shop.click("history-redo")?;
    let _ = shop.wait("history-go")?;
    picture(shop, "history")
}
