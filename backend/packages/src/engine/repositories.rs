//! Which repositories there are. The files say it; the database only has what was fetched.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::Engine;
use crate::catalogue::{self, Cached};
use crate::error::Error;
use crate::repository::{self, BrokenFile, Definitions, Removed, Repository, RepositoryError, SUPPORTED, Trust};
use crate::web::Patience;

/// All repositories, and what is wrong with their files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The preferred first, those that are switched off last.
    pub repositories: Vec<Configured>,
    /// Files and entries that do not count because they cannot be read. Whoever shows the list shows these, too.
    pub broken: Vec<BrokenFile>,
}

impl Configuration {
    /// What a text would say as a configuration file of this name, which ends in `.kdl` or `.yaml`: its repositories,
    /// sorted by id, and what in it cannot be used.
    pub fn read(file: &Path, text: &str) -> (Vec<Repository>, Vec<BrokenFile>) {
        let read = repository::read_text(file, text);
        let repositories = read.repositories.into_values().map(|(repository, _)| repository);
        (repositories.collect(), read.broken)
    }
}

/// One repository as it is written down, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// What its file says.
    pub repository: Repository,
    /// That file, below the root (`/etc/…`). Of several that name it, the last one read counts.
    pub file: PathBuf,
    /// What its last refresh brought.
    pub status: RepositoryStatus,
}

/// What is known of a repository. Times are seconds since 1970 (UTC).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryStatus {
    /// The last refresh that did not fail; None if there is no list, so that it offers nothing.
    pub refreshed: Option<i64>,
    /// Packages that it offers.
    pub packages: u64,
    /// Whether somebody vouches for the list.
    pub trust: Trust,
    /// Why the last refresh failed, if it did; the list before it is in use.
    pub failure: Option<RefreshFailure>,
    /// Of a versioned repository, the published list in use.
    pub history: Option<String>,
    /// The format that the version has by now, if this program does not read it: see
    /// [`Engine::bridge`](crate::Engine::bridge).
    pub newer_format: Option<String>,
}

/// A refresh that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshFailure {
    /// When: seconds since 1970 (UTC).
    pub at: i64,
    /// Why, in English.
    pub reason: String,
    /// Why, for whoever has words of their own for it.
    pub kind: RefreshTrouble,
}

/// What kept a refresh from being done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshTrouble {
    /// Nobody answers there, or not with a list.
    Unreachable {
        /// Without a password.
        url: String,
    },
    /// What came from there is no list.
    Damaged {
        /// Without a password.
        url: String,
    },
    /// Nobody who is trusted vouches for the list.
    Untrusted {
        /// What is wrong with its signature, in English.
        fault: String,
    },
    /// Anything else.
    Other,
}

impl RefreshTrouble {
    fn of(error: &Error) -> RefreshTrouble {
        match error {
            Error::Unreachable { url, .. } | Error::TooLarge { url, .. } => {
                RefreshTrouble::Unreachable { url: url.clone() }
            }
            Error::DamagedIndex { url, .. } | Error::Repository(RepositoryError::DamagedRootIndex { url, .. }) => {
                RefreshTrouble::Damaged { url: url.clone() }
            }
            Error::Repository(RepositoryError::Untrusted { fault, .. }) => RefreshTrouble::Untrusted {
                fault: fault.to_string(),
            },
            _ => RefreshTrouble::Other,
        }
    }
}

/// Stands between the parts of what is written down: no address and no sentence has it.
const APART: char = '\u{1f}';

impl RefreshFailure {
    pub(super) fn new(at: i64, error: &Error) -> RefreshFailure {
        RefreshFailure {
            at,
            reason: error.to_string(),
            kind: RefreshTrouble::of(error),
        }
    }

    pub(super) fn write(&self) -> String {
        let (word, what) = match &self.kind {
            RefreshTrouble::Unreachable { url } => ("unreachable", url.as_str()),
            RefreshTrouble::Damaged { url } => ("damaged", url.as_str()),
            RefreshTrouble::Untrusted { fault } => ("untrusted", fault.as_str()),
            RefreshTrouble::Other => return format!("{} {}", self.at, self.reason),
        };
        format!("{} {}{APART}{word}{APART}{what}", self.at, self.reason)
    }

    /// Reads what was written down, also without a kind.
    fn read(text: &str) -> RefreshFailure {
        let mut parts = text.splitn(3, APART);
        let (first, word, what) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let what = what.unwrap_or_default().to_owned();
        let kind = match word {
            Some("unreachable") => RefreshTrouble::Unreachable { url: what },
            Some("damaged") => RefreshTrouble::Damaged { url: what },
            Some("untrusted") => RefreshTrouble::Untrusted { fault: what },
            _ => RefreshTrouble::Other,
        };
        let parsed = first
            .split_once(' ')
            .and_then(|(at, reason)| Some((at.parse().ok()?, reason)));
        let (at, reason) = parsed.unwrap_or((0, first));
        RefreshFailure {
            at,
            reason: reason.to_owned(),
            kind,
        }
    }
}

impl Engine {
    /// All repositories with the files they are from, what is known of each, and every file that is broken. Reads
    /// `repo.yaml`, `repo.kdl` and `repo.d/*` in `/usr/share/moss`, `/usr/share/moult`, `/etc/moss` and `/etc/moult`, in
    /// this order: a later file wins.
    pub fn configuration(&self) -> Result<Configuration, Error> {
        let definitions = repository::read_all(&self.root);
        let known = catalogue::cached(&self.connection)?;
        let mut repositories = Vec::with_capacity(definitions.repositories.len());
        for (repository, file) in definitions.repositories.into_values() {
            let row = known.iter().find(|row| row.id == repository.id);
            let status = self.status(&repository, row)?;
            repositories.push(Configured {
                repository,
                file,
                status,
            });
        }
        let rank = |one: &Configured| {
            let Repository { enabled, priority, .. } = one.repository;
            (!enabled, std::cmp::Reverse(priority))
        };
        // They come sorted by id.
        repositories.sort_by_key(rank);
        Ok(Configuration {
            repositories,
            broken: definitions.broken,
        })
    }

    fn status(&self, repository: &Repository, row: Option<&Cached>) -> Result<RepositoryStatus, Error> {
        let used = row.filter(|row| repository.enabled && row.refreshed.is_some() && row.belongs_to(repository));
        let list = used.map(|row| &row.list);
        let trust = match list.and_then(|list| list.signed_by.clone().zip(list.expires)) {
            _ if repository.keys.is_empty() => Trust::Unsigned,
            Some((key, expires)) => Trust::Signed { key, expires },
            None => Trust::NotYet,
        };
        let format = row.and_then(|row| row.list.format.clone());
        Ok(RepositoryStatus {
            refreshed: used.and_then(|row| row.refreshed),
            packages: match used {
                Some(row) => catalogue::count(&self.connection, &row.id)?,
                None => 0,
            },
            trust,
            failure: row.and_then(|row| row.failure.as_deref()).map(RefreshFailure::read),
            history: list.and_then(|list| list.history.clone()),
            newer_format: format.filter(|format| !SUPPORTED.contains(&format.as_str())),
        })
    }

    /// The repositories that are in use, the preferred first. What [`configuration`](Self::configuration) says of broken
    /// files belongs beside a list for people.
    pub fn repositories(&self) -> Result<Vec<Repository>, Error> {
        let definitions = repository::read_all(&self.root);
        Ok(definitions.enabled().into_iter().cloned().collect())
    }

    /// Adds a repository, or changes the one with the same id: in `/etc/moult/repo.d`, where it wins over what other
    /// files say. Its packages are known after a [`refresh`](Self::refresh); those of a changed one stay as long as its
    /// address and its keys do.
    pub fn add_repository(&mut self, repository: &Repository) -> Result<(), Error> {
        let _lock = self.root.lock()?;
        repository::save(&self.root, repository)?;
        self.settle()
    }

    /// Takes a repository and its packages away. One that a file of the vendor describes cannot be taken away for good:
    /// a file in `/etc/moult/repo.d` then switches it off, and [`Removed::Masked`] says so.
    pub fn remove_repository(&mut self, id: &str) -> Result<Removed, Error> {
        let _lock = self.root.lock()?;
        let removed = repository::remove(&self.root, id)?;
        self.settle()?;
        Ok(removed)
    }

    /// Takes a repository away as [`remove_repository`](Self::remove_repository) does, and keeps how it is written down for
    /// a day, root's alone. The text names that for [`bring_repository_back`](Self::bring_repository_back).
    ///
    /// # Errors
    /// As for a removal, and when it cannot be kept: then it is not removed either.
    pub fn put_repository_aside(&mut self, id: &str) -> Result<(Removed, String), Error> {
        let _lock = self.root.lock()?;
        self.settle()?;
        let known = catalogue::cached(&self.connection)?.into_iter();
        let seen = known.filter(|row| row.id == id).find_map(|row| row.seen());
        let (removed, kept) = repository::put_aside(&self.root, id, seen)?;
        if let Err(error) = self.settle() {
            let _ = repository::bring_back(&self.root, id, &kept)?;
            return Err(error);
        }
        Ok((removed, kept))
    }

    /// Brings back a repository that was put aside: its files are exactly those that were. Says whether it is in use; then
    /// its packages are known after a [`refresh`](Self::refresh), which refuses what is older than what was seen before.
    ///
    /// # Errors
    /// [`Error::UnknownRepository`] if nothing of it is kept any more; [`Error::Overtaken`] if what is kept is of another
    /// removal, or somebody else wrote something down since. Then nothing changes.
    pub fn bring_repository_back(&mut self, id: &str, kept: &str) -> Result<bool, Error> {
        let _lock = self.root.lock()?;
        let seen = repository::bring_back(&self.root, id, kept)?;
        self.settle()?;
        if let Some(seen) = seen {
            catalogue::saw(&self.connection, id, &seen)?;
        }
        let definitions = repository::read_all(&self.root);
        let repository = definitions.repositories.get(id);
        Ok(repository.is_some_and(|(repository, _)| repository.enabled))
    }

    /// Switches a repository on or off, by a file in `/etc/moult/repo.d`. One that is off offers nothing; one that is
    /// switched on needs a [`refresh`](Self::refresh).
    pub fn set_enabled(&mut self, id: &str, enabled: bool) -> Result<(), Error> {
        let _lock = self.root.lock()?;
        let repository = self.defined(id)?;
        if repository.enabled != enabled {
            repository::save(&self.root, &Repository { enabled, ..repository })?;
        }
        self.settle()
    }

    /// Says how long a server may be silent before another attempt is made, or another address is tried.
    pub fn set_patience(&mut self, patience: Patience) {
        self.web.set_patience(patience);
    }

    pub(super) fn defined(&self, id: &str) -> Result<Repository, Error> {
        let mut definitions = repository::read_all(&self.root);
        match definitions.repositories.remove(id) {
            Some((repository, _)) => Ok(repository),
            // That is why it is not there.
            None => Err(match definitions.broken.into_iter().find(|broken| about(broken, id)) {
                Some(broken) => repository::RepositoryError::BrokenFile(broken).into(),
                None => Error::UnknownRepository(id.to_owned()),
            }),
        }
    }

    /// Makes the database follow the files. Needs the lock.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        let definitions = repository::read_all(&self.root);
        self.know_places(&definitions);
        catalogue::settle(&mut self.connection, &definitions)
    }

    /// Makes downloads know where the repositories are, with passwords and mirrors.
    pub(super) fn know_places(&self, definitions: &Definitions) {
        let place = |repository: &Repository| (repository.id.clone(), repository.places());
        let places: HashMap<_, _> = definitions.enabled().into_iter().map(place).collect();
        self.web.know(places);
    }
}

fn about(broken: &BrokenFile, id: &str) -> bool {
    broken.repository.as_deref() == Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_read_as_it_was_written() {
        let kinds = [
            RefreshTrouble::Unreachable {
                url: "https://shop.example/a b".into(),
            },
            RefreshTrouble::Damaged { url: String::new() },
            RefreshTrouble::Untrusted {
                fault: "the key is another one".into(),
            },
            RefreshTrouble::Other,
        ];
        for kind in kinds {
            let failure = RefreshFailure {
                at: 1_700_000_000,
                reason: "it is so".into(),
                kind,
            };
            assert_eq!(RefreshFailure::read(&failure.write()), failure);
        }
        let old = RefreshFailure::read("12 nobody answers");
        assert_eq!(
            (old.at, old.reason.as_str(), old.kind),
            (12, "nobody answers", RefreshTrouble::Other)
        );
        let torn = RefreshFailure::read("nobody answers\u{1f}something else");
        assert_eq!(
            (torn.at, torn.reason.as_str(), torn.kind),
            (0, "nobody answers", RefreshTrouble::Other)
        );
    }
}
