use iced::keyboard::key::Named;
use moult_api::{FailureCode, ItemKind};

use super::*;
use crate::samples::{LONG, apps, item};
use crate::screen::store::scene::Scene;
use crate::screen::store::stage::Stage;

fn page(total: u64, items: Vec<Item>) -> ItemPage {
    ItemPage { items, total }
}

fn found(browse: &mut Browse, items: Vec<Item>) {
    let total = items.len() as u64;
    let question = browse.question;
    let _ = browse.update(Message::Found(question, FOUND, Ok(page(total, items))));
}

fn many(from: usize, count: usize) -> Vec<Item> {
    (from..from + count)
        .map(|at| item(&format!("id{at}"), &format!("Item {at}"), "Something"))
        .collect()
}

fn listed(total: u64) -> Browse {
    let (mut browse, _) = Browse::filter(Reader::none(), Filter::default());
    let question = browse.question;
    let _ = browse.update(Message::Page(question, 0, Ok(page(total, many(0, PAGE)))));

    browse
}

fn scrolled_to(row: usize) -> Scroll {
    Scroll::at(row as f32 * ROW, 600.0)
}

#[test]
fn an_answer_to_what_was_typed_before_does_not_overwrite_a_newer_one() {
    let (mut browse, _) = Browse::search(Reader::none(), "krit");
    let old = browse.question;
    let _ = browse.look_for("krita");
    found(&mut browse, apps()[..1].to_vec());
    let _ = browse.update(Message::Found(old, FOUND, Ok(page(12, apps()))));

    assert_eq!(browse.list.total(), 1);
    assert_eq!(browse.first(), Some("org.kde.krita"));
}

#[test]
fn what_was_found_stays_until_the_next_answer_and_is_not_opened_by_enter_meanwhile() {
    let (mut browse, _) = Browse::search(Reader::none(), "krita");
    found(&mut browse, apps());
    let _ = browse.look_for("kritas");

    let stage = Stage::wide();
    assert!(stage.shows(&browse, "Krita"));
    assert_eq!(browse.first(), None);
}

#[test]
fn while_a_search_is_on_its_way_only_the_latest_wish_waits() {
    let (mut browse, _) = Browse::search(Reader::none(), "k");
    browse.is_asking = true;
    let first = browse.question;
    let _ = browse.look_for("kr");
    let _ = browse.look_for("kri");
    assert!(browse.wants_more);

    // The answer to "k" is not shown; it sets the search for "kri" going.
    let _ = browse.update(Message::Found(first, FOUND, Ok(page(12, apps()))));
    assert!(!browse.wants_more);
    assert!(browse.shown.is_none());
    assert_eq!(browse.term(), "kri");
}

#[test]
fn a_long_list_is_fetched_page_by_page_where_it_is_scrolled_to() {
    let mut browse = listed(60_000);
    assert_eq!(browse.list.total(), 60_000);
    assert!(browse.list.get(30_000).is_none());

    let _ = browse.update(Message::Scrolled(scrolled_to(30_000)));
    assert!(!browse.list.lacks(300), "asked for");
    let question = browse.question;
    let _ = browse.update(Message::Page(question, 30_000, Ok(page(60_000, many(30_000, PAGE)))));
    assert_eq!(browse.list.get(30_001).map(|item| item.id.as_str()), Some("id30001"));

    let stage = Stage::wide();
    let _ = stage.simulator(&browse);
}

#[test]
fn pages_far_from_what_is_seen_are_let_go_of() {
    let mut browse = listed(60_000);
    let question = browse.question;
    for number in 0..600 {
        let from = number * PAGE;
        let _ = browse.update(Message::Scrolled(scrolled_to(from)));
        let _ = browse.update(Message::Page(question, from as u64, Ok(page(60_000, many(from, PAGE)))));
    }

    assert!(browse.list.get(0).is_some(), "the beginning stays");
    assert!(browse.list.get(59_900).is_some());
    assert!(browse.list.get(30_000).is_none());
}

#[test]
fn a_reader_that_lies_about_the_length_does_no_harm() {
    let mut browse = listed(u64::MAX);
    let question = browse.question;
    let _ = browse.update(Message::Page(question, u64::MAX, Ok(page(3, many(0, 500)))));
    let _ = browse.update(Message::Page(question, 0, Ok(page(2, many(0, 500)))));
    let _ = browse.update(Message::Scrolled(scrolled_to(100_000)));

    let stage = Stage::wide();
    let _ = stage.simulator(&browse);
}

#[test]
fn filters_narrow_the_list_and_can_be_taken_off_again() {
    let (mut browse, _) = Browse::search(Reader::none(), "krita");
    let _ = browse.update(Message::Repositories(Ok(vec!["main".into(), "local".into()])));
    let _ = browse.update(Message::KindChosen(2));
    let _ = browse.update(Message::CategoryChosen(7));
    let _ = browse.update(Message::RepositoryChosen(2));
    let _ = browse.update(Message::InstalledPressed);
    assert_eq!(
        *browse.shown_filter(),
        Filter {
            category: "Graphics".into(),
            kinds: vec![ItemKind::ConsoleApp],
            installed: true,
            repository: "local".into(),
        }
    );

    found(&mut browse, vec![]);
    let stage = Stage::wide();
    assert!(stage.shows(&browse, "Filters are on: perhaps they hide it."));
    let said = stage.click(&browse, "browse-clear");
    for message in said {
        let _ = browse.update(message);
    }
    assert_eq!(*browse.shown_filter(), Filter::default());
    assert_eq!(browse.term(), "krita");
}

#[test]
fn nothing_found_has_words_and_says_what_to_try() {
    let (mut browse, _) = Browse::search(Reader::none(), "xyzzy");
    found(&mut browse, vec![]);

    for (language, words) in [
        (Language::English, "Nothing found for “xyzzy”"),
        (Language::German, "Nichts gefunden zu „xyzzy“"),
        (Language::French, "Rien trouvé pour « xyzzy »"),
    ] {
        let stage = Stage::new(language);
        assert!(stage.shows(&browse, words), "{words}");
    }
}

#[test]
fn a_failure_has_words_and_a_way_on() {
    let (mut browse, _) = Browse::search(Reader::none(), "krita");
    let question = browse.question;
    let failure = Failure::new(FailureCode::BackendStopped, "");
    let _ = browse.update(Message::Found(question, FOUND, Err(failure)));

    let stage = Stage::wide();
    assert_eq!(stage.click(&browse, "try-again").len(), 1);
}

#[test]
fn asking_anew_because_the_system_changed_does_not_scroll() {
    let mut browse = listed(60_000);
    let _ = browse.update(Message::Scrolled(scrolled_to(500)));
    let before = browse.scroll;
    let _ = browse.refresh();
    let question = browse.question;
    let _ = browse.update(Message::Page(question, 0, Ok(page(60_000, many(0, PAGE)))));
    assert_eq!(browse.scroll, before);
    assert!(!browse.list.lacks(5), "what is in sight is asked for");

    let _ = browse.look_for("else");
    found(&mut browse, apps());
    assert!(browse.scroll.is_at_the_top());
}

#[test]
fn down_and_up_are_heard_and_enter_opens_a_row() {
    let (mut browse, _) = Browse::search(Reader::none(), "a");
    found(&mut browse, apps());
    let stage = Stage::wide();
    let mut simulator = stage.simulator(&browse);
    let _ = simulator.tap_key(Named::ArrowDown);
    let _ = simulator.tap_key(Named::ArrowUp);
    let said: Vec<_> = simulator.into_messages().collect();
    assert!(matches!(said.as_slice(), [Message::Arrow(false), Message::Arrow(true)]));
    assert_eq!(browse.rows_made().first(), Some(&Id::from("browse-item-org.kde.krita")));

    let said = stage.click(&browse, "browse-item-org.gimp.GIMP");
    assert!(matches!(said.as_slice(), [Message::Opened(id)] if id == "org.gimp.GIMP"));
}

pub(crate) fn scenes() -> Vec<Scene> {
    let search = |term: &str| {
        let (mut browse, _) = Browse::search(Reader::none(), term);
        let _ = browse.update(Message::Repositories(Ok(vec!["main".into(), "local".into()])));
        browse
    };
    let (mut images, mut nothing, mut filtered) = (search("image"), search("xyzzy"), search("xyzzy"));
    found(&mut images, apps());
    found(&mut nothing, vec![]);
    let _ = filtered.update(Message::InstalledPressed);
    found(&mut filtered, vec![]);
    let mut long = search(LONG);
    found(&mut long, vec![item("org.long", LONG, LONG), item("a", "a", "")]);
    let mut failed = search("krita");
    let failure = Failure::new(FailureCode::BackendStopped, "");
    let _ = failed.update(Message::Found(failed.question, FOUND, Err(failure)));
    let graphics = Filter {
        category: "Graphics".into(),
        ..Filter::default()
    };
    let (mut category, _) = Browse::filter(Reader::none(), graphics);
    let _ = category.update(Message::Page(category.question, 0, Ok(page(157, apps()))));

    vec![
        Scene::new("search", images),
        Scene::new("search-long", long),
        Scene::new("search-loading", search("krita")),
        Scene::new("search-nothing", nothing),
        Scene::new("search-filtered", filtered),
        Scene::new("search-failed", failed),
        Scene::new("category", category),
    ]
}
