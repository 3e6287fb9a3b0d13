//! Roots in odd surroundings: really full, read-only, from another time, with two writers at once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use moult_packages::{Engine, Error, Standing, Status, Unwatched};
use rustix::process::{Pid, Signal};

use crate::data::{ALL, FEW, SOME, Shop, Thing, Things};
use crate::lab;
use crate::trace;
use crate::verify;

pub(crate) fn mount(options: &str, what: &Path, at: &Path) {
    lab::run(
        "mount",
        &["-o".as_ref(), options.as_ref(), what.as_os_str(), at.as_os_str()],
    );
}

/// A new file system in a file, mounted.
pub(crate) fn image(folder: &Path, megabytes: u64, make: &[&str]) -> PathBuf {
    let (image, mounted) = (folder.join("image"), folder.join("mounted"));
    File::create(&image).unwrap().set_len(megabytes << 20).unwrap();
    std::fs::create_dir(&mounted).unwrap();
    let arguments: Vec<&std::ffi::OsStr> = make[1..]
        .iter()
        .map(|word| word.as_ref())
        .chain([image.as_os_str()])
        .collect();
    lab::run(make[0], &arguments);
    mount("loop", &image, &mounted);
    mounted
}

/// Leaves about this much free, by a file that takes the rest.
pub(crate) fn fill(mounted: &Path, free: u64) {
    let file = File::create(mounted.join("filler")).unwrap();
    let (mut at, mut step) = (0, u64::MAX);
    while step >= 4096 {
        rustix::fs::syncfs(&file).unwrap();
        let room = rustix::fs::statvfs(mounted).unwrap();
        step = step.min((room.f_bavail * room.f_frsize).saturating_sub(free));
        match rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), at, step.max(1)) {
            Ok(()) => at += step,
            // The file system needs some for itself.
            Err(_) => step /= 2,
        }
    }
}

#[test]
fn a_full_file_system_refuses_and_loses_nothing() {
    if !lab::alone("odd::a_full_file_system_refuses_and_loses_nothing") {
        return;
    }
    let shop = Shop::open();
    for make in [
        &["mkfs.ext4", "-q", "-F", "-m", "0"][..],
        &["mkfs.btrfs", "-q", "--mixed"],
        &["mkfs.xfs", "-q"],
    ] {
        let scratch = lab::scratch();
        let mounted = image(scratch.path(), if make[0] == "mkfs.xfs" { 320 } else { 96 }, make);
        let root = mounted.join("root");
        lab::before(&shop, &root);
        let before = verify::whole(&shop, &root).unwrap();
        let (mut refused, mut done) = (0, 0);
        for kilobytes in [0, 16, 64, 256, 1024, 2048, 3072, 4096, 6144, 16_384] {
            fill(&mounted, kilobytes << 10);
            let installed = lab::install(&mut Engine::open(&root).unwrap(), &ALL);
            std::fs::remove_file(mounted.join("filler")).unwrap();
            if let Err(error) = installed {
                let full = matches!(error, Error::NoSpace { .. } | Error::NoFiles { .. });
                assert!(full, "{make:?}, {kilobytes} KiB: {error:?}");
                assert_eq!(error.standing(), Standing::Intact);
                drop(Engine::open(&root).unwrap());
                assert_eq!(
                    verify::whole(&shop, &root).unwrap(),
                    before,
                    "{make:?}, {kilobytes} KiB"
                );
                refused += 1;
                continue;
            }
            done += 1;
            let found = verify::whole(&shop, &root).unwrap();
            assert_eq!(
                found.packages(),
                Some(&shop.hashes(&ALL, 2)),
                "{make:?}, {kilobytes} KiB"
            );
            break;
        }
        println!("{}: {refused} times full, {done} times enough", make[0]);
        assert!(refused > 0 && done == 1, "{make:?}");
        lab::run("umount", &[mounted.as_os_str()]);
    }
}

#[test]
fn a_read_only_root_answers_questions_and_refuses_changes() {
    if !lab::alone("odd::a_read_only_root_answers_questions_and_refuses_changes") {
        return;
    }
    let (shop, scratch) = (Shop::open(), lab::scratch());
    let mounted = image(scratch.path(), 96, &["mkfs.ext4", "-q", "-F"]);
    let root = mounted.join("root");
    lab::before(&shop, &root);
    let before = verify::whole(&shop, &root).unwrap();
    let bound = scratch.path().join("bound");
    std::fs::create_dir(&bound).unwrap();
    mount("bind", &root, &bound);
    mount("remount,bind,ro", &root, &bound);
    let look = |root: &Path| {
        let read_only = |error: Error| assert!(matches!(error, Error::ReadOnly { .. }), "{error:?}");
        let reader = Engine::open_reader(root).unwrap();
        let states: Vec<(u64, Status)> = reader
            .states()
            .unwrap()
            .iter()
            .map(|state| (state.id, state.status))
            .collect();
        assert_eq!(states, [(1, Status::Archived), (2, Status::Active)]);
        assert_eq!(reader.state(2).unwrap().packages.len(), SOME.len());
        assert_eq!(reader.resolve(&["shell".parse().unwrap()]).unwrap().packages.len(), 1);
        drop(reader);
        match Engine::open(root) {
            Err(error) => read_only(error),
            Ok(mut engine) => {
                read_only(lab::install(&mut engine, &ALL).unwrap_err());
                read_only(engine.activate(1, &Unwatched).unwrap_err());
                read_only(engine.prune(1, &Unwatched).unwrap_err());
            }
        }
    };
    // A writer is at home where it may write, while others look through the read-only window.
    look(&bound);
    lab::run("umount", &[bound.as_os_str()]);
    // Really read-only, as after an error or on a live medium.
    lab::run("mount", &["-o".as_ref(), "remount,ro".as_ref(), mounted.as_os_str()]);
    look(&root);
    lab::run("mount", &["-o".as_ref(), "remount,rw".as_ref(), mounted.as_os_str()]);
    assert_eq!(verify::whole(&shop, &root).unwrap(), before);
    lab::install(&mut Engine::open(&root).unwrap(), &ALL).unwrap();
    assert_eq!(
        verify::whole(&shop, &root).unwrap().packages(),
        Some(&shop.hashes(&ALL, 2))
    );
}

#[test]
fn a_wrong_clock_changes_nothing() {
    if !lab::alone("odd::a_wrong_clock_changes_nothing") {
        return;
    }
    let (shop, scratch) = (Shop::open(), lab::scratch());
    let root = scratch.path().join("root");
    lab::before(&shop, &root);
    // The oldest state comes from the year 2500, the next one from before 1970; the files are from the future, too.
    let database = rusqlite::Connection::open(root.join(".moult/moult.db")).unwrap();
    let times = "UPDATE states SET created = CASE id WHEN 1 THEN 16725225600 ELSE -86400 END;
                 UPDATE repositories SET refreshed = 16725225600";
    database.execute_batch(times).unwrap();
    drop(database);
    let future = std::time::SystemTime::now() + Duration::from_secs(500 * 365 * 86_400);
    for path in ["moult.db", "lock", "states"] {
        File::open(root.join(".moult").join(path))
            .unwrap()
            .set_modified(future)
            .unwrap();
    }
    let mut engine = lab::know(&root, &shop.index("new.index"));
    assert_eq!(lab::install(&mut engine, &ALL).unwrap(), 3);
    assert_eq!(engine.activate(1, &Unwatched).unwrap().before, Some(3));
    engine.activate(3, &Unwatched).unwrap();
    // Old is who came first, not who says so.
    assert_eq!(engine.prune(2, &Unwatched).unwrap().states, [1]);
    drop(engine);
    let found = verify::whole(&shop, &root).unwrap();
    assert_eq!(
        (found.active, found.states.keys().copied().collect::<Vec<_>>()),
        (Some(3), vec![2, 3])
    );
}

/// A program that stands still in the middle of a change. Gone when dropped.
pub(crate) struct Still {
    tracer: Child,
    pid: Option<Pid>,
}

impl Still {
    fn at(program: &Path, arguments: &[String], call: &trace::Call, log: &Path) -> Still {
        let still = Still::try_at(program, arguments, call, log);
        still.unwrap_or_else(|| panic!("it never stood still at {call:?}"))
    }

    /// None if the program ended without making this call.
    pub(crate) fn try_at(program: &Path, arguments: &[String], call: &trace::Call, log: &Path) -> Option<Still> {
        let mut command = Command::new("strace");
        command
            .args(["-f", "-q"])
            .args(trace::at(arguments, call, "signal=STOP"));
        command
            .arg("-o")
            .arg(log)
            .arg(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut still = Still {
            tracer: command.spawn().unwrap(),
            pid: None,
        };
        let begun = Instant::now();
        while still.pid.is_none() {
            assert!(begun.elapsed() < Duration::from_secs(120), "it hangs before {call:?}");
            if still.tracer.try_wait().unwrap().is_some() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(5));
            let text = String::from_utf8_lossy(&std::fs::read(log).unwrap_or_default()).into_owned();
            let stopped = text.lines().find(|line| line.contains("stopped by SIGSTOP"));
            if let Some(thread) = stopped.and_then(|line| line.split(' ').next()) {
                // Any of its threads may have come there.
                let status = std::fs::read_to_string(format!("/proc/{thread}/status")).unwrap();
                let process = status.lines().find_map(|line| line.strip_prefix("Tgid:"));
                still.pid = Pid::from_raw(process.unwrap().trim().parse().unwrap());
            }
        }
        Some(still)
    }

    fn pid(&self) -> Pid {
        self.pid.unwrap()
    }

    /// Lets it go on, and waits for its end.
    fn go_on(mut self) -> trace::End {
        rustix::process::kill_process(self.pid(), Signal::CONT).unwrap();
        let mut said = Vec::new();
        std::io::Read::read_to_end(self.tracer.stdout.as_mut().unwrap(), &mut said).unwrap();
        let status = self.tracer.wait().unwrap();
        trace::end(&std::process::Output {
            status,
            stdout: said,
            stderr: Vec::new(),
        })
    }
}

impl Drop for Still {
    fn drop(&mut self) {
        if self.tracer.try_wait().is_ok_and(|ended| ended.is_none()) {
            if let Some(pid) = self.pid {
                let _ = rustix::process::kill_process(pid, Signal::KILL);
            }
            let _ = self.tracer.kill();
            let _ = self.tracer.wait();
        }
    }
}

#[test]
fn while_a_writer_stands_still_questions_are_answered_and_a_second_writer_is_told_who_it_is() {
    if !lab::alone("odd::while_a_writer_stands_still_questions_are_answered_and_a_second_writer_is_told_who_it_is") {
        return;
    }
    let (shop, scratch, program) = (Shop::open(), lab::scratch(), lab::transaction());
    let template = scratch.path().join("template");
    lab::before(&shop, &template);
    let arguments = |root: &Path| -> Vec<String> {
        let words = ["install", root.to_str().unwrap()];
        words.iter().chain(&ALL).map(|word| (*word).to_owned()).collect()
    };
    let recorded = scratch.path().join("recorded");
    lab::copy(&template, &recorded);
    let run = || {
        trace::pin(0);
        trace::record(&program, &arguments(&recorded), &scratch.path().join("calls")).1
    };
    let calls = std::thread::scope(|scope| scope.spawn(run).join().unwrap());
    // In the store, in the new tree, at the swap, and after it.
    let first = calls.iter().position(|call| call.name == "linkat").unwrap();
    let swap = calls
        .iter()
        .position(|call| call.text.contains("RENAME_EXCHANGE"))
        .unwrap();
    for at in [first / 2, first + 100, swap, swap + 2] {
        let call = &calls[at];
        let root = scratch.path().join(format!("still-{at}"));
        lab::copy(&template, &root);
        let log = scratch.path().join("still");
        let _ = std::fs::remove_file(&log);
        let (arguments, log, program) = (arguments(&root), &log, &program);
        let start = move || {
            trace::pin(0);
            Still::at(program, &arguments, call, log)
        };
        let still = std::thread::scope(|scope| scope.spawn(start).join().unwrap());

        // Whoever had to wait for the writer would wait for ever.
        let reader = Engine::open_reader(&root).unwrap();
        assert_eq!(reader.active().unwrap(), Some(2), "{call:?}");
        assert_eq!(reader.state(1).unwrap().packages.len(), FEW.len());
        assert_eq!(reader.resolve(&["mail".parse().unwrap()]).unwrap().packages.len(), 1);
        // A second writer opens without harm to the first, and may ask, too.
        let mut second = Engine::open(&root).unwrap();
        assert_eq!(second.active().unwrap(), Some(2));
        let refusals = [
            lab::install(&mut second, &FEW).unwrap_err(),
            second.activate(1, &Unwatched).unwrap_err(),
            second.prune(1, &Unwatched).unwrap_err(),
        ];
        for error in refusals {
            let text = error.to_string();
            assert!(
                text.contains("is changing the system") && text.contains(&still.pid().to_string()),
                "{text}"
            );
            let Error::Busy { pid, .. } = error else {
                panic!("{call:?}: {error:?}")
            };
            assert_eq!(pid, Some(still.pid().as_raw_nonzero().get() as u32), "{call:?}");
        }
        assert_eq!(still.go_on(), trace::End::Done(3), "{call:?}");
        assert_eq!(reader.active().unwrap(), Some(3));
        assert!(lab::install(&mut second, &FEW).is_ok());
        drop((reader, second));
        assert_eq!(
            verify::whole(&shop, &root).unwrap().packages(),
            Some(&shop.hashes(&FEW, 2)),
            "{call:?}"
        );
    }
}

/// ext4 has at most 65,000 names for a file.
#[test]
fn a_content_may_have_more_names_than_the_file_system_allows() {
    if !lab::full() || !lab::alone("odd::a_content_may_have_more_names_than_the_file_system_allows") {
        return;
    }
    let scratch = lab::scratch();
    let file = Thing::File {
        mode: 0o644,
        uid: 0,
        gid: 0,
        content: b"the same".to_vec(),
    };
    let things: Things = (0..66_000)
        .map(|number| (format!("share/{}/{number}", number % 7).into_bytes(), file.clone()))
        .collect();
    let shop = Shop::of("many", things);
    let mounted = image(scratch.path(), 768, &["mkfs.ext4", "-q", "-F", "-N", "200000"]);
    let root = mounted.join("root");
    let mut engine = lab::know(&root, &shop.index("new.index"));
    for state in [1, 2] {
        assert_eq!(lab::install(&mut engine, &["many"]).unwrap(), state);
        verify::whole(&shop, &root).unwrap();
    }
    engine.activate(1, &Unwatched).unwrap();
    engine.prune(1, &Unwatched).unwrap();
    verify::whole(&shop, &root).unwrap();
}
