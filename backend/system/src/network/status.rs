//! What a person needs to see of the network, made from a snapshot: a pure function.

use std::collections::BTreeMap;

use super::snapshot::{ACCESS_POINT, DEVICE, MANAGER, MANAGER_PATH, Snapshot, WIRELESS};

/// How far the network reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connectivity {
    /// NetworkManager is not running.
    Unavailable,
    /// Nothing is connected.
    Offline,
    /// A connection is being made.
    Connecting,
    /// Connected.
    Online,
}

/// State of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// No cable, or switched off.
    Unplugged,
    /// Ready, not connected.
    Disconnected,
    /// On the way.
    Connecting,
    /// Connected.
    Connected,
    /// The last try failed.
    Failed,
}

impl LinkState {
    /// From `NMDeviceState`.
    fn of(state: u32) -> LinkState {
        match state {
            ..30 => LinkState::Unplugged,
            30..40 => LinkState::Disconnected,
            40..100 => LinkState::Connecting,
            100..110 => LinkState::Connected,
            110..120 => LinkState::Disconnected,
            _ => LinkState::Failed,
        }
    }
}

/// A wired link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WiredLink {
    /// Interface name ("eth0").
    pub interface: String,
    /// State.
    pub state: LinkState,
    /// It has a fixed address; else the network gives it one.
    pub fixed: bool,
    /// IPv4 address with prefix ("192.0.2.7/24"); empty = none.
    pub address: String,
    /// IPv4 gateway; empty = none.
    pub gateway: String,
    /// IPv4 name servers.
    pub dns: Vec<String>,
}

/// How a wireless network is protected, as far as joining it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Security {
    /// No key.
    Open,
    /// WPA2 or WPA3 with a passphrase.
    Passphrase,
    /// WEP, enterprise and anything else.
    Unsupported,
}

/// A wireless network in reach: all access points of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPoint {
    /// The name's bytes, exactly.
    pub ssid: Vec<u8>,
    /// The name for display.
    pub name: String,
    /// 0 to 100, of the strongest.
    pub strength: u8,
    /// Protection of the strongest.
    pub security: Security,
    /// It is the one in use.
    pub active: bool,
}

/// The wireless device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wireless {
    /// Interface name ("wlan0").
    pub interface: String,
    /// State.
    pub state: LinkState,
    /// Networks in reach, strongest first.
    pub access_points: Vec<AccessPoint>,
}

/// The network at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How far it reaches.
    pub connectivity: Connectivity,
    /// Wired links, by name. Those that NetworkManager does not manage are left out.
    pub wired: Vec<WiredLink>,
    /// The wireless device; `None` = there is none.
    pub wireless: Option<Wireless>,
}

impl Status {
    pub(super) fn unavailable() -> Status {
        Status {
            connectivity: Connectivity::Unavailable,
            wired: Vec::new(),
            wireless: None,
        }
    }

    pub(super) fn of(snapshot: &Snapshot) -> Status {
        let mut wired: Vec<_> = snapshot.wired_devices().map(|device| wired(snapshot, device)).collect();
        wired.sort_by(|a, b| a.interface.cmp(&b.interface));
        // NMState: 40 is connecting, 50 and up is connected: within the cable, the site, the world.
        let connectivity = match snapshot.number(MANAGER_PATH, MANAGER, "State").unwrap_or(0) {
            50.. => Connectivity::Online,
            40.. => Connectivity::Connecting,
            _ => Connectivity::Offline,
        };
        let wireless = snapshot.wireless_device().map(|device| Wireless {
            interface: interface(snapshot, device),
            state: LinkState::of(snapshot.device_state(device)),
            access_points: access_points(snapshot, device),
        });
        Status {
            connectivity,
            wired,
            wireless,
        }
    }
}

fn interface(snapshot: &Snapshot, device: &str) -> String {
    snapshot
        .text(device, DEVICE, "Interface")
        .unwrap_or_default()
        .to_owned()
}

fn wired(snapshot: &Snapshot, device: &str) -> WiredLink {
    let address = snapshot.addresses(device).into_iter().next().unwrap_or_default();
    WiredLink {
        interface: interface(snapshot, device),
        state: LinkState::of(snapshot.device_state(device)),
        fixed: !address.is_empty() && snapshot.object(device, DEVICE, "Dhcp4Config").is_none(),
        address,
        gateway: snapshot.gateway(device),
        dns: snapshot.name_servers(device),
    }
}

/// One radio of a network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Radio<'a> {
    pub(super) path: &'a str,
    pub(super) strength: u8,
    pub(super) protection: Protection,
}

/// How an access point is protected, as far as a profile must say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    Open,
    /// Encrypted without a key.
    Enhanced,
    /// WPA2, or WPA2 and WPA3.
    Psk,
    /// WPA3 alone.
    Sae,
    Unsupported,
}

impl Protection {
    /// From the access point's `Flags` (1 = privacy) and the union of `WpaFlags` and `RsnFlags`
    /// (`NM80211ApSecurityFlags`).
    fn of(flags: u32, key_management: u32) -> Protection {
        const PSK: u32 = 0x100;
        const SAE: u32 = 0x400;
        const OWE: u32 = 0x800;
        /// The open half of a pair whose other half is encrypted without a key.
        const OWE_TRANSITION: u32 = 0x1000;

        match key_management {
            bits if bits & PSK != 0 => Protection::Psk,
            bits if bits & SAE != 0 => Protection::Sae,
            bits if bits & OWE != 0 => Protection::Enhanced,
            0 | OWE_TRANSITION if flags & 1 == 0 => Protection::Open,
            _ => Protection::Unsupported,
        }
    }

    pub(super) fn security(self) -> Security {
        match self {
            Protection::Open | Protection::Enhanced => Security::Open,
            Protection::Psk | Protection::Sae => Security::Passphrase,
            Protection::Unsupported => Security::Unsupported,
        }
    }
}

/// Radios in reach by network name, each list strongest first. Networks that hide their name are left out, and those
/// between two computers.
pub(super) fn radios<'a>(snapshot: &'a Snapshot, device: &str) -> BTreeMap<Vec<u8>, Vec<Radio<'a>>> {
    const INFRASTRUCTURE: u32 = 2;

    let mut found: BTreeMap<Vec<u8>, Vec<Radio<'a>>> = BTreeMap::new();
    for path in snapshot.0.keys().map(String::as_str) {
        if snapshot.number(path, ACCESS_POINT, "Mode") != Some(INFRASTRUCTURE)
            || !snapshot.objects(device, WIRELESS, "AccessPoints").contains(&path)
        {
            continue;
        }
        let ssid = snapshot.bytes(path, ACCESS_POINT, "Ssid");
        if ssid.iter().all(|byte| *byte == 0) {
            continue;
        }
        let bits = |property| snapshot.number(path, ACCESS_POINT, property).unwrap_or(0);
        let strength = u8::try_from(bits("Strength").min(100)).unwrap_or(100);
        let protection = Protection::of(bits("Flags"), bits("WpaFlags") | bits("RsnFlags"));
        found.entry(ssid).or_default().push(Radio {
            path,
            strength,
            protection,
        });
    }
    for radios in found.values_mut() {
        radios.sort_by_key(|radio| std::cmp::Reverse(radio.strength));
    }
    found
}

fn access_points(snapshot: &Snapshot, device: &str) -> Vec<AccessPoint> {
    let active = snapshot.object(device, WIRELESS, "ActiveAccessPoint");
    let mut networks: Vec<_> = radios(snapshot, device)
        .into_iter()
        .filter_map(|(ssid, radios)| {
            let strongest = radios.first()?;
            Some(AccessPoint {
                name: display_name(&ssid),
                strength: strongest.strength,
                security: strongest.protection.security(),
                active: radios.iter().any(|radio| Some(radio.path) == active),
                ssid,
            })
        })
        .collect();
    networks.sort_by_key(|network| std::cmp::Reverse(network.strength));
    networks
}

/// A network's name for people: what is not UTF-8 or would move the cursor is replaced.
pub(super) fn display_name(ssid: &[u8]) -> String {
    String::from_utf8_lossy(ssid)
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use zbus::{ObjectPath, Variant};

    use super::*;

    const WLAN: &str = "/org/freedesktop/NetworkManager/Devices/3";

    fn object<const N: usize>(
        interface: &str,
        properties: [(&str, Variant<'static>); N],
    ) -> HashMap<String, HashMap<String, Variant<'static>>> {
        let properties = properties
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        HashMap::from([(interface.to_owned(), properties)])
    }

    fn radio(ssid: &[u8], strength: u8, flags: u32, rsn: u32) -> HashMap<String, HashMap<String, Variant<'static>>> {
        object(
            ACCESS_POINT,
            [
                ("Ssid", ssid.to_vec().into()),
                ("Mode", 2_u32.into()),
                ("Strength", strength.into()),
                ("Flags", flags.into()),
                ("WpaFlags", 0_u32.into()),
                ("RsnFlags", rsn.into()),
            ],
        )
    }

    fn snapshot(radios: Vec<HashMap<String, HashMap<String, Variant<'static>>>>) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut paths = Vec::new();
        for (number, radio) in radios.into_iter().enumerate() {
            let path = format!("/ap/{number}");
            paths.push(ObjectPath::try_from(path.clone()).unwrap());
            snapshot.0.insert(path, radio);
        }
        let mut device = object(DEVICE, [("DeviceType", 2_u32.into()), ("State", 30_u32.into())]);
        device.extend(object(
            WIRELESS,
            [
                ("AccessPoints", paths.into()),
                ("ActiveAccessPoint", ObjectPath::try_from("/ap/1").unwrap().into()),
            ],
        ));
        snapshot.0.insert(WLAN.to_owned(), device);
        snapshot
    }

    #[test]
    fn access_points_of_one_name_are_one_network_and_the_strongest_speaks_for_it() {
        let status = Status::of(&snapshot(vec![
            radio(b"home", 40, 1, 0x100),
            radio(b"home", 70, 1, 0x400),
            radio(b"cafe", 90, 0, 0),
            radio(b"", 99, 0, 0),
            radio(&[0, 0], 99, 0, 0),
        ]));
        let networks = status.wireless.unwrap().access_points;
        let seen: Vec<_> = networks
            .iter()
            .map(|n| (n.name.as_str(), n.strength, n.security, n.active))
            .collect();
        assert_eq!(
            seen,
            [
                ("cafe", 90, Security::Open, false),
                ("home", 70, Security::Passphrase, true)
            ]
        );
    }

    #[test]
    fn protection_is_told_from_the_flags() {
        use Protection::*;
        for (flags, bits, expected) in [
            (0, 0, Open),
            (1, 0, Unsupported), // WEP
            (1, 0x100, Psk),
            (1, 0x100 | 0x400, Psk), // both generations
            (1, 0x400, Sae),
            (1, 0x200, Unsupported), // enterprise
            (0, 0x800, Enhanced),
            (0, 0x1000, Open),
        ] {
            assert_eq!(Protection::of(flags, bits), expected, "{flags:#x} {bits:#x}");
        }
    }

    #[test]
    fn names_are_shown_whatever_their_bytes() {
        assert_eq!(display_name("Café 2".as_bytes()), "Café 2");
        assert_eq!(display_name(b"a\x1b[2J\xff"), "a\u{fffd}[2J\u{fffd}");
    }

    #[test]
    fn unmanaged_devices_are_not_offered() {
        let mut snapshot = Snapshot::default();
        for (path, state) in [("/d/1", 10_u32), ("/d/2", 20)] {
            let eth = object(
                DEVICE,
                [
                    ("DeviceType", 1_u32.into()),
                    ("State", state.into()),
                    ("Interface", path.to_owned().into()),
                ],
            );
            snapshot.0.insert(path.into(), eth);
        }
        let wired = Status::of(&snapshot).wired;
        assert_eq!(wired.len(), 1);
        assert_eq!(
            (wired[0].interface.as_str(), wired[0].state),
            ("/d/2", LinkState::Unplugged)
        );
    }
}
