//! Debian's own AppStream catalogue and its icons, as a stone.
//!
//! Where AppStream 0.16 and later look for them: `/usr/share/swcatalog/yaml/ORIGIN.yml.gz` and
//! `/usr/share/swcatalog/icons/ORIGIN/64x64/NAME.png`.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::Error;
use super::deb::{Control, Node};
use super::draft::Draft;

/// The package that has it.
pub const APPSTREAM: &str = "appstream-data";

/// The first document of a catalogue is shorter than this.
const LONGEST_HEADER: u64 = 4 << 10;
/// The largest icon; real ones of 128 pixels are below 60 kB.
const LARGEST_ICON: u64 = 1 << 20;

/// Files that apt has fetched.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// DEP-11, gzip.
    pub components: PathBuf,
    /// A folder name (`64x64`) and the gzipped tar archive of its icons.
    pub icons: Vec<(String, PathBuf)>,
}

impl Catalogue {
    /// Every file.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let icons = self.icons.iter().map(|(_, path)| path.as_path());
        std::iter::once(self.components.as_path())
            .filter(|path| !path.as_os_str().is_empty())
            .chain(icons)
    }

    /// The stone with all of it.
    pub(crate) fn draft(&self) -> Result<Draft, Error> {
        let compressed = fs::read(&self.components).map_err(Error::io("read", &self.components))?;
        let mut start = Vec::new();
        let _ = MultiGzDecoder::new(compressed.as_slice())
            .take(LONGEST_HEADER)
            .read_to_end(&mut start)
            .map_err(Error::io("read", &self.components))?;
        let header = Header::read(&String::from_utf8_lossy(&start))
            .ok_or_else(|| Error::package(APPSTREAM, "the catalogue has no header"))?;

        let mut draft = Draft::own(APPSTREAM);
        draft.version = header.date.clone();
        draft.release = header.date.parse().unwrap_or(1);
        draft.control = Control::parse(
            "Source: moult\nHomepage: https://appstream.debian.org/\nDescription: Descriptions and icons of programs\n\
             \x20Debian's AppStream catalogue (DEP-11) with icons of 64 and 128 pixels: what a store\n shows of the programs.\n",
        );
        draft.insert(
            format!("share/swcatalog/yaml/{}.yml.gz", header.origin).into_bytes(),
            Node::file(0o644, compressed),
        )?;
        for (size, archive) in &self.icons {
            let folder = format!("share/swcatalog/icons/{}/{size}", header.origin);
            icons(&mut draft, &folder, archive)?;
        }
        Ok(draft)
    }
}

/// What the first document of a catalogue says.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    origin: String,
    /// `20250808`
    date: String,
}

impl Header {
    fn read(text: &str) -> Option<Header> {
        let field = |name: &str| {
            text.lines()
                .take_while(|line| !line.starts_with("Type:"))
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .map(|value| value.trim_matches(['\'', '"']))
        };
        let origin = field("Origin")?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if origin.is_empty() || origin.starts_with('.') || !origin.chars().all(plain) {
            return None;
        }
        let date: String = field("Time")?.chars().take_while(char::is_ascii_digit).collect();
        (date.len() == 8).then(|| Header {
            origin: origin.to_owned(),
            date,
        })
    }
}

/// The pictures of an archive, which has no folders.
fn icons(draft: &mut Draft, folder: &str, archive: &Path) -> Result<(), Error> {
    let failed = Error::io("read", archive);
    let read = || -> std::io::Result<Vec<(String, Vec<u8>)>> {
        let file = std::io::BufReader::new(fs::File::open(archive)?);
        let mut found = Vec::new();
        for entry in tar::Archive::new(MultiGzDecoder::new(file)).entries()? {
            let mut entry = entry?;
            let name = String::from_utf8_lossy(&entry.path_bytes())
                .trim_start_matches("./")
                .to_owned();
            if entry.header().entry_type() != tar::EntryType::Regular || !name.ends_with(".png") || name.contains('/') {
                continue;
            }
            if entry.size() > LARGEST_ICON {
                return Err(std::io::Error::other(format!("{name} is too large for an icon")));
            }
            let mut picture = Vec::new();
            let _ = entry.read_to_end(&mut picture)?;
            found.push((name, picture));
        }
        Ok(found)
    };
    for (name, picture) in read().map_err(failed)? {
        // A name that comes twice means the later one, as for tar.
        let _ = draft
            .files
            .insert(format!("{folder}/{name}").into_bytes(), Node::file(0o644, picture));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_origin_and_day() {
        let text = "---\nFile: DEP-11\nVersion: '1.0'\nOrigin: debian-trixie-main\nTime: 20250808T201448\n---\nType: generic\nOrigin: x\n";

        assert_eq!(
            Header::read(text),
            Some(Header {
                origin: "debian-trixie-main".to_owned(),
                date: "20250808".to_owned()
            })
        );
        assert_eq!(Header::read("Origin: ../x\nTime: 20250808T201448\n"), None);
        assert_eq!(Header::read("Origin: x\nTime: now\n"), None);
    }
}
