//! The file of a package list: where it lies while it is checked, and how it is read.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use url::Url;

use crate::error::Error;
use crate::fetch;
use crate::repository::{LARGEST_INDEX, shown};
use crate::root::Root;
use crate::web::{Advance, hex};

/// Opens the list of a `file:` repository.
pub(super) fn open_list(path: &Path, url: &Url) -> Result<File, Error> {
    match fetch::open(path) {
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Err(Error::Unreachable {
            url: shown(url),
            reason: "the file is not there".to_owned(),
        }),
        opened => opened,
    }
}

/// Copies a list of bounded size; `to` is at its beginning then.
pub(super) fn copy(mut from: &File, to: &mut File, path: &Path, url: &Url, advance: Advance<'_>) -> Result<(), Error> {
    let failed = |error| Error::io("reading a package list", path, error);
    let mut chunk = vec![0; 256 * 1024];
    let mut size = 0u64;
    loop {
        let read = from.read(&mut chunk).map_err(failed)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return to.rewind().map_err(failed);
        };
        size = size.saturating_add(read as u64);
        if size > LARGEST_INDEX {
            let (url, limit) = (shown(url), LARGEST_INDEX);
            return Err(Error::TooLarge { url, limit });
        }
        to.write_all(bytes).map_err(failed)?;
        advance(read as u64)?;
    }
}

/// Reads a package list, one package at a time.
pub(in crate::engine) fn read_index(
    repository: &str,
    from: &Url,
    file: File,
    path: &Path,
    visit: &mut dyn FnMut(moult_stone::Package) -> Result<(), Error>,
) -> Result<(), Error> {
    /// What ended the reading: the list itself, or what was done with a package.
    enum Ended {
        List(moult_stone::Error),
        Visit(Error),
    }
    impl From<moult_stone::Error> for Ended {
        fn from(error: moult_stone::Error) -> Ended {
            Ended::List(error)
        }
    }
    let mut source = std::io::BufReader::new(file);
    let read = moult_stone::each_in_index(&mut source, &moult_stone::Limits::default(), |package| {
        visit(package).map_err(Ended::Visit)
    });
    read.map_err(|ended| match ended {
        Ended::Visit(error) => error,
        Ended::List(moult_stone::Error::Io(error)) if error.raw_os_error().is_some() => {
            Error::io("reading a package list", path, error)
        }
        Ended::List(error) => {
            let mut reason = error.to_string();
            let mut inner = std::error::Error::source(&error);
            while let Some(source) = inner {
                reason = format!("{reason}: {source}");
                inner = source.source();
            }
            Error::DamagedIndex {
                repository: repository.to_owned(),
                url: shown(from),
                reason,
            }
        }
    })
}

/// A file that is removed when dropped.
pub(super) struct Temporary(pub(super) PathBuf);

impl Temporary {
    /// The place of a repository's list, with nothing there.
    pub(super) fn make(root: &Root, repository: &str) -> Result<Temporary, Error> {
        let name = format!("{}.index", hex(&Sha256::digest(repository)));
        let path = root.own("downloads").join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("downloading", path, error)),
            _ => Ok(Temporary(path)),
        }
    }

    /// Makes the file.
    pub(super) fn open(&self) -> Result<File, Error> {
        let opened = File::options().read(true).write(true).create_new(true).open(&self.0);
        opened.map_err(|error| Error::io("downloading", &self.0, error))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
