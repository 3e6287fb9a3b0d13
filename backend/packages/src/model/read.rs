//! Reading a model that somebody wrote.

use kdl::{KdlDocument, KdlNode};
use moult_stone::Provider;

use super::Model;
use crate::repository::{Repository, read_node};

/// Bytes of the largest model.
pub(crate) const LARGEST: usize = 4 << 20;
/// Nodes in nodes, and comments in comments. The format needs three.
const DEPTH: usize = 32;

/// Why a text is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("system model, line {line}, column {column}: {reason}")]
pub struct ModelError {
    /// The line, from 1.
    pub line: usize,
    /// The character in it, from 1.
    pub column: usize,
    /// What is wrong there, for people.
    pub reason: String,
}

pub(super) fn model(text: &str) -> Result<Model, ModelError> {
    let document = document(text)?;
    let mut model = Model {
        repositories: Vec::new(),
        packages: Vec::new(),
        disable_warning: false,
        text: text.to_owned(),
    };
    for node in document.nodes() {
        match node.name().value() {
            "disable_warning" => model.disable_warning = flag(text, node)?,
            "repositories" => {
                for node in node.iter_children() {
                    let id = node.name().value();
                    if model.repositories.iter().any(|known| known.id == id) {
                        return Err(wrong(text, node, format!("the repository {id:?} is there twice")));
                    }
                    model.repositories.extend(repository(text, node)?);
                }
            }
            "packages" => {
                for node in node.iter_children() {
                    model
                        .packages
                        .push(provider(node).map_err(|reason| wrong(text, node, reason))?);
                }
            }
            _ => {}
        }
    }
    Ok(model)
}

/// Parses the text, bounded: the parser calls itself for each level.
pub(crate) fn document(text: &str) -> Result<KdlDocument, ModelError> {
    if text.len() > LARGEST {
        return Err(at(text, 0, format!("it has more than {LARGEST} bytes")));
    }
    if let Some(offset) = too_deep(text) {
        return Err(at(text, offset, format!("it is nested deeper than {DEPTH} levels")));
    }
    KdlDocument::parse(text).map_err(|error| {
        let first = error.diagnostics.first();
        let offset = first.map_or(0, |diagnostic| diagnostic.span.offset());
        let said = first.and_then(|diagnostic| diagnostic.message.clone().or_else(|| diagnostic.label.clone()));
        at(text, offset, said.unwrap_or_else(|| "this is not KDL".to_owned()))
    })
}

/// What a node below `packages` asks for.
pub(super) fn provider(node: &KdlNode) -> Result<Provider, String> {
    let text = node.name().value();
    text.parse()
        .map_err(|error| format!("{text:?} is not a package: {error}"))
}

/// None for one that is switched off.
fn repository(text: &str, node: &KdlNode) -> Result<Option<Repository>, ModelError> {
    let id = node.name().value();
    let said = |offset, reason: String| at(text, offset, format!("repository {id:?}: {reason}"));
    let has_priority = node.children().is_some_and(|fields| fields.get("priority").is_some());
    if !has_priority {
        return Err(said(node.name().span().offset(), "it has no priority".to_owned()));
    }
    let repository = read_node(node).map_err(|malformed| said(malformed.offset, malformed.reason))?;
    Ok(repository.enabled.then_some(repository))
}

fn flag(text: &str, node: &KdlNode) -> Result<bool, ModelError> {
    let value = node.entries().first().and_then(|entry| entry.value().as_bool());
    value.ok_or_else(|| {
        let name = node.name().value();
        wrong(text, node, format!("{name} is #true or #false"))
    })
}

fn wrong(text: &str, node: &KdlNode, reason: String) -> ModelError {
    at(text, node.name().span().offset(), reason)
}

fn at(text: &str, offset: usize, reason: String) -> ModelError {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    ModelError {
        line: before.matches('\n').count() + 1,
        column: line.chars().count() + 1,
        reason,
    }
}

/// Where the text is nested too deeply. Opening braces count everywhere, closing ones only where they surely are none of
/// a string or a comment: it may find too much in an odd text, but never too little.
fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut comments, mut quoted, mut odd) = (0usize, 0usize, false, false);
    let mut offset = 0;
    while let Some(byte) = bytes.get(offset) {
        let next = bytes.get(offset + 1).copied();
        let mut pair = false;
        match (byte, next) {
            (b'/', Some(b'*')) => (comments, pair) = (comments + 1, true),
            (b'*', Some(b'/')) => (comments, pair) = (comments.saturating_sub(1), true),
            (b'/', Some(b'/')) | (b'"', _) => quoted = true,
            // A string over several lines.
            (b'\\', Some(next)) if next.is_ascii_whitespace() || next >= 128 => odd = true,
            (b'\n', _) => quoted = false,
            (b'{', _) => depth += 1,
            (b'}', _) if !quoted && !odd && comments == 0 => depth = depth.saturating_sub(1),
            _ => {}
        }
        odd |= bytes[offset..].starts_with(b"\"\"\"");
        if depth.max(comments) > DEPTH {
            return Some(offset);
        }
        offset += if pair { 2 } else { 1 };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAND: &str = "// mine\r\nrepositories {\n  shop { uri \"file:///r/stone.index\"; priority 10 } // near\n  off { uri \"file:///o/stone.index\"; priority 1; enabled #false }\n}\nunknown 1\npackages {\n    bash\n    \"binary(cc)\" { why \"it builds\" }\n}\n";

    #[test]
    fn a_model_by_hand_is_read_and_kept_as_it_was_written() {
        let model = Model::parse(HAND).unwrap();
        assert_eq!(model.text(), HAND);
        let ids: Vec<&str> = model.repositories.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["shop"]);
        assert_eq!(model.repositories[0].priority, 10);
        assert_eq!(model.packages, ["bash".parse().unwrap(), "binary(cc)".parse().unwrap()]);
        assert!(!model.disable_warning);
        assert!(Model::parse("disable_warning #true").unwrap().disable_warning);
    }

    #[test]
    fn an_error_says_line_and_column() {
        let error = Model::parse("packages {\n  bash\n  \"nonsense(x)\"\n}\n").unwrap_err();
        assert_eq!((error.line, error.column), (3, 3), "{error}");
        assert!(Model::parse("repositories { a { uri \"ftp://x/\"; priority 1 } }").is_err());
        assert!(Model::parse("repositories { a { uri \"file:///x\" } }").is_err());
        assert!(Model::parse("packages {").is_err());
    }

    #[test]
    fn a_text_that_would_overflow_the_stack_is_refused() {
        for piece in [
            "a {",
            "a { \"}\" ",
            "a { /*/ } */ ",
            "a { //}\n",
            "a { \"\"\"\n}\n\"\"\"\n",
            "/*",
        ] {
            let error = Model::parse(&piece.repeat(100_000)).unwrap_err();
            assert!(error.reason.contains("nested"), "{piece}: {error}");
        }
    }
}
