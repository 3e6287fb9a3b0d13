use super::*;

fn board() -> (tempfile::TempDir, Board) {
    let dir = tempfile::tempdir().unwrap();
    let board = Board::open(&dir.path().join("run")).unwrap();
    (dir, board)
}

fn step(phase: Phase, progress: f64) -> Step {
    Step {
        phase,
        progress,
        bytes: (0, 0),
        items: (0, 0),
        current: String::new(),
    }
}

#[test]
fn a_job_has_ended_however_its_thread_did_and_its_lock_is_free_when_that_is_heard() {
    let (_dir, board) = board();
    let board = Arc::new(board);
    let mut heard = board.subscribe();
    for (panics, says) in [(false, false), (true, false), (false, true)] {
        let lock = board.claim().unwrap().unwrap();
        let _ = board.begin(JobKind::Packages, "").unwrap();
        assert_eq!(heard.blocking_recv().unwrap().state, JobState::Running);
        let end = board.ends_with(lock);
        let ended = std::thread::spawn(move || {
            assert!(!panics);
            if says {
                end.say(JobState::Done, Failure::none());
            }
        });
        let job = heard.blocking_recv().unwrap();
        assert!(board.claim().unwrap().is_some(), "the next one cannot begin");
        assert_eq!(ended.join().is_err(), panics);
        let expected = match says {
            true => (JobState::Done, FailureCode::None),
            false => (JobState::Failed, FailureCode::Internal),
        };
        assert_eq!((job.state, job.failure.code), expected);
        assert!(!board.running());
    }
}

#[test]
fn progress_never_goes_back() {
    let (_dir, board) = board();
    let _ = board.begin(JobKind::Install, "disk").unwrap();
    board.step(step(Phase::Fetch, 0.5));
    board.step(step(Phase::Resolve, 0.2));
    let job = &board.list()[0];
    assert_eq!((job.phase, job.progress), (Phase::Fetch, 0.5));
}

#[test]
fn what_a_job_waits_for_is_said_until_it_moves() {
    let (_dir, board) = board();
    let _ = board.begin(JobKind::Packages, "/").unwrap();
    let at = |done| Step {
        bytes: (done, 100),
        ..step(Phase::Fetch, 0.1)
    };
    let trouble = || board.list()[0].failure.code;
    board.step(at(10));
    board.waits(Failure::new(FailureCode::RepositoryUnreachable, "nobody answers"));
    // It looks whether it was cancelled, and says where it is: nothing moved.
    board.step(at(10));
    assert_eq!(trouble(), FailureCode::RepositoryUnreachable);
    board.step(at(11));
    assert_eq!(trouble(), FailureCode::None);
    assert_eq!(board.list()[0].state, JobState::Running);
}

#[test]
fn a_killed_job_is_found_as_interrupted_with_the_state_of_the_disk() {
    let (dir, board) = board();
    let (id, _) = board.begin(JobKind::Install, "KINGSTON 64 GB").unwrap();
    board.cancelling_means(Cancel::LeavesDiskUnfinished).unwrap();
    board.log("one line");
    drop(board);

    let next = Board::open(&dir.path().join("run")).unwrap();
    next.recover().unwrap();
    let job = &next.list()[0];
    assert_eq!(job.state, JobState::Interrupted);
    assert_eq!(job.failure.state, StateOfThings::DiskUnfinished);
    assert_eq!(job.failure.args["disk"], "KINGSTON 64 GB");
    assert_eq!(next.lines(&id, 0).unwrap(), ["one line"]);
    next.dismiss(&id).unwrap();
    let third = Board::open(&dir.path().join("run")).unwrap();
    third.recover().unwrap();
    assert!(third.list().is_empty());
}

#[test]
fn a_job_killed_before_the_first_write_left_the_disk_untouched() {
    let (dir, board) = board();
    let _ = board.begin(JobKind::Install, "disk").unwrap();
    drop(board);
    let next = Board::open(&dir.path().join("run")).unwrap();
    next.recover().unwrap();
    assert_eq!(next.list()[0].failure.state, StateOfThings::Untouched);
}

#[test]
fn a_killed_change_of_packages_left_a_whole_system() {
    let (dir, board) = board();
    let _ = board.begin(JobKind::Packages, "/").unwrap();
    board.cancelling_means(Cancel::No).unwrap();
    drop(board);
    let next = Board::open(&dir.path().join("run")).unwrap();
    next.recover().unwrap();
    assert_eq!(next.list()[0].failure.state, StateOfThings::SystemIntact);
}

#[test]
fn only_one_backend_can_run_a_job() {
    let (dir, board) = board();
    let lock = board.claim().unwrap();
    assert!(lock.is_some());
    let other = Board::open(&dir.path().join("run")).unwrap();
    assert!(other.claim().unwrap().is_none());
    // A program that is being started at that moment has the file too, until it is that program.
    let starting = lock.as_ref().unwrap().0.try_clone().unwrap();
    drop(lock);
    assert!(other.claim().unwrap().is_some());
    drop(starting);
}

#[test]
fn a_folder_that_others_can_open_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let open = dir.path().join("run");
    fs::DirBuilder::new().mode(0o755).create(&open).unwrap();
    assert!(Board::open(&open).is_err());
}

#[test]
fn a_broken_state_file_is_put_aside() {
    let (dir, board) = board();
    fs::write(dir.path().join("run/job.json"), "{").unwrap();
    board.recover().unwrap();
    assert!(board.list().is_empty());
    assert!(dir.path().join("run/job.json.broken").exists());
}

#[test]
fn time_left_is_said_only_when_it_can_be_told() {
    assert_eq!(seconds_left(Duration::from_secs(10), 0.01), -1);
    assert_eq!(seconds_left(Duration::from_secs(10), 0.5), 10);
}
