use moult_api::{
    Action as Wish, Cancel, ChangeRequest, Damage, FailureCode, Job, JobState, Outcome, RefreshResult, RefreshedRow,
    StateOfThings,
};

use super::*;
use crate::samples::LONG;
use crate::screen::store::scene::Scene;
use crate::screen::store::stage::Stage;
use crate::store::{Operation, Stage as Standing};

fn install(name: &str) -> Operation {
    Operation::Change {
        request: ChangeRequest {
            action: Wish::Install,
            packages: vec![name.to_lowercase()],
            imported: vec![],
            remove_orphans: false,
        },
        names: vec![name.into()],
        digest: String::new(),
    }
}

fn job(progress: f64, cancel: Cancel) -> Job {
    Job {
        id: "job-1".into(),
        kind: JobKind::Packages,
        state: JobState::Running,
        phase: Phase::Fetch,
        progress,
        bytes_done: 34_000_000,
        bytes_total: 124_000_000,
        items_done: 3,
        items_total: 12,
        current: "krita".into(),
        seconds_left: 70,
        cancel,
        subject: String::new(),
        failure: Failure::none(),
    }
}

fn failure() -> Failure {
    Failure::new(FailureCode::RepositoryUnreachable, "connect: timed out")
        .arg("uri", "https://example.org/stone.index")
        .leaving(StateOfThings::SystemIntact)
}

/// One that ended well, one that did not, one that was stopped, one that runs, and two that wait.
fn full(language: Language) -> (Stage, Vec<EntryId>) {
    let mut stage = Stage::high(language);
    let queue = &mut stage.queue;
    let mut ids = Vec::new();
    for (operation, standing) in [
        (
            install("Inkscape"),
            Standing::Done(Box::new(Outcome {
                state: 12,
                packages: 7,
                ..Outcome::default()
            })),
        ),
        (
            Operation::Refresh {
                repository: String::new(),
            },
            Standing::Failed(Box::new(failure())),
        ),
        (Operation::Activate { state: 9 }, Standing::Cancelled),
    ] {
        let id = queue.add(operation);
        queue.set(id, standing);
        ids.push(id);
    }
    let running = queue.add(install("Krita"));
    let _ = queue.begin();
    queue.runs(running, job(0.0, Cancel::Free));
    let _ = queue.heard(&job(0.42, Cancel::Free));
    ids.push(running);
    ids.push(queue.add(Operation::Change {
        request: ChangeRequest {
            action: Wish::Sync,
            packages: vec![],
            imported: vec![],
            remove_orphans: false,
        },
        names: vec![],
        digest: String::new(),
    }));
    ids.push(queue.add(install("GIMP")));

    (stage, ids)
}

#[test]
fn what_runs_shows_how_far_it_is_what_it_does_and_what_cancelling_means() {
    let (stage, _) = full(Language::English);
    let (screen, _) = Queue::new();
    for text in [
        "Installing Krita",
        "42 %",
        "Fetching the packages.",
        "You can still cancel: nothing has been changed yet.",
        "Update everything",
        "Next. Nothing has been changed yet.",
        "Install GIMP",
        "Waits for those before it. Nothing has been changed yet.",
    ] {
        assert!(stage.shows(&screen, text), "{text}");
    }
}

#[test]
fn what_ended_says_what_came_of_it() {
    let (stage, _) = full(Language::English);
    let (screen, _) = Queue::new();
    for text in [
        "Installed Inkscape",
        "State 12 is the active one.",
        "Not done: Read all package lists",
        "The package source cannot be reached (https://example.org/stone.index).",
        "The system you had is whole and still starts.",
        "You stopped it. Nothing was changed.",
    ] {
        assert!(stage.shows(&screen, text), "{text}");
    }
}

#[test]
fn cancelling_is_free_until_the_swap_and_closed_afterwards() {
    let (mut stage, ids) = full(Language::English);
    let (mut screen, _) = Queue::new();
    let cancel = format!("queue-cancel-{}", ids[3].number());
    let said = stage.click(&screen, &cancel);
    let action = said.into_iter().map(|message| screen.update(message)).next_back();
    assert!(matches!(action, Some(Action::Cancel(id)) if id == ids[3]));

    let _ = stage.queue.heard(&job(0.97, Cancel::No));
    assert!(stage.click(&screen, &cancel).is_empty());
    assert!(stage.shows(
        &screen,
        "It cannot be cancelled any more; what is left takes only a moment."
    ));
}

#[test]
fn what_waits_can_be_taken_out_and_what_failed_tried_again() {
    let (stage, ids) = full(Language::English);
    let (mut screen, _) = Queue::new();
    let mut press = |what: &str, id: EntryId| {
        let said = stage.click(&screen, &format!("queue-{what}-{}", id.number()));
        said.into_iter().map(|message| screen.update(message)).next_back()
    };

    assert!(matches!(press("cancel", ids[5]), Some(Action::Cancel(id)) if id == ids[5]));
    assert!(matches!(press("again", ids[1]), Some(Action::Again(id)) if id == ids[1]));
    assert!(matches!(press("again", ids[2]), Some(Action::Again(id)) if id == ids[2]));
    assert!(matches!(press("dismiss", ids[0]), Some(Action::Dismiss(id)) if id == ids[0]));
}

#[test]
fn the_queue_can_be_held_and_says_so() {
    let (mut stage, _) = full(Language::English);
    let (mut screen, _) = Queue::new();
    let said = stage.click(&screen, "queue-pause");
    let action = said.into_iter().map(|message| screen.update(message)).next_back();
    assert!(matches!(action, Some(Action::Pause(true))));

    stage.queue.pause(true);
    assert!(stage.shows(&screen, "The queue is paused: nothing new is begun."));
    let said = stage.click(&screen, "queue-pause");
    let action = said.into_iter().map(|message| screen.update(message)).next_back();
    assert!(matches!(action, Some(Action::Pause(false))));
}

#[test]
fn what_was_paused_says_what_is_kept_of_it() {
    let cancelled = || Failure::new(FailureCode::Cancelled, "");
    for (phase, said) in [
        (
            Phase::Fetch,
            "Next. 34\u{a0}MB of it are downloaded already and kept. Nothing has been changed yet.",
        ),
        (Phase::Resolve, "Next. Nothing has been changed yet."),
    ] {
        let (mut stage, ids) = full(Language::English);
        let (screen, _) = Queue::new();
        let word = Job {
            phase,
            ..job(0.5, Cancel::Free)
        };
        let _ = stage.queue.heard(&word);
        stage.queue.set(ids[3], Standing::Stopping(true));
        stage.queue.ended(ids[3], Err(cancelled()));
        assert!(stage.shows(&screen, said), "{said}");
    }
}

#[test]
fn the_details_of_a_failure_are_folded_until_somebody_wants_them() {
    let (stage, ids) = full(Language::English);
    let (mut screen, _) = Queue::new();
    assert!(!stage.shows(&screen, "connect: timed out"));

    let id = format!("queue-details-{}", ids[1].number());
    for message in stage.click(&screen, &id) {
        let _ = screen.update(message);
    }
    assert!(stage.shows(&screen, "connect: timed out"));
}

#[test]
fn a_plan_that_nobody_saw_waits_to_be_looked_at() {
    let mut stage = Stage::high(Language::English);
    let id = stage.queue.add(install("Krita"));
    let plan = moult_api::ChangePlan {
        digest: "d".into(),
        from: 1,
        summary: String::new(),
        packages: vec![],
        orphans: vec![],
        kept_back: vec![],
        unsigned: vec![],
        outgrown: vec![],
        download_bytes: 0,
        disk_bytes: 0,
        files_added: 0,
        files_changed: 0,
        files_removed: 0,
    };
    let _ = stage.queue.begin();
    stage.queue.set(id, Standing::Asking(Box::new(plan)));
    let (mut screen, _) = Queue::new();
    let said = stage.click(&screen, &format!("queue-look-{}", id.number()));
    let action = said.into_iter().map(|message| screen.update(message)).next_back();

    assert!(matches!(action, Some(Action::Decide(looked)) if looked == id));
}

#[test]
fn a_kernel_without_room_leads_to_the_states_that_could_go() {
    let mut stage = Stage::high(Language::English);
    let id = stage.queue.add(install("Krita"));
    let _ = stage.queue.begin();
    let full = Failure::new(FailureCode::BootFull, "")
        .arg("needed", 90 << 20)
        .arg("free", 7 << 20)
        .arg("states", "3, 5")
        .leaving(StateOfThings::SystemIntact);
    stage.queue.set(id, Standing::Failed(Box::new(full)));
    let (mut screen, _) = Queue::new();
    let said = stage.click(&screen, &format!("queue-space-{}", id.number()));
    let action = said.into_iter().map(|message| screen.update(message)).next_back();

    assert!(matches!(action, Some(Action::FreeSpace(states)) if states == [3, 5]));
}

#[test]
fn what_a_job_waits_for_is_said_in_place_of_its_phase() {
    let mut stage = Stage::high(Language::English);
    let id = stage.queue.add(install("Krita"));
    let _ = stage.queue.begin();
    let waits = Job {
        failure: failure(),
        ..job(0.3, Cancel::Free)
    };
    stage.queue.runs(id, waits);
    let (screen, _) = Queue::new();
    let said = "The package source cannot be reached (https://example.org/stone.index). It is tried again by itself.";
    assert!(stage.shows(&screen, said));

    stage.queue.runs(id, job(0.3, Cancel::Free));
    assert!(!stage.shows(&screen, said));
}

#[test]
fn an_empty_queue_says_what_it_is_for() {
    let stage = Stage::high(Language::German);
    let (screen, _) = Queue::new();

    assert!(stage.shows(&screen, "Nichts ist in Arbeit, und nichts wartet."));
    assert!(!stage.shows(&screen, "Anhalten"));
}

#[test]
fn what_came_of_every_list_and_of_a_check_is_told() {
    let read = |result, failure: Vec<Failure>| RefreshedRow {
        name: "volatile".into(),
        result,
        packages: 2_500,
        moved_to: vec![],
        format: "v9".into(),
        bridge: String::new(),
        failure,
    };
    let refresh = Operation::Refresh {
        repository: String::new(),
    };
    let outcome = Outcome {
        refreshed: vec![
            read(RefreshResult::Updated, vec![]),
            read(RefreshResult::Unchanged, vec![]),
            read(RefreshResult::Moved, vec![]),
            read(RefreshResult::NeedsNewerEngine, vec![]),
            read(RefreshResult::Failed, vec![failure()]),
        ],
        ..Outcome::default()
    };
    let told = told::outcome(Language::English, &refresh, &outcome);
    assert_eq!(told.len(), 5);
    assert_eq!(told[0], "volatile has a new list, with 2,500 packages.");
    assert!(told[4].ends_with("The package source cannot be reached (https://example.org/stone.index)."));

    let verify = Operation::Verify { repair: true };
    let whole = Outcome {
        checked_files: 31_204,
        ..Outcome::default()
    };
    let told = told::outcome(Language::English, &verify, &whole);
    assert_eq!(told, ["31,204 files were compared, and all are as they should be."]);
    let damaged = Outcome {
        damage: (0..7)
            .map(|number| Damage {
                path: format!("bin/{number}"),
                problem: "another content".into(),
                repaired: number == 0,
            })
            .collect(),
        warnings: vec!["no boot loader".into()],
        ..Outcome::default()
    };
    let told = told::outcome(Language::English, &verify, &damaged);
    assert_eq!(told.len(), 7);
    assert_eq!(told[1], "bin/1 is damaged (another content).");
    assert_eq!(told[5], "2 more files were not as they should be.");
}

#[test]
fn what_is_at_hand_is_named_for_people() {
    let fetched = job(0.3, Cancel::Free);
    assert_eq!(crate::format::job_current(&fetched).as_deref(), Some("krita"));
    let on_a_disk = Job {
        phase: Phase::Partition,
        current: "make-root".into(),
        ..fetched
    };
    assert_eq!(crate::format::job_current(&on_a_disk), None);
}

pub(crate) fn scenes() -> Vec<Scene> {
    let screen = || Queue::new().0;
    let (full, ids) = full(Language::English);
    let mut unfolded = screen();
    let _ = unfolded.update(Message::DetailsPressed(ids[1]));
    let mut paused = crate::store::Queue::default();
    paused.pause(true);
    let _ = paused.add(install(LONG));

    vec![
        Scene::new("queue", unfolded).with(full.queue),
        Scene::new("queue-paused", screen()).with(paused),
        Scene::new("queue-empty", screen()),
    ]
}
