//! Passwords and keys: in through a file descriptor, out only as a hash.
//!
//! A secret lives in memory that is wiped when it is dropped, and never meets argv, the environment, a log or an error.

use std::{
    fmt,
    fs::File,
    io::Read,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    os::unix::fs::FileExt,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{FileType, Mode, OFlags, fstat, fstatfs},
    io::Errno,
    net::{RecvFlags, recv},
    process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit},
};
use secrecy::{ExposeSecret, SecretString};
use yescrypt::{PasswordHasher, Yescrypt};
use zeroize::Zeroizing;

use crate::Error;

/// Bytes that crypt(3) hashes at most (libxcrypt's `CRYPT_MAX_PASSPHRASE_SIZE`, without its NUL).
pub const PASSWORD_LIMIT: usize = 511;

/// `PIPEFS_MAGIC` and `TMPFS_MAGIC` of linux/magic.h: file systems whose reads never wait for a stranger's process,
/// as FUSE's do.
const PIPEFS: i64 = 0x5049_5045;
const TMPFS: i64 = 0x0102_1994;

/// Reads a whole secret from `source`: at most `limit` bytes, within `patience`. Nothing is stripped.
///
/// Blocks, at most for `patience`, whatever the other side does. `source` is a pipe, a socket or anonymous memory
/// (memfd), so that no file of a stranger's file system can keep a privileged reader waiting.
///
/// # Errors
/// `SecretTooLong`, `SecretLate`, `SecretNotText`, `SecretSource`, `SecretRead`.
pub fn read_from_fd(source: OwnedFd, limit: usize, patience: Duration) -> Result<SecretString, Error> {
    let room = limit.checked_add(1).ok_or(Error::SecretTooLong { limit })?;
    // One allocation, never grown: growing would leave copies behind.
    let mut buffer = Zeroizing::new(vec![0_u8; room]);

    let stat = fstat(&source).map_err(|e| Error::SecretRead(e.into()))?;
    let filled = match FileType::from_raw_mode(stat.st_mode) {
        FileType::Fifo if on(&source, PIPEFS)? => {
            let own = reopen(&source)?;
            drop(source);
            drain(own.as_fd(), &mut buffer, limit, patience, |fd, rest| {
                rustix::io::read(fd, rest)
            })?
        }
        FileType::Socket => drain(source.as_fd(), &mut buffer, limit, patience, |fd, rest| {
            recv(fd, rest, RecvFlags::DONTWAIT).map(|(_, count)| count)
        })?,
        FileType::RegularFile if on(&source, TMPFS)? => {
            let mut file = File::from(source);
            read_memory(&mut file, &mut buffer).map_err(Error::SecretRead)?
        }
        _ => return Err(Error::SecretSource),
    };

    if filled > limit {
        return Err(Error::SecretTooLong { limit });
    }
    let text = std::str::from_utf8(&buffer[..filled]).map_err(|_| Error::SecretNotText)?;
    // Exactly as large as needed, so that boxing it does not move it.
    let mut exact = String::with_capacity(filled);
    exact.push_str(text);
    Ok(SecretString::from(exact))
}

#[allow(clippy::useless_conversion, reason = "the type differs between architectures")]
fn on(fd: &OwnedFd, magic: i64) -> Result<bool, Error> {
    let filesystem = fstatfs(fd).map_err(|e| Error::SecretRead(e.into()))?;
    Ok(i64::try_from(filesystem.f_type).is_ok_and(|kind| kind == magic))
}

/// The pipe as an open file of our own. The other side shares the given one, so it could take back a `O_NONBLOCK` set
/// there, or empty the pipe between our poll and our read.
fn reopen(pipe: &OwnedFd) -> Result<OwnedFd, Error> {
    use std::os::fd::AsRawFd;

    let path = format!("/proc/self/fd/{}", pipe.as_raw_fd());
    rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())
        .map_err(|e| Error::SecretRead(e.into()))
}

/// Reads until the end, the end of the buffer, or the end of patience.
fn drain(
    fd: BorrowedFd<'_>,
    buffer: &mut [u8],
    limit: usize,
    patience: Duration,
    read: impl Fn(BorrowedFd<'_>, &mut [u8]) -> Result<usize, Errno>,
) -> Result<usize, Error> {
    let end = Instant::now() + patience;
    let late = Error::SecretLate {
        seconds: patience.as_secs(),
    };
    let mut filled = 0;

    while filled <= limit {
        let Some(rest) = end
            .checked_duration_since(Instant::now())
            .filter(|rest| !rest.is_zero())
        else {
            return Err(late);
        };
        let wait = Timespec {
            tv_sec: i64::try_from(rest.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(rest.subsec_nanos()),
        };
        match poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&wait)) {
            Ok(0) => return Err(late),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(Error::SecretRead(error.into())),
        }
        match read(fd, &mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(error) => return Err(Error::SecretRead(error.into())),
        }
    }
    Ok(filled)
}

/// Anonymous memory is read from its start, wherever its writer left the position.
fn read_memory(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    struct FromStart<'a>(&'a File, u64);
    impl Read for FromStart<'_> {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.read_at(to, self.1)?;
            self.1 += count as u64;
            Ok(count)
        }
    }

    let mut source = FromStart(file, 0);
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A password's yescrypt hash (`$y$j9T$…`), as crypt(3) and `/etc/shadow` have it. Not shown by `Debug`.
#[derive(Clone)]
pub struct PasswordHash(Zeroizing<String>);

impl PasswordHash {
    /// Hashes `password` with a fresh random salt and yescrypt's recommended cost (16 MiB, tens of milliseconds).
    ///
    /// # Errors
    /// `SecretTooLong` past [`PASSWORD_LIMIT`], `SecretNotText` with a NUL (nobody could log in with either), `Hash`.
    pub fn new(password: &SecretString) -> Result<PasswordHash, Error> {
        let bytes = password.expose_secret().as_bytes();
        if bytes.len() > PASSWORD_LIMIT {
            return Err(Error::SecretTooLong { limit: PASSWORD_LIMIT });
        }
        if bytes.contains(&0) {
            return Err(Error::SecretNotText);
        }
        let hash = Yescrypt::default().hash_password(bytes).map_err(|_| Error::Hash)?;
        Ok(PasswordHash(Zeroizing::new(hash.as_str().to_owned())))
    }

    /// The text for `/etc/shadow`.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([hidden])")
    }
}

/// No core dump, no ptrace by other processes of the same user, `/proc/self` for root only. Call it first in `main`.
///
/// # Errors
/// `Harden`.
pub fn harden_process() -> Result<(), Error> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|e| Error::Harden(e.into()))?;
    setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    )
    .map_err(|e| Error::Harden(e.into()))
}
