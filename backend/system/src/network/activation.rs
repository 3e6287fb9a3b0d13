//! Waiting until NetworkManager has made a connection, or has given up, and saying why.

use std::{pin::Pin, time::Duration};

use futures_util::{FutureExt, Stream, StreamExt};
use tokio::time::{Instant, timeout_at};
use zbus::{Connection, Message, ObjectPath, proxy::CacheProperties};

use super::{
    bus_error, changes,
    proxies::{ActiveProxy, DeviceProxy},
    snapshot::{ACTIVE, DEVICE, Snapshot},
};
use crate::Error;

/// How long the device's own reason may come after the connection's end.
const REASON_GRACE: Duration = Duration::from_millis(500);

/// `NMActiveConnectionState`.
const ACTIVATED: u32 = 2;
const DEACTIVATED: u32 = 4;
/// `NMDeviceState`.
const NEED_AUTH: u32 = 60;
const IP_CONFIG: std::ops::Range<u32> = 70..100;
const FAILED: u32 = 120;

/// `NMDeviceStateReason`, as far as they mean something to a person.
mod reason {
    pub(super) const IP_UNAVAILABLE: u32 = 5;
    pub(super) const IP_EXPIRED: u32 = 6;
    pub(super) const NO_SECRETS: u32 = 7;
    pub(super) const SUPPLICANT_DISCONNECT: u32 = 8;
    pub(super) const SUPPLICANT_TIMEOUT: u32 = 11;
    pub(super) const DHCP_START: u32 = 15;
    pub(super) const DHCP_ERROR: u32 = 16;
    pub(super) const DHCP_FAILED: u32 = 17;
    pub(super) const REMOVED: u32 = 36;
    pub(super) const PROFILE_REMOVED: u32 = 38;
    pub(super) const USER: u32 = 39;
    pub(super) const CARRIER: u32 = 40;
    pub(super) const SSID_NOT_FOUND: u32 = 53;
    pub(super) const NEW_ACTIVATION: u32 = 60;
}

/// How an activation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is connected.
    Activated,
    /// It failed, for this reason of the device (`NMDeviceStateReason`; 0 = none given).
    Failed(u32),
}

/// What is being connected, for errors.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// Shown name.
    pub(super) name: String,
    /// It needs a key: a supplicant that gives up means that the key is wrong.
    pub(super) keyed: bool,
}

impl Subject {
    /// The error that a device's reason stands for.
    pub(super) fn failure(&self, reason: u32) -> Error {
        let name = self.name.clone();
        match reason {
            reason::NO_SECRETS => Error::WrongKey { name },
            reason::SUPPLICANT_DISCONNECT if self.keyed => Error::WrongKey { name },
            reason::SUPPLICANT_DISCONNECT | reason::SUPPLICANT_TIMEOUT | reason::SSID_NOT_FOUND => Error::Lost { name },
            reason::IP_UNAVAILABLE | reason::IP_EXPIRED => Error::NoAddress { name },
            reason::DHCP_START | reason::DHCP_ERROR | reason::DHCP_FAILED => Error::NoAddress { name },
            reason::PROFILE_REMOVED | reason::USER | reason::NEW_ACTIVATION | reason::REMOVED => {
                Error::Interrupted { name }
            }
            reason::CARRIER => Error::Unplugged { interface: name },
            reason => Error::Activation { name, reason },
        }
    }
}

/// An eye on NetworkManager's signals, opened before the activation begins so that none is missed.
pub(super) struct Watch {
    bus: Connection,
    signals: Pin<Box<dyn Stream<Item = zbus::Result<Message>> + Send + Sync>>,
    end: Instant,
    /// The supplicant was refused and a new key was asked for.
    refused: bool,
}

impl Watch {
    pub(super) async fn open(bus: &Connection, limit: Duration) -> Result<Watch, Error> {
        let signals = changes::signals(bus).await?;
        Ok(Watch {
            bus: bus.clone(),
            signals: Box::pin(signals),
            end: Instant::now() + limit,
            refused: false,
        })
    }

    /// Forgets what has come so far: it is not about what begins now.
    pub(super) fn clear(&mut self) {
        while let Some(Some(_)) = self.signals.next().now_or_never() {}
    }

    /// Waits for the end of an activation; `None` = time is up.
    pub(super) async fn outcome(&mut self, device: &str, active: &ObjectPath<'_>) -> Result<Option<Outcome>, Error> {
        let proxy = ActiveProxy::builder(&self.bus)
            .path(active)
            .cache_properties(CacheProperties::No)
            .build()
            .await
            .map_err(bus_error("Get"))?;
        // It may have ended before its name was known here; then it says nothing more.
        match proxy.state().await {
            Ok(ACTIVATED) => return Ok(Some(Outcome::Activated)),
            Ok(DEACTIVATED) => return self.why(device).await.map(Some),
            Ok(_) => {}
            Err(error) => match bus_error("Get")(error) {
                Error::Unavailable => return Err(Error::Unavailable),
                _ => return self.why(device).await.map(Some),
            },
        }

        loop {
            let Ok(signal) = timeout_at(self.end, self.signals.next()).await else {
                return Ok(None);
            };
            let signal = signal.ok_or(Error::Unavailable)?.map_err(bus_error("signals"))?;
            match event(&signal, device, active) {
                Some(Event::Active(ACTIVATED)) => return Ok(Some(Outcome::Activated)),
                Some(Event::Active(DEACTIVATED)) => return self.why(device).await.map(Some),
                Some(Event::Device { state: FAILED, reason }) => return Ok(Some(Outcome::Failed(reason))),
                Some(Event::Device {
                    state: NEED_AUTH,
                    reason: reason::SUPPLICANT_DISCONNECT,
                }) => self.refused = true,
                Some(Event::Gone) => return Err(Error::Unavailable),
                _ => {}
            }
        }
    }

    /// The device's reason for an end that the connection has announced.
    async fn why(&mut self, device: &str) -> Result<Outcome, Error> {
        let end = Instant::now() + REASON_GRACE;
        let none = ObjectPath::from_static_str_unchecked("/");
        // First what has come or comes now: by the time we ask, the device may be at the next thing.
        while let Ok(Some(Ok(signal))) = timeout_at(end, self.signals.next()).await {
            match event(&signal, device, &none) {
                Some(Event::Device { state: FAILED, reason }) => return Ok(Outcome::Failed(reason)),
                Some(Event::Gone) => return Err(Error::Unavailable),
                _ => {}
            }
        }
        if self.refused {
            return Ok(Outcome::Failed(reason::NO_SECRETS));
        }
        let proxy = DeviceProxy::builder(&self.bus)
            .path(device)
            .cache_properties(CacheProperties::No)
            .build()
            .await;
        let reason = match proxy {
            Ok(proxy) => proxy.state_reason().await.map_or(0, |(_, reason)| reason),
            Err(_) => 0,
        };
        Ok(Outcome::Failed(reason))
    }

    /// Waits for the next signal; `false` = time is up.
    pub(super) async fn next(&mut self) -> bool {
        matches!(timeout_at(self.end, self.signals.next()).await, Ok(Some(Ok(_))))
    }

    /// What an activation that did not end in time was waiting for.
    pub(super) fn late(&self, snapshot: &Snapshot, device: &str, subject: &Subject, limit: Duration) -> Error {
        let name = subject.name.clone();
        match snapshot.device_state(device) {
            state if IP_CONFIG.contains(&state) => Error::NoAddress { name },
            NEED_AUTH => Error::WrongKey { name },
            _ if self.refused => Error::WrongKey { name },
            _ => Error::TimedOut {
                name,
                seconds: limit.as_secs(),
            },
        }
    }
}

/// What a signal says about one activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// The active connection's state.
    Active(u32),
    /// The device's state, and why.
    Device { state: u32, reason: u32 },
    /// NetworkManager has gone.
    Gone,
}

fn event(signal: &Message, device: &str, active: &ObjectPath<'_>) -> Option<Event> {
    use std::collections::HashMap;
    use zbus::{OwnedObjectPath, OwnedVariant};

    let header = signal.header();
    let path = header.path().map_or("", |path| path.as_str());
    let body = signal.body();
    match (header.interface()?.as_str(), header.member()?.as_str()) {
        (DEVICE, "StateChanged") if path == device => {
            let (state, _, reason): (u32, u32, u32) = body.deserialize().ok()?;
            Some(Event::Device { state, reason })
        }
        (ACTIVE, "StateChanged") if path == active.as_str() => {
            let (state, _): (u32, u32) = body.deserialize().ok()?;
            Some(Event::Active(state))
        }
        ("org.freedesktop.DBus.Properties", "PropertiesChanged") if path == active.as_str() => {
            let (interface, values, _): (String, HashMap<String, OwnedVariant>, Vec<String>) =
                body.deserialize().ok()?;
            let state = values.get("State").and_then(|state| u32::try_from(state).ok())?;
            (interface == ACTIVE).then_some(Event::Active(state))
        }
        ("org.freedesktop.DBus.ObjectManager", "InterfacesRemoved") => {
            let (removed, _): (OwnedObjectPath, Vec<String>) = body.deserialize().ok()?;
            (removed.as_str() == active.as_str()).then_some(Event::Active(DEACTIVATED))
        }
        ("org.freedesktop.DBus", "NameOwnerChanged") => {
            let (_, _, new): (String, String, String) = body.deserialize().ok()?;
            new.is_empty().then_some(Event::Gone)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_supplicant_that_gives_up_means_the_key_only_where_there_is_one() {
        let subject = |keyed| Subject {
            name: "home".into(),
            keyed,
        };
        assert!(matches!(subject(true).failure(8), Error::WrongKey { .. }));
        assert!(matches!(subject(false).failure(8), Error::Lost { .. }));
        assert!(matches!(subject(true).failure(7), Error::WrongKey { .. }));
        assert!(matches!(subject(true).failure(53), Error::Lost { .. }));
        assert!(matches!(subject(true).failure(5), Error::NoAddress { .. }));
        assert!(matches!(subject(true).failure(39), Error::Interrupted { .. }));
        assert!(matches!(subject(true).failure(4), Error::Activation { reason: 4, .. }));
    }
}
