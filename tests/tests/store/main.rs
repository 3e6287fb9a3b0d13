//! The store end to end: real input under cage, in an installed system, with a signed repository over HTTP that moves.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod bridge;
mod broken;
mod later;
#[path = "../support/mod.rs"]
mod support;
mod world;

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use moult_tests::lab::desktop::Desktop;
use moult_tests::lab::shop::Shop;
use moult_tests::lab::{User, evdev};

use world::{APP, LIMIT, ROOT, Wishes, World, pictures};

#[test]
fn a_person_finds_installs_updates_and_goes_back_in_time() {
    let world = World::new(&Wishes::default());
    let desktop = Desktop::prepare(&world.lab, ROOT).unwrap();
    let screen = desktop.screen("store").unwrap();
    let mut shop = Shop::open(&desktop, &screen, (1280, 800), &[]).unwrap();
    let album = pictures();
    let first = world.state();

    shop.wait_screen("explore").unwrap();
    let _ = shop.wait_any("explore-featured-").unwrap();
    shop.picture(&album.join("1-explore.png")).unwrap();

    // One letter too few, and one of them another.
    shop.type_over("search", "galculatr").unwrap();
    shop.wait_screen("browse").unwrap();
    let found = format!("browse-item-{}", APP.1);
    let _ = shop.wait(&found).unwrap();
    shop.picture(&album.join("2-search.png")).unwrap();
    shop.click(&found).unwrap();
    shop.wait_screen("item").unwrap();
    let _ = shop.wait("item-deed").unwrap();
    shop.picture(&album.join("3-app.png")).unwrap();
    assert!(!world.has("bin/galculator"));

    let done = shop.ended("done");
    shop.click("item-deed").unwrap();
    // Who presses before it is known what comes along is shown it first.
    if shop.trace.wait_screen("review", Duration::from_secs(2)).is_ok() {
        shop.click("review-approve").unwrap();
    }
    shop.wait_done(done, LIMIT).unwrap();
    let _ = shop.wait("undo").unwrap();
    assert!(world.has("bin/galculator"), "it is not installed");
    let installed = world.state();
    assert!(installed > first);
    shop.picture(&album.join("4-installed.png")).unwrap();

    // The repository moves on, and is asked.
    let chosen = world.moving.smallest(30).unwrap();
    let advanced = world.moving.advance(&chosen).unwrap();
    assert_eq!(advanced.len(), 30);
    shop.click("go-updates").unwrap();
    shop.wait_screen("updates").unwrap();
    let done = shop.ended("done");
    shop.click("updates-check").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    let _ = shop.wait("updates-update").unwrap();
    shop.picture(&album.join("5-updates.png")).unwrap();
    shop.click("updates-files").unwrap();
    let _ = shop.wait_any("files").unwrap();
    shop.picture(&album.join("6-difference.png")).unwrap();
    shop.key(evdev::ESC).unwrap();

    let changed = advanced.iter().find(|package| world.has(&package.changed)).unwrap();
    let content = |path: &str| fs::read(world.path("usr").join(path)).unwrap();
    let before = content(&changed.changed);
    let done = shop.ended("done");
    shop.click("updates-update").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    let updated = world.state();
    assert!(updated > installed);
    assert_ne!(content(&changed.changed), before, "{}", changed.name);

    // And back, and forth.
    let done = shop.ended("done");
    shop.click("undo").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert_eq!(world.state(), installed);
    assert_eq!(content(&changed.changed), before);

    shop.click("go-history").unwrap();
    shop.wait_screen("history").unwrap();
    let _ = shop.wait("history-redo").unwrap();
    shop.picture(&album.join("7-history.png")).unwrap();
    let done = shop.ended("done");
    shop.click("history-redo").unwrap();
    shop.click("history-go").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert_eq!(world.state(), updated);

    for (section, name) in [
        ("installed", "8-installed"),
        ("sources", "9-sources"),
        ("queue", "10-queue"),
    ] {
        shop.click(&format!("go-{section}")).unwrap();
        shop.wait_screen(section).unwrap();
        std::thread::sleep(Duration::from_secs(1));
        shop.picture(&album.join(format!("{name}.png"))).unwrap();
    }
}

#[test]
fn what_goes_wrong_is_said_and_nothing_is_lost() {
    let world = World::new(&Wishes::default());
    let desktop = Desktop::prepare(&world.lab, ROOT).unwrap();
    let screen = desktop.screen("store").unwrap();
    let mut shop = Shop::open(&desktop, &screen, (1280, 800), &[]).unwrap();
    let album = pictures();
    let first = world.state();

    // A list that somebody else signed is refused, in words; what was known before stays.
    world.moving.sign_by_a_stranger().unwrap();
    shop.wait_screen("explore").unwrap();
    shop.click("go-sources").unwrap();
    shop.wait_screen("sources").unwrap();
    shop.click("sources-refresh").unwrap();
    let _ = shop.wait_any("go-queue").unwrap();
    shop.click("go-queue").unwrap();
    shop.wait_screen("queue").unwrap();
    shop.picture(&album.join("11-refused.png")).unwrap();
    assert_eq!(world.state(), first);
    let listed: serde_json::Value = serde_json::from_str(&world.moultctl(&["--json", "repo", "list"])).unwrap();
    let moving = &listed["repositories"][0];
    assert!(
        moving["failure"].as_str().is_some_and(|failure| !failure.is_empty()),
        "{moving}"
    );
    assert_ne!(moving["packages"], 0, "{moving}");

    // What answers the window's questions is killed: that is said, and it can be started again.
    assert_eq!(shop.kill_part("--reader").unwrap(), 1);
    shop.click("try-again").unwrap();

    // The window dies while it installs: the work goes on, and the next window finds out.
    let _ = world.moving.advance(&[]).unwrap();
    shop.type_over("search", "galculator").unwrap();
    let found = format!("browse-item-{}", APP.1);
    shop.click(&found).unwrap();
    shop.wait_screen("item").unwrap();
    let _ = shop.wait("item-deed").unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let before = shop.trace.jobs().len();
    shop.click("item-deed").unwrap();
    if shop.trace.wait_screen("review", Duration::from_secs(1)).is_ok() {
        shop.click("review-approve").unwrap();
    }
    let begun = std::time::Instant::now();
    while shop.trace.jobs().len() == before && begun.elapsed() < LIMIT {
        std::thread::sleep(Duration::from_millis(5));
    }
    shop.kill().unwrap();

    shop.start().unwrap();
    let _ = shop.wait("left-over-continue").unwrap();
    shop.picture(&album.join("12-left-over.png")).unwrap();
    shop.click("left-over-continue").unwrap();
    let begun = std::time::Instant::now();
    while !world.has("bin/galculator") {
        assert!(begun.elapsed() < LIMIT, "{}", shop.said());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(world.state(), first + 1, "it was done once");
    let verified = world.moultctl(&["--json", "state", "verify"]);
    let verified: serde_json::Value = serde_json::from_str(&verified).unwrap();
    assert_eq!(verified["damage"], serde_json::json!([]), "{verified}");

    bridge::a_repository_that_outgrew_this_moult_leads_to_the_newer_one(&world, &mut shop);
}

#[test]
fn without_a_desktop_the_store_asks_for_the_password_itself() {
    const PASSWORD: &str = "correct horse 42";
    let world = World::new(&Wishes {
        asks: true,
        ..Wishes::default()
    });
    let desktop = Desktop::prepare(&world.lab, ROOT).unwrap();
    let mut chpasswd = world
        .lab
        .command(User::Root, "chroot", &[ROOT, "/usr/sbin/chpasswd"])
        .unwrap();
    let mut chpasswd = chpasswd.stdin(Stdio::piped()).spawn().unwrap();
    let line = format!("root:{PASSWORD}\n");
    chpasswd.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    assert!(chpasswd.wait().unwrap().success());
    let screen = desktop.screen("store").unwrap();
    let mut shop = Shop::open(&desktop, &screen, (1280, 800), &[]).unwrap();
    let album = pictures();

    shop.wait_screen("explore").unwrap();
    shop.type_over("search", "galculator").unwrap();
    shop.click(&format!("browse-item-{}", APP.1)).unwrap();
    shop.wait_screen("item").unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let done = shop.ended("done");
    shop.click("item-deed").unwrap();
    if shop.trace.wait_screen("review", Duration::from_secs(1)).is_ok() {
        shop.click("review-approve").unwrap();
    }
    shop.wait_screen("authenticate").unwrap();
    // What another desktop's prompt would show: the command that waits for leave.
    let told = support::processes_below(std::process::id())
        .iter()
        .filter_map(|process| fs::read_to_string(process.join("cmdline")).ok())
        .find(|line| line.starts_with("/usr/bin/pkexec\0"))
        .unwrap();
    let told: Vec<&str> = told.trim_end_matches('\0').split('\0').collect();
    assert_eq!(told[2..4], ["--store", "--plan"], "{told:?}");
    assert!(told[4].contains("(+ ") && told[4].contains("galculator"), "{told:?}");
    shop.click("authenticate-details").unwrap();
    shop.type_over("authenticate-password", "not the password\n").unwrap();
    std::thread::sleep(Duration::from_secs(4));
    shop.picture(&album.join("13-password.png")).unwrap();
    assert!(!world.has("bin/galculator"));
    assert_eq!(shop.trace.screen().as_deref(), Some("authenticate"));
    shop.type_over("authenticate-password", &format!("{PASSWORD}\n"))
        .unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert!(world.has("bin/galculator"));
    assert!(!shop.said().contains(PASSWORD));
}
