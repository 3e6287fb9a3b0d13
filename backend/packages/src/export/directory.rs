//! A system in a folder. Files share their blocks with the content store where the file system can, and are copies where
//! it cannot; never links, so that what becomes of them does not reach the store.

use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, Gid, Mode, OFlags, ResolveFlags, Timespec, Timestamps, Uid};
use rustix::io::Errno;

use super::{Body, Entry, ExportError, Job};
use crate::error::Error;
use crate::package::Rights;
use crate::root::DIRECTORY;
use crate::store;
use crate::tree::split;

const DOING: &str = "writing a system";

/// Opens a folder that is empty, or makes it; says whether it was made.
pub(super) fn empty(path: &Path) -> Result<(OwnedFd, bool), Error> {
    let failed = |error: Errno| Error::io(DOING, path, error);
    let made = match rustix::fs::mkdir(path, Mode::from_raw_mode(0o755)) {
        Ok(()) => true,
        Err(Errno::EXIST) => false,
        Err(error) => return Err(failed(error)),
    };
    let top = rustix::fs::open(path, DIRECTORY, Mode::empty()).map_err(failed)?;
    require_empty(&top, path)?;
    if made {
        // Whatever the umask.
        rustix::fs::fchmod(&top, Mode::from_raw_mode(0o755)).map_err(failed)?;
    }
    Ok((top, made))
}

fn require_empty(top: &OwnedFd, path: &Path) -> Result<(), Error> {
    let failed = |error: Errno| Error::io(DOING, path, error);
    for entry in rustix::fs::Dir::read_from(top).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            return Err(ExportError::NotEmpty(path.to_owned()).into());
        }
    }
    Ok(())
}

/// As [`directory`], for one that is open. In failures a path is that in the new system.
pub(crate) fn opened(job: &Job<'_>, top: OwnedFd) -> Result<u64, Error> {
    let shown = Path::new("/");
    require_empty(&top, shown)?;
    filled(job, top, shown)
}

/// Writes the system into `path`, which must be missing or empty. What was written before a failure is taken away again.
/// Returns the bytes of all files.
pub(crate) fn directory(job: &Job<'_>, path: &Path) -> Result<u64, Error> {
    let (top, made) = empty(path)?;
    let written = filled(job, top, path);
    if written.is_err() && made {
        let _ = std::fs::remove_dir(path);
    }
    written
}

fn filled(job: &Job<'_>, top: OwnedFd, shown: &Path) -> Result<u64, Error> {
    let mut writer = Writer {
        job,
        top,
        shown,
        made: 0,
        bytes: 0,
    };
    let written = writer.write();
    if written.is_err() {
        writer.take_back();
    }
    written.map(|()| writer.bytes)
}

struct Writer<'w> {
    job: &'w Job<'w>,
    top: OwnedFd,
    shown: &'w Path,
    /// How many entries were begun.
    made: usize,
    bytes: u64,
}

impl Writer<'_> {
    fn write(&mut self) -> Result<(), Error> {
        let mut at: Option<(Vec<u8>, OwnedFd)> = None;
        for entry in &self.job.entries {
            self.job.meter.check()?;
            let shown = self.shown;
            let failed = |error: std::io::Error| failed(shown, entry, error);
            let (folder, name) = split(&entry.path);
            let parent = match at.take() {
                Some((known, open)) if known == folder => open,
                _ => self.open(folder).map_err(failed)?,
            };
            self.made += 1;
            let bytes = self.put(&parent, name, entry).map_err(failed)?;
            self.bytes = self.bytes.saturating_add(bytes);
            at = Some((folder.to_vec(), parent));
            self.job.meter.items(1, "");
        }
        // Children before their parents: making a child changes its parent's date.
        for entry in self.job.entries.iter().rev() {
            if let Body::Directory = entry.body {
                let open = self
                    .open(&entry.path)
                    .map_err(|error| failed(self.shown, entry, error))?;
                self.finish(&open, entry.rights)
                    .map_err(|error| failed(self.shown, entry, error))?;
            }
        }
        let plain = crate::tree::PLAIN;
        let failed = |error: std::io::Error| Error::io(DOING, self.shown, error);
        self.finish(&self.top, plain).map_err(failed)?;
        rustix::fs::syncfs(&self.top).map_err(|error| failed(error.into()))
    }

    fn put(&self, parent: &OwnedFd, name: &[u8], entry: &Entry) -> std::io::Result<u64> {
        match &entry.body {
            // The rights follow when it is filled.
            Body::Directory => rustix::fs::mkdirat(parent, name, Mode::from_raw_mode(0o700))?,
            Body::Link(target) => {
                rustix::fs::symlinkat(target.as_slice(), parent, name)?;
                let (uid, gid) = (Uid::from_raw(entry.rights.uid), Gid::from_raw(entry.rights.gid));
                rustix::fs::chownat(parent, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?;
                rustix::fs::utimensat(parent, name, &self.times(), AtFlags::SYMLINK_NOFOLLOW)?;
            }
            Body::Stored(key) => {
                let file = create(parent, name)?;
                store::clone(&store::read(&self.job.store, key)?, &file)?;
                self.finish(&file, entry.rights)?;
                return Ok(file.metadata()?.len());
            }
            Body::Text(text) => {
                let mut file = create(parent, name)?;
                file.write_all(text.as_bytes())?;
                self.finish(&file, entry.rights)?;
                return Ok(text.len() as u64);
            }
        }
        Ok(0)
    }

    fn finish(&self, file: &impl std::os::fd::AsFd, rights: Rights) -> std::io::Result<()> {
        store::give(file, rights)?;
        Ok(rustix::fs::futimens(file, &self.times())?)
    }

    fn times(&self) -> Timestamps {
        let date = Timespec {
            tv_sec: i64::try_from(self.job.date).unwrap_or(i64::MAX),
            tv_nsec: 0,
        };
        Timestamps {
            last_access: date,
            last_modification: date,
        }
    }

    fn open(&self, folder: &[u8]) -> std::io::Result<OwnedFd> {
        let folder: &[u8] = if folder.is_empty() { b"." } else { folder };
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        Ok(rustix::fs::openat2(
            &self.top,
            folder,
            DIRECTORY,
            Mode::empty(),
            beneath,
        )?)
    }

    /// Only what this run made is removed; what cannot be stays.
    fn take_back(&self) {
        for entry in self.job.entries.iter().take(self.made).rev() {
            let (folder, name) = split(&entry.path);
            let flags = match entry.body {
                Body::Directory => AtFlags::REMOVEDIR,
                _ => AtFlags::empty(),
            };
            if let Ok(parent) = self.open(folder) {
                let _ = rustix::fs::unlinkat(&parent, name, flags);
            }
        }
    }
}

fn failed(shown: &Path, entry: &Entry, error: std::io::Error) -> Error {
    Error::io(DOING, shown.join(std::ffi::OsStr::from_bytes(&entry.path)), error)
}

/// A new file in an open directory.
pub(super) fn create(at: &OwnedFd, name: &[u8]) -> std::io::Result<File> {
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(at, name, flags, Mode::from_raw_mode(0o600))?;
    Ok(File::from(file))
}
