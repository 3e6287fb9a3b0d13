//! A change of a system cannot break it: the process that makes it is killed at every kind of place, the disk below it
//! loses power, is full, fails or may not be written.
//!
//! - `kill`: `SIGKILL` at system calls of an install, a removal, an undo, a first install, a pruning, a repair.
//! - `power`: a disk of our own (`disk`) that remembers each write and each flush; file systems on it are mounted as a
//!   loss of power at any moment could have left them.
//! - `faults`: `ENOSPC` and `EIO` out of each kind of system call, also in a process that goes on afterwards.
//! - `full`: file systems without a byte left; what reads or frees space still works.
//! - `every`: with packages of a few files, which come over HTTP, `ENOSPC` and `EIO` out of *every* call that writes, in
//!   changes of each kind; `SIGKILL` at the same calls; refreshed lists, models, holds, names and pins are among them.
//! - `aside`: the same at every call of a repository's removal that can be taken back, and of taking it back.
//! - `readers`: somebody without any rights asks at all these moments, and is answered.
//! - `children`: the engine dies while a trigger runs: the trigger dies with it.
//! - `odd`: full and read-only file systems, wrong clocks, two writers, more names than a file may have.
//!
//! After each, `verify` compares the root with what the packages of `data` say, file by file, without the engine.
//!
//! Needs root, strace, and the example program `transaction` (built by `cargo test` without `--test`, or by
//! `cargo build --example transaction`). By default a part of all points is tried; `MOULT_CRASH=full` tries all of the
//! kills, ten times the faults and 165 images for each file system, and `MOULT_CRASH_SEED=N` other instants.
//! Everything is mounted, started and written in namespaces of its own, which end with the test.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod aside;
mod children;
mod data;
mod disk;
mod every;
mod faults;
mod full;
mod kill;
mod lab;
mod named;
mod odd;
mod power;
mod readers;
#[allow(dead_code, reason = "other tests need the rest of it")]
#[path = "../engine/site.rs"]
mod site;
mod trace;
mod verify;
