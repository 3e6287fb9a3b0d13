//! What maintainer scripts would have done and no rule can derive: the data files `tests/sample/fixups` and `tests/sample/overlay/`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::Error;
use super::deb::{Kind, Node};
use super::draft::Draft;

/// The stone that holds what belongs to no Debian package.
pub const BASE: &str = "moult-base";

/// The rules of a `fixups` file.
#[derive(Debug, Default)]
pub struct Fixups {
    path: PathBuf,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    line: usize,
    package: String,
    verb: Verb,
}

/// Paths are below `/usr`.
#[derive(Debug)]
enum Verb {
    Drop(String),
    Link(String, String),
    Mode(String, u32),
    Disable(String),
    Needs(String),
}

impl Fixups {
    /// Reads a file of lines `PACKAGE drop PATH`, `PACKAGE link PATH TARGET`, `PACKAGE mode PATH OCTAL`, `PACKAGE disable UNIT`,
    /// `PACKAGE needs PACKAGE`.
    pub fn read(path: &Path) -> Result<Fixups, Error> {
        let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
        let mut rules = Vec::new();

        for (line, text) in (1..).zip(text.lines()) {
            let words: Vec<&str> = text.split('#').next().unwrap_or("").split_whitespace().collect();
            let verb = match words.as_slice() {
                [] => continue,
                [_, "drop", path] => Some(Verb::Drop((*path).to_owned())),
                [_, "link", path, target] => Some(Verb::Link((*path).to_owned(), (*target).to_owned())),
                [_, "mode", path, mode] => u32::from_str_radix(mode, 8)
                    .ok()
                    .map(|mode| Verb::Mode((*path).to_owned(), mode)),
                [_, "needs", other] => Some(Verb::Needs((*other).to_owned())),
                [_, "disable", unit] => Some(Verb::Disable((*unit).to_owned())),
                _ => None,
            };
            match (verb, words.first()) {
                (Some(verb), Some(package)) => rules.push(Rule {
                    line,
                    package: (*package).to_owned(),
                    verb,
                }),
                _ => {
                    let reason = format!("not understood: {text}");
                    return Err(Error::Data {
                        path: path.to_owned(),
                        line,
                        reason,
                    });
                }
            }
        }
        Ok(Fixups {
            path: path.to_owned(),
            rules,
        })
    }

    /// Units that stay off.
    pub fn disabled(&self) -> BTreeSet<String> {
        let disabled = |rule: &Rule| match &rule.verb {
            Verb::Disable(unit) => Some(unit.clone()),
            _ => None,
        };
        self.rules.iter().filter_map(disabled).collect()
    }

    /// Packages that others need by a rule alone.
    pub fn needed(&self) -> BTreeSet<String> {
        let needed = |rule: &Rule| match &rule.verb {
            Verb::Needs(other) => Some(other.clone()),
            _ => None,
        };
        self.rules.iter().filter_map(needed).collect()
    }

    /// Changes the drafts. A rule about what is not there is an error, so that the file never says more than it does.
    pub fn apply(&self, drafts: &mut [Draft]) -> Result<(), Error> {
        for rule in &self.rules {
            let wrong = |reason: String| Error::Data {
                path: self.path.clone(),
                line: rule.line,
                reason,
            };
            let draft = drafts
                .iter_mut()
                .find(|draft| draft.name == rule.package)
                .ok_or_else(|| wrong(format!("no package {} in the set", rule.package)))?;
            let absent = |path: &str| wrong(format!("{} has no /usr/{path}", rule.package));

            match &rule.verb {
                Verb::Drop(path) => {
                    let _ = draft.files.remove(path.as_bytes()).ok_or_else(|| absent(path))?;
                }
                Verb::Link(path, target) => {
                    let _ = draft
                        .files
                        .insert(path.clone().into_bytes(), Node::symlink(target.as_bytes()));
                }
                Verb::Mode(path, mode) => {
                    let node = draft.files.get_mut(path.as_bytes()).ok_or_else(|| absent(path))?;
                    node.mode = *mode;
                }
                Verb::Needs(other) => draft.needs.push(other.clone()),
                Verb::Disable(_) => {}
            }
        }
        Ok(())
    }
}

/// Adds the files of the folder `overlay` (`usr/…`, `etc/…`) to `draft`, owned by root; executable files 0755, others 0644.
pub fn overlay(draft: &mut Draft, overlay: &Path) -> Result<(), Error> {
    for entry in walkdir::WalkDir::new(overlay).sort_by_file_name() {
        let entry = entry.map_err(|error| Error::Io {
            action: "read",
            path: overlay.to_owned(),
            source: error.into(),
        })?;
        let path = entry.path();
        let Ok(relative) = path.strip_prefix(overlay) else {
            continue;
        };

        let node = if entry.file_type().is_file() {
            let content = fs::read(path).map_err(Error::io("read", path))?;
            let mode = fs::metadata(path)
                .map_err(Error::io("read", path))?
                .permissions()
                .mode();
            Node::file(if mode & 0o100 == 0 { 0o644 } else { 0o755 }, content)
        } else if entry.file_type().is_symlink() {
            Node::symlink(
                fs::read_link(path)
                    .map_err(Error::io("read", path))?
                    .as_os_str()
                    .as_bytes(),
            )
        } else {
            continue;
        };
        draft.place(relative.as_os_str().as_bytes().to_vec(), node)?;
    }
    Ok(())
}

/// Adds the files of `additions/PACKAGE/` to that package: what a distribution of stones ships in it and Debian's maintainer
/// scripts and triggers do instead. A folder of a package that is not in the set is an error.
pub fn additions(drafts: &mut [Draft], additions: &Path) -> Result<(), Error> {
    if !additions.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(additions).map_err(Error::io("read", additions))? {
        let entry = entry.map_err(Error::io("read", additions))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let draft = drafts
            .iter_mut()
            .find(|draft| draft.name == name)
            .ok_or_else(|| Error::package(&name, "there are additions to it, and it is not in the set"))?;
        overlay(draft, &entry.path())?;
    }
    Ok(())
}

/// The bundle that `update-ca-certificates` would make of the package's certificates.
pub fn certificates(draft: &mut Draft) -> Result<(), Error> {
    const FOLDER: &[u8] = b"share/ca-certificates/";

    let mut bundle = Vec::new();
    for (path, node) in &draft.files {
        if let (true, true, Kind::File(content)) = (path.starts_with(FOLDER), path.ends_with(b".crt"), &node.kind) {
            bundle.extend_from_slice(content);
            if !content.ends_with(b"\n") {
                bundle.push(b'\n');
            }
        }
    }
    if bundle.is_empty() {
        return Ok(());
    }
    draft.place(b"etc/ssl/certs/ca-certificates.crt".to_vec(), Node::file(0o644, bundle))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixups(text: &str) -> Result<Fixups, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fixups");
        fs::write(&path, text).unwrap();
        Fixups::read(&path)
    }

    #[test]
    fn rules_change_the_package_that_they_name() {
        let mut draft = Draft::own("a");
        draft.insert(b"bin/x".to_vec(), Node::file(0o755, Vec::new())).unwrap();
        draft.insert(b"bin/y".to_vec(), Node::file(0o755, Vec::new())).unwrap();
        let mut drafts = [draft];

        let rules =
            fixups("# why\na drop bin/y\na mode bin/x 4755 # set-id\na link bin/z x\nb disable u.timer\n").unwrap();
        assert!(
            rules
                .apply(&mut drafts)
                .unwrap_err()
                .to_string()
                .ends_with("no package b in the set")
        );

        assert_eq!(drafts[0].files[b"bin/x".as_slice()].mode, 0o4755);
        assert_eq!(drafts[0].files[b"bin/z".as_slice()], Node::symlink(b"x"));
        assert!(!drafts[0].files.contains_key(b"bin/y".as_slice()));
        assert!(rules.disabled().contains("u.timer"));
    }

    #[test]
    fn a_rule_about_what_is_not_there_is_an_error() {
        let error = fixups("\na drop bin/y\n")
            .unwrap()
            .apply(&mut [Draft::own("a")])
            .unwrap_err();

        assert!(error.to_string().ends_with("fixups:2: a has no /usr/bin/y"), "{error}");
        assert!(fixups("a move x y\n").is_err());
    }

    #[test]
    fn certificates_become_one_bundle() {
        let mut draft = Draft::own("ca-certificates");
        draft
            .insert(
                b"share/ca-certificates/m/a.crt".to_vec(),
                Node::file(0o644, b"A".to_vec()),
            )
            .unwrap();
        draft
            .insert(
                b"share/ca-certificates/m/b.crt".to_vec(),
                Node::file(0o644, b"B\n".to_vec()),
            )
            .unwrap();
        certificates(&mut draft).unwrap();

        let bundle = &draft.files[b"share/factory/etc/ssl/certs/ca-certificates.crt".as_slice()];
        assert_eq!(bundle.content(), Some(b"A\nB\n".as_slice()));
        assert_eq!(draft.lines.len(), 1);
    }
}
