//! The programs that this crate runs. Nothing else is ever run.

use std::ffi::{OsStr, OsString};

use moult_tool::Tool;

/// Reads and writes partition tables.
pub(crate) const SFDISK: Tool = Tool::new("sfdisk", "fdisk");
/// Reads superblocks.
pub(crate) const BLKID: Tool = Tool::new("blkid", "util-linux");
/// Makes the EFI system partition's file system.
pub(crate) const MKFS_VFAT: Tool = Tool::new("mkfs.vfat", "dosfstools");
/// Makes ext4.
pub(crate) const MKFS_EXT4: Tool = Tool::new("mkfs.ext4", "e2fsprogs");
/// Makes XFS.
pub(crate) const MKFS_XFS: Tool = Tool::new("mkfs.xfs", "xfsprogs");
/// Makes Btrfs.
pub(crate) const MKFS_BTRFS: Tool = Tool::new("mkfs.btrfs", "btrfs-progs");

/// Arguments from words and paths.
pub(crate) fn arguments<const N: usize>(words: [&OsStr; N]) -> Vec<OsString> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
