//! The kernel's command line of a state.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::root::RootSource;
use crate::tree::Kernel;

/// Longest line that a kernel is sure to take (2048 on x86, with the byte that ends it).
const LONGEST: usize = 2047;
/// A snippet is never longer; one that is, is no snippet.
const MOST_BYTES: u64 = 64 * 1024;

/// The command line: root, `rw`, the language in which the initrd speaks, snippets by name (the administrator's over the state's), the kernel's own, `moult.state=`.
///
/// # Errors
/// [`Error::Unusable`] with the file's name.
pub(crate) fn of(root: &RootSource, etc: &Path, usr: &Path, kernel: &Kernel, state: u64) -> Result<String, Error> {
    let administrator = etc.join("kernel/cmdline.d");
    let mut words = root.arguments();
    words.push("rw".to_owned());
    words.extend(language(etc).map(|language| format!("moult.lang={language}")));

    for path in snippets(&administrator, &usr.join("lib/kernel/cmdline.d"))? {
        words.extend(read(&path)?);
    }
    for path in &kernel.cmdlines {
        words.extend(read(path)?);
    }
    words.push(format!("moult.state={state}"));

    let line = words.join(" ");
    if line.len() > LONGEST {
        return Err(Error::Unusable {
            path: administrator,
            reason: format!(
                "the whole command line of kernel {} is {} bytes long, and a kernel takes {LONGEST}",
                kernel.version,
                line.len()
            ),
        });
    }
    Ok(line)
}

/// The language of `/etc/locale.conf`, two letters; `None` = none is set, or English, which is spoken anyway.
fn language(etc: &Path) -> Option<String> {
    let text = fs::read_to_string(etc.join("locale.conf")).ok()?;
    let locale = text.lines().rev().find_map(|line| line.trim().strip_prefix("LANG="))?;
    let language = locale.trim_matches(['"', '\'']).split(['_', '.', '@']).next()?;
    let is_language = language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase());
    (is_language && language != "en").then(|| language.to_owned())
}

/// Files by name: one of the administrator's hides the state's of the same name, and one that is empty or a link to `/dev/null` leaves nothing.
fn snippets(administrator: &Path, vendor: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut by_name: BTreeMap<std::ffi::OsString, PathBuf> = BTreeMap::new();

    for directory in [vendor, administrator] {
        for path in list(directory)? {
            let is_snippet = path.extension().is_some_and(|extension| extension == "cmdline");
            if let (true, Some(name)) = (is_snippet, path.file_name()) {
                by_name.insert(name.to_owned(), path);
            }
        }
    }

    Ok(by_name.into_values().filter(|path| !is_mask(path)).collect())
}

/// What is in a directory, by name; one that does not exist is empty.
pub(crate) fn list(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let error = |source| Error::Read {
        path: directory.to_owned(),
        source,
    };
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(error(source)),
    };

    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(error)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn is_mask(path: &Path) -> bool {
    fs::read_link(path).is_ok_and(|to| to == Path::new("/dev/null"))
        || path
            .metadata()
            .is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0)
}

/// The words of a snippet. Lines that begin with `#` are remarks.
fn read(path: &Path) -> Result<Vec<String>, Error> {
    let unusable = |reason: String| Error::Unusable {
        path: path.to_owned(),
        reason,
    };
    let error = |source| Error::Read {
        path: path.to_owned(),
        source,
    };

    let file = fs::File::open(path).map_err(error)?;
    // A FIFO would never end, a directory is a mistake.
    if !file.metadata().map_err(error)?.is_file() {
        return Err(unusable("is not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(error)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(unusable("is too long for a command line".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| unusable("is not UTF-8".to_owned()))?;

    let mut words = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.chars().any(|c| c.is_control() && c != '\t') {
            return Err(unusable(format!("line {} holds a control character", index + 1)));
        }
        if line.len() > LONGEST {
            return Err(unusable(format!(
                "line {} is {} bytes long, and a kernel takes {LONGEST}",
                index + 1,
                line.len()
            )));
        }
        words.push(line.replace('\t', " "));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::symlink;

    use super::*;

    fn kernel() -> Kernel {
        Kernel {
            version: "6.1".to_owned(),
            directory: "6.1".to_owned(),
            variant: None,
            image: PathBuf::new(),
            initrds: Vec::new(),
            cmdlines: Vec::new(),
        }
    }

    fn line(folder: &Path, kernel: &Kernel) -> Result<String, Error> {
        let root = RootSource {
            uuid: Some("u".to_owned()),
            filesystem: "ext4".to_owned(),
            ..RootSource::default()
        };
        of(&root, &folder.join("etc"), &folder.join("usr"), kernel, 7)
    }

    fn folders() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (etc, usr) = (
            folder.path().join("etc/kernel/cmdline.d"),
            folder.path().join("usr/lib/kernel/cmdline.d"),
        );
        fs::create_dir_all(&etc).unwrap();
        fs::create_dir_all(&usr).unwrap();
        (folder, etc, usr)
    }

    #[test]
    fn snippets_come_by_name_and_the_administrators_hide_and_mask() {
        let (folder, etc, usr) = folders();
        fs::write(usr.join("30-c.cmdline"), "vendor-c\n").unwrap();
        fs::write(usr.join("10-a.cmdline"), "vendor-a").unwrap();
        fs::write(usr.join("20-b.cmdline"), "vendor-b").unwrap();
        fs::write(usr.join("40-masked.cmdline"), "never").unwrap();
        fs::write(usr.join("50-emptied.cmdline"), "never").unwrap();
        fs::write(usr.join("60-readme.txt"), "never").unwrap();
        fs::write(etc.join("20-b.cmdline"), "# mine\n  mine=1 \n\tother\tword\n\n").unwrap();
        fs::write(etc.join("15-own.cmdline"), "own").unwrap();
        symlink("/dev/null", etc.join("40-masked.cmdline")).unwrap();
        fs::write(etc.join("50-emptied.cmdline"), "").unwrap();
        let own = folder.path().join("own.cmdline");
        fs::write(&own, "of-kernel").unwrap();

        let mut kernel = kernel();
        kernel.cmdlines.push(own);
        assert_eq!(
            line(folder.path(), &kernel).unwrap(),
            "root=UUID=u rootfstype=ext4 rw vendor-a own mine=1 other word vendor-c of-kernel moult.state=7"
        );
    }

    #[test]
    fn the_initrd_is_told_the_language_of_the_system() {
        let (folder, etc, _) = folders();
        let locale = folder.path().join("etc/locale.conf");
        let said = |text: &str| {
            fs::write(&locale, text).unwrap();
            line(folder.path(), &kernel()).unwrap()
        };
        let plain = "root=UUID=u rootfstype=ext4 rw moult.state=7";
        assert_eq!(
            said("LC_TIME=fr_FR.UTF-8\nLANG=\"de_AT.UTF-8\"\n"),
            plain.replace("rw", "rw moult.lang=de")
        );
        for none in [
            "",
            "LANG=en_GB.UTF-8",
            "LANG=C.UTF-8",
            "LANG=POSIX",
            "LANG=",
            "LANG=d quiet",
        ] {
            assert_eq!(said(none), plain, "{none}");
        }
        // A person's own word comes later, and the last one counts.
        fs::write(etc.join("10.cmdline"), "moult.lang=en").unwrap();
        assert!(said("LANG=fr_FR").ends_with("rw moult.lang=fr moult.lang=en moult.state=7"));
    }

    #[test]
    fn the_snippet_that_is_shipped_restarts_after_a_panic_and_can_be_taken_away() {
        let (folder, etc, usr) = folders();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cage-session/kernel/50-moult.cmdline");
        fs::copy(shipped, usr.join("50-moult.cmdline")).unwrap();
        let plain = "root=UUID=u rootfstype=ext4 rw moult.state=7";
        assert_eq!(
            line(folder.path(), &kernel()).unwrap(),
            plain.replace("rw", "rw panic=10")
        );
        fs::write(etc.join("50-moult.cmdline"), "").unwrap();
        assert_eq!(line(folder.path(), &kernel()).unwrap(), plain);
    }

    #[test]
    fn what_cannot_be_a_command_line_is_refused_by_its_name() {
        let (folder, etc, _) = folders();
        let path = etc.join("10-a.cmdline");
        for content in [&b"a\x1bb"[..], b"\xff", &[b'x'; 3000], &[b'\n'; 70_000]] {
            fs::write(&path, content).unwrap();
            let error = line(folder.path(), &kernel()).unwrap_err();
            assert!(
                matches!(&error, Error::Unusable { path: of, .. } if *of == path),
                "{error}"
            );
        }

        fs::write(&path, "x".repeat(1500)).unwrap();
        fs::write(etc.join("11-a.cmdline"), "x".repeat(1500)).unwrap();
        assert!(matches!(line(folder.path(), &kernel()), Err(Error::Unusable { .. })));

        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(line(folder.path(), &kernel()).is_err());
    }
}
