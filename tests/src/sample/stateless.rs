//! `/etc` and `/var` of a package, for a system that ships only `/usr`: contents go to `/usr/share/factory`, and a tmpfiles.d file brings each back.
//!
//! One line a *file*, not one a top entry: a folder that the installer (or a person) has already put something into would not be copied at all
//! (`C` leaves a folder that is not empty alone), and the packages' own files in it would be missing.
//!
//! Rights are written out, with `:` for "only what is made anew": without the colon, each boot would undo what a person has changed.

use super::deb::{Kind, Node};

/// Where the contents wait, below `/usr`.
pub const FACTORY: &str = "share/factory";

/// What belongs to the machine and never to a package.
const MACHINE: [&str; 11] = [
    "fstab",
    "hostname",
    "resolv.conf",
    "mtab",
    "machine-id",
    "passwd",
    "group",
    "shadow",
    "gshadow",
    "localtime",
    "ld.so.cache",
];

/// A line of a tmpfiles.d file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// Absolute path on the running system.
    pub path: String,
    text: String,
}

/// What becomes of a path below `/etc` or `/var`.
#[derive(Debug, PartialEq, Eq)]
pub enum Kept {
    /// Left out: a note says why.
    No(&'static str),
    /// A line alone.
    Line(Line),
    /// A line, and the content at this path below `/usr`.
    Factory(Vec<u8>, Line),
}

/// Decides about `path` (without leading slash, `etc/…` or `var/…`).
pub fn keep(path: &[u8], node: &Node) -> Kept {
    let Ok(text) = std::str::from_utf8(path) else {
        return Kept::No("its name is not UTF-8");
    };
    let below = text.strip_prefix("etc/").unwrap_or("");
    let top = below.split('/').next().unwrap_or("");

    if MACHINE.contains(&below) {
        return Kept::No("it belongs to the machine");
    }
    // systemd has units of its own for these; its generator would make more out of each script.
    if top == "init.d" || (top.starts_with("rc") && top.ends_with(".d")) {
        return Kept::No("SysV init scripts are not used");
    }

    let absolute = format!("/{text}");
    let name = escape(&absolute);
    let line = |text: String| Line {
        path: absolute.clone(),
        text,
    };

    let rights = format!(":{:04o} :{} :{}", node.mode, node.uid, node.gid);

    match &node.kind {
        Kind::Directory => Kept::Line(line(format!("d {name} {rights} -"))),
        Kind::Symlink(target) => match std::str::from_utf8(target) {
            Ok(target) => Kept::Line(line(format!("L {name} - - - - {}", target.replace('%', "%%")))),
            Err(_) => Kept::No("its target is not UTF-8"),
        },
        Kind::File(_) => {
            let factory = format!("{FACTORY}/{text}").into_bytes();
            Kept::Factory(factory, line(format!("C {name} {rights} -")))
        }
    }
}

/// The tmpfiles.d file of `package`.
pub fn tmpfiles(package: &str, lines: &[Line]) -> String {
    let mut text = format!("# What {package} has below /etc and /var; contents are in /usr/{FACTORY}.\n");
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

/// Paths that a tmpfiles.d file names.
pub fn declared(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_whitespace().nth(1))
}

/// tmpfiles.d expands `%` and splits at white space.
fn escape(path: &str) -> String {
    path.replace('\\', "\\\\")
        .replace('%', "%%")
        .replace(' ', "\\x20")
        .replace('\t', "\\x09")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kept: Kept) -> String {
        match kept {
            Kept::Line(line) | Kept::Factory(_, line) => line.text,
            Kept::No(reason) => reason.to_owned(),
        }
    }

    #[test]
    fn a_configuration_file_waits_in_the_factory_and_is_copied_back() {
        let Kept::Factory(path, line) = keep(b"etc/pam.d/login", &Node::file(0o644, b"x".to_vec())) else {
            panic!("not kept")
        };

        assert_eq!(path, b"share/factory/etc/pam.d/login");
        assert_eq!(line.text, "C /etc/pam.d/login :0644 :0 :0 -");
        assert_eq!(line.path, "/etc/pam.d/login");
    }

    #[test]
    fn folders_keep_mode_and_owner_and_links_their_target() {
        let folder = Node {
            mode: 0o2775,
            uid: 0,
            gid: 8,
            kind: Kind::Directory,
        };

        assert_eq!(line(keep(b"var/mail", &folder)), "d /var/mail :2775 :0 :8 -");
        assert_eq!(
            line(keep(b"etc/a 100%", &Node::symlink(b"../b"))),
            "L /etc/a\\x20100%% - - - - ../b"
        );
    }

    #[test]
    fn what_belongs_to_the_machine_is_never_a_packages() {
        assert!(matches!(
            keep(b"etc/fstab", &Node::file(0o644, Vec::new())),
            Kept::No(_)
        ));
        assert!(matches!(
            keep(b"etc/init.d/x", &Node::file(0o755, Vec::new())),
            Kept::No(_)
        ));
        assert!(!matches!(keep(b"etc/rcS", &Node::file(0o755, Vec::new())), Kept::No(_)));
    }
}
