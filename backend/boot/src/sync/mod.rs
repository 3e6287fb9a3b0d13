//! Makes the menu what it should be, and proves it.
//!
//! Order: space, kernels, loader, `loader.conf` where there is none, entries, firmware entry; then what was written is followed as the firmware
//! does, and only then what is old goes.

mod check;
mod prune;
mod space;
mod wanted;
mod write;

use std::collections::BTreeSet;

use crate::entry::Entry;
use crate::error::{Error, Fault};
use crate::follow;
use crate::machine::Machine;
use crate::menu::{self, Listed, entry_path, on};
use crate::pe;
use crate::policy::Policy;
use crate::record::Record;
use crate::sign::Key;
use crate::status::{Health, Report, Warning};
use crate::tree::Tree;
use crate::{SecureBoot, status};

use wanted::Wanted;
use write::Writer;

/// See [`Machine::sync`].
pub(crate) fn sync(machine: &Machine, trees: &[Tree], policy: &Policy) -> Result<Report, Error> {
    let active = wanted::active(trees)?;
    let loader = loader(machine, active)?;
    let key = Key::find(&machine.etc)?;
    let before = menu::read(machine)?;
    let mut warnings = Vec::new();
    let mut wanted = wanted::states(machine, trees, &before, policy, &mut warnings)?;
    can_start(machine, active, &wanted)?;

    let boot = machine.boot_volume();
    let token = machine.root.token();
    let mut writer = Writer {
        machine,
        key: key.as_ref(),
        record: Record::read(boot, &token)?,
        written: Vec::new(),
    };

    // Space, before the first byte.
    let missing = writer.missing(&wanted)?;
    let plan = writer.plan_loader(&loader, &mut warnings)?;
    let question = space::Question {
        machine,
        menu: &before,
        wanted: &wanted,
        active: active.state,
        missing: &missing,
        loader: plan.bytes,
        signed: key.is_some(),
    };
    let answer = question.answer()?;
    for (state, bytes) in answer.left_out {
        wanted.retain(|wanted| wanted.tree.state != state);
        warnings.push(Warning::NoSpace { state, bytes });
    }

    let files = entry_files(&wanted, &before, &token, policy);
    let mut pruned = Vec::new();
    if answer.prune_first {
        tracing::info!("old entries go first: there is no space for both");
        pruned.extend(prune::prune(machine, &paths(&files), &before)?);
    }

    writer.files(&wanted, &missing)?;
    writer.loader(&plan)?;
    writer.loader_conf(policy)?;
    writer.entries(&wanted, &files, active)?;
    if let Some(variables) = &machine.variables
        && let Err(error) = machine.keep_firmware_entry(variables)
    {
        warnings.push(Warning::Variables {
            reason: error.to_string(),
        });
    }

    let menu = menu::read(machine)?;
    starts(machine, &menu, &wanted, active.state)?;
    writer.verify(&wanted, active.state)?;
    // Named anew: systemd may have taken an entry's counter off meanwhile, and that is the one to keep.
    let files = entry_files(&wanted, &menu, &token, policy);
    pruned.extend(prune::prune(machine, &paths(&files), &menu)?);
    writer.forget()?;

    let menu = menu::read(machine)?;
    starts(machine, &menu, &wanted, active.state)?;
    writer.compare(&wanted, active.state)?;
    let next = follow::next(machine, &menu)?.map_err(|fault| not_bootable(active, fault))?;
    let first = first_of_ours(machine, &menu);
    let chosen = wanted
        .iter()
        .find(|wanted| wanted.chosen)
        .map(|wanted| wanted.tree.state);
    if chosen.is_none() && first != Some(active.state) {
        return Err(Error::ActiveFailed {
            state: active.state,
            instead: first,
        });
    }

    let is_new = !before.iter().any(|listed| listed.state(&token) == Some(active.state));
    if is_new && policy.tries > 0 && !active.blesses() {
        warnings.push(Warning::NeverBlessed { state: active.state });
    }
    warnings.extend(follow::overridden(machine, &menu, first.unwrap_or(active.state))?);
    warnings.extend(status::of_failed(machine, &menu));
    let secure = machine.variables.as_ref().map(|variables| variables.secure_boot());
    if secure == Some(SecureBoot::On) && key.is_none() {
        warnings.push(Warning::NotSigned);
    }

    let mut seen = BTreeSet::new();
    let mut states: Vec<u64> = menu.iter().filter_map(|listed| listed.state(&token)).collect();
    states.retain(|state| seen.insert(*state));
    Ok(Report {
        next,
        written: writer.written,
        pruned,
        states,
        warnings,
    })
}

fn loader(machine: &Machine, active: &Tree) -> Result<std::path::PathBuf, Error> {
    active.loader(machine.architecture).ok_or_else(|| Error::NoLoader {
        state: active.state,
        file: machine.loader_name(),
    })
}

/// What the tree brings can be started at all: the loader is systemd-boot, the kernels have their EFI stub.
fn can_start(machine: &Machine, active: &Tree, wanted: &[Wanted<'_>]) -> Result<(), Error> {
    let check = |path: &std::path::Path, is_loader: bool| {
        let bytes = std::fs::read(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        let reason = match pe::check(&bytes, machine.architecture) {
            Err(reason) => Some(reason),
            Ok(()) if is_loader && pe::systemd_boot(&bytes).is_none() => Some("is not systemd-boot".to_owned()),
            Ok(()) => None,
        };
        match reason {
            Some(reason) => Err(Error::Unusable {
                path: path.to_owned(),
                reason,
            }),
            None => Ok(()),
        }
    };

    check(&loader(machine, active)?, true)?;
    let of_active = wanted.iter().filter(|wanted| wanted.tree.state == active.state);
    for entry in of_active.flat_map(|wanted| &wanted.entries) {
        for file in entry.files.iter().filter(|file| file.program) {
            check(file.source.path(), false)?;
        }
    }
    Ok(())
}

/// Names of the entries' files, in the order of `wanted`. One that is there keeps its name and with it its counter; a new one begins to count,
/// unless its system could never say that it works.
fn entry_files(wanted: &[Wanted<'_>], menu: &[Listed], token: &str, policy: &Policy) -> Vec<String> {
    wanted
        .iter()
        .flat_map(|wanted| wanted.entries.iter().map(|entry| (wanted.tree, entry)))
        .map(|(tree, entry)| {
            let same = menu
                .iter()
                .filter(|listed| listed.state(token).is_some() && listed.entry.id().eq_ignore_ascii_case(&entry.id))
                // Two are there only after a kill in the middle of a change of name. One without counter was seen to work.
                .min_by_key(|listed| listed.entry.counter.map_or(0, |counter| u64::from(counter.left) + 1));
            match same {
                Some(listed) => listed.entry.file.clone(),
                None if policy.tries == 0 || !tree.blesses() => entry.id.clone(),
                None => format!("{}+{}.conf", entry.id.trim_end_matches(".conf"), policy.tries),
            }
        })
        .collect()
}

/// Where entries are, in lower case.
fn paths(files: &[String]) -> BTreeSet<String> {
    files.iter().map(|file| entry_path(file).to_lowercase()).collect()
}

/// The state of our first entry that the loader would show and take by itself.
fn first_of_ours(machine: &Machine, menu: &[Listed]) -> Option<u64> {
    let token = machine.root.token();
    menu.iter()
        .filter(|listed| listed.shown)
        .find_map(|listed| listed.state(&token))
}

/// Follows the firmware to our first entry, and that to its kernel.
fn starts(machine: &Machine, menu: &[Listed], wanted: &[Wanted<'_>], active: u64) -> Result<(), Error> {
    let fault = |fault| Error::NotBootable { state: active, fault };
    follow::start(machine)?.map_err(fault)?;

    let token = machine.root.token();
    let first = menu
        .iter()
        .find(|listed| listed.shown && listed.state(&token).is_some());
    let Some(first) = first else {
        return Err(fault(Fault::NoEntry));
    };
    if let Some(broken) = follow::broken(machine, first)? {
        return Err(fault(broken));
    }

    let state = first.state(&token);
    let expected = wanted.first().map(|wanted| wanted.tree.state);
    // An entry that failed is passed over, whatever its place: then any that works may be first.
    let failed = wanted.first().is_some_and(|wanted| wanted.health == Health::Bad);
    if state == expected || failed {
        Ok(())
    } else {
        Err(fault(Fault::Another {
            entry: first.entry.file.clone(),
        }))
    }
}

fn not_bootable(active: &Tree, fault: Fault) -> Error {
    Error::NotBootable {
        state: active.state,
        fault,
    }
}

/// Gives our entries another order: `states` first to last; `chosen_over` marks the first as chosen.
pub(crate) fn reorder(
    machine: &Machine,
    menu: &[Listed],
    states: &[u64],
    chosen_over: Option<u64>,
) -> Result<(), Error> {
    let token = machine.root.token();

    for (rank, state) in states.iter().enumerate() {
        for listed in menu.iter().filter(|listed| listed.state(&token) == Some(*state)) {
            let Entry {
                sort_key, mark, file, ..
            } = &listed.entry;
            let (Some(sort_key), Some(mark)) = (sort_key, mark) else {
                continue;
            };
            let system = sort_key
                .rsplit_once('-')
                .map_or(sort_key.as_str(), |(system, _)| system);
            let mut mark = mark.clone();
            mark.chosen_over = chosen_over.filter(|_| rank == 0);

            let text = listed.entry.text_with(&format!("{system}-{rank:02}"), &mark);
            if text != listed.entry.text {
                let path = entry_path(file);
                let volume = listed.volume.as_ref();
                volume
                    .write_new(&path, &mut text.as_bytes())
                    .map_err(on(volume, &path))?;
            }
        }
    }
    Ok(())
}
