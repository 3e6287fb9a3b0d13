//! The keyboard: everything without a pointer, and layouts that switch live, with real key codes and one compositor keymap.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use moult_stone::{EntryKind, Limits, Stone};
use moult_system::target::{Keyboard, Target};
use moult_tests::lab::drive::Choices;
use moult_tests::lab::evdev::{ENTER, SPACE};
use moult_tests::lab::{Kiosk, Options, evdev};
use support::{GIB, configuration, kiosk, sample, small_repository, world};

const LIMIT: Duration = Duration::from_secs(600);

fn small_world() -> (tempfile::TempDir, Options) {
    let folder = tempfile::tempdir().unwrap();
    small_repository(&folder.path().join("repo"));
    let options = Options {
        configuration: Some(configuration("file:///repo/stone.index", 2 * GIB)),
        ..world(&folder.path().join("repo"), &folder.path().join("disk.img"), 4 * GIB)
    };
    (folder, options)
}

fn press(kiosk: &mut Kiosk, id: &str, key: u32) {
    kiosk.tab_to(id).unwrap();
    kiosk.seat().unwrap().key(key).unwrap();
}

fn type_at(kiosk: &mut Kiosk, id: &str, text: &str) {
    kiosk.tab_to(id).unwrap();
    kiosk.seat().unwrap().chord(&[evdev::LEFT_CTRL, evdev::A]).unwrap();
    kiosk.seat().unwrap().type_us(text).unwrap();
}

#[test]
fn a_whole_install_needs_no_pointer() {
    let (_folder, options) = small_world();
    let mut kiosk = kiosk(&options);
    kiosk.wait_screen("welcome").unwrap();
    press(&mut kiosk, "continue", ENTER);
    kiosk.wait_screen("network").unwrap();
    press(&mut kiosk, "continue", ENTER);
    kiosk.wait_screen("disk").unwrap();
    let _ = kiosk.trace.wait_widget("disk-0", LIMIT).unwrap();
    press(&mut kiosk, "disks", SPACE);
    press(&mut kiosk, "continue", SPACE);
    kiosk.wait_screen("account").unwrap();
    // It opens there, whatever had the focus before.
    kiosk.trace.wait_focus("account-full-name", LIMIT).unwrap();
    type_at(&mut kiosk, "account-full-name", "Ada Moult");
    type_at(&mut kiosk, "account-user-name", "ada");
    type_at(&mut kiosk, "account-password", "correct horse 42");
    type_at(&mut kiosk, "account-password-again", "correct horse 42");
    type_at(&mut kiosk, "account-hostname", "serpent");
    press(&mut kiosk, "continue", ENTER);
    kiosk.wait_screen("summary").unwrap();
    let _ = kiosk.wait_widget("confirm").unwrap();
    kiosk.tab_to("confirm").unwrap();
    assert_eq!(kiosk.hold_key(SPACE).unwrap(), "progress");
    let begun = Instant::now();
    while kiosk.trace.wait_screen("done", Duration::from_secs(1)).is_err() {
        assert!(begun.elapsed() < LIMIT, "{}", kiosk.trace.summary());
    }
}

/// The same two passwords, one typed on a us keyboard and one, after a live switch, on a German one: they are equal only
/// if the second was really read in the new layout.
#[test]
fn the_layout_switches_live_in_password_fields() {
    let (_folder, options) = small_world();
    let mut kiosk = kiosk(&options);
    for screen in ["welcome", "network"] {
        kiosk.wait_screen(screen).unwrap();
        kiosk.click("continue").unwrap();
    }
    kiosk.wait_screen("disk").unwrap();
    kiosk.click("disk-0").unwrap();
    kiosk.click("continue").unwrap();
    kiosk.wait_screen("account").unwrap();
    let choices = Choices::default();
    kiosk.type_into("account-full-name", &choices.full_name).unwrap();
    kiosk.type_into("account-password", "yellow zebra 7-3").unwrap();

    // Its button is as wide as the name of the layout.
    let width = |kiosk: &Kiosk| kiosk.wait_widget("keyboard-menu").unwrap().w;
    let before = width(&kiosk);
    kiosk.click("keyboard-menu").unwrap();
    kiosk.trace.wait_focus("keyboard-menu", LIMIT).unwrap();
    kiosk.seat().unwrap().type_us("german\n").unwrap();
    let begun = Instant::now();
    while width(&kiosk) == before {
        assert!(begun.elapsed() < LIMIT, "{}", kiosk.trace.summary());
        std::thread::sleep(Duration::from_millis(20));
    }

    kiosk.type_into("account-password-again", "yellow zebra 7-3").unwrap();
    kiosk.click("continue").unwrap();
    let same = kiosk.trace.wait_screen("summary", Duration::from_secs(3));
    assert!(
        same.is_err(),
        "the layout did not change: y and z, - and / are elsewhere on a German keyboard"
    );

    kiosk.click("account-password-again").unwrap();
    kiosk.seat().unwrap().chord(&[evdev::LEFT_CTRL, evdev::A]).unwrap();
    kiosk.seat().unwrap().type_us("zellow yebra 7/3").unwrap();
    kiosk.click("continue").unwrap();
    kiosk.wait_screen("summary").unwrap();
}

/// Puts the files of a package of the sample system below `share` into a root.
fn unpack(package: &str, share: &str, root: &Path) {
    let repository = sample();
    let limits = Limits::default();
    let index = moult_stone::read_index(&mut File::open(repository.join("stone.index")).unwrap(), &limits).unwrap();
    let found = index.into_iter().find(|found| found.name == package).unwrap();
    let path = repository.join(found.uri.unwrap());
    let mut file = File::open(&path).unwrap();
    let stone = Stone::read(&mut file, &limits).unwrap();
    let mut content = Vec::new();
    let mut reader = stone.content.as_ref().unwrap().decode(file, &limits).unwrap();
    let _ = reader.read_to_end(&mut content).unwrap();
    for entry in &stone.layout {
        let path = String::from_utf8(entry.path.clone()).unwrap();
        if let EntryKind::Regular { digest } = entry.kind
            && path.starts_with(share)
            && let Some(place) = stone.index.iter().find(|place| place.digest == digest)
        {
            let to = root.join("usr").join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            let range = usize::try_from(place.start).unwrap()..usize::try_from(place.end).unwrap();
            fs::write(to, &content[range]).unwrap();
        }
    }
}

/// Layouts and their variants, as xkeyboard-config lists them.
fn layouts() -> Vec<(String, String)> {
    let list = fs::read_to_string("/usr/share/X11/xkb/rules/base.lst").unwrap();
    let (mut section, mut layouts) = ("", Vec::new());
    for line in list.lines() {
        let mut words = line.split_whitespace();
        match (line.strip_prefix("! "), words.next(), words.next()) {
            (Some(name), ..) => section = name,
            (None, Some(layout), _) if section == "layout" && layout != "custom" => {
                layouts.push((layout.to_owned(), String::new()));
            }
            (None, Some(variant), Some(layout)) if section == "variant" => {
                layouts.push((layout.trim_end_matches(':').to_owned(), variant.to_owned()));
            }
            _ => {}
        }
    }
    layouts
}

/// A root with the console keymaps of the sample system, and nothing else.
fn keymaps(folder: &Path) -> Target {
    unpack("console-data", "share/keymaps", folder);
    unpack("systemd", "share/systemd", folder);
    let target = Target::open(folder).unwrap();
    target.prepare().unwrap();
    target
}

#[test]
fn a_layout_that_no_console_keymap_is_called_after_gets_one_that_types_the_same() {
    let root = tempfile::tempdir().unwrap();
    let target = keymaps(root.path());
    for (layout, variant, expected) in [
        ("de", "", Some("de-latin1")),
        ("at", "", Some("de-latin1")),
        ("at", "nodeadkeys", Some("de-latin1-nodeadkeys")),
        ("au", "", Some("us")),
        ("cm", "dvorak", Some("dvorak")),
        // Called after a keymap that types something else.
        ("de", "us", Some("us")),
        ("fr", "bepo", Some("dvorak-fr-bepo-utf8")),
        // Letters that none of them has.
        ("ge", "", None),
    ] {
        let named = target.write_keyboard(&Keyboard::new(layout, variant)).unwrap();
        assert_eq!(named.as_deref(), expected, "{layout} {variant}");
    }
}

/// All of them, with all variants, in the order of xkeyboard-config.
#[test]
#[ignore = "half a minute, and says what is so: --ignored --nocapture"]
fn which_layouts_have_a_console_keymap() {
    let root = tempfile::tempdir().unwrap();
    let target = keymaps(root.path());
    let (all, mut none) = (layouts(), 0);
    for (layout, variant) in &all {
        let named = target.write_keyboard(&Keyboard::new(layout, variant)).unwrap();
        none += usize::from(named.is_none());
        println!("{layout} {variant}: {}", named.as_deref().unwrap_or("-"));
    }
    println!("{none} of {} have none", all.len());
    assert!(none * 2 < all.len());
}
