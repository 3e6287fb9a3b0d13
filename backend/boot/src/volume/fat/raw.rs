//! Puts one file in the place of another so that at every moment the name leads to a whole file, and removes files so that no name ever leads to
//! clusters that are free. The crate that does the rest does both in the other order.
//!
//! A directory entry says in 32 bytes, which never cross a sector, where a file's content begins and how long it is. Those are exchanged:
//!
//! 1. the temporary entry forgets its content (a cut here loses some space, nothing else),
//! 2. the target's entry takes the new content: one sector, the old file before and the new one after,
//! 3. the temporary entry takes the old content, and is removed as any file.

use std::io;

use super::Medium;

const ENTRY: usize = 32;
/// Marks an entry that was removed, and the end of a directory.
const REMOVED: u8 = 0xe5;
const END: u8 = 0;
/// Attributes of a part of a long name.
const LONG_NAME: u8 = 0x0f;
/// Marks the part of a long name that comes first, which is its end.
const FIRST_PART: u8 = 0x40;
const VOLUME_LABEL: u8 = 0x08;
/// No directory is longer (FAT32's limit is 65536 entries).
const MOST_ENTRIES: usize = 65_536;

/// A short entry on the medium.
struct Found {
    at: u64,
    bytes: [u8; ENTRY],
    /// Where the parts of its long name are.
    long: Vec<u64>,
}

/// A part of a long name: where it is, its place in the name, the checksum of its short name, its text.
struct Part {
    at: u64,
    order: u8,
    checksum: u8,
    units: Vec<u16>,
}

impl Found {
    fn cluster(&self) -> u32 {
        u32::from(u16_at(&self.bytes, 20)) << 16 | u32::from(u16_at(&self.bytes, 26))
    }

    /// First cluster (both halves), time of writing and length out of another entry.
    fn with_content_of(&self, other: &[u8; ENTRY]) -> [u8; ENTRY] {
        let mut bytes = self.bytes;
        for range in [20..22, 22..26, 26..32] {
            if let (Some(to), Some(from)) = (bytes.get_mut(range.clone()), other.get(range)) {
                to.copy_from_slice(from);
            }
        }
        bytes
    }
}

/// Has `target` lead to what `temporary` leads to, and the other way round. Both are files of one directory.
pub(super) fn take_place(
    medium: &mut dyn Medium,
    directories: &[&str],
    temporary: &str,
    target: &str,
) -> io::Result<()> {
    let fat = Layout::read(medium)?;
    let start = fat.directory(medium, directories)?;
    let new = fat.find(medium, start, temporary)?;
    let old = fat.find(medium, start, target)?;

    let empty = new.with_content_of(&[0; ENTRY]);
    medium.write_at(&empty, new.at)?;
    medium.sync()?;
    medium.write_at(&old.with_content_of(&new.bytes), old.at)?;
    medium.sync()?;
    medium.write_at(&new.with_content_of(&old.bytes), new.at)?;
    medium.sync()
}

/// Removes a file, or a directory that is known to be empty: its name first, then its content.
pub(super) fn remove(medium: &mut dyn Medium, directories: &[&str], name: &str) -> io::Result<()> {
    let fat = Layout::read(medium)?;
    let start = fat.directory(medium, directories)?;
    let found = fat.find(medium, start, name)?;

    for at in std::iter::once(&found.at).chain(&found.long) {
        medium.write_at(&[REMOVED], *at)?;
    }
    medium.sync()?;
    fat.free(medium, found.cluster())?;
    medium.sync()
}

/// Puts a directory's entries for itself and the one above to where they belong. fatfs gives them long names, so that they begin one entry too
/// late for those who look at the first two. A directory of any other form is left alone.
pub(super) fn straighten(medium: &mut dyn Medium, directories: &[&str], name: &str) -> io::Result<()> {
    let fat = Layout::read(medium)?;
    let start = fat.directory(medium, directories)?;
    let cluster = fat.find(medium, start, name)?.cluster();
    if !fat.is_data(cluster) {
        return Err(torn("a directory of it has no content"));
    }

    let at = fat.data + u64::from(cluster - 2) * fat.cluster;
    let mut bytes = [0; 4 * ENTRY];
    medium.read_at(&mut bytes, at)?;
    let of = |name: &[u8; 11]| {
        bytes
            .as_chunks::<ENTRY>()
            .0
            .iter()
            .find(|entry| entry.starts_with(name))
            .copied()
    };
    let (Some(itself), Some(above)) = (of(b".          "), of(b"..         ")) else {
        return Ok(());
    };
    if bytes.starts_with(&itself) {
        return Ok(());
    }

    // The root is called 0 there, whatever its cluster is.
    let parent = match start {
        Start::Root => 0,
        Start::Cluster(cluster) => cluster,
    };
    let above = Found {
        at: 0,
        bytes: above,
        long: Vec::new(),
    };
    let mut target = [0; ENTRY];
    for (range, half) in [(20..22, parent >> 16), (26..28, parent & 0xffff)] {
        if let Some(place) = target.get_mut(range) {
            place.copy_from_slice(&(half as u16).to_le_bytes());
        }
    }
    if let Some(times) = target.get_mut(22..26) {
        times.copy_from_slice(itself.get(22..26).unwrap_or_default());
    }

    let mut straight = [0; 4 * ENTRY];
    let (first, rest) = straight.split_at_mut(ENTRY);
    let (second, _) = rest.split_at_mut(ENTRY);
    first.copy_from_slice(&itself);
    second.copy_from_slice(&above.with_content_of(&target));
    medium.write_at(&straight, at)?;
    medium.sync()
}

#[derive(Clone, Copy)]
enum Start {
    Root,
    Cluster(u32),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    Bits12,
    Bits16,
    Bits32,
}

/// Where things are, out of the boot sector.
struct Layout {
    width: Width,
    cluster: u64,
    table: u64,
    /// Length of a table, and how many there are.
    tables: (u64, u64),
    /// FAT32: where the count of free clusters is.
    free_count: Option<u64>,
    /// FAT12 and FAT16: where the root directory is, and its length.
    root: (u64, u64),
    root_cluster: u32,
    data: u64,
    clusters: u64,
}

impl Layout {
    fn read(medium: &mut dyn Medium) -> io::Result<Self> {
        let mut boot = [0; 512];
        medium.read_at(&mut boot, 0)?;

        let sector = u64::from(u16_at(&boot, 11));
        let per_cluster = u64::from(boot[13]);
        let reserved = u64::from(u16_at(&boot, 14));
        let tables = u64::from(boot[16]);
        let root_entries = u64::from(u16_at(&boot, 17));
        let sectors = match u16_at(&boot, 19) {
            0 => u64::from(u32_at(&boot, 32)),
            small => u64::from(small),
        };
        let table_sectors = match u16_at(&boot, 22) {
            0 => u64::from(u32_at(&boot, 36)),
            small => u64::from(small),
        };
        if !matches!(sector, 512 | 1024 | 2048 | 4096) || per_cluster == 0 {
            return Err(torn("its boot sector is not a FAT's"));
        }

        let root_bytes = root_entries * ENTRY as u64;
        let root_at = (reserved + tables * table_sectors) * sector;
        let data = root_at + root_bytes.div_ceil(sector) * sector;
        let clusters = (sectors * sector).saturating_sub(data) / (per_cluster * sector);
        let width = match clusters {
            0..4085 => Width::Bits12,
            4085..65_525 => Width::Bits16,
            _ => Width::Bits32,
        };
        Ok(Self {
            width,
            tables: (table_sectors * sector, tables),
            free_count: (width == Width::Bits32).then(|| u64::from(u16_at(&boot, 48)) * sector + 488),
            cluster: per_cluster * sector,
            table: reserved * sector,
            root: (root_at, root_bytes),
            root_cluster: u32_at(&boot, 44),
            data,
            clusters,
        })
    }

    /// Where a directory begins.
    fn directory(&self, medium: &mut dyn Medium, directories: &[&str]) -> io::Result<Start> {
        let mut start = Start::Root;
        for name in directories {
            start = Start::Cluster(self.find(medium, start, name)?.cluster());
        }
        Ok(start)
    }

    /// Gives a chain of clusters back.
    fn free(&self, medium: &mut dyn Medium, mut cluster: u32) -> io::Result<()> {
        let mut freed: u32 = 0;
        while self.is_data(cluster) && u64::from(freed) < self.clusters {
            let next = self.next(medium, cluster)?;
            for table in 0..self.tables.1 {
                self.clear(medium, self.table + table * self.tables.0, u64::from(cluster))?;
            }
            cluster = next;
            freed += 1;
        }

        // A cut before this leaves the count too low, and nobody writes what does not fit.
        if let Some(at) = self.free_count {
            let mut bytes = [0; 4];
            medium.read_at(&mut bytes, at)?;
            let known = u32::from_le_bytes(bytes);
            if known != u32::MAX {
                medium.write_at(&known.saturating_add(freed).to_le_bytes(), at)?;
            }
        }
        Ok(())
    }

    /// Marks a cluster as free in one table.
    fn clear(&self, medium: &mut dyn Medium, table: u64, index: u64) -> io::Result<()> {
        match self.width {
            Width::Bits32 => {
                let mut bytes = [0; 4];
                medium.read_at(&mut bytes, table + index * 4)?;
                // The upper four bits are not the cluster's.
                medium.write_at(
                    &(u32::from_le_bytes(bytes) & 0xf000_0000).to_le_bytes(),
                    table + index * 4,
                )
            }
            Width::Bits16 => medium.write_at(&[0; 2], table + index * 2),
            Width::Bits12 => {
                let at = table + index + index / 2;
                let mut bytes = [0; 2];
                medium.read_at(&mut bytes, at)?;
                let kept = u16::from_le_bytes(bytes) & if index.is_multiple_of(2) { 0xf000 } else { 0x000f };
                medium.write_at(&kept.to_le_bytes(), at)
            }
        }
    }

    /// The short entry of a name in a directory.
    fn find(&self, medium: &mut dyn Medium, start: Start, name: &str) -> io::Result<Found> {
        let wanted = name.to_uppercase();
        let mut long: Vec<Part> = Vec::new();

        let mut entries = 0;
        for (at, length) in self.pieces(medium, start)? {
            for entry_at in (at..at + length).step_by(ENTRY) {
                entries += 1;
                if entries > MOST_ENTRIES {
                    return Err(torn("a directory of it is too long"));
                }
                let mut bytes = [0; ENTRY];
                medium.read_at(&mut bytes, entry_at)?;

                match (bytes[0], bytes[11]) {
                    (END, _) => return Err(io::Error::new(io::ErrorKind::NotFound, format!("{name} is not there"))),
                    (REMOVED, _) => long.clear(),
                    (order, LONG_NAME) => {
                        // A name begins anew: what is before it, a cut left without its short entry.
                        if order & FIRST_PART != 0 {
                            long.clear();
                        }
                        long.push(Part {
                            at: entry_at,
                            order: order & !FIRST_PART,
                            checksum: bytes[13],
                            units: units(&bytes),
                        });
                    }
                    (_, attributes) if attributes & VOLUME_LABEL != 0 => long.clear(),
                    _ => {
                        let called = long_name(&mut long, &bytes);
                        let by_long = called.is_some_and(|long| long.to_uppercase() == wanted);
                        if by_long || short_name(&bytes).to_uppercase() == wanted {
                            return Ok(Found {
                                at: entry_at,
                                bytes,
                                long: long.iter().map(|part| part.at).collect(),
                            });
                        }
                        long.clear();
                    }
                }
            }
        }

        Err(io::Error::new(io::ErrorKind::NotFound, format!("{name} is not there")))
    }

    /// Where a directory's bytes are, in order: places and lengths.
    fn pieces(&self, medium: &mut dyn Medium, start: Start) -> io::Result<Vec<(u64, u64)>> {
        let mut cluster = match start {
            // ".." leads to 0 for the root, which nobody asks for here; a directory's own start is never 0.
            Start::Root | Start::Cluster(0) if self.width != Width::Bits32 => return Ok(vec![self.root]),
            Start::Root | Start::Cluster(0) => self.root_cluster,
            Start::Cluster(cluster) => cluster,
        };

        let mut pieces = Vec::new();
        while self.is_data(cluster) {
            if pieces.len() * (self.cluster as usize) > MOST_ENTRIES * ENTRY {
                return Err(torn("a directory of it has no end"));
            }
            pieces.push((self.data + u64::from(cluster - 2) * self.cluster, self.cluster));
            cluster = self.next(medium, cluster)?;
        }
        Ok(pieces)
    }

    fn is_data(&self, cluster: u32) -> bool {
        cluster >= 2 && u64::from(cluster) < self.clusters + 2
    }

    /// The cluster after one; what is no cluster ends the chain.
    fn next(&self, medium: &mut dyn Medium, cluster: u32) -> io::Result<u32> {
        let mut bytes = [0; 4];
        let index = u64::from(cluster);
        match self.width {
            Width::Bits32 => {
                medium.read_at(&mut bytes, self.table + index * 4)?;
                Ok(u32::from_le_bytes(bytes) & 0x0fff_ffff)
            }
            Width::Bits16 => {
                medium.read_at(&mut bytes[..2], self.table + index * 2)?;
                Ok(u32::from_le_bytes(bytes))
            }
            Width::Bits12 => {
                medium.read_at(&mut bytes[..2], self.table + index + index / 2)?;
                let pair = u32::from_le_bytes(bytes);
                Ok(if index.is_multiple_of(2) {
                    pair & 0xfff
                } else {
                    pair >> 4
                })
            }
        }
    }
}

/// The 13 UTF-16 units of a part of a long name.
fn units(bytes: &[u8; ENTRY]) -> Vec<u16> {
    [1..11, 14..26, 28..32]
        .into_iter()
        .flat_map(|range| range.step_by(2))
        .map(|at| u16_at(bytes, at))
        .collect()
}

/// The long name before a short entry, if it is this one's. The parts come last first.
fn long_name(parts: &mut Vec<Part>, short: &[u8; ENTRY]) -> Option<String> {
    let checksum = short
        .iter()
        .take(11)
        .fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte));
    if parts.iter().any(|part| part.checksum != checksum) {
        parts.clear();
    }
    if parts.is_empty() {
        return None;
    }
    parts.sort_by_key(|part| part.order);
    let units: Vec<u16> = parts
        .iter()
        .flat_map(|part| part.units.iter().copied())
        .take_while(|unit| *unit != 0)
        .collect();
    String::from_utf16(&units).ok()
}

fn short_name(bytes: &[u8; ENTRY]) -> String {
    let text = |range: std::ops::Range<usize>| -> String {
        let part = bytes.get(range).unwrap_or_default();
        String::from_utf8_lossy(part).trim_end().to_owned()
    };
    let (name, extension) = (text(0..8), text(8..11));
    if extension.is_empty() {
        name
    } else {
        format!("{name}.{extension}")
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let low = bytes.get(at).copied().unwrap_or_default();
    let high = bytes.get(at + 1).copied().unwrap_or_default();
    u16::from_le_bytes([low, high])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn torn(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("this FAT is broken: {why}"))
}
