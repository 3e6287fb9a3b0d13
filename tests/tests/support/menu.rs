//! What the firmware would start from an installed image.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use moult_boot::{Fat, Machine, Next, RootSource, Status};

use super::image::Root;

/// Where the EFI system partition begins in an image, in bytes: by its type in the table.
fn esp(image: &Path) -> u64 {
    let listed = Command::new("/sbin/sfdisk").arg("--json").arg(image).output().unwrap();
    let table: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let table = &table["partitiontable"];
    let sector = table["sectorsize"].as_u64().unwrap_or(512);
    let partitions = table["partitions"].as_array().unwrap();
    let esp = partitions
        .iter()
        .find(|partition| partition["type"] == "C12A7328-F81F-11D2-BA4B-00A0C93EC93B")
        .expect("an EFI system partition");
    esp["start"].as_u64().unwrap() * sector
}

/// The menu of an image, read as the firmware and the boot loader read it, and what starts next.
pub(crate) fn of(image: &Path, root: &Root) -> (Status, Next) {
    let fat = Fat::open(image, esp(image)).unwrap();
    let fstab = root.read("etc/fstab");
    let mut lines = fstab.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let slash = lines.find(|line| line.get(1) == Some(&"/")).expect("a root in fstab");
    let source = RootSource {
        uuid: slash[0].strip_prefix("UUID=").map(str::to_owned),
        filesystem: slash[2].to_owned(),
        subvolume: (slash[2] == "btrfs").then(|| "@".to_owned()),
        ..RootSource::default()
    };
    let machine = Machine::new(Arc::new(fat), source, root.path.join("etc"));
    let status = machine.status().unwrap();
    let next = status
        .next
        .clone()
        .unwrap_or_else(|fault| panic!("nothing would start: {fault}"));
    (status, next)
}

/// The first state starts, with the kernel of its packages; `filesystem` is its root's.
pub(crate) fn starts_the_first_state(image: &Path, root: &Root, filesystem: &str) {
    let (status, next) = of(image, root);
    assert_eq!(next.state, Some(1), "{status:?}");
    assert!(
        next.kernel
            .is_some_and(|kernel| root.path.join("usr/lib/kernel").join(kernel).is_dir())
    );
    let [entry] = status.entries.as_slice() else {
        panic!("{:?}", status.entries);
    };
    assert_eq!((entry.state, entry.fault.as_deref()), (1, None));
    assert!(entry.next && status.loader.is_some(), "{status:?}");
    let fat = Fat::open(image, esp(image)).unwrap();
    let text = moult_boot::Volume::read(&fat, &format!("loader/entries/{}", entry.file)).unwrap();
    let text = String::from_utf8(text.expect("the entry")).unwrap();
    let options = text
        .lines()
        .find_map(|line| line.strip_prefix("options"))
        .expect("options");
    for wanted in ["moult.state=1", "root=UUID=", &format!("rootfstype={filesystem}")] {
        assert!(options.contains(wanted), "{wanted}: {text}");
    }
    assert_eq!(options.contains("rootflags=subvol=@"), filesystem == "btrfs", "{text}");
}
