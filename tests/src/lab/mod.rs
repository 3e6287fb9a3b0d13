//! The lab: a small Debian 13 in namespaces of its own, with private buses, a private network and disks that are files.
//!
//! [`Root`] is the cached root file system, [`Lab`] one running copy of it, [`Kiosk`] a lab with cage and the window in it,
//! [`Seat`] the hand that types and points, [`Trace`] the ear that hears what the window shows, [`drive`] a whole install.
//! [`Machine`] is a whole computer with firmware, in QEMU.
//!
//! Nothing outlives the process that started a lab: its first process ends when the pipe from that process closes, the
//! kernel ends everything else in the namespace with it, and a loop device frees itself when its last descriptor closes.

pub mod desktop;
mod disk;
pub mod drive;
mod frames;
mod hardware;
pub mod inner;
mod installed;
mod kiosk;
pub mod measure;
mod namespace;
mod neighbour;
mod picture;
mod program;
mod qemu;
mod qmp;
mod root;
mod seat;
pub mod shop;
mod snapshot;
mod sys;
mod trace;
mod typist;

use std::{io, path::PathBuf, process::ExitStatus, time::Duration};

pub use disk::Disk;
pub use hardware::{Bus, Drive, Format, Hardware, SECURE_KEY};
pub use installed::Installed;
pub use kiosk::{Kiosk, Screen};
pub use namespace::{Bind, Lab, Network, Options, User};
pub use neighbour::{Fate, Neighbour};
pub use picture::Region;
pub use program::{checkout, find_program, target_folder};
pub use qemu::Machine;
pub use root::{Root, packages};
pub use seat::{Seat, Shot, evdev};
pub use trace::{JobLine, Trace, Widget};
pub use typist::Layout;

/// What can go wrong in the lab.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file, folder or device could not be used.
    #[error("{what}: {path}: {source}")]
    File {
        /// What was being done.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A system call failed.
    #[error("{what}: {source}")]
    System {
        /// What was being done.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// A program that the lab needs is not installed.
    #[error("{0} is not installed (tests/packages-debian lists what the lab needs)")]
    MissingProgram(String),
    /// The lab makes namespaces, mounts and loop devices.
    #[error("the lab must be started as root")]
    NotRoot,
    /// The workspace's own programs are not built.
    #[error("{0} is not built: run `cargo build` first")]
    NotBuilt(PathBuf),
    /// A program ended with an error.
    #[error("{program} ended with {status}: {stderr}")]
    Program {
        /// Which one.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The last of what it said.
        stderr: String,
    },
    /// The lab's first process could not set it up.
    #[error("the lab did not start: {0}")]
    Start(String),
    /// Something did not happen in time.
    #[error("waited {waited:?} for {what}; {seen}")]
    Timeout {
        /// What was waited for.
        what: String,
        /// How long.
        waited: Duration,
        /// What was there instead.
        seen: String,
    },
    /// The compositor did not do what the seat needs.
    #[error("the compositor: {0}")]
    Wayland(String),
    /// A character that the layout cannot type.
    #[error("no key of the layout types {0:?}")]
    NoKey(char),
    /// A picture could not be read.
    #[error("the picture: {0}")]
    Picture(&'static str),
    /// QEMU did not do what was asked.
    #[error("the machine: {0}")]
    Machine(String),
    /// The install ended otherwise than it should.
    #[error("the install: {0}")]
    Install(String),
}

impl Error {
    pub(crate) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
        let path = path.into();
        move |source| Error::File { what, path, source }
    }

    pub(crate) fn system<E: Into<io::Error>>(what: &'static str) -> impl FnOnce(E) -> Error {
        move |source| Error::System {
            what,
            source: source.into(),
        }
    }
}
