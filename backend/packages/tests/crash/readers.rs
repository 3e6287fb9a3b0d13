//! Somebody without any rights looks into the database: always answered, whatever writers and other readers do or did.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use moult_packages::{Engine, Unwatched};

use crate::every::Place;
use crate::lab;
use crate::odd::Still;
use crate::trace::{self, Call};

/// The user whom nothing belongs to.
const NOBODY: &str = "65534";

/// A copy of the program that everybody may run: the one that was built may lie where only its owner comes.
fn for_all(program: &Path, root: &Path) -> PathBuf {
    let folder = root.parent().unwrap();
    let copied = folder.join("everybody's");
    if !copied.exists() {
        let unfinished = folder.join(format!("unfinished-{:?}", std::thread::current().id()));
        // Not copied by this process: it could not be run while another thread starts one that still has it open.
        lab::run("cp", &[program.as_os_str(), unfinished.as_os_str()]);
        std::fs::rename(unfinished, &copied).unwrap();
    }
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder, open).unwrap();
    copied
}

fn asking(program: &Path, root: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--clear-groups", "--reuid", NOBODY, "--regid", NOBODY]);
    command.arg(for_all(program, root)).arg("ask").arg(root);
    command.stdin(Stdio::null());
    command
}

/// Asks as nobody; the number of the active state, 0 for none.
pub(crate) fn ask(program: &Path, root: &Path) -> Result<u64, String> {
    let outcome = asking(program, root).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let number = said.trim().strip_prefix("done ").and_then(|number| number.parse().ok());
    number.ok_or_else(|| {
        let errors = String::from_utf8_lossy(&outcome.stderr);
        format!("somebody without rights is told: {} {said} {errors}", outcome.status)
    })
}

fn recorded(place: &Place, program: &Path, scratch: &Path) -> Vec<Call> {
    place.changes[0].record(&place.shop, program, scratch).1
}

#[test]
fn while_a_writer_stands_still_at_any_call_somebody_without_rights_is_answered() {
    if !lab::alone("readers::while_a_writer_stands_still_at_any_call_somebody_without_rights_is_answered") {
        return;
    }
    let (scratch, program) = (lab::scratch(), lab::transaction());
    let place = Place::open(scratch.path());
    let change = &place.changes[0];
    // The calls to the database and its log, and a few others.
    let calls = recorded(&place, &program, scratch.path());
    let at_database = |call: &&Call| call.of.as_ref().is_some_and(|(path, _)| path.contains("moult.db"));
    let database: Vec<Call> = calls.iter().filter(at_database).cloned().collect();
    let (many, some) = if lab::full() { (usize::MAX, 60) } else { (12, 6) };
    let mut points = trace::choose(&database, many);
    points.extend(
        trace::choose(&calls, some)
            .into_iter()
            .filter(|call| call.name != "syncfs"),
    );
    let stood: Mutex<usize> = Mutex::default();
    let work = |worker: usize, call: &Call| {
        trace::pin(worker);
        let root = scratch.path().join(format!("still-{worker}"));
        lab::copy(&change.root, &root);
        let log = scratch.path().join(format!("log-{worker}"));
        let _ = std::fs::remove_file(&log);
        let outcome = (|| {
            let Some(still) = Still::try_at(&program, &change.arguments(&root), call, &log) else {
                return Ok(());
            };
            *stood.lock().unwrap() += 1;
            // The first one who opens the database makes its index, which takes an instant: for that readers do wait.
            let index = call.of.as_ref().is_some_and(|(path, _)| path.ends_with("-shm"));
            if !index {
                let told = ask(&program, &root)?;
                if told != 2 && told != 3 {
                    return Err(format!("state {told} is said to be active"));
                }
            }
            // The writer dies, and nobody has repaired anything.
            drop(still);
            ask(&program, &root)?;
            drop(Engine::open(&root).map_err(|error| error.to_string())?);
            ask(&program, &root).map(drop)
        })();
        std::fs::remove_dir_all(&root).unwrap();
        outcome.map_err(|reason| format!("at {}: {reason}", call.text))
    };
    let wrong = lab::each(&points, work);
    let stood = stood.into_inner().unwrap();
    println!(
        "asked while a writer stood still at {stood} of {} calls, {} wrong",
        points.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(stood * 10 >= points.len() * 8, "only {stood} calls were made");
}

/// A reader that ends, or is killed in the middle, and a writer that is the last one to go, leave a database that
/// somebody without rights can open.
#[test]
fn whoever_goes_last_leaves_a_database_that_somebody_without_rights_can_open() {
    if !lab::alone("readers::whoever_goes_last_leaves_a_database_that_somebody_without_rights_can_open") {
        return;
    }
    let (scratch, program) = (lab::scratch(), lab::transaction());
    let _place = Place::open(scratch.path());
    let root = scratch.path().join("before");
    for round in 0..4 {
        assert_eq!(ask(&program, &root), Ok(2), "round {round}");
        // A writer, with and without a reader beside it when it closes.
        let reader = (round % 2 == 0).then(|| Engine::open_reader(&root).unwrap());
        let mut engine = Engine::open(&root).unwrap();
        engine.name_state(1, &format!("round {round}")).unwrap();
        assert_eq!(ask(&program, &root), Ok(2));
        drop(engine);
        assert_eq!(ask(&program, &root), Ok(2));
        drop(reader);
        for name in ["moult.db-wal", "moult.db-shm"] {
            assert!(
                root.join(".moult").join(name).exists(),
                "{name} is gone: who may not write cannot make it"
            );
        }
        // Readers that are killed at any time.
        for wait in [0, 2, 5, 9] {
            let mut child = asking(&program, &root).stdout(Stdio::null()).spawn().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(wait));
            let _ = child.kill();
            child.wait().unwrap();
        }
        assert_eq!(ask(&program, &root), Ok(2));
        let mut engine = Engine::open(&root).unwrap();
        engine.pin_state(1, round % 2 == 0).unwrap();
        engine.prune(usize::MAX, &Unwatched).unwrap();
    }

    // A system that was copied without the log, or that another program looked at last: nobody is there who could make one.
    for name in ["moult.db-wal", "moult.db-shm"] {
        std::fs::remove_file(root.join(".moult").join(name)).unwrap();
    }
    assert_eq!(ask(&program, &root), Ok(2));
}
