//! What an operation finds when its turn comes, and what takes it back. Nothing is taken back over somebody else's change.

use moult_api::{Failure, RepositoryRow, StateRow};

use super::{Operation, Reader};

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
    states: Vec<StateRow>,
    holds: Vec<String>,
    repositories: Vec<RepositoryRow>,
}

impl Known {
    /// Asks for what an operation is about.
    ///
    /// # Errors
    /// As every question.
    pub async fn about(reader: &Reader, operation: &Operation) -> Result<Self, Failure> {
        let packages = reader.packages().await?;
        let mut known = Self {
            states: packages.states().await?,
            ..Self::default()
        };
        match operation {
            Operation::Hold { .. } => known.holds = packages.holds().await?,
            Operation::AddRepository(_) | Operation::EnableRepository { .. } => {
                known.repositories = packages.repositories().await?.repositories;
            }
            _ => {}
        }

        Ok(known)
    }

    /// The number of the active state.
    #[must_use]
    pub fn active(&self) -> Option<u64> {
        active_of(&self.states)
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

/// The number of the active state.
#[must_use]
pub fn active_of(states: &[StateRow]) -> Option<u64> {
    states
        .iter()
        .find(|state| state.status == "active")
        .map(|state| state.id)
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
            states: states.iter().copied().map(row).collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

    use moult_api::RepositoryRequest;

    use super::*;

    fn repository(name: &str, enabled: bool) -> RepositoryRow {
        RepositoryRow {
            enabled,
            ..crate::samples::repository(name)
        }
    }

    /// State 7 is active, 6 is called "calm" and pinned; gimp is held; the source "shop" is on, "old" is off.
    fn known() -> Known {
        let mut known = Known::with_active(7, &[6, 7]);
        known.states[0].name = "calm".into();
        known.states[0].pinned = true;
        known.holds = vec!["gimp".into()];
        known.repositories = vec![repository("shop", true), repository("old", false)];

        known
    }

    /// The same after an operation.
    fn after(mut known: Known, operation: &Operation) -> Known {
        match operation {
            Operation::Hold { packages, held: true } => {
                known.holds.extend(packages.iter().cloned());
                known.holds.sort_unstable();
                known.holds.dedup();
            }
            Operation::Hold { packages, held: false } => known.holds.retain(|name| !packages.contains(name)),
            Operation::NameState { state, name } => {
                let row = known.states.iter_mut().find(|row| row.id == *state).unwrap();
                row.name = name.trim().into();
            }
            Operation::PinState { state, pinned } => {
                known.states.iter_mut().find(|row| row.id == *state).unwrap().pinned = *pinned;
            }
            Operation::EnableRepository { name, enabled } => {
                known
                    .repositories
                    .iter_mut()
                    .find(|row| row.name == *name)
                    .unwrap()
                    .enabled = *enabled;
            }
            Operation::AddRepository(added) => known.repositories.push(repository(&added.name, true)),
            Operation::RemoveRepository { name } => known.repositories.retain(|row| row.name != *name),
            _ => {}
        }

        known
    }

    fn hold(packages: &[&str], held: bool) -> Operation {
        Operation::Hold {
            packages: packages.iter().map(|&name| name.to_owned()).collect(),
            held,
        }
    }

    fn name(state: u64, name: &str) -> Operation {
        Operation::NameState {
            state,
            name: name.into(),
        }
    }

    fn enable(name: &str, enabled: bool) -> Operation {
        Operation::EnableRepository {
            name: name.into(),
            enabled,
        }
    }

    fn add(name: &str) -> Operation {
        Operation::AddRepository(RepositoryRequest {
            name: name.into(),
            ..RepositoryRequest::default()
        })
    }

    #[test]
    fn what_makes_no_state_is_taken_back_exactly() {
        let pin = |state, pinned| Operation::PinState { state, pinned };
        let away = Operation::RemoveRepository { name: "new".into() };
        for (operation, expected) in [
            (hold(&["krita"], true), hold(&["krita"], false)),
            // Only what was changed.
            (hold(&["krita", "gimp"], true), hold(&["krita"], false)),
            (hold(&["gimp"], false), hold(&["gimp"], true)),
            (name(6, "storm"), name(6, "calm")),
            (name(6, ""), name(6, "calm")),
            (name(7, " new "), name(7, "")),
            (pin(6, false), pin(6, true)),
            (pin(7, true), pin(7, false)),
            (enable("shop", false), enable("shop", true)),
            (enable("old", true), enable("old", false)),
            (add("new"), away),
        ] {
            let before = known().before(&operation);
            assert_eq!(before.inverse.as_deref(), Some(&expected), "{operation:?}");
            assert_eq!(before.state, 7);

            let changed = after(known(), &operation);
            assert!(changed.still(&operation), "{operation:?}");
            assert!(!known().still(&operation), "{operation:?}");
            let back = after(changed, &expected);
            assert_eq!(
                (back.states, back.holds, back.repositories),
                (known().states, known().holds, known().repositories)
            );
        }
    }

    #[test]
    fn what_changes_nothing_or_is_not_known_as_a_whole_cannot_be_taken_back() {
        for operation in [
            hold(&["gimp"], true),
            hold(&["krita"], false),
            name(6, "calm "),
            name(9, "nobody"),
            enable("shop", true),
            enable("nowhere", false),
            add("shop"),
            Operation::RemoveRepository { name: "shop".into() },
            Operation::Refresh {
                repository: "shop".into(),
            },
        ] {
            assert_eq!(known().before(&operation).inverse, None, "{operation:?}");
        }
    }

    #[test]
    fn what_somebody_else_changed_since_is_not_as_it_was_made() {
        let changed = after(known(), &name(6, "storm"));
        assert!(!after(changed, &name(6, "theirs")).still(&name(6, "storm")));

        let changed = after(known(), &add("new"));
        assert!(!after(changed, &enable("new", false)).still(&add("new")));
    }
}
