//! What is told: of a sync, of the menu as it is, of this boot.

use crate::efi::{EfiVariables, SecureBoot};
use crate::error::Error;
use crate::firmware::{Firmware, firmware};
use crate::follow;
use crate::machine::Machine;
use crate::menu;
use crate::sign::Key;

/// How an entry has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It has no counter: it was seen to work.
    Good,
    /// It was never tried.
    Untried,
    /// It was tried and has not been seen to work yet.
    Trying,
    /// Its tries are used up: the loader puts it last.
    Bad,
}

/// What a signature of an entry's covers. Whose it is, is looked at for the entry that starts next ([`SecureStep`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// There is none.
    None,
    /// The kernel; its initrds and its command line could be changed.
    Kernel,
    /// Kernel, initrds and command line: it is a unified image.
    Whole,
}

/// What a person can do next for Secure Boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecureStep {
    /// Nothing: all is signed and checked, or nobody asked for it.
    Nothing,
    /// It is on, and there is no key: put one into `/etc/moult/secure-boot`, or switch it off.
    AddKey,
    /// What starts next is not signed with the key that is there: sync.
    Sync,
    /// What starts next is a signed kernel with initrds that nobody signed: install systemd's stub, and sync.
    AddStub,
    /// All is signed, and the firmware does not look: have it know the certificate, and switch Secure Boot on.
    Enrol,
}

/// One entry of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryStatus {
    /// Name of its file without the counter: how systemd-boot and `bootctl` call it.
    pub id: String,
    /// Name of its file.
    pub file: String,
    /// What the menu shows.
    pub title: String,
    /// The state that it starts.
    pub state: u64,
    /// Version of its kernel.
    pub kernel: String,
    /// How it has done.
    pub health: Health,
    /// How often it will still be tried; `None` = no counter.
    pub tries_left: Option<u32>,
    /// How often it was tried without being seen to work.
    pub tries_done: u32,
    /// The machine was started by it.
    pub booted: bool,
    /// It is what starts next.
    pub next: bool,
    /// A file that it names is missing or broken: what.
    pub fault: Option<String>,
    /// What a signature covers.
    pub signature: Signature,
}

/// Why an entry starts next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is the first of the menu.
    First,
    /// It was chosen for the next boot alone (`LoaderEntryOneShot`).
    Once,
    /// The firmware variable `LoaderEntryDefault` says so.
    Variable,
    /// `default` in `loader.conf` says so.
    LoaderConf,
}

/// What the firmware and the loader start next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The state; `None` = an entry that is not ours.
    pub state: Option<u64>,
    /// The entry's id.
    pub id: String,
    /// Version of its kernel, of an entry that has one.
    pub kernel: Option<String>,
    /// Why this one.
    pub why: Why,
    /// The loader's path on the ESP by which the firmware comes there.
    pub loader: String,
}

/// The boot menu as it is.
#[derive(Debug, Clone)]
pub struct Status {
    /// What started the machine.
    pub firmware: Firmware,
    /// What the firmware checks.
    pub secure_boot: SecureBoot,
    /// What a person can do so that it checks what starts next.
    pub secure_step: SecureStep,
    /// Name of the EFI system partition.
    pub esp: String,
    /// Name of XBOOTLDR, where kernels and entries are if there is one.
    pub xbootldr: Option<String>,
    /// What the installed loader calls itself ("systemd-boot 257.7-1"); `None` = no loader, or a strange one.
    pub loader: Option<String>,
    /// Free bytes where kernels are written.
    pub free: u64,
    /// Our entries, in the order of the menu.
    pub entries: Vec<EntryStatus>,
    /// Ids of the entries that are not ours, in the order of the menu.
    pub others: Vec<String>,
    /// What starts next, or why nothing would.
    pub next: Result<Next, crate::Fault>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its path on its volume.
    pub path: String,
    /// Its length.
    pub bytes: u64,
}

/// What a sync did. All of it has been read back.
#[derive(Debug, Clone)]
pub struct Report {
    /// What starts next.
    pub next: Next,
    /// Files that were written, in this order.
    pub written: Vec<Written>,
    /// Files that were removed.
    pub pruned: Vec<String>,
    /// States that have entries now, in the order of the menu.
    pub states: Vec<u64>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
}

/// What a person should know although it is no failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// Secure Boot is on and there is no key.
    #[error(
        "Secure Boot is on, and kernels and boot loader are not signed with a key of this machine's: the firmware may refuse them. Put a key pair into /etc/moult/secure-boot (db.key, db.crt), or switch Secure Boot off"
    )]
    NotSigned,
    /// There is a key, and whether what starts next is signed with it could not be seen.
    #[error("whether what starts next is signed with the key in /etc/moult/secure-boot is not known: {reason}")]
    SignatureUnknown {
        /// Why not.
        reason: String,
    },
    /// There is a key, and a state cannot be signed as a whole: whoever can write to the EFI system partition can change its initrds and its command line.
    #[error(
        "state {state}: the signature covers its kernel, not its initrds and its command line, for want of systemd's stub: {reason}"
    )]
    KernelOnly {
        /// The state.
        state: u64,
        /// Why there is no stub.
        reason: String,
    },
    /// The fallback path holds a loader that is not systemd-boot. It was left alone.
    #[error("{path} is another system's boot loader and was left alone")]
    StrangeLoader {
        /// Where.
        path: String,
    },
    /// A person's or another system's choice starts something else than our first entry.
    #[error("the machine starts {starts}, not state {state}: {by} says so")]
    AnotherStarts {
        /// The entry, or the firmware's entry, that starts.
        starts: String,
        /// The state that our first entry would start.
        state: u64,
        /// What says so.
        by: String,
    },
    /// The active state brings nothing that says whether it works, so it gets no tries: if it fails, nothing goes back by itself.
    #[error(
        "state {state} has no systemd-bless-boot: if it does not start, choose another state in the boot menu; nothing goes back by itself"
    )]
    NeverBlessed {
        /// The state.
        state: u64,
    },
    /// There was no space for a state that is not the active one.
    #[error("state {state} is not in the boot menu: its kernel needs {bytes} bytes more than there are")]
    NoSpace {
        /// The state.
        state: u64,
        /// Bytes that are missing.
        bytes: u64,
    },
    /// A state has no entry because its tree cannot be used.
    #[error("state {state} is not in the boot menu: {reason}")]
    Skipped {
        /// The state.
        state: u64,
        /// Why.
        reason: String,
    },
    /// The firmware would not take or keep its entry. The fallback path is what it starts then.
    #[error("the firmware's own boot entry could not be written: {reason}")]
    Variables {
        /// Why.
        reason: String,
    },
    /// A state has used up its tries.
    #[error("state {state} failed to start")]
    StateFailed {
        /// The state.
        state: u64,
    },
}

/// A state that did not come up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The state.
    pub state: u64,
    /// Version of its kernel.
    pub kernel: String,
    /// How often it was tried.
    pub tries: u32,
}

/// What happened at this boot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The state that the machine was started with (`moult.state=`); `None` = not by an entry of ours.
    pub booted: Option<u64>,
    /// The entry by which it was started.
    pub entry: Option<String>,
    /// How that entry has done; `None` = it is not there any more.
    pub health: Option<Health>,
    /// Newer states whose tries are used up, the newest first: they failed, and the machine came back by itself.
    pub failed: Vec<Failed>,
}

/// See [`Machine::status`].
pub(crate) fn of(machine: &Machine) -> Result<Status, Error> {
    let menu = menu::read(machine)?;
    let token = machine.root.token();
    let next = follow::next(machine, &menu)?;
    let choice = follow::choose(machine, &menu)?.map(|choice| choice.at);
    let booted = machine.booted_entry(&menu)?.map(menu::Listed::path);
    let boot = machine.boot_volume();

    let mut entries: Vec<EntryStatus> = Vec::new();
    let mut others = Vec::new();
    for (at, listed) in menu.iter().enumerate() {
        let entry = &listed.entry;
        let Some(state) = listed.state(&token) else {
            others.push(entry.id());
            continue;
        };
        let (fault, signature) = listed.examined(machine)?;
        entries.push(EntryStatus {
            id: entry.id(),
            file: entry.file.clone(),
            title: entry.title.clone().unwrap_or_default(),
            state,
            kernel: entry.version.clone().unwrap_or_default(),
            health: entry.health(),
            tries_left: entry.counter.map(|counter| counter.left),
            tries_done: entry.counter.map_or(0, |counter| counter.done),
            booted: booted.as_ref() == Some(&listed.path()),
            next: choice == Some(at),
            fault: fault.map(|(path, reason)| format!("{path} {reason}")),
            signature,
        });
    }

    let mut warnings = of_failed(machine, &menu);
    if let Some(first) = entries.iter().find(|entry| entry.fault.is_none()) {
        warnings.extend(follow::overridden(machine, &menu, first.state)?);
    }
    let secure_boot = machine
        .variables
        .as_ref()
        .map_or(SecureBoot::Unknown, EfiVariables::secure_boot);
    let secure_step = match Key::find(&machine.etc)? {
        None if secure_boot == SecureBoot::On => SecureStep::AddKey,
        None => SecureStep::Nothing,
        Some(key) => {
            let next = choice.and_then(|at| menu.get(at));
            match next.filter(|listed| listed.state(&token).is_some()) {
                Some(listed) => match step_with(machine, &key, listed, secure_boot) {
                    Err(Error::Tool(error)) => {
                        warnings.push(Warning::SignatureUnknown {
                            reason: error.to_string(),
                        });
                        SecureStep::Nothing
                    }
                    step => step?,
                },
                // Somebody else's, or nothing.
                None => SecureStep::Nothing,
            }
        }
    };
    if secure_step == SecureStep::AddKey {
        warnings.push(Warning::NotSigned);
    }

    Ok(Status {
        firmware: firmware(),
        secure_boot,
        secure_step,
        esp: machine.esp.name(),
        xbootldr: machine.xbootldr.as_ref().map(|volume| volume.name()),
        loader: follow::loader_version(machine)?,
        free: boot.space().map_err(menu::on(boot, ""))?.free,
        entries,
        others,
        next,
        warnings,
    })
}

/// What there is to do where there is a key and this entry starts next.
fn step_with(machine: &Machine, key: &Key, next: &menu::Listed, secure_boot: SecureBoot) -> Result<SecureStep, Error> {
    let (Ok(start), Some(program)) = (follow::start(machine)?, &next.entry.program) else {
        return Ok(SecureStep::Sync);
    };
    let is_signed =
        key.has_signed(machine.esp.as_ref(), start.loader())? && key.has_signed(next.volume.as_ref(), program)?;
    let (_, signature) = next.examined(machine)?;
    Ok(match (signature, secure_boot) {
        _ if !is_signed => SecureStep::Sync,
        (Signature::None, _) => SecureStep::Sync,
        (Signature::Kernel, _) => SecureStep::AddStub,
        (Signature::Whole, SecureBoot::Off | SecureBoot::Setup) => SecureStep::Enrol,
        (Signature::Whole, SecureBoot::On | SecureBoot::Unknown) => SecureStep::Nothing,
    })
}

/// A warning for each state of which no entry has tries left.
pub(crate) fn of_failed(machine: &Machine, menu: &[menu::Listed]) -> Vec<Warning> {
    let token = machine.root.token();
    let mut states = std::collections::BTreeMap::new();
    for listed in menu {
        if let Some(state) = listed.state(&token) {
            let failed = states.entry(state).or_insert(true);
            *failed = *failed && listed.entry.health() == Health::Bad;
        }
    }
    let failed = states.into_iter().filter(|(_, failed)| *failed);
    failed.map(|(state, _)| Warning::StateFailed { state }).collect()
}
