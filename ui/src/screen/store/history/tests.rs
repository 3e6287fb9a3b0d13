mod boot;
mod scenes;

use iced::advanced::widget::Id;
use iced::keyboard::key::Named;
use moult_api::{Damage, FailureCode, Offered, Outcome, PackageChange, PlannedPackage};
use moult_i18n::Language;

pub(crate) use scenes::scenes;

use super::*;
use crate::samples::NOW;
use crate::screen::store::stage::Stage;
use crate::widget::Direction;

fn state(id: u64, status: &str, summary: &str) -> StateRow {
    StateRow {
        id,
        created: NOW - 86_400 * (40 - i64::try_from(id).unwrap_or(0)),
        summary: summary.into(),
        status: status.into(),
        name: String::new(),
        pinned: false,
        packages: 1_204,
        frees_bytes: id * 40_000_000,
    }
}

fn states() -> Vec<StateRow> {
    let mut pinned = state(2, "archived", "Update the system");
    pinned.pinned = true;
    pinned.name = "before the move".into();

    vec![
        state(1, "archived", "Install base"),
        pinned,
        state(3, "archived", "Install krita, gimp"),
        state(5, "archived", "Update a, b, c, d and 3 more"),
        state(6, "active", "Remove gimp"),
        state(7, "archived", "Update the system"),
        state(8, "pending", "Install blender"),
    ]
}

fn offered(version: &str) -> Vec<Offered> {
    vec![Offered {
        repository: "volatile".into(),
        version: version.into(),
        source_release: 1,
        build_release: 1,
        size: 1_000,
    }]
}

fn difference(from: u64, to: u64) -> Box<StateDifference> {
    let package = |name: &str, change, old, new| PlannedPackage {
        name: name.into(),
        change,
        old,
        new,
        explicit: true,
    };

    Box::new(StateDifference {
        from,
        to,
        packages: vec![
            package("gimp", PackageChange::Install, vec![], offered("3.0.4")),
            package("krita", PackageChange::Downgrade, offered("5.3.0"), offered("5.2.6")),
            package("linux", PackageChange::Upgrade, offered("6.12.9"), offered("6.12.10")),
            package("quazip", PackageChange::Remove, offered("1.5"), vec![]),
        ],
        files_added: 120,
        files_changed: 2_040,
        files_removed: 7,
    })
}

fn say(history: &mut History, message: Message) -> Action<Message> {
    history.update(message)
}

fn ready() -> History {
    let (mut history, _) = History::new(Reader::none());
    let number = history.question;
    let _ = say(&mut history, Message::States(number, Ok(states())));

    history
}

/// Answers the question for a difference that is under way.
fn answer(history: &mut History) -> Pair {
    let (number, (from, to)) = history.asking.expect("nothing was asked");
    let _ = say(history, Message::Difference(number, Ok(difference(from, to))));

    (from, to)
}

fn select(history: &mut History, id: u64) {
    let at = history.place(id).expect("it is there");
    let _ = say(history, Message::Selected(at));
}

#[test]
fn going_to_a_state_needs_the_difference_to_have_been_shown() {
    let mut history = ready();
    select(&mut history, 3);
    assert!(matches!(say(&mut history, Message::GoPressed), Action::None));

    assert_eq!(answer(&mut history), (6, 3));
    let Action::Do(Operation::Activate { state }) = say(&mut history, Message::GoPressed) else {
        panic!("nothing was done");
    };
    assert_eq!(state, 3);
}

#[test]
fn the_active_state_and_one_that_is_not_whole_cannot_be_gone_to() {
    let mut history = ready();
    assert!(matches!(say(&mut history, Message::GoPressed), Action::None));

    select(&mut history, 8);
    let _ = answer(&mut history);
    assert!(matches!(say(&mut history, Message::GoPressed), Action::None));
}

#[test]
fn the_page_about_room_opens_with_what_is_in_the_way_chosen_as_far_as_it_can_go() {
    // State 2 is pinned, state 6 is the active one, state 9 is gone.
    let mut history = ready();
    history.free_space(vec![1, 2, 6, 9]);
    assert_eq!((history.page, &history.doomed), (Page::Room, &BTreeSet::from([1])));

    let (mut history, _) = History::new(Reader::none());
    history.free_space(vec![1, 2]);
    let number = history.question;
    let _ = say(&mut history, Message::States(number, Ok(states())));
    assert_eq!(history.doomed, BTreeSet::from([1]));
}

#[test]
fn any_two_states_are_compared_but_only_from_now_can_one_go() {
    let mut history = ready();
    select(&mut history, 3);
    let _ = answer(&mut history);
    let _ = say(&mut history, Message::OtherPressed);
    select(&mut history, 1);

    assert_eq!(answer(&mut history), (1, 3));
    assert!(matches!(say(&mut history, Message::GoPressed), Action::None));
    assert!(Stage::wide().shows(&history, "What differs on the way from state 1 to state 3:"));

    let _ = say(&mut history, Message::NowPressed);
    assert_eq!(answer(&mut history), (6, 3));
    assert!(matches!(
        say(&mut history, Message::GoPressed),
        Action::Do(Operation::Activate { state: 3 })
    ));
}

#[test]
fn who_slides_over_many_states_gets_the_last_one_and_late_answers_do_not_count() {
    let mut history = ready();
    for id in [5, 3, 2, 1] {
        select(&mut history, id);
    }
    assert_eq!(answer(&mut history), (6, 5), "the first that was asked for");
    assert!(history.difference().is_none(), "it is not the one that is looked at");
    assert_eq!(answer(&mut history), (6, 1), "then the last one");
    assert!(history.difference().is_some());

    let _ = say(&mut history, Message::Difference(1, Ok(difference(6, 5))));
    assert!(history.difference().is_some(), "a late answer changed it");
    assert!(history.files.as_ref().is_some_and(|files| files.is_of_states(6, 1)));
}

#[test]
fn undo_looks_at_the_whole_state_before_and_redo_at_the_one_after() {
    let mut history = ready();
    let _ = say(&mut history, Message::UndoPressed);
    assert_eq!(history.selected, Some(5));

    let _ = say(&mut history, Message::RedoPressed);
    assert_eq!(history.selected, Some(7), "what is not whole is left out");
}

#[test]
fn without_a_state_before_or_after_there_is_nothing_to_undo_or_redo() {
    let (mut history, _) = History::new(Reader::none());
    let number = history.question;
    let _ = say(
        &mut history,
        Message::States(number, Ok(vec![state(4, "active", "Install base")])),
    );

    assert_eq!((history.undo(), history.redo()), (None, None));
    let messages = Stage::wide().click(&history, "history-undo");
    assert!(messages.is_empty());
}

#[test]
fn the_arrows_slide_along_the_line_and_are_mirrored() {
    let mut history = ready();
    select(&mut history, 3);
    for (direction, key, expected) in [
        (Direction::LeftToRight, Named::ArrowLeft, 1),
        (Direction::LeftToRight, Named::ArrowRight, 3),
        (Direction::RightToLeft, Named::ArrowLeft, 3),
        (Direction::LeftToRight, Named::Home, 0),
        (Direction::LeftToRight, Named::End, 6),
    ] {
        let mut stage = Stage::wide();
        stage.direction = direction;
        let mut simulator = stage.simulator(&history);
        let _ = simulator.click(Id::from("history-state-3")).unwrap();
        let _ = simulator.tap_key(key);
        let messages: Vec<_> = simulator.into_messages().collect();
        assert!(
            matches!(messages.as_slice(), [Message::Selected(at)] if *at == expected),
            "{direction:?} {key:?}: {messages:?}"
        );
    }
}

#[test]
fn a_press_on_a_notch_chooses_it_also_of_hundreds() {
    let (mut history, _) = History::new(Reader::none());
    let number = history.question;
    let mut many: Vec<_> = (1..=400).map(|id| state(id, "archived", "Update the system")).collect();
    many.push(state(401, "active", "Update the system"));
    let _ = say(&mut history, Message::States(number, Ok(many)));

    let messages = Stage::wide().click(&history, "history-state-395");
    assert!(matches!(messages.as_slice(), [Message::Selected(394)]), "{messages:?}");
    assert!(
        Stage::wide()
            .simulator(&history)
            .find(Id::from("history-state-20"))
            .is_err(),
        "what is far away is not drawn"
    );
}

#[test]
fn a_name_is_saved_only_when_it_is_another_one() {
    let mut history = ready();
    select(&mut history, 2);
    assert!(matches!(say(&mut history, Message::NamePressed), Action::None));
    let _ = say(&mut history, Message::NameChanged("  before the move ".into()));
    assert!(matches!(say(&mut history, Message::NamePressed), Action::None));

    let _ = say(&mut history, Message::NameChanged("good".into()));
    let Action::Do(Operation::NameState { state, name }) = say(&mut history, Message::NamePressed) else {
        panic!("nothing was done");
    };
    assert_eq!((state, name.as_str()), (2, "good"));

    select(&mut history, 3);
    assert!(history.renamed().is_none(), "a name is typed for one state");
}

#[test]
fn a_pin_is_set_and_taken_away() {
    let mut history = ready();
    select(&mut history, 2);
    assert!(matches!(
        say(&mut history, Message::PinPressed),
        Action::Do(Operation::PinState {
            state: 2,
            pinned: false
        })
    ));
    select(&mut history, 3);
    assert!(matches!(
        say(&mut history, Message::PinPressed),
        Action::Do(Operation::PinState { state: 3, pinned: true })
    ));
}

#[test]
fn states_go_only_after_a_second_yes_and_never_the_active_or_a_pinned_one() {
    let mut history = ready();
    let _ = say(&mut history, Message::RoomPressed);
    let _ = say(&mut history, Message::AllPressed);
    assert_eq!(history.doomed, BTreeSet::from([1, 3, 5, 7]));
    let _ = say(&mut history, Message::Doomed(7));

    assert!(
        matches!(say(&mut history, Message::RemoveConfirmed), Action::None),
        "nobody asked yet"
    );
    let _ = say(&mut history, Message::RemovePressed);
    assert!(Stage::wide().shows(&history, "3 states go for good. You cannot go back to them afterwards."));
    let _ = say(&mut history, Message::KeepPressed);
    assert!(matches!(say(&mut history, Message::RemoveConfirmed), Action::None));

    let _ = say(&mut history, Message::RemovePressed);
    let Action::Do(Operation::RemoveStates { states }) = say(&mut history, Message::RemoveConfirmed) else {
        panic!("nothing was done");
    };
    assert_eq!(states, [1, 3, 5]);
}

#[test]
fn the_sum_of_what_states_give_back_is_said_as_a_least() {
    let mut history = ready();
    let _ = say(&mut history, Message::RoomPressed);
    let _ = say(&mut history, Message::Doomed(1));
    let _ = say(&mut history, Message::Doomed(3));

    assert!(Stage::wide().shows(&history, "2 states give back 160\u{a0}MB at least."));
}

#[test]
fn a_state_that_went_is_not_looked_at_any_more() {
    let mut history = ready();
    select(&mut history, 3);
    let _ = say(&mut history, Message::Doomed(3));
    let _ = history.refresh();
    let number = history.question;
    let mut left = states();
    left.retain(|state| state.id != 3);
    let _ = say(&mut history, Message::States(number, Ok(left)));

    assert_eq!(history.selected().map(|state| state.id), Some(6));
    assert!(history.doomed.is_empty());
}

#[test]
fn states_that_cannot_be_asked_for_again_stay_and_say_that_they_are_of_before() {
    let mut history = ready();
    let _ = history.refresh();
    let number = history.question;
    let failure = Failure::new(FailureCode::BackendStopped, "");
    let _ = say(&mut history, Message::States(number, Err(failure)));

    assert_eq!(history.all().len(), 7);
    assert!(history.outdated.is_some());
}

#[test]
fn a_difference_that_cannot_be_had_says_so_and_is_tried_again() {
    let mut history = ready();
    select(&mut history, 3);
    let (number, _) = history.asking.unwrap();
    let failure = Failure::new(FailureCode::BackendStopped, "");
    let _ = say(&mut history, Message::Difference(number, Err(failure)));
    let messages = Stage::wide().click(&history, "history-again");

    assert!(matches!(messages.as_slice(), [Message::AgainPressed]));
    let _ = say(&mut history, Message::AgainPressed);
    let number = history.question;
    let _ = say(&mut history, Message::States(number, Ok(states())));
    assert!(history.asking.is_some());
}

#[test]
fn what_a_check_found_is_shown_and_can_be_repaired() {
    let history = ready();
    let mut stage = Stage::wide();
    let id = stage.queue.add(Operation::Verify { repair: false });
    let _ = stage.queue.begin();
    let outcome = Outcome {
        checked_files: 20_412,
        damage: vec![Damage {
            path: "usr/bin/bash".into(),
            problem: "its content is another one".into(),
            repaired: false,
        }],
        ..Outcome::default()
    };
    stage.queue.ended(id, Ok(outcome));

    assert!(stage.shows(&history, "1 file is not as it should be."));
    let messages = stage.click(&history, "history-repair");
    assert!(matches!(messages.as_slice(), [Message::VerifyPressed(true)]));
}

#[test]
fn the_button_says_that_it_takes_no_download_and_how_to_come_back() {
    let mut history = ready();
    select(&mut history, 3);
    let _ = answer(&mut history);

    assert!(Stage::wide().shows(
        &history,
        "Takes a moment and no download. The state of now stays: come back the same way. Your own files are not touched."
    ));
}

#[test]
fn everything_fits_at_eight_hundred_by_six_hundred_and_every_target_is_large() {
    for language in Language::ALL {
        let stage = Stage::new(language).sized(640.0, 500.0);
        for id in [
            "history-undo",
            "history-redo",
            "history-room",
            "history-line",
            "history-tab-files",
            "history-pin",
        ] {
            stage.assert_within(&ready(), id);
        }
    }
}
