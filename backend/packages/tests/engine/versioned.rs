//! Versioned repositories: following a stream, staying behind, and crossing to a newer engine.

use std::fs;
use std::path::PathBuf;

use minisign::KeyPair;
use moult_packages::index::{self, Signing};
use moult_packages::{
    Engine, Error, Refreshed, Repository, RepositoryError, Request, TrustFault, Unwatched, Url, Version, Versions,
    Wanted,
};
use moult_stone::{Package, PackageWriter, Source};
use tempfile::TempDir;

use crate::lab::{Root, needing, package, providers};
use crate::site::{Reply, Site};

/// What a publisher has: `main/moss-root-index.json` and `main/history/*/x86_64/stone.index`.
struct Publisher {
    folder: TempDir,
    pair: KeyPair,
}

const ROOT_INDEX: &str = r#"{
    "formats": { "v0": { "upgrade_via": "tag/v0-final" }, "v7": {} },
    "streams": { "unstable": { "format": "v0", "history": "h2", "tag": "t2" },
                 "stable": { "format": "v0", "history": "h1" } },
    "tags": { "t1": { "format": "v0", "history": "h1" }, "t2": { "format": "v0", "history": "h2" },
              "v0-final": { "format": "v0", "history": "h9" } },
    "history": { "h1": { "format": "v0" }, "h2": { "format": "v0" }, "h3": { "format": "v7" },
                 "h9": { "format": "v0" } } }"#;

fn released(package: Package, source_release: u64) -> Package {
    Package {
        source_release,
        version: source_release.to_string(),
        ..package
    }
}

impl Publisher {
    fn new() -> Publisher {
        let publisher = Publisher {
            folder: TempDir::new().unwrap(),
            pair: KeyPair::generate_unencrypted_keypair().unwrap(),
        };
        publisher.publish(
            "h1",
            &[released(package("app"), 1), released(package("engine"), 1)],
            false,
        );
        publisher.publish(
            "h2",
            &[released(package("app"), 2), released(package("engine"), 1)],
            false,
        );
        let newer = [released(package("app"), 9), released(package("engine"), 9)];
        publisher.publish("h9", &newer, false);
        publisher.root_index(ROOT_INDEX);
        publisher
    }

    fn history(&self, id: &str) -> PathBuf {
        self.folder.path().join(format!("main/history/{id}/x86_64"))
    }

    fn publish(&self, id: &str, packages: &[Package], sign: bool) {
        let folder = self.history(id);
        fs::create_dir_all(&folder).unwrap();
        for package in packages {
            let mut writer = PackageWriter::new(package.clone()).level(1);
            let text = format!("{} {}", package.name, package.source_release);
            let path = format!("share/{}", package.name);
            writer
                .file(path.as_bytes(), 0o644, 0, 0, Source::Bytes(text.into_bytes()))
                .unwrap();
            let path = folder.join(format!("{}.stone", package.name));
            writer.write(fs::File::create(path).unwrap()).unwrap();
        }
        let key = self.pair.sk.to_box(None).unwrap().into_string();
        let signing = Signing::new(&key);
        index::make(&folder, sign.then_some(&signing), &Unwatched).unwrap();
    }

    fn root_index(&self, text: &str) {
        fs::write(self.folder.path().join("main/moss-root-index.json"), text).unwrap();
    }

    /// The stream comes to have a format of the future.
    fn outgrow(&self) {
        let unstable = r#""unstable": { "format": "v0", "history": "h2""#;
        let text = ROOT_INDEX.replace(unstable, r#""unstable": { "format": "v7", "history": "h3""#);
        assert_ne!(text, ROOT_INDEX);
        self.root_index(&text);
    }

    fn here(&self, version: &str) -> Repository {
        let base = Url::from_directory_path(self.folder.path()).unwrap();
        Repository::versioned("main", base, version.parse().unwrap())
    }
}

fn root() -> Root {
    Root {
        folder: TempDir::new().unwrap(),
    }
}

fn release(engine: &Engine, name: &str) -> u64 {
    engine.resolve(&providers(&[name])).unwrap().packages[0].source_release
}

fn history(engine: &Engine) -> Option<String> {
    engine.configuration().unwrap().repositories[0].status.history.clone()
}

fn wish(name: &str) -> Request {
    Request::Install {
        wanted: vec![Wanted::Provider(moult_packages::Provider::name(name))],
        reinstall: false,
    }
}

#[test]
fn a_stream_is_followed_when_it_moves_on() {
    let publisher = Publisher::new();
    let site = Site::new(publisher.folder.path());
    let over_the_network = Repository::versioned("main", site.url(""), "stream/stable".parse().unwrap());
    for repository in [publisher.here("stream/stable"), over_the_network] {
        publisher.root_index(ROOT_INDEX);
        let root = root();
        let mut engine = root.engine();
        engine.add_repository(&repository).unwrap();
        assert_eq!(
            engine.refresh("main", &Unwatched).unwrap(),
            Refreshed::Updated { packages: 2 }
        );
        assert_eq!((history(&engine).as_deref(), release(&engine, "app")), (Some("h1"), 1));
        let moved = ROOT_INDEX.replace(
            r#""stable": { "format": "v0", "history": "h1""#,
            r#""stable": { "format": "v0", "history": "h2""#,
        );
        publisher.root_index(&moved);
        engine.refresh("main", &Unwatched).unwrap();
        assert_eq!((history(&engine).as_deref(), release(&engine, "app")), (Some("h2"), 2));
        let plan = engine.plan(&wish("app"), &Unwatched).unwrap();
        engine.apply(&plan, &Unwatched).unwrap();
        assert_eq!(fs::read_to_string(root.usr("share/app")).unwrap(), "app 2");
        // What the model of a state says can be read back.
        let model = fs::read_to_string(root.usr("lib/system-model.kdl")).unwrap();
        let model = moult_packages::Model::parse(&model).unwrap();
        assert_eq!(model.repositories, std::slice::from_ref(&repository));
    }
}

#[test]
fn a_person_can_stay_on_a_tag_or_an_older_list_see_it_and_move_on() {
    let publisher = Publisher::new();
    let root = root();
    let mut engine = root.engine();
    engine.add_repository(&publisher.here("stream/unstable")).unwrap();
    engine.refresh("main", &Unwatched).unwrap();
    assert_eq!(release(&engine, "app"), 2);
    for (version, expected, list) in [
        ("tag/t1", 1, "h1"),
        ("history/h2", 2, "h2"),
        ("stream/unstable", 2, "h2"),
    ] {
        let version: Version = version.parse().unwrap();
        let before = release(&engine, "app");
        engine.follow("main", &version, &Unwatched).unwrap();
        assert_eq!(release(&engine, "app"), before, "until the next refresh");
        engine.refresh("main", &Unwatched).unwrap();
        assert_eq!(release(&engine, "app"), expected);
        let Versions {
            streams,
            tags,
            history,
            current,
            following,
        } = engine.versions("main", &Unwatched).unwrap();
        assert_eq!((current.as_deref(), following), (Some(list), version));
        assert_eq!((streams.len(), tags.len(), history.len()), (2, 3, 4));
        let supported: Vec<bool> = history.iter().map(|info| info.supported).collect();
        assert_eq!(supported, [true, true, false, true]);
    }
    let text = fs::read_to_string(root.path().join("etc/moult/repo.d/main.kdl")).unwrap();
    let unknown = engine
        .follow("main", &Version::Tag("t9".into()), &Unwatched)
        .unwrap_err();
    assert!(unknown.to_string().contains("it has t1, t2, v0-final"), "{unknown}");
    let still = fs::read_to_string(root.path().join("etc/moult/repo.d/main.kdl")).unwrap();
    assert_eq!(still, text);
    let direct = Repository::direct("direct", "file:///x/stone.index".parse().unwrap());
    engine.add_repository(&direct).unwrap();
    assert!(matches!(
        engine.versions("direct", &Unwatched),
        Err(Error::Repository(RepositoryError::NotVersioned(id))) if id == "direct"
    ));
}

#[test]
fn what_was_followed_before_is_followed_again_unless_somebody_chose_since() {
    let publisher = Publisher::new();
    let root = root();
    let mut engine = root.engine();
    engine.add_repository(&publisher.here("stream/unstable")).unwrap();
    let version = |text: &str| text.parse::<Version>().unwrap();
    let (before, after) = (version("stream/unstable"), version("tag/t1"));
    engine.follow("main", &after, &Unwatched).unwrap();
    engine.follow_from("main", &before, &after, &Unwatched).unwrap();
    engine.follow("main", &version("history/h2"), &Unwatched).unwrap();

    let path = root.path().join("etc/moult/repo.d/main.kdl");
    let text = fs::read_to_string(&path).unwrap();
    for repository in ["main", "direct"] {
        let direct = Repository::direct("direct", "file:///x/stone.index".parse().unwrap());
        engine.add_repository(&direct).unwrap();
        assert!(matches!(
            engine.follow_from(repository, &before, &after, &Unwatched),
            Err(Error::Overtaken { .. })
        ));
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

/// The program before ended with a panic here.
#[test]
fn when_a_stream_outgrows_the_engine_a_bridge_leads_to_the_newer_one() {
    let publisher = Publisher::new();
    let other = Publisher::new();
    let site = Site::new(publisher.folder.path());
    let root = root();
    let mut engine = root.engine();
    let main = Repository::versioned("main", site.url(""), "stream/unstable".parse().unwrap());
    engine.add_repository(&main).unwrap();
    let second = Repository {
        id: "second".into(),
        priority: 5,
        ..other.here("tag/t1")
    };
    engine.add_repository(&second).unwrap();
    engine.refresh_all(&Unwatched).unwrap();
    engine.set_enabled("second", false).unwrap();
    for name in ["app", "engine"] {
        let plan = engine.plan(&wish(name), &Unwatched).unwrap();
        engine.apply(&plan, &Unwatched).unwrap();
    }
    engine.set_enabled("second", true).unwrap();
    let none = engine.bridge("main", "engine", &Unwatched).unwrap_err();
    assert!(
        matches!(none, Error::Repository(RepositoryError::NoBridge(_))),
        "{none}"
    );

    publisher.outgrow();
    let results = engine.refresh_all(&Unwatched).unwrap();
    assert!(matches!(&results[0], (id, Ok(_)) if id == "second"));
    let Ok(Refreshed::NeedsNewerEngine {
        repository,
        format,
        bridge,
    }) = &results[1].1
    else {
        panic!("{results:?}")
    };
    assert_eq!((repository.as_str(), format.as_str()), ("main", "v7"));
    assert_eq!(bridge, &Some(site.url("main/history/h9/x86_64/stone.index")));
    let found = engine.configuration().unwrap();
    let status = &found.repositories[1].status;
    assert_eq!(status.newer_format.as_deref(), Some("v7"));
    assert_eq!(
        (status.history.as_deref(), status.packages),
        (Some("h2"), 2),
        "the list before stays"
    );

    let lacking = engine.bridge("main", "motor", &Unwatched).unwrap_err();
    assert!(
        matches!(&lacking, Error::Repository(RepositoryError::BridgeLacks { package, .. }) if package == "motor"),
        "{lacking}"
    );
    let plan = engine.bridge("main", "engine", &Unwatched).unwrap();
    let changes: Vec<String> = plan
        .packages
        .iter()
        .map(|change| format!("{:?} {}", change.kind, change.name))
        .collect();
    assert_eq!(changes, ["Upgrade engine"], "everything else stays as it is");
    engine.apply(&plan, &Unwatched).unwrap();
    assert_eq!(fs::read_to_string(root.usr("share/engine")).unwrap(), "engine 9");
    assert_eq!(fs::read_to_string(root.usr("share/app")).unwrap(), "app 2");
    drop(engine);

    // The newer program starts, and goes on from here.
    let mut engine = root.engine();
    assert_eq!(engine.installed().unwrap().len(), 2);
    publisher.root_index(ROOT_INDEX);
    engine.refresh("main", &Unwatched).unwrap();
    assert_eq!(
        engine.configuration().unwrap().repositories[1].status.newer_format,
        None
    );
}

#[test]
fn the_newer_engine_may_need_something_new_and_nothing_goes_for_it() {
    let publisher = Publisher::new();
    let root = root();
    let mut engine = root.engine();
    engine.add_repository(&publisher.here("stream/unstable")).unwrap();
    engine.refresh("main", &Unwatched).unwrap();
    let plan = engine.plan(&wish("engine"), &Unwatched).unwrap();
    engine.apply(&plan, &Unwatched).unwrap();
    publisher.publish("h9", &[released(needing("engine", &["app"]), 9)], false);
    publisher.outgrow();
    let plan = engine.bridge("main", "engine", &Unwatched).unwrap();
    let changes: Vec<&str> = plan.packages.iter().map(|change| change.name.as_str()).collect();
    assert_eq!(changes, ["app", "engine"]);
    engine.apply(&plan, &Unwatched).unwrap();
    assert_eq!(fs::read_to_string(root.usr("share/app")).unwrap(), "app 2");

    publisher.publish("h9", &[released(needing("engine", &["nowhere"]), 10)], false);
    let failed = engine.bridge("main", "engine", &Unwatched).unwrap_err();
    assert!(matches!(failed, Error::Unresolvable(_)), "{failed}");
}

#[test]
fn without_a_named_bridge_that_is_said() {
    let publisher = Publisher::new();
    let root = root();
    let mut engine = root.engine();
    engine.add_repository(&publisher.here("history/h3")).unwrap();
    publisher.root_index(&ROOT_INDEX.replace(r#""upgrade_via": "tag/v0-final""#, ""));
    let found = engine.refresh("main", &Unwatched).unwrap();
    assert!(
        matches!(found, Refreshed::NeedsNewerEngine { bridge: None, .. }),
        "{found:?}"
    );
    let none = engine.bridge("main", "engine", &Unwatched);
    assert!(
        matches!(none, Err(Error::Repository(RepositoryError::NoBridge(_)))),
        "{none:?}"
    );
    // One that leads to what cannot be read either is none.
    publisher.root_index(&ROOT_INDEX.replace("tag/v0-final\"", "history/h3\""));
    let none = engine.bridge("main", "engine", &Unwatched);
    assert!(
        matches!(none, Err(Error::Repository(RepositoryError::NoBridge(_)))),
        "{none:?}"
    );
}

#[test]
fn a_damaged_root_index_leaves_everything_as_it_was() {
    let publisher = Publisher::new();
    let root = root();
    let mut engine = root.engine();
    engine.add_repository(&publisher.here("stream/unstable")).unwrap();
    engine.refresh("main", &Unwatched).unwrap();
    let missing = ROOT_INDEX.replace("\"unstable\"", "\"other\"");
    for text in ["", "{}", "[1,2", "\u{0}", missing.as_str()] {
        publisher.root_index(text);
        let failed = engine.refresh("main", &Unwatched).unwrap_err();
        let typed = matches!(
            &failed,
            Error::Repository(RepositoryError::DamagedRootIndex { .. } | RepositoryError::NoSuchVersion { .. })
        );
        assert!(typed, "{failed}");
        assert_eq!(release(&engine, "app"), 2);
    }
    fs::remove_file(publisher.folder.path().join("main/moss-root-index.json")).unwrap();
    let failed = engine.refresh("main", &Unwatched).unwrap_err();
    assert!(matches!(failed, Error::Unreachable { .. }), "{failed}");
    // The list that the root index names is not there.
    publisher.root_index(
        &ROOT_INDEX
            .replace("\"history\": \"h2\"", "\"history\": \"h3\"")
            .replace("v7", "v0"),
    );
    let failed = engine.refresh("main", &Unwatched).unwrap_err();
    assert!(matches!(failed, Error::Unreachable { .. }), "{failed}");
    assert_eq!((release(&engine, "app"), history(&engine).as_deref()), (2, Some("h2")));
}

#[test]
fn a_root_index_cannot_lead_back_to_an_older_signed_list_but_a_person_can() {
    let publisher = Publisher::new();
    for (id, number) in [("h1", 1), ("h2", 2)] {
        publisher.publish(id, &[released(package("app"), number)], true);
        // Numbers are seconds; these were made in one.
        let path = publisher.history(id).join("stone.index.json");
        let text = fs::read_to_string(&path).unwrap();
        let from = text.find("\"sequence\":").unwrap() + 11;
        let to = from + text[from..].find(',').unwrap();
        let text = format!("{}{number}{}", &text[..from], &text[to..]);
        let signature = minisign::sign(None, &publisher.pair.sk, text.as_bytes(), Some("x"), Some("y")).unwrap();
        fs::write(&path, &text).unwrap();
        fs::write(path.with_extension("json.minisig"), signature.to_bytes()).unwrap();
    }
    let root = root();
    let mut engine = root.engine();
    let repository = Repository {
        keys: vec![publisher.pair.pk.to_base64()],
        ..publisher.here("stream/unstable")
    };
    engine.add_repository(&repository).unwrap();
    engine.refresh("main", &Unwatched).unwrap();
    publisher.root_index(&ROOT_INDEX.replace(
        r#""unstable": { "format": "v0", "history": "h2""#,
        r#""unstable": { "format": "v0", "history": "h1""#,
    ));
    let failed = engine.refresh("main", &Unwatched).unwrap_err();
    let Error::Repository(RepositoryError::Untrusted { fault, .. }) = &failed else {
        panic!("{failed}")
    };
    assert_eq!(*fault, TrustFault::RolledBack { found: 1, seen: 2 });
    assert_eq!(release(&engine, "app"), 2);
    engine.follow("main", &Version::Tag("t1".into()), &Unwatched).unwrap();
    engine.refresh("main", &Unwatched).unwrap();
    assert_eq!(release(&engine, "app"), 1);
}

#[test]
fn mirrors_of_a_versioned_repository_have_the_same_below_another_base() {
    let publisher = Publisher::new();
    let (main, mirror) = (Site::new(publisher.folder.path()), Site::new(publisher.folder.path()));
    main.behave(|_| Reply::Status(403));
    let root = root();
    let mut engine = root.engine();
    let repository = Repository {
        mirrors: vec![mirror.url("")],
        ..Repository::versioned("main", main.url(""), "stream/unstable".parse().unwrap())
    };
    engine.add_repository(&repository).unwrap();
    engine.refresh("main", &Unwatched).unwrap();
    let plan = engine.plan(&wish("app"), &Unwatched).unwrap();
    engine.apply(&plan, &Unwatched).unwrap();
    assert_eq!(
        mirror.paths(),
        [
            "main/moss-root-index.json",
            "main/history/h2/x86_64/stone.index",
            "main/history/h2/x86_64/app.stone"
        ]
    );
}
