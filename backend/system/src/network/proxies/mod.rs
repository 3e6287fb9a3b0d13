//! NetworkManager's D-Bus interfaces, as far as they are called. What it shows is read as a whole: see `snapshot`.

use std::collections::HashMap;

use zbus::{OwnedVariant, Variant};

mod active;
mod connection;
mod device;
mod network_manager;
mod wireless;

pub(super) use active::ActiveProxy;
pub(super) use connection::ConnectionProxy;
pub(super) use device::DeviceProxy;
pub(super) use network_manager::NetworkManagerProxy;
pub(super) use wireless::WirelessProxy;

/// A profile as NetworkManager gives and takes it: setting name, property name, value (`a{sa{sv}}`).
pub(super) type Settings = HashMap<String, HashMap<String, OwnedVariant>>;
/// A profile being made; borrows the key, so that it has no further copy.
pub(super) type NewSettings<'a> = HashMap<&'a str, HashMap<&'a str, Variant<'a>>>;
