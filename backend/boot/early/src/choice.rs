//! The choice of the boot menu, carried out: activates the state, writes down what came of it, and says it if it failed.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::Error;
use crate::activate::{Activated, activate, active};
use crate::console::{self, Answer, Console};
use crate::init::restart;
use crate::record::Record;
use crate::words::Say;

/// How long a failed activation is shown before the boot goes on.
const SHOWN: Duration = Duration::from_secs(30);

/// Activates the state `asked`, for the hook of another initrd: with the consoles, and the restart if somebody wants it.
#[must_use]
pub fn make_on_consoles(root: &Path, run: &Path, asked: &str) -> Record {
    let console = Console::open();
    let (record, answer) = make(root, run, asked, Some(&console));
    if answer == Answer::Restart {
        restart(&console);
    }
    record
}

/// Activates the state `asked`, writes the record below `run`, and nothing is said.
#[must_use]
pub fn make_quietly(root: &Path, run: &Path, asked: &str) -> Record {
    make(root, run, asked, None).0
}

/// Makes the state active that was asked for: `asked` is the value of `moult.state`. If that fails, the one that is stays,
/// and with a console a person is told and may choose to restart.
pub(crate) fn make(root: &Path, run: &Path, asked: &str, console: Option<&Console>) -> (Record, Answer) {
    let begun = Instant::now();
    let before = active(root);
    let (number, done) = match asked.parse::<u64>() {
        Ok(state) => (state, activate(root, state)),
        Err(_) => {
            let error = Error::CommandLine {
                word: format!("moult.state={asked}"),
                reason: "it is not a number".to_owned(),
            };
            (0, Err(error))
        }
    };
    let mut record = Record::of(root, number, before, &done);
    if record.note.is_none() && record.result.is_ok() {
        record.note = other_kernel(root);
    }
    if let Err(error) = record.write(run) {
        console::log(&error.to_string());
    }
    let text = record.text().trim_end().replace('\n', ", ");
    console::log(&format!("{text} ({} ms)", begun.elapsed().as_millis()));
    let answer = match console {
        Some(console) => tell(console, asked, &record, &done),
        None => Answer::Nobody,
    };
    (record, answer)
}

fn tell(console: &Console, asked: &str, record: &Record, done: &Result<Activated, Error>) -> Answer {
    match (&record.result, done) {
        (Ok(true), _) => console.say(Say::Active(record.asked)),
        (Err(_), Err(error)) => {
            console.say(Say::NotActive {
                asked,
                reason: &console.language.failure(error),
                now: record.now,
                seconds: SHOWN.as_secs(),
            });
            return console.ask(Some(SHOWN));
        }
        (Ok(false) | Err(_), _) => {}
    }
    Answer::Nobody
}

/// What a person should know if the active state has no modules for the kernel that runs.
fn other_kernel(root: &Path) -> Option<String> {
    let name = rustix::system::uname();
    let release = name.release().to_string_lossy();
    let there = root.join("usr/lib/modules").join(release.as_ref()).is_dir();
    (!there).then(|| format!("this state has no modules for the kernel {release}, which was started"))
}
