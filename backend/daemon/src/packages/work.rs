//! One job of the package engine: it has the machine's right to work, tells where it is, and leaves what came of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use moult_api::{Cancel, Failure, FailureCode, JobKind, JobState, Outcome, StateOfThings};
use moult_packages::{Engine, Phase, Progress, Watch};

use super::failure::{failure, waiting};
use super::root::Place;
use crate::board::{Board, Step, Stop};
use crate::relay::Listener;

/// Outcomes that can still be asked for; older ones are forgotten.
const OUTCOMES: usize = 16;

/// What ended jobs of this process brought.
#[derive(Debug, Default)]
pub(crate) struct Outcomes(Mutex<Vec<(String, Outcome)>>);

impl Outcomes {
    fn put(&self, job: &str, outcome: Outcome) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == OUTCOMES {
            let _ = all.remove(0);
        }
        all.push((job.to_owned(), outcome));
    }

    pub(crate) fn of(&self, job: &str) -> Result<Outcome, Failure> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|(id, _)| id == job).map(|(_, outcome)| outcome.clone());
        found.ok_or_else(|| {
            Failure::new(
                FailureCode::BadInput,
                format!("no job {job:?} of this backend ended well"),
            )
            .arg("field", "job")
            .arg("reason", "unknown")
        })
    }
}

/// Which part of the whole bar each phase has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Course {
    /// A new state: fetch, store, compose, triggers, activate.
    Change,
    /// A system that is written elsewhere: as a new state, but what is written takes the last half.
    Compose,
    /// One phase is all there is.
    Single,
}

/// Starts a job with the engine of a root, and returns its id.
pub(crate) fn start<F>(
    place: &Place,
    board: &Arc<Board>,
    outcomes: &Arc<Outcomes>,
    subject: &str,
    course: Course,
    work: F,
) -> Result<String, Failure>
where
    F: FnOnce(&mut Engine, &dyn Watch) -> Result<Outcome, moult_packages::Error> + Send + 'static,
{
    let place = place.clone();
    start_apart(board, outcomes, subject, course, move |watch| {
        let mut engine = place.open()?;
        work(&mut engine, watch)
    })
}

/// Starts a job that has nothing to do with any root, and returns its id.
pub(crate) fn start_apart<F>(
    board: &Arc<Board>,
    outcomes: &Arc<Outcomes>,
    subject: &str,
    course: Course,
    work: F,
) -> Result<String, Failure>
where
    F: FnOnce(&dyn Watch) -> Result<Outcome, moult_packages::Error> + Send + 'static,
{
    let internal = |error: std::io::Error| Failure::new(FailureCode::Internal, error.to_string());
    let lock = board.claim().map_err(internal)?;
    let lock = lock.ok_or_else(|| Failure::new(FailureCode::Busy, "another backend runs a job"))?;
    if board.running() {
        return Err(Failure::new(FailureCode::Busy, "a job is running"));
    }
    let (id, stop) = board.begin(JobKind::Packages, subject).map_err(internal)?;
    let listener = match Listener::open(board.clone()) {
        Ok(listener) => Some(listener),
        Err(error) => {
            tracing::warn!(%error, "another window will not be able to follow this job");
            None
        }
    };
    let (board, outcomes, job) = (board.clone(), outcomes.clone(), id.clone());
    drop(tokio::task::spawn_blocking(move || {
        let end = board.ends_with((listener, lock));
        let watch = BoardWatch {
            board: board.clone(),
            stop,
            course,
        };
        let run = AssertUnwindSafe(|| work(&watch));
        match catch_unwind(run) {
            Ok(Ok(outcome)) => {
                outcomes.put(&job, outcome);
                end.say(JobState::Done, Failure::none());
            }
            Ok(Err(error)) => {
                let state = if matches!(error, moult_packages::Error::Cancelled) {
                    JobState::Cancelled
                } else {
                    JobState::Failed
                };
                let failure = failure(error);
                board.log(&failure.to_string());
                end.say(state, failure);
            }
            Err(_) => {
                // Whatever broke, the engine's order leaves the old state or the new one, and the next start tidies up.
                let failure = Failure::new(
                    FailureCode::Internal,
                    "the package engine stopped at a fault of its own",
                );
                end.say(JobState::Failed, failure.leaving(StateOfThings::SystemIntact));
            }
        }
    }));
    Ok(id)
}

/// Passes the engine's progress to the board.
struct BoardWatch {
    board: Arc<Board>,
    stop: Arc<Stop>,
    course: Course,
}

impl Watch for BoardWatch {
    fn progress(&self, progress: Progress) {
        if matches!(self.course, Course::Change) && progress.phase == Phase::Activate {
            // From the swap on there is nothing to cancel; until then the engine still asks.
            if progress.items_done > 0
                && let Err(error) = self.board.cancelling_means(Cancel::No)
            {
                tracing::warn!(%error, "the job's state cannot be written");
            }
        }
        self.board.step(Step {
            phase: api_phase(progress.phase),
            progress: whole(self.course, &progress),
            bytes: (progress.bytes_done, progress.bytes_total),
            items: (progress.items_done, progress.items_total),
            current: progress.current,
        });
    }

    fn cancelled(&self) -> bool {
        self.stop.is_wanted()
    }

    fn keeps_downloads(&self) -> bool {
        self.stop.is_pause()
    }

    fn waits(&self, error: &moult_packages::Error) {
        self.board.waits(waiting(error));
    }

    fn log(&self, line: &str) {
        self.board.log(line);
    }
}

fn api_phase(phase: Phase) -> moult_api::Phase {
    match phase {
        Phase::Refresh => moult_api::Phase::Refresh,
        Phase::Resolve => moult_api::Phase::Resolve,
        Phase::Fetch => moult_api::Phase::Fetch,
        Phase::Store => moult_api::Phase::Store,
        Phase::Compose => moult_api::Phase::Compose,
        Phase::Triggers => moult_api::Phase::Triggers,
        Phase::Activate => moult_api::Phase::Activate,
        Phase::Verify => moult_api::Phase::Verify,
        Phase::Prune => moult_api::Phase::Prune,
        Phase::Export => moult_api::Phase::Export,
    }
}

/// Where the whole job is, from 0 to 1.
fn whole(course: Course, progress: &Progress) -> f64 {
    let (from, to) = match (course, progress.phase) {
        (Course::Single, _) => (0.0, 1.0),
        (Course::Change | Course::Compose, Phase::Refresh | Phase::Resolve) => (0.0, 0.02),
        (Course::Change | Course::Compose, Phase::Fetch) => (0.02, 0.45),
        (Course::Change | Course::Compose, Phase::Store) => (0.45, 0.75),
        (Course::Change | Course::Compose, Phase::Compose) => (0.75, 0.9),
        (Course::Change | Course::Compose, Phase::Triggers) => (0.9, 0.95),
        (Course::Change | Course::Compose, _) => (0.95, 1.0),
    };
    let part = |done: u64, total: u64| {
        if total == 0 {
            0.0
        } else {
            (done as f64 / total as f64).clamp(0.0, 1.0)
        }
    };
    let (from, to) = match (course, progress.phase) {
        (Course::Compose, Phase::Export) => (0.5, 1.0),
        (Course::Compose, _) => (from / 2.0, to / 2.0),
        _ => (from, to),
    };
    let within = if progress.bytes_total > 0 {
        part(progress.bytes_done, progress.bytes_total)
    } else {
        part(progress.items_done, progress.items_total)
    };

    from + (to - from) * within
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(phase: Phase, done: u64, total: u64) -> Progress {
        Progress {
            phase,
            bytes_done: done,
            bytes_total: total,
            items_done: 0,
            items_total: 0,
            current: String::new(),
        }
    }

    #[test]
    fn the_bar_goes_forward_from_phase_to_phase() {
        let phases = [
            Phase::Resolve,
            Phase::Fetch,
            Phase::Store,
            Phase::Compose,
            Phase::Triggers,
            Phase::Activate,
        ];
        let mut last = 0.0;
        for phase in phases {
            for done in [0, 50, 100, 200] {
                let now = whole(Course::Change, &at(phase, done, 100));
                assert!(now >= last && now <= 1.0, "{phase:?} {done}: {now} after {last}");
                last = now;
            }
        }
        assert_eq!(whole(Course::Compose, &at(Phase::Triggers, 1, 1)), 0.475);
        assert_eq!(whole(Course::Compose, &at(Phase::Export, 1, 2)), 0.75);
        assert_eq!(whole(Course::Single, &at(Phase::Verify, 0, 0)), 0.0);
        assert_eq!(whole(Course::Single, &at(Phase::Verify, 1, 2)), 0.5);
    }
}
