//! Disks, requests and proposals: what the installer's screens show and what a person approves.

use serde::{Deserialize, Serialize};
use zbus::Type;

use crate::Failure;

/// How a disk is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Bus {
    /// NVM Express.
    Nvme,
    /// SATA or IDE.
    Ata,
    /// USB.
    Usb,
    /// SCSI or SAS.
    Scsi,
    /// SD card or eMMC.
    Mmc,
    /// A virtual machine's disk.
    Virtio,
    /// A file shown as a disk.
    Loop,
    /// Anything else.
    Other,
}

/// Why a disk cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It can be chosen.
    None,
    /// The running system was started from it.
    LiveMedium,
    /// Something on it is mounted or used as swap; [`Disk::refusal_detail`] says where.
    InUse,
    /// It is too small; [`Disk::refusal_detail`] holds the bytes needed.
    TooSmall,
    /// It cannot be written.
    ReadOnly,
    /// It could not be read; [`Disk::refusal_detail`] says why.
    Unreadable,
}

/// A disk's identity card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Disk {
    /// Minted by the backend; the only way to name a disk in a request.
    pub id: String,
    /// Model for display ("Samsung SSD 980"); never empty.
    pub model: String,
    /// Serial number; empty = the disk has none.
    pub serial: String,
    /// Kernel name ("nvme0n1"), for display only.
    pub kernel_name: String,
    /// Bytes.
    pub size: u64,
    /// How it is attached.
    pub bus: Bus,
    /// It can be pulled out.
    pub removable: bool,
    /// What is on it, in the order of the disk, free space included.
    pub segments: Vec<Segment>,
    /// Why it cannot be chosen.
    pub refusal: Refusal,
    /// A word for the refusal's text (a mount point, bytes needed); may be empty.
    pub refusal_detail: String,
}

/// What a part of a disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum SegmentKind {
    /// Belongs to no partition.
    Free,
    /// An EFI system partition.
    Esp,
    /// Holds an operating system.
    System,
    /// Holds a file system with data.
    Data,
    /// Swap.
    Swap,
    /// Encrypted; what is inside is not known.
    Encrypted,
    /// A partition whose content is not known.
    Unknown,
    /// Will be made by this install.
    New,
}

/// A contiguous part of a disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Segment {
    /// What it is.
    pub kind: SegmentKind,
    /// First byte.
    pub start: u64,
    /// Bytes.
    pub size: u64,
    /// File system ("ext4", "ntfs", "vfat"); empty = none known.
    pub filesystem: String,
    /// The system's name ("Debian GNU/Linux 12") or the partition's label; may be empty.
    pub name: String,
}

/// File system for the new root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Filesystem {
    /// ext4.
    Ext4,
    /// XFS.
    Xfs,
    /// Btrfs with subvolumes `@` and `@home`.
    Btrfs,
}

/// A keyboard layout in the terms of xkeyboard-config.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct KeyboardChoice {
    /// Layout ("de").
    pub layout: String,
    /// Variant ("nodeadkeys"); empty = the layout's plain form.
    pub variant: String,
}

/// The first account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Account {
    /// The person's name; may be empty.
    pub full_name: String,
    /// Login name.
    pub user_name: String,
    /// May administer the system (member of the `sudo`/`wheel` group).
    pub administrator: bool,
}

/// Everything that a person decided, but for the password, which crosses as a file descriptor at commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct InstallRequest {
    /// A [`Disk::id`].
    pub disk: String,
    /// File system of the root.
    pub filesystem: Filesystem,
    /// Host name of the new system.
    pub hostname: String,
    /// Locale ("de_DE.UTF-8").
    pub locale: String,
    /// Time zone ("Europe/Berlin").
    pub timezone: String,
    /// Keyboard layout of console and desktop.
    pub keyboard: KeyboardChoice,
    /// First account.
    pub account: Account,
}

/// What this backend can install.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Offer {
    /// Name of the system ("Moult sample system").
    pub system: String,
    /// Smallest disk in bytes.
    pub minimum_disk: u64,
    /// File systems that can be made here; the first is the default.
    pub filesystems: Vec<Filesystem>,
    /// Why nothing can be installed on this machine, whichever disk is chosen; [`crate::FailureCode::None`] if it can.
    pub refusal: Failure,
    /// This system runs from a medium that [`crate::InstallerProxy::check_medium`] can check.
    pub medium: bool,
}

/// What one step of the plan does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Remove every old signature and partition table.
    Wipe,
    /// Write a new GPT.
    Table,
    /// Make the EFI system partition's file system.
    Esp,
    /// Make the root file system.
    Root,
    /// Put the packages there.
    Packages,
    /// Account, keyboard, network.
    Configure,
    /// The boot menu.
    Boot,
}

/// One step of a plan, in the order in which it happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// First byte that it may write on the disk.
    pub start: u64,
    /// Bytes from there that it may write.
    pub size: u64,
    /// What was on the disk cannot be brought back once this step has begun.
    pub irreversible: bool,
}

/// What will happen, for the person to approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Proposal {
    /// Seals the request, the plan and the disk's identity (BLAKE3, 64 hex digits). Commit takes only this.
    pub digest: String,
    /// The disk as it is now.
    pub disk: Disk,
    /// The disk as it will be.
    pub after: Vec<Segment>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Bytes of files and systems that will be lost (used space as far as it is known, else partition sizes).
    pub lost: u64,
    /// Packages to be installed.
    pub packages: u64,
    /// Bytes to download.
    pub download: u64,
    /// The packages bring a kernel and a boot loader: a computer can be started from the disk.
    pub boots: bool,
}
