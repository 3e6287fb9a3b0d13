//! Network, keyboard, locale and accounts: of the system that runs, and of the one that is being installed.
//!
//! - [`network`]: the running system's network, by way of NetworkManager.
//! - [`running`]: what still runs from a `/usr` of before.
//! - [`secret`]: passwords and keys: how they come in, how they are hashed, how the process keeps them to itself.
//! - [`target`]: the files which make a composed `/usr` a system of its own: host name, keyboard, time zone, accounts.

#![deny(missing_docs)]

mod error;
pub mod network;
pub mod running;
pub mod secret;
pub mod target;

pub use error::Error;
