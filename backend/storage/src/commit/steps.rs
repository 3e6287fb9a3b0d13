//! The steps of a plan, done.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use moult_tool::{Tool, ToolError};

use crate::commit::claim::Claim;
use crate::commit::difference::differences;
use crate::commit::{Watch, nodes, title};
use crate::error::{DiskState, Error};
use crate::graph::{Disk, Partition, Signature, Table, TableKind};
use crate::mount::{EspPartition, Prepared, RootPartition, detached};
use crate::plan::{Action, ByteRange, Filesystem, NewPartition, Plan, Role, Step};
use crate::probe::{ProbeOptions, read_content};
use crate::sys;
use crate::tool::{self, arguments};

const TABLE_LIMIT: Duration = Duration::from_secs(60);
/// Discarding every block of a large, slow disk takes minutes.
const MKFS_LIMIT: Duration = Duration::from_secs(1800);
/// Clusters of the EFI system partition. mkfs.vfat's own choice would leave too few for FAT32 on sectors of 4096 bytes.
const CLUSTER: u32 = 4096;

/// A commit under way: every failure from here on leaves an erased disk.
pub(super) struct Run<'a> {
    plan: &'a Plan,
    disk: &'a Disk,
    claim: Claim,
    options: &'a ProbeOptions,
    watch: &'a dyn Watch,
    esp: Option<PathBuf>,
    root: Option<PathBuf>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        disk: &'a Disk,
        claim: Claim,
        options: &'a ProbeOptions,
        watch: &'a dyn Watch,
    ) -> Self {
        Self {
            plan,
            disk,
            claim,
            options,
            watch,
            esp: None,
            root: None,
        }
    }

    pub(super) fn step(&mut self, step: &Step) -> Result<(), Error> {
        match &step.action {
            Action::WipeSignatures => self.wipe(&step.action, &step.ranges),
            Action::WriteTable => self.write_table(&step.action),
            Action::MakeEsp {
                partition,
                volume_id,
                label,
            } => {
                let sector = self.disk.sector_size;
                let words = [
                    "-F".to_owned(),
                    "32".to_owned(),
                    "-S".to_owned(),
                    sector.to_string(),
                    "-s".to_owned(),
                    (CLUSTER / sector.max(1)).max(1).to_string(),
                    "-i".to_owned(),
                    volume_id.clone(),
                    "-n".to_owned(),
                    label.clone(),
                ];
                let node = self.esp.clone();
                self.make(&step.action, *partition, node, tool::MKFS_VFAT, &words)
            }
            Action::MakeRoot {
                partition,
                filesystem,
                uuid,
                label,
            } => {
                // None is told to force anything: each refuses by itself what is mounted, and most what is not empty.
                let (tool, words) = match filesystem {
                    Filesystem::Ext4 => (tool::MKFS_EXT4, ["-q", "-U", uuid, "-L", label].map(str::to_owned)),
                    Filesystem::Xfs => {
                        let uuid = format!("uuid={uuid}");
                        (tool::MKFS_XFS, ["-q", "-m", &uuid, "-L", label].map(str::to_owned))
                    }
                    Filesystem::Btrfs => (tool::MKFS_BTRFS, ["-q", "-U", uuid, "-L", label].map(str::to_owned)),
                };
                let node = self.root.clone();
                self.make(&step.action, *partition, node, tool, &words)
            }
            Action::MakeSubvolumes { names, .. } => self.make_subvolumes(&step.action, names),
        }
    }

    fn wipe(&self, action: &Action, ranges: &[ByteRange]) -> Result<(), Error> {
        let failed = |source| self.failed(action, self.claim.node(), source);
        let disk = self.claim.disk();

        for range in ranges {
            zero(disk, *range, self.disk.size).map_err(failed)?;
        }

        disk.sync_all().map_err(failed)?;
        sys::flush_buffers(disk).map_err(failed)
    }

    fn write_table(&mut self, action: &Action) -> Result<(), Error> {
        let name = self.disk.kernel_name.as_str();
        let node = self.claim.node().to_owned();
        let words = [
            "--no-reread",
            "--no-tell-kernel",
            "--wipe",
            "never",
            "--wipe-partitions",
            "never",
            "--quiet",
            "--",
        ];
        let mut args: Vec<OsString> = arguments(words.map(OsStr::new));
        args.push(node.clone().into());

        self.claim
            .assert_same()
            .map_err(|source| self.failed(action, &node, source))?;
        let script = script(self.plan);
        self.options
            .toolbox()
            .run(tool::SFDISK, &args, script.as_bytes(), TABLE_LIMIT)
            .map_err(|source| self.tool(action, source))?;

        let disk = self.claim.disk();
        disk.sync_all().map_err(|source| self.failed(action, &node, source))?;
        nodes::show(disk, name, &self.plan.table.partitions, self.options)
            .map_err(|failure| self.no_partition(failure))?;

        self.claim.hand_over();
        self.esp = Some(self.node_of(Role::Esp)?);
        self.root = Some(self.node_of(Role::Root)?);
        Ok(())
    }

    fn node_of(&self, role: Role) -> Result<PathBuf, Error> {
        let missing = || nodes::Failure {
            partition: 0,
            reason: "the plan does not have it".to_owned(),
        };
        let partition = self.plan.partition(role).ok_or_else(|| self.no_partition(missing()))?;

        nodes::node(&self.disk.kernel_name, partition, self.options).map_err(|failure| self.no_partition(failure))
    }

    fn make(
        &self,
        action: &Action,
        number: u32,
        node: Option<PathBuf>,
        tool: Tool,
        words: &[String],
    ) -> Result<(), Error> {
        let (node, partition) = self.place(number, node)?;
        let mut args: Vec<OsString> = words.iter().map(OsString::from).collect();
        args.push(node.clone().into());

        nodes::prove(&node, &self.disk.kernel_name, partition, self.options)
            .map_err(|source| self.failed(action, &node, source))?;
        let output = self
            .options
            .toolbox()
            .run(tool, &args, &[], MKFS_LIMIT)
            .map_err(|source| self.tool(action, source))?;
        if !output.stderr.is_empty() {
            self.watch.log(&format!("{}: {}", tool.name(), output.stderr));
        }

        sync(&node).map_err(|source| self.failed(action, &node, source))
    }

    fn place(&self, number: u32, node: Option<PathBuf>) -> Result<(PathBuf, &'a NewPartition), Error> {
        let partition = self
            .plan
            .table
            .partitions
            .iter()
            .find(|partition| partition.number == number);

        node.zip(partition).ok_or_else(|| {
            self.no_partition(nodes::Failure {
                partition: number,
                reason: "the table was not written".to_owned(),
            })
        })
    }

    /// Through a mount that has no place in any namespace: nobody else can see it, and it ends with the descriptor.
    fn make_subvolumes(&self, action: &Action, names: &[String]) -> Result<(), Error> {
        let node = self.root.clone().unwrap_or_default();
        let failed = |source| self.failed(action, &node, source);
        let top = detached(&node, Filesystem::Btrfs.name(), &[("subvolid", "5")]).map_err(failed)?;

        for name in names {
            sys::create_subvolume(&top, name).map_err(failed)?;
        }
        if let Some(first) = names.first() {
            let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::CLOEXEC;
            let subvolume = rustix::fs::openat(&top, first.as_str(), flags, rustix::fs::Mode::empty())
                .map_err(|error| failed(error.into()))?;
            sys::set_default_subvolume(&subvolume).map_err(failed)?;
        }

        rustix::fs::syncfs(&top).map_err(|error| failed(error.into()))
    }

    /// Reads everything from the disk again and compares it with the plan.
    pub(super) fn read_back(self) -> Result<Prepared, Error> {
        let disk = self.claim.disk();
        let node = self.claim.node();
        let state = DiskState::Erased;
        let failed = |source| Error::Write {
            action: "read-back",
            path: node.to_owned(),
            source,
            state,
        };

        disk.sync_all().map_err(failed)?;
        sys::flush_buffers(disk).map_err(failed)?;
        let content = read_content(node, self.disk.size, self.disk.sector_size, self.options)
            .map_err(|reason| failed(io::Error::other(reason)))?;

        let found = Disk {
            table: content.table,
            signature: content.signature,
            ..self.disk.clone()
        };
        let differences = differences(&expected(self.plan, self.disk), &found);
        if !differences.is_empty() {
            return Err(Error::ReadBack {
                disk: title(self.disk),
                differences,
                state,
            });
        }

        let nothing = || failed(io::Error::other("the plan has no root"));
        let (esp, root) = self.esp.clone().zip(self.root.clone()).ok_or_else(nothing)?;
        prepared(self.plan, esp, root, self.options).ok_or_else(nothing)
    }

    fn failed(&self, action: &Action, path: &Path, source: io::Error) -> Error {
        Error::Write {
            action: action.name(),
            path: path.to_owned(),
            source,
            state: DiskState::Erased,
        }
    }

    fn tool(&self, action: &Action, source: ToolError) -> Error {
        Error::Tool {
            action: action.name(),
            source,
            state: DiskState::Erased,
        }
    }

    fn no_partition(&self, failure: nodes::Failure) -> Error {
        Error::NoPartition {
            disk: self.disk.kernel_name.clone(),
            partition: failure.partition,
            reason: failure.reason,
            state: DiskState::Erased,
        }
    }
}

/// Writes zeros over a range and not a byte more.
fn zero(disk: &File, range: ByteRange, size: u64) -> io::Result<()> {
    let zeros = vec![0; 1 << 20];
    let end = range
        .end()
        .filter(|end| *end <= size)
        .ok_or(io::ErrorKind::InvalidInput)?;
    let mut at = range.start;

    while at < end {
        let piece = usize::try_from(end - at).unwrap_or(usize::MAX).min(zeros.len());
        disk.write_all_at(zeros.get(..piece).unwrap_or_default(), at)?;
        at += piece as u64;
    }

    Ok(())
}

/// What sfdisk reads. Everything in it was checked to be hex digits, hyphens and plain words.
fn script(plan: &Plan) -> String {
    let sector = u64::from(plan.disk.sector_size).max(1);
    let head = format!(
        "label: gpt\nlabel-id: {}\nunit: sectors\nfirst-lba: {}\nlast-lba: {}\nsector-size: {sector}\n\n",
        plan.table.id, plan.table.first_lba, plan.table.last_lba
    );

    plan.table.partitions.iter().fold(head, |script, partition| {
        let NewPartition {
            range,
            type_id,
            uuid,
            name,
            ..
        } = partition;
        let (start, size) = (range.start / sector, range.size / sector);
        script + &format!("start={start}, size={size}, type={type_id}, uuid={uuid}, name=\"{name}\"\n")
    })
}

fn sync(node: &Path) -> io::Result<()> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_CLOEXEC)
        .open(node)?
        .sync_all()
}

/// The disk as a probe must find it after the plan.
fn expected(plan: &Plan, disk: &Disk) -> Disk {
    let signature = |number: u32| {
        plan.steps.iter().find_map(|step| match &step.action {
            Action::MakeEsp {
                partition,
                volume_id,
                label,
            } if *partition == number => Some(Signature {
                kind: "vfat".to_owned(),
                uuid: Some(fat_uuid(volume_id)),
                label: Some(label.clone()),
            }),
            Action::MakeRoot {
                partition,
                filesystem,
                uuid,
                label,
            } if *partition == number => Some(Signature {
                kind: filesystem.name().to_owned(),
                uuid: Some(uuid.clone()),
                label: Some(label.clone()),
            }),
            _ => None,
        })
    };
    let partitions = plan.table.partitions.iter().map(|new| Partition {
        number: new.number,
        start: new.range.start,
        size: new.range.size,
        type_id: new.type_id.clone(),
        uuid: Some(new.uuid.clone()),
        name: new.name.clone(),
        signature: signature(new.number),
    });

    Disk {
        table: Some(Table {
            kind: TableKind::Gpt,
            id: Some(plan.table.id.clone()),
            partitions: partitions.collect(),
        }),
        signature: None,
        ..disk.clone()
    }
}

/// "1a2b3c4d" as everybody but mkfs spells it: "1A2B-3C4D".
fn fat_uuid(volume_id: &str) -> String {
    let upper = volume_id.to_uppercase();
    let (high, low) = upper.split_at_checked(4).unwrap_or((&upper, ""));

    format!("{high}-{low}")
}

fn prepared(plan: &Plan, esp: PathBuf, root: PathBuf, options: &ProbeOptions) -> Option<Prepared> {
    let (mut esp_uuid, mut root_uuid) = (None, None);
    for step in &plan.steps {
        match &step.action {
            Action::MakeEsp { volume_id, .. } => esp_uuid = Some(fat_uuid(volume_id)),
            Action::MakeRoot { uuid, .. } => root_uuid = Some(uuid.clone()),
            _ => {}
        }
    }

    Some(Prepared {
        filesystem: plan.filesystem,
        esp: EspPartition {
            node: esp,
            uuid: esp_uuid?,
            partuuid: plan.partition(Role::Esp)?.uuid.clone(),
        },
        root: RootPartition {
            node: root,
            uuid: root_uuid?,
            partuuid: plan.partition(Role::Root)?.uuid.clone(),
        },
        esp_mountable: crate::probe::mountable("vfat", options),
    })
}
