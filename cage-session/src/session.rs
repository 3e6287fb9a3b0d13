//! The outer half: who, where and with which environment; then cage; and when that fails, the console's question.

use std::{
    ffi::OsString,
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
    Arguments,
    console::{self, Choice},
    environment,
    error::Error,
    graphics::Graphics,
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

    let environment = environment::for_person(&person, &runtime, std::env::vars_os());
    let mut graphics = Graphics::of_machine();
    let mut is_asked = false;
    loop {
        // A reason of an earlier try.
        let _ = fs::remove_file(reason_file(&logs));
        let Some(failure) = keep_open(arguments, graphics, &environment, &logs, [&gui_log, &cage_log])? else {
            return Ok(());
        };
        if let Some(other) = graphics.instead(Graphics::of_machine(), is_asked) {
            graphics = other;
            continue;
        }
        let mut what = failure.what;
        loop {
            match console::ask(&what, failure.log)? {
                None => return Err(Error::GaveUp),
                Some(Choice::Safe) => {
                    (graphics, is_asked) = (Graphics::FrameBuffer, true);
                    break;
                }
                Some(choice @ (Choice::Restart | Choice::PowerOff)) => what = console::leave(choice)?,
                Some(Choice::Again | Choice::Log) => break,
            }
        }
    }
}

/// For a system whose kiosk could not even be started: says so and asks until the answer is to try again.
pub(crate) fn only_console() -> Result<(), Error> {
    let mut what = "The kiosk could not be started.".to_owned();
    loop {
        match console::ask(&what, Path::new("/run/moult-kiosk.log"))? {
            None => return Err(Error::GaveUp),
            Some(choice @ (Choice::Restart | Choice::PowerOff)) => what = console::leave(choice)?,
            Some(_) => return Ok(()),
        }
    }
}

/// Why there is no window.
struct Failure<'a> {
    /// A sentence.
    what: String,
    /// Who knows more.
    log: &'a Path,
}

/// Runs cage, and again when it dies, until the window ends well or there is no use.
fn keep_open<'a>(
    arguments: &Arguments,
    graphics: Graphics,
    environment: &[(OsString, OsString)],
    logs: &Path,
    [gui_log, cage_log]: [&'a Path; 2],
) -> Result<Option<Failure<'a>>, Error> {
    let me = std::env::current_exe().map_err(Error::system("finding moult-session"))?;
    let mut last_death: Option<Instant> = None;
    loop {
        let said = log::open(cage_log)?;
        let also = said.try_clone().map_err(Error::system("opening the log"))?;
        // setpriv: when we are stopped, cage is told so; nothing stays on the screen.
        let ended = Command::new("/usr/bin/setpriv")
            .args(["--pdeathsig", "TERM", "--"])
            .arg(&arguments.cage)
            .args(["-d", "--"])
            .arg(&me)
            .arg("--inside")
            .args((graphics == Graphics::FrameBuffer).then_some("--mirror"))
            .arg("--gui")
            .arg(&arguments.gui)
            .arg("--")
            .args(&arguments.rest)
            .env_clear()
            .envs(graphics.environment(environment.to_vec()))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(said)
            .stderr(also)
            .status()
            .map_err(Error::file("starting", &arguments.cage))?;

        if let Ok(what) = fs::read_to_string(reason_file(logs)) {
            return Ok(Some(Failure { what, log: gui_log }));
        }
        if ended.success() {
            return Ok(None);
        }
        let now = Instant::now();
        if last_death.is_some_and(|before| now.duration_since(before) < TOO_SOON) {
            let what = format!("The screen (cage) {}, twice within ten seconds.", describe(ended));
            return Ok(Some(Failure { what, log: cage_log }));
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
