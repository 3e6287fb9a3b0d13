//! Where a composed system is written, and how it gets its name: whole or not at all.
//!
//! An archive has no name until it is whole. A folder or an image is made beside its place, as `.NAME.moult-part`, and
//! moved there when it is whole. Who is killed meanwhile leaves nothing of an archive; of the others that folder, which
//! the next one for the same place takes away: it is of the same user, and nobody has it locked any more.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use moult_api::{ComposeFormat, ImageFile};
use rustix::fs::{AtFlags, CWD, OFlags};

use super::To;

const BLOBS: &str = "blobs/sha256";

/// What is being written. Dropped before it is finished, all of it is taken away again.
pub(super) struct Place {
    format: ComposeFormat,
    /// What the backend writes into.
    open: File,
    /// Where it will be.
    path: PathBuf,
    work: Work,
    /// Locked while it is written; of a folder, also while the backend has it.
    _lock: Option<File>,
    finished: bool,
}

/// Where it is meanwhile.
enum Work {
    /// A file without a name.
    Nameless,
    /// A file or folder beside the place.
    Beside(PathBuf),
    /// The place itself, an empty folder that another cannot replace: something is mounted there.
    There,
}

impl Place {
    /// # Errors
    ///
    /// [`ErrorKind::DirectoryNotEmpty`] and [`ErrorKind::ResourceBusy`], when another one is writing there, are told in
    /// words of their own.
    pub(super) fn make(to: &To) -> io::Result<Place> {
        match to {
            To::Folder(path) => {
                let (path, work) = folder(path, 0o700)?;
                let open = lock(work.at(&path))?;
                Ok(Place {
                    format: ComposeFormat::Directory,
                    open,
                    path,
                    work,
                    _lock: None,
                    finished: false,
                })
            }
            To::Archive(path) => {
                if path.is_dir() {
                    return Err(ErrorKind::IsADirectory.into());
                }
                let (open, work) = archive(path)?;
                Ok(Place {
                    format: ComposeFormat::Tar,
                    open,
                    path: path.clone(),
                    work,
                    _lock: None,
                    finished: false,
                })
            }
            To::Image(path) => {
                let (path, work) = folder(path, 0o755)?;
                let at = work.at(&path).to_owned();
                let lock = lock(&at)?;
                let blobs = at.join(BLOBS);
                let opened = fs::create_dir_all(&blobs).and_then(|()| create(&layer(&at)));
                let open = opened.inspect_err(|_| work.take_away(&path, ComposeFormat::Oci))?;
                Ok(Place {
                    format: ComposeFormat::Oci,
                    open,
                    path,
                    work,
                    _lock: Some(lock),
                    finished: false,
                })
            }
        }
    }

    pub(super) fn format(&self) -> ComposeFormat {
        self.format
    }

    pub(super) fn open(&self) -> &File {
        &self.open
    }

    /// Gives everything its name, when it is on the disk.
    pub(super) fn finish(mut self, image: &[ImageFile]) -> io::Result<()> {
        let at = self.work.at(&self.path).to_owned();
        match self.format {
            ComposeFormat::Directory => {}
            ComposeFormat::Tar => self.open.sync_all()?,
            ComposeFormat::Oci => {
                self.open.sync_all()?;
                let (first, others) = image
                    .split_first()
                    .ok_or_else(|| io::Error::other("the backend named no layer"))?;
                fs::rename(layer(&at), at.join(plain(&first.path)?))?;
                for other in others {
                    let mut file = create(&at.join(plain(&other.path)?))?;
                    file.write_all(other.text.as_bytes())?;
                    file.sync_all()?;
                }
                File::open(at.join(BLOBS))?.sync_all()?;
                File::open(&at)?.sync_all()?;
            }
        }
        match &self.work {
            Work::There => {}
            Work::Beside(part) => fs::rename(part, &self.path)?,
            Work::Nameless => {
                // A link cannot replace what has the name.
                let part = beside(&self.path)?;
                claim(&part)?;
                let own = format!("/proc/self/fd/{}", self.open.as_raw_fd());
                rustix::fs::linkat(CWD, own, CWD, &part, AtFlags::SYMLINK_FOLLOW)?;
                fs::rename(&part, &self.path).inspect_err(|_| drop(fs::remove_file(&part)))?;
            }
        }
        self.finished = true;
        File::open(parent(&self.path))?.sync_all()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.finished {
            self.work.take_away(&self.path, self.format);
        }
    }
}

impl Work {
    fn at<'p>(&'p self, path: &'p Path) -> &'p Path {
        match self {
            Work::Beside(part) => part,
            Work::There | Work::Nameless => path,
        }
    }

    /// The backend takes away what it wrote into a folder.
    fn take_away(&self, path: &Path, format: ComposeFormat) {
        match (self, format) {
            (Work::Nameless, _) | (Work::There, ComposeFormat::Directory | ComposeFormat::Tar) => {}
            (Work::Beside(part), ComposeFormat::Tar) => drop(fs::remove_file(part)),
            (Work::Beside(part), _) => drop(fs::remove_dir_all(part)),
            (Work::There, ComposeFormat::Oci) => {
                let _ = fs::remove_dir_all(path.join("blobs"));
                for name in ["index.json", "oci-layout"] {
                    let _ = fs::remove_file(path.join(name));
                }
            }
        }
    }
}

/// A folder to write into, and where it will be: `path`, which is missing or empty.
fn folder(path: &Path, mode: u32) -> io::Result<(PathBuf, Work)> {
    let there = match fs::read_dir(path) {
        Ok(mut entries) => match entries.next() {
            None => true,
            Some(_) => return Err(ErrorKind::DirectoryNotEmpty.into()),
        },
        // What is there and is no folder, or a link to nothing, is not replaced.
        Err(_) if fs::symlink_metadata(path).is_ok_and(|found| !found.is_dir()) => {
            return Err(ErrorKind::NotADirectory.into());
        }
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    let path = if there {
        fs::canonicalize(path)?
    } else {
        path.to_owned()
    };
    let part = beside(&path)?;
    let made = claim(&part).and_then(|()| DirBuilder::new().mode(mode).create(&part));
    match made {
        Ok(()) => {}
        // Nobody may write beside it, only into it.
        Err(error)
            if there
                && matches!(
                    error.kind(),
                    ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
                ) =>
        {
            return Ok((path, Work::There));
        }
        Err(error) => return Err(error),
    }
    if there && fs::metadata(&path)?.dev() != fs::symlink_metadata(&part)?.dev() {
        fs::remove_dir(&part)?;
        return Ok((path, Work::There));
    }
    Ok((path, Work::Beside(part)))
}

/// A file without a name where the file system can have such.
fn archive(path: &Path) -> io::Result<(File, Work)> {
    let part = beside(path)?;
    claim(&part)?;
    let flags = OFlags::TMPFILE.bits() as i32;
    let nameless = OpenOptions::new()
        .write(true)
        .mode(0o666)
        .custom_flags(flags)
        .open(parent(path));
    match nameless {
        Ok(open) => Ok((open, Work::Nameless)),
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::IsADirectory) => {
            let open = create(&part)?;
            let locked = open.try_lock().map_err(|error| busy(error, &part));
            locked.inspect_err(|_| drop(fs::remove_file(&part)))?;
            Ok((open, Work::Beside(part)))
        }
        Err(error) => Err(error),
    }
}

/// Takes away what a process that was killed left under this name.
fn claim(part: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(part) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    let own = found.uid() == rustix::process::geteuid().as_raw() && (found.is_dir() || found.is_file());
    if !own {
        let text = format!("{} is in the way", part.display());
        return Err(io::Error::new(ErrorKind::AlreadyExists, text));
    }
    let _lock = lock(part)?;
    if found.is_dir() {
        fs::remove_dir_all(part)
    } else {
        fs::remove_file(part)
    }
}

fn lock(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW.bits() as i32;
    let open = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    open.try_lock().map_err(|error| busy(error, path))?;
    Ok(open)
}

fn busy(error: TryLockError, path: &Path) -> io::Error {
    match error {
        TryLockError::WouldBlock => {
            let text = format!("another process writes {}", path.display());
            io::Error::new(ErrorKind::ResourceBusy, text)
        }
        TryLockError::Error(error) => error,
    }
}

/// Its name while it is made.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let mut name = OsString::from(".");
    name.push(path.file_name().ok_or(ErrorKind::InvalidFilename)?);
    name.push(".moult-part");
    Ok(path.with_file_name(name))
}

fn parent(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

fn layer(image: &Path) -> PathBuf {
    image.join(BLOBS).join("layer.part")
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// A path that stays in the image's folder.
fn plain(path: &str) -> io::Result<&Path> {
    let path = Path::new(path);
    let normal = |part| matches!(part, std::path::Component::Normal(_));
    if path.components().all(normal) {
        Ok(path)
    } else {
        Err(io::Error::other("the backend named a path outside of the image"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_not_finished_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for to in [To::Folder(at("new")), To::Image(at("new")), To::Archive(at("x.tar"))] {
            let place = Place::make(&to).unwrap();
            assert!(!at("new").exists() && !at("x.tar").exists(), "{to:?}");
            drop(place);
            assert_eq!(names(dir.path()), [""; 0], "{to:?}");
        }
        fs::create_dir(at("full")).unwrap();
        fs::write(at("full/mine"), "mine").unwrap();
        fs::create_dir(at("empty")).unwrap();
        for to in [To::Folder(at("full")), To::Image(at("full"))] {
            let error = Place::make(&to).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::DirectoryNotEmpty);
            assert_eq!(names(&at("full")), ["mine"]);
        }
        for to in [To::Folder(at("empty")), To::Image(at("empty"))] {
            drop(Place::make(&to).unwrap());
            assert_eq!(names(dir.path()), ["empty", "full"], "an empty folder stays");
        }
    }

    #[test]
    fn the_name_is_given_when_all_is_there_and_replaces_no_more_than_it_may() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("empty")).unwrap();
        for name in ["new", "empty"] {
            let place = Place::make(&To::Folder(at(name))).unwrap();
            fs::write(dir.path().join(format!(".{name}.moult-part/file")), "x").unwrap();
            place.finish(&[]).unwrap();
            assert_eq!(names(&at(name)), ["file"]);
        }
        fs::write(at("x.tar"), "old").unwrap();
        let place = Place::make(&To::Archive(at("x.tar"))).unwrap();
        place.open().write_all(b"new").unwrap();
        assert_eq!(fs::read(at("x.tar")).unwrap(), b"old");
        place.finish(&[]).unwrap();
        assert_eq!(fs::read(at("x.tar")).unwrap(), b"new");
        assert_eq!(names(dir.path()), ["empty", "new", "x.tar"]);

        let place = Place::make(&To::Folder(at("taken"))).unwrap();
        fs::create_dir(at("taken")).unwrap();
        fs::write(at("taken/mine"), "mine").unwrap();
        let error = place.finish(&[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DirectoryNotEmpty);
        assert_eq!(names(&at("taken")), ["mine"]);
        assert_eq!(names(dir.path()), ["empty", "new", "taken", "x.tar"]);

        for (name, target) in [("file", None), ("link", Some("nowhere"))] {
            match target {
                None => fs::write(at(name), "mine").unwrap(),
                Some(target) => std::os::unix::fs::symlink(target, at(name)).unwrap(),
            }
            let error = Place::make(&To::Folder(at(name))).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::NotADirectory, "{name}");
        }
    }

    #[test]
    fn what_a_killed_process_left_is_taken_away_and_what_a_living_one_writes_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let to = To::Folder(at("new"));
        // Killed: nothing is dropped, but the kernel closes what was open.
        fs::create_dir_all(at(".new.moult-part/usr/bin")).unwrap();
        fs::write(at(".new.moult-part/usr/bin/half"), "half").unwrap();
        let living = Place::make(&to).unwrap();
        assert_eq!(names(&at(".new.moult-part")), [""; 0]);
        for to in [&to, &To::Image(at("new"))] {
            let error = Place::make(to).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::ResourceBusy, "{error}");
        }
        living.finish(&[]).unwrap();
        assert_eq!(names(dir.path()), ["new"]);

        // What is no folder or file of ours is left alone.
        fs::create_dir(at("precious")).unwrap();
        fs::write(at("precious/mine"), "mine").unwrap();
        std::os::unix::fs::symlink("precious", at(".other.moult-part")).unwrap();
        let error = Place::make(&To::Folder(at("other"))).err().unwrap();
        assert!(error.to_string().contains(".other.moult-part is in the way"), "{error}");
        assert_eq!(names(&at("precious")), ["mine"]);
    }

    #[test]
    fn no_path_leads_out_of_an_image() {
        for wrong in ["/etc/x", "../x", "blobs/../../x"] {
            assert!(plain(wrong).is_err(), "{wrong}");
        }
        assert!(plain("blobs/sha256/ab").is_ok());
    }
}
