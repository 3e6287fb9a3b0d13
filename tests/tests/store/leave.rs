//! Where no desktop asks for a password, the window does: once for each change, or once for some minutes where polkit's rules say so.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use moult_tests::lab::desktop::Desktop;
use moult_tests::lab::shop::Shop;
use moult_tests::lab::{Shot, User, Widget, evdev};

use crate::world::{APP, LIMIT, ROOT, Wishes, World, do_deed, pictures, press_deed, until};

const PASSWORD: &str = "correct horse 42";
/// What a session that logind knows as active gets without a rule. There is no logind here.
const KEEP: &str = r#"polkit.addRule(function(action, subject) {
    if (action.id == "org.moult.store") {
        return polkit.Result.AUTH_ADMIN_KEEP;
    }
});
"#;
/// How the theme writes what is wrong, and what deserves care.
const DANGER: [u8; 3] = [0xa5, 0x26, 0x1b];
const WARN: [u8; 3] = [0x7a, 0x4e, 0x00];

#[test]
fn without_a_desktop_the_store_asks_for_the_password_itself() {
    let world = World::new(&Wishes {
        asks: true,
        ..Wishes::default()
    });
    let desktop = Desktop::prepare(&world.lab, ROOT).unwrap();
    give_root_a_password(&world);
    let screen = desktop.screen("store").unwrap();
    let mut shop = Shop::open(&desktop, &screen, (1280, 800), &[]).unwrap();
    let album = pictures();

    // What is typed before the reader is there is looked for once it is.
    shop.wait_screen("explore").unwrap();
    let done = shop.ended("done");
    press_deed(&mut shop, APP.0, APP.1);
    shop.wait_screen("authenticate").unwrap();
    assert_told(&world, &["(+ ", "galculator"]);
    shop.click("authenticate-details").unwrap();
    shop.type_over("authenticate-password", "not the password\n").unwrap();
    let note = below(&shop.wait("authenticate-password").unwrap());
    until(&shop, "it is refused", |shop| {
        shop.can("authenticate-continue") && count(&shop.shot().unwrap(), &note, DANGER) > 20
    });
    shop.picture(&album.join("13-password.png")).unwrap();
    assert!(!world.has("bin/galculator"));
    assert_eq!(shop.trace.screen().as_deref(), Some("authenticate"));
    shop.type_over("authenticate-password", &format!("{PASSWORD}\n"))
        .unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert!(world.has("bin/galculator"));

    // Nobody is asked for less because somebody was asked before.
    let done = press(&mut shop, "undo");
    shop.wait_screen("authenticate").unwrap();
    caps_lock_is_said(&mut shop);
    agree(&mut shop);
    shop.wait_done(done, LIMIT).unwrap();
    assert!(!world.has("bin/galculator"));

    one_password_lasts_for_the_next_change(&world, &mut shop);
    another_window_is_asked_again_and_may_say_no(&world, &mut shop);
    assert!(!shop.said().contains(PASSWORD));
}

fn give_root_a_password(world: &World) {
    let mut chpasswd = world
        .lab
        .command(User::Root, "chroot", &[ROOT, "/usr/sbin/chpasswd"])
        .unwrap();
    let mut chpasswd = chpasswd.stdin(Stdio::piped()).spawn().unwrap();
    let line = format!("root:{PASSWORD}\n");
    chpasswd.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    assert!(chpasswd.wait().unwrap().success());
}

/// What another desktop's prompt would show: the command that waits for leave.
fn assert_told(world: &World, words: &[&str]) {
    let told = fs::read_dir(world.lab.path("/proc"))
        .unwrap()
        .flatten()
        .filter_map(|process| fs::read_to_string(process.path().join("cmdline")).ok())
        .find(|line| line.starts_with("/usr/bin/pkexec\0"))
        .unwrap();
    let told: Vec<&str> = told.trim_end_matches('\0').split('\0').collect();
    assert_eq!(told[2..4], ["--store", "--plan"], "{told:?}");
    assert!(words.iter().all(|word| told[4].contains(word)), "{told:?}");
}

/// Presses a button; gives how many jobs were done before.
fn press(shop: &mut Shop<'_>, id: &str) -> usize {
    let done = shop.ended("done");
    shop.click(id).unwrap();
    done
}

fn agree(shop: &mut Shop<'_>) {
    shop.type_over("authenticate-password", &format!("{PASSWORD}\n"))
        .unwrap();
}

fn one_password_lasts_for_the_next_change(world: &World, shop: &mut Shop<'_>) {
    fs::write(world.lab.path("/etc/polkit-1/rules.d/40-keep.rules"), KEEP).unwrap();
    // polkit reads it when it hears of it.
    until(shop, "a password lasts", |_| lasts(world));

    // Only what is installed can go: the page shows the system as it is now.
    until(shop, "it is to be installed", |shop| {
        shop.can("item-deed") && !shop.has("item-remove")
    });
    let done = shop.ended("done");
    do_deed(shop);
    shop.wait_screen("authenticate").unwrap();
    agree(shop);
    shop.wait_done(done, LIMIT).unwrap();
    assert!(world.has("bin/galculator"));

    // What can be undone is the last change by now, and not the one before.
    let _ = shop.wait("item-remove").unwrap();
    let asked = shop.trace.screens().len();
    let done = press(shop, "undo");
    shop.wait_done(done, LIMIT).unwrap();
    assert!(!world.has("bin/galculator"));
    let since = shop.trace.screens().split_off(asked);
    assert!(since.iter().all(|screen| screen != "authenticate"), "{since:?}");
}

/// Whether polkit asks once for some minutes.
fn lasts(world: &World) -> bool {
    let ask = "pkcheck --action-id org.moult.store --process $$";
    let said = world.lab.try_run(User::Live, "/bin/sh", &["-c", ask]).unwrap();
    String::from_utf8_lossy(&said.stdout).contains("retains_authorization_after_challenge")
}

fn another_window_is_asked_again_and_may_say_no(world: &World, shop: &mut Shop<'_>) {
    let before = world.state();
    shop.kill().unwrap();
    shop.start().unwrap();
    shop.wait_front().unwrap();
    press_deed(shop, APP.0, APP.1);
    shop.wait_screen("authenticate").unwrap();
    shop.click("authenticate-cancel").unwrap();
    shop.wait_screen("item").unwrap();
    let _ = shop.wait("failed-more").unwrap();
    shop.picture(&pictures().join("13-refused.png")).unwrap();
    assert_eq!(world.state(), before);
    assert!(!world.has("bin/galculator"));
}

/// The sentence below the field and the arrow in it are there as long as Caps Lock is on, and no longer.
fn caps_lock_is_said(shop: &mut Shop<'_>) {
    let field = shop.wait("authenticate-password").unwrap();
    let layout = shop.wait("authenticate-password-layout").unwrap();
    let note = below(&field);
    let arrow = Widget {
        x: field.x + field.w,
        w: layout.x - field.x - field.w,
        ..field
    };
    let is_said = |shop: &Shop<'_>| {
        let shot = shop.shot().unwrap();
        (count(&shot, &note, DANGER) > 20, count(&shot, &arrow, WARN) > 20)
    };

    assert_eq!(is_said(shop), (false, false));
    shop.key(evdev::CAPS_LOCK).unwrap();
    until(shop, "Caps Lock is said", |shop| is_said(shop) == (true, true));
    shop.picture(&pictures().join("13-caps-lock.png")).unwrap();
    shop.key(evdev::CAPS_LOCK).unwrap();
    until(shop, "it is off", |shop| is_said(shop) == (false, false));
}

/// Where the line below a field is.
fn below(field: &Widget) -> Widget {
    Widget {
        y: field.y + field.h,
        h: 28.0,
        ..field.clone()
    }
}

/// Pixels of about a colour in a place.
fn count(shot: &Shot, place: &Widget, colour: [u8; 3]) -> usize {
    let pixels = |from: f64, length: f64| from.max(0.0) as usize..(from + length).max(0.0) as usize;
    pixels(place.y, place.h)
        .flat_map(|y| pixels(place.x, place.w).map(move |x| (x, y)))
        .filter_map(|(x, y)| shot.at(x, y))
        .filter(|pixel| pixel.iter().zip(colour).all(|(one, other)| one.abs_diff(other) < 40))
        .count()
}
