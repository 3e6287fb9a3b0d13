//! A person at a machine: logs in on the screen as a German types, or at the serial line, and asks what is so.

use std::thread::sleep;
use std::time::{Duration, Instant};

use moult_api::{BootStatus, BootedBy, StateRow};
use moult_tests::lab::{Layout, Machine, Shot};
use serde::de::DeserializeOwned;

use super::computer::{PASSWORD, USER};

/// From the reset to a login, emulated, on a machine that does something else as well.
pub(crate) const BOOT: Duration = Duration::from_secs(300);
/// Until the screen answers.
pub(crate) const STEP: Duration = Duration::from_secs(90);
/// More than a cursor that goes to another line: some letters, of a million pixels.
const MORE: f64 = 0.000_1;
/// What Linux says when the screen has its own driver.
const SCREEN: &str = "drmfb frame buffer device";
/// The boot menu and the states, in two texts of JSON.
const QUESTIONS: &str = "moultctl boot status --json;moultctl state list --json";

/// Waits for the login, on the serial line and then on the screen, where it is the last thing that comes.
pub(crate) fn wait_login(machine: &mut Machine) {
    let _ = machine.wait_serial(" login:", BOOT).unwrap();
    // The screen's own driver may come after the login, and what is typed meanwhile is lost.
    let begun = Instant::now();
    while begun.elapsed() < STEP {
        let said = machine.serial().unwrap();
        if said.rsplit("Linux version").next().unwrap().contains(SCREEN) {
            break;
        }
        sleep(Duration::from_millis(200));
    }
    let _ = still(machine, Duration::from_secs(3));
}

/// Waits until nothing new has come on the screen for a while, and gives it.
fn still(machine: &mut Machine, how_long: Duration) -> Shot {
    let (mut last, mut since) = (machine.shot().unwrap(), Instant::now());
    machine
        .wait_picture("a screen on which nothing new comes", STEP, |shot| {
            if shot.difference(&last, None, 32) > MORE {
                (last, since) = (shot.clone(), Instant::now());
            }
            since.elapsed() > how_long
        })
        .unwrap()
}

/// Logs in on the screen, at the keyboard.
pub(crate) fn log_in(machine: &mut Machine) {
    answer(machine, USER);
    answer(machine, PASSWORD);
    // The shell reads its settings meanwhile.
    let _ = still(machine, Duration::from_secs(3));
}

/// What a person who is logged in on the screen, and is no administrator while asking, is told of the start and of the states.
pub(crate) fn told(machine: &mut Machine) -> (BootStatus, Vec<StateRow>) {
    answer(machine, &format!("({QUESTIONS})>a"));
    // Only root may write to the serial line, on which it is read here.
    answer(machine, "(echo begin;cat a;echo end)|sudo tee /dev/ttyS0");
    machine.type_text(Layout::German, &format!("{PASSWORD}\n")).unwrap();
    let _ = machine.wait_serial("begin", STEP).unwrap();
    let said = machine.wait_serial("\nend", STEP).unwrap();
    answers(said.trim_end_matches("end"))
}

/// Types a line at the screen and waits until the screen says more than before, and then nothing new.
pub(crate) fn answer(machine: &mut Machine, line: &str) {
    machine.type_text(Layout::German, line).unwrap();
    let before = still(machine, Duration::from_millis(600));
    machine.press(&["ret"]).unwrap();
    let _ = machine
        .wait_picture(&format!("an answer to {line:?} on the screen"), STEP, |shot| {
            shot.difference(&before, None, 32) > MORE
        })
        .unwrap();
    let _ = still(machine, Duration::from_millis(600));
}

/// Logs in at the serial line and becomes root. Its login must have been waited for.
pub(crate) fn become_root(machine: &mut Machine) {
    machine.say(&format!("{USER}\n")).unwrap();
    let _ = machine.wait_serial("Password:", STEP).unwrap();
    machine.say(&format!("{PASSWORD}\n")).unwrap();
    let _ = machine.wait_serial("$ ", STEP).unwrap();
    machine.say("exec sudo sh\n").unwrap();
    let _ = machine.wait_serial("password for", STEP).unwrap();
    machine.say(&format!("{PASSWORD}\n")).unwrap();
    let _ = machine.wait_serial("# ", STEP).unwrap();
    // Neither the echo of a line nor the kernel comes between.
    machine.say("stty -echo; dmesg -n 1; PS1=; echo re''ady\n").unwrap();
    let _ = machine.wait_serial("ready", STEP).unwrap();
}

/// Has root's shell at the serial line do something: its exit code and what it said.
pub(crate) fn run(machine: &mut Machine, command: &str, limit: Duration) -> (i32, String) {
    machine.say(&format!("echo begin; {command}; echo end=$?=\n")).unwrap();
    let _ = machine.wait_serial("begin", limit).unwrap();
    let said = machine.wait_serial("end=", limit).unwrap();
    let code = machine.wait_serial("=", limit).unwrap();
    let code = code.trim_end_matches('=').parse().unwrap();
    (code, said.trim_end_matches("end=").replace('\r', "").trim().to_owned())
}

/// The same as [`told`] for root at the serial line, who sees the boot partition itself.
pub(crate) fn told_root(machine: &mut Machine) -> (BootStatus, Vec<StateRow>) {
    let (code, said) = run(machine, QUESTIONS, STEP);
    assert_eq!(code, 0, "{said}");
    answers(&said)
}

fn answers(said: &str) -> (BootStatus, Vec<StateRow>) {
    let mut texts = serde_json::Deserializer::from_str(said).into_iter::<serde_json::Value>();
    (next(&mut texts, said), next(&mut texts, said))
}

fn next<T: DeserializeOwned>(
    texts: &mut impl Iterator<Item = Result<serde_json::Value, serde_json::Error>>,
    said: &str,
) -> T {
    let text = texts.next().unwrap_or_else(|| panic!("too short an answer: {said}"));
    let text = text.unwrap_or_else(|error| panic!("{error}: {said}"));
    serde_json::from_value(text).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// Logs in where the older state 1 was taken out of the menu, and sees that: all that there are. A picture of it is kept.
pub(crate) fn is_back(machine: &mut Machine, picture: &str) -> Vec<StateRow> {
    log_in(machine);
    // Root looks at the menu once the boot partition is there, which may be after the login.
    answer(machine, "until test -e /run/moult/menu;do sleep 1;done");
    answer(machine, "moultctl state list");
    let _ = machine.keep(picture).unwrap();
    let (start, states) = told(machine);
    assert_eq!(
        (start.booted.by, start.booted.state),
        (BootedBy::Choice, 1),
        "{start:?}"
    );
    assert_eq!(active(&states), 1);
    states
}

/// The active one of some states.
pub(crate) fn active(states: &[StateRow]) -> u64 {
    states.iter().find(|state| state.status == "active").unwrap().id
}
