//! What a computer is made of, and how QEMU is told.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Error, program};

/// The firmware: Debian's package ovmf.
const FIRMWARE: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";
const VARIABLES: &str = "/usr/share/OVMF/OVMF_VARS_4M.fd";
/// The one whose variables only itself can write, in a mode of the processor that the system never sees (SMM).
const SECURE_FIRMWARE: &str = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd";
/// With Secure Boot on, and a key that everybody has: [`SECURE_KEY`].
const SECURE_VARIABLES: &str = "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd";
/// The key that a firmware with [`Hardware::secure_boot`] trusts, encrypted with the word "snakeoil", and its certificate; both PEM.
pub const SECURE_KEY: [&str; 2] = [
    "/usr/share/ovmf/PkKek-1-snakeoil.key",
    "/usr/share/ovmf/PkKek-1-snakeoil.pem",
];

/// How a disk is plugged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bus {
    /// virtio-blk, `/dev/vdX` in Linux.
    Virtio,
    /// A stick in a USB 3 port.
    Usb,
    /// A disc in a SATA drive, read only.
    Disc,
}

/// How a disk image is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The bytes of the disk.
    Raw,
    /// QEMU's own, such as one laid over another image.
    Qcow2,
}

/// One disk.
#[derive(Debug, Clone)]
pub struct Drive {
    /// The image.
    pub image: PathBuf,
    /// How it is stored.
    pub format: Format,
    /// How it is plugged in.
    pub bus: Bus,
}

impl Drive {
    /// A raw image as a virtio disk.
    pub fn disk(image: &Path) -> Drive {
        Drive {
            image: image.to_owned(),
            format: Format::Raw,
            bus: Bus::Virtio,
        }
    }

    /// A new image at `path` that holds only what becomes different from the raw image `base`, as a virtio disk.
    ///
    /// # Errors
    /// When `qemu-img` fails.
    pub fn over(base: &Path, path: &Path) -> Result<Drive, Error> {
        let base = fs::canonicalize(base).map_err(Error::file("looking for", base))?;
        let mut create = program::system("qemu-img")?;
        create
            .args(["create", "-q", "-f", "qcow2", "-F", "raw", "-b"])
            .arg(base)
            .arg(path);
        let _ = program::output(&mut create)?;
        Ok(Drive {
            format: Format::Qcow2,
            ..Drive::disk(path)
        })
    }
}

/// What a machine is made of.
#[derive(Debug, Clone)]
pub struct Hardware {
    /// Memory in MiB.
    pub memory: u32,
    /// Disks, in the order of the firmware.
    pub drives: Vec<Drive>,
    /// A network card behind which the host is 10.0.2.2; without, the machine is offline.
    pub network: bool,
    /// The firmware starts only what is signed with [`SECURE_KEY`].
    pub secure_boot: bool,
    /// A window on this desktop. Without, there is a screen all the same, and [`Machine::picture`] shows it.
    pub window: bool,
}

impl Default for Hardware {
    fn default() -> Hardware {
        Hardware {
            memory: 2048,
            drives: Vec::new(),
            network: false,
            secure_boot: false,
            window: false,
        }
    }
}

impl Hardware {
    /// What its firmware remembers when it is new.
    pub(super) fn variables(&self) -> &'static str {
        if self.secure_boot { SECURE_VARIABLES } else { VARIABLES }
    }
}

/// QEMU's arguments. `setpriv` ends it with the thread that started it.
pub(super) fn command(hardware: &Hardware, folder: &Path) -> Result<Command, Error> {
    let qemu = program::find_program("qemu-system-x86_64")?;
    let below = |name: &str| comma(&folder.join(name));
    let mut command = program::system("setpriv")?;
    command.args(["--pdeathsig", "KILL", "--"]).arg(qemu);
    let (machine, firmware) = match hardware.secure_boot {
        true => ("q35,smm=on", SECURE_FIRMWARE),
        false => ("q35", FIRMWARE),
    };
    command.args([
        "-nodefaults",
        "-no-user-config",
        "-machine",
        machine,
        "-accel",
        "tcg,thread=multi",
    ]);
    command.args(["-cpu", "max", "-smp", "2", "-m", &hardware.memory.to_string()]);
    command.args([
        "-drive",
        &format!("if=pflash,unit=0,format=raw,readonly=on,file={firmware}"),
    ]);
    if hardware.secure_boot {
        command.args(["-global", "driver=cfi.pflash01,property=secure,value=on"]);
    }
    command.args([
        "-drive",
        &format!("if=pflash,unit=1,format=raw,file={}", below("variables")),
    ]);
    command.args(["-device", "VGA,edid=on,xres=1280,yres=800"]);
    command.args([
        "-device",
        "virtio-tablet-pci",
        "-device",
        "virtio-rng-pci",
        "-device",
        "qemu-xhci,id=usb",
    ]);
    command.args(["-qmp", &format!("unix:{},server=on,wait=off", below("qmp"))]);
    // Without QEMU's own log of it: that has a byte again whenever the reader was late.
    let serial = format!("socket,id=serial,path={},server=on,wait=off", below("serial"));
    command.args(["-chardev", &serial, "-serial", "chardev:serial"]);
    if hardware.window {
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "HOME"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.args(["-display", "gtk"]);
    } else {
        command.args(["-display", "none"]);
    }
    if hardware.network {
        command.args([
            "-netdev",
            "user,id=net",
            "-device",
            "virtio-net-pci,netdev=net,romfile=",
        ]);
    }
    for (number, drive) in hardware.drives.iter().enumerate() {
        let format = match drive.format {
            Format::Raw => "raw",
            Format::Qcow2 => "qcow2",
        };
        let read_only = if drive.bus == Bus::Disc { ",readonly=on" } else { "" };
        let device = match drive.bus {
            Bus::Virtio => format!("virtio-blk-pci,drive=drive{number}"),
            Bus::Usb => format!("usb-storage,bus=usb.0,removable=on,drive=drive{number}"),
            Bus::Disc => format!("ide-cd,drive=drive{number}"),
        };
        let image = comma(&drive.image);
        // What the host's kernel has is safe from `kill -9`; nobody cuts the host's power to test.
        command.args([
            "-drive",
            &format!("if=none,id=drive{number},format={format},cache=unsafe,file={image}{read_only}"),
            "-device",
            &device,
        ]);
    }
    Ok(command)
}

/// A path as a value of QEMU's options, in which a comma is written twice.
fn comma(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_drive_is_plugged_in_where_it_was_asked_for() {
        let drive = |bus| Drive {
            bus,
            ..Drive::disk(Path::new("/a,b.img"))
        };
        let hardware = Hardware {
            drives: vec![drive(Bus::Virtio), drive(Bus::Usb), drive(Bus::Disc)],
            ..Hardware::default()
        };
        let command = command(&hardware, Path::new("/m")).unwrap();
        let line: Vec<_> = command.get_args().map(|part| part.to_string_lossy()).collect();
        let line = line.join(" ");
        assert!(line.contains("virtio-blk-pci,drive=drive0"), "{line}");
        assert!(
            line.contains("usb-storage,bus=usb.0,removable=on,drive=drive1"),
            "{line}"
        );
        assert!(
            line.contains("id=drive2,format=raw,cache=unsafe,file=/a,,b.img,readonly=on -device ide-cd"),
            "{line}"
        );
        assert!(!line.contains("netdev"), "offline: {line}");
    }
}
