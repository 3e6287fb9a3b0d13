//! The store as a whole, with the backend's part played by the test.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use moult_api::{
    Action as Wish, Cancel, ChangePlan, ChangeRequest, FailureCode, Job, JobKind, JobState, Offered, Outcome,
    PackageChange, Phase, PlannedPackage, StateOfThings,
};

use super::*;
use crate::screen::store::review;
use crate::store::{Begun, Event, Known, Stage};
use crate::theme::Scheme;

mod dropped;
mod undo;

fn program() -> Program {
    Program::idle(Language::English, Options::default(), Trace::off())
}

fn install(package: &str) -> Operation {
    Operation::Change {
        request: ChangeRequest {
            action: Wish::Install,
            packages: vec![package.into()],
            imported: vec![],
            remove_orphans: false,
        },
        names: vec![package.into()],
        digest: String::new(),
    }
}

fn job(id: &str, state: JobState, progress: f64) -> Job {
    Job {
        id: id.into(),
        kind: JobKind::Packages,
        state,
        phase: Phase::Fetch,
        progress,
        bytes_done: 0,
        bytes_total: 0,
        items_done: 0,
        items_total: 0,
        current: String::new(),
        seconds_left: -1,
        cancel: Cancel::Free,
        subject: String::new(),
        failure: Failure::none(),
    }
}

fn plan(change: PackageChange) -> ChangePlan {
    let release = Offered {
        repository: "shop".into(),
        version: "1".into(),
        source_release: 1,
        build_release: 1,
        size: 10,
    };

    ChangePlan {
        digest: "d1".into(),
        from: 3,
        summary: String::new(),
        packages: vec![PlannedPackage {
            name: "vim".into(),
            change,
            old: vec![release],
            new: vec![],
            explicit: false,
        }],
        orphans: vec![],
        kept_back: vec![],
        unsigned: vec![],
        outgrown: vec![],
        download_bytes: 0,
        disk_bytes: 0,
        files_added: 0,
        files_changed: 0,
        files_removed: 1,
    }
}

fn current(program: &Program) -> EntryId {
    program.queue.current().unwrap().id
}

fn say(program: &mut Program, message: Message) {
    drop(program.update(message));
}

fn enqueue(program: &mut Program, operation: Operation) {
    drop(program.enqueue(operation));
}

fn active(program: &mut Program, state: u64) {
    say(program, Message::Active(program.active_question, state));
}

/// An entry's job has ended, and this state is the active one.
fn end(program: &mut Program, entry: EntryId, state: u64) {
    let outcome = Outcome {
        state,
        ..Outcome::default()
    };
    say(program, Message::Ended(entry, Ok(outcome)));
}

/// What would take the last change back.
fn back(program: &Program) -> Option<&Operation> {
    match &program.notice {
        Some(Notice::Changed { back, .. }) => Some(&**back),
        _ => None,
    }
}

/// Presses Undo with a reader that knows this; whether something is taken back.
fn undoes(program: &mut Program, known: Known) -> bool {
    let Some(Notice::Changed { entry, .. }) = program.notice else {
        panic!("there is nothing to take back");
    };
    say(program, Message::Undo);
    assert!(program.queue.current().is_none(), "not before it is looked");
    say(program, Message::FoundToUndo(entry, Ok(Box::new(known))));

    program.queue.current().is_some()
}

/// What the window says when a control is pressed.
fn click(program: &Program, id: &str) -> Vec<Message> {
    let mut simulator = iced_test::Simulator::with_size(crate::theme::settings(), program.size, program.view());
    let _ = simulator
        .click(iced::advanced::widget::Id::from(id.to_owned()))
        .unwrap_or_else(|error| panic!("{id}: {error:?}"));

    simulator.into_messages().collect()
}

/// Both ends of a connection to a backend that says nothing.
async fn connected() -> (zbus::Connection, zbus::Connection) {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    theirs.set_nonblocking(true).unwrap();
    let backend = zbus::connection::Builder::unix_stream(theirs)
        .server(zbus::Guid::generate())
        .p2p();
    let window = zbus::connection::Builder::unix_stream(ours).p2p();
    let (window, backend) = tokio::join!(window.build(), backend.build());

    (window.unwrap(), backend.unwrap())
}

fn report() -> RestartReport {
    RestartReport {
        need: moult_api::RestartNeed::Programs,
        kernel: String::new(),
        programs: vec![],
        incomplete: false,
    }
}

#[test]
fn operations_are_begun_one_after_the_other() {
    let mut program = program();
    enqueue(&mut program, install("vim"));
    enqueue(&mut program, install("nano"));

    let first = current(&program);
    assert_eq!(program.queue.waiting().count(), 1);
    say(&mut program, Message::Ended(first, Ok(Outcome::default())));

    let second = current(&program);
    assert_ne!(first, second);
    assert_eq!(program.queue.get(second).unwrap().operation, install("nano"));
}

#[test]
fn a_change_that_made_another_state_can_be_taken_back() {
    let mut program = program();
    active(&mut program, 7);
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    end(&mut program, entry, 8);

    assert!(undoes(&mut program, Known::with_active(8, &[7, 8])));
    assert_eq!(
        program.queue.current().unwrap().operation,
        Operation::GoBack { state: 7, from: 8 }
    );
    assert_eq!(program.notice, None);
}

#[test]
fn over_somebody_elses_change_nothing_is_taken_back() {
    // Somebody else has made 9 since.
    let mut program = program();
    active(&mut program, 7);
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    end(&mut program, entry, 8);
    assert!(!undoes(&mut program, Known::with_active(9, &[7, 8, 9])));
    assert!(program.queue.current().is_none());
    let Some(Notice::Overtaken(operation)) = &program.notice else {
        panic!("it is not said");
    };
    assert_eq!(**operation, install("vim"));
    assert_eq!(program.active, 9);
    let look = click(&program, "overtaken-look");
    assert!(matches!(look.as_slice(), [Message::Go(Section::History)]));

    // Somebody else does so at any time until the swap: the engine looks, and its job ends so.
    enqueue(&mut program, Operation::GoBack { state: 7, from: 8 });
    let entry = current(&program);
    let begun = Begun::Job(Box::new(job("1", JobState::Running, 0.0)), None);
    say(&mut program, Message::Begun(entry, Ok(begun)));
    let overtaken = Failure::new(FailureCode::Overtaken, "").leaving(StateOfThings::SystemIntact);
    say(&mut program, Message::Ended(entry, Err(overtaken)));
    assert!(program.queue.get(entry).is_none() && program.queue.current().is_none());
    assert!(matches!(program.notice, Some(Notice::Overtaken(_))));
}

#[test]
fn a_change_is_taken_back_to_what_was_there_when_it_began() {
    let mut program = program();
    active(&mut program, 7);
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    // Somebody else has made 8 meanwhile: that is what is gone back to.
    let known = Known::with_active(8, &[7, 8]);
    say(&mut program, Message::Found(entry, Some(Box::new(known))));
    end(&mut program, entry, 9);
    assert_eq!(back(&program), Some(&Operation::GoBack { state: 8, from: 9 }));

    // And if even that is of before, the plan knows.
    enqueue(&mut program, install("nano"));
    let entry = current(&program);
    let known = Known::with_active(9, &[9]);
    say(&mut program, Message::Found(entry, Some(Box::new(known))));
    let extent = Extent {
        from: 10,
        packages: 1,
        stay: 0,
        by_holds: false,
    };
    let begun = Begun::Job(Box::new(job("1", JobState::Running, 0.0)), Some(extent));
    say(&mut program, Message::Begun(entry, Ok(begun)));
    end(&mut program, entry, 11);
    assert_eq!(back(&program), Some(&Operation::GoBack { state: 10, from: 11 }));

    // What makes no state is not gone back from, whatever happened meanwhile.
    enqueue(&mut program, Operation::RemoveStates { states: vec![3] });
    let entry = current(&program);
    program.notice = None;
    end(&mut program, entry, 12);
    assert_eq!(program.notice, None);
}

#[test]
fn what_makes_no_state_can_be_taken_back_too() {
    let mut program = program();
    let name = |name: &str| Operation::NameState {
        state: 7,
        name: name.into(),
    };
    enqueue(&mut program, name("calm"));
    let entry = current(&program);
    let known = Known::with_active(7, &[7]);
    say(&mut program, Message::Found(entry, Some(Box::new(known.clone()))));
    say(&mut program, Message::Begun(entry, Ok(Begun::Done)));
    assert_eq!(back(&program), Some(&name("")));
    assert_eq!(click(&program, "undo").len(), 1);

    // It is not called so any more.
    assert!(!undoes(&mut program, known));
    let look = click(&program, "overtaken-look");
    assert!(matches!(look.as_slice(), [Message::Go(Section::History)]));
}

#[test]
fn an_answer_for_one_change_never_takes_another_back() {
    let mut program = program();
    active(&mut program, 7);
    enqueue(&mut program, install("vim"));
    let first = current(&program);
    end(&mut program, first, 8);
    enqueue(&mut program, install("nano"));
    let second = current(&program);
    end(&mut program, second, 9);

    let known = Box::new(Known::with_active(9, &[7, 8, 9]));
    say(&mut program, Message::FoundToUndo(first, Ok(known)));
    assert!(program.queue.current().is_none());
    assert!(matches!(program.notice, Some(Notice::Changed { entry, .. }) if entry == second));

    // Nor does one that could not be given: it can be asked again.
    let failure = Failure::new(FailureCode::BackendStopped, "");
    say(&mut program, Message::FoundToUndo(second, Err(failure)));
    assert!(matches!(program.notice, Some(Notice::Changed { .. })));
}

#[test]
fn a_change_from_elsewhere_is_seen_when_the_window_comes_to_the_front() {
    let mut program = program();
    active(&mut program, 7);
    drop(program.go(Section::Updates));
    say(&mut program, Message::OldPrograms(7, Ok(Box::new(report()))));
    assert!(program.restart.is_some());

    let asked = program.active_question;
    say(&mut program, Message::Focused);
    assert_ne!(program.active_question, asked, "it is asked");
    // An answer to a question of before counts no more.
    say(&mut program, Message::Active(asked, 6));
    assert_eq!(program.active, 7);
    assert!(program.restart.is_some());

    let before = program.screens.updates.as_ref().unwrap().question();
    active(&mut program, 7);
    assert_eq!(program.screens.updates.as_ref().unwrap().question(), before);
    active(&mut program, 8);
    assert_eq!(program.active, 8);
    assert_ne!(
        program.screens.updates.as_ref().unwrap().question(),
        before,
        "what is shown is asked anew"
    );
    assert_eq!(program.restart, None, "what root saw is of before");

    let asked = program.active_question;
    say(&mut program, Message::Go(Section::History));
    assert_ne!(program.active_question, asked, "it is asked");
}

#[test]
fn a_state_that_is_made_here_is_not_somebody_elses() {
    let mut program = program();
    active(&mut program, 7);
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    program.queue.runs(entry, job("1", JobState::Running, 0.99));
    // Asked between the swap and the job's end.
    active(&mut program, 8);
    assert_eq!(program.active, 7);
    end(&mut program, entry, 8);

    assert_eq!(back(&program), Some(&Operation::GoBack { state: 7, from: 8 }));
    assert_eq!(program.active, 8);
}

#[tokio::test]
async fn what_is_taken_back_can_be_done_again() {
    let (connection, _backend) = connected().await;
    let mut program = program();
    program.writer = Some(Writer::behind(connection));
    // Nobody has said which state is the active one.
    enqueue(&mut program, Operation::GoBack { state: 7, from: 8 });
    let entry = current(&program);
    end(&mut program, entry, 7);

    assert_eq!(back(&program), Some(&Operation::GoBack { state: 8, from: 7 }));
}

#[tokio::test]
async fn root_is_asked_what_still_runs_before_its_rights_are_let_go_of() {
    let (connection, _backend) = connected().await;
    let mut program = program();
    active(&mut program, 7);
    program.writer = Some(Writer::behind(connection.clone()));
    enqueue(
        &mut program,
        Operation::NameState {
            state: 7,
            name: "calm".into(),
        },
    );
    let entry = current(&program);
    say(&mut program, Message::Begun(entry, Ok(Begun::Done)));
    assert!(
        program.writer.is_none() && !program.is_restart_due,
        "the system is the same"
    );

    program.writer = Some(Writer::behind(connection.clone()));
    enqueue(&mut program, install("vim"));
    enqueue(&mut program, install("nano"));
    let entry = current(&program);
    end(&mut program, entry, 8);
    assert!(
        program.writer.is_some() && program.is_restart_due,
        "there is more to do"
    );
    let entry = current(&program);
    let task = program.update(Message::Ended(entry, Err(Failure::new(FailureCode::Unresolvable, ""))));
    assert!(program.writer.is_none() && !program.is_restart_due);
    assert!(task.units() > 0, "it is asked");

    // Its answer is shown on Updates, whether that is open already or not, as long as that is the system.
    say(&mut program, Message::OldPrograms(7, Ok(Box::new(report()))));
    assert_eq!(program.restart, None);
    say(&mut program, Message::OldPrograms(8, Ok(Box::new(report()))));
    say(&mut program, Message::Go(Section::Updates));
    assert_eq!(
        program.screens.updates.as_ref().unwrap().seen_by_root(),
        Some(&report())
    );

    active(&mut program, 9);
    assert_eq!(program.screens.updates.as_ref().unwrap().seen_by_root(), None);
}

#[test]
fn what_changed_nothing_cannot_be_taken_back() {
    let mut program = program();
    active(&mut program, 7);
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    say(&mut program, Message::Begun(entry, Ok(Begun::Nothing)));

    assert_eq!(program.notice, None);
    assert!(matches!(program.queue.get(entry).unwrap().stage, Stage::Done(_)));
}

#[test]
fn a_plan_that_nobody_saw_is_shown_and_only_it_is_done() {
    let mut program = program();
    enqueue(&mut program, install("nano"));
    let entry = current(&program);
    let shown = plan(PackageChange::Remove);
    say(&mut program, Message::Begun(entry, Ok(Begun::Ask(Box::new(shown)))));
    assert_eq!(program.screen_name(), "review");

    let page = program.above.last().unwrap().0;
    say(&mut program, Message::Review(page, review::Message::Approved));
    assert_ne!(program.screen_name(), "review");
    let Operation::Change { digest, .. } = &program.queue.get(entry).unwrap().operation else {
        panic!("the wish is another one");
    };
    assert_eq!(digest, "d1");
    assert_eq!(program.queue.get(entry).unwrap().stage, Stage::Starting);
}

#[test]
fn the_way_to_a_newer_engine_is_planned_then_shown_and_only_then_gone() {
    let mut program = program();
    let wish = |digest: &str| Operation::Bridge {
        repository: "shop".into(),
        package: "moult".into(),
        digest: digest.into(),
    };
    enqueue(&mut program, wish(""));
    let entry = current(&program);
    let planning = job("planning", JobState::Running, 0.9);
    say(
        &mut program,
        Message::Begun(entry, Ok(Begun::Job(Box::new(planning), None))),
    );
    assert!(program.queue.get(entry).unwrap().operation.only_plans());

    let shown = plan(PackageChange::Upgrade);
    say(
        &mut program,
        Message::Begun(entry, Ok(Begun::Ask(Box::new(shown.clone())))),
    );
    assert_eq!(program.screen_name(), "review");
    let page = program.above.last().unwrap().0;
    say(&mut program, Message::Review(page, review::Message::Approved));
    let entry = program.queue.get(entry).unwrap();
    assert_eq!(entry.operation, wish(&shown.digest));
    assert!(!entry.operation.only_plans() && entry.progress == 0.0);
}

#[test]
fn a_change_is_planned_before_anybody_is_asked_for_leave() {
    let mut program = program();
    // Of one that is none, nobody is asked.
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    let nothing = ChangePlan {
        packages: vec![],
        ..plan(PackageChange::Install)
    };
    say(&mut program, Message::Foreseen(entry, Ok(Box::new(nothing))));
    assert!(matches!(program.queue.get(entry).unwrap().stage, Stage::Done(_)));

    // One that takes something away is shown first.
    enqueue(&mut program, install("nano"));
    let entry = current(&program);
    let shown = Box::new(plan(PackageChange::Remove));
    say(&mut program, Message::Foreseen(entry, Ok(shown.clone())));
    assert_eq!(program.screen_name(), "review");
    let page = program.above.last().unwrap().0;
    say(&mut program, Message::Review(page, review::Message::Approved));
    assert_eq!(program.queue.get(entry).unwrap().stage, Stage::Starting);

    // What was shown is what leave is asked for.
    say(&mut program, Message::Foreseen(entry, Ok(shown)));
    assert_eq!(program.queue.get(entry).unwrap().stage, Stage::Starting);
    assert_eq!(program.leave.packages, ["− vim 1"]);
    assert!(program.leave.summary.contains("nano"), "{:?}", program.leave);

    // What a reader cannot plan, root may.
    say(
        &mut program,
        Message::Foreseen(entry, Err(Failure::new(FailureCode::Internal, ""))),
    );
    assert_eq!(program.queue.get(entry).unwrap().stage, Stage::Starting);
    assert!(program.leave.packages.is_empty());
}

#[test]
fn a_plan_that_is_declined_changes_nothing_and_the_next_one_begins() {
    let mut program = program();
    enqueue(&mut program, install("nano"));
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    let shown = plan(PackageChange::Downgrade);
    say(&mut program, Message::Begun(entry, Ok(Begun::Ask(Box::new(shown)))));
    say(&mut program, Message::Escape);

    assert_eq!(program.queue.get(entry).unwrap().stage, Stage::Cancelled);
    assert_eq!(program.queue.current().unwrap().operation, install("vim"));
}

#[test]
fn a_no_to_the_question_for_leave_holds_what_waits() {
    let mut program = program();
    enqueue(&mut program, install("vim"));
    enqueue(&mut program, install("nano"));
    let entry = current(&program);
    let no = Failure::new(FailureCode::NotAuthorized, "");
    say(&mut program, Message::WriterStarted(entry, Err(no)));

    assert!(matches!(program.queue.get(entry).unwrap().stage, Stage::Failed(_)));
    assert!(program.queue.is_paused());
    assert!(program.queue.current().is_none());
    assert_eq!(program.notice, Some(Notice::Failed(entry)));
}

#[test]
fn a_writer_that_dies_at_work_is_said_and_what_waits_goes_on() {
    let mut program = program();
    enqueue(&mut program, install("vim"));
    enqueue(&mut program, install("nano"));
    let entry = current(&program);
    program.queue.runs(entry, job("1", JobState::Running, 0.2));
    say(&mut program, Message::Heard(Event::Stopped));

    let Stage::Failed(failure) = &program.queue.get(entry).unwrap().stage else {
        panic!("it is not said");
    };
    assert_eq!(failure.code, FailureCode::BackendStopped);
    assert_eq!(failure.state, StateOfThings::SystemIntact);
    assert_eq!(program.queue.current().unwrap().operation, install("nano"));
}

#[test]
fn a_writer_that_dies_after_the_swap_is_said_to_have_left_the_new_state() {
    let mut program = program();
    active(&mut program, 7);
    for (now, expected) in [
        (Some(8), StateOfThings::Activated),
        (Some(7), StateOfThings::SystemIntact),
        (None, StateOfThings::SystemIntact),
    ] {
        enqueue(&mut program, install("vim"));
        let entry = current(&program);
        program.queue.runs(entry, job("1", JobState::Running, 0.98));
        say(&mut program, Message::Stopped(entry, now));
        let Stage::Failed(failure) = &program.queue.get(entry).unwrap().stage else {
            panic!("it is not said");
        };
        assert_eq!(failure.state, expected, "{now:?}");
    }
}

#[test]
fn a_bar_never_goes_back() {
    let mut program = program();
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    program.queue.runs(entry, job("1", JobState::Running, 0.0));
    for progress in [0.4, 0.2, f64::NAN, 3.0] {
        let job = job("1", JobState::Running, progress);
        say(&mut program, Message::Heard(Event::Job(Box::new(job))));
    }

    assert_eq!(program.queue.get(entry).unwrap().progress, 1.0);
    let before = program.queue.get(entry).unwrap().progress;
    let job = job("2", JobState::Running, 0.1);
    say(&mut program, Message::Heard(Event::Job(Box::new(job))));
    assert_eq!(program.queue.get(entry).unwrap().progress, before);
}

#[test]
fn an_answer_for_one_page_never_reaches_another() {
    let mut program = program();
    drop(program.open_item("first".into()));
    drop(program.open_item("second".into()));
    let (first, second) = (program.above[0].0, program.above[1].0);
    assert_ne!(first, second);
    say(&mut program, Message::Back);
    assert_eq!(program.above.last().unwrap().0, first);
    // The page is gone: nobody hears it.
    assert!(program.page(second).is_none());
}

#[test]
fn a_paused_queue_begins_nothing_until_it_goes_on() {
    let mut program = program();
    drop(program.pause(true));
    enqueue(&mut program, install("vim"));
    assert!(program.queue.current().is_none());
    drop(program.pause(false));
    assert!(program.queue.current().is_some());
}

#[test]
fn what_a_window_left_waits_for_the_next_one_and_for_a_yes() {
    let folder = std::env::temp_dir().join(format!("moult-left-over-{}", std::process::id()));
    let options = || Options {
        state: Some(folder.clone()),
        ..Options::default()
    };
    let mut first = Program::idle(Language::English, options(), Trace::off());
    enqueue(&mut first, install("vim"));
    enqueue(&mut first, install("nano"));
    drop(first);

    let mut next = Program::idle(Language::English, options(), Trace::off());
    assert_eq!(next.left_over, 2);
    assert!(next.queue.current().is_none());
    say(&mut next, Message::LeftOverContinue);
    assert_eq!(next.queue.current().unwrap().operation, install("vim"));

    say(&mut next, Message::LeftOverForget);
    drop(next);
    let last = Program::idle(Language::English, options(), Trace::off());
    // The one that was at work is nobody's to forget.
    assert_eq!(last.left_over, 1);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_another_window_began_is_waited_for_and_then_it_is_ones_turn() {
    let mut program = program();
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    let busy = Failure::new(FailureCode::Busy, "");
    say(&mut program, Message::Begun(entry, Err(busy)));
    assert!(!program.queue.get(entry).unwrap().stage.is_ended());

    let theirs = job("theirs", JobState::Running, 0.5);
    say(&mut program, Message::AtWork(entry, Ok(vec![theirs])));
    assert_eq!(program.queue.get(entry).unwrap().progress, 0.0);
    let theirs = job("theirs", JobState::Running, 0.7);
    say(&mut program, Message::Heard(Event::Job(Box::new(theirs))));
    assert_eq!(program.queue.get(entry).unwrap().progress, 0.7);

    let theirs = job("theirs", JobState::Done, 1.0);
    say(&mut program, Message::Heard(Event::Job(Box::new(theirs))));
    // Begun again: the plan is made anew.
    assert_eq!(program.queue.get(entry).unwrap().stage, Stage::Starting);
}

#[test]
fn what_another_window_began_and_the_person_cancels_is_not_begun_again() {
    let mut program = program();
    enqueue(&mut program, install("vim"));
    let entry = current(&program);
    let busy = Failure::new(FailureCode::Busy, "");
    say(&mut program, Message::Begun(entry, Err(busy)));
    let theirs = job("theirs", JobState::Running, 0.5);
    say(&mut program, Message::AtWork(entry, Ok(vec![theirs])));

    program.queue.set(entry, Stage::Stopping(false));
    let theirs = job("theirs", JobState::Cancelled, 0.5);
    say(&mut program, Message::Heard(Event::Job(Box::new(theirs))));
    assert_eq!(program.queue.get(entry).unwrap().stage, Stage::Cancelled);
    assert!(program.queue.current().is_none());
}

#[test]
fn chosen_colours_are_there_at_the_next_start_and_the_desktops_where_nothing_was_chosen() {
    let home = tempfile::tempdir().unwrap();
    let next = || {
        let options = Options {
            state: Some(home.path().join("moult")),
            ..Options::default()
        };
        Program::idle(Language::English, options, Trace::off())
    };

    let mut first = next();
    assert_eq!(first.theme.scheme, Scheme::Light);
    say(&mut first, Message::OfDesktop(None));
    assert_eq!(first.theme.scheme, Scheme::Light);
    say(&mut first, Message::OfDesktop(Some(Scheme::Dark)));
    assert_eq!(first.theme.scheme, Scheme::Dark);
    assert!(first.ask_for_colours().units() > 0);
    assert_eq!(next().theme.scheme, Scheme::Light, "the desktop's are nobody's choice");

    // What is chosen is written once at a time, the last one last.
    let folder = home.path().join("moult");
    for scheme in [Scheme::Contrast, Scheme::Light, Scheme::Dark] {
        say(&mut first, Message::Appearance(scheme));
        assert_eq!(first.theme.scheme, scheme);
    }
    crate::store::colours::keep(&folder, Scheme::Contrast).unwrap();
    let again = first.update(Message::ColoursKept(Scheme::Contrast));
    assert!(again.units() > 0, "another one was chosen meanwhile");
    crate::store::colours::keep(&folder, Scheme::Dark).unwrap();
    let again = first.update(Message::ColoursKept(Scheme::Dark));
    assert_eq!(again.units(), 0);
    say(&mut first, Message::OfDesktop(Some(Scheme::Light)));
    assert_eq!(first.theme.scheme, Scheme::Dark, "it was chosen");

    let next = next();
    assert_eq!(next.theme.scheme, Scheme::Dark);
    assert_eq!(next.ask_for_colours().units(), 0, "nobody is asked any more");
}
