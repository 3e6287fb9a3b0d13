//! Host programs: found in fixed folders, run with an empty environment, a time limit and their stderr kept.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::Error;

const FOLDERS: [&str; 4] = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];

/// The absolute path of `program`, or which Debian package has it.
pub fn find(program: &'static str, package: &'static str) -> Result<PathBuf, Error> {
    FOLDERS
        .iter()
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.is_file())
        .ok_or(Error::Missing { program, package })
}

/// A `Command` with an empty environment but for a plain `PATH` and locale.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    let _ = command
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null());
    command
}

/// Runs `command` and returns all that it wrote to stdout.
pub fn output(command: &mut Command, limit: Duration) -> Result<Vec<u8>, Error> {
    stream(command, limit, |stdout| {
        let mut all = Vec::new();
        stdout.read_to_end(&mut all).map(|_| all)
    })
}

/// Runs `command`, handing its stdout to `read` on this thread while it runs. When the limit passes the program is killed, which ends the stream.
pub fn stream<R>(
    command: &mut Command,
    limit: Duration,
    read: impl FnOnce(&mut dyn Read) -> std::io::Result<R>,
) -> Result<R, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |reason: &std::io::Error| Error::Tool {
        program: program.clone(),
        status: "did not run".to_owned(),
        stderr: reason.to_string(),
    };

    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(failed(&std::io::Error::other("no pipes")));
    };

    let complaints = thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.read_to_end(&mut text);
        String::from_utf8_lossy(&text).trim().to_owned()
    });
    let guard = Guard::start(child, limit);

    let result = read(&mut stdout);
    // A reader may stop early: take the rest, so that the program can end.
    let _ = std::io::copy(&mut stdout, &mut std::io::sink());
    drop(stdout);

    let (status, slow) = guard.finish();
    let stderr = complaints.join().unwrap_or_default();

    if slow {
        return Err(Error::Slow {
            program,
            seconds: limit.as_secs(),
        });
    }
    match status {
        Ok(status) if status.success() => result.map_err(|error| failed(&error)),
        Ok(status) => Err(Error::Tool {
            program,
            status: status.to_string(),
            stderr,
        }),
        Err(error) => Err(failed(&error)),
    }
}

/// Waits for the child on a thread of its own and kills it when time is up.
struct Guard {
    done: mpsc::Sender<()>,
    waiter: thread::JoinHandle<(std::io::Result<std::process::ExitStatus>, bool)>,
}

impl Guard {
    fn start(mut child: Child, limit: Duration) -> Guard {
        let (done, finished) = mpsc::channel();
        let waiter = thread::spawn(move || {
            let slow = matches!(finished.recv_timeout(limit), Err(mpsc::RecvTimeoutError::Timeout));
            if slow {
                let _ = child.kill();
            }
            (child.wait(), slow)
        });

        Guard { done, waiter }
    }

    fn finish(self) -> (std::io::Result<std::process::ExitStatus>, bool) {
        drop(self.done);
        self.waiter
            .join()
            .unwrap_or_else(|_| (Err(std::io::Error::other("lost the program")), false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_ended_and_named() {
        let sleep = find("sleep", "coreutils").unwrap();
        let error = output(command(&sleep).arg("30"), Duration::from_millis(100)).unwrap_err();

        assert!(matches!(error, Error::Slow { .. }), "{error}");
    }

    #[test]
    fn a_failure_carries_what_the_program_said() {
        let ls = find("ls", "coreutils").unwrap();
        let error = output(command(&ls).arg("/nonexistent-folder"), Duration::from_secs(5)).unwrap_err();

        assert!(error.to_string().contains("nonexistent-folder"), "{error}");
    }

    #[test]
    fn a_missing_program_says_which_package_has_it() {
        let error = find("no-such-program", "some-package").unwrap_err();

        assert_eq!(
            error.to_string(),
            "no-such-program is not installed here (Debian package some-package)"
        );
    }
}
