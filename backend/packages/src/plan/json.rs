//! A plan for machines.

use serde_json::{Value, json};

use super::{FileChange, FileChanges, KeptBack, PackageChange, Plan};
use crate::repository::shown;
use crate::selection::Selected;

impl Plan {
    /// The whole change as JSON. Keys may be added later; none changes its meaning while `format` is 1.
    ///
    /// ```text
    /// format          1
    /// from            number of the state it was made from, or null
    /// summary         one line
    /// packages        what differs: [{name, change, old, new}]
    ///   change        install, remove, upgrade, downgrade, reinstall or mark
    ///   old, new      null or {version, source_release, build_release, architecture, repository, url, hash, size,
    ///                 explicit}; repository "" is a package that no repository offers
    /// orphans         names of packages that nobody chose and nobody needs, and that stay
    /// kept_back       what a sync leaves behind: [{name, preferred: as new, held: names of the holds to blame}]
    /// total           packages of the new state
    /// download_bytes  bytes to download: only what is missing
    /// disk_bytes      bytes of content that is not stored yet, or null without `files`
    /// files           null, or {added, changed, removed}, each [{path, escaped, package, marks}]
    ///   path          absolute, as /usr/bin/x. With escaped true it is not UTF-8: each byte that is no printable
    ///                 ASCII, and each backslash, is then written as \xNN
    ///   package       "" for what no package brings
    ///   marks         of set-id, kernel, boot, service
    /// ```
    pub fn json(&self, files: Option<&FileChanges>) -> Value {
        json!({
            "format": 1,
            "from": self.from,
            "summary": self.summary,
            "packages": self.packages.iter().map(change).collect::<Vec<_>>(),
            "orphans": self.orphans,
            "kept_back": self.kept_back.iter().map(kept_back).collect::<Vec<_>>(),
            "total": self.selection.packages.len(),
            "download_bytes": self.download_bytes,
            "disk_bytes": files.map(|files| files.disk_bytes),
            "files": files.map(FileChanges::json),
        })
    }
}

impl FileChanges {
    /// The files as in [`Plan::json`].
    pub fn json(&self) -> Value {
        let list = |files: &[FileChange]| files.iter().map(file).collect::<Vec<_>>();
        json!({
            "added": list(&self.added),
            "changed": list(&self.changed),
            "removed": list(&self.removed),
        })
    }
}

fn change(change: &PackageChange) -> Value {
    json!({
        "name": change.name,
        "change": change.kind,
        "old": change.old.as_ref().map(package),
        "new": change.new.as_ref().map(package),
    })
}

fn kept_back(kept: &KeptBack) -> Value {
    json!({"name": kept.name, "preferred": package(&kept.preferred), "held": kept.held})
}

fn package(package: &Selected) -> Value {
    json!({
        "version": package.version,
        "source_release": package.source_release,
        "build_release": package.build_release,
        "architecture": package.architecture,
        "repository": package.repository,
        "url": shown(&package.url),
        "hash": package.hash,
        "size": package.size,
        "explicit": package.explicit,
    })
}

fn file(file: &FileChange) -> Value {
    let (path, escaped) = path(&file.path);
    json!({"path": path, "escaped": escaped, "package": file.package, "marks": file.marks})
}

/// The absolute path, and whether it had to be escaped.
fn path(below_usr: &[u8]) -> (String, bool) {
    match std::str::from_utf8(below_usr) {
        Ok(text) => (format!("/usr/{text}"), false),
        Err(_) => {
            let mut text = "/usr/".to_owned();
            for byte in below_usr {
                match byte {
                    b'\\' => text.push_str("\\x5c"),
                    b' '..=b'~' => text.push(char::from(*byte)),
                    _ => text.push_str(&format!("\\x{byte:02x}")),
                }
            }
            (text, true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_utf8_is_escaped_so_that_it_can_be_read_back() {
        assert_eq!(path("bin/ä\\n".as_bytes()), ("/usr/bin/ä\\n".to_owned(), false));
        assert_eq!(path(b"a\xff\\\nb"), ("/usr/a\\xff\\x5c\\x0ab".to_owned(), true));
    }
}
