//! What is asked before an operation, and what takes it back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use moult_api::{BootedReport, EspReport, Firmware, RepositoryRequest, SecureBoot, SecureStep};

use super::*;

fn repository(name: &str, enabled: bool) -> RepositoryRow {
    RepositoryRow {
        enabled,
        ..crate::samples::repository(name)
    }
}

impl Known {
    /// A system with this source alone.
    pub(crate) fn with_source(name: &str, enabled: bool) -> Self {
        Self {
            repositories: vec![repository(name, enabled)],
            ..Self::default()
        }
    }
}

/// State 7 is active, 6 is called "calm" and pinned, 5 is chosen for one start; gimp is held; the source "shop" is on, "old" is
/// off; of "far" a stream is followed.
fn known() -> Known {
    let mut known = Known::with_active(7, &[6, 7]);
    known.states[0].name = "calm".into();
    known.states[0].pinned = true;
    known.holds = vec!["gimp".into()];
    known.repositories = vec![
        repository("shop", true),
        repository("old", false),
        RepositoryRow {
            version: "stream/unstable".into(),
            ..repository("far", true)
        },
    ];
    known.once = Some(5);

    known
}

/// The same after an operation.
fn after(mut known: Known, operation: &Operation) -> Known {
    match operation {
        Operation::Hold { packages, held: true } => {
            known.holds.extend(packages.iter().cloned());
            known.holds.sort_unstable();
            known.holds.dedup();
        }
        Operation::Hold { packages, held: false } => known.holds.retain(|name| !packages.contains(name)),
        Operation::NameState { state, name } => {
            let row = known.states.iter_mut().find(|row| row.id == *state).unwrap();
            row.name = name.trim().into();
        }
        Operation::PinState { state, pinned } => {
            known.states.iter_mut().find(|row| row.id == *state).unwrap().pinned = *pinned;
        }
        Operation::EnableRepository { name, enabled } => {
            known
                .repositories
                .iter_mut()
                .find(|row| row.name == *name)
                .unwrap()
                .enabled = *enabled;
        }
        Operation::AddRepository(added) => known.repositories.push(repository(&added.name, true)),
        Operation::RemoveRepository { name } => known.repositories.retain(|row| row.name != *name),
        Operation::BringBackRepository { name, enabled, .. } => {
            known.repositories.insert(0, repository(name, *enabled));
            known
                .repositories
                .sort_by_key(|row| (row.name != "shop", row.name != "old"));
        }
        Operation::Follow { repository, version }
        | Operation::FollowBack {
            repository, version, ..
        } => {
            let row = known.repositories.iter_mut().find(|row| row.name == *repository);
            row.unwrap().version.clone_from(version);
        }
        Operation::StartOnce { state } | Operation::StartAsBefore { state, .. } => known.once = Some(*state),
        _ => {}
    }

    known
}

fn hold(packages: &[&str], held: bool) -> Operation {
    Operation::Hold {
        packages: packages.iter().map(|&name| name.to_owned()).collect(),
        held,
    }
}

fn name(state: u64, name: &str) -> Operation {
    Operation::NameState {
        state,
        name: name.into(),
    }
}

fn enable(name: &str, enabled: bool) -> Operation {
    Operation::EnableRepository {
        name: name.into(),
        enabled,
    }
}

fn remove(name: &str) -> Operation {
    Operation::RemoveRepository { name: name.into() }
}

fn bring_back(name: &str, enabled: bool) -> Operation {
    Operation::BringBackRepository {
        name: name.into(),
        enabled,
        kept: String::new(),
    }
}

fn follow(repository: &str, version: &str) -> Operation {
    Operation::Follow {
        repository: repository.into(),
        version: version.into(),
    }
}

fn follow_back(version: &str, from: &str) -> Operation {
    Operation::FollowBack {
        repository: "far".into(),
        version: version.into(),
        from: from.into(),
    }
}

fn as_before(state: u64, from: u64) -> Operation {
    Operation::StartAsBefore { state, from }
}

fn boot(menu: BootMenu, next: u64, next_by: NextBy) -> BootStatus {
    BootStatus {
        firmware: Firmware::Uefi,
        secure_boot: SecureBoot::Off,
        secure_step: SecureStep::Nothing,
        menu,
        loader: String::new(),
        loader_version: String::new(),
        entries: vec![],
        esp: EspReport::default(),
        next,
        next_by,
        booted: BootedReport::default(),
        warnings: vec![],
    }
}

fn add(name: &str) -> Operation {
    Operation::AddRepository(RepositoryRequest {
        name: name.into(),
        ..RepositoryRequest::default()
    })
}

#[test]
fn what_makes_no_state_is_taken_back_exactly() {
    let pin = |state, pinned| Operation::PinState { state, pinned };
    let away = Operation::RemoveRepository { name: "new".into() };
    for (operation, expected) in [
        (hold(&["krita"], true), hold(&["krita"], false)),
        // Only what was changed.
        (hold(&["krita", "gimp"], true), hold(&["krita"], false)),
        (hold(&["gimp"], false), hold(&["gimp"], true)),
        (name(6, "storm"), name(6, "calm")),
        (name(6, ""), name(6, "calm")),
        (name(7, " new "), name(7, "")),
        (pin(6, false), pin(6, true)),
        (pin(7, true), pin(7, false)),
        (enable("shop", false), enable("shop", true)),
        (enable("old", true), enable("old", false)),
        (add("new"), away),
        (remove("shop"), bring_back("shop", true)),
        (follow("far", "tag/t1"), follow_back("stream/unstable", "tag/t1")),
        (
            follow_back("tag/t1", "stream/unstable"),
            follow_back("stream/unstable", "tag/t1"),
        ),
        (Operation::StartOnce { state: 6 }, as_before(5, 6)),
        (as_before(0, 5), as_before(5, 0)),
        (as_before(6, 5), as_before(5, 6)),
    ] {
        let before = known().before(&operation);
        assert_eq!(before.inverse.as_deref(), Some(&expected), "{operation:?}");
        assert_eq!(before.state, 7);

        let changed = after(known(), &operation);
        assert!(changed.still(&operation), "{operation:?}");
        assert!(!known().still(&operation), "{operation:?}");
        let back = after(changed, &expected);
        assert_eq!(
            (back.states, back.holds, back.repositories, back.once),
            (known().states, known().holds, known().repositories, known().once)
        );
    }
}

#[test]
fn what_changes_nothing_or_is_not_known_as_a_whole_cannot_be_taken_back() {
    for operation in [
        hold(&["gimp"], true),
        hold(&["krita"], false),
        name(6, "calm "),
        name(9, "nobody"),
        enable("shop", true),
        enable("nowhere", false),
        add("shop"),
        remove("nowhere"),
        follow("far", "stream/unstable"),
        follow("nowhere", "tag/t1"),
        // It is a single list.
        follow("shop", "tag/t1"),
        Operation::StartOnce { state: 5 },
        Operation::Refresh {
            repository: "shop".into(),
        },
    ] {
        assert_eq!(known().before(&operation).inverse, None, "{operation:?}");
    }
}

#[test]
fn what_somebody_else_changed_since_is_not_as_it_was_made() {
    let changed = after(known(), &name(6, "storm"));
    assert!(!after(changed, &name(6, "theirs")).still(&name(6, "storm")));

    let changed = after(known(), &add("new"));
    assert!(!after(changed, &enable("new", false)).still(&add("new")));
}

#[test]
fn a_source_that_was_removed_is_gone_or_off_until_somebody_brings_it_back() {
    let gone = after(known(), &remove("shop"));
    assert!(gone.still(&remove("shop")));
    assert!(!after(gone.clone(), &bring_back("shop", true)).still(&remove("shop")));
    assert_eq!(
        known().before(&remove("old")).inverse.as_deref(),
        Some(&bring_back("old", false))
    );
    // One of the vendor's. Whether it is that removal which switched it off, who does it looks.
    assert!(after(known(), &enable("shop", false)).still(&remove("shop")));
    assert_eq!(
        gone.before(&bring_back("shop", true)).inverse.as_deref(),
        Some(&remove("shop"))
    );
    assert!(!gone.still(&bring_back("shop", true)));
}

#[test]
fn what_is_chosen_for_one_start_is_known_only_where_the_menu_was_seen() {
    use BootMenu::{Hidden, Missing, Noted, Read};
    use NextBy::{Chosen, Once, Order};
    for (status, expected) in [
        (boot(Read, 7, Order), Some(0)),
        (boot(Noted, 6, Chosen), Some(0)),
        (boot(Read, 5, Once), Some(5)),
        (boot(Noted, 5, Once), Some(5)),
        // Another system is chosen, for good or for one start; or what would start cannot.
        (boot(Read, 0, Chosen), Some(0)),
        (boot(Read, 0, Once), None),
        (boot(Read, 0, Order), None),
        (boot(Hidden, 7, Order), None),
        (boot(Missing, 0, Order), None),
    ] {
        assert_eq!(once(&status), expected, "{status:?}");
    }

    let unknown = Known { once: None, ..known() };
    for operation in [Operation::StartOnce { state: 6 }, as_before(0, 5)] {
        assert_eq!(unknown.before(&operation).inverse, None);
        assert!(!unknown.still(&operation));
    }
    // The machine was started meanwhile, or somebody chose for good.
    let chosen = after(known(), &Operation::StartOnce { state: 6 });
    assert!(chosen.still(&Operation::StartOnce { state: 6 }));
    assert!(!after(chosen, &as_before(0, 6)).still(&Operation::StartOnce { state: 6 }));
}
