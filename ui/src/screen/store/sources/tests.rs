use moult_api::{FailureCode, Trust, VersionRow};

use super::*;
use crate::samples::{LONG, NOW, repository};
use crate::screen::store::scene::Scene;
use crate::screen::store::stage::Stage;

const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

fn row(name: &str, trust: Trust) -> RepositoryRow {
    let is_signed = trust == Trust::Signed;

    RepositoryRow {
        uri: format!("https://packages.example.org/{name}/stone.index"),
        mirrors: vec!["https://mirror.example.net/stone.index".into()],
        priority: 10,
        description: "What everybody uses".into(),
        file: format!("/etc/moult/repositories/{name}.kdl"),
        trust,
        signed_by: if is_signed { "E7620F1842B4E81F" } else { "" }.into(),
        expires: if is_signed { NOW + 7_776_000 } else { 0 },
        refreshed: NOW - 700,
        packages: 68_474,
        keys: (trust != Trust::Unsigned).then(|| KEY.into()).into_iter().collect(),
        ..repository(name)
    }
}

fn all() -> Repositories {
    let versioned = RepositoryRow {
        uri: "https://packages.example.org/".into(),
        version: "stream/unstable".into(),
        history: "2026-11-27".into(),
        channel: "main".into(),
        architecture: "aarch64".into(),
        ..row("unstable", Trust::Signed)
    };
    let vendor = RepositoryRow {
        description: String::new(),
        mirrors: vec![],
        file: "/usr/share/moult/repositories/vendor.kdl".into(),
        refreshed: 0,
        packages: 0,
        failure: "connect: timed out".into(),
        failed: NOW - 60,
        ..row("vendor", Trust::NotYet)
    };
    let off = RepositoryRow {
        enabled: false,
        ..row("old", Trust::Unsigned)
    };

    Repositories {
        repositories: vec![versioned, row("extra", Trust::Unsigned), vendor, off],
        broken: vec![
            BrokenRow {
                path: "/etc/moult/repositories/mine.kdl".into(),
                line: 4,
                column: 12,
                repository: String::new(),
                reason: "a string is not closed".into(),
            },
            BrokenRow {
                path: "/etc/moult/repositories/more.yaml".into(),
                line: 0,
                column: 0,
                repository: "more".into(),
                reason: "its priority is too large".into(),
            },
        ],
    }
}

fn screen() -> Sources {
    let (mut screen, _) = Sources::new(Reader::none());
    let _ = screen.update(Message::Loaded(1, Ok(all())));
    screen
}

fn opened(name: &str) -> Sources {
    let mut screen = screen();
    let _ = screen.update(Message::Pressed(name.into()));
    screen
}

fn version(version: &str, history: &str, supported: bool) -> VersionRow {
    VersionRow {
        version: version.into(),
        history: history.into(),
        tag: String::new(),
        format: if supported { "v1" } else { "v9" }.into(),
        supported,
        followed: version == "stream/unstable",
        in_use: history == "2026-11-27",
    }
}

fn report() -> VersionsReport {
    VersionsReport {
        following: "stream/unstable".into(),
        current: "2026-11-27".into(),
        streams: vec![
            version("stream/next", "2026-11-28", false),
            version("stream/unstable", "2026-11-27", true),
        ],
        tags: vec![version("tag/autumn", "2026-10-01", true)],
        history: (1..=27)
            .map(|day| version(&format!("history/2026-11-{day:02}"), &format!("2026-11-{day:02}"), true))
            .collect(),
    }
}

fn with_versions() -> Sources {
    let mut screen = opened("unstable");
    let _ = screen.update(Message::VersionsPressed);
    let Versions::Asked(number) = screen.versions else {
        panic!("{:?}", screen.versions)
    };
    let _ = screen.update(Message::VersionsLoaded(number, Ok(Box::new(report()))));
    screen
}

/// Presses a control: what the screen wants then.
fn press(screen: &mut Sources, id: &str) -> Option<Action<Message>> {
    let stage = Stage::high(Language::English);
    let said = stage.click(screen, id);

    said.into_iter().map(|message| screen.update(message)).next_back()
}

fn shows(screen: &Sources, text: &str) -> bool {
    let stage = Stage::high(Language::English);

    stage.shows(screen, text)
}

#[test]
fn trust_is_told_in_plain_sight() {
    let screen = screen();
    assert!(shows(&screen, "Not signed"));
    assert!(shows(&screen, "A key is named for it, and no list has been read since"));
    let until = moult_i18n::moment(Language::English, NOW + 7_776_000);
    assert!(shows(
        &screen,
        &format!("Signed by key E7620F1842B4E81F, good until {until}")
    ));

    let screen = opened("extra");
    assert!(shows(
        &screen,
        "Not signed: anybody between this computer and the source could change what comes from it, and nobody would notice. A public key of those who run it protects you."
    ));
}

#[test]
fn a_signature_that_expired_is_no_longer_called_good() {
    let (mut screen, _) = Sources::new(Reader::none());
    let mut old = all();
    old.repositories[0].expires = NOW - 1;
    let _ = screen.update(Message::Loaded(1, Ok(old)));
    let date = moult_i18n::moment(Language::English, NOW - 1);

    assert!(shows(
        &screen,
        &format!("Signed by key E7620F1842B4E81F, but good only until {date}: no newer list has been read since")
    ));
}

#[test]
fn a_list_that_could_not_be_read_says_when_and_why() {
    let date = moult_i18n::moment(Language::English, NOW - 60);

    assert!(shows(
        &screen(),
        &format!("It could not be read on {date}, so it offers nothing: connect: timed out")
    ));
}

#[test]
fn a_broken_file_is_named_with_its_place_and_reason() {
    let screen = screen();
    assert!(shows(
        &screen,
        "/etc/moult/repositories/mine.kdl does not count, because it cannot be read (line 4, column 12): a string is not closed"
    ));
    assert!(shows(
        &screen,
        "The source more in /etc/moult/repositories/more.yaml does not count, because it cannot be used: its priority is too large"
    ));
}

#[test]
fn sources_are_switched_read_and_removed_through_the_queue() {
    let mut screen = opened("extra");
    assert!(matches!(
        press(&mut screen, "source-switch-old"),
        Some(Action::Do(Operation::EnableRepository { name, enabled: true })) if name == "old"
    ));
    assert!(matches!(
        press(&mut screen, "sources-refresh"),
        Some(Action::Do(Operation::Refresh { repository })) if repository.is_empty()
    ));
    assert!(matches!(
        press(&mut screen, "source-refresh"),
        Some(Action::Do(Operation::Refresh { repository })) if repository == "extra"
    ));

    assert!(matches!(press(&mut screen, "source-remove"), Some(Action::None)));
    assert!(shows(
        &screen,
        "extra goes, with what it offers. What is installed from it stays, and gets no updates any more."
    ));
    assert!(matches!(press(&mut screen, "source-keep"), Some(Action::None)));
    assert!(
        matches!(screen.update(Message::Remove), Action::None),
        "not without being asked"
    );
    let _ = press(&mut screen, "source-remove");
    assert!(matches!(
        press(&mut screen, "source-remove-now"),
        Some(Action::Do(Operation::RemoveRepository { name })) if name == "extra"
    ));
}

#[test]
fn a_vendors_source_says_that_it_is_only_switched_off() {
    let mut screen = opened("vendor");
    let _ = press(&mut screen, "source-remove");

    assert!(shows(
        &screen,
        "vendor comes with the system (/usr/share/moult/repositories/vendor.kdl): it is only switched off, and can be switched on again. What is installed from it stays."
    ));
}

#[test]
fn versions_are_asked_only_when_wanted_and_a_late_answer_of_another_source_does_not_count() {
    let mut screen = opened("unstable");
    assert!(matches!(screen.versions, Versions::NotAsked));
    let _ = press(&mut screen, "source-versions");
    let Versions::Asked(number) = screen.versions else {
        panic!("{:?}", screen.versions)
    };
    let _ = screen.update(Message::Pressed("extra".into()));
    let _ = screen.update(Message::VersionsLoaded(number, Ok(Box::new(report()))));
    assert!(matches!(screen.versions, Versions::NotAsked));

    let _ = screen.update(Message::Pressed("unstable".into()));
    let _ = screen.update(Message::VersionsPressed);
    let Versions::Asked(number) = screen.versions else {
        panic!("{:?}", screen.versions)
    };
    let failure = Failure::new(FailureCode::RepositoryUnreachable, "").arg("uri", "https://example.org/");
    let _ = screen.update(Message::VersionsLoaded(number, Err(failure)));
    assert!(shows(
        &screen,
        "The versions could not be read. The package source cannot be reached (https://example.org/)."
    ));
}

#[test]
fn one_can_stay_on_a_list_and_move_on_with_a_stream_that_can_be_read() {
    let mut screen = with_versions();
    assert!(shows(&screen, "You follow this"));
    assert!(matches!(
        press(&mut screen, "follow-history/2026-11-26"),
        Some(Action::Do(Operation::Follow { repository, version }))
            if repository == "unstable" && version == "history/2026-11-26"
    ));
    assert!(press(&mut screen, "follow-stream/next").is_none(), "it cannot be read");
    assert!(!shows(&screen, "Stay on 2026-11-01"));
    let _ = press(&mut screen, "source-history");
    assert!(shows(&screen, "Stay on 2026-11-01"));
}

#[test]
fn versions_of_before_are_forgotten_when_another_one_is_followed() {
    let mut screen = with_versions();
    let _ = screen.refresh();
    let _ = screen.update(Message::Loaded(2, Ok(all())));
    assert!(matches!(screen.versions, Versions::There { .. }));

    let mut moved = all();
    moved.repositories[0].version = "history/2026-11-26".into();
    let _ = screen.refresh();
    let _ = screen.update(Message::Loaded(3, Ok(moved)));
    assert!(matches!(screen.versions, Versions::NotAsked));
    assert!(shows(&screen, "Move on, or to another version…"));
}

#[test]
fn a_late_answer_to_an_old_question_changes_nothing() {
    let mut screen = screen();
    let _ = screen.refresh();
    let nothing = Repositories {
        repositories: vec![],
        broken: vec![],
    };
    let _ = screen.update(Message::Loaded(1, Ok(nothing)));

    assert!(shows(&screen, "extra"));
}

fn typed(screen: &mut Sources, texts: &[(form::Blank, &str)]) {
    for (blank, text) in texts {
        let _ = screen.update(Message::Form(form::Message::Typed(*blank, (*text).to_owned())));
    }
}

#[test]
fn a_new_source_is_checked_while_it_is_typed_and_written_down_when_it_is_right() {
    use form::Blank::*;
    let mut screen = screen();
    let _ = press(&mut screen, "sources-add");
    assert!(!shows(&screen, "The source needs a name."), "not before it was asked");
    assert!(matches!(press(&mut screen, "source-write"), Some(Action::Run(_))));
    assert!(shows(&screen, "The source needs a name.") && shows(&screen, "The source needs an address."));

    for (blank, wrong, told) in [
        (
            Name,
            "my source",
            "The name may have letters from a to z, digits, - _ and . (128 at most).",
        ),
        (
            Name,
            "extra",
            "There is a source of this name already. Open it to change it.",
        ),
        (
            Uri,
            "ftp://example.org",
            "An address begins with https://, http:// or file:///.",
        ),
        (Uri, "https://", "An address begins with https://, http:// or file:///."),
        (
            Uri,
            "file://relative",
            "An address begins with https://, http:// or file:///.",
        ),
        (Priority, "-1", "A whole number, 0 or more."),
        (Keys, "RWshort", "Each key has 56 characters and begins with RW."),
        (Version, "unstable", "It looks like stream/unstable, tag/… or history/…"),
    ] {
        typed(&mut screen, &[(blank, wrong)]);
        if blank == Version {
            let _ = screen.update(Message::Form(form::Message::MorePressed));
        }
        assert!(shows(&screen, told), "{wrong}");
        assert!(!matches!(
            screen.update(Message::Form(form::Message::Submitted)),
            Action::Do(_)
        ));
    }

    typed(
        &mut screen,
        &[
            (Name, " mine "),
            (Uri, "https://example.org/stone.index"),
            (Priority, "20"),
            (Keys, &format!("{KEY}, {KEY}")),
            (Mirrors, "http://mirror.example.net/stone.index"),
            (Version, ""),
        ],
    );
    assert!(shows(
        &screen,
        "Each is an address over the network, and https:// where the first one is."
    ));
    typed(&mut screen, &[(Mirrors, "https://mirror.example.net/stone.index")]);
    let Some(Action::Do(Operation::AddRepository(request))) = press(&mut screen, "source-write") else {
        panic!("not written")
    };
    assert_eq!(
        (
            request.name.as_str(),
            request.priority,
            request.keys.len(),
            request.mirrors.len()
        ),
        ("mine", 20, 2, 1)
    );
    assert!(screen.form.is_none());
}

#[test]
fn a_signed_source_is_changed_without_its_keys_being_typed_again_and_cannot_lose_them() {
    let mut screen = opened("unstable");
    let _ = press(&mut screen, "source-change");
    typed(&mut screen, &[(form::Blank::Priority, "5")]);
    typed(&mut screen, &[(form::Blank::Keys, " ")]);
    assert!(matches!(press(&mut screen, "source-write"), Some(Action::Run(_))));
    assert!(shows(
        &screen,
        "Its list is checked with a key now. Without any it would no longer be: to have that, remove the source and add it anew."
    ));

    let mut screen = opened("unstable");
    let _ = press(&mut screen, "source-change");
    typed(&mut screen, &[(form::Blank::Priority, "5")]);
    let Some(Action::Do(Operation::AddRepository(request))) = press(&mut screen, "source-write") else {
        panic!("not written")
    };
    assert_eq!((request.name.as_str(), request.priority), ("unstable", 5));
    assert_eq!(request.keys, [KEY]);
    assert_eq!(
        (
            request.version.as_str(),
            request.channel.as_str(),
            request.architecture.as_str()
        ),
        ("stream/unstable", "main", "aarch64")
    );
}

/// A source that only a newer engine reads, opened.
fn outgrown() -> Sources {
    let (mut screen, _) = Sources::new(Reader::none());
    let mut known = all();
    known.repositories[0].newer_format = "v9".into();
    let _ = screen.update(Message::Loaded(1, Ok(known)));
    let _ = screen.update(Message::Pressed("unstable".into()));
    screen
}

#[test]
fn the_newer_engine_that_a_source_asks_for_can_be_got_from_it() {
    let mut screen = outgrown();
    assert!(shows(
        &screen,
        "It has a format (v9) by now that only a newer Moult reads. The list before it stays in use."
    ));
    assert!(matches!(press(&mut screen, "source-bridge"), Some(Action::Run(_))));
    assert!(matches!(
        screen.update(Message::Engine("unstable".into(), Ok("moult".into()))),
        Action::Do(Operation::Bridge { repository, package, digest })
            if repository == "unstable" && package == "moult" && digest.is_empty()
    ));

    let mut stage = Stage::high(Language::English);
    let _ = stage.queue.add(Operation::Bridge {
        repository: "unstable".into(),
        package: "moult".into(),
        digest: String::new(),
    });
    let pressed = stage.click(&screen, "source-bridge");
    assert!(pressed.is_empty(), "it is under way");

    assert!(matches!(
        screen.update(Message::Engine("unstable".into(), Ok(String::new()))),
        Action::None
    ));
    assert!(shows(
        &screen,
        "No installed package brings this program, so that none can take its place: install a newer Moult in the way in which this one came."
    ));
}

#[test]
fn what_is_under_way_stands_beside_its_source() {
    let screen = screen();
    let mut stage = Stage::high(Language::English);
    let _ = stage.queue.add(Operation::Refresh {
        repository: "extra".into(),
    });

    assert!(stage.shows(&screen, "Read the package list of extra: waits in the queue"));
}

#[test]
fn without_a_source_and_without_an_answer_there_are_words() {
    let (mut screen, _) = Sources::new(Reader::none());
    assert!(shows(&screen, "Looking at the sources…"));
    let nothing = Repositories {
        repositories: vec![],
        broken: vec![],
    };
    let _ = screen.update(Message::Loaded(1, Ok(nothing)));
    assert!(shows(
        &screen,
        "There is no source yet, so nothing can be installed. Add one by its address."
    ));

    let _ = screen.refresh();
    let _ = screen.update(Message::Loaded(2, Err(Failure::new(FailureCode::BackendStopped, ""))));
    assert!(shows(&screen, "The sources could not be read."));
    let _ = press(&mut screen, "sources-again");
    assert!(screen.failure.is_none() && screen.asked == 3);
}

pub(crate) fn scenes() -> Vec<Scene> {
    let loaded = |result| {
        let (mut screen, _) = Sources::new(Reader::none());
        let _ = screen.update(Message::Loaded(1, result));
        screen
    };
    let nothing = || Repositories {
        repositories: vec![],
        broken: vec![],
    };
    let mut form = screen();
    let _ = form.update(Message::AddPressed);
    typed(
        &mut form,
        &[
            (form::Blank::Name, "mine"),
            (form::Blank::Uri, "ftp://example.org/stone.index"),
        ],
    );
    let mut change = opened("unstable");
    let _ = change.update(Message::ChangePressed);
    let _ = change.update(Message::Form(form::Message::MorePressed));
    typed(&mut change, &[(form::Blank::Keys, " ")]);
    let mut removing = opened("unstable");
    let _ = removing.update(Message::RemovePressed);
    let mut long = nothing();
    long.repositories.push(RepositoryRow {
        uri: format!("https://packages.example.org/{LONG}/stone.index").replace(' ', "-"),
        description: LONG.into(),
        file: format!("/etc/moult/repositories/{LONG}.kdl").replace(' ', "-"),
        ..row(&LONG.replace(' ', "-"), Trust::Signed)
    });
    let mut long = loaded(Ok(long));
    let _ = long.update(Message::Pressed(LONG.replace(' ', "-")));

    vec![
        Scene::new("sources", opened("extra")),
        Scene::new("sources-versions", with_versions()),
        Scene::new("sources-form", form),
        Scene::new("sources-change", change),
        Scene::new("sources-bridge", outgrown()),
        Scene::new("sources-removing", removing),
        Scene::new("sources-long", long),
        Scene::new("sources-loading", Sources::new(Reader::none()).0),
        Scene::new("sources-empty", loaded(Ok(nothing()))),
        Scene::new(
            "sources-failed",
            loaded(Err(Failure::new(FailureCode::BackendStopped, ""))),
        ),
    ]
}
