//! How a window begins: what the person did before there was a reader, and what the window before left.

use super::*;

#[test]
fn what_was_typed_before_there_was_a_reader_is_looked_for_then() {
    let mut program = program();
    say(&mut program, Message::Search("gim".into()));
    say(&mut program, Message::ReaderStarted(Ok(Reader::none())));
    let typed_on = format!("{}p", program.search);
    say(&mut program, Message::Search(typed_on));

    assert_eq!(program.search, "gimp");
    assert!(matches!(&program.above[..], [(_, Above::Browse(browse))] if browse.is_search()));
}

#[test]
fn a_link_comes_before_what_was_typed_meanwhile() {
    let mut program = program();
    program.options.opening = Some(Opening::Item("org.gimp.GIMP".into()));
    say(&mut program, Message::Search("vim".into()));
    // There is no reader in it, so that the link still waits for one.
    say(&mut program, Message::ReaderStarted(Ok(Reader::none())));

    assert_eq!(program.search, "");
    assert!(program.above.is_empty());
    assert!(program.options.opening.is_some());
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
