#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]
use std::process::{Command, Stdio};

use super::*;

fn table(kind: &str, script: &str) -> tempfile::NamedTempFile {
    use std::io::Write;
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(64 << 20).unwrap();
    let mut sfdisk = Command::new("/usr/sbin/sfdisk")
        .args(["--quiet", "--label", kind])
        .arg(file.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    sfdisk.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(sfdisk.wait().unwrap().success());
    file
}

#[test]
fn partitions_are_known_by_the_identity_in_their_table() {
    let gpt = table(
        "gpt",
        "size=8M, uuid=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=first\nsize=8M, uuid=C12A7328-F81F-11D2-BA4B-00A0C93EC93B\n",
    );
    let of = |file: &tempfile::NamedTempFile, number| partition(file.as_file(), number, 512);
    assert_eq!(
        of(&gpt, 1),
        Some(Partition {
            uuid: "0fc63daf-8483-4772-8e79-3d69d8477de4".to_owned(),
            label: Some("first".to_owned()),
        })
    );
    let second = of(&gpt, 2).unwrap();
    assert_eq!(
        (second.uuid.as_str(), second.label),
        ("c12a7328-f81f-11d2-ba4b-00a0c93ec93b", None)
    );
    assert_eq!((of(&gpt, 3), of(&gpt, 0), of(&gpt, 129)), (None, None, None));

    let mbr = table("dos", "label-id: 0xdeadbeef\nsize=8M\n");
    assert_eq!(of(&mbr, 1).unwrap().uuid, "deadbeef-01");
    let none = tempfile::NamedTempFile::new().unwrap();
    none.as_file().set_len(1 << 20).unwrap();
    assert_eq!(of(&none, 1), None);
}

#[test]
fn devices_are_called_as_the_command_line_does() {
    assert_eq!(Wanted::parse("UUID=ab-1"), Some(Wanted::Uuid("ab-1".to_owned())));
    assert_eq!(
        Wanted::parse("/dev/disk/by-partuuid/ab"),
        Some(Wanted::PartUuid("ab".to_owned()))
    );
    assert_eq!(Wanted::parse("LABEL=a b"), Some(Wanted::Label("a b".to_owned())));
    assert_eq!(
        Wanted::parse("PARTLABEL=root"),
        Some(Wanted::PartLabel("root".to_owned()))
    );
    assert_eq!(
        Wanted::parse("/dev/vda2"),
        Some(Wanted::Path(PathBuf::from("/dev/vda2")))
    );
    for wrong in ["", "UUID=", "/dev/", "vda2", "8:1"] {
        assert_eq!(Wanted::parse(wrong), None, "{wrong:?}");
    }
}
