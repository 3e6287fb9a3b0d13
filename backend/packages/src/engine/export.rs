//! A selection written elsewhere instead of becoming a state.

use std::collections::HashSet;

use super::Engine;
use super::apply::{Prepared, Timings, prepare};
use crate::error::Error;
use crate::export::{self, Exported, Target};
use crate::fetch;
use crate::model;
use crate::selection::Selection;
use crate::watch::{Meter, Phase, Watch};

impl Engine {
    /// Writes a whole system root of exactly the selected packages to `target`: `usr`, the links into it, the model, and
    /// the empty directories that a root has. No state is made; the contents are in this engine's store afterwards.
    ///
    /// The same selection and repositories give the same bytes, on every root. All dates are `SOURCE_DATE_EPOCH` (seconds
    /// since 1970), or 0 without it. Transaction triggers are not run ([`Exported::warnings`] says so where there are
    /// any). On a failure a folder is left as it was, and an archive is of no use.
    ///
    /// # Errors
    /// [`Error::Export`] if the folder is not empty, among others; otherwise those of [`install`](Self::install).
    pub fn export(&mut self, selection: &Selection, target: Target<'_>, watch: &dyn Watch) -> Result<Exported, Error> {
        if selection.packages.is_empty() {
            return Err(Error::NothingSelected);
        }
        target.check()?;
        let date = export::date(std::env::var_os("SOURCE_DATE_EPOCH"))?;
        let _lock = self.begin()?;
        let repositories = self.repositories()?;
        let mut timings = Timings::default();
        let none = HashSet::new();
        let mut prepared = prepare(
            &self.root,
            &self.connection,
            &self.web,
            selection,
            &none,
            watch,
            &mut timings,
        )?;
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

        let entries = export::entries(&tree, &packages, &model::snapshot(&repositories, selection));
        let warnings = export::warnings(&entries);
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
        let (bytes, digest) = match target {
            Target::Directory(path) => (export::directory(&job, &path)?, None),
            Target::Tar(out) => (export::tar(&job, out)?, None),
            Target::Oci(path) => export::oci(&job, &path).map(|(bytes, digest)| (bytes, Some(digest)))?,
        };
        meter.end();
        Ok(Exported {
            entries: count,
            bytes,
            digest,
            warnings,
        })
    }
}
