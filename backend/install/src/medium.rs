//! The medium that a live system runs from: is it what it was made as?

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Where the live system's initrd leaves the image and its checksum: on the medium, or copied into memory.
const FOLDERS: [&str; 2] = ["/run/moult/medium/moult", "/run/moult/ram"];
const IMAGES: [&str; 2] = ["live.erofs", "live.squashfs"];
/// BLAKE3 in hexadecimal digits, as `b3sum` writes it.
const CHECKSUM: &str = "live.blake3";
/// Nobody's checksum is longer.
const CHECKSUM_LIMIT: u64 = 4096;

/// An image with its checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    image: PathBuf,
    checksum: PathBuf,
}

impl Medium {
    /// The one that this system runs from, if it runs from one.
    pub fn running() -> Option<Medium> {
        FOLDERS.iter().find_map(|folder| Self::within(Path::new(folder)))
    }

    fn within(folder: &Path) -> Option<Medium> {
        let image = IMAGES
            .iter()
            .map(|name| folder.join(name))
            .find(|path| path.is_file())?;
        let checksum = folder.join(CHECKSUM);
        checksum.is_file().then_some(Medium { image, checksum })
    }

    /// The image.
    pub fn image(&self) -> &Path {
        &self.image
    }

    /// Reads the whole image and compares it with its checksum. An image that cannot be read to its end is not whole.
    ///
    /// # Errors
    /// When the checksum cannot be read, or the image cannot be opened.
    pub fn is_whole(&self) -> io::Result<bool> {
        let mut text = String::new();
        let _ = File::open(&self.checksum)?
            .take(CHECKSUM_LIMIT)
            .read_to_string(&mut text)?;
        let wanted = text.split_whitespace().next().unwrap_or_default();
        let file = File::open(&self.image)?;
        match digest(file) {
            Ok(found) => Ok(found.eq_ignore_ascii_case(wanted)),
            Err(error) => {
                tracing::warn!(%error, image = %self.image.display(), "the medium cannot be read to its end");
                Ok(false)
            }
        }
    }
}

fn digest(file: File) -> io::Result<String> {
    // What runs from the medium is in memory in part: that says nothing of the medium.
    let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    let mut hasher = blake3::Hasher::new();
    let _ = hasher.update_reader(file)?;
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_changed_byte_is_found_and_a_folder_without_a_checksum_is_no_medium() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let image = path.join("live.squashfs");
        let mut bytes = vec![7; (1 << 20) + 1];
        fs::write(&image, &bytes).unwrap();
        assert_eq!(Medium::within(path), None);

        let sum = blake3::hash(&bytes).to_hex().to_uppercase();
        fs::write(path.join(CHECKSUM), format!("{sum}  live.squashfs\n")).unwrap();
        let medium = Medium::within(path).unwrap();
        assert_eq!(medium.image(), image);
        assert!(medium.is_whole().unwrap());

        bytes[1 << 20] = 8;
        fs::write(&image, &bytes).unwrap();
        assert!(!medium.is_whole().unwrap());
        fs::write(path.join(CHECKSUM), "").unwrap();
        assert!(!medium.is_whole().unwrap(), "no checksum agrees with nothing");
        fs::remove_file(path.join(CHECKSUM)).unwrap();
        assert!(medium.is_whole().is_err());
    }
}
