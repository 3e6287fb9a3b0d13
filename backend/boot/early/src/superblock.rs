//! Tells file systems apart, and reads their UUID and label: of the kinds that a root, a medium or a stick may have.
//!
//! Numbers are those of the file systems' own descriptions on the disk. What is read is compared and shown, nothing else:
//! no length in it is trusted.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Kinds of file systems, and the encrypted volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// ext2, ext3 and ext4: one driver.
    Ext4,
    /// XFS.
    Xfs,
    /// btrfs.
    Btrfs,
    /// FAT12, FAT16, FAT32.
    Vfat,
    /// exFAT.
    Exfat,
    /// NTFS.
    Ntfs,
    /// ISO 9660.
    Iso9660,
    /// squashfs.
    Squashfs,
    /// EROFS.
    Erofs,
    /// A LUKS volume, which has to be unlocked first.
    Luks,
}

impl Kind {
    /// What `mount` calls it; also the name of its module.
    #[must_use]
    pub fn driver(self) -> &'static str {
        match self {
            Kind::Ext4 => "ext4",
            Kind::Xfs => "xfs",
            Kind::Btrfs => "btrfs",
            Kind::Vfat => "vfat",
            Kind::Exfat => "exfat",
            Kind::Ntfs => "ntfs3",
            Kind::Iso9660 => "iso9660",
            Kind::Squashfs => "squashfs",
            Kind::Erofs => "erofs",
            Kind::Luks => "crypto_LUKS",
        }
    }
}

/// What a superblock says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superblock {
    /// Which kind.
    pub kind: Kind,
    /// As blkid writes it; None for kinds without one.
    pub uuid: Option<String>,
    /// None if empty, or not in the superblock (exFAT, NTFS).
    pub label: Option<String>,
}

/// btrfs keeps its superblock the farthest from the start, at 64 KiB.
const WINDOW: usize = 68 << 10;

/// Reads the superblock of a device or an image; None if there is none of a known kind.
///
/// # Errors
/// As reading the file.
pub fn read(file: &File) -> io::Result<Option<Superblock>> {
    let mut bytes = vec![0; WINDOW];
    let mut have = 0;
    while let Some(rest) = bytes.get_mut(have..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, have as u64) {
            Ok(0) => break,
            Ok(read) => have += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(have);
    Ok(parse(&bytes))
}

/// The same out of the first 68 KiB; what is cut off is not there.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Superblock> {
    // Those that say most clearly what they are come first: an ISO image may begin with a boot sector like that of a FAT.
    [luks, squashfs, xfs, erofs, btrfs, ext4, iso9660, exfat, ntfs, vfat]
        .iter()
        .find_map(|kind| kind(bytes))
}

fn luks(bytes: &[u8]) -> Option<Superblock> {
    is(bytes, 0, b"LUKS\xba\xbe")?;
    let version = u16::from_be_bytes(array(bytes, 6)?);
    let label = if version == 2 { text(bytes, 24, 48) } else { None };
    some(Kind::Luks, text(bytes, 168, 40), label)
}

fn squashfs(bytes: &[u8]) -> Option<Superblock> {
    is(bytes, 0, b"hsqs")?;
    some(Kind::Squashfs, None, None)
}

fn xfs(bytes: &[u8]) -> Option<Superblock> {
    is(bytes, 0, b"XFSB")?;
    some(Kind::Xfs, dashed(bytes, 32), text(bytes, 108, 12))
}

fn erofs(bytes: &[u8]) -> Option<Superblock> {
    is(bytes, 1024, &0xe0f5_e1e2_u32.to_le_bytes())?;
    some(Kind::Erofs, dashed(bytes, 1024 + 48), text(bytes, 1024 + 64, 16))
}

fn btrfs(bytes: &[u8]) -> Option<Superblock> {
    const AT: usize = 64 << 10;
    is(bytes, AT + 64, b"_BHRfS_M")?;
    some(Kind::Btrfs, dashed(bytes, AT + 32), text(bytes, AT + 0x12b, 256))
}

fn ext4(bytes: &[u8]) -> Option<Superblock> {
    is(bytes, 1024 + 56, &0xef53_u16.to_le_bytes())?;
    some(Kind::Ext4, dashed(bytes, 1024 + 104), text(bytes, 1024 + 120, 16))
}

fn iso9660(bytes: &[u8]) -> Option<Superblock> {
    const AT: usize = 32 << 10;
    is(bytes, AT, b"\x01CD001\x01")?;
    // As blkid has it: the time of the last change, else that of its making.
    let uuid = [AT + 830, AT + 813].iter().find_map(|at| {
        let digits = std::str::from_utf8(bytes.get(*at..*at + 16)?).ok()?;
        if digits.chars().all(|digit| digit == '0') || !digits.chars().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let (year, rest) = digits.split_at_checked(4)?;
        let mut uuid = year.to_owned();
        let mut rest = rest;
        while let Some((two, behind)) = rest.split_at_checked(2).filter(|(two, _)| !two.is_empty()) {
            uuid.push('-');
            uuid.push_str(two);
            rest = behind;
        }
        Some(uuid)
    });
    some(Kind::Iso9660, uuid, text(bytes, AT + 40, 32))
}

fn exfat(bytes: &[u8]) -> Option<Superblock> {
    is(bytes, 3, b"EXFAT   ")?;
    some(Kind::Exfat, serial(bytes, 100), None)
}

fn ntfs(bytes: &[u8]) -> Option<Superblock> {
    is(bytes, 3, b"NTFS    ")?;
    let serial = u64::from_le_bytes(array(bytes, 72)?);
    some(Kind::Ntfs, Some(format!("{serial:016X}")), None)
}

fn vfat(bytes: &[u8]) -> Option<Superblock> {
    is(bytes, 510, b"\x55\xaa")?;
    let (id, label) = if is(bytes, 82, b"FAT32   ").is_some() {
        (67, 71)
    } else if is(bytes, 54, b"FAT").is_some() {
        (39, 43)
    } else {
        return None;
    };
    let label = text(bytes, label, 11).filter(|label| label != "NO NAME");
    some(Kind::Vfat, serial(bytes, id), label)
}

#[allow(clippy::unnecessary_wraps, reason = "each kind ends with it")]
fn some(kind: Kind, uuid: Option<String>, label: Option<String>) -> Option<Superblock> {
    Some(Superblock { kind, uuid, label })
}

fn is(bytes: &[u8], at: usize, magic: &[u8]) -> Option<()> {
    let found = bytes.get(at..at.checked_add(magic.len())?)?;
    (found == magic).then_some(())
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// 16 bytes as a UUID.
fn dashed(bytes: &[u8], at: usize) -> Option<String> {
    Some(uuid(array(bytes, at)?))
}

/// A UUID whose bytes are in the order in which it is written.
pub(crate) fn uuid(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// The number that a FAT has for a UUID: `1234-ABCD`.
fn serial(bytes: &[u8], at: usize) -> Option<String> {
    let serial = u32::from_le_bytes(array(bytes, at)?);
    Some(format!("{:04X}-{:04X}", serial >> 16, serial & 0xffff))
}

/// A text of at most `length` bytes, up to a zero and without blanks behind it.
fn text(bytes: &[u8], at: usize, length: usize) -> Option<String> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    let bytes = bytes.split(|byte| *byte == 0).next()?;
    let text = String::from_utf8_lossy(bytes).trim_end().to_owned();
    (!text.is_empty()).then_some(text)
}
