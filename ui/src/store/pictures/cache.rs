//! Screenshots on the disk, as they were fetched: found again by their address, thrown away when there are too many.

use std::fs::{self, DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// A picture that was fetched longer ago is fetched again.
const FRESH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A folder of pictures that is never larger than it may be for long.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    folder: PathBuf,
    /// Bytes of all files.
    room: u64,
}

/// What was kept of an address.
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    pub(super) is_fresh: bool,
}

/// This user's folder for it, by the XDG rules; none without a home.
pub(super) fn folder() -> Option<PathBuf> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let caches = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;

    Some(caches.join("moult").join("pictures"))
}

impl Cache {
    pub(super) fn new(folder: PathBuf, room: u64) -> Self {
        Self { folder, room }
    }

    /// What is kept of an address.
    pub(super) fn read(&self, url: &str, limit: u64) -> Option<Kept> {
        let path = self.place(url);
        let bytes = super::read(&path, limit)?;
        let fetched = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok()?;
        // A time to come is a clock that was wrong.
        let is_fresh = fetched.elapsed().is_ok_and(|age| age < FRESH);

        Some(Kept { bytes, is_fresh })
    }

    /// Keeps what was fetched, and lets the oldest go if there is too much. A cache that cannot be written is none.
    pub(super) fn write(&self, url: &str, bytes: &[u8]) {
        if let Err(error) = self.try_write(&self.place(url), bytes) {
            tracing::info!(folder = %self.folder.display(), %error, "a screenshot is not kept");
        }
    }

    fn try_write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);

        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let draft = self.folder.join(format!(".{}-{number}", std::process::id()));
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(&draft)?;
        let written = file.write_all(bytes).and_then(|()| fs::rename(&draft, path));
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written?;

        self.make_room()
    }

    /// Removes the oldest until the rest fits. Drafts of a window that died are as old as it.
    fn make_room(&self) -> std::io::Result<()> {
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            // Another window may have removed it meanwhile.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() {
                files.push((metadata.modified()?, metadata.len(), entry.path()));
            }
        }
        files.sort_unstable_by(|one, other| other.cmp(one));

        let mut taken = 0_u64;
        for (_, size, path) in files {
            taken = taken.saturating_add(size);
            if taken > self.room {
                fs::remove_file(path)?;
            }
        }

        Ok(())
    }

    /// The file of an address: its BLAKE3, so that no address leads out of the folder.
    fn place(&self, url: &str) -> PathBuf {
        self.folder.join(blake3::hash(url.as_bytes()).to_hex().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(room: u64) -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("moult/pictures"), room);

        (folder, cache)
    }

    fn aged(cache: &Cache, url: &str, age: Duration) {
        let file = File::options().write(true).open(cache.place(url)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn what_was_kept_is_found_by_its_address_and_nothing_else() {
        let (_folder, cache) = cache(100);
        assert!(cache.read("https://a/../../x.png", 10).is_none());

        cache.write("https://a/../../x.png", b"pixels");
        let kept = cache.read("https://a/../../x.png", 10).unwrap();
        assert_eq!((kept.bytes.as_slice(), kept.is_fresh), (b"pixels".as_slice(), true));
        assert!(cache.read("https://a/y.png", 10).is_none());
        assert!(cache.read("https://a/../../x.png", 5).is_none(), "larger than allowed");
    }

    #[test]
    fn the_oldest_go_when_there_is_too_much() {
        let (_folder, cache) = cache(10);
        cache.write("old", b"1234");
        aged(&cache, "old", Duration::from_secs(200));
        cache.write("older", b"1234");
        aged(&cache, "older", Duration::from_secs(300));
        cache.write("new", b"1234");

        assert!(cache.read("new", 10).is_some());
        assert!(cache.read("old", 10).is_some());
        assert!(cache.read("older", 10).is_none());
        assert_eq!(fs::read_dir(&cache.folder).unwrap().count(), 2);
    }

    #[test]
    fn after_thirty_days_it_is_not_fresh_any_more() {
        let (_folder, cache) = cache(10);
        cache.write("a", b"1");
        aged(&cache, "a", FRESH + Duration::from_secs(60));

        assert!(!cache.read("a", 10).unwrap().is_fresh);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_failure() {
        let cache = Cache::new(PathBuf::from("/proc/moult"), 10);
        cache.write("a", b"1");

        assert!(cache.read("a", 10).is_none());
    }
}
