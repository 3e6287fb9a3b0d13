//! Joining a wireless network.

use std::{collections::HashMap, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use zbus::{Connection, ObjectPath, OwnedObjectPath, Variant, proxy::CacheProperties};

use super::{
    NOTHING, NetworkManager,
    activation::{Outcome, Subject, Watch},
    bus_error,
    proxies::{ConnectionProxy, NetworkManagerProxy, NewSettings},
    snapshot::{ACTIVE, DEVICE, Snapshot},
    status::{Protection, Security, display_name, radios},
};
use crate::Error;

/// `NM_DEVICE_STATE_UNAVAILABLE`.
const DEVICE_UNAVAILABLE: u32 = 20;
const CONNECTION: &str = "org.freedesktop.NetworkManager.Settings.Connection";

/// Wish to join a wireless network.
#[derive(Debug)]
pub struct Join {
    /// The name's bytes, 1 to 32.
    pub ssid: Vec<u8>,
    /// The network does not send its name.
    pub hidden: bool,
    /// Protection.
    pub security: Security,
    /// The key; not looked at for an open network.
    pub key: SecretString,
}

impl Join {
    fn validate(&self) -> Result<(), Error> {
        if self.ssid.is_empty() || self.ssid.len() > 32 {
            return Err(Error::NetworkName {
                length: self.ssid.len(),
            });
        }
        match self.security {
            Security::Open => Ok(()),
            Security::Unsupported => Err(Error::Unsupported {
                name: display_name(&self.ssid),
            }),
            Security::Passphrase => Ok(()),
        }
    }

    /// NetworkManager's `key-mgmt`; `None` for an open network. "wpa-psk" joins by WPA3 too where both sides can.
    fn key_management(&self, protection: Option<Protection>) -> Result<Option<&'static str>, Error> {
        match (self.security, protection) {
            (Security::Open, Some(Protection::Enhanced)) => Ok(Some("owe")),
            (Security::Open, _) => Ok(None),
            (_, Some(Protection::Sae)) if !self.key.expose_secret().is_empty() => Ok(Some("sae")),
            _ => {
                let key = self.key.expose_secret().as_bytes();
                let raw = key.len() == 64 && key.iter().all(u8::is_ascii_hexdigit);
                if raw || (8..=63).contains(&key.len()) {
                    Ok(Some("wpa-psk"))
                } else {
                    Err(Error::KeyShape)
                }
            }
        }
    }

    /// The profile, new and whole. Borrows the key.
    fn profile<'a>(&'a self, name: &'a str, key_management: Option<&'a str>) -> NewSettings<'a> {
        let automatic = || HashMap::from([("method", Variant::from("auto"))]);
        let mut wireless = HashMap::from([
            ("ssid", Variant::from(self.ssid.clone())),
            ("mode", Variant::from("infrastructure")),
        ]);
        if self.hidden {
            wireless.insert("hidden", Variant::from(true));
        }
        let mut profile = HashMap::from([
            (
                "connection",
                HashMap::from([("id", Variant::from(name)), ("type", Variant::from("802-11-wireless"))]),
            ),
            ("ipv4", automatic()),
            ("ipv6", automatic()),
        ]);
        if let Some(key_management) = key_management {
            let mut security = HashMap::from([("key-mgmt", Variant::from(key_management))]);
            if key_management != "owe" {
                security.insert("psk", Variant::from(self.key.expose_secret()));
            }
            profile.insert("802-11-wireless-security", security);
        }
        profile.insert("802-11-wireless", wireless);
        profile
    }
}

impl NetworkManager {
    /// Joins a wireless network and returns when it is connected, with an address. Its profile is saved; older profiles
    /// of the same name make way for it. If it fails, or if this future is dropped, the new profile is removed again.
    ///
    /// # Errors
    /// `WrongKey`, `Lost`, `NoAddress`, `TimedOut` after `limit`, `Interrupted`; before anything is changed
    /// `NetworkName`, `Unsupported`, `KeyShape`, `NoWireless`, `WirelessOff`; `Unavailable`, `NotAllowed`, `Service`.
    pub async fn join(&self, wish: &Join, limit: Duration) -> Result<(), Error> {
        const CALL: &str = "AddAndActivateConnection";

        wish.validate()?;
        let bus = self.bus()?;
        let mut watch = Watch::open(bus, limit).await?;
        let snapshot = self.snapshot().await?;
        let name = display_name(&wish.ssid);
        let subject = Subject {
            name: name.clone(),
            keyed: wish.security == Security::Passphrase,
        };

        let device = snapshot.wireless_device().ok_or(Error::NoWireless)?;
        if snapshot.device_state(device) <= DEVICE_UNAVAILABLE {
            let interface = snapshot
                .text(device, DEVICE, "Interface")
                .unwrap_or_default()
                .to_owned();
            return Err(Error::WirelessOff { interface });
        }
        let radios = radios(&snapshot, device).remove(&wish.ssid).unwrap_or_default();
        // Of those that fit the wish, the strongest; NetworkManager roams from there.
        let radio = radios.iter().find(|radio| radio.protection.security() == wish.security);
        match radio {
            None if !radios.is_empty() => return Err(Error::Unsupported { name }),
            None if !wish.hidden => return Err(Error::Lost { name }),
            _ => {}
        }
        let key_management = wish.key_management(radio.map(|radio| radio.protection))?;

        let manager = NetworkManagerProxy::new(bus).await.map_err(bus_error(CALL))?;
        let device_path = path(device)?;
        let radio_path = path(radio.map_or(NOTHING, |radio| radio.path))?;
        watch.clear();
        let profile = wish.profile(&name, key_management);
        let (profile, active) = manager
            .add_and_activate_connection(&profile, &device_path, &radio_path)
            .await
            .map_err(|error| without(bus_error(CALL)(error), &wish.key))?;
        let fresh = Fresh::new(bus, profile);

        match watch.outcome(device, &active).await {
            Ok(Some(Outcome::Activated)) => {
                let profile = fresh.keep();
                self.forget_older(wish, profile.as_str()).await;
                Ok(())
            }
            Ok(Some(Outcome::Failed(reason))) => {
                fresh.discard().await;
                Err(subject.failure(reason))
            }
            Ok(None) => {
                let now = self.snapshot().await.unwrap_or_default();
                fresh.discard().await;
                let in_reach = super::status::radios(&now, device).contains_key(&wish.ssid);
                Err(if in_reach || wish.hidden {
                    watch.late(&now, device, &subject, limit)
                } else {
                    Error::Lost { name }
                })
            }
            Err(error) => {
                fresh.discard().await;
                Err(error)
            }
        }
    }

    /// Removes other profiles of the network that was just joined: their key is older.
    async fn forget_older(&self, wish: &Join, kept: &str) {
        let (Ok(bus), Ok(snapshot)) = (self.bus(), self.snapshot().await) else {
            return;
        };
        for other in profiles(&snapshot).filter(|path| *path != kept) {
            let Ok(proxy) = profile_proxy(bus, other).await else {
                continue;
            };
            let Ok(settings) = proxy.get_settings().await else {
                continue;
            };
            let ssid = settings
                .get("802-11-wireless")
                .and_then(|wireless| wireless.get("ssid"));
            let ssid: Option<Vec<u8>> = ssid
                .and_then(|ssid| ssid.try_clone().ok())
                .and_then(|ssid| Vec::try_from(Variant::from(ssid)).ok());
            if ssid.as_ref() == Some(&wish.ssid)
                && let Err(error) = proxy.delete().await
            {
                tracing::warn!(%error, "an older profile of the same network stays");
            }
        }
    }
}

fn profiles(snapshot: &Snapshot) -> impl Iterator<Item = &str> {
    snapshot
        .0
        .iter()
        .filter(|(_, object)| object.contains_key(CONNECTION))
        .map(|(path, _)| path.as_str())
}

pub(super) fn path(path: &str) -> Result<ObjectPath<'_>, Error> {
    ObjectPath::try_from(path).map_err(bus_error("reply"))
}

pub(super) async fn profile_proxy<'a>(bus: &Connection, path: &'a str) -> Result<ConnectionProxy<'a>, Error> {
    ConnectionProxy::builder(bus)
        .path(path)
        .cache_properties(CacheProperties::No)
        .build()
        .await
        .map_err(bus_error("GetSettings"))
}

/// NetworkManager never repeats a key in its words, but they are not ours to trust.
fn without(error: Error, key: &SecretString) -> Error {
    let key = key.expose_secret();
    match error {
        Error::Service { call, text } if !key.is_empty() && text.contains(key) => Error::Service {
            call,
            text: "(not shown)".into(),
        },
        Error::NotAllowed { text } if !key.is_empty() && text.contains(key) => Error::NotAllowed {
            text: "(not shown)".into(),
        },
        error => error,
    }
}

/// A profile that exists only if everything after it works: removed when dropped, unless kept.
pub(super) struct Fresh {
    bus: Connection,
    profile: Option<OwnedObjectPath>,
}

impl Fresh {
    pub(super) fn new(bus: &Connection, profile: OwnedObjectPath) -> Fresh {
        Fresh {
            bus: bus.clone(),
            profile: Some(profile),
        }
    }

    pub(super) fn keep(mut self) -> OwnedObjectPath {
        self.profile.take().unwrap_or_default()
    }

    /// Removes it and waits until it is gone.
    pub(super) async fn discard(mut self) {
        if let Some(profile) = self.profile.take() {
            remove(&self.bus, &profile).await;
        }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let (Some(profile), Ok(runtime)) = (self.profile.take(), tokio::runtime::Handle::try_current()) {
            let bus = self.bus.clone();
            runtime.spawn(async move { remove(&bus, &profile).await });
        }
    }
}

async fn remove(bus: &Connection, profile: &OwnedObjectPath) {
    let removed = match profile_proxy(bus, profile.as_str()).await {
        Ok(proxy) => proxy.delete().await.map_err(bus_error("Delete")),
        Err(error) => Err(error),
    };
    if let Err(error) = removed {
        tracing::warn!(%error, %profile, "a failed profile could not be removed");
    }
}

/// The profile that a device's active connection uses.
pub(super) fn active_profile<'a>(snapshot: &'a Snapshot, device: &str) -> Option<&'a str> {
    let active = snapshot.object(device, DEVICE, "ActiveConnection")?;
    snapshot.object(active, ACTIVE, "Connection")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(security: Security, key: &str) -> Join {
        Join {
            ssid: b"home".to_vec(),
            hidden: false,
            security,
            key: SecretString::from(key),
        }
    }

    #[test]
    fn a_key_that_cannot_be_right_is_refused_before_anything_happens() {
        let wpa2 = |key: &str| wish(Security::Passphrase, key).key_management(Some(Protection::Psk));
        assert!(matches!(wpa2("1234567"), Err(Error::KeyShape)));
        assert!(matches!(wpa2(&"x".repeat(64)), Err(Error::KeyShape)));
        assert_eq!(wpa2("12345678").unwrap(), Some("wpa-psk"));
        assert_eq!(wpa2(&"a".repeat(64)).unwrap(), Some("wpa-psk"));
        let wpa3 = wish(Security::Passphrase, "abc").key_management(Some(Protection::Sae));
        assert_eq!(wpa3.unwrap(), Some("sae"));
        assert_eq!(
            wish(Security::Open, "")
                .key_management(Some(Protection::Enhanced))
                .unwrap(),
            Some("owe")
        );
    }

    #[test]
    fn a_wish_and_its_errors_do_not_show_the_key() {
        let wish = wish(Security::Passphrase, "correct horse");
        assert!(!format!("{wish:?}").contains("horse"));
        let error = Error::Service {
            call: "x",
            text: "psk 'correct horse' is wrong".into(),
        };
        assert!(!without(error, &wish.key).to_string().contains("horse"));
    }
}
