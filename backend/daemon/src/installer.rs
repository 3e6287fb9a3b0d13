//! `org.moult.Installer1`: disks, proposals, and the one job that carries a proposal out.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moult_api::{
    Cancel, Disk, Failure, FailureCode, InstallRequest, JobKind, JobState, Offer, Proposal, StateOfThings,
};
use moult_install::{Installer as Engine, Medium, Progress};
use moult_storage::ProbeOptions;
use secrecy::SecretString;
use zbus::interface;

use crate::board::{Board, JobLock, RUN_DIR, Step, Stop};
use crate::relay::Listener;
use crate::settings::Settings;
use crate::{convert, secret};

/// Proposals that can still be committed; older ones are forgotten.
const PROPOSALS: usize = 8;

/// Plans and starts installs.
#[derive(Debug)]
pub(crate) struct Installer {
    board: Arc<Board>,
    proposals: Mutex<Vec<moult_install::Proposal>>,
}

impl Installer {
    pub(crate) fn new(board: Arc<Board>) -> Self {
        Self {
            board,
            proposals: Mutex::default(),
        }
    }
}

#[interface(name = "org.moult.Installer1")]
impl Installer {
    async fn offer(&self) -> Result<Offer, Failure> {
        blocking(|settings, engine| {
            Ok(Offer {
                system: settings.system,
                minimum_disk: settings.minimum_disk,
                filesystems: engine.filesystems().into_iter().map(convert::filesystem_out).collect(),
                refusal: engine.refusal().map_or_else(Failure::none, convert::install_failure),
                medium: Medium::running().is_some(),
            })
        })
        .await
    }

    async fn check_medium(&self) -> Result<bool, Failure> {
        let medium = Medium::running().ok_or_else(|| {
            Failure::new(FailureCode::BadInput, "this system does not run from a medium")
                .arg("field", "medium")
                .arg("reason", "there is none")
        })?;
        blocking(move |_, _| {
            medium.is_whole().map_err(|error| {
                Failure::new(FailureCode::DiskFailed, error.to_string())
                    .arg("path", medium.image().display())
                    .leaving(StateOfThings::Untouched)
            })
        })
        .await
    }

    async fn disks(&self) -> Result<Vec<Disk>, Failure> {
        blocking(|_, engine| {
            let graph = engine.disks().map_err(convert::install_failure)?;
            Ok(graph.disks.iter().map(convert::disk).collect())
        })
        .await
    }

    async fn propose(&self, request: InstallRequest) -> Result<Proposal, Failure> {
        let wish = convert::request(request);
        let proposal = blocking(move |_, engine| engine.propose(wish).map_err(convert::install_failure)).await?;
        let shown = convert::proposal(&proposal);
        let mut proposals = self.proposals.lock().unwrap_or_else(PoisonError::into_inner);
        if proposals.len() == PROPOSALS {
            let _ = proposals.remove(0);
        }
        proposals.push(proposal);
        Ok(shown)
    }

    async fn commit(&self, digest: &str, password: zbus::OwnedFd) -> Result<String, Failure> {
        let password = secret::read(password.into()).await?;
        let proposal = {
            let proposals = self.proposals.lock().unwrap_or_else(PoisonError::into_inner);
            proposals.iter().find(|proposal| proposal.digest == digest).cloned()
        };
        let proposal = proposal.ok_or_else(|| {
            Failure::new(
                FailureCode::PlanUnknown,
                format!("no proposal has the digest {digest:?}"),
            )
        })?;
        let lock = self
            .board
            .claim()
            .map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?;
        let lock = lock.ok_or_else(|| Failure::new(FailureCode::Busy, "another backend runs a job"))?;
        if self.board.running() {
            return Err(Failure::new(FailureCode::Busy, "a job is running"));
        }
        let engine = engine()?.1;
        let (id, stop) = self
            .board
            .begin(JobKind::Install, &proposal.plan.disk.model)
            .map_err(|error| Failure::new(FailureCode::Internal, error.to_string()))?;
        let listener = match Listener::open(self.board.clone()) {
            Ok(listener) => Some(listener),
            Err(error) => {
                tracing::warn!(%error, "another window will not be able to follow this job");
                None
            }
        };
        let board = self.board.clone();
        drop(tokio::task::spawn_blocking(move || {
            work(engine, proposal, password, board, stop, lock, listener)
        }));
        Ok(id)
    }
}

/// The job's thread. The lock is let go of when the end is known, and before anybody hears of it.
fn work(
    engine: Engine,
    proposal: moult_install::Proposal,
    password: SecretString,
    board: Arc<Board>,
    stop: Arc<Stop>,
    lock: JobLock,
    listener: Option<Listener>,
) {
    let end = board.ends_with((listener, lock));
    let watch = BoardWatch {
        board: board.clone(),
        stop,
    };
    let run = std::panic::AssertUnwindSafe(|| engine.run(&proposal, &password, &watch));
    match std::panic::catch_unwind(run) {
        Ok(Ok(report)) => {
            let t = &report.timings;
            board.log(&format!("state {}: {} packages; {t:?}", report.state, report.packages));
            end.say(JobState::Done, Failure::none());
        }
        Ok(Err(error)) => {
            let state = if error.is_cancel() {
                JobState::Cancelled
            } else {
                JobState::Failed
            };
            let failure = convert::install_failure(error);
            board.log(&failure.to_string());
            end.say(state, failure.arg("disk", &proposal.plan.disk.model));
        }
        Err(_) => {
            let state = match board.list().first().map(|job| job.cancel) {
                Some(Cancel::Free) => StateOfThings::Untouched,
                _ => StateOfThings::DiskUnfinished,
            };
            let failure =
                Failure::new(FailureCode::Internal, "the installer stopped at a fault of its own").leaving(state);
            end.say(JobState::Failed, failure.arg("disk", &proposal.plan.disk.model));
        }
    }
}

/// Waits until the job's thread has let go of the lock, so that the process does not end before its last words.
pub(crate) async fn wait_until_released(board: &Board) {
    for _ in 0..20 {
        match board.claim() {
            Ok(Some(_)) | Err(_) => return,
            Ok(None) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn engine() -> Result<(Settings, Engine), Failure> {
    let settings = Settings::load().map_err(|error| {
        Failure::new(FailureCode::BadInput, error.to_string())
            .arg("field", "configuration")
            .arg("reason", &error)
    })?;
    let offer = moult_install::Offer {
        sources: settings.sources.iter().map(convert::source).collect(),
        packages: settings.packages.clone(),
        minimum_disk: settings.minimum_disk,
        disk_images: settings.disk_images,
    };
    let probe = ProbeOptions {
        loop_devices: settings.loop_devices,
        ..ProbeOptions::default()
    };
    Ok((settings, Engine::new(offer, probe, Path::new(RUN_DIR))))
}

/// Runs work that blocks on a thread where it may.
async fn blocking<T, F>(work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(Settings, Engine) -> Result<T, Failure> + Send + 'static,
{
    let work = move || engine().and_then(|(settings, engine)| work(settings, engine));
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Failure::new(
            FailureCode::Internal,
            "the backend met a fault of its own",
        )),
    }
}

/// Passes an install's progress to the board.
struct BoardWatch {
    board: Arc<Board>,
    stop: Arc<Stop>,
}

impl moult_install::Watch for BoardWatch {
    fn progress(&self, progress: Progress) {
        self.board.step(Step {
            phase: convert::phase(progress.phase),
            progress: progress.whole,
            bytes: progress.bytes,
            items: progress.items,
            current: progress.current,
        });
    }

    fn cancelled(&self) -> bool {
        self.stop.is_wanted()
    }

    fn log(&self, line: &str) {
        self.board.log(line);
    }

    fn disk_will_change(&self) -> io::Result<()> {
        self.board.cancelling_means(Cancel::LeavesDiskUnfinished)
    }

    fn point_of_no_cancel(&self) -> io::Result<()> {
        self.board.cancelling_means(Cancel::No)
    }
}
