//! Disk images from outside: their bytes, and the systems on them.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use moult_tests::lab::Installed;

/// A checksum of everything in an image, holes read as zeros.
pub(crate) fn fingerprint(image: &Path) -> blake3::Hash {
    let file = File::open(image).unwrap();
    let mut hasher = blake3::Hasher::new();
    let size = file.metadata().unwrap().len();
    let mut block = vec![0; 1 << 20];
    let mut at = 0;
    while at < size {
        let read = file.read_at(&mut block, at).unwrap();
        // Zeros are not hashed but counted: an image is mostly holes.
        if block[..read].iter().any(|byte| *byte != 0) {
            let _ = hasher.update(&at.to_le_bytes()).update(&block[..read]);
        }
        at += read as u64;
    }
    let _ = hasher.update(&size.to_le_bytes());
    hasher.finalize()
}

/// The root partition of an installed image, mounted; unmounted when dropped.
pub(crate) struct Root {
    pub(crate) path: PathBuf,
    _mounted: Installed,
}

impl Root {
    pub(crate) fn mount(image: &Path, at: &Path) -> Self {
        let mounted = Installed::mount(image, at).unwrap();

        Self {
            path: at.to_owned(),
            _mounted: mounted,
        }
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

/// Files below `folder` (no other file system) that hold `needle`.
pub(crate) fn files_with(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder)
        .same_file_system(true)
        .into_iter()
        .flatten();
    files
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| {
            fs::read(entry.path()).is_ok_and(|content| content.windows(needle.len()).any(|window| window == needle))
        })
        .map(walkdir::DirEntry::into_path)
        .collect()
}
