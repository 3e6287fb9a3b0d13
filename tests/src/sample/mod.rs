//! The sample system: Debian trixie binary packages made into `.stone` packages and a repository.
//!
//! ```text
//! packages (list) -> apt: closure + download -> deb -> draft (below /usr) -> fix-ups, units, relations -> stones -> stone.index
//! ```
//!
//! No maintainer script is ever run. What such scripts do that matters is data in `tests/sample/` (`fixups`, `overlay/`), or is derived
//! from the packages ([`units`], [`stateless`], [`relations`]).
//!
//! [`tree`] reads the stones alone, so that a test can hold an installed root against them without asking the package engine.

use std::io;
use std::path::{Path, PathBuf};

pub mod apt;
pub mod catalogue;
pub mod copyright;
pub mod deb;
pub mod draft;
pub mod elf;
pub mod fixups;
pub mod linux;
pub mod lists;
pub mod make;
pub mod moving;
pub mod own;
pub mod relations;
pub mod serve;
mod stamp;
pub mod stateless;
mod stones;
pub mod tool;
pub mod tree;
pub mod units;

pub use make::{Made, Options, make};

/// What can go wrong while the sample system is made, served or compared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file operation failed.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// A verb, as in "cannot read".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A host program is missing.
    #[error("{program} is not installed here (Debian package {package})")]
    Missing {
        /// Its name.
        program: &'static str,
        /// The Debian package that has it.
        package: &'static str,
    },
    /// A host program failed.
    #[error("{program} failed ({status}): {stderr}")]
    Tool {
        /// Its path.
        program: String,
        /// Its exit status in words.
        status: String,
        /// What it said.
        stderr: String,
    },
    /// A host program did not end in time and was killed.
    #[error("{program} took longer than {seconds} s and was ended")]
    Slow {
        /// Its path.
        program: String,
        /// The limit in seconds.
        seconds: u64,
    },
    /// A Debian package cannot be turned into a stone.
    #[error("package {package}: {reason}")]
    Package {
        /// The package or file name.
        package: String,
        /// Why not.
        reason: String,
    },
    /// A line of the sample's own data files is wrong.
    #[error("{}:{line}: {reason}", path.display())]
    Data {
        /// The data file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Dependencies that no package of the set provides.
    #[error("nothing in the set provides:\n  {}", .0.join("\n  "))]
    Unresolved(Vec<String>),
    /// Paths that two packages claim.
    #[error("two packages claim the same path:\n  {}", .0.join("\n  "))]
    Claimed(Vec<String>),
    /// The set is smaller than the sample system promises.
    #[error("the set has {found} packages, expected at least {expected}")]
    TooFew {
        /// Stones that would be made.
        found: usize,
        /// The least number.
        expected: usize,
    },
    /// A stone cannot be read or written.
    #[error("{}: {source}", path.display())]
    Stone {
        /// The stone.
        path: PathBuf,
        /// The reason.
        source: moult_stone::Error,
    },
    /// The root differs from what the stones say.
    #[error("{} differences:\n  {}", .0.len(), .0.join("\n  "))]
    Different(Vec<String>),
}

impl Error {
    /// An [`Error::Io`] about `path`, for `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_owned();

        move |source| Error::Io { action, path, source }
    }

    /// An [`Error::Package`].
    pub(crate) fn package(package: &str, reason: impl Into<String>) -> Error {
        Error::Package {
            package: package.to_owned(),
            reason: reason.into(),
        }
    }
}

/// Does `work` for each item on two threads (the machines this runs on have two cores); results keep the order of the items.
/// Stops taking new items at the first error and returns it.
pub(crate) fn in_parallel<T: Send, R: Send>(
    items: Vec<T>,
    work: impl Fn(T) -> Result<R, Error> + Sync,
) -> Result<Vec<R>, Error> {
    use std::sync::Mutex;
    use std::sync::PoisonError;
    use std::sync::atomic::{AtomicBool, Ordering};

    const THREADS: usize = 2;

    let queue = Mutex::new(items.into_iter().enumerate());
    let results = Mutex::new(Vec::new());
    let failed = AtomicBool::new(false);

    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let _ = scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((place, item)) = next else { return };

                    let result = work(item);
                    failed.fetch_or(result.is_err(), Ordering::Relaxed);
                    results
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((place, result));
                }
            });
        }
    });

    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}
