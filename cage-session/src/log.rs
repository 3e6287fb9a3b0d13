//! The log files: readable by their owner alone.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use crate::error::Error;

/// The folder of logs below the person's runtime folder.
pub(crate) fn folder(runtime: &Path) -> Result<PathBuf, Error> {
    let folder = runtime.join("moult");
    match fs::DirBuilder::new().mode(0o700).create(&folder) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(Error::file("making", &folder)(e)),
        _ => Ok(folder),
    }
}

/// Opens a log to write at its end.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::file("opening", path))
}

/// Puts an earlier session's log aside as NAME.old.
pub(crate) fn put_aside(path: &Path) {
    let mut old = path.as_os_str().to_owned();
    old.push(".old");
    // When there is none there is nothing to keep.
    let _ = fs::rename(path, old);
}

/// The last few lines that a program wrote for people; lines of the window's trace are left out.
pub(crate) fn last_words(path: &Path) -> Vec<String> {
    const ENOUGH: u64 = 16 * 1024;
    let mut bytes = Vec::new();
    if let Ok(mut file) = File::open(path) {
        let length = file.metadata().map_or(0, |found| found.len());
        let _ = file.seek(SeekFrom::Start(length.saturating_sub(ENOUGH)));
        let _ = file.take(ENOUGH).read_to_end(&mut bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('{'))
        .collect();
    let clean = |line: &&str| line.chars().filter(|c| !c.is_control()).take(160).collect();
    lines.iter().skip(lines.len().saturating_sub(5)).map(clean).collect()
}
