//! UPower, NetworkManager and a desktop's notifications are played on a bus of the test's own.

use std::fs;
use std::sync::{Arc, Mutex};

use moult_api::{Repositories, RepositoryRow};
use zbus::{Variant, connection, interface};

use super::super::private_bus::Bus;
use super::*;
use crate::samples::repository;

/// What a computer is like, and what its desktop shows.
#[derive(Debug, Clone, Default)]
struct Machine {
    on_battery: bool,
    percent: f64,
    metered: u32,
    connectivity: u32,
    shown: Arc<Mutex<Vec<Shown>>>,
    closed: Arc<Mutex<Vec<u32>>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    replaces: u32,
    title: String,
    body: String,
    entry: String,
}

struct Power(Machine);
#[interface(name = "org.freedesktop.UPower")]
impl Power {
    #[zbus(property)]
    fn on_battery(&self) -> bool {
        self.0.on_battery
    }
}

struct Device(Machine);
#[interface(name = "org.freedesktop.UPower.Device")]
impl Device {
    #[zbus(property)]
    fn percentage(&self) -> f64 {
        self.0.percent
    }
}

struct Network(Machine);
#[interface(name = "org.freedesktop.NetworkManager")]
impl Network {
    #[zbus(property)]
    fn metered(&self) -> u32 {
        self.0.metered
    }
    #[zbus(property)]
    fn connectivity(&self) -> u32 {
        self.0.connectivity
    }
}

struct Desktop(Machine);
#[interface(name = "org.freedesktop.Notifications")]
impl Desktop {
    #[expect(clippy::too_many_arguments, reason = "the specification's")]
    fn notify(
        &self,
        _app: String,
        replaces: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: std::collections::HashMap<String, Variant<'_>>,
        _expires: i32,
    ) -> u32 {
        assert!(actions.is_empty(), "nobody would be there to hear of a click");
        let entry = <&str>::try_from(&hints["desktop-entry"]).unwrap().to_owned();
        let mut shown = self.0.shown.lock().unwrap();
        shown.push(Shown {
            replaces,
            title,
            body,
            entry,
        });
        if replaces == 0 {
            40 + u32::try_from(shown.len()).unwrap()
        } else {
            replaces
        }
    }

    fn close_notification(&self, number: u32) {
        self.0.closed.lock().unwrap().push(number);
    }
}

/// A bus with all of it, and a look that can be taken there.
struct Scene {
    bus: Bus,
    served: Vec<Connection>,
    machine: Machine,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn new(machine: Machine) -> Self {
        let mut scene = Self {
            bus: Bus::start(),
            served: Vec::new(),
            machine: machine.clone(),
            folder: tempfile::tempdir().unwrap(),
        };
        let builder = connection::Builder::address(scene.bus.address())
            .serve_at("/org/freedesktop/UPower", Power(machine.clone()))
            .serve_at("/org/freedesktop/UPower/devices/DisplayDevice", Device(machine.clone()))
            .serve_at("/org/freedesktop/NetworkManager", Network(machine))
            .name("org.freedesktop.UPower")
            .name("org.freedesktop.NetworkManager");
        scene.served.push(builder.build().await.unwrap());
        scene.desktop().await;
        scene
    }

    /// A notification server comes, in the place of the one before.
    async fn desktop(&mut self) {
        self.served.truncate(1);
        let machine = self.machine.clone();
        for _ in 0..6000 {
            let desktop = connection::Builder::address(self.bus.address())
                .serve_at("/org/freedesktop/Notifications", Desktop(machine.clone()))
                .name("org.freedesktop.Notifications")
                .build()
                .await;
            match desktop {
                Ok(desktop) => return self.served.push(desktop),
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        panic!("the name stays taken");
    }

    fn count(&self, bytes: u64) {
        let folder = self.folder.path().join("sys/class/net/eth0/statistics");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("rx_bytes"), bytes.to_string()).unwrap();
    }

    fn record(&self) -> PathBuf {
        self.folder.path().join("state/updates.json")
    }

    async fn look(&self, found: Found) -> Told {
        let connection = self.bus.connect().await;
        let check = Check {
            places: Places {
                system: Some(connection.clone()),
                sys: self.folder.path().join("sys"),
                watch: Duration::from_millis(50),
            },
            session: connection,
            record: self.record(),
            language: Language::English,
        };
        check.run(|| async { Ok(found) }).await.unwrap()
    }

    fn shown(&self) -> Vec<Shown> {
        self.machine.shown.lock().unwrap().clone()
    }
}

/// On mains, on a free and whole network.
fn machine() -> Machine {
    Machine {
        percent: 80.0,
        metered: 4,
        connectivity: 4,
        ..Machine::default()
    }
}

fn found(updates: &[&str]) -> Found {
    Found {
        updates: updates.iter().map(|line| (*line).to_owned()).collect(),
        security: 1,
        download: 38_000_000,
        refreshed: 1_795_439_100,
    }
}

#[tokio::test]
async fn updates_are_told_once_with_the_day_of_the_lists_and_a_click_leads_to_the_store() {
    let scene = Scene::new(machine()).await;
    let updates = found(&["gimp 3.0-12-1", "openssl 3.5-4-1"]);
    assert_eq!(scene.look(updates.clone()).await, Told::Updates(2));
    let shown = scene.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].replaces, shown[0].entry.as_str()), (0, "org.moult.Store"));
    assert_eq!(shown[0].title, "2 updates, 1 of them for security");
    assert!(
        shown[0].body.contains(&moment(Language::English, updates.refreshed)),
        "{shown:?}"
    );
    assert!(is_unseen(&scene.record()));

    assert_eq!(scene.look(updates).await, Told::Not(Why::SaidBefore));
    assert_eq!(scene.shown().len(), 1);
    see(&scene.record());
    assert!(!is_unseen(&scene.record()));
}

#[tokio::test]
async fn another_set_replaces_what_was_said_before() {
    let mut scene = Scene::new(machine()).await;
    let _ = scene.look(found(&["gimp 3.0-12-1"])).await;
    see(&scene.record());
    assert_eq!(scene.look(found(&["gimp 3.0-13-1"])).await, Told::Updates(1));
    assert_eq!(scene.shown()[1].replaces, 41);
    assert!(is_unseen(&scene.record()), "these are new");

    // Another server's numbers mean nothing: 41 could be somebody else's there.
    scene.desktop().await;
    assert_eq!(scene.look(found(&["gimp 3.0-14-1"])).await, Told::Updates(1));
    assert_eq!(scene.shown()[2].replaces, 0);
}

#[tokio::test]
async fn what_is_installed_by_now_is_no_longer_claimed_and_may_be_told_again() {
    let scene = Scene::new(machine()).await;
    let _ = scene.look(found(&["gimp 3.0-12-1"])).await;
    assert_eq!(scene.look(found(&[])).await, Told::Not(Why::NoUpdates));
    assert_eq!(*scene.machine.closed.lock().unwrap(), [41]);
    assert!(!is_unseen(&scene.record()));
    assert_eq!(scene.look(found(&["gimp 3.0-12-1"])).await, Told::Updates(1));
}

#[tokio::test]
async fn nothing_is_said_on_a_low_battery_a_metered_network_or_none() {
    use Hindrance::{Battery, Metered, Offline};

    let on_battery = |percent| Machine {
        on_battery: true,
        percent,
        ..machine()
    };
    for (machine, expected) in [
        (on_battery(29.9), Told::Not(Why::Hindered(Battery))),
        (on_battery(30.0), Told::Updates(1)),
        (
            Machine {
                metered: 1,
                ..machine()
            },
            Told::Not(Why::Hindered(Metered)),
        ),
        (
            Machine {
                metered: 3,
                ..machine()
            },
            Told::Not(Why::Hindered(Metered)),
        ),
        (
            Machine {
                connectivity: 2,
                ..machine()
            },
            Told::Not(Why::Hindered(Offline)),
        ),
        (
            Machine {
                connectivity: 0,
                metered: 0,
                ..machine()
            },
            Told::Updates(1),
        ),
    ] {
        let scene = Scene::new(machine.clone()).await;
        assert_eq!(scene.look(found(&["gimp 3"])).await, expected, "{machine:?}");
        assert_eq!(scene.shown().len(), usize::from(expected == Told::Updates(1)));
    }
}

#[tokio::test]
async fn nothing_is_said_while_the_network_is_used() {
    let scene = Scene::new(machine()).await;
    let used = async {
        for bytes in (0..).step_by(100_000_000) {
            scene.count(bytes);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let told = tokio::select! {
        // After each wait, however long, more has moved before anybody looks.
        biased;
        () = used => panic!("there are no more bytes"),
        told = scene.look(found(&["gimp 3"])) => told,
    };
    assert_eq!(told, Told::Not(Why::Hindered(Hindrance::Busy)));
    assert_eq!(scene.look(found(&["gimp 3"])).await, Told::Updates(1));
}

#[tokio::test]
async fn nothing_is_said_without_a_dated_refresh_or_by_nobody() {
    let mut scene = Scene::new(machine()).await;
    let unknown = Found {
        refreshed: 0,
        ..found(&["gimp 3"])
    };
    assert_eq!(scene.look(unknown).await, Told::Not(Why::NotRefreshed));

    scene.served.truncate(1);
    for _ in 0..1000 {
        let told = scene.look(found(&["gimp 3"])).await;
        if told == Told::Not(Why::Nobody) {
            assert!(!is_unseen(&scene.record()), "it was not told");
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("somebody still shows it");
}

#[test]
fn what_is_told_are_the_releases_of_the_plan_and_the_oldest_list() {
    let offered = |release| Offered {
        repository: "main".into(),
        version: "3.0".into(),
        source_release: release,
        build_release: 1,
        size: 1,
    };
    let package = |name: &str, change, new: Option<u64>| moult_api::PlannedPackage {
        name: name.into(),
        change,
        old: vec![offered(1)],
        new: new.map(offered).into_iter().collect(),
        explicit: true,
    };
    let plan = ChangePlan {
        packages: vec![
            package("zlib", PackageChange::Upgrade, Some(9)),
            package("gimp", PackageChange::Upgrade, Some(12)),
            package("old", PackageChange::Remove, None),
            package("kept", PackageChange::Mark, Some(1)),
        ],
        download_bytes: 5,
        ..nothing()
    };
    let repository = |enabled, refreshed| RepositoryRow {
        enabled,
        refreshed,
        ..repository("main")
    };
    let repositories = Repositories {
        repositories: vec![
            repository(true, 300),
            repository(true, 200),
            repository(true, 0),
            repository(false, 100),
        ],
        broken: vec![],
    };

    let found = Found::of(&repositories, &plan, &[]);
    assert_eq!(found.updates, ["gimp 3.0-12-1", "old ", "zlib 3.0-9-1"]);
    assert_eq!((found.download, found.refreshed, found.security), (5, 200, 0));
}

fn nothing() -> ChangePlan {
    ChangePlan {
        digest: String::new(),
        from: 1,
        summary: String::new(),
        packages: vec![],
        orphans: vec![],
        kept_back: vec![],
        unsigned: vec![],
        outgrown: vec![],
        download_bytes: 0,
        disk_bytes: 0,
        files_added: 0,
        files_changed: 0,
        files_removed: 0,
    }
}
