//! A lab with cage and the window in it, the hand that drives it and the ear that hears it.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use super::{Bind, Error, Lab, Options, Seat, Shot, Trace, User, Widget, program};

/// How long a screen or widget may take to come. Unoptimised programs on a loaded machine are slow.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long the button that erases is held; the window asks for one second, as it counts them.
const HELD: Duration = Duration::from_millis(1400);
/// It is not held longer than this, however slow the machine is.
const LONGEST_HELD: Duration = Duration::from_secs(20);
/// How long a button that was pressed may do nothing before it is pressed again.
const SILENT: Duration = Duration::from_secs(20);
/// How long a field that was clicked may be without the focus before it is clicked again.
const UNFOCUSED: Duration = Duration::from_secs(5);

/// What cage draws on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// Nothing that anybody sees: width and height in pixels.
    Headless(u32, u32),
    /// A window of a Wayland desktop: its socket.
    Wayland(PathBuf),
    /// A window of an X desktop: its display (`:0`) and, if it asks for one, the file with its cookie.
    X11(String, Option<PathBuf>),
}

impl Screen {
    /// The desktop that this process was started from, if there is one.
    pub fn of_desktop() -> Option<Screen> {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(display) = set("WAYLAND_DISPLAY") {
            let socket = Path::new(&set("XDG_RUNTIME_DIR").unwrap_or_default()).join(display);
            if socket.exists() {
                return Some(Screen::Wayland(socket));
            }
        }
        let display = set("DISPLAY")?;
        let cookie = set("XAUTHORITY")
            .map(PathBuf::from)
            .or_else(|| Some(Path::new(&set("HOME")?).join(".Xauthority")));
        Some(Screen::X11(display, cookie.filter(|path| path.is_file())))
    }

    /// The options of a lab in which it can be drawn on. `live` gets the uid of the desktop's owner, or it could not connect.
    ///
    /// # Errors
    /// When the desktop's socket or cookie is not there.
    pub fn lend(&self, mut options: Options) -> Result<Options, Error> {
        let owner = |path: &Path| {
            fs::metadata(path)
                .map(|found| found.uid())
                .map_err(Error::file("looking at", path))
        };
        let mut show = |host: &Path, inside: &str| {
            options.binds.push(Bind {
                host: host.to_owned(),
                inside: inside.into(),
                read_only: false,
            });
        };
        let uid = match self {
            Screen::Headless(..) => return Ok(options),
            Screen::Wayland(socket) => {
                show(socket, HOST_WAYLAND);
                owner(socket)?
            }
            Screen::X11(_, cookie) => {
                show("/tmp/.X11-unix".as_ref(), "/tmp/.X11-unix");
                let Some(cookie) = cookie else { return Ok(options) };
                show(cookie, HOST_COOKIE);
                owner(cookie)?
            }
        };
        // A desktop of root's own cannot be used by an unprivileged kiosk unless it is open to all.
        if uid >= 1000 {
            options.live = uid;
        }
        Ok(options)
    }

    /// Has cage, which is about to be started in such a lab, draw on it.
    pub(super) fn draw_on(&self, cage: &mut Command) {
        cage.env("WLR_RENDERER", "pixman").env("WLR_LIBINPUT_NO_DEVICES", "1");
        match self {
            Screen::Headless(..) => cage.env("WLR_BACKENDS", "headless"),
            Screen::Wayland(_) => cage.env("WLR_BACKENDS", "wayland").env("WAYLAND_DISPLAY", HOST_WAYLAND),
            Screen::X11(display, _) => cage
                .env("WLR_BACKENDS", "x11")
                .env("DISPLAY", display)
                .env("XAUTHORITY", HOST_COOKIE),
        };
    }
}

const HOST_WAYLAND: &str = "/run/lab-desktop/wayland";
const HOST_COOKIE: &str = "/run/lab-desktop/xauthority";

/// A running kiosk.
#[derive(Debug)]
pub struct Kiosk {
    // The order is the order of the end: first the ear, then the programs, then the lab.
    /// What the window says.
    pub trace: Trace,
    session: Child,
    seat: Option<Seat>,
    display: String,
    height: u32,
    /// The lab around it.
    pub lab: Lab,
}

impl Kiosk {
    /// Starts a lab with `options` and in it `moult-session install --trace` with more `arguments` for the window.
    ///
    /// # Errors
    /// When the lab or cage does not start; cage's last words are in the error.
    pub fn start(options: &Options, screen: &Screen, arguments: &[&str]) -> Result<Kiosk, Error> {
        let mut session = vec!["/usr/bin/moult-session", "install", "--trace"];
        session.extend(arguments);
        Self::start_session(options, screen, &session)
    }

    /// The same with another command in place of moult-session; it must start cage and log as moult-session does.
    ///
    /// # Errors
    /// When the lab or cage does not start.
    pub fn start_session(options: &Options, screen: &Screen, session: &[&str]) -> Result<Kiosk, Error> {
        let lab = Lab::start(&screen.lend(options.clone())?)?;
        let (program, arguments) = session.split_first().ok_or(Error::Start("no session".into()))?;
        let mut command = lab.command(User::Live, program, arguments)?;
        screen.draw_on(&mut command);
        let session = command
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(Error::file("starting", *program))?;

        let runtime = format!("/run/user/{}", lab.live());
        let trace = Trace::follow(lab.path(&format!("{runtime}/moult/gui.log")));
        let mut kiosk = Kiosk {
            trace,
            session,
            seat: None,
            display: String::new(),
            height: 0,
            lab,
        };
        kiosk.display = kiosk.wait_display(&runtime)?;
        if let Screen::Headless(width, height) = *screen {
            kiosk.resize(width, height)?;
        }
        Ok(kiosk)
    }

    fn wait_display(&mut self, runtime: &str) -> Result<String, Error> {
        let begun = Instant::now();
        let folder = self.lab.path(runtime);
        loop {
            let names = fs::read_dir(&folder)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.file_name());
            let found = names
                .filter_map(|name| name.into_string().ok())
                .find(|name| name.starts_with("wayland-") && !name.contains('.'));
            if let Some(display) = found
                && std::os::unix::net::UnixStream::connect(folder.join(&display)).is_ok()
            {
                return Ok(display);
            }
            let ended = self
                .session
                .try_wait()
                .map_err(Error::system("looking after the session"))?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                let said = fs::read_to_string(folder.join("moult/cage.log")).unwrap_or_default();
                return Err(Error::Start(format!(
                    "cage did not start ({ended:?}): {said}\n{}",
                    self.trace.summary()
                )));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Gives the headless screen another size.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub fn resize(&mut self, width: u32, height: u32) -> Result<(), Error> {
        self.height = height;
        let runtime = format!("/run/user/{}", self.lab.live());
        let mode = format!("{width}x{height}");
        if mode != "1280x720" || self.seat.is_some() {
            let output = ["--output", "HEADLESS-1", "--custom-mode", &mode];
            let mut command = self.lab.command(User::Live, "wlr-randr", &output)?;
            let _ = program::output(command.env("WAYLAND_DISPLAY", &self.display))?;
        }
        let socket = self.lab.path(&format!("{runtime}/{}", self.display));
        self.seat = Some(Seat::connect(
            &socket,
            (width, height),
            &self.lab.path("/usr/share/X11/xkb"),
        )?);
        Ok(())
    }

    /// The pointer and keyboard of a headless kiosk.
    ///
    /// # Errors
    /// When the kiosk is a window of somebody's desktop: that has hands of its own.
    pub fn seat(&mut self) -> Result<&mut Seat, Error> {
        self.seat.as_mut().ok_or_else(not_driven)
    }

    /// Waits until a screen is open.
    ///
    /// # Errors
    /// When it does not come.
    pub fn wait_screen(&self, name: &str) -> Result<(), Error> {
        self.trace.wait_screen(name, PATIENCE)
    }

    /// Waits for a widget that is switched on.
    ///
    /// # Errors
    /// When it does not come.
    pub fn wait_widget(&self, id: &str) -> Result<Widget, Error> {
        self.trace.wait_enabled(id, PATIENCE)
    }

    /// Waits for a widget that is switched on and clicks it. A row of a choice is only waited for: the choice as a
    /// whole has the focus, and a row that cannot be chosen is clicked without effect.
    ///
    /// # Errors
    /// When it does not come.
    pub fn click(&mut self, id: &str) -> Result<(), Error> {
        let row = ["language-", "disk-", "filesystem-"].iter().any(|choice| {
            id.strip_prefix(choice)
                .is_some_and(|rest| !rest.contains('-') && rest != "menu")
        });
        let widget = if row {
            self.trace.wait_widget(id, PATIENCE)?
        } else {
            self.wait_widget(id)?
        };
        let (x, y) = widget.middle();
        self.seat()?.click(x, y)
    }

    /// Waits for a button and holds it until that leads to another screen, and gives the name of that screen. One that need
    /// not be held leads there when it is let go of.
    ///
    /// # Errors
    /// When it does not come, or leads nowhere.
    pub fn hold(&mut self, id: &str) -> Result<String, Error> {
        let before = self.trace.screens().len();
        let mut held = HELD;
        loop {
            let (x, y) = self.wait_widget(id)?.middle();
            self.seat()?.take_hold(x, y)?;
            let _ = self.trace.wait_next_screen(before, held);
            self.seat()?.let_go()?;

            let led = self.trace.wait_next_screen(before, SILENT);
            let layout = self.trace.layout();
            let is_waiting = layout.iter().any(|widget| widget.id == id && widget.focusable);
            match led {
                Err(_) if is_waiting && held < LONGEST_HELD => held *= 4,
                // What it has begun takes its time.
                Err(_) => return self.trace.wait_next_screen(before, PATIENCE),
                Ok(screen) => return Ok(screen),
            }
        }
    }

    /// Keeps a key down until that leads to another screen, and gives the name of that screen.
    ///
    /// # Errors
    /// When it leads nowhere.
    pub fn hold_key(&mut self, code: u32) -> Result<String, Error> {
        let before = self.trace.screens().len();
        self.seat()?.press(code, true)?;
        let led = self.trace.wait_next_screen(before, PATIENCE);
        self.seat()?.press(code, false)?;
        led
    }

    /// Presses Tab until a widget has the focus.
    ///
    /// # Errors
    /// When Tab does not lead there.
    pub fn tab_to(&mut self, id: &str) -> Result<(), Error> {
        let seat = self.seat.as_mut().ok_or_else(not_driven)?;
        self.trace.tab_to(id, || seat.key(super::evdev::TAB))
    }

    /// Clicks a field, waits for its focus and types on a us keyboard. A field below the fold is reached by Tab.
    ///
    /// # Errors
    /// When the field does not come.
    pub fn type_into(&mut self, id: &str, text: &str) -> Result<(), Error> {
        /// The bar of buttons at the lower end, which covers what is below it.
        const BUTTONS: f64 = 80.0;
        let widget = self.wait_widget(id)?;
        if widget.y + widget.h < f64::from(self.height) - BUTTONS {
            self.click_into(id)?;
        } else {
            self.tab_to(id)?;
        }
        self.seat()?.type_us(text)
    }

    /// Clicks a field until it has the focus: what was typed just before may have moved it since it was seen.
    fn click_into(&mut self, id: &str) -> Result<(), Error> {
        let begun = Instant::now();
        loop {
            self.click(id)?;
            let focused = self.trace.wait_focus(id, UNFOCUSED);
            if focused.is_ok() || begun.elapsed() > PATIENCE {
                return focused;
            }
        }
    }

    /// Takes a picture and keeps it as PNG.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub fn picture(&self, path: &Path) -> Result<(), Error> {
        fs::write(path, self.grim("png")?).map_err(Error::file("writing", path))
    }

    /// Takes a picture and gives its pixels.
    ///
    /// # Errors
    /// When it cannot be taken.
    pub fn shot(&self) -> Result<Shot, Error> {
        Shot::from_ppm(&self.grim("ppm")?)
    }

    fn grim(&self, format: &str) -> Result<Vec<u8>, Error> {
        let mut command = self.lab.command(User::Live, "grim", &["-t", format, "-"])?;
        program::output(command.env("WAYLAND_DISPLAY", &self.display))
    }

    /// Waits until the session has ended, and says how.
    ///
    /// # Errors
    /// When it takes longer than `limit`.
    pub fn wait_end(&mut self, limit: Duration) -> Result<ExitStatus, Error> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self
                .session
                .try_wait()
                .map_err(Error::system("looking after the session"))?
            {
                return Ok(status);
            }
            if begun.elapsed() > limit {
                let seen = self.trace.summary();
                return Err(Error::Timeout {
                    what: "the end of the session".into(),
                    waited: limit,
                    seen,
                });
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }
}

fn not_driven() -> Error {
    Error::Wayland("only a headless kiosk is driven".into())
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        // nsenter is ours; what it started is the lab's, and ends with it.
        let _ = self.session.kill();
        let _ = self.session.wait();
    }
}
