//! What the firmware finds: the boot loader, the kernels, one entry for each state that can be booted, and which of them starts next.
//!
//! ```text
//! Machine (ESP, XBOOTLDR, firmware variables, root) + [Tree] -> sync -> Report
//!                                                            -> status, set_next, set_once, bless, outcome
//! ```
//!
//! [`Machine::sync`] writes; it calls nothing a success that it has not read back and followed the way the firmware and systemd-boot do.
//! Nothing here knows packages, disks' layouts, or D-Bus: a caller says which states there are.

mod cmdline;
mod efi;
mod entry;
mod error;
mod find;
mod firmware;
mod follow;
mod gpt;
mod machine;
mod menu;
mod next;
mod order;
mod pe;
mod policy;
mod record;
mod root;
mod sign;
mod status;
mod sync;
mod tool;
mod tree;
mod unified;
mod volume;

pub use efi::{EfiVariables, SecureBoot};
pub use error::{Error, Fault, Freeable};
pub use firmware::{Firmware, firmware};
pub use machine::{Architecture, Booted, EspPartition, Machine, When};
pub use moult_tool::ToolError;
pub use policy::Policy;
pub use root::RootSource;
pub use status::{
    EntryStatus, Failed, Health, Next, Outcome, Report, SecureStep, Signature, Status, Warning, Why, Written,
};
pub use tree::{Kernel, Tree};
pub use volume::{Fat, Item, Medium, Mounted, Space, Volume};
