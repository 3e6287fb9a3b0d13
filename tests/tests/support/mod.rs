//! What the end-to-end tests share: a kiosk with the workspace's own programs, small repositories, and disk images.
#![allow(dead_code, reason = "each test file uses its own part of it")]

pub(crate) mod computer;
pub(crate) mod image;
pub(crate) mod login;
pub(crate) mod medium;
pub(crate) mod menu;
pub(crate) mod person;
pub(crate) mod xserver;

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use moult_stone::{Package, PackageWriter, Source};
use moult_tests::lab::{Kiosk, Network, Options, Screen, target_folder};
use sha2::{Digest, Sha256};

pub(crate) const GIB: u64 = 1 << 30;

/// Where cargo has put the programs.
pub(crate) fn programs() -> PathBuf {
    let programs = target_folder().join("debug");
    for name in ["moult", "moult-backend", "moult-session"] {
        assert!(
            programs.join(name).is_file(),
            "{name} is not built: cargo build --workspace"
        );
    }
    programs
}

/// The sample system's repository, made beforehand by `tests/run` (or `moult-sample make`).
pub(crate) fn sample() -> PathBuf {
    let repository = target_folder().join("sample/repo");
    assert!(
        repository.join("stone.index").is_file(),
        "the sample repository is not made: see tests/README.md"
    );
    repository
}

/// A lab with a repository and one disk image.
pub(crate) fn world(repository: &Path, image: &Path, size: u64) -> Options {
    Options {
        programs: Some(programs()),
        repository: Some(repository.to_owned()),
        disks: vec![(image.to_owned(), size)],
        network: Network::None,
        ..Options::default()
    }
}

/// The configuration that installs the package `base` from a repository.
pub(crate) fn configuration(uri: &str, minimum: u64) -> String {
    format!(
        "installer {{\n    system \"Small system\"\n    repository \"small\" uri=\"{uri}\"\n    package \"base\"\n    \
         minimum-disk {minimum}\n    disk-images #true\n}}\nstorage {{ loop-devices #true }}\n"
    )
}

/// A headless kiosk of 1280 x 800.
pub(crate) fn kiosk(options: &Options) -> Kiosk {
    Kiosk::start(options, &Screen::Headless(1280, 800), &[]).unwrap()
}

/// A package to be.
pub(crate) fn package(name: &str) -> Package {
    Package {
        name: name.into(),
        version: "1.0".into(),
        source_release: 1,
        build_release: 1,
        architecture: "x86_64".into(),
        summary: format!("The package {name}"),
        description: "Made by a test.".into(),
        source_id: name.into(),
        homepage: "https://example.org".into(),
        licenses: vec!["MPL-2.0".into()],
        dependencies: Vec::new(),
        providers: Vec::new(),
        conflicts: Vec::new(),
        uri: None,
        hash: None,
        size: None,
    }
}

/// Paths below /usr and contents.
pub(crate) type Files<'a> = Vec<(&'a str, Vec<u8>)>;

/// Writes a repository of packages with their files (path below /usr and content).
pub(crate) fn repository(folder: &Path, packages: Vec<(Package, Files<'_>)>) {
    fs::create_dir_all(folder).unwrap();
    let mut index = Vec::new();
    for (mut package, files) in packages {
        let name = format!("{}.stone", package.name);
        let path = folder.join(&name);
        let mut writer = PackageWriter::new(package.clone()).level(3);
        for (file, content) in files {
            writer
                .file(file.as_bytes(), 0o644, 0, 0, Source::Bytes(content))
                .unwrap();
        }
        writer.write(BufWriter::new(File::create(&path).unwrap())).unwrap();
        let bytes = fs::read(&path).unwrap();
        package.uri = Some(name);
        package.size = Some(bytes.len() as u64);
        package.hash = Some(
            Sha256::digest(&bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        );
        index.push(package);
    }
    moult_stone::write_index(File::create(folder.join("stone.index")).unwrap(), &index).unwrap();
}

/// A repository whose one package is `base`, with a little of what a system has.
pub(crate) fn small_repository(folder: &Path) {
    repository(folder, vec![(package("base"), small_files())]);
}

/// Files of a `base` that can be configured: somebody's shell and nothing more.
pub(crate) fn small_files() -> Files<'static> {
    vec![
        ("bin/sh", b"#!/bin/true\n".to_vec()),
        ("lib/os-release", b"ID=small\nNAME=Small\n".to_vec()),
        ("share/factory/etc/shells", b"/bin/sh\n".to_vec()),
    ]
}

/// Bytes that do not compress (xorshift64*), the same for the same seed.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

/// The folders in /proc of everything that descends from a process.
pub(crate) fn processes_below(ancestor: u32) -> Vec<PathBuf> {
    let parent = |pid: u32| -> Option<u32> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("PPid:"))?
            .trim()
            .parse()
            .ok()
    };
    let all = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let descends = |pid: &u32| {
        std::iter::successors(Some(*pid), |pid| parent(*pid))
            .skip(1)
            .any(|p| p == ancestor)
    };
    all.filter(descends)
        .map(|pid: u32| PathBuf::from(format!("/proc/{pid}")))
        .collect()
}
