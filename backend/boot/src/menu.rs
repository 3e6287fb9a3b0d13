//! The menu as systemd-boot would show it: every entry of both volumes, in its order.

use std::io;
use std::sync::Arc;

use crate::entry::{self, Entry};
use crate::error::Error;
use crate::machine::Machine;
use crate::order;
use crate::pe;
use crate::status::Signature;
use crate::volume::Volume;

/// Unified kernel images, on a volume.
const UNIFIED: &str = "EFI/Linux";

/// An entry and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) entry: Entry,
    pub(crate) volume: Arc<dyn Volume>,
    /// Its program is there. systemd-boot does not show an entry whose program is not.
    pub(crate) shown: bool,
}

impl Listed {
    /// How systemd-boot knows it: the file's name in lower case, counter and all.
    pub(crate) fn id(&self) -> String {
        self.entry.file.to_lowercase()
    }

    /// Its path on its volume.
    pub(crate) fn path(&self) -> String {
        entry_path(&self.entry.file)
    }

    /// The state, if this installation wrote it. The name counts too: a person may have copied one of ours to change it.
    pub(crate) fn state(&self, token: &str) -> Option<u64> {
        let mark = self.entry.mark.as_ref()?;
        let named = self.entry.file.to_lowercase().starts_with(&format!("{token}-"));
        (mark.token == token && named && self.entry.id().eq_ignore_ascii_case(&named_after(&self.entry, token)?))
            .then_some(mark.state)
    }

    /// What is wrong with the files that it names, if anything is: the first of them.
    pub(crate) fn fault(&self, machine: &Machine) -> Result<Option<Broken>, Error> {
        Ok(self.examined(machine)?.0)
    }

    /// As [`Listed::fault`], and what a signature of its program covers.
    pub(crate) fn examined(&self, machine: &Machine) -> Result<(Option<Broken>, Signature), Error> {
        let Some(program) = &self.entry.program else {
            return Ok((Some((self.path(), "names no kernel")), Signature::None));
        };
        let bytes = self.volume.read(program).map_err(on(self.volume.as_ref(), program))?;
        let Some(bytes) = bytes else {
            return Ok((Some((program.clone(), "is missing")), Signature::None));
        };

        let command_line = pe::section(&bytes, ".cmdline").filter(|_| self.entry.options.is_empty());
        let signature = match (pe::is_signed(&bytes), command_line) {
            (false, _) => Signature::None,
            (true, None) => Signature::Kernel,
            (true, Some(_)) => Signature::Whole,
        };
        let kernel = match command_line {
            Some(_) => pe::section(&bytes, ".linux").unwrap_or_default(),
            None => bytes.as_slice(),
        };
        let can_start = |bytes: &[u8]| pe::check(bytes, machine.architecture).is_ok();
        let words = command_line.map_or(self.entry.options.as_bytes(), |line| line);
        let broken = if !can_start(&bytes) || !can_start(kernel) {
            Some((program.clone(), "is not a kernel that UEFI can start"))
        } else if !self.ends_with_its_state(words) {
            Some((self.path(), "does not end with the state that it is to start"))
        } else {
            self.missing_initrd()?.map(|initrd| (initrd, "is missing"))
        };
        Ok((broken, signature))
    }

    fn ends_with_its_state(&self, command_line: &[u8]) -> bool {
        let Some(mark) = &self.entry.mark else { return true };
        let word = format!("moult.state={}", mark.state);
        command_line.split(|byte| *byte == b' ').next_back() == Some(word.as_bytes())
    }

    fn missing_initrd(&self) -> Result<Option<String>, Error> {
        for initrd in &self.entry.initrds {
            if !exists(self.volume.as_ref(), initrd)? {
                return Ok(Some(initrd.clone()));
            }
        }
        Ok(None)
    }
}

/// A file, and what is wrong with it.
pub(crate) type Broken = (String, &'static str);

/// What our name for an entry with this content is: a copy that a person made is called otherwise.
fn named_after(entry: &Entry, token: &str) -> Option<String> {
    let state = entry.mark.as_ref()?.state;
    let id = entry.id().to_lowercase();
    let kernel = id
        .strip_prefix(&format!("{token}-"))?
        .strip_suffix(&format!("-{state}.conf"))?;
    Some(format!("{token}-{kernel}-{state}.conf"))
}

pub(crate) fn entry_path(file: &str) -> String {
    format!("{}/{file}", entry::DIRECTORY)
}

/// All entries that are files, in the order of the menu.
pub(crate) fn read(machine: &Machine) -> Result<Vec<Listed>, Error> {
    let mut listed = Vec::new();

    for volume in machine.volumes() {
        for item in list(volume.as_ref(), entry::DIRECTORY)? {
            let name = item.name.to_lowercase();
            if item.directory || !name.ends_with(".conf") || name.starts_with('.') || item.name.starts_with("auto-") {
                continue;
            }
            let path = entry_path(&item.name);
            let Some(bytes) = volume.read(&path).map_err(on(volume.as_ref(), &path))? else {
                continue;
            };
            let entry = Entry::read(&item.name, &bytes);
            let shown = match &entry.program {
                Some(program) => exists(volume.as_ref(), program)?,
                None => false,
            };
            listed.push(Listed {
                entry,
                volume: Arc::clone(&volume),
                shown,
            });
        }

        for item in list(volume.as_ref(), UNIFIED)? {
            let name = item.name.to_lowercase();
            if !item.directory && name.ends_with(".efi") && !name.starts_with('.') && !item.name.starts_with("auto-") {
                listed.extend(unified(&volume, &item.name)?);
            }
        }
    }

    listed.sort_by(|a, b| {
        let (id_a, id_b) = (a.id(), b.id());
        order::compare(&a.entry.rank(&id_a), &b.entry.rank(&id_b))
    });
    Ok(listed)
}

/// A unified kernel image is an entry by what it carries (type 2); `None` = it is none.
fn unified(volume: &Arc<dyn Volume>, file: &str) -> Result<Option<Listed>, Error> {
    let path = format!("{UNIFIED}/{file}");
    let bytes = volume
        .read(&path)
        .map_err(on(volume.as_ref(), &path))?
        .unwrap_or_default();
    let Some(release) = pe::section(&bytes, ".osrel") else {
        return Ok(None);
    };

    let release = String::from_utf8_lossy(release).into_owned();
    let value = |keys: &[&str]| {
        keys.iter().find_map(|key| {
            release
                .lines()
                .filter_map(|line| line.trim().split_once('='))
                .find(|(name, _)| name == key)
                .map(|(_, value)| value.trim_matches(['"', '\'', '\0']).to_owned())
        })
    };
    let entry = Entry {
        file: file.to_owned(),
        counter: entry::counter(file),
        title: value(&["PRETTY_NAME", "IMAGE_ID", "NAME", "ID"]),
        sort_key: value(&["IMAGE_ID", "ID"]),
        version: value(&["IMAGE_VERSION", "VERSION", "VERSION_ID", "BUILD_ID"]),
        program: Some(path),
        ..Entry::default()
    };
    Ok(Some(Listed {
        entry,
        volume: Arc::clone(volume),
        shown: true,
    }))
}

pub(crate) fn list(volume: &dyn Volume, directory: &str) -> Result<Vec<crate::Item>, Error> {
    volume.list(directory).map_err(on(volume, directory))
}

/// Whether a file is there. A name that no FAT can hold leads to none.
pub(crate) fn exists(volume: &dyn Volume, path: &str) -> Result<bool, Error> {
    Ok(length(volume, path)?.is_some())
}

/// Length of a file; `None` = there is none.
pub(crate) fn length(volume: &dyn Volume, path: &str) -> Result<Option<u64>, Error> {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.to_lowercase();
    match volume.list(directory) {
        Ok(items) => Ok(items
            .iter()
            .find(|item| !item.directory && item.name.to_lowercase() == name)
            .map(|item| item.bytes)),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(None),
        Err(error) => Err(on(volume, path)(error)),
    }
}

/// What makes a volume's failure ours.
pub(crate) fn on(volume: &dyn Volume, path: &str) -> impl FnOnce(io::Error) -> Error {
    let (volume, path) = (volume.name(), path.to_owned());
    move |source| Error::Volume { volume, path, source }
}
