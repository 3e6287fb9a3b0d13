//! Mounts file systems: their driver first, then what the command line says about how.

use std::ffi::CString;
use std::fs::File;
use std::path::Path;

use rustix::mount::MountFlags;

use crate::modules::Modules;
use crate::superblock::{self, Kind};
use crate::{Error, device, sys};

/// How a file system is to be mounted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    flags: Vec<MountFlags>,
    read_only: bool,
    /// What is for the file system itself.
    data: Vec<String>,
}

impl Options {
    /// Takes `rootflags=` apart: what every file system knows becomes flags.
    pub(crate) fn parse(text: &str) -> Options {
        let mut options = Options::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            let flag = match word {
                "ro" => {
                    options.read_only = true;
                    continue;
                }
                "rw" => {
                    options.read_only = false;
                    continue;
                }
                "defaults" => continue,
                "noatime" => MountFlags::NOATIME,
                "nodiratime" => MountFlags::NODIRATIME,
                "relatime" => MountFlags::RELATIME,
                "strictatime" => MountFlags::STRICTATIME,
                "lazytime" => MountFlags::LAZYTIME,
                "nosuid" => MountFlags::NOSUID,
                "nodev" => MountFlags::NODEV,
                "noexec" => MountFlags::NOEXEC,
                "sync" => MountFlags::SYNCHRONOUS,
                "dirsync" => MountFlags::DIRSYNC,
                word => {
                    options.data.push(word.to_owned());
                    continue;
                }
            };
            options.flags.push(flag);
        }
        options
    }

    pub(crate) fn read_only(mut self, read_only: bool) -> Options {
        self.read_only = read_only;
        self
    }

    fn flags(&self) -> MountFlags {
        let start = if self.read_only {
            MountFlags::RDONLY
        } else {
            MountFlags::empty()
        };
        self.flags.iter().fold(start, |all, flag| all | *flag)
    }
}

/// Mounts what is on `source`, a device, at `target`, which is made. `kind` is the name of the driver, if it is known.
pub(crate) fn mount(
    source: &Path,
    target: &Path,
    kind: Option<&str>,
    options: &Options,
    modules: &mut Modules,
) -> Result<(), Error> {
    let failed = |error| Error::io("mounting", source, error);
    let found = superblock::read(&File::open(source).map_err(failed)?).map_err(failed)?;
    let found = found.map(|found| found.kind);
    if found == Some(Kind::Luks) {
        return Err(Error::Encrypted {
            what: format!("device {}", source.display()),
        });
    }
    let driver = match (kind, found) {
        (Some(kind), _) => kind,
        (None, Some(found)) => found.driver(),
        (None, None) => return Err(Error::UnknownFileSystem(source.to_owned())),
    };
    let _ = modules.load(&format!("fs-{driver}"));
    if driver == "btrfs" {
        register_btrfs();
    }
    let data = CString::new(options.data.join(",")).map_err(|error| failed(error.into()))?;
    std::fs::create_dir_all(target).map_err(|error| Error::io("making a folder", target, error))?;
    rustix::mount::mount(source, target, driver, options.flags(), Some(data.as_c_str()))
        .map_err(|error| failed(error.into()))
}

/// A file system of btrfs may be on several devices: it finds those that it was told of.
fn register_btrfs() {
    let Ok(control) = File::options().read(true).write(true).open("/dev/btrfs-control") else {
        return;
    };
    for device in device::list() {
        if device.superblock().is_some_and(|found| found.kind == Kind::Btrfs)
            && let Err(error) = sys::register_btrfs(&control, &device.path)
        {
            crate::console::log(&format!("{}: {error}", device.path.display()));
        }
    }
}

/// Makes a mounted file system read-only, or writable.
pub(crate) fn remount(target: &Path, options: &Options) -> Result<(), Error> {
    let data = CString::new("").unwrap_or_default();
    rustix::mount::mount_remount(target, options.flags(), data.as_c_str())
        .map_err(|error| Error::io("mounting anew", target, error))
}

/// Mounts something that is on no device: `tmpfs`, `overlay`, `proc`, …
pub(crate) fn mount_virtual(kind: &str, target: &Path, flags: MountFlags, data: &str) -> Result<(), Error> {
    let failed = |error| Error::io("mounting", target, error);
    std::fs::create_dir_all(target).map_err(failed)?;
    let data = CString::new(data).map_err(|error| failed(error.into()))?;
    rustix::mount::mount(kind, target, kind, flags, Some(data.as_c_str())).map_err(|error| failed(error.into()))
}

/// Mounts the image in a file, read-only.
pub(crate) fn mount_image(file: &Path, target: &Path, modules: &mut Modules) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::io("opening an image", file, error);
    let _ = modules.load("loop");
    let image = File::open(file).map_err(failed)?;
    let control = File::options()
        .read(true)
        .write(true)
        .open("/dev/loop-control")
        .map_err(failed)?;
    let number = sys::free_loop(&control).map_err(|error| failed(error.into()))?;
    let path = Path::new("/dev").join(format!("loop{number}"));
    let device = File::open(&path).map_err(failed)?;
    sys::attach(&device, &image).map_err(|error| failed(error.into()))?;
    // While the device is open it stays; then the mount holds it.
    mount(&path, target, None, &Options::default().read_only(true), modules)
}
