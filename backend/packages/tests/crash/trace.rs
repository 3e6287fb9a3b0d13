//! Runs the program under strace: to write down which system calls it makes, and to disturb one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Every system call that changes a file, a folder or a lock, or waits for a disk.
const CALLS: &str = "open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,\
    unlinkat,rmdir,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,syncfs,sync,sync_file_range,truncate,ftruncate,\
    fallocate,chmod,fchmod,fchmodat,?fchmodat2,chown,fchown,lchown,fchownat,utimensat,ioctl,copy_file_range,sendfile,splice,\
    flock,fsetxattr,setxattr,lsetxattr,fremovexattr,removexattr,lremovexattr";

/// How long a disturbed change may take. Only one that hangs takes so long.
const PATIENCE: Duration = Duration::from_secs(180);

/// A system call of a run: the `when`th one of its name in its thread, as strace counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) when: usize,
    /// A path in it, as it was given or as its file descriptor has it, below the root if it begins with `/`; and how
    /// manyeth call of this name with this path it is in its thread. Other threads then do not matter.
    pub(crate) of: Option<(String, usize)>,
    /// As strace shows it, for messages.
    pub(crate) text: String,
}

/// How a run of the program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// It was killed; what it had said by then.
    Killed { said: String },
    /// `done NUMBER`.
    Done(u64),
    /// `refused STANDING ERROR`.
    Refused { standing: String, error: String },
}

fn strace(program: &Path, arguments: &[String], calls: &str, options: &[String], log: &Path) -> Output {
    // `timeout` ends all that was started.
    let mut command = Command::new("timeout");
    command
        .args(["-s", "KILL", &PATIENCE.as_secs().to_string(), "strace"])
        .args(["-f", "-q", "-y", "--signal=none", "-s", "40", "-e"])
        .arg(format!("trace={calls}"));
    command.args(options).arg("-o").arg(log).arg(program).args(arguments);
    let begun = Instant::now();
    let outcome = command.stdin(Stdio::null()).output().expect("strace can be run");
    assert!(begun.elapsed() < PATIENCE, "it hangs: {arguments:?} {options:?}");
    outcome
}

/// Lets the calling thread, and all that it starts, use this processor only: the program then works in one thread, and
/// the order of its calls is the same each time.
pub(crate) fn pin(processor: usize) {
    let allowed = rustix::thread::sched_getaffinity(None).unwrap();
    let usable: Vec<usize> = (0..rustix::thread::CpuSet::MAX_CPU)
        .filter(|one| allowed.is_set(*one))
        .collect();
    let mut set = rustix::thread::CpuSet::new();
    set.set(usable[processor % usable.len()]);
    rustix::thread::sched_setaffinity(None, &set).unwrap();
}

/// Runs the program and writes down its calls. Calls that cannot change anything are left out: files opened only to be
/// read, and what goes to the standard streams.
pub(crate) fn record(program: &Path, arguments: &[String], log: &Path) -> (End, Vec<Call>) {
    let outcome = strace(program, arguments, CALLS, &[], log);
    let text = std::fs::read(log).unwrap_or_else(|_| panic!("strace: {}", String::from_utf8_lossy(&outcome.stderr)));
    let text = String::from_utf8_lossy(&text);
    let root = arguments.get(1).map_or("", String::as_str);
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut paths: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let Some((name, what)) = rest.trim_start().split_once('(') else {
            continue;
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let count = counts.entry((thread, name)).or_default();
        *count += 1;
        let (quoted, open) = paths_of(name, what);
        for path in quoted.iter().chain(&open).collect::<BTreeSet<_>>() {
            *paths.entry((thread, name, path)).or_default() += 1;
        }
        let changes = match name {
            "open" | "openat" | "openat2" => what.contains("O_CREAT") || what.contains("O_TRUNC"),
            // What goes to a network, or to another thread, is none of a disk's business.
            "write" | "writev" | "sendfile" | "splice" => {
                !["1<", "2<"].iter().any(|stream| what.starts_with(stream))
                    && open.first().is_some_and(|path| path.starts_with('/'))
            }
            "ioctl" => what.contains("FICLONE"),
            _ => true,
        };
        if changes {
            let path = quoted.first().or(open.first()).copied();
            // One outside of the root is none of the change's.
            let path = path.filter(|path| !path.starts_with('/') || path.starts_with(root));
            calls.push(Call {
                name: name.to_owned(),
                when: *count,
                of: path.map(|path| (path.replacen(root, "", 1), paths[&(thread, name, path)])),
                text: rest.trim().chars().take(600).collect(),
            });
        }
    }
    (end(&outcome), calls)
}

/// The paths of a call as strace shows it: those given as text, and those of open files.
fn paths_of<'t>(name: &str, what: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
    let text = !name.contains("write") && name != "ioctl";
    // What a link leads to is no path of the call.
    let first = if name.starts_with("symlink") { 3 } else { 1 };
    let quoted = what.split('"').skip(first).step_by(2).take_while(|_| text).collect();
    let before = what.split('"').next().unwrap_or_default();
    let whole = if text { what } else { before };
    let open = whole.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    (quoted, open.map(|(path, _)| path).collect())
}

/// The options with which strace finds a call, by its path if it has one, in a run with these arguments.
pub(crate) fn at(arguments: &[String], call: &Call, how: &str) -> Vec<String> {
    let mut options = vec!["-e".to_owned(), format!("trace={}", call.name), "-e".to_owned()];
    let Some((path, when)) = &call.of else {
        options.push(format!("inject={}:{how}:when={}", call.name, call.when));
        return options;
    };
    options.push(format!("inject={}:{how}:when={when}", call.name));
    options.push("-P".to_owned());
    options.push(match path.strip_prefix('/') {
        Some(below) => format!("{}/{below}", arguments[1]),
        None if path.is_empty() => arguments[1].clone(),
        None => path.clone(),
    });
    options
}

/// Runs the program with one of its calls disturbed, found by its path; also says whether the call was made.
pub(crate) fn inject(program: &Path, arguments: &[String], call: &Call, how: &str, log: &Path) -> (End, bool) {
    let mut options = at(arguments, call, how);
    if how.starts_with("error") {
        // A signal would be lost; a failure is not, and all other calls cost nothing.
        options.push("--seccomp-bpf".to_owned());
    }
    let outcome = strace(program, arguments, &call.name, &options, log);
    let told = std::fs::read(log).unwrap_or_default();
    let felt = String::from_utf8_lossy(&told).contains("(INJECTED)");
    (end(&outcome), felt)
}

/// Runs the program with one of its calls disturbed, as `strace -e inject` has it: `signal=KILL`, `error=EIO`.
pub(crate) fn disturb(program: &Path, arguments: &[String], call: &Call, how: &str) -> End {
    end(&disturbed(program, arguments, call, how))
}

/// The same; returns all that it said.
pub(crate) fn said(program: &Path, arguments: &[String], call: &Call, how: &str) -> Vec<String> {
    let said = disturbed(program, arguments, call, how).stdout;
    String::from_utf8_lossy(&said).lines().map(str::to_owned).collect()
}

fn disturbed(program: &Path, arguments: &[String], call: &Call, how: &str) -> Output {
    let inject = format!("inject={}:{how}:when={}", call.name, call.when);
    strace(
        program,
        arguments,
        &call.name,
        &["-e".to_owned(), inject],
        Path::new("/dev/null"),
    )
}

/// Reads how a run of the program ended.
pub(crate) fn end(outcome: &Output) -> End {
    let said = String::from_utf8_lossy(&outcome.stdout).into_owned();
    if outcome.status.signal() == Some(9) || outcome.status.code() == Some(128 + 9) {
        return End::Killed { said };
    }
    let errors = String::from_utf8_lossy(&outcome.stderr);
    assert!(!errors.contains("panicked"), "{errors}");
    let line = said.lines().last().unwrap_or_default();
    match line.split(' ').collect::<Vec<_>>().as_slice() {
        ["done", state] if outcome.status.success() => End::Done(state.parse().unwrap()),
        ["refused", standing, ..] if outcome.status.code() == Some(1) => End::Refused {
            standing: (*standing).to_owned(),
            error: line.splitn(3, ' ').nth(2).unwrap_or_default().to_owned(),
        },
        _ => panic!("{}: {said}{}", outcome.status, String::from_utf8_lossy(&outcome.stderr)),
    }
}

/// A part of the calls: of each name all if they are few; else its first, its last and some between, so that about
/// `wanted` come together.
pub(crate) fn choose(calls: &[Call], wanted: usize) -> Vec<Call> {
    let mut names: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        names.entry(&call.name).or_default().push(call);
    }
    let mut groups: Vec<Vec<&Call>> = names.into_values().collect();
    groups.sort_by_key(Vec::len);
    let (mut chosen, mut left, mut groups_left) = (Vec::new(), wanted, groups.len());
    for group in groups {
        // What the rare ones do not use is shared among the others. The swap is among the rare.
        let share = left.div_ceil(groups_left.max(1)).min(group.len());
        for number in 0..share {
            let at = if share < 2 {
                0
            } else {
                number * (group.len() - 1) / (share - 1)
            };
            chosen.push(group[at].clone());
        }
        left = left.saturating_sub(share);
        groups_left -= 1;
    }
    chosen.sort();
    chosen.dedup();
    chosen
}
