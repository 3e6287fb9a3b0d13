//! The programs of triggers, in bubblewrap and without a network.
//!
//! A transaction trigger sees an overlay of the staged tree as `/usr`. The staged files are hard links into the store, so nothing may be written through them. The overlay lives in a mount
//! namespace of one thread: it is gone with the thread, also when this process is killed. What is written ends up in
//! the `upper` folder alone.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags, UnmountFlags};
use rustix::thread::UnshareFlags;

use crate::error::{Error, lossy};
use crate::root::remove_below;
use crate::state;
use crate::tree::split;
use crate::watch::Watch;

use super::due::Action;

/// How much of the end of what a program says is kept.
const TAIL: usize = 16 << 10;

/// Where a transaction trigger runs.
#[derive(Debug, Clone)]
pub(crate) struct Sandbox {
    /// Its name.
    pub(crate) trigger: String,
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
    /// Seconds since 1970 that programs shall use for what they make, as `SOURCE_DATE_EPOCH`.
    pub(crate) date: u64,
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
    /// Runs one program after the other, and deletes; stops after the first one that fails, which is then the last in
    /// the list.
    pub(crate) fn run(&self, actions: &[Action], watch: &dyn Watch) -> Result<Vec<Ended>, Error> {
        let around = Around::Transaction {
            etc: self.etc.as_deref(),
            date: self.date,
        };
        apart(&self.merged, UnshareFlags::NEWNS, || {
            self.mount()?;
            let mut ended: Vec<Ended> = Vec::new();
            let result = actions.iter().try_for_each(|action| match action {
                _ if ended.last().is_some_and(|last| last.status != Some(0)) => Ok(()),
                Action::Run(program) => {
                    ended.push(one(&self.merged, &around, self.limit, program, watch)?);
                    Ok(())
                }
                Action::Delete(paths) => paths.iter().try_for_each(|path| self.delete(path)),
            });
            let unmounted = rustix::mount::unmount(&self.merged, UnmountFlags::DETACH);
            result.and_then(|()| unmounted.map_err(|error| self.failed(error)))?;
            Ok(ended)
        })
    }

    fn failed(&self, error: impl Into<std::io::Error>) -> Error {
        Error::io("running a trigger", &self.merged, error)
    }

    /// Takes a path away, in the overlay, with all that is below it. What is not there is fine; links are followed only
    /// within `/usr`, and the last component never.
    fn delete(&self, path: &[u8]) -> Result<(), Error> {
        let refused = |reason: &str| Error::TriggerOutput {
            trigger: self.trigger.clone(),
            path: lossy(path.strip_prefix(b"/usr/").unwrap_or(path)),
            reason: reason.to_owned(),
        };
        let below = below_usr(path).ok_or_else(|| refused("only paths below /usr can be deleted"))?;
        let (parent, name) = split(&below);
        let parent: &[u8] = if parent.is_empty() { b"." } else { parent };
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let top = rustix::fs::open(&self.merged, flags, Mode::empty()).map_err(|error| self.failed(error))?;
        let parent = match rustix::fs::openat2(&top, parent, flags, Mode::empty(), beneath) {
            Ok(parent) => parent,
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(()),
            Err(Errno::XDEV | Errno::LOOP) => return Err(refused("it leads out of /usr")),
            Err(error) => return Err(self.failed(error)),
        };
        match rustix::fs::unlinkat(&parent, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(Errno::ISDIR) => remove_below(&parent, name).map_err(|error| self.failed(error)),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Needs mounts of its own.
    fn mount(&self) -> Result<(), Error> {
        let mounted = || -> rustix::io::Result<()> {
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
}

/// What a program sees beside `/usr`.
enum Around<'a> {
    /// `/usr` can be written, `/etc` only be read, `/var` is empty.
    Transaction { etc: Option<&'a Path>, date: u64 },
    /// `/usr` can only be read.
    System { etc: &'a Path, var: &'a Path },
}

/// A system trigger's programs on a root that is in place: its `/usr` to be read, its `/etc` and `/var` to be written.
/// Stops after the first one that fails, which is then the last in the list.
pub(crate) fn on_system(
    root: &Path,
    limit: Duration,
    programs: &[&[Vec<u8>]],
    watch: &dyn Watch,
) -> Result<Vec<Ended>, Error> {
    let (usr, etc, var) = (root.join("usr"), root.join("etc"), root.join("var"));
    let around = Around::System { etc: &etc, var: &var };
    apart(&usr, UnshareFlags::empty(), || {
        let mut ended: Vec<Ended> = Vec::new();
        for program in programs {
            if ended.last().is_none_or(|last| last.status == Some(0)) {
                ended.push(one(&usr, &around, limit, program, watch)?);
            }
        }
        Ok(ended)
    })
}

/// Runs something in a thread with a umask, and whatever else, of its own.
fn apart<T: Send>(shown: &Path, own: UnshareFlags, work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    let failed = |error: std::io::Error| Error::io("running a trigger", shown, error);
    let worker = || {
        #[expect(
            deprecated,
            reason = "only sharing file descriptors no more is dangerous, and they stay shared"
        )]
        rustix::thread::unshare(own | UnshareFlags::FS).map_err(|error| failed(error.into()))?;
        rustix::process::umask(Mode::from_raw_mode(0o022));
        work()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, worker);
        let ended = thread.map_err(failed)?.join();
        ended.unwrap_or_else(|_| Err(failed(std::io::Error::other("its thread ended early"))))
    })
}

/// An absolute path as one below `/usr`, also when it begins with one of the root's links; None for any other.
pub(crate) fn below_usr(path: &[u8]) -> Option<Vec<u8>> {
    let path = path.strip_prefix(b"/")?;
    let plain = |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.contains(&0);
    if !path.split(|byte| *byte == b'/').all(plain) {
        return None;
    }
    if let Some(below) = path.strip_prefix(b"usr/") {
        return Some(below.to_vec());
    }
    let link = |(name, _): &(&str, &str)| {
        path.strip_prefix(name.as_bytes())
            .is_some_and(|rest| rest.starts_with(b"/"))
    };
    state::LINKS.iter().any(link).then(|| path.to_vec())
}

fn one(
    usr: &Path,
    around: &Around<'_>,
    limit: Duration,
    program: &[Vec<u8>],
    watch: &dyn Watch,
) -> Result<Ended, Error> {
    let failed = |error: std::io::Error| Error::io("running a trigger", usr, error);
    let mut command = Command::new(bubblewrap().map_err(failed)?);
    command.args("--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try --hostname moult --die-with-parent --new-session --cap-drop ALL --cap-add CAP_CHOWN --cap-add CAP_DAC_OVERRIDE --cap-add CAP_FOWNER --cap-add CAP_FSETID --cap-add CAP_SETUID --cap-add CAP_SETGID".split(' '));
    let bind = match around {
        Around::Transaction { .. } => "--bind",
        Around::System { .. } => "--ro-bind",
    };
    command.arg(bind).arg(usr).arg("/usr");
    for name in ["bin", "sbin", "lib", "lib32", "lib64"] {
        let own = name.len() == 3 || name == "sbin" || usr.join(name).symlink_metadata().is_ok();
        let target = if own {
            format!("usr/{name}")
        } else {
            "usr/lib".to_owned()
        };
        command.arg("--symlink").arg(target).arg(format!("/{name}"));
    }
    match around {
        Around::Transaction { etc: Some(etc), .. } => command.arg("--ro-bind").arg(etc).arg("/etc"),
        Around::Transaction { etc: None, .. } => command.args(["--dir", "/etc"]),
        Around::System { etc, .. } => command.arg("--bind").arg(etc).arg("/etc"),
    };
    match around {
        Around::Transaction { .. } => command.args(["--tmpfs", "/var"]),
        Around::System { var, .. } => command.arg("--bind").arg(var).arg("/var"),
    };
    command.args("--proc /proc --ro-bind /proc/sys /proc/sys --ro-bind-try /proc/sysrq-trigger /proc/sysrq-trigger --dev /dev --tmpfs /tmp --tmpfs /run --remount-ro / --chdir / --clearenv --setenv PATH /usr/sbin:/usr/bin --setenv LC_ALL C.UTF-8".split(' '));
    if let Around::Transaction { date, .. } = around {
        command.args(["--setenv", "SOURCE_DATE_EPOCH"]).arg(date.to_string());
    }
    command.arg("--");
    command.args(program.iter().map(|part| OsStr::from_bytes(part)));
    command
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let (out, err) = (child.stdout.take().map(tail), child.stderr.take().map(tail));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status.code().or(status.signal().map(|signal| -signal));
        }
        if begun.elapsed() >= limit || watch.cancelled() {
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
            trigger: "a test".to_owned(),
            lower: vec![at.path().join("lower"), "/usr".into()],
            upper: at.path().join("upper"),
            work: at.path().join("work"),
            merged: at.path().join("merged"),
            etc: Some("/etc".into()),
            date: 0,
            limit: Duration::from_secs(limit),
        };
        let program = ["/bin/sh", "-c", script].map(|part| part.as_bytes().to_vec()).to_vec();
        let ended = sandbox.run(&[Action::Run(program)], &Unwatched).unwrap();
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
        // On a slow machine it takes its time to begin.
        let begun = [1, 5, 30].into_iter().any(|limit| {
            let (_at, ended) = shell("echo begun >&2; sleep 4711 & wait", limit);
            assert_eq!(ended[0].status, None);
            ended[0].output.1 == "begun\n"
        });
        assert!(begun, "its children go on, or what it said is lost");
    }
}
