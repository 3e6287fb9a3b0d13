//! The three things every failure says: what happened, what the person can do, what state things are in.

use moult_api::{Failure, FailureCode, Refusal, StateOfThings};

use crate::{Language, bytes, fl};

/// A failure in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureText {
    /// What happened.
    pub what: String,
    /// What the person can do.
    pub todo: String,
    /// What state things are in.
    pub state: String,
}

/// Puts a failure into words. `subject` is the disk at hand for failures that do not name one; it may be empty.
pub fn explain(language: Language, failure: &Failure, subject: &str) -> FailureText {
    let named = failure
        .args
        .get("disk")
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .unwrap_or(subject);

    FailureText {
        what: what(language, failure, named),
        todo: todo(language, failure),
        state: state_of_things(language, failure.state, named),
    }
}

/// The state of things as a sentence. `disk` may be empty: then it is "the chosen disk".
pub fn state_of_things(language: Language, state: StateOfThings, disk: &str) -> String {
    let disk = if disk.is_empty() { "none" } else { disk };

    match state {
        StateOfThings::Untouched => fl!(language, "state-untouched"),
        StateOfThings::DiskUnfinished => fl!(language, "state-disk-unfinished", disk = disk),
        StateOfThings::Installed => fl!(language, "state-installed", disk = disk),
        StateOfThings::SystemIntact => fl!(language, "state-system-intact"),
        StateOfThings::Activated => fl!(language, "state-activated"),
        StateOfThings::Unknown => fl!(language, "state-unknown", disk = disk),
    }
}

/// Why a disk cannot be chosen; `None` if it can. `detail` is the contract's `refusal_detail`.
pub fn refusal_reason(language: Language, refusal: Refusal, detail: &str) -> Option<String> {
    Some(match refusal {
        Refusal::None => return None,
        Refusal::LiveMedium => fl!(language, "refusal-live-medium"),
        Refusal::InUse if detail.is_empty() => fl!(language, "refusal-in-use"),
        Refusal::InUse => fl!(language, "refusal-in-use-at", at = detail),
        Refusal::TooSmall => match detail.parse() {
            Ok(needed) => fl!(language, "refusal-too-small-needed", size = bytes(language, needed)),
            Err(_) => fl!(language, "refusal-too-small"),
        },
        Refusal::ReadOnly => fl!(language, "refusal-read-only"),
        Refusal::Unreadable if detail.is_empty() => fl!(language, "refusal-unreadable"),
        Refusal::Unreadable => fl!(language, "refusal-unreadable-why", why = detail),
    })
}

fn what(language: Language, failure: &Failure, disk: &str) -> String {
    let given = |name: &str| failure.args.get(name).filter(|value| !value.is_empty()).cloned();
    let arg = |name: &str| given(name).unwrap_or_else(|| fl!(language, "not-known"));
    let size = |name: &str| match given(name).and_then(|value| value.parse().ok()) {
        Some(number) => bytes(language, number),
        None => fl!(language, "not-known"),
    };
    let network = || given("network").unwrap_or_else(|| "none".to_owned());
    let disk = || {
        if disk.is_empty() {
            fl!(language, "the-disk")
        } else {
            disk.to_owned()
        }
    };

    match failure.code {
        FailureCode::None => fl!(language, "failure-none"),
        FailureCode::Cancelled => fl!(language, "failure-cancelled"),
        FailureCode::Busy => fl!(language, "failure-busy"),
        FailureCode::NotAuthorized => fl!(language, "failure-not-authorized"),
        FailureCode::BackendStopped => fl!(language, "failure-backend-stopped"),
        FailureCode::BadInput => fl!(
            language,
            "failure-bad-input",
            field = arg("field"),
            reason = arg("reason")
        ),
        FailureCode::DiskGone => fl!(language, "failure-disk-gone", disk = disk()),
        FailureCode::DiskChanged => {
            fl!(
                language,
                "failure-disk-changed",
                disk = disk(),
                difference = arg("difference")
            )
        }
        FailureCode::DiskTooSmall => {
            fl!(
                language,
                "failure-disk-too-small",
                disk = disk(),
                size = size("size"),
                needed = size("needed")
            )
        }
        FailureCode::DiskRefused => {
            fl!(
                language,
                "failure-disk-refused",
                disk = disk(),
                reason = refused(language, &arg("reason"))
            )
        }
        FailureCode::PlanUnknown => fl!(language, "failure-plan-unknown"),
        FailureCode::DiskFull if given("free").is_some() => {
            fl!(
                language,
                "failure-disk-full-sizes",
                needed = size("needed"),
                free = size("free")
            )
        }
        FailureCode::DiskFull => fl!(language, "failure-disk-full"),
        FailureCode::DiskFailed => fl!(language, "failure-disk-failed", path = arg("path")),
        FailureCode::ToolFailed => fl!(
            language,
            "failure-tool-failed",
            tool = arg("tool"),
            status = arg("status")
        ),
        FailureCode::RepositoryUnreachable => fl!(language, "failure-repository-unreachable", uri = arg("uri")),
        FailureCode::RepositoryDamaged => fl!(language, "failure-repository-damaged", uri = arg("uri")),
        FailureCode::PackageDamaged => fl!(language, "failure-package-damaged", package = arg("package")),
        FailureCode::Unresolvable => fl!(language, "failure-unresolvable", explanation = arg("explanation")),
        FailureCode::FileConflict => fl!(
            language,
            "failure-file-conflict",
            path = arg("path"),
            first = arg("first"),
            second = arg("second")
        ),
        FailureCode::NetworkWrongKey => fl!(language, "failure-network-wrong-key", network = network()),
        FailureCode::NetworkLost => fl!(language, "failure-network-lost", network = network()),
        FailureCode::NetworkNoAddress => fl!(language, "failure-network-no-address", network = network()),
        FailureCode::NetworkUnavailable => fl!(language, "failure-network-unavailable"),
        FailureCode::NotConfirmed => fl!(language, "failure-not-confirmed"),
        FailureCode::PackageUnknown => fl!(language, "failure-package-unknown", package = arg("package")),
        FailureCode::PackageNotInstalled => fl!(language, "failure-package-not-installed", package = arg("package")),
        FailureCode::RepositoryUnknown => fl!(language, "failure-repository-unknown", repository = arg("repository")),
        FailureCode::RepositoryUntrusted => fl!(
            language,
            "failure-repository-untrusted",
            repository = arg("repository"),
            reason = arg("reason")
        ),
        FailureCode::StateUnknown => fl!(language, "failure-state-unknown", state = arg("state")),
        FailureCode::StateActive => fl!(language, "failure-state-active", state = arg("state")),
        FailureCode::StatePinned => fl!(language, "failure-state-pinned", state = arg("state")),
        FailureCode::Overtaken => fl!(language, "failure-overtaken"),
        FailureCode::ModelInvalid => fl!(language, "failure-model-invalid", reason = arg("reason")),
        FailureCode::TriggerFailed => fl!(language, "failure-trigger-failed", trigger = arg("trigger")),
        FailureCode::ReadOnly => fl!(language, "failure-read-only", path = arg("path")),
        FailureCode::RootBlocked => fl!(language, "failure-root-blocked", path = arg("path")),
        FailureCode::TooNew => fl!(language, "failure-too-new", what = arg("what")),
        FailureCode::PackagesRefused => fl!(language, "failure-packages-refused", reason = arg("reason")),
        FailureCode::NoUefi => fl!(language, "failure-no-uefi"),
        FailureCode::NoBootMenu => fl!(language, "failure-no-boot-menu", reason = arg("reason")),
        FailureCode::BootFull => {
            fl!(
                language,
                "failure-boot-full",
                needed = size("needed"),
                free = size("free"),
                states = given("states").unwrap_or_else(|| "none".to_owned())
            )
        }
        FailureCode::NotBootable => fl!(language, "failure-not-bootable", reason = arg("reason")),
        FailureCode::Internal => fl!(language, "failure-internal"),
    }
}

fn todo(language: Language, failure: &Failure) -> String {
    // A system that goes on as it was is not begun anew as an install is.
    let has_system = matches!(failure.state, StateOfThings::SystemIntact | StateOfThings::Activated);

    match failure.code {
        FailureCode::None => fl!(language, "failure-none-todo"),
        FailureCode::Cancelled => fl!(language, "failure-cancelled-todo"),
        FailureCode::Busy => fl!(language, "failure-busy-todo"),
        FailureCode::NotAuthorized => fl!(language, "failure-not-authorized-todo"),
        FailureCode::BackendStopped if has_system => fl!(language, "failure-backend-stopped-system-todo"),
        FailureCode::BackendStopped => fl!(language, "failure-backend-stopped-todo"),
        FailureCode::BadInput => fl!(language, "failure-bad-input-todo"),
        FailureCode::DiskGone => fl!(language, "failure-disk-gone-todo"),
        FailureCode::DiskChanged => fl!(language, "failure-disk-changed-todo"),
        FailureCode::DiskTooSmall => fl!(language, "failure-disk-too-small-todo"),
        FailureCode::DiskRefused => fl!(language, "failure-disk-refused-todo"),
        FailureCode::PlanUnknown => fl!(language, "failure-plan-unknown-todo"),
        FailureCode::DiskFull if has_system => fl!(language, "failure-disk-full-system-todo"),
        FailureCode::DiskFull => fl!(language, "failure-disk-full-todo"),
        FailureCode::DiskFailed => fl!(language, "failure-disk-failed-todo"),
        FailureCode::ToolFailed => fl!(language, "failure-tool-failed-todo"),
        FailureCode::RepositoryUnreachable => fl!(language, "failure-repository-unreachable-todo"),
        FailureCode::RepositoryDamaged => fl!(language, "failure-repository-damaged-todo"),
        FailureCode::PackageDamaged => fl!(language, "failure-package-damaged-todo"),
        FailureCode::Unresolvable => fl!(language, "failure-unresolvable-todo"),
        FailureCode::FileConflict => fl!(language, "failure-file-conflict-todo"),
        FailureCode::NetworkWrongKey => fl!(language, "failure-network-wrong-key-todo"),
        FailureCode::NetworkLost => fl!(language, "failure-network-lost-todo"),
        FailureCode::NetworkNoAddress => fl!(language, "failure-network-no-address-todo"),
        FailureCode::NetworkUnavailable => fl!(language, "failure-network-unavailable-todo"),
        FailureCode::NotConfirmed => fl!(language, "failure-not-confirmed-todo"),
        FailureCode::PackageUnknown => fl!(language, "failure-package-unknown-todo"),
        FailureCode::PackageNotInstalled => fl!(language, "failure-package-not-installed-todo"),
        FailureCode::RepositoryUnknown => fl!(language, "failure-repository-unknown-todo"),
        FailureCode::RepositoryUntrusted => fl!(language, "failure-repository-untrusted-todo"),
        FailureCode::StateUnknown => fl!(language, "failure-state-unknown-todo"),
        FailureCode::StateActive => fl!(language, "failure-state-active-todo"),
        FailureCode::StatePinned => fl!(language, "failure-state-pinned-todo"),
        FailureCode::Overtaken => fl!(language, "failure-overtaken-todo"),
        FailureCode::ModelInvalid => fl!(language, "failure-model-invalid-todo"),
        FailureCode::TriggerFailed => fl!(language, "failure-trigger-failed-todo"),
        FailureCode::ReadOnly => fl!(language, "failure-read-only-todo"),
        FailureCode::RootBlocked => fl!(language, "failure-root-blocked-todo"),
        FailureCode::TooNew => fl!(language, "failure-too-new-todo"),
        FailureCode::PackagesRefused => fl!(language, "failure-packages-refused-todo"),
        FailureCode::NoUefi => fl!(language, "failure-no-uefi-todo"),
        FailureCode::NoBootMenu => fl!(language, "failure-no-boot-menu-todo"),
        FailureCode::BootFull => fl!(language, "failure-boot-full-todo"),
        FailureCode::NotBootable => fl!(language, "failure-not-bootable-todo"),
        FailureCode::Internal => fl!(language, "failure-internal-todo"),
    }
}

/// A [`Refusal`] that crossed as its word in [`Failure::args`]; any other word stays as it is.
fn refused(language: Language, word: &str) -> String {
    let refusal = match word {
        "live-medium" => Refusal::LiveMedium,
        "in-use" => Refusal::InUse,
        "too-small" => Refusal::TooSmall,
        "read-only" => Refusal::ReadOnly,
        "unreadable" => Refusal::Unreadable,
        _ => Refusal::None,
    };

    refusal_reason(language, refusal, "").unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_happened_what_to_do_and_the_state_of_the_disk() {
        let failure = Failure::new(FailureCode::DiskTooSmall, "")
            .arg("disk", "Samsung SSD 980")
            .arg("needed", 4_294_967_296_u64)
            .arg("size", 1_000_000_000)
            .leaving(StateOfThings::Untouched);
        let text = explain(Language::German, &failure, "");

        assert_eq!(
            text.what.replace('\u{a0}', " "),
            "Samsung SSD 980 ist zu klein: Er hat 1 GB, gebraucht werden 4,3 GB."
        );
        assert_eq!(text.todo, "Wählen Sie einen größeren Datenträger.");
        assert_eq!(
            text.state,
            "Nichts wurde verändert. Ihre Datenträger sind, wie sie waren."
        );
    }

    #[test]
    fn a_full_disk_is_said_with_sizes_and_what_frees_some_of_it() {
        let failure = Failure::new(FailureCode::DiskFull, "")
            .arg("needed", 2_000_000_000_u64)
            .arg("free", 10_000_000)
            .leaving(StateOfThings::SystemIntact);
        let text = explain(Language::English, &failure, "");

        assert_eq!(
            text.what.replace('\u{a0}', " "),
            "There is not enough room on the disk: at least 2 GB are needed, 10 MB are free."
        );
        assert!(text.todo.starts_with("Free space first"), "{}", text.todo);

        let failure = Failure::new(FailureCode::DiskFull, "").leaving(StateOfThings::DiskUnfinished);
        assert_eq!(
            explain(Language::English, &failure, "").todo,
            "Start over with a larger disk."
        );
    }

    #[test]
    fn a_failure_without_its_values_is_still_a_whole_sentence() {
        let failure = Failure::new(FailureCode::NetworkLost, "").leaving(StateOfThings::DiskUnfinished);
        let text = explain(Language::English, &failure, "");

        assert_eq!(text.what, "The connection to the network was lost.");
        assert_eq!(
            text.state,
            "The chosen disk was erased and does not hold a whole system. Nothing else was changed."
        );

        let text = explain(Language::English, &failure.arg("network", "Home"), "KINGSTON");
        assert_eq!(text.what, "The connection to Home was lost.");
        assert!(text.state.starts_with("KINGSTON was erased"));
    }

    #[test]
    fn a_refusal_word_in_a_failure_becomes_its_reason() {
        let failure = Failure::new(FailureCode::DiskRefused, "")
            .arg("disk", "KINGSTON")
            .arg("reason", "live-medium");

        assert_eq!(
            explain(Language::French, &failure, "").what,
            "KINGSTON ne peut pas être choisi : vous avez démarré cet ordinateur avec lui."
        );
    }
}
