//! Repositories, roots and watches for the tests.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once};

use moult_packages::{Engine, Error, Installed, Phase, Progress, Provider, Repository, Selection, Standing, Watch};
use moult_stone::{Package, PackageWriter, Source};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A repository folder.
pub(crate) struct Shop {
    pub(crate) folder: TempDir,
    pub(crate) packages: Vec<Package>,
}

pub(crate) fn package(name: &str) -> Package {
    Package {
        name: name.into(),
        version: "1.0".into(),
        source_release: 1,
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
    }
}

/// The name of a package's file.
pub(crate) fn file_name(package: &Package) -> String {
    format!(
        "{}-{}-{}.stone",
        package.name, package.source_release, package.build_release
    )
}

pub(crate) fn providers(texts: &[&str]) -> Vec<Provider> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

pub(crate) fn needing(name: &str, needs: &[&str]) -> Package {
    Package {
        dependencies: providers(needs),
        ..package(name)
    }
}

pub(crate) fn bytes(text: &str) -> Source {
    Source::Bytes(text.as_bytes().to_vec())
}

/// Bytes that no compressor makes much smaller.
pub(crate) fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..size).map(|_| next()).collect()
}

pub(crate) fn sha256(path: &Path) -> String {
    Sha256::digest(fs::read(path).unwrap())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Shop {
    pub(crate) fn new() -> Shop {
        static ODD: Once = Once::new();
        // Nothing the engine makes may depend on the umask.
        ODD.call_once(|| {
            let _ = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o027));
        });
        assert!(
            rustix::process::geteuid().is_root(),
            "these tests need root: they prove owners and set-id bits"
        );
        Shop {
            folder: TempDir::new().unwrap(),
            packages: Vec::new(),
        }
    }

    /// Writes a stone, and takes it into the list.
    pub(crate) fn add(&mut self, package: Package, fill: impl FnOnce(&mut PackageWriter)) -> PathBuf {
        let mut writer = PackageWriter::new(package.clone()).level(1);
        fill(&mut writer);
        let name = file_name(&package);
        let path = self.folder.path().join(&name);
        writer.write(File::create(&path).unwrap()).unwrap();
        self.list(package, &path);
        path
    }

    /// Takes a stone into the list as it is now.
    pub(crate) fn list(&mut self, package: Package, path: &Path) {
        self.packages.retain(|known| file_name(known) != file_name(&package));
        self.packages.push(Package {
            uri: Some(path.file_name().unwrap().to_str().unwrap().into()),
            hash: Some(sha256(path)),
            size: Some(fs::metadata(path).unwrap().len()),
            ..package
        });
    }

    pub(crate) fn index(&self) -> PathBuf {
        let path = self.folder.path().join("stone.index");
        moult_stone::write_index(File::create(&path).unwrap(), &self.packages).unwrap();
        path
    }

    pub(crate) fn repository(&self, id: &str) -> Repository {
        let uri = format!("file://{}", self.index().display()).parse().unwrap();
        Repository {
            description: "for tests".into(),
            ..Repository::direct(id, uri)
        }
    }

    /// A root that knows this repository.
    pub(crate) fn root(&self) -> Root {
        let root = Root {
            folder: TempDir::new().unwrap(),
        };
        let mut engine = root.engine();
        engine.add_repository(&self.repository("shop")).unwrap();
        engine.refresh("shop", &Eye::default()).unwrap();
        root
    }
}

/// A system root.
pub(crate) struct Root {
    pub(crate) folder: TempDir,
}

impl Root {
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn usr(&self, path: &str) -> PathBuf {
        self.path().join("usr").join(path)
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::open(self.path()).unwrap()
    }

    pub(crate) fn install(&self, wanted: &[&str]) -> Result<Installed, Error> {
        let mut engine = self.engine();
        let selection = engine.resolve(&providers(wanted))?;
        engine.install(&selection, "a test", &Eye::default())
    }

    /// Everything that a failed change must leave as it was.
    pub(crate) fn picture(&self) -> Picture {
        let moult = self.path().join(".moult");
        let mut files = tree(self.path());
        files.retain(|path, _| !path.starts_with(".moult"));
        let names = |folder: &str| {
            let mut names: Vec<PathBuf> = walk(&moult.join(folder)).into_iter().collect();
            names.retain(|path| !path.is_dir() || folder == "states");
            names.sort();
            names
        };
        // Not through the engine: opening that would repair what a failed change left behind.
        let database = rusqlite::Connection::open(moult.join("moult.db")).unwrap();
        let mut statement = database.prepare("SELECT id, status FROM states ORDER BY id").unwrap();
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows = statement.query_map([], row).unwrap().map(Result::unwrap).collect();
        Picture {
            files,
            store: names("store"),
            states: names("states"),
            rows,
        }
    }

    /// Runs something that must fail, and proves that nothing changed.
    pub(crate) fn refused(&self, change: impl FnOnce(&mut Engine) -> Result<(), Error>) -> Error {
        let before = self.picture();
        let mut engine = self.engine();
        let error = change(&mut engine).expect_err("this must be refused");
        drop(engine);
        assert_eq!(error.standing(), Standing::Intact, "{error}");
        let parts = fs::read_dir(self.path().join(".moult/downloads")).unwrap().flatten();
        let left = parts
            .filter(|entry| entry.path().extension().is_none_or(|end| end != "stone"))
            .count();
        assert_eq!(left, 0, "a partial download was left");
        assert_eq!(self.picture(), before, "after {error}");
        error
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    files: BTreeMap<PathBuf, Entry>,
    store: Vec<PathBuf>,
    states: Vec<PathBuf>,
    rows: Vec<(i64, String)>,
}

/// What can be seen of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) inode: u64,
    /// Content, link text, or nothing.
    pub(crate) content: Vec<u8>,
}

fn walk(path: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        found.push(entry.path());
        if entry.file_type().unwrap().is_dir() {
            found.extend(walk(&entry.path()));
        }
    }
    found
}

/// All files below a folder.
pub(crate) fn tree(top: &Path) -> BTreeMap<PathBuf, Entry> {
    let of = |path: PathBuf| {
        let stat = fs::symlink_metadata(&path).unwrap();
        let content = match stat.mode() & 0o170_000 {
            0o100_000 => fs::read(&path).unwrap(),
            0o120_000 => fs::read_link(&path).unwrap().as_os_str().as_bytes().to_vec(),
            _ => Vec::new(),
        };
        let entry = Entry {
            mode: stat.mode(),
            uid: stat.uid(),
            gid: stat.gid(),
            inode: stat.ino(),
            content,
        };
        (path.strip_prefix(top).unwrap().to_owned(), entry)
    };
    walk(top).into_iter().map(of).collect()
}

type Hook<'h> = Box<dyn Fn(&Progress) + Sync + 'h>;

/// A watch that remembers, and may act.
#[derive(Default)]
pub(crate) struct Eye<'h> {
    pub(crate) seen: Mutex<Vec<Progress>>,
    pub(crate) log: Mutex<Vec<String>>,
    pub(crate) stop: AtomicBool,
    pub(crate) hook: Option<Hook<'h>>,
}

impl<'h> Eye<'h> {
    pub(crate) fn acting(hook: impl Fn(&Progress) + Sync + 'h) -> Eye<'h> {
        Eye {
            hook: Some(Box::new(hook)),
            ..Eye::default()
        }
    }
}

impl Watch for Eye<'_> {
    fn progress(&self, progress: Progress) {
        if let Some(hook) = &self.hook {
            hook(&progress);
        }
        self.seen.lock().unwrap().push(progress);
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn log(&self, line: &str) {
        self.log.lock().unwrap().push(line.to_owned());
    }
}

/// Cancels as soon as a phase is reached.
pub(crate) struct StopAt(pub(crate) Phase, pub(crate) AtomicBool);

impl StopAt {
    pub(crate) fn new(phase: Phase) -> StopAt {
        StopAt(phase, AtomicBool::new(false))
    }
}

impl Watch for StopAt {
    fn progress(&self, progress: Progress) {
        if progress.phase == self.0 {
            self.1.store(true, Ordering::Relaxed);
        }
    }

    fn cancelled(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }
}

pub(crate) fn select(engine: &Engine, wanted: &[&str]) -> Selection {
    engine.resolve(&providers(wanted)).unwrap()
}

/// A small memory file system, unmounted when dropped.
pub(crate) struct SmallDisk(pub(crate) tempfile::TempDir);

impl SmallDisk {
    pub(crate) fn mount(size: &str) -> SmallDisk {
        let folder = tempfile::TempDir::new().unwrap();
        let options = std::ffi::CString::new(format!("size={size},mode=0755")).unwrap();
        rustix::mount::mount(
            "tmpfs",
            folder.path(),
            "tmpfs",
            rustix::mount::MountFlags::empty(),
            options.as_c_str(),
        )
        .expect("mounting a tmpfs needs root");
        SmallDisk(folder)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        rustix::mount::unmount(self.0.path(), rustix::mount::UnmountFlags::DETACH).unwrap();
    }
}
