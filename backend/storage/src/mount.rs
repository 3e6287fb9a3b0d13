//! The new file systems, mounted for the install and named for the installed system.

use std::fmt::Write;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountFlags, UnmountFlags, fsconfig_create, fsconfig_set_string, fsmount,
    fsopen, mount, unmount,
};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::plan::Filesystem;

/// A disk that was committed: its partitions and how they are named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// File system of the root.
    pub filesystem: Filesystem,
    /// EFI system partition.
    pub esp: EspPartition,
    /// Root partition.
    pub root: RootPartition,
    /// The running kernel can mount the EFI system partition.
    pub esp_mountable: bool,
}

/// The EFI system partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EspPartition {
    /// Its node in the running system.
    pub node: PathBuf,
    /// UUID of the file system ("1A2B-3C4D").
    pub uuid: String,
    /// UUID of the partition.
    pub partuuid: String,
}

/// The root partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootPartition {
    /// Its node in the running system.
    pub node: PathBuf,
    /// UUID of the file system.
    pub uuid: String,
    /// UUID of the partition.
    pub partuuid: String,
}

impl Prepared {
    /// Mounts the root at `at` (made if missing), with Btrfs also `home`, and the EFI system partition at `efi` if the kernel has vfat.
    ///
    /// # Errors
    /// When a mount fails; what was mounted before it is unmounted again.
    pub fn mount(&self, at: &Path) -> Result<Mounted, Error> {
        let mut mounted = Mounted {
            points: Vec::new(),
            esp: None,
        };
        let kind = self.filesystem.name();
        let subvolume = |name: &'static str| if self.filesystem == Filesystem::Btrfs { name } else { "" };

        mounted.add(&self.root.node, at, kind, subvolume("subvol=@"), MountFlags::empty())?;
        if self.filesystem == Filesystem::Btrfs {
            mounted.add(
                &self.root.node,
                &at.join("home"),
                kind,
                "subvol=@home",
                MountFlags::empty(),
            )?;
        }

        if self.esp_mountable {
            let efi = at.join("efi");
            let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
            mounted.add(&self.esp.node, &efi, "vfat", "umask=0077", flags)?;
            mounted.esp = Some(efi);
        } else {
            tracing::warn!(node = %self.esp.node.display(), "this kernel has no vfat: the EFI system partition is not mounted");
        }

        Ok(mounted)
    }

    /// The installed system's fstab, by UUIDs of file systems.
    pub fn fstab(&self) -> String {
        let root = &self.root.uuid;
        let mut text = String::from("# file system, mount point, type, options, dump, order of check\n");
        // XFS and Btrfs need no check at boot; ext4's comes first.
        let (options, order) = match self.filesystem {
            Filesystem::Ext4 => ("defaults", 1),
            Filesystem::Xfs => ("defaults", 0),
            Filesystem::Btrfs => ("subvol=@", 0),
        };

        let mut line = |what: &str, at: &str, kind: &str, options: &str, order: u8| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "UUID={what} {at} {kind} {options} 0 {order}");
        };
        line(root, "/", self.filesystem.name(), options, order);
        if self.filesystem == Filesystem::Btrfs {
            line(root, "/home", "btrfs", "subvol=@home", 0);
        }
        // Only root may read the boot loader's random seed; a machine whose ESP is broken must still come up to be mended.
        line(
            &self.esp.uuid,
            "/efi",
            "vfat",
            "umask=0077,nosuid,nodev,noexec,nofail",
            2,
        );

        text
    }
}

/// New file systems where they are mounted. Unmounted in reverse order, on drop too.
#[derive(Debug)]
pub struct Mounted {
    points: Vec<PathBuf>,
    esp: Option<PathBuf>,
}

impl Mounted {
    /// Where the root is mounted.
    pub fn root(&self) -> &Path {
        self.points.first().map(PathBuf::as_path).unwrap_or(Path::new(""))
    }

    /// Where the EFI system partition is mounted; `None` = the kernel cannot.
    pub fn esp(&self) -> Option<&Path> {
        self.esp.as_deref()
    }

    /// Writes everything back and unmounts.
    ///
    /// # Errors
    /// When one is busy for longer than a few seconds. Never pretends: a lazy unmount would let "safe to restart" be a lie.
    pub fn unmount(mut self) -> Result<(), Error> {
        while let Some(at) = self.points.last() {
            release(at).map_err(|source| Error::Unmount { at: at.clone(), source })?;
            self.points.pop();
        }

        Ok(())
    }

    fn add(&mut self, node: &Path, at: &Path, kind: &str, options: &str, flags: MountFlags) -> Result<(), Error> {
        let failed = |source| Error::Mount {
            what: node.to_owned(),
            at: at.to_owned(),
            source,
        };

        fs::create_dir_all(at).map_err(failed)?;
        let options = std::ffi::CString::new(options).map_err(|error| failed(error.into()))?;
        let options = (!options.is_empty()).then_some(options.as_c_str());
        // A program that just looks at the new partitions may hold one for a moment.
        while_busy(|| mount(node, at, kind, flags, options)).map_err(failed)?;
        self.points.push(at.to_owned());
        Ok(())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        while let Some(at) = self.points.pop() {
            if let Err(error) = release(&at) {
                tracing::warn!(at = %at.display(), %error, "still busy: detached");
                let _nothing_left_to_try = unmount(&at, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW);
            }
        }
    }
}

fn release(at: &Path) -> io::Result<()> {
    while_busy(|| unmount(at, UnmountFlags::NOFOLLOW))
}

/// Somebody who is just leaving gets two seconds.
fn while_busy(mut attempt: impl FnMut() -> rustix::io::Result<()>) -> io::Result<()> {
    for _ in 0..40 {
        match attempt() {
            Err(Errno::BUSY) => thread::sleep(Duration::from_millis(50)),
            result => return result.map_err(io::Error::from),
        }
    }

    Err(Errno::BUSY.into())
}

/// A mount without a place in the tree, as an open directory.
pub(crate) fn detached(node: &Path, kind: &str, options: &[(&str, &str)]) -> io::Result<OwnedFd> {
    let context = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC)?;

    fsconfig_set_string(&context, "source", node)?;
    for (name, value) in options {
        fsconfig_set_string(&context, *name, *value)?;
    }
    fsconfig_create(&context)?;
    let place = fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::empty())?;

    Ok(openat(
        &place,
        ".",
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?)
}
