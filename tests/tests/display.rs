//! The demo on a desktop: `moult-lab kiosk` as cage-session/demo starts it, in a window of an X server and in one of a
//! Wayland compositor, with real clicks and keys; and what is left of it afterwards.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use moult_tests::lab::evdev::{ENTER, TAB};
use moult_tests::lab::{
    self, Bind, Kiosk, Lab, Network, Options, Screen, Shot, Trace, User, checkout, shop, target_folder,
};
use support::xserver::XServer;
use support::{GIB, processes_below, programs, sample};

const LIMIT: Duration = Duration::from_secs(120);
/// A desktop's first user.
const OWNER: u32 = 1000;
/// The theme's ground and accent (ui/src/theme.rs, light).
const GROUND: [u8; 3] = [0xF7, 0xF6, 0xF2];
const ACCENT: [u8; 3] = [0x0B, 0x6B, 0x5B];

/// What somebody sits before.
trait Desktop {
    fn picture(&mut self) -> Shot;
    fn click(&mut self, at: (u32, u32));
    fn key(&mut self, code: u32);
}

impl Desktop for XServer {
    fn picture(&mut self) -> Shot {
        self.shot()
    }
    fn click(&mut self, at: (u32, u32)) {
        XServer::click(self, at);
    }
    fn key(&mut self, code: u32) {
        XServer::key(self, code);
    }
}

/// A compositor without a screen, in a lab of its own.
impl Desktop for Kiosk {
    fn picture(&mut self) -> Shot {
        self.shot().unwrap()
    }
    fn click(&mut self, (x, y): (u32, u32)) {
        let seat = self.seat().unwrap();
        // By a small last step, as a hand does: a compositor in a compositor is told of each step twice, by the place and
        // by the way, and cage takes the way once more after the place.
        seat.move_to(x - 1, y).unwrap();
        seat.click(x, y).unwrap();
    }
    fn key(&mut self, code: u32) {
        self.seat().unwrap().key(code).unwrap();
    }
}

/// The demo's last command, running.
struct Demo {
    child: Child,
    said: BufReader<ChildStdout>,
    image: PathBuf,
    trace: Trace,
    processes: Vec<PathBuf>,
}

/// What the demo gives to `moult-lab kiosk`, read in the demo itself: its output folder is `out`.
fn arguments(out: &Path) -> Vec<String> {
    let demo = fs::read_to_string(checkout().join("cage-session/demo")).unwrap();
    assert!(demo.contains(r#"target/debug/moult-lab kiosk "${kiosk[@]}""#));
    let line = demo.lines().find_map(|line| line.strip_prefix("kiosk=(")).unwrap();
    let words = line.trim_end_matches(')').split(' ');
    words
        .map(|word| {
            let word = word.replace("$out", out.to_str().unwrap());
            let below_target = word.strip_prefix("target/").map(|rest| target_folder().join(rest));
            below_target.map_or(word, |path| path.to_str().unwrap().to_owned())
        })
        .collect()
}

impl Demo {
    /// Starts it with its disk in `out`, behind the program `before` if there is one, on a desktop that is `environment`.
    fn start(out: &Path, before: &[&str], environment: &[(&str, &str)]) -> Self {
        let _ = (programs(), sample());
        let image = out.join("disk.img");
        // The process group is for Ctrl-C; the signal, for a test that is killed.
        let mut child = Command::new("/usr/bin/setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .args(before)
            .arg(env!("CARGO_BIN_EXE_moult-lab"))
            .arg("kiosk")
            .args(arguments(out))
            .current_dir(checkout())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XAUTHORITY")
            .envs(environment.iter().copied())
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let _ = said.read_line(&mut line).unwrap();
        assert!(line.starts_with("The kiosk runs"), "{line:?}, {:?}", child.wait());

        let processes = processes_below(child.id());
        let log = processes.iter().find_map(|process| the_windows_log(process));
        let trace = Trace::follow(log.expect("the log of a window, in the lab"));
        Self {
            child,
            said,
            image,
            trace,
            processes,
        }
    }

    /// Sees the Welcome screen on the desktop, changes its language with a click, and leaves it with keys alone.
    fn go_to_the_second_screen(&self, desktop: &mut dyn Desktop) {
        assert_eq!(loops_of(&self.image).len(), 1, "the disk is a loop device");
        let trace = &self.trace;
        trace.wait_screen("welcome", LIMIT).unwrap();
        let button = trace.wait_enabled("continue", LIMIT).unwrap();
        let (x, y) = (button.x as usize, button.y as usize);
        let (middle, height) = (y + button.h as usize / 2, button.h as usize);
        wait_for("the Welcome screen in the window", || {
            let seen = desktop.picture();
            // The button in its colour, on the ground, and more than those two colours.
            seen.at(x + 6, middle) == Some(ACCENT)
                && seen.at(x - 12, middle) == Some(GROUND)
                && seen.at(x + 6, y + height + 8) == Some(GROUND)
                && seen.colours() > 50
        });

        // A row that is not chosen shows the ground or a field's colour; the chosen one is marked.
        let german = trace.wait_widget("language-de", LIMIT).unwrap();
        let row = |seen: &Shot| -> Vec<[u8; 3]> {
            let y = german.middle().1 as usize;
            (german.x as usize..(german.x + german.w) as usize)
                .filter_map(|x| seen.at(x, y))
                .collect()
        };
        let before = row(&desktop.picture());
        assert!(!before.contains(&ACCENT), "German is not chosen yet");
        desktop.click(german.middle());
        wait_for("German to be chosen", || row(&desktop.picture()).contains(&ACCENT));

        let welcome = desktop.picture();
        let press = || {
            desktop.key(TAB);
            Ok(())
        };
        trace.tab_to("continue", press).unwrap();
        desktop.key(ENTER);
        trace.wait_screen("network", LIMIT).unwrap();
        let different = |seen: &Shot| {
            let pixels = seen.rgb.chunks_exact(3).zip(welcome.rgb.chunks_exact(3));
            pixels.filter(|(now, then)| now != then).count()
        };
        // The title and the rail of steps, not a pointer or a ring of focus alone.
        wait_for("another picture", || different(&desktop.picture()) > 5000);
    }

    fn wait_end(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < LIMIT, "it does not end: {}", self.trace.summary());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// After the end: no process, no loop device, no mount; in its folder the disk alone, with nothing written on it.
    fn nothing_is_left(&self) {
        assert!(self.processes.len() > 5, "{:?}", self.processes);
        wait_for("its processes to end", || {
            self.processes.iter().all(|process| !process.exists())
        });
        wait_for("its loop device to be free", || loops_of(&self.image).is_empty());
        let out = self.image.parent().unwrap();
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        let stayed = |line: &&str| line.contains("moult-lab") || line.contains(out.to_str().unwrap());
        assert_eq!(mounts.lines().find(stayed), None);

        let names: Vec<_> = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(names, std::slice::from_ref(&self.image));
        let disk = fs::metadata(&self.image).unwrap();
        assert_eq!((disk.len(), disk.blocks()), (8 * GIB, 0), "nothing was confirmed");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The log of the window, if this is the first process of a lab.
fn the_windows_log(process: &Path) -> Option<PathBuf> {
    let command = fs::read(process.join("cmdline")).ok()?;
    let mut words = command.split(|byte| *byte == 0);
    if !words.next()?.ends_with(b"/moult-lab") || words.next()? != b"inner" {
        return None;
    }
    let people = fs::read_dir(process.join("root/run/user")).ok()?;
    let logs = people.flatten().map(|person| person.path().join("moult/gui.log"));
    logs.last()
}

/// The loop devices in front of an image.
fn loops_of(image: &Path) -> Vec<PathBuf> {
    let devices = fs::read_dir("/sys/block").unwrap().flatten();
    let behind = |device: &Path| fs::read_to_string(device.join("loop/backing_file")).unwrap_or_default();
    devices
        .map(|device| device.path())
        .filter(|device| Path::new(behind(device).trim_end()) == image)
        .collect()
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < LIMIT, "waited for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A folder for the demo, and one for what it does not make itself.
fn folders() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    fs::create_dir(&out).unwrap();
    (folder, out)
}

fn x_desktop(server: &XServer) -> [(&str, &str); 2] {
    [
        ("DISPLAY", &server.display),
        ("XAUTHORITY", server.cookie.to_str().unwrap()),
    ]
}

#[test]
fn on_an_x_desktop_the_demo_opens_a_window_that_takes_clicks_and_keys_and_closing_it_leaves_nothing() {
    let (folder, out) = folders();
    let mut server = XServer::start(folder.path(), OWNER);
    let empty = server.shot();
    assert_eq!((empty.colours(), server.windows().len()), (1, 0));

    let mut demo = Demo::start(&out, &[], &x_desktop(&server));
    demo.go_to_the_second_screen(&mut server);
    let windows = server.windows();
    assert_eq!(windows.len(), 1);
    let [x, y, width, height] = server.place(windows[0]);
    assert!((x, y) == (0, 0) && width >= 640 && height >= 480, "{width} x {height}");

    server.close(windows[0]);
    assert!(demo.wait_end().success());
    demo.nothing_is_left();
    wait_for("the empty desktop", || server.shot() == empty);
}

#[test]
fn on_an_x_desktop_the_store_opens_in_a_window_and_closing_that_ends_it() {
    const SYSTEM: &str = "/srv/system";
    let (folder, system) = folders();
    let server = XServer::start(folder.path(), OWNER);
    let on = Screen::X11(server.display.clone(), Some(server.cookie.clone()));
    let options = Options {
        programs: Some(programs()),
        repository: Some(sample()),
        binds: vec![Bind {
            host: system,
            inside: SYSTEM.into(),
            read_only: false,
        }],
        // The host's name, too, for which the cookie is.
        network: Network::Real,
        ..Options::default()
    };
    let lab = Lab::start(&on.lend(options).unwrap()).unwrap();
    for words in [
        &["repo", "add", "sample", "file:///repo/stone.index"][..],
        &["install", "moult-sample"],
    ] {
        let all = [&["--root", SYSTEM, "--yes"], words].concat();
        let _ = lab.run(User::Root, "/usr/bin/moultctl", &all).unwrap();
    }
    let desktop = lab::desktop::Desktop::prepare(&lab, SYSTEM).unwrap();
    let mut screen = desktop.screen_on("store", &on).unwrap();

    // Its bar, its ground, and pictures of apps: nothing here may panic before the window is closed, or nobody closes it.
    let is_store = |seen: &Shot| {
        let ground = seen.rgb.chunks_exact(3).filter(|pixel| *pixel == GROUND).count();
        ground > 10_000 && seen.colours() > 500
    };
    let (seen, shown) = std::thread::scope(|scope| {
        let shown = scope.spawn(|| shop::show(&desktop, &mut screen));
        let begun = Instant::now();
        let mut seen = false;
        while !seen && !shown.is_finished() && begun.elapsed() < LIMIT {
            seen = is_store(&server.shot());
            std::thread::sleep(Duration::from_millis(100));
        }
        for window in server.windows() {
            server.close(window);
        }
        (seen, shown.join().unwrap())
    });
    assert!(seen, "the store is not to be seen: {shown:?}");
    shown.unwrap();
}

/// A compositor that shows the window opened in it; its socket lies in a folder of the host.
const COMPOSITOR: &str =
    "mkdir -m 700 $XDG_RUNTIME_DIR/moult; exec cage -d -- sleep 3000 2> $XDG_RUNTIME_DIR/moult/cage.log";

#[test]
fn on_a_wayland_desktop_the_demo_opens_a_window_and_ctrl_c_leaves_nothing() {
    let (folder, out) = folders();
    let runtime = folder.path().join("runtime");
    fs::create_dir(&runtime).unwrap();
    let options = Options {
        binds: vec![Bind {
            host: runtime.clone(),
            inside: "/run/user/4242".into(),
            read_only: false,
        }],
        buses: false,
        ..Options::default()
    };
    let screen = Screen::Headless(1280, 800);
    let mut desktop = Kiosk::start_session(&options, &screen, &["/bin/sh", "-c", COMPOSITOR]).unwrap();

    let environment = [
        ("WAYLAND_DISPLAY", "wayland-0"),
        ("XDG_RUNTIME_DIR", runtime.to_str().unwrap()),
    ];
    let mut demo = Demo::start(&out, &[], &environment);
    demo.go_to_the_second_screen(&mut desktop);

    // What a terminal does on Ctrl-C.
    let group = rustix::process::Pid::from_raw(demo.child.id().cast_signed()).unwrap();
    rustix::process::kill_process_group(group, rustix::process::Signal::INT).unwrap();
    // The signal ends it, or that the kiosk is gone, whichever it sees first.
    let ended = demo.wait_end();
    assert!(
        ended.signal() == Some(libc::SIGINT) || ended.code().is_some(),
        "{ended:?}"
    );
    demo.nothing_is_left();
}

/// Lays an empty layer over every folder of the machine but the test's own, in a mount namespace that ends with the
/// program; what was written into those layers is listed afterwards. The built programs are there to be read only.
const WATCH: &str = r#"
set -eu
own=$1 target=$2
shift 2
mount -t tmpfs -o mode=755 watch /mnt
mkdir /mnt/own /mnt/target /mnt/screens /mnt/written /mnt/work
mount --bind "$own" /mnt/own
mount --bind "$target" /mnt/target
mkdir -p /tmp/.X11-unix
mount --bind /tmp/.X11-unix /mnt/screens
for folder in /*; do
    case $folder in /proc | /sys | /dev | /run | /mnt) continue ;; esac
    [ -d "$folder" ] && [ ! -L "$folder" ] || continue
    mkdir "/mnt/written$folder" "/mnt/work$folder"
    mount -t overlay -o "lowerdir=$folder,upperdir=/mnt/written$folder,workdir=/mnt/work$folder" watch "$folder"
done
mount --move /mnt/own "$own"
mount --move /mnt/screens /tmp/.X11-unix
mount --move /mnt/target "$target"
mount -o remount,bind,ro "$target"
"$@"
find /mnt/written -mindepth 2 -printf '%P\n'
"#;

/// The program that watches another one's writes, in front of that one.
fn watch<'a>(own: &'a str, target: &'a str) -> Vec<&'a str> {
    let namespace = ["unshare", "--mount", "--propagation", "private", "--"];
    [&namespace[..], &["/bin/sh", "-c", WATCH, "watch", own, target]].concat()
}

#[test]
fn the_demo_changes_nothing_of_the_machine() {
    let (folder, out) = folders();
    let own = folder.path().to_str().unwrap();
    let target = target_folder().canonicalize().unwrap();
    let watch = watch(own, target.to_str().unwrap());

    // The watch sees what is written, and keeps it from the machine.
    let script = "echo > /etc/moult-was-here; touch /usr/bin/env; echo > \"$0/seen\"";
    let seen = Command::new("/usr/bin/env")
        .args(&watch)
        .args(["/bin/sh", "-c", script, out.to_str().unwrap()])
        .output()
        .unwrap();
    let listed = String::from_utf8_lossy(&seen.stdout);
    let mut listed: Vec<&str> = listed.lines().collect();
    listed.sort_unstable();
    let said = String::from_utf8_lossy(&seen.stderr);
    assert_eq!(listed, ["etc/moult-was-here", "usr/bin", "usr/bin/env"], "{said}");
    assert!(!Path::new("/etc/moult-was-here").exists());
    fs::remove_file(out.join("seen")).unwrap();

    let mut server = XServer::start(folder.path(), OWNER);
    let mut demo = Demo::start(&out, &watch, &x_desktop(&server));
    demo.go_to_the_second_screen(&mut server);
    server.close(server.windows()[0]);
    assert!(demo.wait_end().success());
    let mut written = String::new();
    let _ = demo.said.read_to_string(&mut written).unwrap();
    assert_eq!(written, "");
    demo.nothing_is_left();
}
