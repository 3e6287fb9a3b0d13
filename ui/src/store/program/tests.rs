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

mod back;
mod dropped;
mod start;
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
