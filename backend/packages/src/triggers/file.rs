//! Trigger files, YAML or KDL with the same keys, in the new tree below `share/moult/triggers` and
//! `share/moss/triggers`. A file that cannot be used is named in [`Loaded::broken`]; the others stay in force.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use kdl::{KdlDocument, KdlNode, KdlValue};
use rustix::fs::{Dir, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use serde::Deserialize;
use serde_json::Value;

use super::pattern::Pattern;
use crate::error::Error;
use crate::root::DIRECTORY;

/// Larger files are refused.
const LARGEST: u64 = 256 << 10;
/// Files read in one folder.
const MOST: usize = 1024;

/// The triggers of a tree.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// Before the swap; by name.
    pub(crate) transaction: Vec<Trigger>,
    /// After it; by name.
    pub(crate) system: Vec<Trigger>,
    pub(crate) broken: Vec<Broken>,
}

/// A trigger file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the trigger file /usr/{path} cannot be used: {reason}")]
pub(crate) struct Broken {
    /// Below `/usr`.
    pub(crate) path: String,
    pub(crate) reason: String,
}

#[derive(Debug)]
pub(crate) struct Trigger {
    pub(crate) definition: Definition,
    /// In the order of `definition.paths`.
    pub(crate) patterns: Vec<Pattern>,
}

/// A file's keys. Others are left alone, so that newer files work.
#[derive(Debug, Clone, Deserialize, serde::Serialize)]
pub(crate) struct Definition {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) before: Option<String>,
    #[serde(default)]
    pub(crate) after: Option<String>,
    #[serde(default)]
    pub(crate) inhibitors: Inhibitors,
    pub(crate) handlers: BTreeMap<String, Handler>,
    pub(crate) paths: BTreeMap<String, PathRule>,
}

#[derive(Debug, Clone, Default, Deserialize, serde::Serialize)]
pub(crate) struct Inhibitors {
    #[serde(default)]
    pub(crate) paths: Vec<String>,
    #[serde(default)]
    pub(crate) environment: Vec<String>,
}

#[derive(Debug, Clone, Deserialize, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Handler {
    Run {
        run: String,
        #[serde(default)]
        args: Vec<String>,
    },
    Delete {
        delete: Vec<String>,
    },
}

impl Handler {
    /// Every text in which `$(name)` is replaced.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match self {
            Handler::Run { run, args } => std::iter::once(run).chain(args).map(String::as_str).collect(),
            Handler::Delete { delete } => delete.iter().map(String::as_str).collect(),
        }
    }
}

#[derive(Debug, Clone, Deserialize, serde::Serialize)]
pub(crate) struct PathRule {
    pub(crate) handlers: Vec<String>,
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<PathKind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PathKind {
    Directory,
    Symlink,
}

/// Reads all trigger files of a tree. Where a name is used twice, `share/moult` comes before `share/moss`, and the
/// second one is reported.
pub(crate) fn load(usr: &Path) -> Result<Loaded, Error> {
    let failed = |error: Errno| Error::io("reading triggers", usr, error);
    let top = rustix::fs::open(usr, DIRECTORY, Mode::empty()).map_err(failed)?;
    let mut loaded = Loaded::default();
    for scope in ["tx", "sys"] {
        let (mut found, mut names) = (Vec::new(), BTreeSet::new());
        for vendor in ["moult", "moss"] {
            let base = format!("share/{vendor}/triggers");
            let mut files = vec![format!("{base}/{scope}.kdl"), format!("{base}/{scope}.yaml")];
            let folder = format!("{base}/{scope}.d");
            match listing(&top, &folder) {
                Ok(more) if more.len() > MOST => loaded.broken.push(Broken {
                    path: folder,
                    reason: format!("there are more than {MOST} files in it"),
                }),
                Ok(more) => files.extend(more),
                Err(Errno::NOENT) => {}
                Err(error) => return Err(failed(error)),
            }
            for path in files {
                let text = match read(&top, &path) {
                    Ok(Some(text)) => Ok(text),
                    Ok(None) => continue,
                    Err(reason) => Err(reason),
                };
                match text.and_then(|text| parse(&path, &text)) {
                    Ok(trigger) if names.insert(trigger.definition.name.clone()) => found.push(trigger),
                    Ok(trigger) => loaded.broken.push(Broken {
                        reason: format!("the name {:?} is used already", trigger.definition.name),
                        path,
                    }),
                    Err(reason) => loaded.broken.push(Broken { path, reason }),
                }
            }
        }
        found.sort_by(|a, b| a.definition.name.cmp(&b.definition.name));
        if scope == "tx" {
            loaded.transaction = found;
        } else {
            loaded.system = found;
        }
    }
    Ok(loaded)
}

/// Sorted; of a `.kdl` and a `.yaml` with the same name only the former.
fn listing(top: &OwnedFd, folder: &str) -> Result<Vec<String>, Errno> {
    let beneath = ResolveFlags::BENEATH;
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let fd = rustix::fs::openat2(top, folder, flags, Mode::empty(), beneath)?;
    let mut names = BTreeSet::new();
    for entry in Dir::read_from(fd.as_fd())? {
        let name = String::from_utf8_lossy(entry?.file_name().to_bytes()).into_owned();
        if name.ends_with(".kdl") || name.ends_with(".yaml") {
            names.insert(name);
        }
    }
    let hidden = |name: &String| {
        name.strip_suffix(".yaml")
            .is_some_and(|stem| names.contains(&format!("{stem}.kdl")))
    };
    Ok(names
        .iter()
        .filter(|name| !hidden(name))
        .map(|name| format!("{folder}/{name}"))
        .collect())
}

/// None when there is no such file.
fn read(top: &OwnedFd, path: &str) -> Result<Option<String>, String> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = match rustix::fs::openat2(top, path, flags, Mode::empty(), ResolveFlags::BENEATH) {
        Ok(fd) => fd,
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let stat = rustix::fs::fstat(&fd).map_err(|error| error.to_string())?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err("it is not a regular file".to_owned());
    }
    let mut text = String::new();
    let read = std::fs::File::from(fd).take(LARGEST + 1).read_to_string(&mut text);
    let read = read.map_err(|error| error.to_string())?;
    if read as u64 > LARGEST {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    Ok(Some(text))
}

/// One file. Fails with what is wrong with it.
pub(crate) fn parse(path: &str, text: &str) -> Result<Trigger, String> {
    let definition: Definition = if path.ends_with(".kdl") {
        let document: KdlDocument = text.parse().map_err(|error: kdl::KdlError| error.to_string())?;
        serde_json::from_value(object(&document)).map_err(|error| error.to_string())?
    } else {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())?
    };
    if definition.name.is_empty() || definition.name.len() > 128 {
        return Err("its name must have 1 to 128 bytes".to_owned());
    }
    let mut patterns = Vec::new();
    for (pattern, rule) in &definition.paths {
        let parsed = Pattern::parse(pattern)?;
        for name in &rule.handlers {
            let Some(handler) = definition.handlers.get(name) else {
                return Err(format!("{pattern:?} names the handler {name:?}, which is not there"));
            };
            for text in handler.texts() {
                substitute(text, &|name| {
                    let known = parsed.names().iter().any(|known| known == name);
                    known.then(Vec::new)
                })
                .map_err(|name| format!("the handler {text:?} needs $({name}), which {pattern:?} does not capture"))?;
            }
        }
        patterns.push(parsed);
    }
    Ok(Trigger { definition, patterns })
}

/// Replaces each `$(name)`, once. Fails with a name that has no value.
pub(crate) fn substitute(text: &str, value: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Vec<u8>, String> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("$(") {
        let Some((name, after)) = after.split_once(')') else {
            break;
        };
        out.extend_from_slice(before.as_bytes());
        out.extend(value(name).ok_or_else(|| name.to_owned())?);
        rest = after;
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

/// Keys that are lists, also with a single value.
const LISTS: [&str; 5] = ["args", "delete", "handlers", "paths", "environment"];

fn object(document: &KdlDocument) -> Value {
    let entry = |node: &KdlNode| (node.name().value().to_owned(), value(node));
    Value::Object(document.nodes().iter().map(entry).collect())
}

fn value(node: &KdlNode) -> Value {
    if let Some(children) = node.children() {
        return object(children);
    }
    let text = |value: &KdlValue| value.as_string().map_or_else(|| value.to_string(), str::to_owned);
    let mut values: Vec<Value> = node
        .entries()
        .iter()
        .filter(|entry| entry.name().is_none())
        .map(|entry| Value::String(text(entry.value())))
        .collect();
    if LISTS.contains(&node.name().value()) || values.len() > 1 {
        return Value::Array(values);
    }
    values.pop().unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
    use super::*;

    const YAML: &str = "name: depmod\ndescription: x\nafter: other\ninhibitors: { paths: [/etc/no], environment: [LIVE] }\nhandlers:\n  d: { run: /sbin/depmod, args: ['-a', '$(version)'] }\n  x: { delete: ['/usr/lib/$(version)'] }\npaths:\n  '/usr/lib/modules/(version:*)/kernel': { handlers: [d, x], type: directory }\n";
    const KDL: &str = "name depmod\nafter other\ninhibitors {\n paths \"/etc/no\"\n environment LIVE\n}\nhandlers {\n d { run \"/sbin/depmod\"; args \"-a\" \"$(version)\"; }\n x { delete \"/usr/lib/$(version)\"; }\n}\npaths {\n \"/usr/lib/modules/(version:*)/kernel\" { handlers d x; type directory; }\n}\n";

    #[test]
    fn yaml_and_kdl_say_the_same() {
        let json = |path, text| serde_json::to_value(parse(path, text).unwrap().definition).unwrap();
        let yaml = json("a.yaml", YAML);
        assert_eq!(yaml, json("a.kdl", KDL));
        assert_eq!(yaml["inhibitors"]["environment"][0], "LIVE");
        assert_eq!(yaml["handlers"]["x"]["delete"][0], "/usr/lib/$(version)");
    }

    #[test]
    fn a_variable_that_no_pattern_captures_is_refused() {
        assert!(
            parse("a.yaml", &YAML.replace("(version:*)", "*"))
                .unwrap_err()
                .contains("version")
        );
        assert!(
            parse("a.yaml", &YAML.replace("[d, x]", "[gone]"))
                .unwrap_err()
                .contains("gone")
        );
    }

    #[test]
    fn a_broken_file_is_named_and_the_others_are_loaded() {
        let usr = tempfile::tempdir().unwrap();
        for vendor in ["moss", "moult"] {
            std::fs::create_dir_all(usr.path().join(format!("share/{vendor}/triggers/tx.d"))).unwrap();
        }
        let put = |path: &str, text: &str| std::fs::write(usr.path().join("share").join(path), text).unwrap();
        put("moss/triggers/tx.d/bad.yaml", "name: [");
        put("moss/triggers/tx.d/good.yaml", YAML);
        put("moss/triggers/sys.kdl", KDL);
        put("moult/triggers/tx.d/good.kdl", KDL);
        put("moult/triggers/tx.d/good.yaml", "hidden by the KDL: [");
        let loaded = load(usr.path()).unwrap();
        assert_eq!((loaded.transaction.len(), loaded.system.len()), (1, 1));
        let broken: Vec<&str> = loaded.broken.iter().map(|broken| broken.path.as_str()).collect();
        assert_eq!(
            broken,
            [
                "share/moss/triggers/tx.d/bad.yaml",
                "share/moss/triggers/tx.d/good.yaml"
            ]
        );
    }
}
