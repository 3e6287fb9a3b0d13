//! The wired link, with the real NetworkManager and a real DHCP server at the other end of a virtual cable.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the configuration covers test functions, not their helpers"
)]

mod support;

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use futures_util::StreamExt;
use moult_system::{
    Error,
    network::{Changes, Connectivity, LinkState, NetworkManager, Static, Status, Wired, copy_profiles},
    target::Target,
};
use support::{Service, bus, in_room, run, until};

const LIMIT: Duration = Duration::from_secs(60);
const LINK: &str = "eth7";

/// The far end of the cable: a network of its own with a DHCP server.
struct Far {
    dhcp: Option<Service>,
}

impl Far {
    fn plug_in() -> Far {
        run("ip", &["netns", "add", "far"]);
        run(
            "ip",
            &[
                "link", "add", LINK, "type", "veth", "peer", "name", "srv0", "netns", "far",
            ],
        );
        for command in ["link set lo up", "addr add 10.88.0.1/24 dev srv0", "link set srv0 up"] {
            let command: Vec<_> = ["-n", "far"].into_iter().chain(command.split(' ')).collect();
            run("ip", &command);
        }
        let mut far = Far { dhcp: None };
        far.serve();
        far
    }

    fn serve(&mut self) {
        let arguments = "netns exec far dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file= \
            --interface=srv0 --bind-interfaces --port=0 --leasefile-ro --log-dhcp \
            --dhcp-range=10.88.0.20,10.88.0.40,1h --dhcp-option=6,10.88.0.53";
        self.dhcp = Some(Service::start("ip", &arguments.split_whitespace().collect::<Vec<_>>()));
    }

    fn stop_serving(&mut self) {
        self.dhcp = None;
    }

    fn cable(&self, state: &str) {
        run("ip", &["-n", "far", "link", "set", "srv0", state]);
    }
}

fn start_network_manager() -> Service {
    // Without udev, NetworkManager manages links only where sysfs is read-only (as in a container).
    if run("findmnt", &["-n", "-o", "OPTIONS", "/sys"]).split(',').next() != Some("ro") {
        run("mount", &["-t", "sysfs", "-o", "ro", "sysfs", "/sys"]);
    }
    fs::create_dir_all("/etc/NetworkManager/conf.d").unwrap();
    let profiles = "/etc/NetworkManager/system-connections";
    fs::create_dir_all(profiles).unwrap();
    let own = "[main]\nplugins=keyfile\ndns=none\n[keyfile]\nunmanaged-devices=none\n[device]\nkeep-configuration=no\n";
    fs::write("/etc/NetworkManager/conf.d/lab.conf", own).unwrap();
    Service::start("/usr/sbin/NetworkManager", &["--no-daemon", "--log-level=INFO"])
}

fn addresses() -> String {
    run("ip", &["-4", "-o", "addr", "show", "dev", LINK])
}

fn fixed(address: &str) -> Wired {
    Wired::Static(Static::parse(address, "10.88.0.1", &["10.88.0.54".to_owned()]).unwrap())
}

fn link(status: &Status) -> Option<&moult_system::network::WiredLink> {
    status.wired.iter().find(|link| link.interface == LINK)
}

async fn news(changes: &mut Changes) {
    tokio::time::timeout(LIMIT, changes.next())
        .await
        .expect("no change came")
        .expect("the changes ended");
}

/// Reads the status at each change, and only then, until it is as wanted.
async fn follow(network: &NetworkManager, changes: &mut Changes, wanted: impl Fn(&Status) -> bool) -> Status {
    loop {
        let status = network.status().await.unwrap();
        if wanted(&status) {
            return status;
        }
        news(changes).await;
    }
}

#[test]
fn network_manager_may_come_late_and_go_and_both_are_noticed() {
    in_room("network_manager_may_come_late_and_go_and_both_are_noticed", || async {
        let _far = Far::plug_in();
        let network = NetworkManager::connect(&bus().await);
        let mut changes = network.changes().await.unwrap();
        assert_eq!(network.status().await.unwrap().connectivity, Connectivity::Unavailable);
        assert!(matches!(
            network.set_wired(LINK, &Wired::Dhcp, LIMIT).await,
            Err(Error::Unavailable)
        ));
        assert!(matches!(network.scan().await, Err(Error::Unavailable)));

        let mut service = start_network_manager();
        let connected = |status: &Status| link(status).is_some_and(|link| link.state == LinkState::Connected);
        let status = follow(&network, &mut changes, connected).await;
        assert_eq!(status.connectivity, Connectivity::Online);
        assert!(status.wireless.is_none());
        assert!(matches!(network.scan().await, Err(Error::NoWireless)));

        // A fresh NetworkManager has more to say for some seconds.
        while tokio::time::timeout(Duration::from_secs(4), changes.next())
            .await
            .is_ok()
        {}
        service.stop();
        news(&mut changes).await;
        // It may have been about something else.
        let gone = |status: &Status| status.connectivity == Connectivity::Unavailable;
        follow(&network, &mut changes, gone).await;
    });
}

#[test]
fn a_machine_without_a_bus_has_an_unavailable_network_and_no_error() {
    in_room(
        "a_machine_without_a_bus_has_an_unavailable_network_and_no_error",
        || async {
            fs::remove_file("/run/dbus/system_bus_socket").unwrap();
            let network = NetworkManager::on_system_bus().await;
            assert_eq!(network.status().await.unwrap().connectivity, Connectivity::Unavailable);
            let mut changes = network.changes().await.unwrap();
            assert!(
                tokio::time::timeout(Duration::from_millis(100), changes.next())
                    .await
                    .is_err()
            );
        },
    );
}

#[test]
fn a_link_goes_from_dhcp_to_a_fixed_address_and_back_and_its_profile_goes_along() {
    in_room(
        "a_link_goes_from_dhcp_to_a_fixed_address_and_back_and_its_profile_goes_along",
        || async {
            let _far = Far::plug_in();
            let _service = start_network_manager();
            let network = NetworkManager::connect(&bus().await);
            until(&network, "a managed link", |status| {
                link(status).is_some_and(|l| l.state != LinkState::Unplugged)
            })
            .await;

            network.set_wired(LINK, &Wired::Dhcp, LIMIT).await.unwrap();
            assert!(addresses().contains("inet 10.88.0."), "{}", addresses());
            let status = network.status().await.unwrap();
            let dhcp = link(&status).unwrap();
            assert_eq!((dhcp.state, dhcp.fixed), (LinkState::Connected, false));
            assert!(
                dhcp.address.starts_with("10.88.0.") && dhcp.address.ends_with("/24"),
                "{dhcp:?}"
            );
            assert_eq!(
                (dhcp.gateway.as_str(), &dhcp.dns[..]),
                ("10.88.0.1", &["10.88.0.53".to_owned()][..])
            );

            network.set_wired(LINK, &fixed("10.88.0.99/24"), LIMIT).await.unwrap();
            // In the kernel, not only in NetworkManager's mind, the moment the call returns.
            assert!(
                addresses().contains("inet 10.88.0.99/24") && addresses().lines().count() == 1,
                "{}",
                addresses()
            );
            assert!(run("ip", &["route"]).contains("default via 10.88.0.1"));
            let status = network.status().await.unwrap();
            let now = link(&status).unwrap();
            assert_eq!(
                (now.fixed, now.address.as_str(), now.gateway.as_str()),
                (true, "10.88.0.99/24", "10.88.0.1")
            );
            assert_eq!(now.dns, ["10.88.0.54"]);

            let root = tempfile::TempDir::new_in("/run/lab").unwrap();
            fs::create_dir(root.path().join("usr")).unwrap();
            let target = Target::open(root.path()).unwrap();
            target.prepare().unwrap();
            assert_eq!(copy_profiles(&target).unwrap(), 1);
            let folder = root.path().join("etc/NetworkManager/system-connections");
            let profile = fs::read_dir(folder).unwrap().next().unwrap().unwrap();
            assert_eq!(profile.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
            let text = fs::read_to_string(profile.path()).unwrap();
            assert!(
                text.contains("10.88.0.99/24") && text.contains("method=manual"),
                "{text}"
            );

            network.set_wired(LINK, &Wired::Dhcp, LIMIT).await.unwrap();
            assert!(
                !addresses().contains("10.88.0.99") && addresses().contains("inet 10.88.0."),
                "{}",
                addresses()
            );
            assert!(!link(&network.status().await.unwrap()).unwrap().fixed);
        },
    );
}

#[test]
fn without_an_answer_to_dhcp_the_former_address_comes_back() {
    in_room("without_an_answer_to_dhcp_the_former_address_comes_back", || async {
        let mut far = Far::plug_in();
        let _service = start_network_manager();
        let network = NetworkManager::connect(&bus().await);
        until(&network, "a managed link", |status| {
            link(status).is_some_and(|l| l.state != LinkState::Unplugged)
        })
        .await;
        network.set_wired(LINK, &fixed("10.88.0.98/24"), LIMIT).await.unwrap();

        far.stop_serving();
        let error = network
            .set_wired(LINK, &Wired::Dhcp, Duration::from_secs(5))
            .await
            .unwrap_err();
        assert!(matches!(&error, Error::NoAddress { name } if name == LINK), "{error:?}");
        until(&network, "the former address", |status| {
            link(status).is_some_and(|link| link.address == "10.88.0.98/24" && link.state == LinkState::Connected)
        })
        .await;
        assert!(addresses().contains("inet 10.88.0.98/24"));
    });
}

#[test]
fn a_pulled_cable_is_noticed_and_named() {
    in_room("a_pulled_cable_is_noticed_and_named", || async {
        let far = Far::plug_in();
        let _service = start_network_manager();
        let network = NetworkManager::connect(&bus().await);
        let connected = |status: &Status| link(status).is_some_and(|link| link.state == LinkState::Connected);
        until(&network, "a connected link", connected).await;

        let mut changes = network.changes().await.unwrap();
        far.cable("down");
        let unplugged = |status: &Status| link(status).is_some_and(|link| link.state == LinkState::Unplugged);
        follow(&network, &mut changes, unplugged).await;
        let error = network.set_wired(LINK, &Wired::Dhcp, LIMIT).await.unwrap_err();
        assert!(matches!(error, Error::Unplugged { .. }), "{error:?}");
        let error = network.set_wired("eth99", &Wired::Dhcp, LIMIT).await.unwrap_err();
        assert!(matches!(error, Error::NoLink { .. }), "{error:?}");

        far.cable("up");
        follow(&network, &mut changes, connected).await;
    });
}
