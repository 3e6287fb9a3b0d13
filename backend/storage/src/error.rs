//! Everything that can go wrong, and what state the disk is in then.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use moult_tool::ToolError;
use serde::{Deserialize, Serialize};

use crate::check::Violation;
use crate::commit::Difference;
use crate::graph::Refusal;
use crate::plan::Filesystem;
/// What a failure left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskState {
    /// Not one byte was written.
    Untouched,
    /// Writing had begun: what was on the disk is lost, and the new content is not complete.
    Erased,
}

impl fmt::Display for DiskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Untouched => "the disk has not been touched",
            Self::Erased => "the disk has been erased",
        })
    }
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system does not say what disks there are.
    #[error("cannot read {}: {source}", path.display())]
    Probe {
        /// What was read.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The digest is not this plan's.
    #[error("this plan is not the one that was approved")]
    NotApproved,
    /// The disk is not as it was when the plan was made.
    #[error("{disk} has changed since the plan was made: {}", in_words(differences))]
    Changed {
        /// Model and kernel name.
        disk: String,
        /// What is different, at least one.
        differences: Vec<Difference>,
    },
    /// The disk cannot be chosen any more.
    #[error("{disk} cannot be used: {refusal}")]
    Refused {
        /// Model and kernel name.
        disk: String,
        /// Why.
        refusal: Refusal,
    },
    /// The plan would write where it may not.
    #[error("the plan is unsound: {0}")]
    Unsound(#[from] Violation),
    /// The running system cannot make or mount this file system.
    #[error("this system cannot mount {0}")]
    Filesystem(Filesystem),
    /// A tool is missing. Found out before anything is written.
    #[error(transparent)]
    MissingTool(ToolError),
    /// The disk could not be claimed for this process alone.
    #[error("{} cannot be claimed: {source}", path.display())]
    Claim {
        /// Its node.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The person cancelled.
    #[error("cancelled; {state}")]
    Cancelled {
        /// What is left.
        state: DiskState,
    },
    /// The journal could not be written, so the action was not begun, or not confirmed.
    #[error("the journal cannot be written: {source}; {state}")]
    Journal {
        /// Why.
        source: io::Error,
        /// What is left.
        state: DiskState,
    },
    /// A tool failed in the middle.
    #[error("{action}: {source}; {state}")]
    Tool {
        /// Name of the action.
        action: &'static str,
        /// The tool's own words.
        source: ToolError,
        /// What is left.
        state: DiskState,
    },
    /// Reading or writing the disk failed in the middle.
    #[error("{action}: {}: {source}; {state}", path.display())]
    Write {
        /// Name of the action.
        action: &'static str,
        /// The device.
        path: PathBuf,
        /// Why.
        source: io::Error,
        /// What is left.
        state: DiskState,
    },
    /// The kernel does not show the new partitions.
    #[error("the kernel does not show partition {partition} of {disk}: {reason}; {state}")]
    NoPartition {
        /// Kernel name of the disk.
        disk: String,
        /// Number of the partition.
        partition: u32,
        /// What was tried.
        reason: String,
        /// What is left.
        state: DiskState,
    },
    /// What was read back is not what was written.
    #[error("{disk} does not hold what was written to it: {}; {state}", in_words(differences))]
    ReadBack {
        /// Model and kernel name.
        disk: String,
        /// What is different, at least one.
        differences: Vec<Difference>,
        /// What is left.
        state: DiskState,
    },
    /// A new file system could not be mounted.
    #[error("cannot mount {} at {}: {source}", what.display(), at.display())]
    Mount {
        /// The partition.
        what: PathBuf,
        /// The mount point.
        at: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A new file system could not be unmounted.
    #[error("cannot unmount {}: {source}", at.display())]
    Unmount {
        /// The mount point.
        at: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl Error {
    /// What the failure left behind on the chosen disk.
    pub const fn disk_state(&self) -> DiskState {
        match self {
            Self::Cancelled { state }
            | Self::Journal { state, .. }
            | Self::Tool { state, .. }
            | Self::Write { state, .. }
            | Self::NoPartition { state, .. }
            | Self::ReadBack { state, .. } => *state,
            // Mounting comes after a finished commit.
            Self::Mount { .. } | Self::Unmount { .. } => DiskState::Erased,
            Self::Probe { .. }
            | Self::NotApproved
            | Self::Changed { .. }
            | Self::Refused { .. }
            | Self::Unsound(_)
            | Self::Filesystem(_)
            | Self::MissingTool(_)
            | Self::Claim { .. } => DiskState::Untouched,
        }
    }

    pub(crate) fn probe(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Probe {
            path: path.to_owned(),
            source,
        }
    }
}

fn in_words(differences: &[Difference]) -> String {
    differences
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
