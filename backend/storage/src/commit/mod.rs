//! Writes a plan: looks at the disk again, refuses any difference, claims it, and then does the plan's steps and nothing else.

mod claim;
mod difference;
mod nodes;
mod steps;

use std::io;

use serde::{Deserialize, Serialize};

use crate::check::check;
use crate::digest::Digest;
use crate::error::{DiskState, Error};
use crate::graph::{Disk, Refusal};
use crate::mount::Prepared;
use crate::plan::{Action, Filesystem, Plan};
use crate::probe::{ProbeOptions, mountable, probe, read_content};
use crate::tool;

pub use difference::{Difference, differences};

/// Follows a commit. Called on the thread that commits.
pub trait Watch {
    /// Step `index` of `total` (from 0) begins.
    fn step(&self, index: usize, total: usize, action: &Action) {
        let _ = (index, total, action);
    }

    /// Asked before every step. True ends the commit with [`Error::Cancelled`], whose state says what is left.
    fn cancelled(&self) -> bool {
        false
    }

    /// A line for the details.
    fn log(&self, line: &str) {
        let _ = line;
    }

    /// Must be durable when it returns: a killed process finds out here how far it came.
    ///
    /// # Errors
    /// When it cannot be made durable. The step is then not begun.
    fn journal(&self, mark: Mark, index: usize, action: &Action) -> io::Result<()> {
        let _ = (mark, index, action);
        Ok(())
    }
}

/// A journal's two words about a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// It will begin now.
    Intent,
    /// It is done, and on the disk.
    Done,
}

/// A [`Watch`] that neither looks nor cancels.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Watch for Silent {}

/// Writes the plan to its disk. `digest` is what the person approved.
///
/// Nothing is written unless the digest is the plan's, every tool is there, the plan passes [`check()`] against a fresh probe, and the
/// disk is exactly as it was when the plan was made. At the end everything is synced and read back.
///
/// # Errors
/// Each says by [`Error::disk_state`] whether the disk is untouched or erased.
pub fn commit(plan: &Plan, digest: &Digest, options: &ProbeOptions, watch: &dyn Watch) -> Result<Prepared, Error> {
    if digest.is_void() || plan.digest() != *digest {
        return Err(Error::NotApproved);
    }
    ready(plan, options)?;

    let disk = unchanged(plan, options)?;
    let title = title(&disk);
    let claim = claim::Claim::take(&disk, options)?;

    // Once more, now that nobody else can write: what was compared is what will be overwritten.
    let content =
        read_content(claim.node(), disk.size, disk.sector_size, options).map_err(|reason| Error::Refused {
            disk: title.clone(),
            refusal: Refusal::Unreadable { reason },
        })?;
    let now = Disk {
        table: content.table,
        signature: content.signature,
        ..disk.clone()
    };
    same(plan, &now)?;

    watch.log(&format!("{title} is unchanged and claimed"));
    let mut run = steps::Run::new(plan, &disk, claim, options, watch);
    let mut state = DiskState::Untouched;

    for (index, step) in plan.steps.iter().enumerate() {
        if watch.cancelled() {
            return Err(Error::Cancelled { state });
        }

        watch
            .journal(Mark::Intent, index, &step.action)
            .map_err(|source| Error::Journal { source, state })?;
        watch.step(index, plan.steps.len(), &step.action);
        state = DiskState::Erased;
        run.step(step)?;
        watch
            .journal(Mark::Done, index, &step.action)
            .map_err(|source| Error::Journal { source, state })?;
    }

    run.read_back()
}

/// The disk's name for errors.
fn title(disk: &Disk) -> String {
    format!("{} ({})", disk.model, disk.kernel_name)
}

/// Everything that the steps will need is there: found out before the first byte is written.
fn ready(plan: &Plan, options: &ProbeOptions) -> Result<(), Error> {
    let make_root = match plan.filesystem {
        Filesystem::Ext4 => tool::MKFS_EXT4,
        Filesystem::Xfs => tool::MKFS_XFS,
        Filesystem::Btrfs => tool::MKFS_BTRFS,
    };

    for tool in [tool::SFDISK, tool::BLKID, tool::MKFS_VFAT, make_root] {
        options.toolbox().find(tool).map_err(Error::MissingTool)?;
    }

    if mountable(plan.filesystem.name(), options) {
        Ok(())
    } else {
        Err(Error::Filesystem(plan.filesystem))
    }
}

/// The disk as it is now, if it is as it was.
fn unchanged(plan: &Plan, options: &ProbeOptions) -> Result<Disk, Error> {
    let graph = probe(options)?;

    let Some(now) = graph.disk(&plan.disk.id) else {
        // Another disk at its place tells more than "it is gone".
        let there = graph
            .disks
            .iter()
            .find(|disk| disk.kernel_name == plan.disk.kernel_name);
        let differences = there
            .map(|disk| differences(&plan.disk, disk))
            .filter(|found| !found.is_empty());
        return Err(Error::Changed {
            disk: title(&plan.disk),
            differences: differences.unwrap_or_else(|| vec![Difference::Gone]),
        });
    };

    let refused = |refusal: &Refusal| Error::Refused {
        disk: title(now),
        refusal: refusal.clone(),
    };
    // Of what could not be read, nothing can be compared; the other reasons are told best by what has changed.
    if let Some(refusal @ (Refusal::LiveMedium | Refusal::InUse(_) | Refusal::Unreadable { .. })) = &now.refusal {
        return Err(refused(refusal));
    }
    same(plan, now)?;
    if let Some(refusal) = &now.refusal {
        return Err(refused(refusal));
    }

    // The checker compares whole disks; that the disk is at another port now is not a difference.
    let mut moved = graph.clone();
    moved.disks.retain(|disk| disk.id == plan.disk.id);
    moved
        .disks
        .iter_mut()
        .for_each(|disk| disk.kernel_name.clone_from(&plan.disk.kernel_name));
    check(plan, &moved)?;

    Ok(now.clone())
}

fn same(plan: &Plan, now: &Disk) -> Result<(), Error> {
    let differences = differences(&plan.disk, now);

    if differences.is_empty() {
        Ok(())
    } else {
        Err(Error::Changed {
            disk: title(now),
            differences,
        })
    }
}
