//! All languages say the same things, and nothing is said that nobody hears.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

/// Each key with the arguments that its text uses.
type Words = BTreeMap<String, BTreeSet<String>>;

const LANGUAGES: [&str; 3] = ["en", "de", "fr"];

fn source(language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(language)
        .join("moult.ftl");

    std::fs::read_to_string(path).unwrap()
}

fn words(language: &str) -> Words {
    let resource = parse(source(language)).unwrap_or_else(|(_, errors)| panic!("{language}: {errors:?}"));
    let mut words = Words::new();

    for entry in resource.body {
        if let Entry::Message(message) = entry {
            let mut arguments = BTreeSet::new();
            in_pattern(&message.value.unwrap(), &mut arguments);

            assert!(
                words.insert(message.id.name.clone(), arguments).is_none(),
                "{language}: {} twice",
                message.id.name
            );
        }
    }

    words
}

fn in_pattern(pattern: &Pattern<String>, arguments: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(inline) => in_inline(inline, arguments),
                Expression::Select { selector, variants } => {
                    in_inline(selector, arguments);
                    variants
                        .iter()
                        .for_each(|variant| in_pattern(&variant.value, arguments));
                }
            }
        }
    }
}

fn in_inline(inline: &InlineExpression<String>, arguments: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => drop(arguments.insert(id.name.clone())),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        // Each sentence is read alone.
        other => panic!("a text may use its arguments and nothing else: {other:?}"),
    }
}

#[test]
fn every_language_has_every_sentence_with_the_same_arguments() {
    let english = words("en");
    assert!(english.len() > 200);

    for language in LANGUAGES {
        let other = words(language);

        for (key, arguments) in &english {
            assert_eq!(other.get(key), Some(arguments), "{language}: {key}");
        }
        for key in other.keys() {
            assert!(english.contains_key(key), "{language}: {key} is not in English");
        }
    }
}

#[test]
fn nobody_shouts_begs_or_boasts() {
    for language in LANGUAGES {
        for line in source(language).lines().filter(|line| !line.starts_with('#')) {
            let small = line.to_lowercase();

            assert!(!line.contains('!'), "{language}: {line}");
            for word in [
                "please",
                "successful",
                "bitte",
                "erfolgreich",
                "veuillez",
                "s’il vous plaît",
                "avec succès",
            ] {
                assert!(!small.contains(word), "{language}: {line}");
            }
        }
    }
}

#[test]
fn every_sentence_is_used_somewhere() {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut code = String::new();

    for folder in ["i18n/src", "ui/src", "ui/cli/src"] {
        for file in walkdir::WalkDir::new(house.join(folder))
            .into_iter()
            .filter_map(Result::ok)
        {
            if file.path().extension().is_some_and(|extension| extension == "rs") {
                code.push_str(&std::fs::read_to_string(file.path()).unwrap());
            }
        }
    }

    let unused: Vec<_> = words("en")
        .into_keys()
        .filter(|key| !code.contains(&format!("\"{key}\"")))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}
