//! What takes too long for CI: `tests/run --long`. Each test says its time. Power is cut at ten moments of a change, or at as many as
//! `MOULT_MOMENTS` says (1 to 10).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use moult_tests::lab::{Drive, Hardware, Machine};
use moult_tests::sample::moving::Kernel;
use support::computer::{Computer, MOMENTS, Root, moments, whole};
use support::person::{BOOT, active, become_root, is_back, run, told_root, wait_login};

/// What an update may take in an emulated machine.
const CHANGE: Duration = Duration::from_secs(600);

fn hardware(image: &Path, memory: u32) -> Hardware {
    Hardware {
        memory,
        drives: vec![Drive::disk(image)],
        ..Hardware::default()
    }
}

/// A machine that is switched on, where the entry of an older state is chosen in the menu.
fn choose_older(hardware: &Hardware, folder: &Path) -> Machine {
    let mut machine = Machine::start(hardware, folder).unwrap();
    let _ = machine.wait_serial("state 1", BOOT).unwrap();
    machine.press(&["down"]).unwrap();
    machine.press(&["ret"]).unwrap();
    machine
}

/// The older state of two, with a new kernel between them, out of the menu.
fn goes_back(root: Root, memory: u32) {
    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let computer = Computer::install(folder.path(), root);
    computer.update(20, Kernel::Starts);
    let mut machine = choose_older(&hardware(&computer.image, memory), &folder.path().join("machine"));
    let _ = machine
        .wait_serial("asked 1, before 2, now 1, result activated", BOOT)
        .unwrap();
    wait_login(&mut machine);
    let _states = is_back(&mut machine, &format!("long-{root:?}").to_lowercase());
    println!("{root:?} in {memory} MiB: {} s", begun.elapsed().as_secs());
}

#[test]
#[ignore = "minutes: tests/run --long"]
fn a_root_on_xfs_goes_back_in_768_mb() {
    goes_back(Root::Xfs, 768);
}

#[test]
#[ignore = "minutes: tests/run --long"]
fn a_root_in_a_subvolume_of_btrfs_goes_back() {
    goes_back(Root::Btrfs, 1024);
}

/// A machine in a file, with the disk that belongs to it.
struct Kept {
    folder: PathBuf,
    memory: u32,
}

impl Kept {
    /// Keeps a running machine as it is now. Its disk is `image`.
    fn keep(machine: Machine, image: &Path, memory: u32, folder: &Path) -> Kept {
        fs::create_dir_all(folder).unwrap();
        let variables = machine.folder().join("variables");
        machine.snapshot(&folder.join("memory.zst")).unwrap();
        copy(image, &folder.join("disk.img"));
        let _ = fs::copy(variables, folder.join("variables")).unwrap();
        Kept {
            folder: folder.to_owned(),
            memory,
        }
    }

    /// Goes on from there, on a disk of its own.
    fn resume(&self, folder: &Path) -> (Machine, PathBuf) {
        if folder.exists() {
            fs::remove_dir_all(folder).unwrap();
        }
        fs::create_dir_all(folder).unwrap();
        let image = folder.join("disk.img");
        copy(&self.folder.join("disk.img"), &image);
        let _ = fs::copy(self.folder.join("variables"), folder.join("variables")).unwrap();
        let machine = Machine::resume(&hardware(&image, self.memory), folder, &self.folder.join("memory.zst"));
        (machine.unwrap(), image)
    }
}

/// Copies a disk as sparse as it is.
fn copy(from: &Path, to: &Path) {
    let mut cp = Command::new("/usr/bin/cp");
    assert!(cp.arg("--sparse=always").arg(from).arg(to).status().unwrap().success());
}

/// What came of a start.
struct Started {
    /// The state that was active when the initrd came.
    before: u64,
    /// The one that started.
    state: u64,
    /// All that there are.
    states: Vec<u64>,
}

/// The machine starts to a login after its power was cut, and its states are whole.
fn starts_whole(image: &Path, memory: u32, folder: &Path) -> Started {
    let mut machine = Machine::start(&hardware(image, memory), folder).unwrap();
    let said = machine.wait_serial(", result ", BOOT).unwrap();
    let _ = machine.wait_serial(" login:", BOOT).unwrap();
    machine.cut_power().unwrap();
    let number = |word: &str| -> u64 {
        let (_, rest) = said.rsplit_once(word).unwrap();
        rest.split(',').next().unwrap().parse().unwrap()
    };
    let (active, states) = whole(image, &folder.join("root"));
    assert_eq!(active, number(" now "), "the state that started is the active one");
    Started {
        before: number(" before "),
        state: active,
        states,
    }
}

/// The machine updates itself to a state with a new kernel. Its power is cut at ten moments of that, each time from the same memory and
/// the same disk on; each time it starts again, and what it has is whole. Then its boot partition is full: the update is refused before
/// anything is written and says which states are in the way; the machine starts, and updates once that one is gone.
#[test]
#[ignore = "many minutes: tests/run --long"]
fn an_update_that_loses_power_or_finds_no_room_leaves_a_machine_that_starts() {
    const UPDATE: &str = "moultctl repo refresh && moultctl sync --yes";
    const MEMORY: u32 = 1024;

    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let computer = Computer::install(folder.path(), Root::Ext4);
    computer.update(1, Kernel::Starts);
    computer.bring(20);
    let mut machine = Machine::start(&hardware(&computer.image, MEMORY), &folder.path().join("machine")).unwrap();
    wait_login(&mut machine);
    become_root(&mut machine);
    let kept = Kept::keep(machine, &computer.image, MEMORY, &folder.path().join("kept"));
    println!("ready to update: {} s", begun.elapsed().as_secs());

    // Undisturbed: how long it takes, and that it works.
    let (mut machine, image) = kept.resume(&folder.path().join("whole"));
    let started = Instant::now();
    let (code, said) = run(&mut machine, UPDATE, CHANGE);
    let takes = started.elapsed();
    println!("the update takes {} s:\n{said}", takes.as_secs());
    assert_eq!(code, 0, "{said}");
    let (start, states) = told_root(&mut machine);
    assert_eq!((active(&states), start.next), (3, 3), "{start:?}");
    machine.cut_power().unwrap();
    // Also when the plug goes right after it was said to be done.
    let started = starts_whole(&image, MEMORY, &folder.path().join("whole"));
    assert_eq!((started.state, started.states), (3, vec![1, 2, 3]));
    println!("updated, and started: {} s", begun.elapsed().as_secs());

    no_room(&kept, &folder.path().join("full"), UPDATE);
    println!("no room: {} s", begun.elapsed().as_secs());

    for moment in 0..moments() {
        let place = folder.path().join("cut");
        let (mut machine, image) = kept.resume(&place);
        machine.say(&format!("{UPDATE}\n")).unwrap();
        let cut = takes * (2 * moment + 1) / (2 * moments());
        sleep(cut);
        machine.cut_power().unwrap();
        let Started { before, state, states } = starts_whole(&image, MEMORY, &place);
        assert!([2, 3].contains(&state), "{state} of {states:?}");
        println!(
            "power cut {:.1} s into the update: state {before} was active, state {state} of {states:?} started, after {} s",
            cut.as_secs_f64(),
            begun.elapsed().as_secs()
        );
    }
}

/// The boot partition has no room for one kernel more.
fn no_room(kept: &Kept, folder: &Path, update: &str) {
    const LIST: &str = "find /efi -type f | sort | xargs sha256sum; ls /.moult/states";
    // Room for half a kernel.
    const FILL: &str = "free=$(df --output=avail -B1M /efi | tail -1); \
                        dd if=/dev/zero of=/efi/filler bs=1M count=$((free - 8)) 2>&1; sync; df -B1M /efi";

    let (mut machine, image) = kept.resume(folder);
    let (code, said) = run(&mut machine, FILL, CHANGE);
    assert_eq!(code, 0, "{said}");
    let (_, before) = run(&mut machine, LIST, CHANGE);
    let (code, said) = run(&mut machine, update, CHANGE);
    println!("{said}");
    assert_ne!(code, 0, "{said}");
    let (_, after) = run(&mut machine, LIST, CHANGE);
    assert_eq!(before, after, "nothing was written");
    let (code, said) = run(&mut machine, &format!("{update} --json 2>&1"), CHANGE);
    assert!(code != 0 && said.contains("boot-full"), "{said}");
    // Whose kernel would make room: the active state's would not.
    assert!(said.contains(r#""states": "1""#), "{said}");
    machine.cut_power().unwrap();

    let mut machine = Machine::start(&hardware(&image, kept.memory), folder).unwrap();
    let _ = machine
        .wait_serial("asked 2, before 2, now 2, result already", BOOT)
        .unwrap();
    wait_login(&mut machine);
    become_root(&mut machine);
    let (code, said) = run(
        &mut machine,
        &format!("moultctl state prune --keep 1 --yes && {update}"),
        CHANGE,
    );
    assert_eq!(code, 0, "{said}");
    let (start, states) = told_root(&mut machine);
    assert_eq!((active(&states), start.next, states.len()), (3, 3, 2), "{start:?}");
}

/// The older state was chosen in the menu. Power is cut at ten moments of the initrd, which brings it back: from its first line to after
/// the last. Each time the machine starts again, and what it has is whole.
#[test]
#[ignore = "many minutes: tests/run --long"]
fn power_cuts_while_a_state_comes_back_leave_a_machine_that_starts() {
    const MEMORY: u32 = 1024;
    /// Of the time that the initrd takes: the more, the nearer to the swap.
    const SHARES: [f64; MOMENTS as usize] = [0.2, 0.5, 0.7, 0.8, 0.9, 0.94, 0.97, 1.0, 1.03, 1.1];

    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let computer = Computer::install(folder.path(), Root::Ext4);
    computer.update(20, Kernel::Starts);
    let (hardware, place) = (hardware(&computer.image, MEMORY), folder.path().join("machine"));
    // What a system makes once, at its first start, is not made anew after each cut: that takes longest.
    let mut machine = Machine::start(&hardware, &place).unwrap();
    wait_login(&mut machine);
    machine.power_button().unwrap();
    machine.wait_off(BOOT).unwrap();
    println!("started once: {} s", begun.elapsed().as_secs());

    let mut machine = choose_older(&hardware, &place);
    let _ = machine.wait_serial("Run /init", BOOT).unwrap();
    let kept = Kept::keep(machine, &computer.image, MEMORY, &folder.path().join("kept"));

    let (mut machine, _) = kept.resume(&folder.path().join("whole"));
    let started = Instant::now();
    let _ = machine.wait_serial("now 1, result activated", BOOT).unwrap();
    let takes = started.elapsed();
    machine.cut_power().unwrap();
    println!(
        "the initrd takes {takes:?}; ready after {} s",
        begun.elapsed().as_secs()
    );

    for share in SHARES.into_iter().step_by((MOMENTS / moments()) as usize) {
        let place = folder.path().join("cut");
        let (machine, image) = kept.resume(&place);
        sleep(takes.mul_f64(share));
        machine.cut_power().unwrap();
        // Nobody chooses anything this time: the newest one starts, and goes forth again if it has to.
        let Started { before, state, states } = starts_whole(&image, MEMORY, &place);
        assert_eq!((state, states), (2, vec![1, 2]));
        println!(
            "power cut {:.2} s into the initrd: state {before} was active, state {state} started, after {} s",
            takes.mul_f64(share).as_secs_f64(),
            begun.elapsed().as_secs()
        );
    }
}
