//! Partitions of the machine's disks, read from their tables: a system without udev has no other list of their types.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Types of partitions that matter here.
const ESP: &str = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
const XBOOTLDR: &str = "bc13c2ff-59e6-4262-a352-b275fd6f7172";
/// No table is larger: 16 KiB is usual.
const MOST_BYTES: usize = 1 << 20;

/// What a partition is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Esp,
    Xbootldr,
    Other,
}

/// A partition of a GPT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partition {
    /// Node of the disk.
    pub(crate) disk: PathBuf,
    /// Its node.
    pub(crate) node: PathBuf,
    pub(crate) number: u32,
    pub(crate) kind: Kind,
    /// Lower case with dashes.
    pub(crate) uuid: String,
    /// First block and number of blocks, of the disk's size.
    pub(crate) start: u64,
    pub(crate) blocks: u64,
}

/// Partitions of all disks that the kernel shows.
///
/// # Errors
/// When the kernel shows no disks at all. A disk that cannot be read, such as an empty drive, has no partitions.
pub(crate) fn disks() -> Result<Vec<Partition>, Error> {
    let directory = Path::new("/sys/block");
    let error = |source| Error::Read {
        path: directory.to_owned(),
        source,
    };
    let mut partitions = Vec::new();

    for entry in fs::read_dir(directory).map_err(error)? {
        let name = entry.map_err(error)?.file_name();
        let disk = Path::new("/dev").join(&name);
        let block = fs::read_to_string(directory.join(&name).join("queue/logical_block_size"))
            .ok()
            .and_then(|size| size.trim().parse().ok())
            .unwrap_or(512);
        let table = File::open(&disk).and_then(|file| read(&file, block));
        match table {
            Ok(found) => partitions.extend(found.into_iter().map(|found| Partition {
                node: node(&disk, found.number),
                disk: disk.clone(),
                ..found
            })),
            Err(error) => tracing::debug!(disk = %disk.display(), %error, "no table"),
        }
    }
    Ok(partitions)
}

fn node(disk: &Path, number: u32) -> PathBuf {
    let name = disk.display().to_string();
    let digit = name.ends_with(|c: char| c.is_ascii_digit());
    PathBuf::from(format!("{name}{}{number}", if digit { "p" } else { "" }))
}

/// Reads the first table; where that is none, nothing. Paths are left empty.
pub(crate) fn read(file: &File, block: u64) -> io::Result<Vec<Partition>> {
    let mut header = [0; 92];
    file.read_exact_at(&mut header, block)?;
    if !header.starts_with(b"EFI PART") {
        return Ok(Vec::new());
    }
    let u64_at = |bytes: &[u8], at: usize| {
        let field = bytes.get(at..at + 8).and_then(|field| field.try_into().ok());
        field.map_or(0, u64::from_le_bytes)
    };
    let u32_at = |at: usize| {
        let field = header.get(at..at + 4).and_then(|field| field.try_into().ok());
        field.map_or(0, u32::from_le_bytes) as usize
    };

    let (count, size) = (u32_at(80), u32_at(84));
    let length = count
        .checked_mul(size)
        .filter(|length| *length <= MOST_BYTES && size >= 128);
    let at = u64_at(&header, 72).checked_mul(block);
    let (Some(length), Some(at)) = (length, at) else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "its table is broken"));
    };
    let mut table = vec![0; length];
    file.read_exact_at(&mut table, at)?;

    let mut partitions = Vec::new();
    for (index, entry) in table.chunks_exact(size).enumerate() {
        let uuid = |range| entry.get(range).and_then(crate::efi::uuid).unwrap_or_default();
        let (kind, start, end) = (uuid(0..16), u64_at(entry, 32), u64_at(entry, 40));
        if kind == "00000000-0000-0000-0000-000000000000" || end < start {
            continue;
        }
        partitions.push(Partition {
            disk: PathBuf::new(),
            node: PathBuf::new(),
            number: index as u32 + 1,
            kind: match kind.as_str() {
                ESP => Kind::Esp,
                XBOOTLDR => Kind::Xbootldr,
                _ => Kind::Other,
            },
            uuid: uuid(16..32),
            start,
            blocks: end - start + 1,
        });
    }
    Ok(partitions)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_table_that_sfdisk_wrote_is_read() {
        let image = tempfile::NamedTempFile::new().unwrap();
        image.as_file().set_len(64 << 20).unwrap();
        assert!(
            read(image.as_file(), 512).unwrap().is_empty(),
            "an empty disk has no partitions"
        );

        let mut sfdisk = Command::new("/usr/sbin/sfdisk")
            .arg("--quiet")
            .arg(image.path())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let script = "label: gpt\nstart=2048, size=20480, type=U, uuid=12345678-9ABC-DEF0-1122-334455667788\n\
                      start=40960, size=2048, type=L\nstart=63488, size=8, type=BC13C2FF-59E6-4262-A352-B275FD6F7172\n";
        sfdisk.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(sfdisk.wait().unwrap().success());

        let partitions = read(image.as_file(), 512).unwrap();
        let kinds: Vec<Kind> = partitions.iter().map(|partition| partition.kind).collect();
        assert_eq!(kinds, [Kind::Esp, Kind::Other, Kind::Xbootldr]);
        let esp = &partitions[0];
        assert_eq!((esp.number, esp.start, esp.blocks), (1, 2048, 20_480));
        assert_eq!(esp.uuid, "12345678-9abc-def0-1122-334455667788");
    }

    #[test]
    fn nodes_are_named_as_the_kernel_names_them() {
        assert_eq!(node(Path::new("/dev/sda"), 3), Path::new("/dev/sda3"));
        assert_eq!(node(Path::new("/dev/nvme0n1"), 3), Path::new("/dev/nvme0n1p3"));
    }
}
