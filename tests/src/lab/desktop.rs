//! An installed system whose programs are started before a screen: does a window come, and is something in it?
//!
//! The system is a folder of a running [`Lab`]. It is made ready as its first boot would do it (accounts, `/etc`, `/var`), and
//! programs run below it with a changed root, as an unprivileged user, with a session bus and a compositor of their own.

mod sway;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::{fs::symlink, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{Error, Lab, Shot, User, program};

/// How long a program may take until its window has something in it. Several start at once on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long something that was killed may take to be gone.
const DYING: Duration = Duration::from_secs(30);
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
            compositor: Tree(started.map_err(Error::file("starting", compositor.get_program()))?),
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
        Ok(Tree(child))
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

/// A process that is ended with everything below it. (nsenter alone would leave behind what it started.)
#[derive(Debug)]
pub struct Tree(Child);

impl Tree {
    /// The tree of a process.
    #[must_use]
    pub fn of(child: Child) -> Tree {
        Tree(child)
    }

    /// How it ended, if it did.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.0.try_wait().map_err(Error::system("looking after a program"))
    }

    /// The numbers of the processes of this name in it, the outermost first. The kernel knows 15 bytes of a name.
    pub(super) fn named(&self, name: &str) -> Vec<u32> {
        let mut found = below(self.0.id());
        found.retain(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == name));
        found
    }

    /// Kills the processes in it that have this word in their command line, waits until they are gone, and gives how many there
    /// were.
    pub(super) fn kill_part(&self, word: &str) -> usize {
        let mut killed = below(self.0.id());
        killed.retain(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let has_it = line.split(|byte| *byte == 0).any(|part| part == word.as_bytes());
            let pid = Pid::from_raw(pid.cast_signed()).filter(|_| has_it);
            pid.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok())
        });
        wait_gone(&killed);
        killed.len()
    }

    /// Kills the processes of this name in it, and nothing else.
    pub(super) fn kill_only(mut self, name: &str) {
        for pid in below(self.0.id()).into_iter().chain([self.0.id()]) {
            let is_it = fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == name);
            if let Some(pid) = Pid::from_raw(pid.cast_signed()).filter(|_| is_it) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        let _ = self.0.wait();
        // Nothing below is ended: it is not this window's any more.
        std::mem::forget(self);
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let all = below(self.0.id());
        for pid in &all {
            if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
        // A server that is not gone yet has its port still.
        wait_gone(&all);
    }
}

/// Waits until killed processes are gone.
fn wait_gone(pids: &[u32]) {
    let begun = Instant::now();
    while !pids.iter().all(|pid| is_gone(*pid)) && begun.elapsed() < DYING {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether a process has let go of everything it had. Its first thread may be gone before one that is in the middle of something.
fn is_gone(pid: u32) -> bool {
    let about = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = about.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    let threads = fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    state.is_none_or(|state| "ZX".contains(state) && threads <= 1)
}

/// The numbers of all processes that descend from one. Whichever thread started a process, it is the process's child.
fn below(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let children = threads.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    let mut all: Vec<u32> = children
        .flat_map(|children| {
            let pids = children.split_whitespace().filter_map(|pid| pid.parse().ok());
            pids.collect::<Vec<u32>>()
        })
        .collect();
    for child in all.clone() {
        all.extend(below(child));
    }
    all
}

/// What a client of libwayland told its compositor, read from what `WAYLAND_DEBUG=client` prints.
#[derive(Debug, Default)]
struct Protocol {
    /// By the number of the `wl_surface`.
    windows: BTreeMap<String, Mapped>,
}

#[derive(Debug, Default)]
struct Mapped {
    title: String,
    app_id: String,
    /// A buffer was attached and committed.
    mapped: bool,
}

impl Protocol {
    fn read(log: &str) -> Protocol {
        let mut protocol = Protocol::default();
        // xdg_surface and xdg_toplevel by the surface that they are of; surfaces with a buffer that is not committed yet.
        let mut surfaces: BTreeMap<String, String> = BTreeMap::new();
        let mut attached: BTreeSet<String> = BTreeSet::new();

        for line in log.lines().filter(|line| is_protocol(line)) {
            let Some((object, rest)) = line.split_once(" -> ").and_then(|(_, request)| request.split_once('.')) else {
                continue;
            };
            let object = object.replace('@', "#");
            let (request, arguments) = rest.split_once('(').unwrap_or((rest, ""));
            let of = |kind: &str| {
                let at = arguments.replace('@', "#").find(kind)?;
                let arguments = arguments.replace('@', "#");
                let number: String = arguments
                    .get(at..)?
                    .chars()
                    .take_while(|c| !",)".contains(*c))
                    .collect();
                Some(number)
            };
            let text = || {
                let inner = arguments.split_once('"').map_or("", |(_, rest)| rest);
                inner.rsplit_once('"').map_or("", |(inner, _)| inner).to_owned()
            };
            match request {
                "get_xdg_surface" => {
                    if let (Some(role), Some(surface)) = (of("xdg_surface#"), of("wl_surface#")) {
                        let _ = surfaces.insert(role, surface);
                    }
                }
                "get_toplevel" => {
                    if let (Some(surface), Some(toplevel)) = (surfaces.get(&object).cloned(), of("xdg_toplevel#")) {
                        let _ = surfaces.insert(toplevel, surface.clone());
                        let _ = protocol.windows.entry(surface).or_default();
                    }
                }
                "set_title" | "set_app_id" => {
                    let window = surfaces
                        .get(&object)
                        .and_then(|surface| protocol.windows.get_mut(surface));
                    if let Some(window) = window {
                        if request == "set_title" {
                            window.title = text();
                        } else {
                            window.app_id = text();
                        }
                    }
                }
                "attach" if of("wl_buffer#").is_some() => drop(attached.insert(object)),
                "commit" if attached.contains(&object) => {
                    if let Some(window) = protocol.windows.get_mut(&object) {
                        window.mapped = true;
                    }
                }
                _ => {}
            }
        }
        protocol
    }

    fn mapped(&self) -> Option<&Mapped> {
        self.windows.values().find(|window| window.mapped)
    }
}

/// `[3163468.401] {Default Queue}  -> wl_surface#3.commit()`, without the queue before libwayland 1.23.
fn is_protocol(line: &str) -> bool {
    line.starts_with('[')
        && line
            .split_once(']')
            .is_some_and(|(time, _)| time.chars().skip(1).all(|c| c.is_ascii_digit() || c == '.' || c == ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "[ 92.1] {Default Queue}  -> wl_compositor#5.create_surface(new id wl_surface#20)
Gtk-WARNING: something
[ 92.2] {Default Queue}  -> xdg_wm_base#9.get_xdg_surface(new id xdg_surface#21, wl_surface#20)
[ 92.3] {Default Queue}  -> xdg_surface#21.get_toplevel(new id xdg_toplevel#22)
[ 92.4] {Default Queue}  -> xdg_toplevel#22.set_title(\"A \"quoted\" title\")
[ 92.5] {Default Queue}  -> wl_surface#20.commit()
[ 92.6] {Default Queue} xdg_surface#21.configure(1)
";

    #[test]
    fn what_a_thread_has_started_is_below_its_process() {
        let child = std::thread::spawn(|| Command::new("/bin/sleep").arg("60").spawn().unwrap())
            .join()
            .unwrap();
        let pid = child.id();
        let tree = Tree::of(child);
        // The thread is gone: its child is one of the process still.
        assert!(below(std::process::id()).contains(&pid));
        drop(tree);
        assert!(!below(std::process::id()).contains(&pid));

        let (tell, told) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            let tree = Tree::of(Command::new("/bin/sleep").arg("60").spawn().unwrap());
            tell.send(tree.0.id()).unwrap();
            let _ = ended.recv();
            drop(tree);
        });
        let pid = told.recv().unwrap();
        assert!(below(std::process::id()).contains(&pid));
        drop(end);
        thread.join().unwrap();
    }

    #[test]
    fn a_window_is_mapped_when_a_buffer_is_committed() {
        let open = Protocol::read(LOG);
        assert_eq!(open.windows["wl_surface#20"].title, "A \"quoted\" title");
        assert!(open.mapped().is_none());

        let attached = format!("{LOG}[ 93.0] {{Default Queue}}  -> wl_surface#20.attach(wl_buffer#30, 0, 0)\n");
        assert!(Protocol::read(&attached).mapped().is_none());
        let committed = format!("{attached}[ 93.1] {{Default Queue}}  -> wl_surface#20.commit()\n");
        assert!(Protocol::read(&committed).mapped().is_some());
        // The spelling of older libraries, and a surface without a role, such as a pointer's picture.
        assert!(
            Protocol::read(&committed.replace('#', "@").replace("{Default Queue} ", ""))
                .mapped()
                .is_some()
        );
        assert!(
            Protocol::read(&committed.replace("get_toplevel", "get_popup"))
                .mapped()
                .is_none()
        );
    }
}
