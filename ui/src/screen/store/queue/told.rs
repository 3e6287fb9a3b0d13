//! What came of an operation, in sentences.

use moult_api::{Outcome, RefreshResult, RefreshedRow};
use moult_i18n::{Language, bytes, count, explain, fl};

use crate::store::Operation;

/// Damaged files that are named.
const NAMED: usize = 5;

/// What there is to say of an outcome; empty if the title says it all.
pub(super) fn outcome(language: Language, operation: &Operation, outcome: &Outcome) -> Vec<String> {
    let mut lines = Vec::new();

    match operation {
        Operation::Change { .. } | Operation::Local { .. } | Operation::Activate { .. } | Operation::GoBack { .. }
            if outcome.state > 0 =>
        {
            lines.push(fl!(
                language,
                "store-queue-done-state",
                state = count(language, outcome.state)
            ));
        }
        Operation::Verify { .. } if outcome.damage.is_empty() => {
            lines.push(fl!(
                language,
                "store-queue-done-whole",
                files = count(language, outcome.checked_files)
            ));
        }
        _ => {}
    }
    if outcome.freed_bytes > 0 {
        lines.push(fl!(
            language,
            "store-queue-done-freed",
            size = bytes(language, outcome.freed_bytes)
        ));
    }
    lines.extend(outcome.damage.iter().take(NAMED).map(|damage| {
        let (path, problem) = (damage.path.clone(), damage.problem.clone());
        if damage.repaired {
            fl!(language, "store-queue-done-repaired", path = path, problem = problem)
        } else {
            fl!(language, "store-queue-done-damaged", path = path, problem = problem)
        }
    }));
    let more = outcome.damage.len().saturating_sub(NAMED);
    if more > 0 {
        lines.push(fl!(
            language,
            "store-queue-done-damage-more",
            count = more,
            shown = count(language, more as u64)
        ));
    }
    lines.extend(outcome.refreshed.iter().map(|row| refreshed(language, row)));
    lines.extend(
        outcome
            .warnings
            .iter()
            .map(|text| fl!(language, "store-queue-done-note", text = text.clone())),
    );

    lines
}

/// What came of reading one list anew.
fn refreshed(language: Language, row: &RefreshedRow) -> String {
    let name = row.name.clone();
    let number = row.packages;
    let packages = count(language, number);

    match row.result {
        RefreshResult::Updated => fl!(
            language,
            "store-queue-read-updated",
            name = name,
            count = number,
            packages = packages
        ),
        RefreshResult::Unchanged => fl!(
            language,
            "store-queue-read-unchanged",
            name = name,
            count = number,
            packages = packages
        ),
        RefreshResult::Moved => fl!(language, "store-queue-read-moved", name = name),
        RefreshResult::NeedsNewerEngine => {
            fl!(
                language,
                "store-queue-read-newer",
                name = name,
                format = row.format.clone()
            )
        }
        RefreshResult::Failed => {
            let reason = match row.failure.first() {
                Some(failure) => explain(language, failure, "").what,
                None => fl!(language, "not-known"),
            };
            fl!(language, "store-queue-read-failed", name = name, reason = reason)
        }
    }
}
