//! What happens to files, in words.

use moult_api::Mark;
use moult_i18n::{Language, count, fl};

use super::Counts;
use crate::widget::Icon;

/// A mark, as an icon and a word.
#[must_use]
pub fn marked(language: Language, mark: Mark) -> (Icon, String) {
    match mark {
        Mark::SetId => (Icon::ShieldAlert, fl!(language, "store-files-set-id")),
        Mark::Kernel => (Icon::Cpu, fl!(language, "store-files-kernel")),
        Mark::Boot => (Icon::Power, fl!(language, "store-files-boot")),
        Mark::Service => (Icon::Cog, fl!(language, "store-files-service")),
    }
}

/// What of a list comes, changes and goes; what there is none of is left out.
#[must_use]
pub fn counted(language: Language, counts: Counts) -> Vec<String> {
    let shown = |number| count(language, number);
    let mut facts = Vec::new();

    if counts.added > 0 {
        let count = counts.added;
        facts.push(fl!(
            language,
            "store-files-count-added",
            count = count,
            shown = shown(count)
        ));
    }
    if counts.changed > 0 {
        let count = counts.changed;
        facts.push(fl!(
            language,
            "store-files-count-changed",
            count = count,
            shown = shown(count)
        ));
    }
    if counts.removed > 0 {
        let count = counts.removed;
        facts.push(fl!(
            language,
            "store-files-count-removed",
            count = count,
            shown = shown(count)
        ));
    }

    facts
}
