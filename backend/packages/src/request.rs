//! What a person asks of the package engine.

use moult_stone::Provider;

use crate::model::Model;

/// One wish. [`Engine::plan`](crate::Engine::plan) makes a [`Plan`](crate::Plan) of it, [`Engine::apply`](crate::Engine::apply)
/// carries that out.
#[derive(Debug, Clone)]
pub enum Request {
    /// Brings packages in and remembers that they were chosen. What is installed stays at its release, unless a wish
    /// names another one.
    Install {
        /// What is wanted; at least one.
        wanted: Vec<Wanted>,
        /// Packages among the wanted that are there already are fetched, verified and laid out again.
        reinstall: bool,
    },
    /// Takes packages away, and what cannot be without them. Nothing comes in their place.
    Remove {
        /// Names of installed packages.
        packages: Vec<String>,
        /// What becomes of packages that nobody chose and nobody needs.
        orphans: Orphans,
    },
    /// Brings everything to what the repositories prefer now: that is an older release where the preferred repository
    /// has an older one. Held packages stay, and so does what no repository offers any more.
    Sync {
        /// Names of installed packages: only these, and what they need. Empty for all.
        only: Vec<String>,
        /// What becomes of packages that nobody chose and nobody needs.
        orphans: Orphans,
    },
    /// Says of installed packages whether they were chosen.
    Mark {
        /// Names of installed packages.
        packages: Vec<String>,
        /// Chosen, or only there because another needs it.
        explicit: bool,
    },
    /// Makes the system what a model says.
    Model(Model),
}

/// One thing to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Whatever gives this, the preferred one.
    Provider(Provider),
    /// This release of a package, older or newer than the one that is there.
    Release {
        /// The package's name.
        name: String,
        /// Its source release.
        source_release: u64,
        /// Its build release; None for the newest.
        build_release: Option<u64>,
    },
    /// A package that [`Engine::import`](crate::Engine::import) took in: SHA-256 of its file, lower-case hexadecimal.
    Imported(String),
}

/// What becomes of packages that nobody chose and nobody needs any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Orphans {
    /// They stay, and are shown.
    #[default]
    Keep,
    /// They go.
    Remove,
}
