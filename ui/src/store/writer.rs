//! The writer: a backend that root's rights were given to for the time of a change. The system asks the person before it
//! starts, so it is started when there is something to do, and let go of when there is nothing more.

use std::fs::File;
use std::hash::{Hash, Hasher};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::stream::{self, Stream, StreamExt};
use moult_api::{
    Action, BootProxy, BootSpan, BootStatus, ChangePlan, ChangeRequest, ChangedFile, ChangesProxy, Failure,
    FailureCode, Job, JobsProxy, Outcome, PackageChange, PackagesProxy, RestartReport, StateOfThings, StoreProxy,
};
use zbus::{Connection, Fd};

use super::{Extent, Operation};
use crate::backend;

/// A connected writer. Clones speak to the same one.
#[derive(Debug, Clone)]
pub struct Writer {
    number: u64,
    connection: Connection,
}

/// How an operation began.
#[derive(Debug, Clone)]
pub enum Begun {
    /// It is a job; news of it come as [`Event::Job`]. Of a change of packages it is known how much it is about.
    Job(Box<Job>, Option<Extent>),
    /// It is done already.
    Done,
    /// There was nothing to do.
    Nothing,
    /// It is not begun: the person has to see this plan first.
    Ask(Box<ChangePlan>),
    /// It is done already: a repository is removed, and this names what is kept of it.
    PutAside(String),
}

/// Something that the writer says unasked.
#[derive(Debug, Clone)]
pub enum Event {
    /// A job moved.
    Job(Box<Job>),
    /// The writer is gone. Nothing comes after this.
    Stopped,
}

impl Writer {
    /// Starts one; the system asks the person. `told` says in one line what for: a desktop's prompt shows it with the command.
    ///
    /// # Errors
    /// As [`backend::Client::start`].
    pub async fn start(told: &str) -> Result<Self, Failure> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);

        Ok(Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            connection: backend::privileged(&["--store", "--plan", told]).await?,
        })
    }

    /// One behind this connection: for tests that play its part.
    #[cfg(test)]
    pub(crate) fn behind(connection: Connection) -> Self {
        Self { number: 0, connection }
    }

    /// Begins an operation.
    ///
    /// # Errors
    /// Why it could not be begun; then nothing was changed.
    pub async fn begin(&self, operation: &Operation) -> Result<Begun, Failure> {
        let changes = self.changes().await?;

        match operation {
            Operation::Change { request, .. } => self.change(operation, request).await,
            Operation::Local { path, .. } => {
                let file = open(path)?;
                let imported = changes.import(Fd::from(file.as_fd())).await?;
                let request = ChangeRequest {
                    action: Action::Install,
                    packages: Vec::new(),
                    imported: vec![imported],
                    remove_orphans: false,
                };
                self.change(operation, &request).await
            }
            Operation::Activate { state } => self.job(changes.activate(*state, 0).await?).await,
            Operation::GoBack { state, from } => self.job(changes.activate(*state, *from).await?).await,
            Operation::RemoveStates { states } => self.job(changes.remove_states(states).await?).await,
            Operation::Verify { repair } => self.job(changes.verify(*repair).await?).await,
            Operation::Refresh { repository } => self.job(changes.refresh(repository).await?).await,
            Operation::AddRepository(repository) => {
                changes.add_repository(repository).await?;
                self.job(changes.refresh(&repository.name).await?).await
            }
            Operation::RemoveRepository { name } => Ok(Begun::PutAside(changes.put_repository_aside(name).await?)),
            Operation::BringBackRepository { name, kept, .. } => {
                self.job(changes.bring_repository_back(name, kept).await?).await
            }
            Operation::EnableRepository { name, enabled } => {
                changes.enable_repository(name, *enabled).await?;
                if *enabled {
                    self.job(changes.refresh(name).await?).await
                } else {
                    Ok(Begun::Done)
                }
            }
            Operation::Follow { repository, version } => self.job(changes.follow(repository, version, "").await?).await,
            Operation::FollowBack {
                repository,
                version,
                from,
            } => self.job(changes.follow(repository, version, from).await?).await,
            Operation::Bridge {
                repository,
                package,
                digest,
            } => {
                let job = match digest.as_str() {
                    "" => changes.bridge(repository, package).await?,
                    seen => changes.apply(seen).await?,
                };
                self.job(job).await
            }
            Operation::Hold { packages, held } => {
                let names: Vec<&str> = packages.iter().map(String::as_str).collect();
                changes.hold(&names, *held).await?;
                Ok(Begun::Done)
            }
            Operation::NameState { state, name } => {
                changes.name_state(*state, name).await?;
                Ok(Begun::Done)
            }
            Operation::StartOnce { state } => self.set_next(*state, BootSpan::Once).await,
            Operation::StartAsBefore { state, from } => {
                BootProxy::new(&self.connection).await?.set_once(*state, *from).await?;
                Ok(Begun::Done)
            }
            Operation::StartFromNow { state } => self.set_next(*state, BootSpan::Always).await,
            Operation::PinState { state, pinned } => {
                changes.pin_state(*state, *pinned).await?;
                Ok(Begun::Done)
            }
        }
    }

    /// Plans a change as the system is now, and begins it if it is what the person has seen.
    async fn change(&self, operation: &Operation, request: &ChangeRequest) -> Result<Begun, Failure> {
        let plan = self.packages().await?.plan(request).await?;
        if plan.packages.is_empty() {
            return Ok(Begun::Nothing);
        }
        if !is_approved(operation, &plan) {
            return Ok(Begun::Ask(Box::new(plan)));
        }

        let begun = self.job(self.changes().await?.apply(&plan.digest).await?).await?;

        Ok(match begun {
            Begun::Job(job, _) => Begun::Job(job, Some(Extent::of(&plan))),
            other => other,
        })
    }

    async fn set_next(&self, state: u64, span: BootSpan) -> Result<Begun, Failure> {
        let boot = BootProxy::new(&self.connection).await?;
        boot.set_next(state, span).await?;

        Ok(Begun::Done)
    }

    async fn job(&self, id: String) -> Result<Begun, Failure> {
        let jobs = self.jobs().await?.list().await?;

        jobs.into_iter()
            .find(|job| job.id == id)
            .map(|job| Begun::Job(Box::new(job), None))
            .ok_or_else(|| Failure::new(FailureCode::Internal, format!("the job {id} is not known")))
    }

    /// What came of a job that ended, or why it ended. The job is forgotten then.
    ///
    /// # Errors
    /// Why it ended, if it did not end as it should.
    pub async fn outcome(&self, job: &Job) -> Result<Outcome, Failure> {
        let outcome = match job.state {
            moult_api::JobState::Done => self.changes().await?.outcome(&job.id).await,
            _ => Err(job.failure.clone()),
        };
        self.jobs().await?.dismiss(&job.id).await?;

        outcome
    }

    /// A plan of this writer, by its digest.
    ///
    /// # Errors
    /// It has none, or is gone.
    pub async fn planned(&self, digest: &str) -> Result<ChangePlan, Failure> {
        self.packages().await?.planned(digest).await
    }

    /// Files of a plan of this writer by path, from a number on.
    ///
    /// # Errors
    /// It has no such plan, or is gone.
    pub async fn plan_files(&self, digest: &str, from: u32) -> Result<Vec<ChangedFile>, Failure> {
        self.packages().await?.plan_files(digest, from).await
    }

    /// Asks a job to stop: for good, or only for now, and then what it has downloaded is kept.
    ///
    /// # Errors
    /// It cannot be stopped any more, or is not known.
    pub async fn stop(&self, job: &str, only_now: bool) -> Result<(), Failure> {
        let jobs = self.jobs().await?;
        if only_now {
            jobs.pause(job).await
        } else {
            jobs.cancel(job).await
        }
    }

    /// Every job there is, also those that an earlier window began.
    ///
    /// # Errors
    /// The writer is gone.
    pub async fn jobs_now(&self) -> Result<Vec<Job>, Failure> {
        self.jobs().await?.list().await
    }

    /// How the machine starts, as root sees it.
    ///
    /// # Errors
    /// The writer is gone.
    pub async fn boot_status(&self) -> Result<BootStatus, Failure> {
        BootProxy::new(&self.connection).await?.status().await
    }

    /// What still runs from a system of before, everybody's programs included.
    ///
    /// # Errors
    /// The writer is gone.
    pub async fn restart(&self) -> Result<RestartReport, Failure> {
        StoreProxy::new(&self.connection).await?.restart().await
    }

    /// What the writer says unasked, until it is gone.
    pub fn events(&self) -> impl Stream<Item = Event> + use<> {
        let writer = self.clone();

        stream::once(async move {
            let signals = async { Ok::<_, Failure>(writer.jobs().await?.receive_job_changed().await?) };
            let Ok(signals) = signals.await else {
                return stream::once(async { Event::Stopped }).boxed();
            };
            // What moved before the signals were listened to.
            let already = writer.jobs_now().await.unwrap_or_default();
            let closed = Box::pin(async move { writer.connection.closed().await });

            stream::iter(already.into_iter().map(|job| Event::Job(Box::new(job))))
                .chain(
                    signals
                        .filter_map(|signal| async move { Some(Event::Job(Box::new(signal.args().ok()?.job.clone()))) })
                        .take_until(closed),
                )
                .chain(stream::once(async { Event::Stopped }))
                .boxed()
        })
        .flatten()
    }

    async fn changes(&self) -> Result<ChangesProxy<'static>, Failure> {
        Ok(ChangesProxy::new(&self.connection).await?)
    }

    async fn packages(&self) -> Result<PackagesProxy<'static>, Failure> {
        Ok(PackagesProxy::new(&self.connection).await?)
    }

    async fn jobs(&self) -> Result<JobsProxy<'static>, Failure> {
        Ok(JobsProxy::new(&self.connection).await?)
    }
}

/// Whether this plan may be made without being shown (again). With a digest: only that very plan. Without one: if it takes
/// nothing away, makes nothing older and trusts nobody new, as far as the wish does not say so itself.
pub(super) fn is_approved(operation: &Operation, plan: &ChangePlan) -> bool {
    let (wish, seen) = match operation {
        Operation::Change { request, digest, .. } => (Some(request), digest),
        Operation::Local { digest, .. } => (None, digest),
        _ => return false,
    };
    if !seen.is_empty() {
        return plan.digest == *seen;
    }
    let is_wished = |action: Action| wish.is_some_and(|wish| wish.action == action);
    let is_named = |name: &String| wish.is_some_and(|wish| wish.packages.contains(name));

    plan.unsigned.is_empty()
        && plan.packages.iter().all(|package| match package.change {
            PackageChange::Install | PackageChange::Upgrade | PackageChange::Mark => true,
            PackageChange::Remove => is_wished(Action::Remove) && is_named(&package.name),
            PackageChange::Reinstall => is_wished(Action::Reinstall),
            PackageChange::Downgrade => false,
        })
}

/// Opens a package file with the person's own rights; never something that blocks or is no file.
pub(super) fn open(path: &Path) -> Result<File, Failure> {
    let bad = |reason: String| {
        Failure::new(FailureCode::BadInput, reason.clone())
            .arg("field", path.display())
            .arg("reason", reason)
            .leaving(StateOfThings::SystemIntact)
    };
    let file = File::options()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(|error| bad(error.to_string()))?;
    let is_file = file.metadata().map_err(|error| bad(error.to_string()))?.is_file();

    if is_file {
        Ok(file)
    } else {
        Err(bad("it is no file".to_owned()))
    }
}

impl Hash for Writer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl PartialEq for Writer {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}
