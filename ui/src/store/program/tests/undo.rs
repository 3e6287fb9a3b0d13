//! Taking back what makes no state, with a real wire to a backend that the test plays.

use std::sync::{Arc, Mutex};

use moult_api::{BootMenu, BootSpan, BootStatus, BootedReport, EspReport, Firmware, NextBy, SecureBoot, SecureStep};

use super::*;
use crate::store::saved;

/// What was asked of the backend, in order, and how it answers.
#[derive(Debug, Clone, Default)]
struct Asked {
    calls: Arc<Mutex<Vec<String>>>,
    /// What the menu has for one start.
    once: Arc<Mutex<u64>>,
}

impl Asked {
    fn note(&self, call: String) {
        self.calls.lock().unwrap().push(call);
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

struct Changes(Asked);

#[zbus::interface(name = "org.moult.Changes1")]
impl Changes {
    fn activate(&self, state: u64, from: u64) -> String {
        self.0.note(format!("activate {state} {from}"));
        "1".to_owned()
    }

    fn put_repository_aside(&self, name: &str) -> String {
        self.0.note(format!("put aside {name}"));
        "5f3a".to_owned()
    }

    fn bring_repository_back(&self, name: &str, kept: &str) -> String {
        self.0.note(format!("bring back {name} {kept}"));
        "1".to_owned()
    }

    fn follow(&self, repository: &str, version: &str, from: &str) -> String {
        self.0.note(format!("follow {repository} {version} {from}"));
        "1".to_owned()
    }
}

struct Packages(Asked);

#[zbus::interface(name = "org.moult.Packages1")]
impl Packages {
    fn active(&self) -> u64 {
        self.0.note("active".to_owned());
        7
    }
}

struct Boot(Asked);

#[zbus::interface(name = "org.moult.Boot1")]
impl Boot {
    fn status(&self) -> BootStatus {
        let once = *self.0.once.lock().unwrap();
        BootStatus {
            firmware: Firmware::Uefi,
            secure_boot: SecureBoot::Off,
            secure_step: SecureStep::Nothing,
            menu: BootMenu::Read,
            loader: String::new(),
            loader_version: String::new(),
            entries: vec![],
            esp: EspReport::default(),
            next: if once == 0 { 7 } else { once },
            next_by: if once == 0 { NextBy::Order } else { NextBy::Once },
            booted: BootedReport::default(),
            warnings: vec![],
        }
    }

    fn set_next(&self, state: u64, span: BootSpan) {
        self.0.note(format!("set next {state} {span:?}"));
        *self.0.once.lock().unwrap() = state;
    }

    fn set_once(&self, state: u64, from: u64) -> Result<(), Failure> {
        self.0.note(format!("set once {state} {from}"));
        let mut once = self.0.once.lock().unwrap();
        if *once != from {
            return Err(Failure::new(FailureCode::Overtaken, ""));
        }
        *once = state;

        Ok(())
    }
}

struct Jobs;

#[zbus::interface(name = "org.moult.Jobs1")]
impl Jobs {
    fn list(&self) -> Vec<Job> {
        vec![job("1", JobState::Running, 0.5)]
    }
}

/// A backend that plays every part, and the window's connection to it.
async fn backend() -> (Asked, zbus::Connection, zbus::Connection) {
    let asked = Asked::default();
    let (window, backend) = connected().await;
    let server = backend.object_server();
    let path = moult_api::PATH;
    let _ = server.at(path, Changes(asked.clone())).await.unwrap();
    let _ = server.at(path, Packages(asked.clone())).await.unwrap();
    let _ = server.at(path, Boot(asked.clone())).await.unwrap();
    let _ = server.at(path, Jobs).await.unwrap();

    (asked, window, backend)
}

/// Carries out an operation as the window does: asks how it is, begins it, hears how it began.
async fn carry_out(program: &mut Program, connection: &zbus::Connection, operation: Operation) {
    let reader = Reader::behind(connection.clone());
    let writer = Writer::behind(connection.clone());
    enqueue(program, operation.clone());
    let entry = current(program);
    let known = Known::about(&reader, Some(&writer), &operation).await.unwrap();
    say(program, Message::Found(entry, Some(Box::new(known))));
    let begun = writer.begin(&operation).await;
    say(program, Message::Begun(entry, begun));
}

/// Presses Undo, and carries out what that begins.
async fn take_back(program: &mut Program, connection: &zbus::Connection, operation: &Operation) {
    let reader = Reader::behind(connection.clone());
    let known = Known::about(&reader, None, operation).await.unwrap();
    assert!(undoes(program, known));
    let entry = program.queue.current().unwrap();
    let (id, back) = (entry.id, entry.operation.clone());
    let begun = Writer::behind(connection.clone()).begin(&back).await;
    say(program, Message::Begun(id, begun));
}

#[tokio::test]
async fn what_was_chosen_for_one_start_before_is_chosen_again() {
    let (asked, window, _backend) = backend().await;
    let mut program = program();
    let five = Operation::StartOnce { state: 5 };
    carry_out(&mut program, &window, five.clone()).await;
    assert_eq!(back(&program), Some(&Operation::StartAsBefore { state: 0, from: 5 }));
    take_back(&mut program, &window, &five).await;
    assert_eq!(asked.taken(), ["active", "set next 5 Once", "active", "set once 0 5"]);
    assert_eq!(*asked.once.lock().unwrap(), 0);

    carry_out(&mut program, &window, five).await;
    let six = Operation::StartOnce { state: 6 };
    carry_out(&mut program, &window, six.clone()).await;
    take_back(&mut program, &window, &six).await;
    assert_eq!(*asked.once.lock().unwrap(), 5);

    // Somebody chooses while leave is asked: nothing is done, and that is said as elsewhere.
    let back = Operation::StartAsBefore { state: 0, from: 6 };
    enqueue(&mut program, back.clone());
    let entry = current(&program);
    let begun = Writer::behind(window).begin(&back).await;
    say(&mut program, Message::Begun(entry, begun));
    assert_eq!(program.notice, Some(Notice::Overtaken(Box::new(back))));
    assert!(program.queue.get(entry).is_none());
    let look = click(&program, "overtaken-look");
    assert!(matches!(look.as_slice(), [Message::Go(Section::History)]));
    assert_eq!(*asked.once.lock().unwrap(), 5);
    let mut simulator = iced_test::Simulator::with_size(crate::theme::settings(), program.size, program.view());
    let said = "This was changed from elsewhere since then, so nothing was taken back.";
    assert!(simulator.find(said).is_ok());
}

#[tokio::test]
async fn what_is_chosen_for_one_start_is_asked_of_root_where_there_is_one() {
    let (seen, window, _backend) = backend().await;
    let (now, root, _other) = backend().await;
    *seen.once.lock().unwrap() = 4;
    *now.once.lock().unwrap() = 5;
    let six = Operation::StartOnce { state: 6 };
    let (reader, writer) = (Reader::behind(window), Writer::behind(root));
    for (writer, state) in [(Some(&writer), 5), (None, 4)] {
        let known = Known::about(&reader, writer, &six).await.unwrap();
        let back = Operation::StartAsBefore { state, from: 6 };
        assert_eq!(known.before(&six).inverse.as_deref(), Some(&back));
    }
}

#[tokio::test]
async fn going_back_and_following_back_name_what_they_take_back() {
    let (asked, window, _backend) = backend().await;
    let writer = Writer::behind(window.clone());
    let back = Operation::FollowBack {
        repository: "far".into(),
        version: "stream/a".into(),
        from: "tag/b".into(),
    };
    let follow = Operation::Follow {
        repository: "far".into(),
        version: "tag/b".into(),
    };
    for operation in [
        Operation::GoBack { state: 7, from: 8 },
        Operation::Activate { state: 7 },
        back.clone(),
        follow,
    ] {
        assert!(matches!(writer.begin(&operation).await, Ok(Begun::Job(..))));
    }
    assert_eq!(
        asked.taken(),
        [
            "activate 7 8",
            "activate 7 0",
            "follow far stream/a tag/b",
            "follow far tag/b "
        ]
    );

    // The engine's word reaches the person as that of the window does.
    let mut program = program();
    enqueue(&mut program, back.clone());
    let entry = current(&program);
    let begun = Begun::Job(Box::new(job("1", JobState::Running, 0.0)), None);
    say(&mut program, Message::Begun(entry, Ok(begun)));
    let overtaken = Failure::new(FailureCode::Overtaken, "");
    say(&mut program, Message::Ended(entry, Err(overtaken)));
    assert_eq!(program.notice, Some(Notice::Overtaken(Box::new(back))));
    let look = click(&program, "overtaken-look");
    assert!(matches!(look.as_slice(), [Message::Go(Section::Sources)]));
}

#[tokio::test]
async fn a_removed_source_is_brought_back_by_what_the_writer_calls_it() {
    let (asked, window, _backend) = backend().await;
    let mut program = program();
    let remove = Operation::RemoveRepository { name: "far".into() };
    let writer = Writer::behind(window);
    enqueue(&mut program, remove.clone());
    let entry = current(&program);
    let known = Known::with_source("far", true);
    say(&mut program, Message::Found(entry, Some(Box::new(known.clone()))));
    let begun = writer.begin(&remove).await;
    say(&mut program, Message::Begun(entry, begun));
    let returned = Operation::BringBackRepository {
        name: "far".into(),
        enabled: true,
        kept: "5f3a".into(),
    };
    assert_eq!(back(&program), Some(&returned));
    assert_eq!(click(&program, "undo").len(), 1);

    // Somebody has added one of this name since.
    let mut other = Program::idle(Language::English, Options::default(), Trace::off());
    other.notice.clone_from(&program.notice);
    assert!(!undoes(&mut other, known));
    let look = click(&other, "overtaken-look");
    assert!(matches!(look.as_slice(), [Message::Go(Section::Sources)]));

    assert!(undoes(&mut program, Known::default()));
    let entry = program.queue.current().unwrap();
    assert_eq!(entry.operation, returned);
    let begun = writer.begin(&returned).await;
    assert!(matches!(begun, Ok(Begun::Job(..))));
    assert_eq!(asked.taken(), ["put aside far", "bring back far 5f3a"]);

    // It waits for the next window, too, as every operation does.
    let folder = tempfile::tempdir().unwrap();
    saved::save(folder.path(), &program.queue.unfinished()).unwrap();
    assert_eq!(saved::load(folder.path()), [returned]);
}

#[tokio::test]
async fn without_knowing_how_it_was_a_removal_is_not_offered_to_be_taken_back() {
    let (_asked, window, _backend) = backend().await;
    let mut program = program();
    let remove = Operation::RemoveRepository { name: "far".into() };
    enqueue(&mut program, remove.clone());
    let entry = current(&program);
    say(&mut program, Message::Found(entry, None));
    let begun = Writer::behind(window).begin(&remove).await;
    say(&mut program, Message::Begun(entry, begun));
    assert_eq!(program.notice, None);
}

#[tokio::test]
async fn a_section_and_the_front_ask_for_the_active_state_and_not_for_all_states() {
    use futures_util::StreamExt;
    use iced_test::runtime::{Action, task};

    let (asked, window, _backend) = backend().await;
    let mut program = program();
    program.reader = Reader::behind(window);
    let mut heard = task::into_stream(program.ask_active()).unwrap();
    let mut answers = Vec::new();
    while let Some(action) = heard.next().await {
        if let Action::Output(message) = action {
            answers.push(message);
        }
    }
    let question = program.active_question;
    assert!(matches!(answers.as_slice(), [Message::Active(asked, 7)] if *asked == question));
    // The backend of this test has no other answer.
    assert_eq!(asked.taken(), ["active"]);

    // Nor does what is begun, or taken back, unless it is about states.
    let reader = program.reader.clone();
    for operation in [install("vim"), Operation::GoBack { state: 6, from: 7 }] {
        let known = Known::about(&reader, None, &operation).await.unwrap();
        assert_eq!(known.active(), Some(7));
    }
    assert_eq!(asked.taken(), ["active", "active"]);
}
