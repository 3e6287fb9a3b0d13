//! Ways of writing the contents of packages to a disk, against each other: the step that takes longest.
//!
//! Each decodes the same stones with as many threads as there are processors, proves every content (XXH3, BLAKE3), writes
//! each once under the name of its content, and writes the file system out. They differ in one thing each.

use std::collections::HashSet;
use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use moult_stone::{Limits, Stone};
use rustix::fs::{Advice, AtFlags, CWD, FallocateFlags, Mode, OFlags};

use crate::limit;

/// What one way does differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Design {
    /// As the engine does: 256 folders, mode set on the open file.
    Engine,
    /// One folder.
    OneFolder,
    /// 65,536 folders in folders.
    ManyFolders,
    /// A folder for each package, as a system's own folders have the files of a package together.
    ByPackage,
    /// The mode at creation (the process has no umask then).
    NoChmod,
    /// Without a name until it is whole (`O_TMPFILE`, `linkat`).
    Nameless,
    /// The size said before writing.
    Allocated,
    /// Each file is told to be on its way to the disk at once.
    Early,
    /// The same without giving pages back (`sync_file_range`).
    EarlyRange,
    /// Of files of 64 KiB and more alone.
    Large,
    /// Of files of 256 KiB and more alone.
    Larger,
    /// As `Large`, told by a third thread.
    LargeBeside,
    /// As `EarlyRange`, told by a third thread.
    EveryBeside,
    /// A third thread writes the file system out again and again meanwhile.
    Flusher,
    /// The same with pauses.
    Pausing,
}

const ALL: [(Design, &str); 15] = [
    (Design::Engine, "256 folders (the engine)"),
    (Design::OneFolder, "one folder"),
    (Design::ManyFolders, "65,536 folders"),
    (Design::ByPackage, "a folder for each package"),
    (Design::NoChmod, "mode at creation"),
    (Design::Nameless, "O_TMPFILE and linkat"),
    (Design::Allocated, "size allocated before"),
    (Design::Early, "each file flushed at once"),
    (Design::EarlyRange, "each file's writing begun at once"),
    (Design::Large, "that of 64 KiB and more"),
    (Design::Larger, "that of 256 KiB and more"),
    (Design::LargeBeside, "beside, 64 KiB and more"),
    (Design::EveryBeside, "beside, each file"),
    (Design::Flusher, "syncfs all the time beside"),
    (Design::Pausing, "syncfs every half second beside"),
];
/// Between two times of writing out.
const PAUSE: Duration = Duration::from_millis(500);
/// Files that wait for a third thread at most.
const QUEUE: usize = 64;

/// Measures those with one of these words in their name (no word: all), `rounds` times in turn, each in a folder of its
/// own below `folder`, with cold caches. Each round begins with another one: a machine that others use, too, may be fast
/// for a while and slow after it.
pub(crate) fn table(folder: &Path, stones: &[PathBuf], rounds: usize, words: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut chosen: Vec<_> = ALL.into_iter().filter(|(_, name)| wanted(name, words)).collect();
    let mut totals = vec![Vec::new(); ALL.len()];
    // Nothing is removed meanwhile: see the table of installs.
    let all = folder.join("designs");
    std::fs::create_dir(&all)?;
    for round in 0..rounds {
        for (number, (design, name)) in chosen.iter().copied().enumerate() {
            let place = all.join(format!("{round}-{number}"));
            std::fs::create_dir(&place)?;
            limit::forget()?;
            let before = limit::on_disk(&place)?;
            let (written, synced) = run(design, &place, stones)?;
            println!(
                "{round} {name}: {:.2} s = write {:.2} + sync {:.2}; {} MB to the disk",
                (written + synced).as_secs_f64(),
                written.as_secs_f64(),
                synced.as_secs_f64(),
                limit::on_disk(&place)?.saturating_sub(before) / 1_000_000,
            );
            if let Some(totals) = ALL
                .iter()
                .position(|(one, _)| *one == design)
                .and_then(|at| totals.get_mut(at))
            {
                totals.push(written + synced);
            }
        }
        let shift = chosen.len().min(1);
        chosen.rotate_left(shift);
    }
    std::fs::remove_dir_all(&all)?;
    for ((_, name), mut totals) in ALL.into_iter().zip(totals) {
        totals.sort();
        if let (Some(least), Some(middle)) = (totals.first(), totals.get(totals.len() / 2)) {
            println!(
                "{name}: least {:.2} s, median {:.2} s of {}",
                least.as_secs_f64(),
                middle.as_secs_f64(),
                totals.len()
            );
        }
    }
    Ok(())
}

fn wanted(name: &str, words: &[&str]) -> bool {
    words.is_empty() || words.iter().any(|word| name.contains(word))
}

/// Until everything is written, and until it is on the disk.
fn run(design: Design, place: &Path, stones: &[PathBuf]) -> Result<(Duration, Duration), Box<dyn Error>> {
    let begun = Instant::now();
    prepare(design, place, stones.len())?;
    let at = rustix::fs::open(place, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let (next, known, running) = (AtomicUsize::new(0), Mutex::default(), AtomicUsize::new(0));
    let workers = std::thread::available_parallelism()?.get();
    running.store(workers, Ordering::Release);
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::sync_channel::<File>(QUEUE);
        let _ = scope.spawn(move || receiver.iter().for_each(|file| begin(&file)));
        let (at, next, known, running) = (&at, &next, &known, &running);
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                let sender = sender.clone();
                scope.spawn(move || {
                    let worked = work(design, at, stones, next, known, &sender).map_err(|error| error.to_string());
                    running.fetch_sub(1, Ordering::Release);
                    worked
                })
            })
            .collect();
        drop(sender);
        if matches!(design, Design::Flusher | Design::Pausing) {
            while running.load(Ordering::Acquire) > 0 {
                if design == Design::Pausing {
                    std::thread::sleep(PAUSE);
                }
                rustix::fs::syncfs(at)?;
            }
        }
        for worker in workers {
            worker.join().map_err(|_| "a thread panicked")??;
        }
        Ok::<_, Box<dyn Error>>(())
    })?;
    let written = begun.elapsed();
    rustix::fs::syncfs(&at)?;
    Ok((written, begun.elapsed().saturating_sub(written)))
}

fn prepare(design: Design, place: &Path, stones: usize) -> std::io::Result<()> {
    match design {
        Design::OneFolder => Ok(()),
        Design::ByPackage => (0..stones).try_for_each(|number| std::fs::create_dir(place.join(number.to_string()))),
        Design::ManyFolders => (0..=255u8).try_for_each(|first| {
            let folder = place.join(format!("{first:02x}"));
            (0..=255u8).try_for_each(|second| std::fs::create_dir_all(folder.join(format!("{second:02x}"))))
        }),
        _ => (0..=255u8).try_for_each(|first| std::fs::create_dir(place.join(format!("{first:02x}")))),
    }
}

fn work(
    design: Design,
    at: &OwnedFd,
    stones: &[PathBuf],
    next: &AtomicUsize,
    known: &Mutex<HashSet<[u8; 32]>>,
    beside: &SyncSender<File>,
) -> Result<(), Box<dyn Error>> {
    let mut buffer = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(path) = stones.get(number) else {
            return Ok(());
        };
        let mut file = File::open(path)?;
        let stone = Stone::read(&mut file, &Limits::default())?;
        let Some(content) = &stone.content else {
            continue;
        };
        let mut reader = content.decode(file, &Limits::default())?;
        let mut entries: Vec<_> = stone.index.iter().collect();
        entries.sort_by_key(|entry| entry.start);
        for entry in entries {
            buffer.clear();
            let read = (&mut reader).take(entry.size()).read_to_end(&mut buffer)?;
            if read as u64 != entry.size() || xxhash_rust::xxh3::xxh3_128(&buffer) != entry.digest {
                return Err(format!("{} is damaged", path.display()).into());
            }
            let name = *blake3::hash(&buffer).as_bytes();
            if known.lock().unwrap_or_else(PoisonError::into_inner).insert(name) {
                let file = put(design, at, number, &blake3::Hash::from_bytes(name).to_hex(), &buffer)?;
                match design {
                    Design::EarlyRange => begin(&file),
                    Design::Large if buffer.len() >= 64 << 10 => begin(&file),
                    Design::Larger if buffer.len() >= 256 << 10 => begin(&file),
                    Design::LargeBeside if buffer.len() >= 64 << 10 => drop(beside.try_send(file)),
                    Design::EveryBeside => drop(beside.try_send(file)),
                    _ => {}
                }
            }
        }
        reader.finish()?;
    }
}

fn put(design: Design, at: &OwnedFd, package: usize, name: &str, bytes: &[u8]) -> Result<File, Box<dyn Error>> {
    let (first, rest) = name.split_at(2);
    let path = match design {
        Design::OneFolder => name.to_owned(),
        Design::ManyFolders => format!("{first}/{}/{}", &rest[..2], &rest[2..]),
        Design::ByPackage => format!("{package}/{name}"),
        _ => format!("{first}/{rest}"),
    };
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = match design {
        Design::Nameless => rustix::fs::openat(
            at,
            first,
            OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC,
            Mode::from_raw_mode(0o600),
        )?,
        Design::NoChmod => rustix::fs::openat(at, path.as_str(), flags, Mode::from_raw_mode(0o644))?,
        _ => rustix::fs::openat(at, path.as_str(), flags, Mode::from_raw_mode(0o600))?,
    };
    let mut file = File::from(file);
    if design == Design::Allocated && !bytes.is_empty() {
        rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, bytes.len() as u64)?;
    }
    file.write_all(bytes)?;
    if design != Design::NoChmod {
        rustix::fs::fchmod(&file, Mode::from_raw_mode(0o644))?;
    }
    if design == Design::Nameless {
        let own = format!("/proc/self/fd/{}", file.as_raw_fd());
        rustix::fs::linkat(CWD, own, at, path, AtFlags::SYMLINK_FOLLOW)?;
    }
    if design == Design::Early {
        // Starts the writing, and does not wait for it.
        rustix::fs::fadvise(&file, 0, None, Advice::DontNeed)?;
    }
    Ok(file)
}

/// Begins the writing of a file, and waits for nothing.
#[allow(unsafe_code, reason = "rustix does not have this call")]
fn begin(file: &File) {
    // SAFETY: the descriptor is open as long as `file` lives, and no memory is passed.
    let _ = unsafe { libc::sync_file_range(file.as_raw_fd(), 0, 0, libc::SYNC_FILE_RANGE_WRITE) };
}
