use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use moult_packages::{Phase, Status};
use moult_stone::Source;

use crate::lab::{Entry, Eye, Root, Shop, bytes, file_name, needing, noise, package, tree};
use crate::network::Server;

type Expected = HashMap<PathBuf, (u32, u32, u32, Vec<u8>)>;
/// Path, mode, owner, group, content.
type Given = (&'static [u8], u32, u32, u32, Vec<u8>);

/// Two packages with everything that is easily done wrong, and what must be below `/usr` afterwards.
fn tricky() -> (Shop, Expected) {
    let mut shop = Shop::new();
    let big = noise(3 << 20, 7);
    let mut files: Vec<Given> = vec![
        (b"bin/plain", 0o755, 0, 0, b"same".to_vec()),
        (b"bin/same-again", 0o755, 0, 0, b"same".to_vec()),
        (b"bin/setuid", 0o4755, 0, 0, b"same".to_vec()),
        (b"bin/setgid-to-others", 0o2755, 7, 42, b"same".to_vec()),
        (b"bin/root-and-group", 0o4750, 0, 42, b"same".to_vec()),
        (b"lib/read-only", 0o444, 0, 0, b"same".to_vec()),
        (b"lib/nobody-may", 0o000, 0, 0, b"same".to_vec()),
        (b"share/empty-one", 0o644, 0, 0, Vec::new()),
        (b"share/empty-two", 0o600, 3, 4, Vec::new()),
        (b"share/big", 0o644, 0, 0, big.clone()),
        (b"share/big-set-id", 0o4711, 5, 6, big),
        (b"share/new\nline and \xff\xfe", 0o644, 0, 0, b"odd".to_vec()),
        (b"share/deep/a/b/c/d/e/f/g/h/file", 0o640, 1, 1, b"deep".to_vec()),
    ];
    let other: Vec<Given> = vec![
        (b"share/other/same", 0o755, 0, 0, b"same".to_vec()),
        (b"lib64/through-a-link", 0o644, 0, 0, b"moved".to_vec()),
    ];
    let mut expected = Expected::new();
    for (first, name, list) in [(true, "first", &files), (false, "second", &other)] {
        shop.add(
            if first {
                needing(name, &["second"])
            } else {
                package(name)
            },
            |writer| {
                for (path, mode, uid, gid, content) in list {
                    writer
                        .file(path, *mode, *uid, *gid, Source::Bytes(content.clone()))
                        .unwrap();
                }
                if first {
                    writer.directory(b"share/sticky", 0o1777, 0, 0).unwrap();
                    writer.directory(b"share/owned", 0o2750, 8, 9).unwrap();
                    writer.symlink(b"lib64", b"lib", 0, 0).unwrap();
                    writer.symlink(b"share/owned-link", b"/nowhere at all", 11, 12).unwrap();
                }
            },
        );
    }
    files.extend(other);
    for (path, mode, uid, gid, content) in files {
        let path = if path.starts_with(b"lib64/") {
            b"lib/through-a-link"
        } else {
            path
        };
        expected.insert(OsStr::from_bytes(path).into(), (0o100_000 | mode, uid, gid, content));
    }
    expected.insert("share/sticky".into(), (0o041_777, 0, 0, Vec::new()));
    expected.insert("share/owned".into(), (0o042_750, 8, 9, Vec::new()));
    expected.insert("lib64".into(), (0o120_777, 0, 0, b"lib".to_vec()));
    expected.insert(
        "share/owned-link".into(),
        (0o120_777, 11, 12, b"/nowhere at all".to_vec()),
    );
    (shop, expected)
}

fn compare(root: &Root, expected: &Expected, state: u64) {
    let mut found = tree(&root.path().join("usr"));
    assert_eq!(
        found.remove(Path::new("lib/moult/state")).unwrap().content,
        format!("{state}\n").into_bytes()
    );
    assert_eq!(found.remove(Path::new("lib/system-model.kdl")).unwrap().mode, 0o100_644);
    for (path, (mode, uid, gid, content)) in expected {
        let Entry {
            mode: real,
            uid: owner,
            gid: group,
            content: is,
            ..
        } = found.remove(path).unwrap();
        assert_eq!(
            (format!("{real:o}"), owner, group),
            (format!("{mode:o}"), *uid, *gid),
            "{path:?}"
        );
        assert!(is == *content, "the content of {path:?}");
    }
    for link in ["lib32", "lib64"] {
        if !expected.contains_key(Path::new(link)) {
            assert_eq!(found.remove(Path::new(link)).unwrap().content, b"lib");
        }
    }
    // What is left are the parents, which nobody spoke of.
    for (path, entry) in found {
        assert_eq!((entry.mode, entry.uid, entry.gid), (0o040_755, 0, 0), "{path:?}");
    }
    let usr = fs::metadata(root.path().join("usr")).unwrap();
    assert_eq!((usr.mode(), usr.uid(), usr.gid()), (0o040_755, 0, 0));
    for (link, target) in [
        ("bin", "usr/bin"),
        ("sbin", "usr/sbin"),
        ("lib", "usr/lib"),
        ("lib64", "usr/lib64"),
        ("lib32", "usr/lib32"),
    ] {
        assert_eq!(fs::read_link(root.path().join(link)).unwrap(), Path::new(target));
    }
}

#[test]
fn every_file_has_the_content_mode_and_owner_of_its_stone_from_a_folder() {
    let (shop, expected) = tricky();
    let root = shop.root();
    let installed = root.install(&["first"]).unwrap();
    assert_eq!((installed.state, installed.unpacked), (1, 2));
    compare(&root, &expected, 1);
    let states = root.engine().states().unwrap();
    assert_eq!(states.len(), 1);
    assert_eq!(
        (states[0].id, states[0].status, states[0].packages),
        (1, Status::Active, 2)
    );
    // Everybody may read the database, and nobody else may see more.
    let mode = |path: &str| fs::metadata(root.path().join(".moult").join(path)).unwrap().mode() & 0o7777;
    assert_eq!((mode(""), mode("moult.db")), (0o755, 0o644));
    for private in ["store", "states", "downloads"] {
        assert_eq!(mode(private), 0o700, "{private}");
    }
    assert_eq!(mode("lock"), 0o600);
}

#[test]
fn every_file_has_the_content_mode_and_owner_of_its_stone_over_http() {
    let (shop, expected) = tricky();
    let server = Server::start(shop.folder.path());
    let root = server.root(&shop);
    let installed = root.install(&["first"]).unwrap();
    assert_eq!(
        installed.timings.fetched_bytes,
        shop.packages.iter().map(|one| one.size.unwrap()).sum::<u64>()
    );
    compare(&root, &expected, 1);
    let left = fs::read_dir(root.path().join(".moult/downloads")).unwrap().count();
    assert_eq!(left, 0, "nothing that was downloaded is needed twice");
}

#[test]
fn files_share_an_inode_only_if_content_mode_and_owner_are_the_same() {
    let (shop, _) = tricky();
    let root = shop.root();
    root.install(&["first"]).unwrap();
    let found = tree(&root.path().join("usr"));
    let mut inodes: HashMap<u64, &Entry> = HashMap::new();
    for entry in found.values().filter(|entry| entry.mode & 0o170_000 == 0o100_000) {
        assert_eq!(*inodes.entry(entry.inode).or_insert(entry), entry);
    }
    let inode = |path: &str| found[Path::new(path)].inode;
    assert_eq!(inode("bin/plain"), inode("bin/same-again"));
    assert_eq!(
        inode("bin/plain"),
        inode("share/other/same"),
        "one content of two packages is stored once"
    );
    assert_ne!(inode("share/empty-one"), inode("share/empty-two"));
}

#[test]
fn what_is_in_the_store_is_not_decoded_again() {
    let (mut shop, expected) = tricky();
    let root = shop.root();
    root.install(&["first"]).unwrap();
    let inode = fs::metadata(root.usr("share/big")).unwrap().ino();
    // Nothing but the store can have it now.
    for one in shop.packages.drain(..) {
        fs::remove_file(shop.folder.path().join(file_name(&one))).unwrap();
    }
    let again = root.install(&["first"]).unwrap();
    assert_eq!(
        (
            again.state,
            again.unpacked,
            again.timings.fetched_bytes,
            again.timings.unpacked_bytes
        ),
        (2, 0, 0, 0)
    );
    compare(&root, &expected, 2);
    assert_eq!(fs::metadata(root.usr("share/big")).unwrap().ino(), inode);
}

#[test]
fn a_content_that_another_package_brought_is_not_written_again() {
    let mut shop = Shop::new();
    let content = noise(2 << 20, 3);
    shop.add(package("one"), |w| {
        w.file(b"one", 0o644, 0, 0, Source::Bytes(content.clone())).unwrap()
    });
    shop.add(package("two"), |w| {
        w.file(b"two", 0o644, 0, 0, Source::Bytes(content.clone())).unwrap()
    });
    let root = shop.root();
    root.install(&["one"]).unwrap();
    let inode = fs::metadata(root.usr("one")).unwrap().ino();
    root.install(&["one", "two"]).unwrap();
    assert_eq!(fs::metadata(root.usr("two")).unwrap().ino(), inode);
    let incoming = fs::read_dir(root.path().join(".moult/store/incoming")).unwrap().count();
    assert_eq!(incoming, 0);
}

#[test]
fn an_old_usr_is_exchanged_and_kept() {
    let mut shop = Shop::new();
    shop.add(package("new"), |writer| {
        writer.file(b"share/new", 0o644, 0, 0, bytes("new")).unwrap()
    });
    let root = shop.root();
    fs::create_dir_all(root.usr("share")).unwrap();
    fs::write(root.usr("share/foreign"), "of the system before").unwrap();
    root.install(&["new"]).unwrap();
    assert!(!root.usr("share/foreign").exists());
    let kept = root.path().join(".moult/states/before-1/usr/share/foreign");
    assert_eq!(fs::read_to_string(kept).unwrap(), "of the system before");

    root.install(&["new"]).unwrap();
    assert_eq!(fs::read_to_string(root.usr("lib/moult/state")).unwrap(), "2\n");
    let archived = root.path().join(".moult/states/1/usr/lib/moult/state");
    assert_eq!(fs::read_to_string(archived).unwrap(), "1\n");
    assert!(!root.path().join(".moult/states/2").exists());
    let status: Vec<Status> = root
        .engine()
        .states()
        .unwrap()
        .iter()
        .map(|state| state.status)
        .collect();
    assert_eq!(status, [Status::Archived, Status::Active]);
    let etc = fs::read_dir(root.path().join("etc")).unwrap();
    let etc: Vec<_> = etc.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(
        etc,
        ["moult"],
        "only /usr and the links are ours, and where the repositories stand"
    );
}

#[test]
fn the_model_names_the_repository_and_what_was_asked_for() {
    let (shop, _) = tricky();
    let root = shop.root();
    root.install(&["first"]).unwrap();
    let model: kdl::KdlDocument = fs::read_to_string(root.usr("lib/system-model.kdl"))
        .unwrap()
        .parse()
        .unwrap();
    let names = |node: &str| -> Vec<String> {
        let nodes = model.get(node).unwrap().children().unwrap().nodes();
        nodes.iter().map(|node| node.name().value().to_owned()).collect()
    };
    assert_eq!(names("repositories"), ["shop"]);
    assert_eq!(names("packages"), ["first"]);
}

#[test]
fn progress_is_rare_enough_and_never_goes_back() {
    let mut shop = Shop::new();
    for count in 0..8 {
        shop.add(package(&format!("p{count}")), |writer| {
            for file in 0..400 {
                let path = format!("share/all/{count}-{file}");
                writer
                    .file(path.as_bytes(), 0o644, 0, 0, bytes(&format!("{count}{file}")))
                    .unwrap();
            }
        });
    }
    let root = shop.root();
    let mut engine = root.engine();
    let names: Vec<String> = (0..8).map(|count| format!("p{count}")).collect();
    let selection = crate::lab::select(&engine, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let eye = Eye::default();
    let begun = std::time::Instant::now();
    engine.install(&selection, "all", &eye).unwrap();
    let seen = eye.seen.into_inner().unwrap();
    let most = 4 * 2 + 4 + begun.elapsed().as_millis() as usize / 50;
    assert!(seen.len() <= most, "{} calls", seen.len());
    for pair in seen.windows(2) {
        assert!(pair[0].phase <= pair[1].phase);
        if pair[0].phase == pair[1].phase {
            assert!(pair[0].bytes_done <= pair[1].bytes_done && pair[0].items_done <= pair[1].items_done);
        }
    }
    let last = |phase| seen.iter().rfind(|progress| progress.phase == phase).unwrap().clone();
    for phase in [Phase::Fetch, Phase::Store, Phase::Compose, Phase::Activate] {
        let last = last(phase);
        assert_eq!(
            (last.bytes_done, last.items_done),
            (last.bytes_total, last.items_total),
            "{phase:?}"
        );
    }
    assert_eq!(last(Phase::Compose).items_total, 3200);
}
