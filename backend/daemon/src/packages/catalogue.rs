//! Repositories: what is shown of them, and how they are read anew.

use moult_api::{Failure, Outcome, Repositories, RepositoryRow, Trust};
use moult_packages::{Configured, Engine, Error, Repository, Watch};

use super::failure::bad;

/// All repositories, the preferred first.
pub(crate) fn repositories(engine: &Engine) -> Result<Repositories, Error> {
    let configured = engine.configuration()?.repositories;
    let in_use = configured.into_iter().filter(|one| one.repository.enabled);
    let repositories = in_use.map(row).collect();
    Ok(Repositories { repositories })
}

fn row(Configured { repository, status, .. }: Configured) -> RepositoryRow {
    RepositoryRow {
        // Without a password: that is nobody's business.
        uri: repository.address().to_string(),
        name: repository.id,
        priority: repository.priority,
        description: repository.description,
        trust: match status.trust {
            moult_packages::Trust::Signed { .. } => Trust::Signed,
            _ => Trust::Unsigned,
        },
    }
}

/// A repository as a person describes it.
pub(crate) fn described(name: String, uri: &str, priority: u64) -> Result<Repository, Failure> {
    let uri = uri.parse().map_err(|error| bad("uri", format!("{uri:?}: {error}")))?;
    Ok(Repository {
        priority,
        ..Repository::direct(name, uri)
    })
}

/// Reads one repository's list anew, or each one's: one that fails does not keep the others from being read.
pub(crate) fn refresh(engine: &mut Engine, name: &str, watch: &dyn Watch) -> Result<Outcome, Error> {
    let names: Vec<String> = if name.is_empty() {
        let all = engine.repositories()?;
        all.into_iter().map(|repository| repository.id).collect()
    } else {
        vec![name.to_owned()]
    };
    let mut outcome = Outcome::default();
    let mut failed = None;
    for name in &names {
        match engine.refresh(name, watch) {
            Ok(refreshed) => outcome.packages = outcome.packages.saturating_add(refreshed.packages()),
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) => {
                outcome.warnings.push(format!("{name}: {error}"));
                failed = Some(error);
            }
        }
    }
    match failed {
        // Nothing was read at all: that is a failure, not a remark.
        Some(error) if outcome.warnings.len() == names.len() => Err(error),
        _ => Ok(outcome),
    }
}
