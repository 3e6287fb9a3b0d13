//! Triggers that fail, hang, have no room or do what they must not: everything stays as it was.

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use moult_packages::Error;
use moult_stone::Source;

use crate::lab::{Eye, Root, noise, package, select};
use crate::shop::{WANTED, clean, ready, shop, trigger, with};

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
    // On a slow machine it takes its time to begin.
    let begun = [1, 5, 30].into_iter().any(|seconds| {
        let error = root.refused(|engine| {
            engine.set_trigger_limit(Duration::from_secs(seconds));
            install(engine, &Eye::default())
        });
        match error {
            Error::Trigger {
                ended: None, output, ..
            } => output == "begun",
            other => panic!("{other}"),
        }
    });
    assert!(begun, "what it said before it was ended is not told");
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
    let big = noise(10 << 20, 7);
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
