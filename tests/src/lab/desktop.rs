//! An installed system whose programs are started before a screen: does a window come, and is something in it?
//!
//! The system is a folder of a running [`Lab`]. It is made ready as its first boot would do it (accounts, `/etc`, `/var`), and
//! programs run below it with a changed root, as an unprivileged user, with a session bus and a compositor of their own.

mod protocol;
mod sway;
mod tree;

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use protocol::{Protocol, is_protocol};

use super::{Error, Lab, Shot, User, program};

pub use tree::Tree;

/// How long a program may take until its window has something in it. Several start at once on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Where a compositor of one program listens.
const SOCKET: &str = "wayland-0";
/// Colours in a picture that is more than a plain area with an edge.
const COLOURS: usize = 8;

/// A system in a lab.
#[derive(Debug)]
pub struct Desktop<'a> {
    lab: &'a Lab,
    root: String,
}

/// What a program showed.
#[derive(Debug, Clone)]
pub struct Window {
    /// As the program names it to the compositor.
    pub title: String,
    /// What the compositor takes for its desktop entry.
    pub app_id: String,
    /// The picture as PNG.
    pub picture: Vec<u8>,
    /// Different colours in it.
    pub colours: usize,
    /// From the start of the program to the picture.
    pub took: Duration,
}

impl<'a> Desktop<'a> {
    /// Makes the system at `root`, a folder of the lab, ready. It must never have been booted.
    ///
    /// # Errors
    /// When a folder cannot be mounted or one of systemd's programs fails.
    pub fn prepare(lab: &'a Lab, root: &str) -> Result<Desktop<'a>, Error> {
        for folder in ["/dev", "/proc", "/sys", "/run", "/tmp"] {
            let inside = format!("{root}{folder}");
            lab.run(User::Root, "mkdir", &["-p", &inside])?;
            lab.run(User::Root, "mount", &["--rbind", folder, &inside])?;
        }
        let desktop = Desktop {
            lab,
            root: root.to_owned(),
        };
        desktop.inside("/usr/bin/systemd-sysusers", &[])?;
        let elsewhere = ["/dev", "/proc", "/sys", "/run", "/tmp"].map(|folder| format!("--exclude-prefix={folder}"));
        let mut arguments = vec!["--create", "--boot"];
        arguments.extend(elsewhere.iter().map(String::as_str));
        // Its status also speaks of lines that need a running system.
        let _ = desktop.command("/usr/bin/systemd-tmpfiles", &arguments)?.output();

        let live = lab.live();
        for (file, line) in [
            (
                "etc/passwd",
                format!("live:x:{live}:{live}:Live user:/home/live:/bin/bash\n"),
            ),
            ("etc/group", format!("live:x:{live}:\n")),
        ] {
            let path = lab.path(&format!("{root}/{file}"));
            let text = fs::read_to_string(&path).unwrap_or_default();
            fs::write(&path, text + &line).map_err(Error::file("writing", &path))?;
        }
        let owner = format!("{live}:{live}");
        lab.run(User::Root, "mkdir", &["-p", &format!("{root}/home/live")])?;
        lab.run(User::Root, "chown", &[&owner, &format!("{root}/home/live")])?;
        Ok(desktop)
    }

    pub(super) fn lab(&self) -> &Lab {
        self.lab
    }

    pub(super) fn root(&self) -> &str {
        &self.root
    }

    pub(super) fn command(&self, program: &str, arguments: &[&str]) -> Result<Command, Error> {
        let all = [&[self.root.as_str(), program], arguments].concat();
        self.lab.command(User::Root, "chroot", &all)
    }

    fn inside(&self, program: &str, arguments: &[&str]) -> Result<(), Error> {
        program::output(&mut self.command(program, arguments)?).map(drop)
    }

    /// Where the host sees a file of the system.
    pub fn path(&self, below: &str) -> PathBuf {
        self.lab.path(&format!("{}/{below}", self.root))
    }

    /// A screen of its own, 1280 x 720, in the folder `name`.
    ///
    /// # Errors
    /// When cage does not start.
    pub fn screen(&self, name: &str) -> Result<Screen<'_>, Error> {
        self.screen_on(name, &super::Screen::Headless(1280, 720))
    }

    /// The same in a window of a desktop, if the lab was [lent](super::Screen::lend) it.
    ///
    /// # Errors
    /// When cage does not start.
    pub fn screen_on(&self, name: &str, on: &super::Screen) -> Result<Screen<'_>, Error> {
        let runtime = self.runtime(name)?;
        let mut cage = self.lab.command(User::Live, "cage", &["--", "sleep", "infinity"])?;
        on.draw_on(&mut cage);
        self.start_screen(cage, runtime, SOCKET)
    }

    /// Makes the folder of a screen.
    fn runtime(&self, name: &str) -> Result<String, Error> {
        let runtime = format!("/run/user/{}/{name}", self.lab.live());
        self.lab.run(User::Live, "mkdir", &["-m", "700", &runtime])?;
        Ok(runtime)
    }

    /// Starts a compositor that calls its socket so. Whoever looks for it finds it by the usual name.
    fn start_screen(&self, mut compositor: Command, runtime: String, socket: &str) -> Result<Screen<'_>, Error> {
        let log = self.lab.path(&format!("{runtime}/compositor.log"));
        let said = fs::File::create(&log).map_err(Error::file("making", &log))?;
        let started = compositor
            .env("XDG_RUNTIME_DIR", &runtime)
            .stdout(Stdio::null())
            .stderr(said)
            .spawn();
        let screen = Screen {
            desktop: self,
            runtime,
            compositor: Tree::of(started.map_err(Error::file("starting", compositor.get_program()))?),
            is_desktop: false,
        };
        if socket != SOCKET {
            let usual = screen.socket();
            symlink(socket, &usual).map_err(Error::file("making", &usual))?;
        }
        let begun = Instant::now();
        while UnixStream::connect(screen.socket()).is_err() {
            if begun.elapsed() > PATIENCE {
                let seen = fs::read_to_string(&log).unwrap_or_default();
                return Err(Error::Start(format!("the compositor did not start: {seen}")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(screen)
    }
}

/// A compositor for one program at a time.
#[derive(Debug)]
pub struct Screen<'a> {
    desktop: &'a Desktop<'a>,
    runtime: String,
    compositor: Tree,
    /// An ordinary desktop's, and no kiosk.
    is_desktop: bool,
}

impl Screen<'_> {
    /// Whether it is gone, as its window is when somebody closes it.
    ///
    /// # Errors
    /// When the system does not say.
    pub(super) fn has_ended(&mut self) -> Result<bool, Error> {
        Ok(self.compositor.ended()?.is_some())
    }

    /// Starts a program, waits until it has a window with something in it, and ends it.
    ///
    /// # Errors
    /// When no window comes, or nothing can be seen; what the program said is in the error.
    pub fn show(&self, argv: &[String]) -> Result<Window, Error> {
        let begun = Instant::now();
        self.wait_empty()?;
        let log = self.desktop.lab.path(&format!("{}/program.log", self.runtime));
        let _program = self.start(argv, &log)?;
        loop {
            let said = fs::read_to_string(&log).unwrap_or_default();
            let protocol = Protocol::read(&said);
            if let Some(mapped) = protocol.mapped() {
                let shot = self.shot()?;
                if shot.colours() >= COLOURS {
                    return Ok(Window {
                        title: mapped.title.clone(),
                        app_id: mapped.app_id.clone(),
                        picture: self.grim("png")?,
                        colours: shot.colours(),
                        took: begun.elapsed(),
                    });
                }
            }
            if begun.elapsed() > PATIENCE {
                let mut seen: Vec<&str> = said.lines().filter(|line| !is_protocol(line)).collect();
                seen.drain(..seen.len().saturating_sub(20));
                return Err(Error::Timeout {
                    what: format!("a window of {argv:?} with something in it"),
                    waited: PATIENCE,
                    seen: format!(
                        "{} windows, {} with a picture; it said: {}",
                        protocol.windows.len(),
                        protocol.windows.values().filter(|window| window.mapped).count(),
                        seen.join(" / ")
                    ),
                });
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(super) fn start(&self, argv: &[String], log: &Path) -> Result<Tree, Error> {
        let live = self.desktop.lab.live().to_string();
        let runtime = format!("XDG_RUNTIME_DIR={}", self.runtime);
        // In a process namespace of its own, so that what it starts in the background ends with it.
        let mut arguments = vec!["--pid", "--fork", "--kill-child", "--", "chroot", &self.desktop.root];
        arguments.extend([
            "/usr/bin/setpriv",
            "--reuid",
            &live,
            "--regid",
            &live,
            "--clear-groups",
            "--",
        ]);
        arguments.extend(["/usr/bin/env", "--ignore-environment", "--chdir=/home/live", &runtime]);
        arguments.extend([
            "HOME=/home/live",
            "USER=live",
            "LOGNAME=live",
            "SHELL=/bin/bash",
            "LANG=C.UTF-8",
            "PATH=/usr/bin:/usr/sbin:/usr/games",
            "WAYLAND_DISPLAY=wayland-0",
            "WAYLAND_DEBUG=client",
            "XDG_SESSION_TYPE=wayland",
        ]);
        arguments.extend(["/usr/bin/dbus-run-session", "--"]);
        arguments.extend(argv.iter().map(String::as_str));

        let said = fs::File::create(log).map_err(Error::file("making", log))?;
        let both = said.try_clone().map_err(Error::file("opening", log))?;
        let mut command = self.desktop.lab.command(User::Root, "unshare", &arguments)?;
        let child = command
            .stdout(both)
            .stderr(said)
            .spawn()
            .map_err(Error::file("starting", "unshare"))?;
        Ok(Tree::of(child))
    }

    /// Until the window of the last program is gone.
    fn wait_empty(&self) -> Result<(), Error> {
        let begun = Instant::now();
        while self.shot()?.colours() > 1 {
            if begun.elapsed() > PATIENCE {
                return Err(Error::Wayland("the window before is still there".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    pub(super) fn runtime(&self) -> &str {
        &self.runtime
    }

    /// Its folder, as the host sees it.
    pub(super) fn folder(&self) -> PathBuf {
        self.desktop.lab.path(&self.runtime)
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder().join(SOCKET)
    }

    /// Gives it another size.
    pub(super) fn resize(&self, width: u32, height: u32) -> Result<(), Error> {
        let mode = format!("{width}x{height}");
        let output = ["--output", "HEADLESS-1", "--custom-mode", &mode];
        let mut command = self.desktop.lab.command(User::Live, "wlr-randr", &output)?;
        command
            .env("XDG_RUNTIME_DIR", &self.runtime)
            .env("WAYLAND_DISPLAY", "wayland-0");
        program::output(&mut command).map(drop)
    }

    fn shot(&self) -> Result<Shot, Error> {
        Shot::from_ppm(&self.grim("ppm")?)
    }

    pub(super) fn grim(&self, format: &str) -> Result<Vec<u8>, Error> {
        let mut command = self.desktop.lab.command(User::Live, "grim", &["-t", format, "-"])?;
        command
            .env("XDG_RUNTIME_DIR", &self.runtime)
            .env("WAYLAND_DISPLAY", "wayland-0");
        program::output(&mut command)
    }
}
