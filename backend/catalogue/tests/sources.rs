//! Where catalogues lie, which of them counts, and what is looked up in them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod common;

use std::os::unix::fs::symlink;
use std::path::Path;

use common::{catalogue, gz, languages, put, whole};
use moult_catalogue::{Catalogue, Failure, Limits, Source, Sources};

fn open(sources: &Sources) -> Catalogue {
    Catalogue::open(sources, &languages(), None, &Limits::default())
        .unwrap()
        .0
}

fn below(root: &Path) -> Catalogue {
    open(&Sources::system(root))
}

#[test]
fn compressed_files_are_known_by_their_bytes() {
    let root = tempfile::tempdir().unwrap();
    put(
        root.path(),
        "usr/share/swcatalog/xml/a.xml.gz",
        gz(catalogue(&whole("a", "")).as_bytes()),
    );
    put(
        root.path(),
        "usr/share/swcatalog/xml/b.xml",
        gz(catalogue(&whole("b", "")).as_bytes()),
    );
    put(
        root.path(),
        "usr/share/swcatalog/xml/c.xml.gz",
        catalogue(&whole("c", "")),
    );
    put(root.path(), "usr/share/swcatalog/xml/d.txt", catalogue(&whole("d", "")));
    assert_eq!(below(root.path()).ids().collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[test]
fn a_damaged_or_cut_off_gz_keeps_what_came_before() {
    let root = tempfile::tempdir().unwrap();
    let many: String = (0..3000)
        .map(|number| whole(&format!("id{number:05}"), &format!("<x>{}</x>", number * 7919)))
        .collect();
    let mut cut = gz(catalogue(&many).as_bytes());
    cut.truncate(cut.len() / 2);
    put(root.path(), "usr/share/swcatalog/xml/a.xml.gz", cut);
    let catalogue = below(root.path());
    assert!((100..2900).contains(&catalogue.len()), "{}", catalogue.len());
    assert!(matches!(
        catalogue.report().files[0].failure,
        Some(Failure::Compression(_))
    ));
}

#[test]
fn a_gz_bomb_ends_at_the_limit() {
    let root = tempfile::tempdir().unwrap();
    let bomb = [
        catalogue(&whole("a", "")).replace("</components>", "").into_bytes(),
        vec![b' '; 20 << 20],
    ]
    .concat();
    put(root.path(), "usr/share/swcatalog/xml/a.xml.gz", gz(&bomb));
    let mut limits = Limits::default();
    limits.plain = 1 << 20;
    let (catalogue, _) = Catalogue::open(&Sources::system(root.path()), &languages(), None, &limits).unwrap();
    assert_eq!(catalogue.len(), 1);
    assert_eq!(catalogue.report().files[0].failure, Some(Failure::TooLarge(1 << 20)));
}

#[test]
fn links_stay_below_the_root_and_a_file_found_twice_is_read_once() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "var/lib/apt/lists/x.xml", catalogue(&whole("a", "")));
    put(root.path(), "var/lib/swcatalog/xml/.keep", "");
    symlink(
        "/var/lib/apt/lists/x.xml",
        root.path().join("var/lib/swcatalog/xml/x.xml"),
    )
    .unwrap();
    symlink(
        "/../../../../etc/passwd",
        root.path().join("var/lib/swcatalog/xml/y.xml"),
    )
    .unwrap();
    symlink("swcatalog", root.path().join("var/lib/app-info")).unwrap();
    let catalogue = below(root.path());
    assert_eq!(catalogue.ids().collect::<Vec<_>>(), ["a"]);
    let files = &catalogue.report().files;
    assert_eq!(files[0].components, 1);
    assert!(
        files
            .iter()
            .skip(1)
            .all(|file| matches!(file.failure, Some(Failure::Unreadable(_)))),
        "{files:?}"
    );
}

#[test]
fn a_pipe_or_a_folder_in_a_file_s_place_is_no_file() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "usr/share/swcatalog/xml/a.xml/b", "");
    let path = root.path().join("usr/share/swcatalog/xml/p.xml");
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    let files = below(root.path()).report().files.clone();
    assert_eq!(files.len(), 2);
    assert!(
        files.iter().all(|file| file.failure == Some(Failure::NotAFile)),
        "{files:?}"
    );
}

#[test]
fn the_higher_priority_counts_and_gaps_come_from_the_other() {
    let root = tempfile::tempdir().unwrap();
    let low = whole(
        "a",
        "<pkgname>low</pkgname><summary>low</summary><project_license>MIT</project_license>",
    );
    let high = "<component priority=\"7\"><id>a</id><name>High</name><pkgname>high</pkgname><summary>high</summary></component>";
    put(root.path(), "usr/share/swcatalog/xml/a.xml", catalogue(&low));
    put(root.path(), "var/lib/swcatalog/xml/b.xml", catalogue(high));
    let found = below(root.path()).get("a").unwrap().unwrap();
    assert_eq!(
        (
            found.name.as_str(),
            found.summary.as_str(),
            found.project_license.as_str()
        ),
        ("High", "high", "MIT")
    );
    assert_eq!(found.packages, ["high", "low"]);
}

#[test]
fn of_equal_priority_the_file_handed_in_counts_and_then_the_earlier_folder() {
    let root = tempfile::tempdir().unwrap();
    let component = |summary: &str| catalogue(&whole("a", &format!("<summary>{summary}</summary>")));
    put(root.path(), "var/lib/swcatalog/xml/a.xml", component("state"));
    put(root.path(), "usr/share/swcatalog/xml/z.xml", component("vendor"));
    put(root.path(), "own.xml", component("own"));
    assert_eq!(below(root.path()).get("a").unwrap().unwrap().summary, "vendor");
    let own = Source {
        path: root.path().join("own.xml"),
        ..Source::default()
    };
    let catalogue = open(&Sources::system(root.path()).with(own));
    assert_eq!(catalogue.get("a").unwrap().unwrap().summary, "own");
    assert_eq!(catalogue.len(), 1);
}

#[test]
fn components_to_merge_change_others_and_are_none_themselves() {
    let root = tempfile::tempdir().unwrap();
    let all = whole("a", "<categories><category>X</category></categories>")
        + &whole("b", "<summary>old</summary>")
        + &whole("c", "")
        + "<component merge=\"append\"><id>a</id><categories><category>Y</category></categories></component>"
        + "<component merge=\"replace\"><id>b</id><summary>new</summary></component>"
        + "<component merge=\"remove-component\"><id>c</id></component>"
        + "<component merge=\"append\"><id>nobody</id></component>";
    put(root.path(), "usr/share/swcatalog/xml/a.xml", catalogue(&all));
    let catalogue = below(root.path());
    assert_eq!(catalogue.ids().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(catalogue.get("a").unwrap().unwrap().categories, ["X", "Y"]);
    assert_eq!(catalogue.get("b").unwrap().unwrap().summary, "new");
    assert_eq!(catalogue.in_category("Y"), ["a"]);
}

#[test]
fn icons_lie_beside_the_file_that_names_them_the_best_size_first() {
    let root = tempfile::tempdir().unwrap();
    let icon = |size: u32, scale: u32| {
        format!("<icon type=\"cached\" width=\"{size}\" height=\"{size}\" scale=\"{scale}\">a.png</icon>")
    };
    let icons = icon(48, 1) + &icon(64, 1) + &icon(128, 1) + &icon(64, 2) + &icon(32, 1);
    put(
        root.path(),
        "var/lib/swcatalog/xml/x.xml",
        catalogue(&whole("a", &icons)),
    );
    let catalogue = below(root.path());
    let component = catalogue.get("a").unwrap().unwrap();
    let folders = |pixels| -> Vec<String> {
        let base = root.path().join("var/lib/swcatalog/icons/test");
        let files = catalogue.icon_files(&component.icons, pixels);
        files
            .iter()
            .map(|file| {
                file.strip_prefix(&base)
                    .unwrap()
                    .parent()
                    .unwrap()
                    .display()
                    .to_string()
            })
            .collect()
    };
    assert_eq!(folders(64), ["64x64", "128x128", "64x64@2", "48x48", "32x32"]);
    assert_eq!(folders(256), ["128x128", "64x64@2", "64x64", "48x48", "32x32"]);
}

#[test]
fn components_are_found_by_id_package_category_and_newest_release() {
    let root = tempfile::tempdir().unwrap();
    let release = |time: u32| format!("<releases><release version=\"1\" timestamp=\"{time}\"/></releases>");
    let all = whole("b.desktop", &format!("<pkgname>p</pkgname>{}", release(5)))
        + &whole("a", &format!("<pkgname>q</pkgname><pkgname>p</pkgname>{}", release(9)))
        + &whole(
            "c",
            "<categories><category>X</category></categories><description><p>Word word über</p></description>",
        );
    put(root.path(), "usr/share/swcatalog/xml/a.xml", catalogue(&all));
    let catalogue = below(root.path());
    assert_eq!(catalogue.get("b").unwrap().unwrap().id, "b.desktop");
    assert_eq!(catalogue.get("a.desktop").unwrap().unwrap().id, "a");
    assert_eq!(catalogue.get("d").unwrap(), None);
    assert_eq!(catalogue.of_package("p"), ["a", "b.desktop"]);
    assert_eq!(catalogue.of_package("q"), ["a"]);
    assert!(catalogue.of_package("r").is_empty());
    assert_eq!(catalogue.in_category("X"), ["c"]);
    assert_eq!(catalogue.newest().collect::<Vec<_>>(), [("a", 9), ("b.desktop", 5)]);
    let words: Vec<_> = catalogue.search_entries().map(|entry| entry.unwrap().words).collect();
    assert_eq!(words[2], ["word", "über"]);
}

#[test]
fn a_root_that_is_not_there_is_an_error_and_an_empty_one_is_an_empty_catalogue() {
    let root = tempfile::tempdir().unwrap();
    assert!(below(root.path()).is_empty());
    let missing = Sources::system(&root.path().join("missing"));
    assert!(Catalogue::open(&missing, &languages(), None, &Limits::default()).is_err());
}

#[test]
fn files_and_components_beyond_the_limits_are_counted() {
    let root = tempfile::tempdir().unwrap();
    for name in ["a", "b", "c"] {
        put(
            root.path(),
            &format!("usr/share/swcatalog/xml/{name}.xml"),
            catalogue(&(whole(name, "") + &whole(&format!("{name}2"), ""))),
        );
    }
    let mut limits = Limits::default();
    limits.files = 2;
    limits.components = 3;
    let (catalogue, _) = Catalogue::open(&Sources::system(root.path()), &languages(), None, &limits).unwrap();
    assert_eq!(catalogue.len(), 3);
    assert_eq!(
        (catalogue.report().beyond_limit, catalogue.report().files_beyond_limit),
        (1, 1)
    );
}
