//! What a person can have done to the system: the things that wait in the queue.

use moult_api::{ChangeRequest, RepositoryRequest};
use serde::{Deserialize, Serialize};

/// Something that changes the system. Operations are carried out one after the other, in the order of being asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Packages come, go or change.
    Change {
        /// The wish.
        request: ChangeRequest,
        /// What the things are called for people ("Krita"); empty for a wish about everything.
        names: Vec<String>,
        /// The digest of the plan that the person saw: only exactly that is done. Empty: the wish is what was approved,
        /// and the plan is shown before it is made if it takes something away.
        digest: String,
    },
    /// A local package, by its path: opened by the window with the person's own rights.
    Local {
        /// The file.
        path: std::path::PathBuf,
        /// What it is called.
        name: String,
        /// As for [`Operation::Change`].
        digest: String,
    },
    /// Another state becomes the active one.
    Activate {
        /// Its number.
        state: u64,
    },
    /// A change is taken back: the state of before becomes the active one again, unless somebody made another one since.
    GoBack {
        /// The number of the state of before.
        state: u64,
        /// The state that the change made: only if it is the active one, anything is done.
        from: u64,
    },
    /// States go.
    RemoveStates {
        /// Their numbers.
        states: Vec<u64>,
    },
    /// The active state is compared with what it should be.
    Verify {
        /// And mended.
        repair: bool,
    },
    /// A package list is read anew.
    Refresh {
        /// Which repository's; empty = all.
        repository: String,
    },
    /// A repository is added, or one of this name changed; then it is read.
    AddRepository(RepositoryRequest),
    /// A repository goes.
    RemoveRepository {
        /// Its name.
        name: String,
    },
    /// A repository that was removed comes back as it was, unless somebody wrote one of its name down since.
    BringBackRepository {
        /// Its name.
        name: String,
        /// It was in use.
        enabled: bool,
        /// What the writer calls what it kept of it. It says nothing of that: a password in an address stays with root.
        kept: String,
    },
    /// A repository is switched on or off.
    EnableRepository {
        /// Its name.
        name: String,
        /// On.
        enabled: bool,
    },
    /// Another version of a repository is followed.
    Follow {
        /// Its name.
        repository: String,
        /// "stream/X", "tag/X" or "history/X".
        version: String,
    },
    /// What was followed of a repository before is followed again, unless somebody chose another version since.
    FollowBack {
        /// Its name.
        repository: String,
        /// What was followed.
        version: String,
        /// Only if this is followed, anything is done.
        from: String,
    },
    /// The engine that a repository asks for takes the place of this one: first the way to it is planned, then what the
    /// person saw of it is done.
    Bridge {
        /// Its name.
        repository: String,
        /// The package that holds the engine.
        package: String,
        /// The digest of the plan that the person saw; empty: there is none yet.
        digest: String,
    },
    /// Packages are held at their release, or let go of.
    Hold {
        /// Their names.
        packages: Vec<String>,
        /// Held.
        held: bool,
    },
    /// A state is named.
    NameState {
        /// Its number.
        state: u64,
        /// The name; empty takes it away.
        name: String,
    },
    /// A state is started at the next start alone.
    StartOnce {
        /// Its number.
        state: u64,
    },
    /// What was chosen for the next start alone is chosen again, unless somebody chose something else since.
    StartAsBefore {
        /// The state; 0 = none was.
        state: u64,
        /// Only if this one is chosen (0 = none), anything is done.
        from: u64,
    },
    /// A state is started from now on, whatever the menu's order says.
    StartFromNow {
        /// Its number.
        state: u64,
    },
    /// A state is kept for ever, or no longer.
    PinState {
        /// Its number.
        state: u64,
        /// Kept.
        pinned: bool,
    },
}

impl Operation {
    /// The same wish, of which the person has seen no plan that still counts.
    #[must_use]
    pub fn unseen(mut self) -> Self {
        if let Some(digest) = self.digest() {
            digest.clear();
        }

        self
    }

    /// The same wish, of which the person has seen the plan with this digest.
    #[must_use]
    pub fn seen(mut self, shown: &str) -> Self {
        if let Some(digest) = self.digest() {
            shown.clone_into(digest);
        }

        self
    }

    /// The digest of the plan that the person saw, of an operation that has one.
    fn digest(&mut self) -> Option<&mut String> {
        match self {
            Self::Change { digest, .. } | Self::Local { digest, .. } | Self::Bridge { digest, .. } => Some(digest),
            _ => None,
        }
    }

    /// Whether another state is the active one when it is done.
    #[must_use]
    pub fn makes_a_state(&self) -> bool {
        matches!(
            self,
            Self::Change { .. }
                | Self::Local { .. }
                | Self::Activate { .. }
                | Self::GoBack { .. }
                | Self::Bridge { .. }
        )
    }

    /// Whether its job only plans, and what it came to has to be shown first.
    #[must_use]
    pub fn only_plans(&self) -> bool {
        matches!(self, Self::Bridge { digest, .. } if digest.is_empty())
    }
}
