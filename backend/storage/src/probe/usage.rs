//! Which disks carry the running system, and which are in use: mounts, swap, and devices that stand on others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::graph::{Refusal, Use};
use crate::probe::ProbeOptions;
use crate::probe::sysfs::{BlockDevice, Number};

/// Where live systems mount the medium that they were started from.
const LIVE: [&str; 6] = [
    "/cdrom",
    "/run/live",
    "/run/initramfs",
    "/run/archiso",
    "/lib/live/mount",
    "/usr/lib/live/mount",
];

/// A line of /proc/self/mountinfo.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    number: Number,
    at: PathBuf,
    kind: String,
    source: String,
    options: String,
}

/// Refusals by kernel name of the whole disk.
#[derive(Debug, Default)]
pub(super) struct Usage {
    refusals: BTreeMap<String, Refusal>,
}

impl Usage {
    pub(super) fn of(&self, disk: &str) -> Option<&Refusal> {
        self.refusals.get(disk)
    }

    pub(super) fn read(options: &ProbeOptions, devices: &[BlockDevice]) -> Result<Self, Error> {
        let mountinfo = options.proc.join("self/mountinfo");
        let text = fs::read(&mountinfo).map_err(Error::probe(&mountinfo))?;
        // Missing where the kernel has no swap.
        let swaps = fs::read_to_string(options.proc.join("swaps")).unwrap_or_default();
        let mounts = parse_mounts(&String::from_utf8_lossy(&text));
        let btrfs = btrfs_members(options);

        Ok(Self::judge(
            &Map {
                devices,
                mounts: &mounts,
                btrfs: &btrfs,
            },
            &swaps,
        ))
    }

    fn judge(map: &Map<'_>, swaps: &str) -> Self {
        let mut refusals = BTreeMap::new();

        for disk in map.live_disks() {
            refusals.insert(disk, Refusal::LiveMedium);
        }
        let mut used = |disk: &str, by: Use| {
            refusals.entry(disk.to_owned()).or_insert(Refusal::InUse(by));
        };

        for mount in map.mounts {
            for disk in map.disks_of(mount) {
                used(
                    &disk,
                    Use::Mounted {
                        at: mount.at.display().to_string(),
                    },
                );
            }
        }
        for device in swaps
            .lines()
            .skip(1)
            .filter_map(|line| line.split_whitespace().next())
            .map(unescape_octal)
        {
            if let Some(disk) = map.disk_by_path(&device) {
                used(&disk.name, Use::Swap { device });
            }
        }
        for device in map.devices {
            if let Some(holder) = device.holders.first() {
                used(&device.name, Use::Holder { device: holder.clone() });
            }
        }
        // Mounted somewhere, perhaps in another namespace.
        for member in map.btrfs.iter().flatten() {
            if let Some(disk) = map.disk_by_name(member) {
                used(&disk.name, Use::Claimed);
            }
        }

        Self { refusals }
    }
}

/// Everything that is needed to follow a path down to disks.
struct Map<'a> {
    devices: &'a [BlockDevice],
    mounts: &'a [Mount],
    /// For each mounted btrfs file system the names of its devices.
    btrfs: &'a [Vec<String>],
}

impl Map<'_> {
    fn disk_by_number(&self, number: Number) -> Option<&BlockDevice> {
        self.devices.iter().find(|device| {
            device.number == number || device.partitions.iter().any(|partition| partition.number == number)
        })
    }

    fn disk_by_name(&self, name: &str) -> Option<&BlockDevice> {
        self.devices
            .iter()
            .find(|device| device.name == name || device.partitions.iter().any(|partition| partition.name == name))
    }

    /// By the number of the node, else by its name: the path may be from another namespace.
    fn disk_by_path(&self, path: &str) -> Option<&BlockDevice> {
        let node = fs::metadata(path)
            .ok()
            .filter(|metadata| metadata.file_type().is_block_device());

        match node {
            Some(node) => self.disk_by_number(Number::of(node.rdev())),
            None => self.disk_by_name(path.strip_prefix("/dev/")?),
        }
    }

    /// The disks directly under a mount.
    fn disks_of(&self, mount: &Mount) -> Vec<String> {
        let direct = self.disk_by_number(mount.number).or_else(|| {
            // btrfs has device numbers of its own.
            (mount.number.major == 0)
                .then(|| self.disk_by_path(&mount.source))
                .flatten()
        });
        let Some(direct) = direct else { return Vec::new() };
        let mut names = vec![direct.name.clone()];

        if mount.kind == "btrfs" {
            let ours = |members: &&Vec<String>| {
                members
                    .iter()
                    .any(|member| self.disk_by_name(member).is_some_and(|disk| disk.name == direct.name))
            };
            let all = self
                .btrfs
                .iter()
                .filter(ours)
                .flatten()
                .filter_map(|member| self.disk_by_name(member));
            names.extend(all.map(|disk| disk.name.clone()));
        }

        names
    }

    /// Every disk that the running system stands on: through overlays, loop devices, mappings.
    fn live_disks(&self) -> BTreeSet<String> {
        let mut disks = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut todo: Vec<usize> = (0..self.mounts.len())
            .filter(|index| self.mounts.get(*index).is_some_and(|mount| is_live(&mount.at)))
            .collect();

        while let Some(index) = todo.pop() {
            let Some(mount) = self.mounts.get(index).filter(|_| seen.insert(index)) else {
                continue;
            };

            for path in layers(mount) {
                todo.extend(self.mount_of(&path));
            }
            for disk in self.disks_of(mount) {
                self.follow_device(&disk, &mut disks, &mut todo);
            }
        }

        disks
    }

    fn follow_device(&self, name: &str, disks: &mut BTreeSet<String>, todo: &mut Vec<usize>) {
        if !disks.insert(name.to_owned()) {
            return;
        }
        let Some(device) = self.disk_by_name(name) else { return };

        if let Some(file) = device.text("loop/backing_file") {
            todo.extend(self.mount_of(Path::new(&file)));
        }
        for slave in &device.slaves {
            if let Some(below) = self.disk_by_name(slave) {
                self.follow_device(&below.name, disks, todo);
            }
        }
    }

    /// The mount that holds a path: the longest mount point, of several at one place the latest.
    fn mount_of(&self, path: &Path) -> Option<usize> {
        let holding = self
            .mounts
            .iter()
            .enumerate()
            .filter(|(_, mount)| path.starts_with(&mount.at));
        holding
            .max_by_key(|(index, mount)| (mount.at.components().count(), *index))
            .map(|(index, _)| index)
    }
}

fn is_live(at: &Path) -> bool {
    at == Path::new("/") || LIVE.iter().any(|live| at.starts_with(live))
}

/// The folders that an overlay is made of.
fn layers(mount: &Mount) -> Vec<PathBuf> {
    if mount.kind != "overlay" {
        return Vec::new();
    }

    mount
        .options
        .split(',')
        .filter_map(|option| option.split_once('='))
        .filter(|(name, _)| matches!(*name, "lowerdir" | "lowerdir+" | "datadir+" | "upperdir" | "workdir"))
        .flat_map(|(_, paths)| paths.split(':'))
        .filter(|path| path.starts_with('/'))
        .map(PathBuf::from)
        .collect()
}

fn parse_mounts(text: &str) -> Vec<Mount> {
    text.lines().filter_map(parse_mount).collect()
}

/// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`
fn parse_mount(line: &str) -> Option<Mount> {
    let (place, system) = line.split_once(" - ")?;
    let mut place = place.split(' ').skip(2);
    let number = Number::parse(place.next()?)?;
    let at = PathBuf::from(unescape_octal(place.nth(1)?));
    let mut system = system.split(' ');

    Some(Mount {
        number,
        at,
        kind: system.next()?.to_owned(),
        source: unescape_octal(system.next()?),
        options: unescape_octal(system.next().unwrap_or_default()),
    })
}

/// The kernel writes blanks in paths as `\040`.
fn unescape_octal(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;

    while let Some(&byte) = bytes.get(at) {
        let code = bytes
            .get(at + 1..at + 4)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(code) if byte == b'\\' => {
                plain.push(code);
                at += 4;
            }
            _ => {
                plain.push(byte);
                at += 1;
            }
        }
    }

    String::from_utf8_lossy(&plain).into_owned()
}

fn btrfs_members(options: &ProbeOptions) -> Vec<Vec<String>> {
    let Ok(systems) = fs::read_dir(options.sysfs.join("fs/btrfs")) else {
        return Vec::new();
    };
    let members = |folder: PathBuf| {
        let devices = fs::read_dir(folder.join("devices")).ok()?;
        Some(
            devices
                .filter_map(|device| device.ok()?.file_name().into_string().ok())
                .collect(),
        )
    };

    systems.filter_map(|system| members(system.ok()?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::sysfs::KernelPartition;

    fn device(name: &str, minor: u32) -> BlockDevice {
        let partition = |index: u32| KernelPartition {
            name: format!("{name}{index}"),
            number: Number {
                major: 8,
                minor: minor + index,
            },
            index,
            start: 0,
            size: 0,
        };

        BlockDevice {
            name: name.to_owned(),
            number: Number { major: 8, minor },
            folder: PathBuf::from("/nonexistent"),
            partitions: vec![partition(1), partition(2)],
            holders: Vec::new(),
            slaves: Vec::new(),
        }
    }

    fn judge(devices: &[BlockDevice], btrfs: &[Vec<String>], mountinfo: &str, swaps: &str) -> Usage {
        Usage::judge(
            &Map {
                devices,
                mounts: &parse_mounts(mountinfo),
                btrfs,
            },
            swaps,
        )
    }

    #[test]
    fn a_live_medium_is_found_through_overlay_and_loop_device() {
        // An image on a stick, shown as a loop device, under an overlay, as most live systems do.
        let sys = tempfile::tempdir().unwrap();
        let mut image = device("loop0", 100);
        image.folder = sys.path().to_owned();
        fs::create_dir(sys.path().join("loop")).unwrap();
        fs::write(sys.path().join("loop/backing_file"), "/media/stick/system.squashfs\n").unwrap();
        let devices = [device("sda", 0), device("sdb", 16), image];
        let mounts = "30 1 0:30 / / rw - overlay overlay rw,lowerdir=/image:/other,upperdir=/cow/up,workdir=/cow/work\n\
                      31 30 8:100 / /image ro - squashfs /dev/loop0 ro\n\
                      32 30 8:17 / /media/stick ro - vfat /dev/sdb1 ro\n\
                      33 30 0:31 / /cow rw - tmpfs tmpfs rw\n";

        let usage = judge(&devices, &[], mounts, "");
        assert_eq!(usage.of("sdb"), Some(&Refusal::LiveMedium));
        assert_eq!(usage.of("loop0"), Some(&Refusal::LiveMedium));
        assert_eq!(usage.of("sda"), None);
    }

    #[test]
    fn the_usual_mount_points_of_live_media_count_by_themselves() {
        for at in [
            "/cdrom",
            "/run/live/medium",
            "/run/initramfs/live",
            "/run/archiso/bootmnt",
            "/lib/live/mount/medium",
        ] {
            let usage = judge(
                &[device("sda", 0)],
                &[],
                &format!("30 1 8:1 / {at} ro - iso9660 /dev/sda1 ro\n"),
                "",
            );
            assert_eq!(usage.of("sda"), Some(&Refusal::LiveMedium), "{at}");
        }
    }

    #[test]
    fn a_root_on_a_mapping_marks_the_disks_below() {
        let mut mapping = device("dm-0", 200);
        mapping.slaves = vec!["sdb2".to_owned()];
        let usage = judge(
            &[device("sda", 0), device("sdb", 16), mapping],
            &[],
            "30 1 8:200 / / rw - ext4 /dev/mapper/x rw\n",
            "",
        );

        assert_eq!(usage.of("sdb"), Some(&Refusal::LiveMedium));
        assert_eq!(usage.of("sda"), None);
    }

    #[test]
    fn btrfs_is_found_by_its_source_and_on_all_its_disks() {
        let devices = [
            device("sda", 0),
            device("sdb", 16),
            device("sdc", 32),
            device("sdd", 48),
        ];
        let btrfs = [vec!["sda1".to_owned(), "sdb2".to_owned()], vec!["sdc1".to_owned()]];
        let usage = judge(
            &devices,
            &btrfs,
            "30 1 0:45 /@ /srv/my\\040data rw - btrfs /dev/sda1 rw\n",
            "",
        );

        let mounted = Refusal::InUse(Use::Mounted {
            at: "/srv/my data".to_owned(),
        });
        assert_eq!(usage.of("sda"), Some(&mounted));
        assert_eq!(usage.of("sdb"), Some(&mounted));
        assert_eq!(
            usage.of("sdc"),
            Some(&Refusal::InUse(Use::Claimed)),
            "mounted where we do not see it"
        );
        assert_eq!(usage.of("sdd"), None);
    }

    #[test]
    fn swap_is_found_by_name() {
        let swaps = "Filename\tType\tSize\tUsed\tPriority\n/dev/sdb2 partition 1 0 -2\n/swapfile file 1 0 -3\n";
        let usage = judge(&[device("sda", 0), device("sdb", 16)], &[], "", swaps);

        assert_eq!(
            usage.of("sdb"),
            Some(&Refusal::InUse(Use::Swap {
                device: "/dev/sdb2".to_owned()
            }))
        );
        assert_eq!(usage.of("sda"), None);
    }

    #[test]
    fn broken_lines_are_skipped() {
        assert_eq!(
            parse_mounts("\n30\n30 1 x:y / / rw - ext4 s o\n30 1 8:1 - - -\n").len(),
            0
        );
        assert_eq!(unescape_octal(r"\04"), r"\04");
        assert_eq!(unescape_octal(r"a\040b\011"), "a b\t");
        assert_eq!(unescape_octal(r"\777"), r"\777");
    }
}
