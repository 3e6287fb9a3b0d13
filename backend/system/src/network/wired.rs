//! How a wired link gets its address: from the network, or as given.

use std::{collections::HashMap, net::Ipv4Addr, time::Duration};

use zbus::{OwnedVariant, Variant};

use super::{
    NOTHING, NetworkManager,
    activation::{Outcome, Subject, Watch},
    bus_error,
    join::{Fresh, active_profile, path, profile_proxy},
    proxies::{NetworkManagerProxy, NewSettings, Settings},
    snapshot::{DEVICE, Snapshot},
};
use crate::Error;

/// `NM_DEVICE_STATE_UNAVAILABLE`: no cable.
const NO_CABLE: u32 = 20;

/// A fixed IPv4 address that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Static {
    address: Ipv4Addr,
    prefix: u8,
    gateway: Option<Ipv4Addr>,
    dns: Vec<Ipv4Addr>,
}

impl Static {
    /// From what a person typed: "192.0.2.7/24"; a gateway in the same network, or empty; name servers.
    ///
    /// # Errors
    /// `Invalid`, naming the field.
    pub fn parse(address: &str, gateway: &str, dns: &[String]) -> Result<Static, Error> {
        const ADDRESS: &str = "IPv4 address with prefix";
        const GATEWAY: &str = "gateway";
        const DNS: &str = "name server";

        let wrong = |why| Error::invalid(ADDRESS, address, why);
        let (host, prefix) = address
            .trim()
            .split_once('/')
            .ok_or_else(|| wrong("it is not of the form 192.0.2.7/24"))?;
        let host: Ipv4Addr = host.parse().map_err(|_| wrong("it is not of the form 192.0.2.7/24"))?;
        let digits = prefix.len() <= 2 && prefix.bytes().all(|c| c.is_ascii_digit());
        let prefix: u8 = prefix
            .parse()
            .map_err(|_| wrong("the prefix is a number from 1 to 32"))?;
        if !digits || !(1..=32).contains(&prefix) {
            return Err(wrong("the prefix is a number from 1 to 32"));
        }
        if !usable(host) {
            return Err(wrong("no single computer can have it"));
        }
        let network = Network { of: host, prefix };
        if network.is_edge(host) {
            return Err(wrong("it stands for the whole network, not for one computer"));
        }

        let gateway = match gateway.trim() {
            "" => None,
            text => {
                let wrong = |why| Error::invalid(GATEWAY, text, why);
                let gateway: Ipv4Addr = text.parse().map_err(|_| wrong("it is not of the form 192.0.2.1"))?;
                if !network.contains(gateway) || network.is_edge(gateway) {
                    return Err(wrong("it is not in the same network as the address"));
                }
                if gateway == host {
                    return Err(wrong("it is the computer's own address"));
                }
                Some(gateway)
            }
        };
        let server = |text: &String| {
            let wrong = |why| Error::invalid(DNS, text, why);
            let server: Ipv4Addr = text
                .trim()
                .parse()
                .map_err(|_| wrong("it is not of the form 192.0.2.1"))?;
            if usable(server) || server.is_loopback() {
                Ok(server)
            } else {
                Err(wrong("no server can have it"))
            }
        };
        let dns = dns
            .iter()
            .filter(|text| !text.trim().is_empty())
            .map(server)
            .collect::<Result<_, _>>()?;
        Ok(Static {
            address: host,
            prefix,
            gateway,
            dns,
        })
    }

    fn shown(&self) -> String {
        format!("{}/{}", self.address, self.prefix)
    }
}

fn usable(address: Ipv4Addr) -> bool {
    let first = address.octets()[0];
    (1..224).contains(&first) && !address.is_loopback()
}

#[derive(Debug, Clone, Copy)]
struct Network {
    of: Ipv4Addr,
    prefix: u8,
}

impl Network {
    fn mask(self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.prefix.min(32))).unwrap_or(0)
    }

    fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & self.mask() == u32::from(self.of) & self.mask()
    }

    /// The first or last address, which belong to nobody but in networks of one or two.
    fn is_edge(self, address: Ipv4Addr) -> bool {
        let host = u32::from(address) & !self.mask();
        self.prefix < 31 && (host == 0 || host == !self.mask())
    }
}

/// How a wired link shall get its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wired {
    /// From the network.
    Dhcp,
    /// As given.
    Static(Static),
}

impl Wired {
    fn ipv4(&self) -> HashMap<&'static str, Variant<'static>> {
        match self {
            Wired::Dhcp => HashMap::from([("method", Variant::from("auto"))]),
            Wired::Static(fixed) => {
                let address = HashMap::from([
                    ("address", Variant::from(fixed.address.to_string())),
                    ("prefix", Variant::from(u32::from(fixed.prefix))),
                ]);
                // NetworkManager's `dns` is in network byte order.
                let dns: Vec<u32> = fixed
                    .dns
                    .iter()
                    .map(|server| u32::from_ne_bytes(server.octets()))
                    .collect();
                let mut ipv4 = HashMap::from([
                    ("method", Variant::from("manual")),
                    ("address-data", Variant::from(vec![address])),
                    ("dns", Variant::from(dns)),
                ]);
                if let Some(gateway) = fixed.gateway {
                    ipv4.insert("gateway", Variant::from(gateway.to_string()));
                }
                ipv4
            }
        }
    }

    /// The address that was asked for is there.
    fn is_there(&self, snapshot: &Snapshot, device: &str) -> bool {
        let addresses = snapshot.addresses(device);
        match self {
            Wired::Dhcp => !addresses.is_empty() && snapshot.object(device, DEVICE, "Dhcp4Config").is_some(),
            Wired::Static(fixed) => addresses.contains(&fixed.shown()),
        }
    }
}

impl NetworkManager {
    /// Changes how a wired link gets its address, and returns when the address is there. The link's profile is changed
    /// and saved, or a new one is made. If it fails, the former profile is put back and connected again.
    ///
    /// # Errors
    /// `NoLink`, `Unplugged`, `NoAddress`, `TimedOut` after `limit`, `Interrupted`, `Activation`; `Unavailable`,
    /// `NotAllowed`, `Service`.
    pub async fn set_wired(&self, interface: &str, wish: &Wired, limit: Duration) -> Result<(), Error> {
        let bus = self.bus()?;
        let mut watch = Watch::open(bus, limit).await?;
        let snapshot = self.snapshot().await?;
        let device = snapshot.wired_device(interface).ok_or_else(|| Error::NoLink {
            interface: interface.chars().take(32).collect(),
        })?;
        if snapshot.device_state(device) <= NO_CABLE {
            return Err(Error::Unplugged {
                interface: interface.to_owned(),
            });
        }
        let available = snapshot
            .objects(device, DEVICE, "AvailableConnections")
            .into_iter()
            .next();
        watch.clear();

        match active_profile(&snapshot, device).or(available) {
            Some(profile) => {
                let former = self.settings(profile).await?;
                let mut wanted = self.settings(profile).await?;
                wanted.insert("ipv4".into(), owned(wish.ipv4())?);
                let connection = wanted.entry("connection".into()).or_default();
                connection.insert("interface-name".into(), OwnedVariant::from(zbus::Str::from(interface)));
                connection.insert("autoconnect".into(), OwnedVariant::from(true));

                let changed = self.change(profile, &wanted, device, wish, &mut watch, limit).await;
                if changed.is_err() {
                    self.put_back(profile, &former, device).await;
                }
                changed
            }
            None => self.make(interface, device, wish, &mut watch, limit).await,
        }
    }

    /// A profile with its secrets of 802.1X, without which saving it would lose them.
    async fn settings(&self, profile: &str) -> Result<Settings, Error> {
        const WITH_SECRETS: &str = "802-1x";
        let proxy = profile_proxy(self.bus()?, profile).await?;
        let mut settings = proxy.get_settings().await.map_err(bus_error("GetSettings"))?;
        if settings.contains_key(WITH_SECRETS) {
            let secrets = proxy.get_secrets(WITH_SECRETS).await.map_err(bus_error("GetSecrets"))?;
            for (name, properties) in secrets {
                settings.entry(name).or_default().extend(properties);
            }
        }
        Ok(settings)
    }

    async fn change(
        &self,
        profile: &str,
        wanted: &Settings,
        device: &str,
        wish: &Wired,
        watch: &mut Watch,
        limit: Duration,
    ) -> Result<(), Error> {
        const CALL: &str = "ActivateConnection";
        let bus = self.bus()?;
        profile_proxy(bus, profile)
            .await?
            .update(wanted)
            .await
            .map_err(bus_error("Update"))?;
        let manager = NetworkManagerProxy::new(bus).await.map_err(bus_error(CALL))?;
        watch.clear();
        let active = manager
            .activate_connection(&path(profile)?, &path(device)?, &path(NOTHING)?)
            .await
            .map_err(bus_error(CALL))?;
        self.settle(device, &active, wish, watch, limit).await
    }

    async fn make(
        &self,
        interface: &str,
        device: &str,
        wish: &Wired,
        watch: &mut Watch,
        limit: Duration,
    ) -> Result<(), Error> {
        const CALL: &str = "AddAndActivateConnection";
        let bus = self.bus()?;
        let profile: NewSettings<'_> = HashMap::from([
            (
                "connection",
                HashMap::from([
                    ("id", Variant::from(interface)),
                    ("type", Variant::from("802-3-ethernet")),
                    ("interface-name", Variant::from(interface)),
                ]),
            ),
            ("ipv4", wish.ipv4()),
            ("ipv6", HashMap::from([("method", Variant::from("auto"))])),
        ]);
        let manager = NetworkManagerProxy::new(bus).await.map_err(bus_error(CALL))?;
        let (profile, active) = manager
            .add_and_activate_connection(&profile, &path(device)?, &path(NOTHING)?)
            .await
            .map_err(bus_error(CALL))?;
        let fresh = Fresh::new(bus, profile);
        let settled = self.settle(device, &active, wish, watch, limit).await;
        match settled {
            Ok(()) => drop(fresh.keep()),
            Err(_) => fresh.discard().await,
        }
        settled
    }

    /// Waits for the activation, and then for the address itself: "activated" can come by IPv6 before it.
    async fn settle(
        &self,
        device: &str,
        active: &zbus::ObjectPath<'_>,
        wish: &Wired,
        watch: &mut Watch,
        limit: Duration,
    ) -> Result<(), Error> {
        let name = self
            .snapshot()
            .await?
            .text(device, DEVICE, "Interface")
            .unwrap_or_default()
            .to_owned();
        let subject = Subject { name, keyed: false };
        match watch.outcome(device, active).await? {
            Some(Outcome::Activated) => {}
            Some(Outcome::Failed(reason)) => return Err(subject.failure(reason)),
            None => return Err(watch.late(&self.snapshot().await?, device, &subject, limit)),
        }
        loop {
            let snapshot = self.snapshot().await?;
            if wish.is_there(&snapshot, device) {
                return Ok(());
            }
            if !watch.next().await {
                // A network that speaks only IPv6 is a network too.
                return match *wish == Wired::Dhcp && snapshot.has_ipv6(device) {
                    true => Ok(()),
                    false => Err(Error::NoAddress { name: subject.name }),
                };
            }
        }
    }

    /// After a failure: the profile as it was, connected again without waiting for it.
    async fn put_back(&self, profile: &str, former: &Settings, device: &str) {
        let back = async {
            let bus = self.bus()?;
            profile_proxy(bus, profile)
                .await?
                .update(former)
                .await
                .map_err(bus_error("Update"))?;
            let manager = NetworkManagerProxy::new(bus)
                .await
                .map_err(bus_error("ActivateConnection"))?;
            manager
                .activate_connection(&path(profile)?, &path(device)?, &path(NOTHING)?)
                .await
                .map_err(bus_error("ActivateConnection"))
        };
        if let Err(error) = back.await {
            tracing::warn!(%error, "the former wired profile could not be put back");
        }
    }
}

fn owned(setting: HashMap<&'static str, Variant<'static>>) -> Result<HashMap<String, OwnedVariant>, Error> {
    let own = |(name, value): (&str, Variant<'static>)| Ok((name.to_owned(), value.try_into_owned()?));
    setting
        .into_iter()
        .map(own)
        .collect::<Result<_, zbus::Error>>()
        .map_err(bus_error("Update"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(address: &str, gateway: &str, dns: &[&str]) -> Result<Static, Error> {
        Static::parse(
            address,
            gateway,
            &dns.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn addresses_that_make_sense_are_taken() {
        for (address, gateway, dns) in [
            ("192.0.2.7/24", "192.0.2.1", vec!["192.0.2.53", "198.51.100.1"]),
            ("10.0.0.1/8", "", vec![]),
            ("192.0.2.0/31", "192.0.2.1", vec!["127.0.0.53"]),
            (" 192.0.2.7/32 ", "", vec![""]),
        ] {
            assert!(parse(address, gateway, &dns).is_ok(), "{address}");
        }
    }

    #[test]
    fn addresses_that_cannot_work_are_refused_and_the_field_is_named() {
        for (address, gateway, dns, field) in [
            ("192.0.2.7", "", "", "IPv4 address"),
            ("192.0.2/24", "", "", "IPv4 address"),
            ("192.0.2.7/0", "", "", "IPv4 address"),
            ("192.0.2.7/33", "", "", "IPv4 address"),
            ("192.0.2.7/+4", "", "", "IPv4 address"),
            ("192.0.2.0/24", "", "", "IPv4 address"),
            ("192.0.2.255/24", "", "", "IPv4 address"),
            ("0.0.0.0/24", "", "", "IPv4 address"),
            ("127.0.0.1/8", "", "", "IPv4 address"),
            ("224.0.0.1/24", "", "", "IPv4 address"),
            ("255.255.255.255/32", "", "", "IPv4 address"),
            ("fe80::1/64", "", "", "IPv4 address"),
            ("192.0.2.7/24", "192.0.3.1", "", "gateway"),
            ("192.0.2.7/24", "192.0.2.7", "", "gateway"),
            ("192.0.2.7/24", "192.0.2.255", "", "gateway"),
            ("192.0.2.7/24", "router", "", "gateway"),
            ("192.0.2.7/24", "", "0.0.0.0", "name server"),
            ("192.0.2.7/24", "", "dns.example", "name server"),
        ] {
            let error = parse(address, gateway, &[dns]).unwrap_err().to_string();
            assert!(error.contains(field), "{address} {gateway} {dns}: {error}");
        }
    }
}
