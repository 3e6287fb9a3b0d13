//! A signed repository over HTTP that moves on, as a client with our own engine sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use moult_packages::{Engine, Orphans, Provider, Repository, Request, Trust, Unwatched, Wanted};
use moult_tests::sample::moving::{Kernel, Moving};
use moult_tests::sample::serve::Knobs;
use support::{package, repository};

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Three packages, the first of which needs the others, published.
fn publish(folder: &Path) -> Moving {
    let mut whole = package("moult-sample");
    whole.dependencies = ["one", "two"].map(Provider::name).to_vec();
    let copyright = |name: &'static str| {
        let path: &'static str = match name {
            "one" => "share/doc/one/copyright",
            _ => "share/doc/other/copyright",
        };
        vec![(path, format!("{name} is free\n").into_bytes()), ("bin/sh", Vec::new())]
    };
    let mut two = copyright("two");
    two.truncate(1);
    repository(
        &folder.join("sample"),
        vec![
            (whole, Vec::new()),
            (package("one"), copyright("one")),
            (package("two"), two),
        ],
    );
    Moving::publish(&folder.join("sample"), &folder.join("moving")).unwrap()
}

fn client(folder: &Path, uri: &str, key: &str) -> (Engine, PathBuf) {
    let root = folder.join("root");
    fs::create_dir_all(&root).unwrap();
    let mut engine = Engine::open(&root).unwrap();
    let repository = Repository {
        keys: vec![key.to_owned()],
        ..Repository::direct("moving", uri.parse().unwrap())
    };
    engine.add_repository(&repository).unwrap();
    (engine, root)
}

#[test]
fn each_release_brings_newer_packages_with_another_content_under_a_growing_number() {
    let folder = tempfile::tempdir().unwrap();
    let moving = publish(folder.path());
    let server = moving.serve(LOOPBACK, Knobs::default()).unwrap();
    let (mut engine, root) = client(folder.path(), &server.url("stone.index"), moving.public_key());
    let _ = engine.refresh("moving", &Unwatched).unwrap();
    assert!(matches!(
        engine.configuration().unwrap().repositories[0].status.trust,
        Trust::Signed { .. }
    ));
    let plan = engine
        .plan(
            &Request::Install {
                wanted: vec![Wanted::Provider(Provider::name("moult-sample"))],
                reinstall: false,
            },
            &Unwatched,
        )
        .unwrap();
    let _ = engine.apply(&plan, &Unwatched).unwrap();
    assert_eq!(
        fs::read_to_string(root.join("usr/share/doc/one/copyright")).unwrap(),
        "one is free\n"
    );

    let mut choice = moving.smallest(2).unwrap();
    choice.sort();
    assert_eq!(choice, ["one", "two"]);
    let everything = Request::Sync {
        only: Vec::new(),
        orphans: Orphans::Keep,
    };
    for release in 2..4 {
        let advanced = moving.advance(&choice).unwrap();
        assert!(
            advanced.iter().all(|package| package.before.1 + 1 == package.now.1),
            "{advanced:?}"
        );
        let _ = engine.refresh("moving", &Unwatched).unwrap();
        let plan = engine.plan(&everything, &Unwatched).unwrap();
        assert_eq!(plan.packages.len(), 2, "{plan:?}");
        let _ = engine.apply(&plan, &Unwatched).unwrap();
        let text = fs::read_to_string(root.join("usr/share/doc/one/copyright")).unwrap();
        assert!(text.contains(&format!("release 1.0+next{release},")), "{text}");
        assert!(root.join("usr/share/doc/two/release").is_file());
    }
}

#[test]
fn a_list_that_a_stranger_signed_is_refused_and_the_one_before_stays_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let moving = publish(folder.path());
    let server = moving.serve(LOOPBACK, Knobs::default()).unwrap();
    let (mut engine, _) = client(folder.path(), &server.url("stone.index"), moving.public_key());
    let _ = engine.refresh("moving", &Unwatched).unwrap();

    moving.sign_by_a_stranger().unwrap();
    let error = engine.refresh("moving", &Unwatched).unwrap_err().to_string();
    assert!(error.contains("key") || error.contains("sign"), "{error}");
    assert_eq!(engine.info("one").unwrap().len(), 1);

    let _ = moving.advance(&[]).unwrap();
    let _ = engine.refresh("moving", &Unwatched).unwrap();
}

#[test]
fn a_key_is_for_its_owner_alone_and_lasts() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let moving = publish(folder.path());
    let key = fs::metadata(folder.path().join("moving/key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    let again = publish(folder.path());
    assert_eq!(again.public_key(), moving.public_key());
    assert!(again.advance(&["absent".to_owned()]).is_err());
}

#[test]
fn the_next_kernel_has_a_folder_of_its_own_and_one_that_panics_has_no_first_program() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["vmlinuz", "moult.initrd"].map(|name| {
        let path: &'static str = match name {
            "vmlinuz" => "lib/kernel/6.1-x/vmlinuz",
            _ => "lib/kernel/6.1-x/moult.initrd",
        };
        (path, name.as_bytes().to_vec())
    });
    let module = ("lib/modules/6.1-x/modules.dep", Vec::new());
    let linux = [files.to_vec(), vec![module]].concat();
    repository(&folder.path().join("sample"), vec![(package("linux"), linux)]);
    let moving = Moving::publish(&folder.path().join("sample"), &folder.path().join("moving")).unwrap();
    assert!(moving.has("linux").unwrap() && !moving.has("absent").unwrap());

    let linux = ["linux".to_owned()];
    let root = |number: u32| folder.path().join(format!("root{number}"));
    let kernel = |number: u32, path: &str| fs::read(root(number).join("usr/lib/kernel").join(path));
    let extract = |number: u32| moult_tests::sample::tree::extract(&moving.repo(), &root(number)).unwrap();

    let advanced = moving.advance(&linux).unwrap();
    assert_eq!(advanced[0].changed, "lib/kernel/6.1-x.next2/vmlinuz");
    let _ = extract(2);
    assert_eq!(kernel(2, "6.1-x.next2/moult.initrd").unwrap(), b"moult.initrd");
    assert!(!root(2).join("usr/lib/kernel/6.1-x").exists());
    assert!(root(2).join("usr/lib/modules/6.1-x/modules.dep").is_file());

    let _ = moving.advance_with(&linux, Kernel::Panics).unwrap();
    let _ = extract(3);
    assert_eq!(kernel(3, "6.1-x.next3/vmlinuz").unwrap(), b"vmlinuz");
    assert_eq!(kernel(3, "6.1-x.next3/panic.cmdline").unwrap(), b"panic=5\n");
    let initrd = kernel(3, "6.1-x.next3/moult.initrd").unwrap();
    assert!(initrd.starts_with(b"070701") && initrd.len() == 512, "{initrd:?}");
}
