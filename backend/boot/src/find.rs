//! The running machine: where its ESP is.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, UnmountFlags, fsconfig_create, fsconfig_set_string,
    fsmount, fsopen, move_mount, unmount,
};

use crate::efi::EfiVariables;
use crate::error::Error;
use crate::firmware::{Firmware, firmware_below};
use crate::gpt::{self, Kind, Partition};
use crate::machine::{Architecture, Booted, EspPartition, Machine};
use crate::root::{self, RootSource};
use crate::volume::{Fat, Item, Mounted, Space, Volume};

/// Where an ESP or XBOOTLDR is mounted on systems of all kinds.
const MOUNT_POINTS: [&str; 3] = ["efi", "boot", "boot/efi"];

/// See [`Machine::of_running`].
pub(crate) fn running(root: &Path) -> Result<Machine, Error> {
    if firmware_below(root) == Firmware::Bios {
        return Err(Error::Bios);
    }

    let variables = EfiVariables::of_running();
    let source = RootSource::of_mounted(root)?;
    let mounts = root::mounts()?;
    let disks = gpt::disks()?;
    let started_by = match &variables {
        Some(variables) => variables.loader_text("LoaderDevicePartUUID")?,
        None => None,
    };
    let root_disks = root::disks_of(root, &mounts);
    let esp = esp(root, started_by.as_deref(), &mounts, &disks, &root_disks)?;
    let xbootldr = disks
        .iter()
        .find(|partition| partition.kind == Kind::Xbootldr && partition.disk == esp.disk)
        .filter(|partition| partition.node != esp.node);

    let mut machine = Machine::new(open(&esp.node, &mounts)?, source, root.join("etc"));
    machine.xbootldr = match xbootldr {
        Some(partition) => Some(open(&partition.node, &mounts)?),
        None => None,
    };
    machine.variables = variables;
    machine.esp_partition = Some(EspPartition {
        number: esp.number,
        start: esp.start,
        blocks: esp.blocks,
        uuid: esp.uuid.clone(),
    });
    machine.booted = booted(Path::new("/proc"));
    machine.architecture = Architecture::of_running();
    Ok(machine)
}

/// What the kernel says that it was started with.
pub(crate) fn booted(proc: &Path) -> Booted {
    let cmdline = fs::read_to_string(proc.join("cmdline")).unwrap_or_default();
    Booted {
        // The kernel's own rule for words that come twice: the last counts.
        state: cmdline
            .split_ascii_whitespace()
            .filter_map(|word| word.strip_prefix("moult.state="))
            .next_back()
            .and_then(|state| state.parse().ok()),
        release: fs::read_to_string(proc.join("sys/kernel/osrelease"))
            .ok()
            .map(|release| release.trim().to_owned()),
    }
}

fn esp<'a>(
    root: &Path,
    started_by: Option<&str>,
    mounts: &[root::Mount],
    disks: &'a [Partition],
    root_disks: &[PathBuf],
) -> Result<&'a Partition, Error> {
    if let Some(uuid) = started_by.map(str::to_lowercase)
        && let Some(partition) = disks.iter().find(|partition| partition.uuid == uuid)
    {
        return Ok(partition);
    }

    for point in MOUNT_POINTS {
        let at = root.join(point);
        let mounted = mounts
            .iter()
            .rev()
            .find(|mount| mount.at == at && mount.filesystem == "vfat");
        let partition = mounted.and_then(|mount| disks.iter().find(|partition| partition.node == mount.source));
        if let Some(partition) = partition.filter(|partition| partition.kind == Kind::Esp) {
            return Ok(partition);
        }
    }

    let of_root: Vec<&Partition> = disks
        .iter()
        .filter(|partition| partition.kind == Kind::Esp && root_disks.contains(&partition.disk))
        .collect();
    match of_root.as_slice() {
        [partition] => Ok(partition),
        [] => Err(Error::NoEsp {
            looked: "none is on the disk of the root file system, mounted at /efi, /boot or /boot/efi, or named by the firmware"
                .to_owned(),
        }),
        several => {
            let nodes: Vec<String> = several.iter().map(|partition| partition.node.display().to_string()).collect();
            Err(Error::NoEsp {
                looked: format!("it could be any of {}", nodes.join(", ")),
            })
        }
    }
}

/// A partition where it is mounted for writing, else mounted privately, else by our own reading and writing.
fn open(node: &Path, mounts: &[root::Mount]) -> Result<Arc<dyn Volume>, Error> {
    let mounted = mounts
        .iter()
        .rev()
        .find(|mount| mount.source == node && mount.filesystem == "vfat" && mount.writable);
    if let Some(mount) = mounted {
        return Ok(Arc::new(Mounted::new(&mount.at)));
    }

    let has_vfat = fs::read_to_string("/proc/filesystems")
        .unwrap_or_default()
        .lines()
        .any(|line| line.trim() == "vfat");
    // The module may not be loaded yet; asking for the mount loads it.
    match Private::mount(node) {
        Ok(private) => Ok(Arc::new(private)),
        Err(source) if has_vfat => Err(Error::Read {
            path: node.to_owned(),
            source,
        }),
        Err(error) => {
            tracing::debug!(%error, node = %node.display(), "this kernel has no vfat");
            let fat = Fat::open(node, 0).map_err(|source| Error::Read {
                path: node.to_owned(),
                source,
            })?;
            Ok(Arc::new(fat))
        }
    }
}

/// A FAT that is mounted as long as this lives, in a directory that only root can look into.
#[derive(Debug)]
struct Private {
    node: PathBuf,
    volume: Mounted,
    at: tempfile::TempDir,
}

impl Private {
    fn mount(node: &Path) -> std::io::Result<Self> {
        let at = tempfile::Builder::new().prefix("moult-esp-").tempdir_in("/run")?;
        let context = fsopen("vfat", FsOpenFlags::FSOPEN_CLOEXEC)?;
        fsconfig_set_string(&context, "source", node.as_os_str().as_encoded_bytes())?;
        fsconfig_set_string(&context, "umask", "0077")?;
        fsconfig_create(&context)?;
        let attributes =
            MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV | MountAttrFlags::MOUNT_ATTR_NOEXEC;
        let mount = fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?;
        move_mount(
            &mount,
            "",
            rustix::fs::CWD,
            at.path(),
            MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH,
        )?;
        Ok(Self {
            node: node.to_owned(),
            volume: Mounted::new(at.path()),
            at,
        })
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // Everything was synced when it was written; a mount that is left behind is harmless, and said.
        if let Err(error) = unmount(self.at.path(), UnmountFlags::empty()) {
            tracing::warn!(at = %self.at.path().display(), %error, "not unmounted");
        }
    }
}

impl Volume for Private {
    fn name(&self) -> String {
        self.node.display().to_string()
    }

    fn copy_out(&self, path: &str, into: &mut dyn std::io::Write) -> std::io::Result<Option<u64>> {
        self.volume.copy_out(path, into)
    }

    fn list(&self, directory: &str) -> std::io::Result<Vec<Item>> {
        self.volume.list(directory)
    }

    fn write_new(&self, path: &str, from: &mut dyn std::io::Read) -> std::io::Result<u64> {
        self.volume.write_new(path, from)
    }

    fn rename(&self, from: &str, to: &str) -> std::io::Result<()> {
        self.volume.rename(from, to)
    }

    fn remove(&self, path: &str) -> std::io::Result<()> {
        self.volume.remove(path)
    }

    fn space(&self) -> std::io::Result<Space> {
        self.volume.space()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn partition(disk: &str, number: u32, kind: Kind) -> Partition {
        Partition {
            disk: PathBuf::from(format!("/dev/{disk}")),
            node: PathBuf::from(format!("/dev/{disk}{number}")),
            number,
            kind,
            uuid: format!("uuid-{disk}{number}"),
            start: 2048,
            blocks: 100,
        }
    }

    fn mounted(node: &str, at: &str) -> root::Mount {
        root::Mount {
            root: "/".to_owned(),
            at: PathBuf::from(at),
            filesystem: "vfat".to_owned(),
            source: PathBuf::from(node),
            writable: true,
        }
    }

    #[test]
    fn the_esp_is_the_one_that_started_the_machine_or_is_mounted_or_lies_beside_the_root() {
        let disks = [
            partition("sda", 1, Kind::Esp),
            partition("sda", 2, Kind::Other),
            partition("sdb", 1, Kind::Esp),
            partition("sdc", 1, Kind::Esp),
        ];
        let root_disks = [PathBuf::from("/dev/sda")];
        let find = |started_by: Option<&str>, mounts: &[root::Mount], root_disks: &[PathBuf]| {
            esp(Path::new("/"), started_by, mounts, &disks, root_disks).map(|found| found.uuid.clone())
        };

        assert_eq!(
            find(Some("UUID-SDC1"), &[mounted("/dev/sdb1", "/efi")], &root_disks).unwrap(),
            "uuid-sdc1"
        );
        assert_eq!(
            find(Some("gone"), &[mounted("/dev/sdb1", "/boot/efi")], &root_disks).unwrap(),
            "uuid-sdb1"
        );
        assert_eq!(
            find(None, &[mounted("/dev/sda2", "/boot")], &root_disks).unwrap(),
            "uuid-sda1"
        );
        assert!(matches!(find(None, &[], &[]), Err(Error::NoEsp { .. })));
        let both = [PathBuf::from("/dev/sda"), PathBuf::from("/dev/sdb")];
        let error = find(None, &[], &both).unwrap_err().to_string();
        assert!(error.contains("/dev/sda1, /dev/sdb1"), "{error}");
    }

    #[test]
    fn the_booted_state_is_the_last_word_of_the_command_line() {
        let proc = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(proc.path().join("sys/kernel")).unwrap();
        std::fs::write(proc.path().join("sys/kernel/osrelease"), "6.1.0\n").unwrap();
        for (line, state) in [
            ("moult.state=1 quiet moult.state=7\n", Some(7)),
            ("quiet", None),
            ("moult.state=x", None),
        ] {
            std::fs::write(proc.path().join("cmdline"), line).unwrap();
            let booted = booted(proc.path());
            assert_eq!((booted.state, booted.release.as_deref()), (state, Some("6.1.0")));
        }
    }
}
