//! A system as a tar archive in GNU's format: names are bytes there, of any length, where PAX wants UTF-8.

use std::io::Write;

use tar::{EntryType, Header};

use super::{Body, Entry, ExportError, Job};
use crate::error::{Error, lossy};
use crate::store;

const BLOCK: u64 = 512;
/// Bytes of a name that a header holds itself.
const NAME: usize = 100;

/// Writes the archive. Returns the bytes of all files.
pub(crate) fn tar(job: &Job<'_>, out: &mut dyn Write) -> Result<u64, Error> {
    let mut bytes = 0u64;
    for entry in &job.entries {
        job.meter.check()?;
        bytes = bytes.saturating_add(one(job, entry, out)?);
        job.meter.items(1, "");
    }
    out.write_all(&[0; 2 * BLOCK as usize]).map_err(failed)?;
    out.flush().map_err(failed)?;
    Ok(bytes)
}

fn failed(error: std::io::Error) -> Error {
    Error::io("writing an archive", "the archive", error)
}

fn one(job: &Job<'_>, entry: &Entry, out: &mut dyn Write) -> Result<u64, Error> {
    let mut header = Header::new_gnu();
    let mut path = entry.path.clone();
    header.set_mode(entry.rights.mode);
    header.set_uid(entry.rights.uid.into());
    header.set_gid(entry.rights.gid.into());
    header.set_mtime(job.date);
    header.set_size(0);
    let mut target: &[u8] = b"";
    match &entry.body {
        Body::Directory => {
            header.set_entry_type(EntryType::Directory);
            path.push(b'/');
        }
        Body::Link(text) => {
            header.set_entry_type(EntryType::Symlink);
            header.set_mode(0o777);
            target = text;
        }
        Body::Text(text) => {
            header.set_entry_type(EntryType::Regular);
            header.set_size(text.len() as u64);
        }
        Body::Stored(key) => {
            header.set_entry_type(EntryType::Regular);
            let length = store::read(&job.store, key)
                .map_err(std::io::Error::from)
                .and_then(|file| file.metadata());
            let length = length.map_err(|error| Error::io("reading the content store", key.path(), error))?;
            header.set_size(length.len());
        }
    }
    if target.len() > NAME {
        long(EntryType::GNULongLink, target, out)?;
    }
    if path.len() > NAME {
        long(EntryType::GNULongName, &path, out)?;
    }
    {
        let fields = header.as_old_mut();
        fill(&mut fields.name, &path);
        fill(&mut fields.linkname, target);
    }
    let size = header.size().map_err(failed)?;
    header.set_cksum();
    out.write_all(header.as_bytes()).map_err(failed)?;
    match &entry.body {
        Body::Text(text) => out.write_all(text.as_bytes()).map_err(failed)?,
        Body::Stored(key) => {
            let copied = job.copy(entry, key, &mut |part| out.write_all(part).map_err(failed))?;
            if copied != size {
                return Err(ExportError::Damaged(lossy(&entry.path)).into());
            }
        }
        Body::Directory | Body::Link(_) => {}
    }
    pad(size, out)?;
    Ok(size)
}

/// A name that has no room in its header comes before it.
fn long(kind: EntryType, name: &[u8], out: &mut dyn Write) -> Result<(), Error> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    let size = (name.len() as u64).saturating_add(1);
    header.set_size(size);
    fill(&mut header.as_old_mut().name, b"././@LongLink");
    header.set_cksum();
    out.write_all(header.as_bytes()).map_err(failed)?;
    out.write_all(name).map_err(failed)?;
    out.write_all(&[0]).map_err(failed)?;
    pad(size, out)
}

fn pad(size: u64, out: &mut dyn Write) -> Result<(), Error> {
    let rest = size.next_multiple_of(BLOCK).saturating_sub(size);
    let zeros = [0; BLOCK as usize];
    out.write_all(zeros.get(..rest as usize).unwrap_or_default())
        .map_err(failed)
}

/// As much of the text as there is room for, then zeros.
fn fill(field: &mut [u8; NAME], text: &[u8]) {
    field.fill(0);
    for (to, from) in field.iter_mut().zip(text) {
        *to = *from;
    }
}
