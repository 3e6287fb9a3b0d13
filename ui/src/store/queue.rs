//! What is being done to the system and what waits for it. One thing at a time, in the order of being asked for.

use std::collections::VecDeque;

use moult_api::{Cancel, ChangePlan, Failure, FailureCode, Job, JobState, Outcome, Phase};

use super::{Before, Operation};

/// Ended entries that are still shown.
const MOST_ENDED: usize = 20;

/// Names an entry for as long as the window lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(u64);

impl EntryId {
    /// Its number, for the names of controls.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// One operation and how it stands with it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub id: EntryId,
    /// What is wanted.
    pub operation: Operation,
    /// How it stands with it.
    pub stage: Stage,
    /// 0.0 to 1.0; never smaller than it was.
    pub progress: f64,
    /// Its job, as last heard.
    pub job: Option<Job>,
    /// Bytes that its job had downloaded when it was paused: they are kept.
    pub downloaded: u64,
    /// The job is not this entry's own: another window began it, and this entry waits for its end.
    pub is_following: bool,
    /// How much of what is newer it is about, if it updates and was planned.
    pub extent: Option<Extent>,
    /// How it was when its turn came, as far as that was asked.
    pub before: Before,
}

/// How much of what is newer an update brings, and how much stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The state that it starts from; 0 = none.
    pub from: u64,
    /// Packages that change.
    pub packages: usize,
    /// Packages that stay at their release although there is a newer one.
    pub stay: usize,
    /// All of those because the person holds something.
    pub by_holds: bool,
}

impl Extent {
    /// Of a plan.
    #[must_use]
    pub fn of(plan: &ChangePlan) -> Self {
        Self {
            from: plan.from,
            packages: plan.packages.len(),
            stay: plan.kept_back.len(),
            by_holds: plan.kept_back.iter().all(|kept| !kept.held.is_empty()),
        }
    }
}

/// How it stands with an operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Others come first, or the queue is paused.
    Waiting,
    /// Leave is asked of the person, and the plan is made once more.
    Starting,
    /// The plan is another one than the person saw, or takes something away that nobody spoke of: it is shown.
    Asking(Box<ChangePlan>),
    /// It is being done.
    Running,
    /// It was asked to stop; it will wait again (true) or end (false).
    Stopping(bool),
    /// It is done.
    Done(Box<Outcome>),
    /// It is not.
    Failed(Box<Failure>),
    /// The person stopped it; nothing changed.
    Cancelled,
}

impl Stage {
    /// Nothing more will happen to it.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Failed(_) | Self::Cancelled)
    }
}

impl Entry {
    /// What cancelling means now: free until the swap.
    #[must_use]
    pub fn can_cancel(&self) -> bool {
        match (&self.stage, &self.job) {
            (Stage::Waiting | Stage::Asking(_), _) => true,
            (Stage::Running, Some(job)) => job.cancel != Cancel::No,
            _ => false,
        }
    }
}

/// All operations of this window.
#[derive(Debug, Default)]
pub struct Queue {
    /// Ended ones first, then the current one, then those that wait.
    entries: VecDeque<Entry>,
    is_paused: bool,
    last: u64,
}

impl Queue {
    /// All entries: ended ones first, then the current one, then those that wait.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The entry of this name.
    #[must_use]
    pub fn get(&self, id: EntryId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The one that is being done, or that something is asked about.
    #[must_use]
    pub fn current(&self) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| !entry.stage.is_ended() && entry.stage != Stage::Waiting)
    }

    /// Those that wait, the next first.
    pub fn waiting(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.stage == Stage::Waiting)
    }

    /// Entries that have not ended.
    #[must_use]
    pub fn open(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.stage.is_ended()).count()
    }

    /// The latest entry, if it has not ended, that is about this package.
    #[must_use]
    pub fn of_package(&self, package: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| {
            let named = match &entry.operation {
                Operation::Change { request, .. } => request.packages.iter().any(|name| name == package),
                Operation::Hold { packages, .. } => packages.iter().any(|name| name == package),
                _ => false,
            };

            named && !entry.stage.is_ended()
        })
    }

    /// Nothing new is begun.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// Puts an operation at the end. The same one, if it waits already, is not put there twice.
    pub fn add(&mut self, operation: Operation) -> EntryId {
        if let Some(entry) = self.waiting().find(|entry| entry.operation == operation) {
            return entry.id;
        }

        self.last += 1;
        let id = EntryId(self.last);
        self.entries.push_back(Entry {
            id,
            operation,
            stage: Stage::Waiting,
            progress: 0.0,
            job: None,
            downloaded: 0,
            is_following: false,
            extent: None,
            before: Before::default(),
        });

        id
    }

    /// The next operation to begin, if one may: it is `Starting` then.
    pub fn begin(&mut self) -> Option<Entry> {
        if self.is_paused || self.current().is_some() {
            return None;
        }

        let entry = self.entries.iter_mut().find(|entry| entry.stage == Stage::Waiting)?;
        entry.stage = Stage::Starting;

        Some(entry.clone())
    }

    /// Holds the queue, or lets it go on.
    pub fn pause(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
    }

    /// An entry is at another stage. One that ended stays there.
    pub fn set(&mut self, id: EntryId, stage: Stage) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) else {
            return;
        };
        if entry.stage.is_ended() {
            return;
        }

        match stage {
            Stage::Done(_) => entry.progress = 1.0,
            Stage::Waiting => {
                if let Some(job) = entry.job.take()
                    && !entry.is_following
                    && job.phase == Phase::Fetch
                {
                    entry.downloaded = job.bytes_done;
                }
                entry.is_following = false;
            }
            _ => {}
        }
        entry.stage = stage;
        self.forget_old();
    }

    /// A plan was approved: only exactly it is carried out when the entry's turn comes, which is next.
    pub fn approve(&mut self, id: EntryId, approved: String) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.operation = entry.operation.clone().seen(&approved);
            entry.stage = Stage::Waiting;
            // What was planned so far is over: what is done now has a bar of its own.
            entry.progress = 0.0;
            entry.job = None;
        }
    }

    /// An entry's job has begun.
    pub fn runs(&mut self, id: EntryId, job: Job) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id)
            && !entry.stage.is_ended()
        {
            entry.stage = Stage::Running;
            entry.job = Some(job);
        }
    }

    /// An entry was planned: how much it is about.
    pub fn is_about(&mut self, id: EntryId, extent: Option<Extent>) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.extent = extent;
        }
    }

    /// An entry's turn has come: how it is before it.
    pub fn comes_after(&mut self, id: EntryId, before: Before) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.before = before;
        }
    }

    /// A repository was removed: what takes that back knows by this name what is kept of it.
    pub fn keeps(&mut self, id: EntryId, name: String) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id)
            && let Some(Operation::BringBackRepository { kept, .. }) = entry.before.inverse.as_deref_mut()
        {
            *kept = name;
        }
    }

    /// Another window's job is at work: an entry waits for its end, and shows how far it is.
    pub fn follow(&mut self, id: EntryId, job: Job) {
        self.runs(id, job);
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.is_following = true;
        }
    }

    /// A job moved. Its entry, if one is known and the job has ended.
    pub fn heard(&mut self, job: &Job) -> Option<EntryId> {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| !entry.stage.is_ended() && entry.job.as_ref().is_some_and(|known| known.id == job.id))?;
        // A job of which news overtook others does not go back.
        if job.progress.is_finite() {
            entry.progress = entry.progress.max(job.progress.clamp(0.0, 1.0));
        }
        entry.job = Some(job.clone());

        (job.state != JobState::Running).then_some(entry.id)
    }

    /// What came of an entry's job that ended.
    pub fn ended(&mut self, id: EntryId, outcome: Result<Outcome, Failure>) {
        let waits_again = self
            .get(id)
            .is_some_and(|entry| matches!(entry.stage, Stage::Stopping(true)));
        let stage = match outcome {
            Ok(outcome) => Stage::Done(Box::new(outcome)),
            Err(failure) if failure.code == FailureCode::Cancelled && waits_again => Stage::Waiting,
            Err(failure) if failure.code == FailureCode::Cancelled => Stage::Cancelled,
            Err(failure) => Stage::Failed(Box::new(failure)),
        };
        self.set(id, stage);
    }

    /// Takes an entry that waits, or that has ended, out of the list.
    pub fn remove(&mut self, id: EntryId) {
        self.entries
            .retain(|entry| entry.id != id || !(entry.stage.is_ended() || entry.stage == Stage::Waiting));
    }

    /// The operations that have not ended, in order: for the next window.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Operation> {
        self.entries
            .iter()
            .filter(|entry| !entry.stage.is_ended())
            .map(|entry| entry.operation.clone())
            .collect()
    }

    fn forget_old(&mut self) {
        let ended = self.entries.iter().filter(|entry| entry.stage.is_ended()).count();
        let mut too_many = ended.saturating_sub(MOST_ENDED);
        self.entries.retain(|entry| {
            let goes = too_many > 0 && entry.stage.is_ended();
            too_many -= usize::from(goes);
            !goes
        });
    }
}
