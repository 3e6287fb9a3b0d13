//! The sample system on a disk that a firmware starts: its states, a kernel and an entry of each.
//!
//! The system is made by the product's own engine, boot menu and configuration of a target, on a disk that is laid out here.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use moult_boot::{Fat, Firmware, Machine, RootSource, Status};
use moult_install::Menu;
use moult_packages::{Engine, Orphans, Provider, Repository, Request, Unwatched, Wanted};
use moult_system::secret::PasswordHash;
use moult_system::target::{Account, Keyboard, Settings, Target};
use moult_tests::lab::Installed;
use moult_tests::sample::linux::LINUX;
use moult_tests::sample::make::SAMPLE;
use moult_tests::sample::moving::{Kernel, Moving};

use super::sample;

/// Who may log in. The password has letters whose keys are elsewhere on a German keyboard.
pub(crate) const USER: &str = "anna";
pub(crate) const PASSWORD: &str = "Zwölf-Yaks&7";

/// Power is cut at so many moments of a change.
pub(crate) const MOMENTS: u32 = 10;

/// The same, or as many as `MOULT_MOMENTS` says (1 to 10).
pub(crate) fn moments() -> u32 {
    let fewer = std::env::var("MOULT_MOMENTS").ok();
    fewer.map_or(MOMENTS, |fewer| fewer.parse().unwrap()).clamp(1, MOMENTS)
}

const MIB: u64 = 1 << 20;
/// The boot partition: from 1 MiB on.
const ESP: u64 = 256;
const SIZE: u64 = 4096;
/// Number of the boot partition's file system, as mkfs.vfat and as fstab write it.
const ESP_SERIAL: (&str, &str) = ("4d4f554c", "4D4F-554C");
/// What a start does without: caches that the first start of each new `/usr` makes before udev comes (a minute and more under emulation, so that
/// the devices that were waited for come too late), and a network, which there is none of.
const EMULATED: [&str; 6] = [
    "systemd.mask=systemd-hwdb-update.service",
    "systemd.mask=systemd-journal-catalog-update.service",
    "systemd.mask=ldconfig.service",
    "systemd.mask=NetworkManager.service",
    "systemd.mask=wpa_supplicant.service",
    "systemd.default_device_timeout_sec=300",
];
/// Where the machine itself finds the next release.
const SHELF: &str = "/srv/next";

/// What the root is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Ext4,
    Xfs,
    /// In the subvolume `@`.
    Btrfs,
}

impl Root {
    fn kind(self) -> &'static str {
        match self {
            Root::Ext4 => "ext4",
            Root::Xfs => "xfs",
            Root::Btrfs => "btrfs",
        }
    }

    /// Makes the file system in a file of its own.
    fn make(self, file: &Path, uuid: &str) {
        let mut mkfs = Command::new(format!("/usr/sbin/mkfs.{}", self.kind()));
        match self {
            Root::Ext4 => mkfs.args(["-q", "-F", "-U", uuid]),
            Root::Xfs => mkfs.args(["-q", "-m", &format!("uuid={uuid}")]),
            Root::Btrfs => mkfs.args(["-q", "-U", uuid]),
        };
        run(mkfs.arg(file), b"");
    }
}

/// A disk image.
pub(crate) struct Computer {
    pub(crate) image: PathBuf,
    root: Root,
    folder: PathBuf,
    uuid: String,
    moving: Moving,
}

impl Computer {
    /// Installs the sample system as state 1 and makes its entry.
    pub(crate) fn install(folder: &Path, root: Root) -> Computer {
        let image = folder.join("disk.img");
        let start = ESP + 1;
        let uuid = fs::read_to_string("/proc/sys/kernel/random/uuid")
            .unwrap()
            .trim()
            .to_owned();
        let file = File::create(&image).unwrap();
        file.set_len(SIZE * MIB).unwrap();
        lay(&file, start * MIB, folder, SIZE - start - 1, |part| {
            root.make(part, &uuid)
        });
        lay(&file, MIB, folder, ESP, |part| {
            run(
                Command::new("/usr/sbin/mkfs.vfat")
                    .args(["-F", "32", "-i", ESP_SERIAL.0])
                    .arg(part),
                b"",
            )
        });
        let table = format!(
            "label: gpt\nstart=1MiB, size={ESP}MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B\n\
             size={}MiB, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709\n",
            SIZE - start - 1
        );
        let mut sfdisk = Command::new("/usr/sbin/sfdisk");
        run(
            sfdisk.args(["--quiet", "--no-reread", "--no-tell-kernel"]).arg(&image),
            table.as_bytes(),
        );
        if root == Root::Btrfs {
            let top = Installed::mount(&image, &folder.join("root")).unwrap();
            let btrfs = |verb: &str| {
                let mut btrfs = Command::new("/usr/bin/btrfs");
                btrfs.args(["subvolume", verb]).arg(top.path().join("@"));
                btrfs
            };
            run(&mut btrfs("create"), b"");
            run(&mut btrfs("set-default"), b"");
        }
        let computer = Computer {
            uuid,
            root,
            moving: Moving::publish(&sample(), &folder.join("moving")).unwrap(),
            folder: folder.to_owned(),
            image,
        };
        computer.change(|root, engine| {
            // What the tests read, and what an emulated machine has no time for.
            let snippets = root.join("etc/kernel/cmdline.d");
            fs::create_dir_all(&snippets).unwrap();
            fs::write(snippets.join("90-serial.cmdline"), "console=tty0 console=ttyS0\n").unwrap();
            fs::write(
                snippets.join("91-emulated.cmdline"),
                format!("{}\n", EMULATED.join(" ")),
            )
            .unwrap();
            let repository = Repository {
                keys: vec![computer.moving.public_key().to_owned()],
                ..Repository::direct(
                    "moving",
                    format!("file://{}/stone.index", computer.moving.repo().display())
                        .parse()
                        .unwrap(),
                )
            };
            engine.add_repository(&repository).unwrap();
            let _ = engine.refresh("moving", &Unwatched).unwrap();
            let request = Request::Install {
                wanted: vec![Wanted::Provider(Provider::name(SAMPLE))],
                reinstall: false,
            };
            apply(engine, &request);
            computer.configure(root);
        });
        computer
    }

    /// Updates it to the next release of its repository, a new kernel among `count` more, as a state of its own with its own entry.
    pub(crate) fn update(&self, count: usize, kernel: Kernel) {
        self.release(count, kernel);
        self.change(|_, engine| {
            let _ = engine.refresh("moving", &Unwatched).unwrap();
            let everything = Request::Sync {
                only: Vec::new(),
                orphans: Orphans::Keep,
            };
            assert_eq!(apply(engine, &everything), count + 1);
        });
    }

    /// Its EFI system partition.
    pub(crate) fn esp(&self) -> Fat {
        Fat::open(&self.image, MIB).unwrap()
    }

    /// Publishes the next release and puts it onto the disk: the machine itself updates to it, without a network.
    pub(crate) fn bring(&self, count: usize) {
        self.release(count, Kernel::Starts);
        let mounted = Installed::mount(&self.image, &self.folder.join("root")).unwrap();
        let (root, repo) = (mounted.path(), self.moving.repo());
        for entry in walkdir::WalkDir::new(&repo) {
            let entry = entry.unwrap();
            let below = entry.path().strip_prefix(&repo).unwrap();
            let name = entry.file_name().to_string_lossy();
            // What has no next release the machine has.
            if !entry.file_type().is_file() || (name.ends_with(".stone") && !name.contains("next")) {
                continue;
            }
            let to = root.join(SHELF.trim_start_matches('/')).join(below);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            let _ = fs::copy(entry.path(), to).unwrap();
        }
        let configuration = root.join("etc/moult/repo.d/moving.kdl");
        let text = fs::read_to_string(&configuration).unwrap();
        let there = text.replace(&repo.display().to_string(), SHELF);
        assert_ne!(there, text);
        fs::write(&configuration, there).unwrap();
    }

    fn release(&self, count: usize, kernel: Kernel) {
        let mut packages = self.moving.smallest(count).unwrap();
        packages.push(LINUX.to_owned());
        let _ = self.moving.advance_with(&packages, kernel).unwrap();
    }

    /// The boot menu as the firmware and the boot loader find it. The machine must be off, or must have written it long ago.
    pub(crate) fn menu(&self) -> Status {
        let etc = self.folder.join("no-etc");
        Machine::new(Arc::new(self.esp()), self.source(), etc).status().unwrap()
    }

    /// Does something with the mounted system, whose boot menu the engine has kept by the product.
    pub(crate) fn change(&self, what: impl FnOnce(&Path, &mut Engine)) {
        let mounted = Installed::mount(&self.image, &self.folder.join("root")).unwrap();
        let root = mounted.path();
        let mut engine = Engine::open(root).unwrap();
        let (image, source) = (self.image.clone(), self.source());
        engine.set_boot(Box::new(Menu::new(Firmware::Uefi, move |root| {
            let esp = Fat::open(&image, MIB).unwrap();
            Ok(Machine::new(Arc::new(esp), source.clone(), root.join("etc")))
        })));
        what(root, &mut engine);
    }

    fn source(&self) -> RootSource {
        RootSource {
            uuid: Some(self.uuid.clone()),
            filesystem: self.root.kind().to_owned(),
            subvolume: (self.root == Root::Btrfs).then(|| "@".to_owned()),
            ..RootSource::default()
        }
    }

    /// As the installer writes it.
    fn fstab(&self) -> String {
        let (options, order) = match self.root {
            Root::Ext4 => ("defaults", 1),
            Root::Xfs => ("defaults", 0),
            Root::Btrfs => ("subvol=@", 0),
        };
        format!(
            "UUID={} / {} {options} 0 {order}\nUUID={} /efi vfat umask=0077,nosuid,nodev,noexec,nofail 0 2\n",
            self.uuid,
            self.root.kind(),
            ESP_SERIAL.1
        )
    }

    fn configure(&self, root: &Path) {
        let settings = Settings {
            hostname: "moult".to_owned(),
            locale: "C.UTF-8".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            keyboard: Keyboard::new("de", ""),
            account: Account {
                user_name: USER.to_owned(),
                full_name: "Anna".to_owned(),
                administrator: true,
            },
            fstab: self.fstab(),
        };
        let hash = PasswordHash::new(&PASSWORD.to_owned().into()).unwrap();
        let configured = Target::open(root).unwrap().configure(&settings, &hash).unwrap();
        assert_eq!(configured.console_keymap.as_deref(), Some("de-latin1"));
    }
}

/// Applies a request, of which nothing may be wrong, the boot menu neither. How many packages it changes.
fn apply(engine: &mut Engine, request: &Request) -> usize {
    let plan = engine.plan(request, &Unwatched).unwrap();
    let applied = engine.apply(&plan, &Unwatched).unwrap();
    assert_eq!(applied.warnings, Vec::<String>::new());
    plan.packages.len()
}

/// Looks at the system on an image with the engine, which first settles what was cut off: every state and every content must be what it
/// should be. Gives the active state, and all of them.
pub(crate) fn whole(image: &Path, at: &Path) -> (u64, Vec<u64>) {
    let mounted = Installed::mount(image, at).unwrap();
    let mut engine = Engine::open(mounted.path()).unwrap();
    let verified = engine.verify(false, &Unwatched).unwrap();
    assert_eq!(verified.problems, Vec::new());
    let states = engine.states().unwrap().into_iter().map(|state| state.id).collect();
    (engine.active().unwrap().unwrap(), states)
}

/// Makes a file system of `size` MiB in a file, and puts it at a place of the disk.
fn lay(disk: &File, at: u64, folder: &Path, size: u64, make: impl FnOnce(&Path)) {
    const BLOCK: usize = 1 << 20;

    let path = folder.join("part.img");
    File::create(&path).unwrap().set_len(size * MIB).unwrap();
    make(&path);
    let part = File::open(&path).unwrap();
    let (mut block, nothing) = (vec![0_u8; BLOCK], vec![0_u8; BLOCK]);
    for number in 0..size {
        part.read_exact_at(&mut block, number * MIB).unwrap();
        // The disk is as empty as its image is sparse.
        if block != nothing {
            disk.write_all_at(&block, at + number * MIB).unwrap();
        }
    }
    fs::remove_file(&path).unwrap();
}

/// Runs a program that must succeed.
fn run(command: &mut Command, input: &[u8]) {
    let mut child = command
        .env("PATH", "/usr/sbin:/usr/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
