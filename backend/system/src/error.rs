//! Everything that can go wrong here. No variant ever holds a secret.

use std::{io, path::PathBuf};

/// What happened, in the terms of the person or program that asked.
///
/// Network names are for display: they may be lossy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// NetworkManager is not running. A state more than a failure: it may come at any time.
    #[error("NetworkManager is not running")]
    Unavailable,
    /// NetworkManager does not let this process do it.
    #[error("NetworkManager does not allow this: {text}")]
    NotAllowed {
        /// NetworkManager's words.
        text: String,
    },
    /// There is no wireless device.
    #[error("there is no wireless device")]
    NoWireless,
    /// The wireless device is switched off or has no firmware.
    #[error("the wireless device {interface} is switched off or not ready")]
    WirelessOff {
        /// Interface name.
        interface: String,
    },
    /// No wired link has this name.
    #[error("there is no wired link {interface}")]
    NoLink {
        /// The name that was asked for.
        interface: String,
    },
    /// The wired link has no cable.
    #[error("no cable is plugged into {interface}")]
    Unplugged {
        /// Interface name.
        interface: String,
    },
    /// A network's name has 1 to 32 bytes.
    #[error("a network name has 1 to 32 bytes, this one has {length}")]
    NetworkName {
        /// Bytes that came.
        length: usize,
    },
    /// Its protection (WEP, enterprise) cannot be joined from here.
    #[error("the network {name:?} uses a protection that cannot be joined from here")]
    Unsupported {
        /// The network.
        name: String,
    },
    /// The key cannot be right: a WPA passphrase has 8 to 63 bytes, a raw key 64 hexadecimal digits.
    #[error("a key has 8 to 63 characters, or 64 hexadecimal digits")]
    KeyShape,
    /// The network refused the key.
    #[error("the network {name:?} did not accept the key")]
    WrongKey {
        /// The network.
        name: String,
    },
    /// The network is out of reach.
    #[error("the network {name:?} is not in reach")]
    Lost {
        /// The network.
        name: String,
    },
    /// Connected, but no address came.
    #[error("{name:?} gave no address")]
    NoAddress {
        /// The network or link.
        name: String,
    },
    /// Nothing was decided in time.
    #[error("{name:?} was not connected within {seconds} s")]
    TimedOut {
        /// The network or link.
        name: String,
        /// The limit that was given.
        seconds: u64,
    },
    /// Somebody else took the device meanwhile, or disconnected it.
    #[error("connecting to {name:?} was interrupted by another change")]
    Interrupted {
        /// The network or link.
        name: String,
    },
    /// NetworkManager gave up for another reason.
    #[error("connecting to {name:?} failed (NetworkManager's device state reason {reason})")]
    Activation {
        /// The network or link.
        name: String,
        /// `NMDeviceStateReason`.
        reason: u32,
    },
    /// A call to NetworkManager failed.
    #[error("NetworkManager's {call} failed: {text}")]
    Service {
        /// The D-Bus method.
        call: &'static str,
        /// The bus' or NetworkManager's words.
        text: String,
    },
    /// The secret is longer than agreed.
    #[error("the secret is longer than {limit} bytes")]
    SecretTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The other side did not finish handing the secret over.
    #[error("the secret was not handed over within {seconds} s")]
    SecretLate {
        /// The limit.
        seconds: u64,
    },
    /// The secret is not UTF-8, or holds a NUL.
    #[error("the secret is not text")]
    SecretNotText,
    /// The descriptor is neither a pipe, nor a socket, nor anonymous memory.
    #[error("a secret comes through a pipe, a socket or anonymous memory only")]
    SecretSource,
    /// Reading the secret failed.
    #[error("the secret could not be read: {0}")]
    SecretRead(io::Error),
    /// Hashing failed (no memory, no randomness).
    #[error("the password could not be hashed")]
    Hash,
    /// The process could not be closed against core dumps and tracing.
    #[error("the process could not be protected: {0}")]
    Harden(io::Error),
    /// A wish is not well formed.
    #[error("{value:?} is not a {what}: {why}")]
    Invalid {
        /// What it should be ("host name").
        what: &'static str,
        /// What came.
        value: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The account name belongs to the system.
    #[error("the name {name:?} belongs to the system")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The target has no data for this time zone.
    #[error("the new system does not know the time zone {zone:?}")]
    UnknownZone {
        /// The zone.
        zone: String,
    },
    /// The folder does not hold a composed system.
    #[error("{path} does not hold a system (it has no /usr)")]
    NoSystem {
        /// The folder.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error("{doing} {path}: {source}")]
    Io {
        /// What was being done ("writing").
        doing: &'static str,
        /// On what; below the target it is the path within it.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err` on file operations.
    pub(crate) fn io<E: Into<io::Error>>(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(E) -> Error {
        let path = path.into();
        move |source| Error::Io {
            doing,
            path,
            source: source.into(),
        }
    }

    pub(crate) fn invalid(what: &'static str, value: &str, why: &'static str) -> Error {
        Error::Invalid {
            what,
            value: value.chars().take(80).collect(),
            why,
        }
    }
}
