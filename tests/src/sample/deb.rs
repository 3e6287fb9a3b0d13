//! A Debian binary package, read with `dpkg-deb`: its control fields, its postinst as text, its files.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Error, tool};

const LIMIT: Duration = Duration::from_secs(120);

/// A Debian package in memory.
#[derive(Debug, Default, Clone)]
pub struct Deb {
    /// `DEBIAN/control`.
    pub control: Control,
    /// `DEBIAN/postinst`, to read what it would enable. Never run.
    pub postinst: String,
    /// Its files, in the order of the archive.
    pub entries: Vec<Entry>,
    /// The newest time of any file, seconds since 1970. dpkg-buildpackage bounds it by the date of the changelog.
    pub newest: u64,
}

/// Control fields in their order; continuation lines are kept with their newline and without the leading space.
#[derive(Debug, Default, Clone)]
pub struct Control(Vec<(String, String)>);

impl Control {
    /// Reads the format of deb-control(5).
    pub fn parse(text: &str) -> Control {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if let Some(more) = line.strip_prefix([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push('\n');
                    value.push_str(more);
                }
            } else if let Some((key, value)) = line.split_once(':') {
                fields.push((key.to_owned(), value.trim().to_owned()));
            }
        }
        Control(fields)
    }

    /// The value of a field, or an empty string.
    pub fn get(&self, key: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map_or("", |(_, value)| value.as_str())
    }
}

/// One path of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From the root of the file system, no leading slash.
    pub path: Vec<u8>,
    /// What it is.
    pub node: Node,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Permission bits with set-id and sticky (07777).
    pub mode: u32,
    /// Owner, numeric as in the archive.
    pub uid: u32,
    /// Group, numeric as in the archive.
    pub gid: u32,
    /// File, symlink or directory.
    pub kind: Kind,
}

/// The kinds of node that packages ship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file with its content.
    File(Arc<Vec<u8>>),
    /// A symbolic link with its text.
    Symlink(Vec<u8>),
    /// A directory.
    Directory,
}

impl Node {
    /// A root-owned file.
    pub fn file(mode: u32, content: Vec<u8>) -> Node {
        Node {
            mode,
            uid: 0,
            gid: 0,
            kind: Kind::File(Arc::new(content)),
        }
    }

    /// A root-owned symbolic link.
    pub fn symlink(target: &[u8]) -> Node {
        Node {
            mode: 0o777,
            uid: 0,
            gid: 0,
            kind: Kind::Symlink(target.to_vec()),
        }
    }

    /// The content, if it is a file.
    pub fn content(&self) -> Option<&[u8]> {
        match &self.kind {
            Kind::File(content) => Some(content),
            _ => None,
        }
    }
}

impl Deb {
    /// Reads the package at `path`.
    pub fn read(path: &Path) -> Result<Deb, Error> {
        let dpkg_deb = tool::find("dpkg-deb", "dpkg")?;
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();

        let mut deb = Deb::default();
        let mut control = None;

        tool::stream(
            tool::command(&dpkg_deb).arg("--ctrl-tarfile").arg(path),
            LIMIT,
            |stream| {
                for file in tar::Archive::new(stream).entries()? {
                    let mut file = file?;
                    let mut text = Vec::new();
                    match clean(&file.path_bytes()).as_slice() {
                        b"control" => {
                            let _ = file.read_to_end(&mut text)?;
                            control = Some(Control::parse(&String::from_utf8_lossy(&text)));
                        }
                        b"postinst" => {
                            let _ = file.read_to_end(&mut text)?;
                            deb.postinst = String::from_utf8_lossy(&text).into_owned();
                        }
                        _ => {}
                    }
                }
                Ok(())
            },
        )?;
        deb.control = control.ok_or_else(|| Error::package(&name, "it has no control file"))?;

        tool::stream(
            tool::command(&dpkg_deb).arg("--fsys-tarfile").arg(path),
            LIMIT,
            |stream| {
                (deb.entries, deb.newest) = read_files(stream)?;
                Ok(())
            },
        )?;
        Ok(deb)
    }
}

/// Files of a tar stream. A hard link becomes an entry of its own with the same content (shared in memory, and once in the stone).
fn read_files(stream: &mut dyn Read) -> io::Result<(Vec<Entry>, u64)> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut newest = 0;

    for file in tar::Archive::new(stream).entries()? {
        let mut file = file?;
        let path = clean(&file.path_bytes());
        if path.is_empty() {
            continue;
        }
        if path.split(|byte| *byte == b'/').any(|part| part == b"..") {
            return Err(io::Error::other(format!(
                "a path leaves the root: {}",
                String::from_utf8_lossy(&path)
            )));
        }

        let header = file.header();
        let mode = header.mode()? & 0o7777;
        let owner = |id: u64| u32::try_from(id).map_err(|_| io::Error::other("an owner above 2^32"));
        let (uid, gid) = (owner(header.uid()?)?, owner(header.gid()?)?);
        newest = newest.max(header.mtime()?);

        let node = match header.entry_type() {
            tar::EntryType::Directory => Node {
                mode,
                uid,
                gid,
                kind: Kind::Directory,
            },
            tar::EntryType::Symlink => {
                let target = file
                    .link_name_bytes()
                    .ok_or_else(|| io::Error::other("a link without a target"))?;
                Node {
                    mode: 0o777,
                    uid,
                    gid,
                    kind: Kind::Symlink(target.into_owned()),
                }
            }
            tar::EntryType::Link => {
                let target = file.link_name_bytes().map(|target| clean(&target)).unwrap_or_default();
                let first = places
                    .get(&target)
                    .and_then(|place| entries.get(*place))
                    .ok_or_else(|| {
                        io::Error::other(format!(
                            "a hard link to what is not there: {}",
                            String::from_utf8_lossy(&target)
                        ))
                    })?;
                first.node.clone()
            }
            tar::EntryType::Regular | tar::EntryType::Continuous => {
                let mut content = Vec::new();
                let _ = file.read_to_end(&mut content)?;
                Node {
                    mode,
                    uid,
                    gid,
                    kind: Kind::File(Arc::new(content)),
                }
            }
            other => {
                return Err(io::Error::other(format!(
                    "{}: {other:?} is no file",
                    String::from_utf8_lossy(&path)
                )));
            }
        };

        let _ = places.insert(path.clone(), entries.len());
        entries.push(Entry { path, node });
    }
    Ok((entries, newest))
}

/// `./usr/bin/` -> `usr/bin`
fn clean(path: &[u8]) -> Vec<u8> {
    path.split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".")
        .collect::<Vec<_>>()
        .join(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_fields_keep_their_continuation_lines() {
        let control = Control::parse("Package: a\nDescription: short\n long one\n .\n end\nDepends: b,\n c\n");

        assert_eq!(control.get("package"), "a");
        assert_eq!(control.get("Description"), "short\nlong one\n.\nend");
        assert_eq!(control.get("Depends"), "b,\nc");
        assert_eq!(control.get("Homepage"), "");
    }

    #[test]
    fn an_archive_that_leaves_its_root_is_refused() {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..9].copy_from_slice(b"usr/../..");
        header.set_size(0);
        header.set_cksum();
        let mut bytes = header.as_bytes().to_vec();
        bytes.extend([0; 1024]);

        assert!(
            read_files(&mut bytes.as_slice())
                .unwrap_err()
                .to_string()
                .contains("leaves the root")
        );
    }
}
