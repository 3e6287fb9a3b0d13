//! A stone in the making: the files of one Debian package as they will lie below `/usr`.

use std::collections::{BTreeMap, BTreeSet};

use super::deb::{Control, Deb, Kind, Node};
use super::stateless::{self, Kept, Line};
use super::{Error, copyright, elf};

/// Documentation and translations that the sample leaves out, below `/usr`. Copyright files stay.
const LEFT_OUT: [&str; 10] = [
    "share/doc/",
    "share/man/",
    "share/info/",
    "share/locale/",
    "share/lintian/",
    "share/bug/",
    "share/doc-base/",
    "share/gtk-doc/",
    "share/help/",
    "share/linda/",
];

/// Mount points and homes at the root: made by whoever makes a root, in no stone.
const ROOT_FOLDERS: [&str; 13] = [
    "boot", "dev", "efi", "home", "media", "mnt", "opt", "proc", "root", "run", "srv", "sys", "tmp",
];

/// A package between `.deb` and `.stone`.
#[derive(Debug, Default, Clone)]
pub struct Draft {
    /// Package name.
    pub name: String,
    /// Debian's version, with its epoch.
    pub version: String,
    /// Days from 1970 to the newest file. A newer upload has a newer changelog date, so this never goes back.
    pub release: u64,
    /// Debian's control fields.
    pub control: Control,
    /// Debian's postinst, to read.
    pub postinst: String,
    /// Paths below `/usr`.
    pub files: BTreeMap<Vec<u8>, Node>,
    /// Packages that it needs by a fix-up, not by its control file.
    pub needs: Vec<String>,
    /// tmpfiles.d lines for `/etc` and `/var`.
    pub lines: Vec<Line>,
    /// Licence names; empty if the copyright file is another package's.
    pub licences: Vec<String>,
    /// The package that has this one's copyright file (`/usr/share/doc/a -> b`).
    pub documented_in: Option<String>,
    /// What its ELF files say.
    pub elf: elf::Facts,
    /// What was left out and should be known.
    pub notes: Vec<String>,
}

impl Draft {
    /// An empty draft of our own package `name`.
    pub fn own(name: &str) -> Draft {
        Draft {
            name: name.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            release: 1,
            ..Draft::default()
        }
    }

    /// Lays the files of a Debian package out below `/usr`.
    pub fn lay_out(deb: Deb) -> Result<Draft, Error> {
        let name = deb.control.get("Package").to_owned();
        let version = deb.control.get("Version").to_owned();
        if name.is_empty() || version.is_empty() {
            return Err(Error::package(&name, "its control file has no name or version"));
        }

        let mut draft = Draft {
            name,
            version,
            release: (deb.newest / 86_400).max(1),
            control: deb.control,
            postinst: deb.postinst,
            ..Draft::default()
        };

        let parents: BTreeSet<Vec<u8>> = deb
            .entries
            .iter()
            .filter_map(|entry| parent(&entry.path).map(<[u8]>::to_vec))
            .collect();
        for entry in deb.entries {
            let plain = entry.node.kind == Kind::Directory
                && (entry.node.mode, entry.node.uid, entry.node.gid) == (0o755, 0, 0);
            if plain && parents.contains(&entry.path) {
                continue; // made implicitly, for what is in it
            }
            draft.place(entry.path, entry.node)?;
        }

        for (path, node) in &draft.files {
            if let Some(content) = node.content() {
                draft.elf.add(path, content);
            }
        }
        draft.read_licences();
        Ok(draft)
    }

    /// Puts one path of the file system where it belongs.
    pub fn place(&mut self, path: Vec<u8>, node: Node) -> Result<(), Error> {
        let text = String::from_utf8_lossy(&path).into_owned();
        let (top, rest) = text.split_once('/').unwrap_or((&text, ""));

        match top {
            "usr" if rest.is_empty() => {}
            "usr" => {
                let below = path.get("usr/".len()..).unwrap_or_default().to_vec();
                self.place_below_usr(below, node)?;
            }
            // Debian's /bin, /lib … are links since trixie; a package that still ships files there means /usr.
            "bin" | "sbin" | "lib" | "lib64" if rest.is_empty() => {}
            "bin" | "sbin" | "lib" | "lib64" => self.place_below_usr(path, node)?,
            "etc" | "var" if rest.is_empty() => {}
            "etc" | "var" => match stateless::keep(&path, &node) {
                Kept::No(reason) => self.notes.push(format!("left out /{text}: {reason}")),
                Kept::Line(line) => self.lines.push(line),
                Kept::Factory(factory, line) => {
                    self.lines.push(line);
                    self.insert(factory, node)?;
                }
            },
            top if ROOT_FOLDERS.contains(&top) => {
                if node.kind != Kind::Directory || !rest.is_empty() {
                    self.notes.push(format!("left out /{text}: a stone holds only /usr"));
                }
            }
            _ => self.notes.push(format!("left out /{text}: a stone holds only /usr")),
        }
        Ok(())
    }

    fn place_below_usr(&mut self, mut path: Vec<u8>, node: Node) -> Result<(), Error> {
        if let Some(rest) = path.strip_prefix(b"lib64/") {
            path = [b"lib/", rest].concat();
        } else if path == b"lib64" {
            return Ok(());
        }
        if wanted(&path, &node) {
            self.insert(path, node)?;
        } else if let (Kind::Symlink(target), Some(own)) = (&node.kind, path.strip_prefix(b"share/doc/")) {
            // `share/doc/libx -> libx-common`: the licence is there.
            if own == self.name.as_bytes() {
                let target = String::from_utf8_lossy(target);
                self.documented_in = target.rsplit('/').next().map(str::to_owned);
            }
        }
        Ok(())
    }

    /// Adds a file below `/usr`; equal directories may come twice.
    pub fn insert(&mut self, path: Vec<u8>, node: Node) -> Result<(), Error> {
        match self.files.get(&path) {
            Some(old) if *old != node => Err(Error::package(
                &self.name,
                format!("it has {} twice", String::from_utf8_lossy(&path)),
            )),
            _ => {
                let _ = self.files.insert(path, node);
                Ok(())
            }
        }
    }

    fn read_licences(&mut self) {
        let path = format!("share/doc/{}/copyright", self.name);
        if let Some(text) = self.files.get(path.as_bytes()).and_then(Node::content) {
            self.licences = copyright::licences(&String::from_utf8_lossy(text));
        }
    }
}

fn parent(path: &[u8]) -> Option<&[u8]> {
    let slash = path.iter().rposition(|byte| *byte == b'/')?;
    path.get(..slash)
}

/// The filter that keeps the sample small: licences stay, manuals and translations go.
fn wanted(path: &[u8], _node: &Node) -> bool {
    let folder = [path, b"/"].concat();
    let left_out = LEFT_OUT.iter().any(|left_out| folder.starts_with(left_out.as_bytes()));

    !left_out || (path.starts_with(b"share/doc/") && path.ends_with(b"/copyright"))
}

/// Paths that two drafts claim, in words. A directory may be shared if both give it the same rights, and never be a file elsewhere.
pub fn claims(drafts: &[Draft]) -> Vec<String> {
    let mut owners: BTreeMap<&[u8], (&str, &Node)> = BTreeMap::new();
    let mut faults = Vec::new();

    for draft in drafts {
        for (path, node) in &draft.files {
            let Some((other, theirs)) = owners.get(path.as_slice()) else {
                let _ = owners.insert(path, (&draft.name, node));
                continue;
            };
            if node.kind != Kind::Directory || node != *theirs {
                faults.push(format!(
                    "/usr/{}: {} and {}",
                    String::from_utf8_lossy(path),
                    other,
                    draft.name
                ));
            }
        }
    }
    // A file of one package where another needs a directory.
    for draft in drafts {
        for path in draft.files.keys() {
            let mut above = parent(path);
            while let Some(folder) = above {
                if let Some((other, node)) = owners.get(folder).filter(|(_, node)| node.kind != Kind::Directory) {
                    let what = if matches!(node.kind, Kind::Symlink(_)) {
                        "a link"
                    } else {
                        "a file"
                    };
                    faults.push(format!(
                        "/usr/{} is {what} in {other}, but {} has /usr/{}",
                        String::from_utf8_lossy(folder),
                        draft.name,
                        String::from_utf8_lossy(path),
                    ));
                }
                above = parent(folder);
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_root_folders_merge_into_usr() {
        let mut draft = Draft::own("a");
        draft.place(b"lib64/ld.so".to_vec(), Node::symlink(b"x")).unwrap();
        draft.place(b"usr/lib64/ld2.so".to_vec(), Node::symlink(b"x")).unwrap();
        draft
            .place(b"bin/tool".to_vec(), Node::file(0o755, Vec::new()))
            .unwrap();
        draft.place(b"lib64".to_vec(), Node::symlink(b"usr/lib64")).unwrap();

        let paths: Vec<_> = draft.files.keys().map(|path| String::from_utf8_lossy(path)).collect();
        assert_eq!(paths, ["bin/tool", "lib/ld.so", "lib/ld2.so"]);
    }

    #[test]
    fn manuals_go_and_licences_stay() {
        let mut draft = Draft::own("a");
        for path in [
            "usr/share/doc/a/copyright",
            "usr/share/doc/a/README",
            "usr/share/man/man1/a.1",
            "usr/share/docs/x",
        ] {
            draft
                .place(path.as_bytes().to_vec(), Node::file(0o644, Vec::new()))
                .unwrap();
        }

        let paths: Vec<_> = draft.files.keys().map(|path| String::from_utf8_lossy(path)).collect();
        assert_eq!(paths, ["share/doc/a/copyright", "share/docs/x"]);
    }

    #[test]
    fn what_lies_outside_of_usr_is_reported() {
        let mut draft = Draft::own("a");
        draft
            .place(b"boot/vmlinuz".to_vec(), Node::file(0o644, Vec::new()))
            .unwrap();
        draft
            .place(
                b"boot".to_vec(),
                Node {
                    mode: 0o755,
                    uid: 0,
                    gid: 0,
                    kind: Kind::Directory,
                },
            )
            .unwrap();

        assert_eq!(draft.notes, ["left out /boot/vmlinuz: a stone holds only /usr"]);
    }

    #[test]
    fn a_path_of_two_packages_names_both() {
        let with = |name: &str, path: &str, node: Node| {
            let mut draft = Draft::own(name);
            draft.insert(path.into(), node).unwrap();
            draft
        };
        let file = || Node::file(0o644, Vec::new());
        let folder = |mode| Node {
            mode,
            uid: 0,
            gid: 0,
            kind: Kind::Directory,
        };

        assert_eq!(
            claims(&[with("a", "x", file()), with("b", "x", file())]),
            ["/usr/x: a and b"]
        );
        assert_eq!(
            claims(&[with("a", "x", folder(0o755)), with("b", "x", folder(0o755))]),
            [""; 0]
        );
        assert_eq!(
            claims(&[with("a", "x", folder(0o700)), with("b", "x", folder(0o755))]),
            ["/usr/x: a and b"]
        );
        assert_eq!(
            claims(&[with("a", "x", Node::symlink(b"y")), with("b", "x/z", file())]),
            ["/usr/x is a link in a, but b has /usr/x/z"]
        );
    }
}
