//! A shop with programs and triggers, and what a root must be like afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use moult_stone::{Package, Source};

use crate::lab::{Eye, Root, Shop, bytes, package};

/// What the scripts use beside the shell itself.
const TOOLS: [&str; 7] = ["sh", "cat", "rm", "mkdir", "mkfifo", "sleep", "stat"];

/// A shop with the package `tools`.
pub(crate) fn shop() -> Shop {
    let mut shop = Shop::new();
    shop.add(package("tools"), |w| {
        let mut libraries = BTreeSet::new();
        for tool in TOOLS {
            let path = format!("/usr/bin/{tool}");
            let listed = Command::new("ldd").arg(&path).output().expect("ldd can be run");
            let text = String::from_utf8(listed.stdout).unwrap();
            let absolute = |word: &&str| word.starts_with('/');
            libraries.extend(text.split_whitespace().filter(absolute).map(str::to_owned));
            let content = Source::Bytes(fs::read(&path).unwrap());
            w.file(format!("bin/{tool}").as_bytes(), 0o755, 0, 0, content).unwrap();
        }
        for library in libraries {
            let name = library.strip_prefix("/usr/").unwrap_or(&library[1..]);
            let content = Source::Bytes(fs::read(&library).unwrap());
            w.file(name.as_bytes(), 0o755, 0, 0, content).unwrap();
        }
    });
    shop
}

/// A trigger that runs a script for `/usr/share/in/*`. `more` are further keys.
pub(crate) fn trigger(name: &str, more: &str, script: &str) -> String {
    let script = serde_json::to_string(script).unwrap();
    format!(
        "name: {name}\n{more}\nhandlers: {{ h: {{ run: /usr/bin/sh, args: ['-c', {script}] }} }}\npaths: {{ '/usr/share/in/*': {{ handlers: [h] }} }}\n"
    )
}

/// A package with trigger files (`tx` or `sys`, name, text) and one input.
pub(crate) fn with(shop: &mut Shop, release: u64, triggers: &[(&str, &str, String)], input: &str) {
    let one = Package {
        source_release: release,
        ..package("one")
    };
    shop.add(one, |w| {
        for (scope, name, text) in triggers {
            let path = format!("share/moult/triggers/{scope}.d/{name}.yaml");
            w.file(path.as_bytes(), 0o644, 0, 0, bytes(text)).unwrap();
        }
        w.file(b"share/in/one", 0o644, 0, 0, bytes(input)).unwrap();
    });
}

pub(crate) const WANTED: [&str; 2] = ["tools", "one"];

pub(crate) fn ready(triggers: &[(&str, &str, String)]) -> (Shop, Root) {
    let mut shop = shop();
    with(&mut shop, 1, triggers, "first");
    let root = shop.root();
    (shop, root)
}

pub(crate) fn read(root: &Root, path: &str) -> String {
    fs::read_to_string(root.usr(path)).unwrap()
}

pub(crate) fn clean(root: &Root) {
    let verified = root.engine().verify(false, &Eye::default()).unwrap();
    assert_eq!(verified.problems, []);
    assert!(!root.path().join(".moult/states/half-done-triggers").exists());
}

/// A cache of all inputs, with a number that is another one each time it is made.
pub(crate) fn cache() -> String {
    trigger(
        "cache",
        "",
        "mkdir -p /usr/lib/cache; cat /usr/share/in/* > /usr/lib/cache/all; cat /proc/sys/kernel/random/uuid > /usr/lib/cache/run",
    )
}
