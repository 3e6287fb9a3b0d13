//! A FAT that this program reads and writes itself, for kernels without vfat. Through the `fatfs` crate; what that does in an order that a
//! power cut could tear apart is done in [`raw`].

mod medium;
mod raw;

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use fatfs::{Date, DateTime, Dir, FileSystem, FsOptions, Time, TimeProvider};

pub use medium::Medium;
use medium::{Stream, Window};

use super::{Hashing, Item, Space, TEMPORARY, Volume, not_what_was_written, parts, split};

type Open<'a> = FileSystem<Stream<'a>>;
type Folder<'a, 'b> = Dir<'a, Stream<'b>>;

/// A FAT file system on a block device or in a file, which nobody has mounted.
#[derive(Debug)]
pub struct Fat {
    name: String,
    medium: Mutex<Box<dyn Medium>>,
}

impl Fat {
    /// The FAT that begins `offset` bytes into a device or an image. A block device is claimed: it must not be mounted.
    ///
    /// # Errors
    /// When it cannot be opened for writing, is in use, or holds no FAT.
    pub fn open(path: &Path, offset: u64) -> io::Result<Self> {
        let file = claim(path)?;
        Self::on(path.display().to_string(), Box::new(Window::new(file, offset)))
    }

    /// The FAT on any medium.
    ///
    /// # Errors
    /// When there is none.
    pub fn on(name: String, medium: Box<dyn Medium>) -> io::Result<Self> {
        let fat = Self {
            name,
            medium: Mutex::new(medium),
        };
        fat.with(|_| Ok(()))?;
        Ok(fat)
    }

    fn medium(&self) -> MutexGuard<'_, Box<dyn Medium>> {
        // What a panic left half done is what a power cut leaves, and that is provided for.
        self.medium.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One operation: opened, done, flushed, synced. Nothing is kept in memory between two, so that none can be lost.
    fn with<T>(&self, operation: impl FnOnce(&Open<'_>) -> io::Result<T>) -> io::Result<T> {
        let mut medium = self.medium();
        let file_system = FileSystem::new(Stream::new(medium.as_mut()), FsOptions::new().time_provider(&Clock))?;
        let done = operation(&file_system);
        let closed = file_system.unmount();
        let result = done?;
        closed?;
        medium.sync()?;
        Ok(result)
    }

    /// One that writes nothing, and hence syncs nothing.
    fn look<T>(&self, operation: impl FnOnce(&Open<'_>) -> io::Result<T>) -> io::Result<T> {
        let mut medium = self.medium();
        let file_system = FileSystem::new(Stream::new(medium.as_mut()), FsOptions::new())?;
        operation(&file_system)
    }

    fn exists(&self, path: &str) -> io::Result<bool> {
        let (directories, name) = split(path)?;
        self.look(|file_system| {
            let Some(folder) = folder(file_system, &directories)? else {
                return Ok(false);
            };
            Ok(find(&folder, name)?.is_some())
        })
    }

    /// The directories, those made that are missing.
    fn make(&self, directories: &[&str]) -> io::Result<()> {
        for (depth, name) in directories.iter().enumerate() {
            let above = directories.get(..depth).unwrap_or_default();
            let there = self.look(|file_system| match folder(file_system, above)? {
                Some(folder) => find(&folder, name),
                None => Ok(None),
            })?;
            match there {
                Some(true) => {}
                Some(false) => return Err(io::Error::from(io::ErrorKind::NotADirectory)),
                None => self.with(|file_system| {
                    let folder = folder(file_system, above)?.ok_or(io::ErrorKind::NotFound)?;
                    folder.create_dir(name).map(|_| ())
                })?,
            }
            // Also one that is there: a cut may have come before this.
            raw::straighten(self.medium().as_mut(), above, name)?;
        }
        Ok(())
    }

    /// The temporary copy, complete and read back.
    fn write_temporary(&self, directories: &[&str], temporary: &str, from: &mut dyn Read) -> io::Result<u64> {
        let mut from = Hashing::new(from);
        self.make(directories)?;
        self.remove(&join(directories, temporary))?;
        let bytes = self.with(|file_system| {
            let folder = folder(file_system, directories)?.ok_or(io::ErrorKind::NotFound)?;
            let mut file = folder.create_file(temporary)?;
            let bytes = io::copy(&mut from, &mut file)?;
            file.flush()?;
            Ok(bytes)
        })?;

        self.medium().forget()?;
        let path = join(directories, temporary);
        if self.hash(&path)? == Some(from.hasher.finalize()) {
            Ok(bytes)
        } else {
            Err(not_what_was_written(&path))
        }
    }
}

impl Volume for Fat {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn copy_out(&self, path: &str, into: &mut dyn Write) -> io::Result<Option<u64>> {
        let (directories, name) = split(path)?;
        self.look(|file_system| {
            let Some(folder) = folder(file_system, &directories)? else {
                return Ok(None);
            };
            if find(&folder, name)?.is_none() {
                return Ok(None);
            }
            io::copy(&mut folder.open_file(name)?, into).map(Some)
        })
    }

    fn list(&self, directory: &str) -> io::Result<Vec<Item>> {
        let directories = parts(directory)?;
        self.look(|file_system| {
            let Some(folder) = folder(file_system, &directories)? else {
                return Ok(Vec::new());
            };

            let mut items = Vec::new();
            for entry in folder.iter() {
                let entry = entry?;
                let name = entry.file_name();
                if name != "." && name != ".." {
                    items.push(Item {
                        name,
                        directory: entry.is_dir(),
                        bytes: if entry.is_dir() { 0 } else { entry.len() },
                    });
                }
            }
            items.sort();
            Ok(items)
        })
    }

    fn write_new(&self, path: &str, from: &mut dyn Read) -> io::Result<u64> {
        let (directories, name) = split(path)?;
        let temporary = format!("{name}{TEMPORARY}");

        let written = self.write_temporary(&directories, &temporary, from).and_then(|bytes| {
            if self.exists(path)? {
                raw::take_place(self.medium().as_mut(), &directories, &temporary, name)?;
                // It holds the old content now.
                self.with(|file_system| file_system.root_dir().remove(&join(&directories, &temporary)))?;
            } else {
                self.with(|file_system| {
                    let root = file_system.root_dir();
                    root.rename(&join(&directories, &temporary), &root, &join(&directories, name))
                })?;
            }
            Ok(bytes)
        });

        if written.is_err() {
            // The first error is the one to tell; what is left behind is found by its name.
            let _left = self.remove(&join(&directories, &temporary));
        }
        written
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let same = parts(from)?.join("/").to_lowercase() == parts(to)?.join("/").to_lowercase();
        if !same && self.exists(to)? {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{to} is there already"),
            ));
        }
        let Some(bytes) = self.read(from)? else {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("{from} is not there")));
        };
        if same {
            return Ok(());
        }

        // fatfs takes the old name away before it writes the new one. A copy costs little: only entries are renamed.
        self.write_new(to, &mut bytes.as_slice())?;
        self.remove(from)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let (directories, name) = split(path)?;
        let is_directory = self.look(|file_system| match folder(file_system, &directories)? {
            Some(folder) => find(&folder, name),
            None => Ok(None),
        })?;

        match is_directory {
            None => Ok(()),
            Some(true) if !self.list(path)?.is_empty() => Err(io::Error::from(io::ErrorKind::DirectoryNotEmpty)),
            Some(_) => raw::remove(self.medium().as_mut(), &directories, name),
        }
    }

    fn space(&self) -> io::Result<Space> {
        self.look(|file_system| {
            let stats = file_system.stats()?;
            let cluster = u64::from(stats.cluster_size());
            Ok(Space {
                free: u64::from(stats.free_clusters()) * cluster,
                total: u64::from(stats.total_clusters()) * cluster,
                cluster,
            })
        })
    }
}

fn join(directories: &[&str], name: &str) -> String {
    let mut path = directories.to_vec();
    path.push(name);
    path.join("/")
}

/// The directory; `None` = it, or one above it, is not there.
fn folder<'a, 'b>(file_system: &'a Open<'b>, directories: &[&str]) -> io::Result<Option<Folder<'a, 'b>>> {
    let mut at = file_system.root_dir();
    for name in directories {
        match find(&at, name)? {
            Some(true) => at = at.open_dir(name)?,
            Some(false) | None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// Whether a name is in a directory, and is a directory.
fn find(folder: &Folder<'_, '_>, name: &str) -> io::Result<Option<bool>> {
    let wanted = name.to_uppercase();
    for entry in folder.iter() {
        let entry = entry?;
        if entry.file_name().to_uppercase() == wanted || entry.short_file_name().to_uppercase() == wanted {
            return Ok(Some(entry.is_dir()));
        }
    }
    Ok(None)
}

/// A block device is claimed for this process alone, which the kernel refuses while it is mounted.
fn claim(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

    let mut options = OpenOptions::new();
    options.read(true).write(true);
    if path.metadata()?.file_type().is_block_device() {
        options.custom_flags(rustix::fs::OFlags::EXCL.bits().cast_signed());
    }
    options.open(path)
}

/// The time of now, in UTC.
#[derive(Debug)]
struct Clock;

impl TimeProvider for Clock {
    fn get_current_date(&self) -> Date {
        self.get_current_date_time().date
    }

    fn get_current_date_time(&self) -> DateTime {
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        date_time(seconds)
    }
}

/// Seconds since 1970 as FAT tells them, which begins in 1980 and ends in 2107.
fn date_time(seconds: u64) -> DateTime {
    let (year, month, day) = super::calendar(seconds / 86_400);
    let small = |value: u64| u16::try_from(value).unwrap_or_default();
    let of_day = seconds % 86_400;
    DateTime {
        date: Date {
            year: small(year).clamp(1980, 2107),
            month: small(month),
            day: small(day),
        },
        time: Time {
            hour: small(of_day / 3600),
            min: small(of_day / 60 % 60),
            sec: small(of_day % 60),
            millis: 0,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        // `date -u -d @1709210096` = 2024-02-29 12:34:56.
        let DateTime { date, time } = date_time(1_709_210_096);
        assert_eq!((date.year, date.month, date.day), (2024, 2, 29));
        assert_eq!((time.hour, time.min, time.sec), (12, 34, 56));
        assert_eq!(date_time(0).date.year, 1980);
    }
}
