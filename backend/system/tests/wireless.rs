//! Wireless networks, with python-dbusmock in the place of NetworkManager: no radio is needed, and failures come to order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the configuration covers test functions, not their helpers"
)]

mod support;

use std::{
    collections::HashMap,
    fs,
    io::Write,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use moult_system::{
    Error,
    network::{Join, LinkState, NetworkManager, Security},
};
use secrecy::SecretString;
use support::{Service, bus, in_room, until};
use zbus::{Connection, OwnedObjectPath, OwnedVariant, Variant};

const LIMIT: Duration = Duration::from_secs(60);
/// For a join that ends because time is up: what the test does before has to fit in.
const UP: Duration = Duration::from_secs(5);
const KEY: &str = "correct-horse-77";
const NM: &str = "org.freedesktop.NetworkManager";
const MANAGER: &str = "/org/freedesktop/NetworkManager";
const SETTINGS: &str = "/org/freedesktop/NetworkManager/Settings";
const DEVICE: &str = "/org/freedesktop/NetworkManager/Devices/wifi";
const ACTIVE: &str = "/org/freedesktop/NetworkManager/ActiveConnection/join";
const PSK: u32 = 0x100;

/// The false NetworkManager.
struct Mock {
    bus: Connection,
    _service: Service,
}

impl Mock {
    /// With one wireless device. Activations stay on their way until the test says how they end.
    async fn start() -> (Mock, NetworkManager) {
        let bus = bus().await;
        let network = NetworkManager::connect(&bus);
        let arguments = ["-m", "dbusmock", "--system", "--template", "networkmanager"];
        let service = Service::start("/usr/bin/python3", &arguments);
        let mock = Mock { bus, _service: service };
        until(&network, "the mock", |status| {
            status.connectivity != moult_system::network::Connectivity::Unavailable
        })
        .await;
        mock.call(MANAGER, "AddWiFiDevice", &("wifi", "wlan0", 30_i32)).await;
        // The template's own connects at once; this one leaves the end to the test.
        let code = "settings = objects['/org/freedesktop/NetworkManager/Settings']\n\
            profile = settings.SettingsAddConnection(args[0])\n\
            active = self.AddActiveConnection([], profile, args[2], 'join', dbus.UInt32(1))\n\
            ret = (dbus.ObjectPath(profile), dbus.ObjectPath(active))";
        mock.call(
            MANAGER,
            "AddMethod",
            &(NM, "AddAndActivateConnection", "a{sa{sv}}oo", "oo", code),
        )
        .await;
        (mock, network)
    }

    async fn call<B>(&self, path: &str, method: &str, body: &B)
    where
        B: serde_like::Body,
    {
        let reply = self
            .bus
            .call_method(Some(NM), path, Some("org.freedesktop.DBus.Mock"), method, body)
            .await;
        reply.unwrap_or_else(|error| panic!("{method}: {error}"));
    }

    async fn access_point(&self, name: &str, ssid: &str, strength: u8, security: u32) {
        let point = (
            DEVICE,
            name,
            ssid,
            "00:11:22:33:44:55",
            2_u32,
            2412_u32,
            5400_u32,
            strength,
            security,
        );
        self.call(MANAGER, "AddAccessPoint", &point).await;
    }

    /// Several at once, as after a scan.
    async fn access_points(&self, points: &[(&str, &str, u8, u32)]) {
        let add = |(name, ssid, strength, security): &(&str, &str, u8, u32)| {
            format!(
                "self.AddAccessPoint('{DEVICE}', '{name}', '{ssid}', '00:11:22:33:44:55', 2, 2412, 5400, {strength}, {security})\n"
            )
        };
        self.at_once(&points.iter().map(add).collect::<String>()).await;
    }

    /// Runs Python in the mock: what that says comes without pauses.
    async fn at_once(&self, code: &str) {
        self.call(MANAGER, "AddMethod", &(NM, "AtOnce", "", "", code)).await;
        let reply = self.bus.call_method(Some(NM), MANAGER, Some(NM), "AtOnce", &()).await;
        reply.unwrap_or_else(|error| panic!("{error}: {code}"));
    }

    async fn lose(&self, name: &str) {
        let path = format!("/org/freedesktop/NetworkManager/AccessPoint/{name}");
        self.call(MANAGER, "RemoveAccessPoint", &(DEVICE, path.as_str())).await;
    }

    /// The device's state, as property and as signal.
    async fn device(&self, state: u32, reason: u32) {
        let state_now = HashMap::from([("State", Variant::from(state))]);
        self.call(
            DEVICE,
            "UpdateProperties",
            &("org.freedesktop.NetworkManager.Device", state_now),
        )
        .await;
        let body = vec![Variant::from(state), Variant::from(50_u32), Variant::from(reason)];
        self.call(
            DEVICE,
            "EmitSignal",
            &("org.freedesktop.NetworkManager.Device", "StateChanged", "uuu", body),
        )
        .await;
    }

    /// The active connection's state, as property and as signal.
    async fn active(&self, state: u32, reason: u32) {
        const INTERFACE: &str = "org.freedesktop.NetworkManager.Connection.Active";
        let state_now = HashMap::from([("State", Variant::from(state))]);
        self.call(ACTIVE, "UpdateProperties", &(INTERFACE, state_now)).await;
        let body = vec![Variant::from(state), Variant::from(reason)];
        self.call(ACTIVE, "EmitSignal", &(INTERFACE, "StateChanged", "uu", body))
            .await;
    }

    /// Both in one go, the active connection's first: whoever hears of that waits for the device's reason, but not for long.
    async fn active_and_device(&self, [(active, why), (device, reason)]: [(u32, u32); 2]) {
        self.at_once(&format!(
            "active, device = objects['{ACTIVE}'], objects['{DEVICE}']\n\
             interface = '{NM}.Connection.Active'\n\
             active.UpdateProperties(interface, {{'State': dbus.UInt32({active})}})\n\
             active.EmitSignal(interface, 'StateChanged', 'uu', [{active}, {why}])\n\
             interface = '{NM}.Device'\n\
             device.UpdateProperties(interface, {{'State': dbus.UInt32({device})}})\n\
             device.EmitSignal(interface, 'StateChanged', 'uuu', [{device}, 50, {reason}])"
        ))
        .await;
    }

    async fn profiles(&self) -> Vec<OwnedObjectPath> {
        let interface = "org.freedesktop.NetworkManager.Settings";
        let reply = self
            .bus
            .call_method(Some(NM), SETTINGS, Some(interface), "ListConnections", &())
            .await
            .unwrap();
        reply.body().deserialize().unwrap()
    }

    async fn settings(&self, profile: &OwnedObjectPath) -> HashMap<String, HashMap<String, OwnedVariant>> {
        let interface = "org.freedesktop.NetworkManager.Settings.Connection";
        let reply = self
            .bus
            .call_method(Some(NM), profile, Some(interface), "GetSettings", &())
            .await
            .unwrap();
        reply.body().deserialize().unwrap()
    }

    /// Until the activation that the test has begun is on its way.
    async fn begun(&self) {
        let end = Instant::now() + LIMIT;
        loop {
            let interface = "org.freedesktop.DBus.Properties";
            let body = ("org.freedesktop.NetworkManager.Connection.Active", "State");
            if self
                .bus
                .call_method(Some(NM), ACTIVE, Some(interface), "Get", &body)
                .await
                .is_ok()
            {
                return;
            }
            assert!(Instant::now() < end, "no activation began");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn profiles_become(&self, count: usize) {
        let end = Instant::now() + LIMIT;
        while self.profiles().await.len() != count {
            assert!(Instant::now() < end, "{:?}", self.profiles().await);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// What a D-Bus body must be, in one word.
mod serde_like {
    pub(super) trait Body: serde::Serialize + zbus::DynamicType {}
    impl<T: serde::Serialize + zbus::DynamicType> Body for T {}
    use zbus::export::serde;
}

fn wish(ssid: &str) -> Join {
    Join {
        ssid: ssid.into(),
        hidden: false,
        security: Security::Passphrase,
        key: SecretString::from(KEY),
    }
}

#[test]
fn networks_in_reach_are_listed_strongest_first_and_followed_live() {
    in_room(
        "networks_in_reach_are_listed_strongest_first_and_followed_live",
        || async {
            let (mock, network) = Mock::start().await;
            let mut changes = network.changes().await.unwrap();
            let points = [
                ("one", "home", 40, PSK),
                ("two", "home", 60, PSK),
                ("three", "café", 80, 0),
                ("four", "work", 20, 0x200),
            ];
            // A swarm of signals is one change, or a few; it is not one change each.
            let count = async {
                changes.next().await.unwrap();
                let mut count = 1;
                while tokio::time::timeout(Duration::from_millis(400), changes.next())
                    .await
                    .is_ok()
                {
                    count += 1;
                }
                count
            };
            let (count, ()) = tokio::join!(count, mock.access_points(&points));
            assert!((1..=4).contains(&count), "{count} changes for four access points");

            let wireless = network.status().await.unwrap().wireless.unwrap();
            assert_eq!(
                (wireless.interface.as_str(), wireless.state),
                ("wlan0", LinkState::Disconnected)
            );
            let seen: Vec<_> = wireless
                .access_points
                .iter()
                .map(|n| (n.name.as_str(), n.strength, n.security))
                .collect();
            let expected = [
                ("café", 80, Security::Open),
                ("home", 60, Security::Passphrase),
                ("work", 20, Security::Unsupported),
            ];
            assert_eq!(seen, expected);

            mock.lose("three").await;
            changes.next().await.unwrap();
            until(&network, "the café to go", |s| {
                s.wireless.as_ref().unwrap().access_points.len() == 2
            })
            .await;
            while tokio::time::timeout(Duration::from_secs(1), changes.next())
                .await
                .is_ok()
            {}
            // Nothing happens: nothing fires.
            assert!(
                tokio::time::timeout(Duration::from_secs(1), changes.next())
                    .await
                    .is_err()
            );
            network.scan().await.unwrap();
        },
    );
}

#[test]
fn joining_with_the_right_key_saves_one_profile_and_replaces_older_ones() {
    in_room(
        "joining_with_the_right_key_saves_one_profile_and_replaces_older_ones",
        || async {
            let (mock, network) = Mock::start().await;
            mock.access_point("one", "home", 60, PSK).await;
            for _ in 0..2 {
                let wish = wish("home");
                let (joined, ()) = tokio::join!(network.join(&wish, LIMIT), async {
                    mock.begun().await;
                    mock.device(70, 0).await;
                    mock.active(2, 1).await;
                });
                joined.unwrap();
                let profiles = mock.profiles().await;
                assert_eq!(profiles.len(), 1, "{profiles:?}");
                let settings = mock.settings(&profiles[0]).await;
                let text =
                    |setting: &str, name: &str| String::try_from(settings[setting][name].try_clone().unwrap()).unwrap();
                assert_eq!(text("802-11-wireless-security", "key-mgmt"), "wpa-psk");
                assert_eq!(text("802-11-wireless-security", "psk"), KEY);
                assert_eq!(text("connection", "id"), "home");
                mock.call(MANAGER, "RemoveActiveConnection", &(DEVICE, ACTIVE)).await;
            }
        },
    );
}

#[test]
fn a_wrong_key_is_called_so_and_leaves_no_profile() {
    in_room("a_wrong_key_is_called_so_and_leaves_no_profile", || async {
        let (mock, network) = Mock::start().await;
        mock.access_point("one", "home", 60, PSK).await;
        // How it shows: no secrets, or the supplicant gives up; the connection's end may come first or last.
        for (reason, device_first) in [(7, true), (8, true), (7, false)] {
            let wish = wish("home");
            let (joined, ()) = tokio::join!(network.join(&wish, LIMIT), async {
                mock.begun().await;
                if device_first {
                    mock.device(120, reason).await;
                } else {
                    mock.active_and_device([(4, 9), (120, reason)]).await;
                }
            });
            let error = joined.unwrap_err();
            assert!(
                matches!(&error, Error::WrongKey { name } if name == "home"),
                "{reason}: {error:?}"
            );
            mock.profiles_become(0).await;
        }
    });
}

#[test]
fn a_key_that_is_asked_for_again_is_a_wrong_key_when_time_is_up() {
    in_room(
        "a_key_that_is_asked_for_again_is_a_wrong_key_when_time_is_up",
        || async {
            let (mock, network) = Mock::start().await;
            mock.access_point("one", "home", 60, PSK).await;
            let wish = wish("home");
            let (joined, ()) = tokio::join!(network.join(&wish, UP), async {
                mock.begun().await;
                mock.device(60, 8).await;
            });
            assert!(matches!(joined, Err(Error::WrongKey { .. })), "{joined:?}");
            mock.profiles_become(0).await;
        },
    );
}

#[test]
fn a_lost_access_point_is_called_so_and_leaves_no_profile() {
    in_room("a_lost_access_point_is_called_so_and_leaves_no_profile", || async {
        let (mock, network) = Mock::start().await;
        let error = network.join(&wish("home"), LIMIT).await.unwrap_err();
        assert!(matches!(error, Error::Lost { .. }), "never there: {error:?}");

        mock.access_point("one", "home", 60, PSK).await;
        let home = wish("home");
        let (joined, ()) = tokio::join!(network.join(&home, LIMIT), async {
            mock.begun().await;
            mock.lose("one").await;
            mock.device(120, 53).await;
        });
        assert!(
            matches!(joined, Err(Error::Lost { .. })),
            "NetworkManager says so: {joined:?}"
        );
        mock.profiles_become(0).await;

        mock.access_point("two", "home", 60, PSK).await;
        mock.device(50, 0).await;
        let (joined, ()) = tokio::join!(network.join(&home, UP), async {
            mock.begun().await;
            mock.lose("two").await;
        });
        assert!(
            matches!(joined, Err(Error::Lost { .. })),
            "NetworkManager says nothing: {joined:?}"
        );
        mock.profiles_become(0).await;
    });
}

#[test]
fn a_network_that_gives_no_address_is_called_so() {
    in_room("a_network_that_gives_no_address_is_called_so", || async {
        let (mock, network) = Mock::start().await;
        mock.access_point("one", "home", 60, PSK).await;
        let home = wish("home");
        let (joined, ()) = tokio::join!(network.join(&home, LIMIT), async {
            mock.begun().await;
            mock.device(120, 5).await;
        });
        assert!(matches!(joined, Err(Error::NoAddress { .. })), "{joined:?}");
        let (joined, ()) = tokio::join!(network.join(&home, UP), async {
            mock.begun().await;
            mock.device(70, 0).await;
        });
        assert!(matches!(joined, Err(Error::NoAddress { .. })), "{joined:?}");
        mock.profiles_become(0).await;
    });
}

#[test]
fn a_hidden_network_is_joined_by_its_name_alone() {
    in_room("a_hidden_network_is_joined_by_its_name_alone", || async {
        let (mock, network) = Mock::start().await;
        let wish = Join {
            hidden: true,
            ..wish("cellar")
        };
        let (joined, ()) = tokio::join!(network.join(&wish, LIMIT), async {
            mock.begun().await;
            mock.active(2, 1).await;
        });
        joined.unwrap();
        let settings = mock.settings(&mock.profiles().await[0]).await;
        let wireless = &settings["802-11-wireless"];
        assert_eq!(bool::try_from(&wireless["hidden"]), Ok(true));
        let ssid = Vec::<u8>::try_from(Variant::from(wireless["ssid"].try_clone().unwrap())).unwrap();
        assert_eq!(ssid, b"cellar");
    });
}

#[test]
fn a_join_that_is_given_up_leaves_no_profile() {
    in_room("a_join_that_is_given_up_leaves_no_profile", || async {
        let (mock, network) = Mock::start().await;
        mock.access_point("one", "home", 60, PSK).await;
        let wish = wish("home");
        tokio::select! {
            joined = network.join(&wish, LIMIT) => panic!("{joined:?}"),
            () = mock.begun() => {}
        }
        mock.profiles_become(0).await;
    });
}

#[test]
fn what_cannot_be_joined_is_refused_before_anything_changes() {
    in_room("what_cannot_be_joined_is_refused_before_anything_changes", || async {
        let (mock, network) = Mock::start().await;
        mock.access_point("one", "work", 60, 0x200).await;
        mock.access_point("two", "home", 60, PSK).await;
        let join = |wish: Join| {
            let network = network.clone();
            async move { network.join(&wish, LIMIT).await.unwrap_err() }
        };
        assert!(matches!(join(wish("work")).await, Error::Unsupported { .. }));
        assert!(matches!(
            join(Join {
                ssid: vec![],
                ..wish("")
            })
            .await,
            Error::NetworkName { length: 0 }
        ));
        assert!(matches!(
            join(wish(&"x".repeat(33))).await,
            Error::NetworkName { length: 33 }
        ));
        assert!(matches!(
            join(Join {
                key: SecretString::from("short"),
                ..wish("home")
            })
            .await,
            Error::KeyShape
        ));
        mock.device(20, 0).await;
        assert!(matches!(join(wish("home")).await, Error::WirelessOff { .. }));
        assert!(mock.profiles().await.is_empty());
    });
}

/// Collects everything that is logged, at the most talkative level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_key_is_in_no_error_log_argument_or_environment() {
    in_room("the_key_is_in_no_error_log_argument_or_environment", || async {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(move || writer.clone())
            .init();

        let (mock, network) = Mock::start().await;
        mock.access_point("one", "home", 60, PSK).await;
        let wish = wish("home");
        let mut shown = vec![format!("{wish:?}")];
        let (joined, ()) = tokio::join!(network.join(&wish, LIMIT), async {
            mock.begun().await;
            // While the key is in use, no process shows it.
            for process in fs::read_dir("/proc").unwrap().flatten() {
                for file in ["cmdline", "environ"] {
                    if let Ok(bytes) = fs::read(process.path().join(file)) {
                        shown.push(String::from_utf8_lossy(&bytes).into_owned());
                    }
                }
            }
            mock.device(120, 7).await;
        });
        let error = joined.unwrap_err();
        shown.push(format!("{error} {error:?}"));

        // A service that repeats the key in its own words.
        let code = format!("raise dbus.exceptions.DBusException('psk {KEY} is bad', name='org.test.Bad')");
        mock.call(
            MANAGER,
            "AddMethod",
            &(NM, "AddAndActivateConnection", "a{sa{sv}}oo", "oo", code.as_str()),
        )
        .await;
        let error = network.join(&wish, LIMIT).await.unwrap_err();
        shown.push(format!("{error} {error:?}"));
        shown.push(String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned());

        assert!(
            shown.last().unwrap().contains("AddAndActivateConnection"),
            "the log must have seen the call"
        );
        for text in shown {
            assert!(!text.contains(KEY), "{text}");
        }
    });
}
