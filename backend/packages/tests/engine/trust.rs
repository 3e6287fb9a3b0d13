//! Signed repositories: made, believed, refused; and checked as a client would.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use minisign::KeyPair;
use moult_packages::index::{self, Report, Signing};
use moult_packages::{
    Engine, Error, Fault, Refreshed, Repository, RepositoryError, Trust, TrustFault, Unwatched, VerifyReport, Warning,
};
use moult_stone::{Package, PackageWriter};
use tempfile::TempDir;

use crate::lab::{Eye, Root, StopAt, needing, package, providers};
use crate::site::{Asked, Reply, Site};

/// A folder of stones with a key.
struct Pool {
    folder: TempDir,
    pair: KeyPair,
}

fn secret(pair: &KeyPair) -> String {
    pair.sk.to_box(None).unwrap().into_string()
}

fn write(path: &Path, package: &Package) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let writer = PackageWriter::new(package.clone()).level(1);
    writer.write(fs::File::create(path).unwrap()).unwrap();
}

impl Pool {
    fn new(names: &[&str]) -> Pool {
        let folder = TempDir::new().unwrap();
        for name in names {
            write(&folder.path().join(format!("{name}.stone")), &package(name));
        }
        Pool {
            folder,
            pair: KeyPair::generate_unencrypted_keypair().unwrap(),
        }
    }

    fn add(&self, name: &str) {
        write(&self.folder.path().join(format!("{name}.stone")), &package(name));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn sign(&self) -> Report {
        let key = secret(&self.pair);
        index::make(self.folder.path(), Some(&Signing::new(&key)), &Unwatched).unwrap()
    }

    fn keys(&self) -> Vec<String> {
        vec![self.pair.pk.to_base64()]
    }

    fn here(&self, id: &str) -> Repository {
        let uri = format!("file://{}", self.path("stone.index").display());
        Repository {
            keys: self.keys(),
            ..Repository::direct(id, uri.parse().unwrap())
        }
    }

    /// Signs any text as the statement.
    fn state(&self, text: &str) {
        let signature = minisign::sign(None, &self.pair.sk, text.as_bytes(), Some("x"), Some("y")).unwrap();
        fs::write(self.path("stone.index.json"), text).unwrap();
        fs::write(self.path("stone.index.json.minisig"), signature.to_bytes()).unwrap();
    }

    fn statement(&self) -> String {
        String::from_utf8(self.read("stone.index.json")).unwrap()
    }
}

fn root() -> Root {
    Root {
        folder: TempDir::new().unwrap(),
    }
}

fn knows(engine: &Engine, name: &str) -> bool {
    engine.resolve(&providers(&[name])).is_ok()
}

fn fault(result: Result<Refreshed, Error>) -> TrustFault {
    match result {
        Err(Error::Repository(RepositoryError::Untrusted { fault, .. })) => fault,
        other => panic!("{other:?}"),
    }
}

fn trust(engine: &Engine) -> Trust {
    engine.configuration().unwrap().repositories[0].status.trust.clone()
}

#[test]
fn a_signed_list_is_used_and_shown_as_signed_and_an_unsigned_one_as_unsigned() {
    let pool = Pool::new(&["app"]);
    let signed = pool.sign().signed.unwrap();
    assert_eq!(signed.public_key, pool.keys()[0]);
    let site = Site::new(pool.folder.path());
    let root = root();
    let mut engine = root.engine();
    let keyed = Repository {
        keys: pool.keys(),
        ..site.repository("net")
    };
    engine.add_repository(&keyed).unwrap();
    assert_eq!(trust(&engine), Trust::NotYet);
    engine.refresh("net", &Unwatched).unwrap();
    let expected = Trust::Signed {
        key: signed.key,
        expires: signed.expires,
    };
    assert_eq!(trust(&engine), expected);
    let selection = engine.resolve(&providers(&["app"])).unwrap();
    assert_eq!(selection.packages.len(), 1);
    site.log();
    assert_eq!(
        engine.refresh("net", &Unwatched).unwrap(),
        Refreshed::Unchanged { packages: 1 }
    );
    assert_eq!(site.paths(), ["stone.index.json", "stone.index.json.minisig"]);

    engine.add_repository(&site.repository("net")).unwrap();
    assert_eq!(trust(&engine), Trust::Unsigned);
    assert!(knows(&engine, "app"));
}

#[test]
fn whatever_is_not_vouched_for_is_refused_by_its_name_and_the_list_before_stays() {
    for local in [true, false] {
        let (pool, stranger) = (Pool::new(&["app"]), KeyPair::generate_unencrypted_keypair().unwrap());
        pool.sign();
        let site = Site::new(pool.folder.path());
        let repository = Repository {
            keys: pool.keys(),
            ..site.repository("net")
        };
        let repository = if local { pool.here("net") } else { repository };
        let root = root();
        let mut engine = root.engine();
        engine.add_repository(&repository).unwrap();
        engine.refresh("net", &Unwatched).unwrap();
        let (old_list, old, old_signature) = (
            pool.read("stone.index"),
            pool.statement(),
            pool.read("stone.index.json.minisig"),
        );
        pool.add("tool");
        pool.sign();
        let (list, good, signature) = (
            pool.read("stone.index"),
            pool.statement(),
            pool.read("stone.index.json.minisig"),
        );
        let restore = || {
            fs::write(pool.path("stone.index"), &list).unwrap();
            fs::write(pool.path("stone.index.json"), &good).unwrap();
            fs::write(pool.path("stone.index.json.minisig"), &signature).unwrap();
        };
        let mut refused = |what: &str| {
            let fault = fault(engine.refresh("net", &Unwatched));
            assert!(knows(&engine, "app") && !knows(&engine, "tool"), "{what}");
            let status = engine.configuration().unwrap().repositories[0].status.clone();
            assert!(status.failure.unwrap().reason.contains("cannot be trusted"), "{what}");
            restore();
            fault
        };

        fs::remove_file(pool.path("stone.index.json.minisig")).unwrap();
        assert_eq!(refused("no signature"), TrustFault::Unsigned);
        fs::remove_file(pool.path("stone.index.json")).unwrap();
        assert_eq!(refused("no statement"), TrustFault::Unsigned);

        let foreign = minisign::sign(None, &stranger.sk, good.as_bytes(), Some("x"), Some("y")).unwrap();
        fs::write(pool.path("stone.index.json.minisig"), foreign.to_bytes()).unwrap();
        assert!(matches!(refused("a stranger's signature"), TrustFault::UnknownKey { key } if key.len() == 16));

        fs::write(pool.path("stone.index.json"), format!("{good} ")).unwrap();
        assert!(matches!(refused("one byte more"), TrustFault::BadSignature { .. }));
        fs::write(pool.path("stone.index.json.minisig"), &old_signature).unwrap();
        assert!(matches!(
            refused("another's signature"),
            TrustFault::BadSignature { .. }
        ));

        let expires = |date: &str| {
            let mut parts = good.rsplitn(4, '"');
            let (end, _, start) = (parts.next().unwrap(), parts.next(), parts.last().unwrap());
            format!("{start}\":\"{date}\"{end}")
        };
        let late = expires("2001-01-01T00:00:00Z");
        assert!(late.contains("\"expires\":\"2001-01-01T00:00:00Z\"}"), "{late}");
        pool.state(&late);
        assert_eq!(refused("expired"), TrustFault::Expired { expires: 978_307_200 });

        fs::write(pool.path("stone.index"), &old_list).unwrap();
        fs::write(pool.path("stone.index.json"), &old).unwrap();
        fs::write(pool.path("stone.index.json.minisig"), &old_signature).unwrap();
        // The very list that is known is no harm; it becomes an old one as soon as a newer was seen.
        let database = rusqlite::Connection::open(root.path().join(".moult/moult.db")).unwrap();
        database
            .execute_batch("UPDATE repositories SET sequence = sequence + 1, digest = NULL")
            .unwrap();
        assert!(matches!(refused("rolled back"), TrustFault::RolledBack { found, seen } if found + 1 == seen));

        fs::write(pool.path("stone.index"), &old_list).unwrap();
        assert!(matches!(refused("another list"), TrustFault::Mixed { .. }));
        fs::write(pool.path("stone.index"), [&list[..], b"x"].concat()).unwrap();
        assert!(matches!(refused("a longer list"), TrustFault::Mixed { .. }));

        engine.refresh("net", &Unwatched).unwrap();
        assert!(knows(&engine, "tool"));
        assert_eq!(engine.configuration().unwrap().repositories[0].status.failure, None);
    }
}

#[test]
fn a_clock_before_the_last_refresh_is_called_wrong() {
    let pool = Pool::new(&["app"]);
    pool.sign();
    let root = root();
    let mut engine = root.engine();
    engine.add_repository(&pool.here("net")).unwrap();
    engine.refresh("net", &Unwatched).unwrap();
    let database = rusqlite::Connection::open(root.path().join(".moult/moult.db")).unwrap();
    database
        .execute_batch("UPDATE repositories SET refreshed = refreshed + 86400")
        .unwrap();
    let found = fault(engine.refresh("net", &Unwatched));
    assert!(
        matches!(found, TrustFault::WrongClock { now, seen } if seen > now),
        "{found}"
    );
    assert!(found.to_string().contains("the clock is wrong"), "{found}");
    assert!(knows(&engine, "app"));
}

#[test]
fn keys_that_are_named_later_make_the_list_without_signature_useless() {
    let pool = Pool::new(&["app"]);
    index::make(pool.folder.path(), None, &Unwatched).unwrap();
    let root = root();
    let mut engine = root.engine();
    let keyless = Repository {
        keys: Vec::new(),
        ..pool.here("net")
    };
    engine.add_repository(&keyless).unwrap();
    engine.refresh("net", &Unwatched).unwrap();
    assert!(knows(&engine, "app"));
    engine.add_repository(&pool.here("net")).unwrap();
    assert_eq!((trust(&engine), knows(&engine, "app")), (Trust::NotYet, false));
    assert_eq!(fault(engine.refresh("net", &Unwatched)), TrustFault::Unsigned);
    pool.sign();
    engine.refresh("net", &Unwatched).unwrap();
    assert!(knows(&engine, "app"));
    // Another key: who signed with the old one is nobody now.
    let other = Pool::new(&[]);
    let repository = Repository {
        keys: other.keys(),
        ..pool.here("net")
    };
    engine.add_repository(&repository).unwrap();
    assert!(!knows(&engine, "app"));
    assert!(matches!(
        fault(engine.refresh("net", &Unwatched)),
        TrustFault::UnknownKey { .. }
    ));
}

#[test]
fn switching_a_repository_off_and_on_makes_no_old_list_good() {
    let pool = Pool::new(&["app"]);
    pool.sign();
    let names = ["stone.index", "stone.index.json", "stone.index.json.minisig"];
    let old: Vec<Vec<u8>> = names.iter().map(|name| pool.read(name)).collect();
    pool.add("tool");
    pool.sign();
    let root = root();
    let mut engine = root.engine();
    engine.add_repository(&pool.here("net")).unwrap();
    engine.refresh("net", &Unwatched).unwrap();
    engine.set_enabled("net", false).unwrap();
    engine.set_enabled("net", true).unwrap();
    for (name, bytes) in names.iter().zip(old) {
        fs::write(pool.path(name), bytes).unwrap();
    }
    assert!(matches!(
        fault(engine.refresh("net", &Unwatched)),
        TrustFault::RolledBack { .. }
    ));
}

#[test]
fn a_mirror_with_an_old_list_is_passed_over() {
    let pool = Pool::new(&["app"]);
    pool.sign();
    let stale = TempDir::new().unwrap();
    for name in ["stone.index", "stone.index.json", "stone.index.json.minisig"] {
        fs::copy(pool.path(name), stale.path().join(name)).unwrap();
    }
    pool.add("tool");
    pool.sign();
    let (main, old, good) = (
        Site::new(pool.folder.path()),
        Site::new(stale.path()),
        Site::new(pool.folder.path()),
    );
    let root = root();
    let mut engine = root.engine();
    let repository = Repository {
        keys: pool.keys(),
        mirrors: vec![old.url("stone.index"), good.url("stone.index")],
        ..main.repository("net")
    };
    engine.add_repository(&repository).unwrap();
    engine.refresh("net", &Unwatched).unwrap();
    pool.add("third");
    pool.sign();
    main.behave(|_| Reply::Status(403));
    assert_eq!(
        engine.refresh("net", &Unwatched).unwrap(),
        Refreshed::Updated { packages: 3 }
    );
    good.behave(|_| Reply::Status(403));
    let failed = engine.refresh("net", &Unwatched).unwrap_err();
    assert!(
        matches!(failed, Error::Unreachable { .. }),
        "that of the main address: {failed}"
    );
    assert!(knows(&engine, "third"));
}

#[test]
fn who_comes_while_a_list_is_put_in_place_comes_again() {
    let pool = Pool::new(&["app"]);
    pool.sign();
    let old = pool.read("stone.index");
    pool.add("tool");
    pool.sign();
    let site = Site::behaving(pool.folder.path(), move |asked: &Asked| {
        match (asked.path.as_str(), asked.before) {
            ("stone.index", 0) => Reply::Bytes(old.clone()),
            _ => Reply::File,
        }
    });
    let root = root();
    let mut engine = root.engine();
    let repository = Repository {
        keys: pool.keys(),
        ..site.repository("net")
    };
    engine.add_repository(&repository).unwrap();
    assert_eq!(
        engine.refresh("net", &Unwatched).unwrap(),
        Refreshed::Updated { packages: 2 }
    );
}

fn released(name: &str, source_release: u64, build_release: u64) -> Package {
    Package {
        source_release,
        build_release,
        ..package(name)
    }
}

/// The program before did not look at the build release at all.
#[test]
fn the_newest_by_source_release_and_then_build_release_is_listed() {
    let pool = Pool::new(&[]);
    for (name, package) in [
        ("a/1.stone", released("app", 2, 9)),
        ("b/2.stone", released("app", 10, 1)),
        ("b/c/3.stone", released("app", 10, 2)),
        ("d:e/%2f ä.stone", released("tool", 1, 1)),
        ("copy.stone", released("app", 10, 2)),
    ] {
        write(&pool.path(name), &package);
    }
    std::os::unix::fs::symlink(pool.folder.path(), pool.path("loop")).unwrap();
    fs::write(pool.path("not-a-package.txt"), "x").unwrap();
    let report = index::make(pool.folder.path(), None, &Unwatched).unwrap();
    assert_eq!((report.packages, report.signed.clone()), (2, None));
    let left: Vec<_> = report
        .left_out
        .iter()
        .map(|path| path.strip_prefix(pool.folder.path()).unwrap().to_str().unwrap())
        .collect();
    assert_eq!(left, ["a/1.stone", "b/2.stone", "copy.stone"]);

    let root = root();
    let mut engine = root.engine();
    let repository = Repository {
        keys: Vec::new(),
        ..pool.here("net")
    };
    engine.add_repository(&repository).unwrap();
    engine.refresh("net", &Unwatched).unwrap();
    let selection = engine.resolve(&providers(&["app", "tool"])).unwrap();
    assert_eq!(
        (
            selection.packages[0].source_release,
            selection.packages[0].build_release
        ),
        (10, 2)
    );
    engine.install(&selection, "", &Unwatched).unwrap();
}

#[test]
fn two_different_files_of_one_release_are_refused_by_their_names() {
    let pool = Pool::new(&[]);
    write(&pool.path("one.stone"), &released("app", 1, 1));
    write(&pool.path("other.stone"), &needing("app", &["tool"]));
    // Also when a newer one would be listed in their place.
    write(&pool.path("z.stone"), &released("app", 2, 1));
    let failed = index::make(pool.folder.path(), None, &Unwatched)
        .unwrap_err()
        .to_string();
    for part in ["one.stone", "other.stone", "app 1-1"] {
        assert!(failed.contains(part), "{failed}");
    }
    assert!(!pool.path("stone.index").exists());
}

#[test]
fn what_cannot_be_listed_is_named_and_nothing_is_written() {
    let pool = Pool::new(&["app"]);
    pool.sign();
    let before = pool.read("stone.index");
    fs::write(pool.path("broken.stone"), "no stone").unwrap();
    let key = secret(&pool.pair);
    let make = |signing: Option<&Signing<'_>>| index::make(pool.folder.path(), signing, &Unwatched);
    let failed = make(Some(&Signing::new(&key))).unwrap_err();
    assert!(
        matches!(&failed, Error::Repository(RepositoryError::NotListable { path, .. }) if path.ends_with("broken.stone")),
        "{failed}"
    );
    fs::remove_file(pool.path("broken.stone")).unwrap();
    pool.add("tool");
    for key in ["", "nonsense", "a\nb\n", &pool.keys()[0]] {
        let failed = make(Some(&Signing::new(key)));
        assert!(
            matches!(failed, Err(Error::Repository(RepositoryError::BadKey(_)))),
            "{failed:?}"
        );
    }
    fs::write(pool.path("stone.index.json"), "{}").unwrap();
    let failed = make(Some(&Signing::new(&key))).unwrap_err();
    assert!(failed.to_string().contains("number of the former list"), "{failed}");
    let stop = StopAt::new(moult_packages::Phase::Refresh);
    let cancelled = index::make(pool.folder.path(), None, &stop);
    assert!(matches!(cancelled, Err(Error::Cancelled)), "{cancelled:?}");
    assert_eq!(pool.read("stone.index"), before);
}

#[test]
fn a_key_with_a_password_needs_it() {
    let pool = Pool::new(&["app"]);
    let pair = KeyPair::generate_encrypted_keypair(Some("open".into())).unwrap();
    let key = secret(&pair);
    let make = |password| {
        let signing = Signing {
            password,
            ..Signing::new(&key)
        };
        index::make(pool.folder.path(), Some(&signing), &Unwatched)
    };
    for wrong in [None, Some("close")] {
        let failed = make(wrong);
        assert!(
            matches!(failed, Err(Error::Repository(RepositoryError::BadKey(_)))),
            "{failed:?}"
        );
    }
    assert!(!pool.path("stone.index").exists());
    let signed = make(Some("open")).unwrap().signed.unwrap();
    assert_eq!(signed.public_key, pair.pk.to_base64());
    let plain = secret(&pool.pair);
    let signing = Signing {
        password: Some("not needed"),
        ..Signing::new(&plain)
    };
    index::make(pool.folder.path(), Some(&signing), &Unwatched).unwrap();
}

#[test]
fn numbers_grow_and_a_list_without_signature_leaves_no_old_one_behind() {
    let pool = Pool::new(&["app"]);
    let first = pool.sign().signed.unwrap().sequence;
    let second = pool.sign().signed.unwrap().sequence;
    assert!(second > first);
    // As if the clock had been years ahead.
    pool.state(&pool.statement().replace(&second.to_string(), &(second * 2).to_string()));
    assert_eq!(pool.sign().signed.unwrap().sequence, second * 2 + 1);
    index::make(pool.folder.path(), None, &Unwatched).unwrap();
    let mut names: Vec<_> = fs::read_dir(pool.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["app.stone", "stone.index"]);
}

fn verify(site: &Site, keys: &[String]) -> Result<VerifyReport, Error> {
    index::verify(&site.url("stone.index"), keys, &Unwatched)
}

#[test]
fn a_good_repository_is_found_good_over_the_network_and_here() {
    let pool = Pool::new(&["app", "tool"]);
    let signed = pool.sign().signed.unwrap();
    let site = Site::new(pool.folder.path());
    let expected = Trust::Signed {
        key: signed.key,
        expires: signed.expires,
    };
    for uri in [site.url("stone.index"), pool.here("x").address()] {
        let report = index::verify(&uri, &pool.keys(), &Unwatched).unwrap();
        assert_eq!((report.packages, &report.trust), (2, &expected));
        assert_eq!((&report.faults[..], &report.warnings[..]), (&[][..], &[][..]));
        assert_eq!(index::verify(&uri, &[], &Unwatched).unwrap().trust, Trust::Unsigned);
    }
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap();
    assert!(matches!(
        verify(&site, &[stranger.pk.to_base64()]),
        Err(Error::Repository(RepositoryError::Untrusted { .. }))
    ));
    site.behave(|asked| match asked.path.as_str() {
        "stone.index" => Reply::Bytes(b"nonsense".to_vec()),
        _ => Reply::File,
    });
    assert!(matches!(
        verify(&site, &pool.keys()),
        Err(Error::Repository(RepositoryError::Untrusted { .. }))
    ));
    assert!(matches!(verify(&site, &[]), Err(Error::DamagedIndex { .. })));
    let eye = Eye::default();
    eye.stop.store(true, Ordering::Relaxed);
    let cancelled = index::verify(&site.url("stone.index"), &[], &eye);
    assert!(matches!(cancelled, Err(Error::Cancelled)), "{cancelled:?}");
}

#[test]
fn everything_that_a_client_could_not_install_is_reported() {
    let pool = Pool::new(&["changed", "gone", "good", "longer", "shorter"]);
    write(
        &pool.path("needy.stone"),
        &needing("needy", &["good", "binary(nothing)"]),
    );
    index::make(pool.folder.path(), None, &Unwatched).unwrap();
    // A list by hand, with two releases of one package.
    let mut list = fs::File::open(pool.path("stone.index")).unwrap();
    let mut packages = moult_stone::read_index(&mut list, &moult_stone::Limits::default()).unwrap();
    write(&pool.path("old.stone"), &released("good", 0, 3));
    packages.push(Package {
        uri: Some("old.stone".into()),
        hash: Some(crate::lab::sha256(&pool.path("old.stone"))),
        size: Some(fs::metadata(pool.path("old.stone")).unwrap().len()),
        ..released("good", 0, 3)
    });
    packages.push(Package {
        uri: Some("file:///etc/hostname".into()),
        hash: Some("0".repeat(64)),
        size: Some(1),
        ..package("outside")
    });
    moult_stone::write_index(fs::File::create(pool.path("stone.index")).unwrap(), &packages).unwrap();
    let change = |name: &str, how: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = pool.read(name);
        how(&mut bytes);
        fs::write(pool.path(name), bytes).unwrap();
    };
    change("changed.stone", &|bytes| bytes[40] ^= 1);
    change("longer.stone", &|bytes| bytes.push(0));
    change("shorter.stone", &|bytes| bytes.truncate(50));
    fs::remove_file(pool.path("gone.stone")).unwrap();

    let site = Site::new(pool.folder.path());
    let report = verify(&site, &[]).unwrap();
    let said: Vec<String> = report
        .faults
        .iter()
        .map(|Fault { package, reason, .. }| format!("{package}: {reason}"))
        .collect();
    for (expected, said) in [
        ("changed: its SHA-256 is", &said[0]),
        ("gone: it is not there", &said[1]),
        ("longer: it is larger than the", &said[2]),
        ("shorter: it has 50 bytes and not", &said[3]),
        ("outside: \"file:///etc/hostname\" leads from http: to file:", &said[4]),
    ] {
        assert!(said.starts_with(expected), "{said}");
    }
    assert_eq!(said.len(), 5);
    assert_eq!(
        report.warnings,
        [
            Warning::Duplicate {
                package: "good".into(),
                releases: vec![(1, 1), (0, 3)],
            },
            Warning::Missing {
                package: "needy".into(),
                needs: "binary(nothing)".parse().unwrap(),
            },
        ]
    );
}

#[test]
fn a_list_goes_stale_at_its_date() {
    let pool = Pool::new(&["app"]);
    let key = secret(&pool.pair);
    let signing = Signing {
        valid: Duration::ZERO,
        ..Signing::new(&key)
    };
    index::make(pool.folder.path(), Some(&signing), &Unwatched).unwrap();
    let root = root();
    let mut engine = root.engine();
    engine.add_repository(&pool.here("net")).unwrap();
    assert!(matches!(
        fault(engine.refresh("net", &Unwatched)),
        TrustFault::Expired { .. }
    ));
    let said = Arc::new(Mutex::new(format!("{signing:?}")));
    assert!(
        !said.lock().unwrap().contains(key.lines().nth(1).unwrap()),
        "a key is not printed"
    );
}
