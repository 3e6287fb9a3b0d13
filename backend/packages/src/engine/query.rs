//! Questions about packages. None of them waits for a writer: each sees the last commit.

use std::collections::{HashMap, HashSet};

use moult_stone::{Kind, Provider};
use rusqlite::{Connection, OptionalExtension, Row, params};
use url::Url;

use crate::catalogue;
use crate::error::Error;
use crate::layouts::{self, Entry};
use crate::ledger;
use crate::search::{Found, Index, Memory, Part, Release, Searcher, VERSION, digest};
use crate::state;

use super::Engine;

/// Everything that is known of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Its name.
    pub name: String,
    /// Its version, for people.
    pub version: String,
    /// Its release.
    pub release: Release,
    /// As `x86_64`.
    pub architecture: String,
    /// One line for people.
    pub summary: String,
    /// As long as it takes.
    pub description: String,
    /// The recipe's name.
    pub source_id: String,
    /// A URL, as the package says it: it may be anything.
    pub homepage: String,
    /// SPDX names.
    pub licenses: Vec<String>,
    /// What it needs, sorted.
    pub dependencies: Vec<Provider>,
    /// What it gives, its own name too, sorted.
    pub provides: Vec<Provider>,
    /// What it cannot be installed together with, sorted.
    pub conflicts: Vec<Provider>,
    /// The repository that offers it; empty if none does any more, or it was a local file.
    pub repository: String,
    /// Its file.
    pub url: Url,
    /// SHA-256 of its file, lower-case hexadecimal; also its identity.
    pub hash: String,
    /// Bytes of its file.
    pub size: u64,
    /// Whether it is in the active state.
    pub installed: bool,
    /// Whether it is in the active state because somebody asked for it.
    pub explicit: bool,
    /// Whether its files are in the store: nothing need be downloaded to install it.
    pub stored: bool,
}

/// The files of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFiles {
    /// The package.
    pub name: String,
    /// Its release.
    pub release: Release,
    /// SHA-256 of its file: its identity.
    pub hash: String,
    /// Whether it is in the active state.
    pub installed: bool,
    /// In the order of the package.
    pub files: Vec<PackageFile>,
}

/// One entry of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFile {
    /// Below `/usr`. Not always UTF-8.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: FileKind,
    /// Permission bits, with set-id and sticky.
    pub mode: u32,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// Bytes of its content; 0 for all but regular files.
    pub size: u64,
}

/// What an entry of a package is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKind {
    /// With content, or empty.
    Regular,
    /// A symbolic link, and where it leads.
    Link(Vec<u8>),
    /// A directory.
    Directory,
}

/// A question about packages that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// No repository offers such a package, and none is installed or stored.
    #[error("there is no package {0:?}")]
    UnknownPackage(String),
    /// What files a package has is known once it was unpacked.
    #[error("the files of {0} are not known: it was never installed here")]
    NotStored(String),
}

impl Engine {
    /// Opens the search: worth keeping when more than one term is asked for, as it then answers from memory.
    ///
    /// An index that is missing (the database is of an older version) is made here, which takes seconds, and kept if
    /// this process may write and nobody else does.
    pub fn searcher(&self) -> Result<Searcher, Error> {
        self.mend();
        self.read_searcher(Vec::new())
    }

    /// Brings a search up to date with the database. Returns whether anything was different.
    pub fn renew(&self, searcher: &mut Searcher) -> Result<bool, Error> {
        if self.current(searcher)? {
            return Ok(false);
        }
        let stamp = |searcher: &Searcher| -> Vec<(String, u64, i64)> {
            let parts = searcher.parts.iter();
            parts
                .map(|part| (part.repository.clone(), part.priority, part.digest))
                .collect()
        };
        let before = stamp(searcher);
        let renewed = self.read_searcher(std::mem::take(&mut searcher.parts))?;
        let changed = stamp(&renewed) != before || renewed.installed != searcher.installed;
        *searcher = renewed;
        Ok(changed)
    }

    /// Whether a search knows all that the database does. Asked with each key that is pressed: nothing is read but what
    /// tells one list, and one state, from another.
    fn current(&self, searcher: &Searcher) -> Result<bool, Error> {
        let snapshot = self.connection.unchecked_transaction()?;
        if state::active(&snapshot)? != searcher.state {
            return Ok(false);
        }
        let mut statement = snapshot.prepare_cached(OFFERING)?;
        let mut rows = statement.query([VERSION])?;
        let mut parts = searcher.parts.iter().filter(|part| !part.repository.is_empty());
        while let Some(row) = rows.next()? {
            let (priority, digest): (i64, Option<i64>) = (row.get(1)?, row.get(2)?);
            let same = parts.next().is_some_and(|part| {
                row.get_ref(0)
                    .is_ok_and(|id| id.as_str() == Ok(part.repository.as_str()))
                    && u64::try_from(priority).unwrap_or(0) == part.priority
                    && digest == Some(part.digest)
            });
            if !same {
                return Ok(false);
            }
        }
        Ok(parts.next().is_none())
    }

    /// The packages that fit all words of `term`, the best first, at most `limit`; see [`Searcher::search`].
    pub fn search(&self, term: &str, limit: usize) -> Result<Vec<Found>, Error> {
        Ok(self.searcher()?.search(term, limit))
    }

    /// Every name that a repository offers, with its preferred offer, sorted by name.
    pub fn list_available(&self) -> Result<Vec<Found>, Error> {
        let mut all = self.searcher()?.all();
        all.retain(|found| !found.repository.is_empty());
        Ok(all)
    }

    /// Every offer of this name, the preferred first, and last the installed package if nobody offers it any more.
    /// Empty if there is no such package.
    pub fn info(&self, name: &str) -> Result<Vec<Info>, Error> {
        let snapshot = self.connection.unchecked_transaction()?;
        let active = state::active(&snapshot)?.map(state::signed);
        let mut statement = snapshot.prepare_cached(
            "SELECT p.id, p.name, p.version, p.source_release, p.build_release, p.architecture, p.summary, p.description,
                    p.source_id, p.homepage, p.licenses, coalesce(p.repository, ''), p.uri, p.hash, p.size,
                    (SELECT explicit FROM selections WHERE state = ?2 AND hash = p.hash),
                    EXISTS (SELECT 1 FROM unpacked WHERE hash = p.hash)
             FROM packages p LEFT JOIN repositories r ON r.id = p.repository
             WHERE p.name = ?1 AND (p.repository IS NOT NULL
                OR EXISTS (SELECT 1 FROM selections WHERE state = ?2 AND hash = p.hash)
                   AND NOT EXISTS (SELECT 1 FROM packages o WHERE o.hash = p.hash AND o.name = p.name
                                   AND o.repository IS NOT NULL))
             ORDER BY p.repository IS NULL, r.priority DESC, p.source_release DESC, p.build_release DESC, r.id, p.hash",
        )?;
        let mut rows = statement.query(params![name, active])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(info(&snapshot, row)?);
        }
        Ok(all)
    }

    /// The files of the installed package of this name, or else of the newest one in the store.
    ///
    /// # Errors
    /// [`QueryError::NotStored`] for a package that was never unpacked here, [`QueryError::UnknownPackage`].
    pub fn files(&self, name: &str) -> Result<PackageFiles, Error> {
        let snapshot = self.connection.unchecked_transaction()?;
        let active = state::active(&snapshot)?.map(state::signed);
        let mut statement = snapshot.prepare_cached(
            "SELECT id, hash, source_release, build_release,
                    EXISTS (SELECT 1 FROM selections WHERE state = ?2 AND hash = u.hash) AS here
             FROM unpacked u WHERE name = ?1 ORDER BY here DESC, source_release DESC, build_release DESC, hash LIMIT 1",
        )?;
        let found = statement
            .query_row(params![name, active], |row| {
                let package = PackageFiles {
                    name: name.to_owned(),
                    release: release(row, 2)?,
                    hash: row.get(1)?,
                    installed: row.get(4)?,
                    files: Vec::new(),
                };
                Ok((row.get::<_, i64>(0)?, package))
            })
            .optional()?;
        let Some((id, mut package)) = found else {
            let known = snapshot
                .prepare_cached("SELECT 1 FROM packages WHERE name = ?1 AND repository IS NOT NULL")?
                .exists([name])?;
            return Err(Error::Query(if known {
                QueryError::NotStored(name.to_owned())
            } else {
                QueryError::UnknownPackage(name.to_owned())
            }));
        };
        ledger::layout(&snapshot, id, |entry| package.files.push(file(&entry)))?;
        Ok(package)
    }

    /// The installed packages that bring these paths, which are below `/usr`; paths that none brings are left out. Each
    /// question looks through all files of the active state: ask once for all.
    pub fn owners(&self, paths: &[&[u8]]) -> Result<HashMap<Vec<u8>, String>, Error> {
        let mut owners = HashMap::new();
        let snapshot = self.connection.unchecked_transaction()?;
        let Some(active) = state::active(&snapshot)?.map(state::signed) else {
            return Ok(owners);
        };
        let wanted: HashSet<&[u8]> = paths.iter().copied().collect();
        let mut statement = snapshot
            .prepare("SELECT u.id, u.name FROM selections s JOIN unpacked u ON u.hash = s.hash WHERE s.state = ?1")?;
        let packages = statement.query_map([active], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for package in packages {
            let (id, name): (i64, String) = package?;
            ledger::layout(&snapshot, id, |entry| {
                if entry.what != layouts::Kind::Directory && wanted.contains(entry.path) {
                    let _ = owners.insert(entry.path.to_vec(), name.clone());
                }
            })?;
        }
        Ok(owners)
    }

    /// Makes the indexes that are missing or of another version.
    fn mend(&self) {
        let mended = self.missing().and_then(|missing| {
            if missing.is_empty() || self.connection.is_readonly("main")? {
                return Ok(());
            }
            let _lock = self.root.lock()?;
            // Asked again: whoever had the lock may have made them.
            for repository in self.missing()? {
                let words = catalogue::make_words(&self.connection, &repository)?;
                let transaction = self.connection.unchecked_transaction()?;
                catalogue::put_words(&transaction, &repository, &words)?;
                transaction.commit()?;
            }
            Ok(())
        });
        // They only save time: without them, the search is made in memory.
        if let Err(error) = mended {
            tracing::warn!("the search index could not be written: {error}");
        }
    }

    fn missing(&self) -> Result<Vec<String>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id FROM repositories r
             WHERE NOT EXISTS (SELECT 1 FROM search WHERE repository = r.id AND version = ?1)
             AND EXISTS (SELECT 1 FROM packages WHERE repository = r.id) ORDER BY id",
        )?;
        Ok(statement
            .query_map([VERSION], |row| row.get(0))?
            .collect::<Result<_, _>>()?)
    }

    /// Reads what is not in `old` already.
    fn read_searcher(&self, mut old: Vec<Part>) -> Result<Searcher, Error> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut statement = snapshot.prepare_cached(OFFERING)?;
        let mut rows = statement.query([VERSION])?;
        let mut parts = Vec::new();
        while let Some(row) = rows.next()? {
            let (repository, priority): (String, i64) = (row.get(0)?, row.get(1)?);
            let priority = u64::try_from(priority).unwrap_or(0);
            let known: Option<i64> = row.get(2)?;
            let same = |part: &Part| part.repository == repository && Some(part.digest) == known;
            let part = if let Some(at) = old.iter().position(same) {
                Part {
                    priority,
                    ..old.swap_remove(at)
                }
            } else {
                let index = match known {
                    Some(_) => stored_index(&snapshot, &repository)?,
                    None => None,
                };
                let (index, digest) = match index.zip(known) {
                    Some(read) => read,
                    None => made_index(&catalogue::make_words(&snapshot, &repository)?)?,
                };
                Part {
                    repository,
                    priority,
                    digest,
                    index,
                    memory: Memory::default(),
                }
            };
            parts.push(part);
        }
        let mut installed = HashMap::new();
        let active = state::active(&snapshot)?;
        if let Some(id) = active.map(state::signed) {
            let mut statement = snapshot.prepare_cached(
                "SELECT p.name, p.source_release, p.build_release FROM selections s
                 JOIN packages p ON p.hash = s.hash AND p.repository IS NULL WHERE s.state = ?1",
            )?;
            let rows = statement.query_map([id], |row| Ok((row.get(0)?, release(row, 1)?)))?;
            installed = rows.collect::<Result<_, _>>()?;
            let (index, digest) = made_index(&catalogue::make_words_unoffered(&snapshot, id)?)?;
            if index.len() > 0 {
                parts.push(Part {
                    repository: String::new(),
                    priority: 0,
                    digest,
                    index,
                    memory: Memory::default(),
                });
            }
        }
        Ok(Searcher {
            parts,
            installed,
            state: active,
        })
    }
}

/// The repositories that offer something, the preferred first, with what tells their search index of version `?1` from
/// others.
const OFFERING: &str = "SELECT r.id, r.priority, s.digest FROM repositories r
     LEFT JOIN search s ON s.repository = r.id AND s.version = ?1
     WHERE EXISTS (SELECT 1 FROM packages WHERE repository = r.id) ORDER BY r.priority DESC, r.id";

fn stored_index(connection: &Connection, repository: &str) -> Result<Option<Index>, Error> {
    let mut statement = connection.prepare_cached("SELECT words FROM search WHERE repository = ?1")?;
    let mut rows = statement.query([repository])?;
    Ok(match rows.next()? {
        Some(row) => row.get_ref(0)?.as_blob().ok().and_then(Index::read),
        None => None,
    })
}

fn made_index(words: &[u8]) -> Result<(Index, i64), Error> {
    let index = Index::read(words);
    let index = index.ok_or_else(|| Error::DamagedDatabase("its packages cannot be indexed".to_owned()))?;
    Ok((index, digest(words)))
}

fn info(connection: &Connection, row: &Row<'_>) -> Result<Info, Error> {
    let id: i64 = row.get(0)?;
    let licenses: String = row.get(10)?;
    let uri: String = row.get(12)?;
    let explicit: Option<bool> = row.get(15)?;
    let size: i64 = row.get(14)?;
    let (dependencies, conflicts) = catalogue::relations(connection, id)?;
    Ok(Info {
        name: row.get(1)?,
        version: row.get(2)?,
        release: release(row, 3)?,
        architecture: row.get(5)?,
        summary: row.get(6)?,
        description: row.get(7)?,
        source_id: row.get(8)?,
        homepage: row.get(9)?,
        licenses: licenses.lines().map(str::to_owned).collect(),
        dependencies,
        provides: given(connection, id)?,
        conflicts,
        repository: row.get(11)?,
        url: Url::parse(&uri).map_err(|error| Error::DamagedDatabase(format!("{uri:?}: {error}")))?,
        hash: row.get(13)?,
        size: u64::try_from(size).unwrap_or(0),
        installed: explicit.is_some(),
        explicit: explicit.unwrap_or(false),
        stored: row.get(16)?,
    })
}

fn given(connection: &Connection, package: i64) -> Result<Vec<Provider>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT kind, target FROM provides WHERE package = ?1 ORDER BY kind, target")?;
    let mut rows = statement.query([package])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let number: u8 = row.get(0)?;
        let kind = Kind::from_number(number)
            .ok_or_else(|| Error::DamagedDatabase(format!("{number} is not a kind of provider")))?;
        all.push(Provider::new(kind, row.get::<_, String>(1)?));
    }
    Ok(all)
}

fn release(row: &Row<'_>, first: usize) -> rusqlite::Result<Release> {
    let number = |column| row.get(column).map(|number: i64| u64::try_from(number).unwrap_or(0));
    Ok(Release {
        source: number(first)?,
        build: number(first + 1)?,
    })
}

fn file(entry: &Entry<'_>) -> PackageFile {
    let kind = match entry.what {
        layouts::Kind::Link(target) => FileKind::Link(target.to_owned()),
        layouts::Kind::Directory => FileKind::Directory,
        layouts::Kind::Stored(..) | layouts::Kind::Empty => FileKind::Regular,
    };
    PackageFile {
        path: entry.path.to_owned(),
        kind,
        mode: entry.rights.mode,
        uid: entry.rights.uid,
        gid: entry.rights.gid,
        size: entry.stored().map_or(0, |(_, size)| size),
    }
}
