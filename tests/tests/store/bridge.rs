//! A repository becomes one that only a newer Moult reads: that is said, and the window leads to the newer one.

use std::fs;
use std::path::{Path, PathBuf};

use moult_packages::Unwatched;
use moult_packages::index;
use moult_tests::lab::shop::Shop;
use moult_tests::sample::moving::{Advanced, Moving};

use crate::world::{LIMIT, World, pictures};

/// The package that Moult itself is in.
const MOULT: &str = "moult";

pub(crate) fn a_repository_that_outgrew_this_moult_leads_to_the_newer_one(world: &World, shop: &mut Shop<'_>) {
    let newer = publish(world);
    world.moultctl(&[
        "repo",
        "add",
        "main",
        "http://127.0.0.1:8631/base/",
        "--version",
        "stream/unstable",
    ]);
    root_index(world, r#"{ "format": "v7", "history": "h2" }"#);
    let before = world.state();

    shop.click("go-sources").unwrap();
    shop.wait_screen("sources").unwrap();
    let done = shop.ended("done");
    shop.click("sources-refresh").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    shop.click("source-main").unwrap();
    let _ = shop.wait("source-bridge").unwrap();
    shop.picture(&pictures().join("34-outgrown.png")).unwrap();

    // Worked out first, and shown.
    shop.click("source-bridge").unwrap();
    shop.wait_screen("review").unwrap();
    let _ = shop.wait("review-approve").unwrap();
    shop.picture(&pictures().join("35-bridge.png")).unwrap();
    assert_eq!(world.state(), before);
    assert!(!is_there(world, &newer));
    let done = shop.ended("done");
    shop.click("review-approve").unwrap();
    shop.wait_done(done, LIMIT).unwrap();
    assert!(world.state() > before);
    assert!(is_there(world, &newer), "{newer:?}");
    let _ = shop.wait("undo").unwrap();
    shop.picture(&pictures().join("36-bridged.png")).unwrap();
    world.assert_whole();
}

/// The release names itself in the file that it changes.
fn is_there(world: &World, newer: &Advanced) -> bool {
    let content = fs::read(world.path("usr").join(&newer.changed)).unwrap_or_default();
    String::from_utf8_lossy(&content).contains(&newer.now.0)
}

/// Publishes this Moult as the list h1 of a versioned repository, and the next one as h9.
fn publish(world: &World) -> Advanced {
    let stone = world
        .moving
        .repo()
        .join("m")
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| name(path).starts_with("moult-0"))
        .unwrap();
    let [h1, h9] = ["h1", "h9"].map(|history| base(world).join("history").join(history).join("x86_64"));
    fs::create_dir_all(&h1).unwrap();
    fs::create_dir_all(&h9).unwrap();
    fs::hard_link(&stone, h1.join(name(&stone))).unwrap();
    let _ = index::make(&h1, None, &Unwatched).unwrap();

    let folder = tempfile::tempdir_in(moult_tests::lab::target_folder()).unwrap();
    let next = Moving::publish(&h1, folder.path()).unwrap();
    let newer = next.advance(&[MOULT.to_owned()]).unwrap().remove(0);
    for file in walkdir::WalkDir::new(next.repo()).into_iter().map(Result::unwrap) {
        if file.path().extension().is_some_and(|end| end == "stone") {
            let _ = fs::copy(file.path(), h9.join(name(file.path()))).unwrap();
        }
    }
    let _ = index::make(&h9, None, &Unwatched).unwrap();
    root_index(world, r#"{ "format": "v0", "history": "h1" }"#);
    newer
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn base(world: &World) -> PathBuf {
    world.moving.repo().join("base/main")
}

/// What the repository says of its stream.
fn root_index(world: &World, unstable: &str) {
    let text = format!(
        r#"{{ "formats": {{ "v0": {{ "upgrade_via": "tag/last" }}, "v7": {{}} }},
             "streams": {{ "unstable": {unstable} }},
             "tags": {{ "last": {{ "format": "v0", "history": "h9" }} }},
             "history": {{ "h1": {{ "format": "v0" }}, "h2": {{ "format": "v7" }}, "h9": {{ "format": "v0" }} }} }}"#
    );
    fs::write(base(world).join("moss-root-index.json"), text).unwrap();
}
