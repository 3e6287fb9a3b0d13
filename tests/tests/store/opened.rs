//! The store is opened with something: a link to an app, a package file that somebody brought.

use std::fs;
use std::io::BufWriter;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use moult_stone::{PackageWriter, Source};
use moult_tests::lab::desktop::{Desktop, Screen};
use moult_tests::lab::shop::Shop;
use moult_tests::lab::{Fate, evdev};

use crate::support;
use crate::world::{self, LIMIT, ROOT, Wishes, World, do_deed, pictures, until};

/// An app that nobody has installed.
const APP: (&str, &str) = ("l3afpad", "l3afpad.desktop");
/// The form in which a file manager drags files.
const FILES_DRAGGED: &str = "text/uri-list";
/// Of two files, the second is a package.
const BROUGHT: &[u8] = b"file:///home/live/notes.txt\r\nfile:///home/live/brought.stone\r\n";
/// Files of the package that was brought, with their rights. Two of them deserve a second look.
const FILES: [(&str, u32); 3] = [
    ("bin/brought", 0o755),
    ("bin/brought-as-root", 0o4755),
    ("lib/systemd/system/brought.service", 0o644),
];

pub(crate) fn a_link_opens_its_app(world: &World, desktop: &Desktop<'_>, screen: &Screen<'_>) {
    assert!(!world.has(&format!("bin/{}", APP.0)));
    let link = format!("appstream:{}", APP.1);
    let mut shop = Shop::open(desktop, screen, (1280, 800), &[&link]).unwrap();
    shop.wait_screen("item").unwrap();
    let _ = shop.wait("item-deed").unwrap();
    shop.picture(&pictures().join("39-link.png")).unwrap();
    // It is that app's page if its button brings that app.
    let done = shop.ended("done");
    do_deed(&mut shop);
    shop.wait_done(done, LIMIT).unwrap();
    assert!(world.has(&format!("bin/{}", APP.0)));
}

/// Puts the package into somebody's own folder.
fn bring(world: &World) {
    let mut writer = PackageWriter::new(support::package("brought")).level(3);
    for (path, mode) in FILES {
        let content = Source::Bytes(path.as_bytes().to_vec());
        writer.file(path.as_bytes(), mode, 0, 0, content).unwrap();
    }
    let file = fs::File::create(world.path("home/live/brought.stone")).unwrap();
    writer.write(BufWriter::new(file)).unwrap();
}

/// A file manager's window is over the store's, and files are dragged from one to the other.
pub(crate) fn a_package_file_is_dropped_on_the_window(world: &World, desktop: &Desktop<'_>, screen: &Screen<'_>) {
    bring(world);
    let before = world.state();
    let mut shop = Shop::open(desktop, screen, (1280, 800), &[]).unwrap();
    shop.wait_front().unwrap();

    // What is no file is not taken, and what is no package is said.
    let dropped = shop.drop_on("text/plain", b"brought.stone", Fate::Refused);
    assert_eq!(dropped.unwrap(), Fate::Refused);
    assert!(!shop.has("notice-away"));
    for list in [
        "file:///home/live/holiday.jpeg\r\n",
        "https://example.org/brought.stone\r\n",
    ] {
        let dropped = shop.drop_on(FILES_DRAGGED, list.as_bytes(), Fate::Taken);
        assert_eq!(dropped.unwrap(), Fate::Taken);
        let _ = shop.wait("notice-away").unwrap();
        shop.picture(&pictures().join("42-no-package.png")).unwrap();
        shop.click("notice-away").unwrap();
        until(&shop, "the bar is gone", |shop| !shop.has("notice-away"));
    }

    for number in 0..3 {
        let dropped = shop.drop_on(FILES_DRAGGED, BROUGHT, Fate::Taken);
        assert_eq!(dropped.unwrap(), Fate::Taken, "{number}");
        shop.wait_screen("review").unwrap();
        let _ = shop.wait("review-approve").unwrap();
        shop.picture(&pictures().join("43-dropped.png")).unwrap();
        shop.key(evdev::ESC).unwrap();
        shop.wait_screen("explore").unwrap();
    }
    assert_eq!(world.state(), before);
}

/// On a desktop a window is closed by a button that is not its own.
#[test]
fn a_window_of_a_desktop_takes_what_is_dropped_or_pasted_and_closes_when_asked() {
    let world = World::new(&Wishes::default());
    let desktop = Desktop::prepare(&world.lab, ROOT).unwrap();
    let screen = desktop.desktop_screen("store").unwrap();
    let mut shop = Shop::open(&desktop, &screen, (1280, 800), &[]).unwrap();
    bring(&world);
    shop.wait_front().unwrap();
    shop.picture(&pictures().join("44-desktop.png")).unwrap();

    let dropped = shop.drop_on(FILES_DRAGGED, BROUGHT, Fate::Taken);
    assert_eq!(dropped.unwrap(), Fate::Taken);
    shop.wait_screen("review").unwrap();
    let _ = shop.wait("review-approve").unwrap();
    shop.picture(&pictures().join("45-desktop-dropped.png")).unwrap();

    what_is_copied_is_pasted(&mut shop);

    let begun = Instant::now();
    let ended = shop.close().unwrap();
    println!(
        "from the request to close to the program's end: {} ms",
        begun.elapsed().as_millis()
    );
    let said = shop.said();
    assert!(ended.success(), "{ended}: {said}");
    assert!(!said.contains("panicked") && !said.contains("WARN"), "{said}");
}

/// From another program, to it, and within the window.
fn what_is_copied_is_pasted(shop: &mut Shop<'_>) {
    let found = format!("browse-item-{}", world::APP.1);
    let mut neighbour = shop.copy_beside(world::APP.0).unwrap();
    shop.click("search").unwrap();
    shop.paste_from(&mut neighbour, "browse").unwrap();
    let _ = shop.wait(&found).unwrap();

    shop.type_over("search", "Zebra").unwrap();
    assert_eq!(shop.paste_beside(&mut neighbour, "Zebra").unwrap(), "Zebra");
    // Each of them copies, and the last one counts.
    shop.type_over("search", "l3af").unwrap();
    shop.double().unwrap();
    assert_eq!(shop.paste_beside(&mut neighbour, "l3afl3af").unwrap(), "l3afl3af");
}

pub(crate) fn a_package_file_is_reviewed_and_installed(world: &World, desktop: &Desktop<'_>, screen: &Screen<'_>) {
    bring(world);
    let before = world.state();

    let mut shop = Shop::open(desktop, screen, (1280, 800), &["/home/live/brought.stone"]).unwrap();
    shop.wait_screen("review").unwrap();
    let _ = shop.wait("review-approve").unwrap();
    shop.picture(&pictures().join("40-brought.png")).unwrap();
    // There is a filter for what deserves a second look where there is any.
    shop.click("review-files").unwrap();
    let _ = shop.wait("files-only-marked").unwrap();
    shop.picture(&pictures().join("41-brought-files.png")).unwrap();
    assert_eq!(world.state(), before);
    assert!(FILES.iter().all(|(path, _)| !world.has(path)));

    let done = shop.ended("done");
    shop.click("review-approve").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert!(world.state() > before);
    for (path, mode) in FILES {
        let there = world.path("usr").join(path);
        assert_eq!(fs::read_to_string(&there).unwrap(), path);
        assert_eq!(there.metadata().unwrap().permissions().mode() & 0o7777, mode, "{path}");
    }
    until(&shop, "it can be taken back", |shop| shop.can("undo"));
    world.assert_whole();
}
