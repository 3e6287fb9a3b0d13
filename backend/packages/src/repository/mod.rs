//! A repository: where a package list is, and how much it counts.

use url::Url;

use crate::error::Error;

/// A place that packages come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// What the administrator calls it: letters, digits, `-`, `_` and `.`.
    pub id: String,
    /// The `stone.index`: `file://`, `http://` or `https://`. Packages are found relative to it.
    pub uri: Url,
    /// A larger number is preferred, whatever the releases are.
    pub priority: u64,
    /// For people.
    pub description: String,
}

impl Repository {
    /// A repository that is one `stone.index`, with the priority 0 and no description.
    pub fn direct(id: impl Into<String>, uri: Url) -> Repository {
        Repository {
            id: id.into(),
            uri,
            priority: 0,
            description: String::new(),
        }
    }

    /// Whether it can be used at all.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let bad = |reason: &str| {
            Err(Error::BadRepository {
                id: self.id.clone(),
                reason: reason.to_owned(),
            })
        };
        let usable = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if self.id.is_empty() || self.id.len() > 128 || !self.id.chars().all(usable) {
            return bad("its name may only have letters, digits, '-', '_' and '.'");
        }
        match self.uri.scheme() {
            "file" if self.uri.to_file_path().is_err() => bad("its file: address is not a path of this machine"),
            "file" | "http" | "https" => Ok(()),
            _ => bad("only file:, http: and https: addresses can be read"),
        }
    }

    /// Where a package of this repository is, from the relative address in the list.
    ///
    /// A list never leads to another kind of place: what came from the network must not make root read local files, and
    /// what came encrypted must not continue in the clear.
    pub(crate) fn package_url(&self, relative: &str) -> Result<Url, String> {
        let url = self
            .uri
            .join(relative)
            .map_err(|error| format!("{relative:?} is not an address: {error}"))?;
        let fits = match self.uri.scheme() {
            "http" => matches!(url.scheme(), "http" | "https"),
            own => url.scheme() == own,
        };
        if !fits {
            return Err(format!(
                "{relative:?} leads from {}: to {}:",
                self.uri.scheme(),
                url.scheme()
            ));
        }
        if url.scheme() == "file" && url.to_file_path().is_err() {
            return Err(format!("{relative:?} is not a path of this machine"));
        }
        Ok(url)
    }
}

/// An address without the name and the password that may be in it.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(uri: &str) -> Repository {
        Repository {
            id: "a".into(),
            uri: uri.parse().unwrap(),
            priority: 0,
            description: String::new(),
        }
    }

    #[test]
    fn a_list_from_the_network_cannot_point_at_local_files() {
        let list = repository("https://example.org/x/stone.index");
        assert_eq!(
            list.package_url("../pool/a.stone").unwrap().as_str(),
            "https://example.org/pool/a.stone"
        );
        assert!(list.package_url("file:///etc/shadow").is_err());
        assert!(list.package_url("http://example.org/a.stone").is_err());
        assert!(
            repository("http://example.org/")
                .package_url("https://example.org/a.stone")
                .is_ok()
        );
        assert!(
            repository("file:///repo/stone.index")
                .package_url("http://example.org/")
                .is_err()
        );
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        assert_eq!(
            shown(&"https://me:secret@example.org/x".parse().unwrap()),
            "https://example.org/x"
        );
    }

    #[test]
    fn unusable_repositories_are_refused() {
        assert!(repository("ftp://example.org/stone.index").check().is_err());
        assert!(repository("file:///repo/stone.index").check().is_ok());
        let mut named = repository("file:///repo/stone.index");
        named.id = "../x".into();
        assert!(named.check().is_err());
    }
}
