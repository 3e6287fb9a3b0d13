//! Moult itself as a package of the sample system: an installed system has its own store.
//!
//! It is made after all others and beside them, so that a rebuilt program costs one stone and a new list, nothing more.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use moult_stone::Package;

use super::apt::host_architecture;
use super::deb::{Control, Node};
use super::draft::Draft;
use super::linux::LINUX;
use super::make::Options;
use super::stones::{list, stone_architecture, write_index, write_stone, write_whole};
use super::{Error, relations, tool};

/// The package's name.
pub const MOULT: &str = "moult";

/// Cargo's name of a program and its place below `/usr`.
const PROGRAMS: [(&str, &str); 4] = [
    ("moult", "bin/moult"),
    ("moultctl", "bin/moultctl"),
    ("moult-backend", "libexec/moult/moult-backend"),
    ("moult-early", "lib/moult/moult-early"),
];

/// A file of `cage-session` and its place below `/usr`. The entry that installs is for a live image alone.
const FILES: [(&str, &str); 13] = [
    ("kernel/50-moult.cmdline", "lib/kernel/cmdline.d/50-moult.cmdline"),
    (
        "polkit/org.moult.backend.policy",
        "share/polkit-1/actions/org.moult.backend.policy",
    ),
    (
        "desktop/org.moult.Store.desktop",
        "share/applications/org.moult.Store.desktop",
    ),
    (
        "desktop/org.moult.Store.metainfo.xml",
        "share/metainfo/org.moult.Store.metainfo.xml",
    ),
    ("desktop/org.moult.stone.xml", "share/mime/packages/org.moult.stone.xml"),
    (
        "desktop/icons/org.moult.Store.svg",
        "share/icons/hicolor/scalable/apps/org.moult.Store.svg",
    ),
    (
        "systemd/boot-complete.target.d/50-moult.conf",
        "lib/systemd/system/boot-complete.target.d/50-moult.conf",
    ),
    (
        "systemd/systemd-bless-boot.service.d/50-moult.conf",
        "lib/systemd/system/systemd-bless-boot.service.d/50-moult.conf",
    ),
    (
        "systemd/system/moult-boot-note.service",
        "lib/systemd/system/moult-boot-note.service",
    ),
    (
        "systemd/system/moult-refresh.service",
        "lib/systemd/system/moult-refresh.service",
    ),
    (
        "systemd/system/moult-refresh.timer",
        "lib/systemd/system/moult-refresh.timer",
    ),
    (
        "systemd/user/moult-check.service",
        "lib/systemd/user/moult-check.service",
    ),
    ("systemd/user/moult-check.timer", "lib/systemd/user/moult-check.timer"),
];

/// What other makers of an initrd run: a file of `backend/boot/early`, its place below `/usr`, its mode.
const HOOKS: [(&str, &str, u32); 7] = [
    (
        "dracut/module-setup.sh",
        "lib/dracut/modules.d/90moult/module-setup.sh",
        0o755,
    ),
    (
        "dracut/moult-activate.service",
        "lib/dracut/modules.d/90moult/moult-activate.service",
        0o644,
    ),
    (
        "dracut/moult-pre-pivot.sh",
        "lib/dracut/modules.d/90moult/moult-pre-pivot.sh",
        0o755,
    ),
    (
        "dracut/moult-activate.sh",
        "lib/dracut/modules.d/90moult/moult-activate.sh",
        0o755,
    ),
    ("dracut/moult-activate.sh", "lib/moult/moult-activate.sh", 0o755),
    ("initramfs-tools/hook", "share/initramfs-tools/hooks/moult", 0o755),
    (
        "initramfs-tools/local-bottom",
        "share/initramfs-tools/scripts/local-bottom/moult",
        0o755,
    ),
];

/// Links of the units that run: below `/usr`, and their text.
const LINKS: [(&str, &str); 3] = [
    (
        "lib/systemd/system/multi-user.target.wants/moult-boot-note.service",
        "../moult-boot-note.service",
    ),
    (
        "lib/systemd/system/timers.target.wants/moult-refresh.timer",
        "../moult-refresh.timer",
    ),
    (
        "lib/systemd/user/timers.target.wants/moult-check.timer",
        "../moult-check.timer",
    ),
];

/// What the programs load or start without being linked to it: the window's libraries and its font, keyboard layouts and Compose
/// tables, the way to become root, and what triggers run in.
const NEEDS: &str =
    "bubblewrap, fonts-inter, libwayland-client0, libx11-data, libxkbcommon0, pkexec, polkitd, xkb-data";

/// Debug builds are large.
const LIMIT: Duration = Duration::from_secs(120);

/// What it adds to the repository.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Own {
    pub(crate) packages: usize,
    pub(crate) entries: usize,
    pub(crate) stone_bytes: u64,
    pub(crate) file_bytes: u64,
    pub(crate) unchanged: bool,
}

impl Own {
    /// There is nothing to add.
    pub(crate) fn nothing() -> Own {
        Own {
            unchanged: true,
            ..Own::default()
        }
    }
}

/// Puts the package into the finished repository, or leaves the one that is there if the programs are the same.
pub(crate) fn add(options: &Options) -> Result<Own, Error> {
    let Some(programs) = &options.programs else {
        return Ok(Own::nothing());
    };
    let (sources, release) = sources(programs)?;
    let packages = list(&options.repo)?;
    let stamp = stamp(&sources, options.level, &packages)?;
    if let Some(own) = kept(options, MOULT, &stamp, &packages) {
        return Ok(own);
    }
    let draft = draft(&sources, release, &options.cache)?;
    put(options, packages, draft, &stamp)
}

/// What an earlier run added under the same stamp, if it is still there.
pub(crate) fn kept(options: &Options, name: &str, stamp: &str, packages: &[Package]) -> Option<Own> {
    let there = packages.iter().find(|package| package.name == name)?;
    let mut own = read_stamp(&stamp_path(options, name), stamp)?;
    own.stone_bytes = there.size.unwrap_or(0);
    Some(own)
}

/// Writes a package beside `packages`, in place of the one of its name, and remembers the stamp.
pub(crate) fn put(options: &Options, mut packages: Vec<Package>, draft: Draft, stamp: &str) -> Result<Own, Error> {
    packages.retain(|package| package.name != draft.name);
    let mut own = Own {
        packages: 1,
        entries: draft.files.len(),
        file_bytes: draft
            .files
            .values()
            .filter_map(Node::content)
            .map(|content| content.len() as u64)
            .sum(),
        ..Own::default()
    };
    let path = stamp_path(options, &draft.name);
    let package = relations::beside(&draft, &packages, &stone_architecture(&host_architecture()?))?;
    let package = write_stone(package, draft, &options.repo, options.level)?;
    own.stone_bytes = package.size.unwrap_or(0);
    packages.push(package);
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    write_index(&packages, &options.repo)?;
    write_whole(
        &path,
        format!("{stamp} {} {}\n", own.entries, own.file_bytes).as_bytes(),
    )?;
    Ok(own)
}

fn stamp_path(options: &Options, name: &str) -> PathBuf {
    options.repo.join(format!("made-{name}"))
}

/// A file of the workspace.
#[derive(Debug)]
struct Origin {
    from: PathBuf,
    mode: u32,
}

/// Every file by its path below `/usr`, and when the newest program was built, in minutes since 1970: a rebuilt Moult is a newer one.
fn sources(programs: &Path) -> Result<(BTreeMap<String, Origin>, u64), Error> {
    let session = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cage-session");
    let mut sources = BTreeMap::new();
    let mut release = 1;

    for (name, path) in PROGRAMS {
        let from = programs.join(name);
        let built = fs::metadata(&from).map_err(|_| {
            Error::package(
                MOULT,
                format!("{} is not built: cargo build --workspace", from.display()),
            )
        })?;
        release = release.max(u64::try_from(built.mtime()).unwrap_or(0) / 60);
        let _ = sources.insert(path.to_owned(), Origin { from, mode: 0o755 });
    }
    for (from, path) in FILES {
        let from = session.join(from);
        let _ = sources.insert(path.to_owned(), Origin { from, mode: 0o644 });
    }
    let early = Path::new(env!("CARGO_MANIFEST_DIR")).join("../backend/boot/early");
    for (from, path, mode) in HOOKS {
        let from = early.join(from);
        let _ = sources.insert(path.to_owned(), Origin { from, mode });
    }
    Ok((sources, release))
}

/// BLAKE3 over the files and over what they are resolved against.
fn stamp(sources: &BTreeMap<String, Origin>, level: i32, packages: &[Package]) -> Result<String, Error> {
    let mut hasher = blake3::Hasher::new();
    let _ = hasher.update(&level.to_le_bytes()).update(NEEDS.as_bytes());
    for (path, origin) in sources {
        let content = fs::read(&origin.from).map_err(Error::io("read", &origin.from))?;
        let _ = hasher.update(path.as_bytes()).update(blake3::hash(&content).as_bytes());
    }
    for package in packages
        .iter()
        .filter(|package| ![MOULT, LINUX].contains(&package.name.as_str()))
    {
        let _ = hasher.update(package.hash.as_deref().unwrap_or_default().as_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn read_stamp(path: &Path, stamp: &str) -> Option<Own> {
    let text = fs::read_to_string(path).ok()?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let [found, entries, file_bytes] = words.as_slice() else {
        return None;
    };
    (*found == stamp).then_some(Own {
        packages: 1,
        entries: entries.parse().ok()?,
        file_bytes: file_bytes.parse().ok()?,
        stone_bytes: 0,
        unchanged: true,
    })
}

fn draft(sources: &BTreeMap<String, Origin>, release: u64, scratch: &Path) -> Result<Draft, Error> {
    let mut draft = Draft::own(MOULT);
    draft.release = release;
    draft.licences = vec!["MPL-2.0".to_owned()];
    draft.control = Control::parse(&format!(
        "Source: moult\nDepends: {NEEDS}\nDescription: Installer and store of an atomic system\n\
         \x20The store's window, its command line moultctl, and the backend that both start.\n"
    ));
    for (path, origin) in sources {
        let content = fs::read(&origin.from).map_err(Error::io("read", &origin.from))?;
        let content = if content.starts_with(b"\x7fELF") {
            stripped(&origin.from, scratch)?
        } else {
            content
        };
        draft.elf.add(path.as_bytes(), &content);
        draft.insert(path.clone().into_bytes(), Node::file(origin.mode, content))?;
    }
    for (path, target) in LINKS {
        draft.insert(path.as_bytes().to_vec(), Node::symlink(target.as_bytes()))?;
    }
    Ok(draft)
}

/// A program without its symbols.
pub(crate) fn stripped(program: &Path, scratch: &Path) -> Result<Vec<u8>, Error> {
    let strip = tool::find("strip", "binutils")?;
    let out = scratch.join("stripped");
    let _ = tool::output(tool::command(&strip).arg("-o").arg(&out).arg(program), LIMIT)?;
    let content = fs::read(&out).map_err(Error::io("read", &out))?;
    fs::remove_file(&out).map_err(Error::io("remove", &out))?;
    Ok(content)
}
