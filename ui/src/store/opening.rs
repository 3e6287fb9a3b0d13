//! What the store is opened with: a link to an item, a package file, or the updates.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// In bytes, before anything is decoded.
const LONGEST_ARGUMENT: usize = 4096;
/// The longest id that a catalogue may have (backend/catalogue keeps none that is longer).
const LONGEST_ID: usize = 255;
/// More of a name is not said, in letters.
const LONGEST_NAME: usize = 100;
const FILE_ENDING: &[u8] = b".stone";

/// Where the store opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// An item's page, by its id.
    Item(String),
    /// A package file, by its absolute path. It may not be there, or be something else.
    Stone(PathBuf),
    /// The updates.
    Updates,
}

/// An argument that is neither a link that is understood nor the path of a `.stone`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an appstream: link, and not the path of a .stone file")]
pub struct NotUnderstood;

/// Why nothing of what was dropped is opened; with what the last part of the first address is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotOpened {
    /// There was no address.
    Nothing,
    /// It is not on this computer.
    Elsewhere(String),
    /// It is no package.
    NoPackage(String),
}

impl Opening {
    /// Reads `appstream:ID`, `appstream://ID` (with or without `?alt=…`, which is left out), `file:///….stone`, or a path,
    /// which begins at `folder` if it is relative.
    ///
    /// # Errors
    /// [`NotUnderstood`] for everything else.
    pub fn parse(argument: &OsStr, folder: &Path) -> Result<Self, NotUnderstood> {
        let bytes = argument.as_bytes();
        if bytes.is_empty() || bytes.len() > LONGEST_ARGUMENT || bytes.contains(&0) {
            return Err(NotUnderstood);
        }
        match scheme(bytes) {
            Some((name, rest)) if name.eq_ignore_ascii_case(b"appstream") => item(rest),
            Some((name, rest)) if name.eq_ignore_ascii_case(b"file") => stone(&local(rest)?, None),
            Some((_, rest)) if rest.starts_with(b"//") => Err(NotUnderstood),
            // A file may have a colon in its name.
            _ => stone(bytes, Some(folder)),
        }
    }

    /// Of a file that was dropped on the window, by its path.
    ///
    /// # Errors
    /// [`NotUnderstood`] for everything but the absolute path of a `.stone`.
    pub fn dropped(path: &Path) -> Result<Self, NotUnderstood> {
        match path.as_os_str().as_bytes() {
            [] => Err(NotUnderstood),
            bytes if bytes.len() > LONGEST_ARGUMENT || bytes.contains(&0) => Err(NotUnderstood),
            bytes => stone(bytes, None),
        }
    }

    /// Of files that were dropped on the window, as their addresses, one a line (`text/uri-list`, RFC 2483): the first that
    /// is understood. A link to an item is as good as a package.
    ///
    /// # Errors
    /// [`NotOpened`] where none is.
    pub fn first_of(list: &[u8]) -> Result<Self, NotOpened> {
        let lines = list.split(|byte| matches!(byte, b'\r' | b'\n'));
        let mut addresses = lines
            .filter(|line| !line.is_empty() && !line.starts_with(b"#"))
            .peekable();
        let Some(first) = addresses.peek().copied() else {
            return Err(NotOpened::Nothing);
        };

        addresses
            // What has no scheme is a path, which begins nowhere unless it is absolute.
            .filter(|address| address.starts_with(b"/") || scheme(address).is_some())
            .find_map(|address| Self::parse(OsStr::from_bytes(address), Path::new("/")).ok())
            .ok_or_else(|| {
                let is_elsewhere = scheme(first)
                    .is_some_and(|(name, rest)| rest.starts_with(b"//") && !name.eq_ignore_ascii_case(b"file"));
                let name = name_of(first);
                if is_elsewhere {
                    NotOpened::Elsewhere(name)
                } else {
                    NotOpened::NoPackage(name)
                }
            })
    }

    /// The same as an address, for another process.
    #[must_use]
    pub fn uri(&self) -> Option<String> {
        match self {
            Self::Item(id) => Some(format!("appstream:{id}")),
            Self::Stone(path) => Some(format!("file://{}", encoded(path.as_os_str().as_bytes()))),
            Self::Updates => None,
        }
    }
}

fn scheme(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let name = bytes.get(..colon)?;
    let is_scheme = name.first().is_some_and(u8::is_ascii_alphabetic)
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));

    is_scheme.then_some((name, bytes.get(colon + 1..)?))
}

fn item(rest: &[u8]) -> Result<Opening, NotUnderstood> {
    let rest = rest.strip_prefix(b"//").unwrap_or(rest);
    let id = rest.split(|byte| *byte == b'?').next().unwrap_or_default();
    let id = decoded(id)?;
    let is_id = !id.is_empty()
        && id.len() <= LONGEST_ID
        && id.first().is_some_and(u8::is_ascii_alphanumeric)
        && id
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(byte));

    match String::from_utf8(id) {
        Ok(id) if is_id => Ok(Opening::Item(id)),
        _ => Err(NotUnderstood),
    }
}

/// The path of a file address of this computer.
fn local(rest: &[u8]) -> Result<Vec<u8>, NotUnderstood> {
    let path = match rest.strip_prefix(b"//") {
        Some(with_host) => with_host.strip_prefix(b"localhost").unwrap_or(with_host),
        None => rest,
    };
    if !path.starts_with(b"/") || path.contains(&b'?') || path.contains(&b'#') {
        return Err(NotUnderstood);
    }

    decoded(path)
}

fn stone(path: &[u8], folder: Option<&Path>) -> Result<Opening, NotUnderstood> {
    let ending = path.len().checked_sub(FILE_ENDING.len()).and_then(|at| path.get(at..));
    if !ending.is_some_and(|ending| ending.eq_ignore_ascii_case(FILE_ENDING)) {
        return Err(NotUnderstood);
    }
    let path = PathBuf::from(OsString::from_vec(path.to_vec()));
    let path = match folder {
        Some(folder) => folder.join(path),
        None => path,
    };

    if path.is_absolute() {
        Ok(Opening::Stone(path))
    } else {
        Err(NotUnderstood)
    }
}

/// Undoes `%41`; a broken one, or a zero, is not understood.
fn decoded(text: &[u8]) -> Result<Vec<u8>, NotUnderstood> {
    let digit = |byte: Option<u8>| {
        byte.and_then(|byte| char::from(byte).to_digit(16))
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or(NotUnderstood)
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();

    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => digit(rest.next())? * 16 + digit(rest.next())?,
            byte => byte,
        };
        if byte == 0 {
            return Err(NotUnderstood);
        }
        bytes.push(byte);
    }

    Ok(bytes)
}

/// What a person calls an address: its last part that is not empty.
fn name_of(address: &[u8]) -> String {
    let mut parts = address.rsplit(|byte| *byte == b'/');
    let name = parts.find(|part| !part.is_empty()).unwrap_or(address);
    let name = decoded(name).unwrap_or_else(|NotUnderstood| name.to_vec());
    let name: String = String::from_utf8_lossy(&name).chars().take(LONGEST_NAME).collect();

    name.replace(char::is_control, "\u{fffd}")
}

fn encoded(path: &[u8]) -> String {
    path.iter()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"/._-~+".contains(byte) => char::from(*byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Opening, NotUnderstood> {
        Opening::parse(OsStr::new(text), Path::new("/home/ana"))
    }

    #[test]
    fn links_to_items_are_understood() {
        let maps = || Ok(Opening::Item("org.gnome.Maps".into()));
        for link in [
            "appstream:org.gnome.Maps",
            "appstream://org.gnome.Maps",
            "AppStream:org.gnome.Maps",
            "appstream:org%2Egnome.Maps",
            "appstream:org.gnome.Maps?alt=org.gnome.Maps.desktop",
        ] {
            assert_eq!(parse(link), maps(), "{link}");
        }
        for link in [
            "appstream:",
            "appstream:?alt=a",
            "appstream:../../etc",
            "appstream:a/b",
            "appstream:a b",
            "appstream:a%",
            "appstream:a%0",
            "appstream:a%00",
            "appstream:a%zz",
            "appstream:-option",
            "appstream:ü",
            &format!("appstream:{}", "a".repeat(256)),
        ] {
            assert_eq!(parse(link), Err(NotUnderstood), "{link}");
        }
    }

    #[test]
    fn paths_and_addresses_of_package_files_are_understood() {
        for (text, path) in [
            ("krita.stone", "/home/ana/krita.stone"),
            ("./sub/a:b.STONE", "/home/ana/./sub/a:b.STONE"),
            ("c:d.stone", "/home/ana/c:d.stone"),
            ("/tmp/krita.stone", "/tmp/krita.stone"),
            ("file:///tmp/a%20b%C3%BC.stone", "/tmp/a bü.stone"),
            ("file://localhost/tmp/a.stone", "/tmp/a.stone"),
            ("file:/tmp/a.stone", "/tmp/a.stone"),
        ] {
            assert_eq!(parse(text), Ok(Opening::Stone(path.into())), "{text}");
        }
        for text in [
            "",
            "krita",
            "/etc/passwd",
            "--check",
            "file://elsewhere/a.stone",
            "file:a.stone",
            "file:///a.stone?x",
            "file:///a%00.stone",
            "https://example.org/a.stone",
            "smb://example.org/a.stone",
            &format!("/{}.stone", "a".repeat(4096)),
        ] {
            assert_eq!(parse(text), Err(NotUnderstood), "{text}");
        }
    }

    #[test]
    fn a_file_that_is_dropped_is_a_package_or_not_understood() {
        let dropped = |path: &str| Opening::dropped(Path::new(path));
        for path in ["/tmp/a b.stone", "/tmp/appstream:x.STONE", "/tmp/100%.stone"] {
            assert_eq!(dropped(path), Ok(Opening::Stone(path.into())));
        }
        for path in [
            "",
            "a.stone",
            "appstream:org.gnome.Maps",
            "file:///tmp/a.stone",
            "/tmp/a.deb",
            "/tmp/a.stone/",
            &format!("/{}.stone", "a".repeat(4096)),
        ] {
            assert_eq!(dropped(path), Err(NotUnderstood), "{path}");
        }
    }

    #[test]
    fn of_several_files_the_first_package_is_opened() {
        let first = |list: &str| Opening::first_of(list.as_bytes());
        let krita = || Ok(Opening::Stone("/tmp/krita 5.stone".into()));
        for list in [
            "file:///tmp/krita%205.stone",
            "file:///tmp/krita%205.stone\r\n",
            "# from a file manager\r\nfile:///tmp/a.odt\r\nfile:///tmp/krita%205.stone\r\nfile:///tmp/b.stone\r\n",
            "\n\nfile://localhost/tmp/krita%205.stone\n",
            "/tmp/krita 5.stone",
        ] {
            assert_eq!(first(list), krita(), "{list:?}");
        }
        assert_eq!(
            first("appstream:org.gnome.Maps\r\n"),
            Ok(Opening::Item("org.gnome.Maps".into()))
        );

        for list in ["", "# nothing\r\n\r\n"] {
            assert_eq!(first(list), Err(NotOpened::Nothing), "{list:?}");
        }
        for list in ["https://example.org/a/b.stone\r\n", "smb://nas/a/b.stone"] {
            assert_eq!(first(list), Err(NotOpened::Elsewhere("b.stone".to_owned())), "{list:?}");
        }
        for (list, name) in [
            ("file:///home/ana/holiday%20%C3%BC.jpeg", "holiday ü.jpeg"),
            ("file:///home/ana/\r\n", "ana"),
            ("file:///a%0Ab%00", "a%0Ab%00"),
            ("file:///a%0Ab", "a\u{fffd}b"),
            ("krita.stone", "krita.stone"),
            ("///", "///"),
        ] {
            assert_eq!(first(list), Err(NotOpened::NoPackage(name.to_owned())), "{list:?}");
        }
        let long = format!("file:///{}.odt", "ü".repeat(5000));
        assert_eq!(first(&long), Err(NotOpened::NoPackage("ü".repeat(100))));
        assert_eq!(
            Opening::first_of(b"\xff\xfe/\xff"),
            Err(NotOpened::NoPackage("\u{fffd}".to_owned()))
        );
    }

    #[test]
    fn an_address_leads_to_what_it_was_made_of() {
        let path = PathBuf::from(OsString::from_vec(b"/tmp/\xff %?#\xc3\xbc.stone".to_vec()));
        for opening in [Opening::Item("org.kde.krita".into()), Opening::Stone(path)] {
            assert_eq!(parse(&opening.uri().unwrap()), Ok(opening));
        }
        assert_eq!(Opening::Updates.uri(), None);
    }
}
