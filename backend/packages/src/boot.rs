//! What the package engine tells whoever keeps the boot menu.

use std::path::Path;

use crate::state::State;
use crate::watch::Watch;

/// Keeps the boot menu in step with the states. Called after the swap, with the lock held: the new state is in place,
/// and whatever fails here leaves it there and is reported as a warning.
pub trait Boot: Send + Sync {
    /// The states are these now, the oldest first; one of them is active. Returns what a person should know.
    fn states_changed(&self, root: &Path, states: &[State], watch: &dyn Watch) -> Result<(), String>;
}
