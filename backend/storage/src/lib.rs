//! Disks: look at them, propose what to write, and write exactly that.
//!
//! ```text
//! probe -> DeviceGraph -> propose -> Plan (sealed by its Digest) -> commit -> Prepared -> mount -> Mounted
//! ```
//!
//! [`probe`] reads and never writes. [`propose`] is a pure function. [`check`] proves, with code of its own, that a plan stays
//! where it may be. [`commit`] looks at the disk again, refuses any difference, and only then writes.

mod check;
mod commit;
mod digest;
mod error;
mod graph;
#[cfg(feature = "loop-disk")]
pub mod loop_disk;
mod mount;
mod plan;
mod probe;
mod propose;
mod segment;
mod sys;
mod tool;

pub use check::{Violation, check};
pub use commit::{Difference, Mark, Silent, Watch, commit, differences};
pub use digest::{Digest, NotADigest};
pub use error::{DiskState, Error};
pub use graph::{
    Bus, DeviceGraph, Disk, DiskId, Partition, Refusal, Signature, Table, TableKind, Use, esp_type, root_type,
};
pub use moult_tool::{SYSTEM_DIRECTORIES, ToolError};
pub use mount::{EspPartition, Mounted, Prepared, RootPartition};
pub use plan::{Action, ByteRange, Filesystem, NewPartition, NewTable, Plan, Request, Role, Step};
pub use probe::{ProbeOptions, filesystems, probe};
pub use propose::{ProposeError, propose, smallest_disk};
pub use segment::{Segment, SegmentKind};
