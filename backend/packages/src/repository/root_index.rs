//! `moss-root-index.json`: which package list of a versioned repository is which version.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{RepositoryError, Version, identifier};

/// Bytes that such a document may have.
pub(crate) const LARGEST: u64 = 4 << 20;
/// The formats of package lists that this program reads.
pub(crate) const SUPPORTED: [&str; 2] = ["legacy", "v0"];
/// The format whose `upgrade_via` is ours to follow.
const OURS: &str = "v0";

/// The streams, tags and published package lists of a versioned repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootIndex {
    streams: BTreeMap<String, Stream>,
    tags: BTreeMap<String, Stream>,
    history: BTreeMap<String, String>,
    bridge: Option<Version>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Stream {
    format: String,
    history: String,
    #[serde(default)]
    tag: Option<String>,
}

/// What can be followed in a versioned repository, and what is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// Sorted by id, as all lists here.
    pub streams: Vec<VersionInfo>,
    /// Points that stay.
    pub tags: Vec<VersionInfo>,
    /// Every published package list.
    pub history: Vec<VersionInfo>,
    /// The published list that is in use here; None before the first refresh.
    pub current: Option<String>,
    /// What the configuration says.
    pub following: Version,
}

/// One version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionInfo {
    /// How to ask for it.
    pub version: Version,
    /// The published list that it is now.
    pub history: String,
    /// The tag at that point, if the repository says so.
    pub tag: Option<String>,
    /// The format of that list.
    pub format: String,
    /// Whether this program reads that format.
    pub supported: bool,
}

impl RootIndex {
    /// Reads the document. Unknown formats and fields are passed over, and so is a single entry that is not
    /// understood: what is not asked for does no harm.
    ///
    /// # Errors
    /// In words, when it is not such a document at all.
    pub fn parse(bytes: &[u8]) -> Result<RootIndex, String> {
        #[derive(Deserialize)]
        struct Document {
            formats: BTreeMap<String, Value>,
            streams: BTreeMap<String, Value>,
            tags: BTreeMap<String, Value>,
            history: BTreeMap<String, Value>,
        }
        #[derive(Deserialize)]
        struct Ours {
            #[serde(default)]
            upgrade_via: Option<String>,
        }
        #[derive(Deserialize)]
        struct Published {
            format: String,
        }
        if bytes.len() as u64 > LARGEST {
            return Err(format!("it has more than {LARGEST} bytes"));
        }
        let document: Document = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let ours = document.formats.get(OURS).ok_or("it does not name the format v0")?;
        let ours: Ours = serde_json::from_value(ours.clone()).map_err(|error| format!("format v0: {error}"))?;
        let bridge = match ours.upgrade_via.map(|text| text.parse()) {
            Some(parsed) => Some(parsed.map_err(|error| format!("upgrade_via: {error}"))?),
            None => None,
        };
        let history: BTreeMap<String, Published> = understood(document.history);
        let mut streams: BTreeMap<String, Stream> = understood(document.streams);
        let mut tags: BTreeMap<String, Stream> = understood(document.tags);
        for list in [&mut streams, &mut tags] {
            list.retain(|_, stream| history.contains_key(&stream.history));
        }
        Ok(RootIndex {
            streams,
            tags,
            history: history.into_iter().map(|(id, one)| (id, one.format)).collect(),
            bridge,
        })
    }

    /// The published list that a version is now, and its format.
    pub(crate) fn resolve(&self, repository: &str, version: &Version) -> Result<(&str, &str), RepositoryError> {
        let history = match version {
            Version::Stream(id) => self.streams.get(id).map(|stream| &stream.history),
            Version::Tag(id) => self.tags.get(id).map(|tag| &tag.history),
            Version::History(id) => self.history.contains_key(id).then_some(id),
        };
        let found = history.and_then(|id| self.history.get_key_value(id));
        found.map(|(id, format)| (id.as_str(), format.as_str())).ok_or_else(|| {
            let known: Vec<&String> = match version {
                Version::Stream(_) => self.streams.keys().collect(),
                Version::Tag(_) => self.tags.keys().collect(),
                Version::History(_) => self.history.keys().collect(),
            };
            RepositoryError::NoSuchVersion {
                repository: repository.to_owned(),
                version: version.clone(),
                known: known.into_iter().take(50).cloned().collect(),
            }
        })
    }

    /// The format that a stream has, by its own word.
    pub(crate) fn stream_format(&self, id: &str) -> Option<&str> {
        self.streams.get(id).map(|stream| stream.format.as_str())
    }

    /// The published list that holds an engine for what this one does not read any more.
    pub(crate) fn bridge(&self) -> Option<&str> {
        let (history, _) = self.resolve("", self.bridge.as_ref()?).ok()?;
        Some(history)
    }

    /// Everything for a person to choose from.
    pub(crate) fn versions(&self, current: Option<String>, following: Version) -> Versions {
        let info = |version: Version, tag: Option<&String>| {
            let (history, format) = self.resolve("", &version).ok()?;
            Some(VersionInfo {
                history: history.to_owned(),
                tag: tag.cloned(),
                format: format.to_owned(),
                supported: SUPPORTED.contains(&format),
                version,
            })
        };
        let streams = self.streams.iter();
        let tags = self.tags.iter();
        Versions {
            streams: streams
                .filter_map(|(id, one)| info(Version::Stream(id.clone()), one.tag.as_ref()))
                .collect(),
            tags: tags
                .filter_map(|(id, _)| info(Version::Tag(id.clone()), None))
                .collect(),
            history: self
                .history
                .keys()
                .filter_map(|id| {
                    let mut tags = self.tags.iter().filter(|(_, tag)| tag.history == *id);
                    info(Version::History(id.clone()), tags.next().map(|(id, _)| id))
                })
                .collect(),
            current,
            following,
        }
    }
}

fn understood<T: DeserializeOwned>(entries: BTreeMap<String, Value>) -> BTreeMap<String, T> {
    let one = |(id, value): (String, Value)| {
        let value = serde_json::from_value(value).ok()?;
        identifier(&id).then_some((id, value))
    };
    entries.into_iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{
        "formats": { "v0": { "upgrade_via": "tag/v0-final" }, "v1": [1], "v2": {} },
        "streams": { "unstable": { "format": "v0", "history": "h2", "tag": "t2", "more": 1 },
                     "next": { "format": "v1", "history": "h3" }, "odd": 7, "-x": { "format": "v0", "history": "h1" },
                     "lost": { "format": "v0", "history": "h9" } },
        "tags": { "t2": { "format": "v0", "history": "h2" }, "v0-final": { "format": "v0", "history": "h1" } },
        "history": { "h1": { "format": "legacy" }, "h2": { "format": "v0" }, "h3": { "format": "v1" } },
        "more": {} }"#;

    fn read() -> RootIndex {
        RootIndex::parse(DOCUMENT.as_bytes()).unwrap()
    }

    #[test]
    fn streams_tags_and_history_lead_to_published_lists() {
        let index = read();
        let resolve = |text: &str| index.resolve("r", &text.parse().unwrap());
        assert_eq!(resolve("stream/unstable").unwrap(), ("h2", "v0"));
        assert_eq!(resolve("stream/next").unwrap(), ("h3", "v1"));
        assert_eq!(resolve("tag/v0-final").unwrap(), ("h1", "legacy"));
        assert_eq!(resolve("history/h1").unwrap(), ("h1", "legacy"));
        for unknown in ["stream/t2", "tag/unstable", "history/h9", "stream/odd", "stream/lost"] {
            assert!(resolve(unknown).is_err(), "{unknown}");
        }
        let said = resolve("stream/x").unwrap_err().to_string();
        assert!(said.contains("next, unstable"), "{said}");
        assert_eq!(index.bridge(), Some("h1"));
    }

    #[test]
    fn everything_to_choose_from_is_shown_with_whether_it_can_be_read() {
        let versions = read().versions(Some("h1".into()), Version::Tag("v0-final".into()));
        let shown = |list: &[VersionInfo]| -> Vec<String> {
            let one =
                |info: &VersionInfo| format!("{}={} {:?} {}", info.version, info.history, info.tag, info.supported);
            list.iter().map(one).collect()
        };
        assert_eq!(
            shown(&versions.streams),
            ["stream/next=h3 None false", "stream/unstable=h2 Some(\"t2\") true"]
        );
        assert_eq!(
            shown(&versions.tags),
            ["tag/t2=h2 None true", "tag/v0-final=h1 None true"]
        );
        assert_eq!(
            shown(&versions.history),
            [
                "history/h1=h1 Some(\"v0-final\") true",
                "history/h2=h2 Some(\"t2\") true",
                "history/h3=h3 None false"
            ]
        );
    }

    #[test]
    fn what_is_no_root_index_is_refused_in_words() {
        let without = |what: &str| RootIndex::parse(DOCUMENT.replace(what, "x").as_bytes());
        for mandatory in [
            "formats",
            "streams",
            "tags",
            "history\": { \"h1",
            "v0\": { \"upgrade_via",
        ] {
            assert!(without(mandatory).is_err(), "{mandatory}");
        }
        assert!(RootIndex::parse(b"").is_err());
        assert!(RootIndex::parse(&vec![b' '; LARGEST as usize + 1]).is_err());
        assert!(RootIndex::parse("[".repeat(100_000).as_bytes()).is_err());
        let odd = DOCUMENT.replace("tag/v0-final", "v0-final");
        assert!(RootIndex::parse(odd.as_bytes()).unwrap_err().contains("upgrade_via"));
        let none = DOCUMENT.replace("tag/v0-final", "tag/gone");
        assert_eq!(RootIndex::parse(none.as_bytes()).unwrap().bridge(), None);
    }
}
