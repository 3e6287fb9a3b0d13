//! Roots, the program that changes them, and namespaces that clean up by themselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use moult_packages::{Engine, Provider, Repository, Unwatched, Url};
use tempfile::TempDir;

use crate::data::Shop;

/// Where everything is made: in memory.
pub(crate) const MEMORY: &str = "/dev/shm";

/// Whether everything is to be tried, however long it takes.
pub(crate) fn full() -> bool {
    std::env::var_os("MOULT_CRASH").is_some_and(|value| value == "full")
}

/// A folder in memory.
pub(crate) fn scratch() -> TempDir {
    assert!(
        rustix::process::geteuid().is_root(),
        "these tests need root: they prove owners and set-id bits, and mount"
    );
    TempDir::with_prefix_in("moult-crash-", MEMORY).unwrap()
}

/// Runs the test of this name once more, in a mount and a process namespace of its own, with a memory disk of its own:
/// whatever it mounts, starts or writes is gone when it ends, however it ends. True inside of it; outside, the test has
/// passed when this returns.
pub(crate) fn alone(test: &str) -> bool {
    const INSIDE: &str = "MOULT_CRASH_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        run("mount", &["-t", "tmpfs", "tmpfs", MEMORY].map(AsRef::as_ref));
        return true;
    }
    let outcome = Command::new("setpriv")
        .args([
            "--pdeathsig",
            "KILL",
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
        ])
        .args(["--mount-proc", "--propagation", "private"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .stdin(Stdio::null())
        .output()
        .expect("setpriv and unshare (util-linux) can be run");
    print!("{}", String::from_utf8_lossy(&outcome.stdout));
    eprint!("{}", String::from_utf8_lossy(&outcome.stderr));
    assert!(
        outcome.status.success(),
        "{test} failed in its namespace: {}",
        outcome.status
    );
    let passed = String::from_utf8_lossy(&outcome.stdout).contains("1 passed");
    assert!(passed, "{test} was not run in its namespace");
    false
}

/// The program that makes one change. It must be as new as the engine.
pub(crate) fn transaction() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let program = exe
        .parent()
        .and_then(Path::parent)
        .unwrap()
        .join("examples/transaction");
    let built = fs::metadata(&program)
        .and_then(|stat| stat.modified())
        .unwrap_or(SystemTime::UNIX_EPOCH);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut left = vec![here.join("src"), here.join("examples/transaction.rs")];
    while let Some(path) = left.pop() {
        let stat = fs::metadata(&path).unwrap();
        if stat.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            assert!(
                stat.modified().unwrap() <= built,
                "{} is missing or older than {}: cargo build --example transaction",
                program.display(),
                path.display()
            );
        }
    }
    program
}

/// Runs a program that must succeed.
pub(crate) fn run(program: &str, arguments: &[&std::ffi::OsStr]) {
    let outcome = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let outcome = outcome.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(
        outcome.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&outcome.stderr)
    );
}

/// Copies a root: contents, owners, modes, and which names are one file.
pub(crate) fn copy(from: &Path, to: &Path) {
    run("cp", &["-a".as_ref(), "--".as_ref(), from.as_os_str(), to.as_os_str()]);
}

/// Makes the root know a package list.
pub(crate) fn know(root: &Path, index: &Path) -> Engine {
    let uri = Url::from_file_path(index).unwrap();
    know_of(root, &Repository::direct("shop", uri))
}

/// Makes the root know a repository, and read its list.
pub(crate) fn know_of(root: &Path, repository: &Repository) -> Engine {
    fs::create_dir_all(root).unwrap();
    let mut engine = Engine::open(root).unwrap();
    engine.add_repository(repository).unwrap();
    engine.refresh(&repository.id, &Unwatched).unwrap();
    engine
}

/// Makes a state of these packages.
pub(crate) fn install(engine: &mut Engine, names: &[&str]) -> Result<u64, moult_packages::Error> {
    let wanted: Vec<Provider> = names.iter().map(|name| name.parse().unwrap()).collect();
    let selection = engine.resolve(&wanted)?;
    Ok(engine.install(&selection, "by the lab", &Unwatched)?.state)
}

/// A root with the states 1 (few packages) and 2 (some; active), all in the first release, that knows both releases.
pub(crate) fn before(shop: &Shop, root: &Path) {
    let mut engine = know(root, &shop.index("old.index"));
    assert_eq!(install(&mut engine, &crate::data::FEW).unwrap(), 1);
    assert_eq!(install(&mut engine, &crate::data::SOME).unwrap(), 2);
    drop(engine);
    drop(know(root, &shop.index("new.index")));
}

/// Works on all items, two at a time, each worker with the number of a processor of its own. What went wrong is
/// collected, not stopped at: one broken point says less than all of them.
pub(crate) fn each<T: Sync>(items: &[T], work: impl Fn(usize, &T) -> Result<(), String> + Sync) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for processor in 0..2 {
            let (next, wrong, work) = (&next, &wrong, &work);
            scope.spawn(move || {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(reason) = work(processor, item) {
                        wrong.lock().unwrap().push(reason);
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}
