//! A lab with an installed system that knows a signed repository, which is served in it.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use moult_tests::lab::desktop::Tree;
use moult_tests::lab::shop::Shop;
use moult_tests::lab::{Bind, Lab, Options, User, target_folder};
use moult_tests::sample::moving::Moving;

use crate::support;

pub(crate) const ROOT: &str = "/srv/system";
pub(crate) const LIMIT: Duration = Duration::from_secs(600);
/// The server's line in /proc/net/tcp as long as it listens: 127.0.0.1, port 8631.
const LISTENS: &str = "0100007F:21B7 00000000:0000 0A";
/// An app of the sample repository that is small and not in the system.
pub(crate) const APP: (&str, &str) = ("galculator", "galculator.desktop");

/// How a world shall be.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// The person has to prove who they are before a change.
    pub(crate) asks: bool,
    /// The system is on a disk of its own of so many bytes, so that it can be full.
    pub(crate) disk: Option<u64>,
}

pub(crate) struct World {
    pub(crate) lab: Lab,
    pub(crate) moving: Moving,
    server: RefCell<Option<Tree>>,
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new(wishes: &Wishes) -> World {
        let folder = tempfile::tempdir_in(target_folder()).unwrap();
        let (root, published) = (folder.path().join("root"), folder.path().join("published"));
        fs::create_dir(&root).unwrap();
        let moving = Moving::publish(&support::sample(), &published).unwrap();
        let bind = |host: &Path, inside: &str, read_only| Bind {
            host: host.to_owned(),
            inside: inside.into(),
            read_only,
        };
        let mut options = Options {
            programs: Some(support::programs()),
            kiosk_rule: !wishes.asks,
            binds: vec![
                bind(&root, ROOT, false),
                bind(&moving.repo(), "/srv/moving", true),
                bind(&support::programs(), "/srv/programs", true),
            ],
            ..Options::default()
        };
        options
            .disks
            .extend(wishes.disk.map(|size| (folder.path().join("disk.img"), size)));
        let lab = Lab::start(&options).unwrap();
        if let Some(disk) = lab.disks().first() {
            let device = format!("/dev/{}", disk.name());
            lab.run(User::Root, "mkfs.ext4", &["-q", "-m", "0", &device]).unwrap();
            lab.run(User::Root, "mount", &[&device, ROOT]).unwrap();
            // An empty disk has this; a system has not.
            lab.run(User::Root, "rmdir", &[&format!("{ROOT}/lost+found")]).unwrap();
        }
        let world = World {
            lab,
            moving,
            server: RefCell::new(None),
            folder,
        };
        world.serve(&[]);
        let key = world.moving.public_key().to_owned();
        world.moultctl(&[
            "repo",
            "add",
            "moving",
            "http://127.0.0.1:8631/stone.index",
            "--key",
            &key,
        ]);
        world.moultctl(&["install", "moult-sample"]);
        world
    }

    /// Serves the repository with these faults; the server before is gone. Returns when it listens.
    pub(crate) fn serve(&self, faults: &[&str]) {
        self.stop_serving();
        let all = [
            &["serve", "--repo", "/srv/moving", "--address", "127.0.0.1:8631", "--log"],
            faults,
        ]
        .concat();
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("requests"))
            .unwrap();
        let mut server = self
            .lab
            .command(User::Root, "/srv/programs/moult-sample", &all)
            .unwrap();
        let server = Tree::of(server.stdout(log).spawn().unwrap());
        let _ = self.server.borrow_mut().insert(server);
        self.wait_listening(true);
    }

    /// The server is gone, and its port is free.
    pub(crate) fn stop_serving(&self) {
        drop(self.server.take());
        self.wait_listening(false);
    }

    fn wait_listening(&self, listens: bool) {
        let begun = Instant::now();
        let sockets = format!("/proc/{}/net/tcp", self.lab.pid());
        while fs::read_to_string(&sockets).unwrap().contains(LISTENS) != listens {
            assert!(begun.elapsed() < LIMIT, "somebody listens: {}", !listens);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Every request so far, one a line.
    pub(crate) fn requests(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("requests")).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    pub(crate) fn moultctl(&self, arguments: &[&str]) -> String {
        let all = [&["--root", ROOT, "--yes"], arguments].concat();
        self.lab.run(User::Root, "/usr/bin/moultctl", &all).unwrap()
    }

    /// What moultctl says as JSON.
    pub(crate) fn told(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.moultctl(&[&["--json"], arguments].concat())).unwrap()
    }

    /// Where the host sees a file of the system.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.lab.path(&format!("{ROOT}/{below}"))
    }

    /// The engine's database. SQLite wants to know its real path, which is the host's, of a system that is in a folder.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("root/.moult/moult.db")
    }

    pub(crate) fn has(&self, below_usr: &str) -> bool {
        self.path("usr").join(below_usr).exists()
    }

    /// The number of the system that is in use.
    pub(crate) fn state(&self) -> u64 {
        let text = fs::read_to_string(self.path("usr/lib/moult/state")).unwrap();
        text.trim().parse().unwrap()
    }

    /// Fails if a file of the system or of a state of before is not as it was written down.
    pub(crate) fn assert_whole(&self) {
        let verified = self.told(&["state", "verify"]);
        assert_eq!(verified["damage"], serde_json::json!([]), "{verified}");
    }
}

/// Finds an app as a person does, opens its page and presses the button there. What deserves a second look is approved.
pub(crate) fn press_deed(shop: &mut Shop<'_>, term: &str, item: &str) {
    shop.type_over("search", term).unwrap();
    shop.click(&format!("browse-item-{item}")).unwrap();
    shop.wait_screen("item").unwrap();
    let _ = shop.wait("item-deed").unwrap();
    // Until what comes along is known, most of the time.
    std::thread::sleep(Duration::from_secs(2));
    do_deed(shop);
}

/// Presses the button of an app's page. What is shown first is approved.
pub(crate) fn do_deed(shop: &mut Shop<'_>) {
    if shop.press("item-deed").unwrap() {
        shop.click("review-approve").unwrap();
    }
}

/// Waits until something of the window or of the system is so.
pub(crate) fn until(shop: &Shop<'_>, what: &str, is_so: impl Fn(&Shop<'_>) -> bool) {
    let begun = Instant::now();
    while !is_so(shop) {
        assert!(begun.elapsed() < LIMIT, "{what}: {}", shop.said());
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn pictures() -> PathBuf {
    let folder = target_folder().join("pictures/store");
    fs::create_dir_all(&folder).unwrap();
    folder
}
