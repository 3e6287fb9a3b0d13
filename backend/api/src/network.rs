//! The network as the installer shows and changes it.

use serde::{Deserialize, Serialize};
use zbus::Type;

/// How far the network reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Connectivity {
    /// There is no network service to ask.
    Unavailable,
    /// Nothing is connected.
    Offline,
    /// A connection is being made.
    Connecting,
    /// Connected.
    Online,
}

/// State of one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
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

/// How a wired link gets its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum WiredMethod {
    /// From the network.
    Dhcp,
    /// As given.
    Static,
}

/// A wired link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WiredLink {
    /// Interface name ("eth0"); names the link in requests.
    pub interface: String,
    /// State.
    pub state: LinkState,
    /// How it gets its address.
    pub method: WiredMethod,
    /// IPv4 address with prefix ("192.0.2.7/24"); empty = none.
    pub address: String,
    /// IPv4 gateway; empty = none.
    pub gateway: String,
    /// Name servers.
    pub dns: Vec<String>,
}

/// Protection of a wireless network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// None.
    Open,
    /// WPA2 or WPA3 with a passphrase.
    Passphrase,
    /// WEP, enterprise and anything else that cannot be joined from here.
    Unsupported,
}

/// A wireless network in reach (access points of one name are one entry).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AccessPoint {
    /// The name's bytes, exactly.
    pub ssid: Vec<u8>,
    /// The name for display.
    pub name: String,
    /// 0 to 100.
    pub strength: u8,
    /// Protection.
    pub security: Security,
    /// It is the one in use.
    pub active: bool,
}

/// The whole network at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NetworkStatus {
    /// How far it reaches.
    pub connectivity: Connectivity,
    /// Wired links.
    pub wired: Vec<WiredLink>,
    /// There is a wireless device.
    pub wireless: bool,
    /// State of the wireless device ([`LinkState::Unplugged`] without one).
    pub wireless_state: LinkState,
    /// Wireless networks in reach, strongest first.
    pub access_points: Vec<AccessPoint>,
}

/// Wish to join a wireless network. The key crosses as a file descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct JoinRequest {
    /// The name's bytes, 1 to 32.
    pub ssid: Vec<u8>,
    /// The network does not send its name.
    pub hidden: bool,
    /// Protection.
    pub security: Security,
}

/// Wish to change a wired link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WiredRequest {
    /// [`WiredLink::interface`].
    pub interface: String,
    /// How it shall get its address.
    pub method: WiredMethod,
    /// IPv4 address with prefix ("192.0.2.7/24"); only for [`WiredMethod::Static`].
    pub address: String,
    /// IPv4 gateway; empty = none.
    pub gateway: String,
    /// Name servers.
    pub dns: Vec<String>,
}
