//! Twelve small packages in two releases, described here once: the stones are made from the description, and so is what
//! a state of them must look like.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use moult_stone::{Package, PackageWriter, Source};
use sha2::{Digest, Sha256};

/// What a path below `/usr` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thing {
    File {
        mode: u32,
        uid: u32,
        gid: u32,
        content: Vec<u8>,
    },
    Link {
        target: Vec<u8>,
    },
    Directory {
        mode: u32,
        uid: u32,
        gid: u32,
    },
}

/// What a package puts where.
pub(crate) type Things = BTreeMap<Vec<u8>, Thing>;

/// A package as it was described.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) things: Things,
}

/// Three packages of a few files: a change of them makes so few system calls that each of them can be disturbed.
pub(crate) const TINY: [&str; 3] = ["tiny-a", "tiny-b", "tiny-c"];

/// A repository folder with two package lists.
pub(crate) struct Shop {
    pub(crate) folder: tempfile::TempDir,
    /// What is installed, in the second release, to see that a root goes on.
    pub(crate) next: &'static [&'static str],
    /// By SHA-256 of the stone, which is how the engine's database names packages.
    pub(crate) known: BTreeMap<String, Described>,
}

/// The packages of the small state, the first one of every root.
pub(crate) const FEW: [&str; 3] = ["base", "shell", "loader"];
/// The packages of the larger state, in the first release.
pub(crate) const SOME: [&str; 8] = ["base", "shell", "loader", "users", "docs", "icons", "fonts", "large"];
/// All of them.
pub(crate) const ALL: [&str; 12] = [
    "base", "shell", "loader", "users", "docs", "icons", "fonts", "large", "games", "mail", "odd", "same",
];

impl Shop {
    /// Writes the stones and both lists: `old.index` has the first release of all, `new.index` both.
    pub(crate) fn open() -> Shop {
        Shop::with(&ALL, &ALL[..9])
    }

    /// The same with the tiny packages.
    pub(crate) fn tiny() -> Shop {
        Shop::with(&TINY, &TINY[..2])
    }

    fn with(names: &[&str], next: &'static [&'static str]) -> Shop {
        let folder = tempfile::TempDir::with_prefix_in("moult-shop-", crate::lab::MEMORY).unwrap();
        let mut known = BTreeMap::new();
        let mut lists = [Vec::new(), Vec::new()];
        for release in [1u64, 2] {
            for name in names {
                let things = things(name, release);
                let (package, hash) = write(folder.path(), name, release, &things);
                known.insert(
                    hash,
                    Described {
                        name: (*name).to_owned(),
                        things,
                    },
                );
                if release == 1 {
                    lists[0].push(package.clone());
                }
                lists[1].push(package);
            }
        }
        for (name, list) in ["old.index", "new.index"].iter().zip(&lists) {
            moult_stone::write_index(File::create(folder.path().join(name)).unwrap(), list).unwrap();
        }
        Shop { folder, next, known }
    }

    /// The stone with this SHA-256.
    pub(crate) fn stone(&self, hash: &str) -> Option<Vec<u8>> {
        std::fs::read_dir(self.folder.path())
            .unwrap()
            .filter_map(|file| std::fs::read(file.unwrap().path()).ok())
            .find(|bytes| sha256(bytes) == hash)
    }

    /// A repository of one package.
    pub(crate) fn of(name: &str, things: Things) -> Shop {
        let folder = tempfile::TempDir::with_prefix_in("moult-shop-", crate::lab::MEMORY).unwrap();
        let (package, hash) = write(folder.path(), name, 1, &things);
        moult_stone::write_index(File::create(folder.path().join("new.index")).unwrap(), &[package]).unwrap();
        let described = Described {
            name: name.to_owned(),
            things,
        };
        Shop {
            folder,
            next: &[],
            known: BTreeMap::from([(hash, described)]),
        }
    }

    /// The path of a package list.
    pub(crate) fn index(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The stones of these packages in the release, by SHA-256.
    pub(crate) fn hashes(&self, names: &[&str], release: u64) -> BTreeSet<String> {
        let wanted = |described: &Described| {
            names.contains(&described.name.as_str()) && described.things == things(&described.name, release)
        };
        let found = self.known.iter().filter(|(_, described)| wanted(described));
        let found: BTreeSet<String> = found.map(|(hash, _)| hash.clone()).collect();
        assert_eq!(found.len(), names.len());
        found
    }
}

fn write(folder: &Path, name: &str, release: u64, things: &Things) -> (Package, String) {
    let package = Package {
        name: name.into(),
        version: format!("{release}.0"),
        source_release: release,
        build_release: 1,
        architecture: "x86_64".into(),
        summary: format!("the {name} package"),
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
    for (path, thing) in things {
        match thing {
            Thing::File {
                mode,
                uid,
                gid,
                content,
            } => {
                writer
                    .file(path, *mode, *uid, *gid, Source::Bytes(content.clone()))
                    .unwrap();
            }
            Thing::Link { target } => writer.symlink(path, target, 0, 0).unwrap(),
            Thing::Directory { mode, uid, gid } => writer.directory(path, *mode, *uid, *gid).unwrap(),
        }
    }
    let file = format!("{name}-{release}.stone");
    let path = folder.join(&file);
    writer.write(File::create(&path).unwrap()).unwrap();
    let bytes = fs::read(&path).unwrap();
    let hash = sha256(&bytes);
    let package = Package {
        uri: Some(file),
        hash: Some(hash.clone()),
        size: Some(bytes.len() as u64),
        ..package
    };
    (package, hash)
}

fn file(mode: u32, uid: u32, gid: u32, content: Vec<u8>) -> Thing {
    Thing::File {
        mode,
        uid,
        gid,
        content,
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that no compressor makes much smaller.
pub(crate) fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..size).map(|_| next()).collect()
}

/// What a package brings in a release. Some files are the same in both, some are not, some come and go.
fn things(name: &str, release: u64) -> Things {
    let mut things = Things::new();
    let mut put = |path: &str, thing: Thing| drop(things.insert(path.as_bytes().to_vec(), thing));
    let seed = name.bytes().map(u64::from).sum::<u64>();
    match name {
        "base" => {
            put("lib/base.so.1", file(0o755, 0, 0, noise(9000, release)));
            put(
                "lib/base.so",
                Thing::Link {
                    target: b"base.so.1".to_vec(),
                },
            );
            put("share/empty", file(0o644, 0, 0, Vec::new()));
            put("share/mine/secret", file(0o600, 0, 0, b"a secret".to_vec()));
            put(
                "share/mine",
                Thing::Directory {
                    mode: 0o700,
                    uid: 0,
                    gid: 0,
                },
            );
        }
        "shell" => {
            put("bin/sh", file(0o755, 0, 0, noise(20_000, 10 + release)));
            put("bin/su", file(0o4755, 0, 0, noise(3000, 20)));
            put("bin/write", file(0o2755, 0, 5, noise(3000, 20)));
            put(
                "sbin/su",
                Thing::Link {
                    target: b"../bin/su".to_vec(),
                },
            );
        }
        // In its second release /lib64 leads to another place.
        "loader" if release == 1 => put("lib/ld.so", file(0o755, 0, 0, noise(4000, 30))),
        "loader" => {
            put("lib64/ld.so", file(0o755, 0, 0, noise(4000, 30)));
            put(
                "lib/ld.so",
                Thing::Link {
                    target: b"../lib64/ld.so".to_vec(),
                },
            );
        }
        "users" => {
            for user in [0u32, 7, 1000] {
                put(
                    &format!("share/users/of/{user}"),
                    file(0o640, user, user + 1, b"the same for all".to_vec()),
                );
            }
            put(
                "share/users/spool",
                Thing::Directory {
                    mode: 0o3775,
                    uid: 8,
                    gid: 12,
                },
            );
        }
        "large" => {
            // Above what unpacking holds in memory, and needed with two rights.
            put("share/large/data", file(0o644, 0, 0, noise(1_300_000, 40)));
            put("share/large/own", file(0o600, 3, 3, noise(1_300_000, 40)));
        }
        "odd" => {
            put("share/odd/new\nline", file(0o644, 0, 0, b"a line".to_vec()));
            put("share/odd/ space ", file(0o644, 0, 0, Vec::new()));
            let dangling = format!("../nowhere/{release}").into_bytes();
            put("share/odd/dangling", Thing::Link { target: dangling });
        }
        "same" => {
            for number in 0..40 {
                put(
                    &format!("share/same/names/{number}"),
                    file(0o644, 0, 0, b"one content, many names".to_vec()),
                );
            }
        }
        _ => {}
    }
    if name == "odd" {
        let path = std::ffi::OsStr::from_bytes(b"share/odd/not \xff utf-8")
            .as_bytes()
            .to_vec();
        things.insert(path, file(0o644, 0, 0, b"odd".to_vec()));
    }
    if TINY.contains(&name) {
        put_tiny(&mut things, name, release);
        return things;
    }
    // The same in each package, with a few changes between the releases.
    for number in 0..45u64 {
        let (folder, changed) = (number % 5, number % 3 == 0);
        let content = noise(
            100 + (number as usize * 53) % 4000,
            seed * 1000 + number + if changed { release * 500 } else { 0 },
        );
        let path = format!("share/{name}/{folder}/{number}");
        things.insert(path.into_bytes(), file(0o644, 0, 0, content));
    }
    let gone = format!("share/{name}/only-in-{release}").into_bytes();
    things.insert(gone, file(0o644, 0, 0, name.as_bytes().to_vec()));
    things
}

/// A changed file, one that stays, one with an owner, an empty one, and a link.
fn put_tiny(things: &mut Things, name: &str, release: u64) {
    let mut put = |path: String, thing: Thing| drop(things.insert(path.into_bytes(), thing));
    let seed = name.bytes().map(u64::from).sum::<u64>();
    put(
        format!("bin/{name}"),
        file(0o755, 0, 0, noise(3000, seed * 10 + release)),
    );
    put(format!("share/{name}/kept"), file(0o644, 0, 0, noise(500, seed)));
    put(format!("share/{name}/own"), file(0o4711, 3, 3, noise(200, seed)));
    put(format!("share/{name}/empty"), file(0o644, 0, 0, Vec::new()));
    let target = format!("../../bin/{name}").into_bytes();
    put(format!("share/{name}/link-{release}"), Thing::Link { target });
    if name == "tiny-b" {
        // Above what unpacking holds in memory.
        put("share/tiny-b/large".to_owned(), file(0o600, 0, 0, noise(1_100_000, 7)));
    }
}
