//! Triggers as packages bring them, on roots in temporary folders. Needs root and bubblewrap. The programs are the shell
//! and a few tools of this machine, with their libraries, in a package of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod export;
mod fail;
#[allow(dead_code, reason = "the other tests need the rest of it")]
#[path = "../engine/lab.rs"]
mod lab;
mod repair;
mod run;
mod shop;
