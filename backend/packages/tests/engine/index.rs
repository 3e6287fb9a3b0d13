//! Lists of repositories: made out of a folder of stones, signed, and checked as a client would.

use std::fs;
use std::sync::atomic::Ordering;

use minisign::KeyPair;
use moult_packages::index::{self, Signing};
use moult_packages::{Error, Fault, Repository, RepositoryError, Trust, Unwatched, VerifyReport, Warning};
use moult_stone::Package;

use crate::lab::{Eye, StopAt, needing, package, providers};
use crate::pool::{Pool, released, root, secret, write};
use crate::site::{Reply, Site};

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
