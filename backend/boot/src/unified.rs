//! Unified kernel images: systemd's stub with a kernel, its initrds and its command line as sections of one program, so that one
//! signature covers all of them.
//!
//! After the Unified Kernel Image specification and systemd-stub(7): with Secure Boot the stub takes no other command line.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use blake3::{Hash, Hasher};

use crate::error::Error;
use crate::machine::Architecture;
use crate::pe::{self, put16, put32, u16_at, u32_at};

/// What the stub says of itself within its program.
const STUB_INFO: &[u8] = b"#### LoaderInfo: systemd-stub ";
/// Sections that are added at most.
const ADDED: usize = 5;
/// Length of a row of the section table.
const ROW: usize = 40;
/// `IMAGE_SCN_MEM_READ` with `IMAGE_SCN_CNT_INITIALIZED_DATA`, and with `IMAGE_SCN_CNT_CODE`.
const DATA: u32 = 0x4000_0040;
const CODE: u32 = 0x4000_0020;
/// Where the header of a PE32+ program has what is changed, from its optional header.
const INITIALIZED: usize = 8;
const SECTION_ALIGNMENT: usize = 32;
const FILE_ALIGNMENT: usize = 36;
const IMAGE_SIZE: usize = 56;
const HEADERS_SIZE: usize = 60;
const CHECKSUM: usize = 64;
/// A stub is far smaller.
const LARGEST_STUB: u64 = 16 << 20;
/// Initrds follow one another at multiples of this, as the kernel asks.
const INITRD_ALIGNMENT: u64 = 4;

/// systemd's stub, known to have room for what is added.
#[derive(Debug)]
pub(crate) struct Stub {
    bytes: Vec<u8>,
    hash: Hash,
    /// Where its optional header begins.
    optional: usize,
    /// Where its section table ends.
    end_of_table: usize,
    sections: u16,
    file_alignment: u64,
    section_alignment: u64,
    /// Where its last section ends in memory.
    memory: u64,
}

impl Stub {
    /// Reads a stub; if it cannot be used, why.
    pub(crate) fn read(path: &Path, architecture: Architecture) -> Result<Self, String> {
        let said = |reason: &str| format!("{} {reason}", path.display());
        let about = fs::metadata(path).map_err(|error| said(&format!("cannot be read ({error})")))?;
        if about.len() > LARGEST_STUB {
            return Err(said("is too large for systemd's stub"));
        }
        let mut bytes = fs::read(path).map_err(|error| said(&format!("cannot be read ({error})")))?;
        pe::check(&bytes, architecture).map_err(|reason| said(&reason))?;
        if pe::find(&bytes, STUB_INFO).is_none() {
            return Err(said("is not systemd's stub"));
        }
        pe::remove_signature(&mut bytes);
        Self::laid_out(bytes).ok_or_else(|| said("has no room for a kernel"))
    }

    fn laid_out(bytes: Vec<u8>) -> Option<Self> {
        let optional = pe::optional(&bytes)?;
        let header = optional.checked_sub(24)?;
        let sections = u16_at(&bytes, header + 6)?;
        let table = optional + usize::from(u16_at(&bytes, header + 20)?);
        let end_of_table = table + usize::from(sections) * ROW;

        let (mut memory, mut first) = (0, u64::MAX);
        for row in (table..end_of_table).step_by(ROW) {
            let value = |at: usize| u32_at(&bytes, row + at).map(u64::from);
            let (in_memory, address, on_disk, at) = (value(8)?, value(12)?, value(16)?, value(20)?);
            memory = memory.max(address + in_memory.max(on_disk));
            first = first.min(address);
            if on_disk > 0 {
                first = first.min(at);
            }
        }
        let (file_alignment, section_alignment) = (
            u64::from(u32_at(&bytes, optional + FILE_ALIGNMENT)?),
            u64::from(u32_at(&bytes, optional + SECTION_ALIGNMENT)?),
        );
        let fits = (end_of_table + ADDED * ROW) as u64 <= first;
        let is_aligned = file_alignment.is_power_of_two() && section_alignment.is_power_of_two();
        (fits && is_aligned).then(|| Self {
            hash: blake3::hash(&bytes),
            bytes,
            optional,
            end_of_table,
            sections,
            file_alignment,
            section_alignment,
            memory,
        })
    }

    /// The stub with these sections behind its own, without their content; `None` = more than a program can be.
    fn with(&self, parts: &[Part<'_>]) -> Option<Vec<u8>> {
        let mut image = self.bytes.clone();
        let mut disk = (image.len() as u64).next_multiple_of(self.file_alignment);
        image.resize(usize::try_from(disk).ok()?, 0);
        let mut memory = self.memory.next_multiple_of(self.section_alignment);
        let mut added = 0;
        let mut row = self.end_of_table;

        for part in parts {
            let on_disk = part.bytes.next_multiple_of(self.file_alignment);
            image.get_mut(row..row + ROW)?.fill(0);
            image
                .get_mut(row..row + part.name.len())?
                .copy_from_slice(part.name.as_bytes());
            let fields = [part.memory, memory, on_disk, disk];
            for (at, value) in (row + 8..).step_by(4).zip(fields) {
                put32(&mut image, at, u32::try_from(value).ok()?)?;
            }
            put32(&mut image, row + 36, if part.is_code { CODE } else { DATA })?;

            disk += on_disk;
            memory = (memory + part.memory).next_multiple_of(self.section_alignment);
            added += part.memory;
            row += ROW;
        }
        // A program is never longer than its header can say.
        let _length = u32::try_from(disk).ok()?;

        let sections = self.sections + u16::try_from(parts.len()).ok()?;
        put16(&mut image, self.optional - 18, sections)?;
        let more = |at: usize, value: u64| u32_at(&self.bytes, self.optional + at).map(|old| value.max(old.into()));
        let initialized = u64::from(u32_at(&self.bytes, self.optional + INITIALIZED)?) + added;
        let headers = more(HEADERS_SIZE, (row as u64).next_multiple_of(self.file_alignment))?;
        let fields = [
            (INITIALIZED, initialized),
            (IMAGE_SIZE, memory),
            (HEADERS_SIZE, headers),
            (CHECKSUM, 0),
        ];
        for (at, value) in fields {
            put32(&mut image, self.optional + at, u32::try_from(value).ok()?)?;
        }
        Some(image)
    }
}

/// What one image is made of.
#[derive(Debug, Clone)]
pub(crate) struct Unified {
    pub(crate) stub: Arc<Stub>,
    /// The kernel and its length.
    pub(crate) kernel: (PathBuf, u64),
    /// Initrds in their order, with their lengths.
    pub(crate) initrds: Vec<(PathBuf, u64)>,
    /// The state's `os-release`.
    pub(crate) release: String,
    /// Version of the kernel.
    pub(crate) version: String,
    /// The command line.
    pub(crate) options: String,
}

/// One section to be.
struct Part<'a> {
    name: &'static str,
    content: Content<'a>,
    /// Length of its content.
    bytes: u64,
    /// Bytes that it takes in memory.
    memory: u64,
    is_code: bool,
}

enum Content<'a> {
    Text(&'a str),
    Files(&'a [(PathBuf, u64)]),
}

impl Unified {
    /// What tells an image from every other; `sources` are the hashes of the kernel and of the initrds.
    pub(crate) fn hash(&self, sources: &[Hash]) -> Hash {
        let mut hasher = Hasher::new();
        let _ = hasher
            .update(b"unified kernel image 1")
            .update(self.stub.hash.as_bytes());
        for text in [&self.release, &self.version, &self.options] {
            let _ = hasher
                .update(&(text.len() as u64).to_le_bytes())
                .update(text.as_bytes());
        }
        for source in sources {
            let _ = hasher.update(source.as_bytes());
        }
        hasher.finalize()
    }

    /// Its length, not signed.
    pub(crate) fn bytes(&self) -> u64 {
        let sections = self.parts().into_iter().map(|part| part.bytes);
        let stub = self.stub.bytes.len() as u64;
        std::iter::once(stub)
            .chain(sections)
            .map(|bytes| bytes.next_multiple_of(self.stub.file_alignment))
            .sum()
    }

    /// Made, in a file that goes when it is dropped.
    ///
    /// # Errors
    /// When something cannot be read, is too large or changes meanwhile.
    pub(crate) fn assemble(&self) -> Result<tempfile::NamedTempFile, Error> {
        let parts = self.parts();
        let head = self.stub.with(&parts).ok_or_else(|| Error::Unusable {
            path: self.kernel.0.clone(),
            reason: "is too large, with its initrds, for one program".to_owned(),
        })?;
        let error = |source| Error::Read {
            path: std::env::temp_dir(),
            source,
        };
        let mut file = tempfile::NamedTempFile::new().map_err(error)?;
        file.write_all(&head).map_err(error)?;

        for part in &parts {
            let copied = io::copy(&mut part.reader()?, &mut file).map_err(error)?;
            if copied != part.bytes {
                return Err(Error::Unusable {
                    path: self.kernel.0.clone(),
                    reason: "or an initrd of it changes while it is read".to_owned(),
                });
            }
            let padding = copied.next_multiple_of(self.stub.file_alignment) - copied;
            let _ = io::copy(&mut io::repeat(0).take(padding), &mut file).map_err(error)?;
        }
        file.flush().map_err(error)?;
        Ok(file)
    }

    /// The section of an image that does not hold what it should, if one does not.
    ///
    /// # Errors
    /// When something cannot be read.
    pub(crate) fn differs(&self, image: &[u8]) -> Result<Option<&'static str>, Error> {
        for part in self.parts() {
            let mut expected = Hasher::new();
            let _ = expected.update_reader(part.reader()?).map_err(|source| Error::Read {
                path: self.kernel.0.clone(),
                source,
            })?;
            let there = pe::section(image, part.name)
                .and_then(|section| section.get(..usize::try_from(part.bytes).ok()?))
                .map(blake3::hash);
            if there != Some(expected.finalize()) {
                return Ok(Some(part.name));
            }
        }
        Ok(None)
    }

    /// Its sections. The kernel is the last: one that unpacks itself in place may need more memory than its bytes take.
    fn parts(&self) -> Vec<Part<'_>> {
        let initrds: u64 = self
            .initrds
            .iter()
            .map(|(_, bytes)| bytes.next_multiple_of(INITRD_ALIGNMENT))
            .sum();
        let (kernel, bytes) = &self.kernel;
        let mut parts = vec![
            Part::text(".osrel", &self.release),
            Part::text(".cmdline", &self.options),
            Part::text(".uname", &self.version),
            Part {
                name: ".initrd",
                content: Content::Files(&self.initrds),
                bytes: initrds,
                memory: initrds,
                is_code: false,
            },
            Part {
                name: ".linux",
                content: Content::Files(std::slice::from_ref(&self.kernel)),
                bytes: bytes.next_multiple_of(INITRD_ALIGNMENT),
                memory: memory(kernel).max(*bytes).next_multiple_of(INITRD_ALIGNMENT),
                is_code: true,
            },
        ];
        parts.retain(|part| part.bytes > 0);
        parts
    }
}

impl<'a> Part<'a> {
    fn text(name: &'static str, text: &'a str) -> Self {
        Self {
            name,
            content: Content::Text(text),
            bytes: text.len() as u64,
            memory: text.len() as u64,
            is_code: false,
        }
    }

    fn reader(&self) -> Result<Box<dyn Read + '_>, Error> {
        let files = match &self.content {
            Content::Text(text) => return Ok(Box::new(text.as_bytes())),
            Content::Files(files) => files,
        };
        let mut reader: Box<dyn Read> = Box::new(io::empty());
        for (path, bytes) in *files {
            let file = File::open(path).map_err(|source| Error::Read {
                path: path.clone(),
                source,
            })?;
            let padding = bytes.next_multiple_of(INITRD_ALIGNMENT) - bytes;
            reader = Box::new(reader.chain(file).chain(io::repeat(0).take(padding)));
        }
        Ok(reader)
    }
}

/// Bytes that a kernel says it takes in memory; 0 = it does not say.
fn memory(kernel: &Path) -> u64 {
    let mut head = Vec::new();
    // What cannot be read here is found when it is copied.
    let read = File::open(kernel).and_then(|file| file.take(4096).read_to_end(&mut head));
    let size = read.ok().and_then(|_| u32_at(&head, pe::optional(&head)? + IMAGE_SIZE));
    size.map_or(0, u64::from)
}
