//! Addresses from before there were versioned repositories.
//!
//! Their lists are frozen at some point. Whoever still has one is offered the stream that took its place.

use url::Url;

use super::{Repository, RootIndex, Source, Version};

const HOSTS: [&str; 6] = [
    "dev.serpentos.com",
    "packages.aerynos.com",
    "cdn.aerynos.dev",
    "packages.aerynos.dev",
    "build.aerynos.dev",
    "infratest.aerynos.dev",
];
const STREAMS: [&str; 2] = ["volatile", "unstable"];
const CHANNEL: &str = "main";
const ARCHITECTURE: &str = "x86_64";

/// The root index that may know what became of an old address.
pub(crate) fn root_index_of(repository: &Repository) -> Option<Url> {
    let (_, base) = stream_and_base(repository)?;
    Source::root_index(&base, CHANNEL)
}

/// The repository in the form of today, if its stream is not what the old address has any more.
pub(crate) fn moved(repository: &Repository, index: &RootIndex) -> Option<Repository> {
    let (stream, base) = stream_and_base(repository)?;
    if index.stream_format(stream)? == "legacy" {
        return None;
    }
    Some(Repository {
        source: Source::Versioned {
            base,
            channel: CHANNEL.to_owned(),
            version: Version::Stream(stream.to_owned()),
            architecture: ARCHITECTURE.to_owned(),
        },
        // They are other addresses of the old list.
        mirrors: Vec::new(),
        ..repository.clone()
    })
}

fn stream_and_base(repository: &Repository) -> Option<(&'static str, Url)> {
    let Source::Index(uri) = &repository.source else {
        return None;
    };
    if !matches!(uri.scheme(), "http" | "https") || !HOSTS.contains(&uri.host_str()?) {
        return None;
    }
    let path = uri.path();
    let old = |stream: &&str| {
        let list = format!("/{stream}/{ARCHITECTURE}/stone.index");
        path == list || path == format!("/stream{list}")
    };
    let stream = STREAMS.into_iter().find(|stream| old(stream))?;
    let base = Url::parse(&format!("https://{}/", uri.host_str()?)).ok()?;
    Some((stream, base))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(format: &str) -> RootIndex {
        let text = format!(
            r#"{{"formats":{{"v0":{{}}}},"streams":{{"unstable":{{"format":"{format}","history":"h"}}}},"tags":{{}},"history":{{"h":{{"format":"{format}"}}}}}}"#
        );
        RootIndex::parse(text.as_bytes()).unwrap()
    }

    fn at(uri: &str) -> Repository {
        Repository {
            priority: 3,
            ..Repository::direct("a", uri.parse().unwrap())
        }
    }

    #[test]
    fn an_address_of_the_old_kind_becomes_its_stream() {
        for uri in [
            "https://cdn.aerynos.dev/unstable/x86_64/stone.index",
            "https://cdn.aerynos.dev/stream/unstable/x86_64/stone.index",
        ] {
            let old = at(uri);
            let asked = root_index_of(&old).unwrap();
            assert_eq!(asked.as_str(), "https://cdn.aerynos.dev/main/moss-root-index.json");
            let new = moved(&old, &index("v0")).unwrap();
            assert_eq!((new.id.as_str(), new.priority), ("a", 3));
            assert_eq!(new.source.key().1, "stream/unstable");
            assert_eq!(moved(&old, &index("legacy")), None);
        }
        let volatile = at("https://cdn.aerynos.dev/volatile/x86_64/stone.index");
        assert_eq!(
            moved(&volatile, &index("v0")),
            None,
            "the root index has no such stream"
        );
    }

    #[test]
    fn every_other_address_stays() {
        for uri in [
            "https://example.org/unstable/x86_64/stone.index",
            "https://cdn.aerynos.dev/other/x86_64/stone.index",
            "https://cdn.aerynos.dev/unstable/x86_64/other.index",
            "file:///unstable/x86_64/stone.index",
        ] {
            assert_eq!(root_index_of(&at(uri)), None, "{uri}");
        }
    }
}
