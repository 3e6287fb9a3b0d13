//! Whether a repository is already what it would become.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Error;
use super::apt::Chosen;
use super::catalogue::Catalogue;
use super::make::{Made, Options};
use super::stones::write_whole;

/// Changes when the maker would make other stones of the same packages.
const MAKER: &str = "3";

/// BLAKE3 over everything that decides what the stones are: the maker, our data files, the level, and each package's version.
pub(crate) fn stamp(options: &Options, chosen: &[Chosen], catalogue: &Catalogue) -> Result<String, Error> {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &[u8]| {
        let _ = hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    };

    add(MAKER.as_bytes());
    add(&[u8::from(options.programs.is_some())]);
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(&options.level.to_le_bytes());
    for entry in walkdir::WalkDir::new(&options.data)
        .sort_by_file_name()
        .into_iter()
        .flatten()
    {
        let path = entry.path();
        add(path
            .strip_prefix(&options.data)
            .unwrap_or(path)
            .as_os_str()
            .as_encoded_bytes());
        if entry.file_type().is_file() {
            add(&fs::read(path).map_err(Error::io("read", path))?);
        }
    }
    for package in chosen {
        add(package.file_name().as_bytes());
    }
    for path in catalogue.paths() {
        add(&fs::read(path).map_err(Error::io("read", path))?);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// `REPO/made`: the stamp, the figures, and the size of each file, so that a stone that was lost or cut is made again.
pub(crate) fn write_stamp(repo: &Path, stamp: &str, made: &Made) -> Result<(), Error> {
    let mut text = format!(
        "{stamp} {} {} {} {}\n",
        made.packages, made.stone_bytes, made.file_bytes, made.entries
    );
    for (path, size) in files(repo) {
        text.push_str(&format!("{size} {path}\n"));
    }
    write_whole(&repo.join("made"), text.as_bytes())
}

pub(crate) fn unchanged(repo: &Path, stamp: &str) -> Option<Made> {
    let text = fs::read_to_string(repo.join("made")).ok()?;
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next()?.split(' ').collect();
    let [found, packages, stone_bytes, file_bytes, entries] = head.as_slice() else {
        return None;
    };

    let recorded: BTreeMap<String, u64> = lines
        .filter_map(|line| {
            let (size, path) = line.split_once(' ')?;
            Some((path.to_owned(), size.parse().ok()?))
        })
        .collect();
    if *found != stamp || recorded != files(repo) || !recorded.contains_key("stone.index") {
        return None;
    }
    Some(Made {
        packages: packages.parse().ok()?,
        stone_bytes: stone_bytes.parse().ok()?,
        file_bytes: file_bytes.parse().ok()?,
        entries: entries.parse().ok()?,
        unchanged: true,
        ..Made::default()
    })
}

fn files(repo: &Path) -> BTreeMap<String, u64> {
    walkdir::WalkDir::new(repo)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(repo).ok()?.to_str()?.to_owned();
            let ours = path == "stone.index" || path.ends_with(".stone");
            ours.then_some((path, entry.metadata().ok()?.len()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_stone_is_noticed() {
        let repo = tempfile::tempdir().unwrap();
        write_whole(&repo.path().join("a/a.stone"), b"stone").unwrap();
        write_whole(&repo.path().join("stone.index"), b"index").unwrap();
        write_stamp(
            repo.path(),
            "x",
            &Made {
                packages: 1,
                ..Made::default()
            },
        )
        .unwrap();

        assert_eq!(unchanged(repo.path(), "x").unwrap().packages, 1);
        assert!(unchanged(repo.path(), "y").is_none());

        fs::write(repo.path().join("a/a.stone"), b"sto").unwrap();
        assert!(unchanged(repo.path(), "x").is_none());
    }
}
