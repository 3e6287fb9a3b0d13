//! What the backend says, and where that leads: a job that is found, one that ends, a backend that dies.

use iced::Task;
use moult_api::{Failure, FailureCode, Job, JobState, StateOfThings};

use super::{App, At, Backend, MOST_STARTS, Message, start};
use crate::backend::Event;
use crate::screen::done::Done;
use crate::screen::failed::Failed;
use crate::screen::network;
use crate::screen::progress::{self, Progress};

impl App {
    pub(super) fn fail(&mut self, failure: Failure, subject: String, job: Option<String>) -> Task<Message> {
        tracing::warn!(code = ?failure.code, state = ?failure.state, "failed");
        self.confirmed = None;
        self.account.forget();

        self.show(At::Failed(Failed::new(failure, subject, job)), "start-over")
    }

    pub(super) fn ended(&mut self, job: Job) -> Task<Message> {
        // The plan is known if it was confirmed here.
        let boots = self.confirmed.take().and_then(|_| self.summary.boots());

        match job.state {
            JobState::Done => {
                let user = self.account.choice().user_name;
                self.show(At::Done(Done::new(job.subject, user, boots), Some(job.id)), "quit")
            }
            _ => self.fail(job.failure, job.subject, Some(job.id)),
        }
    }

    pub(super) fn heard(&mut self, event: Event) -> Task<Message> {
        match event {
            Event::Network(status) => {
                let action = self.network.update(network::Message::Status(status));
                self.network_wants(action)
            }
            Event::Job(job) => {
                self.trace.job(&job);

                match &mut self.at {
                    At::Progress(progress) => {
                        let action = progress.update(progress::Message::Moved(job));
                        self.progress_wants(action)
                    }
                    At::Deciding(_) if self.confirmed.is_some() || job.state == JobState::Running => self.follow(job),
                    _ => Task::none(),
                }
            }
            Event::Jobs(jobs) => {
                self.starts = 0;
                // The running one, else the last one that nobody has seen the end of.
                let job = jobs
                    .iter()
                    .find(|job| job.state == JobState::Running)
                    .or(jobs.last())
                    .cloned();

                // Ends that are being read are not taken away.
                let is_settled = match &self.at {
                    At::Done(..) | At::Failed(_) => true,
                    At::Deciding(_) => job.is_none() && self.confirmed.is_none(),
                    At::Progress(_) => false,
                };

                match job {
                    _ if is_settled => Task::none(),
                    Some(job) => {
                        self.trace.job(&job);
                        self.follow(job)
                    }
                    None => self.lost(),
                }
            }
            Event::Stopped => self.stopped(),
        }
    }

    /// Shows a job, wherever it stands.
    pub(super) fn follow(&mut self, job: Job) -> Task<Message> {
        if job.state != JobState::Running {
            return self.ended(job);
        }

        match &mut self.at {
            At::Progress(progress) if progress.job().id == job.id => {
                let action = progress.update(progress::Message::Moved(job));
                self.progress_wants(action)
            }
            _ => self.show(At::Progress(Progress::new(job)), "details"),
        }
    }

    /// A job was under way, and nobody knows of it any more.
    fn lost(&mut self) -> Task<Message> {
        let subject = match &self.at {
            At::Progress(progress) => progress.job().subject.clone(),
            _ => self.confirmed.clone().unwrap_or_default(),
        };
        let failure = Failure::new(FailureCode::BackendStopped, "").leaving(StateOfThings::Unknown);

        self.fail(failure, subject, None)
    }

    fn stopped(&mut self) -> Task<Message> {
        tracing::warn!("the backend stopped");

        if self.starts >= MOST_STARTS {
            self.backend = Backend::Gone;
            return self.lost();
        }

        self.starts += 1;
        self.backend = Backend::Again;
        start()
    }

    pub(super) fn not_started(&mut self, failure: Failure) -> Task<Message> {
        let is_at_work = self.confirmed.is_some() || matches!(self.at, At::Progress(_));
        self.backend = Backend::Gone;

        if is_at_work {
            return self.lost();
        }
        if matches!(self.at, At::Done(..) | At::Failed(_)) {
            return Task::none();
        }

        self.fail(failure.leaving(StateOfThings::Untouched), String::new(), None)
    }
}
