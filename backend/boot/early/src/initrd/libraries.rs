//! The shared libraries that a program needs, found as its loader will find them.

use std::fs;
use std::path::{Path, PathBuf};

use goblin::elf::Elf;

use super::archive::Archive;
use crate::Error;

/// Where libraries are, beside what `/etc/ld.so.conf` and the program's own run path say.
const PLACES: [&str; 6] = [
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
];

/// Adds the loader and every library of a program, and what those need. A program without any adds nothing.
///
/// # Errors
/// [`Error::Initrd`] if a library is nowhere; [`Error::Io`].
pub(super) fn add(archive: &mut Archive, program: &Path) -> Result<(), Error> {
    let mut open = vec![program.to_owned()];
    while let Some(path) = open.pop() {
        let bytes = fs::read(&path).map_err(|error| Error::io("reading a program", &path, error))?;
        if !bytes.starts_with(b"\x7fELF") {
            continue;
        }
        let elf =
            Elf::parse(&bytes).map_err(|error| Error::Initrd(format!("{} cannot be read: {error}", path.display())))?;
        let mut found: Vec<PathBuf> = elf.interpreter.into_iter().map(PathBuf::from).collect();
        for name in &elf.libraries {
            found.push(library(name, &elf, &path)?);
        }
        for library in found {
            let place = library.to_string_lossy().into_owned();
            if !archive.has(&place) {
                let real =
                    fs::canonicalize(&library).map_err(|error| Error::io("reading a library", &library, error))?;
                archive.program(&place, &real)?;
                open.push(library);
            }
        }
    }
    Ok(())
}

fn library(name: &str, elf: &Elf<'_>, of: &Path) -> Result<PathBuf, Error> {
    let origin = of.parent().unwrap_or(of).to_string_lossy().into_owned();
    let own = elf
        .runpaths
        .iter()
        .chain(&elf.rpaths)
        .flat_map(|paths| paths.split(':'));
    let own = own.map(|path| path.replace("$ORIGIN", &origin).replace("${ORIGIN}", &origin));
    let places = own.chain(PLACES.iter().map(|place| (*place).to_owned()));
    let mut paths = places.map(|place| Path::new(&place).join(name));
    paths
        .find(|path| fits(path, elf.is_64, elf.header.e_machine))
        .ok_or_else(|| {
            Error::Initrd(format!(
                "{} needs the library {name}, which is not installed",
                of.display()
            ))
        })
}

/// Whether it is a library for the same machine.
fn fits(path: &Path, is_64: bool, machine: u16) -> bool {
    fs::read(path).is_ok_and(|bytes| {
        Elf::parse_header(&bytes)
            .is_ok_and(|header| header.e_machine == machine && (header.e_ident.get(4) == Some(&2)) == is_64)
    })
}
