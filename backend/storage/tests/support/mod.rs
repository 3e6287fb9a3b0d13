//! Disk images on loop devices. They vanish with the test process, however it ends.
#![allow(dead_code, unreachable_pub)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use moult_storage::loop_disk::LoopDisk;
use moult_storage::*;

pub const MIB: u64 = 1 << 20;
pub const GIB: u64 = 1 << 30;

/// One test at a time has disks: a probe looks at all of them.
static TURN: Mutex<()> = Mutex::new(());

pub struct Bench {
    pub folder: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Bench {
    pub fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(
            rustix::process::getuid().is_root(),
            "these tests make real loop disks: run them as root"
        );

        Self {
            folder: tempfile::tempdir().unwrap(),
            _turn: turn,
        }
    }

    pub fn disk(&self, name: &str, size: u64, sector: u32) -> LoopDisk {
        LoopDisk::create(&self.path(name), size, sector)
            .unwrap_or_else(|error| panic!("no loop device (needs root and /dev/loop-control): {error}"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

pub fn options() -> ProbeOptions {
    ProbeOptions {
        loop_devices: true,
        ..ProbeOptions::default()
    }
}

/// The disk as a probe sees it.
pub fn seen(disk: &LoopDisk, options: &ProbeOptions) -> Disk {
    let graph = probe(options).unwrap();
    graph
        .disks
        .into_iter()
        .find(|found| found.kernel_name == disk.name())
        .expect("the probe does not list the disk")
}

pub fn plan_for(disk: &LoopDisk, filesystem: Filesystem, options: &ProbeOptions) -> Plan {
    let graph = probe(options).unwrap();
    let id = graph
        .disks
        .iter()
        .find(|found| found.kernel_name == disk.name())
        .unwrap()
        .id
        .clone();
    let plan = propose(
        &Request {
            disk: id,
            filesystem,
            minimum: 0,
            seed: [7; 16],
        },
        &graph,
    )
    .unwrap();
    check(&plan, &graph).unwrap();
    plan
}

/// Makes a script. Another process writes it: what this one has open for writing, a child of another test may still have between its fork
/// and its exec, and a file that is being written cannot be started.
pub fn script(path: &Path, text: &str) {
    let written = path.with_extension("text");
    fs::write(&written, text).unwrap();
    let mut install = Command::new("/usr/bin/install");
    let installed = install.arg("--mode=755").arg(&written).arg(path).status();
    assert!(installed.unwrap().success());
}

/// Whether a loop device is free again, and its partition with it; within a minute.
pub fn gone(name: &str) -> bool {
    let begun = Instant::now();
    let device = Path::new("/sys/block").join(name);

    while begun.elapsed() < Duration::from_secs(60) {
        if !device.join("loop/backing_file").exists() && !device.join(format!("{name}p1")).exists() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}

/// Runs a tool of the test itself. A probe elsewhere on the machine may hold a device for a moment: some tries.
pub fn run(program: &str, args: &[&str], input: &str) {
    let mut last = String::new();

    for _ in 0..25 {
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();

        if output.status.success() {
            return;
        }
        last = String::from_utf8_lossy(&output.stderr).into_owned();
        thread::sleep(Duration::from_millis(200));
    }

    panic!("{program} {args:?}: {last}");
}

/// Somebody's disk: three partitions, two with file systems, the kernel knows them.
pub fn lived_in(disk: &LoopDisk) {
    let node = disk.node().display().to_string();
    let script = "label: gpt\nsize=200M, name=\"Windows\"\nsize=300M, name=\"Photos\"\nsize=100M, name=\"Empty\"\n";
    run(
        "/usr/sbin/sfdisk",
        &["--no-reread", "--no-tell-kernel", "--quiet", &node],
        script,
    );

    let first = disk.add_partition(1, MIB, 200 * MIB).unwrap().display().to_string();
    let second = disk
        .add_partition(2, 201 * MIB, 300 * MIB)
        .unwrap()
        .display()
        .to_string();
    disk.add_partition(3, 501 * MIB, 100 * MIB).unwrap();
    run("/usr/sbin/mkfs.vfat", &["-F", "32", "-s", "1", "-n", "OLD", &first], "");
    run("/usr/sbin/mkfs.ext4", &["-q", "-L", "Photos", &second], "");
    disk.sync().unwrap();
}

/// What a disk image holds, apart from how its zeros are stored.
pub fn fingerprint(disk: &LoopDisk) -> blake3::Hash {
    disk.sync().unwrap();
    fingerprint_of_file(disk.image())
}

pub fn fingerprint_of_file(image: &Path) -> blake3::Hash {
    let file = File::open(image).unwrap();
    let end = file.metadata().unwrap().len();
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; 1 << 16];
    let mut at = 0;
    hasher.update(&end.to_le_bytes());

    while at < end {
        // Skip holes: a sparse image of gigabytes is read in a moment.
        match rustix::fs::seek(&file, rustix::fs::SeekFrom::Data(at)) {
            Ok(data) => at = data - data % block.len() as u64,
            Err(_) => break,
        }
        let wanted = usize::try_from(end - at).unwrap_or(usize::MAX).min(block.len());
        file.read_exact_at(&mut block[..wanted], at).unwrap();
        if block[..wanted].iter().any(|byte| *byte != 0) {
            hasher.update(&at.to_le_bytes()).update(&block[..wanted]);
        }
        at += wanted as u64;
    }

    hasher.finalize()
}

/// Like [`fingerprint`], but blind for the given ranges.
pub fn fingerprint_outside(disk: &LoopDisk, ranges: &[ByteRange]) -> blake3::Hash {
    let file = File::open(disk.image()).unwrap();
    let end = file.metadata().unwrap().len();
    let mut hasher = blake3::Hasher::new();
    let mut at = 0;

    for range in ranges.iter().copied().chain([ByteRange { start: end, size: 0 }]) {
        while at < range.start {
            let data = match rustix::fs::seek(&file, rustix::fs::SeekFrom::Data(at)) {
                Ok(data) => data.max(at),
                Err(_) => end,
            };
            if data >= range.start {
                break;
            }
            let mut block = vec![0; usize::try_from(range.start - data).unwrap().min(4096)];
            file.read_exact_at(&mut block, data).unwrap();
            if block.iter().any(|byte| *byte != 0) {
                hasher.update(&data.to_le_bytes()).update(&block);
            }
            at = data + block.len() as u64;
        }
        at = range.start + range.size;
    }

    hasher.finalize()
}

/// What blkid says of a device or image, at an offset.
pub fn blkid(node: &Path, offset: u64, size: u64) -> BTreeMap<String, String> {
    let output = Command::new("/usr/sbin/blkid")
        .args([
            "-p",
            "-o",
            "export",
            &format!("--offset={offset}"),
            &format!("--size={size}"),
        ])
        .arg(node)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();

    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A `Watch` out of closures' pieces.
#[derive(Default)]
pub struct Recorder {
    pub steps: Mutex<Vec<String>>,
    pub cancel_before: Option<usize>,
}

impl Watch for Recorder {
    fn step(&self, index: usize, total: usize, action: &Action) {
        self.steps
            .lock()
            .unwrap()
            .push(format!("{index}/{total} {}", action.name()));
    }

    fn cancelled(&self) -> bool {
        self.cancel_before
            .is_some_and(|before| self.steps.lock().unwrap().len() >= before)
    }

    fn journal(&self, mark: Mark, index: usize, action: &Action) -> std::io::Result<()> {
        self.steps
            .lock()
            .unwrap()
            .push(format!("{mark:?} {index} {}", action.name()));
        Ok(())
    }
}

/// True while something is mounted at the path.
pub fn is_mounted(at: &Path) -> bool {
    let at = at.display().to_string();
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    mounts.lines().any(|line| line.split(' ').nth(4) == Some(&at))
}
