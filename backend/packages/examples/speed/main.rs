//! Measures the package engine beside what no installer can avoid, in the same run on the same disk.
//!
//!     cargo run --release -p moult-packages --example speed -- all DIR [ROUNDS]    the project's data sets
//!     cargo run --release -p moult-packages --example speed -- set DIR NAME [ROUNDS [cold]]    one: spread, one-directory, large
//!     cargo run --release -p moult-packages --example speed -- repository DIR REPO_DIR PACKAGE...
//!     cargo run --release -p moult-packages --example speed -- designs DIR [ROUNDS [WORD...]]    ways of unpacking
//!
//! DIR is on the disk to be measured and keeps the data sets (about 2 GB); it needs 2 GB more for each install. As root:
//! the kernel's caches are dropped before each cold measurement. Each step of the engine is a process of its own, so that
//! its memory and its writes can be told. Nothing is asserted.

mod data;
mod designs;
mod limit;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use moult_packages::{Engine, Provider, Repository, Selection, Unwatched, Url};

use data::{Made, Set};
use limit::Payloads;

/// How often everything is measured, unless the command says it.
const ROUNDS: usize = 3;

const SETS: [Set; 2] = [
    Set {
        name: "spread",
        packages: 300,
        files: 80_000,
        together: 0,
    },
    Set {
        name: "one-directory",
        packages: 300,
        files: 80_000,
        together: 18_000,
    },
];
/// For the change of one package.
const LARGE: Set = Set {
    name: "large",
    packages: 300,
    files: 100_000,
    together: 0,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["all", folder] => all(Path::new(folder), ROUNDS),
        ["all", folder, rounds] => all(Path::new(folder), rounds.parse()?),
        ["set", folder, name] => one(Path::new(folder), name, ROUNDS, true),
        ["set", folder, name, rounds] => one(Path::new(folder), name, rounds.parse()?, true),
        ["set", folder, name, rounds, "cold"] => one(Path::new(folder), name, rounds.parse()?, false),
        ["designs", folder] => compare(Path::new(folder), ROUNDS, &[]),
        ["designs", folder, rounds, words @ ..] => compare(Path::new(folder), rounds.parse()?, words),
        ["repository", folder, repository, wanted @ ..] => {
            let repository = Path::new(repository).canonicalize()?;
            let stones = Stones::of(&repository, "stone.index", wanted)?;
            table(Path::new(folder), "repository", &stones, ROUNDS, true)
        }
        ["step", root, index, step, wanted @ ..] => report(Path::new(root), index, step, wanted),
        _ => Err(
            "usage: speed all DIR [ROUNDS] | speed set DIR NAME [ROUNDS [cold]] | speed repository DIR REPO_DIR PACKAGE... | speed designs DIR [ROUNDS [WORD...]]"
                .into(),
        ),
    }
}

fn all(folder: &Path, rounds: usize) -> Result<(), Box<dyn Error>> {
    for set in SETS {
        one(folder, set.name, rounds, true)?;
    }
    one(folder, LARGE.name, rounds, true)
}

fn one(folder: &Path, name: &str, rounds: usize, warm: bool) -> Result<(), Box<dyn Error>> {
    let mut sets = SETS.iter().chain([&LARGE]);
    let set = sets.find(|set| set.name == name).ok_or("there is no such data set")?;
    let (repository, made) = set.make(folder)?;
    let stones = Stones::of(&repository, "stone.index", &["all"])?;
    describe(name, &made);
    if name == LARGE.name {
        one_package(folder, &stones, rounds)
    } else {
        table(folder, name, &stones, rounds, warm)
    }
}

fn compare(folder: &Path, rounds: usize, words: &[&str]) -> Result<(), Box<dyn Error>> {
    let [set, ..] = SETS;
    let (repository, made) = set.make(folder)?;
    describe(set.name, &made);
    let mut stones: Vec<PathBuf> = std::fs::read_dir(&repository)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    stones.retain(|path| path.extension().is_some_and(|extension| extension == "stone"));
    stones.sort();
    designs::table(folder, &stones, rounds, words)
}

fn describe(name: &str, made: &Made) {
    println!(
        "\n== {name}: {} packages, {} files, {} MB, {} MB packed",
        made.packages,
        made.files,
        made.bytes / 1_000_000,
        made.packed / 1_000_000
    );
}

/// What is installed from where.
struct Stones {
    index: PathBuf,
    wanted: Vec<String>,
}

impl Stones {
    fn of(repository: &Path, index: &str, wanted: &[&str]) -> Result<Stones, Box<dyn Error>> {
        Ok(Stones {
            index: repository.canonicalize()?.join(index),
            wanted: wanted.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    /// Runs one step in a process of its own.
    fn step(&self, root: &Path, step: &str) -> Result<Step, Box<dyn Error>> {
        self.step_from(root, &self.index, step)
    }

    fn step_from(&self, root: &Path, index: &Path, step: &str) -> Result<Step, Box<dyn Error>> {
        let output = Command::new(std::env::current_exe()?)
            .arg("step")
            .arg(root)
            .arg(index)
            .arg(step)
            .args(&self.wanted)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// What a step of the engine came to.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Step {
    /// From the call to the end, seconds.
    took: f64,
    /// Its parts, seconds.
    parts: Vec<(String, f64)>,
    /// Most memory the process ever had, KiB.
    peak: u64,
    /// Bytes it made dirty in the page cache.
    written: u64,
    /// Bytes of content that were decoded.
    decoded: u64,
    spare: bool,
    stones: Vec<PathBuf>,
}

fn report(root: &Path, index: &str, step: &str, wanted: &[&str]) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(root)?;
    let wanted: Vec<Provider> = wanted.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let mut engine = Engine::open(root)?;
    if step == "refresh" {
        let uri = Url::from_file_path(index).map_err(|()| "not a path")?;
        engine.add_repository(&Repository::direct("speed", uri))?;
    }
    let (before, begun) = (written()?, Instant::now());
    let mut selection = Selection::default();
    let mut parts = Vec::new();
    let (mut decoded, mut spare) = (0, false);
    match step {
        "refresh" => drop(engine.refresh("speed", &Unwatched)?),
        "install" => {
            selection = engine.resolve(&wanted)?;
            let resolve = begun.elapsed();
            let installed = engine.install(&selection, "measured", &Unwatched)?;
            let t = installed.timings;
            (decoded, spare) = (t.unpacked_bytes, t.spare);
            parts = vec![
                ("resolve", resolve),
                ("fetch", t.fetch),
                ("store", t.store),
                ("compose", t.compose),
                ("sync", t.sync),
                ("swap", t.swap),
            ];
        }
        "spare" => engine.prepare_spare(&Unwatched)?,
        state => drop(engine.activate(state.parse()?, &Unwatched)?),
    }
    let took = begun.elapsed();
    let step = Step {
        took: took.as_secs_f64(),
        parts: parts
            .into_iter()
            .map(|(name, time): (&str, Duration)| (name.to_owned(), time.as_secs_f64()))
            .collect(),
        peak: field("/proc/self/status", "VmHWM:")?,
        written: written()?.saturating_sub(before),
        decoded,
        spare,
        stones: selection
            .packages
            .iter()
            .filter_map(|package| package.url.to_file_path().ok())
            .collect(),
    };
    println!("{}", serde_json::to_string(&step)?);
    Ok(())
}

/// Each round, cold and warm: an install, and the same by hand. Every second round begins with the work by hand: on a
/// machine that others use, too, neither is to have the better hour.
///
/// Nothing that holds many files is removed before the end. ext4 without a journal does not give the inodes of removed files
/// to new ones for some minutes, and looks at all of them each time: whoever makes many files would pay for what was
/// removed before, and an install on a new disk does not.
///
/// A virtual machine's host may give memory only when it is first used, and take it back from a machine that does nothing:
/// whoever is measured first would wait for it. So all that the rounds need is used once before them.
fn table(folder: &Path, name: &str, stones: &Stones, rounds: usize, warm: bool) -> Result<(), Box<dyn Error>> {
    let work = folder.join(format!("{name}-work"));
    let _ = std::fs::remove_dir_all(&work);
    std::fs::create_dir_all(&work)?;
    let work = work.canonicalize()?;
    let mut table = Table {
        work: &work,
        payloads: None,
        tree: PathBuf::new(),
        copies: 0,
    };
    limit::use_memory()?;
    let caches: &[bool] = if warm { &[true, false] } else { &[true] };
    for round in 0..rounds {
        for cold in caches.iter().copied() {
            let before = (round % 2 == 1).then(|| table.by_hand(&[], cold)).transpose()?;
            let root = work.join(format!("root-{round}-{cold}"));
            let refresh = stones.step(&root, "refresh")?;
            table.ready(cold)?;
            let disk = limit::on_disk(&work)?;
            let install = stones.step(&root, "install")?;
            limit::sync(&work)?;
            let disk = limit::on_disk(&work)?.saturating_sub(disk);
            table.tree = root.join("usr");
            let by_hand = before.map_or_else(|| table.by_hand(&install.stones, cold), Ok)?;
            let (content, total) = (install.decoded.max(1) as f64, by_hand.decode + by_hand.link);
            println!(
                "{} {round}: install {:.2} s = {:.2} x ({:.2} s by hand: decode {:.2}, cp -al {:.2}); refresh {:.2} s; \
                 peak {} MB, written {:.3} x content ({:.3} with the metadata; by hand {:.3}); {}",
                if cold { "cold" } else { "warm" },
                install.took,
                install.took / total.as_secs_f64(),
                total.as_secs_f64(),
                by_hand.decode.as_secs_f64(),
                by_hand.link.as_secs_f64(),
                refresh.took,
                install.peak / 1024,
                install.written as f64 / content,
                disk as f64 / content,
                by_hand.disk as f64 / content,
                words(&install),
            );
            table.ready(cold)?;
            let stored = stones.step(&root, "install")?;
            table.ready(cold)?;
            let (link, _) = table.link()?;
            println!(
                "    stored: {:.2} s = {:.2} x cp -al ({:.2} s); peak {} MB; {}",
                stored.took,
                stored.took / link.as_secs_f64(),
                link.as_secs_f64(),
                stored.peak / 1024,
                words(&stored),
            );
            let (back, forth) = (stones.step(&root, "1")?, stones.step(&root, "2")?);
            println!(
                "    rollback: {:.0} ms, and forth {:.0} ms",
                back.took * 1e3,
                forth.took * 1e3
            );
        }
    }
    std::fs::remove_dir_all(&work)?;
    Ok(())
}

/// Where a table is measured.
struct Table<'a> {
    work: &'a Path,
    payloads: Option<Payloads>,
    /// What an install made, to be linked by hand.
    tree: PathBuf,
    copies: usize,
}

/// What the work by hand came to.
struct ByHand {
    decode: Duration,
    link: Duration,
    /// Bytes that reached the disk meanwhile.
    disk: u64,
}

impl Table<'_> {
    fn ready(&self, cold: bool) -> Result<(), Box<dyn Error>> {
        if cold { limit::forget() } else { limit::sync(self.work) }
    }

    fn link(&mut self) -> Result<(Duration, u64), Box<dyn Error>> {
        self.copies += 1;
        limit::link(&self.tree, &self.work.join(format!("copy-{}", self.copies)))
    }

    /// The payloads are those of `stones`, cut the first time.
    fn by_hand(&mut self, stones: &[PathBuf], cold: bool) -> Result<ByHand, Box<dyn Error>> {
        if self.payloads.is_none() {
            self.payloads = Some(Payloads::cut(stones, &self.work.join("payloads"))?);
        }
        let payloads = self.payloads.as_ref().ok_or("nothing was cut")?;
        self.ready(cold)?;
        let before = limit::on_disk(self.work)?;
        let decode = payloads.decode()?;
        let decoded = limit::on_disk(self.work)?;
        payloads.remove()?;
        self.ready(cold)?;
        let (link, linked) = self.link()?;
        let disk = decoded.saturating_sub(before) + linked;
        Ok(ByHand { decode, link, disk })
    }
}

/// The change of one package on a large system, with and without a spare tree.
fn one_package(folder: &Path, stones: &Stones, rounds: usize) -> Result<(), Box<dyn Error>> {
    let work = folder.join("large-work");
    let _ = std::fs::remove_dir_all(&work);
    let root = work.join("root");
    std::fs::create_dir_all(&root)?;
    let newer = stones.index.with_file_name("newer.index");
    stones.step(&root, "refresh")?;
    stones.step(&root, "install")?;
    for round in 0..rounds {
        for spare in [false, true] {
            // Back to the release before, by a rollback: the next install changes one package again.
            stones.step(&root, "1")?;
            if spare {
                stones.step(&root, "spare")?;
            }
            limit::sync(&work)?;
            stones.step_from(&root, &newer, "refresh")?;
            limit::sync(&work)?;
            let changed = stones.step_from(&root, &newer, "install")?;
            let copy = work.join(format!("copy-{round}-{spare}"));
            let (link, _) = limit::link(&root.join("usr"), &copy)?;
            println!(
                "{round} {}: one package changed in {:.0} ms = {:.2} x cp -al ({:.0} ms); peak {} MB; {}",
                if changed.spare { "with a spare tree" } else { "without" },
                changed.took * 1e3,
                changed.took / link.as_secs_f64(),
                link.as_secs_f64() * 1e3,
                changed.peak / 1024,
                words(&changed),
            );
        }
    }
    std::fs::remove_dir_all(&work)?;
    Ok(())
}

fn words(step: &Step) -> String {
    let parts = step
        .parts
        .iter()
        .map(|(name, time)| format!("{name} {:.0}", time * 1e3));
    parts.collect::<Vec<_>>().join(", ") + " ms"
}

fn written() -> Result<u64, Box<dyn Error>> {
    field("/proc/self/io", "write_bytes:")
}

fn field(file: &str, name: &str) -> Result<u64, Box<dyn Error>> {
    let text = std::fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let word = line.and_then(|line| line.split_whitespace().next());
    Ok(word.ok_or("the kernel does not say")?.parse()?)
}
