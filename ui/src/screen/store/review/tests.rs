//! The page that asks, with the plan played by the test.

use moult_api::{Action as Wish, ChangeRequest, ChangedFile, FailureCode, FileChange, Mark, Offered};
use moult_i18n::Language;

use super::*;
use crate::samples::LONG;
use crate::screen::store::scene::Scene;
use crate::screen::store::stage::Stage;

fn offered(version: &str) -> Vec<Offered> {
    vec![Offered {
        repository: "shop".into(),
        version: version.into(),
        source_release: 1,
        build_release: 1,
        size: 10,
    }]
}

fn package(name: &str, change: PackageChange, old: Vec<Offered>, new: Vec<Offered>) -> PlannedPackage {
    PlannedPackage {
        name: name.into(),
        change,
        old,
        new,
        explicit: false,
    }
}

fn plan(packages: Vec<PlannedPackage>) -> ChangePlan {
    ChangePlan {
        digest: "d1".into(),
        from: 3,
        summary: String::new(),
        packages,
        orphans: vec!["libold".into()],
        kept_back: vec![],
        unsigned: vec!["shop".into()],
        outgrown: vec![],
        download_bytes: 2_100_000,
        disk_bytes: 5_000_000,
        files_added: 12,
        files_changed: 3,
        files_removed: 40,
    }
}

fn removal() -> Review {
    let operation = Operation::Change {
        request: ChangeRequest {
            action: Wish::Remove,
            packages: vec!["krita".into()],
            imported: vec![],
            remove_orphans: false,
        },
        names: vec!["Krita".into()],
        digest: String::new(),
    };
    let (mut page, _) = Review::new(Reader::none(), operation);
    let packages = vec![
        package("krita", PackageChange::Remove, offered("5.2"), vec![]),
        package("krita-data", PackageChange::Remove, offered("5.2"), vec![]),
        package("openssl", PackageChange::Upgrade, offered("3.5.1"), offered("3.5.2")),
    ];
    let _ = page.update(Message::Planned(Ok(Box::new(plan(packages)))));
    page
}

fn local() -> Review {
    let operation = Operation::Local {
        path: "/home/ada/Downloads/pineapple.stone".into(),
        name: "pineapple.stone".into(),
        digest: String::new(),
    };
    let (mut page, _) = Review::new(Reader::none(), operation);
    let packages = vec![package("pineapple", PackageChange::Install, vec![], offered("1"))];
    let plan = ChangePlan {
        unsigned: vec![],
        orphans: vec![],
        ..plan(packages)
    };
    let _ = page.update(Message::Planned(Ok(Box::new(plan))));
    page
}

#[test]
fn nothing_can_be_approved_before_it_is_known_what_it_is() {
    let (mut page, _) = Review::new(Reader::none(), removal().operation);
    assert!(matches!(page.update(Message::Approved), Action::None));

    let failure = Failure::new(FailureCode::Unresolvable, "");
    let _ = page.update(Message::Planned(Err(failure)));
    assert!(matches!(page.update(Message::Approved), Action::None));
}

#[test]
fn exactly_the_plan_that_is_shown_is_approved() {
    let mut page = removal();
    let stage = Stage::wide();
    let pressed = stage.click(&page, "review-approve");
    assert!(matches!(pressed.as_slice(), [Message::Approved]));

    let Action::Approve { operation, digest, .. } = page.update(Message::Approved) else {
        panic!("it is not approved");
    };
    assert_eq!(digest, "d1");
    assert!(matches!(*operation, Operation::Change { digest, .. } if digest == "d1"));
}

fn file(path: &str, change: FileChange, marks: &[Mark]) -> ChangedFile {
    ChangedFile {
        path: path.into(),
        package: "krita".into(),
        change,
        marks: marks.to_vec(),
    }
}

/// A removal of which the files are known, and shown.
fn with_files() -> Review {
    let mut page = removal();
    let number = page.files.as_ref().unwrap().number();
    let files = vec![
        file("bin/krita", FileChange::Removed, &[]),
        file("bin/mount.krita", FileChange::Removed, &[Mark::SetId]),
        file("lib/modules/6.12/krita.ko", FileChange::Removed, &[Mark::Kernel]),
        file("lib/systemd/user/krita.service", FileChange::Removed, &[Mark::Service]),
        file("share/applications/krita.desktop", FileChange::Removed, &[]),
    ];
    let _ = page.update(Message::Files(files::Message::Page(number, Ok(files))));
    let _ = page.update(Message::TabPressed(Tab::Files));
    page
}

#[test]
fn every_file_can_be_seen_before_the_answer_and_those_that_deserve_a_second_look_stand_first() {
    let stage = Stage::wide();
    let mut page = with_files();
    for id in ["review-approve", "review-decline", "review-files", "review-packages"] {
        stage.assert_within(&page, id);
    }
    let at = |page: &Review, path: &str| {
        let mut simulator = stage.simulator(page);
        simulator
            .find(path)
            .unwrap_or_else(|error| panic!("{path}: {error:?}"))
            .bounds()
            .y
    };
    let marked = [
        "/usr/bin/mount.krita",
        "/usr/lib/modules/6.12/krita.ko",
        "/usr/lib/systemd/user/krita.service",
    ];
    for path in marked {
        assert!(at(&page, path) < at(&page, "/usr/bin/krita"), "{path}");
    }
    assert!(at(&page, "/usr/bin/krita") < at(&page, "/usr/share/applications/krita.desktop"));

    let looked = fl!(Language::English, "store-review-marked", count = 3, shown = "3");
    let pressed = stage.click(&page, "review-packages");
    assert!(matches!(pressed.as_slice(), [Message::TabPressed(Tab::Packages)]));
    let _ = page.update(Message::TabPressed(Tab::Packages));
    assert!(stage.shows(&page, "krita-data 5.2") && stage.shows(&page, &looked));
}

#[test]
fn what_goes_along_and_who_signed_nothing_is_in_sight() {
    let (stage, page) = (Stage::wide(), removal());
    for text in ["krita-data 5.2", "openssl 3.5.1 → 3.5.2", "libold"] {
        assert!(stage.shows(&page, text), "{text}");
    }
    let unsigned = fl!(Language::English, "store-review-unsigned", repositories = "shop");
    assert!(stage.shows(&page, &unsigned));
}

#[test]
fn a_file_that_somebody_brought_is_called_unsigned_whatever_its_plan_says() {
    let (stage, page) = (Stage::wide(), local());
    let file = "/home/ada/Downloads/pineapple.stone";
    let said = fl!(Language::English, "store-review-local", file = file);
    assert!(stage.shows(&page, &said));
    assert!(!Stage::wide().shows(&removal(), &said));
}

#[test]
fn a_plan_that_came_to_nothing_can_only_be_put_away() {
    let mut page = removal();
    let _ = page.update(Message::Planned(Ok(Box::new(plan(vec![])))));
    assert!(matches!(page.update(Message::Approved), Action::Decline(None)));
    Stage::wide().assert_within(&page, "review-decline");
}

pub(crate) fn scenes() -> Vec<Scene> {
    let loading = || Review::new(Reader::none(), removal().operation).0;
    let mut failed = loading();
    let _ = failed.update(Message::Planned(Err(Failure::new(FailureCode::BackendStopped, ""))));
    let mut nothing = removal();
    let _ = nothing.update(Message::Planned(Ok(Box::new(plan(vec![])))));
    let mut long = loading();
    let packages = vec![package(LONG, PackageChange::Upgrade, offered(LONG), offered(LONG))];
    let _ = long.update(Message::Planned(Ok(Box::new(plan(packages)))));

    vec![
        Scene::new("review-removal", removal()),
        Scene::new("review-local", local()),
        Scene::new("review-files", with_files()),
        Scene::new("review-loading", loading()),
        Scene::new("review-failed", failed),
        Scene::new("review-nothing", nothing),
        Scene::new("review-long", long),
    ]
}
