//! A FAT that the kernel has mounted.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with, statvfs};
use rustix::io::Errno;

use super::{Hashing, Item, Space, TEMPORARY, Volume, not_what_was_written, parts, split};

/// A directory where a FAT file system is mounted.
///
/// Names are found whatever their case even where the directory's file system minds it, so that a folder can stand for a FAT.
#[derive(Debug)]
pub struct Mounted {
    directory: PathBuf,
}

impl Mounted {
    /// The volume that is mounted at `directory`.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// Where it is mounted.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The real path: existing parts under the name that they have, the rest as asked.
    fn find(&self, parts: &[&str]) -> io::Result<PathBuf> {
        let mut at = self.directory.clone();

        for part in parts {
            let exact = at.join(part);
            at = match exact.symlink_metadata() {
                Ok(_) => exact,
                Err(error) if is_absent(&error) => other_case(&at, part)?.unwrap_or(exact),
                Err(error) => return Err(error),
            };
        }

        Ok(at)
    }

    /// The directory `parts`, made where it is missing.
    fn make(&self, directories: &[&str]) -> io::Result<PathBuf> {
        let mut made = self.directory.clone();
        // Whoever mounts nothing at the mount point must not find a boot loader on the root file system later.
        if !made.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("{} is not there", made.display()),
            ));
        }

        for length in 1..=directories.len() {
            let path = self.find(directories.get(..length).unwrap_or_default())?;
            if !path.is_dir() {
                fs::create_dir(&path)?;
                sync(&made)?;
            }
            made = path;
        }

        Ok(made)
    }
}

impl Volume for Mounted {
    fn name(&self) -> String {
        self.directory.display().to_string()
    }

    fn copy_out(&self, path: &str, into: &mut dyn Write) -> io::Result<Option<u64>> {
        let path = self.find(&parts(path)?)?;
        match File::open(path) {
            Ok(mut file) => io::copy(&mut file, into).map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, directory: &str) -> io::Result<Vec<Item>> {
        let path = self.find(&parts(directory)?)?;
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };

        let mut items = Vec::new();
        for entry in entries {
            let entry = entry?;
            // FAT names are Unicode; another name can only come from a folder that stands for one.
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let metadata = entry.metadata()?;
            items.push(Item {
                name,
                directory: metadata.is_dir(),
                bytes: if metadata.is_file() { metadata.len() } else { 0 },
            });
        }
        items.sort();
        Ok(items)
    }

    fn write_new(&self, path: &str, from: &mut dyn Read) -> io::Result<u64> {
        let (directories, name) = split(path)?;
        let directory = self.make(&directories)?;
        let temporary = directory.join(format!("{name}{TEMPORARY}"));

        let written = write_temporary(&temporary, from, path).and_then(|bytes| {
            let mut all = directories.clone();
            all.push(name);
            fs::rename(&temporary, self.find(&all)?)?;
            sync(&directory)?;
            Ok(bytes)
        });

        if written.is_err() {
            // The first error is the one to tell; what is left behind is found by its name.
            let _left = fs::remove_file(&temporary);
        }
        written
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let old = self.find(&parts(from)?)?;
        let (directories, name) = split(to)?;
        let directory = self.find(&directories)?;

        let mut all = directories;
        all.push(name);
        let there = self.find(&all)?;
        let same = there == old;
        if !same && there.symlink_metadata().is_ok() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{to} is there already"),
            ));
        }

        // Not every kernel's vfat knows NOREPLACE; it was looked at above, and nobody else writes there.
        let new = directory.join(name);
        match renameat_with(CWD, &old, CWD, &new, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS) => fs::rename(&old, &new)?,
            result => result?,
        }
        sync(&directory)?;
        old.parent().map_or(Ok(()), sync)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let path = self.find(&parts(path)?)?;
        let removed = match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir(&path),
            Ok(_) => fs::remove_file(&path),
            Err(error) if is_absent(&error) => return Ok(()),
            Err(error) => Err(error),
        };
        removed?;
        path.parent().map_or(Ok(()), sync)
    }

    fn space(&self) -> io::Result<Space> {
        let stat = statvfs(&self.directory)?;
        Ok(Space {
            free: stat.f_bavail.saturating_mul(stat.f_frsize),
            total: stat.f_blocks.saturating_mul(stat.f_frsize),
            cluster: stat.f_frsize.max(1),
        })
    }
}

fn write_temporary(temporary: &Path, from: &mut dyn Read, path: &str) -> io::Result<u64> {
    let mut from = Hashing::new(from);
    let mut file = File::create(temporary)?;
    let bytes = io::copy(&mut from, &mut file)?;
    file.sync_all()?;
    // Without this the pages that were just written would answer, not the medium. A file system that keeps them anyway does no harm.
    let _kept = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    drop(file);

    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(temporary)?)?;
    if hasher.finalize() == from.hasher.finalize() {
        Ok(bytes)
    } else {
        Err(not_what_was_written(path))
    }
}

fn other_case(directory: &Path, name: &str) -> io::Result<Option<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };

    let wanted = name.to_lowercase();
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_str().map(str::to_lowercase).as_deref() == Some(&wanted) {
            return Ok(Some(entry.path()));
        }
    }
    Ok(None)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Makes what was done in a directory durable, with all that hangs on it. Linux' vfat gives a renamed file an entry that has neither length
/// nor place until the file's own inode is written: with the directory alone, a power cut left kernels and entries of 0 bytes.
fn sync(directory: &Path) -> io::Result<()> {
    let directory = File::open(directory)?;
    rustix::fs::syncfs(&directory)?;
    // Waits for the disk's own cache, too.
    directory.sync_all()
}
