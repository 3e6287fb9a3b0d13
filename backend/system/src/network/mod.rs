//! The running system's network, by way of NetworkManager.
//!
//! [`NetworkManager::status`] reads everything at a glance, [`NetworkManager::changes`] says when to read again (nothing
//! here polls), and [`NetworkManager::join`] and [`NetworkManager::set_wired`] change it and wait until the change is
//! real. Profiles are saved to disk by NetworkManager, so that [`copy_profiles`] can take them to the installed system.

mod activation;
mod changes;
mod join;
mod profiles;
mod proxies;
mod snapshot;
mod status;
mod wired;

use std::collections::HashMap;

use zbus::Connection;

pub use changes::Changes;
pub use join::Join;
pub use profiles::{PROFILES, copy_profiles, copy_profiles_from};
use snapshot::Snapshot;
pub use status::{AccessPoint, Connectivity, LinkState, Security, Status, WiredLink, Wireless};
pub use wired::{Static, Wired};

use crate::Error;

/// NetworkManager's name on the bus.
const SERVICE: &str = "org.freedesktop.NetworkManager";
/// "No object" in NetworkManager's properties and calls.
const NOTHING: &str = "/";

/// The network service of this machine. It may be absent, and come and go.
#[derive(Debug, Clone)]
pub struct NetworkManager {
    bus: Option<Connection>,
}

impl NetworkManager {
    /// On this connection to the system bus. NetworkManager need not be there.
    pub fn connect(bus: &Connection) -> NetworkManager {
        NetworkManager { bus: Some(bus.clone()) }
    }

    /// On the system bus; a machine without one has no network service either, and this says so in
    /// [`NetworkManager::status`].
    pub async fn on_system_bus() -> NetworkManager {
        let bus = Connection::system().await;
        if let Err(error) = &bus {
            tracing::warn!(%error, "no system bus, so no network service");
        }
        NetworkManager { bus: bus.ok() }
    }

    fn bus(&self) -> Result<&Connection, Error> {
        self.bus.as_ref().ok_or(Error::Unavailable)
    }

    /// The network at a glance. An absent NetworkManager is [`Connectivity::Unavailable`], not an error.
    ///
    /// # Errors
    /// `Service` if NetworkManager answers with nonsense.
    pub async fn status(&self) -> Result<Status, Error> {
        match self.snapshot().await {
            Ok(snapshot) => Ok(Status::of(&snapshot)),
            Err(Error::Unavailable) => Ok(Status::unavailable()),
            Err(error) => Err(error),
        }
    }

    /// Fires whenever [`NetworkManager::status`] may have changed, NetworkManager's coming and going included. Subscribe
    /// first, then read the status. Without a bus it never fires.
    ///
    /// # Errors
    /// `Unavailable` if the bus is gone, `Service`.
    pub async fn changes(&self) -> Result<Changes, Error> {
        match &self.bus {
            Some(bus) => Changes::subscribe(bus).await,
            None => Ok(Changes::never()),
        }
    }

    /// Asks for fresh access points and returns at once; they come as changes. That a scan is already on its way, or was
    /// a moment ago, is fine.
    ///
    /// # Errors
    /// `Unavailable`, `NoWireless`, `Service`.
    pub async fn scan(&self) -> Result<(), Error> {
        let snapshot = self.snapshot().await?;
        let device = snapshot.wireless_device().ok_or(Error::NoWireless)?;
        let proxy = proxies::WirelessProxy::builder(self.bus()?)
            .path(device)
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await
            .map_err(bus_error("RequestScan"))?;
        match proxy.request_scan(HashMap::new()).await {
            Err(zbus::Error::MethodError(name, ..)) if name.ends_with(".NotAllowed") => Ok(()),
            other => other.map_err(bus_error("RequestScan")),
        }
    }

    async fn snapshot(&self) -> Result<Snapshot, Error> {
        Snapshot::take(self.bus()?).await
    }
}

/// Makes our error of the bus'. Keeps the words of the other side only, never the message that was sent.
fn bus_error(call: &'static str) -> impl Fn(zbus::Error) -> Error {
    use zbus::fdo;

    move |error| match &error {
        zbus::Error::InputOutput(_) | zbus::Error::Connection(..) => Error::Unavailable,
        zbus::Error::FDO(known) => match known.as_ref() {
            fdo::Error::ServiceUnknown(_)
            | fdo::Error::NameHasNoOwner(_)
            | fdo::Error::NoReply(_)
            | fdo::Error::Disconnected(_) => Error::Unavailable,
            fdo::Error::AccessDenied(text) | fdo::Error::AuthFailed(text) => Error::NotAllowed { text: text.clone() },
            other => Error::Service {
                call,
                text: other.to_string(),
            },
        },
        zbus::Error::MethodError(name, text, _) => {
            let text = text.clone().unwrap_or_else(|| name.to_string());
            match name.ends_with(".PermissionDenied") {
                true => Error::NotAllowed { text },
                false => Error::Service { call, text },
            }
        }
        other => Error::Service {
            call,
            text: other.to_string(),
        },
    }
}
