//! A repository that was removed comes back exactly as it was, or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use moult_packages::{Engine, Error, Removed, Repository, TrustFault, Unwatched};
use tempfile::TempDir;

use crate::lab::{Root, SmallDisk};
use crate::pool::{Pool, fault, knows};

const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
/// By hand: a comment, an odd order, a field of a later version, and everything that a repository can have.
const BY_HAND: &str = "// ours\nshop {\n    keys { RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3; }\n    version \"tag/t1\" // for now\n    base-uri \"https://ada:tr0ub4dor@packages.example.org/\"\n    colour \"green\"\n    mirrors \"https://mirror.example.org/\"\n    priority 7; active #false\n}\n";

fn root() -> Root {
    Root {
        folder: TempDir::new().unwrap(),
    }
}

fn put(root: &Root, path: &str, text: &str) -> PathBuf {
    let path = root.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

/// Every file below `/etc/moult/repo.d`: text, mode, owner, and the inode, which a copy would not have.
fn files(root: &Root) -> BTreeMap<String, (String, u32, u32, u64)> {
    let folder = root.path().join("etc/moult/repo.d");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let file = |entry: fs::DirEntry| {
        let about = fs::symlink_metadata(entry.path()).unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        let name = entry.file_name().into_string().unwrap();
        (name, (text, about.mode(), about.uid(), about.ino()))
    };
    entries.map(file).collect()
}

fn repository(engine: &Engine, id: &str) -> Option<Repository> {
    let all = engine.configuration().unwrap().repositories.into_iter();
    all.map(|one| one.repository).find(|one| one.id == id)
}

fn kept(root: &Root) -> PathBuf {
    root.path().join("etc/moult/removed")
}

/// Unmounted when dropped.
struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        rustix::mount::unmount(&self.0, rustix::mount::UnmountFlags::DETACH).unwrap();
    }
}

fn is_overtaken(done: &Result<bool, Error>) -> bool {
    matches!(done, Err(Error::Overtaken { .. }))
}

fn is_gone(done: &Result<bool, Error>) -> bool {
    matches!(done, Err(Error::UnknownRepository(id)) if id == "shop")
}

/// Whether a word is in any file below a folder.
fn is_in(folder: &Path, word: &str) -> bool {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .any(|path| match path.is_dir() {
            true => is_in(&path, word),
            false => String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(word),
        })
}

#[test]
fn a_removed_repository_comes_back_with_the_very_files_that_were_there() {
    let others = "other { uri \"file:///o/stone.index\" } // first\n";
    let yaml = "shop:\n  uri: file:///s/stone.index # near\n  priority: 3\nother: {uri: 'file:///o/stone.index'}\n";
    for (name, text) in [
        ("shop.kdl", BY_HAND.to_owned()),
        // Others are in the file, before it and behind it.
        (
            "all.kdl",
            format!("{others}{BY_HAND}last {{ uri \"file:///l/stone.index\" }}\n"),
        ),
        ("all.yaml", yaml.to_owned()),
        ("shop.yaml", yaml.lines().take(3).collect::<Vec<_>>().join("\n")),
    ] {
        let root = root();
        let path = put(&root, &format!("etc/moult/repo.d/{name}"), &text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        chown(&path, Some(7), Some(8)).unwrap();
        let mut engine = root.engine();
        let (before, shop) = (files(&root), repository(&engine, "shop").unwrap());

        let (removed, name) = engine.put_repository_aside("shop").unwrap();
        assert_eq!(removed, Removed::Gone);
        assert_eq!(repository(&engine, "shop"), None);
        assert!(!is_in(&root.path().join("etc/moult/repo.d"), "shop"));
        drop(engine);

        let mut engine = root.engine();
        assert_eq!(engine.bring_repository_back("shop", &name).unwrap(), shop.enabled);
        assert_eq!(repository(&engine, "shop"), Some(shop));
        assert_eq!(files(&root), before);
        assert_eq!(fs::read_dir(kept(&root)).unwrap().count(), 0);
        assert!(is_gone(&engine.bring_repository_back("shop", &name)), "once");
    }
}

#[test]
fn one_that_is_in_two_files_and_one_behind_a_link_come_back_too() {
    let root = root();
    let far = put(&root, "etc/far.kdl", BY_HAND);
    let first = put(
        &root,
        "etc/moult/repo.d/a.kdl",
        "shop { uri \"file:///1/stone.index\" }\n",
    );
    symlink("/etc/far.kdl", root.path().join("etc/moult/repo.d/b.kdl")).unwrap();
    // Its own name has a file that is about others.
    put(
        &root,
        "etc/moult/repo.d/shop.kdl",
        "other { uri \"file:///o/stone.index\" }\n",
    );
    let mut engine = root.engine();
    let shop = repository(&engine, "shop").unwrap();
    let (_, name) = engine.put_repository_aside("shop").unwrap();
    assert!(!first.exists() && repository(&engine, "shop").is_none());
    assert_eq!(fs::read_to_string(&far).unwrap(), BY_HAND, "what is elsewhere stays");
    // That one is nobody's business here.
    put(
        &root,
        "etc/moult/repo.d/shop.kdl",
        "other { uri \"file:///p/stone.index\" }\n",
    );

    let _ = engine.bring_repository_back("shop", &name).unwrap();
    assert_eq!(repository(&engine, "shop"), Some(shop));
    assert!(root.path().join("etc/moult/repo.d/b.kdl").is_symlink());
    let other = repository(&engine, "other").unwrap();
    assert_eq!(other.address().path(), "/p/stone.index");
}

#[test]
fn one_of_the_vendors_is_as_it_was_made_or_not_made_by_us() {
    let root = root();
    put(
        &root,
        "usr/share/moult/repo.kdl",
        "shop { uri \"file:///v/stone.index\" }\n",
    );
    let mut engine = root.engine();
    let (removed, name) = engine.put_repository_aside("shop").unwrap();
    assert!(matches!(removed, Removed::Masked { .. }));
    assert!(!repository(&engine, "shop").unwrap().enabled);
    assert!(engine.bring_repository_back("shop", &name).unwrap());
    assert_eq!(files(&root).len(), 0, "the vendor's file alone says it");

    put(&root, "etc/moult/repo.d/shop.kdl", BY_HAND);
    let before = files(&root);
    let (_, name) = engine.put_repository_aside("shop").unwrap();
    assert!(!engine.bring_repository_back("shop", &name).unwrap());
    assert_eq!(files(&root), before);
}

#[test]
fn over_what_somebody_else_wrote_since_nothing_is_brought_back() {
    let elsewhere = "shop { uri \"file:///e/stone.index\" }\n";
    let deeds: [fn(&Root, &mut Engine); 5] = [
        |root, _| {
            drop(put(
                root,
                "etc/moult/repo.d/all.kdl",
                "other { uri \"file:///p/stone.index\" }\n",
            ))
        },
        |root, _| fs::remove_file(root.path().join("etc/moult/repo.d/all.kdl")).unwrap(),
        |root, _| {
            drop(put(
                root,
                "etc/moult/repo.d/new.kdl",
                "shop { uri \"file:///e/stone.index\" }\n",
            ))
        },
        |root, _| {
            drop(put(
                root,
                "usr/share/moss/repo.d/new.kdl",
                "shop { uri \"file:///e/stone.index\" }\n",
            ))
        },
        |root, _| drop(put(root, "etc/moss/repo.kdl", "shop { uri \"ftp://e/\" }\n")),
    ];
    for (at, deed) in deeds.into_iter().enumerate() {
        let root = root();
        put(
            &root,
            "etc/moult/repo.d/all.kdl",
            &format!("other {{ uri \"file:///o/stone.index\" }}\n{BY_HAND}"),
        );
        let mut engine = root.engine();
        let (_, name) = engine.put_repository_aside("shop").unwrap();
        deed(&root, &mut engine);
        let before = files(&root);
        assert!(is_overtaken(&engine.bring_repository_back("shop", &name)), "{at}");
        assert_eq!(files(&root), before, "{at}");
    }

    // Written down and removed again: what is kept is of that, or nothing is.
    let root = root();
    put(&root, "etc/moult/repo.d/shop.kdl", BY_HAND);
    let mut engine = root.engine();
    let (_, first) = engine.put_repository_aside("shop").unwrap();
    put(&root, "etc/moult/repo.d/shop.kdl", elsewhere);
    let (_, second) = engine.put_repository_aside("shop").unwrap();
    assert!(is_overtaken(&engine.bring_repository_back("shop", &first)));
    assert!(engine.bring_repository_back("shop", &second).unwrap());
    assert_eq!(files(&root)["shop.kdl"].0, elsewhere);
    let (_, third) = engine.put_repository_aside("shop").unwrap();
    let again = Repository::direct("shop", "file:///n/stone.index".parse().unwrap());
    engine.add_repository(&again).unwrap();
    assert!(is_gone(&engine.bring_repository_back("shop", &third)));
    assert_eq!(repository(&engine, "shop"), Some(again));
}

#[test]
fn what_is_kept_is_roots_alone_its_name_says_nothing_and_it_goes_after_a_day() {
    let root = root();
    let path = put(&root, "etc/moult/repo.d/shop.kdl", BY_HAND);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let mut engine = root.engine();
    let (_, name) = engine.put_repository_aside("shop").unwrap();
    assert!(
        !name.is_empty() && name.chars().all(|c| c.is_ascii_hexdigit()),
        "{name}"
    );
    assert_eq!(fs::metadata(kept(&root)).unwrap().mode() & 0o7777, 0o700);
    let folder = kept(&root).join("shop.d");
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o7777, 0o700);
    let left = fs::read_to_string(folder.join(".left")).unwrap();
    assert!(!left.contains("tr0ub4dor") && !left.contains(KEY), "{left}");
    assert!(!is_in(&root.path().join(".moult"), "tr0ub4dor"));
    assert!(!is_in(&root.path().join("etc/moult/repo.d"), "tr0ub4dor"));

    // It stays as long as a day is not over, and a clock that was wrong keeps nothing for ever.
    for (age, stays) in [(24 * 60 * 60 - 60, true), (24 * 60 * 60 + 60, false), (-3600, false)] {
        let at = i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap() - age;
        let mut said: serde_json::Value = serde_json::from_str(&left).unwrap();
        said["at"] = at.into();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(".left"), said.to_string()).unwrap();
        drop(engine);
        engine = root.engine();
        assert_eq!(folder.exists(), stays, "{age}");
    }
    assert!(is_gone(&engine.bring_repository_back("shop", &name)));
    assert!(engine.put_repository_aside("shop").is_err(), "it is removed already");
    assert_eq!(fs::read_dir(kept(&root)).unwrap().count(), 0);
}

#[test]
fn what_a_process_that_died_left_half_kept_or_half_brought_back_harms_nobody() {
    let root = root();
    let first = put(
        &root,
        "etc/moult/repo.d/a.kdl",
        "shop { uri \"file:///1/stone.index\" }\n",
    );
    put(&root, "etc/moult/repo.d/b.kdl", BY_HAND);
    let mut engine = root.engine();
    let (before, shop) = (files(&root), repository(&engine, "shop").unwrap());
    let (_, name) = engine.put_repository_aside("shop").unwrap();
    // It died after the first file.
    fs::rename(kept(&root).join("shop.d/a.kdl"), &first).unwrap();
    drop(engine);
    let mut engine = root.engine();
    let _ = engine.bring_repository_back("shop", &name).unwrap();
    assert_eq!((files(&root), repository(&engine, "shop")), (before, Some(shop)));

    // It died before it had said what it left.
    let (_, name) = engine.put_repository_aside("shop").unwrap();
    fs::remove_file(kept(&root).join("shop.d/.left")).unwrap();
    assert!(is_gone(&engine.bring_repository_back("shop", &name)));
    drop(engine);
    let mut engine = root.engine();
    assert_eq!(fs::read_dir(kept(&root)).unwrap().count(), 0);
    // What no repository may be called names no folder, although a file has it.
    let odd = put(&root, "etc/moult/repo.d/odd.kdl", "\"../repo\" { uri \"file:///x\" }\n");
    let before = fs::read_dir(odd.parent().unwrap()).unwrap().count();
    assert!(engine.put_repository_aside("../repo").is_err());
    assert_eq!(fs::read_dir(odd.parent().unwrap()).unwrap().count(), before);
    for odd in ["", "..", "../repo.d", "a/b", "x\0"] {
        assert!(engine.put_repository_aside(odd).is_err(), "{odd:?}");
        assert!(engine.bring_repository_back(odd, &name).is_err(), "{odd:?}");
    }
}

#[test]
fn what_cannot_be_kept_is_not_removed() {
    let (root, disk) = (root(), SmallDisk::mount("64k"));
    let folder = root.path().join("etc/moult");
    fs::create_dir_all(&folder).unwrap();
    rustix::mount::mount_bind(disk.0.path(), &folder).unwrap();
    let _mounted = Mounted(folder.clone());
    put(&root, "etc/moult/repo.d/shop.kdl", BY_HAND);
    put(
        &root,
        "usr/share/moult/repo.kdl",
        "vendor { uri \"file:///v/stone.index\" }\n",
    );
    let mut engine = root.engine();
    let before = files(&root);
    let full = fs::File::create(folder.join("full")).unwrap();
    while (&full).write_all(&[0; 512]).is_ok() {}

    for id in ["shop", "vendor"] {
        let refused = engine.put_repository_aside(id);
        assert!(matches!(refused, Err(Error::NoSpace { .. })), "{refused:?}");
        assert_eq!(files(&root), before);
        assert_eq!(fs::read_dir(kept(&root)).unwrap().count(), 0);
    }
    fs::remove_file(folder.join("full")).unwrap();
    drop(full);
    let (_, name) = engine.put_repository_aside("shop").unwrap();
    let _ = engine.bring_repository_back("shop", &name).unwrap();
    assert_eq!(files(&root), before);
}

#[test]
fn bringing_a_repository_back_makes_no_old_list_good() {
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
    let (_, name) = engine.put_repository_aside("net").unwrap();
    assert!(!knows(&engine, "app"));
    assert!(engine.bring_repository_back("net", &name).unwrap());
    assert!(!knows(&engine, "app"), "its list is not read yet");
    for (name, bytes) in names.iter().zip(old) {
        fs::write(pool.path(name), bytes).unwrap();
    }
    assert!(matches!(
        fault(engine.refresh("net", &Unwatched)),
        TrustFault::RolledBack { .. }
    ));
}
