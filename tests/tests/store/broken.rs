//! What breaks in the middle of a change: the disk is full, the server goes away, what changes the system dies.

use std::time::{Duration, Instant};

use moult_tests::lab::desktop::Desktop;
use moult_tests::lab::shop::Shop;
use moult_tests::lab::{JobLine, User};

use crate::world::{APP, LIMIT, ROOT, Wishes, World, pictures, press_deed, until};

/// An app that takes some seconds to come over a slow line.
const LARGE: (&str, &str) = ("geany", "geany.desktop");
/// Room for the system and some changes of it.
const DISK: u64 = 3 << 30;
/// Free bytes that are too few for [`LARGE`], and enough for what is not about it.
const LEFT: u64 = 2 << 20;
/// A download is not over before something happens to it.
const SLOW: &[&str] = &["--trickle"];
/// Bytes that are here when somebody pauses.
const PAUSED: u64 = 500_000;

#[test]
fn what_breaks_in_the_middle_is_said_and_the_next_try_works() {
    let world = World::new(&Wishes {
        disk: Some(DISK),
        ..Wishes::default()
    });
    let desktop = Desktop::prepare(&world.lab, ROOT).unwrap();
    let screen = desktop.screen("store").unwrap();
    let mut shop = Shop::open(&desktop, &screen, (1280, 800), &[]).unwrap();
    shop.wait_front().unwrap();

    a_full_disk_is_said_before_the_first_byte(&world, &mut shop);
    what_is_cancelled_changes_nothing(&world, &mut shop);
    a_pause_keeps_what_was_downloaded(&world, &mut shop);
    a_download_goes_on_when_the_server_is_back(&world, &mut shop);
    a_writer_that_is_killed_leaves_the_old_state_or_the_new_one(&world, &mut shop);
}

fn is_running(phase: &str) -> impl Fn(&JobLine) -> bool {
    move |job| job.state == "running" && job.phase == phase
}

/// Presses "Try again" of what failed.
fn try_again(shop: &mut Shop<'_>) {
    let again = shop.wait_any("queue-again-").unwrap().id;
    shop.click(&again).unwrap();
    until(shop, "it is tried again", |shop| !shop.has(&again));
}

fn a_full_disk_is_said_before_the_first_byte(world: &World, shop: &mut Shop<'_>) {
    let filler = format!("{ROOT}/home/filler");
    let room = rustix::fs::statvfs(world.path("")).unwrap();
    let size = (room.f_bavail * room.f_frsize - LEFT).to_string();
    world
        .lab
        .run(User::Root, "fallocate", &["--length", &size, &filler])
        .unwrap();
    let (before, asked) = (world.state(), packages_asked(world).len());

    let heard = shop.heard();
    press_deed(shop, LARGE.0, LARGE.1);
    let failed = shop
        .wait_job(heard, "failed", LIMIT, |job| job.state == "failed")
        .unwrap();
    assert_eq!(failed.trouble, "disk-full");
    shop.picture(&pictures().join("14-disk-full.png")).unwrap();
    shop.click("failed-more").unwrap();
    shop.wait_screen("queue").unwrap();
    shop.picture(&pictures().join("15-disk-full-queue.png")).unwrap();

    assert_eq!(world.state(), before);
    assert_eq!(packages_asked(world).len(), asked, "a package was asked for");
    assert!(!world.has("bin/geany"));
    world.lab.run(User::Root, "rm", &[&filler]).unwrap();
}

fn what_is_cancelled_changes_nothing(world: &World, shop: &mut Shop<'_>) {
    let before = world.state();
    world.serve(SLOW);
    let heard = shop.heard();
    try_again(shop);
    wait_downloaded(world, shop, PAUSED);
    let cancel = shop.wait_any("queue-cancel-").unwrap().id;
    shop.click(&cancel).unwrap();
    let _ = shop
        .wait_job(heard, "is cancelled", LIMIT, |job| job.state == "cancelled")
        .unwrap();
    // Nothing is at work or waits: it is said to be cancelled, and can be tried again or put away.
    let entry = cancel.replace("cancel", "again");
    until(shop, "it can be tried again", |shop| shop.can(&entry));
    shop.picture(&pictures().join("15-cancelled.png")).unwrap();
    assert!(shop.can(&cancel.replace("cancel", "dismiss")));
    assert!(!shop.has(&cancel) && !shop.has("queue-pause") && !shop.has("failed-more"));
    assert_eq!(world.state(), before);
    assert!(!world.has("bin/geany"));
    println!("{} bytes of what was cancelled are kept", downloaded(world));
    world.assert_whole();
}

fn a_pause_keeps_what_was_downloaded(world: &World, shop: &mut Shop<'_>) {
    world.serve(SLOW);
    let heard = shop.heard();
    try_again(shop);
    wait_downloaded(world, shop, PAUSED);
    shop.click("queue-pause").unwrap();
    let _ = shop
        .wait_job(heard, "is paused", LIMIT, |job| job.state == "cancelled")
        .unwrap();
    shop.picture(&pictures().join("15-paused.png")).unwrap();
    assert!(downloaded(world) >= PAUSED, "it was thrown away");
}

fn wait_downloaded(world: &World, shop: &Shop<'_>, bytes: u64) {
    let begun = Instant::now();
    while downloaded(world) < bytes {
        assert!(begun.elapsed() < LIMIT, "{}", shop.said());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Bytes of packages that are here, and not unpacked.
fn downloaded(world: &World) -> u64 {
    let folder = world.path(".moult/downloads").read_dir().unwrap();
    folder
        .map(|file| file.unwrap().metadata().map_or(0, |file| file.len()))
        .sum()
}

/// Goes on with what was paused.
fn a_download_goes_on_when_the_server_is_back(world: &World, shop: &mut Shop<'_>) {
    let before = world.state();
    world.serve(SLOW);
    let (heard, asked) = (shop.heard(), packages_asked(world).len());
    let here = downloaded(world);
    shop.click("queue-pause").unwrap();
    wait_downloaded(world, shop, here + 1);
    world.stop_serving();
    let waits = shop
        .wait_job(heard, "waits for the server", LIMIT, |job| {
            job.state == "running" && job.trouble == "repository-unreachable"
        })
        .unwrap();
    assert_eq!(waits.phase, "fetch");
    let gone_on = packages_asked(world).split_off(asked);
    assert!(
        gone_on.iter().any(|request| request.contains(" bytes=")),
        "nothing of what was paused was gone on with: {gone_on:?}"
    );
    shop.picture(&pictures().join("16-server-away.png")).unwrap();
    assert_eq!(world.state(), before);

    world.serve(&[]);
    let done = shop
        .wait_job(heard, "is done", LIMIT, |job| {
            job.state == "done" || job.state == "failed"
        })
        .unwrap();
    assert_eq!(done.state, "done");
    assert_eq!(done.trouble, "none");
    shop.picture(&pictures().join("17-server-back.png")).unwrap();
    assert!(world.has("bin/geany"));
    let asked = packages_asked(world).split_off(asked);
    assert!(
        asked.iter().any(|request| request.contains(" bytes=")),
        "nothing was gone on with: {asked:?}"
    );
}

fn a_writer_that_is_killed_leaves_the_old_state_or_the_new_one(world: &World, shop: &mut Shop<'_>) {
    let before = world.state();
    world.serve(SLOW);
    let heard = shop.heard();
    press_deed(shop, APP.0, APP.1);
    let _ = shop
        .wait_job(heard, "brings the packages", LIMIT, is_running("fetch"))
        .unwrap();
    assert_eq!(shop.kill_part("--store").unwrap(), 1);
    world.serve(&[]);
    let _ = shop.wait("failed-more").unwrap();
    assert_eq!(world.state(), before);
    assert!(!world.has("bin/galculator"));
    shop.click("failed-more").unwrap();
    shop.wait_screen("queue").unwrap();
    shop.picture(&pictures().join("18-writer-killed.png")).unwrap();

    // Once more, and killed about when the new system takes the place of the old one.
    let heard = shop.heard();
    try_again(shop);
    let _ = shop
        .wait_job(heard, "puts the new system in place", LIMIT, is_running("activate"))
        .unwrap();
    // That takes a moment only: it may be over already, and the one who did it gone.
    let killed = shop.kill_part("--store").unwrap();
    let is_done = |shop: &Shop<'_>| shop.trace.jobs().iter().skip(heard).any(|job| job.state == "done");
    until(shop, "it is over", |shop| is_done(shop) || shop.has_any("queue-again-"));
    shop.picture(&pictures().join("19-writer-killed-late.png")).unwrap();
    let is_new = world.state() > before;
    println!(
        "{killed} killed while it was put in place: the {} state",
        if is_new { "new" } else { "old" }
    );
    assert_eq!(world.has("bin/galculator"), is_new);
    if is_done(shop) {
        assert!(is_new);
        world.assert_whole();
        return;
    }

    try_again(shop);
    let begun = std::time::Instant::now();
    while !world.has("bin/galculator")
        || shop
            .trace
            .layout()
            .iter()
            .any(|found| found.id.starts_with("queue-again-"))
    {
        assert!(begun.elapsed() < LIMIT, "{}", shop.said());
        std::thread::sleep(Duration::from_millis(100));
    }
    shop.picture(&pictures().join("20-done-at-last.png")).unwrap();
    assert!(world.state() > before);
    world.assert_whole();
}

/// The requests for packages so far, or for the rest of one. Who only looks at what a package would change asks for a piece of
/// it, with an end; that is none of these.
fn packages_asked(world: &World) -> Vec<String> {
    let mut asked = world.requests();
    asked.retain(|request| request.contains(".stone") && !request.contains("stone.index"));
    asked.retain(|request| !request.contains(" bytes=") || request.ends_with('-'));
    asked
}
