//! What a disk says of itself.

use std::fs;
use std::path::Path;

use crate::graph::{Bus, Disk, DiskId};
use crate::probe::ProbeOptions;
use crate::probe::sysfs::BlockDevice;

/// Never a disk to install on: memory, optical drives, floppies, flash behind a driver, and what stands on other disks.
const NOT_DISKS: [&str; 9] = ["ram", "zram", "sr", "fd", "dm-", "md", "mtdblock", "zd", "rbd"];

/// True for what a person would call a disk.
pub(super) fn is_disk(device: &BlockDevice, options: &ProbeOptions) -> bool {
    let name = device.name.as_str();
    let named = |prefix: &&str| {
        name.strip_prefix(*prefix)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };

    if NOT_DISKS.iter().any(named) || device.size() == 0 || device.flag("hidden") {
        return false;
    }
    // Boot areas of an eMMC.
    if name.starts_with("mmcblk") && (name.contains("boot") || name.contains("rpmb")) {
        return false;
    }

    !name.starts_with("loop") || (options.loop_devices && device.text("loop/backing_file").is_some())
}

/// The identity card, before anything is known of the content.
pub(super) fn identify(device: &BlockDevice) -> Disk {
    let bus = bus(device);
    let backing_file = device.text("loop/backing_file");
    let model = model(device, bus, backing_file.as_deref());
    let serial = serial(device).filter(|_| bus != Bus::Loop);
    let wwn = ["wwid", "device/wwid", "device/cid"]
        .iter()
        .find_map(|attribute| device.text(attribute));
    let size = device.size();

    let id = if serial.is_none() && wwn.is_none() {
        let size = size.to_string();
        DiskId::mint(&[
            "place",
            &device.name,
            &size,
            backing_file.as_deref().unwrap_or_default(),
        ])
    } else {
        let [serial, wwn] = [&serial, &wwn].map(|fact| fact.as_deref().unwrap_or_default());
        DiskId::mint(&["hardware", &model, serial, wwn])
    };

    Disk {
        id,
        kernel_name: device.name.clone(),
        model,
        serial,
        wwn,
        bus,
        size,
        sector_size: device
            .number_in("queue/logical_block_size")
            .and_then(|size| u32::try_from(size).ok())
            .unwrap_or(512),
        removable: device.flag("removable") || bus == Bus::Usb || device.text("device/type").as_deref() == Some("SD"),
        rotational: device.flag("queue/rotational"),
        read_only: device.flag("ro"),
        backing_file,
        table: None,
        signature: None,
        refusal: None,
    }
}

fn bus(device: &BlockDevice) -> Bus {
    let name = device.name.as_str();
    // The link in /sys/block leads through every bus in between; a USB disk is a SCSI disk behind a USB device.
    let path = fs::canonicalize(&device.folder).unwrap_or_default();
    let through = |word: &str| {
        path.components().any(|part| {
            let part = part.as_os_str().to_str().unwrap_or_default();
            part.strip_prefix(word)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
    };

    match name {
        _ if name.starts_with("loop") => Bus::Loop,
        _ if name.starts_with("nvme") => Bus::Nvme,
        _ if name.starts_with("mmcblk") => Bus::Mmc,
        _ if through("usb") => Bus::Usb,
        _ if through("virtio") || name.starts_with("vd") => Bus::Virtio,
        _ if through("ata") => Bus::Ata,
        _ if name.starts_with("sd") => Bus::Scsi,
        _ => Bus::Other,
    }
}

fn model(device: &BlockDevice, bus: Bus, backing_file: Option<&str>) -> String {
    if let Some(file) = backing_file {
        let name = Path::new(file)
            .file_name()
            .map(|name| name.to_string_lossy())
            .unwrap_or_default();
        return format!("Disk image {name}");
    }

    let model = device
        .text("device/model")
        .or_else(|| device.text("device/name"))
        .map(|text| single_spaced(&text));
    // libata says "ATA" for every disk, virtio gives a PCI number.
    let vendor = device
        .text("device/vendor")
        .filter(|vendor| vendor != "ATA" && !vendor.starts_with("0x"));

    match (vendor, model) {
        (Some(vendor), Some(model)) if !model.to_lowercase().starts_with(&vendor.to_lowercase()) => {
            format!("{} {model}", single_spaced(&vendor))
        }
        (_, Some(model)) => model,
        (Some(vendor), None) => single_spaced(&vendor),
        (None, None) if bus == Bus::Virtio => "Virtual disk".to_owned(),
        (None, None) => device.name.clone(),
    }
}

fn serial(device: &BlockDevice) -> Option<String> {
    device
        .text("device/serial")
        .or_else(|| device.text("serial"))
        .or_else(|| vital_product_serial(device))
}

/// SCSI's "unit serial number" page: four bytes of header, the last two of them the length.
fn vital_product_serial(device: &BlockDevice) -> Option<String> {
    let page = fs::read(device.folder.join("device/vpd_pg80")).ok()?;
    let length = usize::from(u16::from_be_bytes([*page.get(2)?, *page.get(3)?]));
    let rest = page.get(4..)?;
    let text = String::from_utf8_lossy(rest.get(..length.min(rest.len()))?).into_owned();
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());

    (!text.is_empty()).then(|| text.to_owned())
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
