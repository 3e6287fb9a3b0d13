//! Loads kernel modules out of the initrd: those of the devices that are there, and those that the kernel asks for.
//!
//! The files are the ones that every system has, cut down to what is in the initrd: `modules.dep`, `modules.alias`,
//! `modules.softdep`. The kernel asks by starting `/sbin/modprobe`, which is a link to this program: so drivers of file
//! systems, character sets and checksums come when they are needed.

use std::collections::{HashMap, HashSet};
use std::ffi::CString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::Error;
use crate::cmdline::CommandLine;
use crate::pattern::fits;

/// What can be loaded, and what was.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    folder: PathBuf,
    /// Name to path, and to the paths of what it needs, the deepest last.
    files: HashMap<String, (String, Vec<String>)>,
    aliases: Vec<(String, String)>,
    /// What is better loaded before: names or aliases.
    before: HashMap<String, Vec<String>>,
    line: CommandLine,
    done: HashSet<String>,
    seen: HashSet<String>,
}

impl Modules {
    /// Reads what is there for the running kernel; without any of it there is nothing to load, as with drivers built in.
    pub(crate) fn of_running_kernel(line: &CommandLine) -> Modules {
        let name = rustix::system::uname();
        let folder = Path::new("/lib/modules").join(name.release().to_string_lossy().as_ref());
        let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default();
        let mut modules = Modules {
            line: line.clone(),
            ..Modules::parse(&read("modules.dep"), &read("modules.alias"), &read("modules.softdep"))
        };
        modules.folder = folder;
        modules
    }

    pub(crate) fn parse(dependencies: &str, aliases: &str, soft: &str) -> Modules {
        let files = dependencies.lines().filter_map(|line| {
            let (path, needs) = line.split_once(':')?;
            let needs = needs.split_whitespace().map(str::to_owned).collect();
            Some((module_name(path), (path.to_owned(), needs)))
        });
        let aliases = aliases.lines().filter_map(|line| {
            let mut words = line.strip_prefix("alias ")?.rsplitn(2, ' ');
            let (name, pattern) = (words.next()?, words.next()?);
            Some((pattern.to_owned(), name.to_owned()))
        });
        Modules {
            files: files.collect(),
            aliases: aliases.collect(),
            before: soft.lines().filter_map(softdep).collect(),
            ..Modules::default()
        }
    }

    /// The modules that a name or an alias stands for.
    pub(crate) fn named(&self, name: &str) -> Vec<String> {
        let plain = name.replace('-', "_");
        if self.files.contains_key(&plain) {
            return vec![plain];
        }
        // In a pattern `-` is a range: aliases of the kernel's own have it as it is, names of modules as `_`.
        let mut found: Vec<String> = self
            .aliases
            .iter()
            .filter(|(pattern, _)| fits(pattern, name) || fits(pattern, &plain))
            .map(|(_, module)| module.replace('-', "_"))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Loads what a name or an alias stands for. Whether anything is loaded now that does.
    pub(crate) fn load(&mut self, name: &str) -> bool {
        let mut any = false;
        for module in self.named(name) {
            any |= self.load_one(&module, 0);
        }
        any
    }

    fn load_one(&mut self, name: &str, depth: usize) -> bool {
        if self.done.contains(name) {
            return true;
        }
        let Some((path, needs)) = self.files.get(name).cloned() else {
            return false;
        };
        if self.is_refused(name) {
            return false;
        }
        // Modules may name one another as "better before": the depth ends that.
        if depth < 8 {
            for other in self.before.get(name).cloned().unwrap_or_default() {
                for module in self.named(&other) {
                    let _ = self.load_one(&module, depth + 1);
                }
            }
        }
        for need in needs.iter().rev() {
            let need_name = module_name(need);
            if !self.done.contains(&need_name) && self.insert(need, &need_name) {
                let _ = self.done.insert(need_name);
            }
        }
        let loaded = self.insert(&path, name);
        if loaded {
            let _ = self.done.insert(name.to_owned());
        }
        loaded
    }

    fn is_refused(&self, name: &str) -> bool {
        let words = ["modprobe.blacklist", "module_blacklist"];
        let mut names = words
            .iter()
            .filter_map(|word| self.line.value(word))
            .flat_map(|list| list.split(','));
        names.any(|refused| refused.replace('-', "_") == name)
    }

    fn insert(&self, path: &str, name: &str) -> bool {
        let options = CString::new(self.line.module_options(name)).unwrap_or_default();
        let path = self.folder.join(path);
        let done = File::open(&path).map_err(|error| error.to_string()).and_then(|file| {
            match rustix::system::finit_module(&file, &options, 0) {
                Ok(()) | Err(Errno::EXIST) => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        });
        if let Err(error) = &done {
            crate::console::log(&format!("the module {} cannot be loaded: {error}", path.display()));
        }
        done.is_ok()
    }

    /// Loads the drivers of every device that is there and was not there before.
    pub(crate) fn load_for_devices(&mut self) {
        let below = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten();
        for bus in below(Path::new("/sys/bus")) {
            for device in below(&bus.path().join("devices")) {
                let Ok(alias) = fs::read_to_string(device.path().join("modalias")) else {
                    continue;
                };
                let alias = alias.trim_end();
                if !alias.is_empty() && self.seen.insert(alias.to_owned()) {
                    let _ = self.load(alias);
                }
            }
        }
    }
}

/// `/sbin/modprobe` as the kernel starts it: `-q -- NAME`.
///
/// # Errors
/// [`Error::Initrd`] if no module of the initrd is called so.
pub(crate) fn modprobe(arguments: &[String]) -> Result<(), Error> {
    let line = CommandLine::parse(&fs::read_to_string("/proc/cmdline").unwrap_or_default());
    let mut modules = Modules::of_running_kernel(&line);
    for name in arguments.iter().filter(|argument| !argument.starts_with('-')) {
        if !modules.load(name) {
            return Err(Error::Initrd(format!("no module here is called {name}")));
        }
    }
    Ok(())
}

/// `kernel/fs/nls/nls_iso8859-1.ko.xz` is the module `nls_iso8859_1`.
pub(crate) fn module_name(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.split_once(".ko").map_or(file, |(stem, _)| stem);
    stem.replace('-', "_")
}

/// `softdep NAME pre: A B post: C`: the name, and what comes before.
pub(crate) fn softdep(line: &str) -> Option<(String, Vec<String>)> {
    let mut words = line.strip_prefix("softdep ")?.split_whitespace();
    let name = words.next()?.replace('-', "_");
    let mut before = false;
    let mut found = Vec::new();
    for word in words {
        match word {
            "pre:" => before = true,
            "post:" => before = false,
            word if before => found.push(word.to_owned()),
            _ => {}
        }
    }
    Some((name, found))
}
