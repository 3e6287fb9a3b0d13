//! Where the kernel finds the root file system.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use moult_tool::Toolbox;

use crate::error::Error;
use crate::tool;

/// Where the root file system is found at boot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RootSource {
    /// UUID of the file system.
    pub uuid: Option<String>,
    /// UUID of its partition: what is used where the file system's is not known.
    pub partuuid: Option<String>,
    /// Its kind as the kernel calls it ("ext4").
    pub filesystem: String,
    /// Btrfs: path of the subvolume ("@").
    pub subvolume: Option<String>,
    /// UUIDs of the LUKS layers below it, the outermost first.
    pub luks: Vec<String>,
}

impl RootSource {
    /// What the kernel's command line says of it: `rd.luks.uuid=`, `root=`, `rootfstype=`, `rootflags=`.
    pub fn arguments(&self) -> Vec<String> {
        let mut words: Vec<String> = self.luks.iter().map(|uuid| format!("rd.luks.uuid={uuid}")).collect();

        // A partition below LUKS is not where the file system is, so its UUID leads nowhere.
        match (&self.uuid, &self.partuuid) {
            (Some(uuid), _) => words.push(format!("root=UUID={uuid}")),
            (None, Some(partuuid)) if self.luks.is_empty() => words.push(format!("root=PARTUUID={partuuid}")),
            _ => {}
        }
        if !self.filesystem.is_empty() {
            words.push(format!("rootfstype={}", self.filesystem));
        }
        if let Some(subvolume) = &self.subvolume {
            words.push(format!("rootflags=subvol={subvolume}"));
        }
        words
    }

    /// By what files on the ESP are known as this installation's. Two installations of one system share an ESP and not this.
    pub(crate) fn token(&self) -> String {
        let identity = self.uuid.as_ref().or(self.partuuid.as_ref());
        let mut hasher = blake3::Hasher::new();
        hasher.update(identity.map_or("", |uuid| uuid).to_lowercase().as_bytes());
        hasher.update(b"/");
        hasher.update(self.subvolume.as_deref().unwrap_or_default().as_bytes());
        let hash = hasher.finalize().to_hex();
        format!("moult-{}", hash.get(..8).unwrap_or_default())
    }

    /// The file system that is mounted at `root` in this system.
    ///
    /// # Errors
    /// When it cannot be found out, or is on no disk.
    pub fn of_mounted(root: &Path) -> Result<Self, Error> {
        let mounts = mounts()?;
        let mount = mounted_at(root, &mounts).ok_or_else(|| Error::Read {
            path: root.to_owned(),
            source: io::Error::new(io::ErrorKind::NotFound, "nothing is mounted there"),
        })?;
        if !mount.source.starts_with("/dev") {
            return Err(Error::Read {
                path: root.to_owned(),
                source: io::Error::new(
                    io::ErrorKind::Unsupported,
                    format!(
                        "its {} is on no disk that a kernel could find at boot",
                        mount.filesystem
                    ),
                ),
            });
        }

        let arguments = ["-p", "-o", "export"].map(OsString::from);
        let arguments = [&arguments[..], &[mount.source.clone().into_os_string()]].concat();
        let output = Toolbox::default().run(tool::BLKID, &arguments, &[], Duration::from_secs(10))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let value = |key: &str| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(name, _)| *name == key)
                .map(|(_, value)| value.to_owned())
        };

        let subvolume = mount.root.trim_start_matches('/');
        let source = Self {
            uuid: value("UUID"),
            partuuid: value("PART_ENTRY_UUID"),
            filesystem: mount.filesystem.clone(),
            subvolume: (mount.filesystem == "btrfs" && !subvolume.is_empty()).then(|| subvolume.to_owned()),
            luks: luks_below(&mount.source),
        };
        if source.uuid.is_none() && (source.partuuid.is_none() || !source.luks.is_empty()) {
            return Err(Error::Read {
                path: mount.source.clone(),
                source: io::Error::new(
                    io::ErrorKind::InvalidData,
                    "it has no UUID by which it could be found at boot",
                ),
            });
        }
        Ok(source)
    }
}

/// A mount of this process' namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    /// Directory of the file system that is shown ("/@").
    pub(crate) root: String,
    pub(crate) at: PathBuf,
    pub(crate) filesystem: String,
    /// Node of its device, as far as it has one.
    pub(crate) source: PathBuf,
    pub(crate) writable: bool,
}

/// Mounts, the oldest first.
pub(crate) fn mounts() -> Result<Vec<Mount>, Error> {
    let path = Path::new("/proc/self/mountinfo");
    let text = fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    Ok(text
        .lines()
        .filter_map(|line| mount(line, Path::new("/sys/dev/block")))
        .collect())
}

/// A line of mountinfo (proc(5)). `blocks` tells the node of a device whose name is none ("/dev/root").
fn mount(line: &str, blocks: &Path) -> Option<Mount> {
    let (before, after) = line.split_once(" - ")?;
    let before: Vec<&str> = before.split(' ').collect();
    let mut after = after.split(' ');
    let (filesystem, source) = (after.next()?, unescaped(after.next()?));
    let writable_super = after.next()?.split(',').any(|option| option == "rw");

    let by_number = fs::read_to_string(blocks.join(before.get(2)?).join("uevent")).ok();
    let by_number = by_number.as_deref().and_then(|uevent| {
        let name = uevent.lines().find_map(|line| line.strip_prefix("DEVNAME="))?;
        Some(Path::new("/dev").join(name))
    });
    Some(Mount {
        root: unescaped(before.get(3)?),
        at: PathBuf::from(unescaped(before.get(4)?)),
        filesystem: filesystem.to_owned(),
        source: by_number.unwrap_or_else(|| {
            let source = PathBuf::from(source);
            source.canonicalize().unwrap_or(source)
        }),
        writable: writable_super && before.get(5)?.split(',').any(|option| option == "rw"),
    })
}

/// Spaces and such come as three octal digits.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let octal = tail.get(..3).filter(|_| *first == b'\\');
        let octal = octal.and_then(|digits| std::str::from_utf8(digits).ok());
        match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn mounted_at<'a>(root: &Path, mounts: &'a [Mount]) -> Option<&'a Mount> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    mounts.iter().rev().find(|mount| mount.at == root)
}

/// Nodes of the disks that the file system at `root` lies on.
pub(crate) fn disks_of(root: &Path, mounts: &[Mount]) -> Vec<PathBuf> {
    let Some(mount) = mounted_at(root, mounts) else {
        return Vec::new();
    };
    let mut disks: Vec<PathBuf> = below(&mount.source)
        .into_iter()
        .filter_map(|(system, name)| {
            // A partition's directory is within its disk's.
            let disk = if system.join("partition").is_file() {
                system.parent()?.file_name()?.to_owned()
            } else {
                name.into()
            };
            Some(Path::new("/dev").join(disk))
        })
        .collect();
    disks.sort();
    disks.dedup();
    disks
}

/// UUIDs of the LUKS layers that a device lies on, the outermost (the lowest) first.
fn luks_below(node: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for (system, _) in below(node).into_iter().rev() {
        let uuid = fs::read_to_string(system.join("dm/uuid")).unwrap_or_default();
        let uuid = uuid
            .strip_prefix("CRYPT-LUKS")
            .and_then(|rest| rest.split('-').nth(1))
            .filter(|digits| digits.len() == 32 && digits.is_ascii());
        if let Some(digits) = uuid {
            let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
            found.push([part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-"));
        }
    }
    found
}

/// A device and all that it lies on, itself first: directories in sysfs and kernel names.
fn below(node: &Path) -> Vec<(PathBuf, String)> {
    let node = node.canonicalize().unwrap_or_else(|_| node.to_owned());
    let mut found: Vec<(PathBuf, String)> = Vec::new();
    let mut waiting: Vec<String> = node
        .file_name()
        .and_then(|name| name.to_str())
        .map(str::to_owned)
        .into_iter()
        .collect();

    while let Some(name) = waiting.pop() {
        let Ok(system) = Path::new("/sys/class/block").join(&name).canonicalize() else {
            continue;
        };
        if found.iter().any(|(_, known)| *known == name) {
            continue;
        }
        let slaves = fs::read_dir(system.join("slaves")).into_iter().flatten().flatten();
        waiting.extend(slaves.filter_map(|slave| slave.file_name().into_string().ok()));
        found.push((system, name));
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_root_is_named_as_the_kernel_wants_it() {
        let mut root = RootSource {
            uuid: Some("1-2".to_owned()),
            partuuid: Some("3-4".to_owned()),
            filesystem: "btrfs".to_owned(),
            subvolume: Some("@".to_owned()),
            luks: vec!["a".to_owned(), "b".to_owned()],
        };
        assert_eq!(
            root.arguments().join(" "),
            "rd.luks.uuid=a rd.luks.uuid=b root=UUID=1-2 rootfstype=btrfs rootflags=subvol=@"
        );
        root.uuid = None;
        assert!(
            !root.arguments().join(" ").contains("PARTUUID"),
            "a partition below LUKS is not the root"
        );
        root.luks.clear();
        assert!(root.arguments().join(" ").contains("root=PARTUUID=3-4"));
    }

    #[test]
    fn two_installations_of_one_system_have_two_tokens() {
        let root = |uuid: &str, subvolume: Option<&str>| RootSource {
            uuid: Some(uuid.to_owned()),
            subvolume: subvolume.map(str::to_owned),
            ..RootSource::default()
        };
        assert_ne!(root("a", None).token(), root("b", None).token());
        assert_ne!(root("a", Some("@")).token(), root("a", Some("@two")).token());
        assert_eq!(root("ABC", None).token(), root("abc", None).token());
    }

    #[test]
    fn a_line_of_mountinfo_is_read() {
        let line = r"29 1 0:26 /@ /mnt/a\040b rw,relatime shared:1 - btrfs /dev/none rw,space_cache=v2";
        let mount = mount(line, Path::new("/nowhere")).unwrap();
        assert_eq!(mount.root, "/@");
        assert_eq!(mount.at, Path::new("/mnt/a b"));
        assert_eq!(mount.source, Path::new("/dev/none"));
        assert!(mount.writable);
        assert!(super::mount("nonsense", Path::new("/nowhere")).is_none());
    }
}
