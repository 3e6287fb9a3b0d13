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

use moult_stone::{Kind, Provider};
use resolvo::SolvableId;
use rusqlite::Connection;

pub(crate) use graph::Graph;
pub(crate) use solver::solve;
pub(crate) use universe::{Fresh, Taste, Universe, What};

use crate::catalogue;
use crate::error::Error;
use crate::explain;
use crate::import::Local;
use crate::root::Root;
use crate::selection::Selection;
use crate::watch::Unwatched;

/// Chooses packages, out of what repositories offer, so that everything wanted is given, everything needed is there and
/// nothing refused is.
pub(crate) fn resolve(root: &Root, connection: &Connection, wanted: &[Provider]) -> Result<Selection, Error> {
    let begun = Instant::now();
    let mut wanted: Vec<What> = wanted.iter().cloned().map(What::Wish).collect();
    wanted.sort();
    wanted.dedup();
    if wanted.is_empty() {
        return Err(Error::NothingSelected);
    }
    let look = catalogue::look(connection)?;
    let taste = Taste {
        repositories: Some(catalogue::counted(root, &look)?),
        ..Taste::default()
    };
    let local = Local::of(root)?;
    let universe = Universe::new(&look, taste, &Unwatched);
    let (chosen, _) = choose(&universe, &wanted, &[&[]])?;
    let explicit = meeting(&universe, &wanted, &chosen)?;
    let mut packages = Vec::with_capacity(chosen.len());
    for candidate in chosen {
        let explicit = explicit.contains(&candidate);
        packages.push(local.selected(&universe.offer(candidate), explicit)?);
    }
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Selection {
        packages,
        took: begun.elapsed(),
    })
}

/// Solves for the wishes and for what must stay, or says why that cannot be. Each of `staying` is a list of what is to
/// stay; the first that can be kept is.
///
/// Who asks for `mail` gets the package of that name, also if another one that is there or is asked for gives the name;
/// but a package of that name that cannot be installed does not stand in the way.
pub(crate) fn choose(
    universe: &Universe<'_>,
    wishes: &[What],
    staying: &[&[What]],
) -> Result<(Vec<SolvableId>, usize), Error> {
    let mut strict = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let best = universe
            .giving(wish)?
            .first()
            .map(|best| universe.offer(*best).name.clone());
        strict.push(match wish {
            What::Wish(what) if what.kind == Kind::Name && best.as_ref() == Some(&what.target) => {
                What::Called(what.target.clone())
            }
            other => other.clone(),
        });
    }
    let strict = (strict != wishes).then_some(strict);
    for wishes in strict.iter().map(Vec::as_slice).chain([wishes]) {
        for (attempt, staying) in staying.iter().enumerate() {
            if let Some(chosen) = solve(universe, &[wishes, staying].concat())? {
                return Ok((chosen, attempt));
            }
        }
    }
    let staying = staying.last().copied().unwrap_or_default();
    Err(Error::Unresolvable(explain::explain(universe, wishes, staying)?))
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
