//! Runs the system's tools: absolute path out of a fixed list, typed arguments, cleared environment, a time limit, bounded output.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Where tools are looked for, in this order.
pub const SYSTEM_DIRECTORIES: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// No table or superblock listing is longer; what comes behind is dropped.
const MOST_OUTPUT: u64 = 4 << 20;
/// How much of a tool's complaint an error carries.
const STDERR_TAIL: usize = 2000;

/// The programs that this crate runs. Nothing else is ever run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Reads and writes partition tables.
    Sfdisk,
    /// Reads superblocks.
    Blkid,
    /// Makes the EFI system partition's file system.
    MkfsVfat,
    /// Makes ext4.
    MkfsExt4,
    /// Makes XFS.
    MkfsXfs,
    /// Makes Btrfs.
    MkfsBtrfs,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Sfdisk,
        Self::Blkid,
        Self::MkfsVfat,
        Self::MkfsExt4,
        Self::MkfsXfs,
        Self::MkfsBtrfs,
    ];

    /// File name of the program.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sfdisk => "sfdisk",
            Self::Blkid => "blkid",
            Self::MkfsVfat => "mkfs.vfat",
            Self::MkfsExt4 => "mkfs.ext4",
            Self::MkfsXfs => "mkfs.xfs",
            Self::MkfsBtrfs => "mkfs.btrfs",
        }
    }

    /// Debian package that holds it.
    pub const fn package(self) -> &'static str {
        match self {
            Self::Sfdisk => "fdisk",
            Self::Blkid => "util-linux",
            Self::MkfsVfat => "dosfstools",
            Self::MkfsExt4 => "e2fsprogs",
            Self::MkfsXfs => "xfsprogs",
            Self::MkfsBtrfs => "btrfs-progs",
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
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    /// The end of it.
    pub(crate) stderr: String,
}

/// Where this process looks for tools.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Toolbox<'a> {
    pub(crate) directories: &'a [PathBuf],
}

impl Toolbox<'_> {
    pub(crate) fn find(&self, tool: Tool) -> Result<PathBuf, ToolError> {
        self.directories
            .iter()
            .map(|directory| directory.join(tool.name()))
            .find(|path| path.is_absolute() && is_program(path))
            .ok_or(ToolError::Missing {
                tool: tool.name(),
                package: tool.package(),
            })
    }

    /// Runs a tool and fails unless it says success.
    pub(crate) fn run(
        &self,
        tool: Tool,
        args: &[OsString],
        input: &[u8],
        limit: Duration,
    ) -> Result<Output, ToolError> {
        let output = self.output(tool, args, input, limit)?;

        if output.status.success() {
            Ok(output)
        } else {
            Err(failed(tool, &output))
        }
    }

    /// Runs a tool; its exit status is the caller's to judge.
    pub(crate) fn output(
        &self,
        tool: Tool,
        args: &[OsString],
        input: &[u8],
        limit: Duration,
    ) -> Result<Output, ToolError> {
        let name = tool.name();
        let error = |source| ToolError::Run { tool: name, source };
        let path = self.find(tool)?;
        tracing::debug!(?path, ?args, "run");

        let mut child = Command::new(path)
            .args(args)
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

pub(crate) fn failed(tool: Tool, output: &Output) -> ToolError {
    ToolError::Failed {
        tool: tool.name(),
        status: output.status,
        stderr: output.stderr.clone(),
    }
}

/// Arguments from words and paths.
pub(crate) fn arguments<const N: usize>(words: [&OsStr; N]) -> Vec<OsString> {
    words.iter().map(|word| (*word).to_owned()).collect()
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
