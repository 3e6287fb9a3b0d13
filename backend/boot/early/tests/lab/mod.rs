//! Roots with states that the real engine made.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use moult_packages::{Engine, Provider, Repository, Status, Unwatched};
use moult_stone::{Package, PackageWriter, Source};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

pub(crate) struct Root {
    folder: TempDir,
}

pub(crate) fn own(root: &Root, path: &str) -> PathBuf {
    root.path().join(".moult").join(path)
}

/// One package, `share/NAME` in it, listed in `folder`.
fn stone(folder: &Path, name: &str) -> Package {
    let package = Package {
        name: name.into(),
        version: "1.0".into(),
        source_release: 1,
        build_release: 1,
        architecture: "x86_64".into(),
        summary: name.into(),
        description: "for tests".into(),
        source_id: name.into(),
        homepage: "https://example.org".into(),
        licenses: vec!["MPL-2.0".into()],
        dependencies: Vec::new(),
        providers: Vec::new(),
        conflicts: Vec::new(),
        uri: None,
        hash: None,
        size: None,
    };
    let mut writer = PackageWriter::new(package.clone()).level(1);
    let path = format!("share/{name}");
    writer
        .file(path.as_bytes(), 0o644, 0, 0, Source::Bytes(name.as_bytes().to_vec()))
        .unwrap();
    let file = folder.join(format!("{name}.stone"));
    writer.write(File::create(&file).unwrap()).unwrap();
    let bytes = fs::read(&file).unwrap();
    Package {
        uri: Some(format!("{name}.stone")),
        hash: Some(
            Sha256::digest(&bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        ),
        size: Some(bytes.len() as u64),
        ..package
    }
}

impl Root {
    /// States 1 to `count`; the last is active, and state N has `share/pN` of all up to N.
    pub(crate) fn with_states(count: u64) -> Root {
        assert!(
            rustix::process::geteuid().is_root(),
            "these tests need root: the engine gives files their owners"
        );
        let shop = TempDir::new().unwrap();
        let names: Vec<String> = (1..=count).map(|id| format!("p{id}")).collect();
        let packages: Vec<Package> = names.iter().map(|name| stone(shop.path(), name)).collect();
        let index = shop.path().join("stone.index");
        moult_stone::write_index(File::create(&index).unwrap(), &packages).unwrap();
        let root = Root {
            folder: TempDir::new().unwrap(),
        };
        let mut engine = Engine::open(root.path()).unwrap();
        let uri = format!("file://{}", index.display()).parse().unwrap();
        engine.add_repository(&Repository::direct("shop", uri)).unwrap();
        engine.refresh("shop", &Unwatched).unwrap();
        for upto in 1..=names.len() {
            let wanted: Vec<Provider> = names.iter().take(upto).map(|name| name.parse().unwrap()).collect();
            let selection = engine.resolve(&wanted).unwrap();
            let _ = engine.install(&selection, "a test", &Unwatched).unwrap();
        }
        drop(engine);
        root
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same again, links and all.
    pub(crate) fn copy(&self) -> Root {
        let folder = TempDir::new().unwrap();
        let status = Command::new("/bin/cp")
            .arg("-aT")
            .arg(self.path())
            .arg(folder.path())
            .status();
        assert!(status.unwrap().success());
        Root { folder }
    }

    /// Opens the engine and proves: these are the states, this one is active, and nothing is damaged or left over.
    pub(crate) fn is_whole(&self, active: u64, states: &[u64]) {
        let mut engine = Engine::open(self.path()).unwrap();
        let found = engine.states().unwrap();
        let wanted: Vec<(u64, Status)> = states
            .iter()
            .map(|id| {
                (
                    *id,
                    if *id == active {
                        Status::Active
                    } else {
                        Status::Archived
                    },
                )
            })
            .collect();
        let found: Vec<(u64, Status)> = found.iter().map(|state| (state.id, state.status)).collect();
        assert_eq!(found, wanted);
        let verified = engine.verify(false, &Unwatched).unwrap();
        assert!(verified.problems.is_empty(), "{:?}", verified.problems);
        let mut folders: Vec<String> = fs::read_dir(self.path().join(".moult/states"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        folders.sort();
        let archived: Vec<String> = states.iter().filter(|id| **id != active).map(u64::to_string).collect();
        assert_eq!(folders, archived);
    }

    /// Every file but the database's own, with its inode.
    pub(crate) fn picture(&self) -> BTreeMap<PathBuf, (u32, u64)> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let stat = fs::symlink_metadata(&path).unwrap();
                if stat.is_dir() {
                    open.push(path.clone());
                }
                let _ = found.insert(path, (stat.mode(), stat.ino()));
            }
        }
        found.retain(|path, _| !path.to_string_lossy().contains("/.moult/moult.db"));
        found
    }
}
