//! The graphical installer and the graphical store of Moult. `main.rs` only starts it.
//!
//! This side is unprivileged. What it knows of disks and packages it is told by the backend over `moult-api`; what it says
//! comes from `moult-i18n`.

pub mod agent;
pub mod app;
pub mod backend;
pub mod format;
pub mod keyboard;
pub mod memory;
pub mod power;
#[cfg(test)]
mod samples;
pub mod screen;
pub mod store;
#[cfg(test)]
mod sweep;
pub mod theme;
pub mod trace;
pub mod widget;
