//! What is seen of the menu and of this start, by root and by everybody else.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use moult_api::{
    BootEntry, BootMenu, BootSignature, BootStatus, BootVerdict, BootedBy, BootedReport, EspReport, Firmware, NextBy,
    SecureBoot, SecureStep,
};
use moult_boot::{EntryStatus, Error, Health, Machine, Outcome, Signature, Status, Volume, Warning, Why};

use crate::packages::Place;

/// What everybody may read.
const COMMON: &str = "/run/moult";
/// The state that a person chose for good since this start.
const DECIDED: &str = "/run/moult/decided";
/// What the initrd wrote down: which state was asked for, and what came of it.
const RECORD: &str = "/run/moult/boot";
/// What root saw last of the menu since this start.
const SEEN: &str = "/run/moult/menu";
/// There when the system is one of Moult's.
const MOULT: &str = "/.moult";
/// The number of the active state.
const ACTIVE: &str = "/usr/lib/moult/state";
/// More than this is not read of either.
const MOST: usize = 1 << 20;

/// Has the list of states follow what the initrd put in place, looks at the machine's menu and leaves what was seen for
/// everybody. For the service that runs after each start.
pub(crate) fn note() -> io::Result<()> {
    // Opening it would make one.
    if Path::new(MOULT).is_dir()
        && let Err(error) = Place::running().open()
    {
        tracing::warn!(%error, "the list of states does not follow this start yet");
    }
    let status = match Machine::of_running(Path::new("/")) {
        Ok(machine) => look(&machine),
        Err(error) => unseen(&error),
    };
    write(Path::new(SEEN), &status)
}

/// As [`note`], after a change. What fails here costs a reader its knowledge, nobody else anything.
pub(crate) fn keep(status: &BootStatus) {
    if let Err(error) = write(Path::new(SEEN), status) {
        tracing::warn!(%error, "what was seen of the boot menu cannot be left for others");
    }
}

/// As much as this process may see.
pub(crate) fn status() -> BootStatus {
    if rustix::process::geteuid().is_root() {
        let status = match Machine::of_running(Path::new("/")) {
            Ok(machine) => look(&machine),
            Err(error) => unseen(&error),
        };
        keep(&status);
        return status;
    }
    match read(Path::new(SEEN)) {
        Some(seen) => BootStatus {
            menu: match seen.menu {
                BootMenu::Read => BootMenu::Noted,
                menu => menu,
            },
            ..seen
        },
        None => BootStatus {
            menu: match moult_boot::firmware() {
                moult_boot::Firmware::Uefi => BootMenu::Hidden,
                moult_boot::Firmware::Bios => BootMenu::Missing,
            },
            booted: booted(&recorded(), None, active()),
            ..nothing()
        },
    }
}

/// Remembers until the machine is switched off that a person chose a state for good: the menu only has an order.
pub(crate) fn decide(state: u64) -> io::Result<()> {
    crate::board::common(Path::new(COMMON))?;
    fs::write(DECIDED, format!("{state}\n"))
}

fn decided() -> Option<u64> {
    text(Path::new(DECIDED))?.trim().parse().ok()
}

/// What is known of a machine that is not looked at.
pub(crate) fn nothing() -> BootStatus {
    BootStatus {
        firmware: firmware(moult_boot::firmware()),
        secure_boot: SecureBoot::Unknown,
        secure_step: SecureStep::Nothing,
        menu: BootMenu::Missing,
        loader: String::new(),
        loader_version: String::new(),
        entries: Vec::new(),
        esp: EspReport::default(),
        next: 0,
        next_by: NextBy::Order,
        booted: BootedReport::default(),
        warnings: Vec::new(),
    }
}

/// A machine whose menu cannot be looked at.
fn unseen(error: &Error) -> BootStatus {
    let missing = matches!(error, Error::Bios | Error::NoEsp { .. });
    let is_container = moult_boot::firmware() == moult_boot::Firmware::Bios;
    BootStatus {
        menu: if missing { BootMenu::Missing } else { BootMenu::Hidden },
        booted: booted(&recorded(), None, active()),
        // Where there is no UEFI nobody expects a menu.
        warnings: if is_container {
            Vec::new()
        } else {
            vec![error.to_string()]
        },
        ..nothing()
    }
}

/// All of it. Needs root.
pub(crate) fn look(machine: &Machine) -> BootStatus {
    let outcome = machine.outcome();
    let warnings = outcome.as_ref().err().map(ToString::to_string);
    let booted = booted(&recorded(), outcome.as_ref().ok(), active());
    match machine.status() {
        Ok(status) => {
            let volume = machine.xbootldr.as_ref().unwrap_or(&machine.esp);
            let mut status = told(&status, &**volume, booted);
            status.warnings.extend(warnings);
            status
        }
        Err(error) => BootStatus {
            booted,
            ..unseen(&error)
        },
    }
}

fn told(status: &Status, volume: &dyn Volume, booted: BootedReport) -> BootStatus {
    let loader = status.loader.as_deref().unwrap_or_default();
    let (loader, loader_version) = loader.split_once(' ').unwrap_or((loader, ""));
    // That there is no key is said by the step.
    let warnings = status.warnings.iter().filter(|warning| **warning != Warning::NotSigned);
    let mut warnings: Vec<String> = warnings.map(ToString::to_string).collect();
    let (next, next_by) = match &status.next {
        Ok(next) => {
            let by = match next.why {
                Why::First if next.state.is_some() && next.state == decided() => NextBy::Chosen,
                Why::First => NextBy::Order,
                Why::Once => NextBy::Once,
                Why::Variable | Why::LoaderConf => NextBy::Chosen,
            };
            (next.state.unwrap_or(0), by)
        }
        Err(fault) => {
            warnings.push(fault.to_string());
            (0, NextBy::Order)
        }
    };
    let broken = status.entries.iter().filter_map(|entry| entry.fault.clone());
    warnings.extend(broken);

    BootStatus {
        firmware: firmware(status.firmware),
        secure_boot: match status.secure_boot {
            moult_boot::SecureBoot::On => SecureBoot::On,
            moult_boot::SecureBoot::Off => SecureBoot::Off,
            moult_boot::SecureBoot::Setup => SecureBoot::Setup,
            moult_boot::SecureBoot::Unknown => SecureBoot::Unknown,
        },
        secure_step: match status.secure_step {
            moult_boot::SecureStep::Nothing => SecureStep::Nothing,
            moult_boot::SecureStep::AddKey => SecureStep::AddKey,
            moult_boot::SecureStep::Sync => SecureStep::Sync,
            moult_boot::SecureStep::AddStub => SecureStep::AddStub,
            moult_boot::SecureStep::Enrol => SecureStep::Enrol,
        },
        menu: BootMenu::Read,
        loader: loader.to_owned(),
        loader_version: loader_version.to_owned(),
        entries: status.entries.iter().map(entry).collect(),
        esp: EspReport {
            path: volume.name(),
            size: volume.space().map_or(0, |space| space.total),
            free: status.free,
        },
        next,
        next_by,
        booted,
        warnings,
    }
}

fn entry(entry: &EntryStatus) -> BootEntry {
    let counted = entry.tries_left.is_some();
    BootEntry {
        id: entry.id.clone(),
        state: entry.state,
        kernel: entry.kernel.clone(),
        title: entry.title.clone(),
        tries_left: entry.tries_left.map_or(-1, i64::from),
        tries_done: if counted { i64::from(entry.tries_done) } else { -1 },
        verdict: match entry.health {
            Health::Good => BootVerdict::Good,
            Health::Bad => BootVerdict::Bad,
            Health::Untried | Health::Trying => BootVerdict::Untried,
        },
        next: entry.next,
        signature: match entry.signature {
            Signature::None => BootSignature::None,
            Signature::Kernel => BootSignature::Kernel,
            Signature::Whole => BootSignature::Whole,
        },
    }
}

fn firmware(firmware: moult_boot::Firmware) -> Firmware {
    match firmware {
        moult_boot::Firmware::Uefi => Firmware::Uefi,
        moult_boot::Firmware::Bios => Firmware::Other,
    }
}

/// What the initrd wrote down.
#[derive(Debug, Default, PartialEq, Eq)]
struct Record {
    asked: Option<u64>,
    before: Option<u64>,
    now: Option<u64>,
    result: String,
    reason: String,
}

/// Reads a record: a word, a blank, a value up to the end of the line. Unknown words are passed over.
fn parse(text: &str) -> Record {
    let mut record = Record::default();
    for (word, value) in text.lines().filter_map(|line| line.split_once(' ')) {
        match word {
            "asked" => record.asked = value.parse().ok(),
            "before" => record.before = value.parse().ok(),
            "now" => record.now = value.parse().ok(),
            "result" => record.result = value.to_owned(),
            "reason" => record.reason = value.to_owned(),
            _ => {}
        }
    }
    record
}

fn recorded() -> Record {
    text(Path::new(RECORD)).map(|text| parse(&text)).unwrap_or_default()
}

/// How the machine came to the state that runs. `outcome` is what the menu's counters say; None = they were not seen.
fn booted(record: &Record, outcome: Option<&Outcome>, active: Option<u64>) -> BootedReport {
    let started = record.now.or(outcome.and_then(|outcome| outcome.booted)).or(active);
    let all_failed = outcome.map(|outcome| outcome.failed.as_slice()).unwrap_or_default();
    let has_failed = |state: u64| all_failed.iter().any(|failed| failed.state == state);
    let newest_failed = all_failed.first().map(|failed| failed.state);
    let (by, failed) = match (record.result.as_str(), record.before) {
        ("failed", _) => (BootedBy::Kept, None),
        ("activated", Some(before)) if has_failed(before) => (BootedBy::Fallback, Some(before)),
        // Whether a person chose it or the machine came back to it, only the counters tell.
        ("activated", Some(_)) if outcome.is_some() => (BootedBy::Choice, None),
        // What failed did so at an earlier start, and was told then.
        ("already", _) => (BootedBy::Usual, None),
        // An initrd that writes nothing down.
        ("", _) if newest_failed.is_some() => (BootedBy::Fallback, newest_failed),
        _ => (BootedBy::Unknown, None),
    };
    BootedReport {
        by,
        state: started.unwrap_or(0),
        asked: record.asked.unwrap_or(0),
        before: record.before.unwrap_or(0),
        failed: failed.unwrap_or(0),
        reason: record.reason.clone(),
    }
}

fn active() -> Option<u64> {
    text(Path::new(ACTIVE))?.trim().parse().ok()
}

fn text(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    (text.len() <= MOST).then_some(text)
}

fn read(path: &Path) -> Option<BootStatus> {
    serde_json::from_str(&text(path)?).ok()
}

/// Written whole or not at all, for everybody to read.
fn write(path: &Path, status: &BootStatus) -> io::Result<()> {
    let next = path.with_extension("next");
    if let Some(folder) = path.parent() {
        crate::board::common(folder)?;
    }
    fs::write(&next, serde_json::to_vec(status)?)?;
    fs::set_permissions(&next, fs::Permissions::from_mode(0o644))?;
    fs::rename(&next, path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

    use moult_boot::Failed;

    use super::*;

    fn outcome(booted: u64, failed_states: &[u64]) -> Outcome {
        let failed = |state: &u64| Failed {
            state: *state,
            kernel: "6.1".into(),
            tries: 3,
        };
        Outcome {
            booted: Some(booted),
            failed: failed_states.iter().map(failed).collect(),
            ..Outcome::default()
        }
    }

    fn by(record: &str, outcome: Option<Outcome>) -> (BootedBy, u64, u64) {
        let report = booted(&parse(record), outcome.as_ref(), Some(5));
        (report.by, report.state, report.failed)
    }

    #[test]
    fn how_the_machine_came_to_a_state_is_said_only_if_it_is_known() {
        let went = "asked 11\nbefore 12\nnow 11\nresult activated\n";
        assert_eq!(by(went, Some(outcome(11, &[12]))), (BootedBy::Fallback, 11, 12));
        assert_eq!(by(went, Some(outcome(11, &[]))), (BootedBy::Choice, 11, 0));
        // Without the counters it could be either.
        assert_eq!(by(went, None), (BootedBy::Unknown, 11, 0));

        let usual = "asked 12\nbefore 12\nnow 12\nresult already\n";
        assert_eq!(by(usual, Some(outcome(12, &[]))), (BootedBy::Usual, 12, 0));
        // It came back at an earlier start, and goes on with what it came back to.
        let later = "asked 11\nbefore 11\nnow 11\nresult already\n";
        assert_eq!(by(later, Some(outcome(11, &[12]))), (BootedBy::Usual, 11, 0));
        // The person went from one good state to another, while a third one is known to fail.
        let other = "asked 3\nbefore 11\nnow 3\nresult activated\n";
        assert_eq!(by(other, Some(outcome(3, &[12]))), (BootedBy::Choice, 3, 0));
        // No initrd of ours, but the counters.
        assert_eq!(by("", Some(outcome(11, &[12]))), (BootedBy::Fallback, 11, 12));

        let kept = "asked 3\nbefore 12\nnow 12\nresult failed\nreason its files are not there\nlater word\n";
        assert_eq!(by(kept, Some(outcome(3, &[]))), (BootedBy::Kept, 12, 0));
        assert_eq!(booted(&parse(kept), None, None).reason, "its files are not there");

        // No initrd of ours.
        assert_eq!(by("", None), (BootedBy::Unknown, 5, 0));
        assert_eq!(by("asked many\nresult\n\n", None), (BootedBy::Unknown, 5, 0));
        // The first install: nothing was active before.
        assert_eq!(
            by("asked 1\nnow 1\nresult activated\n", Some(outcome(1, &[]))).0,
            BootedBy::Unknown
        );
    }

    #[test]
    fn what_root_saw_is_there_for_everybody_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("moult/menu");
        assert_eq!(read(&path), None);
        let seen = BootStatus {
            menu: BootMenu::Read,
            next: 7,
            ..nothing()
        };
        write(&path, &seen).unwrap();
        assert_eq!(read(&path), Some(seen));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(
            fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777,
            0o755
        );
        fs::write(&path, "{").unwrap();
        assert_eq!(read(&path), None);
    }
}
