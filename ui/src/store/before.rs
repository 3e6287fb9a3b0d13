//! What an operation finds when its turn comes, and what takes it back. Nothing is taken back over somebody else's change.

use moult_api::{BootMenu, BootStatus, Failure, NextBy, RepositoryRow, StateRow};

use super::{Operation, Reader, Writer};

/// How it was before an operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Before {
    /// The active state; 0 = not known.
    pub state: u64,
    /// What takes the operation back exactly, if it makes no state and changes something.
    pub inverse: Option<Box<Operation>>,
}

/// What the reader knows of the things that an operation is about.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// 0 = there is none.
    active: u64,
    states: Vec<StateRow>,
    holds: Vec<String>,
    repositories: Vec<RepositoryRow>,
    /// The state that is chosen for the next start alone, 0 = none; None = not known.
    once: Option<u64>,
}

impl Known {
    /// Asks for what an operation is about, and for nothing else. The boot menu is seen as it is by the writer alone; without
    /// one, as it was last seen.
    ///
    /// # Errors
    /// As every question.
    pub async fn about(reader: &Reader, writer: Option<&Writer>, operation: &Operation) -> Result<Self, Failure> {
        let packages = reader.packages().await?;
        let mut known = Self {
            active: packages.active().await?,
            ..Self::default()
        };
        match operation {
            Operation::Hold { .. } => known.holds = packages.holds().await?,
            Operation::NameState { .. } | Operation::PinState { .. } => known.states = packages.states().await?,
            Operation::AddRepository(_)
            | Operation::EnableRepository { .. }
            | Operation::RemoveRepository { .. }
            | Operation::BringBackRepository { .. }
            | Operation::Follow { .. }
            | Operation::FollowBack { .. } => {
                known.repositories = packages.repositories().await?.repositories;
            }
            Operation::StartOnce { .. } | Operation::StartAsBefore { .. } => {
                let status = match writer {
                    Some(writer) => writer.boot_status().await?,
                    None => reader.boot().await?.status().await?,
                };
                known.once = once(&status);
            }
            _ => {}
        }

        Ok(known)
    }

    /// The number of the active state.
    #[must_use]
    pub fn active(&self) -> Option<u64> {
        Some(self.active).filter(|state| *state != 0)
    }

    /// How it is before an operation that comes now.
    #[must_use]
    pub fn before(&self, operation: &Operation) -> Before {
        Before {
            state: self.active().unwrap_or(0),
            inverse: self.inverse(operation).map(Box::new),
        }
    }

    /// Whether what an operation has made is still as it made it.
    #[must_use]
    pub fn still(&self, operation: &Operation) -> bool {
        match operation {
            Operation::Hold { packages, held } => packages.iter().all(|name| self.holds.contains(name) == *held),
            Operation::NameState { state, name } => self.state(*state).is_some_and(|row| row.name == name.trim()),
            Operation::PinState { state, pinned } => self.state(*state).is_some_and(|row| row.pinned == *pinned),
            Operation::EnableRepository { name, enabled } => {
                self.repository(name).is_some_and(|row| row.enabled == *enabled)
            }
            // Addresses and keys are written down in a form of their own.
            Operation::AddRepository(added) => self.repository(&added.name).is_some_and(|row| {
                row.enabled && row.priority == added.priority && row.description == added.description
            }),
            // One of the vendor's is only switched off.
            Operation::RemoveRepository { name } => self.repository(name).is_none_or(|row| !row.enabled),
            Operation::BringBackRepository { name, enabled, .. } => {
                self.repository(name).is_some_and(|row| row.enabled == *enabled)
            }
            Operation::Follow { repository, version }
            | Operation::FollowBack {
                repository, version, ..
            } => self.repository(repository).is_some_and(|row| row.version == *version),
            Operation::StartOnce { state } | Operation::StartAsBefore { state, .. } => self.once == Some(*state),
            _ => false,
        }
    }

    fn inverse(&self, operation: &Operation) -> Option<Operation> {
        match operation {
            Operation::Hold { packages, held } => {
                let packages: Vec<String> = packages
                    .iter()
                    .filter(|name| self.holds.contains(name) != *held)
                    .cloned()
                    .collect();

                (!packages.is_empty()).then_some(Operation::Hold { packages, held: !held })
            }
            Operation::NameState { state, name } => {
                let row = self.state(*state).filter(|row| row.name != name.trim())?;

                Some(Operation::NameState {
                    state: *state,
                    name: row.name.clone(),
                })
            }
            Operation::PinState { state, pinned } => {
                let row = self.state(*state).filter(|row| row.pinned != *pinned)?;

                Some(Operation::PinState {
                    state: *state,
                    pinned: row.pinned,
                })
            }
            Operation::EnableRepository { name, enabled } => {
                let row = self.repository(name).filter(|row| row.enabled != *enabled)?;

                Some(Operation::EnableRepository {
                    name: name.clone(),
                    enabled: row.enabled,
                })
            }
            // How one of this name was before is not known as a whole: passwords are not told.
            Operation::AddRepository(added) if self.repository(&added.name).is_none() => {
                Some(Operation::RemoveRepository {
                    name: added.name.clone(),
                })
            }
            // What is kept of it is known when it is removed.
            Operation::RemoveRepository { name } => {
                let row = self.repository(name)?;

                Some(Operation::BringBackRepository {
                    name: name.clone(),
                    enabled: row.enabled,
                    kept: String::new(),
                })
            }
            Operation::BringBackRepository { name, .. } => Some(Operation::RemoveRepository { name: name.clone() }),
            Operation::Follow { repository, version }
            | Operation::FollowBack {
                repository, version, ..
            } => {
                let row = self.repository(repository).filter(|row| row.version != *version)?;

                // One that is a single list follows nothing.
                (!row.version.is_empty()).then(|| Operation::FollowBack {
                    repository: repository.clone(),
                    version: row.version.clone(),
                    from: version.clone(),
                })
            }
            Operation::StartOnce { state } | Operation::StartAsBefore { state, .. } => {
                let before = self.once.filter(|once| once != state)?;

                Some(Operation::StartAsBefore {
                    state: before,
                    from: *state,
                })
            }
            _ => None,
        }
    }

    fn state(&self, id: u64) -> Option<&StateRow> {
        self.states.iter().find(|row| row.id == id)
    }

    fn repository(&self, name: &str) -> Option<&RepositoryRow> {
        self.repositories.iter().find(|row| row.name == name)
    }
}

/// The state that is chosen for the next start alone, 0 = none. None if that is not known, or if it is no state.
fn once(status: &BootStatus) -> Option<u64> {
    match (status.menu, status.next_by, status.next) {
        (BootMenu::Hidden | BootMenu::Missing, ..) => None,
        // What starts next has no number: it is another system, or would not start.
        (_, NextBy::Once | NextBy::Order, 0) => None,
        (_, NextBy::Once, state) => Some(state),
        (_, NextBy::Order | NextBy::Chosen, _) => Some(0),
    }
}

#[cfg(test)]
impl Known {
    /// A system with these states, of which this one is active.
    pub(crate) fn with_active(active: u64, states: &[u64]) -> Self {
        let row = |id: u64| StateRow {
            id,
            created: 0,
            summary: String::new(),
            status: if id == active { "active" } else { "archived" }.into(),
            name: String::new(),
            pinned: false,
            packages: 1,
            frees_bytes: 0,
        };

        Self {
            active,
            states: states.iter().copied().map(row).collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
#[path = "before_tests.rs"]
mod tests;
