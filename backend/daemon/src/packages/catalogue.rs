//! Repositories: what is shown of them, how they are described, and what became of reading them anew.

use std::collections::BTreeSet;
use std::path::Path;

use moult_api::{
    BrokenRow, Failure, FailureCode, Outcome, RefreshResult, RefreshedRow, RemovedRepository, Repositories,
    RepositoryRequest, RepositoryRow, StateOfThings, Trust, VersionRow, VersionsReport,
};
use moult_packages::{
    BrokenFile, ChangeKind, Configured, Engine, Error, Plan, RefreshFailure, RefreshTrouble, Refreshed, Removed,
    Repository, Source, Url, Version, VersionInfo, Versions, Watch,
};

use super::failure::{bad, failure};

/// Where a package brings the backend's program.
const PROGRAMS: [&str; 2] = ["/usr/libexec/moult/moult-backend", "/usr/bin/moult-backend"];

/// All repositories, the preferred first, and what is wrong with their files.
pub(crate) fn repositories(engine: &Engine) -> Result<Repositories, Error> {
    let configuration = engine.configuration()?;
    Ok(Repositories {
        repositories: configuration.repositories.into_iter().map(row).collect(),
        broken: configuration.broken.into_iter().map(broken).collect(),
    })
}

fn row(
    Configured {
        repository,
        file,
        status,
    }: Configured,
) -> RepositoryRow {
    let (trust, signed_by, expires) = trust(status.trust);
    let trouble = status.failure.as_ref().map(|failure| trouble(&repository.id, failure));
    let (failure, failed) = status
        .failure
        .map_or((String::new(), 0), |failure| (failure.reason, failure.at));
    let (channel, architecture) = match &repository.source {
        Source::Index(_) => (String::new(), String::new()),
        Source::Versioned {
            channel, architecture, ..
        } => (channel.clone(), architecture.clone()),
    };
    RepositoryRow {
        // Without a password: that is nobody's business.
        uri: repository.address().to_string(),
        mirrors: repository.mirrors.iter().map(bare).collect(),
        version: match &repository.source {
            Source::Index(_) => String::new(),
            Source::Versioned { version, .. } => version.to_string(),
        },
        name: repository.id,
        priority: repository.priority,
        description: repository.description,
        enabled: repository.enabled,
        file: file.display().to_string(),
        trust,
        signed_by,
        expires,
        refreshed: status.refreshed.unwrap_or(0),
        packages: status.packages,
        failure,
        trouble: trouble.into_iter().collect(),
        failed,
        history: status.history.unwrap_or_default(),
        newer_format: status.newer_format.unwrap_or_default(),
        keys: repository.keys,
        channel,
        architecture,
    }
}

/// Why the last refresh failed, in the words of the contract.
fn trouble(repository: &str, failure: &RefreshFailure) -> Failure {
    let new = |code| Failure::new(code, failure.reason.clone()).leaving(StateOfThings::SystemIntact);
    match &failure.kind {
        RefreshTrouble::Unreachable { url } => new(FailureCode::RepositoryUnreachable).arg("uri", url),
        RefreshTrouble::Damaged { url } => new(FailureCode::RepositoryDamaged).arg("uri", url),
        RefreshTrouble::Untrusted { fault } => new(FailureCode::RepositoryUntrusted)
            .arg("repository", repository)
            .arg("reason", fault),
        _ => new(FailureCode::Internal),
    }
}

/// What is vouched for, by which key, and until when.
pub(crate) fn trust(trust: moult_packages::Trust) -> (Trust, String, i64) {
    match trust {
        moult_packages::Trust::Unsigned => (Trust::Unsigned, String::new(), 0),
        moult_packages::Trust::NotYet => (Trust::NotYet, String::new(), 0),
        moult_packages::Trust::Signed { key, expires } => (Trust::Signed, key, expires),
    }
}

fn broken(file: BrokenFile) -> BrokenRow {
    let number = |number: usize| u64::try_from(number).unwrap_or(0);
    let (line, column) = file.place.unwrap_or((0, 0));
    BrokenRow {
        path: file.path.display().to_string(),
        line: number(line),
        column: number(column),
        repository: file.repository.unwrap_or_default(),
        reason: file.reason,
    }
}

/// An address without the name and the password that may be in it.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    // An address that cannot have them has none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

/// A repository as a person describes it. A refusal does not repeat an address: a password may be in it.
pub(crate) fn described(wish: RepositoryRequest) -> Result<Repository, Failure> {
    let address = |field: &str, text: &str| text.parse::<Url>().map_err(|error| bad(field, error));
    let uri = address("uri", &wish.uri)?;
    let direct = wish.version.is_empty();
    for (field, text) in [("channel", &wish.channel), ("architecture", &wish.architecture)] {
        if direct && !text.is_empty() {
            return Err(bad(field, "only a versioned repository has one: a version is missing"));
        }
    }
    let mut repository = if direct {
        Repository::direct(wish.name, uri)
    } else {
        Repository::versioned(wish.name, uri, version(&wish.version)?)
    };
    if let Source::Versioned {
        channel, architecture, ..
    } = &mut repository.source
    {
        for (field, wanted) in [(channel, wish.channel), (architecture, wish.architecture)] {
            if !wanted.is_empty() {
                *field = wanted;
            }
        }
    }
    let mirrors = wish.mirrors.iter().map(|text| address("mirror", text));
    Ok(Repository {
        priority: wish.priority,
        description: wish.description,
        mirrors: mirrors.collect::<Result<_, _>>()?,
        keys: wish.keys,
        ..repository
    })
}

pub(crate) fn version(text: &str) -> Result<Version, Failure> {
    text.parse().map_err(|error| bad("version", error))
}

/// The same repository as a wish, without passwords.
fn wish(repository: Repository) -> RepositoryRequest {
    let uri = repository.address().to_string();
    let (version, channel, architecture) = match repository.source {
        Source::Index(_) => Default::default(),
        Source::Versioned {
            version,
            channel,
            architecture,
            ..
        } => (version.to_string(), channel, architecture),
    };
    RepositoryRequest {
        name: repository.id,
        uri,
        priority: repository.priority,
        description: repository.description,
        keys: repository.keys,
        mirrors: repository.mirrors.iter().map(bare).collect(),
        version,
        channel,
        architecture,
    }
}

pub(crate) fn removed(name: String, removed: Removed) -> RemovedRepository {
    let masked = match removed {
        Removed::Gone => String::new(),
        Removed::Masked { file } => file.display().to_string(),
    };
    RemovedRepository { name, masked }
}

/// Reads one repository's list anew, which may fail; or each one's: one that fails does not keep the others from being
/// read.
pub(crate) fn refresh(engine: &mut Engine, name: &str, watch: &dyn Watch) -> Result<Outcome, Error> {
    let results = if name.is_empty() {
        engine.refresh_all(watch)?
    } else {
        vec![(name.to_owned(), Ok(engine.refresh(name, watch)?))]
    };
    outcome(engine, results)
}

/// Follows another version, and reads its list. The version is followed also if that fails.
/// With `from`, only if that is what is followed.
pub(crate) fn follow(
    engine: &mut Engine,
    name: &str,
    version: &Version,
    from: Option<&Version>,
    watch: &dyn Watch,
) -> Result<Outcome, Error> {
    match from {
        Some(from) => engine.follow_from(name, version, from, watch)?,
        None => engine.follow(name, version, watch)?,
    }
    read(engine, name, watch)
}

/// Brings back a repository that was put aside, and reads its list if it is in use. It is back also if that fails.
pub(crate) fn bring_back(engine: &mut Engine, name: &str, kept: &str, watch: &dyn Watch) -> Result<Outcome, Error> {
    match engine.bring_repository_back(name, kept)? {
        true => read(engine, name, watch),
        false => outcome(engine, Vec::new()),
    }
}

/// Reads a list; that it cannot be read is part of what came of it.
fn read(engine: &mut Engine, name: &str, watch: &dyn Watch) -> Result<Outcome, Error> {
    match engine.refresh(name, watch) {
        Err(Error::Cancelled) => Err(Error::Cancelled),
        read => outcome(engine, vec![(name.to_owned(), read)]),
    }
}

fn outcome(engine: &Engine, results: Vec<(String, Result<Refreshed, Error>)>) -> Result<Outcome, Error> {
    let refreshed: Vec<_> = results
        .into_iter()
        .map(|(name, result)| refreshed(name, result))
        .collect();
    let broken = engine.configuration()?.broken;
    Ok(Outcome {
        packages: refreshed.iter().fold(0, |sum, row| row.packages.saturating_add(sum)),
        refreshed,
        // What they say was not read: nobody may think that it was.
        warnings: broken.iter().map(ToString::to_string).collect(),
        ..Outcome::default()
    })
}

fn refreshed(name: String, result: Result<Refreshed, Error>) -> RefreshedRow {
    let mut row = RefreshedRow {
        name,
        result: RefreshResult::Failed,
        packages: result.as_ref().map_or(0, Refreshed::packages),
        moved_to: Vec::new(),
        format: String::new(),
        bridge: String::new(),
        failure: Vec::new(),
    };
    match result {
        Ok(Refreshed::Updated { .. }) => row.result = RefreshResult::Updated,
        Ok(Refreshed::Unchanged { .. }) => row.result = RefreshResult::Unchanged,
        Ok(Refreshed::Moved { to, .. }) => {
            row.result = RefreshResult::Moved;
            row.moved_to.push(wish(*to));
        }
        Ok(Refreshed::NeedsNewerEngine { format, bridge, .. }) => {
            row.result = RefreshResult::NeedsNewerEngine;
            row.format = format;
            row.bridge = bridge.as_ref().map(bare).unwrap_or_default();
        }
        Ok(_) => row.failure.push(Failure::new(
            FailureCode::Internal,
            "the engine says what this backend does not know",
        )),
        Err(error) => row.failure.push(failure(error)),
    }
    row
}

pub(crate) fn versions(versions: Versions) -> VersionsReport {
    let (following, current) = (versions.following, versions.current);
    let rows = |list: Vec<VersionInfo>| {
        let row = |info: VersionInfo| VersionRow {
            followed: info.version == following,
            in_use: current.as_deref() == Some(info.history.as_str()),
            version: info.version.to_string(),
            history: info.history,
            tag: info.tag.unwrap_or_default(),
            format: info.format,
            supported: info.supported,
        };
        list.into_iter().map(row).collect()
    };
    VersionsReport {
        streams: rows(versions.streams),
        tags: rows(versions.tags),
        history: rows(versions.history),
        following: following.to_string(),
        current: current.clone().unwrap_or_default(),
    }
}

/// What is to be known of the repositories by whoever approves a plan.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// Those that packages of the plan come from and for which no key is named, sorted.
    pub(crate) unsigned: Vec<String>,
    /// Those that only a newer engine reads by now, sorted.
    pub(crate) outgrown: Vec<String>,
}

pub(crate) fn sources(engine: &Engine, plan: &Plan) -> Result<Sources, Error> {
    let comes = plan.packages.iter().filter(|change| change.kind != ChangeKind::Mark);
    let comes = comes.filter_map(|change| change.new.as_ref());
    let from: BTreeSet<&str> = comes.map(|package| package.repository.as_str()).collect();
    let mut sources = Sources::default();
    for Configured { repository, status, .. } in engine.configuration()?.repositories {
        if repository.keys.is_empty() && from.contains(repository.id.as_str()) {
            sources.unsigned.push(repository.id.clone());
        }
        if repository.enabled && status.newer_format.is_some() {
            sources.outgrown.push(repository.id);
        }
    }
    sources.unsigned.sort();
    sources.outgrown.sort();
    Ok(sources)
}

/// The installed package that brings the backend's program; empty if none does. `running` is where this process's
/// program is, if that is in the root.
pub(crate) fn engine_package(engine: &Engine, running: Option<&Path>) -> Result<String, Error> {
    let programs: Vec<&[u8]> = running
        .into_iter()
        .chain(PROGRAMS.iter().map(Path::new))
        .filter_map(|path| path.strip_prefix("/usr").ok())
        .map(|path| path.as_os_str().as_encoded_bytes())
        .collect();
    for package in engine.installed()? {
        let files = engine.files(&package.name)?.files;
        if files.iter().any(|file| programs.contains(&file.path.as_slice())) {
            return Ok(package.name);
        }
    }
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;

    fn asked() -> RepositoryRequest {
        RepositoryRequest {
            name: "main".into(),
            uri: "https://me:secret@example.org/".into(),
            priority: 3,
            mirrors: vec!["https://me:secret@mirror.example.org/".into()],
            ..RepositoryRequest::default()
        }
    }

    #[test]
    fn a_version_makes_a_versioned_repository_with_the_usual_channel_unless_another_is_named() {
        let direct = described(asked()).unwrap();
        assert!(matches!(direct.source, Source::Index(_)));
        let usual = RepositoryRequest {
            version: "tag/t1".into(),
            ..asked()
        };
        let other = RepositoryRequest {
            channel: "volatile".into(),
            architecture: "aarch64".into(),
            ..usual.clone()
        };
        for (wish, expected) in [(usual, ("main", "x86_64")), (other, ("volatile", "aarch64"))] {
            let Source::Versioned {
                channel,
                version,
                architecture,
                ..
            } = described(wish).unwrap().source
            else {
                panic!("not versioned");
            };
            assert_eq!((channel.as_str(), architecture.as_str()), expected);
            assert_eq!(version, Version::Tag("t1".into()));
        }
        let alone = RepositoryRequest {
            channel: "volatile".into(),
            ..asked()
        };
        assert!(described(alone).is_err(), "a single list has no channel");
    }

    #[test]
    fn no_password_is_in_what_is_shown_or_refused() {
        let repository = described(asked()).unwrap();
        let moved = refreshed(
            "main".into(),
            Ok(Refreshed::Moved {
                packages: 1,
                to: Box::new(repository),
            }),
        );
        assert_eq!(moved.result, RefreshResult::Moved);
        assert!(!format!("{moved:?}").contains("secret"), "{moved:?}");
        for wrong in [
            RepositoryRequest {
                uri: "https://me:secret@example.org:99999/".into(),
                ..asked()
            },
            RepositoryRequest {
                mirrors: vec!["https://me:secret@".into()],
                ..asked()
            },
            RepositoryRequest {
                version: "sometime".into(),
                ..asked()
            },
        ] {
            let refused = described(wrong).unwrap_err();
            assert!(!format!("{refused:?}").contains("secret"), "{refused:?}");
        }
    }
}
