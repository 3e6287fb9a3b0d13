//! What a person is told of a change while the system asks them for leave: in the window's own agent, and in the prompt of another
//! desktop, which shows the command that pkexec starts.

use moult_api::{ChangePlan, PackageChange, PlannedPackage};
use moult_i18n::{Language, bytes, count, fl};

use super::{Operation, said};

/// More packages than these are counted where there is a page for them.
const LISTED: usize = 40;
/// And in one line.
const IN_A_LINE: usize = 8;
/// In letters: what a prompt can show of one line.
const LONGEST_LINE: usize = 600;

/// An operation that needs leave, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leave {
    /// What will be done: "Install Krita: 3 packages, 38 MB to download".
    pub summary: String,
    /// What happens to which package, a line each: "+ krita 5.2.9", "foo 1.0 → 1.1", "− bar 3". Empty if nothing was planned.
    pub packages: Vec<String>,
    /// How many more packages there are.
    pub unlisted: usize,
}

impl Leave {
    /// Of an operation, with its plan if it has one, and of how many operations come after it.
    #[must_use]
    pub fn new(operation: &Operation, plan: Option<&ChangePlan>, after: usize, language: Language) -> Self {
        let wish = said::wish(operation, language);
        let planned = plan.map_or(&[][..], |plan| &plan.packages);
        let first = match plan {
            Some(plan) => fl!(
                language,
                "store-asked-plan",
                wish = wish,
                count = planned.len(),
                shown = count(language, planned.len() as u64),
                download = bytes(language, plan.download_bytes),
            ),
            None => wish,
        };
        let summary = match after {
            0 => first,
            more => fl!(language, "store-asked-and-more", first = first, count = more),
        };
        let mut packages: Vec<&PlannedPackage> = planned.iter().collect();
        // What goes is what one most wants to know.
        packages.sort_by_key(|package| package.change != PackageChange::Remove);

        Self {
            summary,
            packages: packages
                .iter()
                .take(LISTED)
                .map(|package| line(package, language))
                .collect(),
            unlisted: planned.len().saturating_sub(LISTED),
        }
    }

    /// All of it in one line that any program can show: no control characters, nothing that turns the direction of writing, and
    /// none of the letters of markup, which some desktops' prompts would read.
    #[must_use]
    pub fn argument(&self, language: Language) -> String {
        let mut text = self.summary.clone();
        if !self.packages.is_empty() {
            let shown = self.packages.len().min(IN_A_LINE);
            let more = self.packages.len() - shown + self.unlisted;
            let mut listed = self.packages[..shown].to_vec();
            if more > 0 {
                listed.push(fl!(language, "store-review-more", count = more));
            }
            text = format!("{text} ({})", listed.join(", "));
        }

        plain(&text)
    }
}

fn line(package: &PlannedPackage, language: Language) -> String {
    let said = said::release(package, language);

    match package.change {
        PackageChange::Install => format!("+ {said}"),
        PackageChange::Remove => format!("− {said}"),
        PackageChange::Upgrade | PackageChange::Downgrade | PackageChange::Reinstall | PackageChange::Mark => said,
    }
}

fn plain(text: &str) -> String {
    let is_invisible = |letter: &char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };

    text.chars()
        .filter(|letter| !is_invisible(letter))
        .map(|letter| match letter {
            '<' => '‹',
            '>' => '›',
            '&' => '+',
            other => other,
        })
        .take(LONGEST_LINE)
        .collect()
}

#[cfg(test)]
#[path = "leave_tests.rs"]
mod tests;
