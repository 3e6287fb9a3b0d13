//! What happens before the system: the first program of our own initrd, the activation of a state from any initrd, and
//! the making of that initrd.
//!
//! [`activate`] is the part that may never go wrong. [`init`] is the first program (pid 1) and tells the whole story of
//! a boot; [`live`] is the same for the medium that a person installs from. [`initrd`] makes the archive that the boot
//! loader hands to the kernel.

pub mod activate;
pub mod choice;
pub mod cmdline;
mod console;
mod device;
mod error;
mod file_system;
pub mod init;
pub mod initrd;
pub mod live;
mod medium;
mod modules;
mod pattern;
pub mod record;
pub mod superblock;
mod switch;
mod sys;
mod words;

pub use error::Error;
