//! A repository: where packages come from, how much it counts, and who vouches for it.

mod check;
mod config;
mod error;
mod files;
pub mod index;
mod legacy;
mod root_index;
mod trust;

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::error::Error;

pub(crate) use check::digest;
pub use check::{Fault, VerifyReport, Warning};
pub(crate) use config::{Flag, read_node, write_node};
pub use error::{RepositoryError, TrustFault};
pub use files::{BrokenFile, Removed};
pub(crate) use files::{Definitions, bring_back, put_aside, read_all, read_text, remove, save, sweep};
pub(crate) use legacy::{moved, root_index_of};
pub(crate) use root_index::{LARGEST as LARGEST_ROOT_INDEX, SUPPORTED};
pub use root_index::{RootIndex, VersionInfo, Versions};
pub use trust::Trust;
pub(crate) use trust::{LARGEST_SIGNATURE, LARGEST_STATEMENT, Statement, key_id, signature_of, statement_of};

/// A package list may have this many bytes. The format's largest has about 100 MiB.
pub(crate) const LARGEST_INDEX: u64 = 512 << 20;
/// Mirrors, and keys, that one repository may have.
const MOST: usize = 32;

/// A place that packages come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// What the administrator calls it: letters, digits, `-`, `_` and `.`.
    pub id: String,
    /// Where its package list is.
    pub source: Source,
    /// A larger number is preferred, whatever the releases are.
    pub priority: u64,
    /// For people.
    pub description: String,
    /// Whether it counts.
    pub enabled: bool,
    /// Other addresses with the same content, tried in this order when the first one fails: of the package list, or for a
    /// versioned repository in place of its base.
    pub mirrors: Vec<Url>,
    /// Minisign public keys, in base64 (`RW…`). With any, the list must be signed by one of them.
    pub keys: Vec<String>,
}

/// Where a repository's package list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The `stone.index`: `file://`, `http://` or `https://`. Packages are found relative to it.
    Index(Url),
    /// Below `BASE/CHANNEL/` is a root index that says which package list is which version.
    Versioned {
        /// The base: `file://`, `http://` or `https://`.
        base: Url,
        /// Mostly `main`.
        channel: String,
        /// What to follow, or to stay on.
        version: Version,
        /// Mostly `x86_64`.
        architecture: String,
    },
}

/// One version of a versioned repository: `stream/X`, `tag/X` or `history/X`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// What is published under this name now; it moves on.
    Stream(String),
    /// A named point that stays.
    Tag(String),
    /// One published package list.
    History(String),
}

impl Version {
    /// What stands behind the `/`.
    pub fn id(&self) -> &str {
        match self {
            Version::Stream(id) | Version::Tag(id) | Version::History(id) => id,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sort = match self {
            Version::Stream(_) => "stream",
            Version::Tag(_) => "tag",
            Version::History(_) => "history",
        };
        write!(f, "{sort}/{}", self.id())
    }
}

/// A text that names no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no version: it must be stream/NAME, tag/NAME or history/NAME")]
pub struct NoVersion(String);

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Version, NoVersion> {
        let no = || NoVersion(text.chars().take(100).collect());
        let (sort, id) = text.split_once('/').ok_or_else(no)?;
        if !identifier(id) {
            return Err(no());
        }
        let id = id.to_owned();
        match sort {
            "stream" => Ok(Version::Stream(id)),
            "tag" => Ok(Version::Tag(id)),
            "history" => Ok(Version::History(id)),
            _ => Err(no()),
        }
    }
}

/// Whether something published may be called so.
pub(crate) fn identifier(text: &str) -> bool {
    let usable = |c: char| c.is_alphanumeric() || c == '-';
    !text.is_empty() && text.len() <= 128 && !text.starts_with('-') && text.chars().all(usable)
}

impl Source {
    /// What tells repositories apart in the database: the place, and the version that is followed there. Nobody's
    /// password is in it.
    pub(crate) fn key(&self) -> (String, String) {
        match self {
            Source::Index(uri) => (shown(uri), String::new()),
            Source::Versioned {
                base,
                channel,
                version,
                architecture,
            } => (format!("{} {channel} {architecture}", shown(base)), version.to_string()),
        }
    }

    /// The root index of a versioned repository whose base is at `base`.
    pub(crate) fn root_index(base: &Url, channel: &str) -> Option<Url> {
        below(base, &[channel, "moss-root-index.json"])
    }

    /// The package list of a published version.
    pub(crate) fn list(base: &Url, channel: &str, history: &str, architecture: &str) -> Option<Url> {
        below(base, &[channel, "history", history, architecture, "stone.index"])
    }
}

impl fmt::Display for Source {
    /// For people: the address, and what is followed there. No password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (place, version) = self.key();
        f.write_str(&place)?;
        if version.is_empty() {
            return Ok(());
        }
        write!(f, " {version}")
    }
}

fn below(base: &Url, names: &[&str]) -> Option<Url> {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.path_segments_mut().ok()?.pop_if_empty().extend(names);
    Some(url)
}

impl Repository {
    /// A repository that is one `stone.index`, with the priority 0, without description, mirrors and keys.
    pub fn direct(id: impl Into<String>, uri: Url) -> Repository {
        Repository {
            id: id.into(),
            source: Source::Index(uri),
            priority: 0,
            description: String::new(),
            enabled: true,
            mirrors: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// A versioned repository: its channel `main`, for `x86_64`.
    pub fn versioned(id: impl Into<String>, base: Url, version: Version) -> Repository {
        let source = Source::Versioned {
            base: base.clone(),
            channel: config::CHANNEL.to_owned(),
            version,
            architecture: config::ARCHITECTURE.to_owned(),
        };
        Repository {
            source,
            ..Repository::direct(id, base)
        }
    }

    /// Its main address: of the package list, or the base. A name and a password that may be in it are left out.
    pub fn address(&self) -> Url {
        bare(self.main())
    }

    fn main(&self) -> &Url {
        match &self.source {
            Source::Index(url) | Source::Versioned { base: url, .. } => url,
        }
    }

    /// The main address and the mirrors, with passwords.
    pub(crate) fn bases(&self) -> impl Iterator<Item = &Url> {
        std::iter::once(self.main()).chain(&self.mirrors)
    }

    /// The addresses of its package list, the main one first, with passwords; `history` is the published version.
    pub(crate) fn lists(&self, history: Option<&str>) -> Vec<Url> {
        let list = |base: &Url| match (&self.source, history) {
            (Source::Index(_), _) => Some(base.clone()),
            (
                Source::Versioned {
                    channel, architecture, ..
                },
                Some(history),
            ) => Source::list(base, channel, history, architecture),
            (Source::Versioned { .. }, None) => None,
        };
        self.bases().filter_map(list).collect()
    }

    /// Addresses beside which, or below which, everything is: the main one first, with passwords.
    pub(crate) fn places(&self) -> Vec<Url> {
        let place = |base: &Url| match &self.source {
            Source::Index(_) => Some(base.clone()),
            Source::Versioned { channel, .. } => Source::root_index(base, channel),
        };
        self.bases().filter_map(place).collect()
    }

    /// Whether an address holds a password.
    pub(crate) fn has_secret(&self) -> bool {
        self.bases()
            .any(|url| url.password().is_some() || !url.username().is_empty())
    }

    /// Whether it can be used at all.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.fault().map_or(Ok(()), |reason| {
            let id = self.id.clone();
            Err(Error::BadRepository { id, reason })
        })
    }

    /// Why it cannot be used.
    fn fault(&self) -> Option<String> {
        let usable = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if self.id.is_empty() || self.id.len() > 128 || !self.id.chars().all(usable) {
            return Some("its name may only have letters, digits, '-', '_' and '.'".to_owned());
        }
        if i64::try_from(self.priority).is_err() {
            return Some("its priority is too large".to_owned());
        }
        if let Source::Versioned {
            channel,
            version,
            architecture,
            ..
        } = &self.source
        {
            if !identifier(version.id()) {
                return Some(format!("{version} is no version"));
            }
            for (name, text) in [("channel", channel), ("architecture", architecture)] {
                if text.is_empty() || text.len() > 128 || text.starts_with('.') || !text.chars().all(usable) {
                    return Some(format!("{text:?} is no {name}"));
                }
            }
        }
        if self.mirrors.len() > MOST || self.keys.len() > MOST {
            return Some(format!("it has more than {MOST} mirrors or keys"));
        }
        let main = self.main();
        if let Some(reason) = self.bases().find_map(unreadable) {
            return Some(reason);
        }
        for mirror in &self.mirrors {
            let fits = match main.scheme() {
                "https" => mirror.scheme() == "https",
                "http" => matches!(mirror.scheme(), "http" | "https"),
                _ => false,
            };
            if !fits {
                return Some(format!("{} cannot be a mirror of {}", shown(mirror), shown(main)));
            }
        }
        self.keys
            .iter()
            .find(|key| key_id(key).is_none())
            .map(|key| format!("{key:?} is not a minisign public key"))
    }
}

/// Why an address cannot be read from.
fn unreadable(url: &Url) -> Option<String> {
    match url.scheme() {
        "file" if url.to_file_path().is_err() => Some("its file: address is not a path of this machine".to_owned()),
        "file" => None,
        "http" | "https" if url.cannot_be_a_base() => Some("its address has no path".to_owned()),
        "http" | "https" => None,
        _ => Some("only file:, http: and https: addresses can be read".to_owned()),
    }
}

/// Where a package is, from its relative address in the list `list`.
///
/// A list never leads to another kind of place: what came from the network must not make root read local files, and
/// what came encrypted must not continue in the clear.
pub(crate) fn package_url(list: &Url, relative: &str) -> Result<Url, String> {
    let url = bare(list)
        .join(relative)
        .map_err(|error| format!("{relative:?} is not an address: {error}"))?;
    let fits = match list.scheme() {
        "http" => matches!(url.scheme(), "http" | "https"),
        own => url.scheme() == own,
    };
    if !fits {
        let (from, to) = (list.scheme(), url.scheme());
        return Err(format!("{relative:?} leads from {from}: to {to}:"));
    }
    if url.scheme() == "file" && url.to_file_path().is_err() {
        return Err(format!("{relative:?} is not a path of this machine"));
    }
    Ok(url)
}

/// An address without the name and the password that may be in it.
pub(crate) fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    // An address that cannot have them has none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// An address for people.
pub(crate) fn shown(url: &Url) -> String {
    bare(url).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_list_from_the_network_cannot_point_at_local_files() {
        let list = url("https://example.org/x/stone.index");
        assert_eq!(
            package_url(&list, "../pool/a.stone").unwrap(),
            url("https://example.org/pool/a.stone")
        );
        assert!(package_url(&list, "file:///etc/shadow").is_err());
        assert!(package_url(&list, "http://example.org/a.stone").is_err());
        assert!(package_url(&url("http://example.org/"), "https://example.org/a.stone").is_ok());
        assert!(package_url(&url("file:///repo/stone.index"), "http://example.org/").is_err());
    }

    #[test]
    fn a_password_in_an_address_is_not_shown_and_goes_into_no_package_address() {
        let list = url("https://me:secret@example.org/x");
        assert_eq!(shown(&list), "https://example.org/x");
        assert_eq!(package_url(&list, "a").unwrap(), url("https://example.org/a"));
        assert!(!Source::Index(list).key().0.contains("secret"));
    }

    #[test]
    fn unusable_repositories_are_refused() {
        let direct = |uri: &str| Repository::direct("a", url(uri));
        assert!(direct("ftp://example.org/stone.index").check().is_err());
        assert!(direct("file:///repo/stone.index").check().is_ok());
        let named = |id: &str| Repository::direct(id, url("file:///repo/stone.index")).check();
        assert!(named("../x").is_err() && named("").is_err() && named("a.b-c_1").is_ok());
        let with = |main: &str, mirror: &str| {
            let mirrors = vec![url(mirror)];
            let main = direct(main);
            Repository { mirrors, ..main }.check().is_ok()
        };
        assert!(with("https://a.org/", "https://b.org/"));
        assert!(with("http://a.org/", "https://b.org/"));
        assert!(!with("https://a.org/", "http://b.org/"));
        assert!(!with("file:///a", "https://b.org/"));
        let keys = vec!["RWnonsense".to_owned()];
        let keyed = direct("https://a.org/");
        assert!(Repository { keys, ..keyed }.check().is_err());
        let versioned = |channel: &str| {
            let mut one = Repository::versioned("a", url("https://a.org/"), Version::Tag("x".into()));
            if let Source::Versioned { channel: own, .. } = &mut one.source {
                *own = channel.to_owned();
            }
            one.check().is_ok()
        };
        assert!(versioned("main") && !versioned("..") && !versioned("a/b") && !versioned(""));
    }

    #[test]
    fn versions_are_read_and_written() {
        for text in ["stream/unstable", "tag/v0-final", "history/2026-11"] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), text);
        }
        for text in ["unstable", "stream/", "stream/-x", "stream/../x", "branch/x", "tag/a/b"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_lists_of_a_versioned_repository_are_below_its_bases() {
        let mut one = Repository::versioned("a", url("https://a.org/repo"), Version::Stream("s".into()));
        one.mirrors = vec![url("https://b.org/?x")];
        assert_eq!(one.lists(None), []);
        assert_eq!(
            one.lists(Some("h1")),
            [
                url("https://a.org/repo/main/history/h1/x86_64/stone.index"),
                url("https://b.org/main/history/h1/x86_64/stone.index")
            ]
        );
    }
}
