//! The keyboard: everything without a pointer, and layouts that switch live, with real key codes and one compositor keymap.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::time::{Duration, Instant};

use moult_tests::lab::drive::{Choices, HELD};
use moult_tests::lab::evdev::{ENTER, SPACE, TAB};
use moult_tests::lab::{Kiosk, Options, evdev};
use support::{GIB, configuration, kiosk, small_repository, world};

const LIMIT: Duration = Duration::from_secs(60);

fn small_world() -> (tempfile::TempDir, Options) {
    let folder = tempfile::tempdir().unwrap();
    small_repository(&folder.path().join("repo"));
    let options = Options {
        configuration: Some(configuration("file:///repo/stone.index", 2 * GIB)),
        ..world(&folder.path().join("repo"), &folder.path().join("disk.img"), 4 * GIB)
    };
    (folder, options)
}

/// Presses Tab until the widget has the focus.
fn tab_to(kiosk: &mut Kiosk, id: &str) {
    for _ in 0..40 {
        if kiosk.trace.wait_focus(id, Duration::from_millis(400)).is_ok() {
            return;
        }
        kiosk.seat().unwrap().key(TAB).unwrap();
    }
    panic!("no way to {id} by Tab: {}", kiosk.trace.summary());
}

fn press(kiosk: &mut Kiosk, id: &str, key: u32) {
    tab_to(kiosk, id);
    kiosk.seat().unwrap().key(key).unwrap();
}

fn type_at(kiosk: &mut Kiosk, id: &str, text: &str) {
    tab_to(kiosk, id);
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
    type_at(&mut kiosk, "account-full-name", "Ada Moult");
    type_at(&mut kiosk, "account-user-name", "ada");
    type_at(&mut kiosk, "account-password", "correct horse 42");
    type_at(&mut kiosk, "account-password-again", "correct horse 42");
    type_at(&mut kiosk, "account-hostname", "serpent");
    press(&mut kiosk, "continue", ENTER);
    kiosk.wait_screen("summary").unwrap();
    let _ = kiosk.wait_widget("confirm").unwrap();
    tab_to(&mut kiosk, "confirm");
    kiosk.seat().unwrap().hold_key(SPACE, HELD).unwrap();
    kiosk.wait_screen("progress").unwrap();
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

    kiosk.click("keyboard-menu").unwrap();
    std::thread::sleep(Duration::from_millis(400));
    kiosk.seat().unwrap().type_us("german").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    kiosk.seat().unwrap().key(ENTER).unwrap();
    std::thread::sleep(Duration::from_millis(300));

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
