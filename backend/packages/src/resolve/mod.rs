//! Chooses packages with the resolvo solver.
//!
//! A package name is what resolvo calls a name, and of each name at most one package is chosen. Something needed is a
//! union over all names that have a package giving exactly that. Something refused is a constraint on each such name.
//!
//! Preference, everywhere the same: what is installed (unless it is to be updated), the repository's priority, then a
//! package that is called what is needed, then the source release, then the build release, then name and checksum. So
//! the same catalogue, the same state and the same wishes always give the same selection, in whatever order the wishes
//! come.

mod graph;
mod solver;
mod universe;

use std::collections::HashSet;
use std::time::Instant;

use moult_stone::Provider;
use resolvo::SolvableId;
use rusqlite::Connection;

pub(crate) use graph::Graph;
pub(crate) use solver::solve;
pub(crate) use universe::{Fresh, Taste, Universe, What};

use crate::error::Error;
use crate::explain;
use crate::import::Local;
use crate::selection::Selection;
use crate::watch::Unwatched;

/// Chooses packages, out of what repositories offer, so that everything wanted is given, everything needed is there and
/// nothing refused is.
pub(crate) fn resolve(connection: &Connection, local: &Local, wanted: &[Provider]) -> Result<Selection, Error> {
    let begun = Instant::now();
    let mut wanted: Vec<What> = wanted.iter().cloned().map(What::Wish).collect();
    wanted.sort();
    wanted.dedup();
    if wanted.is_empty() {
        return Err(Error::NothingSelected);
    }
    let universe = Universe::new(connection, Taste::default(), &Unwatched);
    let chosen = choose(&universe, &wanted, &[])?;
    let explicit = meeting(&universe, &wanted, &chosen)?;
    let mut packages = Vec::with_capacity(chosen.len());
    for candidate in chosen {
        let explicit = explicit.contains(&candidate);
        packages.push(local.selected(&*universe.offer(candidate), explicit)?);
    }
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Selection {
        packages,
        took: begun.elapsed(),
    })
}

/// Solves for the wishes and for what must stay, or says why that cannot be.
pub(crate) fn choose(universe: &Universe<'_>, wishes: &[What], staying: &[What]) -> Result<Vec<SolvableId>, Error> {
    match solve(universe, &[wishes, staying].concat())? {
        Some(chosen) => Ok(chosen),
        None => Err(Error::Unresolvable(explain::explain(universe, wishes, staying)?)),
    }
}

/// The chosen packages that meet the wishes: of several the preferred one.
pub(crate) fn meeting(
    universe: &Universe<'_>,
    wishes: &[What],
    chosen: &[SolvableId],
) -> Result<HashSet<SolvableId>, Error> {
    let chosen: HashSet<SolvableId> = chosen.iter().copied().collect();
    let mut meeting = HashSet::new();
    for wish in wishes {
        let giving = universe.giving(wish)?;
        meeting.extend(giving.iter().copied().find(|candidate| chosen.contains(candidate)));
    }
    Ok(meeting)
}
