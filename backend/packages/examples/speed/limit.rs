//! By hand what no installer can avoid: the same content payloads through `zstd -d` to files by as many processes as there
//! are processors, `cp -al` of the tree, `sync`.

use std::error::Error;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use moult_stone::{Limits, Stone};

/// The payloads of some stones, each in a file of its own, shared out among processes.
pub(crate) struct Payloads {
    folder: PathBuf,
    shares: Vec<Vec<PathBuf>>,
}

impl Payloads {
    /// Cuts them out of the stones, into an empty or missing folder. Not part of what is measured.
    pub(crate) fn cut(stones: &[PathBuf], folder: &Path) -> Result<Payloads, Box<dyn Error>> {
        std::fs::create_dir_all(folder)?;
        let mut payloads = Vec::new();
        for (number, stone) in stones.iter().enumerate() {
            let mut file = File::open(stone)?;
            let Some(content) = Stone::read(&mut file, &Limits::default())?.content else {
                continue;
            };
            let payload = content.payload();
            file.seek(SeekFrom::Start(payload.offset))?;
            let path = folder.join(format!("{number}.zst"));
            std::io::copy(&mut file.take(payload.stored_size), &mut File::create(&path)?)?;
            payloads.push((payload.stored_size, path));
        }
        payloads.sort();
        let mut shares: Vec<Vec<PathBuf>> = vec![Vec::new(); std::thread::available_parallelism()?.get()];
        let count = shares.len();
        for (number, (_, path)) in payloads.into_iter().rev().enumerate() {
            shares[number % count].push(path);
        }
        Ok(Payloads {
            folder: folder.to_owned(),
            shares,
        })
    }

    /// Decodes all of them to files, and writes those out.
    pub(crate) fn decode(&self) -> Result<Duration, Box<dyn Error>> {
        let begun = Instant::now();
        let mut running = Vec::new();
        for share in self.shares.iter().filter(|share| !share.is_empty()) {
            let mut command = Command::new("/usr/bin/zstd");
            let command = command.args(["-d", "-q", "-f", "--long=31"]).args(share);
            running.push(command.env_clear().spawn()?);
        }
        for mut process in running {
            if !process.wait()?.success() {
                return Err("zstd failed".into());
            }
        }
        sync(&self.folder)?;
        Ok(begun.elapsed())
    }

    /// Removes what was decoded.
    pub(crate) fn remove(&self) -> Result<(), Box<dyn Error>> {
        for payload in self.shares.iter().flatten() {
            std::fs::remove_file(payload.with_extension(""))?;
        }
        Ok(())
    }
}

/// `cp -al` of a tree to a new place beside it, and `sync`; also the bytes that reached the disk. The copy
/// stays.
pub(crate) fn link(tree: &Path, copy: &Path) -> Result<(Duration, u64), Box<dyn Error>> {
    let (begun, before) = (Instant::now(), on_disk(tree)?);
    run("/usr/bin/cp", &[Path::new("-al"), tree, copy])?;
    sync(copy)?;
    let (took, after) = (begun.elapsed(), on_disk(tree)?);
    Ok((took, after.saturating_sub(before)))
}

/// Writes out the file system of a path.
pub(crate) fn sync(path: &Path) -> Result<(), Box<dyn Error>> {
    run("/usr/bin/sync", &[Path::new("-f"), path])
}

/// Has the kernel forget what it read from disks.
pub(crate) fn forget() -> Result<(), Box<dyn Error>> {
    run("/usr/bin/sync", &[])?;
    Ok(std::fs::write("/proc/sys/vm/drop_caches", "3")?)
}

/// Uses half of the memory that is there, 4 GiB at most, and gives it back.
pub(crate) fn use_memory() -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/meminfo")?;
    let available = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = available.and_then(|line| line.split_whitespace().next());
    let kib: usize = kib.ok_or("the kernel does not say how much memory is there")?.parse()?;
    let pages = vec![1u8; (kib << 9).min(4 << 30)];
    drop(std::hint::black_box(pages));
    Ok(())
}

/// Bytes that were ever written to the disk of a path, by whoever.
pub(crate) fn on_disk(path: &Path) -> Result<u64, Box<dyn Error>> {
    let device = std::fs::metadata(path)?.dev();
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let text = std::fs::read_to_string(format!("/sys/dev/block/{major}:{minor}/stat"))?;
    let sectors: u64 = text
        .split_whitespace()
        .nth(6)
        .ok_or("the kernel does not say")?
        .parse()?;
    Ok(sectors * 512)
}

fn run(program: &str, arguments: &[&Path]) -> Result<(), Box<dyn Error>> {
    let status = Command::new(program).args(arguments).env_clear().status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{program} failed: {status}").into())
    }
}
