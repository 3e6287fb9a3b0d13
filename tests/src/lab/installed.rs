//! The system on a disk image, as a folder.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Error, program};

/// The type of a root partition on x86-64 (the Discoverable Partitions Specification).
const ROOT_TYPE: &str = "4f68bce3-e8cd-4db1-96e7-fbcaf984b709";
/// How long the image may be in use still.
const PATIENCE: Duration = Duration::from_secs(60);

/// The root partition of an installed image, mounted; unmounted when dropped.
#[derive(Debug)]
pub struct Installed {
    path: PathBuf,
}

impl Installed {
    /// Mounts the root partition of `image` at `at`, which is made.
    ///
    /// # Errors
    /// When the image has none, or it cannot be mounted.
    pub fn mount(image: &Path, at: &Path) -> Result<Installed, Error> {
        let mut sfdisk = program::system("sfdisk")?;
        let table = program::output(sfdisk.arg("--json").arg(image))?;
        let start = root_start(&table).ok_or_else(|| Error::Start(format!("{} has no system", image.display())))?;
        std::fs::create_dir_all(at).map_err(Error::file("making", at))?;
        // A child that another thread has just started has the descriptors of a lab's disk until it is another program; as long
        // as that device is there, mount refuses a second one for the same bytes.
        let begun = Instant::now();
        loop {
            let mut mount = program::system("mount")?;
            match program::output(mount.args(["-o", &format!("loop,offset={start}")]).arg(image).arg(at)) {
                Ok(_) => return Ok(Installed { path: at.to_owned() }),
                Err(error) if begun.elapsed() > PATIENCE => return Err(error),
                Err(_) => sleep(Duration::from_millis(100)),
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        let unmounted = program::system("umount").and_then(|mut umount| program::output(umount.arg(&self.path)));
        if let Err(error) = unmounted {
            eprintln!("{} stays mounted: {error}", self.path.display());
        }
    }
}

/// The first byte of the root partition in what `sfdisk --json` prints.
fn root_start(table: &[u8]) -> Option<u64> {
    let table: serde_json::Value = serde_json::from_slice(table).ok()?;
    let table = table.get("partitiontable")?;
    let sector = table
        .get("sectorsize")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or(512);
    let partitions = table.get("partitions")?.as_array()?;
    let root = partitions.iter().find(|partition| {
        let kind = partition.get("type").and_then(serde_json::Value::as_str);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case(ROOT_TYPE))
    })?;

    root.get("start")?.as_u64()?.checked_mul(sector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_partition_is_found_by_its_type_in_bytes() {
        let table = br#"{"partitiontable":{"label":"gpt","sectorsize":4096,"partitions":[
            {"start":256,"type":"C12A7328-F81F-11D2-BA4B-00A0C93EC93B"},
            {"start":1024,"type":"4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"}]}}"#;
        assert_eq!(root_start(table), Some(1024 * 4096));
        assert_eq!(root_start(b"{}"), None);
        assert_eq!(root_start(br#"{"partitiontable":{"partitions":[]}}"#), None);
    }
}
