//! What the package engine tells whoever keeps the boot menu.

use std::path::Path;

use crate::state::State;
use crate::watch::Watch;

/// Keeps the boot menu in step with the states. Called with the root's lock held.
pub trait Boot: Send + Sync {
    /// Before a change costs anything, and once more when its tree is whole: can the menu take the new state?
    ///
    /// # Errors
    /// Then the change ends here, with the old state in place and the menu as it was.
    fn check(&self, root: &Path, states: &[State], coming: Coming<'_>) -> Result<(), BootRefusal>;

    /// The states are these, the oldest first; one of them is active. Called after a swap, where what fails is a
    /// warning. Returns what a person should know; each is a sentence.
    ///
    /// # Errors
    /// When the menu is not what it should be.
    fn states_changed(&self, root: &Path, states: &[State], watch: &dyn Watch) -> Result<Vec<String>, BootRefusal>;

    /// All states but these are about to be removed. Returns what a person should know; each is a sentence.
    ///
    /// # Errors
    /// Unless no entry of the menu leads to another state any more: one must never lead to a tree that is half gone. The
    /// states stay then.
    fn states_leave(&self, root: &Path, staying: &[State], watch: &dyn Watch) -> Result<Vec<String>, BootRefusal> {
        self.states_changed(root, staying, watch)
    }
}

/// What is known of a state that does not exist yet.
#[derive(Debug, Clone, Copy)]
pub enum Coming<'a> {
    /// What its packages bring for the menu. What triggers will make of it is not known yet.
    Files(&'a [KernelFile]),
    /// Its number, and its whole tree: a folder that has the `usr`.
    Tree(u64, &'a Path),
}

/// A file that packages bring below `lib/kernel`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelFile {
    /// Below `/usr`.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// BLAKE3 of its content; None while it is not in the store.
    pub content: Option<[u8; 32]>,
}

/// Why the menu cannot be as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BootRefusal {
    /// There is no room where the firmware reads.
    #[error("the EFI system partition has {free} bytes free and {needed} are needed{}", letting_go(.states))]
    Full {
        /// Bytes.
        needed: u64,
        /// Bytes.
        free: u64,
        /// States whose kernels would give room if they were removed, the oldest first.
        states: Vec<u64>,
    },
    /// There is no menu to keep here; why, in words.
    #[error("{0}")]
    Missing(String),
    /// What is there would not start the active state; why, in words.
    #[error("{0}")]
    NotBootable(String),
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

fn letting_go(states: &[u64]) -> String {
    if states.is_empty() {
        return String::new();
    }
    let states: Vec<String> = states.iter().map(u64::to_string).collect();
    format!("; removing these states gives room: {}", states.join(", "))
}
