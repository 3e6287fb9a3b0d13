//! The engine dies while a program of a trigger runs, before the swap and after it.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use moult_packages::{Engine, Provider, Unwatched};

use crate::data::{Shop, Thing, Things};
use crate::lab;

/// The machine's shell and `sleep` with their libraries, and a trigger of each kind that takes its time if a file in
/// `/etc` says so.
fn things() -> Things {
    let file = |mode, content| Thing::File {
        mode,
        uid: 0,
        gid: 0,
        content,
    };
    let mut things = Things::new();
    for tool in ["sh", "sleep"] {
        let path = format!("/usr/bin/{tool}");
        let listed = Command::new("ldd").arg(&path).output().expect("ldd can be run");
        let text = String::from_utf8(listed.stdout).unwrap();
        for path in [path.as_str()]
            .into_iter()
            .chain(text.split_whitespace().filter(|word| word.starts_with('/')))
        {
            let name = path.strip_prefix("/usr/").unwrap_or(&path[1..]);
            things.insert(name.as_bytes().to_vec(), file(0o755, std::fs::read(path).unwrap()));
        }
    }
    for kind in ["tx", "sys"] {
        let text = format!(
            "name: {kind}\nhandlers: {{ h: {{ run: /usr/bin/sh, args: ['-c', 'if test -e /etc/slow-{kind}; then sleep 4711; fi'] }} }}\n\
             paths: {{ '/usr/share/in/*': {{ handlers: [h] }} }}\n"
        );
        let path = format!("share/moult/triggers/{kind}.d/{kind}.yaml");
        things.insert(path.into_bytes(), file(0o644, text.into_bytes()));
    }
    things.insert(b"share/in/one".to_vec(), file(0o644, b"one".to_vec()));
    things
}

/// The processes that sleep as the trigger does, and everything of bubblewrap.
fn running() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap();
    let words = processes.filter_map(|entry| std::fs::read(entry.unwrap().path().join("cmdline")).ok());
    let words = words.map(|words| String::from_utf8_lossy(&words).replace('\0', " "));
    words
        .filter(|words| words.starts_with("sleep 4711") || words.contains("bwrap") || words.contains("slow-"))
        .collect()
}

fn wait_for(what: &str, reached: impl Fn() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}: {:?}", running());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The numbers of the states, and the active one's.
fn states(root: &Path) -> (Vec<u64>, Option<u64>) {
    let reader = Engine::open_reader(root).unwrap();
    let all = reader.states().unwrap().iter().map(|state| state.id).collect();
    (all, reader.active().unwrap())
}

#[test]
fn a_trigger_dies_with_the_engine_and_leaves_no_mount_and_no_file() {
    if !lab::alone("children::a_trigger_dies_with_the_engine_and_leaves_no_mount_and_no_file") {
        return;
    }
    let (shop, scratch, program) = (Shop::of("slow", things()), lab::scratch(), lab::transaction());
    for (kind, after) in [("tx", (Vec::new(), None)), ("sys", (vec![1], Some(1)))] {
        let root = scratch.path().join(kind);
        drop(lab::know(&root, &shop.index("new.index")));
        let slow = root.join(format!("etc/slow-{kind}"));
        std::fs::write(&slow, "").unwrap();
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        let mut engine = Command::new(&program)
            .args(["install".as_ref(), root.as_os_str(), "slow".as_ref()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        wait_for("the trigger does not begin", || {
            running().iter().any(|words| words.starts_with("sleep"))
        });
        engine.kill().unwrap();
        engine.wait().unwrap();
        wait_for("the trigger goes on", || running().is_empty());
        assert_eq!(std::fs::read_to_string("/proc/self/mounts").unwrap(), mounts);

        std::fs::remove_file(&slow).unwrap();
        let mut engine = Engine::open(&root).expect("the next start");
        assert_eq!(states(&root), after, "{kind}");
        let left = || -> Vec<_> {
            let folders = std::fs::read_dir(root.join(".moult/states")).unwrap();
            folders.map(|entry| entry.unwrap().file_name()).collect()
        };
        assert!(left().is_empty(), "{kind}: {:?}", left());
        assert!(!root.join(".moult/unpacking").exists(), "{kind}");
        let stored = std::fs::read_dir(root.join(".moult/store")).unwrap().any(|folder| {
            let folder = folder.unwrap().path();
            folder.is_dir() && std::fs::read_dir(folder).unwrap().next().is_some()
        });
        assert_eq!(
            stored,
            after.1.is_some(),
            "{kind}: what no state has is not in the store"
        );

        // Nothing is locked, and the same change works.
        let wanted: Vec<Provider> = vec!["slow".parse().unwrap()];
        let selection = engine.resolve(&wanted).unwrap();
        let installed = engine.install(&selection, "again", &Unwatched).unwrap();
        assert!(installed.warnings.is_empty(), "{:?}", installed.warnings);
        let verified = engine.verify(false, &Unwatched).unwrap();
        assert!(verified.problems.is_empty(), "{:?}", verified.problems);
    }
}
