//! A selection written elsewhere instead of becoming a state.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::Engine;
use super::apply::Timings;
use super::prepare::{Prepared, Wanted, prepare};
use super::staging::Staging;
use crate::error::Error;
use crate::export::{self, Exported, Target};
use crate::fetch;
use crate::model::{self, Model};
use crate::plan::Plan;
use crate::request::Request;
use crate::root::Root;
use crate::selection::Selection;
use crate::state;
use crate::triggers::{self, Surroundings};
use crate::watch::{Meter, Phase, Watch};

/// Makes the system that a model says and writes it to `target`, without any system: everything on the way is in
/// `scratch`, an empty directory that the caller removes afterwards. Needs root, as files are stored with their owners
/// and triggers run in a file system of their own.
///
/// The same model, and the same lists and packages in its repositories, give the same bytes (see [`Engine::export`]).
///
/// # Errors
/// [`Error::Model`] and those of [`Engine::adopt`], [`Engine::plan`] and [`Engine::export`].
pub fn compose(
    scratch: &Path,
    model: &Model,
    target: Target<'_>,
    date: u64,
    watch: &dyn Watch,
) -> Result<Exported, Error> {
    target.check()?;
    export::check_date(date)?;
    let mut engine = Engine::open(scratch)?;
    engine.adopt(model, watch)?;
    let plan = engine.plan(&Request::Model(model.clone()), watch)?;
    engine.export_plan(&plan, target, date, watch)
}

impl Engine {
    /// Writes a whole system root of exactly the selected packages to `target`: `usr`, the links into it, the model, and
    /// the empty directories that a root has. No state is made; the contents are in this engine's store afterwards, until
    /// old states are pruned.
    ///
    /// The same selection and repositories give the same bytes, on every root. All dates are `date` (seconds since
    /// 1970), also for triggers. Transaction triggers run as for a state, but see nothing of this root: no `/etc`,
    /// and nothing that a state's triggers made. On a failure a folder is left as it was, and an archive is of no use.
    ///
    /// # Errors
    /// [`Error::Export`] if the folder is not empty, among others; otherwise those of [`install`](Self::install).
    pub fn export(
        &mut self,
        selection: &Selection,
        target: Target<'_>,
        date: u64,
        watch: &dyn Watch,
    ) -> Result<Exported, Error> {
        self.write_out(selection, None, target, date, watch)
    }

    /// As [`export`](Self::export), of what a plan comes to. A model that was followed keeps its text.
    pub fn export_plan(
        &mut self,
        plan: &Plan,
        target: Target<'_>,
        date: u64,
        watch: &dyn Watch,
    ) -> Result<Exported, Error> {
        self.write_out(&plan.selection, plan.model.as_ref(), target, date, watch)
    }

    fn write_out(
        &mut self,
        selection: &Selection,
        base: Option<&Model>,
        target: Target<'_>,
        date: u64,
        watch: &dyn Watch,
    ) -> Result<Exported, Error> {
        if selection.packages.is_empty() {
            return Err(Error::NothingSelected);
        }
        target.check()?;
        export::check_date(date)?;
        let _lock = self.begin()?;
        let model = match base {
            Some(base) => self.next_model(Some(base), selection, watch)?,
            None => model::snapshot(&self.repositories()?, selection),
        };
        let mut timings = Timings::default();
        let none = HashSet::new();
        let wanted = Wanted {
            selection,
            damaged: &none,
            content_bytes: None,
        };
        let mut prepared = prepare(&self.root, &self.connection, &self.web, &wanted, watch, &mut timings)?;
        let limit = self.trigger_limit;
        let ran = run_triggers(&self.root, &self.connection, &mut prepared, date, limit, watch)?;
        self.root.sync()?;
        let transaction = self.connection.transaction()?;
        prepared.record(&transaction)?;
        if let Err(error) = transaction.commit() {
            return Err(prepared.not_committed(&self.connection, error));
        }
        let Prepared {
            packages, tree, store, ..
        } = prepared;
        if let Some(store) = store {
            store.finish();
        }
        fetch::clean(&self.root, true);

        let entries = export::entries(&tree, &packages, &ran.generated, &model);
        let count = entries.len() as u64;
        let meter = Meter::begin(watch, Phase::Export, 0, count);
        // A package for every machine says nothing about this one.
        let known = |name: &&String| ["x86_64", "x86", "i686", "aarch64", "riscv64"].contains(&name.as_str());
        let mut names = selection.packages.iter().map(|package| &package.architecture);
        let architecture = names
            .find(known)
            .map_or(std::env::consts::ARCH, String::as_str)
            .to_owned();
        let job = export::job(&self.root, entries, date, architecture, &meter)?;
        let mut exported = Exported {
            packages: packages.len() as u64,
            entries: count,
            warnings: ran.warnings,
            ..Exported::default()
        };
        match target {
            Target::Directory(path) => exported.bytes = export::directory(&job, &path)?,
            Target::Opened(top) => exported.bytes = export::opened(&job, top)?,
            Target::Tar(out) => exported.bytes = export::tar(&job, out)?,
            Target::Oci(path) => {
                let (bytes, image) = export::oci(&job, &path)?;
                (exported.bytes, exported.image) = (bytes, Some(image));
            }
            Target::Layer(out) => {
                let (bytes, layer) = export::layer(&job, out)?;
                (exported.bytes, exported.image) = (bytes, Some(export::image(&job, &layer)));
            }
        }
        meter.end();
        Ok(exported)
    }
}

/// Runs the transaction triggers of what is to be written, in a tree that is gone afterwards. Without any trigger no tree
/// is made.
fn run_triggers<'r>(
    root: &'r Root,
    connection: &Connection,
    prepared: &mut Prepared<'r>,
    date: u64,
    limit: Duration,
    watch: &dyn Watch,
) -> Result<triggers::Ran, Error> {
    let Prepared {
        packages, tree, store, ..
    } = prepared;
    if !export::has_triggers(tree, packages) {
        return Ok(triggers::Ran::default());
    }
    let staging = Staging::half_done(root, "export")?;
    let usr = staging.usr();
    let meter = Meter::begin(watch, Phase::Compose, 0, tree.leaves());
    crate::compose::compose(root, &usr, tree, packages, &meter)?;
    meter.end();
    // The files of the tree are links into the store: a state's must keep their dates.
    let own_files = state::active(connection)?.is_none();
    let change = triggers::Change {
        root,
        connection,
        usr: &usr,
        tree,
        packages,
        from: None,
        surroundings: Surroundings::Nothing { own_files },
        date,
        limit,
        watch,
    };
    triggers::transaction(&change, store)
}
