//! Removes what is ours and of no more use: entries first, then files that no entry names.

use std::collections::BTreeSet;

use crate::entry;
use crate::error::Error;
use crate::machine::Machine;
use crate::menu::{self, Listed, on};
use crate::volume::{TEMPORARY, Volume};

/// Directories outside of our own where a kill may have left a temporary copy of ours.
const ELSEWHERE: [&str; 4] = [entry::DIRECTORY, "loader", "EFI/systemd", "EFI/BOOT"];

/// Removes entries of ours that are not `kept` (paths in lower case), then what they alone named. Returns what was removed.
pub(super) fn prune(machine: &Machine, kept: &BTreeSet<String>, menu: &[Listed]) -> Result<Vec<String>, Error> {
    let token = machine.root.token();
    let boot = machine.boot_volume();
    let mut removed = Vec::new();

    for listed in menu.iter().filter(|listed| listed.state(&token).is_some()) {
        let path = listed.path();
        let elsewhere = listed.volume.name() != boot.name();
        if elsewhere || !kept.contains(&path.to_lowercase()) {
            remove(listed.volume.as_ref(), &path, &mut removed)?;
        }
    }

    for volume in machine.volumes() {
        prune_files(machine, volume.as_ref(), &token, &mut removed)?;
    }
    Ok(removed)
}

fn prune_files(machine: &Machine, volume: &dyn Volume, token: &str, removed: &mut Vec<String>) -> Result<(), Error> {
    let mut named = BTreeSet::from([format!("{token}/signed")]);
    for listed in menu::read(machine)? {
        if listed.volume.name() == volume.name() {
            let paths = listed.entry.program.iter().chain(&listed.entry.initrds);
            named.extend(paths.map(|path| path.to_lowercase()));
        }
    }

    for (path, _) in our_files(volume, token)? {
        if !named.contains(&path.to_lowercase()) {
            remove(volume, &path, removed)?;
        }
    }
    for directory in ELSEWHERE {
        for item in menu::list(volume, directory)? {
            if !item.directory && item.name.to_lowercase().ends_with(TEMPORARY) {
                remove(volume, &format!("{directory}/{}", item.name), removed)?;
            }
        }
    }

    let items = menu::list(volume, token)?;
    let mut left = items.len();
    for item in items.iter().filter(|item| item.directory) {
        let path = format!("{token}/{}", item.name);
        if menu::list(volume, &path)?.is_empty() {
            volume.remove(&path).map_err(on(volume, &path))?;
            left -= 1;
        }
    }
    if left == 0 && !items.is_empty() {
        volume.remove(token).map_err(on(volume, token))?;
    }
    Ok(())
}

fn remove(volume: &dyn Volume, path: &str, removed: &mut Vec<String>) -> Result<(), Error> {
    volume.remove(path).map_err(on(volume, path))?;
    removed.push(path.to_owned());
    Ok(())
}

/// Files below our directory with their lengths: `token/file` and `token/kernel/file`.
pub(super) fn our_files(volume: &dyn Volume, token: &str) -> Result<Vec<(String, u64)>, Error> {
    let mut files = Vec::new();
    for item in menu::list(volume, token)? {
        let path = format!("{token}/{}", item.name);
        if !item.directory {
            files.push((path, item.bytes));
            continue;
        }
        for item in menu::list(volume, &path)? {
            if !item.directory {
                files.push((format!("{path}/{}", item.name), item.bytes));
            }
        }
    }
    Ok(files)
}
