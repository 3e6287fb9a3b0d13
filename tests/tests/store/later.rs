//! What a person does with a system that has a past: runs what was installed, holds a package, goes to a state of two days
//! ago and comes back, removes a program and frees the room that it took.

use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use moult_tests::lab::desktop::Desktop;
use moult_tests::lab::shop::Shop;
use moult_tests::lab::{Shot, User};
use moult_tests::sample::moving::Advanced;

use crate::world::{APP, LIMIT, ROOT, Wishes, World, pictures, press_deed};
use crate::{past, source};

const TWO_DAYS: i64 = 2 * 24 * 60 * 60;
/// An app that was there two days ago.
const OLD: &str = "l3afpad";

#[test]
fn a_person_runs_holds_goes_two_days_back_removes_and_frees_room() {
    let world = World::new(&Wishes::default());
    let two_days_ago = {
        world.moultctl(&["install", OLD]);
        let then = world.state();
        made_before(&world, then, TWO_DAYS);
        world.moultctl(&["remove", OLD]);
        then
    };
    let desktop = Desktop::prepare(&world.lab, ROOT).unwrap();
    let screen = desktop.screen("store").unwrap();
    let mut shop = Shop::open(&desktop, &screen, (1280, 800), &[]).unwrap();
    shop.wait_front().unwrap();

    what_was_installed_runs(&world, &mut shop);
    what_is_held_stays_until_it_is_let_go(&world, &mut shop);
    one_can_go_to_a_state_of_two_days_ago_and_come_back(&world, &mut shop, two_days_ago);
    past::a_state_is_named_kept_and_compared(&world, &mut shop, two_days_ago);
    what_is_removed_gives_its_room_back(&world, &mut shop);
    source::a_source_that_was_removed_comes_back_as_it_was(&world, &mut shop);
}

/// Makes the states up to this one so many seconds older.
fn made_before(world: &World, last: u64, seconds: i64) {
    let database = rusqlite::Connection::open(world.database()).unwrap();
    let last = i64::try_from(last).unwrap();
    let changed = database
        .execute(
            "UPDATE states SET created = created - ?1 WHERE id <= ?2",
            [seconds, last],
        )
        .unwrap();
    assert_eq!(changed, usize::try_from(last).unwrap());
}

fn what_was_installed_runs(world: &World, shop: &mut Shop<'_>) {
    let done = shop.ended("done");
    press_deed(shop, APP.0, APP.1);
    shop.wait_done(done, LIMIT).unwrap();
    // Only what is installed can go: the page shows the system as it is now.
    let _ = shop.wait("item-remove").unwrap();
    assert_eq!(running(world, APP.0), Vec::<u32>::new());
    let before = shop.shot().unwrap();

    shop.click("item-deed").unwrap();
    let begun = std::time::Instant::now();
    while running(world, APP.0).is_empty() || differing(&before, &shop.shot().unwrap()) < 0.2 {
        assert!(begun.elapsed() < LIMIT, "no window came: {}", shop.said());
        sleep(Duration::from_millis(200));
    }
    sleep(Duration::from_secs(1));
    shop.picture(&pictures().join("21-runs.png")).unwrap();

    for pid in running(world, APP.0) {
        world.lab.run(User::Root, "kill", &[&pid.to_string()]).unwrap();
    }
    let begun = std::time::Instant::now();
    while differing(&before, &shop.shot().unwrap()) > 0.05 {
        assert!(begun.elapsed() < LIMIT, "the store did not come back");
        sleep(Duration::from_millis(200));
    }
}

fn what_is_held_stays_until_it_is_let_go(world: &World, shop: &mut Shop<'_>) {
    let chosen = world.moving.smallest(3).unwrap();
    let mut advanced = world.moving.advance(&chosen).unwrap();
    advanced.sort_by(|one, other| one.name.cmp(&other.name));
    let (held, others) = advanced.split_first().unwrap();
    // The release names itself in the file that it changes.
    let is_new = |package: &Advanced| {
        let content = std::fs::read(world.path("usr").join(&package.changed)).unwrap_or_default();
        String::from_utf8_lossy(&content).contains(&package.now.0)
    };

    shop.click("go-updates").unwrap();
    shop.wait_screen("updates").unwrap();
    let done = shop.ended("done");
    shop.click("updates-check").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    shop.click(&format!("updates-row-{}", held.name)).unwrap();
    let _ = shop.wait("updates-hold").unwrap();
    shop.picture(&pictures().join("22-to-hold.png")).unwrap();
    shop.click("updates-hold").unwrap();
    let let_go = format!("updates-let-go-{}", held.name);
    let _ = shop.wait(&let_go).unwrap();
    shop.picture(&pictures().join("23-held.png")).unwrap();

    let done = shop.ended("done");
    assert!(!shop.press("updates-update").unwrap(), "it was known what changes");
    shop.wait_done(done, LIMIT).unwrap();
    assert!(others.iter().all(is_new));
    assert!(!is_new(held), "{held:?}");
    let _ = shop.wait(&let_go).unwrap();
    sleep(Duration::from_secs(1));
    shop.picture(&pictures().join("24-stays-behind.png")).unwrap();

    shop.click(&let_go).unwrap();
    let _ = shop.wait(&format!("updates-row-{}", held.name)).unwrap();
    let done = shop.ended("done");
    assert!(!shop.press("updates-update").unwrap(), "it was known what changes");
    shop.wait_done(done, LIMIT).unwrap();
    assert!(is_new(held));
}

fn one_can_go_to_a_state_of_two_days_ago_and_come_back(world: &World, shop: &mut Shop<'_>, then: u64) {
    let now = world.state();
    shop.click("go-history").unwrap();
    shop.wait_screen("history").unwrap();
    shop.click_part(&format!("history-state-{then}")).unwrap();
    let _ = shop.wait("history-go").unwrap();
    shop.picture(&pictures().join("25-two-days-ago.png")).unwrap();
    let done = shop.ended("done");
    shop.click("history-go").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert_eq!(world.state(), then);
    assert!(world.has("bin/l3afpad") && !world.has("bin/galculator"));
    let _ = shop.wait("undo").unwrap();
    shop.picture(&pictures().join("26-gone-back.png")).unwrap();

    let done = shop.ended("done");
    shop.click("undo").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert_eq!(world.state(), now);
    assert!(!world.has("bin/l3afpad") && world.has("bin/galculator"));
}

fn what_is_removed_gives_its_room_back(world: &World, shop: &mut Shop<'_>) {
    shop.click("go-installed").unwrap();
    shop.wait_screen("installed").unwrap();
    shop.type_over("installed-filter", APP.0).unwrap();
    shop.click(&format!("installed-{}", APP.1)).unwrap();
    let _ = shop.wait("installed-remove").unwrap();
    // Until what would leave with it is known.
    sleep(Duration::from_secs(1));
    shop.picture(&pictures().join("27-would-leave.png")).unwrap();
    shop.click("installed-remove").unwrap();
    shop.wait_screen("review").unwrap();
    let _ = shop.wait("review-approve").unwrap();
    shop.picture(&pictures().join("28-remove.png")).unwrap();
    let done = shop.ended("done");
    shop.click("review-approve").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert!(!world.has("bin/galculator"));
    // What nobody needs any more is said where the packages are.
    shop.click("installed-packages").unwrap();
    let _ = shop.wait("installed-remove-orphans").unwrap();
    shop.picture(&pictures().join("29-removed.png")).unwrap();
    shop.click("installed-remove-orphans").unwrap();
    shop.wait_screen("review").unwrap();
    let _ = shop.wait("review-approve").unwrap();
    shop.picture(&pictures().join("30-orphans.png")).unwrap();
    let done = shop.ended("done");
    shop.click("review-approve").unwrap();
    shop.wait_done(done, LIMIT).unwrap();

    shop.click("go-history").unwrap();
    shop.wait_screen("history").unwrap();
    shop.click("history-room").unwrap();
    shop.click("history-room-all").unwrap();
    let _ = shop.wait("history-remove").unwrap();
    shop.picture(&pictures().join("31-room.png")).unwrap();
    let states = world.told(&["state", "list"]);
    let archived = states
        .as_array()
        .unwrap()
        .iter()
        .filter(|state| state["status"] == "archived");
    let promised: u64 = archived.map(|state| state["frees_bytes"].as_u64().unwrap()).sum();
    assert!(promised > 100_000, "{states}");
    let before = on_disk(world);
    let done = shop.ended("done");
    shop.click("history-remove").unwrap();
    shop.click("history-remove-now").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    let freed = before - on_disk(world);
    println!("{promised} bytes were promised at least, {freed} are free again");
    assert!(freed >= promised);
    sleep(Duration::from_secs(1));
    shop.picture(&pictures().join("32-room-freed.png")).unwrap();
    shop.click("go-queue").unwrap();
    shop.wait_screen("queue").unwrap();
    shop.picture(&pictures().join("33-queue.png")).unwrap();
    assert_eq!(world.told(&["state", "list"]).as_array().unwrap().len(), 1);
    world.assert_whole();
}

/// Bytes that the system takes, each file once however many names it has.
fn on_disk(world: &World) -> u64 {
    let printed = Command::new("du")
        .args(["--summarize", "--one-file-system", "--block-size=1"])
        .args([world.path("usr"), world.path(".moult")])
        .output()
        .unwrap();
    assert!(printed.status.success());
    let text = String::from_utf8(printed.stdout).unwrap();
    text.lines()
        .map(|line| line.split_whitespace().next().unwrap().parse::<u64>().unwrap())
        .sum()
}

/// The numbers, in the lab, of the processes of this name.
fn running(world: &World, name: &str) -> Vec<u32> {
    let found = world.lab.try_run(User::Root, "pgrep", &["-x", name]).unwrap();
    let text = String::from_utf8(found.stdout).unwrap();
    text.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

/// Which part of the pixels is another in two pictures of one size.
fn differing(one: &Shot, other: &Shot) -> f64 {
    let pairs = one.rgb.chunks_exact(3).zip(other.rgb.chunks_exact(3));
    let all = one.rgb.len() / 3;
    pairs.filter(|(one, other)| one != other).count() as f64 / all as f64
}
