//! All that NetworkManager shows, read in one call: consistent, and nothing in it vanishes while it is looked at.

use std::collections::{BTreeMap, HashMap};

use zbus::{
    Connection, OwnedObjectPath, OwnedVariant, Proxy, Variant,
    proxy::{CacheProperties, MethodFlags},
};

use super::{NOTHING, SERVICE, bus_error};
use crate::Error;

pub(super) const MANAGER: &str = "org.freedesktop.NetworkManager";
pub(super) const DEVICE: &str = "org.freedesktop.NetworkManager.Device";
pub(super) const WIRELESS: &str = "org.freedesktop.NetworkManager.Device.Wireless";
pub(super) const ACCESS_POINT: &str = "org.freedesktop.NetworkManager.AccessPoint";
pub(super) const ACTIVE: &str = "org.freedesktop.NetworkManager.Connection.Active";
pub(super) const IP4: &str = "org.freedesktop.NetworkManager.IP4Config";
pub(super) const IP6: &str = "org.freedesktop.NetworkManager.IP6Config";
pub(super) const MANAGER_PATH: &str = "/org/freedesktop/NetworkManager";

/// `NMDeviceType`: ethernet, and one end of a virtual cable.
const WIRED_TYPES: [u32; 2] = [1, 20];
const WIFI_TYPE: u32 = 2;
/// `NM_DEVICE_STATE_UNMANAGED`: not NetworkManager's to change.
const UNMANAGED: u32 = 10;

type Object = HashMap<String, HashMap<String, Variant<'static>>>;

/// Path, interface, property, value.
#[derive(Debug, Default)]
pub(super) struct Snapshot(pub(super) BTreeMap<String, Object>);

impl Snapshot {
    /// Never starts NetworkManager: whether it runs is not for the installer to decide.
    pub(super) async fn take(bus: &Connection) -> Result<Snapshot, Error> {
        const CALL: &str = "GetManagedObjects";
        type Objects = HashMap<OwnedObjectPath, HashMap<String, HashMap<String, OwnedVariant>>>;

        let proxy: Proxy<'_> = zbus::proxy::Builder::new(bus)
            .destination(SERVICE)
            .path("/org/freedesktop")
            .interface("org.freedesktop.DBus.ObjectManager")
            .cache_properties(CacheProperties::No)
            .build()
            .await
            .map_err(bus_error(CALL))?;
        let objects: Option<Objects> = proxy
            .call_with_flags(CALL, MethodFlags::NO_AUTO_START, &())
            .await
            .map_err(bus_error(CALL))?;

        let own = |properties: HashMap<String, OwnedVariant>| {
            properties
                .into_iter()
                .map(|(name, value)| (name, Variant::from(value)))
                .collect()
        };
        let objects = objects.unwrap_or_default().into_iter().map(|(path, interfaces)| {
            let interfaces = interfaces.into_iter().map(|(name, properties)| (name, own(properties)));
            (path.as_str().to_owned(), interfaces.collect())
        });
        Ok(Snapshot(objects.collect()))
    }

    fn value(&self, path: &str, interface: &str, property: &str) -> Option<&Variant<'static>> {
        self.0.get(path)?.get(interface)?.get(property)
    }

    pub(super) fn number(&self, path: &str, interface: &str, property: &str) -> Option<u32> {
        match self.value(path, interface, property)? {
            Variant::U32(number) => Some(*number),
            Variant::U8(number) => Some(u32::from(*number)),
            _ => None,
        }
    }

    pub(super) fn text(&self, path: &str, interface: &str, property: &str) -> Option<&str> {
        match self.value(path, interface, property)? {
            Variant::Str(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The object that a property names; `None` also for NetworkManager's "/".
    pub(super) fn object(&self, path: &str, interface: &str, property: &str) -> Option<&str> {
        match self.value(path, interface, property)? {
            Variant::ObjectPath(path) if path.as_str() != NOTHING => Some(path.as_str()),
            _ => None,
        }
    }

    pub(super) fn objects(&self, path: &str, interface: &str, property: &str) -> Vec<&str> {
        self.list(path, interface, property)
            .iter()
            .filter_map(|value| match value {
                Variant::ObjectPath(path) => Some(path.as_str()),
                _ => None,
            })
            .collect()
    }

    pub(super) fn bytes(&self, path: &str, interface: &str, property: &str) -> Vec<u8> {
        let byte = |value: &Variant<'static>| match value {
            Variant::U8(byte) => Some(*byte),
            _ => None,
        };
        self.list(path, interface, property).iter().filter_map(byte).collect()
    }

    fn list(&self, path: &str, interface: &str, property: &str) -> &[Variant<'static>] {
        match self.value(path, interface, property) {
            Some(Variant::Array(array)) => array.inner(),
            _ => &[],
        }
    }

    /// Values of `key` in a list of dictionaries (`aa{sv}`), with the dictionary's `prefix` where there is one.
    fn entries(&self, path: &str, interface: &str, property: &str) -> Vec<(String, Option<u32>)> {
        let entry = |value: &Variant<'static>| {
            let Variant::Dict(dict) = value else {
                return None;
            };
            let (mut address, mut prefix) = (None, None);
            for (key, value) in dict.iter() {
                let value = match value {
                    Variant::Variant(inner) => inner.as_ref(),
                    value => value,
                };
                match (key, value) {
                    (Variant::Str(key), Variant::Str(text)) if key.as_str() == "address" => {
                        address = Some(text.as_str().to_owned());
                    }
                    (Variant::Str(key), Variant::U32(number)) if key.as_str() == "prefix" => prefix = Some(*number),
                    _ => {}
                }
            }
            Some((address?, prefix))
        };
        self.list(path, interface, property).iter().filter_map(entry).collect()
    }

    /// IPv4 addresses of a device, as "192.0.2.7/24".
    pub(super) fn addresses(&self, device: &str) -> Vec<String> {
        self.addresses_of(device, "Ip4Config", IP4)
    }

    /// The device has an IPv6 address that reaches further than the cable.
    pub(super) fn has_ipv6(&self, device: &str) -> bool {
        self.addresses_of(device, "Ip6Config", IP6)
            .iter()
            .any(|address| !address.starts_with("fe80:"))
    }

    fn addresses_of(&self, device: &str, property: &str, interface: &str) -> Vec<String> {
        let Some(config) = self.object(device, DEVICE, property) else {
            return Vec::new();
        };
        let shown = |(address, prefix): (String, Option<u32>)| prefix.map(|prefix| format!("{address}/{prefix}"));
        self.entries(config, interface, "AddressData")
            .into_iter()
            .filter_map(shown)
            .collect()
    }

    pub(super) fn name_servers(&self, device: &str) -> Vec<String> {
        let config = self.object(device, DEVICE, "Ip4Config").unwrap_or(NOTHING);
        self.entries(config, IP4, "NameserverData")
            .into_iter()
            .map(|(address, _)| address)
            .collect()
    }

    pub(super) fn gateway(&self, device: &str) -> String {
        let config = self.object(device, DEVICE, "Ip4Config").unwrap_or(NOTHING);
        self.text(config, IP4, "Gateway").unwrap_or_default().to_owned()
    }

    pub(super) fn device_state(&self, device: &str) -> u32 {
        self.number(device, DEVICE, "State").unwrap_or(0)
    }

    fn devices(&self, types: &[u32]) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|path| {
            self.number(path, DEVICE, "DeviceType")
                .is_some_and(|kind| types.contains(&kind))
                && self.device_state(path) > UNMANAGED
        })
    }

    /// Paths of the wired devices that can be changed.
    pub(super) fn wired_devices(&self) -> impl Iterator<Item = &str> {
        self.devices(&WIRED_TYPES)
    }

    /// Path of the wired device of this name.
    pub(super) fn wired_device(&self, interface: &str) -> Option<&str> {
        self.wired_devices()
            .find(|path| self.text(path, DEVICE, "Interface") == Some(interface))
    }

    /// Path of the wireless device: the first, in the order of paths.
    pub(super) fn wireless_device(&self) -> Option<&str> {
        self.devices(&[WIFI_TYPE]).next()
    }
}
