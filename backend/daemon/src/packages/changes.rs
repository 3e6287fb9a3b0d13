//! `org.moult.Changes1`: changes. What takes longer than a moment is a job.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use moult_api::{Failure, Outcome, RemovedRepository, RepositoryRequest};
use moult_packages::{Engine, Error, Unwatched};
use zbus::interface;

use super::failure::{bad, failure};
use super::models::Models;
use super::plans::Plans;
use super::queries::blocking;
use super::root::Place;
use super::work::{self, Course, Outcomes};
use super::{catalogue, convert};
use crate::board::Board;
use crate::boot;

/// Changes one root. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Changes {
    place: Place,
    plans: Arc<Plans>,
    board: Arc<Board>,
    outcomes: Arc<Outcomes>,
}

impl Changes {
    pub(crate) fn new(place: Place, plans: Arc<Plans>, board: Arc<Board>) -> Self {
        Self {
            place,
            plans,
            board,
            outcomes: Arc::default(),
        }
    }

    /// Serves models beside these changes. `caller` is the user who may write into what is handed over.
    pub(crate) fn models(&self, caller: u32) -> Models {
        let (place, board) = (self.place.clone(), self.board.clone());
        Models::new(place, board, self.outcomes.clone(), caller)
    }

    fn start<F>(&self, course: Course, work: F) -> Result<String, Failure>
    where
        F: FnOnce(&mut Engine, &dyn moult_packages::Watch) -> Result<Outcome, Error> + Send + 'static,
    {
        let subject = self.place.path().display().to_string();
        work::start(&self.place, &self.board, &self.outcomes, &subject, course, work)
    }

    /// Starts to write the boot menu anew.
    pub(crate) fn start_sync(&self) -> Result<String, Failure> {
        self.start(Course::Single, |engine, watch| {
            let warnings = engine.sync_boot(watch)?;
            Ok(boot::synced(engine.active()?, warnings))
        })
    }

    /// A change of a moment. The engine's own lock keeps it apart from others.
    async fn change<T, F>(&self, change: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Engine) -> Result<T, Error> + Send + 'static,
    {
        let place = self.place.clone();
        blocking(move || {
            let mut engine = place.open().map_err(failure)?;
            change(&mut engine).map_err(failure)
        })
        .await
    }
}

#[interface(name = "org.moult.Changes1")]
impl Changes {
    async fn import(&self, stone: zbus::OwnedFd) -> Result<String, Failure> {
        let file = File::from(OwnedFd::from(stone));
        if !file.metadata().is_ok_and(|kind| kind.is_file()) {
            return Err(bad("file", "this is not a regular file"));
        }
        self.change(move |engine| Ok(engine.import(file, &Unwatched)?.hash))
            .await
    }

    async fn apply(&self, digest: String) -> Result<String, Failure> {
        let sealed = self.plans.of(&digest)?;
        // What is applied was seen with its files.
        let _ = sealed.files()?;
        self.start(Course::Change, move |engine, watch| {
            let installed = engine.apply(&sealed.plan, watch)?;
            Ok(Outcome {
                state: installed.state,
                packages: installed.unpacked,
                warnings: installed.warnings,
                ..Outcome::default()
            })
        })
    }

    async fn refresh(&self, repository: String) -> Result<String, Failure> {
        self.start(Course::Single, move |engine, watch| {
            catalogue::refresh(engine, &repository, watch)
        })
    }

    async fn activate(&self, state: u64, from: u64) -> Result<String, Failure> {
        self.start(Course::Single, move |engine, watch| {
            let activated = match from {
                0 => engine.activate(state, watch)?,
                from => engine.activate_from(state, from, watch)?,
            };
            Ok(Outcome {
                state: activated.state,
                warnings: activated.warnings,
                ..Outcome::default()
            })
        })
    }

    async fn verify(&self, repair: bool) -> Result<String, Failure> {
        self.start(Course::Single, move |engine, watch| {
            let verified = engine.verify(repair, watch)?;
            let damage = verified
                .problems
                .iter()
                .map(|damage| convert::damage(damage, !verified.left.contains(damage)))
                .chain(
                    // What a repair itself brought to light.
                    verified
                        .left
                        .iter()
                        .filter(|damage| !verified.problems.contains(damage))
                        .map(|damage| convert::damage(damage, false)),
                )
                .collect();
            Ok(Outcome {
                state: engine.active()?.unwrap_or(0),
                checked_files: verified.contents,
                damage,
                ..Outcome::default()
            })
        })
    }

    async fn prune(&self, keep: u32) -> Result<String, Failure> {
        self.start(Course::Single, move |engine, watch| {
            let pruned = engine.prune(usize::try_from(keep).unwrap_or(usize::MAX), watch)?;
            Ok(Outcome {
                state: engine.active()?.unwrap_or(0),
                removed_states: pruned.states,
                freed_bytes: pruned.bytes,
                warnings: pruned.warnings,
                ..Outcome::default()
            })
        })
    }

    async fn remove_states(&self, states: Vec<u64>) -> Result<String, Failure> {
        let mut states = states;
        states.sort_unstable();
        states.dedup();
        if states.is_empty() {
            return Err(bad("states", "none is named"));
        }
        let (place, asked) = (self.place.clone(), states.clone());
        // Said at once; the job makes sure of it again.
        blocking(move || {
            let engine = place.look().map_err(failure)?;
            engine.check_removable(&asked).map_err(failure)
        })
        .await?;
        self.start(Course::Single, move |engine, watch| {
            let removed = engine.remove_states(&states, watch)?;
            Ok(Outcome {
                state: engine.active()?.unwrap_or(0),
                removed_states: removed.states,
                freed_bytes: removed.bytes,
                warnings: removed.warnings,
                ..Outcome::default()
            })
        })
    }

    async fn outcome(&self, job: String) -> Result<Outcome, Failure> {
        self.outcomes.of(&job)
    }

    async fn add_repository(&self, repository: RepositoryRequest) -> Result<(), Failure> {
        let repository = catalogue::described(repository)?;
        self.change(move |engine| engine.add_repository(&repository)).await
    }

    async fn remove_repository(&self, name: String) -> Result<RemovedRepository, Failure> {
        self.change(move |engine| {
            let removed = engine.remove_repository(&name)?;
            Ok(catalogue::removed(name, removed))
        })
        .await
    }

    async fn put_repository_aside(&self, name: String) -> Result<String, Failure> {
        self.change(move |engine| Ok(engine.put_repository_aside(&name)?.1))
            .await
    }

    async fn bring_repository_back(&self, name: String, kept: String) -> Result<String, Failure> {
        self.start(Course::Single, move |engine, watch| {
            catalogue::bring_back(engine, &name, &kept, watch)
        })
    }

    async fn enable_repository(&self, name: String, enabled: bool) -> Result<(), Failure> {
        self.change(move |engine| engine.set_enabled(&name, enabled)).await
    }

    async fn follow(&self, repository: String, version: String, from: String) -> Result<String, Failure> {
        let version = catalogue::version(&version)?;
        let from = match from.as_str() {
            "" => None,
            from => Some(catalogue::version(from)?),
        };
        self.start(Course::Single, move |engine, watch| {
            catalogue::follow(engine, &repository, &version, from.as_ref(), watch)
        })
    }

    async fn bridge(&self, repository: String, package: String) -> Result<String, Failure> {
        let plans = self.plans.clone();
        self.start(Course::Single, move |engine, watch| {
            let plan = engine.bridge(&repository, &package, watch)?;
            let files = engine.difference(&plan, watch)?;
            let sources = catalogue::sources(engine, &plan)?;
            Ok(Outcome {
                state: plan.from.unwrap_or(0),
                plan: plans.keep(plan, &files, sources).digest,
                ..Outcome::default()
            })
        })
    }

    async fn hold(&self, packages: Vec<String>, held: bool) -> Result<(), Failure> {
        self.change(move |engine| engine.hold(&packages, held)).await
    }

    async fn name_state(&self, id: u64, name: String) -> Result<(), Failure> {
        self.change(move |engine| engine.name_state(id, &name)).await
    }

    async fn pin_state(&self, id: u64, pinned: bool) -> Result<(), Failure> {
        self.change(move |engine| engine.pin_state(id, pinned)).await
    }
}
