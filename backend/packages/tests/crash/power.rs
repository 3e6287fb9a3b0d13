//! Loss of power. Transactions run on a file system on a [`disk`](crate::disk) that remembers every write; afterwards
//! the images that a loss of power at random instants could have left are made, mounted, recovered and verified. The
//! disk may have a cache: what was not flushed may be there, missing, or there in part.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use moult_packages::Engine;

use crate::data::{ALL, FEW, SOME, Shop};
use crate::disk::{self, Log};
use crate::lab;
use crate::verify::{self, Whole};

/// The program, waiting for commands.
struct Writer {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Writer {
    fn start(program: &Path, root: &Path) -> Writer {
        let mut command = Command::new(program);
        command
            .arg("serve")
            .arg(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (to, from) = (
            child.stdin.take().unwrap(),
            BufReader::new(child.stdout.take().unwrap()),
        );
        Writer { child, to, from }
    }

    /// Returns when the change is said to be done: from then on no loss of power may take it back.
    fn run(&mut self, command: &str) -> u64 {
        writeln!(self.to, "{command}").unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        let done = line.trim().strip_prefix("done ");
        done.unwrap_or_else(|| panic!("{command}: {line}")).parse().unwrap()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Numbers that look random, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

fn mount(image: &Path, at: &Path) {
    lab::run(
        "mount",
        &[
            "-o".as_ref(),
            "loop,noatime".as_ref(),
            image.as_os_str(),
            at.as_os_str(),
        ],
    );
}

fn unmount(at: &Path) {
    lab::run("umount", &[at.as_os_str()]);
}

/// What happens on the disk while the power is there.
fn changes(round: usize) -> Vec<String> {
    let install = |names: &[&str]| format!("install {}", names.join(" "));
    let mut changes = vec![
        install(&ALL),
        install(&FEW),
        "activate BEFORE".to_owned(),
        install(&SOME),
        "prune 2".to_owned(),
        "spare".to_owned(),
        install(&ALL[..9]),
    ];
    if round % 2 == 1 {
        changes.push("prune 1".to_owned());
    }
    changes
}

/// What was promised when: after this much was asked of the disk, this is what the root holds.
type Promise = (usize, Whole);

/// Runs the changes on the disk, and returns all promises.
fn write(shop: &Shop, program: &Path, root: &Path, log: &Log, rounds: usize) -> Vec<Promise> {
    let mut promises = vec![(log.length(), verify::whole(shop, root).unwrap())];
    let mut writer = Writer::start(program, root);
    let mut before = 0;
    for round in 0..rounds {
        for command in changes(round) {
            let command = command.replace("BEFORE", &before.to_string());
            before = promises.last().unwrap().1.active.unwrap();
            let active = writer.run(&command);
            let asked = log.length();
            let whole = verify::whole(shop, root).unwrap_or_else(|reason| panic!("after {command}: {reason}"));
            assert_eq!(whole.active, Some(active), "{command}");
            promises.push((asked, whole));
        }
    }
    promises
}

/// Whether a root may look so when the power went between two promises.
fn allowed(found: &Whole, old: &Whole, new: &Whole) -> bool {
    let known =
        |(id, packages): (&u64, _)| old.states.get(id) == Some(packages) || new.states.get(id) == Some(packages);
    let kept = |(id, _): (&u64, _)| !new.states.contains_key(id) || found.states.contains_key(id);
    (found.active == old.active || found.active == new.active)
        && found.states.iter().all(known)
        && old.states.iter().all(kept)
}

fn lose_power(file_system: &str, megabytes: u64, make: &[&str]) {
    if !lab::alone(&format!("power::power_may_go_at_any_instant_on_{file_system}")) {
        return;
    }
    let (shop, scratch, program) = (Shop::open(), lab::scratch(), lab::transaction());
    let at = |name: &str| scratch.path().join(name);
    let (base, live, work, front, mounted) = (at("base"), at("live"), at("work"), at("front"), at("mounted"));
    std::fs::create_dir(&mounted).unwrap();
    File::create(&front).unwrap();

    // Two states, and everything on the medium.
    File::create(&base).unwrap().set_len(megabytes << 20).unwrap();
    let arguments: Vec<&std::ffi::OsStr> = make[1..]
        .iter()
        .map(|word| word.as_ref())
        .chain([base.as_os_str()])
        .collect();
    lab::run(make[0], &arguments);
    mount(&base, &mounted);
    let root = mounted.join("root");
    lab::before(&shop, &root);
    unmount(&mounted);

    lab::copy(&base, &live);
    let log = disk::serve(&live, &front);
    mount(&front, &mounted);
    let (rounds, images) = if lab::full() { (6, 120) } else { (2, 14) };
    let promises = write(&shop, &program, &root, &log, rounds);
    let asked = promises.last().unwrap().0;
    unmount(&mounted);
    unmount(&front);

    let seed = std::env::var("MOULT_CRASH_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(0x6d6f_756c_7421);
    let (mut dice, flushes) = (Dice(seed), log.flushes());
    let first = promises[0].0;
    // Half of them anywhere, half of them shortly before something was promised: there the swap is.
    let ends: Vec<usize> = promises.iter().skip(1).map(|(asked, _)| *asked).collect();
    let instant = |number: usize| match number % 2 {
        0 => first + dice.below(asked - first),
        _ => ends[dice.below(ends.len())].saturating_sub(dice.below(80)).max(first),
    };
    let mut instants: Vec<usize> = (0..images).map(instant).collect();
    instants.extend(ends.iter().step_by(if lab::full() { 1 } else { 4 }));
    instants.sort_unstable();

    let medium = OpenOptions::new().write(true).open(&base).unwrap();
    let (mut there, mut early, mut lost) = (0, 0, 0);
    for (number, instant) in instants.iter().enumerate() {
        let flushed = flushes
            .iter()
            .copied()
            .take_while(|at| at <= instant)
            .last()
            .unwrap_or(0)
            .max(there);
        log.apply(&medium, there, flushed, &mut |sectors| sectors);
        there = flushed;
        lab::copy(&base, &work);
        let image = OpenOptions::new().write(true).open(&work).unwrap();
        // Everything, nothing, or a part of what the disk had not been told to keep.
        let mut part = |sectors: usize| match number % 3 {
            0 => sectors,
            1 => 0,
            _ => [0, sectors, dice.below(sectors + 1)][dice.below(3)],
        };
        log.apply(&image, flushed, *instant, &mut part);
        lost += usize::from(number % 3 != 0 && *instant > flushed);
        image.sync_all().unwrap();
        drop(image);

        let told = promises.iter().rposition(|(asked, _)| asked <= instant).unwrap();
        let (before, after) = (&promises[told].1, &promises[(told + 1).min(promises.len() - 1)].1);
        let tell = format!(
            "{file_system}, seed {seed}, image {number}: power lost at {instant} of {asked}, flushed {flushed}"
        );
        let outcome = recover(&shop, &work, &mounted);
        let found = outcome.unwrap_or_else(|reason| panic!("{tell}, after change {told}: {reason}"));
        assert!(
            allowed(&found, before, after),
            "{tell}: {found:?}, where there were {before:?} and {after:?}"
        );
        early += usize::from(found != *before);
        std::fs::remove_file(&work).unwrap();
    }
    println!(
        "{file_system}: {} images of {} changes and {asked} writes and flushes; {lost} lost a part of the disk's cache; {early} had the change before it was promised",
        instants.len(),
        promises.len() - 1
    );
}

/// The machine comes up again.
fn recover(shop: &Shop, image: &Path, mounted: &Path) -> Result<Whole, String> {
    mount(image, mounted);
    let root = mounted.join("root");
    let outcome = (|| {
        drop(Engine::open(&root).map_err(|error| format!("the next start fails: {error}"))?);
        let whole = verify::whole(shop, &root)?;
        let mut engine = Engine::open(&root).map_err(|error| error.to_string())?;
        lab::install(&mut engine, &ALL[..10]).map_err(|error| format!("the next change fails: {error}"))?;
        drop(engine);
        let next = verify::whole(shop, &root).map_err(|reason| format!("after the next change: {reason}"))?;
        if next.packages() != Some(&shop.hashes(&ALL[..10], 2)) {
            return Err(format!("the next change left {next:?}"));
        }
        Ok(whole)
    })();
    unmount(mounted);
    outcome
}

#[test]
fn power_may_go_at_any_instant_on_ext4() {
    lose_power("ext4", 256, &["mkfs.ext4", "-q", "-F"]);
}

#[test]
fn power_may_go_at_any_instant_on_xfs() {
    lose_power("xfs", 320, &["mkfs.xfs", "-q"]);
}

#[test]
fn power_may_go_at_any_instant_on_btrfs() {
    lose_power("btrfs", 320, &["mkfs.btrfs", "-q"]);
}

/// The disk itself: what was not flushed can be lost, what was flushed cannot.
#[test]
fn the_disk_loses_only_what_was_not_flushed() {
    if !lab::alone("power::the_disk_loses_only_what_was_not_flushed") {
        return;
    }
    let scratch = lab::scratch();
    let (image, front) = (scratch.path().join("image"), scratch.path().join("front"));
    File::create(&image).unwrap().set_len(1 << 20).unwrap();
    File::create(&front).unwrap();
    let log = disk::serve(&image, &front);
    let file = OpenOptions::new().read(true).write(true).open(&front).unwrap();
    file.write_all_at(b"kept", 0).unwrap();
    file.sync_all().unwrap();
    file.write_all_at(b"lost", 8192).unwrap();
    drop(file);
    unmount(&front);
    assert_eq!(&std::fs::read(&image).unwrap()[8192..8196], b"lost");
    let [flushed] = log.flushes()[..] else {
        panic!("{:?}", log.flushes())
    };
    for (part, expected) in [(0, [0; 4]), (1, *b"lost")] {
        let other = scratch.path().join("other");
        let medium = File::create(&other).unwrap();
        log.apply(&medium, 0, flushed, &mut |sectors| sectors);
        log.apply(&medium, flushed, log.length(), &mut |_| part);
        medium.set_len(1 << 20).unwrap();
        let medium = std::fs::read(&other).unwrap();
        assert_eq!((&medium[..4], &medium[8192..8196]), (&b"kept"[..], &expected[..]));
    }
}
