//! A root held against the stones, or made out of them, without the package engine: the tests' independent witness.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::{Component, Path, PathBuf};

use moult_stone::{EntryKind, Limits, Package, Provider, Stone};
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::Xxh3;

use super::stones::{hexadecimal, list};
use super::{Error, in_parallel};

/// What was compared.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// Stones.
    pub packages: usize,
    /// Regular files, compared with their content.
    pub files: usize,
    /// Symbolic links, compared with their text.
    pub links: usize,
    /// Directories that a stone names.
    pub directories: usize,
    /// Bytes of all regular files.
    pub bytes: u64,
    /// Paths below `ROOT/usr`, directories not counted, that no stone names.
    pub unclaimed: usize,
}

/// The stones of a repository, each checked against the list, and where they are; of all packages, or of one and what it needs.
fn stones(repo: &Path, of: Option<&str>) -> Result<Vec<(PathBuf, Stone)>, Error> {
    let packages = list(repo)?;
    let packages = match of {
        Some(name) => needed(packages, name)?,
        None => packages,
    };
    in_parallel(packages, |package| stone(repo, &package))
}

/// A package and all that it needs. Where several packages give the same, the one of that name counts, else the first.
fn needed(packages: Vec<Package>, name: &str) -> Result<Vec<Package>, Error> {
    let mut givers: BTreeMap<Provider, usize> = BTreeMap::new();
    for (at, package) in packages.iter().enumerate() {
        for provider in &package.providers {
            let _ = givers.entry(provider.clone()).or_insert(at);
        }
    }
    for (at, package) in packages.iter().enumerate() {
        let _ = givers.insert(Provider::name(&package.name), at);
    }

    let mut wanted = BTreeSet::new();
    let mut open = vec![Provider::name(name)];
    while let Some(provider) = open.pop() {
        let at = *givers
            .get(&provider)
            .ok_or_else(|| Error::Unresolved(vec![provider.to_string()]))?;
        if let (true, Some(package)) = (wanted.insert(at), packages.get(at)) {
            open.extend(package.dependencies.iter().cloned());
        }
    }
    let chosen = packages.into_iter().enumerate().filter(|(at, _)| wanted.contains(at));
    Ok(chosen.map(|(_, package)| package).collect())
}

fn stone(repo: &Path, package: &Package) -> Result<(PathBuf, Stone), Error> {
    let uri = package.uri.as_deref().unwrap_or("");
    if uri.is_empty()
        || !Path::new(uri)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
    {
        return Err(Error::package(
            &package.name,
            format!("its place in the repository is {uri:?}"),
        ));
    }
    let path = repo.join(uri);
    let bytes = fs::read(&path).map_err(Error::io("read", &path))?;

    let hash = hexadecimal(&Sha256::digest(&bytes));
    if package.hash.as_ref() != Some(&hash) || package.size != Some(bytes.len() as u64) {
        return Err(Error::package(
            &package.name,
            "the index has another hash or size for its stone",
        ));
    }
    let stone = Stone::read(&mut std::io::Cursor::new(bytes), &Limits::default()).map_err(|source| Error::Stone {
        path: path.clone(),
        source,
    })?;
    Ok((path, stone))
}

/// Verifies that each path of each package, or of one package `of` the repository and all that it needs, is below `root/usr` with the kind, content, mode and owner that its stone says.
pub fn check(repo: &Path, root: &Path, of: Option<&str>) -> Result<Checked, Error> {
    let stones = stones(repo, of)?;
    let usr = root.join("usr");
    let mut checked = Checked {
        packages: stones.len(),
        ..Checked::default()
    };
    let mut named: BTreeSet<PathBuf> = BTreeSet::new();
    let mut entries = Vec::new();

    for (path, stone) in stones {
        let package = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        for entry in stone.layout {
            moult_stone::check_path(&entry.path).map_err(|source| Error::Stone {
                path: path.clone(),
                source,
            })?;
            let _ = named.insert(usr.join(OsStr::from_bytes(&entry.path)));
            match entry.kind {
                EntryKind::Regular { .. } => checked.files += 1,
                EntryKind::Symlink { .. } => checked.links += 1,
                EntryKind::Directory => checked.directories += 1,
                _ => {}
            }
            entries.push((package.clone(), entry));
        }
    }

    let results = in_parallel(entries, |(package, entry)| {
        let path = usr.join(OsStr::from_bytes(&entry.path));
        Ok(match compare(&path, &entry) {
            Ok(bytes) => (bytes, None),
            Err(difference) => (0, Some(format!("{}: {difference} ({package})", path.display()))),
        })
    })?;
    checked.bytes = results.iter().map(|(bytes, _)| bytes).sum();

    let differences: Vec<String> = results.into_iter().filter_map(|(_, difference)| difference).collect();
    if !differences.is_empty() {
        return Err(Error::Different(differences));
    }
    checked.unclaimed = walkdir::WalkDir::new(&usr)
        .into_iter()
        .flatten()
        .filter(|entry| !entry.file_type().is_dir() && !named.contains(entry.path()))
        .count();
    Ok(checked)
}

/// The bytes compared, or the difference in words.
fn compare(path: &Path, entry: &moult_stone::LayoutEntry) -> Result<u64, String> {
    let found = fs::symlink_metadata(path).map_err(|error| format!("{error}"))?;
    let mut bytes = 0;

    match &entry.kind {
        EntryKind::Regular { digest } if found.is_file() => {
            let mut file = File::open(path).map_err(|error| format!("{error}"))?;
            let mut hash = Xxh3::new();
            let mut buffer = vec![0; 128 << 10];
            loop {
                let length = file.read(&mut buffer).map_err(|error| format!("{error}"))?;
                if length == 0 {
                    break;
                }
                hash.update(buffer.get(..length).unwrap_or_default());
                bytes += length as u64;
            }
            if hash.digest128() != *digest {
                return Err("its content is another one".to_owned());
            }
        }
        EntryKind::Symlink { target } if found.is_symlink() => {
            let text = fs::read_link(path).map_err(|error| format!("{error}"))?;
            if text.as_os_str().as_bytes() != target {
                return Err(format!(
                    "it points to {}, not to {}",
                    text.display(),
                    String::from_utf8_lossy(target)
                ));
            }
        }
        EntryKind::Directory if found.is_dir() => {}
        other => return Err(format!("it is {:?}, the stone says {other:?}", found.file_type())),
    }

    if (found.uid(), found.gid()) != (entry.uid, entry.gid) {
        return Err(format!(
            "it belongs to {}:{}, not to {}:{}",
            found.uid(),
            found.gid(),
            entry.uid,
            entry.gid
        ));
    }
    let (mode, expected) = (found.mode() & 0o7777, entry.mode & 0o7777);
    if !found.is_symlink() && mode != expected {
        return Err(format!("its mode is {mode:04o}, not {expected:04o}"));
    }
    Ok(bytes)
}

/// Makes a root out of all stones of the repository, with what a first boot needs beside `/usr`. `root/usr` must not be there yet.
pub fn extract(repo: &Path, root: &Path) -> Result<usize, Error> {
    let usr = root.join("usr");
    folder(root)?;
    fs::create_dir(&usr).map_err(Error::io("make", &usr))?;

    let stones = stones(repo, None)?;
    let count = stones.len();
    let _ = in_parallel(stones, |(path, stone)| unpack(&path, &stone, &usr))?;

    for (name, target) in [
        ("bin", "usr/bin"),
        ("sbin", "usr/sbin"),
        ("lib", "usr/lib"),
        ("lib64", "usr/lib64"),
    ] {
        let path = root.join(name);
        symlink(target, &path).map_err(Error::io("make", &path))?;
    }
    for name in ["dev", "etc", "home", "mnt", "proc", "root", "run", "sys", "tmp", "var"] {
        folder(&root.join(name))?;
    }
    for (name, text) in [("etc/machine-id", "uninitialized\n"), ("etc/hostname", "moult\n")] {
        let path = root.join(name);
        fs::write(&path, text).map_err(Error::io("write", &path))?;
    }
    Ok(count)
}

/// Makes a directory and its parents, unless they are there.
fn folder(path: &Path) -> Result<(), Error> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(path)
        .map_err(Error::io("make", path))
}

fn unpack(stone_path: &Path, stone: &Stone, usr: &Path) -> Result<(), Error> {
    let wrong = |source| Error::Stone {
        path: stone_path.to_owned(),
        source,
    };
    let mut wanted: BTreeMap<u128, Vec<&moult_stone::LayoutEntry>> = BTreeMap::new();

    for entry in &stone.layout {
        entry.check().map_err(wrong)?;
        let path = usr.join(OsStr::from_bytes(&entry.path));
        if let Some(parent) = path.parent() {
            folder(parent)?;
        }
        match &entry.kind {
            EntryKind::Regular { digest } => wanted.entry(*digest).or_default().push(entry),
            EntryKind::Symlink { target } => {
                symlink(OsStr::from_bytes(target), &path).map_err(Error::io("make", &path))?;
                lchown(&path, Some(entry.uid), Some(entry.gid)).map_err(Error::io("give away", &path))?;
            }
            EntryKind::Directory => {
                folder(&path)?;
                own(&path, entry)?;
            }
            _ => {}
        }
    }

    let Some(content) = &stone.content else { return Ok(()) };
    let file = File::open(stone_path).map_err(Error::io("open", stone_path))?;
    let mut reader = content
        .decode(BufReader::new(file), &Limits::default())
        .map_err(wrong)?;
    let mut at = 0;

    for part in stone.contents().map_err(wrong)? {
        let gap = part.start.saturating_sub(at);
        let _ =
            std::io::copy(&mut (&mut reader).take(gap), &mut std::io::sink()).map_err(Error::io("read", stone_path))?;
        let mut bytes = Vec::new();
        let _ = (&mut reader)
            .take(part.size())
            .read_to_end(&mut bytes)
            .map_err(Error::io("read", stone_path))?;
        at = part.end;

        for entry in wanted.remove(&part.digest).unwrap_or_default() {
            let path = usr.join(OsStr::from_bytes(&entry.path));
            let mut file = File::create_new(&path).map_err(Error::io("make", &path))?;
            file.write_all(&bytes).map_err(Error::io("write", &path))?;
            own(&path, entry)?;
        }
    }
    reader.finish().map_err(wrong)?;

    match wanted.values().flatten().next() {
        Some(entry) => Err(Error::package(
            &stone_path.display().to_string(),
            format!("it has no content for {}", String::from_utf8_lossy(&entry.path)),
        )),
        None => Ok(()),
    }
}

/// Owner first: changing the owner takes set-id bits away.
fn own(path: &Path, entry: &moult_stone::LayoutEntry) -> Result<(), Error> {
    chown(path, Some(entry.uid), Some(entry.gid)).map_err(Error::io("give away", path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(entry.mode & 0o7777))
        .map_err(Error::io("set the mode of", path))
}
