use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use moult_packages::{Engine, Error, Phase};
use moult_stone::{EntryKind, FileType, IndexEntry, LayoutEntry, Package, Source, Stone, StoneWriter};

use crate::lab::{Eye, Root, Shop, SmallDisk, StopAt, bytes, file_name, noise, package, select};

/// A root with state 1, into which something of the shop is to be installed.
fn standing(shop: &mut Shop) -> Root {
    shop.add(package("base"), |writer| {
        writer.file(b"share/base", 0o644, 0, 0, bytes("base")).unwrap()
    });
    let root = shop.root();
    root.install(&["base"]).unwrap();
    root
}

fn refused(shop: &Shop, root: &Root, wanted: &[&str]) -> Error {
    shop.index();
    let mut engine = root.engine();
    engine.refresh("shop", &Eye::default()).unwrap();
    let selection = select(&engine, wanted);
    drop(engine);
    root.refused(|engine| engine.install(&selection, "must fail", &Eye::default()).map(drop))
}

#[test]
fn a_stone_with_a_wrong_checksum_is_refused() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    let path = shop.add(package("bad"), |w| {
        w.file(b"x", 0o644, 0, 0, Source::Bytes(noise(9000, 1))).unwrap()
    });
    let mut file = File::options().read(true).write(true).open(path).unwrap();
    file.seek(SeekFrom::End(-100)).unwrap();
    let mut byte = [0];
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::End(-100)).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
    let error = refused(&shop, &root, &["bad", "base"]);
    assert!(
        matches!(&error, Error::WrongChecksum { package, .. } if package == "bad"),
        "{error}"
    );
}

/// Its head is read before its checksum is known: whatever that seems to say then, the damage is what is told.
#[test]
fn a_stone_is_called_damaged_wherever_the_damage_is() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    let path = shop.add(package("bad"), |w| {
        w.file(b"x", 0o644, 0, 0, Source::Bytes(noise(3000, 1))).unwrap();
        w.file(b"share/base", 0o644, 0, 0, bytes("a file of another package"))
            .unwrap();
    });
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(53) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        fs::write(&path, &damaged).unwrap();
        let error = refused(&shop, &root, &["bad", "base"]);
        assert!(
            matches!(&error, Error::WrongChecksum { package, .. } if package == "bad"),
            "byte {at}: {error}"
        );
    }
    fs::write(&path, &whole).unwrap();
    let error = refused(&shop, &root, &["bad", "base"]);
    assert!(!matches!(&error, Error::WrongChecksum { .. }), "{error}");
}

#[test]
fn a_stone_of_another_size_is_refused() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    let path = shop.add(package("bad"), |w| w.file(b"x", 0o644, 0, 0, bytes("x")).unwrap());
    File::options()
        .append(true)
        .open(path)
        .unwrap()
        .write_all(b"more")
        .unwrap();
    let error = refused(&shop, &root, &["bad"]);
    assert!(
        matches!(&error, Error::WrongSize { package, .. } if package == "bad"),
        "{error}"
    );
}

/// A stone put together by hand: each part can lie.
pub(crate) fn forge(shop: &mut Shop, name: &str, layout: &[LayoutEntry], index: &[IndexEntry], content: &[u8]) {
    let path = shop.folder.path().join(file_name(&package(name)));
    let file = File::create(&path).unwrap();
    let payloads = if index.is_empty() { 2 } else { 4 };
    let mut writer = StoneWriter::new(file, FileType::Package, payloads).unwrap();
    writer.meta(&package(name).to_records()).unwrap();
    writer.layout(layout).unwrap();
    if !index.is_empty() {
        writer.index(index).unwrap();
        writer.content(&mut &content[..], content.len() as u64).unwrap();
    }
    writer.finish().unwrap();
    shop.list(package(name), &path);
}

fn entry(path: &[u8], kind: EntryKind) -> LayoutEntry {
    LayoutEntry {
        path: path.to_vec(),
        uid: 0,
        gid: 0,
        mode: 0o100_644,
        tag: 0,
        kind,
    }
}

fn regular(path: &[u8], digest: u128) -> LayoutEntry {
    entry(path, EntryKind::Regular { digest })
}

pub(crate) fn empty(path: &[u8]) -> LayoutEntry {
    regular(path, moult_stone::EMPTY_DIGEST)
}

#[test]
fn a_file_that_is_not_what_its_package_promises_is_refused_though_the_package_is_the_promised_one() {
    for size in [5usize, 3 << 20] {
        let mut shop = Shop::new();
        let root = standing(&mut shop);
        let content = noise(size, 9);
        let (good, end) = (xxhash_rust::xxh3::xxh3_128(&content), size as u64);
        forge(
            &mut shop,
            "liar",
            &[regular(b"bin/liar", !good)],
            &[IndexEntry {
                start: 0,
                end,
                digest: !good,
            }],
            &content,
        );
        let error = refused(&shop, &root, &["liar"]);
        assert!(
            matches!(&error, Error::WrongFile { package, path } if package == "liar" && path == "bin/liar"),
            "{error}"
        );
    }
}

#[test]
fn a_file_without_content_is_refused() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    forge(&mut shop, "hollow", &[regular(b"bin/x", 42)], &[], b"");
    let error = refused(&shop, &root, &["hollow"]);
    assert!(
        matches!(&error, Error::Stone { package, .. } if package == "hollow"),
        "{error}"
    );
}

#[test]
fn hostile_entries_are_refused() {
    let link = |path: &[u8], target: &[u8]| {
        entry(
            path,
            EntryKind::Symlink {
                target: target.to_vec(),
            },
        )
    };
    let mut nobody = empty(b"x");
    nobody.uid = u32::MAX;
    let cases: Vec<Vec<LayoutEntry>> = vec![
        vec![empty(b"../outside")],
        vec![empty(b"a/../../outside")],
        vec![empty(b"/etc/passwd")],
        vec![empty(b"a/./b")],
        vec![empty(b"a//b")],
        vec![empty(b"nul\0byte")],
        vec![empty(b"")],
        vec![empty(b"..")],
        vec![link(b"out", b"/etc"), empty(b"out/passwd")],
        vec![link(b"out", b"../../etc"), empty(b"out/passwd")],
        vec![link(b"one", b"two"), link(b"two", b"one"), empty(b"one/file")],
        vec![empty(b"file"), empty(b"file/below")],
        vec![empty(b"twice"), empty(b"twice")],
        vec![nobody],
    ];
    for layout in cases {
        let mut shop = Shop::new();
        let root = standing(&mut shop);
        forge(&mut shop, "hostile", &layout, &[], b"");
        let error = refused(&shop, &root, &["hostile"]);
        let named = matches!(&error, Error::HostileEntry { package, .. } if package == "hostile");
        assert!(named, "{layout:?} gave {error}");
    }
}

#[test]
fn special_files_are_left_out_and_said_so() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    let layout = [
        entry(b"dev/null", EntryKind::CharacterDevice),
        entry(b"pipe", EntryKind::Fifo),
        empty(b"file"),
    ];
    forge(&mut shop, "special", &layout, &[], b"");
    shop.index();
    let mut engine = root.engine();
    engine.refresh("shop", &Eye::default()).unwrap();
    let selection = select(&engine, &["special"]);
    let eye = Eye::default();
    engine.install(&selection, "", &eye).unwrap();
    assert!(root.usr("file").exists() && !root.usr("pipe").exists() && !root.usr("dev").exists());
    assert_eq!(eye.log.into_inner().unwrap().len(), 2);
}

#[test]
fn a_package_that_is_another_one_inside_is_refused_also_when_it_is_in_the_store() {
    for unpacked in [false, true] {
        let mut shop = Shop::new();
        let root = standing(&mut shop);
        let path = shop.add(package("inside"), |w| w.file(b"x", 0o644, 0, 0, bytes("x")).unwrap());
        if unpacked {
            shop.index();
            root.engine().refresh("shop", &Eye::default()).unwrap();
            root.install(&["inside"]).unwrap();
        }
        shop.packages.clear();
        shop.list(package("wanted"), &path);
        let error = refused(&shop, &root, &["wanted"]);
        assert!(
            matches!(&error, Error::WrongPackage { found, .. } if found.starts_with("inside")),
            "{error}"
        );
    }
}

#[test]
fn a_damaged_list_is_refused_and_the_former_one_stays_in_use() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    let index = shop.index();
    let good = fs::read(&index).unwrap();
    let half = good[..good.len() / 2].to_vec();
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let stone = fs::read(shop.folder.path().join(file_name(&package("base")))).unwrap();
    let garbage = noise(5000, 5);
    for (what, content) in [
        ("half", half),
        ("flipped", flipped),
        ("garbage", garbage),
        ("empty", Vec::new()),
        ("a package", stone),
    ] {
        fs::write(&index, content).unwrap();
        let error = root.refused(|engine| engine.refresh("shop", &Eye::default()).map(drop));
        assert!(
            matches!(&error, Error::DamagedIndex { repository, .. } if repository == "shop"),
            "{what}: {error}"
        );
        assert_eq!(select(&root.engine(), &["base"]).packages.len(), 1, "{what}");
    }
}

#[test]
fn a_list_that_promises_nonsense_is_refused_as_a_whole() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    let good = shop.packages[0].clone();
    let lies = [
        Package {
            hash: None,
            ..good.clone()
        },
        Package {
            hash: Some("../../etc/shadow".into()),
            ..good.clone()
        },
        Package {
            size: None,
            ..good.clone()
        },
        Package {
            size: Some(u64::MAX),
            ..good.clone()
        },
        Package {
            uri: None,
            ..good.clone()
        },
        Package {
            uri: Some("http://example.org/x.stone".into()),
            ..good.clone()
        },
        Package {
            name: "a\nb".into(),
            ..good.clone()
        },
        Package {
            source_release: u64::MAX,
            ..good.clone()
        },
        Package {
            name: "same-checksum".into(),
            ..good.clone()
        },
    ];
    for lie in lies {
        shop.packages = vec![good.clone(), lie.clone()];
        if lie.name == good.name {
            shop.packages = vec![lie.clone()];
        }
        shop.index();
        let error = root.refused(|engine| engine.refresh("shop", &Eye::default()).map(drop));
        assert!(matches!(&error, Error::DamagedIndex { .. }), "{lie:?} gave {error}");
        assert_eq!(select(&root.engine(), &["base"]).packages.len(), 1);
    }
}

#[test]
fn a_file_that_two_packages_claim_is_refused_naming_both_before_anything_is_unpacked() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    shop.add(package("one"), |w| {
        w.file(b"bin/tool", 0o755, 0, 0, bytes("same")).unwrap()
    });
    shop.add(package("two"), |w| {
        w.file(b"bin/tool", 0o755, 0, 0, bytes("same")).unwrap()
    });
    let error = refused(&shop, &root, &["two", "one"]);
    let Error::FileConflict { path, first, second } = &error else {
        panic!("{error}")
    };
    assert_eq!(
        (path.as_str(), first.as_str(), second.as_str()),
        ("bin/tool", "one", "two")
    );
    assert_eq!(error.to_string(), "/usr/bin/tool is in both one and two");
}

#[test]
fn cancelling_in_any_phase_changes_nothing() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    for count in 0..4u64 {
        shop.add(package(&format!("p{count}")), |writer| {
            for file in 0..200u64 {
                let content = Source::Bytes(noise(2000, 1 + count * 200 + file));
                writer
                    .file(format!("share/{count}/{file}").as_bytes(), 0o644, 0, 0, content)
                    .unwrap();
            }
        });
    }
    shop.index();
    root.engine().refresh("shop", &Eye::default()).unwrap();
    for phase in [
        Phase::Refresh,
        Phase::Fetch,
        Phase::Store,
        Phase::Compose,
        Phase::Activate,
    ] {
        let error = root.refused(|engine| {
            let selection = select(engine, &["p0", "p1", "p2", "p3"]);
            let stop = StopAt::new(phase);
            engine
                .refresh("shop", &stop)
                .and_then(|_| engine.install(&selection, "", &stop))
                .map(drop)
        });
        assert!(matches!(error, Error::Cancelled), "{phase:?}: {error}");
    }
    root.install(&["p0", "p1", "p2", "p3"]).unwrap();
}

fn system_on(path: &Path, shop: &Shop) -> Engine {
    fs::create_dir_all(path.join("usr")).unwrap();
    fs::write(path.join("usr/old"), "old").unwrap();
    let mut engine = Engine::open(path).unwrap();
    engine.add_repository(&shop.repository("shop")).unwrap();
    engine.refresh("shop", &Eye::default()).unwrap();
    engine
}

#[test]
fn a_disk_that_fills_up_half_way_leaves_the_old_system_and_is_emptied_again() {
    let mut shop = Shop::new();
    for count in 0..6u64 {
        shop.add(package(&format!("p{count}")), |writer| {
            let content = Source::Bytes(noise(1 << 20, count + 1));
            writer
                .file(format!("share/{count}").as_bytes(), 0o644, 0, 0, content)
                .unwrap();
        });
    }
    let disk = SmallDisk::mount("24m");
    let root = disk.0.path();
    let mut engine = system_on(root, &shop);
    let selection = select(&engine, &["p0", "p1", "p2", "p3", "p4", "p5"]);
    // Somebody else writes, once the free space was found to be enough.
    let done = AtomicBool::new(false);
    let eye = Eye::acting(|progress| {
        if progress.phase == Phase::Store && !done.swap(true, Ordering::SeqCst) {
            let free = rustix::fs::statvfs(root).unwrap();
            let leave = (3 << 20) / free.f_frsize;
            let filler = vec![1; ((free.f_bavail - leave) * free.f_frsize) as usize];
            fs::write(root.join("filler"), filler).unwrap();
        }
    });
    let error = engine.install(&selection, "", &eye).unwrap_err();
    assert!(matches!(&error, Error::NoSpace { needed: None, .. }), "{error}");
    assert_eq!(fs::read_to_string(root.join("usr/old")).unwrap(), "old");
    assert_eq!(engine.states().unwrap(), []);
    let free = rustix::fs::statvfs(root).unwrap();
    assert!(
        free.f_bavail * free.f_frsize >= (2 << 20),
        "what was unpacked is gone again"
    );

    fs::remove_file(root.join("filler")).unwrap();
    engine.install(&selection, "", &Eye::default()).unwrap();
    assert!(root.join("usr/share/5").exists());
}

#[test]
fn a_disk_that_is_too_small_is_found_before_anything_is_written() {
    let mut shop = Shop::new();
    // A stone of a few hundred bytes with 16 MiB in it: only its own headers tell.
    shop.add(package("zeros"), |w| {
        w.file(b"zeros", 0o644, 0, 0, Source::Bytes(vec![0; 16 << 20])).unwrap()
    });
    shop.add(package("noise"), |w| {
        w.file(b"noise", 0o644, 0, 0, Source::Bytes(noise(16 << 20, 1)))
            .unwrap()
    });
    let disk = SmallDisk::mount("8m");
    let mut engine = system_on(disk.0.path(), &shop);
    for name in ["zeros", "noise"] {
        let selection = select(&engine, &[name]);
        let error = engine.install(&selection, "", &Eye::default()).unwrap_err();
        let Error::NoSpace {
            needed: Some((needed, free)),
            ..
        } = &error
        else {
            panic!("{error}")
        };
        assert!(needed > &(16 << 20) && free < &(8 << 20), "{error}");
        assert!(!disk.0.path().join(".moult/store/00").exists());
    }
    assert_eq!(fs::read_to_string(disk.0.path().join("usr/old")).unwrap(), "old");
}

#[test]
fn two_engines_cannot_change_one_root_at_once_but_both_can_look() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    let mut first = root.engine();
    let selection = select(&first, &["base"]);
    let seen = AtomicBool::new(false);
    let eye = Eye::acting(|progress| {
        if progress.phase != Phase::Compose || seen.swap(true, Ordering::SeqCst) {
            return;
        }
        let mut second = root.engine();
        let Err(error) = second.install(&selection, "", &Eye::default()) else {
            panic!()
        };
        let Error::Busy { pid, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!(*pid, Some(std::process::id()));
        assert!(matches!(
            second.refresh("shop", &Eye::default()),
            Err(Error::Busy { .. })
        ));
        assert_eq!(second.states().unwrap().len(), 1);
        assert_eq!(select(&second, &["base"]).packages.len(), 1);
    });
    first.install(&selection, "", &eye).unwrap();
    assert!(seen.load(Ordering::SeqCst));
    assert_eq!(first.states().unwrap().len(), 2);
}

#[test]
fn what_is_in_the_way_of_the_root_links_is_not_removed() {
    let mut shop = Shop::new();
    shop.add(package("base"), |writer| {
        writer.file(b"share/base", 0o644, 0, 0, bytes("base")).unwrap()
    });
    let root = shop.root();
    fs::create_dir(root.path().join("lib")).unwrap();
    fs::write(root.path().join("lib/precious"), "x").unwrap();
    let error = root.refused(|engine| {
        let selection = select(engine, &["base"]);
        engine.install(&selection, "", &Eye::default()).map(drop)
    });
    assert!(
        matches!(&error, Error::RootBlocked { path, .. } if path.ends_with("lib")),
        "{error}"
    );
}

#[test]
fn a_package_that_changes_after_it_was_verified_is_refused() {
    let mut shop = Shop::new();
    let root = standing(&mut shop);
    let path = shop.add(package("moving"), |w| {
        w.file(b"x", 0o644, 0, 0, Source::Bytes(noise(50_000, 2))).unwrap()
    });
    shop.index();
    root.engine().refresh("shop", &Eye::default()).unwrap();
    let error = root.refused(|engine| {
        let selection = select(engine, &["moving"]);
        let eye = Eye::acting(|progress| {
            if progress.phase == Phase::Store && progress.items_done == 0 {
                let content = fs::read(&path).unwrap();
                fs::write(&path, content).unwrap();
            }
        });
        engine.install(&selection, "", &eye).map(drop)
    });
    assert!(matches!(&error, Error::SourceChanged { .. }), "{error}");
    assert!(Stone::read(&mut File::open(&path).unwrap(), &moult_stone::Limits::default()).is_ok());
}
