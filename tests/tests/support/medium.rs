//! A computer with the live medium in it, and a German who installs: what is seen on the screen, and where it is clicked.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use moult_tests::lab::{Bus, Drive, Hardware, Layout, Machine, Region, Shot, checkout, target_folder};

use super::computer::{PASSWORD, USER};
use super::person::{BOOT, STEP};

/// From the button to the last file.
pub(crate) const INSTALL: Duration = Duration::from_secs(1500);
/// From the menu to the window, emulated, on a machine that does something else as well.
pub(crate) const WINDOW: Duration = Duration::from_secs(600);
/// The computer's screen.
const SCREEN: (u32, u32) = (1280, 800);
/// What a computer must have to be installed on, MiB.
pub(crate) const MEMORY: u32 = 768;
/// GiB.
const DISK: u64 = 8;
/// Two pictures of the same screen: the pointer is elsewhere, the caret blinks, and the one that is kept has fewer colours.
const COLOUR: u8 = 40;
const SHARE: f64 = 0.001;
/// Set to a number of seconds: what nothing is compared with is there when nothing has moved for as long. Like every picture it is kept in
/// `target/pictures/loop`: to be looked at, and put beside the others.
const NEW: &str = "MOULT_NEW_PICTURES";

/// Where the window has what is clicked.
pub(crate) mod at {
    pub(crate) const GERMAN: (u32, u32) = (590, 305);
    pub(crate) const CHECK: (u32, u32) = (914, 659);
    /// The button that goes on, and on the last screen the one that restarts.
    pub(crate) const CONTINUE: (u32, u32) = (1199, 763);
    /// The disk below the medium, which cannot be chosen.
    pub(crate) const DISK: (u32, u32) = (590, 246);
}

/// The image that a script built, or the words that say how.
pub(crate) fn image(name: &str) -> PathBuf {
    let path = target_folder().join("live").join(name);
    assert!(
        path.is_file(),
        "{} is not there: cage-session/live/build --out {0} (and --offline target/sample/repo for offline.iso)",
        path.display()
    );
    path
}

/// The one that carries the sample repository.
pub(crate) fn offline() -> PathBuf {
    image("offline.iso")
}

/// A new, empty disk.
pub(crate) fn empty(path: &Path) -> Drive {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).and_then(|file| file.set_len(DISK << 30)).unwrap();
    Drive::disk(path)
}

/// The medium as a disc, before everything else, and a disk. No network.
pub(crate) fn hardware(medium: Option<&Path>, disk: Drive) -> Hardware {
    let disc = medium.map(|image| Drive {
        bus: Bus::Disc,
        ..Drive::disk(image)
    });
    Hardware {
        memory: MEMORY,
        drives: disc.into_iter().chain([disk]).collect(),
        ..Hardware::default()
    }
}

/// Part of a screen that says where the installer is.
pub(crate) const STEPS: Region = Region { x: 0..200, y: 0..400 };

/// The disk's name and size, where it is chosen.
const ROW: Region = Region {
    x: 226..960,
    y: 220..284,
};
/// The letters of the password that is typed again.
const AGAIN: Region = Region {
    x: 242..346,
    y: 522..538,
};
/// Whether anything is lost, once the plan is made: the button works then. How much is said behind it.
const LOST: Region = Region {
    x: 226..600,
    y: 366..422,
};

/// The first two lines of the medium's menu: one image has more below them than the other.
pub(crate) const MENU: Region = Region {
    x: 500..780,
    y: 352..390,
};

/// What the initrd says after its first line: how much was read, and what came of it.
pub(crate) const SAID: Region = Region { x: 0..280, y: 16..64 };

/// What came of a check, on the first screen.
pub(crate) const VERDICT: Region = Region {
    x: 230..960,
    y: 636..690,
};

/// The line above a login: what is below it the kernel may have written into.
pub(crate) const ISSUE: Region = Region { x: 0..260, y: 16..32 };

/// What the shell says to somebody who has logged in, below the line that names the kernel.
pub(crate) const SHELL: Region = Region { x: 0..600, y: 112..224 };

/// A screen as it is in `cage-session/live/pictures`.
fn picture(name: &str) -> PathBuf {
    checkout().join(format!("cage-session/live/pictures/{name}.png"))
}

/// Waits until the `part` of one of these screens is there, and keeps what came.
fn sees_one_of(machine: &mut Machine, names: &[&str], part: &Region, limit: Duration) {
    let wanted: Vec<Shot> = names
        .iter()
        .map(|name| Shot::from_png(&picture(name)).unwrap())
        .collect();
    let names = names.join(" or ");
    let is_one = |shot: &Shot| {
        wanted
            .iter()
            .any(|one| shot.difference(one, Some(part), COLOUR) < SHARE)
    };
    let _ = machine.wait_picture(&names, limit, is_one).unwrap();
    let _ = machine.keep("live-one-of").unwrap();
    println!("{names}: {} s", machine.uptime().as_secs());
}

/// Waits until a screen is there as it is in `cage-session/live/pictures`, or the `part` of it, and keeps what came.
pub(crate) fn sees(machine: &mut Machine, name: &str, part: Option<&Region>, limit: Duration) -> Shot {
    let begun = Instant::now();
    let path = picture(name);
    let pause = std::env::var(NEW).ok().filter(|_| !path.exists());
    let pause = pause.map(|seconds| Duration::from_secs(seconds.parse().unwrap()));
    let wanted = pause.is_none().then(|| Shot::from_png(&path).unwrap());
    let mut last: Option<(Shot, Instant)> = None;
    let shot = machine.wait_picture(name, limit, |shot| {
        let is = |other: &Shot| shot.difference(other, part, COLOUR) < SHARE;
        let Some(pause) = pause else {
            return wanted.as_ref().is_some_and(is);
        };
        // What nothing is compared with is there when something is to be seen that does not move any more.
        let still = !empty_screen(shot) && last.as_ref().is_some_and(|(before, _)| is(before));
        if !still {
            last = Some((shot.clone(), Instant::now()));
        }
        begun.elapsed() > pause && last.as_ref().is_some_and(|(_, since)| since.elapsed() > pause)
    });
    let shot = shot.unwrap();
    let _ = machine.keep(&format!("live-{name}")).unwrap();
    println!("{name}: {} s", machine.uptime().as_secs());
    shot
}

/// Whether a screen has one colour, but for a caret.
fn empty_screen(shot: &Shot) -> bool {
    let first = shot.at(0, 0);
    let points = (0..shot.height)
        .step_by(3)
        .flat_map(|y| (0..shot.width).step_by(3).map(move |x| (x, y)));
    points.filter(|(x, y)| shot.at(*x, *y) != first).count() < 100
}

/// The first screen, in a file: the boot is paid for once.
pub(crate) struct FirstScreen {
    folder: PathBuf,
}

impl FirstScreen {
    /// Boots the offline image until its window is there; once for all tests that come after the image was built.
    pub(crate) fn reached() -> &'static FirstScreen {
        static REACHED: OnceLock<FirstScreen> = OnceLock::new();
        REACHED.get_or_init(|| {
            let folder = target_folder().join("tmp/live");
            let hardware = hardware(Some(&offline()), empty(&folder.join("disk")));
            // Of this image, on this computer.
            let built = fs::metadata(offline()).and_then(|image| image.modified()).unwrap();
            let (of, is) = (folder.join("of"), format!("{built:?} {hardware:?}"));
            if fs::read_to_string(&of).is_ok_and(|was| was == is) {
                return FirstScreen { folder };
            }
            let _ = fs::remove_dir_all(&folder);
            let _ = empty(&folder.join("disk"));
            let mut machine = Machine::start(&hardware, &folder.join("machine")).unwrap();
            let _ = sees(&mut machine, "menu", Some(&MENU), BOOT);
            let _ = sees(&mut machine, "first", None, WINDOW);
            machine.snapshot(&folder.join("memory")).unwrap();
            fs::write(of, is).unwrap();
            FirstScreen { folder }
        })
    }

    /// A computer of its own that is at this point. `folder` gets its disk, as `disk`, and its firmware's memory.
    pub(crate) fn begin(&self, folder: &Path) -> (Machine, Hardware) {
        resume(&self.folder, folder)
    }
}

/// A computer as it was when `from` got its snapshot: with an empty disk.
pub(crate) fn resume(from: &Path, folder: &Path) -> (Machine, Hardware) {
    let hardware = hardware(Some(&offline()), empty(&folder.join("disk")));
    let own = folder.join("machine");
    fs::create_dir_all(&own).unwrap();
    let _ = fs::copy(from.join("machine/variables"), own.join("variables")).unwrap();
    let machine = Machine::resume(&hardware, &own, &from.join("memory")).unwrap();
    (machine, hardware)
}

/// From the first screen to the summary: German, no network, the whole disk, an account.
pub(crate) fn decide(machine: &mut Machine) {
    decide_with(machine, None);
    let _ = sees(machine, "summary", None, STEP);
}

/// The same before a disk that something was written to; how much, and whether anything of it is to be seen, depends on the moment.
pub(crate) fn decide_again(machine: &mut Machine) {
    decide_with(machine, Some(&ROW));
    sees_one_of(machine, &["summary", "summary-again"], &LOST, STEP);
}

/// Up to the summary. `row` is what is compared of the screens that have the disk to choose.
fn decide_with(machine: &mut Machine, row: Option<&Region>) {
    machine.click(at::GERMAN, SCREEN).unwrap();
    let _ = sees(machine, "german", None, STEP);
    go_on(machine);
    let _ = sees(machine, "network", None, STEP);
    go_on(machine);
    let _ = sees(machine, "disks", row, STEP);
    machine.click(at::DISK, SCREEN).unwrap();
    let _ = sees(machine, "disk", row, STEP);
    go_on(machine);
    let _ = sees(machine, "account-empty", None, STEP);
    // The first field has the focus; the name proposes the user's. Beside a password is the button of the layout.
    assert_eq!(USER, "anna");
    for text in ["Anna\t\t", PASSWORD, "\t\t", PASSWORD] {
        machine.type_text(Layout::German, text).unwrap();
    }
    // The keyboard may be behind the pointer: to the last letter.
    let _ = sees(machine, "account", Some(&AGAIN), STEP);
    go_on(machine);
}

/// Clicks the button that goes on.
pub(crate) fn go_on(machine: &mut Machine) {
    machine.click(at::CONTINUE, SCREEN).unwrap();
}

/// Clicks the button that has the medium checked.
pub(crate) fn check(machine: &mut Machine) {
    machine.click(at::CHECK, SCREEN).unwrap();
}

/// Holds the button that erases the disk, and waits until the work has begun.
pub(crate) fn confirm(machine: &mut Machine) {
    machine.hold(at::CONTINUE, SCREEN, Duration::from_millis(2500)).unwrap();
    let _ = sees(machine, "progress", Some(&STEPS), STEP);
}
