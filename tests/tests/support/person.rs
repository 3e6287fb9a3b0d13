//! A person at the console of a machine: logs in as a German types, and asks which state is active.

use std::time::{Duration, Instant};

use moult_tests::lab::{Layout, Machine, Shot};

use super::computer::{PASSWORD, USER};

/// From the reset to a login, emulated, on a machine that does something else as well.
pub(crate) const BOOT: Duration = Duration::from_secs(300);
/// Until the screen answers.
pub(crate) const STEP: Duration = Duration::from_secs(90);
/// More than a cursor that goes to another line: some letters, of a million pixels.
const MORE: f64 = 0.000_1;

/// Waits for the login, on the serial line and then on the screen, where it is the last thing that comes.
pub(crate) fn wait_login(machine: &mut Machine) {
    let _ = machine.wait_serial(" login:", BOOT).unwrap();
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
}

/// The number of the active state, as the system says it. The person must be logged in.
pub(crate) fn state(machine: &mut Machine) -> String {
    answer(
        machine,
        "sudo sh -c 'echo state=$(cat /usr/lib/moult/state)= > /dev/ttyS0'",
    );
    machine.type_text(Layout::German, &format!("{PASSWORD}\n")).unwrap();
    let _ = machine.wait_serial("state=", STEP).unwrap();
    machine.wait_serial("=", STEP).unwrap().trim_end_matches('=').to_owned()
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
