//! Catalogues made by hand.
#![allow(dead_code, reason = "each test program uses some of these")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::io::Write;
use std::path::Path;

use moult_catalogue::{Component, FileReport, Languages, Limits, read};

pub(crate) fn languages() -> Languages {
    Languages::new(["de_AT.UTF-8"])
}

/// What a stream gives with the default limits.
pub(crate) fn components(input: &[u8]) -> (Vec<Component>, FileReport) {
    within(input, &Limits::default())
}

pub(crate) fn within(input: &[u8], limits: &Limits) -> (Vec<Component>, FileReport) {
    let mut found = Vec::new();
    let report = read(input, &languages(), limits, |component| found.push(component));
    (found, report)
}

pub(crate) fn ids(components: &[Component]) -> Vec<&str> {
    components.iter().map(|component| component.id.as_str()).collect()
}

/// A component of XML with what makes it whole.
pub(crate) fn whole(id: &str, more: &str) -> String {
    format!("<component type=\"desktop-application\"><id>{id}</id><name>Name of {id}</name>{more}</component>\n")
}

pub(crate) fn catalogue(components: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<components version=\"0.16\" origin=\"test\">\n{components}</components>\n")
}

/// A broken piece between two whole ones.
pub(crate) fn between(broken: &[u8]) -> Vec<u8> {
    let mut text = b"<components origin=\"test\">".to_vec();
    text.extend_from_slice(whole("first", "").as_bytes());
    text.extend_from_slice(broken);
    text.extend_from_slice(whole("last", "").as_bytes());
    text.extend_from_slice(b"</components>");
    text
}

pub(crate) fn gz(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn put(root: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}
