//! The outer half: who, where and with which environment; then cage; and when that fails, a page of text.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rustix::{
    fs::{Gid, Uid, chown},
    process::umask,
};

use crate::{
    Arguments, environment,
    error::Error,
    inside::{describe, reason_file},
    log,
    person::Person,
};

/// A screen that is gone sooner than this was never there.
const TOO_SOON: Duration = Duration::from_secs(10);

/// Runs the kiosk to its end.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    umask(rustix::fs::Mode::from_raw_mode(0o077));
    let person = Person::unprivileged()?;
    let runtime = runtime_folder(&person)?;
    person.become_this()?;
    let logs = log::folder(&runtime)?;
    let (gui_log, cage_log) = (logs.join("gui.log"), logs.join("cage.log"));
    log::put_aside(&gui_log);
    log::put_aside(&cage_log);
    // A reason of an earlier session.
    let _ = fs::remove_file(reason_file(&logs));

    let environment = environment::for_person(&person, &runtime, std::env::vars_os());
    let me = std::env::current_exe().map_err(Error::system("finding moult-session"))?;
    let mut last_death: Option<Instant> = None;
    loop {
        let said = log::open(&cage_log)?;
        let also = said.try_clone().map_err(Error::system("opening the log"))?;
        // setpriv: when we are stopped, cage is told so; nothing stays on the screen.
        let ended = Command::new("/usr/bin/setpriv")
            .args(["--pdeathsig", "TERM", "--"])
            .arg(&arguments.cage)
            .args(["-d", "--"])
            .arg(&me)
            .args(["--inside", "--gui"])
            .arg(&arguments.gui)
            .arg("--")
            .args(&arguments.rest)
            .env_clear()
            .envs(environment.iter().cloned())
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(said)
            .stderr(also)
            .status()
            .map_err(Error::file("starting", &arguments.cage))?;

        if let Ok(reason) = fs::read_to_string(reason_file(&logs)) {
            print!(
                "{}",
                page(&format!("The window {reason}, twice within ten seconds."), &gui_log)
            );
            return Err(Error::GaveUp);
        }
        if ended.success() {
            return Ok(());
        }
        let now = Instant::now();
        if last_death.is_some_and(|before| now.duration_since(before) < TOO_SOON) {
            print!(
                "{}",
                page(
                    &format!("The screen (cage) {}, twice within ten seconds.", describe(ended)),
                    &cage_log
                )
            );
            return Err(Error::GaveUp);
        }
        last_death = Some(now);
    }
}

/// The person's folder for sockets and logs: the session's, or the usual one, or one of our own.
fn runtime_folder(person: &Person) -> Result<PathBuf, Error> {
    let usual = PathBuf::from(format!("/run/user/{}", person.uid));
    let is_root = rustix::process::geteuid().is_root();
    if is_root && !usual.exists() {
        make_private(&usual)?;
        chown(&usual, Some(Uid::from_raw(person.uid)), Some(Gid::from_raw(person.gid)))
            .map_err(|e| Error::file("giving away", &usual)(e.into()))?;
    }
    let given = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    if let Some(found) = given
        .into_iter()
        .chain([usual])
        .find(|folder| is_private_of(folder, person.uid))
    {
        return Ok(found);
    }
    let own = std::env::temp_dir().join(format!("moult-session-{}", std::process::id()));
    make_private(&own)?;
    if is_root {
        chown(&own, Some(Uid::from_raw(person.uid)), Some(Gid::from_raw(person.gid)))
            .map_err(|e| Error::file("giving away", &own)(e.into()))?;
    }
    Ok(own)
}

fn make_private(folder: &Path) -> Result<(), Error> {
    fs::DirBuilder::new()
        .recursive(folder.starts_with("/run/user"))
        .mode(0o700)
        .create(folder)
        .map_err(Error::file("making", folder))
}

fn is_private_of(folder: &Path, uid: u32) -> bool {
    fs::symlink_metadata(folder)
        .is_ok_and(|found| found.is_dir() && found.uid() == uid && found.permissions().mode() & 0o077 == 0)
}

/// What the console shows when there is no window: what happened, what it means, what can be done.
fn page(what: &str, log: &Path) -> String {
    let mut said = log::last_words(log);
    if said.is_empty() {
        said.push("(nothing)".to_owned());
    }
    format!(
        "\n\n  Moult could not keep its window open.\n\n  \
           What happened      {what}\n  \
           What it means      A change that was running goes on by itself or has stopped at a safe point.\n                     \
                              Nothing that was not confirmed has been changed.\n  \
           What you can do    Start it again:  moult-session\n  \
           The whole log      {}\n\n  \
           The last it said:\n    {}\n\n",
        log.display(),
        said.join("\n    "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_happened_where_the_log_is_and_how_to_start_again() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("gui.log");
        fs::write(&log, "{\"screen\":\"disk\"}\nthread panicked at \u{1b}[31mred\n").unwrap();
        let page = page("The window ended with exit code 7, twice within ten seconds.", &log);
        for part in [
            "exit code 7",
            "moult-session\n",
            log.to_str().unwrap(),
            "thread panicked at [31mred",
        ] {
            assert!(page.contains(part), "{part} is not on\n{page}");
        }
        assert!(!page.contains("screen\""), "the trace is for programs\n{page}");
    }
}
