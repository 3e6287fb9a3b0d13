//! Disk images from outside: their bytes, and the systems on them.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

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

/// First byte and type of each partition, read by sfdisk.
pub(crate) fn partitions(image: &Path) -> Vec<(u64, String)> {
    let output = Command::new("/usr/sbin/sfdisk")
        .arg("--json")
        .arg(image)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let table = &json["partitiontable"];
    assert_eq!(table["label"], "gpt");
    let sector = table["sectorsize"].as_u64().unwrap_or(512);
    let list = table["partitions"].as_array().unwrap();
    list.iter()
        .map(|part| {
            (
                part["start"].as_u64().unwrap() * sector,
                part["type"].as_str().unwrap().to_lowercase(),
            )
        })
        .collect()
}

/// The root partition of an installed image, mounted; unmounted when dropped.
pub(crate) struct Root {
    pub(crate) path: PathBuf,
}

impl Root {
    pub(crate) fn mount(image: &Path, at: &Path) -> Self {
        let root_type = "4f68bce3-e8cd-4db1-96e7-fbcaf984b709";
        let (start, _) = partitions(image)
            .into_iter()
            .find(|(_, kind)| kind == root_type)
            .expect("a root partition");
        fs::create_dir_all(at).unwrap();
        let status = Command::new("/usr/bin/mount")
            .args(["-o", &format!("loop,offset={start}")])
            .arg(image)
            .arg(at)
            .status()
            .unwrap();
        assert!(status.success());
        Self { path: at.to_owned() }
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let _ = Command::new("/usr/bin/umount").arg(&self.path).status();
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
