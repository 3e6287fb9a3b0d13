//! Makes an initrd: the program, the modules that lists name, with all that they need. The same input gives the same bytes.

pub mod archive;
mod libraries;
pub mod modules;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::Error;
use archive::Archive;
use modules::Tree;

/// What an initrd is made of.
#[derive(Debug, Clone, Default)]
pub struct Recipe {
    /// The release of the kernel: `6.12.0-amd64`.
    pub kernel: String,
    /// Its modules: `/usr/lib/modules/VERSION`.
    pub modules: PathBuf,
    /// Lists of modules.
    pub lists: Vec<PathBuf>,
    /// The program that becomes `/init`, `moult-early`.
    pub init: PathBuf,
    /// Further files: where from, and where they are in the initrd.
    pub add: Vec<(PathBuf, String)>,
    /// Seconds since 1970 that every file has as its date.
    pub date: u32,
}

/// How an initrd is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// As it is.
    None,
    /// zstd, level 19.
    #[default]
    Zstd,
}

/// What an initrd holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Names of the modules, sorted.
    pub modules: Vec<String>,
    /// What the lists name and the kernel has built in.
    pub built_in: Vec<String>,
    /// Bytes before compression.
    pub plain: u64,
    /// Bytes of the file.
    pub packed: u64,
}

impl Recipe {
    /// Makes the initrd and writes it to `out`, in place of what was there.
    ///
    /// # Errors
    /// [`Error::Initrd`] if a module, a library or a path is not what it should be; [`Error::Io`].
    pub fn make(&self, out: &Path, compression: Compression) -> Result<Made, Error> {
        let mut archive = Archive::new(self.date);
        for folder in ["dev", "proc", "run", "sys", "sysroot", "tmp"] {
            archive.folder(folder)?;
        }
        // Without this node the first program would begin with no place to write to.
        archive.device("dev/console", 0o600, 5, 1)?;
        archive.device("dev/null", 0o666, 1, 3)?;
        archive.program("init", &self.init)?;
        archive.link("sbin/modprobe", "/init")?;
        libraries::add(&mut archive, &self.init)?;

        let tree = Tree::read(&self.modules)?;
        let chosen = tree.choose(&self.lists)?;
        let folder = format!("lib/modules/{}", self.kernel);
        for path in chosen.paths() {
            let bytes = tree.module(path)?;
            archive.file(&format!("{folder}/{}", modules::plain_path(path)), 0o644, bytes)?;
        }
        for (name, text) in tree.tables(&chosen) {
            archive.file(&format!("{folder}/{name}"), 0o644, text.into_bytes())?;
        }
        for (source, destination) in &self.add {
            add(&mut archive, source, destination.trim_matches('/'))?;
        }

        let plain = archive.finish();
        let packed = match compression {
            Compression::None => plain.clone(),
            Compression::Zstd => compress(&plain).map_err(|error| Error::io("compressing the initrd", out, error))?,
        };
        write(out, &packed)?;
        Ok(Made {
            modules: chosen.names(),
            built_in: chosen.built_in().to_vec(),
            plain: plain.len() as u64,
            packed: packed.len() as u64,
        })
    }
}

/// Level 19 keeps the window at 8 MiB, which the kernel unpacks; the kernel wants no checksum but takes one.
fn compress(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 19)?;
    encoder.include_checksum(true)?;
    encoder.write_all(plain)?;
    encoder.finish()
}

/// Adds a file or a folder with everything in it; a program among them brings its libraries.
fn add(archive: &mut Archive, source: &Path, destination: &str) -> Result<(), Error> {
    let failed = |error| Error::io("reading what is to be added", source, error);
    let found = fs::symlink_metadata(source).map_err(failed)?;
    if found.is_dir() {
        archive.folder(destination)?;
        let mut names: Vec<_> = fs::read_dir(source)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(failed)?
            .into_iter()
            .map(|entry| entry.file_name())
            .collect();
        names.sort();
        for name in names {
            let text = name
                .to_str()
                .ok_or_else(|| Error::Initrd(format!("{} has a file whose name is no text", source.display())))?;
            add(archive, &source.join(text), &format!("{destination}/{text}"))?;
        }
        return Ok(());
    }
    if found.is_symlink() {
        let target = fs::read_link(source).map_err(failed)?;
        let target = target
            .to_str()
            .ok_or_else(|| Error::Initrd(format!("{} leads to no text", source.display())))?;
        return archive.link(destination, target);
    }
    archive.program(destination, source)?;
    libraries::add(archive, source)
}

/// Writes the file beside its place and puts it there in one step.
fn write(out: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error| Error::io("writing the initrd", out, error);
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".next");
    let next = out.with_file_name(name);
    let mut file = fs::File::create(&next).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&next, out).map_err(failed)
}
