//! What is done to the system: the queue's next operation, its leave, its job, its end; and what a backend that dies means.

use std::time::Duration;

use iced::Task;
use moult_api::{Failure, FailureCode, Job, JobState, Outcome, RestartReport, StateOfThings};

use super::{Above, Message, Notice, PageId, Program};
use crate::screen::store::review;
use crate::store::{Before, Begun, EntryId, Event, Known, Operation, Stage, Writer};

/// How long to wait for whoever is at work to say so.
const AGAIN: Duration = Duration::from_secs(1);
/// A writer that does not say by then what still runs is let go of all the same.
const LAST_ANSWER: Duration = Duration::from_secs(20);

impl Program {
    /// Puts an operation into the queue and begins it if nothing else is being done.
    pub(super) fn enqueue(&mut self, operation: Operation) -> Task<Message> {
        let _ = self.queue.add(operation);
        self.keep_queue();

        self.go_on()
    }

    /// Begins the next operation, or lets go of root's rights when there is none.
    pub(super) fn go_on(&mut self) -> Task<Message> {
        let Some(entry) = self.queue.begin() else {
            return match self.queue.current() {
                Some(_) => Task::none(),
                None => self.let_go(),
            };
        };
        let id = entry.id;

        match self.writer.clone() {
            Some(writer) => self.begin(writer, id, entry.operation),
            None => self.foresee(id, entry.operation),
        }
    }

    /// Lets go of root's rights. If the system was changed with them, what still runs from the one before is asked first: only
    /// root sees the programs of all users.
    fn let_go(&mut self) -> Task<Message> {
        let Some(writer) = self.writer.take() else {
            return Task::none();
        };
        if !std::mem::take(&mut self.is_restart_due) {
            return Task::none();
        }
        let state = self.active;

        Task::perform(
            async move {
                match tokio::time::timeout(LAST_ANSWER, writer.restart()).await {
                    Ok(report) => report.map(Box::new),
                    Err(_) => Err(Failure::new(FailureCode::BackendStopped, "the writer does not answer")),
                }
            },
            move |report| Message::OldPrograms(state, report),
        )
    }

    pub(super) fn old_programs(&mut self, state: u64, report: Result<Box<RestartReport>, Failure>) -> Task<Message> {
        match report {
            Ok(report) if state == self.active => self.root_saw(Some(*report)),
            // The system is another one by now.
            Ok(_) => {}
            // The reader knows what it knows.
            Err(failure) => tracing::info!(code = ?failure.code, "root was not asked what still runs"),
        }

        Task::none()
    }

    pub(super) fn root_saw(&mut self, report: Option<RestartReport>) {
        self.restart = report;
        if let Some(updates) = &mut self.screens.updates {
            updates.root_saw(self.restart.clone());
        }
    }

    pub(super) fn writer_started(&mut self, entry: EntryId, result: Result<Writer, Failure>) -> Task<Message> {
        match result {
            Ok(writer) => {
                tracing::info!("a change was allowed");
                self.writer = Some(writer.clone());
                let starting = self.queue.get(entry).filter(|entry| entry.stage == Stage::Starting);
                match starting.map(|entry| entry.operation.clone()) {
                    Some(operation) => self.begin(writer, entry, operation),
                    None => self.go_on(),
                }
            }
            // It was not allowed. What else waits would only be asked about again.
            Err(failure) => {
                tracing::warn!(code = ?failure.code, "no writer");
                let others_wait = self.queue.waiting().next().is_some();
                self.queue.pause(others_wait);
                self.settle(entry, Err(failure))
            }
        }
    }

    /// Sees how it is before an operation, so that it can be taken back, and then begins it.
    fn begin(&mut self, writer: Writer, entry: EntryId, operation: Operation) -> Task<Message> {
        // What is taken back says itself what it finds, or is not begun.
        if let Operation::GoBack { from, .. } = operation {
            let before = Before {
                state: from,
                inverse: None,
            };
            self.queue.comes_after(entry, before);
            return self.begin_now(writer, entry, operation);
        }
        if !self.reader.is_there() {
            return self.begin_now(writer, entry, operation);
        }

        self.reader.ask(
            |reader| async move { Known::about(&reader, Some(&writer), &operation).await.map(Box::new) },
            move |known| {
                let known = known.inspect_err(
                    |failure| tracing::warn!(code = ?failure.code, "how it is before a change is not known"),
                );
                Message::Found(entry, known.ok())
            },
        )
    }

    /// How it is before an entry is known, as far as it can be.
    pub(super) fn found(&mut self, id: EntryId, known: Option<Box<Known>>) -> Task<Message> {
        let starting = self.queue.get(id).filter(|entry| entry.stage == Stage::Starting);
        let Some(operation) = starting.map(|entry| entry.operation.clone()) else {
            return self.go_on();
        };
        let mut seen = Task::none();
        if let Some(known) = known {
            self.queue.comes_after(id, known.before(&operation));
            seen = known.active().map_or_else(Task::none, |state| self.is_active(state));
        }
        let begun = match self.writer.clone() {
            Some(writer) => self.begin_now(writer, id, operation),
            // It is gone: that is heard as an event.
            None => Task::none(),
        };

        Task::batch([seen, begun])
    }

    /// Begins an operation once the queue that has it is on the disk: a window that is killed then loses none of the others.
    fn begin_now(&mut self, writer: Writer, entry: EntryId, operation: Operation) -> Task<Message> {
        let kept = self.kept.take();

        Task::perform(
            async move {
                if let Some(kept) = kept {
                    kept.settled().await;
                }
                writer.begin(&operation).await
            },
            move |result| Message::Begun(entry, result),
        )
    }

    pub(super) fn begun(&mut self, entry: EntryId, result: Result<Begun, Failure>) -> Task<Message> {
        match result {
            Ok(Begun::Job(job, extent)) => {
                self.queue.runs(entry, *job);
                self.queue.is_about(entry, extent);
                // It may have ended before its name was known here.
                self.ask_jobs()
            }
            Ok(Begun::Done | Begun::Nothing) => self.settle(entry, Ok(Outcome::default())),
            Ok(Begun::PutAside(kept)) => {
                self.queue.keeps(entry, kept);
                self.settle(entry, Ok(Outcome::default()))
            }
            Ok(Begun::Ask(plan)) => {
                let Some(operation) = self.queue.get(entry).map(|entry| entry.operation.clone()) else {
                    return Task::none();
                };
                self.queue.set(entry, Stage::Asking(plan.clone()));
                self.show_plan(entry, operation, *plan)
            }
            // Its end is heard as an event.
            Err(failure) if failure.code == FailureCode::BackendStopped => Task::none(),
            // A window before this one, or somebody else, has begun something that goes on.
            Err(failure) if failure.code == FailureCode::Busy => self.look_who_is_at_work(entry),
            Err(failure) => self.settle(entry, Err(failure)),
        }
    }

    fn look_who_is_at_work(&self, entry: EntryId) -> Task<Message> {
        match self.writer.clone() {
            Some(writer) => Task::perform(
                async move {
                    let jobs = writer.jobs_now().await?;
                    if jobs.iter().all(|job| job.state != JobState::Running) {
                        // It is about to begin or to end.
                        tokio::time::sleep(AGAIN).await;
                    }
                    Ok(jobs)
                },
                move |jobs| Message::AtWork(entry, jobs),
            ),
            None => Task::none(),
        }
    }

    /// What another window began is waited for; then this entry's turn comes, and finds less to do, or nothing.
    pub(super) fn at_work(&mut self, entry: EntryId, jobs: Result<Vec<Job>, Failure>) -> Task<Message> {
        match jobs {
            Ok(jobs) => {
                match jobs.into_iter().find(|job| job.state == JobState::Running) {
                    Some(job) => self.queue.follow(entry, job),
                    None => self.queue.set(entry, Stage::Waiting),
                }
                // It may have ended before this was known here.
                Task::batch([self.ask_jobs(), self.go_on()])
            }
            Err(failure) => self.settle(entry, Err(failure)),
        }
    }

    fn ask_jobs(&self) -> Task<Message> {
        match self.writer.clone() {
            Some(writer) => Task::perform(async move { writer.jobs_now().await }, |jobs| {
                jobs.map_or(Message::Asked, Message::Jobs)
            }),
            None => Task::none(),
        }
    }

    pub(super) fn heard(&mut self, event: Event) -> Task<Message> {
        match event {
            Event::Job(job) => self.job(&job),
            Event::Stopped => {
                self.writer = None;
                let Some((entry, stage)) = self.queue.current().map(|entry| (entry.id, entry.stage.clone())) else {
                    return Task::none();
                };
                match stage {
                    // Nothing was begun: what was asked can still be answered.
                    Stage::Asking(_) => Task::none(),
                    _ => self.look_what_became(entry),
                }
            }
        }
    }

    /// The writer died at work. It leaves the old state or the new one, whole: which of them is asked of the reader.
    fn look_what_became(&mut self, entry: EntryId) -> Task<Message> {
        if !self.reader.is_there() {
            return self.stopped(entry, None);
        }

        self.reader.ask(
            |reader| async move { reader.packages().await?.active().await },
            move |state| {
                let state = state
                    .inspect_err(|failure| tracing::warn!(code = ?failure.code, "which state is active is not known"));
                Message::Stopped(entry, state.ok().filter(|state| *state != 0))
            },
        )
    }

    /// The writer died at work, and this state is the active one now, if that is known.
    pub(super) fn stopped(&mut self, entry: EntryId, now: Option<u64>) -> Task<Message> {
        let is_new = now.is_some_and(|now| self.active != 0 && now != self.active);
        let state = if is_new {
            StateOfThings::Activated
        } else {
            StateOfThings::SystemIntact
        };
        let failure = Failure::new(FailureCode::BackendStopped, "the writer ended").leaving(state);

        self.settle(entry, Err(failure))
    }

    pub(super) fn job(&mut self, job: &Job) -> Task<Message> {
        self.trace.job(job);

        let ended = self.queue.heard(job);
        if let Some(entry) = ended
            .and_then(|id| self.queue.get(id))
            .filter(|entry| entry.is_following)
        {
            let id = entry.id;
            // Whoever cancelled it does not want it done afterwards either.
            let next = match entry.stage {
                Stage::Stopping(false) => Stage::Cancelled,
                _ => Stage::Waiting,
            };
            self.queue.set(id, next);
            self.keep_queue();
            return Task::batch([self.refresh(), self.go_on()]);
        }

        match (ended, self.writer.clone()) {
            (Some(entry), Some(writer)) => {
                let job = job.clone();
                Task::perform(async move { writer.outcome(&job).await }, move |outcome| {
                    Message::Ended(entry, outcome)
                })
            }
            _ => Task::none(),
        }
    }

    /// An entry's job has ended. What it only planned is shown before it is done.
    pub(super) fn ended(&mut self, id: EntryId, outcome: Result<Outcome, Failure>) -> Task<Message> {
        let only_plans = self.queue.get(id).is_some_and(|entry| entry.operation.only_plans());
        let plan = outcome.as_ref().ok().map(|outcome| outcome.plan.clone());

        match (plan.filter(|plan| !plan.is_empty()), self.writer.clone()) {
            (Some(plan), Some(writer)) if only_plans => Task::perform(
                async move { writer.planned(&plan).await.map(|plan| Begun::Ask(Box::new(plan))) },
                move |result| Message::Begun(id, result),
            ),
            _ => self.settle(id, outcome),
        }
    }

    /// An entry is over: remembers how to take it back, shows the system as it is now, and goes on.
    pub(super) fn settle(&mut self, id: EntryId, outcome: Result<Outcome, Failure>) -> Task<Message> {
        if matches!(&outcome, Err(failure) if failure.code == FailureCode::Overtaken) {
            return self.overtaken(id);
        }
        let after = outcome.as_ref().map_or(0, |outcome| outcome.state);
        self.queue.ended(id, outcome);
        if let Some(entry) = self.queue.get(id).cloned() {
            // What its plan starts from is the surest; without having asked, what was last heard has to do.
            let planned = entry.extent.map_or(0, |extent| extent.from);
            let before = [planned, entry.before.state, self.active];
            let before = before.into_iter().find(|state| *state != 0).unwrap_or(0);
            let is_another = entry.operation.makes_a_state() && after != 0 && after != before;

            match &entry.stage {
                Stage::Done(_) => {
                    let back = match is_another {
                        true if before != 0 => Some(Box::new(Operation::GoBack {
                            state: before,
                            from: after,
                        })),
                        true => None,
                        false => entry.before.inverse,
                    };
                    if let Some(back) = back {
                        self.notice = Some(Notice::Changed {
                            entry: id,
                            operation: Box::new(entry.operation),
                            extent: entry.extent,
                            back,
                        });
                    }
                }
                Stage::Failed(_) => self.notice = Some(Notice::Failed(id)),
                _ => {}
            }
            let is_changed = match &entry.stage {
                Stage::Failed(failure) => failure.state == StateOfThings::Activated,
                _ => is_another,
            };
            if is_changed {
                self.is_restart_due = true;
                self.root_saw(None);
            }
        }
        if after != 0 {
            self.active = after;
        }
        self.keep_queue();

        Task::batch([self.refresh(), self.go_on()])
    }

    pub(super) fn reviewed(&mut self, page: PageId, answer: review::Action) -> Task<Message> {
        match answer {
            review::Action::None => Task::none(),
            review::Action::Run(task) => task.map(move |message| Message::Review(page, message)),
            review::Action::Decline(entry) => {
                self.above.retain(|(id, _)| *id != page);
                self.declined(entry)
            }
            review::Action::Approve {
                entry: Some(entry),
                digest,
                ..
            } => {
                self.above.retain(|(id, _)| *id != page);
                self.queue.approve(entry, digest);
                self.go_on()
            }
            review::Action::Approve {
                entry: None, operation, ..
            } => {
                self.above.retain(|(id, _)| *id != page);
                self.enqueue(*operation)
            }
        }
    }

    /// A plan was shown and not approved.
    pub(super) fn declined(&mut self, entry: Option<EntryId>) -> Task<Message> {
        match entry {
            Some(entry) => {
                self.queue.set(entry, Stage::Cancelled);
                self.keep_queue();
                self.go_on()
            }
            None => Task::none(),
        }
    }

    pub(super) fn cancel(&mut self, id: EntryId) -> Task<Message> {
        self.stop(id, false)
    }

    /// Stops an entry, for good or until the queue goes on.
    fn stop(&mut self, id: EntryId, waits_again: bool) -> Task<Message> {
        let Some(entry) = self.queue.get(id) else {
            return Task::none();
        };
        if !entry.can_cancel() {
            return Task::none();
        }

        match (&entry.stage, &entry.job, self.writer.clone()) {
            (Stage::Running, Some(job), Some(writer)) => {
                let job = job.id.clone();
                self.queue.set(id, Stage::Stopping(waits_again));
                Task::perform(async move { writer.stop(&job, waits_again).await }, |_| Message::Asked)
            }
            (Stage::Waiting | Stage::Asking(_), ..) if !waits_again => {
                self.above
                    .retain(|(_, page)| !matches!(page, Above::Review(review) if review.entry() == Some(id)));
                self.declined(Some(id))
            }
            _ => Task::none(),
        }
    }

    /// Holds the queue. What is being done is stopped where that is free, and done again later: what it has downloaded is
    /// kept.
    pub(super) fn pause(&mut self, is_paused: bool) -> Task<Message> {
        self.queue.pause(is_paused);
        let current = self.queue.current().map(|entry| entry.id);

        match (is_paused, current) {
            (true, Some(current)) => self.stop(current, true),
            (true, None) => Task::none(),
            (false, _) => {
                self.left_over = 0;
                self.go_on()
            }
        }
    }

    /// Tries an entry that failed once more. Its plan is made anew.
    pub(super) fn again(&mut self, id: EntryId) -> Task<Message> {
        let Some(operation) = self.queue.get(id).map(|entry| entry.operation.clone()) else {
            return Task::none();
        };
        self.queue.remove(id);
        self.queue.pause(false);

        self.enqueue(operation.unseen())
    }

    /// Shows the plan that an entry waits to be approved, if it is not in sight.
    pub(super) fn decide(&mut self, id: EntryId) -> Task<Message> {
        let shown = |page: &Above| matches!(page, Above::Review(review) if review.entry() == Some(id));
        if self.above.iter().any(|(_, page)| shown(page)) {
            return Task::none();
        }
        let Some(entry) = self.queue.get(id) else {
            return Task::none();
        };
        if let Stage::Asking(plan) = &entry.stage {
            let (operation, plan) = (entry.operation.clone(), (**plan).clone());
            return self.show_plan(id, operation, plan);
        }

        Task::none()
    }
}
