//! The boot menu of the running machine, kept in step with the states of its root: what the package engine asks and tells,
//! in the words of `moult-boot`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use moult_boot::{EntryStatus, Error, Firmware, Machine, Policy, Signature, Status as MenuStatus, Tree};
use moult_packages::{Boot, BootRefusal, Coming, KernelFile, State, Status, Watch};

/// Opens the machine whose menu is kept: its root is given.
type Find = Box<dyn Fn(&Path) -> Result<Machine, Error> + Send + Sync>;

/// Keeps a machine's boot menu.
pub struct Menu {
    find: Find,
    firmware: Firmware,
    policy: Policy,
    /// Hears of the machine after its menu was written, or could not be.
    after: Box<dyn Fn(&Machine) + Send + Sync>,
}

impl std::fmt::Debug for Menu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Menu")
            .field("firmware", &self.firmware)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl Menu {
    /// The running machine's. Its partitions are looked for when they are needed, and let go of at once.
    /// `after` hears of the machine whenever its menu was written, or could not be.
    pub fn of_running(after: impl Fn(&Machine) + Send + Sync + 'static) -> Self {
        Self {
            after: Box::new(after),
            ..Self::new(moult_boot::firmware(), Machine::of_running)
        }
    }

    /// That of the machine that `find` opens.
    pub fn new(firmware: Firmware, find: impl Fn(&Path) -> Result<Machine, Error> + Send + Sync + 'static) -> Self {
        Self {
            find: Box::new(find),
            firmware,
            policy: Policy::default(),
            after: Box::new(|_| {}),
        }
    }

    /// The machine; None where there is no boot menu to keep: what did not start by UEFI, or has no partition for it.
    fn machine(&self, root: &Path) -> Result<Option<Machine>, BootRefusal> {
        if self.firmware == Firmware::Bios {
            return Ok(None);
        }
        match (self.find)(root) {
            Ok(machine) => Ok(Some(machine)),
            Err(Error::Bios | Error::NoEsp { .. }) => Ok(None),
            Err(error) => Err(refusal(error)),
        }
    }

    /// Whether these files fit beside what is there. What a state that has an entry has, too, is there already; but where a key signs whole
    /// images, no two states share one.
    fn fits(&self, machine: &Machine, trees: &[Tree], files: &[KernelFile]) -> Result<(), BootRefusal> {
        let status = machine.status().map_err(refusal)?;
        let with_entry = |tree: &&Tree| status.entries.iter().any(|entry| entry.state == tree.state);
        let there: Vec<&Tree> = trees.iter().filter(with_entry).collect();
        let active = trees.iter().find(|tree| tree.active);
        // As the active state's: whether the new one has the stub is not known before it is whole.
        let images = match active {
            Some(active) => machine.makes_images(active).map_err(refusal)?,
            None => false,
        };
        let is_new = |file: &&KernelFile| {
            let is_there = || there.iter().any(|tree| is_same(&tree.usr.join(&file.path), file));
            goes_to_the_menu(&file.path) && (images || !is_there())
        };
        let new: Vec<&KernelFile> = files.iter().filter(is_new).collect();
        if new.is_empty() {
            return Ok(());
        }
        let cluster = machine.xbootldr.as_ref().unwrap_or(&machine.esp).space();
        let cluster = cluster.map_or(CLUSTER, |space| space.cluster.max(1));
        let whole = |size: u64| size.div_ceil(cluster).saturating_mul(cluster);
        let stubs = match images {
            true => STUB.saturating_mul(new.iter().filter(|file| is_kernel(&file.path)).count() as u64),
            false => 0,
        };
        let sizes = new.iter().map(|file| whole(file.size));
        let needed = sizes.fold(BESIDE.saturating_add(stubs), u64::saturating_add);
        if needed <= status.free.saturating_add(self.leaving(&status, &there, images)) {
            return Ok(());
        }

        let active = active.map(|tree| tree.state);
        let of_active = |kernel: &str| {
            let mut entries = status.entries.iter();
            entries.any(|entry| Some(entry.state) == active && entry.kernel == kernel)
        };
        // Whose kernel the active state has, too, gives nothing; an image gives itself.
        let goes = |entry: &&EntryStatus| {
            Some(entry.state) != active && (entry.signature == Signature::Whole || !of_active(&entry.kernel))
        };
        let mut states: Vec<u64> = status.entries.iter().filter(goes).map(|entry| entry.state).collect();
        states.sort_unstable();
        states.dedup();
        Err(BootRefusal::Full {
            needed,
            free: status.free,
            states,
        })
    }

    /// Bytes of the kernels that leave the menu by themselves when one more state comes: those of the oldest ones that no
    /// other entry has, or all of them where each is in an image of its own.
    fn leaving(&self, status: &MenuStatus, there: &[&Tree], images: bool) -> u64 {
        let mut by_age: Vec<&&Tree> = there.iter().filter(|tree| !tree.active).collect();
        by_age.sort_by_key(|tree| std::cmp::Reverse((tree.created, tree.state)));
        // The new one and the active one stay.
        let staying = self.policy.states.saturating_sub(2).min(by_age.len());
        let leaving = by_age.split_off(staying);
        let leaves = |state: u64| leaving.iter().any(|tree| tree.state == state);
        let stays = |kernel: &str| {
            let mut entries = status.entries.iter();
            entries.any(|entry| !leaves(entry.state) && entry.kernel == kernel)
        };
        let gone = status
            .entries
            .iter()
            .filter(|entry| leaves(entry.state) && (images || !stays(&entry.kernel)));
        let mut gone: Vec<(&str, u64)> = gone.map(|entry| (entry.kernel.as_str(), entry.state)).collect();
        gone.sort_unstable();
        if !images {
            gone.dedup_by_key(|(kernel, _)| *kernel);
        }
        let states: Vec<u64> = gone.iter().map(|(_, state)| *state).collect();
        let trees = leaving.iter().filter(|tree| states.contains(&tree.state));
        trees
            .filter_map(|tree| sizes(&tree.usr).ok())
            .flatten()
            .map(|(_, size)| size)
            .fold(0, u64::saturating_add)
    }

    fn sync(&self, root: &Path, states: &[State], watch: &dyn Watch) -> Result<Vec<String>, BootRefusal> {
        let trees = trees(root, states);
        // A container has no kernel; whoever brings one expects it to be started.
        let expects_one = trees.iter().any(|tree| tree.active && has_kernel(&tree.usr));
        let machine = match self.machine(root) {
            Ok(Some(machine)) => machine,
            Ok(None) if expects_one => return Ok(vec![NO_MENU.to_owned()]),
            Err(refused) if expects_one => return Err(refused),
            Ok(None) | Err(_) => return Ok(Vec::new()),
        };
        let report = machine.sync(&trees, &self.policy);
        (self.after)(&machine);
        let report = report.map_err(refusal)?;
        for written in &report.written {
            watch.log(&format!("boot menu: {} ({} bytes)", written.path, written.bytes));
        }
        for pruned in &report.pruned {
            watch.log(&format!("boot menu: {pruned} is gone"));
        }
        Ok(report.warnings.iter().map(ToString::to_string).collect())
    }
}

/// What a file takes at least, where it is not known.
const CLUSTER: u64 = 64 << 10;
/// What is written beside kernels and initrds: the loader and its copy on the fallback path, entries, directories.
const BESIDE: u64 = 1 << 20;
/// What an image has beside its kernel and initrds: systemd's stub, command line, signature.
const STUB: u64 = 512 << 10;

/// What is said where a kernel came and nothing will start it.
const NO_MENU: &str = "there is no boot menu here: this machine was not started by UEFI or has no EFI system partition, so \
                       the new kernel starts only when something else starts it";

impl Boot for Menu {
    fn check(&self, root: &Path, states: &[State], coming: Coming<'_>) -> Result<(), BootRefusal> {
        if let Coming::Files([]) = coming {
            return Ok(());
        }
        // Where there is no menu, or none that can be found, a change is no worse than before; that is said after it.
        let Ok(Some(machine)) = self.machine(root) else {
            return Ok(());
        };
        let mut trees = trees(root, states);
        match coming {
            Coming::Files(files) => self.fits(&machine, &trees, files),
            // With what triggers made of it, such as an initrd: now it is known to the byte.
            Coming::Tree(id, folder) => {
                for tree in &mut trees {
                    tree.active = false;
                }
                trees.retain(|tree| tree.state != id);
                let of = states.iter().find(|state| state.id == id);
                trees.push(Tree {
                    state: id,
                    active: true,
                    created: of.map_or_else(now, |state| state.created),
                    title: of.map(|state| state.name.clone()).unwrap_or_default(),
                    usr: folder.join("usr"),
                });
                match machine.check(&trees, &self.policy) {
                    // It could not be started before, either, or a person wants it so: that is said after the swap.
                    Err(Error::NoKernel { .. } | Error::NoLoader { .. }) => Ok(()),
                    checked => checked.map_err(refusal),
                }
            }
        }
    }

    fn states_changed(&self, root: &Path, states: &[State], watch: &dyn Watch) -> Result<Vec<String>, BootRefusal> {
        self.sync(root, states, watch)
    }

    fn states_leave(&self, root: &Path, staying: &[State], watch: &dyn Watch) -> Result<Vec<String>, BootRefusal> {
        let refused = match self.sync(root, staying, watch) {
            Err(refused) => refused,
            done => return done,
        };
        // The menu is not as it should be, but if no entry leads to one of those that go, they may go.
        let Some(machine) = self.machine(root)? else {
            return Ok(Vec::new());
        };
        let status = machine.status().map_err(refusal)?;
        let stays = |id: u64| staying.iter().any(|state| state.id == id);
        if status.entries.iter().all(|entry| stays(entry.state)) {
            Ok(vec![refused.to_string()])
        } else {
            Err(refused)
        }
    }
}

/// States as the menu knows them. One that was never finished has no entry.
pub(crate) fn trees(root: &Path, states: &[State]) -> Vec<Tree> {
    let whole = states.iter().filter(|state| state.status != Status::Pending);
    whole
        .map(|state| {
            let active = state.status == Status::Active;
            let usr = match active {
                true => root.join("usr"),
                false => root.join(".moult/states").join(state.id.to_string()).join("usr"),
            };
            Tree {
                state: state.id,
                active,
                created: state.created,
                title: state.name.clone(),
                usr,
            }
        })
        .collect()
}

/// A failure of the menu in the engine's words.
pub(crate) fn refusal(error: Error) -> BootRefusal {
    match error {
        Error::Full {
            needed,
            free,
            would_help,
            ..
        } => {
            let mut states: Vec<u64> = would_help.iter().map(|freeable| freeable.state).collect();
            states.sort_unstable();
            BootRefusal::Full { needed, free, states }
        }
        Error::Bios | Error::NoEsp { .. } => BootRefusal::Missing(error.to_string()),
        Error::NotBootable { .. }
        | Error::ActiveFailed { .. }
        | Error::NoActive
        | Error::NoKernel { .. }
        | Error::NoLoader { .. } => BootRefusal::NotBootable(error.to_string()),
        error => BootRefusal::Other(error.to_string()),
    }
}

fn has_kernel(usr: &Path) -> bool {
    let kernels = std::fs::read_dir(usr.join("lib/kernel"));
    kernels.is_ok_and(|mut kernels| kernels.any(|kernel| kernel.is_ok_and(|kernel| kernel.path().is_dir())))
}

/// Kernels and initrds are copied to where the firmware reads; the rest of `lib/kernel` is not.
fn goes_to_the_menu(path: &str) -> bool {
    is_kernel(path) || path.ends_with(".initrd")
}

fn is_kernel(path: &str) -> bool {
    path.ends_with("/vmlinuz")
}

/// The files of a tree that go to the menu, with their bytes.
fn sizes(usr: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let mut found = Vec::new();
    let mut folders = vec![usr.join("lib/kernel")];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && path.to_str().is_some_and(goes_to_the_menu) {
                found.push((path, entry.metadata()?.len()));
            }
        }
    }
    Ok(found)
}

fn hash(file: &mut File) -> io::Result<[u8; 32]> {
    let mut hasher = blake3::Hasher::new();
    let _ = hasher.update_reader(file)?;
    Ok(*hasher.finalize().as_bytes())
}

fn is_same(there: &Path, file: &KernelFile) -> bool {
    let Some(content) = file.content else { return false };
    let Ok(mut opened) = File::open(there) else {
        return false;
    };
    if !opened.metadata().is_ok_and(|metadata| metadata.len() == file.size) {
        return false;
    }
    hash(&mut opened).is_ok_and(|found| found == content)
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
