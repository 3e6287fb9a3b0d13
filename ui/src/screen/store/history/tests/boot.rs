//! What a start has to tell, and what starts next.

use moult_api::{
    BootEntry, BootMenu, BootSignature, BootStatus, BootVerdict, BootedBy, BootedReport, EspReport, Firmware, NextBy,
    SecureBoot, SecureStep,
};
use moult_i18n::fl;

use super::*;

/// A machine that came to state 6, the active one, in some way.
pub(super) fn status(by: BootedBy, next: u64, next_by: NextBy) -> BootStatus {
    BootStatus {
        firmware: Firmware::Uefi,
        secure_boot: SecureBoot::Off,
        secure_step: SecureStep::Nothing,
        menu: BootMenu::Noted,
        loader: "systemd-boot".into(),
        loader_version: "257".into(),
        entries: Vec::new(),
        esp: EspReport::default(),
        next,
        next_by,
        booted: BootedReport {
            by,
            state: 6,
            asked: 6,
            before: 7,
            failed: if by == BootedBy::Fallback { 7 } else { 0 },
            reason: String::new(),
        },
        warnings: Vec::new(),
    }
}

pub(super) fn started(status: BootStatus) -> History {
    let mut history = ready();
    let number = history.question;
    let _ = say(&mut history, Message::Boot(number, Ok(Box::new(status))));

    history
}

/// The words about when a state starts.
fn said(history: &History, id: u64) -> Option<String> {
    history.starts(Language::English, history.state(id)?)
}

#[test]
fn a_machine_that_came_back_by_itself_says_so_and_is_compared_or_kept() {
    let mut history = started(status(BootedBy::Fallback, 6, NextBy::Order));
    for language in Language::ALL {
        let text = fl!(language, "store-history-came-back", failed = "7", state = "6");
        assert!(
            Stage::new(language).sized(1280.0, 800.0).shows(&history, &text),
            "{text}"
        );
    }

    let messages = Stage::wide().click(&history, "history-boot-compare");
    assert!(
        matches!(messages.as_slice(), [Message::BootComparePressed(7)]),
        "{messages:?}"
    );
    let _ = say(&mut history, Message::BootComparePressed(7));
    assert_eq!(answer(&mut history), (6, 7));

    let messages = Stage::wide().click(&history, "history-boot-keep");
    assert!(
        matches!(messages.as_slice(), [Message::BootKeepPressed]),
        "{messages:?}"
    );
    assert!(matches!(
        say(&mut history, Message::BootKeepPressed),
        Action::Do(Operation::StartFromNow { state: 6 })
    ));
    assert_eq!(history.news(), None, "it is decided");
    assert!(matches!(say(&mut history, Message::BootKeepPressed), Action::None));
}

#[test]
fn a_state_of_the_boot_menu_is_for_this_time_until_it_is_kept() {
    let mut history = started(status(BootedBy::Choice, 7, NextBy::Order));
    let text = fl!(Language::English, "store-history-chosen-once", state = "6", next = "7");
    assert!(Stage::wide().shows(&history, &text));
    assert_eq!(said(&history, 6).as_deref(), Some("now"));
    assert_eq!(said(&history, 7).as_deref(), Some("at the next start"));

    // Going back is seen before it is done, as every way is.
    let _ = say(&mut history, Message::BootComparePressed(7));
    assert_eq!(answer(&mut history), (6, 7));
    assert!(matches!(
        say(&mut history, Message::GoPressed),
        Action::Do(Operation::Activate { state: 7 })
    ));

    let kept = started(status(BootedBy::Choice, 6, NextBy::Chosen));
    assert_eq!(kept.news(), None);
    assert_eq!(said(&kept, 6).as_deref(), Some("now, and at the next start"));
}

#[test]
fn a_choice_in_a_menu_that_nobody_has_seen_names_no_state_that_comes_next() {
    let history = started(status(BootedBy::Choice, 0, NextBy::Order));
    let text = fl!(Language::English, "store-history-chosen", state = "6");
    assert!(Stage::wide().shows(&history, &text));
    assert_eq!(said(&history, 6).as_deref(), Some("now"));
}

#[test]
fn a_state_that_could_not_be_used_is_named() {
    let mut status = status(BootedBy::Kept, 6, NextBy::Order);
    status.booted.asked = 3;
    let history = started(status);
    let text = fl!(Language::English, "store-history-not-used", asked = "3", state = "6");
    assert!(Stage::wide().shows(&history, &text));
}

#[test]
fn what_starts_next_is_what_is_known_to_and_nothing_else() {
    let once = started(status(BootedBy::Usual, 3, NextBy::Once));
    assert_eq!(once.news(), None);
    assert_eq!(said(&once, 6).as_deref(), Some("now"));
    assert_eq!(said(&once, 3).as_deref(), Some("at the next start, this once"));
    assert_eq!(said(&once, 5), None);

    // Nobody knows.
    assert_eq!(said(&ready(), 6).as_deref(), Some("now"));
    let mut hidden = status(BootedBy::Unknown, 0, NextBy::Order);
    hidden.menu = BootMenu::Hidden;
    assert_eq!(said(&started(hidden.clone()), 6).as_deref(), Some("now"));

    // Without a menu, what is in place is what starts.
    hidden.menu = BootMenu::Missing;
    assert_eq!(said(&started(hidden), 6).as_deref(), Some("now, and at the next start"));
}

#[test]
fn what_was_told_of_a_start_goes_when_the_person_goes_on() {
    let mut history = started(status(BootedBy::Fallback, 6, NextBy::Order));
    let _ = history.refresh();
    let number = history.question;
    let late = status(BootedBy::Choice, 7, NextBy::Order);
    let _ = say(&mut history, Message::Boot(number - 1, Ok(Box::new(late))));
    assert!(matches!(
        history.news(),
        Some(super::super::boot::News::CameBack { .. })
    ));

    let mut moved = states();
    for state in &mut moved {
        state.status = if state.id == 5 { "active" } else { "archived" }.into();
    }
    let _ = say(&mut history, Message::States(number, Ok(moved)));
    assert_eq!(history.news(), None);
}

/// The same machine, with its states 6 and 5 in the boot menu.
fn menu(next: u64, next_by: NextBy) -> BootStatus {
    let entry = |state| BootEntry {
        id: format!("moult-{state}"),
        state,
        kernel: "6.12.9".into(),
        title: format!("Sample (state {state})"),
        tries_left: -1,
        tries_done: -1,
        verdict: BootVerdict::Good,
        next: next == state,
        signature: BootSignature::None,
    };

    BootStatus {
        entries: vec![entry(6), entry(5)],
        ..status(BootedBy::Usual, next, next_by)
    }
}

pub(super) fn in_the_menu() -> History {
    started(menu(6, NextBy::Order))
}

#[test]
fn a_state_of_the_menu_is_chosen_for_the_next_start_alone_or_from_now_on() {
    let pressed = |history: &History, id: &str| Stage::wide().click(history, id);

    // What runs starts next anyway; state 3 is not in the menu.
    let mut history = in_the_menu();
    for (id, is_offered) in [(6, false), (3, false), (5, true)] {
        select(&mut history, id);
        if history.asking.is_some() {
            let _ = answer(&mut history);
        }
        let words = fl!(Language::English, "store-history-start-means");
        assert_eq!(Stage::wide().shows(&history, &words), is_offered, "state {id}");
    }
    let messages = pressed(&history, "history-start-once");
    assert!(
        matches!(messages.as_slice(), [Message::StartPressed(BootSpan::Once)]),
        "{messages:?}"
    );
    let messages = pressed(&history, "history-start-always");
    assert!(
        matches!(messages.as_slice(), [Message::StartPressed(BootSpan::Always)]),
        "{messages:?}"
    );
    assert!(matches!(
        say(&mut history, Message::StartPressed(BootSpan::Once)),
        Action::Do(Operation::StartOnce { state: 5 })
    ));
    assert!(matches!(
        say(&mut history, Message::StartPressed(BootSpan::Always)),
        Action::Do(Operation::StartFromNow { state: 5 })
    ));

    // Chosen for once, it can still be chosen for good, and what runs again as well.
    let mut once = started(menu(5, NextBy::Once));
    select(&mut once, 5);
    assert!(!once.can_start(5, BootSpan::Once) && once.can_start(5, BootSpan::Always));
    assert!(once.can_start(6, BootSpan::Always));
    select(&mut once, 3);
    assert!(matches!(
        say(&mut once, Message::StartPressed(BootSpan::Always)),
        Action::None
    ));
}
