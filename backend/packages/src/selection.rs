//! The packages of a state to be: what the resolver hands to the installer.

use std::time::Duration;

use url::Url;

/// One chosen package, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Its name.
    pub name: String,
    /// Its version, for people.
    pub version: String,
    /// Its source release.
    pub source_release: u64,
    /// Its build release.
    pub build_release: u64,
    /// Its architecture.
    pub architecture: String,
    /// One line for people.
    pub summary: String,
    /// The repository it comes from.
    pub repository: String,
    /// Its file.
    pub url: Url,
    /// SHA-256 of its file, lower-case hexadecimal; also its identity.
    pub hash: String,
    /// Bytes of its file.
    pub size: u64,
    /// Asked for, not only needed by another.
    pub explicit: bool,
}

impl Selected {
    /// Source and build release as the database has them.
    pub(crate) fn release(&self) -> (i64, i64) {
        let signed = |number| i64::try_from(number).unwrap_or(i64::MAX);
        (signed(self.source_release), signed(self.build_release))
    }
}

/// All packages of a state to be, sorted by name; no name is there twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The packages.
    pub packages: Vec<Selected>,
    /// How long resolving took.
    pub took: Duration,
}

impl Selection {
    /// Bytes of all package files. What is unpacked already is not fetched again, so it may be less.
    pub fn download_bytes(&self) -> u64 {
        self.packages
            .iter()
            .fold(0, |sum, package| sum.saturating_add(package.size))
    }

    /// The packages that were asked for.
    pub fn explicit(&self) -> impl Iterator<Item = &Selected> {
        self.packages.iter().filter(|package| package.explicit)
    }
}
