//! Versioned repositories: what can be followed, and how a newer engine is reached.

use super::Engine;
use super::refresh::{another_list, read_index, root_index};
use crate::catalogue::{self, Incoming};
use crate::error::Error;
use crate::plan::Plan;
use crate::planner::Planner;
use crate::repository::{self, Repository, RepositoryError, RootIndex, SUPPORTED, Source, Version, Versions};
use crate::request::{Request, Wanted};
use crate::watch::{Meter, Phase, Watch};

impl Engine {
    /// The versions of a repository, and which one is followed and used here. Asks the repository.
    ///
    /// # Errors
    /// [`RepositoryError::NotVersioned`] for a repository that is one package list.
    pub fn versions(&self, id: &str, watch: &dyn Watch) -> Result<Versions, Error> {
        let repository = self.defined(id)?;
        let (index, following) = self.asked(&repository, watch)?;
        let known = catalogue::cached(&self.connection)?;
        let row = known
            .into_iter()
            .find(|row| row.id == id && row.refreshed.is_some() && row.belongs_to(&repository));
        Ok(index.versions(row.and_then(|row| row.list.history), following))
    }

    /// Follows a stream, or stays on a tag or a published list, from the next refresh on. Going back to an older signed
    /// list is fine here: who asks for it means it.
    ///
    /// # Errors
    /// [`RepositoryError::NoSuchVersion`] if the repository has no such version; then nothing changes.
    pub fn follow(&mut self, id: &str, version: &Version, watch: &dyn Watch) -> Result<(), Error> {
        self.follow_if(id, version, None, watch)
    }

    /// The same, if `from` is what is followed.
    ///
    /// # Errors
    /// [`Error::Overtaken`] if something else is; and those of [`follow`](Self::follow).
    pub fn follow_from(&mut self, id: &str, version: &Version, from: &Version, watch: &dyn Watch) -> Result<(), Error> {
        self.follow_if(id, version, Some(from), watch)
    }

    fn follow_if(
        &mut self,
        id: &str,
        version: &Version,
        from: Option<&Version>,
        watch: &dyn Watch,
    ) -> Result<(), Error> {
        let _lock = self.root.lock()?;
        let mut repository = self.defined(id)?;
        let followed = match &repository.source {
            Source::Versioned { version, .. } => Some(version),
            Source::Index(_) => None,
        };
        if from.is_some() && followed != from {
            let what = format!("what is followed of {id}");
            return Err(Error::Overtaken { what });
        }
        let (index, _) = self.asked(&repository, watch)?;
        index.resolve(id, version)?;
        if let Source::Versioned { version: followed, .. } = &mut repository.source {
            followed.clone_from(version);
        }
        repository::save(&self.root, &repository)?;
        self.settle()
    }

    /// Plans the way to a newer engine, for a repository whose refresh said
    /// [`Refreshed::NeedsNewerEngine`](super::Refreshed::NeedsNewerEngine): `package`, which holds the engine, from the
    /// list that the repository names for it. Everything else stays as it is, but for what the newer engine needs.
    ///
    /// Whoever applies the plan starts again as the new program, and refreshes.
    ///
    /// # Errors
    /// [`RepositoryError::NoBridge`] if none is needed or none is named, [`RepositoryError::BridgeLacks`], and all that
    /// a refresh and a plan can fail with: the list is trusted as little as any other.
    pub fn bridge(&mut self, id: &str, package: &str, watch: &dyn Watch) -> Result<Plan, Error> {
        let _lock = self.begin()?;
        let repository = self.defined(id)?;
        let (index, following) = self.asked(&repository, watch)?;
        let none = || RepositoryError::NoBridge(id.to_owned());
        let (_, format) = index.resolve(id, &following)?;
        if SUPPORTED.contains(&format) {
            return Err(none().into());
        }
        let history = index.bridge().ok_or_else(none)?.to_owned();
        let (_, format) = index.resolve(id, &Version::History(history.clone()))?;
        if !SUPPORTED.contains(&format) {
            return Err(none().into());
        }
        let meter = Meter::begin(watch, Phase::Refresh, 0, 0);
        let mut jobs = self.jobs(vec![repository])?;
        let Some(mut job) = jobs.pop() else {
            return Err(none().into());
        };
        // The list is older than what was seen of the stream: it has to be.
        job.known = None;
        let arrival = another_list(&self.root, &self.web, &job, (&history, format), &meter)?;
        let mut best: Option<moult_stone::Package> = None;
        read_index(id, &arrival.from, arrival.file, &arrival.path, &mut |found| {
            meter.check()?;
            let release = |one: &moult_stone::Package| (one.source_release, one.build_release);
            if found.name == package && best.as_ref().is_none_or(|best| release(best) < release(&found)) {
                best = Some(found);
            }
            Ok(())
        })?;
        meter.end();
        let best = best.ok_or_else(|| RepositoryError::BridgeLacks {
            repository: id.to_owned(),
            package: package.to_owned(),
        })?;
        let incoming = Incoming {
            repository: id,
            url: &arrival.main,
            from: &arrival.from,
            list: &arrival.list,
            now: job.now,
        };
        let hash = catalogue::keep_unlisted(&mut self.connection, &incoming, &best)?;
        let request = Request::Install {
            wanted: vec![Wanted::Imported(hash.clone())],
            reinstall: false,
        };
        let look = catalogue::look(&self.connection)?;
        let mut plan = Planner::open(&self.root, &look, watch)?.plan(&request)?;
        drop(look);
        // It is fetched from where the repository is, with its mirrors and its password.
        let changes = plan.packages.iter_mut().filter_map(|change| change.new.as_mut());
        for selected in plan.selection.packages.iter_mut().chain(changes) {
            if selected.hash == hash {
                id.clone_into(&mut selected.repository);
            }
        }
        plan.summary = format!("Bring the newer {package}");
        Ok(plan)
    }

    /// The root index of a repository, from the first address that has a good one, and the version that is followed.
    fn asked(&self, repository: &Repository, watch: &dyn Watch) -> Result<(RootIndex, Version), Error> {
        let Source::Versioned { channel, version, .. } = &repository.source else {
            return Err(RepositoryError::NotVersioned(repository.id.clone()).into());
        };
        let mut check = |_| {
            if watch.cancelled() {
                return Err(Error::Cancelled);
            }
            Ok(())
        };
        let mut first = None;
        for base in repository.bases() {
            match root_index(&self.web, repository, (base, channel), &mut check) {
                Ok(index) => return Ok((index, version.clone())),
                Err(Error::Cancelled) => return Err(Error::Cancelled),
                Err(error) => drop(first.get_or_insert(error)),
            }
        }
        Err(first.unwrap_or_else(|| Error::UnknownRepository(repository.id.clone())))
    }
}
