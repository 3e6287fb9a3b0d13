//! What a disk says of itself, on made-up sysfs trees in front of real loop devices.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use moult_storage::loop_disk::LoopDisk;
use moult_storage::*;
use support::*;

/// A /sys and a /dev in a folder.
struct Machine {
    root: PathBuf,
}

impl Machine {
    fn new(root: PathBuf) -> Self {
        fs::create_dir_all(root.join("sys/block")).unwrap();
        fs::create_dir_all(root.join("dev")).unwrap();
        Self { root }
    }

    fn options(&self) -> ProbeOptions {
        ProbeOptions {
            sysfs: self.root.join("sys"),
            dev: self.root.join("dev"),
            ..options()
        }
    }

    /// A disk at a place in the tree of devices, as /sys/block links to it.
    fn plug(&self, name: &str, behind: &str, real: Option<&LoopDisk>, facts: &[(&str, &str)]) {
        let folder = self.root.join("sys/devices").join(behind).join("block").join(name);
        let mut all = vec![
            ("dev", "240:7"),
            ("size", "8388608"),
            ("ro", "0"),
            ("removable", "0"),
            ("queue/logical_block_size", "512"),
        ];
        let (number, size);
        if let Some(disk) = real {
            number = fs::read_to_string(format!("/sys/block/{}/dev", disk.name())).unwrap();
            size = fs::read_to_string(format!("/sys/block/{}/size", disk.name())).unwrap();
            all.extend([("dev", number.as_str()), ("size", size.as_str())]);
            symlink(disk.node(), self.root.join("dev").join(name)).unwrap();
        }

        all.extend(facts);
        for (fact, value) in all {
            write(&folder.join(fact), value.as_bytes());
        }
        symlink(&folder, self.root.join("sys/block").join(name)).unwrap();
    }

    fn set(&self, name: &str, fact: &str, value: &[u8]) {
        write(&self.root.join("sys/block").join(name).join(fact), value);
    }

    fn disk(&self, name: &str) -> Disk {
        probe(&self.options())
            .unwrap()
            .disks
            .into_iter()
            .find(|disk| disk.kernel_name == name)
            .unwrap()
    }
}

fn write(path: &Path, value: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, value).unwrap();
}

#[test]
fn every_bus_is_told_with_the_model_and_serial_that_are_printed_on_the_disk() {
    let bench = Bench::new();
    let machine = Machine::new(bench.path("machine"));
    let pci = "pci0000:00/0000:00:17.0";
    machine.plug(
        "nvme0n1",
        "pci0000:00/nvme/nvme0",
        None,
        &[
            ("device/model", "Samsung SSD 980 PRO 1TB                 \n"),
            ("device/serial", "S5GXNF0R123456      \n"),
            ("wwid", "eui.002538b111a1b2c3\n"),
        ],
    );
    machine.plug(
        "sda",
        &format!("{pci}/ata1/host0/target0:0:0/0:0:0:0"),
        None,
        &[
            ("device/vendor", "ATA     \n"),
            ("device/model", "WDC  WD10EZEX-00\n"),
            ("device/wwid", "naa.50014ee2b1c2d3e4\n"),
            ("queue/rotational", "1\n"),
        ],
    );
    machine.set("sda", "device/vpd_pg80", b"\x00\x80\x00\x0c WD-WCC6Y7  trailing");
    machine.plug(
        "sdb",
        "pci0000:00/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0",
        None,
        &[("device/vendor", "SanDisk "), ("device/model", "Ultra           ")],
    );
    machine.plug(
        "mmcblk0",
        "platform/mmc_host/mmc0/mmc0:0001",
        None,
        &[
            ("device/name", "SD64G\n"),
            ("device/type", "SD\n"),
            ("device/serial", "0x1234abcd\n"),
            ("device/cid", "1b534d\n"),
        ],
    );
    machine.plug("mmcblk0boot0", "platform/mmc_host/mmc0/mmc0:0001", None, &[]);
    machine.plug(
        "vda",
        "pci0000:00/virtio0",
        None,
        &[("serial", "disk-one"), ("device/vendor", "0x1af4")],
    );
    for ghost in ["ram0", "zram0", "sr0", "dm-0", "md127", "fd0", "loop5"] {
        machine.plug(ghost, &format!("virtual/{ghost}"), None, &[]);
    }
    machine.plug("nbd0", "virtual", None, &[("size", "0")]);
    machine.plug("nvme1c0n1", "pci0000:00/nvme1", None, &[("hidden", "1")]);

    let disks = probe(&machine.options()).unwrap().disks;
    let cards: Vec<_> = disks
        .iter()
        .map(|disk| {
            (
                disk.kernel_name.as_str(),
                disk.bus,
                disk.model.as_str(),
                disk.serial.as_deref(),
                disk.removable,
            )
        })
        .collect();

    assert_eq!(
        cards,
        [
            ("mmcblk0", Bus::Mmc, "SD64G", Some("0x1234abcd"), true),
            (
                "nvme0n1",
                Bus::Nvme,
                "Samsung SSD 980 PRO 1TB",
                Some("S5GXNF0R123456"),
                false
            ),
            ("sda", Bus::Ata, "WDC WD10EZEX-00", Some("WD-WCC6Y7"), false),
            ("sdb", Bus::Usb, "SanDisk Ultra", None, true),
            ("vda", Bus::Virtio, "Virtual disk", Some("disk-one"), false),
        ]
    );
    let sda = &disks[2];
    assert_eq!(
        (sda.wwn.as_deref(), sda.rotational, sda.size),
        (Some("naa.50014ee2b1c2d3e4"), true, 4 * GIB)
    );
    // There are no nodes in this /dev.
    assert!(
        disks
            .iter()
            .all(|disk| matches!(disk.refusal, Some(Refusal::Unreadable { .. })))
    );
}

#[test]
fn a_disk_keeps_its_id_at_another_port_and_its_twin_gets_another() {
    let bench = Bench::new();
    let facts = [("device/model", "Reliable"), ("device/serial", "R-17")];
    let here = Machine::new(bench.path("here"));
    here.plug("sda", "ata1", None, &facts);
    let there = Machine::new(bench.path("there"));
    there.plug("sdq", "ata9", None, &facts);
    there.plug(
        "sdr",
        "ata8",
        None,
        &[("device/model", "Reliable"), ("device/serial", "R-18")],
    );

    assert_eq!(here.disk("sda").id, there.disk("sdq").id);
    assert_ne!(here.disk("sda").id, there.disk("sdr").id);
    assert!(!here.disk("sda").id.as_str().contains("sda"));

    here.plug("sdb", "ata2", None, &facts);
    assert_ne!(here.disk("sda").id, here.disk("sdb").id, "twins with one serial number");
}

#[test]
fn a_disk_with_another_serial_number_at_the_same_place_is_refused_untouched() {
    let bench = Bench::new();
    let disk = bench.disk("target.img", 2 * GIB, 512);
    lived_in(&disk);
    let machine = Machine::new(bench.path("machine"));
    machine.plug(
        "sdq",
        "ata1",
        Some(&disk),
        &[("device/model", "Reliable"), ("device/serial", "R-17")],
    );
    let graph = probe(&machine.options()).unwrap();
    let found = machine.disk("sdq");
    assert_eq!(
        (
            found.refusal.clone(),
            found.table.as_ref().map(|table| table.partitions.len())
        ),
        (None, Some(3))
    );
    let request = Request {
        disk: found.id,
        filesystem: Filesystem::Ext4,
        minimum: 0,
        seed: [0; 16],
    };
    let plan = propose(&request, &graph).unwrap();
    let before = fingerprint(&disk);

    machine.set("sdq", "device/serial", b"R-18\n");
    let error = commit(&plan, &plan.digest(), &machine.options(), &Silent).unwrap_err();

    assert!(matches!(error, Error::Changed { .. }));
    assert!(
        error.to_string().contains("its serial number was “R-17” and is “R-18”"),
        "{error}"
    );
    assert_eq!(fingerprint(&disk), before);
}

#[test]
fn a_node_that_is_another_device_is_never_opened_for_the_disk() {
    let bench = Bench::new();
    let (meant, other) = (
        bench.disk("meant.img", 2 * GIB, 512),
        bench.disk("other.img", 2 * GIB, 512),
    );
    let machine = Machine::new(bench.path("machine"));
    machine.plug("sdq", "ata1", Some(&meant), &[("device/serial", "R-17")]);
    let graph = probe(&machine.options()).unwrap();
    let request = Request {
        disk: graph.disks[0].id.clone(),
        filesystem: Filesystem::Xfs,
        minimum: 0,
        seed: [0; 16],
    };
    let plan = propose(&request, &graph).unwrap();
    let before = (fingerprint(&meant), fingerprint(&other));

    let node = machine.options().dev.join("sdq");
    fs::remove_file(&node).unwrap();
    symlink(other.node(), &node).unwrap();
    let refusal = machine.disk("sdq").refusal;
    let error = commit(&plan, &plan.digest(), &machine.options(), &Silent).unwrap_err();

    assert!(matches!(refusal, Some(Refusal::Unreadable { reason }) if reason.contains("is not the device")));
    assert_eq!(error.disk_state(), DiskState::Untouched);
    assert_eq!((fingerprint(&meant), fingerprint(&other)), before);
}

#[test]
fn a_device_that_stands_on_a_disk_makes_it_in_use() {
    let bench = Bench::new();
    let machine = Machine::new(bench.path("machine"));
    machine.plug("sda", "ata1", None, &[("holders/dm-0", ""), ("device/serial", "1")]);
    machine.plug(
        "sdb",
        "ata2",
        None,
        &[
            ("device/serial", "2"),
            ("sdb1/partition", "1"),
            ("sdb1/dev", "240:9"),
            ("sdb1/start", "2048"),
            ("sdb1/size", "2048"),
            ("sdb1/holders/md0", ""),
        ],
    );

    assert_eq!(
        machine.disk("sda").refusal,
        Some(Refusal::InUse(Use::Holder { device: "dm-0".into() }))
    );
    assert_eq!(
        machine.disk("sdb").refusal,
        Some(Refusal::InUse(Use::Holder { device: "md0".into() }))
    );
}

#[test]
fn a_loop_disk_is_called_by_its_file_and_only_shown_when_asked_for() {
    let bench = Bench::new();
    let disk = bench.disk("my disk.img", 2 * GIB, 4096);

    let found = seen(&disk, &options());
    assert_eq!(found.model, "Disk image my disk.img");
    assert_eq!(
        (found.serial.clone(), found.bus, found.sector_size),
        (None, Bus::Loop, 4096)
    );
    assert_eq!(
        found.backing_file.as_deref(),
        Some(&*disk.image().display().to_string())
    );

    let graph = probe(&ProbeOptions::default()).unwrap();
    assert!(graph.disks.iter().all(|found| found.bus != Bus::Loop));
}
