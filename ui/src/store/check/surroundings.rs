//! What the computer is about just now: on battery, on a network that costs money, on none, or with its hands full.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zbus::names::BusName;
use zbus::{Connection, OwnedVariant, fdo};

const UPOWER: &str = "org.freedesktop.UPower";
const NETWORK_MANAGER: &str = "org.freedesktop.NetworkManager";
/// In percent. Below it a person on battery has other things in mind.
const LEAST_BATTERY: u8 = 30;
/// Bytes a second, either way: a call with pictures, a film, a download. An idle desktop is far below.
const BUSY: u64 = 1_000_000;
/// A service that does not answer is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where things are looked up.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// The system bus; `None`: there is none.
    pub(super) system: Option<Connection>,
    /// `/sys`.
    pub(super) sys: PathBuf,
    /// How long the network is watched.
    pub(super) watch: Duration,
}

/// Why this is no moment for updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hindrance {
    /// On battery, and not much of it.
    Battery,
    /// Every byte may cost money.
    Metered,
    /// There is no way to the internet.
    Offline,
    /// The network is being used.
    Busy,
}

/// The first hindrance, the cheap questions first; watching the network takes [`Places::watch`].
pub(super) async fn hindrance(places: &Places) -> Option<Hindrance> {
    if battery(places).await.is_some_and(|percent| percent < LEAST_BATTERY) {
        return Some(Hindrance::Battery);
    }
    if let Some(hindrance) = network(places).await {
        return Some(hindrance);
    }
    let (before, begun) = (traffic(&places.sys), Instant::now());
    tokio::time::sleep(places.watch).await;
    // A computer that has much to do wakes later than it was asked to.
    let (after, took) = (traffic(&places.sys), begun.elapsed());

    is_busy(before, after, took).then_some(Hindrance::Busy)
}

/// How much is left, in percent, while the battery is used; `None` on mains.
async fn battery(places: &Places) -> Option<u8> {
    if let Some(system) = &places.system
        && let Ok(on_battery) = property(system, UPOWER, "/org/freedesktop/UPower", UPOWER, "OnBattery").await
        && let Ok(on_battery) = bool::try_from(on_battery)
    {
        if !on_battery {
            return None;
        }
        let path = "/org/freedesktop/UPower/devices/DisplayDevice";
        let percent = property(system, UPOWER, path, "org.freedesktop.UPower.Device", "Percentage").await;
        let percent = percent.ok().and_then(|percent| f64::try_from(percent).ok());

        // Without a figure it is better not to disturb.
        return Some(percent.map_or(0, whole));
    }

    of_kernel(&places.sys.join("class/power_supply"))
}

/// A percentage without its fraction.
fn whole(percent: f64) -> u8 {
    (0..=100).rev().find(|step| f64::from(*step) <= percent).unwrap_or(0)
}

/// The same as the kernel says it, for computers without UPower.
fn of_kernel(folder: &Path) -> Option<u8> {
    let read = |supply: &Path, name: &str| {
        let text = fs::read_to_string(supply.join(name)).unwrap_or_default();
        text.trim().to_owned()
    };
    let supplies: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    let on_mains = supplies
        .iter()
        .any(|supply| matches!(&*read(supply, "type"), "Mains" | "USB") && read(supply, "online") == "1");
    if on_mains {
        return None;
    }

    supplies
        .iter()
        // A mouse's or a keyboard's battery is of scope "Device".
        .filter(|supply| read(supply, "type") == "Battery" && read(supply, "scope") != "Device")
        .filter(|supply| read(supply, "status") == "Discharging")
        .filter_map(|supply| read(supply, "capacity").parse().ok())
        .max()
}

/// As NetworkManager sees it; without it, nothing is known and nothing hinders.
async fn network(places: &Places) -> Option<Hindrance> {
    let system = places.system.as_ref()?;
    let bus = fdo::DBusProxy::new(system).await.ok()?;
    let name = BusName::try_from(NETWORK_MANAGER).ok()?;
    // Asking for a property would start it.
    if !bus.name_has_owner(name).await.ok()? {
        return None;
    }
    let ask = async |name| {
        let answer = property(
            system,
            NETWORK_MANAGER,
            "/org/freedesktop/NetworkManager",
            NETWORK_MANAGER,
            name,
        );
        u32::try_from(answer.await.ok()?).ok()
    };

    // NMMetered: 1 yes, 3 guessed yes. NMConnectivityState: 0 unknown, 4 full.
    match (ask("Metered").await, ask("Connectivity").await) {
        (Some(1 | 3), _) => Some(Hindrance::Metered),
        (_, Some(1..=3)) => Some(Hindrance::Offline),
        _ => None,
    }
}

async fn property(
    bus: &Connection,
    service: &str,
    path: &str,
    interface: &str,
    name: &str,
) -> zbus::Result<OwnedVariant> {
    let which = (interface, name);
    let get = bus.call_method(
        Some(service),
        path,
        Some("org.freedesktop.DBus.Properties"),
        "Get",
        &which,
    );

    match tokio::time::timeout(PATIENCE, get).await {
        Ok(answer) => answer?.body().deserialize(),
        Err(_) => Err(zbus::Error::Failure(format!("{service} does not answer"))),
    }
}

/// Bytes in and out of the network so far.
fn traffic(sys: &Path) -> (u64, u64) {
    let interfaces: Vec<PathBuf> = fs::read_dir(sys.join("class/net"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().is_some_and(|name| name != "lo"))
        .collect();
    // Bridges and tunnels carry what hardware carries once more.
    let has_device = |path: &&PathBuf| path.join("device").exists();
    let hardware: Vec<&PathBuf> = interfaces.iter().filter(has_device).collect();
    let counted = if hardware.is_empty() {
        interfaces.iter().collect()
    } else {
        hardware
    };
    let sum = |name: &str| {
        counted
            .iter()
            .filter_map(|path| {
                let text = fs::read_to_string(path.join("statistics").join(name)).ok()?;
                text.trim().parse::<u64>().ok()
            })
            .fold(0, u64::saturating_add)
    };

    (sum("rx_bytes"), sum("tx_bytes"))
}

fn is_busy(before: (u64, u64), after: (u64, u64), time: Duration) -> bool {
    let most = u128::from(BUSY) * time.as_millis() / 1000;
    // An interface that went away takes its count along.
    let moved = |before: u64, after: u64| u128::from(after.saturating_sub(before));

    moved(before.0, after.0) > most || moved(before.1, after.1) > most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, files: &[(&str, &str)]) {
        for (name, content) in files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }

    #[test]
    fn without_upower_the_kernel_says_how_much_is_left() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(of_kernel(&folder.path().join("none")), None);
        write(
            folder.path(),
            &[
                ("AC/type", "Mains\n"),
                ("AC/online", "0\n"),
                ("mouse/type", "Battery\n"),
                ("mouse/scope", "Device\n"),
                ("mouse/status", "Discharging\n"),
                ("mouse/capacity", "99\n"),
                ("BAT0/type", "Battery\n"),
                ("BAT0/status", "Discharging\n"),
                ("BAT0/capacity", "17\n"),
            ],
        );
        assert_eq!(of_kernel(folder.path()), Some(17));
        write(folder.path(), &[("AC/online", "1\n")]);
        assert_eq!(of_kernel(folder.path()), None);
    }

    #[test]
    fn a_percentage_is_a_whole_one() {
        assert_eq!(
            [0.0, 29.99, 100.0, 250.0, f64::NAN, -3.0].map(whole),
            [0, 29, 100, 100, 0, 0]
        );
    }

    #[test]
    fn what_moves_more_than_a_megabyte_a_second_is_busy() {
        let second = Duration::from_secs(1);
        assert!(!is_busy((5, 5), (5 + BUSY, 5 + BUSY), second));
        assert!(is_busy((5, 5), (6 + BUSY, 5), second) && is_busy((5, 5), (5, 6 + BUSY), second));
        assert!(!is_busy((5, 5), (6 + BUSY, 5), 3 * second));
        assert!(!is_busy((u64::MAX, 5), (0, 0), second));
    }

    #[test]
    fn only_hardware_is_counted_where_there_is_some() {
        let sys = tempfile::tempdir().unwrap();
        let count = |rx: &str| {
            write(
                sys.path(),
                &[
                    ("class/net/lo/statistics/rx_bytes", "1000"),
                    ("class/net/tun0/statistics/rx_bytes", "20"),
                    ("class/net/tun0/statistics/tx_bytes", "3"),
                    (rx, "400"),
                ],
            );
            traffic(sys.path())
        };
        assert_eq!(count("unused"), (20, 3));
        assert_eq!(count("class/net/eth0/statistics/rx_bytes"), (420, 3));
        assert_eq!(count("class/net/eth0/device/uevent"), (400, 0));
    }
}
