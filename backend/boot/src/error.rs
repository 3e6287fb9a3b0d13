//! Everything that can go wrong, and what boots then.

use std::fmt;
use std::io;
use std::path::PathBuf;

use moult_tool::ToolError;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The firmware is a BIOS: systemd-boot cannot be started by it.
    #[error(
        "this machine was started by a BIOS; Moult needs UEFI. Switch the firmware to UEFI, or choose the UEFI entry of the medium"
    )]
    Bios,
    /// There is no EFI system partition, or more than one that it could be.
    #[error(
        "no EFI system partition was found: {looked}. Mount it at /efi or /boot and try again; nothing was written"
    )]
    NoEsp {
        /// Where it was looked for and what was there.
        looked: String,
    },
    /// A volume could not be read or written.
    #[error("{path} on {volume}: {source}")]
    Volume {
        /// Name of the volume.
        volume: String,
        /// What was read or written.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// Something of the system could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// What.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Something else is chosen for the next start than what was to be taken back.
    #[error("something else was chosen for the next start since; nothing was changed")]
    Overtaken,
    /// No state is said to be the active one.
    #[error("none of the states is the active one; nothing was written")]
    NoActive,
    /// The active state has no kernel.
    #[error(
        "state {state} has no kernel in usr/lib/kernel: it cannot be booted. Install a kernel package; what could be booted before still can"
    )]
    NoKernel {
        /// The active state.
        state: u64,
    },
    /// The active state has no boot loader.
    #[error(
        "state {state} has no usr/lib/systemd/boot/efi/{file}: install systemd-boot; what could be booted before still can"
    )]
    NoLoader {
        /// The active state.
        state: u64,
        /// Name of the program that is missing.
        file: String,
    },
    /// A file of the system cannot be used as it is.
    #[error("{}: {reason}; nothing was written", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The volume is too small for what must be written. Found out before the first byte.
    #[error(
        "{volume} is full: {needed} bytes are needed, {free} are free{}. Nothing was written; what could be booted before still can",
        letting_go(would_help)
    )]
    Full {
        /// Name of the volume.
        volume: String,
        /// Bytes that are needed at most, temporary copies counted.
        needed: u64,
        /// Bytes that are free.
        free: u64,
        /// States whose kernels could be let go ([`crate::Policy::without`]), the least useful first.
        would_help: Vec<Freeable>,
    },
    /// Everything was written, but what was read back would not start the state.
    #[error("the machine would not start state {state}: {fault}. Nothing old was removed")]
    NotBootable {
        /// The active state.
        state: u64,
        /// What is wrong.
        fault: Fault,
    },
    /// The active state's entry has used up its tries: the loader passes it over.
    #[error("state {state} failed to start as often as it was tried; the machine starts {} instead. To try it again, choose it as the one to boot from now on", in_words(*instead))]
    ActiveFailed {
        /// The active state.
        state: u64,
        /// What starts instead; `None` = an entry that is not ours.
        instead: Option<u64>,
    },
    /// The state has no entry.
    #[error("state {state} is not in the boot menu")]
    NoEntry {
        /// The state.
        state: u64,
    },
    /// Nothing can be remembered for the next boot alone.
    #[error(
        "this machine has no firmware variables, so that a state cannot be chosen for one boot alone. Choose it in the boot menu, or for good"
    )]
    NoVariables,
    /// A person's or the firmware's setting overrides the order of the entries.
    #[error("{by} makes the machine start {starts} whatever is chosen here: remove that setting first")]
    Overridden {
        /// The setting.
        by: String,
        /// Id of the entry that starts.
        starts: String,
    },
    /// A firmware variable could not be read or written.
    #[error("firmware variable {name}: {source}")]
    Variable {
        /// Its name.
        name: String,
        /// Why not.
        source: io::Error,
    },
    /// The administrator's key for Secure Boot cannot be used.
    #[error("{}: {reason}; nothing was written", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A program failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

/// A state whose kernels could be let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freeable {
    /// The state.
    pub state: u64,
    /// Bytes that would be free: of files that no other state uses.
    pub bytes: u64,
}

/// Where following what the firmware does came to an end before a kernel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The firmware finds no loader.
    #[error("there is no boot loader at {path}")]
    NoLoader {
        /// Where it was looked for.
        path: String,
    },
    /// A file is not what it should be.
    #[error("{path} {reason}")]
    Broken {
        /// The file, on its volume.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that an entry names is not there.
    #[error("{path}, which {entry} names, is missing")]
    Missing {
        /// The entry's file name.
        entry: String,
        /// The missing file.
        path: String,
    },
    /// There is no entry that the loader would start.
    #[error("there is no entry that could be started")]
    NoEntry,
    /// Our first entry is another state's.
    #[error("{entry} comes first")]
    Another {
        /// The entry's file name.
        entry: String,
    },
}

fn letting_go(states: &[Freeable]) -> String {
    if states.is_empty() {
        return String::new();
    }
    let list: Vec<String> = states
        .iter()
        .map(|freeable| format!("state {} ({} bytes)", freeable.state, freeable.bytes))
        .collect();
    format!("; letting go the kernels of a state would help: {}", list.join(", "))
}

fn in_words(state: Option<u64>) -> impl fmt::Display {
    state.map_or_else(|| "another system".to_owned(), |state| format!("state {state}"))
}
