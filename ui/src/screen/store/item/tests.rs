mod sample;

use moult_api::{BlockKind, ChangedFile, FailureCode, FileChange, ItemKind, Shot, Trust};
use moult_i18n::{Language, explain};

use self::sample::{block, details, files, install_plan, plan, planned, why};
use super::*;
use crate::samples::{LONG, SHOT, item};
use crate::screen::store::scene::Scene;
use crate::screen::store::stage::Stage;
use crate::store::Stage as Standing;

fn page_of(details: ItemDetails) -> AppPage {
    let (mut page, _) = AppPage::new(Reader::none(), details.item.id.clone());
    say(&mut page, |question| {
        Message::Loaded(
            question,
            Ok(Box::new(Loaded {
                details,
                reach: Reach::Public,
            })),
        )
    });

    page
}

fn say(page: &mut AppPage, message: impl FnOnce(u64) -> Message) {
    let _ = page.update(message(page.question));
}

fn with_plan(details: ItemDetails, plan: Box<ChangePlan>) -> AppPage {
    let mut page = page_of(details);
    say(&mut page, |question| Message::Planned(question, Ok(plan)));

    page
}

fn installed() -> ItemDetails {
    let mut details = details();
    details.item.installed = true;
    details.installed_bytes = 312_000_000;

    details
}

fn newer() -> ItemDetails {
    let mut details = installed();
    details.item.newer = true;

    details
}

fn press(page: &mut AppPage, stage: &Stage, id: &str) -> Vec<Action<Message>> {
    let said = stage.click(page, id);
    said.into_iter().map(|message| page.update(message)).collect()
}

#[test]
fn installing_is_done_with_exactly_the_plan_that_was_shown() {
    let mut page = with_plan(details(), install_plan());
    let stage = Stage::high(Language::English);
    let view = |page: &AppPage, text: &str| stage.shows(page, text);
    assert!(view(&page, "38\u{a0}MB to download"));
    assert!(view(&page, "121\u{a0}MB more on the disk"));
    assert!(view(&page, "2 packages come along that it needs"));
    assert!(view(&page, "One other package is updated with it"));

    let actions = press(&mut page, &stage, "item-deed");
    let Some(Action::Do(Operation::Change { request, names, digest })) = actions.into_iter().next() else {
        panic!("it is not done");
    };
    assert_eq!(
        (request.action, request.packages),
        (Wish::Install, vec!["krita".to_owned()])
    );
    assert_eq!((names, digest), (vec!["Krita".to_owned()], "sealed".to_owned()));
}

#[test]
fn an_update_brings_this_package_alone_to_what_is_preferred() {
    let mut page = with_plan(newer(), plan(vec![planned("krita", PackageChange::Upgrade)]));
    let stage = Stage::high(Language::English);
    assert!(stage.shows(&page, "From 5.2.5 to 5.2.6"));

    let actions = press(&mut page, &stage, "item-deed");
    assert!(matches!(
        actions.as_slice(),
        [Action::Do(Operation::Change { request, digest, .. })] if request.action == Wish::Sync && digest == "sealed"
    ));
}

#[test]
fn a_plan_that_takes_something_away_is_looked_at_first() {
    let gone = plan(vec![
        planned("krita", PackageChange::Install),
        planned("calligra", PackageChange::Remove),
    ]);
    let mut page = with_plan(details(), gone);
    let stage = Stage::high(Language::English);
    let words = "One package would leave or become older. You see which before anything happens.";
    assert!(stage.shows(&page, words));

    let actions = press(&mut page, &stage, "item-deed");
    assert!(matches!(actions.as_slice(), [Action::Review(Operation::Change { digest, .. })] if digest.is_empty()));
}

#[test]
fn removing_is_always_looked_at_first() {
    let mut page = page_of(installed());
    let actions = press(&mut page, &Stage::high(Language::English), "item-remove");

    assert!(matches!(
        actions.as_slice(),
        [Action::Review(Operation::Change { request, .. })] if request.action == Wish::Remove
    ));
}

#[test]
fn what_nobody_signed_is_said_beside_the_button_and_with_the_source() {
    let mut unsigned = install_plan();
    unsigned.unsigned = vec!["local".into()];
    let mut details = details();
    details.trust = Trust::Unsigned;
    let page = with_plan(details, unsigned);

    for (language, beside, source) in [
        (
            Language::English,
            "Not signed (local): anybody between here and there could have changed what comes.",
            "Not signed",
        ),
        (
            Language::German,
            "Nicht signiert (local): Jeder auf dem Weg dorthin könnte ändern, was kommt.",
            "Nicht signiert",
        ),
        (
            Language::French,
            "Non signé (local) : n’importe qui sur le chemin pourrait changer ce qui arrive.",
            "Non signé",
        ),
    ] {
        let stage = Stage::high(language);
        assert!(stage.shows(&page, beside), "{beside}");
        assert!(stage.shows(&page, source), "{source}");
    }
}

#[test]
fn late_answers_to_old_questions_do_not_count() {
    let mut page = with_plan(details(), install_plan());
    let old = page.question;
    let _ = page.refresh();
    let mut other = install_plan();
    other.digest = "old".into();
    let _ = page.update(Message::Planned(old, Ok(other)));
    let _ = page.update(Message::Shot(old, 0, Err(ShotFailure::Unreachable)));
    let gone = Failure::new(FailureCode::PackageUnknown, "");
    let _ = page.update(Message::Loaded(old, Err(gone)));

    assert!(page.failure.is_none());
    let stage = Stage::high(Language::English);
    assert!(stage.shows(&page, "The picture is on its way…"));
    let actions = press(&mut page, &stage, "item-deed");
    assert!(matches!(actions.as_slice(), [Action::Do(Operation::Change { digest, .. })] if digest == "sealed"));
}

#[test]
fn a_plan_that_cannot_be_made_says_why_and_nothing_can_be_pressed() {
    let mut page = page_of(details());
    let failure = Failure::new(FailureCode::Unresolvable, "").arg("explanation", "krita needs qt7");
    say(&mut page, |question| Message::Planned(question, Err(failure.clone())));
    let stage = Stage::high(Language::English);

    assert!(stage.shows(&page, &explain(Language::English, &failure, "").what));
    assert!(press(&mut page, &stage, "item-deed").is_empty());
}

#[test]
fn an_app_that_is_gone_has_words_and_a_way_back() {
    let (mut page, _) = AppPage::new(Reader::none(), "org.gone".into());
    let failure = Failure::new(FailureCode::PackageUnknown, "").arg("package", "org.gone");
    say(&mut page, |question| Message::Loaded(question, Err(failure)));
    let stage = Stage::high(Language::English);

    assert!(stage.shows(&page, "There is no package org.gone."));
    let actions = press(&mut page, &stage, "back");
    assert!(matches!(actions.as_slice(), [Action::Back]));
}

#[test]
fn what_is_under_way_stands_in_the_place_of_the_button_and_can_be_stopped() {
    let mut page = with_plan(details(), install_plan());
    let mut stage = Stage::high(Language::English);
    let id = stage.queue.add(operation(Wish::Install, &details()));
    assert!(
        stage
            .simulator(&page)
            .find(iced_test::selector::id("item-deed"))
            .is_err()
    );
    let actions = press(&mut page, &stage, "item-cancel");
    assert!(matches!(actions.as_slice(), [Action::Cancel(entry)] if *entry == id));

    stage.queue.set(id, Standing::Cancelled);
    assert!(
        stage
            .simulator(&page)
            .find(iced_test::selector::id("item-deed"))
            .is_ok()
    );
}

#[test]
fn the_deed_fits_what_is_there() {
    let mut nobody = details();
    nobody.item.repository.clear();
    let mut held = newer();
    held.item.held = true;
    let mut library = installed();
    library.desktop_id.clear();

    assert_eq!(deed(&details()), Deed::Install);
    assert_eq!(deed(&newer()), Deed::Update);
    assert_eq!(deed(&installed()), Deed::Open);
    assert_eq!(deed(&held), Deed::Open);
    assert_eq!(deed(&library), Deed::None);
    assert_eq!(deed(&nobody), Deed::None);
}

#[test]
fn why_needs_and_files_are_asked_for_only_when_they_are_unfolded() {
    let mut page = page_of(installed());
    assert!(matches!(page.why, Asked::Not) && matches!(page.package, Asked::Not));

    let stage = Stage::high(Language::English);
    let _ = press(&mut page, &stage, "item-why");
    assert!(matches!(page.why, Asked::OnItsWay));
    say(&mut page, |question| Message::Why(question, Ok(why())));
    let view = |page: &AppPage, text: &str| stage.shows(page, text);
    assert!(view(&page, "kde-graphics → kimageformats → krita"));
    assert!(view(&page, "2 installed packages need it:"));

    let _ = press(&mut page, &stage, "item-files");
    say(&mut page, |question| Message::Files(question, 0, Ok(files())));
    assert!(view(&page, "/usr/bin/krita"));
    assert!(view(&page, "runs with its owner’s rights"));
    assert!(view(&page, "40 files and folders"));
}

#[test]
fn of_what_is_not_here_the_plan_says_what_comes_along_and_which_files() {
    let mut page = page_of(details());
    let stage = Stage::high(Language::English);
    let _ = press(&mut page, &stage, "item-files");
    assert!(page.coming.is_none(), "there is no plan yet");
    say(&mut page, |question| Message::Planned(question, Ok(install_plan())));
    let number = page.coming.as_ref().unwrap().number();
    let brought = |package: &str, path: &str| ChangedFile {
        path: path.into(),
        change: FileChange::Added,
        package: package.into(),
        marks: vec![],
    };
    let files = vec![
        brought("quazip", "/usr/lib/quazip.so"),
        brought("krita", "/usr/bin/krita"),
    ];
    let _ = page.update(Message::Coming(files::Message::Page(number, Ok(files))));
    let coming = page.coming.as_ref().unwrap();
    assert_eq!(coming.counts().added, 1, "only its own");

    let _ = press(&mut page, &stage, "item-dependencies");
    let view = |text: &str| stage.shows(&page, text);
    assert!(view("Comes along"));
    let others: Vec<String> = install_plan()
        .packages
        .iter()
        .filter(|package| package.name != "krita")
        .map(|package| crate::store::said::release(package, Language::English))
        .collect();
    assert!(others.len() > 1 && others.iter().all(|other| view(other)), "{others:?}");
}

#[test]
fn screenshots_turn_round_and_the_next_one_is_fetched_before_it_is_wanted() {
    let shots = details().screenshots;
    let pictures = crate::store::Pictures::default();
    let mut state = Shots::default();
    let wanted: Vec<_> = state.ask(&shots, &pictures).into_iter().collect();
    assert_eq!(
        wanted,
        [(0, SHOT.to_owned()), (1, "https://example.org/1.png".to_owned())]
    );

    state.turn(false, 3);
    assert_eq!(state.ask(&shots, &pictures).first().map(|(at, _)| *at), Some(2));
    state.turn(true, 3);
    state.came(0, Err(ShotFailure::Unreachable));
    assert!(
        state.ask(&shots, &pictures).iter().all(|(at, _)| *at != 0),
        "what failed is not asked for by itself"
    );
    state.forget_failure();
    assert_eq!(state.ask(&shots, &pictures).first().map(|(at, _)| *at), Some(0));
}

#[test]
fn a_screenshot_that_did_not_come_is_a_quiet_word() {
    let mut page = page_of(details());
    let stage = Stage::high(Language::German);
    for (failure, words) in [
        (ShotFailure::Unreachable, "Das Bild ist nicht angekommen."),
        (
            ShotFailure::NoPicture,
            "Was ankam, ist kein Bild, das gezeigt werden kann.",
        ),
        (
            ShotFailure::Refused,
            "Dieses Bild liegt an einer Adresse, die nicht gefragt wird.",
        ),
    ] {
        say(&mut page, |question| Message::Shot(question, 0, Err(failure)));
        assert!(stage.shows(&page, words), "{words}");
    }
}

#[test]
fn whatever_a_catalogue_says_is_shown_without_a_panic() {
    let mut details = details();
    let long = "\u{202e}漢字\n🦀 ".repeat(200);
    details.item.name = long.clone();
    details.item.summary = long.clone();
    details.developer = long.clone();
    details.license = long.clone();
    details.description = vec![block(BlockKind::Bullets, &[&long, ""]); 3];
    details.screenshots = vec![Shot {
        caption: long,
        images: vec![],
    }];
    details.releases[0].time = i64::MAX;
    let page = with_plan(details, plan(vec![]));

    for (width, height) in [(1080.0, 744.0), (320.0, 240.0), (1.0, 1.0)] {
        let stage = Stage::new(Language::French).sized(width, height);
        let _ = stage.simulator(&page);
    }
}

pub(crate) fn scenes() -> Vec<Scene> {
    let failure = || Failure::new(FailureCode::BackendStopped, "");
    let mut unsigned = install_plan();
    unsigned.unsigned = vec!["local".into()];
    let mut install = with_plan(details(), unsigned);
    let mut addon = item("org.kde.gmic", "G’MIC", "Filters and effects");
    addon.kind = ItemKind::Addon;
    addon.icon.clear();
    say(&mut install, |question| Message::Addons(question, Ok(vec![addon])));
    install.opens_addresses = true;

    let mut here = page_of(installed());
    here.opens_addresses = true;
    for part in [Part::Why, Part::Files, Part::Dependencies] {
        let _ = here.update(Message::Folded(part));
    }
    say(&mut here, |question| Message::Why(question, Ok(why())));
    say(&mut here, |question| Message::Files(question, 0, Ok(files())));
    say(&mut here, |question| Message::Package(question, Err(failure())));
    say(&mut here, |question| {
        Message::Shot(question, 0, Err(ShotFailure::Unreachable))
    });
    let update = with_plan(newer(), plan(vec![planned("krita", PackageChange::Upgrade)]));
    let mut impossible = page_of(details());
    let why = Failure::new(FailureCode::Unresolvable, "").arg("explanation", "krita needs qt7");
    say(&mut impossible, |question| Message::Planned(question, Err(why)));
    let (loading, _) = AppPage::new(Reader::none(), "org.kde.krita".into());
    let (mut gone, _) = AppPage::new(Reader::none(), "org.gone".into());
    let failure = Failure::new(FailureCode::PackageUnknown, "").arg("package", "org.gone");
    say(&mut gone, |question| Message::Loaded(question, Err(failure)));

    let mut long = details();
    for text in [
        &mut long.item.name,
        &mut long.item.summary,
        &mut long.item.version,
        &mut long.item.repository,
        &mut long.developer,
        &mut long.license,
    ] {
        *text = LONG.into();
    }
    long.screenshots[0].caption = LONG.into();

    let mut queue = crate::store::Queue::default();
    let id = queue.add(operation(Wish::Install, &details()));
    let _ = queue.begin();
    queue.set(id, Standing::Starting);

    vec![
        Scene::new("app-under-way", with_plan(details(), install_plan())).with(queue),
        Scene::new("app-install", install),
        Scene::new("app-installed", here),
        Scene::new("app-update", update),
        Scene::new("app-impossible", impossible),
        Scene::new("app-loading", loading),
        Scene::new("app-gone", gone),
        Scene::new("app-long", with_plan(long, install_plan())),
    ]
}
