//! `org.moult.Packages1`: questions. Each opens the database for reading, so none waits for a change that is running.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use moult_api::{
    ChangePlan, ChangeRequest, ChangedFile, Failure, FailureCode, FileRow, FoundRow, ModelDifference, PAGE,
    PackageDetails, PackageRow, Repositories, StateDifference, StateReport, StateRow, VersionsReport, WhyReport,
};
use moult_packages::{Engine, Error, Model, Orphans, Plan, Request, Searcher, Unwatched};
use zbus::interface;

use super::failure::failure;
use super::plans::Plans;
use super::root::Place;
use super::{catalogue, convert};
use crate::memory;

/// Longest search term, in bytes, that is looked at.
const TERM: usize = 1024;

/// Answers about one root.
pub(crate) struct Packages {
    place: Place,
    /// Where heads of package files are kept.
    heads: Option<PathBuf>,
    plans: Arc<Plans>,
    /// Kept, so that the next key that is pressed is answered from memory.
    searcher: Arc<Mutex<Option<Searcher>>>,
}

impl Packages {
    /// `caches` is the folder of this user's caches.
    pub(crate) fn new(place: Place, plans: Arc<Plans>, caches: Option<&Path>) -> Self {
        Self {
            place,
            heads: caches.map(|caches| caches.join("heads")),
            plans,
            searcher: Arc::default(),
        }
    }

    /// Works out a plan, and keeps it for whoever approves it.
    async fn sealed<F>(&self, request: F) -> Result<ChangePlan, Failure>
    where
        F: FnOnce() -> Result<Request, Failure> + Send + 'static,
    {
        let (place, heads, plans) = (self.place.clone(), self.heads.clone(), self.plans.clone());
        blocking(move || {
            let request = request()?;
            let engine = looking(&place, heads.as_deref())?;
            let plan = planned(&engine, &request).map_err(failure)?;
            let files = engine.difference(&plan, &Unwatched).map_err(failure)?;
            let sources = catalogue::sources(&engine, &plan).map_err(failure)?;
            Ok(plans.keep(plan, &files, sources))
        })
        .await
    }

    /// Asks the engine on a thread that may block. A root without anything of ours answers as an empty one.
    async fn ask<T, F>(&self, question: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Engine) -> Result<T, Error> + Send + 'static,
    {
        let place = self.place.clone();
        blocking(move || {
            let engine = place.look().map_err(failure)?;
            question(&engine).map_err(failure)
        })
        .await
    }
}

impl std::fmt::Debug for Packages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packages")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

#[interface(name = "org.moult.Packages1")]
impl Packages {
    async fn installed(&self) -> Result<Vec<PackageRow>, Failure> {
        self.ask(|engine| {
            let holds = engine.holds()?;
            let packages = engine.installed()?;
            Ok(packages.iter().map(|package| convert::row(package, &holds)).collect())
        })
        .await
    }

    async fn search(&self, term: String, limit: u32) -> Result<Vec<FoundRow>, Failure> {
        if term.len() > TERM {
            return Err(super::failure::bad("term", "it is too long"));
        }
        let kept = self.searcher.clone();
        self.ask(move |engine| {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            let searcher = match kept.take() {
                Some(mut searcher) => {
                    let _ = engine.renew(&mut searcher)?;
                    searcher
                }
                None => engine.searcher()?,
            };
            let limit = usize::try_from(limit.min(PAGE)).unwrap_or(usize::MAX);
            let found = searcher.search(&term, limit).into_iter().map(convert::found).collect();
            *kept = Some(searcher);
            Ok(found)
        })
        .await
    }

    async fn info(&self, name: String) -> Result<PackageDetails, Failure> {
        let asked = name.clone();
        let details = self
            .ask(move |engine| Ok(convert::details(&engine.info(&asked)?, &engine.holds()?)))
            .await?;
        details.ok_or_else(|| {
            Failure::new(FailureCode::PackageUnknown, format!("there is no package {name:?}")).arg("package", name)
        })
    }

    async fn files(&self, name: String, from: u32) -> Result<Vec<FileRow>, Failure> {
        self.ask(move |engine| {
            let mut files = engine.files(&name)?.files;
            files.sort_by(|one, other| one.path.cmp(&other.path));
            Ok(page(&files, from).iter().map(convert::file).collect())
        })
        .await
    }

    async fn why(&self, name: String) -> Result<WhyReport, Failure> {
        self.ask(move |engine| Ok(convert::why(engine.why(&name)?))).await
    }

    async fn holds(&self) -> Result<Vec<String>, Failure> {
        self.ask(Engine::holds).await
    }

    async fn repositories(&self) -> Result<Repositories, Failure> {
        self.ask(catalogue::repositories).await
    }

    async fn versions(&self, repository: String) -> Result<VersionsReport, Failure> {
        self.ask(move |engine| Ok(catalogue::versions(engine.versions(&repository, &Unwatched)?)))
            .await
    }

    async fn engine_package(&self) -> Result<String, Failure> {
        let own = self.place == Place::running();
        self.ask(move |engine| {
            let running = std::env::current_exe().ok().filter(|_| own);
            catalogue::engine_package(engine, running.as_deref())
        })
        .await
    }

    async fn plan_local(&self, stone: zbus::OwnedFd) -> Result<ChangePlan, Failure> {
        let file = File::from(OwnedFd::from(stone));
        let (place, heads, plans) = (self.place.clone(), self.heads.clone(), self.plans.clone());
        blocking(move || {
            let mut engine = looking(&place, heads.as_deref())?;
            let (plan, files) = engine.plan_local(file, &Unwatched).map_err(failure)?;
            let sources = catalogue::sources(&engine, &plan).map_err(failure)?;
            Ok(plans.keep(plan, &files, sources))
        })
        .await
    }

    async fn planned(&self, digest: String) -> Result<ChangePlan, Failure> {
        Ok(self.plans.of(&digest)?.shown.clone())
    }

    async fn plan(&self, request: ChangeRequest) -> Result<ChangePlan, Failure> {
        self.sealed(move || convert::request(request)).await
    }

    async fn plan_packages(&self, request: ChangeRequest) -> Result<ChangePlan, Failure> {
        let plans = self.plans.clone();
        let place = self.place.clone();
        blocking(move || {
            let request = convert::request(request)?;
            let engine = place.look().map_err(failure)?;
            let plan = planned(&engine, &request).map_err(failure)?;
            let sources = catalogue::sources(&engine, &plan).map_err(failure)?;
            Ok(plans.keep_listed(plan, sources))
        })
        .await
    }

    async fn plan_files(&self, digest: String, from: u32) -> Result<Vec<ChangedFile>, Failure> {
        Ok(page(self.plans.of(&digest)?.files()?, from).to_vec())
    }

    async fn active(&self) -> Result<u64, Failure> {
        self.ask(|engine| Ok(engine.active()?.unwrap_or(0))).await
    }

    async fn states(&self) -> Result<Vec<StateRow>, Failure> {
        self.ask(|engine| {
            let states = engine.states()?;
            states
                .iter()
                .map(|state| Ok(convert::state(state, engine.state(state.id)?.frees)))
                .collect()
        })
        .await
    }

    async fn state(&self, id: u64) -> Result<StateReport, Failure> {
        self.ask(move |engine| {
            let (details, holds) = (engine.state(id)?, engine.holds()?);
            Ok(StateReport {
                state: convert::state(&details.state, details.frees),
                packages: details
                    .packages
                    .iter()
                    .map(|package| convert::row(package, &holds))
                    .collect(),
            })
        })
        .await
    }

    async fn state_difference(&self, from: u64, to: u64) -> Result<StateDifference, Failure> {
        self.ask(move |engine| {
            let difference = engine.diff(from, to)?;
            let files = engine.difference_of_states(from, to, &Unwatched)?;
            Ok(StateDifference {
                from,
                to,
                packages: difference.packages.iter().map(convert::planned).collect(),
                files_added: files.added.len() as u64,
                files_changed: files.changed.len() as u64,
                files_removed: files.removed.len() as u64,
            })
        })
        .await
    }

    async fn state_files(&self, first: u64, second: u64, from: u32) -> Result<Vec<ChangedFile>, Failure> {
        self.ask(move |engine| {
            let files = engine.difference_of_states(first, second, &Unwatched)?;
            let files: Vec<_> = convert::changed_files(&files).collect();
            Ok(page(&files, from).to_vec())
        })
        .await
    }

    async fn prunable(&self, keep: u32) -> Result<Vec<StateRow>, Failure> {
        self.ask(move |engine| {
            let going = engine.prunable(usize::try_from(keep).unwrap_or(usize::MAX))?.states;
            going
                .into_iter()
                .map(|id| {
                    let details = engine.state(id)?;
                    Ok(convert::state(&details.state, details.frees))
                })
                .collect()
        })
        .await
    }

    async fn model(&self, state: u64) -> Result<String, Failure> {
        self.ask(move |engine| engine.model((state > 0).then_some(state))).await
    }

    async fn administered_model(&self) -> Result<String, Failure> {
        self.ask(|engine| {
            let model = engine.administered_model()?;
            Ok(model.map(|model| model.text().to_owned()).unwrap_or_default())
        })
        .await
    }

    async fn model_difference(&self, model: String) -> Result<ModelDifference, Failure> {
        self.ask(move |engine| {
            let model = Model::parse(&model)?;
            let unknown = engine.missing_repositories(&model)?;
            Ok(convert::model_difference(&engine.model_difference(&model)?, unknown))
        })
        .await
    }

    async fn plan_model(&self, model: String) -> Result<ChangePlan, Failure> {
        let parsed = move || Model::parse(&model).map(Request::Model);
        self.sealed(move || parsed().map_err(|error| failure(error.into())))
            .await
    }
}

/// Makes a plan. To remove nothing by name but what nobody needs, it is first asked what that is.
/// The engine, for questions about files that are not here.
fn looking(place: &Place, heads: Option<&Path>) -> Result<Engine, Failure> {
    let mut engine = place.look().map_err(failure)?;
    if let Some(heads) = heads {
        engine.keep_heads(heads);
    }
    Ok(engine)
}

fn planned(engine: &Engine, request: &Request) -> Result<Plan, Error> {
    let nobody_needs = matches!(
        request,
        Request::Remove { packages, orphans: Orphans::Remove } if packages.is_empty()
    );
    let installed = if nobody_needs { engine.installed()? } else { Vec::new() };
    let Some(any) = installed.into_iter().next() else {
        return engine.plan(request, &Unwatched);
    };
    // Marking a package as what it is already changes nothing; its plan names the orphans.
    let still = Request::Mark {
        packages: vec![any.name],
        explicit: any.explicit,
    };
    let still = engine.plan(&still, &Unwatched)?;
    if still.orphans.is_empty() {
        return Ok(still);
    }
    let going = Request::Remove {
        packages: still.orphans,
        orphans: Orphans::Remove,
    };
    engine.plan(&going, &Unwatched)
}

/// Runs work that blocks on a thread where it may.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Failure> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(work).await;
    memory::answered();
    match done {
        Ok(result) => result,
        Err(_) => Err(Failure::new(
            FailureCode::Internal,
            "the backend met a fault of its own",
        )),
    }
}

/// One page of a long list.
fn page<T>(all: &[T], from: u32) -> &[T] {
    let from = usize::try_from(from).unwrap_or(usize::MAX).min(all.len());
    let to = from.saturating_add(PAGE as usize).min(all.len());
    all.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let all: Vec<u32> = (0..PAGE * 2 + 5).collect();
        let mut seen = Vec::new();
        loop {
            let next = page(&all, seen.len() as u32);
            seen.extend_from_slice(next);
            if next.len() < PAGE as usize {
                break;
            }
        }
        assert_eq!(seen, all);
        assert!(page(&all, u32::MAX).is_empty());
    }
}
