//! From a request to a sealed proposal. Nothing here writes to a disk.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use moult_packages::{Engine, Provider, Repository, Selection, Unwatched, Url};
use moult_storage::{DeviceGraph, DiskId, Filesystem, Plan, ProbeOptions};
use moult_system::target::{self, Account, Keyboard};
use serde::Serialize;

use crate::boot;
use crate::error::{Cause, Error};

/// Where the kernel shows what UEFI gave it.
const EFI: &str = "/sys/firmware/efi";

/// A repository to install from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// Address of its `stone.index` (`file://`, `http://`, `https://`).
    pub uri: String,
    /// Larger is preferred.
    pub priority: u64,
}

/// What is installed: decided by the image, not by the person at the screen.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Where packages come from.
    pub sources: Vec<Source>,
    /// Providers to install, as `name` or `kind(target)`.
    pub packages: Vec<String>,
    /// Smallest disk, bytes.
    pub minimum_disk: u64,
    /// The disks are images for other machines: the firmware of this one does not count, and is told nothing.
    pub disk_images: bool,
}

/// Everything that the person decided, but for the password.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    /// The disk to erase.
    pub disk: DiskId,
    /// File system of the root.
    pub filesystem: Filesystem,
    /// Host name.
    pub hostname: String,
    /// Locale ("de_DE.UTF-8").
    pub locale: String,
    /// Time zone ("Europe/Berlin").
    pub timezone: String,
    /// XKB layout ("de").
    pub layout: String,
    /// XKB variant; empty = none.
    pub variant: String,
    /// The person's name; may be empty.
    pub full_name: String,
    /// Login name.
    pub user_name: String,
    /// May administer the system.
    pub administrator: bool,
}

/// A plan that a person can approve.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The request.
    pub request: Request,
    /// What happens to the disk.
    pub plan: Plan,
    /// What is installed.
    pub selection: Selection,
    /// A computer can be started from the disk: the packages bring a kernel and a boot loader.
    pub boots: bool,
    /// Seals all of it: BLAKE3, 64 hex digits.
    pub digest: String,
}

/// Plans and carries out installs on this machine.
#[derive(Debug, Clone)]
pub struct Installer {
    pub(crate) offer: Offer,
    pub(crate) probe: ProbeOptions,
    pub(crate) work: PathBuf,
    /// There when UEFI started the machine.
    pub(crate) efi: PathBuf,
}

impl Installer {
    /// `work` is a folder of root's own (0700) on memory: it gets the catalogue, the mount point and the journal.
    pub fn new(offer: Offer, probe: ProbeOptions, work: impl Into<PathBuf>) -> Self {
        let probe = ProbeOptions {
            minimum: offer.minimum_disk,
            ..probe
        };
        Self {
            offer,
            probe,
            work: work.into(),
            efi: PathBuf::from(EFI),
        }
    }

    /// Takes `folder` for what the kernel shows of UEFI: for tests.
    #[must_use]
    pub fn with_firmware(mut self, folder: impl Into<PathBuf>) -> Self {
        self.efi = folder.into();
        self
    }

    /// Why nothing can be installed on this machine, whichever disk is chosen.
    pub fn refusal(&self) -> Option<Error> {
        self.check_firmware().err().map(Cause::untouched)
    }

    /// What Moult installs is started by UEFI alone.
    pub(crate) fn check_firmware(&self) -> Result<(), Cause> {
        if self.offer.disk_images || self.efi.is_dir() {
            return Ok(());
        }
        Err(Cause::NoUefi)
    }

    /// The disks of this machine.
    ///
    /// # Errors
    /// When the system does not say what disks there are.
    pub fn disks(&self) -> Result<DeviceGraph, Error> {
        moult_storage::probe(&self.probe).map_err(|error| Cause::from(error).untouched())
    }

    /// File systems that can be made here, best first.
    pub fn filesystems(&self) -> Vec<Filesystem> {
        moult_storage::filesystems(&self.probe)
    }

    /// Plans an install: looks at the disks, reads the package list, seals the result.
    ///
    /// # Errors
    /// When the disk, the packages or the request do not allow it. Nothing was written to any disk.
    pub fn propose(&self, request: Request) -> Result<Proposal, Error> {
        self.plan(request).map_err(Cause::untouched)
    }

    fn plan(&self, request: Request) -> Result<Proposal, Cause> {
        self.check_firmware()?;
        request.check()?;
        let graph = moult_storage::probe(&self.probe)?;
        let wish = moult_storage::Request {
            disk: request.disk.clone(),
            filesystem: request.filesystem,
            minimum: self.offer.minimum_disk,
            seed: seed()?,
        };
        let plan = moult_storage::propose(&wish, &graph)?;
        let (engine, selection) = self.select()?;
        let boots = boot::starts(&engine, &selection)?;
        let digest = seal(&request, &plan, &selection);
        Ok(Proposal {
            request,
            plan,
            selection,
            boots,
            digest,
        })
    }

    /// Reads the package lists anew and chooses from them.
    pub(crate) fn select(&self) -> Result<(Engine, Selection), Cause> {
        let root = self.work.join("catalogue");
        fresh_folder(&root)?;
        let mut engine = Engine::open(&root)?;
        self.add_repositories(&mut engine)?;
        let selection = engine.resolve(&self.wanted()?)?;
        Ok((engine, selection))
    }

    /// Adds and refreshes every configured repository.
    pub(crate) fn add_repositories(&self, engine: &mut Engine) -> Result<(), Cause> {
        for source in &self.offer.sources {
            let uri = Url::parse(&source.uri).map_err(|error| Cause::Repository {
                id: source.id.clone(),
                reason: error.to_string(),
            })?;
            let repository = Repository {
                priority: source.priority,
                ..Repository::direct(source.id.clone(), uri)
            };
            engine.add_repository(&repository)?;
            let _ = engine.refresh(&source.id, &Unwatched)?;
        }
        Ok(())
    }

    pub(crate) fn wanted(&self) -> Result<Vec<Provider>, Cause> {
        let parse = |name: &String| name.parse().map_err(|_| Cause::PackageName(name.clone()));
        self.offer.packages.iter().map(parse).collect()
    }
}

impl Request {
    pub(crate) fn settings(&self, fstab: String) -> target::Settings {
        target::Settings {
            hostname: self.hostname.clone(),
            locale: self.locale.clone(),
            timezone: self.timezone.clone(),
            keyboard: Keyboard::new(&self.layout, &self.variant),
            account: Account {
                user_name: self.user_name.clone(),
                full_name: self.full_name.clone(),
                administrator: self.administrator,
            },
            fstab,
        }
    }

    /// What can be known to be wrong before a disk is touched.
    fn check(&self) -> Result<(), Cause> {
        let settings = self.settings(String::new());
        target::valid_hostname(&settings.hostname)?;
        target::valid_locale(&settings.locale)?;
        settings.keyboard.validate()?;
        settings.account.validate()?;
        // The new system's own accounts are known only once it is there; those of the running one are nearly the same.
        for list in ["/etc/passwd", "/etc/group"] {
            if system_names(&fs::read_to_string(list).unwrap_or_default()).any(|name| name == self.user_name) {
                return Err(moult_system::Error::NameTaken {
                    name: self.user_name.clone(),
                }
                .into());
            }
        }
        Ok(())
    }
}

/// Names with a number below 1000 in the form of passwd(5) or group(5).
fn system_names(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let number: u32 = fields.nth(1)?.parse().ok()?;
        (number < 1000).then_some(name)
    })
}

fn seal(request: &Request, plan: &Plan, selection: &Selection) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("moult-install proposal v1");
    let mut part = |bytes: &[u8]| {
        let _ = hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    // A struct of strings, numbers and words always serialises.
    part(&serde_json::to_vec(request).unwrap_or_default());
    part(plan.digest().to_string().as_bytes());
    for package in &selection.packages {
        part(package.hash.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn seed() -> Result<[u8; 16], Cause> {
    let mut seed = [0; 16];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut seed))
        .map_err(Cause::io("drawing random numbers", "/dev/urandom"))?;
    Ok(seed)
}

fn fresh_folder(path: &Path) -> Result<(), Cause> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Cause::io("making room for the package list", path)(error));
        }
        _ => {}
    }
    fs::create_dir_all(path).map_err(Cause::io("making room for the package list", path))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

    use super::*;
    use crate::error::DiskState;

    fn installer(disk_images: bool, efi: &Path, work: &Path) -> Installer {
        let offer = Offer {
            sources: Vec::new(),
            packages: vec!["base".into()],
            minimum_disk: 1 << 30,
            disk_images,
        };
        Installer::new(offer, ProbeOptions::default(), work).with_firmware(efi)
    }

    fn request() -> Request {
        Request {
            disk: DiskId::new("a"),
            filesystem: Filesystem::Ext4,
            hostname: "host".into(),
            locale: "C.UTF-8".into(),
            timezone: "UTC".into(),
            layout: "us".into(),
            variant: String::new(),
            full_name: String::new(),
            user_name: "anna".into(),
            administrator: true,
        }
    }

    #[test]
    fn a_machine_that_uefi_did_not_start_is_refused_before_anything_is_looked_at() {
        let work = tempfile::tempdir().unwrap();
        let no_efi = work.path().join("no-efi");
        let bios = installer(false, &no_efi, work.path());
        assert!(matches!(
            bios.refusal(),
            Some(Error {
                cause: Cause::NoUefi,
                ..
            })
        ));
        let refused = bios.propose(request()).unwrap_err();
        assert!(matches!(refused.cause, Cause::NoUefi), "{refused}");
        assert_eq!(refused.disk, DiskState::Untouched);
        assert!(!work.path().join("catalogue").exists(), "it went on all the same");

        // UEFI, or an image that another machine starts: the next thing that is wrong is said.
        let uefi = installer(false, work.path(), work.path());
        let image = installer(true, &no_efi, work.path());
        for installer in [uefi, image] {
            assert!(installer.refusal().is_none());
            let refused = installer.propose(request()).unwrap_err();
            assert!(!matches!(refused.cause, Cause::NoUefi), "{refused}");
        }
    }

    #[test]
    fn names_of_the_system_are_told_from_those_of_people() {
        let list = "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\nanna:x:1000:1000::/home/anna:/bin/sh\n";
        assert_eq!(system_names(list).collect::<Vec<_>>(), ["root", "daemon"]);
    }
}
