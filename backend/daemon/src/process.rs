//! The process itself: its one connection, its peer, and an environment that is set, never inherited.
#![allow(
    unsafe_code,
    reason = "taking file descriptor 0, clearing the environment before any thread, prctl"
)]

use std::env;
use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags};
use rustix::mount::MountPropagationFlags;
use rustix::net::sockopt;
use rustix::process::{Gid, Resource, Rlimit, Uid};
use rustix::thread::UnshareFlags;

/// `nobody` and `nogroup`.
const NOBODY: u32 = 65_534;

/// Why the process cannot serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("standard input is not a connected socket: this program is started by Moult, not by hand ({0})")]
    NoSocket(io::Error),
    #[error("PKEXEC_UID is not set: --admin and --store are started through pkexec")]
    NoCaller,
    #[error("the other end belongs to user {peer}, but user {caller} was authorized")]
    Peer { peer: u32, caller: u32 },
    #[error("--admin and --store need to be root; this is user {0}")]
    NotRoot(u32),
    #[error("--root is root's alone; user {caller} was authorized")]
    Root { caller: u32 },
    #[error(transparent)]
    Place(#[from] crate::packages::PlaceError),
    #[error("the process could not be set up: {0}")]
    Setup(#[from] io::Error),
}

/// Takes the socket that is standard input and puts `/dev/null` in its place.
pub(crate) fn take_socket() -> Result<UnixStream, Refused> {
    let stdin = io::stdin();
    let kept = rustix::io::fcntl_dupfd_cloexec(stdin.as_fd(), 3).map_err(|error| Refused::NoSocket(error.into()))?;
    let _ = sockopt::socket_peercred(&kept).map_err(|error| Refused::NoSocket(error.into()))?;
    let null = rustix::fs::open("/dev/null", OFlags::RDWR, Mode::empty()).map_err(io::Error::from)?;
    // SAFETY: descriptor 0 is open (it was duplicated above); the wrapper is forgotten again and never closes it.
    let mut zero = unsafe { OwnedFd::from_raw_fd(0) };
    let placed = rustix::io::dup2(&null, &mut zero);
    std::mem::forget(zero);
    placed.map_err(io::Error::from)?;
    Ok(UnixStream::from(kept))
}

/// The folder of what this user can make anew: root's own, or the one that the user's environment or account names.
/// Asked before the environment is cleared; what a user says decides only where this very user's process writes.
pub(crate) fn caches() -> Option<PathBuf> {
    let me = rustix::process::geteuid();
    if me.is_root() {
        return Some(PathBuf::from("/var/cache/moult"));
    }
    let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = folder("XDG_CACHE_HOME").or_else(|| {
        let home = folder("HOME").or_else(|| home(&std::fs::read_to_string("/etc/passwd").ok()?, me.as_raw()))?;
        Some(home.join(".cache"))
    })?;
    Some(caches.join("moult"))
}

/// The home of a user in the text of `/etc/passwd`.
fn home(accounts: &str, user: u32) -> Option<PathBuf> {
    let fields = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let mut homes = fields.filter_map(|fields| match fields.as_slice() {
        [_, _, uid, _, _, home, _] if uid.parse() == Ok(user) => Some(PathBuf::from(home)),
        _ => None,
    });
    homes.next().filter(|home| home.is_absolute())
}

/// Makes this a privileged process whose caller is known: root, authorized by pkexec for exactly the peer's user, which
/// is returned. Root itself says so with the same variable.
pub(crate) fn become_admin(socket: &UnixStream) -> Result<u32, Refused> {
    let me = rustix::process::geteuid();
    if !me.is_root() {
        return Err(Refused::NotRoot(me.as_raw()));
    }
    let caller: u32 = env::var("PKEXEC_UID")
        .ok()
        .and_then(|uid| uid.parse().ok())
        .ok_or(Refused::NoCaller)?;
    let peer = peer_uid(socket)?.as_raw();
    if peer != caller {
        return Err(Refused::Peer { peer, caller });
    }
    settle("/usr/sbin:/usr/bin:/sbin:/bin")?;
    // Mounts made here are seen by nobody else and go away with the process, however it ends.
    // SAFETY: called before any other thread exists, so no thread keeps another view of the file system.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS) }.map_err(io::Error::from)?;
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
        .map_err(io::Error::from)?;
    Ok(caller)
}

/// Makes this a process that can only look: for the same user as its peer, which is returned, and without root's rights
/// if that is root, unless it is to keep them. What it reads comes as open descriptors and was written by strangers.
pub(crate) fn become_reader(socket: &UnixStream, keep_user: bool) -> Result<u32, Refused> {
    let me = rustix::process::geteuid();
    let peer = peer_uid(socket)?;
    if peer != me {
        return Err(Refused::Peer {
            peer: peer.as_raw(),
            caller: me.as_raw(),
        });
    }
    settle("/usr/bin:/bin")?;
    if me.is_root() && !keep_user {
        // No other thread exists yet; those that come inherit this.
        let (user, group) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
        rustix::thread::set_thread_groups(&[]).map_err(io::Error::from)?;
        rustix::thread::set_thread_res_gid(group, group, group).map_err(io::Error::from)?;
        rustix::thread::set_thread_res_uid(user, user, user).map_err(io::Error::from)?;
    }
    Ok(me.as_raw())
}

fn peer_uid(socket: &UnixStream) -> Result<Uid, Refused> {
    Ok(sockopt::socket_peercred(socket).map_err(io::Error::from)?.uid)
}

/// Environment, folder, umask and limits are set here, whatever they were.
fn settle(path: &str) -> Result<(), Refused> {
    let names: Vec<_> = env::vars_os().map(|(name, _)| name).collect();
    // SAFETY: no other thread exists yet.
    unsafe {
        for name in names {
            env::remove_var(name);
        }
        env::set_var("PATH", path);
        env::set_var("LANG", "C.UTF-8");
    }
    env::set_current_dir("/")?;
    let _ = rustix::process::umask(Mode::from_raw_mode(0o022));
    rustix::process::setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    )
    .map_err(io::Error::from)?;
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable).map_err(io::Error::from)?;
    // A terminal or session that goes away must not take a half-done install with it.
    // Nor must Ctrl-C on the terminal that it was started from: the client asks the job to stop instead.
    // SAFETY: SIG_IGN is a valid disposition for each of these signals.
    unsafe {
        let _ = libc::signal(libc::SIGINT, libc::SIG_IGN);
        let _ = libc::signal(libc::SIGHUP, libc::SIG_IGN);
        let _ = libc::signal(libc::SIGPIPE, libc::SIG_IGN);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_that_of_the_account_and_never_a_relative_folder() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\nbroken\nme:x:1000:1000:::\nyou:x:1001:1001::/home/you:/bin/sh\n";
        assert_eq!(home(accounts, 1001), Some(PathBuf::from("/home/you")));
        assert_eq!(home(accounts, 1000), None);
        assert_eq!(home(accounts, 7), None);
    }
}
