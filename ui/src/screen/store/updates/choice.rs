//! What of the updates is chosen, and which plan belongs to that.

use std::collections::BTreeSet;

use moult_api::{ChangeRequest, Failure, PackageChange, UpdateGroup, UpdateRow};

use super::{Planned, Updates, everything};

/// The plan that is shown.
pub(super) enum Shown<'a> {
    /// This one.
    Plan(&'a Planned),
    /// It is being worked out.
    Working,
    /// Nothing is chosen.
    Nothing,
    /// It cannot be made.
    Failed(&'a Failure),
}

/// How it stands with a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Chosen, and the plan has it.
    Chosen,
    /// Not chosen, but others bring it along.
    Along,
    /// Left out.
    LeftOut,
    /// Chosen, but the plan does not have it.
    Stays,
}

impl Updates {
    pub(super) fn whole(&self) -> Option<&Planned> {
        self.whole.as_ref()?.as_ref().ok().map(|whole| &**whole)
    }

    pub(super) fn whole_rows(&self) -> &[UpdateRow] {
        self.whole().map_or(&[], |whole| &whole.rows)
    }

    pub(super) fn shown(&self) -> Shown<'_> {
        let whole = match &self.whole {
            None => return Shown::Working,
            Some(Err(failure)) => return Shown::Failed(failure),
            Some(Ok(whole)) => whole,
        };
        let left_out = self.effective();
        if left_out.is_empty() {
            return Shown::Plan(whole);
        }
        if self.chosen().is_empty() {
            return Shown::Nothing;
        }

        match &self.part {
            Some((of, Ok(part))) if *of == left_out => Shown::Plan(part),
            Some((of, Err(failure))) if *of == left_out => Shown::Failed(failure),
            _ => Shown::Working,
        }
    }

    /// The row of a package, of the whole plan or of that of the choice.
    pub(super) fn row(&self, package: &str) -> Option<&UpdateRow> {
        let of_part = match &self.part {
            Some((_, Ok(part))) => part.rows.as_slice(),
            _ => &[],
        };

        self.whole_rows()
            .iter()
            .chain(of_part)
            .find(|row| row.item.package == package)
    }

    /// Packages that can be chosen, of a group or of all.
    pub(super) fn choosable(&self, group: Option<UpdateGroup>) -> Vec<String> {
        self.whole_rows()
            .iter()
            .filter(|row| can_be_chosen(row) && group.is_none_or(|group| row.group == group))
            .map(|row| row.item.package.clone())
            .collect()
    }

    /// How many of a group are chosen, and how many could be.
    pub(super) fn chosen_of(&self, group: UpdateGroup) -> (usize, usize) {
        let names = self.choosable(Some(group));
        let chosen = names.iter().filter(|name| !self.left_out.contains(*name)).count();

        (chosen, names.len())
    }

    /// Packages that are chosen, by name.
    pub(super) fn chosen(&self) -> Vec<String> {
        let mut chosen = self.choosable(None);
        chosen.retain(|name| !self.left_out.contains(name));
        chosen.sort_unstable();

        chosen
    }

    /// What is left out of what there is.
    pub(super) fn effective(&self) -> BTreeSet<String> {
        let mut left_out: BTreeSet<String> = self.choosable(None).into_iter().collect();
        left_out.retain(|name| self.left_out.contains(name));

        left_out
    }

    pub(super) fn standing(&self, row: &UpdateRow) -> Standing {
        let package = &row.item.package;
        let is_chosen = can_be_chosen(row) && !self.left_out.contains(package);

        match self.shown() {
            Shown::Plan(shown) => match (is_chosen, shown.names.contains(package)) {
                (true, true) => Standing::Chosen,
                (true, false) => Standing::Stays,
                (false, true) => Standing::Along,
                (false, false) => Standing::LeftOut,
            },
            _ if is_chosen => Standing::Chosen,
            _ => Standing::LeftOut,
        }
    }

    /// The wish for what is chosen.
    pub(super) fn some(&self) -> ChangeRequest {
        ChangeRequest {
            packages: self.chosen(),
            ..everything()
        }
    }
}

/// Only what is there and will be there can be chosen for itself; the rest comes and goes with it.
pub(super) fn can_be_chosen(row: &UpdateRow) -> bool {
    !row.old.is_empty() && !row.new.is_empty() && row.change != PackageChange::Mark
}
