//! Runs the system's tools: absolute path out of a fixed list, typed arguments, cleared environment, a time limit, bounded output.

use std::ffi::OsString;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Where tools are looked for, in this order.
const DIRECTORIES: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
/// No answer that is read is longer.
const MOST_OUTPUT: u64 = 1 << 20;

/// The programs that this crate runs. Nothing else is ever run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// Reads superblocks.
    Blkid,
    /// Signs programs for Secure Boot.
    Sbsign,
}

impl Tool {
    const fn name(self) -> &'static str {
        match self {
            Self::Blkid => "blkid",
            Self::Sbsign => "sbsign",
        }
    }

    const fn package(self) -> &'static str {
        match self {
            Self::Blkid => "util-linux",
            Self::Sbsign => "sbsigntool",
        }
    }
}

/// Why a tool did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It is not installed.
    #[error("{tool} is not installed (Debian package {package})")]
    Missing {
        /// Its name.
        tool: &'static str,
        /// Debian package that holds it.
        package: &'static str,
    },
    /// It could not be started or talked to.
    #[error("{tool} could not be run: {source}")]
    Run {
        /// Its name.
        tool: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// It took too long and was ended.
    #[error("{tool} did not finish within {} s", limit.as_secs())]
    TimedOut {
        /// Its name.
        tool: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// It failed.
    #[error("{tool} failed ({status}): {stderr}")]
    Failed {
        /// Its name.
        tool: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        stderr: String,
    },
}

/// Runs a tool and returns what it said; fails unless it says success.
pub(crate) fn run(tool: Tool, arguments: &[OsString], limit: Duration) -> Result<String, ToolError> {
    let name = tool.name();
    let error = |source| ToolError::Run { tool: name, source };
    let path = DIRECTORIES
        .iter()
        .map(|directory| PathBuf::from(directory).join(name))
        .find(|path| path.is_file())
        .ok_or(ToolError::Missing {
            tool: name,
            package: tool.package(),
        })?;
    tracing::debug!(?path, ?arguments, "run");

    let mut child = Command::new(path)
        .args(arguments)
        .env_clear()
        .env("PATH", DIRECTORIES.join(":"))
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(error)?;

    // On threads of their own: a tool that says much must not wait for us while we wait for it.
    let stdout = child.stdout.take().map(|pipe| thread::spawn(move || text(pipe)));
    let stderr = child.stderr.take().map(|pipe| thread::spawn(move || text(pipe)));
    let status = wait(&mut child, limit).map_err(error)?;
    let status = status.ok_or(ToolError::TimedOut { tool: name, limit })?;
    let collect =
        |thread: Option<thread::JoinHandle<String>>| thread.and_then(|thread| thread.join().ok()).unwrap_or_default();

    let (stdout, stderr) = (collect(stdout), collect(stderr));
    if status.success() {
        Ok(stdout)
    } else {
        Err(ToolError::Failed {
            tool: name,
            status,
            stderr: stderr.trim().chars().take(2000).collect(),
        })
    }
}

fn text(pipe: impl Read) -> String {
    let mut bytes = Vec::new();
    let mut pipe = pipe.take(MOST_OUTPUT);
    // A pipe that breaks ends the text; the tool's status says what happened.
    let _partial = pipe.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `None` = the limit passed and the tool was killed.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}
