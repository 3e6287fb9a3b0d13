//! Reading package lists anew.
//!
//! What comes over the network is brought for several repositories at once; the database then takes one list after the
//! other, each as a whole or not at all. Whatever comes, what was there before stays until something better is proved.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use url::Url;

use super::{Engine, RefreshFailure};
use crate::catalogue::{self, Cached, Incoming, List};
use crate::crew;
use crate::error::Error;
use crate::fetch;
use crate::repository::{
    self, LARGEST_INDEX, LARGEST_ROOT_INDEX, LARGEST_SIGNATURE, LARGEST_STATEMENT, Repository, RepositoryError,
    RootIndex, SUPPORTED, Source, Statement, TrustFault, digest, moved, root_index_of, shown, signature_of,
    statement_of,
};
use crate::root::Root;
use crate::watch::{Meter, Phase, Watch};
use crate::web::{Advance, Outcome, Sink, To, Web, hex, path_of, wait};

/// Repositories at once.
const AT_ONCE: usize = 8;
/// A list and its signature are put in place one after the other: who comes in between comes again after this.
const BETWEEN: Duration = Duration::from_millis(400);

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

/// What came.
enum Brought {
    Same(List),
    List(Box<Arrival>),
    Newer { format: String, bridge: Option<Url> },
}

/// A list that may be the next one.
pub(super) struct Arrival {
    /// Which of the addresses it is from.
    at: usize,
    pub(super) from: Url,
    /// The main address of this list.
    pub(super) main: Url,
    pub(super) file: File,
    pub(super) path: PathBuf,
    _temporary: Option<Temporary>,
    pub(super) list: List,
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
                Err(error) => Some(error.to_string()),
                Ok(_) => None,
            };
            if let Some(reason) = failure {
                let failure = RefreshFailure { at: job.now, reason };
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
                    let failure = RefreshFailure { at: job.now, reason };
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

/// Brings the list from the first address, from this one on, that has a good one.
fn bring(root: &Root, web: &Web, job: &Job, from: usize, meter: &Meter<'_>) -> Result<Brought, Error> {
    let mut first = None;
    for (at, base) in job.repository.bases().enumerate().skip(from) {
        match bring_from(root, web, job, (at, base), meter) {
            Ok(brought) => return Ok(brought),
            // None of them is the address's fault.
            Err(
                error @ (Error::Cancelled | Error::NoSpace { .. } | Error::ReadOnly { .. } | Error::DiskFailed { .. }),
            ) => {
                return Err(error);
            }
            Err(error) => {
                tracing::info!(repository = job.repository.id, url = shown(base), %error, "no list from here");
                first.get_or_insert(error);
            }
        }
    }
    Err(first.unwrap_or_else(|| Error::Unreachable {
        url: shown(&job.repository.address()),
        reason: "it has no further address".to_owned(),
    }))
}

fn bring_from(
    root: &Root,
    web: &Web,
    job: &Job,
    (at, base): (usize, &Url),
    meter: &Meter<'_>,
) -> Result<Brought, Error> {
    let repository = &job.repository;
    let Source::Versioned { channel, version, .. } = &repository.source else {
        return bring_list(root, web, job, at, (None, None), meter);
    };
    let index = root_index(web, repository, (base, channel), &mut |_| meter.check())?;
    let (history, format) = index.resolve(&repository.id, version)?;
    if SUPPORTED.contains(&format) {
        return bring_list(root, web, job, at, (Some(history), Some(format)), meter);
    }
    let bridge = index
        .bridge()
        .and_then(|history| repository.lists(Some(history)).into_iter().next());
    Ok(Brought::Newer {
        format: format.to_owned(),
        bridge: bridge.as_ref().map(repository::bare),
    })
}

/// Brings and reads a root index.
pub(super) fn root_index(
    web: &Web,
    repository: &Repository,
    (base, channel): (&Url, &str),
    advance: Advance<'_>,
) -> Result<RootIndex, Error> {
    let url = Source::root_index(base, channel).unwrap_or_else(|| base.clone());
    let damaged = |reason: String| RepositoryError::DamagedRootIndex {
        repository: repository.id.clone(),
        url: shown(&url),
        reason,
    };
    let bytes = web.small(&url, LARGEST_ROOT_INDEX, advance)?;
    let bytes = bytes.ok_or_else(|| Error::Unreachable {
        url: shown(&url),
        reason: "there is no such file".to_owned(),
    })?;
    Ok(RootIndex::parse(&bytes).map_err(damaged)?)
}

/// Brings the list with this number among the addresses of the repository, and what vouches for it.
fn bring_list(
    root: &Root,
    web: &Web,
    job: &Job,
    at: usize,
    version: (Option<&str>, Option<&str>),
    meter: &Meter<'_>,
) -> Result<Brought, Error> {
    let same_version = |known: &&Cached| known.refreshed.is_some() && known.list.history.as_deref() == version.0;
    let known = job.known.as_ref().filter(same_version);
    for attempt in 0.. {
        let arrival = arrival(root, web, job, (at, version), known, meter);
        match arrival {
            Err(Error::Repository(RepositoryError::Untrusted {
                fault: TrustFault::Mixed { .. },
                ..
            })) if attempt == 0 => wait(BETWEEN, &mut |_| meter.check())?,
            arrival => return arrival,
        }
    }
    Err(Error::Cancelled)
}

fn arrival(
    root: &Root,
    web: &Web,
    job: &Job,
    (at, (history, format)): (usize, (Option<&str>, Option<&str>)),
    known: Option<&Cached>,
    meter: &Meter<'_>,
) -> Result<Brought, Error> {
    let repository = &job.repository;
    let mut advance = |bytes| {
        meter.bytes(bytes, &repository.id);
        meter.check()
    };
    let lists = repository.lists(history);
    let (Some(main), Some(from)) = (lists.first(), lists.get(at)) else {
        let url = shown(&repository.address());
        let reason = "it is no address to put names behind".to_owned();
        return Err(Error::Unreachable { url, reason });
    };
    let mut list = List {
        history: history.map(str::to_owned),
        format: format.map(str::to_owned),
        ..List::default()
    };
    let statement = match repository.keys.as_slice() {
        [] => None,
        _ => Some(vouched(web, job, from, &mut advance)?),
    };
    if let Some(statement) = &statement {
        list.digest = Some(statement.digest);
        list.sequence = Some(statement.sequence);
        list.expires = Some(statement.expires);
        list.signed_by = Some(statement.key.clone());
        if known.is_some_and(|known| known.list.digest == Some(statement.digest)) {
            return Ok(Brought::Same(list));
        }
    }
    let arrived = |file, path, temporary, list| {
        Brought::List(Box::new(Arrival {
            at,
            from: from.clone(),
            main: main.clone(),
            file,
            path,
            _temporary: temporary,
            list,
        }))
    };
    let local = path_of(from);
    if let (Some(path), None) = (&local, &statement) {
        let file = open_list(path, from)?;
        return Ok(arrived(file, path.clone(), None, list));
    }
    let temporary = Temporary::make(root, &repository.id)?;
    let mut file = temporary.open()?;
    match local {
        // What is checked must be what is read.
        Some(path) => copy(&open_list(&path, from)?, &mut file, &temporary.0, from, &mut advance)?,
        None => {
            let marks = known
                .filter(|_| at == 0 && statement.is_none())
                .map(|known| &known.list.marks);
            let mut sink = Sink {
                to: To::File(&mut file, &temporary.0),
                limit: LARGEST_INDEX,
                resume: false,
                judge: None,
                known: marks,
            };
            match web.bring(std::slice::from_ref(from), &mut sink, &mut advance)? {
                Outcome::Arrived(arrived) if at == 0 => list.marks = arrived.marks,
                Outcome::Arrived(_) => {}
                Outcome::Unchanged => {
                    let digest = known.and_then(|known| known.list.digest);
                    let marks = known.map(|known| known.list.marks.clone()).unwrap_or_default();
                    return Ok(Brought::Same(List { digest, marks, ..list }));
                }
                Outcome::Missing => {
                    let url = shown(from);
                    let reason = "there is no such file".to_owned();
                    return Err(Error::Unreachable { url, reason });
                }
            }
        }
    }
    let failed = |error| Error::io("reading a package list", &temporary.0, error);
    let found = digest(&file).map_err(failed)?;
    if let Some(statement) = &statement {
        let size = file.metadata().map_err(failed)?.len();
        statement.fits(size, &found).map_err(|fault| job.untrusted(fault))?;
    } else if known.is_some_and(|known| known.list.digest == Some(found)) {
        list.digest = Some(found);
        return Ok(Brought::Same(list));
    }
    list.digest = Some(found);
    let path = temporary.0.clone();
    Ok(arrived(file, path, Some(temporary), list))
}

/// What is said about the list at this address by somebody with one of the keys, if it holds.
fn vouched(web: &Web, job: &Job, list: &Url, advance: Advance<'_>) -> Result<Statement, Error> {
    let document = web.small(&statement_of(list), LARGEST_STATEMENT, advance)?;
    let signature = web.small(&signature_of(list), LARGEST_SIGNATURE, advance)?;
    let (Some(document), Some(signature)) = (document, signature) else {
        return Err(job.untrusted(TrustFault::Unsigned));
    };
    let read = Statement::read(&document, &signature, &job.repository.keys).and_then(|statement| {
        let known = job.known.as_ref().filter(|known| known.list.signed_by.is_some());
        let seen = known.and_then(|known| known.refreshed);
        statement.holds(job.now, seen, known.and_then(|known| known.list.sequence))?;
        Ok(statement)
    });
    read.map_err(|fault| job.untrusted(fault))
}

/// The list of another version of the repository, from the first address that has a good one.
pub(super) fn another_list(
    root: &Root,
    web: &Web,
    job: &Job,
    (history, format): (&str, &str),
    meter: &Meter<'_>,
) -> Result<Arrival, Error> {
    let mut first = None;
    for (at, _) in job.repository.bases().enumerate() {
        match bring_list(root, web, job, at, (Some(history), Some(format)), meter) {
            Ok(Brought::List(arrival)) => return Ok(*arrival),
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) => drop(first.get_or_insert(error)),
            // Not asked about what is known.
            Ok(Brought::Same(_) | Brought::Newer { .. }) => {}
        }
    }
    Err(first.unwrap_or_else(|| Error::UnknownRepository(job.repository.id.clone())))
}

fn open_list(path: &Path, url: &Url) -> Result<File, Error> {
    match fetch::open(path) {
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Err(Error::Unreachable {
            url: shown(url),
            reason: "the file is not there".to_owned(),
        }),
        opened => opened,
    }
}

fn copy(mut from: &File, to: &mut File, path: &Path, url: &Url, advance: Advance<'_>) -> Result<(), Error> {
    let failed = |error| Error::io("reading a package list", path, error);
    let mut chunk = vec![0; 256 * 1024];
    let mut size = 0u64;
    loop {
        let read = from.read(&mut chunk).map_err(failed)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return to.rewind().map_err(failed);
        };
        size = size.saturating_add(read as u64);
        if size > LARGEST_INDEX {
            let (url, limit) = (shown(url), LARGEST_INDEX);
            return Err(Error::TooLarge { url, limit });
        }
        to.write_all(bytes).map_err(failed)?;
        advance(read as u64)?;
    }
}

/// Reads a package list, one package at a time.
pub(super) fn read_index(
    repository: &str,
    from: &Url,
    file: File,
    path: &Path,
    visit: &mut dyn FnMut(moult_stone::Package) -> Result<(), Error>,
) -> Result<(), Error> {
    /// What ended the reading: the list itself, or what was done with a package.
    enum Ended {
        List(moult_stone::Error),
        Visit(Error),
    }
    impl From<moult_stone::Error> for Ended {
        fn from(error: moult_stone::Error) -> Ended {
            Ended::List(error)
        }
    }
    let mut source = std::io::BufReader::new(file);
    let read = moult_stone::each_in_index(&mut source, &moult_stone::Limits::default(), |package| {
        visit(package).map_err(Ended::Visit)
    });
    read.map_err(|ended| match ended {
        Ended::Visit(error) => error,
        Ended::List(moult_stone::Error::Io(error)) if error.raw_os_error().is_some() => {
            Error::io("reading a package list", path, error)
        }
        Ended::List(error) => {
            let mut reason = error.to_string();
            let mut inner = std::error::Error::source(&error);
            while let Some(source) = inner {
                reason = format!("{reason}: {source}");
                inner = source.source();
            }
            Error::DamagedIndex {
                repository: repository.to_owned(),
                url: shown(from),
                reason,
            }
        }
    })
}

/// A file that is removed when dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn make(root: &Root, repository: &str) -> Result<Temporary, Error> {
        let name = format!("{}.index", hex(&Sha256::digest(repository)));
        let path = root.own("downloads").join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("downloading", path, error)),
            _ => Ok(Temporary(path)),
        }
    }

    fn open(&self) -> Result<File, Error> {
        let opened = File::options().read(true).write(true).create_new(true).open(&self.0);
        opened.map_err(|error| Error::io("downloading", &self.0, error))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
