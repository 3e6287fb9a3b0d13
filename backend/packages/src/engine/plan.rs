//! From a wish to a plan: nothing here changes the system, but for what is held and what is imported.

use std::fs::File;

use super::Engine;
use crate::brought;
use crate::catalogue;
use crate::difference;
use crate::error::Error;
use crate::import;
use crate::plan::{FileChanges, Plan, Refusal, Why};
use crate::planner::{self, Planner};
use crate::present;
use crate::repository;
use crate::request::{Request, Wanted};
use crate::selection::Selected;
use crate::state;
use crate::watch::{Meter, Phase, Unwatched, Watch};

impl Engine {
    /// Makes a plan of a wish. The same state, repositories and wish always give the same plan; nothing is written and
    /// nothing is downloaded.
    ///
    /// # Errors
    /// [`Error::Unresolvable`] and [`Error::Refused`] say in the words of packages why it cannot be;
    /// [`Error::NothingSelected`] for a wish without anything in it; [`Error::UnknownRepository`] for a model that
    /// names a repository which is not there.
    pub fn plan(&self, request: &Request, watch: &dyn Watch) -> Result<Plan, Error> {
        let meter = Meter::begin(watch, Phase::Resolve, 0, 0);
        meter.check()?;
        let look = catalogue::look(&self.connection)?;
        let plan = Planner::open(&self.root, &look, watch)?.plan(request)?;
        drop(look);
        meter.check()?;
        meter.end();
        Ok(plan)
    }

    /// Makes the plan that [`import`](Self::import) and an install of the same file would come to, and says which files
    /// it changes; the file is only read, and nothing is taken in. On an unchanged root this is the very plan that is
    /// made after an import.
    ///
    /// # Errors
    /// As those of `import` and [`plan`](Self::plan).
    pub fn plan_local(&mut self, mut file: File, watch: &dyn Watch) -> Result<(Plan, FileChanges), Error> {
        let (package, stone) = import::look(&mut file, watch)?;
        let hash = package.hash.clone().unwrap_or_default();
        self.know_places(&repository::read_all(&self.root));
        let (root, web) = (&self.root, &self.web);
        brought::with(&mut self.connection, &package, |connection| {
            let request = Request::Install {
                wanted: vec![Wanted::Imported(hash.clone())],
                reinstall: false,
            };
            let look = catalogue::look(connection)?;
            let plan = Planner::open(root, &look, watch)?.plan(&request)?;
            drop(look);
            let files = difference::of_plan(root, connection, web, &plan, Some((&hash, stone)), watch)?;
            Ok((plan, files))
        })
    }

    /// Compares the files of the active state with those of a plan's new one: the whole tree, so that a file which two
    /// packages bring is found here already ([`Error::FileConflict`]). What triggers make is not part of it.
    ///
    /// The layout of a package that is not stored yet is read from the head of its file, over the network by a few
    /// requests; its checksum is only proved when it is fetched as a whole. Whether a file of such a package is the same
    /// as the stored one is found out by reading the stored one, where both have the same size.
    pub fn difference(&self, plan: &Plan, watch: &dyn Watch) -> Result<FileChanges, Error> {
        self.know_places(&repository::read_all(&self.root));
        difference::of_plan(&self.root, &self.connection, &self.web, plan, None, watch)
    }

    /// Compares the files of two states, with what triggers made in them.
    pub fn difference_of_states(&self, old: u64, new: u64, watch: &dyn Watch) -> Result<FileChanges, Error> {
        self.know_places(&repository::read_all(&self.root));
        difference::of_states(&self.root, &self.connection, &self.web, (old, new), watch)
    }

    /// Holds installed packages at the release that they have, or lets them go. A held package is neither updated nor
    /// removed by any plan. Letting go what is not held is fine.
    pub fn hold(&mut self, names: &[String], held: bool) -> Result<(), Error> {
        let _lock = self.root.lock()?;
        if held {
            let planner = Planner::open(&self.root, &self.connection, &Unwatched)?;
            let known = |name: &String| planner.installed().iter().any(|one| one.selected.name == *name);
            if let Some(unknown) = names.iter().find(|name| !known(name)) {
                return Err(Error::Refused(Refusal::NotInstalled(unknown.clone())));
            }
        }
        let transaction = self.connection.transaction()?;
        for name in names {
            let change = if held {
                "INSERT OR IGNORE INTO holds (name) VALUES (?1)"
            } else {
                "DELETE FROM holds WHERE name = ?1"
            };
            transaction.execute(change, [name])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// The names of all held packages, sorted. One that is not installed any more (after going back to a state without
    /// it) is held again as soon as it is.
    pub fn holds(&self) -> Result<Vec<String>, Error> {
        planner::holds(&self.connection)
    }

    /// Why an installed package is there: the person's choice, or who needs it.
    pub fn why(&self, name: &str) -> Result<Why, Error> {
        let look = catalogue::look(&self.connection)?;
        Planner::open(&self.root, &look, &Unwatched)?.why(name)
    }

    /// The packages of the active state, sorted by name; none on a root without a state.
    pub fn installed(&self) -> Result<Vec<Selected>, Error> {
        let look = catalogue::look(&self.connection)?;
        match state::active(&look)? {
            Some(id) => present::selected(&self.root, &look, id),
            None => Ok(Vec::new()),
        }
    }

    /// Takes a stone in that a person brings, so that it can be wished for as
    /// [`Wanted::Imported`](crate::Wanted::Imported) by its `hash`. The file is copied (its blocks are shared where the
    /// file system can), read and checked; nothing is installed. A copy that no state uses is removed with unused
    /// states.
    ///
    /// # Errors
    /// [`Error::Stone`], [`Error::WrongPackage`] or [`Error::HostileEntry`] if it is no package that could be installed.
    pub fn import(&mut self, mut file: File, watch: &dyn Watch) -> Result<Selected, Error> {
        let _lock = self.root.lock()?;
        import::import(&self.root, &mut self.connection, &mut file, watch)
    }
}
