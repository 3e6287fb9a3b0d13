//! Makes a plan of a wish. Nothing here writes.
//!
//! An install, a sync and a model are questions to the solver. A removal is not: nothing comes in place of what goes,
//! so what leaves follows from who needs whom.
//!
//! What is installed and was not chosen stays with the first attempt. Only if that has no solution may such packages
//! give way, and then as few as possible come to leave.

mod finish;
mod sync;
mod why;

use std::collections::{BTreeSet, HashSet};
use std::time::Instant;

use resolvo::SolvableId;
use rusqlite::{Connection, OptionalExtension, params};

use crate::catalogue;
use crate::error::Error;
use crate::import::Local;
use crate::model::Model;
use crate::plan::{KeptBack, Plan, Refusal};
use crate::present::{self, Present};
use crate::repository;
use crate::request::{Orphans, Request, Wanted};
use crate::resolve::{Fresh, Graph, Taste, Universe, What, choose, meeting};
use crate::root::Root;
use crate::state;
use crate::watch::Watch;

/// The active state, and the catalogue beside it.
pub(crate) struct Planner<'c> {
    connection: &'c Connection,
    root: &'c Root,
    local: Local,
    watch: &'c dyn Watch,
    from: Option<u64>,
    /// Sorted by name.
    installed: Vec<Present>,
    /// Names of installed packages.
    held: HashSet<String>,
    /// Repositories that count.
    counted: HashSet<String>,
    begun: Instant,
}

/// What the parts of a request come to.
struct Outcome {
    chosen: Vec<SolvableId>,
    /// Names.
    explicit: HashSet<String>,
    orphans: Orphans,
    /// Checksums of what is brought again although it is there.
    again: HashSet<String>,
    summary: String,
    kept_back: Vec<KeptBack>,
}

impl<'c> Planner<'c> {
    pub(crate) fn open(root: &'c Root, connection: &'c Connection, watch: &'c dyn Watch) -> Result<Planner<'c>, Error> {
        let begun = Instant::now();
        let local = Local::of(root)?;
        let from = state::active(connection)?;
        let installed = match from {
            Some(state) => present::of(connection, &local, state)?,
            None => Vec::new(),
        };
        let names: HashSet<&str> = installed.iter().map(|present| present.selected.name.as_str()).collect();
        let mut held: HashSet<String> = holds(connection)?.into_iter().collect();
        held.retain(|name| names.contains(name.as_str()));
        Ok(Planner {
            connection,
            root,
            local,
            watch,
            from,
            installed,
            held,
            counted: catalogue::counted(root, connection)?,
            begun,
        })
    }

    pub(crate) fn plan(&self, request: &Request) -> Result<Plan, Error> {
        match request {
            Request::Install { wanted, reinstall } => self.install(wanted, *reinstall),
            Request::Remove { packages, orphans } => self.remove(packages, *orphans),
            Request::Sync { only, orphans } => self.sync(only, *orphans),
            Request::Mark { packages, explicit } => self.mark(packages, *explicit),
            Request::Model(model) => self.model(model),
        }
    }

    /// The packages of the active state, sorted by name.
    pub(crate) fn installed(&self) -> &[Present] {
        &self.installed
    }

    fn universe(&self, taste: Taste) -> Universe<'c> {
        Universe::new(self.connection, taste, self.watch)
    }

    fn taste(&self, fresh: Fresh) -> Taste {
        let identity = |present: &Present| (present.selected.hash.clone(), present.row);
        let named = |present: &Present| (present.selected.name.clone(), present.selected.hash.clone());
        Taste {
            installed: self.installed.iter().map(identity).collect(),
            names: self.installed.iter().map(named).collect(),
            held: self.held.clone(),
            fresh,
            repositories: Some(self.counted.clone()),
            ..Taste::default()
        }
    }

    /// The installed packages and nothing else.
    fn here(&self) -> Result<(Universe<'c>, Vec<SolvableId>), Error> {
        let universe = self.universe(Taste {
            nothing_new: true,
            ..self.taste(Fresh::Nothing)
        });
        let mut all = Vec::with_capacity(self.installed.len());
        for present in &self.installed {
            all.extend(universe.at(present.row)?);
        }
        Ok((universe, all))
    }

    /// Numbers of the named packages among the installed.
    fn find(&self, names: &[String]) -> Result<BTreeSet<usize>, Error> {
        if names.is_empty() {
            return Err(Error::NothingSelected);
        }
        let number = |name: &String| {
            let found = self
                .installed
                .binary_search_by(|present| present.selected.name.cmp(name));
            found.map_err(|_| Error::Refused(Refusal::NotInstalled(name.clone())))
        };
        names.iter().map(number).collect()
    }

    fn name(&self, number: usize) -> &str {
        self.installed.get(number).map_or("", |present| &present.selected.name)
    }

    fn chosen_before(&self) -> HashSet<String> {
        let chosen = self.installed.iter().filter(|present| present.selected.explicit);
        chosen.map(|present| present.selected.name.clone()).collect()
    }

    /// That these packages stay, in whatever release; `all` or only those that must.
    fn staying(&self, all: bool) -> Vec<What> {
        let must = |present: &&Present| all || present.selected.explicit || self.held.contains(&present.selected.name);
        let installed = self.installed.iter().filter(must);
        installed
            .map(|present| What::Called(present.selected.name.clone()))
            .collect()
    }

    fn install(&self, wanted: &[Wanted], reinstall: bool) -> Result<Plan, Error> {
        if wanted.is_empty() {
            return Err(Error::NothingSelected);
        }
        let mut taste = self.taste(Fresh::Nothing);
        let mut wishes = Vec::with_capacity(wanted.len());
        for one in wanted {
            wishes.push(self.wish(one, &mut taste)?);
        }
        wishes.sort();
        wishes.dedup();
        let universe = self.universe(taste);
        for wish in &wishes {
            check_release(&universe, wish)?;
        }
        let chosen = self.solve(&universe, &wishes, true)?;
        let met = meeting(&universe, &wishes, &chosen)?;
        let mut explicit = self.chosen_before();
        explicit.extend(met.iter().map(|candidate| universe.offer(*candidate).name.clone()));
        let again = if reinstall {
            met.iter()
                .map(|candidate| universe.offer(*candidate).hash.clone())
                .collect()
        } else {
            HashSet::new()
        };
        let names: Vec<String> = wanted.iter().map(|one| words(one, &wishes)).collect();
        self.finish(
            &universe,
            Outcome {
                chosen,
                explicit,
                orphans: Orphans::Keep,
                again,
                summary: format!("{} {}", if reinstall { "Reinstall" } else { "Install" }, list(&names)),
                kept_back: Vec::new(),
            },
        )
    }

    fn wish(&self, wanted: &Wanted, taste: &mut Taste) -> Result<What, Error> {
        match wanted {
            Wanted::Provider(provider) => Ok(What::Wish(provider.clone())),
            Wanted::Release {
                name,
                source_release,
                build_release,
            } => {
                // A release that no repository has any more can still be in the store, or be an imported one.
                let mut statement = self.connection.prepare_cached(
                    "SELECT hash FROM packages WHERE repository IS NULL AND name = ?1 AND source_release = ?2
                     AND (uri LIKE 'local:%' OR hash IN (SELECT hash FROM unpacked))",
                )?;
                let release = i64::try_from(*source_release).unwrap_or(-1);
                let rows = statement.query_map(params![name, release], |row| row.get::<_, String>(0))?;
                for hash in rows {
                    taste.copies.insert(hash?);
                }
                Ok(What::Release(name.clone(), *source_release, *build_release))
            }
            Wanted::Imported(hash) => {
                let mut statement = self
                    .connection
                    .prepare_cached("SELECT name FROM packages WHERE repository IS NULL AND hash = ?1")?;
                let name: Option<String> = statement.query_row([hash], |row| row.get(0)).optional()?;
                let name = name.ok_or_else(|| Error::Refused(Refusal::NotImported(hash.clone())))?;
                taste.copies.insert(hash.clone());
                Ok(What::File(name, hash.clone()))
            }
        }
    }

    /// Solves for the wishes and for what is installed. `all`: also for what nobody chose, if that can be.
    fn solve(&self, universe: &Universe<'_>, wishes: &[What], all: bool) -> Result<Vec<SolvableId>, Error> {
        let (everything, musts) = (self.staying(true), self.staying(false));
        let attempts: &[&[What]] = if all { &[&everything, &musts] } else { &[&musts] };
        let (chosen, attempt) = choose(universe, wishes, attempts)?;
        if all && attempt > 0 {
            self.completed(universe, chosen)
        } else {
            Ok(chosen)
        }
    }

    /// Adds the installed packages that can be there beside the chosen ones, as they are.
    fn completed(&self, universe: &Universe<'_>, mut chosen: Vec<SolvableId>) -> Result<Vec<SolvableId>, Error> {
        let names: HashSet<String> = chosen.iter().map(|one| universe.offer(*one).name.clone()).collect();
        let mut more = Vec::new();
        for present in &self.installed {
            if !names.contains(&present.selected.name) {
                more.extend(universe.at(present.row)?);
            }
        }
        let refused = |by: SolvableId| -> Result<Vec<SolvableId>, Error> {
            let mut refused = Vec::new();
            for what in &universe.relations(by)?.1 {
                refused.extend(universe.giving(&What::Need(what.clone()))?.iter().copied());
            }
            Ok(refused)
        };
        let mut barred = HashSet::new();
        for one in &chosen {
            barred.extend(refused(*one)?);
        }
        let there: HashSet<SolvableId> = chosen.iter().copied().collect();
        let mut welcome = Vec::new();
        for one in more {
            if !barred.contains(&one) && refused(one)?.iter().all(|other| !there.contains(other)) {
                welcome.push(one);
            }
        }
        loop {
            let all: HashSet<SolvableId> = there.iter().chain(&welcome).copied().collect();
            let mut next = Vec::with_capacity(welcome.len());
            for one in &welcome {
                let mut whole = true;
                for what in &universe.relations(*one)?.0 {
                    let giving = universe.giving(&What::Need(what.clone()))?;
                    whole = whole && giving.iter().any(|giver| all.contains(giver));
                }
                next.extend(whole.then_some(*one));
            }
            if next.len() == welcome.len() {
                break;
            }
            welcome = next;
        }
        chosen.extend(welcome);
        chosen.sort_by_cached_key(|one| universe.offer(*one).name.clone());
        Ok(chosen)
    }

    fn hash_of(&self, name: &str) -> Option<&str> {
        let found = self
            .installed
            .binary_search_by(|present| present.selected.name.as_str().cmp(name));
        let present = self.installed.get(found.ok()?)?;
        Some(&present.selected.hash)
    }

    fn remove(&self, packages: &[String], orphans: Orphans) -> Result<Plan, Error> {
        let gone = self.find(packages)?;
        let (universe, all) = self.here()?;
        let graph = Graph::of(&universe, &all)?;
        let leaving = graph.leaving(gone.iter().copied());
        if let Some(held) = leaving.iter().find(|number| self.held.contains(self.name(**number))) {
            let lost = graph
                .needs(*held)
                .iter()
                .filter(|(_, givers)| givers.iter().all(|one| leaving.contains(one)));
            let lost: BTreeSet<&str> = lost.flat_map(|(_, givers)| givers).map(|one| self.name(*one)).collect();
            let named = gone.contains(held);
            let needs = lost.into_iter().filter(|_| !named).map(str::to_owned).collect();
            return Err(is_held(self.name(*held), needs));
        }
        let chosen: Vec<SolvableId> = all
            .iter()
            .enumerate()
            .filter(|(number, _)| !leaving.contains(number))
            .map(|(_, candidate)| *candidate)
            .collect();
        if chosen.is_empty() {
            return Err(Error::Refused(Refusal::NothingLeft));
        }
        self.finish(
            &universe,
            Outcome {
                chosen,
                explicit: self.chosen_before(),
                orphans,
                again: HashSet::new(),
                summary: format!("Remove {}", list(packages)),
                kept_back: Vec::new(),
            },
        )
    }

    fn mark(&self, packages: &[String], chosen: bool) -> Result<Plan, Error> {
        self.find(packages)?;
        let (universe, all) = self.here()?;
        let mut explicit = self.chosen_before();
        for name in packages {
            if chosen {
                explicit.insert(name.clone());
            } else {
                explicit.remove(name);
            }
        }
        let how = if chosen { "chosen" } else { "not chosen" };
        self.finish(
            &universe,
            Outcome {
                chosen: all,
                explicit,
                orphans: Orphans::Keep,
                again: HashSet::new(),
                summary: format!("Mark {} as {how}", list(packages)),
                kept_back: Vec::new(),
            },
        )
    }

    fn model(&self, model: &Model) -> Result<Plan, Error> {
        let mut repositories = HashSet::new();
        let definitions = repository::read_all(self.root);
        for repository in &model.repositories {
            definitions.holds(repository)?;
            if !self.counted.contains(&repository.id) {
                return Err(Error::UnknownRepository(repository.id.clone()));
            }
            repositories.insert(repository.id.clone());
        }
        let mut wishes: Vec<What> = model.packages.iter().cloned().map(What::Wish).collect();
        wishes.sort();
        wishes.dedup();
        if wishes.is_empty() {
            return Err(Error::NothingSelected);
        }
        // What is installed counts for nothing, so that a model means the same everywhere; but a hold is a hold.
        let mut taste = self.taste(Fresh::Everything);
        taste.repositories = Some(repositories);
        let priorities = model.repositories.iter();
        taste.priorities = priorities.map(|one| (one.id.clone(), one.priority)).collect();
        taste.names.retain(|name, _| self.held.contains(name));
        let held: HashSet<&String> = taste.names.values().collect();
        taste.installed.retain(|hash, _| held.contains(hash));
        let universe = self.universe(taste);
        let staying: Vec<What> = self.staying(false);
        let staying: Vec<What> = staying
            .into_iter()
            .filter(|what| matches!(what, What::Called(name) if self.held.contains(name)))
            .collect();
        let (chosen, _) = choose(&universe, &wishes, &[&staying])?;
        let met = meeting(&universe, &wishes, &chosen)?;
        let explicit = met
            .iter()
            .map(|candidate| universe.offer(*candidate).name.clone())
            .collect();
        let plan = self.finish(
            &universe,
            Outcome {
                chosen,
                explicit,
                orphans: Orphans::Remove,
                again: HashSet::new(),
                summary: "Follow a system model".to_owned(),
                kept_back: Vec::new(),
            },
        )?;
        Ok(Plan {
            model: Some(model.clone()),
            ..plan
        })
    }
}

/// Names of held packages, sorted.
pub(crate) fn holds(connection: &Connection) -> Result<Vec<String>, Error> {
    let mut statement = connection.prepare_cached("SELECT name FROM holds ORDER BY name")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn is_held(package: &str, needs: Vec<String>) -> Error {
    Error::Refused(Refusal::Held {
        package: package.to_owned(),
        needs,
    })
}

/// Fails if nothing has the release that was asked for.
fn check_release(universe: &Universe<'_>, wish: &What) -> Result<(), Error> {
    let What::Release(name, source_release, build_release) = wish else {
        return Ok(());
    };
    if !universe.giving(wish)?.is_empty() || !universe.barred(wish)?.is_empty() {
        return Ok(());
    }
    let mut known = Vec::new();
    for candidate in universe.named(name)?.iter() {
        let offer = universe.offer(*candidate);
        let release = (offer.source_release, offer.build_release);
        if !known.contains(&release) {
            known.push(release);
        }
    }
    Err(Error::Refused(Refusal::NoRelease {
        name: name.clone(),
        source_release: *source_release,
        build_release: *build_release,
        known,
    }))
}

fn words(wanted: &Wanted, wishes: &[What]) -> String {
    match wanted {
        Wanted::Provider(provider) if provider.kind == moult_stone::Kind::Name => provider.target.clone(),
        Wanted::Provider(provider) => provider.to_string(),
        Wanted::Release { name, .. } => name.clone(),
        Wanted::Imported(hash) => {
            let known = wishes.iter().find_map(|wish| match wish {
                What::File(name, file) if file == hash => Some(name.clone()),
                _ => None,
            });
            known.unwrap_or_else(|| hash.clone())
        }
    }
}

/// Names for one line.
fn list(names: &[String]) -> String {
    const MOST: usize = 4;
    let shown: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
