//! Every dependency may be shipped with a program under the MPL-2.0.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, process::Command};

use moult_tests::lab::checkout;
use serde::Deserialize;

/// Permissive licences, and the MPL-2.0 itself.
const ALLOWED: [&str; 18] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "NCSA",
    "OFL-1.1",
    "Unicode-3.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
}

/// An SPDX expression: `OR` needs one allowed side, `AND` all of them. Old crates write `/` for `OR`.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let words: Vec<&str> = expression.split_whitespace().collect();
    let mut words: Vec<String> = words
        .join(" ")
        .replace('(', " ( ")
        .replace(')', " ) ")
        .split(' ')
        .map(String::from)
        .collect();
    words.retain(|word| !word.is_empty());
    let mut at = 0;
    let allowed = any(&words, &mut at);
    allowed && at == words.len()
}

fn any(words: &[String], at: &mut usize) -> bool {
    let mut allowed = all(words, at);
    while words.get(*at).is_some_and(|word| word == "OR") {
        *at += 1;
        allowed |= all(words, at);
    }
    allowed
}

fn all(words: &[String], at: &mut usize) -> bool {
    let mut allowed = one(words, at);
    while words.get(*at).is_some_and(|word| word == "AND") {
        *at += 1;
        allowed &= one(words, at);
    }
    allowed
}

fn one(words: &[String], at: &mut usize) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if word == "(" {
        let allowed = any(words, at);
        *at += 1;
        return allowed;
    }
    let mut name = word.clone();
    if words.get(*at).is_some_and(|word| word == "WITH") {
        name = format!("{name} WITH {}", words.get(*at + 1).map_or("", String::as_str));
        *at += 2;
    }
    ALLOWED.contains(&name.as_str())
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(checkout())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout).unwrap();
    assert!(metadata.packages.len() > 100);

    let refused: BTreeMap<String, String> = metadata
        .packages
        .into_iter()
        .map(|package| {
            (
                format!("{} {}", package.name, package.version),
                package.license.unwrap_or_default(),
            )
        })
        .filter(|(_, license)| !is_allowed(license))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    for good in [
        "MIT",
        "GPL-3.0 OR MIT",
        "MIT/GPL-2.0",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0 WITH x", "(MIT", "MIT MIT"] {
        assert!(!is_allowed(bad), "{bad}");
    }
}
