//! The engine as a whole, on roots in temporary folders, with small real stones. Needs root: owners and set-id bits are
//! part of what is proved.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod aside;
mod difference;
mod export;
mod fetching;
mod history;
mod import;
mod index;
mod install;
mod lab;
mod menu;
mod model;
mod network;
mod plan;
mod pool;
mod recover;
mod refuse;
mod remove;
mod repositories;
mod resolve;
mod room;
mod search;
mod site;
mod sync;
mod trust;
mod versioned;
mod why;
mod wishes;
