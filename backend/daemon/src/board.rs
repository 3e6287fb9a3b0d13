//! The running change: where it stands, who may run it, and how another backend finds it again.
//!
//! One lock file says whether a job runs anywhere on this machine; a state file beside it says where the job stands, and
//! survives the process. A state file that says "running" while nobody holds the lock is an interrupted job.

mod stop;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use moult_api::{Cancel, Failure, FailureCode, Job, JobKind, JobState, Phase, StateOfThings};
use rustix::fs::{FlockOperation, flock};
use tokio::sync::broadcast;

pub(crate) use stop::Stop;

/// What everybody may read of Moult's at run time: how this start went (`boot`) stands there from the initrd on.
const COMMON: &str = "/run/moult";
/// Where the lock, the state file and the relay's socket live. Root's alone.
pub(crate) const RUN_DIR: &str = "/run/moult/backend";

const LOG_LINES: usize = 20_000;
const SIGNAL_EVERY: Duration = Duration::from_millis(100);

/// The job that this process runs, or the last one that ended.
#[derive(Debug)]
pub(crate) struct Board {
    dir: PathBuf,
    current: Mutex<Option<Tracked>>,
    changes: broadcast::Sender<Job>,
}

#[derive(Debug)]
struct Tracked {
    job: Job,
    log: Vec<String>,
    stop: Arc<Stop>,
    started: Instant,
    told: Instant,
}

/// Held while a job runs. Given back when dropped; the kernel lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct JobLock(File);

impl Drop for JobLock {
    /// Closing the file alone would not do: a program that another thread is just starting may still have it open.
    fn drop(&mut self) {
        // What cannot be given back here goes with the file.
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}

/// What moved in a job; everything else stays.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) phase: Phase,
    pub(crate) progress: f64,
    pub(crate) bytes: (u64, u64),
    pub(crate) items: (u64, u64),
    pub(crate) current: String,
}

/// Makes the folder that everybody may read, unless it is there. Refused when somebody else could write it.
pub(crate) fn common(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Ok(()) => fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?,
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Err(_) => {}
    }
    let meta = fs::symlink_metadata(folder)?;
    if !meta.is_dir() || meta.uid() != rustix::process::geteuid().as_raw() || meta.mode() & 0o022 != 0 {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("{} is not a folder that only root can write", folder.display()),
        ));
    }
    Ok(())
}

impl Board {
    /// Opens the machine's own board.
    pub(crate) fn of_machine() -> io::Result<Self> {
        common(Path::new(COMMON))?;
        Self::open(Path::new(RUN_DIR))
    }

    /// Opens the board in `dir` (made with mode 0700 when missing; refused when it is not root's own).
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        match fs::DirBuilder::new().mode(0o700).create(dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let meta = fs::symlink_metadata(dir)?;
        if !meta.is_dir() || meta.uid() != rustix::process::geteuid().as_raw() || meta.mode() & 0o077 != 0 {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("{} is not a folder that only root can open", dir.display()),
            ));
        }
        let (changes, _) = broadcast::channel(256);
        Ok(Self {
            dir: dir.to_owned(),
            current: Mutex::new(None),
            changes,
        })
    }

    fn current(&self) -> MutexGuard<'_, Option<Tracked>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Path of the relay's socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.dir.join("jobs.sock")
    }

    /// Takes the machine-wide right to run a job; `None` when another backend has it.
    pub(crate) fn claim(&self) -> io::Result<Option<JobLock>> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
            .open(self.dir.join("job.lock"))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(JobLock(file))),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads what an earlier backend left. A job that was running then is interrupted now. Call only with nobody at work.
    pub(crate) fn recover(&self) -> io::Result<()> {
        let mut job: Job = match fs::read(self.dir.join("job.json")) {
            Ok(text) => match serde_json::from_slice(&text) {
                Ok(job) => job,
                Err(broken) => {
                    tracing::warn!(%broken, "the last job's state file cannot be read and is put aside");
                    return fs::rename(self.dir.join("job.json"), self.dir.join("job.json.broken"));
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if job.state == JobState::Running {
            job.state = JobState::Interrupted;
            let state = match (job.kind, job.cancel) {
                // The next start of the engine leaves the old state or the new one, whole.
                (JobKind::Packages, _) => StateOfThings::SystemIntact,
                (JobKind::Install, Cancel::Free) => StateOfThings::Untouched,
                (JobKind::Install, Cancel::LeavesDiskUnfinished | Cancel::No) => StateOfThings::DiskUnfinished,
            };
            job.failure = Failure::new(FailureCode::BackendStopped, "the backend stopped before the job ended")
                .arg("disk", &job.subject)
                .leaving(state);
            job.cancel = Cancel::No;
            self.persist(&job)?;
        }
        let now = Instant::now();
        *self.current() = Some(Tracked {
            job: job.clone(),
            log: self.stored_log(),
            stop: Arc::default(),
            started: now,
            told: now,
        });
        let _ = self.changes.send(job);
        Ok(())
    }

    /// Starts to track a new job and returns its id and the flag that asks it to stop.
    pub(crate) fn begin(&self, kind: JobKind, subject: &str) -> io::Result<(String, Arc<Stop>)> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let word = match kind {
            JobKind::Install => "install",
            JobKind::Packages => "packages",
        };
        let id = format!("{word}-{}", since.as_nanos());
        let job = Job {
            id: id.clone(),
            kind,
            state: JobState::Running,
            phase: Phase::Check,
            progress: 0.0,
            bytes_done: 0,
            bytes_total: 0,
            items_done: 0,
            items_total: 0,
            current: String::new(),
            seconds_left: -1,
            cancel: Cancel::Free,
            subject: subject.to_owned(),
            failure: Failure::none(),
        };
        let _ = File::create(self.dir.join("job.log"))?;
        self.persist(&job)?;
        let stop = Arc::<Stop>::default();
        let now = Instant::now();
        *self.current() = Some(Tracked {
            job: job.clone(),
            log: Vec::new(),
            stop: stop.clone(),
            started: now,
            told: now,
        });
        let _ = self.changes.send(job);
        Ok((id, stop))
    }

    /// Moves the running job. Progress never goes back; signals are sent at most ten times a second.
    pub(crate) fn step(&self, step: Step) {
        let mut current = self.current();
        let Some(tracked) = current
            .as_mut()
            .filter(|tracked| tracked.job.state == JobState::Running)
        else {
            return;
        };
        let job = &mut tracked.job;
        let turned = job.phase != step.phase;
        // What it waited for is over once something moves.
        let goes_on = job.failure.code != FailureCode::None && (turned || step.bytes.0 > job.bytes_done);
        if goes_on {
            job.failure = Failure::none();
        }
        job.phase = job.phase.max(step.phase);
        job.progress = job.progress.max(step.progress.clamp(0.0, 1.0));
        (job.bytes_done, job.bytes_total) = step.bytes;
        (job.items_done, job.items_total) = step.items;
        job.current = step.current;
        job.seconds_left = seconds_left(tracked.started.elapsed(), job.progress);
        if turned || goes_on || tracked.told.elapsed() >= SIGNAL_EVERY {
            tracked.told = Instant::now();
            let job = job.clone();
            if turned {
                self.persist_or_warn(&job);
            }
            let _ = self.changes.send(job);
        }
    }

    /// Says what the running job waits for, until it moves again.
    pub(crate) fn waits(&self, failure: Failure) {
        let mut current = self.current();
        let Some(tracked) = current
            .as_mut()
            .filter(|tracked| tracked.job.state == JobState::Running)
        else {
            return;
        };
        if tracked.job.failure != failure {
            tracked.job.failure = failure;
            tracked.job.seconds_left = -1;
            let _ = self.changes.send(tracked.job.clone());
        }
    }

    /// Says what cancelling means from now on. Durable before it returns, so that a killed backend tells the truth.
    pub(crate) fn cancelling_means(&self, cancel: Cancel) -> io::Result<()> {
        let mut current = self.current();
        let Some(tracked) = current.as_mut() else { return Ok(()) };
        if tracked.job.cancel != cancel {
            tracked.job.cancel = cancel;
            self.persist(&tracked.job)?;
            let _ = self.changes.send(tracked.job.clone());
        }
        Ok(())
    }

    /// Adds a line to the job's log.
    pub(crate) fn log(&self, line: &str) {
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        tracing::info!("{line}");
        let mut current = self.current();
        let Some(tracked) = current.as_mut() else { return };
        if tracked.log.len() < LOG_LINES {
            let stored = OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(self.dir.join("job.log"));
            if let Err(error) = stored.and_then(|mut file| writeln!(file, "{line}")) {
                tracing::warn!(%error, "the job's log cannot be written");
            }
            tracked.log.push(line);
        }
    }

    /// Ends the running job and lets go of what was `held` for it: whoever hears of the end can begin the next one.
    fn end<T>(&self, state: JobState, failure: Failure, held: T) {
        let mut current = self.current();
        let Some(tracked) = current.as_mut() else { return };
        let job = &mut tracked.job;
        job.state = state;
        job.failure = failure;
        job.cancel = Cancel::No;
        job.seconds_left = 0;
        if state == JobState::Done {
            job.progress = 1.0;
        }
        self.persist_or_warn(job);
        drop(held);
        let _ = self.changes.send(job.clone());
    }

    /// For the thread of a job: however that ends, the job has ended, and what is `held` for it is let go of.
    pub(crate) fn ends_with<T>(self: &Arc<Self>, held: T) -> End<T> {
        End {
            board: Arc::clone(self),
            held: Some(held),
        }
    }

    /// The job that runs or ended last.
    pub(crate) fn list(&self) -> Vec<Job> {
        self.current().iter().map(|tracked| tracked.job.clone()).collect()
    }

    /// A job of this process is at work.
    pub(crate) fn running(&self) -> bool {
        self.current()
            .as_ref()
            .is_some_and(|tracked| tracked.job.state == JobState::Running)
    }

    /// Asks the job to stop.
    pub(crate) fn cancel(&self, id: &str) -> Result<(), Failure> {
        self.stop(id, Stop::cancel)
    }

    /// Asks the job to stop so that it can be begun again: what it has fetched stays.
    pub(crate) fn pause(&self, id: &str) -> Result<(), Failure> {
        self.stop(id, Stop::pause)
    }

    fn stop(&self, id: &str, how: impl FnOnce(&Stop)) -> Result<(), Failure> {
        let current = self.current();
        let tracked = current
            .as_ref()
            .filter(|tracked| tracked.job.id == id)
            .ok_or_else(|| no_such_job(id))?;
        if tracked.job.state == JobState::Running && tracked.job.cancel == Cancel::No {
            return Err(
                Failure::new(FailureCode::Busy, "it cannot be cancelled any more").leaving(StateOfThings::Unknown)
            );
        }
        how(&tracked.stop);
        Ok(())
    }

    /// Forgets an ended job.
    pub(crate) fn dismiss(&self, id: &str) -> Result<(), Failure> {
        let mut current = self.current();
        match current.as_ref() {
            Some(tracked) if tracked.job.id == id && tracked.job.state == JobState::Running => {
                Err(Failure::new(FailureCode::Busy, "the job is still at work"))
            }
            Some(tracked) if tracked.job.id == id => {
                *current = None;
                for name in ["job.json", "job.log"] {
                    match fs::remove_file(self.dir.join(name)) {
                        Err(error) if error.kind() != io::ErrorKind::NotFound => {
                            return Err(Failure::new(FailureCode::Internal, error.to_string()));
                        }
                        _ => {}
                    }
                }
                Ok(())
            }
            _ => Err(no_such_job(id)),
        }
    }

    /// Log lines from the given one on.
    pub(crate) fn lines(&self, id: &str, from: u32) -> Result<Vec<String>, Failure> {
        let current = self.current();
        let tracked = current
            .as_ref()
            .filter(|tracked| tracked.job.id == id)
            .ok_or_else(|| no_such_job(id))?;
        Ok(tracked
            .log
            .iter()
            .skip(usize::try_from(from).unwrap_or(usize::MAX))
            .cloned()
            .collect())
    }

    /// Every change from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Job> {
        self.changes.subscribe()
    }

    /// Passes on what another backend's job did.
    pub(crate) fn relay(&self, job: Job) {
        let _ = self.changes.send(job);
    }

    fn persist_or_warn(&self, job: &Job) {
        if let Err(error) = self.persist(job) {
            tracing::warn!(%error, "the job's state cannot be written; a new window would not find it");
        }
    }

    fn persist(&self, job: &Job) -> io::Result<()> {
        let next = self.dir.join("job.json.next");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&next)?;
        file.write_all(&serde_json::to_vec(job)?)?;
        file.sync_all()?;
        fs::rename(next, self.dir.join("job.json"))
    }

    fn stored_log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.dir.join("job.log")).unwrap_or_default();
        text.lines().take(LOG_LINES).map(str::to_owned).collect()
    }
}

fn no_such_job(id: &str) -> Failure {
    Failure::new(FailureCode::BadInput, format!("no job {id:?}"))
        .arg("field", "job")
        .arg("reason", "unknown")
}

/// Straight extrapolation, once there is enough to extrapolate from; -1 before that.
fn seconds_left(elapsed: Duration, progress: f64) -> i64 {
    if progress < 0.05 || elapsed < Duration::from_secs(2) {
        return -1;
    }
    let left = elapsed.as_secs_f64() * (1.0 - progress) / progress;
    if left.is_finite() { left.round() as i64 } else { -1 }
}

/// See [`Board::ends_with`].
#[derive(Debug)]
pub(crate) struct End<T> {
    board: Arc<Board>,
    /// None once the job has ended.
    held: Option<T>,
}

impl<T> End<T> {
    pub(crate) fn say(mut self, state: JobState, failure: Failure) {
        let held = self.held.take();
        self.board.end(state, failure, held);
    }
}

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            let failure = Failure::new(FailureCode::Internal, "the job's thread is gone");
            self.board
                .end(JobState::Failed, failure.leaving(StateOfThings::Unknown), held);
        }
    }
}

#[cfg(test)]
mod tests;
