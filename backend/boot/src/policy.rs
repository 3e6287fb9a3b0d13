//! Which states get an entry.

use std::collections::BTreeSet;

/// Which states get an entry, and how entries begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// States that get entries, the active one counted.
    pub states: usize,
    /// How often an entry that was never seen to work is tried before the loader passes it over.
    pub tries: u32,
    /// States that are to get none although they are there: those that a person let go for their space ([`crate::Error::Full`]). The active one
    /// cannot be let go.
    pub without: BTreeSet<u64>,
    /// Seconds that the menu shows, where there is no `loader.conf` yet.
    pub timeout: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            states: 5,
            tries: 3,
            without: BTreeSet::new(),
            timeout: 3,
        }
    }
}
