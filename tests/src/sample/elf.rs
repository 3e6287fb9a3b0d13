//! What an ELF file provides and needs, in the names that `.stone` packages use.

use std::collections::BTreeSet;

/// Facts of all ELF files of one package.
#[derive(Debug, Default, Clone)]
pub struct Facts {
    /// Targets of `soname(...)` providers: `libz.so.1(x86_64)`, or `systemd/libsystemd-shared-257.so(x86_64)` for a private library.
    pub sonames: BTreeSet<String>,
    /// Targets of `interpreter(...)` providers.
    pub interpreters: BTreeSet<String>,
    /// Libraries needed.
    pub needs: BTreeSet<Need>,
    /// Targets of `interpreter(...)` dependencies.
    pub interpreter_needs: BTreeSet<String>,
}

/// One needed library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// What the loader looks for: `libz.so.1`.
    pub library: String,
    /// `x86_64`
    pub machine: String,
    /// Private folders the file names itself (RUNPATH), below the library folder: `systemd`.
    pub folders: Vec<String>,
}

impl Need {
    /// Provider targets that satisfy this need, best first.
    pub fn targets(&self) -> impl Iterator<Item = String> + '_ {
        let private = self
            .folders
            .iter()
            .map(|folder| format!("{folder}/{}({})", self.library, self.machine));
        std::iter::once(format!("{}({})", self.library, self.machine)).chain(private)
    }
}

impl Facts {
    /// Adds what the file at `path` (below `/usr`) says, if it is an ELF file that can be parsed.
    pub fn add(&mut self, path: &[u8], content: &[u8]) {
        if !content.starts_with(b"\x7fELF") {
            return;
        }
        let Ok(elf) = goblin::elf::Elf::parse(content) else {
            return;
        };
        let machine = machine(elf.header.e_machine);
        let path = String::from_utf8_lossy(path);
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));

        if let (Some(soname), Some(private)) = (elf.soname, below_library_folder(folder)) {
            let _ = match private {
                "" => self.sonames.insert(format!("{soname}({machine})")),
                private => self.sonames.insert(format!("{private}/{soname}({machine})")),
            };
        }
        if file.starts_with("ld-linux") || file.starts_with("ld.so") {
            let spellings = [
                format!("/usr/{path}"),
                format!("/usr/lib64/{file}"),
                format!("/lib64/{file}"),
                format!("/lib/{file}"),
            ];
            self.interpreters
                .extend(spellings.into_iter().map(|spelling| format!("{spelling}({machine})")));
        }
        if let Some(interpreter) = elf.interpreter {
            let _ = self.interpreter_needs.insert(format!("{interpreter}({machine})"));
        }

        let mut folders: Vec<String> = elf
            .runpaths
            .iter()
            .chain(&elf.rpaths)
            .flat_map(|list| list.split(':'))
            .filter_map(|run| {
                let absolute = run
                    .replace("$ORIGIN", &format!("/usr/{folder}"))
                    .replace("${ORIGIN}", &format!("/usr/{folder}"));
                let private = below_library_folder(absolute.strip_prefix("/usr/")?)?.to_owned();
                (!private.is_empty()).then_some(private)
            })
            .collect();
        // Where RUNPATH is missing, the one who loads this file has already loaded its neighbour.
        folders.extend(
            below_library_folder(folder)
                .filter(|own| !own.is_empty())
                .map(str::to_owned),
        );
        for library in &elf.libraries {
            let _ = self.needs.insert(Need {
                library: (*library).to_owned(),
                machine: machine.clone(),
                folders: folders.clone(),
            });
        }
    }
}

/// `lib/x86_64-linux-gnu/systemd` -> `systemd`; `libexec/sudo` -> `sudo`; `lib` -> ``; `share/x` -> none.
fn below_library_folder(folder: &str) -> Option<&str> {
    let folder = folder.trim_end_matches('/');
    let (first, rest) = folder.split_once('/').unwrap_or((folder, ""));
    if !matches!(first, "lib" | "lib64" | "lib32" | "libexec") {
        return None;
    }
    let (second, deeper) = rest.split_once('/').unwrap_or((rest, ""));
    Some(if second.contains("-linux-gnu") { deeper } else { rest })
}

/// The name of an `e_machine`, as moss spells it: without `EM_`, lower case.
fn machine(number: u16) -> String {
    let name = goblin::elf::header::machine_to_str(number);
    name.strip_prefix("EM_").unwrap_or(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_libraries_are_named_by_their_folder() {
        assert_eq!(below_library_folder("lib/x86_64-linux-gnu/systemd"), Some("systemd"));
        assert_eq!(below_library_folder("lib/x86_64-linux-gnu"), Some(""));
        assert_eq!(below_library_folder("lib/udev"), Some("udev"));
        assert_eq!(below_library_folder("bin"), None);
    }

    #[test]
    fn machines_are_spelled_as_moss_spells_them() {
        assert_eq!(machine(62), "x86_64");
        assert_eq!(machine(3), "386");
        assert_eq!(machine(183), "aarch64");
    }

    #[test]
    fn what_is_no_elf_file_says_nothing() {
        let mut facts = Facts::default();
        facts.add(b"bin/x", b"#!/bin/sh\n");
        facts.add(b"bin/y", b"\x7fELF broken");

        assert!(facts.needs.is_empty() && facts.sonames.is_empty());
    }
}
