//! Runs the system's tools: absolute path out of a list of folders, typed arguments, cleared environment, a time limit, bounded output.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Where tools are looked for, in this order.
pub const SYSTEM_DIRECTORIES: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// No answer that is read is longer, in bytes; what comes behind is dropped.
const MOST_OUTPUT: u64 = 4 << 20;
/// How much of a tool's complaint an error carries, in bytes.
const STDERR_TAIL: usize = 2000;

/// A program that may be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tool {
    name: &'static str,
    package: &'static str,
}

impl Tool {
    /// A program by its file name, and the Debian package that holds it.
    pub const fn new(name: &'static str, package: &'static str) -> Self {
        Self { name, package }
    }

    /// File name of the program.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Debian package that holds it.
    pub const fn package(self) -> &'static str {
        self.package
    }

    /// Its failure, as its output tells it.
    pub fn failed(self, output: &Output) -> ToolError {
        ToolError::Failed {
            tool: self.name,
            status: output.status,
            stderr: output.stderr.clone(),
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
        /// The end of what it said.
        stderr: String,
    },
    /// What it said could not be understood.
    #[error("the answer of {tool} could not be understood: {reason}")]
    Nonsense {
        /// Its name.
        tool: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// What a tool gave back, whatever its exit status.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// What it answered.
    pub stdout: Vec<u8>,
    /// The end of what it complained about, trimmed.
    pub stderr: String,
}

/// Where this process looks for tools.
#[derive(Debug, Clone)]
pub struct Toolbox {
    directories: Vec<PathBuf>,
}

impl Default for Toolbox {
    fn default() -> Self {
        Self::new(SYSTEM_DIRECTORIES.map(PathBuf::from))
    }
}

impl Toolbox {
    /// Tools of these folders alone; one that is not absolute is passed over.
    pub fn new(directories: impl IntoIterator<Item = PathBuf>) -> Self {
        Self {
            directories: directories.into_iter().collect(),
        }
    }

    /// Where a tool is.
    ///
    /// # Errors
    /// [`ToolError::Missing`].
    pub fn find(&self, tool: Tool) -> Result<PathBuf, ToolError> {
        self.directories
            .iter()
            .map(|directory| directory.join(tool.name))
            .find(|path| path.is_absolute() && is_program(path))
            .ok_or(ToolError::Missing {
                tool: tool.name,
                package: tool.package,
            })
    }

    /// Runs a tool and fails unless it says success. `input` is its stdin, far smaller than a pipe's buffer.
    ///
    /// # Errors
    /// [`ToolError`], except [`ToolError::Nonsense`].
    pub fn run(&self, tool: Tool, arguments: &[OsString], input: &[u8], limit: Duration) -> Result<Output, ToolError> {
        let output = self.output(tool, arguments, input, limit)?;

        if output.status.success() {
            Ok(output)
        } else {
            Err(tool.failed(&output))
        }
    }

    /// Runs a tool; its exit status is the caller's to judge.
    ///
    /// # Errors
    /// As [`Toolbox::run`], without [`ToolError::Failed`].
    pub fn output(
        &self,
        tool: Tool,
        arguments: &[OsString],
        input: &[u8],
        limit: Duration,
    ) -> Result<Output, ToolError> {
        let name = tool.name;
        let error = |source| ToolError::Run { tool: name, source };
        let path = self.find(tool)?;
        tracing::debug!(?path, ?arguments, "run");

        let mut child = Command::new(path)
            .args(arguments)
            .env_clear()
            .env("PATH", SYSTEM_DIRECTORIES.join(":"))
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(error)?;

        let stdout = child.stdout.take().map(read_aside);
        let stderr = child.stderr.take().map(read_aside);
        // Scripts are far smaller than a pipe's buffer, so this cannot block; a tool that ended early shows in its status.
        if let Some(mut stdin) = child.stdin.take() {
            let _broken_pipe = stdin.write_all(input);
        }

        let status = wait(&mut child, limit)
            .map_err(error)?
            .ok_or(ToolError::TimedOut { tool: name, limit })?;
        let collect = |from: Option<mpsc::Receiver<Vec<u8>>>| {
            from.and_then(|pipe| pipe.recv_timeout(Duration::from_secs(5)).ok())
                .unwrap_or_default()
        };

        Ok(Output {
            status,
            stdout: collect(stdout),
            stderr: tail(&collect(stderr)),
        })
    }
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Reads a pipe on its own thread, so that a tool which says much cannot block and one that hangs cannot hang us.
fn read_aside(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (to, from) = mpsc::channel();

    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _partial = pipe.by_ref().take(MOST_OUTPUT).read_to_end(&mut bytes);
        let _rest = std::io::copy(&mut pipe, &mut std::io::sink());
        let _nobody_listens = to.send(bytes);
    });

    from
}

/// `None` = the limit passed and the tool was killed. One that sits in an uninterruptible read is left behind.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);

    while begun.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }

    child.kill()?;
    for _ in 0..20 {
        if child.try_wait()?.is_some() {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(None)
}

fn tail(bytes: &[u8]) -> String {
    let from = bytes.len().saturating_sub(STDERR_TAIL);

    String::from_utf8_lossy(bytes.get(from..).unwrap_or_default())
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const TOOL: Tool = Tool::new("tool", "a-package");
    const LIMIT: Duration = Duration::from_secs(20);

    /// A folder with a tool that is this script. Another program writes it: what a thread of this one has open to write, a child of another
    /// thread has, too, until it runs its own program, and the kernel starts nothing that anybody may write into.
    fn with(script: &str) -> (tempfile::TempDir, Toolbox) {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text");
        std::fs::write(&text, format!("#!/bin/sh\n{script}\n")).unwrap();
        let mut install = Command::new("/usr/bin/install");
        let installed = install
            .arg("--mode=755")
            .arg(&text)
            .arg(folder.path().join("tool"))
            .status();
        assert!(installed.unwrap().success());
        let toolbox = Toolbox::new([PathBuf::from("relative"), folder.path().to_owned()]);
        (folder, toolbox)
    }

    #[test]
    fn a_tool_gets_its_words_and_nothing_of_our_environment() {
        let (_folder, toolbox) = with("echo \"$# $1 $(pwd) $LC_ALL $HOME$USER\"; cat");
        let words = ["a b; c".into(), "d".into()];
        let output = toolbox.run(TOOL, &words, b"input", LIMIT).unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "2 a b; c / C \ninput");
    }

    #[test]
    fn a_failure_carries_the_end_of_the_complaint() {
        let (_folder, toolbox) = with("head -c 9000000 /dev/zero; yes x | head -c 5000 >&2; echo the end >&2; exit 3");
        let error = toolbox.run(TOOL, &[], &[], LIMIT).unwrap_err();
        let ToolError::Failed { status, stderr, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(status.code(), Some(3));
        assert!(stderr.ends_with("the end") && stderr.len() <= STDERR_TAIL, "{stderr}");
        let output = toolbox.output(TOOL, &[], &[], LIMIT).unwrap();
        assert_eq!(output.stdout.len() as u64, MOST_OUTPUT, "the rest is dropped");
    }

    #[test]
    fn a_tool_that_hangs_is_ended_and_one_that_is_not_there_is_named() {
        let (folder, toolbox) = with("exec sleep 60");
        let begun = Instant::now();
        let error = toolbox.run(TOOL, &[], &[], Duration::from_millis(50)).unwrap_err();
        assert!(matches!(error, ToolError::TimedOut { tool: "tool", .. }), "{error}");
        assert!(begun.elapsed() < LIMIT);

        // What cannot be run is none.
        std::fs::set_permissions(folder.path().join("tool"), std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = toolbox.run(TOOL, &[], &[], LIMIT).unwrap_err();
        assert_eq!(error.to_string(), "tool is not installed (Debian package a-package)");
    }
}
