//! One machine: where its firmware looks, and what its root is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::efi::EfiVariables;
use crate::error::Error;
use crate::find;
use crate::policy::Policy;
use crate::root::RootSource;
use crate::sign::Key;
use crate::status::{self, Report, Status};
use crate::sync;
use crate::tree::Tree;
use crate::volume::Volume;

/// What programs the firmware can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// `x64`.
    X86_64,
    /// `aa64`.
    Aarch64,
    /// `riscv64`.
    Riscv64,
}

impl Architecture {
    /// The one that this program was built for.
    pub const fn of_running() -> Self {
        if cfg!(target_arch = "aarch64") {
            Self::Aarch64
        } else if cfg!(target_arch = "riscv64") {
            Self::Riscv64
        } else {
            Self::X86_64
        }
    }

    /// How file names say it ("x64").
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::X86_64 => "x64",
            Self::Aarch64 => "aa64",
            Self::Riscv64 => "riscv64",
        }
    }

    /// What the header of a program says (`IMAGE_FILE_MACHINE_*`).
    pub(crate) const fn machine(self) -> u16 {
        match self {
            Self::X86_64 => 0x8664,
            Self::Aarch64 => 0xaa64,
            Self::Riscv64 => 0x5064,
        }
    }
}

/// When a chosen state starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// At the next boot alone.
    Once,
    /// From now on, until the active state changes.
    Always,
}

/// What the running system was started with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Booted {
    /// `moult.state=` of the kernel's command line.
    pub state: Option<u64>,
    /// Release of the kernel that runs (`uname -r`).
    pub release: Option<String>,
}

/// The partition of the ESP, as a firmware entry names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EspPartition {
    /// Its number in the table, from 1.
    pub number: u32,
    /// Its first block, in the disk's blocks.
    pub start: u64,
    /// Its length, in the disk's blocks.
    pub blocks: u64,
    /// UUID of the partition, lower case with dashes.
    pub uuid: String,
}

/// One machine.
#[derive(Debug)]
pub struct Machine {
    /// EFI system partition.
    pub esp: Arc<dyn Volume>,
    /// Extended boot loader partition: kernels and entries are written here if there is one, else to the ESP.
    pub xbootldr: Option<Arc<dyn Volume>>,
    /// Firmware variables; `None` = the machine keeps none, or they are another machine's than the one written for.
    pub variables: Option<EfiVariables>,
    /// Partition of the ESP; without it no firmware entry is made and the fallback path has to do.
    pub esp_partition: Option<EspPartition>,
    /// Where the root file system is found at boot.
    pub root: RootSource,
    /// The administrator's `/etc`.
    pub etc: PathBuf,
    /// `/etc/machine-id`, where it is known.
    pub machine_id: Option<String>,
    /// What this system was started with; empty for a machine that is being installed.
    pub booted: Booted,
    /// Whose loader is written.
    pub architecture: Architecture,
}

impl Machine {
    /// A machine that is not the running one, such as the target of an installation: no XBOOTLDR, no firmware variables, nothing booted, the
    /// machine-id out of `etc`. The fields are there to be set.
    pub fn new(esp: Arc<dyn Volume>, root: RootSource, etc: impl Into<PathBuf>) -> Self {
        let etc = etc.into();
        Self {
            esp,
            xbootldr: None,
            variables: None,
            esp_partition: None,
            root,
            machine_id: machine_id(&etc),
            etc,
            booted: Booted::default(),
            architecture: Architecture::of_running(),
        }
    }

    /// The running machine, `root` being its root file system (`/`). The ESP is the partition that started it (`LoaderDevicePartUUID`), else
    /// what is mounted at `/efi`, `/boot` or `/boot/efi`, else the one of its type on the root's disk; XBOOTLDR is found on the same disk. What is not
    /// mounted is mounted privately until the machine is dropped, or written by this program itself where the kernel has no vfat.
    ///
    /// # Errors
    /// [`Error::Bios`], [`Error::NoEsp`], or when something cannot be read.
    pub fn of_running(root: &Path) -> Result<Self, Error> {
        find::running(root)
    }

    /// Makes the boot menu what it should be for these states (in any order, one active), and proves it by following what the firmware does.
    ///
    /// Order of writing: kernels, loader, `loader.conf` where there is none, entries, firmware entry; then old entries and kernels are removed. A kill
    /// at any point leaves a machine that boots. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`Error::Full`] and all that say so come before the first byte. [`Error::NotBootable`] and [`Error::Volume`] leave what was there before beside
    /// what is new. After [`Error::ActiveFailed`] everything is in place, and the machine starts an older state.
    pub fn sync(&self, trees: &[Tree], policy: &Policy) -> Result<Report, Error> {
        sync::sync(self, trees, policy)
    }

    /// The boot menu as it is. Writes nothing.
    ///
    /// # Errors
    /// When a volume cannot be read.
    pub fn status(&self) -> Result<Status, Error> {
        status::of(self)
    }

    /// Whether each entry of a state with this tree is one signed image of its own, which shares nothing with other states: there is a key,
    /// and the tree has systemd's stub.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn makes_images(&self, tree: &Tree) -> Result<bool, Error> {
        Ok(Key::find(&self.etc)?.is_some() && tree.stub(self.architecture).is_ok())
    }

    /// Where kernels and entries are: XBOOTLDR if there is one, else the ESP.
    pub(crate) fn boot_volume(&self) -> &dyn Volume {
        self.xbootldr.as_deref().unwrap_or(self.esp.as_ref())
    }

    /// Volumes that the loader reads entries from.
    pub(crate) fn volumes(&self) -> Vec<Arc<dyn Volume>> {
        let mut volumes = vec![Arc::clone(&self.esp)];
        volumes.extend(self.xbootldr.clone());
        volumes
    }

    pub(crate) fn loader_name(&self) -> String {
        format!("systemd-boot{}.efi", self.architecture.suffix())
    }

    /// Where the loader is on the ESP.
    pub(crate) fn loader_path(&self) -> String {
        format!("EFI/systemd/{}", self.loader_name())
    }

    /// What a firmware starts that has no entry of its own.
    pub(crate) fn fallback_path(&self) -> String {
        format!("EFI/BOOT/BOOT{}.EFI", self.architecture.suffix().to_uppercase())
    }
}

/// `/etc/machine-id`, if it is one: 32 digits. A system that was not started yet has `uninitialized`.
fn machine_id(etc: &Path) -> Option<String> {
    let text = std::fs::read_to_string(etc.join("machine-id")).ok()?;
    let id = text.trim();
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| id.to_lowercase())
}
