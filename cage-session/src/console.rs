//! The console when there is no window: what happened, the log, and what can be done next. Never a shell.

use std::{
    fs,
    io::{self, IsTerminal, Read, Write},
    path::Path,
    process::{Command, Stdio},
};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::{error::Error, log};

/// What the person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Start it again as it was.
    Again,
    /// Start it again on the firmware's frame buffer.
    Safe,
    /// Read the log; the question stays.
    Log,
    /// Restart the computer.
    Restart,
    /// Switch it off.
    PowerOff,
}

impl Choice {
    const ALL: [(char, Choice, &'static str); 5] = [
        ('t', Choice::Again, "Try again"),
        ('s', Choice::Safe, "Try again with safe graphics"),
        ('l', Choice::Log, "Show the log"),
        ('r', Choice::Restart, "Restart the computer"),
        ('p', Choice::PowerOff, "Switch the computer off"),
    ];

    fn of_key(key: u8) -> Option<Choice> {
        let key = char::from(key).to_ascii_lowercase();
        Self::ALL
            .iter()
            .find(|(letter, ..)| *letter == key)
            .map(|(_, choice, _)| *choice)
    }
}

/// Shows `what` and, on a terminal, asks what to do until there is an answer; elsewhere there is nobody to ask, and none is returned.
pub(crate) fn ask(what: &str, log: &Path) -> Result<Option<Choice>, Error> {
    let stdin = io::stdin();
    if !stdin.is_terminal() || !io::stdout().is_terminal() {
        print!("{}", page(what, log, "Start it again:  moult-session\n"));
        return Ok(None);
    }
    let keys: String = Choice::ALL
        .iter()
        .map(|(letter, _, text)| format!("{}  {text}\n{:21}", letter.to_ascii_uppercase(), ""))
        .collect();
    let _keys_at_once = KeysAtOnce::new()?;
    say(&format!("\x1b[2J\x1b[H{}", page(what, log, keys.trim_end_matches(' '))))?;

    loop {
        let mut key = [0];
        if stdin.lock().read(&mut key).map_err(Error::system("reading a key"))? == 0 {
            return Ok(None);
        }
        match Choice::of_key(key[0]) {
            Some(Choice::Log) => {
                let text = fs::read(log).unwrap_or_else(|error| error.to_string().into_bytes());
                let text: String = String::from_utf8_lossy(&text)
                    .chars()
                    .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
                    .collect();
                let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('{')).collect();
                let last = &lines[lines.len().saturating_sub(200)..];
                say(&format!(
                    "\n{}\n\n  (The end of {}. T, S, R or P as above.)\n",
                    last.join("\n"),
                    log.display()
                ))?;
            }
            Some(choice) => return Ok(Some(choice)),
            None => {}
        }
    }
}

/// Restarts the computer or switches it off, by asking logind as anyone who sits there may. Returns only when that was refused, with why.
pub(crate) fn leave(choice: Choice) -> Result<String, Error> {
    let word = if choice == Choice::PowerOff {
        "poweroff"
    } else {
        "reboot"
    };
    say("\n  One moment ...\n")?;
    let output = Command::new("/usr/bin/systemctl")
        .arg(word)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .map_err(Error::file("starting", "/usr/bin/systemctl"))?;
    if output.status.success() {
        // The end of the session comes from outside.
        std::thread::sleep(std::time::Duration::from_secs(90));
        return Ok("The computer did not end within 90 seconds. Hold its power key.".to_owned());
    }
    Ok(format!(
        "The computer would not: {}. Press Ctrl+Alt+Del, or its power key.",
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}

fn say(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Error::system("writing to the console"))
}

/// What happened, what it means, what can be done.
fn page(what: &str, log: &Path, can_do: &str) -> String {
    let mut said = log::last_words(log);
    if said.is_empty() {
        said.push("(nothing)".to_owned());
    }
    format!(
        "\n\n  Moult could not keep its window open.\n\n  \
           What happened      {what}\n  \
           What it means      A change that was running goes on by itself or has stopped at a safe point.\n                     \
                              Nothing that was not confirmed has been changed.\n  \
           What you can do    {can_do}  \
           The whole log      {}\n\n  \
           The last it said:\n    {}\n\n",
        log.display(),
        said.join("\n    "),
    )
}

/// While this is there, a key is read when it is pressed, and not shown.
struct KeysAtOnce(Termios);

impl KeysAtOnce {
    fn new() -> Result<Self, Error> {
        let before = tcgetattr(io::stdin()).map_err(Error::system("asking the console"))?;
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        // Keys that were pressed before the question are no answer.
        tcsetattr(io::stdin(), OptionalActions::Flush, &modes).map_err(Error::system("setting the console"))?;
        Ok(Self(before))
    }
}

impl Drop for KeysAtOnce {
    fn drop(&mut self) {
        // A console that is gone needs nothing.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_happened_where_the_log_is_and_what_can_be_done() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("gui.log");
        fs::write(&log, "{\"screen\":\"disk\"}\nthread panicked at \u{1b}[31mred\n").unwrap();
        let page = page(
            "The window ended with exit code 7, twice within ten seconds.",
            &log,
            "R  Restart\n",
        );
        for part in [
            "exit code 7",
            "R  Restart\n",
            log.to_str().unwrap(),
            "thread panicked at [31mred",
        ] {
            assert!(page.contains(part), "{part} is not on\n{page}");
        }
        assert!(!page.contains("screen\""), "the trace is for programs\n{page}");
    }

    #[test]
    fn keys_are_taken_in_either_case_and_no_others() {
        assert_eq!(Choice::of_key(b'S'), Some(Choice::Safe));
        assert_eq!(Choice::of_key(b'r'), Some(Choice::Restart));
        for key in [b'x', b'\n', 3, 27, 0xc3] {
            assert_eq!(Choice::of_key(key), None);
        }
    }
}
