//! Filling a tree from another: what is missing is copied, what is there stays.

use std::{ffi::CString, fs::File, os::fd::OwnedFd, path::PathBuf};

use rustix::{
    fs::{
        AtFlags, Dir, FileType, Gid, Mode, OFlags, Uid, chownat, fchmod, fchown, mkdirat, openat, readlinkat, renameat,
        symlinkat,
    },
    io::Errno,
};

use super::root::{UNFINISHED, discard, look};
use crate::Error;

/// Folders deep; a tree of configuration has a handful.
const DEPTH: usize = 32;

/// To whom copies belong.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    /// As in the source.
    Kept,
    /// To this user and group.
    Given(u32, u32),
}

impl Owner {
    fn of(self, uid: u32, gid: u32) -> (Option<Uid>, Option<Gid>) {
        let (uid, gid) = match self {
            Owner::Kept => (uid, gid),
            Owner::Given(uid, gid) => (uid, gid),
        };
        (Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)))
    }
}

/// Copies every file, symlink and directory below `from` that `to` lacks, with mode and owner. Devices, pipes and
/// sockets are left out. A file appears whole or not at all; call `syncfs` afterwards for it to last.
pub(super) fn fill(from: &OwnedFd, to: &OwnedFd, owner: Owner, shown: &str) -> Result<(), Error> {
    level(from, to, owner, &PathBuf::from(shown), DEPTH)
}

fn level(from: &OwnedFd, to: &OwnedFd, owner: Owner, shown: &PathBuf, depth: usize) -> Result<(), Error> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Error::invalid(
            "folder of defaults",
            &shown.to_string_lossy(),
            "it is nested too deeply",
        ));
    };
    let mut names: Vec<CString> = Vec::new();
    for entry in Dir::read_from(from).map_err(Error::io("listing", shown))? {
        let entry = entry.map_err(Error::io("listing", shown))?;
        let name = entry.file_name();
        if !matches!(name.to_bytes(), b"." | b"..") && !name.to_bytes().ends_with(UNFINISHED.as_bytes()) {
            names.push(name.to_owned());
        }
    }
    names.sort();

    for name in names {
        let path = shown.join(name.to_string_lossy().as_ref());
        let copied = entry(from, to, owner, &name);
        if let Some((from, to)) = copied.map_err(Error::io("copying to", path.as_path()))? {
            level(&from, &to, owner, &path, depth)?;
        }
    }
    Ok(())
}

/// Copies one entry; gives the two directories to go on with if it is one.
fn entry(from: &OwnedFd, to: &OwnedFd, owner: Owner, name: &CString) -> std::io::Result<Option<(OwnedFd, OwnedFd)>> {
    let Some(stat) = look(from, name)? else {
        return Ok(None);
    };
    let there = look(to, name)?;
    let (uid, gid) = owner.of(stat.st_uid, stat.st_gid);
    let mode = Mode::from_raw_mode(stat.st_mode & 0o7777);

    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => {
            let made = match there {
                Some(stat) if FileType::from_raw_mode(stat.st_mode).is_dir() => false,
                Some(_) => return Ok(None),
                None => {
                    mkdirat(to, name, Mode::RWXU)?;
                    true
                }
            };
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let source = openat(from, name, flags, Mode::empty())?;
            let copy = openat(to, name, flags, Mode::empty())?;
            if made {
                fchown(&copy, uid, gid)?;
                fchmod(&copy, mode)?;
            }
            return Ok(Some((source, copy)));
        }
        _ if there.is_some() => {}
        FileType::RegularFile => {
            let unfinished = format!(".{}{UNFINISHED}", name.to_string_lossy());
            discard(to, &unfinished)?;
            let read = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let write = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let mut source = File::from(openat(from, name, read, Mode::empty())?);
            let mut copy = File::from(openat(to, &unfinished, write, Mode::RUSR | Mode::WUSR)?);
            std::io::copy(&mut source, &mut copy)?;
            fchown(&copy, uid, gid)?;
            fchmod(&copy, mode)?;
            renameat(to, &unfinished, to, name)?;
        }
        FileType::Symlink => {
            let target = readlinkat(from, name, Vec::new())?;
            match symlinkat(&target, to, name) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
            chownat(to, name, uid, gid, AtFlags::SYMLINK_NOFOLLOW)?;
        }
        _ => {}
    }
    Ok(None)
}
