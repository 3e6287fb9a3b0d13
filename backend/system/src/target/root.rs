//! The target's files, reached only through a descriptor of its root: no name and no symlink in it leads outside.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::{AsFd, OwnedFd},
    path::{Component, Path, PathBuf},
};

use rustix::{
    fs::{
        AtFlags, Dir, FileType, Gid, Mode, OFlags, ResolveFlags, Stat, Uid, fchmod, fchown, fstat, fsync, mkdirat,
        openat, openat2, renameat, statat, symlinkat, syncfs, unlinkat,
    },
    io::Errno,
};

use crate::Error;

/// Suffix of a file that is being written; what a killed run left behind is overwritten by the next.
pub(super) const UNFINISHED: &str = ".moult-new";

/// Who owns a file, and who may do what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access {
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Access {
    /// Of root, with this mode.
    pub(crate) const fn root(mode: u32) -> Access {
        Access { mode, uid: 0, gid: 0 }
    }
}

/// The root of a target.
#[derive(Debug)]
pub(crate) struct Root {
    fd: OwnedFd,
    device: u64,
}

impl Root {
    pub(crate) fn open(path: &Path) -> Result<Root, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(Error::io("opening", path))?;
        let device = fstat(&fd).map_err(Error::io("opening", path))?.st_dev;
        Ok(Root { fd, device })
    }

    /// Opens what is at `path`, following symlinks only inside the root.
    fn resolve(&self, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let inside = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        openat2(&self.fd, path, flags | OFlags::CLOEXEC, Mode::empty(), inside)
    }

    /// An existing directory; `None` = there is none.
    pub(crate) fn directory(&self, path: &str) -> Result<Option<OwnedFd>, Error> {
        match self.resolve(Path::new(path), OFlags::RDONLY | OFlags::DIRECTORY) {
            Ok(fd) => Ok(Some(fd)),
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
            Err(error) => Err(Error::io("opening", path)(error)),
        }
    }

    /// What `path` leads to is a regular file.
    pub(crate) fn is_file(&self, path: &str) -> bool {
        self.resolve(Path::new(path), OFlags::PATH)
            .and_then(fstat)
            .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_file())
    }

    /// The directory at `path`, made with its missing parents. Those which are made belong to root and have `mode`.
    pub(crate) fn make_directory(&self, path: &str, mode: u32) -> Result<OwnedFd, Error> {
        let mut done = PathBuf::new();
        let mut directory = self
            .resolve(&done, OFlags::RDONLY | OFlags::DIRECTORY)
            .map_err(Error::io("opening", "/"))?;
        for component in Path::new(path).components() {
            let Component::Normal(name) = component else {
                return Err(Error::invalid("path in the target", path, "it must be plain"));
            };
            let made = match mkdirat(&directory, name, Mode::RWXU) {
                Ok(()) => true,
                Err(Errno::EXIST) => false,
                Err(error) => return Err(Error::io("making", path)(error)),
            };
            done.push(name);
            directory = self
                .resolve(&done, OFlags::RDONLY | OFlags::DIRECTORY)
                .map_err(Error::io("opening", done.as_path()))?;
            if made {
                fchmod(&directory, Mode::from_raw_mode(mode)).map_err(Error::io("making", path))?;
            }
        }
        Ok(directory)
    }

    /// The directory at `path` with exactly this access. One that another file system is mounted on is left as it is.
    pub(crate) fn settle_directory(&self, path: &str, access: Access) -> Result<OwnedFd, Error> {
        let directory = self.make_directory(path, 0o755)?;
        let stat = fstat(&directory).map_err(Error::io("inspecting", path))?;
        if stat.st_dev == self.device {
            give(&directory, &stat, access).map_err(Error::io("changing", path))?;
        }
        Ok(directory)
    }

    /// The directory at `path` with exactly this access, on whatever file system it is.
    pub(crate) fn settle_home(&self, path: &str, access: Access) -> Result<OwnedFd, Error> {
        let directory = self.make_directory(path, 0o700)?;
        let stat = fstat(&directory).map_err(Error::io("inspecting", path))?;
        give(&directory, &stat, access).map_err(Error::io("changing", path))?;
        Ok(directory)
    }

    /// Names in the directory at `path`, sorted; none if there is no such directory. What is not UTF-8 is left out.
    pub(crate) fn names(&self, path: &str) -> Result<Vec<String>, Error> {
        let Some(directory) = self.directory(path)? else {
            return Ok(Vec::new());
        };
        let mut names = Vec::new();
        for entry in Dir::new(directory).map_err(Error::io("listing", path))? {
            let entry = entry.map_err(Error::io("listing", path))?;
            if let Ok(name) = entry.file_name().to_str()
                && !matches!(name, "." | "..")
            {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Paths of all that lies below `path`, at most `depth` folders deep.
    pub(crate) fn files_below(&self, path: &str, depth: u32) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        let mut folders = vec![(path.to_owned(), depth)];
        while let Some((folder, depth)) = folders.pop() {
            for name in self.names(&folder)? {
                // A keymap's name has a dot; a folder's has none, and looking at each would cost a call.
                let path = format!("{folder}/{name}");
                if !name.contains('.') && depth > 0 {
                    folders.push((path.clone(), depth - 1));
                }
                found.push(path);
            }
        }
        Ok(found)
    }

    /// Bytes of the regular file at `path`; `None` = there is none.
    pub(crate) fn read(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let fd = match self.resolve(Path::new(path), OFlags::RDONLY | OFlags::NONBLOCK) {
            Ok(fd) => fd,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(None),
            Err(error) => return Err(Error::io("opening", path)(error)),
        };
        let stat = fstat(&fd).map_err(Error::io("inspecting", path))?;
        if !FileType::from_raw_mode(stat.st_mode).is_file() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        File::from(fd)
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(Error::io("reading", path))?;
        if bytes.len() as u64 > limit {
            let large = std::io::Error::new(std::io::ErrorKind::FileTooLarge, "larger than it may be");
            return Err(Error::io("reading", path)(large));
        }
        Ok(Some(bytes))
    }

    /// The text of a file; `None` = there is none. What is not UTF-8 is replaced.
    pub(crate) fn read_text(&self, path: &str, limit: u64) -> Result<Option<String>, Error> {
        Ok(self
            .read(path, limit)?
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Puts a file at `path` in one step, durably. A symlink there is replaced, not followed.
    pub(crate) fn write(&self, path: &str, contents: &[u8], access: Access) -> Result<(), Error> {
        let (parent, name) = split(path)?;
        let directory = self.make_directory(parent, 0o755)?;
        write_in(&directory, name, contents, access).map_err(Error::io("writing", path))
    }

    /// Puts a symlink at `path` in one step, durably.
    pub(crate) fn link(&self, path: &str, target: &str) -> Result<(), Error> {
        let (parent, name) = split(path)?;
        let directory = self.make_directory(parent, 0o755)?;
        let unfinished = format!(".{name}{UNFINISHED}");
        let link = || {
            discard(&directory, &unfinished)?;
            symlinkat(target, &directory, &unfinished)?;
            renameat(&directory, &unfinished, &directory, name)?;
            fsync(&directory)
        };
        link().map_err(Error::io("writing", path))
    }

    /// Waits until everything written to the target's file system is on the disk.
    pub(crate) fn sync(&self) -> Result<(), Error> {
        syncfs(&self.fd).map_err(Error::io("syncing", "/"))
    }
}

fn split(path: &str) -> Result<(&str, &str), Error> {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    if name.is_empty() || name == "." || name == ".." {
        return Err(Error::invalid("path in the target", path, "it must name a file"));
    }
    Ok((parent, name))
}

/// Removes a leftover; none there is fine.
pub(super) fn discard(directory: impl AsFd, name: &str) -> Result<(), Errno> {
    match unlinkat(directory, name, AtFlags::empty()) {
        Err(Errno::NOENT) => Ok(()),
        other => other,
    }
}

/// Makes a file readable by nobody else, fills it, gives it away, and only then names it.
pub(super) fn write_in(directory: &OwnedFd, name: &str, contents: &[u8], access: Access) -> std::io::Result<()> {
    let unfinished = format!(".{name}{UNFINISHED}");
    discard(directory, &unfinished)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(openat(directory, &unfinished, flags, Mode::RUSR | Mode::WUSR)?);
    let written = file.write_all(contents).and_then(|()| {
        fchown(&file, Some(Uid::from_raw(access.uid)), Some(Gid::from_raw(access.gid)))?;
        fchmod(&file, Mode::from_raw_mode(access.mode))?;
        fsync(&file)?;
        renameat(directory, &unfinished, directory, name)?;
        Ok(fsync(directory)?)
    });
    if written.is_err() {
        // The first error is the one to tell.
        let _ = discard(directory, &unfinished);
    }
    written
}

/// Changes owner and mode where they differ. Owner first: chown clears set-id bits.
pub(super) fn give(fd: impl AsFd, stat: &Stat, access: Access) -> Result<(), Errno> {
    let owned = stat.st_uid == access.uid && stat.st_gid == access.gid;
    if !owned {
        fchown(&fd, Some(Uid::from_raw(access.uid)), Some(Gid::from_raw(access.gid)))?;
    }
    if !owned || stat.st_mode & 0o7777 != access.mode {
        fchmod(&fd, Mode::from_raw_mode(access.mode))?;
    }
    Ok(())
}

/// What is at `name`, itself and not what it points to; `None` = nothing.
pub(super) fn look(directory: impl AsFd, name: &std::ffi::CStr) -> Result<Option<Stat>, Errno> {
    match statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error),
    }
}
