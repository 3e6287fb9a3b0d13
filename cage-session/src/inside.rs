//! The inner half: cage's only client. It keeps the window running, so that the screen stays when the window dies.

use std::{
    ffi::OsString,
    fs,
    io::Write,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Signal, set_parent_process_death_signal};

use crate::{error::Error, graphics::FrameBuffer, log, mirror};

/// Two deaths within this time are one too many.
const TOO_SOON: Duration = Duration::from_secs(10);

/// Where the inner half leaves the reason, a sentence, for the outer half's page.
pub(crate) fn reason_file(logs: &Path) -> PathBuf {
    logs.join("reason")
}

/// Runs the window until it ends well or dies twice within ten seconds; with `mirror` what cage draws is copied to the frame buffer.
pub(crate) fn run(gui: &Path, arguments: &[OsString], mirror: bool) -> Result<(), Error> {
    // When cage goes, so do we; the window goes with its connection to cage.
    set_parent_process_death_signal(Some(Signal::TERM)).map_err(Error::system("tying the session to cage"))?;
    let runtime = std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    let logs = log::folder(&runtime)?;
    if mirror {
        let reason = reason_file(&logs);
        let _ = thread::spawn(move || keep_mirror(&reason));
    }

    let mut last_death: Option<Instant> = None;
    loop {
        let mut gui_log = log::open(&logs.join("gui.log"))?;
        let stderr = gui_log.try_clone().map_err(Error::system("opening the log"))?;
        let ended = Command::new(gui)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .status()
            .map_err(Error::file("starting", gui));
        let how = match &ended {
            Ok(status) if status.success() => return Ok(()),
            Ok(status) => describe(*status),
            Err(e) => e.to_string(),
        };
        let _ = writeln!(gui_log, "moult-session: the window {how}");

        let now = Instant::now();
        if last_death.is_some_and(|before| now.duration_since(before) < TOO_SOON) {
            let reason = reason_file(&logs);
            fs::write(&reason, format!("The window {how}, twice within ten seconds."))
                .map_err(Error::file("writing", reason))?;
            return Err(Error::GaveUp);
        }
        last_death = Some(now);
    }
}

/// A screen that stays dark is no screen: when the mirror fails we end, cage with us, and the reason is told.
fn keep_mirror(reason: &Path) {
    if let Err(error) = mirror::run(&FrameBuffer::default()) {
        eprintln!("moult-session: {error}");
        if let Err(error) = fs::write(reason, format!("The picture cannot be shown: {error}.")) {
            eprintln!("moult-session: {}: {error}", reason.display());
        }
        std::process::exit(1);
    }
}

/// How a program ended, to be read after its name.
pub(crate) fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with exit code {code}"),
        (_, Some(signal)) => format!("was ended by signal {signal}"),
        _ => "ended in an unknown way".to_owned(),
    }
}
