//! Superblocks as the real tools make them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use moult_early::superblock::{Kind, Superblock, parse, read};

const UUID: &str = "3f1a9c52-07de-4a4b-9c35-6b1f0a2d4e77";

fn run(program: &str, arguments: &[&str], image: &Path) {
    let found = ["/usr/sbin", "/usr/bin", "/sbin"].map(|folder| Path::new(folder).join(program));
    let program = found
        .iter()
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{program} is needed"));
    let output = Command::new(program)
        .args(arguments)
        .arg(image)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}: {}",
        program.display(),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn made(program: &str, arguments: &[&str], mib: u64) -> Option<Superblock> {
    let image = tempfile::NamedTempFile::new().unwrap();
    image.as_file().set_len(mib << 20).unwrap();
    run(program, arguments, image.path());
    read(image.as_file()).unwrap()
}

fn block(kind: Kind, uuid: Option<&str>, label: Option<&str>) -> Option<Superblock> {
    Some(Superblock {
        kind,
        uuid: uuid.map(str::to_owned),
        label: label.map(str::to_owned),
    })
}

#[test]
fn file_systems_of_roots_are_read() {
    for (program, kind) in [("mkfs.ext4", Kind::Ext4), ("mkfs.ext2", Kind::Ext4)] {
        let found = made(program, &["-q", "-U", UUID, "-L", "a root"], 8);
        assert_eq!(found, block(kind, Some(UUID), Some("a root")));
    }
    let found = made("mkfs.btrfs", &["-q", "-U", UUID, "-L", "the root"], 128);
    assert_eq!(found, block(Kind::Btrfs, Some(UUID), Some("the root")));
    let found = made(
        "mkfs.xfs",
        &["-q", "-m", &format!("uuid={UUID}"), "-L", "twelve_chars"],
        320,
    );
    assert_eq!(found, block(Kind::Xfs, Some(UUID), Some("twelve_chars")));
    assert_eq!(
        made("mkfs.ext4", &["-q", "-U", UUID], 8),
        block(Kind::Ext4, Some(UUID), None)
    );
}

#[test]
fn file_systems_of_sticks_are_read() {
    let found = made("mkfs.vfat", &["-F", "32", "-i", "1234abcd", "-n", "STICK"], 64);
    assert_eq!(found, block(Kind::Vfat, Some("1234-ABCD"), Some("STICK")));
    let found = made("mkfs.vfat", &["-F", "12", "-i", "1234abcd"], 1);
    assert_eq!(found, block(Kind::Vfat, Some("1234-ABCD"), None));
    // Without their tools: the first sector as it is described.
    let mut exfat = vec![0; 512];
    exfat[3..11].copy_from_slice(b"EXFAT   ");
    exfat[100..104].copy_from_slice(&0x1234_abcd_u32.to_le_bytes());
    assert_eq!(parse(&exfat), block(Kind::Exfat, Some("1234-ABCD"), None));
    let mut ntfs = vec![0; 512];
    ntfs[3..11].copy_from_slice(b"NTFS    ");
    ntfs[72..80].copy_from_slice(&0x01ab_cdef_u64.to_le_bytes());
    assert_eq!(parse(&ntfs), block(Kind::Ntfs, Some("0000000001ABCDEF"), None));
}

#[test]
fn images_are_read() {
    let folder = tempfile::TempDir::new().unwrap();
    let content = folder.path().join("content");
    std::fs::create_dir(&content).unwrap();
    std::fs::write(content.join("a"), "a").unwrap();
    let image = |name: &str| folder.path().join(name);
    let content = content.to_str().unwrap();

    run("mksquashfs", &[content], &image("s"));
    assert_eq!(
        read(&File::open(image("s")).unwrap()).unwrap(),
        block(Kind::Squashfs, None, None)
    );

    let output = Command::new("/usr/bin/mkfs.erofs")
        .args(["-U", UUID])
        .arg(image("e"))
        .arg(content)
        .output()
        .or_else(|_| {
            Command::new("/usr/sbin/mkfs.erofs")
                .args(["-U", UUID])
                .arg(image("e"))
                .arg(content)
                .output()
        })
        .unwrap();
    assert!(output.status.success());
    assert_eq!(
        read(&File::open(image("e")).unwrap()).unwrap(),
        block(Kind::Erofs, Some(UUID), None)
    );

    let output = Command::new("/usr/bin/xorriso")
        .args([
            "-as",
            "mkisofs",
            "-V",
            "MOULT",
            "--modification-date=2026112801020399",
            "-o",
        ])
        .arg(image("i"))
        .arg(content)
        .output()
        .unwrap();
    assert!(output.status.success());
    let wanted = block(Kind::Iso9660, Some("2026-11-28-01-02-03-99"), Some("MOULT"));
    assert_eq!(read(&File::open(image("i")).unwrap()).unwrap(), wanted);
}

#[test]
fn an_encrypted_volume_is_known_as_such() {
    let mut luks = vec![0; 4096];
    luks[..8].copy_from_slice(b"LUKS\xba\xbe\x00\x02");
    luks[24..28].copy_from_slice(b"home");
    luks[168..204].copy_from_slice(UUID.as_bytes());
    assert_eq!(parse(&luks), block(Kind::Luks, Some(UUID), Some("home")));
}

#[test]
fn what_is_cut_off_or_nonsense_is_no_trouble() {
    assert_eq!(parse(&[]), None);
    assert_eq!(parse(&[0; 70_000]), None);
    let image = tempfile::NamedTempFile::new().unwrap();
    image.as_file().set_len(8 << 20).unwrap();
    run("mkfs.ext4", &["-q", "-U", UUID], image.path());
    let bytes = std::fs::read(image.path()).unwrap();
    for end in 0..4096 {
        let _ = parse(&bytes[..end]);
    }
    for magic in [&b"LUKS\xba\xbe"[..], b"hsqs", b"XFSB"] {
        let _ = parse(magic);
    }
}
