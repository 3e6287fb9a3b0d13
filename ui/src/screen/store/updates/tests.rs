mod scenes;
mod system;

use moult_api::{Action as Wish, FailureCode};
use moult_i18n::Language;

use system::{calm, old_programs, planned, rows, sources};

pub(crate) use scenes::scenes;

use super::choice::Standing;
use super::*;
use crate::samples::NOW;
use crate::screen::store::stage::Stage;

fn say(updates: &mut Updates, message: Message) -> Action<Message> {
    updates.update(message)
}

/// The screen with an answer to everything.
fn answered(whole: Box<Planned>) -> Updates {
    let (mut updates, _) = Updates::new(Reader::none());
    let number = updates.question;
    let _ = say(&mut updates, Message::Sources(number, Ok(sources())));
    let _ = say(&mut updates, Message::Restart(number, Ok(calm())));
    let _ = say(&mut updates, Message::Whole(number, Ok(whole)));

    updates
}

fn ready() -> Updates {
    answered(planned(rows(), "whole"))
}

/// The plan that the choice is waiting for, answered with these packages.
fn answer_part(updates: &mut Updates, packages: &[&str]) {
    let mut some = rows();
    some.retain(|row| packages.contains(&row.item.package.as_str()));
    let number = updates.question;
    let _ = say(updates, Message::Part(number, Ok(planned(some, "part"))));
}

fn toggled(updates: &mut Updates, package: &str) {
    let _ = say(updates, Message::Toggled(package.into()));
}

#[test]
fn the_button_does_exactly_the_plan_that_is_shown() {
    let mut updates = ready();
    let Action::Do(Operation::Change { request, names, digest }) = say(&mut updates, Message::UpdatePressed) else {
        panic!("nothing was done");
    };

    assert_eq!(digest, "whole");
    assert_eq!(request, everything());
    assert!(names.is_empty(), "it is about everything");
}

#[test]
fn packages_are_listed_before_their_files_are_known() {
    let (mut updates, _) = Updates::new(Reader::none());
    let number = updates.question;
    let listed = planned(rows(), "listed").at(Depth::Packages);
    let _ = say(&mut updates, Message::Listed(number, Ok(listed)));
    assert_eq!(updates.count(), Some(rows().len()));
    assert!(!updates.lines.is_empty());
    assert!(
        matches!(say(&mut updates, Message::UpdatePressed), Action::None),
        "not before the plan is there"
    );

    let _ = say(&mut updates, Message::Whole(number, Ok(planned(rows(), "whole"))));
    let Action::Do(Operation::Change { digest, .. }) = say(&mut updates, Message::UpdatePressed) else {
        panic!("nothing was done");
    };
    assert_eq!(digest, "whole");

    // The same packages once more: what is known of their files stays.
    let _ = updates.refresh();
    let number = updates.question;
    let listed = planned(rows(), "listed").at(Depth::Packages);
    let _ = say(&mut updates, Message::Listed(number, Ok(listed)));
    assert_eq!(updates.whole().unwrap().depth, Depth::Files);
}

#[test]
fn what_is_newer_is_listed_although_nobody_answers_who_has_it() {
    let gone = Failure::new(FailureCode::RepositoryUnreachable, "no route to host").arg("uri", "https://shop.example/");
    let mut updates = answered(planned(rows(), "listed").at(Depth::Unreachable(gone.clone())));
    let sentence = detail::unreachable(Language::English, &gone);
    assert!(
        sentence.starts_with("Which files change cannot be told now"),
        "{sentence}"
    );
    assert_eq!(updates.count(), Some(rows().len()));
    let stage = Stage::wide();
    assert!(stage.shows(&updates, &sentence));

    let _ = say(&mut updates, Message::Opened("linux".into()));
    let _ = say(&mut updates, Message::TabPressed(Tab::Files));
    assert!(updates.files.is_none());
    assert!(stage.shows(&updates, &sentence));
    let _ = say(&mut updates, Message::BackPressed);

    // Nobody saw its files: the wish is what was approved.
    let Action::Do(Operation::Change { digest, request, .. }) = say(&mut updates, Message::UpdatePressed) else {
        panic!("nothing was done");
    };
    assert_eq!((digest.as_str(), request), ("", everything()));
}

#[test]
fn a_choice_is_a_plan_of_its_own_with_what_comes_along() {
    let mut updates = ready();
    toggled(&mut updates, "linux");
    assert!(matches!(updates.shown(), Shown::Working));
    assert!(
        matches!(say(&mut updates, Message::UpdatePressed), Action::None),
        "not before the plan is there"
    );

    toggled(&mut updates, "glibc");
    answer_part(&mut updates, &["openssl", "glibc", "krita", "quazip"]);
    assert!(
        matches!(updates.shown(), Shown::Working),
        "the choice went on meanwhile"
    );
    answer_part(&mut updates, &["openssl", "glibc", "krita"]);

    let glibc = rows().remove(1);
    assert_eq!(updates.standing(&glibc), Standing::Along);
    let Action::Do(Operation::Change { request, names, digest }) = say(&mut updates, Message::UpdatePressed) else {
        panic!("nothing was done");
    };
    assert_eq!(digest, "part");
    assert_eq!(request.action, Wish::Sync);
    assert_eq!(request.packages, ["krita", "openssl"]);
    assert_eq!(names, ["OpenSSL", "Krita"]);
    assert!(Stage::wide().shows(&updates, "comes along"));
}

#[test]
fn what_was_chosen_and_is_not_in_the_plan_says_so() {
    let mut updates = ready();
    toggled(&mut updates, "linux");
    answer_part(&mut updates, &["openssl"]);

    assert!(Stage::wide().shows(&updates, "cannot be updated alone"));
}

#[test]
fn choosing_everything_again_needs_no_new_plan() {
    let mut updates = ready();
    toggled(&mut updates, "linux");
    toggled(&mut updates, "linux");

    assert!(matches!(updates.shown(), Shown::Plan(shown) if shown.plan.digest == "whole"));
}

#[test]
fn with_nothing_chosen_there_is_nothing_to_do() {
    let mut updates = ready();
    for group in [UpdateGroup::Security, UpdateGroup::System, UpdateGroup::App] {
        let _ = say(&mut updates, Message::GroupPressed(group));
    }
    assert!(matches!(updates.shown(), Shown::Nothing));
    assert!(matches!(say(&mut updates, Message::UpdatePressed), Action::None));

    let _ = say(&mut updates, Message::GroupPressed(UpdateGroup::Security));
    assert_eq!(updates.chosen(), ["openssl"]);
}

#[test]
fn only_security_leaves_everything_else_out() {
    let mut updates = ready();
    let _ = say(&mut updates, Message::OnlySecurityPressed);

    assert_eq!(updates.chosen(), ["openssl"]);
}

#[test]
fn answers_to_questions_of_before_do_not_count() {
    let mut updates = ready();
    let before = updates.question;
    let _ = updates.refresh();
    let _ = say(&mut updates, Message::Whole(before, Ok(planned(Vec::new(), "late"))));

    assert_eq!(
        updates.count(),
        Some(5),
        "the old answer is shown until the new one is there"
    );
    assert!(
        matches!(say(&mut updates, Message::UpdatePressed), Action::None),
        "what is shown may not be true any more"
    );
}

#[test]
fn what_is_left_out_stays_left_out_after_a_refresh() {
    let mut updates = ready();
    toggled(&mut updates, "linux");
    let _ = updates.refresh();
    let number = updates.question;
    let _ = say(&mut updates, Message::Whole(number, Ok(planned(rows(), "newer"))));

    assert!(!updates.chosen().contains(&"linux".to_owned()));
    assert!(matches!(updates.shown(), Shown::Working), "it is planned anew");
    assert!(updates.asking_part.is_some());
}

#[test]
fn up_to_date_is_said_only_after_a_dated_reading_of_every_source() {
    let mut nothing = planned(Vec::new(), "none");
    nothing.plan.kept_back.clear();
    let mut updates = answered(nothing);
    assert!(Stage::wide().shows(&updates, "Everything is up to date"));

    let mut failing = sources();
    failing.repositories[0].failed = NOW - 60;
    failing.repositories[0].failure = "The server does not answer.".into();
    updates.sources = Some(Ok(failing));
    assert!(!Stage::wide().shows(&updates, "Everything is up to date"));
    assert!(Stage::wide().shows(&updates, "Not known whether there are updates"));

    let mut old = sources();
    old.repositories[0].refreshed = NOW - 30 * 86_400;
    updates.sources = Some(Ok(old));
    assert!(Stage::wide().shows(&updates, "No update is known"));

    updates.sources = None;
    assert!(
        !Stage::wide().shows(&updates, "Everything is up to date"),
        "nobody said so yet"
    );
}

#[test]
fn checking_reads_every_source_and_can_be_asked_for_once() {
    let updates = ready();
    let stage = Stage::wide();
    let messages = stage.click(&updates, "updates-check");
    assert!(matches!(messages.as_slice(), [Message::CheckPressed]));

    let mut updates = updates;
    let Action::Do(operation) = say(&mut updates, Message::CheckPressed) else {
        panic!("nothing was done");
    };
    assert_eq!(
        operation,
        Operation::Refresh {
            repository: String::new()
        }
    );

    let mut stage = Stage::wide();
    let _ = stage.queue.add(operation);
    assert!(stage.click(&updates, "updates-check").is_empty(), "it waits already");
}

#[test]
fn a_held_package_is_shown_and_can_be_let_go_of() {
    let mut updates = ready();
    let stage = Stage::new(Language::English).sized(1080.0, 1200.0);
    assert!(stage.shows(&updates, "3.2.0 is there · held by you"));

    let mut messages = stage.click(&updates, "updates-let-go-gimp");
    let Action::Do(Operation::Hold { packages, held }) = say(&mut updates, messages.remove(0)) else {
        panic!("nothing was done");
    };
    assert_eq!((packages, held), (vec!["gimp".to_owned()], false));
}

#[test]
fn holding_a_package_leads_back_to_the_list_that_shows_where_it_stays() {
    let mut updates = ready();
    let _ = say(&mut updates, Message::Opened("linux".into()));
    let mut wishes = Vec::new();
    for message in Stage::wide().click(&updates, "updates-hold") {
        wishes.push(say(&mut updates, message));
    }

    let held = Operation::Hold {
        packages: vec!["linux".into()],
        held: true,
    };
    assert!(matches!(wishes.as_slice(), [Action::Do(operation)] if *operation == held));
    assert_eq!(updates.page, Page::List);
}

#[test]
fn what_is_in_the_queue_is_not_asked_for_twice() {
    let mut updates = ready();
    let mut stage = Stage::wide();
    let Action::Do(operation) = say(&mut updates, Message::UpdatePressed) else {
        panic!("nothing was done");
    };
    let _ = stage.queue.add(operation);

    assert!(stage.click(&updates, "updates-update").is_empty());
    assert!(stage.shows(&updates, "In the queue"));
}

#[test]
fn unsigned_and_outgrown_sources_are_named() {
    let mut whole = planned(rows(), "whole");
    whole.plan.unsigned = vec!["volatile".into()];
    whole.plan.outgrown = vec!["extra".into()];
    let updates = answered(whole);
    let stage = Stage::wide();

    assert!(stage.shows(&updates, "not signed"));
    assert!(stage.shows(
        &updates,
        "extra needs a newer Moult by now. Update Moult first; until then nothing newer comes from there."
    ));
}

#[test]
fn what_still_runs_of_before_is_named_and_a_report_that_fails_says_so() {
    let mut updates = ready();
    updates.restart = Some(Ok(old_programs()));
    assert!(Stage::wide().shows(
        &updates,
        "Log out and in again: firefox, gnome-shell, thunderbird and 1 more program from the system before still runs."
    ));

    let _ = say(&mut updates, Message::RestartPressed);
    assert!(Stage::wide().shows(
        &updates,
        "Programs of other people and of the system could not all be looked at, so this list may be too short."
    ));

    let mut updates = ready();
    updates.restart = Some(Err(Failure::new(FailureCode::BackendStopped, "")));
    let told = moult_i18n::explain(Language::English, &Failure::new(FailureCode::BackendStopped, ""), "").what;
    assert!(Stage::wide().shows(
        &updates,
        &format!("What still runs from the system before could not be found out: {told}")
    ));
}

#[test]
fn what_root_saw_is_named_and_what_nobody_could_look_at_is_said() {
    let unseen = "Programs of other people and of the system could not be looked at. Restarting the computer makes sure that \
                  none of them is from the system before.";
    let mut updates = ready();
    let own = RestartReport {
        incomplete: true,
        ..calm()
    };
    let number = updates.question;
    let _ = say(&mut updates, Message::Restart(number, Ok(own)));
    assert!(Stage::wide().shows(&updates, unseen), "with nothing else known");

    let mut of_root = RestartReport {
        incomplete: false,
        ..old_programs()
    };
    of_root.programs.truncate(1);
    of_root.programs[0].name = "sshd".into();
    of_root.programs[0].pid = std::process::id();
    updates.root_saw(Some(of_root));
    assert!(Stage::wide().shows(
        &updates,
        "Close and open again: sshd from the system before still runs."
    ));
    assert!(!Stage::wide().shows(&updates, unseen));

    // The system is another one now: what root saw is of before.
    updates.root_saw(None);
    assert!(Stage::wide().shows(&updates, unseen));
}

#[test]
fn files_of_a_package_that_deserve_a_second_look_are_counted_on_its_page() {
    let mut updates = ready();
    let _ = say(&mut updates, Message::Opened("linux".into()));

    assert!(Stage::wide().shows(
        &updates,
        "4 of its files deserve a second look: set-id, kernel, boot or service"
    ));
}

#[test]
fn a_failure_says_what_happened_and_can_be_tried_again() {
    let (mut updates, _) = Updates::new(Reader::none());
    let number = updates.question;
    let failure = Failure::new(FailureCode::Unresolvable, "").arg("explanation", "a needs b");
    let _ = say(&mut updates, Message::Whole(number, Err(failure)));
    let messages = Stage::wide().click(&updates, "updates-again");

    assert!(matches!(messages.as_slice(), [Message::AgainPressed]));
    assert_eq!(updates.count(), None);
}

#[test]
fn a_package_opens_with_its_files_of_the_plan_that_has_it() {
    let mut updates = ready();
    toggled(&mut updates, "linux");
    answer_part(&mut updates, &["openssl"]);

    let _ = say(&mut updates, Message::Opened("linux".into()));
    assert_eq!(
        updates.page,
        Page::Package("linux".into(), Tab::Files),
        "nobody says what is new"
    );
    assert!(updates.files.as_ref().is_some_and(|files| files.is_of_plan("whole")));

    let _ = say(&mut updates, Message::Opened("openssl".into()));
    let _ = say(&mut updates, Message::TabPressed(Tab::Files));
    assert!(updates.files.as_ref().is_some_and(|files| files.is_of_plan("part")));
    assert!(updates.back());
    assert!(!updates.back());
}

#[test]
fn everything_fits_at_eight_hundred_by_six_hundred_and_every_target_is_large() {
    for language in Language::ALL {
        let stage = Stage::new(language).sized(640.0, 500.0);
        for id in [
            "updates-check",
            "updates-files",
            "updates-update",
            "updates-choose-openssl",
        ] {
            stage.assert_within(&ready(), id);
        }
    }
}
