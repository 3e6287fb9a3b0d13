//! What started the machine.

use std::path::Path;

/// What started the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Firmware {
    /// UEFI.
    Uefi,
    /// A BIOS, or a container that has no firmware.
    Bios,
}

/// What started this machine: the kernel shows an `efi` directory after a start by UEFI.
pub fn firmware() -> Firmware {
    firmware_below(Path::new("/"))
}

pub(crate) fn firmware_below(root: &Path) -> Firmware {
    if root.join("sys/firmware/efi").is_dir() {
        Firmware::Uefi
    } else {
        Firmware::Bios
    }
}
