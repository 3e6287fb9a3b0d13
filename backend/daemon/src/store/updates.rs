//! The rows of a list of updates, and what still runs from a system of before.

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use moult_api::{
    ChangedFile, Failure, FailureCode, FileChange, Mark, OldProgram, RestartNeed, RestartReport, UpdateGroup, UpdateRow,
};
use moult_packages::{ChangeKind, Engine};
use moult_shelf::{Group, Restart};
use moult_system::running;

use super::convert;
use super::kept::{self, Open};
use crate::packages::{Sealed, failure, planned};

/// The packages of a plan, by group, then by name.
pub(crate) fn rows(open: &Open<'_>, sealed: &Sealed) -> Result<Vec<UpdateRow>, Failure> {
    let mut files: HashMap<&str, Vec<&ChangedFile>> = HashMap::new();
    for file in sealed.known_files() {
        files.entry(&file.package).or_default().push(file);
    }
    let mut rows = Vec::with_capacity(sealed.plan.packages.len());
    for change in &sealed.plan.packages {
        let update = open.shelf.update(change).map_err(kept::failed)?;
        let files = files.get(change.name.as_str()).map_or(&[][..], Vec::as_slice);
        let shown = planned(change);
        rows.push(UpdateRow {
            item: convert::item(update.item, &open.holds),
            change: shown.change,
            group: match update.group {
                Group::Security => UpdateGroup::Security,
                Group::System => UpdateGroup::System,
                Group::App => UpdateGroup::App,
            },
            old: shown.old,
            new: shown.new,
            releases: update.releases.iter().map(convert::release).collect(),
            files: files.len() as u64,
            marked_files: files.iter().filter(|file| !file.marks.is_empty()).count() as u64,
            restart: restart(open.engine, change.kind, &change.name, files)?,
        });
    }
    rows.sort_by(|one, other| {
        let key = |row: &UpdateRow| (row.group, row.item.name.to_lowercase());
        key(one)
            .cmp(&key(other))
            .then_with(|| one.item.package.cmp(&other.item.package))
    });
    Ok(rows)
}

/// What a package's change leaves to be started anew: nothing runs yet of what comes new, but for a kernel.
fn restart(engine: &Engine, kind: ChangeKind, package: &str, files: &[&ChangedFile]) -> Result<RestartNeed, Failure> {
    let of_system = |file: &ChangedFile| file.marks.iter().any(|mark| matches!(mark, Mark::Kernel | Mark::Boot));
    let changed: Vec<(&str, bool)> = files
        .iter()
        .filter(|file| file.change != FileChange::Added || of_system(file))
        .map(|file| (file.path.as_str(), of_system(file)))
        .collect();
    let all = match (changed.is_empty(), kind) {
        (true, _) => return Ok(RestartNeed::None),
        (false, ChangeKind::Install) => Vec::new(),
        (false, _) => paths(engine, package)?,
    };
    Ok(need(moult_shelf::restart(&changed, all.iter().map(String::as_str))))
}

/// The files of a package below `/usr`; none if they are not known.
fn paths(engine: &Engine, package: &str) -> Result<Vec<String>, Failure> {
    match engine.files(package) {
        Ok(found) => {
            let paths = found
                .files
                .into_iter()
                .map(|file| String::from_utf8_lossy(&file.path).into_owned());
            Ok(paths.collect())
        }
        Err(moult_packages::Error::Query(_)) => Ok(Vec::new()),
        Err(error) => Err(failure(error)),
    }
}

fn need(restart: Restart) -> RestartNeed {
    match restart {
        Restart::None => RestartNeed::None,
        Restart::Programs => RestartNeed::Programs,
        Restart::Session => RestartNeed::Session,
        Restart::Computer => RestartNeed::Computer,
    }
}

/// What still runs from a system of before. The kernel counts where the root is the running system.
pub(crate) fn report(engine: &Engine, root: &Path) -> Result<RestartReport, Failure> {
    let unseen = |error: std::io::Error| Failure::new(FailureCode::Internal, format!("/proc cannot be read: {error}"));
    let found = running::old_processes(root).map_err(unseen)?;
    let kernel = match root == Path::new("/") {
        true => running::old_kernel(root).unwrap_or_default(),
        false => String::new(),
    };
    let owned: Vec<&[u8]> = found
        .processes
        .iter()
        .filter(|process| process.in_usr)
        .map(|process| process.program.as_os_str().as_bytes())
        .collect();
    let owners = engine.owners(&owned).map_err(failure)?;
    let mut sessions: HashMap<&str, Vec<String>> = HashMap::new();
    for owner in owners.values() {
        if !sessions.contains_key(owner.as_str()) {
            let _ = sessions.insert(owner, paths(engine, owner)?);
        }
    }
    let mut programs: Vec<OldProgram> = found
        .processes
        .iter()
        .map(|process| {
            let path = process.program.to_string_lossy();
            let package = owners
                .get(process.program.as_os_str().as_bytes())
                .filter(|_| process.in_usr);
            let all = package.and_then(|package| sessions.get(package.as_str()));
            let need = match (process.pid, process.in_usr) {
                (1, _) => RestartNeed::Computer,
                (_, false) => RestartNeed::Programs,
                _ => {
                    let all = all.into_iter().flatten().map(String::as_str);
                    // It runs: whatever its file is, it has to be started anew.
                    need(moult_shelf::restart(&[(&*path, false)], all)).max(RestartNeed::Programs)
                }
            };
            OldProgram {
                name: process
                    .program
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                package: package.cloned().unwrap_or_default(),
                pid: process.pid,
                uid: process.uid,
                unit: process.unit.clone(),
                files: process
                    .files
                    .iter()
                    .map(|file| file.to_string_lossy().into_owned())
                    .collect(),
                need,
            }
        })
        .collect();
    programs.sort_by(|one, other| (&one.name, one.pid).cmp(&(&other.name, other.pid)));
    let most = programs
        .iter()
        .map(|program| program.need)
        .max()
        .unwrap_or(RestartNeed::None);
    Ok(RestartReport {
        need: if kernel.is_empty() { most } else { RestartNeed::Computer },
        kernel,
        programs,
        incomplete: found.incomplete,
    })
}
