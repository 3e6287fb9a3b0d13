use moult_api::FailureCode;
use moult_i18n::Language;

use super::*;
use crate::samples::{LONG, apps};
use crate::screen::store::scene::Scene;
use crate::screen::store::stage::Stage;

fn front() -> Front {
    let mut fresh = apps();
    fresh.rotate_left(5);

    Front {
        featured: apps(),
        fresh,
        categories: [
            ("AudioVideo", 214),
            ("Development", 388),
            ("Education", 131),
            ("Game", 402),
            ("Graphics", 157),
            ("Network", 263),
            ("Office", 118),
            ("Science", 240),
            ("Settings", 61),
            ("System", 60_204),
            ("Utility", 352),
        ]
        .map(|(id, items)| Category { id: id.into(), items })
        .to_vec(),
        items: 62_510,
        packages: 68_474,
    }
}

fn loaded() -> Explore {
    let (mut explore, _) = Explore::new(Reader::none());
    let question = explore.question;
    let _ = explore.update(Message::Loaded(question, Ok(Box::new(front()))));

    explore
}

#[test]
fn a_late_answer_to_an_old_question_does_not_count() {
    let (mut explore, _) = Explore::new(Reader::none());
    let old = explore.question;
    let _ = explore.refresh();
    let _ = explore.update(Message::Loaded(old, Ok(Box::new(front()))));
    assert!(explore.front.is_none());

    let _ = explore.update(Message::Loaded(old + 1, Ok(Box::new(front()))));
    assert!(explore.front.is_some());
}

#[test]
fn asking_again_keeps_what_is_shown_and_a_failure_is_said_above_it() {
    let mut explore = loaded();
    let _ = explore.refresh();
    let question = explore.question;
    let stage = Stage::high(Language::English);
    assert!(stage.shows(&explore, "Krita"));

    let failure = Failure::new(FailureCode::BackendStopped, "");
    let _ = explore.update(Message::Loaded(question, Err(failure.clone())));
    assert!(stage.shows(&explore, "Krita"));
    assert!(stage.shows(&explore, &explain(Language::English, &failure, "").what));
    assert!(stage.click(&explore, "try-again").len() == 1);
}

#[test]
fn everything_on_the_page_leads_to_where_it_says() {
    let mut explore = loaded();
    let stage = Stage::high(Language::German);
    for (id, leads) in [
        ("explore-day", "org.kde.krita"),
        ("explore-day-org.gimp.GIMP", "org.gimp.GIMP"),
        ("explore-featured-org.videolan.vlc", "org.videolan.vlc"),
        ("explore-fresh-org.kde.krita", "org.kde.krita"),
    ] {
        let said = stage.click(&explore, id);
        let action = said.into_iter().map(|message| explore.update(message)).next();
        assert!(matches!(action, Some(Action::Open(open)) if open == leads), "{id}");
    }

    let said = stage.click(&explore, "explore-category-Game");
    let action = said.into_iter().map(|message| explore.update(message)).next();
    assert!(matches!(action, Some(Action::Browse(filter)) if filter.category == "Game"));
}

#[test]
fn categories_are_called_what_people_call_them_and_counted() {
    let explore = loaded();
    for (language, name, items) in [
        (Language::English, "Sound and video", "60,204"),
        (Language::German, "Klang und Video", "60.204"),
        (Language::French, "Son et vidéo", "60\u{a0}204"),
    ] {
        let stage = Stage::high(language);
        assert!(stage.shows(&explore, name));
        assert!(stage.shows(&explore, items));
    }
}

#[test]
fn loading_and_a_system_without_sources_have_words() {
    let (mut explore, _) = Explore::new(Reader::none());
    let stage = Stage::high(Language::English);
    assert!(stage.shows(&explore, "Looking…"));

    let question = explore.question;
    let _ = explore.update(Message::Loaded(question, Ok(Box::default())));
    assert!(stage.shows(&explore, "There is nothing to choose from yet"));
}

pub(crate) fn scenes() -> Vec<Scene> {
    let failure = || Failure::new(FailureCode::BackendStopped, "");
    let loading = || Explore::new(Reader::none()).0;
    let answered = |answer| {
        let mut explore = loading();
        let _ = explore.update(Message::Loaded(explore.question, answer));
        explore
    };
    let mut outdated = loaded();
    let _ = outdated.refresh();
    let _ = outdated.update(Message::Loaded(outdated.question, Err(failure())));
    let mut long = front();
    for item in long.featured.iter_mut().chain(&mut long.fresh) {
        item.name = LONG.into();
        item.summary = LONG.into();
    }

    vec![
        Scene::new("explore", loaded()),
        Scene::new("explore-long", answered(Ok(Box::new(long)))),
        Scene::new("explore-loading", loading()),
        Scene::new("explore-empty", answered(Ok(Box::default()))),
        Scene::new("explore-failed", answered(Err(failure()))),
        Scene::new("explore-outdated", outdated),
    ]
}
