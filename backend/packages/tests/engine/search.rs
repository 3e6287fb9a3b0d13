//! Search, and questions about packages.

use std::collections::HashSet;

use moult_packages::{Engine, Error, FileKind, QueryError, Release, Repository};
use moult_stone::Package;

use crate::lab::{Eye, Root, Shop, bytes, package, providers};

fn shop() -> Shop {
    let mut shop = Shop::new();
    let mut add = |name: &str, summary: &str, release: u64, needs: &[&str]| {
        let package = Package {
            summary: summary.into(),
            source_release: release,
            version: format!("{release}.0"),
            dependencies: providers(needs),
            providers: providers(&[&format!("binary({name})")]),
            conflicts: providers(&["name(rival)"]),
            licenses: vec!["MIT".into(), "MPL-2.0".into()],
            ..package(name)
        };
        let path = format!("bin/{name}");
        shop.add(package, |writer| {
            writer
                .file(path.as_bytes(), 0o4755, 3, 4, bytes(&format!("{name} {release}")))
                .unwrap();
            let odd = [b"share/\xff\n", name.as_bytes()].concat();
            writer.file(&odd, 0o644, 0, 0, bytes("")).unwrap();
            writer
                .symlink(format!("bin/{name}-link").as_bytes(), name.as_bytes(), 0, 0)
                .unwrap();
        });
    };
    add("browser", "Shows pages", 1, &["name(engine)"]);
    add("engine", "Draws pages for the browser", 1, &[]);
    add("letter", "Writes letters", 1, &[]);
    shop
}

fn names(engine: &Engine, term: &str) -> Vec<String> {
    engine
        .search(term, 99)
        .unwrap()
        .into_iter()
        .map(|found| found.name)
        .collect()
}

/// Lists a package again with a newer release, without making its file anew.
fn newer(shop: &mut Shop, name: &str) {
    let at = shop.packages.iter().position(|package| package.name == name).unwrap();
    let mut package = shop.packages[at].clone();
    package.source_release += 1;
    package.version = format!("{}.0", package.source_release);
    package.hash = Some(format!("{:064x}", package.source_release));
    shop.packages[at] = package;
}

#[test]
fn a_refresh_changes_what_is_found_and_an_open_search_is_brought_up_to_date() {
    let mut shop = shop();
    let root = shop.root();
    let mut engine = root.engine();
    assert_eq!(names(&engine, "browser"), ["browser", "engine"]);
    let mut searcher = engine.searcher().unwrap();
    assert!(!engine.renew(&mut searcher).unwrap());
    shop.packages.retain(|package| package.name != "engine");
    newer(&mut shop, "browser");
    shop.index();
    engine.refresh("shop", &Eye::default()).unwrap();
    assert_eq!(names(&engine, "browser"), ["browser"]);
    assert_eq!(searcher.search("browser", 9).len(), 2, "a picture of before");
    assert!(engine.renew(&mut searcher).unwrap());
    let found = searcher.search("browser", 9);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].version.as_str(), found[0].repository.as_str()),
        ("2.0", "shop")
    );
}

#[test]
fn what_is_installed_is_said_and_found_when_nobody_offers_it_any_more() {
    let mut shop = shop();
    let root = shop.root();
    root.install(&["browser", "letter"]).unwrap();
    let mut engine = root.engine();
    let one = Release { source: 1, build: 1 };
    let found = engine.search("browser", 1).unwrap();
    assert_eq!((found[0].installed, found[0].newer), (Some(one), false));
    newer(&mut shop, "browser");
    shop.packages.retain(|package| package.name != "letter");
    shop.index();
    engine.refresh("shop", &Eye::default()).unwrap();
    let found = engine.search("browser", 1).unwrap();
    assert_eq!((found[0].installed, found[0].newer), (Some(one), true));
    let found = engine.search("letter", 9).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].repository.as_str(), found[0].installed), ("", Some(one)));
    let available: Vec<String> = engine
        .list_available()
        .unwrap()
        .into_iter()
        .map(|found| found.name)
        .collect();
    assert_eq!(available, ["browser", "engine"]);
    let installed: Vec<(String, bool)> = engine
        .installed()
        .unwrap()
        .into_iter()
        .map(|package| (package.name, package.explicit))
        .collect();
    let expected = [("browser", true), ("engine", false), ("letter", true)];
    assert_eq!(installed, expected.map(|(name, explicit)| (name.to_owned(), explicit)));
    assert_eq!(shop.root().engine().installed().unwrap(), []);
}

#[test]
fn info_tells_every_offer_and_the_installed_package_with_everything_known() {
    let mut shop = shop();
    let root = shop.root();
    root.install(&["browser"]).unwrap();
    let mut engine = root.engine();
    let installed = engine.info("browser").unwrap();
    assert_eq!(installed.len(), 1, "the offer is the installed one");
    let info = &installed[0];
    let listed = shop.packages.iter().find(|package| package.name == "browser").unwrap();
    assert!(info.installed && info.explicit && info.stored);
    assert_eq!(info.licenses, ["MIT", "MPL-2.0"]);
    assert_eq!(info.dependencies, providers(&["engine"]));
    assert_eq!(info.provides, providers(&["name(browser)", "binary(browser)"]));
    assert_eq!(info.conflicts, providers(&["rival"]));
    assert_eq!((Some(&info.hash), Some(info.size)), (listed.hash.as_ref(), listed.size));
    assert_eq!(
        (info.description.as_str(), info.repository.as_str()),
        ("for tests", "shop")
    );

    newer(&mut shop, "browser");
    let other = Repository {
        priority: 9,
        ..shop.repository("other")
    };
    engine.add_repository(&other).unwrap();
    engine.refresh("other", &Eye::default()).unwrap();
    engine.refresh("shop", &Eye::default()).unwrap();
    let said: Vec<(String, u64, bool, bool)> = engine
        .info("browser")
        .unwrap()
        .into_iter()
        .map(|info| (info.repository, info.release.source, info.installed, info.stored))
        .collect();
    let expected = [
        ("other", 2, false, false),
        ("shop", 2, false, false),
        ("", 1, true, true),
    ];
    assert_eq!(
        said,
        expected.map(|(from, release, installed, stored)| (from.to_owned(), release, installed, stored))
    );
    assert_eq!(engine.info("nobody").unwrap(), []);
}

#[test]
fn the_files_of_a_package_are_told_with_their_bytes_and_owners() {
    let shop = shop();
    let root = shop.root();
    root.install(&["letter"]).unwrap();
    let engine = root.engine();
    let files = engine.files("letter").unwrap();
    assert!(files.installed);
    let program = files.files.iter().find(|file| file.path == b"bin/letter").unwrap();
    assert_eq!(program.kind, FileKind::Regular);
    assert_eq!(
        (program.mode & 0o7777, program.uid, program.gid, program.size),
        (0o4755, 3, 4, 8)
    );
    let link = files.files.iter().find(|file| file.path == b"bin/letter-link").unwrap();
    assert_eq!(link.kind, FileKind::Link(b"letter".to_vec()));
    let odd = files
        .files
        .iter()
        .find(|file| file.path == b"share/\xff\nletter")
        .unwrap();
    assert_eq!(odd.size, 0);
    let query = |name| match engine.files(name) {
        Err(Error::Query(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(query("browser"), QueryError::NotStored("browser".into()));
    assert_eq!(query("nobody"), QueryError::UnknownPackage("nobody".into()));
    // Stored, and not in the active state.
    let mut engine = root.engine();
    root.install(&["engine"]).unwrap();
    engine.activate(1, &Eye::default()).unwrap();
    assert!(!engine.files("engine").unwrap().installed);
}

#[test]
fn every_question_is_answered_while_somebody_changes_the_root() {
    let shop = shop();
    let root = shop.root();
    root.install(&["browser"]).unwrap();
    let lock = std::fs::File::open(root.path().join(".moult/lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).unwrap();
    let mut writer = rusqlite::Connection::open(root.path().join(".moult/moult.db")).unwrap();
    let transaction = writer
        .transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive)
        .unwrap();
    transaction
        .execute(
            "DELETE FROM packages WHERE name = 'engine' AND repository IS NOT NULL",
            [],
        )
        .unwrap();
    let engine = Engine::open_reader(root.path()).unwrap();
    assert_eq!(names(&engine, "engine"), ["engine"]);
    let mut searcher = engine.searcher().unwrap();
    assert!(!engine.renew(&mut searcher).unwrap());
    assert_eq!(engine.info("engine").unwrap().len(), 1);
    assert_eq!(engine.installed().unwrap().len(), 2);
    assert_eq!(engine.list_available().unwrap().len(), 3);
    assert!(!engine.files("browser").unwrap().files.is_empty());
    transaction.commit().unwrap();
    assert_eq!(engine.info("engine").unwrap().len(), 1, "installed still");
}

#[test]
fn an_index_that_is_missing_or_damaged_is_made_again_and_a_reader_does_without() {
    let shop = shop();
    let root = shop.root();
    let database = || rusqlite::Connection::open(root.path().join(".moult/moult.db")).unwrap();
    let stored = || -> Option<Vec<u8>> {
        let database = database();
        let mut statement = database.prepare("SELECT words FROM search").unwrap();
        let mut rows = statement.query([]).unwrap();
        rows.next().unwrap().map(|row| row.get(0).unwrap())
    };
    let good = stored().unwrap();
    for harm in [
        "DELETE FROM search",
        "UPDATE search SET version = 0, words = x'00'",
        "UPDATE search SET words = substr(words, 1, length(words) - 1)",
    ] {
        database().execute(harm, []).unwrap();
        let reader = Engine::open_reader(root.path()).unwrap();
        assert_eq!(names(&reader, "browser"), ["browser", "engine"], "{harm}");
        assert_ne!(stored().as_ref(), Some(&good), "a reader writes nothing");
        let mut engine = root.engine();
        assert_eq!(names(&engine, "browser"), ["browser", "engine"], "{harm}");
        if harm.contains("substr") {
            engine.refresh("shop", &Eye::default()).unwrap();
        }
        assert_eq!(stored().as_ref(), Some(&good), "{harm}");
    }
}

#[test]
fn a_repository_that_moves_takes_its_packages_out_of_the_search() {
    let shop = shop();
    let root = shop.root();
    let mut engine = root.engine();
    let there = shop.repository("shop");
    let elsewhere = Repository::direct("shop", "file:///nowhere/stone.index".parse().unwrap());
    engine.add_repository(&elsewhere).unwrap();
    assert_eq!(names(&engine, "browser"), Vec::<String>::new());
    engine.add_repository(&there).unwrap();
    assert_eq!(names(&engine, "browser"), Vec::<String>::new());
    engine.refresh("shop", &Eye::default()).unwrap();
    assert_eq!(names(&engine, "browser"), ["browser", "engine"]);
}

#[test]
fn a_failed_refresh_leaves_the_search_as_it_was() {
    let mut shop = shop();
    let root = shop.root();
    newer(&mut shop, "letter");
    let twice = shop.packages[0].clone();
    shop.packages.push(twice);
    shop.index();
    let mut engine = root.engine();
    let failed = engine.refresh("shop", &Eye::default());
    assert!(matches!(failed, Err(Error::DamagedIndex { .. })), "{failed:?}");
    assert_eq!(engine.search("letter", 1).unwrap()[0].version, "1.0");
}

/// Packages that are only a name.
fn many(from: usize, to: usize) -> Vec<Package> {
    let one = |number: usize| Package {
        hash: Some(format!("{number:064x}")),
        size: Some(1),
        uri: Some(format!("{number}.stone")),
        ..package(&format!("package-{number}"))
    };
    (from..to).map(one).collect()
}

#[test]
fn a_list_of_more_packages_than_the_format_has_is_refused_and_works_in_two_repositories() {
    let mut shop = Shop::new();
    let all = 65_536;
    let refused = moult_stone::write_index(std::io::sink(), &many(0, all));
    assert!(
        matches!(
            refused,
            Err(moult_stone::Error::TooLong {
                found: 65_536,
                maximum: 65_535,
                ..
            })
        ),
        "{refused:?}"
    );
    let root = Root {
        folder: tempfile::TempDir::new().unwrap(),
    };
    let mut engine = root.engine();
    for (id, packages) in [("first", many(0, 65_535)), ("second", many(65_535, all))] {
        shop.packages = packages;
        engine.add_repository(&shop.repository(id)).unwrap();
        engine.refresh(id, &Eye::default()).unwrap();
    }
    let names: HashSet<String> = engine
        .list_available()
        .unwrap()
        .into_iter()
        .map(|found| found.name)
        .collect();
    assert_eq!(names.len(), all);
    assert_eq!(engine.search("package 65535", 1).unwrap()[0].repository, "second");
    assert_eq!(engine.search("package-65534", 1).unwrap()[0].repository, "first");
}

#[test]
fn the_log_of_a_refresh_is_not_left_for_each_reader_to_read() {
    let mut shop = Shop::new();
    shop.packages = many(0, 5_000);
    let root = shop.root();
    let log = std::fs::metadata(root.path().join(".moult/moult.db-wal")).unwrap();
    // It is in the database; the file stays, small.
    assert!(log.len() <= 1 << 20, "{}", log.len());
}
