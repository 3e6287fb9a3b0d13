//! Data sets to measure with: packages whose files have the sizes and the compressibility of a real system's.

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use moult_stone::{Package, PackageWriter, Source};
use sha2::{Digest, Sha256};

/// One data set. The same numbers give the same bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) packages: usize,
    pub(crate) files: usize,
    /// So many of the files are in one directory of one package.
    pub(crate) together: usize,
}

/// What a made data set is.
#[derive(Debug, Clone, Copy, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Made {
    pub(crate) packages: usize,
    pub(crate) files: usize,
    pub(crate) bytes: u64,
    pub(crate) packed: u64,
}

impl Set {
    /// Makes the repository below `folder`, unless it is there. Every package needs the one before it, and `all` needs all.
    pub(crate) fn make(&self, folder: &Path) -> Result<(PathBuf, Made), Box<dyn Error>> {
        let folder = folder.join(self.name);
        let done = folder.join("made.json");
        if let Ok(text) = std::fs::read(&done) {
            return Ok((folder, serde_json::from_slice(&text)?));
        }
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ self.files as u64 ^ ((self.together as u64) << 32));
        let mut made = Made::default();
        let mut list = Vec::new();
        let each = (self.files - self.together) / self.packages;
        for number in 0..self.packages {
            let name = format!("pkg-{number:03}");
            let needs = number.checked_sub(1).map(|before| format!("pkg-{before:03}"));
            let mut writer = PackageWriter::new(package(&name, needs.into_iter())).level(3);
            for file in 0..each {
                let path = format!("share/{name}/{:02}/file-{file}.dat", file / 40);
                // As many bytes in every set: what small files in one directory lack, the others have.
                let size = dice.clone().size() * self.files / (self.files - self.together);
                let bytes = dice.content(size);
                made.bytes += bytes.len() as u64;
                writer.file(path.as_bytes(), 0o644, 0, 0, Source::Bytes(bytes))?;
                made.files += 1;
            }
            if number == 0 {
                for file in 0..self.together {
                    let bytes = dice.content(300 + file % 3000);
                    made.bytes += bytes.len() as u64;
                    let path = format!("share/icons/one-directory/{file:06}.svg");
                    writer.file(path.as_bytes(), 0o644, 0, 0, Source::Bytes(bytes))?;
                    made.files += 1;
                }
            }
            list.push(write(&folder, writer, &name, number.checked_sub(1))?);
        }
        // Another release of one package, for the change of one package.
        let mut writer = PackageWriter::new(Package {
            source_release: 2,
            ..package("pkg-007", ["pkg-006".to_owned()].into_iter())
        })
        .level(3);
        for file in 0..each {
            let path = format!("share/pkg-007/{:02}/file-{file}.dat", file / 40);
            let size = dice.clone().size().min(64 << 10);
            writer.file(path.as_bytes(), 0o644, 0, 0, Source::Bytes(dice.content(size)))?;
        }
        let newer = write(&folder, writer, "pkg-007-2", Some(6))?;
        let mut all = PackageWriter::new(package(
            "all",
            (0..self.packages).map(|number| format!("pkg-{number:03}")),
        ));
        all.symlink(b"share/all", b"icons", 0, 0)?;
        let path = folder.join("all.stone");
        all.write(File::create(&path)?)?;
        let mut entry = package("all", (0..self.packages).map(|number| format!("pkg-{number:03}")));
        listed(&mut entry, &path)?;
        list.push(entry);

        made.packages = list.len();
        made.packed = list.iter().filter_map(|package| package.size).sum();
        moult_stone::write_index(File::create(folder.join("stone.index"))?, &list)?;
        list.push(Package {
            source_release: 2,
            ..newer
        });
        moult_stone::write_index(File::create(folder.join("newer.index"))?, &list)?;
        std::fs::write(done, serde_json::to_vec(&made)?)?;
        Ok((folder, made))
    }
}

fn package(name: &str, needs: impl Iterator<Item = String>) -> Package {
    Package {
        name: name.to_owned(),
        version: "1".to_owned(),
        source_release: 1,
        build_release: 1,
        architecture: "x86_64".to_owned(),
        summary: format!("{name} of a data set"),
        description: "Made to measure with.".to_owned(),
        source_id: name.to_owned(),
        homepage: "https://example.org".to_owned(),
        licenses: vec!["MPL-2.0".to_owned()],
        dependencies: needs.filter_map(|need| need.parse().ok()).collect(),
        providers: Vec::new(),
        conflicts: Vec::new(),
        uri: None,
        hash: None,
        size: None,
    }
}

fn write(folder: &Path, writer: PackageWriter, file: &str, before: Option<usize>) -> Result<Package, Box<dyn Error>> {
    let path = folder.join(format!("{file}.stone"));
    writer.write(File::create(&path)?)?;
    let name = file.get(..7).unwrap_or(file);
    let mut entry = package(name, before.map(|before| format!("pkg-{before:03}")).into_iter());
    listed(&mut entry, &path)?;
    Ok(entry)
}

fn listed(package: &mut Package, path: &Path) -> Result<(), Box<dyn Error>> {
    let mut hasher = Sha256::new();
    let bytes = std::fs::read(path)?;
    hasher.update(&bytes);
    package.hash = Some(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
    package.size = Some(bytes.len() as u64);
    package.uri = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    Ok(())
}

/// A source of numbers that is the same everywhere (xorshift).
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Bytes of a file: most are small, few are large; 17 KiB on average.
    fn size(mut self) -> usize {
        let (which, within) = (self.next() % 1000, self.next());
        let between = |low: u64, high: u64| (low + within % (high - low)) as usize;
        match which {
            0..700 => between(100, 6 << 10),
            700..950 => between(6 << 10, 54 << 10),
            950..999 => between(54 << 10, 256 << 10),
            _ => between(256 << 10, 4 << 20),
        }
    }

    /// Text-like bytes that zstd makes about three times smaller.
    fn content(&mut self, size: usize) -> Vec<u8> {
        let _ = self.next();
        let mut bytes = Vec::with_capacity(size + 32);
        while bytes.len() < size {
            let number = self.next();
            match number % 4 {
                0 => bytes.extend_from_slice(&self.next().to_le_bytes()),
                1 => bytes.extend_from_slice(format!("{:x} ", number >> 40).as_bytes()),
                _ => bytes.extend_from_slice(WORDS[(number >> 8) as usize % WORDS.len()].as_bytes()),
            }
        }
        bytes.truncate(size);
        bytes
    }
}

const WORDS: [&str; 12] = [
    "the quick brown fox ",
    "jumps over the lazy dog\n",
    "#include <stdlib.h>\n",
    "static int ",
    "return value; ",
    "for (size_t at = 0; ",
    "\0\0\0\0\0\0\0\0",
    "<path d=\"M0 0h24v24H0z\"/>",
    "Copyright the authors, ",
    "license: MPL-2.0\n",
    "usr/share/locale/",
    "_ZN4core3fmt9Formatter",
];
