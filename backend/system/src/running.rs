//! What still runs from a `/usr` of before.
//!
//! A change swaps whole trees: the files of a program that was running are afterwards those of an archived state
//! (`/.moult/states/N/usr/…`), or have no name any more. That alone says nothing, as states share files by hard links:
//! a file is old when the active `/usr` has another file, or none, in its place.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Old files of one program that are named.
const FILES: usize = 20;
/// In a second of what the kernel tells programs: USER_HZ, which is this on every machine but Alphas.
const TICKS: u64 = 100;
/// What the kernel puts behind the name of a file that has none any more.
const DELETED: &[u8] = b" (deleted)";

/// A process that runs from files which are not the active system's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldProcess {
    /// Process id.
    pub pid: u32,
    /// User id that it runs as.
    pub uid: u32,
    /// Its program, below `/usr`; or, of a program that lies elsewhere, its whole path.
    pub program: PathBuf,
    /// Whether its program is below `/usr`.
    pub in_usr: bool,
    /// The systemd unit that it belongs to; empty if none is known.
    pub unit: String,
    /// Its old programs and libraries, below `/usr`, sorted: some of them at most.
    pub files: Vec<PathBuf>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OldProcesses {
    /// By process id.
    pub processes: Vec<OldProcess>,
    /// Some processes that are older than the active `/usr` could not be looked at for lack of rights.
    pub incomplete: bool,
}

/// Looks at all processes. `root` is the system whose `/usr` is the active one.
///
/// # Errors
/// `/proc` cannot be read. A process that ends meanwhile is no error.
pub fn old_processes(root: &Path) -> io::Result<OldProcesses> {
    let root = fs::canonicalize(root)?;
    let mut found = OldProcesses::default();
    let clock = Clock::read(&root);
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        match old_process(&root, &entry.path(), pid) {
            Ok(Some(process)) => found.processes.push(process),
            Ok(None) => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                found.incomplete |= clock.as_ref().is_none_or(|clock| clock.may_be_old(&entry.path()));
            }
            Err(_) => {}
        }
    }
    found.processes.sort_by_key(|process| process.pid);
    Ok(found)
}

/// Tells whether a process is older than the tree that `/usr` is now: what began after the swap cannot be of before. Everybody may
/// know when a process began.
#[derive(Debug)]
struct Clock {
    /// When the machine started: seconds since 1970.
    boot: u64,
    /// When `/usr` was put in place: seconds since 1970. (A rename changes the ctime.)
    swapped: u64,
}

impl Clock {
    /// None if something of it cannot be known.
    fn read(root: &Path) -> Option<Clock> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let boot = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
        let swapped = fs::symlink_metadata(root.join("usr")).ok()?.ctime();

        Some(Clock {
            boot: boot.trim().parse().ok()?,
            swapped: u64::try_from(swapped).ok()?,
        })
    }

    fn may_be_old(&self, process: &Path) -> bool {
        match fs::read_to_string(process.join("stat")) {
            Ok(stat) => self.began(&stat).is_none_or(|began| began <= self.swapped),
            // One that has ended meanwhile is none. Of one that nobody may know anything of, nothing is known.
            Err(error) => error.kind() == io::ErrorKind::PermissionDenied,
        }
    }

    /// When the process of this `/proc/PID/stat` began, in seconds since 1970. (proc(5): the 22nd field; the 2nd may hold anything, but
    /// ends with the last parenthesis.)
    fn began(&self, stat: &str) -> Option<u64> {
        let (_, fields) = stat.rsplit_once(')')?;
        let ticks: u64 = fields.split_whitespace().nth(19)?.parse().ok()?;

        Some(self.boot.saturating_add(ticks / TICKS))
    }
}

/// The version of the kernel that runs, if the active system of the running machine has kernels and none is this one.
pub fn old_kernel(root: &Path) -> Option<String> {
    let mut kernels = fs::read_dir(root.join("usr/lib/modules")).ok()?;
    let _ = kernels.next()?.ok()?;
    let running = rustix::system::uname();
    let running = running.release().to_str().ok()?;
    (!root.join("usr/lib/modules").join(running).exists()).then(|| running.to_owned())
}

fn old_process(root: &Path, process: &Path, pid: u32) -> io::Result<Option<OldProcess>> {
    let program = match fs::read_link(process.join("exe")) {
        Ok(program) => program,
        // A thread of the kernel has none.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let program = Mapped::read(program.as_os_str().as_bytes(), None);
    let mut files = BTreeSet::new();
    let itself = fs::metadata(process.join("exe"))?;
    if let Some(old) = program.old(root, Some((itself.dev(), itself.ino()))) {
        let _ = files.insert(old);
    }
    let maps = fs::read(process.join("maps"))?;
    let mut seen = BTreeSet::new();
    for line in maps.split(|byte| *byte == b'\n') {
        let Some(mapped) = Mapped::parse(line) else { continue };
        if seen.insert((mapped.path.clone(), mapped.inode))
            && let Some(old) = mapped.old(root, None)
        {
            let _ = files.insert(old);
        }
    }
    if files.is_empty() {
        return Ok(None);
    }
    let below = program.below_usr(root);
    Ok(Some(OldProcess {
        pid,
        uid: uid(process)?,
        in_usr: below.is_some(),
        program: below.unwrap_or_else(|| program.path.clone()),
        unit: unit(process),
        files: files.into_iter().take(FILES).collect(),
    }))
}

/// A file that a process runs from.
struct Mapped {
    path: PathBuf,
    deleted: bool,
    /// Device, as major and minor number, and inode.
    inode: Option<(u64, u64)>,
}

impl Mapped {
    fn read(path: &[u8], inode: Option<(u64, u64)>) -> Mapped {
        let (path, deleted) = match path.strip_suffix(DELETED) {
            Some(path) => (path, true),
            None => (path, false),
        };
        Mapped {
            path: PathBuf::from(std::ffi::OsString::from_vec(path.to_vec())),
            deleted,
            inode,
        }
    }

    /// A line of `/proc/PID/maps`: `from-to rwxp offset major:minor inode path`. None unless it is a file that is run.
    fn parse(line: &[u8]) -> Option<Mapped> {
        let mut rest = line;
        let mut field = || {
            let from = rest.iter().position(|byte| *byte != b' ')?;
            let trimmed = rest.get(from..)?;
            let end = trimmed.iter().position(|byte| *byte == b' ').unwrap_or(trimmed.len());
            let (field, after) = trimmed.split_at(end);
            rest = after;
            Some(field)
        };
        let (_, rights, _, device, inode) = (field()?, field()?, field()?, field()?, field()?);
        let path = rest.trim_ascii_start();
        if rights.get(2) != Some(&b'x') || !path.starts_with(b"/") {
            return None;
        }
        let inode: u64 = std::str::from_utf8(inode).ok()?.parse().ok()?;
        let (major, minor) = std::str::from_utf8(device).ok()?.split_once(':')?;
        let number = |text| u32::from_str_radix(text, 16).ok();
        let device = rustix::fs::makedev(number(major)?, number(minor)?);
        Some(Mapped::read(path, Some((device, inode))))
    }

    /// Where it is below `/usr`: of the active system, of a state, or of a tree that is being made.
    fn below_usr(&self, root: &Path) -> Option<PathBuf> {
        let inside = self.path.strip_prefix(root).ok()?;
        if let Ok(below) = inside.strip_prefix("usr") {
            return Some(below.to_owned());
        }
        let mut parts = inside.components();
        let [own, folder, _, usr] = std::array::from_fn(|_| parts.next().map(|part| part.as_os_str().to_owned()));
        let ours = own?.as_bytes() == b".moult" && matches!(folder?.as_bytes(), b"states" | b"spare");
        (ours && usr?.as_bytes() == b"usr").then(|| parts.as_path().to_owned())
    }

    /// Where it is below `/usr` if the active system has not this very file there. `itself` is its device and inode as
    /// `stat` gives them, where they are known.
    fn old(&self, root: &Path, itself: Option<(u64, u64)>) -> Option<PathBuf> {
        let below = self.below_usr(root)?;
        let in_place = self
            .path
            .strip_prefix(root)
            .is_ok_and(|inside| inside.starts_with("usr"));
        if in_place && !self.deleted {
            return None;
        }
        let active = fs::symlink_metadata(root.join("usr").join(&below)).ok();
        let active = active.map(|active| (active.dev(), active.ino()));
        let named = || {
            fs::symlink_metadata(&self.path)
                .ok()
                .map(|named| (named.dev(), named.ino()))
        };
        let same = match itself.or_else(|| if self.deleted { None } else { named() }) {
            Some(own) => active == Some(own),
            // Its name is gone: the numbers of the mapping are left. On file systems with several volumes they name
            // another device than `stat` does, which has no major number then.
            None => active.zip(self.inode).is_some_and(|((device, inode), own)| {
                inode == own.1 && (device == own.0 || rustix::fs::major(device) == 0)
            }),
        };
        (!same).then_some(below)
    }
}

fn uid(process: &Path) -> io::Result<u32> {
    let status = fs::read_to_string(process.join("status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    let uid = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    uid.ok_or_else(|| io::Error::other("its status names no user"))
}

/// The innermost unit of the process's control group.
fn unit(process: &Path) -> String {
    let Ok(groups) = fs::read_to_string(process.join("cgroup")) else {
        return String::new();
    };
    let path = groups.lines().find_map(|line| line.strip_prefix("0::"));
    let units = path.into_iter().flat_map(|path| path.rsplit('/'));
    let mut units = units.filter(|part| [".service", ".scope"].iter().any(|kind| part.ends_with(kind)));
    units.next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use std::process::{Child, Command, Stdio};

    use super::*;

    #[test]
    fn only_what_began_before_the_swap_may_be_old() {
        let clock = |boot, swapped| Clock { boot, swapped };
        // It began 50 seconds after the machine.
        let stat = "42 (a) 7 (b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 5000 20 21";
        assert_eq!(clock(1000, 0).began(stat), Some(1050));
        assert_eq!(clock(1000, 0).began("42 (a"), None);

        let lab = Lab::new();
        let mut clock = Clock::read(lab.root.path()).unwrap();
        let process = PathBuf::from(format!("/proc/{}", lab.child.id()));
        let began = clock.began(&fs::read_to_string(process.join("stat")).unwrap()).unwrap();
        assert!(
            began >= clock.boot && began.abs_diff(clock.swapped) < 60,
            "{began} {clock:?}"
        );
        lab.swap();
        assert!(Clock::read(lab.root.path()).unwrap().swapped >= clock.swapped);
        clock.swapped = began;
        assert!(clock.may_be_old(&process));
        clock.swapped = began - 1;
        assert!(!clock.may_be_old(&process));
        assert!(!clock.may_be_old(Path::new("/proc/no-such-process")));
    }

    /// A root with a program in `/usr`, and that program running.
    struct Lab {
        root: tempfile::TempDir,
        child: Child,
    }

    impl Lab {
        fn new() -> Lab {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir_all(root.path().join("usr/bin")).unwrap();
            fs::create_dir_all(root.path().join(".moult/states/1/usr/bin")).unwrap();
            let program = root.path().join("usr/bin/sleeper");
            let _ = fs::copy("/bin/sleep", &program).unwrap();
            // Between a fork and an exec, a child of another test may still hold the file as it was written.
            let child = loop {
                match Command::new(&program).arg("60").stdin(Stdio::null()).spawn() {
                    Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
                    other => break other.unwrap(),
                }
            };
            Lab { root, child }
        }

        fn path(&self, path: &str) -> PathBuf {
            self.root.path().join(path)
        }

        /// As a change does: the tree of before is the one of a state now.
        fn swap(&self) {
            fs::rename(self.path("usr"), self.path("usr-before")).unwrap();
            fs::rename(self.path(".moult/states/1/usr"), self.path("usr")).unwrap();
            fs::rename(self.path("usr-before"), self.path(".moult/states/1/usr")).unwrap();
        }

        fn found(&self) -> Option<OldProcess> {
            let found = old_processes(self.root.path()).unwrap();
            found
                .processes
                .into_iter()
                .find(|process| process.pid == self.child.id())
        }
    }

    impl Drop for Lab {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    #[test]
    fn a_program_of_the_active_system_is_not_old() {
        assert_eq!(Lab::new().found(), None);
    }

    #[test]
    fn a_program_whose_file_is_another_one_now_is_old_and_one_that_shares_its_file_is_not() {
        let lab = Lab::new();
        fs::hard_link(lab.path("usr/bin/sleeper"), lab.path(".moult/states/1/usr/bin/sleeper")).unwrap();
        lab.swap();
        assert_eq!(lab.found(), None, "both states have the same file");
        fs::remove_file(lab.path(".moult/states/1/usr/bin/sleeper")).unwrap();
        assert_eq!(
            lab.found(),
            None,
            "the name that it was started by is gone, the file is not"
        );

        let lab = Lab::new();
        let _ = fs::copy("/bin/sleep", lab.path(".moult/states/1/usr/bin/sleeper")).unwrap();
        lab.swap();
        let old = lab.found().unwrap();
        assert_eq!((old.program.to_str(), old.in_usr), (Some("bin/sleeper"), true));
        assert_eq!(old.files, [PathBuf::from("bin/sleeper")]);
        assert_eq!(old.uid, rustix::process::geteuid().as_raw());
        fs::remove_dir_all(lab.path(".moult/states/1")).unwrap();
        assert_eq!(
            lab.found().unwrap().files,
            [PathBuf::from("bin/sleeper")],
            "its state was pruned"
        );
    }

    #[test]
    fn a_program_that_was_removed_is_old() {
        let lab = Lab::new();
        lab.swap();
        assert_eq!(lab.found().unwrap().program, PathBuf::from("bin/sleeper"));
    }

    #[test]
    fn only_what_is_run_counts_of_a_mapping() {
        let line = b"7f0 -7f1";
        assert!(Mapped::parse(line).is_none());
        let mapped =
            Mapped::parse(b"00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/a b (deleted)").unwrap();
        assert_eq!(mapped.path, PathBuf::from("/usr/bin/a b"));
        assert!(mapped.deleted);
        assert_eq!(mapped.inode, Some((rustix::fs::makedev(8, 2), 173_521)));
        assert!(Mapped::parse(b"00400000-00452000 r--p 00000000 08:02 173521      /usr/bin/a").is_none());
        assert!(Mapped::parse(b"7ffd-7ffe r-xp 00000000 00:00 0                  [vdso]").is_none());
        assert!(Mapped::parse("00-01 r-xp 0 fg:zz x /ü".as_bytes()).is_none());
        assert!(Mapped::parse(b"").is_none());
    }
}
