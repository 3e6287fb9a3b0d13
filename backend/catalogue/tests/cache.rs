//! The cache: used when it is whole and of these sources, made anew otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod common;

use std::fs;
use std::path::Path;

use common::{catalogue, languages, put, whole};
use moult_catalogue::{CacheUse, Catalogue, Component, Languages, Limits, Sources};

fn open(root: &Path, languages: &Languages) -> (Catalogue, CacheUse) {
    let cache = root.join("cache/catalogue");
    Catalogue::open(&Sources::system(root), languages, Some(&cache), &Limits::default()).unwrap()
}

fn all(catalogue: &Catalogue) -> Vec<Component> {
    catalogue.components().map(Result::unwrap).collect()
}

fn sample() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let components = whole("b", "<pkgname>p</pkgname><name xml:lang=\"de\">Bee</name>")
        + &whole(
            "a",
            "<description><p>x <em>y</em></p></description><icon type=\"stock\">i</icon>",
        )
        + "<component><id>bad</id></component>";
    put(root.path(), "usr/share/swcatalog/xml/test.xml", catalogue(&components));
    root
}

#[test]
fn a_second_opening_uses_the_cache_and_gives_the_same() {
    let root = sample();
    let (first, used) = open(root.path(), &languages());
    assert_eq!(used, CacheUse::Rebuilt);
    let (second, used) = open(root.path(), &languages());
    assert_eq!(used, CacheUse::Used);
    assert_eq!(all(&first), all(&second));
    assert_eq!(first.report(), second.report());
    assert_eq!(second.report().skipped(), 1);
    let uncached = Catalogue::open(&Sources::system(root.path()), &languages(), None, &Limits::default()).unwrap();
    assert_eq!(uncached.1, CacheUse::Off);
    assert_eq!(all(&uncached.0), all(&second));
    assert_eq!(
        fs::read_dir(root.path().join("cache")).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn other_sources_or_languages_make_it_anew() {
    let root = sample();
    open(root.path(), &languages());
    assert_eq!(open(root.path(), &Languages::new(["fr"])).1, CacheUse::Rebuilt);
    assert_eq!(open(root.path(), &languages()).1, CacheUse::Rebuilt);
    put(
        root.path(),
        "var/lib/swcatalog/yaml/more.yml",
        "---\nFile: DEP-11\nOrigin: o\n---\nID: c\nName: {C: c}\n",
    );
    let (catalogue, used) = open(root.path(), &languages());
    assert_eq!((used, catalogue.len()), (CacheUse::Rebuilt, 3));
    fs::remove_file(root.path().join("var/lib/swcatalog/yaml/more.yml")).unwrap();
    let (catalogue, used) = open(root.path(), &languages());
    assert_eq!((used, catalogue.len()), (CacheUse::Rebuilt, 2));
    assert_eq!(open(root.path(), &languages()).1, CacheUse::Used);
}

#[test]
fn a_cache_with_any_byte_changed_is_made_anew() {
    let root = sample();
    let expected = all(&open(root.path(), &languages()).0);
    let path = root.path().join("cache/catalogue");
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        fs::write(&path, bad).unwrap();
        let (catalogue, used) = open(root.path(), &languages());
        assert_eq!(used, CacheUse::Rebuilt, "byte {at}");
        assert_eq!(all(&catalogue), expected);
    }
    assert_eq!(fs::read(&path).unwrap(), good);
}

#[test]
fn a_cache_that_is_cut_off_or_longer_is_made_anew() {
    let root = sample();
    open(root.path(), &languages());
    let path = root.path().join("cache/catalogue");
    let good = fs::read(&path).unwrap();
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).unwrap();
        assert_eq!(open(root.path(), &languages()).1, CacheUse::Rebuilt, "{length}");
    }
    fs::write(&path, [good.as_slice(), b"\0"].concat()).unwrap();
    assert_eq!(open(root.path(), &languages()).1, CacheUse::Rebuilt);
}

#[test]
fn a_record_that_changes_after_the_opening_is_seen() {
    let root = sample();
    open(root.path(), &languages());
    let (catalogue, _) = open(root.path(), &languages());
    let path = root.path().join("cache/catalogue");
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert!(catalogue.get("a").is_ok());
    assert!(matches!(catalogue.get("b"), Err(moult_catalogue::Error::Damaged)));
    fs::write(&path, b"").unwrap();
    assert!(matches!(catalogue.get("a"), Err(moult_catalogue::Error::Damaged)));
}

#[test]
fn a_cache_that_cannot_be_kept_is_said_and_the_catalogue_is_there() {
    let root = sample();
    put(root.path(), "cache", "a file where the folder should be");
    let (catalogue, used) = open(root.path(), &languages());
    assert!(matches!(used, CacheUse::NotKept(_)), "{used:?}");
    assert_eq!(all(&catalogue).len(), 2);
}

#[test]
fn a_link_in_the_cache_s_place_is_not_followed_and_not_written_through() {
    let root = sample();
    put(root.path(), "elsewhere", "kept");
    fs::create_dir(root.path().join("cache")).unwrap();
    std::os::unix::fs::symlink(root.path().join("elsewhere"), root.path().join("cache/catalogue")).unwrap();
    assert_eq!(open(root.path(), &languages()).1, CacheUse::Rebuilt);
    assert_eq!(fs::read(root.path().join("elsewhere")).unwrap(), b"kept");
}
