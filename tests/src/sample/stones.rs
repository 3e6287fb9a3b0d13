//! Stones and their list, written.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use moult_stone::{Limits, Package, PackageWriter, Source};
use sha2::{Digest, Sha256};

use super::Error;
use super::deb::Kind;
use super::draft::Draft;

/// The list of a repository.
pub(crate) fn list(repo: &Path) -> Result<Vec<Package>, Error> {
    let path = repo.join("stone.index");
    let file = fs::File::open(&path).map_err(Error::io("open", &path))?;
    moult_stone::read_index(&mut BufReader::new(file), &Limits::default())
        .map_err(|source| Error::Stone { path, source })
}

/// Debian's name for an architecture, as stones spell it.
pub(crate) fn stone_architecture(debian: &str) -> String {
    match debian {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        other => other,
    }
    .to_owned()
}

/// Writes one stone and returns what the index says about it.
pub(crate) fn write_stone(package: Package, draft: Draft, repo: &Path, level: i32) -> Result<Package, Error> {
    let version: String = package
        .version
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || ".+-~".contains(letter) {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let name = format!(
        "{}-{version}-{}-{}-{}.stone",
        package.name, package.source_release, package.build_release, package.architecture
    );
    let letter = package.name.chars().next().unwrap_or('_').to_ascii_lowercase();
    let uri = format!("{letter}/{name}");
    let path = repo.join(&uri);
    let wrong = |source| Error::Stone {
        path: path.clone(),
        source,
    };

    let mut writer = PackageWriter::new(package.clone()).level(level);
    for (path, node) in draft.files {
        match node.kind {
            Kind::Directory => writer.directory(&path, node.mode, node.uid, node.gid),
            Kind::Symlink(target) => writer.symlink(&path, &target, node.uid, node.gid),
            Kind::File(content) => {
                let content = Arc::try_unwrap(content).unwrap_or_else(|shared| shared.to_vec());
                writer.file(&path, node.mode, node.uid, node.gid, Source::Bytes(content))
            }
        }
        .map_err(wrong)?;
    }
    let mut stone = Cursor::new(Vec::new());
    writer.write(&mut stone).map_err(wrong)?;
    let stone = stone.into_inner();

    write_whole(&path, &stone)?;
    Ok(Package {
        uri: Some(uri),
        hash: Some(hexadecimal(&Sha256::digest(&stone))),
        size: Some(stone.len() as u64),
        ..package
    })
}

pub(crate) fn write_index(packages: &[Package], repo: &Path) -> Result<(), Error> {
    let path = repo.join("stone.index");
    let mut index = Vec::new();
    moult_stone::write_index(&mut index, packages).map_err(|source| Error::Stone {
        path: path.clone(),
        source,
    })?;
    write_whole(&path, &index)?;

    // Stones of an earlier run.
    let current: BTreeSet<PathBuf> = packages
        .iter()
        .filter_map(|package| Some(repo.join(package.uri.as_ref()?)))
        .collect();
    for entry in walkdir::WalkDir::new(repo)
        .min_depth(2)
        .max_depth(2)
        .into_iter()
        .flatten()
    {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "stone") && !current.contains(path) {
            fs::remove_file(path).map_err(Error::io("remove", path))?;
        }
    }
    Ok(())
}

/// Writes beside and renames: a reader sees the old file or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
    }
    let part = path.with_extension("part");
    fs::write(&part, bytes).map_err(Error::io("write", &part))?;
    fs::rename(&part, path).map_err(Error::io("write", path))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
