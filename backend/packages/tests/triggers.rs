//! Triggers as packages bring them, on roots in temporary folders. Needs root and bubblewrap. The programs are the shell
//! and a few tools of this machine, with their libraries, in a package of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "the other tests need the rest of it")]
#[path = "engine/lab.rs"]
mod lab;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Duration;

use lab::{Eye, Root, Shop, bytes, package, select};
use moult_packages::{Damage, Error, Phase, Target};
use moult_stone::{Package, Source};

/// What the scripts use beside the shell itself.
const TOOLS: [&str; 7] = ["sh", "cat", "rm", "mkdir", "mkfifo", "sleep", "stat"];

/// A shop with the package `tools`.
fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.add(package("tools"), |w| {
        let mut libraries = BTreeSet::new();
        for tool in TOOLS {
            let path = format!("/usr/bin/{tool}");
            let listed = Command::new("ldd").arg(&path).output().expect("ldd can be run");
            let text = String::from_utf8(listed.stdout).unwrap();
            let absolute = |word: &&str| word.starts_with('/');
            libraries.extend(text.split_whitespace().filter(absolute).map(str::to_owned));
            let content = Source::Bytes(fs::read(&path).unwrap());
            w.file(format!("bin/{tool}").as_bytes(), 0o755, 0, 0, content).unwrap();
        }
        for library in libraries {
            let name = library.strip_prefix("/usr/").unwrap_or(&library[1..]);
            let content = Source::Bytes(fs::read(&library).unwrap());
            w.file(name.as_bytes(), 0o755, 0, 0, content).unwrap();
        }
    });
    shop
}

/// A trigger that runs a script for `/usr/share/in/*`. `more` are further keys.
fn trigger(name: &str, more: &str, script: &str) -> String {
    let script = serde_json::to_string(script).unwrap();
    format!(
        "name: {name}\n{more}\nhandlers: {{ h: {{ run: /usr/bin/sh, args: ['-c', {script}] }} }}\npaths: {{ '/usr/share/in/*': {{ handlers: [h] }} }}\n"
    )
}

/// A package with trigger files (`tx` or `sys`, name, text) and one input.
fn with(shop: &mut Shop, release: u64, triggers: &[(&str, &str, String)], input: &str) {
    let one = Package {
        source_release: release,
        ..package("one")
    };
    shop.add(one, |w| {
        for (scope, name, text) in triggers {
            let path = format!("share/moult/triggers/{scope}.d/{name}.yaml");
            w.file(path.as_bytes(), 0o644, 0, 0, bytes(text)).unwrap();
        }
        w.file(b"share/in/one", 0o644, 0, 0, bytes(input)).unwrap();
    });
}

const WANTED: [&str; 2] = ["tools", "one"];

fn ready(triggers: &[(&str, &str, String)]) -> (Shop, Root) {
    let mut shop = shop();
    with(&mut shop, 1, triggers, "first");
    let root = shop.root();
    (shop, root)
}

fn read(root: &Root, path: &str) -> String {
    fs::read_to_string(root.usr(path)).unwrap()
}

fn clean(root: &Root) {
    let verified = root.engine().verify(false, &Eye::default()).unwrap();
    assert_eq!(verified.problems, []);
    assert!(!root.path().join(".moult/states/half-done-triggers").exists());
}

/// A cache of all inputs, with a number that is another one each time it is made.
fn cache() -> String {
    trigger(
        "cache",
        "",
        "mkdir -p /usr/lib/cache; cat /usr/share/in/* > /usr/lib/cache/all; cat /proc/sys/kernel/random/uuid > /usr/lib/cache/run",
    )
}

#[test]
fn a_cache_is_carried_over_while_nothing_changes_and_made_anew_when_an_input_does() {
    let mut shop = shop();
    with(&mut shop, 1, &[("tx", "cache", cache())], "first");
    shop.add(package("two"), |w| {
        w.file(b"share/other", 0o644, 0, 0, bytes("x")).unwrap()
    });
    shop.add(package("three"), |w| {
        w.file(b"share/in/three", 0o644, 0, 0, bytes("third")).unwrap()
    });
    let root = shop.root();
    root.install(&WANTED).unwrap();
    assert_eq!(read(&root, "lib/cache/all"), "first");
    let run = read(&root, "lib/cache/run");
    clean(&root);

    root.install(&["tools", "one", "two"]).unwrap();
    assert_eq!(read(&root, "lib/cache/run"), run, "nothing that it looks at changed");
    clean(&root);

    // The spare tree has the old cache in it.
    root.engine().prepare_spare(&Eye::default()).unwrap();
    let installed = root.install(&["tools", "one", "two", "three"]).unwrap();
    assert!(installed.timings.spare && installed.warnings.is_empty());
    assert_eq!(read(&root, "lib/cache/all"), "firstthird");
    assert_ne!(read(&root, "lib/cache/run"), run);
    clean(&root);

    // Only the newest state is left, and so are the contents that it has.
    root.engine().prune(1, &Eye::default()).unwrap();
    assert_eq!(read(&root, "lib/cache/all"), "firstthird");
    clean(&root);
    root.install(&["tools", "two"]).unwrap();
    assert!(!root.usr("lib/cache").exists(), "the trigger is gone, and what it made");
    clean(&root);
}

#[test]
fn what_is_written_in_place_leaves_the_store_alone() {
    let script = "echo more >> /usr/share/in/one; rm /usr/share/gone; rm -r /usr/share/dir; mkdir /usr/share/dir; echo new > /usr/share/dir/new";
    let mut shop = shop();
    with(&mut shop, 1, &[("tx", "t", trigger("t", "", script))], "first");
    shop.add(package("two"), |w| {
        w.file(b"share/gone", 0o644, 0, 0, bytes("gone")).unwrap();
        w.file(b"share/dir/old/er", 0o644, 0, 0, bytes("old")).unwrap();
        w.file(b"share/same", 0o644, 0, 0, bytes("first")).unwrap();
    });
    let root = shop.root();
    root.install(&["tools", "one", "two"]).unwrap();
    assert_eq!(read(&root, "share/in/one"), "firstmore\n");
    assert_eq!(read(&root, "share/same"), "first", "it had the same inode");
    assert!(!root.usr("share/gone").exists() && !root.usr("share/dir/old").exists());
    assert_eq!(read(&root, "share/dir/new"), "new\n");
    assert_eq!(fs::metadata(root.usr("share/dir/new")).unwrap().mode() & 0o777, 0o644);
    clean(&root);
}

#[test]
fn one_trigger_sees_what_those_before_it_made() {
    let (_shop, root) = ready(&[
        ("tx", "a", trigger("a", "after: b", "cat /usr/share/b > /usr/share/a")),
        ("tx", "b", trigger("b", "", "echo from b > /usr/share/b")),
    ]);
    root.install(&WANTED).unwrap();
    assert_eq!(read(&root, "share/a"), "from b\n");
    clean(&root);
}

#[test]
fn delete_takes_away_what_is_below_usr_and_nothing_else() {
    let delete = |path: &str| {
        format!(
            "name: d\nhandlers: {{ h: {{ delete: ['{path}'] }} }}\npaths: {{ '/usr/share/in/(n:*)': {{ handlers: [h] }} }}\n"
        )
    };
    let (_shop, root) = ready(&[("tx", "d", delete("/usr/share/in/$(n)"))]);
    root.install(&WANTED).unwrap();
    assert!(root.usr("share/in").exists() && !root.usr("share/in/one").exists());
    clean(&root);
    for path in ["/etc/$(n)", "/usr/../etc/$(n)", "/usr/lib/moult", "/usr/lib"] {
        let (_shop, root) = ready(&[("tx", "d", delete(path))]);
        let error = root.refused(|engine| {
            let selection = select(engine, &WANTED);
            engine.install(&selection, "a test", &Eye::default()).map(drop)
        });
        assert!(matches!(error, Error::TriggerOutput { .. }), "{path}: {error}");
    }
}

#[test]
fn an_inhibited_trigger_does_not_run_until_nothing_inhibits_it() {
    let more = "inhibitors: { paths: [/etc/no-cache] }";
    let live = "inhibitors: { environment: [chroot] }";
    let (_shop, root) = ready(&[
        ("tx", "t", trigger("t", more, "echo > /usr/share/made")),
        ("tx", "l", trigger("l", live, "echo > /usr/share/never")),
    ]);
    fs::write(root.path().join("etc/no-cache"), "").unwrap();
    root.install(&WANTED).unwrap();
    assert!(!root.usr("share/made").exists());
    fs::remove_file(root.path().join("etc/no-cache")).unwrap();
    root.install(&WANTED).unwrap();
    assert!(root.usr("share/made").exists() && !root.usr("share/never").exists());
    clean(&root);
}

#[test]
fn a_failing_or_hanging_trigger_and_a_cancelled_one_leave_everything_as_it_was() {
    let mut shop = shop();
    with(
        &mut shop,
        1,
        &[("tx", "t", trigger("t", "", "echo > /usr/share/made"))],
        "first",
    );
    let root = shop.root();
    root.install(&WANTED).unwrap();
    let failing = "cat /usr/share/in/one > /usr/share/made; echo said; echo no such kernel >&2; exit 3";
    with(&mut shop, 2, &[("tx", "t", trigger("t", "", failing))], "second");
    shop.index();
    root.engine().refresh("shop", &Eye::default()).unwrap();
    let install = |engine: &mut moult_packages::Engine, eye: &Eye<'_>| {
        let selection = select(engine, &WANTED);
        engine.install(&selection, "a test", eye).map(drop)
    };
    match root.refused(|engine| install(engine, &Eye::default())) {
        Error::Trigger {
            trigger,
            command,
            ended,
            output,
        } => {
            assert_eq!(
                (trigger.as_str(), ended, output.as_str()),
                ("t", Some(3), "said\nno such kernel")
            );
            assert!(command.starts_with("/usr/bin/sh -c cat"), "{command}");
        }
        other => panic!("{other}"),
    }
    with(
        &mut shop,
        3,
        &[("tx", "t", trigger("t", "", "echo begun; sleep 4711"))],
        "second",
    );
    shop.index();
    root.engine().refresh("shop", &Eye::default()).unwrap();
    let error = root.refused(|engine| {
        engine.set_trigger_limit(Duration::from_secs(1));
        install(engine, &Eye::default())
    });
    assert!(
        matches!(error, Error::Trigger { ended: None, ref output, .. } if output == "begun"),
        "{error}"
    );
    let error = root.refused(|engine| {
        let eye = Eye::default();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !eye
                    .log
                    .lock()
                    .unwrap()
                    .iter()
                    .any(|line| line.contains("running the trigger t"))
                {
                    std::thread::sleep(Duration::from_millis(5));
                }
                std::thread::sleep(Duration::from_millis(200));
                eye.stop.store(true, Ordering::Relaxed);
            });
            install(engine, &eye)
        })
    });
    assert!(matches!(error, Error::Cancelled), "{error}");
    assert!(!root.path().join(".moult/states/half-done-triggers").exists());
}

#[test]
fn a_trigger_cannot_put_anything_in_the_way_of_moults_own_files_or_make_a_pipe() {
    for script in [
        "echo 7 > /usr/lib/moult/state",
        "rm -r /usr/lib/moult; echo > /usr/lib/moult",
        "mkfifo /usr/share/pipe",
    ] {
        let (_shop, root) = ready(&[("tx", "t", trigger("t", "", script))]);
        let error = root.refused(|engine| {
            let selection = select(engine, &WANTED);
            engine.install(&selection, "a test", &Eye::default()).map(drop)
        });
        assert!(matches!(error, Error::TriggerOutput { .. }), "{script}: {error}");
    }
}

/// Takes a file of a state away, and the content it shares with the store.
fn lose(root: &Root, path: &str) {
    let inode = fs::metadata(root.usr(path)).unwrap().ino();
    let mut lost = 0;
    for folder in fs::read_dir(root.path().join(".moult/store")).unwrap().flatten() {
        for file in fs::read_dir(folder.path()).unwrap().flatten() {
            if file.metadata().unwrap().ino() == inode {
                fs::remove_file(file.path()).unwrap();
                lost += 1;
            }
        }
    }
    assert_eq!(lost, 1);
    fs::remove_file(root.usr(path)).unwrap();
}

#[test]
fn what_a_trigger_made_and_is_damaged_or_gone_is_made_again_by_a_repair() {
    // No package has this content.
    let own = cache().replace("cat /usr/share/in/*", "(echo of; cat /usr/share/in/*)");
    let (_shop, root) = ready(&[("tx", "cache", own)]);
    root.install(&WANTED).unwrap();
    // The next state takes it over: both have the same file.
    root.install(&WANTED).unwrap();
    let inode = || fs::metadata(root.usr("lib/cache/all")).unwrap().ino();
    let (old, run) = (inode(), read(&root, "lib/cache/run"));
    fs::write(root.usr("lib/cache/all"), "worse").unwrap();
    let look = root.engine().verify(false, &Eye::default()).unwrap();
    assert!(
        matches!(look.left.as_slice(), [Damage::Content { .. }]),
        "{:?}",
        look.left
    );
    let found = root.engine().verify(true, &Eye::default()).unwrap();
    assert_eq!((found.left, found.failures), (vec![], vec![]));
    assert_eq!(read(&root, "lib/cache/all"), "of\nfirst");
    assert!(inode() != old && read(&root, "lib/cache/run") != run);
    clean(&root);
    root.engine().activate(1, &Eye::default()).unwrap();
    assert_eq!(read(&root, "lib/cache/all"), "of\nfirst");

    lose(&root, "lib/cache/all");
    // What comes out differently each time leaves the store with the last state that has it.
    lose(&root, "lib/cache/run");
    let found = root.engine().verify(true, &Eye::default()).unwrap();
    assert_eq!((found.left, found.failures), (vec![], vec![]));
    assert_eq!(read(&root, "lib/cache/all"), "of\nfirst");
    clean(&root);
    // The repaired state is one like any other: its results are taken over.
    let run = read(&root, "lib/cache/run");
    root.install(&WANTED).unwrap();
    assert_eq!(read(&root, "lib/cache/run"), run);
    clean(&root);
}

#[test]
fn a_trigger_that_fails_in_a_repair_is_a_damage_that_is_left_and_stops_no_other_repair() {
    let (_shop, root) = ready(&[("tx", "t", trigger("t", "", "cat /etc/word > /usr/lib/made"))]);
    fs::write(root.path().join("etc/word"), "word").unwrap();
    root.install(&WANTED).unwrap();
    assert_eq!(read(&root, "lib/made"), "word");
    fs::remove_file(root.path().join("etc/word")).unwrap();
    lose(&root, "lib/made");
    fs::remove_file(root.usr("share/in/one")).unwrap();
    fs::remove_file(root.path().join("lib64")).unwrap();
    let found = root.engine().verify(true, &Eye::default()).unwrap();
    assert_eq!(found.problems.len(), 4, "{:?}", found.problems);
    assert!(
        matches!(found.left.as_slice(), [Damage::Content { .. }, Damage::Path { state: 1, path, .. }] if path == "lib/made"),
        "{:?}",
        found.left
    );
    assert!(
        matches!(found.failures.as_slice(), [said] if said.contains("the trigger t failed") && said.contains("word")),
        "{:?}",
        found.failures
    );
    assert_eq!(read(&root, "share/in/one"), "first");
    assert!(root.path().join("lib64").exists());

    fs::write(root.path().join("etc/word"), "word").unwrap();
    assert_eq!(root.engine().verify(true, &Eye::default()).unwrap().left, []);
    assert_eq!(read(&root, "lib/made"), "word");
    clean(&root);
}

#[test]
fn a_type_and_a_capture_choose_what_a_trigger_is_run_for() {
    let text = "name: depmod\ndescription: lists modules\nhandlers: { h: { run: /bin/sh, args: ['-c', 'echo $0 >> /usr/lib/modules/$0/list', '$(version)'] } }\npaths: { '/usr/lib/modules/(version:*)/kernel': { handlers: [h], type: directory } }\n";
    let mut shop = shop();
    with(&mut shop, 1, &[("tx", "depmod", text.to_owned())], "first");
    shop.add(package("two"), |w| {
        // The folder has no record of its own, and many files; it is one.
        for name in ["a", "b/c"] {
            let path = format!("lib/modules/6.1/kernel/{name}.ko");
            w.file(path.as_bytes(), 0o644, 0, 0, bytes(name)).unwrap();
        }
        w.symlink(b"lib/modules/6.2/kernel", b"../6.1/kernel", 0, 0).unwrap();
        w.file(b"lib/modules/6.3/kernel", 0o644, 0, 0, bytes("x")).unwrap();
    });
    let root = shop.root();
    root.install(&["tools", "one", "two"]).unwrap();
    assert_eq!(read(&root, "lib/modules/6.1/list"), "6.1\n");
    assert!(!root.usr("lib/modules/6.2/list").exists() && !root.usr("lib/modules/6.3/list").exists());
    clean(&root);
}

/// A small memory file system over a root, unmounted when dropped.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn over(root: &Root, megabytes: u64) -> SmallDisk {
        let options = std::ffi::CString::new(format!("size={megabytes}m,mode=0755")).unwrap();
        let flags = rustix::mount::MountFlags::empty();
        rustix::mount::mount("tmpfs", root.path(), "tmpfs", flags, options.as_c_str()).unwrap();
        SmallDisk(root.path().to_owned())
    }

    /// Leaves so much.
    fn leave(&self, megabytes: u64) {
        let _ = fs::remove_file(self.0.join("filler"));
        let room = rustix::fs::statvfs(&self.0).unwrap();
        let size = room.f_bavail * room.f_frsize - (megabytes << 20);
        let file = fs::File::create(self.0.join("filler")).unwrap();
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, size).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        rustix::mount::unmount(&self.0, rustix::mount::UnmountFlags::DETACH).unwrap();
    }
}

#[test]
fn a_trigger_without_room_for_what_it_makes_is_not_begun() {
    let double = trigger("t", "", "cat /usr/share/big /usr/share/big > /usr/lib/made");
    let mut shop = shop();
    let big = lab::noise(10 << 20, 7);
    shop.add(package("big"), |w| {
        w.file(b"share/big", 0o644, 0, 0, Source::Bytes(big.clone())).unwrap()
    });
    with(&mut shop, 1, &[("tx", "t", double.clone())], "first");
    let root = Root {
        folder: tempfile::TempDir::new().unwrap(),
    };
    let disk = SmallDisk::over(&root, 128);
    root.engine().add_repository(&shop.repository("shop")).unwrap();
    root.engine().refresh("shop", &Eye::default()).unwrap();
    let wanted = ["tools", "one", "big"];
    root.install(&wanted).unwrap();
    with(&mut shop, 2, &[("tx", "t", double)], "second");
    shop.index();
    root.engine().refresh("shop", &Eye::default()).unwrap();
    let refused = |megabytes: u64| {
        disk.leave(megabytes);
        let error = root.refused(|engine| {
            let selection = select(engine, &wanted);
            engine.install(&selection, "a test", &Eye::default()).map(drop)
        });
        match error {
            Error::NoSpace {
                doing,
                needed: Some((needed, free)),
                ..
            } => {
                assert!(needed > free && free <= (megabytes + 1) << 20, "{needed} {free}");
                doing
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(12), "unpacking packages", "nobody knows yet what it makes");
    assert_eq!(
        refused(30),
        "running triggers",
        "40 MiB: what it made the last time, twice"
    );
    fs::remove_file(root.path().join("filler")).unwrap();
    root.install(&wanted).unwrap();
    clean(&root);
}

#[test]
fn a_broken_file_and_a_circle_are_warnings() {
    let (_shop, root) = ready(&[
        ("tx", "a", trigger("a", "after: b", "echo >> /usr/share/made")),
        ("tx", "b", trigger("b", "after: a", "echo >> /usr/share/made")),
        ("tx", "c", "name: [".to_owned()),
    ]);
    let warnings = root.install(&WANTED).unwrap().warnings;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(
        warnings[0].contains("tx.d/c.yaml") && warnings[1].ends_with("a, b"),
        "{warnings:?}"
    );
    assert_eq!(read(&root, "share/made"), "\n\n");
}

#[test]
fn without_triggers_there_is_no_phase_and_nothing_is_run() {
    let (_shop, root) = ready(&[]);
    let mut engine = root.engine();
    let (selection, eye) = (select(&engine, &WANTED), Eye::default());
    engine.install(&selection, "a test", &eye).unwrap();
    assert!(
        eye.seen
            .lock()
            .unwrap()
            .iter()
            .all(|progress| progress.phase != Phase::Triggers)
    );
    assert!(!root.path().join("var").exists());
}

#[test]
fn a_system_trigger_runs_after_the_swap_when_what_it_looks_at_changed_and_may_fail() {
    let mut shop = shop();
    let script = "cat /usr/share/in/one >> /etc/seen; cat /usr/lib/moult/state >> /var/seen; echo > /usr/no 2>/dev/null && exit 9; true";
    let good = ("sys", "good", trigger("good", "", script));
    let bad = (
        "sys",
        "bad",
        trigger("bad", "", "echo >> /etc/tried; echo why >&2; exit 4"),
    );
    with(&mut shop, 1, &[good, bad], "first,");
    shop.add(package("two"), |w| {
        w.file(b"share/other", 0o644, 0, 0, bytes("x")).unwrap()
    });
    shop.add(package("three"), |w| {
        w.file(b"share/in/three", 0o644, 0, 0, bytes("x")).unwrap()
    });
    let root = shop.root();
    let seen = |path: &str| fs::read_to_string(root.path().join(path)).unwrap();
    let warnings = root.install(&WANTED).unwrap().warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains("bad") && warnings[0].ends_with("ended with status 4: why"),
        "{warnings:?}"
    );
    assert_eq!((seen("etc/seen"), seen("var/seen")), ("first,".into(), "1\n".into()));

    // Nothing changed for it; the other one is tried again.
    root.install(&["tools", "one", "two"]).unwrap();
    assert_eq!((seen("etc/seen"), seen("etc/tried")), ("first,".into(), "\n\n".into()));
    root.install(&["tools", "one", "three"]).unwrap();
    assert_eq!(seen("etc/seen"), "first,first,");
    root.engine().activate(2, &Eye::default()).unwrap();
    assert_eq!(seen("etc/seen"), "first,first,first,", "three is gone");
    let warnings = root.engine().activate(1, &Eye::default()).unwrap().warnings;
    assert_eq!(
        (seen("etc/seen").as_str(), warnings.len()),
        ("first,first,first,", 1),
        "the same again"
    );
    assert_eq!(seen("var/seen"), "1\n3\n2\n");
    clean(&root);
}

fn tar_of(root: &Root, wanted: &[&str]) -> Vec<u8> {
    let mut engine = root.engine();
    let selection = select(&engine, wanted);
    let mut out = Vec::new();
    let done = engine
        .export(&selection, Target::Tar(&mut out), 0, &Eye::default())
        .unwrap();
    assert_eq!(done.warnings, Vec::<String>::new());
    out
}

#[test]
fn a_system_that_is_written_elsewhere_has_what_its_triggers_make_and_it_is_what_is_installed() {
    // It says its date, what it sees of other systems and who it runs as, and takes something away.
    let script = "mkdir /usr/lib/cache; cat /usr/share/in/* > /usr/lib/cache/all; echo $SOURCE_DATE_EPOCH > /usr/lib/cache/date; cat /etc/name > /usr/lib/cache/etc; rm /usr/share/gone; exit 0";
    let (mut shop, _) = ready(&[("tx", "t", trigger("t", "", script))]);
    shop.add(package("two"), |w| {
        w.file(b"share/gone", 0o644, 0, 0, bytes("gone")).unwrap();
    });
    let wanted = ["tools", "one", "two"];
    let [root, other] = [shop.root(), shop.root()];
    let fresh = tar_of(&root, &wanted);
    assert!(root.engine().states().unwrap().is_empty());
    assert!(!root.path().join(".moult/states/half-done-export").exists());

    // Neither what is around nor what a state has gets into it.
    fs::write(other.path().join("etc/name"), "name").unwrap();
    other.install(&wanted).unwrap();
    assert_eq!(read(&other, "lib/cache/etc"), "name");
    assert!(fresh == tar_of(&other, &wanted), "the archives differ");
    clean(&root);
    clean(&other);

    let folder = tempfile::TempDir::new().unwrap();
    let mut engine = root.engine();
    let selection = select(&engine, &wanted);
    let target = Target::Directory(folder.path().join("out"));
    engine.export(&selection, target, 5, &Eye::default()).unwrap();
    let out = folder.path().join("out/usr");
    let text = |name: &str| fs::read_to_string(out.join("lib/cache").join(name)).unwrap();
    assert_eq!(
        (text("all"), text("date"), text("etc")),
        ("first".into(), "5\n".into(), String::new())
    );
    assert!(!out.join("share/gone").exists());
    assert_eq!(fs::metadata(out.join("lib/cache/all")).unwrap().mtime(), 5);
    drop(engine);
    root.install(&wanted).unwrap();
    assert_eq!(read(&root, "lib/cache/date"), "0\n");
}

#[test]
fn dates_that_a_trigger_sees_are_those_of_the_result() {
    let (_shop, root) = ready(&[(
        "tx",
        "t",
        trigger(
            "t",
            "",
            "stat -c %Y /usr /usr/share/in /usr/share/in/one > /usr/lib/dates",
        ),
    )]);
    let folder = tempfile::TempDir::new().unwrap();
    let mut engine = root.engine();
    let selection = select(&engine, &WANTED);
    let target = Target::Directory(folder.path().join("out"));
    engine.export(&selection, target, 77, &Eye::default()).unwrap();
    let dates = fs::read_to_string(folder.path().join("out/usr/lib/dates")).unwrap();
    assert_eq!(dates, "77\n77\n77\n");
}

#[test]
fn a_trigger_that_fails_keeps_a_system_from_being_written() {
    let (_shop, root) = ready(&[("tx", "t", trigger("t", "", "echo no good >&2; exit 3"))]);
    let folder = tempfile::TempDir::new().unwrap();
    let target = folder.path().join("out");
    let error = root.refused(|engine| {
        let selection = select(engine, &WANTED);
        engine
            .export(&selection, Target::Directory(target.clone()), 0, &Eye::default())
            .map(drop)
    });
    assert!(
        matches!(&error, Error::Trigger { output, .. } if output == "no good"),
        "{error}"
    );
    assert!(!target.exists());
}
