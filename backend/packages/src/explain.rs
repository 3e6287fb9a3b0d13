//! Says in the words of packages why no selection is possible. Only runs after the solver has proved it.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;

use moult_stone::Provider;
use resolvo::SolvableId;

use crate::error::Error;
use crate::resolve::{Universe, What, solve};

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
    /// Another release of a held package would be needed.
    Held {
        /// The held package.
        package: String,
        /// The release that would be needed: source release and build release.
        release: (u64, u64),
        /// What only that release gives.
        what: Provider,
        /// As for [`Missing`](Problem::Missing).
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
        /// Those of the two that are installed and must stay.
        installed: Vec<String>,
        /// Those of the two that are held.
        held: Vec<String>,
    },
    /// Each can be had alone, and not all of them together.
    Together {
        /// The wishes.
        wanted: Vec<Provider>,
        /// Installed packages that must stay and cannot beside the wishes.
        installed: Vec<String>,
        /// Those of `installed` that are held.
        held: Vec<String>,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Missing { what, needed_by } => {
                write!(f, "no repository has {what}")?;
                chain(f, ", which is needed by ", needed_by)
            }
            Problem::Held {
                package,
                release: (source, build),
                what,
                needed_by,
            } => {
                if needed_by.is_empty() && *what == Provider::name(package) {
                    return write!(f, "{package} is held, and its release {source}-{build} was asked for");
                }
                write!(f, "{package} is held, and only its release {source}-{build} has {what}")?;
                chain(f, ", which is needed by ", needed_by)
            }
            Problem::Conflict {
                package,
                refuses,
                other,
                installed,
                held,
            } => {
                write!(
                    f,
                    "{package} and {other} cannot be installed together ({package} refuses {refuses})"
                )?;
                stay(f, installed, held)
            }
            Problem::Together {
                wanted,
                installed,
                held,
            } => {
                let wanted: Vec<String> = wanted.iter().map(Provider::to_string).collect();
                let all = [wanted.as_slice(), installed.as_slice()].concat().join(", ");
                write!(f, "these cannot be installed together: {all}")?;
                stay(f, installed, held)
            }
        }
    }
}

/// Who needs something, from the nearest on.
fn chain(f: &mut fmt::Formatter<'_>, begin: &str, packages: &[String]) -> fmt::Result {
    for (count, package) in packages.iter().enumerate() {
        write!(f, "{}{package}", if count == 0 { begin } else { ", needed by " })?;
    }
    Ok(())
}

/// Which of the packages are there already, and that they are held.
fn stay(f: &mut fmt::Formatter<'_>, installed: &[String], held: &[String]) -> fmt::Result {
    for package in installed {
        let how = if held.contains(package) { "held" } else { "installed" };
        write!(f, "; {package} is {how}")?;
    }
    Ok(())
}

impl fmt::Display for Unresolvable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if count == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

/// Finds what stands in the way of the wishes, or of what must stay beside them.
pub(crate) fn explain(universe: &Universe<'_>, wishes: &[What], staying: &[What]) -> Result<Unresolvable, Error> {
    let mut required = wishes.to_vec();
    if !staying.is_empty() && solve(universe, wishes)?.is_some() {
        // The wishes alone could be met: with which of the installed packages can they not?
        required.extend(smallest(universe, &mut required.clone(), staying, false)?);
    }
    let reach = Reach::from(universe, &required)?;
    let mut problems = Vec::new();
    for what in &required {
        if problems.len() < MOST && reach.hopeless(universe.giving(what)?.iter()) {
            let problem = reach.missing(universe, what)?;
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    if problems.is_empty() {
        problems = conflicts(universe, &reach, &required)?;
    }
    if problems.is_empty() {
        let (installed, wanted): (Vec<&What>, Vec<&What>) = required
            .iter()
            .partition(|what| staying.contains(what) && !wishes.contains(what));
        let wanted = wanted.into_iter().map(What::provider).collect();
        let installed: Vec<String> = installed.into_iter().map(|what| what.provider().target).collect();
        let held = among(&universe.taste.held, &installed);
        problems.push(Problem::Together {
            wanted,
            installed,
            held,
        });
    }
    Ok(Unresolvable { problems })
}

fn among(held: &HashSet<String>, names: &[String]) -> Vec<String> {
    names.iter().filter(|name| held.contains(*name)).cloned().collect()
}

/// A smallest part of `suspects` that cannot be had together with `sure` (QuickXplain): some dozens of attempts of the
/// solver where trying each alone would take hundreds. `grown` says that `sure` is larger than at the last attempt.
fn smallest(universe: &Universe<'_>, sure: &mut Vec<What>, suspects: &[What], grown: bool) -> Result<Vec<What>, Error> {
    if grown && solve(universe, sure)?.is_none() {
        return Ok(Vec::new());
    }
    if suspects.len() <= 1 {
        return Ok(suspects.to_vec());
    }
    let (left, right) = suspects.split_at(suspects.len() / 2);
    let before = sure.len();
    sure.extend_from_slice(left);
    let second = smallest(universe, sure, right, true)?;
    sure.truncate(before);
    sure.extend_from_slice(&second);
    let mut first = smallest(universe, sure, left, !second.is_empty())?;
    sure.truncate(before);
    first.extend(second);
    Ok(first)
}

/// Everything that could come in, with what it needs.
struct Reach {
    needs: HashMap<SolvableId, Vec<What>>,
    /// Those that cannot be installed whatever else is.
    broken: HashSet<SolvableId>,
}

impl Reach {
    fn from(universe: &Universe<'_>, wanted: &[What]) -> Result<Reach, Error> {
        let mut needs = HashMap::new();
        let mut queue = VecDeque::new();
        for what in wanted {
            queue.extend(universe.giving(what)?.iter().copied());
        }
        while let Some(candidate) = queue.pop_front() {
            if needs.contains_key(&candidate) {
                continue;
            }
            let relations = universe.relations(candidate)?;
            let own: Vec<What> = relations.0.iter().cloned().map(What::Need).collect();
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
    fn missing(&self, universe: &Universe<'_>, wanted: &What) -> Result<Problem, Error> {
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
        let barred = universe.barred(&what)?;
        let what = what.provider();
        Ok(match barred.into_iter().next() {
            Some((package, offer)) => Problem::Held {
                package,
                release: (offer.source_release, offer.build_release),
                what,
                needed_by,
            },
            None => Problem::Missing { what, needed_by },
        })
    }
}

/// The refusals among the preferred candidates of everything needed.
fn conflicts(universe: &Universe<'_>, reach: &Reach, wanted: &[What]) -> Result<Vec<Problem>, Error> {
    let mut chosen: BTreeMap<String, SolvableId> = BTreeMap::new();
    let mut queue: VecDeque<What> = wanted.iter().cloned().collect();
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
        for what in &universe.relations(*candidate)?.1 {
            for other in universe.giving(&What::Need(what.clone()))?.iter() {
                let name = universe.offer(*other).name.clone();
                let both = chosen.get(&name) == Some(other) && name != *package;
                if both && problems.len() < MOST {
                    let stays = |name: &String| wanted.contains(&What::Called(name.clone()));
                    let installed = [package, &name].into_iter().filter(|name| stays(name)).cloned();
                    let installed: Vec<String> = installed.collect();
                    problems.push(Problem::Conflict {
                        package: package.clone(),
                        refuses: what.clone(),
                        held: among(&universe.taste.held, &installed),
                        installed,
                        other: name,
                    });
                }
            }
        }
    }
    Ok(problems)
}
