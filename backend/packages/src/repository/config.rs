//! One repository as it is written down, in KDL or YAML.

use std::collections::BTreeMap;

use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};
use serde::Deserialize;
use url::Url;

use super::{Repository, Source, bare};

pub(super) const CHANNEL: &str = "main";
pub(super) const ARCHITECTURE: &str = "x86_64";

/// Why an entry cannot be used, and where in the text that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Bytes from the beginning of the text.
    pub(crate) offset: usize,
    /// For people.
    pub(crate) reason: String,
}

/// What a file calls whether a repository counts. Both are read everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    /// In configuration files: always written.
    Active,
    /// In system models: only written for one that is switched off.
    Enabled,
}

/// The fields, as they come.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Fields {
    description: Option<String>,
    uri: Option<String>,
    base_uri: Option<String>,
    channel: Option<String>,
    version: Option<String>,
    arch: Option<String>,
    priority: Option<u64>,
    active: Option<bool>,
    enabled: Option<bool>,
    mirrors: Option<Vec<String>>,
    keys: Option<Vec<String>>,
}

impl Fields {
    fn build(self, id: &str) -> Result<Repository, String> {
        let address = |text: String| {
            let parsed = Url::parse(&text);
            parsed.map_err(|error| format!("{:?} is not an address: {error}", short(&text)))
        };
        let source = match (self.uri, self.base_uri) {
            (Some(_), Some(_)) => return Err("it has both uri and base-uri".to_owned()),
            (None, None) => return Err("it has no uri".to_owned()),
            (Some(uri), None) => Source::Index(address(uri)?),
            (None, Some(base)) => {
                let version = self.version.ok_or("it has a base-uri and no version")?;
                Source::Versioned {
                    base: address(base)?,
                    channel: self.channel.unwrap_or_else(|| CHANNEL.to_owned()),
                    version: version.parse().map_err(|error| format!("{error}"))?,
                    architecture: self.arch.unwrap_or_else(|| ARCHITECTURE.to_owned()),
                }
            }
        };
        let enabled = match (self.active, self.enabled) {
            (Some(_), Some(_)) => return Err("it has both active and enabled".to_owned()),
            (one, other) => one.or(other).unwrap_or(true),
        };
        let mirrors = self.mirrors.unwrap_or_default().into_iter().map(address);
        let repository = Repository {
            id: id.to_owned(),
            source,
            priority: self.priority.unwrap_or(0),
            description: self.description.unwrap_or_default(),
            enabled,
            mirrors: mirrors.collect::<Result<_, String>>()?,
            keys: self.keys.unwrap_or_default(),
        };
        repository.fault().map_or(Ok(repository), Err)
    }
}

fn short(text: &str) -> String {
    // A password must not get into a message.
    match text.rsplit_once('@') {
        Some((_, behind)) => format!("…@{}", behind.chars().take(100).collect::<String>()),
        None => text.chars().take(100).collect(),
    }
}

/// Reads a node that is called like the repository.
pub(crate) fn read_node(node: &KdlNode) -> Result<Repository, Malformed> {
    let wrong = |at: &KdlNode, reason: String| Malformed {
        offset: at.name().span().offset(),
        reason,
    };
    let mut fields = Fields::default();
    for child in node.iter_children() {
        let name = child.name().value();
        let known = match name {
            "description" => put(&mut fields.description, text(child)),
            "uri" => put(&mut fields.uri, text(child)),
            "base-uri" => put(&mut fields.base_uri, text(child)),
            "channel" => put(&mut fields.channel, text(child)),
            "version" => put(&mut fields.version, text(child)),
            "arch" => put(&mut fields.arch, text(child)),
            "priority" => put(&mut fields.priority, number(child)),
            "active" => put(&mut fields.active, flag(child)),
            "enabled" => put(&mut fields.enabled, flag(child)),
            "mirrors" => put(&mut fields.mirrors, list(child)),
            "keys" => put(&mut fields.keys, list(child)),
            // From a later version of the format.
            _ => Ok(()),
        };
        known.map_err(|reason| wrong(child, format!("{name} {reason}")))?;
    }
    fields.build(node.name().value()).map_err(|reason| wrong(node, reason))
}

fn put<T>(place: &mut Option<T>, value: Result<T, &'static str>) -> Result<(), &'static str> {
    match place.replace(value?) {
        Some(_) => Err("is there twice"),
        None => Ok(()),
    }
}

fn only(node: &KdlNode) -> Option<&KdlValue> {
    match node.entries() {
        [entry] if entry.name().is_none() => Some(entry.value()),
        _ => None,
    }
}

fn text(node: &KdlNode) -> Result<String, &'static str> {
    let text = only(node).and_then(KdlValue::as_string).map(str::to_owned);
    text.ok_or("is one text")
}

fn number(node: &KdlNode) -> Result<u64, &'static str> {
    let number = only(node).and_then(KdlValue::as_integer);
    number
        .and_then(|number| u64::try_from(number).ok())
        .ok_or("is a whole number from 0 on")
}

fn flag(node: &KdlNode) -> Result<bool, &'static str> {
    only(node).and_then(KdlValue::as_bool).ok_or("is #true or #false")
}

/// Texts behind the name or, one a line, in braces.
fn list(node: &KdlNode) -> Result<Vec<String>, &'static str> {
    const WRONG: &str = "is a list of texts";
    let behind = node.entries().iter().map(|entry| match entry.name() {
        None => entry.value().as_string().map(str::to_owned).ok_or(WRONG),
        Some(_) => Err(WRONG),
    });
    let inside = node.iter_children().map(|child| match child.entries() {
        [] => Ok(child.name().value().to_owned()),
        _ => Err(WRONG),
    });
    behind.chain(inside).collect()
}

/// Writes a repository. A text that everybody may read gets no passwords.
pub(crate) fn write_node(repository: &Repository, flag: Flag, passwords: bool) -> KdlNode {
    let address = |url: &Url| {
        if passwords {
            url.to_string()
        } else {
            bare(url).to_string()
        }
    };
    let mut node = KdlNode::new(repository.id.as_str());
    let fields = node.ensure_children().nodes_mut();
    fields.push(with("description", repository.description.as_str()));
    match &repository.source {
        Source::Index(uri) => fields.push(with("uri", address(uri))),
        Source::Versioned {
            base,
            channel,
            version,
            architecture,
        } => {
            fields.push(with("base-uri", address(base)));
            fields.push(with("channel", channel.as_str()));
            fields.push(with("version", version.to_string()));
            fields.push(with("arch", architecture.as_str()));
        }
    }
    fields.push(with("priority", i128::from(repository.priority)));
    match flag {
        Flag::Active => fields.push(with("active", repository.enabled)),
        Flag::Enabled if !repository.enabled => fields.push(with("enabled", false)),
        Flag::Enabled => {}
    }
    let mirrors = repository.mirrors.iter().map(address).collect();
    for (name, texts) in [("mirrors", mirrors), ("keys", repository.keys.clone())] {
        let texts: Vec<String> = texts;
        if !texts.is_empty() {
            let mut list = KdlNode::new(name);
            let inside = list.ensure_children().nodes_mut();
            inside.extend(texts.into_iter().map(KdlNode::new));
            fields.push(list);
        }
    }
    node
}

fn with(name: &str, value: impl Into<KdlValue>) -> KdlNode {
    let mut node = KdlNode::new(name);
    node.push(KdlEntry::new(value));
    node
}

/// An entry of a file: its name, and what it says.
pub(super) type Entry = (String, Result<Repository, Malformed>);

/// The entries of a KDL document, in its order.
pub(super) fn entries(document: &KdlDocument) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for node in document.nodes() {
        let id = node.name().value();
        let read = if entries.iter().any(|(known, _)| known == id) {
            let offset = node.name().span().offset();
            let reason = "it is there twice".to_owned();
            Err(Malformed { offset, reason })
        } else {
            read_node(node)
        };
        entries.push((id.to_owned(), read));
    }
    entries
}

/// The entries of a YAML text, sorted by name. The outer failure is one of the text as a whole.
pub(super) fn entries_of_yaml(text: &str) -> Result<Vec<Entry>, Malformed> {
    let wrong = |reason: String| Malformed { offset: 0, reason };
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let all: Option<BTreeMap<String, serde_json::Value>> =
        serde_saphyr::from_str(text).map_err(|error| wrong(brief(&error.to_string())))?;
    let entry = |(id, value): (String, serde_json::Value)| {
        let fields = serde_json::from_value::<Fields>(value).map_err(|error| error.to_string());
        let read = fields.and_then(|fields| fields.build(&id)).map_err(wrong);
        (id, read)
    };
    Ok(all.unwrap_or_default().into_iter().map(entry).collect())
}

/// The first line: the rest draws the text, in which a password may stand.
fn brief(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::Version;

    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

    fn kdl(text: &str) -> Vec<Entry> {
        entries(&KdlDocument::parse(text).unwrap())
    }

    fn one(mut entries: Vec<Entry>) -> Result<Repository, String> {
        assert_eq!(entries.len(), 1);
        entries.pop().unwrap().1.map_err(|malformed| malformed.reason)
    }

    fn full() -> Repository {
        Repository {
            id: "unstable".into(),
            source: Source::Versioned {
                base: "https://me:secret@cdn.example.org/".parse().unwrap(),
                channel: "side".into(),
                version: Version::Stream("unstable".into()),
                architecture: "aarch64".into(),
            },
            priority: 7,
            description: "say \"hi\"\n…".into(),
            enabled: false,
            mirrors: vec!["https://b.example.org/x".parse().unwrap()],
            keys: vec![KEY.into()],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let direct = Repository::direct("a.b", "file:///r/stone.index".parse().unwrap());
        for repository in [direct, full()] {
            for flag in [Flag::Active, Flag::Enabled] {
                let mut document = KdlDocument::new();
                document.nodes_mut().push(write_node(&repository, flag, true));
                document.autoformat();
                assert_eq!(one(kdl(&document.to_string())).as_ref(), Ok(&repository));
            }
        }
        let public = write_node(&full(), Flag::Active, false).to_string();
        assert!(!public.contains("secret") && !public.contains("me:"), "{public}");
    }

    #[test]
    fn published_files_are_read() {
        let text = "unstable {\n    description \"...\"\n    base-uri \"https://cdn.example.org/\"\n    channel main\n    version \"stream/unstable\"\n    arch x86_64\n    priority 0\n    active #true\n}\n";
        let expected = Repository {
            description: "...".into(),
            ..Repository::versioned(
                "unstable",
                "https://cdn.example.org/".parse().unwrap(),
                Version::Stream("unstable".into()),
            )
        };
        assert_eq!(one(kdl(text)), Ok(expected.clone()));
        let yaml = "unstable:\n  description: \"...\"\n  base-uri: https://cdn.example.org/\n  version: stream/unstable\n  priority: 0\n";
        assert_eq!(one(entries_of_yaml(yaml).unwrap()), Ok(expected));
        let yaml = format!(
            "b:\n  uri: http://a.org/stone.index\n  active: false\n  mirrors: [http://b.org/i]\n  keys:\n    - {KEY}\na: {{uri: 'file:///x'}}\n"
        );
        let all = entries_of_yaml(&yaml).unwrap();
        assert_eq!(all[0].0, "a");
        let second = all[1].1.as_ref().unwrap();
        assert!(!second.enabled && second.mirrors.len() == 1 && second.keys == [KEY]);
        assert_eq!(entries_of_yaml("\n# nothing\n").unwrap(), []);
    }

    #[test]
    fn both_words_for_being_in_use_are_read() {
        let off = |word: &str| one(kdl(&format!("a {{ uri \"file:///x\"; {word} #false }}"))).map(|one| one.enabled);
        assert_eq!((off("active"), off("enabled")), (Ok(false), Ok(false)));
        assert!(off("active #true; enabled").is_err());
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (fields, said) in [
            ("", "no uri"),
            ("uri \"x\"", "not an address"),
            ("uri \"ftp://a/\"", "only file:"),
            ("uri \"http://a/\"; base-uri \"http://b/\"", "both"),
            ("base-uri \"http://b/\"", "no version"),
            ("base-uri \"http://b/\"; version main", "no version"),
            ("uri \"http://a/\"; priority -1", "priority is a whole number"),
            ("uri \"http://a/\"; priority 9999999999999999999", "too large"),
            ("uri \"http://a/\"; active yes", "active is #true"),
            ("uri \"http://a/\"; uri \"http://b/\"", "uri is there twice"),
            ("uri \"http://a/\"; keys { RWx }", "not a minisign public key"),
            ("uri \"https://a/\"; mirrors \"http://b/\"", "cannot be a mirror"),
            ("uri \"http://a/\"; mirrors { \"http://b/\" 1 }", "list of texts"),
        ] {
            let reason = one(kdl(&format!("a {{ {fields} }}"))).unwrap_err();
            assert!(reason.contains(said), "{fields}: {reason}");
        }
        let twice = kdl("a { uri \"http://a/\" }\na { uri \"http://b/\" }\n");
        assert!(twice[0].1.is_ok() && twice[1].1.is_err());
        assert!(entries_of_yaml("a: [").is_err());
        assert!(entries_of_yaml("a: 1").unwrap()[0].1.is_err());
    }

    #[test]
    fn a_password_gets_into_no_message() {
        for text in [
            "a { uri \"https://me:secret@:x/\" }",
            "a { uri \"ftp://me:secret@a/\" }",
            "a { uri \"https://me:secret@a/\"; mirrors \"http://me:secret@b/\" }",
        ] {
            let reason = one(kdl(text)).unwrap_err();
            assert!(!reason.contains("secret"), "{reason}");
        }
        let reason = entries_of_yaml("a: {uri: 'https://me:secret@a/', uri: [}")
            .unwrap_err()
            .reason;
        assert!(!reason.contains("secret"), "{reason}");
    }
}
