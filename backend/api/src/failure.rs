//! A failure that says three things: what happened, what the person can do, and what state things are in.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use zbus::Type;
use zbus::message::Header;
use zbus::names::ErrorName;
use zbus::{DBusError, Message};

/// What happened. The texts (what, what to do) are looked up by this code in `i18n`, with [`Failure::args`] filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum FailureCode {
    /// No failure (the value in a job that has not failed).
    None,
    /// The person cancelled.
    Cancelled,
    /// Another job is running.
    Busy,
    /// The person or the system's rules did not allow it.
    NotAuthorized,
    /// The backend process stopped before the job ended.
    BackendStopped,
    /// A request that cannot be carried out as it stands. Args: `field`, `reason`.
    BadInput,
    /// The disk is not there any more. Args: `disk`.
    DiskGone,
    /// The disk is not as it was when the plan was approved. Args: `disk`, `difference`.
    DiskChanged,
    /// The disk is too small. Args: `disk`, `needed` (bytes), `size` (bytes).
    DiskTooSmall,
    /// The disk may not be chosen. Args: `disk`, `reason` (a [`crate::Refusal`] word).
    DiskRefused,
    /// The digest names no plan that this backend proposed.
    PlanUnknown,
    /// No space left. Args: `needed` (bytes, may be empty), `free` (bytes; there if it was known before anything was written).
    DiskFull,
    /// Reading or writing failed. Args: `path`.
    DiskFailed,
    /// A system program failed. Args: `tool`, `status`.
    ToolFailed,
    /// The package source cannot be reached. Args: `uri`.
    RepositoryUnreachable,
    /// The package list is damaged. Args: `uri`.
    RepositoryDamaged,
    /// A package is not what the list promised. Args: `package`.
    PackageDamaged,
    /// The packages do not fit together. Args: `explanation`.
    Unresolvable,
    /// Two packages claim one file. Args: `path`, `first`, `second`.
    FileConflict,
    /// The network key was not accepted. Args: `network`.
    NetworkWrongKey,
    /// The access point or the cable went away. Args: `network`.
    NetworkLost,
    /// No address was given by the network. Args: `network`.
    NetworkNoAddress,
    /// There is no network service or no such device.
    NetworkUnavailable,
    /// A change that asks first was neither confirmed nor allowed beforehand.
    NotConfirmed,
    /// No repository and no state has such a package. Args: `package`.
    PackageUnknown,
    /// The package is not installed. Args: `package`.
    PackageNotInstalled,
    /// There is no such repository. Args: `repository`.
    RepositoryUnknown,
    /// The repository's package list is not signed as it must be, expired, or older than one seen before.
    /// Args: `repository`, `reason`.
    RepositoryUntrusted,
    /// There is no such state. Args: `state`.
    StateUnknown,
    /// The state is the active one and cannot be removed. Args: `state`.
    StateActive,
    /// The state is pinned and is not removed. Args: `state`.
    StatePinned,
    /// What was to be taken back is not as it was left: somebody else has changed it since.
    Overtaken,
    /// The model cannot be used. Args: `reason`.
    ModelInvalid,
    /// A package's trigger failed. Args: `trigger`; the detail is what it said.
    TriggerFailed,
    /// The file system can only be read. Args: `path`.
    ReadOnly,
    /// Something stands where the system must be. Args: `path`.
    RootBlocked,
    /// It was made for a newer Moult. Args: `what`.
    TooNew,
    /// The package engine will not do it. Args: `reason`.
    PackagesRefused,
    /// The firmware of this machine is not UEFI: nothing that is installed could be started.
    NoUefi,
    /// There is no boot menu to write here. Args: `reason`.
    NoBootMenu,
    /// The EFI system partition has no room for the new kernel. Args: `needed` (bytes), `free` (bytes), `states` (numbers
    /// of the states whose kernels would give room when they are removed; may be empty).
    BootFull,
    /// What was written was read back, and the firmware could not start it. Args: `reason`.
    NotBootable,
    /// Anything that should not happen. The detail says where.
    Internal,
}

/// The state in which a failure leaves the person's things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum StateOfThings {
    /// Nothing was changed anywhere.
    Untouched,
    /// The approved disk was erased and does not hold a whole system. Nothing else changed.
    DiskUnfinished,
    /// The approved disk holds a whole new system.
    Installed,
    /// The system that was running before is whole and still boots.
    SystemIntact,
    /// The new state of the system is in place and whole; what is left over is tidied up by the next change.
    Activated,
    /// It is not known: the disk named in the failure should be looked at before it is used.
    Unknown,
}

/// A failure as it crosses D-Bus: a stable code, values for the text, the state of things, and a technical detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[error("{code:?}: {detail}")]
pub struct Failure {
    /// What happened.
    pub code: FailureCode,
    /// Values for the translated texts, by name.
    pub args: HashMap<String, String>,
    /// What state things are in.
    pub state: StateOfThings,
    /// English technical detail (an error chain, the end of a tool's stderr). Never a secret. May be empty.
    pub detail: String,
}

impl Failure {
    /// A failure that changed nothing.
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            args: HashMap::new(),
            state: StateOfThings::Untouched,
            detail: detail.into(),
        }
    }

    /// No failure.
    pub fn none() -> Self {
        Self::new(FailureCode::None, "")
    }

    /// The same failure with one more value for its text.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl ToString) -> Self {
        let _ = self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// The states whose kernels would make room on a full boot partition; none for every other failure.
    pub fn in_the_way(&self) -> Vec<u64> {
        let states = self.args.get("states").filter(|_| self.code == FailureCode::BootFull);
        let numbers = states.map(|states| states.split(", ").filter_map(|state| state.parse().ok()));
        numbers.into_iter().flatten().collect()
    }

    /// The same failure, leaving things in another state.
    #[must_use]
    pub fn leaving(mut self, state: StateOfThings) -> Self {
        self.state = state;
        self
    }
}

const NAME: &str = "org.moult.Failure";

impl DBusError for Failure {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, NAME).build(&(self.to_string(), self))
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::from_static_str_unchecked(NAME)
    }

    fn description(&self) -> Option<&str> {
        Some(&self.detail)
    }
}

impl From<zbus::Error> for Failure {
    fn from(error: zbus::Error) -> Self {
        match error {
            zbus::Error::MethodError(name, text, message) if name.as_str() == NAME => message
                .body()
                .deserialize::<(String, Failure)>()
                .map(|(_, failure)| failure)
                .unwrap_or_else(|broken| Failure::new(FailureCode::Internal, format!("{text:?}: {broken}"))),
            zbus::Error::InputOutput(gone) => {
                Failure::new(FailureCode::BackendStopped, gone.to_string()).leaving(StateOfThings::Unknown)
            }
            other => Failure::new(FailureCode::Internal, other.to_string()).leaving(StateOfThings::Unknown),
        }
    }
}
