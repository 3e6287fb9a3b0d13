//! Finds the medium: on a disk of its own (a stick, a disc), or as a file on another one.
//!
//! Nothing is written to a file system that is only looked through: journals are not replayed.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::cmdline::CommandLine;
use crate::console;
use crate::device::{self, Device};
use crate::file_system::{self, Options};
use crate::init::Boot;
use crate::superblock::{self, Kind, Superblock};
use crate::{Error, switch};

/// Where the medium is mounted.
pub(crate) const MEDIUM: &str = "/run/moult/medium";
/// Where the file system is mounted that the medium is a file of.
pub(crate) const CARRIER: &str = "/run/moult/carrier";

/// What the medium is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Medium {
    name: Name,
    /// The file that it is, from the root of its file system, if the boot loader knows.
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Uuid(String),
    Label(String),
}

impl Medium {
    /// `UUID:…` or `LABEL:…`. Boot loaders that start images out of files name the file, each by a word of its own.
    pub(crate) fn parse(text: &str, line: &CommandLine) -> Result<Medium, Error> {
        let value = |prefix: &str| {
            let rest = text.strip_prefix(prefix)?.strip_prefix([':', '='])?;
            (!rest.is_empty()).then(|| rest.to_owned())
        };
        let name = match (value("UUID"), value("LABEL")) {
            (Some(uuid), _) => Name::Uuid(uuid),
            (None, Some(label)) => Name::Label(label),
            (None, None) => {
                return Err(Error::CommandLine {
                    word: format!("moult.live={text}"),
                    reason: "expected UUID:... or LABEL:...".to_owned(),
                });
            }
        };
        let words = ["moult.live.file", "iso-scan/filename", "findiso"];
        let file = words.iter().find_map(|word| line.value(word));
        Ok(Medium {
            name,
            file: file.map(PathBuf::from),
        })
    }

    fn is(&self, found: &Superblock) -> bool {
        if found.kind != Kind::Iso9660 {
            return false;
        }
        match &self.name {
            Name::Uuid(uuid) => found
                .uuid
                .as_ref()
                .is_some_and(|found| found.eq_ignore_ascii_case(uuid)),
            Name::Label(label) => found.label.as_ref() == Some(label),
        }
    }

    fn is_in(&self, file: &Path) -> bool {
        let found = File::open(file).and_then(|file| superblock::read(&file));
        found.is_ok_and(|found| found.is_some_and(|found| self.is(&found)))
    }

    fn shown(&self) -> String {
        match &self.name {
            Name::Uuid(uuid) => format!("the medium with the UUID {uuid}"),
            Name::Label(label) => format!("the medium with the label {label}"),
        }
    }
}

/// Waits for the medium, and mounts it.
pub(crate) fn mount(boot: &mut Boot, medium: &Medium) -> Result<(), Error> {
    // A file system is looked through once, however often it is looked for others.
    let mut looked_through: HashSet<String> = HashSet::new();
    boot.wait_for(&medium.shown(), |boot| {
        let devices: Vec<(Device, Superblock)> = device::list()
            .into_iter()
            .filter_map(|device| device.superblock().map(|found| (device, found)))
            .collect();
        if let Some((device, _)) = devices.iter().find(|(_, found)| medium.is(found)) {
            let options = Options::default().read_only(true);
            file_system::mount(&device.path, Path::new(MEDIUM), None, &options, &mut boot.modules)?;
            console::log(&format!("the medium is {}", device.path.display()));
            return Ok(Some(()));
        }
        for (device, found) in &devices {
            if looked_through.insert(device.name.clone())
                && let Some(file) = carried(boot, medium, device, found)
            {
                file_system::mount_image(&file, Path::new(MEDIUM), &mut boot.modules)?;
                console::log(&format!(
                    "the medium is {} on {}",
                    file.display(),
                    device.path.display()
                ));
                return Ok(Some(()));
            }
        }
        Ok(None)
    })
}

/// The file on this device that is the medium. Its file system is then mounted.
fn carried(boot: &mut Boot, medium: &Medium, device: &Device, found: &Superblock) -> Option<PathBuf> {
    let quiet = match found.kind {
        Kind::Ext4 => "noload",
        Kind::Xfs => "norecovery,nouuid",
        Kind::Btrfs => "rescue=nologreplay",
        Kind::Vfat | Kind::Exfat | Kind::Ntfs | Kind::Iso9660 => "",
        Kind::Squashfs | Kind::Erofs | Kind::Luks => return None,
    };
    let options = Options::parse(quiet).read_only(true);
    let carrier = Path::new(CARRIER);
    if let Err(error) = file_system::mount(&device.path, carrier, None, &options, &mut boot.modules) {
        console::log(&format!("not looked through: {error}"));
        return None;
    }
    let file = match &medium.file {
        Some(file) => Some(carrier.join(file.strip_prefix("/").unwrap_or(file))).filter(|file| medium.is_in(file)),
        None => images(carrier).into_iter().find(|file| medium.is_in(file)),
    };
    if file.is_none() {
        switch::unmount(carrier);
    }
    file
}

/// Files that are called `*.iso`, at the top of a file system and one folder below it, sorted.
fn images(top: &Path) -> Vec<PathBuf> {
    let below = |folder: &Path| {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.path())
            .collect();
        paths.sort();
        paths
    };
    let is_image = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("iso"))
            && path.is_file()
    };
    let (files, others): (Vec<PathBuf>, Vec<PathBuf>) = below(top).into_iter().partition(is_image);
    let deeper = others
        .iter()
        .filter(|path| path.is_dir() && !path.is_symlink())
        .flat_map(|folder| below(folder));
    files.into_iter().chain(deeper.filter(is_image)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
    use super::*;

    #[test]
    fn a_medium_is_named_by_uuid_or_label_and_its_file_by_any_loader() {
        let line = CommandLine::parse("quiet findiso=/boot/moult.iso");
        let medium = Medium::parse("UUID:2026-11-28-01-02-03-00", &line).unwrap();
        assert_eq!(medium.file, Some(PathBuf::from("/boot/moult.iso")));
        assert_eq!(medium.name, Name::Uuid("2026-11-28-01-02-03-00".to_owned()));
        assert!(Medium::parse("LABEL=MOULT", &line).is_ok());
        for wrong in ["", "UUID:", "MOULT", "LABEL"] {
            assert!(Medium::parse(wrong, &line).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn images_are_looked_for_at_the_top_and_one_folder_below() {
        let top = tempfile::TempDir::new().unwrap();
        for name in ["b.iso", "A.ISO", "x.img", "down/c.iso", "down/deeper/d.iso"] {
            let path = top.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found: Vec<PathBuf> = images(top.path());
        let found: Vec<&Path> = found
            .iter()
            .map(|path| path.strip_prefix(top.path()).unwrap())
            .collect();
        assert_eq!(found, [Path::new("A.ISO"), Path::new("b.iso"), Path::new("down/c.iso")]);
    }
}
