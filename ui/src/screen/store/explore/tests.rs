use moult_api::FailureCode;
use moult_i18n::Language;

use super::super::testing::{Stage, apps, paint, pictures_folder};
use super::*;
use crate::theme::Scheme;

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

fn high(language: Language) -> Stage {
    Stage::new(language).sized(1080.0, 4000.0)
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
    let stage = high(Language::English);
    assert!(stage.shows(explore.view(stage.look()), "Krita"));

    let failure = Failure::new(FailureCode::BackendStopped, "");
    let _ = explore.update(Message::Loaded(question, Err(failure.clone())));
    assert!(stage.shows(explore.view(stage.look()), "Krita"));
    assert!(stage.shows(
        explore.view(stage.look()),
        &explain(Language::English, &failure, "").what
    ));
    assert!(stage.click(explore.view(stage.look()), "try-again").len() == 1);
}

#[test]
fn everything_on_the_page_leads_to_where_it_says() {
    let mut explore = loaded();
    let stage = high(Language::German);
    for (id, leads) in [
        ("explore-day", "org.kde.krita"),
        ("explore-day-org.gimp.GIMP", "org.gimp.GIMP"),
        ("explore-featured-org.videolan.vlc", "org.videolan.vlc"),
        ("explore-fresh-org.kde.krita", "org.kde.krita"),
    ] {
        let said = stage.click(explore.view(stage.look()), id);
        let action = said.into_iter().map(|message| explore.update(message)).next();
        assert!(matches!(action, Some(Action::Open(open)) if open == leads), "{id}");
    }

    let said = stage.click(explore.view(stage.look()), "explore-category-Game");
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
        let stage = high(language);
        assert!(stage.shows(explore.view(stage.look()), name));
        assert!(stage.shows(explore.view(stage.look()), items));
    }
}

#[test]
fn loading_and_a_system_without_sources_have_words() {
    let (mut explore, _) = Explore::new(Reader::none());
    let stage = high(Language::English);
    assert!(stage.shows(explore.view(stage.look()), "Looking…"));

    let question = explore.question;
    let _ = explore.update(Message::Loaded(question, Ok(Box::default())));
    assert!(stage.shows(explore.view(stage.look()), "There is nothing to choose from yet"));
}

/// For eyes: `MOULT_PICTURES=folder cargo test -p moult-ui pictures`.
#[test]
fn pictures_can_be_taken_of_explore() {
    if pictures_folder().is_none() {
        return;
    }

    let explore = loaded();
    for (language, scheme, width, height) in [
        (Language::English, Scheme::Light, 1080.0, 744.0),
        (Language::German, Scheme::Dark, 1080.0, 744.0),
        (Language::French, Scheme::Contrast, 1080.0, 744.0),
        (Language::German, Scheme::Light, 1720.0, 1024.0),
        (Language::German, Scheme::Light, 640.0, 544.0),
        (Language::English, Scheme::Light, 1081.0, 2200.0),
        (Language::French, Scheme::Dark, 641.0, 2200.0),
    ] {
        let stage = Stage::new(language).sized(width, height);
        paint(&stage.pictures, &apps(), 64);
        paint(&stage.pictures, &apps()[..1], 128);
        stage.picture("explore", scheme, explore.view(stage.look()));
    }
}
