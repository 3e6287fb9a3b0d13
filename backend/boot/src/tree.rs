//! What a state brings for its boot: kernels and the loader.

use std::path::PathBuf;

/// A state, as the caller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Its number.
    pub state: u64,
    /// It is the one that `/usr` is.
    pub active: bool,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// What people call it; may be empty.
    pub title: String,
    /// Its `/usr`.
    pub usr: PathBuf,
}

/// A kernel of a tree: `usr/lib/kernel/<version>/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kernel {
    /// Its version: `version` of `boot.json`, else the directory's name.
    pub version: String,
    /// The directory's name.
    pub directory: String,
    /// What it is ("desktop"), from `boot.json`.
    pub variant: Option<String>,
    /// `vmlinuz`.
    pub image: PathBuf,
    /// `*.initrd`, by name.
    pub initrds: Vec<PathBuf>,
    /// `*.cmdline`, by name.
    pub cmdlines: Vec<PathBuf>,
}
