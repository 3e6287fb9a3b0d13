//! Which repositories there are: the files, their order, what is wrong with them, and what follows from it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use moult_packages::{
    Configuration, Configured, Engine, Error, Refreshed, Removed, Repository, RepositoryError, Source, Trust,
    Unwatched, Version,
};
use moult_stone::Source as Content;
use tempfile::TempDir;

use crate::lab::{Root, Shop, package, providers};
use crate::site::Site;

fn root() -> Root {
    Root {
        folder: TempDir::new().unwrap(),
    }
}

fn put(root: &Root, path: &str, text: &str) {
    let path = root.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn kdl(id: &str, description: &str) -> String {
    format!("{id} {{\n    description {description:?}\n    uri \"file:///{id}/stone.index\"\n    priority 1\n}}\n")
}

fn yaml(id: &str, description: &str) -> String {
    format!("{id}:\n  description: {description:?}\n  uri: file:///{id}/stone.index\n  priority: 1\n")
}

/// Ids, descriptions and files, sorted by id.
fn described(configuration: &Configuration) -> Vec<String> {
    let one = |one: &Configured| {
        let Repository { id, description, .. } = &one.repository;
        format!("{id} {description} {}", one.file.display())
    };
    let mut all: Vec<String> = configuration.repositories.iter().map(one).collect();
    all.sort();
    all
}

fn stone(shop: &mut Shop, name: &str) {
    shop.add(package(name), |writer| {
        let content = Content::Bytes(name.as_bytes().to_vec());
        writer
            .file(format!("share/{name}").as_bytes(), 0o644, 0, 0, content)
            .unwrap();
    });
    shop.index();
}

fn shop(name: &str) -> Shop {
    let mut shop = Shop::new();
    stone(&mut shop, name);
    shop
}

fn knows(engine: &Engine, name: &str) -> bool {
    engine.resolve(&providers(&[name])).is_ok()
}

/// What the program before did in an order of its own each time.
#[test]
fn the_last_of_all_files_that_name_a_repository_counts() {
    let root = root();
    let order = [
        ("usr/share/moss/repo.yaml", false),
        ("usr/share/moss/repo.d/a.kdl", true),
        ("usr/share/moss/repo.d/b.yaml", false),
        ("usr/share/moult/repo.kdl", true),
        ("usr/share/moult/repo.d/a.kdl", true),
        ("etc/moss/repo.kdl", true),
        ("etc/moss/repo.d/0.kdl", true),
        ("etc/moult/repo.yaml", false),
        ("etc/moult/repo.d/x.kdl", true),
        ("etc/moult/repo.d/y.yaml", false),
    ];
    for (path, is_kdl) in order {
        put(
            &root,
            path,
            &if is_kdl { kdl("main", path) } else { yaml("main", path) },
        );
        let found = root.engine().configuration().unwrap();
        assert_eq!(found.broken, []);
        assert_eq!(described(&found), [format!("main {path} /{path}")]);
    }
    // And in whatever order they come to be there.
    for (path, _) in order.iter().rev() {
        let text = fs::read(root.path().join(path)).unwrap();
        fs::remove_file(root.path().join(path)).unwrap();
        fs::write(root.path().join(path), text).unwrap();
    }
    let found = root.engine().configuration().unwrap();
    assert_eq!(
        described(&found),
        ["main etc/moult/repo.d/y.yaml /etc/moult/repo.d/y.yaml"]
    );
}

#[test]
fn of_two_files_of_one_name_the_kdl_counts() {
    let root = root();
    for folder in ["etc/moss/repo", "etc/moult/repo.d/x"] {
        put(
            &root,
            &format!("{folder}.yaml"),
            &(yaml("a", "yaml") + &yaml("only", "yaml")),
        );
        put(&root, &format!("{folder}.kdl"), &kdl("a", "kdl"));
    }
    put(&root, "etc/moult/repo.d/ignored.txt", "{");
    put(&root, "etc/moult/repo.d/.hidden.kdl", "{");
    let found = root.engine().configuration().unwrap();
    assert_eq!(found.broken, []);
    assert_eq!(described(&found), ["a kdl /etc/moult/repo.d/x.kdl"]);
}

/// The program before skipped it without a word.
#[test]
fn a_broken_file_is_named_and_the_good_ones_count() {
    let root = root();
    put(&root, "usr/share/moss/repo.d/good.kdl", &kdl("good", "vendor"));
    put(&root, "usr/share/moss/repo.d/bad.kdl", "bad {\n    uri \"x\n");
    put(&root, "usr/share/moss/repo.d/worse.yaml", "worse: [\n");
    put(&root, "etc/moult/repo.d/binary.kdl", "");
    fs::write(root.path().join("etc/moult/repo.d/binary.kdl"), [0xff, 0xfe]).unwrap();
    put(&root, "etc/moult/repo.d/large.kdl", &"// \n".repeat(300_000));
    put(&root, "etc/moult/repo.d/deep.kdl", &"a {".repeat(100_000));
    fs::create_dir(root.path().join("etc/moult/repo.d/folder.kdl")).unwrap();
    let pipe = root.path().join("etc/moult/repo.d/pipe.kdl");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    put(
        &root,
        "etc/moult/repo.d/mixed.kdl",
        "fine { uri \"file:///f/stone.index\" }\nodd {\n    priority -1\n    uri \"file:///o/stone.index\"\n}\n",
    );
    let found = root.engine().configuration().unwrap();
    assert_eq!(
        described(&found),
        [
            "fine  /etc/moult/repo.d/mixed.kdl",
            "good vendor /usr/share/moss/repo.d/good.kdl"
        ]
    );
    let names: Vec<String> = found
        .broken
        .iter()
        .map(|broken| broken.path.display().to_string())
        .collect();
    assert_eq!(
        names,
        [
            "/usr/share/moss/repo.d/bad.kdl",
            "/usr/share/moss/repo.d/worse.yaml",
            "/etc/moult/repo.d/binary.kdl",
            "/etc/moult/repo.d/deep.kdl",
            "/etc/moult/repo.d/large.kdl",
            "/etc/moult/repo.d/mixed.kdl",
            "/etc/moult/repo.d/pipe.kdl",
        ]
    );
    let odd = &found.broken[5];
    assert_eq!((odd.repository.as_deref(), odd.place), (Some("odd"), Some((3, 5))));
    assert!(
        odd.to_string()
            .contains("line 3, column 5, repository \"odd\": priority"),
        "{odd}"
    );
    assert!(found.broken.iter().all(|broken| !broken.reason.is_empty()));
}

#[test]
fn a_slip_in_what_restricts_a_repository_does_not_set_it_free() {
    let root = root();
    put(
        &root,
        "usr/share/moult/repo.kdl",
        &(kdl("a", "vendor") + &kdl("b", "vendor")),
    );
    put(
        &root,
        "etc/moult/repo.kdl",
        "a { uri \"file:///a/stone.index\"; active no }\n",
    );
    let engine = root.engine();
    let found = engine.configuration().unwrap();
    assert_eq!(described(&found), ["b vendor /usr/share/moult/repo.kdl"]);
    assert_eq!(found.broken[0].repository.as_deref(), Some("a"));
    drop(engine);
    let failed = root.engine().refresh("a", &Unwatched);
    assert!(
        matches!(failed, Err(Error::Repository(RepositoryError::BrokenFile(_)))),
        "{failed:?}"
    );
}

#[test]
fn no_link_leads_out_of_the_root() {
    let (root, outside) = (root(), TempDir::new().unwrap());
    fs::create_dir_all(outside.path().join("repo.d")).unwrap();
    fs::write(outside.path().join("repo.d/evil.kdl"), kdl("evil", "outside")).unwrap();
    fs::create_dir_all(root.path().join("etc")).unwrap();
    symlink(outside.path(), root.path().join("etc/moss")).unwrap();
    let up = "../".repeat(20) + outside.path().strip_prefix("/").unwrap().to_str().unwrap();
    symlink(up, root.path().join("etc/moult")).unwrap();
    assert_eq!(described(&root.engine().configuration().unwrap()), [""; 0]);

    // It leads to the same path inside of the root.
    let inside = root.path().join(outside.path().strip_prefix("/").unwrap());
    fs::create_dir_all(inside.join("repo.d")).unwrap();
    fs::write(inside.join("repo.d/good.kdl"), kdl("good", "inside")).unwrap();
    assert_eq!(
        described(&root.engine().configuration().unwrap()),
        ["good inside /etc/moult/repo.d/good.kdl"]
    );
    root.engine()
        .add_repository(&Repository::direct("new", "file:///n/stone.index".parse().unwrap()))
        .unwrap();
    assert!(inside.join("repo.d/new.kdl").is_file());
    assert_eq!(fs::read_dir(outside.path().join("repo.d")).unwrap().count(), 1);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn a_password_is_for_the_owner_alone_and_gets_into_nothing_else() {
    let shop = shop("app");
    let site = Site::behaving(shop.folder.path(), |asked| match asked.header("authorization") {
        Some("Basic bWU6c2VjcmV0") => crate::site::Reply::File,
        _ => crate::site::Reply::Status(401),
    });
    let root = root();
    let mut engine = root.engine();
    let plain = site.repository("plain");
    engine.add_repository(&plain).unwrap();
    let mut url = site.url("stone.index");
    url.set_username("me").unwrap();
    url.set_password(Some("secret")).unwrap();
    engine.add_repository(&Repository::direct("private", url)).unwrap();
    let folder = root.path().join("etc/moult/repo.d");
    assert_eq!(mode(&folder.join("plain.kdl")), 0o644);
    assert_eq!(mode(&folder.join("private.kdl")), 0o600);

    assert!(engine.refresh("plain", &Unwatched).is_err());
    engine.refresh("private", &Unwatched).unwrap();
    let selection = engine.resolve(&providers(&["app"])).unwrap();
    engine.install(&selection, "", &Unwatched).unwrap();
    drop(engine);
    for path in ["usr/lib/system-model.kdl", ".moult/moult.db", ".moult/moult.db-wal"] {
        let bytes = fs::read(root.path().join(path)).unwrap_or_default();
        let found = bytes.windows(6).any(|piece| piece == b"secret");
        assert!(!found, "the password is in {path}");
    }
    // Without a password any more, the file is everybody's again.
    let mut engine = root.engine();
    engine.add_repository(&site.repository("private")).unwrap();
    assert_eq!(mode(&folder.join("private.kdl")), 0o644);
}

#[test]
fn a_change_keeps_the_comments_and_the_other_repositories_of_a_file() {
    let root = root();
    let text = "// ours, by hand\nfirst {\n    uri \"file:///1/stone.index\" // near\n}\n// before the second\nsecond { uri \"file:///2/stone.index\"; }\n";
    put(&root, "etc/moult/repo.d/all.kdl", text);
    put(
        &root,
        "etc/moult/repo.d/yaml.yaml",
        &(yaml("third", "x") + &yaml("fourth", "y")),
    );
    let mut engine = root.engine();
    engine.set_enabled("second", false).unwrap();
    engine.set_enabled("third", false).unwrap();
    let written = fs::read_to_string(root.path().join("etc/moult/repo.d/all.kdl")).unwrap();
    let kept = &text[..text.find("second {").unwrap()];
    assert!(
        written.starts_with(kept) && written.contains("active #false"),
        "{written}"
    );
    assert!(!root.path().join("etc/moult/repo.d/yaml.yaml").exists());
    let found = engine.configuration().unwrap();
    assert_eq!(
        described(&found),
        [
            "first  /etc/moult/repo.d/all.kdl",
            "fourth y /etc/moult/repo.d/yaml.kdl",
            "second  /etc/moult/repo.d/all.kdl",
            "third x /etc/moult/repo.d/yaml.kdl",
        ]
    );
    let off: Vec<&str> = found.repositories[2..]
        .iter()
        .map(|one| one.repository.id.as_str())
        .collect();
    assert_eq!(off, ["third", "second"], "the preferred first");
    assert_eq!(engine.remove_repository("second").unwrap(), Removed::Gone);
    let written = fs::read_to_string(root.path().join("etc/moult/repo.d/all.kdl")).unwrap();
    assert!(
        written.starts_with("// ours, by hand\nfirst {") && !written.contains("second {"),
        "{written}"
    );
    assert_eq!(engine.remove_repository("third").unwrap(), Removed::Gone);
    assert_eq!(engine.remove_repository("fourth").unwrap(), Removed::Gone);
    assert!(!root.path().join("etc/moult/repo.d/yaml.kdl").exists());
}

#[test]
fn a_file_that_cannot_be_read_is_not_written_over() {
    let root = root();
    put(&root, "etc/moult/repo.d/a.kdl", "a { uri \"oh\n");
    let repository = Repository::direct("a", "file:///a/stone.index".parse().unwrap());
    let failed = root.engine().add_repository(&repository);
    assert!(
        matches!(failed, Err(Error::Repository(RepositoryError::BrokenFile(_)))),
        "{failed:?}"
    );
    let text = fs::read_to_string(root.path().join("etc/moult/repo.d/a.kdl")).unwrap();
    assert_eq!(text, "a { uri \"oh\n");
}

#[test]
fn a_repository_of_the_vendor_is_removed_by_a_file_that_switches_it_off() {
    let shop = shop("app");
    let root = root();
    let text = format!(
        "vendor {{ uri \"file://{}/stone.index\" }}\n",
        shop.folder.path().display()
    );
    put(&root, "usr/share/moult/repo.kdl", &text);
    let mut engine = root.engine();
    engine.refresh("vendor", &Unwatched).unwrap();
    assert!(knows(&engine, "app"));
    let removed = engine.remove_repository("vendor").unwrap();
    let file = PathBuf::from("/usr/share/moult/repo.kdl");
    assert_eq!(removed, Removed::Masked { file });
    assert!(!knows(&engine, "app") && engine.repositories().unwrap().is_empty());
    drop(engine);
    let mut engine = root.engine();
    let found = engine.configuration().unwrap();
    assert_eq!(described(&found), ["vendor  /etc/moult/repo.d/vendor.kdl"]);
    assert!(!found.repositories[0].repository.enabled);
    assert_eq!(
        fs::read_to_string(root.path().join("usr/share/moult/repo.kdl")).unwrap(),
        text
    );

    engine.set_enabled("vendor", true).unwrap();
    // It is the vendor's again, whatever that changes later.
    assert_eq!(
        described(&engine.configuration().unwrap()),
        ["vendor  /usr/share/moult/repo.kdl"]
    );
    engine.refresh("vendor", &Unwatched).unwrap();
    assert!(knows(&engine, "app"));
    assert!(matches!(
        engine.remove_repository("unknown"),
        Err(Error::UnknownRepository(id)) if id == "unknown"
    ));
}

#[test]
fn a_repository_that_is_off_offers_nothing() {
    let shop = shop("app");
    let root = shop.root();
    let mut engine = root.engine();
    assert!(knows(&engine, "app"));
    engine.set_enabled("shop", false).unwrap();
    assert!(!knows(&engine, "app"));
    assert!(engine.search("app", 9).unwrap().is_empty());
    assert!(matches!(
        engine.refresh("shop", &Unwatched),
        Err(Error::BadRepository { .. })
    ));
    engine.set_enabled("shop", true).unwrap();
    assert!(!knows(&engine, "app"), "its list is not read yet");
    engine.refresh("shop", &Unwatched).unwrap();
    assert!(knows(&engine, "app"));
    engine.remove_repository("shop").unwrap();
    assert!(!knows(&engine, "app"));
    assert_eq!(engine.configuration().unwrap().repositories, []);
    assert!(
        fs::read_dir(root.path().join("etc/moult/repo.d"))
            .unwrap()
            .next()
            .is_none()
    );
}

#[test]
fn a_file_changed_by_hand_counts_at_once_also_for_who_only_reads() {
    let shop = shop("app");
    let root = shop.root();
    let reader = Engine::open_reader(root.path()).unwrap();
    assert!(knows(&reader, "app"));
    let file = root.path().join("etc/moult/repo.d/shop.kdl");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("active #true", "active #false")).unwrap();
    assert!(!knows(&reader, "app"));
    let found = reader.configuration().unwrap();
    let status = &found.repositories[0].status;
    assert_eq!((status.refreshed, status.packages), (None, 0));
    fs::write(&file, text.replace("stone.index", "other.index")).unwrap();
    assert!(!knows(&reader, "app"), "the list is from elsewhere");
    fs::write(&file, &text).unwrap();
    assert!(knows(&reader, "app"));
    // As soon as somebody opens the root who may write, the database follows.
    fs::remove_file(&file).unwrap();
    drop(root.engine());
    assert!(reader.search("app", 9).unwrap().is_empty());
}

#[test]
fn a_broken_file_takes_no_list_out_of_the_database() {
    let shop = shop("app");
    let root = shop.root();
    let file = root.path().join("etc/moult/repo.d/shop.kdl");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, "shop {").unwrap();
    let engine = root.engine();
    assert!(!knows(&engine, "app"));
    assert_eq!(engine.configuration().unwrap().broken.len(), 1);
    drop(engine);
    fs::write(&file, text).unwrap();
    assert!(knows(&root.engine(), "app"), "nothing must be fetched anew");
}

#[test]
fn what_was_fetched_stays_as_long_as_the_address_does() {
    let shop = shop("app");
    let root = shop.root();
    let mut engine = root.engine();
    let known = |engine: &Engine| engine.configuration().unwrap().repositories[0].status.packages;
    let renamed = Repository {
        priority: 5,
        description: "another".into(),
        ..shop.repository("shop")
    };
    engine.add_repository(&renamed).unwrap();
    assert_eq!((known(&engine), knows(&engine, "app")), (1, true));
    let moved = Repository::direct("shop", "file:///nowhere/stone.index".parse().unwrap());
    engine.add_repository(&moved).unwrap();
    assert_eq!((known(&engine), knows(&engine, "app")), (0, false));
}

/// With the program before, it was empty until somebody thought of refreshing it, and nothing said so.
#[test]
fn a_repository_that_was_dropped_into_the_folder_is_shown_as_unread_and_read_before_the_next_plan() {
    let (shop, other) = (shop("app"), shop("tool"));
    let root = shop.root();
    let text = format!(
        "tools {{ uri \"file://{}/stone.index\" }}\n",
        other.folder.path().display()
    );
    put(&root, "etc/moss/repo.d/tools.kdl", &text);
    let mut engine = root.engine();
    let found = engine.configuration().unwrap();
    let unread: Vec<&str> = found
        .repositories
        .iter()
        .filter(|one| one.status.refreshed.is_none())
        .map(|one| one.repository.id.as_str())
        .collect();
    assert_eq!(unread, ["tools"]);
    // Only what was never read is read.
    fs::remove_file(shop.folder.path().join("stone.index")).unwrap();
    let results = engine.refresh_missing(&Unwatched).unwrap();
    assert_eq!(results.len(), 1);
    assert!(matches!(&results[0], (id, Ok(Refreshed::Updated { packages: 1 })) if id == "tools"));
    assert!(knows(&engine, "app") && knows(&engine, "tool"));
    assert!(engine.refresh_missing(&Unwatched).unwrap().is_empty());
}

#[test]
fn each_repository_has_its_own_result_and_failures_are_remembered_with_their_date() {
    let (good, bad) = (shop("app"), shop("tool"));
    let root = good.root();
    let mut engine = root.engine();
    engine.add_repository(&bad.repository("bad")).unwrap();
    fs::write(bad.folder.path().join("stone.index"), "nonsense").unwrap();
    let results = engine.refresh_all(&Unwatched).unwrap();
    let ids: Vec<&str> = results.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["bad", "shop"]);
    assert!(matches!(&results[0].1, Err(Error::DamagedIndex { .. })));
    assert!(matches!(&results[1].1, Ok(Refreshed::Updated { packages: 1 })));
    let found = engine.configuration().unwrap();
    let [bad_status, good_status] = [&found.repositories[0].status, &found.repositories[1].status];
    let failure = bad_status.failure.as_ref().unwrap();
    assert!(
        failure.at > 1_700_000_000 && failure.reason.contains("damaged"),
        "{failure:?}"
    );
    assert_eq!(bad_status.refreshed, None);
    assert!(good_status.refreshed > Some(1_700_000_000) && good_status.failure.is_none());
    assert_eq!(good_status.trust, Trust::Unsigned);

    bad.index();
    engine.refresh("bad", &Unwatched).unwrap();
    let status = &engine.configuration().unwrap().repositories[0].status;
    assert!(status.failure.is_none() && status.refreshed.is_some());
    assert!(knows(&engine, "tool"));
}

#[test]
fn everything_a_repository_can_have_is_written_and_read() {
    let root = root();
    let repository = Repository {
        source: Source::Versioned {
            base: "https://a.example.org/r/".parse().unwrap(),
            channel: "side".into(),
            version: Version::Tag("t-1".into()),
            architecture: "aarch64".into(),
        },
        priority: 12,
        description: "with \"quotes\", \\ and\nlines".into(),
        mirrors: vec!["https://b.example.org/".parse().unwrap()],
        keys: vec!["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3".into()],
        ..Repository::direct("a.b_c", "https://a.example.org/".parse().unwrap())
    };
    let twin = Repository {
        id: "a_b_c".into(),
        ..repository.clone()
    };
    let mut engine = root.engine();
    engine.add_repository(&repository).unwrap();
    engine.add_repository(&twin).unwrap();
    assert_eq!(
        engine.repositories().unwrap(),
        [repository, twin],
        "both are in one file"
    );
    let folder = root.path().join("etc/moult/repo.d");
    let names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["a_b_c.kdl"]);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(engine.remove_repository("a_b_c").unwrap(), Removed::Gone);
    assert_eq!(engine.repositories().unwrap()[0].id, "a.b_c");
}
