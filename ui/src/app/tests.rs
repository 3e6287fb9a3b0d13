//! The window as a person meets it, with a backend that is played by the test.

mod live;
mod scenes;

use iced::advanced::widget::Id;
use iced::keyboard::key::Named;
use iced_test::Simulator;
use moult_api::{Filesystem, Job, JobState, Offer, Phase, Proposal, StateOfThings};
use moult_i18n::{bytes, explain, fl};

use scenes::{GB, app, decided, disks, failed_job, job, plan};

pub(crate) use scenes::{SCREENS, at};

use super::*;
use crate::format;
use crate::theme::{self, Scheme};

fn say(app: &mut App, message: Message) {
    let _ = app.update(message);
}

fn simulator<'a>(app: &'a App, width: f32, height: f32) -> Simulator<'a, Message, Theme> {
    Simulator::with_size(theme::settings(), iced::Size::new(width, height), app.view())
}

fn shows(app: &App, text: &str) -> bool {
    // Higher than any page, so that nothing is scrolled away.
    simulator(app, 1280.0, 3000.0).find(text).is_ok()
}

/// Clicks a control and hands what it says to the program.
fn click(app: &mut App, id: &str) {
    let messages: Vec<_> = {
        let mut simulator = simulator(app, 1280.0, 3000.0);
        let _ = simulator
            .click(Id::from(id.to_owned()))
            .unwrap_or_else(|error| panic!("{id}: {error:?}"));
        simulator.into_messages().collect()
    };
    for message in messages {
        say(app, message);
    }
}

#[test]
fn every_screen_speaks_every_language() {
    for language in Language::ALL {
        for (screen, title) in [
            ("welcome", fl!(language, "welcome-title")),
            ("network", fl!(language, "network-title")),
            ("disk", fl!(language, "disk-title")),
            ("account", fl!(language, "account-title")),
            ("summary", fl!(language, "summary-title")),
            ("progress", format::phase(language, Phase::Fetch)),
            ("done", fl!(language, "done-title")),
            (
                "failed",
                explain(language, &failed_job().failure, "Samsung SSD 980").what,
            ),
        ] {
            assert!(shows(&at(language, screen), &title), "{language:?} {screen}: {title}");
        }
    }
}

#[test]
fn choosing_a_language_changes_every_word_at_once() {
    let mut app = app(Language::English);
    assert!(shows(&app, "Welcome"));

    click(&mut app, "language-de");
    assert!(shows(&app, "Willkommen") && shows(&app, "Weiter"));
    assert_eq!(
        app.bar.layout().code,
        "de",
        "the keyboard follows until it was chosen by hand"
    );
}

#[test]
fn a_refused_disk_shows_its_reason_and_cannot_be_chosen() {
    let mut app = app(Language::English);
    drop(app.open(Step::Disk));
    assert!(shows(&app, "Cannot be chosen: you started this computer from it."));
    assert!(shows(
        &app,
        &format!(
            "Cannot be chosen: it is too small; the system needs {}.",
            bytes(Language::English, 4294967296)
        )
    ));

    click(&mut app, "disk-1");
    say(&mut app, Message::Disk(disk::Message::Chosen(1)));
    say(&mut app, Message::Disk(disk::Message::Continue));
    assert!(app.disk.chosen().is_none() && app.is_at(Step::Disk));

    click(&mut app, "disk-0");
    assert_eq!(app.disk.chosen().map(|card| card.id.as_str()), Some("a"));
    click(&mut app, "continue");
    assert!(app.is_at(Step::Account));
}

#[test]
fn a_machine_that_uefi_did_not_start_is_refused_before_a_disk_is_decided() {
    for language in Language::ALL {
        let mut app = app(language);
        let failure = Failure::new(FailureCode::NoUefi, "");
        let offer = Offer {
            system: "Moult sample system".into(),
            minimum_disk: 4 * GB,
            filesystems: vec![Filesystem::Ext4],
            refusal: failure.clone(),
            medium: false,
        };
        say(&mut app, Message::Offered(offer));
        say(&mut app, Message::Disk(disk::Message::Chosen(0)));
        drop(app.open(Step::Disk));

        let text = explain(language, &failure, "");
        assert!(shows(&app, &text.what) && shows(&app, &text.todo), "{language:?}");
        say(&mut app, Message::Disk(disk::Message::Continue));
        assert!(app.is_at(Step::Disk));
    }

    // Whoever comes to the summary another way is told there, with the way out.
    let mut app = decided(Language::English);
    let failure = Failure::new(FailureCode::NoUefi, "");
    let text = explain(Language::English, &failure, "");
    say(&mut app, Message::Summary(summary::Message::Planned(Err(failure))));
    assert!(shows(&app, &text.what) && shows(&app, &text.todo) && shows(&app, &text.state));
}

#[test]
fn a_disk_that_starts_no_computer_is_called_so_and_no_other() {
    let warning = fl!(Language::English, "no-boot-loader");
    let starts = fl!(Language::English, "done-boots");
    for boots in [true, false] {
        let mut app = decided(Language::English);
        let planned = Proposal { boots, ..plan() };
        say(
            &mut app,
            Message::Summary(summary::Message::Planned(Ok(Box::new(planned)))),
        );
        assert_eq!(shows(&app, &warning), !boots);

        say(&mut app, Message::Summary(summary::Message::Confirm));
        drop(app.follow(job(JobState::Running, 0.5)));
        drop(app.follow(job(JobState::Done, 1.0)));
        assert_eq!(shows(&app, &warning), !boots);
        assert_eq!(shows(&app, &starts), boots);
    }

    // Another window planned it: nothing is said that nobody knows.
    let app = at(Language::English, "done");
    assert!(!shows(&app, &warning) && !shows(&app, &starts));
}

#[test]
fn a_disk_that_went_away_is_no_longer_chosen() {
    let mut app = at(Language::English, "disk");
    say(
        &mut app,
        Message::Disk(disk::Message::Seen(Ok(vec![disks().remove(1)]))),
    );

    assert!(app.disk.chosen().is_none());
    assert!(shows(
        &app,
        "None of these disks can be used. The reason is beside each."
    ));
}

#[test]
fn the_account_says_in_words_what_is_wrong() {
    let mut app = at(Language::French, "account");
    click(&mut app, "continue");

    assert!(app.is_at(Step::Account));
    assert!(shows(&app, "Les deux mots de passe diffèrent."));
    assert!(shows(
        &app,
        "Très faible. Beaucoup l’utilisent ; il est essayé en premier."
    ));
}

#[test]
fn the_summary_shows_what_is_lost_and_a_click_is_not_enough() {
    let mut app = at(Language::English, "summary");
    assert!(shows(
        &app,
        &format!(
            "What is on Samsung SSD 980 now will be lost: {}. It cannot be brought back.",
            bytes(Language::English, 412 * GB)
        )
    ));
    assert!(shows(&app, "Erase Samsung SSD 980 and install"));
    assert!(shows(&app, "3 steps change the disk."));

    click(&mut app, "confirm");
    assert_eq!(app.confirmed, None, "it must be held");

    say(&mut app, Message::Summary(summary::Message::Confirm));
    assert_eq!(app.confirmed.as_deref(), Some("Samsung SSD 980"));
}

#[test]
fn every_decision_has_a_way_back_to_it() {
    for (id, step) in [
        ("change-language", Step::Welcome),
        ("change-disk", Step::Disk),
        ("change-account", Step::Account),
    ] {
        let mut app = at(Language::English, "summary");
        click(&mut app, id);

        assert!(app.is_at(step), "{id}");
    }
}

#[test]
fn a_failure_names_the_state_of_the_disk_first() {
    let app = at(Language::English, "failed");
    let mut simulator = simulator(&app, 1280.0, 800.0);
    let mut y = |text: &str| {
        simulator
            .find(text)
            .map(|found| iced_test::selector::Bounded::bounds(&found).y)
            .unwrap()
    };

    let state = y("Samsung SSD 980 was erased and does not hold a whole system. Nothing else was changed.");
    assert!(state < y("There was not enough room on the disk."));
    assert!(state < y("Start over with a larger disk."));
}

#[test]
fn a_running_job_is_found_when_the_window_comes_back() {
    let mut app = app(Language::English);
    say(&mut app, Message::Heard(Event::Jobs(vec![job(JobState::Running, 0.4)])));

    assert_eq!(app.screen_name(), "progress");
    assert!(shows(&app, "About 4 minutes left"));
}

#[test]
fn an_ended_job_that_nobody_saw_is_shown() {
    let mut done = app(Language::English);
    say(
        &mut done,
        Message::Heard(Event::Jobs(vec![failed_job(), job(JobState::Done, 1.0)])),
    );
    assert_eq!(done.screen_name(), "done");

    let mut failed = app(Language::English);
    say(&mut failed, Message::Heard(Event::Jobs(vec![failed_job()])));
    assert_eq!(failed.screen_name(), "failed");
}

#[test]
fn the_bar_never_goes_backwards_and_a_job_ends_on_its_page() {
    let mut app = app(Language::English);
    for progress in [0.1, 0.5, 0.3, f64::NAN] {
        say(&mut app, Message::Heard(Event::Job(job(JobState::Running, progress))));
    }
    let At::Progress(screen) = &app.at else {
        panic!("{:?}", app.at)
    };
    assert!((screen.shown() - 0.5).abs() < f64::EPSILON);

    say(&mut app, Message::Heard(Event::Job(job(JobState::Done, 1.0))));
    assert_eq!(app.screen_name(), "done");
}

#[test]
fn cancelling_says_what_it_means_and_asks_once_more() {
    let mut app = at(Language::English, "progress");
    assert!(shows(
        &app,
        "If you cancel now, Samsung SSD 980 stays erased and unfinished."
    ));

    click(&mut app, "cancel");
    assert!(shows(
        &app,
        "Stop now? Samsung SSD 980 is already erased and would not hold a whole system."
    ));
    click(&mut app, "cancel-keep");
    click(&mut app, "cancel");
    click(&mut app, "cancel-stop");
    assert!(shows(&app, "Stopping…"));
}

#[test]
fn pkexec_that_says_no_is_a_failure_that_changed_nothing() {
    let mut app = app(Language::English);
    say(
        &mut app,
        Message::Started(Err(Failure::new(FailureCode::NotAuthorized, "pkexec ended with 127"))),
    );

    assert!(shows(&app, "Nothing was changed. Your disks are as they were."));
    click(&mut app, "start-over");
    assert_eq!(app.screen_name(), "welcome");
}

#[test]
fn a_backend_that_dies_is_started_again_and_what_became_of_the_job_is_shown() {
    let mut app = at(Language::English, "progress");
    say(&mut app, Message::Heard(Event::Stopped));
    assert!(shows(
        &app,
        "The part of Moult that works on the disks stopped. It is being started again…"
    ));

    let interrupted = Job {
        failure: Failure::new(FailureCode::BackendStopped, "").leaving(StateOfThings::DiskUnfinished),
        ..job(JobState::Interrupted, 0.4)
    };
    say(&mut app, Message::Heard(Event::Jobs(vec![interrupted])));
    assert!(shows(
        &app,
        "Samsung SSD 980 was erased and does not hold a whole system. Nothing else was changed."
    ));
}

#[test]
fn a_job_that_nobody_knows_any_more_leaves_the_disk_named_and_unknown() {
    let mut app = decided(Language::English);
    say(&mut app, Message::Summary(summary::Message::Confirm));
    for _ in 0..=MOST_STARTS {
        say(&mut app, Message::Heard(Event::Stopped));
    }

    assert!(shows(
        &app,
        "It is not known how Samsung SSD 980 is now. Look at it before you use it."
    ));
}

#[test]
fn a_plan_that_is_refused_at_the_last_moment_changed_nothing() {
    let mut app = decided(Language::German);
    say(&mut app, Message::Summary(summary::Message::Confirm));
    let failure = Failure::new(FailureCode::DiskChanged, "")
        .arg("disk", "Samsung SSD 980")
        .arg("difference", "+ sda1");
    say(&mut app, Message::Committed(Err(failure)));

    assert!(shows(
        &app,
        "Nichts wurde verändert. Ihre Datenträger sind, wie sie waren."
    ));
}

#[test]
fn escape_goes_back_and_enter_goes_on_but_never_confirms() {
    let mut app = app(Language::English);
    say(&mut app, Message::Enter);
    assert_eq!(app.screen_name(), "network");
    say(&mut app, Message::Escape);
    assert_eq!(app.screen_name(), "welcome");

    let mut app = decided(Language::English);
    say(&mut app, Message::Enter);
    assert_eq!(app.confirmed, None);
}

#[test]
fn a_typed_password_is_in_no_message_and_no_screen_when_printed() {
    let mut app = at(Language::English, "account");
    let _ = app.update(Message::Account(account::Message::Password("tr0ub4dor".into())));
    let message = Message::Account(account::Message::Password("tr0ub4dor".into()));

    assert!(!format!("{app:?} {message:?}").contains("tr0ub4dor"));
}

#[test]
fn keys_reach_the_fields_of_a_screen() {
    let mut app = at(Language::English, "account");
    let messages: Vec<_> = {
        let mut simulator = simulator(&app, 1280.0, 3000.0);
        let _ = simulator.click(Id::new("account-hostname")).unwrap();
        let _ = simulator.typewrite("x");
        let _ = simulator.tap_key(Named::Enter);
        simulator.into_messages().collect()
    };
    for message in messages {
        say(&mut app, message);
    }

    assert!(app.account.hostname().contains('x'));
}

/// Pictures of every screen, for eyes: `MOULT_PICTURES=folder cargo test -p moult-ui pictures`.
#[test]
fn pictures_can_be_taken_of_every_screen() {
    let Some(folder) = std::env::var_os("MOULT_PICTURES").map(std::path::PathBuf::from) else {
        return;
    };

    for screen in SCREENS {
        for (scheme, name) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
            for (width, height) in [(1280.0, 800.0), (800.0, 600.0)] {
                let mut app = at(Language::German, screen);
                app.theme = Theme::new(scheme);
                let snapshot = simulator(&app, width, height).snapshot(&app.theme).unwrap();
                let file = folder.join(format!("{screen}-{name}-{width}.png"));
                assert!(snapshot.matches_image(file).unwrap());
            }
        }
    }
}
