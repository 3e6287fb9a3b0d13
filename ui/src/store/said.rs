//! Operations in words: as a wish ("Install Krita"), while they are done ("Installing Krita") and afterwards
//! ("Installed Krita").

use moult_api::{Action, FailureCode, Job, JobState, PlannedPackage, RepositoryRow};
use moult_i18n::{Language, count, explain, fl};

use super::{Extent, Operation};

/// In which form an operation is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// What somebody wants: "Install Krita".
    Wish,
    /// What is being done: "Installing Krita".
    Now,
    /// What was done: "Installed Krita".
    Done,
}

/// An operation that is wanted or waits: "Install Krita".
#[must_use]
pub fn wish(operation: &Operation, language: Language) -> String {
    words(operation, None, language, Form::Wish)
}

/// An operation that is being done: "Installing Krita". Nobody is told that everything is updated when something stays.
#[must_use]
pub fn now(operation: &Operation, extent: Option<Extent>, language: Language) -> String {
    words(operation, extent, language, Form::Now)
}

/// An operation that is done: "Installed Krita", "Updated 29 packages, 1 held".
#[must_use]
pub fn done(operation: &Operation, extent: Option<Extent>, language: Language) -> String {
    words(operation, extent, language, Form::Done)
}

/// What a running job waits for, if it waits: "The package source cannot be reached (…). It is tried again by itself."
#[must_use]
pub fn waits_for(job: &Job, language: Language) -> Option<String> {
    let waits = job.state == JobState::Running && job.failure.code != FailureCode::None;

    waits.then(|| {
        fl!(
            language,
            "store-queue-waits-for",
            reason = explain(language, &job.failure, "").what
        )
    })
}

/// One of three sentences, by the form. Nothing but the chosen one is looked up.
macro_rules! said {
    ($form:expr, $language:expr, $wish:tt, $now:tt, $done:tt $(, $name:ident = $value:expr)* $(,)?) => {
        match $form {
            Form::Wish => fl!($language, $wish $(, $name = $value)*),
            Form::Now => fl!($language, $now $(, $name = $value)*),
            Form::Done => fl!($language, $done $(, $name = $value)*),
        }
    };
}

mod source;

/// An operation in words, without a full stop.
#[must_use]
pub fn words(operation: &Operation, extent: Option<Extent>, language: Language, form: Form) -> String {
    match operation {
        Operation::Change { request, .. } if request.action == Action::Sync && request.packages.is_empty() => {
            update(extent, language, form)
        }
        Operation::Change { request, names, .. } => {
            let named = if names.is_empty() { &request.packages } else { names };
            change(request.action, named, language, form)
        }
        Operation::Local { name, .. } => said!(
            form,
            language,
            "store-said-local-wish",
            "store-said-local-now",
            "store-said-local-done",
            name = name.clone(),
        ),
        Operation::Activate { state } => said!(
            form,
            language,
            "store-said-activate-wish",
            "store-said-activate-now",
            "store-said-activate-done",
            state = state.to_string(),
        ),
        Operation::GoBack { state, .. } => said!(
            form,
            language,
            "store-said-back-wish",
            "store-said-back-now",
            "store-said-back-done",
            state = state.to_string(),
        ),
        Operation::RemoveStates { states } => {
            let state = states.first().map(u64::to_string).unwrap_or_default();
            said!(
                form,
                language,
                "store-said-states-wish",
                "store-said-states-now",
                "store-said-states-done",
                count = states.len(),
                shown = count(language, states.len() as u64),
                state = state,
            )
        }
        Operation::Verify { repair: false } => said!(
            form,
            language,
            "store-said-verify-wish",
            "store-said-verify-now",
            "store-said-verify-done",
        ),
        Operation::Verify { repair: true } => said!(
            form,
            language,
            "store-said-repair-wish",
            "store-said-repair-now",
            "store-said-repair-done",
        ),
        Operation::NameState { state, name } if name.is_empty() => said!(
            form,
            language,
            "store-said-unname-wish",
            "store-said-unname-now",
            "store-said-unname-done",
            state = state.to_string(),
        ),
        Operation::NameState { state, name } => said!(
            form,
            language,
            "store-said-name-wish",
            "store-said-name-now",
            "store-said-name-done",
            state = state.to_string(),
            name = name.clone(),
        ),
        Operation::StartOnce { state } => said!(
            form,
            language,
            "store-said-once-wish",
            "store-said-once-now",
            "store-said-once-done",
            state = state.to_string(),
        ),
        Operation::StartAsBefore { state: 0, .. } => said!(
            form,
            language,
            "store-said-usual-wish",
            "store-said-usual-now",
            "store-said-usual-done",
        ),
        Operation::StartAsBefore { state, .. } => said!(
            form,
            language,
            "store-said-again-wish",
            "store-said-again-now",
            "store-said-again-done",
            state = state.to_string(),
        ),
        Operation::StartFromNow { state } => said!(
            form,
            language,
            "store-said-start-wish",
            "store-said-start-now",
            "store-said-start-done",
            state = state.to_string(),
        ),
        Operation::PinState { state, pinned: true } => said!(
            form,
            language,
            "store-said-pin-wish",
            "store-said-pin-now",
            "store-said-pin-done",
            state = state.to_string(),
        ),
        Operation::PinState { state, pinned: false } => said!(
            form,
            language,
            "store-said-unpin-wish",
            "store-said-unpin-now",
            "store-said-unpin-done",
            state = state.to_string(),
        ),
        Operation::Hold { packages, held } => hold(packages, *held, language, form),
        Operation::Refresh { .. }
        | Operation::AddRepository(_)
        | Operation::RemoveRepository { .. }
        | Operation::BringBackRepository { .. }
        | Operation::EnableRepository { .. }
        | Operation::Follow { .. }
        | Operation::FollowBack { .. }
        | Operation::Bridge { .. } => source::words(operation, language, form),
    }
}

/// Why a source could not be read, as far as there are words for it in this language.
#[must_use]
pub fn unread(source: &RepositoryRow, language: Language) -> String {
    match source.trouble.first() {
        Some(trouble) if trouble.code != FailureCode::Internal => explain(language, trouble, "").what,
        _ => source.failure.clone(),
    }
}

/// A package of a plan: "openssl 3.5.1 → 3.5.2", "krita 5.2.9".
#[must_use]
pub fn release(package: &PlannedPackage, language: Language) -> String {
    let (name, old, new) = (package.name.as_str(), package.old.first(), package.new.first());

    match (old, new) {
        (Some(old), Some(new)) if old.version != new.version => fl!(
            language,
            "store-review-from-to",
            name = name,
            old = old.version.as_str(),
            new = new.version.as_str()
        ),
        (_, Some(one)) | (Some(one), None) => {
            fl!(
                language,
                "store-review-one",
                name = name,
                version = one.version.as_str()
            )
        }
        (None, None) => name.to_owned(),
    }
}

/// Names beside one another, `most` of them at most: "Krita", "Krita and GIMP", "Krita and 2 more".
#[must_use]
pub fn names(names: &[impl AsRef<str>], most: usize, language: Language) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first, second] => fl!(
            language,
            "store-said-two",
            first = first.as_ref().to_owned(),
            second = second.as_ref().to_owned()
        ),
        [..] => {
            let most = most.clamp(1, names.len());
            let listed = |names: &[_]| names.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
            match names.split_at(most) {
                (all, []) => match all.split_last() {
                    Some((last, rest)) => fl!(
                        language,
                        "store-said-two",
                        first = listed(rest),
                        second = last.as_ref().to_owned()
                    ),
                    None => String::new(),
                },
                (shown, more) => fl!(
                    language,
                    "store-said-more",
                    names = listed(shown),
                    count = more.len(),
                    shown = count(language, more.len() as u64)
                ),
            }
        }
    }
}

fn change(action: Action, named: &[String], language: Language, form: Form) -> String {
    let number = named.len();
    let names = names(named, 1, language);

    match action {
        Action::Install if named.is_empty() => said!(
            form,
            language,
            "store-said-install-some-wish",
            "store-said-install-some-now",
            "store-said-install-some-done",
        ),
        Action::Install => said!(
            form,
            language,
            "store-said-install-wish",
            "store-said-install-now",
            "store-said-install-done",
            names = names,
            count = number,
        ),
        Action::Reinstall => said!(
            form,
            language,
            "store-said-reinstall-wish",
            "store-said-reinstall-now",
            "store-said-reinstall-done",
            names = names,
            count = number,
        ),
        Action::Remove if named.is_empty() => said!(
            form,
            language,
            "store-said-orphans-wish",
            "store-said-orphans-now",
            "store-said-orphans-done",
        ),
        Action::Remove => said!(
            form,
            language,
            "store-said-remove-wish",
            "store-said-remove-now",
            "store-said-remove-done",
            names = names,
            count = number,
        ),
        Action::Sync => said!(
            form,
            language,
            "store-said-update-wish",
            "store-said-update-now",
            "store-said-update-done",
            names = names,
            count = number,
        ),
        Action::MarkExplicit => said!(
            form,
            language,
            "store-said-explicit-wish",
            "store-said-explicit-now",
            "store-said-explicit-done",
            names = names,
            count = number,
        ),
        Action::MarkAutomatic => said!(
            form,
            language,
            "store-said-automatic-wish",
            "store-said-automatic-now",
            "store-said-automatic-done",
            names = names,
            count = number,
        ),
    }
}

/// An update of everything that may change.
fn update(extent: Option<Extent>, language: Language, form: Form) -> String {
    let part = extent.filter(|extent| extent.stay > 0);

    match (part, form) {
        (Some(part), Form::Now) => fl!(
            language,
            "store-said-sync-part-now",
            count = part.packages,
            shown = count(language, part.packages as u64)
        ),
        (Some(part), Form::Done) => fl!(
            language,
            "store-said-sync-part-done",
            count = part.packages,
            shown = count(language, part.packages as u64),
            stay = part.stay,
            kept = count(language, part.stay as u64),
            why = if part.by_holds { "held" } else { "other" }
        ),
        _ => said!(
            form,
            language,
            "store-said-sync-wish",
            "store-said-sync-now",
            "store-said-sync-done",
        ),
    }
}

fn hold(packages: &[String], held: bool, language: Language, form: Form) -> String {
    let names = names(packages, 1, language);
    let number = packages.len();

    if held {
        said!(
            form,
            language,
            "store-said-hold-wish",
            "store-said-hold-now",
            "store-said-hold-done",
            names = names,
            count = number,
        )
    } else {
        said!(
            form,
            language,
            "store-said-unhold-wish",
            "store-said-unhold-now",
            "store-said-unhold-done",
            names = names,
            count = number,
        )
    }
}

#[cfg(test)]
mod tests;
