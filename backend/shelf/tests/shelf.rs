//! Which items there are, and how they are listed and found.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod lab;

use moult_shelf::{Filter, ItemKind};

use lab::{Lab, app, found, listed, package};

/// A shop with apps, an add-on and packages that nobody describes.
fn shop() -> Lab {
    let components = [
        app(
            "org.example.Draw",
            "draw",
            "Zeichner",
            "<name xml:lang=\"de\">Malkasten</name><summary>Paint pictures</summary>
             <summary xml:lang=\"de\">Bilder malen</summary>
             <description><p>Brushes, layers and colours for everybody.</p></description>
             <categories><category>Graphics</category><category>2DGraphics</category></categories>
             <keywords><keyword>canvas</keyword></keywords>",
        ),
        app(
            "org.example.Mail.desktop",
            "mail",
            "Éclair Mail",
            "<summary>Read and write letters</summary>
             <categories><category>Network</category><category>Office</category></categories>",
        ),
        app(
            "org.example.Gone",
            "gone",
            "Gone",
            "<summary>Nobody offers it</summary>",
        ),
        "<component type=\"addon\"><id>org.example.Draw.Brushes</id><pkgname>draw-brushes</pkgname><name>Brushes</name>
         <extends>org.example.Draw</extends></component>"
            .to_owned(),
    ];
    Lab::new(
        &["draw", "mail", "draw-brushes", "libcanvas", "zlib"],
        &components.concat(),
    )
}

#[test]
fn a_package_is_listed_once_and_a_component_that_nobody_offers_not_at_all() {
    let shelf = shop().shelf();
    assert_eq!(
        listed(&shelf, &Filter::default()),
        [
            "org.example.Draw.Brushes",
            "org.example.Mail.desktop",
            "package:libcanvas",
            "org.example.Draw",
            "package:zlib"
        ]
    );
    assert_eq!((shelf.len(), shelf.package_count()), (5, 5));
    let page = shelf.items(&Filter::default(), 1, 2);
    assert_eq!(page.total, 5);
    assert_eq!(lab::ids(page.items), ["org.example.Mail.desktop", "package:libcanvas"]);
    assert!(found(&shelf, "gone").is_empty());
    assert!(shelf.items(&Filter::default(), 99, 2).items.is_empty());
}

#[test]
fn without_any_catalogue_every_package_is_of_the_system() {
    let shelf = Lab::new(&["draw", "zlib"], "").shelf();
    assert_eq!(listed(&shelf, &Filter::default()), ["package:draw", "package:zlib"]);
    assert_eq!(found(&shelf, "draw"), ["package:draw"]);
    let front = shelf.front(20_000);
    assert_eq!(
        (front.categories, front.items, front.packages),
        (vec![("System", 2)], 2, 2)
    );
    assert!(front.featured.is_empty() && front.fresh.is_empty());
}

#[test]
fn a_root_without_anything_has_an_empty_shelf() {
    let shelf = Lab::new(&[], "").shelf();
    assert!(shelf.is_empty());
    assert!(found(&shelf, "a").is_empty());
    assert_eq!(shelf.front(1), moult_shelf::Front::default());
}

#[test]
fn names_come_before_keywords_before_summaries_before_descriptions() {
    let text = |id: &str, name: &str, more: &str| app(id, &id.to_lowercase(), name, more);
    let components = [
        text(
            "D",
            "Four",
            "<description><p>All about elephants and an elephant.</p></description>",
        ),
        text("C", "Three", "<summary>Shows an elephant</summary>"),
        text("B", "Two", "<keywords><keyword>elephant</keyword></keywords>"),
        text("A", "Elephant", ""),
        text("E", "Five", "<summary>Nothing of the kind</summary>"),
    ];
    let lab = Lab::new(&["a", "b", "c", "d", "e", "elephantlib"], &components.concat());
    assert_eq!(
        found(&lab.shelf(), "elephant"),
        ["A", "package:elephantlib", "B", "C", "D"]
    );
    assert_eq!(
        found(&lab.shelf(), "eleph"),
        ["A", "package:elephantlib", "B", "C", "D"],
        "while it is typed"
    );
}

#[test]
fn typing_errors_case_and_accents_make_no_difference() {
    let shelf = shop().shelf_in(&["de"]);
    for term in [
        "malkasten",
        "MALKASTEN",
        "mallkasten",
        "malksten",
        "maklasten",
        "Zeichner",
        "malen bilder",
    ] {
        assert_eq!(
            found(&shelf, term).first().map(String::as_str),
            Some("org.example.Draw"),
            "{term}"
        );
    }
    for term in ["eclair", "ÉCLAIR", "e\u{301}clair", "eclari", "mail eclair"] {
        assert_eq!(found(&shelf, term), ["org.example.Mail.desktop"], "{term}");
    }
    for term in ["", "  ", "qqqqq", "mail elephant"] {
        assert_eq!(found(&shelf, term), Vec::<String>::new(), "{term:?}");
    }
}

#[test]
fn a_package_is_found_as_the_component_that_stands_for_it() {
    let shelf = shop().shelf();
    assert_eq!(found(&shelf, "draw-brushes"), ["org.example.Draw.Brushes"]);
    assert_eq!(found(&shelf, "libcanvas"), ["package:libcanvas"]);
    let items = shelf.of_packages(&["zlib", "nothing", "draw"]);
    assert_eq!(lab::ids(items), ["package:zlib", "org.example.Draw"]);
}

#[test]
fn every_item_of_one_package_is_listed_and_one_of_them_stands_for_it() {
    let components = [
        app("suite.math", "suite", "Sums", ""),
        app("suite.suite", "suite", "Suite", ""),
        "<component type=\"font\"><id>suite.font</id><pkgname>suite</pkgname><name>AAA</name></component>".into(),
    ];
    let shelf = Lab::new(&["suite"], &components.concat()).shelf();
    assert_eq!(
        listed(&shelf, &Filter::default()),
        ["suite.font", "suite.suite", "suite.math"]
    );
    assert_eq!(lab::ids(shelf.of_packages(&["suite"])), ["suite.suite"]);
}

#[test]
fn filters_leave_out_what_they_say_in_lists_and_in_searches() {
    let lab = shop();
    lab.install(&["mail", "zlib"]);
    let shelf = lab.shelf();
    let filter = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        filter
    };
    let installed = filter(|filter| filter.installed = true);
    let graphics = filter(|filter| filter.category = "Graphics".into());
    let system = filter(|filter| filter.category = "System".into());
    let fonts = filter(|filter| filter.kinds = vec![ItemKind::Font, ItemKind::Addon]);
    let elsewhere = filter(|filter| filter.repository = "elsewhere".into());
    let here = filter(|filter| filter.repository = "shop".into());
    let strange = filter(|filter| filter.category = "2DGraphics".into());
    assert_eq!(listed(&shelf, &installed), ["org.example.Mail.desktop", "package:zlib"]);
    assert_eq!(listed(&shelf, &graphics), ["org.example.Draw"]);
    assert_eq!(listed(&shelf, &system), ["package:libcanvas", "package:zlib"]);
    assert_eq!(listed(&shelf, &fonts), ["org.example.Draw.Brushes"]);
    assert_eq!(listed(&shelf, &elsewhere), Vec::<String>::new());
    assert_eq!(listed(&shelf, &here).len(), 5);
    assert_eq!(listed(&shelf, &strange), Vec::<String>::new(), "not a place to look in");
    // Every listed thing is found by its package's name under the same filter, and nothing else is.
    for filter in [&installed, &graphics, &system, &fonts, &elsewhere, &here] {
        let mut searched: Vec<String> = ["draw", "mail", "draw-brushes", "libcanvas", "zlib"]
            .iter()
            .flat_map(|term| lab::ids(shelf.find(term, filter, 50).items))
            .collect();
        searched.sort();
        searched.dedup();
        let mut all = listed(&shelf, filter);
        all.sort();
        assert_eq!(searched, all, "{filter:?}");
    }
}

#[test]
fn a_limit_cuts_the_same_list_and_the_total_says_how_long_it_is() {
    let shelf = shop().shelf();
    let whole = shelf.find("a", &Filter::default(), 50);
    assert!(whole.items.len() > 2);
    for limit in 0..=whole.items.len() {
        let some = shelf.find("a", &Filter::default(), limit);
        assert_eq!(some.items, whole.items[..limit]);
        assert_eq!(some.total, whole.total);
    }
}

#[test]
fn texts_are_in_the_first_language_that_has_them() {
    let lab = shop();
    let name = |languages: &[&str]| {
        let items = lab.shelf_in(languages).of_packages(&["draw"]);
        (items[0].name.clone(), items[0].summary.clone())
    };
    assert_eq!(name(&["de_AT.UTF-8"]), ("Malkasten".into(), "Bilder malen".into()));
    assert_eq!(name(&["fr", "de"]), ("Malkasten".into(), "Bilder malen".into()));
    assert_eq!(name(&["fr"]), ("Zeichner".into(), "Paint pictures".into()));
    assert_eq!(
        found(&lab.shelf_in(&["de"]), "zeichner"),
        ["org.example.Draw"],
        "its own name is known, too"
    );
}

#[test]
fn what_is_installed_or_newer_is_known_after_the_next_look() {
    let mut lab = shop();
    let mut shelf = lab.shelf();
    let state = |shelf: &moult_shelf::Shelf| {
        let item = shelf.of_packages(&["draw"]).remove(0);
        (item.installed, item.newer, item.version)
    };
    assert_eq!(state(&shelf), (false, false, "1.0".into()));
    assert!(!shelf.renew(&lab.reader()).unwrap(), "nothing happened");
    lab.install(&["draw"]);
    assert!(!state(&shelf).0, "a picture of before");
    assert!(shelf.renew(&lab.reader()).unwrap());
    assert_eq!(state(&shelf), (true, false, "1.0".into()));
    lab.offer(package("draw", 2), &[("bin/draw", "two")]);
    lab.publish();
    assert!(shelf.renew(&lab.reader()).unwrap());
    assert_eq!(state(&shelf), (true, true, "2.0".into()));
    // It is still there when nobody offers it any more.
    lab.withdraw("draw");
    assert!(shelf.renew(&lab.reader()).unwrap());
    let item = shelf.of_packages(&["draw"]).remove(0);
    assert_eq!(
        (item.id.as_str(), item.repository.as_str(), item.version.as_str()),
        ("org.example.Draw", "", "1.0")
    );
    assert!(!shelf.renew(&lab.reader()).unwrap());
}

#[test]
fn an_items_page_has_what_the_catalogue_and_the_package_say() {
    let lab = shop();
    lab.install(&["draw"]);
    lab.put("var/lib/swcatalog/icons/test/64x64/draw.png", b"a picture");
    let (shelf, engine) = (lab.shelf(), lab.reader());
    let draw = shelf.details(&engine, "org.example.Draw").unwrap().unwrap();
    assert_eq!(draw.categories, ["Graphics"]);
    assert_eq!(draw.addons, ["org.example.Draw.Brushes"]);
    assert_eq!(draw.installed_bytes, 4);
    assert_eq!(draw.packages[0].name, "draw");
    assert_eq!(draw.item.kind, ItemKind::App);
    assert!(shelf.details(&engine, "org.example.Draw.desktop").unwrap().is_some());
    assert_eq!(shelf.details(&engine, "package:draw").unwrap().unwrap().item, draw.item);
    let zlib = shelf.details(&engine, "package:zlib").unwrap().unwrap();
    assert_eq!(
        (zlib.component, zlib.categories, zlib.installed_bytes),
        (None, vec!["System"], 0)
    );
    for id in [
        "zlib",
        "package:",
        "package:nothing",
        "org.example.Gone",
        "",
        "package:org.example.Draw",
    ] {
        assert_eq!(shelf.details(&engine, id).unwrap(), None, "{id}");
    }
}

#[test]
fn an_icon_is_a_file_that_is_there() {
    let icon = "<icon type=\"cached\" width=\"64\" height=\"64\">draw.png</icon>
                <icon type=\"cached\" width=\"128\" height=\"128\">draw.png</icon>";
    let lab = Lab::new(&["draw"], &app("draw", "draw", "Draw", icon));
    let shown = |lab: &Lab| lab.shelf().of_packages(&["draw"]).remove(0).icon;
    assert_eq!(shown(&lab), None);
    lab.put("var/lib/swcatalog/icons/test/128x128/draw.png", b"large");
    let large = lab.path().join("var/lib/swcatalog/icons/test/128x128/draw.png");
    assert_eq!(shown(&lab), Some(large));
    lab.put("var/lib/swcatalog/icons/test/64x64/draw.png", b"small");
    assert_eq!(
        shown(&lab),
        Some(lab.path().join("var/lib/swcatalog/icons/test/64x64/draw.png"))
    );
}

#[test]
fn a_hostile_catalogue_costs_its_components_and_nothing_else() {
    let long = "x".repeat(100_000);
    let hostile = [
        "<component type=\"desktop-application\"><id>../../etc</id><pkgname>draw</pkgname><name>&bomb;</name></component>",
        "<component><id></id><pkgname></pkgname><name></name></component>",
        "<component type=\"desktop-application\"><id>package:zlib</id><pkgname>draw</pkgname><name>Not zlib</name></component>",
        &format!(
            "<component type=\"desktop-application\"><id>long</id><pkgname>draw</pkgname><name>{long}</name></component>"
        ),
        "<component type=\"desktop-application\"><id>icon</id><pkgname>draw</pkgname><name>Icon</name>
         <icon type=\"cached\" width=\"64\" height=\"64\">../../../../etc/passwd</icon></component>",
        "<component type=\"desktop-application\"><id>many</id>",
        &app("good", "zlib", "Good\u{7}", "<summary>\u{202e}turned</summary>"),
    ];
    let lab = Lab::new(&["draw", "zlib"], &hostile.concat());
    let (shelf, engine) = (lab.shelf(), lab.reader());
    let all = shelf.items(&Filter::default(), 0, 100).items;
    assert!(all.iter().any(|item| item.id == "good"), "{all:?}");
    for item in &all {
        assert!(item.icon.is_none(), "{item:?}");
        assert!(!item.name.chars().any(char::is_control), "{item:?}");
        assert!(item.name.len() <= 4096 && !item.name.is_empty());
        let _ = shelf.details(&engine, &item.id).unwrap();
    }
    // What is called as a package is one, and a component cannot pass for it.
    assert_eq!(
        all.iter().filter(|item| item.id.starts_with("package:")).count(),
        0,
        "{all:?}"
    );
    let zlib = shelf.details(&engine, "package:zlib").unwrap().unwrap();
    assert_eq!(zlib.item.package, "zlib");
    for term in ["x", &long, "not zlib", "\u{0}", "&bomb;"] {
        let _ = shelf.find(term, &Filter::default(), 50);
    }
}
