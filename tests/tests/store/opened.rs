//! The store is opened with something: a link to an app, a package file that somebody brought.

use std::fs;
use std::io::BufWriter;
use std::os::unix::fs::PermissionsExt;

use moult_stone::{PackageWriter, Source};
use moult_tests::lab::desktop::{Desktop, Screen};
use moult_tests::lab::shop::Shop;

use crate::support;
use crate::world::{LIMIT, World, pictures, until};

/// An app that nobody has installed.
const APP: (&str, &str) = ("l3afpad", "l3afpad.desktop");
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
    shop.click("item-deed").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert!(world.has(&format!("bin/{}", APP.0)));
}

pub(crate) fn a_package_file_is_reviewed_and_installed(world: &World, desktop: &Desktop<'_>, screen: &Screen<'_>) {
    let mut writer = PackageWriter::new(support::package("brought")).level(3);
    for (path, mode) in FILES {
        let content = Source::Bytes(path.as_bytes().to_vec());
        writer.file(path.as_bytes(), mode, 0, 0, content).unwrap();
    }
    let file = fs::File::create(world.path("home/live/brought.stone")).unwrap();
    writer.write(BufWriter::new(file)).unwrap();
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
