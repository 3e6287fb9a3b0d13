//! Heads of package files that came over the network, kept for the next question: a plan is often made several times, and each
//! time it wants to know which files its packages bring.
//!
//! One file a head, named by the checksum of its package: eight bytes of XXH3 over the rest, then the package file from its first
//! byte on, as far as it was read. Whatever is wrong with one of them, or with the folder, means that the network is asked.

use std::fs::{self, DirBuilder};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::OFlags;
use xxhash_rust::xxh3::xxh3_64;

/// More than this of one package is not kept.
pub(crate) const LARGEST: usize = 4 << 20;
/// With more of them, or more bytes in all, the oldest half goes.
const MOST: usize = 4096;
const MOST_BYTES: u64 = 128 << 20;

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct Heads(PathBuf);

impl Heads {
    /// They are kept there from now on. The folder is made when there is something to keep, for this user alone.
    pub(crate) fn new(folder: &Path) -> Heads {
        Heads(folder.to_owned())
    }

    /// The beginning of the file of the package with this checksum.
    pub(crate) fn find(&self, hash: &str) -> Option<Vec<u8>> {
        // What somebody put there may be no file at all, and then must not be waited for.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mut options = fs::File::options();
        let file = options
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(self.path(hash)?);
        let file = file
            .ok()
            .filter(|file| file.metadata().is_ok_and(|kind| kind.is_file()))?;
        let mut bytes = Vec::new();
        let _ = file.take(LARGEST as u64 + 9).read_to_end(&mut bytes).ok()?;
        let (sum, head) = bytes.split_first_chunk()?;
        let is_whole = u64::from_le_bytes(*sum) == xxh3_64(head) && head.len() <= LARGEST;

        is_whole.then(|| head.to_vec())
    }

    /// Keeps a beginning. It is only worth a warning if that fails: the next question takes longer.
    pub(crate) fn keep(&self, hash: &str, head: &[u8]) {
        let Some(path) = self.path(hash).filter(|_| head.len() <= LARGEST) else {
            return;
        };
        if let Err(error) = self.write(&path, head) {
            tracing::warn!("the head of a package could not be kept: {error}");
        }
    }

    fn write(&self, path: &Path, head: &[u8]) -> std::io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
        file.write_all(&xxh3_64(head).to_le_bytes())?;
        file.write_all(head)?;
        drop(file.persist(path).map_err(|error| error.error)?);
        Ok(())
    }

    /// Forgets one that turned out to be of no use.
    pub(crate) fn forget(&self, hash: &str) {
        if let Some(path) = self.path(hash) {
            let _ = fs::remove_file(path);
        }
    }

    /// Lets the oldest go if there are too many.
    pub(crate) fn tidy(&self) {
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        let mut all: Vec<(SystemTime, u64, PathBuf)> = entries
            .flatten()
            .filter_map(|entry| {
                let stat = entry.metadata().ok()?;
                Some((stat.modified().ok()?, stat.len(), entry.path()))
            })
            .collect();
        let bytes: u64 = all.iter().map(|(_, size, _)| size).sum();
        if all.len() <= MOST && bytes <= MOST_BYTES {
            return;
        }
        all.sort();
        let half = all.len().div_ceil(2);
        for (_, _, path) in all.into_iter().take(half) {
            let _ = fs::remove_file(path);
        }
    }

    /// None for what is no checksum: names come from package lists.
    fn path(&self, hash: &str) -> Option<PathBuf> {
        let is_checksum = hash.len() == 64 && hash.bytes().all(|letter| letter.is_ascii_hexdigit());

        is_checksum.then(|| self.0.join(hash))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

    use std::time::Duration;

    use super::*;

    fn hash(number: usize) -> String {
        format!("{number:064x}")
    }

    #[test]
    fn what_is_kept_is_found_and_what_is_damaged_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let heads = Heads::new(&folder.path().join("made/when/needed"));
        assert_eq!(heads.find(&hash(1)), None);
        heads.keep(&hash(1), b"head");
        assert_eq!(heads.find(&hash(1)).unwrap(), b"head");
        heads.keep(&hash(1), b"longer head");
        assert_eq!(heads.find(&hash(1)).unwrap(), b"longer head");
        assert_eq!(heads.find(&hash(2)), None);

        let path = heads.path(&hash(1)).unwrap();
        let whole = fs::read(&path).unwrap();
        for damaged in [&whole[..7], &whole[..12], &[whole.as_slice(), b"x"].concat(), b""] {
            fs::write(&path, damaged).unwrap();
            assert_eq!(heads.find(&hash(1)), None);
        }
        heads.keep(&hash(1), b"head");
        heads.forget(&hash(1));
        assert_eq!(heads.find(&hash(1)), None);
    }

    #[test]
    fn only_checksums_are_names_and_only_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let heads = Heads::new(folder.path());
        for name in [
            "",
            "..",
            "../../etc/passwd",
            &"/".repeat(64),
            &"g".repeat(64),
            &"a".repeat(63),
        ] {
            heads.keep(name, b"head");
            assert_eq!(heads.find(name), None, "{name}");
        }
        heads.keep(&hash(1), &vec![0; LARGEST + 1]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        std::os::unix::fs::symlink("/dev/zero", heads.path(&hash(2)).unwrap()).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            heads.path(&hash(3)).unwrap(),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        assert_eq!((heads.find(&hash(2)), heads.find(&hash(3))), (None, None));
    }

    #[test]
    fn the_oldest_half_goes_when_there_are_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let heads = Heads::new(folder.path());
        let now = SystemTime::now();
        for number in 0..=MOST {
            let path = heads.path(&hash(number)).unwrap();
            let file = fs::File::create(path).unwrap();
            file.set_modified(now - Duration::from_secs(number as u64)).unwrap();
        }
        heads.tidy();
        assert!(heads.path(&hash(0)).unwrap().exists() && !heads.path(&hash(MOST)).unwrap().exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MOST / 2);

        // The new one is in all of them.
        heads.tidy();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MOST / 2);
    }
}
