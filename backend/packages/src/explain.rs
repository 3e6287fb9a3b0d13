//! Says in the words of packages why no selection is possible. Only runs after the solver has proved it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;

use moult_stone::Provider;
use resolvo::SolvableId;

use crate::error::Error;
use crate::resolve::{ByName, Universe};

/// More problems than this help nobody.
const MOST: usize = 8;

/// Why the wanted packages cannot be installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolvable {
    /// What stands in the way; at least one.
    pub problems: Vec<Problem>,
}

/// One thing that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No package of any repository gives something that is needed.
    Missing {
        /// What nothing gives.
        what: Provider,
        /// Which package needs it, which one needs that one, and so on up to one that was asked for. Empty when `what`
        /// itself was asked for.
        needed_by: Vec<String>,
    },
    /// Two packages that are both needed refuse each other.
    Conflict {
        /// The package that refuses.
        package: String,
        /// What it refuses.
        refuses: Provider,
        /// The package that gives it.
        other: String,
    },
    /// Each wish can be met alone, and not all of them together.
    Together {
        /// The wishes.
        wanted: Vec<Provider>,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Missing { what, needed_by } => {
                write!(f, "no repository has {what}")?;
                for (count, package) in needed_by.iter().enumerate() {
                    write!(
                        f,
                        "{}{package}",
                        if count == 0 {
                            ", which is needed by "
                        } else {
                            ", needed by "
                        }
                    )?;
                }
                Ok(())
            }
            Problem::Conflict {
                package,
                refuses,
                other,
            } => {
                write!(
                    f,
                    "{package} and {other} cannot be installed together ({package} refuses {refuses})"
                )
            }
            Problem::Together { wanted } => {
                write!(f, "these cannot be installed together: ")?;
                for (count, what) in wanted.iter().enumerate() {
                    write!(f, "{}{what}", if count == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Unresolvable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if count == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// Finds what stands in the way of `wanted`.
pub(crate) fn explain(universe: &Universe<'_>, wanted: &[Provider]) -> Result<Unresolvable, Error> {
    let reach = Reach::from(universe, wanted)?;
    let mut problems = Vec::new();
    for what in wanted {
        if problems.len() < MOST && reach.hopeless(universe.giving(what)?.iter()) {
            let problem = reach.missing(universe, what)?;
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    if problems.is_empty() {
        problems = conflicts(universe, &reach, wanted)?;
    }
    if problems.is_empty() {
        problems.push(Problem::Together {
            wanted: wanted.to_vec(),
        });
    }
    Ok(Unresolvable { problems })
}

/// Everything that could come in, with what it needs.
struct Reach {
    needs: HashMap<SolvableId, Vec<Provider>>,
    /// Those that cannot be installed whatever else is.
    broken: HashSet<SolvableId>,
}

impl Reach {
    fn from(universe: &Universe<'_>, wanted: &[Provider]) -> Result<Reach, Error> {
        let mut needs = HashMap::new();
        let mut queue = VecDeque::new();
        for what in wanted {
            queue.extend(universe.giving(what)?.iter().copied());
        }
        while let Some(candidate) = queue.pop_front() {
            if needs.contains_key(&candidate) {
                continue;
            }
            let (own, _) = universe.relations(candidate)?;
            for what in &own {
                queue.extend(universe.giving(what)?.iter().copied());
            }
            needs.insert(candidate, own);
        }
        let mut reach = Reach {
            needs,
            broken: HashSet::new(),
        };
        loop {
            let mut found = Vec::new();
            for (candidate, own) in &reach.needs {
                if reach.broken.contains(candidate) {
                    continue;
                }
                for what in own {
                    if reach.hopeless(universe.giving(what)?.iter()) {
                        found.push(*candidate);
                        break;
                    }
                }
            }
            if found.is_empty() {
                return Ok(reach);
            }
            reach.broken.extend(found);
        }
    }

    fn hopeless<'a>(&self, mut giving: impl Iterator<Item = &'a SolvableId>) -> bool {
        giving.all(|candidate| self.broken.contains(candidate))
    }

    /// Follows the preferred candidates down to something that nothing gives.
    fn missing(&self, universe: &Universe<'_>, wanted: &Provider) -> Result<Problem, Error> {
        let mut what = wanted.clone();
        let mut needed_by = Vec::new();
        let mut seen = HashSet::new();
        while let Some(best) = universe
            .giving(&what)?
            .iter()
            .copied()
            .find(|candidate| seen.insert(*candidate))
        {
            let mut next = None;
            for needed in self.needs.get(&best).into_iter().flatten() {
                if self.hopeless(universe.giving(needed)?.iter()) {
                    next = Some(needed.clone());
                    break;
                }
            }
            let Some(next) = next else { break };
            needed_by.insert(0, universe.offer(best).name.clone());
            what = next;
        }
        Ok(Problem::Missing { what, needed_by })
    }
}

/// The refusals among the preferred candidates of everything needed.
fn conflicts(universe: &Universe<'_>, reach: &Reach, wanted: &[Provider]) -> Result<Vec<Problem>, Error> {
    let mut chosen = ByName::new();
    let mut queue: VecDeque<Provider> = wanted.iter().cloned().collect();
    let mut seen = HashSet::new();
    while let Some(what) = queue.pop_front() {
        if !seen.insert(what.clone()) {
            continue;
        }
        let giving = universe.giving(&what)?;
        let Some(best) = giving
            .iter()
            .copied()
            .find(|candidate| !reach.broken.contains(candidate))
        else {
            continue;
        };
        chosen.entry(universe.offer(best).name.clone()).or_insert(best);
        queue.extend(reach.needs.get(&best).into_iter().flatten().cloned());
    }
    let mut problems = Vec::new();
    for (package, candidate) in &chosen {
        let (_, refuses) = universe.relations(*candidate)?;
        for what in refuses {
            for other in universe.giving(&what)?.iter() {
                let name = universe.offer(*other).name.clone();
                let both = chosen.get(&name) == Some(other) && name != *package;
                if both && problems.len() < MOST {
                    problems.push(Problem::Conflict {
                        package: package.clone(),
                        refuses: what.clone(),
                        other: name,
                    });
                }
            }
        }
    }
    Ok(problems)
}
