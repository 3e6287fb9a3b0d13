//! Reading package lists anew.
//!
//! What comes over the network is brought ([`mod@bring`]) for several repositories at once; the database then takes one list
//! after the other, each as a whole or not at all. Whatever comes, what was there before stays until something better is
//! proved.

mod bring;
mod list;

use url::Url;

use super::{Engine, RefreshFailure, RefreshTrouble};
use crate::catalogue::{self, Cached, Incoming};
use crate::crew;
use crate::error::Error;
use crate::repository::{LARGEST_ROOT_INDEX, Repository, RepositoryError, RootIndex, TrustFault, moved, root_index_of};
use crate::watch::{Meter, Phase, Watch};

pub(super) use bring::{another_list, root_index};
pub(super) use list::read_index;

use bring::{Arrival, Brought, bring};

/// Repositories at once.
const AT_ONCE: usize = 8;

/// What a refresh came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refreshed {
    /// There is a new list.
    Updated {
        /// Packages in it.
        packages: u64,
    },
    /// The list is the one that was there.
    Unchanged {
        /// Packages in it.
        packages: u64,
    },
    /// There is a list at this address, and it is one of the past: the repository is found in another way now. The list
    /// is in use; [`Engine::add_repository`] with `to` moves on.
    Moved {
        /// Packages in the old list.
        packages: u64,
        /// The repository as it should be written down.
        to: Box<Repository>,
    },
    /// What the repository is now can only be read by a newer engine. The list before stays in use.
    NeedsNewerEngine {
        /// The repository.
        repository: String,
        /// The format that is not understood.
        format: String,
        /// The list that holds the newer engine, which [`Engine::bridge`] plans.
        bridge: Option<Url>,
    },
}

impl Refreshed {
    /// Packages that the repository offers by a list that was just found good.
    pub fn packages(&self) -> u64 {
        match self {
            Refreshed::Updated { packages } | Refreshed::Unchanged { packages } | Refreshed::Moved { packages, .. } => {
                *packages
            }
            Refreshed::NeedsNewerEngine { .. } => 0,
        }
    }
}

/// A repository, and what became of reading its list anew.
pub type RefreshedOne = (String, Result<Refreshed, Error>);

/// One repository that is to be read.
pub(super) struct Job {
    pub(super) repository: Repository,
    /// What belongs to it, if there is a list.
    pub(super) known: Option<Cached>,
    pub(super) now: i64,
}

impl Job {
    fn untrusted(&self, fault: TrustFault) -> Error {
        let repository = self.repository.id.clone();
        Error::Repository(RepositoryError::Untrusted { repository, fault })
    }
}

impl Engine {
    /// Reads a repository's package list anew. Until the whole list is read and found good, the former one stays in use.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::DamagedIndex`], [`RepositoryError::Untrusted`] and the like: those of the main
    /// address, after all mirrors failed, too. The failure is in the repository's status from then on.
    pub fn refresh(&mut self, id: &str, watch: &dyn Watch) -> Result<Refreshed, Error> {
        let _lock = self.root.lock()?;
        self.settle()?;
        let repository = self.defined(id)?;
        if !repository.enabled {
            return Err(Error::BadRepository {
                id: repository.id,
                reason: "it is switched off".to_owned(),
            });
        }
        let all = self.refresh_these(vec![repository], watch)?;
        let result = all.into_iter().next().map(|(_, result)| result);
        result.unwrap_or_else(|| Err(Error::UnknownRepository(id.to_owned())))
    }

    /// Reads the lists of all repositories that are in use, several at once, and says of each what came of it.
    ///
    /// # Errors
    /// [`Error::Cancelled`], and what keeps the database from being written. What is wrong with a repository is its own
    /// result and keeps no other one from being read.
    pub fn refresh_all(&mut self, watch: &dyn Watch) -> Result<Vec<RefreshedOne>, Error> {
        let _lock = self.root.lock()?;
        self.settle()?;
        let all = self.repositories()?;
        self.refresh_these(all, watch)
    }

    /// As [`refresh_all`](Self::refresh_all), for those that have no list: a file that somebody put into `repo.d` is not
    /// in effect before. Best done before anything is planned; without any, it touches no network.
    pub fn refresh_missing(&mut self, watch: &dyn Watch) -> Result<Vec<RefreshedOne>, Error> {
        let _lock = self.root.lock()?;
        self.settle()?;
        let known = catalogue::cached(&self.connection)?;
        let has_list = |one: &Repository| known.iter().any(|row| row.id == one.id && row.refreshed.is_some());
        let mut missing = self.repositories()?;
        missing.retain(|repository| !has_list(repository));
        self.refresh_these(missing, watch)
    }

    /// The lock is held.
    fn refresh_these(&mut self, repositories: Vec<Repository>, watch: &dyn Watch) -> Result<Vec<RefreshedOne>, Error> {
        let meter = Meter::begin(watch, Phase::Refresh, 0, 0);
        let jobs = self.jobs(repositories)?;
        let (root, web) = (&self.root, &self.web);
        let brought = crew::run(AT_ONCE, &jobs, |job| Ok(bring(root, web, job, 0, &meter)))?;
        let mut results = Vec::with_capacity(jobs.len());
        for (job, brought) in jobs.iter().zip(brought) {
            let result = brought.and_then(|brought| self.take(job, brought, &meter, watch));
            let failure = match &result {
                Err(Error::Cancelled) => return Err(Error::Cancelled),
                Err(error) => Some(RefreshFailure::new(job.now, error)),
                Ok(_) => None,
            };
            if let Some(failure) = failure {
                catalogue::failed(&self.connection, &job.repository.id, &failure.write())?;
            }
            results.push((job.repository.id.clone(), result));
        }
        meter.end();
        Ok(results)
    }

    pub(super) fn jobs(&self, repositories: Vec<Repository>) -> Result<Vec<Job>, Error> {
        let known = catalogue::cached(&self.connection)?;
        let now = jiff::Timestamp::now().as_second();
        let job = |repository: Repository| Job {
            known: known
                .iter()
                .find(|row| row.id == repository.id && row.belongs_to(&repository))
                .cloned(),
            repository,
            now,
        };
        Ok(repositories.into_iter().map(job).collect())
    }

    /// Takes over what came. A list that proves bad is asked for at the next address.
    fn take(&mut self, job: &Job, brought: Brought, meter: &Meter<'_>, watch: &dyn Watch) -> Result<Refreshed, Error> {
        let id = &job.repository.id;
        let mut brought = brought;
        let mut first = None;
        let packages = loop {
            let arrival = match brought {
                Brought::Same(list) => {
                    catalogue::confirm(&self.connection, id, &list, job.now)?;
                    let packages = catalogue::count(&self.connection, id)?;
                    return Ok(self
                        .moved(job, packages, meter)
                        .unwrap_or(Refreshed::Unchanged { packages }));
                }
                Brought::Newer { format, bridge } => {
                    let reason = format!("its format {format} needs a newer engine");
                    let failure = RefreshFailure {
                        at: job.now,
                        reason,
                        kind: RefreshTrouble::Other,
                    };
                    catalogue::outgrown(&self.connection, id, &format, &failure.write())?;
                    return Ok(Refreshed::NeedsNewerEngine {
                        repository: id.clone(),
                        format,
                        bridge,
                    });
                }
                Brought::List(arrival) => *arrival,
            };
            let Arrival {
                at,
                from,
                main,
                file,
                path,
                _temporary,
                list,
            } = arrival;
            let incoming = Incoming {
                repository: id,
                url: &main,
                from: &from,
                list: &list,
                now: job.now,
            };
            let replaced = catalogue::replace(&mut self.connection, &incoming, &|| watch.cancelled(), |visit| {
                read_index(id, &from, file, &path, visit)
            });
            match replaced {
                Ok(packages) => break packages,
                Err(error @ Error::DamagedIndex { .. }) => {
                    drop(_temporary);
                    let first = first.get_or_insert(error);
                    brought = match bring(&self.root, &self.web, job, at + 1, meter) {
                        Ok(brought) => brought,
                        Err(Error::Cancelled) => return Err(Error::Cancelled),
                        Err(_) => return Err(std::mem::replace(first, Error::Cancelled)),
                    };
                }
                Err(error) => return Err(error),
            }
        };
        meter.items(packages, id);
        Ok(self
            .moved(job, packages, meter)
            .unwrap_or(Refreshed::Updated { packages }))
    }

    /// Whether the repository is found in another way by now. Not knowing is no failure.
    fn moved(&self, job: &Job, packages: u64, meter: &Meter<'_>) -> Option<Refreshed> {
        let url = root_index_of(&job.repository)?;
        let found = self.web.small(&url, LARGEST_ROOT_INDEX, &mut |_| meter.check());
        let index = match found {
            Ok(found) => RootIndex::parse(&found?),
            Err(error) => Err(error.to_string()),
        };
        match index {
            Ok(index) => Some(Refreshed::Moved {
                packages,
                to: Box::new(moved(&job.repository, &index)?),
            }),
            Err(reason) => {
                tracing::info!(repository = job.repository.id, reason, "whether it moved is not known");
                None
            }
        }
    }
}
