//! The live medium under real firmware: a person installs from it, and what may go wrong with a medium goes well.
//!
//! Each of these takes minutes, so none is in CI: `cargo test -p moult-tests --test live -- --ignored --test-threads=1 --nocapture`. The images
//! are built beforehand, as `target/live/{moult,offline}.iso`; `tests/run --long` does all of it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use moult_tests::lab::{Bus, Drive, Hardware, Machine, Region, Shot};
use support::computer::moments;
use support::medium::{
    FirstScreen, INSTALL, ISSUE, MEMORY, MENU, SAID, SHELL, VERDICT, WINDOW, check, confirm, decide, decide_again,
    empty, go_on, hardware, image, offline, resume, sees,
};
use support::person::{BOOT, STEP, log_in};

/// Copying and checking read the whole image.
const READ: Duration = Duration::from_secs(400);
/// Until somebody can log in for the first time, with as much beside it.
const FIRST_START: Duration = Duration::from_secs(600);

/// A German, an empty disk, 768 MB, no network: from the stick to a login on the console.
#[test]
#[ignore = "minutes: tests/run --long"]
fn a_german_installs_from_the_medium_and_logs_in() {
    let folder = tempfile::tempdir().unwrap();
    let (mut machine, _) = FirstScreen::reached().begin(folder.path());
    decide(&mut machine);
    confirm(&mut machine);
    let begun = Instant::now();
    let _ = sees(&mut machine, "done", None, INSTALL);
    println!("installed in {} s", begun.elapsed().as_secs());

    // Restarted by the button of the last screen; the medium is taken out when the screen goes dark.
    let _ = machine.events().unwrap();
    go_on(&mut machine);
    wait_reset(&mut machine);
    machine.take_out(0).unwrap();
    starts(&mut machine);
}

/// The machine that was installed on comes up from its own disk, up to somebody who is logged in. A first start makes what later
/// ones find, the hardware database above all.
fn starts(machine: &mut Machine) {
    let _ = sees(machine, "installed-menu", None, BOOT);
    let _ = sees(machine, "login", Some(&ISSUE), FIRST_START);
    log_in(machine);
    let _ = sees(machine, "logged-in", Some(&SHELL), STEP);
}

fn wait_reset(machine: &mut Machine) {
    let begun = Instant::now();
    while !machine.events().unwrap().iter().any(|event| event == "RESET") {
        assert!(begun.elapsed() < BOOT, "the computer does not restart");
        sleep(Duration::from_millis(200));
    }
}

/// The plug is taken out in the middle of the work, at ten moments, each later than the one before. Each time the disk is started alone: what
/// starts must be the whole system. Where nothing does, the medium starts beside what was left on the disk, and the install that is begun from
/// there goes past that place; the last goes to its end.
#[test]
#[ignore = "many minutes: tests/run --long"]
fn a_power_cut_at_any_moment_of_an_install_leaves_a_machine_that_installs_or_starts() {
    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary");
    let (mut machine, _) = FirstScreen::reached().begin(&summary);
    decide(&mut machine);
    machine.snapshot(&summary.join("memory")).unwrap();

    // How long it takes when nothing happens to it.
    let (mut machine, _) = resume(&summary, &folder.path().join("whole"));
    confirm(&mut machine);
    let started = Instant::now();
    let _ = sees(&mut machine, "done", None, INSTALL);
    let whole = started.elapsed();
    drop(machine);
    fs::remove_dir_all(folder.path().join("whole")).unwrap();
    println!(
        "an install takes {} s; ready after {} s",
        whole.as_secs(),
        begun.elapsed().as_secs()
    );

    // A machine that is at the summary, beside what an install that was cut off left on its disk.
    let mut again: Option<(Machine, Hardware)> = None;
    for moment in 0..moments() {
        let (mut machine, hardware) = again
            .take()
            .unwrap_or_else(|| resume(&summary, &folder.path().join(format!("cut-{moment}"))));
        confirm(&mut machine);
        let cut = whole * (2 * moment + 1) / (2 * moments());
        sleep(cut);
        let _ = machine.keep(&format!("live-cut-{moment}")).unwrap();
        let own = machine.folder().to_owned();
        machine.cut_power().unwrap();
        again = after_a_cut(&hardware, &own);
        println!(
            "power cut {} s into the install: {}, after {} s",
            cut.as_secs(),
            if again.is_some() {
                "the medium starts and installs"
            } else {
                "the disk starts the whole system"
            },
            begun.elapsed().as_secs()
        );
    }
    if let Some((mut machine, hardware)) = again {
        confirm(&mut machine);
        let _ = sees(&mut machine, "done", None, INSTALL);
        let own = machine.folder().to_owned();
        // Also when the plug goes right after it was said to be done.
        machine.cut_power().unwrap();
        assert!(
            after_a_cut(&hardware, &own).is_none(),
            "an install that is done does not start"
        );
        println!(
            "installed over what was left, and started: after {} s",
            begun.elapsed().as_secs()
        );
    }
}

/// After its power came back. Either its disk, alone, starts the whole system up to somebody who is logged in; or there is nothing on it that
/// the firmware starts: then the medium starts, and all is decided once more.
fn after_a_cut(hardware: &Hardware, own: &Path) -> Option<(Machine, Hardware)> {
    // The firmware's own shell is what it starts when there is nothing else.
    const NOTHING: &str = "EFI Internal Shell";

    let disk = Hardware {
        drives: hardware
            .drives
            .iter()
            .filter(|drive| drive.bus != Bus::Disc)
            .cloned()
            .collect(),
        ..hardware.clone()
    };
    // With a firmware's memory of its own: OVMF would remember that the medium was gone.
    let alone = own.with_file_name("alone");
    fs::create_dir_all(&alone).unwrap();
    let _ = fs::copy(own.join("variables"), alone.join("variables")).unwrap();
    let mut machine = Machine::start(&disk, &alone).unwrap();
    let _ = machine.wait_serial("BdsDxe: starting ", BOOT).unwrap();
    let what = machine.wait_serial("\n", STEP).unwrap();
    if !what.contains(NOTHING) {
        println!("the firmware starts {}", what.trim());
        starts(&mut machine);
        machine.cut_power().unwrap();
        return None;
    }
    machine.cut_power().unwrap();

    let mut machine = Machine::start(hardware, own).unwrap();
    let _ = sees(&mut machine, "first", None, WINDOW);
    decide_again(&mut machine);
    Some((machine, hardware.clone()))
}

/// A stick with GRUB on it and the image as a file: what people do who carry many systems.
#[test]
#[ignore = "minutes: tests/run --long"]
fn the_image_as_a_file_on_another_stick_starts() {
    let folder = tempfile::tempdir().unwrap();
    let stick = folder.path().join("stick");
    carry(&image("moult.iso"), &stick);
    let hardware = Hardware {
        memory: MEMORY,
        drives: vec![Drive {
            bus: Bus::Usb,
            ..Drive::disk(&stick)
        }],
        ..Hardware::default()
    };
    let mut machine = Machine::start(&hardware, &folder.path().join("machine")).unwrap();
    let _ = sees(&mut machine, "grub", Some(&GRUB), BOOT);
    // A person's own stick waits for a person; a key that comes while GRUB still draws its list is lost.
    sleep(Duration::from_secs(5));
    let list = machine.shot().unwrap();
    let left = |shot: &Shot| shot.difference(&list, Some(&GRUB), 40) > 0.001;
    while !left(&machine.shot().unwrap()) {
        assert!(machine.uptime() < BOOT, "GRUB does not start the image");
        machine.press(&["ret"]).unwrap();
        sleep(Duration::from_secs(2));
    }
    let _ = sees(&mut machine, "first", None, WINDOW);
}

/// GRUB's list, below the line that says its version.
const GRUB: Region = Region {
    x: 240..1040,
    y: 160..560,
};

/// Makes a stick with one FAT file system: GRUB, its own small menu, the image.
fn carry(image: &Path, stick: &Path) {
    const MIB: u64 = 1 << 20;
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program)
            .args(arguments)
            .env("PATH", "/usr/sbin:/usr/bin")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    let folder = stick.parent().unwrap();
    let menu = folder.join("grub.cfg");
    fs::write(
        &menu,
        "search --no-floppy --file --set=stick /moult.iso\nset iso_path=/moult.iso\nexport iso_path\n\
         loopback loop ($stick)$iso_path\nset root=(loop)\nconfigfile /boot/grub/loopback.cfg\n",
    )
    .unwrap();
    let loader = folder.join("BOOTX64.EFI");
    run(
        "/usr/bin/grub-mkstandalone",
        &[
            "--format=x86_64-efi",
            "--fonts=",
            "--locales=",
            "--themes=",
            &format!("--output={}", loader.display()),
            &format!("boot/grub/grub.cfg={}", menu.display()),
        ],
    );
    let size = fs::metadata(image).unwrap().len() + 64 * MIB;
    File::create(stick).and_then(|file| file.set_len(size)).unwrap();
    let path = stick.to_str().unwrap();
    run("/usr/sbin/mkfs.vfat", &["-F", "32", path]);
    run("/usr/bin/mmd", &["-i", path, "::EFI", "::EFI/BOOT"]);
    run(
        "/usr/bin/mcopy",
        &["-i", path, loader.to_str().unwrap(), "::EFI/BOOT/BOOTX64.EFI"],
    );
    run("/usr/bin/mcopy", &["-i", path, image.to_str().unwrap(), "::moult.iso"]);
}

/// Chooses an entry of the medium's menu, by its place.
fn choose(machine: &mut Machine, place: usize) {
    let _ = sees(machine, "menu", Some(&MENU), BOOT);
    for _ in 0..place {
        machine.press(&["down"]).unwrap();
    }
    machine.press(&["ret"]).unwrap();
}

fn with(image: &Path, folder: &Path) -> Machine {
    let hardware = hardware(Some(image), empty(&folder.join("disk")));
    Machine::start(&hardware, &folder.join("machine")).unwrap()
}

/// "Copy to memory": the medium is gone before the window is there.
#[test]
#[ignore = "minutes: tests/run --long"]
fn the_medium_can_be_taken_out_once_it_was_copied() {
    let folder = tempfile::tempdir().unwrap();
    let mut machine = with(&image("moult.iso"), folder.path());
    choose(&mut machine, 2);
    let _ = sees(&mut machine, "copied", Some(&SAID), READ);
    machine.take_out(0).unwrap();
    let _ = sees(&mut machine, "first", None, WINDOW);
    check(&mut machine);
    let _ = sees(&mut machine, "medium-good", Some(&VERDICT), READ);
}

/// "Safe graphics": the same window on the firmware's own frame buffer.
#[test]
#[ignore = "minutes: tests/run --long"]
fn safe_graphics_show_the_same_window() {
    let folder = tempfile::tempdir().unwrap();
    let mut machine = with(&offline(), folder.path());
    choose(&mut machine, 1);
    let _ = sees(&mut machine, "first", None, WINDOW);
}

/// One byte of the image is another.
#[test]
#[ignore = "minutes: tests/run --long"]
fn a_damaged_medium_is_found_in_the_menu_and_in_the_installer() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = damaged(&offline(), folder.path());
    let mut machine = with(&damaged, folder.path());
    // The offline image has no entry that copies.
    choose(&mut machine, 2);
    let _ = sees(&mut machine, "check-damaged", Some(&SAID), READ);
    machine.press(&["ret"]).unwrap();
    let _ = sees(&mut machine, "first", None, WINDOW);
    check(&mut machine);
    let _ = sees(&mut machine, "medium-damaged", Some(&VERDICT), READ);
}

/// A copy of an image whose packed root ends with another byte: after the last that is read, so that it starts all the same.
fn damaged(image: &Path, folder: &Path) -> PathBuf {
    const MAGIC: &[u8] = b"hsqs";
    const SECTOR: usize = 2048;
    let path = folder.join("damaged.iso");
    let _ = fs::copy(image, &path).unwrap();
    let mut file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let (mut sector, mut at) = (vec![0; SECTOR], 0_u64);
    loop {
        file.read_exact(&mut sector).expect("a squashfs in the image");
        if sector.starts_with(MAGIC) {
            break;
        }
        at += SECTOR as u64;
    }
    let used = u64::from_le_bytes(sector[40..48].try_into().unwrap());
    assert_ne!(used % 4096, 0, "no byte of it is unused");
    let _ = file.seek(SeekFrom::Start(at + used)).unwrap();
    file.write_all(&[1]).unwrap();
    path
}
