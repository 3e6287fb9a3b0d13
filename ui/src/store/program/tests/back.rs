//! What can be taken back once it is done, and what comes between.

use super::*;

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
