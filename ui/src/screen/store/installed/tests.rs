use moult_api::{Dependent, FailureCode, ItemKind, Offered, PackageChange, PlannedPackage, WhyLink};
use moult_i18n::Language;

use super::*;
use crate::samples::LONG;
use crate::screen::store::scene::Scene;
use crate::screen::store::stage::Stage;

fn package(name: &str, explicit: bool) -> PackageRow {
    PackageRow {
        name: name.into(),
        version: "3.5.1".into(),
        source_release: 12,
        build_release: 1,
        architecture: "x86_64".into(),
        summary: format!("What {name} does"),
        repository: "volatile".into(),
        size: 1000,
        installed: true,
        explicit,
        held: name == "gimp",
    }
}

fn app(id: &str, package: &str, name: &str) -> Item {
    Item {
        id: id.into(),
        package: package.into(),
        name: name.into(),
        summary: format!("{name} for everybody"),
        kind: ItemKind::App,
        icon: format!("/icons/{package}.png"),
        version: "3.5.1".into(),
        repository: "volatile".into(),
        installed: true,
        newer: false,
        held: package == "gimp",
    }
}

fn loaded() -> Loaded {
    let mut packages = vec![
        package("krita", true),
        package("gimp", true),
        package("inkscape", true),
        package("zlib", false),
        package("openssl", false),
        package("fish", true),
    ];
    packages.extend((0..60).map(|number| package(&format!("library-{number:02}"), false)));

    Loaded {
        packages,
        items: vec![
            app("org.kde.krita", "krita", "Krita"),
            app("org.gimp.GIMP", "gimp", "GIMP"),
            app("org.inkscape.Inkscape", "inkscape", "Inkscape"),
            app("org.gone.Gone", "gone", "Not a package any more"),
        ],
    }
}

fn screen() -> Installed {
    let (mut screen, _) = Installed::new(Reader::none());
    let _ = screen.update(Message::Loaded(1, Ok(loaded())));
    screen
}

fn names(screen: &Installed) -> Vec<&str> {
    let rows = screen.rows.as_deref().unwrap_or_default();

    screen.shown.iter().map(|at| rows[*at].item.name.as_str()).collect()
}

fn planned(name: &str) -> PlannedPackage {
    PlannedPackage {
        name: name.into(),
        change: PackageChange::Remove,
        old: vec![Offered {
            repository: "volatile".into(),
            version: "1".into(),
            source_release: 1,
            build_release: 1,
            size: 1,
        }],
        new: vec![],
        explicit: false,
    }
}

fn plan(leaving: &[&str], orphans: &[&str]) -> ChangePlan {
    ChangePlan {
        digest: "d".into(),
        from: 1,
        summary: String::new(),
        packages: leaving.iter().map(|name| planned(name)).collect(),
        orphans: orphans.iter().map(|&name| name.into()).collect(),
        kept_back: vec![],
        unsigned: vec![],
        outgrown: vec![],
        download_bytes: 0,
        disk_bytes: 0,
        files_added: 0,
        files_changed: 0,
        files_removed: 0,
    }
}

fn why(package: &str, explicit: bool, chosen: &[&str], direct: &[&str]) -> WhyReport {
    WhyReport {
        package: package.into(),
        explicit,
        held: false,
        chains: chosen
            .iter()
            .map(|name| {
                vec![WhyLink {
                    package: (*name).into(),
                    needs: format!("name({package})"),
                }]
            })
            .collect(),
        needed_by: direct
            .iter()
            .map(|name| Dependent {
                package: (*name).into(),
                needs: vec![],
                replaceable: false,
            })
            .collect(),
    }
}

/// A screen with zlib unfolded and everything known of it.
fn unfolded() -> Installed {
    let mut screen = screen();
    let _ = screen.update(Message::TabPressed(Tab::System));
    let _ = screen.update(Message::Pressed("package:zlib".into()));
    let number = screen.open.as_ref().map_or(0, |open| open.asked);
    let report = why("zlib", false, &["krita", "gimp"], &["libpng", "openssl", "qt"]);
    let _ = screen.update(Message::Why(number, Ok(Box::new(report))));
    let leaving = plan(&["zlib", "krita", "gimp", "libpng"], &["libjpeg"]);
    let _ = screen.update(Message::Leaves(number, Ok(Box::new(leaving))));
    let sizes = [("zlib", 412_000), ("openssl", 8_600_000), ("library-07", 123_456_789)];
    let sizes = sizes.map(|(name, bytes)| (name.to_owned(), bytes)).to_vec();
    let _ = screen.update(Message::Sized(1, Ok(sizes)));
    let orphans = Orphans {
        packages: vec!["library-03".into(), "library-09".into(), "fish".into()],
        bytes: 12_300_000,
    };
    let _ = screen.update(Message::Orphaned(1, Ok(orphans)));

    screen
}

#[test]
fn every_package_is_there_once_as_an_app_or_below_them() {
    let mut screen = screen();
    assert_eq!(names(&screen), ["GIMP", "Inkscape", "Krita"]);

    let _ = screen.update(Message::TabPressed(Tab::System));
    assert_eq!(names(&screen).len(), 63);
    assert!(names(&screen).starts_with(&["fish", "library-00"]));
}

#[test]
fn typing_finds_names_packages_and_descriptions() {
    let mut screen = screen();
    for (typed, found) in [
        ("krit", vec!["Krita"]),
        ("EVERYBODY", vec!["GIMP", "Inkscape", "Krita"]),
    ] {
        let _ = screen.update(Message::Typed(typed.into()));
        assert_eq!(names(&screen), found, "{typed}");
    }
    let _ = screen.update(Message::Typed("nothing like it".into()));
    let stage = Stage::high(Language::English);
    assert!(stage.shows(&screen, "Nothing here has this in its name or description."));
}

#[test]
fn the_largest_and_the_newest_come_first_and_the_unknown_last() {
    let mut screen = screen();
    let sizes = vec![("inkscape".to_owned(), 9), ("gimp".to_owned(), 5)];
    let _ = screen.update(Message::Sized(1, Ok(sizes)));
    let _ = screen.update(Message::Sorted(Sort::Size));
    assert_eq!(names(&screen), ["Inkscape", "GIMP", "Krita"]);

    let _ = screen.update(Message::Sorted(Sort::Came));
    let came = [("krita".to_owned(), 20), ("gimp".to_owned(), 10)].into();
    let _ = screen.update(Message::Came(1, Ok(came)));
    assert_eq!(names(&screen), ["Krita", "GIMP", "Inkscape"]);

    let _ = screen.update(Message::TabPressed(Tab::System));
    let _ = screen.update(Message::Sorted(Sort::Chosen));
    assert_eq!(names(&screen)[0], "fish");
}

#[test]
fn a_late_answer_to_an_old_question_changes_nothing() {
    let mut screen = screen();
    let _ = screen.refresh();
    let _ = screen.update(Message::Loaded(
        1,
        Ok(Loaded {
            packages: vec![],
            items: vec![],
        }),
    ));
    assert_eq!(
        names(&screen).len(),
        3,
        "the old answer stays until the new one is there"
    );

    let _ = screen.update(Message::Pressed("org.kde.krita".into()));
    let first = screen.open.as_ref().map_or(0, |open| open.asked);
    let _ = screen.update(Message::Pressed("org.gimp.GIMP".into()));
    let _ = screen.update(Message::Why(first, Ok(Box::new(why("krita", true, &[], &[])))));
    assert!(screen.open.as_ref().is_some_and(|open| open.why.is_none()));
}

#[test]
fn an_open_row_says_why_it_is_there_and_what_would_leave_with_it() {
    let screen = unfolded();
    let stage = Stage::high(Language::English);
    for text in [
        "It is there for krita and gimp.",
        "Needed directly by libpng, openssl and qt.",
        "3 packages would leave with it, as they cannot be without it: krita, gimp and libpng.",
        "Afterwards, nobody would need libjpeg.",
    ] {
        assert!(stage.shows(&screen, text), "{text}");
    }
}

#[test]
fn removing_is_reviewed_first_and_names_the_app_as_people_do() {
    let mut screen = screen();
    let _ = screen.update(Message::Pressed("org.kde.krita".into()));
    let stage = Stage::high(Language::English);
    let said = stage.click(&screen, "installed-remove");
    let action = said.into_iter().map(|message| screen.update(message)).next_back();

    assert!(matches!(
        action,
        Some(Action::Review(Operation::Change { request, names, .. }))
            if request.packages == ["krita"] && !request.remove_orphans && names == ["Krita"]
    ));
}

#[test]
fn what_nobody_needs_is_one_press_away_with_the_bytes_it_holds() {
    let mut screen = unfolded();
    let stage = Stage::high(Language::English);
    assert!(stage.shows(
        &screen,
        "3 packages are there that nobody chose and nobody needs: library-03, library-09 and fish."
    ));
    let said = stage.click(&screen, "installed-remove-orphans");
    let action = said.into_iter().map(|message| screen.update(message)).next_back();

    assert!(matches!(
        action,
        Some(Action::Review(Operation::Change { request, .. })) if request.packages.is_empty() && request.remove_orphans
    ));
}

#[test]
fn what_cannot_be_removed_says_so_and_offers_no_button_for_it() {
    let mut screen = screen();
    let _ = screen.update(Message::Pressed("org.kde.krita".into()));
    let number = screen.open.as_ref().map_or(0, |open| open.asked);
    let failure = Failure::new(FailureCode::PackagesRefused, "").arg("reason", "the system needs it");
    let _ = screen.update(Message::Leaves(number, Err(failure)));

    let stage = Stage::high(Language::English);
    assert!(stage.shows(&screen, "It cannot be removed: It cannot be done: the system needs it"));
    assert!(stage.click(&screen, "installed-remove").is_empty());
}

#[test]
fn a_package_that_something_is_done_about_shows_that_instead_of_buttons() {
    let mut screen = screen();
    let _ = screen.update(Message::Pressed("org.kde.krita".into()));
    let mut stage = Stage::high(Language::English);
    let _ = stage.queue.add(removal(vec!["krita".into()], vec!["Krita".into()]));

    assert!(stage.shows(&screen, "Remove Krita: waits in the queue"));
    assert!(!stage.shows(&screen, "Remove…"));
}

#[test]
fn a_failure_is_told_and_can_be_tried_again() {
    let (mut screen, _) = Installed::new(Reader::none());
    let stage = Stage::high(Language::English);
    assert!(stage.shows(&screen, "Looking at what is installed…"));
    let _ = screen.update(Message::Loaded(1, Err(Failure::new(FailureCode::BackendStopped, ""))));
    assert!(stage.shows(&screen, "What is installed could not be read."));

    for message in stage.click(&screen, "installed-again") {
        let _ = screen.update(message);
    }
    assert!(screen.failure.is_none() && screen.asked == 2);
}

#[test]
fn what_cannot_be_worked_out_is_said_and_hides_nothing_else() {
    let mut screen = screen();
    let _ = screen.update(Message::TabPressed(Tab::System));
    let _ = screen.update(Message::Sorted(Sort::Came));
    let failure = || Failure::new(FailureCode::Busy, "");
    let _ = screen.update(Message::Orphaned(1, Err(failure())));
    let _ = screen.update(Message::Came(1, Err(failure())));

    let stage = Stage::high(Language::English);
    for text in [
        "Whether something is here that nobody needs could not be worked out: Another change is running.",
        "Another change is running.",
        "fish",
    ] {
        assert!(stage.shows(&screen, text), "{text}");
    }
}

#[test]
fn a_size_is_asked_again_when_its_package_changed() {
    let mut screen = unfolded();
    let mut newer = loaded();
    for package in &mut newer.packages {
        package.source_release += u64::from(package.name == "zlib");
    }
    let _ = screen.refresh();
    let _ = screen.update(Message::Loaded(2, Ok(newer)));

    assert!(!screen.sizes.contains_key("zlib") && screen.sizes.contains_key("openssl"));
    assert!(screen.open.is_some(), "what was open stays open");
}

pub(crate) fn scenes() -> Vec<Scene> {
    let mut apps = screen();
    let sizes = [("krita", 312_000_000), ("gimp", 98_000_000), ("inkscape", 122_000_000)];
    let sizes = sizes.map(|(name, bytes)| (name.to_owned(), bytes)).to_vec();
    let _ = apps.update(Message::Sized(1, Ok(sizes)));
    let _ = apps.update(Message::Pressed("org.gimp.GIMP".into()));
    let number = apps.open.as_ref().map_or(0, |open| open.asked);
    let mut report = why("gimp", true, &[], &[]);
    report.held = true;
    let _ = apps.update(Message::Why(number, Ok(Box::new(report))));
    let _ = apps.update(Message::Leaves(
        number,
        Ok(Box::new(plan(&["gimp"], &["babl", "gegl"]))),
    ));

    let mut system = unfolded();
    let _ = system.update(Message::Sorted(Sort::Size));
    let mut nothing = screen();
    let _ = nothing.update(Message::Typed("nothing like it".into()));
    let (loading, _) = Installed::new(Reader::none());
    let (mut failed, _) = Installed::new(Reader::none());
    let _ = failed.update(Message::Loaded(1, Err(Failure::new(FailureCode::BackendStopped, ""))));
    let (mut long, _) = Installed::new(Reader::none());
    let wide = Loaded {
        packages: vec![package(LONG, true)],
        items: vec![app("org.long", LONG, LONG)],
    };
    let _ = long.update(Message::Loaded(1, Ok(wide)));
    let _ = long.update(Message::Pressed("org.long".into()));

    vec![
        Scene::new("installed-apps", apps),
        Scene::new("installed-system", system),
        Scene::new("installed-nothing", nothing),
        Scene::new("installed-loading", loading),
        Scene::new("installed-failed", failed),
        Scene::new("installed-long", long),
    ]
}
