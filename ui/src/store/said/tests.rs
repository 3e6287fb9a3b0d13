use moult_api::{ChangeRequest, RepositoryRequest};

use super::*;
use Language::{English, French, German};

fn change(action: Action, names: &[&str]) -> Operation {
    Operation::Change {
        request: ChangeRequest {
            action,
            packages: names.iter().map(|name| name.to_lowercase()).collect(),
            imported: vec![],
            remove_orphans: false,
        },
        names: names.iter().map(|&name| name.to_owned()).collect(),
        digest: String::new(),
    }
}

#[test]
fn an_operation_is_said_as_a_wish_while_it_is_done_and_afterwards() {
    let install = change(Action::Install, &["Krita"]);

    for (language, said) in [
        (English, ["Install Krita", "Installing Krita", "Installed Krita"]),
        (
            German,
            [
                "Krita installieren",
                "Krita wird installiert",
                "Krita wurde installiert",
            ],
        ),
        (
            French,
            [
                "Installer Krita",
                "Installation en cours : Krita",
                "Krita a été installé",
            ],
        ),
    ] {
        let all = [
            wish(&install, language),
            now(&install, None, language),
            done(&install, None, language),
        ];
        assert_eq!(all.map(|text| text.replace('\u{a0}', " ")), said);
    }
}

#[test]
fn several_things_are_counted_and_agree_with_their_verb() {
    let three = change(Action::Remove, &["Krita", "GIMP", "Inkscape"]);
    assert_eq!(wish(&three, English), "Remove Krita and 2 more");
    assert_eq!(now(&three, None, German), "Krita und 2 weitere werden entfernt");
    assert_eq!(done(&three, None, French), "Krita et 2 autres ont été retirés");

    let two = change(Action::Sync, &["Krita", "GIMP"]);
    assert_eq!(done(&two, None, English), "Updated Krita and GIMP");
    assert_eq!(done(&two, None, German), "Krita und GIMP wurden aktualisiert");
}

#[test]
fn a_list_of_names_ends_with_its_last_name_or_with_how_many_more_there_are() {
    assert_eq!(names(&["a", "b", "c"], 5, English), "a, b and c");
    assert_eq!(names(&["a", "b", "c", "d"], 2, German), "a, b und 2 weitere");
    assert_eq!(names(&["a", "b", "c"], 2, French), "a, b et un autre");
    assert_eq!(names(&[] as &[&str], 2, French), "");
}

#[test]
fn every_operation_is_said_in_every_language_and_never_the_same_way_twice() {
    let all = [
        change(Action::Install, &[]),
        change(Action::Install, &["a"]),
        change(Action::Reinstall, &["a"]),
        change(Action::Remove, &[]),
        change(Action::Remove, &["a"]),
        change(Action::Sync, &[]),
        change(Action::Sync, &["a"]),
        change(Action::MarkExplicit, &["a"]),
        change(Action::MarkAutomatic, &["a"]),
        Operation::Local {
            path: "/a.stone".into(),
            name: "a".into(),
            digest: String::new(),
        },
        Operation::Activate { state: 3 },
        Operation::GoBack { state: 3, from: 4 },
        Operation::RemoveStates { states: vec![3] },
        Operation::RemoveStates { states: vec![3, 4] },
        Operation::Verify { repair: false },
        Operation::Verify { repair: true },
        Operation::Refresh {
            repository: String::new(),
        },
        Operation::Refresh { repository: "a".into() },
        Operation::AddRepository(RepositoryRequest {
            name: "a".into(),
            ..RepositoryRequest::default()
        }),
        Operation::RemoveRepository { name: "a".into() },
        Operation::BringBackRepository {
            name: "a".into(),
            enabled: true,
            kept: String::new(),
        },
        Operation::EnableRepository {
            name: "a".into(),
            enabled: true,
        },
        Operation::EnableRepository {
            name: "a".into(),
            enabled: false,
        },
        Operation::Follow {
            repository: "a".into(),
            version: "stream/b".into(),
        },
        Operation::Follow {
            repository: "a".into(),
            version: "history/b".into(),
        },
        Operation::FollowBack {
            repository: "a".into(),
            version: "history/b".into(),
            from: "stream/b".into(),
        },
        Operation::Bridge {
            repository: "a".into(),
            package: "moult".into(),
            digest: String::new(),
        },
        Operation::Hold {
            packages: vec!["a".into()],
            held: true,
        },
        Operation::Hold {
            packages: vec!["a".into()],
            held: false,
        },
        Operation::NameState {
            state: 3,
            name: "a".into(),
        },
        Operation::NameState {
            state: 3,
            name: String::new(),
        },
        Operation::StartOnce { state: 3 },
        Operation::StartAsBefore { state: 3, from: 4 },
        Operation::StartAsBefore { state: 0, from: 4 },
        Operation::StartFromNow { state: 3 },
        Operation::PinState { state: 3, pinned: true },
        Operation::PinState {
            state: 3,
            pinned: false,
        },
    ];

    for language in Language::ALL {
        let mut said: Vec<_> = all
            .iter()
            .flat_map(|operation| {
                [Form::Wish, Form::Now, Form::Done].map(|form| words(operation, None, language, form))
            })
            .collect();
        let count = said.len();
        assert!(said.iter().all(|text| !text.is_empty() && !text.ends_with('.')));
        said.sort();
        said.dedup();
        assert_eq!(said.len(), count, "{language:?}");
    }
}

#[test]
fn everything_is_said_to_be_updated_only_if_nothing_stays() {
    let everything = change(Action::Sync, &[]);
    let extent = |packages, stay, by_holds| {
        Some(Extent {
            from: 7,
            packages,
            stay,
            by_holds,
        })
    };

    assert_eq!(done(&everything, extent(30, 0, true), English), "Updated everything");
    for (extent, language, said) in [
        (extent(29, 1, true), English, "Updated 29 packages, 1 held"),
        (extent(1, 2, true), English, "Updated 1 package, 2 held"),
        (extent(29, 1, false), English, "Updated 29 packages, 1 stays as it is"),
        (
            extent(29, 3, true),
            German,
            "29 Pakete wurden aktualisiert, 3 festgehalten",
        ),
        (
            extent(29, 3, false),
            French,
            "29 paquets ont été mis à jour, 3 restent tels quels",
        ),
    ] {
        assert_eq!(done(&everything, extent, language), said);
    }
    assert_eq!(now(&everything, extent(29, 1, true), English), "Updating 29 packages");
}
