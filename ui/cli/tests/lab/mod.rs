//! A repository of small stones, a root, and the program with its real backend. Needs root, as a real change does.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use moult_stone::{Package, PackageWriter, Source};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Copies the built program of this name into a folder that everybody may enter. Another process writes it: what this one has open for
/// writing, a child of another test may still have between its fork and its exec, and a file that is being written cannot be started.
pub(crate) fn place_program(name: &str, folder: &Path) -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_moultctl")).with_file_name(name);
    let mut copy = Command::new("/bin/cp");
    assert!(copy.arg(built).arg(folder).status().unwrap().success());
    folder.join(name)
}

/// The program under test.
pub(crate) fn program() -> Command {
    let path = Path::new(env!("CARGO_BIN_EXE_moultctl"));
    let backend = path.with_file_name("moult-backend");
    assert!(
        backend.is_file(),
        "{} is not built: test moult-backend together with moult-cli",
        backend.display()
    );
    let mut command = Command::new(path);
    let _ = command.env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null());
    command
}

/// A package without needs.
pub(crate) fn package(name: &str, release: u64) -> Package {
    Package {
        name: name.into(),
        version: format!("{release}.0"),
        source_release: release,
        build_release: 1,
        architecture: "x86_64".into(),
        summary: format!("the {name} package"),
        description: format!("{name} is made for tests."),
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

/// A package that needs others.
pub(crate) fn needing(name: &str, release: u64, needs: &[&str]) -> Package {
    Package {
        dependencies: needs.iter().map(|need| need.parse().unwrap()).collect(),
        ..package(name, release)
    }
}

/// A repository and a root.
pub(crate) struct Lab {
    folder: TempDir,
    packages: Vec<Package>,
}

impl Lab {
    pub(crate) fn new() -> Lab {
        assert!(
            rustix::process::geteuid().is_root(),
            "these tests need root: they change a system, in a folder"
        );
        let folder = TempDir::new().unwrap();
        for name in ["root", "repo"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Lab {
            folder,
            packages: Vec::new(),
        }
    }

    /// The usual one: `tool` needs `library`; `game` needs nothing; all of it is known to the root.
    pub(crate) fn usual() -> Lab {
        let mut lab = Lab::new();
        lab.offer(package("library", 1), &[("lib/library.so", 0o644, "one")]);
        lab.offer(
            needing("tool", 1, &["library"]),
            &[("bin/tool", 0o755, "one"), ("bin/tool-as-root", 0o4755, "root")],
        );
        lab.offer(package("game", 1), &[("bin/game", 0o755, "game")]);
        lab.index();
        lab.does(&["repo", "add", "shop", &lab.uri()]);
        lab
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// A file beside the root.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of the repository.
    pub(crate) fn pool(&self) -> PathBuf {
        self.beside("repo")
    }

    /// The only repository, as `repo list` shows it.
    pub(crate) fn only(&self) -> Value {
        let all = self.tells(&["repo", "list"]);
        assert_eq!(all["repositories"].as_array().unwrap().len(), 1, "{all}");
        all["repositories"][0].clone()
    }

    pub(crate) fn usr(&self, path: &str) -> PathBuf {
        self.root().join("usr").join(path)
    }

    /// Writes a stone beside the repository.
    pub(crate) fn stone(&self, package: &Package, files: &[(&str, u32, &str)]) -> PathBuf {
        let files = files
            .iter()
            .map(|(path, mode, text)| ((*path).to_owned(), *mode, text.as_bytes().to_vec()));
        self.stone_of(package, files.collect())
    }

    /// The same with any content.
    pub(crate) fn stone_of(&self, package: &Package, files: Vec<(String, u32, Vec<u8>)>) -> PathBuf {
        let mut writer = PackageWriter::new(package.clone()).level(1);
        for (path, mode, content) in files {
            writer
                .file(path.as_bytes(), mode, 0, 0, Source::Bytes(content))
                .unwrap();
        }
        let name = format!("{}-{}.stone", package.name, package.source_release);
        let path = self.folder.path().join("repo").join(name);
        writer.write(File::create(&path).unwrap()).unwrap();
        path
    }

    /// Writes a stone and has the next index offer it.
    pub(crate) fn offer(&mut self, package: Package, files: &[(&str, u32, &str)]) -> PathBuf {
        let path = self.stone(&package, files);
        let hash = Sha256::digest(fs::read(&path).unwrap());
        self.packages.push(Package {
            uri: Some(path.file_name().unwrap().to_str().unwrap().into()),
            hash: Some(hash.iter().map(|byte| format!("{byte:02x}")).collect()),
            size: Some(fs::metadata(&path).unwrap().len()),
            ..package
        });
        path
    }

    pub(crate) fn index(&self) {
        let path = self.folder.path().join("repo/stone.index");
        moult_stone::write_index(File::create(path).unwrap(), &self.packages).unwrap();
    }

    pub(crate) fn uri(&self) -> String {
        format!("file://{}/repo/stone.index", self.folder.path().display())
    }

    /// `moultctl --root ROOT …`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        program()
            .arg("--root")
            .arg(self.root())
            .args(arguments)
            .output()
            .unwrap()
    }

    /// Does what must succeed; returns what it printed.
    #[track_caller]
    pub(crate) fn does(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same with `--json`.
    #[track_caller]
    pub(crate) fn tells(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["--json"];
        all.extend(arguments);
        serde_json::from_str(&self.does(&all)).unwrap()
    }

    /// What must be refused: exit code 1, nothing on stdout, one JSON object on stderr, and the system as it was.
    #[track_caller]
    pub(crate) fn refuses(&self, arguments: &[&str]) -> Value {
        let before = self.picture();
        let mut all = vec!["--json"];
        all.extend(arguments);
        let output = self.run(&all);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{:?}", output.stdout);
        assert_eq!(self.picture(), before, "after {arguments:?}");
        serde_json::from_slice(&output.stderr).unwrap_or_else(|error| panic!("{error}: {}", stderr(&output)))
    }

    /// Everything below `/usr`, by path: mode, inode and content.
    fn picture(&self) -> BTreeMap<PathBuf, (u32, u64, Vec<u8>)> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.root().join("usr")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let stat = entry.metadata().unwrap();
                if stat.is_dir() {
                    folders.push(entry.path());
                }
                let content = if stat.is_file() {
                    fs::read(entry.path()).unwrap()
                } else {
                    Vec::new()
                };
                let _ = found.insert(entry.path(), (stat.mode(), stat.ino(), content));
            }
        }
        found
    }
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The `name`s in a JSON list.
pub(crate) fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect()
}
