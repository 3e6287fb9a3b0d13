//! Which modules an initrd gets, and the tables that tell its first program of them.
//!
//! A list names one module a line, by its name (`virtio_blk`), its path (`kernel/fs/ext4/ext4`), a folder (`kernel/fs/nls`) or
//! a pattern over paths (`kernel/drivers/hid/hid-*`). What is behind `#` is the reason. A name in a list must exist, as a
//! module or built in; with `?` before it, it need not: kernels differ in what they have.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Error;
use crate::modules::{Modules, module_name, softdep};
use crate::pattern::fits;

/// Where the program is that unpacks `.xz`.
const XZ: [&str; 2] = ["/usr/bin/xz", "/bin/xz"];
/// No module is larger than this, unpacked.
const LARGEST: u64 = 256 << 20;

/// The modules of one kernel.
#[derive(Debug)]
pub struct Tree {
    folder: PathBuf,
    /// Paths below the folder, each with those of what it needs.
    files: BTreeMap<String, Vec<String>>,
    /// The paths of the names.
    names: BTreeMap<String, String>,
    built_in: BTreeSet<String>,
    aliases: String,
    soft: BTreeMap<String, Vec<String>>,
    soft_text: String,
    known: Modules,
}

/// The modules of an initrd.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    paths: BTreeSet<String>,
    built_in: Vec<String>,
}

impl Chosen {
    /// Paths below the folder of modules, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Names, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names: BTreeSet<String> = self.paths.iter().map(|path| module_name(path)).collect();
        names.into_iter().collect()
    }

    /// What was named and is built in.
    #[must_use]
    pub fn built_in(&self) -> &[String] {
        &self.built_in
    }
}

/// The path of a module when it is unpacked.
#[must_use]
pub fn plain_path(path: &str) -> &str {
    path.strip_suffix(".xz")
        .or_else(|| path.strip_suffix(".zst"))
        .or_else(|| path.strip_suffix(".gz"))
        .unwrap_or(path)
}

fn stem(path: &str) -> &str {
    plain_path(path).strip_suffix(".ko").unwrap_or(path)
}

impl Tree {
    /// Reads the tables of a kernel's folder of modules.
    ///
    /// # Errors
    /// [`Error::Io`] without `modules.dep`: `depmod` makes it.
    pub fn read(folder: &Path) -> Result<Tree, Error> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|error| Error::io("reading a table of modules", &path, error))
        };
        let dependencies = read("modules.dep")?;
        let aliases = read("modules.alias")?;
        // Kernels without any of these leave the file out.
        let (soft_text, built_in) = (
            read("modules.softdep").unwrap_or_default(),
            read("modules.builtin").unwrap_or_default(),
        );
        let known = Modules::parse(&dependencies, &aliases, &soft_text);
        let files: BTreeMap<String, Vec<String>> = dependencies
            .lines()
            .filter_map(|line| {
                let (path, needs) = line.split_once(':')?;
                Some((path.to_owned(), needs.split_whitespace().map(str::to_owned).collect()))
            })
            .collect();
        Ok(Tree {
            folder: folder.to_owned(),
            names: files.keys().map(|path| (module_name(path), path.clone())).collect(),
            files,
            built_in: built_in.lines().map(|path| stem(path).to_owned()).collect(),
            soft: soft_text.lines().filter_map(softdep).collect(),
            aliases,
            soft_text,
            known,
        })
    }

    /// Chooses what the lists name, and all that it needs.
    ///
    /// # Errors
    /// [`Error::Initrd`] names each line that fits nothing.
    pub fn choose(&self, lists: &[PathBuf]) -> Result<Chosen, Error> {
        let mut chosen = Chosen::default();
        let mut missing = Vec::new();
        for list in lists {
            let text = fs::read_to_string(list).map_err(|error| Error::io("reading a list of modules", list, error))?;
            for (at, line) in text.lines().enumerate() {
                let word = line.split('#').next().unwrap_or_default().trim();
                let (word, must) = match word.strip_prefix('?') {
                    Some(word) => (word.trim(), false),
                    None => (word, true),
                };
                if word.is_empty() {
                    continue;
                }
                let paths = self.named(word);
                if !paths.is_empty() {
                    for path in paths {
                        self.take(&mut chosen, &path);
                    }
                } else if self.is_built_in(word) {
                    chosen.built_in.push(word.to_owned());
                } else if must {
                    missing.push(format!("{} line {}: {word}", list.display(), at + 1));
                }
            }
        }
        if missing.is_empty() {
            return Ok(chosen);
        }
        Err(Error::Initrd(format!(
            "this kernel ({}) has no such modules:\n  {}",
            self.folder.display(),
            missing.join("\n  ")
        )))
    }

    fn named(&self, word: &str) -> Vec<String> {
        if !word.contains('/') && !word.contains(['*', '?', '[']) {
            return self.names.get(&word.replace('-', "_")).cloned().into_iter().collect();
        }
        let fitting = self.files.keys().filter(|path| matches_path(word, stem(path)));
        fitting.cloned().collect()
    }

    fn is_built_in(&self, word: &str) -> bool {
        let name = word.replace('-', "_");
        self.built_in
            .iter()
            .any(|path| module_name(path) == name || matches_path(word, path))
    }

    /// Adds a module with what it needs and what is better loaded before it.
    fn take(&self, chosen: &mut Chosen, path: &str) {
        if !chosen.paths.insert(path.to_owned()) {
            return;
        }
        for need in self.files.get(path).into_iter().flatten() {
            self.take(chosen, need);
        }
        for before in self.soft.get(&module_name(path)).into_iter().flatten() {
            for module in self.known.named(before) {
                if let Some(path) = self.names.get(&module) {
                    self.take(chosen, path);
                }
            }
        }
    }

    /// The bytes of a module, unpacked.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Initrd`] if it is damaged or packed in an unknown way.
    pub fn module(&self, path: &str) -> Result<Vec<u8>, Error> {
        let path = self.folder.join(path);
        let failed = |error| Error::io("reading a module", &path, error);
        let packed = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        let bytes = match packed {
            "ko" => fs::read(&path).map_err(failed)?,
            "zst" => {
                let file = fs::File::open(&path).map_err(failed)?;
                let mut bytes = Vec::new();
                let decoder = zstd::Decoder::new(file).map_err(failed)?;
                let _ = decoder.take(LARGEST).read_to_end(&mut bytes).map_err(failed)?;
                bytes
            }
            "xz" => unxz(&path)?,
            other => {
                return Err(Error::Initrd(format!(
                    "{} is packed as {other}, which is unknown here",
                    path.display()
                )));
            }
        };
        if !bytes.starts_with(b"\x7fELF") {
            return Err(Error::Initrd(format!("{} is no module", path.display())));
        }
        Ok(bytes)
    }

    /// The tables of the initrd: those of the kernel, cut down to what was chosen.
    #[must_use]
    pub fn tables(&self, chosen: &Chosen) -> [(&'static str, String); 3] {
        let names: BTreeSet<String> = chosen.names().into_iter().collect();
        let mut dependencies = String::new();
        for path in &chosen.paths {
            dependencies.push_str(plain_path(path));
            dependencies.push(':');
            for need in self.files.get(path).into_iter().flatten() {
                dependencies.push(' ');
                dependencies.push_str(plain_path(need));
            }
            dependencies.push('\n');
        }
        let of = |text: &str, name: fn(&str) -> Option<&str>| {
            let kept = text
                .lines()
                .filter(|line| name(line).is_some_and(|name| names.contains(&name.replace('-', "_"))));
            kept.map(|line| format!("{line}\n")).collect::<String>()
        };
        [
            ("modules.dep", dependencies),
            (
                "modules.alias",
                of(&self.aliases, |line| line.strip_prefix("alias ")?.rsplit(' ').next()),
            ),
            (
                "modules.softdep",
                of(&self.soft_text, |line| line.strip_prefix("softdep ")?.split(' ').next()),
            ),
        ]
    }
}

/// Whether a path without its ending is what a line of a list names: the path itself, below it, or a fit of the pattern.
fn matches_path(word: &str, path: &str) -> bool {
    let word = word.strip_suffix(".ko").unwrap_or(word);
    if word.contains(['*', '?', '[']) {
        return fits(word, path);
    }
    path.strip_prefix(word.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn unxz(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |error| Error::io("unpacking a module", path, error);
    let Some(program) = XZ.iter().find(|program| Path::new(program).is_file()) else {
        return Err(Error::Initrd(format!(
            "{} is packed with xz, which is not installed (package xz-utils)",
            path.display()
        )));
    };
    let output = Command::new(program)
        .env_clear()
        .args(["--decompress", "--stdout", "--single-stream", "--"])
        .arg(path)
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Initrd(format!(
            "{} cannot be unpacked: {}",
            path.display(),
            said.trim()
        )));
    }
    Ok(output.stdout)
}
