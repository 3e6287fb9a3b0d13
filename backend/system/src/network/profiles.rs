//! Taking the live system's connections to the installed one.

use std::{
    fs::File,
    io::Read,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Dir, FileType, Mode, OFlags, fstat, open, openat},
    io::Errno,
};
use zeroize::Zeroizing;

use crate::{
    Error,
    target::{Access, Target},
};

/// Where NetworkManager saves profiles.
pub const PROFILES: &str = "/etc/NetworkManager/system-connections";
const IN_TARGET: &str = "etc/NetworkManager/system-connections";
/// Bytes of one profile; certificates may be inside.
const LIMIT: u64 = 1 << 20;

/// Copies this system's saved profiles to the target: mode 0600 of root, in a folder with mode 0700. Gives how many.
/// Call it after [`Target::prepare`].
///
/// # Errors
/// `Io`.
pub fn copy_profiles(target: &Target) -> Result<usize, Error> {
    copy_profiles_from(Path::new(PROFILES), target)
}

/// As [`copy_profiles`], from another folder. Only regular files of root count: NetworkManager reads no others.
///
/// # Errors
/// `Io`.
pub fn copy_profiles_from(source: &Path, target: &Target) -> Result<usize, Error> {
    target.root().settle_directory(IN_TARGET, Access::root(0o700))?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = match open(source, flags, Mode::empty()) {
        Ok(folder) => folder,
        Err(Errno::NOENT) => return Ok(0),
        Err(error) => return Err(Error::io("opening", source)(error)),
    };
    let mut names = Vec::new();
    for entry in Dir::read_from(&folder).map_err(Error::io("listing", source))? {
        let entry = entry.map_err(Error::io("listing", source))?;
        match entry.file_name().to_str() {
            Ok(name) if name.ends_with(".nmconnection") && !name.starts_with('.') => names.push(name.to_owned()),
            _ => {}
        }
    }
    names.sort();

    let mut copied = 0;
    for name in names {
        if let Some(profile) = read(&folder, &name, &source.join(&name))? {
            target
                .root()
                .write(&format!("{IN_TARGET}/{name}"), &profile, Access::root(0o600))?;
            copied += 1;
        }
    }
    Ok(copied)
}

/// A profile's text; `None` = the file is not one.
fn read(folder: &OwnedFd, name: &str, shown: &PathBuf) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match openat(folder, name, flags, Mode::empty()) {
        Ok(file) => file,
        // A symlink, or gone since it was listed.
        Err(Errno::LOOP | Errno::NOENT | Errno::NXIO) => return Ok(None),
        Err(error) => return Err(Error::io("opening", shown)(error)),
    };
    let stat = fstat(&file).map_err(Error::io("inspecting", shown))?;
    let size = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
    if !FileType::from_raw_mode(stat.st_mode).is_file() || stat.st_uid != 0 || size > LIMIT {
        tracing::warn!(profile = %shown.display(), "not a profile of root, left behind");
        return Ok(None);
    }
    let mut text = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0).saturating_add(1)));
    File::from(file)
        .take(size)
        .read_to_end(&mut text)
        .map_err(Error::io("reading", shown))?;
    Ok(Some(text))
}
