//! A source is removed in the window, and comes back with one press, as it was.

use std::fs;

use moult_tests::lab::shop::Shop;

use crate::world::{LIMIT, World, pictures, until};

pub(crate) fn a_source_that_was_removed_comes_back_as_it_was(world: &World, shop: &mut Shop<'_>) {
    let file = world.path("etc/moult/repo.d/moving.kdl");
    let written = fs::read(&file).unwrap();
    let known = || {
        world.told(&["repo", "list"])["repositories"]
            .as_array()
            .unwrap()
            .clone()
    };
    let packages = known()[0]["packages"].clone();
    assert_ne!(packages, 0);

    shop.click("go-sources").unwrap();
    shop.wait_screen("sources").unwrap();
    shop.click("source-moving").unwrap();
    shop.click("source-remove").unwrap();
    shop.picture(&pictures().join("46-remove-source.png")).unwrap();
    shop.click("source-remove-now").unwrap();
    until(shop, "it is gone", |shop| {
        known().is_empty() && shop.can("undo") && !shop.has("source-moving")
    });
    assert!(!file.exists());
    shop.picture(&pictures().join("47-source-removed.png")).unwrap();

    let done = shop.ended("done");
    shop.click("undo").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    let _ = shop.wait("source-moving").unwrap();
    assert_eq!(fs::read(&file).unwrap(), written);
    assert_eq!(known()[0]["packages"], packages);
    shop.picture(&pictures().join("48-source-back.png")).unwrap();
}
