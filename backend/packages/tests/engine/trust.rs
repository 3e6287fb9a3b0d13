//! Signed repositories: believed and refused.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use minisign::KeyPair;
use moult_packages::index::{self, Signing};
use moult_packages::{Error, Refreshed, Repository, Trust, TrustFault, Unwatched};
use tempfile::TempDir;

use crate::lab::providers;
use crate::pool::{Pool, fault, knows, root, secret, trust};
use crate::site::{Asked, Reply, Site};

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
