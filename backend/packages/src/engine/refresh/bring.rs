//! Bringing the package list of one repository from the first of its addresses that has a good one, and proving that it
//! may be the next one: the right version, signed as it must be, not older than what was seen.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::Job;
use super::list::{Temporary, copy, open_list};
use crate::catalogue::{Cached, List};
use crate::error::Error;
use crate::repository::{
    self, LARGEST_INDEX, LARGEST_ROOT_INDEX, LARGEST_SIGNATURE, LARGEST_STATEMENT, Repository, RepositoryError,
    RootIndex, SUPPORTED, Source, Statement, TrustFault, digest, shown, signature_of, statement_of,
};
use crate::root::Root;
use crate::watch::Meter;
use crate::web::{Advance, Outcome, Sink, To, Web, path_of, wait};

/// A list and its signature are put in place one after the other: who comes in between comes again after this.
const BETWEEN: Duration = Duration::from_millis(400);

/// What came.
pub(super) enum Brought {
    Same(List),
    List(Box<Arrival>),
    Newer { format: String, bridge: Option<Url> },
}

/// A list that may be the next one.
pub(in crate::engine) struct Arrival {
    /// Which of the addresses it is from.
    pub(super) at: usize,
    pub(in crate::engine) from: Url,
    /// The main address of this list.
    pub(in crate::engine) main: Url,
    pub(in crate::engine) file: File,
    pub(in crate::engine) path: PathBuf,
    pub(super) _temporary: Option<Temporary>,
    pub(in crate::engine) list: List,
}

/// Brings the list from the first address, from this one on, that has a good one.
pub(super) fn bring(root: &Root, web: &Web, job: &Job, from: usize, meter: &Meter<'_>) -> Result<Brought, Error> {
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
pub(in crate::engine) fn root_index(
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
                waits: None,
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
pub(in crate::engine) fn another_list(
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
