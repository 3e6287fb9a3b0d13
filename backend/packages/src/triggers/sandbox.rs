//! A transaction trigger's programs in bubblewrap, over an overlay of the staged tree.
//!
//! The staged files are hard links into the store, so nothing may be written through them. The overlay lives in a mount
//! namespace of one thread: it is gone with the thread, also when this process is killed. What is written ends up in
//! the `upper` folder alone.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, Mode};
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags, UnmountFlags};
use rustix::thread::UnshareFlags;

use crate::error::Error;
use crate::watch::Watch;

/// How much of the end of what a program says is kept.
const TAIL: usize = 16 << 10;

/// Where programs run.
#[derive(Debug, Clone)]
pub(crate) struct Sandbox {
    /// The staged tree and, before it, the `upper` folders of earlier triggers, the latest first. None is written to.
    pub(crate) lower: Vec<PathBuf>,
    /// Takes what is written. Empty, with the rights of `/usr`.
    pub(crate) upper: PathBuf,
    /// Empty, on the same file system as `upper`.
    pub(crate) work: PathBuf,
    /// Empty: the overlay is mounted on it.
    pub(crate) merged: PathBuf,
    /// Seen read-only as `/etc`.
    pub(crate) etc: Option<PathBuf>,
    pub(crate) limit: Duration,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Its exit status; negative for the signal that ended it; None when it took too long.
    pub(crate) status: Option<i32>,
    /// The end of its standard output and of its errors.
    pub(crate) output: (String, String),
}

impl Sandbox {
    /// Runs one program after the other; stops after the first one that fails, which is then the last in the list.
    pub(crate) fn run(&self, programs: &[Vec<Vec<u8>>], watch: &dyn Watch) -> Result<Vec<Ended>, Error> {
        let worker = || {
            self.mount()?;
            let mut ended = Vec::new();
            let result = programs.iter().try_for_each(|program| {
                if ended.last().is_none_or(|last: &Ended| last.status == Some(0)) {
                    ended.push(self.one(program, watch)?);
                }
                Ok(())
            });
            let unmounted = rustix::mount::unmount(&self.merged, UnmountFlags::DETACH);
            result.and_then(|()| unmounted.map_err(|error| self.failed(error)))?;
            Ok(ended)
        };
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().spawn_scoped(scope, worker);
            let thread = thread.map_err(|error| self.failed(error))?;
            thread
                .join()
                .unwrap_or_else(|_| Err(self.failed(std::io::Error::other("its thread ended early"))))
        })
    }

    fn failed(&self, error: impl Into<std::io::Error>) -> Error {
        Error::io("running a trigger", &self.merged, error)
    }

    /// From here on this thread has its own mounts and its own umask.
    fn mount(&self) -> Result<(), Error> {
        let mounted = || -> rustix::io::Result<()> {
            #[expect(
                deprecated,
                reason = "only sharing file descriptors no more is dangerous, and they stay shared"
            )]
            rustix::thread::unshare(UnshareFlags::NEWNS | UnshareFlags::FS)?;
            rustix::process::umask(Mode::from_raw_mode(0o022));
            rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
            let overlay = rustix::mount::fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
            let set = |key: &str, value: &OsStr| rustix::mount::fsconfig_set_string(&overlay, key, value);
            for (key, value) in [
                ("redirect_dir", "nofollow"),
                ("metacopy", "off"),
                ("index", "off"),
                ("xino", "off"),
            ] {
                set(key, OsStr::new(value))?;
            }
            let mut lower = OsString::new();
            for (at, path) in self.lower.iter().enumerate() {
                if at > 0 {
                    lower.push(":");
                }
                // Neither of these may be taken for a separator.
                for byte in path.as_os_str().as_bytes() {
                    if matches!(byte, b':' | b'\\') {
                        lower.push("\\");
                    }
                    lower.push(OsStr::from_bytes(&[*byte]));
                }
            }
            set("lowerdir", &lower)?;
            set("upperdir", self.upper.as_os_str())?;
            set("workdir", self.work.as_os_str())?;
            rustix::mount::fsconfig_create(&overlay)?;
            let attributes = MountAttrFlags::MOUNT_ATTR_NODEV;
            let mount = rustix::mount::fsmount(&overlay, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?;
            let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
            rustix::mount::move_mount(&mount, "", CWD, &self.merged, flags)
        };
        mounted().map_err(|error| self.failed(error))
    }

    fn one(&self, program: &[Vec<u8>], watch: &dyn Watch) -> Result<Ended, Error> {
        let mut command = Command::new(bubblewrap().map_err(|error| self.failed(error))?);
        command.args("--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try --hostname moult --die-with-parent --new-session --cap-drop ALL --cap-add CAP_CHOWN --cap-add CAP_DAC_OVERRIDE --cap-add CAP_FOWNER --cap-add CAP_FSETID --cap-add CAP_SETUID --cap-add CAP_SETGID".split(' '));
        command.arg("--bind").arg(&self.merged).arg("/usr");
        for name in ["bin", "sbin", "lib", "lib32", "lib64"] {
            let own = name.len() == 3 || name == "sbin" || self.merged.join(name).symlink_metadata().is_ok();
            let target = if own {
                format!("usr/{name}")
            } else {
                "usr/lib".to_owned()
            };
            command.arg("--symlink").arg(target).arg(format!("/{name}"));
        }
        match &self.etc {
            Some(etc) => command.arg("--ro-bind").arg(etc).arg("/etc"),
            None => command.args(["--dir", "/etc"]),
        };
        command.args("--proc /proc --ro-bind /proc/sys /proc/sys --ro-bind-try /proc/sysrq-trigger /proc/sysrq-trigger --dev /dev --tmpfs /tmp --tmpfs /run --tmpfs /var --remount-ro / --chdir / --clearenv --setenv PATH /usr/sbin:/usr/bin --setenv LC_ALL C.UTF-8 --".split(' '));
        command.args(program.iter().map(|part| OsStr::from_bytes(part)));
        command
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| self.failed(error))?;
        let (out, err) = (child.stdout.take().map(tail), child.stderr.take().map(tail));
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().map_err(|error| self.failed(error))? {
                break status.code().or(status.signal().map(|signal| -signal));
            }
            if begun.elapsed() >= self.limit || watch.cancelled() {
                // Everything in its process namespace ends with it.
                let _ = child.kill();
                let _ = child.wait();
                if watch.cancelled() {
                    return Err(Error::Cancelled);
                }
                break None;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let text = |pipe: Option<std::sync::mpsc::Receiver<String>>| {
            pipe.and_then(|pipe| pipe.recv_timeout(Duration::from_secs(5)).ok())
                .unwrap_or_default()
        };
        Ok(Ended {
            status,
            output: (text(out), text(err)),
        })
    }
}

fn bubblewrap() -> std::io::Result<PathBuf> {
    let known = ["/usr/bin/bwrap", "/usr/sbin/bwrap", "/bin/bwrap", "/sbin/bwrap"];
    let missing = || {
        std::io::Error::new(
            std::io::ErrorKind::NotFound,
            "bwrap is not installed (package bubblewrap)",
        )
    };
    known
        .iter()
        .map(Path::new)
        .find(|path| path.is_file())
        .map(Path::to_owned)
        .ok_or_else(missing)
}

/// Reads a pipe on its own thread and keeps its end.
fn tail(mut pipe: impl Read + Send + 'static) -> std::sync::mpsc::Receiver<String> {
    let (to, from) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut kept, mut chunk) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = pipe.read(&mut chunk) {
            kept.extend_from_slice(chunk.get(..read).unwrap_or_default());
            kept.drain(..kept.len().saturating_sub(TAIL));
        }
        let _ = to.send(String::from_utf8_lossy(&kept).into_owned());
    });
    from
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
    use super::*;
    use crate::watch::Unwatched;

    /// The machine's own `/usr` as the lowest layer, a folder with a file of the "store" above it.
    fn shell(script: &str, limit: u64) -> (tempfile::TempDir, Vec<Ended>) {
        let at = tempfile::tempdir().unwrap();
        for name in ["lower", "upper", "work", "merged"] {
            std::fs::create_dir(at.path().join(name)).unwrap();
        }
        std::fs::write(at.path().join("store"), "stored").unwrap();
        std::fs::hard_link(at.path().join("store"), at.path().join("lower/file")).unwrap();
        let sandbox = Sandbox {
            lower: vec![at.path().join("lower"), "/usr".into()],
            upper: at.path().join("upper"),
            work: at.path().join("work"),
            merged: at.path().join("merged"),
            etc: Some("/etc".into()),
            limit: Duration::from_secs(limit),
        };
        let program = ["/bin/sh", "-c", script].map(|part| part.as_bytes().to_vec()).to_vec();
        let ended = sandbox.run(&[program], &Unwatched).unwrap();
        (at, ended)
    }

    #[test]
    fn what_a_program_writes_in_place_never_reaches_the_store() {
        let (at, ended) = shell(
            "echo more >> /usr/file; chmod 4777 /usr/file; umask; touch /usr/new",
            60,
        );
        assert_eq!(
            (ended[0].status, ended[0].output.0.as_str()),
            (Some(0), "0022\n"),
            "{ended:?}"
        );
        assert_eq!(std::fs::read(at.path().join("store")).unwrap(), b"stored");
        assert_eq!(std::fs::read(at.path().join("upper/file")).unwrap(), b"storedmore\n");
        assert!(at.path().join("upper/new").exists());
        assert!(std::fs::read_dir(at.path().join("merged")).unwrap().next().is_none());
    }

    #[test]
    fn there_is_no_network_and_nothing_else_to_write() {
        let (_at, ended) = shell(
            "test \"$(grep -c : /proc/net/dev)\" = 1 || exit 9; for at in /etc/x /proc/sys/kernel/hostname /sys/x; do (echo x > $at) 2>/dev/null && exit 8; done; test $(ls /proc | grep -c '^[0-9]') -lt 9 && env | grep -c HOME; exit 3",
            60,
        );
        assert_eq!(
            (ended[0].status, ended[0].output.0.as_str()),
            (Some(3), "0\n"),
            "{ended:?}"
        );
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_its_children() {
        let (_at, ended) = shell("echo begun >&2; sleep 4711 & wait", 1);
        assert_eq!((ended[0].status, ended[0].output.1.as_str()), (None, "begun\n"));
    }
}
