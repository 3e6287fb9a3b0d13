//! The store end to end: real input under cage, in an installed system, with a signed repository over HTTP that moves.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod bridge;
mod broken;
mod later;
mod leave;
mod opened;
mod past;
mod source;
#[path = "../support/mod.rs"]
mod support;
mod world;

use std::fs;
use std::time::{Duration, Instant};

use moult_tests::lab::desktop::Desktop;
use moult_tests::lab::evdev;
use moult_tests::lab::shop::Shop;
use moult_tests::sample::moving::Advanced;

use world::{APP, LIMIT, ROOT, Wishes, World, do_deed, pictures, until};

#[test]
fn a_person_finds_installs_updates_and_goes_back_in_time() {
    let world = World::new(&Wishes::default());
    let desktop = Desktop::prepare(&world.lab, ROOT).unwrap();
    let screen = desktop.screen("store").unwrap();
    let mut shop = Shop::open(&desktop, &screen, (1280, 800), &[]).unwrap();
    let album = pictures();
    let first = world.state();

    shop.wait_front().unwrap();
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
    do_deed(&mut shop);
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

    let (left_out, others) = leave_one_out(&world, &mut shop, &advanced);
    let content = |package: &Advanced| fs::read(world.path("usr").join(&package.changed)).unwrap_or_default();
    // The release names itself in the file that it changes.
    let is_new = |package: &Advanced| String::from_utf8_lossy(&content(package)).contains(&package.now.0);
    let before: Vec<Vec<u8>> = advanced.iter().map(content).collect();
    let done = shop.ended("done");
    assert!(!shop.press("updates-update").unwrap(), "it was known what changes");
    shop.wait_done(done, LIMIT).unwrap();
    let updated = world.state();
    assert!(updated > installed);
    assert!(!is_new(left_out), "{left_out:?}");
    let old: Vec<_> = others.iter().filter(|package| !is_new(package)).collect();
    assert!(old.is_empty(), "{old:?}");
    // It is offered still.
    let _ = shop.wait(&format!("updates-row-{}", left_out.name)).unwrap();

    // And back, and forth.
    let _ = shop.wait("undo").unwrap();
    let heard = shop.heard();
    shop.click("undo").unwrap();
    let begun = Instant::now();
    let _ = shop
        .wait_job(heard, "is done", LIMIT, |job| job.state == "done")
        .unwrap();
    println!("from pressing Undo to done: {} ms", begun.elapsed().as_millis());
    assert_eq!(world.state(), installed);
    assert_eq!(advanced.iter().map(content).collect::<Vec<_>>(), before);

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
    drop(shop);

    opened::a_link_opens_its_app(&world, &desktop, &screen);
    opened::a_package_file_is_dropped_on_the_window(&world, &desktop, &screen);
    opened::a_package_file_is_reviewed_and_installed(&world, &desktop, &screen);
}

/// Takes an update that no other one needs out of the choice, and gives it and the others.
fn leave_one_out<'a>(
    world: &World,
    shop: &mut Shop<'_>,
    advanced: &'a [Advanced],
) -> (&'a Advanced, Vec<&'a Advanced>) {
    let choose = |package: &Advanced| format!("updates-choose-{}", package.name);
    let others_of = |one: &Advanced| {
        advanced
            .iter()
            .filter(|other| other.name != one.name)
            .collect::<Vec<_>>()
    };
    let is_needed = |one: &Advanced| {
        let others = others_of(one).into_iter().map(|other| other.name.as_str());
        let plan = world.told(&[&["sync", "--dry-run"], &others.collect::<Vec<_>>()[..]].concat());
        let mut packages = plan["packages"].as_array().unwrap().iter();
        packages.any(|package| package["name"] == one.name)
    };
    let _ = shop.wait_any("updates-choose-").unwrap();
    // The list has a row or two more than can be seen.
    let end = shop.wait("updates-update").unwrap().y - 60.0;
    let rows = shop.trace.layout();
    let is_in_sight = |one: &Advanced| rows.iter().any(|row| row.id == choose(one) && row.y + row.h < end);
    let left_out = advanced
        .iter()
        .filter(|one| is_in_sight(one))
        .find(|one| !is_needed(one));
    let left_out = left_out.unwrap();

    shop.click(&choose(left_out)).unwrap();
    shop.picture(&pictures().join("6-one-left-out.png")).unwrap();
    let _ = shop.wait("updates-update").unwrap();
    assert!(shop.can(&choose(left_out)), "something brings it along");
    (left_out, others_of(left_out))
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
    let done = shop.ended("done");
    shop.click("sources-refresh").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    shop.click("go-queue").unwrap();
    shop.wait_screen("queue").unwrap();
    // What was done as it should is only put away; this can be tried again.
    let again = shop.wait_any("queue-again-").unwrap().id;
    shop.picture(&album.join("11-refused.png")).unwrap();
    assert_eq!(world.state(), first);
    let moving = || world.told(&["repo", "list"])["repositories"][0].clone();
    let refused = moving();
    // The sentence that the window shows has these words in it.
    let failure = refused["failure"].as_str().unwrap();
    assert!(
        failure.contains("it is signed by ") && failure.ends_with("which is none of the repository's keys"),
        "{refused}"
    );
    assert_ne!(refused["packages"], 0, "{refused}");
    shop.click("go-sources").unwrap();
    shop.wait_screen("sources").unwrap();
    shop.picture(&album.join("11-refused-source.png")).unwrap();

    // Signed properly again, it is read.
    let _ = world.moving.advance(&[]).unwrap();
    shop.click("go-queue").unwrap();
    shop.wait_screen("queue").unwrap();
    let done = shop.ended("done");
    shop.click(&again).unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    until(&shop, "nothing is to be tried again", |shop| {
        !shop.has_any("queue-again-") && shop.has_any("queue-dismiss-")
    });
    assert_eq!(moving()["failure"], "");

    // What answers the window's questions is killed: that is said, and it can be started again.
    assert_eq!(shop.kill_part("--reader").unwrap(), 1);
    shop.click("try-again").unwrap();
    // It is there again when it says which states there are.
    shop.click("go-history").unwrap();
    let _ = shop.wait("history-room").unwrap();

    // The window dies while it installs: the work goes on without it, and the next window finds nothing left to do.
    world.serve(&["--trickle"]);
    shop.type_over("search", "galculator").unwrap();
    let found = format!("browse-item-{}", APP.1);
    shop.click(&found).unwrap();
    shop.wait_screen("item").unwrap();
    let _ = shop.wait("item-deed").unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let heard = shop.heard();
    do_deed(&mut shop);
    let _ = shop
        .wait_job(heard, "is at work", LIMIT, |job| job.state == "running")
        .unwrap();
    shop.kill().unwrap();
    assert!(!world.has("bin/galculator"), "it was done before");
    assert_eq!(world.state(), first);
    world.serve(&[]);

    shop.start().unwrap();
    let _ = shop.wait("left-over-continue").unwrap();
    // Nobody has told this window to go on.
    until(&shop, "it is installed", |_| world.has("bin/galculator"));
    shop.picture(&album.join("12-left-over.png")).unwrap();
    assert!(shop.can("left-over-continue"));
    assert_eq!(world.state(), first + 1);
    shop.click("left-over-continue").unwrap();
    shop.click("go-queue").unwrap();
    shop.wait_screen("queue").unwrap();
    until(&shop, "there is nothing left to do", |shop| {
        shop.has_any("queue-dismiss-")
    });
    assert!(!shop.has_any("queue-again-") && !shop.has_any("queue-cancel-"));
    assert_eq!(world.state(), first + 1, "it was done once");
    world.assert_whole();

    bridge::a_repository_that_outgrew_this_moult_leads_to_the_newer_one(&world, &mut shop);
}
