//! Why the package engine did not do it, in the words of the contract, with the state in which that leaves the system.

use moult_api::{Failure, FailureCode, StateOfThings};
use moult_packages::{BootRefusal, Error, QueryError, Refusal, RepositoryError, Standing};

/// A failure of the engine as it crosses D-Bus.
pub(crate) fn failure(error: Error) -> Failure {
    let detail = chain(&error);
    let state = match error.standing() {
        Standing::Intact => StateOfThings::SystemIntact,
        Standing::Activated => StateOfThings::Activated,
    };
    coded(error, detail).leaving(state)
}

/// What a job waits for: a failure that is not one yet.
pub(crate) fn waiting(error: &Error) -> Failure {
    let code = FailureCode::RepositoryUnreachable;
    match error {
        Error::Unreachable { url, .. } => Failure::new(code, chain(error)).arg("uri", url),
        _ => Failure::new(FailureCode::Internal, chain(error)),
    }
    .leaving(StateOfThings::SystemIntact)
}

/// A wish that was not understood. Nothing was tried.
pub(crate) fn bad(field: &str, reason: impl ToString) -> Failure {
    let reason = reason.to_string();
    Failure::new(FailureCode::BadInput, reason.clone())
        .arg("field", field)
        .arg("reason", reason)
}

/// The error and what is behind it, each once.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut inner = std::error::Error::source(error);
    while let Some(source) = inner {
        let more = source.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        inner = source.source();
    }
    text
}

fn coded(error: Error, detail: String) -> Failure {
    let new = |code| Failure::new(code, detail.clone());
    match error {
        Error::Cancelled => new(FailureCode::Cancelled),
        Error::Busy { .. } => new(FailureCode::Busy),
        Error::NoSpace {
            needed: Some((needed, free)),
            ..
        } => new(FailureCode::DiskFull).arg("needed", needed).arg("free", free),
        Error::NoSpace { needed: None, .. } => new(FailureCode::DiskFull).arg("needed", ""),
        Error::NoFiles { .. } => new(FailureCode::DiskFull).arg("needed", ""),
        Error::DiskFailed { path, .. } | Error::Io { path, .. } => {
            new(FailureCode::DiskFailed).arg("path", path.display())
        }
        Error::ReadOnly { path, .. } => new(FailureCode::ReadOnly).arg("path", path.display()),
        Error::RootBlocked { path, .. } => new(FailureCode::RootBlocked).arg("path", path.display()),
        Error::NewerDatabase { found, .. } => {
            new(FailureCode::TooNew).arg("what", format!("the package database (format {found})"))
        }
        Error::BadRepository { id, reason } => new(FailureCode::BadInput)
            .arg("field", format!("repository {id}"))
            .arg("reason", reason),
        Error::UnknownRepository(id) => new(FailureCode::RepositoryUnknown).arg("repository", id),
        Error::Unreachable { url, .. } | Error::TooLarge { url, .. } => {
            new(FailureCode::RepositoryUnreachable).arg("uri", url)
        }
        Error::DamagedIndex { url, .. } => new(FailureCode::RepositoryDamaged).arg("uri", url),
        Error::Repository(RepositoryError::DamagedRootIndex { url, .. }) => {
            new(FailureCode::RepositoryDamaged).arg("uri", url)
        }
        Error::Repository(RepositoryError::Untrusted { repository, fault }) => new(FailureCode::RepositoryUntrusted)
            .arg("repository", repository)
            .arg("reason", fault),
        Error::WrongSize { package, .. }
        | Error::WrongChecksum { package, .. }
        | Error::SourceChanged { package, .. }
        | Error::Stone { package, .. }
        | Error::WrongPackage { package, .. }
        | Error::WrongFile { package, .. }
        | Error::HostileEntry { package, .. } => new(FailureCode::PackageDamaged).arg("package", package),
        Error::Unresolvable(explanation) => new(FailureCode::Unresolvable).arg("explanation", explanation),
        Error::FileConflict { path, first, second } | Error::DirectoryConflict { path, first, second } => {
            new(FailureCode::FileConflict)
                .arg("path", format!("/usr/{path}"))
                .arg("first", first)
                .arg("second", second)
        }
        Error::Outdated { .. } => new(FailureCode::PlanUnknown),
        Error::Overtaken { .. } => new(FailureCode::Overtaken),
        Error::StateActive(id) => new(FailureCode::StateActive).arg("state", id),
        Error::StatePinned(id) => new(FailureCode::StatePinned).arg("state", id),
        Error::UnknownState(id) => new(FailureCode::StateUnknown).arg("state", id),
        Error::Refused(Refusal::NotInstalled(package)) => new(FailureCode::PackageNotInstalled).arg("package", package),
        Error::Query(QueryError::UnknownPackage(package)) => new(FailureCode::PackageUnknown).arg("package", package),
        Error::Model(error) => new(FailureCode::ModelInvalid).arg("reason", error),
        Error::Trigger { trigger, .. } | Error::TriggerOutput { trigger, .. } => {
            new(FailureCode::TriggerFailed).arg("trigger", trigger)
        }
        Error::Boot(BootRefusal::Full { needed, free, states }) => {
            let states: Vec<String> = states.iter().map(u64::to_string).collect();
            new(FailureCode::BootFull)
                .arg("needed", needed)
                .arg("free", free)
                .arg("states", states.join(", "))
        }
        Error::Boot(BootRefusal::Missing(reason)) => new(FailureCode::NoBootMenu).arg("reason", reason),
        Error::Boot(BootRefusal::NotBootable(reason)) => new(FailureCode::NotBootable).arg("reason", reason),
        // Already a sentence for people.
        _ => new(FailureCode::PackagesRefused).arg("reason", detail.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_before_the_swap_says_that_the_system_is_whole() {
        let said = failure(Error::UnknownState(7));
        assert_eq!(said.code, FailureCode::StateUnknown);
        assert_eq!(said.args["state"], "7");
        assert_eq!(said.state, StateOfThings::SystemIntact);
    }

    #[test]
    fn a_full_boot_partition_names_what_could_go() {
        let said = failure(Error::Boot(BootRefusal::Full {
            needed: 90,
            free: 7,
            states: vec![3, 5],
        }));
        assert_eq!(said.code, FailureCode::BootFull);
        assert_eq!((said.args["needed"].as_str(), said.args["free"].as_str()), ("90", "7"));
        assert_eq!(said.args["states"], "3, 5");
        assert_eq!(said.state, StateOfThings::SystemIntact);
    }

    #[test]
    fn a_failure_after_the_swap_says_that_the_new_state_is_in_place() {
        let source = Box::new(Error::UnknownRepository("x".into()));
        let said = failure(Error::AfterSwap { state: 3, source });
        assert_eq!(said.state, StateOfThings::Activated);
        assert!(said.detail.contains("state 3 is active"), "{}", said.detail);
        assert_eq!(said.detail.matches("no repository").count(), 1, "{}", said.detail);
    }
}
