//! How secrets come in and what becomes of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the configuration covers test functions, not their helpers"
)]

use std::{
    io::Write,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use moult_system::{
    Error,
    secret::{PASSWORD_LIMIT, PasswordHash, harden_process, read_from_fd},
};
use rustix::fs::MemfdFlags;
use secrecy::{ExposeSecret, SecretString};

/// For what is there or comes.
const PATIENCE: Duration = Duration::from_secs(30);
/// For what never comes.
const SHORT: Duration = Duration::from_millis(300);

fn pipe_with(bytes: &[u8]) -> OwnedFd {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(bytes).unwrap();
    reader.into()
}

fn memory_with(bytes: &[u8]) -> OwnedFd {
    let memory = rustix::fs::memfd_create("secret", MemfdFlags::CLOEXEC).unwrap();
    std::fs::File::from(memory.try_clone().unwrap())
        .write_all(bytes)
        .unwrap();
    memory
}

fn socket_with(bytes: &[u8]) -> OwnedFd {
    let (mut writer, reader) = UnixStream::pair().unwrap();
    writer.write_all(bytes).unwrap();
    reader.into()
}

#[test]
fn nothing_is_stripped_from_a_secret_whatever_it_comes_through() {
    let secret = " pä55 \n\t";
    for source in [
        pipe_with(secret.as_bytes()),
        memory_with(secret.as_bytes()),
        socket_with(secret.as_bytes()),
    ] {
        assert_eq!(read_from_fd(source, 64, PATIENCE).unwrap().expose_secret(), secret);
    }
    assert_eq!(read_from_fd(pipe_with(b""), 64, PATIENCE).unwrap().expose_secret(), "");
}

#[test]
fn a_secret_may_be_as_long_as_agreed_and_not_a_byte_longer() {
    for source in [pipe_with, memory_with, socket_with] {
        assert_eq!(
            read_from_fd(source(&[b'x'; 64]), 64, PATIENCE)
                .unwrap()
                .expose_secret()
                .len(),
            64
        );
        let error = read_from_fd(source(&[b'x'; 65]), 64, PATIENCE).unwrap_err();
        assert!(matches!(error, Error::SecretTooLong { limit: 64 }), "{error}");
    }
}

#[test]
fn a_peer_that_never_closes_its_end_cannot_hold_us() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"half").unwrap();
    let begin = Instant::now();
    let error = read_from_fd(reader.into(), 64, SHORT).unwrap_err();
    assert!(matches!(error, Error::SecretLate { .. }), "{error}");
    assert!(begin.elapsed() < PATIENCE);
    drop(writer);

    let (_writer, reader) = UnixStream::pair().unwrap();
    assert!(matches!(
        read_from_fd(reader.into(), 64, SHORT),
        Err(Error::SecretLate { .. })
    ));
}

#[test]
fn a_peer_that_empties_the_pipe_itself_cannot_hold_us() {
    let patience = Duration::from_millis(60);
    // Who gets the last byte is chance: try often.
    for _ in 0..20 {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let thief = reader.as_fd().try_clone_to_owned().unwrap();
        let stealing = std::thread::spawn(move || while rustix::io::read(&thief, &mut [0; 1]).is_ok_and(|n| n > 0) {});
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let writing = std::thread::spawn(move || {
            for _ in 0..40 {
                writer.write_all(b"x").unwrap();
                std::thread::sleep(Duration::from_micros(300));
            }
            // Then nothing more, and the end stays open.
            let _ = ended.recv_timeout(PATIENCE * 2);
        });
        let begin = Instant::now();
        let error = read_from_fd(reader.into(), 1 << 20, patience).unwrap_err();
        let took = begin.elapsed();
        drop(end);
        writing.join().unwrap();
        stealing.join().unwrap();
        assert!(matches!(error, Error::SecretLate { .. }), "{error}");
        assert!(took < PATIENCE, "held for {took:?}");
    }
}

#[test]
fn what_is_not_text_or_not_a_private_channel_is_refused() {
    assert!(matches!(
        read_from_fd(pipe_with(b"\xff\xfe"), 64, PATIENCE),
        Err(Error::SecretNotText)
    ));
    let folder = rustix::fs::open("/", rustix::fs::OFlags::RDONLY, rustix::fs::Mode::empty()).unwrap();
    assert!(matches!(read_from_fd(folder, 64, PATIENCE), Err(Error::SecretSource)));
    let device = std::fs::File::open("/dev/zero").unwrap();
    assert!(matches!(
        read_from_fd(device.into(), 64, PATIENCE),
        Err(Error::SecretSource)
    ));
}

/// The machine's own crypt(3). Password and hash go through stdin.
fn crypt(password: &str, setting: &str) -> String {
    let mut perl = Command::new("/usr/bin/perl")
        .args([
            "-e",
            r#"binmode STDIN; my ($p, $s) = split /\0/, do { local $/; <STDIN> }; print crypt($p, $s)"#,
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    write!(perl.stdin.take().unwrap(), "{password}\0{setting}").unwrap();
    String::from_utf8(perl.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn crypt_of_the_c_library_accepts_our_hashes() {
    for password in ["correct horse", "", "pä55wörd ", &"x".repeat(PASSWORD_LIMIT)] {
        let hash = PasswordHash::new(&SecretString::from(password)).unwrap();
        assert!(hash.expose().starts_with("$y$j9T$"), "{}", hash.expose());
        assert_eq!(hash.expose().split('$').count(), 5);
        assert_eq!(crypt(password, hash.expose()), hash.expose());
        assert_ne!(crypt("another", hash.expose()), hash.expose());
    }
}

#[test]
fn every_hash_has_its_own_salt() {
    let password = SecretString::from("same");
    let hash = || PasswordHash::new(&password).unwrap().expose().to_owned();
    assert_ne!(hash(), hash());
}

#[test]
fn passwords_that_nobody_could_type_at_login_are_refused() {
    let hash = |password: String| PasswordHash::new(&SecretString::from(password));
    assert!(matches!(hash("a\0b".into()), Err(Error::SecretNotText)));
    assert!(matches!(
        hash("x".repeat(PASSWORD_LIMIT + 1)),
        Err(Error::SecretTooLong { .. })
    ));
}

#[test]
fn no_error_and_no_debug_output_shows_a_secret() {
    let secret = "tr0ub4dor";
    let mut shown = Vec::new();
    shown.push(format!("{:?}", SecretString::from(secret)));
    let hash = PasswordHash::new(&SecretString::from(secret)).unwrap();
    shown.push(format!("{hash:?}"));
    let mut bad = secret.as_bytes().to_vec();
    bad.push(0xff);
    for error in [
        read_from_fd(pipe_with(&bad), 64, PATIENCE).unwrap_err(),
        read_from_fd(pipe_with(secret.as_bytes()), 4, PATIENCE).unwrap_err(),
        PasswordHash::new(&SecretString::from(format!("{secret}\0"))).unwrap_err(),
    ] {
        shown.push(format!("{error} {error:?}"));
    }
    for text in shown {
        assert!(!text.contains(secret) && !text.contains(hash.expose()), "{text}");
    }
}

#[test]
fn a_hardened_process_leaves_no_core() {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    harden_process().unwrap();
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    let limit = getrlimit(Resource::Core);
    assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    // Reading secrets still works afterwards: it goes through /proc/self.
    assert_eq!(read_from_fd(pipe_with(b"x"), 8, PATIENCE).unwrap().expose_secret(), "x");
}
