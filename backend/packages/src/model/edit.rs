//! The model of the next state out of the text of the last one.

use std::collections::BTreeSet;
use std::ops::Range;

use kdl::{KdlDocument, KdlNode};
use moult_stone::Provider;

use super::{ModelError, read, snapshot};
use crate::repository::{Repository, read_node};
use crate::selection::Selection;

/// Stands above what was added to a text.
const ADDED: &str = "// Added by Moult";

/// The model of a state that follows one with the model `previous`, edited in place: packages that `gives` nothing for
/// and repositories that are gone lose their nodes (comments stay), a repository that is now another one gets a new node,
/// what is new comes at the end, everything else stays as it is. Without a former model, one is generated.
///
/// `gives` names the package of the selection that gives something, if one does.
pub(crate) fn next(
    previous: Option<&str>,
    repositories: &[Repository],
    selection: &Selection,
    gives: &dyn Fn(&Provider) -> Option<String>,
) -> Result<String, ModelError> {
    let Some(text) = previous else {
        return Ok(snapshot::snapshot(repositories, selection));
    };
    let document = read::document(text)?;
    let mut missing: BTreeSet<&str> = selection.explicit().map(|package| package.name.as_str()).collect();
    let mut unknown: Vec<&Repository> = repositories.iter().collect();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for section in document.nodes() {
        for node in section.iter_children() {
            let stays = match section.name().value() {
                "packages" => {
                    let giver = read::provider(node).ok().and_then(|provider| gives(&provider));
                    giver.is_some_and(|giver| {
                        missing.remove(giver.as_str());
                        true
                    })
                }
                "repositories" => {
                    let id = node.name().value();
                    unknown.retain(|repository| repository.id != id);
                    let said = read_node(node);
                    match repositories.iter().find(|repository| repository.id == id) {
                        Some(repository) => {
                            if !said.is_ok_and(|said| says(&said, repository)) {
                                edits.push((body(text, node), written(text, node, repository)));
                            }
                            true
                        }
                        // One that is switched off stays for whoever wants to switch it on.
                        None => said.is_ok_and(|said| {
                            if !said.enabled && said.has_secret() {
                                edits.push((body(text, node), written(text, node, &said)));
                            }
                            !said.enabled
                        }),
                    }
                }
                _ => true,
            };
            if !stays {
                edits.push((lines(text, node), String::new()));
            }
        }
    }
    let unknown = unknown.into_iter().map(snapshot::repository).collect();
    let missing = missing.into_iter().map(KdlNode::new).collect();
    edits.extend(append(text, &document, "repositories", unknown));
    edits.extend(append(text, &document, "packages", missing));
    // From the end, so that the places before stay right; what comes to the same place keeps its order.
    edits.sort_by_key(|(range, _)| range.start);
    let mut edited = text.to_owned();
    for (range, new) in edits.into_iter().rev() {
        edited.replace_range(range, &new);
    }
    read::model(&edited)?;
    Ok(edited)
}

/// Whether a node that says this is right for this repository: its address, priority and keys. Nodes with passwords are
/// not: everybody may read the text.
fn says(said: &Repository, repository: &Repository) -> bool {
    let same = said.source.key() == repository.source.key();
    let (priority, keys) = (said.priority == repository.priority, said.keys == repository.keys);
    said.enabled && same && priority && keys && !said.has_secret()
}

/// A new node for this repository, for the place of the one that is there.
fn written(text: &str, node: &KdlNode, repository: &Repository) -> String {
    let start = place(text, node).start;
    let line = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let indent: String = text[line..start]
        .chars()
        .take_while(|c| matches!(c, ' ' | '\t'))
        .collect();
    let mut node = snapshot::repository(repository);
    node.autoformat();
    let node = node.to_string();
    node.trim_end().replace('\n', &format!("\n{indent}"))
}

/// Whether a text holds what looks like an address with a user or a password: in a comment, say.
pub(crate) fn tells_secrets(text: &str) -> bool {
    text.match_indices("://").any(|(at, found)| {
        let rest = &text[at + found.len()..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"".contains(c));
        rest[..end.unwrap_or(rest.len())].contains('@')
    })
}

/// Where a node is, without the white space at its end.
fn place(text: &str, node: &KdlNode) -> Range<usize> {
    let span = node.span();
    let start = match node.ty() {
        None => node.name().span().offset(),
        // The span of a type is that of its name alone.
        Some(ty) => {
            let before = text.get(span.offset()..ty.span().offset()).unwrap_or_default();
            span.offset() + before.rfind('(').unwrap_or(0)
        }
    };
    let inside = text.get(start..span.offset() + span.len()).unwrap_or_default();
    start..start + inside.trim_end_matches(|c: char| c.is_whitespace() || c == ';').len()
}

/// Where a node is, up to its closing brace: comments behind that stay.
fn body(text: &str, node: &KdlNode) -> Range<usize> {
    /// Braces that may be those of a comment.
    const MOST: usize = 64;
    let mut range = place(text, node);
    let inside = &text[range.clone()];
    let only_comments = |rest: &str| {
        let parsed = KdlDocument::parse(&format!("x {rest}"));
        parsed.is_ok_and(|parsed| match parsed.nodes() {
            [only] => only.entries().is_empty() && only.children().is_none(),
            _ => false,
        })
    };
    let mut braces = inside.rmatch_indices('}').take(MOST);
    if let Some((brace, _)) = braces.find(|(brace, _)| only_comments(&inside[brace + 1..])) {
        range.end = range.start + brace + 1;
    }
    range
}

/// What goes with a node: its line, if nothing else is on it.
fn lines(text: &str, node: &KdlNode) -> Range<usize> {
    let mut range = place(text, node);
    let after = &text[range.end..];
    let blank = |c: char| c == ' ' || c == '\t' || c == ';';
    range.end += after.len() - after.trim_start_matches(blank).len();
    let line = text[..range.start].trim_end_matches([' ', '\t']).len();
    let ends = text[range.end..].strip_prefix('\r').unwrap_or(&text[range.end..]);
    if (line == 0 || text[..line].ends_with('\n')) && ends.starts_with('\n') {
        range.start = line;
        range.end = text.len() - ends.len() + 1;
    }
    range
}

/// Nodes for the end of a section, which is made when it is missing.
fn append(text: &str, document: &KdlDocument, section: &str, nodes: Vec<KdlNode>) -> Option<(Range<usize>, String)> {
    if nodes.is_empty() {
        return None;
    }
    let mut new = format!("    {ADDED}\n");
    for mut node in nodes {
        node.autoformat();
        for line in node.to_string().lines() {
            new.push_str(&format!("    {line}\n"));
        }
    }
    let found = document
        .nodes()
        .iter()
        .rev()
        .find(|node| node.name().value() == section);
    let closed = found.map(|node| place(text, node));
    let Some(place) = closed.filter(|place| text[place.clone()].ends_with('}')) else {
        // A backslash goes on with a node on the next line.
        let last = text.trim_end().lines().last().unwrap_or_default();
        let start = match last.contains('\\') {
            true => "\n\n",
            false if text.is_empty() || text.ends_with('\n') => "",
            false => "\n",
        };
        return Some((text.len()..text.len(), format!("{start}{section} {{\n{new}}}\n")));
    };
    let brace = place.end - 1;
    let line = text[..brace].trim_end_matches([' ', '\t']).len();
    if text[..line].ends_with('\n') {
        return Some((line..line, new));
    }
    Some((brace..brace, format!("\n{new}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::selection::Selected;

    const HAND: &str = "// mine\nrepositories {\n    shop { uri \"file:///r/stone.index\"; priority 10 } // near\n}\npackages {\n    // the shell\n    bash\n    gone\n    \"binary(cc)\" { why \"it builds\" }\n}\n";

    fn selection(names: &[&str]) -> Selection {
        let selected = |name: &&str| Selected {
            name: (*name).to_owned(),
            version: "1".into(),
            source_release: 1,
            build_release: 1,
            architecture: "x86_64".into(),
            summary: String::new(),
            repository: "shop".into(),
            url: "file:///r/x.stone".parse().unwrap(),
            hash: String::new(),
            size: 0,
            explicit: true,
        };
        Selection {
            packages: names.iter().map(selected).collect(),
            ..Selection::default()
        }
    }

    fn step(text: &str, names: &[&str]) -> String {
        let shop = Model::parse(HAND).unwrap().repositories;
        let gives = |wanted: &Provider| {
            let name = if wanted.to_string() == "binary(cc)" {
                "gcc".to_owned()
            } else {
                wanted.target.clone()
            };
            names.contains(&name.as_str()).then_some(name)
        };
        next(Some(text), &shop, &selection(names), &gives).unwrap()
    }

    #[test]
    fn letters_of_several_bytes_shift_nothing() {
        let odd = HAND.replace("// mine", "// ä€🦀").replace("gone", "gone \"ü\"");
        let text = step(&odd, &["bash", "gcc"]);
        assert_eq!(text, odd.replace("    gone \"ü\"\n", ""));
        let text = step("packages { a; b /* ü */; c }", &["b"]);
        assert!(text.starts_with("packages { b /* ü */; }"), "{text}");
    }

    #[test]
    fn a_node_goes_with_its_type_and_a_text_may_end_in_a_backslash() {
        let text = step("packages { a; (t) gone; ( x )vim; bash }", &["a", "bash"]);
        assert!(text.starts_with("packages { a; bash }"), "{text}");
        for end in ["\\", "\\\n", "\\ // ü\n", "// c"] {
            let text = step(&format!("packages {{ a }}\nunknown {end}"), &["a"]);
            assert_eq!(Model::parse(&text).unwrap().repositories.len(), 1, "{text}");
        }
    }

    #[test]
    fn nothing_new_leaves_every_byte() {
        assert_eq!(step(HAND, &["bash", "gone", "gcc"]), HAND);
    }

    #[test]
    fn what_is_gone_goes_what_is_new_comes_last_and_comments_stay() {
        let text = step(HAND, &["bash", "gcc", "vim"]);
        let expected = HAND
            .replace("    gone\n", "")
            .replace("\"it builds\" }\n", "\"it builds\" }\n    // Added by Moult\n    vim\n");
        assert_eq!(text, expected);
        let again = Model::parse(&text).unwrap();
        assert_eq!(again.packages.len(), 3);
        assert_eq!(step(&text, &["bash", "gcc", "vim"]), text);
    }

    fn moved(text: &str, uri: &str, priority: u64) -> String {
        let shop = Repository {
            priority,
            ..Repository::direct("shop", uri.parse().unwrap())
        };
        let gives = |wanted: &Provider| Some(wanted.target.clone());
        next(Some(text), &[shop], &Selection::default(), &gives).unwrap()
    }

    #[test]
    fn a_repository_that_is_another_one_now_gets_a_new_node_and_nothing_else_changes() {
        let (before, rest) = HAND.split_once("    shop").unwrap();
        let (_, after) = rest.split_once('}').unwrap();
        for (uri, priority) in [("file:///other/stone.index", 10), ("file:///r/stone.index", 11)] {
            let text = moved(HAND, uri, priority);
            let new = text.strip_prefix(before).unwrap().strip_suffix(after).unwrap();
            assert!(
                new.starts_with("    shop {\n        description") && new.ends_with("\n    }"),
                "{new}"
            );
            let model = Model::parse(&text).unwrap();
            assert_eq!(model.repositories[0].address().as_str(), uri);
            assert_eq!(model.repositories[0].priority, priority);
            assert_eq!(moved(&text, uri, priority), text);
        }
        let off = HAND.replace("priority 10", "priority 10; enabled #false");
        let model = Model::parse(&moved(&off, "file:///r/stone.index", 10)).unwrap();
        assert_eq!(model.repositories.len(), 1, "it is in use");
    }

    #[test]
    fn two_repositories_on_one_line_are_told_apart() {
        let text =
            "repositories { a { uri \"file:///a\"; priority 1 }; shop { uri \"file:///b\"; priority 2 } /* c */ }\n";
        let edited = moved(text, "file:///b2", 2);
        assert!(
            edited.starts_with("repositories { shop {\n") && edited.ends_with("} /* c */ }\n"),
            "{edited}"
        );
    }

    #[test]
    fn no_password_is_taken_over_and_comments_stay() {
        let secret = HAND.replace("file:///r/", "https://me:secret@example.org/");
        let text = moved(&secret, "https://me:secret@example.org/stone.index", 10);
        assert!(!text.contains("secret") && !text.contains("me:"), "{text}");
        assert!(text.contains("// mine") && text.contains("// near"), "{text}");
        let off = secret.replace("shop {", "away { enabled #false;");
        let text = moved(&off, "file:///r/stone.index", 10);
        assert!(!text.contains("secret") && text.contains("away"), "{text}");
    }

    #[test]
    fn an_address_with_a_user_is_found_anywhere_in_a_text() {
        for text in ["// https://me:pw@a.org/x", "/- a \"http://me@a.org\"", "https://@"] {
            assert!(tells_secrets(text), "{text}");
        }
        for text in [
            "https://a.org/me@b",
            "me@a.org",
            "see https://a.org or me@b.org",
            "ü://",
        ] {
            assert!(!tells_secrets(text), "{text}");
        }
    }

    #[test]
    fn a_missing_section_is_made() {
        let text = step("// nothing yet\n", &["vim"]);
        let model = Model::parse(&text).unwrap();
        assert_eq!((model.packages.len(), model.repositories.len()), (1, 1), "{text}");
        assert!(text.starts_with("// nothing yet\n"), "{text}");
    }
}
