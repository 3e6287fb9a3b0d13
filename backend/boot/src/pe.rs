//! Programs that the firmware starts: as much of their form as tells whether it will.

use crate::machine::Architecture;

/// What systemd-boot says of itself within its program.
const LOADER_INFO: &[u8] = b"#### LoaderInfo: ";
const LOADER_INFO_END: &[u8] = b" ####";
/// Subsystem of an EFI application.
const EFI_APPLICATION: u16 = 10;

/// `Magic` of a 64-bit program.
const PE32_PLUS: u16 = 0x20b;
/// Where the place and the length of the signatures are, from the optional header.
const SECURITY: usize = 144;

/// Whether a program is one that this machine's firmware can start; if not, why. Kernels are programs too, by their EFI stub.
pub(crate) fn check(bytes: &[u8], architecture: Architecture) -> Result<(), String> {
    if bytes.is_empty() {
        return Err("is empty".to_owned());
    }
    let header = u32_at(bytes, 0x3c).map(|at| at as usize);
    let header = header.filter(|at| bytes.starts_with(b"MZ") && slice(bytes, *at, 4) == Some(b"PE\0\0"));
    let Some(header) = header else {
        return Err("is not a program that UEFI can start".to_owned());
    };

    let machine = u16_at(bytes, header + 4);
    if machine != Some(architecture.machine()) {
        return Err("is a program for another kind of processor".to_owned());
    }
    if u16_at(bytes, header + 24 + 68) != Some(EFI_APPLICATION) {
        return Err("is not an application of UEFI".to_owned());
    }

    // What a copy that broke off lacks: every section has to lie within the file.
    let sections = u16_at(bytes, header + 6).unwrap_or_default();
    let optional = u16_at(bytes, header + 20).unwrap_or_default();
    for index in 0..usize::from(sections) {
        let section = header + 24 + usize::from(optional) + index * 40;
        let size = u32_at(bytes, section + 16);
        let start = u32_at(bytes, section + 20);
        let end = size.zip(start).map(|(size, start)| u64::from(size) + u64::from(start));
        if end.is_none_or(|end| end > bytes.len() as u64) {
            return Err("is cut short".to_owned());
        }
    }
    Ok(())
}

/// What systemd-boot calls itself ("systemd-boot 257.7-1"); `None` = another program.
pub(crate) fn systemd_boot(bytes: &[u8]) -> Option<String> {
    let at = find(bytes, LOADER_INFO)? + LOADER_INFO.len();
    let rest = bytes.get(at..)?;
    let end = find(rest.get(..200.min(rest.len()))?, LOADER_INFO_END)?;
    let text = String::from_utf8_lossy(rest.get(..end)?).into_owned();
    text.starts_with("systemd-boot").then_some(text)
}

/// A section's bytes, by name.
pub(crate) fn section<'a>(bytes: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let header = u32_at(bytes, 0x3c)? as usize;
    let sections = usize::from(u16_at(bytes, header + 6)?);
    let table = header + 24 + usize::from(u16_at(bytes, header + 20)?);

    (0..sections).find_map(|index| {
        let at = table + index * 40;
        let called = slice(bytes, at, 8)?;
        let called = called.split(|byte| *byte == 0).next()?;
        if called != name.as_bytes() {
            return None;
        }
        let virtual_size = u32_at(bytes, at + 8)? as usize;
        let size = (u32_at(bytes, at + 16)? as usize).min(virtual_size);
        slice(bytes, u32_at(bytes, at + 20)? as usize, size)
    })
}

/// Whether a program carries a signature, whoever's.
pub(crate) fn is_signed(bytes: &[u8]) -> bool {
    let size = optional(bytes).and_then(|optional| u32_at(bytes, optional + SECURITY + 4));
    size.is_some_and(|size| size > 0)
}

/// Takes a program's signature off, if it has one: it is at the end.
pub(crate) fn remove_signature(bytes: &mut Vec<u8>) {
    if !is_signed(bytes) {
        return;
    }
    let Some(at) = optional(bytes).map(|optional| optional + SECURITY) else {
        return;
    };
    if let Some(start) = u32_at(bytes, at) {
        bytes.truncate(start as usize);
    }
    if let Some(entry) = bytes.get_mut(at..at + 8) {
        entry.fill(0);
    }
}

/// Where the optional header of a PE32+ program begins; `None` = it is none.
pub(crate) fn optional(bytes: &[u8]) -> Option<usize> {
    let optional = u32_at(bytes, 0x3c)? as usize + 24;
    (u16_at(bytes, optional) == Some(PE32_PLUS)).then_some(optional)
}

pub(crate) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn slice(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    slice(bytes, at, 2)?.try_into().ok().map(u16::from_le_bytes)
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    slice(bytes, at, 4)?.try_into().ok().map(u32::from_le_bytes)
}

pub(crate) fn put16(bytes: &mut [u8], at: usize, value: u16) -> Option<()> {
    bytes
        .get_mut(at..at.checked_add(2)?)?
        .copy_from_slice(&value.to_le_bytes());
    Some(())
}

pub(crate) fn put32(bytes: &mut [u8], at: usize, value: u32) -> Option<()> {
    bytes
        .get_mut(at..at.checked_add(4)?)?
        .copy_from_slice(&value.to_le_bytes());
    Some(())
}
