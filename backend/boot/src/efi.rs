//! Firmware variables.

mod load_option;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};

use crate::error::Error;

pub(crate) use load_option::{LoadOption, uuid};

/// Variables of the UEFI specification.
const GLOBAL: &str = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
/// Variables of the Boot Loader Interface.
const LOADER: &str = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
/// Kept without power, for the firmware and for the running system.
const ATTRIBUTES: [u8; 4] = [0x07, 0, 0, 0];

/// What the firmware checks before it starts a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecureBoot {
    /// Only signed programs are started.
    On,
    /// Everything is started.
    Off,
    /// Everything is started, and keys can be enrolled.
    Setup,
    /// The firmware does not say.
    Unknown,
}

/// Firmware variables, by way of a mounted efivarfs.
#[derive(Debug, Clone)]
pub struct EfiVariables {
    directory: PathBuf,
}

impl EfiVariables {
    /// Variables in `directory`, which is an efivarfs, or for tests a folder of files in its form (`Name-GUID`, four bytes of attributes first).
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// The running machine's; `None` = it has none, or they cannot be reached.
    pub fn of_running() -> Option<Self> {
        let variables = Self::new("/sys/firmware/efi/efivars");
        fs::read_dir(&variables.directory)
            .ok()?
            .next()
            .is_some()
            .then_some(variables)
    }

    /// What the firmware checks before it starts a program.
    pub fn secure_boot(&self) -> SecureBoot {
        let flag = |name| {
            self.read(GLOBAL, name)
                .ok()
                .flatten()
                .and_then(|value| value.first().copied())
        };
        match (flag("SecureBoot"), flag("SetupMode")) {
            (_, Some(1)) => SecureBoot::Setup,
            (Some(1), _) => SecureBoot::On,
            (Some(0), _) => SecureBoot::Off,
            _ => SecureBoot::Unknown,
        }
    }

    /// A text of the boot loader's ("LoaderEntryOneShot").
    pub(crate) fn loader_text(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.read(LOADER, name)?.map(|bytes| text(&bytes)))
    }

    pub(crate) fn set_loader_text(&self, name: &str, value: &str) -> Result<(), Error> {
        let bytes: Vec<u8> = value.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        self.write(LOADER, name, &bytes)
    }

    pub(crate) fn remove_loader_text(&self, name: &str) -> Result<(), Error> {
        self.remove(LOADER, name)
    }

    /// Numbers of the firmware's entries, in the order in which they are tried.
    pub(crate) fn boot_order(&self) -> Result<Vec<u16>, Error> {
        let bytes = self.read(GLOBAL, "BootOrder")?.unwrap_or_default();
        Ok(bytes
            .as_chunks::<2>()
            .0
            .iter()
            .copied()
            .map(u16::from_le_bytes)
            .collect())
    }

    pub(crate) fn set_boot_order(&self, order: &[u16]) -> Result<(), Error> {
        let bytes: Vec<u8> = order.iter().copied().flat_map(u16::to_le_bytes).collect();
        self.write(GLOBAL, "BootOrder", &bytes)
    }

    /// One of the firmware's entries; `None` = there is none, or it cannot be understood.
    pub(crate) fn boot_option(&self, number: u16) -> Result<Option<LoadOption>, Error> {
        let bytes = self.read(GLOBAL, &format!("Boot{number:04X}"))?;
        Ok(bytes.and_then(|bytes| LoadOption::read(&bytes)))
    }

    pub(crate) fn set_boot_option(&self, number: u16, option: &LoadOption) -> Result<(), Error> {
        self.write(GLOBAL, &format!("Boot{number:04X}"), &option.bytes())
    }

    /// Numbers that are in use, whether or not they are in the order.
    pub(crate) fn boot_numbers(&self) -> Result<Vec<u16>, Error> {
        let error = |source| Error::Variable {
            name: "Boot####".to_owned(),
            source,
        };
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(error)? {
            let name = entry.map_err(error)?.file_name();
            let Some(rest) = name.to_str().and_then(|name| name.strip_prefix("Boot")) else {
                continue;
            };
            let number = rest
                .split_once('-')
                .filter(|(digits, guid)| digits.len() == 4 && *guid == GLOBAL)
                .and_then(|(digits, _)| u16::from_str_radix(digits, 16).ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn path(&self, vendor: &str, name: &str) -> PathBuf {
        self.directory.join(format!("{name}-{vendor}"))
    }

    /// A variable's value without its attributes; `None` = there is none.
    fn read(&self, vendor: &str, name: &str) -> Result<Option<Vec<u8>>, Error> {
        match fs::read(self.path(vendor, name)) {
            // efivarfs shows a variable that is being removed as an empty file.
            Ok(bytes) => Ok(bytes.get(4..).map(<[u8]>::to_vec)),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::Variable {
                name: name.to_owned(),
                source,
            }),
        }
    }

    /// One call writes attributes and value, as efivarfs wants it. What is there already is not written again: flash wears out.
    fn write(&self, vendor: &str, name: &str, value: &[u8]) -> Result<(), Error> {
        if self.read(vendor, name)?.as_deref() == Some(value) {
            return Ok(());
        }
        let path = self.path(vendor, name);
        let bytes = [&ATTRIBUTES[..], value].concat();
        let written = release(&path).and_then(|()| {
            // Not truncated: efivarfs replaces the value, and a truncation of its own would be a write of nothing.
            let efivarfs = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
            let mut file = efivarfs?;
            file.write_all(&bytes)?;
            if file.metadata()?.len() > bytes.len() as u64 {
                file.set_len(bytes.len() as u64)?;
            }
            Ok(())
        });
        written.map_err(|source| Error::Variable {
            name: name.to_owned(),
            source,
        })
    }

    fn remove(&self, vendor: &str, name: &str) -> Result<(), Error> {
        let path = self.path(vendor, name);
        match release(&path).and_then(|()| fs::remove_file(&path)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::Variable {
                name: name.to_owned(),
                source,
            }),
            _ => Ok(()),
        }
    }
}

/// efivarfs makes variables immutable lest `rm -r` break a machine; whoever means it takes that away first.
fn release(path: &Path) -> io::Result<()> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    match ioctl_getflags(&file) {
        Ok(flags) if flags.contains(IFlags::IMMUTABLE) => {
            ioctl_setflags(&file, flags - IFlags::IMMUTABLE)?;
            Ok(())
        }
        // A folder that stands for an efivarfs may know no flags.
        _ => Ok(()),
    }
}

/// UTF-16 up to its NUL.
pub(crate) fn text(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .copied()
        .map(u16::from_le_bytes)
        .take_while(|unit| *unit != 0)
        .collect();
    String::from_utf16_lossy(&units)
}
