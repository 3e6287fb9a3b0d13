//! What the engine asks and tells whoever keeps the boot menu.

use super::Engine;
use crate::boot::{BootRefusal, Coming};
use crate::error::Error;
use crate::kernels;
use crate::selection::Selection;
use crate::state;
use crate::watch::Watch;

/// A question about a path below `/usr`.
pub type Asked<'a> = &'a (dyn Fn(&str) -> bool + Sync);

impl Engine {
    /// Whether each of these questions is answered with yes for a path, below `/usr`, that a package of the selection
    /// brings. Packages that are not there are only looked at: what their heads say, and of no more than is needed.
    pub fn brings(&self, selection: &Selection, questions: &[Asked<'_>], watch: &dyn Watch) -> Result<bool, Error> {
        kernels::bring(&self.root, &self.connection, &self.web, selection, questions, watch)
    }

    /// Has the boot menu written anew out of the states as they are. Returns what a person should know.
    ///
    /// # Errors
    /// [`Error::Boot`] if nobody keeps one, or it cannot be written.
    pub fn sync_boot(&mut self, watch: &dyn Watch) -> Result<Vec<String>, Error> {
        let _lock = self.begin_on_full()?;
        let none = || Error::Boot(BootRefusal::Missing("nobody keeps one for this system".to_owned()));
        let boot = self.boot.as_ref().ok_or_else(none)?;
        let states = state::list(&self.connection)?;
        boot.states_changed(self.root.path(), &states, watch)
            .map_err(Error::Boot)
    }

    /// Before anything is fetched: has the menu room for what the packages bring?
    pub(super) fn foresee_menu(&self, selection: &Selection, watch: &dyn Watch) -> Result<(), Error> {
        if self.boot.is_none() {
            return Ok(());
        }
        let files = kernels::of(&self.root, &self.connection, &self.web, selection, watch)?;
        self.check_menu(Coming::Files(&files))
    }

    /// Whether the menu can take what is coming.
    pub(super) fn check_menu(&self, coming: Coming<'_>) -> Result<(), Error> {
        let Some(boot) = &self.boot else { return Ok(()) };
        let states = state::list(&self.connection)?;
        boot.check(self.root.path(), &states, coming).map_err(Error::Boot)
    }

    /// Tells that the states are others. What goes wrong is returned for people: the state is in place already.
    pub(super) fn hand_over(&self, watch: &dyn Watch) -> Vec<String> {
        let Some(boot) = &self.boot else { return Vec::new() };
        let told = match state::list(&self.connection) {
            Ok(states) => boot
                .states_changed(self.root.path(), &states, watch)
                .map_err(Error::Boot),
            Err(error) => Err(error),
        };
        told.unwrap_or_else(|error| vec![error.to_string()])
    }
}
