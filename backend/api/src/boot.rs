//! How the machine starts: firmware, boot loader, the menu's entries, and how it came to the state that runs.
//!
//! What a backend may not see is said as unknown, never guessed: the EFI system partition is root's alone, so a reader
//! knows the firmware's variables and the record of this start, but not the menu.

use serde::{Deserialize, Serialize};
use zbus::Type;

/// What starts the machine before any boot loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Firmware {
    /// UEFI.
    Uefi,
    /// BIOS, or UEFI that plays one; or none at all, as in a container.
    Other,
}

/// Whether the firmware starts only what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum SecureBoot {
    /// Only what is signed with a key that it knows.
    On,
    /// Anything.
    Off,
    /// Anything, and it takes new keys.
    Setup,
    /// It does not say.
    Unknown,
}

/// What a person can do next so that the firmware checks what starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum SecureStep {
    /// Nothing: all is signed and checked, nobody asked for it, or it is not known.
    #[default]
    Nothing,
    /// Secure Boot is on, and there is no key to sign with.
    AddKey,
    /// What starts next is not signed with the key that is there: the menu has to be written anew.
    Sync,
    /// Of what starts next only the kernel is signed, for want of systemd's stub.
    AddStub,
    /// All is signed, and the firmware does not look.
    Enrol,
}

/// What the signature of an entry covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum BootSignature {
    /// There is none.
    #[default]
    None,
    /// The kernel; not its initrds and its command line.
    Kernel,
    /// Kernel, initrds and command line.
    Whole,
}

/// What this backend knows of the boot menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum BootMenu {
    /// It was read.
    Read,
    /// It is not for this backend's eyes, and this is what root last saw of it since the start.
    Noted,
    /// It is not for this backend's eyes: [`BootStatus::entries`] and [`BootStatus::esp`] say nothing.
    Hidden,
    /// There is none: no EFI system partition is mounted.
    Missing,
}

/// What is known of a state's starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum BootVerdict {
    /// It started and was found good, or its starts are not counted.
    Good,
    /// Every try failed: the boot loader takes it last.
    Bad,
    /// It has tries left, and none of its starts has been found good yet.
    Untried,
}

/// For how long a choice holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum BootSpan {
    /// For the next start alone.
    Once,
    /// From now on.
    Always,
}

/// Why a state starts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum NextBy {
    /// It is the first of the menu.
    Order,
    /// Somebody chose it for one start alone.
    Once,
    /// Somebody chose it for good.
    Chosen,
}

/// How the machine came to the state that runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum BootedBy {
    /// Nobody wrote it down.
    #[default]
    Unknown,
    /// The state that was active was started.
    Usual,
    /// Another state than the active one was chosen in the menu, for this time.
    Choice,
    /// A newer state did not start: the machine went back by itself.
    Fallback,
    /// The state that was asked for could not be activated: the one before was kept.
    Kept,
}

/// What the early part of this start wrote down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BootedReport {
    /// How it came to the state that runs.
    pub by: BootedBy,
    /// The state that was started; 0 = unknown.
    pub state: u64,
    /// The state that the menu's entry asked for; 0 = none or unknown.
    pub asked: u64,
    /// The state that was active before this start; 0 = unknown.
    pub before: u64,
    /// The state that did not start; 0 = none.
    pub failed: u64,
    /// Why, in the words of who noticed it; empty = there is nothing to say.
    pub reason: String,
}

/// One entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BootEntry {
    /// Name of the entry, as the boot loader knows it, without its counter.
    pub id: String,
    /// The state that it starts; 0 = it is none of Moult's.
    pub state: u64,
    /// Version of its kernel; empty = unknown.
    pub kernel: String,
    /// What the menu shows.
    pub title: String,
    /// Tries that it still has; -1 = they are not counted.
    pub tries_left: i64,
    /// Tries that failed so far; -1 = they are not counted.
    pub tries_done: i64,
    /// What is known of its starts.
    pub verdict: BootVerdict,
    /// It is started next unless a person chooses another one.
    pub next: bool,
    /// What its signature covers.
    pub signature: BootSignature,
}

/// The EFI system partition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EspReport {
    /// Where it is mounted; empty = unknown.
    pub path: String,
    /// Bytes; 0 = unknown.
    pub size: u64,
    /// Bytes that are free.
    pub free: u64,
}

/// How this machine starts, as far as the backend that answers may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BootStatus {
    /// The firmware.
    pub firmware: Firmware,
    /// Whether it wants signatures.
    pub secure_boot: SecureBoot,
    /// What can be done about it.
    pub secure_step: SecureStep,
    /// What is known of the menu.
    pub menu: BootMenu,
    /// Name of the boot loader ("systemd-boot"); empty = unknown.
    pub loader: String,
    /// Its version; empty = unknown.
    pub loader_version: String,
    /// The entries, in the order of the menu.
    pub entries: Vec<BootEntry>,
    /// The EFI system partition.
    pub esp: EspReport,
    /// The state that starts next; 0 = unknown.
    pub next: u64,
    /// Why that one.
    pub next_by: NextBy,
    /// How the machine came to the state that runs.
    pub booted: BootedReport,
    /// What a person should know: what cannot be read, what would not start. Each is a sentence.
    pub warnings: Vec<String>,
}
