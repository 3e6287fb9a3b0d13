//! The root and its `/.moult` folder: where things are, the writer's lock, and room.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags};

use crate::error::Error;

/// The folder of everything that is ours, below the root.
pub(crate) const MOULT: &str = ".moult";
/// The database, below [`MOULT`].
pub(crate) const DATABASE: &str = "moult.db";

/// One system root, opened.
pub(crate) struct Root {
    path: PathBuf,
    directory: OwnedFd,
    moult: OwnedFd,
}

/// The right to change a root. Given back when dropped; the kernel gives it back when the process dies.
pub(crate) struct Lock(File);

impl Drop for Lock {
    /// Closing the file alone would not do: a program that another thread is just starting may still have it open.
    fn drop(&mut self) {
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}

/// What `open` needs to be sure of getting a directory, not what a link leads to.
pub(crate) const DIRECTORY: OFlags = OFlags::DIRECTORY
    .union(OFlags::RDONLY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

impl Root {
    /// Opens the root (which must exist) and its `/.moult`, which is made when missing. Everybody may look into it for
    /// the database; its folders are the owner's alone.
    pub(crate) fn open(path: &Path) -> Result<Root, Error> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let directory =
            rustix::fs::open(path, flags, Mode::empty()).map_err(|e| Error::io("opening the root", path, e))?;
        let moult_path = path.join(MOULT);
        make_directory(&directory, MOULT, 0o755, &moult_path)?;
        let moult = rustix::fs::openat(&directory, MOULT, DIRECTORY, Mode::empty())
            .map_err(|e| Error::io("opening the package folder", &moult_path, e))?;
        for folder in ["downloads", "states", "store"] {
            make_directory(&moult, folder, 0o700, &moult_path.join(folder))?;
        }
        Ok(Root {
            path: path.to_owned(),
            directory,
            moult,
        })
    }

    /// Opens a root to look at it; nothing is made.
    pub(crate) fn look_at(path: &Path) -> Result<Root, Error> {
        let failed = |error: rustix::io::Errno| Error::io("opening the root", path, error);
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty()).map_err(failed)?;
        let moult = rustix::fs::openat(&directory, MOULT, DIRECTORY, Mode::empty()).map_err(|error| match error {
            rustix::io::Errno::NOENT => Error::NotOurs(path.to_owned()),
            error => failed(error),
        })?;
        Ok(Root {
            path: path.to_owned(),
            directory,
            moult,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The root directory itself.
    pub(crate) fn directory(&self) -> &OwnedFd {
        &self.directory
    }

    /// The directory `/.moult`.
    pub(crate) fn moult(&self) -> &OwnedFd {
        &self.moult
    }

    /// A path below `/.moult`.
    pub(crate) fn own(&self, below: impl AsRef<Path>) -> PathBuf {
        self.path.join(MOULT).join(below)
    }

    /// Takes the right to change this root, without waiting.
    pub(crate) fn lock(&self) -> Result<Lock, Error> {
        let path = self.own("lock");
        let failed = |e: io::Error| Error::io("locking the root", &path, e);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = rustix::fs::openat(&self.moult, "lock", flags, Mode::from_raw_mode(0o600))
            .map(File::from)
            .map_err(|e| failed(e.into()))?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut text = String::new();
                let _ = (&mut file).take(16).read_to_string(&mut text);
                return Err(Error::Busy {
                    root: self.path.clone(),
                    pid: text.trim().parse().ok(),
                });
            }
            Err(error) => return Err(failed(error.into())),
        }
        // The number is only for the message above.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Lock(file))
    }

    /// Writes out everything of the root's file system.
    pub(crate) fn sync(&self) -> Result<(), Error> {
        rustix::fs::syncfs(&self.moult).map_err(|e| Error::io("making the new state durable", &self.path, e))
    }

    /// Bytes that are free.
    pub(crate) fn free(&self) -> rustix::io::Result<u64> {
        let room = rustix::fs::fstatvfs(&self.moult)?;
        Ok(room.f_bavail.saturating_mul(room.f_frsize))
    }

    /// Fails unless `bytes` more bytes and `files` more files fit.
    pub(crate) fn require_room(&self, doing: &'static str, bytes: u64, files: u64) -> Result<(), Error> {
        let room = rustix::fs::fstatvfs(&self.moult).map_err(|e| Error::io("looking for free space", &self.path, e))?;
        let free = room.f_bavail.saturating_mul(room.f_frsize);
        if bytes > free {
            return Err(Error::NoSpace {
                doing,
                path: self.path.clone(),
                needed: Some((bytes, free)),
            });
        }
        // File systems that make inodes as they go (btrfs) say 0 for all.
        if room.f_files > 0 && files > room.f_favail {
            return Err(Error::NoFiles {
                path: self.path.clone(),
                needed: files,
                free: room.f_favail,
            });
        }
        Ok(())
    }
}

/// Makes a directory with exactly this mode, whatever the umask; an existing one is left alone.
pub(crate) fn make_directory(at: &OwnedFd, name: &str, mode: u32, shown: &Path) -> Result<(), Error> {
    let failed = |e: rustix::io::Errno| Error::io("making a folder", shown, e);
    match rustix::fs::mkdirat(at, name, Mode::from_raw_mode(mode)) {
        Ok(()) => {
            let made = rustix::fs::openat(at, name, DIRECTORY, Mode::empty()).map_err(failed)?;
            rustix::fs::fchmod(&made, Mode::from_raw_mode(mode)).map_err(failed)
        }
        Err(rustix::io::Errno::EXIST) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

/// Removes a tree of ours; nothing there is fine. Links are removed, not followed.
pub(crate) fn remove_tree(path: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("removing a folder", path, error)),
        _ => Ok(()),
    }
}

/// Removes a directory in an open one, with all that is in it. Links are removed, not followed.
pub(crate) fn remove_below(at: &OwnedFd, name: &[u8]) -> io::Result<()> {
    let directory = rustix::fs::openat(at, name, DIRECTORY, Mode::empty())?;
    for entry in rustix::fs::Dir::read_from(&directory)? {
        let entry = entry?;
        let child = entry.file_name();
        if matches!(child.to_bytes(), b"." | b"..") {
            continue;
        }
        match rustix::fs::unlinkat(&directory, child, rustix::fs::AtFlags::empty()) {
            Err(rustix::io::Errno::ISDIR) => remove_below(&directory, child.to_bytes())?,
            done => done?,
        }
    }
    Ok(rustix::fs::unlinkat(at, name, rustix::fs::AtFlags::REMOVEDIR)?)
}
