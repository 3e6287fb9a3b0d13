//! What of the updates is chosen, and which plan belongs to that.

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
        if self.left.is_empty() {
            return Shown::Plan(whole);
        }
        if self.is_empty {
            return Shown::Nothing;
        }

        match &self.part {
            Some((of, Ok(part))) if *of == self.left => Shown::Plan(part),
            Some((of, Err(failure))) if *of == self.left => Shown::Failed(failure),
            _ => Shown::Working,
        }
    }

    /// The plan that a package is shown of: that of the choice if it has it, or the whole one.
    pub(super) fn planned_of(&self, package: &str) -> Option<&Planned> {
        match self.shown() {
            Shown::Plan(shown) if shown.names.contains(package) => Some(shown),
            _ => self.whole(),
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
        let rows = self.whole_rows().iter();

        rows.filter(|row| row.group == group && can_be_chosen(row))
            .fold((0, 0), |(chosen, all), row| {
                let is_chosen = !self.left_out.contains(&row.item.package);
                (chosen + usize::from(is_chosen), all + 1)
            })
    }

    /// Packages that are chosen, by name.
    pub(super) fn chosen(&self) -> Vec<String> {
        let mut chosen = self.choosable(None);
        chosen.retain(|name| !self.left_out.contains(name));
        chosen.sort_unstable();

        chosen
    }

    /// Works out what is left out of what there is: once for each change, not for each row that is drawn.
    pub(super) fn count_left_out(&mut self) {
        let choosable = self.choosable(None);
        let number = choosable.len();
        let left_out = choosable.into_iter().filter(|name| self.left_out.contains(name));
        self.left = left_out.collect();
        self.is_empty = number > 0 && self.left.len() == number;
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
