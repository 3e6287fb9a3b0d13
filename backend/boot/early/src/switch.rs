//! Gives the machine to the system: the initrd's mounts go along, its files go away, its place is taken.

use std::fs::{self, File};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags};
use rustix::mount::UnmountFlags;

use crate::Error;
use crate::cmdline::CommandLine;

/// What a system is started with, the first that is there.
const PROGRAMS: [&str; 3] = ["/sbin/init", "/usr/lib/systemd/systemd", "/lib/systemd/systemd"];
const RAMFS: i64 = 0x8584_58f6;
const TMPFS: i64 = 0x0102_1994;

/// The program that the system below `root` begins with: `init=`, or else the usual ones.
pub(crate) fn program(root: &Path, line: &CommandLine) -> Result<String, Error> {
    let mut names: Vec<&str> = line.value("init").into_iter().collect();
    names.extend(PROGRAMS);
    let found = names.iter().find(|name| is_program(root, name));
    match found {
        Some(name) => Ok((*name).to_owned()),
        None => Err(Error::NoInit(names.iter().map(|name| (*name).to_owned()).collect())),
    }
}

/// Links are followed as the system will see them.
fn is_program(root: &Path, name: &str) -> bool {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let Ok(root) = File::open(root) else { return false };
    let Ok(file) = rustix::fs::openat2(&root, name, flags, Mode::empty(), ResolveFlags::IN_ROOT) else {
        return false;
    };
    rustix::fs::fstat(&file)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && stat.st_mode & 0o111 != 0)
}

/// Makes `root` the root of everything, and becomes its first program. Returns only if that fails.
pub(crate) fn switch(root: &Path, program: &str, arguments: &[String]) -> Error {
    match prepare(root) {
        Ok(()) => {
            let error = Command::new(program).args(arguments).exec();
            Error::io("starting the system's first program", program, error)
        }
        Err(error) => error,
    }
}

fn prepare(root: &Path) -> Result<(), Error> {
    for name in ["dev", "proc", "sys", "run"] {
        let (from, to) = (Path::new("/").join(name), root.join(name));
        if !to.is_dir() {
            fs::create_dir(&to).map_err(|error| Error::io("making a folder", &to, error))?;
        }
        rustix::mount::mount_move(&from, &to).map_err(|error| Error::io("moving a mount", &to, error))?;
    }
    let failed = |error| Error::io("changing to the system", root, error);
    let old = rustix::fs::openat(CWD, "/", OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).map_err(failed)?;
    rustix::process::chdir(root).map_err(failed)?;
    // What is in the initrd stays in memory unless it is removed. Never where the root is a disk.
    let kind = rustix::fs::fstatfs(&old).map_err(failed)?.f_type;
    if kind == RAMFS || kind == TMPFS {
        let device = rustix::fs::fstat(&old).map_err(failed)?.st_dev;
        empty(&old, device);
    }
    rustix::mount::mount_move(".", "/").map_err(failed)?;
    rustix::process::chroot(".").map_err(failed)?;
    rustix::process::chdir("/").map_err(failed)
}

/// Removes everything in a folder that is on the same file system as it. What cannot be removed stays in memory, no more.
fn empty(folder: &OwnedFd, device: u64) {
    let Ok(entries) = Dir::read_from(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let Ok(stat) = rustix::fs::statat(folder.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW) else {
            continue;
        };
        if stat.st_dev != device {
            continue;
        }
        let mut flags = AtFlags::empty();
        if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
            let below = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            if let Ok(child) = rustix::fs::openat(folder, name, below, Mode::empty()) {
                empty(&child, device);
            }
            flags = AtFlags::REMOVEDIR;
        }
        let _ = rustix::fs::unlinkat(folder, name, flags);
    }
}

/// Takes a mount away that is not needed (any more).
pub(crate) fn unmount(path: &Path) {
    if let Err(error) = rustix::mount::unmount(path, UnmountFlags::empty()) {
        crate::console::log(&format!("{} stays mounted: {error}", path.display()));
    }
}
