//! `org.moult.Service1`: who answers.

use moult_api::{CONTRACT, Failure};
use zbus::interface;

/// What this process may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Root: every change.
    Admin,
    /// Root: changes of packages, repositories and states; neither disks nor the network.
    Store,
    /// The caller's own user: looking at packages.
    Reader,
}

/// Names the process.
#[derive(Debug)]
pub(crate) struct Service(pub(crate) Role);

#[interface(name = "org.moult.Service1")]
impl Service {
    fn contract(&self) -> Result<u32, Failure> {
        Ok(CONTRACT)
    }

    fn role(&self) -> Result<String, Failure> {
        Ok(match self.0 {
            Role::Admin => "admin",
            Role::Store => "store",
            Role::Reader => "reader",
        }
        .to_owned())
    }
}
